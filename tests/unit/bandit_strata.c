/*
 * Stratified rates and their posteriors against the worked example of the specification
 * and against the formulas written again in mpmath 1.3 at 40 digits, stratum by stratum
 * with its age, where the code keeps running sums.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>

#include "bandit/measure.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

enum { DAYS_MAX = 60 };

static const bool all_active[ARMS_MAX] = {true, true, true, true};

static struct series series_of(size_t narms, const int32_t *day,
                               const struct cell *cell, size_t n)
{
    return (struct series){.narms = narms, .n = n, .day = day, .cell = cell};
}

/* The page: days (A 5/100, B 9/100), (4/60, 12/140), (3/50, 15/150). */
static const int32_t page_day[] = {10, 11, 14};
static const struct cell page_cell[] = {{100, 5, 0},  {100, 9, 0}, {60, 4, 0},
                                        {140, 12, 0}, {50, 3, 0},  {150, 15, 0}};

static void the_worked_example_has_its_published_rates(void **state)
{
    struct series series = series_of(2, page_day, page_cell, 3);
    struct stratified of[ARMS_MAX];

    (void)state;
    assert_int_equal(measure_strata(&series, 3, all_active, 0, of), 3);
    assert_near(of[0].mean, .0583011583012, 1e-11, 0);
    assert_near(of[1].mean, .0915057915058, 1e-11, 0);
    assert_near(of[0].neff, 203.214177522, 1e-11, 0);
    assert_near(of[1].neff, 357.003725386, 1e-11, 0);
}

/* P(B > A) of the two posteriors, by Simpson's rule over the density of B. GSL's beta
 * functions are good at a few hundred counts. */
static double p_second_larger(const struct posterior *a, const struct posterior *b)
{
    enum { STEPS = 20000 };

    double sum = 0;

    for (int i = 1; i < STEPS; i++) {
        double x = (double)i / STEPS;

        sum += (i % 2 == 0 ? 2 : 4) * gsl_ran_beta_pdf(x, b->a, b->b) *
               gsl_cdf_beta_P(x, a->a, a->b);
    }
    return sum / (3 * STEPS);
}

static void the_worked_example_has_its_published_p_best(void **state)
{
    struct series series = series_of(2, page_day, page_cell, 3);
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX];

    (void)state;
    (void)measure_strata(&series, 3, all_active, 0, of);
    assert_int_equal(measure_posteriors(&series, of, all_active, 1, 1, posterior), 2);
    assert_int_equal(posterior[0].family, POSTERIOR_BETA);
    assert_near(p_second_larger(&posterior[0], &posterior[1]), .912768601509, 0, 1e-9);
}

static void a_prior_is_added_to_the_effective_counts(void **state)
{
    static const struct cell cell[] = {{100, 20, 0}, {50, 5, 0}};
    static const int32_t day[] = {1};
    struct series series = series_of(2, day, cell, 1);
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX];

    (void)state;
    (void)measure_strata(&series, 1, all_active, 0, of);
    (void)measure_posteriors(&series, of, all_active, 3, 7, posterior);
    assert_near(posterior[0].a, 3 + 20, 1e-14, 0);
    assert_near(posterior[0].b, 7 + 80, 1e-14, 0);
    assert_near(posterior[1].a, 3 + 5, 1e-14, 0);
    assert_near(posterior[1].b, 7 + 45, 1e-14, 0);
}

/* mpmath, from the ages 4, 3 and 0 at a half-life of 2. */
static void evidence_fades_by_its_age(void **state)
{
    struct series series = series_of(2, page_day, page_cell, 3);
    struct stratified of[ARMS_MAX];

    (void)state;
    (void)measure_strata(&series, 3, all_active, 2, of);
    assert_near(of[0].mean, .059598992221504944, 1e-14, 0);
    assert_near(of[1].mean, .0948012957152079291, 1e-14, 0);
    assert_near(of[0].neff, 126.052431337332328, 1e-14, 0);
    assert_near(of[1].neff, 336.097841397942042, 1e-14, 0);
}

/* 2^-2000 is 0: what is left is the newest day, not 0 / 0. */
static void evidence_of_long_ago_fades_to_nothing(void **state)
{
    static const int32_t day[] = {1, 1001, 2001};
    struct series series = series_of(2, day, page_cell, 3);
    struct stratified of[ARMS_MAX];

    (void)state;
    (void)measure_strata(&series, 3, all_active, 1, of);
    assert_near(of[0].mean, 3. / 50, 1e-14, 0);
    assert_near(of[1].neff, 150, 1e-14, 0);
    (void)measure_strata(&series, 2, all_active, .5, of);
    assert_near(of[1].mean, 12. / 140, 1e-14, 0);
}

