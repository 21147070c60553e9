/* Engine 2 for a page: rows of the day, what the tests say of them, what is published.
 * Pure. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "perfcheck/judge.h"
#include "perfcheck/measure.h"
#include "shared/clock.h"

#include "shared/banned.h"

static const double crit_points = 10;
static const double slow_machine = 0.8, fast_machine = 1.25;

/* One metric on one day. */
struct measured {
    const char *metric, *name; /* audit id, "lcp" */
    const struct timing_rules *rules;
    const struct run_metric *curve; /* of the newest run that has one; NULL: none */
    int major, minor;
    bool is_there; /* some run has the metric */
    struct timing timing;
};

/* Found anew each time: what is put into the history moves what stands behind it. */
static struct series *rows_of(const struct page *page, const char *name)
{
    struct history_series *series =
        history_find(page->history, form_word(page->form), page->key, name);

    return series ? &series->numbers : NULL;
}

/* ---- words ---- */

/* Whole ms; three decimals of what has no unit. */
static const char *number_text(const struct measured *measured, double value,
                               struct arena *arena)
{
    char *text;
    size_t n;

    if (metric_unit(measured->metric)[0] != '\0')
        return str_format(arena, "%.0f", value + 0.0);
    text = str_format(arena, "%.3f", value);
    for (n = strlen(text); text[n - 1] == '0'; n--) // up to the point
        text[n - 1] = '\0';
    if (text[n - 1] == '.')
        text[n - 1] = '\0';
    return strcmp(text, "-0") == 0 ? "0" : text;
}

/* "1.9e-5", "0.043", "1" */
static const char *p_text(double p, struct arena *arena)
{
    char *text = str_format(arena, "%.1e", p), *e = strchr(text, 'e');

    assert(e);
    if (p >= 0.01)
        return str_format(arena, "%.2g", p);
    if (e[2] == '0') // e-05
        memmove(e + 2, e + 3, strlen(e + 3) + 1);
    return text;
}

static const char *statistic(const struct measured *measured, struct arena *arena)
{
    const struct timing *timing = &measured->timing;

    if (timing->by_drift)
        return str_format(arena, "drift S=%.3g shift=%s", timing->s_x1000 / 1000.0,
                          number_text(measured, timing->shift, arena));
    return str_format(arena, "step p=%s shift=%s", p_text(timing->p, arena),
                      number_text(measured, timing->shift, arena));
}

/* ---- points ---- */

/* Every metric of the score that has a reference, then all else as it is. */
static size_t weigh(const struct measured *measured, size_t n, double weights,
                    bool is_after, struct weighed *weighed, double *score)
{
    double rest = weights;
    size_t used = 0;

    *score = 0;
    for (size_t i = 0; i < n; i++) {
        const struct timing *timing = &measured[i].timing;
        const struct run_metric *curve = measured[i].curve;
        double value = is_after ? timing->median_now : timing->median_before;

        if (!curve || timing->n == 0)
            continue;
        weighed[used] =
            (struct weighed){.id = measured[i].metric,
                             .weight = curve->weight,
                             .score = score_metric(measured[i].major, measured[i].minor,
                                                   curve->p10, curve->median, value),
                             .raw = score_raw(curve->p10, curve->median, value),
                             .value = {true, value}};
        rest -= curve->weight;
        *score += curve->weight * weighed[used].score / weights;
        used++;
    }
    if (rest > 0)
        weighed[used++] = (struct weighed){"", rest, 1, 1, {0}};
    *score += fmax(rest, 0) / weights;
    return used;
}

/* What a metric costs of the performance score, median of the day against that of the
 * reference; negative: it gains. */
static double points_lost(const struct page *page, const struct measured *measured,
                          size_t n, const char *metric)
{
    struct weighed before[METRICS_MAX + 1], after[METRICS_MAX + 1];
    double weights = page->nvalid > 0 ? page->valid[page->nvalid - 1]->weights : 0;
    double score_before, score_after;
    struct explanation explanation;
    size_t nbefore, nafter;

    if (weights <= 0)
        return 0;
    nbefore = weigh(measured, n, weights, false, before, &score_before);
    nafter = weigh(measured, n, weights, true, after, &score_after);
    explanation = explain_scores(before, nbefore, score_before, after, nafter,
                                 score_after, page->arena);
    for (size_t i = 0; i < explanation.n; i++)
        if (strcmp(explanation.term[i].id, metric) == 0)
            return -explanation.term[i].points;
    return 0;
}

