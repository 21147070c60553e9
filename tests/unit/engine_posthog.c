/* Tests of shared/engines/posthog_reply.c, and of how posthog_export.c waits: with a
 * clock that moves when it is slept on. Good replies are those of sources.md 10. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/engines/posthog.h"
#include "tests/lib/server.h"

#include "shared/banned.h"

enum { SLEPT_MAX = 200 };

static struct arena run;
static struct err err;
static struct reply_notes notes;
static struct posthog_answer reply;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    notes = (struct reply_notes){.arena = &run, .who = "w"};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

/* ---- queries ---- */

static const char *const names[] = {"v", "s0"};
static const struct sql_columns columns = {names, 2};

static bool parse(const char *body)
{
    reply = (struct posthog_answer){0};
    return posthog_answer_parse(str_of(body), &columns, &run, &notes, &reply, &err);
}

static void the_documented_answer_is_read(void **state)
{
    (void)state;
    assert_true(parse("{\"results\":[[\"/cart\",12]],\"columns\":[\"v\",\"s0\"],"
                      "\"hasMore\":false,\"is_cached\":false}"));
    assert_null(reply.pending);
    assert_false(reply.is_cached);
    assert_int_equal(reply.rows.nrows, 1);
    assert_true(str_equal(reply.rows.cell[0], STR("/cart")));
    assert_true(str_equal(reply.rows.cell[1], STR("12")));
    assert_int_equal(notes.n, 0);
}

static void a_sum_of_nothing_is_no_cell(void **state)
{
    (void)state;
    assert_true(parse("{\"results\":[[\"a\",null]],\"columns\":[\"v\",\"s0\"]}"));
    assert_null(reply.rows.cell[1].at);
    assert_int_equal(reply.rows.cell[1].n, 0);
}

static void a_query_that_is_worked_on_is_pending(void **state)
{
    (void)state;
    assert_true(parse("{\"query_status\":{\"id\":\"0198-ab_C\",\"complete\":false}}"));
    assert_string_equal(reply.pending, "0198-ab_C");
    assert_true(parse("{\"query_status\":{\"id\":\"q\",\"complete\":true,\"error\":"
                      "false,\"results\":{\"results\":[[\"a\",1]],\"columns\":[\"v\","
                      "\"s0\"],\"is_cached\":true}}}"));
    assert_null(reply.pending);
    assert_true(reply.is_cached);
    assert_int_equal(reply.rows.nrows, 1);
}

static void an_answer_that_is_there_needs_no_status(void **state)
{
    (void)state;
    assert_true(parse("{\"query_status\":{\"complete\":true},\"results\":[[\"a\",1]],"
                      "\"columns\":[\"v\",\"s0\"]}"));
    assert_int_equal(reply.rows.nrows, 1);
    assert_true(parse("{\"query_status\":null,\"results\":[],\"columns\":[\"v\","
                      "\"s0\"],\"hasMore\":null}"));
    assert_int_equal(reply.rows.nrows, 0);
}

static void a_comparison_is_a_number_of_arms(void **state)
{
    static const char *const arm_names[] = {"arm", "multi"};
    static const struct sql_columns arms = {arm_names, 2};

    (void)state;
    reply = (struct posthog_answer){0};
    assert_true(posthog_answer_parse(
        STR("{\"results\":[[\"A\",true],[\"\",false],[null,1],[\"B\",null]],"
            "\"columns\":[\"arm\",\"multi\"]}"),
        &arms, &run, &notes, &reply, &err));
    assert_true(str_equal(reply.rows.cell[1], STR("1")));
    assert_true(str_equal(reply.rows.cell[3], STR("0")));
    assert_true(str_equal(reply.rows.cell[5], STR("1")));
    assert_null(reply.rows.cell[4].at);
    assert_null(reply.rows.cell[7].at);
}

