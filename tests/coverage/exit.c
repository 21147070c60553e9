/*
 * `make coverage`: gcov writes its counts by atexit, which _exit, exec and a signal to
 * oneself pass over, so that what ran in a child of fork, before another program or
 * when memory was out would be lost. Linked by --wrap into programs of that build
 * alone.
 */
#include "shared/banned.h"

// NOLINTBEGIN(readability-identifier-naming): gcov's names, and those of --wrap
void __gcov_dump(void);
void __gcov_reset(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_execv(const char *path, char *const *arguments);
int __wrap_execv(const char *path, char *const *arguments);
int __real_execve(const char *path, char *const *arguments, char *const *environment);
int __wrap_execve(const char *path, char *const *arguments, char *const *environment);
int __real_raise(int number);
int __wrap_raise(int number);

_Noreturn void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}

/* Where exec fails or a signal is ignored the counts go on from 0: what is written is
 * added up. */
int __wrap_execv(const char *path, char *const *arguments)
{
    int failed;

    __gcov_dump();
    failed = __real_execv(path, arguments);
    __gcov_reset();
    return failed;
}

int __wrap_execve(const char *path, char *const *arguments, char *const *environment)
{
    int failed;

    __gcov_dump();
    failed = __real_execve(path, arguments, environment);
    __gcov_reset();
    return failed;
}

int __wrap_raise(int number)
{
    int failed;

    __gcov_dump();
    failed = __real_raise(number);
    __gcov_reset();
    return failed;
}

// NOLINTEND(readability-identifier-naming)
