/*
 * Tests of shared/http.c as a source of answers that must be whole: what it refuses,
 * and what it says of it. How it fares against bad servers is in
 * seocheck_fetch_live.c.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/http.h"
#include "shared/limits.h"
#include "tests/lib/server.h"

#include "shared/banned.h"

enum { BODY_BYTES = 1000 };

static bool answer(const struct server_request *request)
{
    char body[BODY_BYTES + 1];

    if (strcmp(request->path, "/echo") == 0)
        return server_reply(request, "200 OK",
                            "X-Kept:  a value \r\nx-kept: more\r\nX-Tab:\ta\t\r\n"
                            "X-None:\r\nX-Blank: \t\r\n",
                            request->text);
    if (strcmp(request->path, "/missing") == 0)
        return server_reply(request, "404 Not Found", "", "none");
    memset(body, 'x', BODY_BYTES);
    body[BODY_BYTES] = '\0';
    if (strcmp(request->path, "/chunked") != 0)
        return server_reply(request, "200 OK", "", body);
    (void)server_print(request->fd,
                       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "%x\r\n%s\r\n0\r\nX-Trailer: late\r\n\r\n",
                       (unsigned)BODY_BYTES, body);
    return true;
}

struct asked {
    struct arena arena;
    struct server *server;
    uint16_t port;
    struct http_policy policy;
    struct http *http;
    struct http_reply reply;
};

static void set_up(struct asked *asked)
{
    struct err err = {0};

    *asked = (struct asked){0};
    arena_init(&asked->arena, ARENA_BYTES_MAX);
    asked->server = server_start(answer, 0);
    asked->port = server_port(asked->server);
    asked->policy = (struct http_policy){.agent = "rounds-test/1",
                                         .connect_ms = HTTP_CONNECT_MS,
                                         .total_ms = HTTP_TOTAL_MS,
                                         .allow_private = true,
                                         .ports = &asked->port,
                                         .nports = 1};
    assert_true(http_begin(&err));
    asked->http = http_new(&asked->policy, &asked->arena, &err);
    assert_non_null(asked->http);
}

static void tear_down(struct asked *asked)
{
    http_free(asked->http);
    http_end();
    server_stop(asked->server);
    arena_release(&asked->arena);
}

static bool ask(struct asked *asked, struct http_request request, const char *path,
                struct err *err)
{
    request.url =
        str_format(&asked->arena, "http://127.0.0.1:%d%s", (int)asked->port, path);
    assert_true(http_prepare(asked->http, &request, err));
    return http_finish(asked->http, curl_easy_perform(http_easy(asked->http)),
                       &asked->reply, err);
}

static void a_body_over_its_cap_is_no_answer(void **state)
{
    static const char *const paths[] = {"/sized", "/chunked"};
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    for (size_t i = 0; i < 2; i++) {
        assert_true(ask(&asked, (struct http_request){.most_bytes = BODY_BYTES},
                        paths[i], &err));
        assert_int_equal(asked.reply.outcome, HTTP_ANSWERED);
        assert_int_equal(asked.reply.body.n, BODY_BYTES);
        assert_true(ask(&asked, (struct http_request){.most_bytes = BODY_BYTES - 1},
                        paths[i], &err));
        assert_int_equal(asked.reply.outcome, HTTP_READ);
        assert_int_equal(asked.reply.status, 0);
        assert_int_equal(asked.reply.body.n, 0);
    }
    assert_string_equal(asked.reply.reason, "the body is too large");
    tear_down(&asked);
}

/* What a sink was given since it last began. */
struct sunk {
    int begun;
    size_t n;
};

static void sink_begin(void *context)
{
    struct sunk *sunk = context;

    sunk->begun++;
    sunk->n = 0;
}

static void sink_take(void *context, const char *at, size_t n)
{
    struct sunk *sunk = context;

    for (size_t i = 0; i < n; i++)
        assert_int_equal(at[i], 'x');
    sunk->n += n;
}

static void a_body_goes_to_its_sink_up_to_the_cap(void **state)
{
    struct sunk sunk = {0};
    const struct http_sink sink = {sink_begin, sink_take, &sunk};
    struct http_request request = {.most_bytes = BODY_BYTES, .sink = &sink};
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    assert_true(ask(&asked, request, "/chunked", &err));
    assert_int_equal(asked.reply.outcome, HTTP_ANSWERED);
    assert_int_equal(asked.reply.body.n, 0);
    assert_int_equal(sunk.begun, 1);
    assert_int_equal(sunk.n, BODY_BYTES);
    request.most_bytes = BODY_BYTES - 1;
    request.may_cut = true;
    assert_true(ask(&asked, request, "/chunked", &err));
    assert_true(asked.reply.is_cut);
    assert_int_equal(sunk.begun, 2);
    assert_int_equal(sunk.n, BODY_BYTES - 1);
    assert_true(ask(&asked, request, "/missing", &err)); // no 200: it comes as usual
    assert_int_equal(asked.reply.body.n, 4);
    assert_int_equal(sunk.n, 0);
    tear_down(&asked);
}

