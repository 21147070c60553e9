/*
 * Tests of the reader of ClickHouse's replies (JSONCompact): what is taken, and that
 * nothing else is. Replies as 18.16 prints them; shapes of the error cases are those of
 * section 8 of the sources' design: an exception inside a 200, half a table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/clickhouse.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "tests/lib/server.h"

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

/* ---- a server in trouble ---- */

enum { DAY_MS = 86400000 };

static struct {
    const char *status, *headers, *body;
    int asked; // how often, since
} served;

static bool answer(const struct server_request *request)
{
    served.asked++; // one connection, which asks in turn
    return server_reply(request, served.status, served.headers, served.body);
}

/* What the start of a source of that server says. */
static const char *told(const char *members)
{
    static const int64_t at_ms[] = {0, DAY_MS};
    const struct day_bounds bounds = {.n = 1, .at_ms = at_ms};
    struct server *server = server_start(answer, 0);
    const char *text =
        str_format(&run,
                   "{\"sources\":{\"s\":{\"url\":\"http://127.0.0.1:%u\",\"table\":"
                   "\"t\",\"budget_s\":5%s}}}",
                   (unsigned)server_port(server), members);
    struct config config = {.path = "rounds.json",
                            .bytes = str_of(text),
                            .folder = "."};
    struct engine_opened opened = {0};
    struct source_day day = {0};
    struct source_totals totals = {0};
    bool done;

    err.text[0] = '\0';
    assert_true(json_load_strict(config.bytes, "t", 9, 99, &config.root, &err));
    done = engine_clickhouse.open(&config, "s", &run, &opened, &err);
    if (done) {
        done = engine_clickhouse.start(opened.self, &bounds, &run, &day, &totals, &err);
        engine_clickhouse.close(opened.self);
        engine_clickhouse.close(opened.self); // once more does no harm
    }
    server_stop(server);
    json_decref(config.root);
    assert_int_equal(done, err.text[0] == '\0');
    return err.text;
}

#define OURS "X-ClickHouse-Server-Display-Name: test\r\n"

static void an_exception_is_told_with_its_number_and_remedy(void **state)
{
    static const struct {
        const char *body, *says;
    } cases[] = {
        {"Code: 60. DB::Exception: no table t. (UNKNOWN_TABLE)",
         "exception 60: no table t. (UNKNOWN_TABLE); look at 'table'"},
        {"Code: 241, e.displayText() = DB::Exception: memory, e.what() = DB::Exception",
         "exception 241: memory; raise max_memory_usage"},
        {"Code: 7. DB::Exception", "exception 7: DB::Exception"},
        {"Code: 7. DB::Exception: ", "exception 7"},
    };

    static const char *const none[] = {"Code: 60. no such words",
                                       "Code: x. DB::Exception: a",
                                       "Code: 0. DB::Exception: a",
                                       "Code: 99999999999. DB::Exception: a",
                                       "Code: 99999999999999999999. DB::Exception: a",
                                       "Code: 7",
                                       ""};

    (void)state;
    served.status = "404 Not Found";
    served.headers = OURS;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        served.body = cases[i].body;
        if (!strstr(told(""), cases[i].says))
            fail_msg("'%s' does not say '%s'", err.text, cases[i].says);
        assert_null(strstr(err.text, "e.what()"));
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        served.body = none[i];
        assert_non_null(strstr(told(""), "404 from http://127.0.0.1:"));
        assert_null(strstr(err.text, "exception"));
    }
}

static void a_profile_that_takes_no_settings_is_asked_without(void **state)
{
    static const char cannot[] =
        "Code: 164. DB::Exception: Cannot override setting (READONLY)";

    (void)state;
    served.status = "500 Internal Server Error";
    served.headers = OURS;
    served.body = cannot;
    served.asked = 0;
    assert_non_null(strstr(told(""), "exception 164: Cannot override setting"));
    assert_int_equal(served.asked, 2); // and then not again
}

static void an_exception_in_the_headers_of_an_answer_is_one(void **state)
{
    (void)state;
    served.status = "200 OK";
    served.headers = "X-ClickHouse-Exception-Code: 395\r\n";
    served.body = "{" META ",\"data\":[],\"rows\":0}";
    assert_non_null(strstr(told(""), "an exception is in its headers"));
    served.status = "404 Not Found"; // and nothing else tells whose answer it is
    served.body = "Code: 60. DB::Exception: no table";
    assert_non_null(strstr(told(""), "exception 60: no table"));
}

static void what_cannot_be_opened_says_where_it_stands(void **state)
{
    (void)state;
    assert_non_null(strstr(told(",\"columns\":{\"page\":\"a-b\"}"),
                           "'a-b' is no name that a column may have"));
    assert_non_null(strstr(told(",\"password_env\":\"NO_SUCH_VARIABLE\""),
                           "'NO_SUCH_VARIABLE' is not set"));
    served.status = "200 OK";
    served.headers = "";
    served.body = "{\"meta\":[{\"name\":\"d\"},{\"name\":\"n\"},{\"name\":\"k\"},"
                  "{\"name\":\"t\"}],\"data\":[],\"rows\":0}";
    assert_string_equal(told(",\"ca_file\":\"nowhere.pem\""), ""); // http asks for none
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
        cmocka_unit_test(an_exception_is_told_with_its_number_and_remedy),
        cmocka_unit_test(a_profile_that_takes_no_settings_is_asked_without),
        cmocka_unit_test(an_exception_in_the_headers_of_an_answer_is_one),
        cmocka_unit_test(what_cannot_be_opened_says_where_it_stands),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
