/*
 * Routes that a site's own sources declare: a list, a built folder, what Next.js or
 * SvelteKit say. routes.c reads files and folders, routes_path.c knows what their names
 * and lines mean (pure).
 */
#ifndef SEOCHECK_ROUTES_H
#define SEOCHECK_ROUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/limits.h"
#include "shared/re.h"
#include "shared/str.h"

enum { ROUTES_MAX = 50000, ROUTES_DEPTH_MAX = 32 };

#define ROUTES_BYTES_MAX (16 * MIB) /* of a list or manifest */

enum routes_source {
    ROUTES_FILE,      /* one path a line; `path` is the file */
    ROUTES_STATIC,    /* *.html below `path` */
    ROUTES_NEXT,      /* the manifests in `path`/.next */
    ROUTES_NEXT_SRC,  /* app and pages, in `path` or `path`/src */
    ROUTES_SVELTEKIT, /* `path`/src/routes */
};

MUST_USE bool routes_source_parse(const char *word, enum routes_source *source);

/* One declared route, static or dynamic. */
struct route {
    struct str text;  /* begins with a slash. Static: a path as URLs have it, with
                         escapes, not normalised. Dynamic: as the source writes it,
                         `/blog/[slug]` */
    struct re *re;    /* of a dynamic one, for whole paths in normal form; else NULL */
    const char *file; /* where it was declared */
    int64_t line;     /* 0: not known */
};

struct routes {
    struct arena *arena;
    struct route *path; /* static ones; sorted by text, each once */
    size_t npaths, paths_capacity;
    struct route *pattern; /* dynamic ones, likewise */
    size_t npatterns, patterns_capacity;
};

/* All routes of a source. The caller gives patterns back with routes_release, after a
 * failure too. No symbolic link is followed, no hidden folder entered. */
MUST_USE bool routes_collect(enum routes_source source, const char *path,
                             struct arena *arena, struct routes *routes,
                             struct err *err);
void routes_release(struct routes *routes);

/* ---- what sources say (routes_path.c) ---- */

/* The route that a file below `path` declares, `app/blog/[slug]/page.tsx`; false where
 * it declares none. For ROUTES_STATIC, ROUTES_NEXT_SRC and ROUTES_SVELTEKIT. */
bool route_of_file(enum routes_source source, struct str file, struct arena *arena,
                   struct str *text);

/* Adds one. `text` is borrowed; only lists know `*`, `**` and `:x`, and only in lists
 * and manifests a `%` begins an escape. */
MUST_USE bool routes_put(struct routes *routes, enum routes_source source,
                         const struct route *route, struct err *err);
/* The lines of a list; a manifest of Next.js, whichever of the two it is. */
MUST_USE bool routes_put_lines(struct routes *routes, struct str bytes,
                               const char *name, struct err *err);
MUST_USE bool routes_put_manifest(struct routes *routes, struct str bytes,
                                  const char *name, struct err *err);
/* Sorts, and keeps the first mention of each by file and line. */
void routes_finish(struct routes *routes);

#endif
