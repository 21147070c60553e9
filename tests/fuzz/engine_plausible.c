/* Replies of Plausible: what is taken of one has as many values as it has rows, each a
 * count; what is not has a message. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "shared/engines/plausible.h"
#include "shared/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str body = {(const char *)data, size};
    struct plausible_page page;
    struct reply_notes notes = {.who = "w"};
    struct arena arena;
    struct err err = {0};

    arena_init(&arena, ARENA_BYTES_MAX);
    notes.arena = &arena;
    for (int has_dimension = 0; has_dimension < 2; has_dimension++) {
        if (!plausible_page_parse(body, has_dimension != 0, &arena, &notes, &page,
                                  &err)) {
            assert(err.text[0] != '\0');
            continue;
        }
        assert(page.total >= 0 && (has_dimension != 0 || page.n <= 1));
        for (size_t i = 0; i < page.n; i++) {
            assert(page.visitors[i] >= 0);
            assert(!has_dimension ||
                   text_is_utf8(page.value[i].at, page.value[i].n, NULL));
        }
    }
    for (size_t i = 0; i < notes.n; i++)
        assert(text_is_utf8(notes.text[i], strlen(notes.text[i]), NULL));
    arena_release(&arena);
    return 0;
}
