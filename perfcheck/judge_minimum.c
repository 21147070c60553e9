/* Engine 1: category scores against their minima. Accessibility, best practices and seo
 * are exact, one day is enough; performance is not. Pure. */
#include <math.h>
#include <string.h>

#include "perfcheck/judge.h"
#include "perfcheck/measure.h"

#include "shared/banned.h"

enum { PERFORMANCE = 0, RUNS_WANTED = 3 };

/* "perf", "score.seo": the rows of a category. */
static const char *metric_of(const struct page *page, size_t category)
{
    return category == PERFORMANCE
               ? "perf"
               : str_format(page->arena, "score.%s",
                            page->settings->minimum[category].category);
}

/* Median of the runs of row `at`; of performance, when fewer than 3, with those before,
 * newest first. */
static double median_at(const struct series *rows, size_t at, size_t category)
{
    const size_t wanted = category == PERFORMANCE ? RUNS_WANTED : 1;
    double values[VALUES_MAX + RUNS_WANTED];
    size_t n = 0;

    for (size_t i = 0; i < rows->row[at].nvalues; i++)
        values[n++] = rows->row[at].values[i];
    for (size_t before = at; before-- > 0 && n < wanted;)
        for (size_t i = rows->row[before].nvalues; i-- > 0 && n < wanted;)
            values[n++] = rows->row[before].values[i];
    return median_of(values, n);
}

/* The row of the day, from the runs that have the score; NULL: none has. */
static struct series *put_row(const struct page *page, size_t category)
{
    double *values = arena_new(page->arena, double, VALUES_MAX);
    struct series *rows;
    struct row_of_day *row;
    size_t n = 0;

    for (size_t r = 0; r < page->nvalid && n < VALUES_MAX; r++)
        if (page->valid[r]->score[category].known)
            values[n++] = page->valid[r]->score[category].value;
    if (n == 0)
        return NULL;
    rows = &history_put(page->history, form_word(page->form), page->key,
                        metric_of(page, category), page->arena)
                ->numbers;
    row = series_put(rows, page->day, page->arena);
    row->epoch = page->epoch;
    row->k = page->nvalid;
    row->nvalues = n;
    row->values = values;
    return rows;
}

/* The audits that cost most, of the run whose score is nearest to `median`. */
static const char *lost_points(const struct page *page, size_t category, double median)
{
    const struct run *nearest = NULL;
    struct buf text;

    for (size_t r = 0; r < page->nvalid; r++) {
        const struct run *run = page->valid[r];

        if (run->score[category].known &&
            (!nearest || fabs(run->score[category].value - median) <
                             fabs(nearest->score[category].value - median)))
            nearest = run;
    }
    if (!nearest || !nearest->lost[category][0].id)
        return "";
    buf_init(&text, page->arena, 400);
    for (int i = 0; i < RUN_LOST_MAX && nearest->lost[category][i].id; i++)
        buf_printf(&text, "%s%s %s%.1f points", i > 0 ? ", " : "",
                   nearest->lost[category][i].id, i > 0 ? "" : "costs ",
                   nearest->lost[category][i].points);
    return buf_str(&text).at;
}

static void tell(struct page *page, size_t category, double median, bool is_crit)
{
    const struct minimum *minimum = &page->settings->minimum[category];
    double limit = is_crit ? minimum->crit.value : minimum->warn.value;

    page_find(page, str_format(page->arena, "minimum-%s", minimum->category),
              (struct finding){.severity = is_crit ? SEVERITY_CRIT : SEVERITY_WARN,
                               .message = str_format(page->arena,
                                                     "%s: %s %.15g, minimum %.15g",
                                                     page->words, minimum->category,
                                                     median, limit),
                               .because = lost_points(page, category, median),
                               .value = str_format(page->arena, "%.15g", median),
                               .limit = str_format(page->arena, "%.15g", limit),
                               .unit = "score",
                               .n = (int64_t)page->nvalid});
}

/* Open or not after the day, by it and the judged day before. */
static bool is_open_after(const struct series *rows, size_t at, size_t category,
                          double least)
{
    bool is_below = median_at(rows, at, category) < least, was_below, was_open;

    if (category != PERFORMANCE)
        return is_below;
    if (at == 0)
        return false;
    was_below = median_at(rows, at - 1, category) < least;
    was_open = rows->row[at - 1].verdict == ROW_STEP;
    return is_below == was_below ? is_below : was_open;
}

/* The larger of what warns and what is critical; not known: neither is set. */
static struct estimate least_of(const struct minimum *minimum)
{
    struct estimate least = minimum->warn.known ? minimum->warn : minimum->crit;

    if (minimum->crit.known)
        least.value = fmax(least.value, minimum->crit.value);
    return least;
}

/* What is open grows critical, but not less so from day to day. */
static void judge_category(struct page *page, size_t category)
{
    const struct minimum *minimum = &page->settings->minimum[category];
    const char *check = str_format(page->arena, "minimum-%s", minimum->category);
    const struct estimate least = least_of(minimum);
    struct series *rows = put_row(page, category);
    bool is_open, is_crit;
    double median;
    size_t at;

    if (!rows)
        return;
    at = rows->n - 1;
    median = median_at(rows, at, category);
    is_open = least.known && is_open_after(rows, at, category, least.value);
    is_crit = minimum->crit.known && median < minimum->crit.value;
    rows->row[at].verdict = is_open ? ROW_STEP : ROW_OK;
    if (!is_open)
        page_close(page, check);
    else if (!page_open(page, check) || is_crit)
        tell(page, category, median, is_crit);
}

void judge_minimum(struct page *page)
{
    for (size_t category = 0; page->nvalid > 0 && category < MINIMA; category++)
        judge_category(page, category);
}
