/*
 * Renderers of run reports for machines and people, a file a format
 * (render_<format>.c). They read reports and changes alone: no file, no clock, but
 * where an argument says so.
 */
#ifndef SHARED_RENDER_H
#define SHARED_RENDER_H

#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/changes.h"
#include "shared/err.h"
#include "shared/report.h"
#include "shared/str.h"

/* What a run knows beside the reports. */
struct run_facts {
    const char *site;              /* "" not said */
    const struct changes *changes; /* NULL: not compared, or no earlier state */
    int64_t now_s, wall_ms;        /* prom alone; 0: left out */
    int64_t maxrss_kib[TOOL_COUNT];
};

/* One document for all reports. One report: what the tool itself prints. Markdown is
 * for a comment, at most 65,000 bytes: the tools' sections go first, then findings; its
 * `facts` may be NULL. */
void render_markdown(const struct report *reports, size_t n,
                     const struct run_facts *facts, struct buf *out);
void render_github(const struct report *reports, size_t n, struct buf *out);
void render_junit(const struct report *reports, size_t n, struct buf *out);
void render_prom(const struct report *reports, size_t n, const struct run_facts *facts,
                 struct buf *out);
MUST_USE bool render_sarif(const struct report *reports, size_t n, struct buf *out,
                           struct err *err);

/* state/REPORT.md (docs/state.md): of `show` documents and what changed alone, so that
 * the same state gives the same bytes. */
void render_summary(const struct report *reports, size_t n,
                    const struct run_facts *facts, struct buf *out);

/* Outside text as XML text. */
void render_xml(struct buf *out, const char *text);

#endif
