/* CrUX as its API documents it: numbers and numbers as text, missing periods, weeks.
 * Levels are those of perfcheck.md 11. */
#include <string.h>

#include "perfcheck/crux.h"
#include "shared/clock.h"
#include "shared/limits.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

static struct arena arena;
static struct settings settings;
static struct crux_points points;
static struct findings findings;
static struct err err;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    settings = (struct settings){0};
    points = (struct crux_points){0};
    findings = (struct findings){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct str quoted(const char *text)
{
    char *copy = str_copy(&arena, text, strlen(text));

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return str_of(copy);
}

static bool parse(const char *text)
{
    return crux_parse(quoted(text), "crux-1.json", &arena, &points, &err);
}

static int32_t day(const char *text)
{
    int32_t parsed = 0;

    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

#define PERIOD(y, m, d)                                                            \
    "{'firstDate': {'year': 2026, 'month': 1, 'day': 1}, 'lastDate': {'year': " #y \
    ", 'month': " #m ", 'day': " #d "}}"

/* As in the API's reference, histograms cut short. */
static const char record[] =
    "{'record': {'key': {'formFactor': 'PHONE', 'url': 'https://shop.example/'},"
    "'metrics': {"
    "'cumulative_layout_shift': {'histogram': [{'start': '0.00', 'end': '0.10', "
    "'density': 0.9}], 'percentiles': {'p75': '0.05'}},"
    "'form_factors': {'fractions': {'phone': 1}},"
    "'largest_contentful_paint': {'histogram': [{'start': 0, 'end': 2500, 'density': "
    "0.8}], 'percentiles': {'p75': 2154}},"
    "'experimental_time_to_first_byte': {'percentiles': {'p75': 812}}},"
    "'collectionPeriod': " PERIOD(
        2026, 11,
        14) "},"
            "'urlNormalizationDetails': {'originalUrl': 'https://shop.example',"
            "'normalizedUrl': 'https://shop.example/'}}";

static const struct crux_point *point(enum vital vital, size_t nth)
{
    for (size_t i = 0; i < points.n; i++)
        if (points.item[i].vital == vital && nth-- == 0)
            return &points.item[i];
    fail_msg("no such point");
    return NULL;
}

static void a_record_gives_a_point_a_metric(void **state)
{
    (void)state;
    assert_true(parse(record));
    assert_int_equal(points.n, 3);
    assert_near(point(VITAL_CLS, 0)->p75, .05, 0, 0);
    assert_near(point(VITAL_LCP, 0)->p75, 2154, 0, 0);
    assert_near(point(VITAL_TTFB, 0)->p75, 812, 0, 0);
    assert_string_equal(point(VITAL_LCP, 0)->where, "https://shop.example/");
    assert_string_equal(point(VITAL_LCP, 0)->device, "mobile");
    assert_false(point(VITAL_LCP, 0)->is_origin);
    assert_int_equal(point(VITAL_LCP, 0)->day, day("2026-11-14"));
}

static void a_history_leaves_missing_periods_out(void **state)
{
    (void)state;
    assert_true(parse(
        "{'query': {'origin': 'https://shop.example'}, 'reply': {'record': {'key': "
        "{'origin': 'https://shop.example'},'metrics': {"
        "'cumulative_layout_shift': {'histogramTimeseries': [{'start': '0.00', 'end': "
        "'0.10', 'densities': [0.9, 'NaN', 0.8, 0.7]}], 'percentilesTimeseries': "
        "{'p75s': ['0.05', null, 'NaN', '0.30']}},"
        "'interaction_to_next_paint': {'percentilesTimeseries': {'p75s': [null, 'NaN', "
        "120, 240]}}},"
        "'collectionPeriods': [" PERIOD(2026, 10, 24) "," PERIOD(
            2026, 10, 31) "," PERIOD(2026, 11, 7) "," PERIOD(2026, 11, 14) "]}}}"));
    assert_int_equal(points.n, 4);
    assert_near(point(VITAL_CLS, 1)->p75, .3, 0, 0);
    assert_int_equal(point(VITAL_CLS, 1)->day, day("2026-11-14"));
    assert_int_equal(point(VITAL_INP, 0)->day, day("2026-11-07"));
    assert_true(point(VITAL_INP, 0)->is_origin);
    assert_string_equal(point(VITAL_INP, 0)->device, "all");
}

static void no_data_is_no_point_and_no_fault(void **state)
{
    (void)state;
    assert_true(parse("{'query': {'url': 'https://shop.example/'}, 'reply': {'error': "
                      "{'code': 404, 'message': 'chrome ux report data not found', "
                      "'status': 'NOT_FOUND'}}}"));
    assert_int_equal(points.n, 0);
}

static void what_is_no_answer_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{'record': ",
        "{}",
        "{'record': {'key': {}, 'metrics': {}, 'collectionPeriod': " PERIOD(2026, 11,
                                                                            14) "}}",
        "{'record': {'key': {'url': 'u', 'formFactor': 'WATCH'}, 'metrics': {}, "
        "'collectionPeriod': " PERIOD(2026, 11, 14) "}}",
        "{'record': {'key': {'url': 'u'}, 'metrics': {}}}",
        "{'record': {'key': {'url': 'u'}, 'metrics': {}, 'collectionPeriod': " PERIOD(
            2026, 2, 30) "}}",
        "{'record': {'key': {'url': 'u'}, 'metrics': [], 'collectionPeriod': " PERIOD(
            2026, 11, 14) "}}",
        "{'record': {'key': {'url': 'u'}, 'metrics': {'largest_contentful_paint': "
        "{'percentiles': {'p75': 'fast'}}}, 'collectionPeriod': " PERIOD(2026, 11,
                                                                         14) "}}",
        "{'record': {'key': {'url': 'u'}, 'metrics': {'largest_contentful_paint': "
        "{'percentiles': {'p75': -5}}}, 'collectionPeriod': " PERIOD(2026, 11, 14) "}}",
        "{'record': {'key': {'url': 'u'}, 'metrics': {'largest_contentful_paint': "
        "{'percentilesTimeseries': {'p75s': [1, 2]}}}, 'collectionPeriods': [" PERIOD(
            2026, 11, 14) "]}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err.text[0] = '\0';
        assert_false(parse(bad[i]));
        assert_non_null(strstr(err.text, "crux-1.json"));
        assert_int_equal(points.n, 0);
    }
}

/* ---- PageSpeed Insights ---- */

static void psi_with(const char *loading)
{
    struct str text = quoted(loading);
    struct lhr lhr = {.form = FORM_DESKTOP,
                      .page = STR("https://shop.example/final"),
                      .time_ms = (int64_t)day("2026-11-16") * 86400000 + 3600000,
                      .has_psi = true,
                      .loading = {text.at, text.n, SPAN_OBJECT}};

    crux_of_psi(&lhr, &arena, &points);
}

static void psi_gives_its_percentiles_cls_a_hundredfold(void **state)
{
    (void)state;
    psi_with("{'id': 'https://shop.example/', 'metrics': {"
             "'CUMULATIVE_LAYOUT_SHIFT_SCORE': {'percentile': 12, 'distributions': "
             "[{'min': 25, 'proportion': 0.1}, {'min': 0, 'max': 10, 'proportion': "
             "0.9}], 'category': 'AVERAGE'},"
             "'INTERACTION_TO_NEXT_PAINT': {'percentile': 216},"
             "'EXPERIMENTAL_TIME_TO_FIRST_BYTE': {'percentile': 500},"
             "'FIRST_CONTENTFUL_PAINT_MS': {'percentile': 1500},"
             "'LARGEST_CONTENTFUL_PAINT_MS': {'category': 'FAST'}},"
             "'overall_category': 'AVERAGE'}");
    assert_int_equal(points.n, 4); // LCP has no percentile
    assert_near(point(VITAL_CLS, 0)->p75, .12, 1e-15, 0);
    assert_near(point(VITAL_INP, 0)->p75, 216, 0, 0);
    assert_near(point(VITAL_FCP, 0)->p75, 1500, 0, 0);
    assert_string_equal(point(VITAL_INP, 0)->where, "https://shop.example/");
    assert_string_equal(point(VITAL_INP, 0)->device, "desktop");
    assert_int_equal(point(VITAL_INP, 0)->day, day("2026-11-16"));
    assert_false(point(VITAL_INP, 0)->is_origin);
}

static void psi_may_name_inp_with_ms_and_stand_for_the_origin(void **state)
{
    (void)state;
    psi_with("{'id': 'https://shop.example', 'origin_fallback': true, 'metrics': "
             "{'INTERACTION_TO_NEXT_PAINT_MS': {'percentile': 90}}}");
    assert_int_equal(points.n, 1);
    assert_near(point(VITAL_INP, 0)->p75, 90, 0, 0);
    assert_true(point(VITAL_INP, 0)->is_origin);
}

static void psi_without_field_data_gives_none(void **state)
{
    (void)state;
    psi_with("{'initial_url': 'https://shop.example/'}");
    psi_with("{'metrics': 7}");
    psi_with("{'metrics': {'LARGEST_CONTENTFUL_PAINT_MS': {'percentile': 'x'}}}");
    psi_with("{'metrics': {'LARGEST_CONTENTFUL_PAINT_MS': []}}");
    assert_int_equal(points.n, 0);
}

/* ---- levels ---- */

/* Weekly points of LCP, ending on Saturdays from 2026-06-06 on; returns the last day.
 */
static int32_t weeks(const double *p75, size_t n)
{
    int32_t first = day("2026-06-06");

    for (size_t i = 0; i < n; i++) {
        points.item = arena_room(&arena, points.item, points.n, &points.capacity,
                                 sizeof *points.item);
        points.item[points.n++] = (struct crux_point){
            .device = "mobile",
            .where = "https://shop.example/",
            .vital = VITAL_LCP,
            .day = first + 7 * (int32_t)i,
            .p75 = p75[i],
        };
    }
    return first + 7 * (int32_t)(n - 1);
}

static void judge(int32_t as_of)
{
    findings = (struct findings){0};
    crux_judge(&settings, &points, as_of, &arena, &findings);
}

static void a_level_is_lost_after_four_weekly_points(void **state)
{
    static const double p75[] = {2400, 2400, 2420, 2450, 2510, 2600, 2700, 2800};
    int32_t last;

    (void)state;
    last = weeks(p75, 8);
    judge(last - 7);
    assert_int_equal(findings.n, 0);
    judge(last);
    assert_int_equal(findings.n, 1);
    assert_string_equal(findings.item[0].id,
                        "perfcheck/crux-lcp/mobile/https://shop.example/");
    assert_int_equal(findings.item[0].severity, SEVERITY_INFO);
    assert_int_equal(findings.item[0].since, last);
    assert_string_equal(findings.item[0].value, "2800");
    assert_string_equal(findings.item[0].limit, "2500");
    // against the newest point that is four weeks older
    assert_non_null(strstr(findings.item[0].message, "is no longer good"));
    assert_non_null(strstr(findings.item[0].message, "was 2450"));
    assert_non_null(strstr(findings.item[0].message, "up to 4 weeks behind"));
    assert_int_equal(findings.item[0].n, 0);
    judge(last + 50); // for as long as it is so, and points are not old
    assert_int_equal(findings.n, 1);
    assert_int_equal(findings.item[0].since, last);
    judge(last + 61);
    assert_int_equal(findings.n, 0);
}

static void a_level_that_comes_back_was_never_lost(void **state)
{
    static const double p75[] = {2400, 2400, 2400, 2400, 2600, 2600,
                                 2600, 2400, 2600, 2600, 2600, 2400};

    (void)state;
    judge(weeks(p75, 12));
    assert_int_equal(findings.n, 0);
}

static void a_step_within_a_level_is_none(void **state)
{
    static const double p75[] = {1000, 1000, 1000, 1000, 2400, 2400, 2400, 2400};

    (void)state;
    judge(weeks(p75, 8));
    assert_int_equal(findings.n, 0);
}

static void a_level_won_is_said_for_four_weeks(void **state)
{
    static const double p75[] = {4100, 4100, 4100, 4100, 2600, 2600, 2600, 2600};
    int32_t last;

    (void)state;
    last = weeks(p75, 8);
    judge(last + 28);
    assert_int_equal(findings.n, 1);
    assert_non_null(strstr(findings.item[0].message, "is no longer poor"));
    assert_string_equal(findings.item[0].limit, "4000");
    judge(last + 29);
    assert_int_equal(findings.n, 0);
}

static void back_to_good_ends_a_loss(void **state)
{
    static const double p75[] = {2400, 2400, 2400, 2400, 2600, 2600,
                                 2600, 2600, 2400, 2400, 2400, 2400};

    (void)state;
    judge(weeks(p75, 12));
    assert_int_equal(findings.n, 1);
    assert_non_null(strstr(findings.item[0].message, "is good now"));
}

static void a_level_lost_twice_over_is_poor_now(void **state)
{
    static const double p75[] = {2400, 2400, 2400, 2400, 4100, 4100, 4100, 4100};

    (void)state;
    judge(weeks(p75, 8));
    assert_int_equal(findings.n, 1);
    assert_non_null(strstr(findings.item[0].message, "is poor now"));
    assert_string_equal(findings.item[0].unit, "ms");
}

static void a_level_is_told_as_severe_as_configured_or_not_at_all(void **state)
{
    static const double p75[] = {2400, 2400, 2400, 2400, 4100, 4100, 4100, 4100};
    struct severity_rule rule = {.check = "crux-*", .severity = SEVERITY_WARN};
    int32_t last = weeks(p75, 8);

    (void)state;
    settings.severity = &rule;
    settings.nseverities = 1;
    judge(last);
    assert_int_equal(findings.item[0].severity, SEVERITY_WARN);
    rule.is_off = true;
    judge(last);
    assert_int_equal(findings.n, 0);
}

static void layout_shift_has_two_decimals_and_no_unit(void **state)
{
    static const double p75[] = {.05, .05, .05, .05, .1234, .1234, .1234, .1234};

    (void)state;
    judge(weeks(p75, 8));
    for (size_t i = 0; i < points.n; i++)
        points.item[i].vital = VITAL_CLS;
    judge(points.item[points.n - 1].day);
    assert_int_equal(findings.n, 1);
    assert_string_equal(findings.item[0].id,
                        "perfcheck/crux-cls/mobile/https://shop.example/");
    assert_string_equal(findings.item[0].value, "0.12");
    assert_string_equal(findings.item[0].limit, "0.1");
}

static void points_of_one_week_are_one(void **state)
{
    (void)state;
    for (int32_t i = 0; i < 60; i++) { // daily, over the limit for the last 20 days
        double p75 = i < 40 ? 2400 : 2600;
        int32_t at = weeks(&p75, 1);

        points.item[points.n - 1].day = at + i;
        if (i < 58) // 2026-06-06 is a Saturday: the 4th Sunday over is i = 57
            continue;
        judge(at + i);
        assert_int_equal(findings.n, 1);
    }
    points.n = 57;
    judge(day("2026-06-06") + 56);
    assert_int_equal(findings.n, 0);
}

/* The fourth point comes six days early: the last good one is 22 days before it. */
static void points_less_than_four_weeks_apart_are_not_compared(void **state)
{
    static const double p75[] = {2400, 2400, 2410, 2420, 2600, 2600, 2600, 2600};
    int32_t last;

    (void)state;
    last = weeks(p75, 8);
    for (size_t i = 0; i < 8; i++)
        points.item[i].day += i < 7 ? 1 : -5; // Sundays, and a Monday
    judge(last);
    assert_int_equal(findings.n, 1);
    assert_non_null(strstr(findings.item[0].message, "was 2410"));
}

static void pages_origins_and_devices_are_apart(void **state)
{
    static const double good[] = {2400, 2400, 2400, 2400},
                        bad[] = {2600, 2600, 2600, 2600};
    int32_t last;

    (void)state;
    (void)weeks(good, 4);
    last = weeks(bad, 4);
    for (size_t i = 4; i < 8; i++) {
        points.item[i].is_origin = true;
        points.item[i].day += 28;
    }
    judge(last + 28);
    assert_int_equal(findings.n, 0);
    for (size_t i = 4; i < 8; i++) {
        points.item[i].is_origin = false;
        points.item[i].device = "desktop";
    }
    judge(last + 28);
    assert_int_equal(findings.n, 0);
    for (size_t i = 4; i < 8; i++)
        points.item[i].device = "mobile";
    judge(last + 28);
    assert_int_equal(findings.n, 1);
}

static void points_after_the_day_are_not_seen(void **state)
{
    static const double p75[] = {2400, 2400, 2400, 2400, 2600, 2600, 2600, 2600};

    (void)state;
    judge(weeks(p75, 8) - 1);
    assert_int_equal(findings.n, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_record_gives_a_point_a_metric),
        TEST(a_history_leaves_missing_periods_out),
        TEST(no_data_is_no_point_and_no_fault),
        TEST(what_is_no_answer_is_refused),
        TEST(psi_gives_its_percentiles_cls_a_hundredfold),
        TEST(psi_may_name_inp_with_ms_and_stand_for_the_origin),
        TEST(psi_without_field_data_gives_none),
        TEST(a_level_is_lost_after_four_weekly_points),
        TEST(a_level_that_comes_back_was_never_lost),
        TEST(a_step_within_a_level_is_none),
        TEST(a_level_won_is_said_for_four_weeks),
        TEST(back_to_good_ends_a_loss),
        TEST(a_level_lost_twice_over_is_poor_now),
        TEST(a_level_is_told_as_severe_as_configured_or_not_at_all),
        TEST(layout_shift_has_two_decimals_and_no_unit),
        TEST(points_of_one_week_are_one),
        TEST(points_less_than_four_weeks_apart_are_not_compared),
        TEST(pages_origins_and_devices_are_apart),
        TEST(points_after_the_day_are_not_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
