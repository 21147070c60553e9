/*
 * P(best), losses and their sum against the table of the specification, exact finite
 * sums, and posteriors that have a closed form: Beta(a, 1) is U^(1/a), so that arm i is
 * the best of several with probability a_i / sum a.
 */
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_rng.h>

#include "bandit/measure.h"
#include "bandit/measure_panel.h"
#include "tests/lib/exact_beta.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

static struct posterior beta(double a, double b)
{
    return (struct posterior){.family = POSTERIOR_BETA, .a = a, .b = b};
}

/* With the prior (1, 1). */
static struct posterior counted(double successes, double trials)
{
    return beta(1 + successes, 1 + trials - successes);
}

static struct posterior student(double mu, double s, double nu)
{
    return (struct posterior){.family = POSTERIOR_T, .mu = mu, .s = s, .nu = nu};
}

static void a_rule_integrates_what_gsl_integrates(void **state)
{
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(NODES);

    (void)state;
    assert_non_null(table);
    for (size_t k = 0; k < NODES; k++) {
        double x;
        double w;

        assert_int_equal(gsl_integration_glfixed_point(-1, 1, k, &x, &w, table), 0);
        assert_near(gauss_node[k], x, 0, 1e-15);
        assert_near(gauss_weight[k], w, 0, 1e-15);
    }
    gsl_integration_glfixed_table_free(table);
}

static void monomials_up_to_31_and_their_beginnings_up_to_15_are_exact(void **state)
{
    (void)state;
    for (int degree = 0; degree <= 31; degree++) {
        double power[NODES];
        double below[NODES];

        for (size_t k = 0; k < NODES; k++)
            power[k] = pow(gauss_node[k], degree);
        assert_near(panel_sum(2, power), degree % 2 == 0 ? 2.0 / (degree + 1) : 0, 0,
                    1e-15);
        panel_sums(2, power, below);
        for (size_t k = 0; k < NODES && degree <= 15; k++)
            assert_near(below[k],
                        (pow(gauss_node[k], degree + 1) - pow(-1, degree + 1)) /
                            (degree + 1),
                        0, 1e-15);
    }
}

