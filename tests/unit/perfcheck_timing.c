/* Engine 2: when a day opens a regression or an improvement, and when it must not. The
 * expected verdicts follow from perfcheck.md 6 by hand. */
#include "tests/unit/perfcheck_days.h"

#include "shared/banned.h"

static void seventeen_runs_are_learned_before_a_day_is_tested(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    assert_int_equal(days_levels(&days, 4, 500, 4), ROW_LEARNING);
    assert_int_equal(days_level(&days, 900, 4), ROW_LEARNING); // 16 before it
    assert_int_equal(days.timing.status, TIMING_LEARNING);
    assert_int_equal(days_level(&days, 500, 4), ROW_OK);
    assert_int_equal(days.timing.status, TIMING_QUIET);
    assert_int_equal(days.timing.n, 20);
    days_release(&days);
}

/* 1 of 1140, which is the least there is. */
static void seventeen_runs_are_enough(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 4, 500, 3);
    (void)days_level(&days, 500, 5);
    assert_int_equal(days_level(&days, 700, 3), ROW_STEP);
    assert_int_equal(days.timing.n, 17);
    assert_near(days.timing.p, 1.0 / 1140, 1e-14, 0);
    days_release(&days);
}

static void a_reference_is_full_on_one_day_only(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    for (int day = 1; day <= 30; day++) {
        (void)days_level(&days, 500, 3);
        assert_int_equal(days.timing.reference_is_full, day == 7); // 18 runs, 21 runs
    }
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
    assert_near(days.timing.median_before, 503, 0, 4);
    assert_near(days.timing.median_now, 704, 0, 6);
    days_release(&days);
}

/* 2 of 1771 ways: over 3e-4, and not the least. */
static void three_runs_of_which_one_is_not_above_all_open_nothing(void **state)
{
    static const double low[] = {500, 501, 502, 503};
    static const double one_high[] = {500, 501, 502, 600};
    static const double day[] = {599, 700, 701};
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_add(&days, one_high, 4);
    for (int i = 0; i < 4; i++)
        (void)days_add(&days, low, 4);
    assert_int_equal(days_add(&days, day, 3), ROW_OK);
    assert_int_equal(days.timing.n, 20);
    days_release(&days);
}

/* 1 of C(22, 2) = 231 is the least there is. */
static void two_runs_alone_open_nothing(void **state)
{
    static const double high[] = {900, 910};
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 5, 500, 4);
    days.day += 7; // the newest day is eight days back
    assert_int_equal(days_add(&days, high, 2), ROW_OK);
    assert_int_equal(days.timing.m, 2);
    days_release(&days);
}

static void a_shift_under_the_floor_opens_nothing(void **state)
{
    static const double least[] = {500, 500, 500, 500, 500};
    static const double under[] = {549, 549, 549, 549, 549};
    static const double at[] = {550, 550, 550, 550, 550};
    struct days days;

    (void)state;
    days_init(&days);
    for (int i = 0; i < 5; i++)
        (void)days_add(&days, least, 5);
    assert_int_equal(days_add(&days, under, 5), ROW_OK);
    assert_int_equal(days_add(&days, at, 5), ROW_STEP);
    days_release(&days);
}

static void the_floor_of_a_slow_page_is_its_share(void **state)
{
    static const double slow[] = {4000, 4000, 4000, 4000, 4000};
    static const double under[] = {4199, 4199, 4199, 4199, 4199};
    static const double at[] = {4200, 4200, 4200, 4200, 4200};
    struct days days;

    (void)state;
    days_init(&days);
    for (int i = 0; i < 5; i++)
        (void)days_add(&days, slow, 5);
    assert_int_equal(days_add(&days, under, 5), ROW_OK);
    assert_near(days.timing.floor, 200, 0, 0);
    assert_int_equal(days_add(&days, at, 5), ROW_STEP);
    days_release(&days);
}

/* A day like it was in the reference some days ago, though its runs are in x no more.
 */
static void the_days_median_has_to_be_above_those_of_ten_days(void **state)
{
    static const double slow_day[] = {500, 501, 640, 641, 642};
    static const double same_luck[] = {640, 640, 640, 640, 640};

    (void)state;
    for (size_t between = 9; between <= 10; between++) {
        struct days days;

        days_init(&days);
        (void)days_levels(&days, 5, 500, 5);
        assert_int_equal(days_add(&days, slow_day, 5), ROW_OK);
        assert_int_equal(days_levels(&days, between, 500, 5), ROW_OK);
        assert_int_equal(days_add(&days, same_luck, 5),
                         between == 9 ? ROW_OK : ROW_STEP);
        days_release(&days);
    }
}

