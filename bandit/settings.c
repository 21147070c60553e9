/* Reads the bandit section. Shapes and ranges were the schema's business; what an
 * experiment inherits, the defaults, and what must fit together are here.
 *
 * The schema has no `default` for a key of an experiment: filled in, it would hide the
 * same key of `bandit.defaults`, and nobody could tell any more what was said. So the
 * defaults are the one table `usual`, the section's `defaults` are laid over it, and
 * the experiment over both. A test holds the table to the schema's descriptions. */
#include "bandit/settings.h"

#include <assert.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/engine.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/str.h"

#include "shared/banned.h"

enum { EVEN_BP = 10000, FLOOR_USUAL_BP = 500, HOURS_OF_DAY = 24 };

#define SOURCE_USUAL "events"

static const struct experiment usual = {
    .source = SOURCE_USUAL,
    .user_lookback_days = 30,
    .window_hours = 24,
    .prior_a = 1,
    .prior_b = 1,
    .allocation = {.draws = 20000,
                   .ramp_bp = 2000,
                   .confirm_bp = 3000,
                   .confirm_p = .80,
                   .hysteresis_bp = 100,
                   .burn_in = 100},
    .deploy_minute = -1,
    .formats = 1U << WEIGHTS_JSON,
    .promotion = {.rule = RULE_FULL,
                  .streak_days = 5,
                  .winner_sessions = 20,
                  .min_days = 14,
                  .srm_p = .001,
                  .p_best = .95,
                  .e_value = 20},
};

/* K: arms that have not been killed; control never is. */
static size_t active_arms(const struct experiment *experiment)
{
    size_t n = 1;

    for (size_t i = 1; i < experiment->narms; i++)
        n += !experiment->arm[i].is_killed;
    return n;
}

void experiment_defaults(const char *id, const char *const *names, size_t narms,
                         struct experiment *experiment)
{
    assert(narms > 0 && narms <= ARMS_MAX);
    *experiment = usual;
    experiment->id = experiment->flag = id;
    experiment->narms = narms;
    for (size_t i = 0; i < narms; i++)
        experiment->arm[i] = (struct arm){.name = names[i], .target = names[i]};
    experiment->allocation.floor_bp = floor_default_bp(narms);
}

/* ---- keys that read the same from a file and from the command line: each leaves what
 * is there when `keys` does not say it ---- */

static bool is_word(const json_t *keys, const char *key, const char *word,
                    bool otherwise)
{
    const char *text = json_text(keys, key, NULL);

    return text ? strcmp(text, word) == 0 : otherwise;
}

static void read_allocation(const json_t *keys, struct allocation *to)
{
    to->is_fixed = is_word(keys, "allocation", "fixed", to->is_fixed);
    to->is_drawn = is_word(keys, "method", "draws", to->is_drawn);
    to->draws = json_int(keys, "draws", to->draws);
    to->floor_bp = (int)json_int(keys, "floor_bp", to->floor_bp);
    to->ramp_bp = (int)json_int(keys, "ramp_bp", to->ramp_bp);
    to->confirm_bp = (int)json_int(keys, "confirm_bp", to->confirm_bp);
    to->confirm_p = json_number(keys, "confirm_p", to->confirm_p);
    to->hysteresis_bp = (int)json_int(keys, "hysteresis_bp", to->hysteresis_bp);
    to->burn_in = json_int(keys, "burn_in", to->burn_in);
}

static void read_promotion(const json_t *keys, struct promotion_limits *to)
{
    bool is_essay = is_word(keys, "rule", "essay", to->rule == RULE_ESSAY);

    to->rule = is_essay ? RULE_ESSAY : RULE_FULL;
    to->streak_days = (int)json_int(keys, "streak_days", to->streak_days);
    to->winner_sessions = json_int(keys, "winner_sessions", to->winner_sessions);
    to->min_days = (int)json_int(keys, "min_days", to->min_days);
    to->srm_p = json_number(keys, "srm_p", to->srm_p);
    to->p_best = json_number(keys, "p_best", to->p_best);
    to->e_value = json_number(keys, "e_value", to->e_value);
}

