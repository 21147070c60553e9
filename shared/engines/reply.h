/*
 * Replies of hosted APIs, which are bytes from outside: loaded, and each value checked
 * before it is used. What is wrong is said with its JSON pointer: "/results/0/metrics/0
 * is a string, expected a number". Pure; asks nobody.
 *
 *     OWN(json) root = NULL;
 *     if (!reply_load(body, REPLY_KEYS_MAX, &root, err) ||
 *         !reply_list(root, "results", "/results", &results, err))
 *         return false;
 */
#ifndef SHARED_ENGINES_REPLY_H
#define SHARED_ENGINES_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/limits.h"
#include "shared/str.h"

#define REPLY_BYTES_MAX (8 * MIB) /* a page */

enum {
    REPLY_PAGES_MAX = 10000, /* of one question */
    REPLY_KEYS_MAX = 100000, /* of a page of up to 10,000 rows */
};

/* Fields of replies that nobody here knows: ignored, but named once. */
enum { REPLY_NOTES_MAX = 8 };

struct reply_notes {
    struct arena *arena;
    const char *who; /* before each: "source 'events'" */
    const char *text[REPLY_NOTES_MAX];
    size_t n;
};

/* At most `most` members, and values in lists. `*json` is the caller's: OWN(json). A
 * body that stops early is told by the row it stops in, counted from 1 in the list it
 * stops in. */
MUST_USE bool reply_load(struct str body, size_t most, json_t **json, struct err *err);

/* "POINTER is a string, expected a number". NULL: it "is missing". Always false. */
bool reply_drift(const json_t *value, const char *expected, struct err *err,
                 const char *pointer, ...) PRINTF_LIKE(4, 5);

/* Members that have to be there, borrowed; `pointer` is the member's own. */
MUST_USE bool reply_list(const json_t *object, const char *key, const char *pointer,
                         const json_t **list, struct err *err);
MUST_USE bool reply_object(const json_t *object, const char *key, const char *pointer,
                           const json_t **member, struct err *err);
MUST_USE bool reply_text(const json_t *object, const char *key, const char *pointer,
                         struct str *text, struct err *err);
MUST_USE bool reply_count(const json_t *object, const char *key, const char *pointer,
                          int64_t *count, struct err *err);
/* One that need not be there: `*value` stays then. */
MUST_USE bool reply_flag(const json_t *object, const char *key, const char *pointer,
                         bool *value, struct err *err);

/* A whole number, 0 or more. */
bool reply_is_count(const json_t *value, int64_t *count);

/* A text's bytes, copied. */
struct str reply_copy(const json_t *text, struct arena *arena);

/* Notes the members of `object`, which is at `pointer` ("" for the whole), that are not
 * in `known`, which NULL ends. */
void reply_note(struct reply_notes *notes, const json_t *object, const char *pointer,
                const char *const *known);
/* One note more, if it is not there yet. */
void reply_say(struct reply_notes *notes, const char *text);

#endif
