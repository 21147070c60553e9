/* Charts of `show --charts`: scores and metrics by day, from state and history alone.
 * What judging said of a day is read from its row, not judged again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/measure.h"
#include "perfcheck/round.h"
#include "shared/chart.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

/* Order of what a page has: performance, then the metrics a person asks for first. */
enum { KIND_PERFORMANCE, KIND_METRIC, KIND_SCORES = KIND_METRIC + METRICS_MAX };

/* A chart that could be drawn. */
struct drawing {
    const struct page_view *view;
    size_t page; /* of the views */
    int kind;    /* KIND_METRIC + index into settings.metric: one of these */
    int place;   /* of the kind */
    int rank;    /* severity of what is open; one more: nothing */
};

struct easel {
    const struct known *known;
    const struct settings *settings;
    struct arena *arena;
    size_t origin;
    struct drawing *drawing;
    size_t n, capacity;
};

static const struct series *rows_of(const struct easel *easel,
                                    const struct page_view *view, const char *metric)
{
    const struct history_series *series =
        history_find(&easel->known->history, view->form, view->page, metric);

    return series && series->numbers.n > 0 ? &series->numbers : NULL;
}

/* The open finding of a page; NULL: none. */
static const struct finding *find_open(const struct easel *easel,
                                       const struct page_view *view, const char *check)
{
    const struct findings *findings = &easel->known->findings;
    const char *id =
        str_format(easel->arena, "perfcheck/%s/%s/%s", check, view->form, view->page);

    for (size_t i = 0; i < findings->n; i++)
        if (strcmp(findings->item[i].id, id) == 0)
            return &findings->item[i];
    return NULL;
}

/* ---- parts of a chart ---- */

static struct chart_days days_of(const struct easel *easel, const struct series *rows)
{
    assert(rows && rows->n > 0); // or there were no drawing
    return chart_days(rows->row[0].day, easel->known->through, easel->arena);
}

/* The days that something was open on: the first to the last of a run of rows. */
struct episodes {
    struct chart_episode *item;
    size_t n, capacity;
};

static void add_episode(const struct easel *easel, const struct chart_days *days,
                        int32_t from, int32_t to, enum severity severity,
                        struct episodes *episodes)
{
    size_t first, last;

    if (from < days->first)
        from = days->first;
    if (!chart_day_at(days, from, &first) || !chart_day_at(days, to, &last))
        return;
    episodes->item = arena_room(easel->arena, episodes->item, episodes->n,
                                &episodes->capacity, sizeof *episodes->item);
    episodes->item[episodes->n++] =
        (struct chart_episode){days->x[first], days->x[last], severity};
}

enum open_as { AS_NONE, AS_WORSE, AS_BETTER };

static enum open_as opened_as(enum row_verdict verdict)
{
    switch (verdict) {
    case ROW_STEP:
    case ROW_DRIFT: return AS_WORSE;
    case ROW_BETTER: return AS_BETTER;
    case ROW_OK:
    case ROW_LEARNING:
    case ROW_BRIDGE:
    case ROW_SHORT:
    case ROW_REF: break;
    }
    return AS_NONE;
}

/* `open`: the finding of what the last row has open; NULL: none. The severity of what
 * is over is not kept. */
static void add_episodes(const struct easel *easel, const struct series *rows,
                         const struct chart_days *days, const struct finding *open,
                         struct episodes *episodes)
{
    enum open_as was = AS_NONE;
    int32_t from = 0, to = 0;

    for (size_t i = 0; i <= rows->n; i++) {
        bool is_end = i == rows->n;
        enum open_as is = is_end ? AS_NONE : opened_as(rows->row[i].verdict);

        if (!is_end && rows->row[i].verdict == ROW_SHORT)
            continue; // says nothing: what is open stays so
        if (is != was && was != AS_NONE)
            add_episode(easel, days, from, is_end ? easel->known->through : to,
                        was == AS_BETTER ? SEVERITY_INFO
                        : is_end && open ? open->severity
                                         : SEVERITY_WARN,
                        episodes);
        if (is_end)
            break;
        if (is != was)
            from = rows->row[i].day;
        was = is;
        to = rows->row[i].day;
    }
}

struct marks {
    struct chart_mark *item;
    size_t n, capacity;
};

static void add_mark(const struct easel *easel, const struct chart_days *days,
                     int32_t day, const char *text, struct marks *marks)
{
    size_t at;

    if (!chart_day_at(days, day, &at) ||
        (marks->n > 0 && strcmp(marks->item[marks->n - 1].x, days->x[at]) == 0))
        return;
    marks->item = arena_room(easel->arena, marks->item, marks->n, &marks->capacity,
                             sizeof *marks->item);
    marks->item[marks->n++] = (struct chart_mark){days->x[at], text};
}

