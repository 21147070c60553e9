/*
 * Baselines, judged days and limits. Expected values are
 * those of the specification's table of oracles, or of a second implementation of its
 * formulas in mpmath 1.3 at 40 digits (predictive tails by betainc and by summing
 * binomial(n, j) B(j + a, n - j + b) / B(a, b)), or worked by hand where it says so.
 */
#include <math.h>

#include <gsl/gsl_errno.h>

#include "tests/lib/near.h"
#include "watchdog/measure.h"

#include "shared/banned.h"

enum {
    START = 4, // 1970-01-05, a Monday: weekday 0 of the table
    N = 56,
    TODAY = START + 63,
};

static const double digits = 5e-8; // 8 significant digits

struct history {
    struct observation day[200];
    double weight[200];
};

static void put(struct history *history, int i, int64_t affected, int64_t exposed)
{
    history->day[i] = (struct observation){
        .day = START + i,
        .affected = affected,
        .exposed = exposed,
    };
}

/* n 1000, x 8 + 3i mod 5. */
static void plain(struct history *history)
{
    for (int i = 0; i < N; i++)
        put(history, i, 8 + 3 * i % 5, 1000);
}

static void quiet_weekends(struct history *history)
{
    for (int i = 0; i < N; i++)
        put(history, i, (i % 7 >= 5 ? 5 : 8) + 3 * i % 5, i % 7 >= 5 ? 600 : 1000);
}

/* A proportion of a quarter, exposure by weekday, two bad days. */
static void quarter(struct history *history)
{
    for (int i = 0; i < N; i++)
        put(history, i, 100 + 5 * i % 11, 400 + 10 * (i % 7));
    history->day[10].affected = history->day[11].affected = 190;
}

static struct fit fit_of(enum model model, enum direction direction,
                         struct history *history)
{
    return measure_baseline(model, direction, history->day, N, TODAY, 0,
                            history->weight);
}

static struct fit count_fit(struct history *history)
{
    return fit_of(MODEL_COUNT, DIRECTION_UP, history);
}

static void a_plain_baseline_has_the_fit_of_the_table(void **state)
{
    struct history history;
    struct fit fit;

    (void)state; // spec table; E = (sum x + 1/2) / r and sums by hand
    plain(&history);
    fit = count_fit(&history);
    assert_true(fit.known);
    assert_near(fit.weekday[0], 0.96897375, digits, 0);
    assert_near(fit.rate, 0.0099811547, digits, 0);
    assert_near(fit.phi, 1, 0, 0);
    assert_near(fit.weight_sum, 56, 0, 0);
    assert_near(fit.exposed_sum, 56000, 0, 0);
    assert_near(fit.expected_sum, 558.5 / 0.0099811547, digits, 0);
    assert_near(fit.mean_exposed[6], 1000, 0, 0);
    assert_false(fit.exposed_is_one);
}

static void a_doubled_count_has_the_tail_of_the_table(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // spec table
    plain(&history);
    fit = count_fit(&history);
    tail = measure_tail(&fit, TODAY, 20, 1000);
    assert_true(tail.tested);
    assert_near(tail.expected, 9.6714769, digits, 0);
    assert_near(tail.variance, 9.8389567, digits, 0);
    assert_near(tail.size, 558.5, digits, 0);
    assert_near(tail.p_up, 0.0026235323, digits, 0);
    assert_int_equal(tail.llr_x1000, 4099);
}

static void a_tripled_count_is_clipped_to_a_ratio_of_six(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // spec table
    plain(&history);
    fit = count_fit(&history);
    tail = measure_tail(&fit, TODAY, 30, 1000);
    assert_near(tail.p_up, 1.7878941e-7, digits, 0);
    assert_int_equal(tail.llr_x1000, 6000);
    assert_int_equal(measure_tail(&fit, TODAY, 0, 1000).llr_x1000, -6000);
}

static void an_ordinary_count_has_ordinary_tails(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // spec table
    plain(&history);
    fit = count_fit(&history);
    tail = measure_tail(&fit, TODAY, 10, 1000);
    assert_near(tail.p_up, 0.49961386, digits, 0);
    assert_near(tail.p_low, 0.62372001, digits, 0);
    assert_int_equal(tail.llr_x1000, -2664);
}