/* ---- findings ---- */

/* Thresholds of field data (perfcheck.md 11), TBT's of Lighthouse. */
static bool is_good_then_poor(const char *metric, const struct timing *timing)
{
    static const struct {
        const char *metric;
        double good, poor;
    } levels[] = {{"largest-contentful-paint", 2500, 4000},
                  {"cumulative-layout-shift", .1, .25},
                  {"first-contentful-paint", 1800, 3000},
                  {"total-blocking-time", 200, 600}};

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(levels[i].metric, metric) == 0)
            return timing->median_before <= levels[i].good &&
                   timing->median_now > levels[i].poor;
    return false;
}

static const char *message(const struct page *page, const struct measured *measured,
                           double points)
{
    const struct timing *timing = &measured->timing;
    const char *unit = metric_unit(measured->metric);
    struct arena *arena = page->arena;
    struct buf text;

    buf_init(&text, arena, 4096);
    buf_printf(&text, "%s: %s %s%s%s, was %s (floor %s)", page->words, measured->name,
               number_text(measured, timing->median_now, arena),
               unit[0] != '\0' ? " " : "", unit,
               number_text(measured, timing->median_before, arena),
               number_text(measured, timing->floor, arena));
    if (timing->by_drift)
        buf_printf(&text, ", slowly since %s", day_text(timing->start).text);
    buf_printf(&text, ", k=%zu n=%zu", timing->m, timing->n);
    if (fabs(points) >= 0.05)
        buf_printf(&text, "; %s %.1f points", points > 0 ? "costs" : "gains",
                   fabs(points));
    if (timing->machine.known &&
        (timing->machine.value < slow_machine || timing->machine.value > fast_machine))
        buf_printf(&text, "; machine %.2f of usual", timing->machine.value);
    return buf_str(&text).at;
}

static void tell(struct page *page, const struct measured *measured, size_t n,
                 size_t which)
{
    const struct measured *one = &measured[which];
    const struct timing *timing = &one->timing;
    bool is_worse = timing->status == TIMING_REGRESSION;
    double sign = is_worse ? 1 : -1;
    double points = points_lost(page, measured, n, one->metric);
    bool is_crit =
        is_worse && (points >= crit_points || is_good_then_poor(one->metric, timing));
    const char *check = str_format(page->arena, "%s-%s",
                                   is_worse ? "regression" : "improvement", one->name);

    // what is open grows critical, but not less so from day to day
    if (page_open(page, check) && !is_crit)
        return;
    page_find(page, check,
              (struct finding){
                  .severity = is_crit    ? SEVERITY_CRIT
                              : is_worse ? SEVERITY_WARN
                                         : SEVERITY_INFO,
                  .since = timing->since,
                  .message = message(page, one, points),
                  .value = number_text(one, timing->median_now, page->arena),
                  .limit =
                      number_text(one, timing->median_before + sign * timing->floor,
                                  page->arena),
                  .unit = metric_unit(one->metric),
                  .n = (int64_t)timing->m,
                  .statistic = statistic(one, page->arena)});
}

static void settle(struct page *page, const struct measured *one)
{
    static const char *const sides[] = {"regression", "improvement"};
    enum timing_status status = one->timing.status;

    for (int i = 0; i < 2; i++)
        if (status != (i == 0 ? TIMING_REGRESSION : TIMING_IMPROVEMENT))
            page_close(page, str_format(page->arena, "%s-%s", sides[i], one->name));
}

/* ---- the machine ---- */

/* 1 too fast, -1 too slow. */
static int machine_of(const struct timing *timing)
{
    if (!timing->machine.known)
        return 0;
    return (timing->machine.value > fast_machine) -
           (timing->machine.value < slow_machine);
}

/* On the last days in a row the machine is another one. */
static void judge_machine(struct page *page, const struct measured *one)
{
    const struct series *series = rows_of(page, one->name);
    int side = machine_of(&one->timing);
    size_t days = 1;

    assert(series); // what was measured has rows
    for (size_t at = series->n - 1; side != 0 && at > 0 && days < MACHINE_DAYS; at--) {
        struct timing timing = timing_of(series, at - 1, one->rules, page->arena);

        if (machine_of(&timing) != side)
            break;
        days++;
    }
    if (side == 0 || days < MACHINE_DAYS) {
        page_close(page, "machine");
        return;
    }
    page_find(page, "machine",
              (struct finding){
                  .severity = SEVERITY_INFO,
                  .message =
                      str_format(page->arena,
                                 "%s: the machine is at %.2f of usual for %d days",
                                 page->words, one->timing.machine.value, MACHINE_DAYS),
                  .value = str_format(page->arena, "%.2f", one->timing.machine.value)});
}

