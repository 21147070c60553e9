/* The life of an episode: watch, open, recovering, closed. docs/method.md has the table
 * of transitions. Pure. */
#include <math.h>
#include <string.h>

#include "shared/stats.h"
#include "watchdog/judge.h"

#include "shared/banned.h"

#define WATCH_P        0.01 /* below: look closer tomorrow */
#define LEVEL_RESIDUAL 2.58 /* the two-sided 1 % point of the normal distribution */
#define WORSE_RATIO    1.5  /* an open finding this much worse is published again */

enum { WORSE_DAYS = 2, DIFFERING_DAYS = 2 };

static int64_t scaled(double value, double by)
{
    return llround(value * by);
}

static bool is_crit(const struct judged *judged, double ratio, double excess)
{
    return judged->is_lost || (judged->cell->signal->is_crit && ratio >= CRIT_RATIO) ||
           (ratio >= CRIT_ANY_RATIO && excess >= CRIT_EXCESS);
}

/* Benjamini-Hochberg first, then whether it matters: gating before would spoil the
 * p-values. */
static bool passes_gates(const struct judged *judged, const struct settings *settings)
{
    const struct signal *signal = judged->cell->signal;
    double affected = signal->direction == DIRECTION_DOWN
                          ? judged->tail.expected
                          : (double)judged->today.affected;

    return affected >= (double)signal->min_affected &&
           judged->excess >= settings->min_excess &&
           judged->ratio >= settings->min_ratio;
}

/* True when it opens; then the sum starts again. */
static bool cusum_step(struct judged *judged, const struct settings *settings)
{
    struct cell *cell = judged->cell;
    struct cusum_limit limit = {cell->is_child ? settings->cusum_child_x1000
                                               : settings->cusum_h_x1000,
                                settings->min_excess};
    bool opens;

    if (cell->signal->direction == DIRECTION_DOWN)
        return false;
    opens = cusum_add(&cell->cusum, judged->tail.llr_x1000, judged->excess, &limit);
    judged->cusum_reached_x1000 = cell->cusum.sum_x1000;
    if (opens)
        cell->cusum = (struct cusum){0};
    return opens;
}

static void publish_day(const struct judged *judged, int32_t day,
                        struct episode *episode, struct arena *arena)
{
    const struct observation *today = &judged->today;
    int64_t limit = measure_limit(&judged->fit, day, today->exposed, OPEN_P);

    episode->affected = today->affected;
    episode->exposed = today->exposed;
    episode->expected_x10 = scaled(judged->tail.expected, 10);
    episode->limit_ppm = scaled((double)limit / (double)today->exposed, 1e6);
    episode->ratio_x100 = scaled(judged->ratio, 100);
    episode->p = stats_p_text(judge_p(judged), arena);
}

/* A slow rise: rate and counts since the change day, beside the expected. */
static void publish_sum(const struct judged *judged, int32_t day,
                        struct episode *episode, struct arena *arena)
{
    const struct cell *cell = judged->cell;
    int64_t affected = 0, exposed = 0;
    double expected = 0;

    for (size_t i = 0; i < cell->ndays && cell->days[i].day <= day; i++) {
        const struct observation *row = &cell->days[i];

        if (row->day < episode->change)
            continue;
        affected += row->affected;
        exposed += row->exposed;
        expected +=
            measure_tail(&judged->fit, row->day, row->affected, row->exposed).expected;
    }
    episode->affected = affected;
    episode->exposed = exposed;
    episode->expected_x10 = scaled(expected, 10);
    episode->limit_ppm = exposed > 0 ? scaled(expected / (double)exposed, 1e6) : 0;
    episode->ratio_x100 = scaled(measure_ratio(affected, expected), 100);
    episode->p = stats_p_text(judge_p(judged), arena);
}

static void publish_explanation(const struct round *round, const struct judged *judged,
                                struct episode *episode)
{
    struct explanation why = judge_explain(round, judged, episode->change);

    episode->because = why.because;
    episode->explained_by = why.by;
    episode->nexplained_by = why.nby;
    episode->releases = why.releases;
    episode->nreleases = why.nreleases;
}

