/* A recursive descent over ICU messages, at most ICU_DEPTH_MAX deep. */
#include "i18ncheck/icu.h"

#include <string.h>

#include "i18ncheck/locale.h"
#include "i18ncheck/markup.h"
#include "i18ncheck/utf8.h"

#include "shared/banned.h"

/* The plural whose count `#` stands for: index of its argument, SIZE_MAX outside. */
struct level {
    size_t depth;
    size_t plural;
    size_t option;
};

struct parse {
    struct str text;
    size_t at;
    bool tags;
    struct arena *arena;
    struct icu *icu;
    const char *why;
};

static bool parse_message(struct parse *parse, struct level level);

static bool fail(struct parse *parse, const char *why)
{
    parse->why = why;
    return false;
}

static char peek(const struct parse *parse, size_t ahead)
{
    return parse->at + ahead < parse->text.n ? parse->text.at[parse->at + ahead] : '\0';
}

static bool at_end(const struct parse *parse)
{
    return parse->at >= parse->text.n;
}

static void skip_space(struct parse *parse)
{
    for (;;) {
        struct str rest = {parse->text.at + parse->at, parse->text.n - parse->at};
        size_t n = utf8_space(rest);

        if (n == 0)
            return;
        parse->at += n;
    }
}

/* ---- words ---- */

/* Ranges of Unicode's Pattern_Syntax past ASCII. */
static bool is_syntax(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0xa1, 0xa7},     {0xa9, 0xa9},     {0xab, 0xac},     {0xae, 0xae},
        {0xb0, 0xb1},     {0xb6, 0xb6},     {0xbb, 0xbb},     {0xbf, 0xbf},
        {0xd7, 0xd7},     {0xf7, 0xf7},     {0x2010, 0x203e}, {0x2041, 0x2053},
        {0x2055, 0x205e}, {0x2190, 0x245f}, {0x2500, 0x2775}, {0x2794, 0x2bff},
        {0x2e00, 0x2e7f}, {0x3001, 0x3003}, {0x3008, 0x3020}, {0x3030, 0x3030},
        {0xfd3e, 0xfd3f}, {0xfe45, 0xfe46}, {0x200e, 0x200f}};

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

static uint32_t character(const char *at, size_t n)
{
    unsigned char first = (unsigned char)at[0];
    uint32_t c = n == 2 ? first & 0x1fU : n == 3 ? first & 0x0fU : first & 0x07U;

    for (size_t i = 1; i < n; i++)
        c = c << 6 | ((unsigned char)at[i] & 0x3fU);
    return c;
}

/* Bytes of the character at `at` if it may stand in a word; 0: not. */
static size_t word_bytes(const struct parse *parse, size_t at)
{
    unsigned char c = (unsigned char)parse->text.at[at];
    struct str rest = {parse->text.at + at, parse->text.n - at};
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

    if (utf8_space(rest) > 0 || n > rest.n)
        return 0;
    if (n == 1)
        return c > 0x20 && c < 0x7f &&
                       (c == '_' || !strchr("!\"#$%&'()*+,-./:;<=>?@[\\]"
                                            "^`{|}~",
                                            (char)c))
                   ? 1
                   : 0;
    return is_syntax(character(rest.at, n)) ? 0 : n;
}

static struct str take_word(struct parse *parse)
{
    size_t from = parse->at, n;

    while (!at_end(parse) && (n = word_bytes(parse, parse->at)) > 0)
        parse->at += n;
    return (struct str){parse->text.at + from, parse->at - from};
}

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.n > 0;
}

/* Numbers have no leading zero. */
static bool is_name(struct str word)
{
    return word.n > 0 && !(is_digits(word) && word.n > 1 && word.at[0] == '0');
}

/* ---- arguments ---- */

static bool kind_of(struct str word, enum icu_kind *kind)
{
    static const struct {
        const char *word;
        enum icu_kind kind;
    } kinds[] = {{"number", ICU_NUMBER},   {"date", ICU_DATE},
                 {"time", ICU_TIME},       {"spellout", ICU_SPELLOUT},
                 {"ordinal", ICU_ORDINAL}, {"duration", ICU_DURATION},
                 {"plural", ICU_PLURAL},   {"selectordinal", ICU_SELECTORDINAL},
                 {"select", ICU_SELECT}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_equal_ignoring_case(word, str_of(kinds[i].word)))
            continue;
        *kind = kinds[i].kind;
        return true;
    }
    return false;
}

static size_t add_argument(struct parse *parse, struct str name)
{
    struct icu *icu = parse->icu;

    icu->argument = arena_room(parse->arena, icu->argument, icu->n, &icu->capacity,
                               sizeof *icu->argument);
    icu->argument[icu->n] = (struct icu_argument){.name = name};
    return icu->n++;
}

