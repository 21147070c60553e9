/*
 * Tests of shared/api.c against a loopback server, with a clock that moves when it is
 * slept on: what is tried again and how long is waited (sources.md 11), the sentences
 * (sources.md 12), and where a secret goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/api.h"
#include "shared/limits.h"
#include "shared/secret.h"
#include "tests/lib/server.h"

#include "shared/banned.h"

enum { BUDGET_S = 600, SLEPT_MAX = 64 };

static struct arena run;
static struct err err;
static struct server *server;
static struct api api;
static struct api_conf conf;
static struct api_reply reply;

/* The clock: how long each wait was, and what a request takes. */
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

/* "/WORD/STATUS...": how the answer begins to go wrong, and for how many times. */
static bool answer(const struct server_request *request)
{
    const char *path = request->path;
    const char *status = strrchr(path, '/') + 1;
    char line[64];

    (void)snprintf(line, sizeof line, "%.3s X", status);
    if (strncmp(path, "/always/", 8) == 0)
        return server_reply(request, line, "", "");
    if (strncmp(path, "/twice/", 7) == 0 && request->nth <= 2)
        return server_reply(request, line, "", "{\"detail\": \"busy\"}");
    if (strcmp(path, "/html") == 0)
        return server_reply(request, "200 OK", "Content-Type: Text/HTML; x=y\r\n",
                            "hi");
    if (strcmp(path, "/markup") == 0)
        return server_reply(request, "200 OK", "", "\n <!DOCTYPE html>");
    if (strcmp(path, "/away") == 0)
        return server_reply(request, "302 Found",
                            "Location: http://127.0.0.1/elsewhere\r\n", "");
    if (strcmp(path, "/dead") == 0)
        return false;
    if (strcmp(path, "/cut") == 0 && request->nth <= 2) {
        (void)server_print(request->fd,
                           "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":");
        return false;
    }
    if (strcmp(path, "/echo") == 0)
        return server_reply(request, "200 OK", "X-Kept: yes\r\n", request->text);
    return server_reply(request, "200 OK", "", "{\"a\": 1}");
}

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    server = server_start(answer, 0);
    slept.now_us = 1000000;
    slept.n = 0;
    conf = (struct api_conf){
        .who = "source 'events'",
        .agent = "rounds-test/1",
        .url = str_format(&run, "http://127.0.0.1:%d/base", (int)server_port(server)),
        .has_secret = true,
        .lacks = "query:read",
        .budget_s = BUDGET_S,
        .clock = &fake_clock,
    };
    if (!api_open(&api, &conf, &run, &err))
        fail_msg("%s", err.text);
    return 0;
}

static int end(void **state)
{
    (void)state;
    api_close(&api);
    server_stop(server);
    secrets_wipe();
    arena_release(&run);
    return 0;
}

static const char *at(const char *path)
{
    return str_format(&run, "http://127.0.0.1:%d%s", (int)server_port(server), path);
}

static bool ask(const char *path)
{
    const struct api_request request = {.url = at(path),
                                        .wants_json = true,
                                        .most_bytes = MIB};

    return api_ask(&api, &request, &reply, &err);
}

/* The message, with PORT for the server's. */
static const char *message(void)
{
    const char *port = str_format(&run, ":%d", (int)server_port(server));
    char *copy = str_copy(&run, err.text, strlen(err.text));
    char *found = strstr(copy, port);

    if (!found)
        return copy;
    *found = '\0';
    return str_format(&run, "%s:PORT%s", copy, found + strlen(port));
}

static void an_answer_is_given_as_it_is(void **state)
{
    static const char *const headers[] = {"X-Key: k", NULL};
    const struct api_request request = {.url = at("/echo"),
                                        .headers = headers,
                                        .post = "{}",
                                        .most_bytes = MIB};

    (void)state;
    assert_true(ask("/good?a=b"));
    assert_int_equal(reply.status, 200);
    assert_true(str_equal(reply.body, STR("{\"a\": 1}")));
    assert_true(api_ask(&api, &request, &reply, &err));
    assert_non_null(strstr(reply.body.at, "POST /echo HTTP/1.1\r\n"));
    assert_non_null(strstr(reply.body.at, "\r\nX-Key: k\r\n"));
    assert_true(str_equal(api_header(&api, "x-kept"), STR("yes")));
    assert_int_equal(slept.n, 0);
}

