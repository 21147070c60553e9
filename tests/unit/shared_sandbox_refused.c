/*
 * A kernel that refuses a call of the confinement, or lacks one: each in a child
 * process, where a filter of the test's own, loaded before, answers for the kernel.
 */
#define _GNU_SOURCE // O_PATH
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/landlock.h"
#include "shared/sandbox.h"
#include "tests/lib/refuse.h"
#include "tests/lib/skip.h"

#include "shared/banned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    SET_MODE_FILTER = 1, // of seccomp(2)
    GET_ACTION_AVAIL = 2,
    NAME_BYTES = 300, // over NAME_MAX
};

static const uint16_t port = 443;

static struct sandbox_plan plan_of(enum sandbox_mode mode)
{
    static const char *const write[] = {"state"};

    return (struct sandbox_plan){.mode = mode,
                                 .write = write,
                                 .nwrite = 1,
                                 .network = true,
                                 .ports = &port,
                                 .nports = 1};
}

/* What the confinement of a child says; "" when it is confined, and then what is in
 * force. */
struct outcome {
    const struct sandbox_plan *plan;
    struct confinement done;
    struct err err;
};

static bool enter_plan(void *kept, struct err *err)
{
    struct outcome *outcome = kept;

    return sandbox_enter(outcome->plan, &outcome->done, err);
}

static struct outcome enter(const struct sandbox_plan *plan,
                            const struct refusal *refusal)
{
    struct outcome outcome = {.plan = plan};

    outcome.err = refused_in_child(refusal, enter_plan, &outcome, sizeof outcome);
    return outcome;
}

static int kernel_abi(void)
{
    return enter(&(struct sandbox_plan){.mode = SANDBOX_BEST_EFFORT}, NULL)
        .done.landlock;
}

static void what_the_kernel_refuses_is_named_with_its_reason(void **state)
{
    static const struct {
        int abi; // from which on it is asked at all
        struct refusal refusal;
        const char *text;
    } cases[] = {
        {0,
         {EPERM, LANDLOCK_SYS_CREATE_RULESET, 2, LANDLOCK_VERSION_FLAG},
         "cannot ask the kernel for Landlock: Operation not permitted"},
        {1,
         {ENOMEM, LANDLOCK_SYS_CREATE_RULESET, 2, 0},
         "cannot create the Landlock rules: Cannot allocate memory"},
        {1,
         {ENOMEM, LANDLOCK_SYS_ADD_RULE, 1, LANDLOCK_PATH_RULE},
         "cannot confine to 'state': Cannot allocate memory"},
        {1,
         {EIO, SYS_newfstatat, ANY_ARGUMENT, 0},
         "cannot confine to 'state': Input/output error"},
        {4,
         {EINVAL, LANDLOCK_SYS_ADD_RULE, 1, LANDLOCK_PORT_RULE},
         "cannot confine to port 443: Invalid argument"},
        {1,
         {E2BIG, LANDLOCK_SYS_RESTRICT_SELF, ANY_ARGUMENT, 0},
         "cannot enter the Landlock rules: Argument list too long"},
        {0,
         {EINVAL, SYS_prctl, 0, PR_SET_NO_NEW_PRIVS},
         "cannot give up privileges: Invalid argument"},
        {0,
         {EINVAL, SYS_prctl, 0, PR_SET_DUMPABLE},
         "cannot give up privileges: Invalid argument"},
        {0,
         {ENOMEM, SYS_seccomp, 0, SET_MODE_FILTER},
         "cannot load the seccomp filter: Cannot allocate memory"},
    };

    const int abi = kernel_abi();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);

        if (abi >= cases[i].abi)
            assert_string_equal(enter(&plan, &cases[i].refusal).err.text,
                                cases[i].text);
    }
}

static void a_kernel_without_landlock_is_best_effort_enough(void **state)
{
    static const int causes[] = {ENOSYS, EOPNOTSUPP}; // not built in, not switched on
    const struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    const struct sandbox_plan strict = plan_of(SANDBOX_REQUIRE);

    (void)state;
    for (size_t i = 0; i < COUNT(causes); i++) {
        const struct refusal refusal = {causes[i], LANDLOCK_SYS_CREATE_RULESET,
                                        ANY_ARGUMENT, 0};
        const struct outcome outcome = enter(&plan, &refusal);

        assert_string_equal(outcome.err.text, "");
        assert_int_equal(outcome.done.landlock, 0);
        assert_true(outcome.done.seccomp);
        assert_non_null(strstr(enter(&strict, &refusal).err.text,
                               "this kernel has no file rules (Landlock);"));
    }
}

static void a_kernel_without_seccomp_is_best_effort_enough(void **state)
{
    static const int causes[] = {EINVAL, ENOSYS};
    const struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    const struct sandbox_plan strict = plan_of(SANDBOX_REQUIRE);
    const int abi = kernel_abi();

    (void)state;
    for (size_t i = 0; i < COUNT(causes); i++) {
        const struct refusal refusal = {causes[i], SYS_prctl, 0, PR_SET_SECCOMP};
        const struct outcome outcome = enter(&plan, &refusal);

        assert_string_equal(outcome.err.text, "");
        assert_int_equal(outcome.done.landlock, abi);
        assert_false(outcome.done.seccomp);
        if (abi >= 4)
            assert_non_null(strstr(enter(&strict, &refusal).err.text,
                                   "this kernel has no seccomp;"));
    }
}

