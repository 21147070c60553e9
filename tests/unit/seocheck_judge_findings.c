/* How hits become findings: sections 9 (several hits of one check on one subject are
 * one finding, the first by line), 10 (what is confirmed, stays open, is grouped) and
 * 11 (a line number stays as first published). */
#include "seocheck/history.h"
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static const struct findings none;

static void add_loc(struct world *world, int64_t line)
{
    hits_add(&world->hits, &world->arena,
             (struct hit){
                 .check = CHECK_SITEMAP_LOC,
                 .subject = STR("/sitemap.xml"),
                 .value = "relative: /a",
                 .n = line,
                 .line = line,
             });
}

static const struct finding *judged(struct world *world, const struct findings *open)
{
    struct findings *now = arena_new(&world->arena, struct findings, 1);

    world->settings.group_over = 25;
    judge_findings(&world->look, &world->hits, open, now);
    assert_int_equal(now->n, 1);
    return &now->item[0];
}

static void several_hits_are_counted_and_the_first_line_is_told(void **state)
{
    struct world world;
    const struct finding *finding;

    (void)state;
    world_init(&world);
    add_loc(&world, 9);
    add_loc(&world, 2);
    finding = judged(&world, &none);
    assert_string_equal(finding->message, "/sitemap.xml line 2: relative: /a");
    assert_int_equal(finding->n, 2);
    world_release(&world);
}

static void one_hit_is_one_whatever_its_line(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    add_loc(&world, 88);
    assert_int_equal(judged(&world, &none)->n, 1);
    world_release(&world);
}

static void a_number_of_the_subject_is_its_own(void **state)
{
    const struct hit hits[] = {
        {.check = CHECK_LINK_BROKEN, .subject = STR("/a"), .value = "404", .n = 7},
        {.check = CHECK_JSONLD_PROPERTY,
         .subject = STR("/a"),
         .property = "unknown",
         .value = "x",
         .n = 23,
         .line = 23},
        {.check = CHECK_JSONLD_CONTEXT, .subject = STR("/a"), .value = "none", .n = 4},
    };
    static const int64_t n[] = {7, 1, 1};
    static const char *const messages[] = {"/a used by 7 pages, answers 404",
                                           "/a unknown unknown: x", "/a block 4: none"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct world world;
        const struct finding *finding;

        world_init(&world);
        hits_add(&world.hits, &world.arena, hits[i]);
        finding = judged(&world, &none);
        assert_int_equal(finding->n, n[i]);
        assert_string_equal(finding->message, messages[i]);
        world_release(&world);
    }
}

static void a_line_stays_as_published_while_its_finding_is_open(void **state)
{
    struct world world;
    struct findings open = {0};

    (void)state;
    world_init(&world);
    add_loc(&world, 5);
    findings_add(&open, &world.arena, *judged(&world, &none));
    world.hits.n = 0;
    add_loc(&world, 50);
    assert_string_equal(judged(&world, &open)->message,
                        "/sitemap.xml line 5: relative: /a");
    world_release(&world);
}

/* ---- closing ---- */

/* /a has no title; it is published. */
static void open_title(struct world *world, struct findings *open)
{
    struct page *page;

    world_init(world);
    world->settings.group_over = 25;
    page = put_page(world, "/a");
    page->title = (struct str){0};
    judge_pages(&world->look, &world->hits);
    judge_findings(&world->look, &world->hits, &none, open);
    assert_int_equal(open->n, 1);
    assert_string_equal(open->item[0].id, "seocheck/title-missing/a");
    world->hits.n = 0;
}

static bool is_open(struct world *world, const struct findings *open)
{
    struct findings now = {0};

    judge_findings(&world->look, &world->hits, open, &now);
    for (size_t i = 0; i < now.n; i++)
        if (strcmp(now.item[i].id, open->item[0].id) == 0)
            return true;
    return false;
}

