/*
 * Tests of i18ncheck/format_po.c, po_header.c and po_plural.c. What PO is, is the
 * gettext manual, "The Format of PO Files"; plural expressions and what they select are
 * its "Plural forms" and CLDR's rules.
 */
#include <stdlib.h>

#include "i18ncheck/po.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct catalog po_of(const char *text, const char *locale)
{
    struct set_rules rules = rules_of(CATALOG_PO);

    return parsed(text, &rules, locale);
}

static struct catalog po(const char *text)
{
    return po_of(text, "de");
}

static void entries_are_messages_by_their_id(void **state)
{
    struct catalog catalog = po("# a comment\n#: src/a.c:3\nmsgid \"Open\"\nmsgstr "
                                "\"\303\226ffnen\"\n\nmsgid \"Close\"\nmsgstr \"\"\n");

    (void)state;
    assert_string_equal(shown(&catalog), "Close | \nOpen | \303\226ffnen\n");
    assert_true(str_equal(catalog.message[1].source, STR("Open")));
    assert_int_equal(line_of(&catalog, "Open"), 3);
    assert_false(message_is_nonempty(&catalog.message[0]));
}

static void contexts_are_part_of_the_key(void **state)
{
    struct catalog catalog =
        po("msgctxt \"menu\"\nmsgid \"Open\"\nmsgstr \"A\"\n\nmsgid \"Open\"\nmsgstr "
           "\"B\"\n\nmsgctxt \"\"\nmsgid \"Open\"\nmsgstr \"C\"\n");

    (void)state;
    assert_string_equal(shown(&catalog), "\x04Open | C\nOpen | B\nmenu\x04Open | A\n");
    assert_string_equal(noted(&catalog), "");
    assert_int_equal(line_of(&catalog, "menu\x04Open"), 1);
}

static void adjacent_strings_are_joined(void **state)
{
    struct catalog catalog =
        po("msgid \"\"\n\"one \"\n  \"two\"\nmsgstr \"A \" \"B\"\n\"C\"\nmsgid \"x\" "
           "msgstr \"y\"");

    (void)state;
    assert_string_equal(shown(&catalog), "one two | A BC\nx | y\n");
}

static void escapes_are_those_of_c(void **state)
{
    // \303\244 is U+00E4 in octal, \x41 is A
    struct catalog catalog =
        po("msgid \"a\"\nmsgstr \"\\\"\\\\\\n\\t\\r\\b\\f\\v\\a\\101\\x41\\303\\244"
           "\\0601\"\n");

    (void)state;
    assert_string_equal(shown(&catalog), "a | \"\\\n\t\r\b\f\v\aAA\303\244"
                                         "01\n");
    assert_string_equal(noted(&catalog), "");
}

static void a_bad_escape_spoils_its_message_alone(void **state)
{
    struct catalog catalog = po(
        "msgid \"a\"\nmsgstr \"\\q\"\n\nmsgid \"b\"\nmsgstr \"\\xg\"\n\nmsgid \"c\"\n"
        "msgstr \"\\303\"\n\nmsgid \"d\"\nmsgstr \"D\"\n");

    (void)state;
    assert_string_equal(noted(&catalog),
                        "message 'a' 1\nmessage 'b' 4\nmessage 'c' 7\n");
    assert_string_equal(catalog.note[0].text, "unknown escape");
    assert_string_equal(catalog.note[2].text, "escapes that are not UTF-8");
    assert_int_equal(catalog.n, 4);
}

static void plural_entries_are_one_message_of_numbered_forms(void **state)
{
    static const char text[] =
        "msgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] "
        "\"%d Datei\"\nmsgstr[1] \"%d Dateien\"\n";
    struct catalog target = po(text);
    struct catalog source = po_of(text, "en");

    (void)state;
    assert_string_equal(shown(&target), "%d file | 0=%d Datei | 1=%d Dateien\n");
    assert_true(target.message[0].is_group);
    assert_true(str_equal(message_text(&target.message[0]), STR("%d Dateien")));
    assert_string_equal(shown(&source), "%d file | 0=%d Datei | 1=%d Dateien\n");
}

