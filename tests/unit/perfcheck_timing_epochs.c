/* Engine 2 across new versions of Lighthouse, Chrome and axe, and other throttling. */
#include "tests/unit/perfcheck_days.h"

#include "shared/banned.h"

#define CHROME_157 "lh13.4 simulate/150/1638.4/4 chrome157 axe4.11"

static void the_hard_part_is_major_version_and_throttling(void **state)
{
    static const struct {
        const char *epoch;
        bool same;
    } cases[] = {
        {EPOCH, true},
        {CHROME_157, true},
        {"lh13.5 simulate/150/1638.4/4 chrome156 axe4.11", true},
        {"lh13.4 simulate/150/1638.4/4 chrome156 axe4.12", true},
        {"lh13.4 simulate/150/1638.4/4", true},
        {"lh14.4 simulate/150/1638.4/4 chrome156 axe4.11", false},
        {"lh1.4 simulate/150/1638.4/4 chrome156 axe4.11", false},
        {"lh130.4 simulate/150/1638.4/4 chrome156 axe4.11", false},
        {"lh13.4 simulate/150/1638.4/2 chrome156 axe4.11", false},
        {"lh13.4 simulate/150/1638.4/41 chrome156 axe4.11", false},
        {"lh13.4 devtools/150/1638.4/4 chrome156 axe4.11", false},
        {"lh13.4 provided chrome156 axe4.11", false},
        {"lh13.4", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(epoch_same_hard(EPOCH, cases[i].epoch), cases[i].same);
        assert_int_equal(epoch_same_hard(cases[i].epoch, EPOCH), cases[i].same);
    }
    assert_true(epoch_same_hard("", ""));
}

static void a_hard_change_begins_anew_and_is_no_regression(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    assert_int_equal(days_levels(&days, 20, 500, 5), ROW_OK);
    assert_false(days.timing.epoch_is_new);
    days.epoch = "lh14.0 simulate/150/1638.4/4 chrome156 axe4.11";
    assert_int_equal(days_level(&days, 900, 5), ROW_LEARNING);
    assert_true(days.timing.epoch_is_new);
    assert_int_equal(days_levels(&days, 3, 900, 5), ROW_LEARNING);
    assert_false(days.timing.epoch_is_new);
    assert_true(days.timing.reference_is_full);
    assert_int_equal(days_level(&days, 900, 5), ROW_OK);
    assert_int_equal(days_level(&days, 500, 5), ROW_BETTER);
    days_release(&days);
}

static void a_hard_change_closes_what_is_open(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 5, 500, 5);
    assert_int_equal(days_level(&days, 700, 5), ROW_STEP);
    days.epoch = "lh14.0 simulate/150/1638.4/4 chrome156 axe4.11";
    assert_int_equal(days_level(&days, 700, 5), ROW_LEARNING);
    assert_int_equal(days.timing.status, TIMING_LEARNING);
    days_release(&days);
}

static void ten_runs_like_the_old_ones_carry_history_over(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 4);
    (void)days_level(&days, 530, 4);
    days.epoch = CHROME_157;
    for (int day = 0; day < 2; day++) {
        assert_int_equal(days_level(&days, 500, 4), ROW_BRIDGE);
        assert_int_equal(days.timing.status, TIMING_BRIDGE);
        assert_int_equal(days_last(&days)->cusum_up, 1231); // it waits
    }
    assert_int_equal(days_level(&days, 500, 4), ROW_OK); // 12 runs
    assert_false(days.timing.epoch_is_new);
    assert_int_equal(days_last(&days)->cusum_up, 1231);
    assert_int_equal(days_level(&days, 500, 4), ROW_OK);
    assert_int_equal(days.timing.n, 20);
    assert_int_equal(days_level(&days, 700, 4), ROW_STEP);
    days_release(&days);
}

static void runs_that_moved_begin_a_new_epoch_that_says_how_far(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    days.epoch = CHROME_157;
    assert_int_equal(days_level(&days, 600, 5), ROW_BRIDGE);
    assert_int_equal(days_level(&days, 600, 5), ROW_LEARNING);
    assert_true(days.timing.epoch_is_new);
    assert_near(days.timing.bridge_shift, 100, 0, 5);
    assert_int_equal(days_level(&days, 600, 5), ROW_LEARNING);
    assert_false(days.timing.epoch_is_new);
    assert_int_equal(days.timing.n, 10); // the bridge is the new reference's beginning
    assert_int_equal(days_level(&days, 600, 5), ROW_LEARNING);
    assert_true(days.timing.reference_is_full);
    assert_int_equal(days_level(&days, 600, 5), ROW_OK);
    days_release(&days);
}

/* Two-sided p <= .05, or a shift of the floor: either alone is a move. */
static void a_clear_shift_under_the_floor_is_a_move_too(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 10);
    days.epoch = CHROME_157;
    assert_int_equal(days_level(&days, 520, 10), ROW_LEARNING);
    assert_near(days.timing.bridge_shift, 20, 0, 5);
    days_release(&days);
}

