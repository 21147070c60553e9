/* One day's judgement: when nothing may move, what moves it, and the checklist.
 * Expected values are the page's rules, worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bandit/collect.h"
#include "bandit/judge.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { DAY1 = 20000 };

static struct arena arena;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* An experiment with its evidence and standing. */
struct trial {
    struct experiment experiment;
    struct evidence evidence;
    struct standing standing;
    struct judging judging;
    struct judged judged;
    const char *trouble;
    uint32_t skipped;
};

static struct trial *trial_of(size_t narms)
{
    static const char *const names[] = {"control", "b", "c", "d"};
    struct trial *trial = arena_new(&arena, struct trial, 1);

    experiment_defaults("cta", names, narms, &trial->experiment);
    trial->evidence.narms = narms;
    trial->judging = (struct judging){.experiment = &trial->experiment,
                                      .evidence = &trial->evidence,
                                      .arena = &arena};
    trial->skipped = 1U << ITEM_DOCS_PARITY;
    standing_begin(&trial->experiment, DAY1, &trial->standing);
    return trial;
}

/* A day of `n` units an arm, mature at once, served by the weights in force. */
static struct evidence_day *put(struct trial *trial, int32_t day, int64_t n,
                                const int64_t conversions[])
{
    struct evidence_day *row = evidence_put(&trial->evidence, day, &arena);
    struct arms_day arms = {.day = day};

    row->is_mature = true;
    for (size_t a = 0; a < trial->experiment.narms; a++) {
        arms.exposed[a] = n * trial->standing.weight_bp[a] / 5000;
        row->at_once[a].exposed = arms.exposed[a];
        row->mature[a].units = arms.exposed[a];
        row->mature[a].conversions = conversions[a] * arms.exposed[a] / n;
    }
    judge_in_force(&trial->experiment, &trial->evidence, &trial->standing, &arms, row);
    return row;
}

static void judge_at(struct trial *trial, int32_t day)
{
    struct occasion occasion = {.as_of = day,
                                .evidence_through = day,
                                .trouble = trial->trouble,
                                .decides = true,
                                .skipped = trial->skipped};

    judge_day(&trial->judging, &occasion, &trial->standing, &trial->judged);
}

static int64_t sum(const int64_t *of, size_t n)
{
    int64_t total = 0;

    for (size_t i = 0; i < n; i++)
        total += of[i];
    return total;
}

static const int64_t better[ARMS_MAX] = {50, 90};

static void a_phase_starts_at_the_equal_split_of_version_1(void **state)
{
    struct trial *trial = trial_of(3);

    (void)state;
    (void)put(trial, DAY1, 10, (int64_t[ARMS_MAX]){0});
    judge_at(trial, DAY1);
    assert_int_equal(trial->standing.version, 1);
    assert_int_equal(trial->standing.weight_bp[0], 3334);
    assert_int_equal(trial->standing.weight_bp[1], 3333);
    assert_int_equal(sum(trial->standing.weight_bp, 3), BP);
}

static void weights_move_toward_the_better_arm_by_the_ramp_at_most(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    (void)put(trial, DAY1, 1000, better);
    judge_at(trial, DAY1);
    assert_true(trial->judged.has_moved);
    // P(best) is near 1; a challenger on trial leaves control 3000; the ramp stops at
    // 5000 + 2000
    assert_int_equal(trial->standing.weight_bp[1], 7000);
    assert_int_equal(trial->standing.recommendation, 1);
    assert_int_equal(trial->standing.streak, 1);
}

static void a_streak_counts_evidence_days(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    for (int32_t d = 0; d < 6; d++) {
        (void)put(trial, DAY1 + d, 1000, better);
        judge_at(trial, DAY1 + d);
        assert_int_equal(trial->standing.streak, d + 1);
    }
    assert_true(trial->judged.promotion.item[ITEM_SIGNAL].passes);
    assert_true(trial->judged.promotion.item[ITEM_P_BEST].passes);
    assert_false(trial->judged.promotion.item[ITEM_MIN_DAYS].passes);
    assert_false(trial->judged.promotion.is_eligible);
}

