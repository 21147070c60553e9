/* Placeholders by syntax, and what differs between two texts (i18ncheck.md 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "i18ncheck/tokens.h"

#include "shared/banned.h"

static struct arena run;

/* "name:type name:type" of the tokens. */
static const char *found(const char *text, enum syntax syntax)
{
    struct tokens tokens;
    struct buf out;

    tokens_find(str_of(text), syntax, &run, &tokens);
    buf_init(&out, &run, 4096);
    buf_add_text(&out, "");
    for (size_t i = 0; i < tokens.n; i++)
        buf_printf(&out, "%s%.*s:%.*s", i > 0 ? " " : "", (int)tokens.item[i].name.n,
                   tokens.item[i].name.at, (int)tokens.item[i].type.n,
                   tokens.item[i].type.at);
    return out.n > 0 ? out.at : "";
}

static enum token_fault fault(const char *source, const char *target,
                              enum syntax syntax, enum droppable droppable)
{
    struct tokens a, b;

    tokens_find(str_of(source), syntax, &run, &a);
    tokens_find(str_of(target), syntax, &run, &b);
    return tokens_compare(&a, &b, droppable).fault;
}

static void each_syntax_finds_its_own(void **state)
{
    static const struct {
        const char *text;
        enum syntax syntax;
        const char *tokens;
    } cases[] = {
        {"100 % sure", SYNTAX_PRINTF, ""},
        {"100 % sure", SYNTAX_C_PRINTF, "1:s"},
        {"%d%% of %1$s, %-5.2lf %i", SYNTAX_PRINTF, "1:d 1:s 2:lf 3:d"},
        {"%@ and %#@apples@", SYNTAX_OBJC, "1:@ apples:@"},
        {"%(name)s is %d", SYNTAX_PYTHON, "name:s 1:d"},
        {"{name!r:>10} {0} {{no}} {}", SYNTAX_BRACE, "name: 0: 1:"},
        {"{0,-8:f} {{x}}", SYNTAX_CSHARP, "0:"},
        {"{0,number,#.#} of {1}", SYNTAX_JAVA, "0:number 1:"},
        {"{{x}} {{- y}} {{z, number}} $t(key) {n}", SYNTAX_I18NEXT,
         "x: y: z:number $t(key):"},
        {"%{x} %<y>d %%{z}", SYNTAX_RAILS, "x: y:d"},
        {"{x} {0} {'lit'} @:key @.lower:other.key", SYNTAX_VUE,
         "x: 0: :key: :other.key:"},
        {":name and :Name at 12:30 a:b", SYNTAX_LARAVEL, "name: name:"},
        {"%x% 50% of 10%", SYNTAX_PERCENT, "x:"},
        {"{x} %s", SYNTAX_NONE, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(found(cases[i].text, cases[i].syntax), cases[i].tokens);
}

static void numbered_and_plain_conversions_mean_the_same(void **state)
{
    (void)state;
    assert_int_equal(fault("%1$s %2$s", "%2$s %1$s", SYNTAX_PRINTF, DROP_NOTHING),
                     TOKENS_SAME);
    assert_int_equal(fault("%s %d", "%2$d %1$s", SYNTAX_PRINTF, DROP_NOTHING),
                     TOKENS_SAME);
    assert_int_equal(fault("%s %d", "%d %s", SYNTAX_PRINTF, DROP_NOTHING), TOKENS_TYPE);
    assert_int_equal(fault("%i", "%d", SYNTAX_PRINTF, DROP_NOTHING), TOKENS_SAME);
    assert_int_equal(fault("%ld", "%d", SYNTAX_PRINTF, DROP_NOTHING), TOKENS_TYPE);
}

static void extra_comes_before_type_before_missing_before_count(void **state)
{
    (void)state;
    assert_int_equal(fault("{{a}}", "{{b}}", SYNTAX_I18NEXT, DROP_NOTHING),
                     TOKENS_EXTRA);
    assert_int_equal(fault("{{a, number}} {{b}}", "{{a}}", SYNTAX_I18NEXT,
                           DROP_NOTHING),
                     TOKENS_TYPE);
    assert_int_equal(fault("{{a}} {{b}}", "{{a}}", SYNTAX_I18NEXT, DROP_NOTHING),
                     TOKENS_MISSING);
    assert_int_equal(fault("{{a}}", "{{a}} {{a}}", SYNTAX_I18NEXT, DROP_NOTHING),
                     TOKENS_COUNT);
}

static void only_the_count_may_be_dropped(void **state)
{
    (void)state;
    assert_int_equal(fault("{{count}} items", "One item", SYNTAX_I18NEXT, DROP_COUNT),
                     TOKENS_SAME);
    assert_int_equal(fault("{{count}} of {{name}}", "One", SYNTAX_I18NEXT, DROP_COUNT),
                     TOKENS_MISSING);
    assert_int_equal(fault("%d items", "one item", SYNTAX_C_PRINTF, DROP_COUNT),
                     TOKENS_SAME);
    assert_int_equal(fault("%s items", "one item", SYNTAX_C_PRINTF, DROP_COUNT),
                     TOKENS_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_syntax_finds_its_own),
        cmocka_unit_test(numbered_and_plain_conversions_mean_the_same),
        cmocka_unit_test(extra_comes_before_type_before_missing_before_count),
        cmocka_unit_test(only_the_count_may_be_dropped),
    };
    int failed;

    arena_init(&run, 1 << 22);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&run);
    return failed;
}
