/*
 * Charts of `show --charts`, from what history keeps: of each URL its last status and
 * sets, the day it was met and the day it was lost. Statuses of earlier days are not
 * kept, so that the counts by status are those of the last run.
 */
#include <string.h>

#include "seocheck/round.h"
#include "shared/chart.h"
#include "shared/clock.h"
#include "shared/json.h"

#include "shared/banned.h"

enum { CLASSES = CLASS_REFUSED + 1, SETS = 4, CHARTS = 3 };

static const char *number(struct arena *arena, int64_t value)
{
    return str_format(arena, "%lld", (long long)value);
}

/* URLs of the site are paths; others are whole. */
static bool is_own(const struct history_row *row)
{
    return row->url.n > 0 && row->url.at[0] == '/';
}

/* Bars: how many URLs have each status, those of the site and, where there are any,
 * those elsewhere, of which history has only what is wrong. */
static struct chart status_chart(const struct history *history, struct arena *arena)
{
    int64_t count[2][CLASSES] = {{0}}, elsewhere = 0;
    const char **x = arena_new(arena, const char *, CLASSES);
    const char **own = arena_new(arena, const char *, CLASSES);
    const char **other = arena_new(arena, const char *, CLASSES);
    struct chart_series *series = arena_new(arena, struct chart_series, 2);
    size_t n = 0;

    for (size_t i = 0; i < history->n; i++)
        if (history->row[i].lost == 0) {
            count[!is_own(&history->row[i])][history->row[i].url_class]++;
            elsewhere += !is_own(&history->row[i]);
        }
    for (int c = 0; c < CLASSES; c++) {
        if (count[0][c] + count[1][c] == 0)
            continue;
        x[n] = url_class_word((enum url_class)c);
        own[n] = number(arena, count[0][c]);
        other[n++] = number(arena, count[1][c]);
    }
    series[0] = (struct chart_series){"of the site", own};
    series[1] = (struct chart_series){"elsewhere", other};
    return (struct chart){.id = "status",
                          .title = "URLs by status on the last day",
                          .unit = "",
                          .kind = CHART_BAR,
                          .x = x,
                          .npoints = n,
                          .series = series,
                          .nseries = elsewhere > 0 ? 2 : 1,
                          .limit = ""};
}

/* Bars: how many URLs of the site are reached by links, declared, listed, indexable. */
static struct chart sets_chart(const struct history *history, struct arena *arena)
{
    static const char *const names[SETS] = {"linked", "in routes", "in sitemaps",
                                            "indexable"};
    static const unsigned flags[SETS] = {FLAG_IN_CRAWL, FLAG_IN_ROUTES, FLAG_IN_SITEMAP,
                                         FLAG_INDEXABLE};
    const char **value = arena_new(arena, const char *, SETS);
    struct chart_series *series = arena_new(arena, struct chart_series, 1);

    for (int s = 0; s < SETS; s++) {
        int64_t n = 0;

        for (size_t i = 0; i < history->n; i++)
            n += history->row[i].lost == 0 && is_own(&history->row[i]) &&
                 (history->row[i].flags & flags[s]) != 0;
        value[s] = number(arena, n);
    }
    *series = (struct chart_series){"of the site", value};
    return (struct chart){.id = "sets",
                          .title = "URLs of the site by set on the last day",
                          .unit = "",
                          .kind = CHART_BAR,
                          .x = names,
                          .npoints = SETS,
                          .series = series,
                          .nseries = 1,
                          .limit = ""};
}

/* The first day of which all URLs are still there: rows leave after they were lost for
 * LOST_DAYS. */
static int32_t first_known_day(const struct known *known)
{
    int32_t first = known->through + 1, oldest = known->through - LOST_DAYS + 1;

    for (size_t i = 0; i < known->history.n; i++)
        if (is_own(&known->history.row[i]) && known->history.row[i].first < first)
            first = known->history.row[i].first;
    return first > oldest ? first : oldest;
}

/* By day: how many URLs of the site were known, met that day and lost that day. */
static struct chart known_chart(const struct known *known, struct arena *arena)
{
    struct chart_days days = chart_days(first_known_day(known), known->through, arena);
    const char **all = chart_values(&days, arena), **met = chart_values(&days, arena);
    const char **lost = chart_values(&days, arena);
    struct chart_series *series = arena_new(arena, struct chart_series, 3);
    const char *changed =
        json_text(json_object_get(known->json, "crawl"), "sitemap_changed", "");
    struct chart_mark *mark = arena_new(arena, struct chart_mark, 1);
    size_t at, nmarks = 0;
    int32_t day;

    for (size_t d = 0; d < days.n; d++) {
        int64_t count[3] = {0};

        day = days.first + (int32_t)d;
        for (size_t i = 0; i < known->history.n; i++) {
            const struct history_row *row = &known->history.row[i];

            if (!is_own(row) || row->first > day)
                continue;
            count[0] += row->lost == 0 || row->lost > day;
            count[1] += row->first == day;
            count[2] += row->lost == day;
        }
        all[d] = number(arena, count[0]);
        met[d] = number(arena, count[1]);
        lost[d] = number(arena, count[2]);
    }
    if (day_parse(changed, strlen(changed), &day) && chart_day_at(&days, day, &at))
        mark[nmarks++] = (struct chart_mark){days.x[at], "sitemap changed"};
    series[0] = (struct chart_series){"known", all};
    series[1] = (struct chart_series){"met", met};
    series[2] = (struct chart_series){"lost", lost};
    return (struct chart){.id = "known",
                          .title = "URLs of the site by day",
                          .unit = "",
                          .kind = CHART_LINE,
                          .x = days.x,
                          .npoints = days.n,
                          .series = series,
                          .nseries = 3,
                          .limit = "",
                          .mark = mark,
                          .nmarks = nmarks};
}

void seocheck_charts(const struct known *known, struct arena *arena,
                     struct report *report)
{
    struct chart *chart = arena_new(arena, struct chart, CHARTS);

    report->charts = chart;
    if (known->history.n == 0) // nothing was ever met
        return;
    chart[report->ncharts++] = status_chart(&known->history, arena);
    chart[report->ncharts] = known_chart(known, arena);
    report->ncharts += chart[report->ncharts].npoints > 0;
    chart[report->ncharts++] = sets_chart(&known->history, arena);
}
