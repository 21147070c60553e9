/*
 * Tests of i18ncheck/format_arb.c, format_xcstrings.c and format_properties.c, and of
 * the same messages in several formats. ARB: its specification, google/app-resource-
 * bundle; properties: java.util.Properties.load; string catalogs: what Xcode 15 writes.
 */
#include <stdlib.h>

#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct catalog read_as(enum catalog_format format, const char *text,
                              const char *locale)
{
    struct set_rules rules = rules_of(format);

    return parsed(text, &rules, locale);
}

static const char *shown_as(enum catalog_format format, const char *text,
                            const char *locale)
{
    struct catalog catalog = read_as(format, text, locale);

    return shown(&catalog);
}

/* ---- ARB ---- */

static void metadata_is_no_message(void **state)
{
    struct catalog catalog = read_as(
        CATALOG_ARB,
        "{\n\"@@locale\": \"de\",\n\"@@context\": \"x\",\n\"title\": \"Titel\",\n"
        "\"@title\": {\"description\": \"d\"},\n\"n\": 5\n}",
        "de");

    (void)state;
    assert_string_equal(shown(&catalog), "n (n)\ntitle | Titel\n");
    assert_string_equal(noted(&catalog), "");
    assert_int_equal(line_of(&catalog, "title"), 4);
}

static void placeholders_are_declared_names(void **state)
{
    struct catalog catalog = read_as(
        CATALOG_ARB,
        "{\"@b\": {\"placeholders\": {\"x\": {}}}, \"a\": \"{count} {who}\", \"@a\": "
        "{\"type\": {\"y\": {}}, \"placeholders\": {\"count\": {\"type\": \"int\", "
        "\"optionalParameters\": {\"z\": {}}}, \"who\": {}}}, \"b\": \"{x}\", \"c\": "
        "\"\"}",
        "en");
    const struct message *message = catalog.message;

    (void)state;
    assert_int_equal(message[0].ndeclared, 2);
    assert_true(str_equal(message[0].declared[0], STR("count")));
    assert_true(str_equal(message[0].declared[1], STR("who")));
    assert_int_equal(message[1].ndeclared, 1);
    assert_true(str_equal(message[1].declared[0], STR("x")));
    assert_int_equal(message[2].ndeclared, 0);
}

static void the_locale_of_arb_is_held_against_the_path(void **state)
{
    struct catalog catalog = read_as(CATALOG_ARB, "{\"@@locale\": \"fr\"}", "de");

    (void)state;
    assert_string_equal(noted(&catalog), "locale '' 1\n");
    catalog = read_as(CATALOG_ARB, "{\"@@locale\": \"pt_BR\"}", "pt-BR");
    assert_string_equal(noted(&catalog), "");
}

/* ---- xcstrings ---- */

static const char xcstrings[] =
    "{\n  \"sourceLanguage\" : \"en\",\n  \"strings\" : {\n"
    "    \"Save\" : {\"comment\" : \"button\", \"localizations\" : {\n"
    "      \"de\" : {\"stringUnit\" : {\"state\" : \"translated\", \"value\" : "
    "\"Sichern\"}},\n"
    "      \"fr\" : {\"stringUnit\" : {\"state\" : \"needs_review\", \"value\" : "
    "\"Garder\"}}}},\n"
    "    \"title\" : {\"extractionState\" : \"manual\", \"localizations\" : {\n"
    "      \"en\" : {\"stringUnit\" : {\"state\" : \"new\", \"value\" : \"Cart\"}},\n"
    "      \"de\" : {\"stringUnit\" : {\"state\" : \"new\", \"value\" : \"\"}}}},\n"
    "    \"%lld files\" : {\"localizations\" : {\n"
    "      \"en\" : {\"variations\" : {\"plural\" : {\n"
    "        \"other\" : {\"stringUnit\" : {\"state\" : \"translated\", \"value\" : "
    "\"%lld files\"}},\n"
    "        \"one\" : {\"stringUnit\" : {\"state\" : \"translated\", \"value\" : \"%lld "
    "file\"}}}}},\n"
    "      \"de\" : {\"variations\" : {\"plural\" : {\n"
    "        \"one\" : {\"stringUnit\" : {\"state\" : \"translated\", \"value\" : \"%lld "
    "Datei\"}},\n"
    "        \"other\" : {\"stringUnit\" : {\"state\" : \"needs_review\", \"value\" : "
    "\"%lld Dateien\"}}}}}}},\n"
    "    \"Tap\" : {\"localizations\" : {\"de\" : {\"variations\" : {\"device\" : {\n"
    "        \"mac\" : {\"stringUnit\" : {\"state\" : \"translated\", \"value\" : "
    "\"Klick\"}},\n"
    "        \"other\" : {\"stringUnit\" : {\"state\" : \"translated\", \"value\" : "
    "\"Tipp\"}}}}}}},\n"
    "    \"Rounds\" : {\"shouldTranslate\" : false},\n"
    "    \"\" : {}\n  },\n  \"version\" : \"1.0\"\n}\n";

