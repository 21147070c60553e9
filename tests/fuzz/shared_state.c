/*
 * State JSON from any bytes: what is loaded formats to bytes that load as the same
 * facts, and the bytes of these are the same again. json_line never leaves the
 * document.
 */
#include <stdint.h>
#include <stdlib.h>

#include <jansson.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool claim)
{
    if (!claim)
        abort();
}

static bool has_real(const json_t *json)
{
    const char *key;
    json_t *value;

    if (json_is_object(json)) {
        json_object_foreach((json_t *)json, key,
                            value) if (has_real(value)) return true;
    }
    for (size_t i = 0; i < json_array_size(json); i++)
        if (has_real(json_array_get(json, i)))
            return true;
    return json_is_real(json);
}

static void check_lines(struct str bytes, const json_t *json, struct arena *arena)
{
    size_t lines = text_line(bytes.at, bytes.n), n;
    const char **keys = json_keys(arena, json, &n);

    must(json_line(bytes, "") <= lines);
    must(json_line(bytes, "/a/0/b") <= lines);
    for (size_t i = 0; i < n; i++) {
        size_t line = json_line(bytes, str_format(arena, "/%s", keys[i]));

        must(line >= 1 && line <= lines);
    }
}

static void check_format(const json_t *json, struct arena *arena)
{
    struct str once, twice;
    json_t *loaded = NULL;
    struct err err;

    if (!state_json_format(json, arena, &once, &err))
        return; // a text or a file of them too large
    must(text_is_utf8(once.at, once.n, NULL));
    must(json_load_strict(once, "fuzz", STATE_DEPTH_MAX, SIZE_MAX, &loaded, &err));
    OWN(json) again = loaded;
    must(json_equal(json, again) != 0);
    must(state_json_format(again, arena, &twice, &err));
    must(str_equal(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    json_t *loaded = NULL;
    struct arena arena;
    struct err err;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (json_load_strict(bytes, "fuzz", STATE_DEPTH_MAX, 1000, &loaded, &err)) {
        OWN(json) json = loaded;

        check_lines(bytes, json, &arena);
        if (!has_real(json))
            check_format(json, &arena);
    }
    arena_release(&arena);
    return 0;
}
