/*
 * Levels, change days and attributions. Expected values are of a second implementation
 * of their formulas in mpmath 1.3 at 40 digits, or worked by hand, where it says so.
 */
#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/lib/near.h"
#include "watchdog/measure.h"

#include "shared/banned.h"

enum {
    START = 4, // 1970-01-05, a Monday
    N = 56,
    TODAY = START + 63,
};

struct history {
    struct observation day[100];
};

static void put(struct history *history, int i, int64_t affected, int64_t exposed)
{
    history->day[i] = (struct observation){
        .day = START + i,
        .affected = affected,
        .exposed = exposed,
    };
}

/* n 1000, x 8 + 3i mod 5: about ten a day expected. */
static struct fit plain_fit(struct history *history)
{
    for (int i = 0; i < N; i++)
        put(history, i, 8 + 3 * i % 5, 1000);
    return measure_baseline(MODEL_COUNT, DIRECTION_UP, history->day, N, TODAY, 0, NULL);
}

static void a_level_has_residuals_without_weekdays(void **state)
{
    struct history history;
    double residuals[14];
    struct fit fit;

    (void)state; // mpmath; days of an open episode are excluded, which a level ignores
    for (int i = 0; i < 14; i++) {
        put(&history, i, 20 + 3 * i % 7, 1000);
        history.day[i].excluded = true;
    }
    history.day[3].affected = 60;
    fit = measure_level(MODEL_COUNT, DIRECTION_UP, history.day, 14, residuals);
    assert_true(fit.known);
    assert_near(fit.rate, 0.0231861735137, 1e-11, 0);
    assert_near(fit.weight_sum, 13.0249975557, 1e-11, 0);
    assert_near(residuals[0], -0.677852353315, 1e-11, 0);
    assert_near(residuals[3], 6.39124350336, 1e-11, 0);
    assert_near(residuals[6], 0.168038303613, 1e-11, 0);
}

static void a_level_of_a_proportion_has_pearson_residuals(void **state)
{
    struct history history;
    double residuals[14];
    struct fit fit;

    (void)state; // mpmath
    for (int i = 0; i < 14; i++)
        put(&history, i, 400 + 13 * i % 29, 1000);
    history.day[3].affected = 470;
    fit = measure_level(MODEL_PROPORTION, DIRECTION_UP, history.day, 14, residuals);
    assert_near(fit.rate, 0.414762882789, 1e-11, 0);
    assert_near(residuals[0], -0.947556899662, 1e-11, 0);
    assert_near(residuals[3], 3.54539911198, 1e-11, 0);
    assert_near(residuals[6], 0.336144817952, 1e-11, 0);
}

static void a_level_of_no_days_is_unknown(void **state)
{
    (void)state;
    assert_false(measure_level(MODEL_COUNT, DIRECTION_UP, NULL, 0, NULL).known);
}

/* Days after the plain baseline with these counts. */
static int32_t change_of(const int64_t affected[], int n, int32_t earliest)
{
    struct history history;
    struct fit fit;

    fit = plain_fit(&history);
    for (int i = 0; i < n; i++)
        put(&history, N + i, affected[i], 1000);
    return measure_change_day(&fit, history.day + N, (size_t)n, earliest) - START - N;
}

static void a_rise_begins_where_its_likelihood_is_largest(void **state)
{
    static const int64_t affected[] = {9, 8, 14, 9, 16, 12, 19, 21};

    (void)state; // mpmath: gains 4.50 5.29 6.92 6.28 8.05 6.86 7.76 4.84
    assert_int_equal(change_of(affected, 8, 0), 4);
    assert_int_equal(change_of(affected, 8, START + N + 5), 6);
    assert_int_equal(change_of(affected, 8, START + N + 7), 7);
}

static void the_doubt_of_the_baseline_moves_the_change(void **state)
{
    static const int64_t affected[] = {15, 20, 12, 70, 8, 8};
    struct history history;
    struct fit fit = {
        .known = true,
        .rate = 0.01,
        .weekday = {1, 1, 1, 1, 1, 1, 1},
        .expected_sum = 56000,
        .phi = 2,
    };

    (void)state; // mpmath: gains 13.876 13.883 12.324 13.811 .219 .109; phi 1: day 3
    for (int i = 0; i < 6; i++)
        put(&history, i, affected[i], 1000);
    assert_int_equal(measure_change_day(&fit, history.day, 6, 0), START + 1);
    fit.phi = 1;
    assert_int_equal(measure_change_day(&fit, history.day, 6, 0), START + 3);
}

