/*
 * FNV-1a of 64 bits (Fowler, Noll, Vo, draft-eastlake-fnv-21): what state, history
 * and reports keep. Not a defence against anybody. Pure.
 */
#ifndef SHARED_FNV_H
#define SHARED_FNV_H

#include <stdint.h>

#include "shared/str.h"

#define FNV_START UINT64_C(0xcbf29ce484222325) /* of the empty text */

/* Goes on from the hash of what stands before `text`. */
static inline uint64_t fnv_add(uint64_t hash, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static inline uint64_t fnv(struct str text)
{
    return fnv_add(FNV_START, text);
}

#endif