void settings_read_judging(const json_t *keys, struct experiment *experiment)
{
    const json_t *prior = json_object_get(keys, "prior");
    const json_t *promotion = json_object_get(keys, "promotion");

    if (prior) {
        experiment->prior_a = json_number_value(json_array_get(prior, 0));
        experiment->prior_b = json_number_value(json_array_get(prior, 1));
    }
    if (json_object_get(keys, "discount_halflife_days")) // null is an answer
        experiment->halflife_days = json_number(keys, "discount_halflife_days", 0);
    read_allocation(keys, &experiment->allocation);
    if (promotion)
        read_promotion(promotion, &experiment->promotion);
}

/* ---- from the configuration ---- */

/* One experiment on its way: what it says, what it inherits, and both as one. */
struct reading {
    const struct config *config;
    struct arena *arena;
    const char *id;
    const json_t *own, *inherited; /* NULL: there are no defaults */
    const json_t *keys;
};

/* Pointer of `key` where it was said, `below` it: the experiment's, else that of
 * `defaults`; the experiment itself when nobody said it. */
static const char *said_at(const struct reading *reading, const char *key,
                           const char *below)
{
    if (json_object_get(reading->own, key))
        return str_format(reading->arena, "/bandit/experiments/%s/%s%s", reading->id,
                          key, below);
    if (json_object_get(reading->inherited, key))
        return str_format(reading->arena, "/bandit/defaults/%s%s", key, below);
    return str_format(reading->arena, "/bandit/experiments/%s", reading->id);
}

static const char *item_of(const struct reading *reading, const char *key, size_t i,
                           const char *below)
{
    return said_at(reading, key, str_format(reading->arena, "/%zu%s", i, below));
}

static const char *did_you_mean(const struct reading *reading, const char *name,
                                const char *const *names, size_t n)
{
    const char *near = str_nearest(name, names, n);

    return near ? str_format(reading->arena, "; did you mean '%s'", near) : "";
}

/* Whether the same object says both: one said nearer than the other just replaces it.
 */
static bool says_both(const struct reading *reading, const char *a, const char *b)
{
    return (json_object_get(reading->own, a) && json_object_get(reading->own, b)) ||
           (json_object_get(reading->inherited, a) &&
            json_object_get(reading->inherited, b) &&
            !json_object_get(reading->own, a) && !json_object_get(reading->own, b));
}

static size_t arm_find(const struct experiment *experiment, const char *name, size_t n)
{
    size_t i = 0;

    while (i < n && strcmp(experiment->arm[i].name, name) != 0)
        i++;
    return i;
}

static bool read_arms(const struct reading *reading, struct experiment *experiment,
                      struct err *err)
{
    const json_t *array = json_object_get(reading->keys, "arms");

    if (!array)
        return config_err(reading->config, said_at(reading, "arms", ""), err,
                          "the key 'arms' is missing");
    experiment->narms = json_array_size(array);
    for (size_t i = 0; i < experiment->narms; i++) {
        const json_t *said = json_array_get(array, i);
        const char *name = json_is_string(said) ? json_string_value(said)
                                                : json_text(said, "name", "");

        if (arm_find(experiment, name, i) < i)
            return config_err(reading->config, item_of(reading, "arms", i, ""), err,
                              "a second arm '%s'; choose another name", name);
        experiment->arm[i] = (struct arm){.name = name, .target = name};
        if (json_is_object(said)) {
            experiment->arm[i].value = json_object_get(said, "value");
            experiment->arm[i].target = json_text(said, "target", name);
        }
    }
    return true;
}

static bool read_killed(const struct reading *reading, struct experiment *experiment,
                        struct err *err)
{
    const json_t *array = json_object_get(reading->keys, "kill");
    const char *names[ARMS_MAX];

    for (size_t i = 0; i < experiment->narms; i++)
        names[i] = experiment->arm[i].name;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        const char *pointer = item_of(reading, "kill", i, "");
        size_t arm = arm_find(experiment, name, experiment->narms);

        if (arm == 0)
            return config_err(reading->config, pointer, err,
                              "'%s' is the control of '%s', which is never killed; "
                              "kill the challengers",
                              name, reading->id);
        if (arm == experiment->narms)
            return config_err(reading->config, pointer, err,
                              "'%s' is not an arm of '%s'%s", name, reading->id,
                              did_you_mean(reading, name, names, experiment->narms));
        experiment->arm[arm].is_killed = true;
    }
    return true;
}

/* The file of counts, or the name of a source that can have exposures. */
static bool read_source(const struct reading *reading, struct experiment *experiment,
                        struct err *err)
{
    const json_t *sources = json_object_get(reading->config->root, "sources");
    const json_t *source;
    const char *pointer = said_at(reading, "source", "");
    const char **names;
    const char *remedy;
    size_t n;

