/* Edges of seocheck's judges that sites reach seldom: every kind of link, every class
 * of answer, words cut and decoded, findings of checks that are off or gone. */
#include "shared/limits.h"
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static const struct findings none;

static void links(struct world *world)
{
    world->hits = (struct hits){0};
    judge_links(&world->look, &world->hits);
}

static struct resource *answer(struct world *world, const char *url, int status,
                               enum url_class url_class)
{
    uint32_t index = put(world, url, status);

    world->site.resource[index].url_class = url_class;
    world->site.resource[index].detail = str_format(&world->arena, "%d", status);
    return &world->site.resource[index];
}

/* Longer than any URL or line that is read. */
static const char *long_text(struct world *world, const char *begin)
{
    return str_format(&world->arena, "%s%0*d", begin, 40000, 7);
}

/* ---- links ---- */

/* What a page says that uses a missing URL in this way. */
static size_t hits_by_kind(enum link_kind kind, enum check_id check)
{
    struct world world;
    struct page *page;
    size_t n;

    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "/gone", 404, CLASS_GONE);
    add_edge(&world, page, kind, "/gone");
    links(&world);
    n = hits_of(&world, check);
    assert_int_equal(world.hits.n, n);
    world_release(&world);
    return n;
}

static void whatever_leads_to_a_missing_page_is_a_broken_link(void **state)
{
    static const enum link_kind kinds[] = {LINK_A, LINK_NEXT, LINK_PREV, LINK_IFRAME,
                                           LINK_META_REFRESH};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_int_equal(hits_by_kind(kinds[i], CHECK_LINK_BROKEN), 1);
}

static void whatever_loads_a_missing_file_is_a_broken_resource(void **state)
{
    static const enum link_kind kinds[] = {LINK_IMAGE, LINK_SCRIPT, LINK_STYLESHEET,
                                           LINK_ICON, LINK_MEDIA};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_int_equal(hits_by_kind(kinds[i], CHECK_RESOURCE_BROKEN), 1);
}

static void canonicals_alternates_and_forms_are_no_links(void **state)
{
    static const enum link_kind kinds[] = {LINK_CANONICAL, LINK_ALTERNATE, LINK_FORM};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        assert_int_equal(hits_by_kind(kinds[i], CHECK_LINK_BROKEN), 0);
        assert_int_equal(hits_by_kind(kinds[i], CHECK_RESOURCE_BROKEN), 0);
    }
}

static void of_two_links_on_a_page_the_earlier_line_is_told(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "/gone", 404, CLASS_GONE);
    add_edge(&world, page, LINK_A, "/gone");
    add_edge(&world, page, LINK_A, "/gone");
    page->edge[1].line = 3;
    links(&world);
    assert_int_equal(hit_of(&world, CHECK_LINK_BROKEN)->line, 3);
    world_release(&world);
}

static void a_refusal_breaks_a_link_as_a_missing_page_does(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    answer(&world, "/private", 401, CLASS_CLIENT);
    add_edge(&world, page, LINK_A, "/private");
    answer(&world, "https://other.example/a", 451, CLASS_CLIENT);
    add_edge(&world, page, LINK_A, "https://other.example/a");
    answer(&world, "https://other.example/b", 500, CLASS_SERVER);
    add_edge(&world, page, LINK_A, "https://other.example/b");
    links(&world);
    assert_hit(&world, CHECK_LINK_BROKEN, "/private used by 1 page, answers 401");
    assert_int_equal(hits_of(&world, CHECK_LINK_EXTERNAL), 2);
    world_release(&world);
}

static void a_start_page_that_is_gone_needs_no_link_to_be_told(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    answer(&world, "/", 404, CLASS_GONE)->is_start = true;
    links(&world);
    assert_int_equal(hits_of(&world, CHECK_LINK_BROKEN), 1);
    world_release(&world);
}

