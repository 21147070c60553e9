/*
 * Routes from lists, folders and manifests. What a file's name declares is taken from
 * the documentation of Next.js (dynamic, parallel, intercepting routes, route groups,
 * private folders) and SvelteKit (routing, advanced routing); lists are section 7 of
 * the specification.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "seocheck/routes.h"
#include "shared/file.h"

#include "shared/banned.h"

enum { MADE_MAX = 512 };

static struct arena arena;
static struct err err;
static struct routes routes;
static char root[512];
static char *made[MADE_MAX]; // in the order of making
static size_t nmade;

static int begin(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(root, sizeof root, "%s/rounds-routes-XXXXXX", base);
    arena_init(&arena, ARENA_BYTES_MAX);
    routes = (struct routes){.arena = &arena};
    nmade = 0;
    return mkdtemp(root) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    routes_release(&routes);
    while (nmade > 0)
        (void)remove(made[--nmade]);
    (void)rmdir(root);
    arena_release(&arena);
    return 0;
}

static char *remember(char *path)
{
    assert_true(nmade < MADE_MAX);
    return made[nmade++] = path;
}

/* A file below the root, with the folders above it. */
static void put(const char *name, const char *text)
{
    char *path = file_join(&arena, root, name);
    int fd;

    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) == 0)
            (void)remember(str_copy(&arena, path, strlen(path)));
        *slash = '/';
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
    (void)remember(path);
}

static void put_all(const char *const *names)
{
    for (; *names; names++)
        put(*names, "");
}

static void collect(enum routes_source source, const char *below)
{
    if (!routes_collect(source, file_join(&arena, root, below), &arena, &routes, &err))
        fail_msg("%s", err.text);
}

/* `expected` is one text, sorted, joined by spaces. */
static void assert_routes(const struct route *route, size_t n, const char *expected)
{
    struct buf got;

    buf_init(&got, &arena, 1 << 16);
    buf_add_text(&got, "");
    for (size_t i = 0; i < n; i++)
        buf_printf(&got, "%s%.*s", i > 0 ? " " : "", (int)route[i].text.n,
                   route[i].text.at);
    assert_string_equal(got.at, expected);
}

static bool matches(size_t pattern, const char *path)
{
    return re_match(routes.pattern[pattern].re, str_of(path)) == RE_MATCH;
}

/* ---- lists ---- */

static void a_list_is_one_path_a_line(void **state)
{
    (void)state;
    put("routes.txt",
        "# all of them\n/b\r\n  /a  # second\n\n/a\n/caf\xc3\xa9/%C3%A9\n/");
    collect(ROUTES_FILE, "routes.txt");
    assert_routes(routes.path, routes.npaths, "/ /a /b /caf%C3%A9/%C3%A9");
    assert_int_equal(routes.npatterns, 0);
    assert_int_equal(routes.path[1].line, 3); // the first mention
    assert_true(str_ends(str_of(routes.path[1].file), STR("/routes.txt")));
}

static void stars_colons_and_brackets_are_dynamic(void **state)
{
    (void)state;
    put("routes.txt", "/a/*\n/b/[x]/c\n/c/:id\n/d/**\n/e/[...x]/f\n/g-*\n/h/a:b\n");
    collect(ROUTES_FILE, "routes.txt");
    assert_routes(routes.path, routes.npaths, "/h/a:b");
    assert_routes(routes.pattern, routes.npatterns,
                  "/a/* /b/[x]/c /c/:id /d/** /e/[...x]/f /g-*");
    assert_true(matches(0, "/a/x"));
    assert_true(matches(0, "/a/x/"));
    assert_false(matches(0, "/a"));
    assert_false(matches(0, "/a/x/y"));
    assert_false(matches(0, "/z/a/x"));
    assert_true(matches(1, "/b/x.y/c"));
    assert_false(matches(1, "/b/x/d"));
    assert_true(matches(2, "/c/%C3%A9"));
    assert_true(matches(3, "/d"));
    assert_true(matches(3, "/d/x/y/z"));
    assert_false(matches(3, "/dx"));
    assert_true(matches(4, "/e/f"));
    assert_true(matches(4, "/e/1/2/f"));
    assert_false(matches(4, "/e/1/2/g"));
    assert_true(matches(5, "/g-x"));
    assert_false(matches(5, "/g-x/y"));
}

static void bytes_of_a_list_are_no_pattern(void **state)
{
    (void)state;
    put("routes.txt", "/a.b+(c)|d\\Q/*\n/caf\xc3\xa9/*");
    collect(ROUTES_FILE, "routes.txt");
    assert_true(matches(0, "/a.b+(c)|d\\Q/x"));
    assert_false(matches(0, "/axb+(c)|d\\Q/x"));
    assert_true(matches(1, "/caf%C3%A9/x")); // as URLs have it
}

