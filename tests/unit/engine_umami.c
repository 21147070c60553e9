/* Tests of shared/engines/umami_reply.c and of the pace in umami.c. The members of a
 * row are those of sources.md 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/umami.h"
#include "shared/own.h"

#include "shared/banned.h"

/* A row with one member in place of another. */
#define ROW(created, path, browser, type, name)                                       \
    "{\"id\":\"e1\",\"sessionId\":\"s1\",\"createdAt\":" created ",\"urlPath\":" path \
    ",\"browser\":" browser ",\"os\":\"Linux\",\"device\":\"desktop\","               \
    "\"eventType\":" type ",\"eventName\":" name "}"
#define GOOD       ROW("\"2026-03-02T10:00:00.250Z\"", "\"/cart\"", "\"chrome\"", "1", "null")
#define PAGE(rows) "{\"data\":[" rows "],\"count\":1,\"page\":1,\"pageSize\":1000}"

static struct arena run;
static struct err err;
static struct reply_notes notes;
static struct umami_page page;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    notes = (struct reply_notes){.arena = &run, .who = "w"};
    page = (struct umami_page){.n = 77};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static bool parse(const char *body)
{
    return umami_page_parse(str_of(body), &run, &notes, &page, &err);
}

static void refused(const char *body, const char *why)
{
    assert_false(parse(body));
    assert_string_equal(err.text, why);
    assert_int_equal(page.n, 77);
}

static void a_page_view_gets_a_name(void **state)
{
    (void)state;
    assert_true(parse(PAGE(GOOD)));
    assert_int_equal(page.n, 1);
    assert_int_equal(page.count, 1);
    assert_int_equal(page.page, 1);
    assert_true(str_equal(page.event[0].name, STR("pageview")));
    assert_true(str_equal(page.event[0].id, STR("e1")));
    assert_true(str_equal(page.event[0].session, STR("s1")));
    assert_true(str_equal(page.event[0].path, STR("/cart")));
    assert_true(str_equal(page.event[0].browser, STR("chrome")));
    assert_true(str_equal(page.event[0].device, STR("desktop")));
    assert_int_equal(page.event[0].time_ms, 1772445600250); // date -ud @1772445600
    assert_int_equal(notes.n, 0);
}

static void an_event_of_ones_own_has_its_name(void **state)
{
    (void)state;
    assert_true(parse(
        PAGE(ROW("\"2026-03-02T10:00:00Z\"", "\"/\"", "null", "2", "\"order paid\""))));
    assert_true(str_equal(page.event[0].name, STR("order paid")));
    assert_int_equal(page.event[0].browser.n, 0);
    assert_true(
        parse(PAGE(ROW("\"2026-03-02T10:00:00Z\"", "\"/\"", "null", "2", "null"))));
    assert_int_equal(page.event[0].name.n, 0);
}

static void a_page_without_rows_is_one(void **state)
{
    (void)state;
    assert_true(parse("{\"data\":[],\"count\":0,\"page\":1,\"pageSize\":1000}"));
    assert_int_equal(page.n, 0);
    assert_int_equal(page.count, 0);
}

static void a_value_of_another_type_is_named_by_its_pointer(void **state)
{
    (void)state;
    refused(PAGE(ROW("1772445600", "\"/\"", "null", "1", "null")),
            "/data/0/createdAt is a number, expected a string");
    refused(PAGE(ROW("\"today\"", "\"/\"", "null", "1", "null")),
            "/data/0/createdAt is 'today', expected a time");
    refused(PAGE(ROW("\"2026-03-02T10:00:00Z\"", "null", "null", "1", "null")),
            "/data/0/urlPath is null, expected a string");
    refused(PAGE(ROW("\"2026-03-02T10:00:00Z\"", "\"/\"", "7", "1", "null")),
            "/data/0/browser is a number, expected a string or null");
    refused(PAGE(ROW("\"2026-03-02T10:00:00Z\"", "\"/\"", "null", "\"1\"", "null")),
            "/data/0/eventType is a string, expected a number");
    refused(PAGE(ROW("\"2026-03-02T10:00:00Z\"", "\"/\"", "null", "1", "[]")),
            "/data/0/eventName is a list, expected a string or null");
    refused(PAGE(GOOD ",7"), "/data/1 is a number, expected an object");
    refused("{\"data\":{},\"count\":1,\"page\":1}",
            "/data is an object, expected a list");
    refused("{\"data\":[],\"count\":\"1\",\"page\":1}",
            "/count is a string, expected a number");
    refused("{\"data\":[],\"count\":1}", "/page is missing, expected a number");
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    refused("{\"data\":[{\"sessionId\":\"s\"}],\"count\":1,\"page\":1}",
            "/data/0/id is missing, expected a string");
    refused("{\"data\":[{\"id\":\"e\"}],\"count\":1,\"page\":1}",
            "/data/0/sessionId is missing, expected a string");
    refused("{\"error\":\"oops\"}", "/data is missing, expected a list");
}

static void a_page_that_stops_names_its_row(void **state)
{
    (void)state;
    refused("{\"data\":[" GOOD "," GOOD ",{\"id\":\"", "reply ends inside row 3");
}

static void a_field_that_is_new_is_named(void **state)
{
    (void)state;
    assert_true(parse("{\"data\":[],\"count\":0,\"page\":1,\"mood\":1}"));
    assert_int_equal(notes.n, 1);
    assert_non_null(strstr(notes.text[0], "/mood"));
}

static void a_login_gives_its_token(void **state)
{
    OWN(json) root = NULL;
    OWN(json) none = NULL;
    struct str token;

    (void)state;
    assert_true(
        umami_token_parse(STR("{\"token\":\"T\",\"user\":{}}"), &root, &token, &err));
    assert_true(str_equal(token, STR("T")));
    assert_false(umami_token_parse(STR("{\"token\":7}"), &none, &token, &err));
    assert_string_equal(err.text, "/token is a number, expected a string");
}

/* sources.md 10: 50 calls in 15 s, counted from any of them. */
static void no_15_seconds_have_more_than_50_calls(void **state)
{
    struct umami_pace pace = {.n = 0};
    int64_t called[500], now = 1000;

    (void)state;
    for (int i = 0; i < 500; i++) {
        now += INT64_C(40000) * (i % 7);
        now += umami_pace_wait_us(&pace, now);
        called[i] = now;
        if (i >= 50)
            assert_true(now - called[i - 50] >= 15000000);
    }
    assert_int_equal(umami_pace_wait_us(&pace, now + 15000000), 0);
}

static void the_first_50_calls_wait_for_nothing(void **state)
{
    struct umami_pace pace = {.n = 0};

    (void)state;
    for (int i = 0; i < 50; i++)
        assert_int_equal(umami_pace_wait_us(&pace, 5), 0);
    assert_int_equal(umami_pace_wait_us(&pace, 5), 15000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_view_gets_a_name, setup, teardown),
        cmocka_unit_test_setup_teardown(an_event_of_ones_own_has_its_name, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_page_without_rows_is_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_of_another_type_is_named_by_its_pointer,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_missing_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_that_stops_names_its_row, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_field_that_is_new_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_login_gives_its_token, setup, teardown),
        cmocka_unit_test(no_15_seconds_have_more_than_50_calls),
        cmocka_unit_test(the_first_50_calls_wait_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
