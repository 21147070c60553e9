/* The lazy field scanner. Expected: what RFC 8259 and RFC 6901 say of the line, written
 * out; jansson where named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/arena.h"
#include "shared/own.h"
#include "shared/scan.h"
#include "shared/str.h"

#include "shared/banned.h"

static struct arena arena;

static struct scan *compile(const char *const pointers[], size_t n)
{
    struct scan *scan = NULL;
    struct err err = {0};

    if (!scan_compile(&arena, pointers, n, &scan, &err))
        fail_msg("%s", err.text);
    return scan;
}

// Both forms, on a copy in a block of just its size (AddressSanitizer then sees a read
// past it). The spans point into `line`.
static enum scan_result scan_both(const struct scan *scan, const char *line, size_t n,
                                  struct span out[])
{
    struct span scalar[SCAN_POINTERS_MAX] = {{0}};
    char *copy = malloc(n > 0 ? n : 1);
    enum scan_result result;

    assert_non_null(copy);
    memcpy(copy, line, n);
    memset(out, 0, sizeof scalar);
    result = scan_line(scan, copy, n, out);
    assert_int_equal(scan_line_scalar(scan, copy, n, scalar), result);
    if (result == SCAN_OK)
        assert_memory_equal(out, scalar, sizeof scalar);
    for (size_t i = 0; result == SCAN_OK && i < SCAN_POINTERS_MAX; i++)
        if (out[i].at)
            out[i].at = line + (out[i].at - copy);
    free(copy);
    return result;
}

static enum scan_result scan_one(const char *pointer, const char *line,
                                 struct span *span)
{
    struct span out[SCAN_POINTERS_MAX];
    enum scan_result result = scan_both(compile(&pointer, 1), line, strlen(line), out);

    *span = out[0];
    return result;
}

static void assert_found(const char *pointer, const char *line, enum span_type type,
                         const char *text)
{
    struct span span;

    if (scan_one(pointer, line, &span) != SCAN_OK)
        fail_msg("not ok: '%s' in %s", pointer, line);
    assert_int_equal(span.type, type);
    if (text) {
        assert_int_equal(span.n, strlen(text));
        assert_memory_equal(span.at, text, span.n);
    }
}

static void assert_result(const char *pointer, const char *line,
                          enum scan_result expected)
{
    struct span span;
    enum scan_result result = scan_one(pointer, line, &span);

    if (result != expected)
        fail_msg("%d instead of %d: '%s' in %s", (int)result, (int)expected, pointer,
                 line);
}

static void assert_refused(const char *const pointers[], size_t n, const char *expected)
{
    struct scan *scan = NULL;
    struct err err = {0};

    assert_false(scan_compile(&arena, pointers, n, &scan, &err));
    assert_null(scan);
    assert_string_equal(err.text, expected);
}

static void every_type_is_told(void **state)
{
    (void)state;
    assert_found("/a", "{\"a\":\"x y\"}", SPAN_STRING, "x y");
    assert_found("/a", "{\"a\":\"\"}", SPAN_STRING, "");
    assert_found("/a", "{\"a\":true}", SPAN_TRUE, "true");
    assert_found("/a", "{\"a\":false}", SPAN_FALSE, "false");
    assert_found("/a", "{\"a\":null}", SPAN_NULL, "null");
    assert_found("/a", "{\"a\":{\"b\":\"}\"}}", SPAN_OBJECT, "{\"b\":\"}\"}");
    assert_found("/a", "{\"a\":[1,[2]]}", SPAN_ARRAY, "[1,[2]]");
    assert_found("/a", "{\"b\":1}", SPAN_ABSENT, NULL);
    assert_found("/a", "{}", SPAN_ABSENT, NULL);
}

static void numbers_are_of_json_grammar(void **state)
{
    static const char *const good[] = {"0",   "-0",   "12",      "-3.25",
                                       "1e5", "1E-9", "0.5e+10", "9223372036854775807"};
    static const char *const odd[] = {"01",    "-",      "+1",
                                      "1.",    ".5",     "1e",
                                      "1e+",   "0x10",   "1a",
                                      "NaN",   "1.e2",   "--1",
                                      "1e400", "1e-400", "9223372036854775808"};
    char line[64];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        (void)snprintf(line, sizeof line, "{\"a\": %s }", good[i]);
        assert_found("/a", line, SPAN_NUMBER, good[i]);
    }
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        (void)snprintf(line, sizeof line, "{\"a\":%s}", odd[i]);
        assert_result("/a", line, SCAN_SUSPICIOUS);
    }
}

static void pointers_reach_into_objects_and_arrays(void **state)
{
    static const char line[] =
        "{\"p\":{\"$session id\":\"s\",\"[\":1,\"x\":{\"y\":true},\"0\":2},"
        "\"l\":[10,{\"k\":\"v\"},[7]],\"a/b\":3,\"m~n\":4,\"\":5}";

    (void)state;
    assert_found("/p/$session id", line, SPAN_STRING, "s");
    assert_found("/p/[", line, SPAN_NUMBER, "1");
    assert_found("/p/x/y", line, SPAN_TRUE, NULL);
    assert_found("/p/0", line, SPAN_NUMBER, "2"); // an index is a name in an object
    assert_found("/l/0", line, SPAN_NUMBER, "10");
    assert_found("/l/1/k", line, SPAN_STRING, "v");
    assert_found("/l/2/0", line, SPAN_NUMBER, "7");
    assert_found("/l/3", line, SPAN_ABSENT, NULL);
    assert_found("/l/01", line, SPAN_ABSENT, NULL); // RFC 6901, 4: no leading zeros
    assert_found("/l/-", line, SPAN_ABSENT, NULL);
    assert_found("/a~1b", line, SPAN_NUMBER, "3");
    assert_found("/m~0n", line, SPAN_NUMBER, "4");
    assert_found("/", line, SPAN_NUMBER, "5");
    assert_found("/l/0/x", line, SPAN_ABSENT, NULL); // a path that ends at a number
}

static void a_key_inside_a_skipped_value_is_not_a_wanted_one(void **state)
{
    (void)state;
    assert_found("/a",
                 "{\"x\":{\"a\":1},\"y\":[{\"a\":2}],\"z\":\"\\\"a\\\":3\",\"a\":4}",
                 SPAN_NUMBER, "4");
    assert_found("/p/a", "{\"q\":{\"a\":1},\"a\":2,\"p\":{\"aa\":3}}", SPAN_ABSENT,
                 NULL);
}

static void thirty_two_pointers_are_found_in_one_walk(void **state)
{
    const char *pointers[SCAN_POINTERS_MAX + 1];
    struct buf line;
    struct span out[SCAN_POINTERS_MAX];

    (void)state;
    buf_init(&line, &arena, 4096);
    for (int i = 0; i <= SCAN_POINTERS_MAX; i++) {
        pointers[i] = str_format(&arena, "/%s/k%d", i % 2 ? "p" : "q", i);
    }
    buf_add_text(&line, "{\"p\":{");
    for (int i = 31; i > 0; i -= 2)
        buf_printf(&line, "\"k%d\":%d,", i, i);
    buf_add_text(&line, "\"z\":[]},\"q\":{");
    for (int i = 0; i < 32; i += 2)
        buf_printf(&line, "\"k%d\":%d,", i, i);
    buf_add_text(&line, "\"z\":0}}");
    assert_int_equal(scan_both(compile(pointers, 32), line.at, line.n, out), SCAN_OK);
    for (int i = 0; i < 32; i++) {
        int64_t value = -1;

        assert_int_equal(out[i].type, SPAN_NUMBER);
        assert_true(str_to_int64(out[i].at, out[i].n, &value));
        assert_int_equal(value, i);
    }
    assert_refused(pointers, 33, "33 JSON pointers, at most 32");
}

static void bad_pointers_are_refused_by_name(void **state)
{
    (void)state;
    assert_refused((const char *[]){"a"}, 1,
                   "JSON pointer 'a' does not start with '/'");
    assert_refused((const char *[]){""}, 1, "JSON pointer '' does not start with '/'");
    assert_refused((const char *[]){"/a~2"}, 1,
                   "JSON pointer '/a~2': '~' is written ~0, '/' in a name ~1");
    assert_refused((const char *[]){"/a~"}, 1,
                   "JSON pointer '/a~': '~' is written ~0, '/' in a name ~1");
    assert_refused((const char *[]){"/a", "/a"}, 2,
                   "JSON pointer '/a' is given twice or is the start of another");
    assert_refused((const char *[]){"/a/b", "/a"}, 2,
                   "JSON pointer '/a' is given twice or is the start of another");
    assert_refused((const char *[]){"/a", "/a/b/c"}, 2,
                   "JSON pointer '/a/b/c' leads into another one");
}

static void a_pointer_may_not_be_deeper_than_a_line(void **state)
{
    char deep[2 * (SCAN_DEPTH_MAX + 1) + 1] = "";
    const char *pointer = deep;
    char expected[256];
    char line[6 * SCAN_DEPTH_MAX + 2] = "";

    (void)state;
    for (size_t i = 0; i < SCAN_DEPTH_MAX + 1; i++)
        memcpy(deep + 2 * i, "/a", 3);
    (void)snprintf(expected, sizeof expected, "JSON pointer '%s' is deeper than 64",
                   deep);
    assert_refused(&pointer, 1, expected);
    deep[sizeof deep - 3] = '\0';
    for (size_t i = 0; i < SCAN_DEPTH_MAX; i++)
        memcpy(line + 5 * i, "{\"a\":", 6);
    line[5 * (size_t)SCAN_DEPTH_MAX] = '7';
    memset(line + 5 * (size_t)SCAN_DEPTH_MAX + 1, '}', SCAN_DEPTH_MAX);
    assert_found(pointer, line, SPAN_NUMBER, "7");
}

static void what_jansson_must_decide_is_suspicious(void **state)
{
    static const char *const lines[] = {
        "{\"a\":\"x\\ny\"}",         // an escape in a wanted value
        "{\"a\":\"\xFF\"}",          // bad UTF-8 in a wanted value
        "{\"a\":\"\xED\xA0\x80\"}",  // a surrogate
        "{\"\\u0061\":1}",           // an escape in a key
        "{\"\xC0\xAF\":1}",          // bad UTF-8 in a key
        "{\"a\":1,\"b\":2,\"a\":1}", // a wanted key twice
        "{\"a\":1,\"x\":\"\t\"}",    // a control byte in a string
        "{\"a\":tru}",               // no value of JSON
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_result("/a", lines[i], SCAN_SUSPICIOUS);
    assert_result("/p/a", "{\"p\":{\"a\":1},\"p\":{}}", SCAN_SUSPICIOUS);
    assert_result("/p/a", "{\"p\":{\"a\":1,\"a\":1}}", SCAN_SUSPICIOUS);
    assert_found("/p/a", "{\"p\":{\"a\":1},\"a\":1}", SPAN_NUMBER, "1");
    assert_found("/a", "{\"a\":\"\xC3\xA9\xF0\x9F\x98\x80\"}", SPAN_STRING,
                 "\xC3\xA9\xF0\x9F\x98\x80");
}

static void an_empty_line_is_malformed(void **state)
{
    static const char *const pointer = "/a";
    struct scan *scan = compile(&pointer, 1);
    struct span span;

    (void)state;
    assert_int_equal(scan_line(scan, NULL, 0, &span), SCAN_MALFORMED);
    assert_int_equal(scan_line_scalar(scan, "", 0, &span), SCAN_MALFORMED);
}

static void what_is_not_one_object_is_malformed(void **state)
{
    static const char *const lines[] = {
        "",
        " ",
        "1",
        "[]",
        "\"a\"",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1}}",
        "{\"a\":1} x",
        "{\"a\":1}{\"a\":1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":1,,\"b\":2}",
        "{a:1}",
        "{\"a\":}",
        "{\"b\":,\"a\":1}",
        "{\"b\":1 2,\"a\":1}",
        "{\"b\":\"x\"\"y\",\"a\":1}",
        "{\"b\":\"x,\"a\":1}",
        "{\"b\":[1,\"a\":1}",
        "{\"b\":[{]},\"a\":1}",
        "{\"b\":[1}],\"a\":1}",
        "{\"a\":1]",
        "\xEF\xBB\xBF{}",
    };
    static const char *const arrays[] = {"{\"l\":[1,]}", "{\"l\":[,1]}",
                                         "{\"l\":[1 2]}", "{\"l\":[1:2]}",
                                         "{\"l\":[1}"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_result("/a", lines[i], SCAN_MALFORMED);
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        assert_result("/l/0", arrays[i], SCAN_MALFORMED);
}

static void faults_in_skipped_values_are_not_looked_for(void **state)
{
    (void)state;
    assert_found("/a", "{\"b\":[1 2,,],\"c\":{x},\"d\":tru,\"a\":1}", SPAN_NUMBER, "1");
    assert_found("/a", "{\"b\":1,\"b\":2,\"a\":1}", SPAN_NUMBER, "1");
}

static void nesting_ends_at_64(void **state)
{
    char line[256];

    (void)state;
    for (int inner = 62; inner <= 64; inner++) {
        enum scan_result expected =
            inner + 1 > SCAN_DEPTH_MAX ? SCAN_MALFORMED : SCAN_OK;
        int n = snprintf(line, sizeof line, "{\"b\":");

        memset(line + n, '[', (size_t)inner);
        memset(line + n + inner, ']', (size_t)inner);
        memcpy(line + n + inner + inner, "}", 2);
        assert_result("/a", line, expected);
        assert_result("/b/0/0", line, expected);
        assert_result("/b", line, expected);
    }
}

static void white_space_of_json_may_be_anywhere(void **state)
{
    (void)state;
    assert_found("/p/a", "\t { \"x\" : [ 1 , 2 ] ,\r\n \"p\" : { \"a\" : \"v\" } } \r",
                 SPAN_STRING, "v");
    assert_result("/a", "{\"a\":\f1}", SCAN_MALFORMED);
}

static void a_nul_byte_is_no_white_space(void **state)
{
    static const char inside[] = "{\"a\":1}\0";
    static const char after_number[] = "{\"a\":1\0}"; // jansson 2.14 accepts this one
    static const char *const pointer = "/a";
    struct span out[SCAN_POINTERS_MAX];

    (void)state;
    assert_int_equal(scan_both(compile(&pointer, 1), inside, sizeof inside - 1, out),
                     SCAN_MALFORMED);
    assert_int_equal(scan_both(compile(&pointer, 1), after_number,
                               sizeof after_number - 1, out),
                     SCAN_SUSPICIOUS);
}

static const char event[] =
    "{\"uuid\":\"0192\\\\\",\"event\":\"$pageview\",\"note\":\"\\\\\\\\\\\\\\\" {[\\\\\","
    "\"properties\":{\"$title\":\"\xC3\xBC\xE2\x82\xAC \\u00fc\",\"$elements\":[{\"a\":\"}\"},"
    "[\"]\",{}]],\"$browser\":\"Safari\",\"$lcp\":1832.5,\"$set\":{\"plan\":\"pro\"}},"
    "\"timestamp\":\"2026-11-05T18:57:29.825Z\"}";
static const char *const event_pointers[] = {"/event", "/properties/$browser",
                                             "/properties/$lcp", "/timestamp",
                                             "/properties/$elements"};

enum { EVENT_POINTERS = sizeof event_pointers / sizeof event_pointers[0] };

static void shifting_a_line_over_block_borders_changes_nothing(void **state)
{
    static const char *const expected[EVENT_POINTERS] = {"$pageview", "Safari",
                                                         "1832.5",
                                                         "2026-11-05T18:57:29.825Z",
                                                         "[{\"a\":\"}\"},[\"]\",{}]]"};
    struct scan *scan = compile(event_pointers, EVENT_POINTERS);
    struct span out[SCAN_POINTERS_MAX];
    char line[sizeof event + 192];

    (void)state;
    for (size_t shift = 0; shift < 192; shift++) {
        memset(line, ' ', sizeof line);
        memcpy(line + shift, event, sizeof event - 1);
        assert_int_equal(scan_both(scan, line, shift + sizeof event - 1, out), SCAN_OK);
        for (size_t i = 0; i < EVENT_POINTERS; i++) {
            assert_int_equal(out[i].n, strlen(expected[i]));
            assert_memory_equal(out[i].at, expected[i], out[i].n);
        }
    }
}

static void a_line_cut_anywhere_is_refused(void **state)
{
    struct scan *scan = compile(event_pointers, EVENT_POINTERS);
    struct span out[SCAN_POINTERS_MAX];

    (void)state;
    for (size_t n = 0; n < sizeof event - 1; n++)
        assert_int_not_equal(scan_both(scan, event, n, out), SCAN_OK);
}

// Runs of every length from every place in a block, in a key's neighbour and before the
// quote that ends it.
static void backslash_runs_end_strings_as_jansson_says(void **state)
{
    static const char *const pointer = "/a";
    struct scan *scan = compile(&pointer, 1);
    struct span out[SCAN_POINTERS_MAX];
    char line[512];

    (void)state;
    for (int pad = 0; pad < 66; pad++) {
        for (int run = 0; run < 70; run++) {
            int n =
                snprintf(line, sizeof line, "{\"x\":\"%*s%*s\",\"a\":1,\"y\":\",\"}",
                         pad, "", run, "");
            OWN(json) root = NULL;

            memset(line + 6 + pad, '\\', (size_t)run);
            root = json_loadb(line, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
            assert_int_equal(scan_both(scan, line, (size_t)n, out),
                             root ? SCAN_OK : SCAN_MALFORMED);
            if (root)
                assert_int_equal(out[0].type, json_object_get(root, "a") ? SPAN_NUMBER
                                                                         : SPAN_ABSENT);
        }
    }
}

// The place of the odd byte decides, not the blocks it shares with others.
static void an_escape_counts_only_inside_the_wanted_string(void **state)
{
    char line[512];

    (void)state;
    for (int pad = 0; pad < 140; pad++) {
        (void)snprintf(line, sizeof line,
                       "{\"x\":\"\\n%*s\",\"a\":\"%*s\",\"y\":\"\\n\"}", pad % 64, "",
                       pad, "");
        assert_found("/a", line, SPAN_STRING, NULL);
        for (int at = 0; at < pad; at += 7) {
            (void)snprintf(line, sizeof line, "{\"x\":\"%*s\",\"a\":\"%*s\\n%*s\"}",
                           pad % 64, "", at, "", pad - at, "");
            assert_result("/a", line, SCAN_SUSPICIOUS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_told),
        cmocka_unit_test(numbers_are_of_json_grammar),
        cmocka_unit_test(pointers_reach_into_objects_and_arrays),
        cmocka_unit_test(a_key_inside_a_skipped_value_is_not_a_wanted_one),
        cmocka_unit_test(thirty_two_pointers_are_found_in_one_walk),
        cmocka_unit_test(bad_pointers_are_refused_by_name),
        cmocka_unit_test(a_pointer_may_not_be_deeper_than_a_line),
        cmocka_unit_test(what_jansson_must_decide_is_suspicious),
        cmocka_unit_test(an_empty_line_is_malformed),
        cmocka_unit_test(what_is_not_one_object_is_malformed),
        cmocka_unit_test(faults_in_skipped_values_are_not_looked_for),
        cmocka_unit_test(nesting_ends_at_64),
        cmocka_unit_test(white_space_of_json_may_be_anywhere),
        cmocka_unit_test(a_nul_byte_is_no_white_space),
        cmocka_unit_test(shifting_a_line_over_block_borders_changes_nothing),
        cmocka_unit_test(a_line_cut_anywhere_is_refused),
        cmocka_unit_test(backslash_runs_end_strings_as_jansson_says),
        cmocka_unit_test(an_escape_counts_only_inside_the_wanted_string),
    };
    int failed;

    arena_init(&arena, (size_t)64 << 20);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
