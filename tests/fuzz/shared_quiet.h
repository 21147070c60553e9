/* What targets that print text share: nothing in it moves a cursor, breaks a line or
 * turns a direction. */
#ifndef TESTS_FUZZ_SHARED_QUIET_H
#define TESTS_FUZZ_SHARED_QUIET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "shared/text.h"

static void must(bool claim)
{
    if (!claim)
        abort();
}

/* UTF-8 with no C0 (but newlines where `has_lines`), DEL, C1, line separator, or mark,
 * override or isolate of direction. */
static void must_be_quiet(const char *at, size_t n, bool has_lines)
{
    static const char *const loud[] = {
        "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c",
        "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u061c",
    };

    must(text_is_utf8(at, n, NULL));
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)at[i];

        must((c >= 0x20 && c != 0x7F) || (has_lines && c == '\n'));
        must(c != 0xC2 || (unsigned char)at[i + 1] >= 0xA0);
        for (size_t l = 0; c >= 0x80 && l < sizeof loud / sizeof *loud; l++)
            must(n - i < strlen(loud[l]) ||
                 memcmp(at + i, loud[l], strlen(loud[l])) != 0);
    }
}

#endif
