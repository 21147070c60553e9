/* The bandit section as it is read: defaults and inheritance. Keys and defaults are
 * those of the specification of the bandit, section 1, 2, 5. */
#include "tests/unit/bandit_settings.h"

#include "shared/clock.h"
#include "shared/json.h"

#include "shared/banned.h"

static void an_experiment_of_arms_and_reward_has_all_defaults(void **state)
{
    const struct experiment *cta = with("");

    (void)state;
    assert_string_equal(cta->id, "cta");
    assert_string_equal(cta->flag, "cta");
    assert_int_equal(cta->narms, 3);
    assert_string_equal(cta->arm[1].name, "b");
    assert_string_equal(cta->arm[1].target, "b");
    assert_null(cta->arm[1].value);
    assert_false(cta->arm[1].is_killed);
    assert_string_equal(cta->source, "events");
    assert_null(cta->counts);
    assert_null(cta->exposure.event);
    assert_int_equal(cta->exposure.narm_properties, 0);
    assert_false(cta->is_per_user);
    assert_int_equal(cta->user_lookback_days, 30);
    assert_int_equal(cta->reward.type, REWARD_CONVERSION);
    assert_string_equal(cta->reward.event, "order");
    assert_false(cta->reward.is_lower_better);
    assert_int_equal(cta->window_hours, 24);
    assert_int_equal(cta->start, 0);
    assert_true(cta->prior_a == 1 && cta->prior_b == 1);
    assert_true(cta->halflife_days == 0);
    assert_false(cta->allocation.is_fixed || cta->allocation.is_drawn);
    assert_int_equal(cta->allocation.draws, 20000);
    assert_int_equal(cta->allocation.floor_bp, 500);
    assert_int_equal(cta->allocation.ramp_bp, 2000);
    assert_int_equal(cta->allocation.confirm_bp, 3000);
    assert_true(cta->allocation.confirm_p == .80);
    assert_int_equal(cta->allocation.hysteresis_bp, 100);
    assert_int_equal(cta->allocation.burn_in, 100);
    assert_int_equal(cta->nguardrails, 0);
    assert_int_equal(cta->deploy_minute, -1);
    assert_null(cta->version_property);
    assert_int_equal(cta->formats, 1U << WEIGHTS_JSON);
    assert_string_equal(cta->log, "experiments/cta.md");
    assert_int_equal(cta->promotion.rule, RULE_FULL);
    assert_int_equal(cta->promotion.streak_days, 5);
    assert_int_equal(cta->promotion.winner_sessions, 20);
    assert_int_equal(cta->promotion.min_days, 14);
    assert_true(cta->promotion.srm_p == .001);
    assert_true(cta->promotion.p_best == .95);
    assert_true(cta->promotion.e_value == 20);
}

static void defaults_without_a_configuration_are_the_same(void **state)
{
    static const char *const names[] = {"control", "b", "c"};
    struct experiment made;
    const struct experiment *cta = with("");

    (void)state;
    experiment_defaults("cta", names, 3, &made);
    assert_string_equal(made.id, cta->id);
    assert_string_equal(made.flag, cta->flag);
    assert_string_equal(made.source, cta->source);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(made.arm[i].name, cta->arm[i].name);
    assert_int_equal(made.window_hours, cta->window_hours);
    assert_int_equal(made.deploy_minute, cta->deploy_minute);
    assert_int_equal(made.formats, cta->formats);
    assert_int_equal(made.allocation.floor_bp, cta->allocation.floor_bp);
    assert_int_equal(made.allocation.burn_in, cta->allocation.burn_in);
    assert_true(made.promotion.e_value == cta->promotion.e_value);
}

static void the_default_floor_is_half_of_an_equal_share_but_at_most_500(void **state)
{
    static const struct {
        size_t arms;
        int bp;
    } floors[] = {{1, 500}, {2, 500}, {10, 500}, {11, 454}, {12, 416}, {20, 250}};

    (void)state;
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++)
        assert_int_equal(floor_default_bp(floors[i].arms), floors[i].bp);
}