static int32_t last_closed(const struct cell *cell)
{
    return cell->npast > 0 ? cell->past[cell->npast - 1]->closed : 0;
}

static int64_t sum_since(const struct cell *cell, int32_t from, int32_t to)
{
    int64_t sum = 0;

    for (size_t i = 0; i < cell->ndays; i++)
        if (cell->days[i].day >= from && cell->days[i].day <= to)
            sum += cell->days[i].affected;
    return sum;
}

static int32_t change_day(const struct round *round, const struct judged *judged)
{
    const struct cell *cell = judged->cell;
    size_t n = 0;

    if (judged->is_lost)
        return round->day.day;
    while (n < cell->ndays && cell->days[n].day <= round->day.day)
        n++;
    return measure_change_day(&judged->fit, cell->days, n, last_closed(cell) + 1);
}

static void open_episode(const struct round *round, struct judged *judged)
{
    struct cell *cell = judged->cell;
    struct episode *episode = arena_new(round->arena, struct episode, 1);

    *episode = (struct episode){
        .signal = cell->signal_name,
        .segment = cell->segment,
        .opened = round->day.day,
        .change = change_day(round, judged),
        .reason = "",
        .opened_by = judged->is_lost        ? "lost"
                     : judged->opens_by_day ? "day"
                                            : "cusum",
        .cusum_x1000 = judged->cusum_reached_x1000,
        .judged_days = 1,
    };
    if (judged->opens_by_day || judged->is_lost)
        publish_day(judged, round->day.day, episode, round->arena);
    else
        publish_sum(judged, round->day.day, episode, round->arena);
    episode->is_crit =
        is_crit(judged, (double)episode->ratio_x100 / 100,
                (double)episode->affected - (double)episode->expected_x10 / 10);
    episode->affected_total = sum_since(cell, episode->change, round->day.day);
    publish_explanation(round, judged, episode);
    cell->open = episode;
    cell->status = CELL_OPEN;
    cell->quiet = 0;
}

void judge_close(const struct round *round, struct cell *cell, const char *reason)
{
    struct episode *episode = cell->open;

    episode->closed = round->day.day;
    episode->reason = reason;
    cell->past = arena_room(round->arena, cell->past, cell->npast, &cell->past_capacity,
                            sizeof(struct episode *));
    cell->past[cell->npast++] = episode;
    cell->open = NULL;
    cell->quiet = 0;
    cell->status = CELL_OK;
}

/* The last fortnight lies on one level: it has become what is normal. */
static bool is_level(const struct round *round, const struct judged *judged)
{
    const struct cell *cell = judged->cell;
    struct observation last[ADOPT_DAYS];
    double residual[ADOPT_DAYS];
    double x[2] = {0}, n[2] = {0};
    struct fit fit;
    size_t end = 0;

    while (end < cell->ndays && cell->days[end].day <= round->day.day)
        end++;
    if (end < ADOPT_DAYS)
        return false;
    memcpy(last, &cell->days[end - ADOPT_DAYS], sizeof last);
    for (size_t i = 0; i < ADOPT_DAYS; i++) {
        last[i].excluded = false;
        x[i >= ADOPT_DAYS / 2] += (double)last[i].affected;
        n[i >= ADOPT_DAYS / 2] += (double)last[i].exposed;
    }
    fit = measure_level(cell->signal->model, cell->signal->direction, last, ADOPT_DAYS,
                        residual);
    for (size_t i = 0; i < ADOPT_DAYS; i++)
        if (fabs(residual[i]) > LEVEL_RESIDUAL)
            return false;
    return fabs(x[0] / n[0] - x[1] / n[1]) <
           2 * sqrt(fit.phi * (x[0] / n[0] / n[0] + x[1] / n[1] / n[1]));
}

/* Published numbers move only when their conclusion does: worse for two judged days, or
 * more severe. */
