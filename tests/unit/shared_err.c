/* The error text of a run: what each function leaves, and whose trouble errno tells of.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/err.h"

#include "shared/banned.h"

static void context_stands_before_what_failed(void **state)
{
    struct err err = {0};

    (void)state;
    assert_false(err_set(&err, "day %d is no date", 31));
    assert_false(err_wrap(&err, "reading '%s'", "a.tsv"));
    assert_string_equal(err.text, "reading 'a.tsv': day 31 is no date");
}

static void errno_stands_behind(void **state)
{
    struct err err = {0};

    (void)state;
    errno = ENOENT;
    assert_false(err_system(&err, "cannot read '%s'", "a"));
    assert_string_equal(err.text, "cannot read 'a': No such file or directory");
}

static void a_text_too_long_is_cut(void **state)
{
    char text[600];
    struct err err = {0};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(err_set(&err, "%s", text));
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_false(err_wrap(&err, "%s", "context"));
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_memory_equal(err.text, "context: xxx", 12);
}

/* POSIX's meanings: what a path can be wrong for, and what it cannot. */
static void errno_tells_of_the_path_or_of_the_machine(void **state)
{
    static const int of_path[] = {ENOENT, ENOTDIR, EACCES,      ELOOP,
                                  EISDIR, ENXIO,   ENAMETOOLONG};
    static const int of_machine[] = {EIO,    EMFILE, ENFILE, ENOMEM,
                                     ENOSPC, EROFS,  EINTR,  ESTALE};
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof of_path / sizeof *of_path; i++) {
        errno = of_path[i];
        assert_false(err_system(&err, "x"));
        assert_false(err.of_machine);
    }
    for (size_t i = 0; i < sizeof of_machine / sizeof *of_machine; i++) {
        errno = of_machine[i];
        assert_false(err_system(&err, "x"));
        assert_false(err_wrap(&err, "reading"));
        assert_true(err.of_machine);
    }
    assert_false(err_set(&err, "a bad line")); // another failure
    assert_false(err.of_machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_stands_before_what_failed),
        cmocka_unit_test(errno_stands_behind),
        cmocka_unit_test(a_text_too_long_is_cut),
        cmocka_unit_test(errno_tells_of_the_path_or_of_the_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
