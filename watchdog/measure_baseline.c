/*
 * Baselines: the rate of a cell per exposed unit, its weekday factors and its
 * dispersion, fitted to the days before the judged one. Decides nothing.
 */
#include <assert.h>
#include <math.h>

#include "shared/clock.h"
#include "watchdog/measure.h"

#include "shared/banned.h"

enum { DAYS_MAX = 200, WEEK = 7, PASSES = 3 };

/* Affected units expected of a weekday before its factor outweighs the prior of 1. */
static const double factor_prior = 10;

/* Beyond this residual, two-sided 1 % of a normal, a day loses weight. */
static const double residual_most = 2.58;

/* A rate used as a probability keeps off 0 and 1, where its variance would vanish. */
static const double probability_least = 1e-9;

/* The usable days, unpacked. */
struct sample {
    size_t n;
    double affected[DAYS_MAX];
    double exposed[DAYS_MAX];
    double weight[DAYS_MAX];
    int weekday[DAYS_MAX];
};

double fit_rate(const struct fit *fit, int weekday)
{
    double rate = fit->weekday[weekday] * fit->rate;

    if (fit->model == MODEL_COUNT)
        return rate;
    return fmin(fmax(rate, probability_least), 1 - probability_least);
}

static void sample_add(struct sample *sample, const struct fit *fit,
                       const struct observation *day)
{
    int64_t affected = day->affected;
    size_t i = sample->n++;

    assert(affected >= 0 && day->exposed >= 1);
    // A custom signal may count units it never saw exposed; more than all is all.
    if (fit->model == MODEL_PROPORTION && affected > day->exposed)
        affected = day->exposed;
    sample->affected[i] = (double)affected;
    sample->exposed[i] = (double)day->exposed;
    sample->weight[i] = 1;
    sample->weekday[i] = day_weekday(day->day);
}

/* Rate and weekday factors for the weights as they are. */
static void fit_rates(struct fit *fit, const struct sample *sample, bool has_weekdays)
{
    double affected[WEEK] = {0};
    double exposed[WEEK] = {0};
    double affected_sum = 0.5; // no rate is zero
    double rate;

    fit->exposed_sum = fit->expected_sum = fit->weight_sum = 0;
    for (size_t i = 0; i < sample->n; i++) {
        affected[sample->weekday[i]] += sample->weight[i] * sample->affected[i];
        exposed[sample->weekday[i]] += sample->weight[i] * sample->exposed[i];
        fit->weight_sum += sample->weight[i];
    }
    for (int d = 0; d < WEEK; d++) {
        affected_sum += affected[d];
        fit->exposed_sum += exposed[d];
    }
    rate = affected_sum / fit->exposed_sum;
    for (int d = 0; d < WEEK; d++) {
        fit->weekday[d] = !has_weekdays ? 1
                                        : (affected[d] + factor_prior) /
                                              (exposed[d] * rate + factor_prior);
        fit->expected_sum += exposed[d] * fit->weekday[d];
    }
    fit->rate = affected_sum / fit->expected_sum;
}

/* Variance over mean at phi = 1: Poisson 1, binomial 1 - pi. */
static double variance_factor(const struct fit *fit, double rate)
{
    return fit->model == MODEL_COUNT ? 1 : 1 - rate;
}

/* Pearson's chi-square over its degrees of freedom. */
static void fit_phi(struct fit *fit, const struct sample *sample, bool has_weekdays)
{
    double rate[WEEK];
    double factor[WEEK];
    double chi2 = 0;

    for (int d = 0; d < WEEK; d++) {
        rate[d] = fit_rate(fit, d);
        factor[d] = variance_factor(fit, rate[d]);
    }
    for (size_t i = 0; i < sample->n; i++) {
        double mu = sample->exposed[i] * rate[sample->weekday[i]];
        double miss = sample->affected[i] - mu;

        chi2 += sample->weight[i] * miss * miss / (mu * factor[sample->weekday[i]]);
    }
    fit->phi = fmax(1, chi2 / fmax(1, fit->weight_sum - (has_weekdays ? WEEK : 1)));
}

/* Count: 3/2 (x^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi), with one root less.
 * Proportion: Pearson's. */
static double residual(const struct fit *fit, const struct sample *sample, size_t i)
{
    double rate = fit_rate(fit, sample->weekday[i]);
    double mu = sample->exposed[i] * rate;
    double root;

    if (fit->model == MODEL_PROPORTION)
        return (sample->affected[i] - mu) /
               sqrt(fit->phi * mu * variance_factor(fit, rate));
    root = cbrt(sample->affected[i] / mu);
    return 1.5 * sqrt(mu / fit->phi) * (root * root - 1);
}

