/*
 * Tests of i18ncheck/xml.c, format_android.c and format_xliff.c. Android: its guide
 * "String resources" (formatting and styling); XLIFF: OASIS, 1.2 and 2.0.
 */
#include <stdlib.h>

#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct catalog android(const char *inside)
{
    struct set_rules rules = rules_of(CATALOG_ANDROID);

    return parsed(str_format(&run,
                             "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<resources "
                             "xmlns:xliff=\"urn:oasis:names:tc:xliff:document:1.2\">"
                             "%s</resources>\n",
                             inside),
                  &rules, "de");
}

static const char *shown_of(const char *inside)
{
    struct catalog catalog = android(inside);

    return shown(&catalog);
}

/* The text of one <string>. */
static const char *text_of(const char *content)
{
    struct catalog catalog =
        android(str_format(&run, "<string name=\"a\">%s</string>", content));
    struct str text;

    assert_int_equal(catalog.n, 1);
    text = message_text(&catalog.message[0]);
    return str_copy(&run, text.at, text.n);
}

/* ---- Android ---- */

static void strings_plurals_and_arrays_are_messages(void **state)
{
    struct catalog catalog = android(
        "\n<!-- a comment -->\n<string name=\"title\">Titel</string>\n<plurals "
        "name=\"items\">\n<item quantity=\"other\">%d Dinge</item>\n<item "
        "quantity=\"one\">%d Ding</item>\n</plurals>\n<string-array name=\"days\">\n"
        "<item>Mo</item>\n<item>Di</item>\n</string-array>\n<color "
        "name=\"x\">#fff</color>\n<string name=\"empty\"/>\n");

    (void)state;
    assert_string_equal(shown(&catalog), "days.0 | Mo\ndays.1 | Di\nempty | \n"
                                         "items | one=%d Ding | other=%d Dinge\n"
                                         "title | Titel\n");
    assert_int_equal(line_of(&catalog, "title"), 4);
    assert_int_equal(line_of(&catalog, "items"), 5);
    assert_int_equal(line_of(&catalog, "days.1"), 11);
    assert_true(catalog_find(&catalog, STR("items"))->is_group);
}

static void what_is_not_translated_is_not_counted(void **state)
{
    (void)state;
    assert_string_equal(
        shown_of("<string name=\"a\" translatable=\"false\">A</string><string "
                 "name=\"b\">@string/a</string><string name=\"c\"> @android:string/ok "
                 "</string><string name=\"d\">\\@string/a</string><string "
                 "name=\"e\">@ 5/6</string><plurals name=\"f\" translatable=\"false\">"
                 "<item quantity=\"other\">x</item></plurals><string-array name=\"g\">"
                 "<item>@string/a</item><item>y</item></string-array>"),
        "a- | A\nb- | @string/a\nc- | @android:string/ok\nd | @string/a\ne | @ 5/6\n"
        "f- | other=x\ng.0- | @string/a\ng.1 | y\n");
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    assert_string_equal(text_of("It\\'s \\\"x\\\" \\n\\t\\\\ \\u00e4\\@\\?"),
                        "It's \"x\" \n\t\\ \xC3\xA4@?");
    assert_string_equal(text_of("a &lt;b&gt; &amp; &#228; &quot;c  d&quot;"),
                        "a <b> & \xC3\xA4 c  d");
}

static void white_space_collapses_outside_quotes(void **state)
{
    (void)state;
    assert_string_equal(text_of("\n    one\n    two\t three  \n"), "one two three");
    assert_string_equal(text_of("\"  one  two \""), "  one  two ");
    assert_string_equal(text_of("a \"b  c\" d"), "a b  c d");
    assert_string_equal(text_of("  \\u0020x"), " x");
    assert_string_equal(text_of(" "), "");
}

static void a_malformed_escape_spoils_its_message_alone(void **state)
{
    struct catalog catalog = android("<string name=\"a\">\\u12</string>\n<string "
                                     "name=\"b\">x</string>\n<plurals name=\"c\"><item "
                                     "quantity=\"other\">\\uxxxx</item></plurals>");

    (void)state;
    assert_string_equal(noted(&catalog), "message 'a' 2\nmessage 'c' 4\n");
    assert_int_equal(catalog.n, 3);
}

