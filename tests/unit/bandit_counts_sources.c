/*
 * Counts of arms from sources of every kind: the presets' exposures, what is refused,
 * and that neither order, files, mentions nor memory matter. Random events are counted
 * once more by the definitions (spec of sources, section 6), unit after unit.
 */
#include "tests/unit/bandit_counts.h"

#include "shared/banned.h"

/* Sees one exposure of session "s1" to arm "B" on DAY in what was put into a.jsonl. */
static void assert_seen(const char *preset, const struct experiment *experiment)
{
    struct collected *got = collect_from(
        str_format(&test_run, "'type':'jsonl','path':'a.jsonl','preset':'%s'", preset),
        experiment, 1, DAY, DAY + 1);

    assert_string_equal(day_said(got, DAY),
                        "exposed 0 1 multi 0 unknown 0 | units 0 1 conversions 0 1");
}

static void each_preset_has_its_exposures(void **state)
{
    struct experiment experiment = experiment_of(2);

    (void)state;
    put("a.jsonl",
        "{'event':'$feature_flag_called','timestamp':'2026-03-02T00:00:00Z',"
        "'distinct_id':'d','properties':{'$session_id':'s1','$feature_flag':'cta',"
        "'$feature_flag_response':true}}\n"
        "{'event':'buy','timestamp':'2026-03-02T00:00:01Z','distinct_id':'d',"
        "'properties':{'$session_id':'s1'}}\n");
    assert_seen("posthog", &experiment);
    put("a.jsonl",
        "{'type':'track','event':'Experiment Viewed','userId':'d',"
        "'timestamp':'2026-03-02T00:00:00Z','context':{'sessionId':'s1'},"
        "'properties':{'experiment_id':'cta','variation_name':'B'}}\n"
        "{'type':'track','event':'buy','userId':'d','context':{'sessionId':'s1'},"
        "'timestamp':'2026-03-02T00:00:01Z'}\n");
    assert_seen("segment", &experiment);
    experiment.flag = "OPT-cta";
    put("a.jsonl",
        "{'event_name':'experience_impression','event_timestamp':'1772409600000000',"
        "'user_pseudo_id':'d','event_params':[{'key':'ga_session_id','value':"
        "{'int_value':7}},{'key':'exp_variant_string','value':{'string_value':"
        "'OPT-cta-B'}}]}\n"
        "{'event_name':'buy','event_timestamp':'1772409601000000','user_pseudo_id':'d',"
        "'event_params':[{'key':'ga_session_id','value':{'int_value':7}}]}\n"
        "{'event_name':'buy','event_timestamp':'1772409601000000','user_pseudo_id':'e',"
        "'event_params':[{'key':'ga_session_id','value':{'int_value':7}}]}\n");
    assert_seen("ga4_bigquery", &experiment);
    experiment.flag = "B"; // no hyphen, no flag
    put("a.jsonl", "{'event_name':'experience_impression','event_timestamp':"
                   "'1772409600000000','user_pseudo_id':'d','event_params':[{'key':"
                   "'exp_variant_string','value':{'string_value':'B'}}]}\n");
    assert_int_equal(
        collect_from("'type':'jsonl','path':'a.jsonl','preset':'ga4_bigquery'",
                     &experiment, 1, DAY, DAY)
            ->skipped[SKIP_NO_UNIT],
        0);
}

