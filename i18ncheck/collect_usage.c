/* Which files are source code, in path order, and the scanning of each. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18ncheck/usage_internal.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { FOLDER_DEPTH_MAX = 64 };

struct file_id {
    dev_t device;
    ino_t inode;
};

/* A folder to be walked, below the base. */
struct place {
    const char *path;
    size_t depth;
};

struct walk {
    const char *base;
    const struct usage_rules *rules;
    const struct set *set;
    struct file_id *catalog; /* of the set */
    size_t ncatalogs;
    struct place *todo;
    size_t n, capacity;
    const char **file; /* below the base */
    size_t nfiles, files_capacity;
    size_t entries;
    struct arena *arena;
    struct err *err;
};

const char **usage_folders(const struct usage_rules *rules, const char *base,
                           struct arena *arena)
{
    const char **folder = arena_new(arena, const char *, rules->nsrc);

    for (size_t i = 0; i < rules->nsrc; i++)
        folder[i] = file_join(arena, base, rules->src[i]);
    return folder;
}

/* ---- what is left out ---- */

static bool is_skipped_folder(const char *name)
{
    static const char *const skipped[] = {".git",  "node_modules", "vendor", "dist",
                                          "build", "coverage",     ".next"};

    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
        if (strcmp(name, skipped[i]) == 0)
            return true;
    return false;
}