/* Returns whether any weight changed. */
static bool reweigh(const struct fit *fit, struct sample *sample)
{
    bool changed = false;

    for (size_t i = 0; i < sample->n; i++) {
        double s = residual(fit, sample, i);
        double weight = 1;

        if ((fit->direction == DIRECTION_UP ? s : -s) > residual_most)
            weight = 1 / (s * s);
        changed = changed || weight != sample->weight[i];
        sample->weight[i] = weight;
    }
    return changed;
}

static void fit_sample(struct fit *fit, struct sample *sample, bool has_weekdays)
{
    // The same weights give the same fit: a pass that changed none was the last needed.
    for (int pass = 1; pass <= PASSES; pass++) {
        fit_rates(fit, sample, has_weekdays);
        fit_phi(fit, sample, has_weekdays);
        if (pass == PASSES || !reweigh(fit, sample))
            break;
    }
    assert(fit->rate > 0 && isfinite(fit->rate) && isfinite(fit->phi));
    fit->known = true;
}

static void describe_exposure(struct fit *fit, const struct sample *sample)
{
    double n[WEEK] = {0};

    fit->exposed_is_one = true;
    for (size_t i = 0; i < sample->n; i++) {
        fit->mean_exposed[sample->weekday[i]] += sample->exposed[i];
        n[sample->weekday[i]] += 1;
        if (sample->exposed[i] != 1)
            fit->exposed_is_one = false;
    }
    for (int d = 0; d < WEEK; d++)
        if (n[d] > 0)
            fit->mean_exposed[d] /= n[d];
}

/* Indices of the usable days of [first, last]; returns how many. */
static size_t usable_days(const struct observation *days, size_t n, int32_t first,
                          int32_t last, size_t at[BASELINE_DAYS])
{
    size_t usable = 0;

    for (size_t i = 0; i < n; i++) {
        if (days[i].day < first || days[i].day > last || days[i].excluded)
            continue;
        assert(usable < BASELINE_DAYS); // one observation a day
        at[usable++] = i;
    }
    return usable;
}

/*
 * The baseline of docs/method.md: three passes of rate, factors, dispersion, weights.
 * The count residual is Anscombe's for the Poisson distribution (McCullagh and Nelder
 * 1989, Generalized Linear Models, 2.4.2). Weighting unusual days by s^-2, so that an
 * old outbreak does not hide a new one, is Farrington et al. (1996), J. R. Statist.
 * Soc. A 159, 547-563, from s > 2.58 on as in Noufaily et al. (2013), Statist. Med. 32,
 * 1206-1222. phi is Pearson's chi-square over its degrees of freedom, at least 1.
 */
// NOLINTNEXTLINE(readability-function-size): the parameters are the contract
struct fit measure_baseline(enum model model, enum direction direction,
                            const struct observation *days, size_t n, int32_t today,
                            int32_t from, double *weights)
{
    struct fit fit = {.model = model, .direction = direction};
    int32_t first = from > today - BASELINE_DAYS ? from : today - BASELINE_DAYS;
    struct sample sample;
    size_t at[BASELINE_DAYS];
    size_t usable = 0;

    for (int guard = BASELINE_GUARD; guard >= 0 && usable < BASELINE_LEAST; guard--)
        usable = usable_days(days, n, first, today - 1 - guard, at);
    for (size_t i = 0; weights && i < n; i++)
        weights[i] = 0;
    if (usable < BASELINE_LEAST)
        return fit;
    sample.n = 0;
    for (size_t i = 0; i < usable; i++)
        sample_add(&sample, &fit, &days[at[i]]);
    fit_sample(&fit, &sample, usable >= WEEKDAY_LEAST);
    describe_exposure(&fit, &sample);
    for (size_t i = 0; weights && i < usable; i++)
        weights[at[i]] = sample.weight[i];
    return fit;
}

/* Residuals have the sign of x - mu in both directions. Excluded days count, as all of
 * an open episode are. */
struct fit measure_level(enum model model, enum direction direction,
                         const struct observation *days, size_t n, double *residuals)
{
    struct fit fit = {.model = model, .direction = direction};
    struct sample sample;

    assert(n <= DAYS_MAX);
    if (n == 0)
        return fit;
    sample.n = 0;
    for (size_t i = 0; i < n; i++)
        sample_add(&sample, &fit, &days[i]);
    fit_sample(&fit, &sample, false);
    describe_exposure(&fit, &sample);
    for (size_t i = 0; residuals && i < n; i++)
        residuals[i] = residual(&fit, &sample, i);
    return fit;
}
