/* One day of one experiment: is it fit to be judged, what does the evidence say, and
 * what follows for weights, streak and promotion. */
#include "bandit/judge.h"

#include <math.h>
#include <string.h>

#include "bandit/collect.h"
#include "bandit/measure.h"

#include "shared/banned.h"

#define SRM_FROZEN   .001 // the phase's shares are not those decided
#define GUARD_STOPS  .99  // at .95 an identical arm would be shut off in 5 to 17 %
#define MULTI_BP_MAX 100

const char *freeze_words(enum freeze freeze)
{
    switch (freeze) {
    case FREEZE_NONE: return "";
    case FREEZE_SOURCE: return "no data";
    case FREEZE_NO_EXPOSURES: return "no exposures";
    case FREEZE_UNKNOWN_ARM: return "unknown arm";
    case FREEZE_MULTI_ARM: return "units in two arms";
    case FREEZE_SRM: return "sample ratio mismatch";
    }
    return "";
}

void standing_begin(const struct experiment *experiment, int32_t start,
                    struct standing *standing)
{
    int64_t version = standing->version;
    size_t n = experiment->narms;

    *standing = (struct standing){.start = start, .version = version};
    for (size_t i = 0; i < n; i++) // the remainder to the earlier arms
        standing->weight_bp[i] = BP / (int64_t)n + (i < BP % n ? 1 : 0);
}

/* ---- which days may be used ---- */

static bool is_over_bp(int64_t part, int64_t whole, int64_t most_bp)
{
    return part * BP > whole * most_bp;
}

static enum freeze day_freeze(const struct evidence *evidence,
                              const struct evidence_day *row, const struct srm *srm)
{
    int64_t exposed = evidence_exposed(evidence, row);

    if (exposed == 0 && row->multi == 0)
        return FREEZE_NO_EXPOSURES;
    if (row->unknown > 0)
        return FREEZE_UNKNOWN_ARM;
    if (is_over_bp(row->multi, exposed + row->multi, MULTI_BP_MAX))
        return FREEZE_MULTI_ARM;
    return measure_srm_p(srm) < SRM_FROZEN ? FREEZE_SRM : FREEZE_NONE;
}

/* Looks at the rows up to `through` that were not looked at yet: adds them to the
 * phase's shares, notes whether they may be used. */
static void scan(struct judging *judging, int32_t through)
{
    const struct evidence *evidence = judging->evidence;

    while (judging->nscanned < evidence->n &&
           evidence->day[judging->nscanned].day <= through) {
        const struct evidence_day *row = &evidence->day[judging->nscanned];

        judging->is_usable =
            arena_room(judging->arena, judging->is_usable, judging->nscanned,
                       &judging->capacity, sizeof *judging->is_usable);
        judging->is_usable[judging->nscanned] = false;
        if (row->day >= judging->start) {
            judge_srm_day(judging->experiment, evidence, row, &judging->srm);
            judging->exposed += evidence_exposed(evidence, row);
            judging->multi += row->multi;
            judging->is_usable[judging->nscanned] =
                day_freeze(evidence, row, &judging->srm) == FREEZE_NONE;
        }
        judging->nscanned++;
    }
}

static void begin_phase(struct judging *judging, int32_t start)
{
    *judging = (struct judging){.experiment = judging->experiment,
                                .evidence = judging->evidence,
                                .arena = judging->arena,
                                .start = start};
}

/* ---- what they say ---- */

static struct cell reward_cell(const struct reward *reward,
                               const struct arm_mature *mature)
{
    double n = (double)mature->units;
    double sign = reward->is_lower_better ? -1 : 1;
    double conversions = (double)mature->conversions;

    if (reward_is_numeric(reward))
        return (struct cell){n, sign * (double)mature->sum_x10000 / 1e4,
                             (double)mature->sumsq_x1e8 / 1e8};
    return (struct cell){n, reward->is_lower_better ? n - conversions : conversions, 0};
}

/* Room for a series of all rows: days are judged one after the other, and each needs
 * its series anew. */
static struct series_room *room(struct judging *judging, bool is_guardrail)
{
    struct series_room *room = &judging->room[is_guardrail];

    if (room->rows < judging->nscanned) {
        room->rows = 2 * judging->nscanned;
        room->day = arena_new(judging->arena, int32_t, room->rows);
        room->cell = arena_new(judging->arena, struct cell,
                               room->rows * judging->experiment->narms);
    }
    return room;
}

