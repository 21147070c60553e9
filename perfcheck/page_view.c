/* What history says of each page now. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "perfcheck/measure.h"
#include "perfcheck/round.h"

#include "shared/banned.h"

const char *scaled_name(const char *metric, struct arena *arena)
{
    return str_format(arena, "%s_%s", metric_short(metric),
                      metric_unit(metric)[0] != '\0' ? metric_unit(metric) : "x1000");
}

int64_t scaled_value(const char *metric, double value)
{
    return llround(metric_unit(metric)[0] != '\0' ? value : 1000 * value);
}

double scaled_back(const char *metric, int64_t scaled)
{
    return metric_unit(metric)[0] != '\0' ? (double)scaled : (double)scaled / 1000;
}

const char *metric_text(const char *metric, double value, struct arena *arena)
{
    char text[STR_NUMBER_BYTES];

    if (metric_unit(metric)[0] != '\0')
        return str_format(arena, "%.0f", value);
    (void)str_from_double(round(1000 * value) / 1000, text);
    return str_copy(arena, text, strlen(text));
}

static const struct series *rows_of(const struct history *history,
                                    const struct page_view *view, const char *metric)
{
    const struct history_series *series =
        history_find(history, view->form, view->page, metric);

    return series && series->numbers.n > 0 ? &series->numbers : NULL;
}

static struct estimate last_median(const struct series *rows)
{
    const struct row_of_day *row = rows ? &rows->row[rows->n - 1] : NULL;
    double values[VALUES_MAX];

    if (!row || row->nvalues == 0)
        return (struct estimate){0};
    memcpy(values, row->values, row->nvalues * sizeof *values);
    return (struct estimate){true, median_of(values, row->nvalues)};
}

static void view_runs(const struct history *history, int32_t through,
                      struct page_view *view)
{
    const struct series *rows = rows_of(history, view, "runs");
    const struct row_of_day *row = rows ? series_find(rows, through) : NULL;

    view->epoch = "";
    for (size_t i = rows ? rows->n : 0; i-- > 0 && view->epoch[0] == '\0';)
        if (rows->row[i].k > 0)
            view->epoch = rows->row[i].epoch;
    if (!row)
        return;
    view->k = (int64_t)row->k;
    view->failed = row->nvalues > 0 ? (int64_t)row->values[0] : 0;
}

static void view_scores(const struct history *history, const struct settings *settings,
                        struct page_view *view)
{
    for (int i = 0; i < MINIMA; i++) {
        const char *category = settings->minimum[i].category;
        char metric[64];

        (void)snprintf(metric, sizeof metric, "score.%.40s", category);
        view->score[i] = last_median(rows_of(history, view, i == 0 ? "perf" : metric));
        view->published_score[i] = published(history, view->form, view->page, category);
    }
}

/* By its last judged day. */
static bool is_learning(const struct series *rows)
{
    size_t at = rows->n - 1;

    while (at > 0 && rows->row[at].verdict == ROW_SHORT)
        at--;
    return rows->row[at].verdict == ROW_LEARNING;
}

static void view_metrics(const struct history *history, const struct settings *settings,
                         struct page_view *view, struct arena *arena)
{
    for (size_t i = 0; i < settings->nmetrics; i++) {
        const char *name = metric_short(settings->metric[i]);
        const struct series *rows = rows_of(history, view, name);

        view->published[i] = published(history, view->form, view->page, name);
        view->median[i] = last_median(rows);
        if (!rows)
            continue;
        view->nseries++;
        view->is_learning[i] = is_learning(rows);
        if (!view->machine.known)
            view->machine =
                timing_of(rows, rows->n - 1, &settings->rules[i], arena).machine;
    }
}

struct page_views page_views(const struct history *history,
                             const struct settings *settings, int32_t through,
                             struct arena *arena)
{
    struct page_views views = {0};

    for (size_t i = 0; i < history->n; i++) {
        const struct history_series *item = &history->item[i];
        struct page_view *view;

        // each page that is watched has its row of runs
        if (strcmp(item->metric, "runs") != 0 || item->numbers.n == 0)
            continue;
        views.item =
            arena_room(arena, views.item, views.n, &views.capacity, sizeof *views.item);
        view = &views.item[views.n++];
        *view = (struct page_view){.form = item->form, .page = item->page};
        view_runs(history, through, view);
        view_scores(history, settings, view);
        view_metrics(history, settings, view, arena);
        for (int type = 0; type < BYTE_TYPES; type++)
            view->bytes[type] =
                published(history, view->form, view->page, settings->bytes[type].type);
    }
    return views;
}
