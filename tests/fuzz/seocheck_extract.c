/*
 * Pages: whatever the bytes, texts are folded UTF-8 within their caps, lines lie in the
 * page, ids are sorted, and the same bytes say the same. The first line is the
 * Content-Type, the second the Link header.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/extract.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct str text)
{
    assert(text_is_utf8(text.at, text.n, NULL));
    assert(text.n == 0 || (text.at[0] != ' ' && text.at[text.n - 1] != ' '));
    for (size_t i = 0; i < text.n; i++)
        assert(text.at[i] != '\0' && !strchr("\t\n\r\f", text.at[i]) &&
               (i == 0 || text.at[i] != ' ' || text.at[i - 1] != ' '));
}

static size_t characters(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return n;
}

static void check_links(const struct extraction *extraction, int64_t lines)
{
    assert(extraction->nlinks <= PAGE_LINKS_MAX);
    for (size_t i = 0; i < extraction->nlinks; i++) {
        const struct link *link = &extraction->link[i];

        check_text(link->rel);
        assert(text_is_utf8(link->raw.at, link->raw.n, NULL));
        assert(text_is_utf8(link->text.at, link->text.n, NULL));
        assert(characters(link->text) <= 120);
        assert(link->line >= 0 && link->line <= lines);
        assert((link->line == 0) == link->is_from_header);
    }
}

static void check(const struct extraction *extraction, int64_t lines)
{
    check_text(extraction->title);
    check_text(extraction->main_text);
    assert(extraction->has_title == (extraction->ntitles > 0));
    assert(extraction->title_line <= lines);
    for (size_t i = 0; i < extraction->nh1; i++)
        check_text(extraction->h1[i]);
    for (size_t i = 0; i < extraction->nmetas; i++)
        check_text(extraction->meta[i].content);
    for (size_t i = 1; i < extraction->nids; i++)
        assert(str_compare(extraction->id[i - 1], extraction->id[i]) < 0);
    assert(extraction->nblocks <= PAGE_BLOCKS_MAX);
    for (size_t i = 0; i < extraction->nblocks; i++)
        assert(strlen(extraction->block[i].text.at) == extraction->block[i].text.n &&
               extraction->block[i].text.n <= PAGE_BLOCK_BYTES_MAX);
    check_links(extraction, lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const stripped[] = {"utm_*"};
    static const struct url_rules rules = {stripped, 1};
    struct str body = {(const char *)data, size};
    struct extract_plan plan = {.rules = &rules};
    struct extraction once, twice;
    struct arena arena;
    struct url base;
    uint64_t hash;

    arena_init(&arena, ARENA_BYTES_MAX);
    (void)str_next_line(&body, &plan.content_type);
    (void)str_next_line(&body, &plan.link_header);
    assert(url_resolve(NULL, STR("https://shop.example/d/p"), NULL, &arena, &base) ==
           URL_OK);
    plan.base = &base;
    extract_html(body, &plan, &arena, &once);
    check(&once, 2 * (int64_t)size + 1); // UTF-16 may be taken for less
    extract_html(body, &plan, &arena, &twice);
    assert(content_hash(&once, base.text, body, body, &arena) ==
           content_hash(&twice, base.text, body, body, &arena));
    assert(links_hash(&once, &arena) == links_hash(&twice, &arena));
    assert(simhash(once.main_text, &arena, &hash) == (once.main_words >= 50));
    arena_release(&arena);
    return 0;
}
