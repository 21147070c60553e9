/* The catch log: the table of run-all.md 13, Wilson's interval, what is added. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/catches.h"
#include "shared/clock.h"
#include "shared/limits.h"

static struct arena run;
static struct err why;

static struct catches parsed(const char *lines)
{
    struct catches catches;

    if (!catches_parse(str_of(lines), "catches.tsv", &run, &catches, &why))
        fail_msg("%s", why.text);
    return catches;
}

static void refuses(const char *lines, const char *message)
{
    struct catches catches;

    assert_false(catches_parse(str_of(lines), "catches.tsv", &run, &catches, &why));
    assert_string_equal(why.text, message);
}

static int32_t day(const char *text)
{
    int32_t day = 0;

    assert_true(day_parse(text, strlen(text), &day));
    return day;
}

static void wilson_is_that_of_the_page(void **state)
{
    double low, high;

    (void)state; // run-all.md 15: 24/29 65.5 to 92.4 %, 1/12 1.5 to 35.4 %
    wilson_interval(24, 29, &low, &high);
    assert_true(low > .6545 && low < .6555 && high > .9235 && high < .9245);
    wilson_interval(1, 12, &low, &high);
    assert_true(low > .0145 && low < .0155 && high > .3535 && high < .3545);
    wilson_interval(0, 5, &low, &high);
    assert_true(low >= 0 && low <= 0 && high > 0 && high < 1);
    wilson_interval(5, 5, &low, &high);
    assert_true(high >= 1 && high <= 1 && low > 0);
}

/* `n` findings of a check with that verdict, a day apart. */
static void raise(struct catches *catches, size_t tool, const char *check,
                  enum catch_verdict verdict, int n)
{
    for (int i = 0; i < n; i++) {
        catches->row = arena_room(&run, catches->row, catches->n, &catches->capacity,
                                  sizeof *catches->row);
        catches->row[catches->n++] = (struct catch_row){
            .day = day("2026-06-01") + i,
            .tool = tool,
            .verdict = verdict,
            .finding = str_of(str_format(&run, "%s/%s/p", tool_names[tool], check)),
            .who = STR("-"),
            .note = STR("-"),
        };
    }
}

static void the_audit_is_the_table_of_the_page(void **state)
{
    static const bool has_state[TOOL_COUNT] = {true, false, true, true, true};
    struct catches log = parsed("2026-01-01\twatchdog\t-\tstarted\t-\t-\n"
                                "2026-02-02\tseocheck\t-\tstarted\t-\t-\n"
                                "2026-04-28\ti18ncheck\t-\tstarted\t-\t-\n"
                                "2026-07-20\tperfcheck\t-\tstarted\t-\t-\n");
    int32_t through[TOOL_COUNT];
    struct buf out;

    (void)state;
    for (size_t t = 0; t < TOOL_COUNT; t++)
        through[t] = day("2026-08-01");
    raise(&log, 0, "js_exception", CATCH_CAUGHT, 24);
    raise(&log, 0, "rage_click", CATCH_FALSE_ALARM, 5);
    raise(&log, 0, "slow", CATCH_UNMARKED, 2);
    raise(&log, 3, "title", CATCH_FALSE_ALARM, 9);
    raise(&log, 3, "link-broken", CATCH_FALSE_ALARM, 2);
    raise(&log, 3, "link-broken", CATCH_CAUGHT, 1);
    for (int i = 0; i < 3; i++) { // perfcheck began in July
        raise(&log, 2, "tbt", (enum catch_verdict)i, 1);
        log.row[log.n - 1].day = day("2026-07-21");
    }
    buf_init(&out, &run, REPORT_BYTES_MAX);
    catches_audit(&log, has_state, through, &run, &out);
    assert_string_equal(
        out.at,
        "loop       days  raised  caught  false  unmarked  precision (95 %)    advice\n"
        "watchdog    212      31      24      5         2  83 % (65 to 92)     keep\n"
        "seocheck    180      12       1     11         0  8 % (1 to 35)       retire, "
        "or raise limits: title 0/9\n"
        "i18ncheck    95       0       0      0         0  -                   retire: "
        "it never caught anything\n"
        "perfcheck    12       3       1      1         1  50 % (9 to 91)      too "
        "early, 18 more days\n"
        "add the next loop\n");
}

static void the_name_of_a_check_is_escaped(void **state)
{
    static const bool has_state[TOOL_COUNT] = {true};
    struct catches log = parsed("2026-01-01\twatchdog\t-\tstarted\t-\t-\n");
    int32_t through[TOOL_COUNT] = {day("2026-07-11")};
    struct buf out;

    (void)state;
    raise(&log, 0, "\x1b[31m\u202e", CATCH_FALSE_ALARM, 9);
    raise(&log, 0, "slow", CATCH_CAUGHT, 1);
    buf_init(&out, &run, REPORT_BYTES_MAX);
    catches_audit(&log, has_state, through, &run, &out);
    assert_non_null(strstr(out.at, "raise limits: \\u{1B}[31m\\u{202E} 0/9\n"));
}

