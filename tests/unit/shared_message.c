/* Commit messages: the page's example, what is cut, what is quiet, and outside text
 * that means nothing to the place it is pushed to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/message.h"

#include "shared/banned.h"

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

static const char *formatted(const struct report *reports, size_t n,
                             const struct changes *changes)
{
    struct buf out;

    buf_init(&out, &arena, REPORT_BYTES_MAX);
    message_format(reports, n, changes, &out);
    return out.at;
}

static void add(struct report *report, enum severity severity,
                enum finding_status status)
{
    findings_add(&report->findings, &arena,
                 (struct finding){.id = "tool/check/x",
                                  .severity = severity,
                                  .status = status,
                                  .since = report->through,
                                  .message = "m"});
}

/* The five reports of the page (run-all.md 11). */
static void make_five(struct report five[TOOL_COUNT])
{
    static const enum verdict verdicts[] = {VERDICT_CRIT, VERDICT_OK, VERDICT_WARN,
                                            VERDICT_WARN, VERDICT_OK};

    for (size_t t = 0; t < TOOL_COUNT; t++)
        five[t] = (struct report){.tool = tool_names[t],
                                  .has_through = true,
                                  .through = day_from_civil(2026, 3, t == 0 ? 8 : 7),
                                  .status = verdicts[t],
                                  .exit = (int)verdicts[t],
                                  .summary = "fine"};
    add(&five[0], SEVERITY_CRIT, STATUS_NEW);
    add(&five[0], SEVERITY_WARN, STATUS_OPEN);
    add(&five[2], SEVERITY_WARN, STATUS_OPEN);
    add(&five[3], SEVERITY_WARN, STATUS_OPEN);
    add(&five[3], SEVERITY_WARN, STATUS_RESOLVED);
}

static struct finding_change new_finding(const char *id, const char *message)
{
    return (struct finding_change){.change = CHANGE_NEW,
                                   .id = id,
                                   .has = true,
                                   .before = SEVERITY_CRIT,
                                   .now = SEVERITY_CRIT,
                                   .value_before = "",
                                   .value_now = "",
                                   .limit_now = "",
                                   .unit = "",
                                   .message = message,
                                   .since = day_from_civil(2026, 3, 8)};
}

static void the_page_s_example(void **state)
{
    struct report five[TOOL_COUNT];
    struct finding_change finding =
        new_finding("watchdog/js_exception/page=/checkout", "errors");
    struct changes changes = {.finding = &finding, .nfindings = 1};

    (void)state;
    make_five(five);
    finding.value_now = "5.83";
    finding.limit_now = "1.80";
    finding.unit = "%";
    assert_string_equal(
        formatted(five, TOOL_COUNT, &changes),
        "ROUNDS CRITICAL - 4 open (1 crit, 3 warn), 1 new, 1 resolved in 5 tools\n"
        "\n"
        "+ crit watchdog/js_exception/page=/checkout: 5.83 %, limit 1.80 %\n"
        "\n"
        "Rounds-Status: crit\n"
        "Rounds-Through: 2026-03-08\n"
        "Rounds-Tools: watchdog=crit bandit=ok perfcheck=warn seocheck=warn "
        "i18ncheck=ok\n");
}

static void a_day_that_only_moved_the_day_is_quiet(void **state)
{
    struct report report = {.tool = "bandit",
                            .has_through = true,
                            .through = day_from_civil(2026, 3, 8),
                            .summary = "fine"};
    struct changes changes = {.is_quiet = true};
    const char *quiet = "rounds: quiet\n"
                        "\n"
                        "Rounds-Status: ok\n"
                        "Rounds-Through: 2026-03-08\n"
                        "Rounds-Tools: bandit=ok\n";

    (void)state;
    assert_string_equal(formatted(&report, 1, &changes), quiet);
    changes.tool[1].has_now = true; // its first document, without a fact yet
    assert_memory_equal(formatted(&report, 1, &changes), "BANDIT OK - fine\n", 17);
    changes.tool[1].has_before = true;
    assert_string_equal(formatted(&report, 1, &changes), quiet);
}

/* Missing is not calm: a tool that could not measure moved nothing either. */
static void a_day_without_a_verdict_is_not_quiet(void **state)
{
    struct err stale = {.text = "source 'events' is stale"};
    struct report reports[2] = {report_unknown("watchdog", &stale),
                                {.tool = "bandit", .summary = "fine"}};
    struct changes changes = {.is_quiet = true};

    (void)state;
    assert_string_equal(formatted(reports, 2, &changes),
                        "ROUNDS UNKNOWN - no verdict of watchdog; 0 open (0 crit, 0 "
                        "warn), 0 new\n"
                        "\n"
                        "Rounds-Status: unknown\n"
                        "Rounds-Tools: watchdog=unknown bandit=ok\n");
}