static bool is_excluded(const struct walk *self, const char *path)
{
    for (size_t i = 0; i < self->rules->nexcludes; i++)
        if (usage_glob(str_of(self->rules->exclude[i]), str_of(path)))
            return true;
    return false;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Android's translations lie beside the source, under the same name. */
static bool is_sibling(const struct walk *self, const char *path)
{
    const char *folder = name_of(file_folder(self->arena, path));

    if (self->set->rules.format != CATALOG_ANDROID ||
        !str_starts(str_of(folder), STR("values")))
        return false;
    for (size_t i = 0; i < self->set->paths.n; i++)
        if (strcmp(name_of(self->set->paths.item[i].path), name_of(path)) == 0)
            return true;
    return false;
}

static bool is_catalog(const struct walk *self, const char *path, const struct stat *st)
{
    for (size_t i = 0; i < self->ncatalogs; i++)
        if (self->catalog[i].device == st->st_dev &&
            self->catalog[i].inode == st->st_ino)
            return true;
    return is_sibling(self, path);
}

static void know_catalogs(struct walk *self)
{
    const struct catalog_paths *paths = &self->set->paths;

    self->catalog = arena_new(self->arena, struct file_id, paths->n);
    for (size_t i = 0; i < paths->n; i++) {
        struct stat st;

        if (stat(file_join(self->arena, self->base, paths->item[i].path), &st) == 0)
            self->catalog[self->ncatalogs++] = (struct file_id){st.st_dev, st.st_ino};
    }
}

/* ---- folders ---- */

static void plan(struct walk *self, const char *path, size_t depth)
{
    self->todo = arena_room(self->arena, self->todo, self->n, &self->capacity,
                            sizeof *self->todo);
    self->todo[self->n++] = (struct place){path, depth};
}

static void take(struct walk *self, const char *path)
{
    self->file = arena_room(self->arena, self->file, self->nfiles,
                            &self->files_capacity, sizeof *self->file);
    self->file[self->nfiles++] = path;
}

static bool look_at(struct walk *self, const struct place *in, int folder,
                    const char *name)
{
    const char *path;
    struct stat st;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    path = file_join(self->arena, in->path, name);
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || err_system(self->err, "cannot read '%s'",
                                             file_join(self->arena, self->base, path));
    if (S_ISDIR(st.st_mode) && !is_skipped_folder(name) && !is_excluded(self, path))
        plan(self, path, in->depth + 1);
    if (S_ISREG(st.st_mode) && source_family(str_of(name)) != FAMILIES &&
        (size_t)st.st_size <= SOURCE_BYTES_MAX && !is_excluded(self, path) &&
        !is_catalog(self, path, &st))
        take(self, path);
    return true;
}

static bool list(struct walk *self, const struct place *in, DIR *entries)
{
    for (;;) {
        const struct dirent *entry;

        errno = 0;
        entry = readdir(entries);
        if (!entry)
            return errno == 0 || err_system(self->err, "cannot list '%s'", in->path);
        if (self->entries++ == ENTRIES_MAX)
            return err_set(self->err, "cannot list '%s': more than %d entries",
                           in->path, ENTRIES_MAX);
        if (!look_at(self, in, dirfd(entries), entry->d_name))
            return false;
    }
}

static bool visit(struct walk *self, const struct place *in)
{
    const char *folder = file_join(self->arena, self->base, in->path);
    DIR *entries;
    bool ok;

    if (in->depth > FOLDER_DEPTH_MAX)
        return err_set(self->err, "cannot list '%s': more than %d folders deep", folder,
                       FOLDER_DEPTH_MAX);
    entries = file_opendir(AT_FDCWD, folder, 0);
    if (!entries)
        return err_system(self->err, "cannot list '%s'", folder);
    ok = list(self, in, entries);
    (void)closedir(entries);
    return ok;
}

static const char *without_slashes(const char *path, struct arena *arena)
{
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    return str_copy(arena, path, n);
}

static bool find_files(struct walk *self)
{
    for (size_t i = 0; i < self->rules->nsrc; i++)
        plan(self, without_slashes(self->rules->src[i], self->arena), 0);
    while (self->n > 0) {
        const struct place in = self->todo[--self->n]; // the list may move

        if (!visit(self, &in))
            return false;
    }
    if (self->nfiles > 0)
        qsort(self->file, self->nfiles, sizeof *self->file, str_pointer_compare);
    return true;
}

/* ---- files ---- */

/* The bytes of one file after the other, in one place. `*is_text`: it has a size that
 * is read, and no NUL. */
static bool load(const char *path, char *room, struct str *bytes, bool *is_text,
                 struct err *err)
{
    size_t size, n = 0;
    ssize_t part = 1;
    int fd;

    *is_text = false;
    if (!file_open(AT_FDCWD, path, true, &fd, &size, err))
        return false;
    if (fd < 0) // gone since it was listed
        return true;
    if (size > SOURCE_BYTES_MAX) { // it has grown since it was listed
        (void)close(fd);
        return true;
    }
    while (part > 0 && n < size) {
        part = read(fd, room + n, size - n);
        if (part < 0 && errno == EINTR)
            part = 1;
        else if (part > 0)
            n += (size_t)part;
    }
    if (part < 0)
        (void)err_system(err, "cannot read '%s'", path);
    (void)close(fd);
    *bytes = (struct str){room, n};
    *is_text = part >= 0 && !memchr(room, '\0', n);
    return part >= 0;
}

static bool scan_all(const struct walk *walk, struct scanner *scanner, struct err *err)
{
    char *room = arena_new(walk->arena, char, SOURCE_BYTES_MAX);

    for (size_t i = 0; i < walk->nfiles; i++) {
        const char *path = walk->file[i];
        struct str bytes;
        bool is_text;

        if (i > 0 && strcmp(walk->file[i - 1], path) == 0) // folders may overlap
            continue;
        if (!load(file_join(walk->arena, walk->base, path), room, &bytes, &is_text,
                  err) ||
            (is_text && !scanner_file(scanner, path, bytes, err)))
            return false;
    }
    return true;
}

bool usage_collect(const struct usage_rules *rules, const struct set *set,
                   struct arena *arena, struct mentions *mentions, struct err *err)
{
    struct walk walk = {
        .base = set->base, .rules = rules, .set = set, .arena = arena, .err = err};
    struct scanner scanner;
    bool ok;

    know_catalogs(&walk);
    if (!find_files(&walk))
        return false;
    scanner_init(&scanner, rules, key_index_new(&set->source, &set->rules, arena),
                 mentions, arena);
    ok = scan_all(&walk, &scanner, err);
    if (ok)
        scanner_finish(&scanner);
    scanner_release(&scanner);
    return ok;
}
