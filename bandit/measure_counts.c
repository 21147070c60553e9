/* From what events said of experiments to counts of their arms, unit by unit. A unit is
 * counted on the day of its first exposure, once as it was known by the end of that day
 * and once when its window has closed. Pure. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "bandit/counts.h"

#include "shared/banned.h"

enum { DURATION_S_MAX = 86400, MS_PER_HOUR = 3600000 };

static int order_of(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int order_of_values(double a, double b)
{
    return (a > b) - (a < b);
}

/* What is left when keys, times and ids tie, so that input order cannot matter. */
static int rest_compare(const struct trace *a, const struct trace *b)
{
    int order = order_of(a->arm, b->arm);

    if (order == 0)
        order = order_of(a->what, b->what);
    return order != 0 ? order : order_of_values(a->value, b->value);
}

static int time_compare(const struct trace *a, const struct trace *b)
{
    return (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
}

/* By key, experiment, unit; then mentions of one event beside each other, earliest
 * first. */
static int unit_compare(const void *left, const void *right)
{
    const struct trace *a = left, *b = right;

    if (a->key != b->key)
        return order_of(a->key, b->key);
    if (a->experiment != b->experiment)
        return order_of(a->experiment, b->experiment);
    if (a->unit != b->unit)
        return order_of(a->unit, b->unit);
    if (a->id != b->id)
        return order_of(a->id, b->id);
    if (a->what != b->what)
        return order_of(a->what, b->what);
    return a->time_ms != b->time_ms ? time_compare(a, b) : rest_compare(a, b);
}

/* Of one unit. An exposure comes before what happens in the same millisecond. */
static int moment_compare(const void *left, const void *right)
{
    const struct trace *a = left, *b = right;
    int exposed = (b->what & TRACE_EXPOSURE) - (a->what & TRACE_EXPOSURE);

    if (a->time_ms != b->time_ms)
        return time_compare(a, b);
    if (exposed != 0)
        return exposed;
    return a->id != b->id ? order_of(a->id, b->id) : rest_compare(a, b);
}

static size_t day_index(const struct counting *counting, int64_t time_ms)
{
    int32_t day = 0;
    bool inside = day_bounds_find(&counting->bounds, time_ms, &day);

    assert(inside); // a source delivers nothing else
    return (size_t)(day - counting->bounds.first);
}

/* ---- a unit's windows ---- */

/* When the window of a unit ends that is first exposed at `time_ms` of that day. */
static int64_t window_end(const struct counting *counting, size_t index,
                          int64_t time_ms)
{
    const struct experiment *experiment = counting->experiment;
    const struct day_bounds *bounds = &counting->bounds;
    size_t last = index + 1 + (size_t)experiment->reward.within_days;

    if (experiment->reward.type == REWARD_RETURN)
        return bounds->at_ms[last < bounds->n ? last : bounds->n];
    return time_ms + (int64_t)experiment->window_hours * MS_PER_HOUR;
}

/* Arms of the exposures before an instant, bit 1 << arm. */
static uint32_t arms_before(const struct trace *traces, size_t n, int64_t before_ms)
{
    uint32_t arms = 0;

    for (size_t i = 0; i < n && traces[i].time_ms < before_ms; i++)
        if ((traces[i].what & TRACE_EXPOSURE) != 0)
            arms |= (uint32_t)1 << traces[i].arm;
    return arms;
}

static bool is_one(uint32_t arms)
{
    return (arms & (arms - 1)) == 0;
}

/* ---- as it was known by the end of the day ---- */

static struct tag_count *tag_find(struct counting *counting, struct arms_day *day,
                                  int64_t version)
{
    size_t at = 0;

    while (at < day->ntags && day->tag[at].version < version)
        at++;
    if (at < day->ntags && day->tag[at].version == version)
        return &day->tag[at];
    if (day->ntags == TAGS_MAX)
        return NULL; // no delivery serves so many in a day: untagged
    if ((day->ntags & (day->ntags - 1)) == 0) // room for 1, 2, 4 ..
        day->tag = arena_grow(counting->arena, day->tag, day->ntags,
                              day->ntags == 0 ? 1 : 2 * day->ntags, sizeof *day->tag);
    for (size_t i = day->ntags++; i > at; i--)
        day->tag[i] = day->tag[i - 1];
    day->tag[at] = (struct tag_count){.version = version};
    return &day->tag[at];
}

static void count_exposed(struct counting *counting, struct arms_day *day,
                          const struct trace *exposure)
{
    const int64_t *deploy_ms = counting->deploy_ms;
    size_t arm = exposure->arm;
    struct tag_count *tag = NULL;

    day->exposed[arm]++;
    if (deploy_ms && exposure->time_ms >= deploy_ms[day->day - counting->from])
        day->deployed[arm]++;
    if (exposure->value > 0)
        tag = tag_find(counting, day, (int64_t)exposure->value);
    if (tag)
        tag->exposed[arm]++;
}

/* ---- once the window has closed ---- */

/* What a unit did in its window. */
struct outcome {
    bool has_reward;
    double sum, last; /* of the values of rewards */
    int64_t last_ms;  /* of any event */
    uint32_t guardrails;
};

/* `traces` are the unit's from its exposure on. */
static struct outcome outcome_of(const struct trace *traces, size_t n, int64_t end_ms)
{
    struct outcome outcome = {.last_ms = traces[0].time_ms};

    for (size_t i = 0; i < n && traces[i].time_ms < end_ms; i++) {
        const struct trace *trace = &traces[i];

        outcome.guardrails |= trace->what / (uint32_t)TRACE_GUARDRAIL;
        outcome.last_ms = trace->time_ms;
        if ((trace->what & TRACE_REWARD) == 0)
            continue;
        outcome.has_reward = true;
        outcome.sum += trace->value;
        outcome.last = trace->value;
    }
    return outcome;
}

/* Whether the user had a session on a later day, as many days off as the reward
 * allows. */
static bool has_returned(const struct counting *counting, size_t day, uint64_t unit)
{
    const struct experiment *experiment = counting->experiment;
    size_t last = day + (size_t)experiment->reward.within_days;

    for (size_t d = day + 1; d <= last && d < counting->bounds.n; d++) {
        const struct seen_sessions *seen = &counting->seen[d];

        if (seen->one != 0 &&
            (experiment->is_per_user || seen->one != unit || seen->has_more))
            return true;
    }
    return false;
}

static double value_of(const struct reward *reward, const struct trace *exposure,
                       const struct outcome *outcome)
{
    double value = 0;

    switch (reward->type) {
    case REWARD_DURATION:
        value = (double)(outcome->last_ms - exposure->time_ms) / 1000;
        value = value < DURATION_S_MAX ? value : DURATION_S_MAX;
        break;
    case REWARD_RATING: return outcome->last;
    case REWARD_VALUE: value = outcome->sum; break;
    case REWARD_CONVERSION:
    case REWARD_RETURN: break;
    }
    return reward->is_log1p ? log1p(value) : value;
}

/* False: the unit has no value and is left out. */
static bool count_value(struct counting *counting, struct arm_mature *mature,
                        const struct trace *exposure, const struct outcome *outcome)
{
    const struct reward *reward = &counting->experiment->reward;
    double value = value_of(reward, exposure, outcome);
    int64_t x10000;
    uint64_t size;

    if (reward->type == REWARD_RATING && !outcome->has_reward) {
        counting->skipped[SKIP_NO_RATING]++;
        return false;
    }
    if (!isfinite(value) || fabs(value) > TRACE_VALUE_MAX) {
        counting->skipped[SKIP_BAD_VALUE]++; // log1p of -1 or less, or a sum too large
        return false;
    }
    x10000 = llround(value * 10000);
    counting->is_over =
        __builtin_add_overflow(mature->sum_x10000, x10000, &mature->sum_x10000) ||
        counting->is_over;
    size = (uint64_t)(x10000 < 0 ? -x10000 : x10000);
    mature->sumsq_x1e8 += (uint128)size * size;
    return true;
}

static void count_mature(struct counting *counting, struct arm_mature *mature,
                         const struct trace *traces, size_t n, size_t day)
{
    const struct experiment *experiment = counting->experiment;
    int64_t end_ms = window_end(counting, day, traces[0].time_ms);
    struct outcome outcome = outcome_of(traces, n, end_ms);

    if (reward_is_numeric(&experiment->reward)) {
        if (!count_value(counting, mature, traces, &outcome))
            return;
    } else if (experiment->reward.type == REWARD_RETURN) {
        mature->conversions += has_returned(counting, day, traces[0].unit);
    } else {
        mature->conversions += outcome.has_reward;
    }
    mature->units++;
    for (size_t g = 0; g < experiment->nguardrails; g++)
        mature->guardrail[g] += outcome.guardrails >> g & 1;
}

/* ---- units ---- */

/* A unit on the day of its first exposure, which is traces[0]. */
static void count_first(struct counting *counting, struct arms_day *day, size_t index,
                        const struct trace *traces, size_t n)
{
    int64_t day_end = counting->bounds.at_ms[index + 1];
    int64_t end = window_end(counting, index, day_end);
    uint32_t at_once = arms_before(traces, n, day_end);
    uint32_t at_last = arms_before(traces, n, end > day_end ? end : day_end);
    size_t arm = traces[0].arm;

    if (!is_one(at_once))
        day->multi++;
    else if (arm != ARM_UNKNOWN)
        count_exposed(counting, day, &traces[0]);
    if (!is_one(at_last))
        counting->dropped++;
    else if (arm != ARM_UNKNOWN && day->is_mature)
        count_mature(counting, &day->mature[arm], traces, n, index);
}

/* All of one unit. It is first exposed on a day when the days looked back to have no
 * exposure of it. */
static void count_unit(struct counting *counting, struct trace *traces, size_t n)
{
    int32_t lookback = counting_lookback(counting->experiment);
    int32_t last = 0, last_unknown = 0;
    bool was_exposed = false, was_unknown = false;

    if (n > 1)
        qsort(traces, n, sizeof *traces, moment_compare);
    for (size_t i = 0; i < n; i++) {
        const struct trace *trace = &traces[i];
        size_t index;
        int32_t day;
        bool is_counted;

        if ((trace->what & TRACE_EXPOSURE) == 0) {
            if ((trace->what & TRACE_REWARD) != 0 && !was_exposed)
                counting->skipped[SKIP_NO_EXPOSURE]++;
            continue;
        }
        index = day_index(counting, trace->time_ms);
        day = counting->bounds.first + (int32_t)index;
        is_counted = day >= counting->from && day <= counting->to;
        if (is_counted && (!was_exposed || day - last > lookback))
            count_first(counting, &counting->day[day - counting->from], index, trace,
                        n - i);
        if (is_counted && trace->arm == ARM_UNKNOWN &&
            (!was_unknown || day != last_unknown)) {
            counting->day[day - counting->from].unknown++;
            was_unknown = true;
            last_unknown = day;
        }
        was_exposed = true;
        last = day;
    }
}

/* Notes the sessions of a user's days, or forgets them. */
static void see_sessions(struct counting *counting, const struct trace *traces,
                         size_t n, bool forget)
{
    for (size_t i = 0; i < n; i++) {
        struct seen_sessions *seen;

        if ((traces[i].what & TRACE_ACTIVITY) == 0)
            continue;
        seen = &counting->seen[day_index(counting, traces[i].time_ms)];
        if (forget)
            *seen = (struct seen_sessions){0};
        else if (seen->one == 0)
            seen->one = traces[i].unit;
        else if (seen->one != traces[i].unit)
            seen->has_more = true;
    }
}

/* Keeps the first mention of each event; returns how many are left. */
static size_t drop_duplicates(struct counting *counting, struct trace *traces, size_t n)
{
    size_t kept = 1;

    for (size_t i = 1; i < n; i++) {
        const struct trace *last = &traces[kept - 1];

        if (traces[i].unit == last->unit && traces[i].id == last->id &&
            traces[i].what == last->what)
            counting->skipped[SKIP_DUPLICATE]++;
        else
            traces[kept++] = traces[i];
    }
    return kept;
}

/* All that is kept together of one experiment. */
static void count_key(struct counting *counting, struct trace *traces, size_t n)
{
    size_t kept = drop_duplicates(counting, traces, n);
    size_t start = 0;

    if (counting->seen)
        see_sessions(counting, traces, kept, false);
    for (size_t i = 1; i <= kept; i++) {
        if (i < kept && traces[i].unit == traces[start].unit)
            continue;
        count_unit(counting, traces + start, i - start);
        start = i;
    }
    if (counting->seen)
        see_sessions(counting, traces, kept, true);
}

void measure_counts(struct counting *countings, struct trace *traces, size_t n)
{
    size_t start = 0;

    if (n > 1)
        qsort(traces, n, sizeof *traces, unit_compare);
    for (size_t i = 1; i <= n; i++) {
        if (i < n && traces[i].key == traces[start].key &&
            traces[i].experiment == traces[start].experiment)
            continue;
        count_key(&countings[traces[start].experiment], traces + start, i - start);
        start = i;
    }
}
