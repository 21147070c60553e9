/* The experiment log: what counts as each line, and what of it is missing or stale. */
#include <stdio.h>
#include <string.h>

#include "bandit/judge.h"
#include "shared/clock.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

#define HYPOTHESIS "Hypothesis: a green button gets more clicks\n"

static int32_t day_of(const char *text)
{
    int32_t day = 0;

    assert_true(day_parse(text, strlen(text), &day));
    return day;
}

/* As of 2026-11-20, against an interval of -4 % to +25 %. */
static struct experiment_log judged(const char *text)
{
    struct experiment_log log;

    judge_log(str_of(text), day_of("2026-11-20"), true, -.04, .25, &log);
    return log;
}

static enum log_status status_of(enum log_field field, const char *text)
{
    return judged(text).status[field];
}

static void a_complete_log_is_good(void **state)
{
    struct experiment_log log = judged(HYPOTHESIS "Started: 2026-11-01\n"
                                                  "Observed lift: +12.3 %\n"
                                                  "Promoted: 2026-11-20\n");

    (void)state;
    for (int f = 0; f < LOG_FIELDS; f++)
        assert_int_equal(log.status[f], LOG_GOOD);
    assert_int_equal(log.started, day_of("2026-11-01"));
    assert_int_equal(log.promoted, day_of("2026-11-20"));
    assert_near(log.lift, .123, 1e-15, 0);
}

static void without_a_text_all_is_missing(void **state)
{
    struct experiment_log log;

    (void)state;
    judge_log((struct str){NULL, 0}, 20000, true, -1, 1, &log);
    for (int f = 0; f < LOG_FIELDS; f++)
        assert_int_equal(log.status[f], LOG_MISSING);
    assert_int_equal(log.started, 0);
}

