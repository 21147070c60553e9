/* Text on its way out and UTF-8 on its way in. One decoder, one list of characters that
 * mislead a reader. */
#include "shared/text.h"

#include <stdint.h>
#include <string.h>

#include "shared/banned.h"

static const char replacement[] = "\xEF\xBF\xBD"; // U+FFFD

/* The character at `at` (n >= 1) and its bytes; 0 when the first byte is bad. */
static size_t decode(const char *at, size_t n, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; // overlong below
    unsigned char lead = (unsigned char)at[0];
    size_t size = lead < 0x80   ? 1
                  : lead < 0xC0 ? 0
                  : lead < 0xE0 ? 2
                  : lead < 0xF0 ? 3
                  : lead < 0xF8 ? 4
                                : 0;
    uint32_t value;

    if (size == 0 || size > n)
        return 0;
    value = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if (((unsigned char)at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | ((unsigned char)at[i] & 0x3F);
    }
    if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *character = value;
    return size;
}

/* Bytes of ASCII at the front, by eights: most of most texts. */
static size_t skip_ascii(const char *at, size_t n)
{
    size_t i = 0;
    uint64_t word;

    for (; n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, at + i, sizeof word);
        if ((word & 0x8080808080808080U) != 0)
            break;
    }
    while (i < n && (unsigned char)at[i] < 0x80)
        i++;
    return i;
}

bool text_is_utf8(const char *at, size_t n, size_t *bad)
{
    uint32_t ignored;

    for (size_t i = 0, size; i < n; i += size) {
        size = skip_ascii(at + i, n - i);
        if (size > 0)
            continue;
        size = decode(at + i, n - i, &ignored);
        if (size == 0) {
            if (bad)
                *bad = i;
            return false;
        }
    }
    return true;
}

size_t text_cut(const char *at, size_t n, size_t most)
{
    if (n <= most)
        return n;
    while (most > 0 && ((unsigned char)at[most] & 0xC0) == 0x80)
        most--;
    return most;
}

size_t text_line(const char *at, size_t offset)
{
    size_t line = 1;

    for (size_t i = 0; i < offset; i++)
        line += at[i] == '\n';
    return line;
}

static bool is_marker(const char *at, size_t n)
{
    if (n < 7 || !(at[0] == '<' || at[0] == '|' || at[0] == '=' || at[0] == '>'))
        return false;
    for (size_t i = 1; i < 7; i++)
        if (at[i] != at[0])
            return false;
    return n == 7 || at[7] == ' ' || at[7] == '\n' || at[7] == '\r';
}

size_t text_conflict_line(const char *at, size_t n)
{
    size_t line = 1;

    for (size_t i = 0; i < n; line++) {
        const char *end = memchr(at + i, '\n', n - i);

        if (is_marker(at + i, n - i))
            return line;
        i = end ? (size_t)(end - at) + 1 : n;
    }
    return 0;
}

/* Moves the cursor, breaks a line or turns the direction of what follows: a diff would
 * not show what is there. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200E || c == 0x200F || c == 0x061C;
}

static bool is_invisible(uint32_t c)
{
    return (c >= 0xE0000 && c <= 0xE007F) || c == 0x200B || c == 0x2060 || c == 0xFEFF;
}

/* Near enough for one question, whether a joiner stands inside a word: ASCII by table,
 * beyond it all but punctuation, symbols, private use and emoji. Marks count, for Indic
 * scripts join after a virama. */
static bool is_letter(uint32_t c)
{
    if (c < 0xC0)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return c != 0xD7 && c != 0xF7 && !is_control(c) && !is_invisible(c) &&
           !(c >= 0x2000 && c < 0x2C00) && !(c >= 0x3000 && c < 0x3040) &&
           !(c >= 0xE000 && c < 0xF900) && !(c >= 0xFE00 && c < 0xFE70) &&
           !(c >= 0xFFF0 && c < 0x10000) && !(c >= 0x1F000 && c < 0x20000) &&
           c < 0xE0000;
}

static bool starts_with_letter(const char *at, size_t n)
{
    uint32_t c;

    return n > 0 && decode(at, n, &c) > 0 && is_letter(c);
}

/* Printable ASCII, which most of it is: nothing to escape, a character a byte. */
static bool is_plain(const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at[i] < ' ' || at[i] > '~')
            return false;
    return true;
}

char *text_safe(struct arena *arena, const char *at, size_t n, size_t most)
{
    struct buf out;
    uint32_t before = 0;

    if (n <= most && is_plain(at, n))
        return str_copy(arena, at, n);
    buf_init(&out, arena, SIZE_MAX / 4);
    for (size_t i = 0; i < n; most--) {
        uint32_t c = 0xFFFD;
        size_t size = decode(at + i, n - i, &c);
        size_t next = i + (size > 0 ? size : 1);

        if (most == 0) {
            buf_add_text(&out, "...");
            break;
        }
        if (size == 0)
            buf_add_text(&out, replacement);
        else if (is_control(c) || is_invisible(c) ||
                 ((c == 0x200C || c == 0x200D) &&
                  !(is_letter(before) && starts_with_letter(at + next, n - next))))
            buf_printf(&out, "\\u{%02X}", (unsigned)c);
        else
            buf_add(&out, at + i, size);
        before = c;
        i = next;
    }
    buf_add_text(&out, ""); // so that no text at all is "" too
    return out.at;
}

