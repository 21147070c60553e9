/*
 * What the verbs run, show and accept share: the conclusions in state, the report.
 */
#ifndef PERFCHECK_ROUND_H
#define PERFCHECK_ROUND_H

#include "perfcheck/judge.h"
#include "perfcheck/perfcheck.h"
#include "shared/report.h"
#include "shared/state.h"

/* What is known before a run. */
struct known {
    json_t *json; /* NULL: no state; released with known_release */
    int32_t through;
    struct findings findings;
    struct accepted *accepted;
    size_t naccepted;
    struct history history;
};

MUST_USE bool known_load(const struct state_folder *folder, struct arena *arena,
                         struct known *known, struct err *err);
void known_release(struct known *known);

/* Configuration and state for the verbs that only look, confined to reading the state
 * folder. With -s no configuration is needed. No state is an error. */
struct shown {
    struct config config;
    struct settings settings;
    struct state_folder folder;
    struct known known;
    struct confinement confined;
};

MUST_USE bool shown_load(const struct options *opt, struct arena *arena,
                         struct shown *shown, struct err *err);
void shown_release(struct shown *shown);

/* The document after judging; the caller releases it. */
json_t *state_document(const struct judged *judged, const struct findings *findings,
                       const json_t *before);

/* Findings of `before` that the document has no more: resolved, but for what happened
 * on a day and was told long enough. */
void perfcheck_add_resolved(struct findings *findings, const struct findings *before,
                            const json_t *document, struct arena *arena);

/* Summary, lines and metrics of a report whose findings, muted and through are set,
 * from the history alone. */
void perfcheck_report(const struct history *history, const struct settings *settings,
                      struct arena *arena, struct report *report);

/* What the members `pages`, and `files` where there are runs, are made of. */
struct extra {
    const struct history *history;
    const struct settings *settings;
    const struct findings *findings;
    const struct runs *runs; /* NULL: none were read */
    int32_t through;
};

/* The caller releases it. */
json_t *perfcheck_report_extra(const struct extra *extra, struct arena *arena);

/* One page and form of the history, as the state and the report have it. */
struct page_view {
    const char *form, *page;
    const char *epoch; /* "" no valid run yet */
    struct estimate score[MINIMA], published_score[MINIMA];
    struct estimate median[METRICS_MAX], published[METRICS_MAX];
    struct estimate bytes[BYTE_TYPES];
    struct estimate machine;
    bool is_learning[METRICS_MAX];
    size_t nseries;    /* of timing metrics */
    int64_t k, failed; /* of the day `through` */
};

struct page_views {
    struct page_view *item;
    size_t n, capacity;
};

struct page_views page_views(const struct history *history,
                             const struct settings *settings, int32_t through,
                             struct arena *arena);

/* "lcp_ms", "cls_x1000", and the value as a whole number of it, and back. */
const char *scaled_name(const char *metric, struct arena *arena);
int64_t scaled_value(const char *metric, double value);
double scaled_back(const char *metric, int64_t scaled);
/* The value as the report shows it: whole milliseconds, others with 3 decimals. */
const char *metric_text(const char *metric, double value, struct arena *arena);

/* ---- tables.c, charts.c ---- */

/* The tables of a report, from the state's document alone. */
void perfcheck_tables(const json_t *document, struct arena *arena,
                      struct report *report);

/* The charts, from what is known: at most CHARTS_MAX, those with an open finding first.
 */
enum { CHARTS_MAX = 24 };

void perfcheck_charts(const struct known *known, const struct settings *settings,
                      struct arena *arena, struct report *report);

/* Bytes of scheme, host and port in front of all pages; 0: they are of several. */
size_t pages_origin(const char *const *page, size_t n);
/* A page without them, fit to print. */
const char *page_shown(const char *page, size_t origin, struct arena *arena);

#endif
