/* Reads routes from files and folders; what they mean is routes_path.c's. */
#include "seocheck/routes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/file.h"

#include "shared/banned.h"

/* Folders on the way down: entered one by one, so that depth costs no stack. */
struct walk {
    enum routes_source source;
    const char *root;
    struct routes *routes;
    char path[PATH_BYTES_MAX + 1]; // below the root, of what is looked at
    DIR *folder[ROUTES_DEPTH_MAX + 1];
    size_t length[ROUTES_DEPTH_MAX + 1]; // of each one's path
    int depth;                           // of the one being read; -1: none
    int64_t entries;
};

static const char *shown(const struct walk *walk)
{
    return file_join(walk->routes->arena, walk->root, walk->path);
}

/* The folder `entry` of `parent`, whose path walk->path is. The first one is the user's
 * own word and may be a symbolic link; it may lack where `may_lack` says so. */
static bool enter(struct walk *walk, int parent, const char *entry, bool may_lack,
                  struct err *err)
{
    DIR *folder = file_opendir(parent, entry, parent == AT_FDCWD ? 0 : O_NOFOLLOW);

    if (!folder && errno == ENOENT && may_lack)
        return true;
    if (!folder)
        return err_system(err, "cannot list '%s'", shown(walk));
    walk->depth++;
    walk->folder[walk->depth] = folder;
    walk->length[walk->depth] = strlen(walk->path);
    return true;
}

static bool take_file(struct walk *walk, struct err *err)
{
    struct route route = {0};

    if (!route_of_file(walk->source, str_of(walk->path), walk->routes->arena,
                       &route.text))
        return true;
    route.file = shown(walk);
    return routes_put(walk->routes, walk->source, &route, err);
}

static bool set_path(struct walk *walk, const char *entry)
{
    size_t n = walk->length[walk->depth];
    int wrote = snprintf(walk->path + n, sizeof walk->path - n, "%s%s",
                         n > 0 ? "/" : "", entry);

    return wrote >= 0 && (size_t)wrote < sizeof walk->path - n;
}

static bool take_entry(struct walk *walk, const char *entry, struct err *err)
{
    int parent = dirfd(walk->folder[walk->depth]);
    struct stat st;

    if (++walk->entries > ENTRIES_MAX)
        return err_set(err, "cannot list '%s': more than %d entries", walk->root,
                       ENTRIES_MAX);
    if (!set_path(walk, entry))
        return err_set(err, "cannot list '%s': a path is longer than %d bytes",
                       walk->root, PATH_BYTES_MAX);
    if (fstatat(parent, entry, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return err_system(err, "cannot read '%s'", shown(walk));
    if (S_ISREG(st.st_mode))
        return take_file(walk, err);
    if (!S_ISDIR(st.st_mode))
        return true;
    if (walk->depth == ROUTES_DEPTH_MAX)
        return err_set(err, "cannot list '%s': more than %d folders deep", shown(walk),
                       (int)ROUTES_DEPTH_MAX);
    return enter(walk, parent, entry, false, err);
}

static bool walk_on(struct walk *walk, struct err *err)
{
    while (walk->depth >= 0) {
        const struct dirent *entry;

        errno = 0;
        entry = readdir(walk->folder[walk->depth]);
        if (!entry && errno != 0)
            return err_system(err, "cannot list '%s'", walk->root);
        if (!entry)
            (void)closedir(walk->folder[walk->depth--]);
        else if (entry->d_name[0] != '.' && !take_entry(walk, entry->d_name, err))
            return false;
    }
    return true;
}

/* What is below `root`/`top`. */
static bool collect_folder(struct walk *walk, const char *top, bool may_lack,
                           struct err *err)
{
    bool ok;

    walk->depth = -1;
    (void)snprintf(walk->path, sizeof walk->path, "%s", top);
    ok = enter(walk, AT_FDCWD, shown(walk), may_lack, err) && walk_on(walk, err);
    while (walk->depth >= 0)
        (void)closedir(walk->folder[walk->depth--]);
    return ok;
}

static bool collect_next_src(struct walk *walk, struct err *err)
{
    static const char *const tops[] = {"app", "src/app", "pages", "src/pages"};

    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
        if (!collect_folder(walk, tops[i], true, err))
            return false;
    if (walk->entries == 0)
        return err_set(err, "'%s' has no app and no pages; name the project's folder",
                       walk->root);
    return true;
}

static bool collect_files(const char *const *names, size_t n, const char *path,
                          struct routes *routes, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = file_join(routes->arena, path, names[i]);
        struct str bytes;

        if (!file_read(AT_FDCWD, name, ROUTES_BYTES_MAX, true, routes->arena, &bytes,
                       err) ||
            !routes_put_manifest(routes, bytes, name, err))
            return false;
    }
    return true;
}

static bool collect_list(const char *path, struct routes *routes, struct err *err)
{
    struct str bytes;

    return file_read(AT_FDCWD, path, ROUTES_BYTES_MAX, false, routes->arena, &bytes,
                     err) &&
           routes_put_lines(routes, bytes, path, err);
}

static bool collect(enum routes_source source, const char *path, struct routes *routes,
                    struct err *err)
{
    static const char *const manifests[] = {".next/prerender-manifest.json",
                                            ".next/routes-manifest.json"};
    struct walk walk = {.source = source, .root = path, .routes = routes};

    switch (source) {
    case ROUTES_FILE: return collect_list(path, routes, err);
    case ROUTES_STATIC: return collect_folder(&walk, "", false, err);
    case ROUTES_NEXT:
        return collect_files(manifests, sizeof manifests / sizeof *manifests, path,
                             routes, err);
    case ROUTES_NEXT_SRC: return collect_next_src(&walk, err);
    case ROUTES_SVELTEKIT: return collect_folder(&walk, "src/routes", false, err);
    }
    return false;
}

bool routes_collect(enum routes_source source, const char *path, struct arena *arena,
                    struct routes *routes, struct err *err)
{
    *routes = (struct routes){.arena = arena};
    if (!collect(source, path, routes, err))
        return false;
    routes_finish(routes);
    return true;
}

void routes_release(struct routes *routes)
{
    for (size_t i = 0; i < routes->npatterns; i++)
        re_free(routes->pattern[i].re);
    *routes = (struct routes){.arena = routes->arena};
}