static size_t subject_length(const char *summary)
{
    struct report report = {.tool = "bandit",
                            .status = VERDICT_UNKNOWN,
                            .exit = 3,
                            .summary = summary};
    struct changes changes = {0};

    return strcspn(formatted(&report, 1, &changes), "\n");
}

static void a_subject_has_at_most_72_characters(void **state)
{
    static const char long_words[] =
        "cannot read 'events/2026-03-08.jsonl.gz' as events because its bytes end";
    struct report report = {.tool = "bandit", .status = VERDICT_UNKNOWN};
    struct changes changes = {0};

    (void)state;
    // "BANDIT UNKNOWN - " has 17.
    assert_int_equal(subject_length(
                         "0123456789012345678901234567890123456789012345678901"
                         "234"),
                     72);
    assert_int_equal(subject_length(long_words), 72);
    report.summary = long_words;
    assert_memory_equal(formatted(&report, 1, &changes) + 69, "...\n", 4);
    report.summary =
        "1234567 open (1234567 crit, 1234567 warn), 1234567 new, 1 resolved";
    assert_memory_equal(formatted(&report, 1, &changes),
                        "BANDIT UNKNOWN - 1234567 open (1234567 crit, 1234567 warn), "
                        "1234567 new\n",
                        72);
}

static void after_twenty_changes_the_rest_are_counted(void **state)
{
    struct report report = {.tool = "bandit", .summary = "fine"};
    struct finding_change finding[15];
    struct fact_change fact[8];
    struct changes changes = {.finding = finding,
                              .nfindings = 15,
                              .fact = fact,
                              .nfacts = 8};
    const char *text, *at;
    size_t lines = 0;

    (void)state;
    for (size_t i = 0; i < 15; i++)
        finding[i] = new_finding("bandit/x/y", "m");
    for (size_t i = 0; i < 8; i++)
        fact[i] = (struct fact_change){"bandit", "/f", "1", "2", "ms"};
    text = formatted(&report, 1, &changes);
    for (at = text; (at = strstr(at, "\n+ crit ")); at++)
        lines++;
    assert_int_equal(lines, 15);
    for (at = text; (at = strstr(at, "\n~ bandit /f: 1 ms -> 2 ms")); at++)
        lines++;
    assert_int_equal(lines, 20);
    assert_non_null(strstr(text, "2 ms\nand 3 more\n\nRounds-Status: ok\n"));
}

static const char *line_of(const char *message)
{
    struct report report = {.tool = "bandit", .summary = "fine"};
    struct finding_change finding = new_finding("a/b/c", message);
    struct changes changes = {.finding = &finding, .nfindings = 1};
    const char *at = strstr(formatted(&report, 1, &changes), "\n\n+ crit a/b/c: ") + 16;
    size_t n = strcspn(at, "\n");

    assert_memory_equal(at + n, "\n\nRounds-", 9);
    return str_copy(&arena, at, n);
}

/* What GitHub and GitLab say they act on in commit messages: mentions, closing keywords
 * before #1, GH-1 and addresses, and words that skip runs. */
static void outside_text_commands_nothing(void **state)
{
    (void)state;
    assert_string_equal(line_of("hi @kim and @ kim"), "hi @ kim and @ kim");
    assert_string_equal(line_of("fixes #12"), "fixes # 12");
    assert_string_equal(line_of("closes GH-12, gh-7; high-quality"),
                        "closes GH- 12, gh- 7; high-quality");
    assert_string_equal(line_of("resolves https://github.com/a/b/issues/1"),
                        "resolves https://github.com/a/b/issues/ 1");
    assert_string_equal(line_of("https://gitlab.com/a/b/-/merge_requests/7 /p/1"),
                        "https://gitlab.com/a/b/-/merge_requests/ 7 /p/1");
    assert_string_equal(line_of("[skip ci] [ci skip]"), "[ skip ci] [ ci skip]");
    assert_string_equal(line_of("***NO_CI***"), "* * *NO_CI* * *");
    assert_string_equal(line_of("ends in @"), "ends in @");
}

static void outside_text_stays_on_its_line(void **state)
{
    char long_text[600];

    (void)state;
    assert_string_equal(line_of("a\n\nRounds-Status: ok\r\x1b"),
                        "a\\u{0A}\\u{0A}Rounds-Status: ok\\u{0D}\\u{1B}");
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    // 200 characters with "+ crit a/b/c: ", then "..."
    assert_int_equal(strlen(line_of(long_text)), 200 - 14 + 3);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_s_example),
        cmocka_unit_test(a_day_that_only_moved_the_day_is_quiet),
        cmocka_unit_test(a_day_without_a_verdict_is_not_quiet),
        cmocka_unit_test(a_subject_has_at_most_72_characters),
        cmocka_unit_test(after_twenty_changes_the_rest_are_counted),
        cmocka_unit_test(outside_text_commands_nothing),
        cmocka_unit_test(outside_text_stays_on_its_line),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
