/* Medians, and values as history stores them. Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/measure.h"

#include "shared/banned.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

double median_of(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* A whole number over a power of ten is the double that its decimal text reads as. */
double metric_round(const char *metric, double value)
{
    double scale = strcmp(metric, METRIC_CLS) == 0 ? 1e6 : 1e3;

    return round(value * scale) / scale;
}