static void a_change_is_at_most_27_days_old(void **state)
{
    int64_t affected[40];

    (void)state; // a rise over all 40 days: the likelihood grows with each more
    for (int i = 0; i < 40; i++)
        affected[i] = 40;
    assert_int_equal(change_of(affected, 40, 0), 39 - 27);
}

static void without_a_rise_the_earliest_day_stands(void **state)
{
    static const int64_t affected[] = {10, 9, 2, 1};

    (void)state; // rho is 1 from every day on, all gains are 0; the fall is none of up
    assert_int_equal(change_of(affected, 4, 0), 0);
}

static void a_missing_or_excluded_day_begins_nothing(void **state)
{
    struct history history;
    struct fit fit;

    (void)state; // by hand: day 3 is not there, day 2 does not count
    fit = plain_fit(&history);
    put(&history, 0, 9, 1000);
    put(&history, 1, 10, 1000);
    put(&history, 2, 30, 1000);
    put(&history, 4, 30, 1000);
    put(&history, 5, 30, 1000);
    history.day[2].excluded = true;
    memmove(&history.day[3], &history.day[4], 2 * sizeof history.day[0]);
    assert_int_equal(measure_change_day(&fit, history.day, 5, 0), START + 4);
}

static void a_fall_begins_where_its_likelihood_is_largest(void **state)
{
    static const int64_t affected[] = {9, 8, 10, 2, 3, 0, 1, 2};
    struct history history;
    struct fit fit;

    (void)state; // mpmath: gains 15.6 17.9 19.9 26.8 22.2 19.4 11.0 4.5
    fit = plain_fit(&history);
    fit.direction = DIRECTION_DOWN;
    for (int i = 0; i < 8; i++)
        put(&history, i, affected[i], 1000);
    assert_int_equal(measure_change_day(&fit, history.day, 8, 0), START + 3);
}

static void a_fall_to_nothing_begins_with_the_first_zero(void **state)
{
    static const int64_t affected[] = {9, 11, 10, 0, 0, 0};
    struct history history;
    struct fit fit;

    (void)state; // rho 0, where x log(rho) must be 0
    fit = plain_fit(&history);
    fit.direction = DIRECTION_DOWN;
    for (int i = 0; i < 6; i++)
        put(&history, i, affected[i], 1000);
    assert_int_equal(measure_change_day(&fit, history.day, 6, 0), START + 3);
}

static void one_value_can_carry_the_excess(void **state)
{
    const struct part parts[] = {
        {"/home", 12, 1200, 10},
        {"/cart", 36, 600, 4},
        {"/help", 3, 300, 5},
    };
    struct share out[SHARES_MAX];

    (void)state; // by hand: excess 50 - 15 = 35, /cart (36 - 4) / 35
    assert_int_equal(measure_attribution(parts, 3, 50, 2000, 15, out), 1);
    assert_string_equal(out[0].value, "/cart");
    assert_near(out[0].share, 32.0 / 35, 1e-15, 0);
    assert_near(out[0].ratio_in, 36.5 / 4.5, 1e-15, 0);
    assert_near(out[0].ratio_out, 14.5 / 11.5, 1e-15, 0);
}

static void shares_fall_and_ties_go_by_value(void **state)
{
    const struct part parts[] = {
        {"c", 20, 100, 10}, {"b", 30, 100, 10}, {"a", 20, 100, 10},
        {"d", 5, 100, 10},  {"e", 19, 100, 10},
    };
    struct share out[SHARES_MAX];

    (void)state; // by hand: excess 60; b 20/60, a and c 10/60 reach 40/60 = 66.7 %, e
                 // 9/60 passes
    assert_int_equal(measure_attribution(parts, 5, 110, 1000, 50, out), 4);
    assert_string_equal(out[0].value, "b");
    assert_string_equal(out[1].value, "a");
    assert_string_equal(out[2].value, "c");
    assert_string_equal(out[3].value, "e");
}

