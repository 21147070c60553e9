/* Days and zones. Instants of changes are those of the IANA time zone database, as
 * `zdump -v ZONE` prints them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define HOUR_MS   INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)

static int32_t day(const char *text)
{
    int32_t parsed;

    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

static bool is_date(const char *text)
{
    int32_t parsed;

    return day_parse(text, strlen(text), &parsed);
}

static void enter(const char *zone)
{
    struct err err;

    assert_true(zone_enter(zone, &err));
}

static int64_t start_ms(struct arena *arena, const char *text)
{
    return day_bounds_new(arena, day(text), 1).at_ms[0];
}

static int64_t length_ms(struct arena *arena, const char *text)
{
    struct day_bounds bounds = day_bounds_new(arena, day(text), 1);

    return bounds.at_ms[1] - bounds.at_ms[0];
}

static int make_arena(void **state)
{
    static struct arena arena;

    arena_init(&arena, 16 * MIB);
    *state = &arena;
    return 0;
}

static int drop_arena(void **state)
{
    arena_release(*state);
    return 0;
}

// `date -u -d @$((days * 86400)) +%F` of coreutils
static void days_are_counted_from_1970(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("1972-03-01"), 790);
    assert_int_equal(day("2000-02-29"), 11016);
    assert_int_equal(day("2026-03-02"), 20514);
    assert_int_equal(day("2999-12-31"), 376199);
}

static void every_day_has_one_date_and_comes_back_from_it(void **state)
{
    int32_t previous = -1;

    (void)state;
    for (int32_t d = day("1970-01-01"); d <= day("2999-12-31"); d++) {
        int32_t again = day(day_text(d).text);

        assert_int_equal(again, d);
        assert_int_equal(again, previous + 1);
        previous = again;
    }
}

static void days_before_1970_are_dates_too(void **state)
{
    int year, month, date;

    (void)state;
    day_to_civil(-1, &year, &month, &date);
    assert_int_equal(year, 1969);
    assert_int_equal(month, 12);
    assert_int_equal(date, 31);
    assert_int_equal(day_from_civil(1600, 2, 29),
                     -135081);            // 370 years, 90 of them leap, less 59 days
    assert_int_equal(day_weekday(-1), 2); // a Wednesday
    assert_int_equal(day_weekday(-4), 6);
}

static void only_real_dates_written_in_full_are_dates(void **state)
{
    static const char *const no_dates[] = {
        "",           "2026-3-02",  "2026-03-2",  "2026-03-02 ",          " 2026-03-02",
        "2026-02-29", "2026-00-10", "2026-13-01", "2026-04-31",           "2026-04-00",
        "1969-12-31", "3000-01-01", "2026/03/02", "2100-02-29",           "2026-03-0x",
        "+026-03-02", "20260302",   "2026-03-32", "2026-03-02T00:00:00Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof no_dates / sizeof *no_dates; i++)
        assert_false(is_date(no_dates[i]));
    assert_true(is_date("2024-02-29"));
    assert_true(is_date("2000-02-29"));
}

static void weekdays_begin_on_monday(void **state)
{
    (void)state;
    assert_int_equal(day_weekday(day("1970-01-01")), 3); // a Thursday
    assert_int_equal(day_weekday(day("2026-03-02")), 0);
    assert_int_equal(day_weekday(day("2026-03-08")), 6);
}

static void an_unknown_zone_is_refused_and_leaves_the_zone_alone(void **state)
{
    static const char *const unknown[] = {
        "",
        "Europe/Berln",
        "europe/berlin",
        "../../../etc/passwd",
        "zone.tab",
        "Europe",
        "/etc/localtime",
        "Europe/../UTC",
        "Europe//Berlin",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        ":Europe/Berlin",
        "right/UTC",
        "tzdata.zi",
        "Europe/",
    };
    struct err err;

    (void)state;
    assert_true(zone_enter("UTC", &err));
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_false(zone_enter(unknown[i], &err));
        assert_non_null(strstr(err.text, "time zone"));
        assert_string_equal(getenv("TZ"), "UTC0");
    }
}

static void a_file_beside_the_zones_that_is_none_is_refused(void **state)
{
    const char *base = getenv("TMPDIR");
    char *folder = str_format(*state, "%s/rounds-zones-XXXXXX", base ? base : "build");
    char *path;
    struct err err;
    FILE *file;

    assert_non_null(mkdtemp(folder));
    path = str_format(*state, "%s/README", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs("TZ files are elsewhere\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(setenv("TZDIR", folder, 1), 0);
    assert_false(zone_enter("README", &err));
    assert_int_equal(unsetenv("TZDIR"), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void utc_needs_no_zone_files(void **state)
{
    struct err err;

    assert_int_equal(setenv("TZDIR", "/dev/null", 1), 0);
    assert_true(zone_enter("UTC", &err));
    assert_false(zone_enter("Europe/Berlin", &err));
    assert_int_equal(unsetenv("TZDIR"), 0);
    assert_int_equal(start_ms(*state, "2026-03-02"), INT64_C(20514) * 24 * HOUR_MS);
}

static void days_of_summer_time_changes_have_23_and_25_hours(void **state)
{
    enter("Europe/Berlin");
    assert_int_equal(start_ms(*state, "2026-03-29"),
                     INT64_C(1774738800000)); // 28 March 23:00 UTC
    assert_int_equal(length_ms(*state, "2026-03-28"), 24 * HOUR_MS);
    assert_int_equal(length_ms(*state, "2026-03-29"), 23 * HOUR_MS);
    assert_int_equal(length_ms(*state, "2026-10-25"), 25 * HOUR_MS);
    enter("America/New_York");
    assert_int_equal(length_ms(*state, "2026-03-08"), 23 * HOUR_MS);
    assert_int_equal(length_ms(*state, "2026-11-01"), 25 * HOUR_MS);
}

static void lord_howe_changes_by_half_an_hour(void **state)
{
    enter("Australia/Lord_Howe");
    assert_int_equal(length_ms(*state, "2026-04-05"), 24 * HOUR_MS + 30 * MINUTE_MS);
    assert_int_equal(length_ms(*state, "2026-10-04"), 24 * HOUR_MS - 30 * MINUTE_MS);
}

// 2018-11-04 03:00 UTC: 00:00 became 01:00. 2018-02-18 02:00 UTC: 00:00 became 23:00 of
// the 17th.
static void a_day_without_midnight_starts_at_its_first_instant(void **state)
{
    enter("America/Sao_Paulo");
    assert_int_equal(start_ms(*state, "2018-11-04"), INT64_C(1541300400000));
    assert_int_equal(length_ms(*state, "2018-11-03"), 24 * HOUR_MS);
    assert_int_equal(length_ms(*state, "2018-11-04"), 23 * HOUR_MS);
    assert_int_equal(length_ms(*state, "2018-02-17"), 25 * HOUR_MS);
    assert_int_equal(length_ms(*state, "2018-02-18"), 24 * HOUR_MS);
}

// Cuba 2026-11-01 05:00 UTC: 01:00 became 00:00
static void a_day_with_two_midnights_starts_at_the_first(void **state)
{
    enter("America/Havana");
    assert_int_equal(start_ms(*state, "2026-11-01"),
                     INT64_C(1793505600000)); // 04:00 UTC
    assert_int_equal(length_ms(*state, "2026-11-01"), 25 * HOUR_MS);
}

// Samoa went from 29 December 2011 to the 31st, at 2011-12-30 10:00 UTC.
static void a_day_that_never_was_is_empty_and_never_found(void **state)
{
    struct day_bounds bounds;
    int32_t found;

    enter("Pacific/Apia");
    bounds = day_bounds_new(*state, day("2011-12-29"), 3);
    assert_int_equal(bounds.at_ms[1], INT64_C(1325239200000));
    assert_int_equal(bounds.at_ms[2], bounds.at_ms[1]);
    assert_int_equal(bounds.at_ms[1] - bounds.at_ms[0], 24 * HOUR_MS);
    assert_int_equal(bounds.at_ms[3] - bounds.at_ms[2], 24 * HOUR_MS);
    assert_true(day_bounds_find(&bounds, bounds.at_ms[1], &found));
    assert_int_equal(found, day("2011-12-31"));
    assert_true(day_bounds_find(&bounds, bounds.at_ms[1] - 1, &found));
    assert_int_equal(found, day("2011-12-29"));
}

/* `TZ=Europe/Berlin date -d '2026-03-29 03:30' +%s` and so on, of coreutils. */
static void minutes_are_what_the_clock_shows(void **state)
{
    static const struct {
        const char *day;
        int minute;
        int64_t s;
    } want[] = {
        {"2026-03-02", 0, 1772406000},    {"2026-03-02", 1439, 1772492340},
        {"2026-03-29", 90, 1774744200},   {"2026-03-29", 210, 1774747800},
        {"2026-03-29", 1439, 1774821540}, {"2026-10-25", 60, 1792882800},
        {"2026-10-25", 210, 1792895400},  {"2026-10-25", 1439, 1792969140},
    };

    enter("Europe/Berlin");
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_int_equal(day_minute_ms(start_ms(*state, want[i].day), want[i].minute),
                         want[i].s * 1000);
    // 02:30, which is left out: between 01:59 and 04:00
    assert_in_range(day_minute_ms(start_ms(*state, "2026-03-29"), 150),
                    INT64_C(1774746000000), INT64_C(1774749600000));
}

