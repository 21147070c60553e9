/*
 * The one-sided U test, exact also with ties, and the Hodges-Lehmann shift. Pure.
 * Mann and Whitney (1947), Ann. Math. Statist. 18, 50-60: how many subsets of the ranks
 * have which sum is a recursion over the ranks one by one; with doubled midranks in
 * their place it holds for ties. Hodges and Lehmann (1963), Ann. Math. Statist. 34,
 * 598-611.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/measure.h"

#include "shared/banned.h"

enum {
    POOL_MAX = STEP_X_MAX + STEP_Y_MAX,
    /* The most that STEP_Y_MAX doubled midranks add up to. */
    SUM_MAX = STEP_Y_MAX * (2 * POOL_MAX - STEP_Y_MAX + 1),
};

struct pooled {
    double value;
    bool is_chosen; /* of the smaller sample */
};

static int compare_pooled(const void *a, const void *b)
{
    const struct pooled *x = a;
    const struct pooled *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (int)x->is_chosen - (int)y->is_chosen;
}

/* How often each rank sum of `chosen` of the `n` ranks occurs. */
struct sums {
    size_t n, chosen;
    size_t observed;            /* the sum of those that were chosen */
    size_t below[POOL_MAX + 1]; /* below[i]: sum of the i smallest ranks */
    size_t rank[POOL_MAX];      /* doubled midranks, ascending */
    size_t stride;              /* of count, a row for each size of a subset */
    double count[(STEP_Y_MAX + 1) * (SUM_MAX + 1)];
};

static void sums_rank(struct sums *sums, struct pooled *pool, size_t n, size_t chosen)
{
    qsort(pool, n, sizeof *pool, compare_pooled);
    sums->n = n;
    sums->chosen = chosen;
    sums->observed = 0;
    sums->below[0] = 0;
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && pool[end].value == pool[first].value;)
            end++;
        for (size_t i = first; i < end; i++) {
            sums->rank[i] = first + end + 1;
            sums->below[i + 1] = sums->below[i] + sums->rank[i];
            sums->observed += pool[i].is_chosen ? sums->rank[i] : 0;
        }
    }
}

/* Whole numbers, exact up to 2^53; C(80, 20) is 3.5e18, good to 15 digits. */
static void sums_count(struct sums *sums)
{
    sums->stride = sums->below[sums->n] - sums->below[sums->n - sums->chosen] + 1;
    memset(sums->count, 0, (sums->chosen + 1) * sums->stride * sizeof *sums->count);
    sums->count[0] = 1;
    for (size_t i = 0; i < sums->n; i++)
        for (size_t size = i < sums->chosen ? i + 1 : sums->chosen; size > 0; size--) {
            const double *without = sums->count + (size - 1) * sums->stride;
            double *with = sums->count + size * sums->stride + sums->rank[i];
            size_t last = sums->below[i] - sums->below[i + 1 - size];

            for (size_t s = sums->below[size - 1]; s <= last; s++)
                with[s] += without[s];
        }
}

/* Subsets whose sum is from `first` to `last`. */
static double sums_between(const struct sums *sums, size_t first, size_t last)
{
    const double *count = sums->count + sums->chosen * sums->stride;
    double total = 0;

    for (size_t s = first; s <= last; s++)
        total += count[s];
    return total;
}

double step_shift(const double *x, size_t n, const double *y, size_t m)
{
    double difference[STEP_X_MAX * STEP_Y_MAX];

    assert(n >= 1 && n <= STEP_X_MAX && m >= 1 && m <= STEP_Y_MAX);
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i < n; i++)
            difference[j * n + i] = y[j] - x[i];
    return median_of(difference, m * n);
}

struct step step_test(const double *x, size_t n, const double *y, size_t m, bool up)
{
    struct pooled pool[POOL_MAX];
    struct sums sums;
    bool chose_y = m <= n;
    size_t most;
    double all, high, low, p_up, p_down;

    assert(n >= 1 && n <= STEP_X_MAX && m >= 1 && m <= STEP_Y_MAX);
    for (size_t i = 0; i < n; i++)
        pool[i] = (struct pooled){x[i], !chose_y};
    for (size_t j = 0; j < m; j++)
        pool[n + j] = (struct pooled){y[j], chose_y};
    sums_rank(&sums, pool, n + m, chose_y ? m : n);
    sums_count(&sums);
    most = sums.stride - 1;
    all = sums_between(&sums, 0, most);
    high = sums_between(&sums, sums.observed, most);
    low = sums_between(&sums, 0, sums.observed);
    p_up = (chose_y ? high : low) / all;
    p_down = (chose_y ? low : high) / all;
    return (struct step){
        .p = up ? p_up : p_down,
        .p_two = fmin(1, 2 * fmin(p_up, p_down)),
        .p_least = 1 / all,
        .shift = step_shift(x, n, y, m),
    };
}
