/* For the tests of shared/source*.c: a folder of their own, fixtures with ' for ", and
 * all rows of a source. */
#ifndef TESTS_UNIT_SHARED_SOURCE_H
#define TESTS_UNIT_SHARED_SOURCE_H

#include <dirent.h>
#include <fcntl.h>
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
#include <zlib.h>

#include "shared/clock.h"
#include "shared/hash.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/source.h"

/* 2026-03-02 00:00:00 UTC by `date -u -d 2026-03-02 +%s`; days since 1970 by the same,
 * over 86,400. */
enum { DAY = 20514 };

#define MIDNIGHT INT64_C(1772409600000)

static char test_folder[128], test_before[4096];
static bool test_inside; /* the folder: else the end must not empty anything */
static struct arena test_run;
static struct config test_config;
static struct err test_err;

static inline int test_begin(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(test_folder, sizeof test_folder, "%s/rounds-source-XXXXXX", base);
    arena_init(&test_run, ARENA_BYTES_MAX);
    if (!zone_enter("UTC", &test_err))
        return -1;
    test_inside = getcwd(test_before, sizeof test_before) && mkdtemp(test_folder) &&
                  chdir(test_folder) == 0;
    return test_inside ? 0 : -1;
}

/* Files are in the folder and one level below it. */
static inline void test_empty_folder(const char *path)
{
    DIR *entries = opendir(path);
    struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL) {
        char *name = str_format(&test_run, "%s/%s", path, entry->d_name);

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            unlink(name) < 0) {
            test_empty_folder(name);
            (void)rmdir(name);
        }
    }
    if (entries)
        (void)closedir(entries);
}

static inline int test_end(void **state)
{
    (void)state;
    json_decref(test_config.root);
    test_config.root = NULL;
    if (!test_inside || chdir(test_before) < 0)
        return -1;
    test_inside = false;
    test_empty_folder(test_folder);
    arena_release(&test_run);
    return rmdir(test_folder);
}

static inline void put_bytes(const char *name, const void *bytes, size_t n)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    (void)close(fd);
}

/* With every ' made ", so that JSON is legible here. */
static inline char *quoted_text(const char *text)
{
    char *copy = str_copy(&test_run, text, strlen(text));

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

static inline void put(const char *name, const char *text)
{
    put_bytes(name, quoted_text(text), strlen(text));
}

static inline struct str gzip(const char *text, size_t n)
{
    z_stream z = {0};
    char *packed = arena_new(&test_run, char, n + 1024);

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    z.next_in = (unsigned char *)str_copy(&test_run, text, n);
    z.avail_in = (uInt)n;
    z.next_out = (unsigned char *)packed;
    z.avail_out = (uInt)n + 1024;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    n = z.total_out;
    (void)deflateEnd(&z);
    return (struct str){packed, n};
}

/* `source` is the inside of a source's braces. NULL when refused: test_err says why. */
static inline struct source *opened_with(const char *source, bool exclude_bots)
{
    char *text = str_format(&test_run, "{\n'sources': { 'events':\n{%s}}}\n", source);
    struct source *opened;

    text = quoted_text(text);
    json_decref(test_config.root);
    test_config = (struct config){.path = "rounds.json",
                                  .folder = ".",
                                  .bytes = str_of(text),
                                  .site = "",
                                  .timezone = "UTC"};
    if (!json_load_strict(test_config.bytes, "rounds.json", 32, 1000, &test_config.root,
                          &test_err)) {
        print_error("%s\n", test_err.text);
        fail();
    }
    test_err.text[0] = '\0';
    return source_open(&test_config, "events", exclude_bots, &test_run, &opened,
                       &test_err)
               ? opened
               : NULL;
}

static inline struct source *opened(const char *source)
{
    struct source *one = opened_with(source, true);

    if (!one) {
        print_error("%s\n", test_err.text);
        fail();
    }
    return one;
}

static inline struct str kept(struct str text)
{
    return (struct str){str_copy(&test_run, text.at, text.n), text.n};
}

enum { ROWS_MAX = 1000 };

struct rows {
    struct row row[ROWS_MAX];
    size_t n;
    bool failed; /* test_err says why */
};

/* All rows of `days` days from `first`, with texts that stay. */
static inline struct rows *rows_of(struct source *source, int32_t first, size_t days)
{
    struct rows *rows = arena_new(&test_run, struct rows, 1);
    struct day_bounds bounds = day_bounds_new(&test_run, first, days);
    bool end = false;

    rows->failed = !source_start(source, &bounds, &test_run, &test_err);
    while (!rows->failed) {
        struct row row;

        rows->failed = !source_next(source, &row, &end, &test_err);
        if (rows->failed || end)
            break;
        assert_true(rows->n < ROWS_MAX);
        row.event = kept(row.event);
        row.page = kept(row.page);
        row.host = kept(row.host);
        row.referrer_host = kept(row.referrer_host);
        row.browser = kept(row.browser);
        row.device = kept(row.device);
        row.release = kept(row.release);
        row.error = kept(row.error);
        rows->row[rows->n++] = row;
    }
    return rows;
}

static inline const struct source_day *day_at(const struct source *source, size_t index)
{
    size_t n;
    const struct source_day *days = source_days(source, &n);

    assert_true(index < n);
    return &days[index];
}

static inline int64_t rejected_on(const struct source *source, size_t index)
{
    int64_t sum = 0;

    for (int i = 0; i < REJECT_COUNT; i++)
        sum += day_at(source, index)->rejected[i];
    return sum;
}

#define ASSERT_TEXT(got, want) assert_text_at((got), (want), __FILE__, __LINE__)

static inline void assert_text_at(struct str got, const char *want, const char *file,
                                  int line)
{
    if (str_equal(got, str_of(want)))
        return;
    print_error("'%.*s' is not '%s'\n", (int)got.n, got.n > 0 ? got.at : "", want);
    _fail(file, line);
}

#define ASSERT_SAYS(part) assert_says_at((part), __FILE__, __LINE__)

static inline void assert_says_at(const char *part, const char *file, int line)
{
    if (strstr(test_err.text, part))
        return;
    print_error("'%s' is not in '%s'\n", part, test_err.text);
    _fail(file, line);
}

static inline uint64_t hash_of(const char *text)
{
    return hash_bytes(text, strlen(text));
}

#endif
