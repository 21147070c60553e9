/*
 * Tests of i18ncheck/groups.c: which flat keys are forms of one message. The rules are
 * i18ncheck.md 3 (--format-hint, rails); i18next's own are in its documentation under
 * "Plurals" (v4: _one, _other; v3: _plural, _0).
 */
#include <stdlib.h>

#include "i18ncheck/utf8.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

/* A source and one target, grouped. */
struct pair {
    struct set_rules rules;
    struct catalog source, target;
};

static struct pair grouped(enum plural_style style, const char *source,
                           const char *target)
{
    struct pair pair = {.rules = rules_of(CATALOG_JSON)};

    pair.rules.plural = style;
    pair.source = parsed(source, &pair.rules, "en");
    catalog_group(&pair.source, NULL, &pair.rules, &run);
    pair.target = parsed(target, &pair.rules, "de");
    catalog_group(&pair.target, &pair.source, &pair.rules, &run);
    return pair;
}

static const char *source_of(enum plural_style style, const char *text)
{
    struct pair pair = grouped(style, text, "{}");

    return shown(&pair.source);
}

static const char *target_of(enum plural_style style, const char *source,
                             const char *target)
{
    struct pair pair = grouped(style, source, target);

    return shown(&pair.target);
}

/* ---- i18next ---- */

static void forms_of_a_stem_with_other_are_one_message(void **state)
{
    (void)state;
    assert_string_equal(
        source_of(PLURAL_I18NEXT4,
                  "{\"cart\": {\"items_other\": \"{{count}} items\", \"items_one\": "
                  "\"One item\"}, \"brand\": \"Rounds\"}"),
        "brand | Rounds\ncart.items | one=One item | other={{count}} items\n");
}

static void suffixes_without_other_are_ordinary_keys(void **state)
{
    (void)state;
    assert_string_equal(source_of(PLURAL_I18NEXT4,
                                  "{\"arrow_one\": \"a\", \"arrow_many\": \"b\"}"),
                        "arrow_many | b\narrow_one | a\n");
}

static void ordinal_forms_are_a_group_of_their_own(void **state)
{
    struct pair pair =
        grouped(PLURAL_I18NEXT4,
                "{\"place_one\": \"a\", \"place_other\": \"b\", \"place_ordinal_one\": "
                "\"c\", \"place_ordinal_few\": \"d\", \"place_ordinal_other\": \"e\", "
                "\"x_ordinal_one\": \"f\"}",
                "{\"place_ordinal_other\": \"g\"}");

    (void)state;
    assert_string_equal(shown(&pair.source), "place | one=a | other=b\n"
                                             "place_ordinal | one=c | few=d | other=e\n"
                                             "x_ordinal_one | f\n");
    assert_false(pair.source.message[0].is_ordinal);
    assert_true(pair.source.message[1].is_ordinal);
    assert_true(pair.target.message[0].is_ordinal);
}

static void the_source_says_which_target_keys_are_forms(void **state)
{
    static const char source[] = "{\"a_one\": \"1\", \"a_other\": \"2\", \"b\": \"3\"}";

    (void)state;
    assert_string_equal(target_of(PLURAL_I18NEXT4, source,
                                  "{\"a_few\": \"1\", \"a_many\": \"2\", \"a_one\": "
                                  "\"3\", \"b_one\": \"4\", \"b_other\": \"5\"}"),
                        "a | one=3 | few=1 | many=2\nb_one | 4\nb_other | 5\n");
    assert_string_equal(target_of(PLURAL_I18NEXT4, source, "{\"a_other\": \"1\"}"),
                        "a | other=1\n");
}

static void a_bare_key_is_the_fallback_of_its_group(void **state)
{
    struct pair pair =
        grouped(PLURAL_I18NEXT4,
                "{\"a\": \"0\", \"a_one\": \"1\", \"a_other\": \"2\", \"a-z\": \"3\"}",
                "{\"a\": \"4\", \"a-z\": \"5\"}");

    (void)state;
    assert_string_equal(shown(&pair.source), "a | one=1 | other=2 | =0\na-z | 3\n");
    assert_string_equal(shown(&pair.target), "a | =4\na-z | 5\n");
    assert_true(str_equal(message_text(&pair.source.message[0]), STR("2")));
}