static void weekends_have_their_own_exposure(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // spec table
    quiet_weekends(&history);
    fit = count_fit(&history);
    tail = measure_tail(&fit, TODAY, 20, 1000);
    assert_near(tail.expected, 9.7185537, digits, 0);
    assert_near(tail.p_up, 0.0027891083, digits, 0);
    assert_near(fit.mean_exposed[5], 600, 0, 0);
    assert_near(fit.mean_exposed[4], 1000, 0, 0);
}

static void past_trouble_loses_its_weight(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // spec table: "same" is the row with weekends; single weights from
                 // mpmath
    quiet_weekends(&history);
    history.day[20].affected = 40;
    history.day[21].affected = 44;
    history.day[22].affected = 37;
    fit = count_fit(&history);
    tail = measure_tail(&fit, TODAY, 20, 1000);
    assert_near(fit.weight_sum, 53.114698, digits, 0);
    assert_near(tail.expected, 9.6907800, digits, 0);
    assert_near(tail.p_up, 0.0027144672, digits, 0);
    assert_near(history.weight[19], 1, 0, 0);
    assert_near(history.weight[20], 0.0251688974091, 1e-11, 0);
    assert_near(history.weight[21], 0.027653272672, 1e-11, 0);
    assert_near(history.weight[22], 0.0618762248532, 1e-11, 0);
}

static void rare_events_have_the_tail_of_the_table(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // spec table
    for (int i = 0; i < N; i++)
        put(&history, i, i % 4 == 0, 100);
    fit = count_fit(&history);
    tail = measure_tail(&fit, TODAY, 5, 100);
    assert_near(tail.expected, 0.25892857, digits, 0);
    assert_near(tail.p_up, 1.3637106e-5, digits, 0);
}

static void a_first_event_after_none_is_unusual_but_possible(void **state)
{
    struct history history;
    struct fit fit;

    (void)state; // spec table
    for (int i = 0; i < N; i++)
        put(&history, i, 0, 100);
    fit = count_fit(&history);
    assert_near(measure_tail(&fit, TODAY, 1, 100).p_up, 0.0088107444, digits, 0);
    assert_near(measure_tail(&fit, TODAY, 5, 100).p_up, 4.1202677e-10, digits, 0);
}

static void proportions_have_the_tails_of_the_table(void **state)
{
    static const struct {
        double phi, size, p_up;
        int64_t llr_x1000;
    } rows[] = {
        {1, 27943, 0.0029562283, 3258},
        {3, 241.9913, 0.05702331, 1160},
    };

    (void)state; // spec table: S 1400, N 28000, f 1, so r = (S + 1/2) / N
    for (size_t i = 0; i < 2; i++) {
        struct fit fit = {
            .known = true,
            .model = MODEL_PROPORTION,
            .rate = 1400.5 / 28000,
            .weekday = {1, 1, 1, 1, 1, 1, 1},
            .expected_sum = 28000,
            .exposed_sum = 28000,
            .weight_sum = N,
            .phi = rows[i].phi,
        };
        struct tail tail = measure_tail(&fit, TODAY, 40, 500);

        assert_near(tail.size, rows[i].size, i == 0 ? 1e-12 : 2e-7, 0);
        assert_near(tail.p_up, rows[i].p_up, digits, 0);
        assert_int_equal(tail.llr_x1000, rows[i].llr_x1000);
    }
}

static void overdispersed_counts_widen_the_tail(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // mpmath: n 1000, x 20 + 12 (i mod 4), today 70
    for (int i = 0; i < N; i++)
        put(&history, i, 20 + 12 * (i % 4), 1000);
    fit = count_fit(&history);
    tail = measure_tail(&fit, TODAY, 70, 1000);
    assert_near(fit.phi, 5.41226455346, 1e-11, 0);
    assert_near(tail.expected, 38.008928571429, 1e-12, 0);
    assert_near(tail.variance, 209.38784783684, 1e-12, 0);
    assert_near(tail.size, 8.4297336996893, 1e-12, 0);
    assert_near(tail.p_up, 0.028761884153658, 1e-11, 0);
    assert_near(tail.p_low, 0.97422694307481, 1e-11, 0);
    assert_int_equal(tail.llr_x1000, 1619);
}