static void ids_are_the_texts_of_a_template(void **state)
{
    struct catalog source =
        po_of("msgid \"\"\nmsgstr \"\"\n\"Language: \\n\"\n\"Content-Type: text/plain; "
              "charset=CHARSET\\n\"\n\"Plural-Forms: nplurals=INTEGER; "
              "plural=EXPRESSION;\\n\"\n\nmsgid \"a\"\nmsgstr \"\"\n\nmsgid \"b\"\n"
              "msgid_plural \"bs\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n",
              "en");

    (void)state;
    assert_string_equal(shown(&source), "a | a\nb | 0=b | 1=bs\n");
    assert_string_equal(noted(&source), "");
}

static void fuzzy_entries_need_review_and_only_they(void **state)
{
    static const char text[] =
        "#, fuzzy\nmsgid \"a\"\nmsgstr \"A\"\n\n#, c-format, fuzzy\nmsgid \"b\"\nmsgstr "
        "\"B\"\n\n# fuzzy\nmsgid \"c\"\nmsgstr \"C\"\n";
    struct catalog target = po(text), source = po_of(text, "en");

    (void)state;
    assert_string_equal(shown(&target), "a? | A\nb? | B\nc | C\n");
    assert_string_equal(shown(&source), "a | A\nb | B\nc | C\n");
}

static void previous_ids_are_comments(void **state)
{
    struct catalog catalog = po(
        "#, fuzzy\n#| msgctxt \"menu\"\n#| msgid \"\"\n#| \"Old \"\n#| \"id\"\nmsgid "
        "\"New id\"\nmsgstr \"Alt\"\n");

    (void)state;
    assert_string_equal(shown(&catalog), "New id? | Alt\n");
}

static void obsolete_entries_are_skipped_with_their_flags(void **state)
{
    struct catalog catalog =
        po("msgid \"a\"\nmsgstr \"A\"\n\n#, fuzzy, c-format\n#~| msgid \"older\"\n#~ "
           "msgid \"old\"\n#~ msgstr \"\"\n#~ \"alt\"\n\nmsgid \"b\"\nmsgstr \"B\"\n#~ "
           "msgid \"last\"\n#~ msgstr \"\"\n");

    (void)state;
    assert_string_equal(shown(&catalog), "a | A\nb | B\n");
    assert_int_equal(catalog.message[1].syntax, SYNTAX_NONE);
}

static void flags_say_the_syntax_of_an_entry(void **state)
{
    static const struct {
        const char *flags;
        enum syntax syntax;
    } cases[] = {
        {"#, c-format", SYNTAX_C_PRINTF},
        {"#, fuzzy,c-format", SYNTAX_C_PRINTF},
        {"#,python-format\r", SYNTAX_PYTHON},
        {"#, python-brace-format", SYNTAX_BRACE},
        {"#, csharp-format, range: 0..10", SYNTAX_CSHARP},
        {"#, java-format", SYNTAX_JAVA},
        {"#, objc-format", SYNTAX_OBJC},
        {"#, no-c-format", SYNTAX_NONE},
        {"#, no-wrap", SYNTAX_PERCENT},
        {"# c-format", SYNTAX_PERCENT},
        {"", SYNTAX_PERCENT},
    };
    struct set_rules rules = rules_of(CATALOG_PO);

    (void)state;
    rules.syntax = SYNTAX_PERCENT; // the set's own, where no flag says another
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text =
            str_format(&run, "%s\nmsgid \"a\"\nmsgstr \"b\"\n", cases[i].flags);
        struct catalog catalog = parsed(text, &rules, "de");

        assert_int_equal(catalog.n, 1);
        assert_int_equal(catalog.message[0].syntax, cases[i].syntax);
    }
}

static struct catalog with_header(const char *fields)
{
    return po(str_format(&run,
                         "msgid \"\"\nmsgstr \"\"\n%s\nmsgid \"a\"\nmsgstr \"A\"\n",
                         fields));
}

