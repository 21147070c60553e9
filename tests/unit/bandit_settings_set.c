/* --set: keys of an experiment from the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "bandit/settings.h"

#include "shared/banned.h"

static struct experiment two_arms(void)
{
    static const char *const names[] = {"control", "b"};
    struct experiment experiment;

    experiment_defaults("x", names, 2, &experiment);
    return experiment;
}

static void keys_are_set_from_the_command_line(void **state)
{
    static const char *const assignments[] = {
        "allocation=fixed", "method=draws",
        "draws=5000",       "floor_bp=0",
        "ramp_bp=10000",    "confirm_bp=0",
        "confirm_p=.75",    "hysteresis_bp=5",
        "burn_in=10",       "discount_halflife_days=14.5",
        "prior=2,.5",       "promotion.rule=essay",
        "streak_days=6",    "promotion.winner_sessions=30",
        "min_days=1",       "srm_p=1e-5",
        "p_best=.9",        "promotion.e_value=10",
    };
    struct experiment set = two_arms();
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof assignments / sizeof *assignments; i++)
        if (!experiment_set(&set, assignments[i], &err))
            fail_msg("%s", err.text);
    assert_true(set.allocation.is_fixed && set.allocation.is_drawn);
    assert_int_equal(set.allocation.draws, 5000);
    assert_int_equal(set.allocation.floor_bp, 0);
    assert_int_equal(set.allocation.ramp_bp, 10000);
    assert_int_equal(set.allocation.confirm_bp, 0);
    assert_true(set.allocation.confirm_p == .75);
    assert_int_equal(set.allocation.hysteresis_bp, 5);
    assert_int_equal(set.allocation.burn_in, 10);
    assert_true(set.halflife_days == 14.5);
    assert_true(set.prior_a == 2 && set.prior_b == .5);
    assert_int_equal(set.promotion.rule, RULE_ESSAY);
    assert_int_equal(set.promotion.streak_days, 6);
    assert_int_equal(set.promotion.winner_sessions, 30);
    assert_int_equal(set.promotion.min_days, 1);
    assert_true(set.promotion.srm_p == 1e-5);
    assert_true(set.promotion.p_best == .9);
    assert_true(set.promotion.e_value == 10);
    assert_true(experiment_set(&set, "discount_halflife_days=null", &err));
    assert_true(set.halflife_days == 0);
    assert_true(experiment_set(&set, "allocation=thompson", &err));
    assert_false(set.allocation.is_fixed);
}

static void what_cannot_be_set_is_refused_and_changes_nothing(void **state)
{
    static const struct {
        const char *assignment, *message;
    } faults[] = {
        {"floor_bp", "--set 'floor_bp' is not KEY=VALUE"},
        {"flor_bp=1", "--set does not know 'flor_bp'; did you mean 'floor_bp'"},
        {"=1", "--set does not know ''"},
        {"kill=b", "--set does not know 'kill'"},
        {"promotion.draws=1000",
         "--set does not know 'promotion.draws'; did you mean 'promotion.rule'"},
        {"floor_bp=5001", "--set floor_bp: is 5001, allowed 0 to 5000"},
        {"floor_bp=5000",
         "--set floor_bp: is 5000, which leaves the 2 arms of 'x' nothing to move; at most 4999"},
        {"floor_bp=", "--set floor_bp: is a string, expected an integer"},
        {"floor_bp=1,\"ramp_bp\":1",
         "--set floor_bp: is a string, expected an integer"},
        {"floor_bp=1.5",
         "--set floor_bp: is a number with a decimal point, expected an integer"},
        {"p_best=1.5", "--set promotion.p_best: is 1.5, allowed 0.5 to 0.9999"},
        {"p_best=nan", "--set promotion.p_best: is a string, expected a number"},
        {"prior=1", "--set prior: is an integer, expected an array"},
        {"prior=1,0", "--set prior: is 0, allowed 0.001 to 1000000"},
        {"prior=1,2,3", "--set prior: is a string, expected an array"},
        {"method=a/b: c", "--set method: 'a/b: c' is not known; one of: exact, draws"},
        {"draws=99999999999999999999", "--set draws: a number out of range"},
    };
    struct experiment set = two_arms();
    const struct experiment before = set;

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct err err = {0};

        assert_false(experiment_set(&set, faults[i].assignment, &err));
        assert_string_equal(err.text, faults[i].message);
    }
    assert_memory_equal(&set, &before, sizeof set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_set_from_the_command_line),
        cmocka_unit_test(what_cannot_be_set_is_refused_and_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
