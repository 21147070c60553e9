/* Parts of a report in Markdown: verdict, tools, open findings, what is muted, a tool's
 * tables. */
#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/markdown.h"
#include "shared/render_internal.h"
#include "shared/render_markdown_internal.h"

#include "shared/banned.h"

enum {
    MORE_BYTES = 48, // "... and N more findings" and its line ends
    MUTED_BYTES_MAX = 4000,
};

void markdown_add_verdict(struct buf *out, enum verdict verdict)
{
    buf_printf(out, "**%s**: ", verdict_headline(verdict));
}

/* ---- tools ---- */

const char *markdown_verdict(enum verdict verdict)
{
    static const char *const words[] = {"ok", "warning", "critical", "unknown"};

    return words[verdict];
}

/* Whether all that have a day have the same one. */
static bool has_one_day(const struct report *reports, size_t n, int32_t *day)
{
    bool has_any = false;

    for (size_t i = 0; i < n; i++) {
        if (!reports[i].has_through)
            continue;
        if (has_any && reports[i].through != *day)
            return false;
        *day = reports[i].through;
        has_any = true;
    }
    return has_any;
}

void markdown_add_tools(struct buf *out, const struct report *reports, size_t n)
{
    int32_t day = 0;
    bool one_day = has_one_day(reports, n, &day);

    for (size_t i = 0; i < n; i++) {
        struct report_tally tally = reports_tally(&reports[i], 1);

        buf_add_text(out, i > 0 ? ", " : "");
        markdown_name(out, reports[i].tool);
        buf_printf(out, " %s", markdown_verdict(reports[i].status));
        if (tally.open > 0)
            buf_printf(out, " (%lld)", (long long)tally.open);
        if (reports[i].has_through && !one_day)
            buf_printf(out, " to %s", day_text(reports[i].through).text);
    }
    if (one_day)
        buf_printf(out, ", to %s", day_text(day).text);
    buf_add_text(out, "\n");
}

void markdown_add_reasons(struct buf *out, const struct report *reports, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (reports[i].status != VERDICT_UNKNOWN)
            continue;
        buf_add_text(out, "\n");
        markdown_name(out, reports[i].tool);
        buf_add_text(out, " could not judge: ");
        markdown_text(out, reports[i].summary);
        buf_add_text(out, "\n");
    }
}

/* ---- open findings ---- */

struct ranked {
    const struct finding *finding;
    size_t order; // as the reports have them
};

static int by_severity(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    int ids = strcmp(a->finding->id, b->finding->id);

    if (a->finding->severity != b->finding->severity)
        return a->finding->severity < b->finding->severity ? -1 : 1;
    if (ids != 0)
        return ids;
    return a->order < b->order ? -1 : a->order > b->order;
}

static struct ranked *rank(const struct report *reports, size_t n, struct arena *arena,
                           size_t *nopen)
{
    struct ranked *ranked = NULL;
    size_t n_ranked = 0, capacity = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t f = 0; f < reports[i].findings.n; f++) {
            const struct finding *finding = &reports[i].findings.item[f];

            if (!render_is_open(finding))
                continue;
            ranked = arena_room(arena, ranked, n_ranked, &capacity, sizeof *ranked);
            ranked[n_ranked] = (struct ranked){finding, n_ranked};
            n_ranked++;
        }
    }
    if (ranked)
        qsort(ranked, n_ranked, sizeof *ranked, by_severity);
    *nopen = n_ranked;
    return ranked;
}

static void add_value(struct buf *out, const char *value, const char *unit)
{
    buf_add_text(out, value[0] != '\0' ? " " : "");
    markdown_value(out, value, unit);
    buf_add_text(out, " |");
}

static void add_finding(struct buf *out, const struct finding *finding)
{
    buf_printf(out, "| %s | ", severity_word(finding->severity));
    markdown_code(out, finding->id);
    buf_add_text(out, " ");
    markdown_text(out, finding->message);
    buf_add_text(out, " |");
    add_value(out, finding->value, finding->unit);
    add_value(out, finding->limit, finding->unit);
    if (finding->n != 0)
        buf_printf(out, " %lld", (long long)finding->n);
    buf_printf(out, " | %s |\n", day_text(finding->since).text);
}

void markdown_add_findings(struct buf *out, const struct report *reports, size_t n,
                           size_t rows, size_t most)
{
    size_t nopen, said = 0;
    const struct ranked *ranked = rank(reports, n, out->arena, &nopen);

    buf_add_text(out, "## Open findings\n");
    if (nopen == 0) {
        buf_add_text(out, "None.\n");
        return;
    }
    buf_add_text(out, "| severity | finding | value | limit | n | since |\n"
                      "|---|---|---:|---:|---:|---|\n");
    for (; said < nopen && said < rows; said++) {
        size_t before = out->n;

        add_finding(out, ranked[said].finding);
        if (out->n > most || most - out->n < MORE_BYTES) {
            buf_cut(out, before);
            break;
        }
    }
    if (said < nopen)
        buf_printf(out, "\n... and %zu more finding%s\n", nopen - said,
                   nopen - said == 1 ? "" : "s");
}

