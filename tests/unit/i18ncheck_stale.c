/* Staleness: hashes by the oracles of section 9 of the specification, the three rules
 * of marks, locales that come, go and break. */
#include "i18ncheck/evidence.h"
#include "shared/clock.h"
#include "shared/fnv.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

enum { DAY = 20000 };

/* ---- hashes ---- */

static struct message text_of(const char *text)
{
    struct form *form = arena_new(&run, struct form, 1);

    form->text = str_of(text);
    return (struct message){.form = form, .nforms = 1};
}

static uint64_t hash_of(const char *text)
{
    struct message message = text_of(text);

    return stale_hash(&message);
}

static uint32_t print_of(const char *text)
{
    struct message message = text_of(text);

    return stale_print(&message);
}

static void hashes_are_those_of_the_specification(void **state)
{
    (void)state;
    assert_true(fnv(STR("")) == 0xcbf29ce484222325);
    assert_true(hash_of("Your  cart.") == 0x9281facd21f972bc);
    assert_true(hash_of("your shopping cart") == 0x2d694a56d12f660c);
    // Y9V7 and -MAE of RFC 4648's base64url
    assert_int_equal(print_of("Dein Warenkorb"), PRINT_KNOWN | 0x63d57b);
    assert_int_equal(print_of("Votre panier"), PRINT_KNOWN | 0xf8c004);
}

