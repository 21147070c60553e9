/*
 * Tests of shared/engines/tables.c on a database of our own: what it asks is in
 * shared_sql.c, here it is what becomes of the answers, good and bad.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/tables.h"
#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BIT(what)    (UINT64_C(1) << (what))

enum { DAY_MS = 86400000, CELLS_MAX = 12 };

/* Rows of an answer: cells row by row, or of each row its value and then `number` in
 * every other column. */
struct answer {
    size_t nrows;
    const char *cell[CELLS_MAX];
    const char *number;
};

static struct arena run;
static struct config config;
static json_t *root;
static struct engine_opened opened;
static struct tables tables;
static struct source_day days[2];
static const struct answer *answers; /* to the questions to come */
static size_t nanswers, asked;

static bool answer_next(void *unused, struct str sql, const struct sql_columns *columns,
                        struct arena *arena, struct sql_rows *rows, struct err *err)
{
    const struct answer *answer = &answers[asked];

    (void)unused;
    assert_true(sql.n > 0);
    if (asked == nanswers)
        return err_set(err, "%s: no answer", tables.who);
    asked++;
    rows->ncolumns = columns->n;
    rows->nrows = answer->nrows;
    rows->cell = arena_new(arena, struct str, rows->nrows * rows->ncolumns);
    for (size_t i = 0; i < rows->nrows * rows->ncolumns; i++) {
        size_t column = i % columns->n;
        const char *text = !answer->number ? answer->cell[i]
                           : column == 0   ? answer->cell[i / columns->n]
                                           : answer->number;

        rows->cell[i] = text ? str_of(text) : (struct str){0};
    }
    return true;
}

static bool open_with(const char *members, struct err *err)
{
    const char *text =
        str_format(&run, "{\"sources\":{\"s\":{\"table\":\"t\"%s}}}", members);

    json_decref(root);
    root = NULL;
    config = (struct config){.path = "rounds.json", .bytes = str_of(text)};
    assert_true(json_load_strict(config.bytes, "t", 9, 99, &root, err));
    config.root = root;
    opened = (struct engine_opened){0};
    tables = (struct tables){.ask = answer_next, .table = {.dialect = SQL_CLICKHOUSE}};
    return tables_open(&config, "s", &run, &tables, &opened, err);
}

static int setup(void **state)
{
    struct err err;

    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return open_with("", &err) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(root);
    root = NULL;
    arena_release(&run);
    return 0;
}

static void answer_with(const struct answer *given, size_t n)
{
    answers = given;
    nanswers = n;
    asked = 0;
}

/* Two days from 1970-01-01 on. */
static bool start(struct source_totals *totals, struct err *err)
{
    static const int64_t at_ms[] = {0, DAY_MS, 2 * (int64_t)DAY_MS};
    const struct day_bounds bounds = {.n = 2, .at_ms = at_ms};

    return tables_start(&tables, &bounds, &run, days, totals, err);
}

/* What a start that fails says of one row. */
static const char *start_fails(const char *d, const char *n, const char *k,
                               const char *t)
{
    const struct answer row = {.nrows = 1, .cell = {d, n, k, t}};
    struct source_totals totals;
    struct err err = {.text = ""};

    answer_with(&row, 1);
    assert_false(start(&totals, &err));
    return str_copy(&run, err.text, strlen(err.text));
}

static void days_are_what_was_counted(void **state)
{
    static const struct answer rows = {.nrows = 2,
                                       .cell = {"1", "5", "3", "86400007", "2", "9",
                                                "8", "172800000"}};
    struct source_totals totals = {0};
    struct err err;

    (void)state;
    answer_with(&rows, 1);
    assert_true(start(&totals, &err));
    assert_int_equal(days[0].rows, 0);
    assert_int_equal(days[1].rows, 3);
    assert_int_equal(days[1].rejected[REJECT_NO_UNIT], 2);
    assert_int_equal(days[1].newest_ms, 86400007);
    assert_int_equal(totals.future, 8); // past the last day
}

