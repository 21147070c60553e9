/* Structured data against its page, each check with a page that raises it and one that
 * must not. What the blocks themselves say is seocheck_jsonld*.c's. */
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static void judge(struct world *world)
{
    world->hits = (struct hits){0};
    judge_structured(&world->look, &world->hits);
}

static void add_url(struct world *world, struct page *page, const char *property,
                    const char *value, bool is_page)
{
    struct jsonld *jsonld = &page->jsonld;

    jsonld->url = arena_room(&world->arena, jsonld->url, jsonld->nurls,
                             &jsonld->urls_capacity, sizeof *jsonld->url);
    jsonld->url[jsonld->nurls++] = (struct jsonld_url){.property = property,
                                                       .value = str_of(value),
                                                       .line = 20,
                                                       .is_page = is_page};
}

/* A sitemap that gives `day` for the page. */
static void list(struct world *world, struct page *page, const char *day)
{
    struct site_sitemap *sitemap = arena_new(&world->arena, struct site_sitemap, 1);
    struct sitemap_entry *entry = arena_new(&world->arena, struct sitemap_entry, 2);

    sitemap->target = arena_new(&world->arena, uint32_t, 2);
    sitemap->target[0] = NO_RESOURCE;
    sitemap->target[1] = index_of(world, page);
    lastmod_parse(STR("2020-01-01"), &entry[0].lastmod);
    lastmod_parse(str_of(day), &entry[1].lastmod);
    sitemap->sitemap = (struct sitemap){.entry = entry, .n = 2};
    world->site.sitemap = sitemap;
    world->site.nsitemaps = 1;
}

static void structured_data_that_agrees_with_its_page_raises_nothing(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    (void)put(&world, "/logo.png", 200);
    (void)put(&world, "/down.png", 503);
    (void)put(&world, "https://other.example/gone", 404); // as links
    page->h1 = STR("Spades and rakes");
    page->jsonld.headline = " SPADES  and\nrakes";
    page->jsonld.date_modified = "2026-11-10T23:30:00-08:00";
    list(&world, page, "2026-11-11");
    add_url(&world, page, "url", "https://shop.example/a#top", true);
    add_url(&world, page, "url", "/", false); // of the publisher
    add_url(&world, page, "logo", "/logo.png", false);
    add_url(&world, page, "image", "/down.png", false);
    add_url(&world, page, "image", "/unknown.png", false);
    add_url(&world, page, "sameAs", "https://other.example/gone", false);
    add_url(&world, page, "sameAs", "mailto:a@b.example", false);
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void findings_of_the_blocks_become_hits_with_their_own_severity(void **state)
{
    static struct jsonld_finding found[] = {
        {.check = JSONLD_SYNTAX,
         .severity = SEVERITY_WARN,
         .line = 31,
         .value = "'}' expected"},
        {.check = JSONLD_CONTEXT,
         .severity = SEVERITY_INFO,
         .line = 40,
         .block = 2,
         .value = "no @context"},
        {.check = JSONLD_PROPERTY,
         .severity = SEVERITY_INFO,
         .line = 41,
         .property = "property",
         .value = "nmae"},
        {.check = JSONLD_DOMAIN,
         .severity = SEVERITY_WARN,
         .line = 42,
         .property = "servesCuisine",
         .value = "Person",
         .limit = "of it"},
        {.check = RICH_REQUIRED,
         .severity = SEVERITY_INFO,
         .line = 43,
         .property = "product",
         .value = "lacks offers",
         .because = "2026-10-01"},
        {.check = OFFER_EXPIRED,
         .severity = SEVERITY_WARN,
         .line = 44,
         .value = "2026-11-01"},
    };

    static const struct {
        enum check_id check;
        const char *message;
    } said[] = {
        {CHECK_JSONLD_SYNTAX, "/a line 31: '}' expected"},
        {CHECK_JSONLD_CONTEXT, "/a block 2: no @context"},
        {CHECK_JSONLD_PROPERTY, "/a unknown property: nmae"},
        {CHECK_JSONLD_DOMAIN, "/a servesCuisine: Person not of it"},
        {CHECK_RICH_REQUIRED, "/a product: lacks offers"},
        {CHECK_OFFER_EXPIRED, "/a ended 2026-11-01"},
    };
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->jsonld.finding = found;
    page->jsonld.nfindings = sizeof found / sizeof *found;
    judge(&world);
    assert_int_equal(world.hits.n, sizeof said / sizeof *said);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        assert_hit(&world, said[i].check, said[i].message);
        assert_int_equal(hit_of(&world, said[i].check)->line, found[i].line);
        assert_int_equal(hit_of(&world, said[i].check)->severity, found[i].severity);
    }
    assert_string_equal(hit_of(&world, CHECK_RICH_REQUIRED)->because, "2026-10-01");
    world_release(&world);
}

