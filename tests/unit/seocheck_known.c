/* Which URLs are asked on conditions, and that a 304 stands for the page as it was.
 * Expected values: section 4 of seocheck's page. */
#include "shared/clock.h"
#include "tests/unit/seocheck_server.h"

#include "shared/banned.h"

enum { DAY = 20000 };

#define RICH_PAGE                                                                    \
    "<!doctype html>\n<html lang=de><head><title>T</title>\n"                        \
    "<meta name=description content=About><meta name=robots content=nosnippet>\n"    \
    "<meta property='og:image' content='/og.png?b=2&a=1'>\n"                         \
    "<link rel=canonical href='/?x=1'><link rel=alternate hreflang=en href='/en'>\n" \
    "</head><body><h1 id=top>H</h1><main>"                                           \
    "one two three four five six seven eight nine ten one two three four five six "  \
    "seven eight nine ten one two three four five six seven eight nine ten one two " \
    "three four five six seven eight nine ten one two three four five six seven "    \
    "eight nine ten "                                                                \
    "<a href='/p#part' rel=nofollow>p</a>\n<a href='/q?b=2&a=1'>q</a>\n"             \
    "<a href='http://[bad'>bad</a><img src=/i.png>"                                  \
    "<a href='https://other.example/'>o</a></main><form action='/post'></form>"      \
    "<script type='application/ld+json'>{\"@context\":\"https://schema.org\","       \
    "\"@type\":[\"Article\"],\"url\":\"/about-us\",\"headline\":\"News\","           \
    "\"nosuch\":1}</script>"

static int count_conditional(const struct visits *visits)
{
    int n = 0;

    for (size_t i = 0; i < visits->server.nlog; i++)
        n += visits->server.log[i].is_conditional;
    return n;
}

static const char *first_spelling(const struct visits *visits, const char *url)
{
    for (size_t i = 0; i < visits->server.nlog; i++)
        if (strcmp(visits->server.log[i].url, url) == 0)
            return visits->server.log[i].spelling;
    return "";
}

static int count_expired(struct visits *visits)
{
    const struct jsonld *jsonld = &get(&visits->bench, "/")->page->jsonld;
    int n = 0;

    for (size_t i = 0; i < jsonld->nfindings; i++)
        n += jsonld->finding[i].check == OFFER_EXPIRED;
    return n;
}

/* All that is kept of a crawl but the day of each full answer. */
static struct str whole(struct visits *visits)
{
    struct site *site = &visits->bench.site;
    struct buf out;

    for (size_t i = 0; i < site->n; i++) {
        struct resource *resource = &site->resource[i];
        struct validators *copy;

        if (!resource->validators)
            continue;
        copy = arena_new(&visits->kept, struct validators, 1);
        *copy = *resource->validators;
        copy->fetched = 0;
        resource->validators = copy;
    }
    buf_init(&out, &visits->kept, CACHE_BYTES_MAX);
    cache_format(site, CACHE_KEY, &out);
    return buf_str(&out);
}

