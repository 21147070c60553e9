/* One crawl over answers from a table: levels, redirects, robots, limits. Expected
 * values: sections 1, 2, 4, 6 and 12 of seocheck's page. */
#include "tests/unit/seocheck_crawl.h"

#include "shared/banned.h"

/* ---- sets and depths ---- */

static void levels_follow_links_and_give_depths(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/",
         .body = "<title>Home</title><a href=/b>b</a><a href=/a>a</a>"},
        {.url = HOME "/a", .body = "<a href=/c>c</a><a href=/gone>x</a>"},
        {.url = HOME "/b", .body = "<a href=/>home</a><a href=/c>c</a>"},
        {.url = HOME "/c", .body = "<p>end"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(get(&bench, "/")->depth, 0);
    assert_int_equal(get(&bench, "/a")->depth, 1);
    assert_int_equal(get(&bench, "/c")->depth, 2);
    assert_int_equal(get(&bench, "/gone")->depth, 2);
    assert_int_equal(get(&bench, "/gone")->url_class, CLASS_GONE);
    assert_string_equal(get(&bench, "/gone")->detail, "404");
    assert_int_equal(get(&bench, "/c")->sets, SET_CRAWL);
    assert_int_equal(get(&bench, "/c")->nsources, 2);
    assert_int_equal(get(&bench, "/c")->first_source,
                     get(&bench, "/a") - bench.site.resource);
    assert_int_equal(bench.site.npages, 4);
    assert_int_equal(bench.site.asked_own, 5);
    assert_int_equal(bench.site.failed_own, 0);
    assert_false(bench.site.is_truncated);
    assert_true(str_equal(get(&bench, "/")->page->title, STR("Home")));
    end(&bench);
}

static void a_page_is_kept_after_its_body_is_gone(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/",
         .x_robots = "noarchive",
         .body = "<!doctype html>\n<html lang=de><head><title>T  1</title>\n"
                 "<meta name=description content='About'>\n"
                 "<meta name=robots content=nosnippet><meta name=author content=me>\n"
                 "<meta property='og:title' content=T>\n"
                 "<meta property='og:image' content='/og.png'>\n"
                 "<link rel=canonical href='/?x=1'>\n"
                 "<link rel=alternate hreflang=en href='https://ex.com/en'>\n"
                 "</head><body><h1 id=top>Head</h1><main>Drei kleine W\xc3\xb6rter"
                 "<a href='/p#part' rel=nofollow>p</a>\n"
                 "<a href='http://[bad'>bad</a><img src=/i.png></main>\n"
                 "<form action='/post'></form>"
                 "<script type='application/ld+json'>{\"@context\":"
                 "\"https://schema.org\",\"@type\":\"Organization\","
                 "\"url\":\"/about-us\"}</script>"},
    };
    const struct page *page;
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_true(get(&bench, "/")->is_page);
    assert_true(str_equal(get(&bench, "/")->x_robots, STR("noarchive")));
    page = get(&bench, "/")->page;
    assert_true(str_equal(page->title, STR("T 1")));
    assert_true(str_equal(page->description, STR("About")));
    assert_true(str_equal(page->lang, STR("de")));
    assert_true(str_equal(page->h1, STR("Head")));
    assert_int_equal(page->nmetas, 3); // robots and og, not the author
    assert_int_equal(page->ncanonicals, 1);
    assert_true(str_equal(page->canonical[0].raw, STR("/?x=1")));
    assert_true(page->canonical[0].is_relative);
    assert_int_equal(page->canonical[0].target,
                     get(&bench, "/?x=1") - bench.site.resource);
    assert_int_equal(page->nalternates, 1);
    assert_true(str_equal(page->alternate[0].code, STR("en")));
    assert_false(page->alternate[0].is_relative);
    assert_int_equal(page->nbad, 1);
    assert_true(str_equal(page->bad_link[0], STR("http://[bad")));
    assert_int_equal(page->bad_line[0], 10);
    assert_int_equal(page->nedges, 3); // a, img, form
    assert_int_equal(page->edge[0].fragment, 1);
    assert_int_equal(page->edge[1].fragment, 0);
    assert_int_equal(page->nfragments, 1);
    assert_true(str_equal(page->fragment[0], STR("part")));
    assert_true(page->edge[0].is_nofollow);
    assert_int_equal(page->nids, 1);
    assert_int_equal(page->images_without_alt, 1);
    assert_int_equal(page->main_length,
                     23); // "Drei kleine W?rterp bad", ? one character
    assert_int_equal(page->jsonld.nblocks, 1);
    assert_string_equal(page->jsonld.block[0].type[0], "Organization");
    assert_int_equal(times(&bench, "/p"), 0); // nofollow
    assert_int_equal(times(&bench, "/post"), 0);
    assert_int_equal(times(&bench, "/og.png"), 1);
    assert_int_equal(times(&bench, "/en"), 1);
    assert_int_equal(get(&bench, "/en")->depth, -1); // no click leads there
    assert_int_equal(times(&bench, "/about-us"), 1);
    end(&bench);
}