static void shares_that_never_move_lose_no_unit(void **state)
{
    static const struct cell cell[] = {{100, 5, 0},  {300, 9, 0}, {60, 4, 0},
                                       {180, 12, 0}, {50, 3, 0},  {150, 15, 0}};
    struct series series = series_of(2, page_day, cell, 3);
    struct stratified of[ARMS_MAX];

    (void)state;
    (void)measure_strata(&series, 3, all_active, 0, of);
    assert_near(of[0].neff, 210, 1e-13, 0);
    assert_near(of[1].neff, 630, 1e-13, 0);
    assert_near(of[0].mean, 12. / 210, 1e-13, 0);
    assert_near(of[1].mean, 36. / 630, 1e-13, 0);
}

/* Two equal arms, 2.5 -> 7.5 % in 60 days, while the share of the second goes from 5 to
 * 95 %. */
static void equal_arms_stay_equal_while_weights_and_base_rate_move(void **state)
{
    int32_t day[DAYS_MAX];
    struct cell cell[2 * DAYS_MAX];
    struct series series = series_of(2, day, cell, DAYS_MAX);
    struct stratified of[ARMS_MAX];
    struct cell total[2] = {{0}};

    (void)state;
    for (int i = 0; i < DAYS_MAX; i++) {
        double moved = (double)i / (DAYS_MAX - 1);
        double rate = .025 + .05 * moved;
        double units[2] = {1000 - (50 + 900 * moved), 50 + 900 * moved};

        day[i] = 100 + i;
        for (int k = 0; k < 2; k++) {
            cell[2 * i + k] = (struct cell){units[k], units[k] * rate, 0};
            total[k].n += units[k];
            total[k].s += units[k] * rate;
        }
    }
    assert_int_equal(measure_strata(&series, DAYS_MAX, all_active, 0, of), DAYS_MAX);
    assert_near(of[1].mean, of[0].mean, 1e-13, 0);
    assert_true(total[1].s / total[1].n > 1.3 * (total[0].s / total[0].n));
    (void)measure_strata(&series, DAYS_MAX, all_active, 7, of);
    assert_near(of[1].mean, of[0].mean, 1e-13, 0);
}

static void days_are_joined_until_each_arm_has_five_units(void **state)
{
    static const int32_t day[] = {1, 2, 3, 4};
    static const struct cell cell[] = {{100, 10, 0}, {2, 1, 0}, {50, 5, 0}, {3, 2, 0},
                                       {60, 30, 0},  {5, 1, 0}, {70, 7, 0}, {4, 4, 0}};
    struct series series = series_of(2, day, cell, 4);
    struct stratified of[ARMS_MAX];
    double w0 = 1 / (1. / 150 + 1. / 5);
    double w1 = 1 / (1. / 60 + 1. / 5);

    (void)state;
    assert_int_equal(measure_strata(&series, 1, all_active, 0, of), 0);
    assert_near(of[0].mean, 0, 0, 0);
    assert_near(of[0].neff, 0, 0, 0);
    assert_int_equal(measure_strata(&series, 2, all_active, 0, of), 1);
    assert_near(of[0].mean, 15. / 150, 1e-15, 0);
    assert_near(of[1].mean, 3. / 5, 1e-15, 0);
    // The last day waits for a fifth unit of the second arm.
    assert_int_equal(measure_strata(&series, 4, all_active, 0, of), 2);
    assert_near(of[0].mean, (w0 * 15 / 150 + w1 * 30 / 60) / (w0 + w1), 1e-15, 0);
    assert_near(of[1].mean, (w0 * 3 / 5 + w1 * 1 / 5) / (w0 + w1), 1e-15, 0);
}

