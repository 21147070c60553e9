/* state/history/seocheck.tsv and what a crawl makes of it. Rows, days and rules are
 * those of sections 6, 10 and 11 of the specification. */
#include "seocheck/history.h"
#include "shared/limits.h"
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

/* Section 11's example, with tabs. */
#define EXAMPLE                                                                  \
    "/pricing\tok\t41c0e6d2a9b7f310\t07aa5be1c2d3940f\t2026-09-30\t2026-11-19\t" \
    "2026-11-18\t0\t0\t1\t2026-08-02\t-\tcis\n"
#define CALM "\tok\t-\t-\t-\t-\t-\t0\t0\t0\t2026-08-02\t-\t-\n"

static struct str format(struct world *world, const struct history *history)
{
    struct buf out;

    buf_init(&out, &world->arena, HISTORY_BYTES_MAX);
    history_format(history, &out);
    return buf_str(&out);
}

static void the_example_is_read_and_written_as_it_is(void **state)
{
    struct world world;
    struct err err;
    const struct history_row *row;

    (void)state;
    world_init(&world);
    assert_true(history_parse(STR(EXAMPLE), "h", &world.arena, &world.before, &err));
    row = history_find(&world.before, STR("/pricing"));
    assert_non_null(row);
    assert_int_equal(row->url_class, CLASS_OK);
    assert_true(row->has_hash);
    assert_true(row->hash == 0x41c0e6d2a9b7f310);
    assert_true(row->links == 0x07aa5be1c2d3940f);
    assert_int_equal(row->changed, day_from_civil(2026, 11, 19));
    assert_int_equal(row->before, day_from_civil(2026, 11, 18));
    assert_int_equal(row->moves, 1);
    assert_int_equal(row->first, day_from_civil(2026, 8, 2));
    assert_int_equal(row->lost, 0);
    assert_int_equal(row->flags, FLAG_IN_CRAWL | FLAG_INDEXABLE | FLAG_IN_SITEMAP);
    assert_null(history_find(&world.before, STR("/pricin")));
    assert_true(
        str_equal(format(&world, &world.before), STR(SEO_HISTORY_HEADER "\n" EXAMPLE)));
    world_release(&world);
}

static void escaped_urls_come_back(void **state)
{
    struct world world;
    struct err err;

    (void)state;
    world_init(&world);
    assert_true(
        history_parse(STR("/a%09b" CALM), "h", &world.arena, &world.before, &err));
    assert_true(str_equal(world.before.row[0].url, STR("/a\tb")));
    assert_true(str_equal(format(&world, &world.before),
                          STR(SEO_HISTORY_HEADER "\n/a%09b" CALM)));
    world_release(&world);
}

static void what_is_wrong_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *rows, *says;
    } cases[] = {
        {"/a\tok\n", "h:2': not 13 tab-separated fields"},
        {"/a" CALM "/a" CALM, "h:3': a second line of one url"},
        {"/b" CALM "/a" CALM, "h:3': not in the order of url"},
        {"/a\tfine\t-\t-\t-\t-\t-\t0\t0\t0\t2026-08-02\t-\t-\n", "h:2': class is none"},
        {"%zz" CALM, "h:2': url is empty or badly escaped"},
        {"-" CALM, "h:2': url is empty"},
        {"/a\tok\t41c0\t07aa\t-\t-\t-\t0\t0\t0\t2026-08-02\t-\t-\n", "h:2': hash or"},
        {"/a\tok\t41c0e6d2a9b7f310\t-\t-\t-\t-\t0\t0\t0\t2026-08-02\t-\t-\n",
         "h:2': hash and links"},
        {"/a\tok\t-\t-\t-\t2026-02-30\t-\t0\t0\t0\t2026-08-02\t-\t-\n",
         "h:2': a day is no date"},
        {"/a\tok\t-\t-\t-\t2026-11-19\t-\t0\t0\t0\t2026-08-02\t-\t-\n",
         "h:2': changed and before"},
        {"/a\tok\t-\t-\t-\t2026-11-18\t2026-11-19\t0\t0\t0\t2026-08-02\t-\t-\n",
         "h:2': before is later"},
        {"/a\tok\t-\t-\t-\t-\t-\t0\t0\t0\t-\t-\t-\n", "h:2': first is missing"},
        {"/a\tok\t-\t-\t-\t-\t-\t4\t0\t0\t2026-08-02\t-\t-\n", "h:2': churn is not"},
        {"/a\tok\t-\t-\t-\t-\t-\t0\t6\t0\t2026-08-02\t-\t-\n", "bad or moves"},
        {"/a\tok\t-\t-\t-\t-\t-\t0\t2@2026-02-30\t0\t2026-08-02\t-\t-\n",
         "bad or moves"},
        {"/a\tok\t-\t-\t-\t-\t-\t0\t5@2026-08-03\t0\t2026-08-02\t-\t-\n",
         "bad or moves"},
        {"/a\tok\t-\t-\t-\t-\t-\t0\t0\t0\t2026-08-02\t-\tic\n", "h:2': flags are"},
        {"/a\tok\t-\t-\t-\t-\t-\t0\t0\t0\t2026-08-02\t-\tcc\n", "h:2': flags are"},
        {"/a\tok", "h:2': the last line has no end"},
    };
    struct world world;

    (void)state;
    world_init(&world);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};

        assert_false(history_parse(str_of(cases[i].rows), "h", &world.arena,
                                   &world.before, &err));
        if (!strstr(err.text, cases[i].says))
            fail_msg("%s: %s", cases[i].says, err.text);
        assert_non_null(strstr(err.text, "; restore the file from git"));
        assert_int_equal(world.before.n, 0);
    }
    world_release(&world);
}

