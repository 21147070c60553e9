/* One crawl over answers from a table: sitemaps, other hosts, probes, routes, order.
 * Expected values: sections 1, 2, 4, 6 and 12 of seocheck's page. */
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/seocheck_crawl.h"

#include "shared/banned.h"

/* ---- sitemaps ---- */

static void robots_name_the_sitemaps(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/robots.txt",
         .type = "text/plain",
         .body = "Sitemap: https://ex.com/map.txt\nSitemap: /relative.xml\n"},
        {.url = HOME "/map.txt",
         .type = "text/plain",
         .body = HOME "/\n" HOME "/only\nhttps://other.example/x\n/relative\n"},
        {.url = HOME "/", .body = "<p>home"},
        {.url = HOME "/only", .body = "<a href=/behind>b</a>"},
        {.url = HOME "/behind", .body = "<p>b"},
    };
    const struct site_sitemap *map;
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(bench.site.nsitemaps, 1);
    map = &bench.site.sitemap[0];
    assert_string_equal(map->source, "robots.txt");
    assert_true(map->is_in_robots);
    assert_int_equal(map->sitemap.n, 4);
    assert_int_equal(map->target[1], get(&bench, "/only") - bench.site.resource);
    assert_int_equal(map->target[2], NO_RESOURCE);
    assert_int_equal(map->target[3], NO_RESOURCE);
    assert_int_equal(get(&bench, "/")->sets, SET_SITEMAP | SET_CRAWL);
    assert_int_equal(get(&bench, "/only")->sets, SET_SITEMAP);
    assert_int_equal(get(&bench, "/only")->depth, -1);
    assert_true(get(&bench, "/only")->is_page);
    assert_int_equal(get(&bench, "/behind")->sets, 0); // its link is checked, no more
    assert_true(get(&bench, "/behind")->is_page);
    assert_int_equal(times(&bench, "/sitemap.xml"), 0);
    assert_false(bench.site.sitemaps_unread);
    end(&bench);
}

static void a_site_that_refuses_us_everything_may_have_sitemaps(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .status = 403},
        {.url = HOME "/robots.txt", .status = 403},
        {.url = HOME "/sitemap.xml", .status = 403},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_false(bench.site.has_sitemaps);
    assert_true(bench.site.sitemaps_unread);
    end(&bench);
}

static void an_index_is_followed_one_level_down(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/sitemap.xml",
         .type = "application/xml",
         .body = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
                 "<sitemap><loc>https://ex.com/a.xml</loc></sitemap>"
                 "<sitemap><loc>https://ex.com/nested.xml</loc></sitemap>"
                 "</sitemapindex>"},
        {.url = HOME "/a.xml",
         .type = "application/xml",
         .body = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url>"
                 "<loc>https://ex.com/a</loc></url></urlset>"},
        {.url = HOME "/nested.xml",
         .type = "application/xml",
         .body = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
                 "<sitemap><loc>https://ex.com/deep.xml</loc></sitemap>"
                 "</sitemapindex>"},
        {.url = HOME "/", .body = "<p>home"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(bench.site.nsitemaps, 3); // sitemap_index.xml is a 404, so none
    assert_string_equal(bench.site.sitemap[0].source, "/sitemap.xml");
    assert_string_equal(bench.site.sitemap[1].source, HOME "/sitemap.xml");
    assert_int_equal(bench.site.sitemap[2].sitemap.kind, SITEMAP_INDEX);
    assert_int_equal(get(&bench, "/a")->sets, SET_SITEMAP);
    assert_int_equal(times(&bench, "/deep.xml"), 0);
    end(&bench);
}

static void a_named_sitemap_that_fails_leaves_s_unread(void **state)
{
    static const struct answer table[] = {{.url = HOME "/", .body = "<p>home"}};
    static const char *names[] = {"/mine.xml"};
    struct bench bench;

    (void)state;
    begin(&bench);
    bench.settings.sitemap = names;
    bench.settings.nsitemaps = 1;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(bench.site.nsitemaps, 1);
    assert_int_equal(bench.site.sitemap[0].status, 404);
    assert_true(bench.site.sitemaps_unread);
    end(&bench);
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(bench.site.nsitemaps, 0); // nobody named the usual ones
    assert_false(bench.site.sitemaps_unread);
    assert_false(bench.site.has_sitemaps);
    end(&bench);
}

