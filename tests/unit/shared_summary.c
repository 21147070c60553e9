/* REPORT.md and the comment: the page's example word for word (run-all.md 7), what is
 * left out when there is too much, and hostile text in every place there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/markdown.h"
#include "shared/render.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char head[] = "<!-- written by run-all.sh from state/*.json: change the "
                           "inputs, not this file -->\n# ";

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

static const char *comment(const struct report *reports, size_t n,
                           const struct run_facts *facts)
{
    struct buf out;

    buf_init(&out, &arena, REPORT_BYTES_MAX);
    render_markdown(reports, n, facts, &out);
    assert_false(out.overflowed);
    return out.at;
}

static const char *summary(const struct report *reports, size_t n,
                           const struct run_facts *facts)
{
    struct buf out;

    buf_init(&out, &arena, REPORT_BYTES_MAX);
    render_summary(reports, n, facts, &out);
    assert_false(out.overflowed);
    return out.at;
}

/* ---- the page's example ---- */

static const struct table_column arm_columns[] = {
    {"arm", false},     {"weight", true},      {"P(best)", true},
    {"sessions", true}, {"conversions", true}, {"lift over control", true}};
static const char *const arm_cells[] = {
    "control", "39.00 %", "0.36", "4210", "202", "",
    "b",       "61.00 %", "0.64", "5127", "254", "+3.3 % (-13.8 to +23.6)"};
static const struct table_column item_columns[] = {{"promotion", false},
                                                   {"status", false},
                                                   {"evidence", false}};
static const char *const item_cells[] = {
    "runtime_wiring",
    "pass",
    "61.3 % served for 61.0 % set, SRM p 0.41",
    "signal",
    "missing",
    "stable on 3 of 5 complete days; 5127 sessions of at least 20; P(best) 0.64"};
static const struct table bandit_tables[] = {{"cta, keep running", arm_columns, 6,
                                              arm_cells, 2},
                                             {"", item_columns, 3, item_cells, 2}};
static const struct table_column page_columns[] = {
    {"page", false}, {"performance", true}, {"accessibility", true},
    {"SEO", true},   {"LCP ms", true},      {"TBT ms", true},
    {"CLS", true}};
static const char *const page_cells[] = {"/p",   "71",  "98",  "100",
                                         "2310", "910", "0.02"};
static const struct table perfcheck_tables[] = {{"", page_columns, 7, page_cells, 1}};
static const struct table_column locale_columns[] = {{"locale", false},
                                                     {"present", true},
                                                     {"translated", true},
                                                     {"missing", true},
                                                     {"broken", true}};
static const char *const locale_cells[] = {"de", "99.2 %", "97.4 %", "11", "0"};
static const struct table i18ncheck_tables[] = {
    {"", locale_columns, 5, locale_cells, 1}};
static const char *const seocheck_lines[] = {
    "412 pages crawled, 38 routes declared, sitemap last changed on 2026-02-27"};
static struct mute mute = {"seocheck/title-missing/*", 0, "redesign", "kim"};

