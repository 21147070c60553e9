/* What evidence is written as is what its own reader takes, whatever names come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "watchdog/evidence.h"

static struct arena arena;

/* DEL is written as %7F, which sorts before '?' and 'z'; as a byte it comes after both.
 */
static void rows_are_in_the_order_of_names_as_written(void **state)
{
    static const char *const segment[] = {"browser=a\x7f", "browser=az", "browser=a?"};
    static const struct evidence_file ours = {.name = "f", .is_ours = true};
    struct evidence evidence = {0}, again = {0};
    struct buf first, second;
    struct err err = {0};
    struct str rows;

    (void)state;
    for (size_t i = 0; i < sizeof segment / sizeof *segment; i++)
        cell_put(evidence_make(&evidence, "rage_click", segment[i], &arena), &arena,
                 20000, 1, 9);
    buf_init(&first, &arena, HISTORY_BYTES_MAX);
    evidence_format(&evidence, 0, &first);
    assert_string_equal(first.at,
                        EVIDENCE_HEADER "\n2024-10-04\trage_click\tbrowser=a%7F\t1\t9\n"
                                        "2024-10-04\trage_click\tbrowser=a?\t1\t9\n"
                                        "2024-10-04\trage_click\tbrowser=az\t1\t9\n");
    rows = buf_str(&first);
    rows.at += sizeof EVIDENCE_HEADER;
    rows.n -= sizeof EVIDENCE_HEADER;
    if (!evidence_parse(rows, &ours, &arena, &again, &err))
        fail_msg("%s", err.text);
    buf_init(&second, &arena, HISTORY_BYTES_MAX);
    evidence_format(&again, 0, &second);
    assert_string_equal(first.at, second.at);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_in_the_order_of_names_as_written),
    };
    int failed;

    arena_init(&arena, ARENA_BYTES_MAX);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