static void a_line_that_is_no_path_is_refused_with_its_number(void **state)
{
    (void)state;
    put("routes.txt", "/a\nabout\n");
    assert_false(routes_collect(ROUTES_FILE, file_join(&arena, root, "routes.txt"),
                                &arena, &routes, &err));
    assert_non_null(strstr(err.text, "routes.txt:2' is no path"));
    assert_false(routes_collect(ROUTES_FILE, file_join(&arena, root, "none"), &arena,
                                &routes, &err));
    assert_non_null(strstr(err.text, "no such file"));
}

static void the_50001st_route_is_one_too_many(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, &arena, SIZE_MAX / 4);
    for (int i = 0; i < ROUTES_MAX; i++)
        buf_printf(&text, "/%d\n", i);
    assert_true(routes_put_lines(&routes, buf_str(&text), "list", &err));
    routes_finish(&routes);
    assert_int_equal(routes.npaths, ROUTES_MAX);
    assert_false(routes_put_lines(&routes, STR("/more"), "list", &err));
    assert_string_equal(err.text, "'list': more than 50000 routes");
}

/* ---- folders ---- */

static void html_files_are_static_routes(void **state)
{
    static const char *const names[] = {"index.html",
                                        "about.html",
                                        "docs/index.html",
                                        "docs/a b%.html",
                                        "404.html",
                                        "docs/404.html",
                                        "500.html",
                                        "offline.html",
                                        "style.css",
                                        ".hidden.html",
                                        ".git/x/y/hook.html",
                                        "docs/x.htm",
                                        "docs/[x].html",
                                        ".html",
                                        NULL};

    (void)state;
    put_all(names);
    collect(ROUTES_STATIC, "");
    assert_routes(routes.path, routes.npaths,
                  "/ /about.html /docs/ /docs/[x].html /docs/a%20b%25.html");
    assert_int_equal(routes.npatterns, 0);
    assert_true(str_ends(str_of(routes.path[2].file), STR("/docs/index.html")));
}

static void a_symbolic_link_is_not_followed(void **state)
{
    (void)state;
    put("real/a.html", "");
    assert_int_equal(symlink("../real", remember(file_join(&arena, root, "real/loop"))),
                     0);
    assert_int_equal(symlink("a.html",
                             remember(file_join(&arena, root, "real/b.html"))),
                     0);
    assert_int_equal(symlink("real", remember(file_join(&arena, root, "current"))), 0);
    collect(ROUTES_STATIC, "");
    assert_routes(routes.path, routes.npaths, "/real/a.html");
    collect(ROUTES_STATIC, "current"); // but what the user names may be one
    assert_routes(routes.path, routes.npaths, "/a.html");
}

static void a_folder_too_deep_is_refused(void **state)
{
    struct buf name;

    (void)state;
    buf_init(&name, &arena, 1 << 16);
    for (int i = 0; i < ROUTES_DEPTH_MAX; i++)
        buf_add_text(&name, "d/");
    put(str_format(&arena, "%sa.html", name.at), "");
    collect(ROUTES_STATIC, "");
    assert_int_equal(routes.npaths, 1);
    put(str_format(&arena, "%sd/a.html", name.at), "");
    assert_false(routes_collect(ROUTES_STATIC, root, &arena, &routes, &err));
    assert_non_null(strstr(err.text, "more than 32 folders deep"));
    assert_false(routes_collect(ROUTES_STATIC, file_join(&arena, root, "none"), &arena,
                                &routes, &err));
}

static void the_sources_of_next_declare_pages(void **state)
{
    static const char *const names[] = {"app/page.tsx",
                                        "app/layout.tsx",
                                        "app/(shop)/cart/page.jsx",
                                        "app/(shop)/cart/page.test.jsx",
                                        "app/blog/[slug]/page.mdx",
                                        "app/docs/[...path]/page.js",
                                        "app/help/[[...path]]/page.js",
                                        "app/_lib/page.js",
                                        "app/@modal/login/page.js",
                                        "app/feed/(.)photo/page.js",
                                        "app/feed/(..)photo/page.js",
                                        "app/api/route.ts",
                                        "pages/index.tsx",
                                        "pages/old.js",
                                        "pages/old/index.js",
                                        "pages/posts/[id].jsx",
                                        "pages/_app.tsx",
                                        "pages/404.js",
                                        "pages/shop/404.js",
                                        "pages/api/hello.js",
                                        "pages/api.js",
                                        "pages/notes.txt",
                                        "src/pages/extra.ts",
                                        "other/page.tsx",
                                        NULL};

    (void)state;
    put_all(names);
    collect(ROUTES_NEXT_SRC, "");
    assert_routes(routes.path, routes.npaths, "/ /cart /extra /old /shop/404");
    assert_routes(routes.pattern, routes.npatterns,
                  "/blog/[slug] /docs/[...path] /help/[[...path]] /posts/[id]");
    assert_true(matches(0, "/blog/a"));
    assert_false(matches(0, "/blog"));
    assert_false(matches(1, "/docs")); // one or more
    assert_true(matches(1, "/docs/a/b"));
    assert_true(matches(2, "/help")); // or none
    assert_true(matches(2, "/help/a/b"));
}

