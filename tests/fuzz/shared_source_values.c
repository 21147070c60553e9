/*
 * Fuzzes values of a line against jansson: what jansson accepts has the same texts
 * here, whichever way it was read; elements of a keyed array too.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/source_values.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { POINTERS = 5, PLAIN = 3 };

static const char *const pointers[POINTERS] = {"/a", "/b/0", "/c/d", "/p/x", "/p/y"};

/* What the pointer means in jansson's tree; the last two are keys of the array /p. */
static const json_t *wanted(const json_t *root, int pointer)
{
    static const char *const places[] = {"/value/string_value", "/value/int_value",
                                         "/value/float_value", "/value/double_value"};
    const json_t *array = json_at(root, "/p");

    if (pointer < PLAIN)
        return json_at(root, pointers[pointer]);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *element = json_array_get(array, i);
        const char *key = json_string_value(json_at(element, "/key"));

        for (int k = 0; key && strcmp(key, pointers[pointer] + 3) == 0 && k < 4; k++) {
            const json_t *value = json_at(element, places[k]);

            if (value && !json_is_null(value))
                return value;
        }
    }
    return NULL;
}

static void compare(const struct values *values, unsigned slot, const json_t *want)
{
    char number[VALUES_NUMBER_BYTES];
    struct str text = values_text(values_at(values, slot), number);
    double got;

    if (json_is_string(want))
        assert(str_equal(text, (struct str){json_string_value(want),
                                            json_string_length(want)}));
    else if (json_is_number(want) && text.n > 0)
        assert(str_to_double(text.at, text.n, &got) && got == json_number_value(want));
    else if (json_is_boolean(want))
        assert(str_equal(text, str_of(json_is_true(want) ? "true" : "false")));
    else
        assert(text.n == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    static struct values *values;
    static unsigned slot[POINTERS];
    const char *line = (const char *)data;
    enum reject_reason reason;
    struct err err;
    json_t *root;

    if (!values) {
        arena_init(&arena, 64 * MIB);
        values = values_new(&arena, "/p");
        for (int i = 0; i < POINTERS; i++)
            if (!values_add(values, pointers[i], &slot[i], &err))
                return 0;
        if (!values_compile(values, &err))
            return 0;
    }
    root = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
    if (values_read(values, (struct str){line, size}, &reason)) {
        for (int i = 0; json_is_object(root) && i < POINTERS; i++)
            compare(values, slot[i], wanted(root, i));
    } else {
        assert(!json_is_object(root) || reason == REJECT_TOO_DEEP);
    }
    values_release(values);
    json_decref(root);
    return 0;
}
