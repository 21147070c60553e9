/* The order of judging: day by day, tracking, then parents, then children. Pure. */
#include "watchdog/judge.h"

#include <string.h>

#include "shared/banned.h"

/* An adopted episode has become what is normal: its days teach. */
static bool in_episode(const struct cell *cell, int32_t day)
{
    if (cell->open && day >= cell->open->change)
        return true;
    for (size_t i = cell->npast; i > 0; i--) {
        const struct episode *past = cell->past[i - 1];

        if (day >= past->change && day <= past->closed &&
            strcmp(past->reason, "adopted") != 0)
            return true;
    }
    return false;
}

/* Days of other episodes and expected days teach a baseline nothing. */
static void mark_excluded(struct cell *cell, const struct settings *settings)
{
    if (settings->nexpected == 0 && !cell->open && cell->npast == 0)
        return;
    for (size_t i = 0; i < cell->ndays; i++)
        cell->days[i].excluded = in_episode(cell, cell->days[i].day) ||
                                 settings_is_expected(settings, cell->days[i].day);
}

void judge_fit(const struct round *round, struct judged *judged)
{
    struct cell *cell = judged->cell;
    const struct signal *signal = cell->signal;
    size_t before = 0;

    mark_excluded(cell, round->settings);
    while (before < cell->ndays && cell->days[before].day < round->day.day)
        before++;
    judged->fit = measure_baseline(signal->model, signal->direction, cell->days, before,
                                   round->day.day, cell->baseline_from, NULL);
    judged->tail = measure_tail(&judged->fit, round->day.day, judged->today.affected,
                                judged->today.exposed);
    if (!judged->tail.tested)
        return;
    judged->ratio = measure_ratio(judged->today.affected, judged->tail.expected);
    judged->excess = (double)judged->today.affected - judged->tail.expected;
    if (signal->direction == DIRECTION_DOWN) {
        judged->ratio = 1 / judged->ratio;
        judged->excess = -judged->excess;
    }
}

static bool is_tracking(const struct cell *cell)
{
    return strcmp(cell->signal_name, TRACKING) == 0;
}

/* The day's cells, tracking ones or the others, each fitted; a cell without a row is
 * missing. */
static void gather(struct round *round, bool tracking)
{
    struct evidence *evidence = round->evidence;

    for (size_t i = 0; i < evidence->n; i++) {
        struct cell *cell = evidence->cell[i];
        const struct observation *today = cell_day(cell, round->day.day);

        if (is_tracking(cell) != tracking || !cell->signal || !today)
            continue;
        cell->today = &round->day.item[round->day.n++];
        *cell->today = (struct judged){.cell = cell, .today = *today};
        judge_fit(round, cell->today);
    }
}

/* Expected exposure of the day, by the same weekdays of the baseline; always enough
 * where a day is one unit. */
static bool has_exposure(const struct round *round, const struct judged *judged)
{
    return judged->fit.exposed_is_one ||
           judged->fit.mean_exposed[day_weekday(round->day.day)] >=
               round->settings->min_exposed;
}

static bool in_trouble(const struct cell *parent)
{
    return parent->open || (parent->today && parent->today->is_hit);
}

/* Family 1: top-level cells. Family 2: children whose parent is not in trouble. */
static void judge_family(const struct round *round, bool children,
                         struct judged **family)
{
    size_t n = 0;

    for (size_t i = 0; i < round->day.n; i++) {
        struct judged *judged = &round->day.item[i];

        if (judged->cell->is_child == children && judged->tail.tested &&
            has_exposure(round, judged) &&
            !(children && in_trouble(judged->cell->parent)))
            family[n++] = judged;
    }
    judge_bh(family, n, round->settings->q);
    for (size_t i = 0; i < round->day.n; i++)
        if (round->day.item[i].cell->is_child == children)
            judge_episode(round, &round->day.item[i]);
}

/* Volume collapse: a day with far too few units says nothing about rates. */
static struct collapse find_collapse(const struct round *round)
{
    const struct cell *site = evidence_find(round->evidence, TRACKING, "site");
    const struct judged *judged = site ? site->today : NULL;

    if (!judged || !judged->tail.tested || judged->tail.p_low >= COLLAPSE_P ||
        (double)judged->today.affected >= judged->tail.expected / 2)
        return (struct collapse){0};
    return (struct collapse){true, judged->today.affected, judged->tail.expected};
}

static void forget_day(struct round *round, struct collapse collapse)
{
    for (size_t i = 0; i < round->evidence->n; i++)
        cell_drop(round->evidence->cell[i], round->day.day);
    for (size_t i = 0; i < round->settings->nsources; i++)
        data_days_put(round->data, round->arena,
                      (struct data_day){.source = round->settings->source[i],
                                        .day = round->day.day,
                                        .status = DAY_PARTIAL,
                                        .is_collapse = true,
                                        .found = collapse.found});
}

static void judge_present(struct round *round, struct judged **family)
{
    judge_lost_tracking(round);
    gather(round, false);
    judge_family(round, false, family);
    judge_new_errors(round);
    judge_family(round, true, family);
}

static struct collapse judge_day(struct round *round, struct judged **family)
{
    struct evidence *evidence = round->evidence;
    struct collapse collapse;

    round->day.n = 0;
    for (size_t i = 0; i < evidence->n; i++)
        evidence->cell[i]->today = NULL;
    if (settings_is_expected(round->settings, round->day.day))
        return (struct collapse){0};
    gather(round, true);
    collapse = find_collapse(round);
    if (collapse.is_there) {
        for (size_t i = 0; i < evidence->n; i++)
            evidence->cell[i]->today = NULL;
        round->day.n = 0;
        forget_day(round, collapse);
    } else {
        judge_present(round, family);
    }
    for (size_t i = 0; i < evidence->n; i++)
        if (!evidence->cell[i]->today)
            judge_absent(round, evidence->cell[i]);
    return collapse;
}

struct judgement watchdog_judge(struct round *round, int32_t checkpoint, int32_t final,
                                int32_t through, const struct judge_hooks *hooks)
{
    struct judgement judgement = {.through = through,
                                  .evidence = round->evidence,
                                  .data = round->data};
    struct judged **family =
        arena_new(round->arena, struct judged *, round->evidence->n);
    int32_t last;

    round->day.item = arena_new(round->arena, struct judged, round->evidence->n);
    if (!evidence_span(round->evidence, &round->first, &last))
        round->first = through;
    for (int32_t day = checkpoint > 0 ? checkpoint + 1 : round->first; day <= through;
         day++) {
        round->day.day = day;
        judgement.collapse = judge_day(round, family);
        if (hooks->on_day)
            hooks->on_day(hooks->context, round);
        if (day == final && hooks->on_final)
            hooks->on_final(hooks->context);
    }
    return judgement;
}
