/* Bars side by side and stacks of a chart: columns for days, lying for names. */
#include <math.h>

#include "shared/render_svg.h"

#include "shared/banned.h"

/* A rectangle between two corners, hatched as series `s`. */
static void add_rectangle(struct buf *out, size_t s, const double from[2],
                          const double to[2])
{
    const double length[] = {fabs(to[0] - from[0]), fabs(to[1] - from[1])};

    buf_printf(out, "<rect class=\"bar s%zu\" fill=\"url(#p%zu)\" x=\"", s, s);
    svg_length(out, fmin(from[0], to[0]));
    buf_add_text(out, "\" y=\"");
    svg_length(out, fmin(from[1], to[1]));
    buf_add_text(out, "\" width=\"");
    svg_length(out, length[0]);
    buf_add_text(out, "\" height=\"");
    svg_length(out, length[1]);
    buf_add_text(out, "\"/>");
}

/* From `low` to `high` along the values, across from `across` for `width`. */
static void add_bar(const struct plot *plot, size_t s, const double values[2],
                    double across, double width, struct buf *out)
{
    double low = plot_value(plot, values[0]), high = plot_value(plot, values[1]);

    if (plot->is_flat)
        add_rectangle(out, s, (const double[]){low, across},
                      (const double[]){high, across + width});
    else
        add_rectangle(out, s, (const double[]){across, low},
                      (const double[]){across + width, high});
}

/* The number at the end of a lying bar. */
static void add_number(const struct plot *plot, double value, double y,
                       const char *text, struct buf *out)
{
    buf_add_text(out, "<text class=\"start\" x=\"");
    svg_length(out, plot_value(plot, value) + 5);
    buf_add_text(out, "\" y=\"");
    svg_length(out, y);
    buf_add_text(out, "\">");
    html_text(out, text);
    buf_add_text(out, "</text>");
}

void svg_bars(const struct plot *plot, struct buf *out)
{
    for (size_t i = 0; i < plot->n; i++) {
        double from = plot_edge(plot, plot->column[i]);
        double room = plot_edge(plot, plot->column[i] + 1) - from;
        double width = room * (plot->is_flat ? 0.76 : 0.8) / (double)plot->nseries;

        from += room * (plot->is_flat ? 0.12 : 0.1);
        for (size_t s = 0; s < plot->nseries; s++) {
            struct number number = plot->value[s * plot->n + i];
            double across = from + width * (double)s;

            if (!number.known)
                continue;
            add_bar(plot, s, (const double[]){fmax(plot->low_end, 0), number.value},
                    across, fmax(width - (plot->is_flat ? 2 : 0), 0.5), out);
            if (plot->is_flat)
                add_number(plot, fmax(number.value, 0), across + width / 2 + 3,
                           plot->chart->series[s].value[plot->first + i], out);
        }
    }
}

/* ---- stacks ---- */

/* Where a part of a stack ends; where it begins is where the ones under it end. */
static double stack_top(const struct plot *plot, size_t s, size_t i)
{
    double sum = 0;

    for (size_t below = 0; below <= s; below++) {
        struct number part = plot->value[below * plot->n + i];

        sum += part.known ? fmax(part.value, 0) : 0;
    }
    return sum;
}

static double stack_foot(const struct plot *plot, size_t s, size_t i)
{
    return s == 0 ? 0 : stack_top(plot, s - 1, i);
}

static void add_flat_stacks(const struct plot *plot, struct buf *out)
{
    for (size_t i = 0; i < plot->n; i++) {
        double from = plot_edge(plot, plot->column[i]);
        double room = plot_edge(plot, plot->column[i] + 1) - from;

        for (size_t s = 0; s < plot->nseries; s++)
            if (plot->value[s * plot->n + i].known)
                add_bar(plot, s,
                        (const double[]){stack_foot(plot, s, i), stack_top(plot, s, i)},
                        from + room * 0.15, room * 0.7, out);
    }
}

/* Days of a series that follow each other without a gap: one outline, in steps, for a
 * share holds for its whole day. */
static void add_steps(const struct plot *plot, size_t s, size_t first, size_t end,
                      struct buf *out)
{
    buf_printf(out, "<path class=\"area s%zu\" fill=\"url(#p%zu)\" d=\"", s, s);
    for (size_t i = first; i < end; i++) {
        double y = plot_value(plot, stack_top(plot, s, i));

        svg_point(out, i == first ? 'M' : 'L', plot_edge(plot, plot->column[i]), y);
        buf_add_text(out, "H");
        svg_length(out, plot_edge(plot, plot->column[i] + 1));
    }
    for (size_t i = end; i-- > first;) {
        double y = plot_value(plot, stack_foot(plot, s, i));

        svg_point(out, 'L', plot_edge(plot, plot->column[i] + 1), y);
        buf_add_text(out, "H");
        svg_length(out, plot_edge(plot, plot->column[i]));
    }
    buf_add_text(out, "Z\"/>");
}

/* A part of none is no line on the ones under it. */
static bool has_height(struct number number)
{
    return number.known && number.value > 0;
}

void svg_stacks(const struct plot *plot, struct buf *out)
{
    if (plot->is_flat) {
        add_flat_stacks(plot, out);
        return;
    }
    for (size_t s = 0; s < plot->nseries; s++) {
        const struct number *number = plot->value + s * plot->n;

        for (size_t i = 0, first; i < plot->n;) {
            while (i < plot->n && !has_height(number[i]))
                i++;
            first = i;
            while (i < plot->n && has_height(number[i]) &&
                   (i == first || plot->column[i] == plot->column[i - 1] + 1))
                i++;
            if (i > first)
                add_steps(plot, s, first, i, out);
        }
    }
}