/* ---- one crawl after another ---- */

static int32_t day(int of_november)
{
    return day_from_civil(2026, 11, of_november);
}

/* A crawl on a day; `through` is the day of the last one. Twice gives the same bytes.
 */
static void crawl(struct world *world, int32_t through, int32_t as_of)
{
    struct history again;
    struct look look;

    world->before = world->after;
    world->look.through = through;
    world->look.as_of = as_of;
    measure_history(&world->look, &world->after);
    look = world->look;
    look.before = &world->after;
    look.through = as_of;
    measure_history(&look, &again);
    if (!str_equal(format(world, &world->after), format(world, &again)))
        fail_msg("%.*s%.*s", (int)format(world, &world->after).n,
                 format(world, &world->after).at, (int)format(world, &again).n,
                 format(world, &again).at);
}

static const struct history_row *row_of(const struct world *world, const char *url)
{
    const struct history_row *row = history_find(&world->after, str_of(url));

    assert_non_null(row);
    return row;
}

static void set_lastmod(struct world *world, const char *path, const char *text)
{
    struct site_sitemap *sitemap = arena_new(&world->arena, struct site_sitemap, 1);

    sitemap->url = url_of(world, "/sitemap.xml");
    sitemap->status = 200;
    sitemap->detail = "200";
    sitemap->sitemap.kind = SITEMAP_URLSET;
    sitemap->sitemap.entry = arena_new(&world->arena, struct sitemap_entry, 1);
    sitemap->sitemap.n = 1;
    lastmod_parse(str_of(str_copy(&world->arena, text, strlen(text))),
                  &sitemap->sitemap.entry->lastmod);
    sitemap->target = arena_new(&world->arena, uint32_t, 1);
    *sitemap->target = NO_RESOURCE;
    for (uint32_t i = 0; i < world->site.n; i++)
        if (str_equal(world->site.resource[i].url.path, str_of(path)))
            *sitemap->target = i;
    world->site.resource[*sitemap->target].sets |= SET_SITEMAP;
    world->site.sitemap = sitemap;
    world->site.nsitemaps = 1;
    world->site.has_sitemaps = true;
}

static void a_new_page_has_its_hash_and_no_change(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->content = 0xabc;
    page->links = 0xdef;
    set_lastmod(&world, "/a", "2026-09-30");
    crawl(&world, 0, day(1));
    assert_true(str_equal(format(&world, &world.after),
                          STR(SEO_HISTORY_HEADER
                              "\n/a\tok\t0000000000000abc\t0000000000000def\t"
                              "2026-09-30\t-\t-\t0\t0\t0\t2026-11-01\t-\tcis\n")));
    world_release(&world);
}