static void a_sink_that_has_enough_gets_no_more(void **state)
{
    struct sunk sunk = {0};
    const struct http_sink sink = {sink_begin, sink_take, &sunk};
    bool enough = false;
    const struct http_request request = {.most_bytes = BODY_BYTES,
                                         .sink = &sink,
                                         .enough = &enough};
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    assert_true(ask(&asked, request, "/chunked", &err));
    assert_false(asked.reply.is_cut);
    enough = true;
    assert_true(ask(&asked, request, "/chunked", &err));
    assert_int_equal(asked.reply.outcome, HTTP_ANSWERED);
    assert_int_equal(asked.reply.status, 200);
    assert_true(asked.reply.is_cut);
    tear_down(&asked);
}

static void headers_are_found_by_name_and_trailers_are_none(void **state)
{
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    assert_true(ask(&asked, (struct http_request){.most_bytes = MIB}, "/echo", &err));
    assert_true(str_equal(http_header(asked.http, "X-KEPT"), STR("a value")));
    assert_true(
        str_equal(http_header_all(asked.http, "x-kept", "; "), STR("a value; more")));
    assert_int_equal(http_header(asked.http, "x-kep").n, 0);
    assert_true(str_equal(http_header(asked.http, "x-tab"), STR("a")));
    assert_int_equal(http_header(asked.http, "x-none").n, 0);
    assert_int_equal(http_header(asked.http, "x-blank").n, 0);
    assert_true(
        ask(&asked, (struct http_request){.most_bytes = MIB}, "/chunked", &err));
    assert_int_equal(http_header(asked.http, "x-trailer").n, 0);
    assert_int_equal(http_header(asked.http, "x-kept").n, 0); // of the answer before
    tear_down(&asked);
}

static void a_body_is_posted(void **state)
{
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    assert_true(ask(&asked, (struct http_request){.most_bytes = MIB, .post = "{}"},
                    "/echo", &err));
    assert_non_null(strstr(asked.reply.body.at, "POST /echo HTTP/1.1"));
    assert_non_null(strstr(asked.reply.body.at, "\r\nContent-Length: 2\r\n"));
    tear_down(&asked);
}

static void headers_of_a_request_do_not_stay_for_the_next(void **state)
{
    static const char *const headers[] = {"X-Key: secret", "X-Tab: a\tb", NULL};
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    assert_true(ask(&asked,
                    (struct http_request){.most_bytes = MIB, .headers = headers},
                    "/echo", &err));
    assert_non_null(strstr(asked.reply.body.at, "\r\nX-Key: secret\r\n"));
    assert_true(ask(&asked, (struct http_request){.most_bytes = MIB}, "/echo", &err));
    assert_null(strstr(asked.reply.body.at, "secret"));
    assert_int_equal(server_connections(asked.server), 1);
    tear_down(&asked);
}

static void a_secret_does_not_go_over_plain_http(void **state)
{
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    asked.policy.https_only = true;
    assert_true(ask(&asked, (struct http_request){.most_bytes = MIB}, "/echo", &err));
    assert_int_not_equal(asked.reply.outcome, HTTP_ANSWERED);
    assert_int_equal(server_connections(asked.server), 0);
    tear_down(&asked);
}

static void what_is_no_url_is_refused(void **state)
{
    static const char *const texts[] = {"", "http://", "http://a b/", "http://[::1/",
                                        "http://x:99999/"};
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct http_request request = {.url = texts[i], .most_bytes = MIB};

        assert_true(http_prepare(asked.http, &request, &err));
        assert_true(http_finish(asked.http, curl_easy_perform(http_easy(asked.http)),
                                &asked.reply, &err));
        assert_int_equal(asked.reply.outcome, HTTP_REFUSED);
    }
    tear_down(&asked);
}

static void another_scheme_is_not_asked(void **state)
{
    static const char *const texts[] = {"file:///etc/hosts", "gopher://127.0.0.1/",
                                        "ftp://127.0.0.1/"};
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct http_request request = {.url = texts[i], .most_bytes = MIB};

        assert_true(http_prepare(asked.http, &request, &err));
        assert_true(http_finish(asked.http, curl_easy_perform(http_easy(asked.http)),
                                &asked.reply, &err));
        assert_int_not_equal(asked.reply.outcome, HTTP_ANSWERED);
    }
    tear_down(&asked);
}

