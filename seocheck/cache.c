/* The file of the cache: URLs and entries. What is in a page is cache_page.c's. */
#include "seocheck/cache.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/globals.h>

#include "seocheck/cache_codec.h"
#include "shared/cli.h"
#include "shared/hash.h"

#include "shared/banned.h"

enum {
    MAGIC_BYTES = 8,
    CHECKED_FROM = MAGIC_BYTES + 8,
    PAGE_BYTES_MAX = 2 * HTML_BYTES_MAX
};

uint64_t cache_key(const struct settings *settings)
{
    static const char version[] = ROUNDS_VERSION;

    return hash_mix(settings->fingerprint,
                    hash_mix(hash_bytes(version, sizeof version),
                             hash_bytes(xmlParserVersion, strlen(xmlParserVersion))));
}

/* ---- an entry ---- */

static void code_entry(struct codec *codec, struct cache_entry *entry)
{
    struct validators *validators = &entry->validators;

    code_target(codec, &entry->row);
    code_text(codec, &validators->etag);
    code_text(codec, &validators->last_modified);
    code_text(codec, &validators->spelling);
    code_text(codec, &validators->link);
    code_int32(codec, &validators->fetched);
    code_bool(codec, &validators->is_refused);
    code_text(codec, &entry->content_type);
    code_text(codec, &entry->x_robots);
    code_bool(codec, &entry->is_too_big);
    code_bool(codec, &entry->is_page);
    code_int32(codec, &entry->until);
    code_text(codec, &entry->page);
}

/* ---- reading ---- */

static uint64_t checksum(struct str bytes)
{
    return hash_bytes(bytes.at + CHECKED_FROM, bytes.n - CHECKED_FROM);
}

/* The head says that these are our bytes, all of them, of this program and
 * configuration. */
static bool has_head(struct codec *codec, struct str bytes, uint64_t key)
{
    uint64_t sum, made_with;

    if (!str_starts(bytes, STR(CACHE_MAGIC)) || bytes.n < CHECKED_FROM)
        return false;
    codec->at += MAGIC_BYTES;
    codec->left -= MAGIC_BYTES;
    code_hash(codec, &sum);
    code_hash(codec, &made_with);
    return !codec->is_bad && made_with == key && sum == checksum(bytes);
}

static void read_urls(struct codec *codec, struct cache *cache)
{
    cache->url = code_items(codec, NULL, &cache->nurls, sizeof *cache->url, sizeof "/");
    codec->nrows = cache->nurls;
    for (size_t i = 0; i < cache->nurls; i++) {
        code_text(codec, &cache->url[i]);
        if (i > 0 && str_compare(cache->url[i - 1], cache->url[i]) >= 0)
            codec->is_bad = true;
    }
}

static void read_entries(struct codec *codec, struct cache *cache)
{
    size_t capacity = 0;

    cache->entry_of = arena_new(codec->arena, uint32_t, cache->nurls);
    while (codec->left > 0 && !codec->is_bad) {
        struct cache_entry entry = {0};

        code_entry(codec, &entry);
        if (codec->is_bad || entry.row == NO_RESOURCE ||
            cache->entry_of[entry.row] != 0) {
            codec->is_bad = true;
            return;
        }
        cache->entry = arena_room(codec->arena, cache->entry, cache->n, &capacity,
                                  sizeof *cache->entry);
        cache->entry[cache->n++] = entry;
        cache->entry_of[entry.row] = (uint32_t)cache->n;
    }
}

void cache_parse(struct str bytes, uint64_t key, struct arena *arena,
                 struct cache *cache)
{
    struct codec codec = {.at = bytes.at, .left = bytes.n, .arena = arena};

    *cache = (struct cache){0};
    if (!has_head(&codec, bytes, key))
        return;
    read_urls(&codec, cache);
    read_entries(&codec, cache);
    if (codec.is_bad)
        *cache = (struct cache){0};
}

static int compare_url(const void *key, const void *item)
{
    return str_compare(*(const struct str *)key, *(const struct str *)item);
}

const struct cache_entry *cache_find(const struct cache *cache, struct str url)
{
    const struct str *found = NULL;
    uint32_t entry;

    if (cache->n > 0)
        found = bsearch(&url, cache->url, cache->nurls, sizeof url, compare_url);
    entry = found ? cache->entry_of[found - cache->url] : 0;
    return entry == 0 ? NULL : &cache->entry[entry - 1];
}

bool cache_page(const struct cache *cache, const struct cache_entry *entry,
                struct arena *arena, struct page *page)
{
    struct codec codec = {.at = entry->page.at,
                          .left = entry->page.n,
                          .arena = arena,
                          .nrows = cache->nurls};

