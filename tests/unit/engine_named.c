/* Tests of shared/engines/named.c: which names are asked for, and what cells are made
 * of the answers. Sums are done by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/named.h"
#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define BIT(what) (UINT64_C(1) << (what))

/* Predicates of a plan. */
enum { VIEWED, GONE, LINK, PAID, OWN, BOTH, PATTERN, PROPERTY, WHAT_COUNT };

static struct arena run;
static struct err err;
static json_t *root;
static struct config config;
static struct named named;
static struct str own_name[] = {{"coupon", 6}};
static struct str both_names[] = {{"order", 5}, {"coupon", 6}};
static struct predicate_words words[] = {
    {.event = own_name, .nevents = 1, .pointer = "/watchdog/custom/0"},
    {.event = both_names, .nevents = 2, .pointer = "/watchdog/custom/1"},
    {.is_pattern = true, .pointer = "/watchdog/custom/2"},
    {.event = own_name, .nevents = 1, .asks_properties = true, .pointer = "/x"},
};
static struct predicate predicates[WHAT_COUNT] = {
    [VIEWED] = {.kinds = 1U << KIND_PAGEVIEW},
    [GONE] = {.kinds = 1U << KIND_NOT_FOUND},
    [LINK] = {.kinds = 1U << KIND_NOT_FOUND, .own_referrer = true},
    [PAID] = {.kinds = 1U << KIND_CHECKOUT_DONE},
    [OWN] = {.given = true, .words = &words[0]},
    [BOTH] = {.given = true, .words = &words[1]},
    [PATTERN] = {.given = true, .words = &words[2]},
    [PROPERTY] = {.given = true, .words = &words[3]},
};

/* The members of `events`. */
static void configure(struct str events)
{
    const char *text = str_format(&run, "{\"sources\":{\"s\":{\"events\":{%.*s}}}}",
                                  (int)events.n, events.at);

    config = (struct config){.path = "rounds.json", .bytes = str_of(text)};
    assert_true(json_load_strict(config.bytes, "t", 9, 99, &root, &err));
    config.root = root;
}

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    err = (struct err){0};
    configure(STR("\"not_found\":[\"gone\",\"404\"],\"checkout_done\":[\"order\"]"));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(root);
    arena_release(&run);
    return 0;
}

static void open_rules(const struct named_rules *rules)
{
    assert_true(named_open(&named, rules, &config, "s", &run, &err));
}

static bool can(struct counted what)
{
    struct daycount_plan plan = {.predicates = predicates,
                                 .npredicates = WHAT_COUNT,
                                 .counted = &what,
                                 .ncounted = 1};
    bool answer;

    assert_true(named_can_count(&named, &plan, 0, &answer, &err));
    return answer;
}

static const struct named_rules plain = {.all = "pageview"};

static void each_kind_is_asked_for_once_with_all_its_names(void **state)
{
    (void)state;
    open_rules(&plain);
    assert_int_equal(named_kinds(&named), 1U << KIND_PAGEVIEW | 1U << KIND_NOT_FOUND |
                                              1U << KIND_CHECKOUT_DONE);
    assert_int_equal(named.nsets, 2);
    assert_int_equal(named.set[0].n, 2); // in byte order
    assert_true(str_equal(named.set[0].name[0], STR("404")));
    assert_true(str_equal(named.set[0].name[1], STR("gone")));
    assert_true(str_equal(named.set[1].name[0], STR("order")));
}

static void names_of_a_preset_are_there_too(void **state)
{
    static const struct named_rules ga4 = {.all = "page_view",
                                           .preset = "ga4_bigquery"};

    (void)state;
    open_rules(&ga4);
    assert_true(named.has_kind[KIND_EXCEPTION]);
    assert_int_equal(named.kind[KIND_CHECKOUT_DONE].n, 2); // order, purchase
    assert_int_equal(named.kind[KIND_PAGEVIEW].n, 0);
    assert_false(named.has_kind[KIND_RAGE_CLICK]);
}

static void what_is_asked_for_already_is_not_asked_for_again(void **state)
{
    (void)state;
    open_rules(&plain);
    assert_true(can((struct counted){.affected = BIT(GONE), .exposed = BIT(VIEWED)}));
    assert_int_equal(named.nsets, 2);
    assert_true(can((struct counted){.affected = BIT(OWN), .exposed = BIT(PAID)}));
    assert_int_equal(named.nsets, 3);
    assert_true(can((struct counted){.affected = BIT(OWN) | BIT(BOTH)}));
    assert_int_equal(named.nsets, 4);
    assert_int_equal(named.set[3].n, 2); // coupon is once in it
    assert_true(str_equal(named.set[3].name[0], STR("coupon")));
}

