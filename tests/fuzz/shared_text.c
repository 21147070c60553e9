/*
 * Text on its way out, from any bytes: no raw control and always UTF-8 in what is
 * printed; a TSV field reads back as it was; a JSON text reads back as jansson reads
 * it.
 */
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include "shared/limits.h"
#include "shared/own.h"
#include "shared/text.h"
#include "tests/fuzz/shared_quiet.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tsv(struct arena *arena, const char *at, size_t n)
{
    struct str field = STR("");
    struct buf out;

    buf_init(&out, arena, 3 * n + 2);
    text_add_tsv(&out, at, n);
    must(!out.overflowed && out.n > 0);
    must_be_quiet(out.at, out.n, false);
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
    must_be_quiet(out.at, out.n, false);
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
    must_be_quiet(safe, strlen(safe), false);
    must(strlen(safe) <= OUTSIDE_TEXT_MAX * sizeof "\\u{10FFFF}" + sizeof "...");
    check_tsv(&arena, at, size);
    check_json(&arena, at, size);
    must(strlen(text_url(&arena, at, size)) <= size);
    must(text_cut(at, size, 7) <= 7);
    must(text_conflict_line(at, size) <= text_line(at, size));
    arena_release(&arena);
    return 0;
}
