/*
 * Tests of i18ncheck/csv.c, keywords.c, keyword_match.c, keyword_url.c, keyword_pages.c
 * and measure_keywords.c: the list, the pages, and which covers which (i18ncheck.md
 * 12).
 */
#include "i18ncheck/content_internal.h"
#include "i18ncheck/csv.h"
#include "i18ncheck/keyword_internal.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct err err;
static struct keywords keywords;
static struct content_rules content_rules;
static struct content content;
static struct keyword_pages pages;
static struct keyword_rules rules;
static struct keyword_result result;
static struct hits hits;

static int begin_keywords(void **state)
{
    keywords = (struct keywords){0};
    pages = (struct keyword_pages){0};
    hits = (struct hits){0};
    rules = (struct keyword_rules){.source = "en", .min_impressions = 50};
    content_rules = (struct content_rules){.name = "",
                                           .source = "en",
                                           .ready_key = "i18nReady",
                                           .keeps_text = true};
    content = (struct content){.rules = &content_rules};
    return begin(state);
}

/* ---- CSV ---- */

/* Fields of all records, "|" between, a line each. */
static const char *csv_of(const char *bytes, char separator)
{
    struct csv csv = {.rest = str_of(bytes),
                      .separator = separator,
                      .has_comments = true,
                      .arena = &run};
    struct str field[CSV_FIELDS_MAX];
    enum csv_result got;
    struct buf out;
    size_t n;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    while ((got = csv_next(&csv, field, &n)) == CSV_RECORD) {
        buf_printf(&out, "%zu:", csv.line);
        for (size_t i = 0; i < n; i++) {
            buf_add_text(&out, i > 0 ? "|" : "");
            buf_add(&out, field[i].at, field[i].n);
        }
        buf_add_text(&out, "\n");
    }
    if (got == CSV_BAD)
        buf_printf(&out, "%zu! %s", csv.line, csv.why);
    return out.at;
}

static void csv_is_as_rfc_4180_has_it(void **state)
{
    (void)state;
    assert_string_equal(csv_of("a,b\r\n\"c,\"\"d\"\"\ne\",\n\n# x\nf", ','),
                        "1:a|b\n2:c,\"d\"\ne|\n6:f\n");
    assert_string_equal(csv_of("a;b,c\n", ';'), "1:a|b,c\n");
    assert_string_equal(csv_of("", ','), "");
}

static void broken_csv_is_told_with_its_line(void **state)
{
    (void)state;
    assert_string_equal(csv_of("a\n\"b", ','), "1:a\n2! a quote does not close");
    assert_string_equal(csv_of("a\n\"b\"c\n", ','),
                        "1:a\n2! text behind a closing quote");
    assert_string_equal(csv_of("a\"b\n", ','),
                        "1! a quote within a field that has none around it");
}

/* ---- the list ---- */

static bool list(const char *bytes)
{
    return keywords_parse(str_of(bytes), "k.csv", "en", &run, &keywords, &err);
}

static const char *listed(const char *bytes)
{
    struct buf out;

    if (!list(bytes))
        return err.text;
    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < keywords.n; i++) {
        const struct keyword *keyword = &keywords.item[i];

        buf_printf(&out, "%.*s/%s", (int)keyword->text.n, keyword->text.at,
                   keyword->locale);
        if (keyword->has_min)
            buf_printf(&out, "/%lld", (long long)keyword->min_impressions);
        buf_add_text(&out, "\n");
    }
    return out.at;
}

static void a_list_needs_no_header_and_no_locale(void **state)
{
    (void)state;
    assert_string_equal(listed("\xEF\xBB\xBF# a comment\nshoes\n\"red, shoes\", de_AT "
                               ",100\nboots,,7\nhats,9\n"),
                        "boots/en/7\nhats/en/9\nred, shoes/de-AT/100\nshoes/en\n");
}

static void a_header_names_the_columns(void **state)
{
    (void)state;
    assert_string_equal(listed("Keyword,min_impressions,LOCALE\nschuhe,5,de\nshoes\n"),
                        "schuhe/de/5\nshoes/en\n");
}

static void a_keyword_that_is_there_twice_counts_once(void **state)
{
    (void)state;
    assert_string_equal(listed("a,de,5\na,en\na,de,7\n"), "a/de/5\na/en\n");
}