/* A style up to the brace that closes the argument; quoted braces and nested ones are
 * its own. */
static bool skip_style(struct parse *parse)
{
    size_t depth = 0;
    bool quoted = false;

    for (; !at_end(parse); parse->at++) {
        char c = peek(parse, 0);

        if (c == '\'')
            quoted = !quoted;
        else if (c == '{' && !quoted)
            depth++;
        else if (c == '}' && !quoted && depth-- == 0)
            return true;
    }
    return fail(parse, "an argument is not closed");
}

static bool is_plural(enum icu_kind kind)
{
    return kind == ICU_PLURAL || kind == ICU_SELECTORDINAL;
}

bool icu_is_exact(struct str selector)
{
    return selector.n > 1 && selector.at[0] == '=' &&
           is_digits((struct str){selector.at + 1, selector.n - 1});
}

static bool take_selector(struct parse *parse, bool plural, struct str *selector)
{
    size_t from = parse->at;

    if (plural && peek(parse, 0) == '=') {
        parse->at++;
        *selector = (struct str){parse->text.at + from, take_word(parse).n + 1};
        if (!icu_is_exact(*selector))
            return fail(parse, "a selector after '=' is no whole number");
    } else {
        *selector = take_word(parse);
        if (selector->n == 0)
            return fail(parse, "a selector is missing or has a character that none may "
                               "have");
    }
    skip_space(parse);
    if (peek(parse, 0) != '{')
        return fail(parse, "a selector has no message in braces");
    return true;
}

/* offset:N before the first selector. */
static bool skip_offset(struct parse *parse)
{
    static const char word[] = "offset:";
    struct str rest = {parse->text.at + parse->at, parse->text.n - parse->at};

    if (!str_starts(rest, str_of(word)))
        return true;
    parse->at += sizeof word - 1;
    skip_space(parse);
    if (!is_digits(take_word(parse)))
        return fail(parse, "the offset is no whole number");
    skip_space(parse);
    return true;
}

static bool has_option(const struct icu_argument *argument, struct str selector)
{
    for (size_t i = 0; i < argument->noptions; i++)
        if (str_equal(argument->option[i].selector, selector))
            return true;
    return false;
}

static void note_selector(struct parse *parse, struct str selector)
{
    enum category category;

    if (parse->icu->bad_selector.n == 0 && !icu_is_exact(selector) &&
        !category_parse(selector, &category))
        parse->icu->bad_selector = selector;
}

static bool parse_option(struct parse *parse, size_t index, struct level outer)
{
    bool plural = is_plural(parse->icu->argument[index].kind);
    struct icu_argument *argument;
    struct level inner = outer;
    struct str selector;
    size_t from;

    if (!take_selector(parse, plural, &selector))
        return false;
    if (plural)
        note_selector(parse, selector);
    argument = &parse->icu->argument[index];
    if (has_option(argument, selector))
        return fail(parse, "a selector is there twice");
    argument->option = arena_room(parse->arena, argument->option, argument->noptions,
                                  &argument->capacity, sizeof *argument->option);
    argument->option[argument->noptions] = (struct icu_option){.selector = selector};
    if (plural)
        inner = (struct level){.plural = index, .option = argument->noptions};
    argument->noptions++;
    inner.depth = outer.depth + 1;
    from = ++parse->at;
    if (!parse_message(parse, inner))
        return false;
    argument = &parse->icu->argument[index]; // nested arguments may have moved it
    argument->option[argument->noptions - 1].text =
        (struct str){parse->text.at + from, parse->at - from};
    parse->at++;
    skip_space(parse);
    return true;
}

static bool parse_options(struct parse *parse, size_t index, struct level level)
{
    const struct icu_argument *argument;

    if (is_plural(parse->icu->argument[index].kind) && !skip_offset(parse))
        return false;
    while (!at_end(parse) && peek(parse, 0) != '}')
        if (!parse_option(parse, index, level))
            return false;
    if (at_end(parse))
        return fail(parse, "an argument is not closed");
    argument = &parse->icu->argument[index];
    if (argument->noptions == 0)
        return fail(parse, "a plural or select has no forms");
    return has_option(argument, str_of("other")) ||
           fail(parse, "a plural or select has no form 'other'");
}

/* The type and what follows it, up to the closing brace. */
static bool parse_type(struct parse *parse, size_t index, struct level level)
{
    enum icu_kind kind;
    struct str word;
    bool has_more;

    skip_space(parse);
    word = take_word(parse);
    if (!kind_of(word, &kind))
        return fail(parse, str_equal(word, str_of("choice"))
                               ? "the type 'choice' is obsolete; use plural"
                               : "an argument has an unknown type");
    parse->icu->argument[index].kind = kind;
    skip_space(parse);
    has_more = peek(parse, 0) == ',';
    parse->at += has_more;
    if (kind == ICU_SELECT || is_plural(kind)) {
        skip_space(parse);
        if (!has_more)
            return fail(parse, "a plural or select has no forms");
        return parse_options(parse, index, level);
    }
    if (has_more)
        return skip_style(parse);
    return peek(parse, 0) == '}' || fail(parse, "an argument is not closed");
}