static void what_may_pass_is_tried_five_times_and_what_may_not_once(void **state)
{
    static const struct {
        const char *path;
        int times;
    } cases[] = {
        {"/dead", 5},       {"/always/408", 5}, {"/always/425", 5}, {"/always/429", 5},
        {"/always/500", 5}, {"/always/502", 5}, {"/always/503", 5}, {"/always/504", 5},
        {"/always/400", 1}, {"/always/401", 1}, {"/always/403", 1}, {"/always/404", 1},
        {"/always/405", 1}, {"/always/410", 1}, {"/always/422", 1}, {"/always/501", 1},
        {"/always/505", 1}, {"/always/206", 1}, {"/always/999", 1}, {"/away", 1},
        {"/html", 1},       {"/markup", 1},
    };

    (void)state; // the dead one first: curl itself asks again on a connection it kept
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(ask(cases[i].path));
        if (server_asked(server, cases[i].path) != cases[i].times)
            fail_msg("%s: %d", cases[i].path, server_asked(server, cases[i].path));
        assert_int_equal(strncmp(err.text, "source 'events': ", 17), 0);
    }
    assert_int_equal(slept.n, 8 * 4);
}

static void what_mends_itself_is_an_answer(void **state)
{
    (void)state;
    assert_true(ask("/twice/503"));
    assert_int_equal(server_asked(server, "/twice/503"), 3);
    assert_true(ask("/cut")); // rc 18
    assert_int_equal(server_asked(server, "/cut"), 3);
    assert_true(str_equal(reply.body, STR("{\"a\": 1}")));
}

/* Full jitter: each wait is within its bound, and they are not all alike. */
static void waits_double_up_to_a_minute(void **state)
{
    int64_t longest[9] = {0}, shortest = INT64_MAX;

    (void)state;
    conf.tries = 10;
    conf.budget_s = 1000000;
    for (int i = 0; i < 7; i++) {
        slept.n = 0;
        assert_false(ask("/always/503"));
        assert_int_equal(slept.n, 9);
        for (size_t k = 0; k < 9; k++) {
            int64_t most = k < 6 ? (int64_t)1000000 << k : 60000000;

            assert_true(slept.us[k] >= 0 && slept.us[k] <= most);
            if (slept.us[k] > longest[k])
                longest[k] = slept.us[k];
        }
        if (slept.us[8] < shortest)
            shortest = slept.us[8];
    }
    // the largest of seven is in the upper half but for 1 in 128; the seed is fixed
    for (size_t k = 0; k < 9; k++)
        assert_true(longest[k] > (k < 6 ? (int64_t)500000 << k : 30000000));
    assert_true(shortest < 30000000);
}

static bool retry_after(const struct server_request *request)
{
    char header[96] = "Retry-After: 7\r\n";
    time_t then = time(NULL) + 500;
    struct tm utc;

    if (request->nth > 1)
        return server_reply(request, "200 OK", "", "{}");
    if (strcmp(request->path, "/date") == 0)
        (void)strftime(header, sizeof header,
                       "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n",
                       gmtime_r(&then, &utc));
    if (strcmp(request->path, "/late") == 0)
        (void)snprintf(header, sizeof header, "Retry-After: 3600\r\n");
    if (strcmp(request->path, "/never") == 0)
        (void)snprintf(header, sizeof header,
                       "Retry-After: Thu, 31 Dec 2099 23:59:59 GMT\r\n");
    if (strcmp(request->path, "/before") == 0)
        (void)snprintf(header, sizeof header, "Retry-After: -5\r\n");
    return server_reply(request, "429 Slow", header, "");
}

/* Another server, with the same api otherwise. */
static void serve(server_answer other)
{
    api_close(&api);
    server_stop(server);
    server = server_start(other, 0);
    conf.url = at("/");
    assert_true(api_open(&api, &conf, &run, &err));
}

