/*
 * Tests of seocheck/fetch_live.c and shared/http.c against a server of our own that
 * answers well and badly. What is expected is section 4 and 12 of the tool's page, HTTP
 * itself (RFC 9110, 9112), and the clock.
 */
#include "tests/unit/seocheck_fetch_live.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

#include "shared/clock.h"
#include "shared/sandbox.h"
#include "tests/lib/server.h"

#include "shared/banned.h"

enum { BOMB_BYTES = 64 << 20 };

static unsigned char bomb[256 * 1024];
static size_t bomb_bytes;

/* ---- what the server answers ---- */

static bool answer_page(const struct server_request *request)
{
    return server_reply(request, "200 OK",
                        "Content-Type: text/html\r\nETag: \"1\"\r\n"
                        "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n"
                        "Link: </a>; rel=next\r\nlink:</b>; rel=prev\r\n"
                        "X-Robots-Tag: noindex\r\nX-Robots-Tag: otherbot: nofollow\r\n",
                        "<p>hello");
}

static bool answer_echo(const struct server_request *request)
{
    return server_reply(request, "200 OK", "", request->text);
}

static bool answer_moved(const struct server_request *request)
{
    return server_reply(request, "301 Moved Permanently", "Location: /page\r\n", "");
}

static bool answer_around(const struct server_request *request)
{
    return server_reply(request, "302 Found", "Location: /around\r\n", "");
}

static bool answer_away(const struct server_request *request)
{
    char location[256];

    (void)snprintf(location, sizeof location, "Location: http://%s\r\n",
                   request->path + strlen("/away/"));
    return server_reply(request, "302 Found", location, "");
}

static bool answer_unchanged(const struct server_request *request)
{
    return server_reply(request, "304 Not Modified", "ETag: \"1\"\r\n", "");
}

static bool answer_bomb(const struct server_request *request)
{
    (void)server_print(request->fd,
                       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                       "Content-Length: %zu\r\n\r\n",
                       bomb_bytes);
    return server_send(request->fd, bomb, bomb_bytes);
}

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_nsec = ms * 1000000};

    (void)nanosleep(&pause, NULL);
}

