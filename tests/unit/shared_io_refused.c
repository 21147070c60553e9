/*
 * Files, folders, scratch and secrets where the kernel refuses to read, write or make
 * room: each says what and why, and none goes on as if it had been done.
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
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/become.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/paths.h"
#include "shared/secret.h"
#include "shared/source_lines.h"
#include "shared/spill.h"
#include "tests/lib/refuse.h"

#include "shared/banned.h"

#ifndef SYS_readlink // newer architectures have readlinkat alone
#    define SYS_readlink SYS_readlinkat
#endif

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    TEXT_BYTES = 7,                                                // of the file `text`
    OPEN_FOLDER = O_RDONLY | O_NONBLOCK | O_DIRECTORY | O_CLOEXEC, // opendir's
    NEW_PAGES = 0x22, // MAP_PRIVATE | MAP_ANONYMOUS
};

static struct arena run;
static char root[512];

static const char *told(const struct refusal *refusal,
                        bool (*act)(void *, struct err *))
{
    const struct err err = refused_in_child(refusal, act, NULL, 0);

    return str_copy(&run, err.text, strlen(err.text));
}

static bool read_text(void *unused, struct err *err)
{
    struct str bytes;

    (void)unused;
    return file_read(AT_FDCWD, "text", 100, true, &run, &bytes, err);
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    static const struct {
        struct refusal refusal;
        const char *text;
    } cases[] = {
        {{EMFILE, SYS_openat, ANY_ARGUMENT, 0},
         "cannot read 'text': Too many open files"},
        {{EIO, SYS_newfstatat, ANY_ARGUMENT, 0},
         "cannot read 'text': Input/output error"},
        {{EIO, SYS_read, 2, TEXT_BYTES + 1}, "cannot read 'text': Input/output error"},
        {{0, SYS_read, 2, TEXT_BYTES + 1}, // it was cut since
         "cannot read 'text': it changed meanwhile; run again"},
    };

    (void)state;
    assert_string_equal(told(NULL, read_text), "");
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(told(&cases[i].refusal, read_text), cases[i].text);
}

static void what_is_no_file_is_called_what_it_is(void **state)
{
    struct str bytes;
    struct err err;

    (void)state;
    assert_false(file_read(AT_FDCWD, "/dev/null", 9, false, &run, &bytes, &err));
    assert_string_equal(err.text,
                        "cannot read '/dev/null': it is a device; put a file there");
}

static bool list_folder(void *unused, struct err *err)
{
    struct file_list list = {0};

    (void)unused;
    return file_list_add(&list, ".", "folder", NULL, true, &run, err);
}

static bool list_pattern(void *unused, struct err *err)
{
    struct file_list list = {0};

    (void)unused;
    return file_list_add(&list, ".", "folder/*", NULL, true, &run, err);
}

static void a_folder_that_cannot_be_listed_is_named(void **state)
{
    static const struct refusal closed = {EACCES, SYS_openat, 2, OPEN_FOLDER};
    static const struct refusal gone = {ENOENT, SYS_openat, 2, OPEN_FOLDER};
    static const struct refusal broken = {EIO, SYS_getdents64, ANY_ARGUMENT, 0};

    (void)state;
    assert_string_equal(told(&closed, list_folder),
                        "cannot list 'folder': Permission denied");
    assert_string_equal(told(&closed, list_pattern),
                        "cannot list 'folder': Permission denied");
    assert_string_equal(told(&broken, list_folder),
                        "cannot list 'folder': Input/output error");
    assert_string_equal(told(&gone, list_folder), ""); // removed since it was looked at
    assert_string_equal(told(&gone, list_pattern),
                        "cannot read 'folder/*': no file matches");
}

static void a_list_ends_at_its_most_wherever_the_files_lie(void **state)
{
    struct file_list list = {.most = 1};
    struct file_list all = {0};
    struct err err;

    (void)state;
    assert_false(file_list_add(&list, ".", "folder", NULL, true, &run, &err));
    assert_non_null(strstr(err.text, "more than 1 files"));
    assert_true(file_list_add(&all, ".", "folder", NULL, true, &run, &err));
    assert_true(file_list_add(&all, ".", "/proc/self/status", NULL, true, &run, &err));
    assert_true(file_list_add(&all, ".", "text", NULL, true, &run, &err));
    file_list_finish(&all); // of two devices
    assert_int_equal(all.n, 4);
    assert_false(file_list_add(&all, ".", "text/below", NULL, false, &run, &err));
    assert_string_equal(err.text, "cannot read 'text/below': Not a directory");
}

static bool list_state(void *unused, struct err *err)
{
    struct paths paths;

    (void)unused;
    return paths_list("state", NULL, 0, &run, &paths, err);
}

static void a_state_folder_that_cannot_be_looked_at_is_an_error(void **state)
{
    static const struct refusal unseen = {EACCES, SYS_newfstatat, 3,
                                          AT_SYMLINK_NOFOLLOW};
    static const struct refusal closed = {EACCES, SYS_openat, 2, OPEN_FOLDER};
    static const struct refusal broken = {EIO, SYS_getdents64, ANY_ARGUMENT, 0};

    (void)state;
    assert_string_equal(told(NULL, list_state), "");
    assert_non_null(strstr(told(&unseen, list_state), "cannot look at 'state/"));
    assert_string_equal(told(&closed, list_state),
                        "cannot read 'state/history': Permission denied");
    assert_string_equal(told(&broken, list_state),
                        "cannot read 'state/history': Input/output error");
}

static bool read_lines(void *unused, struct err *err)
{
    struct lines lines;
    struct str line;
    enum lines_result result = LINES_LINE;

    (void)unused;
    lines_init(&lines, &run);
    if (!lines_open(&lines, "text", err))
        return false;
    while (result == LINES_LINE)
        result = lines_next(&lines, &line, err);
    lines_close(&lines);
    lines_release(&lines);
    return result == LINES_END;
}

static void lines_that_cannot_be_read_are_an_error(void **state)
{
    static const struct refusal head = {EIO, SYS_read, 2, 4};
    static const struct refusal rest = {EIO, SYS_read, 2, 1 << 18};
    static const struct refusal closed = {EACCES, SYS_openat, ANY_ARGUMENT, 0};

    (void)state;
    assert_string_equal(told(NULL, read_lines), "");
    assert_string_equal(told(&head, read_lines), "cannot read: Input/output error");
    assert_string_equal(told(&rest, read_lines), "cannot read: Input/output error");
    assert_non_null(strstr(told(&closed, read_lines), "Permission denied"));
}

/* 4 MB of records through 64 KiB of memory, and back. */
static void take_none(void *unused, void *records, size_t n)
{
    (void)unused;
    (void)records;
    (void)n;
}