static void mixpanel_and_amplitude_have_what_is_named(void **state)
{
    struct experiment experiment = experiment_of(2);

    (void)state;
    experiment.exposure = (struct exposure){.event = "$experiment_started",
                                            .flag_property = "Experiment name",
                                            .arm_property = {"nothing", "Variant"},
                                            .narm_properties = 2};
    experiment.is_per_user = true;
    put("a.jsonl", "{'event':'$experiment_started','properties':{'time':1772409600,"
                   "'distinct_id':'s1','Experiment name':'cta','Variant':'B'}}\n"
                   "{'event':'buy','properties':{'time':1772409601,'distinct_id':"
                   "'s1'}}\n");
    assert_seen("mixpanel", &experiment);
    experiment.exposure.event = "[Experiment] Exposure";
    experiment.exposure.flag_property = "flag/~key"; // escaped on its way
    put("a.jsonl", "{'event_type':'[Experiment] Exposure','user_id':'s1','event_time':"
                   "'2026-03-02 00:00:00','event_properties':{'flag/~key':'cta',"
                   "'Variant':'B'}}\n"
                   "{'event_type':'buy','user_id':'s1','event_time':"
                   "'2026-03-02 00:00:01'}\n");
    assert_seen("amplitude", &experiment);
}

static void the_first_arm_property_that_is_there_counts(void **state)
{
    struct experiment experiment = experiment_of(2);

    (void)state;
    assert_true(exposure_preset("growthbook", &experiment.exposure));
    put("a.jsonl", "{'type':'track','event':'Experiment Viewed','userId':'d',"
                   "'timestamp':'2026-03-02T00:00:00Z','context':{'sessionId':'s1'},"
                   "'properties':{'experimentId':'cta','variationId':null,"
                   "'variantId':1}}\n"
                   "{'type':'track','event':'Experiment Viewed','userId':'d',"
                   "'timestamp':'2026-03-02T00:00:00Z','context':{'sessionId':'s2'},"
                   "'properties':{'experiment_id':'cta','variation_name':'A'}}\n"
                   "{'type':'track','event':'buy','userId':'d','context':{'sessionId':"
                   "'s1'},'timestamp':'2026-03-02T00:00:01Z'}\n");
    assert_seen("segment", &experiment); // what was said replaces the source's own
}

static void what_no_source_can_say_is_refused(void **state)
{
    struct experiment experiment = experiment_of(2);

    (void)state;
    put("a.jsonl", "");
    experiment.arm[1].name = "b-2";
    assert_null(inputs_of("'type':'jsonl','path':'a.jsonl','preset':'ga4_bigquery'",
                          &experiment, 1));
    ASSERT_SAYS("arm 'b-2' has a '-', at which 'exp_variant_string' is split");
    experiment.source = "event";
    assert_null(inputs_of("'type':'jsonl','path':'a.jsonl'", &experiment, 1));
    ASSERT_SAYS("there is no source 'event'");
}

static void inputs_know_lag_and_folders(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct inputs *inputs;
    size_t n;

    (void)state;
    put("a.jsonl", "");
    inputs = inputs_of("'type':'jsonl','path':'a.jsonl','preset':'ga4_bigquery'",
                       &experiment, 1);
    assert_int_equal(inputs_lag_h(inputs), 72);
    assert_string_equal(inputs_folders(inputs, &n)[0], ".");
    assert_int_equal(n, 1);
    inputs_close(inputs);
    experiment.source = NULL; // counts from a file: nothing to open
    inputs = inputs_of("'type':'jsonl','path':'a.jsonl'", &experiment, 1);
    assert_int_equal(inputs_lag_h(inputs), 0);
    (void)inputs_folders(inputs, &n);
    assert_int_equal(n, 0);
    inputs_close(inputs);
    inputs_close(NULL);
}

/* ---- random events ---- */

enum { EVENTS = 3000, SESSIONS = 400, USERS = 60, SPAN_DAYS = 6 };

struct random_event {
    int64_t s; /* after MIDNIGHT */
    int session, user, kind, arm, value;
};

static struct random_event events[EVENTS];
static const char *lines[2 * EVENTS];

static uint32_t random_below(uint32_t below)
{
    static uint32_t seed = 20260302;

    seed = seed * 1664525 + 1013904223; // Numerical Recipes' generator
    return (uint32_t)((uint64_t)seed * below >> 32);
}

