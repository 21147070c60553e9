/* The run report: the lines monitoring systems read, and JSON that renders the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/render.h"
#include "shared/render_html.h"
#include "shared/report.h"

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

/* The report of the manual's example, with what a hostile page could put into it. */
static struct report example(void)
{
    static const struct metric metrics[] = {{"open", "", "1", "", "0"},
                                            {"time", "s", "0.5", "", ""},
                                            {"new", "", "1", "3", ""}};
    static const struct check checks[] = {{"js_exception", "JavaScript errors", 12, 1}};
    static struct mute mute = {"t/muted/x", 20515, "redesign", "kim"};
    static const char *const lines[] = {"cta  control 50.00 %"};
    static const char *const files[] = {"weights/cta.json"};
    static const char *const problems[] = {"source 'events': 3 lines rejected"};
    struct report report = {.tool = "watchdog",
                            .has_through = true,
                            .through = day_from_civil(2026, 3, 8),
                            .status = VERDICT_WARN,
                            .exit = 1,
                            .summary = "1 open, 1 new of 41 signals",
                            .metrics = metrics,
                            .nmetrics = 3,
                            .checks = checks,
                            .nchecks = 1,
                            .muted = {&mute, 1, 1},
                            .lines = lines,
                            .nlines = 1,
                            .files = files,
                            .nfiles = 1,
                            .problems = problems,
                            .nproblems = 1};

    findings_add(&report.findings, &arena,
                 (struct finding){.id = "watchdog/js_exception/page=/a|b",
                                  .severity = SEVERITY_WARN,
                                  .status = STATUS_NEW,
                                  .since = report.through,
                                  .message = "errors in 5.83 %",
                                  .n = 4120,
                                  .statistic = "p 3e-9",
                                  .because = "Safari only",
                                  .url = "https://shop.example/a"});
    findings_add(&report.findings, &arena,
                 (struct finding){.id = "watchdog/rage_click/site",
                                  .severity = SEVERITY_WARN,
                                  .status = STATUS_RESOLVED,
                                  .since = report.through - 5,
                                  .message = "rage clicks",
                                  .file = "events/a.jsonl",
                                  .line = 7});
    return report;
}

static const char text[] =
    "WATCHDOG WARNING - 1 open, 1 new of 41 signals | open=1;;;0 time=0.5s new=1;3\n"
    "cta  control 50.00 %\n"
    "warn watchdog/js_exception/page=/a\xc2\xa6"
    "b: errors in 5.83 %, new, https://shop.example/a; Safari only (p 3e-9)\n"
    "warn watchdog/rage_click/site: rage clicks, resolved, events/a.jsonl:7\n"
    "muted t/muted/x until 2026-03-03 (redesign, kim)\n"
    "note: source 'events': 3 lines rejected\n";

static void text_is_one_line_a_finding_with_perfdata_on_the_first(void **state)
{
    struct report report = example();
    struct buf out;

    (void)state;
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    report_format_text(&report, true, &out);
    assert_string_equal(out.at, text);
}

static void json_read_again_renders_the_same_text(void **state)
{
    struct report report = example();
    struct report again;
    struct err err = {0};
    struct buf json, out;

    (void)state;
    buf_init(&json, &arena, REPORT_BYTES_MAX);
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    assert_true(report_format_json(&report, &json, &err));
    assert_true(report_parse(buf_str(&json), "watchdog", &arena, &again, &err));
    report_format_text(&again, true, &out);
    assert_string_equal(out.at, text);
    assert_int_equal(again.checks[0].judged, 12);
    report_release(&again);
}

static void a_report_that_is_none_is_refused_by_name(void **state)
{
#define HEAD "{\"schema\": 1, \"tool\": \"t\", \"summary\": \"\", "
    static const char *const bad[] = {
        "",
        "WATCHDOG OK",
        "{}",
        "{\"schema\": 2, \"tool\": \"t\", \"summary\": \"\", \"status\": \"ok\", \"exit\": 0}",
        HEAD "\"status\": \"fine\", \"exit\": 0}",
        HEAD "\"status\": \"ok\", \"exit\": 4}",
        HEAD "\"status\": \"ok\", \"exit\": 0, \"findings\": [{\"id\": \"t/a\"}]}",
        HEAD "\"status\": \"ok\", \"exit\": 0, \"more\": 0.5}",
        HEAD "\"status\": \"ok\", \"exit\": 0, \"more\": {\"a\": [1e2]}}",
    };
#undef HEAD

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct report report;
        struct err err = {0};

        assert_false(report_parse(str_of(bad[i]), "t.json", &arena, &report, &err));
        assert_int_equal(strncmp(err.text, "t.json", 6), 0);
    }
}

