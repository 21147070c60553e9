/*
 * Landlock first, seccomp last: the filter's load is the point after which the process
 * is confined. Decides nothing about paths or ports; the caller's plan does.
 */
#define _GNU_SOURCE // O_PATH and syscall()
#include "shared/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <seccomp.h>

#include "shared/file.h"
#include "shared/landlock.h"
#include "shared/memory.h"

#include "shared/banned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#if defined(__SANITIZE_ADDRESS__)
#    define UNDER_ASAN 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define UNDER_ASAN 1
#    endif
#endif
#ifndef UNDER_ASAN
#    define UNDER_ASAN 0
#endif

#define READ_FOLDER_RIGHTS (LANDLOCK_FS_READ_FILE | LANDLOCK_FS_READ_DIR)
/* No MAKE_DIR, MAKE_SYM or REFER: a rename inside one folder needs only MAKE_REG and
 * REMOVE_FILE. */
#define WRITE_RIGHTS                                                      \
    (READ_FOLDER_RIGHTS | LANDLOCK_FS_WRITE_FILE | LANDLOCK_FS_MAKE_REG | \
     LANDLOCK_FS_REMOVE_FILE | LANDLOCK_FS_TRUNCATE)

static const char *const everyone_reads[] = {"/usr/lib", "/etc/ld.so.cache",
                                             "/usr/share/zoneinfo", "/dev/urandom",
                                             "/proc/self"};

/* Names, services, certificates. */
static const char *const network_reads[] = {
    "/etc/resolv.conf", "/etc/hosts",      "/etc/nsswitch.conf",
    "/etc/host.conf",   "/etc/gai.conf",   "/etc/services",
    "/etc/localtime",   "/run/resolvconf", "/run/systemd/resolve",
    "/etc/ssl",         "/usr/lib/ssl",    "/usr/share/ca-certificates",
};

/* Where gcov writes a run's counts as it ends: `make coverage` alone names a folder. */
#ifndef COVERAGE_FOLDER
#    define COVERAGE_FOLDER NULL
#endif

/* What Landlock leaves open, before ABI 3 or at all. fchmod, fchown and utimensat
 * because a descriptor opened for reading is enough for them. */
static const char *const denied[] = {
    "truncate",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    "utime",
    "utimes",
    "futimesat",
    "utimensat",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mknod",
    "mknodat",
    "openat2", // its flags are behind a pointer
    "open_by_handle_at",
    "execve",
    "execveat",
    "process_vm_readv",
    "process_vm_writev",
    "kill",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "mount",
    "mount_setattr",
    "umount2",
    "move_mount",
    "fsopen",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "bpf",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "keyctl",
    "add_key",
    "perf_event_open",
    "userfaultfd",
    "init_module",
    "finit_module",
    "listen",
    "accept",
    "accept4",
};

/* Names that libseccomp 2.5.4 does not know; from 424 on, numbers are the same
 * everywhere. */
static const int denied_by_number[] = {
    452, // fchmodat2
    463, // setxattrat
    466, // removexattrat
    469, // file_setattr
};

/* What a descriptor for reading is enough for: flags of the file's inode, and keys as
 * if typed into the terminal. */
static const unsigned long denied_ioctls[] = {
    FS_IOC_SETFLAGS,   FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR,
    FS_IOC_SETVERSION, TIOCSTI,           TIOCLINUX,
};

/* Without a network an inherited socket is of no use either. */
static const char *const denied_without_network[] = {
    "socket",  "socketpair", "connect",  "bind",    "sendto",
    "sendmsg", "sendmmsg",   "recvfrom", "recvmsg", "recvmmsg",
};

static bool is_unsupported(int cause)
{
    return cause == ENOSYS || cause == EOPNOTSUPP;
}

