/*
 * Three-way merges of state (run-all.md 8), pure: base, one side, the other. Symmetric:
 * the sides may change places. Counts are never added: what both changed is taken whole
 * from the later side, so that weights still sum.
 */
#ifndef SHARED_MERGE_H
#define SHARED_MERGE_H

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

/* Documents of one tool; `base` may be NULL. The caller owns `*merged`. */
MUST_USE bool merge_documents(const json_t *base, const json_t *a, const json_t *b,
                              json_t **merged, struct err *err);

/* History: groups of rows equal in the columns up to `day`, or in the first where there
 * is none. `base` may be empty. Headers must be equal. */
MUST_USE bool merge_history(struct str base, struct str a, struct str b,
                            struct buf *merged, struct err *err);

/* Where judging stands on one day: whole from the side of the later day. Of both it
 * would be of two days, which no tool reads. */
MUST_USE bool merge_checkpoint(struct str a, struct str b, struct arena *arena,
                               struct str *merged, struct err *err);

/* The catch log: the union by day and finding; a verdict beats `?`. */
MUST_USE bool merge_catches(struct str a, struct str b, struct buf *merged,
                            struct err *err);

#endif
