/* The id of a page by its path: what is left without fixed folders, locale, extension
 * and a final /index. */
#include <string.h>

#include "i18ncheck/content_internal.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { PATH_PARTS_MAX = 64 };

static const struct str locale_word = {"{locale}", 8};

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static size_t place_of(struct str text, struct str word)
{
    for (size_t i = 0; i + word.n <= text.n; i++)
        if (memcmp(text.at + i, word.at, word.n) == 0)
            return i;
    return text.n;
}

static size_t locale_part(const struct pattern *pattern)
{
    size_t p = 0;

    while (p < pattern->n &&
           place_of(pattern->part[p], locale_word) == pattern->part[p].n)
        p++;
    return p;
}

static bool is_deep_between(const struct pattern *pattern, size_t from, size_t to)
{
    for (size_t p = from; p < to; p++)
        if (pattern_part_is_deep(pattern->part[p]))
            return true;
    return false;
}

bool content_pattern_parse(const char *text, struct pattern *pattern, struct err *err)
{
    size_t p;

    if (!pattern_parse(text, CATALOG_JSON, true, pattern, err))
        return false;
    if (pattern->has_ns)
        return err_set(err, "pattern '%s': {ns} is for catalogs", text);
    p = locale_part(pattern);
    if (is_deep_between(pattern, 0, p) && is_deep_between(pattern, p, pattern->n))
        return err_set(err, "pattern '%s': ** may stand on one side of {locale}", text);
    return true;
}

/* The tag in a name that may hold more, with the byte that joins it: cut out. */
static struct str without_tag(struct str name, const char *locale, bool is_first,
                              struct arena *arena)
{
    struct str tag = {0};

    for (size_t i = 0; i < name.n; i++) {
        for (size_t n = 2; i + n <= name.n; n++) {
            const char *found;

            if ((i > 0 && is_name_byte(name.at[i - 1])) ||
                (i + n < name.n && is_name_byte(name.at[i + n])) ||
                (tag.n > 0 && is_first) ||
                !locale_tag((struct str){name.at + i, n}, arena, &found) ||
                strcmp(found, locale) != 0)
                continue;
            tag = (struct str){name.at + i, n};
        }
    }
    if (tag.n == 0)
        return name;
    if (tag.at > name.at) {
        tag.at--;
        tag.n++;
    } else if (tag.n < name.n) {
        tag.n++;
    }
    return str_of(str_format(arena, "%.*s%.*s", (int)(tag.at - name.at), name.at,
                             (int)(name.n - (size_t)(tag.at - name.at) - tag.n),
                             tag.at + tag.n));
}

static struct str without_extension(struct str name)
{
    for (size_t n = name.n; n > 0; n--)
        if (name.at[n - 1] == '.')
            return (struct str){name.at, n - 1};
    return name;
}

/* Parts of a path, fixed ones and the locale's own gone. */
static size_t id_parts(const struct pattern *pattern, struct str path,
                       const char *locale, struct arena *arena,
                       struct str part[PATH_PARTS_MAX])
{
    size_t n = str_split(path, '/', part, PATH_PARTS_MAX), kept = 0, fixed = 0;
    size_t p = locale_part(pattern), at;
    bool before;

    if (n > PATH_PARTS_MAX || n == 0)
        return 0;
    at = is_deep_between(pattern, 0, p) ? n - (pattern->n - p) : p;
    before = place_of(pattern->part[p], locale_word) > 0;
    while (fixed < pattern->n && !pattern_part_is_wild(pattern->part[fixed]))
        fixed++;
    part[n - 1] = without_extension(part[n - 1]);
    for (size_t i = fixed; i < n; i++) {
        struct str name = part[i];

        if (i == at && str_equal(pattern->part[p], locale_word))
            continue;
        if (i == at)
            name = without_tag(name, locale, !before, arena);
        if (name.n > 0)
            part[kept++] = name;
    }
    return kept;
}

const char *content_path_id(const struct pattern *pattern, const char *path,
                            const char *locale, struct arena *arena, const char **slug)
{
    struct str part[PATH_PARTS_MAX];
    size_t n = id_parts(pattern, str_of(path), locale, arena, part);
    struct buf id;

    if (n > 1 && str_equal(part[n - 1], STR("index")))
        n--;
    *slug = n > 0 ? str_copy(arena, part[n - 1].at, part[n - 1].n) : "index";
    buf_init(&id, arena, PATH_BYTES_MAX);
    buf_add_text(&id, n > 0 ? "" : "index");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(&id, i > 0 ? "/" : "");
        buf_add(&id, part[i].at, part[i].n);
    }
    return id.at;
}

const char *content_folder(const char *base, const char *pattern, struct arena *arena)
{
    size_t wild = strcspn(pattern, "*{"), n = wild;

    while (n > 0 && pattern[n - 1] != '/')
        n--;
    if (n == 0)
        return str_copy(arena, base, strlen(base));
    return file_join(arena, base, str_copy(arena, pattern, n > 1 ? n - 1 : n));
}