static void a_304_gives_the_page_that_a_full_answer_gives(void **state)
{
    struct served table[] = {
        {.url = HOME "/",
         .body = RICH_PAGE,
         .etag = "\"1\"",
         .x_robots = "noarchive",
         .link = "<https://ex.com/c>; rel=canonical"},
        {.url = HOME "/en",
         .body = "<p>en<a href=/file.pdf>f</a>",
         .etag = "\"2\"",
         .is_cut = true},
        {.url = HOME "/file.pdf",
         .body = "%PDF",
         .etag = "\"3\"",
         .x_robots = "noindex",
         .type = "application/pdf"},
        {.url = HOME "/q?a=1&b=2", .body = "<p>q", .modified = "yesterday"},
    };
    struct visits visits;
    struct site *site;
    struct resource full[64];
    struct str once, twice;
    size_t n;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    assert_int_equal(count_conditional(&visits), 0);
    once = whole(&visits);
    site = &visits.bench.site;
    n = site->n;
    assert_true(n <= 64);
    for (size_t i = 0; i < n; i++) { // what of them outlives this crawl
        full[i] = site->resource[i];
        full[i].x_robots.at =
            str_copy(&visits.kept, full[i].x_robots.at ? full[i].x_robots.at : "",
                     full[i].x_robots.n);
        full[i].content_type.at =
            str_copy(&visits.kept,
                     full[i].content_type.at ? full[i].content_type.at : "",
                     full[i].content_type.n);
    }
    visit(&visits, DAY);
    assert_int_equal(count_conditional(&visits), 4);
    site = &visits.bench.site;
    assert_int_equal(site->n, n);
    for (size_t i = 0; i < n; i++) {
        const struct resource *now = &site->resource[i];

        assert_int_equal(now->url_class, full[i].url_class);
        assert_int_equal(now->status, full[i].status);
        assert_string_equal(now->detail, now->status == 200   ? "200"
                                         : now->status == 404 ? "404"
                                                              : "");
        assert_int_equal(now->sets, full[i].sets);
        assert_int_equal(now->depth, full[i].depth);
        assert_int_equal(now->is_page, full[i].is_page);
        assert_int_equal(now->is_too_big, full[i].is_too_big);
        assert_int_equal(now->nsources, full[i].nsources);
        assert_int_equal(now->first_source, full[i].first_source);
        assert_true(str_equal(now->x_robots, full[i].x_robots));
        assert_true(str_equal(now->content_type, full[i].content_type));
    }
    twice = whole(&visits);
    assert_true(str_equal(once, twice));
    visits_end(&visits);
}

static void the_same_urls_are_asked_the_same_way(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = RICH_PAGE, .etag = "\"1\""},
        {.url = HOME "/en", .body = "<a href='/q?a=1&b=2'>", .etag = "\"2\""},
    };
    struct visits visits;

    struct {
        char url[64], spelling[64];
    } first[LOG_MAX / 64] = {0};

    size_t n;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    n = visits.server.nlog;
    assert_true(n < LOG_MAX / 64);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(first[i].url, 64, "%s", visits.server.log[i].url);
        (void)snprintf(first[i].spelling, 64, "%s", visits.server.log[i].spelling);
    }
    visit(&visits, DAY);
    assert_int_equal(visits.server.nlog, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(visits.server.log[i].url, first[i].url);
        assert_string_equal(visits.server.log[i].spelling, first[i].spelling);
    }
    assert_int_equal(asked(&visits, HOME "/og.png?a=1&b=2", false), 1);
    visits_end(&visits);
}

/* An answer under another spelling may be another one. */
static void what_is_spelled_otherwise_is_asked_in_full(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<a href='/x?c=3&a=1'>x</a>", .etag = "\"1\""},
        {.url = HOME "/x?a=1&c=3", .body = "<p>x", .etag = "\"2\""},
    };
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    visit(&visits, DAY);
    assert_int_equal(asked(&visits, table[1].url, true), 1);
    table[0].body = "<a href='/x?a=1&c=3'>x</a>";
    table[0].etag = "\"3\"";
    visit(&visits, DAY);
    assert_int_equal(asked(&visits, table[1].url, true), 0);
    assert_int_equal(asked(&visits, table[1].url, false), 1);
    visits_end(&visits);
}

/* Of the two spellings the bytewise first one is asked, but only while a page has it.
 */
static void a_spelling_goes_with_its_page(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<a href=/a>a</a><a href=/b>b</a>", .etag = "\"1\""},
        {.url = HOME "/a", .body = "<a href='/x?c=3&b=2&a=1'>", .etag = "\"2\""},
        {.url = HOME "/b", .body = "<a href='/x?b=2&a=1&c=3'>", .etag = "\"3\""},
    };
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    assert_string_equal(first_spelling(&visits, HOME "/x?a=1&b=2&c=3"),
                        HOME "/x?b=2&a=1&c=3");
    table[2].etag = "\"4\"";
    table[2].body = "<p>no link";
    visit(&visits, DAY);
    assert_string_equal(first_spelling(&visits, HOME "/x?a=1&b=2&c=3"),
                        HOME "/x?c=3&b=2&a=1");
    visits_end(&visits);
}

