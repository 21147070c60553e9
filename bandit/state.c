/* The conclusions as state/bandit.json has them: facts of experiments, which stand as
 * they are until something moves. */
#include <math.h>
#include <string.h>

#include "bandit/bandit.h"
#include "shared/json.h"
#include "shared/stats.h"

#include "shared/banned.h"

enum { E_VALUE_X100_MAX = 100000000, LIFT_BP_MAX = 1000000, STREAK_MAX = 100000 };

static const char data_ok[] = "ok";

static bool keeps_before(const struct experiment *experiment)
{
    return experiment->deploy_minute >= 0 || experiment->version_property;
}

/* ---- reading ---- */

static bool unfit(const char *what, const struct experiment *experiment,
                  struct err *err)
{
    return err_set(err,
                   "cannot use 'state/" BANDIT_JSON
                   "': /experiments/%s/%s does not fit; restore the file from git",
                   experiment->id, what);
}

static bool read_day(const json_t *facts, const char *key,
                     const struct experiment *experiment, int32_t *day, struct err *err)
{
    const char *text = json_string_value(json_object_get(facts, key));

    return (text && day_parse(text, strlen(text), day)) || unfit(key, experiment, err);
}

static bool read_weights(const json_t *facts, const char *key,
                         const struct experiment *experiment, size_t narms,
                         int64_t weight_bp[ARMS_MAX], struct err *err)
{
    const json_t *array = json_object_get(facts, key);
    int64_t sum = 0;

    if (json_array_size(array) != narms)
        return unfit(key, experiment, err);
    for (size_t a = 0; a < narms; a++) {
        const json_t *weight = json_array_get(array, a);

        if (!json_is_integer(weight) || json_integer_value(weight) < 0 ||
            json_integer_value(weight) > BP)
            return unfit(key, experiment, err);
        weight_bp[a] = json_integer_value(weight);
        sum += weight_bp[a];
    }
    return sum == BP || unfit(key, experiment, err);
}

/* What was served until now, and before that. */
static bool read_served(const json_t *facts, const struct experiment *experiment,
                        size_t narms, struct standing *standing, struct err *err)
{
    return read_weights(facts, "weights_bp", experiment, narms, standing->weight_bp,
                        err) &&
           (!json_object_get(facts, "before_bp") ||
            read_weights(facts, "before_bp", experiment, narms, standing->before_bp,
                         err));
}

static size_t arm_index(const struct experiment *experiment, const char *name)
{
    size_t a = 0;

    while (a < experiment->narms && strcmp(experiment->arm[a].name, name) != 0)
        a++;
    return a;
}

/* "frozen: no exposures since 2026-11-05" */
static bool read_freeze(const json_t *facts, const struct experiment *experiment,
                        struct standing *standing, struct err *err)
{
    const char *data = json_string_value(json_object_get(facts, "data"));
    size_t n = data ? strlen(data) : 0;

    if (data && strcmp(data, data_ok) == 0)
        return true;
    for (int f = FREEZE_NONE + 1; f <= FREEZE_SRM; f++) {
        char text[64];
        int length = snprintf(text, sizeof text, "frozen: %s since ",
                              freeze_words((enum freeze)f));

        if (n == (size_t)length + 10 && strncmp(data, text, (size_t)length) == 0 &&
            day_parse(data + length, 10, &standing->frozen_since)) {
            standing->freeze = (enum freeze)f;
            return true;
        }
    }
    return unfit("data", experiment, err);
}

static bool read_arms(const json_t *facts, const struct experiment *experiment,
                      size_t *narms, struct err *err)
{
    const json_t *arms = json_object_get(facts, "arms");

    *narms = json_array_size(arms);
    if (*narms < 2)
        return unfit("arms", experiment, err);
    for (size_t a = 0; a < *narms; a++) {
        const char *name = json_string_value(json_array_get(arms, a));

        if (!name)
            return unfit("arms", experiment, err);
        if (a >= experiment->narms || strcmp(experiment->arm[a].name, name) != 0)
            return err_set(err,
                           "experiment '%s': arm '%s' of 'state/" BANDIT_JSON
                           "' was removed or moved; put it back, list it in 'kill', or "
                           "begin a new phase with a later 'start'",
                           experiment->id, name);
    }
    return true;
}

