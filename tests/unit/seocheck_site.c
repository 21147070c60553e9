/* The URLs of a crawl, robots directives (examples of Google's page on the robots meta
 * tag and X-Robots-Tag), canonicals, redirects; section 1 of the specification. */
#include "tests/unit/seocheck_site.h"

#include "seocheck/directives.h"

#include "shared/banned.h"

static void urls_are_found_by_their_text_and_keep_their_index(void **state)
{
    struct world world;
    char path[32];

    (void)state;
    world_init(&world);
    for (uint32_t i = 0; i < 1000; i++) {
        struct url url;

        (void)snprintf(path, sizeof path, "/page/%u", i);
        url = url_of(&world, path);
        assert_int_equal(site_find(&world.site, &url), NO_RESOURCE);
        assert_int_equal(site_put(&world.site, &url, &world.arena), i);
        assert_int_equal(site_put(&world.site, &url, &world.arena), i);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        struct url url;

        (void)snprintf(path, sizeof path, "/page/%u", i);
        url = url_of(&world, path);
        assert_int_equal(site_find(&world.site, &url), i);
        assert_string_equal(world.site.resource[i].url.path.at, path);
    }
    assert_int_equal(world.site.n, 1000);
    world_release(&world);
}

static void two_urls_of_one_key_stay_two(void **state)
{
    struct world world;
    struct url a, b;

    (void)state;
    world_init(&world);
    a = url_of(&world, "/a");
    b = url_of(&world, "/b");
    b.key = a.key;
    assert_int_equal(site_put(&world.site, &a, &world.arena), 0);
    assert_int_equal(site_find(&world.site, &b), NO_RESOURCE);
    assert_int_equal(site_put(&world.site, &b, &world.arena), 1);
    assert_int_equal(site_find(&world.site, &b), 1);
    world_release(&world);
}

static void a_url_outlives_the_text_it_was_put_with(void **state)
{
    struct world world;
    struct arena scratch;
    struct url url;
    uint32_t index;

    (void)state;
    world_init(&world);
    arena_init(&scratch, 1 << 20);
    assert_int_equal(url_resolve(&world.site.home, STR("/b?x=1&a=2#top"), NULL,
                                 &scratch, &url),
                     URL_OK);
    index = site_put(&world.site, &url, &world.arena);
    memset((char *)url.text.at, '?', url.text.n);
    memset((char *)url.spelling.at, '?', url.spelling.n);
    arena_release(&scratch);
    url = world.site.resource[index].url;
    assert_string_equal(url.text.at, "https://shop.example/b?a=2&x=1");
    assert_memory_equal(url.query.at, "a=2&x=1", url.query.n);
    assert_memory_equal(url.host.at, "shop.example", url.host.n);
    assert_memory_equal(url.spelling.at, "https://shop.example/b?x=1&a=2",
                        url.spelling.n);
    assert_false(url.has_fragment);
    world_release(&world);
}

static void the_bytewise_first_spelling_is_kept(void **state)
{
    struct world world;
    struct url later, first;
    uint32_t index;

    (void)state;
    world_init(&world);
    later = url_of(&world, "/b?x=1&a=2");
    first = url_of(&world, "/b?a=2&x=1");
    index = site_put(&world.site, &later, &world.arena);
    assert_int_equal(site_put(&world.site, &first, &world.arena), index);
    assert_string_equal(world.site.resource[index].url.spelling.at,
                        "https://shop.example/b?a=2&x=1");
    (void)site_put(&world.site, &later, &world.arena);
    assert_string_equal(world.site.resource[index].url.spelling.at,
                        "https://shop.example/b?a=2&x=1");
    world_release(&world);
}

static void every_class_has_its_word(void **state)
{
    static const char *const words[] = {"unasked", "ok",      "redirect",
                                        "gone",    "client",  "server",
                                        "network", "blocked", "refused"};

    (void)state;
    for (int i = CLASS_UNASKED; i <= CLASS_REFUSED; i++)
        assert_string_equal(url_class_word((enum url_class)i), words[i]);
}

