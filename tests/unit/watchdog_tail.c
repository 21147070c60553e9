/*
 * Predictive tails, limits and ratios against sums written out in long double and
 * values of mpmath 1.3 at 40 digits (betainc, gammainc, ncdf).
 */
#include <math.h>

#include <gsl/gsl_errno.h>

#include "tests/lib/near.h"
#include "watchdog/measure.h"

#include "shared/banned.h"

/* P(X <= x) of the negative binomial from its recursion, from 0 upwards. */
static double summed_lower(int64_t x, double mu, double size)
{
    long double k = (long double)size;
    long double q = (long double)mu / ((long double)mu + k);
    long double t = expl(k * log1pl(-q));
    long double sum = 0;

    for (int64_t j = 0; j <= x; j++) {
        sum += t;
        t *= q * ((long double)j + k) / (long double)(j + 1);
    }
    return (double)sum;
}

/* P(X >= x): the terms below x are passed over, not subtracted. */
static double summed_upper(int64_t x, double mu, double size)
{
    long double k = (long double)size;
    long double q = (long double)mu / ((long double)mu + k);
    long double t = expl(k * log1pl(-q));
    long double sum = 0;

    for (int64_t j = 0; j < x || t > 1e-22L * sum; j++) {
        if (j >= x)
            sum += t;
        t *= q * ((long double)j + k) / (long double)(j + 1);
    }
    return (double)sum;
}

static void negative_binomial_tails_are_the_sums_of_their_terms(void **state)
{
    static const double means[] = {0.01, 0.3, 5, 30, 200, 3000};
    static const double sizes[] = {0.05, 0.5, 14.5, 558.5, 1e4};
    static const double factors[] = {0, 0.4, 0.9, 1, 1.2, 2, 3};

    (void)state;
    for (size_t m = 0; m < sizeof means / sizeof *means; m++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t f = 0; f < sizeof factors / sizeof *factors; f++) {
                double mu = means[m];
                double d = mu * mu / sizes[s];
                int64_t x = (int64_t)(factors[f] * mu) + (f > 3);

                assert_near(tail_negative_binomial_upper(x, mu, d),
                            summed_upper(x, mu, sizes[s]), 1e-9, 1e-290);
                assert_near(tail_negative_binomial_lower(x, mu, d),
                            summed_lower(x, mu, sizes[s]), 1e-9, 1e-290);
            }
}

static void every_count_is_at_least_zero(void **state)
{
    (void)state;
    assert_near(tail_negative_binomial_upper(0, 7, 0.1), 1, 0, 0);
    assert_near(tail_negative_binomial_upper(0, 1e8, 1e8), 1, 0, 0);
    assert_near(tail_beta_binomial_upper(0, 10, 1, 2), 1, 0, 0);
    assert_near(tail_beta_binomial_upper(0, 1000000000, 1, 2), 1, 0, 0);
}

static void gamma_poisson_predictive_has_its_published_value(void **state)
{
    double mu = 37.0 * 120 / 5000; // k 37, p 5000/5120

    (void)state; // spec table; mpmath: betainc(5, 37, 0, 120/5120)
    assert_near(tail_negative_binomial_upper(5, mu, mu * mu / 37), 0.0026249969627,
                1e-12, 0);
}

static void a_rare_count_with_a_large_size_is_no_false_alarm(void **state)
{
    double mu = 1e-6;

    (void)state; // mpmath: betainc(1, k, 0, mu/(mu+k)); GSL's negative binomial: 11 %
                 // off, 0
    assert_near(tail_negative_binomial_upper(1, mu, mu * mu / 1e9), 9.9999950000017e-7,
                1e-10, 0);
    assert_near(tail_negative_binomial_upper(1, mu, mu * mu / 1e11), 9.9999950000017e-7,
                1e-10, 0);
    assert_near(tail_negative_binomial_upper(20, 10, 100 / 1e9), 0.0034543421438041,
                1e-9, 0);
}

