/* Fuzzes the sitemap reader: the first byte says how the rest is cut to pieces, which
 * must not matter; limits hold, and what was read can be judged. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/judge_sitemap.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sitemap read_in(struct arena *arena, struct str bytes, size_t piece)
{
    struct sitemap sitemap = {0};
    struct sitemap_reader *reader = sitemap_begin(arena, &sitemap);

    for (size_t i = 0; i < bytes.n; i += piece)
        sitemap_add(reader, bytes.at + i, piece < bytes.n - i ? piece : bytes.n - i);
    sitemap_end(reader);
    return sitemap;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct sitemap whole, parts;
    struct hits hits = {0};

    if (size < 2)
        return 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    whole = read_in(&arena, (struct str){(const char *)data + 1, size - 1}, size);
    parts = read_in(&arena, (struct str){(const char *)data + 1, size - 1},
                    (size_t)data[0] + 1);
    assert(whole.n <= SITEMAP_ENTRIES_MAX);
    assert(whole.kind == parts.kind && whole.fault == parts.fault &&
           whole.fault_line == parts.fault_line && whole.n == parts.n &&
           strcmp(whole.fault_text, parts.fault_text) == 0);
    assert(whole.fault == SITEMAP_GOOD || whole.fault_line > 0);
    for (size_t i = 0; i < whole.n; i++) {
        assert(whole.entry[i].loc.n <= SITEMAP_LOC_BYTES_MAX);
        assert(whole.entry[i].line > 0);
        assert(str_equal(whole.entry[i].loc, parts.entry[i].loc));
    }
    judge_sitemap(&(struct sitemap_look){.arena = &arena}, &whole, &hits);
    for (size_t i = 0; i < hits.n; i++)
        assert(text_is_utf8(hit_message(&hits.item[i], &arena),
                            strlen(hit_message(&hits.item[i], &arena)), NULL));
    arena_release(&arena);
    return 0;
}