static void bad_rows_are_told_with_their_lines(void **state)
{
    static const struct {
        const char *bytes, *why;
    } cases[] = {
        {"a\n,de\n", "k.csv:2: the keyword is empty"},
        {"a,x y\n", "k.csv:1: the locale is no tag, such as en or pt-BR"},
        {"a,de,-5\n", "k.csv:1: min_impressions is no number"},
        {"a,de,5.5\n", "k.csv:1: min_impressions is no number"},
        {"a,de,9999999999999\n", "k.csv:1: min_impressions is no number"},
        {"a,de,5,x\n", "k.csv:1: more fields than keyword, locale and min_impressions"},
        {"keyword,volume\n",
         "k.csv:1: the header's columns are keyword, locale and min_impressions, each "
         "once"},
        {"a\n\n\"b", "k.csv:3: a quote does not close"},
        {"a\n\xff\n", "k.csv:2: not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(listed(cases[i].bytes), cases[i].why);
}

static void more_than_10000_keywords_are_refused(void **state)
{
    struct buf bytes;

    (void)state;
    buf_init(&bytes, &run, MIB);
    for (int i = 0; i < 10000; i++)
        buf_printf(&bytes, "k%d\n", i);
    assert_true(list(bytes.at));
    assert_int_equal(keywords.n, 10000);
    buf_add_text(&bytes, "one more\n");
    assert_false(list(bytes.at));
    assert_string_equal(err.text, "k.csv:10001: more than 10,000 keywords");
}

/* ---- URLs ---- */

static void url_is(const char *url, const char *locale, const char *id,
                   const char *slug)
{
    static const char *known[] = {"de", "qya"};
    struct locale_set set = {known, 2};
    struct url_parts parts;

    assert_true(url_split(str_of(url), &set, &run, &parts));
    if (strcmp(parts.locale ? parts.locale : "-", locale) != 0 ||
        strcmp(parts.id, id) != 0 || strcmp(parts.slug, slug) != 0)
        fail_msg("%s is %s '%s' '%s'", url, parts.locale ? parts.locale : "-", parts.id,
                 parts.slug);
}

static void a_url_has_its_locale_first(void **state)
{
    struct locale_set none = {NULL, 0};
    struct url_parts parts;

    (void)state;
    url_is("https://x.example/de/a", "de", "a", "a");
    url_is("HTTPS://x.example/DE/a/b-c/?q=1#f", "de", "a/b-c", "b-c");
    url_is("https://x.example/pt-br/a", "pt-BR", "a", "a");
    url_is("https://x.example/qya/a", "qya", "a", "a");
    url_is("https://x.example/faq/a", "-", "faq/a", "a");
    url_is("https://x.example/docs", "-", "docs", "docs");
    url_is("https://x.example", "-", "index", "index");
    url_is("https://x.example/de/", "de", "index", "index");
    url_is("/de/%C3%A4", "de", "\xc3\xa4", "\xc3\xa4");
    url_is("/de/%FF%2", "de", "%FF%2", "%FF%2");
    assert_false(url_split(STR("ftp://x.example/"), &none, &run, &parts));
    assert_false(url_split(STR("x.example/de"), &none, &run, &parts));
    assert_false(url_split(STR(""), &none, &run, &parts));
}

/* ---- matching ---- */

static bool matches(const char *keyword, const char *text)
{
    uint64_t *bits = arena_new(&run, uint64_t, GRAM_WORDS);
    struct keyword_page page = {.strong = str_of(text), .strong_bits = bits};
    struct needle needle;
    bool found;

    grams_add(bits, page.strong);
    needle_init(&needle, str_of(keyword), false, &run);
    found = needle_is_strong(&needle, &page);
    assert_false(needle.is_costly);
    needle_release(&needle);
    return found;
}

static void a_keyword_matches_whole_words(void **state)
{
    (void)state;
    assert_true(matches("running shoes", "Running-Shoes for beginners"));
    assert_true(matches("running  shoes", "(running, shoes)"));
    assert_false(matches("shoe", "Running-Shoes for beginners"));
    assert_false(matches("running shoes", "running blue shoes"));
    assert_false(matches("shoes", "shoes2"));
    assert_true(matches("shoes", "2 shoes_"));
}

static void quotes_are_taken_as_they_are(void **state)
{
    (void)state;
    assert_true(matches("c++ (17)", "learn c++ (17)!"));
    assert_false(matches("a.c", "abc"));
    assert_true(matches("\\Qx\\E", "a \\qx\\e b"));
    assert_true(matches("node.js", "Node.js"));
}

static void letters_beyond_ascii_have_cases_and_words(void **state)
{
    (void)state;
    assert_true(matches("\xc3\xa4pfel", "S\xc3\xbc\xc3\x9f"
                                        "e \xc3\x84PFEL"));
    assert_false(matches("pfel", "\xc3\x84pfel"));                 // after a letter
    assert_true(matches("kiss", "\xe2\x84\xaaI\xc5\xbf\xc5\xbf")); // KELVIN, long s
}

static void scripts_without_spaces_match_within_text(void **state)
{
    (void)state;
    assert_true(
        matches("\xe9\x9e\x8b", "\xe8\xb7\x91\xe6\xad\xa5\xe9\x9e\x8b\xe5\xba\x97"));
    assert_true(
        matches("\xe0\xb8\xa3\xe0\xb8\xad\xe0\xb8\x87",
                "\xe0\xb8\xa3\xe0\xb8\xad\xe0\xb8\x87\xe0\xb9\x80\xe0\xb8\x97"));
    assert_false(matches("\xd1\x82\xd0\xb0", "\xd1\x82\xd0\xb0\xd0\xbc")); // Cyrillic
}

/* ---- pages of content ---- */

static void put(const char *locale, const char *id, const char *text)
{
    struct content_page made = {.locale = locale,
                                .id = id,
                                .slug = strrchr(id, '/') ? strrchr(id, '/') + 1 : id,
                                .path = str_format(&run, "%s/%s.md", locale, id)};

    content_page_parse(str_of(text), &content, &made, &run);
    content.page =
        arena_room(&run, content.page, content.n, &content.capacity, sizeof made);
    content.page[content.n++] = made;
}

static void measure(const char *csv)
{
    struct search search = {0};

    assert_true(list(csv));
    if (content.n > 0) {
        content_finish(&content, &run);
        keyword_pages_add(&pages, &content, &run);
    }
    keywords_measure(&rules, &keywords, &pages, &search, &result, &hits, &run);
}

static size_t count(enum check_id check)
{
    size_t n = 0;

    for (size_t i = 0; i < hits.n; i++)
        n += hits.item[i].check == check;
    return n;
}

static void strong_is_title_first_heading_slug_or_description(void **state)
{
    (void)state;
    put("en", "title", "---\ntitle: red shoes\n---\n");
    put("en", "heading", "# Red Shoes\n");
    put("en", "x/red-shoes_x", "");
    put("en", "description", "---\ndescription: all red shoes\n---\n");
    put("en", "across", "---\ntitle: red\n---\n# shoes\n");
    put("de", "other", "---\ntitle: red shoes\n---\n");
    measure("red shoes\n");
    assert_int_equal(result.cover[0].coverage, KEYWORD_STRONG);
    assert_int_equal(result.cover[0].n, 4);
    assert_string_equal(result.cover[0].page[0]->id, "description");
    assert_string_equal(result.cover[0].page[3]->id, "x/red-shoes_x");
}

static void weak_is_another_heading_or_twice_in_the_body(void **state)
{
    (void)state;
    put("en", "a", "# x\n## red shoes\n");
    put("en", "b", "red shoes, red shoes\n");
    put("en", "c", "red shoes\n");
    put("en", "d", "red shoes\n```\nred shoes\n```\n");
    measure("red shoes\n");
    assert_int_equal(result.cover[0].coverage, KEYWORD_WEAK);
    assert_int_equal(result.cover[0].n, 2);
    assert_string_equal(result.cover[0].page[0]->id, "a");
    assert_string_equal(result.cover[0].page[1]->id, "b");
    assert_int_equal(count(CHECK_KEYWORD_WEAK), 1);
}

static void none_is_the_rest(void **state)
{
    (void)state;
    put("en", "a", "---\ndraft: true\ntitle: shoe\n---\n");
    put("en", "b", "shoe\n");
    measure("shoe\n");
    assert_int_equal(result.cover[0].coverage, KEYWORD_NONE);
    assert_int_equal(count(CHECK_KEYWORD_NONE), 1);
}

static void a_gap_is_a_strong_page_that_another_locale_lacks(void **state)
{
    (void)state;
    put("en", "a", "---\ntitle: shoes\n---\n");
    put("en", "b", "---\ntitle: shoes\n---\n");
    put("de", "a", "");
    put("fr", "b", "---\ndraft: true\n---\n");
    measure("shoes,en\nnothing,en\n");
    assert_int_equal(result.ngaps, 3);
    assert_string_equal(result.gap[0].to, "de");
    assert_string_equal(result.gap[0].id, "b");
    assert_string_equal(result.gap[1].to, "fr");
    assert_string_equal(result.gap[1].id, "a");
    assert_string_equal(result.gap[2].to, "fr");
    assert_string_equal(result.gap[2].from, "en");
    assert_int_equal(count(CHECK_KEYWORD_GAP), 3);
}

static void ids_of_two_contents_are_apart(void **state)
{
    (void)state;
    put("en", "a", "---\ntitle: shoes\n---\n");
    put("de", "b", "");
    content_finish(&content, &run);
    keyword_pages_add(&pages, &content, &run);
    content = (struct content){.rules = &content_rules};
    put("de", "a", "");
    put("fr", "c", "");
    measure("shoes\n");
    assert_int_equal(result.ngaps, 1);
    assert_string_equal(result.gap[0].to, "de");
}

static void a_strong_page_of_few_words_is_thin(void **state)
{
    (void)state;
    rules.min_words = 4;
    put("en", "a", "---\ntitle: shoes\n---\none two three\n");
    put("en", "b", "---\ntitle: shoes\n---\none two three four\n");
    put("en", "c", "one\n");
    measure("shoes,en\nSHOES,en\n");
    assert_int_equal(result.thin, 1);
    assert_int_equal(count(CHECK_THIN), 1);
}

static void without_search_console_three_checks_are_not_measured(void **state)
{
    (void)state;
    put("en", "a", "");
    measure("shoes\n");
    assert_int_equal(result.nnot_measured, 3);
    assert_string_equal(result.not_measured[0], "cannibalised");
    assert_string_equal(result.not_measured[1], "query-orphan");
    assert_string_equal(result.not_measured[2], "wrong-locale");
}

/* ---- pages of a crawl ---- */

static bool crawl(const char *tsv)
{
    assert_true(list("schuhe,de\n"));
    return keyword_pages_parse(str_of(tsv), "pages.tsv", &keywords, "en", &run, &pages,
                               &err);
}

static void a_crawl_has_pages_by_url(void **state)
{
    (void)state;
    assert_true(crawl("words\turl\tlang\ttitle\th1\tdescription\textra\n"
                      "7\thttps://x.example/de/gute-schuhe\tde\tA\t-\tB %25\t-\n"
                      "8\thttps://x.example/a\tfr\tA\tC\t-\t-\r\n"
                      "9\t/b\ten-US\t100 %\tC\t-\t-\n"));
    assert_int_equal(pages.n, 3);
    assert_string_equal(pages.item[0].id, "a");
    assert_string_equal(pages.item[0].locale, "fr");
    assert_string_equal(pages.item[1].locale, "en");
    assert_memory_equal(pages.item[1].strong.at, "100 %\0C\0b\0\0", 10);
    assert_string_equal(pages.item[2].locale, "de");
    assert_memory_equal(pages.item[2].strong.at, "A\0\0gute schuhe\0B %\0", 19);
    assert_int_equal(pages.item[2].words, 7);
    assert_false(pages.lacks_words);
}

static void of_a_crawl_weak_and_thin_are_not_measured(void **state)
{
    (void)state;
    rules.min_words = 5;
    assert_true(crawl("url\ttitle\nhttps://x.example/de/a\tSchuhe\n"));
    measure("schuhe,de\nhemd,de\n");
    assert_int_equal(result.cover[1].coverage, KEYWORD_STRONG);
    assert_int_equal(result.cover[0].coverage, KEYWORD_NONE);
    assert_int_equal(result.nnot_measured, 5);
    assert_string_equal(result.not_measured[1], "keyword-weak");
    assert_string_equal(result.not_measured[3], "thin");
}

static void a_crawl_without_url_or_title_is_refused(void **state)
{
    static const struct {
        const char *tsv, *why;
    } cases[] = {
        {"", "pages.tsv:1: the header names no url and title"},
        {"url\tlang\n", "pages.tsv:1: the header names no url and title"},
        {"title\tlang\n", "pages.tsv:1: the header names no url and title"},
        {"url\ttitle\nhttps://x/\n",
         "pages.tsv:2: not as many fields as the header has"},
        {"url\ttitle\n\nx\ty\n",
         "pages.tsv:3: the url is neither http, https nor a path"},
        {"url\ttitle\twords\n/\ty\tmany\n", "pages.tsv:2: words is no number"},
        {"url\ttitle\n/\t\xff\n", "pages.tsv:2: not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(crawl(cases[i].tsv));
        assert_string_equal(err.text, cases[i].why);
    }
}

#define A(test) cmocka_unit_test_setup_teardown(test, begin_keywords, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A(csv_is_as_rfc_4180_has_it),
        A(broken_csv_is_told_with_its_line),
        A(a_list_needs_no_header_and_no_locale),
        A(a_header_names_the_columns),
        A(a_keyword_that_is_there_twice_counts_once),
        A(bad_rows_are_told_with_their_lines),
        A(more_than_10000_keywords_are_refused),
        A(a_url_has_its_locale_first),
        A(a_keyword_matches_whole_words),
        A(quotes_are_taken_as_they_are),
        A(letters_beyond_ascii_have_cases_and_words),
        A(scripts_without_spaces_match_within_text),
        A(strong_is_title_first_heading_slug_or_description),
        A(weak_is_another_heading_or_twice_in_the_body),
        A(none_is_the_rest),
        A(a_gap_is_a_strong_page_that_another_locale_lacks),
        A(ids_of_two_contents_are_apart),
        A(a_strong_page_of_few_words_is_thin),
        A(without_search_console_three_checks_are_not_measured),
        A(a_crawl_has_pages_by_url),
        A(of_a_crawl_weak_and_thin_are_not_measured),
        A(a_crawl_without_url_or_title_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
