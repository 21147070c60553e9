/* The verb `sitemap` asking a server of the test; with files it is in tests/golden. A
 * child runs it, so that what it prints can be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "seocheck/seocheck.h"
#include "shared/clock.h"
#include "shared/str.h"
#include "tests/lib/server.h"

#include "shared/banned.h"

static const char sitemap[] =
    "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    "<url><loc>https://other.example/</loc><lastmod>2026-11-20</lastmod></url>\n"
    "</urlset>";

/* On the server's thread. */
static bool answer(const struct server_request *request)
{
    if (strcmp(request->path, "/sitemap.xml") == 0)
        return server_reply(request, "200 OK", "", sitemap);
    if (strcmp(request->path, "/old.xml") == 0)
        return server_reply(request, "301 Moved Permanently",
                            "Location: /sitemap.xml\r\n", "");
    if (strcmp(request->path, "/broken-off.xml") == 0 && request->nth == 1) {
        (void)server_print(request->fd,
                           "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n%s",
                           sitemap);
        return false;
    }
    if (strcmp(request->path, "/broken-off.xml") == 0)
        return server_reply(request, "200 OK", "", sitemap);
    return server_reply(request, "404 Not Found", "", "");
}

/* Runs the verb in a child; `printed` is its stdout, then the error. */
static int run_verb(const char *url, char *printed, size_t most)
{
    const char *args[] = {url};
    struct cli_verb verb = {.name = "sitemap"};
    struct options opt = {.tool = "seocheck",
                          .verb = &verb,
                          .args = args,
                          .nargs = 1,
                          .has_as_of = true,
                          .as_of = day_from_civil(2026, 11, 20),
                          .fail_on = FAIL_ON_WARN,
                          .sandbox = SANDBOX_OFF};
    int pipes[2], status = 0;
    size_t n = 0;
    ssize_t part;
    pid_t child;

    assert_int_equal(pipe(pipes), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct err err = {0};

        (void)dup2(pipes[1], STDOUT_FILENO);
        status = seocheck_sitemap(&opt, &err);
        (void)!write(STDOUT_FILENO, err.text, strlen(err.text));
        _exit(status);
    }
    (void)close(pipes[1]);
    while (n + 1 < most && (part = read(pipes[0], printed + n, most - 1 - n)) > 0)
        n += (size_t)part;
    printed[n] = '\0';
    (void)close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

static struct server *server;

static int begin(void **state)
{
    (void)state;
    server = server_start(answer, 0);
    return server ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    server_stop(server);
    return 0;
}

static void a_url_is_asked_for_and_its_host_is_the_sites(void **state)
{
    char url[64], printed[4096], expected[4096];

    (void)state;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/sitemap.xml",
                   (unsigned)server_port(server));
    (void)snprintf(expected, sizeof expected,
                   "urlset, 1 URLs, 1 findings\nwarn sitemap-host %s: lists "
                   "https://other.example/: another host, line 2\n",
                   url);
    assert_int_equal(run_verb(url, printed, sizeof printed), VERDICT_WARN);
    assert_string_equal(printed, expected);
}

static void a_try_that_broke_off_leaves_nothing(void **state)
{
    char url[64], printed[4096];

    (void)state;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/broken-off.xml",
                   (unsigned)server_port(server));
    assert_int_equal(run_verb(url, printed, sizeof printed), VERDICT_WARN);
    assert_int_equal(server_asked(server, "/broken-off.xml"), 2);
    assert_non_null(strstr(printed, "urlset, 1 URLs, 1 findings\n"));
}

static void what_is_no_200_is_unreadable(void **state)
{
    char url[64], printed[4096];

    (void)state;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/none.xml",
                   (unsigned)server_port(server));
    assert_int_equal(run_verb(url, printed, sizeof printed), VERDICT_UNKNOWN);
    assert_non_null(strstr(printed, "answers 404"));
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/old.xml",
                   (unsigned)server_port(server));
    assert_int_equal(run_verb(url, printed, sizeof printed), VERDICT_UNKNOWN);
    assert_non_null(strstr(printed, "answers 301; ask for '/sitemap.xml'"));
}

static void what_is_no_url_of_http_is_refused(void **state)
{
    char printed[4096];

    (void)state;
    assert_int_equal(run_verb("ftp://a.example/", printed, sizeof printed),
                     VERDICT_UNKNOWN);
    assert_string_equal(printed, "'ftp://a.example/' is no URL of http or https");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_is_asked_for_and_its_host_is_the_sites),
        cmocka_unit_test(a_try_that_broke_off_leaves_nothing),
        cmocka_unit_test(what_is_no_200_is_unreadable),
        cmocka_unit_test(what_is_no_url_of_http_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