static void what_the_service_asks_for_is_waited(void **state)
{
    (void)state;
    serve(retry_after);
    assert_true(ask("/seconds"));
    assert_int_equal(slept.us[0], 7000000);
    assert_true(ask("/date")); // of a time that goes on meanwhile
    assert_in_range(slept.us[1], 300 * (int64_t)1000000, 500 * (int64_t)1000000);
    assert_true(ask("/before"));
    assert_in_range(slept.us[2], 0, 1000000);
}

static void a_wait_past_the_budget_fails_at_once(void **state)
{
    (void)state;
    serve(retry_after);
    assert_true(ask("/good-after-seven"));
    slept.now_us += 181 * (int64_t)1000000;
    assert_false(ask("/late"));
    assert_string_equal(err.text, "source 'events': 429, Retry-After 3600 s is longer "
                                  "than the 412 s left"); // sources.md 12
    assert_false(ask("/never"));
    assert_non_null(strstr(err.text, "is longer than the 412 s left"));
    assert_int_equal(slept.n, 1);
}

static void the_budget_is_for_all_requests(void **state)
{
    (void)state;
    assert_int_equal(api_left_us(&api), BUDGET_S * (int64_t)1000000);
    assert_true(ask("/good"));
    slept.now_us += (BUDGET_S * (int64_t)1000000) - 1;
    assert_int_equal(api_left_us(&api), 1);
    assert_false(ask("/always/503"));
    assert_int_equal(server_asked(server, "/always/503"), 1);
    assert_string_equal(message(), "source 'events': the 600 s for it are used up: 503 "
                                   "from http://127.0.0.1:PORT/always/503");
    slept.now_us += 2;
    assert_int_equal(api_left_us(&api), 0);
    assert_false(ask("/good"));
    assert_int_equal(server_asked(server, "/good"), 1);
    assert_string_equal(err.text,
                        "source 'events': the 600 s for '127.0.0.1' are used up");
}

static void refused_tokens_are_told_as_such(void **state)
{
    (void)state;
    assert_false(ask("/always/401"));
    assert_string_equal(message(), "source 'events': 401 from http://127.0.0.1:PORT: "
                                   "the token is refused or lacks 'query:read'");
    assert_false(ask("/away"));
    assert_string_equal(message(), "source 'events': 302 from http://127.0.0.1:PORT: "
                                   "it leads elsewhere, which is not followed: the "
                                   "token is refused or lacks 'query:read'");
    assert_false(ask("/html"));
    assert_string_equal(message(), "source 'events': 200 from http://127.0.0.1:PORT: "
                                   "HTML where JSON is wanted: the token is refused or "
                                   "lacks 'query:read'");
    conf.lacks = NULL;
    assert_false(ask("/always/403"));
    assert_string_equal(message(), "source 'events': 403 from http://127.0.0.1:PORT: "
                                   "the token is refused");
    conf.hides_url = true;
    assert_false(ask("/always/403"));
    assert_string_equal(err.text,
                        "source 'events': 403 from '127.0.0.1': it lets nobody in");
}

static bool complain(const struct server_request *request)
{
    static const struct {
        const char *path, *body;
    } bodies[] = {
        {"/text", "{\"error\": \"no\\u0001 such 'metric'\"}"},
        {"/message", "{\"error\": {\"code\": 400, \"message\": \"no such site\"}}"},
        {"/detail", "{\"type\": \"x\", \"detail\": \"no scope\"}"},
        {"/plain", "Code: 47. DB::Exception: no column\nsecond line"},
        {"/page", "<html>no</html>"},
        {"/none", "{\"a\": 1}"},
        {"/token", "{\"error\": \"tok+en/of-mine is bad\"}"},
    };

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (strncmp(request->path, bodies[i].path, strlen(bodies[i].path)) == 0)
            return server_reply(request, "400 Bad", "", bodies[i].body);
    return server_reply(request, "422 Bad", "", request->path);
}