static void an_arm_that_is_not_active_is_not_waited_for(void **state)
{
    static const struct cell cell[] = {{100, 5, 0}, {0, 0, 0}, {100, 9, 0},
                                       {60, 4, 0},  {1, 1, 0}, {140, 12, 0},
                                       {50, 3, 0},  {0, 0, 0}, {150, 15, 0}};
    static const bool active[ARMS_MAX] = {true, false, true};
    struct series series = series_of(3, page_day, cell, 3);
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX];

    (void)state;
    assert_int_equal(measure_strata(&series, 3, active, 0, of), 3);
    assert_near(of[0].mean, .0583011583012, 1e-11, 0);
    assert_near(of[1].mean, 0, 0, 0);
    assert_near(of[1].neff, 0, 0, 0);
    assert_near(of[2].neff, 357.003725386, 1e-11, 0);
    assert_int_equal(measure_posteriors(&series, of, active, 1, 1, posterior), 2);
    assert_near(posterior[1].a, 1 + of[2].mean * of[2].neff, 1e-15, 0);
}

static void a_rate_of_one_leaves_the_prior_its_failures(void **state)
{
    static const struct cell cell[] = {{7, 7, 0},   {11, 11, 0}, {13, 13, 0},
                                       {17, 17, 0}, {19, 19, 0}, {1e9, 1e9, 0}};
    struct series series = series_of(2, page_day, cell, 3);
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX];

    (void)state;
    (void)measure_strata(&series, 3, all_active, 3, of);
    (void)measure_posteriors(&series, of, all_active, 1, .001, posterior);
    assert_near(posterior[0].b, .001, 0, 0);
    assert_near(posterior[1].b, .001, 0, 0);
}

/* ---- numeric rewards ---- */

/* Small integers, so that s and ss are exact. On the third day A has three units: it is
 * joined with the fourth. */
static const int32_t numeric_day[] = {1, 2, 3, 4};
static const struct cell numeric_cell[] = {{12, 30, 86},  {11, 34, 114}, {10, 24, 64},
                                           {12, 40, 142}, {3, 6, 14},    {10, 90, 810},
                                           {11, 26, 70},  {10, 33, 117}};

static const struct series numeric = {
    .narms = 2, .is_numeric = true, .n = 4, .day = numeric_day, .cell = numeric_cell};

/* mpmath, from the values themselves. */
static void a_numeric_arm_has_its_mean_and_variance_within_days(void **state)
{
    struct stratified of[ARMS_MAX];

    (void)state;
    assert_int_equal(measure_strata(&numeric, 4, all_active, 0, of), 3);
    assert_near(of[0].mean, 2.3810971231630846, 1e-14, 0);
    assert_near(of[0].neff, 35.732127928853719, 1e-14, 0);
    assert_near(of[0].var, .87329545454545455, 1e-14, 0);
    assert_near(of[1].mean, 4.4556148580728543, 1e-14, 0);
    assert_near(of[1].neff, 42.583065510482436, 1e-14, 0);
    assert_near(of[1].var, .65835275835275835, 1e-13, 0);
}

static void a_numeric_arm_has_a_student_posterior(void **state)
{
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX];

    (void)state;
    (void)measure_strata(&numeric, 4, all_active, 0, of);
    assert_int_equal(measure_posteriors(&numeric, of, all_active, 1, 1, posterior), 2);
    assert_int_equal(posterior[0].family, POSTERIOR_T);
    assert_near(posterior[0].mu, 2.4118058606164774, 1e-14, 0);
    assert_near(posterior[0].s, .15449481405350789, 1e-13, 0);
    assert_near(posterior[0].nu, 37.732127928853719, 1e-14, 0);
    assert_near(posterior[1].mu, 4.4338972379111768, 1e-14, 0);
    assert_near(posterior[1].s, .12376617416180173, 1e-13, 0);
    assert_near(posterior[1].nu, 44.583065510482436, 1e-14, 0);
}

static void a_move_of_all_values_moves_the_posteriors_alone(void **state)
{
    enum { CELLS = sizeof numeric_cell / sizeof *numeric_cell };
    struct cell moved[CELLS];
    struct series series = numeric;
    struct stratified of[ARMS_MAX];
    struct posterior here[ARMS_MAX], there[ARMS_MAX];

    (void)state;
    for (size_t i = 0; i < CELLS; i++) {
        const struct cell *cell = &numeric_cell[i];

        moved[i] = (struct cell){cell->n, cell->s + 100 * cell->n,
                                 cell->ss + 200 * cell->s + 1e4 * cell->n};
    }
    series.cell = moved;
    (void)measure_strata(&numeric, 4, all_active, 0, of);
    (void)measure_posteriors(&numeric, of, all_active, 1, 1, here);
    (void)measure_strata(&series, 4, all_active, 0, of);
    (void)measure_posteriors(&series, of, all_active, 1, 1, there);
    for (int k = 0; k < 2; k++) {
        assert_near(there[k].mu, here[k].mu + 100, 1e-13, 0);
        assert_near(there[k].s, here[k].s, 1e-9, 0);
        assert_near(there[k].nu, here[k].nu, 0, 0);
    }
}