static void a_finding_closes_when_its_subject_is_seen_clean_or_gone(void **state)
{
    struct world world;
    struct findings open = {0};

    (void)state;
    open_title(&world, &open);
    assert_false(is_open(&world, &open)); // no hit any more
    world.site.n = 0;
    assert_false(is_open(&world, &open)); // no such page any more
    world_release(&world);
}

static void a_finding_stays_while_its_subject_cannot_be_seen(void **state)
{
    static const enum url_class unseen[] = {CLASS_UNASKED, CLASS_SERVER, CLASS_NETWORK,
                                            CLASS_BLOCKED, CLASS_REFUSED};
    struct world world;
    struct findings open = {0};

    (void)state;
    open_title(&world, &open);
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        world.site.resource[0].url_class = unseen[i];
        assert_true(is_open(&world, &open));
    }
    world_release(&world);
}

static void a_finding_of_what_was_excluded_closes(void **state)
{
    struct world world;
    struct findings open = {0};

    (void)state;
    open_title(&world, &open);
    world.site.resource[0].url_class = CLASS_UNASKED;
    world.site.resource[0].is_excluded = true;
    assert_false(is_open(&world, &open));
    world_release(&world);
}

/* Where a list or a page that may name the subject was not read, it is not gone. */
static void a_partial_crawl_takes_nothing_for_gone(void **state)
{
    struct world world;
    struct findings open = {0};
    bool *const parts[] = {&world.site.is_truncated, &world.site.routes_unread,
                           &world.site.sitemaps_unread};

    (void)state;
    open_title(&world, &open);
    world.site.n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i] = true;
        assert_true(is_open(&world, &open));
        *parts[i] = false;
    }
    world.site.asked_own = 200;
    world.site.failed_own = 10; // 5 % are not more than 5 %
    assert_false(is_open(&world, &open));
    world.site.failed_own = 11;
    assert_true(is_open(&world, &open));
    world.site.asked_own = 20;
    world.site.failed_own = 5; // nor are 5 pages
    assert_false(is_open(&world, &open));
    world.site.nstarts = 1; // a start page that is gone, and nothing else
    assert_true(is_open(&world, &open));
    world.site.npages = 1;
    assert_false(is_open(&world, &open));
    world_release(&world);
}

static void a_site_that_is_down_carries_all_else(void **state)
{
    struct world world;
    struct findings open = {0}, now = {0};

    (void)state;
    open_title(&world, &open);
    hits_add(&world.hits, &world.arena,
             (struct hit){.check = CHECK_SITE_DOWN, .subject = STR("/"), .value = "x"});
    hits_add(&world.hits, &world.arena,
             (struct hit){.check = CHECK_H1_MISSING, .subject = STR("/a")});
    judge_findings(&world.look, &world.hits, &open, &now);
    assert_int_equal(now.n, 2);
    assert_string_equal(now.item[0].id, "seocheck/site-down/");
    assert_string_equal(now.item[1].id, "seocheck/title-missing/a");
    world_release(&world);
}

/* ---- sets ---- */

static void a_partial_crawl_says_nothing_of_sets(void **state)
{
    struct world world;
    struct findings open = {0}, now = {0};
    const struct hit orphan = {.check = CHECK_SITEMAP_ORPHAN,
                               .subject = STR("/o"),
                               .value = "unlinked"};

    (void)state;
    world_init(&world);
    world.settings.group_over = 25;
    (void)put(&world, "/o", 200);
    hits_add(&world.hits, &world.arena, orphan);
    world.site.is_truncated = true;
    judge_findings(&world.look, &world.hits, &none, &now);
    assert_int_equal(now.n, 0);
    world.site.is_truncated = false;
    judge_findings(&world.look, &world.hits, &none, &open);
    assert_int_equal(open.n, 1);
    world.hits.n = 0;
    assert_false(is_open(&world, &open));
    world.site.is_truncated = true;
    assert_true(is_open(&world, &open));
    world_release(&world);
}

/* ---- confirmation ---- */