static void rows_of_the_specification_come_out(void **state)
{
    static const struct {
        double s[2], n[2], p, loss[2];
        double error; // of the losses, relative: digits of the table
    } rows[] = {
        {{5, 7},
         {100, 100},
         0.715969427794726,
         {0.0258039748014, 0.00619613166411},
         1e-11},
        {{500, 530},
         {1e4, 1e4},
         0.831310932190452,
         {0.00328078999134, 0.000281389871362},
         1e-11},
        {{50000, 50200},
         {1e6, 1e6},
         0.741594356938977,
         {2.48072117e-4, 4.807251701e-5},
         1e-8},
        {{5e6, 5002000},
         {1e8, 1e8},
         0.741773988973327,
         {2.479870454e-5, 4.798704941e-6},
         1e-9},
        {{5e7, 50001000},
         {1e9, 1e9},
         0.540858726399394,
         {4.408874077e-6, 3.408874079e-6},
         1e-9},
        {{100, 120},
         {1e8, 1e8},
         0.910809334637314,
         {2.06152103e-7, 6.152107032e-9},
         1e-8},
        {{5e6, 3}, {1e8, 50}, 0.749414090082014, {0.03041974019, 0.00349667227}, 1e-9},
        {{0, 0}, {1e6, 1e6}, 0.5, {4.9999875e-7, 4.9999875e-7}, 1e-8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct posterior pair[] = {counted(rows[i].s[0], rows[i].n[0]),
                                         counted(rows[i].s[1], rows[i].n[1])};
        struct comparison got;

        measure_best(pair, 2, WANT_BEATS | WANT_LOSS, &got);
        assert_near(got.p_best[1], rows[i].p, 0, 1e-9);
        assert_near(got.p_best[0], 1 - rows[i].p, 0, 1e-9);
        assert_near(got.beats[1], rows[i].p, 0, 1e-9);
        assert_near(got.beats[0], 0, 0, 0);
        assert_near(got.loss[0], rows[i].loss[0], rows[i].error, 0);
        assert_near(got.loss[1], rows[i].loss[1], rows[i].error, 0);
    }
}

static void four_arms_have_the_specifications_values(void **state)
{
    static const double want[] = {.0651032633871, .656137765714, .245023384576,
                                  .0337355863228};
    const struct posterior arms[] = {counted(30, 1000), counted(40, 1000),
                                     counted(35, 1000), counted(28, 1000)};
    struct comparison got;

    (void)state;
    measure_best(arms, 4, 0, &got);
    for (size_t i = 0; i < 4; i++)
        assert_near(got.p_best[i], want[i], 0, 1e-12);
}

static void student_posteriors_have_the_specifications_values(void **state)
{
    const struct posterior near[] = {student(0, 1, 10), student(.5, .8, 20)};
    const struct posterior heavy[] = {student(0, 1, 4), student(1, 1, 4)};
    struct comparison got;

    (void)state;
    measure_best(near, 2, 0, &got);
    assert_near(got.p_best[1], .645030210811055, 0, 1e-12);
    measure_best(heavy, 2, 0, &got);
    assert_near(got.p_best[1], .724293199843010, 0, 1e-12);
}

static void random_counts_agree_with_the_exact_finite_sum(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

    (void)state;
    assert_non_null(rng);
    gsl_rng_set(rng, 20261119);
    for (int i = 0; i < 200; i++) {
        double trials = floor(pow(10, 2.5 + 6.5 * gsl_rng_uniform(rng)));
        double conversions =
            floor(fmin(trials / 3, pow(10, 6 * gsl_rng_uniform(rng)))) + 1;
        double spread = 3 * sqrt(conversions) * (gsl_rng_uniform(rng) - 0.5);
        double second = fmax(0, floor(conversions + spread));
        const struct posterior pair[] = {counted(conversions, trials),
                                         counted(second, trials * (1 + i % 2))};
        struct comparison got;

        measure_best(pair, 2, 0, &got);
        assert_near(got.p_best[1], exact_beta(&pair[0], &pair[1]), 0, 2e-12);
    }
    gsl_rng_free(rng);
}

/* E[(B - A)+] = E[B; B > A] - E[A; B > A]: with the density's own factor, each is a
 * probability of a posterior that has one success more. */
static double exact_loss(const struct posterior *a, const struct posterior *b)
{
    struct posterior more_a = beta(a->a + 1, a->b);
    struct posterior more_b = beta(b->a + 1, b->b);

    return measure_mean(b) * exact_beta(a, &more_b) -
           measure_mean(a) * exact_beta(&more_a, b);
}

static void losses_are_differences_of_exact_sums(void **state)
{
    static const double counts[][4] = {{5, 100, 7, 100},
                                       {0, 50, 1, 40},
                                       {40, 1000, 30, 1000},
                                       {300, 9000, 350, 9500}};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct posterior pair[] = {counted(counts[i][0], counts[i][1]),
                                         counted(counts[i][2], counts[i][3])};
        struct comparison got;

        measure_best(pair, 2, WANT_LOSS, &got);
        assert_near(got.loss[0], exact_loss(&pair[0], &pair[1]), 0, 1e-13);
        assert_near(got.loss[1], exact_loss(&pair[1], &pair[0]), 0, 1e-13);
    }
}

/* Beta(a_i, 1) or, mirrored, Beta(1, b_i). With A = sum a: the largest is Beta(A, 1).
 */
static void powers_of_uniform_variates_have_closed_forms(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

    (void)state;
    assert_non_null(rng);
    gsl_rng_set(rng, 1);
    for (int round = 0; round < 300; round++) {
        size_t n = 2 + gsl_rng_uniform_int(rng, ARMS_MAX - 1);
        double from = -3 + 8 * gsl_rng_uniform(rng);
        struct posterior arm[ARMS_MAX];
        struct comparison got;
        double all = 0;

        for (size_t i = 0; i < n; i++) {
            arm[i] = beta(pow(10, from + 2 * gsl_rng_uniform(rng)), 1);
            all += arm[i].a;
        }
        measure_best(arm, n, WANT_BEATS | WANT_LOSS, &got);
        for (size_t i = 0; i < n; i++) {
            assert_near(got.p_best[i], arm[i].a / all, 1e-11, 1e-13);
            // A/(A+1) - a/(a+1)
            assert_near(got.loss[i], (all - arm[i].a) / ((all + 1) * (arm[i].a + 1)),
                        1e-10, 1e-14);
            if (i > 0)
                assert_near(got.beats[i], arm[i].a / (arm[i].a + arm[0].a), 1e-11,
                            1e-13);
        }
    }
    gsl_rng_free(rng);
}