/* Whether a redirect of two hops is told that no page links to. */
static bool is_chain_told(uint32_t sets, bool is_named)
{
    struct world world;
    bool told;

    world_init(&world);
    answer(&world, "/b", 302, CLASS_REDIRECT)->redirect = put(&world, "/c", 200);
    answer(&world, "/a", 302, CLASS_REDIRECT)->redirect = put(&world, "/b", 302);
    answer(&world, "/b", 302, CLASS_REDIRECT);
    answer(&world, "/a", 302, CLASS_REDIRECT)->sets = sets;
    world.site.resource[site_find(&world.site, (struct url[]){url_of(&world, "/a")})]
        .is_start = is_named;
    links(&world);
    told = hits_of(&world, CHECK_REDIRECT_CHAIN) == 1;
    world_release(&world);
    return told;
}

static void a_chain_that_nobody_names_is_not_told(void **state)
{
    (void)state;
    assert_false(is_chain_told(SET_CRAWL, false));
    assert_true(is_chain_told(SET_ROUTE, false));
    assert_true(is_chain_told(SET_SITEMAP, false));
    assert_true(is_chain_told(SET_CRAWL, true));
}

static void names_below_localhost_are_private(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    add_edge(&world, page, LINK_A, "http://shop.localhost/");
    links(&world);
    assert_int_equal(hits_of(&world, CHECK_LINK_PRIVATE), 1);
    add_edge(&world, page, LINK_A, "http://localhost.example/");
    links(&world);
    assert_int_equal(hits_of(&world, CHECK_LINK_PRIVATE), 1);
    world_release(&world);
}

/* Fragment links from / to `target`, told. */
static size_t fragment(struct world *world, struct page *page, const char *target,
                       const char *text)
{
    page->nedges = 0;
    add_edge(world, page, LINK_A, target);
    set_fragment(world, page, text);
    links(world);
    return hits_of(world, CHECK_LINK_FRAGMENT);
}

static void an_escape_of_an_anchor_is_two_hex_digits(void **state)
{
    struct str ids[] = {STR("J\xc3\xa9z"), STR("a%zz"), STR("b%4")};
    struct world world;
    struct page *page, *target;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    target = put_page(&world, "/a");
    target->id = ids;
    target->nids = 3;
    assert_int_equal(fragment(&world, page, "/a", "%4A%c3%A9%7a"), 0);
    assert_int_equal(fragment(&world, page, "/a", "a%zz"), 0);
    assert_int_equal(fragment(&world, page, "/a", "b%4"), 0);
    assert_int_equal(fragment(&world, page, "/a", "%4G"), 1);
    assert_int_equal(fragment(&world, page, "/a", "%G4"), 1);
    world_release(&world);
}

static void only_anchors_of_own_pages_are_looked_for(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    (void)put(&world, "/a.pdf", 200);
    (void)put(&world, "https://other.example/", 200);
    assert_int_equal(fragment(&world, page, "/a.pdf", "page=3"), 0);
    assert_int_equal(fragment(&world, page, "https://other.example/", "x"), 0);
    answer(&world, "/b", 302, CLASS_REDIRECT)->redirect = put(&world, "/c", 302);
    answer(&world, "/c", 302, CLASS_REDIRECT)->redirect = put(&world, "/b", 302);
    answer(&world, "/b", 302, CLASS_REDIRECT);
    assert_int_equal(fragment(&world, page, "/b", "x"), 0); // they never end
    world_release(&world);
}

static void blanks_alone_and_too_long_a_link_are_not_invalid(void **state)
{
    struct str bad[2];
    int64_t lines[] = {3, 4};
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/");
    bad[0] = STR("  \t ");
    bad[1] = str_of(long_text(&world, "http://["));
    page->bad_link = bad;
    page->bad_line = lines;
    page->nbad = 2;
    links(&world);
    assert_clean(&world); // the page itself; judge_pages.c tells what is too long
    world_release(&world);
}

