/*
 * The kernel keeps the process from writing outside its state folder: Landlock and a
 * seccomp deny list. Entered once, after options, configuration, secrets and the state
 * folder's descriptor, before any thread. What this kernel cannot enforce is said,
 * never assumed.
 */
#ifndef SHARED_SANDBOX_H
#define SHARED_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum sandbox_mode { SANDBOX_REQUIRE, SANDBOX_BEST_EFFORT, SANDBOX_OFF };

enum { SANDBOX_PATHS_MAX = 10100, SANDBOX_PORTS_MAX = 64 };

struct sandbox_plan {
    enum sandbox_mode mode;
    const char *const *write; /* folders: the state folder; missing ones are skipped */
    size_t nwrite;
    const char *const *read; /* files and folders; missing ones are skipped */
    size_t nread;
    bool network; /* false: no socket at all */
    const uint16_t *ports;
    size_t nports;
};

/* What is in force. All zero: nothing (`--sandbox off`). */
struct confinement {
    int landlock;         /* ABI in use, 0 none */
    const char *write_as; /* what `write` is called in texts; NULL: "state". "none" when
                             the plan has nothing to write */
    bool truncate; /* Landlock forbids truncating (ABI 3); otherwise seccomp does when
                      `seccomp` */
    bool network;  /* the tool may use the network at all */
    bool tcp;      /* TCP connects are limited to the ports (ABI 4) */
    uint16_t ports[SANDBOX_PORTS_MAX];
    size_t nports;
    bool seccomp;
};

/* ROUNDS_LANDLOCK_ABI in the environment lowers the ABI used (tests); it can never
 * raise it. */
MUST_USE bool sandbox_enter(const struct sandbox_plan *plan, struct confinement *done,
                            struct err *err);

/* `landlock=7 write=state truncate=yes net=443 seccomp=yes`; net=none without a
 * network, net=any where ports cannot be enforced; truncate=seccomp when only seccomp
 * forbids it. */
char *confinement_text(struct arena *arena, const struct confinement *confined);
/* What follows its `write=`. */
const char *confinement_write(const struct confinement *confined);

#endif