/* Whether the arms are the configured ones. */
static bool has_arms(const json_t *facts, const struct experiment *experiment)
{
    const json_t *arms = json_object_get(facts, "arms");
    size_t n = json_array_size(arms), same = 0;

    for (size_t a = 0; a < n && a < experiment->narms; a++) {
        const char *name = json_string_value(json_array_get(arms, a));

        same += name && strcmp(name, experiment->arm[a].name) == 0;
    }
    return same == n && n == experiment->narms;
}

bool state_standing(const json_t *facts, const struct experiment *experiment,
                    int32_t through, struct standing *standing, bool *is_wider,
                    struct err *err)
{
    const char *leader = json_string_value(json_object_get(facts, "recommendation"));
    int64_t version, streak;
    size_t narms;

    *standing = (struct standing){.as_of = through};
    if (!read_day(facts, "start", experiment, &standing->start, err))
        return false;
    if (!json_need_int(facts, "version", &version, err) || version < 1 ||
        version > INT32_MAX)
        return unfit("version", experiment, err);
    standing->version = version;
    if (experiment->start > standing->start) { // a new phase: its arms are its own
        *is_wider = false;
        return !has_arms(facts, experiment) ||
               read_served(facts, experiment, experiment->narms, standing, err);
    }
    if (!read_arms(facts, experiment, &narms, err))
        return false;
    *is_wider = narms < experiment->narms;
    if (!json_need_int(facts, "streak", &streak, err) || streak < 0 ||
        streak > STREAK_MAX)
        return unfit("streak", experiment, err);
    standing->streak = (int)streak;
    standing->recommendation = leader ? arm_index(experiment, leader) : narms;
    if (standing->recommendation >= narms)
        return unfit("recommendation", experiment, err);
    if (json_object_get(facts, "evidence_through") &&
        !read_day(facts, "evidence_through", experiment, &standing->evidence_through,
                  err))
        return false;
    return read_freeze(facts, experiment, standing, err) &&
           read_served(facts, experiment, narms, standing, err);
}

/* ---- writing ---- */

static json_t *integers(const int64_t *of, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_push(array, json_integer(of[i]));
    return array;
}

static void put_day(json_t *object, const char *key, int32_t day)
{
    json_put(object, key, json_string(day_text(day).text));
}

static json_t *promotion_json(const struct promotion *promotion)
{
    json_t *object = json_object();
    json_t *missing = json_array();

    if (promotion->winner == 0)
        json_push(missing, json_string("winner_is_control"));
    for (int i = 0; i < ITEM_COUNT && promotion->winner > 0; i++)
        if ((promotion->missing >> i & 1) != 0)
            json_push(missing,
                      json_string(promotion_item_word((enum promotion_item)i)));
    json_put(object, "eligible", json_boolean(promotion->is_eligible));
    json_put(object, "missing", missing);
    return object;
}

/* What a change of means that something happened. */
static json_t *conclusions(const struct trial *trial)
{
    const struct experiment *experiment = trial->experiment;
    const struct standing *standing = &trial->standing;
    json_t *object = json_object();
    json_t *arms = json_array();
    char data[64];

    for (size_t a = 0; a < experiment->narms; a++)
        json_push(arms, json_string(experiment->arm[a].name));
    (void)snprintf(data, sizeof data, "%s", data_ok);
    if (standing->freeze != FREEZE_NONE)
        (void)snprintf(data, sizeof data, "frozen: %s since %s",
                       freeze_words(standing->freeze),
                       day_text(standing->frozen_since).text);
    json_put(object, "arms", arms);
    json_put(object, "data", json_string(data));
    json_put(object, "floor_bp", json_integer(experiment->allocation.floor_bp));
    json_put(object, "promotion", promotion_json(&trial->judged.promotion));
    json_put(object, "recommendation",
             json_string(experiment->arm[standing->recommendation].name));
    put_day(object, "start", standing->start);
    json_put(object, "version", json_integer(standing->version));
    json_put(object, "weights_bp", integers(standing->weight_bp, experiment->narms));
    if (keeps_before(experiment) && standing->before_bp[0] > 0)
        json_put(object, "before_bp", integers(standing->before_bp, experiment->narms));
    return object;
}

/* Shares as bp that sum to 10000, the remainder to the largest fractions. */
static void to_bp(const double *share, size_t n, int64_t bp[ARMS_MAX])
{
    double fraction[ARMS_MAX];
    int64_t left = BP;

    for (size_t a = 0; a < n; a++) {
        bp[a] = (int64_t)floor(share[a] * BP);
        fraction[a] = share[a] * BP - (double)bp[a];
        left -= bp[a];
    }
    while (left > 0) {
        size_t most = 0;

        for (size_t a = 1; a < n; a++)
            if (fraction[a] > fraction[most])
                most = a;
        bp[most]++;
        fraction[most] = -1;
        left--;
    }
}

