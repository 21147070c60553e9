/*
 * JSON from outside through jansson, the traps solved once: strict loading, positions
 * for messages, typed getters for what has been validated. Writing JSON is
 * shared/state.c's (canonical) and shared/report.c's.
 */
#ifndef SHARED_JSON_H
#define SHARED_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

/* Loads one JSON object. `name` is the file's name for messages. Refused, each with
 * `name:line`: empty; conflict markers (<<<<<<< ======= >>>>>>> at a line's start,
 * tested before JSON; the remedy says to take one side and run again); a byte-order
 * mark; bad UTF-8; nesting over `depth`; duplicate keys; NUL in a key; integers beyond
 * int64, 1e999, NaN; anything after the object; more than `most` object members in all,
 * or more than `most` values in lists. `*json` is the caller's: OWN(json). Unchanged on
 * failure. */
MUST_USE bool json_load_strict(struct str bytes, const char *name, size_t depth,
                               size_t most, json_t **json, struct err *err);

/* The same of a file that is one JSON array. */
MUST_USE bool json_load_list(struct str bytes, const char *name, size_t depth,
                             size_t most, json_t **json, struct err *err);

/* Whether there are at most `most` object members and at most as many values in lists,
 * before jansson makes a tree of them: two bytes, {}, cost it 230. A list or object
 * that is empty may count once more. Of what is no JSON: up to the first fault. */
bool json_fits(struct str bytes, size_t most);

/* Whether the bytes stop before the document does, or there are none: what may come of
 * an answer that ends with its connection, when that breaks. */
bool json_ends_early(struct str bytes);

/* Line (from 1) where the value of JSON pointer `pointer` starts in `bytes`; where the
 * pointer leaves the document, the line of the deepest value on its way. `bytes` was
 * accepted by json_load_strict. */
size_t json_line(struct str bytes, const char *pointer);

/* Line (from 1) of the first number with a fraction or an exponent, 0 when there is
 * none. `bytes` was accepted by json_load_strict. */
size_t json_line_of_real(struct str bytes);

/* Value at a JSON pointer (RFC 6901), borrowed; NULL when there is none. */
json_t *json_at(const json_t *root, const char *pointer);

/* Members of an object. The object has been validated: a missing or null member gives
 * `otherwise`, a wrong type is an assertion. Strings are borrowed from the object. */
const char *json_text(const json_t *object, const char *key, const char *otherwise);
int64_t json_int(const json_t *object, const char *key, int64_t otherwise);
double json_number(const json_t *object, const char *key, double otherwise);
bool json_bool(const json_t *object, const char *key, bool otherwise);

/* Members of an object that has not been validated (state, run reports): false with the
 * pointer named. */
MUST_USE bool json_need_text(const json_t *object, const char *key, const char **value,
                             struct err *err);
MUST_USE bool json_need_int(const json_t *object, const char *key, int64_t *value,
                            struct err *err);

/* Keys of an object in byte order, borrowed, in the arena. */
const char **json_keys(struct arena *arena, const json_t *object, size_t *n);

/* Setters that cannot fail quietly: jansson's setters drop a value that is NULL or out
 * of memory. These exit through the arena's message when memory is out. They steal
 * `value`. */
void json_put(json_t *object, const char *key, json_t *value);
void json_push(json_t *array, json_t *value);

#endif
