/* Tests of shared/file.c in a folder of their own below TMPDIR (or build/). */
#include <dirent.h>
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
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/file.h"
#include "shared/limits.h"
#include "tests/lib/skip.h"

#include "shared/banned.h"

static struct arena run;
static char root[512];
static char before[512]; // the folder the program was started in

/* What the tests make, so that the end can take it away again. */
static const char *const made[] = {
    "a.jsonl", "b.jsonl",      "c.txt",          ".hidden.jsonl", "twin.jsonl",
    "fifo",    "link.jsonl",   "dangling.jsonl", "empty",         "sub/d.jsonl",
    "[x].txt", "sub/nested.d", "none",           "sub",
};

static void put(const char *name, const char *text)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
}

static int begin(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(root, sizeof root, "%s/rounds-file-XXXXXX", base);
    arena_init(&run, ARENA_BYTES_MAX);
    if (!getcwd(before, sizeof before) || !mkdtemp(root) || chdir(root) < 0)
        return -1;
    put("b.jsonl", "b\n");
    put("a.jsonl", "a\n");
    put("c.txt", "c\n");
    put(".hidden.jsonl", "");
    put("[x].txt", "x");
    if (mkdir("sub", 0755) < 0 || mkdir("sub/nested.d", 0755) < 0 ||
        mkdir("none", 0755) < 0)
        return -1;
    put("sub/d.jsonl", "d\n");
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        (void)remove(made[i]);
    arena_release(&run);
    return chdir(before) < 0 || rmdir(root) < 0 ? -1 : 0;
}

static void a_file_is_read_whole_and_terminated(void **state)
{
    struct str bytes;
    struct err err;

    (void)state;
    assert_true(file_read(AT_FDCWD, "a.jsonl", 2, false, &run, &bytes, &err));
    assert_true(str_equal(bytes, STR("a\n")));
    assert_int_equal(bytes.at[2], '\0');
    assert_true(file_read(AT_FDCWD, ".hidden.jsonl", 0, false, &run, &bytes, &err));
    assert_int_equal(bytes.n, 0);
}

static void a_file_is_found_below_a_folder_descriptor(void **state)
{
    int folder = open("sub", O_RDONLY | O_DIRECTORY);
    struct str bytes;
    struct err err;

    (void)state;
    assert_true(file_read(folder, "d.jsonl", 100, true, &run, &bytes, &err));
    assert_true(str_equal(bytes, STR("d\n")));
    (void)close(folder);
}

static void one_byte_over_the_cap_is_refused(void **state)
{
    struct str bytes;
    struct err err;

    (void)state;
    assert_false(file_read(AT_FDCWD, "a.jsonl", 1, false, &run, &bytes, &err));
    assert_string_equal(err.text, "cannot read 'a.jsonl': 2 bytes, at most 1 are read");
}

static void a_file_that_holds_more_than_it_said_is_refused(void **state)
{
    static const char growing[] = "/proc/self/status"; // says 0 bytes and has some
    struct str bytes;
    struct err err;

    (void)state;
    SKIP_UNLESS(access(growing, R_OK) == 0);
    assert_false(file_read(AT_FDCWD, growing, MIB, false, &run, &bytes, &err));
    assert_non_null(strstr(err.text, "it changed meanwhile; run again"));
}

static void an_absent_file_is_said_or_told(void **state)
{
    struct str bytes;
    struct err err;
    bool absent = false;

    (void)state;
    assert_true(
        file_read_if_there(AT_FDCWD, "no", 9, false, &run, &bytes, &absent, &err));
    assert_true(absent);
    assert_true(
        file_read_if_there(AT_FDCWD, "a.jsonl", 9, false, &run, &bytes, &absent, &err));
    assert_false(absent);
    assert_false(file_read(AT_FDCWD, "no", 9, false, &run, &bytes, &err));
    assert_string_equal(err.text, "cannot read 'no': there is no such file");
    // A file where a folder should be is not absence.
    assert_false(file_read_if_there(AT_FDCWD, "a.jsonl/x", 9, false, &run, &bytes,
                                    &absent, &err));
}