static void a_page_in_the_usual_place_is_no_sitemap(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<p>home"},
        {.url = HOME "/sitemap.xml", .body = "<html><p>home"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(bench.site.nsitemaps, 0);
    end(&bench);
}

/* ---- other hosts ---- */

static void has_asked_external(struct bench *bench, const char *url, size_t n)
{
    assert_int_equal(times(bench, url), n);
    if (n > 0)
        assert_int_equal(first_asked(bench, url)->kind, FETCH_EXTERNAL);
}

static void other_hosts_are_asked_when_due_known_or_newly_linked(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<a href='https://other.example/x'>x</a>"},
    };
    const char *other = "https://other.example/x";
    struct history_row row[2] = {{.url = STR("/")}, {.url = STR("https://zzz/")}};
    struct history history = {.row = row, .n = 1};
    struct bench bench;
    uint64_t key;
    uint64_t links;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    has_asked_external(&bench, other, 1); // the first run
    assert_int_equal(get(&bench, other)->url_class, CLASS_GONE);
    assert_false(get(&bench, other)->is_own);
    assert_int_equal(bench.site.asked_own, 1);
    links = get(&bench, "/")->page->links;
    key = get(&bench, other)->url.key;
    end(&bench);

    for (int32_t i = 0; i < 7; i++) { // only on its day
        begin(&bench);
        row[0].links = links;
        bench.crawl.history = &history;
        bench.crawl.as_of = 20000 + i;
        collect(&bench, TABLE(table), 0);
        has_asked_external(&bench, other, key % 7 == (20000 + (uint64_t)i) % 7);
        end(&bench);
    }

    begin(&bench);
    bench.crawl.history = &history;
    bench.crawl.as_of = (int32_t)(key % 7) + 1;
    row[0].links = links + 1; // the page has other links than it had
    collect(&bench, TABLE(table), 0);
    has_asked_external(&bench, other, 1);
    end(&bench);

    begin(&bench);
    bench.crawl.history = &history;
    bench.crawl.as_of = (int32_t)(key % 7) + 1;
    row[0].links = links;
    row[1].url = str_of(other);
    history.n = 2;
    collect(&bench, TABLE(table), 0);
    has_asked_external(&bench, other, 1);
    end(&bench);

    begin(&bench);
    bench.settings.external_check = false;
    collect(&bench, TABLE(table), 0);
    has_asked_external(&bench, other, 0);
    end(&bench);
}

/* ---- volatile pages, probes ---- */

static void a_changed_page_is_fetched_again_at_once(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<main>home <a href=/a>a</a><a href=/b>b</a></main>"},
        {.url = HOME "/a", .body = "<main>one</main>", .second = "<main>two</main>"},
        {.url = HOME "/b", .body = "<main>one</main>", .second = "<main>one</main>"},
    };
    struct history_row row[] = {
        {.url = STR("/"), .has_hash = true},
        {.url = STR("/a"), .has_hash = true, .hash = 1},
        {.url = STR("/b"), .has_hash = true, .hash = 1},
    };
    struct history history = {.row = row, .n = 3};
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    row[0].hash = get(&bench, "/")->page->content;
    end(&bench);
    begin(&bench);
    bench.crawl.history = &history;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/"), 1);
    assert_int_equal(times(&bench, "/a"), 2);
    assert_int_equal(times(&bench, "/b"), 2);
    assert_true(get(&bench, "/a")->page->is_volatile);
    assert_false(get(&bench, "/b")->page->is_volatile);
    end(&bench);
    begin(&bench);
    bench.crawl.history = &history;
    bench.settings.input = INPUT_FOLDER; // which cannot answer otherwise
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/a"), 1);
    end(&bench);
}

static void there_is_a_probe_for_each_host_and_first_segment(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/",
         .body = "<a href=/docs/a>a</a><a href=/docs/b>b</a><a href=/no/page>n</a>"},
        {.url = HOME "/docs/a", .body = "<p>a"},
        {.url = HOME "/docs/b", .body = "<p>b"},
        {.url = HOME "/docs/rounds-seocheck-no-such-page-7f3a",
         .body = "a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 b1 b2 b3 b4 b5 b6 b7 b8 b9 b10 "
                 "c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 d1 d2 d3 d4 d5 d6 d7 d8 d9 d10 "
                 "e1 e2 e3 e4 e5 e6 e7 e8 e9 e10"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(bench.site.nprobes, 2);
    assert_true(str_equal(bench.site.probe[0].origin, STR(HOME)));
    assert_int_equal(bench.site.probe[0].segment.n, 0);
    assert_int_equal(times(&bench, "/rounds-seocheck-no-such-page-7f3a"), 1);
    assert_false(bench.site.probe[0].answered_200);
    assert_true(str_equal(bench.site.probe[1].segment, STR("docs")));
    assert_true(bench.site.probe[1].answered_200);
    assert_true(bench.site.probe[1].has_simhash);
    end(&bench);
}

