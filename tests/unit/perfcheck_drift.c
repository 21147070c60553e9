/* The rank CUSUM against perfcheck.md 13. */
#include <gsl/gsl_math.h>

#include "perfcheck/measure.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

static const double k = 0.75;
static const double h = 4;

static void scores_are_those_of_the_oracle(void **state)
{
    double b[20], equal[20];

    (void)state;
    for (int i = 0; i < 20; i++) {
        b[i] = 20 - i;
        equal[i] = 7;
    }
    assert_near(drift_z(b, 20, 21), 1.9807523966, 0, 5e-11);
    assert_near(drift_z(b, 20, 0), -1.9807523966, 0, 5e-11);
    assert_near(drift_z(b, 20, 10.5), 0, 0, 1e-15);
    assert_near(drift_z(equal, 20, 7), 0, 0, 1e-15);
}

/* Phi(z) by libm's erfc, which the score inverts. */
static void a_score_is_the_normal_quantile_of_a_midrank(void **state)
{
    double b[17];

    (void)state;
    for (int i = 0; i < 17; i++)
        b[i] = (i - i % 2) / 2.0; // each number twice
    for (int a = 0; a < 9; a++) {
        double below = 2 * a;
        double tied = a < 8 ? 2 : 1;
        double u = (below + tied / 2 + 0.5) / 18;

        assert_near(erfc(-drift_z(b, 17, a) / M_SQRT2) / 2, u, 1e-13, 0);
    }
}

static void the_sum_is_stored_in_thousandths_each_day(void **state)
{
    static const int32_t after[] = {1231, 2462, 3693, 4924, 5000, 5000};
    int32_t s = 0;

    (void)state;
    for (size_t day = 0; day < sizeof after / sizeof *after; day++) {
        s = drift_next(s, 1.9807523966, k, h);
        assert_int_equal(s, after[day]);
    }
}

static void the_sum_never_falls_below_nothing(void **state)
{
    (void)state;
    assert_int_equal(drift_next(1000, -0.5, k, h), 0);
    assert_int_equal(drift_next(0, k, k, h), 0);
    assert_int_equal(drift_next(2000, 0, k, h), 1250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_the_oracle),
        cmocka_unit_test(a_score_is_the_normal_quantile_of_a_midrank),
        cmocka_unit_test(the_sum_is_stored_in_thousandths_each_day),
        cmocka_unit_test(the_sum_never_falls_below_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