static void three_calm_days_move_nothing(void **state)
{
    struct world world;
    struct str first;

    (void)state;
    world_init(&world);
    (void)put_page(&world, "/a");
    (void)put_page(&world, "/b");
    crawl(&world, 0, day(1));
    first = format(&world, &world.after);
    for (int i = 2; i <= 4; i++) {
        crawl(&world, day(i - 1), day(i));
        assert_true(str_equal(first, format(&world, &world.after)));
    }
    world_release(&world);
}

static void a_change_keeps_the_day_that_saw_the_old_hash(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    crawl(&world, 0, day(1));
    page->content++;
    crawl(&world, day(1), day(4));
    assert_int_equal(row_of(&world, "/a")->changed, day(4));
    assert_int_equal(row_of(&world, "/a")->before, day(1));
    assert_int_equal(row_of(&world, "/a")->moves, 1);
    page->content++; // again on the same day: before stays
    crawl(&world, day(4), day(4));
    assert_int_equal(row_of(&world, "/a")->before, day(1));
    assert_int_equal(row_of(&world, "/a")->moves, 1);
    crawl(&world, day(4), day(5));
    assert_int_equal(row_of(&world, "/a")->changed, day(4));
    assert_int_equal(row_of(&world, "/a")->moves, 0);
    world_release(&world);
}

static void a_run_that_did_not_see_the_page_is_no_witness(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    crawl(&world, 0, day(1));
    resource_of(&world, page)->url_class = CLASS_SERVER;
    crawl(&world, day(1), day(9));
    resource_of(&world, page)->url_class = CLASS_OK;
    page->content++; // at any time since day 1
    crawl(&world, day(9), day(10));
    assert_int_equal(row_of(&world, "/a")->changed, day(10));
    assert_int_equal(row_of(&world, "/a")->before, day(1));
    world_release(&world);
}

static void five_changes_in_a_row_are_volatile_until_a_calm_day(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    crawl(&world, 0, day(1));
    for (int i = 2; i <= 5; i++) {
        page->content++;
        crawl(&world, day(i - 1), day(i));
        assert_false(row_of(&world, "/a")->flags & FLAG_VOLATILE);
    }
    page->content++;
    crawl(&world, day(5), day(6));
    assert_true(row_of(&world, "/a")->flags & FLAG_VOLATILE);
    assert_int_equal(row_of(&world, "/a")->moves, 5);
    crawl(&world, day(6), day(7));
    assert_false(row_of(&world, "/a")->flags & FLAG_VOLATILE);
    world_release(&world);
}

static void a_volatile_page_keeps_its_hash(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    page->content = 1;
    crawl(&world, 0, day(1));
    page->content = 2;
    page->is_volatile = true;
    crawl(&world, day(1), day(2));
    assert_true(row_of(&world, "/a")->hash == 1);
    assert_int_equal(row_of(&world, "/a")->changed, 0);
    assert_true(row_of(&world, "/a")->flags & FLAG_VOLATILE);
    world_release(&world);
}

static void churn_counts_moves_forward_without_a_change(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    set_lastmod(&world, "/a", "2026-11-01");
    crawl(&world, 0, day(1));
    set_lastmod(&world, "/a", "2026-11-02");
    crawl(&world, day(1), day(2));
    assert_int_equal(row_of(&world, "/a")->churn, 1);
    set_lastmod(&world, "/a", "2026-11-02T05:00Z"); // the same day
    crawl(&world, day(2), day(3));
    assert_int_equal(row_of(&world, "/a")->churn, 1);
    set_lastmod(&world, "/a", "2026-10-01"); // back
    crawl(&world, day(3), day(4));
    assert_int_equal(row_of(&world, "/a")->churn, 1);
    for (int i = 5; i <= 8; i++) {
        set_lastmod(&world, "/a", day_text(day(i)).text);
        crawl(&world, day(i - 1), day(i));
    }
    assert_int_equal(row_of(&world, "/a")->churn, 3);
    page->content++;
    crawl(&world, day(8), day(9));
    assert_int_equal(row_of(&world, "/a")->churn, 0);
    world_release(&world);
}

