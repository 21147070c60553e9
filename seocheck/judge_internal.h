/*
 * Between judge_links.c and judge_redirects.c. Nobody else's.
 */
#ifndef SEOCHECK_JUDGE_INTERNAL_H
#define SEOCHECK_JUDGE_INTERNAL_H

#include <stdint.h>

#include "seocheck/judge.h"

/* Pages that use a URL, directly or through its redirects. */
struct use {
    int64_t n;
    uint32_t first, line; /* where to look: of the page with the first URL */
    uint32_t last;        /* the page counted last, plus one */
};

/* As links that people follow, or as what pages load. */
enum { USE_LINK, USE_RESOURCE, USE_KINDS };

/* Sets {n} and where to look. */
void hit_use(const struct look *look, const struct use *use, struct hit *hit);

/* One own URL; `links` are those that lead to it. */
void judge_redirect(const struct look *look, uint32_t index, const struct use *links,
                    struct hits *hits);

#endif
