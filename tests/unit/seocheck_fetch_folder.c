/*
 * Tests of seocheck/fetch_folder.c. What is expected is "Folder" in section 2 of the
 * tool's page.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/seocheck_fetch.h"

#include "shared/banned.h"

struct site_folder {
    struct arena arena;
    char path[128];
    struct fetcher *fetcher;
};

static void put(const struct site_folder *site, const char *name, const char *content)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", site->path, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void make_folder(const struct site_folder *site, const char *name)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", site->path, name);
    assert_int_equal(mkdir(path, 0755), 0);
}

static void make_link(const struct site_folder *site, const char *to, const char *name)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", site->path, name);
    assert_int_equal(symlink(to, path), 0);
}

static void fill(const struct site_folder *site)
{
    static const char *const folders[] = {"out",     "out/docs", "out/docs/deep",
                                          "out/a b", "out/both", "out/p.html"};
    static const char *const files[] = {"secret.html",          "out/index.html",
                                        "out/about.html",       "out/docs/index.html",
                                        "out/both.html",        "out/both/index.html",
                                        "out/docs/deep/x.css",  "out/a b/c.html",
                                        "out/404.html",         "out/docs/500.html",
                                        "out/noextension",      "out/PHOTO.JPG",
                                        "out/p.html/index.html"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        make_folder(site, folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put(site, files[i], files[i]);
    make_link(site, "../secret.html", "out/link.html");
    make_link(site, "..", "out/up");
    make_link(site, "docs", "out/same");
    {
        char path[256];

        (void)snprintf(path, sizeof path, "%s/out/fifo.html", site->path);
        assert_int_equal(mkfifo(path, 0644), 0);
    }
}

static int set_up(void **state)
{
    struct site_folder *site = calloc(1, sizeof *site);
    struct err err = {0};

    assert_non_null(site);
    make_scratch(site->path, sizeof site->path);
    fill(site);
    arena_init(&site->arena, ARENA_BYTES_MAX);
    if (!fetch_folder_open(str_format(&site->arena, "%s/out", site->path),
                           absolute(&site->arena, "https://shop.example/"),
                           &site->arena, &site->fetcher, &err))
        fail_msg("%s", err.text);
    *state = site;
    return 0;
}

static int tear_down(void **state)
{
    struct site_folder *site = *state;
    static const char *const names[] = {"out/docs/deep/x.css",
                                        "out/docs/deep",
                                        "out/docs/index.html",
                                        "out/docs/500.html",
                                        "out/docs",
                                        "out/a b/c.html",
                                        "out/a b",
                                        "out/both/index.html",
                                        "out/both",
                                        "out/both.html",
                                        "out/p.html/index.html",
                                        "out/p.html",
                                        "out/index.html",
                                        "out/about.html",
                                        "out/404.html",
                                        "out/noextension",
                                        "out/PHOTO.JPG",
                                        "out/link.html",
                                        "out/up",
                                        "out/same",
                                        "out/fifo.html",
                                        "out",
                                        "secret.html",
                                        ""};
    char path[256];

    fetcher_close(site->fetcher);
    arena_release(&site->arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", site->path, names[i]);
        assert_int_equal(remove(path), 0);
    }
    free(site);
    return 0;
}

static struct fetch_reply get(struct site_folder *site, const char *url)
{
    return ask_kind(site->fetcher, url, FETCH_GET, &site->arena);
}

/* Content of a file is its name. */
static void expect_file(struct site_folder *site, const char *path, const char *file)
{
    struct fetch_reply reply =
        get(site, str_format(&site->arena, "https://shop.example%s", path));

    expect_answer(reply, CLASS_OK, "200");
    expect_text(reply.body, file);
}

static void expect_gone(struct site_folder *site, const char *path)
{
    expect_answer(get(site, str_format(&site->arena, "https://shop.example%s", path)),
                  CLASS_GONE, "404");
}

static void a_path_is_its_file_or_html_or_index(void **state)
{
    expect_file(*state, "/", "out/index.html");
    expect_file(*state, "/index.html", "out/index.html");
    expect_file(*state, "/about.html", "out/about.html");
    expect_file(*state, "/about", "out/about.html");
    expect_file(*state, "/docs/", "out/docs/index.html");
    expect_file(*state, "/docs", "out/docs/index.html");
    expect_file(*state, "/noextension", "out/noextension");
    expect_file(*state, "/about?page=2", "out/about.html");
}

static void a_file_html_comes_before_the_index_of_a_folder(void **state)
{
    expect_file(*state, "/both", "out/both.html");
    expect_file(*state, "/both/", "out/both/index.html");
    expect_file(*state, "/p.html", "out/p.html/index.html");
}

static void what_is_not_there_is_gone(void **state)
{
    expect_gone(*state, "/nothing");
    expect_gone(*state, "/about/");
    expect_gone(*state, "/about.html/more");
    expect_gone(*state, "/docs/deep");
    expect_gone(*state, "/docs//index.html");
}

static void escapes_are_bytes_of_the_name(void **state)
{
    expect_file(*state, "/a%20b/c", "out/a b/c.html");
    expect_gone(*state, "/docs%2Findex.html");
    expect_gone(*state, "/about.html%00.css");
    expect_gone(*state, "/a%2");
}

