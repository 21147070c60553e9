/* Texts in source code: literals, decoded, and expressions made of them. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/usage_internal.h"
#include "i18ncheck/utf8.h"

#include "shared/banned.h"

enum { OPERAND_BYTES_MAX = 300, HOLE_BYTES_MAX = 500 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

size_t skip_space(struct str code, size_t at)
{
    while (at < code.n && is_space(code.at[at]))
        at++;
    return at;
}

/* ---- escapes ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Hexadecimal digits at `from`, at most `most`; how many there are. */
static size_t hex_digits(struct str raw, size_t from, size_t most, uint32_t *value)
{
    size_t n = 0;

    *value = 0;
    while (n < most && from + n < raw.n && hex_value(raw.at[from + n]) >= 0)
        *value = *value << 4 | (uint32_t)hex_value(raw.at[from + n++]);
    return n;
}

/* The character that an escape stands for, `raw` beginning with its backslash; the
 * bytes it took, 0: it is none. */
static size_t escape(struct str raw, uint32_t *c)
{
    size_t n;

    if (raw.n < 2)
        return 0;
    switch (raw.at[1]) {
    case 'n': *c = '\n'; return 2;
    case 't': *c = '\t'; return 2;
    case '\\':
    case '\'':
    case '"':
    case '`':
    case '/': *c = (unsigned char)raw.at[1]; return 2;
    case 'x': return hex_digits(raw, 2, 2, c) == 2 ? 4 : 0;
    case 'u': break;
    default: return 0;
    }
    if (raw.n > 2 && raw.at[2] == '{') {
        n = hex_digits(raw, 3, 6, c);
        return n > 0 && *c <= 0x10ffff && 3 + n < raw.n && raw.at[3 + n] == '}' ? n + 4
                                                                                : 0;
    }
    n = utf8_escape((struct str){raw.at + 2, raw.n - 2}, c);
    return n > 0 ? n + 2 : 0;
}

struct str literal_decode(struct str raw, struct arena *arena)
{
    char *to;
    size_t n = 0;

    if (raw.n == 0 || !memchr(raw.at, '\\', raw.n))
        return raw;
    to = arena_new(arena, char, raw.n + 4); // no escape is shorter than its character
    for (size_t i = 0; i < raw.n;) {
        struct str rest = {raw.at + i, raw.n - i};
        uint32_t c;
        size_t taken = raw.at[i] == '\\' ? escape(rest, &c) : 0;

        if (taken > 0)
            n += utf8_put(c, to + n);
        else
            to[n++] = raw.at[i];
        i += taken > 0 ? taken : 1;
    }
    return (struct str){to, n};
}

/* ---- literals ---- */

/* How holes begin in the literal: JavaScript's ${, Ruby's #{, Python's { of an
 * f-string, PHP's $name and {$. */
struct quoting {
    char quote;
    bool is_triple, is_formatted;
    enum family family;
};

/* Bytes that a hole's opening takes; 0: none is at `at`. */
static size_t hole_opening(const struct quoting *how, struct str code, size_t at)
{
    char c = code.at[at], next = at + 1 < code.n ? code.at[at + 1] : '\0';

    if (how->family == FAMILY_JS)
        return how->quote == '`' && c == '$' && next == '{' ? 2 : 0;
    if (how->family == FAMILY_RUBY)
        return how->quote == '"' && c == '#' && next == '{' ? 2 : 0;
    if (how->family == FAMILY_ANDROID || how->quote != '"')
        return how->is_formatted && c == '{' ? 1 : 0;
    if (how->is_formatted && c == '{')
        return 1;
    return (c == '{' && next == '$') ? 2 : 0;
}

static size_t hole_closing(struct str code, size_t at)
{
    size_t end = at + HOLE_BYTES_MAX < code.n ? at + HOLE_BYTES_MAX : code.n, depth = 1;

    for (; at < end; at++) {
        depth += code.at[at] == '{';
        depth -= code.at[at] == '}';
        if (depth == 0)
            return at + 1;
    }
    return end;
}

static bool ends(const struct quoting *how, struct str code, size_t at)
{
    if (code.at[at] != how->quote)
        return false;
    return !how->is_triple || (at + 2 < code.n && code.at[at + 1] == how->quote &&
                               code.at[at + 2] == how->quote);
}

static bool quoted(const struct quoting *how, struct str code, size_t *at,
                   struct arena *arena, struct literal *literal)
{
    size_t from = *at, i = from, hole = SIZE_MAX, behind = from, opening;
    size_t end = from + LITERAL_BYTES_MAX < code.n ? from + LITERAL_BYTES_MAX : code.n;

