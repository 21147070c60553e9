/* Tests of the vocabulary: closures, domains and members as the term pages of
 * schema.org state them, and against a table made from another publication of it where
 * that is at hand. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/vocabulary.h"
#include "shared/arena.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

/* Version 30.0, made from the vocabulary's own RDF: rows as in generate.awk. In the
 * folder that ROUNDS_CASES names. */
static const char oracle[] = "schemaorg30.tsv";

static int class_of(const char *name)
{
    int found = class_find(str_of(name));

    if (found == VOCABULARY_NONE)
        print_message("# no class %s\n", name);
    assert_true(found != VOCABULARY_NONE);
    return found;
}

static bool is(const char *name, const char *ancestor)
{
    return class_is(class_of(name), class_of(ancestor));
}

static bool list_holds(struct class_list list, int wanted)
{
    for (size_t i = 0; i < list.n; i++)
        if (list.item[i] == wanted)
            return true;
    return false;
}

static bool has_domain(const char *property, const char *type)
{
    struct class_list domains = property_domains(property_find(str_of(property)));

    for (size_t i = 0; i < domains.n; i++)
        if (class_is(class_of(type), domains.item[i]))
            return true;
    return false;
}

static void a_type_descends_through_all_its_parents(void **state)
{
    (void)state;
    assert_true(is("Restaurant", "FoodEstablishment"));
    assert_true(is("Restaurant", "Organization"));
    assert_true(is("Restaurant", "Place"));
    assert_true(is("Restaurant", "Thing"));
    assert_true(is("Restaurant", "Restaurant"));
    assert_false(is("Restaurant", "Person"));
    assert_false(is("FoodEstablishment", "Restaurant"));
    assert_true(is("EmployeeRole", "Role"));
    assert_true(is("3DModel", "MediaObject"));
    assert_true(is("URL", "Text"));
}

static void a_property_fits_what_descends_from_its_domain(void **state)
{
    (void)state;
    assert_true(has_domain("servesCuisine", "Restaurant"));
    assert_false(has_domain("servesCuisine", "Person"));
    assert_true(has_domain("name", "Restaurant"));
    assert_true(has_domain("offers", "Product"));
    assert_true(has_domain("startDate", "EmployeeRole"));
    assert_false(has_domain("itemListElement", "Product"));
}

static void a_member_belongs_to_its_enumeration_and_those_above(void **state)
{
    (void)state;
    assert_true(class_has_member(class_of("ItemAvailability"), STR("InStock")));
    assert_false(class_has_member(class_of("ItemAvailability"), STR("Monday")));
    assert_false(class_has_member(class_of("ItemAvailability"), STR("in stock")));
    assert_true(class_has_member(class_of("StatusEnumeration"), STR("EventScheduled")));
    assert_true(class_has_member(class_of("Boolean"), STR("True")));
    assert_true(class_has_members(class_of("DayOfWeek")));
    assert_false(class_has_members(class_of("Person")));
    assert_false(class_has_members(class_of("BusinessFunction"))); // GoodRelations' own
}

static void data_types_are_told_from_types(void **state)
{
    (void)state;
    assert_true(class_is_data(class_of("Text")));
    assert_true(class_is_data(class_of("Duration")));
    assert_true(class_is_data(class_of("URL")));
    assert_false(class_is_data(class_of("Thing")));
    assert_false(class_is_data(class_of("Role")));
}

static void what_is_superseded_names_its_successor(void **state)
{
    (void)state;
    assert_string_equal(property_successor(property_find(STR("menu"))), "hasMenu");
    assert_string_equal(property_successor(property_find(STR("interactionCount"))),
                        "interactionStatistic");
    assert_string_equal(property_successor(property_find(STR("name"))), "");
    assert_string_equal(class_successor(class_of("Code")), "SoftwareSourceCode");
    assert_string_equal(class_successor(class_of("Thing")), "");
}