static void a_changed_page_is_read_anew(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<title>Old</title>", .etag = "\"1\""},
    };
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    table[0].body = "<title>New</title>";
    table[0].etag = "\"2\"";
    visit(&visits, DAY);
    assert_int_equal(asked(&visits, HOME "/", true), 1);
    assert_int_equal(asked(&visits, HOME "/", false), 1);
    assert_true(str_equal(get(&visits.bench, "/")->page->title, STR("New")));
    visits_end(&visits);
}

static void a_server_that_lies_is_found_out_within_refetch_days(void **state)
{
    struct served table[] = {
        {.url = HOME "/",
         .body = "<a href=/a>a<a href=/b>b<a href=/c>c",
         .etag = "\"1\"",
         .conditional = 304},
        {.url = HOME "/a", .body = "<p>a", .etag = "\"1\"", .conditional = 304},
        {.url = HOME "/b", .body = "<p>b", .etag = "\"1\"", .conditional = 304},
        {.url = HOME "/c", .body = "<p>c", .etag = "\"1\"", .conditional = 304},
    };
    static const int spans[] = {1, 2, 7, 30};

    (void)state;
    for (size_t s = 0; s < sizeof spans / sizeof *spans; s++) {
        int32_t last[4] = {DAY, DAY, DAY, DAY};
        struct visits visits;

        visits_begin(&visits, TABLE(table));
        visits.bench.settings.refetch_days = spans[s];
        visit(&visits, DAY);
        for (int32_t day = DAY + 1; day < DAY + 40; day++) {
            visit(&visits, day);
            for (size_t i = 0; i < 4; i++) {
                uint64_t key = get(&visits.bench, table[i].url)->url.key;
                uint64_t days = (uint64_t)spans[s];
                bool is_due = key % days == (uint64_t)day % days;

                assert_int_equal(asked(&visits, table[i].url, false), 1);
                assert_int_equal(asked(&visits, table[i].url, true), !is_due);
                if (is_due)
                    last[i] = day;
                assert_true(day - last[i] < spans[s]);
            }
            visit(&visits, day); // on the same day no more
            assert_int_equal(count_conditional(&visits), 4);
        }
        visits_end(&visits);
    }
}

static void who_comes_seldom_fetches_in_full_after_refetch_days(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<p>x", .etag = "\"1\"", .conditional = 304},
    };
    struct visits visits;
    int32_t day = DAY;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    while (get(&visits.bench, "/")->url.key % 7 == (uint64_t)day % 7)
        day++;
    visit(&visits, day); // a weekday that is never its own
    for (int week = 1; week < 4; week++) {
        visit(&visits, day + 7 * week);
        assert_int_equal(asked(&visits, HOME "/", true), 0);
    }
    visits_end(&visits);
}

static void a_full_answer_of_a_later_day_is_not_believed(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<p>x", .etag = "\"1\""},
    };
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY + 1);
    visit(&visits, DAY);
    assert_int_equal(count_conditional(&visits), 0);
    visits_end(&visits);
}

/* ---- headers ---- */

static void a_header_that_comes_or_goes_is_asked_for_in_full(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<p>x", .etag = "\"1\""},
    };
    static const char *const robots[] = {"noindex", "noindex, nofollow", NULL};
    struct visits visits;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        visits_begin(&visits, TABLE(table));
        visit(&visits, DAY);
        table[0].x_robots = robots[i];
        visit(&visits, DAY);
        assert_int_equal(asked(&visits, HOME "/", true), 1);
        assert_int_equal(asked(&visits, HOME "/", false), 2);
        assert_true(str_equal(get(&visits.bench, "/")->x_robots, str_of(robots[i])));
        assert_int_equal(visits.bench.site.npages, 1);
        assert_int_equal(visits.bench.site.asked_own, 1);
        visit(&visits, DAY); // it was no fault of the 304
        assert_int_equal(asked(&visits, HOME "/", true), 1);
        assert_int_equal(asked(&visits, HOME "/", false), 1);
        visits_end(&visits);
    }
}

