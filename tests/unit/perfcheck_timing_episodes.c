/* Engine 2: what keeps a finding open, what closes it, and what then is the reference.
 */
#include "perfcheck/measure.h"
#include "tests/unit/perfcheck_days.h"

#include "shared/banned.h"

/* Eight days of three runs at 500, the newest seven of them the reference's 20 runs,
 * and one at 700 that opens. */
static void open_step(struct days *days)
{
    days_init(days);
    (void)days_levels(days, 8, 500, 3);
    assert_int_equal(days_level(days, 700, 3), ROW_STEP);
}

static double reference(struct days *days)
{
    struct estimate median =
        timing_reference(&days->series, days->series.n - 1, &days->rules, &days->arena);

    assert_true(median.known);
    return median.value;
}

static void a_step_closes_after_three_days_in_a_row_like_the_reference(void **state)
{
    struct days days;
    int32_t since;

    (void)state;
    open_step(&days);
    since = days.timing.since;
    assert_int_equal(days_levels(&days, 2, 500, 3), ROW_STEP);
    assert_int_equal(days_level(&days, 700, 3), ROW_STEP); // the row is broken
    assert_int_equal(days_levels(&days, 2, 500, 3), ROW_STEP);
    assert_int_equal(days.timing.since, since);
    assert_near(days.timing.shift, 200, 0, 10); // of the opening day
    assert_near(days.timing.median_now, 503, 0, 6);
    assert_int_equal(days_level(&days, 500, 3), ROW_OK);
    assert_int_equal(days.timing.status, TIMING_QUIET);
    days_release(&days);
}

/* Half the floor is 25. */
static void a_shift_of_more_than_half_the_floor_is_not_over(void **state)
{
    struct days days;

    (void)state;
    open_step(&days);
    assert_int_equal(days_levels(&days, 10, 535, 3), ROW_STEP);
    assert_int_equal(days_levels(&days, 3, 510, 3), ROW_OK);
    days_release(&days);
}

static void a_day_that_is_not_judged_neither_closes_nor_breaks_the_row(void **state)
{
    static const double one[] = {900};
    struct days days;

    (void)state;
    open_step(&days);
    assert_int_equal(days_levels(&days, 2, 500, 3), ROW_STEP);
    assert_int_equal(days_add(&days, one, 1), ROW_SHORT);
    assert_int_equal(days.timing.status, TIMING_REGRESSION);
    assert_near(days.timing.shift, 200, 0, 10);
    assert_int_equal(days_level(&days, 500, 3), ROW_OK);
    days_release(&days);
}

/* Only judged days count among the three. */
static void a_day_that_is_not_judged_is_none_of_the_three(void **state)
{
    static const double one[] = {500};
    struct days days;

    (void)state;
    open_step(&days);
    assert_int_equal(days_level(&days, 500, 3), ROW_STEP);
    assert_int_equal(days_add(&days, one, 1), ROW_SHORT);
    assert_int_equal(days_level(&days, 500, 3), ROW_STEP);
    assert_int_equal(days_level(&days, 500, 3), ROW_OK);
    days_release(&days);
}

/* Runs from 300 to 700; a day's shift of 60 is over the floor, its p is about .3. */
static void a_shift_that_noise_explains_is_over(void **state)
{
    static const double wide[] = {300, 400, 500, 600, 700};
    static const double high[] = {1500, 1500, 1500, 1500, 1500};
    static const double noise[] = {400, 500, 560, 660, 700};
    struct days days;
    struct step step;

    (void)state;
    days_init(&days);
    for (int i = 0; i < 5; i++)
        (void)days_add(&days, wide, 5);
    assert_int_equal(days_add(&days, high, 5), ROW_STEP);
    step = step_test(days.series.row[0].values, 5, noise, 5, true);
    assert_true(step.shift >= 50 && step.p > 0.05); // what this test rests on
    for (int i = 0; i < 3; i++)
        assert_int_equal(days_add(&days, noise, 5), i < 2 ? ROW_STEP : ROW_OK);
    days_release(&days);
}

static void days_of_an_open_finding_never_enter_the_reference(void **state)
{
    struct days days;
    double before;

    (void)state;
    open_step(&days);
    before = reference(&days);
    assert_int_equal(days_levels(&days, 60, 700, 3), ROW_STEP);
    assert_true(reference(&days) == before);
    assert_int_equal(days_levels(&days, 3, 500, 3), ROW_OK);
    assert_near(reference(&days), before, 0, 3);
    assert_int_equal(days_level(&days, 700, 3), ROW_STEP); // again
    assert_int_equal(days.timing.since, days.day - 1);
    days_release(&days);
}

