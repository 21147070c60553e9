/* Users' patterns: whole text, Unicode, limits, replacement. Expected: pcre2pattern(3)
 * and pcre2api(3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "shared/re.h"

#include "shared/banned.h"

static enum re_result match(const char *pattern, bool anchored, struct str subject)
{
    struct re *re = NULL;
    struct err err = {0};
    enum re_result result;

    if (!re_compile(pattern, anchored, &re, &err))
        fail_msg("%s: %s", pattern, err.text);
    result = re_match(re, subject);
    re_free(re);
    return result;
}

static enum re_result match_js(const char *pattern, struct str subject)
{
    struct re *re = NULL;
    struct err err = {0};
    enum re_result result;

    if (!re_compile_js(pattern, &re, &err))
        fail_msg("%s: %s", pattern, err.text);
    result = re_match(re, subject);
    re_free(re);
    return result;
}

static const char *refusal(const char *pattern)
{
    static struct err err;
    struct re *re = NULL;

    assert_false(re_compile(pattern, true, &re, &err));
    assert_null(re);
    return err.text;
}

static const char *replace(struct arena *arena, const char *pattern,
                           const char *subject, const char *as)
{
    struct re *re;
    struct err err;
    struct str out = STR("untouched");

    assert_true(re_compile(pattern, true, &re, &err));
    (void)re_replace(re, str_of(subject), as, arena, &out);
    re_free(re);
    return str_copy(arena, out.at, out.n);
}

static void an_anchored_pattern_must_match_the_whole_text(void **state)
{
    (void)state;
    assert_int_equal(match("/cart", true, STR("/cart")), RE_MATCH);
    assert_int_equal(match("/cart", true, STR("/cart/2")), RE_NO_MATCH);
    assert_int_equal(match("/cart", true, STR("x/cart")), RE_NO_MATCH);
    assert_int_equal(match("/cart", true, STR("/cart\n")), RE_NO_MATCH);
    assert_int_equal(match("a|ab", true, STR("ab")),
                     RE_MATCH); // not the first way that fits
    assert_int_equal(match("", true, STR("")), RE_MATCH);
    assert_int_equal(match("", true, (struct str){0}), RE_MATCH);
}

static void a_pattern_that_is_not_anchored_is_found_inside(void **state)
{
    (void)state;
    assert_int_equal(match("cart", false, STR("/de/cart/2")), RE_MATCH);
    assert_int_equal(match("(?i)/(checkout|cart)", false, STR("/de/CART")), RE_MATCH);
    assert_int_equal(match("cart", false, STR("/de/CART")), RE_NO_MATCH); // case counts
}

static void characters_and_classes_are_those_of_unicode(void **state)
{
    (void)state;
    assert_int_equal(match(".", true, STR("\xC3\xA9")), RE_MATCH);
    assert_int_equal(match("\\w+", true, STR("\xC3\xA9t\xC3\xA9")), RE_MATCH);
    assert_int_equal(match("(?i)\xC3\xA9", true, STR("\xC3\x89")), RE_MATCH);
    assert_int_equal(match("a.c", true, ((struct str){"a\0c", 3})), RE_MATCH);
}

/* Expected: what ECMAScript 2023, 22.2.2, says of each; of `new RegExp` without flags.
 */
static void a_pattern_of_javascript_means_what_it_means_there(void **state)
{
    (void)state;
    assert_int_equal(match_js("cart$", STR("x/cart")), RE_MATCH);
    assert_int_equal(match_js("cart$", STR("cart\n")), RE_NO_MATCH);
    assert_int_equal(match_js("\\u0061", STR("a")), RE_MATCH);
    assert_int_equal(match_js("^\\u61$", STR("u61")), RE_MATCH);
    assert_int_equal(match_js("^\\d$", STR("\xD9\xA1")), RE_NO_MATCH); // U+0661
    assert_int_equal(match_js("^\\w$", STR("\xC3\xA9")), RE_NO_MATCH); // e acute
    assert_int_equal(match_js("a[]", STR("a]")), RE_NO_MATCH);
    assert_int_equal(match_js("a[^]b", STR("a\nb")), RE_MATCH);
    assert_int_equal(match_js("^(?:(a)|b)\\1$", STR("b")), RE_MATCH);
    assert_int_equal(match_js("CART", STR("cart")), RE_NO_MATCH);
}

static void bad_utf8_is_bad_text_and_not_a_miss(void **state)
{
    (void)state;
    assert_int_equal(match("a.*", true, STR("a\xFF")), RE_BAD_TEXT);
    assert_int_equal(match("zzz", true, STR("\xC3")), RE_BAD_TEXT);
    assert_int_equal(match("zzz", true, STR("\xED\xA0\x80")), RE_BAD_TEXT);
}

static void a_limit_hit_is_too_costly_and_not_a_miss(void **state)
{
    char many[64];

    (void)state;
    memset(many, 'a', sizeof many);
    // [bc]: that a lone b is missing would be seen at once
    assert_int_equal(match("(a+)+[bc]", true, ((struct str){many, sizeof many})),
                     RE_TOO_COSTLY);
    assert_int_equal(match("(?:a?){40}a{40}[bc]", true,
                           ((struct str){many, sizeof many})),
                     RE_TOO_COSTLY);
}

