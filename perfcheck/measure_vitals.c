/* Field data: the interval of a 75th percentile, and whether more than a quarter is
 * above where it was. Pure. */
#include <assert.h>
#include <limits.h>

#include <gsl/gsl_cdf.h>

#include "perfcheck/measure.h"

#include "shared/banned.h"

static const double tail = 0.025; // of each side
static const double share = 0.75;

enum { VALUES_LEAST = 13 }; // .75^12 is over `tail`: the largest value bounds nothing

/* The interval [x(low), x(high)] of a quantile by the binomial law of how many values
 * lie below it. */
bool vitals_ranks(size_t n, size_t *low, size_t *high)
{
    size_t least, most;

    assert(n <= UINT_MAX);
    if (n < VALUES_LEAST)
        return false;
    least = 1; // largest l with P(B <= l - 1) <= tail
    most = n;
    while (least < most) {
        size_t middle = most - (most - least) / 2;

        if (gsl_cdf_binomial_P((unsigned)middle - 1, share, (unsigned)n) <= tail)
            least = middle;
        else
            most = middle - 1;
    }
    *low = least;
    most = n; // smallest u with P(B > u - 1) <= tail
    while (least < most) {
        size_t middle = least + (most - least) / 2;

        if (gsl_cdf_binomial_Q((unsigned)middle - 1, share, (unsigned)n) <= tail)
            most = middle;
        else
            least = middle + 1;
    }
    *high = most;
    return true;
}

/* Fisher's exact test, one-sided. */
double vitals_p(uint32_t k, uint32_t above, uint32_t n, uint32_t n_new)
{
    assert(above <= n && n_new <= n && k <= above && k <= n_new);
    if (k == 0) // k - 1 would be 4294967295
        return 1;
    return gsl_cdf_hypergeometric_Q(k - 1, above, n - above, n_new);
}
