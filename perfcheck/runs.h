/*
 * Runs: what judging needs of each report, copied out of it, so that no report stays in
 * memory. In order of form, page, fetchTime; one page, form and fetchTime is one run.
 */
#ifndef PERFCHECK_RUNS_H
#define PERFCHECK_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/crux.h"
#include "perfcheck/lhr.h"
#include "perfcheck/settings.h"
#include "perfcheck/texts.h"
#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/err.h"
#include "shared/str.h"

enum {
    RUN_PAGES_MAX = 500 * FORM_COUNT, /* of a form each */
    RUN_ITEMS_MAX = 2000,             /* of an audit, and requests */
    RUN_LOST_MAX = 3,
};

/* A timing metric of one run and its part in the performance score. */
struct run_metric {
    struct estimate value; /* rounded as stored */
    double p10, median;    /* its curve; 0: none */
    double weight;         /* 0: no part */
};

/* An audit that costs points of a category, of 100. */
struct run_lost {
    const char *id;
    double points;
};

enum audit_status { AUDIT_UNSCORED, AUDIT_PASSES, AUDIT_FAILS };

/* An audit of weight > 0 in accessibility, best-practices or seo. */
struct audit_kind {
    const char *id;
    double accessibility; /* its weight there */
};

struct run_audit {
    uint16_t kind;
    uint8_t status; /* enum audit_status */
    uint16_t nitems;
    const uint64_t *item; /* of a failing one: hashes of its item keys, ascending */
};

struct run_request {
    uint64_t url;
    double bytes;
    int type; /* index into settings.bytes; 0 (total): any other */
};

struct run {
    enum form form;
    const char *page; /* the key */
    int64_t time_ms;
    int32_t day;
    const char *file; /* as it was read */
    bool is_valid;
    const char *failure; /* of one that is not: its code */
    const char *epoch;
    int major, minor; /* of Lighthouse */
    struct estimate bi;
    struct run_metric *metric;                  /* one for each of settings.metric */
    double weights;                             /* all of performance */
    struct estimate score[MINIMA];              /* of 100, whole numbers, recomputed */
    struct run_lost lost[MINIMA][RUN_LOST_MAX]; /* most first; id NULL: no more */
    struct estimate bytes[BYTE_TYPES];
    struct run_audit *audit;
    size_t naudits;
    struct run_request *request;
    size_t nrequests;
    uint64_t digest; /* of all that judging sees */
};

/* A file that gave no run. */
struct run_file {
    const char *name; /* without folder, fit to print */
    const char *why;
    int32_t day; /* that its fetchTime says; INT32_MAX: not known */
};

struct run_files {
    struct run_file *item;
    size_t n, capacity;
};

struct runs {
    struct run *run;
    size_t n, capacity;
    struct audit_kind *kind;
    size_t nkinds, kinds_capacity;
    struct texts names; /* pages, epochs, ids */
    struct texts items; /* what names an item to people, by its key */
    struct texts urls;  /* of requests */
    struct run_files corrupt, foreign, unsupported;
    const struct run **duplicate; /* kept, where another of its time differs */
    size_t nduplicates, duplicates_capacity;
    struct crux_points points; /* of PageSpeed Insights */
    int64_t *old;              /* fetchTimes before `oldest` */
    size_t nold, old_capacity;
    size_t nread, nskipped; /* files; skipped: all of it is too old, after as_of, ... */
};

struct collect {
    const struct settings *settings;
    const struct lhr_paths *paths;
    struct day_bounds bounds;  /* ends with as_of */
    int32_t oldest;            /* reports of earlier days are not read further, */
    const char *const *always; /* but for files of these names, in byte order */
    size_t nalways;
};

/* Reads all files. Fails only where nothing can be judged: too many pages. */
MUST_USE bool collect_runs(const struct collect *collect, struct arena *arena,
                           struct runs *runs, struct err *err);

/* What one report says, copied; its day is given. `scratch` is nobody's afterwards.
 * (collect_run.c) */
struct run run_of(const struct lhr *lhr, int32_t day, const struct settings *settings,
                  struct runs *runs, struct arena *arena, struct arena *scratch);

/* "lh13.4 simulate/150/1638.4/4 chrome156 axe4.11"; what is not said is "-". */
const char *run_epoch(const struct lhr *lhr, struct arena *arena);

/* The page that a URL is of (perfcheck.md 3): no fragment, no user, no parameter that
 * `ignore_params` covers, scheme and host in small letters, no default port; bytes that
 * are no visible ASCII, and backslashes, are percent-encoded. False: longer than a cell
 * may be. */
MUST_USE bool page_key(struct str url, const struct settings *settings,
                       struct arena *arena, const char **key);

#endif
