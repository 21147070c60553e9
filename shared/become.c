/* Becomes the sibling program. The command line is the kernel's copy of it, so that no
 * part of the program has to keep it. */
#include "shared/become.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/arena.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { PATH_BYTES = 4096, ENDING_BYTES = 32, LINE_BYTES_MAX = 4 << 20 };

/* What the process was started with, ended by NULL; NULL when /proc does not tell. */
static char **command_line(struct arena *arena)
{
    size_t capacity = 4096, n = 0, words = 0;
    char *bytes = arena_new(arena, char, capacity);
    int from = file_openat(AT_FDCWD, "/proc/self/cmdline", O_RDONLY, 0);
    ssize_t got = 1;
    char **line;

    while (from >= 0 && got > 0 && n < LINE_BYTES_MAX) {
        if (n == capacity) {
            bytes = arena_grow(arena, bytes, n, 2 * capacity, 1);
            capacity *= 2;
        }
        do
            got = read(from, bytes + n, capacity - n);
        while (got < 0 && errno == EINTR);
        n += got > 0 ? (size_t)got : 0;
    }
    if (from >= 0)
        (void)close(from);
    if (n == 0 || got != 0 || bytes[n - 1] != '\0')
        return NULL;
    line = arena_new(arena, char *, n + 1);
    for (size_t i = 0; i < n; i += strlen(bytes + i) + 1)
        line[words++] = bytes + i;
    return line;
}

bool become_sibling(const char *ending, struct err *err)
{
    char path[PATH_BYTES + ENDING_BYTES];
    ssize_t n = readlink("/proc/self/exe", path, PATH_BYTES);
    struct arena arena;
    char **line;

    if (n <= 0 || n == PATH_BYTES)
        return err_set(err, "cannot tell where this program is; is /proc there?");
    (void)snprintf(path + n, ENDING_BYTES, "%s", ending);
    arena_init(&arena, 64 * MIB);
    line = command_line(&arena);
    if (line)
        (void)execv(path, line);
    (void)(line ? err_system(err, "cannot run '%s'; install rounds whole", path)
                : err_set(err, "cannot read the command line; is /proc there?"));
    arena_release(&arena);
    return false;
}
