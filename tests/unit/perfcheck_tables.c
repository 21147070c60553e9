/* The table of perfcheck's report: from the state document of perfcheck.md 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/round.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;
static struct report report;
static json_t *document;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    report = (struct report){.tool = "perfcheck"};
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

/* The tables of a document. */
static void read(const char *text)
{
    document = json_loads(text, 0, NULL);
    assert_non_null(document);
    perfcheck_tables(document, &arena, &report);
}

/* A row of table `t`, cells parted by a bar. */
static const char *row(size_t t, size_t r)
{
    const struct table *table;
    struct buf out;

    assert_true(t < report.ntables);
    table = &report.tables[t];
    assert_true(r < table->nrows);
    buf_init(&out, &arena, KIB * 8);
    for (size_t c = 0; c < table->ncolumns; c++)
        buf_printf(&out, "%s%s", c > 0 ? "|" : "",
                   table->cell[r * table->ncolumns + c]);
    return buf_str(&out).at;
}

#define CART "mobile/https://shop.example/cart"
/* Section 10's example. */
#define SCORES                                                         \
    "\"score_x100\": {\"accessibility\": 92, \"best-practices\": 93, " \
    "\"performance\": 84, \"seo\": 100}"
#define PUBLISHED                                                             \
    "\"published\": {\"cls_x1000\": 20, \"fcp_ms\": 1118, \"lcp_ms\": 1959, " \
    "\"si_ms\": 1247, \"tbt_ms\": 535}"
#define PAGE(key) "\"" key "\": {" PUBLISHED ", " SCORES "}"
#define FOUND(check, severity, value)                              \
    "\"perfcheck/" check "/" CART "\": {\"severity\": \"" severity \
    "\", \"value\": \"" value "\"}"

static void what_is_published_is_a_row(void **state)
{
    (void)state;
    read("{\"findings\": {}, \"pages\": {" PAGE(CART) "}}");
    assert_int_equal(report.ntables, 1);
    assert_string_equal(report.tables[0].title, "");
    assert_int_equal(report.tables[0].ncolumns, 8);
    assert_string_equal(report.tables[0].column[4].name, "LCP ms");
    assert_false(report.tables[0].column[0].is_number);
    assert_true(report.tables[0].column[4].is_number);
    assert_string_equal(row(0, 0), "/cart|84|92|100|1959|535|0.02|");
}

static void what_is_found_stands_behind_what_was_published(void **state)
{
    (void)state;
    read(
        "{\"findings\": {" // clang-format off
         FOUND("regression-tbt", "crit", "4058") ", "
         FOUND("improvement-lcp", "info", "1200") ", "
         FOUND("minimum-seo", "warn", "70") ", "
         FOUND("audit-image-alt", "crit", "1") ", "
         "\"perfcheck/regression-cls/" CART "2\": "
         "{\"severity\": \"warn\", \"value\": \"9\"}}, "
         "\"pages\": {" PAGE(CART) "}}"); // clang-format on
    assert_string_equal(row(0, 0), "/cart|84|92|100 -> 70|1959 -> 1200|535 -> "
                                   "4058|0.02|audit-image-alt, minimum-seo, "
                                   "regression-tbt");
}

static void more_than_four_open_ones_are_counted(void **state)
{
    (void)state;
    read(
        "{\"findings\": {" // clang-format off
         FOUND("audit-a", "warn", "1") ", "
         FOUND("audit-b", "warn", "1") ", "
         FOUND("audit-c", "warn", "1") ", "
         FOUND("audit-d", "warn", "1") ", "
         FOUND("audit-e", "warn", "1") ", "
         FOUND("debt", "info", "1") "}, "
         "\"pages\": {" PAGE(CART) "}}"); // clang-format on
    assert_string_equal(
        row(0, 0),
        "/cart|84|92|100|1959|535|0.02|audit-a, audit-b, audit-c, audit-d and 1 more");
}

static void each_form_has_a_table_and_its_name(void **state)
{
    (void)state;
    read(
        "{\"findings\": {}, \"pages\": {" PAGE("desktop/https://shop.example/") ", " PAGE(
            CART) ", " PAGE("mobile/https://shop.example/") "}}");
    assert_int_equal(report.ntables, 2);
    assert_string_equal(report.tables[0].title, "desktop");
    assert_int_equal(report.tables[0].nrows, 1);
    assert_string_equal(report.tables[1].title, "mobile");
    assert_int_equal(report.tables[1].nrows, 2);
}

static void one_form_that_is_not_the_usual_one_is_named(void **state)
{
    (void)state;
    read("{\"findings\": {}, \"pages\": {" PAGE("desktop/https://shop.example/") "}}");
    assert_string_equal(report.tables[0].title, "desktop");
}

static void pages_of_two_hosts_are_whole(void **state)
{
    (void)state;
    read("{\"findings\": {}, \"pages\": {" PAGE("mobile/https://a.example/x") ", " PAGE(
        "mobile/https://a.example:8/x") "}}");
    assert_string_equal(row(0, 0), "https://a.example/x|84|92|100|1959|535|0.02|");
    assert_string_equal(row(0, 1), "https://a.example:8/x|84|92|100|1959|535|0.02|");
}

static void what_is_not_there_is_an_empty_cell(void **state)
{
    (void)state;
    read("{\"findings\": {}, \"pages\": {\"" CART "\": {\"published\": {}, "
         "\"score_x100\": {}}}}");
    assert_string_equal(row(0, 0), "/cart||||||"
                                   "|");
}

static void values_of_another_type_are_as_good_as_none(void **state)
{
    (void)state;
    read("{\"findings\": {\"perfcheck/regression-tbt/" CART "\": 7, \"x\": {}}, "
         "\"pages\": {\"" CART "\": {\"published\": {\"tbt_ms\": \"x\"}, "
         "\"score_x100\": 3}, \"x\": null}}");
    assert_int_equal(report.ntables, 2);
    assert_string_equal(row(0, 0), "https://shop.example/cart|||||||");
    assert_string_equal(row(1, 0), "x|||||||");
}

static void a_page_that_looks_like_markup_is_text_fit_to_print(void **state)
{
    (void)state;
    read("{\"findings\": {}, \"pages\": {" PAGE(
        "mobile/https://shop.example/<script>|`\\u202e\\n") "}}");
    assert_string_equal(row(0, 0),
                        "/<script>|`\\u{202E}\\u{0A}|84|92|100|1959|535|0.02|");
}

static void no_page_is_no_table(void **state)
{
    (void)state;
    read("{\"findings\": {}, \"pages\": {}}");
    assert_int_equal(report.ntables, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_published_is_a_row),
        TEST(what_is_found_stands_behind_what_was_published),
        TEST(more_than_four_open_ones_are_counted),
        TEST(each_form_has_a_table_and_its_name),
        TEST(one_form_that_is_not_the_usual_one_is_named),
        TEST(pages_of_two_hosts_are_whole),
        TEST(what_is_not_there_is_an_empty_cell),
        TEST(values_of_another_type_are_as_good_as_none),
        TEST(a_page_that_looks_like_markup_is_text_fit_to_print),
        TEST(no_page_is_no_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