static size_t errors_after(int confirm_days, int bad_days, int status)
{
    struct history_row row = {.url = STR("/a"), .bad = bad_days};
    struct world world;
    struct findings now = {0};
    uint32_t index;

    world_init(&world);
    world.settings.group_over = 25;
    world.settings.confirm_days = confirm_days;
    world.after = (struct history){.row = &row, .n = 1};
    index = put(&world, "/a", status);
    world.site.resource[index].detail = "x";
    hits_add(&world.hits, &world.arena,
             (struct hit){.check = CHECK_PAGE_ERROR,
                          .subject = STR("/a"),
                          .value = "x"});
    judge_findings(&world.look, &world.hits, &none, &now);
    world_release(&world);
    return now.n;
}

static void an_error_is_told_when_confirmed_by_days(void **state)
{
    (void)state;
    assert_int_equal(errors_after(2, 1, 503), 0);
    assert_int_equal(errors_after(2, 2, 503), 1);
    assert_int_equal(errors_after(3, 2, 503), 0);
    assert_int_equal(errors_after(1, 1, 503), 1);
    assert_int_equal(errors_after(2, 1, 404), 1); // an own 4xx at once
    assert_int_equal(errors_after(2, 1, 403), 1);
}

/* ---- groups ---- */

/* Pages /p/100.. without a title; how many findings that is. */
static void judge_untitled(struct world *world, int n, const struct findings *open,
                           struct findings *now)
{
    world->hits.n = 0;
    *now = (struct findings){0};
    for (int i = 0; i < n; i++)
        hits_add(&world->hits, &world->arena,
                 (struct hit){.check = CHECK_TITLE_MISSING,
                              .subject =
                                  str_of(str_format(&world->arena, "/p/%d", 100 + i))});
    judge_findings(&world->look, &world->hits, open, now);
}

static void many_subjects_of_one_pattern_are_one_finding_until_half(void **state)
{
    struct world world;
    struct findings one, open, now;

    (void)state;
    world_init(&world);
    world.settings.group_over = 10;
    judge_untitled(&world, 10, &none, &now);
    assert_int_equal(now.n, 10);
    judge_untitled(&world, 11, &none, &one);
    assert_int_equal(one.n, 1);
    assert_string_equal(one.item[0].id, "seocheck/title-missing/p/*");
    assert_int_equal(one.item[0].n, 11);
    judge_untitled(&world, 6, &one, &open); // it stays what it is
    assert_int_equal(open.n, 1);
    judge_untitled(&world, 5, &one, &now);
    assert_int_equal(now.n, 5);
    world_release(&world);
}

/* The id of the group of pages below `folder`. */
static void assert_group(const char *folder, const char *id)
{
    struct world world;
    struct findings now = {0};

    world_init(&world);
    world.settings.group_over = 2;
    for (int i = 0; i < 3; i++)
        hits_add(&world.hits, &world.arena,
                 (struct hit){.check = CHECK_TITLE_MISSING,
                              .subject = str_of(str_format(&world.arena, "%s/p%d?q=%d",
                                                           folder, i, i))});
    judge_findings(&world.look, &world.hits, &none, &now);
    assert_int_equal(now.n, 1);
    assert_string_equal(now.item[0].id, id);
    world_release(&world);
}

static void numbers_and_long_names_of_folders_are_stars_too(void **state)
{
    (void)state;
    assert_group("/blog", "seocheck/title-missing/blog/*");
    assert_group("/blog/2026", "seocheck/title-missing/blog/*/*");
    assert_group("/blog/2026a", "seocheck/title-missing/blog/2026a/*");
    assert_group("/a-very-long-title-of-a-post-that-is-the-name-of-a-folder-too",
                 "seocheck/title-missing/*/*");
}

