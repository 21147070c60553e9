/* Characters from numbers, and Unicode's white space. */
#include "i18ncheck/utf8.h"

#include "shared/banned.h"

size_t utf8_put(uint32_t c, char to[4])
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

    if (c >= 0xD800 && c <= 0xDFFF)
        c = 0xFFFD;
    for (size_t i = n - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    to[0] = (char)(lead[n] | c);
    return n;
}

static unsigned hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
           : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                  : 16;
}

bool utf8_hex4(struct str text, uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < 4; i++) {
        unsigned digit = i < text.n ? hex_digit(text.at[i]) : 16;

        if (digit > 15)
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

size_t utf8_escape(struct str text, uint32_t *c)
{
    uint32_t low;

    if (!utf8_hex4(text, c))
        return 0;
    if (*c < 0xD800 || *c > 0xDBFF || text.n < 10 || text.at[4] != '\\' ||
        text.at[5] != 'u' || !utf8_hex4((struct str){text.at + 6, text.n - 6}, &low) ||
        low < 0xDC00 || low > 0xDFFF)
        return 4;
    *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
    return 10;
}

static unsigned byte(struct str text, size_t i)
{
    return i < text.n ? (unsigned char)text.at[i] : 0;
}

/* U+1680, U+2000 to 200A, 2028, 2029, 202F, 205F, 3000 */
static bool is_wide_space(unsigned a, unsigned b, unsigned c)
{
    if (a == 0xE2 && b == 0x80)
        return (c >= 0x80 && c <= 0x8A) || c == 0xA8 || c == 0xA9 || c == 0xAF;
    return (a == 0xE1 && b == 0x9A && c == 0x80) ||
           (a == 0xE2 && b == 0x81 && c == 0x9F) ||
           (a == 0xE3 && b == 0x80 && c == 0x80);
}

size_t utf8_space(struct str text)
{
    unsigned a = byte(text, 0), b;

    if (a < 0x80)
        return text.n > 0 && (a == ' ' || (a >= '\t' && a <= '\r')) ? 1 : 0;
    b = byte(text, 1);
    if (a == 0xC2 && (b == 0x85 || b == 0xA0))
        return 2;
    return is_wide_space(a, b, byte(text, 2)) ? 3 : 0;
}

struct str utf8_trim(struct str text)
{
    struct str end;

    for (size_t n; (n = utf8_space(text)) > 0;) {
        text.at += n;
        text.n -= n;
    }
    while (text.n > 0) {
        size_t back = 1;

        while (back < text.n && back < 3 &&
               ((unsigned char)text.at[text.n - back] & 0xC0) == 0x80)
            back++;
        end = (struct str){text.at + (text.n - back), back};
        if (utf8_space(end) != back)
            break;
        text.n -= back;
    }
    return text;
}
