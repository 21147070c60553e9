/* SipHash-2-4 under one fixed key: same text, same 64 bits, on every machine. The key
 * is no secret. */
#include "shared/hash.h"

#include "shared/banned.h"

/* Written in the source so that two runs agree. "rounds: unit key" in ASCII. */
static const uint8_t own_key[16] = {'r', 'o', 'u', 'n', 'd', 's', ':', ' ',
                                    'u', 'n', 'i', 't', ' ', 'k', 'e', 'y'};

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotated(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotated(s->v1, 13) ^ s->v0;
    s->v3 = rotated(s->v3, 16) ^ s->v2;
    s->v0 = rotated(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v1 = rotated(s->v1, 17) ^ s->v2;
    s->v3 = rotated(s->v3, 21) ^ s->v0;
    s->v2 = rotated(s->v2, 32);
}

static inline void sip_word(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

/* Eight bytes, the first one lowest whatever the machine's own order: one load where
 * that is its order. */
static inline uint64_t word_of(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
           (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 |
           (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

/* The same of fewer. */
static inline uint64_t little_endian(const uint8_t *at, size_t n)
{
    uint64_t word = 0;

    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}

uint64_t hash_with_key(const void *at, size_t n, const uint8_t key[16])
{
    const uint8_t *bytes = at;
    uint64_t k0 = word_of(key);
    uint64_t k1 = word_of(key + 8);
    struct sip s = {k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU,
                    k0 ^ 0x6c7967656e657261U, k1 ^ 0x7465646279746573U};
    size_t whole = n / 8 * 8;
    uint64_t last = (uint64_t)n << 56; // the length's low byte tops the last word

    for (size_t i = 0; i < whole; i += 8)
        sip_word(&s, word_of(bytes + i));
    if (n > whole) // nothing is added to a NULL `at`
        last |= little_endian(bytes + whole, n - whole);
    sip_word(&s, last);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t hash_bytes(const void *at, size_t n)
{
    return hash_with_key(at, n, own_key);
}

uint64_t hash_mix(uint64_t a, uint64_t b)
{
    uint8_t both[16];

    for (int i = 0; i < 8; i++) {
        both[i] = (uint8_t)(a >> (8 * i));
        both[8 + i] = (uint8_t)(b >> (8 * i));
    }
    return hash_bytes(both, sizeof both);
}
