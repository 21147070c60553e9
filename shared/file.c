/* Files and folders opened, whole small files in, lists of input files. Follows no
 * pattern below the last component, writes nothing. */
#include "shared/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/limits.h"

#include "shared/banned.h"

static bool interrupted(int result)
{
    return result < 0 && errno == EINTR;
}

int file_openat(int folder, const char *name, int flags, mode_t mode)
{
    int fd;

    do
        fd = openat(folder, name, flags | O_CLOEXEC, mode);
    while (interrupted(fd));
    return fd;
}

DIR *file_opendir(int folder, const char *name, int flags)
{
    int fd = file_openat(folder, name, flags | O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);

    if (fd >= 0 && !entries) {
        int cause = errno;

        (void)close(fd);
        errno = cause;
    }
    return entries;
}

static const char *kind(mode_t mode)
{
    return S_ISDIR(mode)    ? "a folder"
           : S_ISFIFO(mode) ? "a FIFO"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

bool file_open(int folder, const char *name, bool nofollow, int *fd, size_t *size,
               struct err *err)
{
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (nofollow ? O_NOFOLLOW : 0);
    int opened = file_openat(folder, name, flags, 0);
    struct stat st;
    int result;

    if (opened < 0 && errno == ENOENT) {
        *fd = -1;
        *size = 0;
        return true;
    }
    if (opened < 0 && errno == ELOOP && nofollow)
        return err_set(err,
                       "cannot read '%s': it is a symbolic link; put the file there",
                       name);
    if (opened < 0)
        return err_system(err, "cannot read '%s'", name);
    do
        result = fstat(opened, &st);
    while (interrupted(result));
    if (result < 0)
        (void)err_system(err, "cannot read '%s'", name);
    else if (!S_ISREG(st.st_mode))
        (void)err_set(err, "cannot read '%s': it is %s; put a file there", name,
                      kind(st.st_mode));
    else {
        *fd = opened;
        *size = (size_t)st.st_size;
        return true;
    }
    (void)close(opened);
    return false;
}

/* Up to `n` bytes; fewer only at the file's end. */
static bool read_all(int fd, char *to, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n) {
        ssize_t part = read(fd, to + *got, n - *got);

        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return false;
        if (part == 0)
            break;
        *got += (size_t)part;
    }
    return true;
}

// NOLINTNEXTLINE(readability-function-size): a name, its limits and its place
bool file_read_if_there(int folder, const char *name, size_t most, bool nofollow,
                        struct arena *arena, struct str *bytes, bool *absent,
                        struct err *err)
{
    size_t size = 0, got = 0;
    char *to;
    int fd = -1;
    bool ok;

    if (!file_open(folder, name, nofollow, &fd, &size, err))
        return false;
    if (fd < 0) {
        *absent = true;
        return true;
    }
    if (size > most) {
        (void)close(fd);
        return err_set(err, "cannot read '%s': %zu bytes, at most %zu are read", name,
                       size, most);
    }
    to = arena_new(arena, char, size + 2);
    ok = read_all(fd, to, size + 1, &got); // one more than it had: it may be growing
    if (!ok)
        (void)err_system(err, "cannot read '%s'", name);
    (void)close(fd);
    if (!ok)
        return false;
    if (got != size)
        return err_set(err, "cannot read '%s': it changed meanwhile; run again", name);
    *bytes = (struct str){to, size};
    *absent = false;
    return true;
}

// NOLINTNEXTLINE(readability-function-size): a name, its limits and its place
bool file_read(int folder, const char *name, size_t most, bool nofollow,
               struct arena *arena, struct str *bytes, struct err *err)
{
    bool absent = false;

    if (!file_read_if_there(folder, name, most, nofollow, arena, bytes, &absent, err))
        return false;
    if (absent)
        return err_set(err, "cannot read '%s': there is no such file", name);
    return true;
}

