/* Which files are catalogs where nobody says so: by the names that i18ncheck.md 3 gives
 * each format. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/collect_internal.h"
#include "shared/file.h"

#include "shared/banned.h"

enum { NAMES_MAX = 3 };

/* {ns} is dropped again where no locale has two files. */
static const char *const names[CATALOG_FORMATS][NAMES_MAX] = {
    [CATALOG_JSON] = {"{locale}.json", "{locale}/{ns}.json"},
    [CATALOG_RAILS] = {"**/*.yml", "**/*.yaml"},
    [CATALOG_PO] = {"{locale}.po", "{locale}/LC_MESSAGES/{ns}.po", "{ns}.pot"},
    [CATALOG_ANDROID] = {"values-{locale}/strings.xml"},
    [CATALOG_ARB] = {"{ns}_{locale}.arb"},
    [CATALOG_XCSTRINGS] = {"{ns}.xcstrings"},
    [CATALOG_PROPERTIES] = {"{ns}_{locale}.properties"},
    [CATALOG_XLIFF] = {"*.xlf", "*.xliff"},
};

/* ---- what a file itself says ---- */

/* Locales of formats whose names do not say it; files without one are no catalogs. */
static bool ask_files(struct finds *finds, const struct set_rules *rules,
                      struct arena *arena, struct err *err)
{
    bool (*ask)(struct str, struct arena *, const char **) =
        rules->format == CATALOG_RAILS ? rails_root_locale : xliff_file_locale;
    size_t kept = 0;

    if (rules->format != CATALOG_RAILS && rules->format != CATALOG_XLIFF)
        return true;
    for (size_t i = 0; i < finds->n; i++) {
        struct find *find = &finds->item[i];
        struct arena scratch;
        struct str bytes;
        const char *fault, *tag;
        bool ok;

        arena_init(&scratch, ARENA_BYTES_MAX);
        ok = catalog_load(find->path, &scratch, &bytes, &fault, err);
        if (ok && !fault && ask(bytes, &scratch, &tag)) {
            find->locale = str_copy(arena, tag, strlen(tag));
            finds->item[kept++] = *find;
        }
        arena_release(&scratch);
        if (!ok)
            return false;
    }
    finds->n = kept;
    return true;
}

/* ---- one format ---- */

/* Whether the end of the path matches; a pattern with `**` looks at the name alone. */
static bool is_match(const struct pattern *pattern, struct str path,
                     struct arena *arena, struct path_words *words)
{
    size_t parts = pattern->n;

    for (; parts > 0 && !pattern_part_is_deep(pattern->part[parts - 1]); parts--) {
        size_t at = path.n;

        while (at > 0 && path.at[at - 1] != '/')
            at--;
        if (at == path.n ||
            !pattern_match(pattern, parts - 1, (struct str){path.at + at, path.n - at},
                           arena, words))
            return false;
        path.n = at > 0 ? at - 1 : 0;
    }
    return true;
}

static void add_file(const struct pattern *pattern, const char *path,
                     struct arena *arena, struct finds *finds)
{
    struct path_words words = {0};

    if (!is_match(pattern, str_of(path), arena, &words))
        return;
    finds->item =
        arena_room(arena, finds->item, finds->n, &finds->capacity, sizeof *finds->item);
    finds->item[finds->n++] = (struct find){.path = path,
                                            .locale = words.locale,
                                            .ns = words.ns,
                                            .is_base = words.is_base};
}

/* Matches below a folder, by paths from the working directory. */
static bool add_folder(const struct pattern *pattern, const char *folder,
                       const struct set_rules *rules, struct arena *arena,
                       struct finds *finds, struct err *err)
{
    struct finds found = {0};

    if (!collect_matches(folder, pattern, arena, &found, err))
        return false;
    collect_tidy(&found, pattern, rules, arena);
    for (size_t i = 0; i < found.n; i++) {
        found.item[i].path = file_join(arena, folder, found.item[i].path);
        finds->item = arena_room(arena, finds->item, finds->n, &finds->capacity,
                                 sizeof *finds->item);
        finds->item[finds->n++] = found.item[i];
    }
    return true;
}

static bool find_format(const char *path, bool is_folder, struct set_rules *rules,
                        struct arena *arena, struct finds *finds, struct err *err)
{
    *finds = (struct finds){0};
    for (size_t i = 0; i < NAMES_MAX && names[rules->format][i]; i++) {
        struct pattern pattern;
        size_t before = finds->n;

        if (!pattern_parse(names[rules->format][i], rules->format, false, &pattern,
                           err))
            return false;
        if (!is_folder)
            add_file(&pattern, path, arena, finds);
        else if (!add_folder(&pattern, path, rules, arena, finds, err))
            return false;
        for (size_t f = before; f < finds->n; f++) // a template is the source's
            if (!pattern.has_locale && rules->format == CATALOG_PO)
                finds->item[f].locale = rules->source;
    }
    return ask_files(finds, rules, arena, err);
}

/* ---- which format ---- */

static bool guess_format(const char *path, bool is_folder, struct set_rules *rules,
                         struct arena *arena, struct finds *finds, struct err *err)
{
    struct set_rules tried = *rules;

    *finds = (struct finds){0};
    for (int f = 0; f < CATALOG_FORMATS; f++) {
        struct finds found;

        tried.format = (enum catalog_format)f;
        if (!find_format(path, is_folder, &tried, arena, &found, err))
            return false;
        if (found.n <= finds->n)
            continue;
        *finds = found;
        rules->format = tried.format;
    }
    return true;
}