/* ---- routes ---- */

static void a_list_of_routes_declares_paths_and_patterns(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<a href=/blog/x>x</a>"},
        {.url = HOME "/blog/x", .body = "<p>x"},
        {.url = HOME "/about", .body = "<p>about"},
    };
    struct bench bench;
    char path[] = "build/seocheck-crawl-routes-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    (void)state;
    assert_non_null(file);
    assert_true(fputs("/about\n/blog/[slug]\n/none/*\n/left/out\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    begin(&bench);
    bench.settings.route_source = "file";
    bench.settings.route_path = path;
    collect(&bench, TABLE(table), 0);
    assert_true(bench.site.has_routes);
    assert_false(bench.site.routes_unread);
    assert_int_equal(get(&bench, "/about")->sets, SET_ROUTE);
    assert_true(get(&bench, "/about")->is_page);
    assert_int_equal(get(&bench, "/left/out")->url_class, CLASS_GONE);
    assert_int_equal(get(&bench, "/blog/x")->sets, SET_ROUTE | SET_CRAWL);
    assert_true(get(&bench, "/blog/x")->is_declared);
    assert_int_equal(bench.site.nempty_routes, 1);
    assert_true(str_equal(bench.site.empty_route[0]->text, STR("/none/*")));
    end(&bench);
    assert_int_equal(remove(path), 0);
    begin(&bench);
    bench.settings.route_source = "file";
    bench.settings.route_path = path;
    collect(&bench, TABLE(table), 0);
    assert_true(bench.site.routes_unread);
    end(&bench);
}

static void put_file(struct bench *bench, const char *folder, const char *name)
{
    FILE *file = fopen(str_format(&bench->arena, "%s/%s", folder, name), "w");

    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

/* The routes of a folder with a.html, b.html and c.html, or with a/index.html and so
 * on. */
static void collect_static(struct bench *bench, bool has_folders,
                           const struct answer *table, size_t n)
{
    static const char *const files[] = {"a.html", "b.html", "c.html"};
    static const char *const folders[] = {"a/index.html", "b/index.html",
                                          "c/index.html"};
    const char *const *names = has_folders ? folders : files;
    char folder[] = "build/seocheck-crawl-static-XXXXXX";

    begin(bench);
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 3; i++) {
        if (has_folders)
            assert_int_equal(
                mkdir(str_format(&bench->arena, "%s/%c", folder, names[i][0]), 0777),
                0);
        put_file(bench, folder, names[i]);
    }
    bench->settings.route_source = "static";
    bench->settings.route_path = folder;
    collect(bench, table, n, 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(remove(str_format(&bench->arena, "%s/%s", folder, names[i])),
                         0);
        if (has_folders)
            assert_int_equal(remove(str_format(&bench->arena, "%s/%c", folder,
                                               names[i][0])),
                             0);
    }
    assert_int_equal(remove(folder), 0);
}

static void assert_no_resource(struct bench *bench, const char *text)
{
    struct url url = url_of(bench, text);

    assert_int_equal(site_find(&bench->site, &url), NO_RESOURCE);
}

static void a_file_that_nothing_leads_to_is_a_route_as_the_others_are(void **state)
{
    static const struct answer clean[] = {
        {.url = HOME "/", .body = "<a href=/a>a</a><a href=/b>b</a>"},
        {.url = HOME "/a", .body = "<p>a"},
        {.url = HOME "/c", .body = "<link rel=canonical href='" HOME "/c'>"},
    };
    static const struct answer full[] = {
        {.url = HOME "/", .body = "<a href=/a.html>a</a><a href=/b>b</a>"},
        {.url = HOME "/sitemap.xml", .type = "text/plain", .body = HOME "/a.html\n"},
    };
    struct bench bench;

    (void)state;
    collect_static(&bench, false, TABLE(clean));
    assert_int_equal(get(&bench, "/a")->sets, SET_ROUTE | SET_CRAWL);
    assert_int_equal(get(&bench, "/c")->sets, SET_ROUTE);
    assert_no_resource(&bench, "/c.html");
    assert_int_equal(bench.site.npages, 3);
    end(&bench);
    collect_static(&bench, false, TABLE(full));
    assert_int_equal(get(&bench, "/a.html")->sets, SET_ROUTE | SET_CRAWL | SET_SITEMAP);
    assert_int_equal(get(&bench, "/b")->sets, SET_ROUTE | SET_CRAWL);
    assert_int_equal(get(&bench, "/c.html")->sets, SET_ROUTE);
    assert_no_resource(&bench, "/c");
    end(&bench);
}

/* Docusaurus writes docs/index.html and links /docs; some link the file. */
static void a_folder_is_a_route_as_it_is_linked(void **state)
{
    static const struct answer bare[] = {
        {.url = HOME "/", .body = "<a href=/a>a</a><a href=/b>b</a>"},
        {.url = HOME "/a", .body = "<p>a"},
    };
    static const struct answer named[] = {
        {.url = HOME "/", .body = "<a href=/a/index.html>a</a>"},
        {.url = HOME "/sitemap.xml",
         .type = "text/plain",
         .body = HOME "/b/index.html\n"},
    };
    static const struct answer both[] = {
        {.url = HOME "/", .body = "<a href=/a>a</a><a href=/a/>a</a><a href=/b/>b</a>"},
    };
    struct bench bench;

    (void)state;
    collect_static(&bench, true, TABLE(bare));
    assert_int_equal(get(&bench, "/a")->sets, SET_ROUTE | SET_CRAWL);
    assert_int_equal(get(&bench, "/c")->sets, SET_ROUTE); // as the others
    assert_no_resource(&bench, "/a/");
    assert_no_resource(&bench, "/c/");
    end(&bench);
    collect_static(&bench, true, TABLE(named));
    assert_int_equal(get(&bench, "/a/index.html")->sets, SET_ROUTE | SET_CRAWL);
    assert_int_equal(get(&bench, "/b/index.html")->sets, SET_ROUTE | SET_SITEMAP);
    assert_no_resource(&bench, "/a/");
    end(&bench);
    collect_static(&bench, true, TABLE(both));
    assert_int_equal(get(&bench, "/a/")->sets, SET_ROUTE | SET_CRAWL);
    assert_int_equal(get(&bench, "/a")->sets, SET_CRAWL);
    assert_int_equal(get(&bench, "/c/")->sets, SET_ROUTE);
    end(&bench);
}

/* ---- order ---- */

static void assert_same_page(const struct page *a, const struct page *b)
{
    assert_true(str_equal(a->title, b->title));
    assert_int_equal(a->content, b->content);
    assert_int_equal(a->nedges, b->nedges);
    for (size_t i = 0; i < a->nedges; i++) {
        assert_int_equal(a->edge[i].target, b->edge[i].target);
        assert_int_equal(a->edge[i].line, b->edge[i].line);
        assert_int_equal(a->edge[i].kind, b->edge[i].kind);
    }
}

static void assert_same_site(const struct site *a, const struct site *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct resource *left = &a->resource[i];
        const struct resource *right = &b->resource[i];

        assert_true(str_equal(left->url.text, right->url.text));
        assert_true(str_equal(left->url.spelling, right->url.spelling));
        assert_int_equal(left->url_class, right->url_class);
        assert_int_equal(left->sets, right->sets);
        assert_int_equal(left->depth, right->depth);
        assert_int_equal(left->redirect, right->redirect);
        assert_int_equal(left->first_source, right->first_source);
        assert_int_equal(left->first_line, right->first_line);
        assert_int_equal(left->nsources, right->nsources);
        assert_int_equal(left->page != NULL, right->page != NULL);
        if (left->page && right->page)
            assert_same_page(left->page, right->page);
    }
    assert_int_equal(a->ntraps, b->ntraps);
    assert_true(str_equal(a->trap, b->trap));
    assert_int_equal(a->cut, b->cut);
    assert_int_equal(a->npages, b->npages);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->asked_own, b->asked_own);
}

