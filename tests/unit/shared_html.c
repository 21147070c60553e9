/*
 * The page and its charts. Coordinates are worked out by hand from the frame in plot.c:
 * 400 wide; left 12 + 7.6 a character of the longest tick, right 378, top 30, bottom
 * 172; a column a day, points in the middle of theirs.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/render_html.h"
#include "shared/render_svg.h"
#include "tests/lib/near.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const char *const days[] = {"2026-03-01", "2026-03-02", "2026-03-03",
                                   "2026-03-04"};

/* A chart of the first days with one series. */
static struct chart chart_of(enum chart_kind kind, const struct chart_series *series,
                             size_t nseries, size_t npoints)
{
    return (struct chart){.id = "c",
                          .title = "A chart",
                          .unit = "",
                          .kind = kind,
                          .x = days,
                          .npoints = npoints,
                          .series = series,
                          .nseries = nseries,
                          .limit = ""};
}

static const char *svg_of(const struct chart *chart)
{
    struct plot plot = plot_new(chart, 400, &arena);
    struct buf out;

    buf_init(&out, &arena, MIB);
    render_svg(&plot, "id", &out);
    return out.at;
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no '%s' in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("'%s' in:\n%s", part, text);
}

static void a_line_goes_through_the_middles_of_its_days(void **state)
{
    const struct chart_series series[] = {{"a", (const char *const[]){"0", "10", "5"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 3);

    (void)state;
    // ticks 0 5 10, so left = 27.2; a third of 350.8 is 116.93; 142 units for 10
    assert_contains(svg_of(&chart),
                    "<path class=\"line s0\" d=\"M85.7 172L202.6 30L319.5 101\"/>");
}

static void a_missing_value_is_a_gap_and_a_lone_one_a_dot(void **state)
{
    const struct chart_series series[] = {
        {"a", (const char *const[]){"10", NULL, "0", "5"}}};
    const struct chart_series lone[] = {
        {"a", (const char *const[]){"n/a", "10", NULL, "0"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 4);
    const char *svg = svg_of(&chart);

    (void)state;
    // a quarter is 87.7: middles 71.05, 158.75, 246.45, 334.15
    assert_contains(svg, "class=\"line s0\" d=\"M246.5 172L334.2 101\"/>");
    assert_contains(svg, "<circle class=\"f0\" r=\"1.8\" cx=\"71.1\" cy=\"30\"/>");
    chart.series = lone;
    svg = svg_of(&chart);
    assert_contains(svg, "cx=\"158.8\" cy=\"30\"/>");
    assert_lacks(svg, "class=\"line");
}

static void a_day_that_is_not_there_leaves_its_room(void **state)
{
    const char *const x[] = {"2026-03-01", "2026-03-04"};
    const struct chart_series series[] = {{"a", (const char *const[]){"10", "0"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 2);

    (void)state;
    chart.x = x;
    assert_contains(svg_of(&chart), "d=\"M71.1 30L334.2 172\"/>");
}

static void a_stack_is_steps_on_what_is_under_it(void **state)
{
    const struct chart_series series[] = {
        {"a", (const char *const[]){"60", "20", NULL, "50"}},
        {"b", (const char *const[]){"40", "80", NULL, "50"}}};
    struct chart chart = chart_of(CHART_STACK, series, 2, 4);
    const char *svg = svg_of(&chart);

    (void)state;
    // ticks to 100, so left = 34.8; a quarter of 343.2 is 85.8; 1.42 units for 1
    assert_contains(svg, "<path class=\"area s0\" fill=\"url(#p0)\" "
                         "d=\"M34.8 86.8H120.6L120.6 143.6H206.4"
                         "L206.4 172H120.6L120.6 172H34.8Z\"/>");
    assert_contains(svg, "<path class=\"area s1\" fill=\"url(#p1)\" "
                         "d=\"M34.8 30H120.6L120.6 30H206.4"
                         "L206.4 143.6H120.6L120.6 86.8H34.8Z\"/>");
    assert_contains(svg, "d=\"M292.2 101H378L378 172H292.2Z\"/>");
}

static void a_stack_ends_before_a_day_that_is_not_there(void **state)
{
    const char *const x[] = {"2026-03-01", "2026-03-04"};
    const struct chart_series series[] = {{"a", (const char *const[]){"100", "100"}}};
    struct chart chart = chart_of(CHART_STACK, series, 1, 2);
    const char *svg;

    (void)state;
    chart.x = x;
    svg = svg_of(&chart);
    assert_contains(svg, "d=\"M34.8 30H120.6L120.6 172H34.8Z\"/>");
    assert_contains(svg, "d=\"M292.2 30H378L378 172H292.2Z\"/>");
}

static void shares_that_round_to_more_than_the_whole_stay_within_it(void **state)
{
    const struct chart_series series[] = {{"a", (const char *const[]){"33.34"}},
                                          {"b", (const char *const[]){"66.67"}}};
    struct chart chart = chart_of(CHART_STACK, series, 2, 1);

    (void)state;
    chart.unit = "%";
    // 100.01 / 4 would ask for steps of 50, up to 150
    assert_lacks(svg_of(&chart), ">150<");
    assert_contains(svg_of(&chart), ">75<");
}

static void bars_of_names_lie_and_say_their_numbers(void **state)
{
    static const char *const names[] = {"de", "fr"};
    const struct chart_series series[] = {{"a", (const char *const[]){"100", "50"}}};
    struct chart chart = chart_of(CHART_BAR, series, 1, 2);
    const char *svg;

    (void)state;
    chart.x = names;
    svg = svg_of(&chart);
    // left = 14 + 2 * 7.6 = 29.2, right = 348: 318.8 for 100; rows of 21 from 4 on,
    // 0.12 of it above the bar, which is 0.76 of it less 2
    assert_contains(svg, "x=\"29.2\" y=\"6.5\" width=\"318.8\" height=\"14\"/>");
    assert_contains(svg, "x=\"29.2\" y=\"27.5\" width=\"159.4\" height=\"14\"/>");
    assert_contains(svg, ">50</text>");
}

static void a_band_ends_where_a_bound_is_missing(void **state)
{
    const char *const low[] = {"2", NULL, "2", "2"};
    const char *const high[] = {"8", "8", "8", "8"};
    const struct chart_series series[] = {
        {"a", (const char *const[]){"10", "0", "5", "5"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 4);
    const char *svg;

    (void)state;
    chart.low = low;
    chart.high = high;
    svg = svg_of(&chart);
    // 8 is at 172 - 113.6 = 58.4, 2 at 143.6
    assert_contains(svg, "<path class=\"band\" d=\"M27.2 58.4L71.1 58.4L114.9 58.4"
                         "L114.9 143.6L71.1 143.6L27.2 143.6Z\"/>");
    assert_contains(svg, "d=\"M202.6 58.4L246.5 58.4L334.2 58.4L378 58.4"
                         "L378 143.6L334.2 143.6L246.5 143.6L202.6 143.6Z\"/>");
}

static void a_limit_is_a_line_with_its_number_or_said_to_be_above(void **state)
{
    const struct chart_series series[] = {
        {"a", (const char *const[]){"1", "2", "2", "10"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 4);

    (void)state;
    chart.unit = "%";
    chart.limit = "5";
    assert_contains(svg_of(&chart), "class=\"limit\" d=\"M27.2 101L378 101\"/>");
    // its words to the left: on the right a line passes through their place
    assert_contains(svg_of(&chart),
                    "<text class=\"limit\" x=\"31.2\" y=\"96\">limit 5 %<");
    chart.limit = "41";
    assert_contains(svg_of(&chart), ">limit 41 %, above this chart<");
    assert_contains(svg_of(&chart), ">10<"); // its ticks are still the data's
}

static void episodes_shade_their_days_and_say_how_bad(void **state)
{
    static const struct chart_episode episodes[] = {
        {"2026-03-02", "2026-03-03", SEVERITY_CRIT},
        {"2026-02-01", "2026-03-01", SEVERITY_WARN},
        {"2026-01-01", "2026-01-03", SEVERITY_INFO}};
    const struct chart_series series[] = {
        {"a", (const char *const[]){"10", "0", "5", "5"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 4);
    const char *svg;

    (void)state;
    chart.episode = episodes;
    chart.nepisodes = 3;
    svg = svg_of(&chart);
    assert_contains(svg, "<rect class=\"shade crit\" x=\"114.9\" y=\"30\" "
                         "width=\"175.4\" height=\"142\"/>");
    assert_contains(svg, ">crit</text>");
    assert_contains(svg, "<rect class=\"shade warn\" x=\"27.2\" y=\"30\" "
                         "width=\"87.7\" height=\"142\"/>"); // it began before
    assert_lacks(svg, "shade info");                         // it ended before
}

static void nothing_but_gaps_is_no_data(void **state)
{
    const struct chart_series series[] = {
        {"a", (const char *const[]){NULL, "1e400", "nan"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 3);

    (void)state;
    assert_contains(svg_of(&chart), ">no data</text>");
    chart.npoints = chart.nseries = 0;
    assert_contains(svg_of(&chart), ">no data</text>");
}

static void a_chart_has_a_name_and_says_what_it_shows(void **state)
{
    const struct chart_series series[] = {
        {"errors", (const char *const[]){"1.0", "4.9", NULL, "2.5"}}};
    struct chart chart = chart_of(CHART_LINE, series, 1, 4);
    const char *svg;

    (void)state;
    chart.unit = "%";
    chart.limit = "3";
    svg = svg_of(&chart);
    assert_contains(svg, "viewBox=\"0 0 400 196\" role=\"img\" "
                         "aria-labelledby=\"id-t id-d\"><title id=\"id-t\">A chart<");
    assert_contains(svg, "<desc id=\"id-d\">Lines, %, from 2026-03-01 to 2026-03-04. "
                         "errors: 1.0 to 4.9, last 2.5. Limit 3.</desc>");
}

/* ---- the page ---- */

static struct report report_of(const struct chart *charts, size_t ncharts)
{
    return (struct report){.tool = "watchdog",
                           .has_through = true,
                           .through = day_from_civil(2026, 3, 8),
                           .status = VERDICT_WARN,
                           .exit = 1,
                           .summary = "1 open",
                           .charts = charts,
                           .ncharts = ncharts};
}

static const char *page_of(const struct report *report, size_t most)
{
    const struct run_facts facts = {.site = "https://shop.example"};
    struct buf out = {.arena = &arena};
    struct err err = {0};

    if (!render_html(report, 1, &facts, most, &out, &err))
        fail_msg("%s", err.text);
    assert_true(out.n <= most);
    return out.at;
}

static void findings_have_their_age_in_days_of_data(void **state)
{
    struct report report = report_of(NULL, 0);
    const char *page;

    (void)state;
    findings_add(&report.findings, &arena,
                 (struct finding){.id = "watchdog/a/b",
                                  .severity = SEVERITY_WARN,
                                  .status = STATUS_OPEN,
                                  .since = report.through - 9,
                                  .message = "errors, 5 of 3",
                                  .value = "5",
                                  .limit = "30"});
    findings_add(&report.findings, &arena,
                 (struct finding){.id = "watchdog/a/c",
                                  .severity = SEVERITY_CRIT,
                                  .status = STATUS_NEW,
                                  .since = report.through,
                                  .message = "worse"});
    findings_add(&report.findings, &arena,
                 (struct finding){.id = "watchdog/a/gone",
                                  .severity = SEVERITY_CRIT,
                                  .status = STATUS_RESOLVED,
                                  .since = report.through,
                                  .message = "over"});
    page = page_of(&report, MIB);
    assert_contains(page,
                    "<b>9 days</b><span class=\"since\"> since 2026-02-27</span>");
    assert_contains(page, "<b>1 critical</b> and <b>1 warning</b> open, 1 new. "
                          "1 resolved lately.");
    assert_true(strstr(page, "watchdog/a/c") < strstr(page, "watchdog/a/b"));
    assert_lacks(page, "watchdog/a/gone");
    assert_contains(page, "limit 30"); // the message has not said it
    assert_lacks(page, "value 5");     // this it has
}

static void lines_in_columns_stand_only_where_no_table_says_them(void **state)
{
    static const char *const lines[] = {"a sentence", "arm  weight", "b    61"};
    static const struct table_column column = {"arm", false};
    static const char *const cells[] = {"b"};
    const struct table table = {"weights", &column, 1, cells, 1};
    struct report report = report_of(NULL, 0);
    const char *page;

    (void)state;
    report.lines = lines;
    report.nlines = 3;
    page = page_of(&report, MIB);
    assert_contains(page, ">a sentence\narm  weight\nb    61</pre>");
    report.tables = &table;
    report.ntables = 1;
    page = page_of(&report, MIB);
    assert_lacks(page, "a sentence");
    assert_lacks(page, "<pre");
    report.nlines = 1;
    page = page_of(&report, MIB);
    assert_contains(page, "<p class=\"note\">a sentence</p>");
}

static void outside_text_stays_text(void **state)
{
    static const char hostile[] = "<script>alert(1)</script>\"'&\x1b[2J\xe2\x80\xae";
    static const char *const cells[] = {hostile, NULL};
    static const struct table_column column = {hostile, false};
    const struct chart_series series[] = {{hostile, (const char *const[]){"1", "2"}}};
    const struct chart_mark mark = {hostile, hostile};
    const struct table table = {hostile, &column, 1, cells, 1};
    struct chart chart = chart_of(CHART_LINE, series, 1, 2);
    struct report report;
    const char *page;

    (void)state;
    chart.title = chart.unit = hostile;
    chart.mark = &mark;
    chart.nmarks = 1;
    report = report_of(&chart, 1);
    report.summary = hostile;
    report.tables = &table;
    report.ntables = 1;
    report.problems = cells;
    report.nproblems = 1;
    findings_add(&report.findings, &arena,
                 (struct finding){.id = hostile,
                                  .message = hostile,
                                  .value = hostile,
                                  .unit = hostile,
                                  .statistic = hostile,
                                  .because = hostile,
                                  .url = hostile});
    page = page_of(&report, MIB);
    assert_lacks(page, "<script");
    assert_lacks(page, "\x1b");
    assert_lacks(page, "\xe2\x80\xae");
    assert_contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"
                          "\\u{1B}[2J\\u{202E}");
}

static void the_page_refers_to_nothing_outside(void **state)
{
    static const char *const outside[] = {"<script", "<link",       "<img",   "<iframe",
                                          "<object", "@import",     " src=",  "http:",
                                          "url(h",   "javascript:", "onload", "onclick",
                                          "onerror"};
    const struct chart_series series[] = {{"a", (const char *const[]){"1", "2"}}};
    struct chart chart = chart_of(CHART_STACK, series, 1, 2);
    struct report report = report_of(&chart, 1);
    const char *page = page_of(&report, MIB);

    (void)state;
    assert_contains(page,
                    "<meta http-equiv=\"Content-Security-Policy\" "
                    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>");
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        assert_lacks(page, outside[i]);
}

/* `n` days before 2026-03-08, and as many values. */
static struct chart long_chart(size_t n)
{
    const char **x = arena_new(&arena, const char *, n);
    const char **value = arena_new(&arena, const char *, n);
    struct chart_series *series = arena_new(&arena, struct chart_series, 12);
    struct chart chart;

    for (size_t i = 0; i < n; i++) {
        int32_t day = day_from_civil(2026, 3, 8) - (int32_t)(n - 1 - i);

        x[i] = str_format(&arena, "%s", day_text(day).text);
        value[i] = str_format(&arena, "%zu.5", i % 7);
    }
    for (size_t s = 0; s < 12; s++)
        series[s] = (struct chart_series){"a", value};
    chart = chart_of(CHART_LINE, series, 12, n);
    chart.x = x;
    return chart;
}

static void a_page_that_would_be_too_large_drops_the_oldest_points(void **state)
{
    struct chart charts[20];
    struct report report;
    const char *page;

    (void)state;
    for (size_t i = 0; i < 20; i++)
        charts[i] = long_chart(400);
    report = report_of(charts, 20);
    page = page_of(&report, MIB);
    assert_contains(page, "<td>2026-03-08</td>");
    assert_lacks(page, "<td>2025-02-02</td>"); // day 400 back
    assert_contains(page, " Charts show their newest ");
    // not more than need be: 1 MiB is used but for a point's share
    assert_true(strlen(page) > MIB - (size_t)20 * 12 * 60);
    report.ncharts = 1;
    page = page_of(&report, MIB);
    assert_contains(page, "<td>2025-02-02</td>");
    assert_lacks(page, " Charts show their newest ");
}

static void findings_that_would_be_too_many_are_counted(void **state)
{
    struct report report = report_of(NULL, 0);

    (void)state;
    for (int i = 0; i < 5000; i++)
        findings_add(&report.findings, &arena,
                     (struct finding){.id = str_format(&arena, "watchdog/a/%04d", i),
                                      .severity = SEVERITY_WARN,
                                      .message = "wrong"});
    assert_contains(page_of(&report, MIB), "and 4800 more");
    assert_contains(page_of(&report, 48 * KIB), "and 49");
}

/* ---- colours ---- */

extern const char css_start[] __asm__("_binary_shared_report_css_start");
extern const char css_end[] __asm__("_binary_shared_report_css_end");

/* The colour "--NAME: #rrggbb" in the light or the dark part, as relative luminance:
 * WCAG 2.1, "relative luminance". */
static double luminance_of(const char *name, bool is_dark)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    // cppcheck-suppress comparePointers ; both ends are of one object file
    char *css = str_copy(&arena, css_start, (size_t)(css_end - css_start));
    const char *at = is_dark ? strstr(css, "prefers-color-scheme: dark") : css;
    double sum = 0;

    assert_non_null(at);
    at = strstr(at, str_format(&arena, " --%s: #", name));
    assert_non_null(at);
    at = strchr(at, '#') + 1;
    for (size_t i = 0; i < 3; i++) {
        const char part[] = {at[2 * i], at[2 * i + 1], '\0'};
        double share = (double)strtol(part, NULL, 16) / 255;

        sum += weights[i] *
               (share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/* WCAG 2.1, "contrast ratio". */
static double contrast_of(const char *one, const char *other, bool is_dark)
{
    double a = luminance_of(one, is_dark), b = luminance_of(other, is_dark);

    return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

static void text_stands_out_from_every_ground_it_stands_on(void **state)
{
    static const char *const pairs[][2] = {
        {"ink", "page"},         {"ink", "card"},
        {"soft", "page"},        {"soft", "card"},
        {"crit", "card"},        {"crit", "page"},
        {"crit", "crit-ground"}, {"warn", "card"},
        {"warn", "page"},        {"warn", "warn-ground"},
        {"ok", "card"},          {"ok", "page"},
        {"ok", "ok-ground"},     {"info", "card"},
        {"info", "info-ground"}, {"unknown", "card"},
        {"unknown", "page"},     {"unknown", "unknown-ground"},
        {"soft", "crit-ground"}, {"soft", "warn-ground"},
        {"soft", "ok-ground"},   {"soft", "unknown-ground"}};

    (void)state;
    for (int dark = 0; dark < 2; dark++)
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            if (contrast_of(pairs[i][0], pairs[i][1], dark) < 4.5)
                fail_msg("%s on %s, %s: %.2f", pairs[i][0], pairs[i][1],
                         dark ? "dark" : "light",
                         contrast_of(pairs[i][0], pairs[i][1], dark));
}

static void contrast_is_that_of_the_standard(void **state)
{
    (void)state;
    // #0072b2 on white, worked out in Python from WCAG's formula
    assert_near(contrast_of("c0", "card", false), 5.1854, 0, 0.0001);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_goes_through_the_middles_of_its_days),
        TEST(a_missing_value_is_a_gap_and_a_lone_one_a_dot),
        TEST(a_day_that_is_not_there_leaves_its_room),
        TEST(a_stack_is_steps_on_what_is_under_it),
        TEST(a_stack_ends_before_a_day_that_is_not_there),
        TEST(shares_that_round_to_more_than_the_whole_stay_within_it),
        TEST(bars_of_names_lie_and_say_their_numbers),
        TEST(a_band_ends_where_a_bound_is_missing),
        TEST(a_limit_is_a_line_with_its_number_or_said_to_be_above),
        TEST(episodes_shade_their_days_and_say_how_bad),
        TEST(nothing_but_gaps_is_no_data),
        TEST(a_chart_has_a_name_and_says_what_it_shows),
        TEST(findings_have_their_age_in_days_of_data),
        TEST(lines_in_columns_stand_only_where_no_table_says_them),
        TEST(outside_text_stays_text),
        TEST(the_page_refers_to_nothing_outside),
        TEST(a_page_that_would_be_too_large_drops_the_oldest_points),
        TEST(findings_that_would_be_too_many_are_counted),
        TEST(text_stands_out_from_every_ground_it_stands_on),
        TEST(contrast_is_that_of_the_standard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
