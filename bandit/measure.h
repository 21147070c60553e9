/*
 * The mathematics of the bandit. Pure: no I/O, no clock, no failure; what arrives is
 * valid. Probabilities are integrated, never sampled, but for the audit.
 */
#ifndef BANDIT_MEASURE_H
#define BANDIT_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/settings.h"

/* ---- posteriors (measure_beta.c, measure_t.c) and their comparison (measure_best.c,
 * measure_lift.c) */

enum posterior_family { POSTERIOR_BETA, POSTERIOR_T };

struct posterior {
    enum posterior_family family;
    double a, b;      /* Beta(a, b), both > 0, a + b <= 2e9 + prior */
    double mu, s, nu; /* Student t: location, scale > 0, degrees of freedom > 0 */
};

enum {
    WANT_BEATS = 1,
    WANT_LOSS = 2,
}; /* beside P(best), which is always there */

struct comparison {
    double p_best[ARMS_MAX]; /* not renormalised */
    double beats[ARMS_MAX];  /* P(arm better than arm 0); that of arm 0 is 0 */
    double loss[ARMS_MAX];   /* E[max theta - theta_i], in the reward's unit */
};

/* 2 <= n <= ARMS_MAX posteriors of one family. */
void measure_best(const struct posterior *posterior, size_t n, unsigned wants,
                  struct comparison *comparison);

/* Quantile of one posterior, 0 < p < 1. */
double measure_quantile(const struct posterior *posterior, double p);
double measure_mean(const struct posterior *posterior);

/* P(theta_arm <= (1 + lift) * theta_control); for Beta lift >= -1. For Student t with
 * `is_log1p` values are means of log1p(x), and the lift is one of geometric means of
 * 1 + x: P(theta_arm <= theta_control + log1p(lift)); without it the lift is of means
 * when control's is positive. */
double measure_p_lift_below(const struct posterior *arm,
                            const struct posterior *control, bool is_log1p,
                            double lift);
/* The lift whose probability below is p: at least -1, at most 1e9, where the search
 * ends; of means without `is_log1p` from -1e9. */
double measure_lift_quantile(const struct posterior *arm,
                             const struct posterior *control, bool is_log1p, double p);

/* Win shares of `rounds` rounds of one draw per arm, by GSL's samplers and mt19937 with
 * this seed. */
void measure_draws(const struct posterior *posterior, size_t n, int64_t rounds,
                   uint32_t seed, double share[ARMS_MAX]);
/* The audit's seed of an experiment and day: low 32 bits of FNV-1a 64 of "ID/DAY". */
uint32_t measure_seed(const char *experiment, int32_t day);
/* Whether `p_best` agrees with the sampler: 20,000 rounds, and where an arm disagrees
 * once more with 1,000,000 and the next seed. */
bool measure_audit(const struct posterior *posterior, size_t n, const double p_best[],
                   uint32_t seed);

/* ---- strata and e-values (measure_strata.c, measure_evalue.c) ---- */

/* Mature counts of one day and arm, in the direction where more is better: binary n and
 * s successes; numeric n, s the sum of values and ss their sum of squares. */
struct cell {
    double n, s, ss;
};

/* Sum of squares about the mean, n > 0: ss - s^2/n, and 0 when rounding alone could
 * have made it. */
double measure_within(const struct cell *cell);

/* The usable evidence days of a phase, ascending. */
struct series {
    size_t narms;
    bool is_numeric;
    size_t n;
    const int32_t *day;
    const struct cell *cell; /* [day index * narms + arm] */
};

struct stratified {
    double mean; /* m_k, or the stratified mean of values */
    double neff; /* effective units */
    double var;  /* numeric: pooled within-day variance of the arm */
};

/* Over the first `ndays` days of the series and the arms that are `active`. Days are
 * joined, oldest first, until each active arm has 5 units; an incomplete last stratum
 * waits. `halflife_days` 0: no fading. Returns the number of strata; with none, all
 * zero. */
size_t measure_strata(const struct series *series, size_t ndays,
                      const bool active[ARMS_MAX], double halflife_days,
                      struct stratified of[ARMS_MAX]);

/* Posteriors of the active arms, in their order, at `posterior[0 .. active)`. Beta with
 * the prior; or normal-inverse-gamma, whose mean is Student t. */
size_t measure_posteriors(const struct series *series, const struct stratified of[],
                          const bool active[ARMS_MAX], double prior_a, double prior_b,
                          struct posterior posterior[ARMS_MAX]);

/* ln of the e-value of each arm against arm 0, over the first `ndays` days: safe 2x2
 * tables (Turner and Gruenwald); numeric: approximate. That of arm 0 is 0. */
void measure_e_values(const struct series *series, size_t ndays,
                      double log_e[ARMS_MAX]);

/* ---- sample ratio mismatch (measure_srm.c) ---- */

struct srm {
    double chi2;
    int df;
    size_t days;        /* that were judged */
    bool is_impossible; /* exposures where none were due: p is 0 */
};

/* Adds one day: expected cells under 5 are pooled with the smallest other; one that is
 * left alone adds no day. */
void measure_srm_add(struct srm *srm, const double observed[], const double expected[],
                     size_t n);
double measure_srm_p(const struct srm *srm); /* 1 without degrees of freedom */

#endif
