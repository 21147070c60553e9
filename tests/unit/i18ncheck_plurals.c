/* Plural forms by locale and style: the oracles of i18ncheck.md 7. */
#include "tests/unit/i18ncheck_judged.h"

#include "shared/banned.h"

/* A group of i18next with the forms of `words`, each with its count but for those with
 * a `!`; a blank form is "one=". */
static const char *group(const char *words)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "{");
    for (const char *at = words; *at;) {
        size_t n = strcspn(at, " ");
        char last = at[n - 1];
        size_t name = n - (last == '!' || last == '=');

        buf_printf(&out, "%s\"k_%.*s\": \"%s\"", out.n > 1 ? ", " : "", (int)name, at,
                   last == '='   ? " "
                   : last == '!' ? "ein Artikel"
                                 : "{{count}} Artikel");
        at += n + (at[n] == ' ');
    }
    buf_add_text(&out, "}");
    return out.at;
}

static void forms_say(const char *locale, const char *forms, const char *check,
                      const char *message)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);
    const char *source = "{\"k_one\": \"One item\", \"k_other\": \"{{count}} items\"}";
    const struct result found = judged(&sample, source, locale, group(forms));

    assert_int_equal(found.of_source.n, 0);
    if (!check) {
        assert_string_equal(hit_lines(&found.hits), "");
        return;
    }
    assert_string_equal(hit_lines(&found.hits), str_format(&run, "%s k\n", check));
    if (message)
        assert_string_equal(found.hits.item[0].message, message);
}

static void the_pages_complete_groups_are_complete(void **state)
{
    (void)state;
    forms_say("fr", "one other", NULL, NULL);
    forms_say("pl", "one few many other", NULL, NULL);
    forms_say("ja", "other", NULL, NULL);
    forms_say("cs", "one few other", NULL, NULL);
}

static void the_pages_incomplete_groups_lack_what_it_says(void **state)
{
    (void)state;
    forms_say("ar", "zero one few many other", "plural-missing",
              "lacks the plural form two");
    forms_say("ru", "one other", "plural-missing", "lacks the plural forms few, many");
    forms_say("sl", "one two other", "plural-missing", "lacks the plural form few");
}

static void the_pages_dead_forms_are_dead(void **state)
{
    (void)state;
    forms_say("en", "one few other", "plural-dead",
              "the plural form few is never selected");
    forms_say("de", "one many other", "plural-dead",
              "the plural form many is never selected");
}

static void the_pages_dropped_counts_are_fine_where_one_number_has_the_form(
    void **state)
{
    (void)state;
    forms_say("de", "one! other", NULL, NULL);
    forms_say("ar", "zero one two! few many other", NULL, NULL);
    forms_say("fr", "one! other", "placeholder-missing",
              "lacks {{count}} of the source, in the form one");
    forms_say("ru", "one! few many other", "placeholder-missing", NULL);
    forms_say("de", "one other!", "placeholder-missing", NULL);
}

static void zero_is_alive_in_i18next_everywhere(void **state)
{
    (void)state;
    forms_say("de", "zero! one other", NULL, NULL);
    forms_say("ja", "zero other", NULL, NULL);
}

static void blank_forms_are_missing(void **state)
{
    (void)state;
    forms_say("de", "one= other", "plural-missing", "lacks the plural form one");
    forms_say("pl", "one few many other=", "plural-missing",
              "lacks the plural form other");
}

static void optional_forms_may_be_there_or_not(void **state)
{
    (void)state;
    forms_say("fr", "one many other", NULL, NULL);
    forms_say("cs", "one few many other", NULL, NULL);
}

static void unknown_locales_have_no_plural_check(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);

    (void)state;
    locale_hits(&sample, "{\"k_one\": \"One item\", \"k_other\": \"Many items\"}",
                "qya", group("few!"), "locale-unknown \n");
}

static void regions_have_the_rule_of_the_language(void **state)
{
    (void)state;
    forms_say("pt-BR", "one other", NULL, NULL);
    forms_say("sr-Latn", "one other", "plural-missing", "lacks the plural form few");
}

static void ordinal_groups_are_not_held_to_the_cardinal_table(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);

    (void)state;
    locale_hits(&sample,
                "{\"k_ordinal_one\": \"{{count}}st\", \"k_ordinal_two\": "
                "\"{{count}}nd\", \"k_ordinal_few\": \"{{count}}rd\", "
                "\"k_ordinal_other\": \"{{count}}th\"}",
                "ru", "{\"k_ordinal_other\": \"{{count}}-i\"}", "");
    locale_hits(&sample,
                "{\"k_ordinal_one\": \"{{count}}st\", \"k_ordinal_other\": "
                "\"{{count}}th\"}",
                "fr",
                "{\"k_ordinal_one\": \"premier\", \"k_ordinal_other\": \"un autre\"}",
                "placeholder-missing k_ordinal\n");
    locale_hits(&sample,
                "{\"k_ordinal_one\": \"{{count}}st\", \"k_ordinal_other\": "
                "\"{{count}}th\"}",
                "fr",
                "{\"k_ordinal_one\": \"premier\", \"k_ordinal_other\": "
                "\"{{count}}e\"}",
                "");
}