static void what_the_service_says_is_said(void **state)
{
    static const char *const cases[][2] = {
        {"/text?token=x#y", "/text: no\\u{01} such 'metric'"},
        {"/message", "/message: no such site"},
        {"/detail", "/detail: no scope"},
        {"/plain", "/plain: Code: 47. DB::Exception: no column"},
        {"/page", "/page"},
        {"/none", "/none"},
        {"/token", "/token: (its words hold a secret)"},
    };
    struct secret *token;
    char *path = arena_new(&run, char, 200);

    (void)state;
    serve(complain);
    assert_true(secret_keep(&token, STR("tok+en/of-mine"), NULL, &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(ask(cases[i][0]));
        assert_string_equal(message(), str_format(&run,
                                                  "source 'events': 400 from "
                                                  "http://127.0.0.1:PORT%s",
                                                  cases[i][1]));
    }
    memset(path, 'x', 199);
    path[0] = '/';
    assert_false(ask(path));
    assert_non_null(strstr(err.text, str_format(&run, ": %.120s...", path)));
    assert_null(strstr(err.text, str_format(&run, ": %.121s", path)));
}

static bool takes_302(const struct api *of, int status)
{
    return status == 302 && str_ends(api_header(of, "Location"), STR("/elsewhere"));
}

static void an_answer_may_be_the_callers_to_judge(void **state)
{
    const struct api_request request = {.url = at("/away"),
                                        .most_bytes = MIB,
                                        .accepts = takes_302};

    (void)state;
    assert_true(api_ask(&api, &request, &reply, &err));
    assert_int_equal(reply.status, 302);
}

static void what_is_written_is_not_written_twice_unknowingly(void **state)
{
    struct api_request request = {.url = at("/cut"),
                                  .post = "{}",
                                  .is_write = true,
                                  .most_bytes = MIB};

    (void)state;
    assert_false(api_ask(&api, &request, &reply, &err)); // rc 18
    assert_int_equal(server_asked(server, "/cut"), 1);
    request.url = at("/twice/500");
    assert_true(api_ask(&api, &request, &reply, &err));
    assert_int_equal(server_asked(server, "/twice/500"), 3);
}

/* Nothing, until the other side leaves. */
static bool be_silent(const struct server_request *request)
{
    char ignored;

    (void)!read(request->fd, &ignored, 1);
    return false;
}

static void a_silent_server_is_left_after_its_time(void **state)
{
    struct api_request request = {.post = "{}", .is_write = true, .most_bytes = MIB};

    (void)state;
    conf.timeout_ms = 100;
    conf.tries = 2;
    serve(be_silent);
    request.url = at("/write");
    assert_false(api_ask(&api, &request, &reply, &err));
    assert_non_null(strstr(err.text, "(timeout)"));
    assert_int_equal(server_asked(server, "/write"), 1);
    assert_false(ask("/read"));
    assert_int_equal(server_asked(server, "/read"), 2);
}

static void a_body_over_its_cap_is_not_tried_again(void **state)
{
    const struct api_request request = {.url = at("/good"), .most_bytes = 7};

    (void)state;
    assert_false(api_ask(&api, &request, &reply, &err));
    assert_non_null(strstr(err.text, "(read): Maximum file size exceeded"));
    assert_int_equal(server_asked(server, "/good"), 1);
}

static void nobody_there_is_told_after_its_tries(void **state)
{
    const char *url = at("/good");
    const struct api_request request = {.url = url, .most_bytes = MIB};

    (void)state;
    conf.tries = 3;
    server_stop(server);
    assert_false(api_ask(&api, &request, &reply, &err));
    assert_int_equal(strncmp(err.text,
                             "source 'events': tried 3 times: no answer from "
                             "http://127.0.0.1:",
                             64),
                     0);
    assert_int_equal(slept.n, 2);
    server = server_start(answer, 0);
}

static void no_other_host_is_asked(void **state)
{
    static const char *const urls[] = {"http://127.0.0.2/", "https://127.0.0.1/",
                                       "http://127.0.0.1:1/", "file:///x", ""};
    struct api_request request = {.most_bytes = MIB};

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        request.url = urls[i];
        assert_false(api_ask(&api, &request, &reply, &err));
        assert_string_equal(err.text,
                            "source 'events': an address of another host is not asked");
    }
    request.url = str_format(&run, "%s0/", at("")); // a longer port
    assert_false(api_ask(&api, &request, &reply, &err));
    request.url = str_format(&run, "%s@127.0.0.2/", at(""));
    assert_false(api_ask(&api, &request, &reply, &err));
    assert_int_equal(server_connections(server), 0);
}

