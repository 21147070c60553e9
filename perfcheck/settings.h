/*
 * The perfcheck section of the configuration, ready to use.
 */
#ifndef PERFCHECK_SETTINGS_H
#define PERFCHECK_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/series.h"
#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/finding.h"
#include "shared/re.h"

enum { MINIMA = 4, BYTE_TYPES = 5 };

struct minimum {
    const char *category;
    struct estimate warn, crit; /* of 100 */
};

struct byte_rule {
    const char *type; /* "total" "script" ... */
    bool is_on;
    double abs_bytes, rel;
};

struct accept {
    const char *id;
    int32_t on;
    const char *why, *who;
};

struct severity_rule {
    const char *check; /* name; `*` last allowed */
    bool is_off;
    enum severity severity;
};

struct rum_page {
    struct re *match;
    const char *as;
};

struct settings {
    const char **input; /* paths and globs, relative to the configuration */
    size_t ninputs;
    const char *metric[METRICS_MAX]; /* audit ids */
    struct timing_rules rules[METRICS_MAX];
    size_t nmetrics;
    struct minimum minimum[MINIMA];
    struct byte_rule bytes[BYTE_TYPES];
    struct accept *accept;
    size_t naccepts;
    int stale_days;
    const char **ignore_param; /* `*` last allowed */
    size_t nignore_params;
    const char **ignore_audit;
    size_t nignore_audits;
    struct severity_rule *severity;
    size_t nseverities;

    struct {
        bool is_on;
        const char *source;  /* key of `sources` */
        const char *scratch; /* folder for unnamed temporary files */
        int64_t min_n;
        struct rum_page *page;
        size_t npages;
    } rum;

    struct {
        const char **url;
        size_t nurls;
        bool form[FORM_COUNT];
        int runs;
        bool crux;
        const char *into;               /* folder, relative to the configuration */
        const char *key_env, *key_file; /* NULL: none */
        const char *psi_url, *crux_url; /* what is asked, without its query */
        int psi_wait_s;
    } fetch;
};

MUST_USE bool settings_read(const struct config *config, struct arena *arena,
                            struct settings *settings, struct err *err);
void settings_release(struct settings *settings); /* the patterns */

/* Severity of a check after `severity` of the configuration, which is left as it is
 * where none of its keys covers the check (the exact name, else the longest); false:
 * off. */
bool settings_severity(const struct settings *settings, const char *check,
                       enum severity *severity);

/* Short name of a metric in ids and messages: "lcp" of largest-contentful-paint; others
 * are their audit id. And its unit: "ms", "" of CLS. */
const char *metric_short(const char *metric);
const char *metric_unit(const char *metric);
/* And back: the audit id of "lcp". */
const char *metric_of_short(const char *name);

/* Text against a name whose last `*` stands for any end. */
bool name_covers(const char *name, struct str text);

#endif