    if (says_both(reading, "counts", "source"))
        return config_err(reading->config, said_at(reading, "counts", ""), err,
                          "'counts' beside 'source'; leave one out");
    experiment->counts = json_text(reading->keys, "counts", NULL);
    // counts of `defaults` give way to the experiment's own source
    if (json_object_get(reading->own, "source"))
        experiment->counts = NULL;
    if (experiment->counts) {
        experiment->source = NULL;
        return true;
    }
    experiment->source = json_text(reading->keys, "source", experiment->source);
    source = json_object_get(sources, experiment->source);
    if (!source) {
        names = json_keys(reading->arena, sources, &n);
        remedy = did_you_mean(reading, experiment->source, names, n);
        return config_err(reading->config, pointer, err,
                          "'%s' is not among 'sources'%s", experiment->source,
                          *remedy ? remedy : "; add it there");
    }
    if (strcmp(json_text(source, "type", ""), "access_log") == 0)
        return config_err(reading->config, pointer, err,
                          "the access log '%s' has no exposures; name a source of "
                          "events, or daily 'counts'",
                          experiment->source);
    return true;
}

/* What the products' own exports call an exposure. */
static const struct {
    const char *name;
    struct exposure exposure;
} presets[] = {
    {"posthog",
     {.event = "$feature_flag_called",
      .flag_property = "$feature_flag",
      .arm_property = {"$feature_flag_response"},
      .narm_properties = 1}},
    {"growthbook",
     {.event = "Experiment Viewed",
      .flag_property = "experimentId",
      .arm_property = {"variationId", "variantId"},
      .narm_properties = 2}},
    {"segment",
     {.event = "Experiment Viewed",
      .flag_property = "experiment_id",
      .arm_property = {"variation_name"},
      .narm_properties = 1}},
    {"ga4",
     {.event = "experience_impression",
      .flag_property = "exp_variant_string",
      .arm_property = {"exp_variant_string"},
      .narm_properties = 1,
      .is_joined = true}},
    {"generic",
     {.event = "exposure",
      .flag_property = "experiment",
      .arm_property = {"arm"},
      .narm_properties = 1}},
};

bool exposure_preset(const char *name, struct exposure *exposure)
{
    const char *wanted = strcmp(name, "ga4_bigquery") == 0 ? "ga4" : name;

    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        if (strcmp(presets[i].name, wanted) == 0) {
            *exposure = presets[i].exposure;
            return true;
        }
    }
    return false;
}

static bool read_exposure(const struct reading *reading, struct experiment *experiment,
                          struct err *err)
{
    const json_t *said = json_object_get(reading->keys, "exposure");
    struct exposure *to = &experiment->exposure;
    const json_t *sources, *source;
    const char *type, *preset;

    if (json_is_object(said)) {
        *to = (struct exposure){.event = json_text(said, "event", ""),
                                .flag_property = json_text(said, "flag_property", ""),
                                .arm_property = {json_text(said, "arm_property", "")},
                                .narm_properties = 1};
        return true;
    }
    if (said) {
        bool is_known = exposure_preset(json_string_value(said), to);

        assert(is_known); // the schema's enum
        return true;
    }
    if (!experiment->source)
        return true;
    // the source's own; that it has one is told here, with the line
    sources = json_object_get(reading->config->root, "sources");
    source = json_object_get(sources, experiment->source);
    type = json_text(source, "type", "");
    preset = strcmp(type, "posthog") == 0 ? type
             : engine_is_type(type)       ? "generic" // columns of those names
                                          : json_text(source, "preset", "");
    if (exposure_preset(preset, &(struct exposure){0}))
        return true;
    return config_err(reading->config, said_at(reading, "exposure", ""), err,
                      "'%s' has no exposures of its own; add the key 'exposure' with "
                      "their event, flag_property and arm_property",
                      preset);
}

static bool needs(const struct reading *reading, const json_t *reward, const char *key,
                  struct err *err)
{
    return json_object_get(reward, key) ||
           config_err(reading->config, said_at(reading, "reward", ""), err,
                      "the key '%s' is missing", key);
}

