/* Charts of the history: weights as they are kept, P(best) judged again; gaps, shades,
 * many arms, many days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bandit/bandit.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { DAY1 = 20000 };

static struct arena arena;
static struct experiment experiment;
static struct history_experiment history;
static struct trial trial;

static const char *const names[] = {"control", "b",   "c",   "a3",  "a4",  "a5",  "a6",
                                    "a7",      "a8",  "a9",  "a10", "a11", "a12", "a13",
                                    "a14",     "a15", "a16", "a17", "a18", "a19"};

static void begin(size_t narms)
{
    experiment_defaults("cta", names, narms, &experiment);
    history = (struct history_experiment){.experiment = &experiment,
                                          .evidence = {.narms = narms}};
    trial = (struct trial){.experiment = &experiment,
                           .history = &history,
                           .facts = json_object(),
                           .judging = {.experiment = &experiment,
                                       .evidence = &history.evidence,
                                       .arena = &arena}};
    standing_begin(&experiment, DAY1, &trial.standing);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    begin(2);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(trial.facts);
    trial.facts = NULL;
    arena_release(&arena);
    return 0;
}

/* A mature day: units and conversions by arm, weights in force in bp, -1 not known. */
static struct evidence_day *put(int32_t day, const int64_t units[],
                                const int64_t conversions[], const int64_t weight_bp[])
{
    struct evidence_day *row = evidence_put(&history.evidence, day, &arena);

    row->is_mature = true;
    for (size_t a = 0; a < experiment.narms; a++) {
        row->at_once[a] =
            (struct arm_at_once){.exposed = units[a],
                                 .weight_x10000 =
                                     weight_bp[a] < 0 ? -1 : weight_bp[a] * BP};
        row->mature[a].units = units[a];
        row->mature[a].conversions = conversions[a];
    }
    return row;
}

/* As show does: taken up where the state left it, looked at, drawn. */
static struct report draw(int32_t through)
{
    struct occasion occasion = {.as_of = through, .skipped = 1U << ITEM_DOCS_PARITY};
    struct report report = {.through = through};

    trial.standing.as_of = through;
    judge_resume(&trial.judging, through, through, &trial.standing);
    judge_look(&trial.judging, &occasion, &trial.standing, &trial.judged);
    bandit_charts(&trial, 1, &arena, &report);
    return report;
}

static const int64_t unknown[ARMS_MAX] = {-1, -1, -1};

static void weights_are_stacked_in_per_cent_and_unknown_ones_a_gap(void **state)
{
    const int64_t units[ARMS_MAX] = {100, 100}, conversions[ARMS_MAX] = {5, 7};
    struct report report;
    const struct chart *chart;

    (void)state;
    (void)put(DAY1, units, conversions, unknown);
    put(DAY1 + 1, units, conversions, (int64_t[ARMS_MAX]){5000, 5000});
    // a mean over a day on which they changed: 29.747899 % and 70.252101 %
    put(DAY1 + 3, units, conversions, (int64_t[ARMS_MAX]){0, 0});
    history.evidence.day[2].at_once[0].weight_x10000 = 29747899;
    history.evidence.day[2].at_once[1].weight_x10000 = 70252101;
    report = draw(DAY1 + 3);
    assert_int_equal(report.ncharts, 2);
    chart = &report.charts[0];
    assert_string_equal(chart->id, "bandit/weights/cta");
    assert_string_equal(chart->title, "cta: weights in force");
    assert_string_equal(chart->unit, "%");
    assert_int_equal(chart->kind, CHART_STACK);
    assert_int_equal(chart->npoints, 4);
    assert_string_equal(chart->x[3], day_text(DAY1 + 3).text);
    assert_int_equal(chart->nseries, 2);
    assert_string_equal(chart->series[1].name, "b");
    assert_null(chart->series[0].value[0]);
    assert_string_equal(chart->series[0].value[1], "50.00");
    assert_null(chart->series[1].value[2]); // no row
    assert_string_equal(chart->series[0].value[3], "29.75");
    assert_string_equal(chart->series[1].value[3], "70.25");
}

