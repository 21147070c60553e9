/* Any bytes as one audit of a report: no crash, and of what jansson takes too, the
 * score, the value, the number of items and the rows are jansson's. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

/* Our numbers are shorter than 64 bytes; jansson's are not. */
static size_t input_size;

static void look_at_number(const json_t *value, struct reading reading)
{
    if (json_is_number(value) && reading.type == READING_OTHER) {
        assert(input_size >= 64);
    } else if (json_is_number(value)) {
        assert(reading.type == READING_NUMBER);
        assert(reading.value == json_number_value(value));
    } else {
        assert(reading.type == (value ? READING_OTHER : READING_ABSENT));
    }
}

static void look_at_items(const json_t *items, const struct assert_audit *audit)
{
    const json_t *item;
    size_t i, row = 0;

    assert(audit->has_items == json_is_array(items));
    assert(audit->nitems == json_array_size(items));
    json_array_foreach(items, i, item)
    {
        const char *name = json_string_value(json_object_get(item, "name"));

        if (!json_is_object(item))
            continue;
        assert(row < audit->nrows);
        look_at_number(json_object_get(item, "size"), audit->row[row].size);
        look_at_number(json_object_get(item, "duration"), audit->row[row].duration);
        assert(audit->row[row].has_name == (name != NULL));
        row++;
    }
    assert(row == audit->nrows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct span whole = {(const char *)data, size, SPAN_OBJECT};
    struct assert_audit audit, again;
    struct err err = {0};
    json_error_t why;
    OWN(json)
    json = json_loadb((const char *)data, size,
                      JSON_DECODE_INT_AS_REAL | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                      &why);

    if (size == 0 || data[0] != '{')
        return 0;
    input_size = size;
    arena_init(&arena, ARENA_BYTES_MAX);
    if (assert_audit_read(whole, true, NULL, &arena, &audit, &err)) {
        assert(assert_audit_read(whole, true, &audit, &arena, &again, &err));
        assert(strcmp(audit.title, again.title) == 0);
        assert(audit.nrows == again.nrows && audit.nitems == again.nitems);
    } else {
        assert(err.text[0] != '\0');
    }
    if (json && !err.text[0]) {
        look_at_number(json_object_get(json, "score"), audit.score);
        look_at_number(json_object_get(json, "numericValue"), audit.value);
        look_at_items(json_object_get(json_object_get(json, "details"), "items"),
                      &audit);
    }
    arena_release(&arena);
    return 0;
}