static void the_header_says_plurals_and_language(void **state)
{
    struct catalog catalog = with_header(
        "\"Project-Id-Version: x\\n\"\n\"Language: de_DE\\n\"\n\"plural-forms:  "
        "nplurals=2; plural=(n != 1);\\n\"\n\"Content-Type: text/plain; "
        "charset=utf-8\\n\"");

    (void)state;
    assert_int_equal(catalog.po_nplurals, 2);
    assert_true(str_equal(catalog.po_plural, STR("(n != 1)")));
    assert_string_equal(noted(&catalog), "");
    assert_int_equal(catalog.n, 1);
    catalog = with_header("\"Plural-Forms: plural=0; nplurals = 1\\n\"");
    assert_int_equal(catalog.po_nplurals, 0);
}

static void a_header_of_another_language_is_a_mismatch(void **state)
{
    struct catalog catalog = with_header("\"Language: fr\\n\"");

    (void)state;
    assert_string_equal(noted(&catalog), "locale '' 1\n");
    assert_string_equal(catalog.note[0].text, "the file says 'fr', its path 'de'");
    catalog = po_of("msgid \"\"\nmsgstr \"Language: pt_PT\\n\"\n", "pt-BR");
    assert_string_equal(noted(&catalog), "locale '' 1\n");
    catalog = po_of("msgid \"\"\nmsgstr \"Language: fr\\n\"\n", "fr-CA");
    assert_string_equal(noted(&catalog), "");
}

static void other_charsets_are_refused(void **state)
{
    struct set_rules rules = rules_of(CATALOG_PO);

    (void)state;
    is_refused(STR("\nmsgid \"\"\nmsgstr \"Content-Type: text/plain; "
                   "charset=ISO-8859-1\\n\"\n\nmsgid \"a\"\nmsgstr \"b\"\n"),
               &rules, "its charset is not UTF-8", 2);
    is_refused(STR("msgid \"a\"\n\nmsgstr \"\xE4\"\n"), &rules, "not UTF-8", 3);
}

static void malformed_files_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *why;
        uint32_t line;
    } cases[] = {
        {"msgid \"a\"\nmsgstr \"b", "a text that its line does not close", 2},
        {"msgid \"a\"\nmsgstr \"b\nc\"", "a text that its line does not close", 2},
        {"msgid \"a\"\nmsgstr \"b\" c", "not a keyword of PO files", 2},
        {"msgid \"a\"\n\nmsgid \"b\"\nmsgstr \"\"", "msgid without msgstr", 3},
        {"\nmsgid \"a\"\n", "msgid without msgstr", 2},
        {"msgstr \"a\"\n", "msgstr without msgid", 1},
        {"msgid a\n", "a text in quotes is wanted", 1},
        {"msgid", "a text in quotes is wanted", 1},
        {"msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n", "one msgstr too many", 3},
        {"msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[1] \"b\"\n", "msgstr[] out of order",
         3},
        {"msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0 \"b\"\n", "msgstr[] out of order",
         3},
        {"msgid_plural \"as\"\n", "not a keyword of PO files", 1},
        {"hello\n", "not a keyword of PO files", 1},
        {"<<<<<<< HEAD\n", "not a keyword of PO files", 1},
    };
    struct set_rules rules = rules_of(CATALOG_PO);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_refused(str_of(cases[i].text), &rules, cases[i].why, cases[i].line);
}

static void a_key_twice_is_noted(void **state)
{
    struct catalog catalog =
        po("msgid \"a\"\nmsgstr \"1\"\n\nmsgid \"a\"\nmsgstr \"2\"\n");

    (void)state;
    assert_string_equal(noted(&catalog), "duplicate 'a' 4\n");
    assert_string_equal(shown(&catalog), "a | 2\n");
}

static void keys_with_dots_do_not_clash(void **state)
{
    struct catalog catalog =
        po("msgid \"a\"\nmsgstr \"1\"\n\nmsgid \"a.b\"\nmsgstr \"2\"\n");

    (void)state;
    assert_string_equal(noted(&catalog), "");
}

