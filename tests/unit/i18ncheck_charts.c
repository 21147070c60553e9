/* Tables and charts of i18ncheck, from the document of i18ncheck.md 14. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "i18ncheck/round.h"
#include "shared/chart.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;
static struct report report;
static json_t *document;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    report = (struct report){.tool = "i18ncheck"};
    return 0;
}

static int end(void **state)
{
    (void)state;
    json_decref(document);
    document = NULL;
    arena_release(&arena);
    return 0;
}

static void read(const char *text)
{
    document = json_loads(text, 0, NULL);
    assert_non_null(document);
    i18ncheck_tables(document, &arena, &report);
    i18ncheck_charts(document, &arena, &report);
}

static const char *row(size_t t, size_t r)
{
    const struct table *table = &report.tables[t];
    struct buf out;

    assert_true(t < report.ntables && r < table->nrows);
    buf_init(&out, &arena, 8 * KIB);
    for (size_t c = 0; c < table->ncolumns; c++)
        buf_printf(&out, "%s%s", c > 0 ? "|" : "",
                   table->cell[r * table->ncolumns + c]);
    return buf_str(&out).at;
}

/* Section 14's example: 497 of 612 are 81.2 %, and 572 are there. */
#define WEB "\"web\": {\"keys\": 612, \"source\": \"en\"}"
#define TR                                                                          \
    "\"web/tr\": {\"broken\": 0, \"empty\": 72, \"missing\": 40, \"obsolete\": 2, " \
    "\"review\": 3, \"stale\": 3, \"translated\": 497}"

static void the_example_is_a_row_and_a_bar(void **state)
{
    (void)state;
    read("{\"coverage\": {" TR "}, \"sets\": {" WEB "}, \"findings\": {}}");
    assert_int_equal(report.ntables, 1);
    assert_string_equal(report.tables[0].title, "");
    assert_string_equal(report.tables[0].column[2].name, "translated");
    assert_string_equal(row(0, 0), "tr|93.4 %|81.2 %|40|0");
    assert_int_equal(report.ncharts, 1);
    assert_string_equal(report.charts[0].id, "coverage/web");
    assert_int_equal(report.charts[0].kind, CHART_BAR);
    assert_string_equal(report.charts[0].unit, "%");
    assert_string_equal(report.charts[0].x[0], "tr");
    assert_string_equal(report.charts[0].series[0].value[0], "81.2");
    assert_string_equal(report.charts[0].limit, "");
}

/* 1 of 1000 is missing: that is not all of them. */
static void nearly_all_is_cut_and_ignored_ones_do_not_count(void **state)
{
    (void)state;
    read("{\"coverage\": {\"web/de\": {\"missing\": 1, \"translated\": 1999, "
         "\"broken\": 4}, \"web/fr\": {\"ignored\": 1000, \"missing\": 500, "
         "\"translated\": 500, \"broken\": 0}}, \"sets\": {\"web\": {\"keys\": 2000, "
         "\"source\": \"en\"}}, \"findings\": {}}");
    assert_string_equal(row(0, 0), "de|99.9 %|99.9 %|1|4");
    assert_string_equal(row(0, 1), "fr|50.0 %|50.0 %|500|0");
}

static void each_set_has_a_table_and_a_chart(void **state)
{
    (void)state;
    read("{\"coverage\": {\"app/de\": {\"missing\": 0, \"translated\": 1, "
         "\"broken\": 0}, " TR ", \"web/pt-BR\": {\"missing\": 612, \"translated\": 0, "
         "\"broken\": 0}}, \"sets\": {\"app\": {\"keys\": 1, \"source\": \"en\"}, " WEB
         "}, \"findings\": {}}");
    assert_int_equal(report.ntables, 2);
    assert_string_equal(report.tables[0].title, "app");
    assert_string_equal(row(0, 0), "de|100.0 %|100.0 %|0|0");
    assert_string_equal(report.tables[1].title, "web");
    assert_string_equal(row(1, 0), "pt-BR|0.0 %|0.0 %|612|0");
    assert_string_equal(row(1, 1), "tr|93.4 %|81.2 %|40|0");
    assert_int_equal(report.ncharts, 2);
    assert_int_equal(report.charts[1].npoints, 2);
    assert_string_equal(report.charts[1].title, "coverage of web by locale");
}

#define BELOW(locale, limit) \
    "\"i18ncheck/coverage/web/" locale "\": {\"limit\": \"" limit "\"}"

static void one_floor_that_locales_are_below_is_the_limit(void **state)
{
    (void)state;
    read("{\"coverage\": {\"web/de\": {\"translated\": 612}, " TR "}, \"sets\": {" WEB
         "}, \"findings\": {" BELOW("tr", "85") "}}");
    assert_string_equal(report.charts[0].limit, "85");
}