static void a_link_header_that_moves_is_asked_for_in_full(void **state)
{
    struct served table[] = {
        {.url = HOME "/",
         .body = "<p>x",
         .etag = "\"1\"",
         .link = "</a>; rel=canonical"},
    };
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    table[0].link = "</b>; rel=canonical";
    visit(&visits, DAY);
    assert_true(str_equal(get(&visits.bench, "/")->page->canonical[0].raw, STR("/b")));
    visits_end(&visits);
}

/* It may be gone, or the server may leave it out of every 304. */
static void a_304_without_a_header_is_not_believed_nor_asked_for_again(void **state)
{
    struct served table[] = {
        {.url = HOME "/",
         .body = "<p>x",
         .etag = "\"1\"",
         .x_robots = "noarchive",
         .is_silent = true},
    };
    struct visits visits;
    int full = 0;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    visit(&visits, DAY);
    assert_int_equal(asked(&visits, HOME "/", true), 1);
    assert_int_equal(asked(&visits, HOME "/", false), 2);
    assert_true(str_equal(get(&visits.bench, "/")->x_robots, STR("noarchive")));
    for (int32_t day = DAY; day < DAY + 14; day++) {
        visit(&visits, day);
        full += asked(&visits, HOME "/", false) - asked(&visits, HOME "/", true);
        assert_true(str_equal(get(&visits.bench, "/")->x_robots, STR("noarchive")));
    }
    assert_int_equal(full, 14);
    visits_end(&visits);
}

static void an_error_that_conditions_get_is_not_the_pages(void **state)
{
    static const int errors[] = {400, 403, 412, 500, 503};

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        struct served table[] = {
            {.url = HOME "/",
             .body = "<title>T</title>",
             .etag = "\"1\"",
             .conditional = errors[i]},
        };
        struct visits visits;

        visits_begin(&visits, TABLE(table));
        visit(&visits, DAY);
        visit(&visits, DAY);
        assert_int_equal(asked(&visits, HOME "/", true), 1);
        assert_int_equal(asked(&visits, HOME "/", false), 2);
        assert_int_equal(get(&visits.bench, "/")->status, 200);
        assert_int_equal(visits.bench.site.failed_own, 0);
        assert_int_equal(visits.bench.site.asked_own, 1);
        assert_true(str_equal(get(&visits.bench, "/")->page->title, STR("T")));
        visits_end(&visits);
    }
}

static void what_conditions_get_may_be_news(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<a href=/a>a</a>", .etag = "\"1\""},
        {.url = HOME "/a", .body = "<p>a", .etag = "\"1\""},
    };
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    table[1].conditional = 410;
    visit(&visits, DAY);
    assert_int_equal(asked(&visits, HOME "/a", false), 1);
    assert_int_equal(get(&visits.bench, "/a")->url_class, CLASS_GONE);
    visits_end(&visits);
}

static void without_validators_nothing_is_kept(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<p>x"},
        {.url = HOME "/a", .body = "<p>a", .etag = "\"a\nb\""},
    };
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    assert_null(get(&visits.bench, "/")->validators);
    visit(&visits, DAY);
    assert_int_equal(count_conditional(&visits), 0);
    visits_end(&visits);
}

/* ---- what moves by itself ---- */