static void fill_example(struct report reports[5])
{
    static const enum verdict verdicts[] = {VERDICT_CRIT, VERDICT_OK, VERDICT_WARN,
                                            VERDICT_WARN, VERDICT_OK};

    int32_t day = day_from_civil(2026, 3, 8);

    for (size_t t = 0; t < TOOL_COUNT; t++)
        reports[t] = (struct report){.tool = tool_names[t],
                                     .has_through = true,
                                     .through = day,
                                     .status = verdicts[t],
                                     .summary = ""};
    findings_add(&reports[0].findings, &arena,
                 (struct finding){.id = "watchdog/js_exception/page=/checkout",
                                  .status = STATUS_NEW,
                                  .severity = SEVERITY_CRIT,
                                  .message = "JavaScript errors",
                                  .value = "5.83",
                                  .limit = "1.80",
                                  .unit = "%",
                                  .n = 4120,
                                  .since = day});
    findings_add(&reports[0].findings, &arena,
                 (struct finding){.id = "watchdog/rage_click/page=/search",
                                  .status = STATUS_OPEN,
                                  .severity = SEVERITY_WARN,
                                  .message = "rage clicks rose",
                                  .value = "2.13",
                                  .limit = "1.40",
                                  .unit = "%",
                                  .n = 893,
                                  .since = day - 2});
    findings_add(
        &reports[2].findings, &arena,
        (struct finding){.id = "perfcheck/regression-tbt/mobile/https://shop.example/p",
                         .status = STATUS_OPEN,
                         .severity = SEVERITY_WARN,
                         .message = "blocking time",
                         .value = "910",
                         .limit = "600",
                         .unit = "ms",
                         .n = 5,
                         .since = day - 3});
    findings_add(&reports[3].findings, &arena,
                 (struct finding){.id = "seocheck/lastmod-stale/blog",
                                  .status = STATUS_OPEN,
                                  .severity = SEVERITY_WARN,
                                  .message = "/blog changed after its lastmod",
                                  .value = "2026-03-03",
                                  .limit = "2026-02-11",
                                  .n = 1,
                                  .since = day - 4});
    mute.until = day_from_civil(2026, 12, 31);
    reports[1].tables = bandit_tables;
    reports[1].ntables = COUNT(bandit_tables);
    reports[2].tables = perfcheck_tables;
    reports[2].ntables = COUNT(perfcheck_tables);
    reports[3].muted = (struct muted){&mute, 1, 1};
    reports[3].lines = seocheck_lines;
    reports[3].nlines = COUNT(seocheck_lines);
    reports[4].tables = i18ncheck_tables;
    reports[4].ntables = COUNT(i18ncheck_tables);
}

static const struct finding_change moved[] = {
    {.change = CHANGE_NEW,
     .id = "watchdog/js_exception/page=/checkout",
     .has = true,
     .before = SEVERITY_CRIT,
     .now = SEVERITY_CRIT,
     .value_before = "",
     .value_now = "5.83",
     .limit_now = "1.80",
     .unit = "%",
     .message = "JavaScript errors"},
    {.change = CHANGE_RESOLVED,
     .id = "seocheck/link-broken/pricing",
     .had = true,
     .before = SEVERITY_WARN,
     .now = SEVERITY_WARN,
     .value_before = "404",
     .value_now = "200",
     .limit_now = "",
     .unit = "",
     .message = "page answers 404"},
};
static const struct fact_change facts_moved[] = {
    {"bandit", "/experiments/cta/weights_bp/b", "56.00", "61.00", "%"},
    {"i18ncheck", "/coverage/de/translated", "96.1", "97.4", "%"},
};
static const struct changes example_changes = {.finding = moved,
                                               .nfindings = 2,
                                               .fact = facts_moved,
                                               .nfacts = 2};

