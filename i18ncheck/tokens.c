/* Finds placeholders: a scanner a syntax, each from one byte on. */
#include "i18ncheck/tokens.h"

#include <string.h>

#include "shared/banned.h"

/* A text being looked through. */
struct scan {
    struct str text;
    size_t at;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static char peek(const struct scan *scan, size_t ahead)
{
    return scan->at + ahead < scan->text.n ? scan->text.at[scan->at + ahead] : '\0';
}

static struct str part(const struct scan *scan, size_t from, size_t to)
{
    return (struct str){scan->text.at + from, to - from};
}

static struct str trimmed(struct str text)
{
    while (text.n > 0 && is_blank(text.at[0])) {
        text.at++;
        text.n--;
    }
    while (text.n > 0 && is_blank(text.at[text.n - 1]))
        text.n--;
    return text;
}

/* First of `end` at or after `from`; the text's length when there is none. */
static size_t find(const struct scan *scan, size_t from, const char *end)
{
    size_t n = strlen(end);

    for (size_t i = from; i + n <= scan->text.n; i++)
        if (memcmp(scan->text.at + i, end, n) == 0)
            return i;
    return scan->text.n;
}

static size_t skip_digits(const struct scan *scan, size_t at)
{
    while (at < scan->text.n && is_digit(scan->text.at[at]))
        at++;
    return at;
}

/* ---- printf ---- */

static size_t skip_of(const struct scan *scan, size_t at, const char *set)
{
    while (at < scan->text.n && scan->text.at[at] && strchr(set, scan->text.at[at]))
        at++;
    return at;
}

static size_t skip_star_or_digits(const struct scan *scan, size_t at)
{
    return at < scan->text.n && scan->text.at[at] == '*' ? at + 1
                                                         : skip_digits(scan, at);
}

/* hh h ll l q j z t L */
static size_t skip_length(const struct scan *scan, size_t at)
{
    char first = at < scan->text.n ? scan->text.at[at] : '\0';

    if (first == '\0' || !strchr("hlqjztL", first))
        return at;
    return (first == 'h' || first == 'l') && at + 1 < scan->text.n &&
                   scan->text.at[at + 1] == first
               ? at + 2
               : at + 1;
}

/* `%i` is `%d`. */
static struct str conversion_type(struct str type)
{
    static const char *const same[][2] = {
        {"i", "d"}, {"hi", "hd"}, {"hhi", "hhd"}, {"li", "ld"}, {"lli", "lld"}};

    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (str_equal(type, str_of(same[i][0])))
            return str_of(same[i][1]);
    return type;
}

/* What follows the per cent sign: position, flags, width, precision, length and
 * conversion. `*end` is behind it. */
static bool scan_conversion(const struct scan *scan, enum syntax syntax,
                            struct token *token, size_t *end)
{
    const char *flags = syntax == SYNTAX_C_PRINTF ? "-+#0' " : "-+#0'";
    size_t at = scan->at + 1, digits = skip_digits(scan, at), type;