static void the_key_is_the_source_text_where_none_is_given(void **state)
{
    (void)state;
    assert_string_equal(shown_as(CATALOG_XCSTRINGS, xcstrings, "en"),
                        " | \n%lld files | one=%lld file | other=%lld files\nRounds- | "
                        "Rounds\nSave | Save\nTap | Tap\ntitle | Cart\n");
}

static void each_locale_has_its_own_messages(void **state)
{
    struct catalog catalog = read_as(CATALOG_XCSTRINGS, xcstrings, "de");

    (void)state;
    assert_string_equal(
        shown(&catalog),
        "%lld files? | one=%lld Datei | other=%lld Dateien\nSave | Sichern\nTap | "
        "other=Tipp | mac=Klick\ntitle? | \n");
    assert_true(catalog.message[0].is_group);
    assert_false(catalog.message[2].is_group);
    assert_int_equal(line_of(&catalog, "title"), 7);
    assert_string_equal(shown_as(CATALOG_XCSTRINGS, xcstrings, "fr"),
                        "Save? | Garder\n");
    assert_string_equal(shown_as(CATALOG_XCSTRINGS, xcstrings, "pl"), "");
}

static void substitutions_are_groups_of_their_own(void **state)
{
    static const char text[] =
        "{\"strings\":{\"k\":{\"localizations\":{\"de\":{\"stringUnit\":{\"value\":\"%#@a@"
        "\"},\"substitutions\":{\"a\":{\"argNum\":1,\"formatSpecifier\":\"lld\","
        "\"variations\":{\"plural\":{\"one\":{\"stringUnit\":{\"value\":\"%arg Ding\"}},"
        "\"other\":{\"stringUnit\":{\"value\":\"%arg Dinge\"}}}}}}}}}}}";

    (void)state;
    assert_string_equal(shown_as(CATALOG_XCSTRINGS, text, "de"),
                        "k | %#@a@\nk.a | one=%arg Ding | other=%arg Dinge\n");
}

static void tags_of_any_spelling_name_their_locale(void **state)
{
    static const char text[] =
        "{\"strings\":{\"k\":{\"localizations\":{\"pt_BR\":{\"stringUnit\":{\"value\":"
        "\"a\"}},\"iw\":{\"stringUnit\":{\"value\":\"b\"}}}}}}";

    (void)state;
    assert_string_equal(shown_as(CATALOG_XCSTRINGS, text, "pt-BR"), "k | a\n");
    assert_string_equal(shown_as(CATALOG_XCSTRINGS, text, "he"), "k | b\n");
}

/* ---- properties ---- */

static const char *properties(const char *text)
{
    return shown_as(CATALOG_PROPERTIES, text, "de");
}

static void keys_end_at_equals_colon_or_blank(void **state)
{
    // the first three are those of the documentation of Properties.load
    (void)state;
    assert_string_equal(properties("Truth = Beauty\n"), "Truth | Beauty\n");
    assert_string_equal(properties("        Truth:Beauty\n"), "Truth | Beauty\n");
    assert_string_equal(properties("Truth                    :Beauty\n"),
                        "Truth | Beauty\n");
    assert_string_equal(properties("cheeses\n"), "cheeses | \n");
    assert_string_equal(properties("a b = c"), "a | b = c\n");
    assert_string_equal(properties("a == b\n"), "a | = b\n");
    assert_string_equal(properties("a\\ b\\=\\:c = d\n"), "a b=:c | d\n");
    assert_string_equal(properties("=x\n"), " | x\n");
    assert_string_equal(properties("a=b  \n"), "a | b  \n");
}

