/*
 * JSON catalogs. The events make the tree that jansson makes, and are refused where
 * jansson refuses, but for what jansson alone minds: NUL in a key, numbers out of
 * range; and for a NUL byte, which jansson passes over behind a number or a word. Then,
 * as JSON, ARB and string catalog, what holds of catalogs holds.
 */
#include <jansson.h>

#include "i18ncheck/json_events.h"
#include "shared/own.h"
#include "tests/fuzz/i18ncheck_catalogs.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static json_t *leaf_of(const struct json_event *event, struct arena *arena)
{
    switch (event->type) {
    case 's': return json_stringn_nocheck(event->text.at, event->text.n);
    case 'n':
        return json_real(strtod(str_copy(arena, event->text.at, event->text.n), NULL));
    case 'b': return json_boolean(event->text.n == 4);
    default: return json_null();
    }
}

static void put(json_t *parent, const struct json_level *level, json_t *value)
{
    if (!value) // infinite: jansson refuses the file
        value = json_null();
    if (level->is_array)
        (void)json_array_append_new(parent, value);
    else
        (void)json_object_setn_new_nocheck(parent, level->name.at, level->name.n,
                                           value);
}

/* The tree of the events; NULL: they are refused. */
static json_t *tree_of(struct str bytes, struct arena *arena, const char **fault)
{
    json_t *open[JSON_EVENTS_DEPTH_MAX + 1] = {NULL}, *root = NULL;
    struct json_events events;
    struct json_event event;

    json_events_init(&events, bytes, arena);
    while (json_events_next(&events, &event)) {
        size_t depth = events.depth;
        json_t *value;

        must(event.type == '}' || depth > 0, "a leaf outside the root");
        if (event.type == '}')
            continue;
        if (event.type != '{') {
            put(open[depth], &events.level[depth - 1], leaf_of(&event, arena));
            continue;
        }
        value = events.level[depth - 1].is_array ? json_array() : json_object();
        open[depth] = value;
        if (depth == 1)
            root = value;
        else
            put(open[depth - 1], &events.level[depth - 2], value);
    }
    *fault = events.fault;
    if (!events.fault)
        return root;
    json_decref(root);
    return NULL;
}

static void compare(struct str bytes)
{
    json_error_t why;
    struct arena arena;
    const char *fault;
    OWN(json)
    peer =
        json_loadb(bytes.at, bytes.n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &why);
    OWN(json) ours = NULL;

    arena_init(&arena, ARENA_BYTES_MAX);
    ours = tree_of(bytes, &arena, &fault);
    if (memchr(bytes.at, '\0', bytes.n))
        must(!ours, "a NUL byte is taken");
    else if (ours && !peer)
        must(json_error_code(&why) == json_error_null_byte_in_key ||
                 json_error_code(&why) == json_error_numeric_overflow,
             why.text);
    else if (!ours && json_is_object(peer))
        must(strcmp(fault, "nested more than 64 deep") == 0, fault);
    else if (ours)
        must(json_equal(ours, peer), "another tree than jansson's");
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};

    if (text_is_utf8(bytes.at, bytes.n, NULL))
        compare(bytes);
    read_both(data, size, CATALOG_JSON);
    read_both(data, size, CATALOG_ARB);
    read_both(data, size, CATALOG_XCSTRINGS);
    return 0;
}