    token->name = (struct str){0};
    if (syntax == SYNTAX_PYTHON && at < scan->text.n && scan->text.at[at] == '(') {
        size_t close = find(scan, at, ")");

        if (close == scan->text.n)
            return false;
        token->name = part(scan, at + 1, close);
        at = close + 1;
    } else if (digits > at && digits < scan->text.n && scan->text.at[digits] == '$') {
        token->name = part(scan, at, digits);
        at = digits + 1;
    }
    at = skip_star_or_digits(scan, skip_of(scan, at, flags));
    if (at < scan->text.n && scan->text.at[at] == '.')
        at = skip_star_or_digits(scan, at + 1);
    type = at;
    at = skip_length(scan, at);
    if (at >= scan->text.n ||
        !strchr(syntax == SYNTAX_OBJC ? "diouxXeEfFgGaAcCsSpn@"
                                      : "diouxXeEfFgGaAcCsSpn",
                scan->text.at[at]) ||
        scan->text.at[at] == '\0')
        return false;
    token->type = conversion_type(part(scan, type, at + 1));
    token->is_number = strchr("diouxX", scan->text.at[at]) != NULL;
    *end = at + 1;
    return true;
}

/* Objective-C's variable of a stringsdict: %#@name@ */
static bool scan_variable(const struct scan *scan, struct token *token, size_t *end)
{
    size_t close;

    if (peek(scan, 1) != '#' || peek(scan, 2) != '@')
        return false;
    close = find(scan, scan->at + 3, "@");
    if (close == scan->text.n)
        return false;
    token->name = part(scan, scan->at + 3, close);
    token->type = str_of("@");
    *end = close + 1;
    return true;
}

static bool scan_printf(const struct scan *scan, enum syntax syntax,
                        struct token *token, size_t *end)
{
    if (peek(scan, 0) != '%')
        return false;
    if (peek(scan, 1) == '%') { // a per cent sign, and no token
        *end = scan->at + 2;
        return true;
    }
    return (syntax == SYNTAX_OBJC && scan_variable(scan, token, end)) ||
           scan_conversion(scan, syntax, token, end);
}

/* ---- braces ---- */

static bool is_name_char(char c)
{
    return is_word(c) || c == '.' || c == '[' || c == ']' || c == '-' || c == '$';
}

/* {name!r:spec} of Python, {0,-8:f} of C#: doubled braces are text. */
static bool scan_brace(const struct scan *scan, struct token *token, size_t *end)
{
    char c = peek(scan, 0);
    size_t close, name = scan->at + 1;

    if ((c == '{' || c == '}') && peek(scan, 1) == c) {
        *end = scan->at + 2;
        return true;
    }
    close = find(scan, name, "}");
    if (c != '{' || close == scan->text.n)
        return false;
    while (name < close && is_name_char(scan->text.at[name]))
        name++;
    if (name < close && !strchr("!:,", scan->text.at[name]))
        return false;
    token->name = part(scan, scan->at + 1, name);
    *end = close + 1;
    return true;
}

/* {0,number,#.##} of java.text.MessageFormat. */
static bool scan_java(const struct scan *scan, struct token *token, size_t *end)
{
    size_t close = find(scan, scan->at, "}"), digits;

    if (peek(scan, 0) != '{' || close == scan->text.n)
        return false;
    digits = skip_digits(scan, scan->at + 1);
    if (digits == scan->at + 1 ||
        (scan->text.at[digits] != ',' && scan->text.at[digits] != '}'))
        return false;
    token->name = part(scan, scan->at + 1, digits);
    if (scan->text.at[digits] == ',') {
        size_t type = digits + 1;

        while (type < close && scan->text.at[type] != ',')
            type++;
        token->type = trimmed(part(scan, digits + 1, type));
    }
    *end = close + 1;
    return true;
}

/* {x} and {0}, not {'text'}; @:key and @.modifier:key. */
static bool scan_vue(const struct scan *scan, struct token *token, size_t *end)
{
    size_t at = scan->at + 1, close;

    if (peek(scan, 0) == '@') {
        if (peek(scan, 1) == '.')
            while (++at < scan->text.n && is_word(scan->text.at[at])) {
            }
        if (at >= scan->text.n || scan->text.at[at] != ':')
            return false;
        close = at + 1;
        while (close < scan->text.n && (is_word(scan->text.at[close]) ||
                                        strchr(".(){}'-", scan->text.at[close])))
            close++;
        token->name = part(scan, at, close);
        *end = close;
        return close > at + 1;
    }
    close = find(scan, at, "}");
    if (peek(scan, 0) != '{' || close == scan->text.n)
        return false;
    token->name = trimmed(part(scan, at, close));
    *end = close + 1;
    if (token->name.n > 0 && token->name.at[0] == '\'') {
        *token = (struct token){0}; // a literal
        return true;
    }
    return token->name.n > 0;
}

/* {{x}}, {{- x}}, {{x, format}}, $t(key) */
static bool scan_i18next(const struct scan *scan, struct token *token, size_t *end)
{
    size_t close, comma;

    if (peek(scan, 0) == '$' && peek(scan, 1) == 't' && peek(scan, 2) == '(') {
        close = find(scan, scan->at, ")");
        if (close == scan->text.n)
            return false;
        token->name = part(scan, scan->at, close + 1);
        *end = close + 1;
        return true;
    }
    if (peek(scan, 0) != '{' || peek(scan, 1) != '{')
        return false;
    close = find(scan, scan->at + 2, "}}");
    if (close == scan->text.n)
        return false;
    comma = scan->at + 2;
    while (comma < close && scan->text.at[comma] != ',')
        comma++;
    token->name = trimmed(part(scan, scan->at + 2, comma));
    if (token->name.n > 0 && token->name.at[0] == '-')
        token->name = trimmed((struct str){token->name.at + 1, token->name.n - 1});
    if (comma < close)
        token->type = trimmed(part(scan, comma + 1, close));
    *end = close + 2;
    return true;
}

/* %{x}, %<x>d */
static bool scan_rails(const struct scan *scan, struct token *token, size_t *end)
{
    char open = peek(scan, 1);
    size_t close;

    if (peek(scan, 0) != '%')
        return false;
    if (open == '%') {
        *end = scan->at + 2;
        return true;
    }
    if (open != '{' && open != '<')
        return false;
    close = find(scan, scan->at + 2, open == '{' ? "}" : ">");
    if (close == scan->text.n)
        return false;
    token->name = part(scan, scan->at + 2, close);
    *end = close + 1;
    if (open == '<') {
        struct scan rest = {scan->text, close};
        struct token conversion = {0};

        if (!scan_conversion(&rest, SYNTAX_PRINTF, &conversion, end))
            return false;
        token->type = conversion.type;
    }
    return true;
}

static struct str lower(struct str text, struct arena *arena)
{
    char *copy = str_copy(arena, text.at, text.n);

    for (size_t i = 0; i < text.n; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return (struct str){copy, text.n};
}

/* :x, :X and :Xx of Laravel are one. */
static bool scan_laravel(const struct scan *scan, struct arena *arena,
                         struct token *token, size_t *end)
{
    size_t at = scan->at + 1;

