/*
 * What the rows before a day say of it: where the reference begins, which rows are in
 * it, what is open. Nobody keeps it; it is read again from the rows each time. Internal
 * to engine 2 (judge_past.c, judge_timing.c, judge_keep.c).
 */
#ifndef PERFCHECK_PAST_H
#define PERFCHECK_PAST_H

#include "perfcheck/measure.h"
#include "perfcheck/series.h"

/* A drift begins at most so many days before its alarm, so that rows which history has
 * dropped cannot matter. */
enum { DRIFT_DAYS_MAX = 30 };

enum { RESCORED_DAYS = 3 }; /* late reports make them be judged again */

enum { BASE_MAX = 60 }; /* baseline_days at most */

enum { MEDIANS = 10, RUNS_LEAST = 17, Y_LEAST = 3, Y_DAYS = 7, RUNS_JUDGED = 2 };

enum open { OPEN_NONE, OPEN_WORSE, OPEN_BETTER };

struct past {
    const struct row_of_day *row;
    size_t n;          /* rows read; the day to judge is row[n] */
    const char *epoch; /* of the reference's newest day; NULL: no judged day yet */
    size_t origin;     /* its first row */
    bool *enters;      /* which rows are in it, of n */
    int32_t cusum_up, cusum_down;
    bool is_bridging;
    size_t bridge; /* its first row */
    const char *bridge_epoch;
    enum open open;
    bool by_drift;
    size_t since, start; /* rows of the alarm and of the drift's first day */
    bool has_closing;
    size_t closing; /* the row that made `origin` the origin: accepted or ratcheted */
};

/* The first `n` rows, all judged. `enters` is in the arena. */
void past_read(struct past *past, const struct series *series, size_t n,
               struct arena *arena);

/* The first row of the drift that has its alarm on row `at` <= n. */
size_t past_drift_start(const struct past *past, size_t at, bool up);

/* Whether a day is judged: enough runs that have the metric. */
bool row_is_judged(const struct row_of_day *row);

/* How an epoch follows the reference's. */
enum follows { FOLLOWS_SAME, FOLLOWS_SOFT, FOLLOWS_NOTHING };

enum follows past_follows(const struct past *past, const char *epoch);

/* The first row of the bridge that row[n], of `epoch`, is on. */
size_t past_bridge(const struct past *past, const char *epoch);

/* y of row `at` <= n: its runs, and when they are fewer than 3 those of whole days
 * before it. Whole, because a slow run of yesterday left in x would hide that today is
 * slow. */
struct fresh {
    double y[VALUES_MAX];
    size_t m;
    size_t first; /* the oldest row with a run in y */
    size_t left;  /* runs of it that are not */
};

struct fresh past_fresh(const struct past *past, size_t at);

/* x: the runs of the reference before y, newest first, at most `most` of them. */
struct sample {
    double x[STEP_X_MAX];
    size_t n;
    size_t oldest; /* row of the last */
};

struct sample past_sample(const struct past *past, const struct fresh *fresh,
                          size_t most);

/* The x that row[n] is tested against: frozen while something is open. */
struct sample past_reference(const struct past *past, const struct fresh *fresh,
                             size_t most);

/* b: aggregates of the first `days` days of the reference. */
struct base {
    double b[BASE_MAX];
    size_t n;
    size_t runs;   /* of each day that the aggregates use */
    size_t newest; /* row of the last */
};

struct base past_base(const struct past *past, size_t days, bool is_median);
double row_aggregate(const struct row_of_day *row, size_t runs, bool is_median);
double row_median(const struct row_of_day *row);

#endif
