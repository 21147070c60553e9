/* Series and rows of the history in memory: found, put in order, dropped, copied. */
#include "perfcheck/history.h"

#include <string.h>

#include "perfcheck/settings.h"

#include "shared/banned.h"

bool history_is_hashes(const char *metric)
{
    return strncmp(metric, "nodes.", strlen("nodes.")) == 0 ||
           strcmp(metric, "audits") == 0;
}

bool history_is_rum(const char *metric)
{
    return strncmp(metric, "rum.", strlen("rum.")) == 0 ||
           strncmp(metric, "rumref.", strlen("rumref.")) == 0;
}

bool history_is_timing(const char *metric)
{
    return !strchr(metric, '.') && strcmp(metric, "perf") != 0 &&
           strcmp(metric, "runs") != 0 && strcmp(metric, "audits") != 0;
}

static int compare(const struct history_series *item, const char *form,
                   const char *page, const char *metric)
{
    int order = strcmp(item->form, form);

    if (order == 0)
        order = strcmp(item->page, page);
    return order != 0 ? order : strcmp(item->metric, metric);
}

/* First index that is not before the names. */
static size_t place(const struct history *history, const char *form, const char *page,
                    const char *metric)
{
    size_t low = 0, high = history->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(&history->item[middle], form, page, metric) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct history_series *history_find(const struct history *history, const char *form,
                                    const char *page, const char *metric)
{
    size_t at = place(history, form, page, metric);

    if (at == history->n || compare(&history->item[at], form, page, metric) != 0)
        return NULL;
    return &history->item[at];
}

struct history_series *history_put(struct history *history, const char *form,
                                   const char *page, const char *metric,
                                   struct arena *arena)
{
    size_t at = place(history, form, page, metric);
    struct history_series *item;

    if (at < history->n && compare(&history->item[at], form, page, metric) == 0)
        return &history->item[at];
    history->item = arena_room(arena, history->item, history->n, &history->capacity,
                               sizeof *history->item);
    item = &history->item[at];
    memmove(item + 1, item, (history->n - at) * sizeof *item);
    history->n++;
    *item = (struct history_series){.form = form, .page = page, .metric = metric};
    item->numbers.form =
        strcmp(form, form_word(FORM_DESKTOP)) == 0 ? FORM_DESKTOP : FORM_MOBILE;
    item->numbers.page = page;
    item->numbers.metric = metric_of_short(metric);
    return item;
}

struct history_series *history_page(const struct history *history, const char *form,
                                    const char *page, size_t *n)
{
    size_t first = place(history, form, page, ""), end = first;

    while (end < history->n && strcmp(history->item[end].form, form) == 0 &&
           strcmp(history->item[end].page, page) == 0)
        end++;
    *n = end - first;
    return *n > 0 ? &history->item[first] : NULL;
}

void history_drop_page(struct history *history, const char *form, const char *page)
{
    size_t n;
    struct history_series *item = history_page(history, form, page, &n);

    if (!item)
        return;
    memmove(item, item + n,
            (size_t)(history->item + history->n - (item + n)) * sizeof *item);
    history->n -= n;
}

struct row_of_day *series_find(const struct series *series, int32_t day)
{
    size_t low = 0, high = series->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (series->row[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < series->n && series->row[low].day == day ? &series->row[low] : NULL;
}

struct row_of_day *series_put(struct series *series, int32_t day, struct arena *arena)
{
    struct row_of_day *row = series_find(series, day);
    size_t at = series->n;

    if (row)
        return row;
    while (at > 0 && series->row[at - 1].day > day)
        at--;
    series->row =
        arena_room(arena, series->row, series->n, &series->capacity, sizeof *row);
    row = &series->row[at];
    memmove(row + 1, row, (series->n - at) * sizeof *row);
    series->n++;
    *row = (struct row_of_day){.day = day, .epoch = ""};
    return row;
}

void hashes_put(struct history_series *series, const struct hash_row *row,
                struct arena *arena)
{
    size_t at = series->nhashes;

    while (at > 0 && series->hashes[at - 1].day >= row->day)
        at--;
    if (at == series->nhashes || series->hashes[at].day != row->day) {
        series->hashes = arena_room(arena, series->hashes, series->nhashes,
                                    &series->hashes_capacity, sizeof *row);
        memmove(&series->hashes[at + 1], &series->hashes[at],
                (series->nhashes - at) * sizeof *row);
        series->nhashes++;
    }
    series->hashes[at] = *row;
}

void series_forget_from(struct history_series *series, int32_t day)
{
    struct series *numbers = &series->numbers;

    while (numbers->n > 0 && numbers->row[numbers->n - 1].day >= day)
        numbers->n--;
    while (series->nhashes > 0 && series->hashes[series->nhashes - 1].day >= day)
        series->nhashes--;
}

int32_t history_newest_run(const struct history *history, int32_t newest)
{
    for (size_t i = 0; i < history->n; i++) {
        const struct history_series *item = &history->item[i];

        if (strcmp(item->metric, "runs") == 0 && item->numbers.n > 0 &&
            item->numbers.row[item->numbers.n - 1].day > newest)
            newest = item->numbers.row[item->numbers.n - 1].day;
    }
    return newest;
}
