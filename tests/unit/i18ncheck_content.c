/*
 * Tests of i18ncheck/content_id.c, content_page.c, content.c and measure_content.c: ids
 * of pages, and what a locale lacks (i18ncheck.md 9 and 11). The contents are made in
 * memory; walking folders is the golden cases'.
 */
#include "i18ncheck/content.h"
#include "i18ncheck/content_internal.h"
#include "shared/clock.h"
#include "shared/fnv.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

enum { DAY_S = 86400 };

static struct content_rules rules;
static struct content content;
static struct content_result result;
static struct hits hits;

static int begin_content(void **state)
{
    rules = (struct content_rules){.name = "docs",
                                   .source = "en",
                                   .ready_key = CONTENT_READY_KEY,
                                   .minor = git_minor_default,
                                   .as_of = day_from_civil(2026, 11, 20)};
    content = (struct content){.rules = &rules};
    hits = (struct hits){0};
    return begin(state);
}

static struct content_page *page(const char *locale, const char *id, const char *text)
{
    struct content_page made = {.locale = locale,
                                .id = id,
                                .slug = id,
                                .path = str_format(&run, "%s/%s.md", locale, id)};

    content_page_parse(str_of(text), &content, &made, &run);
    content.page =
        arena_room(&run, content.page, content.n, &content.capacity, sizeof made);
    content.page[content.n] = made;
    return &content.page[content.n++];
}

/* Newest major commit at noon of that day since the epoch. */
static void dated(const char *locale, const char *id, int day, const char *text)
{
    struct content_page *made = page(locale, id, text);

    content.has_dates = true;
    made->git = (struct git_file){.is_known = true, .time_s = day * DAY_S + DAY_S / 2};
    (void)snprintf(made->git.commit, sizeof made->git.commit, "%040d", day);
    made->day = day;
}

static const struct content_locale *measured(const char *locale)
{
    content_finish(&content, &run);
    content_measure(&content, &result, &hits, &run);
    for (size_t i = 0; i < result.n; i++)
        if (strcmp(result.locale[i].locale, locale) == 0)
            return &result.locale[i];
    fail_msg("no locale %s", locale);
    return NULL;
}

static void ids_are(const char *const *id, size_t n, const char *wanted)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s%s", i > 0 ? " " : "", id[i]);
    assert_string_equal(out.at, wanted);
}

static size_t count(enum check_id check)
{
    size_t n = 0;

    for (size_t i = 0; i < hits.n; i++)
        n += hits.item[i].check == check;
    return n;
}

/* ---- ids ---- */

static void id_is(const char *pattern, const char *path, const char *locale,
                  const char *id, const char *slug)
{
    const char *got_slug, *got;
    struct pattern parsed;
    struct err err;

    if (!content_pattern_parse(pattern, &parsed, &err))
        fail_msg("%s", err.text);
    got = content_path_id(&parsed, path, locale, &run, &got_slug);
    if (strcmp(got, id) != 0 || strcmp(got_slug, slug) != 0)
        fail_msg("%s is '%s' '%s', not '%s' '%s'", path, got, got_slug, id, slug);
}

static void an_id_is_the_path_less_locale_extension_and_index(void **state)
{
    static const char tree[] = "content/{locale}/**/*.md";

    (void)state;
    id_is(tree, "content/de/a.md", "de", "a", "a");
    id_is(tree, "content/de/guides/a.b.md", "de", "guides/a.b", "a.b");
    id_is(tree, "content/de/guides/index.md", "de", "guides", "guides");
    id_is(tree, "content/de/index.md", "de", "index", "index");
    id_is(tree, "content/pt_BR/de/a.md", "pt-BR", "de/a", "a");
    id_is("posts/*.{locale}.mdx", "posts/hello.pt-BR.mdx", "pt-BR", "hello", "hello");
    id_is("posts/*.{locale}.mdx", "posts/de.de.mdx", "de", "de", "de");
    id_is("posts/{locale}-*.md", "posts/de-in-de.md", "de", "in-de", "in-de");
    id_is("blog/*/{locale}.md", "blog/my-post/de.md", "de", "my-post", "my-post");
    id_is("**/{locale}/*.md", "x/y/de/a.md", "de", "x/y/a", "a");
    id_is("{locale}/docs/**/*.md", "de/docs/a.md", "de", "docs/a", "a");
}

