/*
 * UTF-8 as catalogs need it: characters from escapes, white space at the ends. Pure.
 */
#ifndef I18NCHECK_UTF8_H
#define I18NCHECK_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "shared/str.h"

/* Writes a character of at most U+10FFFF, surrogates as U+FFFD; its bytes, 1 to 4. */
size_t utf8_put(uint32_t c, char to[4]);

/* Bytes of the white space (Unicode's White_Space) that `text` begins with; 0: none. */
size_t utf8_space(struct str text);

/* Without white space at both ends. */
struct str utf8_trim(struct str text);

#endif
