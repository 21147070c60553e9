/*
 * Weights: the page's two examples, and what must hold whatever is asked, over 10,000
 * random cases each: sum, floor, ramp, hysteresis, order of arms, kill, confirmation.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "bandit/judge.h"
#include "tests/lib/near.h"

enum { CASES = 10000 };

/* One day's question, with room for what it points to. */
struct question {
    struct experiment experiment;
    double p_best[ARMS_MAX];
    bool is_active[ARMS_MAX], on_trial;
    int64_t units[ARMS_MAX], committed_bp[ARMS_MAX];
};

static gsl_rng *rng;

static int setup(void **state)
{
    (void)state;
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 1);
    return rng == NULL;
}

static int teardown(void **state)
{
    (void)state;
    gsl_rng_free(rng);
    return 0;
}

static void ask(const struct question *question, int64_t weight_bp[ARMS_MAX])
{
    struct weighing weighing = {.p_best = question->p_best,
                                .is_active = question->is_active,
                                .units = question->units,
                                .on_trial = question->on_trial,
                                .committed_bp = question->committed_bp};

    judge_weights(&question->experiment, &weighing, weight_bp);
}

static size_t active(const struct question *question)
{
    size_t n = 0;

    for (size_t i = 0; i < question->experiment.narms; i++)
        n += question->is_active[i];
    return n;
}

static int at_random(int low, int high)
{
    return low + (int)gsl_rng_uniform_int(rng, (unsigned long)(high - low) + 1);
}

/* Committed weights of arms chosen by `is_in`, at least `floor_bp` each. */
static void draw_committed(struct question *question, const bool is_in[], int floor_bp)
{
    size_t n = question->experiment.narms, last = 0;
    int64_t left = BP;

    for (size_t i = 0; i < n; i++) {
        question->committed_bp[i] = is_in[i] ? floor_bp : 0;
        left -= question->committed_bp[i];
        last = is_in[i] ? i : last;
    }
    for (size_t i = 0; i < n && left > 0; i++) {
        int64_t more = !is_in[i] ? 0 : i == last ? left : at_random(0, (int)left);

        question->committed_bp[i] += more;
        left -= more;
    }
}

/* P(best): now all alike, now one that has nearly everything. */
static void draw_p_best(struct question *question)
{
    double spread = gsl_ran_flat(rng, 0, 8), sum = 0;

    for (size_t i = 0; i < question->experiment.narms; i++) {
        question->p_best[i] =
            question->is_active[i] ? exp(gsl_ran_flat(rng, -spread, spread)) : 0;
        sum += question->p_best[i];
    }
    for (size_t i = 0; i < question->experiment.narms; i++)
        question->p_best[i] /= sum;
}

/* All arms had their floor until yesterday; some challengers are stopped today. */
static void draw(struct question *question)
{
    struct allocation *allocation = &question->experiment.allocation;
    bool was_in[ARMS_MAX];
    size_t n = (size_t)at_random(2, ARMS_MAX);

    *question = (struct question){.experiment = {.narms = n}};
    *allocation = (struct allocation){
        .floor_bp = at_random(0, at_random(0, 1) * (int)(9999 / n)),
        .ramp_bp = at_random(1, at_random(0, 1) ? 10000 : 500),
        .confirm_bp = at_random(0, 5000),
        .confirm_p = gsl_ran_flat(rng, 0.5, 1),
        .hysteresis_bp = at_random(0, 2000),
        .burn_in = 100,
    };
    for (size_t i = 0; i < n; i++) {
        was_in[i] = i == 0 || at_random(0, 9) > 0;
        question->is_active[i] = i == 0 || (was_in[i] && at_random(0, 9) > 0);
        question->units[i] = at_random(0, 9) > 0 || n > 4 ? 100 : 99;
    }
    draw_committed(question, was_in, allocation->floor_bp);
    draw_p_best(question);
    question->on_trial = at_random(0, 1);
}

/* Yesterday's shares without the arms that stopped, in bp. */
static double handed_over(const struct question *question, size_t arm)
{
    double sum = 0;

    for (size_t i = 0; i < question->experiment.narms; i++)
        sum += question->is_active[i] ? (double)question->committed_bp[i] : 0;
    if (!question->is_active[arm])
        return 0;
    return sum > 0 ? (double)question->committed_bp[arm] * BP / sum
                   : (double)BP / (double)active(question);
}

