/*
 * From events to daily counts of arms. What to expect follows from the definitions
 * (spec of sources, section 6; of the bandit, section 2), worked out by hand.
 */
#include "shared/own.h"
#include "tests/unit/bandit_counts.h"

#include "shared/banned.h"

static void the_oracle_of_the_definitions(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    exposed(0, "s1", "A");
    event(3599, "buy", "s1", NULL, "");
    exposed(0, "s2", "A");
    event(3600, "buy", "s2", NULL, "");
    exposed(0, "s3", "A");
    exposed(5, "s3", "B");
    exposed(-1, "s4", "A");
    event(-1, "buy", "s7", NULL, ""); // of no day that is wanted
    event(0, "buy", "s5", NULL, "");
    exposed(10, "s5", "B");
    event(24 * HOUR, "other", "s6", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 2 1 multi 1 unknown 0 | units 2 1 conversions 1 0");
    assert_string_equal(day_said(got, DAY + 1), "exposed 0 0 multi 0 unknown 0 | open");
    assert_int_equal(got->dropped, 1);
    assert_int_equal(got->skipped[SKIP_NO_EXPOSURE], 1);
    assert_null(got->day[0].trouble);
    assert_null(got->day[1].trouble);
    assert_null(got->trouble);
}

static void a_second_arm_after_the_day_drops_the_unit_later(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    exposed(23 * HOUR, "s1", "A");
    exposed(24 * HOUR + 1800, "s1", "B"); // inside [b0 - L, b1 + W)
    exposed(23 * HOUR, "s2", "A");
    exposed(25 * HOUR, "s2", "B"); // at b1 + W
    exposed(24 * HOUR, "s3", "C");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 2 0 multi 0 unknown 0 | units 1 0 conversions 0 0");
    // both have their first exposure the day before
    assert_string_equal(day_said(got, DAY + 1), "exposed 0 0 multi 0 unknown 1 | open");
    assert_int_equal(got->dropped, 1);
}

static void what_was_before_the_start_was_not(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    exposed(-1, "s1", "B");
    exposed(1, "s1", "A");
    event(2, "buy", "s1", NULL, "");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 0 0 multi 0 unknown 0 | units 0 0 conversions 0 0");
    experiment.start = DAY;
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 1 0 multi 0 unknown 0 | units 1 0 conversions 1 0");
    experiment.start = DAY + 9; // nothing yet
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 0 0 multi 0 unknown 0 | units 0 0 conversions 0 0");
}

static void users_are_looked_up_as_many_days_back(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    experiment.is_per_user = true;
    experiment.user_lookback_days = 3;
    lines_begin();
    user_exposed(-3 * 24 * HOUR, "s1", "u1",
                 "A"); // the first moment of three days before
    user_exposed(5, "s2", "u1", "A");
    user_exposed(-3 * 24 * HOUR - 1, "s3", "u2", "B"); // a second earlier: forgotten
    user_exposed(5, "s4", "u2", "A");
    event(6, "buy", "s5", "u2", "");
    user_exposed(7, "s6", NULL, "A");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 1 0 multi 0 unknown 0 | units 1 0 conversions 1 0");
    assert_int_equal(got->skipped[SKIP_NO_UNIT], 1);
}

static void a_session_is_needed_where_it_is_the_unit(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    user_exposed(1, NULL, "u1", "A");
    for (int i = 0; i < 99; i++)
        user_exposed(2, str_format(&test_run, "s%d", i), "u1", "A");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_int_equal(got->skipped[SKIP_NO_UNIT], 1);
    assert_int_equal(got->day[0].exposed[0], 99);
    for (int i = 1; i < 9; i++)
        user_exposed(2 + i, NULL, "u1", "A");
    got = collect(&experiment, DAY, DAY + 1);
    assert_null(got->day[0].trouble); // nine are strays, though more than 1 %
    user_exposed(11, NULL, "u1", "A");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(got->day[0].trouble,
                        "source 'events' is partial on 2026-03-02: 10 of 109 exposures "
                        "lack unit or arm");
    assert_null(got->day[1].trouble);
}

static void arms_are_names_indexes_or_booleans(void **state)
{
    static const char *const arms[] = {"'B'", "1",      "0",   "true",  "false",
                                       "2",   "'none'", "-1",  "''",    "null",
                                       "1.5", "{}",     "'1'", "1e300", "[]"};
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++)
        event(5, "exposure", str_format(&test_run, "s%zu", i), NULL,
              str_format(&test_run, ",'experiment':'cta','arm':%s", arms[i]));
    event(5, "exposure", "s90", NULL, ",'experiment':'cta'");
    event(5, "exposure", "s91", NULL, ",'experiment':'other','arm':'A'");
    event(5, "exposure", "s92", NULL,
          str_format(&test_run, ",'experiment':'cta','arm':'%0513d'", 0));
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    // 'B' 1 true; 0 false; unknown 2 'none' -1 '1'
    assert_string_equal(day_said(got, DAY),
                        "exposed 2 3 multi 0 unknown 4 | units 2 3 conversions 0 0");
    // '' null 1.5 {} 1e300 [], none at all, and one of 513 bytes
    assert_int_equal(got->skipped[SKIP_BAD_ARM], 8);
    experiment = experiment_of(3); // of three arms, true names none, 2 is the last
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(
        day_said(got, DAY),
        "exposed 2 2 1 multi 0 unknown 3 | units 2 2 1 conversions 0 0 0");
    assert_int_equal(got->skipped[SKIP_BAD_ARM], 9);
}

