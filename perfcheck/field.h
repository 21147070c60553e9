/*
 * Field data in a round: visitors' web vitals and CrUX, beside what Lighthouse says.
 */
#ifndef PERFCHECK_FIELD_H
#define PERFCHECK_FIELD_H

#include "perfcheck/crux.h"
#include "perfcheck/judge.h"
#include "perfcheck/vitals.h"
#include "shared/report.h"

struct field {
    struct vitals *vitals; /* NULL: no source */
    struct vitals_seen seen;
    struct vitals_verdict verdict;
    struct crux_points points; /* of PSI reports and stored answers */
    const char **problem;
    size_t nproblems;
};

/* Before confinement; `folders` of the source must stay readable. */
MUST_USE bool field_open(const struct config *config, const struct settings *settings,
                         struct arena *arena, struct field *field, struct err *err);
void field_close(struct field *field);

/* Counts events into history, reads stored answers. */
MUST_USE bool field_collect(const struct config *config, const struct judged *judged,
                            struct field *field, struct err *err);

/* Field findings of before out of judged->open, those of now into it. */
void field_judge(struct judged *judged, struct field *field);

/* What history has of visitors, for a report: lines, problems and the member `rum`. */
void field_view(const struct settings *settings, struct history *history,
                int32_t through, struct arena *arena, struct field *field);
void field_report(const struct field *field, struct arena *arena, struct report *report,
                  json_t *extra);

#endif
