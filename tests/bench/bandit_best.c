/*
 * P(best) of two arms, for tests/bench/run.sh:
 *
 *     bandit_best integral ARM=S/N ARM=S/N    by measure_best
 *     bandit_best repeat ARM=S/N ARM=S/N      the same 1000 times
 *     bandit_best draws ARM=S/N ARM=S/N       by 1e6 rounds of gsl_ran_beta
 *     bandit_best error ARM=S/N ARM=S/N       of the P on stdin, by the exact finite
 * sum bandit_best all ARM=S/N ...             with losses, intervals, lifts
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bandit/eval.h"
#include "bandit/measure.h"
#include "tests/lib/exact_beta.h"

#include "shared/banned.h"

enum { TIMES = 1000, ROUNDS = 1000000 };

static int print_error(const struct posterior arm[])
{
    double exact = exact_beta(&arm[0], &arm[1]);
    char line[64];
    double p;

    if (!fgets(line, sizeof line, stdin) ||
        !str_to_double(line, strcspn(line, "\n"), &p))
        return 3;
    printf("P(best) %.12f, error %.1g\n", p, fabs(p - exact));
    return 0;
}

static void print_all(const struct eval_counts *counts, const struct posterior arm[])
{
    struct eval_answer answer;
    double widest = 0;

    eval_measure(counts, &answer);
    for (size_t i = 1; i < counts->n; i++)
        widest = fmax(widest, measure_lift_quantile(&arm[i], &arm[0], false, .975) -
                                  measure_lift_quantile(&arm[i], &arm[0], false, .025));
    printf("%zu P(best), losses, intervals of rates and lifts; widest lift %.3g\n",
           counts->n, widest);
}

int main(int argc, char **argv)
{
    const char *const *args = (const char *const *)argv;
    struct eval_counts counts;
    struct posterior arm[ARMS_MAX] = {0};
    struct comparison best;
    double share[ARMS_MAX];
    struct err err;

    if (argc < 4 || !eval_parse(args + 2, (size_t)argc - 2, NULL, &counts, &err))
        return 3;
    for (size_t i = 0; i < counts.n; i++)
        arm[i] = (struct posterior){.family = POSTERIOR_BETA,
                                    .a = 1 + counts.successes[i],
                                    .b = 1 + counts.trials[i] - counts.successes[i]};
    if (strcmp(args[1], "error") == 0)
        return print_error(arm);
    if (strcmp(args[1], "all") == 0) {
        print_all(&counts, arm);
    } else if (strcmp(args[1], "draws") == 0) {
        measure_draws(arm, counts.n, ROUNDS, 1, share);
        printf("%.17g\n", share[1]);
    } else {
        for (int i = 0; i < (strcmp(args[1], "repeat") == 0 ? TIMES : 1); i++)
            measure_best(arm, counts.n, 0, &best);
        printf("%.17g\n", best.p_best[1]);
    }
    return 0;
}
