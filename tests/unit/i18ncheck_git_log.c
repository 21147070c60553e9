/*
 * Tests of i18ncheck/git_log.c: the format of i18ncheck.md 9, and as git 2.39 writes
 * it, without a NUL between the names and the next record.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "i18ncheck/git_log.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

#define HEAD   "0123456789abcdef0123456789abcdef01234567"
#define C1     "1111111111111111111111111111111111111111"
#define C2     "2222222222222222222222222222222222222222"
#define C3     "3333333333333333333333333333333333333333"
#define HEADER "rounds-gitlog 1 " HEAD " complete \n"
#define N      "\0" /* ends a name, a head */

/* hash, seconds, subject, body */
#define RECORD(hash, at, subject, body) \
    "\x01" hash "\x02" at "\x02" subject "\x02" body "\x03" N

static struct err err;

static bool reads(const char *bytes, size_t n, struct git_file *file, size_t files)
{
    char name[] = "build/rounds-log-XXXXXX", elsewhere[] = "rounds-log-XXXXXX";
    char *path = access("build", F_OK) == 0 ? name : elsewhere;
    int fd = mkstemp(path);
    bool good;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    good = git_log_read(path, file, files, &run, &err);
    (void)close(fd);
    assert_int_equal(unlink(path), 0);
    return good;
}

#define READS(bytes, file, n) reads((bytes), sizeof(bytes) - 1, (file), (n))

static struct git_file file_of(const char *path)
{
    return (struct git_file){.path = path, .minor = &git_minor_default};
}

/* One file's date; -1: none. */
static int64_t date_of(const char *bytes, size_t n, const char *path)
{
    struct git_file file = file_of(path);

    if (!reads(bytes, n, &file, 1))
        fail_msg("%s", err.text);
    return file.is_known ? file.time_s : -1;
}

#define DATE(bytes, path) date_of((bytes), sizeof(bytes) - 1, (path))

static void is_refused_log(const char *bytes, size_t n, const char *why)
{
    struct git_file file = file_of("a.md");

    assert_false(reads(bytes, n, &file, 1));
    if (!strstr(err.text, why))
        fail_msg("'%s', not '%s'", err.text, why);
}

#define REFUSED(bytes, why) is_refused_log((bytes), sizeof(bytes) - 1, (why))

/* ---- records ---- */

static void the_newest_major_commit_dates_a_file(void **state)
{
    struct git_file file = file_of("a.md");

    (void)state;
    assert_true(READS(HEADER RECORD(C1, "300", "fix typo", "") "\na.md" N N //
                          RECORD(C2, "200", "more", "") "\na.md" N "b.md" N N
                              RECORD(C3, "100", "first", "") "\na.md" N,
                      &file, 1));
    assert_true(file.is_known && !file.is_minor);
    assert_int_equal(file.time_s, 200);
    assert_string_equal(file.commit, C2);
}

static void records_need_no_nul_between_them(void **state)
{
    (void)state;
    assert_int_equal(DATE(HEADER RECORD(C1, "300", "one", "") "\nb.md" N //
                              RECORD(C2, "200", "two", "") "\na.md" N,
                          "a.md"),
                     200);
}

static void of_minor_commits_alone_the_newest_counts(void **state)
{
    (void)state;
    assert_int_equal(DATE(HEADER RECORD(C1, "300", "Typo again", "") "\na.md" N N //
                              RECORD(C2, "200", "i18n-IGNORE: x", "") "\na.md" N,
                          "a.md"),
                     300);
}

static void an_empty_commit_has_no_names(void **state)
{
    (void)state;
    assert_int_equal(DATE(HEADER RECORD(C1, "300", "empty", "") //
                          RECORD(C2, "200", "two", "") "\na.md" N N
                              RECORD(C3, "100", "empty at the end", ""),
                          "a.md"),
                     200);
}

