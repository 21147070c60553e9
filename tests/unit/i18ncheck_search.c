/*
 * Tests of i18ncheck/search.c and measure_queries.c: what Search Console counted, and
 * what its queries say of pages (i18ncheck.md 12).
 */
#include "i18ncheck/keyword_internal.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct err err;
static struct keywords keywords;
static struct keyword_pages pages;
static struct keyword_rules rules;
static struct search search;
static struct keyword_result result;
static struct hits hits;

static int begin_search(void **state)
{
    keywords = (struct keywords){0};
    pages = (struct keyword_pages){0};
    search = (struct search){0};
    hits = (struct hits){0};
    rules = (struct keyword_rules){.source = "en", .min_impressions = 50};
    return begin(state);
}

static bool reads(const char *bytes)
{
    return search_parse(str_of(bytes), "gsc", &run, &search, &err);
}

static void reads_all(const char *bytes)
{
    if (!reads(bytes))
        fail_msg("%s", err.text);
}

/* One line a row: query, page, country, clicks, impressions. */
static const char *rows(void)
{
    struct buf out;

    search_finish(&search);
    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < search.n; i++) {
        const struct search_row *row = &search.row[i];

        buf_printf(&out, "%.*s|%.*s|%.*s|%lld|%lld\n", (int)row->query.n, row->query.at,
                   (int)row->page.n, row->page.n > 0 ? row->page.at : "",
                   (int)row->country.n, row->country.n > 0 ? row->country.at : "",
                   (long long)row->clicks, (long long)row->impressions);
    }
    return out.at;
}

static void is_refused_file(const char *bytes, const char *why)
{
    assert_false(reads(bytes));
    assert_string_equal(err.text, why);
}

/* ---- the API's JSON ---- */

#define ROW(keys, clicks, impressions)                                        \
    "{\"keys\":[" keys "],\"clicks\":" clicks ",\"impressions\":" impressions \
    ",\"ctr\":0.1,\"position\":2.5}"

static void rows_of_all_files_are_summed_and_sorted(void **state)
{
    (void)state;
    reads_all("{\"rows\":[" ROW("\"b\",\"https://x/1\"", "1", "10.0") "," //
              ROW("\"a\",\"https://x/1\"", "2", "20") "]}");
    reads_all("{\"rows\":[" ROW("\"b\",\"https://x/1#top\"", "3", "5") "]}");
    assert_string_equal(rows(), "a|https://x/1||2|20\nb|https://x/1||4|15\n");
    assert_true(search.has_queries && search.has_pairs);
}

static void without_dimensions_keys_are_query_page_country(void **state)
{
    (void)state;
    reads_all("{\"rows\":[" ROW("\"b\",\"https://x/1\",\"deu\"", "1", "10") "]}");
    assert_string_equal(rows(), "b|https://x/1|deu|1|10\n");
}

static void dimensions_say_what_keys_are(void **state)
{
    (void)state;
    reads_all("{\"dimensions\":[\"date\",\"country\",\"query\"],\"rows\":[" //
              ROW("\"2026-11-02\",\"deu\",\"b\"", "1", "10") ","            //
              ROW("\"2026-11-03\",\"deu\",\"b\"", "1", "11") "]}");
    assert_string_equal(rows(), "b||deu|2|21\n");
    assert_false(search.has_pairs);
}

static void no_rows_are_no_queries(void **state)
{
    (void)state;
    reads_all("{\"responseAggregationType\":\"byPage\"}");
    reads_all("{\"rows\":[]}");
    assert_string_equal(rows(), "");
    assert_true(search.has_queries);
}