/* K is of active arms: a kill must not leave a floor that the promotion asks for. */
static void killed_arms_do_not_lower_the_default_floor(void **state)
{
    static const char arms[] =
        "\"arms\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"]," REWARD;

    (void)state;
    assert_int_equal(experiment_of("", arms)->allocation.floor_bp, 454);
    assert_int_equal(experiment_of("\"kill\":[\"k\"]", arms)->allocation.floor_bp, 500);
}

static void every_key_of_an_experiment_is_read(void **state)
{
    const struct experiment *cta = with(
        "\"flag\":\"new-cta\",\"exposure\":{\"event\":\"seen\",\"flag_property\":\"f\","
        "\"arm_property\":\"/p/arm\"},\"per\":\"user\",\"user_lookback_days\":7,"
        "\"window_hours\":48,\"start\":\"2026-11-01\",\"prior\":[2,38.5],"
        "\"allocation\":\"fixed\",\"method\":\"draws\",\"draws\":1000,\"floor_bp\":0,"
        "\"ramp_bp\":1,\"confirm_bp\":5000,\"confirm_p\":0.9,\"hysteresis_bp\":0,"
        "\"burn_in\":0,\"discount_halflife_days\":30,\"kill\":[\"c\"],"
        "\"guardrails\":[{\"name\":\"err_1\",\"event\":\"error\",\"better\":\"lower\"},"
        "{\"name\":\"orders\",\"event\":\"order\",\"better\":\"higher\",\"margin\":0.05}],"
        "\"deploy_time\":\"16:39\",\"version_property\":\"v\","
        "\"formats\":[\"flagd\",\"envoy\"],\"log\":\"log.md\"");

    (void)state;
    assert_string_equal(cta->flag, "new-cta");
    assert_string_equal(cta->exposure.event, "seen");
    assert_string_equal(cta->exposure.flag_property, "f");
    assert_string_equal(cta->exposure.arm_property[0], "/p/arm");
    assert_int_equal(cta->exposure.narm_properties, 1);
    assert_true(cta->is_per_user);
    assert_int_equal(cta->user_lookback_days, 7);
    assert_int_equal(cta->window_hours, 48);
    assert_string_equal(day_text(cta->start).text, "2026-11-01");
    assert_true(cta->prior_a == 2 && cta->prior_b == 38.5);
    assert_true(cta->allocation.is_fixed && cta->allocation.is_drawn);
    assert_int_equal(cta->allocation.draws, 1000);
    assert_int_equal(cta->allocation.floor_bp, 0);
    assert_int_equal(cta->allocation.ramp_bp, 1);
    assert_int_equal(cta->allocation.confirm_bp, 5000);
    assert_true(cta->allocation.confirm_p == 0.9);
    assert_int_equal(cta->allocation.hysteresis_bp, 0);
    assert_int_equal(cta->allocation.burn_in, 0);
    assert_true(cta->halflife_days == 30);
    assert_false(cta->arm[0].is_killed || cta->arm[1].is_killed);
    assert_true(cta->arm[2].is_killed);
    assert_int_equal(cta->nguardrails, 2);
    assert_string_equal(cta->guardrail[0].name, "err_1");
    assert_string_equal(cta->guardrail[0].event, "error");
    assert_true(cta->guardrail[0].is_lower_better);
    assert_true(cta->guardrail[0].margin == 0.10);
    assert_false(cta->guardrail[1].is_lower_better);
    assert_true(cta->guardrail[1].margin == 0.05);
    assert_int_equal(cta->deploy_minute, 999);
    assert_string_equal(cta->version_property, "v");
    assert_int_equal(cta->formats,
                     1U << WEIGHTS_JSON | 1U << WEIGHTS_FLAGD | 1U << WEIGHTS_ENVOY);
    assert_string_equal(cta->log, "log.md");
}

static void an_arm_may_have_a_value_and_a_target(void **state)
{
    const struct experiment *cta =
        experiment_of("",
                      "\"arms\":[\"control\",{\"name\":\"b\",\"value\":{\"color\":1},"
                      "\"target\":\"web2:80\"},{\"name\":\"c\"}]," REWARD);

    (void)state;
    assert_null(cta->arm[0].value);
    assert_string_equal(cta->arm[1].name, "b");
    assert_int_equal(json_int(cta->arm[1].value, "color", 0), 1);
    assert_string_equal(cta->arm[1].target, "web2:80");
    assert_null(cta->arm[2].value);
    assert_string_equal(cta->arm[2].target, "c");
}

