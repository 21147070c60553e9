/* The run report: the lines monitoring systems read, and JSON that renders the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"
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

static void several_reports_have_the_worst_verdict_and_one_line_of_perfdata(
    void **state)
{
    struct err why = {.text = "timed out"};
    struct report reports[2];
    struct buf out;

    (void)state;
    reports[0] = example();
    reports[1] = report_unknown("bandit", &why);
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    reports_format_text(reports, 2, &out);
    assert_int_equal(
        strncmp(out.at,
                "ROUNDS UNKNOWN - 1 open (0 crit, 1 warn), 1 new, 1 resolved in 2 "
                "tools | open=1;;;0 new=1 resolved=1 tools=2\nWATCHDOG WARNING - ",
                126),
        0);
    assert_non_null(strstr(out.at, "\nBANDIT UNKNOWN - timed out\n"));
    assert_null(strchr(strchr(out.at, '|') + 1, '|'));
}

#define ARENA_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(text_is_one_line_a_finding_with_perfdata_on_the_first),
        ARENA_TEST(json_read_again_renders_the_same_text),
        ARENA_TEST(a_report_that_is_none_is_refused_by_name),
        ARENA_TEST(several_reports_have_the_worst_verdict_and_one_line_of_perfdata),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
