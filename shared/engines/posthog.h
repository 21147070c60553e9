/*
 * PostHog: its engine, which feeds rows (mode export) or counts (mode query), and the
 * readers of its replies, which are bytes from outside.
 */
#ifndef SHARED_ENGINES_POSTHOG_H
#define SHARED_ENGINES_POSTHOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/engine.h"
#include "shared/engines/hosted.h"
#include "shared/engines/tables.h"

extern const struct engine engine_posthog;

/* ---- posthog_reply.c ---- */

/* The answer to a HogQL query. */
struct posthog_answer {
    const char *pending; /* it is not there yet: ask for this query. NULL: it is */
    bool is_cached;      /* of an earlier question */
    struct sql_rows rows;
};

/* Refused, with what is wrong and where: one that is not whole, has other columns, more
 * rows than it shows, a failure inside. Columns v and arm are texts, others counts. */
MUST_USE bool posthog_answer_parse(struct str body, const struct sql_columns *columns,
                                   struct arena *arena, struct reply_notes *notes,
                                   struct posthog_answer *answer, struct err *err);

enum posthog_state {
    EXPORT_GOES_ON,
    EXPORT_COMPLETED,
    EXPORT_RETRYABLE, /* failed, and may be asked for anew */
    EXPORT_FAILED,
};

struct posthog_export {
    enum posthog_state state;
    const char *why; /* of a failure: its status, and what PostHog says */
    const char **file;
    size_t nfiles;
};

/* What an export was started as. */
MUST_USE bool posthog_started_parse(struct str body, struct arena *arena,
                                    struct reply_notes *notes, const char **id,
                                    struct err *err);
MUST_USE bool posthog_export_parse(struct str body, struct arena *arena,
                                   struct reply_notes *notes,
                                   struct posthog_export *export, struct err *err);

/* ---- posthog_export.c ---- */

/* Rows of a span of days: exports of at most a week each, one file after the other in
 * one unnamed file. */
struct exporter {
    struct hosted *hosted;
    const char *path;    /* "/api/environments/7/file_download_batch_exports" */
    const char *include; /* names of events as JSON; NULL: all */
    int scratch;
    int64_t next_s, end_s; /* of ingestion, still to be asked for */
    const char *since;     /* of the export at hand, and its files */
    const char *id;
    struct posthog_export export;
    size_t next_file;
};

/* Opens its file in `scratch`: before confinement. */
MUST_USE bool exporter_open(struct exporter *exporter, struct hosted *hosted,
                            int64_t project, const json_t *include, const char *scratch,
                            struct err *err);
void exporter_close(struct exporter *exporter);

/* Of what was ingested from the first of the days to a day after the last, and not
 * after `now_ms`: PostHog refuses the future. */
void exporter_start(struct exporter *exporter, const struct day_bounds *bounds,
                    int64_t now_ms);
MUST_USE bool exporter_feed(struct exporter *exporter, struct arena *arena,
                            struct engine_file *file, struct err *err);

/* ---- posthog_query.c ---- */

/* What of a table is known of PostHog's events; `events` are names of the
 * configuration. */
MUST_USE bool posthog_table(struct tables *tables, struct arena *arena,
                            struct engine_opened *opened, struct err *err);

/* A question of tables, whose `self` is a struct posthog_query. */
struct posthog_query {
    struct hosted *hosted;
    struct tables *tables;
    const char *path; /* "/api/projects/7/query/" */
};

MUST_USE bool posthog_ask(void *of, struct str sql, const struct sql_columns *columns,
                          struct arena *arena, struct sql_rows *rows, struct err *err);

#endif
