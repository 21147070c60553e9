/* What perfcheck adds to the report: summary, the sitewide table, pages as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "perfcheck/measure.h"
#include "perfcheck/round.h"
#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { TABLE_COLUMNS = 7, SHOWN_METRICS = 3, NAME_MOST = 40, LINE_MOST = 1024 };

/* Columns of the table: scores in this order, then metrics. */
static const struct {
    const char *title;
    int category; /* index into settings.minimum */
} score_columns[MINIMA] = {{"perf", 0}, {"a11y", 1}, {"bp", 2}, {"seo", 3}};

static const char *const metric_columns[SHOWN_METRICS] = {"largest-contentful-paint",
                                                          "total-blocking-time",
                                                          METRIC_CLS};

static bool counts(const struct finding *finding)
{
    return finding->status != STATUS_RESOLVED && finding->severity != SEVERITY_INFO;
}

static const char *number(struct arena *arena, int64_t value)
{
    return str_format(arena, "%lld", (long long)value);
}

/* ---- the table ---- */

/* "69!(-15)": below the minimum, and from what is published; "-": none. */
static const char *score_cell(struct estimate score, struct estimate published,
                              const struct minimum *minimum, struct arena *arena)
{
    long long now = llround(score.value), before = llround(published.value);
    bool is_below = minimum->warn.known && score.value < minimum->warn.value;
    const char *change = "";

    if (!score.known)
        return "-";
    if (published.known && now != before)
        change = str_format(arena, "(%s%lld)", now > before ? "+" : "", now - before);
    return str_format(arena, "%lld%s%s", now, is_below ? "!" : "", change);
}

static const char *metric_cell(const char *metric, struct estimate median,
                               struct arena *arena)
{
    return median.known ? metric_text(metric, median.value, arena) : "-";
}

/* Index into settings.metric; nmetrics: not configured. */
static size_t metric_index(const struct settings *settings, const char *metric)
{
    size_t i = 0;

    while (i < settings->nmetrics && strcmp(settings->metric[i], metric) != 0)
        i++;
    return i;
}

/* One row: a page, or the medians of all. */
struct line {
    const char *name;
    const char *cell[TABLE_COLUMNS];
};

static struct line page_line(const char *name, const struct page_view *view,
                             const struct settings *settings, struct arena *arena)
{
    struct line line = {.name = name};

    for (int i = 0; i < MINIMA; i++) {
        int category = score_columns[i].category;

        line.cell[i] =
            score_cell(view->score[category], view->published_score[category],
                       &settings->minimum[category], arena);
    }
    for (int i = 0; i < SHOWN_METRICS; i++) {
        size_t index = metric_index(settings, metric_columns[i]);

        line.cell[MINIMA + i] =
            index < settings->nmetrics
                ? metric_cell(metric_columns[i], view->median[index], arena)
                : "-";
    }
    return line;
}

/* Of the pages that have it. `offset` is that of an estimate in struct page_view. */
static struct estimate site_median(const struct page_view *view, size_t n,
                                   size_t offset, struct arena *arena)
{
    double *values = arena_new(arena, double, n);
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        struct estimate one;

        memcpy(&one, (const char *)&view[i] + offset, sizeof one);
        if (one.known)
            values[used++] = one.value;
    }
    if (used == 0)
        return (struct estimate){0};
    return (struct estimate){true, median_of(values, used)};
}

static struct page_view site_view(const struct page_view *view, size_t n,
                                  const struct settings *settings, struct arena *arena)
{
    struct page_view site = {0};

    for (size_t i = 0; i < MINIMA; i++) {
        size_t at = i * sizeof *site.score;

        site.score[i] =
            site_median(view, n, offsetof(struct page_view, score) + at, arena);
        site.published_score[i] =
            site_median(view, n, offsetof(struct page_view, published_score) + at,
                        arena);
    }
    for (size_t i = 0; i < settings->nmetrics; i++)
        site.median[i] =
            site_median(view, n,
                        offsetof(struct page_view, median) + i * sizeof *site.median,
                        arena);
    return site;
}

static void add_line(const struct line *line, size_t width, struct arena *arena,
                     struct report *report, const char **lines)
{
    static const int widths[TABLE_COLUMNS] = {9, 9, 9, 9, 8, 8, 0};
    struct buf text;

    buf_init(&text, arena, LINE_MOST);
    buf_printf(&text, "%-*s", (int)width, line->name);
    for (int i = 0; i < TABLE_COLUMNS; i++)
        buf_printf(&text, "%-*s", widths[i], line->cell[i]);
    lines[report->nlines++] = buf_str(&text).at;
}

/* The path, when all pages are of one host; else the whole. */
static const char *short_name(const char *page, struct arena *arena)
{
    const char *host = strstr(page, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;

    return text_safe(arena, path ? path : page, strlen(path ? path : page), NAME_MOST);
}

/* A block a form: head, pages, the site. */
static void add_block(const struct page_view *view, size_t n,
                      const struct settings *settings, struct arena *arena,
                      struct report *report, const char **lines)
{
    const struct page_view site = site_view(view, n, settings, arena);
    struct line line = {.name = view->form};
    size_t width = 18;

    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(short_name(view[i].page, arena)) + 2;

        width = length > width ? length : width;
    }
    for (int i = 0; i < MINIMA; i++)
        line.cell[i] = score_columns[i].title;
    for (int i = 0; i < SHOWN_METRICS; i++)
        line.cell[MINIMA + i] = i < 2 ? scaled_name(metric_columns[i], arena)
                                      : metric_short(metric_columns[i]);
    add_line(&line, width, arena, report, lines);
    for (size_t i = 0; i < n; i++) {
        line = page_line(short_name(view[i].page, arena), &view[i], settings, arena);
        add_line(&line, width, arena, report, lines);
    }
    line = page_line("site", &site, settings, arena);
    add_line(&line, width, arena, report, lines);
}

