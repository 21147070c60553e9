/*
 * Tests of the access_log source and of user agents. The first combined line is the
 * example of Apache's manual (mod_log_config, "Combined Log Format"), with a later
 * year; Caddy's is the example of its logging documentation, shortened.
 */
#include "shared/agent.h"
#include "tests/unit/shared_source.h"

#include "shared/banned.h"

#define SAFARI \
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15"
#define AT "[02/Mar/2026:00:00:01 +0000]"

static struct source *log_of(const char *lines, const char *more)
{
    put_bytes("access.log", lines, strlen(lines));
    return opened(
        str_format(&test_run, "'type':'access_log','path':'access.log'%s", more));
}

static void combined_lines_become_rows(void **state)
{
    struct source *source = log_of(
        "127.0.0.1 - frank [01/Mar/2026:16:00:01 -0800] \"GET /apache_pb.gif?x=1 "
        "HTTP/1.0\" 200 2326 \"http://www.example.com:8080/start.html\" "
        "\"Mozilla/4.08 [en] (Win98; I ;Nav)\"\n"
        "1.2.3.4 - John Doe " AT " \"GET /a?b=c HTTP/1.1\" 301 - \"-\" \"" SAFARI
        "\" 0.250\n"
        "1.2.3.4 - - " AT " \"POST /a HTTP/1.1\" 503 0 \"-\" \"-\" 1250\n"
        "1.2.3.4 - - " AT " \"GET /gone HTTP/1.1\" 404 0 \"-\" \"-\" - \"8.8.8.8\"\n"
        "::1 - - " AT " \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\"\n"
        "::1 - - " AT " \"GET http://shop.example/x HTTP/1.1\" 200 0 \"-\" \"-\"\n",
        "");
    struct rows *rows = rows_of(source, DAY, 1);
    static const char *const page[] = {"/apache_pb.gif", "/a", "/a", "/gone",
                                       "(bad request)",  "/x"};
    static const int status[] = {200, 301, 503, 404, 400, 200};
    static const bool pageview[] = {false, true, false, false, false, true};

    (void)state;
    assert_int_equal(rows->n, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct row *row = &rows->row[i];

        ASSERT_TEXT(row->page, page[i]);
        assert_int_equal(row->time_ms, MIDNIGHT + 1000);
        assert_true(row->number[NUMBER_STATUS] == status[i]);
        assert_int_equal(row->kinds,
                         1U << KIND_REQUEST | (unsigned)pageview[i] << KIND_PAGEVIEW);
        assert_int_equal(row_has_number(row, NUMBER_TTFB), i == 1);
    }
    ASSERT_TEXT(rows->row[0].referrer_host, "www.example.com");
    ASSERT_TEXT(rows->row[0].browser, "Other");
    assert_true(rows->row[1].number[NUMBER_TTFB] == 250);
    ASSERT_TEXT(rows->row[1].browser, "Safari");
    ASSERT_TEXT(rows->row[1].device, "Desktop");
    ASSERT_TEXT(rows->row[1].referrer_host, "");
    ASSERT_TEXT(rows->row[2].browser, "");
    ASSERT_TEXT(rows->row[5].host, "shop.example");
    ASSERT_TEXT(rows->row[4].host, "");
    assert_int_equal(source_lag_h(source), 1);
    assert_int_equal(source_kinds(source), 1U << KIND_REQUEST | 1U << KIND_PAGEVIEW);
    source_close(source);
}

static void escapes_in_quotes_are_undone(void **state)
{
    struct source *source =
        log_of("1.2.3.4 - - " AT
               " \"GET /\\\"q\\\"\\\\\\x41\\xc3\\xa4 HTTP/1.1\" 200 0 "
               "\"http://r\\x2eexample/\" \"a \\\"b\\\" Firefox/1\"\n"
               "1.2.3.4 - - " AT " \"GET /\\xff HTTP/1.1\" 200 0 \"-\" \"-\"\n",
               "");
    struct rows *rows = rows_of(source, DAY, 1);

    (void)state;
    assert_int_equal(rows->n, 1);
    ASSERT_TEXT(rows->row[0].page, "/\"q\"\\A\xC3\xA4");
    ASSERT_TEXT(rows->row[0].referrer_host, "r.example");
    ASSERT_TEXT(rows->row[0].browser, "Firefox");
    assert_int_equal(day_at(source, 0)->rejected[REJECT_UTF8], 1);
    source_close(source);
}

