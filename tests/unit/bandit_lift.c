/*
 * Quantiles against GSL where GSL is sound, lifts against closed forms and integrals by
 * mpmath 1.3 at 30 digits: quad of the control's density times betainc.
 */
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "bandit/measure.h"
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

static const double probabilities[] = {1e-6, .025, .2, .5, .8, .975, 1 - 1e-6};

enum { PROBABILITIES = sizeof probabilities / sizeof *probabilities };

static void quantiles_are_gsls_where_gsl_is_sound(void **state)
{
    static const double shapes[][2] = {{6, 96},  {1, 1},   {1, 101},  {101, 1},
                                       {.5, .5}, {3, 4.5}, {400, 600}};

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t k = 0; k + 1 < PROBABILITIES; k++) { // x would be 1 - 2e-12
            struct posterior posterior = beta(shapes[i][0], shapes[i][1]);
            double p = probabilities[k];

            double x = measure_quantile(&posterior, p);

            // not gsl_cdf_beta_Pinv, which stops at 1e-6 of Beta(6, 96)
            assert_near(p < .5 ? gsl_cdf_beta_P(x, posterior.a, posterior.b)
                               : gsl_cdf_beta_Q(x, posterior.a, posterior.b),
                        p < .5 ? p : 1 - p, 1e-9, 0);
        }
}

static void student_quantiles_are_gsls(void **state)
{
    static const double freedoms[] = {2, 4, 20, 3000};

    (void)state;
    for (size_t i = 0; i < sizeof freedoms / sizeof *freedoms; i++)
        for (size_t k = 0; k < PROBABILITIES; k++) {
            struct posterior posterior = student(1.5, .25, freedoms[i]);
            double p = probabilities[k];

            assert_near(measure_quantile(&posterior, p),
                        1.5 + .25 * gsl_cdf_tdist_Pinv(p, freedoms[i]), 1e-9, 1e-9);
        }
}

/* Beta(a, 1): p^(1/a), also where GSL's does not return. */
static void quantiles_of_extreme_counts_have_closed_forms(void **state)
{
    static const double shapes[] = {1e-3, 1, 1e6, 1e9};

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t k = 0; k < PROBABILITIES; k++) {
            struct posterior high = beta(shapes[i], 1);
            struct posterior low = beta(1, shapes[i]);
            double p = probabilities[k];

            assert_near(measure_quantile(&high, p), pow(p, 1 / shapes[i]), 1e-10,
                        1e-300);
            assert_near(measure_quantile(&low, p), -expm1(log1p(-p) / shapes[i]), 1e-9,
                        1e-300);
        }
}

static void a_mean_is_the_posteriors(void **state)
{
    struct posterior rate = beta(6, 96);
    struct posterior mean = student(1.5, .2, 3);

    (void)state;
    assert_near(measure_mean(&rate), 6.0 / 102, 1e-15, 0);
    assert_near(measure_mean(&mean), 1.5, 0, 0);
}

/* X of Beta(a, 1), Y of Beta(c, 1): P(X <= r Y) = r^a c/(a+c) for r <= 1, else
 * 1 - r^-c a/(a+c). */
static void lifts_of_powers_of_uniform_variates_have_closed_forms(void **state)
{
    static const double shapes[] = {1e-3, .2, 1, 3, 500};
    static const double lifts[] = {-.9999, -.5, -.01, 0, 1e-9, .02, 1, 40};

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++)
            for (size_t k = 0; k < sizeof lifts / sizeof *lifts; k++) {
                double a = shapes[i];
                double c = shapes[j];
                struct posterior arm = beta(a, 1);
                struct posterior control = beta(c, 1);
                double log_ratio = log1p(lifts[k]);
                double want = lifts[k] <= 0 ? exp(a * log_ratio) * c / (a + c)
                                            : 1 - exp(-c * log_ratio) * a / (a + c);

                assert_near(measure_p_lift_below(&arm, &control, false, lifts[k]), want,
                            0, 1e-12);
            }
}

static void lifts_of_counts_have_mpmaths_values(void **state)
{
    static const struct {
        double arm[2], control[2], lift, p;
    } rows[] = {
        {{8, 94}, {6, 96}, .1, .3483337484298534},
        {{8, 94}, {6, 96}, -.1, .2202636722198264},
        {{531, 9471}, {501, 9501}, .05, .4384192588350417},
        {{950, 50},
         {900, 100},
         .11,
         .999908833156583}, // 90 % and more: nearly the most
        {{950, 50}, {500, 500}, .9, .4998070086036968},
        {{.01, .02}, {.03, .01}, -.25, .6299379882566724},
        {{.01, .02}, {.03, .01}, .25, .8720908634487482},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct posterior arm = beta(rows[i].arm[0], rows[i].arm[1]);
        struct posterior control = beta(rows[i].control[0], rows[i].control[1]);

        assert_near(measure_p_lift_below(&arm, &control, false, rows[i].lift),
                    rows[i].p, 0, 1e-12);
    }
}

