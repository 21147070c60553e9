/*
 * One crawl: robots.txt, sitemaps, routes, then pages level by level, then what only
 * sitemaps and routes name, then resources, other hosts and the probes for soft 404s.
 * Order of completion never matters: each level is sorted before it is asked.
 */
#ifndef SEOCHECK_CRAWL_H
#define SEOCHECK_CRAWL_H

#include "seocheck/fetch.h"
#include "seocheck/history.h"
#include "seocheck/settings.h"
#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/err.h"

/* What of earlier crawls changes which URLs are asked, never what is found: `cache` may
 * be NULL. */
struct crawl {
    const struct settings *settings;
    struct fetcher *fetcher;
    struct cache *cache;
    const struct history *history; /* NULL: none; decides which other hosts are asked */
    int32_t as_of;
};

MUST_USE bool site_collect(const struct crawl *crawl, struct arena *arena,
                           struct site *site, struct err *err);

/* ---- the cache below state/.cache/seocheck (cache.c): conditional requests and
 * extractions; it never changes a result ---- */
struct cache;
MUST_USE bool cache_open(int folder, struct arena *arena, struct cache **cache,
                         struct err *err);
MUST_USE bool cache_save(struct cache *cache, struct err *err);
void cache_close(struct cache *cache); /* NULL allowed */

#endif
