/* Tags in messages. */
#include "i18ncheck/markup.h"

#include <string.h>

#include "shared/banned.h"

enum { TAGS_MAX = 256 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_void(struct str name)
{
    static const char *const names[] = {"area",  "base",   "br",    "col",  "embed",
                                        "hr",    "img",    "input", "link", "meta",
                                        "param", "source", "track", "wbr"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_ignoring_case(name, str_of(names[i])))
            return true;
    return false;
}

/* Names begin with a letter, or are digits alone: <0>. */
static size_t name_bytes(struct str text, size_t at)
{
    size_t n = at;

    if (n < text.n && is_digit(text.at[n])) {
        while (n < text.n && is_digit(text.at[n]))
            n++;
        return n < text.n && (text.at[n] == '>' || text.at[n] == '/') ? n - at : 0;
    }
    if (n >= text.n || !is_letter(text.at[n]))
        return 0;
    while (n < text.n && (is_letter(text.at[n]) || is_digit(text.at[n]) ||
                          strchr("-_.:", text.at[n])))
        n++;
    return n - at;
}

bool tag_at(struct str text, struct tag *tag)
{
    size_t at = 1, n;

    *tag = (struct tag){0};
    if (text.n < 3 || text.at[0] != '<')
        return false;
    tag->is_end = text.at[1] == '/';
    at += tag->is_end;
    n = name_bytes(text, at);
    if (n == 0)
        return false;
    tag->name = (struct str){text.at + at, n};
    at += n;
    if (at < text.n && text.at[at] != '>' && text.at[at] != '/' && text.at[at] != ' ' &&
        text.at[at] != '\t' && text.at[at] != '\n')
        return false;
    while (at < text.n && text.at[at] != '>' && text.at[at] != '<')
        at++;
    if (at >= text.n || text.at[at] != '>')
        return false;
    tag->is_empty = text.at[at - 1] == '/' && !tag->is_end;
    tag->is_void = is_void(tag->name);
    tag->bytes = at + 1;
    return true;
}

static const char *find(struct str text, size_t at, char c)
{
    return at < text.n ? memchr(text.at + at, c, text.n - at) : NULL;
}

/* The next tag at or after `*at`, which moves behind it. */
static bool next_tag(struct str text, size_t *at, struct tag *tag)
{
    for (const char *open; (open = find(text, *at, '<')) != NULL; (*at)++) {
        *at = (size_t)(open - text.at);
        if (!tag_at((struct str){open, text.n - *at}, tag))
            continue;
        *at += tag->bytes;
        return true;
    }
    return false;
}

static bool same_tag(const struct tag *a, const struct tag *b)
{
    return a->is_end == b->is_end && a->is_empty == b->is_empty &&
           str_equal(a->name, b->name);
}

static size_t count(struct str text, const struct tag *like)
{
    struct tag tag;
    size_t n = 0;

    for (size_t at = 0; next_tag(text, &at, &tag);)
        n += same_tag(&tag, like);
    return n;
}

static bool covered(struct str a, struct str b, bool counts, struct str *which)
{
    struct tag tag;

    for (size_t at = 0; next_tag(a, &at, &tag);) {
        size_t there;

        if (tag.is_void)
            continue;
        there = count(b, &tag);
        if (counts ? there == count(a, &tag) : there > 0)
            continue;
        *which = (struct str){a.at + at - tag.bytes, tag.bytes};
        return false;
    }
    return true;
}

bool markup_equal(struct str a, struct str b, struct str *which)
{
    return covered(a, b, true, which) && covered(b, a, true, which);
}

bool markup_same_names(struct str a, struct str b, struct str *which)
{
    return covered(a, b, false, which) && covered(b, a, false, which);
}

bool markup_is_closed(struct str text, struct str *which)
{
    struct str open[TAGS_MAX];
    struct tag tag;
    size_t n = 0;

    for (size_t at = 0; next_tag(text, &at, &tag);) {
        if (tag.is_void || tag.is_empty)
            continue;
        *which = (struct str){text.at + at - tag.bytes, tag.bytes};
        if (!tag.is_end && n < TAGS_MAX)
            open[n++] = tag.name;
        else if (n == 0 || !str_equal(open[--n], tag.name))
            return false;
    }
    return n == 0;
}

/* ---- injection ---- */

/* `word` in any case; `c` is one of its characters that has no case, the `at`th. */
static bool contains(struct str text, const char *word, char c, size_t at)
{
    size_t n = strlen(word);

    for (const char *found = find(text, at, c); found;
         found = find(text, (size_t)(found - text.at) + 1, c)) {
        size_t from = (size_t)(found - text.at) - at;

        if (from + n <= text.n &&
            str_equal_ignoring_case((struct str){text.at + from, n},
                                    (struct str){word, n}))
            return true;
    }
    return false;
}

/* A handler such as onclick= among a tag's attributes. */
static bool has_handler(struct str text)
{
    bool in_tag = false;

    for (size_t i = 0; i + 4 < text.n; i++) {
        if (text.at[i] == '<')
            in_tag = is_letter(text.at[i + 1]);
        else if (text.at[i] == '>')
            in_tag = false;
        if (in_tag && strchr(" \t\n/\"'", text.at[i]) &&
            str_equal_ignoring_case((struct str){text.at + i + 1, 2}, str_of("on"))) {
            size_t at = i + 3;

            while (at < text.n && is_letter(text.at[at]))
                at++;
            while (at < text.n && text.at[at] == ' ')
                at++;
            if (at > i + 3 && at < text.n && text.at[at] == '=')
                return true;
        }
    }
    return false;
}

bool markup_injects(struct str target, struct str source, const char **what)
{
    static const struct {
        const char *word;
        char c;
        size_t at;
    } words[] = {{"<script", '<', 0}, {"javascript:", ':', 10}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        *what = words[i].word;
        if (contains(target, words[i].word, words[i].c, words[i].at) &&
            !contains(source, words[i].word, words[i].c, words[i].at))
            return true;
    }
    *what = "an event handler in a tag";
    return find(target, 0, '<') && has_handler(target) && !has_handler(source);
}
