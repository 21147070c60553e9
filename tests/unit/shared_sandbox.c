/*
 * What confinement leaves and what it takes away, each in a child process: it cannot be
 * undone. The escape attempts from inside a real tool are tests/fault/escape.t.
 */
#define _GNU_SOURCE // syscall()
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/landlock.h"
#include "shared/sandbox.h"
#include "tests/lib/skip.h"

#include "shared/banned.h"

/* In a child: says what was not so and ends it. */
#define WANT(claim) want((claim), #claim)

static char folder[512]; // state/, state/history/, input/a, input/b, one file each

static void want(bool holds, const char *claim)
{
    int cause = errno;

    if (holds)
        return;
    (void)fprintf(stderr, "# not so: %s (%s)\n", claim, strerror(cause));
    _exit(1);
}

static bool refuses(long result)
{
    return result == -1 && (errno == EACCES || errno == EPERM);
}

static int kernel_abi(void)
{
    long abi = syscall(LANDLOCK_SYS_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION_FLAG);

    return abi < 0 ? 0 : (int)abi;
}

/* Exit status of a child that did `act` with the ABI lowered, or minus the signal that
 * ended it. */
static int in_child_with(const char *abi, void (*act)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (abi != NULL)
            setenv("ROUNDS_LANDLOCK_ABI", abi, 1);
        act();
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int in_child(void (*act)(void))
{
    return in_child_with(NULL, act);
}

static struct sandbox_plan plan_of(enum sandbox_mode mode)
{
    static const char *const write[] = {"state", "no-such-folder"};
    static const char *const read[] = {"input/a", "input/b/file", "no-such-file"};

    return (struct sandbox_plan){
        .mode = mode, .write = write, .nwrite = 2, .read = read, .nread = 3};
}

static struct confinement confine(const struct sandbox_plan *plan)
{
    struct confinement done = {0};
    struct err err = {0};

    if (!sandbox_enter(plan, &done, &err)) {
        (void)fprintf(stderr, "# %s\n", err.text);
        _exit(2);
    }
    return done;
}

/* In a child: the plan is refused with `reason` in the text, and `done` is as it was.
 */
static void want_refused(const struct sandbox_plan *plan, const char *reason)
{
    struct confinement done = {.landlock = -1};
    struct err err = {0};

    WANT(!sandbox_enter(plan, &done, &err));
    WANT(strstr(err.text, reason) != NULL);
    WANT(done.landlock == -1);
}

static void write_state(const char *where)
{
    char temporary[64];
    char final[64];
    int fd;

    (void)snprintf(temporary, sizeof temporary, "%s/.x.tmp", where);
    (void)snprintf(final, sizeof final, "%s/x", where);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0644);
    WANT(fd >= 0 && write(fd, "new", 3) == 3 && fsync(fd) == 0);
    WANT(ftruncate(fd, 1) == 0 && close(fd) == 0);
    WANT(rename(temporary, final) == 0);
    fd = open(final, O_RDWR | O_TRUNC);
    WANT(fd >= 0 && close(fd) == 0 && unlink(final) == 0);
}

static void state_in_use(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);

    (void)confine(&plan);
    write_state("state");
    write_state("state/history");
    WANT(refuses(mkdir("state/folder", 0755)));
    WANT(rename("state/kept", "state/history/kept") == -1);
}

static void the_state_folder_and_its_history_can_be_written(void **unused)
{
    static const char *const abis[] = {"1", "2", "3", "4", "5", "6", "7"};

    (void)unused;
    SKIP_UNLESS(kernel_abi() > 0);
    for (size_t i = 0; i < sizeof abis / sizeof *abis; i++)
        assert_int_equal(in_child_with(abis[i], state_in_use), 0);
}

static void read_around(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);

    (void)confine(&plan);
    WANT(open("input/a", O_RDONLY | O_DIRECTORY) >= 0);
    WANT(open("input/a/file", O_RDONLY) >= 0);
    WANT(open("input/b/file", O_RDONLY) >= 0);
    WANT(open("/proc/self/maps", O_RDONLY) >= 0);
    WANT(refuses(open("input/b/other", O_RDONLY)));
    WANT(refuses(open("input/b", O_RDONLY | O_DIRECTORY)));
    WANT(refuses(open("input/a/file", O_WRONLY)));
    WANT(refuses(open("input/a/new", O_WRONLY | O_CREAT, 0644)));
    WANT(refuses(unlink("input/b/file")));
}

static void only_listed_files_and_folders_can_be_read(void **unused)
{
    (void)unused;
    SKIP_UNLESS(kernel_abi() > 0);
    assert_int_equal(in_child(read_around), 0);
}

