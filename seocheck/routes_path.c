/*
 * What names of files and lines of lists declare: static paths, and dynamic ones as
 * patterns. Reads nothing.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/routes.h"
#include "seocheck/url.h"
#include "shared/json.h"
#include "shared/own.h"

#include "shared/banned.h"

enum { MANIFEST_DEPTH_MAX = 32, MANIFEST_KEYS_MAX = 1000000 };

bool routes_source_parse(const char *word, enum routes_source *source)
{
    static const char *const words[] = {
        [ROUTES_FILE] = "file",           [ROUTES_STATIC] = "static",
        [ROUTES_NEXT] = "next",           [ROUTES_NEXT_SRC] = "next-src",
        [ROUTES_SVELTEKIT] = "sveltekit",
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0) {
            *source = (enum routes_source)i;
            return true;
        }
    return false;
}

/* ---- segments ---- */

/* Takes the next segment off a path: what stands between slashes; empty ones are left
 * out. */
static bool next_segment(struct str *rest, struct str *segment)
{
    size_t n = 0;

    while (rest->n > 0 && *rest->at == '/') {
        rest->at++;
        rest->n--;
    }
    while (n < rest->n && rest->at[n] != '/')
        n++;
    *segment = (struct str){rest->at, n};
    rest->at += n;
    rest->n -= n;
    return n > 0;
}

static struct str without_ends(struct str text, size_t first, size_t last)
{
    return (struct str){text.at + first, text.n - first - last};
}

enum part {
    PART_TEXT,
    PART_ONE,      /* one segment, or some of its bytes */
    PART_OPTIONAL, /* a segment or none */
    PART_ANY,      /* any number of segments */
    PART_SOME,     /* at least one */
};

/* What a bracket at the segment's beginning is, and how long. */
static enum part bracket_part(enum routes_source source, struct str segment, size_t *n)
{
    bool is_double = str_starts(segment, STR("[["));
    const char *close = memchr(segment.at, ']', segment.n);
    bool is_many = str_starts(without_ends(segment, is_double ? 2 : 1, 0), STR("..."));

    if (!close)
        return PART_TEXT;
    *n = (size_t)(close - segment.at) + 1;
    if (is_double && *n < segment.n && segment.at[*n] == ']')
        ++*n;
    // one or more in Next.js, whose double brackets say none too
    if (is_many)
        return source == ROUTES_NEXT || source == ROUTES_NEXT_SRC
                   ? (is_double ? PART_ANY : PART_SOME)
                   : PART_ANY;
    return is_double ? PART_OPTIONAL : PART_ONE;
}

/* The part that begins at the segment's byte `at`, and its bytes. */
static enum part part_at(enum routes_source source, struct str segment, size_t at,
                         size_t *n)
{
    struct str rest = without_ends(segment, at, 0);

    *n = 1;
    if (source == ROUTES_STATIC) // where every byte is itself
        return PART_TEXT;
    if (*rest.at == '[')
        return bracket_part(source, rest, n);
    if (source != ROUTES_FILE)
        return PART_TEXT;
    if (at == 0 && str_equal(rest, STR("**"))) {
        *n = rest.n;
        return PART_ANY;
    }
    if (at == 0 && *rest.at == ':' && rest.n > 1) {
        *n = rest.n;
        return PART_ONE;
    }
    return *rest.at == '*' ? PART_ONE : PART_TEXT;
}

static bool is_dynamic(enum routes_source source, struct str text)
{
    struct str segment;

    while (next_segment(&text, &segment))
        for (size_t i = 0, n; i < segment.n; i += n)
            if (part_at(source, segment, i, &n) != PART_TEXT)
                return true;
    return false;
}

/* ---- from text to paths and patterns ---- */

/* Bytes that a URL's path writes as escapes. In names of files `%`, `?` and `#` are
 * bytes like others; in lists and manifests they are what they are in URLs. */
static bool needs_escape(enum routes_source source, char c)
{
    unsigned char byte = (unsigned char)c;
    bool is_url = source == ROUTES_FILE || source == ROUTES_NEXT;

    return byte <= 0x20 || byte >= 0x7f || strchr("\"<>`{}", c) ||
           (!is_url && strchr("%?#", c)); // no NUL gets this far
}

