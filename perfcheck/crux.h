/*
 * CrUX (perfcheck.md 11): field data that Google publishes of a page or an origin, from
 * stored answers (crux-*.json) and from the loadingExperience of PageSpeed Insights.
 * Windows of 28 days, so only levels are judged, never steps.
 *
 *     crux_collect   before confinement or after: the crux-*.json files of the inputs
 *     crux_of_psi    for each report that has_psi, as it is read
 *     crux_judge     info findings crux-<metric>
 */
#ifndef PERFCHECK_CRUX_H
#define PERFCHECK_CRUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/lhr.h"
#include "perfcheck/settings.h"
#include "perfcheck/vitals.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/finding.h"
#include "shared/str.h"

enum { CRUX_BYTES_MAX = 8 << 20 };

/* p75 of one metric over the 28 days that end with `day`. */
struct crux_point {
    const char *device; /* "mobile" "desktop" "tablet" "all" */
    const char *where;  /* URL, or origin with is_origin */
    bool is_origin;
    enum vital vital;
    int32_t day;
    double p75; /* ms; CLS as it is */
};

struct crux_points {
    struct crux_point *item;
    size_t n, capacity;
};

/* One stored answer: of queryRecord or queryHistoryRecord, bare or with its query
 * ({"query", "reply"}). An {"error"} in it adds no point. Points that were not given
 * (null, "NaN") are left out. */
MUST_USE bool crux_parse(struct str bytes, const char *name, struct arena *arena,
                         struct crux_points *points, struct err *err);

/* loadingExperience and originLoadingExperience would be the same as what CrUX says;
 * of a report of PSI the first is taken, as of the day it was fetched. A wrong type
 * anywhere in it is no point, never an error: the report beside it is good. */
void crux_of_psi(const struct lhr *lhr, struct arena *arena,
                 struct crux_points *points);

/* The crux-*.json of the input folders; a file that cannot be used is a sentence in
 * `problem`. */
MUST_USE bool crux_collect(const struct config *config, const struct settings *settings,
                           struct arena *arena, struct crux_points *points,
                           const char ***problem, size_t *nproblems, struct err *err);

/* Points after as_of are not looked at. */
void crux_judge(const struct settings *settings, const struct crux_points *points,
                int32_t as_of, struct arena *arena, struct findings *findings);

#endif