static void what_is_no_count_of_a_day_is_refused(void **state)
{
#define WHERE "source 's', rows of 1970-01-01: "
    (void)state;
    assert_string_equal(start_fails("x", "5", "3", "7"),
                        WHERE "row 1 of the reply, column 1: 'x' is no count");
    assert_string_equal(start_fails("0", "-5", "3", "7"),
                        WHERE "row 1 of the reply, column 2: '-5' is no count");
    assert_string_equal(start_fails("0", "5", NULL, "7"),
                        WHERE "row 1 of the reply, column 3: '' is no count");
    assert_string_equal(start_fails("0", "5", "3", "1e3"),
                        WHERE "row 1 of the reply, column 4: '1e3' is no count");
    assert_string_equal(start_fails("3", "5", "3", "7"),
                        WHERE "row 1 of the reply is no count of a day"); // no such day
    assert_string_equal(start_fails("0", "0", "0", "7"),
                        WHERE "row 1 of the reply is no count of a day"); // not there
    assert_string_equal(start_fails("0", "5", "6", "7"),
                        WHERE "row 1 of the reply is no count of a day"); // more units
    assert_string_equal(start_fails("1", "5", "3", "7"),
                        WHERE "row 1 of the reply is no count of a day"); // too early
    assert_string_equal(start_fails("0", "5", "3", "86400000"),
                        WHERE "row 1 of the reply is no count of a day"); // too late
}

static void a_day_that_comes_twice_is_refused(void **state)
{
    static const struct answer rows = {.nrows = 2,
                                       .cell = {"1", "5", "3", "86400007", "1", "5",
                                                "3", "86400008"}};
    struct source_totals totals;
    struct err err;

    (void)state;
    answer_with(&rows, 1);
    assert_false(start(&totals, &err));
    assert_string_equal(err.text, WHERE "row 2 of the reply is no count of a day");
}

/* ---- cells ---- */

static bool is_cart(void *unused, struct str page)
{
    (void)unused;
    return str_equal(page, STR("/cart"));
}

enum { VIEWED, FAILED, ON_CART, WHAT_COUNT };

static const struct predicate_words cart = {.is_page = is_cart, .pointer = "/x"};
static const struct predicate predicates[WHAT_COUNT] = {
    [VIEWED] = {.kinds = 1U << KIND_PAGEVIEW},
    [FAILED] = {.kinds = 1U << KIND_EXCEPTION},
    [ON_CART] = {.given = true, .words = &cart},
};
static const struct counted counted[] = {
    {.affected = BIT(FAILED), .exposed = BIT(VIEWED)},
    {.affected = BIT(ON_CART), .exposed = BIT(VIEWED)},
};
static const struct daycount_plan plan = {.predicates = predicates,
                                          .npredicates = WHAT_COUNT,
                                          .counted = counted,
                                          .ncounted = COUNT(counted)};

static const struct answer none = {.nrows = 0};
/* Rows of the first day. */
static const struct answer ten = {.nrows = 1, .cell = {"0", "10", "10", "7"}};
static const struct answer eleven = {.nrows = 1, .cell = {"0", "11", "11", "7"}};
static const struct answer newer = {.nrows = 1, .cell = {"0", "10", "10", "8"}};
static const struct answer pages = {.nrows = 2, .cell = {"/", "/cart"}};
static const struct answer site = {.nrows = 1, .cell = {"site"}, .number = "4"};
static const struct answer values = {.nrows = 2, .cell = {"b", "a"}, .number = "2"};

/* Cells of the first day; of that many answers the first is to the start. */
static bool cells_of(const struct answer *given, size_t n, uint32_t dimensions,
                     struct day_cells *cells, struct err *err)
{
    const struct cells_wanted wanted = {.plan = &plan,
                                        .counted = 3,
                                        .dimensions = dimensions};
    struct source_totals totals;

    answer_with(given, n);
    assert_true(start(&totals, err));
    days[0].is_cut = false;
    return tables_cells(&tables, 0, &wanted, &run, cells, err);
}