/* The conclusions, which say the day, are written behind the rows. */
static void a_run_killed_behind_its_rows_counts_its_day_once(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    put(&world, "/a", 404);
    page = put_page(&world, "/b");
    crawl(&world, 0, day(1));
    page->content++;
    crawl(&world, day(1), day(2));
    crawl(&world, day(1), day(2)); // again, and its state still says day 1
    assert_int_equal(row_of(&world, "/a")->bad, 2);
    assert_int_equal(row_of(&world, "/a")->bad_day, day(2));
    assert_int_equal(row_of(&world, "/b")->moves, 1);
    assert_int_equal(row_of(&world, "/b")->before, day(1));
    world_release(&world);
}

static void bad_days_in_a_row_are_counted_once_each(void **state)
{
    struct world world;
    uint32_t index;

    (void)state;
    world_init(&world);
    index = put(&world, "/a", 503);
    crawl(&world, 0, day(1));
    assert_int_equal(row_of(&world, "/a")->bad, 1);
    crawl(&world, day(1), day(1)); // no further day
    assert_int_equal(row_of(&world, "/a")->bad, 1);
    world.site.resource[index].url_class = CLASS_UNASKED; // counts neither way
    crawl(&world, day(1), day(2));
    assert_int_equal(row_of(&world, "/a")->bad, 1);
    world.site.resource[index].url_class = CLASS_NETWORK;
    crawl(&world, day(2), day(3));
    assert_int_equal(row_of(&world, "/a")->bad, 2);
    for (int i = 4; i <= 8; i++)
        crawl(&world, day(i - 1), day(i));
    assert_int_equal(row_of(&world, "/a")->bad, 5);
    world.site.resource[index].url_class = CLASS_GONE; // another trouble
    crawl(&world, day(8), day(9));
    assert_int_equal(row_of(&world, "/a")->bad, 1);
    world.site.resource[index].url_class = CLASS_OK;
    crawl(&world, day(9), day(10));
    assert_int_equal(row_of(&world, "/a")->bad, 0);
    world_release(&world);
}

static void failures_of_a_site_that_is_down_do_not_count(void **state)
{
    struct world world;
    uint32_t start;

    (void)state;
    world_init(&world);
    start = put(&world, "/", 503);
    world.site.resource[start].is_start = true;
    (void)put(&world, "/a", 503);
    (void)put(&world, "/b", 404);
    crawl(&world, 0, day(1));
    assert_null(history_find(&world.after, STR("/a")));
    assert_int_equal(row_of(&world, "/")->bad, 1);
    assert_int_equal(row_of(&world, "/b")->bad, 1);
    world.site.resource[start].url_class = CLASS_OK;
    crawl(&world, day(1), day(2));
    assert_int_equal(row_of(&world, "/a")->bad, 1);
    world_release(&world);
}

static void other_hosts_are_kept_only_while_they_fail(void **state)
{
    struct world world;
    uint32_t index;

    (void)state;
    world_init(&world);
    (void)put(&world, "https://good.example/", 200);
    index = put(&world, "https://other.example/x", 404);
    crawl(&world, 0, day(1));
    assert_int_equal(world.after.n, 1);
    assert_int_equal(row_of(&world, "https://other.example/x")->bad, 1);
    world.site.resource[index].url_class = CLASS_UNASKED; // not its turn
    crawl(&world, day(1), day(2));
    assert_int_equal(row_of(&world, "https://other.example/x")->bad, 1);
    world.site.resource[index].url_class = CLASS_OK;
    crawl(&world, day(2), day(3));
    assert_int_equal(world.after.n, 0);
    world_release(&world);
}

static void lost_urls_leave_after_thirty_days(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_page(&world, "/a");
    crawl(&world, 0, day(1));
    world.site.n = 0;
    crawl(&world, day(1), day(2));
    assert_int_equal(row_of(&world, "/a")->lost, day(2));
    assert_int_equal(row_of(&world, "/a")->flags, FLAG_INDEXABLE);
    crawl(&world, day(2), day(2) + 29);
    assert_int_equal(row_of(&world, "/a")->lost, day(2));
    world.site.n = 1; // back, and lost again later
    crawl(&world, day(2) + 29, day(2) + 29);
    assert_int_equal(row_of(&world, "/a")->lost, 0);
    assert_int_equal(row_of(&world, "/a")->first, day(1));
    world.site.n = 0;
    crawl(&world, day(2) + 29, day(2) + 30);
    crawl(&world, day(2) + 30, day(2) + 60);
    assert_int_equal(world.after.n, 0);
    world_release(&world);
}