static void a_home_keeps_the_private_addresses_it_had(void **state)
{
    struct arena arena;
    struct http_home home;
    struct err err = {0};

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    assert_true(http_home_find("http://2130706433:81/a", &arena, &home, &err));
    assert_true(str_equal(home.host, STR("127.0.0.1")));
    assert_int_equal(home.n, 1);
    assert_true(home.is_loopback);
    assert_true(http_home_find("http://10.0.0.1/", &arena, &home, &err));
    assert_int_equal(home.n, 1);
    assert_false(home.is_loopback);
    assert_true(http_home_find("http://8.8.8.8/", &arena, &home, &err));
    assert_int_equal(home.n, 0); // a public one never turns private
    assert_true(http_home_find("http://[::1]/", &arena, &home, &err));
    assert_true(home.is_loopback);
    assert_false(http_home_find("http:///", &arena, &home, &err));
    arena_release(&arena);
}

/* A home as it was when it was asked first; localhost is 127.0.0.1 now. */
static enum http_outcome ask_home(struct asked *asked, const char *was)
{
    struct http_home home = {.host = STR("localhost")};
    struct http_request request = {.most_bytes = MIB};
    struct sockaddr_in ip4 = {.sin_family = AF_INET};
    struct http_reply reply;
    struct err err = {0};

    if (was) {
        home.address = arena_new(&asked->arena, struct sockaddr_storage, 1);
        assert_int_equal(inet_pton(AF_INET, was, &ip4.sin_addr), 1);
        memcpy(home.address, &ip4, sizeof ip4);
        home.n = 1;
    }
    asked->policy.allow_private = false;
    asked->policy.home = &home;
    request.url =
        str_format(&asked->arena, "http://localhost:%d/echo", (int)asked->port);
    assert_true(http_prepare(asked->http, &request, &err));
    assert_true(http_finish(asked->http, curl_easy_perform(http_easy(asked->http)),
                            &reply, &err));
    return reply.outcome;
}

static void a_name_that_changes_its_address_is_refused(void **state)
{
    struct asked asked;

    (void)state;
    set_up(&asked);
    assert_int_equal(ask_home(&asked, NULL), HTTP_REFUSED); // it was public
    assert_int_equal(ask_home(&asked, "127.0.0.2"), HTTP_REFUSED);
    assert_int_equal(ask_home(&asked, "10.0.0.1"), HTTP_REFUSED);
    assert_int_equal(server_connections(asked.server), 0);
    assert_int_equal(ask_home(&asked, "127.0.0.1"), HTTP_ANSWERED); // as it was
    tear_down(&asked);
}

/* What becomes of a question to this URL, at which nobody answers. */
static enum http_outcome ask_nobody(struct asked *asked, const char *url)
{
    const struct http_request request = {.url = url, .most_bytes = MIB};
    struct http_reply reply;
    struct err err = {0};

    assert_true(http_prepare(asked->http, &request, &err));
    assert_true(http_finish(asked->http, curl_easy_perform(http_easy(asked->http)),
                            &reply, &err));
    return reply.outcome;
}

static void ports_of_the_web_are_open_beside_those_listed(void **state)
{
    struct asked asked;

    (void)state;
    set_up(&asked);
    assert_int_equal(ask_nobody(&asked, "http://127.0.0.9:80/"), HTTP_CONNECT);
    assert_int_equal(ask_nobody(&asked, "http://127.0.0.9:443/"), HTTP_CONNECT);
    assert_int_equal(ask_nobody(&asked, "http://127.0.0.9:81/"), HTTP_REFUSED);
    tear_down(&asked);
}

static void a_home_may_have_an_address_of_either_family(void **state)
{
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};
    struct http_home home = {.host = STR("[::1]"), .n = 1};
    struct asked asked;

    (void)state;
    set_up(&asked);
    home.address = arena_new(&asked.arena, struct sockaddr_storage, 1);
    asked.policy.allow_private = false;
    asked.policy.home = &home;
    for (unsigned char last = 1; last <= 2; last++) { // as it was, and not
        ip6.sin6_addr.s6_addr[15] = last;
        memcpy(home.address, &ip6, sizeof ip6);
        assert_int_equal(ask_nobody(&asked, "http://[::1]:80/"),
                         last == 1 ? HTTP_CONNECT : HTTP_REFUSED);
    }
    tear_down(&asked);
}

/* Names: libcurl-errors(3); what becomes of them: shared/http.h. Which may pass:
 * hostile-input.md 2. */
