/* Locale tags and the plural table against i18ncheck.md and CLDR's facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "i18ncheck/locale.h"

#include "shared/banned.h"

static struct arena run;

static const char *tag_of(const char *text)
{
    const char *tag;

    return locale_tag(str_of(text), &run, &tag) ? tag : NULL;
}

static void tags_of_all_spellings_are_one(void **state)
{
    static const char *const pairs[][2] = {
        {"pt_BR", "pt-BR"},
        {"pt-rBR", "pt-BR"},
        {"PT-br", "pt-BR"},
        {"b+sr+Latn", "sr-Latn"},
        {"zh_hans", "zh-Hans"},
        {"zh-Hans", "zh-Hans"},
        {"iw", "he"},
        {"in_ID", "id-ID"},
        {"ji", "yi"},
        {"de-CH", "de-CH"},
        {"qya", "qya"},
        {"es-419", "es-419"},
        {"ca-valencia", "ca-valencia"},
        {"b+es+419", "es-419"},
        {"sl-rozaj-biske", "sl-rozaj-biske"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(tag_of(pairs[i][0]), pairs[i][1]);
}

static void other_names_are_no_tags(void **state)
{
    static const char *const names[] = {
        "",       "d",  "common",  "de-",          "-de",
        "de--AT", "e1", "de.json", "de-123456789", "a-b-c-d-e-f-g-h-i-j",
        "b+"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(tag_of(names[i]));
}

static void a_rule_is_found_by_cutting_subtags(void **state)
{
    (void)state;
    assert_string_equal(plural_rule_of("pt-BR")->locale, "pt");
    assert_string_equal(plural_rule_of("pt-PT")->locale, "pt-PT");
    assert_string_equal(plural_rule_of("zh-Hans-CN")->locale, "zh");
    assert_string_equal(plural_rule_of("de-CH")->locale, "de");
    assert_null(plural_rule_of("qya"));
}

static void languages_compare_without_region(void **state)
{
    (void)state;
    assert_true(locale_same_language("en", "en-GB"));
    assert_false(locale_same_language("en", "eo"));
    assert_false(locale_same_language("fi", "fil"));
}

/* i18ncheck.md 7. */
static void the_page_names_these_categories(void **state)
{
    static const char *const many_is_optional[] = {"fr", "es", "it", "pt",
                                                   "ca", "cs", "lt", "sk"};
    static const char *const other_is_optional[] = {"be", "pl", "ru", "uk"};
    static const char *const one_is_single[] = {"en", "de", "pl"};
    static const char *const one_is_not[] = {"fr", "ru", "pt", "sl"};

    (void)state;
    for (size_t i = 0; i < 8; i++)
        assert_true(plural_rule_of(many_is_optional[i])->optional >> CATEGORY_MANY & 1);
    for (size_t i = 0; i < 4; i++)
        assert_true(plural_rule_of(other_is_optional[i])->optional >> CATEGORY_OTHER &
                    1);
    for (size_t i = 0; i < 3; i++) {
        assert_true(plural_rule_of(one_is_single[i])->single_value >> CATEGORY_ONE & 1);
        assert_int_equal(plural_rule_of(one_is_single[i])->value[CATEGORY_ONE], 1);
    }
    for (size_t i = 0; i < 4; i++)
        assert_false(plural_rule_of(one_is_not[i])->single_value >> CATEGORY_ONE & 1);
    assert_int_equal(plural_rule_of("ar")->value[CATEGORY_TWO], 2);
}

static uint8_t bits_of(const json_t *words)
{
    uint8_t bits = 0;

    for (size_t i = 0; i < json_array_size(words); i++) {
        enum category category;

        assert_true(category_parse(str_of(json_string_value(json_array_get(words, i))),
                                   &category));
        bits |= (uint8_t)(1U << category);
    }
    return bits;
}

static void all_rows_are_those_of_the_reference(void **state)
{
    const char *cases = getenv("ROUNDS_CASES");
    char path[4096];
    json_t *file, *locales;
    const char *locale;
    const json_t *row;
    json_error_t why;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/i18n_plurals.json",
                   cases ? cases : "../shared/cases");
    file = json_load_file(path, 0, &why);
    if (!file) { // cmocka's own skip() is a failure in TAP
        printf("# SKIP '%s' is not there, so its rows are not compared\n", path);
        return;
    }
    locales = json_object_get(file, "locales");
    assert_int_equal(json_object_size(locales), plural_table_n);
    json_object_foreach(locales, locale, row)
    {
        const struct plural_rule *rule = plural_rule_of(locale);

        assert_non_null(rule);
        assert_string_equal(rule->locale, locale);
        assert_int_equal(rule->required, bits_of(json_object_get(row, "required")));
        assert_int_equal(rule->optional, bits_of(json_object_get(row, "optional")));
        assert_int_equal(rule->single_value,
                         bits_of(json_object_get(row, "single_value")));
    }
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_of_all_spellings_are_one),
        cmocka_unit_test(other_names_are_no_tags),
        cmocka_unit_test(a_rule_is_found_by_cutting_subtags),
        cmocka_unit_test(languages_compare_without_region),
        cmocka_unit_test(the_page_names_these_categories),
        cmocka_unit_test(all_rows_are_those_of_the_reference),
    };
    int failed;

    arena_init(&run, 1 << 20);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&run);
    return failed;
}