/* The ABI to use: the kernel's, lowered by ROUNDS_LANDLOCK_ABI. */
static bool landlock_abi(int *abi, struct err *err)
{
    long kernel = syscall(LANDLOCK_SYS_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION_FLAG);
    const char *asked = getenv("ROUNDS_LANDLOCK_ABI");
    int64_t most;

    if (kernel < 0 && !is_unsupported(errno))
        return err_system(err, "cannot ask the kernel for Landlock");
    if (kernel < 0)
        kernel = 0;
    if (asked != NULL) {
        if (!str_to_int64(asked, strlen(asked), &most) || most < 0)
            return err_set(err, "ROUNDS_LANDLOCK_ABI '%s' is not a version; unset it",
                           asked);
        if (most < kernel)
            kernel = (long)most;
    }
    *abi = (int)kernel;
    return true;
}

static uint64_t rights_of(int abi)
{
    if (abi >= 5)
        return LANDLOCK_FS_ABI_5;
    if (abi >= 3)
        return LANDLOCK_FS_ABI_3;
    return abi == 2 ? LANDLOCK_FS_ABI_2 : LANDLOCK_FS_ABI_1;
}

/* A path that cannot even be opened as a place needs no rule: nothing will be read
 * there. */
static bool is_out_of_reach(int cause)
{
    return cause == ENOENT || cause == ENOTDIR || cause == EACCES || cause == ELOOP;
}

/* Allows `rights` (of a folder) beneath `path`; on a plain file only those a file can
 * have. */
static bool allow_path(int ruleset, const char *path, uint64_t rights, struct err *err)
{
    struct landlock_path rule = {.allowed = rights};
    struct stat info;
    bool done;

    rule.parent = file_openat(AT_FDCWD, path, O_PATH, 0);
    if (rule.parent < 0)
        return is_out_of_reach(errno) ||
               err_system(err, "cannot confine to '%s'", path);
    done = fstat(rule.parent, &info) == 0;
    if (done && !S_ISDIR(info.st_mode))
        rule.allowed &=
            LANDLOCK_FS_READ_FILE | LANDLOCK_FS_WRITE_FILE | LANDLOCK_FS_TRUNCATE;
    done = done && (syscall(LANDLOCK_SYS_ADD_RULE, ruleset, LANDLOCK_PATH_RULE, &rule,
                            0) == 0 ||
                    errno == EBADFD); // a pipe behind /dev/stdin: never restricted
    if (!done)
        err_system(err, "cannot confine to '%s'", path);
    (void)close(rule.parent);
    return done;
}

static bool allow_paths(int ruleset, const char *const *paths, size_t n,
                        uint64_t rights, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!allow_path(ruleset, paths[i], rights, err))
            return false;
    }
    return true;
}

static bool allow_certificates(int ruleset, struct err *err)
{
    static const char *const names[] = {"SSL_CERT_FILE", "SSL_CERT_DIR"};

    for (size_t i = 0; i < COUNT(names); i++) {
        const char *path = getenv(names[i]);

        if (path != NULL && !allow_path(ruleset, path, READ_FOLDER_RIGHTS, err))
            return false;
    }
    return true;
}

static bool allow_coverage(int ruleset, uint64_t rights, struct err *err)
{
    const char *folder = COVERAGE_FOLDER;

    return folder == NULL || allow_path(ruleset, folder, rights, err);
}

static bool allow_files(int ruleset, const struct sandbox_plan *plan, uint64_t handled,
                        struct err *err)
{
    if (!allow_paths(ruleset, plan->write, plan->nwrite, WRITE_RIGHTS & handled, err) ||
        !allow_coverage(ruleset, WRITE_RIGHTS & handled, err) ||
        !allow_paths(ruleset, plan->read, plan->nread, READ_FOLDER_RIGHTS, err) ||
        !allow_paths(ruleset, everyone_reads, COUNT(everyone_reads), READ_FOLDER_RIGHTS,
                     err))
        return false;
    if (!plan->network)
        return true;
    return allow_paths(ruleset, network_reads, COUNT(network_reads), READ_FOLDER_RIGHTS,
                       err) &&
           allow_certificates(ruleset, err);
}

