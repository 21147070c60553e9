/*
 * Text on its way out, and UTF-8 on its way in. Everything from outside passes
 * text_safe before it reaches state or a report; then the format's own escaping (here
 * for JSON, TSV; others beside their format).
 */
#ifndef SHARED_TEXT_H
#define SHARED_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/str.h"

/* Well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). On false
 * `*bad` is the offset of the first bad byte; `bad` may be NULL. */
bool text_is_utf8(const char *at, size_t n, size_t *bad);

/* Bytes of the first `most` bytes that end at a character's end. `at` is UTF-8. */
size_t text_cut(const char *at, size_t n, size_t most);

/* Line, from 1, of the byte at `offset`. */
size_t text_line(const char *at, size_t offset);

/* Line of the first conflict marker of a merge (seven of < | = > at a line's start,
 * then a space or the line's end); 0 when there is none. */
size_t text_conflict_line(const char *at, size_t n);

/* Outside text made fit to print: bad bytes become U+FFFD; C0, C1, U+2028, U+2029,
 * bidirectional controls (U+202A-202E, U+2066-2069, U+200E, U+200F, U+061C), tag
 * characters (U+E0000-E007F) and zero-width ones (U+200B, U+2060, U+FEFF; ZWJ and ZWNJ
 * unless between two letters) become the six to ten ASCII characters \u{..}. Capped at
 * `most` characters of input, then "..." is added. NUL-terminated, in the arena. */
char *text_safe(struct arena *arena, const char *at, size_t n, size_t most);

/* Adds a JSON string with its quotes: escapes quote, backslash, C0, DEL, C1, U+2028,
 * U+2029 and bidirectional characters as \uXXXX, nothing else; bad bytes become U+FFFD.
 */
void text_add_json(struct buf *out, const char *at, size_t n);

/* A TSV field: '%', bad bytes and the characters that text_add_json writes as \uXXXX
 * become %XX, byte by byte. text_tsv_parse is its inverse; false on a malformed %XX and
 * on no bytes at all. The empty text is "-", the text
 * "-" is "%2D". */
void text_add_tsv(struct buf *out, const char *at, size_t n);
MUST_USE bool text_tsv_parse(struct arena *arena, const char *at, size_t n,
                             struct str *field);

/* Percent-encoded for a URL or a form: all but the unreserved characters of RFC 3986
 * 2.3; at most 3 bytes each. Returns the bytes. */
size_t text_percent(struct str text, char *out);

/* A URL for people: userinfo, query values and fragment removed. In the arena. */
char *text_url(struct arena *arena, const char *at, size_t n);

#endif
