/*
 * e-values against the worked example of the specification, against likelihood ratios
 * as products of probabilities in mpmath 1.3 at 40 digits, and against what makes them
 * e-values: summed over all outcomes of equal arms they are 1 at most.
 */
#include "bandit/measure.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

static const int32_t days[] = {1, 2, 3, 4, 5};

static double e_value(size_t narms, const struct cell *cell, size_t ndays, size_t arm)
{
    struct series series = {.narms = narms, .n = ndays, .day = days, .cell = cell};
    double log_e[ARMS_MAX];

    measure_e_values(&series, ndays, log_e);
    assert_near(log_e[0], 0, 0, 0);
    return exp(log_e[arm]);
}

static void the_worked_example_has_its_published_values_day_by_day(void **state)
{
    static const struct cell cell[] = {{100, 5, 0},  {100, 9, 0}, {60, 4, 0},
                                       {140, 12, 0}, {50, 3, 0},  {150, 15, 0}};

    (void)state;
    assert_near(e_value(2, cell, 0, 1), 1, 0, 0);
    assert_near(e_value(2, cell, 1, 1), 1.47874114351, 1e-11, 0);
    assert_near(e_value(2, cell, 2, 1), 1.52831452106, 1e-11, 0);
    assert_near(e_value(2, cell, 3, 1), 2.01240917195, 1e-11, 0);
}

/* mpmath. B has no unit on the second day; C's successes count in the base rate all the
 * same. */
static void a_day_without_units_adds_nothing_but_teaches_the_base_rate(void **state)
{
    static const struct cell cell[] = {{100, 5, 0}, {100, 9, 0},  {40, 1, 0},
                                       {60, 4, 0},  {0, 0, 0},    {140, 12, 0},
                                       {50, 3, 0},  {150, 15, 0}, {10, 0, 0}};

    (void)state;
    assert_near(e_value(3, cell, 2, 1), 1.478741143505532, 1e-14, 0);
    assert_near(e_value(3, cell, 3, 1), 1.954437598802401, 1e-14, 0);
    assert_near(e_value(3, cell, 1, 2), .7648649941567215, 1e-14, 0);
    assert_near(e_value(3, cell, 2, 2), .8059408444376882, 1e-14, 0);
    assert_near(e_value(3, cell, 3, 2), .7059263717367507, 1e-14, 0);
}

static void a_day_without_any_unit_changes_nothing(void **state)
{
    static const struct cell cell[] = {{100, 5, 0}, {100, 9, 0}, {0, 0, 0}, {0, 0, 0}};

    (void)state;
    assert_near(e_value(2, cell, 2, 1), e_value(2, cell, 1, 1), 0, 0);
}

static void rates_of_nought_and_one_are_finite(void **state)
{
    static const struct cell cell[] = {{1000, 0, 0},
                                       {1000, 0, 0},
                                       {10, 10, 0},
                                       {10, 10, 0}};
    static const struct cell ones[] = {{1e9, 1e9, 0},
                                       {1e9, 1e9, 0},
                                       {1e9, 1e9, 0},
                                       {1e9, 1e9, 0}};
    struct series series = {.narms = 2, .n = 2, .day = days, .cell = ones};
    double log_e[ARMS_MAX];

    (void)state; // mpmath
    assert_near(e_value(2, cell, 1, 1), .8751045596924735, 1e-13, 0);
    assert_near(e_value(2, cell, 2, 1), .7064634151313968, 1e-13, 0);
    measure_e_values(&series, 2, log_e);
    assert_true(isfinite(log_e[1]));
}

/* mpmath. e underflows as a double; its logarithm does not. The digits that 1e9 units
 * leave: 1e9 * 2^-53. */
static void a_thousand_million_units_keep_their_digits(void **state)
{
    static const struct cell better[] = {{10, 5, 0},    {10, 5, 0},
                                         {1e9, 5e7, 0}, {1e9, 5.1e7, 0},
                                         {1e9, 5e7, 0}, {1e9, 5.1e7, 0}};
    static const struct cell near_one[] = {{0, 0, 0},
                                           {1e9, 1e9 - 3, 0},
                                           {1e9, 1e9 - 50, 0},
                                           {1e9, 1e9 - 30, 0}};
    struct series series = {.narms = 2, .n = 3, .day = days, .cell = better};
    double log_e[ARMS_MAX];

    (void)state;
    measure_e_values(&series, 3, log_e);
    assert_near(log_e[1], -39598.209844641097, 1e-10, 0);
    series.cell = near_one;
    measure_e_values(&series, 2, log_e);
    assert_near(log_e[1], 1.8491215735925311, 0, 1e-6);
}

