/* Which files of a state folder are committed. */
#include "shared/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/changes.h"
#include "shared/file.h"

#include "shared/banned.h"

#define ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

enum { SHOWN_MAX = 80 };

bool path_is_plain(const char *path)
{
    for (;;) {
        size_t first = strspn(path, ALPHANUMERIC "_-");

        if (first == 0)
            return false;
        path += strspn(path, ALPHANUMERIC "._-");
        if (*path == '\0')
            return true;
        if (*path++ != '/')
            return false;
    }
}

bool path_is_history(const char *name)
{
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        size_t n = strlen(tool_names[t]);

        if (strncmp(name, tool_names[t], n) == 0 && name[n] == '.')
            return path_is_plain(name) && !strchr(name, '/') &&
                   str_ends(str_of(name), str_of(".tsv"));
    }
    return false;
}

static bool add_if_there(struct paths *paths, const char *folder, const char *path,
                         struct arena *arena, struct err *err)
{
    const char *whole = file_join(arena, folder, path);
    struct stat about;

    if (lstat(whole, &about) != 0)
        return errno == ENOENT || errno == ENOTDIR ||
               err_system(err, "cannot look at '%s'", whole);
    if (!S_ISREG(about.st_mode))
        return true;
    paths->item =
        arena_room(arena, paths->item, paths->n, &paths->capacity, sizeof *paths->item);
    paths->item[paths->n++] = path;
    return true;
}

static bool add_histories(struct paths *paths, const char *folder, struct arena *arena,
                          struct err *err)
{
    const char *where = file_join(arena, folder, "history");
    DIR *opened = file_opendir(AT_FDCWD, where, 0);
    const struct dirent *entry;
    bool good = true;

    if (!opened)
        return errno == ENOENT || err_system(err, "cannot read '%s'", where);
    while (good && (errno = 0, entry = readdir(opened)))
        if (path_is_history(entry->d_name))
            good = add_if_there(paths, folder,
                                str_format(arena, "history/%s", entry->d_name), arena,
                                err);
    if (good && errno != 0)
        good = err_system(err, "cannot read '%s'", where);
    (void)closedir(opened);
    return good;
}

/* In order of bytes, each once. */
static void settle(struct paths *paths)
{
    size_t kept = 0;

    if (paths->n == 0)
        return;
    qsort(paths->item, paths->n, sizeof *paths->item, str_pointer_compare);
    for (size_t i = 0; i < paths->n; i++)
        if (kept == 0 || strcmp(paths->item[i], paths->item[kept - 1]) != 0)
            paths->item[kept++] = paths->item[i];
    paths->n = kept;
}

bool paths_list(const char *folder, const struct report *reports, size_t n,
                struct arena *arena, struct paths *paths, struct err *err)
{
    struct paths found = {0};

    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (!add_if_there(&found, folder, str_format(arena, "%s.json", tool_names[t]),
                          arena, err))
            return false;
    if (!add_if_there(&found, folder, "REPORT.md", arena, err) ||
        !add_if_there(&found, folder, "catches.tsv", arena, err) ||
        !add_histories(&found, folder, arena, err))
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < reports[i].nfiles; f++) {
            const char *path = reports[i].files[f];

            if (!path_is_plain(path))
                return err_set(err, "%s names a file '%.*s' that is no state file",
                               reports[i].tool, SHOWN_MAX, path);
            if (!add_if_there(&found, folder, path, arena, err))
                return false;
        }
    settle(&found);
    *paths = found;
    return true;
}