/* A report of `levels` in all. */
static const char *nested(int levels)
{
    struct buf out;

    buf_init(&out, &arena, KIB);
    buf_add_text(&out, "{\"schema\": 1, \"tool\": \"t\", \"status\": \"ok\", "
                       "\"exit\": 0, \"summary\": \"\", \"more\": ");
    for (int i = 1; i < levels; i++)
        buf_add_text(&out, "[");
    for (int i = 1; i < levels; i++)
        buf_add_text(&out, "]");
    buf_add_text(&out, "}");
    return out.at;
}

static void what_is_passed_on_is_as_deep_as_can_be_written_again(void **state)
{
    struct report report;
    struct err err = {0};
    struct buf out;

    (void)state;
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    assert_true(report_parse(str_of(nested(62)), "t", &arena, &report, &err));
    assert_true(reports_render(&report, 1, FORMAT_JSON, NULL, &out, &err));
    report_release(&report);
    assert_false(report_parse(str_of(nested(63)), "t", &arena, &report, &err));
    assert_non_null(strstr(err.text, "t:1: nested deeper than 62"));
}

static void several_reports_have_the_worst_verdict_and_one_line_of_perfdata(
    void **state)
{
    static const char head[] =
        "ROUNDS UNKNOWN - no verdict of bandit; 1 open (0 crit, 1 warn), 1 new, "
        "1 resolved in 2 tools | open=1;;;0 new=1 resolved=1 tools=2\n"
        "WATCHDOG WARNING - ";
    struct err why = {.text = "timed out"};
    struct report reports[2];
    struct buf out;

    (void)state;
    reports[0] = example();
    reports[1] = report_unknown("bandit", &why);
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    reports_format_text(reports, 2, &out);
    assert_int_equal(strncmp(out.at, head, sizeof head - 1), 0);
    assert_non_null(strstr(out.at, "\nBANDIT UNKNOWN - timed out\n"));
    assert_null(strchr(strchr(out.at, '|') + 1, '|'));
}

/* ESC, C1's CSI, DEL, a newline, a line separator, three marks of direction, a tag. */
#define LOUD                                                         \
    "\\u001b[31m\\u009b2J\\u007f\\u000a\\u2028\\u202e\\u200f\\u2066" \
    "\\udb40\\udc41"

static const char loud[] =
    "{\"schema\": 1, \"tool\": \"watchdog\", \"through\": \"2026-03-08\", \"status\": "
    "\"unknown\", \"exit\": 3, \"summary\": \"s" LOUD "\", \"metrics\": [{\"name\": "
    "\"open\", \"unit\": \"u" LOUD "\", \"value\": \"v" LOUD "\", \"warn\": \"w" LOUD
    "\", \"min\": \"m" LOUD "\"}], \"checks\": [{\"id\": \"c" LOUD "\", \"title\": "
    "\"t" LOUD "\", \"judged\": 2, \"found\": 1}], \"muted\": [{\"id\": \"i" LOUD
    "\", \"until\": \"2026-03-09\", \"why\": \"y" LOUD "\", \"who\": \"k" LOUD
    "\"}], \"lines\": [\"l" LOUD "\"], \"problems\": [\"p" LOUD
    "\"], \"files\": [\"f" LOUD "\"], \"tables\": [{\"title\": \"a, t" LOUD
    "\", \"columns\": [{\"name\": \"n" LOUD
    "\", \"align\": \"left\"}], \"rows\": [[\"r" LOUD "\"]]}], \"charts\": [{\"id\": "
    "\"h" LOUD "\", \"title\": \"t" LOUD "\", \"unit\": \"u" LOUD "\", \"kind\": "
    "\"bar\", \"x\": [\"x" LOUD "\"], \"series\": [{\"name\": \"n" LOUD
    "\", \"values\": [\"1\"]}], \"band\": null, \"limit\": \"l" LOUD
    "\", \"episodes\": [], \"marks\": [{\"x\": \"x" LOUD "\", \"text\": \"t" LOUD
    "\"}]}], \"findings\": [{\"id\": \"watchdog/a/" LOUD "\", \"severity\": \"crit\", "
    "\"status\": \"new\", \"since\": \"2026-03-08\", \"message\": \"m" LOUD
    "\", \"value\": \"v" LOUD "\", \"limit\": \"l" LOUD "\", \"unit\": \"u" LOUD
    "\", \"n\": 4, \"statistic\": \"s" LOUD "\", \"because\": \"b" LOUD
    "\", \"where\": {\"url\": \"h" LOUD "\", \"file\": \"f" LOUD
    "\", \"line\": 3}}], \"confined\": {\"write\": \"\\u001b\\u202e\"}}";

