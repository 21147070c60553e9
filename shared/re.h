/*
 * Users' regular expressions through PCRE2: UTF, UCP, limits set; whole-string
 * matching. And our own over bytes, to go through files with.
 */
#ifndef SHARED_RE_H
#define SHARED_RE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

struct re; /* a compiled pattern; freed with re_free */

enum re_result { RE_MATCH, RE_NO_MATCH, RE_TOO_COSTLY, RE_BAD_TEXT };

/* `anchored`: the whole subject must match. At most PATTERN_BYTES_MAX bytes. The caller
 * frees with re_free. */
MUST_USE bool re_compile(const char *pattern, bool anchored, struct re **re,
                         struct err *err);
/* The same as JavaScript's `new RegExp(pattern)` reads it, found anywhere in the
 * subject: \d, \w and \b are ASCII, $ is the very end, [] matches nothing. What
 * JavaScript writes otherwise than PCRE2 is the caller's to rewrite. */
MUST_USE bool re_compile_js(const char *pattern, struct re **re, struct err *err);
void re_free(struct re *re);

/* Counts nothing, logs nothing: a limit hit is RE_TOO_COSTLY, bad UTF-8 is RE_BAD_TEXT.
 */
enum re_result re_match(const struct re *re, struct str subject);

/* Replacement of a whole-string match: `as` may name groups as $1..$9. RE_MATCH sets
 * `*out` in the arena. */
enum re_result re_replace(const struct re *re, struct str subject, const char *as,
                          struct arena *arena, struct str *out);

/* The subject without what the pattern matches, anywhere in it. RE_MATCH sets `*out` in
 * the arena. */
enum re_result re_remove(const struct re *re, struct str subject, struct arena *arena,
                         struct str *out);

/* A pattern of our own over bytes, no UTF: compiled by the JIT where there is one, its
 * match limit is `steps` for each place. The caller frees with re_free. */
MUST_USE bool re_compile_bytes(const char *pattern, uint32_t steps, struct re **re,
                               struct err *err);

/* What was found: bytes [at, end) of the subject, and the last group that took part, 0
 * when none did. */
struct re_place {
    size_t at, end;
    size_t group;
};

/* The first match at `from` or behind it; never RE_BAD_TEXT of a pattern over bytes.
 * Where `from` is not 0, the subject is one that was looked through from 0 before. */
enum re_result re_find(const struct re *re, struct str subject, size_t from,
                       struct re_place *place);

#endif
