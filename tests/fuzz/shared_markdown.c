/*
 * Any text in a Markdown table: it stays in its cell, as plain prose or as one code
 * span; a table's reader may take a backslash for an escape of the pipe alone or of all
 * that follows it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/limits.h"
#include "shared/markdown.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
    if (!claim)
        abort();
}

static void must_be_one_cell(const char *text, bool escapes_all)
{
    for (const char *at = text; *at; at++) {
        must((unsigned char)*at >= 0x20 && *at != 0x7F);
        if (*at == '\\' && at[1] && (at[1] == '|' || escapes_all))
            at++;
        else
            must(*at != '|');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct buf out;
    const char *text;

    arena_init(&arena, ARENA_BYTES_MAX);
    text = str_copy(&arena, (const char *)data, size);
    buf_init(&out, &arena, SIZE_MAX / 2);
    markdown_text(&out, text);
    if (out.n > 0) {
        must_be_one_cell(out.at, false);
        must_be_one_cell(out.at, true);
        must(text_is_utf8(out.at, out.n, NULL));
    }
    if (out.n > 0 && strcmp(out.at, text) == 0) {
        must(markdown_is_plain(text) && !strpbrk(text, "`\\<>@#[]!*~&$"));
    } else if (text[0] != '\0') {
        must(out.at[0] == '`' && strchr(out.at + 1, '`') == out.at + out.n - 1);
    }
    arena_release(&arena);
    return 0;
}