static void addresses_are_refused_that_would_show_a_secret(void **state)
{
    static const struct {
        const char *url, *says;
        bool has_secret;
    } cases[] = {
        {"http://192.0.2.1/", "plain http to '192.0.2.1' would show the secret", true},
        {"https://user:word@127.0.0.1/", "holds a user or password", true},
        {"https://user@127.0.0.1/", "holds a user or password", true},
        {"ftp://127.0.0.1/", "no http or https one", false},
        {"127.0.0.1/", "no http or https one", false},
        {"http:///", "no http or https one", false},
        {"http://127.0.0.1:0x50/", "no http or https one", false},
    };
    struct api other;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct api_conf bad = {.who = "source 'a'",
                               .url = cases[i].url,
                               .has_secret = cases[i].has_secret};

        assert_false(api_open(&other, &bad, &run, &err));
        if (!strstr(err.text, cases[i].says) || strstr(err.text, "word@"))
            fail_msg("%s: %s", cases[i].url, err.text);
    }
    conf = (struct api_conf){.who = "a", .url = "http://192.0.2.1/"};
    assert_true(api_open(&other, &conf, &run, &err)); // there is nothing to see
    conf.url = "https://127.0.0.1:8443/?x";
    assert_true(api_open(&other, &conf, &run, &err));
    assert_int_equal(other.port, 8443);
    assert_true(str_equal(other.origin, STR("https://127.0.0.1:8443")));
}

/* Who asks nothing looks no name up: as rounds-notify on a quiet day. */
static void the_host_of_https_is_looked_up_when_it_is_asked(void **state)
{
    const char *url =
        str_format(&run, "https://127.0.0.1:%d/", (int)server_port(server));
    const struct api_request request = {.url = url, .most_bytes = 9};
    struct api other;

    (void)state;
    conf.url = url;
    assert_true(api_open(&other, &conf, &run, &err));
    assert_int_equal(other.home.n, 0);
    assert_false(api_ask(&other, &request, &reply, &err)); // the server has no TLS
    assert_non_null(strstr(err.text, "(tls)"));            // and is no stranger
    assert_true(other.home.is_loopback);
    api_close(&other);
}

/* A private address is asked where the configuration allows it alone. */
static void private_networks_are_not_asked(void **state)
{
    const struct api_request request = {.url = "http://10.255.255.1:1/",
                                        .most_bytes = 9};
    struct api other;

    (void)state;
    conf.url = request.url;
    conf.has_secret = false;
    assert_true(api_open(&other, &conf, &run, &err));
    assert_false(api_ask(&other, &request, &reply, &err));
    assert_non_null(strstr(err.text, "(refused)"));
    assert_int_equal(slept.n, 0);
    api_close(&other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(an_answer_is_given_as_it_is),
        TEST(what_may_pass_is_tried_five_times_and_what_may_not_once),
        TEST(what_mends_itself_is_an_answer),
        TEST(waits_double_up_to_a_minute),
        TEST(what_the_service_asks_for_is_waited),
        TEST(a_wait_past_the_budget_fails_at_once),
        TEST(the_budget_is_for_all_requests),
        TEST(refused_tokens_are_told_as_such),
        TEST(what_the_service_says_is_said),
        TEST(an_answer_may_be_the_callers_to_judge),
        TEST(what_is_written_is_not_written_twice_unknowingly),
        TEST(a_silent_server_is_left_after_its_time),
        TEST(a_body_over_its_cap_is_not_tried_again),
        TEST(nobody_there_is_told_after_its_tries),
        TEST(no_other_host_is_asked),
        TEST(addresses_are_refused_that_would_show_a_secret),
        TEST(the_host_of_https_is_looked_up_when_it_is_asked),
        TEST(private_networks_are_not_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
