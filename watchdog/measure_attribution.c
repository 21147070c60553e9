/* Which values of a dimension carry the excess of their parent. */
#include <math.h>
#include <string.h>

#include "watchdog/measure.h"

#include "shared/banned.h"

enum { ENOUGH_PCT = 67 };

#define LEAST_LIFT 1.5 /* share of the excess over share of the exposure */

/* Falling shares, ties by value. */
static bool comes_before(const struct share *a, const struct share *b)
{
    if (a->share != b->share)
        return a->share > b->share;
    return strcmp(a->value, b->value) < 0;
}

/* Values overlap (a unit counts in each it was seen with), and a value may expect more
 * than its parent: what is left outside is never below zero. */
static struct share share_of(const struct part *part, int64_t affected, double expected)
{
    int64_t outside = affected > part->affected ? affected - part->affected : 0;

    return (struct share){
        .value = part->value,
        .share =
            ((double)part->affected - part->expected) / ((double)affected - expected),
        .ratio_in = measure_ratio(part->affected, part->expected),
        .ratio_out = measure_ratio(outside, fmax(0, expected - part->expected)),
    };
}

/* Five values that stay below 67 % are still the largest, and their shares are printed.
 * A fall is attributed as a rise is: both differences are negative then. Parts are few:
 * selection needs no memory. */
size_t measure_attribution(const struct part *parts, size_t n, int64_t affected,
                           int64_t exposed, double expected, struct share *out)
{
    double sum = 0;
    int64_t held = 0;
    size_t found = 0;

    if ((double)affected == expected)
        return 0;
    while (found < SHARES_MAX && sum * 100 < ENOUGH_PCT) {
        struct share best = {.share = 0};
        size_t at = n;

        for (size_t i = 0; i < n; i++) {
            struct share share = share_of(&parts[i], affected, expected);

            if (share.share <= 0 ||
                (found > 0 && !comes_before(&out[found - 1], &share)))
                continue;
            if (at == n || comes_before(&share, &best)) {
                best = share;
                at = i;
            }
        }
        if (at == n)
            break;
        out[found++] = best;
        sum += best.share;
        held += parts[at].exposed;
    }
    // what carries no more of the excess than of the exposure says only "everywhere"
    return sum * (double)exposed < LEAST_LIFT * (double)held ? 0 : found;
}