static void a_project_without_app_and_pages_is_no_next(void **state)
{
    (void)state;
    put("other/page.tsx", "");
    assert_false(routes_collect(ROUTES_NEXT_SRC, root, &arena, &routes, &err));
    assert_non_null(strstr(err.text, "has no app and no pages"));
}

static void the_sources_of_sveltekit_declare_pages(void **state)
{
    static const char *const names[] = {"src/routes/+page.svelte",
                                        "src/routes/+page.server.ts",
                                        "src/routes/+layout.svelte",
                                        "src/routes/(app)/account/+page@.svelte",
                                        "src/routes/blog/[slug]/+page.svelte",
                                        "src/routes/[[lang]]/about/+page.svelte",
                                        "src/routes/files/[...path]/+page.ts",
                                        "src/routes/fruit/[x=fruit]/+page.svelte",
                                        "src/routes/p-[a]-[b]/+page.svelte",
                                        "src/routes/feed/+server.ts",
                                        "src/lib/+page.svelte",
                                        NULL};

    (void)state;
    put_all(names);
    collect(ROUTES_SVELTEKIT, "");
    assert_routes(routes.path, routes.npaths, "/ /account");
    assert_routes(
        routes.pattern, routes.npatterns,
        "/[[lang]]/about /blog/[slug] /files/[...path] /fruit/[x] /p-[a]-[b]");
    assert_true(matches(0, "/about"));
    assert_true(matches(0, "/de/about"));
    assert_false(matches(0, "/de/at/about"));
    assert_true(matches(2, "/files")); // a rest parameter may be empty
    assert_true(matches(4, "/p-1-2"));
    assert_false(matches(4, "/p-1"));
}

/* ---- manifests ---- */

static void the_manifests_of_next_name_routes(void **state)
{
    (void)state;
    put("site/.next/prerender-manifest.json",
        "{\"version\":4,\"routes\":{\"/blog/a\":{},\"/sitemap.xml\":{},\"/\":{},"
        "\"/_not-found\":{}},\"dynamicRoutes\":{\"/blog/[slug]\":{}}}");
    put("site/.next/routes-manifest.json",
        "{\"version\":3,\"staticRoutes\":[{\"page\":\"/\"},{\"page\":\"/about\"},"
        "{\"page\":\"/api/x\"},{\"page\":\"/feed/(.)photo\"}],\"dynamicRoutes\":["
        "{\"page\":\"/blog/[slug]\",\"regex\":\"^x$\"},{\"page\":\"/d/[...p]\"}]}");
    collect(ROUTES_NEXT, "site");
    assert_routes(routes.path, routes.npaths, "/ /about /blog/a");
    assert_routes(routes.pattern, routes.npatterns, "/blog/[slug] /d/[...p]");
    assert_true(matches(0, "/blog/b"));
    assert_false(matches(1, "/d"));
}

static void a_manifest_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_false(
        routes_put_manifest(&routes, STR("{\"routes\":{\"x\":1}}"), "m", &err));
    assert_string_equal(err.text, "'m': route 'x' does not begin with /");
    assert_false(
        routes_put_manifest(&routes, STR("{\"staticRoutes\":[{}]}"), "m", &err));
    assert_false(routes_put_manifest(&routes, STR("{"), "m", &err));
    assert_false(routes_collect(ROUTES_NEXT, root, &arena, &routes, &err));
    assert_non_null(strstr(err.text, "prerender-manifest.json"));
}

static void sources_have_names(void **state)
{
    enum routes_source source = ROUTES_FILE;

    (void)state;
    assert_true(routes_source_parse("next-src", &source));
    assert_int_equal(source, ROUTES_NEXT_SRC);
    assert_false(routes_source_parse("nuxt", &source));
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_list_is_one_path_a_line),
        IN_A_FOLDER(stars_colons_and_brackets_are_dynamic),
        IN_A_FOLDER(bytes_of_a_list_are_no_pattern),
        IN_A_FOLDER(a_line_that_is_no_path_is_refused_with_its_number),
        IN_A_FOLDER(the_50001st_route_is_one_too_many),
        IN_A_FOLDER(html_files_are_static_routes),
        IN_A_FOLDER(a_symbolic_link_is_not_followed),
        IN_A_FOLDER(a_folder_too_deep_is_refused),
        IN_A_FOLDER(the_sources_of_next_declare_pages),
        IN_A_FOLDER(a_project_without_app_and_pages_is_no_next),
        IN_A_FOLDER(the_sources_of_sveltekit_declare_pages),
        IN_A_FOLDER(the_manifests_of_next_name_routes),
        IN_A_FOLDER(a_manifest_that_is_none_is_refused),
        IN_A_FOLDER(sources_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