/* ---- directives ---- */

/* Kinds of all directives of a header, as letters: ? unknown, n noindex, u unavailable
 * after, o other. */
static const char *kinds(struct world *world, const char *header)
{
    struct resource resource = {.x_robots = str_of(header)};
    struct directives all = {.resource = &resource, .agents = &world->settings.agents};
    char *letters = arena_new(&world->arena, char, 32);
    size_t n = 0;

    for (struct directive one; directives_next(&all, &one) && n < 31;)
        letters[n++] = "?nuo"[one.kind];
    return letters;
}

static void directives_are_split_at_commas_whatever_their_case(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    assert_string_equal(kinds(&world, "noindex, nofollow"), "no");
    assert_string_equal(kinds(&world, " NoIndex ,, NONE"), "nn");
    assert_string_equal(kinds(&world, "max-snippet:20, max-image-preview: large, "
                                      "max-video-preview:-1"),
                        "ooo");
    assert_string_equal(kinds(&world, ""), "");
    world_release(&world);
}

static void what_google_does_not_list_is_unknown(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    assert_string_equal(kinds(&world, "noindx"), "?");
    assert_string_equal(kinds(&world, "noindex nofollow"), "?");
    assert_string_equal(kinds(&world, "max-snippet"), "?");
    assert_string_equal(kinds(&world, "max-snippet:many, max-snippet:-2"), "??");
    assert_string_equal(kinds(&world, "max-image-preview:huge"), "?");
    assert_string_equal(kinds(&world, "noindex: yes"), "?");
    assert_string_equal(kinds(&world, "unavailable_after: soon"), "?");
    world_release(&world);
}

static void an_agent_s_name_holds_up_to_the_next_one(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    assert_string_equal(kinds(&world, "googlebot: noindex, nofollow"), "no");
    assert_string_equal(kinds(&world, "otherbot: noindex, nofollow"), "");
    assert_string_equal(kinds(&world, "otherbot: noindex, GoogleBot : none, all"),
                        "no");
    assert_string_equal(kinds(&world, "nofollow, otherbot: noindex"), "o");
    assert_string_equal(kinds(&world,
                              "googlebot: unavailable_after: 25 Jun 2010 15:00:00 PST"),
                        "u");
    world_release(&world);
}

static void each_header_is_read_on_its_own(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    assert_string_equal(kinds(&world, "otherbot: nofollow\nnoindex"), "n");
    assert_string_equal(kinds(&world, "otherbot: noindex\ngooglebot: none\n\nall"),
                        "no");
    assert_string_equal(kinds(&world, "unavailable_after: Fri\n25 Jun 2010"), "??");
    world_release(&world);
}

static int32_t day_of(const char *header)
{
    struct resource resource = {.x_robots = str_of(header)};
    struct site_agents none = {0};
    struct directives all = {.resource = &resource, .agents = &none};
    struct directive one, more;

    assert_true(directives_next(&all, &one));
    assert_false(directives_next(&all, &more));
    assert_int_equal(one.kind, DIRECTIVE_UNAVAILABLE_AFTER);
    return one.day;
}

/* "widely adopted formats including, but not limited to RFC 822, RFC 850, and
 * ISO 8601" */
static void unavailable_after_reads_the_three_forms_of_a_date(void **state)
{
    int32_t day = day_from_civil(2010, 6, 25);

    (void)state;
    assert_int_equal(day_of("unavailable_after: 25 Jun 2010 15:00:00 PST"), day);
    assert_int_equal(day_of("unavailable_after: Fri, 25 Jun 2010 15:00:00 PST"), day);
    assert_int_equal(day_of("unavailable_after: Friday, 25-Jun-10 15:00:00 UTC"), day);
    assert_int_equal(day_of("unavailable_after: 25-Jun-2010 15:00:00 EST"), day);
    assert_int_equal(day_of("unavailable_after: 2010-06-25"), day);
    assert_int_equal(day_of("unavailable_after: 2010-06-25T15:00:00+01:00"), day);
}