static struct str escaped_path(enum routes_source source, struct str text,
                               struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, 3 * text.n + 1);
    for (size_t i = 0; i < text.n; i++)
        if (needs_escape(source, text.at[i]))
            buf_printf(&out, "%%%02X", (unsigned char)text.at[i]);
        else
            buf_add(&out, text.at + i, 1);
    return buf_str(&out);
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void add_literal(struct buf *out, enum routes_source source, char c)
{
    if (needs_escape(source, c))
        buf_printf(out, "%%%02X", (unsigned char)c);
    else
        buf_printf(out, is_alphanumeric(c) ? "%c" : "\\%c", c);
}

static void add_segment_pattern(struct buf *out, enum routes_source source,
                                struct str segment)
{
    size_t n;
    enum part part = part_at(source, segment, 0, &n);

    if (n == segment.n && part == PART_ANY)
        buf_add_text(out, "(?:/[^/]++)*");
    else if (n == segment.n && part == PART_SOME)
        buf_add_text(out, "(?:/[^/]++)+");
    else if (n == segment.n && part == PART_OPTIONAL)
        buf_add_text(out, "(?:/[^/]++)?");
    else {
        buf_add_text(out, "/");
        for (size_t i = 0; i < segment.n; i += n) {
            part = part_at(source, segment, i, &n);
            if (part == PART_TEXT)
                add_literal(out, source, segment.at[i]);
            else
                buf_add_text(out,
                             part == PART_ONE || part == PART_SOME ? "[^/]+" : "[^/]*");
        }
    }
}

/* A final slash is the server's taste. */
static bool compile(enum routes_source source, const struct route *route,
                    struct arena *arena, struct re **re, struct err *err)
{
    struct str rest = route->text, segment;
    struct buf pattern;

    buf_init(&pattern, arena, (size_t)16 * URL_BYTES_MAX);
    while (next_segment(&rest, &segment))
        add_segment_pattern(&pattern, source, segment);
    buf_add_text(&pattern, "/?");
    if (!re_compile(pattern.at, true, re, err))
        return err_wrap(err, "route '%.*s' of '%s'", (int)route->text.n, route->text.at,
                        route->file);
    return true;
}

bool routes_put(struct routes *routes, enum routes_source source,
                const struct route *route, struct err *err)
{
    struct arena *arena = routes->arena;
    struct route added = *route;

    if (route->text.n > URL_BYTES_MAX)
        return err_set(err, "a route of '%s' is longer than %d bytes", route->file,
                       (int)URL_BYTES_MAX);
    if (routes->npaths + routes->npatterns == ROUTES_MAX)
        return err_set(err, "'%s': more than %d routes", route->file, (int)ROUTES_MAX);
    if (!is_dynamic(source, route->text)) {
        added.text = escaped_path(source, route->text, arena);
        routes->path = arena_room(arena, routes->path, routes->npaths,
                                  &routes->paths_capacity, sizeof *routes->path);
        routes->path[routes->npaths++] = added;
        return true;
    }
    added.text.at = str_copy(arena, route->text.at, route->text.n);
    if (!compile(source, route, arena, &added.re, err))
        return false;
    routes->pattern = arena_room(arena, routes->pattern, routes->npatterns,
                                 &routes->patterns_capacity, sizeof *routes->pattern);
    routes->pattern[routes->npatterns++] = added;
    return true;
}