static void bounds_do_not_depend_on_what_was_asked_before(void **state)
{
    static const char *const zones[] = {"America/St_Johns", "America/Havana",
                                        "Europe/Berlin"};

    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        struct day_bounds forward;

        enter(zones[z]);
        forward = day_bounds_new(*state, day("2009-01-01"), 1000);
        for (size_t i = 1000; i > 0; i--) {
            struct day_bounds one =
                day_bounds_new(*state, forward.first + (int32_t)i - 1, 1);

            assert_int_equal(one.at_ms[0], forward.at_ms[i - 1]);
            assert_true(forward.at_ms[i - 1] < forward.at_ms[i]);
        }
    }
}

static void an_instant_belongs_to_the_day_that_began_last(void **state)
{
    struct day_bounds bounds;
    int32_t found = -1;

    enter("Europe/Berlin");
    bounds = day_bounds_new(*state, day("2026-03-27"), 5);
    for (size_t i = 0; i < bounds.n; i++) {
        assert_true(day_bounds_find(&bounds, bounds.at_ms[i], &found));
        assert_int_equal(found, bounds.first + (int32_t)i);
        assert_true(day_bounds_find(&bounds, bounds.at_ms[i + 1] - 1, &found));
        assert_int_equal(found, bounds.first + (int32_t)i);
    }
    found = -1;
    assert_false(day_bounds_find(&bounds, bounds.at_ms[0] - 1, &found));
    assert_false(day_bounds_find(&bounds, bounds.at_ms[bounds.n], &found));
    assert_int_equal(found, -1);
    bounds = day_bounds_new(*state, day("2026-03-27"), 0);
    assert_false(day_bounds_find(&bounds, bounds.at_ms[0], &found));
}

