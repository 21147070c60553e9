/* How much of a locale is translated: the oracles of i18ncheck.md 4 and 8. */
#include "i18ncheck/measure.h"
#include "tests/unit/i18ncheck_judged.h"

#include "shared/banned.h"

static void is_covered(const struct coverage *got, const struct coverage *want)
{
    assert_int_equal(got->keys, want->keys);
    assert_int_equal(got->present, want->present);
    assert_int_equal(got->nonempty, want->nonempty);
    assert_int_equal(got->review, want->review);
    assert_int_equal(got->translated, want->translated);
    assert_int_equal(got->missing, want->missing);
    assert_int_equal(got->empty, want->empty);
    assert_int_equal(got->obsolete, want->obsolete);
    assert_int_equal(got->nonempty + got->empty + got->missing, got->keys);
}

static void the_pages_locale_is_sixty_percent_translated(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);
    const struct result found =
        judged(&sample,
               "{\"brand\": \"Rounds\", \"cart\": {\"items_one\": \"{{count}} item\", "
               "\"items_other\": \"{{count}} items\", \"title\": \"Your cart\"}, "
               "\"help\": \"Ask our support team\", \"home\": \"Home\"}",
               "de",
               "{\"cart\": {\"items_one\": \"{{count}} Artikel\", \"items_other\": "
               "\"{{count}} Artikel\", \"title\": \"Dein Warenkorb\"}, \"help\": "
               "\"Ask our support team\", \"home\": \"Home\", \"old\": \"x\"}");

    (void)state;
    is_covered(&found.coverage, &(struct coverage){.keys = 5,
                                                   .present = 4,
                                                   .nonempty = 4,
                                                   .translated = 3,
                                                   .missing = 1,
                                                   .obsolete = 1});
    assert_string_equal(hit_lines(&found.hits), "obsolete old\nsame-as-source help\n");
    assert_int_equal(found.lists.missing.n, 1);
    assert_true(str_equal(found.lists.missing.item[0], STR("brand")));
    assert_true(str_equal(found.lists.obsolete.item[0], STR("old")));
    assert_int_equal(found.coverage.broken, 0);
}

static void blank_source_texts_are_not_counted_and_not_obsolete(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);
    const struct result found =
        judged(&sample, "{\"a\": \"A text\", \"b\": \" \", \"c\": null, \"d\": 4}",
               "de", "{\"a\": \"Ein Text\", \"b\": \"x\", \"c\": \"y\", \"d\": 5}");

    (void)state;
    is_covered(&found.coverage, &(struct coverage){.keys = 1,
                                                   .present = 1,
                                                   .nonempty = 1,
                                                   .translated = 1});
    assert_int_equal(found.hits.n, 0);
}

static void blank_texts_are_present_and_empty(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);
    const struct result found =
        judged(&sample, "{\"a\": \"A\", \"b\": \"B\", \"c\": \"C\", \"d\": \"D\"}",
               "de", "{\"a\": \"\", \"b\": null, \"c\": \"\\u00a0\\t\"}");

    (void)state;
    is_covered(&found.coverage,
               &(struct coverage){.keys = 4, .present = 3, .missing = 1, .empty = 3});
    assert_int_equal(found.lists.empty.n, 3);
}

static void an_extra_plural_category_is_not_obsolete(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);
    const struct result found =
        judged(&sample,
               "{\"i_one\": \"{{count}} item\", \"i_other\": \"{{count}} items\"}",
               "pl",
               "{\"i_one\": \"{{count}} a\", \"i_few\": \"{{count}} b\", \"i_many\": "
               "\"{{count}} c\", \"i_other\": \"{{count}} d\"}");

    (void)state;
    assert_int_equal(found.coverage.obsolete, 0);
    assert_int_equal(found.coverage.translated, 1);
    assert_int_equal(found.hits.n, 0);
}

static void ignored_messages_leave_that_locales_count(void **state)
{
    const uint8_t bits = 1U << 1;
    struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);
    struct result found;

    (void)state;
    sample.ignored = &bits;
    found = judged(&sample, "{\"a\": \"One text\", \"b\": \"Two {{x}}\", \"c\": \"C\"}",
                   "de", "{\"a\": \"Ein Text\", \"b\": \"Zwei\"}");
    is_covered(&found.coverage, &(struct coverage){.keys = 2,
                                                   .present = 1,
                                                   .nonempty = 1,
                                                   .translated = 1,
                                                   .missing = 1});
    assert_int_equal(found.hits.n, 0);
}

static void what_waits_for_review_is_not_translated(void **state)
{
    const struct sample sample = sample_of(CATALOG_PO, SYNTAX_NONE, PLURAL_PO);
    const struct result found =
        judged(&sample,
               "msgid \"One text\"\nmsgstr \"\"\n\nmsgid \"Two texts\"\nmsgstr \"\"\n",
               "de",
               "msgid \"One text\"\nmsgstr \"Ein Text\"\n\n#, fuzzy\nmsgid \"Two "
               "texts\"\nmsgstr \"<script>\"\n");

    (void)state;
    is_covered(&found.coverage, &(struct coverage){.keys = 2,
                                                   .present = 2,
                                                   .nonempty = 2,
                                                   .review = 1,
                                                   .translated = 1});
    assert_string_equal(hit_lines(&found.hits),
                        "review Two texts\n"); // and nothing else
}

/* ---- same as the source ---- */

