/* canonical-* and hreflang-*, each with a page that raises it and one that must not. */
#include "seocheck/hreflang.h"
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static void judge(struct world *world)
{
    world->hits = (struct hits){0};
    judge_canonical(&world->look, &world->hits);
}

static void canonicals_of_itself_and_of_a_good_page_are_fine(void **state)
{
    struct world world;
    struct page *page, *variant, *bare;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    variant = put_page(&world, "/a?sort=price");
    bare = put_page(&world, "/b");
    add_canonical(&world, page, "https://shop.example/a");
    add_canonical(&world, page, "https://shop.example/a")->is_from_header = true;
    add_canonical(&world, variant, "https://shop.example/a");
    (void)bare;
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void two_different_elements_are_multiple(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    (void)put_page(&world, "/b");
    page = put_page(&world, "/a");
    add_canonical(&world, page, "https://shop.example/a");
    add_canonical(&world, page, "https://shop.example/b");
    judge(&world);
    assert_hit(&world, CHECK_CANONICAL_MULTIPLE,
               "/a canonicals https://shop.example/b, https://shop.example/a");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void header_and_element_that_differ_are_in_conflict(void **state)
{
    struct world world;
    struct page *page;

    (void)state;
    world_init(&world);
    page = put_page(&world, "/a");
    (void)put_page(&world, "/b");
    add_canonical(&world, page, "https://shop.example/a");
    add_canonical(&world, page, "https://shop.example/b")->is_from_header = true;
    judge(&world);
    assert_hit(&world, CHECK_CANONICAL_CONFLICT,
               "/a canonicals https://shop.example/a, https://shop.example/b");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_canonical_that_is_no_url_is_invalid(void **state)
{
    static const struct {
        const char *raw, *message;
    } cases[] = {
        {"mailto:a@b.example", "/a canonical 'mailto:a@b.example' is no usable URL"},
        {"https://", "/a canonical 'https://' is no usable URL"},
        {"", "/a canonical is empty"},
        {"#main", "/a canonical '#main' is no usable URL"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;

        world_init(&world);
        add_canonical(&world, put_page(&world, "/a"), cases[i].raw);
        judge(&world);
        assert_hit(&world, CHECK_CANONICAL_INVALID, cases[i].message);
        assert_int_equal(world.hits.n, 1);
        world_release(&world);
    }
}

static void a_canonical_without_scheme_is_relative(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    add_canonical(&world, put_page(&world, "/a"), "/a");
    judge(&world);
    assert_hit(&world, CHECK_CANONICAL_RELATIVE, "/a canonical '/a' is relative");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_canonical_in_the_body_is_out_of_place_and_nothing_else(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    add_canonical(&world, put_page(&world, "/a"), "/gone")->is_in_body = true;
    judge(&world);
    assert_hit(&world, CHECK_CANONICAL_PLACE,
               "/a canonical '/gone' is outside the head");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_canonical_that_is_gone_moved_closed_or_refused_is_a_bad_target(
    void **state)
{
    static const struct {
        int status;
        const char *robots, *message;
    } cases[] = {
        {404, "all", "/a canonical https://shop.example/b answers 404"},
        {301, "all", "/a canonical https://shop.example/b answers 301"},
        {403, "all", "/a canonical https://shop.example/b answers 403"},
        {200, "noindex", "/a canonical https://shop.example/b says noindex"},
        {200, NULL, "/a canonical https://shop.example/b is refused by robots.txt"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct page *target;

        world_init(&world);
        target = put_page(&world, "/b");
        if (!cases[i].robots)
            set_robots(&world, "User-agent: googlebot\nDisallow: /b\n");
        else
            add_meta(&world, target, "robots", cases[i].robots);
        if (cases[i].status != 200) {
            resource_of(&world, target)->is_page = false;
            resource_of(&world, target)->page = NULL;
            (void)put(&world, "/b", cases[i].status);
        }
        add_canonical(&world, put_page(&world, "/a"), "https://shop.example/b");
        judge(&world);
        assert_hit(&world, CHECK_CANONICAL_TARGET, cases[i].message);
        assert_int_equal(world.hits.n, 1);
        world_release(&world);
    }
}

static void a_canonical_that_could_not_be_verified_is_not_called_bad(void **state)
{
    static const int statuses[] = {0, 503};

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct world world;

        world_init(&world);
        (void)put(&world, "/b", statuses[i]);
        add_canonical(&world, put_page(&world, "/a"), "https://shop.example/b");
        judge(&world);
        assert_clean(&world);
        world_release(&world);
    }
}

static void a_canonical_that_names_another_one_is_a_chain(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put_page(&world, "/c");
    add_canonical(&world, put_page(&world, "/b"), "https://shop.example/c");
    add_canonical(&world, put_page(&world, "/a"), "https://shop.example/b");
    judge(&world);
    assert_hit(&world, CHECK_CANONICAL_CHAIN,
               "/a canonical https://shop.example/b names https://shop.example/c");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_canonical_of_another_host_is_only_told(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    (void)put(&world, "https://other.example/a", 404);
    add_canonical(&world, put_page(&world, "/a"), "https://other.example/a");
    judge(&world);
    assert_hit(&world, CHECK_CANONICAL_HOST,
               "/a canonical https://other.example/a is on another host");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

/* ---- hreflang ---- */

/* ISO 639-1, ISO 15924, ISO 3166-1; Google: "en-UK" and a region alone are wrong. */
static void codes_are_a_language_a_script_and_a_region(void **state)
{
    static const char *const known[] = {"en",    "de-AT",     "zh-Hant",   "zh-hant-tw",
                                        "EN-gb", "x-default", "X-Default", "sr-Latn-RS",
                                        "aa",    "zu-ZW",     "az-Adlm-AD"};
    static const char *const unknown[] = {
        "",       "en-UK",   "uk-",          "xx",     "US",
        "en_US",  "eng",     "zh-Hanx",      "en-EU",  "en-US-Latn",
        "x-",     "default", "en-Latn-US-x", "es-419", "e",
        "en--US", "a b",     "en-US-GB"};

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!hreflang_is_known(str_of(known[i])))
            fail_msg("%s is unknown", known[i]);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (hreflang_is_known(str_of(unknown[i])))
            fail_msg("%s is known", unknown[i]);
}

/* 184 languages of iso-codes 4.15, 249 regions of ISO 3166-1. */
static void the_tables_have_as_many_codes_as_the_standards(void **state)
{
    int languages = 0, regions = 0;

    (void)state;
    for (int i = 0; i < 26 * 26; i++) {
        char a = (char)('a' + i / 26), b = (char)('a' + i % 26);
        char language[] = {a, b, '\0'};
        char region[] = {'e', 'n', '-', a, b, '\0'};

        languages += hreflang_is_known(str_of(language));
        regions += hreflang_is_known(str_of(region));
    }
    assert_int_equal(languages, 184);
    assert_int_equal(regions, 249);
}

/* /en and /de that name each other and themselves. */
static void put_pair(struct world *world, struct page **en, struct page **de)
{
    *en = put_page(world, "/en");
    *de = put_page(world, "/de");
    for (int i = 0; i < 2; i++) {
        (void)add_alternate(world, i == 0 ? *en : *de, "en", "https://shop.example/en");
        (void)add_alternate(world, i == 0 ? *en : *de, "de", "https://shop.example/de");
    }
}

static void pages_that_name_themselves_and_each_other_are_fine(void **state)
{
    struct world world;
    struct page *en, *de;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    (void)add_alternate(&world, en, "x-default", "https://shop.example/en");
    (void)add_alternate(&world, en, "fr", "https://other.example/fr");
    (void)add_alternate(&world, en, "", "/feed"); // an alternate without a language
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void an_unknown_code_is_told(void **state)
{
    struct world world;
    struct page *en, *de;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    (void)add_alternate(&world, en, "en-UK", "https://shop.example/en");
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_CODE,
               "/en hreflang en-UK: https://shop.example/en");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void one_code_with_two_urls_is_a_conflict_whatever_its_case(void **state)
{
    struct world world;
    struct page *en, *de;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    (void)add_alternate(&world, en, "DE", "https://shop.example/de"); // the same again
    judge(&world);
    assert_clean(&world);
    (void)add_alternate(&world, en, "De", "https://shop.example/en");
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_CONFLICT,
               "/en hreflang De: https://shop.example/en");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void an_alternate_without_scheme_is_relative(void **state)
{
    struct world world;
    struct page *en, *de;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    en->alternate[1].is_relative = true;
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_RELATIVE,
               "/en hreflang de: https://shop.example/de");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_page_that_is_not_among_its_alternates_is_told(void **state)
{
    struct world world;
    struct page *en, *de;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    en->alternate[0] = en->alternate[1];
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_SELF,
               "/en alternate https://shop.example/en: itself missing");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void a_variant_that_repeats_its_canonical_s_alternates_is_fine(void **state)
{
    struct world world;
    struct page *en, *de, *variant;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    variant = put_page(&world, "/en?sort=price");
    variant->alternate = en->alternate;
    variant->nalternates = en->nalternates;
    add_canonical(&world, variant, "https://shop.example/en");
    judge(&world);
    assert_clean(&world);
    world_release(&world);
}

static void an_alternate_without_a_way_back_is_told(void **state)
{
    struct world world;
    struct page *en, *de;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    de->nalternates = 0;
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_RETURN,
               "/en alternate https://shop.example/de: no way back");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

static void an_alternate_that_cannot_be_indexed_is_a_bad_target(void **state)
{
    struct world world;
    struct page *en, *de, *gone;

    (void)state;
    world_init(&world);
    put_pair(&world, &en, &de);
    add_meta(&world, de, "robots", "noindex");
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_TARGET,
               "/en alternate https://shop.example/de: says noindex");
    assert_int_equal(world.hits.n, 1);
    de->nmetas = 0;
    add_canonical(&world, de, "https://shop.example/en");
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_TARGET,
               "/en alternate https://shop.example/de: names another canonical");
    world_release(&world);

    world_init(&world);
    gone = put_page(&world, "/en");
    (void)put(&world, "/de", 410);
    (void)add_alternate(&world, gone, "en", "https://shop.example/en");
    (void)add_alternate(&world, gone, "de", "https://shop.example/de");
    judge(&world);
    assert_hit(&world, CHECK_HREFLANG_TARGET,
               "/en alternate https://shop.example/de: answers 410");
    assert_int_equal(world.hits.n, 1);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonicals_of_itself_and_of_a_good_page_are_fine),
        cmocka_unit_test(two_different_elements_are_multiple),
        cmocka_unit_test(header_and_element_that_differ_are_in_conflict),
        cmocka_unit_test(a_canonical_that_is_no_url_is_invalid),
        cmocka_unit_test(a_canonical_without_scheme_is_relative),
        cmocka_unit_test(a_canonical_in_the_body_is_out_of_place_and_nothing_else),
        cmocka_unit_test(
            a_canonical_that_is_gone_moved_closed_or_refused_is_a_bad_target),
        cmocka_unit_test(a_canonical_that_could_not_be_verified_is_not_called_bad),
        cmocka_unit_test(a_canonical_that_names_another_one_is_a_chain),
        cmocka_unit_test(a_canonical_of_another_host_is_only_told),
        cmocka_unit_test(codes_are_a_language_a_script_and_a_region),
        cmocka_unit_test(the_tables_have_as_many_codes_as_the_standards),
        cmocka_unit_test(pages_that_name_themselves_and_each_other_are_fine),
        cmocka_unit_test(an_unknown_code_is_told),
        cmocka_unit_test(one_code_with_two_urls_is_a_conflict_whatever_its_case),
        cmocka_unit_test(an_alternate_without_scheme_is_relative),
        cmocka_unit_test(a_page_that_is_not_among_its_alternates_is_told),
        cmocka_unit_test(a_variant_that_repeats_its_canonical_s_alternates_is_fine),
        cmocka_unit_test(an_alternate_without_a_way_back_is_told),
        cmocka_unit_test(an_alternate_that_cannot_be_indexed_is_a_bad_target),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
