/*
 * Reports of this tree cut short, as a copy that was interrupted leaves them: those of
 * the golden runs at every byte, the demo's at every 1,000th. Started at the top of the
 * repository, as `make check` does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "perfcheck/lhr.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena run, scratch;
static struct lhr_buffer buffer;

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    arena_init(&scratch, ARENA_BYTES_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lhr_buffer_release(&buffer);
    arena_release(&scratch);
    arena_release(&run);
    return 0;
}

/* The whole is read, and no part of it that ends before its last bracket. */
static void cut(const char *path, size_t every)
{
    struct lhr_file file = {0};
    bool is_regular = false;
    struct err err;
    size_t n;

    if (!lhr_buffer_read(&buffer, path, &is_regular, &err) ||
        !lhr_parse((struct str){buffer.at, buffer.n}, path, &run, &file, &err))
        fail_msg("%s", err.text);
    assert_int_equal(file.n, 1);
    lhr_file_release(&file);
    for (n = buffer.n; buffer.at[n - 1] != '}'; n--)
        continue;
    for (size_t part = 0; part < n; part += every) {
        arena_reset(&scratch);
        if (lhr_parse((struct str){buffer.at, part}, path, &scratch, &file, &err))
            fail_msg("'%s' is read with %zu of %zu bytes", path, part, buffer.n);
        assert_int_equal(file.n, 0);
    }
}

static void cut_all(const char *folder, size_t every)
{
    struct lhr_paths paths;
    struct err err;

    if (!lhr_paths_list(".", &folder, 1, false, &run, &paths, &err))
        fail_msg("%s", err.text);
    assert_true(paths.n > 0);
    for (size_t i = 0; i < paths.n; i++)
        cut(paths.path[i], every);
}

static void a_golden_report_cut_at_any_byte_is_refused(void **state)
{
    (void)state;
    cut_all("tests/golden/lhr", 1);
}

static void a_report_of_the_demo_cut_at_every_1000th_byte_is_refused(void **state)
{
    static const char folder[] = "examples/shop/lighthouse";

    (void)state;
    if (access(folder, F_OK) == 0)
        cut_all(folder, 1000);
    else // cmocka's own skip() is a failure in TAP
        printf("# '%s' is not there, so no report of the demo is cut\n", folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_golden_report_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_report_of_the_demo_cut_at_every_1000th_byte_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