/* Kind 0: exposure; 1: buy; 2: page. One exposure in 15 shows another arm. */
static void events_make(void)
{
    static const char *const names[] = {"exposure", "buy", "page"};

    for (int i = 0; i < EVENTS; i++) {
        struct random_event *e = &events[i];

        e->session = (int)random_below(SESSIONS);
        e->user = e->session % USERS;
        // most of a session within hours; ties are wanted
        e->s = (int64_t)(e->session % SPAN_DAYS - 1) * 24 * HOUR;
        e->s += (int64_t)random_below(600) * 300;
        e->kind = (int)random_below(3);
        e->arm = (e->user + (random_below(15) == 0)) % 2;
        e->value = (int)random_below(100);
        lines[i] = quoted_text(str_format(
            &test_run,
            "{'time':%lld,'id':'e%d','event':'%s','session':'s%d','user':'u%d',"
            "'experiment':'cta','arm':'%s','revenue':%d.25}\n",
            (long long)(MIDNIGHT / 1000 + e->s), i, names[e->kind], e->session, e->user,
            e->arm == 0 ? "A" : "B", e->value));
    }
}

static void put_lines(const char *name, size_t from, size_t to, bool packed)
{
    struct buf out;
    struct str bytes;

    buf_init(&out, &test_run, 16 * MIB);
    for (size_t i = from; i < to; i++)
        buf_add_text(&out, lines[i]);
    bytes = packed ? gzip(out.at, out.n) : buf_str(&out);
    put_bytes(name, bytes.at, bytes.n);
}

/* All that was counted, as text; numbers alone. */
static const char *all_said(const struct collected *collected, size_t n)
{
    struct buf out;

    buf_init(&out, &test_run, MIB);
    for (size_t e = 0; e < n; e++)
        for (size_t d = 0; d < collected[e].ndays; d++) {
            const struct arms_day *day = &collected[e].day[d];

            buf_printf(&out, "%zu %d %s", e, day->day,
                       day_said(&collected[e], day->day));
            for (size_t k = 0; k < collected[e].experiment->narms; k++) {
                const struct arm_mature *mature = &day->mature[k];

                buf_printf(&out, " %lld %llu %lld", (long long)mature->sum_x10000,
                           (unsigned long long)mature->sumsq_x1e8,
                           (long long)mature->guardrail[0]);
            }
            buf_printf(&out, " %s\n", day->trouble ? day->trouble : "-");
        }
    for (size_t e = 0; e < n; e++)
        buf_printf(&out, "dropped %lld\n", (long long)collected[e].dropped);
    return out.at;
}

/* One of each reward, sessions and users. */
static size_t experiments_make(struct experiment experiments[10])
{
    static const char *const ids[] = {"e0", "e1", "e2", "e3", "e4",
                                      "e5", "e6", "e7", "e8", "e9"};

    for (size_t i = 0; i < 10; i++) {
        struct experiment *e = &experiments[i];

        *e = experiment_of(2);
        e->id = ids[i];
        e->reward.type = (enum reward_type)(i / 2);
        e->is_per_user = i % 2 == 1;
        e->user_lookback_days = 2;
        e->window_hours = 5;
        e->reward.within_days = e->reward.type == REWARD_RETURN ? 1 : 0;
        e->reward.property =
            e->reward.type == REWARD_RATING || e->reward.type == REWARD_VALUE
                ? "revenue"
                : NULL;
        e->reward.max = 1000;
        e->reward.is_log1p = e->reward.type == REWARD_VALUE;
        e->guardrail[0] = (struct guardrail){"page", "page", true, 0.1};
        e->nguardrails = 1;
    }
    return 10;
}