/* The days of a step would fill S, and the drift test would cry when it is over. */
static void the_sums_rest_while_a_step_is_open(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    (void)days_levels(&days, 2, 530, 5);
    assert_int_equal(days_last(&days)->cusum_up, 2462);
    assert_int_equal(days_levels(&days, 10, 700, 5), ROW_STEP);
    assert_int_equal(days_last(&days)->cusum_up, 0);
    assert_int_equal(days_levels(&days, 3, 500, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 0);
    assert_int_equal(days_level(&days, 530, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 1231);
    days_release(&days);
}

static void a_step_ends_the_sum_of_the_other_side_too(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    (void)days_levels(&days, 3, 470, 5);
    assert_int_equal(days_last(&days)->cusum_down, 3693); // 0.962 would be left
    assert_int_equal(days_level(&days, 700, 5), ROW_STEP);
    assert_int_equal(days_last(&days)->cusum_down, 0);
    days_release(&days);
}

/* S is 4.924, and days below all others take 2.731 of it each. */
static void a_drift_closes_when_its_sum_is_nothing(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    assert_int_equal(days_levels(&days, 4, 530, 5), ROW_DRIFT);
    assert_int_equal(days_level(&days, 480, 5), ROW_DRIFT);
    assert_int_equal(days_last(&days)->cusum_up, 2193);
    assert_int_equal(days.timing.s_x1000, 4924);       // of the opening day
    assert_int_equal(days_last(&days)->cusum_down, 0); // its own sum alone counts
    assert_int_equal(days_level(&days, 480, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 0);
    assert_int_equal(days_last(&days)->cusum_down, 0);
    assert_int_equal(days_level(&days, 480, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_down, 1231);
    days_release(&days);
}

static void an_improvement_by_drift_counts_its_own_sum_alone(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    assert_int_equal(days_levels(&days, 4, 470, 5), ROW_BETTER);
    assert_int_equal(days_level(&days, 520, 5), ROW_BETTER);
    assert_int_equal(days_last(&days)->cusum_down, 2193);
    assert_int_equal(days_last(&days)->cusum_up, 0);
    days_release(&days);
}

static void what_is_accepted_of_a_drift_begins_both_sums_anew(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    assert_int_equal(days_levels(&days, 8, 530, 5), ROW_DRIFT);
    timing_accept(&days.series, days.timing.since, days.day - 1);
    assert_int_equal(days_last(&days)->cusum_up, 0);
    assert_int_equal(days_level(&days, 530, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 0); // the drift test learns again
    assert_near(reference(&days), 533, 0, 4);
    days_release(&days);
}

/* Its four days were in x until it opened; x is then older days. */
static void a_drifts_days_leave_the_reference_from_its_start_on(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    (void)days_levels(&days, 3, 530, 5);
    assert_near(reference(&days), 531, 0, 4);
    assert_int_equal(days_level(&days, 530, 5), ROW_DRIFT);
    assert_near(reference(&days), 503, 0, 4);
    assert_int_equal(days_levels(&days, 2, 480, 5), ROW_OK);
    assert_near(reference(&days), 503, 0, 4);
    days_release(&days);
}

static void an_improvement_becomes_the_reference_after_five_days(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 8, 500, 3);
    assert_int_equal(days_level(&days, 300, 3), ROW_BETTER);
    assert_int_equal(days_levels(&days, 4, 300, 3), ROW_BETTER);
    assert_false(days.timing.closed_by_ratchet);
    assert_near(reference(&days), 503, 0, 4);
    assert_int_equal(days_level(&days, 300, 3), ROW_REF);
    assert_true(days.timing.closed_by_ratchet);
    assert_int_equal(days.timing.status, TIMING_QUIET);
    assert_near(reference(&days), 303, 0, 4);
    assert_int_equal(days_level(&days, 300, 3), ROW_OK);
    assert_int_equal(days.timing.n, 18); // six days of three runs, no older one
    assert_int_equal(days_level(&days, 500, 3), ROW_STEP);
    days_release(&days);
}

/* Its third day back would close it; the ratchet falls due on the second. */
static void an_improvement_that_goes_away_is_no_reference(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 8, 500, 3);
    assert_int_equal(days_levels(&days, 4, 300, 3), ROW_BETTER);
    assert_int_equal(days_levels(&days, 2, 500, 3), ROW_BETTER);
    assert_false(days.timing.closed_by_ratchet);
    assert_int_equal(days_level(&days, 500, 3), ROW_OK);
    assert_near(reference(&days), 503, 0, 4);
    days_release(&days);
}

/* The reference of the drift test begins with the improvement, too. */
static void a_ratchet_restarts_the_drift_test(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    assert_int_equal(days_levels(&days, 4, 470, 5), ROW_BETTER);
    assert_int_equal(days_levels(&days, 5, 470, 5), ROW_REF);
    assert_int_equal(days_last(&days)->cusum_down, 0);
    (void)days_levels(&days, 14, 470, 5); // 20 since the alarm
    assert_int_equal(days_last(&days)->cusum_up, 0);
    assert_int_equal(days_level(&days, 500, 5), ROW_OK);
    assert_int_equal(days_last(&days)->cusum_up, 1231);
    days_release(&days);
}

static void an_improvement_stays_one_without_the_ratchet(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    days.rules.ratchet = false;
    (void)days_levels(&days, 8, 500, 3);
    assert_int_equal(days_levels(&days, 40, 300, 3), ROW_BETTER);
    assert_int_equal(days_levels(&days, 3, 500, 3), ROW_OK);
    days_release(&days);
}

static void a_regression_ends_an_improvement_at_once(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 8, 500, 3);
    assert_int_equal(days_levels(&days, 2, 300, 3), ROW_BETTER);
    assert_int_equal(days_level(&days, 700, 3), ROW_STEP);
    assert_int_equal(days.timing.since, days.day - 1);
    assert_near(days.timing.shift, 200, 0, 10); // from 500
    days_release(&days);
}

static void what_is_accepted_is_the_reference_from_its_alarm_on(void **state)
{
    struct days days;
    int32_t since;

    (void)state;
    open_step(&days);
    since = days.timing.since;
    (void)days_levels(&days, 6, 700, 3);
    timing_accept(&days.series, since, days.day - 1);
    assert_int_equal(days_last(&days)->verdict, ROW_REF);
    assert_near(reference(&days), 703, 0, 4);
    assert_int_equal(
        timing_of(&days.series, days.series.n - 1, &days.rules, &days.arena).status,
        TIMING_QUIET);
    assert_int_equal(days_level(&days, 700, 3), ROW_OK);
    assert_int_equal(days.timing.n, 20);
    assert_int_equal(days_level(&days, 900, 3), ROW_STEP);
    days_release(&days);
}

/* Three runs are no reference yet. */
static void what_is_accepted_on_its_first_day_is_learned(void **state)
{
    struct days days;

    (void)state;
    open_step(&days);
    timing_accept(&days.series, days.timing.since, days.timing.since);
    assert_int_equal(days_levels(&days, 5, 700, 3), ROW_LEARNING);
    assert_near(reference(&days), 703, 0, 4);
    assert_int_equal(days_level(&days, 700, 3), ROW_OK);
    days_release(&days);
}

static void an_accept_of_what_is_closed_changes_nothing(void **state)
{
    struct days days;
    int32_t since;

    (void)state;
    open_step(&days);
    since = days.timing.since;
    assert_int_equal(days_levels(&days, 3, 500, 3), ROW_OK);
    timing_accept(&days.series, since, days.day - 1);
    assert_int_equal(days_last(&days)->verdict, ROW_OK);
    assert_near(reference(&days), 503, 0, 4);
    days_release(&days);
}

/* Two accepts in a row are two references. */
static void what_is_accepted_twice_is_the_newer_reference(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 5, 500, 5);
    (void)days_levels(&days, 4, 700, 5);
    timing_accept(&days.series, days.timing.since, days.day - 1);
    assert_int_equal(days_levels(&days, 4, 900, 5), ROW_STEP);
    timing_accept(&days.series, days.timing.since, days.day - 1);
    assert_int_equal(days_level(&days, 900, 5), ROW_OK);
    assert_near(reference(&days), 903, 0, 4);
    days_release(&days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_closes_after_three_days_in_a_row_like_the_reference),
        cmocka_unit_test(a_shift_of_more_than_half_the_floor_is_not_over),
        cmocka_unit_test(a_day_that_is_not_judged_neither_closes_nor_breaks_the_row),
        cmocka_unit_test(a_day_that_is_not_judged_is_none_of_the_three),
        cmocka_unit_test(a_shift_that_noise_explains_is_over),
        cmocka_unit_test(days_of_an_open_finding_never_enter_the_reference),
        cmocka_unit_test(the_sums_rest_while_a_step_is_open),
        cmocka_unit_test(a_step_ends_the_sum_of_the_other_side_too),
        cmocka_unit_test(an_improvement_by_drift_counts_its_own_sum_alone),
        cmocka_unit_test(what_is_accepted_of_a_drift_begins_both_sums_anew),
        cmocka_unit_test(a_drift_closes_when_its_sum_is_nothing),
        cmocka_unit_test(a_drifts_days_leave_the_reference_from_its_start_on),
        cmocka_unit_test(an_improvement_becomes_the_reference_after_five_days),
        cmocka_unit_test(an_improvement_that_goes_away_is_no_reference),
        cmocka_unit_test(a_ratchet_restarts_the_drift_test),
        cmocka_unit_test(an_improvement_stays_one_without_the_ratchet),
        cmocka_unit_test(a_regression_ends_an_improvement_at_once),
        cmocka_unit_test(what_is_accepted_is_the_reference_from_its_alarm_on),
        cmocka_unit_test(what_is_accepted_on_its_first_day_is_learned),
        cmocka_unit_test(an_accept_of_what_is_closed_changes_nothing),
        cmocka_unit_test(what_is_accepted_twice_is_the_newer_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
