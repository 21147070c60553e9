/* The axis of a chart by days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/chart.h"
#include "shared/clock.h"
#include "shared/limits.h"

#include "shared/banned.h"

static void a_day_without_anything_is_a_point_with_nothing(void **state)
{
    struct arena arena;
    struct chart_days days;
    const char **value;
    size_t at = 99;

    (void)state;
    arena_init(&arena, MIB);
    days = chart_days(day_from_civil(2024, 2, 28), day_from_civil(2024, 3, 1), &arena);
    assert_int_equal(days.n, 3); // a leap year
    assert_string_equal(days.x[0], "2024-02-28");
    assert_string_equal(days.x[1], "2024-02-29");
    assert_string_equal(days.x[2], "2024-03-01");
    value = chart_values(&days, &arena);
    for (size_t i = 0; i < days.n; i++)
        assert_null(value[i]);
    assert_true(chart_day_at(&days, day_from_civil(2024, 3, 1), &at));
    assert_int_equal(at, 2);
    assert_false(chart_day_at(&days, day_from_civil(2024, 3, 2), &at));
    assert_false(chart_day_at(&days, day_from_civil(2024, 2, 27), &at));
    assert_int_equal(at, 2);
    arena_release(&arena);
}

static void more_days_than_a_chart_has_lose_the_oldest(void **state)
{
    const int32_t last = day_from_civil(2026, 3, 8);
    struct arena arena;
    struct chart_days days;

    (void)state;
    arena_init(&arena, MIB);
    days = chart_days(last - 399, last, &arena);
    assert_int_equal(days.n, 400);
    assert_int_equal(days.first, last - 399);
    days = chart_days(0, last, &arena);
    assert_int_equal(days.n, 400);
    assert_int_equal(days.first, last - 399);
    assert_string_equal(days.x[399], "2026-03-08");
    arena_release(&arena);
}

static void an_axis_that_ends_before_it_begins_has_no_point(void **state)
{
    struct arena arena;
    struct chart_days days;
    size_t at;

    (void)state;
    arena_init(&arena, MIB);
    days = chart_days(11, 10, &arena);
    assert_int_equal(days.n, 0);
    assert_false(chart_day_at(&days, 11, &at));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_without_anything_is_a_point_with_nothing),
        cmocka_unit_test(more_days_than_a_chart_has_lose_the_oldest),
        cmocka_unit_test(an_axis_that_ends_before_it_begins_has_no_point),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