static void inline_elements_stay_markup(void **state)
{
    (void)state;
    assert_string_equal(text_of(
                            "a <b>bold</b>\n <a href=\"https://x\">li  nk</a> <br/>"),
                        "a <b>bold</b> <a href=\"https://x\">li nk</a> <br/>");
    assert_string_equal(text_of("<![CDATA[a <b>b</b>]]>"), "a <b>b</b>");
}

static void marked_words_are_one_token(void **state)
{
    (void)state;
    assert_string_equal(text_of(
                            "Hi <xliff:g id=\"name\" example=\"Bob\">%1$s</xliff:g>!"),
                        "Hi %1$s!");
    assert_string_equal(text_of("By <xliff:g id=\"app\">Rounds</xliff:g>."),
                        "By <xliff:g>Rounds</xliff:g>.");
}

static void products_are_messages_of_their_own(void **state)
{
    struct catalog catalog =
        android("<string name=\"a\" product=\"tablet\">T</string><string name=\"a\" "
                "product=\"default\">D</string>");

    (void)state;
    assert_string_equal(shown(&catalog), "a | D\na.tablet | T\n");
    assert_string_equal(noted(&catalog), "");
}

static void a_name_twice_is_noted(void **state)
{
    struct catalog catalog =
        android("<string name=\"a\">1</string>\n<string name=\"a\">2</string>");

    (void)state;
    assert_string_equal(noted(&catalog), "duplicate 'a' 3\n");
    assert_string_equal(shown(&catalog), "a | 2\n");
}

/* ---- XML's traps ---- */

static void refuses(enum catalog_format format, const char *text, const char *why,
                    uint32_t line)
{
    struct set_rules rules = rules_of(format);

    is_refused(str_of(text), &rules, why, line);
}

static void malformed_files_are_refused_with_their_line(void **state)
{
    (void)state;
    refuses(CATALOG_ANDROID, "", "empty", 0);
    refuses(CATALOG_ANDROID, "text", "Document is empty", 1);
    refuses(CATALOG_ANDROID, "<resources>\n<string name='a'>x</resources>",
            "Opening and ending tag mismatch: string line 2 and resources", 2);
    refuses(CATALOG_ANDROID, "<resources>\n<string name='a'>x</string>\n",
            "cut off, or something behind the root", 2);
    refuses(CATALOG_ANDROID, "<manifest/>", "its root is not <resources>", 1);
    refuses(CATALOG_XLIFF, "<resources/>", "its root is not <xliff>", 1);
    refuses(CATALOG_ANDROID,
            "<resources>\n<string name='a'>&nbsp;</string></resources>",
            "Entity 'nbsp' not defined", 2);
    refuses(CATALOG_ANDROID,
            "<resources>\n\n<string name='a'>\xE4</string></resources>", "not UTF-8",
            3);
}

static void a_doctype_that_declares_or_loads_is_refused(void **state)
{
    static const char why[] = "a DOCTYPE that declares or loads something";
    struct set_rules rules = rules_of(CATALOG_ANDROID);
    struct catalog plain = parsed("<!DOCTYPE resources><resources><string name='a'>x"
                                  "</string></resources>",
                                  &rules, "de");

    (void)state;
    assert_string_equal(shown(&plain), "a | x\n");
    plain =
        parsed("<?xml version='1.0'?>\n<!-- <!DOCTYPE r [] -->\n<!DOCTYPE\nresources "
               ">\n<resources/>\n",
               &rules, "de");
    assert_string_equal(noted(&plain), "");
    refuses(CATALOG_ANDROID,
            "<!-- x -->\n<!DOCTYPE r [<!ENTITY a 'b'>]><resources/>\n\n\n\n", why, 2);
    refuses(CATALOG_ANDROID, "<!DOCTYPE", why, 1);
    refuses(CATALOG_ANDROID,
            "<!DOCTYPE resources [<!ENTITY a 'b'>]>\n<resources><string name='a'>&a;"
            "</string></resources>",
            why, 1);
    refuses(CATALOG_ANDROID,
            "<!DOCTYPE resources SYSTEM 'file:///etc/passwd'>\n<resources/>", why, 1);
    refuses(CATALOG_ANDROID, "<!DOCTYPE resources PUBLIC 'x' 'y'>\n<resources/>", why,
            1);
    refuses(CATALOG_ANDROID,
            "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b "
            "'&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
            "<resources><string name='x'>&c;&c;&c;</string></resources>",
            why, 1);
}