static void add_table(const struct page_views *views, const struct settings *settings,
                      struct arena *arena, struct report *report)
{
    const char **lines =
        arena_new(arena, const char *, views->n + 2 * (size_t)FORM_COUNT);

    for (size_t i = 0, end; i < views->n; i = end) {
        end = i;
        while (end < views->n &&
               strcmp(views->item[end].form, views->item[i].form) == 0)
            end++;
        add_block(&views->item[i], end - i, settings, arena, report, lines);
    }
    report->lines = lines;
}

void perfcheck_report(const struct history *history, const struct settings *settings,
                      struct arena *arena, struct report *report)
{
    struct page_views views = page_views(history, settings, report->through, arena);
    struct metric *metrics = arena_new(arena, struct metric, 5);
    int64_t open = 0, fresh = 0, series = 0, runs = 0, failed = 0;

    for (size_t i = 0; i < report->findings.n; i++) {
        const struct finding *finding = &report->findings.item[i];

        open += counts(finding);
        fresh += counts(finding) && finding->status == STATUS_NEW;
    }
    for (size_t i = 0; i < views.n; i++) {
        series += (int64_t)views.item[i].nseries;
        runs += views.item[i].k + views.item[i].failed;
        failed += views.item[i].failed;
    }
    metrics[0] = (struct metric){"open", "", number(arena, open), "", "0"};
    metrics[1] = (struct metric){"new", "", number(arena, fresh), "", ""};
    metrics[2] = (struct metric){"pages", "", number(arena, (int64_t)views.n), "", ""};
    metrics[3] = (struct metric){"runs", "", number(arena, runs), "", ""};
    metrics[4] = (struct metric){"failed", "", number(arena, failed), "", ""};
    report->metrics = metrics;
    report->nmetrics = 5;
    report->summary = str_format(arena, "%lld open, %lld new of %lld series",
                                 (long long)open, (long long)fresh, (long long)series);
    report->status = findings_worst(&report->findings);
    add_table(&views, settings, arena, report);
}

/* ---- JSON ---- */

static void put_scores(json_t *object, const char *key, const struct estimate *score,
                       const struct settings *settings)
{
    json_t *scores = json_object();

    for (int i = 0; i < MINIMA; i++)
        if (score[i].known)
            json_put(scores, settings->minimum[i].category,
                     json_integer(llround(score[i].value)));
    json_put(object, key, scores);
}

static void put_values(json_t *object, const char *key, const struct estimate *value,
                       const struct settings *settings, struct arena *arena)
{
    json_t *values = json_object();

    for (size_t i = 0; i < settings->nmetrics; i++)
        if (value[i].known)
            json_put(values, scaled_name(settings->metric[i], arena),
                     json_integer(scaled_value(settings->metric[i], value[i].value)));
    json_put(object, key, values);
}

/* The worst that is open; "learning" while a metric has too short a history; "ok". */
static const char *status_of(const struct page_view *view,
                             const struct findings *findings,
                             const struct settings *settings, struct arena *arena)
{
    const char *end = str_format(arena, "/%s/%s", view->form, view->page);
    const char *status = NULL;

    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *finding = &findings->item[i];

        if (!counts(finding) || !str_ends(str_of(finding->id), str_of(end)))
            continue;
        if (!status || finding->severity == SEVERITY_CRIT)
            status = severity_word(finding->severity);
    }
    for (size_t i = 0; i < settings->nmetrics && !status; i++)
        if (view->is_learning[i])
            status = "learning";
    return status ? status : "ok";
}

static json_t *pages_json(const struct page_views *views,
                          const struct settings *settings,
                          const struct findings *findings, struct arena *arena)
{
    json_t *pages = json_array();

    for (size_t i = 0; i < views->n; i++) {
        const struct page_view *view = &views->item[i];
        json_t *object = json_object();

        json_put(object, "page", json_string(view->page));
        json_put(object, "form", json_string(view->form));
        json_put(object, "epoch", json_string(view->epoch));
        json_put(object, "k", json_integer(view->k));
        json_put(object, "failed", json_integer(view->failed));
        put_scores(object, "scores", view->score, settings);
        put_values(object, "published", view->published, settings, arena);
        put_values(object, "medians", view->median, settings, arena);
        json_put(object, "status",
                 json_string(status_of(view, findings, settings, arena)));
        json_put(object, "machine_pct",
                 view->machine.known ? json_integer(llround(100 * view->machine.value))
                                     : json_null());
        json_push(pages, object);
    }
    return pages;
}

static json_t *files_json(const struct runs *runs)
{
    json_t *files = json_object(), *corrupt = json_array();

    for (size_t i = 0; i < runs->corrupt.n; i++)
        json_push(corrupt, json_string(runs->corrupt.item[i].name));
    json_put(files, "read", json_integer((json_int_t)runs->nread));
    json_put(files, "skipped",
             json_integer((json_int_t)runs->nskipped + (json_int_t)runs->foreign.n));
    json_put(files, "corrupt", corrupt);
    return files;
}

json_t *perfcheck_report_extra(const struct extra *extra, struct arena *arena)
{
    json_t *object = json_object();
    struct page_views views =
        page_views(extra->history, extra->settings, extra->through, arena);

    json_put(object, "pages",
             pages_json(&views, extra->settings, extra->findings, arena));
    if (extra->runs)
        json_put(object, "files", files_json(extra->runs));
    return object;
}