/* The page's oracles: 5/100 against 7/100; and three days, compared within days. */
static void p_best_is_of_the_evidence_through_the_day(void **state)
{
    struct report report;
    const struct chart *chart;

    (void)state;
    put(DAY1, (int64_t[ARMS_MAX]){100, 100}, (int64_t[ARMS_MAX]){5, 7}, unknown);
    report = draw(DAY1);
    assert_int_equal(report.ncharts, 1); // no weight is known: nothing is stacked
    assert_string_equal(report.charts[0].id, "bandit/p_best/cta");
    assert_string_equal(report.charts[0].series[0].value[0], "0.2840");
    assert_string_equal(report.charts[0].series[1].value[0], "0.7160");
    json_decref(trial.facts);
    begin(2);
    put(DAY1, (int64_t[ARMS_MAX]){100, 100}, (int64_t[ARMS_MAX]){5, 9}, unknown);
    put(DAY1 + 1, (int64_t[ARMS_MAX]){60, 140}, (int64_t[ARMS_MAX]){4, 12}, unknown);
    put(DAY1 + 3, (int64_t[ARMS_MAX]){50, 150}, (int64_t[ARMS_MAX]){3, 15}, unknown);
    report = draw(DAY1 + 4);
    chart = &report.charts[0];
    assert_int_equal(chart->kind, CHART_LINE);
    assert_string_equal(chart->unit, "");
    assert_string_equal(chart->limit, "0.95");
    assert_string_equal(chart->series[1].value[3], "0.9128");
    assert_null(chart->series[1].value[2]);
    assert_null(chart->series[1].value[4]); // not mature
}

static void an_arm_that_is_out_has_no_p_best(void **state)
{
    struct report report;

    (void)state;
    json_decref(trial.facts);
    begin(3);
    experiment.arm[2].is_killed = true;
    put(DAY1, (int64_t[ARMS_MAX]){100, 100, 0}, (int64_t[ARMS_MAX]){5, 7, 0},
        (int64_t[ARMS_MAX]){5000, 5000, 0});
    report = draw(DAY1);
    assert_string_equal(report.charts[0].series[2].value[0], "0.00");
    assert_string_equal(report.charts[1].series[1].value[0], "0.7160");
    assert_null(report.charts[1].series[2].value[0]);
}

/* An exposure of an unknown arm on the second day, no row of the fourth and fifth. */
static void days_of_the_phase_that_were_not_used_are_shaded(void **state)
{
    const int64_t units[ARMS_MAX] = {100, 100}, conversions[ARMS_MAX] = {5, 7},
                  even[ARMS_MAX] = {5000, 5000};
    struct report report;
    const struct chart *chart;

    (void)state;
    put(DAY1, units, conversions, even);
    put(DAY1 + 1, units, conversions, even)->unknown = 1;
    put(DAY1 + 2, units, conversions, even);
    put(DAY1 + 5, units, conversions, even);
    report = draw(DAY1 + 5);
    for (size_t c = 0; c < report.ncharts; c++) {
        chart = &report.charts[c];
        assert_int_equal(chart->nepisodes, 2);
        assert_string_equal(chart->episode[0].from, day_text(DAY1 + 1).text);
        assert_string_equal(chart->episode[0].to, day_text(DAY1 + 1).text);
        assert_string_equal(chart->episode[1].from, day_text(DAY1 + 3).text);
        assert_string_equal(chart->episode[1].to, day_text(DAY1 + 4).text);
        assert_int_equal(chart->episode[1].severity, SEVERITY_WARN);
    }
    assert_null(report.charts[1].series[0].value[1]);
}

static void an_earlier_phase_has_weights_and_a_mark_where_it_ends(void **state)
{
    const int64_t units[ARMS_MAX] = {100, 100}, conversions[ARMS_MAX] = {5, 7},
                  even[ARMS_MAX] = {5000, 5000};
    struct report report;

    (void)state;
    for (int32_t day = DAY1; day < DAY1 + 6; day++)
        put(day, units, conversions, even);
    trial.standing.start = DAY1 + 4;
    report = draw(DAY1 + 5);
    assert_string_equal(report.charts[0].series[0].value[0], "50.00");
    assert_null(report.charts[1].series[0].value[3]);
    assert_string_equal(report.charts[1].series[1].value[4], "0.7160");
    assert_int_equal(report.charts[0].nepisodes, 0);
    assert_int_equal(report.charts[0].nmarks, 1);
    assert_string_equal(report.charts[0].mark[0].x, day_text(DAY1 + 4).text);
    assert_string_equal(report.charts[0].mark[0].text, "phase begins");
}

