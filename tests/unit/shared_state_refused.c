/*
 * What state says of a kernel that refuses a call, and of folders that are not as they
 * should be. What is lost by it, call by call and run by run: tests/fault/sysfail.t.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/state.h"
#include "tests/lib/refuse.h"

#include "shared/banned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char root[512];
static char before[512]; // the folder the program was started in
static struct state_folder folder;

static void put(const char *path, struct str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.at, bytes.n), bytes.n);
    assert_int_equal(close(fd), 0);
}

static bool has(const char *path, struct str bytes)
{
    char got[64];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, got, sizeof got);

    (void)close(fd);
    return n >= 0 && str_equal((struct str){got, (size_t)n}, bytes);
}

static bool save(void *unused, struct err *err)
{
    (void)unused;
    return state_save(&folder, "w.json", STR("new bytes\n"), NULL, err);
}

static void a_save_that_fails_names_the_file_and_leaves_the_old(void **state)
{
    static const struct {
        struct refusal refusal;
        const char *text;
    } cases[] = {
        {{EACCES, SYS_unlinkat, ANY_ARGUMENT, 0},
         "cannot remove '.w.json.tmp' beside 'state/w.json': Permission denied"},
        {{EROFS, SYS_openat, 2, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC},
         "cannot write 'state/w.json': Read-only file system"},
        {{ENOSPC, SYS_write, 2, 10},
         "cannot write 'state/w.json': No space left on device"},
        {{EIO, SYS_fsync, ANY_ARGUMENT, 0},
         "cannot write 'state/w.json': Input/output error"},
        {{EDQUOT, SYS_close, ANY_ARGUMENT, 0},
         "cannot write 'state/w.json': Disk quota exceeded"},
        {{EACCES, SYS_renameat, ANY_ARGUMENT, 0},
         "cannot replace 'state/w.json': Permission denied"},
        {{EIO, SYS_read, 2, 8192}, "cannot read 'state/w.json': Input/output error"},
    };

    (void)state;
    put("state/w.json", STR("old bytes\n"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct err err = refused_in_child(&cases[i].refusal, save, NULL, 0);

        assert_string_equal(err.text, cases[i].text);
        assert_true(has("state/w.json", STR("old bytes\n")));
        (void)remove("state/.w.json.tmp"); // where not even that may be removed
    }
}

static void a_folder_where_the_temporary_file_is_to_be_is_not_removed(void **state)
{
    struct err err = {.text = ""};

    (void)state;
    assert_int_equal(mkdir("state/.w.json.tmp", 0755), 0);
    assert_false(save(NULL, &err));
    assert_string_equal(
        err.text, "cannot remove '.w.json.tmp' beside 'state/w.json': Is a directory");
    assert_int_equal(rmdir("state/.w.json.tmp"), 0);
}

static void a_folder_that_is_not_synced_leaves_the_new_file_and_says_so(void **state)
{
    const struct refusal refusal = {EIO, SYS_fsync, 0, (uint32_t)folder.fd};

    (void)state;
    put("state/w.json", STR("old bytes\n"));
    assert_string_equal(
        refused_in_child(&refusal, save, NULL, 0).text,
        "state written, durability unknown: 'state/w.json': Input/output error");
    assert_true(has("state/w.json", STR("new bytes\n")));
    put("state/w.json", STR("old bytes\n"));
}

static void a_write_of_no_byte_is_an_error_and_no_loop(void **state)
{
    const struct refusal refusal = {0, SYS_write, 2, 10};

    (void)state;
    assert_string_equal(refused_in_child(&refusal, save, NULL, 0).text,
                        "cannot write 'state/w.json': Input/output error");
}

static bool open_new(void *unused, struct err *err)
{
    struct state_folder new_one;

    (void)unused;
    return state_folder_open(&new_one, "made", true, err);
}

static void a_state_folder_that_cannot_be_made_is_named(void **state)
{
    const struct refusal refusal = {EROFS, SYS_mkdirat, ANY_ARGUMENT, 0};

    (void)state;
    assert_string_equal(refused_in_child(&refusal, open_new, NULL, 0).text,
                        "cannot open state folder 'made': Read-only file system");
}

static void a_file_in_the_place_of_the_history_is_refused(void **state)
{
    struct state_folder other;
    struct err err;

    (void)state;
    assert_int_equal(mkdir("other", 0755), 0);
    put("other/history", STR(""));
    for (int create = 0; create < 2; create++) {
        assert_false(state_folder_open(&other, "other", create, &err));
        assert_string_equal(
            err.text, "cannot open state folder 'other/history': Not a directory");
        assert_int_equal(other.fd, -1);
    }
    assert_int_equal(remove("other/history"), 0);
    assert_int_equal(remove("other"), 0);
}

static void a_folder_in_no_folder_says_what_to_make_first(void **state)
{
    struct state_folder other;
    struct err err;

    (void)state;
    assert_false(state_folder_open(&other, "nowhere/state", true, &err));
    assert_string_equal(err.text,
                        "cannot make state folder 'nowhere/state': the folder it is to "
                        "be in is not there; make that first");
}

static bool lock(void *unused, struct err *err)
{
    (void)unused;
    return state_folder_lock(&folder, 0, err);
}

static void a_file_system_without_locks_is_an_error(void **state)
{
    const struct refusal refusal = {ENOLCK, SYS_flock, ANY_ARGUMENT, 0};

    (void)state;
    assert_string_equal(refused_in_child(&refusal, lock, NULL, 0).text,
                        "cannot lock 'state/.lock': No locks available");
}

static void where_nothing_can_be_written_the_lock_is_done_without(void **state)
{
    static const int causes[] = {EROFS, EACCES};

    (void)state;
    for (size_t i = 0; i < COUNT(causes); i++) {
        const struct refusal refusal = {causes[i], SYS_openat, 2,
                                        O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
                                            O_CLOEXEC};

        (void)remove("state/.lock");
        assert_string_equal(refused_in_child(&refusal, lock, NULL, 0).text, "");
        put("state/.lock", STR("")); // left by who may write: it is locked for reading
        assert_string_equal(refused_in_child(&refusal, lock, NULL, 0).text, "");
    }
}

static int open_lock(void)
{
    int fd = open("state/.lock", O_RDWR | O_CREAT, 0644);

    assert_true(fd >= 0);
    return fd;
}

static void inherit(const char *fd)
{
    assert_int_equal(setenv("ROUNDS_LOCK_FD", fd, 1), 0);
}

static void an_inherited_lock_that_another_run_holds_is_an_error(void **state)
{
    int inherited = open_lock(), other = open_lock();
    struct err err;
    char text[16];

    (void)state;
    (void)snprintf(text, sizeof text, "%d", inherited);
    inherit(text);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_false(state_folder_lock(&folder, 0, &err));
    assert_non_null(strstr(err.text, "another run holds it"));
    (void)close(other);
    assert_string_equal(
        refused_in_child(&(struct refusal){EBADF, SYS_fcntl, 1, F_SETFD}, lock, NULL, 0)
            .text,
        "cannot keep 'state/.lock': Bad file descriptor");
    assert_int_equal(unsetenv("ROUNDS_LOCK_FD"), 0);
    (void)close(inherited);
}

static void what_is_no_inherited_lock_is_passed_over(void **state)
{
    static const char *const texts[] = {"-1", "2147483648", "1000000"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        inherit(texts[i]);
        assert_string_equal(refused_in_child(NULL, lock, NULL, 0).text, "");
    }
    (void)remove("state/.lock"); // nothing to be the same as
    inherit("0");
    assert_string_equal(refused_in_child(NULL, lock, NULL, 0).text, "");
    assert_int_equal(unsetenv("ROUNDS_LOCK_FD"), 0);
}

static int begin(void **state)
{
    const char *base = getenv("TMPDIR");
    struct err err;

    (void)state;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(root, sizeof root, "%s/rounds-refused-XXXXXX", base);
    (void)unsetenv("ROUNDS_LOCK_FD");
    if (!getcwd(before, sizeof before) || !mkdtemp(root) || chdir(root) < 0)
        return -1;
    return state_folder_open(&folder, "state", true, &err) ? 0 : -1;
}

static int end(void **state)
{
    static const char *const made[] = {"state/w.json", "state/.w.json.tmp",
                                       "state/.lock", "state/history", "state"};

    (void)state;
    state_folder_release(&folder);
    for (size_t i = 0; i < COUNT(made); i++)
        (void)remove(made[i]);
    return chdir(before) < 0 || rmdir(root) < 0 ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_save_that_fails_names_the_file_and_leaves_the_old),
        cmocka_unit_test(a_folder_where_the_temporary_file_is_to_be_is_not_removed),
        cmocka_unit_test(a_folder_that_is_not_synced_leaves_the_new_file_and_says_so),
        cmocka_unit_test(a_write_of_no_byte_is_an_error_and_no_loop),
        cmocka_unit_test(a_state_folder_that_cannot_be_made_is_named),
        cmocka_unit_test(a_file_in_the_place_of_the_history_is_refused),
        cmocka_unit_test(a_folder_in_no_folder_says_what_to_make_first),
        cmocka_unit_test(a_file_system_without_locks_is_an_error),
        cmocka_unit_test(where_nothing_can_be_written_the_lock_is_done_without),
        cmocka_unit_test(an_inherited_lock_that_another_run_holds_is_an_error),
        cmocka_unit_test(what_is_no_inherited_lock_is_passed_over),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
