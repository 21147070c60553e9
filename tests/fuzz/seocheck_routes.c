/*
 * Routes: the first byte says what the rest is: `l` a list, `m` a manifest, else names
 * of files a line, below the folder of one of the sources. Routes begin with a slash,
 * are sorted and each there once, only dynamic ones have a pattern; the same bytes
 * twice give no more of them.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/routes.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool put_files(struct routes *routes, enum routes_source source, struct str rest,
                      struct err *err)
{
    struct str line;

    while (str_next_line(&rest, &line)) {
        struct route route = {.file = "x"};

        if (route_of_file(source, line, routes->arena, &route.text) &&
            !routes_put(routes, source, &route, err))
            return false;
    }
    return true;
}

static bool put(struct routes *routes, char what, struct str rest, struct err *err)
{
    static const enum routes_source sources[] = {ROUTES_STATIC, ROUTES_NEXT_SRC,
                                                 ROUTES_SVELTEKIT};

    switch (what) {
    case 'l': return routes_put_lines(routes, rest, "x", err);
    case 'm': return routes_put_manifest(routes, rest, "x", err);
    default: return put_files(routes, sources[(unsigned char)what % 3], rest, err);
    }
}

static void check(const struct route *route, size_t n, bool is_dynamic)
{
    for (size_t i = 0; i < n; i++) {
        assert(route[i].text.n > 0 && route[i].text.at[0] == '/');
        assert((route[i].re != NULL) == is_dynamic);
        assert(i == 0 || str_compare(route[i - 1].text, route[i].text) < 0);
        if (is_dynamic) // whatever it matches, it ends
            assert(re_match(route[i].re, STR("/a/b/c")) != RE_BAD_TEXT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct routes routes = {0};
    struct arena arena;
    struct err err = {0};
    struct str rest = {(const char *)data + 1, size - 1};
    size_t npaths, npatterns;

    if (size == 0 || size > 1 << 14)
        return 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    routes.arena = &arena;
    if (put(&routes, (char)data[0], rest, &err)) {
        routes_finish(&routes);
        check(routes.path, routes.npaths, false);
        check(routes.pattern, routes.npatterns, true);
        npaths = routes.npaths;
        npatterns = routes.npatterns;
        assert(put(&routes, (char)data[0], rest, &err));
        routes_finish(&routes);
        assert(routes.npaths == npaths && routes.npatterns == npatterns);
    } else {
        assert(err.text[0] != '\0');
    }
    routes_release(&routes);
    arena_release(&arena);
    return 0;
}
