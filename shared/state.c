/*
 * The state folder, its lock, and the atomic replacement of a file. The order of system
 * calls is the point here; the faults each can meet are in docs/state.md. Loads are in
 * state_load.c, the bytes in state_format.c.
 */
#include "shared/state.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/secret.h"

#include "shared/banned.h"

enum { POLLS_A_SECOND = 10 };

static const char lock_name[] = ".lock";

static bool interrupted(int result)
{
    return result < 0 && errno == EINTR;
}

/* Opens a folder below `parent`; -1 with errno set. */
static int folder_open(int parent, const char *name, bool create, int flags)
{
    if (create && mkdirat(parent, name, 0777) < 0 && errno != EEXIST)
        return -1;
    return file_openat(parent, name, O_RDONLY | O_DIRECTORY | flags, 0);
}

bool state_folder_open(struct state_folder *folder, const char *path, bool create,
                       struct err *err)
{
    *folder = (struct state_folder){path, -1, -1, NULL, -1, -1};
    folder->fd = folder_open(AT_FDCWD, path, create, 0);
    if (folder->fd < 0 && errno == ENOENT && !create)
        return true;
    if (folder->fd < 0 && errno == ENOENT)
        return err_set(
            err,
            "cannot make state folder '%s': the folder it is to be in is not "
            "there; make that first",
            path);
    if (folder->fd < 0)
        return err_system(err, "cannot open state folder '%s'", path);
    folder->history_fd = folder_open(folder->fd, "history", create, O_NOFOLLOW);
    if (folder->history_fd >= 0 || (errno == ENOENT && !create))
        return true;
    (void)err_system(err, "cannot open state folder '%s/history'", path);
    state_folder_release(folder);
    return false;
}

/* Opens `name` of one or more parts below `parent`, each a real folder, no link. */
static int folders_open(int parent, const char *name, bool create)
{
    char part[NAME_MAX + 1];
    int at = parent;

    for (;;) {
        size_t n = strcspn(name, "/");
        int next = -1, cause;

        assert(n > 0 && n < sizeof part);
        memcpy(part, name, n);
        part[n] = '\0';
        next = folder_open(at, part, create, O_NOFOLLOW);
        cause = errno;
        if (at != parent)
            (void)close(at);
        errno = cause;
        if (next < 0 || name[n] == '\0')
            return next;
        at = next;
        name += n + 1;
    }
}

bool state_folder_add(struct state_folder *folder, const char *name, bool create,
                      struct err *err)
{
    assert(!folder->other);
    if (folder->fd < 0) // there is no folder at all, and none is made
        return true;
    folder->other_fd = folders_open(folder->fd, name, create);
    if (folder->other_fd < 0 && (errno != ENOENT || create))
        return err_system(err, "cannot open state folder '%s/%s'", folder->path, name);
    folder->other = name;
    return true;
}

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void state_folder_release(struct state_folder *folder)
{
    close_if_open(&folder->lock_fd);
    close_if_open(&folder->other_fd);
    close_if_open(&folder->history_fd);
    close_if_open(&folder->fd);
}

/* The descriptor run-all.sh holds the lock on, when it is a descriptor of this folder's
 * lock; else -1. */
static int lock_inherited(const struct state_folder *folder)
{
    const char *text = getenv("ROUNDS_LOCK_FD");
    struct stat theirs, ours;
    int64_t fd;

    if (!text || !str_to_int64(text, strlen(text), &fd) || fd < 0 || fd > INT_MAX)
        return -1;
    if (fstat((int)fd, &theirs) < 0 ||
        fstatat(folder->fd, lock_name, &ours, AT_SYMLINK_NOFOLLOW) < 0)
        return -1;
    return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino ? (int)fd : -1;
}

static bool lock_wait(const struct state_folder *folder, int fd, int seconds,
                      struct err *err)
{
    const struct timespec pause = {.tv_nsec = 1000000000L / POLLS_A_SECOND};

    for (int64_t left = (int64_t)seconds * POLLS_A_SECOND;; left--) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_system(err, "cannot lock '%s/%s'", folder->path, lock_name);
        if (left <= 0)
            return err_set(
                err,
                "cannot lock '%s/%s' in %d s: another run holds it; run again when "
                "it has ended",
                folder->path, lock_name, seconds);
        (void)nanosleep(&pause, NULL);
    }
}

bool state_folder_lock(struct state_folder *folder, int seconds, struct err *err)
{
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
    int fd = lock_inherited(folder);

    assert(folder->fd >= 0);
    if (fd >=
        0) { // held by the whole run: a no-op to lock, not ours to unlock or to pass on
        if (!lock_wait(folder, fd, seconds, err))
            return false;
        return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ||
               err_system(err, "cannot keep '%s/%s'", folder->path, lock_name);
    }
    fd = file_openat(folder->fd, lock_name, flags, 0644);
    if (fd < 0 && (errno == EROFS || errno == EACCES)) {
        fd = file_openat(folder->fd, lock_name, O_RDONLY | O_NOFOLLOW, 0);
        if (fd < 0 && errno == ENOENT)
            return true; // nor can anything be saved here: the report is still worth it
    }
    if (fd < 0)
        return err_system(err, "cannot open '%s/%s'", folder->path, lock_name);
    if (!lock_wait(folder, fd, seconds, err)) {
        (void)close(fd);
        return false;
    }
    folder->lock_fd = fd;
    return true;
}