static void sources_are_held_to_their_own_rule(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);
    const struct result found =
        judged(&sample,
               "{\"k_few\": \"a\", \"k_one\": \"b\", \"k_other\": \"c\", "
               "\"l_two\": \"d\", \"l_other\": \"e\"}",
               "ja", "{}");

    (void)state;
    assert_string_equal(hit_lines(&found.of_source),
                        "plural-dead k\nplural-missing l\n");
}

static void suffixes_without_other_are_ordinary_keys(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);

    (void)state;
    locale_hits(&sample, "{\"arrow_one\": \"One arrow\", \"arrow_many\": \"Arrows\"}",
                "ru", "{\"arrow_one\": \"a b\", \"arrow_many\": \"c d\"}", "");
}

/* ---- other styles ---- */

static void rails_and_po_need_no_other(void **state)
{
    const struct sample sample = sample_of(CATALOG_RAILS, SYNTAX_RAILS, PLURAL_RAILS);
    const char *source =
        "en:\n  k:\n    one: One item\n    other: \"%{count} items\"\n";

    (void)state;
    locale_hits(&sample, source, "pl",
                "pl:\n  k:\n    one: Jeden\n    few: \"%{count} b\"\n    many: "
                "\"%{count} c\"\n",
                "");
    locale_hits(&sample, source, "pl",
                "pl:\n  k:\n    one: Jeden\n    other: \"%{count} c\"\n",
                "plural-missing k\n");
    locale_hits(
        &sample, source, "de",
        "de:\n  k:\n    zero: Keiner\n    one: Einer\n    other: \"%{count} c\"\n", "");
}

static void android_needs_other(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_ANDROID, SYNTAX_PRINTF, PLURAL_ANDROID);
    const char *source = "<resources><plurals name=\"k\"><item quantity=\"one\">%d "
                         "item</item><item quantity=\"other\">%d items</item>"
                         "</plurals></resources>";

    (void)state;
    locale_hits(
        &sample, source, "ru",
        "<resources><plurals name=\"k\"><item quantity=\"one\">%d a</item><item "
        "quantity=\"few\">%d b</item><item quantity=\"many\">%d c</item>"
        "</plurals></resources>",
        "plural-missing k\n");
    locale_hits(&sample, source, "de",
                "<resources><plurals name=\"k\"><item quantity=\"zero\">keine</item>"
                "<item quantity=\"one\">ein</item><item quantity=\"other\">%d c</item>"
                "</plurals></resources>",
                "plural-dead k\n");
}

static const char *po(const char *header, const char *forms)
{
    return str_format(
        &run,
        "msgid \"\"\nmsgstr \"Plural-Forms: %s\\n\"\n\n#, c-format\nmsgid "
        "\"%%d file\"\nmsgid_plural \"%%d files\"\n%s",
        header, forms);
}

static void po_has_as_many_forms_as_its_header_says(void **state)
{
    static const char polish[] =
        "nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? "
        "1 : 2;";
    const struct sample sample = sample_of(CATALOG_PO, SYNTAX_NONE, PLURAL_PO);
    const char *source =
        po("nplurals=INTEGER; plural=EXPRESSION;", "msgstr[0] \"\"\nmsgstr[1] \"\"\n");

    (void)state;
    locale_hits(&sample, source, "pl",
                po(polish,
                   "msgstr[0] \"plik\"\nmsgstr[1] \"%d pliki\"\nmsgstr[2] \"%d p\"\n"),
                "");
    locale_hits(&sample, source, "pl",
                po(polish, "msgstr[0] \"plik\"\nmsgstr[1] \"%d pliki\"\n"),
                "plural-missing %d file\n");
    locale_hits(&sample, source, "pl",
                po(polish,
                   "msgstr[0] \"plik\"\nmsgstr[1] \"pliki\"\nmsgstr[2] \"%d p\"\n"),
                "placeholder-missing %d file\n");
}

/* French by its header: 0 and 1 are one form, so it may not drop the count. */
static void po_forms_for_one_number_are_known_by_the_expression(void **state)
{
    const struct sample sample = sample_of(CATALOG_PO, SYNTAX_NONE, PLURAL_PO);
    const char *source =
        po("nplurals=INTEGER; plural=EXPRESSION;", "msgstr[0] \"\"\nmsgstr[1] \"\"\n");
    const char *forms = "msgstr[0] \"un\"\nmsgstr[1] \"%d fichiers\"\n";

    (void)state;
    locale_hits(&sample, source, "fr", po("nplurals=2; plural=n>1;", forms),
                "placeholder-missing %d file\n");
    locale_hits(&sample, source, "fr", po("nplurals=2; plural=n!=1;", forms), "");
    locale_hits(&sample, source, "fr", po("nplurals=2; plural=n/0;", forms),
                "placeholder-missing %d file\n");
}

