/*
 * A chart as inline SVG, of lines, bars or stacks: what render_html.c's page is drawn
 * with. Colours, dashes and hatching are classes of shared/report.css; nothing refers
 * outside the page. What is missing is a gap, never 0.
 */
#ifndef SHARED_RENDER_SVG_H
#define SHARED_RENDER_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/axis.h"
#include "shared/chart.h"
#include "shared/report.h"
#include "shared/str.h"

/* Outside text within the page: made fit to print, then escaped. */
void html_text(struct buf *out, const char *text);

/* A cell or value of a chart; unknown: none, no number, or beyond 1e15. */
struct number {
    bool known;
    double value;
};

enum { SVG_WIDTH = 400, SVG_ROWS_MAX = 40, PLOT_NAME_MAX = 14 };

/* A chart measured out: what is drawn, and where its axes lie. Coordinates are units of
 * the viewBox, y downwards. */
struct plot {
    const struct chart *chart;
    size_t first, n; /* the points drawn */
    size_t nseries;  /* at most CHART_SERIES_MAX */
    bool has_days;   /* x are days, ascending */
    bool is_flat;    /* bars of names, which lie: values grow to the right */
    int32_t day;     /* of column 0 */
    int32_t columns;
    const int32_t *column;           /* one a point */
    const struct number *value;      /* series by series, n each */
    const struct number *low, *high; /* n each; NULL: no band */
    struct number limit;
    const char *unit;  /* cut to its room */
    bool limit_is_far; /* above the data so much that it would flatten them */
    bool is_empty;     /* no number at all */
    struct axis axis;
    double low_end, high_end; /* of the axis */
    double left, right, top, bottom, height;
};

/* The newest `points` of the chart. Arrays live in the arena. */
struct plot plot_new(const struct chart *chart, size_t points, struct arena *arena);

/* Where a value lies: y, or x when the bars lie. */
double plot_value(const struct plot *plot, double value);
/* The middle of a column, and the edges of its share of the width. */
double plot_middle(const struct plot *plot, int32_t column);
double plot_edge(const struct plot *plot, int32_t column);
/* The column of an x of the chart; false: it is none of those drawn. */
bool plot_find(const struct plot *plot, const char *x, int32_t *column);

/* "12.3 4.5", to a tenth of a unit; `command` ('M', 'L', ...) stands before it. */
void svg_point(struct buf *out, char command, double x, double y);
void svg_length(struct buf *out, double length);
/* A sign for series `i`, around a point. */
void svg_sign(struct buf *out, size_t i, double x, double y);

/* A limit that moves from day to day comes as a series of that name. */
bool svg_is_bound(const struct plot *plot, size_t s);

/* The parts, render_svg_lines.c and render_svg_bars.c. */
void svg_band(const struct plot *plot, struct buf *out);
void svg_lines(const struct plot *plot, struct buf *out);
void svg_bars(const struct plot *plot, struct buf *out);
void svg_stacks(const struct plot *plot, struct buf *out);

/* The whole; `id` is the page's name for it. */
void render_svg(const struct plot *plot, const char *id, struct buf *out);

#endif
