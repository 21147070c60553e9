/* lastmod-stale and lastmod-churn, each with a site that raises it and one that must
 * not. The days of the first are those of the specification's section 11. */
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

enum { PAGES_MAX = 60 };

struct dated {
    struct world world;
    struct history_row row[PAGES_MAX];
    struct sitemap_entry entry[PAGES_MAX];
    uint32_t target[PAGES_MAX];
    struct site_sitemap sitemap;
};

static void judge(struct dated *dated)
{
    dated->world.hits = (struct hits){0};
    judge_freshness(&dated->world.look, &dated->world.hits);
}

/* `n` pages of S and C with a row each; today is 2026-11-20. */
static void make(struct dated *dated, int n)
{
    struct world *world = &dated->world;

    *dated = (struct dated){0};
    world_init(world);
    world->settings.confirm_days = 2;
    for (int i = 0; i < n; i++) {
        const char *path = str_format(&world->arena, "/p%02d", i);

        dated->target[i] = index_of(world, put_page(world, path));
        world->site.resource[dated->target[i]].sets = SET_SITEMAP | SET_CRAWL;
        dated->entry[i].line = 88;
        lastmod_parse(STR("2026-09-30"), &dated->entry[i].lastmod);
        dated->row[i] = (struct history_row){
            .url = str_of(path),
            .url_class = CLASS_OK,
            .first = day_from_civil(2026, 8, 2),
            .changed = day_from_civil(2026, 9, 30),
            .before = day_from_civil(2026, 9, 29),
        };
    }
    world->after = (struct history){.row = dated->row, .n = (size_t)n};
    dated->sitemap = (struct site_sitemap){
        .url = url_of(world, "/sitemap.xml"),
        .status = 200,
        .sitemap = {.kind = SITEMAP_URLSET, .entry = dated->entry, .n = (size_t)n},
        .target = dated->target,
    };
    world->site.sitemap = &dated->sitemap;
    world->site.nsitemaps = 1;
    judge(dated);
    assert_clean(world);
}

/* Changed behind lastmod's back, seen yesterday and today. */
static void spoil(struct dated *dated)
{
    dated->row[0].changed = day_from_civil(2026, 11, 19);
    dated->row[0].before = day_from_civil(2026, 11, 18);
}

static void a_change_behind_lastmod_is_stale_on_its_second_day(void **state)
{
    struct dated dated;

    (void)state;
    make(&dated, 2);
    spoil(&dated);
    judge(&dated);
    assert_hit(&dated.world, CHECK_LASTMOD_STALE,
               "/p00 changed after 2026-11-18, lastmod says 2026-09-30");
    assert_string_equal(hit_of(&dated.world, CHECK_LASTMOD_STALE)->where_url,
                        "https://shop.example/sitemap.xml");
    assert_int_equal(hit_of(&dated.world, CHECK_LASTMOD_STALE)->line, 88);
    assert_int_equal(dated.world.hits.n, 1);
    dated.row[0].changed = day_from_civil(2026, 11, 20);
    judge(&dated);
    assert_clean(&dated.world);
    world_release(&dated.world);
}

static void a_lastmod_a_day_before_is_good_enough(void **state)
{
    struct dated dated;

    (void)state;
    make(&dated, 1);
    spoil(&dated);
    lastmod_parse(STR("2026-11-17"), &dated.entry[0].lastmod);
    judge(&dated);
    assert_clean(&dated.world);
    lastmod_parse(STR("2026-11-16"), &dated.entry[0].lastmod);
    judge(&dated);
    assert_int_equal(dated.world.hits.n, 1);
    world_release(&dated.world);
}

static void a_month_or_nonsense_is_never_compared(void **state)
{
    struct dated dated;

    (void)state;
    make(&dated, 1);
    spoil(&dated);
    lastmod_parse(STR("2026-09"), &dated.entry[0].lastmod);
    judge(&dated);
    assert_clean(&dated.world);
    lastmod_parse(STR("yesterday"), &dated.entry[0].lastmod);
    judge(&dated);
    assert_clean(&dated.world);
    world_release(&dated.world);
}

static void volatile_and_unlinked_pages_are_not_judged(void **state)
{
    struct dated dated;
    struct resource *resource;

    (void)state;
    make(&dated, 1);
    spoil(&dated);
    dated.row[0].flags = FLAG_VOLATILE;
    judge(&dated);
    assert_clean(&dated.world);
    dated.row[0].flags = 0;
    resource = &dated.world.site.resource[dated.target[0]];
    resource->page->is_volatile = true;
    judge(&dated);
    assert_clean(&dated.world);
    resource->page->is_volatile = false;
    resource->sets = SET_SITEMAP;
    judge(&dated);
    assert_clean(&dated.world);
    world_release(&dated.world);
}

static void of_two_entries_the_later_lastmod_counts(void **state)
{
    struct dated dated;

    (void)state;
    make(&dated, 2);
    spoil(&dated);
    dated.target[1] = dated.target[0];
    lastmod_parse(STR("2026-11-19"), &dated.entry[1].lastmod);
    judge(&dated);
    assert_clean(&dated.world);
    world_release(&dated.world);
}

static void churn(struct dated *dated, int n, int count)
{
    for (int i = 0; i < n; i++)
        dated->row[i].churn = count;
    judge(dated);
}

static void churn_of_few_pages_is_info_for_each(void **state)
{
    struct dated dated;

    (void)state;
    make(&dated, 20);
    churn(&dated, 9, 1);
    assert_clean(&dated.world);
    churn(&dated, 9, 2);
    assert_int_equal(dated.world.hits.n, 9);
    assert_int_equal(dated.world.hits.item[0].severity, SEVERITY_INFO);
    assert_string_equal(hit_message(&dated.world.hits.item[0], &dated.world.arena),
                        "/p00 lastmod moves without a change");
    world_release(&dated.world);
}

static void churn_of_a_fifth_and_ten_is_one_warning_of_the_site(void **state)
{
    struct dated dated;

    (void)state;
    make(&dated, 50);
    churn(&dated, 10, 2);
    assert_hit(&dated.world, CHECK_LASTMOD_CHURN,
               "@site lastmod moves without a change");
    assert_int_equal(dated.world.hits.n, 1);
    assert_int_equal(dated.world.hits.item[0].n, 10);
    assert_int_equal(dated.world.hits.item[0].severity, SEVERITY_WARN);
    world_release(&dated.world);
    make(&dated, 51); // less than a fifth
    churn(&dated, 10, 2);
    assert_int_equal(dated.world.hits.n, 10);
    world_release(&dated.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_behind_lastmod_is_stale_on_its_second_day),
        cmocka_unit_test(a_lastmod_a_day_before_is_good_enough),
        cmocka_unit_test(a_month_or_nonsense_is_never_compared),
        cmocka_unit_test(volatile_and_unlinked_pages_are_not_judged),
        cmocka_unit_test(of_two_entries_the_later_lastmod_counts),
        cmocka_unit_test(churn_of_few_pages_is_info_for_each),
        cmocka_unit_test(churn_of_a_fifth_and_ten_is_one_warning_of_the_site),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