/* ---- muted ---- */

static void add_mute(struct buf *out, const struct mute *mute)
{
    markdown_code(out, mute->id);
    buf_printf(out, " until %s (", day_text(mute->until).text);
    markdown_text(out, mute->why);
    buf_add_text(out, mute->who[0] != '\0' ? ", " : "");
    markdown_text(out, mute->who);
    buf_add_text(out, ")");
}

void markdown_add_muted(struct buf *out, const struct report *reports, size_t n)
{
    size_t start = out->n, all = 0, said = 0;

    for (size_t i = 0; i < n; i++)
        all += reports[i].muted.n;
    if (all == 0)
        return;
    buf_printf(out, "\n%zu muted: ", all);
    for (size_t i = 0; i < n; i++) {
        for (size_t m = 0; m < reports[i].muted.n; m++) {
            size_t before = out->n;

            buf_add_text(out, said > 0 ? "; " : "");
            add_mute(out, &reports[i].muted.item[m]);
            if (out->n - start > MUTED_BYTES_MAX) {
                buf_cut(out, before);
                buf_printf(out, " and %zu more\n", all - said);
                return;
            }
            said++;
        }
    }
    buf_add_text(out, "\n");
}

/* ---- a tool's own ---- */

static void add_table(struct buf *out, const struct table *table)
{
    size_t rows = table->nrows < ROWS_MAX ? table->nrows : ROWS_MAX;

    buf_add_text(out, "|");
    for (size_t c = 0; c < table->ncolumns; c++)
        add_value(out, table->column[c].name, "");
    buf_add_text(out, "\n|");
    for (size_t c = 0; c < table->ncolumns; c++)
        buf_add_text(out, table->column[c].is_number ? "---:|" : "---|");
    for (size_t r = 0; r < rows; r++) {
        buf_add_text(out, "\n|");
        for (size_t c = 0; c < table->ncolumns; c++)
            add_value(out, table->cell[r * table->ncolumns + c], "");
    }
    buf_add_text(out, "\n");
    if (rows < table->nrows)
        buf_printf(out, "\n... and %zu more rows\n", table->nrows - rows);
}

static void add_heading(struct buf *out, const struct report *report, const char *title)
{
    buf_add_text(out, "## ");
    markdown_name(out, report->tool);
    buf_add_text(out, title[0] != '\0' ? ": " : "");
    markdown_text(out, title);
    buf_add_text(out, "\n");
}

/* Another sentence of the tool: a paragraph of its own. */
static void add_sentence(struct buf *out, const struct report *report, bool *has_head,
                         const char *label, const char *text)
{
    if (*has_head)
        buf_add_text(out, "\n");
    else
        add_heading(out, report, "");
    *has_head = true;
    buf_add_text(out, label);
    markdown_text(out, text);
    buf_add_text(out, "\n");
}

/* All lines as they are in the terminal: no line of a block of code can end it. */
static void add_block(struct buf *out, const struct report *report, bool *has_head)
{
    *has_head = true;
    add_heading(out, report, "");
    buf_add_text(out, "```text\n");
    for (size_t i = 0; i < report->nlines && i < ROWS_MAX; i++) {
        markdown_code_line(out, report->lines[i]);
        buf_add_text(out, "\n");
    }
    buf_add_text(out, "```\n");
}

void markdown_add_sections(struct buf *out, const struct report *report)
{
    bool has_head = false;
    bool in_columns = render_in_columns(report); // which the tables say
    bool is_block = in_columns && report->ntables == 0;

    if (is_block)
        add_block(out, report, &has_head);
    for (size_t i = 0; i < report->ntables; i++) {
        const struct table *table = &report->tables[i];

        if (table->ncolumns == 0)
            continue;
        if (!has_head || table->title[0] != '\0')
            add_heading(out, report, table->title);
        else
            buf_add_text(out, "\n");
        has_head = true;
        add_table(out, table);
    }
    for (size_t i = 0; i < report->nlines && i < ROWS_MAX && !in_columns; i++)
        add_sentence(out, report, &has_head, "", report->lines[i]);
    for (size_t i = 0; i < report->nproblems && i < ROWS_MAX; i++)
        add_sentence(out, report, &has_head, "note: ", report->problems[i]);
}