static int64_t rounded(double value, double most)
{
    return llround(fmin(fmax(value, -most), most));
}

static json_t *lifts(const struct trial *trial)
{
    static const double at[3] = {.025, .5, .975};
    const struct reward *reward = &trial->experiment->reward;
    const struct posterior *posterior = trial->judged.now.posterior;
    bool is_log1p = reward_is_numeric(reward) && reward->is_log1p;
    json_t *all = json_array();

    for (size_t a = 0; a < trial->experiment->narms; a++) {
        int64_t bp[3] = {0};

        for (int q = 0; q < 3 && a > 0 && trial->judging.is_active[a]; q++)
            bp[q] = rounded(1e4 * measure_lift_quantile(&posterior[a], &posterior[0],
                                                        is_log1p, at[q]),
                            LIFT_BP_MAX);
        json_push(all, integers(bp, 3));
    }
    return all;
}

/* The stratified mean as the reward is counted, of which fewer may be better. */
static int64_t mean_scaled(const struct trial *trial, size_t arm)
{
    const struct reward *reward = &trial->experiment->reward;
    double mean = trial->judged.now.of[arm].mean;

    if (reward_is_numeric(reward))
        return rounded(1e4 * (reward->is_lower_better ? -mean : mean), 1e17);
    return llround(1e6 * (reward->is_lower_better ? 1 - mean : mean));
}

static void put_numbers(const struct trial *trial, json_t *object)
{
    const struct judged *judged = &trial->judged;
    bool is_numeric = reward_is_numeric(&trial->experiment->reward);
    size_t n = trial->experiment->narms;
    int64_t e_value[ARMS_MAX] = {0}, p_best[ARMS_MAX] = {0}, mean[ARMS_MAX] = {0};
    struct arena *arena = trial->judging.arena;

    json_put(object, "streak", json_integer(trial->standing.streak));
    json_put(object, "units", integers(judged->units, n));
    json_put(object, "srm_p",
             json_string(stats_p_text(measure_srm_p(&judged->srm), arena)));
    if (judged->now.day == 0)
        return;
    for (size_t a = 0; a < n; a++) {
        mean[a] = trial->judging.is_active[a] ? mean_scaled(trial, a) : 0;
        if (a > 0)
            e_value[a] =
                rounded(100 * exp(fmin(judged->log_e[a], 20)), E_VALUE_X100_MAX);
    }
    to_bp(judged->now.comparison.p_best, n, p_best);
    if (!is_numeric)
        json_put(object, "conversions", integers(judged->conversions, n));
    put_day(object, "evidence_through", trial->standing.evidence_through);
    json_put(object, "e_value_x100", integers(e_value, n));
    json_put(object, "lift_bp", lifts(trial));
    json_put(object, "p_best_bp", integers(p_best, n));
    json_put(object, is_numeric ? "mean_x10000" : "rate_ppm", integers(mean, n));
}

static bool has_moved(const json_t *before, const json_t *conclusions)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)conclusions, key, value)
    {
        if (!json_equal(json_object_get(before, key), value))
            return true;
    }
    return (json_object_get(before, "before_bp") != NULL) !=
           (json_object_get(conclusions, "before_bp") != NULL);
}

json_t *state_facts(const struct trial *trial)
{
    json_t *now = conclusions(trial);

    if (trial->facts && !has_moved(trial->facts, now)) {
        json_decref(now);
        return json_incref((json_t *)trial->facts);
    }
    put_numbers(trial, now);
    return now;
}

json_t *state_document(json_t *experiments, const struct findings *findings,
                       int32_t through)
{
    json_t *document = json_object();
    json_t *found = json_object();

    for (size_t i = 0; i < findings->n; i++)
        json_put(found, findings->item[i].id, finding_to_state(&findings->item[i]));
    json_put(document, "experiments", experiments);
    json_put(document, "findings", found);
    json_put(document, "schema", json_integer(BANDIT_SCHEMA));
    put_day(document, "through", through);
    json_put(document, "tool", json_string("bandit"));
    return document;
}

bool state_findings(const json_t *document, struct arena *arena, int32_t *through,
                    struct findings *findings, struct err *err)
{
    if (!findings_from_state(document, arena, through, findings, err))
        return false;
    return json_is_object(json_object_get(document, "experiments")) ||
           err_set(err, "/experiments: is not an object");
}
