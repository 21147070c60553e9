/* Ticks of charts. Expected values are worked out by hand from the rule in axis.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/axis.h"
#include "shared/clock.h"

/* All labels, parted by spaces. */
static const char *labels_between(double low, double high, bool is_whole)
{
    static char all[512];
    struct axis axis = axis_fit(low, high, is_whole);
    size_t used = 0;

    for (int64_t i = axis.first; i <= axis.last && used < sizeof all; i++) {
        char label[AXIS_LABEL_BYTES];

        axis_label(&axis, i, label);
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s",
                                 i > axis.first ? " " : "", label);
    }
    return all;
}

static const char *labels_of(double low, double high)
{
    return labels_between(low, high, false);
}

static void ticks_stand_at_round_numbers_around_the_data(void **state)
{
    (void)state;
    // 5.83 / 4 = 1.46, so steps of 2
    assert_string_equal(labels_of(0, 5.83), "0 2 4 6");
    // 100 / 4 = 25
    assert_string_equal(labels_of(0, 100), "0 25 50 75 100");
    // 170 / 4 = 42.5, so 50, and the ends are rounded outwards
    assert_string_equal(labels_of(2310, 2480), "2300 2350 2400 2450 2500");
    // 1.1 / 4 = 0.275, so 0.5
    assert_string_equal(labels_of(-0.3, 0.8), "-0.5 0.0 0.5 1.0");
}

static void small_numbers_have_the_decimals_of_their_step(void **state)
{
    (void)state;
    // 0.02 / 4 = 0.005
    assert_string_equal(labels_of(0, 0.02), "0.000 0.005 0.010 0.015 0.020");
    // 0.1 / 4 = 0.025: a step of 2.5 has one decimal more than its power
    assert_string_equal(labels_of(0, 0.1), "0.000 0.025 0.050 0.075 0.100");
    // 9 / 4 = 2.25, so 2.5
    assert_string_equal(labels_of(0, 9), "0.0 2.5 5.0 7.5 10.0");
}

static void large_numbers_are_in_thousands(void **state)
{
    (void)state;
    // 9900 / 4 = 2475, so 2500; 10000 is the first in thousands
    assert_string_equal(labels_of(0, 9900), "0.0 2.5k 5.0k 7.5k 10.0k");
    // 3.1e6 / 4 = 775000, so 1e6
    assert_string_equal(labels_of(0, 3.1e6), "0 1M 2M 3M 4M");
}

static void what_is_counted_has_no_ticks_between_whole_numbers(void **state)
{
    (void)state;
    // 2 / 4 = 0.5, but nothing is half
    assert_string_equal(labels_between(0, 2, true), "0 1 2");
    // 9 / 4 = 2.25: not 2.5, so 5
    assert_string_equal(labels_between(0, 9, true), "0 5 10");
    assert_string_equal(labels_between(0, 90, true), "0 25 50 75 100");
}

static void data_without_extent_is_given_room(void **state)
{
    (void)state;
    // 0 to 1: 0.25 a step
    assert_string_equal(labels_of(0, 0), "0.00 0.25 0.50 0.75 1.00");
    assert_string_equal(labels_of(7, 7), "7.00 7.25 7.50 7.75 8.00");
}

static void extreme_numbers_stay_within_a_few_ticks(void **state)
{
    static const double ends[][2] = {
        {-1e15, 1e15}, {1e15 - 0.125, 1e15}, {0, 1e-8}, {-1e15, -1e15}, {0.1, 0.3}};

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct axis axis = axis_fit(ends[i][0], ends[i][1], i % 2 == 0);

        assert_in_range(axis.last - axis.first, 1, 6);
        assert_true(axis_low(&axis) <= ends[i][0] + axis.step * 1e-6);
        assert_true(axis_high(&axis) >= ends[i][1] - axis.step * 1e-6);
    }
}

static const char *days_of(int32_t first, int32_t last)
{
    static char all[512];
    struct axis_day day[AXIS_DAYS_MAX];
    size_t n = axis_days(first, last, day), used = 0;

    all[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s",
                                 i > 0 ? ", " : "", day[i].label);
    return all;
}

static void a_few_days_are_counted_back_from_the_last(void **state)
{
    int32_t last = day_from_civil(2026, 3, 8);

    (void)state;
    assert_string_equal(days_of(last, last), "8 Mar");
    assert_string_equal(days_of(last - 3, last), "5 Mar, 6 Mar, 7 Mar, 8 Mar");
    assert_string_equal(days_of(last - 8, last), "28 Feb, 2 Mar, 4 Mar, 6 Mar, 8 Mar");
    assert_string_equal(days_of(last - 27, last), "15 Feb, 22 Feb, 1 Mar, 8 Mar");
    assert_string_equal(days_of(last - 59, last),
                        "11 Jan, 25 Jan, 8 Feb, 22 Feb, 8 Mar");
}

static void months_begin_where_they_begin_and_january_is_the_year(void **state)
{
    (void)state;
    assert_string_equal(days_of(day_from_civil(2026, 9, 20),
                                day_from_civil(2027, 2, 3)),
                        "Oct, Nov, Dec, 2027, Feb");
    // 400 days: every third month
    assert_string_equal(days_of(day_from_civil(2025, 10, 12),
                                day_from_civil(2026, 11, 15)),
                        "2026, Apr, Jul, Oct");
    assert_string_equal(days_of(day_from_civil(2020, 6, 1), day_from_civil(2025, 6, 1)),
                        "2021, 2022, 2023, 2024, 2025");
}

static void no_span_of_days_has_too_many_ticks(void **state)
{
    (void)state;
    for (int32_t span = 1; span < 36500; span += span < 1000 ? 1 : 97) {
        struct axis_day day[AXIS_DAYS_MAX];
        int32_t last = day_from_civil(2070, 2, 28);
        size_t n = axis_days(last - span + 1, last, day);

        assert_in_range(n, 1, 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_stand_at_round_numbers_around_the_data),
        cmocka_unit_test(small_numbers_have_the_decimals_of_their_step),
        cmocka_unit_test(large_numbers_are_in_thousands),
        cmocka_unit_test(what_is_counted_has_no_ticks_between_whole_numbers),
        cmocka_unit_test(data_without_extent_is_given_room),
        cmocka_unit_test(extreme_numbers_stay_within_a_few_ticks),
        cmocka_unit_test(a_few_days_are_counted_back_from_the_last),
        cmocka_unit_test(months_begin_where_they_begin_and_january_is_the_year),
        cmocka_unit_test(no_span_of_days_has_too_many_ticks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
