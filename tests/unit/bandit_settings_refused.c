/* What the bandit section may not be: each fault with its line, pointer and remedy.
 * Ranges are those of the specification of the bandit, section 1, 2, 5. */
#include "tests/unit/bandit_settings.h"

#include "shared/banned.h"

static void an_unknown_key_is_named_also_in_defaults(void **state)
{
    (void)state;
    assert_string_equal(refusal_with("\"florr_bp\":1"),
                        AT_CTA "/florr_bp: unknown key; did you mean 'floor_bp'");
    assert_string_equal(refusal("\"promotion\":{\"p_bset\":0.9}", ""), AT_DEFAULTS
                        "/promotion/p_bset: unknown key; did you mean 'p_best'");
    assert_string_equal(
        refusal_of_reward("\"type\":\"return\",\"event\":\"order\",\"within_days\":1"),
        AT_CTA "/reward/event: unknown key; known: better type within_days");
    assert_string_equal(
        refusal("", "\"exposure\":{\"event\":\"e\",\"flag\":\"f\"}"),
        AT_CTA "/exposure/flag: unknown key; known: arm_property event flag_property");
}

/* Both ends of each range are in, what is just outside is not. */
static void ranges_are_those_of_the_specification(void **state)
{
    static const struct {
        const char *key, *low, *below, *high, *above;
    } ranges[] = {
        {"user_lookback_days", "1", "0", "400", "401"},
        {"window_hours", "1", "-1", "2160", "2161"},
        {"prior", "[0.001,1]", "[0.0009,1]", "[1,1000000]", "[1,1000001]"},
        {"draws", "1000", "999", "10000000", "10000001"},
        {"floor_bp", "0", "-1", "3333", "5001"},
        {"ramp_bp", "1", "0", "10000", "10001"},
        {"confirm_bp", "0", "-1", "5000", "5001"},
        {"confirm_p", "0.5", "0.49", "1", "1.01"},
        {"hysteresis_bp", "0", "-1", "2000", "2001"},
        {"burn_in", "0", "-1", "1000000", "1000001"},
        {"discount_halflife_days", "1", "0.9", "3650", "3651"},
        {"promotion", "{\"streak_days\":5}", "{\"streak_days\":4}",
         "{\"streak_days\":400}", "{\"streak_days\":401}"},
        {"promotion", "{\"winner_sessions\":20}", "{\"winner_sessions\":19}",
         "{\"winner_sessions\":1000000000}", "{\"winner_sessions\":1000000001}"},
        {"promotion", "{\"min_days\":1}", "{\"min_days\":0}", "{\"min_days\":400}",
         "{\"min_days\":401}"},
        {"promotion", "{\"srm_p\":0.000001}", "{\"srm_p\":0}", "{\"srm_p\":0.1}",
         "{\"srm_p\":0.11}"},
        {"promotion", "{\"p_best\":0.5}", "{\"p_best\":0.4}", "{\"p_best\":0.9999}",
         "{\"p_best\":1}"},
        {"promotion", "{\"e_value\":1}", "{\"e_value\":0.9}", "{\"e_value\":1000000}",
         "{\"e_value\":1000001}"},
        {"guardrails",
         "[{\"name\":\"a\",\"event\":\"e\",\"better\":\"lower\",\"margin\":0.001}]",
         "[{\"name\":\"a\",\"event\":\"e\",\"better\":\"lower\",\"margin\":0}]",
         "[{\"name\":\"a\",\"event\":\"e\",\"better\":\"lower\",\"margin\":1}]",
         "[{\"name\":\"a\",\"event\":\"e\",\"better\":\"lower\",\"margin\":1.1}]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const char *const in[] = {ranges[i].low, ranges[i].high};
        const char *const out[] = {ranges[i].below, ranges[i].above};

        for (int end = 0; end < 2; end++) {
            (void)with(str_format(&arena, "\"%s\":%s", ranges[i].key, in[end]));
            assert_non_null(strstr(refusal_with(str_format(&arena, "\"%s\":%s",
                                                           ranges[i].key, out[end])),
                                   "allowed"));
        }
    }
}

static void wrong_shapes_are_refused_where_they_are(void **state)
{
    static const struct {
        const char *keys, *message;
    } faults[] = {
        {"\"per\":\"visitor\"", "/per: 'visitor' is not known; one of: session, user"},
        {"\"exposure\":\"posthgo\"",
         "/exposure: 'posthgo' is not known; did you mean 'posthog'"},
        {"\"exposure\":1", "/exposure: is an integer, expected a string or an object"},
        {"\"exposure\":{\"event\":\"e\"}",
         "/exposure: the key 'flag_property' is missing"},
        {"\"start\":\"2026-02-30\"",
         "/start: '2026-02-30' is no date; write YYYY-MM-DD"},
        {"\"prior\":[1]", "/prior: has 1 items, allowed at least 2"},
        {"\"deploy_time\":\"24:00\"", "/deploy_time: is not a time of the day, HH:MM"},
        {"\"deploy_time\":\"6:00\"", "/deploy_time: is not a time of the day, HH:MM"},
        {"\"version_property\":1",
         "/version_property: is an integer, expected a string or null"},
        {"\"version_property\":\"/~2\"",
         "/version_property: is not the name of a property, or a JSON pointer, which "
         "begins with a slash"},
        {"\"formats\":[\"flag\"]",
         "/formats/0: 'flag' is not known; did you mean 'flagd'"},
        {"\"formats\":[\"nginx\",\"nginx\"]",
         "/formats/1: is there twice; leave it out once"},
        {"\"kill\":[\"b\",\"b\"]", "/kill/1: is there twice; leave it out once"},
        {"\"kill\":\"b\"", "/kill: is a string, expected an array"},
        {"\"log\":\"\"", "/log: is empty"},
        {"\"guardrails\":[{\"name\":\"A\",\"event\":\"e\",\"better\":\"lower\"}]",
         "/guardrails/0/name: is not a name: small letters, digits and _, 32 at most"},
        {"\"guardrails\":[{\"name\":\"a\",\"event\":\"e\"}]",
         "/guardrails/0: the key 'better' is missing"},
        {"\"promotion\":{\"rule\":\"esay\"}",
         "/promotion/rule: 'esay' is not known; did you mean 'essay'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        assert_string_equal(refusal_with(faults[i].keys),
                            str_format(&arena, AT_CTA "%s", faults[i].message));
}

static void arms_are_two_to_twenty_names(void **state)
{
    struct buf many;

    (void)state;
    assert_string_equal(refusal("", REWARD), AT_CTA ": the key 'arms' is missing");
    assert_string_equal(refusal("", "\"arms\":[\"a\"]"),
                        AT_CTA "/arms: has 1 items, allowed at least 2");
    buf_init(&many, &arena, KIB);
    buf_add_text(&many, "\"arms\":[\"control\"");
    for (int i = 0; i < 20; i++)
        buf_printf(&many, ",\"a%d\"", i);
    buf_add_text(&many, "]");
    assert_string_equal(refusal("", buf_str(&many).at),
                        AT_CTA "/arms: has 21 items, allowed at most 20");
    assert_string_equal(refusal("", "\"arms\":[\"a\",\"-b\"]"),
                        AT_CTA "/arms/1: is not a name of an arm: up to 64 letters, "
                               "digits, and then also _ . -");
    assert_string_equal(refusal("", "\"arms\":[\"a\",{\"value\":1}]"),
                        AT_CTA "/arms/1: the key 'name' is missing");
    assert_string_equal(
        refusal("", "\"arms\":[\"a\",{\"name\":\"b\",\"target\":\"x; y\"}]"),
        AT_CTA "/arms/1/target: is not a server or cluster: letters, digits, and then "
               "also _ . : @ -");
    assert_string_equal(refusal("\"arms\":[\"a\",\"b\",{\"name\":\"b\"}]", REWARD),
                        AT_DEFAULTS "/arms/2: a second arm 'b'; choose another name");
}

static void the_id_of_an_experiment_is_plain(void **state)
{
    struct settings settings = {0};
    struct err err = {0};

    (void)state;
    assert_false(
        read_text("{\"bandit\":{\"experiments\":{\"A\":{}}}}", &settings, &err));
    assert_string_equal(
        err.text, "rounds.json:1: /bandit/experiments/A: is not an id of an "
                  "experiment: up to 64 small letters, digits, and then also _ -");
    assert_false(
        read_text("{\"bandit\":{\"experiments\":{\"../x\":{}}}}", &settings, &err));
}

static void at_most_200_experiments_are_taken(void **state)
{
    struct settings settings = {0};
    struct err err = {0};

    (void)state;
    for (int n = 200; n <= 201; n++) {
        struct buf text;

        buf_init(&text, &arena, 64 * KIB);
        buf_add_text(&text, SOURCES "\"bandit\":{\"defaults\":{" ARMS "," REWARD
                                    "},\"experiments\":{");
        for (int i = 0; i < n; i++)
            buf_printf(&text, "%s\"e%d\":{}", i > 0 ? "," : "", i);
        buf_add_text(&text, "}}}");
        assert_int_equal(read_text(buf_str(&text).at, &settings, &err), n == 200);
    }
    assert_int_equal(settings.n, 200);
    assert_string_equal(err.text, "rounds.json:2: /bandit/experiments: has 201 keys, "
                                  "allowed at most 200");
}

static void only_challengers_are_killed(void **state)
{
    (void)state;
    assert_string_equal(refusal_with("\"kill\":[\"b\",\"control\"]"),
                        AT_CTA "/kill/1: 'control' is the control of 'cta', which is "
                               "never killed; kill the challengers");
    assert_string_equal(refusal("\"kill\":[\"x\"]", ARMS "," REWARD), AT_DEFAULTS
                        "/kill/0: 'x' is not an arm of 'cta'; did you mean 'b'");
    assert_string_equal(refusal("", "\"arms\":[\"control\",\"button\"]," REWARD
                                    ",\"kill\":[\"green\"]"),
                        AT_CTA "/kill/0: 'green' is not an arm of 'cta'");
}

static void a_floor_leaves_something_to_move(void **state)
{
    (void)state;
    assert_int_equal(with("\"floor_bp\":3333")->allocation.floor_bp, 3333);
    assert_string_equal(
        refusal_with("\"floor_bp\":3334"),
        AT_CTA "/floor_bp: is 3334, which leaves the 3 arms of 'cta' nothing to "
               "move; at most 3333");
    assert_string_equal(refusal("\"floor_bp\":5000", ARMS "," REWARD), AT_DEFAULTS
                        "/floor_bp: is 5000, which leaves the 3 arms of 'cta' nothing "
                        "to move; at most 3333");
    // a killed arm has no floor
    assert_int_equal(with("\"floor_bp\":4999,\"kill\":[\"c\"]")->allocation.floor_bp,
                     4999);
    assert_non_null(
        strstr(refusal_with("\"floor_bp\":5000,\"kill\":[\"c\"]"), "at most 4999"));
}

static void a_reward_has_the_keys_of_its_type(void **state)
{
    static const struct {
        const char *members, *message;
    } faults[] = {
        {"\"event\":\"x\"", "/reward: the key 'type' is missing"},
        {"\"type\":\"returns\"",
         "/reward/type: 'returns' is not known; did you mean 'return'"},
        {"\"type\":\"conversion\"", "/reward: the key 'event' is missing"},
        {"\"type\":\"return\"", "/reward: the key 'within_days' is missing"},
        {"\"type\":\"return\",\"within_days\":91",
         "/reward/within_days: is 91, allowed 1 to 90"},
        {"\"type\":\"duration\",\"transform\":\"log\"",
         "/reward/transform: 'log' is not known; one of: log1p, none"},
        {"\"type\":\"rating\",\"property\":\"p\",\"min\":1,\"max\":5",
         "/reward: the key 'event' is missing"},
        {"\"type\":\"rating\",\"event\":\"e\",\"min\":1,\"max\":5",
         "/reward: the key 'property' is missing"},
        {"\"type\":\"rating\",\"event\":\"e\",\"property\":\"p\",\"max\":5",
         "/reward: the key 'min' is missing"},
        {"\"type\":\"rating\",\"event\":\"e\",\"property\":\"p\",\"min\":5",
         "/reward: the key 'max' is missing"},
        {"\"type\":\"rating\",\"event\":\"e\",\"property\":\"p\",\"min\":5,\"max\":5",
         "/reward/min: 'min' is not below 'max'; swap them"},
        {"\"type\":\"value\",\"property\":\"p\"",
         "/reward: the key 'event' is missing"},
        {"\"type\":\"value\",\"event\":\"e\"",
         "/reward: the key 'property' is missing"},
        {"\"type\":\"value\",\"event\":\"e\",\"property\":\"\"",
         "/reward/property: is not the name of a property, or a JSON pointer, which "
         "begins with a slash"},
        {"\"type\":\"conversion\",\"event\":\"e\",\"where\":{\"a\":null}",
         "/reward/where/a: is null, expected a number"},
        {"\"type\":\"conversion\",\"event\":\"e\",\"better\":\"less\"",
         "/reward/better: 'less' is not known; one of: lower, higher"},
        {"\"type\":\"conversion\",\"event\":\"e\",\"where\":{\"a\":1,\"b\":1,\"c\":1,"
         "\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1}",
         "/reward/where: has 9 keys, allowed at most 8"},
    };

    (void)state;
    assert_string_equal(refusal("", ARMS), AT_CTA ": the key 'reward' is missing");
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        assert_string_equal(refusal_of_reward(faults[i].members),
                            str_format(&arena, AT_CTA "%s", faults[i].message));
    assert_string_equal(refusal("\"reward\":{\"type\":\"value\"}", ARMS),
                        AT_DEFAULTS "/reward: the key 'event' is missing");
}

static void a_return_takes_no_window_beside_its_days(void **state)
{
    static const char message[] = "/window_hours: 'within_days' of the reward is the "
                                  "window; leave out 'window_hours'";
    static const char days[] = "\"reward\":{\"type\":\"return\",\"within_days\":7}";

    (void)state;
    assert_string_equal(refusal(days, ARMS ",\"window_hours\":24"),
                        str_format(&arena, AT_CTA "%s", message));
    assert_string_equal(refusal(str_format(&arena, "%s,\"window_hours\":24", days),
                                ARMS),
                        str_format(&arena, AT_DEFAULTS "%s", message));
}

static void no_window_is_for_counts_alone(void **state)
{
    (void)state;
    assert_string_equal(refusal("\"window_hours\":0", ARMS "," REWARD),
                        AT_DEFAULTS "/window_hours: is 0, which is for 'counts' alone; "
                                    "allowed 1 to 2160");
}

static void the_source_is_one_of_events(void **state)
{
    struct settings settings = {0};
    struct err err = {0};

    (void)state;
    assert_string_equal(
        refusal_with("\"source\":\"event\""),
        AT_CTA "/source: 'event' is not among 'sources'; did you mean 'events'");
    assert_string_equal(refusal("\"source\":\"warehouse\"", ARMS "," REWARD),
                        AT_DEFAULTS
                        "/source: 'warehouse' is not among 'sources'; add it there");
    assert_string_equal(refusal_with("\"source\":\"nginx\""), AT_CTA
                        "/source: the access log 'nginx' has no exposures; name a "
                        "source of events, or daily 'counts'");
    assert_string_equal(refusal_with("\"source\":\"events\",\"counts\":\"c.tsv\""),
                        AT_CTA "/counts: 'counts' beside 'source'; leave one out");
    assert_false(read_text("{\"bandit\":{\"experiments\":\n{\"cta\":{" ARMS "," REWARD
                           "}}}}",
                           &settings, &err));
    assert_string_equal(err.text, "rounds.json:2: /bandit/experiments/cta: 'events' is "
                                  "not among 'sources'; add it there");
}

static void guardrails_have_names_of_their_own(void **state)
{
    (void)state;
    assert_string_equal(
        refusal_with(
            "\"guardrails\":[{\"name\":\"a\",\"event\":\"e\",\"better\":\"lower\"},"
            "{\"name\":\"a\",\"event\":\"f\",\"better\":\"lower\"}]"),
        AT_CTA "/guardrails/1/name: a second guardrail 'a'; choose another name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_key_is_named_also_in_defaults),
        cmocka_unit_test(ranges_are_those_of_the_specification),
        cmocka_unit_test(wrong_shapes_are_refused_where_they_are),
        cmocka_unit_test(arms_are_two_to_twenty_names),
        cmocka_unit_test(the_id_of_an_experiment_is_plain),
        cmocka_unit_test(at_most_200_experiments_are_taken),
        cmocka_unit_test(only_challengers_are_killed),
        cmocka_unit_test(a_floor_leaves_something_to_move),
        cmocka_unit_test(a_reward_has_the_keys_of_its_type),
        cmocka_unit_test(a_return_takes_no_window_beside_its_days),
        cmocka_unit_test(no_window_is_for_counts_alone),
        cmocka_unit_test(the_source_is_one_of_events),
        cmocka_unit_test(guardrails_have_names_of_their_own),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
