/* What pages share, each check with pages that raise it and pages that must not. */
#include <stdio.h>

#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static void judge(struct world *world)
{
    world->hits = (struct hits){0};
    judge_duplicates(&world->look, &world->hits);
}

/* At least 50 words. */
static struct page *put_text(struct world *world, const char *path, uint64_t text,
                             uint64_t simhash)
{
    struct page *page = put_page(world, path);

    page->text = text;
    page->simhash = simhash;
    page->has_simhash = true;
    return page;
}

static void pages_that_differ_in_everything_raise_nothing(void **state)
{
    struct world world;
    struct page *a, *b;

    (void)state;
    world_init(&world);
    a = put_text(&world, "/a", 1, 0x0f);
    b = put_text(&world, "/b", 2, 0x00); // four bits away
    a->description = b->description = (struct str){0};
    a->h1 = b->h1 = (struct str){0}; // nothing is not the same thing
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

/* The subject is 12 hex digits of FNV-1a 64 and fmix64 of the text, worked out apart:
 * FNV-1a 64 of "foobar" is 85944171f73967e8 (draft-eastlake-fnv-21, appendix C); the
 * finaliser of that, in Python's integers, 2c22194922d1672b. */
static void equal_titles_are_one_finding_named_by_their_hash(void **state)
{
    struct world world;
    const struct hit *hit;

    (void)state;
    world_init(&world);
    put_page(&world, "/b")->title = STR("foobar");
    put_page(&world, "/a")->title = STR("foobar");
    put_page(&world, "/c")->title = STR("Foobar");
    judge(&world);
    assert_hit(&world, CHECK_TITLE_DUPLICATE, "@2c22194922d1 same title on 2 pages");
    assert_int_equal(world.hits.n, 1);
    hit = hit_of(&world, CHECK_TITLE_DUPLICATE);
    assert_string_equal(hit->value, "foobar");
    assert_string_equal(hit->because, "/a, /b");
    assert_string_equal(hit->where_url, "https://shop.example/a");
    world_release(&world);
}

static void equal_descriptions_and_h1_are_told_apart(void **state)
{
    struct world world;
    static const char *const paths[] = {"/a", "/b", "/c", "/d", "/e"};

    (void)state;
    world_init(&world);
    for (size_t i = 0; i < 5; i++) {
        struct page *page = put_page(&world, paths[i]);

        page->description = STR("the same");
        if (i < 2)
            page->h1 = STR("same");
    }
    judge(&world);
    assert_int_equal(world.hits.n, 2);
    assert_int_equal(hit_of(&world, CHECK_DESCRIPTION_DUPLICATE)->n, 5);
    assert_string_equal(hit_of(&world, CHECK_DESCRIPTION_DUPLICATE)->because,
                        "/a, /b, /c and 2 more");
    assert_int_equal(hit_of(&world, CHECK_H1_DUPLICATE)->n, 2);
    world_release(&world);
}

static void pages_that_cannot_be_indexed_are_not_compared(void **state)
{
    struct world world;
    struct page *variant, *closed;

    (void)state;
    world_init(&world);
    (void)put_text(&world, "/a", 1, 7);
    variant = put_text(&world, "/a?sort=price", 1, 7);
    closed = put_text(&world, "/b", 1, 7);
    variant->title = closed->title = STR("Garden tools made to last, about /a");
    add_canonical(&world, variant, "https://shop.example/a");
    add_meta(&world, closed, "robots", "noindex");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void volatile_pages_are_not_compared(void **state)
{
    static struct history_row row = {.flags = FLAG_VOLATILE};
    struct world world;

    (void)state;
    world_init(&world);
    row.url = STR("/c");
    (void)put_text(&world, "/a", 1, 7);
    put_text(&world, "/b", 1, 7)->is_volatile = true;
    (void)put_text(&world, "/c", 1, 7); // changed on five days in a row
    world.after = (struct history){.row = &row, .n = 1};
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void equal_texts_are_told_of_each_page(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_text(&world, "/a", 1, 7);
    (void)put_text(&world, "/b", 1, 7);
    (void)put_text(&world, "/c", 2, UINT64_MAX);
    judge(&world);
    assert_int_equal(world.hits.n, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct hit *hit = nth_hit(&world, CHECK_DUPLICATE_EXACT, i);

        assert_string_equal(hit_message(hit, &world.arena),
                            i == 0 ? "/a text as on 2 pages" : "/b text as on 2 pages");
        assert_string_equal(hit->because, "/a, /b");
    }
    world_release(&world);
}

/* Whether a server answers one of them with a redirect a folder cannot know. */
static void a_folder_with_and_without_its_slash_is_one_page(void **state)
{
    struct world world;

    (void)state;
    for (int has_headers = 0; has_headers < 2; has_headers++) {
        world_init(&world);
        world.site.has_headers = has_headers;
        put_text(&world, "/docs", 1, 0x0f)->title = STR("Docs");
        put_text(&world, "/docs/", 1, 0x0f)->title = STR("Docs");
        judge(&world);
        assert_int_equal(hits_of(&world, CHECK_DUPLICATE_EXACT), 2 * has_headers);
        assert_int_equal(hits_of(&world, CHECK_TITLE_DUPLICATE), has_headers);
        world_release(&world);
    }
    world_init(&world);
    world.site.has_headers = false;
    (void)put_text(&world, "/a", 1, 0x0f);
    (void)put_text(&world, "/b", 1, 0x0f);
    judge(&world);
    assert_int_equal(hits_of(&world, CHECK_DUPLICATE_EXACT), 2);
    world_release(&world);
}

static void equal_texts_of_few_words_are_fine(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    put_page(&world, "/a")->text = 1;
    put_page(&world, "/b")->text = 1;
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void texts_at_three_bits_are_near_and_at_four_are_not(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_text(&world, "/a", 1, 0);
    (void)put_text(&world, "/b", 2, UINT64_C(0x8000000080008000)); // three bands
    (void)put_text(&world, "/c", 3, UINT64_C(0x000f000000000000));
    judge(&world);
    assert_int_equal(world.hits.n, 2);
    assert_string_equal(hit_message(nth_hit(&world, CHECK_DUPLICATE_NEAR, 0),
                                    &world.arena),
                        "/a text as on 2 pages");
    assert_string_equal(hit_of(&world, CHECK_DUPLICATE_NEAR)->because, "near /b");
    assert_string_equal(hit_message(nth_hit(&world, CHECK_DUPLICATE_NEAR, 1),
                                    &world.arena),
                        "/b text as on 2 pages");
    world_release(&world);
}

static void copies_are_exact_and_not_near_as_well(void **state)
{
    struct world world;
    static const char *const paths[] = {"/a", "/b", "/c"};

    (void)state;
    world_init(&world);
    (void)put_text(&world, paths[0], 1, 7);
    (void)put_text(&world, paths[1], 1, 7);
    (void)put_text(&world, paths[2], 2, 7); // one simhash, another text
    judge(&world);
    assert_int_equal(hits_of(&world, CHECK_DUPLICATE_EXACT), 2);
    assert_int_equal(hits_of(&world, CHECK_DUPLICATE_NEAR), 3);
    for (size_t i = 0; i < world.hits.n; i++) {
        const struct hit *hit = &world.hits.item[i];
        bool is_c = str_equal(hit->subject, STR("/c"));

        if (hit->check == CHECK_DUPLICATE_NEAR)
            assert_int_equal(hit->n, is_c ? 3 : 2);
    }
    world_release(&world);
}

/* splitmix64 of Vigna: any fixed stream of bits would do. */
static uint64_t next_random(uint64_t *random)
{
    uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int bits_of(uint64_t value)
{
    int n = 0;

    for (; value != 0; value &= value - 1)
        n++;
    return n;
}

static void the_tables_find_what_the_naive_loop_finds(void **state)
{
    enum { PAGES = 400 };
    struct world world;
    uint64_t random = 20261120, simhash[PAGES] = {0};
    size_t expected = 0;

    (void)state;
    world_init(&world);
    for (uint32_t i = 0; i < PAGES; i++) {
        char path[16];

        // each fourth is far from all; the others are up to five bits from the one
        // before
        simhash[i] = i % 4 == 0 ? next_random(&random) : simhash[i - 1];
        for (uint64_t flips = next_random(&random) % 6; i % 4 != 0 && flips > 0;
             flips--)
            simhash[i] ^= UINT64_C(1) << next_random(&random) % 64;
        (void)snprintf(path, sizeof path, "/%u", i);
        (void)put_text(&world, path, i + 1, simhash[i]);
    }
    judge(&world);
    for (uint32_t i = 0; i < PAGES; i++) {
        char path[16];
        int64_t near = 0, told = 0;

        for (uint32_t j = 0; j < PAGES; j++)
            near += j != i && bits_of(simhash[i] ^ simhash[j]) <= 3;
        (void)snprintf(path, sizeof path, "/%u", i);
        for (size_t k = 0; k < world.hits.n; k++)
            if (world.hits.item[k].check == CHECK_DUPLICATE_NEAR &&
                str_equal(world.hits.item[k].subject, str_of(path)))
                told = world.hits.item[k].n;
        assert_int_equal(told, near > 0 ? near + 1 : 0);
        expected += near > 0;
    }
    assert_true(expected > 100 && expected < PAGES); // both kinds were there
    assert_int_equal(world.hits.n, expected);
    world_release(&world);
}

/* ---- soft 404 ---- */

static struct probe *put_probe(struct world *world, const char *segment,
                               uint64_t simhash)
{
    struct probe *probe = arena_new(&world->arena, struct probe, 1);

    *probe = (struct probe){.origin = STR("https://shop.example"),
                            .segment = str_of(segment),
                            .answered_200 = true,
                            .simhash = simhash,
                            .has_simhash = true};
    world->site.probe = probe;
    world->site.nprobes = 1;
    return probe;
}

static void a_page_like_the_not_found_page_is_a_soft_404(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_text(&world, "/docs/a", 1, 7);
    (void)put_text(&world, "/docs/b", 2, 0xff00);
    (void)put_text(&world, "/blog/c", 3, UINT64_C(7) << 40);
    (void)put_probe(&world, "docs", 0);
    judge(&world);
    assert_hit(&world, CHECK_SOFT_404, "/docs/a looks like the not-found page");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_probe_stands_for_its_host_and_folder_alone(void **state)
{
    struct world world;
    struct probe *probe;

    (void)state;
    world_init(&world);
    (void)put_text(&world, "/docs/a", 1, 7);
    probe = put_probe(&world, "doc", 7);
    judge(&world);
    assert_clean(&world);
    probe->segment = STR("");
    judge(&world);
    assert_clean(&world);
    probe->segment = STR("docs");
    probe->origin = STR("http://shop.example");
    judge(&world);
    assert_clean(&world);
    probe->origin = STR("https://shop.example");
    probe->answered_200 = false; // as it should be
    judge(&world);
    assert_clean(&world);
    probe->answered_200 = true;
    judge(&world);
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void the_root_s_probe_stands_for_pages_of_the_root(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_text(&world, "/about", 1, 7);
    (void)put_text(&world, "/docs/", 2, UINT64_C(7) << 32);
    (void)put_probe(&world, "", 7);
    judge(&world);
    assert_hit(&world, CHECK_SOFT_404, "/about looks like the not-found page");
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_that_differ_in_everything_raise_nothing),
        cmocka_unit_test(equal_titles_are_one_finding_named_by_their_hash),
        cmocka_unit_test(equal_descriptions_and_h1_are_told_apart),
        cmocka_unit_test(pages_that_cannot_be_indexed_are_not_compared),
        cmocka_unit_test(volatile_pages_are_not_compared),
        cmocka_unit_test(equal_texts_are_told_of_each_page),
        cmocka_unit_test(a_folder_with_and_without_its_slash_is_one_page),
        cmocka_unit_test(equal_texts_of_few_words_are_fine),
        cmocka_unit_test(texts_at_three_bits_are_near_and_at_four_are_not),
        cmocka_unit_test(copies_are_exact_and_not_near_as_well),
        cmocka_unit_test(the_tables_find_what_the_naive_loop_finds),
        cmocka_unit_test(a_page_like_the_not_found_page_is_a_soft_404),
        cmocka_unit_test(a_probe_stands_for_its_host_and_folder_alone),
        cmocka_unit_test(the_root_s_probe_stands_for_pages_of_the_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
