/* Dates of sitemaps and feeds. Seconds are those of `date -u -d TEXT +%s` (GNU
 * coreutils 9.1); the refused ones follow W3C NOTE-datetime and the calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "seocheck/sitemap.h"

#include "shared/banned.h"

struct row {
    const char *text;
    int64_t time_s;
};

static struct lastmod w3c(const char *text)
{
    struct lastmod lastmod;

    lastmod_parse(str_of(text), &lastmod);
    return lastmod;
}

static struct lastmod rfc822(const char *text)
{
    struct lastmod lastmod;

    lastmod_parse_rfc822(str_of(text), &lastmod);
    return lastmod;
}

static void a_time_is_read_with_its_zone(void **state)
{
    static const struct row rows[] = {
        {"2026-11-20T08:00:00+02:00", 1795154400},
        {"2026-11-20T23:59Z", 1795219140},
        {"2026-11-20T23:30:15.25-05:30", 1795237215},
        {"1969-12-31T23:59:59Z", -1},
        {"9999-12-31T23:59:59Z", INT64_C(253402300799)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lastmod lastmod = w3c(rows[i].text);

        assert_int_equal(lastmod.status, LASTMOD_GOOD);
        assert_true(lastmod.has_time);
        assert_true(lastmod.time_s == rows[i].time_s);
    }
}

static void a_date_is_its_own_day(void **state)
{
    static const struct row rows[] = {{"2024-02-29", 1709164800},
                                      {"0001-01-01", INT64_C(-62135596800)}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lastmod lastmod = w3c(rows[i].text);

        assert_int_equal(lastmod.status, LASTMOD_GOOD);
        assert_false(lastmod.has_time);
        assert_true(lastmod.time_s == rows[i].time_s);
        assert_true(lastmod.day == rows[i].time_s / 86400);
    }
}

static void years_and_months_are_coarse(void **state)
{
    (void)state;
    assert_int_equal(w3c("2026").status, LASTMOD_COARSE);
    assert_int_equal(w3c("2026-12").status, LASTMOD_COARSE);
    assert_int_equal(w3c("").status, LASTMOD_NONE);
}

static void what_breaks_grammar_or_calendar_is_bad(void **state)
{
    static const char *const rows[] = {"2026-02-30",
                                       "2026-01-01T24:00Z",
                                       "2026-01-01T10:00",
                                       "2026-01-01T10:00:00",
                                       "2026-13",
                                       "2026-00",
                                       "2026-11-00",
                                       "2026-11-31",
                                       "2025-02-29",
                                       "1900-02-29",
                                       "0000-01-01",
                                       "0000",
                                       "26-01-01",
                                       "02026",
                                       "2026-1-1",
                                       "2026/01/01",
                                       "20260101",
                                       "2026-01-01 10:00Z",
                                       "2026-01-01t10:00Z",
                                       "2026-01-01T10:00z",
                                       "2026-01-01T",
                                       "2026-01-01TZ",
                                       "2026-01-01T10Z",
                                       "2026-01-01T10:60Z",
                                       "2026-01-01T10:00:60Z",
                                       "2026-01-01T10:00:00.Z",
                                       "2026-01-01T10:00.5Z",
                                       "2026-01-01T10:00:00,5Z",
                                       "2026-01-01T10:00+2:00",
                                       "2026-01-01T10:00+0200",
                                       "2026-01-01T10:00+24:00",
                                       "2026-01-01T10:00+02:60",
                                       "2026-01-01T10:00-Z",
                                       "2026-01-01T10:00Z ",
                                       " 2026-01-01",
                                       "2026-01-01Z",
                                       "2026-",
                                       "2026-01-",
                                       "yesterday",
                                       "-2026",
                                       "1700000000",
                                       "Sat, 07 Sep 2002 09:42:31 GMT"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lastmod lastmod = w3c(rows[i]);

        if (lastmod.status != LASTMOD_BAD)
            fail_msg("'%s' passed", rows[i]);
        assert_true(str_equal(lastmod.text, str_of(rows[i])));
    }
}

static void a_time_has_the_day_of_utc_until_a_zone_is_known(void **state)
{
    // 2026-11-20 in a zone of +02:00: from 22:00 UTC of the 19th
    static const int64_t starts_ms[] = {INT64_C(1795125600000), INT64_C(1795212000000)};
    const struct day_bounds bounds = {.first = 20777,
                                      .n = 1,
                                      .at_ms =
                                          starts_ms}; // days since 1970, by date -d
    struct lastmod late = w3c("2026-11-19T23:30:00Z");
    struct lastmod date = w3c("2026-11-19");
    struct lastmod far = w3c("2027-01-01T00:00:00Z");
    struct lastmod old = w3c("1969-12-31T23:59:59Z");

    (void)state;
    assert_int_equal(late.day, 20776);
    lastmod_in_zone(&late, &bounds);
    assert_int_equal(late.day, 20777);
    lastmod_in_zone(&date, &bounds);
    assert_int_equal(date.day, 20776);
    lastmod_in_zone(&far, &bounds); // the bounds do not hold it
    assert_int_equal(far.day, 20819);
    assert_int_equal(old.day, -1);
}

static void a_pubdate_is_rfc_822(void **state)
{
    static const struct row rows[] = {
        {"Sat, 07 Sep 2002 09:42:31 GMT", 1031391751},
        {"7 Sep 2002 09:42 EST", 1031409720},
        {"Sat, 7 sep 02 09:42:31 gmt", 1031391751},
        {"Sun, 01 Jan 2023 00:30:00 +0200", 1672525800},
        {"Sun, 01 Jan 2023 00:30:00 -0000", 1672533000},
        {"07 Sep 2002 09:42:31 Z", 1031391751},
    };
    static const char *const bad[] = {"2002-09-07T09:42:31Z",
                                      "Sat, 31 Sep 2002 09:42:31 GMT",
                                      "Sat, 07 Sep 2002 24:00:00 GMT",
                                      "Sat, 07 Sep 2002 09:42:31",
                                      "Sat, 07 Sep 2002",
                                      "Sat, 07 Foo 2002 09:42:31 GMT",
                                      "Sat, 07 Sep 202 09:42:31 GMT",
                                      "Sat, 07 Sep 2002 09:42:31 XYZ",
                                      "Sat, 07 Sep 2002 09:42:31 -GMT",
                                      "Sat 07 Sep 2002 09:42:31 GMT",
                                      "Sat, 07 Sep 2002 09:42:31 GMTs"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lastmod lastmod = rfc822(rows[i].text);

        if (lastmod.status != LASTMOD_GOOD || lastmod.time_s != rows[i].time_s)
            fail_msg("'%s' is not %lld", rows[i].text, (long long)rows[i].time_s);
        assert_true(lastmod.has_time);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rfc822(bad[i]).status != LASTMOD_BAD)
            fail_msg("'%s' passed", bad[i]);
    assert_int_equal(rfc822("").status, LASTMOD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_read_with_its_zone),
        cmocka_unit_test(a_date_is_its_own_day),
        cmocka_unit_test(years_and_months_are_coarse),
        cmocka_unit_test(what_breaks_grammar_or_calendar_is_bad),
        cmocka_unit_test(a_time_has_the_day_of_utc_until_a_zone_is_known),
        cmocka_unit_test(a_pubdate_is_rfc_822),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
