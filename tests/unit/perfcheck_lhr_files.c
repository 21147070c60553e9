/* Report files: which there are, and their bytes. In a folder of its own below TMPDIR
 * (or build/). */
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
#define ZLIB_CONST // what is packed is not changed
#include <zlib.h>

#include "perfcheck/lhr.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena run;
static struct lhr_buffer buffer;
static char root[512], before[512];

/* Folders last. */
static const char *const made[] = {
    "in/a.json",
    "in/b.json.gz",
    "in/c.txt",
    "in/.hidden.json",
    "in/links.json",
    "in/crux-1.json",
    "in/link.json",
    "in/fifo.json",
    "ci/r1.json",
    "ci/assertion-results.json",
    "ci/manifest.json",
    "ci/r2.json",
    "two/manifest.json",
    "two/x.json",
    "file.gz",
    "in/sub.json",
    "in",
    "ci",
    "two",
    "empty",
};

static void put(const char *name, const char *at, size_t n)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, at, n), n);
    (void)close(fd);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

static int begin(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(root, sizeof root, "%s/rounds-lhr-XXXXXX", base);
    arena_init(&run, ARENA_BYTES_MAX);
    if (!getcwd(before, sizeof before) || !mkdtemp(root) || chdir(root) < 0 ||
        mkdir("in", 0755) < 0 || mkdir("ci", 0755) < 0 || mkdir("two", 0755) < 0 ||
        mkdir("empty", 0755) < 0 || mkdir("in/sub.json", 0755) < 0)
        return -1;
    put_text("in/a.json", "{\"a\":1}");
    put_text("in/b.json.gz", "{}"); // by its bytes it is none
    put_text("in/c.txt", "");
    put_text("in/.hidden.json", "{}");
    put_text("in/links.json", "{}");
    put_text("in/crux-1.json", "{}");
    put_text("ci/r1.json", "{}");
    put_text("ci/r2.json", "{}");
    put_text("ci/assertion-results.json", "[]");
    put_text("ci/manifest.json",
             "[{\"url\":\"u\",\"isRepresentativeRun\":true,\"jsonPath\":"
             "\"/nowhere/at/all/r1.json\",\"summary\":{}},{\"jsonPath\":\"r3.json\"}]");
    put_text("two/manifest.json", "[{\"jsonPath\":\"../in/a.json\"}]");
    put_text("two/x.json", "{}");
    return symlink("a.json", "in/link.json") < 0 || mkfifo("in/fifo.json", 0644) < 0
               ? -1
               : 0;
}

static int end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        (void)remove(made[i]);
    lhr_buffer_release(&buffer);
    arena_release(&run);
    return chdir(before) < 0 || rmdir(root) < 0 ? -1 : 0;
}

/* ---- which there are ---- */

static const char *joined(const char *const *names, size_t n)
{
    const char *all = "";

    for (size_t i = 0; i < n; i++)
        all = str_format(&run, "%s%s%s", all, i > 0 ? " " : "", names[i]);
    return all;
}

static struct lhr_paths list(const char *one, const char *two, bool may_miss)
{
    const char *const patterns[] = {one, two};
    struct lhr_paths paths = {0};
    struct err err = {0};

    if (!lhr_paths_list(".", patterns, two ? 2 : 1, may_miss, &run, &paths, &err))
        fail_msg("%s", err.text);
    return paths;
}

static const char *listed(const char *one, const char *two)
{
    struct lhr_paths paths = list(one, two, false);

    return joined(paths.path, paths.n);
}

static void a_folder_gives_its_reports(void **state)
{
    (void)state;
    assert_string_equal(listed("in", NULL),
                        "in/a.json in/b.json.gz in/fifo.json in/link.json");
    assert_string_equal(listed("empty", NULL), "");
}

static void a_pattern_gives_what_it_matches(void **state)
{
    (void)state;
    assert_string_equal(listed("in/*.json", NULL),
                        "in/a.json in/fifo.json in/link.json");
    assert_string_equal(listed("in/*.txt", NULL), "in/c.txt");
}

static void a_named_file_is_taken_whatever_its_name(void **state)
{
    (void)state;
    assert_string_equal(listed("in/links.json", NULL), "in/links.json");
}

static void each_file_is_there_once(void **state)
{
    (void)state;
    assert_string_equal(listed("in/a.json", "./in/a.json"), "./in/a.json");
    assert_string_equal(listed("ci/r2.json", "in/a.json"), "ci/r2.json in/a.json");
}

