/* The ICU parser on the messages that i18ncheck.md 7 calls valid and invalid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "i18ncheck/icu.h"

#include "shared/banned.h"

static struct arena run;

static bool parses(const char *text, bool tags, struct icu *icu)
{
    const char *why = NULL;
    bool good = icu_parse(str_of(text), tags, &run, icu, &why);

    assert_true(good || (why && why[0]));
    return good;
}

static void the_pages_valid_messages_parse(void **state)
{
    static const char *const valid[] = {
        "",
        "{x}",
        "{ x }",
        "{x}}",
        "}",
        "{0}",
        "a < b",
        "<3 x",
        "'{x}'",
        "it's {x}",
        "'{x",
        "{x, number, ::currency/EUR}",
        "{n, plural, =0 {none} other {# b}}",
        "{g, select, other {}}",
        "{n,plural,one{a}other{b}}",
        "{n, plural, offset:1 one {#} other {#}}",
        "{n, plural, other {'#'}}",
        "{n, plural, uno {a} other {c}}",
    };
    struct icu icu;

    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        assert_true(parses(valid[i], false, &icu));
        assert_true(parses(valid[i], true, &icu));
    }
    assert_true(icu.bad_selector.n == 3 && memcmp(icu.bad_selector.at, "uno", 3) == 0);
}

static void the_pages_invalid_messages_do_not(void **state)
{
    static const char *const invalid[] = {
        "{x",
        "{n, plural, other {a}",
        "{}",
        "{{count}}",
        "{user-name}",
        "{a.b}",
        "{x y}",
        "{01}",
        "{x, foo}",
        "{x, choice, 0#a}",
        "{n, plural, one {#}}",
        "{n, plural}",
        "{n, plural, one {a} one {b} other {c}}",
        "{n, plural, =1.5 {a} other {b}}",
    };
    struct icu icu;

    (void)state;
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        assert_false(parses(invalid[i], false, &icu));
}

static void tags_have_to_be_closed_where_they_are_markup(void **state)
{
    struct icu icu;

    (void)state;
    assert_false(parses("<b>x", true, &icu));
    assert_false(parses("x</b>", true, &icu));
    assert_true(parses("<b>x</b><br>", true, &icu));
    assert_true(parses("<0>x</0>", true, &icu));
    assert_true(parses("'<b>'x", true, &icu));
    assert_true(parses("<b>x", false, &icu));
}

static void arguments_are_found_with_their_forms(void **state)
{
    struct icu icu;

    (void)state;
    assert_true(
        parses("{who} has {n, plural, =0 {no cats} one {# cat} other {{n} cats, "
               "{g, select, f {hers} other {theirs #}}}}",
               false, &icu));
    assert_int_equal(icu.n, 4);
    assert_int_equal(icu.argument[1].kind, ICU_PLURAL);
    assert_int_equal(icu.argument[1].noptions, 3);
    assert_false(icu.argument[1].option[0].has_count);
    assert_true(icu.argument[1].option[1].has_count);
    assert_true(icu.argument[1].option[2].has_count);
    assert_true(str_equal(icu.argument[1].option[0].text, str_of("no cats")));
    assert_int_equal(icu.argument[3].kind, ICU_SELECT);
    assert_true(icu_is_exact(icu.argument[1].option[0].selector));
}

static void nesting_ends_at_the_limit(void **state)
{
    char deep[4096] = "";
    struct icu icu;

    (void)state;
    for (size_t i = 0; i < ICU_DEPTH_MAX + 2; i++)
        memcpy(deep + strlen(deep), "{g, select, other {",
               sizeof "{g, select, other {");
    for (size_t i = 0; i < ICU_DEPTH_MAX + 2; i++)
        memcpy(deep + strlen(deep), "}}", sizeof "}}");
    assert_false(parses(deep, false, &icu));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pages_valid_messages_parse),
        cmocka_unit_test(the_pages_invalid_messages_do_not),
        cmocka_unit_test(tags_have_to_be_closed_where_they_are_markup),
        cmocka_unit_test(arguments_are_found_with_their_forms),
        cmocka_unit_test(nesting_ends_at_the_limit),
    };
    int failed;

    arena_init(&run, 1 << 22);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&run);
    return failed;
}
