/*
 * Tests of seocheck/fetch_jsonl.c. What is expected is "JSONL" in section 2 of the
 * tool's page, and that a bad file is refused with its place.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/seocheck_fetch.h"

#include "shared/banned.h"

struct crawl {
    struct arena arena;
    char folder[128];
    struct fetcher *fetcher;
};

static const char *path_of(struct crawl *crawl, const char *name)
{
    return str_format(&crawl->arena, "%s/%s", crawl->folder, name);
}

static void put(struct crawl *crawl, const char *name, struct str content)
{
    FILE *file = fopen(path_of(crawl, name), "w");

    assert_non_null(file);
    assert_int_equal(fwrite(content.at, 1, content.n, file), content.n);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    struct crawl *crawl = calloc(1, sizeof *crawl);

    assert_non_null(crawl);
    make_scratch(crawl->folder, sizeof crawl->folder);
    arena_init(&crawl->arena, ARENA_BYTES_MAX);
    assert_int_equal(mkdir(path_of(crawl, "body"), 0755), 0);
    put(crawl, "body/a.html", STR("<p>a page"));
    put(crawl, "secret", STR("secret"));
    assert_int_equal(symlink("../secret", path_of(crawl, "body/link")), 0);
    *state = crawl;
    return 0;
}

static int tear_down(void **state)
{
    struct crawl *crawl = *state;
    static const char *const names[] = {"body/a.html", "body/link",   "body",
                                        "secret",      "crawl.jsonl", ""};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(remove(path_of(crawl, names[i])), 0);
    arena_release(&crawl->arena);
    free(crawl);
    return 0;
}

static void open_text(struct crawl *crawl, const char *text)
{
    struct err err = {0};

    put(crawl, "crawl.jsonl", str_of(text));
    if (!fetch_jsonl_open(path_of(crawl, "crawl.jsonl"), &crawl->arena, &crawl->fetcher,
                          &err))
        fail_msg("%s", err.text);
}

static void expect_refused(struct crawl *crawl, struct str text, const char *expected)
{
    struct fetcher *fetcher = NULL;
    struct err err = {0};

    put(crawl, "crawl.jsonl", text);
    if (fetch_jsonl_open(path_of(crawl, "crawl.jsonl"), &crawl->arena, &fetcher, &err))
        fail_msg("accepted: %.*s", (int)text.n, text.at);
    assert_null(fetcher);
    if (!strstr(err.text, "crawl.jsonl:") || !strstr(err.text, expected))
        fail_msg("'%s' does not say '%s'", err.text, expected);
}

static struct fetch_reply get(struct crawl *crawl, const char *url)
{
    return ask_kind(crawl->fetcher, url, FETCH_GET, &crawl->arena);
}

static void a_record_is_an_answer(void **state)
{
    struct crawl *crawl = *state;
    struct fetch_reply reply;

    open_text(
        crawl,
        "{\"url\": \"https://x.example/a\", \"status\": 200, \"body_file\": "
        "\"body/a.html\", \"headers\": {\"Content-Type\": \"text/html\", \"LINK\": "
        "[\"</b>; rel=next\", \"</c>\"], \"etag\": [\"one\", \"two\"], "
        "\"X-Robots-Tag\": [\"bot: all\", \"noindex\"], \"last-modified\": \"Mon\"}}\n");
    reply = get(crawl, "https://x.example/a");
    expect_answer(reply, CLASS_OK, "200");
    expect_text(reply.body, "<p>a page");
    expect_text(reply.content_type, "text/html");
    expect_text(reply.link, "</b>; rel=next, </c>");
    expect_text(reply.etag, "one");
    expect_text(reply.x_robots, "bot: all\nnoindex");
    expect_text(reply.last_modified, "Mon");
    assert_true(fetcher_has_headers(crawl->fetcher));
    fetcher_close(crawl->fetcher);
}

static void records_may_come_in_any_order_and_spelling(void **state)
{
    struct crawl *crawl = *state;
    struct fetch_request request = {.most_bytes = MIB};

    open_text(crawl,
              "\r\n{\"url\": \"HTTPS://X.example:443/%7eb\", \"status\": 404}\r\n"
              "{\"status\": 410, \"url\": \"https://x.example/a?utm_source=m\"}");
    expect_answer(get(crawl, "https://x.example/~b"), CLASS_GONE, "404");
    // the normal form lost a parameter, what was sent has it
    request.url = absolute(&crawl->arena, "https://x.example/a");
    request.spelling = "https://x.example/a?utm_source=m";
    expect_answer(ask_request(crawl->fetcher, request, &crawl->arena), CLASS_GONE,
                  "410");
    fetcher_close(crawl->fetcher);
}

static void classes_are_those_of_a_live_server(void **state)
{
    static const struct {
        int status;
        enum url_class own, other;
    } cases[] = {
        {204, CLASS_OK, CLASS_OK},           {301, CLASS_REDIRECT, CLASS_REDIRECT},
        {400, CLASS_CLIENT, CLASS_CLIENT},   {401, CLASS_CLIENT, CLASS_BLOCKED},
        {403, CLASS_CLIENT, CLASS_BLOCKED},  {404, CLASS_GONE, CLASS_GONE},
        {407, CLASS_CLIENT, CLASS_BLOCKED},  {408, CLASS_SERVER, CLASS_SERVER},
        {410, CLASS_GONE, CLASS_GONE},       {425, CLASS_SERVER, CLASS_SERVER},
        {429, CLASS_BLOCKED, CLASS_BLOCKED}, {451, CLASS_CLIENT, CLASS_BLOCKED},
        {500, CLASS_SERVER, CLASS_SERVER},   {503, CLASS_SERVER, CLASS_BLOCKED},
        {999, CLASS_SERVER, CLASS_BLOCKED},
    };
    struct crawl *crawl = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *detail = str_format(&crawl->arena, "%d", cases[i].status);

        open_text(crawl, str_format(&crawl->arena,
                                    "{\"url\": \"https://x.example/\", \"status\": %d}",
                                    cases[i].status));
        expect_answer(get(crawl, "https://x.example/"), cases[i].own, detail);
        expect_answer(ask_kind(crawl->fetcher, "https://x.example/", FETCH_EXTERNAL,
                               &crawl->arena),
                      cases[i].other, detail);
        fetcher_close(crawl->fetcher);
    }
}

static void an_error_is_network(void **state)
{
    struct crawl *crawl = *state;

    open_text(
        crawl,
        "{\"url\": \"https://x.example/a\", \"status\": 0, \"error\": \"dns\"}\n"
        "{\"url\": \"https://x.example/b\", \"status\": 0, \"error\": \"EPIPE\"}");
    expect_answer(get(crawl, "https://x.example/a"), CLASS_NETWORK, "dns");
    expect_answer(get(crawl, "https://x.example/b"), CLASS_NETWORK, "read");
    fetcher_close(crawl->fetcher);
}

static void what_has_no_record_is_unverifiable(void **state)
{
    struct crawl *crawl = *state;

    open_text(crawl, "");
    expect_answer(get(crawl, "https://x.example/"), CLASS_REFUSED, "no record");
    fetcher_close(crawl->fetcher);
}

static void an_external_link_counts_by_where_it_ends(void **state)
{
    struct crawl *crawl = *state;

    open_text(crawl, "{\"url\": \"https://x.example/a\", \"status\": 301, \"headers\": "
                     "{\"location\": \"/b\"}}\n"
                     "{\"url\": \"https://x.example/b\", \"status\": 404}\n"
                     "{\"url\": \"https://x.example/c\", \"status\": 302, \"headers\": "
                     "{\"location\": \"/c\"}}\n"
                     "{\"url\": \"https://x.example/d\", \"status\": 302, \"headers\": "
                     "{\"location\": \"/nowhere\"}}\n");
    expect_answer(get(crawl, "https://x.example/a"), CLASS_REDIRECT, "301");
    expect_text(get(crawl, "https://x.example/a").location, "/b");
    expect_answer(ask_kind(crawl->fetcher, "https://x.example/a", FETCH_EXTERNAL,
                           &crawl->arena),
                  CLASS_GONE, "404");
    expect_answer(ask_kind(crawl->fetcher, "https://x.example/c", FETCH_EXTERNAL,
                           &crawl->arena),
                  CLASS_REDIRECT, "302");
    expect_answer(ask_kind(crawl->fetcher, "https://x.example/d", FETCH_EXTERNAL,
                           &crawl->arena),
                  CLASS_REFUSED, "no record");
    fetcher_close(crawl->fetcher);
}

static void a_bad_line_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"{", "crawl.jsonl:2"},
        {"[]", "not a JSON object"},
        {"{\"url\": \"https://x.example/\", \"url\": \"\"}", "duplicate key"},
        {"{\"status\": 200}", "'url' is missing or no text"},
        {"{\"url\": 1, \"status\": 200}", "'url' is missing or no text"},
        {"{\"url\": \"/a\", \"status\": 200}", "no absolute http or https URL"},
        {"{\"url\": \"mailto:a@b.example\", \"status\": 200}", "no absolute http"},
        {"{\"url\": \"https://x.example/\"}", "'status' is missing or no integer"},
        {"{\"url\": \"https://x.example/\", \"status\": \"200\"}", "no integer"},
        {"{\"url\": \"https://x.example/\", \"status\": 200.5}", "no integer"},
        {"{\"url\": \"https://x.example/\", \"status\": 199}", "from 200 to 999"},
        {"{\"url\": \"https://x.example/\", \"status\": 1000}", "from 200 to 999"},
        {"{\"url\": \"https://x.example/\", \"status\": -200}", "from 200 to 999"},
        {"{\"url\": \"https://x.example/\", \"status\": 0}", "'error' goes with"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"error\": \"dns\"}",
         "'error' goes with"},
        {"{\"url\": \"https://x.example/\", \"status\": 0, \"error\": 1}",
         "'error' is no text"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"headers\": []}",
         "'headers' is not an object"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"headers\": {\"a\": 1}}",
         "header 'a' is neither"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"headers\": {\"a\": "
         "[\"b\", 1]}}",
         "header 'a' is neither"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"body\": \"\"}",
         "unknown key 'body'"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"body_file\": 1}",
         "'body_file' is no text"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"body_file\": \"\"}",
         "is not below"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"body_file\": \"/a\"}",
         "is not below"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"body_file\": \"../a\"}",
         "is not below"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"body_file\": \"a/../b\"}",
         "is not below"},
        {"{\"url\": \"https://x.example/\", \"status\": 200, \"body_file\": \"a//b\"}",
         "is not below"},
        {"{\"url\": \"https://x.example/\", \"status\": 0, \"error\": \"dns\", "
         "\"body_file\": \"a\"}",
         "goes with an answer"},
    };
    struct crawl *crawl = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text =
            str_format(&crawl->arena,
                       "{\"url\": \"https://x.example/first\", \"status\": 200}\n%s\n",
                       cases[i].line);

        expect_refused(crawl, str_of(text), cases[i].says);
        expect_refused(crawl, str_of(text), "crawl.jsonl:2");
    }
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    expect_refused(*state,
                   STR("{\"url\": \"https://x.example/\xff\", \"status\": 200}"),
                   "not UTF-8");
    expect_refused(*state, STR("\0"), "crawl.jsonl:1");
    expect_refused(*state, STR("{\"url\": \"https://x.example/\\u0000\"}"), "NUL");
}

static void two_records_of_one_url_are_refused(void **state)
{
    expect_refused(*state,
                   STR("{\"url\": \"https://x.example/a/../b\", \"status\": 200}\n\n"
                       "{\"url\": \"https://x.example/b\", \"status\": 200}\n"),
                   "crawl.jsonl:3: a second record of 'https://x.example/b', after "
                   "line 1");
}

static void a_line_without_end_is_refused(void **state)
{
    struct crawl *crawl = *state;
    size_t n = 2 * MIB;
    char *line = arena_new(&crawl->arena, char, n);

    memset(line, ' ', n);
    line[0] = '{';
    expect_refused(crawl, (struct str){line, n}, "a line of more than");
}

static void a_file_over_the_cap_is_refused(void **state)
{
    struct crawl *crawl = *state;
    struct fetcher *fetcher = NULL;
    struct err err = {0};

    put(crawl, "crawl.jsonl", STR(""));
    assert_int_equal(truncate(path_of(crawl, "crawl.jsonl"),
                              (off_t)SAVED_CRAWL_BYTES_MAX + 1),
                     0);
    assert_false(
        fetch_jsonl_open(path_of(crawl, "crawl.jsonl"), &crawl->arena, &fetcher, &err));
    assert_non_null(strstr(err.text, "at most"));
    assert_false(
        fetch_jsonl_open(path_of(crawl, "none"), &crawl->arena, &fetcher, &err));
    assert_non_null(strstr(err.text, "there is no such file"));
}

static void a_body_that_cannot_be_read_is_an_error_with_its_place(void **state)
{
    static const char *const files[] = {"body/none", "body/link", "body",
                                        "crawl.jsonl/x"};
    struct crawl *crawl = *state;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct kept kept = {0};
        struct answers answers = {.arena = &crawl->arena, .kept = &kept};
        struct fetch_request request = {.url = absolute(&crawl->arena,
                                                        "https://x.example/"),
                                        .most_bytes = MIB};
        struct err err = {0};

        open_text(crawl,
                  str_format(&crawl->arena,
                             "{\"url\": \"https://x.example/\", \"status\": 200, "
                             "\"body_file\": \"%s\"}",
                             files[i]));
        assert_false(
            fetch_all(crawl->fetcher, &request, 1, keep_answer, &answers, &err));
        if (!strstr(err.text,
                    str_format(&crawl->arena, "crawl.jsonl:1: there is no file '%s'",
                               files[i])))
            fail_msg("%s", err.text);
        fetcher_close(crawl->fetcher);
    }
}

static void a_body_is_cut_at_the_cap(void **state)
{
    struct crawl *crawl = *state;
    struct fetch_request request = {.url =
                                        absolute(&crawl->arena, "https://x.example/"),
                                    .most_bytes = 3};
    struct fetch_reply reply;

    open_text(crawl,
              "{\"url\": \"https://x.example/\", \"status\": 200, \"body_file\": "
              "\"body/a.html\"}");
    reply = ask_request(crawl->fetcher, request, &crawl->arena);
    expect_text(reply.body, "<p>");
    assert_true(reply.is_cut);
    fetcher_close(crawl->fetcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_an_answer),
        cmocka_unit_test(records_may_come_in_any_order_and_spelling),
        cmocka_unit_test(classes_are_those_of_a_live_server),
        cmocka_unit_test(an_error_is_network),
        cmocka_unit_test(what_has_no_record_is_unverifiable),
        cmocka_unit_test(an_external_link_counts_by_where_it_ends),
        cmocka_unit_test(a_bad_line_is_refused_with_its_place),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(two_records_of_one_url_are_refused),
        cmocka_unit_test(a_line_without_end_is_refused),
        cmocka_unit_test(a_file_over_the_cap_is_refused),
        cmocka_unit_test(a_body_that_cannot_be_read_is_an_error_with_its_place),
        cmocka_unit_test(a_body_is_cut_at_the_cap),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