static void cells_of_a_day_come_in_byte_order(void **state)
{
    const struct answer given[] = {ten, pages, site, values, values, ten};
    const uint32_t dimensions =
        BIT(DIMENSION_SITE) | BIT(DIMENSION_BROWSER) | BIT(DIMENSION_ERROR);
    const struct day_dimension *browser, *error;
    struct day_cells cells;
    struct err err;

    (void)state;
    assert_true(cells_of(given, COUNT(given), (uint32_t)dimensions, &cells, &err));
    assert_int_equal(asked, COUNT(given)); // the last: it stood meanwhile
    assert_false(days[0].is_cut);
    assert_int_equal(cells.units, 4);
    assert_int_equal(cells.kind_units[KIND_EXCEPTION], 4);
    assert_int_equal(cells.dimension[DIMENSION_SITE].exposed[0], 4);
    browser = &cells.dimension[DIMENSION_BROWSER];
    assert_int_equal(browser->nvalues, 2);
    assert_true(str_equal(browser->value[0], STR("a")));
    assert_int_equal(browser->affected[3], 2);
    error = &cells.dimension[DIMENSION_ERROR];
    assert_int_equal(error->exposed[0], 4); // of errors those of the site
    assert_int_equal(cells.dimension[DIMENSION_PAGE].nvalues, 0); // not asked for
}

static void a_day_without_units_has_no_cells(void **state)
{
    const struct answer given[] = {none, none, none, values, none};
    struct day_cells cells;
    struct err err;

    (void)state;
    assert_true(cells_of(given, COUNT(given),
                         (uint32_t)(BIT(DIMENSION_SITE) | BIT(DIMENSION_ERROR)), &cells,
                         &err));
    assert_int_equal(cells.units, 0);
    assert_int_equal(cells.dimension[DIMENSION_ERROR].exposed[0], 0);
}

static void a_day_that_moves_is_asked_for_twice_and_then_cut(void **state)
{
    const struct answer once[] = {ten, pages, site, eleven, pages, site, eleven};
    const struct answer later[] = {ten, pages, site, newer, pages, site, newer};
    const struct answer twice[] = {ten, pages, site, eleven, pages, site, ten};
    struct day_cells cells;
    struct err err;

    (void)state;
    assert_true(cells_of(once, COUNT(once), 1, &cells, &err));
    assert_int_equal(asked, COUNT(once));
    assert_false(days[0].is_cut);
    assert_int_equal(days[0].rows, 11);
    assert_true(cells_of(later, COUNT(later), 1, &cells, &err));
    assert_int_equal(asked, COUNT(later)); // as many rows, one of them newer
    assert_true(cells_of(twice, COUNT(twice), 1, &cells, &err));
    assert_int_equal(asked, COUNT(twice));
    assert_true(days[0].is_cut);
}

static void in_a_snapshot_no_day_moves(void **state)
{
    const struct answer given[] = {ten, pages, site};
    struct day_cells cells;
    struct err err;

    (void)state;
    tables.is_snapshot = true;
    assert_true(cells_of(given, COUNT(given), 1, &cells, &err));
    assert_int_equal(asked, COUNT(given));
}

static void cells_that_are_none_are_refused(void **state)
{
    static const struct answer bad = {.nrows = 1, .cell = {"site"}, .number = "x"};
    static const struct answer same = {.nrows = 2, .cell = {"a", "a"}, .number = "1"};
    static const struct answer two = {.nrows = 2, .cell = {"a", "b"}, .number = "1"};

    const struct {
        struct answer given[6];
        size_t n;
        const char *says;
    } cases[] = {
        {{ten}, 1, "source 's', pages of 1970-01-01: no answer"},
        {{ten, pages}, 2, "source 's', site of 1970-01-01: no answer"},
        {{ten, pages, bad}, 3, "site of 1970-01-01: row 1 of the reply, column"},
        {{ten, pages, two}, 3, "site of 1970-01-01: 2 rows in the reply, expected 1"},
        {{ten, pages, site, same},
         4,
         "browser of 1970-01-01: a value comes twice in the reply"},
        {{ten, pages, site, site}, 4, "browser of 1970-01-01: no answer"},
        {{ten, pages, site, site, bad}, 5, "1970-01-01: row 1 of the reply, column"},
    };
    struct day_cells cells;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct err err = {.text = ""};

        assert_false(cells_of(cases[i].given, cases[i].n,
                              (uint32_t)(BIT(DIMENSION_SITE) | BIT(DIMENSION_BROWSER)),
                              &cells, &err));
        if (!strstr(err.text, cases[i].says))
            print_error("'%s' does not say '%s'\n", err.text, cases[i].says);
        assert_non_null(strstr(err.text, cases[i].says));
    }
}

/* ---- arms ---- */

static const char *const arm_names[] = {"a", "b"};
static const char *const guards[] = {"refund"};

