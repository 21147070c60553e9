/* The bandit's tables, from facts after the example of the page (docs/state.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bandit/bandit.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;
static struct experiment experiment;
static struct trial trial;

static int set_up(void **state)
{
    static const char *const names[] = {"control", "b", "c"};

    (void)state;
    arena_init(&arena, 64 * MIB);
    experiment_defaults("cta", names, 3, &experiment);
    experiment.log = "experiments/cta.md";
    trial = (struct trial){.experiment = &experiment};
    for (int i = 0; i < ITEM_COUNT; i++)
        trial.judged.promotion.item[i] = (struct item){.is_asked = true, .limit = "L"};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(trial.facts);
    arena_release(&arena);
    return 0;
}

#define ARMS        "\"arms\": [\"control\", \"b\", \"c\"]"
#define WEIGHTS     "\"weights_bp\": [1386, 7148, 1466]"
#define DATA_OK     "\"data\": \"ok\""
#define LEADER(arm) "\"recommendation\": \"" arm "\""
#define NOT_YET \
    "\"promotion\": {\"eligible\": false, \"missing\": [\"docs_parity\", \"p_best\"]}"
#define NUMBERS                                                              \
    "\"conversions\": [206, 566, 112], \"e_value_x100\": [0, 412, 88], "     \
    "\"evidence_through\": \"2026-11-19\", \"floor_bp\": 500, \"lift_bp\": " \
    "[[0, 0, 0], [-412, 1441, 3680], [-2310, 154, 3290]], \"p_best_bp\": "   \
    "[1042, 7821, 1137], \"srm_p\": \"4e-1\", \"start\": \"2026-11-01\", "   \
    "\"streak\": 6, \"units\": [4120, 9870, 2210]"

static struct report tabulate(const char *facts)
{
    struct report report = {0};

    trial.facts = json_loads(facts, 0, NULL);
    assert_non_null(trial.facts);
    bandit_tables(&trial, 1, &arena, &report);
    return report;
}

static const char *row(const struct table *table, size_t at)
{
    struct buf out;

    assert_true(at < table->nrows);
    buf_init(&out, &arena, 4096);
    for (size_t c = 0; c < table->ncolumns; c++)
        buf_printf(&out, "%s%s", c > 0 ? "|" : "",
                   table->cell[at * table->ncolumns + c]);
    return out.at;
}

static void arms_have_weight_chance_counts_and_lift(void **state)
{
    struct report report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK
                                    "," LEADER("b") "," NOT_YET "," NUMBERS "}");
    const struct table *table = &report.tables[0];

    (void)state;
    assert_int_equal(report.ntables, 2);
    assert_string_equal(table->title, "cta, keep running");
    assert_string_equal(table->column[3].name, "sessions");
    assert_string_equal(table->column[4].name, "conversions");
    assert_int_equal(table->nrows, 3);
    assert_string_equal(row(table, 0), "control|13.86 %|0.1042|4120|206|");
    assert_string_equal(row(table, 1),
                        "b|71.48 %|0.7821|9870|566|+14.4 % (-4.1 to +36.8)");
    assert_string_equal(row(table, 2),
                        "c|14.66 %|0.1137|2210|112|+1.5 % (-23.1 to +32.9)");
}

static void the_checklist_goes_on_with_the_section(void **state)
{
    struct report report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK
                                    "," LEADER("b") "," NOT_YET "," NUMBERS "}");
    const struct table *table = &report.tables[1];

    (void)state;
    assert_string_equal(table->title, "");
    assert_int_equal(table->nrows, ITEM_COUNT);
    assert_string_equal(row(table, ITEM_RUNTIME_WIRING),
                        "runtime_wiring|pass|each arm gets its share of traffic");
    assert_string_equal(row(table, ITEM_SIGNAL),
                        "signal|pass|6 days, 9870 units; at least L");
    assert_string_equal(row(table, ITEM_DOCS_PARITY),
                        "docs_parity|missing|experiments/cta.md lacks a line, or one "
                        "does not fit");
    assert_string_equal(
        row(table, ITEM_MIN_DAYS),
        "min_days|pass|2026-11-01 to 2026-11-19; at least L days of evidence");
    assert_string_equal(row(table, ITEM_SRM), "srm|pass|p 4e-1; at least L");
    assert_string_equal(row(table, ITEM_P_BEST), "p_best|missing|0.7821; at least L");
    assert_string_equal(row(table, ITEM_E_VALUE), "e_value|pass|4.12; at least L");
    assert_string_equal(row(table, ITEM_FLOOR), "floor|pass|500 bp; at least L");
}

/* .7821 is below .95: nothing else lets the item pass. */
static void a_tie_is_said(void **state)
{
    struct report report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK "," LEADER(
        "b") "," NUMBERS
             ", \"promotion\": {\"eligible\": false, \"missing\": [\"floor\"]}}");

    (void)state;
    assert_string_equal(
        row(&report.tables[1], ITEM_P_BEST),
        "p_best|pass|0.7821; at least L; another challenger is as good");
}

static void what_is_decided_is_in_the_title(void **state)
{
    struct report report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK "," LEADER(
        "b") "," NUMBERS ", \"promotion\": {\"eligible\": true, \"missing\": []}}");

    (void)state;
    assert_string_equal(report.tables[0].title, "cta, promote b");
}

