/*
 * The audit: what it refuses and what it lets pass. Its false-alarm rate is
 * tests/sim/bandit_audit.c's.
 */
#include <math.h>

#include "bandit/measure.h"
#include "shared/clock.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

static struct posterior beta(double a, double b)
{
    return (struct posterior){.family = POSTERIOR_BETA, .a = a, .b = b};
}

static struct posterior student(double mu, double s, double nu)
{
    return (struct posterior){.family = POSTERIOR_T, .mu = mu, .s = s, .nu = nu};
}

static void a_seed_is_fnv_1a_of_experiment_and_day(void **state)
{
    (void)state; // by the definition in Python: of the bytes "cta/2026-11-19"
    assert_int_equal(measure_seed("cta", day_from_civil(2026, 11, 19)), 727501242);
}

static void two_arms_p_best_swapped_is_refused(void **state)
{
    const struct posterior arms[] = {beta(21, 981), beta(26, 976), beta(24, 978)};
    struct comparison best;
    double swapped[3];

    (void)state;
    measure_best(arms, 3, 0, &best);
    assert_true(measure_audit(arms, 3, best.p_best, 7));
    swapped[0] = best.p_best[1];
    swapped[1] = best.p_best[0];
    swapped[2] = best.p_best[2];
    assert_false(measure_audit(arms, 3, swapped, 7));
}

static void student_arms_are_audited_too(void **state)
{
    const struct posterior arms[] = {student(3, .2, 8), student(3.1, .1, 40)};
    struct comparison best;
    double swapped[2];

    (void)state;
    measure_best(arms, 2, 0, &best);
    assert_true(measure_audit(arms, 2, best.p_best, 7));
    swapped[0] = best.p_best[1];
    swapped[1] = best.p_best[0];
    assert_false(measure_audit(arms, 2, swapped, 7));
}

/* Off by 0.03: 600 of 20,000 rounds, when 5 standard errors and 5 are 358. */
static void a_share_that_is_a_little_off_is_refused(void **state)
{
    const struct posterior arms[] = {beta(51, 951), beta(51, 951)};
    static const double off[] = {.53, .47};

    (void)state;
    assert_false(measure_audit(arms, 2, off, 1));
}

static void what_is_no_number_is_refused(void **state)
{
    static const double even[] = {.5, .5};
    static const double none[] = {(double)NAN, (double)NAN};
    const struct posterior sound[] = {beta(2, 3), beta(2, 3)};
    const struct posterior bad[] = {beta(0, 3),
                                    beta(2, -1),
                                    beta((double)NAN, 1),
                                    beta(HUGE_VAL, 1),
                                    student((double)NAN, 1, 3),
                                    student(0, 0, 3),
                                    student(0, 1, 0)};

    (void)state;
    assert_true(measure_audit(sound, 2, even, 1));
    assert_false(measure_audit(sound, 2, none, 1));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct posterior pair[] = {bad[i], bad[i]};

        assert_false(measure_audit(pair, 2, even, 1));
    }
}

/* Beta(1e-3, 1e3) is below 1e-308 half of the time; gsl_ran_beta is 0 then. */
static void rates_that_underflow_do_not_tie(void **state)
{
    const struct posterior arms[] = {beta(1e-3, 1e3), beta(1e-3, 1e3), beta(2e-3, 1e3)};
    struct comparison best;

    (void)state;
    measure_best(arms, 3, 0, &best);
    assert_true(measure_audit(arms, 3, best.p_best, 3));
}

static void draws_are_shares_of_all_rounds_and_repeat(void **state)
{
    const struct posterior arms[] = {beta(21, 981), beta(26, 976)};
    double share[ARMS_MAX];
    double again[ARMS_MAX];
    double other[ARMS_MAX];

    (void)state;
    measure_draws(arms, 2, 20000, 5, share);
    measure_draws(arms, 2, 20000, 5, again);
    measure_draws(arms, 2, 20000, 6, other);
    assert_near(share[0] + share[1], 1, 0, 1e-15);
    assert_near(again[0], share[0], 0, 0);
    assert_true(fabs(other[0] - share[0]) > 0);
}

static void certain_arms_pass(void **state)
{
    const struct posterior arms[] = {beta(1, 1e9), beta(1e9, 1), beta(1, 1e9)};
    struct comparison best;

    (void)state;
    measure_best(arms, 3, 0, &best);
    assert_true(measure_audit(arms, 3, best.p_best, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_is_fnv_1a_of_experiment_and_day),
        cmocka_unit_test(two_arms_p_best_swapped_is_refused),
        cmocka_unit_test(student_arms_are_audited_too),
        cmocka_unit_test(a_share_that_is_a_little_off_is_refused),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(rates_that_underflow_do_not_tie),
        cmocka_unit_test(draws_are_shares_of_all_rounds_and_repeat),
        cmocka_unit_test(certain_arms_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