static void what_is_no_file_is_refused_by_its_kind(void **state)
{
    struct str bytes;
    struct err err;

    (void)state;
    assert_int_equal(mkfifo("fifo", 0644), 0);
    assert_int_equal(symlink("a.jsonl", "link.jsonl"), 0);
    assert_false(
        file_read(AT_FDCWD, "fifo", 9, false, &run, &bytes, &err)); // returns at once
    assert_string_equal(err.text, "cannot read 'fifo': it is a FIFO; put a file there");
    assert_false(file_read(AT_FDCWD, "sub", 9, false, &run, &bytes, &err));
    assert_string_equal(err.text,
                        "cannot read 'sub': it is a folder; put a file there");
    assert_false(file_read(AT_FDCWD, "/dev/null", 9, false, &run, &bytes, &err));
    assert_string_equal(err.text,
                        "cannot read '/dev/null': it is a device; put a file there");
    assert_false(file_read(AT_FDCWD, "link.jsonl", 9, true, &run, &bytes, &err));
    assert_string_equal(
        err.text,
        "cannot read 'link.jsonl': it is a symbolic link; put the file there");
    assert_true(file_read(AT_FDCWD, "link.jsonl", 9, false, &run, &bytes, &err));
    assert_int_equal(remove("fifo"), 0);
    assert_int_equal(remove("link.jsonl"), 0);
}

static volatile sig_atomic_t ticks;
static volatile sig_atomic_t writer = -1;

/* The second interruption opens the FIFO's other end. */
static void tick(int number)
{
    int cause = errno;

    (void)number;
    if (++ticks == 2)
        writer = open("fifo", O_RDWR | O_CLOEXEC);
    errno = cause;
}

static void an_interrupted_open_is_tried_again(void **state)
{
    static const struct itimerval often = {{0, 10000}, {0, 10000}}, never;
    struct sigaction action = {0}, was;
    int fd;

    (void)state;
    action.sa_handler = tick; // no SA_RESTART
    assert_int_equal(mkfifo("fifo", 0644), 0);
    assert_int_equal(sigaction(SIGALRM, &action, &was), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    fd = file_openat(AT_FDCWD, "fifo", O_RDONLY, 0); // waits for who writes
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &was, NULL), 0);
    assert_true(fd >= 0);
    assert_true(ticks >= 2);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    (void)close(fd);
    (void)close(writer);
    assert_int_equal(remove("fifo"), 0);
}

static void a_folder_is_opened_to_list_below_another(void **state)
{
    int folder = file_openat(AT_FDCWD, "sub", O_RDONLY | O_DIRECTORY, 0);
    DIR *entries = file_opendir(folder, "nested.d", O_NOFOLLOW);
    size_t n = 0;

    (void)state;
    assert_non_null(entries);
    while (readdir(entries))
        n++;
    assert_int_equal(n, 2); // itself and its parent
    (void)closedir(entries);
    errno = 0;
    assert_null(file_opendir(folder, "d.jsonl", 0));
    assert_int_equal(errno, ENOTDIR);
    (void)close(folder);
    assert_int_equal(symlink("sub", "link.jsonl"), 0);
    assert_null(file_opendir(AT_FDCWD, "link.jsonl", O_NOFOLLOW));
    assert_int_equal(remove("link.jsonl"), 0);
}

static const char *const jsonl[] = {".jsonl", ".jsonl.gz", NULL};

static struct file_list list_of(const char *base, const char *pattern, bool must_exist)
{
    struct file_list list = {0};
    struct err err;

    assert_true(file_list_add(&list, base, pattern, jsonl, must_exist, &run, &err));
    file_list_finish(&list);
    return list;
}