static void groups_stand_where_their_stem_sorts(void **state)
{
    // "-" and "A" are below "_", so the group moves
    struct pair pair = grouped(PLURAL_I18NEXT4,
                               "{\"k-x\": \"1\", \"kA\": \"2\", \"k_one\": \"3\", "
                               "\"k_other\": \"4\", \"ka\": \"5\"}",
                               "{}");

    (void)state;
    assert_string_equal(shown(&pair.source),
                        "k | one=3 | other=4\nk-x | 1\nkA | 2\nka | 5\n");
    for (size_t i = 0; i < pair.source.n; i++)
        assert_ptr_equal(catalog_find(&pair.source, pair.source.message[i].key),
                         &pair.source.message[i]);
}

static void a_number_under_a_plural_suffix_is_no_form(void **state)
{
    (void)state;
    assert_string_equal(source_of(PLURAL_I18NEXT4,
                                  "{\"a_one\": 1, \"a_other\": \"2\"}"),
                        "a | other=2\na_one (n)\n");
    assert_string_equal(source_of(PLURAL_I18NEXT4, "{\"a\": 1, \"a_other\": \"2\"}"),
                        "a | other=2\n");
}

static void old_forms_join_the_bare_key(void **state)
{
    static const char source[] =
        "{\"a\": \"1\", \"a_plural\": \"2\", \"b_plural\": \"3\", \"c\": \"4\"}";

    (void)state;
    assert_string_equal(source_of(PLURAL_I18NEXT3, source),
                        "a | =1 | plural=2\nb_plural | 3\nc | 4\n");
    assert_string_equal(target_of(PLURAL_I18NEXT3, source,
                                  "{\"a_0\": \"1\", \"a_1\": \"2\", \"a_2\": \"3\", "
                                  "\"c_0\": \"4\"}"),
                        "a | 0=1 | 1=2 | 2=3\nc_0 | 4\n");
}

static void numbered_steps_are_no_plural(void **state)
{
    (void)state;
    assert_string_equal(
        source_of(PLURAL_I18NEXT3,
                  "{\"step\": \"a\", \"step_1\": \"b\", \"step_2\": \"c\"}"),
        "step | a\nstep_1 | b\nstep_2 | c\n");
    assert_string_equal(source_of(PLURAL_I18NEXT3,
                                  "{\"s\": \"a\", \"s_0\": \"b\", \"s_1\": \"c\"}"),
                        "s | =a | 0=b | 1=c\n");
}

static void without_a_style_every_key_is_a_message(void **state)
{
    (void)state;
    assert_string_equal(source_of(PLURAL_NONE,
                                  "{\"a_one\": \"1\", \"a_other\": \"2\"}"),
                        "a_one | 1\na_other | 2\n");
}

static void the_line_of_a_group_is_that_of_its_first_form(void **state)
{
    struct pair pair =
        grouped(PLURAL_I18NEXT4,
                "{\n\"z\": \"0\",\n\"a_other\": \"2\",\n\"a_one\": \"1\"}", "{}");

    (void)state;
    assert_int_equal(line_of(&pair.source, "a"), 3);
}

/* ---- rails: the reader gives paths, so JSON's stand for them ---- */

static void a_hash_of_categories_with_other_is_one_message(void **state)
{
    (void)state;
    assert_string_equal(
        source_of(PLURAL_RAILS,
                  "{\"a\": {\"one\": \"1\", \"other\": \"2\"}, \"b\": {\"other\": "
                  "\"%{count} x\"}, \"c\": {\"other\": \"Other\"}, \"d\": {\"one\": "
                  "\"1\", \"two\": \"2\"}, \"e\": {\"one\": \"1\", \"other\": \"2\", "
                  "\"none\": \"3\"}, \"f\": {\"other\": \"%<count>d x\"}}"),
        "a | one=1 | other=2\n"
        "b | other=%{count} x\n"
        "c.other | Other\n"
        "d.one | 1\n"
        "d.two | 2\n"
        "e.none | 3\n"
        "e.one | 1\n"
        "e.other | 2\n"
        "f | other=%<count>d x\n");
}

static void the_source_says_which_hashes_are_plurals(void **state)
{
    static const char source[] =
        "{\"a\": {\"one\": \"1\", \"other\": \"2\"}, \"b\": {\"other\": \"Other\"}}";

    (void)state;
    assert_string_equal(
        target_of(PLURAL_RAILS, source,
                  "{\"a\": {\"other\": \"1\"}, \"b\": {\"one\": \"2\", \"other\": "
                  "\"3\"}, \"old\": {\"one\": \"4\", \"other\": \"5\"}}"),
        "a | other=1\nb.one | 2\nb.other | 3\nold | one=4 | other=5\n");
}

