/* Checks of one page alone, each with a page that raises it and one that must not. */
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static void judge(struct world *world)
{
    world->hits = (struct hits){0};
    judge_pages(&world->look, &world->hits);
}

static void a_good_page_raises_nothing(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->has_script = true;
    add_meta(&world, page, "robots", "index, follow, max-snippet:-1");
    add_meta(&world, page, "robots", "unavailable_after: 2026-11-20"); // today
    add_meta(&world, page, "og:title", "Tools");
    add_meta(&world, page, "og:type", "website");
    add_meta(&world, page, "og:url", "https://shop.example/a");
    add_meta(&world, page, "og:image:url", "https://cdn.example/a.png"); // never asked
    add_edge(&world, page, LINK_A, "http://shop.example/b");
    add_edge(&world, page, LINK_IMAGE, "https://shop.example/b.png");
    resource_of(&world, page)->depth = 3;
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void a_page_past_the_cap_is_too_big(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    resource_of(&world, put_page(&world, "/a"))->is_too_big = true;
    judge(&world);
    // section 12: page 5 MiB
    assert_int_equal(hits_of(&world, CHECK_PAGE_TOO_BIG), 1);
    assert_string_equal(hit_of(&world, CHECK_PAGE_TOO_BIG)->limit, "5242880");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_link_past_the_cap_is_told_by_its_beginning(void **state)
{
    struct world world;
    struct page *page;
    static const char begin[] = "/search?q=";
    char href[2100];
    struct str bad[2];
    int64_t lines[] = {8, 9};
    const struct hit *hit;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    memset(href, 'x', sizeof href);
    for (size_t i = 0; i < sizeof begin - 1; i++)
        href[i] = begin[i];
    bad[0] = (struct str){href, sizeof href};
    bad[1] = STR("https://"); // no URL, but not a long one
    page->bad_link = bad;
    page->bad_line = lines;
    page->nbad = 2;
    judge(&world);
    hit = hit_of(&world, CHECK_URL_TOO_BIG);
    assert_int_equal(world.hits.n, 1);
    assert_int_equal(hit->subject.n, 120);
    assert_memory_equal(hit->subject.at, "/search?q=xxx", 13);
    assert_string_equal(hit->limit, "2048");
    assert_string_equal(hit->where_url, "https://shop.example/a");
    assert_int_equal(hit->line, 8);
    world_release(&world);
}

static void a_page_of_scripts_alone_needs_javascript(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->main_length = 49;
    judge(&world);
    assert_clean(&world);
    page->has_script = true;
    add_edge(&world, page, LINK_SCRIPT, "/app.js");
    add_edge(&world, page, LINK_STYLESHEET, "/app.css");
    add_edge(&world, page, LINK_ICON, "/icon.png");
    add_edge(&world, page, LINK_A, "/b");
    judge(&world);
    assert_hit(&world, CHECK_NEEDS_JS, "/a is empty without JavaScript");
    assert_int_equal(world.hits.n, 1);
    page->main_length = 50;
    judge(&world);
    assert_clean(&world);
    page->main_length = 0;
    add_edge(&world, page, LINK_A, "/c");
    add_edge(&world, page, LINK_A, "/d");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void a_meta_refresh_is_a_redirect_in_disguise(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    add_edge(&world, put_page(&world, "/a"), LINK_META_REFRESH, "/b");
    judge(&world);
    assert_hit(&world, CHECK_META_REFRESH,
               "/a redirects by meta refresh to https://shop.example/b");
    assert_int_equal(hit_of(&world, CHECK_META_REFRESH)->line, 7);
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

/* ---- robots directives ---- */

static void a_page_that_was_indexable_and_is_not_any_more_is_critical(void **state)
{
    static struct history_row row = {.flags = FLAG_INDEXABLE};
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    row.url = STR("/a");
    world.before = (struct history){.row = &row, .n = 1};
    page = put_page(&world, "/a");
    judge(&world);
    assert_clean(&world);
    add_meta(&world, page, "robots", "noindex");
    judge(&world);
    assert_hit(&world, CHECK_NOINDEX_NEW, "/a was indexable, now noindex");
    assert_int_equal(hit_of(&world, CHECK_NOINDEX_NEW)->severity, SEVERITY_CRIT);
    assert_int_equal(world.hits.n, 1);
    resource_of(&world, page)->sets = 0; // in none of R, S, C
    judge(&world);
    assert_clean(&world);
    resource_of(&world, page)->sets = SET_SITEMAP;
    world.before.n = 0; // never seen before
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void a_page_whose_time_is_over_is_told(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    add_meta(&world, page, "googlebot", "unavailable_after: 19 Nov 2026 23:00:00 GMT");
    judge(&world);
    assert_hit(&world, CHECK_UNAVAILABLE_AFTER,
               "/a robots directive unavailable_after: 19 Nov 2026 23:00:00 GMT");
    assert_int_equal(hit_of(&world, CHECK_UNAVAILABLE_AFTER)->line, 5);
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void an_unknown_directive_is_told(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    resource_of(&world, page)->x_robots = STR("otherbot: nonsense, googlebot: noidnex");
    judge(&world);
    assert_hit(&world, CHECK_ROBOTS_META, "/a robots directive noidnex");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

/* ---- title, description, h1, lang ---- */

static void an_indexable_page_without_a_text_is_told(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->title = page->description = page->h1 = page->lang = (struct str){0};
    judge(&world);
    assert_hit(&world, CHECK_TITLE_MISSING, "/a has no title");
    assert_hit(&world, CHECK_DESCRIPTION_MISSING, "/a has no description");
    assert_hit(&world, CHECK_H1_MISSING, "/a has no h1");
    assert_hit(&world, CHECK_LANG_MISSING, "/a has no lang");
    assert_int_equal(world.hits.n, 4);
    add_meta(&world, page, "robots", "noindex");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void several_titles_and_h1_are_counted(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->ntitles = 2;
    page->title_line = 4;
    page->nh1 = 3;
    judge(&world);
    assert_hit(&world, CHECK_TITLE_MULTIPLE, "/a has 2 titles");
    assert_hit(&world, CHECK_H1_MULTIPLE, "/a has 3 h1");
    assert_int_equal(world.hits.n, 2);
    world_release(&world);
}

/* `n` characters of two bytes each. */
static struct str umlauts(struct world *world, size_t n)
{
    char *text = arena_new(&world->arena, char, 2 * n);

    for (size_t i = 0; i < 2 * n; i++)
        text[i] = "\xc3\xbc"[i % 2];
    return (struct str){text, 2 * n};
}

static void lengths_are_counted_in_characters_and_limits_are_allowed(void **state)
{
    static const struct {
        size_t title, description, h1;
        bool is_bad;
    } cases[] = {
        {30, 70, 1, false},
        {60, 155, 70, false},
        {29, 69, 71, true},
        {61, 156, 71, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct page *page;

        world_init(&world);
        page = put_page(&world, "/a");
        page->title = umlauts(&world, cases[i].title);
        page->description = umlauts(&world, cases[i].description);
        page->h1 = umlauts(&world, cases[i].h1);
        judge(&world);
        assert_int_equal(hits_of(&world, CHECK_TITLE_LENGTH), cases[i].is_bad);
        assert_int_equal(hits_of(&world, CHECK_DESCRIPTION_LENGTH), cases[i].is_bad);
        assert_int_equal(hits_of(&world, CHECK_H1_LENGTH), cases[i].is_bad);
        assert_int_equal(world.hits.n, cases[i].is_bad ? 3 : 0);
        world_release(&world);
    }
}

static void a_length_is_told_with_its_limits(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->title = STR("Tools");
    judge(&world);
    assert_hit(&world, CHECK_TITLE_LENGTH, "/a title of 5 characters");
    assert_string_equal(hit_of(&world, CHECK_TITLE_LENGTH)->limit, "30..60");
    add_meta(&world, page, "robots", "noindex"); // nobody shows it
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

/* ---- the rest ---- */

static void images_without_alt_are_counted(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->images_without_alt = 4;
    page->image_line = 12;
    judge(&world);
    assert_hit(&world, CHECK_IMAGE_ALT, "/a 4 images without alt");
    assert_int_equal(hit_of(&world, CHECK_IMAGE_ALT)->line, 12);
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_page_past_the_limit_of_clicks_is_deep(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    resource_of(&world, page)->depth = 4;
    judge(&world);
    assert_hit(&world, CHECK_DEPTH, "/a is 4 clicks from the start");
    assert_int_equal(world.hits.n, 1);
    add_meta(&world, page, "robots", "noindex");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void a_page_that_differs_between_two_fetches_is_volatile(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    put_page(&world, "/a")->is_volatile = true;
    judge(&world);
    assert_hit(&world, CHECK_CONTENT_VOLATILE, "/a differs between two fetches");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void an_https_page_that_loads_http_is_mixed(void **state)
{
    static const enum link_kind loaded[] = {LINK_IMAGE,  LINK_SCRIPT, LINK_STYLESHEET,
                                            LINK_IFRAME, LINK_MEDIA,  LINK_FORM};
    struct world world;
    struct page *secure, *plain;

    (void)state;
    world_init(&world);
    secure = put_page(&world, "/a");
    plain = put_page(&world, "http://shop.example/a");
    for (size_t i = 0; i < sizeof loaded / sizeof *loaded; i++) {
        add_edge(&world, secure, loaded[i], "http://cdn.example/x");
        add_edge(&world, plain, loaded[i], "http://cdn.example/x");
    }
    add_edge(&world, secure, LINK_A, "http://cdn.example/x");
    judge(&world);
    assert_hit(&world, CHECK_MIXED_CONTENT, "/a loads 6 http resources");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void open_graph_is_whole_or_absent(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    add_meta(&world, page, "og:title", "Tools");
    add_meta(&world, page, "og:image", "");
    judge(&world);
    assert_hit(&world, CHECK_OG_MISSING, "/a Open Graph type, image, url missing");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void an_open_graph_image_that_is_gone_or_no_url_is_told(void **state)
{
    static const struct {
        const char *image, *message;
    } cases[] = {
        {"/gone.png", "/a Open Graph image https://shop.example/gone.png answers 404"},
        {"/moved.png",
         "/a Open Graph image https://shop.example/moved.png answers 404"},
        {"data:image/png;base64,AA",
         "/a Open Graph image 'data:image/png;base64,AA' is no URL"},
        {"/down.png", NULL},
        {"/good.png", NULL},
        {"/unknown.png", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct page *page;
        uint32_t gone;

        world_init(&world);
        page = put_page(&world, "/a");
        gone = put(&world, "/gone.png", 404);
        (void)put(&world, "/down.png", 503);
        (void)put(&world, "/good.png", 200);
        world.site.resource[put(&world, "/moved.png", 301)].redirect = gone;
        add_meta(&world, page, "og:title", "Tools");
        add_meta(&world, page, "og:type", "website");
        add_meta(&world, page, "og:url", "https://shop.example/a");
        add_meta(&world, page, "og:image", cases[i].image);
        judge(&world);
        if (cases[i].message)
            assert_hit(&world, CHECK_OG_IMAGE, cases[i].message);
        assert_int_equal(world.hits.n, cases[i].message ? 1 : 0);
        world_release(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_page_raises_nothing),
        cmocka_unit_test(a_page_past_the_cap_is_too_big),
        cmocka_unit_test(a_link_past_the_cap_is_told_by_its_beginning),
        cmocka_unit_test(a_page_of_scripts_alone_needs_javascript),
        cmocka_unit_test(a_meta_refresh_is_a_redirect_in_disguise),
        cmocka_unit_test(a_page_that_was_indexable_and_is_not_any_more_is_critical),
        cmocka_unit_test(a_page_whose_time_is_over_is_told),
        cmocka_unit_test(an_unknown_directive_is_told),
        cmocka_unit_test(an_indexable_page_without_a_text_is_told),
        cmocka_unit_test(several_titles_and_h1_are_counted),
        cmocka_unit_test(lengths_are_counted_in_characters_and_limits_are_allowed),
        cmocka_unit_test(a_length_is_told_with_its_limits),
        cmocka_unit_test(images_without_alt_are_counted),
        cmocka_unit_test(a_page_past_the_limit_of_clicks_is_deep),
        cmocka_unit_test(a_page_that_differs_between_two_fetches_is_volatile),
        cmocka_unit_test(an_https_page_that_loads_http_is_mixed),
        cmocka_unit_test(open_graph_is_whole_or_absent),
        cmocka_unit_test(an_open_graph_image_that_is_gone_or_no_url_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