static void without_doubt_a_count_is_poisson(void **state)
{
    (void)state; // mpmath: gammainc(20, 0, 10), 1 - gammainc(21, 0, 10), regularized
    assert_near(tail_negative_binomial_upper(20, 10, 0), 0.0034543419758568, 1e-12, 0);
    assert_near(tail_negative_binomial_upper(20, 10, 1e-15), 0.0034543419758568, 1e-12,
                0);
    assert_near(tail_negative_binomial_lower(20, 10, 0), 0.99841173933814, 1e-12, 0);
}

static void a_mean_of_a_million_has_a_normal_tail(void **state)
{
    (void)state; // mpmath: ncdf((mu + .5 - x) / sqrt(V)), mu 1e6, V 3e6
    assert_near(tail_negative_binomial_upper(1003000, 1e6, 2e6), 0.041657961478303,
                1e-12, 0);
    assert_near(tail_negative_binomial_lower(1003000, 1e6, 2e6), 0.95839343196639,
                1e-12, 0);
}

static void tails_near_large_means_are_probabilities(void **state)
{
    static const double means[] = {9e4, 1.1e5, 1e6, 2.3e7, 4e8, 1e9};
    static const double phis[] = {1, 1.5, 40, 1e4, 1e8};

    (void)state;
    for (size_t m = 0; m < sizeof means / sizeof *means; m++)
        for (size_t p = 0; p < sizeof phis / sizeof *phis; p++)
            for (int64_t step = -3; step <= 0; step++) {
                int64_t x = (int64_t)means[m] + step * 100;
                double d = means[m] * (phis[p] - 1 + phis[p] / 56);
                double up = tail_negative_binomial_upper(x, means[m], d);
                double low = tail_negative_binomial_lower(x - 1, means[m], d);

                assert_true(up > 0 && up <= 1);
                assert_near(up + low, 1, 0, 1e-6);
            }
}

static void deep_tails_have_a_floor(void **state)
{
    (void)state;
    assert_near(tail_negative_binomial_upper(1000000000, 1, 0.01), 1e-300, 0, 0);
    assert_near(tail_negative_binomial_upper(1000000000, 1e6, 0.01), 1e-300, 0, 0);
    assert_near(tail_negative_binomial_lower(0, 9e4, 1), 1e-300, 0, 0);
    assert_near(tail_beta_binomial_upper(100000, 100000, 1e5, 1e7), 1e-300, 0, 0);
}

/* Terms of the beta-binomial, from that at 0: prod (b + i) / (a + b + i). */
static double summed_beta_binomial(int64_t from, int64_t to, int64_t n, double alpha,
                                   double beta)
{
    long double a = (long double)alpha;
    long double b = (long double)beta;
    long double t = 1;
    long double sum = 0;

    for (int64_t i = 0; i < n; i++)
        t *= (b + (long double)i) / (a + b + (long double)i);
    for (int64_t j = 0; j <= to; j++) {
        if (j >= from)
            sum += t;
        t *= (long double)(n - j) / (long double)(j + 1) * ((long double)j + a) /
             ((long double)(n - j - 1) + b);
    }
    return (double)sum;
}

static void beta_binomial_tails_are_the_sums_of_their_terms(void **state)
{
    static const int64_t trials[] = {1, 2, 50, 3000};
    static const double shares[] = {0.0001, 0.03, 0.25, 0.7, 0.97};
    static const double sizes[] = {0.5, 2, 3.7, 242, 3e4, 1e6};

    (void)state; // lnbeta loses up to 1e-13 of the size; at 0.5, with two modes, 1 -
                 // sum cancels
    for (size_t n = 0; n < sizeof trials / sizeof *trials; n++)
        for (size_t p = 0; p < sizeof shares / sizeof *shares; p++)
            for (size_t m = 0; m < sizeof sizes / sizeof *sizes; m++)
                for (int step = 0; step <= 10; step++) {
                    int64_t x = trials[n] * step / 10;
                    double a = shares[p] * sizes[m];
                    double b = (1 - shares[p]) * sizes[m];
                    double near = 1e-9 + 1e-13 * sizes[m];
                    double nearly = sizes[m] < 2 ? 1e-10 : 1e-290;

                    assert_near(tail_beta_binomial_upper(x, trials[n], a, b),
                                summed_beta_binomial(x, trials[n], trials[n], a, b),
                                near, nearly);
                    assert_near(tail_beta_binomial_lower(x, trials[n], a, b),
                                summed_beta_binomial(0, x, trials[n], a, b), near,
                                nearly);
                }
}