static void at_most_five_values_are_named(void **state)
{
    const struct part parts[] = {
        {"a", 20, 10, 10}, {"b", 20, 10, 10}, {"c", 20, 10, 10}, {"d", 20, 10, 10},
        {"e", 20, 10, 10}, {"f", 20, 10, 10}, {"g", 20, 10, 10}, {"h", 20, 10, 10},
    };
    struct share out[SHARES_MAX];

    (void)state; // by hand: 10 % each
    assert_int_equal(measure_attribution(parts, 8, 200, 1000, 100, out), 5);
    assert_string_equal(out[4].value, "e");
}

static void values_that_hold_the_exposure_too_explain_nothing(void **state)
{
    struct part parts[] = {{"Chrome", 36, 1220, 4}, {"Safari", 14, 780, 11}};
    struct share out[SHARES_MAX];

    // by hand: 32 of 35 is 91.4 % of the excess, 1.5 times 60.95 %, 1219.05 of 2000
    (void)state;
    assert_int_equal(measure_attribution(parts, 2, 50, 2000, 15, out), 0);
    parts[0].exposed = 1219;
    assert_int_equal(measure_attribution(parts, 2, 50, 2000, 15, out), 1);
}

static void a_fall_is_attributed_like_a_rise(void **state)
{
    const struct part parts[] = {{"x", 1, 100, 10}, {"y", 9, 900, 10}};
    struct share out[SHARES_MAX];

    (void)state; // by hand: (1 - 10) / (10 - 20)
    assert_int_equal(measure_attribution(parts, 2, 10, 1000, 20, out), 1);
    assert_near(out[0].share, 0.9, 1e-15, 0);
}

static void values_that_fell_are_not_named(void **state)
{
    const struct part parts[] = {{"up", 30, 100, 10}, {"down", 5, 100, 10}};
    struct share out[SHARES_MAX];

    (void)state; // by hand: 20 of 40 in excess, the rest is in no value
    assert_int_equal(measure_attribution(parts, 2, 60, 1000, 20, out), 1);
    assert_string_equal(out[0].value, "up");
}

static void no_excess_has_no_attribution(void **state)
{
    const struct part parts[] = {{"x", 20, 100, 10}, {"y", 0, 900, 10}};
    struct share out[SHARES_MAX];

    (void)state;
    assert_int_equal(measure_attribution(parts, 2, 20, 1000, 20, out), 0);
    assert_int_equal(measure_attribution(parts, 0, 50, 1000, 20, out), 0);
}

static void what_is_left_outside_is_never_below_zero(void **state)
{
    const struct part parts[] = {{"x", 60, 100, 30}};
    struct share out[SHARES_MAX];

    (void)state; // by hand: more in the value than in its parent gives (0 + 1/2) / (0 +
                 // 1/2)
    assert_int_equal(measure_attribution(parts, 1, 50, 1000, 20, out), 1);
    assert_near(out[0].ratio_out, 1, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_has_residuals_without_weekdays),
        cmocka_unit_test(a_level_of_a_proportion_has_pearson_residuals),
        cmocka_unit_test(a_level_of_no_days_is_unknown),
        cmocka_unit_test(a_rise_begins_where_its_likelihood_is_largest),
        cmocka_unit_test(the_doubt_of_the_baseline_moves_the_change),
        cmocka_unit_test(a_change_is_at_most_27_days_old),
        cmocka_unit_test(without_a_rise_the_earliest_day_stands),
        cmocka_unit_test(a_missing_or_excluded_day_begins_nothing),
        cmocka_unit_test(a_fall_begins_where_its_likelihood_is_largest),
        cmocka_unit_test(a_fall_to_nothing_begins_with_the_first_zero),
        cmocka_unit_test(one_value_can_carry_the_excess),
        cmocka_unit_test(shares_fall_and_ties_go_by_value),
        cmocka_unit_test(at_most_five_values_are_named),
        cmocka_unit_test(values_that_hold_the_exposure_too_explain_nothing),
        cmocka_unit_test(a_fall_is_attributed_like_a_rise),
        cmocka_unit_test(values_that_fell_are_not_named),
        cmocka_unit_test(no_excess_has_no_attribution),
        cmocka_unit_test(what_is_left_outside_is_never_below_zero),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