static void what_has_nothing_to_translate_passes(void **state)
{
    static const char *const free[] = {"OK",
                                       "PDF",
                                       "{{count}}",
                                       "x",
                                       "12 %",
                                       "{{a}} / {{b}}",
                                       "info@shop.example",
                                       "https://shop.example/a-b",
                                       "<b>{{n}}</b>",
                                       "A - B",
                                       "kg",
                                       "10 km of 20",
                                       "HTTP API",
                                       "Ü 1"};
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);

    (void)state;
    for (size_t i = 0; i < sizeof free / sizeof *free; i++)
        pair_hits(&sample, free[i], "de", free[i], NULL);
}

static void sentences_do_not_pass(void **state)
{
    static const char *const text[] = {"Ask our support team", "Your {{count}} items",
                                       "Send <b>now</b> to a@b.example",
                                       "Read https://shop.example now please",
                                       "Your\u00a0cart"};
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);

    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        pair_hits(&sample, text[i], "de", text[i], "same-as-source");
        pair_hits(&sample, text[i], "de", str_format(&run, " %s ", text[i]),
                  "same-as-source");
        pair_hits(&sample, text[i], "en-GB", text[i], NULL);
    }
}

static void one_word_passes(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);

    (void)state;
    pair_hits(&sample, "Dashboard", "de", "Dashboard", NULL);
    pair_hits(&sample, "{n, plural, one {one item} other {# items}}", "de",
              "{n, plural, one {one item} other {# items}}", "same-as-source");
    pair_hits(&sample, "{n, plural, one {#} other {#}}", "de",
              "{n, plural, one {#} other {#}}", NULL);
}

static void a_quarter_of_eight_or_more_locales_is_a_vote(void **state)
{
    static const struct {
        uint16_t same, eligible;
        bool passes;
    } votes[] = {
        {3, 12, true}, {2, 12, false}, {3, 7, false}, {2, 8, true}, {0, 9, false}};
    struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);

    (void)state;
    for (size_t i = 0; i < sizeof votes / sizeof *votes; i++) {
        uint16_t same = votes[i].same, eligible = votes[i].eligible;
        struct vote vote = {&same, &eligible};

        assert_int_equal(measure_vote_passes(&vote, 0), votes[i].passes);
        sample.vote = &vote;
        pair_hits(&sample, "Ask our support team", "de", "Ask our support team",
                  votes[i].passes ? NULL : "same-as-source");
    }
}

/* `n` messages, the first `copies` of them in English: "two words", then words. */
static const char *many_texts(const char *locale, size_t n, size_t copies)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "{\"dash\": \"Dashboard\", \"ok\": \"OK\"");
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, ", \"k%03zu\": \"%s text %c%c\"", i,
                   i < copies ? "some" : locale, (char)('a' + i / 26),
                   (char)('a' + i % 26));
    buf_add_text(&out, "}");
    return out.at;
}

static void over_a_fifth_of_copies_is_a_filled_locale(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);
    const char *source = many_texts("some", 50, 50);
    struct result found = judged(&sample, source, "de", many_texts("etwas", 50, 10));

    (void)state;
    assert_false(found.source_filled); // 10 of 50; "Dashboard" and "OK" do not count
    assert_int_equal(found.coverage.translated, 42);
    assert_int_equal(found.hits.n, 10);
    found = judged(&sample, source, "de", many_texts("etwas", 50, 11));
    assert_true(found.source_filled);
    assert_string_equal(hit_lines(&found.hits), "source-filled \n");
    assert_int_equal(found.coverage.translated, 40); // less "Dashboard" as well
}

static void few_messages_are_never_a_filled_locale(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);
    const char *source = many_texts("some", 47, 47);
    struct result found = judged(&sample, source, "de", source);

    (void)state;
    assert_false(found.source_filled); // 49 messages
    found =
        judged(&sample, many_texts("some", 48, 48), "en-GB", many_texts("", 48, 48));
    assert_false(found.source_filled); // the source's language
    assert_int_equal(found.coverage.translated, 50);
    found = judged(&sample, many_texts("some", 48, 48), "de", many_texts("", 48, 48));
    assert_true(found.source_filled);
}

static void locales_of_the_language_and_filled_ones_do_not_vote(void **state)
{
    static const char *const locales[] = {"de", "en-GB", "fr", "it"};
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_NONE);
    struct result all = judged(&sample, many_texts("some", 60, 60), "de", "{}");
    struct vote vote = {arena_new(&run, uint16_t, all.view.n),
                        arena_new(&run, uint16_t, all.view.n)};

    (void)state;
    for (size_t i = 0; i < 4; i++) { // it is filled with English
        struct catalog target =
            parsed(i == 3 ? many_texts("", 60, 60) : many_texts("other", 60, 2),
                   &sample.rules, locales[i]);
        const struct locale_view view = {.catalog = &target};

        assert_int_equal(check_vote(&all.view, &view, &vote, &run), i == 3);
    }
    assert_int_equal(vote.eligible[1], 2);
    assert_int_equal(vote.same[1], 2); // k000, behind "dash"
    assert_int_equal(vote.same[5], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(the_pages_locale_is_sixty_percent_translated),
        TEST(blank_source_texts_are_not_counted_and_not_obsolete),
        TEST(blank_texts_are_present_and_empty),
        TEST(an_extra_plural_category_is_not_obsolete),
        TEST(ignored_messages_leave_that_locales_count),
        TEST(what_waits_for_review_is_not_translated),
        TEST(what_has_nothing_to_translate_passes),
        TEST(sentences_do_not_pass),
        TEST(one_word_passes),
        TEST(a_quarter_of_eight_or_more_locales_is_a_vote),
        TEST(over_a_fifth_of_copies_is_a_filled_locale),
        TEST(few_messages_are_never_a_filled_locale),
        TEST(locales_of_the_language_and_filled_ones_do_not_vote),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
