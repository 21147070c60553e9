/* The history of perfcheck: whatever is accepted formats, and the same again when that
 * is read. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "perfcheck/history.h"
#include "shared/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct history read = {0}, again = {0};
    struct err err = {0};
    struct buf first, second;
    struct arena arena;
    struct str rows;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!history_parse(bytes, "f", &arena, &read, &err)) {
        assert(strncmp(err.text, "cannot read 'f:", 15) == 0);
        arena_release(&arena);
        return 0;
    }
    buf_init(&first, &arena, HISTORY_BYTES_MAX);
    buf_init(&second, &arena, HISTORY_BYTES_MAX);
    history_format(&read, &first);
    rows = buf_str(&first);
    rows.at += sizeof PERF_HISTORY_HEADER;
    rows.n -= sizeof PERF_HISTORY_HEADER;
    assert(history_parse(rows, "f", &arena, &again, &err));
    history_format(&again, &second);
    assert(str_equal(buf_str(&first), buf_str(&second)));
    arena_release(&arena);
    return 0;
}
