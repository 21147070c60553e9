/* Findings, and a tool's tables and charts, on the page. */
#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/render_html.h"
#include "shared/render_internal.h"
#include "shared/render_svg.h"

#include "shared/banned.h"

/* Longer tables, and more charts, are folded; a word or date of a cell stays whole. */
enum { ROWS_OPEN = 12, CHARTS_OPEN = 6, WORD_MAX = 24 };

/* ---- signs ---- */

void html_icons(struct buf *out)
{
    // A shape each, so that none is known by its colour alone.
    static const char *const icons[][2] = {
        {"crit", "M5 0h6l5 5v6l-5 5H5l-5-5V5zM7 3.5l.3 5.5h1.4L9 3.5zM8 10.3a1.1 1.1 0 "
                 "1 0 0 2.2a1.1 1.1 0 1 0 0-2.2z"},
        {"warn", "M8 .8L16 15H0zM7.1 5.8l.3 4.4h1.2l.3-4.4zM8 11.2a1 1 0 1 0 0 2a1 1 0 "
                 "1 0 0-2z"},
        {"ok", "M8 0a8 8 0 1 0 0 16A8 8 0 1 0 8 0zM3.6 8.3l1.2-1.2 2.2 2.2 4.2-4.5 "
               "1.2 1.2-5.4 5.7z"},
        {"info", "M2 0h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H2a2 2 0 0 1-2-2V2a2 2 0 0 1 "
                 "2-2zM7.2 6.6v6h1.6v-6zM8 3.2a1 1 0 1 0 0 2a1 1 0 1 0 0-2z"},
        {"unknown",
         "M8 0l8 8-8 8-8-8zM7.3 9.2h1.4c0-1.2 1.8-1.4 1.8-3.1 0-1.5-1.1-2.4-2.5-2.4"
         "-1.3 0-2.3.8-2.5 2l1.4.3c.1-.6.5-1 1.1-1 .6 0 1 .4 1 1 0 1-1.7 1.3-1.7 "
         "3.2zM8 10.2a.9.9 0 1 0 0 1.8a.9.9 0 1 0 0-1.8z"},
    };

    buf_add_text(out, "<svg class=\"hidden\" aria-hidden=\"true\"><defs>\n");
    for (size_t i = 0; i < sizeof icons / sizeof *icons; i++)
        buf_printf(out,
                   "<symbol id=\"i-%s\" viewBox=\"0 0 16 16\"><path "
                   "fill-rule=\"evenodd\" d=\"%s\"/></symbol>\n",
                   icons[i][0], icons[i][1]);
    buf_add_text(out, "</defs></svg>\n");
}

void html_icon(const char *word, struct buf *out)
{
    buf_printf(
        out, "<svg class=\"icon %s\" aria-hidden=\"true\"><use href=\"#i-%s\"/></svg>",
        word, word);
}

/* ---- findings ---- */

struct open_finding {
    const struct finding *finding;
    size_t order; /* of its tool, then of itself */
    int32_t through;
};

static int by_severity(const void *left, const void *right)
{
    const struct open_finding *a = left, *b = right;

    if (a->finding->severity != b->finding->severity)
        return a->finding->severity < b->finding->severity ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static size_t list_open(const struct report *reports, size_t n,
                        struct open_finding **list, struct arena *arena)
{
    size_t most = 0, found = 0;

    for (size_t i = 0; i < n; i++)
        most += reports[i].findings.n;
    *list = arena_new(arena, struct open_finding, most);
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < reports[i].findings.n; f++) {
            const struct finding *finding = &reports[i].findings.item[f];

            if (!render_is_open(finding))
                continue;
            (*list)[found] =
                (struct open_finding){finding, found,
                                      reports[i].has_through ? reports[i].through
                                                             : finding->since};
            found++;
        }
    if (found > 0)
        qsort(*list, found, sizeof **list, by_severity);
    return found;
}

static void add_age(const struct open_finding *open, struct buf *out)
{
    const struct finding *finding = open->finding;
    int32_t days = open->through - finding->since;

    buf_add_text(out, "<p class=\"age\"><b>");
    if (finding->status == STATUS_NEW || days <= 0)
        buf_add_text(out, "<span class=\"fresh\">new</span>");
    else
        buf_printf(out, "%d day%s", (int)days, days == 1 ? "" : "s");
    buf_printf(out, "</b><span class=\"since\"> since %s</span></p>",
               day_text(finding->since).text);
}