/* Whether the reference began anew on row `at`, with another epoch. */
static bool is_anew(const struct easel *easel, const struct series *rows, size_t at,
                    const struct timing_rules *rules)
{
    const struct row_of_day *row = &rows->row[at], *before = NULL;

    for (size_t i = at; i-- > 0 && !before;)
        if (rows->row[i].verdict != ROW_SHORT)
            before = &rows->row[i];
    return row->verdict != ROW_SHORT && before &&
           (before->verdict == ROW_BRIDGE || strcmp(before->epoch, row->epoch) != 0) &&
           timing_of(rows, at, rules, easel->arena).epoch_is_new;
}

/* Where the baseline moved: by accept or ratchet, by another epoch, by what was
 * published last. */
static struct marks metric_marks(const struct easel *easel,
                                 const struct page_view *view,
                                 const struct series *rows,
                                 const struct timing_rules *rules,
                                 const struct chart_days *days)
{
    const char *name =
        str_format(easel->arena, "published.%s", metric_short(rows->metric));
    const struct series *published = rows_of(easel, view, name);
    enum open_as was = AS_NONE;
    struct marks marks = {0};
    size_t next = 0;

    for (size_t i = 0; i < rows->n; i++) {
        const struct row_of_day *row = &rows->row[i];

        if (row->verdict == ROW_REF)
            add_mark(easel, days, row->day,
                     was == AS_BETTER ? "improvement becomes the reference"
                                      : "accepted as the reference",
                     &marks);
        else if (is_anew(easel, rows, i, rules))
            add_mark(easel, days, row->day,
                     str_format(easel->arena, "new epoch %s",
                                text_safe(easel->arena, row->epoch, strlen(row->epoch),
                                          OUTSIDE_TEXT_MAX)),
                     &marks);
        for (; published && next < published->n && published->row[next].day <= row->day;
             next++)
            if (published->row[next].day == row->day &&
                published->row[next].nvalues > 0)
                add_mark(easel, days, row->day,
                         str_format(easel->arena, "published %s",
                                    metric_text(rows->metric,
                                                published->row[next].values[0],
                                                easel->arena)),
                         &marks);
        if (row->verdict != ROW_SHORT)
            was = opened_as(row->verdict);
    }
    return marks;
}

/* ---- charts ---- */

static double median(const struct row_of_day *row)
{
    double values[VALUES_MAX];

    memcpy(values, row->values, row->nvalues * sizeof *values);
    return median_of(values, row->nvalues);
}

static const char *score_text(double score, struct arena *arena)
{
    return str_format(arena, "%.15g", score);
}

/* Medians of the days; of scores where `metric` is NULL. */
static struct chart_series medians(const struct easel *easel, const char *name,
                                   const struct series *rows, const char *metric,
                                   const struct chart_days *days)
{
    const char **value = chart_values(days, easel->arena);
    size_t at;

    for (size_t i = 0; i < rows->n; i++) {
        const struct row_of_day *row = &rows->row[i];

        if (row->nvalues > 0 && chart_day_at(days, row->day, &at))
            value[at] = metric ? metric_text(metric, median(row), easel->arena)
                               : score_text(median(row), easel->arena);
    }
    return (struct chart_series){name, value};
}

/* The median of the reference as it stood after each day with runs. */
static struct chart_series references(const struct easel *easel,
                                      const struct series *rows,
                                      const struct timing_rules *rules,
                                      const struct chart_days *days)
{
    const char **value = chart_values(days, easel->arena);
    size_t at;

    for (size_t i = 0; i < rows->n; i++) {
        struct estimate reference;

        if (!chart_day_at(days, rows->row[i].day, &at))
            continue;
        reference = timing_reference(rows, i, rules, easel->arena);
        if (reference.known)
            value[at] = metric_text(rows->metric, reference.value, easel->arena);
    }
    return (struct chart_series){"reference", value};
}

/* `name` of /cart on mobile. */
static struct chart begin(const struct easel *easel, const struct page_view *view,
                          const char *name, const struct chart_days *days)
{
    struct arena *arena = easel->arena;
    const char *page = page_shown(view->page, easel->origin, arena);

    return (struct chart){
        .id = str_format(arena, "%s/%s/%s", name, view->form,
                         text_safe(arena, view->page, strlen(view->page),
                                   HISTORY_CELL_MAX)),
        .title = str_format(arena, "%s of %s on %s", name, page, view->form),
        .unit = "",
        .kind = CHART_LINE,
        .x = days->x,
        .npoints = days->n,
        .limit = "",
    };
}

