/* Regular expressions of JavaScript (ECMAScript 2023, 22.2.1 and B.1.2, no flags) in
 * words that PCRE2 reads alike, together with the options of re_compile_js. What PCRE2
 * alone would give a meaning is refused where JavaScript refuses it, and taken
 * literally where JavaScript does. */
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/limits.h"

#include "shared/banned.h"

struct rewriting {
    const char *at;
    bool in_class;
    bool after_quantifier;
    struct buf out;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of "{2}", "{2,}" or "{2,3}" at `at`; 0: it is no quantifier. */
static size_t braces(const char *at)
{
    size_t low = strspn(at + 1, "0123456789"), n = 1 + low;

    if (low > 0 && at[n] == ',')
        n += 1 + strspn(at + n + 1, "0123456789");
    return low > 0 && at[n] == '}' ? n + 1 : 0;
}

/* A letter behind a backslash is that letter, unless JavaScript gives it a meaning. */
static bool take_escape(struct rewriting *r, struct err *err)
{
    char c = r->at[1];

    if (c == '\0')
        return err_set(err, "a backslash at its end");
    if (c == 'v')
        buf_add_text(&r->out, "\\x0b"); // of PCRE2 it is a class
    else if (is_letter(c) &&
             !strchr(r->in_class ? "bdDwWsSfnrtcxu" : "bBdDwWsSfnrtcxuk", c))
        buf_add(&r->out, &c, 1);
    else
        buf_add(&r->out, r->at, 2);
    r->at += 2;
    return true;
}

static void open_class(struct rewriting *r)
{
    size_t n = r->at[1] == '^' ? 2 : 1;

    buf_add(&r->out, r->at, n);
    r->at += n;
    r->in_class = true; // a ] that follows at once ends it
}

static void take_in_class(struct rewriting *r)
{
    if (*r->at == '[') // no class of POSIX in here
        buf_add_text(&r->out, "\\");
    else if (*r->at == ']')
        r->in_class = false;
    buf_add(&r->out, r->at++, 1);
}

/* Groups that JavaScript has: (...) (?:...) (?=...) (?!...) (?<=...) (?<!...)
 * (?<name>...). */
static bool take_group(struct rewriting *r, struct err *err)
{
    const char *at = r->at + 1;

    if (*at == '*')
        return err_set(err, "nothing to repeat at '(*'");
    if (*at == '?') {
        bool is_known = at[1] != '\0' && strchr(":=!", at[1]) != NULL;

        if (at[1] == '<' && (at[2] == '=' || at[2] == '!' || at[2] == '_' ||
                             at[2] == '$' || is_letter(at[2])))
            is_known = true;
        if (!is_known)
            return err_set(err, "no group of JavaScript at '(?'");
        buf_add(&r->out, r->at, 2);
        r->at += 2;
        return true;
    }
    buf_add(&r->out, r->at++, 1);
    return true;
}

static bool take_quantifier(struct rewriting *r, size_t n, struct err *err)
{
    if (r->after_quantifier)
        return err_set(err, "nothing to repeat at '%.*s'", (int)n, r->at);
    buf_add(&r->out, r->at, n);
    r->at += n;
    if (*r->at == '?') // lazy
        buf_add(&r->out, r->at++, 1);
    r->after_quantifier = true;
    return true;
}

static bool take_next(struct rewriting *r, struct err *err)
{
    char c = *r->at;
    size_t n = c == '{' ? braces(r->at) : 0;
    bool ok = true;

    if (!r->in_class && (n > 0 || c == '*' || c == '+' || c == '?'))
        return take_quantifier(r, n > 0 ? n : 1, err);
    r->after_quantifier = false;
    if (c == '\\')
        return take_escape(r, err);
    if (r->in_class)
        take_in_class(r);
    else if (c == '[')
        open_class(r);
    else if (c == '(')
        ok = take_group(r, err);
    else if (c == '{') {
        buf_add_text(&r->out, "\\{");
        r->at++;
    } else {
        buf_add(&r->out, r->at++, 1);
    }
    return ok;
}

bool assert_pattern_js(const char *pattern, struct arena *arena, const char **rewritten,
                       struct err *err)
{
    struct rewriting r = {.at = pattern};

    buf_init(&r.out, arena, PATTERN_BYTES_MAX);
    buf_add_text(&r.out, "");
    while (*r.at != '\0')
        if (!take_next(&r, err))
            return err_wrap(err, "no regular expression of JavaScript");
    if (r.out.overflowed)
        return err_set(err, "pattern is longer than %zu bytes; split it",
                       (size_t)PATTERN_BYTES_MAX);
    *rewritten = str_copy(arena, r.out.at, r.out.n);
    return true;
}