static int route_compare(const void *a, const void *b)
{
    const struct route *x = a, *y = b;
    int order = str_compare(x->text, y->text);

    if (order == 0)
        order = strcmp(x->file, y->file);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static size_t sort_unique(struct route *route, size_t n)
{
    size_t kept = 0;

    if (n > 0)
        qsort(route, n, sizeof *route, route_compare);
    for (size_t i = 0; i < n; i++)
        if (kept > 0 && str_equal(route[kept - 1].text, route[i].text))
            re_free(route[i].re);
        else
            route[kept++] = route[i];
    return kept;
}

void routes_finish(struct routes *routes)
{
    routes->npaths = sort_unique(routes->path, routes->npaths);
    routes->npatterns = sort_unique(routes->pattern, routes->npatterns);
}

/* ---- lists ---- */

static struct str trim(struct str text)
{
    while (text.n > 0 && strchr(" \t\r", text.at[text.n - 1]))
        text.n--;
    while (text.n > 0 && strchr(" \t\r", *text.at))
        text = without_ends(text, 1, 0);
    return text;
}

bool routes_put_lines(struct routes *routes, struct str bytes, const char *name,
                      struct err *err)
{
    struct str line;

    if (str_starts(bytes, STR("\xef\xbb\xbf")))
        bytes = without_ends(bytes, 3, 0);
    for (int64_t number = 1; str_next_line(&bytes, &line); number++) {
        const char *comment = memchr(line.at, '#', line.n);
        struct route route = {.file = name, .line = number};

        if (memchr(line.at, '\0', line.n))
            return err_set(err,
                           "'%s:%" PRId64 "' holds a zero byte; give one path a line",
                           name, number);
        if (comment)
            line.n = (size_t)(comment - line.at);
        route.text = trim(line);
        if (route.text.n == 0)
            continue;
        if (*route.text.at != '/')
            return err_set(err, "'%s:%" PRId64 "' is no path; begin it with /", name,
                           number);
        if (!routes_put(routes, ROUTES_FILE, &route, err))
            return false;
    }
    return true;
}

/* ---- names of files ---- */

static bool ends_in(struct str name, const char *const *endings)
{
    for (; *endings; endings++)
        if (str_ends(name, str_of(*endings)) && name.n > strlen(*endings))
            return true;
    return false;
}

static bool is_one_of(struct str name, const char *const *words)
{
    for (; *words; words++)
        if (str_equal(name, str_of(*words)))
            return true;
    return false;
}

/* Cuts the name off a file's path; what is left is its folder. */
static struct str take_name(struct str *file)
{
    struct str name;
    size_t n = file->n;

    while (n > 0 && file->at[n - 1] != '/')
        n--;
    name = without_ends(*file, n, 0);
    file->n = n;
    return name;
}

static void add_segment(struct buf *out, struct str segment)
{
    buf_add_text(out, "/");
    buf_add(out, segment.at, segment.n);
}

static bool route_of_html(struct str folder, struct str name, struct buf *out)
{
    static const char *const no_pages[] = {"404.html", "500.html", "offline.html",
                                           NULL};
    static const char *const html[] = {".html", NULL};
    struct str segment;

    if (!ends_in(name, html) || is_one_of(name, no_pages))
        return false;
    while (next_segment(&folder, &segment))
        add_segment(out, segment);
    add_segment(out, str_equal(name, STR("index.html")) ? STR("") : name);
    return true;
}

/* A group takes no part in the path; (.)x and (..)x show another route's page. */
static bool is_group(struct str segment)
{
    return segment.n > 1 && *segment.at == '(' && segment.at[segment.n - 1] == ')';
}

/* Below app page.tsx makes its folder a route. A slot's page (@x) is part of another
 * one. */
static bool route_of_app(struct str folder, struct str name, struct buf *out)
{
    static const char *const pages[] = {"page.js",  "page.jsx", "page.ts",
                                        "page.tsx", "page.mdx", NULL};
    struct str segment;

    if (!is_one_of(name, pages))
        return false;
    while (next_segment(&folder, &segment)) {
        if (*segment.at == '_' || *segment.at == '@' || str_starts(segment, STR("(.")))
            return false;
        if (!is_group(segment))
            add_segment(out, segment);
    }
    return true;
}

/* Below pages each script is a route, but for _app and its like, the error pages and
 * what is in api. */
static bool route_of_pages(struct str folder, struct str name, struct buf *out)
{
    static const char *const scripts[] = {".js", ".jsx", ".ts", ".tsx", ".mdx", NULL};
    static const char *const no_pages[] = {"404", "500", "api", NULL};
    struct str segment;

    if (!ends_in(name, scripts) || *name.at == '_')
        return false;
    while (next_segment(&folder, &segment)) {
        if (*segment.at == '_' || (out->n == 0 && str_equal(segment, STR("api"))))
            return false;
        add_segment(out, segment);
    }
    while (name.at[--name.n] != '.')
        ; // to its ending, which it has
    if (out->n == 0 && is_one_of(name, no_pages))
        return false;
    if (!str_equal(name, STR("index")))
        add_segment(out, name);
    return true;
}

static bool route_of_next(struct str folder, struct str name, struct buf *out)
{
    struct str top;

    if (!next_segment(&folder, &top) ||
        (str_equal(top, STR("src")) && !next_segment(&folder, &top)))
        return false;
    return (str_equal(top, STR("app")) && route_of_app(folder, name, out)) ||
           (str_equal(top, STR("pages")) && route_of_pages(folder, name, out));
}

/* `[x=m]` is `[x]`: what the matcher m takes is code. */
static void add_svelte_segment(struct buf *out, struct str segment)
{
    bool is_matcher = false;

    buf_add_text(out, "/");
    for (size_t i = 0; i < segment.n; i++) {
        if (segment.at[i] == '=')
            is_matcher = true;
        if (segment.at[i] == ']')
            is_matcher = false;
        if (!is_matcher)
            buf_add(out, segment.at + i, 1);
    }
}

/* +page.svelte, +page.server.ts, +page@layout.svelte .. below src/routes. */
static bool route_of_svelte(struct str folder, struct str name, struct buf *out)
{
    struct str segment;

    if ((!str_starts(name, STR("+page.")) && !str_starts(name, STR("+page@"))) ||
        !next_segment(&folder, &segment) || !str_equal(segment, STR("src")) ||
        !next_segment(&folder, &segment) || !str_equal(segment, STR("routes")))
        return false;
    while (next_segment(&folder, &segment))
        if (!is_group(segment))
            add_svelte_segment(out, segment);
    return true;
}

bool route_of_file(enum routes_source source, struct str file, struct arena *arena,
                   struct str *text)
{
    struct str folder = file, name = take_name(&folder);
    struct buf out;
    bool is_route = false;

    buf_init(&out, arena, file.n + 2);
    switch (source) {
    case ROUTES_STATIC: is_route = route_of_html(folder, name, &out); break;
    case ROUTES_NEXT_SRC: is_route = route_of_next(folder, name, &out); break;
    case ROUTES_SVELTEKIT: is_route = route_of_svelte(folder, name, &out); break;
    case ROUTES_FILE:
    case ROUTES_NEXT: break;
    }
    if (is_route)
        *text = out.n > 0 ? buf_str(&out) : STR("/");
    return is_route;
}

/* ---- manifests of Next.js ---- */

/* Its own pages, routes that answer no page, and what intercepts another route. */
static bool is_page(struct str path)
{
    static const char *const no_pages[] = {"404", "500", "api", NULL};
    static const char *const files[] = {".ico",  ".txt", ".xml", ".webmanifest",
                                        ".json", ".png", ".jpg", ".jpeg",
                                        ".svg",  ".gif", NULL};
    struct str segment;
    bool is_first = true;

    if (ends_in(path, files))
        return false;
    while (next_segment(&path, &segment)) {
        if (is_first && (*segment.at == '_' || is_one_of(segment, no_pages)))
            return false;
        if (str_starts(segment, STR("(.")))
            return false;
        is_first = false;
    }
    return true;
}

static bool put_page(struct routes *routes, const char *page, const char *name,
                     struct err *err)
{
    struct route route = {.text = str_of(page), .file = name};

    if (*page != '/')
        return err_set(err, "'%s': route '%s' does not begin with /", name, page);
    return !is_page(route.text) || routes_put(routes, ROUTES_NEXT, &route, err);
}

static bool put_pages(struct routes *routes, const json_t *list, const char *name,
                      struct err *err)
{
    size_t n = json_array_size(list); // 0 where it is no list

    for (size_t i = 0; i < n; i++) {
        const char *page = NULL;

        if (!json_need_text(json_array_get(list, i), "page", &page, err))
            return err_wrap(err, "'%s'", name);
        if (!put_page(routes, page, name, err))
            return false;
    }
    return true;
}

bool routes_put_manifest(struct routes *routes, struct str bytes, const char *name,
                         struct err *err)
{
    OWN(json) manifest = NULL;
    const char **paths;
    size_t n = 0;
    const json_t *prerendered;

    if (!json_load_strict(bytes, name, MANIFEST_DEPTH_MAX, MANIFEST_KEYS_MAX, &manifest,
                          err))
        return false;
    prerendered = json_object_get(manifest, "routes");
    if (json_is_object(prerendered)) {
        paths = json_keys(routes->arena, prerendered, &n);
        for (size_t i = 0; i < n; i++)
            if (!put_page(routes, paths[i], name, err))
                return false;
    }
    return put_pages(routes, json_object_get(manifest, "staticRoutes"), name, err) &&
           put_pages(routes, json_object_get(manifest, "dynamicRoutes"), name, err);
}
