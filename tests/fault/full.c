/*
 * Preloaded into a tool: the FULL_CALL-th write, fsync or renameat to something else
 * than the standard streams fails, as on a full disk. Counted from 1, in the order of
 * the calls.
 */
#define _GNU_SOURCE // RTLD_NEXT
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);

    if (!function)
        abort();
    return function;
}

static bool is_full(void)
{
    static long calls;
    const char *call = getenv("FULL_CALL");

    calls++;
    errno = ENOSPC;
    return call && strtol(call, NULL, 10) == calls;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    ssize_t (*real)(int, const void *, size_t);
    void *function = next("write");

    memcpy(&real, &function, sizeof real);
    return fd > STDERR_FILENO && is_full() ? -1 : real(fd, bytes, n);
}

int fsync(int fd)
{
    int (*real)(int);
    void *function = next("fsync");

    memcpy(&real, &function, sizeof real);
    return is_full() ? -1 : real(fd);
}

int renameat(int from, const char *old, int to, const char *new)
{
    int (*real)(int, const char *, int, const char *);
    void *function = next("renameat");

    memcpy(&real, &function, sizeof real);
    return is_full() ? -1 : real(from, old, to, new);
}