static void a_date_that_no_calendar_has_is_unknown(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    assert_string_equal(kinds(&world, "unavailable_after: 30 Feb 2026"), "?");
    assert_string_equal(kinds(&world, "unavailable_after: 2026-13-01"), "?");
    assert_string_equal(kinds(&world, "unavailable_after: 0 Jun 2026"), "?");
    assert_string_equal(kinds(&world, "unavailable_after:"), "?");
    world_release(&world);
}

static void directives_of_metas_and_header_are_joined_for_the_hash(void **state)
{
    struct world world;
    struct page *page;
    struct resource *resource;
    struct str joined;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    resource = resource_of(&world, page);
    joined = directives_joined(resource, &world.settings.agents, &world.arena);
    assert_int_equal(joined.n, 0);
    add_meta(&world, page, "robots", "noindex, Follow");
    add_meta(&world, page, "bingbot", "nosnippet");
    add_meta(&world, page, "googlebot", "noarchive");
    resource->x_robots = STR("all, noindex");
    joined = directives_joined(resource, &world.settings.agents, &world.arena);
    assert_string_equal(joined.at, "all,follow,noarchive,noindex");
    world_release(&world);
}

/* ---- indexable ---- */

static bool is_indexable(struct world *world, struct page *page)
{
    return resource_is_indexable(&world->site, resource_of(world, page),
                                 &world->settings.agents);
}