/* Of runs from 300 to 700, 60 more is nothing that a test could see. */
static void a_shift_of_the_floor_is_a_move_though_noise_explains_it(void **state)
{
    static const double wide[] = {300, 400, 500, 600, 700};
    static const double moved[] = {360, 460, 560, 660, 760};
    struct days days;

    (void)state;
    days_init(&days);
    for (int i = 0; i < 20; i++)
        (void)days_add(&days, wide, 5);
    days.epoch = CHROME_157;
    (void)days_add(&days, moved, 5);
    assert_int_equal(days_add(&days, moved, 5), ROW_LEARNING);
    assert_near(days.timing.bridge_shift, 60, 0, 0);
    days_release(&days);
}

/* A fleet of which one machine was updated first. */
static void a_turn_back_halfway_is_the_old_epoch(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    days.epoch = CHROME_157;
    assert_int_equal(days_level(&days, 900, 5), ROW_BRIDGE);
    days.epoch = EPOCH;
    assert_int_equal(days_level(&days, 500, 5), ROW_OK);
    assert_near(days.timing.median_before, 503, 0, 4); // without the 900
    days.epoch = CHROME_157;
    assert_int_equal(days_level(&days, 500, 5), ROW_BRIDGE); // counted from here
    assert_int_equal(days_level(&days, 500, 5), ROW_OK);
    days_release(&days);
}

static void a_second_change_begins_another_bridge(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    days.epoch = CHROME_157;
    assert_int_equal(days_level(&days, 900, 5), ROW_BRIDGE);
    days.epoch = "lh13.4 simulate/150/1638.4/4 chrome158 axe4.11";
    assert_int_equal(days_level(&days, 500, 5), ROW_BRIDGE);
    assert_int_equal(days_level(&days, 500, 5), ROW_OK);
    (void)days_level(&days, 500, 5);
    assert_near(days.timing.median_before, 503, 0, 4);
    days_release(&days);
}

static void another_axe_changes_no_timing(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 5, 500, 5);
    days.epoch = "lh13.4 simulate/150/1638.4/4 chrome156 axe4.12";
    assert_int_equal(days_level(&days, 700, 5), ROW_STEP);
    days_release(&days);
}

/* Against the reference of before an open finding, everything looks moved: a new
 * Chrome would close what nobody has mended. */
static void a_soft_change_does_not_close_what_is_open(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 5, 500, 5);
    assert_int_equal(days_level(&days, 700, 5), ROW_STEP);
    days.epoch = CHROME_157;
    assert_int_equal(days_levels(&days, 5, 700, 5), ROW_STEP);
    assert_int_equal(days.timing.status, TIMING_REGRESSION);
    assert_int_equal(days_levels(&days, 3, 500, 5), ROW_OK);
    assert_int_equal(days_level(&days, 500, 5), ROW_OK);
    days_release(&days);
}

/* There is nothing yet to compare with. */
static void a_soft_change_while_learning_begins_anew(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 3, 500, 5);
    days.epoch = CHROME_157;
    assert_int_equal(days_level(&days, 500, 5), ROW_LEARNING);
    assert_true(days.timing.epoch_is_new);
    assert_int_equal(days_levels(&days, 3, 500, 5), ROW_LEARNING);
    assert_int_equal(days_level(&days, 500, 5), ROW_OK);
    days_release(&days);
}

/* One run of another Chrome is not judged, so it is no change either. */
static void a_short_day_changes_no_epoch(void **state)
{
    static const double one[] = {900};
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 5, 500, 5);
    days.epoch = "lh14.0 simulate/150/1638.4/4 chrome157 axe4.11";
    assert_int_equal(days_add(&days, one, 1), ROW_SHORT);
    assert_false(days.timing.epoch_is_new);
    days.epoch = EPOCH;
    assert_int_equal(days_level(&days, 500, 5), ROW_OK);
    days_release(&days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hard_part_is_major_version_and_throttling),
        cmocka_unit_test(a_hard_change_begins_anew_and_is_no_regression),
        cmocka_unit_test(a_hard_change_closes_what_is_open),
        cmocka_unit_test(ten_runs_like_the_old_ones_carry_history_over),
        cmocka_unit_test(runs_that_moved_begin_a_new_epoch_that_says_how_far),
        cmocka_unit_test(a_clear_shift_under_the_floor_is_a_move_too),
        cmocka_unit_test(a_shift_of_the_floor_is_a_move_though_noise_explains_it),
        cmocka_unit_test(a_turn_back_halfway_is_the_old_epoch),
        cmocka_unit_test(a_second_change_begins_another_bridge),
        cmocka_unit_test(another_axe_changes_no_timing),
        cmocka_unit_test(a_soft_change_does_not_close_what_is_open),
        cmocka_unit_test(a_soft_change_while_learning_begins_anew),
        cmocka_unit_test(a_short_day_changes_no_epoch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
