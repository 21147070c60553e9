/* Fuzzes Search Console files, and a crawl's pages with the same bytes. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "i18ncheck/keyword_internal.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {size > 0 ? (const char *)data : "", size};
    struct keyword keyword = {.text = STR("red shoes"), .locale = "de"};
    struct keywords keywords = {.item = &keyword, .n = 1};
    struct keyword_rules rules = {.source = "en", .min_impressions = 1, .min_words = 1};
    struct keyword_pages pages = {0};
    struct search search = {0};
    struct keyword_result result;
    struct hits hits = {0};
    struct arena arena;
    struct err err = {0};

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!search_parse(bytes, "gsc", &arena, &search, &err))
        assert(strncmp(err.text, "gsc", 3) == 0);
    search_finish(&search);
    if (!keyword_pages_parse(bytes, "pages", &keywords, "en", &arena, &pages, &err)) {
        assert(strncmp(err.text, "pages", 5) == 0);
        pages = (struct keyword_pages){0};
    }
    keywords_measure(&rules, &keywords, &pages, &search, &result, &hits, &arena);
    for (size_t i = 0; i < result.cannibalised.n; i++)
        assert(result.cannibalised.item[i].n >= 2);
    for (size_t i = 1; i < result.orphans.n; i++)
        assert(str_compare(result.orphans.item[i - 1].text,
                           result.orphans.item[i].text) < 0);
    arena_release(&arena);
    return 0;
}
