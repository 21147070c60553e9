/*
 * A place in JSON text, and what lies ahead of it as bit masks, 64 bytes at a time: the
 * quotes that count and the brackets outside strings. What shared/scan.c and
 * shared/scan_members.c have in common; nobody else's.
 */
#ifndef SHARED_SCAN_CURSOR_H
#define SHARED_SCAN_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shared/scan.h"
#include "shared/scan_block.h"

/* Small, and its address never leaves the walk, so that it is kept in registers. */
struct scan_cursor {
    const char *line;
    size_t n;
    size_t at;       /* where the walk stands */
    size_t base;     /* of the block that the masks describe */
    uint64_t quotes; /* of that block: those that open or close a string */
};

/* What else is known of the cursor's block and of those before it. */
struct scan_masks {
    uint64_t brackets; /* outside strings */
    size_t odd_end;    /* past the last backslash or byte above 0x7F, 0: none */
    uint64_t inside;   /* all ones when a string was open at the end of the block */
    bool is_escaped;   /* the block ended within an escape */
    bool has_control;  /* a control byte was seen in a string */
    bool is_scalar;    /* the form without vector instructions */
};

// A backslash escapes the byte after it, which then escapes nothing itself.
static inline uint64_t escaped_bytes(uint64_t backslashes, bool *is_escaped)
{
    uint64_t escaped = *is_escaped;

    backslashes &= ~escaped;
    *is_escaped = false;
    while (backslashes) {
        uint64_t next = (backslashes & (~backslashes + 1)) << 1;

        escaped |= next;
        *is_escaped = next == 0;
        backslashes &= backslashes - 1;
        backslashes &= ~next;
    }
    return escaped;
}

// Bit i is the parity of the quotes up to and with i: set from an opening quote to
// before the closing one.
static inline uint64_t between_quotes(uint64_t quotes)
{
    quotes ^= quotes << 1;
    quotes ^= quotes << 2;
    quotes ^= quotes << 4;
    quotes ^= quotes << 8;
    quotes ^= quotes << 16;
    return quotes ^ quotes << 32;
}

// The masks of the 64 bytes that start at `base` of a text. Its quotes.
static inline uint64_t masks_take(struct scan_masks *masks, const struct block *block,
                                  size_t base)
{
    uint64_t quotes = block->quotes, strings;
    uint64_t odd = block->backslashes | block->high;

    if (block->backslashes || masks->is_escaped)
        quotes &= ~escaped_bytes(block->backslashes, &masks->is_escaped);
    strings = between_quotes(quotes) ^ masks->inside;
    masks->inside = 0 - (strings >> (BLOCK_BYTES - 1));
    masks->brackets = block->brackets & ~strings;
    masks->has_control |= (block->controls & strings) != 0;
    if (odd)
        masks->odd_end = base + BLOCK_BYTES - (size_t)__builtin_clzll(odd);
    return quotes;
}

// Neither is inlined: they run once in 64 bytes, and their registers are missed in the
// walk.
__attribute__((noinline)) static uint64_t masks_load_whole(struct scan_masks *masks,
                                                           const char *bytes,
                                                           size_t base)
{
    struct block block;

    block_classify_vector(bytes, &block);
    return masks_take(masks, &block, base);
}

// The last block, which may be shorter, or any without vector instructions.
__attribute__((noinline)) static uint64_t masks_load_rest(struct scan_masks *masks,
                                                          const char *bytes, size_t n,
                                                          size_t base)
{
    char padded[BLOCK_BYTES];
    struct block block;

    memset(padded, ' ', sizeof padded); // never read past the line
    memcpy(padded, bytes, n);
    if (!masks->is_scalar)
        return masks_load_whole(masks, padded, base);
    block_classify_scalar(padded, &block);
    return masks_take(masks, &block, base);
}

// `bytes`: of which `left` are the text's, from `base` on. Its quotes.
static inline uint64_t masks_load(struct scan_masks *masks, const char *bytes,
                                  size_t left, size_t base)
{
    if (left < BLOCK_BYTES || masks->is_scalar)
        return masks_load_rest(masks, bytes, left < BLOCK_BYTES ? left : BLOCK_BYTES,
                               base);
    return masks_load_whole(masks, bytes, base);
}