static void lines_of_another_shape_are_rejected(void **state)
{
    struct source *source = log_of(
        "\n1.2.3.4 - - " AT " \"GET / HTTP/1.1\" 200 0 \"-\" \"-\"\n"
        "hello\n"
        "1.2.3.4 - - " AT " \"GET / HTTP/1.1\" 200 0 \"-\" \"cut\n"
        "1.2.3.4 - - " AT " \"GET / HTTP/1.1\" OK 0 \"-\" \"-\"\n"
        "1.2.3.4 - - " AT " \"GET / HTTP/1.1\" 200 few \"-\" \"-\"\n"
        "1.2.3.4 - - " AT " \"GET / HTTP/1.1\" 200 0\n"
        "1.2.3.4 - - [02/Mai/2026:00:00:01 +0000] \"GET / HTTP/1.1\" 200 0 \"-\" "
        "\"-\"\n"
        "- - - " AT " \"GET / HTTP/1.1\" 200 0 \"-\" \"-\"\n",
        "");

    (void)state;
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    assert_int_equal(day_at(source, 0)->rejected[REJECT_MALFORMED], 5);
    assert_int_equal(day_at(source, 0)->rejected[REJECT_NO_TIME], 1);
    assert_int_equal(day_at(source, 0)->rejected[REJECT_NO_UNIT], 1);
    source_close(source);
}

/* A line cut behind any byte, between two that are whole, is rejected alone; from the
 * quote behind the agent on it is whole. */
static void a_line_cut_anywhere_is_rejected_alone(void **state)
{
    static const char whole[] = "1.2.3.4 - - " AT " \"GET /a\\\"b HTTP/1.1\" 200 17 "
                                "\"http://r.example/\" \"Fire\\\\fox\" 0.250 x\n";
    const size_t n_read = strlen(whole) - strlen(" 0.250 x\n");

    (void)state;
    for (size_t n = 1; n < strlen(whole); n++) {
        struct source *source =
            log_of(str_format(&test_run, "%s%.*s\n%s", whole, (int)n, whole, whole),
                   "");
        size_t rows = rows_of(source, DAY, 1)->n;

        if (rows != (n < n_read ? 2 : 3))
            fail_msg("cut behind byte %zu: %zu rows", n, rows);
        source_close(source);
    }
}

static void only_whole_escapes_are_undone(void **state)
{
    struct source *source =
        log_of("1.2.3.4 - - " AT
               " \"GET /\\x4A\\x4a\\xg1\\x1g\\n HTTP/1.1\" 200 0 \"-\" "
               "\"-\"\n"
               "1.2.3.4 - - " AT " \"GET / HTTP/1.1\" 200 0 \"-\" \"a\\x4\"\n",
               "");
    struct rows *rows = rows_of(source, DAY, 1);

    (void)state;
    assert_int_equal(rows->n, 2);
    ASSERT_TEXT(rows->row[0].page, "/JJ\\xg1\\x1g\\n");
    source_close(source);
}

static void a_request_is_a_method_a_target_and_a_protocol(void **state)
{
    static const char *const bad[] = {" / HTTP/1.1", "GET  HTTP/1.1",    "GET / ",
                                      "GET /",       "GET / HTTP/1.1 x", ""};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct source *source =
            log_of(str_format(&test_run,
                              "1.2.3.4 - - " AT " \"%s\" 400 0 \"-\" \"-\"\n", bad[i]),
                   "");
        struct rows *rows = rows_of(source, DAY, 1);

        assert_int_equal(rows->n, 1);
        ASSERT_TEXT(rows->row[0].page, "(bad request)");
        source_close(source);
    }
}

