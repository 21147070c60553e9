/*
 * Tests of the questions to databases: their texts against the files in tests/sql,
 * which were read beside sections 6 and 7 of docs/sources.md's tables and are rewritten
 * with UPDATE=1; and that nothing outside the allowed bytes gets into one. That the
 * answers are right is tests/engines.t's, with real servers.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engine.h"
#include "shared/limits.h"
#include "shared/sql.h"

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

/* ---- what may stand in a text ---- */

static void identifiers_are_letters_digits_and_underscores(void **state)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    char text[3] = "xx";

    (void)state;
    for (int c = 0; c < 256; c++) {
        bool is_letter = c != 0 && strchr(letters, c) != NULL;
        bool is_digit = c >= '0' && c <= '9';

        text[0] = (char)c;
        text[1] = 'x';
        assert_int_equal(sql_is_identifier((struct str){text, 2}), is_letter);
        text[0] = 'x';
        text[1] = (char)c;
        assert_int_equal(sql_is_identifier((struct str){text, 2}),
                         is_letter || is_digit);
    }
    assert_false(sql_is_identifier(STR("")));
}

static void literals_are_the_bytes_of_the_list(void **state)
{
    static const char others[] = "_$ .:/-";

    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[3] = {'x', (char)c, 'x'};
        bool is_allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || (c != 0 && strchr(others, c));

        assert_int_equal(sql_is_literal((struct str){text, 3}), is_allowed);
    }
    assert_false(sql_is_literal(STR("")));
}

static void lengths_end_at_64_and_128(void **state)
{
    char text[130];

    (void)state;
    memset(text, 'x', sizeof text);
    assert_true(sql_is_identifier((struct str){text, 64}));
    assert_false(sql_is_identifier((struct str){text, 65}));
    assert_true(sql_is_literal((struct str){text, 128}));
    assert_false(sql_is_literal((struct str){text, 129}));
}

static void a_column_is_not_named_like_a_part_of_the_question(void **state)
{
    static const char *const taken[] = {"u", "v", "t", "x",  "m",  "n",
                                        "k", "r", "s", "p0", "e1", "g12"};
    static const char *const fine[] = {"ts", "event", "user_id", "p0_", "u1x", "b"};

    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        assert_false(sql_is_column(str_of(taken[i])));
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_true(sql_is_column(str_of(fine[i])));
}

/* ---- the texts ---- */

static struct str names[KIND_COUNT][2];

static struct sql_table table_of(enum sql_dialect dialect)
{
    struct sql_table table = {
        .dialect = dialect,
        .schema = dialect == SQL_POSTGRES ? "public" : NULL,
        .name = "events",
        .column = {[COLUMN_TIME] = "ts",
                   [COLUMN_SESSION] = "session_id",
                   [COLUMN_USER] = "user_id",
                   [COLUMN_EVENT] = "event",
                   [COLUMN_PAGE] = "page",
                   [COLUMN_REFERRER_HOST] = "referrer_host",
                   [COLUMN_ERROR] = "error",
                   [COLUMN_STATUS] = "status",
                   [COLUMN_CLS] = "cls"},
    };

    for (int k = 0; k < KIND_COUNT; k++) {
        names[k][0] = str_of(kind_word((enum kind)k));
        table.kind[k] = (struct sql_names){names[k], 1};
    }
    names[KIND_CHECKOUT_DONE][1] = STR("order paid");
    table.kind[KIND_CHECKOUT_DONE].n = 2;
    return table;
}

static const struct str refund[] = {{"refund", 6}};
static const struct str cart[] = {{"/cart", 5}};

static bool any_page(void *context, struct str page)
{
    (void)context;
    (void)page;
    return true;
}

enum { VIEWED, THREW, STARTED, DONE, FAILED, DEAD, SHIFTED, REFUNDED, AT_CHECKOUT };

static const struct predicate_words refunds = {.event = refund,
                                               .nevents = 1,
                                               .page = cart,
                                               .npages = 1};
static const struct predicate_words checkout = {.is_page = any_page};

