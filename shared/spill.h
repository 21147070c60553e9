/*
 * Records of one size in 64 partitions by the highest bits of a 64-bit hash: in memory
 * up to a cap, then in unnamed scratch files, so that what belongs together can be
 * worked on one partition at a time. The order within a partition is no promise: sort.
 *
 *     spill_open     the scratch files in a folder: before confinement
 *     spill_start    forgets what was added
 *     spill_add      room for one record, to be filled before the next call
 *     spill_settle   once, when all were added; then
 *     spill_each     hands over partition after partition
 *     spill_close
 */
#ifndef SHARED_SPILL_H
#define SHARED_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"

enum {
    SPILL_BITS = 6, /* the hash's highest bits name the partition */
    SPILL_FILES = 1 << SPILL_BITS,
    SPILL_PARTITION_BYTES = 48 << 20, /* the most one may have: it is loaded whole */
};

struct spill;

/* `record_bytes` <= 1024, a multiple of 8; `memory_bytes` at least 1 MiB or so, taken
 * when the first record comes. The files are unnamed and go with the process. */
MUST_USE bool spill_open(const char *folder, size_t record_bytes, size_t memory_bytes,
                         struct arena *arena, struct spill **spill, struct err *err);
void spill_close(struct spill *spill); /* NULL allowed */

void spill_start(struct spill *spill);

/* Room for a record of this hash, aligned to 8 bytes; NULL with the error set. `*full`
 * then tells full scratch, and a partition at its most, from other errors. */
MUST_USE void *spill_add(struct spill *spill, uint64_t hash, bool *full,
                         struct err *err);

/* Gives the memory of records back when there are any on file: what comes next may need
 * the room. */
void spill_settle(struct spill *spill);

/* Each partition once, also those without a record. What `take` does with the records
 * is gone afterwards. */
MUST_USE bool spill_each(struct spill *spill,
                         void (*take)(void *context, void *records, size_t n),
                         void *context, struct err *err);

#endif