/* From what on a day of this reference may be a regression. */
static const char *metric_limit(const struct easel *easel, const struct series *rows,
                                const struct timing_rules *rules)
{
    struct estimate reference =
        timing_reference(rows, rows->n - 1, rules, easel->arena);
    double floor = rules->floor_rel * reference.value;

    if (!reference.known)
        return "";
    if (floor < rules->floor_abs)
        floor = rules->floor_abs;
    return metric_text(rows->metric, reference.value + floor, easel->arena);
}

static const struct finding *open_metric(const struct easel *easel,
                                         const struct page_view *view, const char *name)
{
    const struct finding *open =
        find_open(easel, view, str_format(easel->arena, "regression-%s", name));

    return open ? open
                : find_open(easel, view,
                            str_format(easel->arena, "improvement-%s", name));
}

static struct chart metric_chart(const struct easel *easel,
                                 const struct drawing *drawing)
{
    size_t index = (size_t)(drawing->kind - KIND_METRIC);
    const struct timing_rules *rules = &easel->settings->rules[index];
    const char *metric = easel->settings->metric[index], *name = metric_short(metric);
    const struct series *rows = rows_of(easel, drawing->view, name);
    const struct finding *open = open_metric(easel, drawing->view, name);
    struct chart_days days = days_of(easel, rows);
    struct marks marks = metric_marks(easel, drawing->view, rows, rules, &days);
    struct chart_series *series = arena_new(easel->arena, struct chart_series, 2);
    struct chart chart = begin(easel, drawing->view, name, &days);
    struct episodes episodes = {0};

    add_episodes(easel, rows, &days, open, &episodes);
    series[0] = medians(easel, "median", rows, metric, &days);
    series[1] = references(easel, rows, rules, &days);
    chart.unit = metric_unit(metric);
    chart.series = series;
    chart.nseries = 2;
    chart.limit = metric_limit(easel, rows, rules);
    chart.episode = episodes.item;
    chart.nepisodes = episodes.n;
    chart.mark = marks.item;
    chart.nmarks = marks.n;
    return chart;
}

/* "performance": its rows have a name of their own. */
static const struct series *score_rows(const struct easel *easel,
                                       const struct page_view *view, size_t category)
{
    const char *name = easel->settings->minimum[category].category;

    return rows_of(easel, view,
                   category == 0 ? "perf" : str_format(easel->arena, "score.%s", name));
}

static const struct finding *open_minimum(const struct easel *easel,
                                          const struct page_view *view, size_t category)
{
    return find_open(easel, view,
                     str_format(easel->arena, "minimum-%s",
                                easel->settings->minimum[category].category));
}

static struct chart performance_chart(const struct easel *easel,
                                      const struct page_view *view)
{
    const struct minimum *minimum = &easel->settings->minimum[0];
    const struct series *rows = score_rows(easel, view, 0);
    const struct series *published = rows_of(easel, view, "published.performance");
    struct chart_days days = days_of(easel, rows);
    struct chart_series *series = arena_new(easel->arena, struct chart_series, 1);
    struct chart chart = begin(easel, view, minimum->category, &days);
    struct episodes episodes = {0};
    struct marks marks = {0};

    add_episodes(easel, rows, &days, open_minimum(easel, view, 0), &episodes);
    for (size_t i = 0; published && i < published->n; i++)
        if (published->row[i].nvalues > 0)
            add_mark(easel, &days, published->row[i].day,
                     str_format(easel->arena, "published %s",
                                score_text(published->row[i].values[0], easel->arena)),
                     &marks);
    *series = medians(easel, "median", rows, NULL, &days);
    chart.unit = "score";
    chart.series = series;
    chart.nseries = 1;
    if (minimum->warn.known || minimum->crit.known)
        chart.limit =
            score_text(minimum->warn.known ? minimum->warn.value : minimum->crit.value,
                       easel->arena);
    chart.episode = episodes.item;
    chart.nepisodes = episodes.n;
    chart.mark = marks.item;
    chart.nmarks = marks.n;
    return chart;
}

/* The other categories, of the few days that history keeps of them. Each has a minimum
 * of its own, so the chart has none. */