static void a_key_that_ends_like_a_category_is_no_branch(void **state)
{
    (void)state;
    assert_string_equal(source_of(PLURAL_RAILS,
                                  "{\"none\": \"1\", \"another\": \"2\", \"x\": "
                                  "{\"another\": \"3\", \"someone\": \"4\"}}"),
                        "another | 2\nnone | 1\nx.another | 3\nx.someone | 4\n");
}

/* ---- what the source says ---- */

static enum plural_style style_of(const char *text)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog source = parsed(text, &rules, "en");

    return catalog_plural_style(&source, &rules);
}

static void the_plural_style_is_read_off_the_keys(void **state)
{
    (void)state;
    assert_int_equal(style_of("{\"a_one\": \"1\", \"a_other\": \"2\"}"),
                     PLURAL_I18NEXT4);
    assert_int_equal(style_of("{\"x\": {\"a_few\": \"1\", \"a_other\": \"2\"}}"),
                     PLURAL_I18NEXT4);
    assert_int_equal(style_of("{\"a_other\": \"2\"}"), PLURAL_NONE);
    assert_int_equal(style_of("{\"a_one\": \"1\", \"b_other\": \"2\"}"), PLURAL_NONE);
    assert_int_equal(style_of("{\"arrow_one\": \"1\", \"arrow_many\": \"2\"}"),
                     PLURAL_NONE);
    assert_int_equal(style_of("{\"a\": \"1\", \"a_plural\": \"2\"}"), PLURAL_I18NEXT3);
    assert_int_equal(style_of("{\"a_plural\": \"2\"}"), PLURAL_NONE);
    assert_int_equal(
        style_of("{\"a\": \"1\", \"a_plural\": \"2\", \"b_one\": \"1\", \"b_other\": "
                 "\"2\"}"),
        PLURAL_I18NEXT4);
}

static void formats_and_syntaxes_imply_a_plural_style(void **state)
{
    static const struct {
        enum catalog_format format;
        enum syntax syntax;
        enum plural_style style;
    } cases[] = {
        {CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU},
        {CATALOG_JSON, SYNTAX_VUE, PLURAL_VUE},
        {CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE},
        {CATALOG_RAILS, SYNTAX_RAILS, PLURAL_RAILS},
        {CATALOG_PO, SYNTAX_NONE, PLURAL_PO},
        {CATALOG_ANDROID, SYNTAX_PRINTF, PLURAL_ANDROID},
        {CATALOG_ARB, SYNTAX_ICU, PLURAL_ICU},
        {CATALOG_XCSTRINGS, SYNTAX_OBJC, PLURAL_ANDROID},
        {CATALOG_PROPERTIES, SYNTAX_JAVA, PLURAL_NONE},
        {CATALOG_PROPERTIES, SYNTAX_ICU, PLURAL_ICU},
        {CATALOG_XLIFF, SYNTAX_ICU, PLURAL_ICU},
    };
    struct catalog empty = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct set_rules rules = rules_of(cases[i].format);

        rules.syntax = cases[i].syntax;
        assert_int_equal(catalog_plural_style(&empty, &rules), cases[i].style);
    }
}

static enum syntax guessed(const char *text)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog source = parsed(text, &rules, "en");

    return catalog_guess_syntax(&source);
}

static void the_syntax_is_guessed_by_the_braces(void **state)
{
    (void)state;
    assert_int_equal(guessed(
                         "{\"a\": \"{{x}}\", \"b\": \"{{y}} {{z}}\", \"c\": \"{x}\"}"),
                     SYNTAX_I18NEXT);
    assert_int_equal(guessed("{\"a\": \"{{x}}\", \"b\": \"{y}\"}"), SYNTAX_ICU);
    assert_int_equal(guessed("{\"a\": \"text\"}"), SYNTAX_ICU);
    assert_int_equal(guessed("{\"a\": \"{n, plural, one {#} other {#}}\"}"),
                     SYNTAX_ICU);
}

static void words_name_formats_syntaxes_and_styles(void **state)
{
    enum catalog_format format;
    enum plural_style style;
    enum syntax syntax;

    (void)state;
    for (int i = 0; i < CATALOG_FORMATS; i++) {
        assert_true(
            catalog_format_parse(str_of(catalog_format_word((enum catalog_format)i)),
                                 &format));
        assert_int_equal(format, i);
    }
    for (int i = 0; i < SYNTAX_COUNT; i++) {
        bool is_known = syntax_parse(str_of(syntax_word((enum syntax)i)), &syntax);

        assert_int_equal(is_known, i != SYNTAX_C_PRINTF);
        assert_true(!is_known || (int)syntax == i);
    }
    assert_true(plural_style_parse(STR("i18next3"), &style));
    assert_int_equal(style, PLURAL_I18NEXT3);
    assert_false(plural_style_parse(STR("i18next"), &style));
    assert_false(catalog_format_parse(STR("yaml"), &format));
    assert_false(syntax_parse(STR("ICU"), &syntax));
}