static bool answer_drip(const struct server_request *request)
{
    (void)server_print(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (server_send(request->fd, ".", 1))
        pause_ms(20);
    return false;
}

static bool answer_silence(const struct server_request *request)
{
    char byte;

    while (read(request->fd, &byte, 1) > 0)
        ;
    return false;
}

static bool answer_many_headers(const struct server_request *request)
{
    (void)server_print(request->fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 100000; i++)
        if (!server_print(request->fd, "X-%d: y\r\n", i))
            return false;
    return server_print(request->fd, "Content-Length: 0\r\n\r\n");
}

/* /lines/N: N header lines, with the status and the blank one. */
static bool answer_lines(const struct server_request *request)
{
    long n = strtol(request->path + strlen("/lines/"), NULL, 10);

    (void)server_print(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
    for (long i = 3; i < n; i++)
        (void)server_print(request->fd, "X: y\r\n");
    return server_print(request->fd, "\r\n");
}

static bool answer_big_headers(const struct server_request *request)
{
    char value[8000];

    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    (void)server_print(request->fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 20; i++)
        if (!server_print(request->fd, "X-%d: %s\r\n", i, value))
            return false;
    return server_print(request->fd, "Content-Length: 0\r\n\r\n");
}

static bool answer_endless_interim(const struct server_request *request)
{
    while (server_print(request->fd, "HTTP/1.1 102 Processing\r\n\r\n"))
        ;
    return false;
}

static bool answer_short(const struct server_request *request)
{
    (void)server_print(request->fd,
                       "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    return false;
}

static bool answer_cut_chunk(const struct server_request *request)
{
    (void)server_print(request->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
                                    "\r\n\r\n10\r\nhalf");
    return false;
}

static bool answer_until_close(const struct server_request *request)
{
    (void)server_print(request->fd, "HTTP/1.1 200 OK\r\n\r\nhalf");
    return false;
}

static bool answer_old(const struct server_request *request)
{
    (void)server_print(request->fd, "<p>no status line");
    return false;
}

static bool answer_busy(const struct server_request *request)
{
    return request->nth > 1
               ? answer_page(request)
               : server_reply(request, "429 Too Many", "Retry-After: 6\r\n", "");
}

static bool answer_busy_for_long(const struct server_request *request)
{
    return server_reply(request, "429 Too Many", "Retry-After: 61\r\n", "");
}

static bool answer_recovering(const struct server_request *request)
{
    return request->nth > 1 ? answer_page(request)
                            : server_reply(request, "500 Oops", "", "");
}

static bool answer_broken(const struct server_request *request)
{
    return server_reply(request, "500 Oops", "", "");
}

static bool answer_get_only(const struct server_request *request)
{
    return request->is_head ? server_reply(request, "405 Not Allowed", "", "")
                            : answer_page(request);
}

/* Whole answers to HEAD alone; GET has to ask for one byte, and gets bytes without end.
 */
static bool answer_stream(const struct server_request *request)
{
    if (request->is_head)
        return server_reply(request, "403 Forbidden", "", "");
    if (!strstr(request->text, "\r\nRange: bytes=0-0\r\n"))
        return server_reply(request, "404 Not Found", "", "");
    (void)server_print(request->fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (server_send(request->fd, "endless", 7))
        ;
    return false;
}

static bool answer_wall(const struct server_request *request)
{
    return server_reply(request, "503 No", "", "");
}

static bool answer_challenge(const struct server_request *request)
{
    return server_reply(request, "403 Forbidden", "cf-mitigated: challenge\r\n", "");
}

static bool answer_unconditional(const struct server_request *request)
{
    bool is_conditional = strstr(request->text, "\r\nIf-") != NULL;

    return server_reply(request, is_conditional ? "404 Not Found" : "200 OK", "", "");
}

static const struct route {
    const char *path;
    server_answer answer;
} routes[] = {
    {"/unconditional", answer_unconditional},
    {"/page", answer_page},
    {"/echo", answer_echo},
    {"/moved", answer_moved},
    {"/around", answer_around},
    {"/away/", answer_away},
    {"/unchanged", answer_unchanged},
    {"/bomb", answer_bomb},
    {"/drip", answer_drip},
    {"/silence", answer_silence},
    {"/many-headers", answer_many_headers},
    {"/lines/", answer_lines},
    {"/big-headers", answer_big_headers},
    {"/interim", answer_endless_interim},
    {"/short", answer_short},
    {"/cut-chunk", answer_cut_chunk},
    {"/until-close", answer_until_close},
    {"/old", answer_old},
    {"/busy-for-long", answer_busy_for_long},
    {"/busy", answer_busy},
    {"/recovering", answer_recovering},
    {"/broken", answer_broken},
    {"/get-only", answer_get_only},
    {"/stream", answer_stream},
    {"/wall", answer_wall},
    {"/challenge", answer_challenge},
};

static bool answer(const struct server_request *request)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strncmp(request->path, routes[i].path, strlen(routes[i].path)) == 0)
            return routes[i].answer(request);
    return server_reply(request, "404 Not Found", "", "");
}

static void make_bomb(void)
{
    static unsigned char zeros[64 * 1024];
    z_stream stream = {0};

    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, 0), Z_OK);
    stream.next_out = bomb;
    stream.avail_out = sizeof bomb;
    for (int i = 0; i < BOMB_BYTES / (int)sizeof zeros; i++) {
        stream.next_in = zeros;
        stream.avail_in = sizeof zeros;
        assert_int_equal(deflate(&stream, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    bomb_bytes = sizeof bomb - stream.avail_out;
    (void)deflateEnd(&stream);
}

/* ---- asking ---- */

static struct fetch_reply external(struct round *round, const char *url)
{
    return ask_kind(round->fetcher, url, FETCH_EXTERNAL, &round->arena);
}

/* ---- the tests ---- */

static void a_page_comes_with_its_headers(void **state)
{
    struct round round;
    struct fetch_reply reply;

    (void)state;
    set_up(&round, NULL, 0);
    reply = get(&round, "/page");
    expect_answer(reply, CLASS_OK, "200");
    assert_int_equal(reply.status, 200);
    expect_text(reply.body, "<p>hello");
    expect_text(reply.content_type, "text/html");
    expect_text(reply.etag, "\"1\"");
    expect_text(reply.last_modified, "Mon, 02 Nov 2026 10:00:00 GMT");
    expect_text(reply.link, "</a>; rel=next, </b>; rel=prev");
    expect_text(reply.x_robots, "noindex\notherbot: nofollow");
    assert_false(reply.is_cut);
    assert_true(fetcher_has_headers(round.fetcher));
    tear_down(&round);
}

static void a_request_says_who_asks_and_goes_as_it_was_spelt(void **state)
{
    struct round round;
    struct fetch_reply reply;

    (void)state;
    set_up(&round, NULL, 0);
    reply = get(&round, "/echo/%7ea/../b?z=1&a=2");
    assert_non_null(strstr(reply.body.at, "GET /echo/%7ea/../b?z=1&a=2 HTTP/1.1\r\n"));
    assert_non_null(strstr(reply.body.at, "\r\nUser-Agent: rounds-seocheck/7.7\r\n"));
    assert_non_null(strstr(reply.body.at, "\r\nAccept-Encoding: gzip, deflate\r\n"));
    assert_null(strstr(reply.body.at, "Cookie"));
    tear_down(&round);
}

static void a_proxy_of_the_environment_is_not_used(void **state)
{
    struct round round;

    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:9/", 1), 0);
    set_up(&round, NULL, 0);
    expect_answer(get(&round, "/page"), CLASS_OK, "200");
    tear_down(&round);
    assert_int_equal(unsetenv("http_proxy"), 0);
}

static void a_redirect_of_the_own_site_is_not_followed(void **state)
{
    struct round round;
    struct fetch_reply reply;

    (void)state;
    set_up(&round, NULL, 0);
    reply = get(&round, "/moved");
    expect_answer(reply, CLASS_REDIRECT, "301");
    expect_text(reply.location, "/page");
    assert_int_equal(server_asked(round.server, "/page"), 0);
    tear_down(&round);
}

static void an_unchanged_page_is_ok_when_it_was_asked_so(void **state)
{
    struct round round;
    struct fetch_request request = {.kind = FETCH_GET, .most_bytes = MIB};
    struct fetch_reply reply;

    (void)state;
    set_up(&round, NULL, 0);
    request.url = absolute(&round.arena, at(&round, "/unchanged"));
    request.etag = "\"1\"";
    reply = ask_request(round.fetcher, request, &round.arena);
    expect_answer(reply, CLASS_OK, "304");
    assert_int_equal(reply.status, 304);
    expect_answer(get(&round, "/unchanged"), CLASS_NETWORK, "read");

    request.url = absolute(&round.arena, at(&round, "/echo"));
    request.last_modified = "Mon, 02 Nov 2026 10:00:00 GMT";
    reply = ask_request(round.fetcher, request, &round.arena);
    assert_non_null(strstr(reply.body.at, "\r\nIf-None-Match: \"1\"\r\n"));
    assert_non_null(strstr(reply.body.at, "\r\nIf-Modified-Since: Mon, 02 Nov 2026"));
    request.etag = "\"1\"\r\nX-Own: injected";
    reply = ask_request(round.fetcher, request, &round.arena);
    assert_null(strstr(reply.body.at, "injected"));
    tear_down(&round);
}

static void a_gzip_bomb_is_cut(void **state)
{
    struct round round;
    struct fetch_request request = {.kind = FETCH_GET, .most_bytes = 50 * MIB};
    struct fetch_reply reply;

    (void)state;
    make_bomb();
    set_up(&round, NULL, 0);
    reply = get(&round, "/bomb");
    expect_answer(reply, CLASS_OK, "200");
    assert_true(reply.is_cut);
    assert_true(reply.body.n <= 5 * MIB);

    request.url = absolute(&round.arena, at(&round, "/bomb"));
    reply = ask_request(round.fetcher, request, &round.arena);
    assert_true(reply.is_cut);
    // ratio 200, and what may have come uncounted: 64 KiB of it swell to 64 MiB
    assert_true(reply.body.n < 50 * MIB);
    assert_int_equal(server_asked(round.server, "/bomb"), 2);
    tear_down(&round);
}

static void a_body_is_cut_just_where_the_cap_is(void **state)
{
    struct round round;
    struct fetch_request request = {.kind = FETCH_GET, .most_bytes = 8};
    struct fetch_reply reply;

    (void)state;
    set_up(&round, NULL, 0);
    request.url = absolute(&round.arena, at(&round, "/page"));
    reply = ask_request(round.fetcher, request, &round.arena);
    expect_text(reply.body, "<p>hello");
    assert_false(reply.is_cut);
    request.most_bytes = 7;
    reply = ask_request(round.fetcher, request, &round.arena);
    expect_text(reply.body, "<p>hell");
    assert_true(reply.is_cut);
    tear_down(&round);
}

static void what_drips_or_says_nothing_times_out(void **state)
{
    enum { MS = 20 };

    static const char *const paths[] = {"/drip", "/silence"};
    struct fetch_live_plan plan = usual_plan();
    struct fetch_request requests[2] = {0};
    struct kept kept[2] = {0};
    struct answers answers = {.kept = kept};
    struct round round;
    struct err err = {0};
    int64_t start;

    (void)state;
    plan.second_ms = MS;
    plan.home = &(struct url){0};
    set_up(&round, &plan, 0);
    answers.arena = &round.arena;
    for (size_t i = 0; i < 2; i++)
        requests[i] =
            (struct fetch_request){.url = absolute(&round.arena, at(&round, paths[i])),
                                   .most_bytes = MIB};
    start = clock_ticks_us();
    assert_true(fetch_all(round.fetcher, requests, 2, keep_answer, &answers, &err));
    // 3 tries of 30 s, waits of 1 and 4 s, and a slow machine
    assert_in_range(ms_since(start), 90 * MS, 300 * MS);
    for (size_t i = 0; i < 2; i++) {
        expect_answer(kept[i].reply, CLASS_NETWORK, "timeout");
        assert_int_equal(server_asked(round.server, paths[i]), 3);
    }
    tear_down(&round);
}

static void too_much_header_is_no_answer(void **state)
{
    static const char *const paths[] = {"/many-headers", "/big-headers", "/interim"};
    struct round round;

    (void)state;
    set_up(&round, NULL, 0);
    for (size_t i = 0; i < 3; i++) {
        expect_answer(get(&round, paths[i]), CLASS_NETWORK, "read");
        assert_int_equal(server_asked(round.server, paths[i]), 3);
    }
    tear_down(&round);
}

static void two_hundred_header_lines_are_the_most(void **state)
{
    struct round round;

    (void)state;
    set_up(&round, NULL, 0);
    expect_answer(get(&round, "/lines/200"), CLASS_OK, "200");
    expect_answer(get(&round, "/lines/201"), CLASS_NETWORK, "read");
    tear_down(&round);
}

static void a_body_that_breaks_off_is_no_answer(void **state)
{
    static const char *const paths[] = {"/short", "/cut-chunk"};
    struct round round;

    (void)state;
    set_up(&round, NULL, 0);
    for (size_t i = 0; i < 2; i++) {
        expect_answer(get(&round, paths[i]), CLASS_NETWORK, "read");
        assert_int_equal(server_asked(round.server, paths[i]), 3);
    }
    // nothing tells where this one should have ended
    expect_answer(get(&round, "/until-close"), CLASS_OK, "200");
    expect_answer(get(&round, "/old"), CLASS_NETWORK, "read");
    tear_down(&round);
}

static void a_busy_server_is_asked_again_when_it_says(void **state)
{
    struct round round;
    int64_t start;

    (void)state;
    set_up(&round, NULL, 0);
    start = clock_ticks_us();
    expect_answer(get(&round, "/busy"), CLASS_OK, "200");
    assert_true(ms_since(start) >= 6 * SECOND_MS);
    assert_int_equal(server_asked(round.server, "/busy"), 2);
    expect_answer(get(&round, "/busy-for-long"), CLASS_BLOCKED, "429");
    assert_int_equal(server_asked(round.server, "/busy-for-long"), 1);
    tear_down(&round);
}

static void a_server_error_is_tried_three_times(void **state)
{
    struct round round;
    int64_t start;

    (void)state;
    set_up(&round, NULL, 0);
    expect_answer(get(&round, "/recovering"), CLASS_OK, "200");
    start = clock_ticks_us();
    expect_answer(get(&round, "/broken"), CLASS_SERVER, "500");
    assert_true(ms_since(start) >= 5 * SECOND_MS);
    assert_int_equal(server_asked(round.server, "/broken"), 3);
    expect_answer(get(&round, "/nothing"), CLASS_GONE, "404");
    assert_int_equal(server_asked(round.server, "/nothing"), 1);
    tear_down(&round);
}

static void a_file_is_asked_by_get_where_head_is_refused(void **state)
{
    struct round round;
    struct fetch_reply reply;

    (void)state;
    set_up(&round, NULL, 0);
    reply = ask_kind(round.fetcher, at(&round, "/get-only"), FETCH_HEAD, &round.arena);
    expect_answer(reply, CLASS_OK, "200");
    assert_int_equal(reply.body.n, 0);
    expect_text(reply.content_type, "text/html");
    assert_int_equal(server_asked(round.server, "/get-only"), 2);
    reply = ask_kind(round.fetcher, at(&round, "/page"), FETCH_HEAD, &round.arena);
    expect_answer(reply, CLASS_OK, "200");
    assert_int_equal(server_asked(round.server, "/page"), 1);
    tear_down(&round);
}

static void an_external_answer_ends_with_its_headers(void **state)
{
    struct round round;
    int64_t start = clock_ticks_us();

    (void)state;
    set_up(&round, NULL, 0);
    expect_answer(external(&round, at(&round, "/stream")), CLASS_OK, "200");
    assert_true(ms_since(start) < 25 * SECOND_MS);
    tear_down(&round);
}

static void an_external_link_counts_by_where_it_ends(void **state)
{
    struct round round;

    (void)state;
    set_up(&round, NULL, 0);
    expect_answer(external(&round, at(&round, "/moved")), CLASS_OK, "200");
    expect_answer(external(&round, at(&round, "/around")), CLASS_REDIRECT, "302");
    assert_int_equal(server_asked(round.server, "/around"), 6); // itself and 5 hops
    expect_answer(external(&round, at(&round, "/wall")), CLASS_BLOCKED, "503");
    tear_down(&round);
}

static void a_challenge_is_no_answer_of_the_page_behind_it(void **state)
{
    struct round round;

    (void)state;
    set_up(&round, NULL, 0);
    expect_answer(external(&round, at(&round, "/challenge")), CLASS_BLOCKED, "403");
    expect_answer(get(&round, "/challenge"), CLASS_BLOCKED, "403");
    tear_down(&round);
}

static void a_redirect_to_a_private_address_is_refused(void **state)
{
    static const char *const targets[] = {
        "127.0.0.2",  "localhost",          "[::1]",
        "10.0.0.1",   "169.254.169.254",    "192.168.0.1",
        "2130706434", "0x7f000002",         "0x7f.2",
        "0177.0.0.2", "[::ffff:127.0.0.1]", "[::ffff:7f00:2]",
        "[fc00::1]",  "[64:ff9b::7f00:1]",  "[64:ff9b::169.254.169.254]",
        "[fe80::1]",  "[2002:7f00:1::1]",   "[2002:a9fe:a9fe::]",
    };
    struct round round;
    int before;

    (void)state;
    set_up(&round, NULL, 0);
    expect_answer(get(&round, "/page"), CLASS_OK, "200");
    before = server_connections(round.server);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const char *path = str_format(&round.arena, "/away/%s:%d/page", targets[i],
                                      (int)server_port(round.server));

        expect_answer(external(&round, at(&round, path)), CLASS_REFUSED, "refused");
    }
    // the external host has connections of its own: one at a time, kept
    assert_true(server_connections(round.server) <= before + 1);
    tear_down(&round);
}

static void conditions_go_to_no_other_host(void **state)
{
    struct round round;
    struct fetch_request request = {.kind = FETCH_EXTERNAL,
                                    .etag = "\"1\"",
                                    .last_modified = "Mon, 02 Nov 2026 10:00:00 GMT"};

    (void)state;
    set_up(&round, NULL, 0);
    // answers 404 to what holds a condition
    request.url = absolute(&round.arena, at(&round, "/unconditional"));
    expect_answer(ask_request(round.fetcher, request, &round.arena), CLASS_OK, "200");
    request.kind = FETCH_GET;
    request.most_bytes = MIB;
    expect_answer(ask_request(round.fetcher, request, &round.arena), CLASS_GONE, "404");
    tear_down(&round);
}

static void an_address_in_disguise_is_refused(void **state)
{
    static const char *const hosts[] = {"2130706433", "0x7f000001", "0x7f.1",
                                        "0177.0.0.1", "127.1",      "localhost"};
    struct fetch_live_plan plan = usual_plan();
    struct round round;
    uint16_t port;

    (void)state;
    set_up(&round, &plan, 0); // without a home
    fetcher_close(round.fetcher);
    port = server_port(round.server);
    plan.ports = &port; // or the port alone would do
    plan.nports = 1;
    {
        struct err err = {0};

        assert_true(fetch_live_open(&plan, &round.arena, &round.fetcher, &err));
    }
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        expect_answer(external(&round, str_format(&round.arena, "http://%s:%d/page",
                                                  hosts[i], (int)port)),
                      CLASS_REFUSED, "refused");
    assert_int_equal(server_connections(round.server), 0);
    tear_down(&round);
}

static void a_port_that_is_not_allowed_is_refused(void **state)
{
    struct fetch_live_plan plan = usual_plan();
    struct round round;

    (void)state;
    plan.allow_private = true; // without a home, whose port would be allowed
    set_up(&round, &plan, 0);
    expect_answer(get(&round, "/page"), CLASS_REFUSED, "refused");
    assert_int_equal(server_connections(round.server), 0);
    tear_down(&round);
}

static void tls_with_a_server_that_has_none_fails_as_tls(void **state)
{
    struct fetch_live_plan plan = usual_plan();
    struct round round;

    (void)state;
    plan.second_ms = 1000; // reading the certificates takes a while
    plan.tries = 1;
    plan.connections = 1;
    plan.home = &(struct url){0};
    set_up(&round, &plan, 0);
    expect_answer(ask_kind(round.fetcher,
                           str_format(&round.arena, "https://127.0.0.1:%d/page",
                                      (int)server_port(round.server)),
                           FETCH_GET, &round.arena),
                  CLASS_NETWORK, "tls");
    tear_down(&round);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_comes_with_its_headers),
        cmocka_unit_test(a_request_says_who_asks_and_goes_as_it_was_spelt),
        cmocka_unit_test(a_proxy_of_the_environment_is_not_used),
        cmocka_unit_test(a_redirect_of_the_own_site_is_not_followed),
        cmocka_unit_test(an_unchanged_page_is_ok_when_it_was_asked_so),
        cmocka_unit_test(a_gzip_bomb_is_cut),
        cmocka_unit_test(a_body_is_cut_just_where_the_cap_is),
        cmocka_unit_test(what_drips_or_says_nothing_times_out),
        cmocka_unit_test(too_much_header_is_no_answer),
        cmocka_unit_test(two_hundred_header_lines_are_the_most),
        cmocka_unit_test(a_body_that_breaks_off_is_no_answer),
        cmocka_unit_test(a_busy_server_is_asked_again_when_it_says),
        cmocka_unit_test(a_server_error_is_tried_three_times),
        cmocka_unit_test(a_file_is_asked_by_get_where_head_is_refused),
        cmocka_unit_test(an_external_answer_ends_with_its_headers),
        cmocka_unit_test(an_external_link_counts_by_where_it_ends),
        cmocka_unit_test(a_challenge_is_no_answer_of_the_page_behind_it),
        cmocka_unit_test(a_redirect_to_a_private_address_is_refused),
        cmocka_unit_test(conditions_go_to_no_other_host),
        cmocka_unit_test(an_address_in_disguise_is_refused),
        cmocka_unit_test(a_port_that_is_not_allowed_is_refused),
        cmocka_unit_test(tls_with_a_server_that_has_none_fails_as_tls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
