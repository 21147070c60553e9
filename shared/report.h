/*
 * The run report: one shape for all tools (docs/state.md), which every output format is
 * made from. Renderers read only this; numbers were formatted once, by the tool.
 * report_parse reads the json again, so that another program can render what a tool
 * found: `TOOL --format json | rounds-report --format F` equals `TOOL --format F`.
 */
#ifndef SHARED_REPORT_H
#define SHARED_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/finding.h"
#include "shared/sandbox.h"
#include "shared/str.h"

enum report_format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_MARKDOWN,
    FORMAT_GITHUB,
    FORMAT_SARIF,
    FORMAT_JUNIT,
    FORMAT_PROM,
    REPORT_FORMATS,
};

extern const char *const report_formats[REPORT_FORMATS]; /* "text", "json", ... */

struct metric {
    const char *name; /* [a-z0-9_]+ */
    const char *unit; /* "", %, s, ms, bytes */
    const char *value;
    const char *warn; /* "" when none */
    const char *min;  /* "" when none */
};

struct check {
    const char *id;
    const char *title;
    int64_t judged;
    int64_t found;
};

/* A table of the conclusions: cells are texts, formatted once by the tool. */
struct table_column {
    const char *name;
    bool is_number; /* aligned right */
};

struct table {
    const char *title;
    const struct table_column *column;
    size_t ncolumns;
    const char *const *cell; /* row by row, nrows * ncolumns */
    size_t nrows;
};

/* A chart of the history: at most 400 points and 12 series (run-all.md 6). */
enum chart_kind { CHART_LINE, CHART_BAR, CHART_STACK };

struct chart_series {
    const char *name;
    const char *const *value; /* one a point, NULL where there is none */
};

struct chart_episode {
    const char *from, *to; /* of x */
    enum severity severity;
};

struct chart_mark {
    const char *x, *text;
};

struct chart {
    const char *id, *title, *unit;
    enum chart_kind kind;
    const char *const *x; /* days or names */
    size_t npoints;
    const struct chart_series *series;
    size_t nseries;
    const char *const *low, *const *high; /* a band, one a point; NULL: none */
    const char *limit;                    /* "" none */
    const struct chart_episode *episode;
    size_t nepisodes;
    const struct chart_mark *mark;
    size_t nmarks;
};

struct report {
    const char *tool;
    bool has_through;
    int32_t through;
    enum verdict status;
    int exit;
    const char *summary; /* "2 open, 1 new of 41 signals", or why it is unknown */
    const struct metric *metrics;
    size_t nmetrics;
    const struct check *checks;
    size_t nchecks;
    struct findings findings; /* sorted */
    struct muted muted;
    const char *const
        *lines; /* what the tool says beside findings, after the summary */
    size_t nlines;
    const char *const *files; /* kept in the state folder beside the tool's own two */
    size_t nfiles;
    const char *const *problems; /* sentences about inputs that could be read in part */
    size_t nproblems;
    const struct table *tables;
    size_t ntables;
    const struct chart *charts; /* `show --charts` alone */
    size_t ncharts;
    struct confinement confined;
    json_t *extra; /* more members of the json form, borrowed; NULL when none */
};

/* Renders `report` and adds it to `out`; fails only when a text is no text (our own
 * mistake, or memory). */
MUST_USE bool report_render(const struct report *report, enum report_format format,
                            struct buf *out, struct err *err);
/* `perfdata`: with the performance data on the first line. */
void report_format_text(const struct report *report, bool perfdata, struct buf *out);
MUST_USE bool report_format_json(const struct report *report, struct buf *out,
                                 struct err *err);

/* The inverse of report_format_json; `extra` has what is only passed on, `confined`
 * too, and is the caller's (report_release). Strings live in the arena. */
MUST_USE bool report_parse(struct str bytes, const char *name, struct arena *arena,
                           struct report *report, struct err *err);

void report_release(struct report *report);

/* The report of a run that gave no verdict, for stdout: status unknown, exit 3, the
 * error as its summary. */
struct report report_unknown(const char *tool, const struct err *err);

/* Findings of all tools by what a person asks first: how many, how bad, how many of
 * them new. Infos and what is muted are not counted. */
struct report_tally {
    int64_t open, crit, warn, fresh, resolved;
    enum verdict worst;
};

struct report_tally reports_tally(const struct report *reports, size_t n);
/* "4 open (1 crit, 3 warn), 1 new, 1 resolved" */
const char *report_tally_text(const struct report_tally *tally, struct arena *arena);

/* Several tools' reports as one: the verdict line with performance data, then each
 * tool's report without. */
void reports_format_text(const struct report *reports, size_t n, struct buf *out);
/* First lines alone, without performance data: of all (unless there is one), then of
 * each. */
void reports_format_verdicts(const struct report *reports, size_t n, struct buf *out);

struct run_facts; /* shared/render.h */

/* Several tools' reports as one document; `facts` may be NULL. */
MUST_USE bool reports_render(const struct report *reports, size_t n,
                             enum report_format format, const struct run_facts *facts,
                             struct buf *out, struct err *err);

/* Writes all bytes to stdout and flushes; a closed pipe or full disk is an error. */
MUST_USE bool report_print(const struct buf *out, struct err *err);

#endif