/* ---- texts ---- */

static void white_space_of_every_script_is_blank(void **state)
{
    // PropList.txt of Unicode 15, White_Space
    static const char *const blank[] = {"",
                                        " \t\n\v\f\r",
                                        "\xC2\x85",
                                        "\xC2\xA0",
                                        "\xE1\x9A\x80",
                                        "\xE2\x80\x80",
                                        "\xE2\x80\x8A",
                                        "\xE2\x80\xA8",
                                        "\xE2\x80\xA9",
                                        "\xE2\x80\xAF",
                                        "\xE2\x81\x9F",
                                        "\xE3\x80\x80",
                                        " \xE3\x80\x80\n"};
    static const char *const visible[] = {
        "a",        " a ",           "\xE2\x80\x8B", "\xEF\xBB\xBF",
        "\xC2\xAD", "\xE2\x80\x8B ", "\xC2",         "\xE3\x80\x81"};

    (void)state;
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        assert_true(text_is_blank(str_of(blank[i])));
    for (size_t i = 0; i < sizeof visible / sizeof *visible; i++)
        assert_false(text_is_blank(str_of(visible[i])));
}

static void trimming_takes_white_space_of_any_length(void **state)
{
    static const char *const pairs[][2] = {
        {" a b ", "a b"},
        {"\xE3\x80\x80\xC2\xA0\xC3\xA4\xC2\x85\xE2\x80\xA8", "\xC3\xA4"},
        {"\xE2\x80\x8Bx\xE2\x80\x8B", "\xE2\x80\x8Bx\xE2\x80\x8B"},
        {" \t\n", ""},
        {"\xE3\x80\x80", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_true(str_equal(utf8_trim(str_of(pairs[i][0])), str_of(pairs[i][1])));
}

static void a_message_with_one_visible_form_is_not_empty(void **state)
{
    struct pair pair =
        grouped(PLURAL_I18NEXT4,
                "{\"a_one\": \"\", \"a_other\": \"2\", \"b_one\": \" \", "
                "\"b_other\": \"\xC2\xA0\"}",
                "{}");

    (void)state;
    assert_true(message_is_nonempty(&pair.source.message[0]));
    assert_false(message_is_nonempty(&pair.source.message[1]));
    assert_true(
        str_equal(message_form(&pair.source.message[0], "other")->text, STR("2")));
    assert_null(message_form(&pair.source.message[0], "few"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_a_stem_with_other_are_one_message),
        cmocka_unit_test(suffixes_without_other_are_ordinary_keys),
        cmocka_unit_test(ordinal_forms_are_a_group_of_their_own),
        cmocka_unit_test(the_source_says_which_target_keys_are_forms),
        cmocka_unit_test(a_bare_key_is_the_fallback_of_its_group),
        cmocka_unit_test(groups_stand_where_their_stem_sorts),
        cmocka_unit_test(a_number_under_a_plural_suffix_is_no_form),
        cmocka_unit_test(old_forms_join_the_bare_key),
        cmocka_unit_test(numbered_steps_are_no_plural),
        cmocka_unit_test(without_a_style_every_key_is_a_message),
        cmocka_unit_test(the_line_of_a_group_is_that_of_its_first_form),
        cmocka_unit_test(a_hash_of_categories_with_other_is_one_message),
        cmocka_unit_test(the_source_says_which_hashes_are_plurals),
        cmocka_unit_test(a_key_that_ends_like_a_category_is_no_branch),
        cmocka_unit_test(the_plural_style_is_read_off_the_keys),
        cmocka_unit_test(formats_and_syntaxes_imply_a_plural_style),
        cmocka_unit_test(the_syntax_is_guessed_by_the_braces),
        cmocka_unit_test(words_name_formats_syntaxes_and_styles),
        cmocka_unit_test(white_space_of_every_script_is_blank),
        cmocka_unit_test(trimming_takes_white_space_of_any_length),
        cmocka_unit_test(a_message_with_one_visible_form_is_not_empty),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