static void i18next3_numbers_its_forms(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT3);
    const char *source = "{\"k\": \"One item\", \"k_plural\": \"{{count}} items\"}";

    (void)state;
    locale_hits(&sample, source, "de",
                "{\"k\": \"Ein Artikel\", \"k_plural\": \"{{count}} Artikel\"}", "");
    locale_hits(&sample, source, "fr",
                "{\"k\": \"{{count}} article\", \"k_plural\": \"{{count}} articles\"}",
                "");
    locale_hits(&sample, source, "fr",
                "{\"k\": \"Un article\", \"k_plural\": \"{{count}} articles\"}",
                "placeholder-missing k\n");
    locale_hits(&sample, source, "de", "{\"k\": \"Ein Artikel\"}",
                "plural-missing k\n");
    locale_hits(&sample, source, "ja", "{\"k_0\": \"{{count}} x\"}", "");
    locale_hits(
        &sample, source, "pl",
        "{\"k_0\": \"Jeden\", \"k_1\": \"{{count}} b\", \"k_2\": \"{{count}} c\"}", "");
    locale_hits(&sample, source, "pl", "{\"k_0\": \"Jeden\", \"k_2\": \"{{count}} c\"}",
                "plural-missing k\n");
    locale_hits(
        &sample, source, "ru",
        "{\"k_0\": \"Jeden\", \"k_1\": \"{{count}} b\", \"k_2\": \"{{count}} c\"}",
        "placeholder-missing k\n");
}

static void i18next3_counts_some_languages_otherwise(void **state)
{
    static const char *const otherwise[] = {"br", "cgg", "cy", "dz", "fa", "he", "jv",
                                            "ka", "kw",  "ky", "mt", "se", "ug", "yo"};
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT3);

    (void)state;
    for (size_t i = 0; i < sizeof otherwise / sizeof *otherwise; i++) {
        const struct result found =
            judged(&sample, "{\"k\": \"One item\", \"k_plural\": \"{{count}} items\"}",
                   otherwise[i], "{\"k_1\": \"{{count}} x\"}");

        for (size_t h = 0; h < found.hits.n; h++)
            assert_int_not_equal(found.hits.item[h].check, CHECK_PLURAL_MISSING);
    }
}

static void vue_has_two_or_three_choices_or_one_a_category(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_VUE, PLURAL_VUE);
    const char *source = "no cars | one car | {n} cars";

    (void)state;
    pair_hits(&sample, source, "de", "ein Auto | {n} Autos", NULL);
    pair_hits(&sample, source, "de", "kein | ein | {n} Autos", NULL);
    pair_hits(&sample, source, "de", "a | b | c | {n} Autos", "plural-missing");
    pair_hits(&sample, source, "de", "{n} Autos", "plural-missing");
    pair_hits(&sample, source, "ja", "{n} dai", NULL);
    // Vue I18n's manual, custom pluralization
    pair_hits(&sample, source, "ru", "0 машин | {n} машина | {n} машины | {n} машин",
              NULL);
    pair_hits(&sample, source, "ru", "{n} a | {n} b | {n} c | {n} d | {n} e",
              "plural-missing");
    pair_hits(&sample, source, "ar", "{n} a | {n} b | {n} c | {n} d | {n} e | {n} f",
              NULL);
    pair_hits(&sample, source, "de", "{n} Autos | viele", "placeholder-missing");
    pair_hits(&sample, "this {'|'} that", "de", "dies {'|'} das", NULL);
    pair_hits(&sample, "A text", "de", "Ein Text", NULL);
}

static void markup_repeats_as_the_choices_do(void **state)
{
    const struct sample vue = sample_of(CATALOG_JSON, SYNTAX_VUE, PLURAL_VUE);
    const struct sample icu = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);

    (void)state;
    pair_hits(&vue, "one <b>car</b> | {n} <b>cars</b>", "pl",
              "jeden <b>a</b> | {n} <b>b</b> | {n} <b>c</b>", NULL);
    pair_hits(&icu, "{n, plural, one {<b>#</b> car} other {<b>#</b> cars}}", "pl",
              "{n, plural, one {<b>#</b> a} few {<b>#</b> b} many {<b>#</b> c} other "
              "{<b>#</b> d}}",
              NULL);
    pair_hits(&icu, "{n, plural, one {<b>#</b> car} other {<b>#</b> cars}}", "de",
              "{n, plural, one {<i>#</i> a} other {<b>#</b> d}}", "markup");
}

