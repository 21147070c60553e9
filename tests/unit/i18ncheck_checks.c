/* The checks of a message, and that the first that fails is the one that is said
 * (i18ncheck.md 5 and 6). */
#include "tests/unit/i18ncheck_judged.h"

#include "shared/banned.h"

static struct sample i18next(void)
{
    return sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);
}

static struct sample icu(void)
{
    return sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);
}

/* Each text has its own fault and all those below it in the page's table. */
static void the_first_class_that_fails_is_said(void **state)
{
    static const struct {
        const char *target, *check;
    } faults[] = {
        {"\u00c3\u00a9 {y} <script {x, date} {n, plural, one {# {", "encoding"},
        {"{y} <script> {x, date} {n, plural, other {#}", "message-syntax"},
        {"<script></script> {y} {x, date} {n, plural, other {#}}", "injection"},
        {"{y} {x, date} {n, plural, other {a}} <i>b</i>", "placeholder-extra"},
        {"{x, date} {n, plural, other {a}} <i>b</i>", "placeholder-type"},
        {"{n, plural, other {a}} <i>b</i>", "plural-missing"},
        {"{n, plural, one {a} other {a}} <i>b</i>", "placeholder-missing"},
        {"{x} {n, plural, one {#} few {#} other {#}} <i>b</i>", "markup"},
        {"{x} {n, plural, one {#} few {#} other {#}} <b>b</b>", "plural-dead"},
        {"{x} {n, plural, one {#} uno {#} other {#}} <b>b</b>", "plural-selector"},
        {"{x} {n, plural, one {#} other {#}} <b>c</b>", NULL},
    };
    const struct sample sample = icu();
    const char *source = "{x} {n, plural, one {# item} other {# items}} <b>now</b>";

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        pair_hits(&sample, source, "de", faults[i].target, faults[i].check);
}

static void stale_comes_after_markup_and_before_copies(void **state)
{
    const uint8_t stale = 1;
    struct sample sample = i18next();

    (void)state;
    sample.stale = &stale;
    pair_hits(&sample, "A <b>new</b> text", "de", "Ein Text", "markup");
    pair_hits(&sample, "A new text", "de", "Ein Text", "stale");
    pair_hits(&sample, "A new text", "de", "A new text", "stale");
}

static void a_check_that_is_off_does_not_hide_the_next(void **state)
{
    struct sample sample = icu();

    (void)state;
    sample.checks.is_off[CHECK_PLURAL_MISSING] = true;
    pair_hits(&sample, "{n, plural, one {#} other {#}} <b>x</b>", "de",
              "{n, plural, other {#}} <i>x</i>", "markup");
    sample.checks.is_off[CHECK_MARKUP] = true;
    pair_hits(&sample, "{n, plural, one {#} other {#}} <b>x</b>", "de",
              "{n, plural, other {#}} <i>x</i>", NULL);
    sample.checks.is_off[CHECK_PLACEHOLDER_EXTRA] = true;
    pair_hits(&sample, "a text", "de", "{x} Text", NULL);
}

static void strict_sets_look_for_missing_placeholders_before_plurals(void **state)
{
    struct sample sample = i18next();
    const char *source = "{\"k_one\": \"{{n}} {{x}}\", \"k_other\": \"{{n}} {{x}}\"}";

    (void)state;
    locale_hits(&sample, source, "de", "{\"k_other\": \"a {{n}}\"}",
                "plural-missing k\n");
    sample.strict = true;
    locale_hits(&sample, source, "de", "{\"k_other\": \"a {{n}}\"}",
                "placeholder-missing k\n");
}

/* ---- text ---- */

