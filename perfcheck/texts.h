/*
 * Texts kept once under their 64-bit FNV-1a hash: item keys of audits and URLs of
 * requests are met in every run, and what names them is the same each time.
 */
#ifndef PERFCHECK_TEXTS_H
#define PERFCHECK_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/fnv.h"
#include "shared/str.h"

void hash_sort(uint64_t *hash, size_t n);
/* Sorts hashes and drops repeated ones: a set. How many are left. */
size_t hash_set(uint64_t *hash, size_t n);
bool hash_set_has(const uint64_t *hash, size_t n, uint64_t wanted);

struct texts {
    struct text_slot *slot; /* open addressing; capacity a power of 2 */
    size_t n, capacity;
};

/* Keeps `text` under the hash of `key`, which is returned; of two texts for one key the
 * first in byte order is kept, so that the order of files does not matter. */
uint64_t texts_keep(struct texts *texts, struct str key, struct str text,
                    struct arena *arena);
/* "" when nothing is kept under it. */
const char *texts_find(const struct texts *texts, uint64_t hash);

/* The one copy of a text: equal texts give the same pointer. In a table of its own. */
const char *texts_intern(struct texts *texts, struct str text, struct arena *arena);

#endif
