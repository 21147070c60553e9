/* Run reports as a comment on GitHub. What does not fit 65,000 bytes goes: sections of
 * tools first, then findings, always on a line's end and never without saying so. */
#include <string.h>

#include "shared/clock.h"
#include "shared/markdown.h"
#include "shared/render.h"
#include "shared/render_internal.h"
#include "shared/render_markdown_internal.h"

#include "shared/banned.h"

enum {
    CHANGES_BYTES_MAX = MARKDOWN_COMMENT_MAX / 2,
    LEFT_OUT_BYTES = 64, // the line that says how many sections do not fit
};

/* Where to look, what explains it and the statistic: what the table has no room for. */
static void add_where(struct buf *out, const struct finding *finding)
{
    buf_printf(out, "- %s ",
               render_is_open(finding) ? severity_word(finding->severity)
                                       : finding_status_word(finding->status));
    markdown_code(out, finding->id);
    if (!render_is_open(finding)) {
        buf_add_text(out, " ");
        markdown_text(out, finding->message);
    } else if (finding->url[0] != '\0') {
        buf_add_text(out, " at ");
        markdown_code(out, finding->url);
    } else if (finding->file[0] != '\0') {
        buf_add_text(out, " in ");
        markdown_code(out, finding->file);
        if (finding->line > 0)
            buf_printf(out, " line %lld", (long long)finding->line);
    }
    if (finding->because[0] != '\0') {
        buf_add_text(out, "; ");
        markdown_text(out, finding->because);
    }
    if (finding->statistic[0] != '\0') {
        buf_add_text(out, " (");
        markdown_text(out, finding->statistic);
        buf_add_text(out, ")");
    }
    buf_add_text(out, "\n");
}

/* A tool's <details>, in a buffer of its own; nothing for one that has nothing to add.
 * GitHub reads Markdown in it behind an empty line. */
static void add_details(struct buf *out, const struct report *report)
{
    size_t head, list;

    buf_add_text(out, "\n<details><summary>");
    markdown_name(out, report->tool);
    buf_printf(out, " %s</summary>\n\n", markdown_verdict(report->status));
    head = out->n;
    for (size_t i = 0; i < report->findings.n; i++)
        add_where(out, &report->findings.item[i]);
    list = out->n;
    buf_add_text(out, list > head ? "\n" : "");
    markdown_add_sections(out, report);
    if (list > head && out->n == list + 1)
        buf_cut(out, list);
    if (out->n == head)
        buf_cut(out, 0);
    else
        buf_add_text(out, "\n</details>\n");
}

static void add_all_details(struct buf *out, const struct report *reports, size_t n)
{
    size_t left_out = 0;

    for (size_t i = 0; i < n; i++) {
        size_t used = out->n + LEFT_OUT_BYTES;
        struct buf section;

        buf_init(&section, out->arena,
                 used < MARKDOWN_COMMENT_MAX ? MARKDOWN_COMMENT_MAX - used : 0);
        add_details(&section, &reports[i]);
        if (section.overflowed)
            left_out++;
        else
            buf_add(out, section.at, section.n);
    }
    if (left_out > 0)
        buf_printf(out, "\n... and the sections of %zu more tool%s\n", left_out,
                   left_out == 1 ? "" : "s");
}

static void add_head(struct buf *out, const struct report *reports, size_t n)
{
    struct report_tally tally = reports_tally(reports, n);

    buf_add_text(out, "<!-- rounds:report -->\n");
    markdown_add_verdict(out, tally.worst);
    if (n == 1) {
        markdown_name(out, reports[0].tool);
        buf_add_text(out, ", ");
        markdown_text(out, reports[0].summary);
    } else {
        buf_add_text(out, report_tally_text(&tally, out->arena));
    }
    buf_add_text(out, "\n\n");
    markdown_add_tools(out, reports, n);
    if (n != 1)
        markdown_add_reasons(out, reports, n);
}

void render_markdown(const struct report *reports, size_t n,
                     const struct run_facts *facts, struct buf *out)
{
    struct buf text, muted;

    buf_init(&text, out->arena, out->most);
    buf_init(&muted, out->arena, out->most);
    markdown_add_muted(&muted, reports, n);
    add_head(&text, reports, n);
    if (facts && facts->changes) {
        buf_add_text(&text, "## Changed\n");
        changes_format_markdown(facts->changes, CHANGES_BYTES_MAX, &text);
    }
    markdown_add_findings(&text, reports, n, SIZE_MAX,
                          MARKDOWN_COMMENT_MAX - LEFT_OUT_BYTES - muted.n);
    buf_add(&text, muted.at, muted.n);
    add_all_details(&text, reports, n);
    buf_add(out, text.at, text.n);
    out->overflowed = out->overflowed || text.overflowed;
}