static void what_was_resolved_and_what_says_that_a_site_is_down_do_not_stay(
    void **state)
{
    static const struct {
        const char *id;
        enum finding_status status;
    } open_ones[] = {{"seocheck/title-missing/a", STATUS_RESOLVED},
                     {"seocheck/robots-unreachable/robots.txt", STATUS_OPEN},
                     {"seocheck/h1-missing/a", STATUS_OPEN}};
    struct world world;
    struct findings open = {0}, now = {0};

    (void)state;
    world_init(&world);
    world.settings.group_over = 25;
    for (size_t i = 0; i < 3; i++)
        findings_add(&open, &world.arena,
                     (struct finding){.id = open_ones[i].id,
                                      .message = "m",
                                      .severity = SEVERITY_WARN,
                                      .status = open_ones[i].status});
    hits_add(&world.hits, &world.arena,
             (struct hit){.check = CHECK_SITE_DOWN, .subject = STR("/"), .value = "x"});
    judge_findings(&world.look, &world.hits, &open, &now);
    assert_int_equal(now.n, 2);
    assert_string_equal(now.item[0].id, "seocheck/site-down/");
    assert_string_equal(now.item[1].id, "seocheck/h1-missing/a");
    world_release(&world);
}

/* Errors of /p/100..; `bad` days of each. */
static size_t errors_of_group(int n, int bad, const struct findings *open)
{
    struct world world;
    struct findings now = {0};

    world_init(&world);
    world.settings.group_over = 10;
    world.settings.confirm_days = 2;
    for (int i = 0; i < n; i++) {
        const char *path = str_format(&world.arena, "/p/%d", 100 + i);

        (void)put(&world, path, 503);
        world.after.row = arena_room(&world.arena, world.after.row, world.after.n,
                                     &world.after.capacity, sizeof *world.after.row);
        world.after.row[world.after.n++] =
            (struct history_row){.url = str_of(path), .bad = bad};
        hits_add(&world.hits, &world.arena,
                 (struct hit){.check = CHECK_PAGE_ERROR,
                              .subject = str_of(path),
                              .value = "503"});
    }
    judge_findings(&world.look, &world.hits, open, &now);
    world_release(&world);
    return now.n;
}

/* A deploy in the midst of the crawl is one bad minute, however many pages it meets. */
static void many_errors_wait_for_another_day_as_one_does(void **state)
{
    (void)state;
    assert_int_equal(errors_of_group(11, 1, &none), 0);
    assert_int_equal(errors_of_group(11, 2, &none), 1);
}

static void a_group_says_the_same_while_its_count_and_example_stay(void **state)
{
    struct world world;
    struct findings one, now;

    (void)state;
    world_init(&world);
    world.settings.group_over = 10;
    judge_untitled(&world, 20, &none, &one);
    assert_string_equal(one.item[0].because, "20 of them, first /p/100");
    assert_string_equal(one.item[0].url, "https://shop.example/p/100");
    judge_untitled(&world, 22, &one, &now); // 22 is not a tenth more
    assert_string_equal(now.item[0].because, "20 of them, first /p/100");
    judge_untitled(&world, 19, &none, &one);
    judge_untitled(&world, 20, &one, &now);
    assert_string_equal(now.item[0].because, "19 of them, first /p/100");
    world.hits.n = 0; // the example is mended
    for (int i = 1; i < 20; i++)
        hits_add(&world.hits, &world.arena,
                 (struct hit){.check = CHECK_TITLE_MISSING,
                              .subject =
                                  str_of(str_format(&world.arena, "/p/%d", 100 + i))});
    now = (struct findings){0};
    judge_findings(&world.look, &world.hits, &one, &now);
    assert_string_equal(now.item[0].because, "19 of them, first /p/101");
    world_release(&world);
}

/* Eleven pages without a title were published; what is left of that when `bad` of them
 * still say so and `silent` do not answer. */
static bool stays_a_group(int bad, int silent)
{
    struct world world;
    struct findings one, now;

    world_init(&world);
    world.settings.group_over = 10;
    judge_untitled(&world, 11, &none, &one);
    for (int i = 0; i < silent; i++)
        (void)put(&world, str_format(&world.arena, "/p/%d", 100 + bad + i), 503);
    judge_untitled(&world, bad, &one, &now);
    for (size_t i = 0; i < now.n; i++)
        if (strcmp(now.item[i].id, one.item[0].id) == 0 && now.item[i].n == 11) {
            world_release(&world);
            return true;
        }
    world_release(&world);
    return false;
}

