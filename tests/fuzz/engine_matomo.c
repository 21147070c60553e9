/* Replies of Matomo: what is taken of one is a count for each day; what is not has a
 * message and leaves no count. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "shared/engines/matomo.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str body = {(const char *)bytes, n};
    int64_t visits[2] = {-1, -1};
    struct matomo_visits read = {day_from_civil(2026, 3, 1), 2, visits};
    struct reply_notes notes = {.who = "w"};
    struct arena arena;
    struct err err = {.text = ""};

    arena_init(&arena, ARENA_BYTES_MAX);
    notes.arena = &arena;
    if (matomo_visits_parse(body, &arena, &notes, &read, &err))
        assert(visits[0] >= 0 && visits[1] >= 0);
    else
        assert(err.text[0] != '\0' && visits[0] == -1 && visits[1] == -1);
    for (size_t i = 0; i < notes.n; i++)
        assert(text_is_utf8(notes.text[i], strlen(notes.text[i]), NULL));
    arena_release(&arena);
    return 0;
}