/* A tangle of 200 pages, redirects, spellings, other hosts; cut by max_pages. */
static const struct answer *tangle(struct arena *arena, size_t n)
{
    struct answer *table = arena_new(arena, struct answer, n);
    uint64_t random = 42;

    for (size_t i = 0; i < n; i++) {
        struct buf body;

        buf_init(&body, arena, MIB);
        buf_printf(&body, "<title>%zu</title>", i);
        for (int j = 0; j < 12; j++) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            buf_printf(&body, "\n<a href='/%c%c?b=%d&a=1'>x</a>",
                       'a' + (int)(random >> 40) % 26, 'a' + (int)(random >> 50) % 26,
                       j % 2);
            buf_printf(&body, "<a href='/%zu?b=1&a=2'>x</a><a href='/%zu?a=2&b=1'>",
                       (size_t)(random >> 33) % n, (size_t)(random >> 36) % n);
            buf_printf(&body, "<img src='/i%d.png'><a href='https://o.example/%d'>",
                       (int)(random >> 45) % 50, (int)(random >> 44) % 50);
        }
        table[i] =
            (struct answer){.url = i == 0 ? HOME "/"
                                          : str_format(arena, HOME "/%zu?a=2&b=1", i),
                            .body = buf_str(&body).at};
        if (i % 7 == 3) {
            table[i].status = 301;
            table[i].location = str_format(arena, "/%zu?b=1&a=2", (i * 5) % n);
        }
    }
    return table;
}