static void add_where(const struct finding *finding, struct buf *out)
{
    buf_add_text(out, "<code>");
    html_text(out, finding->id);
    buf_add_text(out, "</code>");
    if (finding->url[0] != '\0' || finding->file[0] != '\0') {
        buf_add_text(out, " at <code>");
        html_text(out, finding->url[0] != '\0' ? finding->url : finding->file);
        if (finding->url[0] == '\0' && finding->line > 0)
            buf_printf(out, ":%lld", (long long)finding->line);
        buf_add_text(out, "</code>");
    }
}

/* A part of the line of evidence, behind the ones before it. */
static void add_part(const char *name, const char *text, const char *unit, bool *is_any,
                     struct buf *out)
{
    if (text[0] == '\0')
        return;
    buf_add_text(out, *is_any ? "; " : "<p class=\"more\">");
    *is_any = true;
    buf_add_text(out, name);
    html_text(out, text);
    buf_add_text(out, unit[0] != '\0' ? "\xc2\xa0" : "");
    html_text(out, unit);
}

/* What the message has not said yet. */
static void add_evidence(const struct finding *finding, struct buf *out)
{
    bool is_any = false;

    add_part("", finding->because, "", &is_any, out);
    if (!strstr(finding->message, finding->value))
        add_part("value ", finding->value, finding->unit, &is_any, out);
    if (!strstr(finding->message, finding->limit))
        add_part("limit ", finding->limit, finding->unit, &is_any, out);
    if (finding->n > 1)
        add_part("n ", str_format(out->arena, "%lld", (long long)finding->n), "",
                 &is_any, out);
    add_part("", finding->statistic, "", &is_any, out);
    if (is_any)
        buf_add_text(out, "</p>");
}

static void add_finding(const struct open_finding *open, struct buf *out)
{
    const struct finding *finding = open->finding;
    const char *word = severity_word(finding->severity);

    buf_printf(out, "<li><p class=\"severity %s\">", word);
    html_icon(word, out);
    buf_printf(out, "%s</p>\n<div class=\"what\"><p class=\"message\">", word);
    html_text(out, finding->message);
    buf_add_text(out, "</p><p class=\"more\">");
    add_where(finding, out);
    buf_add_text(out, "</p>");
    add_evidence(finding, out);
    buf_add_text(out, "</div>\n");
    add_age(open, out);
    buf_add_text(out, "</li>\n");
}

static void add_muted(const struct report *reports, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t m = 0; m < reports[i].muted.n; m++) {
            const struct mute *mute = &reports[i].muted.item[m];

            buf_add_text(out, "<p class=\"muted\">muted <code>");
            html_text(out, mute->id);
            buf_printf(out, "</code> until %s (", day_text(mute->until).text);
            html_text(out, mute->why);
            if (mute->who[0] != '\0')
                buf_add_text(out, ", ");
            html_text(out, mute->who);
            buf_add_text(out, ")</p>\n");
        }
}

void html_findings(const struct report *reports, size_t n, size_t most, struct buf *out)
{
    struct open_finding *list;
    size_t found = list_open(reports, n, &list, out->arena), infos = 0;

    for (size_t i = 0; i < found; i++)
        infos += list[i].finding->severity == SEVERITY_INFO ? 1 : 0;
    buf_printf(out,
               "<section id=\"findings\"><h2>Open findings <span class=\"soft\">%zu",
               found - infos);
    if (infos > 0) // the headline leaves them out too
        buf_printf(out, " and %zu info", infos);
    buf_add_text(out, "</span></h2>\n<div class=\"card\">");
    if (found == 0)
        buf_add_text(out, "<p>Nothing is open.</p>");
    else
        buf_add_text(out, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < found && i < most; i++)
        add_finding(&list[i], out);
    if (found > 0)
        buf_add_text(out, "</ul>");
    if (found > most)
        buf_printf(out, "<p class=\"muted\">and %zu more</p>", found - most);
    add_muted(reports, n, out);
    buf_add_text(out, "</div></section>\n");
}

/* ---- a tool ---- */