static void numbers_of_a_line_are_three_digits_a_count_and_seconds(void **state)
{
    static const struct {
        const char *numbers, *last;
        size_t n;
        bool has_seconds;
    } lines[] = {
        {"200 0", " 0.250", 1, true}, {"200 0", " 250", 1, false},
        {"200 0", " a.b", 1, false},  {"20 0", "", 0, false},
        {"2000 0", "", 0, false},     {"2x0 0", "", 0, false},
        {"200 -5", "", 0, false},     {"200 -", "", 1, false},
        {"200 9e1", "", 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct source *source =
            log_of(str_format(&test_run,
                              "1.2.3.4 - - " AT
                              " \"GET / HTTP/1.1\" %s \"-\" \"-\"%s\n",
                              lines[i].numbers, lines[i].last),
                   "");
        struct rows *rows = rows_of(source, DAY, 1);

        assert_int_equal(rows->n, lines[i].n);
        if (rows->n == 1)
            assert_int_equal(row_has_number(rows->row, NUMBER_TTFB),
                             lines[i].has_seconds);
        source_close(source);
    }
}

#define CADDY_AT(logger, more)                                                        \
    "{'level':'info','ts':1772409601.25,'logger':'" logger                            \
    "','msg':'handled request','request':{'remote_ip':'127.0.0.1','remote_port':'4'"  \
    ",'proto':'HTTP/2.0','method':'GET','host':'localhost:8443','uri':'/a.html?q=1'," \
    "'headers':{'User-Agent':['curly/7.82.0'],'Referer':['https://ref.example/']"     \
    "}" more "},'bytes_read':0,'duration':0.5,'size':10900,'status':200}\n"

static void caddy_lines_become_rows_and_other_loggers_are_passed_over(void **state)
{
    struct source *source =
        log_of(quoted_text(CADDY_AT("http.log.access.log0", "")
                               CADDY_AT("http.log.access", ",'client_ip':'9.9.9.9'")
                                   CADDY_AT("tls.obtain", "") "{'ts':\n"),
               "");
    struct rows *rows = rows_of(source, DAY, 1);
    const struct row *row = &rows->row[0];

    (void)state;
    assert_int_equal(rows->n, 2);
    assert_int_equal(rejected_on(source, 0), 1);
    assert_int_equal(row->time_ms, MIDNIGHT + 1250);
    assert_int_equal(row->kinds, 1U << KIND_REQUEST | 1U << KIND_PAGEVIEW);
    ASSERT_TEXT(row->page, "/a.html");
    ASSERT_TEXT(row->host, "localhost");
    ASSERT_TEXT(row->referrer_host, "ref.example");
    assert_true(row->number[NUMBER_STATUS] == 200);
    assert_true(row->number[NUMBER_TTFB] == 500);
    assert_int_not_equal(row->unit,
                         rows->row[1].unit); // client_ip stands for remote_ip
    source_close(source);
}

static void a_caddy_line_cut_anywhere_is_rejected_alone(void **state)
{
    const char *whole = quoted_text(CADDY_AT("http.log.access", ""));
    size_t end = strlen(whole) - 1;

    (void)state;
    for (size_t n = 1; n < end; n += 3) {
        struct source *source =
            log_of(str_format(&test_run, "%s%.*s\n%s", whole, (int)n, whole, whole),
                   "");

        assert_int_equal(rows_of(source, DAY, 1)->n, 2);
        assert_int_equal(rejected_on(source, 0), 1);
        source_close(source);
    }
}

static void format_may_be_fixed(void **state)
{
    struct source *source =
        log_of(quoted_text(CADDY_AT("http.log.access", "")), ",'format':'combined'");

    (void)state;
    assert_int_equal(rows_of(source, DAY, 1)->n, 0);
    assert_int_equal(rejected_on(source, 0), 1);
    source_close(source);
}

static void assets_are_no_pageviews(void **state)
{
    const char lines[] =
        "1.2.3.4 - - " AT " \"GET /a.JS?v=2 HTTP/1.1\" 200 0 \"-\" \"-\"\n"
        "1.2.3.4 - - " AT " \"GET /v1.2/page HTTP/1.1\" 200 0 \"-\" \"-\"\n"
        "1.2.3.4 - - " AT " \"GET /a.html HTTP/1.1\" 200 0 \"-\" \"-\"\n"
        "1.2.3.4 - - " AT " \"HEAD / HTTP/1.1\" 200 0 \"-\" \"-\"\n";
    struct source *source = log_of(lines, "");
    struct rows *rows = rows_of(source, DAY, 1);

    (void)state;
    assert_int_equal(rows->n, 4);
    assert_int_equal(rows->row[0].kinds, 1U << KIND_REQUEST);
    assert_int_equal(rows->row[1].kinds, 1U << KIND_REQUEST | 1U << KIND_PAGEVIEW);
    assert_int_equal(rows->row[2].kinds, 1U << KIND_REQUEST | 1U << KIND_PAGEVIEW);
    assert_int_equal(rows->row[3].kinds, 1U << KIND_REQUEST);
    source_close(source);
    source = log_of(lines, ",'assets':['html']");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->row[0].kinds, 1U << KIND_REQUEST | 1U << KIND_PAGEVIEW);
    assert_int_equal(rows->row[2].kinds, 1U << KIND_REQUEST);
    source_close(source);
}

static void unit_is_address_and_agent_within_the_day(void **state)
{
    struct source *source = log_of(
        "1.2.3.4 - - " AT " \"GET /a HTTP/1.1\" 200 0 \"-\" \"x\"\n"
        "1.2.3.4 - - " AT " \"GET /b HTTP/1.1\" 200 0 \"-\" \"x\"\n"
        "1.2.3.4 - - " AT " \"GET /a HTTP/1.1\" 200 0 \"-\" \"y\"\n"
        "1.2.3.5 - - " AT " \"GET /a HTTP/1.1\" 200 0 \"-\" \"x\"\n"
        "1.2.3.4 - - [03/Mar/2026:00:00:00 +0000] \"GET /a HTTP/1.1\" 200 0 \"-\" "
        "\"x\"\n"
        "1.2.3.4 - - [04/Mar/2026:00:00:00 +0000] \"GET /a HTTP/1.1\" 200 0 \"-\" "
        "\"x\"\n",
        "");
    struct rows *rows = rows_of(source, DAY, 2);

    (void)state;
    assert_int_equal(rows->n, 5);
    assert_int_equal(source_totals(source)->future, 1);
    assert_int_equal(rows->row[0].unit, rows->row[1].unit);
    for (int i = 2; i < 5; i++)
        assert_int_not_equal(rows->row[0].unit, rows->row[i].unit);
    assert_int_not_equal(rows->row[0].id, rows->row[1].id); // one second, two requests
    assert_false(rows->row[0].unit_is_user);
    source_close(source);
}

