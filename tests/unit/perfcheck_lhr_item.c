/*
 * Items of audits: through jansson, their keys, what people read. Expected:
 * perfcheck.md 3 and 5, written out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/lhr_internal.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

static struct arena run;

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static json_t *load(const char *text, enum span_type type)
{
    json_t *json = NULL;
    struct err err;

    if (!lhr_load((struct span){text, strlen(text), type}, &json, &err))
        fail_msg("%s: %s", text, err.text);
    return json;
}

/* ---- through jansson ---- */

/* A string of JSON whose quotes are around `text` in the bytes. */
static void assert_string(const char *quoted, const char *expected)
{
    struct span span = {quoted + 1, strlen(quoted) - 2, SPAN_STRING};
    json_t *loaded = NULL;
    struct err err;

    if (!lhr_load(span, &loaded, &err))
        fail_msg("%s: %s", quoted, err.text);
    assert_string_equal(json_string_value(loaded), expected);
    json_decref(loaded);
}

#define FFFD "\xEF\xBF\xBD"

static void a_surrogate_that_stands_alone_is_replaced(void **state)
{
    (void)state;
    assert_string("\"a\\ud83d\"", "a" FFFD);
    assert_string("\"\\uD83D b\"", FFFD " b");
    assert_string("\"\\ude00\\ud83d\"", FFFD FFFD);
    assert_string("\"\\ud83d\\ud83d\\ude00\"", FFFD "\xF0\x9F\x98\x80");
    assert_string("\"\\ud83d\\n\"", FFFD "\n");
}

static void what_is_no_lone_surrogate_stays(void **state)
{
    (void)state;
    assert_string("\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80");
    assert_string("\"\\\\ud83d\"", "\\ud83d"); // a backslash and letters
    assert_string("\"\\\\\\ud83d\"", "\\" FFFD);
    assert_string("\"\\u00e4\\uffff\"", "\xC3\xA4\xEF\xBF\xBF");
}

static void numbers_are_doubles_however_long(void **state)
{
    OWN(json) array = load("[123456789012345678901234567890, 1, -0.5]", SPAN_ARRAY);

    (void)state;
    assert_true(json_is_real(json_array_get(array, 0)));
    assert_near(json_number_value(json_array_get(array, 0)), 1.2345678901234568e29, 0,
                0);
    assert_true(json_is_real(json_array_get(array, 1)));
}

static void what_is_no_json_is_refused(void **state)
{
    json_t *json = NULL;
    struct err err = {0};

    (void)state;
    assert_false(lhr_load((struct span){"[1,]", 4, SPAN_ARRAY}, &json, &err));
    assert_null(json);
    assert_non_null(strstr(err.text, "byte "));
    assert_false(
        lhr_load((struct span){"{\"a\":1,\"a\":2}", 13, SPAN_OBJECT}, &json, &err));
    assert_false(lhr_load((struct span){0}, &json, &err));
}

static void a_tree_of_tiny_values_is_refused(void **state)
{
    size_t n = 2 * LHR_LOAD_KEYS_MAX + 3;
    char *text = test_malloc(n);
    json_t *json = NULL;
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < n; i++)
        text[i] = i % 2 == 0 ? ',' : '0';
    text[0] = '[';
    text[n - 1] = ']'; // one value too many
    assert_false(lhr_load((struct span){text, n, SPAN_ARRAY}, &json, &err));
    assert_string_equal(err.text, "more than 200000 keys or values in lists");
    text[n - 3] = ']';
    assert_true(lhr_load((struct span){text, n - 2, SPAN_ARRAY}, &json, &err));
    assert_int_equal(json_array_size(json), LHR_LOAD_KEYS_MAX);
    json_decref(json);
    test_free(text);
}

/* ---- keys ---- */

static void assert_key(const char *text, const char *expected)
{
    OWN(json) item = load(text, SPAN_OBJECT);

    assert_string_equal(item_key(item, &run), expected);
}

// The order of perfcheck.md 5: each line has what comes before it taken out.
static void the_first_that_exists_is_the_key(void **state)
{
    (void)state;
    assert_key(
        "{\"source\":{\"url\":\"u\",\"line\":3,\"column\":9},\"sourceLocation\":{"
        "\"url\":\"v\",\"line\":1,\"column\":2},\"url\":\"w\"}",
        "u:3:9");
    assert_key("{\"source\":\"network\",\"sourceLocation\":{\"url\":\"v\",\"line\":1,"
               "\"column\":2},\"node\":{\"path\":\"1,HTML\"}}",
               "v:1:2");
    assert_key("{\"node\":{\"path\":\"1,HTML\",\"selector\":\"a > b\"},\"url\":\"w\"}",
               "1,HTML");
    assert_key("{\"node\":{\"path\":\"\",\"selector\":\"a > b\"},\"url\":\"w\"}",
               "a > b");
    assert_key("{\"label\":\"l\",\"url\":\"w\",\"href\":\"h\"}", "w");
    assert_key("{\"label\":\"l\",\"href\":\"h\",\"name\":\"n\"}", "h");
    assert_key("{\"name\":\"n\",\"label\":\"l\"}", "l");
    assert_key("{\"name\":\"n\",\"url\":{\"x\":1}}", "n");
}

