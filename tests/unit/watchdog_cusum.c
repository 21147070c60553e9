/* The cumulative sum by hand over ten days: a missing day, a reset, an opening, ties at
 * the limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watchdog/judge.h"

static const struct cusum_limit limit = {6500, 5};

static void ten_days_by_hand(void **state)
{
    /* llr in thousandths and excess of the day; S and gathered excess in thousandths
     * after it, worked by hand */
    static const struct {
        int64_t llr;
        double excess;
        int64_t sum, gathered;
        bool opens;
    } days[] = {
        {-2664, -3.0, 0, 0, false}, // stays at 0, and so does the excess
        {1500, 2.25, 1500, 2250, false},
        {2500, 1.5, 4000, 3750, false},    // the day after is missing: nothing is added
        {-4000, 9.0, 0, 0, false},         // exactly 0 is a reset, whatever the excess
        {6000, 4.9994, 6000, 4999, false}, // a clipped day; 4.9994 rounds down
        {500, 0.0, 6500, 4999, false},     // S at the limit is not over it
        {1, 0.0, 6501, 4999, false},    // over it, but a thousandth short of the excess
        {-1, 0.001, 6500, 5000, false}, // enough excess, S back at the limit
        {1, 0.0, 6501, 5000, true},     // both
    };
    struct cusum cusum = {0};

    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        assert_int_equal(cusum_add(&cusum, days[i].llr, days[i].excess, &limit),
                         days[i].opens);
        assert_int_equal(cusum.sum_x1000, days[i].sum);
        assert_int_equal(cusum.excess_x1000, days[i].gathered);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ten_days_by_hand)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
