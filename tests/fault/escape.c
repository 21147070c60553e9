/*
 * Preloaded into a program: when seccomp_load() has returned, the last step of
 * confinement, it tries from inside to get out, and reports each attempt as a line of
 * TAP on descriptor 7. Then the program goes on. Landlock's part only where it is in
 * use. Of the environment:
 *     ESCAPE_OUTSIDE  a folder with victim, secret and folder/
 *     ESCAPE_STATE    a folder with history/, `kept` and the link `planted`
 *     ESCAPE_WRITES   whether it may be written: yes or no
 *     ESCAPE_INPUT    a file that may be read
 *     ESCAPE_PORT     a TCP port of this machine that may be asked, with nobody there;
 *                     empty: no network
 */
#define _GNU_SOURCE // RTLD_NEXT, O_TMPFILE, unshare, setns
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

enum {
    REPORT = 7,
    PATHS = 8,
    PATH_BYTES = 4096,
    SYS_LANDLOCK = 444,
    SYS_FCHMODAT_2 = 452,
    MULTIPATH_TCP = 262,    // IPPROTO_MPTCP
    SET_FLAGS = 0x40086602, // FS_IOC_SETFLAGS
    SET_XATTR = 0x401c5820, // FS_IOC_FSSETXATTR
    NO_DUMP = 0x40,         // FS_NODUMP_FL
    CANNOT_START = 2,       // CURLE_FAILED_INIT
    OTHER_PORT = 9,         // discard
    ABI_OF_PORTS = 4
};

int seccomp_load(void *filter);
int curl_global_init_mem(long flags, void *get, void *give, void *resize, void *copy,
                         void *array);

static const char *outside, *state, *input;

/* The path lives until PATHS more were asked for. */
static const char *beneath(const char *folder, const char *name)
{
    static char paths[PATHS][PATH_BYTES];
    static size_t next;
    char *path = paths[next++ % PATHS];

    (void)snprintf(path, PATH_BYTES, "%s/%s", folder, name);
    return path;
}

static const char *out(const char *name)
{
    return beneath(outside, name);
}

static const char *in(const char *name)
{
    return beneath(state, name);
}

/* `result` is what the attempt returned; errno is still its own. */
static void refused(const char *attempt, long result)
{
    int cause = errno;

    if (result == -1 && (cause == EACCES || cause == EPERM))
        dprintf(REPORT, "ok - %s is refused\n", attempt);
    else
        dprintf(REPORT, "not ok - %s is refused: %s\n", attempt,
                result == -1 ? strerror(cause) : "it was done");
}

static void works(const char *what, const char *folder, bool done)
{
    int cause = errno;

    dprintf(REPORT, "%sok - %s in %s works%s%s\n", done ? "" : "not ", what, folder,
            done ? "" : ": ", done ? "" : strerror(cause));
}

/* What Landlock refuses. */
static void attempt_files(void)
{
    refused("creating a file", open(out("new"), O_WRONLY | O_CREAT, 0644));
    refused("creating an unnamed file", open(outside, O_WRONLY | O_TMPFILE, 0644));
    refused("opening to write", open(out("victim"), O_WRONLY));
    refused("opening to append", open(out("victim"), O_WRONLY | O_APPEND));
    refused("opening with O_TRUNC", open(out("victim"), O_RDWR | O_TRUNC));
    refused("opening with O_RDONLY | O_TRUNC", open(out("victim"), O_RDONLY | O_TRUNC));
    refused("opening an input to write", open(input, O_WRONLY));
    refused("opening an input with O_TRUNC", open(input, O_RDWR | O_TRUNC));
    refused("creat of an input", creat(input, 0644));
    refused("unlinking an input", unlink(input));
    refused("reading what is no input", open(out("secret"), O_RDONLY));
    refused("listing what is no input", open(outside, O_RDONLY | O_DIRECTORY));
    refused("writing through a planted link", open(in("planted"), O_WRONLY));
    refused("writing through ..", open(in("../outside/victim"), O_WRONLY));
    refused("unlink", unlink(out("victim")));
    refused("rmdir", rmdir(out("folder")));
    refused("mkdir", mkdir(out("new"), 0755));
    refused("mkdir in state", mkdir(in("new"), 0755));
    refused("rename", rename(out("victim"), out("moved")));
    refused("rename into state", rename(out("victim"), in("moved")));
    refused("rename out of state", rename(in("kept"), out("moved")));
}