static void lost_and_hidden_characters_are_encoding(void **state)
{
    static const struct {
        const char *target, *check;
    } texts[] = {
        {"lost \ufffd", "encoding"},
        {"a\\u0007b", "encoding"},
        {"a\xC2\x85 b", "encoding"},
        {"a\\tb\\r\\nc", NULL},
        {"\u202bab", "encoding"},
        {"\u202bab\u202c", NULL},
        {"\u2067ab\u2069", NULL},
        {"ab\u2069", "encoding"},
        {"\u2066ab\u202c", "encoding"},
        {"\u200fab", NULL},
        {"Men\u00c3\u00bc", "encoding"},
        {"it\u00e2\u20ac\u2122s", "encoding"},
        {"\u00e2\u20ac\u201dand", "encoding"},
        {"A\u00c7\u00c3O", NULL},
        {"\u00e2ge \u20ac", NULL},
    };
    const struct sample sample = i18next();

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pair_hits(&sample, "a text", "pt", texts[i].target, texts[i].check);
}

static void mojibake_of_the_source_is_not_the_translators(void **state)
{
    const struct sample sample = i18next();
    const char *text = "{\"k\": \"The mark \u00c3\u00bc is wrong\"}";
    const struct result found =
        judged(&sample, text, "de", "{\"k\": \"Das Zeichen \u00c3\u00bc ist falsch\"}");

    (void)state;
    assert_string_equal(hit_lines(&found.of_source), "encoding k\n");
    assert_int_equal(found.hits.n, 0);
}

static void code_that_the_source_has_not_is_injection(void **state)
{
    static const char *const code[] = {"<script>x()</script>", "<SCRIPT src=a>",
                                       "<img src=a onerror=x()>",
                                       "<a href='javascript:x()'>", "<b\\nonclick =x>"};
    static const char *const harmless[] = {"turn on=off", "a script", "onto <b>"};
    const struct sample sample = i18next();

    (void)state;
    for (size_t i = 0; i < sizeof code / sizeof *code; i++) {
        pair_hits(&sample, "a text", "de", code[i], "injection");
        pair_hits(&sample, code[i], "de", str_format(&run, "Text %s", code[i]), NULL);
    }
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        pair_hits(&sample, "a <b> text", "de", str_format(&run, "<b> %s", harmless[i]),
                  i == 2 ? "markup" : NULL);
}

static void tags_are_compared_as_multisets_without_void_ones(void **state)
{
    static const struct {
        const char *source, *target, *check;
    } texts[] = {
        {"<b>a</b> <i>b</i>", "<i>b</i> <b>x</b>", NULL},
        {"<b>a b</b>", "c d", "markup"},
        {"a <0>b</0>", "x <1>y</1>", "markup"},
        {"a <0>b</0>", "x <0>y</0>", NULL},
        {"a<br>b", "x y", NULL},
        {"a <Icon/> b", "x y", "markup"},
        {"a <b>b</b>", "x <b>y<b>", "markup"},
        {"a < b, 3", "x y, 3", NULL},
        {"<a href='/x'>b c</a>", "<a href='/y'>x y</a>", NULL},
    };
    const struct sample sample = i18next();

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pair_hits(&sample, texts[i].source, "de", texts[i].target, texts[i].check);
}

/* ---- placeholders ---- */

