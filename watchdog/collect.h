/*
 * Between collect_events.c, which reads rows, and collect_cells.c, which asks the
 * sources that have none to show. Nobody else's.
 */
#ifndef WATCHDOG_COLLECT_H
#define WATCHDOG_COLLECT_H

#include "watchdog/watchdog.h"

/* Which signals source `index` carries: of those that its kinds allow the ones it can
 * count. After signals_carried; sets settings->counts. */
MUST_USE bool cells_carried(const struct config *config, struct source *source,
                            size_t index, struct settings *settings, struct err *err);

struct cells_pass {
    const struct settings *settings;
    const struct daycount_plan *plan;
    const struct collected *collected;
    struct arena *run;
};

/* Starts these sources for the plan's days and adds their counts to `days`. `*over` has
 * the dimensions that are over their cap already. */
MUST_USE bool cells_read(const struct inputs *inputs, const struct cells_pass *pass,
                         struct day_cells *days, uint32_t *over, struct err *err);

#endif
