/* Replies of PostHog: what is taken of an answer is a table of counts, what becomes
 * part of an address has nothing that would lead elsewhere. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "shared/engines/posthog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(const char *id)
{
    size_t n = strlen(id);

    assert(n > 0 && n <= 128);
    assert(strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                      "-_") == n);
}

static void check_answer(struct str body, struct reply_notes *notes)
{
    static const char *const names[] = {"v", "s0"};
    static const struct sql_columns columns = {names, 2};
    struct posthog_answer answer;
    struct err err = {0};
    int64_t count;

    if (!posthog_answer_parse(body, &columns, notes->arena, notes, &answer, &err)) {
        assert(err.text[0] != '\0');
        return;
    }
    if (answer.pending) {
        check_id(answer.pending);
        return;
    }
    for (size_t r = 0; r < answer.rows.nrows; r++) {
        const struct str *cell = &answer.rows.cell[r * 2 + 1];

        assert(!cell->at || (str_to_int64(cell->at, cell->n, &count) && count >= 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str body = {(const char *)data, size};
    struct posthog_export export;
    struct reply_notes notes = {.who = "w"};
    struct arena arena;
    struct err err = {0};
    const char *id;

    arena_init(&arena, ARENA_BYTES_MAX);
    notes.arena = &arena;
    check_answer(body, &notes);
    if (posthog_started_parse(body, &arena, &notes, &id, &err))
        check_id(id);
    if (posthog_export_parse(body, &arena, &notes, &export, &err))
        for (size_t i = 0; i < export.nfiles; i++)
            check_id(export.file[i]);
    arena_release(&arena);
    return 0;
}
