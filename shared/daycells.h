/*
 * Days of several sources put together. Rows of files are counted together
 * (shared/daycount.h): a session that two of them have is one unit. What an engine
 * counted is added to that: its units are its own. Pure.
 */
#ifndef SHARED_DAYCELLS_H
#define SHARED_DAYCELLS_H

#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/daycount.h"

/* Adds the counts of `from`, a day of the same `ncounted`, to `to`. New texts are
 * borrowed from `from`, new lists are in the arena. Of the dimension of errors all
 * values are exposed to what the site is. */
void day_cells_add(struct day_cells *to, const struct day_cells *from, size_t ncounted,
                   struct arena *arena);

/* The dimensions, bit each, that have more different values than `most` over the `n`
 * days; they and those in `over` are emptied on every day. */
uint32_t day_cells_cap(struct day_cells *days, size_t n,
                       const uint32_t most[DIMENSION_COUNT], uint32_t over,
                       struct arena *arena);

#endif