/* run-all.md 7, with the messages that it cuts written out. */
static const char example_text[] =
    "Rounds of shop.example\n"
    "**CRITICAL**: 4 open (1 crit, 3 warn), 1 new, 1 resolved\n"
    "\n"
    "watchdog critical (2), bandit ok, perfcheck warning (1), seocheck warning (1), "
    "i18ncheck ok, to 2026-03-08\n"
    "## Changed since the previous commit\n"
    "| change | what | before | now |\n"
    "|---|---|---:|---:|\n"
    "| new crit | `watchdog/js_exception/page=/checkout` JavaScript errors | | 5.83 % "
    "|\n"
    "| resolved | `seocheck/link-broken/pricing` page answers 404 | 404 | 200 |\n"
    "| weight | `bandit` cta, arm b | 56.00 % | 61.00 % |\n"
    "| coverage | `i18ncheck` de, translated | 96.1 % | 97.4 % |\n"
    "## Open findings\n"
    "| severity | finding | value | limit | n | since |\n"
    "|---|---|---:|---:|---:|---|\n"
    "| crit | `watchdog/js_exception/page=/checkout` JavaScript errors | 5.83 % | 1.80 "
    "% | 4120 | 2026-03-08 |\n"
    "| warn | `perfcheck/regression-tbt/mobile/https://shop.example/p` blocking time | "
    "910 ms | 600 ms | 5 | 2026-03-05 |\n"
    "| warn | `seocheck/lastmod-stale/blog` `/blog changed after its lastmod` | "
    "2026-03-03 | 2026-02-11 | 1 | 2026-03-04 |\n"
    "| warn | `watchdog/rage_click/page=/search` rage clicks rose | 2.13 % | 1.40 % | "
    "893 | 2026-03-06 |\n"
    "\n"
    "1 muted: `seocheck/title-missing/*` until 2026-12-31 (redesign, kim)\n"
    "## bandit: cta, keep running\n"
    "| arm | weight | P(best) | sessions | conversions | lift over control |\n"
    "|---|---:|---:|---:|---:|---:|\n"
    "| control | 39.00 % | 0.36 | 4210 | 202 | |\n"
    "| b | 61.00 % | 0.64 | 5127 | 254 | +3.3 % (-13.8 to +23.6) |\n"
    "\n"
    "| promotion | status | evidence |\n"
    "|---|---|---|\n"
    "| runtime_wiring | pass | 61.3 % served for 61.0 % set, SRM p 0.41 |\n"
    "| signal | missing | stable on 3 of 5 complete days; 5127 sessions of at least 20; "
    "P(best) 0.64 |\n"
    "## perfcheck\n"
    "| page | performance | accessibility | SEO | LCP ms | TBT ms | CLS |\n"
    "|---|---:|---:|---:|---:|---:|---:|\n"
    "| `/p` | 71 | 98 | 100 | 2310 | 910 | 0.02 |\n"
    "## seocheck\n"
    "412 pages crawled, 38 routes declared, sitemap last changed on 2026-02-27\n"
    "## i18ncheck\n"
    "| locale | present | translated | missing | broken |\n"
    "|---|---:|---:|---:|---:|\n"
    "| de | 99.2 % | 97.4 % | 11 | 0 |\n"
    "\n"
    "Mark findings in [catches.tsv](catches.tsv). [How limits are "
    "set](../docs/method.md), [keys](../docs/state.md)\n";

static void report_md_is_the_example_of_the_page(void **state)
{
    struct report reports[TOOL_COUNT];
    struct run_facts facts = {.site = "https://shop.example",
                              .changes = &example_changes};
    const char *out;

    (void)state;
    fill_example(reports);
    out = summary(reports, TOOL_COUNT, &facts);
    assert_int_equal(strncmp(out, head, strlen(head)), 0);
    assert_string_equal(out + strlen(head), example_text);
}

static void without_an_earlier_state_new_is_what_the_documents_call_new(void **state)
{
    struct report reports[TOOL_COUNT];
    struct run_facts facts = {.site = ""};
    const char *out;

    (void)state;
    fill_example(reports);
    out = summary(reports, TOOL_COUNT, &facts);
    assert_non_null(strstr(out, "-->\n# Rounds\n**CRITICAL**: 4 open (1 crit, 3 warn), "
                                "1 new, 0 resolved\n"));
    assert_non_null(
        strstr(out,
               "## Changed since the previous commit\nNo earlier state.\n## Open"));
}

static void nothing_to_say_is_said(void **state)
{
    static const struct changes none;
    struct report ok = {.tool = "watchdog", .status = VERDICT_OK, .summary = ""};
    struct run_facts facts = {.site = "", .changes = &none};

    (void)state;
    assert_string_equal(
        summary(&ok, 1, &facts),
        "<!-- written by run-all.sh from state/*.json: change the inputs, not this "
        "file -->\n# Rounds\n**OK**: 0 open (0 crit, 0 warn), 0 new, 0 resolved\n\n"
        "watchdog ok\n## Changed since the previous commit\nNothing changed.\n"
        "## Open findings\nNone.\n\nMark findings in [catches.tsv](catches.tsv). "
        "[How limits are set](../docs/method.md), [keys](../docs/state.md)\n");
}

