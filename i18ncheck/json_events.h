/*
 * JSON of catalogs as a stream of events, without a tree: what jansson accepts, three
 * times as fast, with the line of every member (jansson knows no positions). Repeated
 * keys pass: who reads says what they mean.
 *
 *     struct json_events events;
 *     struct json_event event;
 *
 *     json_events_init(&events, bytes, arena);
 *     while (json_events_next(&events, &event))
 *         ... events.level[0 .. events.depth - 1].name is the path ...
 *     if (events.fault)
 *         ... in line events.line ...
 */
#ifndef I18NCHECK_JSON_EVENTS_H
#define I18NCHECK_JSON_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/str.h"

enum { JSON_EVENTS_DEPTH_MAX = 64 };

struct json_event {
    /* '{' an object or array begins, '}' one ends (the root is told of, too); else a
     * leaf: 's' text, 'n' number, 'b' boolean, 'z' null */
    char type;
    struct str text; /* decoded; of a number or word the literal; UTF-8 */
    size_t line;     /* of the member's key, of an element's value; '}': of the bracket
                      */
    size_t members;  /* '}': how many it had */
};

struct json_level {
    struct str name; /* of the member that is being read; "3" of an array's fourth */
    size_t line;     /* where that member begins */
    size_t n;        /* members begun */
    bool is_array;
};

struct json_events {
    const char *at, *end;
    size_t line;
    struct arena *arena;
    /* Objects and arrays that are open. Names of the path to a leaf are those of all
     * open levels; to one that begins or ends, of all but the innermost. */
    struct json_level level[JSON_EVENTS_DEPTH_MAX];
    size_t depth;
    bool has_begun;
    const char *fault; /* NULL: none */
};

/* `bytes` is UTF-8 without a byte-order mark, and outlives the events: texts without
 * escapes are views into it. The root has to be an object. */
void json_events_init(struct json_events *events, struct str bytes,
                      struct arena *arena);
/* False at the end and at a fault. */
bool json_events_next(struct json_events *events, struct json_event *event);

#endif