static void an_own_url_that_is_gone_or_refused_is_told(void **state)
{
    static const struct {
        const char *value, *message;
    } cases[] = {
        {"/gone.png", "/a image https://shop.example/gone.png answers 404"},
        {"moved.png", "/a image https://shop.example/moved.png answers 301"},
        {"https://shop.example/private/b.png",
         "/a image https://shop.example/private/b.png is refused by robots.txt"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct page *page;

        world_init(&world);
        page = put_page(&world, "/a");
        (void)put(&world, "/gone.png", 404);
        (void)put(&world, "/moved.png", 301);
        (void)put(&world, "/private/b.png", 0);
        set_robots(&world, "User-agent: Googlebot\nDisallow: /private/\n");
        add_url(&world, page, "image", cases[i].value, false);
        judge(&world);
        assert_hit(&world, CHECK_JSONLD_URL, cases[i].message);
        assert_int_equal(hit_of(&world, CHECK_JSONLD_URL)->line, 20);
        assert_int_equal(world.hits.n, 1);
        world_release(&world);
    }
}

static void a_url_of_the_page_that_is_not_its_canonical_is_told(void **state)
{
    struct world world;
    struct page *page, *variant;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    variant = put_page(&world, "/a?sort=price");
    add_canonical(&world, variant, "https://shop.example/a");
    add_url(&world, variant, "url", "https://shop.example/a", true);
    judge(&world);
    assert_clean(&world);
    add_url(&world, page, "url", "https://www.shop.example/a", true);
    judge(&world);
    assert_hit(&world, CHECK_JSONLD_CANONICAL,
               "/a url https://www.shop.example/a, page: https://shop.example/a");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void dates_more_than_a_day_apart_are_told(void **state)
{
    static const struct {
        const char *modified, *lastmod, *message;
    } cases[] = {
        {"2026-11-13", "2026-11-11", "/a dateModified 2026-11-13, page: 2026-11-11"},
        {"2026-11-09T12:00:00Z", "2026-11-11",
         "/a dateModified 2026-11-09, page: 2026-11-11"},
        {"2026-11-12", "2026-11-11", NULL},
        {"2026-11-10", "2026-11-11", NULL},
        {"2025", "2026-11-11", NULL},
        {"yesterday or so", "2026-11-11", NULL},
        {"2025-01-01", "2026-11", NULL},
        {"2025-01-01", "2026-02-30", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct page *page;

        world_init(&world);
        page = put_page(&world, "/a");
        page->jsonld.date_modified = cases[i].modified;
        judge(&world);
        assert_clean(&world); // no sitemap
        list(&world, page, cases[i].lastmod);
        judge(&world);
        if (cases[i].message)
            assert_hit(&world, CHECK_JSONLD_DATE, cases[i].message);
        assert_int_equal(world.hits.n, cases[i].message ? 1 : 0);
        world_release(&world);
    }
}

static void a_headline_that_is_not_the_h1_is_told(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->h1 = STR("Spades");
    page->jsonld.headline = "Spades and rakes";
    judge(&world);
    assert_hit(&world, CHECK_JSONLD_HEADLINE,
               "/a headline Spades and rakes, page: Spades");
    assert_int_equal(world.hits.n, 1);
    page->h1 = (struct str){0};
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structured_data_that_agrees_with_its_page_raises_nothing),
        cmocka_unit_test(findings_of_the_blocks_become_hits_with_their_own_severity),
        cmocka_unit_test(an_own_url_that_is_gone_or_refused_is_told),
        cmocka_unit_test(a_url_of_the_page_that_is_not_its_canonical_is_told),
        cmocka_unit_test(dates_more_than_a_day_apart_are_told),
        cmocka_unit_test(a_headline_that_is_not_the_h1_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