static void republish(const struct round *round, struct judged *judged)
{
    struct episode *episode = judged->cell->open;
    bool is_worse = judged->ratio * 100 >= WORSE_RATIO * (double)episode->ratio_x100;
    bool is_severer =
        !episode->is_crit && is_crit(judged, judged->ratio, judged->excess);
    struct explanation why;
    bool differs;

    episode->worse_days = is_worse ? episode->worse_days + 1 : 0;
    if (is_severer || episode->worse_days >= WORSE_DAYS) {
        publish_day(judged, round->day.day, episode, round->arena);
        episode->is_crit = episode->is_crit || is_severer;
        episode->worse_days = 0;
        episode->differing_days = 0;
        publish_explanation(round, judged, episode);
        return;
    }
    why = judge_explain(round, judged, episode->change);
    differs = why.nby != episode->nexplained_by;
    for (size_t i = 0; i < why.nby && !differs; i++)
        differs = strcmp(why.by[i], episode->explained_by[i]) != 0;
    episode->differing_days = differs ? episode->differing_days + 1 : 0;
    if (episode->differing_days >= DIFFERING_DAYS) {
        episode->differing_days = 0;
        publish_explanation(round, judged, episode);
    }
}

/* The children of an adopted level took the same step. */
static void adopt(const struct round *round, struct cell *cell)
{
    cell->baseline_from = cell->open->change;
    for (size_t i = 0; i < round->evidence->n; i++)
        if (round->evidence->cell[i]->parent == cell)
            round->evidence->cell[i]->baseline_from = cell->baseline_from;
}

static void continue_episode(const struct round *round, struct judged *judged,
                             bool opens)
{
    struct cell *cell = judged->cell;
    struct episode *episode = cell->open;

    episode->judged_days++;
    episode->affected_total += judged->today.affected;
    if (!opens && judge_p(judged) > QUIET_P) {
        cell->quiet++;
        cell->status = CELL_RECOVERING;
    } else {
        cell->quiet = 0;
        cell->status = CELL_OPEN;
        republish(round, judged);
    }
    if (cell->quiet >= QUIET_DAYS) {
        judge_close(round, cell, "recovered");
    } else if (episode->judged_days >= ADOPT_DAYS && is_level(round, judged)) {
        adopt(round, cell);
        judge_close(round, cell, "adopted");
    }
}

void judge_episode(const struct round *round, struct judged *judged)
{
    struct cell *cell = judged->cell;
    double p = judge_p(judged);
    bool opens;

    // children of an open parent only explain, but for instrumentation that was lost
    if (cell->is_child && cell->parent->open && !judged->is_lost) {
        cell->cusum = (struct cusum){0};
        if (cell->open)
            judge_close(round, cell, "explained");
        return;
    }
    if (cell->open && strcmp(cell->open->opened_by, "new") == 0) {
        if (round->day.day > cell->open->opened)
            cell->open->affected_total += judged->today.affected;
        if (round->day.day - cell->open->opened >= NEW_DAYS)
            judge_close(round, cell, "known");
        return;
    }
    if (!judged->tail.tested) {
        if (!cell->open)
            cell->status = CELL_LEARNING;
        return;
    }
    judged->opens_by_cusum = cusum_step(judged, round->settings);
    judged->opens_by_day =
        judged->is_hit && p < OPEN_P && passes_gates(judged, round->settings);
    opens = judged->opens_by_day || judged->opens_by_cusum || judged->is_lost;
    if (cell->open)
        continue_episode(round, judged, opens);
    else if (opens)
        open_episode(round, judged);
    else if (p < WATCH_P)
        cell->status = CELL_WATCH;
    else if (cell->status != CELL_WATCH || p > QUIET_P)
        cell->status = CELL_OK;
}

void judge_absent(const struct round *round, struct cell *cell)
{
    int32_t last_seen = 0;

    if (!cell->open)
        return;
    for (size_t i = 0; i < cell->ndays && cell->days[i].day <= round->day.day; i++)
        last_seen = cell->days[i].day;
    if (!cell->signal || round->day.day - last_seen >= GONE_DAYS)
        judge_close(round, cell, "gone");
}
