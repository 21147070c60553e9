/*
 * One crawl: robots.txt, sitemaps, routes, then pages level by level, then what only
 * sitemaps and routes name, then resources, other hosts and the probes for soft 404s.
 * Order of completion never matters: each level is sorted before it is asked.
 */
#ifndef SEOCHECK_CRAWL_H
#define SEOCHECK_CRAWL_H

#include "seocheck/cache.h"
#include "seocheck/fetch.h"
#include "seocheck/history.h"
#include "seocheck/settings.h"
#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/err.h"

/* What of earlier crawls changes which URLs are asked, never what is found. */
struct crawl {
    const struct settings *settings;
    struct fetcher *fetcher;
    const struct history *history; /* NULL: none; decides which other hosts are asked */
    const struct cache *cache;     /* NULL: asks for all in full, and keeps nothing */
    int32_t as_of;
    /* Told before each wave of pages: how many were asked, how many are known that
     * will be, and the least seconds between two. NULL: nobody listens. */
    void (*progress)(void *context, int64_t asked, int64_t left, double gap_s);
    void *context;
};

MUST_USE bool site_collect(const struct crawl *crawl, struct arena *arena,
                           struct site *site, struct err *err);

#endif