static void a_pattern_needs_one_locale_and_one_side_of_stars(void **state)
{
    static const char *const bad[] = {"content/*.md", "{locale}/{ns}.md",
                                      "**/{locale}/**/*.md", "{locale}/{locale}.md"};
    struct pattern parsed;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(content_pattern_parse(bad[i], &parsed, &err));
}

static void confinement_is_told_the_folder_of_a_pattern(void **state)
{
    (void)state;
    assert_string_equal(content_folder("x", "content/{locale}/*.md", &run),
                        "x/content");
    assert_string_equal(content_folder("x", "a/b*/{locale}.md", &run), "x/a");
    assert_string_equal(content_folder("x", "{locale}.md", &run), "x");
    assert_string_equal(content_folder("x", "/a/{locale}.md", &run), "/a");
}

static void a_translation_key_is_the_id(void **state)
{
    (void)state;
    (void)page("en", "shoes", "---\ntranslationKey: k\n---\n");
    (void)page("de", "schuhe", "---\ntranslationKey: k\n---\n");
    assert_int_equal(measured("de")->nmissing, 0);
    assert_int_equal(measured("de")->norphan, 0);
}

static void two_pages_of_an_id_are_told(void **state)
{
    (void)state;
    (void)page("en", "a", "");
    (void)page("de", "b", "---\ntranslationKey: a\n---\n");
    (void)page("de", "a", "");
    assert_int_equal(measured("de")->pages, 1);
    assert_int_equal(count(CHECK_FRONT_MATTER), 1);
    assert_string_equal(hits.item[0].file, "de/b.md");
    assert_string_equal(content_find(&content, "a", "de")->path, "de/a.md");
}

/* ---- the oracle of section 11 ---- */

static void put_oracle(int source_day)
{
    dated("en", "a", source_day, "");
    dated("en", "b", 10, "");
    dated("en", "c", 10, "---\ndraft: true\n---\n");
    dated("de", "a", 11, "");
    dated("de", "z", 11, "");
}

static void the_oracle_misses_b_and_has_z_too_much(void **state)
{
    const struct content_locale *de;

    (void)state;
    put_oracle(10); // the newest major commit: a typo was fixed on day 12
    de = measured("de");
    ids_are(de->missing, de->nmissing, "b");
    ids_are(de->orphan, de->norphan, "z");
    assert_true(de->has_stale);
    assert_int_equal(de->nstale, 0);
    assert_int_equal(de->pages, 2);
    assert_int_equal(result.pages, 2);
}

static void the_oracle_is_stale_since_a_major_commit(void **state)
{
    const struct content_locale *de;
    int32_t since = 0;

    (void)state;
    put_oracle(13);
    de = measured("de");
    assert_int_equal(de->nstale, 1);
    assert_string_equal(de->stale[0].id, "a");
    assert_true(de->stale[0].has_since);
    assert_int_equal(de->stale[0].since, 13);
    assert_true(content_stale_since(&result, "de", STR("a"), &since));
    assert_int_equal(since, 13);
    assert_false(content_stale_since(&result, "de", STR("z"), &since));
    assert_int_equal(count(CHECK_CONTENT_STALE), 1);
    assert_int_equal(count(CHECK_CONTENT_MISSING), 1);
    assert_int_equal(count(CHECK_CONTENT_ORPHAN), 1);
}

/* ---- what exists, what is ready ---- */