struct series judge_series(struct judging *judging, int32_t through, int guardrail)
{
    const struct experiment *experiment = judging->experiment;
    const struct evidence *evidence = judging->evidence;
    const struct series_room *kept = room(judging, guardrail >= 0);
    size_t narms = experiment->narms;
    int32_t *day = kept->day;
    struct cell *cell = kept->cell;
    struct series series = {.narms = narms,
                            .is_numeric =
                                guardrail < 0 && reward_is_numeric(&experiment->reward),
                            .day = day,
                            .cell = cell};

    for (size_t i = 0; i < judging->nscanned && evidence->day[i].day <= through; i++) {
        const struct evidence_day *row = &evidence->day[i];

        if (!judging->is_usable[i] || !row->is_mature ||
            (guardrail >= 0 && row->mature[0].guardrail[guardrail] < 0))
            continue; // one that is configured later was not counted before
        day[series.n] = row->day;
        for (size_t a = 0; a < narms; a++) {
            const struct arm_mature *mature = &row->mature[a];

            cell[series.n * narms + a] =
                guardrail < 0 ? reward_cell(&experiment->reward, mature)
                              : (struct cell){(double)mature->units,
                                              (double)mature->guardrail[guardrail], 0};
        }
        series.n++;
    }
    return series;
}

/* P(best) of the active arms put back by arm. */
static void spread(const struct judging *judging, const struct comparison *of,
                   struct comparison *by_arm)
{
    size_t at = 0;

    *by_arm = (struct comparison){0};
    for (size_t a = 0; a < judging->experiment->narms; a++) {
        if (!judging->is_active[a])
            continue;
        by_arm->p_best[a] = of->p_best[at];
        by_arm->beats[a] = of->beats[at];
        by_arm->loss[a] = of->loss[at];
        at++;
    }
}

void judge_assess(const struct judging *judging, const struct occasion *occasion,
                  const struct series *series, size_t ndays, unsigned wants,
                  struct assessment *assessment)
{
    const struct experiment *experiment = judging->experiment;
    struct posterior active[ARMS_MAX];
    struct comparison comparison = {.p_best = {1}};
    size_t n, at = 0;

    *assessment = (struct assessment){.day = series->day[ndays - 1], .ndays = ndays};
    assessment->is_whole = wants == (WANT_BEATS | WANT_LOSS);
    (void)measure_strata(series, ndays, judging->is_active, experiment->halflife_days,
                         assessment->of);
    n = measure_posteriors(series, assessment->of, judging->is_active,
                           experiment->prior_a, experiment->prior_b, active);
    if (n > 1)
        measure_best(active, n, wants, &comparison);
    if (n > 1 && experiment->allocation.is_drawn)
        measure_draws(active, n, experiment->allocation.draws, occasion->seed,
                      comparison.p_best);
    spread(judging, &comparison, &assessment->comparison);
    for (size_t a = 0; a < experiment->narms; a++) {
        if (judging->is_active[a])
            assessment->posterior[a] = active[at++];
        if (assessment->comparison.p_best[a] >
            assessment->comparison.p_best[assessment->best])
            assessment->best = a;
    }
}

/* The recent assessment of the series' first `ndays` days, made when it is not there.
 */
static const struct assessment *recent(struct judging *judging,
                                       const struct occasion *occasion,
                                       const struct series *series, size_t ndays)
{
    struct assessment *last;

    for (size_t i = 0; i < judging->nrecent; i++)
        if (judging->recent[i].ndays == ndays &&
            judging->recent[i].day == series->day[ndays - 1])
            return &judging->recent[i];
    if (judging->nrecent == ASSESSED_DAYS)
        memmove(judging->recent, judging->recent + 1,
                --judging->nrecent * sizeof *judging->recent);
    last = &judging->recent[judging->nrecent++];
    judge_assess(judging, occasion, series, ndays, 0, last);
    return last;
}

/* What is kept of other arms than the active ones is of no use. */
static void set_active(struct judging *judging, const struct standing *standing)
{
    for (size_t a = 0; a < judging->experiment->narms; a++) {
        bool is_active =
            !judging->experiment->arm[a].is_killed && !standing->is_stopped[a];

        if (judging->is_active[a] != is_active)
            judging->nrecent = 0;
        judging->is_active[a] = is_active;
    }
}

/* ---- guardrails ---- */