/* Judges one good day, then a second one that `spoil` made unfit. */
static void assert_frozen(void (*spoil)(struct trial *, struct evidence_day *),
                          enum freeze freeze)
{
    struct trial *trial = trial_of(2);
    struct standing before;
    struct evidence_day *row;

    (void)put(trial, DAY1, 1000, better);
    judge_at(trial, DAY1);
    before = trial->standing;
    row = put(trial, DAY1 + 1, 1000, better);
    spoil(trial, row);
    judge_at(trial, DAY1 + 1);
    assert_int_equal(trial->standing.freeze, freeze);
    assert_int_equal(trial->standing.frozen_since, DAY1 + 1);
    assert_memory_equal(trial->standing.weight_bp, before.weight_bp,
                        sizeof before.weight_bp);
    assert_int_equal(trial->standing.version, before.version);
    assert_int_equal(trial->standing.streak, before.streak);
    assert_int_equal(trial->standing.evidence_through, DAY1);

    trial->trouble = NULL;
    (void)put(trial, DAY1 + 2, 1000, better);
    judge_at(trial, DAY1 + 2);
    if (freeze == FREEZE_SRM) // that ends with a new phase
        return;
    assert_int_equal(trial->standing.freeze, FREEZE_NONE);
    // the bad day's evidence is never used
    assert_int_equal(trial->judged.now.ndays, 2);
    assert_int_equal(trial->standing.streak, 2);
}

static void without_data(struct trial *trial, struct evidence_day *row)
{
    (void)row;
    trial->evidence.n--;
    trial->trouble = "source 'events' is stale";
}

static void without_exposures(struct trial *trial, struct evidence_day *row)
{
    (void)trial;
    memset(row->at_once, 0, sizeof row->at_once);
}

static void with_an_unknown_arm(struct trial *trial, struct evidence_day *row)
{
    (void)trial;
    row->unknown = 1;
}

static void with_units_in_two_arms(struct trial *trial, struct evidence_day *row)
{
    (void)trial;
    row->multi = 21; // of 2021: over 100 bp
}

static void with_other_shares(struct trial *trial, struct evidence_day *row)
{
    (void)trial;
    row->at_once[0].weight_x10000 = row->at_once[1].weight_x10000 = INT64_C(50000000);
    row->at_once[0].exposed = 1100; // chi2 is 20 at 1 degree of freedom: p 8e-6
    row->at_once[1].exposed = 900;
}

static void a_day_that_is_not_fit_freezes_everything(void **state)
{
    (void)state;
    assert_frozen(without_data, FREEZE_SOURCE);
    assert_frozen(without_exposures, FREEZE_NO_EXPOSURES);
    assert_frozen(with_an_unknown_arm, FREEZE_UNKNOWN_ARM);
    assert_frozen(with_units_in_two_arms, FREEZE_MULTI_ARM);
    assert_frozen(with_other_shares, FREEZE_SRM);
}

static void a_kill_takes_all_weight_at_once_even_when_frozen(void **state)
{
    struct trial *trial = trial_of(3);

    (void)state;
    (void)put(trial, DAY1, 1000, (int64_t[ARMS_MAX]){50, 55, 60});
    judge_at(trial, DAY1);
    trial->experiment.arm[2].is_killed = true;
    trial->trouble = "no data";
    judge_at(trial, DAY1 + 1);
    assert_int_equal(trial->standing.weight_bp[2], 0);
    assert_int_equal(sum(trial->standing.weight_bp, 2), BP);
    assert_int_equal(trial->standing.version, 2);
}