/* ---- canonicals, sets, pages, robots ---- */

static void many_canonicals_are_named_as_far_as_is_shown(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    for (int i = 0; i < 20; i++)
        add_canonical(&world, page,
                      str_format(&world.arena, "https://shop.example/page-%d", i));
    add_canonical(&world, page, "https://shop.example/in-body")->is_in_body = true;
    add_canonical(&world, page, "mailto:a@shop.example");
    judge_canonical(&world.look, &world.hits);
    assert_int_equal(hits_of(&world, CHECK_CANONICAL_MULTIPLE), 1);
    assert_null(strstr(hit_of(&world, CHECK_CANONICAL_MULTIPLE)->value, "in-body"));
    assert_true(strlen(hit_of(&world, CHECK_CANONICAL_MULTIPLE)->value) <
                OUTSIDE_TEXT_MAX + URL_BYTES_MAX);
    world_release(&world);
}

static void an_alternate_that_is_no_url_is_told_by_its_code_alone(void **state)
{
    struct world world;
    struct page *page;
    struct alternate *bad;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    (void)add_alternate(&world, page, "en", "https://shop.example/a");
    bad = add_alternate(&world, page, "e1", "https://shop.example/b");
    bad->result = URL_INVALID;
    bad->target = NO_RESOURCE;
    judge_canonical(&world.look, &world.hits);
    assert_hit(&world, CHECK_HREFLANG_CODE, "/a hreflang e1: no URL");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

/* Whether a sitemap with this status is told on its first bad day. */
static bool is_told(int status, int confirm_days)
{
    struct site_sitemap sitemap = {.source = "robots.txt",
                                   .status = status,
                                   .detail = "x"};
    struct world world;
    bool told;

    world_init(&world);
    world.settings.confirm_days = confirm_days;
    sitemap.url = url_of(&world, "/sitemap.xml");
    world.site.sitemap = &sitemap;
    world.site.nsitemaps = 1;
    judge_sitemaps(&world.look, &world.hits);
    told = hits_of(&world, CHECK_SITEMAP_ERROR) == 1;
    world_release(&world);
    return told;
}

static void answers_that_may_pass_wait_for_another_day(void **state)
{
    static const int passing[] = {0, 408, 425, 429, 500, 503};
    static const int final[] = {301, 400, 403, 404, 410};

    (void)state;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        assert_false(is_told(passing[i], 2));
        assert_true(is_told(passing[i], 1));
    }
    for (size_t i = 0; i < sizeof final / sizeof *final; i++)
        assert_true(is_told(final[i], 2));
}

/* What is said of /a, declared as a route, that a site answers with 403. */
static size_t broken_routes(bool is_ignored, bool is_excluded)
{
    struct world world;
    struct resource *a;
    size_t n;

    world_init(&world);
    world.site.has_routes = true;
    a = answer(&world, "/a", 403, CLASS_CLIENT);
    a->sets = SET_ROUTE | SET_CRAWL;
    a->is_ignored = is_ignored;
    a->is_excluded = is_excluded;
    judge_sitemaps(&world.look, &world.hits);
    n = hits_of(&world, CHECK_ROUTE_BROKEN);
    world_release(&world);
    return n;
}

static void a_route_that_is_refused_is_broken_unless_left_out(void **state)
{
    (void)state;
    assert_int_equal(broken_routes(false, false), 1);
    assert_int_equal(broken_routes(true, false), 0);
    assert_int_equal(broken_routes(false, true), 0);
}

static void an_open_graph_image_that_is_refused_or_too_long_is_judged(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    add_meta(&world, page, "og:title", "T");
    add_meta(&world, page, "og:type", "website");
    add_meta(&world, page, "og:url", "https://shop.example/a");
    add_meta(&world, page, "og:image", "https://shop.example/a.png");
    answer(&world, "https://shop.example/a.png", 403, CLASS_CLIENT);
    judge_pages(&world.look, &world.hits);
    assert_int_equal(hits_of(&world, CHECK_OG_IMAGE), 1);
    page->meta[3].content = str_of(long_text(&world, "https://shop.example/"));
    world.hits = (struct hits){0};
    judge_pages(&world.look, &world.hits);
    assert_int_equal(hits_of(&world, CHECK_OG_IMAGE), 1);
    world_release(&world);
}

