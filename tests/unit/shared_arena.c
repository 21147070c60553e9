/* The run's memory, used again for the next of many files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/arena.h"
#include "shared/limits.h"

#include "shared/banned.h"

static void assert_zeros(const char *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(at[i], 0);
}

static void a_reset_arena_gives_the_same_place_zeroed(void **state)
{
    struct arena arena;
    char *first, *again;

    (void)state;
    arena_init(&arena, 4 * MIB);
    first = arena_new(&arena, char, 1000);
    memset(first, 'x', 1000);
    arena_reset(&arena);
    again = arena_new(&arena, char, 1000);
    assert_ptr_equal(again, first);
    assert_zeros(again, 1000);
    arena_release(&arena);
}

// 3 blocks of 1 MiB each time: with all of them kept the cap of 4 MiB would end the
// test.
static void a_reset_arena_keeps_one_block(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 4 * MIB);
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 10; j++) {
            char *at = arena_new(&arena, char, MIB / 4);

            assert_zeros(at, MIB / 4);
            memset(at, 'x', MIB / 4);
        }
        arena_reset(&arena);
        assert_true(arena.total <= MIB);
    }
    arena_release(&arena);
}

static void an_empty_arena_may_be_reset(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, MIB);
    arena_reset(&arena);
    assert_zeros(arena_new(&arena, char, 16), 16);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_arena_gives_the_same_place_zeroed),
        cmocka_unit_test(a_reset_arena_keeps_one_block),
        cmocka_unit_test(an_empty_arena_may_be_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