static void assert_quiet(const struct buf *out, const char *format)
{
    static const char *const raw[] = {"\033",   "\xc2\x9b", "\177",   "\u2028",
                                      "\u202e", "\u200f",   "\u2066", "\U000e0041"};

    assert_false(out->overflowed);
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
        if (strstr(out->at, raw[i]))
            fail_msg("%s has the raw character %zu: %s", format, i, out->at);
}

static void controls_and_directions_of_a_report_file_are_raw_in_no_format(void **state)
{
    static const char *const shows[REPORT_FORMATS] = {
        [FORMAT_TEXT] = "m\\u{1B}[31m\\u{9B}2J\\u{7F}\\u{0A}\\u{2028}\\u{202E}",
        [FORMAT_JSON] = "m\\\\u{1B}[31m",
        [FORMAT_MARKDOWN] = "m\\u{1B}[31m",
        [FORMAT_GITHUB] = "m\\u{1B}[31m",
        [FORMAT_SARIF] = "m\\\\u{1B}[31m",
        [FORMAT_JUNIT] = "m\\u{1B}[31m",
        [FORMAT_PROM] = "rounds_run_status{tool=\"watchdog\"} 3",
    };
    struct report report;
    struct err err = {0};
    struct buf out;

    (void)state;
    if (!report_parse(str_of(loud), "t.json", &arena, &report, &err))
        fail_msg("%s", err.text);
    for (int f = 0; f < REPORT_FORMATS; f++) {
        buf_init(&out, &arena, REPORT_BYTES_MAX);
        assert_true(report_render(&report, (enum report_format)f, &out, &err));
        assert_quiet(&out, report_formats[f]);
        if (!strstr(out.at, shows[f]))
            fail_msg("%s does not have %s: %s", report_formats[f], shows[f], out.at);
    }
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    render_summary(&report, 1, &(const struct run_facts){.site = ""}, &out);
    assert_quiet(&out, "summary");
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    assert_true(render_html(&report, 1, &(const struct run_facts){.site = ""}, MIB,
                            &out, &err));
    assert_quiet(&out, "html");
    report_release(&report);
}

/* They stand unescaped in metrics and in XML. */
static void names_of_a_report_file_are_names(void **state)
{
#define HEAD(tool)                                                                          \
    "{\"schema\": 1, \"status\": \"ok\", \"exit\": 0, \"summary\": \"\", \"tool\": \"" tool \
    "\""
    static const char *const bad[][2] = {
        {HEAD("") "}", "t.json: /tool: '' is not the name of a tool"},
        {HEAD("a\\\"/><b") "}", "/tool: 'a\"/><b' is not"},
        {HEAD("a\\u001b") "}", "/tool: 'a\\u{1B}' is not"},
        {HEAD("t") ", \"metrics\": [{\"name\": \"a b=1;\"}]}",
         "/metrics/0/name: 'a b=1;' is not the name of a metric"},
    };
#undef HEAD

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct report report;
        struct err err = {0};

        assert_false(report_parse(str_of(bad[i][0]), "t.json", &arena, &report, &err));
        if (!strstr(err.text, bad[i][1]))
            fail_msg("%s", err.text);
    }
}

#define ARENA_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(text_is_one_line_a_finding_with_perfdata_on_the_first),
        ARENA_TEST(json_read_again_renders_the_same_text),
        ARENA_TEST(a_report_that_is_none_is_refused_by_name),
        ARENA_TEST(controls_and_directions_of_a_report_file_are_raw_in_no_format),
        ARENA_TEST(names_of_a_report_file_are_names),
        ARENA_TEST(what_is_passed_on_is_as_deep_as_can_be_written_again),
        ARENA_TEST(several_reports_have_the_worst_verdict_and_one_line_of_perfdata),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