static void a_day_is_complete_when_its_end_and_the_lag_have_passed(void **state)
{
    int64_t end;

    enter("Europe/Berlin");
    end = start_ms(*state, "2026-03-30"); // of the 29th, 23 hours long
    assert_int_equal(clock_last_complete_day(end, 0), day("2026-03-29"));
    assert_int_equal(clock_last_complete_day(end - 1, 0), day("2026-03-28"));
    assert_int_equal(clock_last_complete_day(end + 3 * HOUR_MS, 3), day("2026-03-29"));
    assert_int_equal(clock_last_complete_day(end + 3 * HOUR_MS - 1, 3),
                     day("2026-03-28"));
    // 72 hours before is 23:00 of the 26th
    assert_int_equal(clock_last_complete_day(end, 72), day("2026-03-25"));
    assert_int_equal(clock_last_complete_day(end + HOUR_MS, 72), day("2026-03-26"));
}

static void the_clock_is_after_this_was_written(void **state)
{
    (void)state;
    assert_true(clock_now_ms() > INT64_C(1750000000000));
    assert_true(clock_now_ms() < INT64_C(32503680000000)); // year 3000: they are ms
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(every_day_has_one_date_and_comes_back_from_it),
        cmocka_unit_test(days_before_1970_are_dates_too),
        cmocka_unit_test(only_real_dates_written_in_full_are_dates),
        cmocka_unit_test(weekdays_begin_on_monday),
        cmocka_unit_test(an_unknown_zone_is_refused_and_leaves_the_zone_alone),
        cmocka_unit_test(a_file_beside_the_zones_that_is_none_is_refused),
        cmocka_unit_test(utc_needs_no_zone_files),
        cmocka_unit_test(days_of_summer_time_changes_have_23_and_25_hours),
        cmocka_unit_test(lord_howe_changes_by_half_an_hour),
        cmocka_unit_test(a_day_without_midnight_starts_at_its_first_instant),
        cmocka_unit_test(a_day_with_two_midnights_starts_at_the_first),
        cmocka_unit_test(a_day_that_never_was_is_empty_and_never_found),
        cmocka_unit_test(minutes_are_what_the_clock_shows),
        cmocka_unit_test(bounds_do_not_depend_on_what_was_asked_before),
        cmocka_unit_test(an_instant_belongs_to_the_day_that_began_last),
        cmocka_unit_test(a_day_is_complete_when_its_end_and_the_lag_have_passed),
        cmocka_unit_test(the_clock_is_after_this_was_written),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