/* 1 of C(24, 4) = 10626. */
static void a_day_of_two_runs_is_judged_with_the_day_before(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 12, 500, 2);
    assert_int_equal(days_level(&days, 700, 2), ROW_OK); // with two of 500
    assert_int_equal(days.timing.m, 4);
    days.day += 6; // seven days back is near enough
    assert_int_equal(days_level(&days, 700, 2), ROW_STEP);
    assert_int_equal(days.timing.m, 4);
    assert_near(days.timing.p, 1.0 / 10626, 1e-14, 0);
    days_release(&days);
}

/* It is in no sample: three slow runs of three such days are never together. */
static void a_day_of_one_run_is_not_judged(void **state)
{
    static const double one[] = {900};
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 7, 500, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(days_add(&days, one, 1), ROW_SHORT);
        assert_int_equal(days.timing.status, TIMING_SHORT);
    }
    assert_int_equal(days_add(&days, NULL, 0), ROW_SHORT);
    assert_int_equal(days_level(&days, 500, 2), ROW_OK);
    assert_int_equal(days.timing.m, 5);
    assert_near(days.timing.median_before, 503, 0, 4);
    days_release(&days);
}

static void an_improvement_is_the_same_on_the_other_side(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 7, 500, 3);
    assert_int_equal(days_level(&days, 300, 3), ROW_BETTER);
    assert_int_equal(days.timing.status, TIMING_IMPROVEMENT);
    assert_false(days.timing.by_drift);
    assert_near(days.timing.p, 1.0 / 1771, 1e-14, 0);
    assert_near(days.timing.shift, -200, 0, 10);
    days_release(&days);
}

/* z of a value above all of 20 is 1.98: S 1.231, 2.462, 3.693, 4.924 as in perfcheck.md
 * 13. The shift of 30 is under the floor of the step test, over half of it. */
static void a_drift_opens_on_the_fourth_day_above_all_others(void **state)
{
    static const int32_t s[] = {1231, 2462, 3693, 4924};
    struct days days;
    int32_t first;

    (void)state;
    days_init(&days);
    assert_int_equal(days_levels(&days, 20, 500, 5), ROW_OK);
    first = days.day;
    for (int day = 0; day < 4; day++) {
        assert_int_equal(days_level(&days, 530, 5), day < 3 ? ROW_OK : ROW_DRIFT);
        assert_int_equal(days_last(&days)->cusum_up, s[day]);
        assert_int_equal(days_last(&days)->cusum_down, 0);
    }
    assert_int_equal(days.timing.status, TIMING_REGRESSION);
    assert_true(days.timing.by_drift);
    assert_int_equal(days.timing.since, first + 3);
    assert_int_equal(days.timing.start, first);
    assert_int_equal(days.timing.s_x1000, 4924);
    assert_near(days.timing.shift, 30, 0, 5);
    assert_near(days.timing.median_before, 503, 0, 4); // of before the drift
    days_release(&days);
}