/* ---- ICU ---- */

static void icu_plurals_have_the_categories_of_the_locale(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);
    const char *source = "{n, plural, one {# item} other {# items}}";

    (void)state;
    pair_hits(&sample, source, "pl",
              "{n, plural, one {# a} few {# b} many {# c} other {# d}}", NULL);
    pair_hits(&sample, source, "pl", "{n, plural, one {# a} other {# d}}",
              "plural-missing");
    pair_hits(&sample, source, "de", "{n, plural, =1 {ein} other {# d}}", NULL);
    pair_hits(&sample, source, "fr", "{n, plural, =1 {un} other {# d}}",
              "plural-missing");
    pair_hits(&sample, source, "de", "{n, plural, one { } other {# d}}",
              "plural-missing");
    pair_hits(&sample, "item{n, plural, one {} other {s}}", "de",
              "Tag{n, plural, one {} other {e}}", NULL);
    pair_hits(&sample, source, "de", "{n, plural, one {# a} few {# b} other {# d}}",
              "plural-dead");
    pair_hits(&sample, source, "de", "{n, plural, zero {a} one {# a} other {# d}}",
              "plural-dead");
    pair_hits(&sample, source, "ja", "{n, plural, uno {# a} other {# c}}",
              "plural-selector");
    pair_hits(&sample, source, "de", "{n, plural, one {# a}}", "message-syntax");
    pair_hits(&sample, source, "fr", "{n, plural, one {un} other {# d}}",
              "placeholder-missing");
    // 0 and 1 are all of one in fr and pt, not in ru, which has 21
    pair_hits(&sample, source, "fr", "{n, plural, =0 {z} =1 {a} other {# d}}", NULL);
    pair_hits(&sample, source, "pt-BR", "{n, plural, =0 {z} =1 {a} other {# d}}", NULL);
    pair_hits(&sample, source, "fr", "{n, plural, =1 {a} other {# d}}",
              "plural-missing");
    pair_hits(&sample, source, "ru",
              "{n, plural, =0 {z} =1 {a} few {# b} many {# c} other {# d}}",
              "plural-missing");
    pair_hits(&sample, source, "fr", "{n, plural, =0 {z} one {# a} other {{n} d}}",
              NULL);
}

static void ordinals_inside_a_text_are_not_held_to_the_cardinal_table(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);

    (void)state;
    pair_hits(&sample, "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}",
              "pl", "{n, selectordinal, other {#.}}", NULL);
    pair_hits(&sample, "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}",
              "fr", "{n, selectordinal, one {premier} other {#e}}", NULL);
}

static void icu_texts_in_groups_of_another_style_are_checked_too(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_I18NEXT4);
    const char *source =
        "{\"k_one\": \"{count} item\", \"k_other\": \"{count} items\", "
        "\"l\": \"{n, plural, one {a b} other {# c}}\"}";

    (void)state;
    locale_hits(&sample, source, "de",
                "{\"k_one\": \"ein\", \"k_other\": \"{count} Artikel\", \"l\": \"{n, "
                "plural, other {#}}\"}",
                "plural-missing l\n");
    locale_hits(
        &sample, source, "fr",
        "{\"k_one\": \"un\", \"k_other\": \"{count} articles\", \"l\": \"{n}\"}",
        "placeholder-missing k\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(the_pages_complete_groups_are_complete),
        TEST(the_pages_incomplete_groups_lack_what_it_says),
        TEST(the_pages_dead_forms_are_dead),
        TEST(the_pages_dropped_counts_are_fine_where_one_number_has_the_form),
        TEST(zero_is_alive_in_i18next_everywhere),
        TEST(blank_forms_are_missing),
        TEST(optional_forms_may_be_there_or_not),
        TEST(unknown_locales_have_no_plural_check),
        TEST(regions_have_the_rule_of_the_language),
        TEST(ordinal_groups_are_not_held_to_the_cardinal_table),
        TEST(sources_are_held_to_their_own_rule),
        TEST(suffixes_without_other_are_ordinary_keys),
        TEST(rails_and_po_need_no_other),
        TEST(android_needs_other),
        TEST(po_has_as_many_forms_as_its_header_says),
        TEST(po_forms_for_one_number_are_known_by_the_expression),
        TEST(i18next3_numbers_its_forms),
        TEST(i18next3_counts_some_languages_otherwise),
        TEST(vue_has_two_or_three_choices_or_one_a_category),
        TEST(markup_repeats_as_the_choices_do),
        TEST(icu_plurals_have_the_categories_of_the_locale),
        TEST(ordinals_inside_a_text_are_not_held_to_the_cardinal_table),
        TEST(icu_texts_in_groups_of_another_style_are_checked_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
