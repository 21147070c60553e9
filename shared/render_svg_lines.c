/* Lines of a chart, and the band behind them. A value that is missing ends a line; one
 * that stands alone is a dot. */
#include <string.h>

#include "shared/render_svg.h"

#include "shared/banned.h"

/* Known numbers side by side: from `*at`, which is moved behind them. */
static size_t next_run(const struct number *number, size_t n, size_t *at, size_t *first)
{
    while (*at < n && !number[*at].known)
        (*at)++;
    *first = *at;
    while (*at < n && number[*at].known)
        (*at)++;
    return *at - *first;
}

bool svg_is_bound(const struct plot *plot, size_t s)
{
    return strcmp(plot->chart->series[s].name, "limit") == 0;
}

static void add_path(const struct plot *plot, size_t s, struct buf *out)
{
    const struct number *number = plot->value + s * plot->n;
    bool is_open = false;

    for (size_t at = 0, first, n; (n = next_run(number, plot->n, &at, &first)) > 0;) {
        if (n == 1)
            continue;
        if (!is_open)
            buf_printf(out, "<path class=\"line %s%zu\" d=\"",
                       svg_is_bound(plot, s) ? "bound s" : "s", s);
        is_open = true;
        for (size_t i = first; i < first + n; i++)
            svg_point(out, i == first ? 'M' : 'L', plot_middle(plot, plot->column[i]),
                      plot_value(plot, number[i].value));
    }
    if (is_open)
        buf_add_text(out, "\"/>");
}

/* Values that stand alone, and the last with its series' own sign. */
static void add_dots(const struct plot *plot, size_t s, struct buf *out)
{
    const struct number *number = plot->value + s * plot->n;
    size_t last = plot->n;

    for (size_t at = 0, first, n; (n = next_run(number, plot->n, &at, &first)) > 0;) {
        last = first + n - 1;
        if (n > 1)
            continue;
        buf_printf(out, "<circle class=\"f%zu\" r=\"1.8\" cx=\"", s);
        svg_length(out, plot_middle(plot, plot->column[first]));
        buf_add_text(out, "\" cy=\"");
        svg_length(out, plot_value(plot, number[first].value));
        buf_add_text(out, "\"/>");
    }
    if (last < plot->n && !svg_is_bound(plot, s))
        svg_sign(out, s, plot_middle(plot, plot->column[last]),
                 plot_value(plot, number[last].value));
}

void svg_lines(const struct plot *plot, struct buf *out)
{
    // The first series is drawn last, on top.
    for (size_t s = plot->nseries; s-- > 0;) {
        add_path(plot, s, out);
        add_dots(plot, s, out);
    }
}

static bool has_band(const struct plot *plot, size_t i)
{
    return plot->low[i].known && plot->high[i].known;
}

void svg_band(const struct plot *plot, struct buf *out)
{
    size_t i = 0, first;

    while (plot->low && i < plot->n) {
        for (first = i; i < plot->n && has_band(plot, i);)
            i++;
        if (i == first) {
            i++;
            continue;
        }
        buf_add_text(out, "<path class=\"band\" d=\"");
        for (size_t at = first; at < i; at++) {
            double y = plot_value(plot, plot->high[at].value);

            if (at == first)
                svg_point(out, 'M', plot_edge(plot, plot->column[at]), y);
            svg_point(out, 'L', plot_middle(plot, plot->column[at]), y);
            if (at + 1 == i)
                svg_point(out, 'L', plot_edge(plot, plot->column[at] + 1), y);
        }
        for (size_t at = i; at-- > first;) {
            double y = plot_value(plot, plot->low[at].value);

            if (at + 1 == i)
                svg_point(out, 'L', plot_edge(plot, plot->column[at] + 1), y);
            svg_point(out, 'L', plot_middle(plot, plot->column[at]), y);
            if (at == first)
                svg_point(out, 'L', plot_edge(plot, plot->column[at]), y);
        }
        buf_add_text(out, "Z\"/>");
    }
}
