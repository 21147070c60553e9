/*
 * Preloaded into a program: the OOM_CALL-th malloc, calloc, realloc or strdup gives
 * nothing. Counted from 1, in the order of the calls. Neither counted nor failed are
 * those of the dynamic loader, which cannot say that memory is out, of libseccomp
 * 2.5.4, which then frees twice or loops, and of getaddrinfo in glibc 2.36, which then
 * crashes: the program sets memory aside for the two, and those calls are counted. At
 * exit descriptor OOM_TOLD, if there is one, gets the number of calls.
 */
#define _GNU_SOURCE // dl_iterate_phdr, RTLD_NEXT
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);

static atomic_long calls;
static _Thread_local bool is_resolving;

/* Code whose calls succeed. */
static struct span {
    uintptr_t from, to;
} spared[2];

static struct span span_of(uintptr_t base, const ElfW(Phdr) * segment, size_t n)
{
    struct span span = {base, base};

    for (size_t i = 0; i < n; i++)
        if (segment[i].p_type == PT_LOAD)
            span.to = base + segment[i].p_vaddr + segment[i].p_memsz;
    return span;
}

static int spare_libseccomp(struct dl_phdr_info *object, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    if (strstr(object->dlpi_name, "/libseccomp.so"))
        spared[1] = span_of(object->dlpi_addr, object->dlpi_phdr, object->dlpi_phnum);
    return 0;
}

__attribute__((constructor)) static void spare(void)
{
    (void)dl_iterate_phdr(spare_libseccomp, NULL);
}

static void spare_loader(void)
{
    uintptr_t base = getauxval(AT_BASE);
    const ElfW(Ehdr) *file = (const ElfW(Ehdr) *)base;

    if (base)
        spared[0] =
            span_of(base, (const ElfW(Phdr) *)(base + file->e_phoff), file->e_phnum);
}

static bool is_spared(const void *caller)
{
    if (!spared[0].to) // its calls begin before any constructor
        spare_loader();
    for (size_t i = 0; i < sizeof spared / sizeof *spared; i++)
        if ((uintptr_t)caller >= spared[i].from && (uintptr_t)caller < spared[i].to)
            return true;
    return false;
}

static bool fails(const void *caller)
{
    static long wanted;

    if (is_resolving || is_spared(caller))
        return false;
    if (!wanted) {
        const char *call = getenv("OOM_CALL");

        wanted = call ? strtol(call, NULL, 10) : -1;
    }
    if (++calls != wanted)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t n)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, n);
}

char *strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = fails(__builtin_return_address(0)) ? NULL : (char *)__libc_malloc(n);

    return copy ? memcpy(copy, text, n) : NULL;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    int (*real)(const char *, const char *, const struct addrinfo *,
                struct addrinfo **);
    void *function;
    int rc;

    is_resolving = true;
    function = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&real, &function, sizeof real);
    rc = real(name, service, hints, found);
    is_resolving = false;
    return rc;
}

__attribute__((destructor)) static void tell(void)
{
    const char *fd = getenv("OOM_TOLD");

    if (fd)
        (void)dprintf((int)strtol(fd, NULL, 10), "%ld\n", (long)calls);
}
