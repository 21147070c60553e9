/*
 * Tests of the reader of ClickHouse's replies (JSONCompact): what is taken, and that
 * nothing else is. Replies as 18.16 prints them; shapes of the error cases are those of
 * section 8 of the sources' design: an exception inside a 200, half a table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/clickhouse.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena run;
static struct sql_rows rows;
static struct err err;

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

#define META "\"meta\":[{\"name\":\"v\",\"type\":\"String\"},{\"name\":\"s0\"}]"

static bool reads(const char *body)
{
    static const char *const names[] = {"v", "s0"};
    const struct sql_columns columns = {names, 2};

    err.text[0] = '\0';
    return clickhouse_rows(str_of(body), &columns, &run, &rows, &err);
}

static void assert_refused(const char *body, const char *says)
{
    assert_false(reads(body));
    if (!strstr(err.text, says))
        print_error("'%s' does not say '%s'\n", err.text, says);
    assert_non_null(strstr(err.text, says));
}

static void rows_come_as_texts(void **state)
{
    (void)state;
    assert_true(reads("{\n\t" META ",\n\"data\":[[\"/caf\\u00e9 \\\"x\\\"\", \"12\"],"
                      "[\"\",3]],\"rows\":2,\"statistics\":{\"elapsed\":0.1}}\n"));
    assert_int_equal(rows.nrows, 2);
    assert_int_equal(rows.ncolumns, 2);
    assert_int_equal(rows.cell[0].n, strlen("/caf\xc3\xa9 \"x\""));
    assert_memory_equal(rows.cell[0].at, "/caf\xc3\xa9 \"x\"", rows.cell[0].n);
    assert_true(str_equal(rows.cell[1], STR("12")));
    assert_int_equal(rows.cell[2].n, 0);
    assert_true(str_equal(rows.cell[3], STR("3")));
}

static void no_rows_are_an_answer(void **state)
{
    (void)state;
    assert_true(reads("{" META ",\"data\":[],\"rows\":0}"));
    assert_int_equal(rows.nrows, 0);
}

static void every_reply_that_ends_early_is_refused(void **state)
{
    static const char whole[] =
        "{" META ",\"data\":[[\"a\",\"1\"],[\"b\",\"2\"]],\"rows\":2}";
    char part[sizeof whole];

    (void)state;
    assert_true(reads(whole));
    for (size_t n = 0; n + 1 < sizeof whole; n++) {
        memcpy(part, whole, n);
        part[n] = '\0';
        assert_false(reads(part));
        assert_true(err.text[0] != '\0');
    }
    assert_refused("{" META ",\"data\":[[\"a\",\"1\"],", "ends early, after");
    assert_refused("", "the reply is empty");
}

static void replies_that_are_not_what_was_asked_for_are_refused(void **state)
{
    (void)state;
    assert_refused("{\"data\":[],\"rows\":0}", "/meta is not the list");
    assert_refused("{\"meta\":[{\"name\":\"v\"}],\"data\":[],\"rows\":0}",
                   "/meta is not the list");
    assert_refused("{\"meta\":[{\"name\":\"s0\"},{\"name\":\"v\"}],\"data\":[],"
                   "\"rows\":0}",
                   "/meta/0/name is not 'v'");
    assert_refused("{" META ",\"data\":{},\"rows\":0}", "/data is no list");
    assert_refused("{" META ",\"data\":[],\"rows\":1}", "/rows is not the number");
    assert_refused("{" META ",\"data\":[]}", "/rows is not the number");
    assert_refused("{" META ",\"data\":[[\"a\"]],\"rows\":1}", "/data/0 is not a row");
    assert_refused("{" META ",\"data\":[[\"a\",\"1\"],7],\"rows\":2}",
                   "/data/1 is not a row");
    assert_refused("{" META ",\"data\":[],\"rows\":0,\"exception\":\"x\"}",
                   "/exception is there");
}

static void values_that_are_no_texts_or_whole_numbers_are_refused(void **state)
{
    static const char *const bad[] = {"null", "1.5", "true", "[]", "{}", "1e3"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(str_format(&run, "{" META ",\"data\":[[\"a\",%s]],\"rows\":1}",
                                  bad[i]),
                       "/data/0/1 is neither");
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    assert_false(reads("Code: 395, e.displayText() = DB::Exception: no"));
    assert_false(reads("{" META ",\"data\":[[\"a\",\"1\"]],\"rows\":1} {}"));
    assert_false(reads("{" META ",\"data\":[[\"\xff\",\"1\"]],\"rows\":1}"));
    assert_false(reads("{" META ",\"data\":[],\"data\":[],\"rows\":0}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_as_texts),
        cmocka_unit_test(no_rows_are_an_answer),
        cmocka_unit_test(every_reply_that_ends_early_is_refused),
        cmocka_unit_test(replies_that_are_not_what_was_asked_for_are_refused),
        cmocka_unit_test(values_that_are_no_texts_or_whole_numbers_are_refused),
        cmocka_unit_test(what_is_no_json_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