static void odd_names_are_names(void **state)
{
    static const char bytes[] = HEADER RECORD(C1, "300", "one", "") //
        "\n\nodd\t\"q\" \xc3\xa9.md" N "\xff.md" N "\x01.md" N N;

    (void)state;
    assert_int_equal(DATE(bytes, "\nodd\t\"q\" \xc3\xa9.md"), 300);
    assert_int_equal(DATE(bytes, "\xff.md"), 300);
    assert_int_equal(DATE(bytes, "\x01.md"), 300);
    assert_int_equal(DATE(bytes, "odd.md"), -1);
}

static void a_body_may_hold_control_bytes(void **state)
{
    (void)state;
    assert_int_equal(DATE(HEADER RECORD(C1, "300", "s",
                                        "a\x01"
                                        "b\x02"
                                        "c\x03"
                                        "d\n") "\na.md" N,
                          "a.md"),
                     300);
}

static void names_are_taken_below_the_prefix(void **state)
{
    static const char bytes[] =
        "rounds-gitlog 1 " HEAD " complete my app/\n" RECORD(C1, "300", "one", "") //
        "\nmy app/a.md" N "b.md" N;

    (void)state;
    assert_int_equal(DATE(bytes, "a.md"), 300);
    assert_int_equal(DATE(bytes, "./x/../a.md"), 300);
    assert_int_equal(DATE(bytes, "../b.md"), 300);
    assert_int_equal(DATE(bytes, "b.md"), -1);
}

static void one_file_may_be_asked_for_under_two_rules(void **state)
{
    static const char *const words[] = {"chore"};
    struct git_minor minor = {words, 1};
    struct git_file file[2] = {file_of("a.md"), file_of("a.md")};

    (void)state;
    file[1].minor = &minor;
    assert_true(READS(HEADER RECORD(C1, "300", "Chore: fix typo", "") "\na.md" N N //
                          RECORD(C2, "200", "a typo", "") "\na.md" N,
                      file, 2));
    assert_int_equal(file[0].time_s, 300);
    assert_true(file[0].is_minor);
    assert_int_equal(file[1].time_s, 200);
    assert_false(file[1].is_minor);
}

static void a_subject_longer_than_a_block_is_read(void **state)
{
    size_t n = 600000, at = 0;
    char *bytes = malloc(n + 500);
    static const char begin[] = HEADER "\x01" C1 "\x02"
                                       "300\x02";
    static const char end[] = "\x02\x03" N "\na.md" N;

    (void)state;
    assert_non_null(bytes);
    memcpy(bytes, begin, sizeof begin - 1);
    at = sizeof begin - 1;
    memset(bytes + at, 'x', n);
    at += n;
    memcpy(bytes + at, end, sizeof end - 1);
    assert_int_equal(date_of(bytes, at + sizeof end - 1, "a.md"), 300);
    free(bytes);
}

/* ---- lunaria ---- */

static void lunaria_ignore_makes_a_commit_minor_for_its_files(void **state)
{
    static const char bytes[] =
        HEADER RECORD(C1, "300", "one", "text\n@lunaria-ignore:docs/**/*.md; x.md\n") //
        "\ndocs/a.md" N "docs/b/c.md" N "docs/d.txt" N
        "x.md" N N RECORD(C2, "200", "two", "") "\ndocs/a.md" N "docs/b/c.md" N
                                                "docs/d.txt" N "x.md" N;

    (void)state;
    assert_int_equal(DATE(bytes, "docs/a.md"), 200);
    assert_int_equal(DATE(bytes, "docs/b/c.md"), 200);
    assert_int_equal(DATE(bytes, "x.md"), 200);
    assert_int_equal(DATE(bytes, "docs/d.txt"), 300);
}

