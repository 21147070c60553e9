/*
 * Sample ratio mismatch: whether exposures fell on the arms as the weights of their day
 * said. Days are added up as chi-squares, never as totals: a total has no weights.
 */
#include <assert.h>

#include <gsl/gsl_cdf.h>

#include "bandit/measure.h"

#include "shared/banned.h"

static const double cell_least = 5; // expected, for the chi-square to hold

struct srm_cell {
    double observed, expected;
};

/* The place of the smallest expectation but `other`, the first of equal ones. */
static size_t smallest(const struct srm_cell *cell, size_t n, size_t other)
{
    size_t found = other == 0 ? 1 : 0;

    for (size_t i = found + 1; i < n; i++)
        if (i != other && cell[i].expected < cell[found].expected)
            found = i;
    return found;
}

/* Returns how many cells are left. */
static size_t pool_small(struct srm_cell *cell, size_t n)
{
    while (n > 1) {
        size_t least = smallest(cell, n, n);
        size_t next;

        if (cell[least].expected >= cell_least)
            break;
        next = smallest(cell, n, least);
        cell[next].observed += cell[least].observed;
        cell[next].expected += cell[least].expected;
        cell[least] = cell[--n];
    }
    return n;
}

void measure_srm_add(struct srm *srm, const double observed[], const double expected[],
                     size_t n)
{
    struct srm_cell cell[ARMS_MAX];
    size_t ncells = 0;

    assert(n <= ARMS_MAX);
    for (size_t i = 0; i < n; i++) {
        if (expected[i] > 0)
            cell[ncells++] = (struct srm_cell){observed[i], expected[i]};
        else if (observed[i] > 0)
            srm->is_impossible = true;
    }
    ncells = pool_small(cell, ncells);
    if (ncells < 2)
        return;
    for (size_t i = 0; i < ncells; i++) {
        double off = cell[i].observed - cell[i].expected;

        srm->chi2 += off * (off / cell[i].expected);
    }
    srm->df += (int)ncells - 1;
    srm->days++;
}

double measure_srm_p(const struct srm *srm)
{
    if (srm->is_impossible)
        return 0;
    return srm->df > 0 ? gsl_cdf_chisq_Q(srm->chi2, srm->df) : 1;
}