/* 11 values of .3, and 17: as doubles, .99 - 3.3^2 / 11 is 1.1e-16. */
static void equal_values_leave_a_scale_above_zero(void **state)
{
    static const struct cell cell[] = {{11, 3.3, .99}, {17, 5.1, 1.53}};
    static const struct cell zero[] = {{7, 0, 0}, {9, 0, 0}};
    struct series series = series_of(2, numeric_day, cell, 1);
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX];

    (void)state;
    series.is_numeric = true;
    (void)measure_strata(&series, 1, all_active, 0, of);
    assert_near(of[0].var, 0, 0, 0);
    assert_near(of[1].var, 0, 0, 0);
    (void)measure_posteriors(&series, of, all_active, 1, 1, posterior);
    assert_near(posterior[0].s, 3e-10, 1e-9, 0);
    assert_near(posterior[0].mu, .3, 1e-14, 0);
    series.cell = zero;
    (void)measure_strata(&series, 1, all_active, 0, of);
    (void)measure_posteriors(&series, of, all_active, 1, 1, posterior);
    assert_true(posterior[0].s > 0 && posterior[1].s > 0);
    assert_near(posterior[0].mu, 0, 0, 0);
}

/* The values 1, 2, 3, 4, 5 on five days of a unit each: no day has a variance, and none
 * is not certainty. */
static void days_of_one_unit_have_the_variance_of_their_stratum(void **state)
{
    static const int32_t day[] = {1, 2, 3, 4, 5};
    static const struct cell cell[] = {{1, 1, 1},  {9, 18, 38}, {1, 2, 4},  {9, 18, 38},
                                       {1, 3, 9},  {9, 18, 38}, {1, 4, 16}, {9, 18, 38},
                                       {1, 5, 25}, {9, 18, 38}};
    struct series series = series_of(2, day, cell, 5);
    struct stratified of[ARMS_MAX];

    (void)state;
    series.is_numeric = true;
    assert_int_equal(measure_strata(&series, 5, all_active, 0, of), 1);
    assert_near(of[0].var, 2.5, 1e-14, 0);
    assert_near(of[1].var, 2. / 8, 1e-14, 0);
}

static void without_evidence_the_arms_are_alike(void **state)
{
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX];
    struct series binary = numeric;

    (void)state;
    assert_int_equal(measure_strata(&numeric, 0, all_active, 0, of), 0);
    assert_int_equal(measure_posteriors(&numeric, of, all_active, 1, 1, posterior), 2);
    assert_true(posterior[0].s > 0 && posterior[0].nu > 0);
    assert_near(posterior[0].s, posterior[1].s, 0, 0);
    assert_near(posterior[0].mu, posterior[1].mu, 0, 0);
    binary.is_numeric = false;
    (void)measure_posteriors(&binary, of, all_active, 2, 3, posterior);
    assert_near(posterior[1].a, 2, 0, 0);
    assert_near(posterior[1].b, 3, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_has_its_published_rates),
        cmocka_unit_test(the_worked_example_has_its_published_p_best),
        cmocka_unit_test(a_prior_is_added_to_the_effective_counts),
        cmocka_unit_test(evidence_fades_by_its_age),
        cmocka_unit_test(evidence_of_long_ago_fades_to_nothing),
        cmocka_unit_test(shares_that_never_move_lose_no_unit),
        cmocka_unit_test(equal_arms_stay_equal_while_weights_and_base_rate_move),
        cmocka_unit_test(days_are_joined_until_each_arm_has_five_units),
        cmocka_unit_test(an_arm_that_is_not_active_is_not_waited_for),
        cmocka_unit_test(a_rate_of_one_leaves_the_prior_its_failures),
        cmocka_unit_test(a_numeric_arm_has_its_mean_and_variance_within_days),
        cmocka_unit_test(a_numeric_arm_has_a_student_posterior),
        cmocka_unit_test(a_move_of_all_values_moves_the_posteriors_alone),
        cmocka_unit_test(equal_values_leave_a_scale_above_zero),
        cmocka_unit_test(days_of_one_unit_have_the_variance_of_their_stratum),
        cmocka_unit_test(without_evidence_the_arms_are_alike),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