static void a_crawl_that_was_cut_loses_nothing(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_page(&world, "/a");
    crawl(&world, 0, day(1));
    world.site.n = 0;
    world.site.is_truncated = true;
    crawl(&world, day(1), day(2));
    assert_int_equal(row_of(&world, "/a")->lost, 0);
    assert_int_equal(row_of(&world, "/a")->url_class, CLASS_UNASKED);
    assert_int_equal(row_of(&world, "/a")->flags, FLAG_IN_CRAWL | FLAG_INDEXABLE);
    world_release(&world);
}

static void a_set_that_was_not_read_keeps_its_urls(void **state)
{
    struct world world;
    uint32_t index;

    (void)state;
    world_init(&world);
    index = put(&world, "/a", 404);
    world.site.resource[index].sets = SET_ROUTE | SET_SITEMAP;
    crawl(&world, 0, day(1));
    world.site.resource[index].sets = 0;
    world.site.routes_unread = true;
    crawl(&world, day(1), day(2));
    assert_int_equal(row_of(&world, "/a")->flags, FLAG_IN_ROUTES);
    world.site.routes_unread = false;
    crawl(&world, day(2), day(3));
    assert_int_equal(row_of(&world, "/a")->flags, 0);
    world_release(&world);
}

static void noindex_leaves_the_flag_of_an_indexable_page(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    (void)put_page(&world, "/b");
    crawl(&world, 0, day(1));
    add_meta(&world, page, "robots", "noindex");
    crawl(&world, day(1), day(2));
    crawl(&world, day(2), day(3));
    assert_true(row_of(&world, "/a")->flags & FLAG_INDEXABLE);
    page->nmetas = 0;
    add_canonical(&world, page, "https://shop.example/b");
    crawl(&world, day(3), day(4));
    assert_false(row_of(&world, "/a")->flags & FLAG_INDEXABLE);
    world_release(&world);
}

static void a_sitemap_is_kept_while_it_does_not_answer(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_page(&world, "/a");
    set_lastmod(&world, "/a", "2026-11-01");
    crawl(&world, 0, day(1));
    assert_int_equal(world.after.n, 1);
    world.site.sitemap->status = 503;
    crawl(&world, day(1), day(2));
    crawl(&world, day(2), day(3));
    assert_int_equal(row_of(&world, "/sitemap.xml")->bad, 2);
    world.site.sitemap->status = 200;
    crawl(&world, day(3), day(4));
    assert_int_equal(world.after.n, 1);
    world_release(&world);
}

static void urls_that_differ_in_secrets_share_a_row(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_page(&world, "/a?token=1");
    (void)put_page(&world, "/a?token=2");
    crawl(&world, 0, day(1));
    assert_int_equal(world.after.n, 1);
    assert_true(row_of(&world, "/a?token=***")->hash == 1);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_read_and_written_as_it_is),
        cmocka_unit_test(escaped_urls_come_back),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
        cmocka_unit_test(a_new_page_has_its_hash_and_no_change),
        cmocka_unit_test(three_calm_days_move_nothing),
        cmocka_unit_test(a_change_keeps_the_day_that_saw_the_old_hash),
        cmocka_unit_test(a_run_that_did_not_see_the_page_is_no_witness),
        cmocka_unit_test(five_changes_in_a_row_are_volatile_until_a_calm_day),
        cmocka_unit_test(a_volatile_page_keeps_its_hash),
        cmocka_unit_test(churn_counts_moves_forward_without_a_change),
        cmocka_unit_test(a_run_killed_behind_its_rows_counts_its_day_once),
        cmocka_unit_test(bad_days_in_a_row_are_counted_once_each),
        cmocka_unit_test(failures_of_a_site_that_is_down_do_not_count),
        cmocka_unit_test(other_hosts_are_kept_only_while_they_fail),
        cmocka_unit_test(lost_urls_leave_after_thirty_days),
        cmocka_unit_test(a_crawl_that_was_cut_loses_nothing),
        cmocka_unit_test(a_set_that_was_not_read_keeps_its_urls),
        cmocka_unit_test(noindex_leaves_the_flag_of_an_indexable_page),
        cmocka_unit_test(a_sitemap_is_kept_while_it_does_not_answer),
        cmocka_unit_test(urls_that_differ_in_secrets_share_a_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
