/*
 * UTF-8 as catalogs need it: characters from escapes, white space at the ends. Pure.
 */
#ifndef I18NCHECK_UTF8_H
#define I18NCHECK_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/str.h"

/* Writes a character of at most U+10FFFF, surrogates as U+FFFD; its bytes, 1 to 4. */
size_t utf8_put(uint32_t c, char to[4]);

/* The four hexadecimal digits that `text` begins with, as behind \u; false: they are
 * not there. */
bool utf8_hex4(struct str text, uint32_t *value);

/* The same where they may be the first half of a surrogate pair, the second half being
 * a second \u: the character and the bytes it took, 4 or 10; 0: they are not there.
 * Half a pair is itself, which utf8_put makes U+FFFD. */
size_t utf8_escape(struct str text, uint32_t *c);

/* Bytes of the white space (Unicode's White_Space) that `text` begins with; 0: none. */
size_t utf8_space(struct str text);

/* Without white space at both ends. */
struct str utf8_trim(struct str text);

#endif
