/*
 * One round: what is known, what is read, what follows from it. What the verbs run and
 * show share, and what the steps of a run hand on.
 */
#ifndef I18NCHECK_ROUND_H
#define I18NCHECK_ROUND_H

#include <jansson.h>

#include "i18ncheck/history.h"
#include "i18ncheck/i18ncheck.h"
#include "i18ncheck/judge.h"
#include "i18ncheck/set.h"
#include "i18ncheck/settings.h"
#include "shared/report.h"
#include "shared/state.h"

/* What is known before a run. */
struct known {
    json_t *json; /* NULL: no state; released with known_release */
    int32_t through;
    struct findings findings;
    struct history history;
};

/* Where a set's catalogs are, and which locales it has, had, or should have. */
struct set_plan {
    struct catalog_paths paths;
    struct tag_list locale; /* the source not among them */
};

struct round {
    struct config config;
    struct settings settings;
    struct state_folder folder;
    struct confinement confined;
    struct known known;
    int32_t as_of;
    const char *git_log;   /* NULL: none */
    struct set_plan *plan; /* of each set */
    struct arena *run;

    struct history after;
    struct items items;
    struct kept_list kept;
    int64_t count[CHECK_COUNT];                   /* what was found, info too */
    json_t *coverage, *sets, *content, *keywords; /* of the state; the last two may be
                                                     NULL; round_release */
    const char **problem;
    size_t nproblems, problems_capacity;
    struct findings findings;
};

/* ---- the steps (run_set.c, run_pages.c) ---- */

/* Finds the catalogs; before confinement. */
MUST_USE bool round_find_catalogs(struct round *round, struct err *err);
/* Which locales there are; needs what is known. Sets the columns of `after`. */
void round_plan_locales(struct round *round);
MUST_USE bool round_judge_set(struct round *round, size_t index, struct err *err);
MUST_USE bool round_judge_pages(struct round *round, struct err *err);

/* Counts the hit, and makes it an item unless it is off or info. `stale_since`: the day
 * since when it is stale, of the two checks that wait for stale_after_days; NULL: not
 * known, or another check. False: it is no item. */
bool round_add_hit(struct round *round, const struct hit *hit, const char *place,
                   const int32_t *stale_since);
void round_add_problem(struct round *round, const char *text);

/* ---- state (state.c) ---- */

MUST_USE bool known_load(const struct state_folder *folder, struct arena *arena,
                         struct known *known, struct err *err);
void known_release(struct known *known);
MUST_USE bool state_findings(const json_t *document, struct arena *arena,
                             int32_t *through, struct findings *findings,
                             struct err *err);
/* The document after a round, which keeps its parts; the caller releases it. */
json_t *state_document(const struct round *round);

/* ---- the report (report.c) ---- */

/* Summary, metrics, checks and status of a report whose findings are set, from the
 * document alone. */
void i18ncheck_report(const json_t *document, struct arena *arena,
                      struct report *report);
/* The tables, from the document alone. (tables.c) */
void i18ncheck_tables(const json_t *document, struct arena *arena,
                      struct report *report);

/* The charts, from the document too: at most CHARTS_MAX sets. (charts.c) */
enum { CHARTS_MAX = 12 };

void i18ncheck_charts(const json_t *document, struct arena *arena,
                      struct report *report);

/* Of "web/pt-BR", a key of `coverage`: bytes of the set, the locale, whether two are of
 * one set, how many messages it could have. */
size_t place_set_bytes(const char *place);
const char *place_locale(const char *place);
bool place_same_set(const char *a, const char *b);
int64_t place_keys(const json_t *document, const char *place, struct arena *arena);
/* 0 where there is none. */
int64_t count_of(const json_t *row, const char *member);
/* "99.2", cut; "" of nothing. */
const char *share_text(int64_t part, int64_t whole, struct arena *arena);

/* What only a run knows; the caller releases it. */
json_t *i18ncheck_report_extra(const struct round *round);

#endif