static void an_answer_of_as_many_rows_as_are_given_is_not_whole(void **state)
{
    struct buf body;

    (void)state;
    buf_init(&body, &run, 8 << 20);
    buf_add_text(&body, "{\"columns\":[\"v\",\"s0\"],\"results\":[");
    for (int i = 0; i < SQL_HOGQL_ROWS_MAX; i++)
        buf_add_text(&body, i == 0 ? "[\"\",0]" : ",[\"\",0]");
    buf_add_text(&body, "]}");
    reply = (struct posthog_answer){0};
    assert_false(
        posthog_answer_parse(buf_str(&body), &columns, &run, &notes, &reply, &err));
    assert_string_equal(
        err.text, "/hasMore is true: more than 50000 rows; leave the dimension out");
}

static void an_id_that_leads_elsewhere_is_none(void **state)
{
    (void)state;
    assert_false(parse("{\"query_status\":{\"id\":\"../../me\",\"complete\":false}}"));
    assert_string_equal(err.text, "/query_status/id is no id: '../../me'");
}

static void what_is_wrong_with_an_answer_is_named(void **state)
{
    static const struct {
        const char *body, *said;
    } cases[] = {
        {"{\"error\":\"Memory\"}", "the query failed: Memory"},
        {"{\"query_status\":{\"error\":true,\"error_message\":\"no\"}}",
         "the query failed: no"},
        {"{\"query_status\":{\"complete\":true}}",
         "/query_status/results is missing, expected an object"},
        {"{\"query_status\":7}", "/query_status is a number, expected an object"},
        {"{\"columns\":[\"v\",\"s0\"]}", "/results is missing, expected a list"},
        {"{\"results\":[]}", "/columns is missing, expected a list"},
        {"{\"results\":[],\"columns\":[\"v\"]}", "/columns has 1 names, expected 2"},
        {"{\"results\":[],\"columns\":[\"v\",\"s1\"]}", "/columns/1 is not 's0'"},
        {"{\"results\":[],\"columns\":[\"v\",0]}",
         "/columns/1 is a number, expected a string"},
        {"{\"results\":[{}],\"columns\":[\"v\",\"s0\"]}",
         "/results/0 is an object, expected a list"},
        {"{\"results\":[[\"a\",1],[\"b\"]],\"columns\":[\"v\",\"s0\"]}",
         "/results/1 has 1 values, expected 2"},
        {"{\"results\":[[\"a\",\"1\"]],\"columns\":[\"v\",\"s0\"]}",
         "/results/0/1 is a string, expected a number"},
        {"{\"results\":[[\"a\",0.5]],\"columns\":[\"v\",\"s0\"]}",
         "/results/0/1 is a fraction, expected a number"},
        {"{\"results\":[[1,1]],\"columns\":[\"v\",\"s0\"]}",
         "/results/0/0 is a number, expected a string"},
        {"{\"results\":[],\"columns\":[\"v\",\"s0\"],\"hasMore\":true}",
         "/hasMore is true: more than 50000 rows; leave the dimension out"},
        {"{\"results\":[],\"columns\":[\"v\",\"s0\"],\"hasMore\":\"no\"}",
         "/hasMore is a string, expected true or false"},
        {"{\"results\":[],\"columns\":[\"v\",\"s0\"],\"is_cached\":1}",
         "/is_cached is a number, expected true or false"},
        {"{\"results\":[[null,true]],\"columns\":[\"v\",\"s0\"]}",
         "/results/0/1 is true, expected a number"},
        {"{\"query_status\":{\"error\":true}}", "the query failed"},
        {"{\"query_status\":{\"complete\":\"yes\"}}",
         "/query_status/complete is a string, expected true or false"},
        {"{\"query_status\":{\"error\":0}}",
         "/query_status/error is a number, expected true or false"},
        {"{\"query_status\":{\"id\":\"\",\"complete\":false}}",
         "/query_status/id is no id: ''"},
        {"{\"query_status\":{\"id\":\"a.b\",\"complete\":false}}",
         "/query_status/id is no id: 'a.b'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(parse(cases[i].body));
        assert_string_equal(err.text, cases[i].said);
    }
}

/* ---- exports ---- */

static void an_export_is_started_as_an_id(void **state)
{
    const char *id = "before";

    (void)state;
    assert_true(posthog_started_parse(STR("{\"id\":\"R\"}"), &run, &notes, &id, &err));
    assert_string_equal(id, "R");
    assert_false(posthog_started_parse(STR("{\"id\":7}"), &run, &notes, &id, &err));
    assert_string_equal(err.text, "/id is a number, expected a string");
    assert_false(
        posthog_started_parse(STR("{\"id\":\"a/b\"}"), &run, &notes, &id, &err));
    assert_string_equal(id, "R");
}

static void each_status_means_what_it_says(void **state)
{
    static const struct {
        const char *word;
        enum posthog_state state;
    } cases[] = {
        {"Starting", EXPORT_GOES_ON},          {"Running", EXPORT_GOES_ON},
        {"FailedRetryable", EXPORT_RETRYABLE}, {"Failed", EXPORT_FAILED},
        {"FailedBilling", EXPORT_FAILED},      {"Terminated", EXPORT_FAILED},
        {"TimedOut", EXPORT_FAILED},           {"Cancelled", EXPORT_FAILED},
    };
    struct posthog_export export;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *body = str_format(&run, "{\"status\":\"%s\"}", cases[i].word);

        assert_true(posthog_export_parse(str_of(body), &run, &notes, &export, &err));
        assert_int_equal(export.state, cases[i].state);
        assert_string_equal(export.why, cases[i].word);
    }
    assert_false(
        posthog_export_parse(STR("{\"status\":\"Odd\"}"), &run, &notes, &export, &err));
    assert_string_equal(err.text, "/status is 'Odd', which is not known here");
    assert_true(posthog_export_parse(STR("{\"status\":\"Failed\",\"error\":\"disk\"}"),
                                     &run, &notes, &export, &err));
    assert_string_equal(export.why, "Failed: disk");
    assert_false(
        posthog_export_parse(STR("{\"status\":1}"), &run, &notes, &export, &err));
    assert_string_equal(err.text, "/status is a number, expected a string");
    assert_false(posthog_export_parse(STR(""), &run, &notes, &export, &err));
    assert_false(posthog_started_parse(STR(""), &run, &notes, &export.why, &err));
}

