/* Which files are a set's catalogs, by the pattern of the configuration. Walks folders;
 * opens no file but .xcstrings, which alone knows its locales. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/collect_internal.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { FOLDER_DEPTH_MAX = 32 };

/* A folder in which names for one part of the pattern are looked for. */
struct place {
    const char *folder;    /* below the base; "": the base itself */
    const char *base_file; /* the way to it so far; NULL: none */
    size_t part, depth;
    struct path_words words;
};

struct walk {
    const char *base;
    const struct pattern *pattern;
    struct arena *arena;
    struct finds *finds;
    struct err *err;
    struct place *todo;
    size_t n, capacity;
    size_t entries;
};

/* ---- folders ---- */

static void plan(struct walk *self, struct place place)
{
    self->todo =
        arena_room(self->arena, self->todo, self->n, &self->capacity, sizeof place);
    self->todo[self->n++] = place;
}

static const char *below(struct walk *self, const char *folder, const char *name)
{
    return folder[0] == '\0' ? str_copy(self->arena, name, strlen(name))
                             : file_join(self->arena, folder, name);
}

static void take(struct walk *self, const struct place *at)
{
    struct finds *finds = self->finds;

    finds->item = arena_room(self->arena, finds->item, finds->n, &finds->capacity,
                             sizeof *finds->item);
    finds->item[finds->n++] = (struct find){.path = at->folder,
                                            .locale = at->words.locale,
                                            .ns = at->words.ns,
                                            .base_file = at->base_file,
                                            .is_base = at->words.is_base};
}

/* What a name leads to: a catalog where the pattern is at its end, else a folder. Links
 * are not followed: what they lead to is found where it is, or is not of this set. */