/* ---- what is published ---- */

struct estimate published(const struct history *history, const char *form,
                          const char *page, const char *name)
{
    char metric[128];
    const struct history_series *series;
    const struct series *rows;

    (void)snprintf(metric, sizeof metric, "published.%.100s", name);
    series = history_find(history, form, page, metric);
    if (!series || series->numbers.n == 0)
        return (struct estimate){0};
    rows = &series->numbers;
    if (rows->row[rows->n - 1].nvalues == 0)
        return (struct estimate){0};
    return (struct estimate){true, rows->row[rows->n - 1].values[0]};
}

void publish(struct page *page, const char *name, double value)
{
    const char *metric = str_format(page->arena, "published.%.100s", name);
    struct row_of_day *row =
        series_put(&history_put(page->history, form_word(page->form), page->key, metric,
                                page->arena)
                        ->numbers,
                   page->day, page->arena);

    row->epoch = page->epoch;
    row->nvalues = 1;
    row->values = arena_new(page->arena, double, 1);
    row->values[0] = value;
    row->verdict = ROW_REF;
}

/* Median of the newest runs from day `since` on, of the same epoch. */
static struct estimate rows_median(const struct page *page, const char *metric,
                                   int32_t since, size_t most)
{
    const struct series *rows = rows_of(page, metric);
    double *values = arena_new(page->arena, double, most + VALUES_MAX);
    size_t n = 0;

    for (size_t i = rows ? rows->n : 0; i-- > 0 && n < most;) {
        if (rows->row[i].day < since ||
            !epoch_same_hard(rows->row[i].epoch, rows->row[rows->n - 1].epoch))
            break;
        for (size_t j = rows->row[i].nvalues; j-- > 0 && n < most;)
            values[n++] = rows->row[i].values[j];
    }
    if (n == 0)
        return (struct estimate){0};
    return (struct estimate){true, median_of(values, n)};
}

void publish_exact_scores(struct page *page)
{
    for (int i = 1; i < MINIMA; i++) {
        const char *category = page->settings->minimum[i].category;
        struct estimate score =
            rows_median(page, str_format(page->arena, "score.%s", category), page->day,
                        VALUES_MAX);

        if (score.known)
            publish(page, category, score.value);
    }
}

void publish_scores(struct page *page, int32_t since)
{
    struct estimate score =
        rows_median(page, "perf", since, page->settings->rules[0].baseline_runs);

    if (score.known)
        publish(page, page->settings->minimum[0].category, score.value);
    publish_exact_scores(page);
}

/* Whether anything new is published. */
static bool publish_metric(struct page *page, const struct measured *one)
{
    const struct timing *timing = &one->timing;
    const struct series *rows = rows_of(page, one->name);
    struct estimate before =
        published(page->history, form_word(page->form), page->key, one->name);
    struct estimate value = {0};

    if (timing->reference_is_full || timing->closed_by_ratchet)
        value = timing_reference(rows, rows->n - 1, one->rules, page->arena);
    else if (timing->epoch_is_new || !before.known)
        value = (struct estimate){true, timing->median_now};
    if (value.known)
        publish(page, one->name, value.value);
    return value.known;
}

/* ---- a change of the epoch ---- */

static void tell_epoch(struct page *page, const struct measured *measured, size_t n)
{
    bool is_hard =
        page->before[0] != '\0' && !epoch_same_hard(page->before, page->epoch);
    struct buf moved;

    buf_init(&moved, page->arena, 1024);
    for (size_t i = 0; i < n; i++) {
        const struct measured *one = &measured[i];

        if (!one->is_there || !one->timing.epoch_is_new)
            continue;
        if (moved.n > 0)
            buf_add_text(&moved, ", ");
        buf_add_text(&moved, one->name);
        if (one->timing.bridge_shift != 0)
            buf_printf(&moved, " (%s%s %s)", one->timing.bridge_shift > 0 ? "+" : "",
                       number_text(one, one->timing.bridge_shift, page->arena),
                       metric_unit(one->metric));
    }
    if (is_hard)
        page_news(page, str_format(page->arena, "epoch %s, was %s: history begins anew",
                                   page->epoch, page->before));
    else if (moved.n > 0)
        page_news(page, str_format(page->arena, "epoch %s: history of %s begins anew",
                                   page->epoch, buf_str(&moved).at));
}

