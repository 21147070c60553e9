/* Intervals and shifts of field data against perfcheck.md 13 and sums of exact terms.
 */
#include "perfcheck/measure.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

/* P(B = k), B ~ Bin(n, 3/4), by its own product. */
static double term(size_t n, size_t k)
{
    long double p = powl(0.25L, (long double)(n - k)) * powl(0.75L, (long double)k);

    for (size_t i = 0; i < k; i++)
        p *= (long double)(n - i) / (long double)(i + 1);
    return (double)p;
}

static double between(size_t n, size_t first, size_t last)
{
    double sum = 0;

    for (size_t k = first; k <= last; k++)
        sum += term(n, k);
    return sum;
}

static void ranks_are_those_of_the_oracle(void **state)
{
    static const struct {
        size_t n, low, high;
        double covered;
    } cases[] = {{15, 8, 15, .9693}, {20, 11, 19, .9618}, {100, 66, 84, .9625}};

    size_t low, high;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(vitals_ranks(cases[i].n, &low, &high));
        assert_int_equal(low, cases[i].low);
        assert_int_equal(high, cases[i].high);
        assert_near(between(cases[i].n, low, high - 1), cases[i].covered, 0, 5e-5);
    }
    assert_false(vitals_ranks(12, &low, &high));
}

/* Each side's tail is at most 2.5 %, and one rank further in it is more. */
static void no_narrower_interval_would_do(void **state)
{
    (void)state;
    for (size_t n = 13; n < 400; n++) {
        size_t low, high;

        assert_true(vitals_ranks(n, &low, &high));
        assert_true(between(n, 0, low - 1) <= 0.025);
        assert_true(between(n, 0, low) > 0.025);
        assert_true(between(n, high, n) <= 0.025);
        assert_true(between(n, high - 1, n) > 0.025);
    }
}

/* The normal law holds to a rank or two where n is large: 1.959963985 sd. */
static void a_million_values_have_an_interval(void **state)
{
    size_t low, high;

    (void)state;
    assert_true(vitals_ranks(1000000, &low, &high));
    assert_in_range(low, 750000 - 849 - 2, 750000 - 849 + 2);
    assert_in_range(high, 750000 + 849 - 1, 750000 + 849 + 3);
}

static void tails_are_those_of_the_oracle(void **state)
{
    (void)state;
    assert_near(vitals_p(60, 300, 1200, 200), .0462139167, 0, 5e-11);
    assert_near(vitals_p(70, 300, 1200, 200), 3.390923798e-4, 0, 5e-14);
    assert_near(vitals_p(0, 300, 1200, 200), 1, 0, 0);
}

/* C(6,3)/C(10,3), C(4,3)/C(10,3): four of ten are above, three are new. */
static void small_tails_are_counted_by_hand(void **state)
{
    (void)state;
    assert_near(vitals_p(1, 4, 10, 3), 1 - 20.0 / 120, 1e-14, 0);
    assert_near(vitals_p(3, 4, 10, 3), 4.0 / 120, 1e-14, 0);
    assert_near(vitals_p(3, 3, 3, 3), 1, 1e-14, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_those_of_the_oracle),
        cmocka_unit_test(no_narrower_interval_would_do),
        cmocka_unit_test(a_million_values_have_an_interval),
        cmocka_unit_test(tails_are_those_of_the_oracle),
        cmocka_unit_test(small_tails_are_counted_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