static void days_that_differ_stand_at_each_tool(void **state)
{
    struct report reports[TOOL_COUNT];
    struct run_facts facts = {.site = ""};

    (void)state;
    fill_example(reports);
    reports[2].through--;
    reports[4].has_through = false;
    reports[4].status = VERDICT_UNKNOWN;
    reports[4].summary = "no report: timed out";
    assert_non_null(strstr(
        summary(reports, TOOL_COUNT, &facts),
        "**UNKNOWN**: 4 open (1 crit, 3 warn), 1 new, 0 resolved\n\n"
        "watchdog critical (2) to 2026-03-08, bandit ok to 2026-03-08, "
        "perfcheck warning (1) to 2026-03-07, seocheck warning (1) to 2026-03-08, "
        "i18ncheck unknown\n\ni18ncheck could not judge: no report: timed out\n##"));
}

/* ---- a tool's section ---- */

static void lines_in_columns_are_a_block_unless_tables_say_them(void **state)
{
    static const char *const lines[] = {"page   score", "a   ``` 5", "one sentence"};
    struct report report = {.tool = "perfcheck",
                            .summary = "",
                            .lines = lines,
                            .nlines = 3};

    (void)state;
    assert_non_null(strstr(comment(&report, 1, NULL),
                           "## perfcheck\n```text\npage   score\na   ''' 5\n"
                           "one sentence\n```\n"));
    report.tables = perfcheck_tables;
    report.ntables = 1;
    assert_non_null(strstr(comment(&report, 1, NULL), "| 0.02 |\n\n</details>\n"));
    report.lines = lines + 2; // sentences alone
    report.nlines = 1;
    assert_non_null(
        strstr(comment(&report, 1, NULL), "| 0.02 |\n\none sentence\n\n</details>\n"));
}

/* ---- too much ---- */

static void fill_findings(struct report *report, const char *tool, size_t n)
{
    *report = (struct report){.tool = tool, .status = VERDICT_WARN, .summary = ""};
    for (size_t i = 0; i < n; i++)
        findings_add(&report->findings, &arena,
                     (struct finding){.id = str_format(&arena, "%s/x/%05zu", tool, i),
                                      .severity = SEVERITY_WARN,
                                      .status = STATUS_OPEN,
                                      .message = "broken"});
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        n++;
    return n;
}

static void five_thousand_findings_are_cut_and_counted(void **state)
{
    struct report report;
    const char *out;
    size_t rows;

    (void)state;
    fill_findings(&report, "seocheck", 5000);
    out = comment(&report, 1, NULL);
    rows = count(out, "\n| warn | `");
    assert_true(strlen(out) <= 65000);
    assert_true(strlen(out) > 64500); // and not much less
    assert_int_equal(out[strlen(out) - 1], '\n');
    assert_non_null(strstr(out, str_format(&arena, "\n\n... and %zu more findings\n",
                                           5000 - rows)));
    assert_null(strstr(out, "<details>"));
    assert_non_null(strstr(out, "\n... and the sections of 1 more tool\n"));
}

static void sections_go_before_findings(void **state)
{
    struct report reports[2];
    const char *out;

    (void)state;
    fill_findings(&reports[0], "seocheck", 1100);
    fill_findings(&reports[1], "watchdog", 3);
    out = comment(reports, 2, NULL);
    assert_int_equal(count(out, "\n| warn | `"), 1103);
    assert_int_equal(count(out, "<details><summary>"), 1);
    assert_non_null(strstr(out, "<details><summary>watchdog warning</summary>"));
    assert_non_null(strstr(out, "\n... and the sections of 1 more tool\n"));
}

static void report_md_names_two_hundred_findings(void **state)
{
    struct report report;
    struct run_facts facts = {.site = ""};
    const char *out;

    (void)state;
    fill_findings(&report, "seocheck", 201);
    out = summary(&report, 1, &facts);
    assert_int_equal(count(out, "\n| warn | `"), 200);
    assert_non_null(strstr(out, "\n... and 1 more finding\n"));
}