static void two_floors_are_none(void **state)
{
    (void)state;
    read("{\"coverage\": {\"web/de\": {\"translated\": 1}, " TR "}, \"sets\": {" WEB
         "}, \"findings\": {" BELOW("de", "95") ", " BELOW("tr", "85") "}}");
    assert_string_equal(report.charts[0].limit, "");
}

static void pages_and_keywords_have_tables_of_what_was_measured(void **state)
{
    (void)state;
    read("{\"content\": {\"docs/de\": {\"missing\": 12, \"orphan\": 0, \"pages\": 48, "
         "\"partial\": 1}}, \"coverage\": {}, \"keywords\": {\"gap\": 4, \"none\": 2, "
         "\"weak\": \"x\"}, \"sets\": {}, \"findings\": {}}");
    assert_int_equal(report.ntables, 2);
    assert_string_equal(report.tables[0].title, "pages");
    assert_string_equal(row(0, 0), "docs|de|48|12||0|1"); // no dates: none is stale
    assert_string_equal(report.tables[1].title, "keywords");
    assert_int_equal(report.tables[1].nrows, 2);
    assert_string_equal(row(1, 0), "covered by no page|2");
    assert_string_equal(row(1, 1), "not in every locale|4");
    assert_int_equal(report.ncharts, 0);
}

static void a_set_without_messages_has_no_shares(void **state)
{
    (void)state;
    read("{\"coverage\": {\"web/de\": {\"missing\": 0, \"translated\": 0, "
         "\"broken\": 0}}, \"sets\": {\"web\": {\"keys\": 0, \"source\": \"en\"}}, "
         "\"findings\": {}}");
    assert_string_equal(row(0, 0), "de|||0|0");
    assert_null(report.charts[0].series[0].value[0]); // a gap, not 0
}

/* 2^63 - 1 would not bear to be multiplied. */
static void counts_beyond_all_reason_have_no_shares(void **state)
{
    (void)state;
    read("{\"coverage\": {\"web/de\": {\"missing\": 9223372036854775807, "
         "\"translated\": 9223372036854775807}}, \"sets\": {\"web\": {\"keys\": "
         "9223372036854775807, \"source\": \"en\"}}, \"findings\": {}}");
    assert_string_equal(row(0, 0), "de|||9223372036854775807|");
}

static void more_translated_than_there_are_is_all_of_them(void **state)
{
    (void)state;
    read("{\"coverage\": {\"web/de\": {\"missing\": 9, \"translated\": 9}}, \"sets\": "
         "{\"web\": {\"keys\": 3, \"source\": \"en\"}}, \"findings\": {}}");
    assert_string_equal(row(0, 0), "de|0.0 %|100.0 %|9|");
}

static void hostile_names_are_text_fit_to_print(void **state)
{
    (void)state;
    read(
        "{\"coverage\": {\"<b>|/\\u202eed\\n/x\": {\"missing\": 0, \"translated\": 1}, "
        "\"web\": {\"missing\": 3}}, \"sets\": {\"<b>|\": {\"keys\": 1, \"source\": "
        "\"en\"}}, \"findings\": {}}");
    assert_string_equal(report.tables[0].title, "<b>|");
    assert_string_equal(row(0, 0), "\\u{202E}ed\\u{0A}/x|100.0 %|100.0 %|0|");
    assert_string_equal(row(1, 0), "web|||3|"); // of no set
    assert_string_equal(report.charts[0].title, "coverage of <b>| by locale");
    assert_string_equal(report.charts[0].x[0], "\\u{202E}ed\\u{0A}/x");
}

static void a_chart_has_as_many_points_as_it_may_and_a_report_as_many_charts(
    void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, &arena, MIB);
    buf_add_text(&text, "{\"coverage\": {\"s00/xxx\": {}");
    for (int i = 0; i < 500; i++)
        buf_printf(&text, ", \"s00/x%03d\": {}", i);
    for (int i = 1; i < 20; i++)
        buf_printf(&text, ", \"s%02d/de\": {}", i);
    buf_add_text(&text, "}, \"sets\": {}, \"findings\": {}}");
    read(buf_str(&text).at);
    assert_int_equal(report.ntables, 20);
    assert_int_equal(report.tables[0].nrows, 501);
    assert_int_equal(report.ncharts, CHARTS_MAX);
    assert_int_equal(report.charts[0].npoints, CHART_POINTS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_example_is_a_row_and_a_bar),
        TEST(nearly_all_is_cut_and_ignored_ones_do_not_count),
        TEST(each_set_has_a_table_and_a_chart),
        TEST(one_floor_that_locales_are_below_is_the_limit),
        TEST(two_floors_are_none),
        TEST(pages_and_keywords_have_tables_of_what_was_measured),
        TEST(a_set_without_messages_has_no_shares),
        TEST(counts_beyond_all_reason_have_no_shares),
        TEST(more_translated_than_there_are_is_all_of_them),
        TEST(hostile_names_are_text_fit_to_print),
        TEST(a_chart_has_as_many_points_as_it_may_and_a_report_as_many_charts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