static void json_of_another_shape_is_refused_with_the_line(void **state)
{
    static const char row[] =
        ": a row is not {keys[], clicks, impressions} with a query in it";

    (void)state;
    is_refused_file("{\"columns\":[]}",
                    "gsc:1: no 'rows', so it is no reply of Search Console's API");
    is_refused_file("{\n\"rows\":{}}", "gsc:2: 'rows' is no list");
    is_refused_file("{\"rows\":[\n{}]}", str_format(&run, "gsc:2%s", row));
    is_refused_file("{\"rows\":[" ROW("\"a\"", "1", "2") ",\n" //
                    ROW("\"a\",\"https://x/\"", "1", "2") "]}",
                    str_format(&run, "gsc:2%s", row));
    is_refused_file("{\"rows\":[" ROW("\"a\"", "-1", "2") "]}",
                    str_format(&run, "gsc:1%s", row));
    is_refused_file("{\"rows\":[" ROW("\"a\"", "1", "\"2\"") "]}",
                    str_format(&run, "gsc:1%s", row));
    is_refused_file("{\"rows\":[" ROW("\"\"", "1", "2") "]}",
                    str_format(&run, "gsc:1%s", row));
    is_refused_file("{\"rows\":[" ROW("\"a\",\"b\",\"c\",\"d\"", "1", "2") "]}",
                    str_format(&run, "gsc:1%s", row));
    is_refused_file("{\"dimensions\":[\"page\"],\"rows\":[" ROW("\"a\"", "1", "2") "]}",
                    str_format(&run, "gsc:1%s", row));
    is_refused_file("{\"dimensions\":[\"page\",\"page\"],\"rows\":[]}",
                    "gsc:1: 'dimensions' has a word twice");
    assert_false(reads("[1]"));
    assert_false(reads("{\"rows\":["));
}

/* ---- exports ---- */

static void an_export_is_read_by_its_columns(void **state)
{
    (void)state;
    reads_all("\xEF\xBB\xBF"
              "Top queries,Clicks,Impressions,CTR,Position\n"
              "\"red, shoes\",3,89,3.37%,4.5\n");
    reads_all(
        "Requ\xc3\xaates les plus fr\xc3\xa9quentes,Clics,Impressions,CTR,Position\n"
        "\"red, shoes\",1,11,\"3,4\xc2\xa0%\",\"12,5\"\n");
    reads_all("Suchanfragen;Klicks;Impressionen;CTR;Position\nschuhe;1;12;3,4 %;1,5\n");
    assert_string_equal(rows(), "red, shoes|||4|100\nschuhe|||1|12\n");
    assert_true(search.has_queries);
    assert_false(search.has_pairs);
}

static void an_export_of_another_shape_is_refused_with_the_line(void **state)
{
    static const char header[] = "gsc:1: no header of five columns: query, clicks, "
                                 "impressions, CTR, position";
    static const char row[] =
        "gsc:2: a row is not query, clicks, impressions, CTR, position";

    (void)state;
    is_refused_file("", "gsc:1: the file is empty");
    is_refused_file("Query,Clicks\n", header);
    is_refused_file("shoes,1,2,3%,4\n", header);
    is_refused_file("q,c,i,r,p\na,1,2,3%\n", row);
    is_refused_file("q,c,i,r,p\na,x,2,3%,4\n", row);
    is_refused_file("q,c,i,r,p\na,-1,2,3%,4\n", row);
    is_refused_file("q,c,i,r,p\na,1,2,3,4\n", row);
    is_refused_file("q,c,i,r,p\na,1,2,3%,4.5.6\n", row);
    is_refused_file("q,c,i,r,p\n,1,2,3%,4\n", row);
    is_refused_file("q,c,i,r,p\nhttps://x.example/,1,2,3%,4\n",
                    "gsc:2: its labels are pages; of an export the table of queries is "
                    "wanted");
    is_refused_file("q,c,i,r,p\na,1,2,3%,\xff\n", "gsc:2: not UTF-8");
}

/* ---- queries ---- */

static void measure(const char *list)
{
    assert_true(keywords_parse(str_of(list), "k.csv", "en", &run, &keywords, &err));
    search_finish(&search);
    keywords_measure(&rules, &keywords, &pages, &search, &result, &hits, &run);
}

/* Pages "URL TAB title". */
static void crawled(const char *rows_of_pages)
{
    struct keywords none = {0};

    if (!keyword_pages_parse(str_of(str_format(&run, "url\ttitle\n%s", rows_of_pages)),
                             "pages", &none, "en", &run, &pages, &err))
        fail_msg("%s", err.text);
}

/* "laufschuhe" of the oracle, /de/b with that many impressions. */
static void put_oracle(const char *b)
{
    reads_all(
        str_format(&run,
                   "{\"rows\":[" ROW("\"laufschuhe\",\"https://x.example/de/a\"", "1",
                                     "120") ","                                    //
                   ROW("\"laufschuhe\",\"https://x.example/de/b\"", "1", "%s") "," //
                   ROW("\"laufschuhe\",\"https://x.example/de/c\"", "1", "6") ","  //
                   ROW("\"laufschuhe\",\"https://x.example/en/a\"", "1", "30") "]}",
                   b));
    measure("laufschuhe,de\n");
}