static void overdispersed_proportions_widen_the_tail(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // mpmath: n 1000, x 60 + 40 (i mod 4), today 200
    for (int i = 0; i < N; i++)
        put(&history, i, 60 + 40 * (i % 4), 1000);
    fit = fit_of(MODEL_PROPORTION, DIRECTION_UP, &history);
    tail = measure_tail(&fit, TODAY, 200, 1000);
    assert_near(fit.phi, 21.6436317334, 1e-11, 0);
    assert_near(tail.expected, 120.00892857143, 1e-12, 0);
    assert_near(tail.variance, 2326.5307049797, 1e-12, 0);
    assert_near(tail.size, 46.50328362443, 1e-12, 0);
    assert_near(tail.p_up, 0.064923753922074, 1e-10, 0);
    assert_near(tail.p_low, 0.93703094157307, 1e-10, 0);
    assert_int_equal(tail.llr_x1000, 1212);
}

static void a_fitted_proportion_forgets_two_bad_days(void **state)
{
    static const double factors[] = {1.06575528068, 1.04870784919,  1.01922573385,
                                     1.0046362496,  0.984742531904, 0.950917086451,
                                     0.938171281592};
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // mpmath
    quarter(&history);
    fit = fit_of(MODEL_PROPORTION, DIRECTION_UP, &history);
    assert_near(fit.rate, 0.244378846758, 1e-11, 0);
    assert_near(fit.weight_sum, 54.0228405508, 1e-11, 0);
    assert_near(fit.exposed_sum, 23219.9366195, 1e-11, 0);
    assert_near(history.weight[10], 0.0113222802144, 1e-11, 0);
    assert_near(history.weight[11], 0.0115182705517, 1e-11, 0);
    for (int d = 0; d < 7; d++)
        assert_near(fit.weekday[d], factors[d], 1e-11, 0);
    tail = measure_tail(&fit, TODAY, 150, 450);
    assert_near(tail.expected, 117.20162088806, 1e-12, 0);
    assert_near(tail.variance, 88.356473045036, 1e-12, 0);
    assert_near(tail.size, 23167.33676038, 1e-11, 0);
    assert_near(tail.p_up, 0.0003990360084308, 1e-8, 0);
    assert_near(tail.p_low, 0.99972436915869, 1e-10, 0);
    assert_int_equal(tail.llr_x1000, -191);
    assert_near(measure_tail(&fit, TODAY, 90, 450).p_low, 0.0017949085529432, 1e-8, 0);
}

static void looking_down_forgets_low_days_and_adds_up_nothing(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // mpmath
    plain(&history);
    history.day[20].affected = 1;
    history.day[21].affected = 0;
    history.day[22].affected = 2;
    fit = fit_of(MODEL_COUNT, DIRECTION_DOWN, &history);
    tail = measure_tail(&fit, TODAY, 2, 1000);
    assert_near(fit.weight_sum, 53.2168882969, 1e-11, 0);
    assert_near(history.weight[20], 0.0694788719403, 1e-11, 0);
    assert_near(history.weight[21], 0.0470727305964, 1e-11, 0);
    assert_near(history.weight[22], 0.100336694402, 1e-11, 0);
    assert_near(tail.expected, 9.4491302371185, 1e-12, 0);
    assert_near(tail.p_low, 0.0045753522520971, 1e-11, 0);
    assert_int_equal(tail.llr_x1000, 0);
    fit = count_fit(&history); // looking up, a low day is as good as any
    assert_near(fit.weight_sum, 56, 0, 0);
}

static void few_days_have_no_weekday_factors(void **state)
{
    struct history history;
    struct fit fit;

    (void)state; // by hand: 20 days with x 8 + 3i mod 5 sum to 200; r = 200.5 / 20000
    plain(&history);
    fit = measure_baseline(MODEL_COUNT, DIRECTION_UP, history.day, 20, TODAY, 0, NULL);
    assert_near(fit.rate, 0.010025, 1e-14, 0);
    for (int d = 0; d < 7; d++)
        assert_near(fit.weekday[d], 1, 0, 0);
    fit = measure_baseline(MODEL_COUNT, DIRECTION_UP, history.day, 28, TODAY, 0, NULL);
    assert_true(fit.weekday[0] != 1);
    fit = measure_baseline(MODEL_COUNT, DIRECTION_UP, history.day, 27, TODAY, 0, NULL);
    assert_near(fit.weekday[0], 1, 0, 0);
}

/* Weights of 140 equal days before `today`, the last on today - 1. */
static struct fit fit_before(struct history *history, int32_t today, int32_t from)
{
    for (int i = 0; i < 140; i++) {
        put(history, i, 10, 1000);
        history->day[i].day = today - 140 + i;
    }
    return measure_baseline(MODEL_COUNT, DIRECTION_UP, history->day, 140, today, from,
                            history->weight);
}