/* Where a file is, and the name beside it under which it is first written. */
struct target {
    int folder;
    const char *name;
    char temporary[NAME_MAX + 1];
    char shown[512];
};

/* Whether `name` is FOLDER/something. */
static bool is_in(const char *folder, const char *name)
{
    size_t n = strlen(folder);

    return strncmp(name, folder, n) == 0 && name[n] == '/';
}

static bool target_of(struct target *target, const struct state_folder *folder,
                      const char *name, struct err *err)
{
    int n;

    target->folder = folder->fd;
    target->name = name;
    if (is_in("history", name)) {
        target->folder = folder->history_fd;
        target->name = strchr(name, '/') + 1;
    } else if (folder->other && is_in(folder->other, name)) {
        target->folder = folder->other_fd;
        target->name = name + strlen(folder->other) + 1;
    }
    assert(target->folder >= 0 && !strchr(target->name, '/'));
    (void)snprintf(target->shown, sizeof target->shown, "%s/%s", folder->path, name);
    n = snprintf(target->temporary, sizeof target->temporary, ".%s.tmp", target->name);
    if (n < 0 || (size_t)n >= sizeof target->temporary)
        return err_set(err, "cannot write '%s': the name is too long", target->shown);
    return true;
}

static bool has_bytes(int fd, struct str bytes, bool *same)
{
    char part[8192];
    size_t at = 0;

    for (;;) {
        ssize_t n = read(fd, part, sizeof part);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        if ((size_t)n > bytes.n - at || memcmp(part, bytes.at + at, (size_t)n) != 0) {
            *same = false;
            return true;
        }
        at += (size_t)n;
    }
    *same = at == bytes.n;
    return true;
}

/* `*same`: the file is there and has these bytes. */
static bool compare(const struct target *target, const char *name, struct str bytes,
                    bool *same, struct err *err)
{
    size_t size = 0;
    int fd = -1;
    bool ok;

    if (!file_open(target->folder, name, true, &fd, &size, err))
        return err_wrap(err, "%s", target->shown);
    *same = false;
    if (fd < 0)
        return true;
    ok = size != bytes.n || has_bytes(fd, bytes, same);
    if (!ok)
        (void)err_system(err, "cannot read '%s'", target->shown);
    (void)close(fd);
    return ok;
}

/* Makes the temporary file with these bytes, on the disk. */
static bool write_temporary(const struct target *target, struct str bytes,
                            struct err *err)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    int fd = file_openat(target->folder, target->temporary, flags, 0644);
    bool ok, same = false;

    if (fd < 0)
        return err_system(err, "cannot write '%s'", target->shown);
    ok = file_write_all(fd, bytes) && file_sync(fd);
    if (!ok)
        (void)err_system(err, "cannot write '%s'", target->shown);
    // On Linux the descriptor is gone after EINTR as well: no second try.
    if (close(fd) < 0 && errno != EINTR && ok)
        ok = err_system(err, "cannot write '%s'", target->shown);
    if (!ok || !compare(target, target->temporary, bytes, &same, err))
        return false;
    return same ||
           err_set(err, "cannot write '%s': it reads back differently", target->shown);
}

static bool unlink_temporary(const struct target *target)
{
    int result;

    do
        result = unlinkat(target->folder, target->temporary, 0);
    while (interrupted(result));
    return result == 0 || errno == ENOENT;
}

static bool rename_temporary(const struct target *target, struct err *err)
{
    int result;

    do
        result =
            renameat(target->folder, target->temporary, target->folder, target->name);
    while (interrupted(result));
    return result == 0 || err_system(err, "cannot replace '%s'", target->shown);
}

bool state_save(const struct state_folder *folder, const char *name, struct str bytes,
                bool *changed, struct err *err)
{
    struct target target;
    bool same = false;

    if (secret_leaks(bytes))
        return err_set(err,
                       "cannot write '%s/%s': a secret of the configuration would be "
                       "in it; find which input holds it",
                       folder->path, name);
    if (!target_of(&target, folder, name, err) ||
        !compare(&target, target.name, bytes, &same, err))
        return false;
    if (!same) {
        if (!unlink_temporary(&target)) // left by a run that was killed
            return err_system(err, "cannot remove '%s' beside '%s'", target.temporary,
                              target.shown);
        if (!write_temporary(&target, bytes, err) || !rename_temporary(&target, err)) {
            (void)unlink_temporary(&target);
            return false;
        }
        if (!file_sync(target.folder))
            return err_system(err, "state written, durability unknown: '%s'",
                              target.shown);
    }
    if (changed)
        *changed = !same;
    return true;
}
