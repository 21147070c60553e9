/* Tests of time parsing. Epochs are those of `date -u -d '...' +%s`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/source_time.h"

#include "shared/banned.h"

static int64_t parsed(const char *text)
{
    int64_t ms = -1;

    return source_time_parse(str_of(text), &ms) ? ms : -1;
}

static int64_t parsed_log(const char *text)
{
    int64_t ms = -1;

    return source_time_parse_log(str_of(text), &ms) ? ms : -1;
}

#define MIDNIGHT INT64_C(1772409600000) /* 2026-03-02 00:00:00 UTC */

static void iso_times_with_and_without_zone(void **state)
{
    (void)state;
    assert_int_equal(parsed("2026-03-02T00:00:00Z"), MIDNIGHT);
    assert_int_equal(parsed("2026-03-02t00:00:00z"), MIDNIGHT);
    assert_int_equal(parsed("2026-03-02 00:00:00"), MIDNIGHT);
    assert_int_equal(parsed("2026-03-02 00:00:00 UTC"), MIDNIGHT);
    assert_int_equal(parsed("2026-03-02 00:00:01.999999"), MIDNIGHT + 1999);
    assert_int_equal(parsed("2026-03-02T00:00:00.5Z"), MIDNIGHT + 500);
    assert_int_equal(parsed("2026-03-02T00:00:00,25+00:00"), MIDNIGHT + 250);
    assert_int_equal(parsed("2026-03-02T01:30:00+01:30"), MIDNIGHT);
    assert_int_equal(parsed("2026-03-01T16:00:00-0800"), MIDNIGHT);
    assert_int_equal(parsed("2026-03-02T02:00:00.000+02"), MIDNIGHT);
}

static void calendar_is_gregorian(void **state)
{
    (void)state;
    assert_int_equal(parsed("2000-01-01T00:00:00Z"), INT64_C(946684800000));
    assert_int_equal(parsed("2000-02-29T00:00:00Z"), INT64_C(951782400000));
    assert_int_equal(parsed("2024-02-29T23:59:59Z"), INT64_C(1709251199000));
    assert_int_equal(parsed("2100-12-31T23:59:59Z"), INT64_C(4133980799000));
    assert_int_equal(parsed("2100-02-29T00:00:00Z"), -1);
    assert_int_equal(parsed("2023-02-29T00:00:00Z"), -1);
    assert_int_equal(parsed("1999-12-31T23:59:59Z"), -1);
    assert_int_equal(parsed("2101-01-01T00:00:00Z"), -1);
}

static void leap_second_counts_as_59(void **state)
{
    (void)state;
    assert_int_equal(parsed("2016-12-31T23:59:60Z"), parsed("2016-12-31T23:59:59Z"));
    assert_int_equal(parsed("2016-12-31T23:59:61Z"), -1);
}

static void epochs_are_told_by_their_digits(void **state)
{
    (void)state;
    assert_int_equal(parsed("1772409600"), MIDNIGHT);
    assert_int_equal(parsed("1772409600.1239"), MIDNIGHT + 123);
    assert_int_equal(parsed("1772409600123"), MIDNIGHT + 123);
    assert_int_equal(parsed("1772409600123.9"), MIDNIGHT + 123);
    assert_int_equal(parsed("1772409600123999"), MIDNIGHT + 123);
    assert_int_equal(parsed("1772409600123999.5"), MIDNIGHT + 123);
    assert_int_equal(parsed("1.7724096e9"), MIDNIGHT);
    assert_int_equal(parsed("1.7724096E+12"), MIDNIGHT);
    assert_int_equal(parsed("1.7724096e15"), MIDNIGHT);
}

static void other_texts_are_no_times(void **state)
{
    static const char *const texts[] = {"",
                                        "0",
                                        "-1",
                                        "now",
                                        "177240960",
                                        "17724096001",
                                        "1772409600123999000",
                                        "1772409600.",
                                        "1772409600x",
                                        "1772409600.5.5",
                                        "9999999999",
                                        "1e3",
                                        "1e400",
                                        "2026-03-02",
                                        "2026-03-02T00:00Z",
                                        "2026-3-2T00:00:00Z",
                                        "2026-13-02T00:00:00Z",
                                        "2026-00-02T00:00:00Z",
                                        "2026-04-31T00:00:00Z",
                                        "2026-04-00T00:00:00Z",
                                        "2026-03-02T24:00:00Z",
                                        "2026-03-02T00:60:00Z",
                                        "2026-03-02T00:00:00.Z",
                                        "2026-03-02T00:00:00Zx",
                                        "2026-03-02T00:00:00+1",
                                        "2026-03-02T00:00:00+24:00",
                                        "2026-03-02T00:00:00+01:60",
                                        "2026-03-02T00:00:00+01:00x",
                                        "2026-03-02T00:00:00 CET",
                                        "02/03/2026 00:00:00",
                                        " 1772409600"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(parsed(texts[i]), -1);
}

static void log_times_have_english_months(void **state)
{
    (void)state;
    assert_int_equal(parsed_log("10/Oct/2000:13:55:36 -0700"), INT64_C(971211336000));
    assert_int_equal(parsed_log("02/Mar/2026:05:30:00 +0530"), MIDNIGHT);
    assert_int_equal(parsed_log("31/Dec/2025:23:59:59 +0000"), INT64_C(1767225599000));
    assert_int_equal(parsed_log("02/mar/2026:00:00:00 +0000"), -1);
    assert_int_equal(parsed_log("02/anF/2026:00:00:00 +0000"), -1);
    assert_int_equal(parsed_log("31/Feb/2026:00:00:00 +0000"), -1);
    assert_int_equal(parsed_log("02/Mar/2026:00:00:00"), -1);
    assert_int_equal(parsed_log("2/Mar/2026:00:00:00 +0000"), -1);
    assert_int_equal(parsed_log("02/Ma"), -1);
    assert_int_equal(parsed_log(""), -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_times_with_and_without_zone),
        cmocka_unit_test(calendar_is_gregorian),
        cmocka_unit_test(leap_second_counts_as_59),
        cmocka_unit_test(epochs_are_told_by_their_digits),
        cmocka_unit_test(other_texts_are_no_times),
        cmocka_unit_test(log_times_have_english_months),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
