/*
 * `make coverage`: gcov writes its counts by atexit, which _exit passes over, and so
 * would lose what ran in a child of fork or when memory was out. Linked by
 * --wrap=_exit into programs of that build alone.
 */
#include "shared/banned.h"

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}