static void each_odd_line_of_robots_is_told_in_its_words(void **state)
{
    static const char *const words[] = {"outside a group, 'Disallow'",
                                        "no colon in 'no colon here'",
                                        "too long, cut: '#000000"};
    struct world world;

    (void)state;
    world_init(&world);
    set_robots(&world, long_text(&world, "Disallow: /x\nUser-agent: *\nno colon "
                                         "here\n#"));
    judge_robots(&world.look, &world.hits);
    for (size_t i = 0; i < 3; i++)
        assert_non_null(
            strstr(hit_message(nth_hit(&world, CHECK_ROBOTS_SYNTAX, i), &world.arena),
                   words[i]));
    for (size_t i = 0; i < world.hits.n; i++)
        assert_true(strlen(hit_message(&world.hits.item[i], &world.arena)) < 400);
    world_release(&world);
}

/* ---- findings ---- */

static struct findings findings_of(struct world *world, const struct hit *hits,
                                   size_t n, const struct findings *open)
{
    struct findings now = {0};

    world->hits = (struct hits){0};
    for (size_t i = 0; i < n; i++)
        hits_add(&world->hits, &world->arena, hits[i]);
    world->settings.group_over = 25;
    judge_findings(&world->look, &world->hits, open, &now);
    return now;
}

static void a_check_that_is_off_raises_nothing_and_closes_what_is_open(void **state)
{
    const struct hit hits[] = {{.check = CHECK_TITLE_MISSING, .subject = STR("/a")},
                               {.check = CHECK_H1_MISSING, .subject = STR("/a")}};
    struct world world;
    struct findings open, now;

    (void)state;
    world_init(&world);
    answer(&world, "/a", 0, CLASS_UNASKED); // what is open of it would stay
    open = findings_of(&world, hits, 2, &none);
    assert_int_equal(open.n, 2);
    world.settings.check[CHECK_TITLE_MISSING].is_off = true;
    now = findings_of(&world, hits, 0, &open);
    assert_int_equal(now.n, 1);
    assert_string_equal(now.item[0].id, "seocheck/h1-missing/a");
    now = findings_of(&world, hits, 2, &none);
    assert_int_equal(now.n, 1);
    world_release(&world);
}

static void a_severity_that_is_set_is_the_finding_s(void **state)
{
    const struct hit hit = {.check = CHECK_TITLE_MISSING,
                            .severity = SEVERITY_WARN,
                            .subject = STR("/a")};
    struct world world;
    struct findings now;

    (void)state;
    world_init(&world);
    now = findings_of(&world, &hit, 1, &none);
    assert_int_equal(now.item[0].severity, SEVERITY_WARN);
    world.settings.check[CHECK_TITLE_MISSING].is_set = true;
    world.settings.check[CHECK_TITLE_MISSING].severity = SEVERITY_INFO;
    now = findings_of(&world, &hit, 1, &none);
    assert_int_equal(now.item[0].severity, SEVERITY_INFO);
    world_release(&world);
}

static void findings_of_checks_that_nobody_knows_close(void **state)
{
    static const char *const ids[] = {"seocheck/no-such-check/a", "seocheck/broken",
                                      "seocheck/title-missing/a"};
    struct world world;
    struct findings open = {0}, now;

    (void)state;
    world_init(&world);
    answer(&world, "/a", 0, CLASS_UNASKED);
    for (size_t i = 0; i < 3; i++)
        findings_add(&open, &world.arena,
                     (struct finding){.id = ids[i],
                                      .message = "m",
                                      .status = STATUS_OPEN});
    now = findings_of(&world, NULL, 0, &open);
    assert_int_equal(now.n, 1);
    assert_string_equal(now.item[0].id, "seocheck/title-missing/a");
    world_release(&world);
}