static bool allow_ports(int ruleset, const struct sandbox_plan *plan, struct err *err)
{
    for (size_t i = 0; i < plan->nports; i++) {
        struct landlock_port rule = {.allowed = LANDLOCK_NET_CONNECT_TCP,
                                     .port = plan->ports[i]};

        if (syscall(LANDLOCK_SYS_ADD_RULE, ruleset, LANDLOCK_PORT_RULE, &rule, 0) != 0)
            return err_system(err, "cannot confine to port %d", (int)plan->ports[i]);
    }
    return true;
}

static bool enter_landlock(const struct sandbox_plan *plan, int abi,
                           struct confinement *done, struct err *err)
{
    struct landlock_ruleset all = {.handled_fs = rights_of(abi)};
    long ruleset;
    bool entered;

    if (abi >= 4)
        all.handled_net = LANDLOCK_NET_BIND_TCP | LANDLOCK_NET_CONNECT_TCP;
    if (abi >= 6)
        all.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX | LANDLOCK_SCOPE_SIGNAL;
    ruleset = syscall(LANDLOCK_SYS_CREATE_RULESET, &all, sizeof all, 0);
    if (ruleset < 0)
        return err_system(err, "cannot create the Landlock rules");
    entered = allow_files((int)ruleset, plan, all.handled_fs, err) &&
              (abi < 4 || !plan->network || allow_ports((int)ruleset, plan, err));
    if (entered && syscall(LANDLOCK_SYS_RESTRICT_SELF, ruleset, 0) != 0)
        entered = err_system(err, "cannot enter the Landlock rules");
    (void)close((int)ruleset);
    if (!entered)
        return false;
    done->landlock = abi;
    done->truncate = abi >= 3;
    done->tcp = abi >= 4;
    return true;
}

/* The filter being built; the first call of libseccomp that fails says why, and the
 * rest are left out. */
struct filter {
    scmp_filter_ctx context;
    int failed; // 0 or a negative errno
};

static void set_attribute(struct filter *filter, enum scmp_filter_attr attribute,
                          uint32_t value)
{
    if (filter->failed == 0)
        filter->failed = seccomp_attr_set(filter->context, attribute, value);
}

/* Denies a call when all comparisons hold. */
static void deny(struct filter *filter, int number, const struct scmp_arg_cmp *when,
                 unsigned n)
{
    if (filter->failed == 0)
        filter->failed = seccomp_rule_add_array(filter->context, SCMP_ACT_ERRNO(EPERM),
                                                number, n, when);
}

static void deny_when(struct filter *filter, int number, struct scmp_arg_cmp when)
{
    deny(filter, number, &when, 1);
}

/* A name that this architecture lacks is skipped. */
static void deny_names(struct filter *filter, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);

        if (number >= 0)
            deny(filter, number, NULL, 0);
    }
}

static void deny_numbers(struct filter *filter)
{
    for (size_t i = 0; i < COUNT(denied_by_number); i++)
        deny(filter, denied_by_number[i], NULL, 0);
}

/* Families and types are int: only the low half of the register counts, hence the
 * masks. */
static void deny_family(struct filter *filter, uint64_t family)
{
    deny_when(filter, SCMP_SYS(socket),
              SCMP_A0_64(SCMP_CMP_MASKED_EQ, UINT32_MAX, family));
}

static void deny_type(struct filter *filter, uint64_t family, uint64_t type)
{
    enum { TYPE_MASK = 0xf }; // the rest are flags
    const struct scmp_arg_cmp when[] = {
        SCMP_A0_64(SCMP_CMP_MASKED_EQ, UINT32_MAX, family),
        SCMP_A1_64(SCMP_CMP_MASKED_EQ, TYPE_MASK, type),
    };

    deny(filter, SCMP_SYS(socket), when, COUNT(when));
}

