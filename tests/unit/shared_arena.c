/* Tests of shared/arena.c: what it gives, and what it costs. Expected values are those
 * of its header, and what C asks of memory for any type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/arena.h"
#include "shared/limits.h"

#include "shared/banned.h"

static void what_is_given_is_zero_and_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {1, 7, 16, 300, 5000, 70000, 3, 400000, 2000000, 64};
    unsigned char *given[200];
    struct arena arena;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    for (size_t i = 0; i < 200; i++) {
        size_t n = sizes[i % 10];

        given[i] = arena_alloc(&arena, n, 1);
        assert_int_equal((uintptr_t)given[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < n; j++)
            assert_int_equal(given[i][j], 0);
        memset(given[i], (int)i + 1, n);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t j = 0; j < sizes[i % 10]; j++)
            assert_int_equal(given[i][j], (i + 1) % 256);
    arena_release(&arena);
}

static void a_small_arena_is_small_and_a_large_one_not_much_larger(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    (void)arena_alloc(&arena, 100, 1);
    assert_in_range(arena.total, 100, 64 * KIB);
    for (size_t used = 100; used < 64 * MIB; used += 1000)
        (void)arena_alloc(&arena, 1000, 1);
    assert_in_range(arena.total, 64 * MIB, 64 * MIB + 4 * MIB);
    arena_release(&arena);
}

static void the_cap_is_exit_3(void **state)
{
    struct arena arena;
    int status = -1;
    pid_t child;

    (void)state;
    arena_init(&arena, 100 * KIB);
    for (int i = 0; i < 95; i++)
        (void)arena_alloc(&arena, KIB, 1);
    assert_true(arena.total <= 100 * KIB);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(STDERR_FILENO);
        (void)arena_alloc(&arena, 10 * KIB, 1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 3);
    arena_release(&arena);
}

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

static void what_is_extended_is_kept_zeroed_behind_and_there_once(void **state)
{
    const size_t most = 8 * MIB;
    struct arena arena;
    char *at, *small;
    size_t n = 1000;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    small = arena_new(&arena, char, 8);
    at = arena_extend(&arena, NULL, 0, n, 1);
    memset(at, 'a', n);
    for (; n < most; n *= 2) {
        at = arena_extend(&arena, at, n, 2 * n, 1);
        for (size_t i = 0; i < n; i += 97)
            assert_int_equal(at[i], 'a');
        assert_zeros(at + n, n);
        memset(at + n, 'a', n);
    }
    assert_true(arena.total < n + 2 * MIB); // by doubling copies it would be twice n
    small[7] = 'b';
    at = arena_extend(&arena, small, 8, 64, 1); // not the last large one: a copy
    assert_true(at != small && at[7] == 'b' && at[8] == 0);
    arena_release(&arena);
}

static void what_is_extended_moves_no_neighbour(void **state)
{
    struct arena arena;
    char *first, *neighbour, *longer;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    first = arena_new(&arena, char, 8);
    neighbour = arena_new(&arena, char, 8);
    first[0] = 'a';
    neighbour[0] = 'b';
    while (arena.total < MIB) // until both are in a block that is not the newest
        (void)arena_new(&arena, char, 64);
    longer = arena_extend(&arena, first, 8, MIB, 1);
    assert_true(longer != first && longer[0] == 'a' && neighbour[0] == 'b');
    arena_release(&arena);
}

static void an_array_that_is_alone_is_there_once(void **state)
{
    struct arena arena;
    size_t *item = NULL, capacity = 0;

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    for (size_t n = 0; n < 1 << 17; n++) {
        item = arena_room_alone(&arena, item, n, &capacity, sizeof *item);
        item[n] = n;
        if (n % 8 == 0) // others come between
            *arena_new(&arena, size_t, 1) = n;
    }
    for (size_t n = 0; n < 1 << 17; n++)
        assert_int_equal(item[n], n);
    assert_true(arena.total < (sizeof *item << 17) + MIB);
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
        cmocka_unit_test(what_is_given_is_zero_and_aligned_and_apart),
        cmocka_unit_test(a_small_arena_is_small_and_a_large_one_not_much_larger),
        cmocka_unit_test(the_cap_is_exit_3),
        cmocka_unit_test(a_reset_arena_gives_the_same_place_zeroed),
        cmocka_unit_test(a_reset_arena_keeps_one_block),
        cmocka_unit_test(what_is_extended_is_kept_zeroed_behind_and_there_once),
        cmocka_unit_test(what_is_extended_moves_no_neighbour),
        cmocka_unit_test(an_array_that_is_alone_is_there_once),
        cmocka_unit_test(an_empty_arena_may_be_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