static const char *refusal(const char *pattern)
{
    static struct err err;
    struct file_list list = {0};

    assert_false(file_list_add(&list, ".", pattern, jsonl, true, &run, &err));
    return err.text;
}

static void a_folder_lists_its_visible_files_of_the_endings_in_byte_order(void **state)
{
    struct file_list list = list_of("sub", "..", true);

    (void)state;
    assert_int_equal(list.n, 2);
    assert_string_equal(list.path[0], "sub/../a.jsonl");
    assert_string_equal(list.path[1], "sub/../b.jsonl");
    assert_int_equal(list.nfolders, 1);
    assert_string_equal(list.folder[0], "sub/..");
}

static void an_empty_folder_is_no_error(void **state)
{
    (void)state;
    assert_int_equal(list_of(".", "none", true).n, 0);
}

static void a_glob_matches_any_ending_but_neither_hidden_files_nor_folders(void **state)
{
    struct file_list list = list_of(".", "*", true);

    (void)state;
    assert_int_equal(list.n, 4);
    assert_string_equal(list.path[0], "[x].txt");
    assert_string_equal(list.path[1], "a.jsonl");
    assert_string_equal(list.path[3], "c.txt");
    list = list_of("sub", "../[ab].json?", true);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.path[0], "sub/../a.jsonl");
    assert_string_equal(list.folder[0], "sub/..");
    assert_int_equal(list_of(".", "sub/*", true).n, 1); // not sub/nested.d
}

static void what_must_exist_is_missed(void **state)
{
    (void)state;
    assert_string_equal(refusal("no.jsonl"),
                        "cannot read 'no.jsonl': No such file or directory");
    assert_string_equal(refusal("no*.jsonl"),
                        "cannot read 'no*.jsonl': no file matches");
    assert_string_equal(refusal("no/*.jsonl"),
                        "cannot read 'no/*.jsonl': no file matches");
    assert_string_equal(refusal("*/a.jsonl"),
                        "cannot take '*/a.jsonl': * ? [ are for its last part only");
    assert_string_equal(refusal(""),
                        "cannot read '': a file, folder or pattern is wanted");
    assert_int_equal(list_of(".", "no.jsonl", false).n, 0);
    assert_int_equal(list_of(".", "no*.jsonl", false).n, 0);
    assert_int_equal(list_of(".", "no/*.jsonl", false).n, 0);
}

static void one_file_is_listed_once_under_its_first_name(void **state)
{
    struct file_list list = {0};
    struct err err;

    (void)state;
    assert_int_equal(link("b.jsonl", "twin.jsonl"), 0);
    assert_int_equal(symlink("b.jsonl", "link.jsonl"), 0);
    assert_true(file_list_add(&list, ".", "twin.jsonl", jsonl, true, &run, &err));
    assert_true(file_list_add(&list, ".", ".", jsonl, true, &run, &err));
    assert_true(file_list_add(&list, ".", "a.jsonl", jsonl, true, &run, &err));
    assert_true(file_list_add(&list, ".", "sub/d.jsonl", jsonl, true, &run, &err));
    file_list_finish(&list);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.path[0], "a.jsonl");
    assert_string_equal(list.path[1], "b.jsonl");
    assert_string_equal(list.path[2], "sub/d.jsonl");
    assert_int_equal(list.nfolders, 2);
    assert_int_equal(remove("twin.jsonl"), 0);
    assert_int_equal(remove("link.jsonl"), 0);
}

static void a_link_to_nowhere_is_listed_for_its_reader_to_say_so(void **state)
{
    struct file_list list;

    (void)state;
    assert_int_equal(symlink("gone", "dangling.jsonl"), 0);
    list = list_of(".", "d*.jsonl", true);
    assert_int_equal(list.n, 1);
    assert_string_equal(list.path[0], "dangling.jsonl");
    assert_int_equal(remove("dangling.jsonl"), 0);
}

