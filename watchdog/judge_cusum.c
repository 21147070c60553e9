/* Small rises add up: the one-sided cumulative sum of log-likelihood ratios. Pure. */
#include <math.h>

#include "watchdog/judge.h"

#include "shared/banned.h"

bool cusum_add(struct cusum *cusum, int64_t llr_x1000, double excess,
               const struct cusum_limit *limit)
{
    cusum->sum_x1000 += llr_x1000;
    cusum->excess_x1000 += llround(excess * 1000);
    if (cusum->sum_x1000 <= 0)
        *cusum = (struct cusum){0};
    return cusum->sum_x1000 > limit->h_x1000 &&
           cusum->excess_x1000 >= llround(limit->min_excess * 1000);
}