/* What --format-hint says beyond the format. */
static bool read_hint(const char *hint, struct set_rules *rules, struct err *err)
{
    static const struct {
        const char *word;
        enum plural_style plural;
        enum syntax syntax;
    } json[] = {
        {"json", PLURAL_NONE, SYNTAX_NONE},
        {"i18next4", PLURAL_I18NEXT4, SYNTAX_I18NEXT},
        {"i18next3", PLURAL_I18NEXT3, SYNTAX_I18NEXT},
        {"icu", PLURAL_ICU, SYNTAX_ICU},
        {"vue", PLURAL_VUE, SYNTAX_VUE},
    };

    for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
        if (strcmp(hint, json[i].word) != 0)
            continue;
        rules->format = CATALOG_JSON;
        rules->plural = json[i].plural;
        rules->syntax = json[i].syntax;
        return true;
    }
    if (catalog_format_parse(str_of(hint), &rules->format))
        return true;
    return err_set(
        err,
        "'%s' is no format; auto, json, i18next4, i18next3, icu, vue, rails, "
        "po, android, arb, xcstrings, properties and xliff are",
        hint);
}

static bool is_hint(const char *hint)
{
    return hint && strcmp(hint, "auto") != 0;
}

bool catalog_rules_guess(const char *path, const char *hint, struct set_rules *rules,
                         struct err *err)
{
    static const struct {
        const char *ending;
        enum catalog_format format;
    } endings[] = {
        {".json", CATALOG_JSON},
        {".yml", CATALOG_RAILS},
        {".yaml", CATALOG_RAILS},
        {".po", CATALOG_PO},
        {".pot", CATALOG_PO},
        {".xml", CATALOG_ANDROID},
        {".arb", CATALOG_ARB},
        {".xcstrings", CATALOG_XCSTRINGS},
        {".properties", CATALOG_PROPERTIES},
        {".xlf", CATALOG_XLIFF},
        {".xliff", CATALOG_XLIFF},
    };

    rules->plural = PLURAL_AUTO;
    rules->syntax = SYNTAX_NONE;
    if (is_hint(hint)) {
        if (!read_hint(hint, rules, err))
            return false;
        if (rules->format != CATALOG_JSON)
            rules->syntax = catalog_format_syntax(rules->format);
        return true;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (!str_ends(str_of(path), str_of(endings[i].ending)))
            continue;
        rules->format = endings[i].format;
        rules->syntax = catalog_format_syntax(rules->format);
        return true;
    }
    return err_set(err,
                   "cannot read '%s': no catalog ends like this; say what it is with "
                   "--format-hint",
                   path);
}

/* ---- namespaces ---- */

/* "src/x.json" looks like "de/x.json": a folder that is no known locale counts where
 * the source has that file too. */
static bool is_stranger(const struct finds *finds, const struct find *find,
                        const struct set_rules *rules)
{
    if (rules->format != CATALOG_JSON || find->ns.n == 0 ||
        strcmp(find->locale, rules->source) == 0 || plural_rule_of(find->locale))
        return false;
    for (size_t i = 0; i < finds->n; i++)
        if (strcmp(finds->item[i].locale, rules->source) == 0 &&
            str_equal(finds->item[i].ns, find->ns))
            return false;
    return true;
}

static void drop_strangers(struct finds *finds, const struct set_rules *rules,
                           struct arena *arena)
{
    struct finds kept = {.item = arena_new(arena, struct find, finds->n)};

    for (size_t i = 0; i < finds->n; i++)
        if (!is_stranger(finds, &finds->item[i], rules))
            kept.item[kept.n++] = finds->item[i];
    *finds = kept;
}

/* Two files of one locale that have names: "app.pot" beside "en.po" is not it. */
static bool has_two_of_one_locale(const struct catalog_paths *paths)
{
    for (size_t i = 1; i < paths->n; i++) {
        const struct catalog_path *path = &paths->item[i];

        if (strcmp(path[-1].locale, path->locale) == 0 && path[-1].stem.n > 0 &&
            path->stem.n > 0)
            return true;
    }
    return false;
}

/* One file a locale needs no name. */
static void name_files(struct catalog_paths *paths)
{
    for (size_t i = 0; i < paths->n; i++) {
        struct catalog_path *path = &paths->item[i];

        if (path->ns.n > 0)
            path->stem = path->ns;
        path->ns = path->stem;
    }
    collect_sort(paths);
    if (has_two_of_one_locale(paths))
        return;
    for (size_t i = 0; i < paths->n; i++)
        paths->item[i].ns = (struct str){0};
}

// NOLINTNEXTLINE(readability-function-size): where, what for, and what is found
bool catalog_paths_guess(const char *path, const char *hint, struct set_rules *rules,
                         struct arena *arena, struct catalog_paths *paths,
                         struct err *err)
{
    bool is_known = paths->n > 0;
    struct finds finds = {0};
    struct stat st;

    if (stat(path, &st) != 0)
        return err_system(err, "cannot read '%s'", path);
    if (!is_known) {
        rules->plural = PLURAL_AUTO;
        rules->syntax = SYNTAX_NONE;
    }
    if (is_hint(hint)) {
        is_known = true;
        if (!read_hint(hint, rules, err))
            return false;
    }
    if (!(is_known ? find_format : guess_format)(path, S_ISDIR(st.st_mode), rules,
                                                 arena, &finds, err))
        return false;
    if (rules->format != CATALOG_JSON)
        rules->syntax = catalog_format_syntax(rules->format);
    drop_strangers(&finds, rules, arena);
    if (!collect_add(&finds, ".", rules, arena, paths, err))
        return false;
    name_files(paths);
    return true;
}