static void lines_go_on_behind_a_backslash(void **state)
{
    // Properties.load: "fruits" is "apple, banana, pear, cantaloupe, ..."
    (void)state;
    assert_string_equal(properties(
                            "fruits                           apple, banana, pear, "
                            "\\\n                                  cantaloupe, "
                            "watermelon, \\\r\n\tkiwi, mango\n"),
                        "fruits | apple, banana, pear, cantaloupe, watermelon, kiwi, "
                        "mango\n");
    assert_string_equal(properties("a = b\\\\\nc = d\n"), "a | b\\\nc | d\n");
    assert_string_equal(properties("ke\\\n  y = b\\\n\nc = d"), "c | d\nkey | b\n");
    assert_string_equal(properties("a = b\\"), "a | b\n");
}

static void comments_and_blank_lines_say_nothing(void **state)
{
    (void)state;
    assert_string_equal(properties("# a = b\n  ! c = d\\\ne = f\n\n \t\n#"), "e | f\n");
    assert_string_equal(properties("a = # no comment\n"), "a | # no comment\n");
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    assert_string_equal(properties(
                            "a = \\u00e4\\u20AC\\ud83d\\ude00\\t\\n\\f\\r\\x\\\"\n"),
                        "a | \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\t\n\f\rx\"\n");
    assert_string_equal(properties("a = \\ud83dx\n"), "a | \xEF\xBF\xBDx\n");
}

static void a_malformed_escape_spoils_its_message_alone(void **state)
{
    struct catalog catalog =
        read_as(CATALOG_PROPERTIES, "a = x\nb = \\u12\nc = y\n", "de");

    (void)state;
    assert_string_equal(noted(&catalog), "message 'b' 2\n");
    assert_int_equal(catalog.n, 3);
}

static void what_is_not_utf_8_is_iso_8859_1(void **state)
{
    (void)state;
    assert_string_equal(properties("a = \xE4\xFF\n"), "a | \xC3\xA4\xC3\xBF\n");
    assert_string_equal(properties("a = \xC3\xA4\n"), "a | \xC3\xA4\n");
}

static void lines_are_counted_over_all_line_ends(void **state)
{
    struct catalog catalog =
        read_as(CATALOG_PROPERTIES, "a = 1\rb = 2\r\n\r\nc = \\\n x\nd = 4", "de");

    (void)state;
    assert_string_equal(shown(&catalog), "a | 1\nb | 2\nc | x\nd | 4\n");
    assert_int_equal(line_of(&catalog, "b"), 2);
    assert_int_equal(line_of(&catalog, "c"), 4);
    assert_int_equal(line_of(&catalog, "d"), 6);
}

static void a_key_twice_is_noted(void **state)
{
    struct catalog catalog =
        read_as(CATALOG_PROPERTIES, "a = 1\na.b = 2\na = 3\n", "de");

    (void)state;
    assert_string_equal(noted(&catalog), "duplicate 'a' 3\n");
    assert_string_equal(shown(&catalog), "a | 3\na.b | 2\n");
}

/* ---- the same messages ---- */