static void nothing_outside_the_folder_is_reached(void **state)
{
    expect_gone(*state, "/../secret.html");
    expect_gone(*state, "/%2e%2e/secret.html");
    expect_gone(*state, "/..%2fsecret.html");
    expect_gone(*state, "/link.html");
    expect_gone(*state, "/link");
    expect_gone(*state, "/up/secret.html");
    expect_gone(*state, "/same/index.html");
    expect_gone(*state, "/same");
    expect_gone(*state, "/fifo.html");
}

static void the_type_is_that_of_the_extension(void **state)
{
    struct site_folder *site = *state;

    expect_text(get(site, "https://shop.example/about").content_type, "text/html");
    expect_text(get(site, "https://shop.example/docs/deep/x.css").content_type,
                "text/css");
    expect_text(get(site, "https://shop.example/PHOTO.JPG").content_type, "image/jpeg");
    expect_text(get(site, "https://shop.example/noextension").content_type,
                "application/octet-stream");
    // error pages: there, but no pages
    expect_file(site, "/404.html", "out/404.html");
    expect_text(get(site, "https://shop.example/404").content_type, "");
    expect_text(get(site, "https://shop.example/docs/500").content_type, "");
}

static void other_hosts_and_ports_are_not_asked(void **state)
{
    struct site_folder *site = *state;

    expect_answer(get(site, "https://other.example/about"), CLASS_UNASKED, "elsewhere");
    expect_answer(get(site, "https://shop.example:8443/about"), CLASS_UNASKED,
                  "elsewhere");
    expect_answer(get(site, "http://shop.example/about"), CLASS_OK, "200");
    assert_false(fetcher_has_headers(site->fetcher));
}

static void a_base_with_a_path_is_where_the_folder_begins(void **state)
{
    struct site_folder *site = *state;
    struct fetcher *fetcher = NULL;
    struct err err = {0};

    assert_true(
        fetch_folder_open(str_format(&site->arena, "%s/out/docs", site->path),
                          absolute(&site->arena, "https://shop.example/guide/start"),
                          &site->arena, &fetcher, &err));
    expect_answer(ask_kind(fetcher, "https://shop.example/guide/", FETCH_GET,
                           &site->arena),
                  CLASS_OK, "200");
    expect_answer(ask_kind(fetcher, "https://shop.example/guide/deep/x.css", FETCH_HEAD,
                           &site->arena),
                  CLASS_OK, "200");
    expect_answer(ask_kind(fetcher, "https://shop.example/about", FETCH_GET,
                           &site->arena),
                  CLASS_UNASKED, "elsewhere");
    fetcher_close(fetcher);
}

static void a_body_is_cut_at_the_cap_and_only_a_get_has_one(void **state)
{
    struct site_folder *site = *state;
    struct fetch_request request = {.url = absolute(&site->arena,
                                                    "https://shop.example/about"),
                                    .most_bytes = sizeof "out/about.html" - 1};
    struct fetch_reply reply = ask_request(site->fetcher, request, &site->arena);

    assert_false(reply.is_cut);
    request.most_bytes--;
    reply = ask_request(site->fetcher, request, &site->arena);
    assert_true(reply.is_cut);
    expect_text(reply.body, "out/about.htm");
    request.kind = FETCH_HEAD;
    reply = ask_request(site->fetcher, request, &site->arena);
    expect_answer(reply, CLASS_OK, "200");
    assert_int_equal(reply.body.n, 0);
}

static void a_caller_may_stop(void **state)
{
    struct site_folder *site = *state;
    struct kept kept[3] = {0};
    struct answers answers = {.arena = &site->arena, .kept = kept, .most = 2};
    struct fetch_request requests[3];
    struct err err = {0};

    for (size_t i = 0; i < 3; i++)
        requests[i] = (struct fetch_request){.url = absolute(&site->arena,
                                                             "https://shop.example/"),
                                             .most_bytes = MIB};
    assert_false(fetch_all(site->fetcher, requests, 3, keep_answer, &answers, &err));
    assert_string_equal(err.text, "that is enough");
    assert_int_equal(answers.n, 2);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    struct site_folder *site = *state;
    struct fetcher *fetcher = NULL;
    struct err err = {0};

    assert_false(fetch_folder_open(str_format(&site->arena, "%s/none", site->path),
                                   absolute(&site->arena, "https://shop.example/"),
                                   &site->arena, &fetcher, &err));
    assert_non_null(strstr(err.text, "cannot read the folder"));
    assert_false(
        fetch_folder_open(str_format(&site->arena, "%s/out/about.html", site->path),
                          absolute(&site->arena, "https://shop.example/"), &site->arena,
                          &fetcher, &err));
    assert_null(fetcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_its_file_or_html_or_index),
        cmocka_unit_test(a_file_html_comes_before_the_index_of_a_folder),
        cmocka_unit_test(what_is_not_there_is_gone),
        cmocka_unit_test(escapes_are_bytes_of_the_name),
        cmocka_unit_test(nothing_outside_the_folder_is_reached),
        cmocka_unit_test(the_type_is_that_of_the_extension),
        cmocka_unit_test(other_hosts_and_ports_are_not_asked),
        cmocka_unit_test(a_base_with_a_path_is_where_the_folder_begins),
        cmocka_unit_test(a_body_is_cut_at_the_cap_and_only_a_get_has_one),
        cmocka_unit_test(a_caller_may_stop),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
