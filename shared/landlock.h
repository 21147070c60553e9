/*
 * Landlock's system calls, constants and structs, our own: Debian 12's header stops at
 * ABI 2, and what the running kernel knows is asked at run time. Names and values are
 * those of the kernel's uapi header.
 */
#ifndef SHARED_LANDLOCK_H
#define SHARED_LANDLOCK_H

#include <stdint.h>

/* The same on every architecture but alpha. */
enum {
    LANDLOCK_SYS_CREATE_RULESET = 444,
    LANDLOCK_SYS_ADD_RULE = 445,
    LANDLOCK_SYS_RESTRICT_SELF = 446
};

enum { LANDLOCK_VERSION_FLAG = 1 };

enum { LANDLOCK_PATH_RULE = 1, LANDLOCK_PORT_RULE = 2 };

/* Rights on files and folders that we allow somewhere; the other bits are only ever
 * handled, so refused. */
#define LANDLOCK_FS_WRITE_FILE  (UINT64_C(1) << 1)
#define LANDLOCK_FS_READ_FILE   (UINT64_C(1) << 2)
#define LANDLOCK_FS_READ_DIR    (UINT64_C(1) << 3)
#define LANDLOCK_FS_REMOVE_FILE (UINT64_C(1) << 5)
#define LANDLOCK_FS_MAKE_REG    (UINT64_C(1) << 8)
#define LANDLOCK_FS_TRUNCATE    (UINT64_C(1) << 14)

/* What each ABI can handle: 2 adds REFER, 3 TRUNCATE, 4 the network, 5 IOCTL_DEV, 6
 * scopes. */
#define LANDLOCK_FS_ABI_1 UINT64_C(0x1fff)
#define LANDLOCK_FS_ABI_2 UINT64_C(0x3fff)
#define LANDLOCK_FS_ABI_3 UINT64_C(0x7fff)
#define LANDLOCK_FS_ABI_5 UINT64_C(0xffff)

#define LANDLOCK_NET_BIND_TCP    (UINT64_C(1) << 0)
#define LANDLOCK_NET_CONNECT_TCP (UINT64_C(1) << 1)

#define LANDLOCK_SCOPE_ABSTRACT_UNIX (UINT64_C(1) << 0)
#define LANDLOCK_SCOPE_SIGNAL        (UINT64_C(1) << 1)

/* An older kernel takes the longer struct as long as what it does not know is zero. */
struct landlock_ruleset {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
};

struct landlock_path {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

struct landlock_port {
    uint64_t allowed;
    uint64_t port;
};

#endif
