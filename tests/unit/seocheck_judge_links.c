/* link-*, redirect-*, resource-broken, site-down, page-error and crawl-*: each with a
 * site that raises it and one that must not. */
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static void judge(struct world *world)
{
    world->hits = (struct hits){0};
    judge_links(&world->look, &world->hits);
}

static struct resource *answer(struct world *world, const char *url, int status,
                               enum url_class url_class, const char *detail)
{
    uint32_t index = put(world, url, status); // which may move the list
    struct resource *resource = &world->site.resource[index];

    resource->url_class = url_class;
    resource->detail = detail;
    return resource;
}

static void redirect(struct world *world, const char *from, int status, const char *to)
{
    uint32_t target = put(world, to, 200);

    answer(world, from, status, CLASS_REDIRECT, "301")->redirect = target;
}

static void sound_links_of_all_kinds_are_fine(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    resource_of(&world, page)->is_start = true;
    (void)put_page(&world, "/a");
    (void)put(&world, "/a.png", 200);
    (void)put(&world, "https://other.example/", 200);
    add_edge(&world, page, LINK_A, "/a");
    add_edge(&world, page, LINK_IMAGE, "/a.png");
    add_edge(&world, page, LINK_A, "https://other.example/");
    add_edge(&world, page, LINK_A, "/not-asked");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void a_start_that_is_not_there_is_told_as_one(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    answer(&world, "/", 404, CLASS_GONE, "404")->is_start = true;
    judge(&world);
    assert_hit(&world, CHECK_LINK_BROKEN, "/ is where the crawl starts, answers 404");
    world_release(&world);
}

static void a_start_that_does_not_answer_is_down(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    answer(&world, "/", 0, CLASS_NETWORK, "timeout")->is_start = true;
    judge(&world);
    assert_hit(&world, CHECK_SITE_DOWN, "/ does not answer: timeout");
    assert_int_equal(world.hits.n, 1);
    world.site.resource[0].detail = "dns"; // exit 3, no finding
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void an_own_page_that_fails_is_an_error(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "/a", 503, CLASS_SERVER, "503");
    answer(&world, "/b", 429, CLASS_BLOCKED, "429"); // not verifiable
    add_edge(&world, page, LINK_A, "/a");
    judge(&world);
    assert_hit(&world, CHECK_PAGE_ERROR, "/a answers 503");
    assert_string_equal(hit_of(&world, CHECK_PAGE_ERROR)->where_url,
                        "https://shop.example/");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void broken_links_count_pages_not_links(void **state)
{
    struct world world;
    struct page *one, *two;

    (void)state;
    world_init(&world);
    two = put_page(&world, "/z");
    one = put_page(&world, "/b");
    answer(&world, "/old", 404, CLASS_GONE, "404");
    add_edge(&world, two, LINK_A, "/old");
    add_edge(&world, one, LINK_A, "/old");
    add_edge(&world, one, LINK_A, "/old");
    judge(&world);
    assert_hit(&world, CHECK_LINK_BROKEN, "/old used by 2 pages, answers 404");
    // the first page by URL, not by the order of the crawl
    assert_string_equal(hit_of(&world, CHECK_LINK_BROKEN)->where_url,
                        "https://shop.example/b");
    assert_int_equal(hit_of(&world, CHECK_LINK_BROKEN)->line, 7);
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_broken_link_that_a_sitemap_lists_is_said_there(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "/old", 404, CLASS_GONE, "404")->sets |= SET_SITEMAP;
    add_edge(&world, page, LINK_A, "/old");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void a_redirect_to_nothing_breaks_the_link(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    redirect(&world, "/moved", 302, "/gone");
    answer(&world, "/gone", 410, CLASS_GONE, "410");
    add_edge(&world, page, LINK_A, "/moved");
    judge(&world);
    assert_hit(&world, CHECK_LINK_BROKEN, "/gone used by 1 page, answers 410");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_missing_image_is_a_broken_resource(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "/a.png", 404, CLASS_GONE, "404");
    answer(&world, "/not-used.png", 404, CLASS_GONE, "404");
    add_edge(&world, page, LINK_IMAGE, "/a.png");
    judge(&world);
    assert_hit(&world, CHECK_RESOURCE_BROKEN, "/a.png used by 1 page, answers 404");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_failing_link_to_another_host_is_external(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "https://other.example/x", 0, CLASS_NETWORK, "dns");
    add_edge(&world, page, LINK_A, "https://other.example/x");
    judge(&world);
    assert_hit(&world, CHECK_LINK_EXTERNAL,
               "https://other.example/x linked from 1 page, fails: dns");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_blocked_link_is_told_after_five_checks(void **state)
{
    struct world world;
    struct page *page;
    struct history_row row = {.url = STR("https://other.example/x"),
                              .url_class = CLASS_BLOCKED,
                              .bad = 4};

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "https://other.example/x", 403, CLASS_BLOCKED, "403");
    add_edge(&world, page, LINK_A, "https://other.example/x");
    judge(&world);
    assert_clean(&world);
    world.after = (struct history){.row = &row, .n = 1};
    judge(&world);
    assert_clean(&world);
    row.bad = 5;
    judge(&world);
    assert_hit(&world, CHECK_LINK_BLOCKED,
               "https://other.example/x not verifiable for 5 checks");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static size_t fragment_hits(struct world *world, struct page *page,
                            const char *fragment)
{
    set_fragment(world, page, fragment);
    judge(world);
    return hits_of(world, CHECK_LINK_FRAGMENT);
}

static void a_fragment_needs_its_anchor(void **state)
{
    struct str ids[] = {STR("caf\xc3\xa9"), STR("prices")};
    struct world world;
    struct page *page, *target;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    target = put_page(&world, "/a");
    target->id = ids;
    target->nids = 2;
    add_edge(&world, page, LINK_A, "/a");
    assert_int_equal(fragment_hits(&world, page, ""), 0);
    assert_int_equal(fragment_hits(&world, page, "prices"), 0);
    assert_int_equal(fragment_hits(&world, page, "caf%C3%A9"), 0);
    assert_int_equal(fragment_hits(&world, page, "TOP"), 0);
    assert_int_equal(fragment_hits(&world, page, ":~:text=word"), 0);
    assert_int_equal(fragment_hits(&world, page, "prices:~:text=word"), 0);
    assert_int_equal(fragment_hits(&world, page, "none%"), 1);
    assert_int_equal(fragment_hits(&world, page, "price"), 1);
    assert_hit(&world, CHECK_LINK_FRAGMENT,
               "/ links to https://shop.example/a#price, no such anchor");
    resource_of(&world, target)->is_too_big = true; // its end was not read
    assert_int_equal(fragment_hits(&world, page, "price"), 0);
    world_release(&world);
}

static void links_by_http_to_own_pages_are_insecure(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    (void)put(&world, "http://shop.example/a", 200);
    (void)put(&world, "http://other.example/", 200);
    add_edge(&world, page, LINK_A, "http://other.example/");
    judge(&world);
    assert_clean(&world);
    add_edge(&world, page, LINK_A, "http://shop.example/a");
    judge(&world);
    assert_hit(&world, CHECK_LINK_INSECURE,
               "/ links to http://shop.example/a: http, not https");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void private_hosts_and_files_are_told(void **state)
{
    static const char *const private[] = {"http://10.0.0.7/", "http://2130706433/",
                                          "http://[::1]/", "http://localhost:3000/"};
    struct str bad[] = {STR(" FILE:///C:/a.html"), STR("mailto:a@shop.example")};
    int64_t lines[] = {3, 4};
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    add_edge(&world, page, LINK_A, "http://93.184.216.34/");
    judge(&world);
    assert_clean(&world);
    for (size_t i = 0; i < sizeof private / sizeof *private; i++) {
        add_edge(&world, page, LINK_A, private[i]);
        judge(&world);
        assert_int_equal(hits_of(&world, CHECK_LINK_PRIVATE), i + 1);
    }
    page->nedges = 0;
    page->bad_link = bad;
    page->bad_line = lines;
    page->nbad = 2;
    judge(&world);
    assert_hit(&world, CHECK_LINK_PRIVATE,
               "/ links to FILE:///C:/a.html: a file of one computer");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_link_that_is_no_url_is_invalid(void **state)
{
    struct str bad[] = {STR("http://"), STR("tel:+4930")};
    int64_t lines[] = {3, 4};
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    page->bad_link = bad;
    page->bad_line = lines;
    page->nbad = 2;
    judge(&world);
    assert_hit(&world, CHECK_LINK_INVALID, "/ links to http://: no URL");
    assert_int_equal(hit_of(&world, CHECK_LINK_INVALID)->line, 3);
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void links_to_what_moved_for_good_are_told(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    redirect(&world, "/old", 302, "/new");
    add_edge(&world, page, LINK_A, "/old");
    judge(&world);
    assert_clean(&world);
    redirect(&world, "/old", 308, "/new");
    judge(&world);
    assert_hit(&world, CHECK_LINK_REDIRECT,
               "/old linked from 1 page, now https://shop.example/new");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void more_than_one_hop_is_a_chain(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    redirect(&world, "/b", 302, "/c");
    redirect(&world, "/a", 302, "/b");
    answer(&world, "/b", 302, CLASS_REDIRECT, "302");
    add_edge(&world, page, LINK_A, "/a");
    judge(&world);
    assert_hit(&world, CHECK_REDIRECT_CHAIN,
               "/a redirects 2 times to https://shop.example/c");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_loop_names_where_it_comes_back(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    redirect(&world, "/b", 302, "/c");
    redirect(&world, "/a", 302, "/b");
    redirect(&world, "/c", 302, "/b");
    answer(&world, "/b", 302, CLASS_REDIRECT, "302");
    add_edge(&world, page, LINK_A, "/a");
    judge(&world);
    assert_hit(&world, CHECK_REDIRECT_LOOP,
               "/a redirects 3 times to https://shop.example/b");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

/* A chain of `hops` redirects from /0. */
static void judge_hops(struct world *world, int hops)
{
    struct page *page;

    world_init(world);
    page = put_page(world, "/");
    for (int i = hops; i > 0; i--) {
        redirect(world, str_format(&world->arena, "/%d", i - 1), 302,
                 str_format(&world->arena, "/%d", i));
        if (i < hops)
            answer(world, str_format(&world->arena, "/%d", i), 302, CLASS_REDIRECT, "");
    }
    add_edge(world, page, LINK_A, "/0");
    judge(world);
}

static void five_hops_are_a_chain_and_six_a_loop(void **state)
{
    struct world world;

    (void)state;
    judge_hops(&world, 5);
    assert_hit(&world, CHECK_REDIRECT_CHAIN,
               "/0 redirects 5 times to https://shop.example/5");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
    judge_hops(&world, 6);
    assert_hit(&world, CHECK_REDIRECT_LOOP,
               "/0 redirects 6 times to https://shop.example/6");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
    judge_hops(&world, 9); // nobody goes on behind the sixth
    assert_hit(&world, CHECK_REDIRECT_LOOP,
               "/0 redirects 6 times to https://shop.example/6");
    world_release(&world);
}

static void from_https_to_http_is_a_downgrade(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    redirect(&world, "http://shop.example/up", 302, "/b");
    redirect(&world, "/a", 302, "http://shop.example/b");
    answer(&world, "/a", 302, CLASS_REDIRECT, "302")->is_start = true;
    judge(&world);
    assert_hit(&world, CHECK_REDIRECT_DOWNGRADE,
               "/a redirects 1 time to http://shop.example/b");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_cut_crawl_and_a_trap_are_told(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    world.site.asked_own = 2000;
    world.site.is_truncated = true;
    world.site.cut = 12;
    judge(&world);
    assert_hit(&world, CHECK_CRAWL_TRUNCATED,
               "@site was cut, 12 URLs left, after 2000 URLs");
    assert_int_equal(world.hits.n, 1);
    world.site.is_truncated = false;
    world.site.ntraps = 3;
    world.site.trap = STR("https://shop.example/day/1?token=x");
    judge(&world);
    assert_hit(&world, CHECK_CRAWL_TRAP,
               "@site makes URLs without end, like "
               "https://shop.example/day/1?token=***, after 2000 URLs");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_links_of_all_kinds_are_fine),
        cmocka_unit_test(a_start_that_is_not_there_is_told_as_one),
        cmocka_unit_test(a_start_that_does_not_answer_is_down),
        cmocka_unit_test(an_own_page_that_fails_is_an_error),
        cmocka_unit_test(broken_links_count_pages_not_links),
        cmocka_unit_test(a_broken_link_that_a_sitemap_lists_is_said_there),
        cmocka_unit_test(a_redirect_to_nothing_breaks_the_link),
        cmocka_unit_test(a_missing_image_is_a_broken_resource),
        cmocka_unit_test(a_failing_link_to_another_host_is_external),
        cmocka_unit_test(a_blocked_link_is_told_after_five_checks),
        cmocka_unit_test(a_fragment_needs_its_anchor),
        cmocka_unit_test(links_by_http_to_own_pages_are_insecure),
        cmocka_unit_test(private_hosts_and_files_are_told),
        cmocka_unit_test(a_link_that_is_no_url_is_invalid),
        cmocka_unit_test(links_to_what_moved_for_good_are_told),
        cmocka_unit_test(more_than_one_hop_is_a_chain),
        cmocka_unit_test(a_loop_names_where_it_comes_back),
        cmocka_unit_test(five_hops_are_a_chain_and_six_a_loop),
        cmocka_unit_test(from_https_to_http_is_a_downgrade),
        cmocka_unit_test(a_cut_crawl_and_a_trap_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
