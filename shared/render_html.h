/*
 * The page of a morning: one HTML file (well-formed XML too) without script or outside
 * reference. Verdict, what changed, open findings with their age in days of data, then
 * tables and charts tool by tool. The same reports and changes, the same bytes.
 */
#ifndef SHARED_RENDER_HTML_H
#define SHARED_RENDER_HTML_H

#include <stddef.h>

#include "shared/err.h"
#include "shared/render.h"
#include "shared/report.h"
#include "shared/str.h"

/* At most `most` bytes: the oldest points of charts are left out first, then findings
 * and rows of tables, and the page says so; an error when that is not enough. */
MUST_USE bool render_html(const struct report *reports, size_t n,
                          const struct run_facts *facts, size_t most, struct buf *out,
                          struct err *err);

/* The parts, render_html_*.c. */

/* How much of it is shown. */
struct html_limits {
    size_t points;   /* of a chart */
    size_t findings; /* of all */
    size_t rows;     /* of a table */
};

/* A figure; `id` names its texts. */
void html_chart(const struct chart *chart, size_t points, const char *id,
                struct buf *out);
/* Hatching that charts refer to: once, before the first. */
void html_patterns(struct buf *out);

/* A sign for a verdict or severity word: a shape of its own. */
void html_icon(const char *word, struct buf *out);
/* What html_icon refers to. */
void html_icons(struct buf *out);

/* Open findings of all reports, by severity, then tool, then id; then what is muted. */
void html_findings(const struct report *reports, size_t n, size_t most,
                   struct buf *out);
/* `number`: which of the page, for the names of its charts. */
void html_tool(const struct report *report, size_t number,
               const struct html_limits *limits, struct buf *out);

/* How a verdict is said: "critical". */
const char *html_verdict(enum verdict verdict);

#endif
