/* Charts of the history: a line a cell, by day, with what the judge expected of each
 * day on its morning. Every number is the judge's own (judge_fit, measure_limit); a day
 * without a count is a gap. Pure. */
#include <math.h>
#include <string.h>

#include "watchdog/watchdog.h"

#include "shared/banned.h"

enum { CHARTS_MAX = 24, RELEASES_SAID = 2 };

/* One chart while it is drawn, day by day. */
struct sketch {
    struct cell *cell;
    const char **value, **limit, **low,
        **high; /* a day each, NULL where there is none */
    struct chart_episode *episode;
    size_t nepisodes;
    struct chart_mark *mark;
    size_t nmarks;
};

struct sketches {
    const struct round *round;
    int32_t first, last; /* days drawn */
    const char **x;
    struct sketch item[CHARTS_MAX];
    size_t n;
};

/* ---- which ---- */

static void choose(struct sketches *sketches, struct cell *cell)
{
    for (size_t i = 0; i < sketches->n; i++)
        if (sketches->item[i].cell == cell)
            return;
    if (sketches->n < CHARTS_MAX)
        sketches->item[sketches->n++] = (struct sketch){.cell = cell};
}

/* Cells of open findings, in the findings' order. A signal may have a slash in its
 * name, so the id is not taken apart. */
static void choose_findings(struct sketches *sketches, const struct findings *findings)
{
    const struct evidence *evidence = sketches->round->evidence;
    const char **id = arena_new(sketches->round->arena, const char *, evidence->n);

    for (size_t c = 0; c < evidence->n; c++)
        id[c] = str_format(sketches->round->arena, "watchdog/%s/%s",
                           evidence->cell[c]->signal_name, evidence->cell[c]->segment);
    for (size_t f = 0; f < findings->n; f++)
        for (size_t c = 0;
             c < evidence->n && findings->item[f].status != STATUS_RESOLVED; c++)
            if (strcmp(findings->item[f].id, id[c]) == 0)
                choose(sketches, evidence->cell[c]);
}

static bool was_affected(const struct cell *cell, int32_t first, int32_t last)
{
    for (size_t i = 0; i < cell->ndays; i++)
        if (cell->days[i].affected > 0 && cell->days[i].day >= first &&
            cell->days[i].day <= last)
            return true;
    return false;
}

/* Whole-site cells with anything to see: first those that are critical when they rise.
 */
static void choose_signals(struct sketches *sketches)
{
    const struct settings *settings = sketches->round->settings;

    for (int is_crit = 1; is_crit >= 0; is_crit--)
        for (size_t s = 0; s < settings->nsignals; s++) {
            const struct signal *signal = &settings->signals[s];
            struct cell *cell =
                evidence_find(sketches->round->evidence, signal->name, "site");

            if (signal->is_crit == (is_crit == 1) && cell &&
                was_affected(cell, sketches->first, sketches->last))
                choose(sketches, cell);
        }
}

/* ---- what ---- */

static size_t days_drawn(const struct sketches *sketches)
{
    return (size_t)(sketches->last - sketches->first) + 1;
}

static bool is_tracking(const struct cell *cell)
{
    return strcmp(cell->signal_name, TRACKING) == 0;
}

/* Where sessions themselves are counted, a number of them; else a share. */
static bool is_number(const struct cell *cell)
{
    return is_tracking(cell) && strcmp(cell->segment, "site") == 0;
}

static const char *value_text(const struct cell *cell, int64_t affected,
                              int64_t exposed, struct arena *run)
{
    if (is_number(cell))
        return str_format(run, "%lld", (long long)affected);
    return watchdog_percent(run, llround(1e6 * (double)affected / (double)exposed));
}

/* The first day with data after those that the evidence begins with; 0: unknown. */
static int32_t first_seen(const struct sketches *sketches, const struct cell *cell,
                          const char *version)
{
    const struct round *round = sketches->round;
    const struct cell *release =
        evidence_find(round->evidence, cell->signal_name,
                      str_format(round->arena, "release=%s", version));
    int32_t first = release && release->ndays > 0 ? release->days[0].day : 0;

    return first > sketches->first && first <= sketches->last ? first : 0;
}

static void add_episode(const struct sketches *sketches, const struct episode *episode,
                        struct sketch *sketch)
{
    struct arena *run = sketches->round->arena;
    int32_t from = episode->change, to = episode->closed;

    if (to == 0 || to > sketches->last)
        to = sketches->last;
    if (from < sketches->first)
        from = sketches->first;
    if (to < from)
        return;
    sketch->episode[sketch->nepisodes++] =
        (struct chart_episode){sketches->x[from - sketches->first],
                               sketches->x[to - sketches->first],
                               episode->is_crit ? SEVERITY_CRIT : SEVERITY_WARN};
    for (size_t i = 0; i < episode->nreleases && i < RELEASES_SAID; i++) {
        int32_t day = first_seen(sketches, sketch->cell, episode->releases[i]);

        if (day != 0)
            sketch->mark[sketch->nmarks++] =
                (struct chart_mark){sketches->x[day - sketches->first],
                                    str_format(run, "release %s first seen",
                                               episode->releases[i])};
    }
    if (strcmp(episode->reason, "adopted") == 0)
        sketch->mark[sketch->nmarks++] =
            (struct chart_mark){sketches->x[to - sketches->first], "level adopted"};
}