/* Of a program that writes nothing. */
static void attempt_state(void)
{
    refused("creating in state", open(in("new"), O_WRONLY | O_CREAT, 0644));
    refused("opening state to write", open(in("kept"), O_WRONLY));
    refused("opening state with O_TRUNC", open(in("kept"), O_RDWR | O_TRUNC));
    refused("unlink in state", unlink(in("kept")));
    refused("rename in state", rename(in("kept"), in("moved")));
}

/* What a descriptor for reading is enough for. */
static void attempt_input(void)
{
    int flags = NO_DUMP;
    char attributes[28] = {0};
    int fd = open(input, O_RDONLY);

    refused("opening an input with O_RDONLY | O_TRUNC",
            open(input, O_RDONLY | O_TRUNC));
    refused("the same by openat2",
            syscall(SYS_openat2, AT_FDCWD, input,
                    (uint64_t[]){O_RDONLY | O_TRUNC, 0, 0}, sizeof(uint64_t[3])));
    refused("setting flags of an input", ioctl(fd, SET_FLAGS, &flags));
    refused("setting attributes of an input", ioctl(fd, SET_XATTR, attributes));
    refused("fchmod of an input", fchmod(fd, 0600));
    refused("typing into the terminal", ioctl(fd, TIOCSTI, "x"));
    (void)close(fd);
}

/* What seccomp refuses, whatever Landlock can do. */
static void attempt_metadata(void)
{
    const struct timeval times[2] = {{0, 0}, {0, 0}};
    const struct timespec instants[2] = {{0, 0}, {0, 0}};
    const struct utimbuf both = {0, 0};

    refused("truncate", truncate(out("victim"), 0));
    refused("truncate in state", truncate(in("kept"), 0));
    refused("link", link(out("victim"), out("new")));
    refused("link into state", link(out("victim"), in("new")));
    refused("link out of state", link(in("kept"), out("new")));
    refused("symlink", symlink("victim", out("new")));
    refused("symlink in state", symlink("kept", in("new")));
    refused("mkfifo", mkfifo(out("new"), 0644));
    refused("chmod", chmod(out("victim"), 0777));
    refused("fchmod", fchmod(REPORT, 0777));
    refused("fchmodat", fchmodat(AT_FDCWD, out("victim"), 0777, 0));
    refused("fchmodat2", syscall(SYS_FCHMODAT_2, AT_FDCWD, out("victim"), 0777, 0));
    refused("chown", chown(out("victim"), 1, 1));
    refused("lchown", lchown(out("victim"), 1, 1));
    refused("fchown", fchown(REPORT, 1, 1));
    refused("utime", utime(out("victim"), &both));
    refused("utimes", utimes(out("victim"), times));
    refused("utimensat", utimensat(AT_FDCWD, out("victim"), instants, 0));
    refused("futimens", futimens(REPORT, instants));
    refused("setxattr", setxattr(out("victim"), "user.x", "y", 1, 0));
    refused("lsetxattr", lsetxattr(out("victim"), "user.x", "y", 1, 0));
    refused("fsetxattr", fsetxattr(REPORT, "user.x", "y", 1, 0));
    refused("removexattr", removexattr(out("victim"), "user.x"));
}