// n >= 1.
static inline struct scan_cursor cursor_new(const char *line, size_t n,
                                            struct scan_masks *masks)
{
    return (struct scan_cursor){.line = line,
                                .n = n,
                                .quotes = masks_load(masks, line, n, 0)};
}

// To the next block.
static inline bool cursor_advance(struct scan_cursor *cursor, struct scan_masks *masks)
{
    if (cursor->n - cursor->base <= BLOCK_BYTES)
        return false;
    cursor->base += BLOCK_BYTES;
    if (cursor->at < cursor->base)
        cursor->at = cursor->base;
    cursor->quotes = masks_load(masks, cursor->line + cursor->base,
                                cursor->n - cursor->base, cursor->base);
    return true;
}

// The bits of `mask` from the cursor on; 0 when the cursor is past the block.
static inline uint64_t bits_ahead(const struct scan_cursor *cursor, uint64_t mask)
{
    size_t passed = cursor->at - cursor->base;

    return passed < BLOCK_BYTES ? mask >> passed : 0;
}

// Moves to the next quote that counts. False when the line has none.
static inline bool cursor_seek_quote(struct scan_cursor *cursor,
                                     struct scan_masks *masks)
{
    uint64_t ahead;

    while ((ahead = bits_ahead(cursor, cursor->quotes)) == 0)
        if (!cursor_advance(cursor, masks))
            return false;
    cursor->at += (unsigned)__builtin_ctzll(ahead);
    return true;
}

// Likewise to the next bracket outside strings.
static inline bool cursor_seek_bracket(struct scan_cursor *cursor,
                                       struct scan_masks *masks)
{
    uint64_t ahead;

    while ((ahead = bits_ahead(cursor, masks->brackets)) == 0)
        if (!cursor_advance(cursor, masks))
            return false;
    cursor->at += (unsigned)__builtin_ctzll(ahead);
    return true;
}

static inline bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The next byte that is not white space; at the end NUL, which nobody expects.
static inline char cursor_peek(struct scan_cursor *cursor)
{
    while (cursor->at < cursor->n) {
        char c = cursor->line[cursor->at];

        if (c > ' ' || !is_space(c))
            return c;
        cursor->at++;
    }
    return '\0';
}

// Whether `two` are the next bytes.
static inline bool cursor_meets(const struct scan_cursor *cursor, const char two[2])
{
    return cursor->n - cursor->at >= 2 &&
           memcmp(cursor->line + cursor->at, two, 2) == 0;
}

static inline bool is_scalar_byte(char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) // nearly all of them
        return true;
    return c > ' ' && c != ',' && c != '}' && c != ']' && c != '"' && c != ':' &&
           c != '{' && c != '[';
}

/* true, false or null. */
static inline bool scalar_is_word(const char *at, size_t n, enum span_type *type)
{
    if (n == 4 && memcmp(at, "true", 4) == 0)
        *type = SPAN_TRUE;
    else if (n == 5 && memcmp(at, "false", 5) == 0)
        *type = SPAN_FALSE;
    else if (n == 4 && memcmp(at, "null", 4) == 0)
        *type = SPAN_NULL;
    else
        return false;
    return true;
}

static inline size_t pass_digits(const char *at, size_t n, size_t from)
{
    while (from < n && at[from] >= '0' && at[from] <= '9')
        from++;
    return from;
}

/* JSON's grammar of a number; n >= 1. */
static inline bool scalar_is_number(const char *at, size_t n, bool *is_whole,
                                    size_t *exponent_digits)
{
    size_t minus = at[0] == '-';
    size_t end = pass_digits(at, n, minus);

    *is_whole = end == n;
    *exponent_digits = 0;
    if (end == minus || (at[minus] == '0' && end > minus + 1))
        return false;
    if (end < n && at[end] == '.') {
        size_t dot = end;

        end = pass_digits(at, n, dot + 1);
        if (end == dot + 1)
            return false;
    }
    if (end < n && (at[end] == 'e' || at[end] == 'E')) {
        size_t digit =
            end + 1 + (end + 1 < n && (at[end + 1] == '-' || at[end + 1] == '+'));

        end = pass_digits(at, n, digit);
        if (end == digit)
            return false;
        *exponent_digits = end - digit;
    }
    return end == n;
}

#endif