static const struct predicate predicates[] = {
    [VIEWED] = {.kinds = 1U << KIND_PAGEVIEW},
    [THREW] = {.kinds = 1U << KIND_EXCEPTION},
    [STARTED] = {.kinds = 1U << KIND_CHECKOUT_START},
    [DONE] = {.kinds = 1U << KIND_CHECKOUT_DONE},
    [FAILED] = {.kinds = 1U << KIND_PAYMENT_FAILED},
    [DEAD] = {.kinds = 1U << KIND_REQUEST,
              .has_number = true,
              .which = NUMBER_STATUS,
              .above = 403.5,
              .at_most = 404,
              .own_referrer = true},
    [SHIFTED] = {.has_number = true,
                 .which = NUMBER_CLS,
                 .above = 0.1,
                 .at_most = (double)INFINITY},
    [REFUNDED] = {.given = true, .words = &refunds},
    [AT_CHECKOUT] = {.given = true, .kinds = 1U << KIND_EXCEPTION, .words = &checkout},
};

#define BIT(i) (UINT64_C(1) << (i))

static const struct counted counted[] = {
    {.exposed = BIT(VIEWED), .affected = BIT(THREW)},
    {.exposed = BIT(STARTED) | BIT(FAILED),
     .affected = BIT(STARTED),
     .ended = BIT(DONE),
     .failed = BIT(FAILED)},
    {.exposed = BIT(VIEWED), .affected = BIT(DEAD) | BIT(SHIFTED)},
    {.exposed = BIT(VIEWED), .affected = BIT(REFUNDED), .within = true},
    {.exposed = BIT(VIEWED), .affected = BIT(VIEWED), .form = FORM_BACK},
    {.affected = BIT(AT_CHECKOUT)},
};

static const char *const hosts[] = {"Shop.example"};

static const struct daycount_plan plan = {
    .predicates = predicates,
    .npredicates = sizeof predicates / sizeof *predicates,
    .counted = counted,
    .ncounted = sizeof counted / sizeof *counted,
    .own_hosts = hosts,
    .nown_hosts = 1,
    .most_values = {1, 20000, 4096, 4096, 4096, 20000},
};

static const struct sql_span day = {1772406000, 1772492400};

/* 2026-03-27 to 2026-03-30 in Berlin: the third has 23 hours. */
static const int64_t days_ms[] = {1774566000000, 1774652400000, 1774738800000,
                                  1774821600000, 1774908000000};

static void add_cells(const struct sql_table *table, enum dimension dimension,
                      uint64_t which, struct buf *out)
{
    static const struct str pages[] = {{"/o'x", 4}, {"/caf\xc3\xa9", 6}};
    struct sql_pages taken[PREDICATES_MAX] = {[AT_CHECKOUT] = {pages, 2}};
    struct cells_wanted wanted = {.plan = &plan, .counted = which};
    struct sql_cells *cells = arena_new(&run, struct sql_cells, 1);

    sql_cells_plan(table, &wanted, dimension, cells);
    buf_printf(out, "-- cells: %s\n", dimension_word(dimension));
    sql_cells(cells, taken, day, out);
    buf_add_text(out, "\n\n");
}

static const char *const arms[] = {"control", "green"};
static const char *const guardrails[] = {"refund"};
static const struct arms_wanted experiment = {
    .event = "exposure",
    .flag_property = "experiment",
    .arm_property = "arm",
    .flag = "cta",
    .arm = arms,
    .narms = 2,
    .reward = "purchase",
    .guardrail = guardrails,
    .nguardrails = 1,
    .look_ms = 1772319600000,
    .from_ms = 1772406000000,
    .to_ms = 1772492400000,
    .until_ms = 1772578800000,
    .window_ms = 86400000,
    .deploy_ms = 1772420400000,
};