static void guard(const struct judging *judging, const struct series *series,
                  const struct guardrail *guardrail, struct guarded guarded[ARMS_MAX])
{
    const double sign = guardrail->is_lower_better ? 1 : -1;
    struct stratified of[ARMS_MAX];
    struct posterior active[ARMS_MAX];
    double units[ARMS_MAX] = {0};
    size_t at = 0;

    for (size_t i = 0; i < series->n * series->narms; i++)
        units[i % series->narms] += series->cell[i].n;
    (void)measure_strata(series, series->n, judging->is_active,
                         judging->experiment->halflife_days, of);
    (void)measure_posteriors(series, of, judging->is_active, 1, 1, active);
    for (size_t a = 0; a < series->narms; a++) {
        double below;

        guarded[a] = (struct guarded){0};
        if (!judging->is_active[a])
            continue;
        below = measure_p_lift_below(&active[at], &active[0], false,
                                     sign * guardrail->margin);
        guarded[a].worse = at == 0 ? 0 : guardrail->is_lower_better ? 1 - below : below;
        guarded[a].is_known =
            units[0] >= GUARDRAIL_UNITS_MIN && units[a] >= GUARDRAIL_UNITS_MIN;
        at++;
    }
}

static void guard_all(struct judging *judging, int32_t through, struct judged *judged)
{
    memset(judged->guarded, 0, sizeof judged->guarded);
    for (size_t g = 0; g < judging->experiment->nguardrails; g++) {
        struct series series = judge_series(judging, through, (int)g);

        if (series.n > 0)
            guard(judging, &series, &judging->experiment->guardrail[g],
                  judged->guarded[g]);
    }
}

/* An arm that does harm gets nothing until people settle it. `guarded` is what the
 * day's evidence said while it was active. */
static void stop_arms(struct judging *judging, struct standing *standing,
                      struct judged *judged)
{
    guard_all(judging, standing->evidence_through, judged);
    for (size_t g = 0; g < judging->experiment->nguardrails; g++) {
        for (size_t a = 1; a < judging->experiment->narms; a++) {
            if (judged->guarded[g][a].is_known &&
                judged->guarded[g][a].worse >= GUARD_STOPS)
                standing->is_stopped[a] = true;
        }
    }
    set_active(judging, standing);
}

/* ---- what follows ---- */

/* Evidence days that nobody counted yet advance the streak, or begin another. */
static void advance(struct judging *judging, const struct occasion *occasion,
                    const struct series *series, struct standing *standing)
{
    for (size_t i = 0; i < series->n; i++) {
        size_t best;

        if (series->day[i] <= standing->evidence_through)
            continue;
        best = recent(judging, occasion, series, i + 1)->best;
        standing->streak = best == standing->recommendation && standing->streak > 0
                               ? standing->streak + 1
                               : 1;
        standing->recommendation = best;
        standing->evidence_through = series->day[i];
    }
}

static void count(const struct judging *judging, int32_t through, struct judged *judged)
{
    const struct evidence *evidence = judging->evidence;

    for (size_t i = 0; i < judging->nscanned && evidence->day[i].day <= through; i++) {
        const struct evidence_day *row = &evidence->day[i];
        int64_t units = 0;

        for (size_t a = 0; a < evidence->narms; a++) {
            units += row->mature[a].units;
            if (!judging->is_usable[i] || !row->is_mature)
                continue;
            judged->units[a] += row->mature[a].units;
            judged->conversions[a] += row->mature[a].conversions;
        }
        if (row->is_mature && row->day >= judging->start &&
            judging->experiment->reward.type != REWARD_RATING)
            judged->turned += evidence_exposed(evidence, row) - units;
    }
    judged->exposed = judging->exposed;
    judged->multi = judging->multi;
}

static void decide(const struct judging *judging, struct standing *standing,
                   struct judged *judged)
{
    const struct experiment *experiment = judging->experiment;
    size_t leader = standing->recommendation;
    int64_t next[ARMS_MAX] = {0};
    struct weighing weighing = {
        .p_best = judged->now.comparison.p_best,
        .is_active = judging->is_active,
        .units = judged->units,
        .on_trial =
            leader > 0 && !judged->promotion.is_eligible &&
            judged->now.comparison.p_best[leader] >= experiment->allocation.confirm_p,
        .is_held = judged->freeze != FREEZE_NONE || judged->now.day == 0,
        .committed_bp = standing->weight_bp,
    };

    judge_weights(experiment, &weighing, next);
    judged->has_moved =
        memcmp(next, standing->weight_bp, experiment->narms * sizeof *next) != 0;
    // a phase's first weights are a version of their own
    if (judged->has_moved || standing->version == 0 || standing->as_of == 0) {
        if (standing->version > 0 && standing->as_of > 0)
            memcpy(standing->before_bp, standing->weight_bp, sizeof next);
        memcpy(standing->weight_bp, next, sizeof next);
        standing->version++;
    }
}

