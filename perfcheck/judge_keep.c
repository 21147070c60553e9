/* What becomes of rows: accepted as the reference, or dropped when there are too many.
 * Pure. */
#include <assert.h>

#include "perfcheck/past.h"

#include "shared/banned.h"

const char *row_verdict_word(enum row_verdict verdict)
{
    static const char *const words[] = {
        [ROW_OK] = "ok",         [ROW_LEARNING] = "learning", [ROW_BRIDGE] = "bridge",
        [ROW_SHORT] = "short",   [ROW_STEP] = "step",         [ROW_DRIFT] = "drift",
        [ROW_BETTER] = "better", [ROW_REF] = "ref",
    };

    return words[verdict];
}

/* Only the last row is marked: where its days begin follows from the rows before it,
 * and a day judged again finds those as they were. */
void timing_accept(struct series *series, int32_t since, int32_t through)
{
    size_t at = series->n;

    while (at > 0 && (series->row[at - 1].day > through ||
                      series->row[at - 1].verdict == ROW_SHORT))
        at--;
    if (at == 0 || series->row[at - 1].day < since)
        return;
    series->row[at - 1].verdict = ROW_REF;
    series->row[at - 1].cusum_up = series->row[at - 1].cusum_down = 0;
}

/* Marks what judging a row after the first `n` reads, beside the last rows. */
static void keep_needed(const struct series *series, size_t n,
                        const struct timing_rules *rules, bool *keep,
                        struct arena *arena)
{
    struct past past;
    struct fresh newest = {.first = n};
    struct sample sample;
    size_t first = n;
    size_t days = 0;
    struct base base;

    past_read(&past, series, n, arena);
    if (past.has_closing)
        keep[past.closing] = true;
    if (past.open != OPEN_NONE) {
        newest = past_fresh(&past, past.since);
        first = newest.first < past.start ? newest.first : past.start;
        for (size_t i = first; i <= past.since; i++)
            keep[i] = true;
        first = newest.first;
    }
    sample = past_sample(&past, &newest, rules->baseline_runs);
    for (size_t i = first; i-- > past.origin && (i >= sample.oldest || days < MEDIANS);)
        if (past.enters[i]) {
            keep[i] = true;
            days++;
        }
    base = past_base(&past, rules->baseline_days, false);
    for (size_t i = past.origin; base.n > 0 && i <= base.newest; i++)
        keep[i] = keep[i] || past.enters[i];
}

void series_trim(struct series *series, const struct timing_rules *rules,
                 struct arena *arena)
{
    size_t over = series->n > SERIES_ROWS_MAX ? series->n - SERIES_ROWS_MAX : 0;
    size_t left = 0;
    bool *keep;

    if (over == 0)
        return;
    keep = arena_new(arena, bool, series->n);
    for (size_t i = series->n - DRIFT_ROWS_MAX; i < series->n; i++)
        keep[i] = true;
    for (size_t n = series->n; n > 0; n--) {
        keep_needed(series, n, rules, keep, arena);
        // Judging again begins behind the newest row older than that.
        if (series->row[n - 1].day <= series->row[series->n - 1].day - RESCORED_DAYS)
            break;
    }
    for (size_t i = 0; i < series->n; i++)
        if (over > 0 && !keep[i])
            over--;
        else
            series->row[left++] = series->row[i];
    series->n = left;
}
