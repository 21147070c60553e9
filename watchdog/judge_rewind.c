/* Days gone back to: which episodes and which baselines held on an evening, from the
 * episodes that are recorded. Pure. */
#include <string.h>

#include "watchdog/judge.h"

#include "shared/banned.h"

const struct episode *cell_episode(const struct cell *cell, int32_t opened)
{
    if (cell->open && cell->open->opened == opened)
        return cell->open;
    for (size_t i = 0; i < cell->npast; i++)
        if (cell->past[i]->opened == opened)
            return cell->past[i];
    return NULL;
}

/* A sum that opened an episode on the day itself is put where it opens again: what it
 * was is not kept. */
static void rewind_cell(struct cell *cell, int32_t day)
{
    const struct episode *opens = cell_episode(cell, day);
    size_t kept = 0;

    cell->status = CELL_OK;
    cell->cusum = (struct cusum){0};
    if (opens && strcmp(opens->opened_by, "cusum") == 0)
        cell->cusum = (struct cusum){INT32_MAX, INT32_MAX};
    cell->quiet = cell->baseline_from = 0;
    if (cell->open && cell->open->opened >= day)
        cell->open = NULL;
    for (size_t i = 0; i < cell->npast; i++) {
        struct episode *past = cell->past[i];

        if (past->closed < day)
            cell->past[kept++] = past;
        else if (past->opened < day)
            cell->open = past;
    }
    cell->npast = kept;
    for (size_t i = 0; i < cell->ndays; i++) // by episodes that are yet to come
        cell->days[i].excluded = false;
}

/* The last level adopted before the day: the cell's own or its parent's. */
static void rewind_baseline(struct cell *cell)
{
    const struct cell *of[] = {cell, cell->parent};
    int32_t closed = 0;

    for (size_t c = 0; c < 2; c++)
        for (size_t i = 0; of[c] && i < of[c]->npast; i++) {
            const struct episode *past = of[c]->past[i];

            if (strcmp(past->reason, "adopted") != 0 || past->closed < closed)
                continue;
            closed = past->closed;
            cell->baseline_from = past->change;
        }
}

void judge_rewind(struct evidence *evidence, int32_t day)
{
    for (size_t i = 0; i < evidence->n; i++)
        rewind_cell(evidence->cell[i], day);
    for (size_t i = 0; i < evidence->n; i++)
        rewind_baseline(evidence->cell[i]);
}
