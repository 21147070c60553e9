/* Which files of a state folder are committed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/file.h"
#include "shared/limits.h"
#include "shared/paths.h"

#include "shared/banned.h"

static struct arena arena;
static char folder[] = "paths-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    return mkdtemp(folder) ? 0 : -1;
}

static const char *const files[] = {"watchdog.json",
                                    "bandit.json",
                                    "report.json",
                                    "REPORT.md",
                                    "catches.tsv",
                                    "mine.txt",
                                    "history/watchdog.tsv",
                                    "history/mine.tsv",
                                    "history/watchdog.cells.tsv",
                                    "history/watchdogs.tsv",
                                    "history/bandit.json",
                                    "weights/cta.json",
                                    "weights/old.json",
                                    ".hidden"};
static const char *const folders[] = {"history", "weights", "seocheck.json"};

enum {
    FILES = sizeof files / sizeof *files,
    FOLDERS = sizeof folders / sizeof *folders,
};

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(file_join(&arena, folder, "perfcheck.json"));
    for (size_t i = 0; i < FILES; i++)
        (void)unlink(file_join(&arena, folder, files[i]));
    for (size_t i = 0; i < FOLDERS; i++)
        (void)rmdir(file_join(&arena, folder, folders[i]));
    (void)rmdir(folder);
    arena_release(&arena);
    return 0;
}

static struct report naming(const char *const *named, size_t n)
{
    return (struct report){.tool = "bandit", .files = named, .nfiles = n};
}

static void make_folder(void)
{
    for (size_t i = 0; i < FOLDERS; i++)
        assert_int_equal(mkdir(file_join(&arena, folder, folders[i]), 0755), 0);
    for (size_t i = 0; i < FILES; i++) {
        FILE *file = fopen(file_join(&arena, folder, files[i]), "we");

        assert_non_null(file);
        assert_int_equal(fclose(file), 0);
    }
    assert_int_equal(symlink("watchdog.json",
                             file_join(&arena, folder, "perfcheck.json")),
                     0);
}

static void known_files_and_named_ones_are_listed_once_and_sorted(void **state)
{
    static const char *const named[] = {"weights/cta.json", "weights/absent.json",
                                        "weights/cta.json"};
    static const char *const expected[] = {"REPORT.md",
                                           "bandit.json",
                                           "catches.tsv",
                                           "history/watchdog.cells.tsv",
                                           "history/watchdog.tsv",
                                           "watchdog.json",
                                           "weights/cta.json"};
    struct report report = naming(named, 3);
    struct paths paths;
    struct err err;

    (void)state;
    make_folder();
    assert_true(paths_list(folder, &report, 1, &arena, &paths, &err));
    assert_int_equal(paths.n, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < paths.n; i++)
        assert_string_equal(paths.item[i], expected[i]);
}

static void a_folder_that_is_not_there_has_none(void **state)
{
    struct paths paths;
    struct err err;

    (void)state;
    assert_true(paths_list("no-such-folder", NULL, 0, &arena, &paths, &err));
    assert_int_equal(paths.n, 0);
}

/* Parts [A-Za-z0-9_-][A-Za-z0-9._-]* (run-all.md 6). */
static void a_report_cannot_name_what_is_no_state_file(void **state)
{
    static const char *const bad[] = {"../rounds.json", "/etc/passwd", "weights/../x",
                                      ".git/config",    "weights/",    "",
                                      "a//b",           "a b",         "a\nb",
                                      "weights/.x"};
    static const char *const good[] = {"weights/cta.nginx.conf", "-x", "a", "_/b-.c"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(path_is_plain(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct report report = naming(&bad[i], 1);
        struct paths paths = {0};
        struct err err;

        assert_false(path_is_plain(bad[i]));
        assert_false(paths_list(folder, &report, 1, &arena, &paths, &err));
        assert_non_null(strstr(err.text, "bandit names a file '"));
        assert_int_equal(paths.n, 0);
    }
}

static void history_is_of_a_tool(void **state)
{
    (void)state;
    assert_true(path_is_history("seocheck.tsv"));
    assert_true(path_is_history("watchdog.cells.tsv"));
    assert_false(path_is_history("watchdogs.tsv"));
    assert_false(path_is_history("watchdog.tsv.tmp"));
    assert_false(path_is_history("watchdog.tsv/x.tsv"));
    assert_false(path_is_history(".watchdog.tsv"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_files_and_named_ones_are_listed_once_and_sorted),
        cmocka_unit_test(a_folder_that_is_not_there_has_none),
        cmocka_unit_test(a_report_cannot_name_what_is_no_state_file),
        cmocka_unit_test(history_is_of_a_tool),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