static const struct arms_wanted everything = {.event = "exposure",
                                              .flag_property = "flag",
                                              .arm_property = "arm",
                                              .flag = "cta",
                                              .arm = arm_names,
                                              .narms = 2,
                                              .reward = "order",
                                              .guardrail = guards,
                                              .nguardrails = 1,
                                              .to_ms = DAY_MS,
                                              .until_ms = 2 * (int64_t)DAY_MS,
                                              .window_ms = DAY_MS,
                                              .deploy_ms = 1000};
static const struct answer exposures = {.nrows = 1, .cell = {"9", "2", "1"}};

static bool arms_of(const struct answer *given, size_t n, struct day_arms *arms,
                    struct err *err)
{
    struct source_totals totals;

    answer_with(given, n);
    assert_true(start(&totals, err));
    days[0].is_cut = false;
    return tables_arms(&tables, 0, &everything, &run, arms, err);
}

/* Columns: arm, multi, n, late, s, s0. */
static void units_of_arms_are_added_up(void **state)
{
    static const struct answer rows[] = {
        {.nrows = 2,
         .cell = {"a", "0", "7", "3", "2", "1", "a", "1", "2", "1", "1", "1"}},
        {.nrows = 2,
         .cell = {"", "1", "4", "0", "0", "0", "?", "0", "5", "0", "0", "0"}}};
    const struct answer first[] = {ten, exposures, rows[0], ten};
    const struct answer second[] = {ten, exposures, rows[1], ten};
    struct day_arms arms;
    struct err err;

    (void)state;
    assert_true(arms_of(first, COUNT(first), &arms, &err));
    assert_int_equal(arms.exposures, 9);
    assert_int_equal(arms.bad, 2);
    assert_int_equal(arms.unknown, 1);
    assert_int_equal(arms.arm[0].exposed, 9);
    assert_int_equal(arms.arm[0].deployed, 4);
    assert_int_equal(arms.arm[0].units, 7); // two were in another arm by the end
    assert_int_equal(arms.arm[0].successes, 2);
    assert_int_equal(arms.arm[0].guardrail[0], 1);
    assert_int_equal(arms.dropped, 2);
    assert_int_equal(arms.arm[1].units, 0);
    assert_true(arms_of(second, COUNT(second), &arms, &err));
    assert_int_equal(arms.multi, 4);
    assert_int_equal(arms.dropped, 4);
    assert_int_equal(arms.arm[0].units, 0); // nobody's, and of no arm that is wanted
}

static void arms_of_a_day_that_moves_are_cut(void **state)
{
    static const struct answer nobody = {.nrows = 1, .cell = {"0", NULL, NULL}};
    const struct answer given[] = {ten, nobody, none, eleven, nobody, none, ten};
    struct day_arms arms;
    struct err err;

    (void)state;
    assert_true(arms_of(given, COUNT(given), &arms, &err));
    assert_true(days[0].is_cut);
    assert_int_equal(arms.exposures, 0);
}

static void arms_that_are_none_are_refused(void **state)
{
    static const struct answer other = {.nrows = 1,
                                        .cell = {"c", "0", "7", "3", "2", "1"}};
    static const struct answer no_unknown = {.nrows = 1, .cell = {"9", "2", "x"}};
    static const struct answer no_bad = {.nrows = 1, .cell = {"9", "x", "2"}};
    struct answer broken = {.nrows = 1, .cell = {"a", "0", "7", "3", "2", "1"}};
    struct day_arms arms;
    struct err err;

    (void)state;
    assert_false(arms_of((struct answer[]){ten}, 1, &arms, &err));
    assert_string_equal(err.text, "source 's', arms of 1970-01-01: no answer");
    assert_false(arms_of((struct answer[]){ten, none}, 2, &arms, &err));
    assert_non_null(strstr(err.text, "0 rows in the reply, expected 1"));
    assert_false(arms_of((struct answer[]){ten, no_bad}, 2, &arms, &err));
    assert_non_null(strstr(err.text, "row 1 of the reply, column 2: 'x' is no count"));
    assert_false(arms_of((struct answer[]){ten, no_unknown}, 2, &arms, &err));
    assert_non_null(strstr(err.text, "row 1 of the reply, column 3: 'x' is no count"));
    assert_false(arms_of((struct answer[]){ten, exposures}, 2, &arms, &err));
    assert_non_null(strstr(err.text, "no answer"));
    assert_false(arms_of((struct answer[]){ten, exposures, other}, 3, &arms, &err));
    assert_non_null(strstr(err.text, "an arm in the reply was not asked for"));
    for (size_t column = 1; column < 6; column++) {
        const char *was = broken.cell[column];

        broken.cell[column] = "-1";
        assert_false(
            arms_of((struct answer[]){ten, exposures, broken}, 3, &arms, &err));
        assert_non_null(strstr(err.text, "'-1' is no count"));
        broken.cell[column] = was;
    }
    assert_false(arms_of((struct answer[]){ten, exposures, none}, 3, &arms, &err));
    assert_non_null(strstr(err.text, "no answer")); // to whether the day stood
}