static const struct reward *reward_of(const char *members)
{
    return &experiment_of("", str_format(&arena, ARMS ",\"reward\":{%s}", members))
                ->reward;
}

static void a_conversion_may_ask_for_properties(void **state)
{
    const struct reward *reward =
        reward_of("\"type\":\"conversion\",\"event\":\"order\",\"better\":\"lower\","
                  "\"where\":{\"plan\":\"pro\",\"/n\":2,\"paid\":true}");

    (void)state;
    assert_true(reward->is_lower_better);
    assert_int_equal(reward->nwhere, 3);
    assert_string_equal(reward->where[0].property, "plan");
    assert_string_equal(json_string_value(reward->where[0].value), "pro");
    assert_string_equal(reward->where[1].property, "/n");
    assert_int_equal(json_integer_value(reward->where[1].value), 2);
    assert_true(json_is_true(reward->where[2].value));
    assert_false(reward_is_numeric(reward));
}

static void a_return_has_its_days_as_window(void **state)
{
    const struct experiment *cta =
        experiment_of("\"window_hours\":5",
                      ARMS ",\"reward\":{\"type\":\"return\",\"within_days\":90}");

    (void)state;
    assert_int_equal(cta->reward.type, REWARD_RETURN);
    assert_int_equal(cta->reward.within_days, 90);
    assert_int_equal(cta->window_hours, 2160);
    assert_null(cta->reward.event);
}

static void numeric_rewards_have_their_keys(void **state)
{
    const struct reward *reward = reward_of("\"type\":\"duration\"");

    (void)state;
    assert_int_equal(reward->type, REWARD_DURATION);
    assert_true(reward->is_log1p);
    assert_false(reward_of("\"type\":\"duration\",\"transform\":\"none\"")->is_log1p);
    reward = reward_of("\"type\":\"rating\",\"event\":\"rated\",\"property\":\"stars\","
                       "\"min\":-1.5,\"max\":5");
    assert_int_equal(reward->type, REWARD_RATING);
    assert_string_equal(reward->event, "rated");
    assert_string_equal(reward->property, "stars");
    assert_true(reward->min == -1.5 && reward->max == 5);
    assert_false(reward->is_log1p);
    reward =
        reward_of("\"type\":\"value\",\"event\":\"order\",\"property\":\"/total\"");
    assert_int_equal(reward->type, REWARD_VALUE);
    assert_string_equal(reward->property, "/total");
    assert_true(reward->is_log1p);
}

static void an_experiment_inherits_what_it_does_not_say(void **state)
{
    const struct experiment *cta = experiment_of(
        ARMS "," REWARD ",\"floor_bp\":700,\"burn_in\":7,\"discount_halflife_days\":9,"
             "\"promotion\":{\"p_best\":0.9,\"min_days\":7},\"deploy_time\":\"01:00\","
             "\"formats\":[\"nginx\"]",
        "\"burn_in\":8,\"discount_halflife_days\":null,\"deploy_time\":null,"
        "\"promotion\":{\"min_days\":21}");

    (void)state;
    assert_int_equal(cta->narms, 3);
    assert_int_equal(cta->allocation.floor_bp, 700);
    assert_int_equal(cta->allocation.burn_in, 8);
    assert_true(cta->halflife_days == 0);
    assert_int_equal(cta->deploy_minute, -1);
    assert_true(cta->promotion.p_best == 0.9);
    assert_int_equal(cta->promotion.min_days, 21);
    assert_true(cta->promotion.e_value == 20);
    assert_true(cta->formats & 1U << WEIGHTS_NGINX);
}

static void a_reward_is_inherited_as_a_whole(void **state)
{
    const struct experiment *cta =
        experiment_of("\"reward\":{\"type\":\"value\",\"event\":\"order\","
                      "\"property\":\"total\",\"better\":\"lower\"}",
                      ARMS ",\"reward\":{\"type\":\"duration\"}");

    (void)state;
    assert_null(cta->reward.event);
    assert_null(cta->reward.property);
    assert_false(cta->reward.is_lower_better);
}

