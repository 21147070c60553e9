/*
 * rounds-supervise where the kernel refuses it something, and where it is told to stop:
 * the program itself, run in a child. What jobs may do is in tests/supervise.t.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/lib/refuse.h"

#include "shared/banned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char program[1024];
static char folder[512];
static char text[8192]; // of the file read last

static const char *bytes_of(const char *path)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

    (void)close(fd);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void put(const char *path, const char *bytes)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A plan of one job: its names of variables, the files it writes, its command. */
static void plan(const char *env, const char *out, const char *err, const char *record,
                 const char *command)
{
    char line[2048];

    (void)snprintf(line, sizeof line, "job\t20\t1\t0\t0\t0\t%s\t%s\t%s\t%s\t%s\n", out,
                   err, record, env, command);
    put("plan", line);
}

static pid_t start(const struct refusal *refusal, bool has_files)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child != 0)
        return child;
    for (int fd = has_files ? 2 : 0; fd < 3; fd++)
        (void)close(fd);
    if (has_files && open("said", O_WRONLY | O_CREAT | O_TRUNC, 0644) != 2)
        _exit(98);
    if (refusal && !refuse(refusal))
        _exit(99);
    (void)execl(program, program, "run", "-j", "1", "plan", (char *)NULL);
    _exit(97);
}

/* The exit status, or minus the signal that ended it. */
static int end_of(pid_t child)
{
    int status = 0;

    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int supervise(const struct refusal *refusal)
{
    return end_of(start(refusal, true));
}

#ifndef __SANITIZE_ADDRESS__ // whose leak checker forks as well
static void a_job_that_cannot_be_forked_is_an_error(void **state)
{
    const struct refusal refusal = {EAGAIN, SYS_clone, ANY_ARGUMENT, 0};

    (void)state;
    plan("-", "out", "err", "record", "/bin/true");
    assert_int_equal(supervise(&refusal), 3);
    assert_string_equal(
        bytes_of("said"),
        "rounds-supervise: cannot fork for 'job': Resource temporarily unavailable\n");
}
#endif

static void descriptors_are_closed_where_the_kernel_closes_no_range(void **state)
{
    const struct refusal refusal = {ENOSYS, SYS_close_range, ANY_ARGUMENT, 0};
    int other = open("other", O_RDONLY | O_CREAT, 0644);

    (void)state;
    assert_int_equal(dup2(other, 77), 77);
    plan("-", "out", "err", "record", "/bin/ls\t/proc/self/fd");
    assert_int_equal(supervise(&refusal), 0);
    assert_string_equal(bytes_of("out"), "0\n1\n2\n3\n"); // the last is ls's own
    (void)close(other);
    (void)close(77);
}

static void without_a_list_of_processes_the_job_is_ended_all_the_same(void **state)
{
    const struct refusal refusal = {ENOENT, SYS_openat, 2,
                                    O_RDONLY | O_NONBLOCK | O_DIRECTORY | O_CLOEXEC};

    (void)state;
    put("plan", "job\t1\t1\t0\t0\t0\tout\terr\trecord\t-\t/bin/sleep\t60\n");
    assert_int_equal(supervise(&refusal), 1);
    assert_non_null(strstr(bytes_of("record"), "job\t-1\t15\t1\t0\t")); // TERM, in time
}

static void a_record_on_a_full_device_is_an_error(void **state)
{
    (void)state;
    plan("-", "out", "err", "/dev/full", "/bin/true");
    assert_int_equal(supervise(NULL), 3);
    assert_string_equal(
        bytes_of("said"),
        "rounds-supervise: cannot write '/dev/full': No space left on device\n");
}

static void a_job_without_a_place_for_its_errors_does_not_run(void **state)
{
    (void)state;
    plan("-", "out", "nowhere/err", "record", "/bin/true");
    assert_int_equal(supervise(NULL), 0);
    assert_non_null(strstr(bytes_of("record"), "job\t126\t0\t0\t0\t"));
}

static void files_of_a_job_are_its_own_where_we_have_none(void **state)
{
    (void)state;
    plan("-", "out", "err", "record", "/bin/echo\tsaid");
    assert_int_equal(end_of(start(NULL, false)), 0);
    assert_string_equal(bytes_of("out"), "said\n");
}

static void no_job_gets_more_variables_than_there_is_room_for(void **state)
{
    char names[70 * 2 + 1] = "";
    size_t lines = 0;

    (void)state;
    assert_int_equal(setenv("V", "1", 1), 0);
    for (size_t i = 0; i < 70; i++)
        memcpy(names + 2 * i, i < 69 ? "V," : "V", i < 69 ? 2 : 1);
    plan(names, "out", "err", "record", "/usr/bin/env");
    assert_int_equal(supervise(NULL), 0);
    for (const char *at = bytes_of("out"); *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 64);
    assert_int_equal(unsetenv("V"), 0);
}

static void more_jobs_than_there_is_room_for_are_no_plan(void **state)
{
    static const char line[] = "job\t20\t1\t0\t0\t0\tout\terr\trecord\t-\t/bin/true\n";
    char lines[65 * (sizeof line - 1) + 1];

    (void)state;
    for (size_t i = 0; i < 65; i++)
        memcpy(lines + i * (sizeof line - 1), line, sizeof line);
    (void)remove("out");
    put("plan", lines);
    assert_int_equal(supervise(NULL), 3);
    assert_int_equal(access("out", F_OK), -1); // nothing is started
}

static void rest(void)
{
    const struct timespec pause = {.tv_nsec = 2000000};

    (void)nanosleep(&pause, NULL);
}

/* Whose only child is that. */
static pid_t child_of(pid_t parent)
{
    char path[64];
    long child = 0;

    (void)snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent,
                   (long)parent);
    while ((child = strtol(bytes_of(path), NULL, 10)) == 0)
        rest();
    return (pid_t)child;
}