/* Before Linux 4.14 a filter kills a thread, no process. */
static void a_kernel_that_kills_no_process_is_given_the_filter_as_well(void **state)
{
    const struct refusal refusal = {EINVAL, SYS_seccomp, 0, GET_ACTION_AVAIL};
    const struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    const struct outcome outcome = enter(&plan, &refusal);

    (void)state;
    assert_string_equal(outcome.err.text, "");
    assert_true(outcome.done.seccomp);
}

static void a_path_that_cannot_be_looked_up_is_an_error_wherever_it_stands(void **state)
{
    char name[NAME_BYTES + 1];
    const char *const names[] = {name};
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);

    (void)state;
    SKIP_UNLESS(kernel_abi() > 0);
    memset(name, 'a', NAME_BYTES);
    name[NAME_BYTES] = '\0';
    plan.read = names;
    plan.nread = 1;
    assert_non_null(strstr(enter(&plan, NULL).err.text, "File name too long"));
    plan.nread = 0;
    assert_int_equal(setenv("SSL_CERT_FILE", name, 1), 0);
    assert_non_null(strstr(enter(&plan, NULL).err.text, "File name too long"));
    plan.network = false; // certificates are nothing to it
    assert_string_equal(enter(&plan, NULL).err.text, "");
    assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
    plan.write = names;
    assert_non_null(strstr(enter(&plan, NULL).err.text, "File name too long"));
}

static void a_path_out_of_reach_needs_no_rule(void **state)
{
    static const char *const out[] = {"file/below", "loop", "nowhere"};
    struct refusal unseen = {EACCES, SYS_openat, 2, O_PATH | O_CLOEXEC};
    struct sandbox_plan plan = plan_of(SANDBOX_REQUIRE);

    (void)state;
    SKIP_UNLESS(kernel_abi() >= 4);
    plan.read = out;
    plan.nread = COUNT(out);
    assert_string_equal(enter(&plan, NULL).err.text, "");
    assert_string_equal(enter(&plan, &unseen).err.text, "");
    unseen.cause = EMFILE; // which says nothing of the path
    assert_string_equal(enter(&plan, &unseen).err.text,
                        "cannot confine to 'state': Too many open files");
}

/* A configuration by `-c /dev/stdin`. */
static void a_pipe_among_the_paths_is_never_restricted(void **state)
{
    static const char *const input[] = {"/dev/stdin"};
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    int ends[2], was = dup(STDIN_FILENO);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    plan.read = input;
    plan.nread = 1;
    assert_string_equal(enter(&plan, NULL).err.text, "");
    assert_true(was < 0 || dup2(was, STDIN_FILENO) == STDIN_FILENO);
    (void)close(was);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void a_version_below_none_is_no_version(void **state)
{
    const struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);

    (void)state;
    assert_int_equal(setenv("ROUNDS_LANDLOCK_ABI", "-1", 1), 0);
    assert_string_equal(enter(&plan, NULL).err.text,
                        "ROUNDS_LANDLOCK_ABI '-1' is not a version; unset it");
    assert_int_equal(unsetenv("ROUNDS_LANDLOCK_ABI"), 0);
}

static void a_network_without_ports_connects_nowhere(void **state)
{
    struct sandbox_plan plan = plan_of(SANDBOX_BEST_EFFORT);
    struct outcome outcome;

    (void)state;
    plan.nports = 0;
    outcome = enter(&plan, NULL);
    assert_string_equal(outcome.err.text, "");
    assert_true(outcome.done.network);
    assert_int_equal(outcome.done.nports, 0);
    plan.nwrite = SANDBOX_PATHS_MAX + 1;
    assert_string_equal(enter(&plan, NULL).err.text,
                        "cannot confine: more than 10100 paths");
}

static char folder[512]; // state/, a file, and a link to itself

static int make_folder(void **state)
{
    const char *base = getenv("TMPDIR");
    int fd;

    (void)state;
    if (base == NULL)
        base = "build";
    (void)mkdir("build", 0755);
    (void)unsetenv("ROUNDS_LANDLOCK_ABI");
    (void)unsetenv("SSL_CERT_FILE");
    (void)unsetenv("SSL_CERT_DIR");
    (void)snprintf(folder, sizeof folder, "%s/refused-XXXXXX", base);
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 || mkdir("state", 0755) != 0)
        return -1;
    fd = open("file", O_WRONLY | O_CREAT, 0644);
    return close(fd) == 0 && symlink("loop", "loop") == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    char here[1024];

    (void)state;
    (void)remove("loop");
    (void)remove("file");
    (void)remove("state");
    return getcwd(here, sizeof here) == NULL ? -1 : rmdir(here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_kernel_refuses_is_named_with_its_reason),
        cmocka_unit_test(a_kernel_without_landlock_is_best_effort_enough),
        cmocka_unit_test(a_kernel_without_seccomp_is_best_effort_enough),
        cmocka_unit_test(a_kernel_that_kills_no_process_is_given_the_filter_as_well),
        cmocka_unit_test(
            a_path_that_cannot_be_looked_up_is_an_error_wherever_it_stands),
        cmocka_unit_test(a_path_out_of_reach_needs_no_rule),
        cmocka_unit_test(a_pipe_among_the_paths_is_never_restricted),
        cmocka_unit_test(a_version_below_none_is_no_version),
        cmocka_unit_test(a_network_without_ports_connects_nowhere),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