/* Landlock's rules on ports know TCP's connect alone: not the protocols that are TCP by
 * another number (MPTCP), nor a first packet that connects. */
static void deny_other_connects(struct filter *filter)
{
    const struct scmp_arg_cmp fourth =
        SCMP_A3_64(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN);
    const struct scmp_arg_cmp third =
        SCMP_A2_64(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN);
    const uint64_t families[] = {AF_INET, AF_INET6};

    for (size_t i = 0; i < COUNT(families); i++) {
        const struct scmp_arg_cmp when[] = {
            SCMP_A0_64(SCMP_CMP_MASKED_EQ, UINT32_MAX, families[i]),
            SCMP_A2_64(SCMP_CMP_GT, IPPROTO_UDP, 0),
        };

        deny(filter, SCMP_SYS(socket), when, COUNT(when));
    }
    deny_when(filter, SCMP_SYS(sendto), fourth);
    deny_when(filter, SCMP_SYS(sendmmsg), fourth);
    deny_when(filter, SCMP_SYS(sendmsg), third);
}

/* What a tool with a network may not have: other families, raw sockets. glibc's
 * resolver needs NETLINK. */
static void deny_sockets(struct filter *filter)
{
    enum { FAMILIES = 64 }; // the kernel has 46 and refuses the rest itself

    for (uint64_t family = 0; family < FAMILIES; family++) {
        if (family == AF_INET || family == AF_INET6) {
            deny_type(filter, family, SOCK_RAW);
            deny_type(filter, family, SOCK_PACKET);
        } else if (family != AF_UNIX && family != AF_NETLINK) {
            deny_family(filter, family);
        }
    }
    deny_other_connects(filter);
}

/* Until ABI 3, reading rights let Landlock open a file for reading and cut it (O_RDONLY
 * | O_TRUNC). */
static void deny_cutting(struct filter *filter)
{
    int old = seccomp_syscall_resolve_name("open");

    deny_when(filter, SCMP_SYS(openat),
              SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_TRUNC, O_RDONLY | O_TRUNC));
    if (old >= 0)
        deny_when(filter, old,
                  SCMP_A1_64(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_TRUNC,
                             O_RDONLY | O_TRUNC));
}

static void deny_ioctls(struct filter *filter)
{
    for (size_t i = 0; i < COUNT(denied_ioctls); i++)
        deny_when(filter, SCMP_SYS(ioctl),
                  SCMP_A1_64(SCMP_CMP_MASKED_EQ, UINT32_MAX, denied_ioctls[i]));
}

/* A signal to itself is how a process aborts. */
static void deny_signals(struct filter *filter)
{
    deny_when(filter, SCMP_SYS(tgkill), SCMP_A0_64(SCMP_CMP_NE, (uint64_t)getpid(), 0));
}