static void loops_to_mark_first_and_loops_without_a_catch(void **state)
{
    static const bool has_state[TOOL_COUNT] = {true, true, false, false, false};
    struct catches log = parsed("2026-01-01\tbandit\t-\tstarted\t-\t-\n"
                                "2026-06-01\twatchdog\t-\tstarted\t-\t-\n");
    int32_t through[TOOL_COUNT] = {day("2026-07-11"), day("2026-01-02")};
    struct buf out;

    (void)state;
    raise(&log, 0, "js_exception", CATCH_UNMARKED, 3);
    buf_init(&out, &run, REPORT_BYTES_MAX);
    catches_audit(&log, has_state, through, &run, &out);
    assert_non_null(strstr(out.at, "watchdog     40       3       0      0         3  "
                                   "-                   mark first\n"));
    assert_non_null(strstr(out.at, "too early, 29 more days\n"));
    assert_non_null(strstr(out.at, "\nnot yet: no loop has caught anything\n"));
}

static void other_words_and_broken_lines_are_refused(void **state)
{
    (void)state;
    refuses(
        "2026-01-01\twatchdog\twatchdog/a/b\tcaugth\t-\t-\n",
        "cannot read 'catches.tsv:2': no such verdict; write caught, false_alarm or "
        "?");
    refuses(
        "2026-01-01\twatchdog\twatchdog/a/b\t?\t-\n",
        "cannot read 'catches.tsv:2': not the 6 fields day, tool, finding, verdict, "
        "who, note; put the tabs back");
    refuses("2026-01-02\twatchdog\tw/a/b\t?\t-\t-\n2026-01-01\twatchdog\tw/a/"
            "b\t?\t-\t-\n",
            "cannot read 'catches.tsv:3': not in the order of day and finding, each "
            "once; sort the lines");
    refuses("2026-02-30\twatchdog\tw/a/b\t?\t-\t-\n",
            "cannot read 'catches.tsv:2': the first field is not a day; write it "
            "YYYY-MM-DD");
    refuses("2026-02-03\twatchcat\tw/a/b\t?\t-\t-\n",
            "cannot read 'catches.tsv:2': no such tool; restore the line from git");
    refuses("2026-02-03\twatchdog\tw/a/b\tstarted\t-\t-\n",
            "cannot read 'catches.tsv:2': the finding does not go with the verdict; "
            "restore the line from git");
}

static struct finding_change change_of(enum change change, const char *id,
                                       enum severity before, enum severity now)
{
    return (struct finding_change){.change = change,
                                   .id = id,
                                   .had = change != CHANGE_NEW,
                                   .has = true,
                                   .before = before,
                                   .now = now};
}

static void what_is_new_is_added_once_and_marks_stay(void **state)
{
    const struct finding_change finding[] = {
        change_of(CHANGE_NEW, "watchdog/a/p", SEVERITY_INFO, SEVERITY_CRIT),
        change_of(CHANGE_NEW, "watchdog/b/p\tq", SEVERITY_INFO, SEVERITY_WARN),
        change_of(CHANGE_NEW, "watchdog/c/p", SEVERITY_INFO, SEVERITY_INFO),
        change_of(CHANGE_ESCALATED, "watchdog/d/p", SEVERITY_INFO, SEVERITY_WARN),
        change_of(CHANGE_ESCALATED, "watchdog/e/p", SEVERITY_WARN, SEVERITY_CRIT),
        change_of(CHANGE_RESOLVED, "watchdog/f/p", SEVERITY_WARN, SEVERITY_WARN),
    };
    struct changes changes = {.finding = finding, .nfindings = 6};
    struct catches log =
        parsed("2026-03-08\twatchdog\twatchdog/a/p\tcaught\tkim\tiOS 19\n");
    struct buf out;

    (void)state;
    changes.tool[0].has_now = true;
    changes.tool[0].through_now = day("2026-03-08");
    catches_add(&log, &changes, &run);
    catches_add(&log, &changes, &run);
    buf_init(&out, &run, REPORT_BYTES_MAX);
    catches_format(&log, &out);
    assert_string_equal(out.at, CATCHES_HEADER
                        "\n2026-03-08\twatchdog\t-\tstarted\t-\t-\n"
                        "2026-03-08\twatchdog\twatchdog/a/p\tcaught\tkim\tiOS 19\n"
                        "2026-03-08\twatchdog\twatchdog/b/p%09q\t?\t-\t-\n"
                        "2026-03-08\twatchdog\twatchdog/d/p\t?\t-\t-\n");
    assert_int_equal(parsed(out.at + sizeof CATCHES_HEADER).n, 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_is_that_of_the_page),
        cmocka_unit_test(the_audit_is_the_table_of_the_page),
        cmocka_unit_test(the_name_of_a_check_is_escaped),
        cmocka_unit_test(loops_to_mark_first_and_loops_without_a_catch),
        cmocka_unit_test(other_words_and_broken_lines_are_refused),
        cmocka_unit_test(what_is_new_is_added_once_and_marks_stay),
    };
    int failed;

    arena_init(&run, ARENA_BYTES_MAX);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&run);
    return failed;
}