static void what_names_cannot_say_is_not_counted(void **state)
{
    (void)state;
    open_rules(&plain);
    assert_false(can((struct counted){.affected = BIT(LINK)}));
    assert_true(can((struct counted){.affected = BIT(LINK) | BIT(GONE)}));
    assert_false(can((struct counted){.affected = BIT(PROPERTY)}));
    assert_false(can((struct counted){.affected = BIT(PAID), .ended = BIT(GONE)}));
    assert_false(can((struct counted){.affected = BIT(PAID), .form = FORM_BACK}));
    assert_int_equal(named.nsets, 2);
}

static void a_pattern_is_refused_with_its_place(void **state)
{
    struct counted what = {.affected = BIT(PATTERN)};
    struct daycount_plan plan = {.predicates = predicates,
                                 .npredicates = WHAT_COUNT,
                                 .counted = &what,
                                 .ncounted = 1};
    bool answer;

    (void)state;
    open_rules(&plain);
    assert_false(named_can_count(&named, &plan, 0, &answer, &err));
    assert_non_null(strstr(err.text, "/watchdog/custom/2: source 's' knows names"));
}

static void a_name_that_cannot_be_written_is_refused(void **state)
{
    static const struct named_rules strict = {.all = "pageview", .others = "_"};
    static const struct named_rules stricter = {.all = "pageview", .others = ""};

    (void)state;
    json_decref(root);
    configure(STR("\"not_found\":[\"a_b\"]"));
    open_rules(&strict);
    assert_false(named_open(&named, &stricter, &config, "s", &run, &err));
    assert_non_null(strstr(err.text, "/sources/s/events/not_found: 'a_b': source 's'"));
}

static struct day_cells cells_of(struct counted *what, size_t n, const int64_t *count)
{
    struct daycount_plan plan = {.predicates = predicates,
                                 .npredicates = WHAT_COUNT,
                                 .counted = what,
                                 .ncounted = n};
    struct cells_wanted wanted = {.plan = &plan, .counted = 3, .dimensions = 1};
    struct day_cells cells = {.day = 7};

    named_cells(&named, &wanted, 100, count, &run, &cells);
    return cells;
}

static void cells_are_the_answers_of_their_sets(void **state)
{
    static const int64_t count[] = {9, 40, 12};
    struct counted what[] = {{.affected = BIT(GONE), .exposed = BIT(VIEWED)},
                             {.affected = BIT(OWN), .exposed = BIT(PAID)},
                             {.affected = BIT(PAID), .exposed = BIT(VIEWED)}};
    struct day_cells cells;
    const struct day_dimension *site = &cells.dimension[DIMENSION_SITE];

    (void)state;
    open_rules(&plain);
    for (size_t i = 0; i < 3; i++)
        assert_true(can(what[i]));
    cells = cells_of(what, 3, count);
    assert_int_equal(cells.units, 100);
    assert_int_equal(cells.kind_units[KIND_PAGEVIEW], 100);
    assert_int_equal(cells.kind_units[KIND_NOT_FOUND], 9);
    assert_int_equal(cells.kind_units[KIND_CHECKOUT_DONE], 40);
    assert_int_equal(cells.kind_units[KIND_SEARCH], 0);
    assert_int_equal(site->nvalues, 1);
    assert_true(str_equal(site->value[0], STR("site")));
    assert_int_equal(site->affected[0], 9);
    assert_int_equal(site->exposed[0], 100);
    assert_int_equal(site->affected[1], 12);
    assert_int_equal(site->exposed[1], 40);
    assert_int_equal(site->affected[2], 0); // was not wanted
    assert_int_equal(site->exposed[2], 0);
}

static void a_part_is_no_more_than_the_whole(void **state)
{
    static const int64_t count[] = {9, 10, 12};
    struct counted what = {.affected = BIT(OWN), .exposed = BIT(PAID), .within = true};
    struct day_cells cells;

    (void)state;
    open_rules(&plain);
    assert_true(can(what));
    cells = cells_of(&what, 1, count);
    assert_int_equal(cells.dimension[DIMENSION_SITE].affected[0], 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_kind_is_asked_for_once_with_all_its_names,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(names_of_a_preset_are_there_too, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            what_is_asked_for_already_is_not_asked_for_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_names_cannot_say_is_not_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_pattern_is_refused_with_its_place, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_name_that_cannot_be_written_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(cells_are_the_answers_of_their_sets, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_part_is_no_more_than_the_whole, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