static void a_label_is_known_in_the_dress_of_markdown(void **state)
{
    static const char *const lines[] = {
        "Started: 2026-11-01",         "STARTED:2026-11-01",
        "  started:   2026-11-01  ",   "- Started: 2026-11-01",
        "* Started: 2026-11-01",       "## Started: 2026-11-01",
        "> - Started: 2026-11-01",     "\t- **Started:** 2026-11-01",
        "**Started**: 2026-11-01",     "- __Started:__ *2026-11-01*",
        "***Started***: 2026-11-01\r", "text above\n\nStarted: 2026-11-01\nbelow",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (status_of(LOG_STARTED, lines[i]) != LOG_GOOD)
            fail_msg("not known: %s", lines[i]);
}

static void other_lines_are_no_labels(void **state)
{
    static const char *const lines[] = {
        "We Started: 2026-11-01",
        "Started 2026-11-01",
        "Start: 2026-11-01",
        "Restarted: 2026-11-01",
        "Started on: 2026-11-01",
        "1. Started: 2026-11-01",
        "| Started: 2026-11-01",
        "Started",
        "Started*",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (status_of(LOG_STARTED, lines[i]) != LOG_MISSING)
            fail_msg("known: %s", lines[i]);
}

static void the_first_line_of_a_label_counts(void **state)
{
    (void)state;
    assert_int_equal(judged("Started: 2026-11-02\nStarted: 2026-11-01\n").started,
                     day_of("2026-11-02"));
    assert_int_equal(status_of(LOG_STARTED, "Started: TODO\nStarted: 2026-11-01\n"),
                     LOG_MISSING);
    assert_int_equal(status_of(LOG_HYPOTHESIS, "Hypothesis:\n" HYPOTHESIS),
                     LOG_MISSING);
}

static void placeholders_are_missing(void **state)
{
    static const char *const words[] = {"TODO", "todo", "TBD", "-", "?", "", "**TBD**"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int f = 0; f < LOG_FIELDS; f++) {
            (void)snprintf(text, sizeof text, "%s %s\n", log_label((enum log_field)f),
                           words[i]);
            assert_int_equal(status_of((enum log_field)f, text), LOG_MISSING);
        }
}

static void a_hypothesis_has_ten_characters(void **state)
{
    (void)state;
    assert_int_equal(status_of(LOG_HYPOTHESIS, "Hypothesis: 123456789"), LOG_MISSING);
    assert_int_equal(status_of(LOG_HYPOTHESIS, "Hypothesis: 123456789   *"),
                     LOG_MISSING);
    assert_int_equal(status_of(LOG_HYPOTHESIS, "Hypothesis: 1234567890"), LOG_GOOD);
    // nine characters of two bytes
    assert_int_equal(status_of(LOG_HYPOTHESIS, "Hypothesis: \xc3\xa4\xc3\xa4\xc3\xa4"
                                               "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                                               "\xc3\xa4\xc3\xa4"),
                     LOG_MISSING);
}

static void days_are_real_and_in_order(void **state)
{
    (void)state;
    assert_int_equal(status_of(LOG_STARTED, "Started: 2026-02-30"), LOG_MISSING);
    assert_int_equal(status_of(LOG_STARTED, "Started: 1 Nov 2026"), LOG_MISSING);
    assert_int_equal(status_of(LOG_PROMOTED, "Promoted: 2026-11-27"), LOG_GOOD);
    assert_int_equal(status_of(LOG_PROMOTED, "Promoted: 2026-11-28"), LOG_MISSING);
    assert_int_equal(status_of(LOG_STARTED, "Started: 2026-11-28"), LOG_MISSING);
    assert_int_equal(status_of(LOG_PROMOTED,
                               "Started: 2026-11-10\nPromoted: 2026-11-10"),
                     LOG_GOOD);
    assert_int_equal(status_of(LOG_PROMOTED,
                               "Promoted: 2026-11-09\nStarted: 2026-11-10"),
                     LOG_MISSING);
}

static void a_lift_is_a_signed_percentage(void **state)
{
    static const struct {
        const char *text;
        double lift;
    } rows[] = {
        {"+12.3 %", .123}, {"12%", .12},   {"-4.0 %", -.04},
        {"+0%", 0},        {"25\t%", .25}, {"**+12 %**", .12},
    };

    static const char *const bad[] = {"12",      "%",         "+%",      "+-2 %",
                                      "+ 2 %",   "2 percent", "12 % up", "nan %",
                                      "1e999 %", "0x2 %",     "12 %%"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct experiment_log log;

        (void)snprintf(text, sizeof text, "Observed lift: %s", rows[i].text);
        log = judged(text);
        assert_int_equal(log.status[LOG_LIFT], LOG_GOOD);
        assert_near(log.lift, rows[i].lift, 1e-15, 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        (void)snprintf(text, sizeof text, "Observed lift: %s", bad[i]);
        if (status_of(LOG_LIFT, text) != LOG_MISSING)
            fail_msg("a lift: %s", bad[i]);
    }
}

static void a_lift_outside_the_interval_is_stale(void **state)
{
    struct experiment_log log;

    (void)state;
    assert_int_equal(status_of(LOG_LIFT, "Observed lift: 25.1 %"), LOG_STALE);
    assert_int_equal(status_of(LOG_LIFT, "Observed lift: -4.1 %"), LOG_STALE);
    judge_log(STR("Observed lift: 2500 %"), 20000, false, 0, 0, &log);
    assert_int_equal(log.status[LOG_LIFT], LOG_GOOD);
}

enum { LIMIT = 64 * 1024 };

static void only_the_first_64_kib_are_read(void **state)
{
    static const char line[] = "Started: 2026-11-01\n";
    static char text[LIMIT + 64];
    size_t n = sizeof line - 1;

    (void)state;
    memset(text, '\n', sizeof text - 1);
    memcpy(text + LIMIT - n, line, n);
    assert_int_equal(status_of(LOG_STARTED, text), LOG_GOOD);
    memset(text, '\n', sizeof text - 1);
    memcpy(text + LIMIT, line, n);
    assert_int_equal(status_of(LOG_STARTED, text), LOG_MISSING);
}

/* "+12 %" would be read as "+1 %", were it not for the sign behind it; a day, whole. */
static void a_line_that_the_limit_cuts_is_not_read(void **state)
{
    static const char line[] = "Started: 2026-11-01 or later\n";
    static char text[LIMIT + 64];

    (void)state;
    memset(text, '\n', sizeof text - 1);
    memcpy(text + LIMIT - (sizeof "Started: 2026-11-01" - 1), line, sizeof line - 1);
    assert_int_equal(status_of(LOG_STARTED, text), LOG_MISSING);
}

static void any_bytes_are_only_text(void **state)
{
    static const char bytes[] = "\0\xff\xfeHypothesis:\0\n\x80Started:\xc3\n"
                                "Hypothesis: \xff\xfe\0\0\0\0\0\0\0\0\n"
                                "Observed lift:\0%\nPromoted: 2026-11-0\0";
    struct experiment_log log;

    (void)state;
    judge_log((struct str){bytes, sizeof bytes}, 20000, true, 0, 1, &log);
    assert_int_equal(log.status[LOG_HYPOTHESIS], LOG_GOOD); // ten of something
    assert_int_equal(log.status[LOG_STARTED], LOG_MISSING);
    assert_int_equal(log.status[LOG_LIFT], LOG_MISSING);
    assert_int_equal(log.status[LOG_PROMOTED], LOG_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complete_log_is_good),
        cmocka_unit_test(without_a_text_all_is_missing),
        cmocka_unit_test(a_label_is_known_in_the_dress_of_markdown),
        cmocka_unit_test(other_lines_are_no_labels),
        cmocka_unit_test(the_first_line_of_a_label_counts),
        cmocka_unit_test(placeholders_are_missing),
        cmocka_unit_test(a_hypothesis_has_ten_characters),
        cmocka_unit_test(days_are_real_and_in_order),
        cmocka_unit_test(a_lift_is_a_signed_percentage),
        cmocka_unit_test(a_lift_outside_the_interval_is_stale),
        cmocka_unit_test(only_the_first_64_kib_are_read),
        cmocka_unit_test(a_line_that_the_limit_cuts_is_not_read),
        cmocka_unit_test(any_bytes_are_only_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