/* What stands in for `#` in a plural: its own argument, plain. */
static void note_count(struct parse *parse, struct level level, struct str name)
{
    struct icu_argument *plural;

    if (level.plural == SIZE_MAX)
        return;
    plural = &parse->icu->argument[level.plural];
    if (name.n == 0 || str_equal(plural->name, name))
        plural->option[level.option].has_count = true;
}

static bool parse_argument(struct parse *parse, struct level level)
{
    size_t from = parse->at++, index;
    struct str name;

    if (peek(parse, 0) == '{')
        return fail(parse, "an argument has no name; is this i18next's {{..}}?");
    skip_space(parse);
    name = take_word(parse);
    if (!is_name(name))
        return fail(parse, "an argument has no name, or one that is not allowed");
    index = add_argument(parse, name);
    skip_space(parse);
    if (at_end(parse))
        return fail(parse, "an argument is not closed");
    if (peek(parse, 0) == ',') {
        parse->at++;
        if (!parse_type(parse, index, level))
            return false;
    } else if (peek(parse, 0) != '}') {
        return fail(parse, "an argument's name is not allowed");
    }
    parse->at++;
    parse->icu->argument[index].whole =
        (struct str){parse->text.at + from, parse->at - from};
    note_count(parse, level, name);
    return true;
}

/* ---- text ---- */

/* Whether an apostrophe quotes what follows. */
static bool starts_quote(const struct parse *parse, struct level level)
{
    char next = peek(parse, 1);

    return next == '{' || next == '}' || (next == '#' && level.plural != SIZE_MAX) ||
           (next == '<' && parse->tags);
}

static void skip_quote(struct parse *parse, struct level level)
{
    if (peek(parse, 1) == '\'') {
        parse->at += 2;
        return;
    }
    if (!starts_quote(parse, level)) {
        parse->at++;
        return;
    }
    for (parse->at++; !at_end(parse); parse->at++) {
        if (peek(parse, 0) != '\'')
            continue;
        if (peek(parse, 1) != '\'')
            break;
        parse->at++; // two are one, also inside
    }
    parse->at += !at_end(parse);
}

/* Opens or closes a tag; text that is none is passed over. */
static bool take_tag(struct parse *parse, struct str open[ICU_DEPTH_MAX], size_t *n)
{
    struct str rest = {parse->text.at + parse->at, parse->text.n - parse->at};
    struct tag tag;

    if (!tag_at(rest, &tag)) {
        parse->at++;
        return true;
    }
    parse->at += tag.bytes;
    if (tag.is_void || tag.is_empty)
        return true;
    if (tag.is_end) {
        if (*n == 0 || !str_equal(open[*n - 1], tag.name))
            return fail(parse, "a tag is closed that is not open");
        (*n)--;
        return true;
    }
    if (*n == ICU_DEPTH_MAX)
        return fail(parse, "tags are nested too deep");
    open[(*n)++] = tag.name;
    return true;
}

/* Up to the end, or to the brace that closes this level. */
static bool parse_message(struct parse *parse, struct level level)
{
    struct str open[ICU_DEPTH_MAX];
    size_t nopen = 0;

    if (level.depth > ICU_DEPTH_MAX)
        return fail(parse, "the message is nested too deep");
    while (!at_end(parse)) {
        char c = peek(parse, 0);

        if (c == '\'') {
            skip_quote(parse, level);
        } else if (c == '{') {
            if (!parse_argument(parse, level))
                return false;
        } else if (c == '}' && level.depth > 0) {
            break;
        } else if (c == '<' && parse->tags) {
            if (!take_tag(parse, open, &nopen))
                return false;
        } else {
            if (c == '#')
                note_count(parse, level, (struct str){0});
            parse->at++;
        }
    }
    if (nopen > 0)
        return fail(parse, "a tag is not closed");
    return level.depth == 0 || !at_end(parse) ||
           fail(parse, "an argument is not closed");
}

bool icu_parse(struct str text, bool tags, struct arena *arena, struct icu *icu,
               const char **why)
{
    struct parse parse = {.text = text, .tags = tags, .arena = arena, .icu = icu};

    *icu = (struct icu){0};
    if (parse_message(&parse, (struct level){.plural = SIZE_MAX}))
        return true;
    *why = parse.why;
    return false;
}

bool icu_has_options(const struct icu *icu)
{
    for (size_t a = 0; a < icu->n; a++)
        if (icu->argument[a].noptions > 0)
            return true;
    return false;
}
