/*
 * What differs between two states, fact by fact: what --dry-run shows.
 */
#ifndef SHARED_STATE_DIFF_H
#define SHARED_STATE_DIFF_H

#include <jansson.h>

#include "shared/arena.h"
#include "shared/str.h"

/* Adds a line a differing fact, in the order of JSON pointers: "- /pointer: old" and "+
 * /pointer: new". A fact is a scalar or an array of scalars. Nothing differs: nothing
 * is added. `before` may be NULL: there was no state. */
void state_diff(const json_t *before, const json_t *after, struct arena *arena,
                struct buf *out);

#endif