static void add_rows(const struct table *table, size_t most, struct buf *out)
{
    buf_add_text(out, "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
    for (size_t c = 0; c < table->ncolumns; c++) {
        buf_printf(out, "<th%s>",
                   table->column[c].is_number ? " class=\"number\"" : "");
        html_text(out, table->column[c].name);
        buf_add_text(out, "</th>");
    }
    buf_add_text(out, "</tr></thead>\n<tbody>");
    for (size_t r = 0; r < table->nrows && r < most; r++) {
        buf_add_text(out, "<tr>");
        for (size_t c = 0; c < table->ncolumns; c++) {
            const char *cell = table->cell[r * table->ncolumns + c];
            bool is_word = strlen(cell) <= WORD_MAX && !strchr(cell, ' ');

            buf_printf(out, "<td%s>",
                       table->column[c].is_number ? " class=\"number\""
                       : is_word                  ? " class=\"word\""
                                                  : "");
            html_text(out, cell);
            buf_add_text(out, "</td>");
        }
        buf_add_text(out, "</tr>\n");
    }
    buf_add_text(out, "</tbody></table></div>\n");
    if (table->nrows > most)
        buf_printf(out, "<p class=\"muted\">and %zu more rows</p>\n",
                   table->nrows - most);
}

static void add_table(const struct table *table, size_t most, struct buf *out)
{
    bool is_folded = table->nrows > ROWS_OPEN;

    if (table->title[0] != '\0') {
        buf_add_text(out, "<h3>");
        html_text(out, table->title);
        buf_add_text(out, "</h3>\n");
    }
    if (is_folded)
        buf_printf(out, "<details><summary>%zu rows</summary>", table->nrows);
    add_rows(table, most, out);
    if (is_folded)
        buf_add_text(out, "</details>");
}

/* A card a table; one without a title goes on where the one before it ends. */
static void add_tables(const struct report *report, size_t most, struct buf *out)
{
    bool is_open = false;

    for (size_t i = 0; i < report->ntables; i++) {
        const struct table *table = &report->tables[i];

        if (table->ncolumns == 0)
            continue;
        if (is_open && table->title[0] != '\0')
            buf_add_text(out, "</div>\n");
        if (!is_open)
            buf_add_text(out, "<div class=\"tables\">\n");
        if (!is_open || table->title[0] != '\0')
            buf_add_text(out, "<div class=\"card\">");
        is_open = true;
        add_table(table, most, out);
    }
    if (is_open)
        buf_add_text(out, "</div>\n</div>\n");
}

/* The first of them at once, the others when asked for. */
static void add_charts(const struct report *report, size_t number, size_t points,
                       struct buf *out)
{
    bool is_folded = report->ncharts > CHARTS_OPEN + 1;

    if (report->ncharts == 0)
        return;
    buf_add_text(out, "<div class=\"charts\">\n");
    for (size_t i = 0; i < report->ncharts; i++) {
        if (is_folded && i == CHARTS_OPEN)
            buf_printf(out,
                       "</div>\n<details class=\"others\"><summary>%zu more "
                       "charts</summary>\n<div class=\"charts\">\n",
                       report->ncharts - CHARTS_OPEN);
        html_chart(&report->charts[i], points,
                   str_format(out->arena, "c%zu-%zu", number, i + 1), out);
    }
    buf_add_text(out, is_folded ? "</div></details>\n" : "</div>\n");
}

static void add_header(const struct report *report, struct buf *out)
{
    const char *word = verdict_word(report->status);

    buf_add_text(out, "<section class=\"tool\" id=\"");
    html_text(out, report->tool);
    buf_add_text(out, "\"><header><h2>");
    html_text(out, report->tool);
    buf_printf(out, "</h2><span class=\"severity %s\">", word);
    html_icon(word, out);
    buf_printf(out, "%s</span><p>", html_verdict(report->status));
    html_text(out, report->summary);
    if (report->has_through)
        buf_printf(out, ", data to %s", day_text(report->through).text);
    buf_add_text(out, "</p></header>\n");
}

/* What the tool says beside findings: sentences, or columns where no table says it. */
static void add_lines(const struct report *report, struct buf *out)
{
    bool in_columns = render_in_columns(report);

    if (report->nlines == 0 || (in_columns && report->ntables > 0))
        return;
    if (in_columns)
        buf_add_text(out, "<pre class=\"card scroll\" tabindex=\"0\">");
    for (size_t i = 0; i < report->nlines; i++) {
        buf_add_text(out, in_columns ? (i > 0 ? "\n" : "") : "<p class=\"note\">");
        html_text(out, report->lines[i]);
        if (!in_columns)
            buf_add_text(out, "</p>\n");
    }
    if (in_columns)
        buf_add_text(out, "</pre>\n");
}

void html_tool(const struct report *report, size_t number,
               const struct html_limits *limits, struct buf *out)
{
    add_header(report, out);
    for (size_t i = 0; i < report->nproblems; i++) {
        buf_add_text(out, "<p class=\"note\">Note: ");
        html_text(out, report->problems[i]);
        buf_add_text(out, "</p>\n");
    }
    add_lines(report, out);
    add_charts(report, number, limits->points, out);
    add_tables(report, limits->rows, out);
    buf_add_text(out, "</section>\n");
}
