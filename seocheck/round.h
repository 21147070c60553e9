/*
 * What the verbs run, show and crawl share: the conclusions in state, the report.
 */
#ifndef SEOCHECK_ROUND_H
#define SEOCHECK_ROUND_H

#include "seocheck/history.h"
#include "seocheck/judge.h"
#include "seocheck/settings.h"
#include "seocheck/site.h"
#include "shared/report.h"
#include "shared/state.h"

#define SEOCHECK_JSON "seocheck.json"

/* More findings than that are counted and not kept: the most severe ones come first. */
enum { SEOCHECK_SCHEMA = 1, KEPT_FINDINGS_MAX = 10000 };

/* What is known before a run. */
struct known {
    json_t *json; /* NULL: no state; released with known_release */
    int32_t through;
    struct findings findings;
    struct history history;
};

MUST_USE bool known_load(const struct state_folder *folder, struct arena *arena,
                         struct known *known, struct err *err);
void known_release(struct known *known);

/* The document after a crawl; the caller releases it. */
json_t *state_document(const struct site *site, const struct findings *findings,
                       const json_t *before, int32_t as_of, struct arena *arena);
MUST_USE bool state_findings(const json_t *document, struct arena *arena,
                             int32_t *through, struct findings *findings,
                             struct err *err);

/* Summary, metrics and status of a report whose findings, muted and through are set,
 * from the document and the history alone. */
void seocheck_report(const json_t *document, const struct history *history,
                     struct arena *arena, struct report *report);
/* The tables, from the document and the findings of the report. */
void seocheck_tables(const json_t *document, struct arena *arena,
                     struct report *report);
/* The charts, from what is known. */
void seocheck_charts(const struct known *known, struct arena *arena,
                     struct report *report);
/* What could not be read of the site's inputs, and how many findings were left out, for
 * struct report's problems. */
void seocheck_problems(const struct site *site, const struct findings *findings,
                       struct arena *arena, struct report *report);
/* The members `unverifiable` and `skipped_checks`; the caller releases it. */
json_t *seocheck_report_extra(const struct site *site);

/* Asks for everything and says what is wrong with it: sitemaps by themselves, then all
 * judges. `history` is what is known of before; `after` is filled in. */
void site_judge(struct look *look, struct history *after, struct hits *hits);
/* A crawl that saw no page and found nothing wrong with that has judged nothing: the
 * server lets this program have none (429), or what it gives is no page, or it leads to
 * another host, or where our guard refuses to go. `found`: the worst of what it found.
 */
MUST_USE bool site_is_judged(const struct site *site, enum verdict found,
                             struct arena *arena, struct err *err);

/* A fetcher of the settings' input, and what confinement has to allow for it. */
struct sandbox_plan;
struct fetcher;
void input_confine(const struct settings *settings, struct arena *arena,
                   const char **read, size_t *nread, struct sandbox_plan *plan);
MUST_USE bool input_open(const struct settings *settings, struct arena *arena,
                         struct fetcher **fetcher, struct err *err);

/* Whether a crawl of a folder met a page: without one the build has failed, or it is
 * another folder, and what was wrong with the site is not mended. */
MUST_USE bool input_has_pages(const struct settings *settings, const struct site *site,
                              struct err *err);

#endif
