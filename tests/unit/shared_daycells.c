/*
 * Tests of days of several sources put together. Expected counts are sums by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/daycells.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena run;

static int set_up(void **state)
{
    (void)state;
    arena_init(&run, 64 * MIB);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

/* `words` are values, by spaces; counts are 1, 2, 3 .. of two counted each. */
static struct day_dimension values(const char *words)
{
    struct str field[16];
    struct day_dimension out = {.nvalues = str_split(str_of(words), ' ', field, 16)};

    out.value = arena_new(&run, struct str, out.nvalues);
    out.affected = arena_new(&run, int64_t, 2 * out.nvalues);
    out.exposed = arena_new(&run, int64_t, 2 * out.nvalues);
    for (size_t v = 0; v < out.nvalues; v++) {
        out.value[v] = field[v];
        for (size_t c = 0; c < 2; c++) {
            out.affected[2 * v + c] = (int64_t)(2 * v + c + 1);
            out.exposed[2 * v + c] = 10 * (int64_t)(2 * v + c + 1);
        }
    }
    return out;
}

static void values_of_both_are_added_in_order_of_bytes(void **state)
{
    struct day_cells to = {.units = 5, .duplicates = 1}, from = {.units = 7};
    struct day_dimension *page = &to.dimension[DIMENSION_PAGE];

    (void)state;
    to.kind_units[KIND_PAGEVIEW] = 2;
    from.kind_units[KIND_PAGEVIEW] = 3;
    *page = values("a c");
    from.dimension[DIMENSION_PAGE] = values("b c d");
    day_cells_add(&to, &from, 2, &run);
    assert_int_equal(to.units, 12);
    assert_int_equal(to.duplicates, 1);
    assert_int_equal(to.kind_units[KIND_PAGEVIEW], 5);
    assert_int_equal(page->nvalues, 4);
    for (size_t v = 0; v < 4; v++)
        assert_memory_equal(page->value[v].at, &"abcd"[v], 1);
    assert_int_equal(page->affected[0], 1); // a, counted 0
    assert_int_equal(page->affected[3], 2); // b, counted 1
    assert_int_equal(page->affected[4], 3 + 3);
    assert_int_equal(page->exposed[5], 40 + 40);
    assert_int_equal(page->exposed[7], 60);
}

static void an_error_is_exposed_to_the_site_of_all_sources(void **state)
{
    struct day_cells to = {0}, from = {0};

    (void)state;
    to.dimension[DIMENSION_SITE] = values("site");
    from.dimension[DIMENSION_SITE] = values("site");
    to.dimension[DIMENSION_ERROR] = values("e1");
    from.dimension[DIMENSION_ERROR] = values("e2");
    day_cells_add(&to, &from, 2, &run);
    assert_int_equal(to.dimension[DIMENSION_ERROR].nvalues, 2);
    for (size_t v = 0; v < 2; v++) {
        assert_int_equal(to.dimension[DIMENSION_ERROR].exposed[2 * v], 20);
        assert_int_equal(to.dimension[DIMENSION_ERROR].exposed[2 * v + 1], 40);
    }
}

static void a_dimension_over_its_cap_is_off_on_every_day(void **state)
{
    struct day_cells days[2] = {{0}};
    static const uint32_t three[DIMENSION_COUNT] = {1, 3, 3, 3, 3, 3};
    uint32_t over;

    (void)state;
    days[0].dimension[DIMENSION_PAGE] = values("a b c");
    days[1].dimension[DIMENSION_PAGE] = values("a b d");
    days[0].dimension[DIMENSION_ERROR] = values("a b c");
    days[1].dimension[DIMENSION_ERROR] = values("a b c");
    days[1].dimension[DIMENSION_DEVICE] = values("a");
    over = day_cells_cap(days, 2, three, 1U << DIMENSION_DEVICE, &run);
    assert_int_equal(over, 1U << DIMENSION_PAGE | 1U << DIMENSION_DEVICE);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(days[i].dimension[DIMENSION_PAGE].nvalues, 0);
        assert_int_equal(days[i].dimension[DIMENSION_DEVICE].nvalues, 0);
        assert_int_equal(days[i].dimension[DIMENSION_ERROR].nvalues, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_both_are_added_in_order_of_bytes),
        cmocka_unit_test(an_error_is_exposed_to_the_site_of_all_sources),
        cmocka_unit_test(a_dimension_over_its_cap_is_off_on_every_day),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