static void two_hundred_changes_are_shown_and_the_others_counted(void **state)
{
    static struct fact_change many[5000];
    struct changes changes = {.fact = many, .nfacts = 5000};
    struct buf out;

    (void)state;
    for (size_t i = 0; i < 5000; i++)
        many[i] = (struct fact_change){"perfcheck", "/pages/x", "1", "2", "ms"};
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    changes_format_markdown(&changes, SIZE_MAX, &out);
    assert_int_equal(count(out.at, "\n| fact | `perfcheck` `/pages/x` | 1 ms | 2 ms |"),
                     200);
    assert_non_null(strstr(out.at, "\n... and 4800 more changes\n"));
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    changes_format_markdown(&changes, 1000, &out);
    assert_true(out.n <= 1000);
    assert_true(out.n > 900);
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    changes_format_html(&changes, &out);
    assert_int_equal(count(out.at, "<tr><td>fact</td>"), 200);
    assert_non_null(strstr(out.at, "<p>... and 4800 more changes</p>\n"));
}

/* ---- hostile ---- */

static const char hostile[] = "` | <script>x</script> ![i](//x) @everyone #1 ::error:: "
                              "<!channel> </details> \x1b[2J \xe2\x80\xae \\| \n# x";

/* A report that is hostile wherever outside text may be. */
static struct report hostile_report(void)
{
    static const struct table_column columns[] = {{hostile, false}, {hostile, true}};
    static const char *const cells[] = {hostile, hostile};
    static const struct table tables[] = {{hostile, columns, 2, cells, 1}};
    static const char *const lines[] = {hostile};
    static struct mute mutes[] = {{hostile, 1, hostile, hostile}};
    struct report report = {.tool = hostile,
                            .status = VERDICT_UNKNOWN,
                            .summary = hostile,
                            .tables = tables,
                            .ntables = 1,
                            .lines = lines,
                            .nlines = 1,
                            .problems = lines,
                            .nproblems = 1,
                            .muted = {mutes, 1, 1}};

    for (int status = 0; status < 3; status++)
        findings_add(&report.findings, &arena,
                     (struct finding){.id = hostile,
                                      .severity = SEVERITY_CRIT,
                                      .status = (enum finding_status)status,
                                      .message = hostile,
                                      .value = hostile,
                                      .limit = hostile,
                                      .unit = hostile,
                                      .statistic = hostile,
                                      .because = hostile,
                                      .url = status ? "" : hostile,
                                      .file = hostile,
                                      .line = 3});
    return report;
}

static const struct finding_change hostile_finding[] = {{.change = CHANGE_CHANGED,
                                                         .id = hostile,
                                                         .had = true,
                                                         .has = true,
                                                         .value_before = hostile,
                                                         .value_now = hostile,
                                                         .limit_now = hostile,
                                                         .unit = hostile,
                                                         .message = hostile}};
static const struct fact_change hostile_fact[] = {
    {"bandit", "/experiments/<b>/@x/#1", hostile, hostile, hostile},
    {"i18ncheck", "/coverage/<b>/@x", hostile, hostile, hostile},
    {"watchdog", hostile, hostile, hostile, hostile},
};
static const struct changes hostile_changes = {.finding = hostile_finding,
                                               .nfindings = 1,
                                               .fact = hostile_fact,
                                               .nfacts = 3};