static void testing_terms_and_foreign_names_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(class_find(STR("StupidType")), VOCABULARY_NONE);
    assert_int_equal(property_find(STR("stupidProperty")), VOCABULARY_NONE);
    assert_int_equal(class_find(STR("_3DModel")), VOCABULARY_NONE);
    assert_int_equal(class_find(STR("IdReference")), VOCABULARY_NONE);
    assert_int_equal(class_find(STR("")), VOCABULARY_NONE);
    assert_int_equal(property_find(STR("Name")), VOCABULARY_NONE);
}

static void a_misspelling_finds_the_known_name(void **state)
{
    (void)state;
    assert_string_equal(property_near(STR("servesCusine")), "servesCuisine");
    assert_string_equal(property_near(STR("headine")), "headline");
    assert_string_equal(class_near(STR("Prodcut")), "Product"); // a swap is two
    assert_null(property_near(STR("somethingElseAltogether")));
    assert_null(property_near(STR("xy")));
    assert_null(class_near(STR("")));
}

static bool list_equals(struct class_list list, struct str names)
{
    struct str name[16];
    size_t n = names.n > 0 ? str_split(names, ',', name, 16) : 0;

    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++)
        if (!list_holds(list, class_find(name[i])))
            return false;
    return n == list.n;
}

static bool list_covers(struct class_list list, struct str names)
{
    struct str name[64];
    size_t n = names.n > 0 ? str_split(names, ',', name, 64) : 0;

    assert_true(n <= 64);
    for (size_t i = 0; i < n; i++)
        if (!list_holds(list, class_find(name[i])))
            return false;
    return true;
}

static bool member_covers(struct str member, struct str names)
{
    struct str name[16];
    size_t n = str_split(names, ',', name, 16);

    assert_true(n <= 16);
    for (size_t i = 0; i < n; i++)
        if (!class_has_member(class_find(name[i]), member))
            return false;
    return true;
}

static bool row_agrees(const struct str field[5])
{
    int found;

    switch (field[0].at[0]) {
    case 'T':
    case 'D':
        found = class_find(field[1]);
        return found != VOCABULARY_NONE &&
               list_equals(class_parents(found), field[2]) &&
               str_equal(str_of(class_successor(found)), field[3]);
    case 'P':
        found = property_find(field[1]);
        return found != VOCABULARY_NONE &&
               list_covers(property_domains(found), field[2]) &&
               list_covers(property_ranges(found), field[3]) &&
               str_equal(str_of(property_successor(found)), field[4]);
    case 'E': return member_covers(field[1], field[2]);
    default: return false;
    }
}

static void it_agrees_with_the_vocabulary_as_published_elsewhere(void **state)
{
    struct arena arena;
    struct err err;
    struct str bytes, line;
    const char *folder = getenv("ROUNDS_CASES"), *path;
    bool absent;
    size_t rows = 0, wrong = 0;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    path = file_join(&arena, folder ? folder : "../shared/cases", oracle);
    assert_true(
        file_read_if_there(AT_FDCWD, path, MIB, false, &arena, &bytes, &absent, &err));
    if (absent) {
        print_message("# SKIPPED: %s is not there\n", path);
        arena_release(&arena);
        return; // cmocka's own skip() is a failure in TAP
    }
    while (str_next_line(&bytes, &line)) {
        struct str field[5] = {{NULL, 0}};

        (void)str_split(line, '\t', field, 5);
        rows++;
        if (!row_agrees(field)) {
            print_message("# %.*s\n", (int)line.n, line.at);
            wrong++;
        }
    }
    arena_release(&arena);
    assert_true(rows > 2900);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_type_descends_through_all_its_parents),
        cmocka_unit_test(a_property_fits_what_descends_from_its_domain),
        cmocka_unit_test(a_member_belongs_to_its_enumeration_and_those_above),
        cmocka_unit_test(data_types_are_told_from_types),
        cmocka_unit_test(what_is_superseded_names_its_successor),
        cmocka_unit_test(testing_terms_and_foreign_names_are_left_out),
        cmocka_unit_test(a_misspelling_finds_the_known_name),
        cmocka_unit_test(it_agrees_with_the_vocabulary_as_published_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