static void order_line_ends_and_a_bom_change_no_message(void **state)
{
    struct catalog plain = po("msgid \"a\"\nmsgstr \"\"\n\"A\\n\"\n\"B\"\n\n#, fuzzy\n"
                              "msgid \"b\"\nmsgstr \"C\"\n");
    struct catalog other = po("\xEF\xBB\xBF\r\n#, fuzzy\r\nmsgid \"b\"\r\nmsgstr \"C\""
                              "\r\n\r\nmsgid   \"a\"\r\nmsgstr \"A\\nB\"\r\n");

    (void)state;
    assert_string_equal(shown(&other), shown(&plain));
    assert_string_equal(noted(&other), "bom '' 1\n");
}

/* ---- plural expressions ---- */

static uint8_t selected[PO_PLURAL_N];

static bool selects(const char *expression, int nplurals)
{
    const char *why;
    bool ok = po_plural_select(str_of(expression), nplurals, selected, &why);

    assert_true(ok == (why == NULL));
    return ok;
}

/* The value for n = 7 of an expression of small numbers. */
static int value(const char *expression)
{
    if (!selects(expression, 255))
        fail_msg("'%s' is refused", expression);
    return selected[7];
}

static void operators_bind_as_in_c(void **state)
{
    (void)state;
    assert_int_equal(value("n%100"), 7);
    assert_int_equal(value("1 + 2 * 3"), 1 + 2 * 3);
    assert_int_equal(value("10-2-3"), 10 - 2 - 3);
    assert_int_equal(value("(1+2)*3"), 9);
    assert_int_equal(value("100/10/5%2"), 100 / 10 / 5 % 2);
    assert_int_equal(value("n%4"), 3);
    assert_int_equal(value("1 || 0 && 0"), 1);
    assert_int_equal(value("2 < 1 == 0"), 1);
    assert_int_equal(value("1 + 1 >= 2"), 1);
    assert_int_equal(value("3 <= 2"), 0);
    assert_int_equal(value("!0 + 1"), 2);
    assert_int_equal(value("!(n==7)"), 0);
    assert_int_equal(value("!!n"), 1);
    assert_int_equal(value("n != 7 ? 1 : n > 6 ? 2 : 3"), 2);
    assert_int_equal(value("1 ? 0 ? 4 : 5 : 6"), 5);
    assert_int_equal(value("(1 ? 0 : 1) ? 4 : 5"), 5);
    assert_int_equal(value("n==7 ? 1+2 : 9"), 3);
    assert_int_equal(value("0 || 1 ? 2 : 3"), 2);
    assert_int_equal(value("((((((n%100))))))"), 7);
}

static void division_by_zero_counts_only_where_it_is_chosen(void **state)
{
    (void)state;
    assert_int_equal(value("1 ? 5 : n/0"), 5);
    assert_int_equal(value("0 && n/0"), 0);
    assert_int_equal(value("1 || n%0"), 1);
    assert_false(selects("n/0", 255));
    assert_false(selects("n%0 ? 1 : 2", 255));
    assert_false(selects("10/(n-7)", 255)); // for n = 7 alone
}

static void expressions_that_do_not_parse_are_refused(void **state)
{
    static const char *const expressions[] = {
        "",          "m",        "n n",   "1 +", "* 2",         "(n",    "n)",
        "n ? 1",     "n ? 1 :",  "n : 1", "()",  "n = 1",       "n & 1", "n ? : 2",
        "1 2",       "nplurals", "n;",    "-1",  "99999999999", "! ",    "(n ? 1) : 2",
        "EXPRESSION"};
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        if (selects(expressions[i], 255))
            fail_msg("'%s' is accepted", expressions[i]);
    }
    assert_false(po_plural_select(STR("n+"), 2, selected, &why));
    assert_string_equal(why, "the plural expression of the header does not parse");
}

static void a_form_that_nplurals_lacks_is_refused(void **state)
{
    (void)state;
    assert_true(selects("n != 1", 2));
    assert_false(selects("n != 1", 1));
    assert_false(selects("n % 3", 2));
    assert_false(selects("n - 1", 255)); // 0 - 1 is a large number
}