static void attempt_processes(void)
{
    char name[] = "true";
    char *const arguments[] = {name, NULL};
    char unused[128] = {0};

    refused("exec", execv("/bin/true", arguments));
    refused("execveat",
            syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, environ, 0));
    refused("kill", kill(getppid(), 0));
    refused("tgkill", syscall(SYS_tgkill, getppid(), getppid(), 0));
    refused("tkill", syscall(SYS_tkill, getppid(), 0));
    refused("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, getppid(), 0, unused));
    refused("pidfd_open", syscall(SYS_pidfd_open, getppid(), 0));
    refused("pidfd_send_signal", syscall(SYS_pidfd_send_signal, REPORT, 0, NULL, 0));
    refused("pidfd_getfd", syscall(SYS_pidfd_getfd, REPORT, 0, 0));
    if (strcmp(getenv("VARIANT"), "asan") == 0)
        dprintf(REPORT, "ok - ptrace is refused # SKIP the leak checker needs it\n");
    else
        refused("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    refused("process_vm_readv",
            syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
    refused("mount", mount("none", outside, "tmpfs", 0, NULL));
    refused("umount", umount(outside));
    refused("chroot", chroot(outside));
    refused("unshare", unshare(CLONE_NEWNS));
    refused("setns", setns(REPORT, 0));
    refused("bpf", syscall(SYS_bpf, 0, unused, sizeof unused));
    refused("io_uring", syscall(SYS_io_uring_setup, 1, unused));
    refused("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    refused("userfaultfd", syscall(SYS_userfaultfd, 0));
    refused("perf_event_open", syscall(SYS_perf_event_open, unused, 0, -1, -1, 0));
}

static struct sockaddr_in address_of(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static long connect_by(int protocol, uint16_t port)
{
    struct sockaddr_in address = address_of(port);
    int fd = socket(AF_INET, SOCK_STREAM, protocol);
    long done =
        fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, sizeof address);
    int cause = errno;

    if (fd >= 0)
        (void)close(fd);
    errno = cause;
    return done;
}

/* The first packet carries data, and no call is named connect. */
static long connect_fast(uint16_t port)
{
    struct sockaddr_in address = address_of(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return sendto(fd, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&address,
                  sizeof address);
}

/* Of a program that may ask a port. */
static void attempt_ports(int abi, uint16_t port)
{
    struct sockaddr_in any = address_of(0);

    works("asking", "its port", connect_by(0, port) == 0 || errno == ECONNREFUSED);
    refused("connecting by another protocol", connect_by(MULTIPATH_TCP, port));
    refused("connecting in another way", connect_fast(OTHER_PORT));
    refused("a raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    refused("a raw socket of IPv6", socket(AF_INET6, SOCK_RAW, IPPROTO_TCP));
    refused("a packet socket", socket(AF_PACKET, SOCK_DGRAM, 0));
    refused("listen", listen(REPORT, 1));
    refused("accept", accept(REPORT, NULL, NULL));
    if (abi < ABI_OF_PORTS)
        return;
    refused("connecting to another port", connect_by(0, OTHER_PORT));
    refused("bind", bind(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&any,
                         sizeof any));
}

static void attempt_network(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
    int pair[2];

    refused("a TCP socket", socket(AF_INET, SOCK_STREAM, 0));
    refused("a UDP socket", socket(AF_INET6, SOCK_DGRAM, 0));
    refused("a raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    refused("a local socket", socket(AF_UNIX, SOCK_STREAM, 0));
    refused("a socket pair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    refused("connect",
            connect(REPORT, (const struct sockaddr *)&address, sizeof address));
}

/* What the tool itself does: a temporary file, cut, synced, renamed over the old one.
 */
static void work_in(const char *folder)
{
    const char *temporary = beneath(in(folder), ".escape.tmp");
    const char *final = beneath(in(folder), "escape");
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);

    works("creating", folder, fd >= 0);
    works("writing", folder, write(fd, "new", 3) == 3 && fsync(fd) == 0);
    works("cutting", folder, ftruncate(fd, 1) == 0 && close(fd) == 0);
    works("renaming", folder, rename(temporary, final) == 0);
    fd = open(final, O_RDWR | O_TRUNC);
    works("writing again", folder, fd >= 0 && close(fd) == 0);
    works("removing", folder, unlink(final) == 0);
}

/* In use. */
static int landlock(void)
{
    const char *asked = getenv("ROUNDS_LANDLOCK_ABI");
    long kernel = syscall(SYS_LANDLOCK, NULL, 0, 1);
    long most = strtol(asked, NULL, 10);

    if (kernel < 0)
        return 0;
    return (int)(most < kernel ? most : kernel);
}

static void attempt_all(void)
{
    bool writes = strcmp(getenv("ESCAPE_WRITES"), "yes") == 0;
    const char *port = getenv("ESCAPE_PORT");
    int abi = landlock();

    if (abi > 0)
        attempt_files();
    if (abi > 0 && !writes)
        attempt_state();
    attempt_input();
    attempt_metadata();
    attempt_processes();
    if (*port)
        attempt_ports(abi, (uint16_t)strtol(port, NULL, 10));
    else
        attempt_network();
    if (!writes)
        return;
    work_in(".");
    work_in("history");
}

/* The program goes on as far as the network, where nobody is there to be waited for. */
int curl_global_init_mem(long flags, void *get, void *give, void *resize, void *copy,
                         void *array)
{
    (void)flags;
    (void)get;
    (void)give;
    (void)resize;
    (void)copy;
    (void)array;
    return CANNOT_START;
}

int seccomp_load(void *filter)
{
    int (*real)(void *) = NULL;
    void *found = dlsym(RTLD_NEXT, "seccomp_load");
    int result;

    memcpy(&real, &found, sizeof real); // ISO C has no cast from object to function
    result = real(filter);
    outside = getenv("ESCAPE_OUTSIDE");
    state = getenv("ESCAPE_STATE");
    input = getenv("ESCAPE_INPUT");
    attempt_all();
    dprintf(REPORT, "# kernel %ld\n",
            syscall(SYS_LANDLOCK, NULL, 0, 1)); // the last line
    return result;
}
