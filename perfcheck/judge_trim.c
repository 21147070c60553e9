/* What history no longer needs. Pure. */
#include <string.h>

#include "perfcheck/judge.h"

#include "shared/banned.h"

static void keep_numbers(struct series *rows, size_t first)
{
    if (first == 0)
        return;
    memmove(rows->row, rows->row + first, (rows->n - first) * sizeof *rows->row);
    rows->n -= first;
}

/* The newest row that stands when late reports have judged their days again. */
static size_t settled(const struct series *rows, int32_t as_of)
{
    size_t at = rows->n;

    while (at > 0 && rows->row[at - 1].day > as_of - RESCORE_DAYS)
        at--;
    return at > 0 ? at - 1 : 0;
}

/* Likewise, with what it goes back to: the ref or ok before an open finding. One that
 * only says that the audit passes says nothing. */
static void trim_nodes(struct history_series *item, int32_t as_of)
{
    size_t at = item->nhashes;

    while (at > 0 && item->hashes[at - 1].day > as_of - RESCORE_DAYS)
        at--;
    while (at > 0 && item->hashes[at - 1].verdict == ROW_STEP)
        at--;
    if (at == 0)
        return;
    at -= item->hashes[at - 1].verdict != ROW_OK || strcmp(item->metric, "audits") == 0;
    memmove(item->hashes, item->hashes + at,
            (item->nhashes - at) * sizeof *item->hashes);
    item->nhashes -= at;
}

static const struct timing_rules *rules_of(const struct settings *settings,
                                           const char *metric)
{
    for (size_t i = 0; i < settings->nmetrics; i++)
        if (strcmp(settings->metric[i], metric) == 0)
            return &settings->rules[i];
    return NULL;
}

static bool begins(const char *metric, const char *prefix)
{
    return strncmp(metric, prefix, strlen(prefix)) == 0;
}

static void trim_series(struct history_series *item, const struct settings *settings,
                        int32_t as_of, struct arena *arena)
{
    struct series *rows = &item->numbers;
    const struct timing_rules *rules = rules_of(settings, rows->metric);
    size_t most = begins(item->metric, "score.") || begins(item->metric, "bytes.")
                      ? (size_t)SHORT_ROWS
                      : (size_t)SERIES_ROWS_MAX;

    if (history_is_rum(item->metric))
        return;
    if (history_is_hashes(item->metric))
        trim_nodes(item, as_of);
    else if (begins(item->metric, "published."))
        keep_numbers(rows, settled(rows, as_of));
    else if (rules)
        series_trim(rows, rules, arena);
    else if (rows->n > most)
        keep_numbers(rows, rows->n - most);
}

void history_trim(struct history *history, const struct settings *settings,
                  int32_t as_of, struct arena *arena)
{
    for (size_t i = 0; i < history->n; i++)
        trim_series(&history->item[i], settings, as_of, arena);
}