static void a_page_exists_when_its_day_has_come(void **state)
{
    const struct content_locale *de;

    (void)state;
    (void)page("en", "a", "");
    (void)page("en", "b", "");
    (void)page("en", "c", "");
    (void)page("en", "future", "---\ndate: 2026-11-21\n---\n");
    (void)page("de", "a", "---\ndate: 2026-11-20T23:00:00Z\n---\n");
    (void)page("de", "b", "---\npublishDate: 2026-11-21\ndate: 2026-11-01\n---\n");
    (void)page("de", "c", "---\ndraft: True\n---\n");
    de = measured("de");
    ids_are(de->missing, de->nmissing, "b c");
    assert_int_equal(de->norphan, 0);
}

static void where_a_page_is_ready_only_ready_ones_count(void **state)
{
    const struct content_locale *de;

    (void)state;
    (void)page("en", "a", "---\ni18nReady: true\n---\n");
    (void)page("en", "b", "");
    (void)page("en", "c", "---\ni18nReady: false\n---\n");
    (void)page("de", "x", "");
    de = measured("de");
    ids_are(de->missing, de->nmissing, "a");
}

static void without_ready_pages_all_but_unready_ones_count(void **state)
{
    const struct content_locale *de;

    (void)state;
    (void)page("en", "b", "");
    (void)page("en", "c", "---\ni18nReady: false\n---\n");
    (void)page("de", "x", "");
    de = measured("de");
    ids_are(de->missing, de->nmissing, "b");
}

static void missing_pages_are_shown_by_clicks_then_id(void **state)
{
    const struct content_locale *de;

    (void)state;
    (void)page("en", "a", "");
    page("en", "b", "")->clicks = 5;
    (void)page("en", "c", "");
    page("en", "d", "")->clicks = 5;
    (void)page("de", "x", "");
    de = measured("de");
    ids_are(de->missing, de->nmissing, "a b c d");
    assert_true(str_equal(hits.item[0].key, STR("b")));
    assert_true(str_equal(hits.item[1].key, STR("d")));
    assert_true(str_equal(hits.item[2].key, STR("a")));
    assert_true(str_equal(hits.item[3].key, STR("c")));
}

static void configured_locales_need_no_page(void **state)
{
    static const char *const locales[] = {"fr", "de", "en"};

    (void)state;
    rules.locales = locales;
    rules.nlocales = 3;
    (void)page("en", "a", "");
    assert_int_equal(measured("fr")->nmissing, 1);
    assert_int_equal(result.n, 2);
    assert_string_equal(result.locale[0].locale, "de");
}

static void a_page_with_broken_front_matter_is_not_missing(void **state)
{
    (void)state;
    (void)page("en", "a", "");
    (void)page("de", "a", "---\na: [\n---\n");
    assert_int_equal(measured("de")->nmissing, 0);
    assert_int_equal(count(CHECK_FRONT_MATTER), 1);
    assert_string_equal(hits.item[hits.n - 1].file, "de/a.md");
}

static void a_page_that_is_not_utf_8_is_not_missing(void **state)
{
    (void)state;
    (void)page("en", "a", "");
    (void)page("de", "a", "one\n\xff\n");
    assert_int_equal(measured("de")->nmissing, 0);
    assert_int_equal(count(CHECK_FRONT_MATTER), 1);
    assert_int_equal(hits.item[hits.n - 1].line, 2);
}

static void a_day_that_is_none_is_told_and_the_page_exists(void **state)
{
    (void)state;
    (void)page("en", "a", "");
    (void)page("de", "a", "---\ntitle: x\ndate: tomorrow\n---\n");
    assert_int_equal(measured("de")->pages, 1);
    assert_int_equal(count(CHECK_FRONT_MATTER), 1);
    assert_int_equal(hits.item[hits.n - 1].line, 3);
}

/* ---- stale ---- */

static void without_dates_staleness_is_not_measured(void **state)
{
    (void)state;
    (void)page("en", "a", "");
    (void)page("de", "a", "");
    assert_false(measured("de")->has_stale);
}

