/*
 * A JSON Schema validator (draft 2020-12) for the keywords that
 * shared/rounds.schema.json uses, which also fills in defaults. Not a general one: a
 * keyword that is not listed is not looked at.
 *
 *     $ref (to #/$defs/NAME), type, enum, minimum with maximum, minLength, maxLength
 * (characters), pattern, format (date), properties, required, additionalProperties,
 * propertyNames, maxProperties, default, items, minItems, maxItems, uniqueItems, if
 * with then and else
 *
 * patternProperties is there for other validators: it allows the comments (keys
 * beginning with two slashes) that the caller has taken out before. A pattern is for
 * the whole text. patternErrorMessage, which editors know too, is the text for a value
 * that does not match `pattern`: "an http or https address".
 */
#ifndef SHARED_SCHEMA_H
#define SHARED_SCHEMA_H

#include <stdbool.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"

/* Where and what: the first fault in document order, a missing key after the keys that
 * are there. */
struct schema_fault {
    const char *pointer; /* JSON pointer, in the arena; "" is the whole document */
    struct err what;     /* "is 0, allowed 1 to 1000000" */
};

/* Checks `value` against the schema's root and adds the defaults of missing keys to its
 * objects. On failure some may have been added. The schema itself is trusted: a fault
 * in it is an assertion. */
MUST_USE bool schema_apply(const json_t *schema, json_t *value, struct arena *arena,
                           struct schema_fault *fault);

#endif