static void lunaria_track_makes_a_commit_minor_for_all_others(void **state)
{
    static const char bytes[] =
        HEADER RECORD(C1, "300", "one", "@lunaria-track:docs/*.{md,mdx}") //
        "\ndocs/a.md" N "docs/b/c.md" N
        "docs/e.mdx" N N RECORD(C2, "200", "two", "") "\ndocs/a.md" N "docs/b/c.md" N
                                                      "docs/e.mdx" N;

    (void)state;
    assert_int_equal(DATE(bytes, "docs/a.md"), 300);
    assert_int_equal(DATE(bytes, "docs/e.mdx"), 300);
    assert_int_equal(DATE(bytes, "docs/b/c.md"), 200);
}

/* ---- refused ---- */

static void a_shallow_clone_is_refused(void **state)
{
    (void)state;
    REFUSED("rounds-gitlog 1 " HEAD " shallow \n", "shallow");
}

static void another_version_is_refused(void **state)
{
    (void)state;
    REFUSED("rounds-gitlog 2 " HEAD " complete \n", "version '2'");
}

static void what_is_no_log_is_refused(void **state)
{
    (void)state;
    REFUSED("", "no log");
    REFUSED("commit 1\n", "no log");
    REFUSED("rounds-gitlog 1 " HEAD " complete", "no log");
    REFUSED("rounds-gitlog 1 xyz complete \n", "no log");
    REFUSED("rounds-gitlog 1 " HEAD " partial \n", "no log");
}

static void a_malformed_record_is_refused_by_its_number(void **state)
{
    (void)state;
    REFUSED(HEADER "x" N, "record 1, it does not begin");
    REFUSED(HEADER RECORD(C1, "300", "s", "") "\na.md" N N "x" N, "record 2");
    REFUSED(HEADER RECORD("12", "300", "s", ""), "record 1");
    REFUSED(HEADER RECORD(C1, "x", "s", ""), "no time");
    REFUSED(HEADER RECORD(C1, "-1", "s", ""), "no time");
    REFUSED(HEADER RECORD(C1, "99999999999999", "s", ""), "no time");
    REFUSED(HEADER "\x01" C1 "\x02"
                   "300" N,
            "no time");
    REFUSED(HEADER "\x01" C1 "\x02"
                   "300\x02"
                   "s" N,
            "no subject");
    REFUSED(HEADER "\x01" C1 "\x02"
                   "300\x02"
                   "s\x02"
                   "b" N,
            "does not end");
}

static void a_cut_log_is_refused(void **state)
{
    (void)state;
    REFUSED(HEADER "\x01" C1 "\x02"
                   "300\x02"
                   "s",
            "cut off");
    REFUSED(HEADER RECORD(C1, "300", "s", "") "\na.m", "cut off");
    REFUSED(HEADER RECORD(C1, "300", "s", "") "\n" N, "name is empty");
}

static void a_log_that_is_not_there_is_refused(void **state)
{
    struct git_file file = file_of("a.md");

    (void)state;
    assert_false(git_log_read("nowhere/log", &file, 1, &run, &err));
    assert_string_equal(err.text, "cannot read 'nowhere/log': there is no such file");
}

#define IN_A_RUN(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_RUN(the_newest_major_commit_dates_a_file),
        IN_A_RUN(records_need_no_nul_between_them),
        IN_A_RUN(of_minor_commits_alone_the_newest_counts),
        IN_A_RUN(an_empty_commit_has_no_names),
        IN_A_RUN(odd_names_are_names),
        IN_A_RUN(a_body_may_hold_control_bytes),
        IN_A_RUN(names_are_taken_below_the_prefix),
        IN_A_RUN(one_file_may_be_asked_for_under_two_rules),
        IN_A_RUN(a_subject_longer_than_a_block_is_read),
        IN_A_RUN(lunaria_ignore_makes_a_commit_minor_for_its_files),
        IN_A_RUN(lunaria_track_makes_a_commit_minor_for_all_others),
        IN_A_RUN(a_shallow_clone_is_refused),
        IN_A_RUN(another_version_is_refused),
        IN_A_RUN(what_is_no_log_is_refused),
        IN_A_RUN(a_malformed_record_is_refused_by_its_number),
        IN_A_RUN(a_cut_log_is_refused),
        IN_A_RUN(a_log_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
