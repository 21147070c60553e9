/* One way to open a file that nobody else can. */
#define _GNU_SOURCE // O_TMPFILE

#include "shared/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/limits.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

int scratch_open(const char *folder, size_t number)
{
    char path[PATH_BYTES_MAX];
    int file =
        file_openat(AT_FDCWD, folder, O_TMPFILE | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);

    if (file >= 0)
        return file;
    if ((size_t)snprintf(path, sizeof path, "%s/.rounds-scratch.%ld.%zu", folder,
                         (long)getpid(), number) >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    file = file_openat(AT_FDCWD, path, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW,
                       S_IRUSR | S_IWUSR);
    if (file >= 0 && unlink(path) != 0) {
        int cause = errno;

        (void)close(file);
        errno = cause;
        return -1;
    }
    return file;
}
