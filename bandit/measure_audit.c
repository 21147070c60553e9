/*
 * P(best) by sampling, and the audit of the integral by it. The generator is GSL's
 * mt19937 with the seed given: no other chance enters.
 */
#include <assert.h>
#include <math.h>
#include <stdalign.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "bandit/measure.h"
#include "shared/clock.h"
#include "shared/fnv.h"

#include "shared/banned.h"

enum { STATE_BYTES = 8192, ROUNDS = 20000, ROUNDS_AGAIN = 1000000 };

uint32_t measure_seed(const char *experiment, int32_t day)
{
    uint64_t hash = fnv_add(fnv(str_of(experiment)), str_of("/"));

    return (uint32_t)fnv_add(hash, str_of(day_text(day).text));
}

/* GSL returns 0 or NaN without a word otherwise. */
static bool is_sound(const struct posterior *posterior)
{
    if (posterior->family == POSTERIOR_BETA)
        return posterior->a > 0 && posterior->b > 0 && isfinite(posterior->a) &&
               isfinite(posterior->b);
    return posterior->s > 0 && posterior->nu > 0 && isfinite(posterior->mu) &&
           isfinite(posterior->s) && isfinite(posterior->nu);
}

static bool is_small(const struct posterior *posterior)
{
    return posterior->family == POSTERIOR_BETA &&
           (posterior->a < 1 || posterior->b < 1);
}

/* ln of a gamma variate. Marsaglia and Tsang (2000), ACM Trans. Math. Softw. 26, p.
 * 371: X(a) = X(a + 1) U^(1/a), which underflows for small a without the logarithm. */
static double log_gamma(const gsl_rng *rng, double a)
{
    if (a < 1)
        return log(gsl_ran_gamma(rng, a + 1, 1)) + log(gsl_rng_uniform_pos(rng)) / a;
    return log(gsl_ran_gamma(rng, a, 1));
}

static double draw(const gsl_rng *rng, const struct posterior *posterior,
                   bool is_in_logits)
{
    if (posterior->family == POSTERIOR_T)
        return posterior->mu + posterior->s * gsl_ran_tdist(rng, posterior->nu);
    if (is_in_logits)
        return log_gamma(rng, posterior->a) - log_gamma(rng, posterior->b);
    return gsl_ran_beta(rng, posterior->a, posterior->b);
}

void measure_draws(const struct posterior *posterior, size_t n, int64_t rounds,
                   uint32_t seed, double share[ARMS_MAX])
{
    alignas(max_align_t) unsigned char state[STATE_BYTES];
    const gsl_rng rng = {gsl_rng_mt19937, state};
    int64_t wins[ARMS_MAX] = {0};
    bool is_in_logits = false; // rates that underflow to 0 would tie

    assert(n >= 1 && n <= ARMS_MAX && rounds > 0);
    assert(gsl_rng_mt19937->size <= sizeof state);
    for (size_t i = 0; i < n; i++) {
        assert(is_sound(&posterior[i]));
        is_in_logits = is_in_logits || is_small(&posterior[i]);
    }
    gsl_rng_set(&rng, seed);
    for (int64_t round = 0; round < rounds; round++) {
        size_t winner = 0;
        double most = draw(&rng, &posterior[0], is_in_logits);

        for (size_t i = 1; i < n; i++) {
            double drawn = draw(&rng, &posterior[i], is_in_logits);

            if (drawn > most) {
                winner = i;
                most = drawn;
            }
        }
        wins[winner]++;
    }
    for (size_t i = 0; i < n; i++)
        share[i] = (double)wins[i] / (double)rounds;
}

/* Within 5 standard errors and 5 wins. A p_best that is NaN agrees with nothing. */
static bool agrees(const struct posterior *posterior, size_t n, const double p_best[],
                   int64_t rounds, uint32_t seed)
{
    double share[ARMS_MAX];
    double all = (double)rounds;

    measure_draws(posterior, n, rounds, seed, share);
    for (size_t i = 0; i < n; i++) {
        double p = p_best[i];

        if (!(fabs(share[i] * all - all * p) <=
              5 * sqrt(fmax(0, all * p * (1 - p))) + 5))
            return false;
    }
    return true;
}

bool measure_audit(const struct posterior *posterior, size_t n, const double p_best[],
                   uint32_t seed)
{
    for (size_t i = 0; i < n; i++)
        if (!is_sound(&posterior[i]))
            return false;
    return agrees(posterior, n, p_best, ROUNDS, seed) ||
           agrees(posterior, n, p_best, ROUNDS_AGAIN, seed + 1);
}