static void a_group_stays_while_most_of_it_cannot_be_seen(void **state)
{
    (void)state;
    assert_true(stays_a_group(0, 11));
    assert_true(stays_a_group(1, 10));
    assert_true(stays_a_group(7, 4));
    assert_true(stays_a_group(0, 6));
    assert_false(stays_a_group(0, 5));
    assert_false(stays_a_group(1, 4));
}

/* What is said of `n` URLs of `all` without lastmod where `open` is published. */
static const char *share(struct world *world, struct findings *open, int n, int all)
{
    struct findings now = {0};

    world->hits.n = 0;
    hits_add(&world->hits, &world->arena,
             (struct hit){.check = CHECK_LASTMOD_MISSING,
                          .subject = STR("/sitemap.xml"),
                          .n = n,
                          .limit = str_format(&world->arena, "%d", all),
                          .value = "missing"});
    judge_findings(&world->look, &world->hits, open, &now);
    assert_int_equal(now.n, 1);
    *open = now;
    return now.item[0].message;
}

/* A sitemap that grows by one URL a day says nothing new, and nothing wrong. */
static void a_part_and_its_whole_move_together(void **state)
{
    struct world world;
    struct findings open = {0};

    (void)state;
    world_init(&world);
    world.settings.group_over = 25;
    assert_string_equal(share(&world, &open, 61, 61),
                        "/sitemap.xml 61 of 61 URLs: lastmod missing");
    assert_string_equal(share(&world, &open, 64, 64),
                        "/sitemap.xml 61 of 61 URLs: lastmod missing");
    assert_string_equal(share(&world, &open, 68, 68),
                        "/sitemap.xml 68 of 68 URLs: lastmod missing");
    assert_string_equal(share(&world, &open, 66, 80),
                        "/sitemap.xml 66 of 80 URLs: lastmod missing");
    world_release(&world);
}

/* ---- documents ---- */

static const struct finding *find(const struct findings *findings, const char *id)
{
    for (size_t i = 0; i < findings->n; i++)
        if (strcmp(findings->item[i].id, id) == 0)
            return &findings->item[i];
    return NULL;
}

/* That robots.txt, a sitemap, or any sitemap at all was missed is known to be over when
 * it is there, though the rest of the crawl saw little. */
static void what_was_said_of_a_document_closes_when_it_is_read(void **state)
{
    static const char *const ids[] = {"seocheck/robots-unreachable/robots.txt",
                                      "seocheck/sitemap-error/sitemap.xml",
                                      "seocheck/sitemap-none/@site",
                                      "seocheck/lastmod-missing/sitemap.xml"};

    enum { UNREACHABLE, ERROR, NONE, MISSING, ALL };
    struct world world;
    struct findings open = {0}, now = {0};
    struct site_sitemap sitemap = {.status = 503, .source = "/sitemap.xml"};

    (void)state;
    world_init(&world);
    world.settings.group_over = 25;
    for (size_t i = 0; i < ALL; i++)
        findings_add(&open, &world.arena,
                     (struct finding){.id = ids[i],
                                      .message = "m",
                                      .severity = SEVERITY_WARN,
                                      .status = STATUS_OPEN});
    sitemap.url = url_of(&world, "/sitemap.xml");
    world.site.sitemap = &sitemap;
    world.site.nsitemaps = 1;
    world.site.sitemaps_unread = true; // so the crawl is partial
    judge_findings(&world.look, &world.hits, &open, &now);
    assert_int_equal(now.n, ALL);

    set_robots(&world, "User-agent: *\n");
    sitemap.status = 200; // a page says that the shop is closed
    sitemap.sitemap.fault = SITEMAP_BAD_XML;
    now = (struct findings){0};
    judge_findings(&world.look, &world.hits, &open, &now);
    assert_int_equal(now.n, 1);
    assert_non_null(find(&now, ids[MISSING]));

    sitemap.sitemap.fault = SITEMAP_GOOD;
    now = (struct findings){0};
    judge_findings(&world.look, &world.hits, &open, &now);
    assert_int_equal(now.n, 0);

    world.site.robots->is_unreachable = true;
    sitemap.status = 403;
    sitemap.is_in_robots = true;
    now = (struct findings){0};
    judge_findings(&world.look, &world.hits, &open, &now);
    assert_int_equal(now.n, 3);
    assert_null(find(&now, ids[NONE]));
    world_release(&world);
}

