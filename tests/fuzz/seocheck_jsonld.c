/* Any bytes as the ld+json of a page: no crash, and what comes out is fit to print, in
 * order, inside its blocks, and the same the second time. A line of equals signs begins
 * another block. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/jsonld.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { BLOCKS = 4 };

static size_t split(struct str text, struct block block[BLOCKS])
{
    static const struct str border = {"\n====\n", 6};
    size_t n = 0, from = 0;

    for (size_t i = 0; i + border.n <= text.n && n + 1 < BLOCKS; i++)
        if (memcmp(text.at + i, border.at, border.n) == 0) {
            block[n++] = (struct block){.text = {text.at + from, i - from}, .line = 1};
            from = i + border.n;
            i = from - 1;
        }
    block[n++] = (struct block){.text = {text.at + from, text.n - from}, .line = 1};
    return n;
}

static void look(const struct jsonld *jsonld)
{
    for (size_t i = 0; i < jsonld->nfindings; i++) {
        const struct jsonld_finding *finding = &jsonld->finding[i];
        const char *message = finding->message;

        assert(finding->block < jsonld->nblocks);
        assert(finding->line >= 1);
        assert(i == 0 || finding[-1].block <= finding->block);
        assert(text_is_utf8(message, strlen(message), NULL));
        for (const char *at = message; *at != '\0'; at++)
            assert((unsigned char)*at >= ' ' && *at != 0x7F);
    }
    for (size_t i = 0; i < jsonld->nurls; i++)
        assert(jsonld->url[i].value.n > 0 && jsonld->url[i].line >= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena rules; // compiled once: it takes longer than most inputs
    static const struct rich *rich;
    struct arena arena;
    struct block block[BLOCKS];
    struct jsonld once, again;
    size_t n;

    if (!rich) {
        arena_init(&rules, ARENA_BYTES_MAX);
        rich = rich_load(&rules);
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    n = split((struct str){str_copy(&arena, (const char *)data, size), size}, block);
    jsonld_check(block, n, rich, 20000, &arena, &once);
    look(&once);
    jsonld_check(block, n, rich, 20000, &arena, &again);
    assert(once.nfindings == again.nfindings);
    assert(str_equal(once.canonical_text, again.canonical_text));
    arena_release(&arena);
    return 0;
}
