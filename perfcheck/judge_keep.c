/* What becomes of rows: accepted as the reference, or dropped when there are too many.
 * Pure. */
#include <string.h>

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

/* Marks the newest rows of the reference before row `end` that x and the comparison of
 * medians need. */
static void keep_sample(const struct past *past, size_t end, size_t most, bool *keep)
{
    size_t runs = 0;
    size_t days = 0;

    for (size_t i = end; i-- > past->origin && (runs < most || days < MEDIANS);) {
        if (!past->enters[i])
            continue;
        keep[i] = true;
        runs += past->row[i].nvalues;
        days++;
    }
}

/* Marks what judging a row after the first `n` reads. */
static void keep_needed(const struct series *series, size_t n,
                        const struct timing_rules *rules, bool *keep,
                        struct arena *arena)
{
    struct past past;
    struct base base;
    size_t first;

    past_read(&past, series, n, arena);
    if (past.has_closing)
        keep[past.closing] = true;
    // A drift that opens tomorrow takes its days out of the reference.
    for (first = n; first > 0 && series->row[n - 1].day - series->row[first - 1].day <=
                                     DRIFT_DAYS_MAX;)
        keep[--first] = true;
    if (past.open != OPEN_NONE) {
        struct fresh opening = past_fresh(&past, past.since);

        first = opening.first < past.start ? opening.first : past.start;
        for (size_t i = first; i <= past.since; i++)
            keep[i] = true;
    }
    keep_sample(&past, first, rules->baseline_runs, keep);
    base = past_base(&past, rules->baseline_days, false);
    for (size_t i = past.origin; base.n > 0 && i <= base.newest; i++)
        keep[i] = keep[i] || past.enters[i];
}

/* Whether a drift of row i + 1 began there: without row i it would seem to be older. */
static bool is_bound(const struct row_of_day *row)
{
    return (row[0].cusum_up == 0 && row[1].cusum_up > 0) ||
           (row[0].cusum_down == 0 && row[1].cusum_down > 0);
}

/* Drops the oldest row that may go. */
static bool drop_one(struct series *series, bool *keep)
{
    size_t i = 0;

    while (i + 1 < series->n && (keep[i] || is_bound(&series->row[i])))
        i++;
    if (i + 1 >= series->n)
        return false;
    series->n--;
    memmove(series->row + i, series->row + i + 1,
            (series->n - i) * sizeof *series->row);
    memmove(keep + i, keep + i + 1, (series->n - i) * sizeof *keep);
    return true;
}

void series_trim(struct series *series, const struct timing_rules *rules,
                 struct arena *arena)
{
    bool *keep;

    if (series->n <= SERIES_ROWS_MAX)
        return;
    keep = arena_new(arena, bool, series->n);
    for (size_t n = series->n; n > 0; n--) {
        keep_needed(series, n, rules, keep, arena);
        // Judging again begins behind the newest row older than that.
        if (series->row[n - 1].day <= series->row[series->n - 1].day - RESCORED_DAYS)
            break;
    }
    while (series->n > SERIES_ROWS_MAX && drop_one(series, keep))
        continue;
}
