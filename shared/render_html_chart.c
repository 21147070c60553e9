/* A chart on the page: caption, legend, drawing, marks in words, numbers in a table. */
#include <string.h>

#include "shared/render_html.h"
#include "shared/render_svg.h"

#include "shared/banned.h"

enum { MARKS_SHOWN = 5, COLOURS = 7 };

static void add_unit(const struct chart *chart, const char *before, struct buf *out)
{
    if (chart->unit[0] == '\0' || strcmp(chart->unit, "score") == 0)
        return;
    buf_add_text(out, before);
    html_text(out, chart->unit);
}

/* What a series was last; NULL: nothing that is drawn. */
static const char *last_value(const struct plot *plot, size_t s)
{
    for (size_t i = plot->n; i-- > 0;)
        if (plot->value[s * plot->n + i].known)
            return plot->chart->series[s].value[plot->first + i];
    return NULL;
}

static void add_key(const struct plot *plot, size_t s, struct buf *out)
{
    buf_add_text(out, "<svg class=\"key\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">");
    if (plot->chart->kind == CHART_LINE) {
        buf_printf(out, "<path class=\"line %s%zu\" d=\"M0 6H26\"/>",
                   svg_is_bound(plot, s) ? "bound s" : "s", s);
        if (!svg_is_bound(plot, s))
            svg_sign(out, s, 20, 6);
    } else {
        buf_printf(out,
                   "<rect class=\"bar s%zu\" fill=\"url(#p%zu)\" x=\"1\" y=\"1\" "
                   "width=\"24\" height=\"10\"/>",
                   s, s);
    }
    buf_add_text(out, "</svg>");
}

static void add_legend(const struct plot *plot, struct buf *out)
{
    const struct chart *chart = plot->chart;

    buf_add_text(out, "<ul class=\"legend\">");
    for (size_t s = 0; s < plot->nseries; s++) {
        const char *last = last_value(plot, s);

        buf_add_text(out, "<li>");
        add_key(plot, s, out);
        html_text(out, chart->series[s].name);
        if (plot->has_days && last) {
            buf_add_text(out, " <b>");
            html_text(out, last);
            add_unit(chart, "\xc2\xa0", out);
            buf_add_text(out, "</b>");
        }
        buf_add_text(out, "</li>");
    }
    if (plot->low && chart->kind == CHART_LINE)
        buf_add_text(out, "<li><svg class=\"key\" viewBox=\"0 0 26 12\" "
                          "aria-hidden=\"true\"><rect class=\"band\" width=\"26\" "
                          "height=\"12\"/></svg>usual range</li>");
    buf_add_text(out, "</ul>\n");
}

static void add_marks(const struct plot *plot, struct buf *out)
{
    const struct chart *chart = plot->chart;
    size_t first = chart->nmarks > MARKS_SHOWN ? chart->nmarks - MARKS_SHOWN : 0;

    if (chart->nmarks == 0)
        return;
    buf_add_text(out, "<ul class=\"marks\">");
    for (size_t i = first; i < chart->nmarks; i++) {
        buf_add_text(out, "<li>");
        html_text(out, chart->mark[i].x);
        buf_add_text(out, " ");
        html_text(out, chart->mark[i].text);
        buf_add_text(out, "</li>");
    }
    buf_add_text(out, "</ul>\n");
}

static void add_cell(const char *const *value, size_t i, struct buf *out)
{
    buf_add_text(out, "<td class=\"number\">");
    if (value && value[i])
        html_text(out, value[i]);
    buf_add_text(out, "</td>");
}

/* The numbers, the newest first. */
static void add_numbers(const struct plot *plot, struct buf *out)
{
    const struct chart *chart = plot->chart;

    buf_add_text(out, "<details><summary>Numbers</summary><div class=\"scroll\" "
                      "tabindex=\"0\"><table><thead><tr><th>");
    buf_add_text(out, plot->has_days ? "day" : "name");
    buf_add_text(out, "</th>");
    for (size_t s = 0; s < plot->nseries; s++) {
        buf_add_text(out, "<th class=\"number\">");
        html_text(out, chart->series[s].name);
        add_unit(chart, ", ", out);
        buf_add_text(out, "</th>");
    }
    if (plot->low)
        buf_add_text(out,
                     "<th class=\"number\">low</th><th class=\"number\">high</th>");
    buf_add_text(out, "</tr></thead>\n<tbody>");
    for (size_t at = 0; at < plot->n; at++) {
        size_t i = plot->first + (plot->has_days ? plot->n - 1 - at : at);

        buf_add_text(out, "<tr><td>");
        html_text(out, chart->x[i] ? chart->x[i] : "");
        buf_add_text(out, "</td>");
        for (size_t s = 0; s < plot->nseries; s++)
            add_cell(chart->series[s].value, i, out);
        if (plot->low) {
            add_cell(chart->low, i, out);
            add_cell(chart->high, i, out);
        }
        buf_add_text(out, "</tr>\n");
    }
    buf_add_text(out, "</tbody></table></div></details>\n");
}

void html_chart(const struct chart *chart, size_t points, const char *id,
                struct buf *out)
{
    struct plot plot = plot_new(chart, points, out->arena);

    buf_add_text(out, "<figure class=\"card\"><figcaption><h3>");
    html_text(out, chart->title);
    if (plot.is_flat && chart->unit[0] != '\0') {
        buf_add_text(out, " <span class=\"soft\">");
        html_text(out, chart->unit);
        buf_add_text(out, "</span>");
    }
    buf_add_text(out, "</h3></figcaption>\n");
    if (!plot.is_empty)
        add_legend(&plot, out);
    render_svg(&plot, id, out);
    add_marks(&plot, out);
    if (plot.n > 0)
        add_numbers(&plot, out);
    buf_add_text(out, "</figure>\n");
}

/* Hatching for bars and stacks, one a series, once a page. */
void html_patterns(struct buf *out)
{
    static const char *const strokes[COLOURS] = {
        "",
        "M-1 7L7-1M5 13L13 5M-1 13L13-1",
        "M0 3H12M0 9H12",
        "M3 0V12M9 0V12",
        "M-1-1L13 13M-1 5L7 13M5-1L13 7",
        "M0 6H12M6 0V12",
        "M2 3H4M8 9H10",
    };

    buf_add_text(out, "<svg class=\"hidden\" aria-hidden=\"true\"><defs>\n");
    for (size_t s = 0; s < CHART_SERIES_MAX; s++) {
        bool is_again = s >= COLOURS; // the colour is: paler, other hatching
        const char *stroke = strokes[(is_again ? s + 3 : s) % COLOURS];

        buf_printf(out,
                   "<pattern id=\"p%zu\" width=\"12\" height=\"12\" "
                   "patternUnits=\"userSpaceOnUse\"><rect class=\"f%zu\" width=\"12\" "
                   "height=\"12\" fill-opacity=\"%s\"/>",
                   s, s, is_again ? ".2" : ".42");
        if (stroke[0] != '\0')
            buf_printf(out,
                       "<path class=\"s%zu\" d=\"%s\" fill=\"none\" "
                       "stroke-opacity=\".6\" stroke-width=\"%d\"/>",
                       s, stroke, is_again ? 2 : 1);
        buf_add_text(out, "</pattern>\n");
    }
    buf_add_text(out, "</defs></svg>\n");
}