static void a_pattern_cannot_raise_the_limits(void **state)
{
    char many[64];

    (void)state;
    memset(many, 'a', sizeof many);
    assert_int_equal(match("(*LIMIT_MATCH=4000000000)(a+)+[bc]", true,
                           ((struct str){many, sizeof many})),
                     RE_TOO_COSTLY);
}

static void a_fault_in_a_pattern_is_named_with_its_place(void **state)
{
    (void)state;
    assert_string_equal(refusal("/cart("),
                        "pattern fails at byte 6: missing closing parenthesis");
    assert_non_null(strstr(refusal("*"), "at byte 0: quantifier does not follow"));
    assert_non_null(strstr(refusal("\\C"), "\\C"));
    assert_non_null(strstr(refusal("a\xFF"), "UTF-8"));
}

static void patterns_have_a_longest_and_a_deepest(void **state)
{
    static char text[PATTERN_BYTES_MAX + 2];

    (void)state;
    memset(text, 'a', PATTERN_BYTES_MAX);
    assert_int_equal(match(text, true, STR("a")), RE_NO_MATCH);
    text[PATTERN_BYTES_MAX] = 'a';
    assert_string_equal(refusal(text), "pattern is longer than 4096 bytes; split it");
    memset(text, '\0', sizeof text);
    memset(text, '(', 51);
    memset(text + 51, ')', 51);
    assert_non_null(strstr(refusal(text), "nested"));
    memset(text + 101, '\0', 1);
    memmove(text, text + 1, 101);
    assert_int_equal(match(text, true, STR("")), RE_MATCH); // 50 of them
}

static void a_replacement_names_groups(void **state)
{
    assert_string_equal(replace(*state, "/(\\w+)/item/(\\d+)", "/de/item/77",
                                "/$1/item/:id"),
                        "/de/item/:id");
    assert_string_equal(replace(*state, "(.)(.)", "ab", "$2$1$2"), "bab");
    assert_string_equal(replace(*state, "(a)|(b)", "b", "<$1|$2|$3>"), "<|b|>");
    assert_string_equal(replace(*state, ".*", "/x", ""), "");
}

static void a_dollar_that_names_no_group_stays(void **state)
{
    assert_string_equal(replace(*state, "(.)", "a", "$"), "$");
    assert_string_equal(replace(*state, "(.)", "a", "$0 $x $$1 $"), "$0 $x $a $");
}

static void what_does_not_match_is_not_replaced(void **state)
{
    assert_string_equal(replace(*state, "/cart", "/cart/2", "x"), "untouched");
    assert_string_equal(replace(*state, ".", "\xFF", "x"), "untouched");
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    re_free(NULL);
}

static enum re_result remove_all(struct arena *arena, const char *pattern,
                                 struct str subject, struct str *out)
{
    enum re_result result;
    struct re *re;
    struct err err;

    *out = STR("untouched");
    assert_true(re_compile(pattern, false, &re, &err));
    result = re_remove(re, subject, arena, out);
    re_free(re);
    return result;
}

static void every_match_is_removed(void **state)
{
    struct str out;

    assert_int_equal(remove_all(*state, "\\d+",
                                STR("1a22\xc3\xa9"
                                    "333"),
                                &out),
                     RE_MATCH);
    assert_true(str_equal(out, STR("a\xc3\xa9")));
    assert_int_equal(remove_all(*state, "(?<=a)b*", STR("abbab"), &out), RE_MATCH);
    assert_true(str_equal(out, STR("aa")));
    assert_int_equal(remove_all(*state, ".*", STR("all of it"), &out), RE_MATCH);
    assert_int_equal(out.n, 0);
    assert_int_equal(remove_all(*state, "x*", STR("none"), &out), RE_NO_MATCH);
    assert_int_equal(remove_all(*state, "x", (struct str){0}, &out), RE_NO_MATCH);
    assert_int_equal(remove_all(*state, "b", STR("ab\xff"), &out), RE_BAD_TEXT);
    assert_int_equal(remove_all(*state, "(a+)+$",
                                STR("b aaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), &out),
                     RE_TOO_COSTLY);
    assert_true(str_equal(out, STR("untouched")));
}

static int make_arena(void **state)
{
    static struct arena arena;

    arena_init(&arena, MIB);
    *state = &arena;
    return 0;
}

static int drop_arena(void **state)
{
    arena_release(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_anchored_pattern_must_match_the_whole_text),
        cmocka_unit_test(a_pattern_that_is_not_anchored_is_found_inside),
        cmocka_unit_test(characters_and_classes_are_those_of_unicode),
        cmocka_unit_test(a_pattern_of_javascript_means_what_it_means_there),
        cmocka_unit_test(bad_utf8_is_bad_text_and_not_a_miss),
        cmocka_unit_test(a_limit_hit_is_too_costly_and_not_a_miss),
        cmocka_unit_test(a_pattern_cannot_raise_the_limits),
        cmocka_unit_test(a_fault_in_a_pattern_is_named_with_its_place),
        cmocka_unit_test(patterns_have_a_longest_and_a_deepest),
        cmocka_unit_test(a_replacement_names_groups),
        cmocka_unit_test(a_dollar_that_names_no_group_stays),
        cmocka_unit_test(what_does_not_match_is_not_replaced),
        cmocka_unit_test(every_match_is_removed),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