static void a_freeze_is_in_the_title(void **state)
{
    struct report report = tabulate("{" ARMS "," WEIGHTS "," LEADER(
        "b") "," NUMBERS "," NOT_YET
             ", \"data\": \"frozen: no exposures since 2026-11-18\"}");

    (void)state;
    assert_string_equal(report.tables[0].title,
                        "cta, frozen: no exposures since 2026-11-18");
}

static void while_control_leads_there_is_no_checklist(void **state)
{
    struct report report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK "," LEADER(
        "control") "," NUMBERS ", \"promotion\": {\"eligible\": false, \"missing\": "
                   "[\"winner_is_control\"]}}");

    (void)state;
    assert_int_equal(report.ntables, 1);
    assert_string_equal(report.tables[0].title, "cta, keep running, control leads");
}

static void a_new_phase_has_no_checklist_yet(void **state)
{
    struct report report;

    (void)state;
    trial.new_phase = 20000; // 2024-10-04
    report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK "," LEADER("b") "," NUMBERS
                                                                       "," NOT_YET "}");
    assert_int_equal(report.ntables, 1);
    assert_string_equal(report.tables[0].title, "cta, new phase from 2024-10-04");
}

static void an_arm_that_is_out_has_no_chance_and_no_lift(void **state)
{
    struct report report = tabulate("{" ARMS "," DATA_OK "," LEADER(
        "b") "," NOT_YET
             ", \"weights_bp\": [2000, 8000, 0], \"p_best_bp\": [1000, 9000, 0], "
             "\"lift_bp\": [[0, 0, 0], [1, 2, 3], [0, 0, 0]], "
             "\"units\": [10, 20, 30], \"conversions\": [1, 2, 3]}");

    (void)state;
    assert_string_equal(row(&report.tables[0], 2), "c|0.00 %||30|3|");
}

static void without_evidence_the_numbers_are_left_out(void **state)
{
    struct report report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK "," LEADER(
        "b") "," NOT_YET ", \"start\": \"2026-11-01\", \"units\": [0, 0, 0], "
             "\"streak\": 0, \"srm_p\": \"1e0\", \"floor_bp\": 500}");

    (void)state;
    assert_string_equal(row(&report.tables[0], 0), "control|13.86 %||0||");
    assert_string_equal(row(&report.tables[1], ITEM_MIN_DAYS),
                        "min_days|pass|2026-11-01 to none; at least L days of "
                        "evidence");
    assert_string_equal(row(&report.tables[1], ITEM_P_BEST),
                        "p_best|missing|none; at least L");
}

static void a_reward_that_is_a_number_has_its_mean(void **state)
{
    struct report report;

    (void)state;
    experiment.reward = (struct reward){.type = REWARD_RATING, .min = 1, .max = 5};
    experiment.is_per_user = true;
    report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK "," LEADER(
        "b") "," NOT_YET "," NUMBERS ", \"mean_x10000\": [41234, 40000, 39990]}");
    assert_string_equal(report.tables[0].column[3].name, "users");
    assert_string_equal(report.tables[0].column[4].name, "mean");
    assert_string_equal(row(&report.tables[0], 0),
                        "control|13.86 %|0.1042|4120|4.1234|");
}

/* Its three items, and what it lets through. */
static void the_essays_rule_says_its_rates(void **state)
{
    struct report report;

    (void)state;
    experiment.promotion.rule = RULE_ESSAY;
    for (int i = ITEM_MIN_DAYS; i < ITEM_COUNT; i++)
        trial.judged.promotion.item[i].is_asked = false;
    report = tabulate("{" ARMS "," WEIGHTS "," DATA_OK "," LEADER("b") "," NOT_YET
                                                                       "," NUMBERS "}");
    assert_int_equal(report.tables[1].nrows, 4);
    assert_string_equal(row(&report.tables[1], 3),
                        "rule|essay|promotes a challenger equal to control in 50 % of "
                        "experiments (3 arms 67 %, 4 arms 75 %)");
}

static void an_experiment_that_was_never_judged_has_no_table(void **state)
{
    struct report report = {0};

    (void)state;
    bandit_tables(&trial, 1, &arena, &report);
    assert_int_equal(report.ntables, 0);
}

#define TRIAL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIAL_TEST(arms_have_weight_chance_counts_and_lift),
        TRIAL_TEST(the_checklist_goes_on_with_the_section),
        TRIAL_TEST(a_tie_is_said),
        TRIAL_TEST(what_is_decided_is_in_the_title),
        TRIAL_TEST(a_freeze_is_in_the_title),
        TRIAL_TEST(while_control_leads_there_is_no_checklist),
        TRIAL_TEST(a_new_phase_has_no_checklist_yet),
        TRIAL_TEST(an_arm_that_is_out_has_no_chance_and_no_lift),
        TRIAL_TEST(without_evidence_the_numbers_are_left_out),
        TRIAL_TEST(a_reward_that_is_a_number_has_its_mean),
        TRIAL_TEST(the_essays_rule_says_its_rates),
        TRIAL_TEST(an_experiment_that_was_never_judged_has_no_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
