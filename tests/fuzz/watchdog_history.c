/* The two history files: whatever is accepted is written as the bytes that were read,
 * or reads the same again. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "shared/limits.h"
#include "shared/text.h"
#include "watchdog/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_evidence(struct str bytes, struct arena *arena)
{
    static const struct evidence_file ours = {.name = "f", .is_ours = true};
    struct evidence read = {0}, again = {0};
    struct err err = {0};
    struct buf first, second;
    struct str rows;

    if (!evidence_parse(bytes, &ours, arena, &read, &err)) {
        assert(strncmp(err.text, "cannot read 'f:", 15) == 0);
        return;
    }
    buf_init(&first, arena, HISTORY_BYTES_MAX);
    buf_init(&second, arena, HISTORY_BYTES_MAX);
    evidence_format(&read, 0, &first);
    rows = buf_str(&first);
    rows.at += sizeof EVIDENCE_HEADER;
    rows.n -= sizeof EVIDENCE_HEADER;
    assert(evidence_parse(rows, &ours, arena, &again, &err));
    evidence_format(&again, 0, &second);
    assert(str_equal(buf_str(&first), buf_str(&second)));
}

static void check_checkpoint(struct str bytes, struct arena *arena)
{
    struct evidence read = {0}, again = {0};
    struct data_days days = {0}, days_again = {0};
    struct checkpoint into = {&read, &days, 0}, into_again = {&again, &days_again, 0};
    struct err err = {0};
    struct buf first, second;
    struct str lines;

    if (!checkpoint_parse(bytes, "f", arena, &into, &err) || into.day == 0)
        return;
    buf_init(&first, arena, HISTORY_BYTES_MAX);
    buf_init(&second, arena, HISTORY_BYTES_MAX);
    checkpoint_format(&read, &days, into.day, &first);
    lines = buf_str(&first);
    lines.at += sizeof CHECKPOINT_HEADER;
    lines.n -= sizeof CHECKPOINT_HEADER;
    assert(checkpoint_parse(lines, "f", arena, &into_again, &err));
    assert(into_again.day == into.day);
    checkpoint_format(&again, &days_again, into.day, &second);
    assert(str_equal(buf_str(&first), buf_str(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct arena arena;

    if (!text_is_utf8(bytes.at, bytes.n, NULL)) // state_text_load has refused it
        return 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    check_evidence(bytes, &arena);
    check_checkpoint(bytes, &arena);
    arena_release(&arena);
    return 0;
}
