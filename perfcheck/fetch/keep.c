/* Leaves answers in a folder: each under its own name at once, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "perfcheck/fetch/fetch.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { NAMES_TRIED = 1000, NAME_BYTES = 64 };

static bool make_folders(const char *path)
{
    char part[PATH_BYTES_MAX];
    size_t n = strlen(path);

    if (n >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) // less the umask
            return false;
        part[i] = path[i];
    }
    return true;
}

int keep_open(const char *path, struct err *err)
{
    int folder;

    if (!make_folders(path)) {
        (void)err_system(err, "cannot make the folder '%s'", path);
        return -1;
    }
    folder = file_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
    if (folder < 0)
        (void)err_system(err, "cannot open the folder '%s'", path);
    return folder;
}

/* A temporary file that nobody else has, for a name that is free. While we have the
 * one, nobody takes the other. */
static int claim(int folder, const char *prefix, int64_t now_ms, char name[NAME_BYTES],
                 char temporary[NAME_BYTES + 8])
{
    for (int64_t ms = now_ms; ms < now_ms + NAMES_TRIED; ms++) {
        struct stat st;
        int fd;

        (void)snprintf(name, NAME_BYTES, "%s-%" PRId64 ".json", prefix, ms);
        (void)snprintf(temporary, NAME_BYTES + 8, ".%s.tmp", name);
        fd = file_openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                         0644);
        if (fd < 0 && errno != EEXIST)
            return -1;
        if (fd < 0)
            continue;
        if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
            return fd;
        (void)close(fd);
        (void)unlinkat(folder, temporary, 0);
    }
    errno = EEXIST;
    return -1;
}

bool keep_file(int folder, const char *prefix, int64_t now_ms, struct str bytes,
               char name[NAME_BYTES], struct err *err)
{
    char temporary[NAME_BYTES + 8];
    int fd = claim(folder, prefix, now_ms, name, temporary);
    bool good;
    int cause;

    if (fd < 0)
        return err_system(err, "cannot make a file in the folder of fetch.into");
    good = file_write_all(fd, bytes) && file_sync(fd);
    cause = errno;
    if (close(fd) != 0 && good) {
        cause = errno;
        good = false;
    }
    if (good && renameat(folder, temporary, folder, name) == 0)
        return file_sync(folder) ||
               err_system(err, "'%s' is written, durability unknown", name);
    cause = good ? errno : cause;
    (void)unlinkat(folder, temporary, 0);
    errno = cause;
    return err_system(err, "cannot write '%s'", name);
}