// A report that is not where its manifest says is looked for beside it.
static void a_manifest_is_followed(void **state)
{
    (void)state;
    assert_string_equal(listed("ci", NULL), "ci/r1.json ci/r2.json ci/r3.json");
    assert_string_equal(listed("ci/manifest.json", NULL), "ci/r1.json ci/r3.json");
    assert_string_equal(listed("two", NULL), "two/../in/a.json two/x.json");
}

static void folders_of_all_files_may_be_read(void **state)
{
    struct lhr_paths paths = list("two", "empty", false);

    (void)state;
    assert_string_equal(joined(paths.folder, paths.nfolders), "two/../in two");
}

static void a_manifest_that_is_none_is_a_file(void **state)
{
    (void)state;
    put_text("two/manifest.json", "[{\"jsonPath\":\"../in/a.json\"}");
    assert_string_equal(listed("two", NULL), "two/manifest.json two/x.json");
    put_text("two/manifest.json", "[{\"path\":\"../in/a.json\"}]");
    assert_string_equal(listed("two", NULL), "two/manifest.json two/x.json");
}

static void what_is_not_there_is_an_error(void **state)
{
    const char *const missing[] = {"none", "none/*.json"};
    struct lhr_paths paths;
    struct err err = {0};

    (void)state;
    assert_false(lhr_paths_list(".", missing, 1, false, &run, &paths, &err));
    assert_string_equal(err.text, "cannot read 'none': No such file or directory");
    assert_false(lhr_paths_list(".", missing + 1, 1, false, &run, &paths, &err));
    assert_false(lhr_paths_list(".", missing, 2, true, &run, &paths, &err));
    assert_string_equal(err.text, "cannot read 'none' and the other inputs: no such "
                                  "file or folder; look at 'inputs'");
}

static void one_of_several_may_be_missing(void **state)
{
    struct lhr_paths paths = list("none", "ci/r1.json", true);

    (void)state;
    assert_int_equal(paths.n, 1);
    paths = list("empty", "none", true); // a folder is there without a report
    assert_int_equal(paths.n, 0);
}

static void patterns_are_relative_to_the_base(void **state)
{
    const char *const patterns[] = {"a.json"};
    struct lhr_paths paths;
    struct err err;

    (void)state;
    assert_true(lhr_paths_list("in", patterns, 1, false, &run, &paths, &err));
    assert_string_equal(paths.path[0], "in/a.json");
}

/* ---- their bytes ---- */

static void assert_bytes(const char *path, const char *expected, size_t n)
{
    bool is_regular = false;
    struct err err = {0};

    if (!lhr_buffer_read(&buffer, path, &is_regular, &err))
        fail_msg("%s", err.text);
    assert_true(is_regular);
    assert_int_equal(buffer.n, n);
    assert_memory_equal(buffer.at, expected, n);
}

static void assert_unread(const char *path, const char *why)
{
    char expected[256];
    bool is_regular = false;
    struct err err = {0};

    (void)snprintf(expected, sizeof expected, "cannot read '%s': %s", path, why);
    assert_false(lhr_buffer_read(&buffer, path, &is_regular, &err));
    assert_string_equal(err.text, expected);
}

/* One member of a gzip file. */
static size_t gzip(const char *at, size_t n, void *to, size_t room)
{
    z_stream z = {.next_in = (const unsigned char *)at,
                  .avail_in = (uInt)n,
                  .next_out = to,
                  .avail_out = (uInt)room};

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    (void)deflateEnd(&z);
    return room - z.avail_out;
}

static void a_plain_file_is_read_whole(void **state)
{
    (void)state;
    assert_bytes("in/a.json", "{\"a\":1}", 7);
    assert_bytes("in/b.json.gz", "{}", 2); // plain under the name of a gzip file
    assert_bytes("in/c.txt", "", 0);
}

static void gzip_is_known_by_its_bytes(void **state)
{
    char packed[256];
    size_t n = gzip("{\"a\":1}", 7, packed, sizeof packed);

    (void)state;
    put("file.gz", packed, n);
    assert_bytes("file.gz", "{\"a\":1}", 7);
    n += gzip(" \n", 2, packed + n, sizeof packed - n); // a second member, padded
    memset(packed + n, 0, 10);
    put("file.gz", packed, n + 10);
    assert_bytes("file.gz", "{\"a\":1} \n", 9);
}