static void a_guardrail_stops_an_arm_that_is_surely_worse(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    trial->experiment.nguardrails = trial->evidence.nguardrails = 1;
    trial->experiment.guardrail[0] =
        (struct guardrail){"refunds", "refund", .is_lower_better = true, .margin = .1};
    for (int32_t d = 0; d < 2; d++) {
        struct evidence_day *row = put(trial, DAY1 + d, 1000, better);

        row->mature[0].guardrail[0] = 50;
        row->mature[1].guardrail[0] = d == 0 ? 50 : 300;
        judge_at(trial, DAY1 + d);
        assert_int_equal(trial->standing.is_stopped[1], d == 1);
    }
    assert_int_equal(trial->standing.weight_bp[1], 0);
    assert_true(trial->judged.stopping[0][1] >= .99);
    // it stays stopped though no evidence comes of it any more
    (void)put(trial, DAY1 + 2, 1000, better);
    judge_at(trial, DAY1 + 2);
    assert_int_equal(trial->standing.weight_bp[1], 0);
}

static void fewer_than_100_units_stop_nothing(void **state)
{
    struct trial *trial = trial_of(2);
    struct evidence_day *row;

    (void)state;
    trial->experiment.nguardrails = trial->evidence.nguardrails = 1;
    trial->experiment.guardrail[0] =
        (struct guardrail){"refunds", "refund", .is_lower_better = true, .margin = .1};
    row = put(trial, DAY1, 99, (int64_t[ARMS_MAX]){5, 9});
    row->mature[1].guardrail[0] = 90;
    judge_at(trial, DAY1);
    assert_false(trial->standing.is_stopped[1]);
}

static void days_before_a_guardrail_was_counted_say_nothing_of_it(void **state)
{
    static const int64_t equal[] = {10, 10};
    struct trial *trial = trial_of(2);
    struct evidence_day *row;

    (void)state;
    trial->experiment.nguardrails = trial->evidence.nguardrails = 1;
    trial->experiment.guardrail[0] =
        (struct guardrail){"refunds", "refund", .is_lower_better = true, .margin = .1};
    row = put(trial, DAY1, 1000, equal);
    row->mature[0].guardrail[0] = row->mature[1].guardrail[0] = -1;
    judge_at(trial, DAY1);
    row = put(trial, DAY1 + 1, 99, equal);
    row->mature[1].guardrail[0] = 90;
    judge_at(trial, DAY1 + 1);
    assert_false(trial->standing.is_stopped[1]); // 99 units were counted, not 1099
}

/* ---- what was in force ---- */

static struct evidence_day *in_force(struct trial *trial, const struct arms_day *arms)
{
    struct evidence_day *row = evidence_put(&trial->evidence, arms->day, &arena);

    judge_in_force(&trial->experiment, &trial->evidence, &trial->standing, arms, row);
    return row;
}

static void on_a_day_of_change_shares_are_known_only_by_time_or_tag(void **state)
{
    struct tag_count tags[2] = {{2, {100, 300}}, {3, {40, 160}}};
    struct arms_day arms = {.day = DAY1 + 1,
                            .exposed = {500, 500},
                            .deployed = {100, 300},
                            .tag = tags,
                            .ntags = 2};
    struct trial *trial = trial_of(2);
    struct evidence_day *row;

    (void)state;
    evidence_put(&trial->evidence, DAY1, &arena)->version = 2;
    trial->standing.version = 3;
    memcpy(trial->standing.before_bp, (int64_t[]){5000, 5000}, 2 * sizeof(int64_t));
    memcpy(trial->standing.weight_bp, (int64_t[]){2000, 8000}, 2 * sizeof(int64_t));

    row = in_force(trial, &arms);
    assert_int_equal(row->at_once[0].weight_x10000, -1);
    assert_int_equal(row->version, 3);

    trial->experiment.deploy_minute = 240;
    row = in_force(trial, &arms); // 600 of 1000 came before: .6 * 5000 + .4 * 2000
    assert_int_equal(row->at_once[0].weight_x10000, 3800 * 10000);
    assert_int_equal(row->at_once[1].weight_x10000, 6200 * 10000);

    trial->experiment.version_property = "v";
    row = in_force(trial, &arms); // 400 with tag 2, 200 with tag 3
    assert_int_equal(row->at_once[0].weight_x10000, 4000 * 10000);
    assert_int_equal(row->at_once[0].tagged, 140);
    assert_int_equal(row->at_once[1].tagged, 460);
}

