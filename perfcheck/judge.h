/*
 * From runs and history to findings and the next history, one page and form at a time,
 * day by day. Pure.
 */
#ifndef PERFCHECK_JUDGE_H
#define PERFCHECK_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/history.h"
#include "perfcheck/runs.h"
#include "perfcheck/settings.h"
#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/finding.h"

enum {
    EVENT_DAYS = 7,   /* what happened on a day is told so long */
    GONE_DAYS = 30,   /* a page unseen so long leaves the state */
    MACHINE_DAYS = 3, /* days in a row on another machine */
    SHORT_ROWS = 8,   /* kept of bytes.* and score.* */
};

/* One page and form, and the day in hand. */
struct page {
    const struct settings *settings;
    const struct runs *runs;
    struct history *history;
    struct arena *arena, *scratch; /* scratch: of this page alone */
    struct findings open;          /* of it; what is over is taken out */
    bool *accept_is_used;          /* for each of settings->accept */

    enum form form;
    const char *key;   /* the page */
    const char *words; /* "/cart on mobile", for messages */
    const struct run *run;
    size_t nruns, at; /* of it, by fetchTime; at: the first not yet judged */

    int32_t day;
    const struct run **valid; /* of the judged epoch, by fetchTime */
    size_t nvalid;
    size_t all_valid, failed; /* runs of the day, of any epoch */
    const char *failure;      /* code of a failed one */
    const char *epoch;        /* "" without a valid run */
    const char *before;       /* epoch of the judged day before; "" none */
    bool is_mixed;
    const char *news; /* what a change of the epoch did that day; NULL: nothing */
};

/* ---- judge_open.c: findings of a page that are open ---- */

/* "perfcheck/CHECK/FORM/PAGE" */
const char *page_finding_id(const struct page *page, const char *check);
/* NULL: not open. Good until the next one is opened. */
struct finding *page_open(const struct page *page, const char *check);
/* Opens `finding` as CHECK, or leaves an open one of the same severity as it was: what
 * was told is not told again in other words. Its `since` is the day in hand when 0. */
void page_find(struct page *page, const char *check, struct finding finding);
/* The same in new words; since when stays. */
void page_tell(struct page *page, const char *check, struct finding finding);
void page_close(struct page *page, const char *check);
/* What is told for EVENT_DAYS: opened anew each time. */
void page_event(struct page *page, const char *check, const char *message);
/* One more sentence of the day's `epoch`. */
void page_news(struct page *page, const char *sentence);

bool finding_is_event(const char *id);
/* Takes out events that were told long enough. */
void findings_expire(struct findings *open, int32_t day);
void findings_drop(struct findings *open, const struct finding *finding);

/* ---- judge_audits.c, judge_bytes.c, judge_minimum.c: engine 1 ---- */

void judge_audits(struct page *page);
void judge_bytes(struct page *page);
void judge_minimum(struct page *page);
bool accept_audit(struct page *page, const char *audit);
bool accept_bytes(struct page *page, const char *type);

/* Known failing audits, as of the last row. Ids in the arena, in byte order. */
const char **known_failing(const struct history *history, const char *form,
                           const char *page, struct arena *arena, size_t *n);

/* ---- judge_metrics.c: engine 2, what is published ---- */

void judge_metrics(struct page *page);
bool accept_metric(struct page *page, const char *metric, int32_t since);

/* Publishes the category scores: performance the median of the newest runs from day
 * `since` on, the others of the day. */
void publish_scores(struct page *page, int32_t since);
void publish_exact_scores(struct page *page); /* all but performance */
void publish(struct page *page, const char *name, double value);
/* What is published under a name; not known: nothing yet. */
struct estimate published(const struct history *history, const char *form,
                          const char *page, const char *name);

/* ---- judge_page.c: the days of a page ---- */

/* The first day to judge: behind `through`, or that of a late report when all runs of
 * the days since are there; else the report is told as late. Later rows and findings
 * are dropped. */
int32_t page_begin(struct page *page, bool has_through, int32_t through, int32_t as_of);

/* Judges the days `first` to `as_of`. */
void judge_page(struct page *page, int32_t first, int32_t as_of);

/* ---- judge_round.c, judge_files.c: all pages, then what files and the configuration
 * say by themselves ---- */

struct accepted {
    const char *id;
    int32_t on;
};

struct judged {
    const struct settings *settings;
    const struct runs *runs;
    struct day_bounds bounds;
    int32_t oldest; /* the first day whose reports were read */
    struct history *history;
    struct arena *arena;
    bool has_through;
    int32_t through, as_of;    /* through: of the state */
    struct findings open;      /* of the state; after judge_all those after as_of */
    struct accepted *accepted; /* entries that have closed something, likewise */
    size_t naccepted;
    bool *accept_is_used; /* for each of settings->accept */
};

void judge_all(struct judged *judged);
void judge_files(struct judged *judged);

/* Drops rows that no later run needs. (judge_trim.c) */
void history_trim(struct history *history, const struct settings *settings,
                  int32_t as_of, struct arena *arena);

#endif
