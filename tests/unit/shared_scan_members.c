/* The walk over members of a JSON text. Expected: what RFC 8259 says of the text,
 * written out; tests/fuzz/shared_members.c compares with jansson. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/scan_members.h"

#include "shared/banned.h"

enum { TEXT_BYTES = 4096 };

/* ---- a text as the walk sees it, written down ---- */

static void note(char *seen, const char *text, size_t n)
{
    size_t used = strlen(seen);

    assert_true(used + n < TEXT_BYTES);
    if (n > 0) // an element's key is no text at all
        memcpy(seen + used, text, n);
    seen[used + n] = '\0';
}

/* Adds "key=value " of each member; of those whose key starts with 'e', and of elements
 * that are containers, "key( ... )". */
static void note_walk(struct scan_members *walk, char *seen)
{
    struct scan_member member;
    size_t depth = 1;

    while (depth > 0) {
        if (!scan_members_next(walk, &member)) {
            if (walk->fault)
                return;
            if (--depth > 0)
                note(seen, ") ", 2);
            continue;
        }
        note(seen, member.key.at, member.key.n);
        if ((member.key.n == 0 || member.key.at[0] == 'e') &&
            scan_members_enter(walk)) {
            note(seen, "(", 1);
            depth++;
            continue;
        }
        member.value = scan_members_whole(walk, member.value);
        note(seen, "=", 1);
        note(seen, member.value.at, member.value.n);
        note(seen, " ", 1);
    }
}

/* Both forms on a copy in a block of just its size: AddressSanitizer then sees a read
 * past it. */
static void walk_text(const char *text, size_t n, char *seen, struct err *err)
{
    char *copy = malloc(n > 0 ? n : 1), other[TEXT_BYTES] = "";
    struct scan_members walk, scalar;

    assert_non_null(copy);
    memcpy(copy, text, n);
    seen[0] = err->text[0] = '\0';
    scan_members(&walk, copy, n);
    note_walk(&walk, seen);
    scan_members_scalar(&scalar, copy, n);
    note_walk(&scalar, other);
    assert_string_equal(seen, other);
    assert_int_equal(walk.fault_at, scalar.fault_at);
    assert_int_equal(scan_members_end(&walk, err), !walk.fault);
    free(copy);
}

static void assert_seen(const char *text, const char *expected)
{
    char seen[TEXT_BYTES];
    struct err err;

    walk_text(text, strlen(text), seen, &err);
    assert_string_equal(err.text, "");
    assert_string_equal(seen, expected);
}

static void assert_refused(const char *text, const char *why)
{
    char seen[TEXT_BYTES];
    struct err err;

    walk_text(text, strlen(text), seen, &err);
    assert_string_equal(err.text, why);
}

/* ---- what it gives ---- */

static void members_come_in_order_with_their_values(void **state)
{
    (void)state;
    assert_seen("{\"a\":1,\"b\":\"x\",\"c\":true,\"d\":null,\"f\":false}",
                "a=1 b=x c=true d=null f=false ");
    assert_seen(" { \"a\" : -1.5e+10 ,\n\t\"b\" : \"\" } \r\n", "a=-1.5e+10 b= ");
}

static void elements_come_without_a_key(void **state)
{
    (void)state;
    assert_seen("[1,\"two\",[3,[4]],{}]", "=1 =two (=3 (=4 ) ) () ");
}

static void what_nobody_enters_is_given_whole(void **state)
{
    (void)state;
    assert_seen("{\"a\":{\"b\":[1,{\"c\":\"}\"}]},\"d\":[ ]}",
                "a={\"b\":[1,{\"c\":\"}\"}]} d=[ ] ");
}

static void an_entered_value_is_left_where_it_ends(void **state)
{
    (void)state;
    assert_seen("{\"e\":{\"x\":1,\"e2\":{\"y\":[2]}},\"z\":3}",
                "e(x=1 e2(y=[2] ) ) z=3 ");
    assert_seen("{\"e\":{},\"e2\":[],\"z\":{}}", "e() e2() z={} ");
}

static void the_whole_of_an_entered_value_has_its_brackets(void **state)
{
    static const char text[] = "{\"e\":{\"x\":[1]},\"z\":3}";
    struct scan_members walk;
    struct scan_member member, inner;

    (void)state;
    scan_members(&walk, text, sizeof text - 1);
    assert_int_equal(walk.type, SPAN_OBJECT);
    assert_true(scan_members_next(&walk, &member));
    assert_true(scan_members_enter(&walk));
    while (scan_members_next(&walk, &inner))
        continue;
    member.value = scan_members_whole(&walk, member.value);
    assert_int_equal(member.value.n, strlen("{\"x\":[1]}"));
    assert_int_equal(member.value.at - text, 5);
}

static void a_scalar_is_not_entered(void **state)
{
    static const char text[] = "{\"e\":\"{\",\"f\":1}";
    struct scan_members walk;
    struct scan_member member;

    (void)state;
    scan_members(&walk, text, sizeof text - 1);
    while (scan_members_next(&walk, &member))
        assert_false(scan_members_enter(&walk));
    assert_null(walk.fault);
}

static void escapes_stay_as_they_are(void **state)
{
    (void)state;
    assert_seen("{\"a\\\"\":\"\\\\\",\"b\":\"\\ud83d\"}", "a\\\"=\\\\ b=\\ud83d ");
}