static void what_libcurl_says_has_an_outcome(void **state)
{
    static const struct {
        CURLcode code;
        enum http_outcome outcome;
        bool may_pass;
    } cases[] = {
        {CURLE_URL_MALFORMAT, HTTP_REFUSED, false},
        {CURLE_COULDNT_RESOLVE_HOST, HTTP_DNS, true},
        {CURLE_COULDNT_CONNECT, HTTP_CONNECT, true},
        {CURLE_OPERATION_TIMEDOUT, HTTP_TIMEOUT, true},
        {CURLE_SSL_CONNECT_ERROR, HTTP_TLS, false},
        {CURLE_PEER_FAILED_VERIFICATION, HTTP_TLS, false},
        {CURLE_SSL_CERTPROBLEM, HTTP_TLS, false},
        {CURLE_SSL_CIPHER, HTTP_TLS, false},
        {CURLE_SSL_SHUTDOWN_FAILED, HTTP_TLS, false},
        {CURLE_SSL_ISSUER_ERROR, HTTP_TLS, false},
        {CURLE_SSL_INVALIDCERTSTATUS, HTTP_TLS, false},
        {CURLE_WRITE_ERROR, HTTP_READ, false},
        {CURLE_GOT_NOTHING, HTTP_READ, true},
        {CURLE_PARTIAL_FILE, HTTP_READ, true},
        {CURLE_RECV_ERROR, HTTP_READ, true},
        {CURLE_FILESIZE_EXCEEDED, HTTP_READ, false},
        {CURLE_WEIRD_SERVER_REPLY, HTTP_READ, false},
        {CURLE_BAD_CONTENT_ENCODING, HTTP_READ, false},
    };
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct http_request request = {.url = "http://127.0.0.1/"};

        assert_true(http_prepare(asked.http, &request, &err));
        assert_true(http_finish(asked.http, cases[i].code, &asked.reply, &err));
        assert_int_equal(asked.reply.outcome, cases[i].outcome);
        assert_int_equal(asked.reply.may_pass, cases[i].may_pass);
        assert_string_equal(asked.reply.reason, curl_easy_strerror(cases[i].code));
    }
    tear_down(&asked);
}

/* What is wrong on our side is the run's error, not an answer's. */
static void what_is_wrong_here_ends_the_asking(void **state)
{
    struct asked asked;
    struct err err = {0};

    (void)state;
    set_up(&asked);
    assert_false(http_finish(asked.http, CURLE_SSL_CACERT_BADFILE, &asked.reply, &err));
    assert_string_equal(err.text, "cannot read the certificates in 'the system's "
                                  "store'; see the ca_file key");
    asked.policy.ca_file = "nowhere.pem";
    assert_false(http_finish(asked.http, CURLE_SSL_CACERT_BADFILE, &asked.reply, &err));
    assert_string_equal(
        err.text, "cannot read the certificates in 'nowhere.pem'; see the ca_file key");
    assert_false(http_finish(asked.http, CURLE_OUT_OF_MEMORY, &asked.reply, &err));
    assert_string_equal(err.text, "cannot go on asking: Out of memory");
    assert_false(http_finish(asked.http, CURLE_FAILED_INIT, &asked.reply, &err));
    tear_down(&asked);
}

static void each_outcome_has_a_word_of_its_own(void **state)
{
    static const char *const words[] = {
        [HTTP_ANSWERED] = "answered", [HTTP_DNS] = "dns",   [HTTP_CONNECT] = "connect",
        [HTTP_TLS] = "tls",           [HTTP_READ] = "read", [HTTP_TIMEOUT] = "timeout",
        [HTTP_REFUSED] = "refused"};

    (void)state;
    for (int i = HTTP_ANSWERED; i <= HTTP_REFUSED; i++)
        assert_string_equal(http_outcome_word((enum http_outcome)i), words[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_over_its_cap_is_no_answer),
        cmocka_unit_test(a_body_goes_to_its_sink_up_to_the_cap),
        cmocka_unit_test(a_sink_that_has_enough_gets_no_more),
        cmocka_unit_test(headers_are_found_by_name_and_trailers_are_none),
        cmocka_unit_test(a_body_is_posted),
        cmocka_unit_test(headers_of_a_request_do_not_stay_for_the_next),
        cmocka_unit_test(a_secret_does_not_go_over_plain_http),
        cmocka_unit_test(what_is_no_url_is_refused),
        cmocka_unit_test(another_scheme_is_not_asked),
        cmocka_unit_test(a_home_keeps_the_private_addresses_it_had),
        cmocka_unit_test(a_name_that_changes_its_address_is_refused),
        cmocka_unit_test(ports_of_the_web_are_open_beside_those_listed),
        cmocka_unit_test(a_home_may_have_an_address_of_either_family),
        cmocka_unit_test(what_libcurl_says_has_an_outcome),
        cmocka_unit_test(what_is_wrong_here_ends_the_asking),
        cmocka_unit_test(each_outcome_has_a_word_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
