/*
 * What one crawl saw, whoever looked: a live server, a built folder, a saved crawl.
 * Filled by collect_crawl.c, read by measure_* and judge_*; nothing in here does I/O.
 */
#ifndef SEOCHECK_SITE_H
#define SEOCHECK_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/extract.h"
#include "seocheck/jsonld.h"
#include "seocheck/robots.h"
#include "seocheck/sitemap.h"
#include "seocheck/url.h"
#include "shared/arena.h"
#include "shared/str.h"

enum url_class {
    CLASS_UNASKED, /* known, not requested: excluded, refused by robots, past max_pages
                    */
    CLASS_OK,
    CLASS_REDIRECT,
    CLASS_GONE,    /* 404, 410 */
    CLASS_CLIENT,  /* other 4xx */
    CLASS_SERVER,  /* 5xx, 408, 425 */
    CLASS_NETWORK, /* dns, connect, tls, read, timeout */
    CLASS_BLOCKED, /* 429, a challenge; of other hosts also 401, 403, 407, 451, 503, 999
                    */
    CLASS_REFUSED, /* by our guard */
};

const char *url_class_word(enum url_class url_class); /* "ok" .. "refused" */

enum url_set {
    SET_ROUTE = 1,   /* R: declared by routes */
    SET_SITEMAP = 2, /* S: listed in sitemaps */
    SET_CRAWL = 4,   /* C: reached by links from the start */
};

/* A link of a page to a known URL. Small: there are more of them than of all else. */
struct edge {
    uint32_t target; /* index of struct site.resource */
    uint32_t line;
    uint8_t kind; /* enum link_kind */
    bool is_nofollow, is_main, is_insecure;
    uint32_t fragment; /* of struct page.fragment, + 1; 0: none */
};

struct alternate {
    struct str code;
    enum url_result result;
    uint32_t target; /* when result is URL_OK */
    int64_t line;
    bool is_relative;
};

/* What is kept of a page after its body is gone. */
struct page {
    struct str title, description, h1, lang; /* first ones; n 0: none or empty */
    bool has_title, has_lang, has_description;
    int64_t title_line, ntitles, nh1;
    int64_t words, main_length; /* of the main text: words, characters */
    size_t nlinks;
    bool has_script, links_cut;
    struct edge *edge;
    size_t nedges;
    struct str *fragment; /* what edges have behind a #, in their order */
    size_t nfragments;
    struct alternate *alternate; /* hreflang, of elements and header */
    size_t nalternates;

    struct canonical {
        enum url_result result;
        uint32_t target; /* when URL_OK */
        struct str raw;
        int64_t line;
        bool is_relative, is_in_body, is_from_header;
    } * canonical; /* all, as written */

    size_t ncanonicals;
    struct meta
        *meta; /* robots, googlebot.., og:*, refresh: those that checks look at */
    size_t nmetas;
    struct str *bad_link; /* hrefs that are no URL, as written */
    int64_t *bad_line;
    size_t nbad;
    struct str *id; /* anchors, sorted */
    size_t nids;
    int64_t images_without_alt, image_line;
    struct jsonld jsonld;
    uint64_t content, links, text; /* hashes; text: of the main text alone */
    uint64_t simhash;
    bool has_simhash;     /* at least 50 words */
    bool is_volatile;     /* two fetches in a row differed */
    struct str *spelling; /* of links to URLs with several pairs; for the cache */
    size_t nspellings;
};

/* By what a server can be asked whether a full answer still holds, and what of that
 * answer is in no other place. */
struct validators {
    struct str etag, last_modified; /* n 0: none; the date only without an ETag */
    struct str spelling;            /* that was requested */
    struct str link;                /* the Link header: the page was read with it */
    int32_t fetched;                /* day of this full answer */
    bool is_refused; /* what it said to conditions could not be used: not so soon again
                      */
};