    *page = (struct page){0};
    code_page(&codec, page);
    return !codec.is_bad && codec.left == 0;
}

/* ---- writing ---- */

static bool is_kept(const struct resource *resource)
{
    return resource->validators && !(resource->page && resource->page->is_volatile);
}

bool cache_is_same(const struct cache *cache, const struct site *site)
{
    size_t n = 0;

    for (size_t i = 0; i < site->n; i++) {
        const struct validators *validators = site->resource[i].validators;
        const struct cache_entry *entry;

        if (!is_kept(&site->resource[i]))
            continue;
        entry = cache_find(cache, site->resource[i].url.text);
        if (!entry || &entry->validators != validators)
            return false;
        n++;
    }
    return n > 0 && n == cache->n;
}

/* The page of a resource that is to be kept with it; NULL: none. */
static const struct page *page_of(const struct resource *resource)
{
    return resource->validators->is_refused ? NULL : resource->page;
}

static void need(uint32_t *row, uint32_t target)
{
    if (target != NO_RESOURCE)
        row[target] = 1;
}

/* Numbers the URLs of kept answers and all that their pages name. Gives how many. */
static size_t number_urls(const struct site *site, uint32_t *row)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < site->n; i++) {
        const struct page *page;

        if (!is_kept(&site->resource[i]))
            continue;
        need(row, i);
        page = page_of(&site->resource[i]);
        for (size_t j = 0; page && j < page->nedges; j++)
            need(row, page->edge[j].target);
        for (size_t j = 0; page && j < page->nalternates; j++)
            need(row, page->alternate[j].target);
        for (size_t j = 0; page && j < page->ncanonicals; j++)
            need(row, page->canonical[j].target);
    }
    for (size_t i = 0; i < site->n; i++)
        if (row[i] != 0)
            row[i] = n++;
        else
            row[i] = NO_RESOURCE;
    return n;
}

static void write_urls(struct codec *codec, const struct site *site)
{
    code_size(codec, &codec->nrows);
    for (size_t i = 0; i < site->n; i++) {
        struct str text = site->resource[i].url.text;

        if (codec->row[i] != NO_RESOURCE)
            code_text(codec, &text);
    }
}

/* Into `codec->out`, which is empty. `pages` is for the bytes of the page. */
static void write_entry(struct codec *codec, const struct site *site, uint32_t index,
                        struct buf *pages)
{
    const struct resource *resource = &site->resource[index];
    const struct page *page = page_of(resource);
    struct cache_entry entry = {.row = index,
                                .validators = *resource->validators,
                                .content_type = resource->content_type,
                                .x_robots = resource->x_robots,
                                .is_too_big = resource->is_too_big,
                                .is_page = resource->is_page,
                                .until = INT32_MAX};

    if (page) {
        struct codec inner = *codec;
        struct page copy = *page; // writing changes nothing in what it points to

        pages->n = 0;
        inner.out = pages;
        code_page(&inner, &copy);
        entry.page = buf_str(pages);
        entry.until = page->jsonld.same_until;
    }
    code_entry(codec, &entry);
}

static void write_entries(const struct codec *codec, const struct site *site,
                          struct arena *work)
{
    struct codec inner = *codec;
    struct buf *out = codec->out;
    struct buf item, pages;

    buf_init(&item, work, PAGE_BYTES_MAX);
    buf_init(&pages, work, PAGE_BYTES_MAX);
    inner.out = &item;
    for (uint32_t i = 0; i < site->n; i++) {
        if (!is_kept(&site->resource[i]))
            continue;
        item.n = 0;
        write_entry(&inner, site, i, &pages);
        if (item.overflowed || pages.overflowed || item.n > out->most - out->n)
            break; // the rest is asked for in full, as it was the first time
        buf_add(out, item.at, item.n);
    }
}

void cache_format(const struct site *site, uint64_t key, struct buf *out)
{
    struct codec codec = {.out = out};
    struct arena work;
    uint64_t sum = 0;
    uint32_t *row;

    arena_init(&work, ARENA_BYTES_MAX);
    row = arena_new(&work, uint32_t, site->n);
    codec.nrows = number_urls(site, row);
    codec.row = row;
    buf_add_text(out, CACHE_MAGIC);
    code_hash(&codec, &sum);
    code_hash(&codec, &key);
    write_urls(&codec, site);
    write_entries(&codec, site, &work);
    arena_release(&work);
    if (out->overflowed) // by the URLs alone: no cache
        return;
    sum = checksum(buf_str(out));
    for (int i = 0; i < 8; i++)
        out->at[MAGIC_BYTES + i] = (char)(uint8_t)(sum >> (8 * i));
}
