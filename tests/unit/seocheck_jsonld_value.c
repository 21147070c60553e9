/* Tests of values as text. Dates and times: ISO 8601:2004, its sections beside them;
 * week years by its definition that week 1 holds the first Thursday. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/jsonld_value.h"
#include "shared/clock.h"

#include "shared/banned.h"

static bool all(bool (*is)(struct str), bool wanted, const char *const *texts)
{
    for (; *texts; texts++)
        if (is(str_of(*texts)) != wanted) {
            print_message("# '%s'\n", *texts);
            return false;
        }
    return true;
}

#define ASSERT_ALL(is, wanted, ...) \
    assert_true(all(is, wanted, (const char *const[]){__VA_ARGS__, NULL}))

static void dates_are_of_the_real_calendar(void **state)
{
    (void)state;
    ASSERT_ALL(value_is_date, true, "2026-11-20", "2024-02-29", "2000-02-29",
               "20261120",
               " 2026-11-20 ");                                            // 4.1.2.2
    ASSERT_ALL(value_is_date, true, "2026", "2026-11");                    // 4.1.2.3
    ASSERT_ALL(value_is_date, true, "2026-001", "2024-366");               // 4.1.3.2
    ASSERT_ALL(value_is_date, true, "2026-W53-7", "2026-W01", "2020-W53"); // 4.1.4
    ASSERT_ALL(value_is_date, true, "-0500", "+12026-01-01");              // 4.1.2.4
    ASSERT_ALL(value_is_date, false, "2026-02-29", "1900-02-29", "2026-13-01",
               "2026-00-10", "2026-04-31", "2026-366", "2026-000", "2025-W53",
               "2026-W00", "2026-W01-8");
    ASSERT_ALL(value_is_date, false, "", "20.11.2026", "11/20/2026", "2026-1-2", "26",
               "2026/11/20", "November 20, 2026", "2026-11-20T10:00", "2026-11-20x",
               "12026-01-01", "--11-20", "2026-11-");
}

static void times_have_hours_minutes_seconds_and_a_zone(void **state)
{
    (void)state;
    ASSERT_ALL(value_is_time, true, "09:30", "09:30:15", "09:30:15.25", "093015",
               "0930", "09", "24:00", "24:00:00", "23:59:60", "09:30Z", "09:30+02:00",
               "09:30-0530", "09:30+01", "T09:30");
    ASSERT_ALL(value_is_time, false, "", "9:30", "25:00", "24:01", "09:60", "09:30:61",
               "09:30 am", "09:30:", "09:", "09:30.5", "09:30+25:00", "09:3", "noon",
               "0930:15", "24:00:00.5");
}

static void a_date_with_a_time_has_a_whole_day_and_a_t(void **state)
{
    (void)state;
    ASSERT_ALL(value_is_date_time, true, "2026-11-20T09:30", "2026-11-20T09:30:00Z",
               "2026-11-20T24:00", "2026-11-20T09:30:00.000+01:00", "20261120T0930");
    ASSERT_ALL(value_is_date_time, false, "2026-11-20", "2026-11-20 09:30",
               "2026-11T09:30", "2026-11-31T09:30", "2026-11-20T",
               "2026-11-20T09:30 ET", "2026-11-20t09:30");
}

static void durations_have_parts_in_order(void **state)
{
    (void)state;
    ASSERT_ALL(value_is_duration, true, "PT30M", "P1DT12H", "P3Y6M4DT12H30M5S", "P1W",
               "PT1.5H", "PT0S", "-P1D", "PT36H", "P0.5Y"); // 4.4.3
    ASSERT_ALL(value_is_duration, false, "", "P", "PT", "P1DT", "30 minutes", "PT30",
               "T30M", "P1H", "PT1D", "PT30M1H", "PT1.5H30M", "P1.5DT1H", "pt30m",
               "P1M1Y", "1:54");
}

static void numbers_have_no_separators(void **state)
{
    double value;

    (void)state;
    assert_true(value_is_number(STR("12.5"), &value) && value == 12.5);
    assert_true(value_is_number(STR("-3"), &value) && value == -3);
    assert_true(value_is_number(STR("+3"), &value) && value == 3);
    assert_true(value_is_number(STR(" 1e3 "), &value) && value == 1000);
    assert_false(value_is_number(STR("1,000"), &value));
    assert_false(value_is_number(STR("12.5 EUR"), &value));
    assert_false(value_is_number(STR("4,5"), &value));
    assert_false(value_is_number(STR("+-3"), &value));
    assert_false(value_is_number(STR(""), &value));
}

static void booleans_are_true_and_false(void **state)
{
    (void)state;
    ASSERT_ALL(value_is_boolean, true, "true", "False", "TRUE");
    ASSERT_ALL(value_is_boolean, false, "yes", "1", "", "no");
}

static void addresses_have_a_host_and_are_no_prose(void **state)
{
    (void)state;
    ASSERT_ALL(value_is_url, true, "https://a.example", "http://a.example/b c", "/a/b",
               "b.html", "//a.example/x", "mailto:a@b.example", "HTTPS://A.example",
               "?q=a b", "urn:isbn:1");
    ASSERT_ALL(value_is_url, false, "", "  ", "https://", "https:///a",
               "http:a.example", "http:/a.example", "See our page", "http://?q");
}

static void the_day_of_a_value_is_as_written(void **state)
{
    int32_t day = 0;

    (void)state;
    assert_true(value_day(STR("2026-11-20"), &day));
    assert_int_equal(day, day_from_civil(2026, 11, 20));
    assert_true(value_day(STR("2026-11-20T23:30:00-08:00"), &day));
    assert_int_equal(day, day_from_civil(2026, 11, 20));
    assert_false(value_day(STR("2026-11"), &day));
    assert_false(value_day(STR("2026-02-30"), &day));
    assert_false(value_day(STR("2026-11-20 10:00"), &day));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_of_the_real_calendar),
        cmocka_unit_test(times_have_hours_minutes_seconds_and_a_zone),
        cmocka_unit_test(a_date_with_a_time_has_a_whole_day_and_a_t),
        cmocka_unit_test(durations_have_parts_in_order),
        cmocka_unit_test(numbers_have_no_separators),
        cmocka_unit_test(booleans_are_true_and_false),
        cmocka_unit_test(addresses_have_a_host_and_are_no_prose),
        cmocka_unit_test(the_day_of_a_value_is_as_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