static void a_drift_of_less_than_half_the_floor_opens_nothing(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    assert_int_equal(days_levels(&days, 40, 516, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 5000);
    days_release(&days);
}

/* S has been over its limit for longer, under the floor: of the 31 days that then count
 * more than half have to be above it. */
static void a_drift_begins_at_most_thirty_days_before_its_alarm(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    assert_int_equal(days_levels(&days, 40, 516, 5), ROW_OK);
    assert_int_equal(days_levels(&days, 15, 545, 5), ROW_OK);
    assert_int_equal(days_level(&days, 545, 5), ROW_DRIFT);
    assert_int_equal(days.timing.start, days.timing.since - 30);
    days_release(&days);
}

static void a_drift_down_is_an_improvement(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    assert_int_equal(days_levels(&days, 4, 470, 5), ROW_BETTER);
    assert_true(days.timing.by_drift);
    assert_int_equal(days.timing.s_x1000, 4924);
    assert_int_equal(days.timing.start, days.timing.since - 3);
    days_release(&days);
}

/* Twenty days of the reference have to be there first. */
static void drift_is_not_tested_while_its_reference_grows(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 10, 500, 5);
    assert_int_equal(days_levels(&days, 10, 530, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 0);
    days_release(&days);
}

/* Aggregates are of the same number of runs each, or the least of more runs is less. */
static void a_day_of_fewer_runs_than_the_references_leaves_the_sum(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    (void)days_level(&days, 530, 5);
    assert_int_equal(days_level(&days, 530, 4), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 1231);
    (void)days_level(&days, 530, 9);
    assert_int_equal(days_last(&days)->cusum_up, 2462);
    days_release(&days);
}

/* The five runs the reference has of each day come first in the nine; the later ones do
 * not count. */
static void an_aggregate_is_of_the_first_runs_of_a_day(void **state)
{
    static const double late_low[] = {540, 541, 542, 543, 544, 400, 401, 402, 403};
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    (void)days_add(&days, late_low, 9);
    assert_int_equal(days_last(&days)->cusum_up, 1231);
    days_release(&days);
}

/* The least of five runs does not move, their median does. */
static void layout_shift_is_aggregated_by_its_median(void **state)
{
    static const double before[] = {0.1, 0.1, 0.1, 0.1, 0.1};
    static const double after[] = {0.1, 0.1, 0.115, 0.115, 0.115};
    struct days days;

    (void)state;
    days_init(&days);
    days.series.metric = "cumulative-layout-shift";
    days.rules.floor_abs = 0.02;
    for (int i = 0; i < 20; i++)
        (void)days_add(&days, before, 5);
    for (int i = 0; i < 3; i++)
        assert_int_equal(days_add(&days, after, 5), ROW_OK);
    assert_int_equal(days_add(&days, after, 5), ROW_DRIFT);
    days_release(&days);
}

static void a_metric_that_never_moves_never_alarms(void **state)
{
    static const double same[] = {0, 0, 0, 0, 0};
    struct days days;

    (void)state;
    days_init(&days);
    for (int i = 0; i < 100; i++) {
        (void)days_add(&days, same, 5);
        assert_true(days.timing.status == TIMING_QUIET ||
                    days.timing.status == TIMING_LEARNING);
        assert_int_equal(days_last(&days)->cusum_up, 0);
    }
    days_release(&days);
}

static void the_machine_is_compared_with_that_of_the_reference(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    assert_int_equal(days_levels(&days, 7, 500, 3), ROW_OK);
    days.bi = 1000;
    assert_int_equal(days_level(&days, 1000, 3), ROW_STEP);
    assert_true(days.timing.machine.known);
    assert_near(days.timing.machine.value, 0.5, 1e-15, 0);
    days_release(&days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seventeen_runs_are_learned_before_a_day_is_tested),
        cmocka_unit_test(seventeen_runs_are_enough),
        cmocka_unit_test(a_reference_is_full_on_one_day_only),
        cmocka_unit_test(three_runs_above_twenty_open_a_regression_that_day),
        cmocka_unit_test(three_runs_of_which_one_is_not_above_all_open_nothing),
        cmocka_unit_test(two_runs_alone_open_nothing),
        cmocka_unit_test(a_shift_under_the_floor_opens_nothing),
        cmocka_unit_test(the_floor_of_a_slow_page_is_its_share),
        cmocka_unit_test(the_days_median_has_to_be_above_those_of_ten_days),
        cmocka_unit_test(a_day_of_two_runs_is_judged_with_the_day_before),
        cmocka_unit_test(a_day_of_one_run_is_not_judged),
        cmocka_unit_test(an_improvement_is_the_same_on_the_other_side),
        cmocka_unit_test(a_drift_opens_on_the_fourth_day_above_all_others),
        cmocka_unit_test(a_drift_of_less_than_half_the_floor_opens_nothing),
        cmocka_unit_test(a_drift_begins_at_most_thirty_days_before_its_alarm),
        cmocka_unit_test(a_drift_down_is_an_improvement),
        cmocka_unit_test(drift_is_not_tested_while_its_reference_grows),
        cmocka_unit_test(a_day_of_fewer_runs_than_the_references_leaves_the_sum),
        cmocka_unit_test(an_aggregate_is_of_the_first_runs_of_a_day),
        cmocka_unit_test(layout_shift_is_aggregated_by_its_median),
        cmocka_unit_test(a_metric_that_never_moves_never_alarms),
        cmocka_unit_test(the_machine_is_compared_with_that_of_the_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
