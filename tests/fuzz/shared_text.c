/*
 * Text on its way out, from any bytes: no raw control and always UTF-8 in what is
 * printed; a TSV field reads back as it was; a JSON text reads back as jansson reads
 * it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/limits.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
    if (!claim)
        abort();
}

/* UTF-8 with no C0, DEL, C1, line separator, bidirectional override or isolate. */
static void must_be_quiet(const char *at, size_t n)
{
    must(text_is_utf8(at, n, NULL));
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)at[i];

        must(c >= 0x20 && c != 0x7F);
        must(c != 0xC2 || (unsigned char)at[i + 1] >= 0xA0);
        if (n - i >= 3 && memcmp(at + i, "\xE2\x80", 2) == 0)
            must((unsigned char)at[i + 2] < 0xA8 || (unsigned char)at[i + 2] > 0xAE);
        if (n - i >= 3 && memcmp(at + i, "\xE2\x81", 2) == 0)
            must((unsigned char)at[i + 2] < 0xA6 || (unsigned char)at[i + 2] > 0xA9);
    }
}

static void check_tsv(struct arena *arena, const char *at, size_t n)
{
    struct str field = STR("");
    struct buf out;

    buf_init(&out, arena, 3 * n + 2);
    text_add_tsv(&out, at, n);
    must(!out.overflowed && out.n > 0);
    must_be_quiet(out.at, out.n);
    must(text_tsv_parse(arena, out.at, out.n, &field));
    must(str_equal(field, (struct str){at, n}));
    if (text_tsv_parse(arena, at, n, &field)) // any bytes as a field
        must(field.n <= n);
}

static void check_json(struct arena *arena, const char *at, size_t n)
{
    struct buf out;

    buf_init(&out, arena, 6 * n + 3);
    text_add_json(&out, at, n);
    must(!out.overflowed);
    must_be_quiet(out.at, out.n);
    OWN(json) text = json_loadb(out.at, out.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    must(json_is_string(text));
    if (text_is_utf8(at, n, NULL))
        must(str_equal((struct str){json_string_value(text), json_string_length(text)},
                       (struct str){at, n}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data;
    struct arena arena;
    const char *safe;

    arena_init(&arena, ARENA_BYTES_MAX);
    safe = text_safe(&arena, at, size, OUTSIDE_TEXT_MAX);
    must_be_quiet(safe, strlen(safe));
    must(strlen(safe) <= OUTSIDE_TEXT_MAX * sizeof "\\u{10FFFF}" + sizeof "...");
    check_tsv(&arena, at, size);
    check_json(&arena, at, size);
    must(strlen(text_url(&arena, at, size)) <= size);
    must(text_cut(at, size, 7) <= 7);
    must(text_conflict_line(at, size) <= text_line(at, size));
    arena_release(&arena);
    return 0;
}