static void an_error_that_history_does_not_know_waits(void **state)
{
    struct world world;
    struct findings now = {0};

    (void)state;
    world_init(&world);
    world.settings.group_over = 25;
    world.settings.confirm_days = 2;
    (void)put(&world, "/a", 503);
    (void)put(&world, "https://other.example/a", 404);
    hits_add(&world.hits, &world.arena,
             (struct hit){.check = CHECK_PAGE_ERROR,
                          .subject = STR("/a"),
                          .value = "503"});
    judge_findings(&world.look, &world.hits, &none, &now);
    assert_int_equal(now.n, 0);
    hits_add(&world.hits, &world.arena,
             (struct hit){.check = CHECK_LINK_EXTERNAL,
                          .subject = STR("https://other.example/a"),
                          .value = "404",
                          .n = 1});
    judge_findings(&world.look, &world.hits, &none, &now);
    assert_int_equal(now.n, 0); // another host's 4xx is not ours to know at once
    world_release(&world);
}

static void a_published_count_moves_by_more_than_a_tenth(void **state)
{
    struct world world;
    struct findings one, now;

    (void)state;
    world_init(&world);
    world.settings.group_over = 10;
    judge_untitled(&world, 20, &none, &one);
    judge_untitled(&world, 22, &one, &now);
    assert_int_equal(now.item[0].n, 20);
    judge_untitled(&world, 18, &one, &now);
    assert_int_equal(now.item[0].n, 20);
    judge_untitled(&world, 23, &one, &now);
    assert_int_equal(now.item[0].n, 23);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_hits_are_counted_and_the_first_line_is_told),
        cmocka_unit_test(one_hit_is_one_whatever_its_line),
        cmocka_unit_test(a_number_of_the_subject_is_its_own),
        cmocka_unit_test(a_line_stays_as_published_while_its_finding_is_open),
        cmocka_unit_test(a_finding_closes_when_its_subject_is_seen_clean_or_gone),
        cmocka_unit_test(a_finding_stays_while_its_subject_cannot_be_seen),
        cmocka_unit_test(a_finding_of_what_was_excluded_closes),
        cmocka_unit_test(a_partial_crawl_takes_nothing_for_gone),
        cmocka_unit_test(a_site_that_is_down_carries_all_else),
        cmocka_unit_test(a_partial_crawl_says_nothing_of_sets),
        cmocka_unit_test(an_error_is_told_when_confirmed_by_days),
        cmocka_unit_test(many_subjects_of_one_pattern_are_one_finding_until_half),
        cmocka_unit_test(numbers_and_long_names_of_folders_are_stars_too),
        cmocka_unit_test(
            what_was_resolved_and_what_says_that_a_site_is_down_do_not_stay),
        cmocka_unit_test(an_error_that_history_does_not_know_waits),
        cmocka_unit_test(a_published_count_moves_by_more_than_a_tenth),
        cmocka_unit_test(many_errors_wait_for_another_day_as_one_does),
        cmocka_unit_test(a_group_says_the_same_while_its_count_and_example_stay),
        cmocka_unit_test(a_group_stays_while_most_of_it_cannot_be_seen),
        cmocka_unit_test(a_part_and_its_whole_move_together),
        cmocka_unit_test(what_was_said_of_a_document_closes_when_it_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
