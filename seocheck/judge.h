/*
 * From one crawl to hits, from hits and yesterday to findings. Pure.
 */
#ifndef SEOCHECK_JUDGE_H
#define SEOCHECK_JUDGE_H

#include "seocheck/checks.h"
#include "seocheck/history.h"
#include "seocheck/settings.h"
#include "seocheck/site.h"
#include "shared/finding.h"

/* What every judge_* looks at. */
struct look {
    const struct site *site;
    const struct settings *settings;
    const struct history *before; /* empty on a first run and in the verb crawl */
    const struct history *after;
    const struct history_row **row; /* in `after`, of each resource, so that it is
                                       looked for once; NULL: each time */
    int32_t through;                /* last judged day; 0: none */
    int32_t as_of;
    struct arena *arena;
};

/* Each adds its hits: one or several of a check and subject, in any order. */
void judge_pages(const struct look *look, struct hits *hits);     /* titles .. og */
void judge_canonical(const struct look *look, struct hits *hits); /* and hreflang */
void judge_links(const struct look *look, struct hits *hits);     /* and redirects */
void judge_robots(const struct look *look, struct hits *hits);
void judge_sitemaps(const struct look *look, struct hits *hits); /* and routes: sets */
void judge_freshness(const struct look *look, struct hits *hits);
void judge_duplicates(const struct look *look, struct hits *hits); /* and soft 404 */
void judge_structured(const struct look *look, struct hits *hits);
void judge_all(const struct look *look, struct hits *hits);

/* A crawl that says too little for checks over sets: too many own URLs failed, it was
 * cut, a sitemap or route source could not be read, or it came to no page at all. */
bool site_is_partial(const struct site *site);

/* Findings after this run. `open` are those of the state. Several hits of one check and
 * subject are one; confirmed over days where the check asks for it; what could not be
 * measured stays open; many subjects of one check and pattern are one finding; a
 * published count moves by more than 10 % only. Returns the worst of what this run
 * itself found; the others are carried over. */
enum verdict judge_findings(const struct look *look, const struct hits *hits,
                            const struct findings *open, struct findings *now);

#endif
