/* Replies of GA4: what is taken of one has a count for each row, and a name where names
 * were asked for; what is not has a message. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "shared/engines/ga4.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str body = {(const char *)bytes, n};
    struct reply_notes notes = {.who = "w"};
    struct arena arena;
    struct err err = {.text = ""};

    arena_init(&arena, ARENA_BYTES_MAX);
    notes.arena = &arena;
    for (int is_by_name = 0; is_by_name < 2; is_by_name++) {
        struct ga4_page page = {.day = day_from_civil(2026, 3, 2),
                                .is_by_name = is_by_name != 0};

        if (!ga4_page_parse(body, &arena, &notes, &page, &err)) {
            assert(err.text[0] != '\0');
            continue;
        }
        assert(page.total >= 0 && text_is_utf8(page.zone.at, page.zone.n, NULL));
        for (size_t i = 0; i < page.n; i++) {
            assert(page.sessions[i] >= 0);
            assert(is_by_name == 0 ||
                   text_is_utf8(page.name[i].at, page.name[i].n, NULL));
        }
    }
    for (size_t i = 0; i < notes.n; i++)
        assert(text_is_utf8(notes.text[i], strlen(notes.text[i]), NULL));
    arena_release(&arena);
    return 0;
}