/* ---- a day ---- */

static struct estimate median_bi(const struct page *page)
{
    double *bi = arena_new(page->arena, double, page->nvalid);
    size_t n = 0;

    for (size_t r = 0; r < page->nvalid; r++)
        if (page->valid[r]->bi.known)
            bi[n++] = page->valid[r]->bi.value;
    if (n == 0)
        return (struct estimate){0};
    return (struct estimate){true, median_of(bi, n)};
}

/* The row of the day, judged. */
static struct measured measure(struct page *page, size_t which, struct estimate bi)
{
    struct measured one = {.metric = page->settings->metric[which],
                           .name = metric_short(page->settings->metric[which]),
                           .rules = &page->settings->rules[which]};
    double *values = arena_new(page->arena, double, VALUES_MAX);
    struct series *rows;
    struct row_of_day *row;
    size_t n = 0;

    for (size_t r = 0; r < page->nvalid; r++) {
        const struct run_metric *metric = &page->valid[r]->metric[which];

        if (metric->value.known && n < VALUES_MAX)
            values[n++] = metric->value.value;
        if (metric->weight > 0 && metric->p10 > 0) {
            one.curve = metric;
            one.major = page->valid[r]->major;
            one.minor = page->valid[r]->minor;
        }
    }
    if (n == 0)
        return one;
    one.is_there = true;
    rows = &history_put(page->history, form_word(page->form), page->key, one.name,
                        page->arena)
                ->numbers;
    row = series_put(rows, page->day, page->arena);
    *row = (struct row_of_day){.day = page->day,
                               .epoch = page->epoch,
                               .k = page->nvalid,
                               .nvalues = n,
                               .values = values,
                               .bi = bi};
    one.timing = timing_judge(rows, rows->n - 1, one.rules, page->arena);
    return one;
}

/* Findings of metrics that are no longer configured. */
static void drop_others(struct page *page)
{
    for (size_t i = page->open.n; i-- > 0;) {
        const char *check = strchr(page->open.item[i].id, '/') + 1;
        size_t n = strcspn(check, "-/");
        const char *name = check + n + 1;
        bool is_there = false;

        if (strncmp(check, "regression-", n + 1) != 0 &&
            strncmp(check, "improvement-", n + 1) != 0)
            continue;
        for (size_t m = 0; m < page->settings->nmetrics; m++)
            is_there =
                is_there || str_equal(str_of(metric_short(page->settings->metric[m])),
                                      (struct str){name, strcspn(name, "/")});
        if (!is_there)
            findings_drop(&page->open, &page->open.item[i]);
    }
}

void judge_metrics(struct page *page)
{
    size_t n = page->settings->nmetrics;
    struct measured measured[METRICS_MAX];
    struct estimate bi = median_bi(page);
    bool is_published = false, is_anew = false, has_machine = false;

    if (page->nvalid == 0)
        return;
    drop_others(page);
    for (size_t i = 0; i < n; i++)
        measured[i] = measure(page, i, bi);
    for (size_t i = 0; i < n; i++) {
        enum timing_status status = measured[i].timing.status;

        if (!measured[i].is_there)
            continue;
        settle(page, &measured[i]);
        if (status == TIMING_REGRESSION || status == TIMING_IMPROVEMENT)
            tell(page, measured, n, i);
        if (!has_machine)
            judge_machine(page, &measured[i]);
        has_machine = true;
        is_anew = is_anew || measured[i].timing.epoch_is_new;
    }
    for (size_t i = 0; i < n; i++)
        if (measured[i].is_there)
            is_published |= publish_metric(page, &measured[i]);
    tell_epoch(page, measured, n);
    if (is_published)
        publish_scores(page, is_anew ? page->day : 0);
}

bool accept_metric(struct page *page, const char *name, int32_t since)
{
    struct series *rows = rows_of(page, name);
    size_t which = 0;
    struct estimate value;

    while (which < page->settings->nmetrics &&
           strcmp(metric_short(page->settings->metric[which]), name) != 0)
        which++;
    if (!rows || rows->n == 0 || which == page->settings->nmetrics)
        return false;
    timing_accept(rows, since, page->day);
    value =
        timing_reference(rows, rows->n - 1, &page->settings->rules[which], page->arena);
    if (value.known)
        publish(page, name, value.value);
    publish_scores(page, since);
    return true;
}
