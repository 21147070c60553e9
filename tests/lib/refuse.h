/*
 * A kernel that says no to a system call: in a child process, where a seccomp filter
 * answers for it. What cannot be had from a real full disk or a real old kernel.
 */
#ifndef TESTS_LIB_REFUSE_H
#define TESTS_LIB_REFUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/err.h"

enum { ANY_ARGUMENT = -1 };

/* `cause` is what `call` (SYS_...) fails with; only where argument `nth` is `value`. */
struct refusal {
    int cause;
    int call;
    int nth;
    uint32_t value;
};

/* For this thread and what it starts, for good. A build that counts branches writes its
 * counts under it as well: do not refuse reads of 4,096 bytes, which are stdio's. */
bool refuse(const struct refusal *refusal);

/* What `act` says in a child where that is refused (NULL: nothing is): its error's
 * text,
 * "" when it returns true. What it leaves in the `n` bytes at `kept` comes back. */
struct err refused_in_child(const struct refusal *refusal,
                            bool (*act)(void *kept, struct err *err), void *kept,
                            size_t n);

#endif