// is-crawlable, hreflang and plugins of Lighthouse 6 to 13 have the element in
// `source`, with numbers that change from run to run (lhId, boundingRect).
static void an_element_under_another_name_is_found(void **state)
{
    (void)state;
    assert_key("{\"source\":{\"type\":\"node\",\"lhId\":\"1-22-META\",\"path\":"
               "\"1,HTML,0,HEAD\",\"selector\":\"head > meta\"}}",
               "1,HTML,0,HEAD");
    assert_key("{\"label\":\"l\",\"tapTarget\":{\"type\":\"node\",\"selector\":\"a\"},"
               "\"size\":\"8x8\"}",
               "a");
    assert_key("{\"label\":\"l\",\"x\":{\"type\":\"link\",\"selector\":\"a\"}}", "l");
}

static void an_item_without_a_name_is_its_json_with_sorted_keys(void **state)
{
    (void)state;
    assert_key("{\"b\":[1],\"a\":\"x\"}", "{\"a\":\"x\",\"b\":[1.0]}");
    assert_key("{}", "{}");
}

static void six_digits_and_more_are_a_counter(void **state)
{
    (void)state;
    assert_key("{\"url\":\"/a.12345.js\"}", "/a.12345.js");
    assert_key("{\"url\":\"/a.123456.js\"}", "/a.#.js");
    assert_key("{\"url\":\"1234567/x99/20261121\"}", "#/x99/#");
}

static void items_that_are_no_objects_have_a_key(void **state)
{
    OWN(json) array = load("[\"x\",7,null,[]]", SPAN_ARRAY);

    (void)state;
    assert_string_equal(item_key(json_array_get(array, 0), &run), "\"x\"");
    assert_string_equal(item_key(json_array_get(array, 2), &run), "null");
    assert_string_equal(item_text(json_array_get(array, 3), &run), "[]");
}

/* ---- what people read ---- */

static void assert_text(const char *text, const char *expected)
{
    OWN(json) item = load(text, SPAN_OBJECT);

    assert_string_equal(item_text(item, &run), expected);
}

static void people_read_selector_and_snippet(void **state)
{
    (void)state;
    assert_text("{\"node\":{\"path\":\"1,HTML\",\"selector\":\"a > b\",\"snippet\":"
                "\"<b class=\\\"x\\\">\"},\"url\":\"http://a/\"}",
                "a > b <b class=\"x\">");
    assert_text("{\"node\":{\"selector\":\"a > b\"}}", "a > b");
    assert_text("{\"sourceLocation\":{\"url\":\"u\",\"line\":1,\"column\":2}}",
                "u:1:2");
}

// hostile-input.md 3: no userinfo, no query values, no fragment
static void urls_lose_what_may_be_secret(void **state)
{
    OWN(json)
    item = load("{\"url\":\"http://me:pw@a/x?token=s3cret#frag\"}", SPAN_OBJECT);
    const char *text = item_text(item, &run);

    (void)state;
    assert_null(strstr(text, "pw"));
    assert_null(strstr(text, "s3cret"));
    assert_null(strstr(text, "frag"));
    assert_non_null(strstr(text, "a/x"));
}

static void text_is_fit_to_print_and_short(void **state)
{
    char long_item[400] = "{\"label\":\"";
    const char *text;
    size_t n = strlen(long_item);
    json_t *item;

    (void)state;
    assert_text("{\"label\":\"a\\u001b[31m\\u202e\"}", "a\\u{1B}[31m\\u{202E}");
    memset(long_item + n, 'x', 300);
    memcpy(long_item + n + 300, "\"}", 3);
    item = load(long_item, SPAN_OBJECT);
    text = item_text(item, &run);
    assert_int_equal(strlen(text), OUTSIDE_TEXT_MAX + strlen("..."));
    json_decref(item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_surrogate_that_stands_alone_is_replaced),
        cmocka_unit_test(what_is_no_lone_surrogate_stays),
        cmocka_unit_test(numbers_are_doubles_however_long),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(a_tree_of_tiny_values_is_refused),
        cmocka_unit_test(the_first_that_exists_is_the_key),
        cmocka_unit_test(an_element_under_another_name_is_found),
        cmocka_unit_test(an_item_without_a_name_is_its_json_with_sorted_keys),
        cmocka_unit_test(six_digits_and_more_are_a_counter),
        cmocka_unit_test(items_that_are_no_objects_have_a_key),
        cmocka_unit_test(people_read_selector_and_snippet),
        cmocka_unit_test(urls_lose_what_may_be_secret),
        cmocka_unit_test(text_is_fit_to_print_and_short),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