/* Section 9: expired is what ended before the day. */
static void an_expiry_ends_what_is_known_of_structured_data(void **state)
{
    struct served table[] = {
        {.url = HOME "/",
         .body = "<script type='application/ld+json'>{\"@context\":"
                 "\"https://schema.org\",\"@type\":\"Offer\","
                 "\"priceValidUntil\":\"2026-03-05\"}</script>",
         .etag = "\"1\""},
    };
    struct visits visits;
    int32_t end = day_from_civil(2026, 3, 5);

    (void)state;
    visits_begin(&visits, TABLE(table));
    visits.bench.settings.refetch_days = 30;
    visit(&visits, end - 1);
    visit(&visits, end);
    while (asked(&visits, HOME "/", true) == 0) // its own day may be this one
        visit(&visits, end);
    assert_int_equal(count_expired(&visits), 0);
    visit(&visits, end + 1);
    assert_int_equal(asked(&visits, HOME "/", true), 0);
    assert_int_equal(count_expired(&visits), 1);
    visit(&visits, end + 1);
    assert_int_equal(asked(&visits, HOME "/", true), 1);
    assert_int_equal(count_expired(&visits), 1);
    visits_end(&visits);
}

static void a_text_that_moved_is_asked_for_twice_and_in_full(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<p>x", .etag = "\"1\""},
    };
    struct history_row row = {.url = STR("/"), .has_hash = true, .hash = 1};
    struct history history = {.row = &row, .n = 1};
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    visits.history = &history;
    visit(&visits, DAY);
    assert_int_equal(asked(&visits, HOME "/", false), 2);
    assert_int_equal(asked(&visits, HOME "/", true), 1);
    assert_false(get(&visits.bench, "/")->page->is_volatile);
    row.hash = get(&visits.bench, "/")->page->content;
    visit(&visits, DAY);
    assert_int_equal(asked(&visits, HOME "/", false), 1);
    visits_end(&visits);
}

static void a_page_of_two_answers_is_not_kept(void **state)
{
    struct served table[] = {
        {.url = HOME "/", .body = "<p>x", .etag = "\"1\"", .second = "<p>y"},
    };
    struct history_row row = {.url = STR("/"), .has_hash = true, .hash = 1};
    struct history history = {.row = &row, .n = 1};
    struct visits visits;

    (void)state;
    visits_begin(&visits, TABLE(table));
    visits.history = &history;
    visit(&visits, DAY);
    assert_true(get(&visits.bench, "/")->page->is_volatile);
    visit(&visits, DAY);
    assert_int_equal(count_conditional(&visits), 0);
    visits_end(&visits);
}

/* Without it the C library looks for a zone at each question. */
static int enter_zone(void **state)
{
    struct err err;

    (void)state;
    return zone_enter("UTC", &err) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_304_gives_the_page_that_a_full_answer_gives),
        cmocka_unit_test(the_same_urls_are_asked_the_same_way),
        cmocka_unit_test(what_is_spelled_otherwise_is_asked_in_full),
        cmocka_unit_test(a_spelling_goes_with_its_page),
        cmocka_unit_test(a_changed_page_is_read_anew),
        cmocka_unit_test(a_server_that_lies_is_found_out_within_refetch_days),
        cmocka_unit_test(who_comes_seldom_fetches_in_full_after_refetch_days),
        cmocka_unit_test(a_full_answer_of_a_later_day_is_not_believed),
        cmocka_unit_test(a_header_that_comes_or_goes_is_asked_for_in_full),
        cmocka_unit_test(a_link_header_that_moves_is_asked_for_in_full),
        cmocka_unit_test(a_304_without_a_header_is_not_believed_nor_asked_for_again),
        cmocka_unit_test(an_error_that_conditions_get_is_not_the_pages),
        cmocka_unit_test(what_conditions_get_may_be_news),
        cmocka_unit_test(without_validators_nothing_is_kept),
        cmocka_unit_test(an_expiry_ends_what_is_known_of_structured_data),
        cmocka_unit_test(a_text_that_moved_is_asked_for_twice_and_in_full),
        cmocka_unit_test(a_page_of_two_answers_is_not_kept),
    };

    return cmocka_run_group_tests_name("seocheck known", tests, enter_zone, NULL);
}