static void on_other_days_the_weights_are_known(void **state)
{
    struct arms_day arms = {.day = DAY1 + 1, .exposed = {500, 500}};
    struct trial *trial = trial_of(2);

    (void)state;
    evidence_put(&trial->evidence, DAY1, &arena)->version = 3;
    trial->standing.version = 3;
    assert_int_equal(in_force(trial, &arms)->at_once[0].weight_x10000, 5000 * 10000);
}

static void before_the_first_decision_nothing_was_in_force(void **state)
{
    struct arms_day arms = {.day = DAY1, .exposed = {500, 500}};
    struct trial *trial = trial_of(2);

    (void)state;
    assert_int_equal(in_force(trial, &arms)->at_once[0].weight_x10000, -1);
    assert_int_equal(in_force(trial, &arms)->version, 0);
}

/* ---- wiring ---- */

static struct wiring wired(struct trial *trial, const int64_t weight_bp[2],
                           const int64_t exposed[2])
{
    struct wiring wiring;
    struct evidence_day *row = evidence_put(&trial->evidence, DAY1 + 1, &arena);

    for (size_t a = 0; a < 2; a++) {
        row->at_once[a].weight_x10000 = weight_bp[a] * BP;
        row->at_once[a].exposed = exposed[a];
    }
    judge_wiring(&trial->experiment, &trial->evidence, row, &wiring);
    return wiring;
}

static void an_arm_due_20_exposures_must_be_seen(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    assert_true(wired(trial, (int64_t[]){9900, 100}, (int64_t[]){2000, 0}).failed &
                1U << WIRING_SEEN);
    assert_false(wired(trial, (int64_t[]){9900, 100}, (int64_t[]){1999, 0}).failed &
                 1U << WIRING_SEEN);
}

static void an_arm_without_weight_may_keep_1_percent_and_all_on_its_first_day(
    void **state)
{
    struct trial *trial = trial_of(2);
    struct evidence_day *yesterday = evidence_put(&trial->evidence, DAY1, &arena);
    const int64_t killed[] = {10000, 0};

    (void)state;
    yesterday->at_once[1].weight_x10000 = 0;
    assert_false(wired(trial, killed, (int64_t[]){990, 10}).failed);
    assert_true(wired(trial, killed, (int64_t[]){980, 20}).failed & 1U << WIRING_ZERO);
    yesterday->at_once[1].weight_x10000 = INT64_C(50000000);
    assert_false(wired(trial, killed, (int64_t[]){980, 20}).failed & 1U << WIRING_ZERO);
}

static void shares_of_one_day_are_wrong_from_p_1e_5_on(void **state)
{
    struct trial *trial = trial_of(2);
    const int64_t even[] = {5000, 5000};

    (void)state;
    // chi2 = (2d)^2 / 1000 with 1 degree of freedom; p is 1e-5 at 19.51
    assert_false(wired(trial, even, (int64_t[]){569, 431}).failed & 1U << WIRING_SHARE);
    assert_true(wired(trial, even, (int64_t[]){571, 429}).failed & 1U << WIRING_SHARE);
}

static void the_tag_must_be_on_95_percent(void **state)
{
    struct trial *trial = trial_of(2);
    struct evidence_day *row = evidence_put(&trial->evidence, DAY1 + 1, &arena);
    const int64_t even[] = {5000, 5000};

    (void)state;
    trial->experiment.version_property = "v";
    row->version = 1;
    row->at_once[0].tagged = row->at_once[1].tagged = 475;
    assert_false(wired(trial, even, (int64_t[]){500, 500}).failed & 1U << WIRING_TAG);
    row->at_once[1].tagged = 474;
    assert_true(wired(trial, even, (int64_t[]){500, 500}).failed & 1U << WIRING_TAG);
}

/* ---- promotion ---- */