static void placeholders_differ_as_the_page_says(void **state)
{
    static const struct {
        enum syntax syntax;
        const char *source, *target, *check;
    } pairs[] = {
        {SYNTAX_I18NEXT, "a {{x}} b", "c {{y}} d", "placeholder-extra"},
        {SYNTAX_I18NEXT, "a {{x}} b", "c d", "placeholder-missing"},
        {SYNTAX_I18NEXT, "a {{x}} b", "{{x}} c {{x}}", "placeholder-count"},
        {SYNTAX_I18NEXT, "a {{x, number}}", "c {{x, date}}", "placeholder-type"},
        {SYNTAX_I18NEXT, "a {{x}} {{- y}}", "{{y}} c {{x}}", NULL},
        {SYNTAX_I18NEXT, "a $t(other) b", "c d", "placeholder-missing"},
        {SYNTAX_PRINTF, "100 % sure", "100 % sicher", NULL},
        {SYNTAX_PRINTF, "%1$s of %2$s", "%2$s: %1$s", NULL},
        {SYNTAX_PRINTF, "%s has %d", "%d hat %s", "placeholder-type"},
        {SYNTAX_PRINTF, "%s has %d", "%2$d hat %1$s", NULL},
        {SYNTAX_PRINTF, "%i files", "%d Dateien", NULL},
        {SYNTAX_PRINTF, "%ld files", "%d Dateien", "placeholder-type"},
        {SYNTAX_PRINTF, "up to 50%%", "bis 50 %", NULL},
        {SYNTAX_PYTHON, "%(n)d for %(x)s", "%(x)s: %(n)d", NULL},
        {SYNTAX_PYTHON, "%(n)d for %(x)s", "%(x)s: %(m)d", "placeholder-extra"},
        {SYNTAX_OBJC, "%@ has %lld", "%lld hat %@", "placeholder-type"},
        {SYNTAX_BRACE, "{a} {b!r:>3}", "{b} {a}", NULL},
        {SYNTAX_BRACE, "{{a}} b", "c d", NULL},
        {SYNTAX_CSHARP, "{0,-8:f} of {1}", "{1}: {0}", NULL},
        {SYNTAX_JAVA, "{0,number} a", "{0,date} b", "placeholder-type"},
        {SYNTAX_RAILS, "%{x} a", "%{y} b", "placeholder-extra"},
        {SYNTAX_VUE, "{x} @:a.b c", "{x} d", "placeholder-missing"},
        {SYNTAX_LARAVEL, "a :name b", "c :NAME d", NULL},
        {SYNTAX_LARAVEL, "a :name b", "c :nom d", "placeholder-extra"},
        {SYNTAX_PERCENT, "a %x% b", "c %y% d", "placeholder-extra"},
        {SYNTAX_NONE, "a {{x}} %s b", "c d", NULL},
        {SYNTAX_ICU, "{x} a", "{x, number} b", NULL},
        {SYNTAX_ICU, "{x, date} a", "{x, number} b", "placeholder-type"},
        {SYNTAX_ICU, "{x} a", "{x} {x} b", "placeholder-count"},
        {SYNTAX_ICU, "{g, select, f {a} other {b}}", "{g, select, other {c}}", NULL},
        {SYNTAX_ICU, "{g, select, f {a b} other {b}}", "{g, select, m {c} other {d}}",
         "placeholder-extra"},
        {SYNTAX_ICU, "it''s {x} '{y}'", "c {x} d", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct sample sample =
            sample_of(CATALOG_JSON, pairs[i].syntax, PLURAL_NONE);

        pair_hits(&sample, pairs[i].source, "de", pairs[i].target, pairs[i].check);
    }
}

static void one_count_may_be_dropped_and_nothing_else(void **state)
{
    const struct sample sample = i18next();
    const char *source = "{\"k_one\": \"{{count}} of {{n}}\", \"k_other\": \"{{count}} "
                         "of {{n}} for {{who}}\"}";

    (void)state;
    locale_hits(&sample, source, "de",
                "{\"k_one\": \"einer von {{n}} {{who}}\", \"k_other\": \"{{count}} "
                "{{n}} {{who}}\"}",
                "");
    locale_hits(&sample, source, "de",
                "{\"k_one\": \"einer fuer {{who}}\", \"k_other\": \"{{count}} {{n}} "
                "{{who}}\"}",
                "placeholder-missing k\n");
    locale_hits(&sample, source, "de",
                "{\"k_one\": \"einer von {{n}}\", \"k_other\": \"{{count}} {{n}} "
                "{{who}}\"}",
                "placeholder-missing k\n");
}

static void arb_translations_may_use_what_is_declared(void **state)
{
    const struct sample sample = sample_of(CATALOG_ARB, SYNTAX_ICU, PLURAL_ICU);
    const char *source =
        "{\"@@locale\": \"en\", \"k\": \"Hello you\", \"@k\": {\"placeholders\": "
        "{\"name\": {}}}}";

    (void)state;
    locale_hits(&sample, source, "de",
                "{\"@@locale\": \"de\", \"k\": \"Hallo {name}\"}", "");
    locale_hits(&sample, source, "de", "{\"@@locale\": \"de\", \"k\": \"Hallo {nom}\"}",
                "placeholder-extra k\n");
}

static void po_entries_are_written_as_their_flag_says(void **state)
{
    const struct sample sample = sample_of(CATALOG_PO, SYNTAX_NONE, PLURAL_PO);
    const char *source = "#, c-format\nmsgid \"%s a\"\nmsgstr \"\"\n\n#, "
                         "python-brace-format\nmsgid \"{x} a\"\nmsgstr \"\"\n\nmsgid "
                         "\"%s {x} plain text\"\nmsgstr \"\"\n";

    (void)state;
    locale_hits(&sample, source, "de",
                "#, c-format\nmsgid \"%s a\"\nmsgstr \"%d b\"\n\n#, "
                "python-brace-format\nmsgid \"{x} a\"\nmsgstr \"{y} b\"\n\nmsgid "
                "\"%s {x} plain text\"\nmsgstr \"Text\"\n",
                "placeholder-type %s a\nplaceholder-extra {x} a\n");
    locale_hits(&sample, source, "de", "msgid \"%s a\"\nmsgstr \"%d b\"\n",
                "placeholder-type %s a\n"); // the source's flag
}

/* ---- the source, and what the readers note ---- */

static void the_source_is_judged_by_itself(void **state)
{
    const struct sample sample = icu();
    const struct result found =
        judged(&sample,
               "{\"a\": \"{x\", \"b\": \"lost \ufffd\", \"c\": \"{n, plural, other "
               "{#}}\", \"d\": \"<b>open\", \"e\": \"fine {x}\", \"e\": \"fine\"}",
               "de",
               "{\"a\": \"{y\", \"b\": \"gut\", \"c\": \"{n}\", \"d\": \"<script>\"}");

    (void)state;
    assert_string_equal(hit_lines(&found.of_source),
                        "duplicate-key e\nmessage-syntax a\nencoding b\nplural-missing "
                        "c\nmessage-syntax d\n");
    // what needs no parse is still judged
    assert_string_equal(hit_lines(&found.hits), "injection d\n");
    assert_string_equal(found.hits.item[0].locale, "de");
    assert_string_equal(found.of_source.item[0].locale, "en");
}

static void notes_of_the_reader_are_hits(void **state)
{
    const struct sample rails = sample_of(CATALOG_RAILS, SYNTAX_RAILS, PLURAL_RAILS);
    const struct sample sample = i18next();

    (void)state;
    locale_hits(&rails, "en:\n  k: A text\n  no: No\n", "de",
                "fr:\n  k: Ein Text\n  no: Nein\n", "locale-mismatch \nbool-key no\n");
    locale_hits(&sample, "{\"k\": \"A text\"}", "de",
                "\xEF\xBB\xBF{\"k\": \"Ein Text\", \"k\": \"Zwei {{x}}\"}",
                "bom \nduplicate-key k\n");
    locale_hits(&sample, "{\"k\": \"A text\"}", "de", "{\"k\": \"Ein",
                "catalog-syntax \n");
    locale_hits(&sample, "{\"k\": \"A text\"}", "de",
                "{\"k\": \"Ein Text\", \"k.x\": \"y\"}", "key-clash k\nobsolete k.x\n");
}

static void leaves_of_another_type_are_clashes(void **state)
{
    const struct sample sample = i18next();

    (void)state;
    locale_hits(&sample,
                "{\"a\": \"text\", \"b\": 1, \"c\": true, \"d\": 1, \"e\": []}", "de",
                "{\"a\": 5, \"b\": \"x\", \"c\": 1, \"d\": 2.5, \"e\": null}",
                "key-clash a\nkey-clash b\nkey-clash c\n");
}

static void a_text_over_the_limit_is_its_own_fault_alone(void **state)
{
    const struct sample sample = i18next();
    char *text = arena_new(&run, char, 66000);
    struct result found;

    (void)state;
    memset(text, 'x', 65990);
    found = judged(&sample, "{\"a\": \"a {{x}}\", \"b\": \"b {{x}}\"}", "de",
                   str_format(&run, "{\"a\": \"%s\", \"b\": \"c\"}", text));
    assert_string_equal(hit_lines(&found.hits),
                        "message-syntax a\nplaceholder-missing b\n");
    assert_int_equal(found.coverage.broken, 2);
    assert_int_equal(found.coverage.translated, 2);
    found = judged(&sample, str_format(&run, "{\"a\": \"%s\", \"b\": \"b\"}", text),
                   "de", "{\"a\": \"{{x}}\", \"b\": \"c\"}");
    assert_string_equal(hit_lines(&found.of_source), "message-syntax a\n");
    assert_int_equal(found.hits.n, 0);
}

static void hits_say_where_and_what(void **state)
{
    const struct sample sample = i18next();
    const struct result found =
        judged(&sample, "{\n\"k\": \"A {{x}}\"}", "de", "{\n\n\"k\": \"Ein {{y}}\"}");
    const struct hit *hit = &found.hits.item[0];

    (void)state;
    assert_int_equal(found.hits.n, 1);
    assert_string_equal(hit->message, "{{y}} is not in the source");
    assert_string_equal(hit->file, "file");
    assert_int_equal(hit->line, 3);
    assert_true(str_equal(hit->source, STR("A {{x}}")));
    assert_true(str_equal(hit->target, STR("Ein {{y}}")));
}

static void names_and_severities_are_the_pages(void **state)
{
    static const struct {
        const char *word;
        enum severity severity;
    } table[] = {
        {"catalog-syntax", SEVERITY_CRIT},
        {"catalog-missing", SEVERITY_WARN},
        {"duplicate-key", SEVERITY_WARN},
        {"key-clash", SEVERITY_WARN},
        {"locale-mismatch", SEVERITY_WARN},
        {"bool-key", SEVERITY_WARN},
        {"encoding", SEVERITY_WARN},
        {"message-syntax", SEVERITY_CRIT},
        {"injection", SEVERITY_CRIT},
        {"placeholder-extra", SEVERITY_WARN},
        {"placeholder-type", SEVERITY_WARN},
        {"plural-missing", SEVERITY_WARN},
        {"placeholder-missing", SEVERITY_WARN},
        {"markup", SEVERITY_WARN},
        {"stale", SEVERITY_INFO},
        {"same-as-source", SEVERITY_INFO},
        {"source-filled", SEVERITY_WARN},
        {"plural-dead", SEVERITY_INFO},
        {"plural-selector", SEVERITY_INFO},
        {"placeholder-count", SEVERITY_INFO},
        {"obsolete", SEVERITY_INFO},
        {"review", SEVERITY_INFO},
        {"bom", SEVERITY_INFO},
        {"locale-unknown", SEVERITY_INFO},
        {"coverage", SEVERITY_WARN},
        {"undefined-key", SEVERITY_WARN},
        {"undefined-prefix", SEVERITY_INFO},
        {"unused", SEVERITY_INFO},
        {"undeterminable", SEVERITY_INFO},
    };
    enum check_id check;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_true(check_parse(str_of(table[i].word), &check));
        assert_string_equal(check_word(check), table[i].word);
        assert_int_equal(check_severity(check), table[i].severity);
    }
    assert_false(check_parse(STR("nothing"), &check));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(the_first_class_that_fails_is_said),
        TEST(stale_comes_after_markup_and_before_copies),
        TEST(a_check_that_is_off_does_not_hide_the_next),
        TEST(strict_sets_look_for_missing_placeholders_before_plurals),
        TEST(lost_and_hidden_characters_are_encoding),
        TEST(mojibake_of_the_source_is_not_the_translators),
        TEST(code_that_the_source_has_not_is_injection),
        TEST(tags_are_compared_as_multisets_without_void_ones),
        TEST(placeholders_differ_as_the_page_says),
        TEST(one_count_may_be_dropped_and_nothing_else),
        TEST(arb_translations_may_use_what_is_declared),
        TEST(po_entries_are_written_as_their_flag_says),
        TEST(the_source_is_judged_by_itself),
        TEST(notes_of_the_reader_are_hits),
        TEST(leaves_of_another_type_are_clashes),
        TEST(a_text_over_the_limit_is_its_own_fault_alone),
        TEST(hits_say_where_and_what),
        TEST(names_and_severities_are_the_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