static void input_order_files_and_mentions_change_nothing(void **state)
{
    struct experiment experiments[10];
    size_t n = experiments_make(experiments);
    const char *before;

    (void)state;
    events_make();
    put_lines("a.jsonl", 0, EVENTS, false);
    before = all_said(collect_from("'type':'jsonl','path':'*.jsonl'", experiments, n,
                                   DAY, DAY + 3),
                      n);
    assert_true(strlen(before) > 1000);
    for (size_t i = 0; i < EVENTS; i++)
        lines[EVENTS + i] = lines[i]; // each twice
    for (size_t i = sizeof lines / sizeof *lines - 1; i > 0; i--) {
        size_t other = random_below((uint32_t)i + 1);
        const char *line = lines[i];

        lines[i] = lines[other];
        lines[other] = line;
    }
    put_lines("a.jsonl", 0, 1000, true);
    put_lines("b.jsonl", 1000, 1001, false);
    put_lines("c.jsonl", 1001, sizeof lines / sizeof *lines, false);
    assert_string_equal(before, all_said(collect_from("'type':'jsonl','path':'*.jsonl'",
                                                      experiments, n, DAY, DAY + 3),
                                         n));
}

static void days_at_once_are_those_of_one_run_a_day(void **state)
{
    struct experiment experiment = experiment_of(2);
    struct collected *whole, *daily;

    (void)state;
    events_make();
    put_lines("a.jsonl", 0, EVENTS, false);
    whole = collect_from("'type':'jsonl','path':'a.jsonl'", &experiment, 1, DAY - 1,
                         DAY + 5);
    for (int32_t day = DAY; day < DAY + 5; day++) {
        const char *end;
        const char *now, *then = day_said(whole, day);

        daily = collect_from("'type':'jsonl','path':'a.jsonl'", &experiment, 1, day - 1,
                             day);
        now = day_said(daily, day);
        end = strchr(now, '|');
        assert_memory_equal(now, then, (size_t)(end - now)); // what is at once
        assert_string_equal(day_said(daily, day - 1), day_said(whole, day - 1));
    }
}

static void each_experiment_has_days_of_its_own(void **state)
{
    struct experiment both[2] = {experiment_of(2), experiment_of(2)};
    struct collected wanted[2] = {{.experiment = &both[0],
                                   .from = DAY + 2,
                                   .to = DAY + 3},
                                  {.experiment = &both[1], .from = DAY, .to = DAY + 1}};
    const char *alone[2];
    struct inputs *inputs;

    (void)state;
    both[1].id = "other";
    events_make();
    put_lines("a.jsonl", 0, EVENTS, false);
    for (size_t e = 0; e < 2; e++)
        alone[e] = all_said(collect_from("'type':'jsonl','path':'a.jsonl'", &both[e], 1,
                                         wanted[e].from, wanted[e].to),
                            1);
    inputs = inputs_of("'type':'jsonl','path':'a.jsonl'", both, 2);
    for (int i = 0; i < 2; i++) { // and once more with the same inputs
        assert_true(
            inputs_collect(inputs, wanted, 2, &test_run, &test_problems, &test_err));
        for (size_t e = 0; e < 2; e++)
            assert_string_equal(all_said(&wanted[e], 1), alone[e]);
    }
    inputs_close(inputs);
}

/* The definition, for one unit and day: its arm there, or -1 in none, -2 in two; and
 * whether it converted. L days of look-back, windows of an hour. */
static int recounted(bool per_user, int unit, int day, int lookback, bool later,
                     bool *converted)
{
    const int64_t b0 = (int64_t)day * 24 * HOUR, b1 = b0 + (int64_t)24 * HOUR;
    const int64_t from = b0 - (int64_t)lookback * 24 * HOUR;
    int64_t first = INT64_MAX;
    bool seen[2] = {false, false};

    *converted = false;
    for (int i = 0; i < EVENTS; i++) {
        const struct random_event *e = &events[i];

        if ((per_user ? e->user : e->session) != unit || e->kind != 0 || e->s < from)
            continue;
        if (e->s < b1 && e->s < first)
            first = e->s;
        if (e->s < (later ? b1 + HOUR : b1))
            seen[e->arm] = true;
    }
    if (first < b0 || first >= b1)
        return -1;
    for (int i = 0; i < EVENTS; i++)
        if ((per_user ? events[i].user : events[i].session) == unit &&
            events[i].kind == 1 && events[i].s >= first && events[i].s < first + HOUR)
            *converted = true;
    return seen[0] && seen[1] ? -2 : seen[1];
}