/* What must be said to find a reward among events. */
static bool check_reward(const struct reading *reading, const json_t *reward,
                         enum reward_type type, struct err *err)
{
    switch (type) {
    case REWARD_CONVERSION: return needs(reading, reward, "event", err);
    case REWARD_RETURN: return needs(reading, reward, "within_days", err);
    case REWARD_DURATION: return true;
    case REWARD_RATING:
        return needs(reading, reward, "event", err) &&
               needs(reading, reward, "property", err) &&
               needs(reading, reward, "min", err) && needs(reading, reward, "max", err);
    case REWARD_VALUE:
        return needs(reading, reward, "event", err) &&
               needs(reading, reward, "property", err);
    }
    return true;
}

static enum reward_type reward_type_of(const char *word)
{
    static const char *const words[] = {"conversion", "return", "duration", "rating",
                                        "value"};
    int i = 0;

    while (strcmp(words[i], word) != 0) // the schema's enum: one of them it is
        i++;
    return (enum reward_type)i;
}

static void read_where(const json_t *reward, struct reward *to)
{
    const json_t *where = json_object_get(reward, "where");
    const char *property;
    json_t *value;

    json_object_foreach((json_t *)where, property, value) // the macro only reads
    {
        to->where[to->nwhere++] = (struct where){property, value};
    }
}

static bool read_reward(const struct reading *reading, struct experiment *experiment,
                        struct err *err)
{
    const json_t *reward = json_object_get(reading->keys, "reward");
    struct reward *to = &experiment->reward;

    if (!reward)
        return config_err(reading->config, said_at(reading, "reward", ""), err,
                          "the key 'reward' is missing");
    to->type = reward_type_of(json_text(reward, "type", ""));
    if (!experiment->counts && !check_reward(reading, reward, to->type, err))
        return false;
    to->event = json_text(reward, "event", NULL);
    to->property = json_text(reward, "property", NULL);
    to->within_days = (int)json_int(reward, "within_days", 0);
    to->is_log1p = is_word(reward, "transform", "log1p", false);
    to->is_lower_better = is_word(reward, "better", "lower", false);
    to->min = json_number(reward, "min", 0);
    to->max = json_number(reward, "max", 0);
    read_where(reward, to);
    if (json_object_get(reward, "min") && json_object_get(reward, "max") &&
        to->min >= to->max)
        return config_err(reading->config, said_at(reading, "reward", "/min"), err,
                          "'min' is not below 'max'; swap them");
    return true;
}

static bool read_window(const struct reading *reading, struct experiment *experiment,
                        struct err *err)
{
    const char *pointer = said_at(reading, "window_hours", "");
    bool is_own = json_object_get(reading->own, "window_hours");

    experiment->window_hours =
        (int)json_int(reading->keys, "window_hours", experiment->window_hours);
    if (experiment->reward.within_days > 0) {
        if (is_own || says_both(reading, "reward", "window_hours"))
            return config_err(reading->config, pointer, err,
                              "'within_days' of the reward is the window; leave out "
                              "'window_hours'");
        experiment->window_hours = HOURS_OF_DAY * experiment->reward.within_days;
    }
    if (experiment->window_hours == 0 && !experiment->counts)
        return config_err(reading->config, pointer, err,
                          "is 0, which is for 'counts' alone; allowed 1 to 2160");
    return true;
}

static bool read_guardrails(const struct reading *reading,
                            struct experiment *experiment, struct err *err)
{
    const json_t *array = json_object_get(reading->keys, "guardrails");

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *said = json_array_get(array, i);
        const char *name = json_text(said, "name", "");

        for (size_t j = 0; j < i; j++)
            if (strcmp(experiment->guardrail[j].name, name) == 0)
                return config_err(reading->config,
                                  item_of(reading, "guardrails", i, "/name"), err,
                                  "a second guardrail '%s'; choose another name", name);
        experiment->guardrail[i] =
            (struct guardrail){.name = name,
                               .event = json_text(said, "event", ""),
                               .is_lower_better = is_word(said, "better", "lower", 0),
                               .margin = json_number(said, "margin", 0)};
    }
    experiment->nguardrails = json_array_size(array);
    return true;
}

static void read_formats(const json_t *array, struct experiment *experiment)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        enum weight_format format = WEIGHTS_JSON;
        bool is_known =
            weight_format_parse(json_string_value(json_array_get(array, i)), &format);

        assert(is_known); // the schema's enum
        experiment->formats |= 1U << format;
    }
}

/* "HH:MM", whose shape is the schema's business. */
static int minute_of_day(const char *text)
{
    return ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 +
           text[4] - '0';
}

