/* Replies of Umami: rows have texts that are UTF-8 and a time of the years that are
 * read; what is refused has a message. So has a login without a token. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "shared/engines/umami.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/source_time.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_row(const struct umami_event *event)
{
    const struct str texts[] = {event->id,      event->session, event->name,
                                event->created, event->path,    event->browser,
                                event->device};
    int64_t time_ms;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert(text_is_utf8(texts[i].at, texts[i].n, NULL));
    assert(source_time_parse(event->created, &time_ms) && time_ms == event->time_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str body = {(const char *)bytes, n};
    struct reply_notes notes = {.who = "w"};
    OWN(json) root = NULL;
    struct umami_page page;
    struct str token;
    struct arena arena;
    struct err err = {.text = ""};

    arena_init(&arena, ARENA_BYTES_MAX);
    notes.arena = &arena;
    if (umami_page_parse(body, &arena, &notes, &page, &err)) {
        assert(page.count >= 0 && page.page >= 0);
        for (size_t i = 0; i < page.n; i++)
            check_row(&page.event[i]);
    } else {
        assert(err.text[0] != '\0');
    }
    err.text[0] = '\0';
    if (umami_token_parse(body, &root, &token, &err))
        assert(text_is_utf8(token.at, token.n, NULL));
    else
        assert(err.text[0] != '\0');
    arena_release(&arena);
    return 0;
}