// The same members with 0 to 130 spaces before them: each token crosses a block's
// border once.
static void block_borders_do_not_matter(void **state)
{
    static const char text[] =
        "{\"e\":{\"k\\\\\\\"\":[\"]\\\\\",{\"\":\"\\\"\"}]},"
        "\"longer than a block of sixty-four bytes, with its end "
        "in the next one\":\"\\\\\\\\\",\"n\":-0.25,\"t\":true}";
    static const char expected[] =
        "e(k\\\\\\\"=[\"]\\\\\",{\"\":\"\\\"\"}] ) longer than a block of sixty-four "
        "bytes, with its end in the next one=\\\\\\\\ n=-0.25 t=true ";
    char padded[sizeof text + 130];

    (void)state;
    for (size_t pad = 0; pad <= 130; pad++) {
        memset(padded, ' ', pad);
        memcpy(padded + pad, text, sizeof text);
        assert_seen(padded, expected);
    }
}

/* ---- what it refuses ---- */

static void faults_name_the_byte(void **state)
{
    (void)state;
    assert_refused("", "byte 0: it is empty");
    assert_refused(" \n", "byte 2: it is empty");
    assert_refused("\"a\"", "byte 0: no object or array is here");
    assert_refused("{\"a\" 1}", "byte 5: ':' is wanted");
    assert_refused("{a:1}", "byte 1: a key is wanted");
    assert_refused("{\"a\":1,}", "byte 7: a key is wanted");
    assert_refused("{\"a\":1 \"b\":2}", "byte 7: ',' or a closing bracket is wanted");
    assert_refused("[1,]", "byte 3: no value of JSON is here");
    assert_refused("[,1]", "byte 1: no value of JSON is here");
    assert_refused("[1}", "byte 2: ',' or a closing bracket is wanted");
    assert_refused("{\"a\":[1}", "byte 7: a bracket closes another kind");
    assert_refused("{\"a\":{[}]}", "byte 7: a bracket closes another kind");
    assert_refused("{} {}", "byte 3: something follows the JSON");
    assert_refused("{}x", "byte 2: something follows the JSON");
    assert_refused("\xEF\xBB\xBF{}", "byte 0: no object or array is here");
    assert_refused("{\"a\":\"\n\"}", "byte 6: a control byte is in a string");
    assert_refused("{\"a\":{\"b\":\"\x01\"}}",
                   "byte 11: a control byte is in a string");
}

static void scalars_are_those_of_json(void **state)
{
    static const char *const bad[] = {"01",  "1.",   ".5",    "+1",  "1e",
                                      "1e+", "-",    "0x1",   "nan", "Infinity",
                                      "nul", "True", "truee", "1 2"};
    static const char *const good[] = {
        "0", "-0", "1.50", "1E5", "1e-400", "0e0", "123456789012345678901234567890"};
    char text[64], expected[64];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char seen[TEXT_BYTES];
        struct err err;
        int n = snprintf(text, sizeof text, "[%s]", bad[i]);

        walk_text(text, (size_t)n, seen, &err);
        if (err.text[0] == '\0')
            fail_msg("accepted: %s", text);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        (void)snprintf(text, sizeof text, "[%s]", good[i]);
        (void)snprintf(expected, sizeof expected, "=%s ", good[i]);
        assert_seen(text, expected);
    }
}

static void a_text_cut_anywhere_is_refused(void **state)
{
    static const char text[] =
        "{\"a\":{\"b\":[1,2,{\"c\":\"d\\\"\"}]},\"e\":[\"x\",{\"y\":-1.5}],\"f\":true}";
    char seen[TEXT_BYTES];
    struct err err;

    (void)state;
    for (size_t n = 0; n < sizeof text - 1; n++) {
        walk_text(text, n, seen, &err);
        if (err.text[0] == '\0')
            fail_msg("accepted: %.*s", (int)n, text);
    }
}

/* `depth` arrays in each other, skipped below the top. */
static const char *fault_of_depth(size_t depth)
{
    static struct scan_members walk;
    struct scan_member member;
    char text[1200];

    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    scan_members(&walk, text, 2 * depth);
    while (scan_members_next(&walk, &member))
        continue;
    return walk.fault;
}

static void five_hundred_and_twelve_levels_are_the_most(void **state)
{
    (void)state;
    assert_null(fault_of_depth(512));
    assert_string_equal(fault_of_depth(513), "it is nested deeper than 512");
}

static void a_walk_that_stops_early_is_not_at_its_end(void **state)
{
    static const char text[] = "{\"a\":5,\"b\":6}";
    struct scan_members walk;
    struct scan_member member;
    struct err err = {0};

    (void)state;
    scan_members(&walk, text, sizeof text - 1);
    assert_true(scan_members_next(&walk, &member));
    assert_false(scan_members_end(&walk, &err));
    assert_string_equal(err.text, "byte 6: the walk ends early");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_in_order_with_their_values),
        cmocka_unit_test(elements_come_without_a_key),
        cmocka_unit_test(what_nobody_enters_is_given_whole),
        cmocka_unit_test(an_entered_value_is_left_where_it_ends),
        cmocka_unit_test(the_whole_of_an_entered_value_has_its_brackets),
        cmocka_unit_test(a_scalar_is_not_entered),
        cmocka_unit_test(escapes_stay_as_they_are),
        cmocka_unit_test(block_borders_do_not_matter),
        cmocka_unit_test(faults_name_the_byte),
        cmocka_unit_test(scalars_are_those_of_json),
        cmocka_unit_test(a_text_cut_anywhere_is_refused),
        cmocka_unit_test(five_hundred_and_twelve_levels_are_the_most),
        cmocka_unit_test(a_walk_that_stops_early_is_not_at_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