static void lifts_of_means_have_mpmaths_values(void **state)
{
    struct posterior control = student(2, .1, 10);
    struct posterior arm = student(2.2, .1, 20);

    (void)state;
    assert_near(measure_p_lift_below(&arm, &control, false, .05), .2563178432871302, 0,
                1e-12);
    assert_near(measure_p_lift_below(&arm, &control, true, .05), .1565418698179115, 0,
                1e-12);
}

static void a_lift_below_nothing_is_not_being_better(void **state)
{
    static const double counts[][4] = {{6, 96, 8, 94},
                                       {1, 1e6, 3, 1e6},
                                       {5e7, 95e7, 50001000, 949999000},
                                       {1e6, 1, 1e6, 2},
                                       {4, 48, 5e6, 95e6}};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const struct posterior pair[] = {beta(counts[i][0], counts[i][1]),
                                         beta(counts[i][2], counts[i][3])};
        struct comparison best;

        measure_best(pair, 2, 0, &best);
        assert_near(measure_p_lift_below(&pair[1], &pair[0], false, 0), best.p_best[0],
                    0, 1e-10);
    }
}

static void lift_quantiles_have_their_probability(void **state)
{
    static const double ps[] = {.025, .5, .975};
    static const double counts[][4] = {
        {6, 96, 8, 94},    {1, 1e6, 1, 1e6}, {5e7, 95e7, 50001000, 949999000},
        {1e6, 1, 1e6, 2},  {1, 1, 1, 1},     {4, 48, 5e6, 95e6},
        {9e5, 1e5, 1, 1e6}};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t k = 0; k < 3; k++) {
            struct posterior control = beta(counts[i][0], counts[i][1]);
            struct posterior arm = beta(counts[i][2], counts[i][3]);
            double lift = measure_lift_quantile(&arm, &control, false, ps[k]);

            assert_near(measure_p_lift_below(&arm, &control, false, lift), ps[k], 0,
                        1e-9);
        }
}

static void lift_quantiles_of_means_have_their_probability(void **state)
{
    static const double ps[] = {.025, .5, .975};
    static const double means[][2] = {{2, 2.2}, {1, 5}, {1000, 1000.1}, {3, -1}};

    (void)state;
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        for (size_t k = 0; k < 3; k++)
            for (int is_log1p = 0; is_log1p <= 1; is_log1p++) {
                struct posterior control = student(means[i][0], .02, 30);
                struct posterior arm = student(means[i][1], .1, 8);
                double lift =
                    measure_lift_quantile(&arm, &control, is_log1p == 1, ps[k]);

                assert_near(measure_p_lift_below(&arm, &control, is_log1p == 1, lift),
                            ps[k], 0, 1e-9);
            }
}

/* X = U^1000: P(X <= r Y) = 1 - r^-.001 / 2 is .975 at r = 20^1000. */
static void a_lift_without_bound_ends_at_a_billion(void **state)
{
    struct posterior arm = beta(1e-3, 1);
    struct posterior control = beta(1e-3, 1);
    struct posterior around_zero = student(0, 1, 10);
    struct posterior positive = student(2, .1, 10);

    (void)state;
    assert_near(measure_lift_quantile(&arm, &control, false, .975), 1e9, 1e-9, 0);
    assert_near(measure_lift_quantile(&arm, &control, false, .025), -1, 0, 0);
    assert_near(measure_lift_quantile(&positive, &around_zero, false, .975), 1e9, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_gsls_where_gsl_is_sound),
        cmocka_unit_test(student_quantiles_are_gsls),
        cmocka_unit_test(quantiles_of_extreme_counts_have_closed_forms),
        cmocka_unit_test(a_mean_is_the_posteriors),
        cmocka_unit_test(lifts_of_powers_of_uniform_variates_have_closed_forms),
        cmocka_unit_test(lifts_of_counts_have_mpmaths_values),
        cmocka_unit_test(lifts_of_means_have_mpmaths_values),
        cmocka_unit_test(a_lift_below_nothing_is_not_being_better),
        cmocka_unit_test(lift_quantiles_have_their_probability),
        cmocka_unit_test(lift_quantiles_of_means_have_their_probability),
        cmocka_unit_test(a_lift_without_bound_ends_at_a_billion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
