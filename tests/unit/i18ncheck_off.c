/* A check that is off says nothing, and what the others say of the same texts stays:
 * each check of a locale, with texts that it finds something in. Also what comes in
 * whose place, by the order of i18ncheck.md 5. */
#include "tests/unit/i18ncheck_judged.h"

#include "shared/banned.h"

/* What is wrong in `target`. */
struct fault {
    enum check_id check;
    enum catalog_format format;
    enum syntax syntax;
    enum plural_style plural;
    const char *source, *target;
    bool is_stale;
};

#define XLIFF(target)                                                       \
    "<?xml version='1.0'?><xliff version='1.2' "                            \
    "xmlns='urn:oasis:names:tc:xliff:document:1.2'><file original='a' "     \
    "source-language='en' target-language='de' datatype='plaintext'><body>" \
    "<trans-unit id='k'><source>A text</source>" target                     \
    "</trans-unit></body></file></xliff>"
#define I18NEXT CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4
#define ICU     CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU

static const struct fault faults[] = {
    {CHECK_CATALOG_SYNTAX, I18NEXT, "{\"k\": \"A text\"}", "{\"k\": \"Ein", false},
    {CHECK_DUPLICATE_KEY, I18NEXT, "{\"k\": \"A text\"}",
     "{\"k\": \"Ein Text\", \"k\": \"Noch ein Text\"}", false},
    {CHECK_DUPLICATE_KEY, I18NEXT, "{\"k\": \"A text\"}",
     "{\"k\": \"Ein Text\", \"k\": \"Zwei\", \"k\": \"Drei\"}", false},
    {CHECK_LOCALE_UNKNOWN, I18NEXT, "{\"k\": \"A text\"}", "{\"k\": \"Ein Text\"}",
     false},
    {CHECK_KEY_CLASH, I18NEXT, "{\"j\": null, \"k\": \"A text\"}",
     "{\"j\": 5, \"k\": 6}", false},
    {CHECK_KEY_CLASH, I18NEXT, "{\"k\": \"A text\"}", "{\"k\": 5}", false},
    {CHECK_LOCALE_MISMATCH, CATALOG_RAILS, SYNTAX_RAILS, PLURAL_RAILS,
     "en:\n  k: A text\n", "fr:\n  k: Ein Text\n", false},
    {CHECK_BOOL_KEY, CATALOG_RAILS, SYNTAX_RAILS, PLURAL_RAILS, "en:\n  no: No way\n",
     "de:\n  no: Nein, nie\n", false},
    {CHECK_ENCODING, I18NEXT, "{\"k\": \"A text\"}", "{\"k\": \"Ein \xEF\xBF\xBD\"}",
     false},
    {CHECK_MESSAGE_SYNTAX, ICU, "{\"k\": \"{n} texts\"}", "{\"k\": \"{n Texte\"}",
     false},
    {CHECK_INJECTION, I18NEXT, "{\"k\": \"A text\"}",
     "{\"k\": \"<script>x()</script>\"}", false},
    {CHECK_PLACEHOLDER_EXTRA, I18NEXT, "{\"k\": \"A text\"}",
     "{\"k\": \"Ein {{x}} Text\"}", false},
    {CHECK_PLACEHOLDER_TYPE, ICU, "{\"k\": \"{x, date} a\"}",
     "{\"k\": \"{x, time} b\"}", false},
    {CHECK_PLURAL_MISSING, I18NEXT,
     "{\"k_one\": \"{{count}} text\", \"k_other\": \"{{count}} texts\"}",
     "{\"k_other\": \"{{count}} Texte\"}", false},
    {CHECK_PLURAL_MISSING, ICU, "{\"k\": \"{n, plural, one {#} other {#}} a\"}",
     "{\"k\": \"{n, plural, other {#}} b\"}", false},
    {CHECK_PLACEHOLDER_MISSING, I18NEXT, "{\"k\": \"A {{x}} text\"}",
     "{\"k\": \"Ein Text\"}", false},
    {CHECK_PLACEHOLDER_MISSING, ICU,
     "{\"k\": \"{n, plural, one {# text} other {# texts}}\"}",
     "{\"k\": \"{n, plural, one {# Text} other {viele Texte}}\"}", false},
    {CHECK_MARKUP, I18NEXT, "{\"k\": \"A <b>text</b>\"}",
     "{\"k\": \"Ein <i>Text</i>\"}", false},
    {CHECK_STALE, I18NEXT, "{\"k\": \"A new text\"}", "{\"k\": \"Ein Text\"}", true},
    {CHECK_SAME_AS_SOURCE, I18NEXT, "{\"k\": \"Ask our support team\"}",
     "{\"k\": \"Ask our support team\"}", false},
    {CHECK_PLURAL_DEAD, I18NEXT,
     "{\"k_one\": \"{{count}} text\", \"k_other\": \"{{count}} texts\"}",
     "{\"k_one\": \"{{count}} Text\", \"k_few\": \"{{count}} Texte\", \"k_other\": "
     "\"{{count}} Texte\"}",
     false},
    {CHECK_PLURAL_SELECTOR, ICU, "{\"k\": \"{n, plural, one {#} other {#}} a\"}",
     "{\"k\": \"{n, plural, one {#} uno {#} other {#}} b\"}", false},
    {CHECK_PLACEHOLDER_COUNT, I18NEXT, "{\"k\": \"A {{x}} text\"}",
     "{\"k\": \"{{x}} Text {{x}}\"}", false},
    {CHECK_OBSOLETE, I18NEXT, "{\"k\": \"A text\"}",
     "{\"k\": \"Ein Text\", \"gone\": \"Weg\"}", false},
    {CHECK_REVIEW, CATALOG_PO, SYNTAX_NONE, PLURAL_PO,
     "msgid \"A text\"\nmsgstr \"A text\"\n",
     "#, fuzzy\nmsgid \"A text\"\nmsgstr \"Ein Text\"\n", false},
    {CHECK_REVIEW, CATALOG_XLIFF, SYNTAX_NONE, PLURAL_NONE,
     XLIFF("<target>A text</target>"),
     XLIFF("<target state='needs-translation'>Ein Text</target>"), false},
    {CHECK_MESSAGE_SYNTAX, CATALOG_JSON, SYNTAX_JAVA, PLURAL_NONE,
     "{\"k\": \"A <b>text</b>\"}", "{\"k\": \"Ein <b>Text\"}", false},
    {CHECK_MARKUP, I18NEXT,
     "{\"k_one\": \"<b>{{count}}</b>\", \"k_other\": \"<b>{{count}}</b>\"}",
     "{\"k_one\": \"<b>{{count}}</b>\", \"k_other\": \"{{count}}\"}", false},
    {CHECK_BOM, I18NEXT, "{\"k\": \"A text\"}", "\xEF\xBB\xBF{\"k\": \"Ein Text\"}",
     false},
};

