/* sitemap-* of the crawl, route-*, page-not-listed: each with a site that raises it and
 * one that must not; and what routes declare. */
#include "seocheck/sets.h"
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

enum { ALL = SET_ROUTE | SET_SITEMAP | SET_CRAWL };

static void judge(struct world *world)
{
    world->hits = (struct hits){0};
    judge_sitemaps(&world->look, &world->hits);
}

static struct site_sitemap *add_sitemap(struct world *world, const char *url)
{
    struct site *site = &world->site;
    struct site_sitemap *sitemap;

    site->sitemap = arena_grow(&world->arena, site->sitemap, site->nsitemaps,
                               site->nsitemaps + 1, sizeof *site->sitemap);
    sitemap = &site->sitemap[site->nsitemaps++];
    *sitemap = (struct site_sitemap){.url = url_of(world, url),
                                     .source = "robots.txt",
                                     .status = 200,
                                     .detail = "200",
                                     .sitemap = {.kind = SITEMAP_URLSET}};
    return sitemap;
}

/* An entry on line 9. */
static struct sitemap_entry *add_entry(struct world *world, struct site_sitemap *to,
                                       const char *path)
{
    struct url url = url_of(world, path);
    struct sitemap *list = &to->sitemap;

    list->entry = arena_grow(&world->arena, list->entry, list->n, list->n + 1,
                             sizeof *list->entry);
    to->target =
        arena_grow(&world->arena, to->target, list->n, list->n + 1, sizeof *to->target);
    list->entry[list->n] = (struct sitemap_entry){.loc = url.text, .line = 9};
    to->target[list->n] = site_find(&world->site, &url);
    world->site.resource[to->target[list->n]].sets |= SET_SITEMAP;
    return &list->entry[list->n++];
}

static struct resource *put_in(struct world *world, const char *path, uint32_t sets)
{
    struct resource *resource = resource_of(world, put_page(world, path));

    resource->sets = sets;
    return resource;
}

/* Three pages, each in all of R, S and C. */
static void make(struct world *world)
{
    struct site_sitemap *sitemap;

    world_init(world);
    world->settings.confirm_days = 2;
    world->site.has_sitemaps = world->site.has_routes = true;
    put_in(world, "/a", ALL);
    put_in(world, "/b", ALL);
    put_in(world, "/c", ALL);
    sitemap = add_sitemap(world, "/sitemap.xml");
    add_entry(world, sitemap, "/a");
    add_entry(world, sitemap, "/b");
    add_entry(world, sitemap, "/c");
    judge(world);
    assert_clean(world);
}

static struct page *page_of(struct world *world, uint32_t index)
{
    return world->site.resource[index].page;
}

static void assert_alone(struct world *world, enum check_id check, const char *message)
{
    judge(world);
    assert_hit(world, check, message);
    assert_int_equal(world->hits.n, 1);
}

/* ---- listed URLs ---- */