static void deny_all(struct filter *filter, bool network)
{
    static const char *const debugging[] = {"ptrace"};

    set_attribute(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (filter->failed == -EINVAL) { // before Linux 4.14, or none: what load then says
        filter->failed = 0;
        set_attribute(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL);
    }
    // the kernel's own errno from seccomp_load
    set_attribute(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
    deny_names(filter, denied, COUNT(denied));
    deny_numbers(filter);
    deny_cutting(filter);
    deny_ioctls(filter);
    deny_signals(filter);
    if (!UNDER_ASAN) // its leak checker stops the process by ptrace
        deny_names(filter, debugging, COUNT(debugging));
    if (network)
        deny_sockets(filter);
    else
        deny_names(filter, denied_without_network, COUNT(denied_without_network));
}

enum { FILTER_MEMORY_BYTES = 1 << 20 }; /* libseccomp 2.5.4 takes 140 kB in all */

/* A kernel that knows filters looks for one at NULL; others know no such mode. */
static bool has_seccomp(void)
{
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) == 0 ||
           (errno != EINVAL && errno != ENOSYS);
}

static bool enter_seccomp(bool network, struct confinement *done, struct err *err)
{
    struct filter filter = {0};
    const char *step;

    if (!has_seccomp())
        return true;
    // Without memory libseccomp 2.5.4 frees twice, loops, or says EINVAL: so it has
    // some.
    free(memory_new(FILTER_MEMORY_BYTES));
    filter.context = seccomp_init(SCMP_ACT_ALLOW); // NULL: what is set is then EINVAL
    deny_all(&filter, network);
    step = filter.failed != 0 ? "build" : "load";
    if (filter.failed == 0)
        filter.failed = seccomp_load(filter.context);
    seccomp_release(filter.context);
    done->seccomp = filter.failed == 0;
    errno = -filter.failed;
    return done->seccomp || err_system(err, "cannot %s the seccomp filter", step);
}

/* What `--sandbox require` asks for. */
static bool is_enough(const struct sandbox_plan *plan, const struct confinement *done,
                      struct err *err)
{
    const char *missing = NULL;

    if (done->landlock == 0)
        missing = "file rules (Landlock)";
    else if (plan->network && !done->tcp)
        missing = "port rules (Landlock ABI 4)";
    else if (!done->seccomp)
        missing = "seccomp";
    if (missing == NULL || plan->mode != SANDBOX_REQUIRE)
        return true;
    return err_set(err,
                   "cannot confine: this kernel has no %s; use a newer kernel or "
                   "'--sandbox best-effort'",
                   missing);
}

bool sandbox_enter(const struct sandbox_plan *plan, struct confinement *done,
                   struct err *err)
{
    struct confinement now = {.network = plan->network,
                              .write_as = plan->nwrite == 0 ? "none" : NULL};
    int abi = 0;

    if (plan->mode == SANDBOX_OFF) {
        *done = (struct confinement){0};
        return true;
    }
    if (plan->nports > SANDBOX_PORTS_MAX)
        return err_set(err, "cannot confine: more than %d ports", SANDBOX_PORTS_MAX);
    if (plan->nread > SANDBOX_PATHS_MAX || plan->nwrite > SANDBOX_PATHS_MAX)
        return err_set(err, "cannot confine: more than %d paths", SANDBOX_PATHS_MAX);
    if (plan->network && plan->nports > 0)
        memcpy(now.ports, plan->ports, plan->nports * sizeof *plan->ports);
    now.nports = plan->network ? plan->nports : 0;

    if (!landlock_abi(&abi, err))
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return err_system(err, "cannot give up privileges");
    if (abi > 0 && !enter_landlock(plan, abi, &now, err))
        return false;
    if (!enter_seccomp(plan->network, &now, err) || !is_enough(plan, &now, err))
        return false;
    *done = now;
    return true;
}

static const char *truncate_text(const struct confinement *confined)
{
    if (confined->truncate)
        return "yes";
    return confined->seccomp ? "seccomp" : "no";
}

static void add_net(struct buf *text, const struct confinement *confined)
{
    if (!confined->tcp && (confined->network || !confined->seccomp)) {
        buf_add_text(text, "any");
    } else if (confined->nports == 0) {
        buf_add_text(text, "none");
    } else {
        for (size_t i = 0; i < confined->nports; i++)
            buf_printf(text, i == 0 ? "%d" : ",%d", (int)confined->ports[i]);
    }
}

const char *confinement_write(const struct confinement *confined)
{
    if (confined->landlock == 0)
        return "any";
    return confined->write_as ? confined->write_as : "state";
}

char *confinement_text(struct arena *arena, const struct confinement *confined)
{
    enum { TEXT_BYTES_MAX = 1024 };
    struct buf text;

    buf_init(&text, arena, TEXT_BYTES_MAX);
    buf_printf(&text, "landlock=%d write=%s truncate=%s net=", confined->landlock,
               confinement_write(confined), truncate_text(confined));
    add_net(&text, confined);
    buf_printf(&text, " seccomp=%s", confined->seccomp ? "yes" : "no");
    return text.at;
}
