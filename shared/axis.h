/*
 * Axes of charts: which round numbers or days carry a tick, and what it says. Pure; a
 * chart's pixels are render_svg.c's.
 */
#ifndef SHARED_AXIS_H
#define SHARED_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ticks stand at i * step for first <= i <= last; both ends of the data are inside.
 * The step is 1, 2, 2.5 or 5 times a power of ten. */
struct axis {
    int64_t first, last;
    double step;
    double divisor; /* labels are in thousands, millions, ... */
    const char *suffix;
    int decimals;
};

enum { AXIS_LABEL_BYTES = 32, AXIS_DAYS_MAX = 16 };

/* `low` <= `high`, both within 1e15 of 0; equal ones are given room above. At most four
 * steps between them (five or six when both ends fall between ticks). `is_whole`: what
 * is counted has no fractions, so no tick has one. */
struct axis axis_fit(double low, double high, bool is_whole);

double axis_low(const struct axis *axis);
double axis_high(const struct axis *axis);

/* What tick i says: "0.25", "40k". */
void axis_label(const struct axis *axis, int64_t i, char label[AXIS_LABEL_BYTES]);

struct axis_day {
    int32_t day;
    char label[AXIS_LABEL_BYTES]; /* "8 Nov"; "Nov", and "2027" for January */
};

/* Ticks of the days first..last, ascending: up to 12 weeks counted back from the last
 * day, beyond that the first days of months. At most seven, usually. */
size_t axis_days(int32_t first, int32_t last, struct axis_day day[AXIS_DAYS_MAX]);

#endif