static double binomial(int n, int s, double p)
{
    double probability = 1;

    for (int i = 0; i < s; i++)
        probability *= p * (n - i) / (i + 1);
    for (int i = s; i < n; i++)
        probability *= 1 - p;
    return probability;
}

enum { N_A = 7, N_B = 5 };

/* E[e after two days], the second of other sizes and another rate; each day's base rate
 * hangs on the day before. */
static double expected_e(double first_a, double first_b, double second_a,
                         double second_b)
{
    double sum = 0;

    for (int i = 0; i <= N_A; i++)
        for (int j = 0; j <= N_B; j++)
            for (int k = 0; k <= N_B; k++)
                for (int l = 0; l <= N_A; l++) {
                    struct cell cell[] = {{N_A, i, 0},
                                          {N_B, j, 0},
                                          {N_B, k, 0},
                                          {N_A, l, 0}};

                    sum += binomial(N_A, i, first_a) * binomial(N_B, j, first_b) *
                           binomial(N_B, k, second_a) * binomial(N_A, l, second_b) *
                           e_value(2, cell, 2, 1);
                }
    return sum;
}

static void equal_arms_expect_one_at_most_however_the_base_rate_moves(void **state)
{
    static const double rates[] = {.01, .05, .2, .5, .9, .99};

    enum { RATES = sizeof rates / sizeof *rates };

    (void)state;
    for (size_t i = 0; i < RATES; i++)
        for (size_t j = 0; j < RATES; j++)
            assert_true(expected_e(rates[i], rates[i], rates[j], rates[j]) <=
                        1 + 1e-12);
}

static void a_worse_arm_expects_less_and_a_better_one_more(void **state)
{
    (void)state;
    assert_true(expected_e(.2, .1, .2, .1) < 1);
    assert_true(expected_e(.9, .1, .9, .1) < 1);
    assert_true(expected_e(.1, .3, .1, .3) > 1);
}

/* ---- numeric rewards ---- */

static const struct cell numeric_cell[] = {{12, 30, 86},  {11, 34, 114}, {10, 24, 64},
                                           {12, 40, 142}, {3, 6, 14},    {10, 90, 810},
                                           {11, 26, 70},  {10, 33, 117}};

static double numeric_e(const struct cell *cell, size_t ndays)
{
    struct series series = {
        .narms = 2, .is_numeric = true, .n = ndays, .day = days, .cell = cell};
    double log_e[ARMS_MAX];

    measure_e_values(&series, ndays, log_e);
    return exp(log_e[1]);
}

/* mpmath: densities of the difference of the means, at d standard deviations over at 0,
 * from the values themselves. The first day has no variance before it, the third three
 * units of A. */
static void numeric_days_are_bet_on_with_the_variance_of_earlier_days(void **state)
{
    (void)state;
    assert_near(numeric_e(numeric_cell, 1), 1, 1e-15, 0);
    assert_near(numeric_e(numeric_cell, 2), 2.365016487517894, 1e-13, 0);
    assert_near(numeric_e(numeric_cell, 3), 2.365016487517894, 1e-13, 0);
    assert_near(numeric_e(numeric_cell, 4), 9.685428809656036, 1e-13, 0);
}

/* The values .3, then .3 and .31. Taken for a variance, what .99 - 3.3^2 / 11 leaves as
 * doubles, 1.1e-16, would make e infinite. */
static void equal_values_are_no_variance_to_bet_with(void **state)
{
    static const struct cell cell[] = {{11, 3.3, .99},
                                       {11, 3.3, .99},
                                       {20, 6, 1.8},
                                       {20, 6.2, 1.922}};

    (void)state;
    assert_near(numeric_e(cell, 2), 1, 1e-15, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_has_its_published_values_day_by_day),
        cmocka_unit_test(a_day_without_units_adds_nothing_but_teaches_the_base_rate),
        cmocka_unit_test(a_day_without_any_unit_changes_nothing),
        cmocka_unit_test(rates_of_nought_and_one_are_finite),
        cmocka_unit_test(a_thousand_million_units_keep_their_digits),
        cmocka_unit_test(equal_arms_expect_one_at_most_however_the_base_rate_moves),
        cmocka_unit_test(a_worse_arm_expects_less_and_a_better_one_more),
        cmocka_unit_test(numeric_days_are_bet_on_with_the_variance_of_earlier_days),
        cmocka_unit_test(equal_values_are_no_variance_to_bet_with),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
