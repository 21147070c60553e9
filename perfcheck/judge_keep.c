/* What becomes of rows: accepted as the reference, or dropped when there are too many.
 * Pure. */
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

/* Only the last judged row is marked: where its days begin follows from the rows before
 * it, and a day judged again finds those as they were. */
void timing_accept(struct series *series, int32_t since, int32_t through)
{
    for (size_t i = series->n; i-- > 0 && series->row[i].day >= since;) {
        struct row_of_day *row = &series->row[i];

        if (row->day > through || !row_is_judged(row))
            continue;
        if (row->verdict == ROW_STEP || row->verdict == ROW_DRIFT ||
            row->verdict == ROW_BETTER) {
            row->verdict = ROW_REF;
            row->cusum_up = row->cusum_down = 0;
        }
        return;
    }
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

/* Marks the row that settled the bridge of each marked row: without it a later bridge
 * would seem to have begun before this one was crossed. */
static void keep_crossings(const struct past *past, bool *keep)
{
    bool is_bridge = false;

    for (size_t i = 0; i < past->n; i++) {
        if (!row_is_judged(&past->row[i]))
            continue;
        if (past->row[i].verdict == ROW_BRIDGE) {
            is_bridge = is_bridge || keep[i];
        } else {
            keep[i] = keep[i] || is_bridge;
            is_bridge = false;
        }
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
    keep_crossings(&past, keep);
}

/* Oldest first, so that of the rows that are left none has lost one which it leans on:
 * the row with S = 0 before a drift, the row that closed an episode before the next. */
void series_trim(struct series *series, const struct timing_rules *rules,
                 struct arena *arena)
{
    size_t over = series->n > SERIES_ROWS_MAX ? series->n - SERIES_ROWS_MAX : 0;
    size_t left = 0;
    bool *keep;

    if (over == 0)
        return;
    keep = arena_new(arena, bool, series->n);
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