/* The lines of hits, with `off` switched off; CHECK_COUNT: none. */
static const char *hits_without(const struct fault *fault, enum check_id off)
{
    static const uint8_t stale = 1;
    struct sample sample = sample_of(fault->format, fault->syntax, fault->plural);
    struct result found;

    sample.rules.tags = sample.rules.tags || fault->syntax == SYNTAX_JAVA;
    if (fault->is_stale)
        sample.stale = &stale;
    if (off != CHECK_COUNT)
        sample.checks.is_off[off] = true;
    found = judged(&sample, fault->source,
                   fault->check == CHECK_LOCALE_UNKNOWN ? "qya" : "de", fault->target);
    return hit_lines(&found.hits);
}

static bool has_check(const char *lines, enum check_id check)
{
    const char *word = str_format(&run, "\n%s ", check_word(check));

    return strstr(str_format(&run, "\n%s", lines), word) != NULL;
}

static void a_check_that_is_off_says_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const char *on = hits_without(&faults[i], CHECK_COUNT);
        const char *off = hits_without(&faults[i], faults[i].check);

        if (!has_check(on, faults[i].check) || has_check(off, faults[i].check))
            fail_msg("%s in %s: on '%s', off '%s'", check_word(faults[i].check),
                     faults[i].target, on, off);
    }
}

static void a_check_that_is_off_changes_nothing_of_other_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (int off = 0; off < CHECK_COUNT; off++) {
            const char *without = hits_without(&faults[i], (enum check_id)off);

            if (off != (int)faults[i].check && !has_check(without, faults[i].check))
                fail_msg("%s is gone from %s with %s off: '%s'",
                         check_word(faults[i].check), faults[i].target,
                         check_word((enum check_id)off), without);
        }
}

static void what_is_hidden_below_comes_up(void **state)
{
    static const struct fault both = {CHECK_PLACEHOLDER_MISSING, ICU,
                                      "{\"k\": \"{x} <b>now</b>\"}",
                                      "{\"k\": \"<i>jetzt</i>\"}", false};

    (void)state;
    assert_string_equal(hits_without(&both, CHECK_COUNT), "placeholder-missing k\n");
    assert_string_equal(hits_without(&both, CHECK_PLACEHOLDER_MISSING), "markup k\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_that_is_off_says_nothing),
        cmocka_unit_test(a_check_that_is_off_changes_nothing_of_other_faults),
        cmocka_unit_test(what_is_hidden_below_comes_up),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