    while (i < end && !ends(how, code, i)) {
        opening = hole_opening(how, code, i);
        if (opening > 0) {
            if (hole == SIZE_MAX)
                hole = i;
            i = behind = hole_closing(code, i + opening);
        } else {
            i += code.at[i] == '\\' ? 2 : 1;
        }
    }
    if (i >= end)
        return false;
    *at = i + (how->is_triple ? 3 : 1);
    literal->is_dynamic = hole != SIZE_MAX;
    literal->text = literal_decode(
        (struct str){code.at + from, (literal->is_dynamic ? hole : i) - from}, arena);
    literal->suffix =
        literal->is_dynamic
            ? literal_decode((struct str){code.at + behind, i - behind}, arena)
            : (struct str){0};
    return true;
}

bool literal_parse(struct str code, size_t *at, enum family family, struct arena *arena,
                   struct literal *literal)
{
    struct quoting how = {.family = family};
    size_t i = *at;

    *literal = (struct literal){0};
    if (family == FAMILY_GETTEXT) // u"", f'', rb"" of Python, L"" of C
        for (size_t n = 0; n < 2 && i < code.n && strchr("uUfFrRbBL", code.at[i]) &&
                           code.at[i] != '\0';
             n++, i++)
            how.is_formatted |= code.at[i] == 'f' || code.at[i] == 'F';
    if (i >= code.n || !is_quote(code.at[i]))
        return false;
    how.quote = code.at[i];
    how.is_triple = family == FAMILY_GETTEXT && i + 2 < code.n &&
                    code.at[i + 1] == how.quote && code.at[i + 2] == how.quote;
    i += how.is_triple ? 3 : 1;
    if (!quoted(&how, code, &i, arena, literal))
        return false;
    *at = i;
    return true;
}

/* ---- expressions ---- */

/* Ruby's :word and :"word". */
static bool symbol_parse(struct str code, size_t *at, struct arena *arena,
                         struct literal *literal)
{
    size_t end = *at + 1;

    if (*at >= code.n || code.at[*at] != ':')
        return false;
    if (end < code.n && is_quote(code.at[end])) {
        *at = end;
        return literal_parse(code, at, FAMILY_RUBY, arena, literal);
    }
    while (end < code.n && is_word_byte(code.at[end]))
        end++;
    if (end == *at + 1)
        return false;
    *literal = (struct literal){.text = {code.at + *at + 1, end - *at - 1}};
    *at = end;
    return true;
}

/* Behind an operand that is no literal. */
static size_t skip_operand(struct str code, size_t at, enum family family)
{
    size_t end = at + OPERAND_BYTES_MAX < code.n ? at + OPERAND_BYTES_MAX : code.n;
    size_t depth = 0;

    for (; at < end; at++) {
        char c = code.at[at];

        if (depth == 0 &&
            (c == '+' || c == ',' || c == ';' || c == ')' || c == '}' || c == ']'))
            break;
        if (depth == 0 && c == '.' && family == FAMILY_GETTEXT &&
            skip_space(code, at + 1) < end &&
            is_quote(code.at[skip_space(code, at + 1)]))
            break;
        depth += c == '(' || c == '{' || c == '[';
        depth -= c == ')' || c == '}' || c == ']';
    }
    return at;
}

/* What joins the literal before it with what follows; false: the expression ends. */
static bool joins(struct str code, size_t *at, enum family family)
{
    size_t i = skip_space(code, *at);

    if (i >= code.n)
        return false;
    if (code.at[i] == '+' || (family == FAMILY_GETTEXT && code.at[i] == '.')) {
        *at = i + 1;
        return true;
    }
    // "one" "two" of C and Python
    *at = i;
    return family == FAMILY_GETTEXT && is_quote(code.at[i]);
}

static void add_part(struct literal *whole, const struct literal *part,
                     struct arena *arena)
{
    if (whole->is_dynamic && part->is_dynamic)
        whole->suffix = part->suffix;
    else if (whole->is_dynamic)
        whole->suffix = joined(arena, whole->suffix, part->text);
    else {
        whole->text = joined(arena, whole->text, part->text);
        whole->suffix = part->suffix;
        whole->is_dynamic = part->is_dynamic;
    }
}

/* A method, an index, a format: 'a'.concat(x), "a.%s" % x. */
static bool is_changed(struct str code, size_t at)
{
    return at < code.n &&
           (code.at[at] == '%' || code.at[at] == '[' || code.at[at] == '.');
}

bool expression_parse(struct str code, size_t *at, enum family family,
                      struct arena *arena, struct literal *literal)
{
    bool is_first = true;

    *literal = (struct literal){0};
    do {
        struct literal part;

        *at = skip_space(code, *at);
        if (literal_parse(code, at, family, arena, &part) ||
            (family == FAMILY_RUBY && symbol_parse(code, at, arena, &part))) {
            add_part(literal, &part, arena);
        } else if (is_first) {
            return false;
        } else {
            *at = skip_operand(code, *at, family);
            add_part(literal, &(struct literal){.is_dynamic = true}, arena);
        }
        is_first = false;
    } while (joins(code, at, family));
    if (is_changed(code, *at)) {
        literal->is_dynamic = true;
        literal->suffix = (struct str){0};
        *at = skip_operand(code, *at, family);
    }
    return literal->text.n > 0 || literal->suffix.n > 0;
}
