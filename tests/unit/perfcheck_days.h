/*
 * Made-up series for the tests of engine 2: days of runs that are judged one by one.
 */
#ifndef TESTS_UNIT_PERFCHECK_DAYS_H
#define TESTS_UNIT_PERFCHECK_DAYS_H

#include <string.h>

#include "perfcheck/series.h"
#include "shared/limits.h"
#include "tests/lib/near.h"

#define EPOCH "lh13.4 simulate/150/1638.4/4 chrome156 axe4.11"

struct days {
    struct arena arena;
    struct series series;
    struct timing_rules rules;
    const char *epoch; /* of the days to come */
    int32_t day;       /* the next */
    double bi;
    struct timing timing; /* of the last */
};

static inline void days_init(struct days *days)
{
    *days = (struct days){
        .rules = {50, 0.05, 0.75, 4, 20, 20, true},
        .series = {.page = "https://shop.example/", .metric = "total-blocking-time"},
        .epoch = EPOCH,
        .day = 20000,
        .bi = 2000,
    };
    arena_init(&days->arena, ARENA_BYTES_MAX);
}

static inline void days_release(struct days *days)
{
    arena_release(&days->arena);
}

static inline struct row_of_day *days_last(const struct days *days)
{
    return &days->series.row[days->series.n - 1];
}

/* A day of `k` runs, not judged yet. */
static inline void days_put(struct days *days, const double *values, size_t k)
{
    struct series *series = &days->series;
    struct row_of_day *row;

    series->row = arena_room(&days->arena, series->row, series->n, &series->capacity,
                             sizeof *series->row);
    row = &series->row[series->n++];
    *row = (struct row_of_day){
        .day = days->day++,
        .epoch = days->epoch,
        .k = k,
        .nvalues = k,
        .values = arena_new(&days->arena, double, k),
        .bi = {true, days->bi},
    };
    if (k > 0)
        memcpy(row->values, values, k * sizeof *values);
}

static inline enum row_verdict days_add(struct days *days, const double *values,
                                        size_t k)
{
    days_put(days, values, k);
    days->timing =
        timing_judge(&days->series, days->series.n - 1, &days->rules, &days->arena);
    return days_last(days)->verdict;
}

/* A day of k <= 20 runs around `level`, a few ms apart, that does not repeat itself:
 * the wobble of its median and of its least run goes through 7 values. */
static inline enum row_verdict days_level(struct days *days, double level, size_t k)
{
    double values[VALUES_MAX];
    double wobble = (double)(days->day * 3 % 7) - 3;

    for (size_t i = 0; i < k; i++)
        values[i] = level + wobble + (double)(i * 5 % 7);
    return days_add(days, values, k);
}

/* `n` days of one level, the last one's verdict. */
static inline enum row_verdict days_levels(struct days *days, size_t n, double level,
                                           size_t k)
{
    for (size_t i = 1; i < n; i++)
        (void)days_level(days, level, k);
    return days_level(days, level, k);
}

#endif