static void a_completed_export_lists_its_files(void **state)
{
    struct posthog_export export;

    (void)state;
    assert_true(
        posthog_export_parse(STR("{\"status\":\"Completed\",\"files\":[1,\"0198-a\"]}"),
                             &run, &notes, &export, &err));
    assert_int_equal(export.nfiles, 2);
    assert_string_equal(export.file[0], "1");
    assert_string_equal(export.file[1], "0198-a");
    assert_false(posthog_export_parse(STR("{\"status\":\"Completed\"}"), &run, &notes,
                                      &export, &err));
    assert_string_equal(err.text, "/files is missing, expected a list");
    assert_false(posthog_export_parse(STR("{\"status\":\"Completed\",\"files\":[1,1]}"),
                                      &run, &notes, &export, &err));
    assert_string_equal(err.text, "/files/1 comes twice");
    assert_false(
        posthog_export_parse(STR("{\"status\":\"Completed\",\"files\":[\"a/b\"]}"),
                             &run, &notes, &export, &err));
    assert_string_equal(err.text, "/files/0 is no id");
    assert_false(
        posthog_export_parse(STR("{\"status\":\"Completed\",\"files\":[null]}"), &run,
                             &notes, &export, &err));
    assert_string_equal(err.text, "/files/0 is null, expected an id");
}

