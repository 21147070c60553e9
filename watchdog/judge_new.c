/* Errors nobody has seen before, and instrumentation that went silent: no baseline is
 * needed for either. Pure. */
#include <string.h>

#include "shared/stats.h"
#include "watchdog/judge.h"

#include "shared/banned.h"

static bool was_seen(const struct cell *cell, int32_t day)
{
    for (size_t i = 0; i < cell->ndays && cell->days[i].day < day; i++)
        if (cell->days[i].affected > 0 && day - cell->days[i].day <= UNKNOWN_AFTER_DAYS)
            return true;
    return false;
}

/* Units that met the error on a page of the checkout today. */
static int64_t met_at_checkout(const struct round *round, const struct cell *cell)
{
    const struct cell *note = evidence_find(round->evidence, cell->signal_name,
                                            error_note(round->arena, cell->segment));
    const struct observation *today = note ? cell_day(note, round->day.day) : NULL;

    return today ? today->affected : 0;
}

/* The rule that today's units of an error meet, as its least number; 0 when none. */
static int64_t rule_met(const struct round *round, const struct judged *judged)
{
    const struct settings *settings = round->settings;
    int64_t affected = judged->today.affected;

    if (affected >= settings->new_error_min)
        return settings->new_error_min;
    return affected >= settings->checkout_error_min &&
                   met_at_checkout(round, judged->cell) >= settings->checkout_error_min
               ? settings->checkout_error_min
               : 0;
}

static bool is_unknown(const struct round *round, const struct judged *judged)
{
    const struct cell *cell = judged->cell;
    const struct cell *parent = cell->parent;

    return cell->dimension == DIMENSION_ERROR && !cell->open &&
           !(parent && (parent->open || (parent->today && parent->today->is_hit))) &&
           !was_seen(cell, round->day.day);
}

void judge_new_errors(const struct round *round)
{
    int32_t day = round->day.day;

    if (day - round->first < BASELINE_LEAST)
        return;
    for (size_t i = 0; i < round->day.n; i++) {
        struct judged *judged = &round->day.item[i];
        struct cell *cell = judged->cell;
        int64_t affected = judged->today.affected;
        int64_t least;

        if (!is_unknown(round, judged))
            continue;
        least = rule_met(round, judged);
        if (least == 0)
            continue;
        cell->open = arena_new(round->arena, struct episode, 1);
        *cell->open = (struct episode){
            .signal = cell->signal_name,
            .segment = cell->segment,
            .opened = day,
            .change = day,
            .reason = "",
            .opened_by = "new",
            .is_crit = affected >= CRIT_EXCESS, // nothing was expected: any ratio
            .affected = affected,
            .exposed = judged->today.exposed,
            .limit_ppm = least * 1000000 / judged->today.exposed,
            .ratio_x100 = affected * 200 + 100, // (x + 1/2) / (0 + 1/2)
            .p = "",
            .because = "",
            .affected_total = affected,
            .judged_days = 1,
        };
        cell->status = CELL_OPEN;
    }
}

/* The kind a tracking cell follows, as a bit; 0 for others. */
static uint32_t tracked_kind(const struct cell *cell)
{
    enum kind kind;

    if (strncmp(cell->segment, "event=", 6) != 0 ||
        !kind_parse(str_of(cell->segment + 6), &kind))
        return 0;
    return UINT32_C(1) << kind;
}

void judge_lost_tracking(struct round *round)
{
    uint32_t lost = 0;
    uint32_t alive = 0;

    for (size_t i = 0; i < round->day.n; i++) {
        struct judged *judged = &round->day.item[i];
        uint32_t kind = tracked_kind(judged->cell);

        judged->is_lost =
            kind != 0 && judged->tail.tested &&
            judged->tail.expected >= LOST_EXPECTED && judged->tail.p_low < COLLAPSE_P &&
            (double)judged->today.affected <= LOST_SHARE * judged->tail.expected;
        if (judged->is_lost)
            lost |= kind;
        else
            alive |= kind;
    }
    for (size_t i = 0; i < round->evidence->n && lost != 0; i++) {
        struct cell *cell = round->evidence->cell[i];
        uint32_t kinds = cell->signal ? cell->signal->exposure_kinds : 0;

        if ((kinds & lost) != 0 && (kinds & alive) == 0 &&
            strcmp(cell->signal_name, TRACKING) != 0)
            cell_drop(cell, round->day.day);
    }
}