static void call_denied(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    char name[] = "true";
    char *const arguments[] = {name, NULL};

    WANT(confine(&plan).seccomp);
    WANT(refuses(truncate("state/kept", 0)));
    WANT(refuses(chmod("state/kept", 0600)));
    WANT(refuses(fchmod(0, 0600)));
    WANT(refuses(futimens(0, NULL)));
    WANT(refuses(symlink("kept", "state/link")));
    WANT(refuses(link("state/kept", "state/link")));
    WANT(refuses(kill(getppid(), 0)));
    WANT(refuses(execv("/bin/true", arguments)));
    WANT(refuses(syscall(452, AT_FDCWD, "state/kept", 0600, 0)));    // fchmodat2
    WANT(refuses(syscall(469, AT_FDCWD, "state/kept", NULL, 0, 0))); // file_setattr
    WANT(refuses(socket(AF_INET, SOCK_STREAM, 0)));
    WANT(refuses(socket(AF_UNIX, SOCK_STREAM, 0)));
    WANT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    WANT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
}

static void seccomp_denies_what_landlock_leaves_open(void **unused)
{
    (void)unused;
    assert_int_equal(in_child_with("0", call_denied), 0);
}

#if defined(__x86_64__) && defined(__LP64__)
static void call_by_x32(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    const long x32_bit = 0x40000000;

    (void)confine(&plan);
    (void)syscall(x32_bit | SYS_getpid);
}

static void call_by_i386(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    const long i386_getpid = 20;
    long result;

    (void)confine(&plan);
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(i386_getpid) : "memory");
    (void)result;
}

static void a_call_of_another_architecture_kills(void **unused)
{
    int end = in_child(call_by_i386);

    (void)unused;
    assert_int_equal(in_child(call_by_x32), -SIGSYS);
    assert_true(end == -SIGSYS || end == -SIGSEGV); // SIGSEGV: a kernel without 32 bits
}
#else
static void a_call_of_another_architecture_kills(void **unused)
{
    (void)unused;
    print_message("# SKIP without x86-64\n");
}
#endif

static struct sockaddr_in listeners[2]; // one allowed, one not

static int open_listener(struct sockaddr_in *address)
{
    socklen_t size = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static int connect_to(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    WANT(fd >= 0);
    return connect(fd, (const struct sockaddr *)address, sizeof *address);
}

static void use_the_network(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);
    uint16_t port = ntohs(listeners[0].sin_port);
    struct confinement done;

    plan.network = true;
    plan.ports = &port;
    plan.nports = 1;
    done = confine(&plan);
    WANT(done.tcp && done.nports == 1 && done.ports[0] == port);
    WANT(connect_to(&listeners[0]) == 0);
    WANT(refuses(connect_to(&listeners[1])));
    WANT(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
    WANT(socket(AF_INET6, SOCK_DGRAM, 0) >= 0 || errno == EAFNOSUPPORT);
    WANT(refuses(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP)));
    WANT(refuses(socket(AF_PACKET, SOCK_DGRAM, 0)));
    WANT(refuses(syscall(SYS_socket, AF_PACKET | 1L << 32, SOCK_DGRAM, 0)));
    WANT(refuses(listen(0, 1)));
}

static void a_tool_with_a_network_connects_only_to_its_ports(void **unused)
{
    int fds[2];

    (void)unused;
    SKIP_UNLESS(kernel_abi() >= 4);
    fds[0] = open_listener(&listeners[0]);
    fds[1] = open_listener(&listeners[1]);
    assert_int_equal(in_child(use_the_network), 0);
    (void)close(fds[0]);
    (void)close(fds[1]);
}

static void signal_the_parent(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);

    (void)confine(&plan);
    WANT(refuses(syscall(SYS_tgkill, getppid(), getppid(), 0)));
    WANT(raise(0) == 0);
}

static void no_other_process_can_be_signalled(void **unused)
{
    (void)unused;
    SKIP_UNLESS(kernel_abi() >= 6);
    assert_int_equal(in_child(signal_the_parent), 0);
}

static void require_files(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);

    want_refused(&plan, "file rules");
}

static void require_ports(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);

    plan.network = true;
    want_refused(&plan, "port rules");
}

static void require_no_ports(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);
    struct confinement done = confine(&plan);

    WANT(done.landlock == 3 && !done.tcp && done.truncate && done.seccomp);
}

static void require_refuses_a_kernel_that_lacks_a_part(void **unused)
{
    (void)unused;
    assert_int_equal(in_child_with("0", require_files), 0);
    if (kernel_abi() >= 3) {
        assert_int_equal(in_child_with("3", require_ports), 0);
        assert_int_equal(in_child_with("3", require_no_ports), 0);
    }
}

static void ask_for_more(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    int kernel = kernel_abi();

    WANT(confine(&plan).landlock == kernel);
}

static void ask_for_nonsense(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);

    want_refused(&plan, "ROUNDS_LANDLOCK_ABI 'four'");
}

