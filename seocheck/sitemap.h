/*
 * Sitemaps: XML urlset and index, one URL a line, RSS and Atom; gzip or not. Hostile
 * input: no DOCTYPE, no entity, capped. Pure but for memory.
 */
#ifndef SEOCHECK_SITEMAP_H
#define SEOCHECK_SITEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/err.h"
#include "shared/str.h"

enum {
    SITEMAP_ENTRIES_MAX = 50000,
    SITEMAP_BYTES_MAX = 52428800, /* after gunzip */
    SITEMAP_LOC_BYTES_MAX = 2048,
};

enum sitemap_kind {
    SITEMAP_UNKNOWN,
    SITEMAP_URLSET,
    SITEMAP_INDEX,
    SITEMAP_TEXT,
    SITEMAP_RSS,
    SITEMAP_ATOM,
};

const char *sitemap_kind_word(enum sitemap_kind kind); /* "urlset" .. */

enum lastmod_status { LASTMOD_NONE, LASTMOD_GOOD, LASTMOD_COARSE, LASTMOD_BAD };

/* A W3C date: YYYY[-MM[-DD[Thh:mm[:ss[.s+]](Z|+hh:mm|-hh:mm)]]], real calendar. COARSE
 * is a year or a month: never compared. */
struct lastmod {
    enum lastmod_status status;
    bool has_time;
    int64_t time_s; /* UTC; at 00:00 of a date without a time */
    int32_t day;    /* civil day in the configured zone; of a date, itself */
    struct str text;
};

/* `text` is trimmed and borrowed; the empty one is NONE. `day` of a time is that of UTC
 * until lastmod_in_zone. */
void lastmod_parse(struct str text, struct lastmod *lastmod);
/* The same of an RSS pubDate: `Sat, 07 Sep 2002 09:42:31 GMT`. */
void lastmod_parse_rfc822(struct str text, struct lastmod *lastmod);
/* Sets `day` of one with a time where the bounds hold it. */
void lastmod_in_zone(struct lastmod *lastmod, const struct day_bounds *bounds);

struct sitemap_alternate {
    struct str code, href;
};

struct sitemap_entry {
    struct str loc; /* trimmed, references decoded; cut at SITEMAP_LOC_BYTES_MAX bytes,
                       which no good one has; n 0: there is none */
    int64_t line;
    struct lastmod lastmod;
    const struct sitemap_alternate *alternate; /* xhtml:link */
    size_t nalternates;
};

enum sitemap_fault {
    SITEMAP_GOOD,
    SITEMAP_BAD_XML,
    SITEMAP_BAD_ROOT,
    SITEMAP_BAD_NAMESPACE,
    SITEMAP_DOCTYPE,
    SITEMAP_NOT_UTF8,
    SITEMAP_BAD_GZIP,
    SITEMAP_TOO_MANY,
    SITEMAP_TOO_BIG,
};

const char *sitemap_fault_words(enum sitemap_fault fault);

struct sitemap {
    enum sitemap_kind kind;
    enum sitemap_fault fault; /* the first; what came before it is kept. A wrong
                                 namespace or declared encoding does not stop it */
    int64_t fault_line;
    const char *fault_text;      /* the parser's words, "" when none */
    struct sitemap_entry *entry; /* of an index: the sitemaps it names */
    size_t n, capacity;
    /* Set before sitemap_begin: */
    bool without_alternates; /* xhtml:link is not kept */
    void (*take)(
        void *context,
        const struct sitemap_entry *entry); /* gets each entry, whose texts go
                                               with the call; only counted then */
    void *context;
};

/* Bytes may come in pieces of any size: no result depends on where they end. */
struct sitemap_reader;
struct sitemap_reader *sitemap_begin(struct arena *arena, struct sitemap *sitemap);
bool sitemap_add(struct sitemap_reader *reader, const char *at,
                 size_t n);                      /* false: nothing more is wanted */
void sitemap_end(struct sitemap_reader *reader); /* releases what the libraries hold */

#endif