static void beta_binomial_failures_mirror_successes(void **state)
{
    (void)state;
    for (int64_t x = 0; x <= 500; x += 25)
        assert_near(tail_beta_binomial_upper(x, 500, 12.1, 229.9),
                    tail_beta_binomial_lower(500 - x, 500, 229.9, 12.1), 1e-11, 1e-290);
}

static void more_successes_than_trials_cannot_be(void **state)
{
    (void)state;
    assert_near(tail_beta_binomial_upper(11, 10, 3, 4), 1e-300, 0, 0);
    assert_near(tail_beta_binomial_lower(11, 10, 3, 4), 1, 0, 0);
}

static void two_million_trials_have_a_normal_tail(void **state)
{
    (void)state; // mpmath: ncdf, mean 600000, variance n p q (1 + (n-1)/(a+b+1))
    assert_near(tail_beta_binomial_upper(603000, 2000000, 3e5, 7e5), 0.0037681417916819,
                1e-9, 0);
    assert_near(tail_beta_binomial_lower(603000, 2000000, 3e5, 7e5), 0.9962418506547,
                1e-11, 0);
}

static void a_ratio_survives_an_expectation_of_zero(void **state)
{
    (void)state; // by hand
    assert_near(measure_ratio(0, 0), 1, 0, 0);
    assert_near(measure_ratio(3, 0.5), 3.5, 0, 0);
    assert_near(measure_ratio(47, 12.4), 47.5 / 12.9, 1e-15, 0);
}

static void ratio_interval_has_the_gamma_quantiles(void **state)
{
    /* mpmath: the q with gammainc(x + .5, 0, q, regularized) .05 and .95; at 1e9 its
     * normal approximation with the skewness term, shape + z sqrt(shape) + (z^2 - 1)
     * / 3. */
    static const struct {
        int64_t x;
        double low, high;
    } rows[] = {
        {0, 0.00196607000000977, 1.92072941034706},
        {47, 36.7599175970500, 59.3758058766837},
        {100000, 99480.919446417821, 100521.21758193679},
        {100000000, 99983552.5322, 100016449.6048},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double low;
        double high;

        measure_ratio_ci90(rows[i].x, 2, &low, &high);
        assert_near(low, rows[i].low / 2, 1e-9, 1e-12);
        assert_near(high, rows[i].high / 2, 1e-9, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negative_binomial_tails_are_the_sums_of_their_terms),
        cmocka_unit_test(every_count_is_at_least_zero),
        cmocka_unit_test(gamma_poisson_predictive_has_its_published_value),
        cmocka_unit_test(a_rare_count_with_a_large_size_is_no_false_alarm),
        cmocka_unit_test(without_doubt_a_count_is_poisson),
        cmocka_unit_test(a_mean_of_a_million_has_a_normal_tail),
        cmocka_unit_test(tails_near_large_means_are_probabilities),
        cmocka_unit_test(deep_tails_have_a_floor),
        cmocka_unit_test(beta_binomial_tails_are_the_sums_of_their_terms),
        cmocka_unit_test(beta_binomial_failures_mirror_successes),
        cmocka_unit_test(more_successes_than_trials_cannot_be),
        cmocka_unit_test(two_million_trials_have_a_normal_tail),
        cmocka_unit_test(a_ratio_survives_an_expectation_of_zero),
        cmocka_unit_test(ratio_interval_has_the_gamma_quantiles),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