static void one_catalog_is_the_same_in_every_format(void **state)
{
    static const char expected[] =
        "brand | Rounds\nempty | \nhelp | Frag uns \xC3\xA4\n";

    (void)state;
    assert_string_equal(shown_as(CATALOG_JSON,
                                 "{\"help\": \"Frag uns \xC3\xA4\", \"brand\": "
                                 "\"Rounds\", \"empty\": \"\"}",
                                 "de"),
                        expected);
    assert_string_equal(shown_as(CATALOG_RAILS,
                                 "de:\n  help: Frag uns \xC3\xA4\n  brand: Rounds\n  "
                                 "empty: ''\n",
                                 "de"),
                        expected);
    assert_string_equal(
        shown_as(CATALOG_ARB,
                 "{\"@@locale\": \"de\", \"help\": \"Frag uns \\u00e4\", "
                 "\"brand\": \"Rounds\", \"@brand\": {}, \"empty\": "
                 "\"\"}",
                 "de"),
        expected);
    assert_string_equal(properties(
                            "help = Frag uns \\u00e4\nbrand = Rounds\nempty =\n"),
                        expected);
    assert_string_equal(
        shown_as(CATALOG_ANDROID,
                 "<resources><string name='help'>Frag uns \xC3\xA4</string><string "
                 "name='brand'>Rounds</string><string name='empty'/></resources>",
                 "de"),
        expected);
    assert_string_equal(
        shown_as(CATALOG_PO,
                 "msgid \"help\"\nmsgstr \"Frag uns \\303\\244\"\n\nmsgid \"brand\"\n"
                 "msgstr \"Rounds\"\n\nmsgid \"empty\"\nmsgstr \"\"\n",
                 "de"),
        expected);
    assert_string_equal(
        shown_as(
            CATALOG_XLIFF,
            "<xliff version='1.2'><file><body><trans-unit id='help'><source/><target>"
            "Frag uns \xC3\xA4</target></trans-unit><trans-unit id='brand'><source/>"
            "<target>Rounds</target></trans-unit><trans-unit id='empty'><source/>"
            "<target/></trans-unit></body></file></xliff>",
            "de"),
        expected);
    assert_string_equal(
        shown_as(CATALOG_XCSTRINGS,
                 "{\"strings\":{\"help\":{\"localizations\":{\"de\":{\"stringUnit\":{"
                 "\"value\":\"Frag uns \xC3\xA4\"}}}},\"brand\":{\"localizations\":{"
                 "\"de\":{\"stringUnit\":{\"value\":\"Rounds\"}}}},\"empty\":{"
                 "\"localizations\":{\"de\":{\"stringUnit\":{\"value\":\"\"}}}}}}",
                 "de"),
        expected);
}

static void a_group_is_the_same_in_every_format(void **state)
{
    static const char expected[] = "items | one=%d Ding | other=%d Dinge\n";
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog json =
        parsed("{\"items_one\": \"%d Ding\", \"items_other\": \"%d Dinge\"}", &rules,
               "en");
    struct catalog rails;

    (void)state;
    rules.plural = PLURAL_I18NEXT4;
    catalog_group(&json, NULL, &rules, &run);
    assert_string_equal(shown(&json), expected);
    rules = rules_of(CATALOG_RAILS);
    rules.plural = PLURAL_RAILS;
    rails = parsed("en:\n  items:\n    other: '%d Dinge'\n    one: '%d Ding'\n", &rules,
                   "en");
    catalog_group(&rails, NULL, &rules, &run);
    assert_string_equal(shown(&rails), expected);
    assert_string_equal(
        shown_as(
            CATALOG_ANDROID,
            "<resources><plurals name='items'><item quantity='other'>%d Dinge</item>"
            "<item quantity='one'>%d Ding</item></plurals></resources>",
            "de"),
        expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_is_no_message),
        cmocka_unit_test(placeholders_are_declared_names),
        cmocka_unit_test(the_locale_of_arb_is_held_against_the_path),
        cmocka_unit_test(the_key_is_the_source_text_where_none_is_given),
        cmocka_unit_test(each_locale_has_its_own_messages),
        cmocka_unit_test(substitutions_are_groups_of_their_own),
        cmocka_unit_test(tags_of_any_spelling_name_their_locale),
        cmocka_unit_test(keys_end_at_equals_colon_or_blank),
        cmocka_unit_test(lines_go_on_behind_a_backslash),
        cmocka_unit_test(comments_and_blank_lines_say_nothing),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(a_malformed_escape_spoils_its_message_alone),
        cmocka_unit_test(what_is_not_utf_8_is_iso_8859_1),
        cmocka_unit_test(lines_are_counted_over_all_line_ends),
        cmocka_unit_test(a_key_twice_is_noted),
        cmocka_unit_test(one_catalog_is_the_same_in_every_format),
        cmocka_unit_test(a_group_is_the_same_in_every_format),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
