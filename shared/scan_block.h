/*
 * 64 bytes of JSON at a time as bit masks, bit i for byte i: the only part of
 * shared/scan.c that differs between processors. The vector form needs nothing beyond
 * what every x86-64 (SSE2) and aarch64 (NEON) has.
 */
#ifndef SHARED_SCAN_BLOCK_H
#define SHARED_SCAN_BLOCK_H

#include <stdint.h>

#if defined(__SSE2__)
#    include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#    include <arm_neon.h>
#endif

enum { BLOCK_BYTES = 64 };

struct block {
    uint64_t quotes;      /* " */
    uint64_t backslashes; /* \ */
    uint64_t brackets;    /* { } [ ] */
    uint64_t controls;    /* below 0x20 */
    uint64_t high;        /* above 0x7F */
};

static inline void block_classify_scalar(const char *at, struct block *block)
{
    *block = (struct block){0};
    for (unsigned i = 0; i < BLOCK_BYTES; i++) {
        unsigned char c = (unsigned char)at[i];
        uint64_t bit = (uint64_t)1 << i;

        if (c == '"')
            block->quotes |= bit;
        else if (c == '\\')
            block->backslashes |= bit;
        else if (c == '{' || c == '}' || c == '[' || c == ']')
            block->brackets |= bit;
        else if (c < 0x20)
            block->controls |= bit;
        else if (c > 0x7F)
            block->high |= bit;
    }
}

#if defined(__SSE2__)

static inline uint64_t block_mask16(__m128i hits)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(hits);
}

/* One bit a byte of 64 that equals `c`. */
static inline uint64_t block_equal(const __m128i bytes[4], char c)
{
    __m128i same = _mm_set1_epi8(c);

    return block_mask16(_mm_cmpeq_epi8(bytes[0], same)) |
           block_mask16(_mm_cmpeq_epi8(bytes[1], same)) << 16 |
           block_mask16(_mm_cmpeq_epi8(bytes[2], same)) << 32 |
           block_mask16(_mm_cmpeq_epi8(bytes[3], same)) << 48;
}

/* 0x20 is all that lies between [ ] and { }. */
static inline uint64_t block_brackets16(__m128i bytes)
{
    __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));

    return block_mask16(_mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')),
                                     _mm_cmpeq_epi8(folded, _mm_set1_epi8('}'))));
}

/* The top bit of each byte below 0x20: as signed numbers, and so those above 0x7F too.
 * A comparison would be two: gcc 12 makes it "not above 0x1F". */
static inline __m128i block_below16(__m128i bytes)
{
    return _mm_subs_epi8(bytes, _mm_set1_epi8(0x20));
}

/* The top bit of each byte that is a backslash or below 0x20. */
static inline __m128i block_odd16(__m128i bytes)
{
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')),
                        block_below16(bytes));
}

static inline void block_classify_vector(const char *at, struct block *block)
{
    const __m128i *from = (const __m128i *)(const void *)at;
    __m128i bytes[4] = {_mm_loadu_si128(from), _mm_loadu_si128(from + 1),
                        _mm_loadu_si128(from + 2), _mm_loadu_si128(from + 3)};
    __m128i odd =
        _mm_or_si128(_mm_or_si128(block_odd16(bytes[0]), block_odd16(bytes[1])),
                     _mm_or_si128(block_odd16(bytes[2]), block_odd16(bytes[3])));

    *block = (struct block){0};
    block->quotes = block_equal(bytes, '"');
    block->brackets = block_brackets16(bytes[0]) | block_brackets16(bytes[1]) << 16 |
                      block_brackets16(bytes[2]) << 32 |
                      block_brackets16(bytes[3]) << 48;
    if (block_mask16(odd) == 0) // most blocks
        return;
    block->backslashes = block_equal(bytes, '\\');
    block->high = block_mask16(bytes[0]) | block_mask16(bytes[1]) << 16 |
                  block_mask16(bytes[2]) << 32 | block_mask16(bytes[3]) << 48;
    block->controls = (block_mask16(block_below16(bytes[0])) |
                       block_mask16(block_below16(bytes[1])) << 16 |
                       block_mask16(block_below16(bytes[2])) << 32 |
                       block_mask16(block_below16(bytes[3])) << 48) &
                      ~block->high;
}

#elif defined(__aarch64__) && defined(__ARM_NEON)

// One bit a byte: each byte keeps the bit of its place among eight, and pairwise sums
// gather them.
static inline uint64_t block_mask64(const uint8x16_t hits[4])
{
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                       1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t place = vld1q_u8(places);
    uint8x16_t low = vpaddq_u8(vandq_u8(hits[0], place), vandq_u8(hits[1], place));
    uint8x16_t top = vpaddq_u8(vandq_u8(hits[2], place), vandq_u8(hits[3], place));
    uint8x16_t sums = vpaddq_u8(low, top);

    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}

static inline void block_classify_vector(const char *at, struct block *block)
{
    uint8x16_t quotes[4], backslashes[4], brackets[4], controls[4], high[4];

    for (int i = 0; i < 4; i++) {
        uint8x16_t bytes = vld1q_u8((const uint8_t *)at + 16 * i);
        uint8x16_t folded = vorrq_u8(bytes, vdupq_n_u8(0x20));

        quotes[i] = vceqq_u8(bytes, vdupq_n_u8('"'));
        backslashes[i] = vceqq_u8(bytes, vdupq_n_u8('\\'));
        brackets[i] = vorrq_u8(vceqq_u8(folded, vdupq_n_u8('{')),
                               vceqq_u8(folded, vdupq_n_u8('}')));
        controls[i] = vcltq_u8(bytes, vdupq_n_u8(0x20));
        high[i] = vcgtq_u8(bytes, vdupq_n_u8(0x7F));
    }
    block->quotes = block_mask64(quotes);
    block->backslashes = block_mask64(backslashes);
    block->brackets = block_mask64(brackets);
    block->controls = block_mask64(controls);
    block->high = block_mask64(high);
}

#else

static inline void block_classify_vector(const char *at, struct block *block)
{
    block_classify_scalar(at, block);
}

#endif

#endif
