/*
 * The watchdog section of the configuration, ready to use, and the signals it asks for.
 */
#ifndef WATCHDOG_SETTINGS_H
#define WATCHDOG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/config.h"
#include "shared/daycount.h"
#include "shared/err.h"
#include "shared/page.h"
#include "shared/re.h"
#include "shared/row.h"
#include "watchdog/match.h"
#include "watchdog/measure.h"

enum {
    NEW_ERROR_MIN = 5,      /* sessions that meet an unknown error: fewer are a stray */
    CHECKOUT_ERROR_MIN = 3, /* on checkout_pages, where one costs more */
    USUAL_AFFECTED = 5,     /* effect gate of most signals, docs/method.md */
};

enum { SOURCES_MAX = 8, SIGNALS_MAX = 64, PAGE_RULES_MAX = 32 };

#define TRACKING "tracking" /* the one signal that looks down */

/* What is counted of a unit-day, and how the count is judged. */
struct signal {
    const char *name;               /* "js_exception" */
    const char *title;              /* "JavaScript errors" */
    const char *affected, *exposed; /* in words, for the verb `signals` */
    enum model model;
    enum direction direction;
    struct counted counted;  /* masks over settings.predicates */
    uint32_t exposure_kinds; /* kinds whose loss makes the signal missing, bit each */
    uint32_t sources; /* sources that carry its exposure, bit each; 0: unavailable */
    bool is_configured;
    bool is_crit;         /* named in `crit` */
    int64_t min_affected; /* effect gate */
};

struct page_rule {
    struct re *match;
    const char *as;
};

struct expected_days {
    int32_t from, to; /* inclusive */
    const char *why;
};

struct settings {
    const char *site;
    const char *source[SOURCES_MAX];
    size_t nsources;
    uint64_t
        source_bit[SOURCES_MAX]; /* the predicate of its rows; 0 where it is alone */
    struct predicate predicates[PREDICATES_MAX];
    size_t npredicates;
    struct signal signals[SIGNALS_MAX]; /* tracking last */
    size_t nsignals;
    struct counted counted[COUNTED_MAX]; /* of the signals but tracking, in their order;
                                            last errors on checkout pages */
    size_t ncounted;
    struct matches matches;     /* of `custom` and `funnel` */
    uint64_t threw_at_checkout; /* predicate: an exception on one of these pages */
    struct re *checkout_pages;
    bool segment[DIMENSION_COUNT];
    size_t top[DIMENSION_COUNT];
    struct page_rule page_rules[PAGE_RULES_MAX];
    size_t npage_rules;
    struct re *page_ignore[PAGE_RULES_MAX];
    size_t npage_ignore;
    struct re *event_ignore[PAGE_RULES_MAX];
    size_t nevent_ignore;
    const char *const *own_hosts;
    size_t nown_hosts;
    uint64_t counts[SOURCES_MAX]; /* what a source without rows can count, by counted */
    struct predicate_words at_checkout; /* of threw_at_checkout */
    bool exclude_bots;
    double q;                  /* Benjamini-Hochberg level */
    int64_t cusum_h_x1000;     /* top-level cells */
    int64_t cusum_child_x1000; /* children */
    double min_exposed, min_excess, min_ratio;
    int64_t new_error_min, checkout_error_min;
    const struct expected_days *expected;
    size_t nexpected;
    double max_rejected_pct;
    const char *scratch;
};

/* Reads the section; `settings` is the caller's, its patterns are freed by
 * settings_release. */
MUST_USE bool settings_read(const struct config *config, struct arena *arena,
                            struct settings *settings, struct err *err);
void settings_release(struct settings *settings);

/* The built-in signals into settings->signals and ->predicates (signals.c).
 * `min_affected` < 0: the defaults. Patterns have no window yet. */
void signals_builtin(struct settings *settings, int64_t min_affected);

/* Adds a signal before tracking. */
void signals_add(struct settings *settings, struct signal signal);

/* Fills settings->counted, once all signals are there. */
void signals_count(struct settings *settings);

/* The signals of `custom` and `funnel` (custom.c). */
MUST_USE bool custom_read(const struct config *config, struct arena *arena,
                          struct settings *settings, struct err *err);

/* Those that source `index` can carry: all where rows have properties, else those that
 * ask for none and let a log's only event pass. */
void custom_carried(struct settings *settings, size_t index, bool has_names,
                    bool has_properties);

/* Which sources can carry what: bits 1 << kind, 1 << number of source `index`. */
void signals_carried(struct settings *settings, size_t index, uint32_t kinds,
                     uint32_t numbers);

/* Counts each signal in the rows of the sources that carry it, and in no others: an
 * access log's pageview exposes nobody to a rage click. After signals_carried. */
void signals_fed(struct settings *settings);

/* NULL when there is no such signal. */
const struct signal *signal_find(const struct settings *settings, const char *name);

/* Name of a page: the first of page_rules that matches, then the built-in rules. Bytes
 * written to `out`. `*too_costly` counts the patterns that gave up. */
size_t settings_name_page(const struct settings *settings, struct str path,
                          struct arena *arena, int64_t *too_costly,
                          char out[PAGE_BYTES_MAX + 1]);

bool settings_is_expected(const struct settings *settings, int32_t day);

#endif