static void the_order_of_answers_changes_nothing(void **state)
{
    enum { N = 200 };

    struct bench one, other;
    struct arena arena;
    const struct answer *table;

    (void)state;
    arena_init(&arena, 64 * MIB);
    table = tangle(&arena, N);
    begin(&one);
    one.settings.max_pages = 150;
    collect(&one, table, N, 0);
    assert_true(one.site.npages > 80);
    assert_true(one.site.is_truncated);
    for (uint64_t seed = 1; seed <= 10; seed++) {
        begin(&other);
        other.settings.max_pages = 150;
        collect(&other, table, N, seed);
        assert_same_site(&one.site, &other.site);
        end(&other);
    }
    end(&one);
    arena_release(&arena);
}

static void a_pattern_that_is_too_costly_ends_the_crawl(void **state)
{
    struct bench bench;
    struct err err = {0};
    struct re *pattern[1];
    static const struct answer table[] = {
        {.url = HOME "/",
         .body = "<a href=/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab>"},
    };

    (void)state;
    begin(&bench);
    assert_true(re_compile("/(a+)+", true, &pattern[0], &err));
    bench.settings.exclude = pattern;
    bench.settings.nexclude = 1;
    bench.answers = answers_new(TABLE(table), &bench.arena);
    bench.crawl.fetcher = &bench.answers->common;
    assert_false(site_collect(&bench.crawl, &bench.arena, &bench.site, &err));
    assert_non_null(strstr(err.text, "too costly"));
    end(&bench);
}

static void an_ignored_text_that_is_too_costly_ends_the_crawl(void **state)
{
    struct bench bench;
    struct err err = {0};
    struct re *pattern[1];
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<main>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"},
    };

    (void)state;
    begin(&bench);
    assert_true(re_compile("(a+)+$", false, &pattern[0], &err));
    bench.settings.ignore_text = pattern;
    bench.settings.nignore_text = 1;
    bench.answers = answers_new(TABLE(table), &bench.arena);
    bench.crawl.fetcher = &bench.answers->common;
    assert_false(site_collect(&bench.crawl, &bench.arena, &bench.site, &err));
    assert_string_equal(err.text, "a pattern of ignore_text is too costly for "
                                  "'https://ex.com/'; write it without nested repeats");
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(robots_name_the_sitemaps),
        cmocka_unit_test(a_site_that_refuses_us_everything_may_have_sitemaps),
        cmocka_unit_test(an_index_is_followed_one_level_down),
        cmocka_unit_test(a_named_sitemap_that_fails_leaves_s_unread),
        cmocka_unit_test(a_page_in_the_usual_place_is_no_sitemap),
        cmocka_unit_test(other_hosts_are_asked_when_due_known_or_newly_linked),
        cmocka_unit_test(a_changed_page_is_fetched_again_at_once),
        cmocka_unit_test(there_is_a_probe_for_each_host_and_first_segment),
        cmocka_unit_test(a_list_of_routes_declares_paths_and_patterns),
        cmocka_unit_test(a_file_that_nothing_leads_to_is_a_route_as_the_others_are),
        cmocka_unit_test(a_folder_is_a_route_as_it_is_linked),
        cmocka_unit_test(the_order_of_answers_changes_nothing),
        cmocka_unit_test(a_pattern_that_is_too_costly_ends_the_crawl),
        cmocka_unit_test(an_ignored_text_that_is_too_costly_ends_the_crawl),
    };

    return cmocka_run_group_tests_name("seocheck crawl sources", tests, NULL, NULL);
}