/* `text` without its code spans, and without what only we write. */
static const char *bare(const char *text)
{
    static const char *const ours[] = {"<!-- rounds:report -->\n",
                                       "<!-- rounds:diff -->\n",
                                       head,
                                       "\n<details><summary>",
                                       "</summary>\n",
                                       "\n</details>\n",
                                       "\n## ",
                                       "**UNKNOWN**",
                                       "**watchdog**",
                                       "[catches.tsv](catches.tsv)",
                                       "[How limits are set](../docs/method.md)",
                                       "[keys](../docs/state.md)"};
    struct buf out;
    bool is_code = false;

    buf_init(&out, &arena, REPORT_BYTES_MAX);
    while (*text) {
        size_t skip = 0;

        for (size_t i = 0; i < COUNT(ours) && !is_code; i++)
            if (strncmp(text, ours[i], strlen(ours[i])) == 0)
                skip = strlen(ours[i]);
        if (skip == 0) {
            if (*text == '`')
                is_code = !is_code;
            else if (!is_code)
                buf_add(&out, text, 1);
            assert_false(is_code && *text == '\n');
            skip = 1;
        }
        text += skip;
    }
    assert_false(is_code);
    return out.at;
}

static void hostile_text_is_text_in_comment_report_md_and_diff(void **state)
{
    struct report reports[2];
    struct run_facts facts = {.site = hostile, .changes = &hostile_changes};
    struct changes diff = hostile_changes;
    struct buf out;

    (void)state;
    reports[0] = hostile_report();
    reports[1] = hostile_report();
    diff.tool[0] = (struct tool_change){true, true, VERDICT_OK, VERDICT_WARN, 1, 2};
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    changes_comment_markdown(&diff, hostile, hostile, &out);
    {
        const char *const documents[] = {comment(reports, 1, NULL),
                                         comment(reports, 2, &facts),
                                         summary(reports, 2, &facts), out.at};

        for (size_t i = 0; i < COUNT(documents); i++) {
            assert_null(strpbrk(bare(documents[i]), "<>@#[]!*\\\x1b~&$"));
            assert_null(strstr(bare(documents[i]), "::"));
            assert_null(strstr(documents[i], "\xe2\x80\xae"));
            assert_non_null(strstr(documents[i], "`' \\| <script>x</script> ![i](//x) "
                                                 "@everyone #1 ::error:: <!channel>"));
        }
    }
}

static void hostile_text_is_escaped_in_the_diff_of_a_terminal(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    changes_format_text(&hostile_changes, "before", "now", &out);
    assert_null(strpbrk(out.at, "\x1b\r"));
    assert_null(strstr(out.at, "\xe2\x80\xae"));
    assert_non_null(strstr(out.at, "\\u{1B}"));
    assert_non_null(strstr(out.at, "\\u{202E}"));
    assert_int_equal(count(out.at, "\n"),
                     1 + hostile_changes.nfindings + hostile_changes.nfacts);
}

static void hostile_text_is_text_in_html(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    changes_comment_html(&hostile_changes, hostile, hostile, &out);
    assert_null(strstr(out.at, "<script"));
    assert_null(strstr(out.at, "<!channel"));
    assert_null(strstr(out.at, "<b>"));
    assert_null(strpbrk(out.at, "\x1b"));
    assert_non_null(strstr(out.at, "` | &lt;script&gt;x&lt;/script&gt; ![i]"));
    assert_int_equal(count(out.at, "<tr>"), 5);
    assert_int_equal(count(out.at, "<td"), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_md_is_the_example_of_the_page),
        cmocka_unit_test(without_an_earlier_state_new_is_what_the_documents_call_new),
        cmocka_unit_test(nothing_to_say_is_said),
        cmocka_unit_test(days_that_differ_stand_at_each_tool),
        cmocka_unit_test(lines_in_columns_are_a_block_unless_tables_say_them),
        cmocka_unit_test(five_thousand_findings_are_cut_and_counted),
        cmocka_unit_test(sections_go_before_findings),
        cmocka_unit_test(report_md_names_two_hundred_findings),
        cmocka_unit_test(two_hundred_changes_are_shown_and_the_others_counted),
        cmocka_unit_test(hostile_text_is_text_in_comment_report_md_and_diff),
        cmocka_unit_test(hostile_text_is_escaped_in_the_diff_of_a_terminal),
        cmocka_unit_test(hostile_text_is_text_in_html),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