static void other_declared_encodings_do_not_matter(void **state)
{
    struct set_rules rules = rules_of(CATALOG_ANDROID);
    struct catalog catalog =
        parsed("<?xml version='1.0' encoding='ISO-8859-1'?><resources><string "
               "name='a'>\xC3\xA4</string></resources>",
               &rules, "de");

    (void)state;
    assert_string_equal(shown(&catalog), "a | \xC3\xA4\n");
}

/* <resources><string><b><b>...x, so many elements. */
static struct str nested(size_t depth)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "<resources><string name='a'>");
    for (size_t i = 2; i < depth; i++)
        buf_add_text(&out, "<b>");
    for (size_t i = 2; i < depth; i++)
        buf_add_text(&out, "</b>");
    buf_add_text(&out, "</string></resources>");
    return buf_str(&out);
}

static void nesting_is_read_64_deep_and_no_deeper(void **state)
{
    struct set_rules rules = rules_of(CATALOG_ANDROID);

    (void)state;
    assert_int_equal(parsed_bytes(nested(64), &rules, "de").n, 1);
    is_refused(nested(65), &rules, "nested more than 64 deep", 1);
}

/* ---- XLIFF ---- */

static struct catalog xliff_of(const char *text, const char *locale)
{
    struct set_rules rules = rules_of(CATALOG_XLIFF);

    return parsed(text, &rules, locale);
}

static const char xliff12[] =
    "<?xml version=\"1.0\"?>\n<xliff version=\"1.2\" "
    "xmlns=\"urn:oasis:names:tc:xliff:document:1.2\">\n<file source-language=\"en\" "
    "target-language=\"de\" datatype=\"plaintext\" original=\"a\"><body>\n<trans-unit "
    "id=\"a\"><source>One</source><target>Eins</target></trans-unit>\n<group>"
    "<trans-unit id=\"b\"><source>Two</source></trans-unit></group>\n<trans-unit id=\"c\">"
    "<source>Three</source><target state=\"needs-translation\">Drei</target><alt-trans>"
    "<target>Tri</target></alt-trans></trans-unit>\n<trans-unit id=\"d\"><source>Hi <x "
    "id=\"INTERPOLATION\"/> &amp; <g id=\"1\">you</g></source><target/></trans-unit>\n"
    "<trans-unit id=\"e\" translate=\"no\"><source>E</source><target state=\"final\">E"
    "</target></trans-unit>\n</body></file></xliff>\n";

static void units_of_1_2_are_messages(void **state)
{
    struct catalog target = xliff_of(xliff12, "de"), source = xliff_of(xliff12, "en");

    (void)state;
    assert_string_equal(shown(&target), "a | Eins\nc? | Drei\nd | \ne- | E\n");
    assert_string_equal(noted(&target), "");
    assert_true(str_equal(target.message[0].source, STR("One")));
    assert_int_equal(line_of(&target, "c"), 6);
    assert_string_equal(
        shown(&source),
        "a | One\nb | Two\nc | Three\n"
        "d | Hi <x id=\"INTERPOLATION\"/> & <g id=\"1\">you</g>\ne- | E\n");
}

/* Angular writes what an element stands for into the source; translation tools drop it.
 */
static void inline_elements_are_their_ids(void **state)
{
    static const char text[] =
        "<xliff version=\"1.2\"><file source-language=\"en\" target-language=\"de\">"
        "<body><trans-unit id=\"a\"><source>To <x id=\"START_BOLD\" ctype=\"x-b\" "
        "equiv-text=\"&lt;b&gt;\"/>cart</source><target>In <x id=\"START_BOLD\"/>Korb"
        "</target></trans-unit></body></file></xliff>";
    struct catalog target = xliff_of(text, "de"), source = xliff_of(text, "en");

    (void)state;
    assert_string_equal(shown(&source), "a | To <x id=\"START_BOLD\"/>cart\n");
    assert_string_equal(shown(&target), "a | In <x id=\"START_BOLD\"/>Korb\n");
}

