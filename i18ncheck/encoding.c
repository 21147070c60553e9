/* Replacement characters, controls, open directions and UTF-8 read as windows-1252. */
#include "i18ncheck/encoding.h"

#include <stddef.h>
#include <stdint.h>

#include "shared/banned.h"

/* The character at `*at`, which moves behind it. The text is UTF-8. */
static uint32_t next(struct str text, size_t *at)
{
    unsigned char first = (unsigned char)text.at[*at];
    size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t c = n == 1   ? first
                 : n == 2 ? first & 0x1fU
                 : n == 3 ? first & 0x0fU
                          : first & 0x07U;

    for (size_t i = 1; i < n && *at + i < text.n; i++)
        c = c << 6 | ((unsigned char)text.at[*at + i] & 0x3fU);
    *at += n;
    return c;
}

/* A byte 80 to BF as windows-1252 or ISO 8859-1 shows it. */
static bool is_continuation(uint32_t c)
{
    static const uint16_t images[] = {0x20ac, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
                                      0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152,
                                      0x017d, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                      0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
                                      0x0153, 0x017e, 0x0178};

    if (c >= 0x80 && c <= 0xbf)
        return true;
    for (size_t i = 0; i < sizeof images / sizeof *images; i++)
        if (c == images[i])
            return true;
    return false;
}

static bool has_mojibake(struct str text)
{
    uint32_t before = 0, last = 0;

    for (size_t at = 0; at < text.n;) {
        uint32_t c = next(text, &at);

        if (is_continuation(c) && (last == 0xc3 || (before == 0xe2 && last == 0x20ac)))
            return true;
        before = last;
        last = c;
    }
    return false;
}

/* Embeddings and isolates that are opened and not closed, or closed and not open. */
static bool is_unbalanced(struct str text)
{
    int embeddings = 0, isolates = 0;

    for (size_t at = 0; at < text.n;) {
        uint32_t c = next(text, &at);

        if (c == 0x202c)
            embeddings--;
        else if (c >= 0x202a && c <= 0x202e)
            embeddings++;
        else if (c == 0x2069)
            isolates--;
        else if (c >= 0x2066 && c <= 0x2068)
            isolates++;
        if (embeddings < 0 || isolates < 0)
            return true;
    }
    return embeddings != 0 || isolates != 0;
}

const char *encoding_fault(struct str text, struct str source)
{
    size_t plain = 0;

    while (plain < text.n && text.at[plain] >= 0x20 && text.at[plain] < 0x7f)
        plain++;
    if (plain == text.n)
        return NULL;
    for (size_t at = plain; at < text.n;) {
        uint32_t c = next(text, &at);

        if (c == 0xfffd)
            return "has a replacement character (U+FFFD): text was lost";
        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
            (c >= 0x7f && c <= 0x9f))
            return "has a control character";
    }
    if (is_unbalanced(text))
        return "has a writing direction that is opened or closed alone";
    if (has_mojibake(text) && !has_mojibake(source))
        return "looks like UTF-8 read as windows-1252";
    return NULL;
}
