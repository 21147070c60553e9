/* The file of the cache behind a head that is right: whatever is accepted finds its
 * entries, and each page of them is written as it was read. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/cache.h"
#include "seocheck/cache_codec.h"
#include "shared/hash.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { KEY = 7 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str write_page(struct page page, size_t nrows, struct arena *arena)
{
    struct codec codec = {.arena = arena, .nrows = nrows};
    uint32_t *row = arena_new(arena, uint32_t, nrows);
    struct buf out;

    for (size_t i = 0; i < nrows; i++)
        row[i] = (uint32_t)i;
    buf_init(&out, arena, SIZE_MAX);
    codec.out = &out;
    codec.row = row;
    code_page(&codec, &page);
    assert(!codec.is_bad);
    return buf_str(&out);
}

static void check_page(const struct page *page, size_t nrows)
{
    for (size_t i = 0; i < page->nedges; i++)
        assert(page->edge[i].target < nrows &&
               page->edge[i].kind <= LINK_META_REFRESH &&
               page->edge[i].fragment <= page->nfragments);
    for (size_t i = 0; i < page->nalternates; i++)
        assert((page->alternate[i].result == URL_OK) ==
               (page->alternate[i].target < nrows));
    for (size_t i = 0; i < page->ncanonicals; i++)
        assert((page->canonical[i].result == URL_OK) ==
               (page->canonical[i].target < nrows));
    for (size_t i = 0; i < page->jsonld.nblocks; i++)
        for (size_t j = 0; j < page->jsonld.block[i].ntypes; j++)
            assert(strlen(page->jsonld.block[i].type[j]) < SIZE_MAX);
}

static void check_entry(const struct cache *cache, const struct cache_entry *entry,
                        struct arena *arena)
{
    struct cache_entry again = *entry;
    struct page page, read;
    struct str bytes, rewritten;

    assert(cache_find(cache, cache->url[entry->row]) == entry);
    if (!cache_page(cache, entry, arena, &page))
        return;
    check_page(&page, cache->nurls);
    again.page = bytes = write_page(page, cache->nurls, arena);
    assert(cache_page(cache, &again, arena, &read));
    rewritten = write_page(read, cache->nurls, arena);
    assert(str_equal(rewritten, bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct cache cache;
    uint64_t sum;
    char *bytes;

    arena_init(&arena, ARENA_BYTES_MAX);
    bytes = arena_new(&arena, char, size + 24);
    memcpy(bytes, CACHE_MAGIC, sizeof CACHE_MAGIC); // its NUL is under the checksum
    bytes[16] = KEY;
    if (size > 0)
        memcpy(bytes + 24, data, size);
    sum = hash_bytes(bytes + 16, size + 8);
    for (int i = 0; i < 8; i++)
        bytes[8 + i] = (char)(uint8_t)(sum >> (8 * i));
    cache_parse((struct str){bytes, size + 24}, KEY, &arena, &cache);
    for (size_t i = 0; i < cache.n; i++)
        check_entry(&cache, &cache.entry[i], &arena);
    arena_release(&arena);
    return 0;
}