static void an_export_of_too_many_files_is_refused(void **state)
{
    struct posthog_export export;
    struct buf body;

    (void)state;
    buf_init(&body, &run, 1 << 20);
    buf_add_text(&body, "{\"status\":\"Completed\",\"files\":[0");
    for (int i = 1; i <= 10000; i++)
        buf_printf(&body, ",%d", i);
    buf_add_text(&body, "]}");
    assert_false(posthog_export_parse(buf_str(&body), &run, &notes, &export, &err));
    assert_non_null(strstr(err.text, "/files has 10001 files, at most "));
}

/* ---- waiting ---- */

static struct {
    int64_t now_us, us[SLEPT_MAX];
    size_t n;
} slept;

static int64_t clock_now(void *context)
{
    (void)context;
    return slept.now_us;
}

static void clock_sleep(void *context, int64_t us)
{
    (void)context;
    assert_true(slept.n < SLEPT_MAX);
    slept.us[slept.n++] = us;
    slept.now_us += us;
}

static const struct api_clock fake_clock = {clock_now, clock_sleep, NULL};

static struct server *server;
static struct hosted hosted;
static struct exporter exporter;

#define EXPORTS "/api/environments/7/file_download_batch_exports"

/* How often an export says that it runs. */
static int runs;

/* Whether a page lies where its file should. */
static bool is_page;

enum { PAGE_BYTES = 16 << 20 };

static bool send_page(const struct server_request *request)
{
    static const char part[64 * 1024] = "<html>";

    if (!server_print(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
                      PAGE_BYTES))
        return false;
    for (size_t n = 0; n < PAGE_BYTES; n += sizeof part)
        if (!server_send(request->fd, part, sizeof part))
            return false;
    return true;
}

/* Where the file lies (PORT: ours), how that is said, and the file. */
static struct {
    const char *status, *location, *body;
} file;

static void serve_file(const char *status, const char *location, const char *body)
{
    file.status = status ? status : "302 Found";
    file.location = location ? location : "http://localhost:PORT/file";
    file.body = body ? body : "{\"a\":1}\n{\"b\":2}\n";
}

static bool answer(const struct server_request *request)
{
    char place[128], line[160] = "";
    const char *port;

    if (strcmp(request->path, EXPORTS) == 0)
        return server_reply(request, "202 Accepted", "", "{\"id\":\"R\"}");
    if (strcmp(request->path, EXPORTS "/R") == 0)
        return server_reply(request, "200 OK", "",
                            request->nth <= runs
                                ? "{\"status\":\"Running\"}"
                                : "{\"status\":\"Completed\",\"files\":[1]}");
    if (strcmp(request->path, EXPORTS "/R/download/1") == 0) {
        port = strstr(file.location, "PORT");
        if (port)
            (void)snprintf(place, sizeof place, "%.*s%u%s", (int)(port - file.location),
                           file.location, (unsigned)server_port(server), port + 4);
        else
            (void)snprintf(place, sizeof place, "%s", file.location);
        if (*place)
            (void)snprintf(line, sizeof line, "Location: %s\r\n", place);
        return server_reply(request, file.status, line, "");
    }
    assert_null(strstr(request->text, "uthorization"));
    if (is_page)
        return send_page(request);
    return server_reply(request, "200 OK", "", file.body);
}

static int begin(void **state)
{
    static const int64_t at_ms[] = {INT64_C(1772406000000), INT64_C(1772492400000)};
    const struct day_bounds day = {20514, 1, at_ms};

    (void)setup(state);
    slept.now_us = 1000000;
    slept.n = 0;
    is_page = false;
    serve_file(NULL, NULL, NULL);
    runs = 0;
    server = server_start(answer, 0);
    hosted = (struct hosted){.name = "events", .who = "source 'events'", .arena = &run};
    hosted.notes = notes;
    hosted.base =
        str_format(&run, "http://127.0.0.1:%u", (unsigned)server_port(server));
    hosted.conf = (struct api_conf){.who = hosted.who,
                                    .agent = "rounds-test/1",
                                    .url = hosted.base,
                                    .has_secret = true,
                                    .budget_s = 60,
                                    .clock = &fake_clock};
    assert_true(secret_keep(&hosted.token, STR("phx_0123456789"), "test", &err));
    assert_true(api_open(&hosted.api, &hosted.conf, &run, &err));
    hosted.is_open = true;
    assert_true(exporter_open(&exporter, &hosted, 7, NULL, "/tmp", &err));
    exporter_start(&exporter, &day, INT64_MAX);
    return 0;
}