static void minor_edits_of_the_source_do_not_show(void **state)
{
    static const char *const same[] = {
        "your cart",
        "YOUR CART",
        "Your\n\tcart",
        " Your cart ! ",
        "Your cart:",
        "Your cart;",
        "Your cart \xE2\x80\xA6 ?.",
        "Your\xE2\x80\x83\xC2\xA0 cart", // em space, no-break space
    };
    static const char *const other[] = {"Your carts", "Yourcart", ".Your cart",
                                        "Your cart)", "Your, cart"};

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (hash_of(same[i]) != 0x9281facd21f972bc)
            fail_msg("%s", same[i]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (hash_of(other[i]) == 0x9281facd21f972bc)
            fail_msg("%s", other[i]);
}

static void a_translation_is_taken_as_it_is(void **state)
{
    (void)state;
    assert_int_not_equal(print_of("Dein Warenkorb."), print_of("Dein Warenkorb"));
    assert_int_not_equal(print_of("dein warenkorb"), print_of("Dein Warenkorb"));
    assert_int_equal(print_of(" \t\xC2\xA0"), 0);
}

/* FNV-1a over "item" NUL "items". */
static void forms_are_joined_by_a_nul(void **state)
{
    struct form form[2] = {{STR("one"), STR("Item.")}, {STR("other"), STR("Items.")}};
    struct message group = {.form = form, .nforms = 2, .is_group = true};
    uint64_t joined = fnv((struct str){"item\0items", 10});

    (void)state;
    assert_true(stale_hash(&group) == joined);
    assert_true(stale_hash(&group) != hash_of("Item.Items."));
}

/* ---- marks ---- */

/* One set of one message, "t", in one locale or two. */
struct world {
    struct catalog source;
    struct source_view view;
    struct history before, after;
    struct evidence evidence;
    struct staleness staleness;
};

static struct catalog catalog_with(const char *text)
{
    const struct set_rules rules = rules_of(CATALOG_JSON);

    return parsed(text ? str_format(&run, "{\"t\":\"%s\"}", text) : "{}", &rules, "de");
}

static void open_world(struct world *world, struct history before, const char *source,
                       int32_t as_of)
{
    static const char *locales[] = {"de"};

    *world = (struct world){.before = before};
    world->source = catalog_with(source);
    world->view = (struct source_view){.catalog = &world->source,
                                       .rules = rules_of(CATALOG_JSON)};
    source_view_count(&world->view, &run);
    world->after.locale = locales;
    world->after.nlocales = 1;
    world->staleness =
        (struct staleness){arena_new(&run, uint8_t, 1), arena_new(&run, int32_t, 1)};
    world->evidence = (struct evidence){.before = &world->before,
                                        .after = &world->after,
                                        .set = "web",
                                        .view = &world->view,
                                        .as_of = as_of,
                                        .arena = &run};
    evidence_begin(&world->evidence);
}

/* A day on which source and translation are these. `target` NULL: none; "?": the
 * catalog cannot be read. */
static struct world day(struct history before, const char *source, const char *target,
                        int32_t as_of)
{
    struct world world;
    struct catalog catalog = catalog_with(target);
    bool is_broken = target && strcmp(target, "?") == 0;

    open_world(&world, before, source, as_of);
    evidence_locale(&world.evidence, "de", is_broken ? NULL : &catalog,
                    &world.staleness);
    evidence_end(&world.evidence);
    return world;
}

static void assert_stale(const struct world *world, int32_t since)
{
    assert_true(bit_at(world->staleness.stale, 0));
    assert_int_equal(world->staleness.since[0], since);
    assert_int_equal(world->after.row[0].nmarks, 1);
    assert_int_equal(world->after.row[0].mark[0].day, since);
}

static void assert_fresh(const struct world *world)
{
    assert_false(bit_at(world->staleness.stale, 0));
    assert_int_equal(world->after.row[0].nmarks, 0);
}

static struct history first(void)
{
    return day((struct history){0}, "Your cart", "Dein Korb", DAY).after;
}

static struct history stale(void)
{
    return day(first(), "Your shopping cart", "Dein Korb", DAY + 3).after;
}

static void a_key_without_a_row_is_stored_and_not_stale(void **state)
{
    struct world world = day((struct history){0}, "Your cart", "Dein Korb", DAY);

    (void)state;
    assert_fresh(&world);
    assert_true(str_equal(world.after.row[0].message, STR("web:t")));
    assert_int_equal(world.after.row[0].day, DAY);
}

static void nothing_moves_on_a_calm_day(void **state)
{
    struct world world = day(first(), "Your cart", "Dein Korb", DAY + 1);

    (void)state;
    assert_fresh(&world);
    assert_int_equal(world.after.row[0].day, DAY);
    world = day(first(), "your  cart!", "Dein Korb", DAY + 1); // a minor edit
    assert_fresh(&world);
    assert_int_equal(world.after.row[0].day, DAY);
}

static void a_source_that_changed_alone_marks_the_translation(void **state)
{
    struct world world = day(first(), "Your shopping cart", "Dein Korb", DAY + 3);

    (void)state;
    assert_stale(&world, DAY + 3);
    assert_true(world.after.row[0].mark[0].hash == 0x9281facd21f972bc);
    assert_int_equal(world.after.row[0].day, DAY + 3);
    world = day(world.after, "Your shopping cart", "Dein Korb", DAY + 9);
    assert_stale(&world, DAY + 3);
    assert_int_equal(world.after.row[0].day, DAY + 3);
}

static void a_second_change_of_the_source_keeps_the_first_mark(void **state)
{
    struct world world = day(stale(), "Your basket", "Dein Korb", DAY + 5);

    (void)state;
    assert_stale(&world, DAY + 3);
    assert_true(world.after.row[0].mark[0].hash == 0x9281facd21f972bc);
}

static void a_translation_that_changed_clears_the_mark(void **state)
{
    struct world world = day(stale(), "Your shopping cart", "Dein Wagen", DAY + 4);

    (void)state;
    assert_fresh(&world);
    world = day(first(), "Your shopping cart", "Dein Wagen", DAY + 4); // both at once
    assert_fresh(&world);
    world = day(stale(), "Your shopping cart", NULL, DAY + 4); // or went
    assert_fresh(&world);
    world = day(stale(), "Your shopping cart", " ", DAY + 4);
    assert_fresh(&world);
}

static void a_source_that_went_back_clears_the_mark(void **state)
{
    struct world world = day(stale(), "Your cart.", "Dein Korb", DAY + 4);

    (void)state;
    assert_fresh(&world);
}

static void a_catalog_that_cannot_be_read_says_what_it_said(void **state)
{
    struct world world = day(first(), "Your shopping cart", "?", DAY + 3);

    (void)state;
    assert_int_equal(world.after.row[0].print[0], first().row[0].print[0]);
    assert_int_equal(world.after.row[0].nmarks, 1); // it may have been translated since
    world = day(world.after, "Your shopping cart", "Dein Wagen", DAY + 4);
    assert_fresh(&world);
    world = day(stale(), "Your shopping cart", "?", DAY + 4);
    assert_int_equal(world.after.row[0].mark[0].day, DAY + 3);
}

static void a_locale_that_is_new_is_not_stale(void **state)
{
    struct history before = stale();
    struct world world;

    (void)state;
    before.nlocales = 0; // as if no column had been there
    world = day(before, "Your basket", "Dein Korb", DAY + 9);
    assert_fresh(&world);
    assert_int_equal(world.after.row[0].day, DAY + 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_those_of_the_specification),
        cmocka_unit_test(minor_edits_of_the_source_do_not_show),
        cmocka_unit_test(a_translation_is_taken_as_it_is),
        cmocka_unit_test(forms_are_joined_by_a_nul),
        cmocka_unit_test(a_key_without_a_row_is_stored_and_not_stale),
        cmocka_unit_test(nothing_moves_on_a_calm_day),
        cmocka_unit_test(a_source_that_changed_alone_marks_the_translation),
        cmocka_unit_test(a_second_change_of_the_source_keeps_the_first_mark),
        cmocka_unit_test(a_translation_that_changed_clears_the_mark),
        cmocka_unit_test(a_source_that_went_back_clears_the_mark),
        cmocka_unit_test(a_catalog_that_cannot_be_read_says_what_it_said),
        cmocka_unit_test(a_locale_that_is_new_is_not_stale),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
