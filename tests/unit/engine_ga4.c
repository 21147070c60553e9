/* Tests of shared/engines/ga4_reply.c. The good reply is that of sources.md 10; names
 * of metadata are those of the Data API's ResponseMetaData reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/ga4.h"

#include "shared/banned.h"

#define META "\"metadata\":{\"timeZone\":\"Europe/Berlin\"}}"
#define ROW(date, name, sessions)                                 \
    "{\"dimensionValues\":[{\"value\":" date "},{\"value\":" name \
    "}],\"metricValues\":[{\"value\":" sessions "}]}"

static struct arena run;
static struct err err;
static struct reply_notes notes;
static struct ga4_page page;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    notes = (struct reply_notes){.arena = &run, .who = "w"};
    page = (struct ga4_page){.n = 77};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static bool parse(const char *body, bool is_by_name)
{
    page.day = day_from_civil(2026, 3, 2);
    page.is_by_name = is_by_name;
    return ga4_page_parse(str_of(body), &run, &notes, &page, &err);
}

static void refused(const char *body, const char *why)
{
    assert_false(parse(body, true));
    assert_string_equal(err.text, why);
    assert_int_equal(page.n, 77);
}

static void the_documented_reply_is_read(void **state)
{
    (void)state;
    assert_true(parse(
        "{\"rows\":[" ROW(
            "\"20260302\"", "\"purchase\"",
            "\"12\"") "],\"rowCount\":1,\"metadata\":{\"timeZone\":\"Europe/Berlin\","
                      "\"subjectToThresholding\":false}}",
        true));
    assert_int_equal(page.n, 1);
    assert_int_equal(page.total, 1);
    assert_int_equal(page.sessions[0], 12);
    assert_true(str_equal(page.name[0], STR("purchase")));
    assert_true(str_equal(page.zone, STR("Europe/Berlin")));
    assert_null(page.why);
    assert_int_equal(notes.n, 0);
}

static void a_report_without_names_has_one_dimension(void **state)
{
    static const char body[] = "{\"rows\":[{\"dimensionValues\":[{\"value\":"
                               "\"20260302\"}],\"metricValues\":[{\"value\":\"7\"}]}],"
                               "\"rowCount\":1," META;

    (void)state;
    assert_true(parse(body, false));
    assert_int_equal(page.sessions[0], 7);
    assert_null(page.name);
    page.n = 77;
    refused(body, "/rows/0/dimensionValues has 1 values, expected 2");
}

static void no_rows_are_left_out(void **state)
{
    (void)state;
    assert_true(parse("{" META, true));
    assert_int_equal(page.n, 0);
    assert_int_equal(page.total, 0);
    assert_true(parse("{\"rowCount\":0," META, true));
    assert_int_equal(page.n, 0);
}

static void rows_without_their_number_are_refused(void **state)
{
    (void)state;
    refused("{\"rows\":[" ROW("\"20260302\"", "\"a\"", "\"1\"") "]," META,
            "/rowCount is missing, expected a number");
}

static void numbers_are_texts_of_digits(void **state)
{
    (void)state;
    refused("{\"rows\":[" ROW("\"20260302\"", "\"a\"", "12") "],\"rowCount\":1," META,
            "/rows/0/metricValues/0/value is a number, expected a string");
    refused("{\"rows\":[" ROW("\"20260302\"", "\"a\"",
                              "\"1.5\"") "],\"rowCount\":1," META,
            "/rows/0/metricValues/0/value is '1.5', expected digits");
    refused("{\"rows\":[" ROW("\"20260302\"", "\"a\"",
                              "\"-1\"") "],\"rowCount\":1," META,
            "/rows/0/metricValues/0/value is '-1', expected digits");
    refused("{\"rows\":[" ROW("\"20260302\"", "\"a\"",
                              "\"9223372036854775808\"") "],\"rowCount\":1," META,
            "/rows/0/metricValues/0/value is '9223372036854775808', expected digits");
    refused("{\"rows\":[],\"rowCount\":\"1\"," META,
            "/rowCount is a string, expected a number");
}

static void a_row_of_another_day_is_refused(void **state)
{
    (void)state;
    refused("{\"rows\":[" ROW("\"20260302\"", "\"a\"",
                              "\"1\"") "," ROW("\"20260301\"", "\"b\"",
                                               "\"1\"") "],\"rowCount\":2," META,
            "/rows/1/dimensionValues/0/value is '20260301', expected '20260302'");
    refused("{\"rows\":[" ROW("\"(other)\"", "\"b\"", "\"1\"") "],\"rowCount\":1," META,
            "/rows/0/dimensionValues/0/value is '(other)', expected '20260302'");
}

static void a_value_of_another_type_is_named_by_its_pointer(void **state)
{
    (void)state;
    refused("{\"rows\":{},\"rowCount\":1," META, "/rows is an object, expected a list");
    refused("{\"rows\":[1],\"rowCount\":1," META,
            "/rows/0 is a number, expected an object");
    refused("{\"rows\":[{\"metricValues\":[]}],\"rowCount\":1," META,
            "/rows/0/dimensionValues is missing, expected a list");
    refused("{\"rows\":[{\"dimensionValues\":[{\"value\":\"20260302\"},1]}],"
            "\"rowCount\":1," META,
            "/rows/0/dimensionValues/1 is a number, expected an object");
    refused("{\"rows\":[" ROW("\"20260302\"", "null", "\"1\"") "],\"rowCount\":1," META,
            "/rows/0/dimensionValues/1/value is null, expected a string");
    refused("{}", "/metadata is missing, expected an object");
    refused("{\"metadata\":{}}", "/metadata/timeZone is missing, expected a string");
    refused("{\"metadata\":{\"timeZone\":\"UTC\",\"subjectToThresholding\":\"no\"}}",
            "/metadata/subjectToThresholding is a string, expected true or false");
}

static void what_was_left_out_is_told(void **state)
{
    (void)state;
    assert_true(parse("{\"metadata\":{\"timeZone\":\"UTC\","
                      "\"subjectToThresholding\":true}}",
                      true));
    assert_non_null(strstr(page.why, "subjectToThresholding"));
    assert_true(parse("{\"metadata\":{\"timeZone\":\"UTC\","
                      "\"dataLossFromOtherRow\":true}}",
                      true));
    assert_non_null(strstr(page.why, "dataLossFromOtherRow"));
    assert_true(parse("{\"metadata\":{\"timeZone\":\"UTC\",\"samplingMetadatas\":"
                      "[{\"samplesReadCount\":\"1\"}]}}",
                      true));
    assert_non_null(strstr(page.why, "samplingMetadatas"));
    assert_true(
        parse("{\"metadata\":{\"timeZone\":\"UTC\",\"samplingMetadatas\":[]}}", true));
    assert_null(page.why);
}

static void a_reply_that_stops_names_its_row(void **state)
{
    (void)state;
    refused("{\"rows\":[" ROW("\"20260302\"", "\"a\"", "\"1\"") ",{\"dim",
            "reply ends inside row 2");
}

static void a_field_that_is_new_is_named(void **state)
{
    (void)state;
    assert_true(
        parse("{\"new\":1,\"metadata\":{\"timeZone\":\"UTC\",\"odd\":1}}", true));
    assert_int_equal(notes.n, 2);
    assert_non_null(strstr(notes.text[1], "/metadata/odd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_documented_reply_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_report_without_names_has_one_dimension, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_rows_are_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_without_their_number_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(numbers_are_texts_of_digits, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_of_another_day_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_value_of_another_type_is_named_by_its_pointer,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_left_out_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reply_that_stops_names_its_row, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_field_that_is_new_is_named, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
