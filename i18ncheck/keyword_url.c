/* Locale, id and slug of a URL. Pure. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/keyword_internal.h"
#include "shared/text.h"

#include "shared/banned.h"

static struct str from(struct str text, size_t at)
{
    return (struct str){text.at + at, text.n - at};
}

static size_t until(struct str text, const char *bytes)
{
    size_t n = 0;

    while (n < text.n && !strchr(bytes, text.at[n]))
        n++;
    return n;
}

/* The path, without query, fragment and slashes at its ends. */
static bool cut_path(struct str url, struct str *path)
{
    static const struct str schemes[] = {{"https://", 8}, {"http://", 7}};

    for (size_t i = 0; i < 2; i++)
        if (url.n >= schemes[i].n &&
            str_equal_ignoring_case((struct str){url.at, schemes[i].n}, schemes[i])) {
            url = from(url, schemes[i].n);
            url = from(url, until(url, "/?#"));
            *path = (struct str){url.at, until(url, "?#")};
            return true;
        }
    *path = (struct str){url.at, until(url, "?#")};
    return url.n > 0 && url.at[0] == '/';
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* %XX decoded; as it was where that gives no text. */
static struct str decoded(struct str text, struct arena *arena)
{
    char *to = arena_new(arena, char, text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        bool is_byte = text.at[i] == '%' && i + 2 < text.n &&
                       hex(text.at[i + 1]) >= 0 && hex(text.at[i + 2]) >= 0;

        to[n++] = is_byte ? (char)(hex(text.at[i + 1]) * 16 + hex(text.at[i + 2]))
                          : text.at[i];
        i += is_byte ? 2 : 0;
    }
    return text_is_utf8(to, n, NULL) && !memchr(to, '\0', n) ? (struct str){to, n}
                                                             : text;
}

static bool is_locale(struct str part, const struct locale_set *known,
                      struct arena *arena, const char **tag)
{
    if (!locale_tag(part, arena, tag))
        return false;
    if (known->n > 0 &&
        bsearch(tag, known->item, known->n, sizeof *known->item, str_pointer_compare))
        return true;
    return strcspn(*tag, "-") == 2 && plural_rule_of(*tag) != NULL;
}

bool url_split(struct str url, const struct locale_set *known, struct arena *arena,
               struct url_parts *parts)
{
    struct str path, first;
    size_t slug;

    *parts = (struct url_parts){0};
    if (!cut_path(url, &path))
        return false;
    path = decoded(path, arena);
    while (path.n > 0 && path.at[0] == '/')
        path = from(path, 1);
    while (path.n > 0 && path.at[path.n - 1] == '/')
        path.n--;
    first = (struct str){path.at, until(path, "/")};
    if (is_locale(first, known, arena, &parts->locale))
        path = from(path, first.n + (first.n < path.n));
    else
        parts->locale = NULL;
    if (path.n == 0)
        path = STR("index");
    for (slug = path.n; slug > 0 && path.at[slug - 1] != '/';)
        slug--;
    parts->id = str_copy(arena, path.at, path.n);
    parts->slug = parts->id + slug;
    return true;
}
