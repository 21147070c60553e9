/* The watchdog's tables, from conclusions written by hand after docs/state.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

static struct arena arena;
static json_t *conclusions;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    conclusions = NULL;
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    json_decref(conclusions);
    arena_release(&arena);
    return 0;
}

static struct report tabulate(const char *text)
{
    struct report report = {0};

    conclusions = json_loads(text, 0, NULL);
    assert_non_null(conclusions);
    watchdog_tables(conclusions, &arena, &report);
    return report;
}

/* A row as text, its cells with bars between. */
static const char *row(const struct table *table, size_t at)
{
    struct buf out;

    assert_true(at < table->nrows);
    buf_init(&out, &arena, 4096);
    for (size_t c = 0; c < table->ncolumns; c++)
        buf_printf(&out, "%s%s", c > 0 ? "|" : "",
                   table->cell[at * table->ncolumns + c]);
    return out.at;
}

#define OPEN(since, change)                                                    \
    "{\"status\": \"open\", \"opened_by\": \"day\", \"since\": \"" since "\"," \
    " \"change\": \"" change "\"}"
#define CLOSED(change, closed, reason)                                               \
    "{\"change\": \"" change "\", \"closed\": \"" closed "\", \"reason\": \"" reason \
    "\"}"

static void open_episodes_come_first_then_the_latest(void **state)
{
    struct report report = tabulate(
        "{\"episodes\": {"
        "\"js_exception/site@2026-02-11\": " CLOSED(
            "2026-02-10", "2026-02-15",
            "recovered") ","
                         "\"rage_click/page=/a@b@2026-02-20\": " CLOSED(
                             "2026-02-19", "2026-03-05",
                             "adopted") "},"
                                        "\"findings\": {"
                                        "\"watchdog/http_5xx/site\": " OPEN(
                                            "2026-03-01",
                                            "2026-03-01") ","
                                                          "\"watchdog/funnel/pay/site\": " OPEN(
                                                              "2026-03-06",
                                                              "2026-03-02") "},"
                                                                            "\"missing\": {}}");

    (void)state;
    assert_int_equal(report.ntables, 1);
    assert_string_equal(report.tables[0].title,
                        "2 episodes open, 2 closed in 127 days");
    assert_int_equal(report.tables[0].nrows, 4);
    assert_string_equal(row(&report.tables[0], 0),
                        "funnel/pay/site|2026-03-02|2026-03-06||open");
    assert_string_equal(row(&report.tables[0], 1),
                        "http_5xx/site|2026-03-01|2026-03-01||open");
    assert_string_equal(
        row(&report.tables[0], 2),
        "rage_click/page=/a@b|2026-02-19|2026-02-20|2026-03-05|adopted");
    assert_string_equal(row(&report.tables[0], 3),
                        "js_exception/site|2026-02-10|2026-02-11|2026-02-15|recovered");
}

/* A closed episode is in `episodes`, whatever its finding still says; a finding about
 * the data is none. */
static void what_is_resolved_or_about_the_data_is_no_open_episode(void **state)
{
    struct report report = tabulate("{\"episodes\": {\"a/site@2026-02-11\": " CLOSED(
        "2026-02-10", "2026-02-15",
        "gone") "},"
                "\"findings\": {"
                "\"watchdog/a/site\": {\"status\": \"resolved\", \"opened_by\": \"day\"},"
                "\"watchdog/partial/2026-02-20\": {\"status\": \"open\"}}}");

    (void)state;
    assert_string_equal(report.tables[0].title,
                        "0 episodes open, 1 closed in 127 days");
    assert_int_equal(report.tables[0].nrows, 1);
}

static void days_without_data_go_on_with_the_section(void **state)
{
    struct report report = tabulate("{\"episodes\": {\"a/site@2026-02-11\": " CLOSED(
        "2026-02-10", "2026-02-15",
        "gone") "},"
                "\"findings\": {}, \"missing\": {"
                "\"web\": [\"2026-02-20\"], \"app\": [\"2026-01-01\", \"2026-02-03\"]}}");

    (void)state;
    assert_int_equal(report.ntables, 2);
    assert_string_equal(report.tables[1].title, "");
    assert_string_equal(row(&report.tables[1], 0), "app|2|2026-02-03");
    assert_string_equal(row(&report.tables[1], 1), "web|1|2026-02-20");
    assert_true(report.tables[1].column[1].is_number);
}

static void days_without_data_alone_begin_the_section(void **state)
{
    struct report report = tabulate("{\"episodes\": {}, \"findings\": {}, "
                                    "\"missing\": {\"web\": [\"2026-02-20\"]}}");

    (void)state;
    assert_int_equal(report.ntables, 1);
    assert_string_equal(report.tables[0].title,
                        "0 episodes open, 0 closed in 127 days");
    assert_string_equal(report.tables[0].column[0].name, "source");
}

static void calm_has_no_table(void **state)
{
    struct report report =
        tabulate("{\"episodes\": {}, \"findings\": {}, \"missing\": {}}");

    (void)state;
    assert_int_equal(report.ntables, 0);
}

static void twenty_rows_are_shown_and_all_are_counted(void **state)
{
    struct buf text;
    struct report report;

    (void)state;
    buf_init(&text, &arena, MIB);
    buf_add_text(&text, "{\"episodes\": {");
    for (int i = 1; i <= 25; i++)
        buf_printf(&text,
                   "%s\"a/site@2026-01-%02d\": {\"change\": \"2026-01-%02d\", "
                   "\"closed\": \"2026-02-%02d\", \"reason\": \"recovered\"}",
                   i > 1 ? "," : "", i, i, i);
    buf_add_text(&text, "}}");
    report = tabulate(text.at);
    assert_string_equal(report.tables[0].title,
                        "0 episodes open, 25 closed in 127 days");
    assert_int_equal(report.tables[0].nrows, 20);
    assert_string_equal(row(&report.tables[0], 0),
                        "a/site|2026-01-25|2026-01-25|2026-02-25|recovered");
    assert_string_equal(row(&report.tables[0], 19),
                        "a/site|2026-01-06|2026-01-06|2026-02-06|recovered");
}

/* Somebody's edits. */
static void values_of_another_type_are_empty_cells(void **state)
{
    struct report report =
        tabulate("{\"episodes\": {\"a/site@2026-02-11\": 7, \"no day\": {}, "
                 "\"@\": {\"closed\": [\"2026\"], \"change\": null}},"
                 "\"findings\": {\"x\": {\"status\": \"open\", \"opened_by\": 1}, "
                 "\"watchdog/y\": {\"status\": \"open\", \"opened_by\": 1}},"
                 "\"missing\": {\"web\": 3, \"app\": [4]}}");

    (void)state;
    assert_int_equal(report.ntables, 2);
    assert_int_equal(report.tables[0].nrows, 3);
    assert_string_equal(row(&report.tables[0], 0), "y||||open");
    assert_string_equal(row(&report.tables[1], 0), "app|1|");
    assert_string_equal(row(&report.tables[1], 1), "web|0|");
}

#define ARENA_TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, drop_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(open_episodes_come_first_then_the_latest),
        ARENA_TEST(what_is_resolved_or_about_the_data_is_no_open_episode),
        ARENA_TEST(days_without_data_go_on_with_the_section),
        ARENA_TEST(days_without_data_alone_begin_the_section),
        ARENA_TEST(calm_has_no_table),
        ARENA_TEST(twenty_rows_are_shown_and_all_are_counted),
        ARENA_TEST(values_of_another_type_are_empty_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
