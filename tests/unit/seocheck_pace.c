/* Tests of seocheck/pace.c: what a crawl will take. Expected values: the arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "seocheck/pace.h"

#include "shared/banned.h"

static void the_rate_is_the_least_that_a_crawl_takes(void **state)
{
    (void)state;
    assert_true(pace_expect_s(0, 2000, 0, 0.125) == 250);
    assert_true(pace_expect_s(1000, 2000, 100, 0.125) == 250);
    assert_true(pace_expect_s(0, 2000, 0, 0) == 0); // nothing is known yet
}

static void a_slow_server_takes_as_long_as_it_did(void **state)
{
    (void)state;
    assert_true(pace_expect_s(100, 2000, 200, 0.125) == 4000);
    assert_true(pace_expect_s(100, 2000, 200, 0) == 4000);
    assert_true(pace_expect_s(49, 2000, 98, 0.125) == 250); // too few to tell
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_is_the_least_that_a_crawl_takes),
        cmocka_unit_test(a_slow_server_takes_as_long_as_it_did),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