/* 20 arms: control, the 10 largest of the others (a10 to a19), and 9 in one. */
static void small_arms_of_many_are_one_series_that_adds_up(void **state)
{
    const int64_t nobody[ARMS_MAX] = {0};
    int64_t units[ARMS_MAX], conversions[ARMS_MAX], weight[ARMS_MAX];
    int64_t none[ARMS_MAX];
    struct report report;
    double sum[2] = {0};

    (void)state;
    json_decref(trial.facts);
    begin(20);
    for (int a = 0; a < 20; a++) {
        units[a] = 100;
        conversions[a] = 5;
        none[a] = -1;
        weight[a] = a == 0 ? 190 : a < 10 ? 90 : 900;
        trial.standing.weight_bp[a] = weight[a];
    }
    put(DAY1, nobody, nobody, weight); // weights alone; then counts alone
    put(DAY1 + 1, units, conversions, none);
    report = draw(DAY1 + 1);
    for (int c = 0; c < 2; c++) {
        const struct chart *chart = &report.charts[c];

        assert_int_equal(chart->nseries, 12);
        assert_string_equal(chart->series[0].name, "control");
        assert_string_equal(chart->series[1].name, "a10");
        assert_string_equal(chart->series[10].name, "a19");
        assert_string_equal(chart->series[11].name, "9 others");
        for (size_t s = 0; s < 12; s++)
            sum[c] += strtod(chart->series[s].value[c], NULL);
    }
    assert_string_equal(report.charts[0].series[11].value[0], "8.10");
    assert_string_equal(report.charts[1].series[11].value[1],
                        "0.4500"); // 9 of 20 alike
    assert_true(sum[0] > 99.99 && sum[0] < 100.01);
    assert_true(sum[1] > .9999 && sum[1] < 1.0001);
}

static void twelve_arms_have_a_series_each(void **state)
{
    int64_t units[ARMS_MAX] = {0}, weight[ARMS_MAX] = {0};
    struct report report;

    (void)state;
    json_decref(trial.facts);
    begin(12);
    put(DAY1, units, units, weight);
    report = draw(DAY1);
    assert_int_equal(report.charts[0].nseries, 12);
    assert_string_equal(report.charts[0].series[11].name, "a11");
}

static void the_newest_400_days_are_drawn(void **state)
{
    const int64_t units[ARMS_MAX] = {100, 100}, conversions[ARMS_MAX] = {5, 7},
                  even[ARMS_MAX] = {5000, 5000};
    struct report report;

    (void)state;
    put(DAY1, units, conversions, even);
    put(DAY1 + 450, units, conversions, even);
    report = draw(DAY1 + 450);
    assert_int_equal(report.charts[0].npoints, 400);
    assert_string_equal(report.charts[0].x[0], day_text(DAY1 + 51).text);
    assert_string_equal(report.charts[0].series[0].value[399], "50.00");
}

static void without_a_history_or_a_decision_there_is_no_chart(void **state)
{
    const int64_t units[ARMS_MAX] = {100, 100}, conversions[ARMS_MAX] = {5, 7},
                  even[ARMS_MAX] = {5000, 5000};

    (void)state;
    assert_int_equal(draw(DAY1).ncharts, 0);
    put(DAY1, units, conversions, even);
    json_decref(trial.facts);
    trial.facts = NULL;
    assert_int_equal(draw(DAY1).ncharts, 0);
}

/* Of 14 experiments the last, which is frozen, comes first; 12 are drawn. */
static void what_is_frozen_comes_first_and_12_experiments_are_drawn(void **state)
{
    const int64_t units[ARMS_MAX] = {100, 100}, conversions[ARMS_MAX] = {5, 7},
                  even[ARMS_MAX] = {5000, 5000};
    struct trial many[14];
    struct experiment own[14];
    struct report report = {.through = DAY1};

    (void)state;
    put(DAY1, units, conversions, even);
    for (int i = 0; i < 14; i++) {
        many[i] = trial;
        own[i] = experiment;
        own[i].id = str_format(&arena, "e%02d", i);
        many[i].experiment = &own[i];
    }
    many[13].standing.freeze = FREEZE_SOURCE;
    bandit_charts(many, 14, &arena, &report);
    assert_int_equal(report.ncharts, 12); // weights alone: nothing was looked at
    assert_string_equal(report.charts[0].id, "bandit/weights/e13");
    assert_string_equal(report.charts[1].id, "bandit/weights/e00");
    assert_string_equal(report.charts[11].id, "bandit/weights/e10");
}

#define TRIAL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIAL_TEST(weights_are_stacked_in_per_cent_and_unknown_ones_a_gap),
        TRIAL_TEST(p_best_is_of_the_evidence_through_the_day),
        TRIAL_TEST(an_arm_that_is_out_has_no_p_best),
        TRIAL_TEST(days_of_the_phase_that_were_not_used_are_shaded),
        TRIAL_TEST(an_earlier_phase_has_weights_and_a_mark_where_it_ends),
        TRIAL_TEST(small_arms_of_many_are_one_series_that_adds_up),
        TRIAL_TEST(twelve_arms_have_a_series_each),
        TRIAL_TEST(the_newest_400_days_are_drawn),
        TRIAL_TEST(without_a_history_or_a_decision_there_is_no_chart),
        TRIAL_TEST(what_is_frozen_comes_first_and_12_experiments_are_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
