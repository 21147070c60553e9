/*
 * The parts that a comment (render_markdown.c) and REPORT.md (render_summary.c) have in
 * common; nobody else's. Lines end each of them; outside text stays text.
 */
#ifndef SHARED_RENDER_MARKDOWN_INTERNAL_H
#define SHARED_RENDER_MARKDOWN_INTERNAL_H

#include <stddef.h>

#include "shared/report.h"
#include "shared/str.h"

enum { ROWS_MAX = 200 }; /* of a table; then how many more */

/* "ok", "warning", "critical", "unknown" */
const char *markdown_verdict(enum verdict verdict);
/* "**CRITICAL**: " */
void markdown_add_verdict(struct buf *out, enum verdict verdict);

/* "watchdog critical (2), bandit ok, to 2026-03-08", the day at each tool where they
 * differ. */
void markdown_add_tools(struct buf *out, const struct report *reports, size_t n);

/* A paragraph for each that gave no verdict, why. */
void markdown_add_reasons(struct buf *out, const struct report *reports, size_t n);

/* Heading and table of what is open, by severity, then id: at most `rows` of them, and
 * as many as leave `out` at `most` bytes or less. */
void markdown_add_findings(struct buf *out, const struct report *reports, size_t n,
                           size_t rows, size_t most);

/* "1 muted: ID until DAY (why, who)" in one line behind an empty one; nothing when none
 * is. Under 5,000 bytes. */
void markdown_add_muted(struct buf *out, const struct report *reports, size_t n);

/* A tool's tables, sentences and notes under their headings: `## tool: title` where a
 * table has a title, else `## tool` once. Nothing for a tool that has none of them.
 * Lines laid out in columns are what the tables say; without tables all lines are a
 * block of code. */
void markdown_add_sections(struct buf *out, const struct report *report);

#endif
