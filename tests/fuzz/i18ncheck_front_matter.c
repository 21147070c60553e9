/* Fuzzes pages: front matter and text. What is found lies in what was given. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "i18ncheck/content_internal.h"
#include "i18ncheck/front_matter.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {size > 0 ? (const char *)data : "", size};
    struct content_rules rules = {.source = "en",
                                  .ready_key = CONTENT_READY_KEY,
                                  .minor = git_minor_default,
                                  .keeps_text = true};
    struct content content = {.rules = &rules};
    struct content_page page = {.path = "de/a.md",
                                .locale = "de",
                                .id = "a",
                                .slug = "a"};
    struct front_matter front;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    front = front_matter_parse(bytes, &arena);
    assert(front.body.n <= size);
    assert(!front.fault || (front.n == 0 && front.fault_line > 0));
    content_page_parse(bytes, &content, &page, &arena);
    assert(page.body.n <= size + 1 && page.headings.n <= 2 * size + 1);
    assert(page.points <= size + 1 && page.words <= size);
    assert(text_is_utf8(page.body.at, page.body.n, NULL));
    assert(page.id[0] != '\0' && content.hits.n < 16);
    arena_release(&arena);
    return 0;
}
