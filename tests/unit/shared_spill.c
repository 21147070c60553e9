/* Records through memory and scratch: nothing is lost, doubled or in another's
 * partition.
 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "shared/spill.h"

#include "shared/banned.h"

enum { ODD_BYTES = 40 }; // does not divide a chunk

struct odd {
    uint64_t hash, number;
    unsigned char rest[ODD_BYTES - 16];
};

static struct arena run;
static struct err err;

static int begin(void **state)
{
    struct spill *spill;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!spill_open(".", sizeof(struct odd), 64 * KIB, &run, &spill, &err))
        return -1;
    *state = spill;
    return 0;
}

static int end(void **state)
{
    spill_close(*state);
    arena_release(&run);
    return 0;
}

/* The highest bits of consecutive numbers differ. */
static uint64_t hash_of(uint64_t number)
{
    return number * UINT64_C(0x9e3779b97f4a7c15);
}

static bool add(struct spill *spill, uint64_t hash, uint64_t number, bool *full)
{
    struct odd *room = spill_add(spill, hash, full, &err);

    if (!room)
        return false;
    *room = (struct odd){.hash = hash, .number = number};
    memset(room->rest, (int)(number % 251), sizeof room->rest);
    return true;
}

static void add_all(struct spill *spill, uint64_t n)
{
    bool full;

    for (uint64_t i = 0; i < n; i++)
        assert_true(add(spill, hash_of(i), i, &full));
}

struct found {
    uint64_t n, sum, calls;
    unsigned char *seen; /* by number */
};

static void find(void *context, void *records, size_t n)
{
    struct found *found = context;
    const struct odd *odd = records;

    for (size_t i = 0; i < n; i++) {
        assert_int_equal(odd[i].hash >> (64 - SPILL_BITS), found->calls);
        assert_int_equal(odd[i].hash, hash_of(odd[i].number));
        assert_int_equal(odd[i].rest[0], odd[i].number % 251);
        assert_int_equal(odd[i].rest[sizeof odd->rest - 1], odd[i].number % 251);
        assert_int_equal(found->seen[odd[i].number]++, 0);
    }
    found->n += n;
    found->calls++;
}

static void assert_all_there(struct spill *spill, uint64_t n)
{
    struct found found = {.seen = arena_new(&run, unsigned char, n)};

    spill_settle(spill);
    assert_true(spill_each(spill, find, &found, &err));
    assert_int_equal(found.n, n);
    assert_int_equal(found.calls, SPILL_FILES); // the empty ones too
}

static void records_in_memory_come_back(void **state)
{
    spill_start(*state);
    add_all(*state, 100); // fewer than a chunk each, of four
    assert_all_there(*state, 100);
}

static void records_through_scratch_come_back(void **state)
{
    spill_start(*state);
    add_all(*state, 100000); // 4 MB through 64 KiB
    assert_all_there(*state, 100000);
}

static void a_start_forgets_what_was_there(void **state)
{
    spill_start(*state);
    add_all(*state, 50000);
    spill_start(*state);
    assert_all_there(*state, 0);
    spill_start(*state);
    add_all(*state, 777);
    assert_all_there(*state, 777);
}

static void one_partition_has_at_most_48_mib(void **state)
{
    const uint64_t most = UINT64_C(48) * 1024 * 1024 / ODD_BYTES;
    bool full = false;

    spill_start(*state);
    for (uint64_t i = 0; i < most; i++)
        assert_true(add(*state, 5, i, &full));
    assert_false(add(*state, 5, most, &full));
    assert_true(full);
    assert_non_null(strstr(err.text, "one of its 64 files has 48 MiB"));
    assert_true(add(*state, UINT64_MAX, 0, &full)); // another has room
    assert_false(full);
}

static void a_file_that_may_not_grow_is_full(void **state)
{
    struct rlimit before, tight;
    bool full = false;
    uint64_t n = 0;

    (void)signal(SIGXFSZ, SIG_IGN); // as process_begin does
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = (struct rlimit){10000, before.rlim_max};
    spill_start(*state);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    while (n < 1000000 && add(*state, hash_of(n), n, &full))
        n++;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(full);
    assert_non_null(strstr(err.text, "cannot write scratch in '.' (name a roomier"));
    assert_in_range(n, 1600, 64 * 10000 / ODD_BYTES + 1700);
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    struct spill *spill;

    (void)state;
    assert_false(spill_open("no-such-folder", 48, 64 * KIB, &run, &spill, &err));
    assert_non_null(strstr(err.text, "cannot open scratch in 'no-such-folder'"));
    spill_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_in_memory_come_back),
        cmocka_unit_test(records_through_scratch_come_back),
        cmocka_unit_test(a_start_forgets_what_was_there),
        cmocka_unit_test(one_partition_has_at_most_48_mib),
        cmocka_unit_test(a_file_that_may_not_grow_is_full),
        cmocka_unit_test(a_folder_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
