/*
 * Preloaded into a program that asks the server of tests/fault/toxic.pl: every name
 * under .test is 127.0.0.1, but one that begins with `rebind.` is 127.0.0.2 from the
 * second look-up on. On descriptor 7, a line for each connection to anything but
 * 127.0.0.1, and at the end the line of the peak of memory in /proc/self/status and the
 * milliseconds that it took.
 */
#define _GNU_SOURCE // RTLD_NEXT
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { REPORT = 7 };

static const char home[] = "127.0.0.1", inside[] = "127.0.0.2";

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);

    if (!function)
        abort();
    return function;
}

static bool ends_in_test(const char *name)
{
    size_t n = strlen(name);

    return n > 5 && strcmp(name + n - 5, ".test") == 0;
}

static const char *address_of(const char *name)
{
    static atomic_int asked;

    if (strncmp(name, "rebind.", 7) != 0 || atomic_fetch_add(&asked, 1) == 0)
        return home;
    return inside;
}

// libc's names are reserved
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints,
                struct addrinfo **restrict result)
{
    int (*real)(const char *, const char *, const struct addrinfo *,
                struct addrinfo **);
    void *function = next("getaddrinfo");

    memcpy(&real, &function, sizeof real);
    return real(name && ends_in_test(name) ? address_of(name) : name, service, hints,
                result);
}

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t size)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    const struct sockaddr *address = to.__sockaddr__; // with _GNU_SOURCE it is a union
    void *function = next("connect");
    struct sockaddr_in ip4 = {0};

    memcpy(&real, &function, sizeof real);
    if (size >= sizeof ip4)
        memcpy(&ip4, address, sizeof ip4);
    if (address->sa_family != AF_INET || ip4.sin_addr.s_addr != inet_addr(home))
        dprintf(REPORT, "connect to family %d, %s\n", (int)address->sa_family,
                inet_ntoa(ip4.sin_addr));
    return real(fd, address, size);
}

static struct timespec begun;

__attribute__((constructor)) static void begin(void)
{
    (void)clock_gettime(CLOCK_MONOTONIC, &begun);
}

/* What tells these is called by a handler of signals, too: no stdio, no malloc. */
static void tell_peak(void)
{
    static const char name[] = "VmHWM:";
    char text[4096] = "";
    const char *peak, *end;
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        return;
    peak = strstr(text, name);
    end = peak ? strchr(peak, '\n') : NULL;
    if (end && write(REPORT, peak, (size_t)(end - peak) + 1) < 0)
        return;
    (void)close(fd);
}

static void tell_time(void)
{
    char line[] = "took:                    \n";
    size_t at = sizeof line - 2;
    struct timespec now = {0};
    long ms;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    ms = (now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000;
    do {
        line[--at] = (char)('0' + ms % 10);
        ms /= 10;
    } while (ms > 0);
    if (write(REPORT, line, sizeof line - 1) < 0)
        return;
}

__attribute__((destructor)) static void tell(void)
{
    tell_peak();
    tell_time();
}

/* Of the handler of --timeout, which runs no destructor. */
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
void _exit(int status)
{
    tell();
    (void)syscall(SYS_exit_group, status);
    abort();
}