static void add_all(enum sql_dialect dialect, struct buf *out)
{
    struct sql_table table = table_of(dialect);
    struct arms_wanted users = experiment;

    users.is_per_user = true;
    users.nguardrails = 0;
    users.deploy_ms = 0;
    buf_add_text(out, "-- days\n");
    sql_days(&table, days_ms, 4, out);
    buf_add_text(out, "\n\n");
    add_cells(&table, DIMENSION_SITE, BIT(0) | BIT(1) | BIT(2) | BIT(3), out);
    add_cells(&table, DIMENSION_PAGE, BIT(0) | BIT(1), out);
    add_cells(&table, DIMENSION_PAGE, BIT(0), out);
    add_cells(&table, DIMENSION_ERROR, BIT(0) | BIT(3) | BIT(5), out);
    buf_add_text(out, "-- pages\n");
    sql_pages(&table, &plan, &predicates[AT_CHECKOUT], day, out);
    buf_add_text(out, "\n\n-- exposures\n");
    sql_exposures(&table, &experiment, out);
    buf_add_text(out, "\n\n-- arms\n");
    sql_arms(&table, &experiment, out);
    buf_add_text(out, "\n\n-- arms: users\n");
    sql_arms(&table, &users, out);
    buf_add_text(out, "\n\n-- days: other times\n");
    for (int t = SQL_DATETIME64; t <= SQL_EPOCH_S; t++) {
        table.time = (enum sql_time)t;
        if (dialect == SQL_POSTGRES && t == SQL_DATETIME64)
            continue; // the schema knows no such
        sql_days(&table, days_ms, 1, out);
        buf_add_text(out, "\n");
    }
}

static void texts_are_those_of(const struct buf *out, const char *path)
{
    static char want[1 << 16];
    FILE *file;
    size_t n;

    if (getenv("UPDATE")) {
        file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(out->at, 1, out->n, file), out->n);
        assert_int_equal(fclose(file), 0);
    }
    file = fopen(path, "r");
    assert_non_null(file);
    n = fread(want, 1, sizeof want - 1, file);
    assert_int_equal(fclose(file), 0);
    want[n] = '\0';
    assert_string_equal(out->at, want);
}

static void clickhouse_is_asked_in_these_words(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, &run, SQL_BYTES_MAX);
    add_all(SQL_CLICKHOUSE, &out);
    texts_are_those_of(&out, "tests/sql/clickhouse.sql");
}

static void postgres_is_asked_in_these_words(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, &run, SQL_BYTES_MAX);
    add_all(SQL_POSTGRES, &out);
    texts_are_those_of(&out, "tests/sql/postgres.sql");
}

/* PostHog's columns are properties; of pages it is not asked. */
static void hogql_is_asked_in_these_words(void **state)
{
    struct sql_table table = table_of(SQL_HOGQL);
    struct arms_wanted flag = experiment;
    struct buf out;

    (void)state;
    table.time = SQL_DATETIME64;
    table.column[COLUMN_TIME] = "timestamp";
    table.column[COLUMN_SESSION] = "ifNull(properties.$session_id, '')";
    table.column[COLUMN_PAGE] = NULL;
    flag.flag_property = "$feature_flag";
    flag.arm_property = "$feature_flag_response";
    buf_init(&out, &run, SQL_BYTES_MAX);
    buf_add_text(&out, "-- days\n");
    sql_days(&table, days_ms, 4, &out);
    buf_add_text(&out, "\n\n");
    add_cells(&table, DIMENSION_SITE, BIT(0) | BIT(1) | BIT(2) | BIT(3), &out);
    add_cells(&table, DIMENSION_ERROR, BIT(0) | BIT(3) | BIT(5), &out);
    buf_add_text(&out, "-- exposures\n");
    sql_exposures(&table, &flag, &out);
    buf_add_text(&out, "\n\n-- arms\n");
    sql_arms(&table, &flag, &out);
    buf_add_text(&out, "\n");
    assert_null(sql_refused_arms(SQL_HOGQL, &flag));
    texts_are_those_of(&out, "tests/sql/hogql.sql");
}

static void a_property_is_letters_digits_and_underscores_behind_dollars(void **state)
{
    static const char *const bad[] = {"", "$", "a$b", "a.b", "a b", "$1", "a'", "a)"};
    struct arms_wanted wanted = experiment;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        wanted.arm_property = bad[i];
        assert_string_equal(sql_refused_arms(SQL_HOGQL, &wanted), bad[i]);
    }
    wanted.arm_property = "$feature/flag";
    assert_non_null(sql_refused_arms(SQL_HOGQL, &wanted));
}

/* ---- what cannot be asked ---- */

