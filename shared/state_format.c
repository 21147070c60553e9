/*
 * The canonical bytes of state JSON: the same facts give the same bytes, and a diff of
 * them reads one fact a line. Jansson's own writer is not used: it prints 0.1 as
 * 0.10000000000000001 and, out of memory, leaves keys out.
 *
 *     {
 *       "empty": {},                     two spaces a level, keys in byte order
 *       "findings": {
 *         "watchdog/js_exception/site": {
 *           "releases": ["4.2.0", "4.2.1"]      an array of scalars stays on one line
 *         }
 *       },
 *       "steps": [                       any other array: one element a line
 *         {
 *           "day": "2026-03-02"
 *         }
 *       ]
 *     }
 *
 * and a final newline. Texts as text_add_json has them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

static bool is_container(const json_t *json)
{
    return json_is_object(json) || json_is_array(json);
}

static bool is_line(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (is_container(json_array_get(array, i)))
            return false;
    return true;
}

static void add_line(struct buf *out, size_t depth)
{
    buf_add_text(out, "\n");
    for (size_t i = 0; i < depth; i++)
        buf_add_text(out, "  ");
}

static void add_scalar(struct buf *out, const json_t *json)
{
    assert(!json_is_real(json)); // state holds scaled integers
    switch (json_typeof(json)) {
    case JSON_STRING:
        text_add_json(out, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        break;
    case JSON_TRUE: buf_add_text(out, "true"); break;
    case JSON_FALSE: buf_add_text(out, "false"); break;
    case JSON_NULL: buf_add_text(out, "null"); break;
    case JSON_REAL:
    case JSON_OBJECT:
    case JSON_ARRAY: break;
    }
}

static void add_object(struct buf *out, const json_t *object, size_t depth)
{
    size_t n;
    const char **keys = json_keys(out->arena, object, &n);

    buf_add_text(out, "{");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_text(out, ",");
        add_line(out, depth + 1);
        text_add_json(out, keys[i], strlen(keys[i]));
        buf_add_text(out, ": ");
        state_json_add(json_object_get(object, keys[i]), depth + 1, out);
    }
    if (n > 0)
        add_line(out, depth);
    buf_add_text(out, "}");
}

static void add_array(struct buf *out, const json_t *array, size_t depth)
{
    bool one_line = is_line(array);

    buf_add_text(out, "[");
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            buf_add_text(out, one_line ? ", " : ",");
        if (!one_line)
            add_line(out, depth + 1);
        state_json_add(json_array_get(array, i), depth + 1, out);
    }
    if (!one_line)
        add_line(out, depth);
    buf_add_text(out, "]");
}

/* Recursion is bounded: what is deeper than a state file may be is our own mistake. */
void state_json_add(const json_t *json, size_t depth, struct buf *out)
{
    assert(depth <= STATE_DEPTH_MAX);
    if (json_is_object(json))
        add_object(out, json, depth);
    else if (json_is_array(json))
        add_array(out, json, depth);
    else
        add_scalar(out, json);
}

bool state_json_format(const json_t *json, struct arena *arena, struct str *bytes,
                       struct err *err)
{
    json_t *again = NULL;
    struct buf out;
    bool equal;

    assert(json_is_object(json));
    buf_init(&out, arena, STATE_BYTES_MAX + 1);
    state_json_add(json, 0, &out);
    buf_add_text(&out, "\n");
    if (out.overflowed)
        return err_set(err, "cannot write state: it would be over %zu bytes",
                       STATE_BYTES_MAX);
    if (!json_load_strict(buf_str(&out), "new state", STATE_DEPTH_MAX, STATE_KEYS_MAX,
                          &again, err))
        return false;
    equal = json_equal(json, again) != 0;
    json_decref(again);
    if (!equal)
        return err_set(err,
                       "cannot write state: it does not read back as it was meant");
    *bytes = buf_str(&out);
    return true;
}
