/*
 * Field data of perfcheck (perfcheck.md 11): web vitals of visitors, from events. A day
 * of one group of pages, device and metric is one row of history, `rum.<metric>`, form
 * the device ("mobile" "desktop" "tablet" "other"), page the group; its values are
 * pairs: the upper edge of a bin, ascending, and how many values lie in it (at most
 * VITALS_ROW_VALUES of them; k is their sum). `rumref.<metric>` is the reference of a
 * finding, on the day it opened, and what was found then (enum ref_value).
 * Verdicts of rows: ok, step (a finding is open), ref (accepted).
 *
 * How the round calls it:
 *     vitals_open      before confinement: source and scratch files; *vitals stays NULL
 *                      when `rum` is off or its source carries no vitals: then make
 *                      none of the calls below. vitals_folders must stay readable.
 *     vitals_collect   before engine 1 and 2 or after: drops the rum rows that are
 *                      counted again and puts new ones in
 *     vitals_judge     all days from `first` on, in order, into history and findings
 *     vitals_lines, vitals_extra   what the report says
 *     vitals_close
 * History keeps VITALS_DAYS days of these rows (vitals_judge drops older ones); who
 * forgets days of other rows leaves these alone.
 */
#ifndef PERFCHECK_VITALS_H
#define PERFCHECK_VITALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "perfcheck/history.h"
#include "perfcheck/settings.h"
#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/finding.h"
#include "shared/source.h"
#include "shared/str.h"

enum vital {
    VITAL_LCP,
    VITAL_INP,
    VITAL_CLS,
    VITAL_FCP,
    VITAL_TTFB,
    VITALS,
};

const char *vital_word(enum vital vital); /* "lcp" "inp" "cls" "fcp" "ttfb" */
const char *vital_row(enum vital vital);  /* "rum.lcp" */
const char *vital_ref(enum vital vital);  /* "rumref.lcp" */
const char *vital_unit(enum vital vital); /* "ms"; "" of CLS */
double vital_good(enum vital vital);      /* at most this is good */
double vital_poor(enum vital vital);      /* more than this is poor */
double vital_floor(enum vital vital);     /* the smallest shift that matters */

/* Values are counted in bins of 1 to 2.5 % of what matters, at most VITAL_BINS of them,
 * named by their upper edge; both limits of the levels are edges, so a value and its
 * bin have one level. What is above the last edge (a minute; CLS 10) is in its bin.
 * `value` >= 0. */
size_t vital_bin(enum vital vital, double value);
double vital_edge(enum vital vital, size_t bin);

enum {
    VITALS_NEW_DAYS = 7,   /* a day is extended back to at most so many */
    VITALS_BASE_DAYS = 28, /* days before those */
    VITALS_DAYS = 45,      /* kept: both, the days that are judged again, and what a
                              judged day before them needs */
    VITALS_GONE_DAYS = 30, /* a series without a value for so long leaves history */
    VITALS_STRATA = 100,   /* groups x devices: those with most values */
    VITAL_BINS = 400,
    VITALS_ROW_VALUES = 2 * VITAL_BINS,
};

struct vitals; /* the open source and its scratch */

MUST_USE bool vitals_open(const struct config *config, const struct settings *settings,
                          struct arena *arena, struct vitals **vitals, struct err *err);
void vitals_close(struct vitals *vitals); /* NULL allowed */
const char *const *vitals_folders(const struct vitals *vitals, size_t *n);

/* The first day that vitals_collect counts: the last RESCORE_DAYS days through
 * `through`, or all that are kept when history has no rum row yet. `through` is of the
 * state; has_through false: a first run. */
int32_t vitals_first_day(const struct history *history, bool has_through,
                         int32_t through, int32_t as_of);

/* What came of the days. */
struct vitals_seen {
    int32_t first, as_of;
    const struct source_day *day; /* as_of - first + 1 of them */
    const enum day_status *status;
    const struct source_totals *totals;
    int64_t too_costly;     /* pages that a pattern of rum.pages cost too much on */
    size_t strata, dropped; /* groups x devices counted, and left out for the cap */
    bool is_over;           /* too many groups to count at all: no row */
    int32_t asked;          /* first, unless fewer days fit into scratch */
};

/* Counts the days `first` to `as_of`: a day that is not complete (partial, absent,
 * stale) gets no row. Refuses rum rows of history that are none. */
MUST_USE bool vitals_collect(struct vitals *vitals, const struct settings *settings,
                             int32_t first, int32_t as_of, struct history *history,
                             struct arena *arena, struct vitals_seen *seen,
                             struct err *err);

/* Values of a row of rumref.<metric>. */
enum ref_value {
    REF_Q,     /* 75th percentile of base and new values together */
    REF_N,     /* base values, */
    REF_ABOVE, /* and how many of them are above q */
    REF_P75,   /* of the base */
    REF_NEW_P75,
    REF_NEW_N,
    REF_NEW_DAYS,
    REF_LOW, /* 95 % interval of the new p75 */
    REF_HIGH,
    REF_P,
    REF_VALUES,
};

enum vital_level { LEVEL_INSUFFICIENT, LEVEL_GOOD, LEVEL_UNCERTAIN, LEVEL_POOR };

const char *vital_level_word(enum vital_level level);

enum vitals_status {
    VITALS_QUIET,
    VITALS_LEARNING, /* too few days or values to compare with */
    VITALS_SHORT,    /* fewer than 13 new values */
    VITALS_FIRST,    /* beyond the limit on one day: a second one opens */
    VITALS_OPEN,
};

const char *vitals_status_word(enum vitals_status status);

/* One series on the last judged day. */
struct vitals_view {
    const char *device, *group;
    enum vital vital;
    enum vitals_status status;
    enum vital_level level;
    int32_t day, since; /* since: while open */
    int days;           /* that the new values are of */
    uint32_t n, n_base;
    double p75, p75_base; /* base 0 when there is none */
    double low, high;     /* 95 % interval of p75; 0 when insufficient */
    double floor;         /* the smallest shift that counts */
    double p;             /* 1 when not tested */
    bool is_fresh;        /* `day` is the as-of day */
};

struct vitals_verdict {
    struct vitals_view *view; /* by device, group, metric */
    size_t n, capacity;
    bool *accept_is_used; /* one for each of settings->accept; closed or closes a rum
                             finding */
};

/* Judges the days first..as_of of all rum series. Findings `rum-<metric>` that are open
 * on as_of, also those whose series has no new day, go to `findings`. */
void vitals_judge(const struct settings *settings, int32_t first, int32_t as_of,
                  struct history *history, struct arena *arena,
                  struct vitals_verdict *verdict, struct findings *findings);

/* Lines for the text report (a table; none when there is no series), problems (days
 * that were not complete, groups left out), and the array for the JSON report. */
void vitals_lines(const struct vitals_verdict *verdict, struct arena *arena,
                  const char ***line, size_t *nlines);
void vitals_problems(const struct vitals_seen *seen, struct arena *arena,
                     const char ***line, size_t *nlines);
json_t *vitals_extra(const struct vitals_verdict *verdict, struct arena *arena);

#endif