static double weight_of_day_before(const struct history *history, int days)
{
    return history->weight[140 - days];
}

static void a_full_baseline_is_112_days_up_to_a_week_ago(void **state)
{
    struct history history;
    struct fit fit = fit_before(&history, 1000, 0);

    (void)state;
    assert_near(fit.weight_sum, 112, 0, 0);
    assert_near(weight_of_day_before(&history, 120), 0, 0, 0);
    assert_near(weight_of_day_before(&history, 119), 1, 0, 0);
    assert_near(weight_of_day_before(&history, 8), 1, 0, 0);
    assert_near(weight_of_day_before(&history, 7), 0, 0, 0);
}

static void the_guard_shrinks_only_as_far_as_14_days_need(void **state)
{
    struct history history;
    struct fit fit = fit_before(&history, 1000, 1000 - 16);

    (void)state; // by hand: t-16 .. t-3 are 14 days
    assert_true(fit.known);
    assert_near(fit.weight_sum, 14, 0, 0);
    assert_near(weight_of_day_before(&history, 17), 0, 0, 0);
    assert_near(weight_of_day_before(&history, 16), 1, 0, 0);
    assert_near(weight_of_day_before(&history, 3), 1, 0, 0);
    assert_near(weight_of_day_before(&history, 2), 0, 0, 0);
}

static void fourteen_days_up_to_yesterday_are_enough(void **state)
{
    struct history history;
    struct fit fit = fit_before(&history, 1000, 1000 - 14);

    (void)state;
    assert_true(fit.known);
    assert_near(fit.weight_sum, 14, 0, 0);
}

static void thirteen_days_are_learning(void **state)
{
    struct history history;
    struct fit fit = fit_before(&history, 1000, 1000 - 13);
    struct tail tail = measure_tail(&fit, 1000, 999, 1000);

    (void)state;
    assert_false(fit.known);
    assert_false(tail.tested);
    assert_near(tail.p_up, 1, 0, 0);
    for (int i = 0; i < 140; i++)
        assert_near(history.weight[i], 0, 0, 0);
}

static void today_and_later_days_do_not_judge_themselves(void **state)
{
    struct history history;
    struct fit before;
    struct fit after;

    (void)state;
    for (int i = 0; i < 40; i++)
        put(&history, i, i < 14 ? 10 : 500, 1000);
    before = measure_baseline(MODEL_COUNT, DIRECTION_UP, history.day, 14, START + 14, 0,
                              NULL);
    after = measure_baseline(MODEL_COUNT, DIRECTION_UP, history.day, 40, START + 14, 0,
                             NULL);
    assert_near(after.rate, before.rate, 0, 0);
    assert_near(after.weight_sum, 14, 0, 0);
}

static void excluded_days_are_as_if_they_were_not_there(void **state)
{
    struct history with;
    struct history without;
    struct fit fit;
    struct fit expected;
    int n = 0;

    (void)state;
    plain(&with);
    for (int i = 20; i < 25; i++) {
        with.day[i].affected = 900;
        with.day[i].excluded = true;
    }
    for (int i = 0; i < N; i++)
        if (!with.day[i].excluded)
            without.day[n++] = with.day[i];
    fit = count_fit(&with);
    expected = measure_baseline(MODEL_COUNT, DIRECTION_UP, without.day, (size_t)n,
                                TODAY, 0, NULL);
    assert_near(with.weight[20], 0, 0, 0);
    assert_near(fit.rate, expected.rate, 0, 0);
    assert_near(fit.phi, expected.phi, 0, 0);
    assert_near(fit.mean_exposed[6], expected.mean_exposed[6], 0, 0);
}

static void a_cell_exposed_once_a_day_says_so(void **state)
{
    struct history history;

    (void)state;
    for (int i = 0; i < N; i++)
        put(&history, i, 40 + i % 3, 1);
    assert_true(count_fit(&history).exposed_is_one);
    history.day[5].exposed = 2;
    assert_false(count_fit(&history).exposed_is_one);
}

static void a_constant_proportion_of_all_is_not_overdispersed(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // pi is held below 1, so that x = n is what is expected
    for (int i = 0; i < N; i++)
        put(&history, i, 1000, 1000);
    fit = fit_of(MODEL_PROPORTION, DIRECTION_UP, &history);
    tail = measure_tail(&fit, TODAY, 1000, 1000);
    assert_near(fit.phi, 1, 0, 0);
    assert_true(tail.p_up > 0.9);
    assert_true(measure_tail(&fit, TODAY, 990, 1000).p_low < 1e-6);
}

