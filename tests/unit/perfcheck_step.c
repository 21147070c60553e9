/* The U test against perfcheck.md 13, and against every subset counted one by one. */
#include <stdlib.h>

#include "perfcheck/measure.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

static void p_and_shift_are_those_of_the_oracle(void **state)
{
    static const struct {
        double x[8], y[8];
        size_t n, m;
        double p, shift;
    } cases[] = {
        {{435, 515, 951, 1787}, {3230, 2666, 10295, 6105}, 4, 4, 1.0 / 70, 3556.5},
        {{1, 2, 2, 3}, {2, 3, 3, 4}, 4, 4, 10.0 / 70, 1},
        {{0, 0, 0, 0, 0}, {0, 0, 0}, 5, 3, 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct step step =
            step_test(cases[i].x, cases[i].n, cases[i].y, cases[i].m, true);

        assert_near(step.p, cases[i].p, 1e-15, 0);
        assert_near(step.shift, cases[i].shift, 0, 0);
        assert_near(step_shift(cases[i].x, cases[i].n, cases[i].y, cases[i].m),
                    cases[i].shift, 0, 0);
    }
}

/* 20 stored runs, 3 new ones: perfcheck.md 13. */
static void three_runs_above_twenty_have_the_least_p(void **state)
{
    double zeros[20] = {0};
    double ones[3] = {1, 1, 1};
    double x[20], y[3] = {19.5, 21, 22};
    struct step step = step_test(zeros, 20, ones, 3, true);

    (void)state;
    assert_near(step.p, 1.0 / 1771, 1e-15, 0);
    assert_near(step.p_least, 1.0 / 1771, 1e-15, 0);
    assert_near(step.shift, 1, 0, 0);
    for (int i = 0; i < 20; i++)
        x[i] = i + 1;
    step = step_test(x, 20, y, 3, true); // one inversion
    assert_near(step.p, 2.0 / 1771, 1e-15, 0);
    assert_near(step.p_least, 1.0 / 1771, 1e-15, 0);
}

/* C(80, 20) is 3535316142212174320. */
static void the_largest_samples_are_counted_to_fifteen_digits(void **state)
{
    double x[STEP_X_MAX], y[STEP_Y_MAX];
    struct step step;

    (void)state;
    for (int i = 0; i < STEP_X_MAX; i++)
        x[i] = i;
    for (int j = 0; j < STEP_Y_MAX; j++)
        y[j] = 1000 + j;
    step = step_test(x, STEP_X_MAX, y, STEP_Y_MAX, true);
    assert_near(step.p, 1 / 3535316142212174320.0, 1e-13, 0);
    assert_near(step.p_least, 1 / 3535316142212174320.0, 1e-13, 0);
    assert_near(step.p_two, 2 / 3535316142212174320.0, 1e-13, 0);
    step = step_test(x, STEP_X_MAX, y, STEP_Y_MAX, false);
    assert_near(step.p, 1, 1e-13, 0);
}

/* How many values of `pool` in `chosen` and outside of it lie in which order, doubled:
 * the U statistic without ranks. */
static int wins(const double *pool, size_t n, unsigned chosen)
{
    int twice = 0;

    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            if ((chosen >> j & 1) && !(chosen >> i & 1))
                twice += 2 * (pool[j] > pool[i]) + (pool[j] == pool[i]);
    return twice;
}

/* p by its definition: the share of all ways to choose m of the pool whose U is as
 * large. */
static double permuted(const double *x, size_t n, const double *y, size_t m, bool up)
{
    double pool[16];
    size_t as_large = 0;
    size_t all = 0;
    int observed;

    for (size_t i = 0; i < n; i++)
        pool[i] = x[i];
    for (size_t j = 0; j < m; j++)
        pool[n + j] = y[j];
    observed = wins(pool, n + m, ((1U << m) - 1) << n);
    for (unsigned chosen = 0; chosen < 1U << (n + m); chosen++) {
        int u;

        if ((size_t)__builtin_popcount(chosen) != m)
            continue;
        u = wins(pool, n + m, chosen);
        all++;
        as_large += up ? u >= observed : u <= observed;
    }
    return (double)as_large / (double)all;
}

/* Few distinct values, so that most samples have ties. */
static double draw(unsigned *seed, unsigned values)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (double)((*seed >> 16) % values);
}

static void p_is_the_share_of_all_permutations(void **state)
{
    unsigned seed = 1;

    (void)state;
    for (int round = 0; round < 300; round++) {
        double x[8], y[8];
        size_t n = 1 + (size_t)draw(&seed, 7);
        size_t m = 1 + (size_t)draw(&seed, 5);
        unsigned values = round % 3 == 0 ? 3 : round % 3 == 1 ? 6 : 10000;
        struct step up, down;

        for (size_t i = 0; i < n; i++)
            x[i] = draw(&seed, values);
        for (size_t j = 0; j < m; j++)
            y[j] = draw(&seed, values);
        up = step_test(x, n, y, m, true);
        down = step_test(x, n, y, m, false);
        assert_near(up.p, permuted(x, n, y, m, true), 1e-14, 0);
        assert_near(down.p, permuted(x, n, y, m, false), 1e-14, 0);
        assert_near(up.p_two, fmin(1, 2 * fmin(up.p, down.p)), 1e-14, 0);
        assert_near(up.shift, down.shift, 0, 0);
    }
}

static void the_median_of_an_even_number_is_the_mean_of_two(void **state)
{
    double odd[] = {3, 1, 2};
    double even[] = {4, 1, 3, 2};

    (void)state;
    assert_near(median_of(odd, 3), 2, 0, 0);
    assert_near(median_of(even, 4), 2.5, 0, 0);
}

/* A value written with its decimals and read again is the same value. */
static void a_rounded_value_is_the_one_that_its_text_reads_as(void **state)
{
    (void)state;
    assert_true(metric_round("largest-contentful-paint", 2173.45649999) ==
                strtod("2173.456", NULL));
    assert_true(metric_round("total-blocking-time", 434.9995) == 435);
    assert_true(metric_round("cumulative-layout-shift", 0.02345678) ==
                strtod("0.023457", NULL));
    assert_true(metric_round("speed-index", 1234567.1235) ==
                metric_round("speed-index", metric_round("speed-index", 1234567.1235)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_and_shift_are_those_of_the_oracle),
        cmocka_unit_test(three_runs_above_twenty_have_the_least_p),
        cmocka_unit_test(the_largest_samples_are_counted_to_fifteen_digits),
        cmocka_unit_test(p_is_the_share_of_all_permutations),
        cmocka_unit_test(the_median_of_an_even_number_is_the_mean_of_two),
        cmocka_unit_test(a_rounded_value_is_the_one_that_its_text_reads_as),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