void text_add_json(struct buf *out, const char *at, size_t n)
{
    size_t plain = 0; // start of what needs no escape

    buf_add_text(out, "\"");
    for (size_t i = 0, size; i<n; i += size> 0 ? size : 1) {
        uint32_t c = 0;

        size = decode(at + i, n - i, &c);
        if (size > 0 && c != '"' && c != '\\' && !is_control(c))
            continue;
        buf_add(out, at + plain, i - plain);
        if (size == 0)
            buf_add_text(out, replacement);
        else if (is_control(c))
            buf_printf(out, "\\u%04X", (unsigned)c);
        else
            buf_printf(out, "\\%c", (int)c);
        plain = i + (size > 0 ? size : 1);
    }
    buf_add(out, at + plain, n - plain);
    buf_add_text(out, "\"");
}

/* Bad bytes are escaped too: the field keeps them and the file stays UTF-8. */
void text_add_tsv(struct buf *out, const char *at, size_t n)
{
    size_t plain = 0; // start of what needs no escape

    if (n == 0)
        buf_add_text(out, "-");
    if (n == 1 && at[0] == '-') {
        buf_add_text(out, "%2D");
        return;
    }
    for (size_t i = 0, end; i < n; i = end) {
        char byte = at[i];
        uint32_t c = 0;
        size_t size;

        end = i + 1;
        if (byte >= ' ' && byte < 0x7F && byte != '%') // nearly all of them
            continue;
        size = decode(at + i, n - i, &c);
        end = i + (size > 0 ? size : 1);
        if (size > 0 && c != '%' && !is_control(c))
            continue;
        buf_add(out, at + plain, i - plain);
        for (size_t j = i; j < end; j++)
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)at[j]);
        plain = end;
    }
    buf_add(out, at + plain, n - plain);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_tsv_parse(struct arena *arena, const char *at, size_t n, struct str *field)
{
    char *to;
    size_t length = 0;

    if (n == 0)
        return false; // the empty text is "-": a value was lost here
    if (n == 1 && at[0] == '-') {
        *field = STR("");
        return true;
    }
    to = arena_new(arena, char, n + 1);
    for (size_t i = 0; i < n; i++) {
        char c = at[i];

        if (c == '%') {
            int high = n - i > 2 ? hex(at[i + 1]) : -1;
            int low = n - i > 2 ? hex(at[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        to[length++] = c;
    }
    *field = (struct str){to, length};
    return true;
}

static bool is_slash(char c)
{
    return c == '/' || c == '\\'; // browsers take both
}

/* Offset behind the slashes that begin an authority, or n when the URL has none. */
static size_t authority_start(const char *at, size_t n)
{
    size_t i = 0;

    while (i < n && at[i] != ':' && !is_slash(at[i]))
        i++;
    if (i < n && at[i] == ':')
        i++;
    else
        i = 0;
    if (n - i < 2 || !is_slash(at[i]) || !is_slash(at[i + 1]))
        return n;
    while (i < n &&
           is_slash(at[i])) // more than two count as two: the user name may come after
        i++;
    return i;
}

/* Values go, names stay. Only '&' separates: were ';' a separator, "?a=x;secret" would
 * show the secret. */
static void add_query(struct buf *out, const char *at, size_t n)
{
    bool in_value = false;

    for (size_t i = 0; i < n; i++) {
        if (at[i] == '&')
            in_value = false;
        if (!in_value)
            buf_add(out, at + i, 1);
        if (at[i] == '=')
            in_value = true;
    }
}

size_t text_percent(struct str text, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' ||
                        c == '~';

        if (!is_plain)
            out[n++] = '%';
        out[n++] = is_plain ? (char)c : digits[c >> 4];
        if (!is_plain)
            out[n++] = digits[c & 15];
    }
    return n;
}

char *text_url(struct arena *arena, const char *at, size_t n)
{
    const char *fragment = n > 0 ? memchr(at, '#', n) : NULL;
    size_t end = fragment ? (size_t)(fragment - at) : n;
    const char *query = end > 0 ? memchr(at, '?', end) : NULL;
    size_t path_end = query ? (size_t)(query - at) : end;
    size_t start = authority_start(at, path_end);
    size_t host = start;
    struct buf out;

    for (size_t i = start; i < path_end && !is_slash(at[i]); i++)
        if (at[i] == '@')
            host = i + 1;
    buf_init(&out, arena, SIZE_MAX / 4);
    buf_add(&out, at, start);
    buf_add(&out, at + host, path_end - host);
    add_query(&out, at + path_end, end - path_end);
    return out.at;
}
