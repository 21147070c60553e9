/*
 * Text as pointer and length, copies and formatting in the arena, numbers from text,
 * near names, and a growing buffer with a maximum. Bytes only: no locale, no characters
 * (shared/text.h knows those).
 */
#ifndef SHARED_STR_H
#define SHARED_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"

struct str {
    const char *at; /* not NUL-terminated; may be NULL when n is 0 */
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})

struct str str_of(const char *text); /* borrows; NULL gives the empty text */
bool str_equal(struct str a, struct str b);
bool str_equal_ignoring_case(struct str a, struct str b); /* ASCII letters only */
int str_compare(struct str a, struct str b); /* as memcmp, a prefix first: -1, 0, 1 */
bool str_starts(struct str text, struct str prefix);
bool str_ends(struct str text, struct str suffix);

/* Cuts `text` at each `at`; sets the first `most` fields, returns how many there are in
 * all. */
size_t str_split(struct str text, char at, struct str *fields, size_t most);

/* Takes the next line (without its newline) off the front of `rest`; false when nothing
 * is left. */
bool str_next_line(struct str *rest, struct str *line);

/* NUL-terminated copies in the arena. */
char *str_copy(struct arena *arena, const char *at, size_t n);
char *str_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* The whole text is one decimal number: optional '-', digits, and for the double a
 * fraction and an exponent as JSON has them. False, `*value` untouched: empty, other
 * bytes, out of range, not finite. No locale. */
MUST_USE bool str_to_int64(const char *at, size_t n, int64_t *value);
MUST_USE bool str_to_double(const char *at, size_t n, double *value);

/* Writes a finite double with the fewest significant digits, 15 or more of which the
 * last ones that are 0 are left out, that read back to it. Returns the bytes;
 * NUL-terminated. */
enum { STR_NUMBER_BYTES = 32 };

size_t str_from_double(double value, char out[STR_NUMBER_BYTES]);

/* The word of `words` with the smallest Levenshtein distance to `word`, first on ties,
 * if that is at most a third of its length (at least 1, at most 4); else NULL. Words
 * over 64 bytes are never near. */
const char *str_nearest(const char *word, const char *const *words, size_t n);

/* qsort comparator over an array of `const char *`: byte order. */
int str_pointer_compare(const void *a, const void *b);

/* A growing text with a maximum. One latched error: after `overflowed` nothing is
 * added. Always NUL-terminated once something was added. Lives in the arena. */
struct buf {
    struct arena *arena;
    char *at;
    size_t n;
    size_t capacity;
    size_t most;
    bool overflowed;
    bool gives_back; /* growing may free the old place: nothing points into it */
};

void buf_init(struct buf *buf, struct arena *arena, size_t most);
void buf_add(struct buf *buf, const char *at, size_t n);
void buf_add_text(struct buf *buf, const char *text); /* NUL-terminated */
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_cut(struct buf *buf,
             size_t n); /* back to its first `n` bytes, of those there */
struct str buf_str(const struct buf *buf);

#endif