static void a_table_cannot_tell_order_nor_what_it_has_no_column_for(void **state)
{
    struct sql_table table = table_of(SQL_CLICKHOUSE);

    (void)state;
    for (size_t c = 0; c < plan.ncounted; c++)
        assert_int_equal(sql_can_count(&table, &plan, c), counted[c].form == FORM_ROWS);
    table.column[COLUMN_STATUS] = table.column[COLUMN_CLS] = NULL;
    assert_false(sql_can_count(&table, &plan, 2));
    table.column[COLUMN_PAGE] = NULL;
    assert_false(sql_can_count(&table, &plan, 3));
    assert_false(sql_can_count(&table, &plan, 5));
    assert_true(sql_can_count(&table, &plan, 0));
    table.kind[KIND_CHECKOUT_DONE].n = 0; // every checkout would seem to fail
    assert_false(sql_can_count(&table, &plan, 1));
}

static void words_that_are_no_literals_are_named(void **state)
{
    static const struct str bad[] = {{"fine", 4}, {"it's", 4}};
    struct predicate_words words = {.event = bad, .nevents = 2};
    struct predicate one = {.given = true, .words = &words};
    struct counted of = {.affected = 1};
    struct daycount_plan asked = {.predicates = &one,
                                  .npredicates = 1,
                                  .counted = &of,
                                  .ncounted = 1};
    struct str text;

    (void)state;
    assert_ptr_equal(sql_refused(&asked, 0, &text), &words);
    assert_int_equal(text.n, 4);
    assert_memory_equal(text.at, "it's", 4);
    words.nevents = 1;
    assert_null(sql_refused(&asked, 0, &text));
    words = (struct predicate_words){.page = bad, .npages = 2};
    assert_ptr_equal(sql_refused(&asked, 0, &text), &words);
    words = (struct predicate_words){.is_pattern = true};
    assert_ptr_equal(sql_refused(&asked, 0, &text), &words);
    assert_int_equal(text.n, 0);
}

static void an_experiment_with_any_other_byte_is_refused(void **state)
{
    static const char *const bad_arms[] = {"control", "gr'een"};
    static const char *const bad_guardrails[] = {"re\"fund"};
    struct arms_wanted wanted = experiment;

    (void)state;
    assert_null(sql_refused_arms(SQL_POSTGRES, &wanted));
    wanted.event = "exp\\osure";
    assert_string_equal(sql_refused_arms(SQL_POSTGRES, &wanted), "exp\\osure");
    wanted = experiment;
    wanted.flag = "";
    assert_string_equal(sql_refused_arms(SQL_POSTGRES, &wanted), "");
    wanted = experiment;
    wanted.flag_property = "properties.flag";
    assert_string_equal(sql_refused_arms(SQL_POSTGRES, &wanted), "properties.flag");
    wanted = experiment;
    wanted.arm_property = "u";
    assert_string_equal(sql_refused_arms(SQL_POSTGRES, &wanted), "u");
    wanted = experiment;
    wanted.arm = bad_arms;
    assert_string_equal(sql_refused_arms(SQL_POSTGRES, &wanted), "gr'een");
    wanted = experiment;
    wanted.reward = "a;b";
    assert_string_equal(sql_refused_arms(SQL_POSTGRES, &wanted), "a;b");
    wanted = experiment;
    wanted.guardrail = bad_guardrails;
    assert_string_equal(sql_refused_arms(SQL_POSTGRES, &wanted), "re\"fund");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_are_letters_digits_and_underscores),
        cmocka_unit_test(literals_are_the_bytes_of_the_list),
        cmocka_unit_test(lengths_end_at_64_and_128),
        cmocka_unit_test(a_column_is_not_named_like_a_part_of_the_question),
        cmocka_unit_test(clickhouse_is_asked_in_these_words),
        cmocka_unit_test(postgres_is_asked_in_these_words),
        cmocka_unit_test(hogql_is_asked_in_these_words),
        cmocka_unit_test(a_property_is_letters_digits_and_underscores_behind_dollars),
        cmocka_unit_test(a_table_cannot_tell_order_nor_what_it_has_no_column_for),
        cmocka_unit_test(words_that_are_no_literals_are_named),
        cmocka_unit_test(an_experiment_with_any_other_byte_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