static void expressions_of_any_length_end(void **state)
{
    char text[2048];

    (void)state;
    memset(text, '(', sizeof text);
    text[64] = '1';
    memset(text + 65, ')', 64);
    text[129] = '\0';
    assert_true(selects(text, 255)); // 64 deep
    memset(text, '(', 65);
    text[65] = '1';
    memset(text + 66, ')', 65);
    text[131] = '\0';
    assert_false(selects(text, 255));
    memset(text, '!', 1100);
    text[1100] = 'n';
    text[1101] = '\0';
    assert_false(selects(text, 255));
    for (size_t i = 0; i < 400; i++)
        memcpy(text + 2 * i, "n*", 2);
    memcpy(text + 800, "0", 2);
    assert_true(selects(text, 255));
    for (size_t i = 0; i < 100; i++)
        memcpy(text + 4 * i, "n?1:", 4);
    memcpy(text + 400, "0", 2);
    assert_false(selects(text, 255)); // 100 choices wait for their last operand
}

/* The categories of CLDR for integers, in order, as gettext's headers number them. */
static void headers_of_languages_select_as_cldr_does(void **state)
{
    (void)state;
    assert_true(selects("n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || "
                        "n%100>=20) ? 1 : 2",
                        3)); // ru: 1 21 101 | 2-4 22 | 0 5 11 12
    for (int n = 0; n < PO_PLURAL_N; n++) {
        bool is_one = n % 10 == 1 && n % 100 != 11;
        bool is_few = n % 10 >= 2 && n % 10 <= 4 && !(n % 100 >= 12 && n % 100 <= 14);

        assert_int_equal(selected[n], is_one ? 0 : is_few ? 1 : 2);
    }
    assert_true(selects("n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
                        "n%100>=11 ? 4 : 5",
                        6)); // ar
    assert_int_equal(selected[0], 0);
    assert_int_equal(selected[2], 2);
    assert_int_equal(selected[103], 3);
    assert_int_equal(selected[111], 4);
    assert_int_equal(selected[100], 5);
    assert_int_equal(selected[1000], 5);
    assert_true(selects("0", 1));     // ja
    assert_true(selects("n > 1", 2)); // fr
    assert_int_equal(selected[0] + selected[1], 0);
    assert_int_equal(selected[2], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_messages_by_their_id),
        cmocka_unit_test(contexts_are_part_of_the_key),
        cmocka_unit_test(adjacent_strings_are_joined),
        cmocka_unit_test(escapes_are_those_of_c),
        cmocka_unit_test(a_bad_escape_spoils_its_message_alone),
        cmocka_unit_test(plural_entries_are_one_message_of_numbered_forms),
        cmocka_unit_test(ids_are_the_texts_of_a_template),
        cmocka_unit_test(fuzzy_entries_need_review_and_only_they),
        cmocka_unit_test(previous_ids_are_comments),
        cmocka_unit_test(obsolete_entries_are_skipped_with_their_flags),
        cmocka_unit_test(flags_say_the_syntax_of_an_entry),
        cmocka_unit_test(the_header_says_plurals_and_language),
        cmocka_unit_test(a_header_of_another_language_is_a_mismatch),
        cmocka_unit_test(other_charsets_are_refused),
        cmocka_unit_test(malformed_files_are_refused_with_their_line),
        cmocka_unit_test(a_key_twice_is_noted),
        cmocka_unit_test(keys_with_dots_do_not_clash),
        cmocka_unit_test(order_line_ends_and_a_bom_change_no_message),
        cmocka_unit_test(operators_bind_as_in_c),
        cmocka_unit_test(division_by_zero_counts_only_where_it_is_chosen),
        cmocka_unit_test(expressions_that_do_not_parse_are_refused),
        cmocka_unit_test(a_form_that_nplurals_lacks_is_refused),
        cmocka_unit_test(expressions_of_any_length_end),
        cmocka_unit_test(headers_of_languages_select_as_cldr_does),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
