/* Values of one JSON line. The common line costs no allocation; a suspicious one is
 * parsed again by jansson. */
#include "shared/source_values.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { KEYS_MAX = 32, SLOTS_MAX = SCAN_POINTERS_MAX + KEYS_MAX };

/* What an element of a keyed array is asked for: its key, then the places of its value.
 */
static const char *const element_pointers[] = {"/key", "/value/string_value",
                                               "/value/int_value", "/value/float_value",
                                               "/value/double_value"};

enum { ELEMENT_POINTERS = sizeof element_pointers / sizeof *element_pointers };

struct values {
    struct arena *arena;
    struct scan *scan;
    const char *pointer[SCAN_POINTERS_MAX];
    size_t npointers;
    const char *keyed; /* NULL: none */
    bool has_array;
    unsigned array; /* slot of the whole keyed array */
    struct scan *element;
    struct str key[KEYS_MAX];
    size_t nkeys;
    struct span value[SLOTS_MAX]; /* of pointers, then from SCAN_POINTERS_MAX of keys */
    json_t *line;                 /* jansson's tree of a suspicious line */
    char number[SLOTS_MAX][VALUES_NUMBER_BYTES]; /* of that line */
};

struct values *values_new(struct arena *arena, const char *keyed)
{
    struct values *values = arena_new(arena, struct values, 1);

    values->arena = arena;
    values->keyed = keyed;
    return values;
}

void values_release(struct values *values)
{
    if (!values)
        return;
    json_decref(values->line);
    values->line = NULL;
}

static bool pointer_is_valid(const char *pointer)
{
    if (pointer[0] != '/')
        return false;
    for (const char *c = pointer; *c; c++)
        if (*c == '~' && c[1] != '0' && c[1] != '1')
            return false;
    return true;
}

static bool add_pointer(struct values *values, const char *pointer, unsigned *slot,
                        struct err *err)
{
    for (size_t i = 0; i < values->npointers; i++) {
        if (strcmp(values->pointer[i], pointer) == 0) {
            *slot = (unsigned)i;
            return true;
        }
    }
    if (values->npointers == SCAN_POINTERS_MAX)
        return err_set(err, "more than %d different JSON pointers", SCAN_POINTERS_MAX);
    *slot = (unsigned)values->npointers;
    values->pointer[values->npointers++] = pointer;
    return true;
}

static bool add_key(struct values *values, struct str key, unsigned *slot,
                    struct err *err)
{
    size_t i = 0;

    while (i < values->nkeys && !str_equal(values->key[i], key))
        i++;
    if (i == KEYS_MAX)
        return err_set(err, "more than %d keys of '%s'", KEYS_MAX, values->keyed);
    if (i == values->nkeys)
        values->key[values->nkeys++] = key;
    *slot = (unsigned)(SCAN_POINTERS_MAX + i);
    values->has_array = true;
    return add_pointer(values, values->keyed, &values->array, err);
}

/* The last token of a valid pointer, without its escapes (RFC 6901, section 4). */
static struct str token_text(struct values *values, struct str token)
{
    char *text = str_copy(values->arena, token.at, token.n);
    size_t n = 0;

    for (size_t i = 0; i < token.n; i++) {
        text[n] = token.at[i];
        if (token.at[i] == '~')
            text[n] = token.at[++i] == '1' ? '/' : '~';
        n++;
    }
    return (struct str){text, n};
}

bool values_add(struct values *values, const char *pointer, unsigned *slot,
                struct err *err)
{
    struct str text = str_of(pointer);
    struct str keyed = str_of(values->keyed);

    if (!pointer_is_valid(pointer))
        return err_set(err,
                       "'%s' is not a JSON pointer; write '/name' or '/outer/name'",
                       pointer);
    if (keyed.n > 0 && str_starts(text, keyed) && text.n > keyed.n + 1 &&
        text.at[keyed.n] == '/')
        return add_key(values,
                       token_text(values, (struct str){text.at + keyed.n + 1,
                                                       text.n - keyed.n - 1}),
                       slot, err);
    return add_pointer(values, pointer, slot, err);
}

bool values_compile(struct values *values, struct err *err)
{
    return scan_compile(values->arena, values->pointer, values->npointers,
                        &values->scan, err) &&
           (!values->has_array ||
            scan_compile(values->arena, element_pointers, ELEMENT_POINTERS,
                         &values->element, err));
}

struct str values_text(const struct span *value, char number[VALUES_NUMBER_BYTES])
{
    double parsed;

    switch (value->type) {
    case SPAN_STRING: return (struct str){value->at, value->n};
    case SPAN_TRUE: return STR("true");
    case SPAN_FALSE: return STR("false");
    case SPAN_NUMBER:
        if (!memchr(value->at, '.', value->n) && !memchr(value->at, 'e', value->n) &&
            !memchr(value->at, 'E', value->n))
            return (struct str){value->at, value->n};
        if (!str_to_double(value->at, value->n, &parsed))
            return STR("");
        return (struct str){number, str_from_double(parsed, number)};
    case SPAN_ABSENT:
    case SPAN_NULL:
    case SPAN_OBJECT:
    case SPAN_ARRAY: break;
    }
    return STR("");
}

static bool is_given(const struct span *value)
{
    return value->type != SPAN_ABSENT && value->type != SPAN_NULL;
}

/* The value belongs to element `key`; the first element of a name counts. */
static void take_element(struct values *values, struct str key,
                         const struct span *value)
{
    for (size_t i = 0; i < values->nkeys; i++) {
        struct span *to = &values->value[SCAN_POINTERS_MAX + i];

        if (str_equal(values->key[i], key) && !is_given(to))
            *to = *value;
    }
}