static void a_source_hash_decides_without_dates(void **state)
{
    const struct content_locale *de;
    const char *good = str_format(&run, "---\nsourceHash: %016llx\n---\n",
                                  (unsigned long long)fnv(STR("the source\n")));

    (void)state;
    (void)page("en", "a", "the source\n");
    (void)page("en", "b", "the source, changed\n");
    (void)page("de", "a", good);
    (void)page("de", "b", good);
    de = measured("de");
    assert_true(de->has_stale);
    assert_int_equal(de->nstale, 1);
    assert_string_equal(de->stale[0].id, "b");
    assert_false(de->stale[0].has_since);
}

static void a_source_hash_decides_against_dates(void **state)
{
    const char *good = str_format(&run, "---\nsourceHash: %016llX\n---\n",
                                  (unsigned long long)fnv(STR("the source\n")));

    (void)state;
    dated("en", "a", 20, "the source\n");
    dated("de", "a", 10, good);
    assert_int_equal(measured("de")->nstale, 0);
}

static void a_source_commit_is_a_prefix_of_the_newest(void **state)
{
    const struct content_locale *de;

    (void)state;
    dated("en", "a", 20, "");
    dated("en", "b", 20, "");
    dated("de", "a", 10,
          "---\nsourceCommit: '00000000000000000000000000000000000000'\n---\n");
    dated("de", "b", 30, "---\nsourceCommit: '1234567'\n---\n");
    de = measured("de");
    assert_int_equal(de->nstale, 1);
    assert_string_equal(de->stale[0].id, "b");
    assert_int_equal(de->stale[0].since, 20);
}

static void a_hash_that_is_none_is_told_and_the_dates_decide(void **state)
{
    (void)state;
    dated("en", "a", 20, "");
    dated("de", "a", 10, "---\nsourceHash: xyz\nsourceCommit: abc\n---\n");
    assert_int_equal(measured("de")->nstale, 1);
    assert_int_equal(count(CHECK_FRONT_MATTER), 2);
}

static void the_same_commit_is_not_newer(void **state)
{
    (void)state;
    dated("en", "a", 20, "");
    dated("de", "a", 20, "");
    assert_int_equal(measured("de")->nstale, 0);
}

/* ---- in part ---- */

/* n letters and a line's end. */
static const char *of_length(size_t n)
{
    char *text = arena_new(&run, char, n + 2);

    memset(text, 'x', n);
    text[n] = '\n';
    return text;
}

/* Ratios of 1.2 for all; MAD is 0, so sigma is 0.05: the odd one is off when its ratio
 * is above 1.2 e^0.2 = 1.4657 or below 1.2 e^-0.2 = 0.98248. */
static const struct content_locale *with_lengths(size_t pages, size_t odd)
{
    for (size_t i = 0; i < pages; i++) {
        const char *id = str_format(&run, "p%02zu", i);

        (void)page("en", id, of_length(9999));
        (void)page("de", id, of_length((i == 7 ? odd : 12000) - 1));
    }
    return measured("de");
}

static void a_length_far_off_is_partial(void **state)
{
    const struct content_locale *de;

    (void)state;
    de = with_lengths(20, 9824);
    assert_int_equal(de->npartial, 1);
    assert_string_equal(de->partial[0].id, "p07");
    assert_string_equal(de->partial[0].why, "length");
}

static void a_length_too_large_is_partial(void **state)
{
    (void)state;
    assert_int_equal(with_lengths(20, 14658)->npartial, 1);
}

static void a_length_within_four_sigma_is_whole(void **state)
{
    (void)state;
    assert_int_equal(with_lengths(20, 9826)->npartial, 0);
}

static void a_length_within_four_sigma_above_is_whole(void **state)
{
    (void)state;
    assert_int_equal(with_lengths(20, 14656)->npartial, 0);
}

static void of_fewer_than_twenty_pages_no_length_is_odd(void **state)
{
    (void)state;
    assert_int_equal(with_lengths(19, 10)->npartial, 0);
}

