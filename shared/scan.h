/*
 * The lazy field scanner: finds up to 32 JSON pointers in one line of JSON without
 * building a tree. It walks strings and nesting only; a value whose key cannot be on a
 * wanted path is skipped whole.
 *
 * Promise: on every line that jansson accepts (JSON_REJECT_DUPLICATES) the values are
 * jansson's; a line that jansson refuses is refused too, except for faults inside
 * skipped values. SCAN_SUSPICIOUS means: let jansson decide this line (escape or odd
 * number in a wanted value, escaped or repeated key on a wanted path, control byte in a
 * string, another type than asked).
 */
#ifndef SHARED_SCAN_H
#define SHARED_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/err.h"

enum { SCAN_POINTERS_MAX = 32, SCAN_DEPTH_MAX = 64 };

enum scan_result { SCAN_OK, SCAN_SUSPICIOUS, SCAN_MALFORMED };

enum span_type {
    SPAN_ABSENT,
    SPAN_STRING, /* at/n: the bytes between the quotes, no escape in them */
    SPAN_NUMBER, /* the literal, of JSON grammar */
    SPAN_TRUE,
    SPAN_FALSE,
    SPAN_NULL,
    SPAN_OBJECT, /* with its braces; not looked into */
    SPAN_ARRAY,
};

struct span {
    const char *at;
    size_t n;
    enum span_type type;
};

struct scan; /* compiled pointers; lives in the arena */
struct arena;

/* RFC 6901 pointers, at most SCAN_POINTERS_MAX, none a prefix of another, array
 * elements by index. */
MUST_USE bool scan_compile(struct arena *arena, const char *const pointers[], size_t n,
                           struct scan **scan, struct err *err);

/* One line without its newline. `out` has as many places as there are pointers; set on
 * SCAN_OK only. */
enum scan_result scan_line(const struct scan *scan, const char *line, size_t n,
                           struct span out[]);

/* The same without vector instructions; always built, tested equal. */
enum scan_result scan_line_scalar(const struct scan *scan, const char *line, size_t n,
                                  struct span out[]);

#endif