static void of_equal_hits_the_order_is_that_of_their_texts(void **state)
{
    const struct hit hits[] = {
        {.check = CHECK_LINK_PRIVATE, .subject = STR("/a"), .target = STR("z")},
        {.check = CHECK_LINK_PRIVATE, .subject = STR("/a"), .value = "b"},
        {.check = CHECK_LINK_PRIVATE, .subject = STR("/a"), .target = STR("y")},
    };
    const struct hit turned[] = {hits[2], hits[1], hits[0]};
    struct world world;
    struct findings one, two;

    (void)state;
    world_init(&world);
    one = findings_of(&world, hits, 3, &none);
    two = findings_of(&world, turned, 3, &none);
    assert_int_equal(one.n, 1);
    assert_int_equal(one.item[0].n, 3);
    assert_string_equal(one.item[0].message, two.item[0].message);
    world_release(&world);
}

static void a_subject_of_another_host_is_where_to_look(void **state)
{
    const struct hit hits[] = {
        {.check = CHECK_LINK_EXTERNAL,
         .subject = STR("https://other.example/x"),
         .value = "404",
         .n = 1},
        {.check = CHECK_SITE_DOWN, .subject = STR("@site"), .value = "x"},
    };
    struct world world;
    struct findings now;

    (void)state;
    world_init(&world);
    world.settings.confirm_days = 1;
    now = findings_of(&world, hits, 1, &none);
    assert_string_equal(now.item[0].id,
                        "seocheck/link-external/https://other.example/x");
    assert_string_equal(now.item[0].url, "https://other.example/x");
    now = findings_of(&world, &hits[1], 1, &none);
    assert_string_equal(now.item[0].id, "seocheck/site-down/@site");
    assert_true(!now.item[0].url || now.item[0].url[0] == '\0');
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_leads_to_a_missing_page_is_a_broken_link),
        cmocka_unit_test(whatever_loads_a_missing_file_is_a_broken_resource),
        cmocka_unit_test(canonicals_alternates_and_forms_are_no_links),
        cmocka_unit_test(of_two_links_on_a_page_the_earlier_line_is_told),
        cmocka_unit_test(a_refusal_breaks_a_link_as_a_missing_page_does),
        cmocka_unit_test(a_start_page_that_is_gone_needs_no_link_to_be_told),
        cmocka_unit_test(a_chain_that_nobody_names_is_not_told),
        cmocka_unit_test(names_below_localhost_are_private),
        cmocka_unit_test(an_escape_of_an_anchor_is_two_hex_digits),
        cmocka_unit_test(only_anchors_of_own_pages_are_looked_for),
        cmocka_unit_test(blanks_alone_and_too_long_a_link_are_not_invalid),
        cmocka_unit_test(many_canonicals_are_named_as_far_as_is_shown),
        cmocka_unit_test(an_alternate_that_is_no_url_is_told_by_its_code_alone),
        cmocka_unit_test(answers_that_may_pass_wait_for_another_day),
        cmocka_unit_test(a_route_that_is_refused_is_broken_unless_left_out),
        cmocka_unit_test(an_open_graph_image_that_is_refused_or_too_long_is_judged),
        cmocka_unit_test(each_odd_line_of_robots_is_told_in_its_words),
        cmocka_unit_test(a_check_that_is_off_raises_nothing_and_closes_what_is_open),
        cmocka_unit_test(a_severity_that_is_set_is_the_finding_s),
        cmocka_unit_test(findings_of_checks_that_nobody_knows_close),
        cmocka_unit_test(of_equal_hits_the_order_is_that_of_their_texts),
        cmocka_unit_test(a_subject_of_another_host_is_where_to_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