/* --- The page's examples -------------------------------------------------------- */

static void examples_of_the_page(void **state)
{
    // section 7's state and section 6's replay line: P(best), and the weights it gives
    static const struct {
        size_t n;
        double p_best[3];
        int64_t weight_bp[3];
    } examples[] = {
        {3, {0.1042, 0.7821, 0.1137}, {1386, 7148, 1466}},
        {2, {0.291112, 0.708888}, {3120, 6880}},
    };

    (void)state;
    for (size_t e = 0; e < sizeof examples / sizeof *examples; e++) {
        struct question question = {.experiment = {.narms = examples[e].n}};
        int64_t got[ARMS_MAX];

        question.experiment.allocation = (struct allocation){.floor_bp = 500,
                                                             .ramp_bp = 10000,
                                                             .confirm_bp = 3000,
                                                             .confirm_p = 0.8};
        question.on_trial = true; // below confirm_p, so nothing is kept for control
        for (size_t i = 0; i < examples[e].n; i++) {
            question.is_active[i] = true;
            question.p_best[i] = examples[e].p_best[i];
            question.committed_bp[i] = i == 0 ? 10000 : 0;
        }
        ask(&question, got);
        for (size_t i = 0; i < examples[e].n; i++)
            assert_int_equal(got[i], examples[e].weight_bp[i]);
    }
}

static void a_fixed_split_is_even_and_its_remainder_goes_to_earlier_arms(void **state)
{
    struct question question = {.experiment = {.narms = 4},
                                .is_active = {true, true, false, true},
                                .p_best = {0, 0, 0, 1},
                                .committed_bp = {0, 0, 10000, 0}};
    int64_t got[ARMS_MAX];

    (void)state;
    question.experiment.allocation =
        (struct allocation){.is_fixed = true, .ramp_bp = 1, .burn_in = 1000};
    ask(&question, got);
    assert_int_equal(got[0], 3334);
    assert_int_equal(got[1], 3333);
    assert_int_equal(got[2], 0);
    assert_int_equal(got[3], 3333);
}

static void control_alone_has_everything(void **state)
{
    struct question question = {.experiment = {.narms = 3},
                                .is_active = {true},
                                .committed_bp = {500, 9000, 500}};
    int64_t got[ARMS_MAX];

    (void)state;
    // its P(best) is not even asked for: there is nothing to compare
    question.experiment.allocation = (struct allocation){.floor_bp = 500, .ramp_bp = 1};
    ask(&question, got);
    assert_int_equal(got[0], 10000);
    assert_int_equal(got[1], 0);
    assert_int_equal(got[2], 0);
}

/* --- Properties ----------------------------------------------------------------- */

static void weights_sum_to_10000_and_keep_the_floor(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question;
        int64_t got[ARMS_MAX], sum = 0;

        draw(&question);
        if (c % 4 == 0) { // a higher floor than the one committed under
            question.experiment.allocation.floor_bp =
                (int)(9999 / question.experiment.narms);
        }
        ask(&question, got);
        for (size_t i = 0; i < question.experiment.narms; i++) {
            sum += got[i];
            if (question.is_active[i])
                assert_true(got[i] >= question.experiment.allocation.floor_bp);
            else
                assert_int_equal(got[i], 0);
        }
        assert_int_equal(sum, BP);
    }
}

static void no_weight_moves_further_than_the_ramp_but_by_a_kill(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question;
        int64_t got[ARMS_MAX];

        draw(&question);
        ask(&question, got);
        for (size_t i = 0; i < question.experiment.narms; i++)
            assert_true(fabs((double)got[i] - handed_over(&question, i)) <=
                        question.experiment.allocation.ramp_bp + 1);
    }
}