static void files_over_the_cap_are_refused(void **state)
{
    struct file_list list = {.n = EVENT_FILES_MAX, .capacity = EVENT_FILES_MAX};
    struct err err;

    (void)state;
    assert_false(file_list_add(&list, ".", "a.jsonl", jsonl, true, &run, &err));
    assert_string_equal(err.text, "cannot take 'a.jsonl': more than 10000 files");
}

static void a_list_has_a_cap_of_its_own(void **state)
{
    struct file_list list = {.most = 1};
    struct err err;

    (void)state;
    assert_true(file_list_add(&list, ".", "a.jsonl", jsonl, true, &run, &err));
    assert_false(file_list_add(&list, ".", "b.jsonl", jsonl, true, &run, &err));
    assert_string_equal(err.text, "cannot take 'b.jsonl': more than 1 files");
}

static void a_link_is_a_file_of_its_own_where_that_is_asked_for(void **state)
{
    struct file_list list = {.keeps_links = true};
    struct err err;

    (void)state;
    assert_int_equal(symlink("a.jsonl", "link.jsonl"), 0);
    assert_int_equal(list_of(".", "*.jsonl", true).n, 2);
    assert_true(file_list_add(&list, ".", "*.jsonl", jsonl, true, &run, &err));
    file_list_finish(&list);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.path[2], "link.jsonl");
    assert_int_equal(remove("link.jsonl"), 0);
}

static void a_path_is_added_with_its_folder_there_or_not(void **state)
{
    struct file_list list = {0};
    char path[] = "sub/none.jsonl";
    struct err err;

    (void)state;
    assert_true(file_list_add_path(&list, path, &run, &err));
    file_list_finish(&list);
    assert_int_equal(list.n, 1);
    assert_string_equal(list.folder[0], "sub");
}

static void paths_split_and_join(void **state)
{
    (void)state;
    assert_string_equal(file_folder(&run, "rounds.json"), ".");
    assert_string_equal(file_folder(&run, "a/b/c"), "a/b");
    assert_string_equal(file_folder(&run, "a//c"), "a");
    assert_string_equal(file_folder(&run, "/c"), "/");
    assert_string_equal(file_folder(&run, "//c"), "/");
    assert_string_equal(file_join(&run, "a", "b"), "a/b");
    assert_string_equal(file_join(&run, "a/", "b"), "a/b");
    assert_string_equal(file_join(&run, ".", "b"), "b");
    assert_string_equal(file_join(&run, "a", "/b"), "/b");
    assert_string_equal(file_join(&run, "/", "b"), "/b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_whole_and_terminated),
        cmocka_unit_test(a_file_is_found_below_a_folder_descriptor),
        cmocka_unit_test(one_byte_over_the_cap_is_refused),
        cmocka_unit_test(a_file_that_holds_more_than_it_said_is_refused),
        cmocka_unit_test(an_absent_file_is_said_or_told),
        cmocka_unit_test(what_is_no_file_is_refused_by_its_kind),
        cmocka_unit_test(an_interrupted_open_is_tried_again),
        cmocka_unit_test(a_folder_is_opened_to_list_below_another),
        cmocka_unit_test(a_folder_lists_its_visible_files_of_the_endings_in_byte_order),
        cmocka_unit_test(an_empty_folder_is_no_error),
        cmocka_unit_test(
            a_glob_matches_any_ending_but_neither_hidden_files_nor_folders),
        cmocka_unit_test(what_must_exist_is_missed),
        cmocka_unit_test(one_file_is_listed_once_under_its_first_name),
        cmocka_unit_test(a_link_to_nowhere_is_listed_for_its_reader_to_say_so),
        cmocka_unit_test(files_over_the_cap_are_refused),
        cmocka_unit_test(a_list_has_a_cap_of_its_own),
        cmocka_unit_test(a_link_is_a_file_of_its_own_where_that_is_asked_for),
        cmocka_unit_test(a_path_is_added_with_its_folder_there_or_not),
        cmocka_unit_test(paths_split_and_join),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
