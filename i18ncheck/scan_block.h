/*
 * 64 bytes of source code at a time as bit masks, bit i for byte i. The vector form
 * needs nothing beyond what every x86-64 has (SSE2); elsewhere a byte is looked at
 * after the other.
 */
#ifndef I18NCHECK_SCAN_BLOCK_H
#define I18NCHECK_SCAN_BLOCK_H

#include <stdint.h>

#if defined(__SSE2__)
#    include <emmintrin.h>
#endif

enum { CODE_BLOCK_BYTES = 64 };

struct code_block {
    uint64_t words; /* ASCII letters, digits, _ */
    uint64_t marks; /* " ' ` and what a name may begin with: $ . : < @ */
};

static inline void code_classify_plain(const char *at, struct code_block *block)
{
    *block = (struct code_block){0};
    for (unsigned i = 0; i < CODE_BLOCK_BYTES; i++) {
        char c = at[i], folded = (char)(c | 0x20);

        if ((folded >= 'a' && folded <= 'z') || (c >= '0' && c <= '9') || c == '_')
            block->words |= (uint64_t)1 << i;
        else if (c == '"' || c == '\'' || c == '`' || c == '$' || c == '.' ||
                 c == ':' || c == '<' || c == '@')
            block->marks |= (uint64_t)1 << i;
    }
}

#if defined(__SSE2__)

static inline __m128i code_between(__m128i bytes, char least, char most)
{
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(least - 1))),
                         _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(most + 1))));
}

static inline __m128i code_words(__m128i bytes)
{
    __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));

    return _mm_or_si128(_mm_or_si128(code_between(folded, 'a', 'z'),
                                     code_between(bytes, '0', '9')),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
}

static inline __m128i code_either(__m128i bytes, char a, char b)
{
    return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)));
}

static inline __m128i code_marks(__m128i bytes)
{
    return _mm_or_si128(_mm_or_si128(code_either(bytes, '"', '\''),
                                     code_either(bytes, '`', '$')),
                        _mm_or_si128(code_either(bytes, '.', ':'),
                                     code_either(bytes, '<', '@')));
}

static inline void code_classify_vector(const char *at, struct code_block *block)
{
    *block = (struct code_block){0};
    for (unsigned i = 0; i < CODE_BLOCK_BYTES; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at + i));

        block->words |= (uint64_t)(unsigned)_mm_movemask_epi8(code_words(bytes)) << i;
        block->marks |= (uint64_t)(unsigned)_mm_movemask_epi8(code_marks(bytes)) << i;
    }
}

#else

static inline void code_classify_vector(const char *at, struct code_block *block)
{
    code_classify_plain(at, block);
}

#endif

#endif