/* A challenger that has had nearly all traffic for a fortnight. */
static bool has_taken_over(const struct evidence *evidence, int32_t as_of)
{
    for (size_t a = 1; a < evidence->narms; a++) {
        int32_t days = 0;

        for (int32_t d = as_of - UNLOGGED_DAYS + 1; d <= as_of; d++) {
            const struct evidence_day *row = evidence_find(evidence, d);

            if (row && row->at_once[a].weight_x10000 >= (int64_t)UNLOGGED_BP * BP)
                days++;
        }
        if (days == UNLOGGED_DAYS)
            return true;
    }
    return false;
}

static enum freeze why_frozen(const struct judging *judging,
                              const struct occasion *occasion,
                              const struct evidence_day *row)
{
    if (judging->experiment->start > occasion->as_of)
        return FREEZE_NONE; // it has not begun
    if (occasion->trouble || !row)
        return FREEZE_SOURCE;
    return day_freeze(judging->evidence, row, &judging->srm);
}

void judge_resume(struct judging *judging, int32_t through, int32_t evidence_through,
                  struct standing *standing)
{
    begin_phase(judging, standing->start);
    scan(judging, through);
    for (size_t i = 0; i < judging->nscanned && standing->freeze == FREEZE_NONE; i++) {
        const struct evidence_day *row = &judging->evidence->day[i];

        if (judging->is_usable[i] && row->is_mature &&
            row->day > standing->evidence_through && row->day <= evidence_through) {
            standing->streak++;
            standing->evidence_through = row->day;
        }
    }
}

void judge_look(struct judging *judging, const struct occasion *occasion,
                const struct standing *standing, struct judged *judged)
{
    const struct evidence_day *row = evidence_find(judging->evidence, occasion->as_of);
    struct series series;

    *judged = (struct judged){.as_of = occasion->as_of, .freeze = standing->freeze};
    set_active(judging, standing);
    scan(judging, occasion->as_of);
    judged->srm = judging->srm;
    if (row && !occasion->trouble)
        judge_wiring(judging->experiment, judging->evidence, row, &judged->wiring);
    series = judge_series(judging, standing->evidence_through, -1);
    if (series.n > 0) {
        judged->now = *recent(judging, occasion, &series, series.n);
        measure_e_values(&series, series.n, judged->log_e);
        guard_all(judging, judged->now.day, judged);
        count(judging, judged->now.day, judged);
    }
    judge_promotion(judging, occasion, standing, judged);
    judged->is_unlogged = has_taken_over(judging->evidence, occasion->as_of) &&
                          (judged->promotion.missing >> ITEM_DOCS_PARITY & 1) != 0;
}

bool judge_kills(struct judging *judging, struct standing *standing)
{
    const struct experiment *experiment = judging->experiment;
    const int64_t no_units[ARMS_MAX] = {0};
    const double no_p[ARMS_MAX] = {0};
    int64_t next[ARMS_MAX] = {0};
    struct weighing weighing = {.p_best = no_p,
                                .is_active = judging->is_active,
                                .units = no_units,
                                .is_held = true,
                                .committed_bp = standing->weight_bp};
    bool is_served = false;

    for (size_t a = 0; a < experiment->narms; a++)
        is_served =
            is_served || (experiment->arm[a].is_killed && standing->weight_bp[a] > 0);
    if (!is_served)
        return false;
    set_active(judging, standing);
    judge_weights(experiment, &weighing, next);
    memcpy(standing->weight_bp, next, sizeof next);
    memset(standing->before_bp, 0, sizeof standing->before_bp);
    standing->version++;
    return true;
}

void judge_day(struct judging *judging, const struct occasion *occasion,
               struct standing *standing, struct judged *judged)
{
    const struct evidence_day *row = evidence_find(judging->evidence, occasion->as_of);
    enum freeze before = standing->freeze;
    struct judged stops = {0};
    struct series series;

    if (judging->start != standing->start)
        begin_phase(judging, standing->start);
    set_active(judging, standing);
    scan(judging, occasion->as_of);
    standing->freeze = why_frozen(judging, occasion, row);
    if (standing->freeze == FREEZE_NONE) {
        standing->frozen_since = 0;
        series = judge_series(judging, occasion->evidence_through, -1);
        advance(judging, occasion, &series, standing);
        stop_arms(judging, standing, &stops);
    } else if (before == FREEZE_NONE) {
        standing->frozen_since = occasion->as_of;
    }
    judge_look(judging, occasion, standing, judged);
    for (size_t g = 0; g < judging->experiment->nguardrails; g++)
        for (size_t a = 0; a < judging->experiment->narms; a++)
            judged->stopping[g][a] = stops.guarded[g][a].worse;
    if (occasion->decides)
        decide(judging, standing, judged);
    standing->as_of = occasion->as_of;
}
