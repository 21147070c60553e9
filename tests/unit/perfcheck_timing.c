/* Engine 2: what opens, what closes, what is the reference. The expected verdicts
 * follow from perfcheck.md 6 by hand. */
#include "tests/unit/perfcheck_days.h"

#include "shared/banned.h"

static void seventeen_runs_are_learned_before_a_day_is_tested(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    assert_int_equal(days_levels(&days, 4, 500, 4), ROW_LEARNING);
    assert_int_equal(days_level(&days, 500, 4), ROW_LEARNING); // 16 before it
    assert_int_equal(days.timing.status, TIMING_LEARNING);
    assert_true(days.timing.reference_is_full); // 20 with it
    assert_int_equal(days_level(&days, 500, 4), ROW_OK);
    assert_int_equal(days.timing.status, TIMING_QUIET);
    assert_false(days.timing.reference_is_full);
    assert_int_equal(days.timing.n, 20);
    days_release(&days);
}

static void three_runs_above_twenty_open_a_regression_that_day(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    assert_int_equal(days_levels(&days, 7, 500, 3), ROW_OK);
    assert_int_equal(days_level(&days, 700, 3), ROW_STEP);
    assert_int_equal(days.timing.status, TIMING_REGRESSION);
    assert_false(days.timing.by_drift);
    assert_int_equal(days.timing.since, days.day - 1);
    assert_int_equal(days.timing.start, days.day - 1);
    assert_near(days.timing.p, 1.0 / 1771, 1e-14, 0);
    assert_near(days.timing.shift, 200, 0, 10);
    assert_int_equal(days.timing.m, 3);
    assert_int_equal(days.timing.n, 20);
    assert_near(days.timing.floor, 50, 0, 0);
    days_release(&days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seventeen_runs_are_learned_before_a_day_is_tested),
        cmocka_unit_test(three_runs_above_twenty_open_a_regression_that_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
