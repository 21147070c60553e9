/* Charts of the history, two an experiment: the weights in force, stacked, and P(best)
 * through each evidence day. The history has the weights and no P(best): that is judged
 * again by the functions of a run, among the arms that are served today. What is not
 * known of a day is a gap. Pure. */
#include <string.h>

#include "bandit/bandit.h"
#include "shared/clock.h"

#include "shared/banned.h"

enum {
    CHARTED_MAX = 12, /* experiments; two charts each */
    CHARTS_A_TRIAL = 2,
    SERIES_MAX = 12,
    POINTS_MAX = 400,
};

#define WEIGHT_PERCENT 1e6 /* in 1e-4 bp */

struct estimate {
    bool known;
    double value;
};

/* The days of one experiment, and which of its arms share a series. */
struct canvas {
    struct trial *trial;
    struct arena *arena;
    int32_t first, last;
    const char **x;
    size_t npoints;
    size_t series_of[ARMS_MAX];
    const char *name[SERIES_MAX];
    size_t nseries;
};

/* ---- days and series ---- */

/* From the first kept day on, as many as a chart may have. False: there is none. */
static bool span(struct canvas *canvas, int32_t through)
{
    const struct evidence *evidence = &canvas->trial->history->evidence;

    if (evidence->n == 0 || evidence->day[0].day > through)
        return false;
    canvas->first = evidence->day[0].day;
    canvas->last = through;
    if (canvas->first <= through - POINTS_MAX)
        canvas->first = through - POINTS_MAX + 1;
    canvas->npoints = (size_t)(through - canvas->first) + 1;
    canvas->x = arena_new(canvas->arena, const char *, canvas->npoints);
    for (size_t i = 0; i < canvas->npoints; i++)
        canvas->x[i] =
            str_format(canvas->arena, "%s", day_text(canvas->first + (int32_t)i).text);
    return true;
}

/* Whether the arm is not among the control and the `SERIES_MAX - 2` others of the
 * largest weights, ties to the earlier arm. */
static bool is_small(const struct trial *trial, size_t arm)
{
    const int64_t *weight_bp = trial->standing.weight_bp;
    size_t before = 0;

    for (size_t a = 1; a < trial->experiment->narms; a++)
        before += weight_bp[a] > weight_bp[arm] ||
                  (a < arm && weight_bp[a] == weight_bp[arm]);
    return arm > 0 && before >= SERIES_MAX - 2;
}

/* An arm is a series; where there are too many, the small ones are one together. */
static void name_series(struct canvas *canvas)
{
    const struct experiment *experiment = canvas->trial->experiment;
    bool is_crowded = experiment->narms > SERIES_MAX;
    size_t others = 0;

    for (size_t a = 0; a < experiment->narms; a++) {
        bool is_other = is_crowded && is_small(canvas->trial, a);

        canvas->series_of[a] = is_other ? SERIES_MAX - 1 : canvas->nseries;
        others += is_other;
        if (!is_other)
            canvas->name[canvas->nseries++] = experiment->arm[a].name;
    }
    if (is_crowded)
        canvas->name[canvas->nseries++] =
            str_format(canvas->arena, "%zu others", others);
}

/* The values of a chart's series while it is drawn. */
struct drawing {
    const char **value[SERIES_MAX];
    bool is_blank;
};

static void clear(const struct canvas *canvas, struct drawing *drawing)
{
    drawing->is_blank = true;
    for (size_t s = 0; s < canvas->nseries; s++)
        drawing->value[s] = arena_new(canvas->arena, const char *, canvas->npoints);
}

/* What the arms have on one day, each added to its series; where none of a series has
 * anything it stays a gap. */
static void plot(const struct canvas *canvas, struct drawing *drawing, int32_t day,
                 const struct estimate of_arm[ARMS_MAX], int decimals)
{
    struct estimate sum[SERIES_MAX] = {0};

    if (day < canvas->first || day > canvas->last)
        return;
    for (size_t a = 0; a < canvas->trial->experiment->narms; a++) {
        if (!of_arm[a].known)
            continue;
        sum[canvas->series_of[a]].known = true;
        sum[canvas->series_of[a]].value += of_arm[a].value;
    }
    for (size_t s = 0; s < canvas->nseries; s++) {
        if (!sum[s].known)
            continue;
        drawing->value[s][day - canvas->first] =
            str_format(canvas->arena, "%.*f", decimals, sum[s].value);
        drawing->is_blank = false;
    }
}

/* ---- what is drawn ---- */

static void draw_weights(const struct canvas *canvas, struct drawing *drawing)
{
    const struct evidence *evidence = &canvas->trial->history->evidence;

    for (size_t i = 0; i < evidence->n; i++) {
        struct estimate share[ARMS_MAX] = {0};

        for (size_t a = 0; a < evidence->narms; a++) {
            int64_t weight = evidence->day[i].at_once[a].weight_x10000;

            share[a] = (struct estimate){weight >= 0, (double)weight / WEIGHT_PERCENT};
        }
        plot(canvas, drawing, evidence->day[i].day, share, 2);
    }
}

/* Each evidence day of the phase as a run that had evidence through it; the rounds of
 * `method: draws` are that run's. */