static void wait_for_the_job(void)
{
    while (access("out", F_OK) < 0)
        rest();
}

static void a_signal_to_us_ends_the_job_and_then_us(void **state)
{
    static const int numbers[] = {SIGINT, SIGHUP, SIGTERM};

    (void)state;
    plan("-", "out", "err", "record", "/bin/sleep\t60");
    for (size_t i = 0; i < COUNT(numbers); i++) {
        pid_t child;

        (void)remove("out");
        child = start(NULL, true);
        wait_for_the_job();
        assert_int_equal(kill(child, numbers[i]), 0);
        assert_int_equal(end_of(child), -numbers[i]);
        assert_non_null(strstr(bytes_of("record"), "job\t-1\t15\t0\t0\t"));
    }
}

static void a_signal_to_a_supervisor_ends_its_job(void **state)
{
    static const int numbers[] = {SIGINT, SIGHUP, SIGTERM};

    (void)state;
    plan("-", "out", "err", "record", "/bin/sleep\t60");
    for (size_t i = 0; i < COUNT(numbers); i++) {
        pid_t child;

        (void)remove("out");
        child = start(NULL, true);
        wait_for_the_job();
        assert_int_equal(kill(child_of(child), numbers[i]), 0);
        assert_int_equal(end_of(child), 1);
        assert_non_null(strstr(bytes_of("record"), "job\t-1\t15\t0\t0\t"));
    }
}

static int begin(void **state)
{
    const char *base = getenv("TMPDIR"), *bin = getenv("BIN");
    char here[512];

    (void)state;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    if (!getcwd(here, sizeof here))
        return -1;
    if (bin)
        (void)snprintf(program, sizeof program, "%s/rounds-supervise", bin);
    else
        (void)snprintf(program, sizeof program, "%s/build/release/bin/rounds-supervise",
                       here);
    (void)snprintf(folder, sizeof folder, "%s/rounds-supervise-XXXXXX", base);
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int end(void **state)
{
    static const char *const made[] = {"plan", "out", "err", "record", "said", "other"};
    char here[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(made); i++)
        (void)remove(made[i]);
    return getcwd(here, sizeof here) ? rmdir(here) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_ADDRESS__
        cmocka_unit_test(a_job_that_cannot_be_forked_is_an_error),
#endif
        cmocka_unit_test(descriptors_are_closed_where_the_kernel_closes_no_range),
        cmocka_unit_test(without_a_list_of_processes_the_job_is_ended_all_the_same),
        cmocka_unit_test(a_record_on_a_full_device_is_an_error),
        cmocka_unit_test(a_job_without_a_place_for_its_errors_does_not_run),
        cmocka_unit_test(files_of_a_job_are_its_own_where_we_have_none),
        cmocka_unit_test(no_job_gets_more_variables_than_there_is_room_for),
        cmocka_unit_test(more_jobs_than_there_is_room_for_are_no_plan),
        cmocka_unit_test(a_signal_to_us_ends_the_job_and_then_us),
        cmocka_unit_test(a_signal_to_a_supervisor_ends_its_job),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
