/*
 * A cumulative sum of normal scores of ranks: small rises add up, whatever the law of
 * the metric, which the ranks hide. Pure. Page (1954), Biometrika 41, 100-115.
 */
#include <assert.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "perfcheck/measure.h"

#include "shared/banned.h"

/* u is at most (n + .5) / (n + 1): one day moves S by a bounded step. */
double drift_z(const double *b, size_t n, double a)
{
    size_t low = 0;
    size_t high = 0;

    assert(n >= 1);
    for (size_t i = 0; i < n; i++) {
        low += b[i] < a;
        high += b[i] <= a;
    }
    return gsl_cdf_ugaussian_Pinv((((double)low + (double)high) / 2 + 0.5) /
                                  ((double)n + 1));
}

int32_t drift_next(int32_t s_x1000, double z, double k, double h)
{
    double s = fmin(fmax(s_x1000 / 1000.0 + z - k, 0), h + 1);

    return (int32_t)floor(1000 * s + 0.5);
}