static void own_files_are_asked_by_head_after_all_pages(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/",
         .body = "<link rel=stylesheet href=/s.css><script src=/j.js></script>"
                 "<img src=/i.png alt=''><video src=/v.mp4></video><a href=/a>a</a>"},
        {.url = HOME "/a", .body = "<p>a"},
    };
    static const char *const files[] = {"/s.css", "/j.js", "/i.png", "/v.mp4"};
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(first_asked(&bench, files[i])->kind, FETCH_HEAD);
        assert_true(first_asked(&bench, files[i])->wave >
                    first_asked(&bench, "/a")->wave);
        assert_int_equal(get(&bench, files[i])->sets, 0);
    }
    end(&bench);
}

/* ---- redirects ---- */

static void a_redirect_is_a_resource_and_its_target_is_of_the_same_level(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<a href=/old>o</a>"},
        {.url = HOME "/old", .status = 301, .location = "new"},
        {.url = HOME "/new", .body = "<a href=/next>n</a>"},
        {.url = HOME "/next", .body = "<p>n"},
    };
    struct bench bench;
    int hops;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(get(&bench, "/old")->url_class, CLASS_REDIRECT);
    assert_int_equal(get(&bench, "/old")->status, 301);
    assert_true(str_equal(get(&bench, "/old")->location, STR("new")));
    assert_false(get(&bench, "/old")->is_page);
    assert_int_equal(get(&bench, "/new")->depth, 1);
    assert_int_equal(get(&bench, "/next")->depth, 2);
    assert_int_equal(
        resource_final(&bench.site,
                       (uint32_t)(get(&bench, "/old") - bench.site.resource), &hops),
        get(&bench, "/new") - bench.site.resource);
    assert_int_equal(hops, 1);
    end(&bench);
}

