/* Tests of the tables of codes: some by hand, and all of them against the zone
 * database's list of countries and Debian's iso-codes, where these are installed. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "seocheck/iso.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

static void countries_have_two_letters(void **state)
{
    (void)state;
    assert_true(iso_country(STR("DE")));
    assert_true(iso_country(STR("gb")));
    assert_true(iso_country(STR("ZW")));
    assert_false(iso_country(STR("UK")));
    assert_false(iso_country(STR("EU")));
    assert_false(iso_country(STR("DEU")));
    assert_false(iso_country(STR("D ")));
    assert_false(iso_country(STR("E ")));
    assert_false(iso_country(STR("")));
}

static void currencies_have_three_capitals(void **state)
{
    (void)state;
    assert_true(iso_currency(STR("EUR")));
    assert_true(iso_currency(STR("ZWG")));
    assert_false(iso_currency(STR("eur")));
    assert_false(iso_currency(STR("DEM")));
    assert_false(iso_currency(STR("EU")));
    assert_false(iso_currency(STR("Euro")));
    assert_false(iso_currency(STR("R A")));
    assert_false(iso_currency(STR("")));
}

/* NULL `at` and a word about it where the file is not there. */
static struct str read_oracle(const char *path, struct arena *arena)
{
    struct str bytes = {NULL, 0};
    struct err err;
    bool absent;

    assert_true(
        file_read_if_there(AT_FDCWD, path, MIB, false, arena, &bytes, &absent, &err));
    if (absent) {
        print_message("# SKIPPED: %s is not there\n", path);
        bytes = (struct str){NULL, 0};
    }
    return bytes;
}

static size_t count_pairs(void)
{
    char code[2];
    size_t n = 0;

    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
            n += iso_country((struct str){code, 2});
    return n;
}

static void countries_are_those_of_the_zone_database(void **state)
{
    struct arena arena;
    struct str rest, line;
    size_t n = 0;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    rest = read_oracle("/usr/share/zoneinfo/iso3166.tab", &arena);
    while (str_next_line(&rest, &line))
        if (line.n > 2 && line.at[0] != '#') {
            assert_true(iso_country((struct str){line.at, 2}));
            n++;
        }
    if (n > 0)
        assert_int_equal(n, count_pairs());
    arena_release(&arena);
}

static void currencies_are_those_of_iso_codes_but_for_four_that_ended(void **state)
{
    static const char *const ended[] = {"HRK", "CUC", "SLL", "ZWL"};
    struct arena arena;
    struct str bytes;
    json_t *row;
    size_t i;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    bytes = read_oracle("/usr/share/iso-codes/json/iso_4217.json", &arena);
    OWN(json)
    root = bytes.n > 0 ? json_loadb(bytes.at, bytes.n, 0, NULL) : json_object();
    json_array_foreach(json_object_get(root, "4217"), i, row)
    {
        const char *code = json_string_value(json_object_get(row, "alpha_3"));
        bool has_ended = false;

        for (size_t j = 0; j < sizeof ended / sizeof *ended; j++)
            has_ended = has_ended || strcmp(code, ended[j]) == 0;
        assert_int_equal(iso_currency(str_of(code)), !has_ended);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(countries_have_two_letters),
        cmocka_unit_test(currencies_have_three_capitals),
        cmocka_unit_test(countries_are_those_of_the_zone_database),
        cmocka_unit_test(currencies_are_those_of_iso_codes_but_for_four_that_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
