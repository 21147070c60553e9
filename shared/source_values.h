/*
 * The values of up to 32 JSON pointers in one line: by the scanner, and by jansson
 * where the scanner is not sure. Also arrays of {key, value: {string_value, ...}}
 * looked up by key, as GA4 exports event parameters.
 *
 *     values = values_new(arena, "/event_params");     NULL: no such array
 *     values_add(values, pointer, &slot, err)          for each; the same pointer has
 * the same slot values_compile(values, err) values_read(values, line, &reason) for each
 * line; then values_at(values, slot) values_release(values)
 */
#ifndef SHARED_SOURCE_VALUES_H
#define SHARED_SOURCE_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/scan.h"
#include "shared/source.h"
#include "shared/str.h"

struct values;

/* `keyed` is the pointer of an array to look up by key: "KEYED/name" then means the
 * element whose `key` is name. */
struct values *values_new(struct arena *arena, const char *keyed);
void values_release(struct values *values); /* NULL allowed */

MUST_USE bool values_add(struct values *values, const char *pointer, unsigned *slot,
                         struct err *err);
MUST_USE bool values_compile(struct values *values, struct err *err);

/* False: `*reason` is malformed, too deep, or utf-8: of a value, or by jansson's
 * verdict of the line. Values are good until the next call. */
MUST_USE bool values_read(struct values *values, struct str line,
                          enum reject_reason *reason);
const struct span *values_at(const struct values *values, unsigned slot);
/* All of them, by slot. The place is the same for every line. */
const struct span *values_all(const struct values *values);

/* Text of a string, number or boolean; empty for the rest. Whole numbers as they are
 * written, others in the shortest form that reads back to the same double, so that both
 * ways of reading a line agree. */
enum { VALUES_NUMBER_BYTES = STR_NUMBER_BYTES };
struct str values_text(const struct span *value, char number[VALUES_NUMBER_BYTES]);

#endif