static void gzip_that_is_broken_is_refused(void **state)
{
    char packed[256];
    size_t n = gzip("{\"a\":1}", 7, packed, sizeof packed);

    (void)state;
    for (size_t cut = 2; cut < n; cut++) {
        put("file.gz", packed, cut);
        assert_unread("file.gz", "its gzip data is cut");
    }
    packed[n - 6] ^= 1; // in its checksum
    put("file.gz", packed, n);
    assert_unread("file.gz", "its gzip data is broken");
    packed[n - 6] ^= 1;
    packed[n] = 'x';
    put("file.gz", packed, n + 1);
    assert_unread("file.gz", "something follows its gzip data");
    packed[n] = '\0';
    packed[n + 1] = 'x';
    put("file.gz", packed, n + 2);
    assert_unread("file.gz", "something follows its gzip data");
}

/* 64 members of a mebibyte that packs 20 times, so that the ratio is no reason. Their
 * bytes; the caller frees `*packed`. */
static size_t sixty_four_mib(char **packed)
{
    const size_t room = 256 * KIB, members = 64;

    char *text = malloc(MIB);
    uint32_t random = 1;
    size_t n;

    *packed = malloc(members * room);
    assert_non_null(text);
    assert_non_null(*packed);
    for (size_t i = 0; i < MIB; i++) {
        random = random * 1664525 + 1013904223;
        text[i] = i % 64 < 4 ? (char)(random >> 24) : 'x';
    }
    n = gzip(text, MIB, *packed, room);
    for (size_t i = 1; i < members; i++)
        memcpy(*packed + i * n, *packed, n);
    free(text);
    return members * n;
}

static void a_report_over_64_mib_is_refused(void **state)
{
    char *packed;
    size_t n = sixty_four_mib(&packed);
    bool is_regular;
    struct err err;

    (void)state;
    put("file.gz", packed, n);
    assert_true(lhr_buffer_read(&buffer, "file.gz", &is_regular, &err));
    assert_int_equal(buffer.n, 64 << 20);
    n += gzip("x", 1, packed + n, 64);
    put("file.gz", packed, n);
    free(packed);
    assert_unread("file.gz", "over 64 MiB");
    put("file.gz", "", 0);
    assert_int_equal(truncate("file.gz", (64 << 20) + 1), 0);
    assert_unread("file.gz", "over 64 MiB");
}

static void a_gzip_bomb_is_refused(void **state)
{
    enum { BYTES = 4 << 20 };

    char *text = calloc(1, BYTES), packed[32 * 1024];

    (void)state;
    assert_non_null(text);
    put("file.gz", packed, gzip(text, BYTES, packed, sizeof packed));
    free(text);
    assert_unread("file.gz", "it expands more than 200 times");
}

static void what_is_no_regular_file_is_not_read(void **state)
{
    static const char *const other[] = {"in/link.json", "in/fifo.json", "in/sub.json"};

    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        bool is_regular = true;
        struct err err;

        assert_true(lhr_buffer_read(&buffer, other[i], &is_regular, &err));
        assert_false(is_regular);
    }
    assert_unread("ci/r3.json", "No such file or directory");
}

static void the_buffer_is_used_again(void **state)
{
    const char *at;

    (void)state;
    lhr_buffer_release(&buffer);
    assert_bytes("in/a.json", "{\"a\":1}", 7);
    at = buffer.at;
    assert_bytes("in/b.json.gz", "{}", 2);
    assert_ptr_equal(buffer.at, at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_gives_its_reports),
        cmocka_unit_test(a_pattern_gives_what_it_matches),
        cmocka_unit_test(a_named_file_is_taken_whatever_its_name),
        cmocka_unit_test(each_file_is_there_once),
        cmocka_unit_test(a_manifest_is_followed),
        cmocka_unit_test(folders_of_all_files_may_be_read),
        cmocka_unit_test(a_manifest_that_is_none_is_a_file),
        cmocka_unit_test(what_is_not_there_is_an_error),
        cmocka_unit_test(one_of_several_may_be_missing),
        cmocka_unit_test(patterns_are_relative_to_the_base),
        cmocka_unit_test(a_plain_file_is_read_whole),
        cmocka_unit_test(gzip_is_known_by_its_bytes),
        cmocka_unit_test(gzip_that_is_broken_is_refused),
        cmocka_unit_test(a_report_over_64_mib_is_refused),
        cmocka_unit_test(a_gzip_bomb_is_refused),
        cmocka_unit_test(what_is_no_regular_file_is_not_read),
        cmocka_unit_test(the_buffer_is_used_again),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
