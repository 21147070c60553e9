/*
 * The watchdog's own types and its steps, in order: settings, collect, measure, judge,
 * state, report.
 */
#ifndef WATCHDOG_WATCHDOG_H
#define WATCHDOG_WATCHDOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/cli.h"
#include "shared/config.h"
#include "shared/daycount.h"
#include "shared/err.h"
#include "shared/re.h"
#include "shared/report.h"
#include "shared/source.h"
#include "shared/state.h"
#include "watchdog/evidence.h"
#include "watchdog/judge.h"
#include "watchdog/measure.h"
#include "watchdog/settings.h"

#define WATCHDOG_JSON       "watchdog.json"
#define WATCHDOG_EVIDENCE   "history/watchdog.tsv"
#define WATCHDOG_CHECKPOINT "history/watchdog.cells.tsv"

enum {
    WATCHDOG_SCHEMA = 1,
    HISTORY_DAYS = 126,   /* evidence kept; a first run reads as many */
    FINAL_AFTER_DAYS = 3, /* the last 3 days are scored again while late data arrives */
    REWRITE_CHECK_DAYS =
        4 /* final days read again to notice a source that rewrites them */
};

/* Opens the sources; `counts`, with its scratch files, is opened by the run alone. Both
 * before confinement. */
struct inputs {
    struct source *source[SOURCES_MAX];
    size_t nsources;
    struct daycount *counts;
};

MUST_USE bool watchdog_open(const struct config *config, struct settings *settings,
                            struct arena *run, struct inputs *inputs, struct err *err);
void watchdog_close(struct inputs *inputs);

/* What the sources gave of the days [first, as_of], and whether a row came on the day
 * after. */
struct collected {
    int32_t first, as_of;
    int32_t kept; /* days up to it are only compared with what is kept of them */
    struct day_cells *days; /* as_of - first + 1 */
    struct source_day
        *source_days[SOURCES_MAX]; /* one more: the last is the day after */
    struct source_totals totals[SOURCES_MAX];
    uint32_t over;      /* dimensions over their cap of values, bit each */
    int64_t too_costly; /* pages or events a pattern gave up on */
};

/* `first`, `as_of` and `kept` are set; the rest is filled in. */
MUST_USE bool watchdog_collect(const struct inputs *inputs,
                               const struct settings *settings, struct arena *run,
                               struct collected *collected, struct err *err);

/* Status of one source on the `index`th collected day. */
enum day_status watchdog_day_status(const struct collected *collected,
                                    const struct settings *settings, size_t source,
                                    size_t index);

/* Adds the collected days after `final` to the evidence, each with the children it
 * tracks, and notes days without data; compares the days up to `final` with what is
 * kept. Returns the most cells of a day. */
size_t watchdog_measure(const struct collected *collected,
                        const struct settings *settings, int32_t final,
                        struct evidence *evidence, struct data_days *data,
                        struct arena *run);

/* The conclusions, from judging alone. `before` (may be NULL) lends only the day since
 * when a dimension has been over its cap. The caller owns the result. */
json_t *watchdog_state_json(const struct judgement *judgement,
                            const struct settings *settings, uint32_t over,
                            const json_t *before, struct arena *run);

/* Findings of the conclusions, so that `run` and `show` report the same. */
MUST_USE bool watchdog_findings(const json_t *state, struct arena *run,
                                int32_t *through, struct findings *findings,
                                struct err *err);

/* Open findings of `before` newer than `final` that `after` has no more: late data
 * undid them. */
MUST_USE bool watchdog_withdrawn(const json_t *before, const json_t *after,
                                 int32_t final, struct arena *run,
                                 struct findings *findings, struct err *err);

/* Summary, metrics and checks of a report whose findings, through and muted are set. */
void watchdog_report(const struct evidence *evidence, const struct settings *settings,
                     struct arena *run, struct report *report);

/* The report's tables, from the conclusions alone; what they say is borrowed from
 * `state`. */
void watchdog_tables(const json_t *state, struct arena *run, struct report *report);

/* The report's charts, from the history alone: of each open finding, then of the whole
 * site by signal. Findings and through are set. Judges the days after `checkpoint` of
 * the round's linked evidence, and then goes back over it day by day: nothing can be
 * judged with it afterwards. */
void watchdog_charts(struct round *round, int32_t checkpoint, struct report *report);

/* Parts of a million as per cent with two decimals, as findings say them. */
const char *watchdog_percent(struct arena *run, int64_t ppm);

/* The members `data` and `unavailable` of the json form; the caller owns the result. */
json_t *watchdog_report_extra(const struct collected *collected,
                              const struct settings *settings);

/* Sentences about rejected lines and patterns that gave up. */
void watchdog_problems(const struct collected *collected,
                       const struct settings *settings, struct arena *run,
                       struct report *report);

/* Verbs. */
int watchdog_run(const struct options *opt, struct err *err);
int watchdog_show(const struct options *opt, struct err *err);
int watchdog_signals(const struct options *opt, struct err *err);
int watchdog_backtest(const struct options *opt, struct err *err);
int watchdog_explain(const struct options *opt, struct err *err);
int watchdog_normalise(const struct options *opt, struct err *err);

/* Options that one verb alone takes: bits of struct options.flags. */
enum { FLAG_ALERTS_ONLY, FLAG_CHARTS };

#endif
