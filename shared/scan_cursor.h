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

struct scan_cursor {
    const char *line;
    size_t n;
    size_t at;         /* where the walk stands */
    size_t base;       /* of the block that the masks describe */
    uint64_t quotes;   /* that open or close a string */
    uint64_t brackets; /* outside strings */
    uint64_t odd;      /* backslashes and bytes above 0x7F */
    size_t odd_end;    /* past the last odd byte of the blocks before */
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

static inline void cursor_load(struct scan_cursor *cursor)
{
    char tail[BLOCK_BYTES];
    const char *bytes = cursor->line + cursor->base;
    size_t left = cursor->n - cursor->base;
    uint64_t strings;
    struct block block;

    if (left < BLOCK_BYTES) { // never read past the line
        memset(tail, ' ', sizeof tail);
        memcpy(tail, bytes, left);
        bytes = tail;
    }
    if (cursor->is_scalar)
        block_classify_scalar(bytes, &block);
    else
        block_classify_vector(bytes, &block);
    if (block.backslashes || cursor->is_escaped)
        block.quotes &= ~escaped_bytes(block.backslashes, &cursor->is_escaped);
    strings = between_quotes(block.quotes) ^ cursor->inside;
    cursor->inside = 0 - (strings >> (BLOCK_BYTES - 1));
    cursor->quotes = block.quotes;
    cursor->brackets = block.brackets & ~strings;
    cursor->odd = block.backslashes | block.high;
    cursor->has_control |= (block.controls & strings) != 0;
}

// Not inlined: it runs once in 64 bytes, and its registers are missed in the walk.
__attribute__((noinline)) static bool cursor_advance(struct scan_cursor *cursor)
{
    if (cursor->n - cursor->base <= BLOCK_BYTES)
        return false;
    if (cursor->odd)
        cursor->odd_end =
            cursor->base + BLOCK_BYTES - (size_t)__builtin_clzll(cursor->odd);
    cursor->base += BLOCK_BYTES;
    if (cursor->at < cursor->base)
        cursor->at = cursor->base;
    cursor_load(cursor);
    return true;
}

// The bits of `mask` from the cursor on; 0 when the cursor is past the block.
static inline uint64_t bits_ahead(const struct scan_cursor *cursor, uint64_t mask)
{
    size_t passed = cursor->at - cursor->base;

    return passed < BLOCK_BYTES ? mask >> passed : 0;
}

// Moves to the next set bit of `*mask`, one of the cursor's own. False when the line
// has none.
static inline bool cursor_seek(struct scan_cursor *cursor, const uint64_t *mask)
{
    uint64_t ahead;

    while ((ahead = bits_ahead(cursor, *mask)) == 0)
        if (!cursor_advance(cursor))
            return false;
    cursor->at += (size_t)__builtin_ctzll(ahead);
    return true;
}

// False: the string from `from` to the cursor has no backslash and no byte above 0x7F.
// True when it may have one.
static inline bool cursor_saw_odd(const struct scan_cursor *cursor, size_t from)
{
    uint64_t before = ((uint64_t)1 << (cursor->at - cursor->base)) - 1;

    return (cursor->odd & before) != 0 || cursor->odd_end > from;
}

static inline bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The next byte that is not white space; at the end NUL, which nobody expects.
static inline char cursor_peek(struct scan_cursor *cursor)
{
    for (; cursor->at < cursor->n; cursor->at++) {
        char c = cursor->line[cursor->at];

        if (c > ' ' || !is_space(c))
            return c;
    }
    return '\0';
}

static inline bool is_scalar_byte(char c)
{
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
