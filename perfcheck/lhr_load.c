/*
 * Parts of a report through jansson. It refuses an escaped surrogate that stands alone,
 * which snippets cut by Lighthouse do contain: U+FFFD takes its place.
 */
#include <string.h>

#include "perfcheck/lhr_internal.h"
#include "shared/json.h"

#include "shared/banned.h"

enum { ESCAPE = sizeof "\\uD800" - 1 };

/* 16 when `c` is no hexadecimal digit. */
static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

/* The code unit of the escape at `at`; 0 when no \uXXXX is there. */
static unsigned code_unit(const char *at, const char *end)
{
    unsigned unit = 0;

    if (end - at < ESCAPE || at[0] != '\\' || at[1] != 'u')
        return 0;
    for (int i = 2; i < ESCAPE; i++) {
        unsigned digit = digit_of(at[i]);

        if (digit == 16)
            return 0;
        unit = unit << 4 | digit;
    }
    return unit;
}

static bool is_high(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* The next escaped surrogate from `at` on that stands alone; NULL: none. */
static char *lone_surrogate(char *at, const char *end)
{
    while ((at = memchr(at, '\\', (size_t)(end - at)))) {
        unsigned unit = code_unit(at, end);

        if (is_low(unit) || (is_high(unit) && !is_low(code_unit(at + ESCAPE, end))))
            return at;
        at += is_high(unit) ? 2 * ESCAPE : 2;
        if (at >= end)
            return NULL;
    }
    return NULL;
}

bool lhr_load(struct span span, json_t **json, struct err *err)
{
    static const char replaced[] = {'f', 'f', 'f', 'd'};
    static const size_t flags = JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL |
                                JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
    size_t quotes = span.type == SPAN_STRING;
    struct arena scratch;
    json_error_t why;
    char *copy, *end;

    if (span.type == SPAN_ABSENT)
        return err_set(err, "there is nothing");
    if (span.n > LHR_LOAD_BYTES_MAX)
        return err_set(err, "%zu bytes, at most %d are read", span.n,
                       LHR_LOAD_BYTES_MAX);
    if (!json_fits((struct str){span.at - quotes, span.n + 2 * quotes},
                   LHR_LOAD_KEYS_MAX))
        return err_set(err, "more than %d keys or values in lists", LHR_LOAD_KEYS_MAX);
    arena_init(&scratch, 2 * (size_t)LHR_LOAD_BYTES_MAX);
    copy = str_copy(&scratch, span.at - quotes, span.n + 2 * quotes);
    end = copy + span.n + 2 * quotes;
    for (char *at = copy; (at = lone_surrogate(at, end)); at += ESCAPE)
        memcpy(at + 2, replaced, sizeof replaced);
    *json = json_loadb(copy, (size_t)(end - copy), flags, &why);
    arena_release(&scratch);
    return *json || err_set(err, "byte %d: %s", why.position, why.text);
}