static bool spill_much(void *unused, struct err *err)
{
    struct spill *spill;
    bool full = false, done = true;

    (void)unused;
    if (!spill_open(".", 40, 64 * KIB, &run, &spill, err))
        return false;
    spill_start(spill);
    for (uint64_t i = 0; i < 100000 && done; i++)
        done = spill_add(spill, i * UINT64_C(0x9e3779b97f4a7c15), &full, err) != NULL;
    if (done) {
        spill_settle(spill);
        done = spill_each(spill, take_none, NULL, err);
    }
    if (full)
        (void)err_wrap(err, "full");
    spill_close(spill);
    return done;
}

static void scratch_that_fails_says_whether_it_is_full(void **state)
{
#define WRITING "cannot write scratch in '.' (name a roomier folder with 'scratch'): "

    static const struct {
        struct refusal refusal;
        const char *text;
    } cases[] = {
        {{ENOSPC, SYS_pwrite64, ANY_ARGUMENT, 0},
         "full: " WRITING "No space left on device"},
        {{EDQUOT, SYS_pwrite64, ANY_ARGUMENT, 0},
         "full: " WRITING "Disk quota exceeded"},
        {{EIO, SYS_pwrite64, ANY_ARGUMENT, 0}, WRITING "Input/output error"},
        {{EIO, SYS_pread64, ANY_ARGUMENT, 0},
         "cannot read scratch in '.': Input/output error"},
        {{0, SYS_pread64, ANY_ARGUMENT, 0}, // shorter than what was written
         "cannot read scratch in '.': Input/output error"},
        {{ENOMEM, SYS_mmap, 3, NEW_PAGES},
         "no memory for 0 MiB of events: Cannot allocate memory"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(told(&cases[i].refusal, spill_much), cases[i].text);
}

static bool load_secret(void *unused, struct err *err)
{
    struct secret *secret;

    (void)unused;
    return secret_load(&secret, "secret", NULL, "source 's'", err);
}

static bool keep_secret(void *unused, struct err *err)
{
    struct secret *secret;

    (void)unused;
    return secret_keep(&secret, STR("12345678"), "source 's'", err);
}

static void a_secret_that_cannot_be_had_says_whose_it_is(void **state)
{
    static const struct refusal unseen = {EIO, SYS_newfstatat, ANY_ARGUMENT, 0};
    static const struct refusal broken = {EIO, SYS_read, 2, 4097};
    static const struct refusal no_room = {ENOMEM, SYS_mmap, 3, NEW_PAGES};

    (void)state;
    assert_string_equal(told(NULL, load_secret), "");
    assert_string_equal(
        told(&unseen, load_secret),
        "source 's': cannot read the secret in 'secret': Input/output error");
    assert_string_equal(
        told(&broken, load_secret),
        "source 's': cannot read the secret in 'secret': Input/output error");
    assert_string_equal(
        told(&no_room, load_secret),
        "source 's': cannot make room for a secret: Cannot allocate memory");
    assert_string_equal(
        told(&no_room, keep_secret),
        "source 's': cannot make room for a secret: Cannot allocate memory");
    if (geteuid() == 0) {
        assert_int_equal(chown("secret", 65534, (gid_t)-1), 0);
        assert_string_equal(
            told(NULL, load_secret),
            "source 's': cannot use 'secret' as a secret: it is another user's");
    }
}

static bool become_nothing(void *unused, struct err *err)
{
    (void)unused;
    return become_sibling("-nowhere", err);
}

static void a_sibling_that_cannot_be_become_is_named(void **state)
{
    static const struct refusal no_link = {ENOENT, SYS_readlink, ANY_ARGUMENT, 0};
    static const struct refusal no_line = {ENOENT, SYS_openat, 2, O_RDONLY | O_CLOEXEC};

    (void)state;
    assert_non_null(
        strstr(told(NULL, become_nothing),
               "shared_io_refused-nowhere'; install rounds whole: No such"));
    assert_string_equal(told(&no_link, become_nothing),
                        "cannot tell where this program is; is /proc there?");
    assert_string_equal(told(&no_line, become_nothing),
                        "cannot read the command line; is /proc there?");
}

static void put(const char *path, mode_t mode, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
}

static int begin(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(root, sizeof root, "%s/rounds-io-XXXXXX", base);
    if (!mkdtemp(root) || chdir(root) < 0 || mkdir("folder", 0755) < 0 ||
        mkdir("state", 0755) < 0 || mkdir("state/history", 0755) < 0)
        return -1;
    put("text", 0644, "a line\n");
    put("folder/a", 0644, "");
    put("folder/b", 0644, "");
    put("secret", 0600, "12345678\n");
    return 0;
}

static int end(void **state)
{
    static const char *const made[] = {"text",   "folder/a",      "folder/b", "folder",
                                       "secret", "state/history", "state"};
    char here[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(made); i++)
        (void)remove(made[i]);
    arena_release(&run);
    return getcwd(here, sizeof here) ? rmdir(here) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_cannot_be_read_is_named),
        cmocka_unit_test(what_is_no_file_is_called_what_it_is),
        cmocka_unit_test(a_folder_that_cannot_be_listed_is_named),
        cmocka_unit_test(a_list_ends_at_its_most_wherever_the_files_lie),
        cmocka_unit_test(a_state_folder_that_cannot_be_looked_at_is_an_error),
        cmocka_unit_test(lines_that_cannot_be_read_are_an_error),
        cmocka_unit_test(scratch_that_fails_says_whether_it_is_full),
        cmocka_unit_test(a_secret_that_cannot_be_had_says_whose_it_is),
        cmocka_unit_test(a_sibling_that_cannot_be_become_is_named),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