static void begin(const struct sketches *sketches, struct sketch *sketch)
{
    struct arena *run = sketches->round->arena;
    const struct cell *cell = sketch->cell;
    size_t n = days_drawn(sketches);
    size_t nepisodes = cell->npast + 1;

    sketch->value = arena_new(run, const char *, n);
    sketch->limit = arena_new(run, const char *, n);
    sketch->low = arena_new(run, const char *, n);
    sketch->high = arena_new(run, const char *, n);
    sketch->episode = arena_new(run, struct chart_episode, nepisodes);
    sketch->mark = arena_new(run, struct chart_mark, nepisodes * (RELEASES_SAID + 1));
    for (size_t i = 0; i < cell->npast; i++)
        add_episode(sketches, cell->past[i], sketch);
    if (cell->open)
        add_episode(sketches, cell->open, sketch);
}

/* The counts that are quiet on either side, and the one that opens an episode. */
static void add_expected(const struct judged *judged, size_t at, struct sketch *sketch,
                         struct arena *run)
{
    int64_t exposed = judged->today.exposed;
    int32_t day = judged->today.day;
    int64_t most = is_number(sketch->cell) ? INT64_MAX : exposed;
    struct fit up = judged->fit, down = judged->fit;
    int64_t low, high, limit;

    up.direction = DIRECTION_UP;
    down.direction = DIRECTION_DOWN;
    low = measure_limit(&down, day, exposed, QUIET_P) + 1;
    high = measure_limit(&up, day, exposed, QUIET_P) - 1;
    limit = measure_limit(&judged->fit, day, exposed, OPEN_P);
    sketch->low[at] = value_text(sketch->cell, low, exposed, run);
    sketch->high[at] = value_text(sketch->cell, high, exposed, run);
    if (limit >= 0 && limit <= most)
        sketch->limit[at] = value_text(sketch->cell, limit, exposed, run);
}

static void add_day(const struct round *round, size_t at, struct sketch *sketch)
{
    struct cell *cell = sketch->cell;
    const struct observation *today = cell_day(cell, round->day.day);
    struct judged judged = {.cell = cell};

    if (!today)
        return;
    judged.today = *today;
    sketch->value[at] = value_text(cell, today->affected, today->exposed, round->arena);
    if (!cell->signal || settings_is_expected(round->settings, round->day.day))
        return;
    judge_fit(round, &judged);
    if (judged.tail.tested)
        add_expected(&judged, at, sketch, round->arena);
}

static struct chart finish(const struct sketches *sketches, const struct sketch *sketch)
{
    struct arena *run = sketches->round->arena;
    const struct cell *cell = sketch->cell;
    struct chart_series *series = arena_new(run, struct chart_series, 2);
    const char *title = cell->signal ? cell->signal->title : cell->signal_name;

    if (strcmp(cell->segment, "site") != 0)
        title = str_format(run, "%s, %s", title, cell->segment);
    series[0] =
        (struct chart_series){is_tracking(cell) ? "sessions" : "sessions affected",
                              sketch->value};
    series[1] = (struct chart_series){"limit", sketch->limit};
    return (struct chart){
        .id = str_format(run, "watchdog/%s/%s", cell->signal_name, cell->segment),
        .title = title,
        .unit = is_number(cell) ? "" : "%",
        .kind = CHART_LINE,
        .x = sketches->x,
        .npoints = days_drawn(sketches),
        .series = series,
        .nseries = 2,
        .low = sketch->low,
        .high = sketch->high,
        .limit = "",
        .episode = sketch->episode,
        .nepisodes = sketch->nepisodes,
        .mark = sketch->mark,
        .nmarks = sketch->nmarks,
    };
}

/* As many days as are kept, up to the last judged. False: none. */
static bool span(struct sketches *sketches, int32_t through)
{
    int32_t newest;

    if (!evidence_span(sketches->round->evidence, &sketches->first, &newest) ||
        sketches->first > through)
        return false;
    sketches->last = through;
    if (sketches->first < through - (HISTORY_DAYS - 1))
        sketches->first = through - (HISTORY_DAYS - 1);
    sketches->x = arena_new(sketches->round->arena, const char *, days_drawn(sketches));
    for (int32_t day = sketches->first; day <= through; day++)
        sketches->x[day - sketches->first] =
            str_format(sketches->round->arena, "%s", day_text(day).text);
    return true;
}

void watchdog_charts(struct round *round, int32_t checkpoint, struct report *report)
{
    static const struct judge_hooks none;
    struct sketches sketches = {.round = round};
    struct chart *charts = arena_new(round->arena, struct chart, CHARTS_MAX);

    report->charts = charts;
    if (!span(&sketches, report->through))
        return;
    choose_findings(&sketches, &report->findings);
    choose_signals(&sketches);
    (void)watchdog_judge(round, checkpoint, 0, report->through, &none);
    for (size_t i = 0; i < sketches.n; i++)
        begin(&sketches, &sketches.item[i]);
    for (int32_t day = sketches.last; day >= sketches.first; day--) {
        judge_rewind(round->evidence, day);
        round->day.day = day;
        for (size_t i = 0; i < sketches.n; i++)
            add_day(round, (size_t)(day - sketches.first), &sketches.item[i]);
    }
    for (size_t i = 0; i < sketches.n; i++)
        charts[report->ncharts++] = finish(&sketches, &sketches.item[i]);
}