/* A day as day_said has it, by the definition; `*multi_later` units are in two arms in
 * the end. */
static const char *day_recounted(bool per_user, int day, int64_t *multi_later)
{
    int lookback = per_user ? 3 : 1;
    int at_once[2] = {0}, units[2] = {0}, conversions[2] = {0}, multi = 0;

    for (int unit = 0; unit < (per_user ? USERS : SESSIONS); unit++) {
        bool converted;
        int arm = recounted(per_user, unit, day, lookback, false, &converted);

        multi += arm == -2;
        if (arm >= 0)
            at_once[arm]++;
        arm = recounted(per_user, unit, day, lookback, true, &converted);
        *multi_later += arm == -2;
        if (arm >= 0) {
            units[arm]++;
            conversions[arm] += converted;
        }
    }
    assert_true(units[0] + units[1] > (per_user ? 0 : 10));
    return str_format(
        &test_run, "exposed %d %d multi %d unknown 0 | units %d %d conversions %d %d",
        at_once[0], at_once[1], multi, units[0], units[1], conversions[0],
        conversions[1]);
}

static void random_events_are_counted_by_the_definitions(void **state)
{
    struct experiment both[2] = {experiment_of(2), experiment_of(2)};
    struct collected *got;

    (void)state;
    both[1].id = "users";
    both[1].is_per_user = true;
    both[1].user_lookback_days = 3;
    events_make();
    put_lines("a.jsonl", 0, EVENTS, false);
    got = collect_from("'type':'jsonl','path':'a.jsonl'", both, 2, DAY, DAY + 4);
    for (int e = 0; e < 2; e++) {
        int64_t multi_later = 0;

        for (int day = 0; day < 4; day++)
            assert_string_equal(day_said(&got[e], DAY + day),
                                day_recounted(e == 1, day, &multi_later));
        assert_true(multi_later > 0);
        assert_true(got[e].dropped >= multi_later); // and those of the last day
    }
}

/* 8 MiB hold less than 175,000 records: five experiments keep two of each of 40,000
 * events. */
static void more_than_memory_holds_goes_through_scratch(void **state)
{
    enum { MANY = 40000, SESSIONS_OF_MANY = 10000 };

    static const char *const ids[] = {"e0", "e1", "e2", "e3", "e4"};
    struct experiment experiments[5];
    struct collected *got;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        experiments[i] = experiment_of(2);
        experiments[i].id = ids[i];
        experiments[i].reward = (struct reward){.type = REWARD_DURATION};
    }
    lines_begin();
    for (int i = 0; i < MANY; i++)
        exposed((double)(i - i % SESSIONS_OF_MANY) / SESSIONS_OF_MANY,
                str_format(&test_run, "s%d", i % SESSIONS_OF_MANY),
                i % 10 == 0 ? "A" : "B");
    put_bytes("a.jsonl", quoted_text(test_lines.at), test_lines.n);
    got = collect_from("'type':'jsonl','path':'a.jsonl'", experiments, 5, DAY, DAY + 1);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(
            day_said(&got[i], DAY),
            "exposed 1000 9000 multi 0 unknown 0 | units 1000 9000 conversions 0 0");
        // three seconds each
        assert_int_equal(got[i].day[0].mature[0].sum_x10000, 1000 * 30000);
        assert_int_equal(got[i].day[0].mature[1].sum_x10000, 9000 * 30000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_preset_has_its_exposures),
        TEST(mixpanel_and_amplitude_have_what_is_named),
        TEST(the_first_arm_property_that_is_there_counts),
        TEST(what_no_source_can_say_is_refused),
        TEST(inputs_know_lag_and_folders),
        TEST(input_order_files_and_mentions_change_nothing),
        TEST(days_at_once_are_those_of_one_run_a_day),
        TEST(each_experiment_has_days_of_its_own),
        TEST(random_events_are_counted_by_the_definitions),
        TEST(more_than_memory_holds_goes_through_scratch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