static void listed_urls_that_are_gone_or_moved_are_told(void **state)
{
    struct world world;

    (void)state;
    make(&world);
    world.site.has_routes = false;
    world.site.resource[0].url_class = CLASS_GONE;
    world.site.resource[0].status = 404;
    assert_alone(&world, CHECK_SITEMAP_STATUS, "/a in a sitemap, answers 404");
    assert_string_equal(hit_of(&world, CHECK_SITEMAP_STATUS)->where_url,
                        "https://shop.example/sitemap.xml");
    assert_int_equal(hit_of(&world, CHECK_SITEMAP_STATUS)->line, 9);
    world.site.resource[0].url_class = CLASS_REDIRECT;
    world.site.resource[0].status = 301;
    assert_alone(&world, CHECK_SITEMAP_REDIRECT, "/a in a sitemap, answers 301");
    world.site.resource[0].url_class = CLASS_SERVER; // not verified
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void listed_pages_with_noindex_or_another_canonical_are_told(void **state)
{
    struct world world;

    (void)state;
    make(&world);
    add_canonical(&world, page_of(&world, 0), "/a"); // its own
    judge(&world);
    assert_clean(&world);
    add_meta(&world, page_of(&world, 0), "robots", "noindex");
    assert_alone(&world, CHECK_SITEMAP_NOINDEX, "/a in a sitemap, and noindex");
    page_of(&world, 0)->nmetas = 0;
    page_of(&world, 0)->ncanonicals = 0;
    add_canonical(&world, page_of(&world, 0), "/b");
    assert_alone(&world, CHECK_SITEMAP_CANONICAL,
                 "/a in a sitemap, canonical is https://shop.example/b");
    world_release(&world);
}

static void alternates_of_sitemap_and_page_agree(void **state)
{
    const struct sitemap_alternate alternates[] = {
        {STR("en"), STR("https://shop.example/a")},
        {STR("de"), STR("https://shop.example/b")},
    };
    struct world world;
    struct page *page;

    (void)state;
    make(&world);
    page = page_of(&world, 0);
    world.site.sitemap->sitemap.entry[0].alternate = alternates;
    world.site.sitemap->sitemap.entry[0].nalternates = 2;
    judge(&world); // the page names none: the sitemap's are enough
    assert_clean(&world);
    add_alternate(&world, page, "EN", "/a");
    assert_alone(&world, CHECK_SITEMAP_HREFLANG,
                 "/a in a sitemap, the page does not name its alternate 'de'");
    add_alternate(&world, page, "de", "/b");
    judge(&world);
    assert_clean(&world);
    add_alternate(&world, page, "fr", "/c");
    assert_alone(&world, CHECK_SITEMAP_HREFLANG,
                 "/a in a sitemap, the page has one more alternate 'fr'");
    world_release(&world);
}

static void an_alternate_that_is_no_url_is_no_alternate(void **state)
{
    const struct sitemap_alternate alternates[] = {
        {STR("en"), STR("https://shop.example/a")},
        {STR("de"), STR("mailto:de@shop.example")},
    };
    struct world world;
    struct page *page;

    (void)state;
    make(&world);
    page = page_of(&world, 0);
    world.site.sitemap->sitemap.entry[0].alternate = alternates;
    world.site.sitemap->sitemap.entry[0].nalternates = 2;
    add_alternate(&world, page, "en", "/a");
    add_alternate(&world, page, "de", "/b");
    assert_alone(&world, CHECK_SITEMAP_HREFLANG,
                 "/a in a sitemap, the page does not name its alternate 'de'");
    world.site.sitemap->sitemap.entry[0].nalternates = 1;
    page->nalternates = 1;
    page->alternate[0].result = URL_INVALID;
    assert_alone(&world, CHECK_SITEMAP_HREFLANG,
                 "/a in a sitemap, the page does not name its alternate 'en'");
    page->alternate[0].result = URL_OK;
    page->alternate[0].target = 1; // /b
    assert_alone(&world, CHECK_SITEMAP_HREFLANG,
                 "/a in a sitemap, the page does not name its alternate 'en'");
    world_release(&world);
}

static void what_is_excluded_may_be_listed(void **state)
{
    struct world world;

    (void)state;
    make(&world);
    world.site.resource[0].is_excluded = true;
    world.site.resource[0].url_class = CLASS_GONE;
    judge(&world);
    assert_int_equal(hits_of(&world, CHECK_SITEMAP_STATUS), 0);
    world_release(&world);
}

/* ---- differences ---- */

static void each_difference_has_its_check(void **state)
{
    struct world world;
    struct resource *a;

    (void)state;
    make(&world);
    a = &world.site.resource[0];
    a->sets = SET_ROUTE | SET_SITEMAP;
    judge(&world);
    assert_hit(&world, CHECK_SITEMAP_ORPHAN,
               "/a is in a sitemap, but no link leads to it");
    assert_hit(&world, CHECK_ROUTE_UNLINKED, "/a is a route but no link leads to it");
    assert_int_equal(world.hits.n, 2);
    a->sets = SET_ROUTE | SET_CRAWL;
    judge(&world);
    assert_hit(&world, CHECK_PAGE_NOT_LISTED, "/a is linked, but in no sitemap");
    assert_hit(&world, CHECK_ROUTE_NOT_LISTED, "/a is a route but in no sitemap");
    assert_int_equal(world.hits.n, 2);
    a->sets = SET_SITEMAP | SET_CRAWL;
    judge(&world);
    assert_hit(&world, CHECK_ROUTE_PHANTOM, "/a is in a sitemap but no route");
    assert_hit(&world, CHECK_ROUTE_UNDECLARED, "/a is linked but no route");
    assert_int_equal(world.hits.n, 2);
    a->is_declared = true; // a query on the path of a route
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void without_routes_or_sitemaps_nothing_differs_from_them(void **state)
{
    struct world world;

    (void)state;
    make(&world);
    world.site.has_routes = false;
    world.site.resource[0].sets = SET_CRAWL | SET_SITEMAP;
    judge(&world);
    assert_clean(&world);
    world_release(&world);
    make(&world);
    world.site.has_sitemaps = false;
    world.site.resource[0].sets = SET_CRAWL | SET_ROUTE;
    assert_alone(&world, CHECK_SITEMAP_NONE,
                 "@site has no sitemap: none is named and none was found");
    world_release(&world);
}

static void redirects_noindex_ignored_and_excluded_take_no_part(void **state)
{
    struct world world;
    struct resource *a;

    (void)state;
    make(&world);
    a = &world.site.resource[0];
    a->sets = SET_CRAWL;
    a->url_class = CLASS_REDIRECT;
    judge(&world);
    assert_clean(&world);
    a->url_class = CLASS_OK;
    a->is_ignored = true;
    judge(&world);
    assert_clean(&world);
    a->is_ignored = false;
    a->is_excluded = true;
    judge(&world);
    assert_clean(&world);
    a->is_excluded = false;
    add_meta(&world, a->page, "robots", "noindex");
    judge(&world);
    assert_clean(&world);
    a->page->nmetas = 0;
    judge(&world);
    assert_int_equal(world.hits.n, 2); // not listed, undeclared
    world_release(&world);
}

static void a_page_with_another_canonical_needs_no_listing(void **state)
{
    struct world world;

    (void)state;
    make(&world);
    world.site.resource[0].sets = SET_ROUTE | SET_CRAWL;
    add_canonical(&world, page_of(&world, 0), "/b");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void a_route_that_is_not_there_is_broken(void **state)
{
    struct world world;

    (void)state;
    make(&world);
    put(&world, "/d", 404);
    world.site.resource[3].sets = SET_ROUTE;
    assert_alone(&world, CHECK_ROUTE_BROKEN, "/d is a route but answers 404");
    world_release(&world);
}

/* ---- routes ---- */

static void dynamic_routes_declare_what_they_match(void **state)
{
    struct world world;
    struct routes routes;
    struct err err;

    (void)state;
    make(&world);
    routes = (struct routes){.arena = &world.arena};
    assert_true(
        routes_put_lines(&routes, STR("/blog/[slug]\n/shop/[id]\n"), "r", &err));
    routes_finish(&routes);
    put_in(&world, "/blog/one", SET_SITEMAP | SET_CRAWL);
    put_in(&world, "/blog/one?page=2", SET_CRAWL);
    put_in(&world, "/a?sort=1", SET_CRAWL);
    put_in(&world, "/other?sort=1", SET_CRAWL);
    assert_true(
        site_declare(&world.site, &routes, &world.settings, &world.arena, &err));
    assert_int_equal(world.site.resource[3].sets, ALL);
    assert_int_equal(world.site.resource[4].sets, SET_CRAWL);
    assert_true(world.site.resource[4].is_declared);
    assert_true(world.site.resource[5].is_declared);
    assert_false(world.site.resource[6].is_declared);
    assert_int_equal(world.site.nempty_routes, 1);
    judge(&world);
    assert_hit(&world, CHECK_ROUTE_EMPTY, "/shop/[id] matches no URL");
    assert_string_equal(hit_of(&world, CHECK_ROUTE_EMPTY)->where_url, "r");
    assert_int_equal(hit_of(&world, CHECK_ROUTE_EMPTY)->line, 2);
    assert_hit(&world, CHECK_ROUTE_UNDECLARED, "/other?sort=1 is linked but no route");
    routes_release(&routes);
    world_release(&world);
}

static void ignored_urls_are_marked_by_path_and_query(void **state)
{
    struct world world;
    struct routes routes;
    struct re *ignore[1];
    struct err err;

    (void)state;
    make(&world);
    routes = (struct routes){.arena = &world.arena};
    put_in(&world, "/d?x=1", SET_CRAWL);
    assert_true(re_compile("^/d\\?x", false, &ignore[0], &err));
    world.settings.route_ignore = ignore;
    world.settings.nroute_ignore = 1;
    assert_true(
        site_declare(&world.site, &routes, &world.settings, &world.arena, &err));
    assert_true(world.site.resource[3].is_ignored);
    assert_false(world.site.resource[0].is_ignored);
    re_free(ignore[0]);
    world_release(&world);
}

static void a_pattern_that_costs_too_much_is_an_error(void **state)
{
    struct world world;
    struct routes routes;
    struct re *ignore[1];
    struct err err;

    (void)state;
    make(&world);
    routes = (struct routes){.arena = &world.arena};
    put_in(&world, "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", SET_CRAWL);
    assert_true(re_compile("/(a+)+[bc]", false, &ignore[0], &err));
    world.settings.route_ignore = ignore;
    world.settings.nroute_ignore = 1;
    assert_false(
        site_declare(&world.site, &routes, &world.settings, &world.arena, &err));
    assert_non_null(strstr(err.text, "a pattern is too costly for '/aaa"));
    re_free(ignore[0]);
    world_release(&world);
}

/* ---- sitemaps themselves ---- */

static void a_sitemap_that_is_not_there_is_an_error_at_once(void **state)
{
    struct world world;

    (void)state;
    make(&world);
    world.site.sitemap->status = 404;
    world.site.sitemap->detail = "404";
    assert_alone(&world, CHECK_SITEMAP_ERROR, "/sitemap.xml cannot be read: 404");
    world_release(&world);
}

static void a_silent_sitemap_is_an_error_on_the_second_day(void **state)
{
    struct history_row row = {.url = STR("/sitemap.xml"),
                              .url_class = CLASS_NETWORK,
                              .bad = 1};
    struct world world;

    (void)state;
    make(&world);
    world.after = (struct history){.row = &row, .n = 1};
    world.site.sitemap->status = 0;
    world.site.sitemap->detail = "timeout";
    judge(&world);
    assert_clean(&world);
    row.bad = 2;
    assert_alone(&world, CHECK_SITEMAP_ERROR, "/sitemap.xml cannot be read: timeout");
    world_release(&world);
}

static void an_index_in_an_index_is_nested(void **state)
{
    struct world world;
    struct site_sitemap *inner;

    (void)state;
    make(&world);
    put(&world, "/inner.xml", 200);
    world.site.resource[3].sets = 0;
    add_entry(&world, &world.site.sitemap[0], "/inner.xml");
    world.site.resource[3].sets = 0; // a sitemap, no page
    world.site.sitemap[0].sitemap.kind = SITEMAP_INDEX;
    inner = add_sitemap(&world, "/inner.xml");
    inner->source = world.site.sitemap[0].url.text.at;
    judge(&world);
    assert_clean(&world);
    inner->sitemap.kind = SITEMAP_INDEX;
    assert_alone(&world, CHECK_SITEMAP_NESTED,
                 "/sitemap.xml line 9: names the index "
                 "https://shop.example/inner.xml");
    world_release(&world);
}

static void a_sitemap_older_than_three_pages_is_frozen(void **state)
{
    static const char *const paths[] = {"/a", "/b", "/c", "/new/1", "/new/2", "/new/3"};
    struct history_row row[6] = {0};
    struct world world;

    (void)state;
    make(&world);
    world.site.has_routes = false;
    for (size_t i = 0; i < 6; i++) {
        row[i].url = str_of(paths[i]);
        row[i].first = world.look.as_of - (i < 3 ? 30 : 7);
        if (i >= 3)
            put_in(&world, paths[i], SET_CRAWL);
    }
    world.after = (struct history){.row = row, .n = 6};
    judge(&world);
    assert_hit(&world, CHECK_SITEMAP_FROZEN,
               "/sitemap.xml 3 pages are newer than its URLs");
    assert_int_equal(world.hits.n, 4); // and each is not listed
    row[5].first = world.look.as_of - 6;
    judge(&world);
    assert_int_equal(hits_of(&world, CHECK_SITEMAP_FROZEN), 0);
    row[5].first = world.look.as_of - 7;
    row[0].first = world.look.as_of - 7; // its newest URL is as new as they
    judge(&world);
    assert_int_equal(hits_of(&world, CHECK_SITEMAP_FROZEN), 0);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_urls_that_are_gone_or_moved_are_told),
        cmocka_unit_test(listed_pages_with_noindex_or_another_canonical_are_told),
        cmocka_unit_test(alternates_of_sitemap_and_page_agree),
        cmocka_unit_test(an_alternate_that_is_no_url_is_no_alternate),
        cmocka_unit_test(what_is_excluded_may_be_listed),
        cmocka_unit_test(each_difference_has_its_check),
        cmocka_unit_test(without_routes_or_sitemaps_nothing_differs_from_them),
        cmocka_unit_test(redirects_noindex_ignored_and_excluded_take_no_part),
        cmocka_unit_test(a_page_with_another_canonical_needs_no_listing),
        cmocka_unit_test(a_route_that_is_not_there_is_broken),
        cmocka_unit_test(dynamic_routes_declare_what_they_match),
        cmocka_unit_test(ignored_urls_are_marked_by_path_and_query),
        cmocka_unit_test(a_pattern_that_costs_too_much_is_an_error),
        cmocka_unit_test(a_sitemap_that_is_not_there_is_an_error_at_once),
        cmocka_unit_test(a_silent_sitemap_is_an_error_on_the_second_day),
        cmocka_unit_test(an_index_in_an_index_is_nested),
        cmocka_unit_test(a_sitemap_older_than_three_pages_is_frozen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