bool file_write_all(int fd, struct str bytes)
{
    size_t done = 0;

    while (done < bytes.n) {
        ssize_t n = write(fd, bytes.at + done, bytes.n - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO; // else a full device could hold us here for ever
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

bool file_sync(int fd)
{
    int result;

    do
        result = fsync(fd);
    while (interrupted(result));
    return result == 0;
}

char *file_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return str_copy(arena, ".", 1);
    while (slash > path && slash[-1] == '/')
        slash--;
    return slash == path ? str_copy(arena, "/", 1)
                         : str_copy(arena, path, (size_t)(slash - path));
}

char *file_join(struct arena *arena, const char *base, const char *path)
{
    size_t n = strlen(base);

    if (path[0] == '/' || n == 0 || strcmp(base, ".") == 0)
        return str_copy(arena, path, strlen(path));
    return str_format(arena, base[n - 1] == '/' ? "%s%s" : "%s/%s", base, path);
}

static void add_folder(struct file_list *list, char *folder, struct arena *arena)
{
    for (size_t i = 0; i < list->nfolders; i++)
        if (strcmp(list->folder[i], folder) == 0)
            return;
    list->folder = arena_room(arena, list->folder, list->nfolders,
                              &list->folders_capacity, sizeof *list->folder);
    list->folder[list->nfolders++] = folder;
}

static bool add_path(struct file_list *list, char *path, struct arena *arena,
                     struct err *err)
{
    size_t most = list->most > 0 ? list->most : EVENT_FILES_MAX;

    if (list->n >= most)
        return err_set(err, "cannot take '%s': more than %zu files", path, most);
    list->path =
        arena_room(arena, list->path, list->n, &list->capacity, sizeof *list->path);
    list->path[list->n++] = path;
    return true;
}

bool file_list_add_path(struct file_list *list, char *path, struct arena *arena,
                        struct err *err)
{
    add_folder(list, file_folder(arena, path), arena);
    return add_path(list, path, arena, err);
}

static int look_at(const struct file_list *list, const char *path, struct stat *st)
{
    return list->keeps_links ? lstat(path, st) : stat(path, st);
}

/* What of a folder is wanted: names that match `glob`, or end in one of `endings`
 * (NULL: all). */
struct wanted {
    const char *glob;
    const char *const *endings;
};

static bool is_wanted(const struct wanted *wanted, const char *name)
{
    if (wanted->glob)
        return fnmatch(wanted->glob, name, FNM_PERIOD) == 0;
    if (name[0] == '.')
        return false;
    if (!wanted->endings)
        return true;
    for (const char *const *ending = wanted->endings; *ending; ending++)
        if (str_ends(str_of(name), str_of(*ending)))
            return true;
    return false;
}

/* A link to nowhere is listed: reading it says so, where leaving it out would be
 * silent. */
static bool add_entries(struct file_list *list, const char *folder, DIR *entries,
                        const struct wanted *wanted, struct arena *arena,
                        struct err *err)
{
    for (size_t walked = 0;; walked++) {
        const struct dirent *entry;
        struct stat st;
        char *path;

        errno = 0;
        entry = readdir(entries);
        if (!entry && errno != 0)
            return err_system(err, "cannot list '%s'", folder);
        if (!entry)
            return true;
        if (walked == ENTRIES_MAX)
            return err_set(err, "cannot list '%s': more than %d entries", folder,
                           ENTRIES_MAX);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            !is_wanted(wanted, entry->d_name))
            continue;
        path = file_join(arena, folder, entry->d_name);
        if (look_at(list, path, &st) == 0 && S_ISDIR(st.st_mode))
            continue;
        if (!add_path(list, path, arena, err))
            return false;
    }
}

static bool add_from_folder(struct file_list *list, char *folder,
                            const struct wanted *wanted, struct arena *arena,
                            struct err *err)
{
    DIR *entries = file_opendir(AT_FDCWD, folder, 0);
    bool ok;

    if (!entries && errno == ENOENT)
        return true;
    if (!entries)
        return err_system(err, "cannot list '%s'", folder);
    ok = add_entries(list, folder, entries, wanted, arena, err);
    (void)closedir(entries);
    return ok;
}

static bool add_glob(struct file_list *list, const char *path, bool must_exist,
                     struct arena *arena, struct err *err)
{
    char *folder = file_folder(arena, path);
    const char *slash = strrchr(path, '/');
    struct wanted wanted = {.glob = slash ? slash + 1 : path};
    size_t before = list->n;

    if (strpbrk(folder, "*?["))
        return err_set(err, "cannot take '%s': * ? [ are for its last part only", path);
    if (!add_from_folder(list, folder, &wanted, arena, err))
        return false;
    if (must_exist && list->n == before)
        return err_set(err, "cannot read '%s': no file matches", path);
    add_folder(list, folder, arena);
    return true;
}

// NOLINTNEXTLINE(readability-function-size): a name, its limits and its place
bool file_list_add(struct file_list *list, const char *base, const char *pattern,
                   const char *const *endings, bool must_exist, struct arena *arena,
                   struct err *err)
{
    char *path = file_join(arena, base, pattern);
    const struct wanted wanted = {.endings = endings};
    struct stat st;
    bool there;

    if (pattern[0] == '\0')
        return err_set(err, "cannot read '': a file, folder or pattern is wanted");
    if (strpbrk(pattern, "*?["))
        return add_glob(list, path, must_exist, arena, err);
    there = stat(path, &st) == 0;
    if (there && S_ISDIR(st.st_mode)) {
        add_folder(list, path, arena);
        return add_from_folder(list, path, &wanted, arena, err);
    }
    if (!there && (must_exist || errno != ENOENT))
        return err_system(err, "cannot read '%s'", path);
    add_folder(list, file_folder(arena, path), arena);
    return !there || add_path(list, path, arena, err);
}

/* A file's identity, and where in the list it stands. */
struct place {
    dev_t device;
    ino_t inode;
    size_t index;
};

static int place_compare(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

void file_list_finish(struct file_list *list)
{
    struct arena scratch;
    struct place *place;
    size_t known = 0, kept = 0;

    if (list->n == 0)
        return;
    arena_init(&scratch, ARENA_BYTES_MAX);
    place = arena_new(&scratch, struct place, list->n);
    qsort(list->path, list->n, sizeof *list->path, str_pointer_compare);
    for (size_t i = 0; i < list->n; i++) {
        struct stat st;

        if (look_at(list, list->path[i], &st) == 0)
            place[known++] = (struct place){st.st_dev, st.st_ino, i};
    }
    qsort(place, known, sizeof *place, place_compare);
    for (size_t i = 1; i < known; i++)
        if (place[i].device == place[i - 1].device &&
            place[i].inode == place[i - 1].inode)
            list->path[place[i].index] = NULL;
    for (size_t i = 0; i < list->n; i++)
        if (list->path[i])
            list->path[kept++] = list->path[i];
    list->n = kept;
    arena_release(&scratch);
}