static void experiments_come_by_id(void **state)
{
    struct settings settings = good_settings(
        SOURCES "\"bandit\":{\"defaults\":{" ARMS "," REWARD
                "},\"experiments\":{\"b-2\":{\"//\":1},\"a_1\":{},\"9\":{}}}}");
    static const char *const ids[] = {"9", "a_1", "b-2"};

    (void)state;
    assert_int_equal(settings.n, 3);
    for (size_t i = 0; i < 3 && i < settings.n; i++)
        assert_ptr_equal(settings_find(&settings, ids[i]), settings.experiment + i);
    assert_null(settings_find(&settings, "a"));
}

static void a_section_without_experiments_is_one(void **state)
{
    struct settings settings = {0};
    struct err err = {0};

    (void)state;
    assert_true(read_text("{\"bandit\":{\"experiments\":{}}}", &settings, &err));
    assert_int_equal(settings.n, 0);
    assert_false(read_text("{\n}", &settings, &err));
    assert_string_equal(err.text, "rounds.json:1: there is no 'bandit' section; add "
                                  "\"bandit\": {\"experiments\": {...}}");
    assert_false(read_text("{\"bandit\":{}}", &settings, &err));
    assert_string_equal(err.text,
                        "rounds.json:1: /bandit: the key 'experiments' is missing");
}

static void counts_need_nothing_of_events(void **state)
{
    const struct experiment *cta =
        experiment_of("\"source\":\"gone\"",
                      ARMS ",\"counts\":\"c.tsv\",\"window_hours\":0,"
                           "\"reward\":{\"type\":\"rating\"}");

    (void)state;
    assert_string_equal(cta->counts, "c.tsv");
    assert_null(cta->source);
    assert_int_equal(cta->window_hours, 0);
    assert_int_equal(cta->reward.type, REWARD_RATING);
    cta =
        experiment_of("\"counts\":\"c.tsv\"", ARMS "," REWARD ",\"source\":\"events\"");
    assert_null(cta->counts);
    assert_string_equal(cta->source, "events");
}

/* The page's names of events and properties. */
static void exposures_have_presets(void **state)
{
    const struct exposure *exposure = &with("\"exposure\":\"posthog\"")->exposure;

    (void)state;
    assert_string_equal(exposure->event, "$feature_flag_called");
    assert_string_equal(exposure->flag_property, "$feature_flag");
    assert_string_equal(exposure->arm_property[0], "$feature_flag_response");
    assert_int_equal(exposure->narm_properties, 1);
    exposure = &with("\"exposure\":\"growthbook\"")->exposure;
    assert_string_equal(exposure->event, "Experiment Viewed");
    assert_string_equal(exposure->flag_property, "experimentId");
    assert_string_equal(exposure->arm_property[0], "variationId");
    assert_string_equal(exposure->arm_property[1], "variantId");
    assert_int_equal(exposure->narm_properties, 2);
    exposure = &with("\"exposure\":\"segment\"")->exposure;
    assert_string_equal(exposure->event, "Experiment Viewed");
    assert_string_equal(exposure->flag_property, "experiment_id");
    assert_string_equal(exposure->arm_property[0], "variation_name");
    exposure = &with("\"exposure\":\"ga4\"")->exposure;
    assert_string_equal(exposure->event, "experience_impression");
    assert_string_equal(exposure->flag_property, "exp_variant_string");
    assert_true(exposure->is_joined);
    exposure = &with("\"exposure\":\"generic\"")->exposure;
    assert_string_equal(exposure->event, "exposure");
    assert_string_equal(exposure->flag_property, "experiment");
    assert_string_equal(exposure->arm_property[0], "arm");
    assert_false(exposure->is_joined);
}

static void the_preset_of_a_source_may_have_exposures(void **state)
{
    struct exposure exposure = {0};

    (void)state;
    assert_true(exposure_preset("ga4_bigquery", &exposure));
    assert_true(exposure.is_joined);
    assert_true(exposure_preset("segment", &exposure));
    assert_false(exposure_preset("mixpanel", &exposure));
    assert_false(exposure_preset("amplitude", &exposure));
    assert_string_equal(refusal_with("\"source\":\"web\""),
                        AT_CTA ": 'mixpanel' has no exposures of its own; add the key "
                               "'exposure' with their event, flag_property and "
                               "arm_property");
    assert_string_equal(
        with("\"source\":\"web\",\"exposure\":\"generic\"")->exposure.event,
        "exposure");
}