static void read_delivery(const struct reading *reading, struct experiment *experiment)
{
    const json_t *keys = reading->keys;
    const char *start = json_text(keys, "start", NULL);
    const char *time = json_text(keys, "deploy_time", NULL);

    experiment->flag = json_text(keys, "flag", reading->id);
    experiment->is_per_user = is_word(keys, "per", "user", false);
    experiment->user_lookback_days =
        (int)json_int(keys, "user_lookback_days", experiment->user_lookback_days);
    if (start) {
        bool is_day = day_parse(start, strlen(start), &experiment->start);

        assert(is_day); // the schema's format
    }
    if (time)
        experiment->deploy_minute = minute_of_day(time);
    experiment->version_property = json_text(keys, "version_property", NULL);
    experiment->log = json_text(keys, "log", NULL);
    if (!experiment->log)
        experiment->log = str_format(reading->arena, "experiments/%s.md", reading->id);
    read_formats(json_object_get(keys, "formats"), experiment);
}

bool settings_check_floor(const struct experiment *experiment, struct err *err)
{
    size_t active = active_arms(experiment);
    int floor_bp = experiment->allocation.floor_bp;

    return active * (size_t)floor_bp < EVEN_BP ||
           err_set(err,
                   "is %d, which leaves the %zu arms of '%s' nothing to move; at most "
                   "%zu",
                   floor_bp, active, experiment->id, (EVEN_BP - 1) / active);
}

static bool read_experiment(const struct reading *reading,
                            struct experiment *experiment, struct err *err)
{
    struct err why;

    *experiment = usual;
    experiment->id = reading->id;
    if (!read_arms(reading, experiment, err) ||
        !read_killed(reading, experiment, err) ||
        !read_source(reading, experiment, err) ||
        !read_exposure(reading, experiment, err) ||
        !read_reward(reading, experiment, err) ||
        !read_window(reading, experiment, err) ||
        !read_guardrails(reading, experiment, err))
        return false;
    read_delivery(reading, experiment);
    experiment->allocation.floor_bp = floor_default_bp(active_arms(experiment));
    settings_read_judging(reading->keys, experiment);
    return settings_check_floor(experiment, &why) ||
           config_err(reading->config, said_at(reading, "floor_bp", ""), err, "%s",
                      why.text);
}

/* Members of both, `own` winning; of `promotion` key by key. */
static json_t *laid_over(const json_t *own, const json_t *inherited)
{
    OWN(json) both = json_object();
    OWN(json) promotion = json_object();
    const json_t *layers[] = {inherited, own};

    for (int i = 0; i < 2; i++) {
        const char *key;
        json_t *value;

        json_object_foreach((json_t *)layers[i], key, value) // the macro only reads
        {
            json_put(both, key, json_incref(value));
        }
        json_object_foreach(json_object_get(layers[i], "promotion"), key, value)
        {
            json_put(promotion, key, json_incref(value));
        }
    }
    json_put(both, "promotion", take(&promotion));
    return take(&both);
}

bool settings_read(const struct config *config, struct arena *arena,
                   struct settings *settings, struct err *err)
{
    const json_t *section = config_section(config, "bandit");
    const json_t *experiments, *inherited;
    struct settings read = {0};
    const char **ids;

    if (!section)
        return config_err(config, "", err,
                          "there is no 'bandit' section; add \"bandit\": "
                          "{\"experiments\": {...}}");
    experiments = json_object_get(section, "experiments");
    inherited = json_object_get(section, "defaults");
    ids = json_keys(arena, experiments, &read.n);
    read.experiment = arena_new(arena, struct experiment, read.n);
    for (size_t i = 0; i < read.n; i++) {
        const json_t *own = json_object_get(experiments, ids[i]);
        OWN(json) keys = laid_over(own, inherited);
        struct reading reading = {.config = config,
                                  .arena = arena,
                                  .id = ids[i],
                                  .own = own,
                                  .inherited = inherited,
                                  .keys = keys};

        // texts stay: their values belong to `config`
        if (!read_experiment(&reading, &read.experiment[i], err))
            return false;
    }
    *settings = read;
    return true;
}

const struct experiment *settings_find(const struct settings *settings, const char *id)
{
    for (size_t i = 0; i < settings->n; i++)
        if (strcmp(settings->experiment[i].id, id) == 0)
            return &settings->experiment[i];
    return NULL;
}