static int end(void **state)
{
    exporter_close(&exporter);
    hosted_close(&hosted);
    server_stop(server);
    secrets_wipe();
    return teardown(state);
}

static void an_export_is_asked_after_every_five_seconds(void **state)
{
    struct engine_file got;
    char bytes[64];

    (void)state;
    runs = 3;
    if (!exporter_feed(&exporter, &run, &got, &err))
        fail_msg("%s", err.text);
    assert_int_equal(slept.n, 3);
    for (size_t i = 0; i < slept.n; i++)
        assert_int_equal(slept.us[i], 5000000);
    assert_int_equal(read(got.fd, bytes, sizeof bytes), 16);
    assert_int_equal(close(got.fd), 0);
    assert_string_equal(got.shown, "export of 2026-03-01T23:00:00Z, file 1");
    assert_true(exporter_feed(&exporter, &run, &got, &err));
    assert_int_equal(got.fd, -1);
}

static void an_export_that_takes_longer_than_the_budget_is_given_up(void **state)
{
    struct engine_file got;

    (void)state;
    runs = 1000;
    assert_false(exporter_feed(&exporter, &run, &got, &err));
    assert_string_equal(err.text, "source 'events': the 60 s for it are used up");
    assert_int_equal(slept.n, 11);
}

static void a_page_in_place_of_the_file_is_not_read_to_its_end(void **state)
{
    struct engine_file fed;
    struct stat kept;

    (void)state;
    runs = 0;
    is_page = true;
    assert_false(exporter_feed(&exporter, &run, &fed, &err));
    assert_string_equal(err.text,
                        "source 'events': the file of the export is no JSON Lines");
    assert_int_equal(fstat(exporter.scratch, &kept), 0);
    assert_true(kept.st_size > 0 && kept.st_size < PAGE_BYTES / 16);
    assert_int_equal(server_asked(server, "/file"), 1);
}

static void the_future_is_not_asked_for(void **state)
{
    static const int64_t at_ms[] = {INT64_C(1772406000000), INT64_C(1772492400000)};
    const struct day_bounds day = {20514, 1, at_ms};

    (void)state;
    exporter_start(&exporter, &day, at_ms[1]);
    assert_int_equal(exporter.next_s, at_ms[0] / 1000);
    assert_int_equal(exporter.end_s, at_ms[1] / 1000 - 60);
    exporter_start(&exporter, &day, INT64_MAX);
    assert_int_equal(exporter.end_s, at_ms[1] / 1000 + 86400);
}

static void each_way_to_say_where_the_file_lies_is_followed(void **state)
{
    static const char *const ways[] = {"301 Moved Permanently", "302 Found",
                                       "303 See Other", "307 Temporary Redirect",
                                       "308 Permanent Redirect"};

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        static const int64_t at_ms[] = {0, INT64_C(86400000)};
        const struct day_bounds day = {0, 1, at_ms};
        struct engine_file got;

        serve_file(ways[i], NULL, i == 0 ? "" : i == 1 ? "\x1f\x8b..." : NULL);
        exporter_start(&exporter, &day, INT64_MAX);
        assert_true(exporter_feed(&exporter, &run, &got, &err));
        assert_int_equal(close(got.fd), 0);
    }
}