/* ---- the table of defaults is what the schema tells people ---- */

/* Number after "When not said" of the key's description. */
static double told(const json_t *schema, const char *key)
{
    const char *pointer =
        str_format(&arena, "/$defs/experiment/properties/%s/description", key);
    const char *text = json_string_value(json_at(schema, pointer));
    const char *at = text ? strstr(text, "When not said ") : NULL;

    if (!at)
        fail_msg("%s tells no default", key);
    return at ? strtod(at + strlen("When not said "), NULL) : 0;
}

static void the_descriptions_of_the_schema_tell_the_defaults(void **state)
{
    // the one built in has no descriptions
    json_t *schema =
        json_load_file("shared/rounds.schema.json", JSON_REJECT_DUPLICATES, NULL);
    const struct experiment usual = *with("");
    const struct promotion_limits *limits = &usual.promotion;

    const struct {
        const char *key;
        double value;
    } numbers[] = {
        {"user_lookback_days", usual.user_lookback_days},
        {"window_hours", usual.window_hours},
        {"draws", (double)usual.allocation.draws},
        {"ramp_bp", usual.allocation.ramp_bp},
        {"confirm_bp", usual.allocation.confirm_bp},
        {"confirm_p", usual.allocation.confirm_p},
        {"hysteresis_bp", usual.allocation.hysteresis_bp},
        {"burn_in", (double)usual.allocation.burn_in},
        {"promotion/properties/streak_days", limits->streak_days},
        {"promotion/properties/winner_sessions", (double)limits->winner_sessions},
        {"promotion/properties/min_days", limits->min_days},
        {"promotion/properties/srm_p", limits->srm_p},
        {"promotion/properties/p_best", limits->p_best},
        {"promotion/properties/e_value", limits->e_value},
    };

    (void)state;
    assert_non_null(schema);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (told(schema, numbers[i].key) != numbers[i].value)
            fail_msg("%s", numbers[i].key);
    json_decref(schema);
}

/* A `default` of a key would be filled in and hide what is inherited. */
static void no_key_of_an_experiment_is_filled_in(void **state)
{
    struct err err = {0};

    (void)state;
    config_release(&config);
    assert_true(config_parse(
        STR("{\"bandit\":{\"defaults\":{},\"experiments\":{\"a\":{\"promotion\":{}}}}}"),
        "rounds.json", &arena, &config, &err));
    assert_int_equal(json_object_size(json_at(config.root, "/bandit/defaults")), 0);
    assert_int_equal(json_object_size(json_at(config.root, "/bandit/experiments/a")),
                     1);
    assert_int_equal(json_object_size(
                         json_at(config.root, "/bandit/experiments/a/promotion")),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_experiment_of_arms_and_reward_has_all_defaults),
        cmocka_unit_test(defaults_without_a_configuration_are_the_same),
        cmocka_unit_test(the_default_floor_is_half_of_an_equal_share_but_at_most_500),
        cmocka_unit_test(killed_arms_do_not_lower_the_default_floor),
        cmocka_unit_test(every_key_of_an_experiment_is_read),
        cmocka_unit_test(an_arm_may_have_a_value_and_a_target),
        cmocka_unit_test(a_conversion_may_ask_for_properties),
        cmocka_unit_test(a_return_has_its_days_as_window),
        cmocka_unit_test(numeric_rewards_have_their_keys),
        cmocka_unit_test(an_experiment_inherits_what_it_does_not_say),
        cmocka_unit_test(a_reward_is_inherited_as_a_whole),
        cmocka_unit_test(experiments_come_by_id),
        cmocka_unit_test(a_section_without_experiments_is_one),
        cmocka_unit_test(counts_need_nothing_of_events),
        cmocka_unit_test(exposures_have_presets),
        cmocka_unit_test(the_preset_of_a_source_may_have_exposures),
        cmocka_unit_test(the_descriptions_of_the_schema_tell_the_defaults),
        cmocka_unit_test(no_key_of_an_experiment_is_filled_in),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
