/* Checks of JSON from hosted APIs. Every value is looked at once, here. */
#include "shared/engines/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    DEPTH_MAX = 16,
    POINTER_BYTES = 200,
    NAME_SHOWN = 60,
};

/* ---- loading ---- */

/* Where a body that stops early stops: in which value of which list. */
struct stop {
    int depth;
    bool in_text, is_escaped;
    bool is_list[DEPTH_MAX]; /* what opened each depth */
    int64_t row;             /* values begun in the outermost list */
    int list;                /* its depth; 0: outside of all */
    bool is_begun;           /* a value of it was */
};

static void stop_open(struct stop *stop, bool is_list)
{
    if (stop->depth < DEPTH_MAX)
        stop->is_list[stop->depth] = is_list;
    stop->depth++;
    if (is_list && stop->list == 0) {
        stop->list = stop->depth;
        stop->row = 0;
        stop->is_begun = false;
    }
}

static void stop_take(struct stop *stop, char c)
{
    if (stop->in_text) {
        stop->in_text = stop->is_escaped || c != '"';
        stop->is_escaped = !stop->is_escaped && c == '\\';
        return;
    }
    if (strchr(" \t\r\n", c))
        return;
    if (stop->depth == stop->list && stop->list > 0) {
        if (c == ',')
            stop->is_begun = false;
        else if (c != ']' && !stop->is_begun) {
            stop->is_begun = true;
            stop->row++;
        }
    }
    stop->in_text = c == '"';
    if (c == '{' || c == '[') {
        stop_open(stop, c == '[');
    } else if (c == '}' || c == ']') {
        stop->depth--;
        if (stop->depth < stop->list)
            stop->list = 0;
    }
}

/* Where the bytes end before the document does, says where. */
static void say_early(struct str body, struct err *err)
{
    struct stop stop = {0};

    for (size_t i = 0; i < body.n && stop.depth >= 0; i++)
        if (body.at[i] != '\0')
            stop_take(&stop, body.at[i]);
    if (stop.depth <= 0 && !stop.in_text)
        return;
    if (stop.list > 0 && stop.row > 0)
        (void)err_set(err, "reply ends inside row %lld", (long long)stop.row);
    else
        (void)err_set(err, "reply ends early, after %zu bytes", body.n);
}

bool reply_load(struct str body, size_t most, json_t **json, struct err *err)
{
    if (body.n == 0)
        return err_set(err, "reply is empty");
    if (json_load_strict(body, "reply", DEPTH_MAX, most, json, err))
        return true;
    say_early(body, err);
    return false;
}

/* ---- what a value is ---- */

static const char *type_word(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a string";
    case JSON_INTEGER:
        return json_integer_value(value) < 0 ? "a negative number" : "a number";
    case JSON_REAL: return "a fraction";
    case JSON_TRUE: return "true";
    case JSON_FALSE: return "false";
    case JSON_NULL: break;
    }
    return "null";
}

bool reply_drift(const json_t *value, const char *expected, struct err *err,
                 const char *pointer, ...)
{
    char where[POINTER_BYTES];
    va_list args;

    va_start(args, pointer);
    (void)vsnprintf(where, sizeof where, pointer, args);
    va_end(args);
    return err_set(err, "%s is %s, expected %s", where,
                   value ? type_word(value) : "missing", expected);
}

static bool drift_at(const json_t *value, const char *expected, const char *pointer,
                     struct err *err)
{
    return reply_drift(value, expected, err, "%s", pointer);
}

bool reply_list(const json_t *object, const char *key, const char *pointer,
                const json_t **list, struct err *err)
{
    *list = json_object_get(object, key);
    return json_is_array(*list) || drift_at(*list, "a list", pointer, err);
}

bool reply_object(const json_t *object, const char *key, const char *pointer,
                  const json_t **member, struct err *err)
{
    *member = json_object_get(object, key);
    return json_is_object(*member) || drift_at(*member, "an object", pointer, err);
}

bool reply_text(const json_t *object, const char *key, const char *pointer,
                struct str *text, struct err *err)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_string(value))
        return drift_at(value, "a string", pointer, err);
    *text = (struct str){json_string_value(value), json_string_length(value)};
    return true;
}

bool reply_is_count(const json_t *value, int64_t *count)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *count = json_integer_value(value);
    return true;
}

bool reply_count(const json_t *object, const char *key, const char *pointer,
                 int64_t *count, struct err *err)
{
    const json_t *value = json_object_get(object, key);

    return reply_is_count(value, count) || drift_at(value, "a number", pointer, err);
}

bool reply_flag(const json_t *object, const char *key, const char *pointer, bool *value,
                struct err *err)
{
    const json_t *flag = json_object_get(object, key);

    if (!flag || json_is_null(flag))
        return true;
    if (!json_is_boolean(flag))
        return drift_at(flag, "true or false", pointer, err);
    *value = json_is_true(flag);
    return true;
}

struct str reply_copy(const json_t *text, struct arena *arena)
{
    size_t n = json_string_length(text);

    return (struct str){str_copy(arena, json_string_value(text), n), n};
}

/* ---- what nobody knows ---- */

void reply_say(struct reply_notes *notes, const char *text)
{
    const char *whole = str_format(notes->arena, "%s: %s", notes->who, text);

    for (size_t i = 0; i < notes->n; i++)
        if (strcmp(notes->text[i], whole) == 0)
            return;
    if (notes->n < REPLY_NOTES_MAX)
        notes->text[notes->n++] = whole;
}

static bool is_among(const char *key, const char *const *known)
{
    for (; *known; known++)
        if (strcmp(*known, key) == 0)
            return true;
    return false;
}

void reply_note(struct reply_notes *notes, const json_t *object, const char *pointer,
                const char *const *known)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value) // the macro only reads
        if (notes->n < REPLY_NOTES_MAX && !is_among(key, known))
            reply_say(notes, str_format(notes->arena,
                                        "the reply has a field that is not known here, "
                                        "which is ignored: %s/%s",
                                        pointer,
                                        text_safe(notes->arena, key, strlen(key),
                                                  NAME_SHOWN)));
}