static void one_trial_of_a_proportion_is_not_tested(void **state)
{
    struct history history;
    struct fit fit;
    struct tail tail;

    (void)state; // by hand: mu = 1 * pi
    quarter(&history);
    fit = fit_of(MODEL_PROPORTION, DIRECTION_UP, &history);
    tail = measure_tail(&fit, TODAY, 1, 1);
    assert_false(tail.tested);
    assert_near(tail.expected, fit_rate(&fit, 0), 0, 0);
    assert_true(measure_tail(&fit, TODAY, 1, 2).tested);
}

static void more_affected_than_exposed_is_all(void **state)
{
    struct history history;
    struct fit fit;
    struct tail all;
    struct tail more;

    (void)state;
    quarter(&history);
    fit = fit_of(MODEL_PROPORTION, DIRECTION_UP, &history);
    all = measure_tail(&fit, TODAY, 450, 450);
    more = measure_tail(&fit, TODAY, 460, 450);
    assert_near(more.p_up, all.p_up, 0, 0);
    assert_int_equal(more.llr_x1000, all.llr_x1000);
}

static void a_history_of_more_affected_than_exposed_is_all(void **state)
{
    struct history all;
    struct history more;

    (void)state;
    quarter(&all);
    quarter(&more);
    all.day[30].affected = all.day[30].exposed;
    more.day[30].affected = 3 * more.day[30].exposed;
    assert_near(fit_of(MODEL_PROPORTION, DIRECTION_UP, &more).rate,
                fit_of(MODEL_PROPORTION, DIRECTION_UP, &all).rate, 0, 0);
}

static void a_certain_baseline_adds_up_poisson_ratios(void **state)
{
    struct fit fit = {
        .known = true,
        .rate = 0.01,
        .weekday = {1, 1, 1, 1, 1, 1, 1},
        .expected_sum = 1e18,
        .phi = 1,
    };

    (void)state; // by hand: k 1e16, x ln 2 - mu = 20 * 0.693147 - 10
    assert_int_equal(measure_tail(&fit, TODAY, 20, 1000).llr_x1000, 3863);
}

static void a_wild_proportion_is_uniform_at_most(void **state)
{
    struct fit fit = {
        .known = true,
        .model = MODEL_PROPORTION,
        .rate = 0.5,
        .weekday = {1, 1, 1, 1, 1, 1, 1},
        .exposed_sum = 1000,
        .phi = 500,
    };
    struct tail tail = measure_tail(&fit, TODAY, 8, 10);

    (void)state; // by hand: M 2, so alpha = beta = 1: 0 .. 10 are equally likely
    assert_near(tail.size, 2, 0, 0);
    assert_near(tail.p_up, 3.0 / 11, 1e-12, 0);
    assert_near(tail.p_low, 9.0 / 11, 1e-12, 0);
    assert_near(tail.variance, 10, 1e-12, 0); // (11^2 - 1) / 12
}

static void check_finite(const struct fit *fit, const struct tail *tail)
{
    assert_true(fit->rate > 0 && isfinite(fit->rate));
    assert_true(fit->phi >= 1 && isfinite(fit->phi));
    assert_true(tail->expected > 0 && isfinite(tail->expected));
    assert_true(tail->variance >= 0 && isfinite(tail->variance));
    assert_true(tail->size >= 0 && isfinite(tail->size));
    assert_true(tail->p_up > 0 && tail->p_up <= 1);
    assert_true(tail->p_low > 0 && tail->p_low <= 1);
    assert_in_range(tail->llr_x1000 + 6000, 0, 12000);
}

/* 49 days of `often`, 7 of `seldom`, all of `exposed`; judged on `seldom` of `today`.
 */
static void check_history(int64_t often, int64_t seldom, int64_t exposed, int64_t today)
{
    struct history history;

    for (int i = 0; i < N; i++)
        put(&history, i, i % 9 ? often : seldom, exposed);
    for (int model = 0; model < 2; model++) {
        struct fit fit = fit_of((enum model)model, DIRECTION_UP, &history);
        struct tail tail = measure_tail(&fit, TODAY, seldom, today);

        check_finite(&fit, &tail);
    }
}

static void extreme_counts_stay_finite(void **state)
{
    static const int64_t counts[] = {1, 7, 1000, 1000000, 1000000000};

    (void)state;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++)
            for (int k = 0; k < 5; k++) {
                check_history(counts[i], counts[j], counts[k], counts[4 - k]);
                check_history(0, counts[j], counts[k], counts[i]);
                check_history(counts[i], 0, counts[k], counts[j]);
            }
}