static void a_unit_of_an_unknown_arm_and_a_known_one_is_in_two(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    exposed(1, "s1", "A");
    exposed(2, "s1", "Z");
    exposed(3, "s1", "Z");
    exposed(4, "s2", "Y");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 0 0 multi 1 unknown 2 | units 0 0 conversions 0 0");
}

static void ids_over_512_bytes_are_none(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    exposed(1, str_format(&test_run, "%0512d", 0), "A");
    exposed(1, str_format(&test_run, "%0513d", 0), "A");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_int_equal(got->day[0].exposed[0], 1);
    assert_int_equal(got->skipped[SKIP_NO_UNIT], 1);
}

static void a_window_goes_across_midnight(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    exposed(24 * HOUR - 1, "s1", "A");
    event(25 * HOUR - 2, "buy", "s1", NULL, "");
    exposed(24 * HOUR - 1, "s2", "A");
    event(25 * HOUR - 1, "buy", "s2", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 2 0 multi 0 unknown 0 | units 2 0 conversions 1 0");
}

static void where_and_guardrails_pick_events(void **state)
{
    struct experiment experiment = experiment_of(2);
    OWN(json) plan = json_string("pro");
    OWN(json) tier = json_integer(3);
    struct collected *got;

    (void)state;
    experiment.reward.where[0] = (struct where){"plan", plan};
    experiment.reward.where[1] = (struct where){"/deep/tier", tier};
    experiment.reward.where[2] = (struct where){"new", json_true()};
    experiment.reward.nwhere = 3;
    experiment.guardrail[0] = (struct guardrail){"refund", "refund", true, 0.1};
    experiment.guardrail[1] = (struct guardrail){"bought", "buy", false, 0.1};
    experiment.nguardrails = 2;
    lines_begin();
    for (int i = 0; i < 7; i++)
        exposed(0, str_format(&test_run, "s%d", i), "A");
    event(1, "buy", "s0", NULL, ",'plan':'pro','deep':{'tier':3.0},'new':true");
    event(1, "buy", "s1", NULL, ",'plan':'Pro','deep':{'tier':3},'new':true");
    event(1, "buy", "s2", NULL, ",'plan':'pro','deep':{'tier':'3'},'new':true");
    event(1, "buy", "s3", NULL, ",'plan':'pro','deep':{'tier':3},'new':'true'");
    event(1, "buy", "s4", NULL, ",'plan':'pro','new':true");
    event(2, "refund", "s4", NULL, "");
    event(3, "refund", "s4", NULL, "");
    event(3600, "refund", "s5", NULL, "");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 7 0 multi 0 unknown 0 | units 7 0 conversions 2 0");
    assert_int_equal(got->day[0].mature[0].guardrail[0], 1);
    assert_int_equal(got->day[0].mature[0].guardrail[1], 5); // whatever its plan
}

/* ---- rewards that are numbers, or days off ---- */

static void assert_numbers(const struct collected *got, size_t arm, int64_t units,
                           int64_t sum_x10000, uint64_t sumsq_x1e8)
{
    const struct arm_mature *mature = &got->day[0].mature[arm];

    assert_int_equal(mature->units, units);
    assert_int_equal(mature->sum_x10000, sum_x10000);
    assert_true(mature->sumsq_x1e8 == sumsq_x1e8);
    assert_int_equal(mature->conversions, 0);
}

static void values_are_summed_by_unit(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    experiment.reward = (struct reward){.type = REWARD_VALUE,
                                        .event = "buy",
                                        .property = "revenue",
                                        .is_log1p = true};
    lines_begin();
    exposed(0, "s1", "A");
    event(1, "buy", "s1", NULL, ",'revenue':1.5,'id':'e1'");
    event(2, "buy", "s1", NULL, ",'revenue':'0.5','id':'e2'");
    event(2, "buy", "s1", NULL, ",'revenue':'0.5','id':'e2'"); // twice
    event(9, "buy", "s1", NULL,
          ",'revenue':1.5,'id':'e1'"); // sent again, with its time
    exposed(0, "s2", "A");             // nothing is 0
    exposed(0, "s3", "B");
    event(1, "buy", "s3", NULL, ",'revenue':-3");
    exposed(0, "s4", "B");
    event(1, "buy", "s4", NULL, ",'revenue':'many'");
    event(1, "buy", "s4", NULL, ",'id':'e3'");
    event(2, "buy", "s4", NULL, ",'revenue':1e12");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    // log(3) = 1.09861228866811 (any table): 10986; 10986^2 = 120692196
    assert_numbers(got, 0, 2, 10986, 120692196);
    assert_numbers(got, 1, 1, 0, 0); // s3 has no logarithm
    assert_int_equal(got->skipped[SKIP_DUPLICATE], 2);
    assert_int_equal(got->skipped[SKIP_BAD_VALUE], 4);
    experiment.reward.is_log1p = false;
    got = collect(&experiment, DAY, DAY + 1);
    assert_numbers(got, 0, 2, 20000, 400000000);
    assert_numbers(got, 1, 2, -30000, 900000000);
}

static void the_last_rating_counts(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    experiment.reward = (struct reward){.type = REWARD_RATING,
                                        .event = "rated",
                                        .property = "stars",
                                        .min = 1,
                                        .max = 5};
    lines_begin();
    exposed(0, "s1", "A");
    event(2, "rated", "s1", NULL, ",'stars':4.25");
    event(1, "rated", "s1", NULL, ",'stars':1");
    event(3, "rated", "s1", NULL, ",'stars':6");
    event(3600, "rated", "s1", NULL, ",'stars':5");
    exposed(0, "s2", "A");
    exposed(0, "s3", "B");
    event(1, "rated", "s3", NULL, ",'stars':5");
    event(24 * HOUR, "other", "s9", NULL, "");
    got = collect(&experiment, DAY, DAY + 1);
    assert_numbers(got, 0, 1, 42500, UINT64_C(1806250000));
    assert_numbers(got, 1, 1, 50000, UINT64_C(2500000000));
    assert_int_equal(got->skipped[SKIP_NO_RATING], 1);
    assert_int_equal(got->skipped[SKIP_BAD_VALUE], 1);
    assert_int_equal(got->day[0].exposed[0], 2);
}

static void a_duration_ends_with_the_last_event(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    experiment.reward = (struct reward){.type = REWARD_DURATION};
    experiment.window_hours = 48;
    lines_begin();
    event(5, "page", "s1", NULL, "");
    exposed(10, "s1", "A");
    event(11, "page", "s1", NULL, "");
    event(72.25, "scroll", "s1", NULL, "");
    exposed(10, "s2", "B");
    event(10 + 90000, "page", "s2", NULL, ""); // capped at a day
    exposed(10, "s3", "B");
    event(10 + 48 * HOUR, "page", "s3", NULL, "");
    got = collect(&experiment, DAY, DAY + 2);
    assert_numbers(got, 0, 1, 622500, UINT64_C(387506250000));
    assert_numbers(got, 1, 2, 864000000, UINT64_C(746496000000000000));
    assert_true(got->day[0].is_mature);
    assert_false(got->day[1].is_mature);
}

static void users_return_with_another_session_on_a_later_day(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    experiment.reward = (struct reward){.type = REWARD_RETURN, .within_days = 2};
    experiment.guardrail[0] = (struct guardrail){"error", "error", true, 0.1};
    experiment.nguardrails = 1;
    lines_begin();
    user_exposed(1, "s1", "u1", "A");
    event(20 * HOUR, "page", "s2", "u1", ""); // the same day
    user_exposed(1, "s3", "u2", "A");
    event(26 * HOUR, "page", "s3", "u2", ""); // the same session
    user_exposed(1, "s4", "u3", "A");
    event(71 * HOUR, "page", "s5", "u3", ""); // the last day that counts
    user_exposed(1, "s6", "u4", "A");
    event(72 * HOUR, "page", "s7", "u4", ""); // a day late
    user_exposed(1, "s8", "u5", "B");
    event(26 * HOUR, "page", "s8", "u5", "");
    event(27 * HOUR, "error", "s9", "u5", ""); // another's guardrail
    event(28 * HOUR, "error", "s8", "u5", "");
    event(28 * HOUR, "page", "s10", "u6", "");
    user_exposed(1, "s11", NULL, "B");
    event(72 * HOUR + 1, "other", "s99", "u9", "");
    got = collect(&experiment, DAY, DAY + 2);
    assert_string_equal(day_said(got, DAY),
                        "exposed 4 1 multi 0 unknown 0 | units 4 1 conversions 1 1");
    assert_int_equal(got->day[0].mature[1].guardrail[0], 1);
    assert_int_equal(got->skipped[SKIP_NO_UNIT], 1);
    assert_string_equal(day_said(got, DAY + 1), "exposed 0 0 multi 0 unknown 0 | open");
    experiment.is_per_user = true; // any event will do
    got = collect(&experiment, DAY, DAY + 2);
    assert_string_equal(day_said(got, DAY),
                        "exposed 4 1 multi 0 unknown 0 | units 4 1 conversions 2 1");
}

static void one_more_session_is_enough_beside_the_first(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    experiment.reward = (struct reward){.type = REWARD_RETURN, .within_days = 1};
    lines_begin();
    for (int i = 0; i < 20; i++) {
        char *user = str_format(&test_run, "u%d", i);
        char *first = str_format(&test_run, "s%d", i);

        user_exposed(1, first, user, "A");
        event(25 * HOUR, "page", first, user, "");
        event(26 * HOUR, "page", str_format(&test_run, "t%d", i), user, "");
    }
    got = collect(&experiment, DAY, DAY + 1);
    assert_string_equal(day_said(got, DAY),
                        "exposed 20 0 multi 0 unknown 0 | units 20 0 conversions 20 0");
}

/* ---- days ---- */

static void a_short_day_leaves_a_window_open(void **state)
{
    struct experiment experiment = experiment_of(2);

    (void)state;
    experiment.window_hours = 24;
    assert_int_equal(evidence_through(&experiment, DAY, &test_run), DAY - 1);
    experiment.window_hours = 0;
    assert_int_equal(evidence_through(&experiment, DAY, &test_run), DAY);
    experiment.window_hours = 25;
    assert_int_equal(evidence_through(&experiment, DAY, &test_run), DAY - 2);
    experiment.reward = (struct reward){.type = REWARD_RETURN, .within_days = 7};
    assert_int_equal(evidence_through(&experiment, DAY, &test_run), DAY - 7);
    assert_true(zone_enter("Europe/Berlin", &test_err));
    // 2026-03-29, day 20541, has 23 hours there; 2026-10-25, day 20751, has 25
    experiment = experiment_of(2);
    experiment.window_hours = 24;
    assert_int_equal(evidence_through(&experiment, 20540, &test_run), 20539);
    assert_int_equal(evidence_through(&experiment, 20541, &test_run), 20539);
    assert_int_equal(evidence_through(&experiment, 20542, &test_run), 20541);
    experiment.window_hours = 25;
    assert_int_equal(evidence_through(&experiment, 20751, &test_run), 20750);
    experiment.window_hours = 2160;
    assert_int_equal(evidence_through(&experiment, 20541, &test_run), 20541 - 91);
    assert_true(zone_enter("UTC", &test_err));
}

/* 2026-03-29 in Berlin: from 2026-03-28 23:00 UTC on, 23 hours; deployed at 03:30,
 * which is 01:30 UTC, half an hour after the clock went forward. */
static void days_and_deploy_times_are_local(void **state)
{
    const double start = 27 * 24 * HOUR - HOUR;
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    experiment.deploy_minute = 3 * 60 + 30;
    lines_begin();
    exposed(start - 1, "s0", "A");
    exposed(start, "s1", "A");
    exposed(start + 2.5 * HOUR - 1, "s2", "A");
    exposed(start + 2.5 * HOUR, "s3", "A");
    exposed(start + 23 * HOUR - 1, "s4", "B");
    exposed(start + 23 * HOUR, "s5", "B");
    assert_true(zone_enter("Europe/Berlin", &test_err));
    got = collect(&experiment, 20541, 20542);
    assert_true(zone_enter("UTC", &test_err));
    assert_string_equal(day_said(got, 20541),
                        "exposed 3 1 multi 0 unknown 0 | units 3 1 conversions 0 0");
    assert_int_equal(got->day[0].deployed[0], 1);
    assert_int_equal(got->day[0].deployed[1], 1);
    assert_int_equal(got->day[1].exposed[1], 1);
}

static void tags_are_counted_by_version(void **state)
{
    static const char *const tags[] = {"12", "'12'", "7", "'seven'", "0", "null"};
    struct experiment experiment = experiment_of(2);
    const struct arms_day *day;

    (void)state;
    experiment.version_property = "v";
    lines_begin();
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        event(5, "exposure", str_format(&test_run, "s%zu", i), NULL,
              str_format(&test_run, ",'experiment':'cta','arm':'%s','v':%s",
                         i == 1 ? "B" : "A", tags[i]));
    day = collect(&experiment, DAY, DAY)->day;
    assert_int_equal(day->ntags, 2);
    assert_int_equal(day->tag[0].version, 7);
    assert_int_equal(day->tag[0].exposed[0], 1);
    assert_int_equal(day->tag[1].version, 12);
    assert_int_equal(day->tag[1].exposed[0], 1);
    assert_int_equal(day->tag[1].exposed[1], 1);
    assert_int_equal(day->exposed[0], 5);
    lines_begin();
    for (int i = 0; i < 100; i++)
        event(5, "exposure", str_format(&test_run, "s%d", i), NULL,
              str_format(&test_run, ",'experiment':'cta','arm':'A','v':%d", 1 + i));
    day = collect(&experiment, DAY, DAY)->day;
    assert_int_equal(day->ntags, TAGS_MAX);
    for (size_t i = 1; i < day->ntags; i++)
        assert_true(day->tag[i - 1].version < day->tag[i].version);
}

static void without_history_the_first_exposure_is_the_first_day(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    event(-20 * 24 * HOUR, "page", "s1", NULL, "");
    exposed(-5 * 24 * HOUR, "s1", "A");
    exposed(0, "s2", "B");
    got = collect(&experiment, 0, DAY);
    assert_int_equal(got->from, DAY - 5);
    assert_int_equal(got->ndays, 6);
    assert_string_equal(day_said(got, DAY - 5),
                        "exposed 1 0 multi 0 unknown 0 | units 1 0 conversions 0 0");
    assert_string_equal(got->day[1].trouble,
                        "source 'events' has no event of 2026-02-26");
    assert_null(got->day[5].trouble);
    got = collect(&experiment, 0, DAY + 1);
    assert_string_equal(got->day[6].trouble,
                        "source 'events' is stale: no event of 2026-03-03 or later");
    event(10 * 24 * HOUR, "page", "s3", NULL, "");
    got = collect(&experiment, 0, DAY + 1);
    assert_string_equal(got->day[6].trouble,
                        "source 'events' has no event of 2026-03-03");
    experiment.flag = "nobody's";
    got = collect(&experiment, 0, DAY);
    assert_int_equal(got->from, DAY);
    assert_int_equal(got->ndays, 1);
}

static void too_many_broken_lines_make_a_day_partial(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *got;

    (void)state;
    lines_begin();
    exposed(1, "s1", "A");
    for (int i = 0; i < 10; i++)
        buf_add_text(&test_lines, "no JSON\n");
    got = collect(&experiment, DAY, DAY);
    assert_string_equal(got->day[0].trouble,
                        "source 'events' is partial on 2026-03-02: too many lines are "
                        "broken (1 read, 10 rejected, first at a.jsonl:2: malformed)");
    assert_int_equal(test_problems.n, 1);
    assert_string_equal(test_problems.said[0],
                        "source 'events': 10 lines rejected, first at a.jsonl:2: "
                        "malformed, a.jsonl:3: malformed, a.jsonl:4: malformed");
}

static void a_source_that_cannot_be_read_is_trouble_of_its_experiments(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected wanted = {.experiment = &experiment, .from = DAY, .to = DAY};
    struct inputs *inputs;

    (void)state;
    put("a.jsonl", "[{'time':1}]\n");
    inputs = inputs_of("'type':'jsonl','path':'a.jsonl'", &experiment, 1);
    assert_non_null(inputs);
    assert_true(
        inputs_collect(inputs, &wanted, 1, &test_run, &test_problems, &test_err));
    inputs_close(inputs);
    assert_non_null(wanted.trouble);
    assert_non_null(strstr(wanted.trouble, "'a.jsonl' is not JSON Lines"));
    assert_int_equal(wanted.ndays, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_oracle_of_the_definitions),
        TEST(a_second_arm_after_the_day_drops_the_unit_later),
        TEST(what_was_before_the_start_was_not),
        TEST(users_are_looked_up_as_many_days_back),
        TEST(a_session_is_needed_where_it_is_the_unit),
        TEST(arms_are_names_indexes_or_booleans),
        TEST(a_unit_of_an_unknown_arm_and_a_known_one_is_in_two),
        TEST(ids_over_512_bytes_are_none),
        TEST(a_window_goes_across_midnight),
        TEST(where_and_guardrails_pick_events),
        TEST(values_are_summed_by_unit),
        TEST(the_last_rating_counts),
        TEST(a_duration_ends_with_the_last_event),
        TEST(users_return_with_another_session_on_a_later_day),
        TEST(one_more_session_is_enough_beside_the_first),
        TEST(a_short_day_leaves_a_window_open),
        TEST(days_and_deploy_times_are_local),
        TEST(tags_are_counted_by_version),
        TEST(without_history_the_first_exposure_is_the_first_day),
        TEST(too_many_broken_lines_make_a_day_partial),
        TEST(a_source_that_cannot_be_read_is_trouble_of_its_experiments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