/* End of the JSON value at `at`, its brackets being balanced: the comma or bracket
 * behind it. */
static const char *value_end(const char *at, const char *end)
{
    size_t depth = 0;
    bool in_string = false;

    for (; at < end; at++) {
        if (in_string) {
            if (*at == '\\')
                at++;
            else if (*at == '"')
                in_string = false;
        } else if (*at == '"') {
            in_string = true;
        } else if (*at == '{' || *at == '[') {
            depth++;
        } else if (depth == 0 && (*at == ',' || *at == ']')) {
            return at;
        } else if (*at == '}' || *at == ']') {
            depth--;
        }
    }
    return end;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* False: an element needs jansson. */
static bool scan_elements(struct values *values, const struct span *array)
{
    const char *at = array->at + 1, *end = array->at + array->n - 1;

    while (at < end) {
        const char *from = at;
        struct span found[ELEMENT_POINTERS];
        size_t i = 1;

        at = value_end(at, end);
        while (from < at && is_space(*from))
            from++;
        if (from < at && *from == '{') {
            if (scan_line(values->element, from, (size_t)(at - from), found) != SCAN_OK)
                return false;
            while (i < ELEMENT_POINTERS - 1 && !is_given(&found[i]))
                i++;
            if (found[0].type == SPAN_STRING)
                take_element(values, (struct str){found[0].at, found[0].n}, &found[i]);
        }
        at++; // the comma
    }
    return true;
}

static struct span span_of(const json_t *value, char number[VALUES_NUMBER_BYTES])
{
    int n;

    if (!value)
        return (struct span){.type = SPAN_ABSENT};
    switch (json_typeof(value)) {
    case JSON_STRING:
        return (struct span){json_string_value(value), json_string_length(value),
                             SPAN_STRING};
    case JSON_INTEGER:
        n = snprintf(number, VALUES_NUMBER_BYTES, "%" JSON_INTEGER_FORMAT,
                     json_integer_value(value));
        return (struct span){number, (size_t)n, SPAN_NUMBER};
    case JSON_REAL:
        return (struct span){number, str_from_double(json_real_value(value), number),
                             SPAN_NUMBER};
    case JSON_TRUE: return (struct span){.type = SPAN_TRUE};
    case JSON_FALSE: return (struct span){.type = SPAN_FALSE};
    case JSON_OBJECT: return (struct span){.type = SPAN_OBJECT};
    case JSON_ARRAY: return (struct span){.type = SPAN_ARRAY};
    case JSON_NULL: break;
    }
    return (struct span){.type = SPAN_NULL};
}

/* The element's value into the slot of its key; `number` is that slot's. */
static void load_element(struct values *values, const json_t *element)
{
    const char *key = json_string_value(json_at(element, element_pointers[0]));

    for (size_t k = 0; key && k < values->nkeys; k++) {
        struct span *to = &values->value[SCAN_POINTERS_MAX + k];

        if (!str_equal(values->key[k], str_of(key)))
            continue;
        for (size_t i = 1; i < ELEMENT_POINTERS && !is_given(to); i++)
            *to = span_of(json_at(element, element_pointers[i]),
                          values->number[SCAN_POINTERS_MAX + k]);
    }
}

/* Brackets open at once, by bytes alone: the line may be no JSON at all. */
static size_t depth_of(struct str line)
{
    size_t depth = 0, most = 0;
    bool in_string = false;

    for (size_t i = 0; i < line.n; i++) {
        char c = line.at[i];

        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            most = ++depth > most ? depth : most;
        else if (!in_string && (c == '}' || c == ']') && depth > 0)
            depth--;
    }
    return most;
}

/* jansson's verdict, and its values. */
static bool load_line(struct values *values, struct str line,
                      enum reject_reason *reason)
{
    json_error_t error;
    const json_t *array;

    values->line = json_loadb(line.at, line.n, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(values->line)) {
        bool utf8 = !values->line && json_error_code(&error) == json_error_invalid_utf8;

        *reason = utf8 ? REJECT_UTF8 : REJECT_MALFORMED;
        return false;
    }
    for (size_t i = 0; i < values->npointers; i++)
        values->value[i] =
            span_of(json_at(values->line, values->pointer[i]), values->number[i]);
    array = values->has_array ? json_at(values->line, values->keyed) : NULL;
    for (size_t i = 0; i < json_array_size(array); i++)
        load_element(values, json_array_get(array, i));
    return true;
}

static void forget_elements(struct values *values)
{
    for (size_t i = 0; i < values->nkeys; i++)
        values->value[SCAN_POINTERS_MAX + i] = (struct span){.type = SPAN_ABSENT};
}

bool values_read(struct values *values, struct str line, enum reject_reason *reason)
{
    enum scan_result result = scan_line(values->scan, line.at, line.n, values->value);

    if (values->line)
        values_release(values);
    forget_elements(values);
    if (result == SCAN_OK &&
        (!values->has_array || values->value[values->array].type != SPAN_ARRAY ||
         scan_elements(values, &values->value[values->array])))
        return true;
    if (depth_of(line) > EVENT_DEPTH_MAX) {
        *reason = REJECT_TOO_DEEP;
        return false;
    }
    if (result == SCAN_MALFORMED) {
        *reason = REJECT_MALFORMED;
        return false;
    }
    forget_elements(values);
    if (!json_fits(line, EVENT_KEYS_MAX)) {
        *reason = REJECT_TOO_LONG;
        return false;
    }
    return load_line(values, line, reason);
}

const struct span *values_at(const struct values *values, unsigned slot)
{
    return &values->value[slot];
}

const struct span *values_all(const struct values *values)
{
    return values->value;
}