static void limits_are_the_first_surprising_counts(void **state)
{
    struct history history;
    struct fit fit;

    (void)state; // mpmath: counting x up from 0
    plain(&history);
    fit = count_fit(&history);
    assert_int_equal(measure_limit(&fit, TODAY, 1000, 1e-4), 24);
    assert_int_equal(measure_limit(&fit, TODAY, 1000, 0.01), 19);
    quarter(&history);
    fit = fit_of(MODEL_PROPORTION, DIRECTION_UP, &history);
    assert_int_equal(measure_limit(&fit, TODAY, 450, 1e-4), 154);
}

static void a_limit_that_no_count_reaches_is_one_more_than_all(void **state)
{
    struct history history;
    struct fit fit;

    (void)state; // of 2 at a quarter, even both are no surprise: about 1/16
    quarter(&history);
    fit = fit_of(MODEL_PROPORTION, DIRECTION_UP, &history);
    assert_int_equal(measure_limit(&fit, TODAY, 2, 1e-4), 3);
    fit.known = false;
    assert_int_equal(measure_limit(&fit, TODAY, 450, 1e-4), 451);
}

static void looking_down_a_limit_is_the_last_surprising_count(void **state)
{
    struct history history;
    struct fit fit;

    (void)state; // mpmath: p_low of 0 .. 3 is 8.56e-5, 8.80e-4, 0.00458, 0.0161
    plain(&history);
    history.day[20].affected = 1;
    history.day[21].affected = 0;
    history.day[22].affected = 2;
    fit = fit_of(MODEL_COUNT, DIRECTION_DOWN, &history);
    assert_int_equal(measure_limit(&fit, TODAY, 1000, 0.01), 2);
    assert_int_equal(measure_limit(&fit, TODAY, 1000, 1e-4), 0);
    assert_int_equal(measure_limit(&fit, TODAY, 1000, 1e-5), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_baseline_has_the_fit_of_the_table),
        cmocka_unit_test(a_doubled_count_has_the_tail_of_the_table),
        cmocka_unit_test(a_tripled_count_is_clipped_to_a_ratio_of_six),
        cmocka_unit_test(an_ordinary_count_has_ordinary_tails),
        cmocka_unit_test(weekends_have_their_own_exposure),
        cmocka_unit_test(past_trouble_loses_its_weight),
        cmocka_unit_test(rare_events_have_the_tail_of_the_table),
        cmocka_unit_test(a_first_event_after_none_is_unusual_but_possible),
        cmocka_unit_test(proportions_have_the_tails_of_the_table),
        cmocka_unit_test(overdispersed_counts_widen_the_tail),
        cmocka_unit_test(overdispersed_proportions_widen_the_tail),
        cmocka_unit_test(a_fitted_proportion_forgets_two_bad_days),
        cmocka_unit_test(looking_down_forgets_low_days_and_adds_up_nothing),
        cmocka_unit_test(few_days_have_no_weekday_factors),
        cmocka_unit_test(a_full_baseline_is_112_days_up_to_a_week_ago),
        cmocka_unit_test(the_guard_shrinks_only_as_far_as_14_days_need),
        cmocka_unit_test(fourteen_days_up_to_yesterday_are_enough),
        cmocka_unit_test(thirteen_days_are_learning),
        cmocka_unit_test(today_and_later_days_do_not_judge_themselves),
        cmocka_unit_test(excluded_days_are_as_if_they_were_not_there),
        cmocka_unit_test(a_cell_exposed_once_a_day_says_so),
        cmocka_unit_test(a_constant_proportion_of_all_is_not_overdispersed),
        cmocka_unit_test(one_trial_of_a_proportion_is_not_tested),
        cmocka_unit_test(more_affected_than_exposed_is_all),
        cmocka_unit_test(a_history_of_more_affected_than_exposed_is_all),
        cmocka_unit_test(a_certain_baseline_adds_up_poisson_ratios),
        cmocka_unit_test(a_wild_proportion_is_uniform_at_most),
        cmocka_unit_test(extreme_counts_stay_finite),
        cmocka_unit_test(limits_are_the_first_surprising_counts),
        cmocka_unit_test(a_limit_that_no_count_reaches_is_one_more_than_all),
        cmocka_unit_test(looking_down_a_limit_is_the_last_surprising_count),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