static void the_oracle_is_cannibalised(void **state)
{
    const struct query *query;

    (void)state;
    put_oracle("40");
    assert_int_equal(result.cannibalised.n, 1);
    query = &result.cannibalised.item[0];
    assert_true(str_equal(query->text, STR("laufschuhe")));
    assert_string_equal(query->locale, "de");
    assert_int_equal(query->n, 2);
    assert_true(str_equal(query->page[0].url, STR("https://x.example/de/a")));
    assert_int_equal(query->page[0].impressions, 120);
    assert_true(str_equal(query->page[1].url, STR("https://x.example/de/b")));
    assert_int_equal(query->page[1].impressions, 40);
}

static void the_oracle_with_25_is_not(void **state)
{
    (void)state;
    put_oracle("25"); // of 145
    assert_int_equal(result.cannibalised.n, 0);
}

static void a_fifth_is_enough(void **state)
{
    (void)state;
    put_oracle("30"); // of 150
    assert_int_equal(result.cannibalised.n, 1);
}

static void a_query_that_no_page_covers_is_an_orphan(void **state)
{
    (void)state;
    crawled("/a\tred shoes\n/de/a\tschuhe\n");
    reads_all("q,c,i,r,p\nred shoes,0,500,0%,1\nblue shoes,0,50,0%,1\n"
              "few,0,49,0%,1\nschuhe,0,60,0%,1\n");
    measure("x,en\n");
    assert_int_equal(result.orphans.n, 2);
    assert_true(str_equal(result.orphans.item[0].text, STR("blue shoes")));
    assert_int_equal(result.orphans.item[0].impressions, 50);
    assert_true(str_equal(result.orphans.item[1].text, STR("schuhe"))); // in English
}

static void the_list_says_a_querys_locale_and_least(void **state)
{
    (void)state;
    crawled("/a\tred shoes\n/de/a\t\xc3\x84pfel\n");
    reads_all("q,c,i,r,p\n\xc3\xa4pfel,0,60,0%,1\nrare,0,5,0%,1\nhigh,0,90,0%,1\n");
    measure("\xc3\x84pfel,de\nRare,en,5\nhigh,en,91\n");
    assert_int_equal(result.orphans.n, 1);
    assert_true(str_equal(result.orphans.item[0].text, STR("rare")));
}

static void countries_say_the_locale_of_other_queries(void **state)
{
    static const struct country_locale countries[] = {{"deu", "de"},
                                                      {"aut", "de"},
                                                      {"fra", "fr"}};

    (void)state;
    rules.country = countries;
    rules.ncountries = 3;
    crawled("/de/a\tschuhe\n/a\tx\n");
    reads_all("{\"dimensions\":[\"query\",\"country\"],\"rows\":[" //
              ROW("\"schuhe\",\"fra\"", "1", "50") ","             //
              ROW("\"schuhe\",\"DEU\"", "1", "30") ","             //
              ROW("\"schuhe\",\"aut\"", "1", "30") ","             //
              ROW("\"schuhe\",\"usa\"", "1", "900") "]}");
    measure("x,en\n");
    assert_int_equal(result.orphans.n, 0);
}

static void reports_of_one_query_are_not_counted_twice(void **state)
{
    (void)state;
    crawled("/a\tx\n");
    reads_all("q,c,i,r,p\nshoes,0,40,0%,1\n");
    reads_all("{\"rows\":[" ROW("\"shoes\",\"https://x.example/a\"", "1", "30") "," //
              ROW("\"shoes\",\"https://x.example/b\"", "1", "15") "]}");
    measure("x,en\n");
    assert_int_equal(result.orphans.n, 0); // 45, not 85
}