struct resource {
    struct url url;
    enum url_class url_class;
    int status;         /* 0: no answer */
    const char *detail; /* "404", "dns", "timeout" ..; "" when unasked */
    uint32_t sets;      /* enum url_set */
    int32_t depth;      /* clicks from the start; -1: not in C */
    bool is_own;
    bool is_page; /* own, final status 200, HTML */
    bool is_start;
    bool is_excluded;    /* by crawl.exclude */
    bool is_ignored;     /* by routes.ignore */
    bool is_declared;    /* in R, or a query on the path of a route */
    bool is_too_big;     /* its body was over the cap: judged on what was read */
    uint32_t redirect;   /* index of where it redirects to; NO_RESOURCE */
    struct str location; /* as written */
    struct str x_robots; /* X-Robots-Tag headers, one a line */
    struct str content_type;
    struct page *page;                   /* when is_page */
    const struct validators *validators; /* NULL: the cache does not keep the answer */
    uint32_t first_source; /* the page that linked to it first, in crawl order;
                              NO_RESOURCE */
    int64_t first_line;
    int64_t nsources; /* pages that link to it */
};

struct route;

#define NO_RESOURCE UINT32_MAX

struct site_sitemap {
    struct url url;
    const char *source; /* "robots.txt", the configuration's text, or the index's URL */
    int status;         /* 0: could not be read */
    const char *detail;
    bool is_in_robots;
    bool is_challenged; /* a bot filter stood before it */
    struct sitemap sitemap;
    uint32_t *target; /* resource of each entry; NO_RESOURCE where it is none */
};

/* What it lists is not known. */
bool sitemap_is_unread(const struct site_sitemap *sitemap);

struct site_robots {
    struct url url; /* of the host's robots.txt */
    int status;
    const char *detail;
    bool is_unreachable; /* 5xx, 429, network after tries: all refused */
    struct robots robots;
    uint64_t size;
};

/* A probe for soft 404s: one a host and first segment. */
struct probe {
    struct str origin, segment; /* "" is the root */
    bool answered_200;
    uint64_t simhash;
    bool has_simhash;
};

struct route; /* seocheck/routes.h */

struct site {
    struct url home;           /* the configured site */
    struct resource *resource; /* by url.text, once collected */
    size_t n, capacity;
    uint32_t *slot; /* by key, open addressing */
    size_t nslots;
    uint32_t *start;
    size_t nstarts;
    struct site_robots *robots; /* one for each own host */
    size_t nrobots;
    struct site_sitemap *sitemap;
    size_t nsitemaps;
    bool sitemaps_unread; /* one could not be read: S is not whole */
    bool routes_unread;   /* likewise R */
    const char *routes_why;
    bool has_sitemaps, has_routes;
    const struct route **empty_route; /* dynamic ones that no URL of S or C matches */
    size_t nempty_routes;
    struct probe *probe;
    size_t nprobes;
    bool has_headers;              /* false: a built folder */
    bool is_truncated;             /* max_pages or max_depth cut it */
    int64_t cut;                   /* URLs not requested for that */
    int64_t asked_own, failed_own; /* own URLs asked; of them server, network or 429 */
    int64_t ntraps;
    struct str trap; /* first trapped URL */
    int64_t npages, bytes;
};

/* The resource of a URL, added when it is new. */
uint32_t site_put(struct site *site, const struct url *url, struct arena *arena);
/* NO_RESOURCE when there is none. */
uint32_t site_find(const struct site *site, const struct url *url);

/* Page and indexable as section 1 says; for the judged `agents`. */
struct site_agents {
    const char *const *agent;
    size_t n;
};

/* Robots directives that hold for the page: meta and header, generic and per agent,
 * united. */
bool page_is_noindex(const struct resource *resource, const struct site_agents *agents);
bool resource_is_indexable(const struct site *site, const struct resource *resource,
                           const struct site_agents *agents);
/* robots.txt keeps one of the agents from it. */
bool resource_is_refused(const struct site *site, const struct resource *resource,
                         const struct site_agents *agents);
/* A URL that is more than a fragment: others are as if they were not there. */
bool canonical_is_usable(const struct canonical *canonical);
/* The page's one canonical as a resource, those in the body not counted; itself when it
 * has none. NO_RESOURCE: several, or none that could be read. */
uint32_t resource_canonical(const struct site *site, uint32_t index);
/* Where a chain of redirects ends; NO_RESOURCE in a loop or past 5 hops. `*hops` may be
 * NULL. */
uint32_t resource_final(const struct site *site, uint32_t index, int *hops);

#endif
