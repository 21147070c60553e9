/* Memory for libraries: what libc has, or the end of the run. Our own data lives in
 * arenas (shared/arena.c), which end here as well. */
#include "shared/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/banned.h"

_Noreturn void memory_is_out(void)
{
    static const char text[] = "out of memory; give the run more, or fewer inputs\n";

    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(3); // nobody to tell
    _exit(3);
}

static void *checked(void *memory)
{
    if (!memory)
        memory_is_out();
    return memory;
}

void *memory_new(size_t n)
{
    return checked(malloc(n > 0 ? n : 1));
}

void *memory_new_zeroed(size_t count, size_t size)
{
    return checked(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *memory_resize(void *old, size_t n)
{
    return checked(realloc(old, n > 0 ? n : 1));
}

char *memory_copy(const char *text)
{
    size_t n = strlen(text) + 1;

    return memcpy(memory_new(n), text, n);
}

void *memory_for_pcre2(size_t n, void *unused)
{
    (void)unused;
    return memory_new(n);
}

void *memory_for_zlib(void *unused, unsigned count, unsigned size)
{
    (void)unused;
    if (size > 0 && count > SIZE_MAX / size)
        memory_is_out();
    return memory_new((size_t)count * size);
}

void memory_given_back(void *old, void *unused)
{
    (void)unused;
    free(old);
}

void memory_given_back_by_zlib(void *unused, void *old)
{
    (void)unused;
    free(old);
}