static void headings_differ_by_two_and_a_fifth(void **state)
{
    static const struct {
        int source, target;
        bool is_partial;
    } cases[] = {{2, 1, false}, {2, 0, true},    {2, 4, true}, {10, 8, false},
                 {10, 7, true}, {10, 12, false}, {0, 2, true}, {9, 7, true}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf source, target;
        const struct content_locale *de;

        content = (struct content){.rules = &rules};
        buf_init(&source, &run, KIB);
        buf_init(&target, &run, KIB);
        buf_add_text(&source, "");
        buf_add_text(&target, "");
        for (int h = 0; h < cases[i].source; h++)
            buf_add_text(&source, "## x\n");
        for (int h = 0; h < cases[i].target; h++)
            buf_add_text(&target, "## x\n");
        (void)page("en", "a", source.at);
        (void)page("de", "a", target.at);
        de = measured("de");
        if (de->npartial != cases[i].is_partial)
            fail_msg("%d of %d", cases[i].target, cases[i].source);
        if (de->npartial > 0)
            assert_string_equal(de->partial[0].why, "headings");
    }
}

/* Of `n` paragraphs of eight words the first `equal` are the source's. */
static void put_paragraphs(const char *locale, int n, int equal)
{
    struct buf source, target;

    buf_init(&source, &run, KIB * 10);
    buf_init(&target, &run, KIB * 10);
    for (int i = 0; i < n; i++) {
        buf_printf(&source, "this is the paragraph of the source %d\n\n", i);
        buf_printf(&target, "%s is the paragraph of the source %d\n\n",
                   i < equal ? "this" : "das", i);
    }
    (void)page("en", "a", source.at);
    (void)page(locale, "a", target.at);
}

static void over_30_percent_of_the_sources_paragraphs_are_partial(void **state)
{
    const struct content_locale *de;

    (void)state;
    put_paragraphs("de", 10, 4);
    de = measured("de");
    assert_int_equal(de->npartial, 1);
    assert_string_equal(de->partial[0].why, "paragraphs");
}

static void thirty_percent_of_the_sources_paragraphs_are_whole(void **state)
{
    (void)state;
    put_paragraphs("de", 10, 3);
    assert_int_equal(measured("de")->npartial, 0);
}

static void the_sources_language_may_have_its_paragraphs(void **state)
{
    (void)state;
    put_paragraphs("en-GB", 10, 10);
    assert_int_equal(measured("en-GB")->npartial, 0);
}

#define A(test) cmocka_unit_test_setup_teardown(test, begin_content, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A(an_id_is_the_path_less_locale_extension_and_index),
        A(a_pattern_needs_one_locale_and_one_side_of_stars),
        A(confinement_is_told_the_folder_of_a_pattern),
        A(a_translation_key_is_the_id),
        A(two_pages_of_an_id_are_told),
        A(the_oracle_misses_b_and_has_z_too_much),
        A(the_oracle_is_stale_since_a_major_commit),
        A(a_page_exists_when_its_day_has_come),
        A(where_a_page_is_ready_only_ready_ones_count),
        A(without_ready_pages_all_but_unready_ones_count),
        A(missing_pages_are_shown_by_clicks_then_id),
        A(configured_locales_need_no_page),
        A(a_page_with_broken_front_matter_is_not_missing),
        A(a_page_that_is_not_utf_8_is_not_missing),
        A(a_day_that_is_none_is_told_and_the_page_exists),
        A(without_dates_staleness_is_not_measured),
        A(a_source_hash_decides_without_dates),
        A(a_source_hash_decides_against_dates),
        A(a_source_commit_is_a_prefix_of_the_newest),
        A(a_hash_that_is_none_is_told_and_the_dates_decide),
        A(the_same_commit_is_not_newer),
        A(a_length_far_off_is_partial),
        A(a_length_too_large_is_partial),
        A(a_length_within_four_sigma_is_whole),
        A(a_length_within_four_sigma_above_is_whole),
        A(of_fewer_than_twenty_pages_no_length_is_odd),
        A(headings_differ_by_two_and_a_fifth),
        A(over_30_percent_of_the_sources_paragraphs_are_partial),
        A(thirty_percent_of_the_sources_paragraphs_are_whole),
        A(the_sources_language_may_have_its_paragraphs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
