/*
 * Arms compared within days only: totals over days mislead when weights and base rate
 * both move (Simpson 1951, J. R. Statist. Soc. B 13, 238-241). The weights of the
 * strata are those of Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22, 719-748,
 * for any number of arms.
 */
#include <assert.h>
#include <math.h>

#include "bandit/measure.h"

#include "shared/banned.h"

static const double stratum_units = 5; // of each active arm

/* A standard error below this share of its mean comes from values that are all equal,
 * not from data, and nodes of the integral placed that close together would be the same
 * double. Values are multiples of 1e-4, so no mean but 0 is smaller. */
static const double scale_least = 1e-9;
static const double value_step = 1e-4;

static const double within_least = 1e-12; // of the sum of squares

/* Sums over the strata so far; their ages are those at the newest of them: a factor
 * common to all W_t changes neither m nor neff, and sums that fade from stratum to
 * stratum never divide 0 by 0, however old the first is. */
struct sums {
    double weight;                 /* W_t */
    double mean[ARMS_MAX];         /* W_t * s_kt / n_kt */
    double weight_sq_n[ARMS_MAX];  /* W_t^2 / n_kt */
    double within[ARMS_MAX];       /* sums of squares within days, which do not fade */
    double within_units[ARMS_MAX]; /* their degrees of freedom */
};

/* The stratum that is being joined. */
struct stratum {
    struct cell cell[ARMS_MAX];
    double within[ARMS_MAX], within_units[ARMS_MAX];
};

/* The error of the difference is a few 1e-16 of ss. Taken for data, what it leaves of
 * equal values would make any later difference certain. */
double measure_within(const struct cell *cell)
{
    double within = cell->ss - cell->s * cell->s / cell->n;

    return within > within_least * cell->ss ? within : 0;
}

static void stratum_add(struct stratum *stratum, const struct cell *day, size_t narms)
{
    for (size_t k = 0; k < narms; k++) {
        stratum->cell[k].n += day[k].n;
        stratum->cell[k].s += day[k].s;
        stratum->cell[k].ss += day[k].ss;
        if (day[k].n <= 1)
            continue;
        stratum->within[k] += measure_within(&day[k]);
        stratum->within_units[k] += day[k].n - 1;
    }
}

static bool stratum_is_complete(const struct stratum *stratum, const bool active[],
                                size_t narms)
{
    for (size_t k = 0; k < narms; k++)
        if (active[k] && stratum->cell[k].n < stratum_units)
            return false;
    return true;
}

static void sums_add(struct sums *sums, const struct stratum *stratum,
                     const bool active[], size_t narms, double fade)
{
    double reciprocals = 0;
    double weight;

    for (size_t k = 0; k < narms; k++)
        if (active[k])
            reciprocals += 1 / stratum->cell[k].n;
    weight = 1 / reciprocals;
    sums->weight = fade * sums->weight + weight;
    for (size_t k = 0; k < narms; k++) {
        const struct cell *cell = &stratum->cell[k];

        if (!active[k])
            continue;
        sums->mean[k] = fade * sums->mean[k] + weight * (cell->s / cell->n);
        sums->weight_sq_n[k] =
            fade * fade * sums->weight_sq_n[k] + weight * (weight / cell->n);
        // Days of one unit have no variance: that of their stratum is better than none.
        if (stratum->within_units[k] > 0) {
            sums->within[k] += stratum->within[k];
            sums->within_units[k] += stratum->within_units[k];
        } else {
            sums->within[k] += measure_within(cell);
            sums->within_units[k] += cell->n - 1;
        }
    }
}

size_t measure_strata(const struct series *series, size_t ndays,
                      const bool active[ARMS_MAX], double halflife_days,
                      struct stratified of[ARMS_MAX])
{
    size_t narms = series->narms;
    struct sums sums = {0};
    struct stratum stratum = {0};
    size_t nstrata = 0;
    int32_t newest = 0;

    assert(ndays <= series->n);
    for (size_t i = 0; i < ndays; i++) {
        double fade = 1;

        stratum_add(&stratum, &series->cell[i * narms], narms);
        if (!stratum_is_complete(&stratum, active, narms))
            continue;
        if (halflife_days > 0 && nstrata > 0)
            fade = exp2(-(double)(series->day[i] - newest) / halflife_days);
        sums_add(&sums, &stratum, active, narms, fade);
        newest = series->day[i];
        stratum = (struct stratum){0};
        nstrata++;
    }
    for (size_t k = 0; k < narms; k++) {
        of[k] = (struct stratified){0};
        if (!active[k] || nstrata == 0)
            continue;
        of[k].mean = sums.mean[k] / sums.weight;
        of[k].neff = sums.weight / sums.weight_sq_n[k] * sums.weight;
        if (series->is_numeric && sums.within_units[k] > 0)
            of[k].var = sums.within[k] / sums.within_units[k];
    }
    return nstrata;
}

/* What the arms have in common before any is looked at: `mean` is that of all their
 * units, arms weighted by effective units, and `var` the one within days, weighted by
 * its degrees of freedom. */
static struct stratified pool(const struct stratified of[], const bool active[],
                              size_t narms)
{
    struct stratified all = {0};
    double freedom = 0;

    for (size_t k = 0; k < narms; k++) {
        if (!active[k] || of[k].neff <= 0)
            continue;
        all.neff += of[k].neff;
        all.mean += of[k].neff * of[k].mean;
        freedom += of[k].neff - 1;
        all.var += (of[k].neff - 1) * of[k].var;
    }
    if (all.neff > 0) {
        all.mean /= all.neff;
        all.var /= freedom; // a stratum has 5 units of each arm, so neff is 5 or more
    }
    return all;
}

/* Normal-inverse-gamma with k0 = 1 and a0 = 1, whose marginal of the mean is Student t:
 * DeGroot (1970), Optimal Statistical Decisions, section 9.6. */
static struct posterior student(const struct stratified *arm,
                                const struct stratified *all)
{
    double n = arm->neff;
    double k = 1 + n;
    double a = 1 + n / 2;
    double off = arm->mean - all->mean;
    double mu = (all->mean + n * arm->mean) / k;
    double b = all->var + fmax(0, n - 1) * arm->var / 2 + n / k * off * off / 2;

    return (struct posterior){
        .family = POSTERIOR_T,
        .mu = mu,
        .s = fmax(sqrt(b / (a * k)), scale_least * fmax(fabs(mu), value_step)),
        .nu = 2 * a,
    };
}

size_t measure_posteriors(const struct series *series, const struct stratified of[],
                          const bool active[ARMS_MAX], double prior_a, double prior_b,
                          struct posterior posterior[ARMS_MAX])
{
    struct stratified all = pool(of, active, series->narms);
    size_t n = 0;

    for (size_t k = 0; k < series->narms; k++) {
        if (!active[k])
            continue;
        if (series->is_numeric)
            posterior[n++] = student(&of[k], &all);
        else
            posterior[n++] = (struct posterior){
                .family = POSTERIOR_BETA,
                .a = prior_a + of[k].mean * of[k].neff,
                .b = prior_b + (1 - of[k].mean) * of[k].neff,
            };
    }
    return n;
}