/* Without a trial and a ramp: the committed weights, or those that P(best) asks for. */
static void small_moves_are_left_out_and_others_are_made_in_full(void **state)
{
    int kept = 0;

    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question;
        const struct allocation *allocation = &question.experiment.allocation;
        double want[ARMS_MAX] = {0}, most = 0;
        int64_t got[ARMS_MAX];

        draw(&question);
        question.experiment.allocation.ramp_bp = 10000;
        question.experiment.allocation.burn_in = 0;
        question.on_trial = false;
        ask(&question, got);
        for (size_t i = 0; i < question.experiment.narms; i++) {
            double room = BP - (double)allocation->floor_bp * (double)active(&question);

            if (question.is_active[i])
                want[i] = allocation->floor_bp + room * question.p_best[i];
            most = fmax(most, fabs(want[i] - handed_over(&question, i)));
        }
        kept += most < allocation->hysteresis_bp && active(&question) > 1;
        for (size_t i = 0; i < question.experiment.narms; i++) {
            if (most < allocation->hysteresis_bp && active(&question) > 1)
                want[i] = handed_over(&question, i);
            assert_near((double)got[i], want[i], 0, active(&question) > 1 ? 1 : BP);
        }
    }
    assert_in_range(kept, CASES / 20, CASES * 19 / 20);
}

static void a_kept_weight_is_the_same_integer(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question;
        int64_t got[ARMS_MAX];

        draw(&question);
        if (c % 2 == 0)
            question.experiment.allocation.hysteresis_bp = BP + 1;
        else
            question.experiment.allocation.burn_in = 101;
        for (size_t i = 0; i < question.experiment.narms; i++)
            question.is_active[i] = question.committed_bp[i] > 0 || i == 0;
        if (question.committed_bp[0] == 0)
            question.experiment.allocation.floor_bp = 0;
        ask(&question, got);
        for (size_t i = 0; i < question.experiment.narms; i++)
            assert_int_equal(got[i], question.committed_bp[i]);
    }
}

static void an_arm_below_the_floor_ends_the_hysteresis(void **state)
{
    struct question question = {.experiment = {.narms = 2},
                                .is_active = {true, true},
                                .p_best = {0.95, 0.05},
                                .committed_bp = {9500, 500}};
    int64_t got[ARMS_MAX];

    (void)state;
    question.experiment.allocation =
        (struct allocation){.floor_bp = 500, .ramp_bp = 2000, .hysteresis_bp = 1000};
    ask(&question, got);
    assert_int_equal(got[1], 500); // 950 is wanted, too little to move for
    question.experiment.allocation.floor_bp = 600;
    ask(&question, got);
    assert_int_equal(got[1], 1040); // 600 + 8800 * .05
}

static void burn_in_ends_when_the_last_active_arm_has_its_units(void **state)
{
    struct question question = {.experiment = {.narms = 3},
                                .is_active = {true, true, false},
                                .p_best = {0.1, 0.9, 0},
                                .units = {5000, 99, 0},
                                .committed_bp = {3400, 3300, 3300}};
    int64_t got[ARMS_MAX];

    (void)state;
    question.experiment.allocation =
        (struct allocation){.floor_bp = 500, .ramp_bp = 10000, .burn_in = 100};
    ask(&question, got);
    assert_int_equal(got[0], 5075); // 3400 / 6700, the killed arm's share given up
    assert_int_equal(got[1], 4925);
    question.units[1] = 100; // the killed arm is not waited for
    ask(&question, got);
    assert_int_equal(got[1], 8600); // 500 + 9000 * .9
}

static void challengers_in_another_order_get_the_same_weights(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question, other;
        size_t at[ARMS_MAX], n;
        int64_t got[ARMS_MAX], moved[ARMS_MAX];

        draw(&question);
        n = question.experiment.narms;
        for (size_t i = 0; i < n; i++)
            at[i] = i;
        gsl_ran_shuffle(rng, at + 1, n - 1, sizeof *at);
        other = question;
        for (size_t i = 0; i < n; i++) {
            other.p_best[at[i]] = question.p_best[i];
            other.is_active[at[i]] = question.is_active[i];
            other.units[at[i]] = question.units[i];
            other.committed_bp[at[i]] = question.committed_bp[i];
        }
        ask(&question, got);
        ask(&other, moved);
        for (size_t i = 0; i < n; i++) // a tie of remainders goes to the earlier arm
            assert_in_range(moved[at[i]] - got[i] + 1, 0, 2);
    }
}