static bool enter(struct walk *self, const struct place *to)
{
    const char *whole = file_join(self->arena, self->base, to->folder);
    bool is_file = to->part == self->pattern->n;
    struct stat st;

    if (lstat(whole, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ||
               err_system(self->err, "cannot read '%s'", whole);
    if (is_file && S_ISREG(st.st_mode))
        take(self, to);
    if (!is_file && S_ISDIR(st.st_mode))
        plan(self, *to);
    return true;
}

static struct place step(struct walk *self, const struct place *from, const char *name)
{
    struct place to = *from;

    to.folder = below(self, from->folder, name);
    to.depth++;
    if (from->base_file)
        to.base_file = below(self, from->base_file, name);
    return to;
}

static bool look_at(struct walk *self, const struct place *place, const char *name)
{
    struct place to;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    name = str_copy(self->arena, name, strlen(name)); // what it says is kept
    to = step(self, place, name);
    if (pattern_part_is_deep(self->pattern->part[place->part]))
        return name[0] == '.' || enter(self, &to);
    to.words.base = (struct str){0};
    if (!pattern_match(self->pattern, place->part, str_of(name), self->arena,
                       &to.words))
        return true;
    if (to.words.base.at)
        to.base_file = below(self, place->folder, to.words.base.at);
    to.part++;
    return enter(self, &to);
}

static bool list(struct walk *self, const struct place *place, const char *folder,
                 DIR *entries)
{
    for (;;) {
        const struct dirent *entry;

        errno = 0;
        entry = readdir(entries);
        if (!entry)
            return errno == 0 || err_system(self->err, "cannot list '%s'", folder);
        if (self->entries++ == ENTRIES_MAX)
            return err_set(self->err, "cannot list '%s': more than %d entries", folder,
                           ENTRIES_MAX);
        if (!look_at(self, place, entry->d_name))
            return false;
    }
}

static bool visit(struct walk *self, const struct place *place)
{
    struct str part = self->pattern->part[place->part];
    const char *folder = file_join(self->arena, self->base,
                                   place->folder[0] == '\0' ? "." : place->folder);
    struct place next = *place;
    DIR *entries;
    bool ok;

    next.part++;
    if (place->depth > FOLDER_DEPTH_MAX)
        return err_set(self->err, "cannot list '%s': more than %d folders deep", folder,
                       FOLDER_DEPTH_MAX);
    if (!pattern_part_is_wild(part)) {
        // the first part of an absolute pattern is "", which is the root
        next = step(self, &next,
                    part.n == 0 ? "/" : str_copy(self->arena, part.at, part.n));
        return enter(self, &next);
    }
    if (pattern_part_is_deep(part)) // no folder is one way to match
        plan(self, next);
    entries = file_opendir(AT_FDCWD, folder, 0);
    if (!entries)
        return errno == ENOENT || errno == ENOTDIR ||
               err_system(self->err, "cannot list '%s'", folder);
    ok = list(self, place, folder, entries);
    (void)closedir(entries);
    return ok;
}

bool collect_matches(const char *base, const struct pattern *pattern,
                     struct arena *arena, struct finds *finds, struct err *err)
{
    struct walk self = {
        .base = base, .pattern = pattern, .arena = arena, .finds = finds, .err = err};

    plan(&self, (struct place){.folder = ""});
    while (self.n > 0) {
        const struct place place = self.todo[--self.n]; // the list may move

        if (!visit(&self, &place))
            return false;
    }
    return true;
}

/* ---- base files ---- */

static bool is_among(const char *path, const char *const *sorted, size_t n)
{
    return path && bsearch(&path, sorted, n, sizeof *sorted, str_pointer_compare);
}

/* Base files there are, or (`of_members`) that members of a family name, in order. */
static const char **base_files(const struct finds *finds, bool of_members,
                               struct arena *arena, size_t *n)
{
    const char **path = arena_new(arena, const char *, finds->n);

    *n = 0;
    for (size_t i = 0; i < finds->n; i++) {
        const struct find *find = &finds->item[i];

        if (find->is_base && !of_members)
            path[(*n)++] = find->path;
        if (find->base_file && of_members)
            path[(*n)++] = find->base_file;
    }
    qsort(path, *n, sizeof *path, str_pointer_compare);
    return path;
}

/* "my_app.properties" is a base file where "my_app_de.properties" is there, not one in
 * a language "app". */
static void take_as_base(struct find *find, const struct finds *finds)
{
    for (size_t i = 0; i < finds->n; i++) {
        const struct find *member = &finds->item[i];

        if (!member->base_file || strcmp(member->base_file, find->path) != 0)
            continue;
        *find = (struct find){.path = find->path, .ns = member->ns, .is_base = true};
        return;
    }
}

static bool has_star(const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->n; i++)
        if (memchr(pattern->part[i].at, '*', pattern->part[i].n) &&
            !pattern_part_is_deep(pattern->part[i]))
            return true;
    return pattern->has_ns;
}

void collect_tidy(struct finds *finds, const struct pattern *pattern,
                  const struct set_rules *rules, struct arena *arena)
{
    size_t nbases, nnamed, kept = 0;
    const char **named = base_files(finds, true, arena, &nnamed), **bases;
    // "*.properties" is any file, until another one is a translation of it
    bool needs_family = pattern->format != CATALOG_ANDROID && has_star(pattern);

    for (size_t i = 0; i < finds->n; i++) {
        struct find *find = &finds->item[i];

        if (find->locale && !plural_rule_of(find->locale) &&
            is_among(find->path, named, nnamed))
            take_as_base(find, finds);
    }
    bases = base_files(finds, false, arena, &nbases);
    for (size_t i = 0; i < finds->n; i++) {
        const struct find *find = &finds->item[i];

        if (find->is_base && needs_family && !is_among(find->path, named, nnamed))
            continue;
        if (find->locale && strcmp(find->locale, rules->source) == 0 &&
            is_among(find->base_file, bases, nbases))
            continue;
        finds->item[kept++] = *find;
    }
    finds->n = kept;
}

/* ---- catalogs ---- */

static void add(struct catalog_paths *paths, const char *path, const char *locale,
                struct str ns, struct arena *arena)
{
    paths->item =
        arena_room(arena, paths->item, paths->n, &paths->capacity, sizeof *paths->item);
    paths->item[paths->n++] =
        (struct catalog_path){.path = path, .locale = locale, .ns = ns};
}

/* A file that is too large is its reader's to complain of. */
static bool add_each_locale(const struct find *find, const char *base,
                            const struct set_rules *rules, struct arena *arena,
                            struct catalog_paths *paths, struct err *err)
{
    const char **locale;
    struct str bytes;
    const char *fault;
    size_t n = 0;

    if (!catalog_load(file_join(arena, base, find->path), arena, &bytes, &fault, err))
        return false;
    locale = xcstrings_locales(bytes, arena, &n);
    add(paths, find->path, rules->source, find->ns, arena);
    for (size_t i = 0; i < n; i++)
        if (strcmp(locale[i], rules->source) != 0)
            add(paths, find->path, locale[i], find->ns, arena);
    return true;
}

static int path_compare(const void *a, const void *b)
{
    const struct catalog_path *x = a, *y = b;
    int order = strcmp(x->locale, y->locale);

    if (order == 0)
        order = str_compare(x->ns, y->ns);
    return order != 0 ? order : strcmp(x->path, y->path);
}

void collect_sort(struct catalog_paths *paths)
{
    size_t kept = 0;

    if (paths->n == 0)
        return;
    qsort(paths->item, paths->n, sizeof *paths->item, path_compare);
    for (size_t i = 0; i < paths->n; i++)
        if (i == 0 || path_compare(&paths->item[kept - 1], &paths->item[i]) != 0)
            paths->item[kept++] = paths->item[i];
    paths->n = kept;
}

bool collect_add(const struct finds *finds, const char *base,
                 const struct set_rules *rules, struct arena *arena,
                 struct catalog_paths *paths, struct err *err)
{
    for (size_t i = 0; i < finds->n; i++) {
        const struct find *find = &finds->item[i];
        const char *locale = find->is_base ? rules->source : find->locale;

        if (rules->format == CATALOG_XCSTRINGS) {
            if (!add_each_locale(find, base, rules, arena, paths, err))
                return false;
        } else if (locale) {
            add(paths, find->path, locale, find->ns, arena);
        }
    }
    collect_sort(paths);
    return true;
}

/* ---- by the configuration ---- */

/* The folder that all of a pattern's files are in or below. */
static void add_folder(struct catalog_paths *paths, const char *folder,
                       struct arena *arena)
{
    paths->folder = arena_grow(arena, paths->folder, paths->nfolders,
                               paths->nfolders + 1, sizeof *paths->folder);
    paths->folder[paths->nfolders++] = folder;
}

static const char *fixed_folder(const char *base, const struct pattern *pattern,
                                struct arena *arena)
{
    struct buf path;

    buf_init(&path, arena, PATH_BYTES_MAX);
    for (size_t i = 0; i + 1 < pattern->n && !pattern_part_is_wild(pattern->part[i]);
         i++) {
        buf_add(&path, pattern->part[i].at, pattern->part[i].n);
        buf_add_text(&path, "/");
    }
    return path.n == 0 ? base : file_folder(arena, file_join(arena, base, path.at));
}

/* The template is the source; a translation into the source's own language is not. */
static void use_template(struct finds *finds, const struct set_rules *rules,
                         const struct pattern *pattern, struct arena *arena)
{
    const char *name = strrchr(rules->template, '/');
    const char *stem = name ? name + 1 : rules->template;
    const char *end = strrchr(stem, '.');
    size_t kept = 0;
    struct find find = {.path = rules->template, .locale = rules->source};

    for (size_t i = 0; i < finds->n; i++)
        if (strcmp(finds->item[i].locale, rules->source) != 0)
            finds->item[kept++] = finds->item[i];
    finds->n = kept;
    if (pattern->has_ns)
        find.ns = (struct str){stem, end ? (size_t)(end - stem) : strlen(stem)};
    finds->item =
        arena_room(arena, finds->item, finds->n, &finds->capacity, sizeof *finds->item);
    finds->item[finds->n++] = find;
}

// NOLINTNEXTLINE(readability-function-size): where, what for, and what is found
bool catalog_paths_find(const char *base, const char *pattern,
                        const struct set_rules *rules, struct arena *arena,
                        struct catalog_paths *paths, struct err *err)
{
    struct pattern parsed;
    struct finds finds = {0};

    *paths = (struct catalog_paths){0};
    if (!pattern_parse(pattern, rules->format, true, &parsed, err) ||
        !collect_matches(base, &parsed, arena, &finds, err))
        return false;
    collect_tidy(&finds, &parsed, rules, arena);
    if (rules->template)
        use_template(&finds, rules, &parsed, arena);
    add_folder(paths, fixed_folder(base, &parsed, arena), arena);
    if (rules->template)
        add_folder(paths, file_folder(arena, file_join(arena, base, rules->template)),
                   arena);
    return collect_add(&finds, base, rules, arena, paths, err);
}
