/*
 * Between shared/daycount.c, which keeps records, and shared/daycount_walk.c, which
 * counts them. Nobody else's.
 */
#ifndef SHARED_DAYCOUNT_INTERNAL_H
#define SHARED_DAYCOUNT_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/daycount.h"
#include "shared/str.h"

/* A row as it is kept: 48 bytes. A value is a number within its dimension, 0 for none.
 */
struct record {
    uint64_t unit;
    uint64_t id;
    int64_t time_ms;
    uint64_t predicates; /* bit 1 << index: the row matches it */
    uint32_t page;
    uint32_t error;
    uint16_t browser, release, device;
    uint16_t kinds; /* bit 1 << enum kind, and RECORD_OF_USER */
};

enum {
    RECORD_OF_USER = 1 << 15,
};

_Static_assert(sizeof(struct record) == 48,
               "what the caps of scratch are reckoned with");
_Static_assert(KIND_COUNT <= 15, "kinds share 16 bits with RECORD_OF_USER");

/* The values of one dimension in byte order: value v of a record is text[v - 1]. */
struct value_list {
    struct str *text;
    uint32_t n;
};

struct walk;

/* `lists`: DIMENSION_COUNT of them, DIMENSION_SITE with one value. The days go to
 * `arena`, what is only needed on the way to `memory`. */
struct walk *walk_new(const struct daycount_plan *plan, const struct value_list *lists,
                      struct arena *arena, struct arena *memory);

/* Counts all records of a set of units, each unit whole. Sorts them in place. */
void walk_records(struct walk *walk, struct record *records, size_t n);

/* One entry for each of the plan's days. Once, at the end. */
struct day_cells *walk_days(struct walk *walk);

#endif
