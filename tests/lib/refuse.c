/* BPF by hand: libseccomp would remember what it found out about the kernel. */
#define _GNU_SOURCE // MAP_ANONYMOUS
#include "tests/lib/refuse.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/banned.h"

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    abort();
}

bool refuse(const struct refusal *refusal)
{
    const bool is_any = refusal->nth == ANY_ARGUMENT;
    const uint32_t argument =
        (uint32_t)(offsetof(struct seccomp_data, args) +
                   sizeof(uint64_t) * (is_any ? 0 : (size_t)refusal->nth));
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)refusal->call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument), // its low half, little-endian
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refusal->value, 0, is_any ? 0 : 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)refusal->cause),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof code / sizeof *code, code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

struct err refused_in_child(const struct refusal *refusal,
                            bool (*act)(void *kept, struct err *err), void *kept,
                            size_t n)
{
    // no pipe: its write may be what is refused
    struct err *told = mmap(NULL, sizeof *told + n, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct err err = {.text = ""};
    int status = 0;
    pid_t child;

    check(told != MAP_FAILED, "mmap");
    child = fork();
    check(child >= 0, "fork");
    if (child == 0) {
        bool done;

        if (refusal && !refuse(refusal))
            _exit(1);
        done = act(kept, &err);
        *told = err;
        if (n > 0)
            memcpy(told + 1, kept, n);
        _exit(done == (err.text[0] == '\0') ? 0 : 2);
    }
    check(waitpid(child, &status, 0) == child, "waitpid");
    check(status == 0, "the child ended otherwise");
    err = *told;
    if (n > 0)
        memcpy(kept, told + 1, n);
    check(munmap(told, sizeof *told + n) == 0, "munmap");
    return err;
}