static void segments_of_2_0_are_joined(void **state)
{
    static const char text[] =
        "<xliff version=\"2.0\" srcLang=\"en\" trgLang=\"de\" "
        "xmlns=\"urn:oasis:names:tc:xliff:document:2.0\">\n<file id=\"f1\">\n<unit "
        "id=\"a\"><notes><note>x</note></notes><segment state=\"translated\"><source>One. "
        "</source><target>Eins. </target></segment><ignorable><source> </source><target> "
        "</target></ignorable><segment state=\"initial\"><source>Two</source><target>"
        "Zwei</target></segment></unit>\n<unit id=\"b\"><segment><source><pc id=\"1\">x"
        "</pc> <ph id=\"2\"/></source></segment></unit></file></xliff>";
    struct catalog target = xliff_of(text, "de"), source = xliff_of(text, "en");

    (void)state;
    assert_string_equal(shown(&target), "a? | Eins.  Zwei\n");
    assert_string_equal(shown(&source),
                        "a | One.  Two\nb | <pc id=\"1\">x</pc> <ph id=\"2\"/>\n");
}

static void states_that_need_work_are_review(void **state)
{
    static const struct {
        const char *state;
        bool is_review;
    } cases[] = {
        {"new", true},
        {"initial", true},
        {"needs-translation", true},
        {"needs-adaptation", true},
        {"needs-review-translation", true},
        {"needs-l10n", true},
        {"translated", false},
        {"signed-off", false},
        {"final", false},
        {"reviewed", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct catalog catalog = xliff_of(
            str_format(
                &run,
                "<xliff version='1.2'><file><body><trans-unit id='a'><source>x"
                "</source><target state='%s'>y</target></trans-unit></body></file>"
                "</xliff>",
                cases[i].state),
            "de");

        assert_int_equal(catalog.message[0].is_review, cases[i].is_review);
    }
}

static void ids_of_several_files_get_the_files_name(void **state)
{
    struct catalog catalog = xliff_of(
        "<xliff version='1.2'><file original='x.strings'><body><trans-unit id='a'>"
        "<source>1</source><target>2</target></trans-unit></body></file><file "
        "original='y.strings'><body><trans-unit id='a'><source>1</source><target>3"
        "</target></trans-unit></body></file></xliff>",
        "de");

    (void)state;
    assert_string_equal(shown(&catalog), "x.strings:a | 2\ny.strings:a | 3\n");
    assert_string_equal(noted(&catalog), "");
}

static void languages_are_held_against_the_path(void **state)
{
    struct catalog catalog = xliff_of(xliff12, "fr");

    (void)state;
    assert_string_equal(noted(&catalog), "locale '' 3\n");
    assert_string_equal(catalog.note[0].text, "the file says 'de', its path 'fr'");
    catalog = xliff_of("<xliff version='2.0' srcLang='fr' trgLang='de'/>", "en");
    assert_string_equal(noted(&catalog), "locale '' 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_plurals_and_arrays_are_messages),
        cmocka_unit_test(what_is_not_translated_is_not_counted),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(white_space_collapses_outside_quotes),
        cmocka_unit_test(a_malformed_escape_spoils_its_message_alone),
        cmocka_unit_test(inline_elements_stay_markup),
        cmocka_unit_test(marked_words_are_one_token),
        cmocka_unit_test(products_are_messages_of_their_own),
        cmocka_unit_test(a_name_twice_is_noted),
        cmocka_unit_test(malformed_files_are_refused_with_their_line),
        cmocka_unit_test(a_doctype_that_declares_or_loads_is_refused),
        cmocka_unit_test(other_declared_encodings_do_not_matter),
        cmocka_unit_test(nesting_is_read_64_deep_and_no_deeper),
        cmocka_unit_test(units_of_1_2_are_messages),
        cmocka_unit_test(inline_elements_are_their_ids),
        cmocka_unit_test(segments_of_2_0_are_joined),
        cmocka_unit_test(states_that_need_work_are_review),
        cmocka_unit_test(ids_of_several_files_get_the_files_name),
        cmocka_unit_test(languages_are_held_against_the_path),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