static void a_good_arm_passes_every_item_after_14_days(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    trial->experiment.allocation.is_fixed = true; // shares are known on every day
    for (int32_t d = 0; d < 15; d++) {
        (void)put(trial, DAY1 + d, 500, (int64_t[ARMS_MAX]){25, 50});
        judge_at(trial, DAY1 + d);
        assert_int_equal(trial->judged.promotion.is_eligible, d >= 13);
    }
    assert_int_equal(trial->judged.promotion.missing, 0);
}

static void control_is_never_promoted(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    trial->experiment.allocation.is_fixed = true;
    for (int32_t d = 0; d < 15; d++) {
        (void)put(trial, DAY1 + d, 500, (int64_t[ARMS_MAX]){50, 25});
        judge_at(trial, DAY1 + d);
    }
    assert_int_equal(trial->standing.recommendation, 0);
    assert_false(trial->judged.promotion.is_eligible);
}

static void the_essays_rule_asks_for_three_items(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    trial->experiment.promotion.rule = RULE_ESSAY;
    for (int32_t d = 0; d < 5; d++) {
        (void)put(trial, DAY1 + d, 200, (int64_t[ARMS_MAX]){10, 12});
        judge_at(trial, DAY1 + d);
        assert_int_equal(trial->judged.promotion.is_eligible, d == 4);
    }
}

static void a_floor_below_the_least_stops_a_promotion(void **state)
{
    struct trial *trial = trial_of(2);

    (void)state;
    trial->experiment.allocation.floor_bp = 499;
    (void)put(trial, DAY1, 500, better);
    judge_at(trial, DAY1);
    assert_false(trial->judged.promotion.item[ITEM_FLOOR].passes);
}

static void a_standing_taken_up_again_goes_on_as_if_it_had_run_daily(void **state)
{
    struct trial *daily = trial_of(2), *later = trial_of(2);
    struct standing kept = {0};

    (void)state;
    for (int32_t d = 0; d < 4; d++) {
        (void)put(daily, DAY1 + d, 1000, better);
        judge_at(daily, DAY1 + d);
        if (d == 1)
            kept = daily->standing; // the state's facts are as of here
    }
    later->evidence = daily->evidence;
    later->standing = kept;
    judge_resume(&later->judging, DAY1 + 3, DAY1 + 3, &later->standing);
    assert_int_equal(later->standing.streak, daily->standing.streak);
    assert_int_equal(later->standing.evidence_through,
                     daily->standing.evidence_through);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phase_starts_at_the_equal_split_of_version_1),
        cmocka_unit_test(weights_move_toward_the_better_arm_by_the_ramp_at_most),
        cmocka_unit_test(a_streak_counts_evidence_days),
        cmocka_unit_test(a_day_that_is_not_fit_freezes_everything),
        cmocka_unit_test(a_kill_takes_all_weight_at_once_even_when_frozen),
        cmocka_unit_test(a_guardrail_stops_an_arm_that_is_surely_worse),
        cmocka_unit_test(days_before_a_guardrail_was_counted_say_nothing_of_it),
        cmocka_unit_test(fewer_than_100_units_stop_nothing),
        cmocka_unit_test(on_a_day_of_change_shares_are_known_only_by_time_or_tag),
        cmocka_unit_test(on_other_days_the_weights_are_known),
        cmocka_unit_test(before_the_first_decision_nothing_was_in_force),
        cmocka_unit_test(an_arm_due_20_exposures_must_be_seen),
        cmocka_unit_test(
            an_arm_without_weight_may_keep_1_percent_and_all_on_its_first_day),
        cmocka_unit_test(shares_of_one_day_are_wrong_from_p_1e_5_on),
        cmocka_unit_test(the_tag_must_be_on_95_percent),
        cmocka_unit_test(a_good_arm_passes_every_item_after_14_days),
        cmocka_unit_test(control_is_never_promoted),
        cmocka_unit_test(the_essays_rule_asks_for_three_items),
        cmocka_unit_test(a_floor_below_the_least_stops_a_promotion),
        cmocka_unit_test(a_standing_taken_up_again_goes_on_as_if_it_had_run_daily),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