static void the_lowest_priors_have_closed_forms(void **state)
{
    const struct posterior high[] = {beta(1e-3, 1), beta(2e-3, 1), beta(5e-3, 1)};
    const struct posterior low[] = {beta(1, 1e-3), beta(1, 2e-3)};
    struct comparison got;

    (void)state;
    measure_best(high, 3, 0, &got);
    assert_near(got.p_best[0], 1.0 / 8, 0, 1e-12);
    assert_near(got.p_best[2], 5.0 / 8, 0, 1e-12);
    measure_best(low, 2, 0, &got); // the smaller b is the nearer to 1
    assert_near(got.p_best[0], 2.0 / 3, 0, 1e-12);
}

static void fractional_priors_have_mpmaths_values(void **state)
{
    const struct posterior rare[] = {beta(2.5, 998.5), beta(.5, 1000.5)};
    const struct posterior wide[] = {beta(3.3, 4.7), beta(.3, .7)};
    const struct posterior ends[] = {beta(.03, .01), beta(.01, .02)};
    struct comparison got;

    (void)state; // mpmath 1.3: quad of density times betainc over the logit, 30 digits
    measure_best(rare, 2, 0, &got);
    assert_near(got.p_best[1], 0.07548070186662268, 0, 1e-13);
    measure_best(wide, 2, 0, &got);
    assert_near(got.p_best[1], 0.3296775648297442, 0, 1e-13);
    measure_best(ends, 2, 0, &got); // tails of exp(-0.01 |t|) on both sides
    assert_near(got.p_best[0], 0.791739965368617, 0, 1e-12);
}

/* Rates of 1e-8 to 1 - 1e-8, priors of 1e-3 to 1e6, none or all converted. */
static struct posterior any_posterior(const gsl_rng *rng)
{
    double prior = pow(10, -3 + 9 * gsl_rng_uniform(rng));
    double trials = floor(pow(10, 9 * gsl_rng_uniform(rng)));
    double rate = pow(10, -8 * gsl_rng_uniform(rng));
    double successes = floor(trials * (gsl_rng_uniform(rng) < .5 ? rate : 1 - rate));

    if (gsl_rng_uniform(rng) < .3)
        successes = gsl_rng_uniform(rng) < .5 ? 0 : trials;
    return beta(prior + successes, prior + trials - successes);
}

static void the_sum_is_1_before_anyone_normalises(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

    (void)state;
    assert_non_null(rng);
    gsl_rng_set(rng, 2);
    for (int round = 0; round < 2000; round++) {
        size_t n = 2 + gsl_rng_uniform_int(rng, round % 10 == 0 ? ARMS_MAX - 1 : 3);
        struct posterior arm[ARMS_MAX];
        struct comparison got;
        double sum = 0;

        for (size_t i = 0; i < n; i++)
            arm[i] = round % 4 == 0 ? student(gsl_rng_uniform(rng),
                                              pow(10, -4 + 5 * gsl_rng_uniform(rng)),
                                              2 + pow(10, 6 * gsl_rng_uniform(rng)))
                                    : any_posterior(rng);
        measure_best(arm, n, WANT_LOSS, &got);
        for (size_t i = 0; i < n; i++) {
            assert_true(got.p_best[i] >= 0 && got.loss[i] >= 0);
            sum += got.p_best[i];
        }
        assert_near(sum, 1, 0, 1e-13);
    }
    gsl_rng_free(rng);
}

static void equal_arms_are_equally_likely(void **state)
{
    (void)state;
    for (size_t n = 2; n <= ARMS_MAX; n++) {
        struct posterior binary[ARMS_MAX];
        struct posterior numeric[ARMS_MAX];
        struct comparison got;

        for (size_t i = 0; i < n; i++) {
            binary[i] = counted(50, 1000);
            numeric[i] = student(3, 0.2, 12);
        }
        measure_best(binary, n, 0, &got);
        for (size_t i = 0; i < n; i++)
            assert_near(got.p_best[i], 1.0 / (double)n, 0, 1e-14);
        measure_best(numeric, n, 0, &got);
        for (size_t i = 0; i < n; i++)
            assert_near(got.p_best[i], 1.0 / (double)n, 0, 1e-14);
    }
}