static void the_page_on_top_in_another_locale_is_told(void **state)
{
    const struct query *query;

    (void)state;
    crawled("/de/a\tx\n/a\tx\n");
    reads_all("{\"rows\":[" ROW("\"schuhe\",\"https://x.example/a\"", "2", "50") "," //
              ROW("\"schuhe\",\"https://x.example/de/b\"", "1", "50") ","            //
              ROW("\"hemd\",\"https://x.example/only\"", "1", "50") "]}");
    measure("schuhe,de\nhemd,de\n");
    assert_int_equal(result.wrong_locale.n, 1); // /only has no sibling
    query = &result.wrong_locale.item[0];
    assert_true(str_equal(query->text, STR("schuhe")));
    assert_string_equal(query->locale, "de");
    assert_true(str_equal(query->page[0].url, STR("https://x.example/a")));
}

static void the_page_on_top_in_the_querys_locale_is_right(void **state)
{
    (void)state;
    crawled("/de/b\tx\n/b\tx\n");
    reads_all("{\"rows\":[" ROW("\"schuhe\",\"https://x.example/b\"", "1", "50") "," //
              ROW("\"schuhe\",\"https://x.example/de/b\"", "2", "50") "]}");
    measure("schuhe,de\n");
    assert_int_equal(result.wrong_locale.n, 0);
}

static void exports_give_no_pairs(void **state)
{
    (void)state;
    crawled("/a\tx\n");
    reads_all("q,c,i,r,p\nshoes,0,40,0%,1\n");
    measure("x,en\n");
    assert_int_equal(result.nnot_measured, 3);
    assert_string_equal(result.not_measured[0], "cannibalised");
    assert_string_equal(result.not_measured[1], "keyword-weak");
    assert_string_equal(result.not_measured[2], "wrong-locale");
}

static void a_query_too_long_is_told_as_not_measured(void **state)
{
    char *query = arena_new(&run, char, 4001);

    (void)state;
    memset(query, 'x', 4000);
    for (size_t i = 0; i < 4000; i += 3)
        query[i] = ' ';
    crawled("/a\tx\n");
    reads_all(str_format(&run, "q,c,i,r,p\n%s,0,400,0%%,1\n", query));
    measure("x,en\n");
    assert_int_equal(result.orphans.n, 0);
    assert_int_equal(strncmp(result.not_measured[2], "query '", 7), 0);
}

static void clicks_go_to_the_sources_pages(void **state)
{
    struct content_rules content_rules = {.source = "en"};
    struct content_page page[] = {{.id = "a", .locale = "en"},
                                  {.id = "b", .locale = "de"},
                                  {.id = "index", .locale = "en"}};
    const char *locale[] = {"de"};
    struct content content = {
        .rules = &content_rules, .page = page, .n = 3, .locale = locale, .nlocales = 1};

    (void)state;
    reads_all("{\"rows\":[" ROW("\"q\",\"https://x.example/a\"", "3", "50") "," //
              ROW("\"r\",\"https://x.example/en/a/\"", "4", "50") ","           //
              ROW("\"r\",\"https://x.example/de/b\"", "5", "50") ","            //
              ROW("\"r\",\"https://x.example/\"", "6", "50") "]}");
    reads_all(
        "{\"rows\":[" ROW("\"q\",\"https://x.example/a\",\"usa\"", "2", "50") "]}");
    search_count_clicks(&search, &content);
    assert_int_equal(page[0].clicks, 7); // not 9: countries are of the same clicks
    assert_int_equal(page[1].clicks, 0);
    assert_int_equal(page[2].clicks, 6);
}

#define A(test) cmocka_unit_test_setup_teardown(test, begin_search, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A(rows_of_all_files_are_summed_and_sorted),
        A(without_dimensions_keys_are_query_page_country),
        A(dimensions_say_what_keys_are),
        A(no_rows_are_no_queries),
        A(json_of_another_shape_is_refused_with_the_line),
        A(an_export_is_read_by_its_columns),
        A(an_export_of_another_shape_is_refused_with_the_line),
        A(the_oracle_is_cannibalised),
        A(the_oracle_with_25_is_not),
        A(a_fifth_is_enough),
        A(a_query_that_no_page_covers_is_an_orphan),
        A(the_list_says_a_querys_locale_and_least),
        A(countries_say_the_locale_of_other_queries),
        A(reports_of_one_query_are_not_counted_twice),
        A(the_page_on_top_in_another_locale_is_told),
        A(the_page_on_top_in_the_querys_locale_is_right),
        A(exports_give_no_pairs),
        A(a_query_too_long_is_told_as_not_measured),
        A(clicks_go_to_the_sources_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