static void a_page_is_indexable_unless_it_says_noindex(void **state)
{
    static const struct {
        const char *name, *content;
        bool is_noindex;
    } cases[] = {
        {"robots", "noindex", true},       {"robots", "nofollow", false},
        {"robots", "none", true},          {"googlebot", "noindex", true},
        {"bingbot", "noindex", false},     {"robots", "index, noindex", true},
        {"description", "noindex", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct page *page;

        world_init(&world);
        page = put_page(&world, "/a");
        assert_true(is_indexable(&world, page));
        add_meta(&world, page, "robots", "all");
        add_meta(&world, page, cases[i].name, cases[i].content);
        assert_int_equal(is_indexable(&world, page), !cases[i].is_noindex);
        assert_int_equal(page_is_noindex(resource_of(&world, page),
                                         &world.settings.agents),
                         cases[i].is_noindex);
        world_release(&world);
    }
}

static void the_header_and_one_of_several_agents_can_close_a_page(void **state)
{
    static const char *const both[] = {"Googlebot", "Bingbot"};
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    resource_of(&world, page)->x_robots = STR("bingbot: noindex");
    assert_true(is_indexable(&world, page));
    world.settings.agents = (struct site_agents){both, 2};
    assert_false(is_indexable(&world, page));
    world_release(&world);
}

static void a_page_that_robots_txt_refuses_is_not_indexable(void **state)
{
    struct world world;
    struct page *closed, *open;

    (void)state;
    world_init(&world);
    closed = put_page(&world, "/private/a");
    open = put_page(&world, "/a");
    set_robots(&world, "User-agent: *\nDisallow: /private/\n");
    assert_false(is_indexable(&world, closed));
    assert_true(is_indexable(&world, open));
    world.site.robots->is_unreachable = true;
    assert_false(is_indexable(&world, open));
    world_release(&world);
}

static void a_page_with_another_canonical_is_not_indexable(void **state)
{
    struct world world;
    struct page *page, *itself, *ignored;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a?b=1");
    itself = put_page(&world, "/a");
    ignored = put_page(&world, "/c");
    add_canonical(&world, page, "/a");
    add_canonical(&world, itself, "/a");
    add_canonical(&world, ignored, "#");
    assert_false(is_indexable(&world, page));
    assert_true(is_indexable(&world, itself));
    assert_true(is_indexable(&world, ignored));
    assert_int_equal(resource_canonical(&world.site, index_of(&world, page)),
                     index_of(&world, itself));
    world_release(&world);
}

static void several_canonicals_are_none_and_one_in_the_body_is_not_read(void **state)
{
    struct world world;
    struct page *twice, *differ, *body;

    (void)state;
    world_init(&world);
    twice = put_page(&world, "/a");
    add_canonical(&world, twice, "/b");
    add_canonical(&world, twice, "https://shop.example/b");
    differ = put_page(&world, "/c");
    add_canonical(&world, differ, "/b");
    add_canonical(&world, differ, "/d");
    body = put_page(&world, "/e");
    add_canonical(&world, body, "/b")->is_in_body = true;
    assert_int_equal(resource_canonical(&world.site, index_of(&world, twice)),
                     twice->canonical->target);
    assert_int_equal(resource_canonical(&world.site, index_of(&world, differ)),
                     NO_RESOURCE);
    assert_int_equal(resource_canonical(&world.site, index_of(&world, body)),
                     index_of(&world, body));
    world_release(&world);
}

static void what_is_no_page_is_not_indexable(void **state)
{
    struct world world;
    uint32_t index;

    (void)state;
    world_init(&world);
    index = put(&world, "/a.pdf", 200);
    assert_false(resource_is_indexable(&world.site, &world.site.resource[index],
                                       &world.settings.agents));
    world_release(&world);
}

/* ---- redirects ---- */

static void a_chain_of_five_redirects_ends_and_one_of_six_does_not(void **state)
{
    static const char *const paths[] = {"/0", "/1", "/2", "/3", "/4", "/5", "/6"};
    struct world world;
    int hops = -1;

    (void)state;
    world_init(&world);
    for (uint32_t i = 0; i < 7; i++)
        assert_int_equal(put(&world, paths[i], i < 6 ? 301 : 200), i);
    for (uint32_t i = 0; i < 6; i++)
        world.site.resource[i].redirect = i + 1;
    assert_int_equal(resource_final(&world.site, 6, &hops), 6);
    assert_int_equal(hops, 0);
    assert_int_equal(resource_final(&world.site, 1, &hops), 6);
    assert_int_equal(hops, 5);
    assert_int_equal(resource_final(&world.site, 0, &hops), NO_RESOURCE);
    world_release(&world);
}

static void a_loop_of_redirects_has_no_end(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put(&world, "/a", 301);
    (void)put(&world, "/b", 301);
    world.site.resource[0].redirect = 1;
    world.site.resource[1].redirect = 0;
    assert_int_equal(resource_final(&world.site, 0, NULL), NO_RESOURCE);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_found_by_their_text_and_keep_their_index),
        cmocka_unit_test(two_urls_of_one_key_stay_two),
        cmocka_unit_test(a_url_outlives_the_text_it_was_put_with),
        cmocka_unit_test(the_bytewise_first_spelling_is_kept),
        cmocka_unit_test(every_class_has_its_word),
        cmocka_unit_test(directives_are_split_at_commas_whatever_their_case),
        cmocka_unit_test(what_google_does_not_list_is_unknown),
        cmocka_unit_test(an_agent_s_name_holds_up_to_the_next_one),
        cmocka_unit_test(each_header_is_read_on_its_own),
        cmocka_unit_test(unavailable_after_reads_the_three_forms_of_a_date),
        cmocka_unit_test(a_date_that_no_calendar_has_is_unknown),
        cmocka_unit_test(directives_of_metas_and_header_are_joined_for_the_hash),
        cmocka_unit_test(a_page_is_indexable_unless_it_says_noindex),
        cmocka_unit_test(the_header_and_one_of_several_agents_can_close_a_page),
        cmocka_unit_test(a_page_that_robots_txt_refuses_is_not_indexable),
        cmocka_unit_test(a_page_with_another_canonical_is_not_indexable),
        cmocka_unit_test(several_canonicals_are_none_and_one_in_the_body_is_not_read),
        cmocka_unit_test(what_is_no_page_is_not_indexable),
        cmocka_unit_test(a_chain_of_five_redirects_ends_and_one_of_six_does_not),
        cmocka_unit_test(a_loop_of_redirects_has_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