static void a_file_that_may_not_be_fetched_is_not(void **state)
{
    static const struct {
        const char *status, *location, *body, *says;
    } cases[] = {
        {"200 OK", "", NULL, "expected where the file lies"},
        {NULL, "", NULL, "302 from "},
        {NULL, "http://localhost:PORT/a file", NULL,
         "where the file lies is no address"},
        {NULL, "http://localhost:PORT/\xC3\xA4", NULL, "lies is no address"},
        {NULL, "http://localhost:1/", NULL, "lies at port 1 of 'localhost'; 443 and"},
        {NULL, "http://192.0.2.1:PORT/", NULL, "at '192.0.2.1' without https"},
        {NULL, NULL, "<html>\n", "the file of the export is no JSON Lines"},
        {NULL, NULL, "{\"a\":1}\n{\"b\":", "the file of the export ends inside a row"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const int64_t at_ms[] = {0, INT64_C(86400000)};
        const struct day_bounds day = {0, 1, at_ms};
        struct engine_file got;

        serve_file(cases[i].status, cases[i].location, cases[i].body);
        exporter_start(&exporter, &day, INT64_MAX);
        assert_false(exporter_feed(&exporter, &run, &got, &err));
        if (!strstr(err.text, cases[i].says))
            print_error("'%s' does not say '%s'\n", err.text, cases[i].says);
        assert_non_null(strstr(err.text, cases[i].says));
        assert_non_null(strstr(err.text, "source 'events': "));
    }
}

static void a_file_that_cannot_be_kept_is_an_error(void **state)
{
    const struct rlimit small = {4, RLIM_INFINITY};
    struct rlimit was;
    struct engine_file got;
    int kept = exporter.scratch;
    bool fed;

    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    fed = exporter_feed(&exporter, &run, &got, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_false(fed);
    assert_string_equal(err.text, "source 'events': cannot keep the export in "
                                  "'scratch': File too large");
    exporter.scratch =
        open("/dev/full", O_RDWR | O_CLOEXEC); // cannot be cut to nothing
    assert_false(exporter_feed(&exporter, &run, &got, &err));
    assert_string_equal(err.text, "source 'events': cannot keep the export in "
                                  "'scratch': Invalid argument");
    assert_int_equal(close(exporter.scratch), 0);
    exporter.scratch = kept;
}

static void an_exporter_without_scratch_says_what_to_name(void **state)
{
    struct exporter other;

    (void)state;
    assert_false(exporter_open(&other, &hosted, 7, NULL, "/nowhere", &err));
    assert_non_null(strstr(err.text, "cannot open an unnamed file in '/nowhere'; name "
                                     "another folder with 'scratch'"));
}

#define PURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define ASKS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PURE(the_documented_answer_is_read),
        PURE(a_sum_of_nothing_is_no_cell),
        PURE(a_query_that_is_worked_on_is_pending),
        PURE(an_answer_that_is_there_needs_no_status),
        PURE(a_comparison_is_a_number_of_arms),
        PURE(an_answer_of_as_many_rows_as_are_given_is_not_whole),
        PURE(an_id_that_leads_elsewhere_is_none),
        PURE(what_is_wrong_with_an_answer_is_named),
        PURE(an_export_is_started_as_an_id),
        PURE(each_status_means_what_it_says),
        PURE(a_completed_export_lists_its_files),
        PURE(an_export_of_too_many_files_is_refused),
        ASKS(an_export_is_asked_after_every_five_seconds),
        ASKS(an_export_that_takes_longer_than_the_budget_is_given_up),
        ASKS(a_page_in_place_of_the_file_is_not_read_to_its_end),
        ASKS(the_future_is_not_asked_for),
        ASKS(each_way_to_say_where_the_file_lies_is_followed),
        ASKS(a_file_that_may_not_be_fetched_is_not),
        ASKS(a_file_that_cannot_be_kept_is_an_error),
        ASKS(an_exporter_without_scratch_says_what_to_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
