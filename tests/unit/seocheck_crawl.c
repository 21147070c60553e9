/* One crawl over answers from a table: what is asked, in which order, and what is kept.
 * Expected values: sections 1, 2, 4, 6 and 12 of seocheck's page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/crawl.h"
#include "seocheck/routes.h"
#include "shared/limits.h"
#include "tests/unit/seocheck_answers.h"

#include "shared/banned.h"

#define HOME      "https://ex.com"
#define TABLE(of) (of), sizeof(of) / sizeof *(of)

struct bench {
    struct arena arena;
    struct settings settings;
    struct crawl crawl;
    struct answers *answers;
    struct site site;
};

static struct url url_of(struct bench *bench, const char *text)
{
    struct url url;

    assert_int_equal(url_resolve(&bench->settings.home, str_of(text), NULL,
                                 &bench->arena, &url),
                     URL_OK);
    return url;
}

static void begin(struct bench *bench)
{
    static const char *const agents[] = {"Googlebot"};
    struct settings *settings = &bench->settings;

    *bench = (struct bench){0};
    arena_init(&bench->arena, 512 * MIB);
    assert_int_equal(url_resolve(NULL, STR(HOME "/"), NULL, &bench->arena,
                                 &settings->home),
                     URL_OK);
    settings->start = arena_new(&bench->arena, struct url, 2);
    settings->start[0] = settings->home;
    settings->nstarts = 1;
    settings->max_pages = 2000;
    settings->max_depth = 25;
    settings->obey_robots = true;
    settings->external_check = true;
    settings->external_days = 7;
    settings->agents = (struct site_agents){agents, 1};
    bench->crawl.settings = settings;
    bench->crawl.as_of = 20000;
}

static void collect(struct bench *bench, const struct answer *table, size_t n,
                    uint64_t seed)
{
    struct err err = {0};

    bench->answers = answers_new(table, n, &bench->arena);
    bench->answers->seed = seed;
    bench->crawl.fetcher = &bench->answers->common;
    if (!site_collect(&bench->crawl, &bench->arena, &bench->site, &err))
        fail_msg("%s", err.text);
}

static void end(struct bench *bench)
{
    settings_release(&bench->settings);
    arena_release(&bench->arena);
}

static const struct resource *get(struct bench *bench, const char *text)
{
    struct url url = url_of(bench, text);
    uint32_t index = site_find(&bench->site, &url);

    if (index == NO_RESOURCE)
        fail_msg("no %s", text);
    return &bench->site.resource[index];
}

static size_t times(struct bench *bench, const char *text)
{
    struct url url = url_of(bench, text);

    return answers_count(bench->answers, url.text.at);
}

static const struct asked *first_asked(struct bench *bench, const char *text)
{
    struct url url = url_of(bench, text);

    for (size_t i = 0; i < bench->answers->nasked; i++)
        if (strcmp(bench->answers->asked[i].url, url.text.at) == 0)
            return &bench->answers->asked[i];
    fail_msg("%s was not asked", text);
    return NULL;
}

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
    assert_true(str_equal(page->edge[0].fragment, STR("part")));
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
        cmocka_unit_test(max_pages_cuts_a_level_after_its_first_ones),
        cmocka_unit_test(max_depth_cuts_but_for_what_is_listed),
        cmocka_unit_test(the_51st_query_of_a_path_is_a_trap),
        cmocka_unit_test(the_501st_number_is_a_trap_unless_it_is_listed),
        cmocka_unit_test(deep_and_repeating_paths_are_traps),
        cmocka_unit_test(robots_name_the_sitemaps),
        cmocka_unit_test(an_index_is_followed_one_level_down),
        cmocka_unit_test(a_named_sitemap_that_fails_leaves_s_unread),
        cmocka_unit_test(a_page_in_the_usual_place_is_no_sitemap),
        cmocka_unit_test(other_hosts_are_asked_when_due_known_or_newly_linked),
        cmocka_unit_test(a_changed_page_is_fetched_again_at_once),
        cmocka_unit_test(there_is_a_probe_for_each_host_and_first_segment),
        cmocka_unit_test(a_list_of_routes_declares_paths_and_patterns),
        cmocka_unit_test(the_order_of_answers_changes_nothing),
        cmocka_unit_test(a_pattern_that_is_too_costly_ends_the_crawl),
    };

    return cmocka_run_group_tests_name("seocheck crawl", tests, NULL, NULL);
}