static void the_abi_can_be_lowered_but_not_raised(void **unused)
{
    (void)unused;
    assert_int_equal(in_child_with("1000", ask_for_more), 0);
    assert_int_equal(in_child_with("four", ask_for_nonsense), 0);
}

static void plan_too_much(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    uint16_t ports[SANDBOX_PORTS_MAX + 1] = {0};

    plan.network = true;
    plan.ports = ports;
    plan.nports = SANDBOX_PORTS_MAX + 1;
    want_refused(&plan, "more than 64 ports");
    plan = plan_of(SANDBOX_BEST_EFFORT);
    plan.nread = SANDBOX_PATHS_MAX + 1;
    want_refused(&plan, "more than 10100 paths");
}

static void a_plan_beyond_its_maximum_is_refused(void **unused)
{
    (void)unused;
    assert_int_equal(in_child(plan_too_much), 0);
}

static void stay_free(void)
{
    struct sandbox_plan plan = plan_of(SANDBOX_OFF);
    struct confinement done = confine(&plan);

    WANT(done.landlock == 0 && !done.truncate && !done.network && !done.seccomp);
    WANT(chmod("input/a/file", 0600) == 0);
    WANT(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
}

static void off_confines_nothing(void **unused)
{
    (void)unused;
    assert_int_equal(in_child(stay_free), 0);
}

/* Expected lines: shared/sandbox.h and the design's section on confinement. */
static void the_text_names_what_is_enforced(void **unused)
{
    static const struct {
        struct confinement confined;
        const char *text;
    } cases[] = {
        {{.landlock = 7,
          .truncate = true,
          .network = true,
          .tcp = true,
          .ports = {443},
          .nports = 1,
          .seccomp = true},
         "landlock=7 write=state truncate=yes net=443 seccomp=yes"},
        {{.landlock = 4,
          .truncate = true,
          .network = true,
          .tcp = true,
          .ports = {53, 8123},
          .nports = 2,
          .seccomp = true},
         "landlock=4 write=state truncate=yes net=53,8123 seccomp=yes"},
        {{.landlock = 2, .seccomp = true},
         "landlock=2 write=state truncate=seccomp net=none seccomp=yes"},
        {{.landlock = 3,
          .truncate = true,
          .network = true,
          .ports = {443},
          .nports = 1},
         "landlock=3 write=state truncate=yes net=any seccomp=no"},
        {{.landlock = 7, .write_as = "none", .truncate = true, .seccomp = true},
         "landlock=7 write=none truncate=yes net=none seccomp=yes"},
        {{.landlock = 0, .write_as = "none"},
         "landlock=0 write=any truncate=no net=any seccomp=no"},
        {{.landlock = 0}, "landlock=0 write=any truncate=no net=any seccomp=no"},
    };
    struct arena arena;

    (void)unused;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(confinement_text(&arena, &cases[i].confined),
                            cases[i].text);
    arena_release(&arena);
}

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "old", 3), 3);
    assert_int_equal(close(fd), 0);
}

static const char *const made[] = {"state/",   "state/history/", "state/kept",
                                   "input/",   "input/a/",       "input/a/file",
                                   "input/b/", "input/b/file",   "input/b/other"};

static int make_folder(void **unused)
{
    const char *base = getenv("TMPDIR");

    (void)unused;
    if (base == NULL)
        base = "build";
    (void)mkdir("build", 0755);
    (void)snprintf(folder, sizeof folder, "%s/sandbox-XXXXXX", base);
    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return -1;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        if (made[i][strlen(made[i]) - 1] == '/')
            (void)mkdir(made[i], 0755);
        else
            make_file(made[i]);
    }
    return 0;
}

static int remove_folder(void **unused)
{
    char here[1024];

    (void)unused;
    for (size_t i = sizeof made / sizeof *made; i-- > 0;)
        (void)remove(made[i]);
    return getcwd(here, sizeof here) == NULL ? -1 : rmdir(here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_folder_and_its_history_can_be_written),
        cmocka_unit_test(only_listed_files_and_folders_can_be_read),
        cmocka_unit_test(seccomp_denies_what_landlock_leaves_open),
        cmocka_unit_test(a_call_of_another_architecture_kills),
        cmocka_unit_test(a_tool_with_a_network_connects_only_to_its_ports),
        cmocka_unit_test(no_other_process_can_be_signalled),
        cmocka_unit_test(require_refuses_a_kernel_that_lacks_a_part),
        cmocka_unit_test(the_abi_can_be_lowered_but_not_raised),
        cmocka_unit_test(a_plan_beyond_its_maximum_is_refused),
        cmocka_unit_test(off_confines_nothing),
        cmocka_unit_test(the_text_names_what_is_enforced),
    };

    unsetenv("ROUNDS_LANDLOCK_ABI");
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