    if (peek(scan, 0) != ':' || !is_letter(peek(scan, 1)) ||
        (scan->at > 0 &&
         (is_word(scan->text.at[scan->at - 1]) || scan->text.at[scan->at - 1] == ':')))
        return false;
    while (at < scan->text.n && is_word(scan->text.at[at]))
        at++;
    token->name = lower(part(scan, scan->at + 1, at), arena);
    *end = at;
    return true;
}

/* %x% */
static bool scan_percent(const struct scan *scan, struct token *token, size_t *end)
{
    size_t at = scan->at + 1;

    if (peek(scan, 0) != '%' || !is_letter(peek(scan, 1)))
        return false;
    while (at < scan->text.n && (is_word(scan->text.at[at]) ||
                                 scan->text.at[at] == '.' || scan->text.at[at] == '-'))
        at++;
    if (at >= scan->text.n || scan->text.at[at] != '%')
        return false;
    token->name = part(scan, scan->at + 1, at);
    *end = at + 1;
    return true;
}

/* ---- all ---- */

static bool scan_one(const struct scan *scan, enum syntax syntax, struct arena *arena,
                     struct token *token, size_t *end)
{
    switch (syntax) {
    case SYNTAX_PRINTF:
    case SYNTAX_C_PRINTF:
    case SYNTAX_OBJC:
    case SYNTAX_PYTHON: return scan_printf(scan, syntax, token, end);
    case SYNTAX_BRACE:
    case SYNTAX_CSHARP: return scan_brace(scan, token, end);
    case SYNTAX_JAVA: return scan_java(scan, token, end);
    case SYNTAX_VUE: return scan_vue(scan, token, end);
    case SYNTAX_I18NEXT: return scan_i18next(scan, token, end);
    case SYNTAX_RAILS: return scan_rails(scan, token, end);
    case SYNTAX_LARAVEL: return scan_laravel(scan, arena, token, end);
    case SYNTAX_PERCENT: return scan_percent(scan, token, end);
    case SYNTAX_NONE:
    case SYNTAX_ICU:
    case SYNTAX_COUNT: return false;
    }
    return false;
}

/* Where a placeholder may begin, at or after `at`. */
static size_t next_start(struct str text, size_t at, enum syntax syntax)
{
    static const char *const starts[SYNTAX_COUNT] = {
        [SYNTAX_NONE] = "",      [SYNTAX_ICU] = "",      [SYNTAX_I18NEXT] = "{$",
        [SYNTAX_VUE] = "{@",     [SYNTAX_RAILS] = "%",   [SYNTAX_PRINTF] = "%",
        [SYNTAX_C_PRINTF] = "%", [SYNTAX_OBJC] = "%",    [SYNTAX_PYTHON] = "%",
        [SYNTAX_BRACE] = "{}",   [SYNTAX_CSHARP] = "{}", [SYNTAX_JAVA] = "{",
        [SYNTAX_LARAVEL] = ":",  [SYNTAX_PERCENT] = "%"};
    size_t first = text.n;

    for (const char *c = starts[syntax]; *c && at < text.n; c++) {
        const char *found = memchr(text.at + at, *c, first - at);

        if (found)
            first = (size_t)(found - text.at);
    }
    return first;
}

/* Unnumbered ones get the number of their place: what "%s %d" means. */
static void number(struct token *token, enum syntax syntax, size_t place,
                   struct arena *arena)
{
    const char *name;

    if (token->name.n > 0 || syntax == SYNTAX_NONE)
        return;
    name = str_format(arena, "%zu", place);
    token->name = str_of(name);
}

/* Few texts have more than two, and those of all messages are kept. */
static void add(struct tokens *tokens, const struct token *token, struct arena *arena)
{
    if (tokens->n == tokens->capacity) {
        tokens->capacity = tokens->n == 0 ? 2 : 2 * tokens->n;
        tokens->item = arena_grow(arena, tokens->item, tokens->n, tokens->capacity,
                                  sizeof *tokens->item);
    }
    tokens->item[tokens->n++] = *token;
}

void tokens_find(struct str text, enum syntax syntax, struct arena *arena,
                 struct tokens *tokens)
{
    struct scan scan = {text, 0};
    size_t place = 0;

    *tokens = (struct tokens){0};
    while ((scan.at = next_start(text, scan.at, syntax)) < text.n) {
        struct token token = {0};
        size_t end = 0;

        if (!scan_one(&scan, syntax, arena, &token, &end)) {
            scan.at++;
            continue;
        }
        token.whole = part(&scan, scan.at, end);
        scan.at = end;
        if (token.name.n == 0 && token.type.n == 0 && syntax != SYNTAX_BRACE)
            continue; // an escape
        if (token.whole.n == 2 && token.whole.at[0] == token.whole.at[1])
            continue; // a doubled brace
        if (token.name.n == 0)
            number(&token, syntax, ++place, arena);
        add(tokens, &token, arena);
    }
}

bool token_is_count(const struct token *token)
{
    return token->is_number || str_equal(token->name, str_of("count")) ||
           str_equal(token->name, str_of("n"));
}
