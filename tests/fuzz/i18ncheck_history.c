/* The history of i18ncheck: whatever is accepted formats, and the same again when that
 * is read. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "i18ncheck/history.h"
#include "shared/limits.h"
#include "shared/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the loader of the state folder lets through. */
static bool is_text(struct str bytes)
{
    struct str rest = bytes, line;

    if (!text_is_utf8(bytes.at, bytes.n, NULL) || memchr(bytes.at, '\0', bytes.n))
        return false;
    while (str_next_line(&rest, &line))
        if (line.n >= HISTORY_LINE_BYTES_MAX / 4) // escapes are four bytes
            return false;
    return true;
}

/* What a state file may hold. */
static bool is_fit(struct str bytes)
{
    return text_is_utf8(bytes.at, bytes.n, NULL) && !memchr(bytes.at, '\0', bytes.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct history read = {0}, again = {0};
    struct err err = {0};
    struct buf first, second;
    struct arena arena;

    if (size == 0 || !is_text(bytes))
        return 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    if (!history_parse(bytes, "f", &arena, &read, &err)) {
        assert(strncmp(err.text, "cannot read 'f:", 15) == 0);
        arena_release(&arena);
        return 0;
    }
    buf_init(&first, &arena, HISTORY_BYTES_MAX);
    buf_init(&second, &arena, HISTORY_BYTES_MAX);
    history_format(&read, &first);
    assert(is_fit(buf_str(&first)));
    assert(history_parse(buf_str(&first), "f", &arena, &again, &err));
    assert(again.n == read.n && again.nlocales == read.nlocales);
    history_format(&again, &second);
    assert(str_equal(buf_str(&first), buf_str(&second)));
    for (size_t i = 0; i < read.n; i++) {
        assert(str_equal(read.row[i].message, again.row[i].message));
        assert(read.row[i].nmarks == again.row[i].nmarks);
    }
    arena_release(&arena);
    return 0;
}
