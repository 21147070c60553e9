/* robots-*: each with a robots.txt that raises it and one that must not. */
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static void judge(struct world *world)
{
    world->hits = (struct hits){0};
    judge_robots(&world->look, &world->hits);
}

/* A start page, one that a sitemap lists, one with noindex, a script. */
static void make(struct world *world, const char *robots)
{
    struct page *page;

    world_init(world);
    page = put_page(world, "/");
    resource_of(world, page)->is_start = true;
    world->site.start = arena_new(&world->arena, uint32_t, 1);
    world->site.nstarts = 1;
    add_edge(world, page, LINK_SCRIPT, "/app.js");
    add_edge(world, page, LINK_IMAGE, "/a.png");
    (void)put(world, "/app.js", 200);
    (void)put(world, "/a.png", 200);
    resource_of(world, put_page(world, "/listed"))->sets |= SET_SITEMAP;
    add_meta(world, put_page(world, "/hidden"), "robots", "noindex");
    set_robots(world, robots);
    judge(world);
}

static void one_that_refuses_nothing_is_fine(void **state)
{
    struct world world;

    (void)state;
    make(&world, "User-agent: *\nDisallow: /a.png\nDisallow: /other\n"
                 "Crawl-delay: 5\nSitemap: https://shop.example/sitemap.xml\n");
    assert_clean(&world);
    world_release(&world);
}

static void one_that_does_not_answer_keeps_crawlers_away(void **state)
{
    struct world world;

    (void)state;
    make(&world, "");
    world.site.robots->status = 503;
    world.site.robots->detail = "503";
    world.site.robots->is_unreachable = true;
    judge(&world);
    assert_hit(&world, CHECK_ROBOTS_UNREACHABLE,
               "/robots.txt answers 503, crawlers stay away");
    assert_int_equal(world.hits.n, 1);
    // where the start page fails too, site-down is enough
    world.site.resource[0].url_class = CLASS_SERVER;
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void the_start_page_refused_is_the_site_blocked(void **state)
{
    struct world world;

    (void)state;
    make(&world, "User-agent: *\nDisallow: /$\n");
    assert_hit(&world, CHECK_ROBOTS_BLOCKS_SITE,
               "/robots.txt keeps Googlebot off the start page: 2");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void another_agent_may_be_refused(void **state)
{
    struct world world;

    (void)state;
    make(&world, "User-agent: Greedy\nDisallow: /\n");
    assert_clean(&world);
    world_release(&world);
}

static void listed_noindex_and_loaded_urls_are_told(void **state)
{
    struct world world;

    (void)state;
    make(&world, "User-agent: *\nDisallow: /listed\n");
    assert_hit(&world, CHECK_ROBOTS_BLOCKS_LISTED,
               "/listed refused to Googlebot, line 2");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
    make(&world, "User-agent: *\n\nDisallow: /hidden\n");
    assert_hit(&world, CHECK_ROBOTS_BLOCKS_NOINDEX,
               "/hidden refused to Googlebot, line 3");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
    make(&world, "User-agent: *\nDisallow: /app\n");
    assert_hit(&world, CHECK_ROBOTS_BLOCKS_RESOURCE,
               "/app.js refused to Googlebot, line 2");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void lines_that_crawlers_may_not_understand_are_told(void **state)
{
    struct world world;

    (void)state;
    make(&world, "User-agent: *\nDissalow: /x\nNonsense: 1\n");
    assert_int_equal(world.hits.n, 2);
    assert_string_equal(hit_message(nth_hit(&world, CHECK_ROBOTS_SYNTAX, 0),
                                    &world.arena),
                        "/robots.txt line 2: misspelt key 'Dissalow'");
    assert_string_equal(hit_message(nth_hit(&world, CHECK_ROBOTS_SYNTAX, 1),
                                    &world.arena),
                        "/robots.txt line 3: unknown key 'Nonsense'");
    world_release(&world);
}

static void a_page_in_its_place_is_told(void **state)
{
    struct world world;

    (void)state;
    make(&world, "<!doctype html>\n");
    assert_int_equal(hits_of(&world, CHECK_ROBOTS_HTML), 1);
    world_release(&world);
    make(&world, "# < no page\n");
    assert_clean(&world);
    world_release(&world);
}

static void one_over_the_limit_is_told(void **state)
{
    struct world world;

    (void)state;
    make(&world, "");
    world.site.robots->size = 512000;
    judge(&world);
    assert_clean(&world);
    world.site.robots->size = 512001;
    judge(&world);
    assert_hit(&world, CHECK_ROBOTS_TOO_BIG,
               "/robots.txt is over 512000 bytes, the rest is not read");
    world_release(&world);
}

static void a_sitemap_needs_an_absolute_url(void **state)
{
    struct world world;

    (void)state;
    make(&world, "Sitemap: /sitemap.xml\n");
    assert_hit(&world, CHECK_ROBOTS_SITEMAP,
               "/robots.txt names the sitemap '/sitemap.xml', no absolute URL");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_refuses_nothing_is_fine),
        cmocka_unit_test(one_that_does_not_answer_keeps_crawlers_away),
        cmocka_unit_test(the_start_page_refused_is_the_site_blocked),
        cmocka_unit_test(another_agent_may_be_refused),
        cmocka_unit_test(listed_noindex_and_loaded_urls_are_told),
        cmocka_unit_test(lines_that_crawlers_may_not_understand_are_told),
        cmocka_unit_test(a_page_in_its_place_is_told),
        cmocka_unit_test(one_over_the_limit_is_told),
        cmocka_unit_test(a_sitemap_needs_an_absolute_url),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
