/* Asks the sources that count for themselves for the arms of each day. */
#include <string.h>

#include "bandit/inputs.h"
#include "shared/engine.h"

#include "shared/banned.h"

_Static_assert(GUARDRAILS_MAX <= (int)DAY_GUARDRAILS_MAX, "a count each");

static struct arms_wanted wanted_of(const struct watched *watched, struct arena *arena)
{
    const struct experiment *experiment = watched->experiment;
    const char **arm = arena_new(arena, const char *, experiment->narms);
    const char **guardrail = arena_new(arena, const char *, experiment->nguardrails);

    for (size_t k = 0; k < experiment->narms; k++)
        arm[k] = experiment->arm[k].name;
    for (size_t g = 0; g < experiment->nguardrails; g++)
        guardrail[g] = experiment->guardrail[g].event;
    return (struct arms_wanted){
        .event = watched->exposure.event,
        .flag_property = watched->exposure.flag_property,
        .arm_property = watched->exposure.arm_property[0],
        .flag = experiment->flag,
        .arm = arm,
        .narms = experiment->narms,
        .is_per_user = experiment->is_per_user,
        .reward = experiment->reward.event,
        .guardrail = guardrail,
        .nguardrails = experiment->nguardrails,
        .window_ms = (int64_t)experiment->window_hours * 3600000,
    };
}

/* What only rows can tell; NULL: nothing of it is asked for. */
static const char *needs_rows(const struct watched *watched)
{
    const struct reward *reward = &watched->experiment->reward;

    if (reward->type != REWARD_CONVERSION)
        return "a reward that is no conversion";
    if (reward->nwhere > 0)
        return "'where' of a reward";
    if (watched->experiment->version_property)
        return "'version_property'";
    if (watched->exposure.is_joined)
        return "flag and arm in one text";
    return NULL;
}

bool arms_check(const struct config *config, const char *where,
                const struct watched *watched, struct source *source,
                struct arena *arena, struct err *err)
{
    const struct arms_wanted wanted = wanted_of(watched, arena);
    const char *what = needs_rows(watched);
    struct err why;

    if (what)
        return config_err(config, where, err,
                          "%s needs rows, and source '%s' counts for itself", what,
                          watched->experiment->source);
    return source_check_arms(source, &wanted, &why) ||
           config_err(config, where, err, "%s", why.text);
}

static void take_day(const struct day_arms *from, const struct experiment *experiment,
                     struct arms_day *day)
{
    day->multi = from->multi;
    day->unknown = from->unknown;
    for (size_t k = 0; k < experiment->narms; k++) {
        const struct arm_counts *arm = &from->arm[k];
        struct arm_mature *mature = &day->mature[k];

        day->exposed[k] = arm->exposed;
        day->deployed[k] = arm->deployed;
        if (!day->is_mature)
            continue;
        mature->units = arm->units;
        mature->conversions = arm->successes;
        for (size_t g = 0; g < experiment->nguardrails; g++)
            mature->guardrail[g] = arm->guardrail[g];
    }
}

/* Instants of the day `from` of the counting. */
static void wanted_day(const struct arms_pass *pass, int32_t from,
                       struct arms_wanted *wanted)
{
    const struct counting *counting = pass->counting;
    const int64_t *at_ms = counting->bounds.at_ms;
    size_t index = (size_t)(from - counting->bounds.first);
    size_t look = index - (size_t)counting_lookback(counting->experiment);

    wanted->from_ms = at_ms[index];
    wanted->to_ms = at_ms[index + 1];
    wanted->look_ms =
        at_ms[look] > pass->exposed_from_ms ? at_ms[look] : pass->exposed_from_ms;
    wanted->until_ms = wanted->to_ms + wanted->window_ms;
    if (wanted->until_ms > pass->to_ms)
        wanted->until_ms = pass->to_ms;
    wanted->deploy_ms =
        counting->deploy_ms ? counting->deploy_ms[from - counting->from] : 0;
}

bool arms_read(struct source *source, const struct watched *watched,
               struct arms_pass *pass, struct arena *arena, struct err *err)
{
    struct counting *counting = pass->counting;
    struct arms_wanted wanted = wanted_of(watched, arena);
    size_t n;
    const struct source_day *seen = source_days(source, &n);

    for (int32_t day = counting->from; day <= counting->to; day++) {
        size_t index = (size_t)(day - counting->bounds.first);
        struct day_arms arms;

        wanted_day(pass, day, &wanted);
        if (seen[index].rows == 0 || wanted.look_ms >= wanted.to_ms)
            continue;
        if (!source_arms(source, index, &wanted, arena, &arms, err))
            return false;
        take_day(&arms, counting->experiment, &counting->day[day - counting->from]);
        pass->exposures[index] = arms.exposures;
        pass->bad[index] = arms.bad;
        counting->skipped[SKIP_BAD_ARM] += arms.bad;
        counting->dropped += arms.dropped;
    }
    return true;
}
