/*
 * The bandit section of the configuration, ready to use: experiments, their arms, what
 * is counted of a unit and how the counts are judged.
 */
#ifndef BANDIT_SETTINGS_H
#define BANDIT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"

enum { ARMS_MAX = 20, EXPERIMENTS_MAX = 200, GUARDRAILS_MAX = 8, WHERE_MAX = 8 };

struct arm {
    const char *name;
    const json_t *value; /* what a flag serves in its place; NULL: the name */
    const char *target;  /* server or cluster; the name when not said */
    bool is_killed;
};

enum reward_type {
    REWARD_CONVERSION,
    REWARD_RETURN,
    REWARD_DURATION,
    REWARD_RATING,
    REWARD_VALUE,
};

/* `property` must have this value: a string, number or boolean of the configuration. */
struct where {
    const char *property; /* name, or JSON pointer when it begins with a slash */
    const json_t *value;
};

struct reward {
    enum reward_type type;
    const char *event; /* NULL for return and duration; as all below but the booleans it
                          may be missing with `counts` */
    struct where where[WHERE_MAX];
    size_t nwhere;
    int within_days;      /* return */
    bool is_log1p;        /* duration, value */
    const char *property; /* rating, value */
    double min, max;      /* rating */
    bool is_lower_better;
};

static inline bool reward_is_numeric(const struct reward *reward)
{
    return reward->type != REWARD_CONVERSION && reward->type != REWARD_RETURN;
}

struct guardrail {
    const char *name, *event;
    bool is_lower_better;
    double margin; /* relative, 0.10: worse by more than a tenth */
};

/* Which event is an exposure, and what of it names experiment and arm. */
struct exposure {
    const char *event;
    const char *flag_property; /* as struct where */
    const char *arm_property[2];
    size_t narm_properties; /* the first that is there counts */
    bool is_joined;         /* flag and arm in one text, split at its last `-` */
};

enum weight_format {
    WEIGHTS_JSON,
    WEIGHTS_FLAGD,
    WEIGHTS_GROWTHBOOK,
    WEIGHTS_UNLEASH,
    WEIGHTS_LAUNCHDARKLY,
    WEIGHTS_NGINX,
    WEIGHTS_HAPROXY,
    WEIGHTS_TRAEFIK,
    WEIGHTS_ENVOY,
    WEIGHTS_COUNT,
};

struct allocation {
    bool is_fixed; /* equal split of the active arms */
    bool is_drawn; /* P(best) by `draws` rounds of the sampler */
    int64_t draws;
    int floor_bp, ramp_bp, confirm_bp, hysteresis_bp;
    double confirm_p;
    int64_t burn_in; /* units of each arm before any move */
};

enum promotion_rule { RULE_FULL, RULE_ESSAY };

struct promotion_limits {
    enum promotion_rule rule;
    int streak_days;
    int64_t winner_sessions;
    int min_days;
    double srm_p, p_best, e_value; /* e_value a challenger: times K-1 */
};

struct experiment {
    const char *id, *flag;
    struct arm arm[ARMS_MAX]; /* control first */
    size_t narms;
    const char *source;       /* NULL when `counts` */
    const char *counts;       /* path of daily counts, as configured; NULL */
    struct exposure exposure; /* `event` NULL: not said, exposure_preset of the source's
                                 preset, which has one */
    bool is_per_user;
    int user_lookback_days;
    struct reward reward;
    int window_hours; /* 24 * within_days where the reward has one; 0: `counts` alone */
    int32_t start;    /* day; 0: the first exposure */
    double prior_a, prior_b;
    double halflife_days; /* 0: evidence does not fade */
    struct allocation allocation;
    struct guardrail guardrail[GUARDRAILS_MAX];
    size_t nguardrails;
    int deploy_minute;            /* of the day; -1: not known */
    const char *version_property; /* NULL */
    uint32_t formats;             /* bit 1 << enum weight_format; json always */
    const char *log;              /* path, as configured */
    struct promotion_limits promotion;
};

struct settings {
    struct experiment *experiment; /* by id, bytes */
    size_t n;
};

/* `config` was loaded and validated against the schema. Wrong combinations (a floor
 * that does not fit, a kill of no arm) are exit 3 with file, line and pointer. Texts
 * and JSON values are borrowed from `config`. */
MUST_USE bool settings_read(const struct config *config, struct arena *arena,
                            struct settings *settings, struct err *err);

/* An experiment with the defaults of every key but its arms, for verbs without a
 * configuration and for tests; without reward event and log. `names` are borrowed. */
void experiment_defaults(const char *id, const char *const *names, size_t narms,
                         struct experiment *experiment);

/* Sets one key of allocation, promotion or `discount_halflife_days`, `prior`, `method`
 * from the command line: "floor_bp=500", "promotion.p_best=.9" or "p_best=.9". */
MUST_USE bool experiment_set(struct experiment *experiment, const char *assignment,
                             struct err *err);

/* The exposures of a product's export: "posthog", "growthbook", "segment", "ga4" (also
 * as "ga4_bigquery", the name of the source's preset), "generic". False: it has none.
 */
MUST_USE bool exposure_preset(const char *name, struct exposure *exposure);

const struct experiment *settings_find(const struct settings *settings, const char *id);

/* The least floor a promotion asks for, and the default, of so many arms: min(500,
 * 5000 / arms), rounded down. */
static inline int floor_default_bp(size_t narms)
{
    return narms <= 10 ? 500 : (int)(5000 / narms);
}

/* For settings_set.c. Keys of judging that `keys` has (allocation, prior, fading,
 * promotion) replace those of the experiment. */
void settings_read_judging(const json_t *keys, struct experiment *experiment);
/* "is 3334, which leaves the 3 arms of 'cta' nothing to move; at most 3333" */
MUST_USE bool settings_check_floor(const struct experiment *experiment,
                                   struct err *err);

const char *weight_format_word(enum weight_format format); /* "json" .. "envoy" */
MUST_USE bool weight_format_parse(const char *word, enum weight_format *format);

#endif
