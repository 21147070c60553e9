/*
 * What was read of own URLs, from run to run: state/.cache/seocheck/crawl.bin. Where a
 * server says that a page is still the same, the reading of it is taken from here. It
 * saves time and never changes a result: bytes that are not exactly what this program
 * wrote under the same configuration are no cache at all.
 *
 * The file: CACHE_MAGIC, 8 bytes of checksum over all that follows, 8 bytes of the key,
 * the URLs, the entries. Numbers have 7 bits a byte, the lowest first. Pure.
 */
#ifndef SEOCHECK_CACHE_H
#define SEOCHECK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/settings.h"
#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/limits.h"
#include "shared/str.h"

#define CACHE_FOLDER    ".cache/seocheck"
#define CACHE_NAME      "crawl.bin"
#define CACHE_FILE      CACHE_FOLDER "/" CACHE_NAME
#define CACHE_IGNORE    CACHE_FOLDER "/.gitignore"
#define CACHE_BYTES_MAX (64 * MIB)
#define CACHE_MAGIC     "rscache1" /* another one where the form changes */

/* Of one own URL that answered 200; texts are in the bytes that were parsed. */
struct cache_entry {
    uint32_t row; /* of its URL */
    struct validators validators;
    struct str content_type, x_robots;
    bool is_too_big, is_page;
    int32_t until;   /* the last day on which the page reads like this */
    struct str page; /* see cache_page */
};

struct cache {
    struct str *url; /* in normal form, sorted */
    size_t nurls;
    struct cache_entry *entry; /* in the order of their rows */
    size_t n;
    uint32_t *entry_of; /* of each URL its entry + 1; 0: none */
};

/* What the bytes hang on beside themselves: this program and its HTML parser, the
 * configuration. */
uint64_t cache_key(const struct settings *settings);

/* Never fails: what cannot be used gives an empty cache. `bytes` are borrowed. */
void cache_parse(struct str bytes, uint64_t key, struct arena *arena,
                 struct cache *cache);
const struct cache_entry *cache_find(const struct cache *cache, struct str url);

/* The page of an entry that has one. Targets are rows of `cache`, or NO_RESOURCE.
 * False: it makes no page. */
MUST_USE bool cache_page(const struct cache *cache, const struct cache_entry *entry,
                         struct arena *arena, struct page *page);

/* The crawl keeps what `cache` has and nothing else: the same bytes. */
bool cache_is_same(const struct cache *cache, const struct site *site);

/* All answers of a finished crawl that have validators, as far as `out` has room; same
 * site, same bytes. */
void cache_format(const struct site *site, uint64_t key, struct buf *out);

#endif
