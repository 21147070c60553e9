/*
 * A series: one page, form and metric over days, the rows that history keeps of it
 * (perfcheck.md 10), and engine 2, which judges timing metrics from these rows alone.
 * What is open, since when and against which reference follows from the rows: judging a
 * day again starts from the row before it.
 */
#ifndef PERFCHECK_SERIES_H
#define PERFCHECK_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/lhr.h"
#include "shared/arena.h"

enum { VALUES_MAX = 20, METRICS_MAX = 12, SERIES_ROWS_MAX = 120 };

enum row_verdict {
    ROW_OK,
    ROW_LEARNING, /* fewer than 17 reference runs */
    ROW_BRIDGE,   /* a soft change of the epoch is being crossed */
    ROW_SHORT,    /* too few runs that day: not judged */
    ROW_STEP,     /* an open regression, opened by the step test */
    ROW_DRIFT,    /* ... by the drift test */
    ROW_BETTER,   /* an open improvement */
    ROW_REF,      /* closes an open episode by accept or ratchet: the episode's rows
                     and this one are the reference, the older ones are not */
};

const char *row_verdict_word(enum row_verdict verdict);

struct row_of_day {
    int32_t day;
    const char *epoch; /* "lh13.4 simulate/150/1638.4/4 chrome156 axe4.11" */
    size_t k;          /* valid runs; values[] has the first VALUES_MAX by fetchTime */
    size_t nvalues;
    double *values;               /* rounded as stored, in order of fetchTime */
    struct estimate bi;           /* the day's median benchmarkIndex */
    int32_t cusum_up, cusum_down; /* S and S-, x1000 */
    enum row_verdict verdict;
};

struct series {
    enum form form;
    const char *page;       /* the page key */
    const char *metric;     /* audit id of a configured metric */
    struct row_of_day *row; /* ascending by day */
    size_t n, capacity;
};

/* Parameters of engine 2, from the configuration. */
struct timing_rules {
    double floor_abs, floor_rel;
    double drift_k, drift_h;
    size_t baseline_runs, baseline_days;
    bool ratchet;
};

/* The hard and the soft part of an epoch's text. */
bool epoch_same_hard(const char *a, const char *b);

enum timing_status {
    TIMING_QUIET,
    TIMING_LEARNING,
    TIMING_BRIDGE,
    TIMING_SHORT,
    TIMING_REGRESSION, /* open, also on a row that is short */
    TIMING_IMPROVEMENT,
};

/* What engine 2 says of the last row of a series. */
struct timing {
    enum timing_status status;
    bool by_drift;        /* else by the step test */
    int32_t since;        /* day of the alarm */
    int32_t start;        /* drift: the day after S was last 0; else `since` */
    double p, shift;      /* of the opening day; drift: shift of the aggregates */
    int32_t s_x1000;      /* drift: S on the opening day */
    double median_now;    /* of the last row's runs; CLS alike */
    double median_before; /* of the reference */
    double floor;
    size_t m, n;             /* runs tested (k), reference runs */
    struct estimate machine; /* the day's benchmarkIndex over the reference's median */
    bool reference_is_full;  /* baseline_runs are there, for the first time on this row:
                                what is published moves */
    bool epoch_is_new; /* a hard change, or a soft one that the bridge did not carry */
    double bridge_shift;    /* epoch_is_new after a bridge: how far the values moved */
    bool closed_by_ratchet; /* an improvement became the reference on this row */
};

/* Judges row `at` (its values, epoch, k, bi are set; all rows before it are judged):
 * sets its verdict and cusums, and touches no other row. */
struct timing timing_judge(struct series *series, size_t at,
                           const struct timing_rules *rules, struct arena *arena);

/* The same of a row that is judged already, without changing it: for `show` and for a
 * day judged again. */
struct timing timing_of(const struct series *series, size_t at,
                        const struct timing_rules *rules, struct arena *arena);

/* An accept of the episode that is open since day `since`: its rows through day
 * `through` become the reference. Without an open one nothing happens. So that judging
 * a day again changes nothing, call it after the first judged day that is not before
 * the accept's `on`. */
void timing_accept(struct series *series, int32_t since, int32_t through);

/* Drops the oldest rows over SERIES_ROWS_MAX that no judging needs any more. */
void series_trim(struct series *series, const struct timing_rules *rules,
                 struct arena *arena);

/* Median over the reference as it stands after row `at`, and whether it has any: what
 * is published. */
struct estimate timing_reference(const struct series *series, size_t at,
                                 const struct timing_rules *rules, struct arena *arena);

#endif
