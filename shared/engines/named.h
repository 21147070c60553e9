/*
 * Products that count the units of the site by the names of events, and by nothing
 * else: which names a count asks for, so that each set of them is asked for once, and a
 * day's cells from the answers. Asks nobody.
 *
 *     named_open             the names of each kind
 *     named_can_count        for each count of the plan
 *     named->set             from then on: what to ask of each day
 *     named_cells            a day's cells of the answers
 */
#ifndef SHARED_ENGINES_NAMED_H
#define SHARED_ENGINES_NAMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/engine.h"

enum { NAMED_SETS_MAX = 2 * COUNTED_MAX + KIND_COUNT };

/* Units with an event of any of the names; in byte order, once each. */
struct named_set {
    struct str *name;
    size_t n; /* 0: all units */
};

/* What tells a product's names apart from another's. */
struct named_rules {
    const char *all; /* the name of a page view, which stands for all units */
    const char
        *preset; /* whose names of kinds are the product's own; NULL: it has none */
    const char *others; /* what a name may hold beside letters, digits and what is not
                           ASCII; NULL: anything */
};

struct named {
    const struct named_rules *rules;
    const struct config *config;
    const char *source;
    struct arena *arena;
    bool has_kind[KIND_COUNT];
    struct named_set kind[KIND_COUNT];
    struct named_set set[NAMED_SETS_MAX]; /* asked for; none of them is all */
    size_t nsets;
};

/* Adds the names of the key `events` to the product's own. */
MUST_USE bool named_open(struct named *named, const struct named_rules *rules,
                         const struct config *config, const char *source,
                         struct arena *arena, struct err *err);

/* Bit 1 << kind of those that have a name. */
uint32_t named_kinds(const struct named *named);

/* As struct engine's can_count. */
MUST_USE bool named_can_count(struct named *named, const struct daycount_plan *plan,
                              size_t index, bool *can, struct err *err);

/* `count`: units of each of named->set. A part of the exposed is no more than they are:
 * of two answers nobody can say who was in both. */
void named_cells(const struct named *named, const struct cells_wanted *wanted,
                 int64_t units, const int64_t *count, struct arena *arena,
                 struct day_cells *cells);

#endif