static void permuted_arms_permute(void **state)
{
    static const size_t order[] = {3, 1, 4, 0, 2};
    const struct posterior arm[] = {counted(5, 100), counted(700, 9000), counted(3, 50),
                                    counted(0, 10), counted(1, 1)};
    struct posterior permuted[5];
    struct comparison want;
    struct comparison got;

    (void)state;
    for (size_t i = 0; i < 5; i++)
        permuted[i] = arm[order[i]];
    measure_best(arm, 5, WANT_LOSS, &want);
    measure_best(permuted, 5, WANT_LOSS, &got);
    for (size_t i = 0; i < 5; i++) {
        assert_near(got.p_best[i], want.p_best[order[i]], 0, 1e-14);
        assert_near(got.loss[i], want.loss[order[i]], 0, 1e-14);
    }
}

static void a_hopeless_arm_moves_nobody(void **state)
{
    const struct posterior arm[] = {counted(500, 10000), counted(530, 10000),
                                    counted(5, 10000)};
    struct comparison without;
    struct comparison with;

    (void)state;
    measure_best(arm, 2, 0, &without);
    measure_best(arm, 3, 0, &with);
    for (size_t i = 0; i < 2; i++)
        assert_near(with.p_best[i], without.p_best[i], 0, 1e-6);
    assert_true(with.p_best[2] < 1e-50);
}

static void windows_that_do_not_meet_leave_the_difference_of_means(void **state)
{
    const struct posterior rates[] = {counted(100000, 1000000),
                                      counted(900000, 1000000)};
    const struct posterior means[] = {student(1, 1e-6, 1000), student(2, 1e-5, 1000)};
    struct comparison got;

    (void)state;
    measure_best(rates, 2, WANT_LOSS, &got);
    assert_near(got.loss[0], measure_mean(&rates[1]) - measure_mean(&rates[0]), 1e-14,
                0);
    assert_near(got.loss[1], 0, 0, 1e-300);
    measure_best(means, 2, WANT_LOSS, &got);
    assert_near(got.loss[0], 1, 1e-14, 0);
    assert_near(got.p_best[1], 1, 0, 1e-15);
}

/* Arms of which one is 1e20 times as wide, and two that differ by 3 s far from it. */
static void scales_far_apart_keep_what_is_near(void **state)
{
    const struct posterior arm[] = {student(-1e12, 1e8, 10), student(3, 1e-9, 1000),
                                    student(3 + 3e-9, 1e-9, 1000)};
    const struct posterior pair[] = {student(0, 1, 1000), student(3, 1, 1000)};
    struct comparison got;
    struct comparison want;

    (void)state;
    measure_best(arm, 3, WANT_LOSS, &got);
    measure_best(pair, 2, 0, &want);
    assert_near(got.p_best[0], 0, 0, 1e-15);
    assert_near(got.p_best[2], want.p_best[1], 0, 1e-6); // 3 + 3e-9 is not exact
    assert_near(got.loss[0], 1e12 + 3, 1e-12, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_integrates_what_gsl_integrates),
        cmocka_unit_test(monomials_up_to_31_and_their_beginnings_up_to_15_are_exact),
        cmocka_unit_test(rows_of_the_specification_come_out),
        cmocka_unit_test(four_arms_have_the_specifications_values),
        cmocka_unit_test(student_posteriors_have_the_specifications_values),
        cmocka_unit_test(random_counts_agree_with_the_exact_finite_sum),
        cmocka_unit_test(losses_are_differences_of_exact_sums),
        cmocka_unit_test(powers_of_uniform_variates_have_closed_forms),
        cmocka_unit_test(the_lowest_priors_have_closed_forms),
        cmocka_unit_test(fractional_priors_have_mpmaths_values),
        cmocka_unit_test(the_sum_is_1_before_anyone_normalises),
        cmocka_unit_test(equal_arms_are_equally_likely),
        cmocka_unit_test(permuted_arms_permute),
        cmocka_unit_test(a_hopeless_arm_moves_nobody),
        cmocka_unit_test(windows_that_do_not_meet_leave_the_difference_of_means),
        cmocka_unit_test(scales_far_apart_keep_what_is_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