static void a_loop_of_redirects_ends(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<a href=/a>a</a><a href=/self>s</a>"},
        {.url = HOME "/a", .status = 302, .location = "/b"},
        {.url = HOME "/b", .status = 302, .location = "/a"},
        {.url = HOME "/self", .status = 301, .location = "/self"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/a"), 1);
    assert_int_equal(times(&bench, "/b"), 1);
    assert_int_equal(times(&bench, "/self"), 1);
    assert_int_equal(get(&bench, "/a")->redirect,
                     get(&bench, "/b") - bench.site.resource);
    assert_int_equal(get(&bench, "/b")->redirect,
                     get(&bench, "/a") - bench.site.resource);
    end(&bench);
}

/* ---- robots.txt ---- */

static void robots_are_obeyed_as_rounds_seocheck(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/robots.txt",
         .type = "text/plain",
         .body = "User-agent: rounds-seocheck\nDisallow: /private\n"
                 "User-agent: *\nDisallow: /a\n"},
        {.url = HOME "/",
         .body = "<a href=/private/x>p</a><a href=/a>a</a><img src=/private/i.png>"},
        {.url = HOME "/a", .body = "<p>a"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/private/x"), 0);
    assert_int_equal(times(&bench, "/private/i.png"), 0);
    assert_int_equal(get(&bench, "/private/x")->url_class, CLASS_UNASKED);
    assert_int_equal(get(&bench, "/private/x")->sets, SET_CRAWL); // known by a link
    assert_int_equal(times(&bench, "/a"), 1);
    assert_int_equal(bench.site.nrobots, 1);
    assert_int_equal(bench.site.robots[0].status, 200);
    end(&bench);
    begin(&bench);
    bench.settings.obey_robots = false;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/private/x"), 1);
    end(&bench);
}

static void without_robots_only_the_starts_are_asked(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/robots.txt", .status = 503},
        {.url = HOME "/", .body = "<a href=/a>a</a><img src=/i.png>"},
        {.url = HOME "/a", .body = "<p>a"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_true(bench.site.robots[0].is_unreachable);
    assert_int_equal(times(&bench, "/"), 1);
    assert_int_equal(times(&bench, "/a"), 0);
    assert_int_equal(times(&bench, "/i.png"), 0);
    assert_int_equal(times(&bench, "/sitemap.xml"), 0);
    assert_int_equal(bench.answers->nasked, 2);
    assert_true(bench.site.sitemaps_unread);
    end(&bench);
}

static void robots_may_redirect(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/robots.txt", .status = 301, .location = "/real.txt"},
        {.url = HOME "/real.txt",
         .type = "text/plain",
         .body = "User-agent: *\nDisallow: /a\n"},
        {.url = HOME "/", .body = "<a href=/a>a</a>"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(bench.site.robots[0].status, 200);
    assert_int_equal(times(&bench, "/a"), 0);
    end(&bench);
}

static void excluded_urls_are_never_requested(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<a href='/cart?do=add'>c</a><a href=/cart>c</a>"},
        {.url = HOME "/cart", .status = 302, .location = "/cart?do=add"},
    };
    struct re *pattern[1];
    struct bench bench;
    struct err err;

    (void)state;
    begin(&bench);
    assert_true(re_compile("/cart\\?.*", true, &pattern[0], &err));
    bench.settings.exclude = pattern;
    bench.settings.nexclude = 1;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/cart"), 1);
    assert_int_equal(times(&bench, "/cart?do=add"), 0);
    assert_true(get(&bench, "/cart?do=add")->is_excluded);
    assert_false(get(&bench, "/cart")->is_excluded);
    end(&bench);
}

static double slowed_s(const char *robots, bool obeys)
{
    const struct answer table[] = {
        {.url = HOME "/robots.txt", .type = "text/plain", .body = robots},
        {.url = HOME "/", .body = "<p>home"},
    };
    struct bench bench;
    double seconds;

    begin(&bench);
    bench.settings.obey_robots = obeys;
    collect(&bench, TABLE(table), 0);
    seconds = (double)bench.answers->slowed_us / 1e6;
    end(&bench);
    return seconds;
}

static void crawl_delay_slows_up_to_ten_seconds(void **state)
{
    static const char both[] = "User-agent: *\nDisallow: /x\nCrawl-delay: 8\n"
                               "User-agent: rounds-seocheck\nCrawl-delay: 2.5\n";

    (void)state;
    assert_true(slowed_s(both, true) == 2.5);
    assert_true(slowed_s(both, false) == 0);
    assert_true(slowed_s("User-agent: *\nCrawl-delay: 60\n", true) == 10);
    assert_true(slowed_s("User-agent: Googlebot\nCrawl-delay: 5\n", true) == 0);
}

/* ---- sites that fail ---- */

enum { FAILING = 30 };

/* A start page that links to /f/100../f/129, which answer 500, and to /good. */
static void fill_failing(struct answer *table, struct bench *bench)
{
    struct buf home;

    buf_init(&home, &bench->arena, MIB);
    buf_add_text(&home, "<a href=/good>g</a>");
    for (int i = 0; i < FAILING; i++) {
        buf_printf(&home, "<a href=/f/%d>f</a>", 100 + i);
        table[i] =
            (struct answer){.url = str_format(&bench->arena, HOME "/f/%d", 100 + i),
                            .status = 500};
    }
    table[FAILING] = (struct answer){.url = HOME "/", .body = buf_str(&home).at};
    table[FAILING + 1] =
        (struct answer){.url = HOME "/good", .body = "<a href=/next>n</a>"};
    table[FAILING + 2] = (struct answer){.url = HOME "/next", .body = "<p>next"};
}

static void a_part_that_fails_does_not_take_the_site_down(void **state)
{
    struct answer table[FAILING + 4];
    struct bench bench;

    (void)state;
    begin(&bench);
    fill_failing(table, &bench);
    table[FAILING + 3] = (struct answer){.url = HOME "/robots.txt",
                                         .type = "text/plain",
                                         .body = "User-agent: *\nDisallow: /no\n"};
    bench.settings.start[1] = url_of(&bench, "/no");
    bench.settings.nstarts = 2;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/no"), 0); // whatever it would tell
    assert_int_equal(times(&bench, "/"), 2);   // to see whether it still answers
    assert_int_equal(get(&bench, "/")->url_class, CLASS_OK);
    for (int i = 0; i < FAILING; i++)
        assert_int_equal(get(&bench, table[i].url)->url_class, CLASS_SERVER);
    assert_int_equal(get(&bench, "/good")->url_class, CLASS_OK);
    assert_int_equal(times(&bench, "/next"), 1);
    assert_int_equal(bench.site.failed_own, FAILING);
    end(&bench);
}

static void a_start_page_that_fails_in_the_middle_ends_the_crawl(void **state)
{
    struct answer table[FAILING + 3];
    struct bench bench;
    size_t asked;

    (void)state;
    begin(&bench);
    fill_failing(table, &bench);
    table[FAILING].second_status = 503;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(get(&bench, "/")->url_class, CLASS_SERVER);
    assert_string_equal(get(&bench, "/")->detail, "503");
    assert_int_equal(get(&bench, "/f/119")->url_class, CLASS_SERVER);
    assert_int_equal(get(&bench, "/f/120")->url_class, CLASS_UNASKED);
    assert_int_equal(times(&bench, "/good"), 0);
    asked = bench.answers->nasked;
    assert_string_equal(bench.answers->asked[asked - 1].url, HOME "/");
    end(&bench);
}

/* ---- limits ---- */

static void max_pages_cuts_a_level_after_its_first_ones(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/",
         .body = "<a href=/d>d</a><a href=/b>b</a><a href=/c>c</a><a href=/a>a</a>"},
        {.url = HOME "/a", .body = "<a href=/e>e</a>"},
        {.url = HOME "/b", .body = "<p>b"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    bench.settings.max_pages = 3;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/a"), 1);
    assert_int_equal(times(&bench, "/b"), 1);
    assert_int_equal(times(&bench, "/c") + times(&bench, "/d") + times(&bench, "/e"),
                     0);
    assert_true(bench.site.is_truncated);
    assert_int_equal(bench.site.cut, 3);
    assert_int_equal(get(&bench, "/c")->url_class, CLASS_UNASKED);
    assert_int_equal(get(&bench, "/c")->depth, -1);
    end(&bench);
}

static void max_depth_cuts_but_for_what_is_listed(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/", .body = "<a href=/a>a</a>"},
        {.url = HOME "/a", .body = "<a href=/b>b</a><a href=/listed>l</a>"},
        {.url = HOME "/listed", .body = "<p>l"},
        {.url = HOME "/sitemap.xml", .type = "text/plain", .body = HOME "/listed\n"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    bench.settings.max_depth = 1;
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/b"), 0);
    assert_int_equal(times(&bench, "/listed"), 1);
    assert_int_equal(get(&bench, "/listed")->sets, SET_SITEMAP);
    assert_true(bench.site.is_truncated);
    assert_int_equal(bench.site.cut, 1);
    end(&bench);
}

/* A page of links `/PREFIXnSUFFIX`, n from 100 on. */
static const char *many_links(struct bench *bench, const char *prefix, int n)
{
    struct buf buf;

    buf_init(&buf, &bench->arena, MIB);
    for (int i = 0; i < n; i++)
        buf_printf(&buf, "<a href='%s%d'>", prefix, 100 + i);
    return buf_str(&buf).at;
}

static void the_51st_query_of_a_path_is_a_trap(void **state)
{
    struct bench bench;
    struct answer table[1] = {{.url = HOME "/"}};

    (void)state;
    begin(&bench);
    table[0].body = many_links(&bench, "/list?page=", 52);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/list?page=149"), 1);
    assert_int_equal(times(&bench, "/list?page=150"), 0);
    assert_int_equal(bench.site.ntraps, 2);
    assert_true(str_equal(bench.site.trap, STR(HOME "/list?page=150")));
    assert_false(bench.site.is_truncated);
    end(&bench);
}

static void the_501st_number_is_a_trap_unless_it_is_listed(void **state)
{
    static char body[20][2048];
    static char url[20][64];
    struct answer table[22] = {{.url = HOME "/"}};
    struct bench bench;
    struct buf home;
    int n = 0;

    (void)state;
    begin(&bench);
    buf_init(&home, &bench.arena, MIB);
    for (int i = 0; i < 20; i++) { // 20 pages of 30 numbers: 600
        size_t used = 0;

        (void)snprintf(url[i], sizeof url[i], HOME "/p%c", 'a' + i);
        buf_printf(&home, "<a href=/p%c>", 'a' + i);
        for (int j = 0; j < 30; j++)
            used += (size_t)snprintf(body[i] + used, sizeof body[i] - used,
                                     "<a href=/day/%d>", 1000 + n++);
        table[i + 1] = (struct answer){.url = url[i], .body = body[i]};
    }
    table[0].body = buf_str(&home).at;
    table[21] = (struct answer){.url = HOME "/sitemap.xml",
                                .type = "text/plain",
                                .body = HOME "/day/1599\n"};
    collect(&bench, TABLE(table), 7);
    assert_int_equal(times(&bench, "/day/1499"), 1);
    assert_int_equal(times(&bench, "/day/1500"), 0);
    assert_int_equal(times(&bench, "/day/1599"), 1);
    assert_int_equal(bench.site.ntraps, 99);
    end(&bench);
}

static void deep_and_repeating_paths_are_traps(void **state)
{
    static const struct answer table[] = {
        {.url = HOME "/",
         .body = "<a href=/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g>16</a>"
                 "<a href=/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h>17</a>"
                 "<a href=/x/a/x/a/x/>3</a><a href=/x/a/x/a/x/x>4</a>"},
    };
    struct bench bench;

    (void)state;
    begin(&bench);
    collect(&bench, TABLE(table), 0);
    assert_int_equal(times(&bench, "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g"), 1);
    assert_int_equal(times(&bench, "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h"), 0);
    assert_int_equal(times(&bench, "/x/a/x/a/x/"), 1);
    assert_int_equal(times(&bench, "/x/a/x/a/x/x"), 0);
    assert_int_equal(bench.site.ntraps, 2);
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_follow_links_and_give_depths),
        cmocka_unit_test(a_page_is_kept_after_its_body_is_gone),
        cmocka_unit_test(own_files_are_asked_by_head_after_all_pages),
        cmocka_unit_test(a_redirect_is_a_resource_and_its_target_is_of_the_same_level),
        cmocka_unit_test(a_loop_of_redirects_ends),
        cmocka_unit_test(robots_are_obeyed_as_rounds_seocheck),
        cmocka_unit_test(without_robots_only_the_starts_are_asked),
        cmocka_unit_test(robots_may_redirect),
        cmocka_unit_test(excluded_urls_are_never_requested),
        cmocka_unit_test(crawl_delay_slows_up_to_ten_seconds),
        cmocka_unit_test(a_part_that_fails_does_not_take_the_site_down),
        cmocka_unit_test(a_start_page_that_fails_in_the_middle_ends_the_crawl),
        cmocka_unit_test(max_pages_cuts_a_level_after_its_first_ones),
        cmocka_unit_test(max_depth_cuts_but_for_what_is_listed),
        cmocka_unit_test(the_51st_query_of_a_path_is_a_trap),
        cmocka_unit_test(the_501st_number_is_a_trap_unless_it_is_listed),
        cmocka_unit_test(deep_and_repeating_paths_are_traps),
    };

    return cmocka_run_group_tests_name("seocheck crawl", tests, NULL, NULL);
}
