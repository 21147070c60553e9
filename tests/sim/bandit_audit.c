/*
 * The audit lets honest runs pass: as many as 10,000 with `SIM=full`, of two to four
 * arms at counts as experiments have them, each with the seed of its own day.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>

#include "bandit/measure.h"

#include "shared/banned.h"

static struct posterior counted(const gsl_rng *rng, double trials, double rate)
{
    double successes = floor(trials * rate * (0.8 + 0.4 * gsl_rng_uniform(rng)));

    return (struct posterior){.family = POSTERIOR_BETA,
                              .a = 1 + successes,
                              .b = 1 + trials - successes};
}

static bool passes(const gsl_rng *rng, int32_t day)
{
    size_t n = 2 + gsl_rng_uniform_int(rng, 3);
    double rate = pow(10, -3 * gsl_rng_uniform(rng)) / 2;
    struct posterior arm[ARMS_MAX];
    struct comparison best;

    for (size_t i = 0; i < n; i++)
        arm[i] = counted(rng, floor(pow(10, 1 + 5 * gsl_rng_uniform(rng))), rate);
    measure_best(arm, n, 0, &best);
    return measure_audit(arm, n, best.p_best, measure_seed("simulated", day));
}

int main(void)
{
    const char *wish = getenv("SIM");
    bool is_full = wish != NULL && strcmp(wish, "full") == 0;
    int runs = is_full ? 10000 : 300;
    int refused = 0;
    gsl_rng *rng;

    gsl_set_error_handler_off();
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) {
        puts("Bail out! out of memory");
        return 1;
    }
    gsl_rng_set(rng, 20261119);
    for (int run = 0; run < runs; run++)
        refused += !passes(rng, run);
    gsl_rng_free(rng);
    printf("%s 1 - %d honest runs pass the audit\n", refused == 0 ? "ok" : "not ok",
           runs);
    printf("# %d refused\n1..1\n", refused);
    return refused == 0 ? 0 : 1;
}