/* ---- the configuration ---- */

static void what_a_table_does_not_take_is_refused(void **state)
{
    static const struct str odd_name[] = {{"a'b", 3}};
    static const struct predicate_words words[] = {
        {.is_pattern = true, .pointer = "/x/0"},
        {.event = odd_name, .nevents = 1, .pointer = "/x/1"},
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        const struct predicate given = {.given = true, .words = &words[i]};
        const struct counted what = {.affected = 1};
        const struct daycount_plan one = {.predicates = &given,
                                          .npredicates = 1,
                                          .counted = &what,
                                          .ncounted = 1};
        bool can;

        assert_false(tables_can_count(&tables, &one, 0, &can, &err));
        assert_non_null(
            strstr(err.text, i == 0 ? "/x/0: source 's' is a table, which takes no "
                                      "pattern"
                                    : "/x/1: 'a'b' cannot be asked of source 's'"));
    }
}

static void arms_that_cannot_be_asked_for_are_refused(void **state)
{
    struct arms_wanted wanted = everything;
    struct err err;

    (void)state;
    assert_true(tables_check_arms(&tables, &wanted, &err));
    wanted.event = "it's";
    assert_false(tables_check_arms(&tables, &wanted, &err));
    assert_non_null(strstr(err.text, "'it's' cannot be asked of source 's'"));
    wanted.event = "exposure";
    wanted.is_per_user = true;
    assert_true(tables_check_arms(&tables, &wanted, &err));
    assert_true(open_with(",\"columns\":{\"time\":\"ts\"}", &err));
    assert_false(tables_check_arms(&tables, &wanted, &err));
    assert_non_null(strstr(err.text, "source 's' has no column of users"));
}

static void a_table_is_what_the_configuration_says(void **state)
{
    struct err err;

    (void)state;
    assert_null(tables.table.schema);
    assert_string_equal(tables.table.column[COLUMN_SESSION], "session_id");
    assert_true(open_with(",\"ts_type\":\"epoch_s\",\"kinds\":{\"search\":[\"find\"]},"
                          "\"columns\":{\"time\":\"at\",\"lcp\":\"paint\"}",
                          &err));
    assert_int_equal(tables.table.time, SQL_EPOCH_S);
    assert_int_equal(tables.table.kind[KIND_SEARCH].n, 2);
    assert_null(tables.table.column[COLUMN_SESSION]); // columns are said: only those
    assert_int_equal(opened.numbers, 1U << (COLUMN_LCP - COLUMN_STATUS));
    json_object_set_new(json_object_get(json_object_get(root, "sources"), "s"), "table",
                        json_string("web.events"));
    assert_true(tables_open(&config, "s", &run, &tables, &opened, &err));
    assert_string_equal(tables.table.schema, "web");
    assert_string_equal(tables.table.name, "events");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_are_what_was_counted),
        TEST(what_is_no_count_of_a_day_is_refused),
        TEST(a_day_that_comes_twice_is_refused),
        TEST(cells_of_a_day_come_in_byte_order),
        TEST(a_day_without_units_has_no_cells),
        TEST(a_day_that_moves_is_asked_for_twice_and_then_cut),
        TEST(in_a_snapshot_no_day_moves),
        TEST(cells_that_are_none_are_refused),
        TEST(units_of_arms_are_added_up),
        TEST(arms_of_a_day_that_moves_are_cut),
        TEST(arms_that_are_none_are_refused),
        TEST(what_a_table_does_not_take_is_refused),
        TEST(arms_that_cannot_be_asked_for_are_refused),
        TEST(a_table_is_what_the_configuration_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