static struct chart scores_chart(const struct easel *easel,
                                 const struct page_view *view)
{
    struct chart_series *series = arena_new(easel->arena, struct chart_series, MINIMA);
    const struct series *rows[MINIMA] = {0};
    int32_t first = easel->known->through;
    struct episodes episodes = {0};
    struct chart_days days;
    struct chart chart;

    for (size_t i = 1; i < MINIMA; i++) {
        rows[i] = score_rows(easel, view, i);
        if (rows[i] && rows[i]->row[0].day < first)
            first = rows[i]->row[0].day;
    }
    days = chart_days(first, easel->known->through, easel->arena);
    chart = begin(easel, view, "scores", &days);
    for (size_t i = 1; i < MINIMA; i++) {
        if (!rows[i])
            continue;
        series[chart.nseries++] =
            medians(easel, easel->settings->minimum[i].category, rows[i], NULL, &days);
        add_episodes(easel, rows[i], &days, open_minimum(easel, view, i), &episodes);
    }
    chart.unit = "score";
    chart.series = series;
    chart.episode = episodes.item;
    chart.nepisodes = episodes.n;
    return chart;
}

/* ---- which charts ---- */

/* Its place among those of the page: the metrics of Lighthouse's own report first. */
static int place_of(const struct settings *settings, int kind)
{
    static const char *const first[] = {"largest-contentful-paint",
                                        "total-blocking-time", METRIC_CLS};
    const int nfirst = sizeof first / sizeof *first;

    if (kind == KIND_PERFORMANCE)
        return 0;
    if (kind == KIND_SCORES)
        return 1 + nfirst + METRICS_MAX;
    for (int i = 0; i < nfirst; i++)
        if (strcmp(settings->metric[kind - KIND_METRIC], first[i]) == 0)
            return 1 + i;
    return 1 + nfirst + kind - KIND_METRIC;
}

static void add_drawing(struct easel *easel, const struct page_view *view, size_t page,
                        int kind, const struct finding *open)
{
    struct drawing *drawing;

    easel->drawing = arena_room(easel->arena, easel->drawing, easel->n,
                                &easel->capacity, sizeof *easel->drawing);
    drawing = &easel->drawing[easel->n++];
    *drawing = (struct drawing){
        .view = view,
        .page = page,
        .kind = kind,
        .place = place_of(easel->settings, kind),
        .rank = open ? (int)open->severity : (int)SEVERITY_INFO + 1,
    };
}

static void add_page(struct easel *easel, const struct page_view *view, size_t page)
{
    const struct finding *worst = NULL;
    bool has_scores = false;

    if (score_rows(easel, view, 0))
        add_drawing(easel, view, page, KIND_PERFORMANCE, open_minimum(easel, view, 0));
    for (size_t i = 0; i < easel->settings->nmetrics; i++) {
        const char *name = metric_short(easel->settings->metric[i]);

        if (rows_of(easel, view, name))
            add_drawing(easel, view, page, KIND_METRIC + (int)i,
                        open_metric(easel, view, name));
    }
    for (size_t i = 1; i < MINIMA; i++) {
        const struct finding *open = open_minimum(easel, view, i);

        has_scores = has_scores || score_rows(easel, view, i);
        if (open && (!worst || open->severity < worst->severity))
            worst = open;
    }
    if (has_scores)
        add_drawing(easel, view, page, KIND_SCORES, worst);
}

/* What is open first, by severity; then by what it shows, mobile, and the page. */
static int drawing_compare(const void *a, const void *b)
{
    const struct drawing *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (strcmp(x->view->form, y->view->form) != 0)
        return -strcmp(x->view->form, y->view->form);
    return x->page < y->page ? -1 : x->page > y->page;
}

static struct chart draw(const struct easel *easel, const struct drawing *drawing)
{
    if (drawing->kind == KIND_PERFORMANCE)
        return performance_chart(easel, drawing->view);
    if (drawing->kind == KIND_SCORES)
        return scores_chart(easel, drawing->view);
    return metric_chart(easel, drawing);
}

void perfcheck_charts(const struct known *known, const struct settings *settings,
                      struct arena *arena, struct report *report)
{
    struct page_views views =
        page_views(&known->history, settings, known->through, arena);
    struct easel easel = {.known = known, .settings = settings, .arena = arena};
    const char **page = arena_new(arena, const char *, views.n);
    struct chart *chart;

    for (size_t i = 0; i < views.n; i++)
        page[i] = views.item[i].page;
    easel.origin = pages_origin(page, views.n);
    for (size_t i = 0; i < views.n; i++)
        add_page(&easel, &views.item[i], i);
    if (easel.n > 1)
        qsort(easel.drawing, easel.n, sizeof *easel.drawing, drawing_compare);
    report->ncharts = easel.n < CHARTS_MAX ? easel.n : CHARTS_MAX;
    report->charts = chart = arena_new(arena, struct chart, report->ncharts);
    for (size_t i = 0; i < report->ncharts; i++)
        chart[i] = draw(&easel, &easel.drawing[i]);
}
