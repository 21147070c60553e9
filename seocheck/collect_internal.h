/*
 * What the files of collecting share: robots.txt and sitemaps (collect_sitemaps.c), the
 * levels (collect_crawl.c), asking (collect_ask.c), one page (collect_page.c), pages of
 * the cache (collect_known.c), traps (collect_traps.c). Nobody else's.
 */
#ifndef SEOCHECK_COLLECT_INTERNAL_H
#define SEOCHECK_COLLECT_INTERNAL_H

#include "seocheck/crawl.h"
#include "seocheck/fetch.h"
#include "seocheck/routes.h"

/* How robots.txt knows us. */
#define CRAWL_AGENT STR("rounds-seocheck")

enum { REDIRECTS_MAX = 5 };

/* What the crawl knows of a resource beside struct resource. Answers set those of the
 * first group, in any order; the others change between two waves only. */
enum mark {
    MARK_GET = 1,     /* a page names it: own, to be asked as a page */
    MARK_HEAD = 2,    /* own image, script, style .. */
    MARK_FOREIGN = 4, /* linked, of another host */
    MARK_CHANGED = 8, /* likewise, by a page whose links are not those of the history */

    MARK_DONE = 16, /* asked, or nothing will ask it: refused by robots, excluded */
    MARK_CUT = 32,  /* left out for max_pages or max_depth */
    MARK_TRAPPED = 64,

    MARK_OWN = 128, /* is_own, at hand for each link to it */
};

/* Distinct queries of a path, numbered variants of a pattern. */
struct traps {
    struct trap_count {
        uint64_t key; /* 0: free */
        int n;
    } * slot;

    size_t nslots, n;
};

struct collecting {
    const struct crawl *crawl;
    const struct settings *settings;
    struct arena *arena;
    struct arena work; /* for what one answer needs; see collect_tidy */
    struct site *site;
    const struct rich *rich; /* NULL before the first page with structured data */
    struct routes routes;
    uint8_t *mark; /* of each resource */
    size_t marks_capacity;
    struct traps traps;
    uint32_t
        *row_target; /* of each row of the cache its resource + 1; 0: not yet put */
    int64_t asked_pages;
    bool is_first_run; /* no history: all other hosts are asked */
    bool is_down;      /* the start page fails now: nothing more is asked */
    struct str costly; /* a page that a pattern of ignore_text is too costly for */
};

/* A list of resources. */
struct wave {
    uint32_t *index;
    size_t n, capacity;
};

/* ---- collect_ask.c ---- */

/* After each answer: empties `work` once it has grown. */
void collect_tidy(struct collecting *self);

/* Sets marks of a resource, old or new. */
void marks_set(struct collecting *self, uint32_t index, unsigned marks);
/* Those of a URL that a page, sitemap or redirect names, put where it is new. */
uint32_t collect_put(struct collecting *self, const struct url *url);

void wave_add(struct wave *wave, uint32_t index, struct arena *arena);
/* By normal form, each once. */
void wave_sort(struct wave *wave, const struct site *site);

/* Asks for all of a sorted wave and puts the answers into the site. Targets of
 * redirects are put, not asked. Where the host failed too often in a row, the starts
 * are asked again: they tell whether the site is down. */
MUST_USE bool wave_ask(struct collecting *self, const struct wave *wave,
                       enum fetch_kind kind, struct err *err);

/* Documents that are no resources; redirects are followed. `take` is called once for
 * each, in any order. */
struct document {
    struct url url; /* in the end of the last hop */
    int hops;
    bool is_done;
    const struct http_sink *sink; /* of fetch_request; NULL: none */
};

struct documents {
    struct document *item;
    size_t n;
    size_t most_bytes;
    void (*take)(void *context, size_t i, const struct fetch_reply *reply);
    void *context;
};

MUST_USE bool documents_ask(struct collecting *self, const struct documents *documents,
                            struct err *err);

/* ---- collect_sitemaps.c ---- */

MUST_USE bool collect_robots(struct collecting *self, struct err *err);
MUST_USE bool collect_sitemaps(struct collecting *self, struct err *err);
/* What robots.txt lets us ask, whatever the agents may; of a host whose robots.txt
 * cannot be had, the starts alone. */
bool robots_let_us(struct collecting *self, const struct url *url, bool is_start);

/* ---- collect_page.c ---- */

bool is_html(struct str content_type);
/* Reads an HTML answer into `resource[index].page`. Gives the content hash. */
uint64_t page_collect(struct collecting *self, uint32_t index,
                      const struct fetch_reply *reply);
/* Whom a page links to, and what for. */
void page_mark(struct collecting *self, uint32_t index, const struct page *page);
/* The same of another answer, without keeping it. */
uint64_t page_hash(struct collecting *self, uint32_t index,
                   const struct fetch_reply *reply);
/* Of the main text of an answer that is no resource; false under 50 words. */
bool page_simhash(struct collecting *self, const struct url *url,
                  const struct fetch_reply *reply, uint64_t *hash);
/* The history's row of a URL; NULL: none. */
const struct history_row *history_of(struct collecting *self, const struct url *url);

/* ---- collect_known.c ---- */

/* What the cache has of a URL that may be asked on conditions today; NULL: nothing. */
const struct cache_entry *known_find(const struct collecting *self,
                                     const struct url *url);
/* Adds its conditions. */
void known_ask(const struct cache_entry *entry, struct fetch_request *request);
/* Whether an answer to these conditions can be used; otherwise the URL is asked again,
 * without any. */
bool known_serves(const struct cache_entry *entry, const struct fetch_reply *reply);
/* What a 304 stands for, with its page. False: it has to be asked for after all. */
MUST_USE bool known_take(struct collecting *self, uint32_t index,
                         const struct cache_entry *entry);
/* Leaves with an answer what the cache will need of it. `spelling` is what was asked;
 * `is_second`: the one to conditions could not be used. */
void known_keep(struct collecting *self, uint32_t index, struct str spelling,
                const struct fetch_reply *reply, bool is_second);

/* ---- collect_traps.c ---- */

/* Whether a URL found by links is one of endlessly many. Counts it where it is not. */
bool trap_holds(struct traps *traps, const struct url *url, struct arena *arena);

/* ---- collect_routes.c ---- */

MUST_USE bool collect_routes(struct collecting *self, struct err *err);
/* One of the patterns is all of the URL's path and query. */
MUST_USE bool any_matches(struct re *const *pattern, size_t n, const struct url *url,
                          bool *matches, struct err *err);

/* ---- collect_finish.c: what is known when all was asked ---- */

/* One GET of what is not there for each own host and first segment. */
MUST_USE bool collect_probes(struct collecting *self, struct err *err);
/* Resources by their URLs; who links to which first. */
void collect_finish(struct collecting *self);

#endif