static void bots_are_left_out_and_counted(void **state)
{
    static const char line[] =
        "1.2.3.4 - - " AT " \"GET / HTTP/1.1\" 200 0 \"-\" \"Mozilla/5.0 (compatible; "
        "BingBot/2.0; +http://www.bing.com/bingbot.htm)\"\n";
    struct source *source = log_of(line, "");

    (void)state;
    assert_int_equal(rows_of(source, DAY, 1)->n, 0);
    assert_int_equal(day_at(source, 0)->bots, 1);
    assert_int_equal(day_at(source, 0)->rows, 0);
    source_close(source);
    source = opened_with("'type':'access_log','path':'access.log'", false);
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    source_close(source);
}

/* Strings as the browsers send them, versions shortened. */
static void agents_have_browser_device_and_are_bots_or_not(void **state)
{
    static const struct {
        const char *text, *browser, *device;
        bool is_bot;
    } cases[] = {
        {"Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge",
         "Desktop", false},
        {"Mozilla/5.0 (X11; Linux) Chrome/120.0 Safari/537.36 OPR/106.0", "Opera",
         "Desktop", false},
        {"Mozilla/5.0 (Linux; Android 13; SM-S901B) SamsungBrowser/23.0 "
         "Chrome/115.0 Mobile "
         "Safari/537.36",
         "Samsung Internet", "Mobile", false},
        {"Mozilla/5.0 (Android 14; Tablet; rv:121.0) Gecko/121.0 Firefox/121.0",
         "Firefox", "Tablet", false},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) FxiOS/120.0 Mobile/15E148 "
         "Safari/605.1",
         "Firefox", "Mobile", false},
        {"Mozilla/5.0 (iPad; CPU OS 17_0) CriOS/120.0 Mobile/15E148 Safari/604.1",
         "Chrome", "Tablet", false},
        {"Mozilla/5.0 (Macintosh) Version/17.0 Safari/605.1.15", "Safari", "Desktop",
         false},
        {"Lynx/2.9", "Other", "Desktop", false},
        {"Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) Chrome/120 Mobile "
         "Safari/537.36",
         "Chrome", "Mobile", false},
        {"Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0 Safari/537.36", "Chrome",
         "Desktop", true},
        {"curl/8.5.0", "Other", "Desktop", true},
    };
    struct agents *agents = agents_new(&test_run);

    (void)state;
    for (int again = 0; again < 2; again++) { // found, then remembered
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            struct agent agent =
                agents_find(agents, str_of(cases[i].text), hash_of(cases[i].text));

            ASSERT_TEXT(agent.browser, cases[i].browser);
            ASSERT_TEXT(agent.device, cases[i].device);
            assert_int_equal(agent.is_bot, cases[i].is_bot);
        }
    }
}

extern const char bots_text[] __asm__("_binary_shared_bots_txt_start");

static void comments_in_the_list_of_bots_are_no_bots(void **state)
{
    struct str comment = {bots_text, strcspn(bots_text, "\n")};
    struct agents *agents = agents_new(&test_run);

    (void)state;
    assert_int_equal(bots_text[0], '#');
    assert_false(agents_find(agents, comment, 1).is_bot);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, test_begin, test_end)
    static const struct CMUnitTest tests[] = {
        TEST(combined_lines_become_rows),
        TEST(escapes_in_quotes_are_undone),
        TEST(lines_of_another_shape_are_rejected),
        TEST(a_line_cut_anywhere_is_rejected_alone),
        TEST(only_whole_escapes_are_undone),
        TEST(a_request_is_a_method_a_target_and_a_protocol),
        TEST(numbers_of_a_line_are_three_digits_a_count_and_seconds),
        TEST(a_caddy_line_cut_anywhere_is_rejected_alone),
        TEST(caddy_lines_become_rows_and_other_loggers_are_passed_over),
        TEST(format_may_be_fixed),
        TEST(assets_are_no_pageviews),
        TEST(unit_is_address_and_agent_within_the_day),
        TEST(bots_are_left_out_and_counted),
        TEST(agents_have_browser_device_and_are_bots_or_not),
        TEST(comments_in_the_list_of_bots_are_no_bots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