static void a_likelier_best_arm_never_has_less(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question;
        int64_t got[ARMS_MAX];

        draw(&question);
        question.on_trial = false;
        question.experiment.allocation.ramp_bp = BP;
        question.experiment.allocation.hysteresis_bp = 0;
        question.experiment.allocation.burn_in = 0;
        ask(&question, got);
        for (size_t i = 0; i < question.experiment.narms; i++)
            for (size_t j = 0; j < question.experiment.narms; j++)
                if (question.is_active[i] &&
                    question.p_best[i] > question.p_best[j] + 1e-9)
                    assert_true(got[i] >= got[j]);
    }
}

/* Whatever ramp, hysteresis and burn-in say, what a stopped arm had goes to the others
 * in proportion to what they had. */
static void a_stopped_arm_gives_its_share_up_at_once_in_proportion(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question;
        size_t killed;
        int64_t got[ARMS_MAX];

        draw(&question);
        killed = (size_t)at_random(1, (int)question.experiment.narms - 1);
        question.is_active[killed] = false;
        draw_p_best(&question);
        question.experiment.allocation.ramp_bp = 1;
        ask(&question, got);
        for (size_t i = 0; i < question.experiment.narms; i++)
            assert_near((double)got[i], handed_over(&question, i), 0, 2);
        assert_int_equal(got[killed], 0);
    }
}

static void control_keeps_its_share_while_a_challenger_is_on_trial(void **state)
{
    int on_trial = 0;

    (void)state;
    for (int c = 0; c < CASES; c++) {
        struct question question;
        struct allocation *allocation = &question.experiment.allocation;
        double least, best = 0;
        int64_t got[ARMS_MAX], without[ARMS_MAX];

        draw(&question);
        allocation->ramp_bp = BP;
        allocation->hysteresis_bp = 0;
        allocation->burn_in = 0;
        question.on_trial = false;
        ask(&question, without);
        question.on_trial = true;
        ask(&question, got);
        for (size_t i = 0; i < question.experiment.narms; i++)
            best = fmax(best, question.p_best[i]);
        least = fmin(allocation->confirm_bp, BP - (double)allocation->floor_bp *
                                                      (double)(active(&question) - 1));
        if (best < allocation->confirm_p) {
            assert_memory_equal(got, without, question.experiment.narms * sizeof *got);
            continue;
        }
        on_trial += (double)without[0] < least;
        assert_true((double)got[0] >= least - 1 && got[0] >= without[0]);
        if ((double)without[0] >= least)
            assert_int_equal(got[0], without[0]);
        else
            assert_near((double)got[0], active(&question) > 1 ? least : BP, 0, 1);
        // what the others have above the floor keeps its proportions
        for (size_t i = 1; i < question.experiment.narms; i++) {
            double room =
                (double)(BP - without[0]) -
                (double)allocation->floor_bp * (double)(active(&question) - 1);
            double left = (double)(BP - got[0]) - (double)allocation->floor_bp *
                                                      (double)(active(&question) - 1);

            if (question.is_active[i] && room > 0)
                assert_near((double)(got[i] - allocation->floor_bp),
                            (double)(without[i] - allocation->floor_bp) * left / room,
                            0, 4);
        }
    }
    assert_true(on_trial > CASES / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_page),
        cmocka_unit_test(a_fixed_split_is_even_and_its_remainder_goes_to_earlier_arms),
        cmocka_unit_test(control_alone_has_everything),
        cmocka_unit_test(weights_sum_to_10000_and_keep_the_floor),
        cmocka_unit_test(no_weight_moves_further_than_the_ramp_but_by_a_kill),
        cmocka_unit_test(small_moves_are_left_out_and_others_are_made_in_full),
        cmocka_unit_test(a_kept_weight_is_the_same_integer),
        cmocka_unit_test(an_arm_below_the_floor_ends_the_hysteresis),
        cmocka_unit_test(burn_in_ends_when_the_last_active_arm_has_its_units),
        cmocka_unit_test(challengers_in_another_order_get_the_same_weights),
        cmocka_unit_test(a_likelier_best_arm_never_has_less),
        cmocka_unit_test(a_stopped_arm_gives_its_share_up_at_once_in_proportion),
        cmocka_unit_test(control_keeps_its_share_while_a_challenger_is_on_trial),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
