/*
 * What tells one item of an audit from another, from run to run, and what names it to
 * people.
 */
#include <string.h>

#include "perfcheck/lhr.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { FOLDED_DIGITS = 6 };

/* A member that is a text and not empty; else NULL. */
static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text && text[0] != '\0' ? text : NULL;
}

static long place_of(const json_t *object, const char *key)
{
    double number = json_number_value(json_object_get(object, key));

    return number >= 0 && number <= 1e9 ? (long)number : 0;
}

/* "URL:LINE:COLUMN" of a source location; NULL when `place` is none. */
static const char *location(const json_t *place, struct arena *arena)
{
    const char *url = text_of(place, "url");

    return url ? str_format(arena, "%s:%ld:%ld", url, place_of(place, "line"),
                            place_of(place, "column"))
               : NULL;
}

/* The element an item is about: `node`, else what is marked as one; some audits have
 * theirs in `source` or under a name of their own. */
static const json_t *element(const json_t *item)
{
    json_t *node = json_object_get(item, "node");
    const char *key;
    json_t *member;

    if (json_is_object(node))
        return node;
    // the macro wants an object that may be changed; it is not
    json_object_foreach((json_t *)item, key, member)
    {
        const char *type = text_of(member, "type");

        if (type && strcmp(type, "node") == 0)
            return member;
    }
    return NULL;
}

/* The item itself, keys sorted. */
static const char *whole(const json_t *item, struct arena *arena)
{
    static const size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY;
    size_t n = json_dumpb(item, NULL, 0, flags);
    char *text = arena_new(arena, char, n + 1);

    (void)json_dumpb(item, text, n, flags);
    return text;
}

/* Runs of digits that long are times, hashes and counters. */
static const char *fold(const char *text, struct arena *arena)
{
    char *folded = arena_new(arena, char, strlen(text) + 1);
    size_t used = 0;

    while (*text) {
        size_t digits = strspn(text, "0123456789");

        if (digits >= FOLDED_DIGITS) {
            folded[used++] = '#';
            text += digits;
            continue;
        }
        digits += digits == 0;
        memcpy(folded + used, text, digits);
        used += digits;
        text += digits;
    }
    return folded;
}

const char *item_key(const json_t *item, struct arena *arena)
{
    static const char *const names[] = {"url", "href", "label", "name"};
    const json_t *node = element(item);
    const char *key = location(json_object_get(item, "source"), arena);

    if (!key)
        key = location(json_object_get(item, "sourceLocation"), arena);
    if (!key)
        key = text_of(node, "path");
    if (!key)
        key = text_of(node, "selector");
    for (size_t i = 0; !key && i < sizeof names / sizeof *names; i++)
        key = text_of(item, names[i]);
    return fold(key ? key : whole(item, arena), arena);
}

const char *item_text(const json_t *item, struct arena *arena)
{
    static const char *const names[] = {"href", "label", "name", "description"};
    const json_t *node = element(item);
    const char *selector = text_of(node, "selector"),
               *snippet = text_of(node, "snippet"), *url = text_of(item, "url");
    const char *text = selector && snippet
                           ? str_format(arena, "%s %s", selector, snippet)
                       : selector ? selector
                                  : snippet;

    if (!text && url)
        text = text_url(arena, url, strlen(url));
    if (!text)
        text = location(json_object_get(item, "source"), arena);
    if (!text)
        text = location(json_object_get(item, "sourceLocation"), arena);
    for (size_t i = 0; !text && i < sizeof names / sizeof *names; i++)
        text = text_of(item, names[i]);
    if (!text)
        text = whole(item, arena);
    return text_safe(arena, text, strlen(text), OUTSIDE_TEXT_MAX);
}
