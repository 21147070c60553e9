/*
 * SipHash-2-4 with a fixed key (Aumasson and Bernstein 2012): units and event ids
 * become 64 bits that never leave memory. Not a secret, so not a defence; 64-bit
 * collisions are accepted (docs/method.md).
 */
#ifndef SHARED_HASH_H
#define SHARED_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *at, size_t n);
uint64_t hash_with_key(const void *at, size_t n,
                       const uint8_t key[16]); /* for the published test vectors */
uint64_t hash_mix(uint64_t a, uint64_t b);     /* of two hashes, in order */

#endif
