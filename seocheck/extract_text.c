/* Character references, folded text. */
#include <string.h>

#include <libxml/HTMLparser.h>

#include "seocheck/extract_internal.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { CODE_MAX = 0x10ffff, NAME_MAX_BYTES = 8 };

/* The WHATWG's table, 128 to 159; five bytes stand for themselves. */
uint32_t windows_1252(unsigned char byte)
{
    static const uint16_t high[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
        0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
        0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
        0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
    };

    return byte >= 0x80 && byte <= 0x9f ? high[byte - 0x80] : byte;
}

size_t utf8_put(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

static int digit(char c, int base)
{
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 16;

    return value < base ? value : -1;
}

static uint32_t code_of_number(uint32_t value)
{
    if (value == 0 || value > CODE_MAX || (value >= 0xd800 && value <= 0xdfff))
        return REPLACEMENT;
    return value < 0xa0 ? windows_1252((unsigned char)value) : value;
}

/* `text` begins with `&#`. */
static size_t parse_number(struct str text, uint32_t *code)
{
    bool is_hex = text.n > 2 && (text.at[2] == 'x' || text.at[2] == 'X');
    size_t first = is_hex ? 3 : 2, at = first;
    int base = is_hex ? 16 : 10, next;
    uint32_t value = 0;

    for (; at < text.n && (next = digit(text.at[at], base)) >= 0; at++)
        if (value <= CODE_MAX) // larger only once: no overflow
            value = value * (uint32_t)base + (uint32_t)next;
    if (at == first)
        return 0;
    *code = code_of_number(value);
    return at + (at < text.n && text.at[at] == ';');
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The character of an entity of HTML 4; 0: there is none. */
static uint32_t code_of_name(const char *at, size_t n)
{
    const htmlEntityDesc *entity;
    xmlChar name[NAME_MAX_BYTES + 1];

    if (n < 2 || n > NAME_MAX_BYTES)
        return 0;
    memcpy(name, at, n);
    name[n] = '\0';
    entity = htmlEntityLookup(name);
    return entity ? entity->value : 0;
}

/* Entities of Latin-1 are known without a semicolon too, and as the beginning of a
 * word; in an attribute not where a parameter of a query may be meant. */
size_t reference_parse(struct str text, bool in_attribute, uint32_t *code)
{
    size_t n = 0;

    if (text.n > 1 && text.at[1] == '#')
        return parse_number(text, code);
    while (n <= NAME_MAX_BYTES && 1 + n < text.n && is_alphanumeric(text.at[1 + n]))
        n++;
    if (1 + n < text.n && text.at[1 + n] == ';' &&
        (*code = code_of_name(text.at + 1, n)) != 0)
        return n + 2;
    for (; n >= 2; n--) {
        char next = 1 + n < text.n ? text.at[1 + n] : ' ';

        *code = code_of_name(text.at + 1, n);
        if ((*code != 0 && *code <= 0xff && *code != '\'') &&
            !(in_attribute && (next == '=' || is_alphanumeric(next))))
            return n + 1;
    }
    return 0;
}

/* ---- folding ---- */

void fold_init(struct fold *fold, struct arena *arena, size_t most)
{
    fold->has_space = false;
    buf_init(&fold->buf, arena, most);
}

void fold_reset(struct fold *fold)
{
    fold->has_space = false;
    fold->buf.n = 0;
    fold->buf.overflowed = false;
}

void fold_space(struct fold *fold)
{
    fold->has_space = true;
}

void fold_add(struct fold *fold, struct str text)
{
    size_t at = 0;

    while (at < text.n) {
        size_t from = at;

        while (at < text.n && !html_is_space(text.at[at]))
            at++;
        if (at > from) {
            if (fold->has_space && fold->buf.n > 0)
                buf_add(&fold->buf, " ", 1);
            fold->has_space = false;
            buf_add(&fold->buf, text.at + from,
                    text_cut(text.at + from, at - from, fold->buf.most - fold->buf.n));
        }
        for (; at < text.n && html_is_space(text.at[at]); at++)
            fold->has_space = true;
    }
}

struct str fold_copy(const struct fold *fold, struct arena *arena)
{
    struct str text = buf_str(&fold->buf);

    return (struct str){str_copy(arena, text.at, text.n), text.n};
}

struct str text_folded(struct str text, struct arena *arena)
{
    struct fold fold;

    fold_init(&fold, arena, text.n + 1);
    fold_add(&fold, text);
    return buf_str(&fold.buf);
}

struct str text_decoded(struct str text, struct arena *arena)
{
    char *out = arena_new(arena, char, 3 * text.n + 1); // "&#0" is the shortest
    size_t at = 0, n = 0, taken;
    uint32_t code;

    while (at < text.n) {
        struct str rest = {text.at + at, text.n - at};

        taken = rest.at[0] == '&' ? reference_parse(rest, false, &code) : 0;
        if (taken > 0)
            n += utf8_put(code, out + n);
        else
            out[n++] = rest.at[0] != '\0' ? rest.at[0] : ' ';
        at += taken > 0 ? taken : 1;
    }
    return (struct str){out, n};
}

struct str text_cut_characters(struct str text, size_t most)
{
    size_t n = 0, at = 0;

    for (; at < text.n; at++)
        if (((unsigned char)text.at[at] & 0xc0) != 0x80 && n++ == most)
            break;
    return (struct str){text.at, at};
}
