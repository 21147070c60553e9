/*
 * The axis of a chart by days: every day from the first to the last, so that a day
 * without a value is a gap and no zero.
 */
#ifndef SHARED_CHART_H
#define SHARED_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"

enum { CHART_POINTS_MAX = 400, CHART_SERIES_MAX = 12 };

struct chart_days {
    int32_t first;
    size_t n;             /* at most CHART_POINTS_MAX */
    const char *const *x; /* "2026-03-02", of each */
};

/* The days `first` to `last`, the newest of them when they are too many; none when
 * `first` is after `last`. */
struct chart_days chart_days(int32_t first, int32_t last, struct arena *arena);

/* Which point is of `day`; false: it is not on the axis. */
bool chart_day_at(const struct chart_days *days, int32_t day, size_t *at);

/* A value for each day, all NULL. */
const char **chart_values(const struct chart_days *days, struct arena *arena);

#endif