static void draw_p_best(const struct canvas *canvas, struct drawing *drawing)
{
    struct trial *trial = canvas->trial;
    struct judging *judging = &trial->judging;
    int32_t lag = trial->judged.as_of - trial->judged.now.day;
    struct series series;

    if (trial->new_phase != 0 || trial->judged.now.day == 0)
        return;
    series = judge_series(judging, trial->judged.now.day, -1);
    for (size_t i = 0; i < series.n; i++) {
        struct occasion occasion = {.as_of = series.day[i] + lag,
                                    .seed = measure_seed(trial->experiment->id,
                                                         series.day[i] + lag)};
        struct estimate p[ARMS_MAX] = {0};
        struct assessment assessment;

        judge_assess(judging, &occasion, &series, i + 1, 0, &assessment);
        for (size_t a = 0; a < series.narms; a++)
            p[a] = (struct estimate){judging->is_active[a],
                                     assessment.comparison.p_best[a]};
        plot(canvas, drawing, series.day[i], p, 4);
    }
}

/* ---- what is marked ---- */

static bool was_used(const struct judging *judging, int32_t day)
{
    const struct evidence_day *row = evidence_find(judging->evidence, day);
    size_t at = row ? (size_t)(row - judging->evidence->day) : 0;

    return row && at < judging->nscanned && judging->is_usable[at];
}

/* Stretches of the phase that moved nothing: no data, or data that are not ok. */
static const struct chart_episode *shade(const struct canvas *canvas, size_t *n)
{
    const struct trial *trial = canvas->trial;
    struct chart_episode *episode =
        arena_new(canvas->arena, struct chart_episode, canvas->npoints);
    bool is_shaded = false;

    *n = 0;
    for (size_t i = 0; i < canvas->npoints && trial->new_phase == 0; i++) {
        int32_t day = canvas->first + (int32_t)i;

        if (day < trial->standing.start || was_used(&trial->judging, day)) {
            is_shaded = false;
            continue;
        }
        if (!is_shaded)
            episode[(*n)++] =
                (struct chart_episode){.from = canvas->x[i], .severity = SEVERITY_WARN};
        episode[*n - 1].to = canvas->x[i];
        is_shaded = true;
    }
    return episode;
}

/* Where what came before is of an earlier phase. */
static const struct chart_mark *mark(const struct canvas *canvas, size_t *n)
{
    int32_t start = canvas->trial->standing.start;
    struct chart_mark *begins = arena_new(canvas->arena, struct chart_mark, 1);

    *n = start > canvas->first && start <= canvas->last;
    if (*n == 1)
        *begins = (struct chart_mark){canvas->x[start - canvas->first], "phase begins"};
    return begins;
}

/* ---- charts ---- */

/* Completes a chart and adds it, unless there is nothing in it. */
static void add(const struct canvas *canvas, const struct drawing *drawing,
                struct chart *chart, size_t *n)
{
    struct chart_series *series =
        arena_new(canvas->arena, struct chart_series, canvas->nseries);

    if (drawing->is_blank)
        return;
    for (size_t s = 0; s < canvas->nseries; s++)
        series[s] = (struct chart_series){canvas->name[s], drawing->value[s]};
    chart->x = canvas->x;
    chart->npoints = canvas->npoints;
    chart->series = series;
    chart->nseries = canvas->nseries;
    chart->episode = shade(canvas, &chart->nepisodes);
    chart->mark = mark(canvas, &chart->nmarks);
    (*n)++;
}

static void draw(struct canvas *canvas, struct chart *charts, size_t *n)
{
    const struct experiment *experiment = canvas->trial->experiment;
    struct arena *arena = canvas->arena;
    struct drawing drawing;

    name_series(canvas);
    clear(canvas, &drawing);
    draw_weights(canvas, &drawing);
    charts[*n] = (struct chart){
        .id = str_format(arena, "bandit/weights/%s", experiment->id),
        .title = str_format(arena, "%s: weights in force", experiment->id),
        .unit = "%",
        .kind = CHART_STACK,
        .limit = "",
    };
    add(canvas, &drawing, &charts[*n], n);
    clear(canvas, &drawing);
    draw_p_best(canvas, &drawing);
    charts[*n] = (struct chart){
        .id = str_format(arena, "bandit/p_best/%s", experiment->id),
        .title = str_format(arena, "%s: P(best)", experiment->id),
        .unit = "",
        .kind = CHART_LINE,
        .limit = experiment->promotion.rule == RULE_ESSAY
                     ? ""
                     : str_format(arena, "%g", experiment->promotion.p_best),
    };
    add(canvas, &drawing, &charts[*n], n);
}

/* What may want somebody: an arm that may be promoted, or data that are not ok. */
static bool is_urgent(const struct trial *trial)
{
    return trial->judged.promotion.is_eligible || trial->standing.freeze != FREEZE_NONE;
}

void bandit_charts(struct trial *trials, size_t n, struct arena *arena,
                   struct report *report)
{
    struct chart *charts =
        arena_new(arena, struct chart, (size_t)CHARTED_MAX * CHARTS_A_TRIAL);
    size_t charted = 0;

    for (int urgent = 1; urgent >= 0; urgent--)
        for (size_t i = 0; i < n && charted < CHARTED_MAX; i++) {
            struct canvas canvas = {.trial = &trials[i], .arena = arena};

            if (!trials[i].facts || is_urgent(&trials[i]) != (urgent == 1) ||
                !span(&canvas, report->through))
                continue;
            draw(&canvas, charts, &report->ncharts);
            charted++;
        }
    report->charts = charts;
}
