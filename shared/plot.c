/* Charts measured out: numbers from texts, ranges, and where things lie. */
#include <math.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/render_svg.h"
#include "shared/text.h"

#include "shared/banned.h"

static const double number_most = 1e15; // beyond it axis_fit has no ticks
static const double digit_width = 7.6;  // of the largest type that report.css sets

static struct number number_of(const char *text)
{
    struct number number = {0};

    if (text && str_to_double(text, strlen(text), &number.value) &&
        fabs(number.value) <= number_most)
        number.known = true;
    return number;
}

static const struct number *numbers_of(const char *const *text, size_t n,
                                       struct arena *arena)
{
    struct number *number;

    if (!text)
        return NULL;
    number = arena_new(arena, struct number, n);
    for (size_t i = 0; i < n; i++)
        number[i] = number_of(text[i]);
    return number;
}

/* ---- along x ---- */

/* Days, each after the one before: then a column a day, so that a day that is not there
 * leaves its room. Else a column a point. */
static void place_columns(struct plot *plot, struct arena *arena)
{
    int32_t *column = arena_new(arena, int32_t, plot->n);
    int32_t before = 0;

    plot->column = column;
    plot->has_days = plot->n > 0;
    for (size_t i = 0; i < plot->n && plot->has_days; i++) {
        const char *x = plot->chart->x[plot->first + i];

        plot->has_days =
            x && day_parse(x, strlen(x), &column[i]) && (i == 0 || column[i] > before);
        before = column[i];
    }
    plot->day = plot->has_days ? column[0] : 0;
    plot->columns = plot->has_days ? before - plot->day + 1 : (int32_t)plot->n;
    for (size_t i = 0; i < plot->n; i++)
        column[i] = plot->has_days ? column[i] - plot->day : (int32_t)i;
}

bool plot_find(const struct plot *plot, const char *x, int32_t *column)
{
    int32_t day;

    if (plot->has_days && day_parse(x, strlen(x), &day)) {
        *column = day - plot->day;
        return *column >= 0 && *column < plot->columns;
    }
    for (size_t i = 0; i < plot->n; i++) {
        const char *of = plot->chart->x[plot->first + i];

        if (of && strcmp(of, x) == 0) {
            *column = plot->column[i];
            return true;
        }
    }
    return false;
}

/* ---- along y ---- */

struct range {
    bool known;
    double low, high;
};

static void widen(struct range *range, double value)
{
    range->low = range->known ? fmin(range->low, value) : value;
    range->high = range->known ? fmax(range->high, value) : value;
    range->known = true;
}

static void widen_by(struct range *range, const struct number *number, size_t n)
{
    for (size_t i = 0; number && i < n; i++)
        if (number[i].known)
            widen(range, number[i].value);
}

/* Heights of the stacks. A negative part cannot be stacked and counts as none. */
static struct range stack_range(const struct plot *plot)
{
    struct range range = {0};

    for (size_t i = 0; i < plot->n; i++) {
        struct number sum = {0};

        for (size_t s = 0; s < plot->nseries; s++) {
            struct number part = plot->value[s * plot->n + i];

            sum.known = sum.known || part.known;
            sum.value += part.known ? fmax(part.value, 0) : 0;
        }
        if (sum.known)
            widen(&range, fmin(sum.value, number_most));
    }
    return range;
}

static struct range data_range(const struct plot *plot)
{
    struct range range = {0};

    if (plot->chart->kind == CHART_STACK)
        return stack_range(plot);
    widen_by(&range, plot->value, plot->n * plot->nseries);
    if (plot->chart->kind == CHART_LINE && plot->low) {
        widen_by(&range, plot->low, plot->n);
        widen_by(&range, plot->high, plot->n);
    }
    return range;
}

/* Counts: no value has a fraction. */
static bool is_whole(const struct plot *plot)
{
    for (size_t i = 0; i < plot->n * plot->nseries; i++)
        if (plot->value[i].known && plot->value[i].value != floor(plot->value[i].value))
            return false;
    return true;
}

static void fit_axis(struct plot *plot)
{
    struct range range = data_range(plot);
    bool is_line = plot->chart->kind == CHART_LINE;
    bool is_share = strcmp(plot->chart->unit, "%") == 0;
    bool is_score = strcmp(plot->chart->unit, "score") == 0;

    plot->is_empty = !range.known;
    // A limit far above would leave the data a flat line at the bottom.
    plot->limit_is_far = is_line && plot->limit.known && range.known &&
                         range.high > 0 && plot->limit.value > 4 * range.high;
    if (plot->limit.known && !plot->limit_is_far)
        widen(&range, plot->limit.value);
    if (!is_line ||
        (range.low >= 0 && (range.low <= 0.5 * range.high || range.low == range.high)))
        widen(&range, 0);
    if (is_share && !is_line && range.low >= 0 && range.high > 50 && range.high < 101)
        range.high = 100; // parts of a whole, rounded
    if (is_score && range.low >= 0 && range.high <= 100)
        range = (struct range){true, 0, 100};
    plot->axis = axis_fit(range.low, range.high, is_whole(plot));
    plot->low_end = axis_low(&plot->axis);
    plot->high_end = axis_high(&plot->axis);
}

double plot_value(const struct plot *plot, double value)
{
    double share = (value - plot->low_end) / (plot->high_end - plot->low_end);

    share = fmin(fmax(share, 0), 1);
    return plot->is_flat ? plot->left + share * (plot->right - plot->left)
                         : plot->bottom - share * (plot->bottom - plot->top);
}

double plot_edge(const struct plot *plot, int32_t column)
{
    double length = plot->is_flat ? plot->bottom - plot->top : plot->right - plot->left;

    return (plot->is_flat ? plot->top : plot->left) +
           length * column / (plot->columns > 0 ? plot->columns : 1);
}

double plot_middle(const struct plot *plot, int32_t column)
{
    return (plot_edge(plot, column) + plot_edge(plot, column + 1)) / 2;
}

/* ---- all ---- */

static size_t longest(const struct plot *plot)
{
    size_t most = 0;

    for (int64_t i = plot->axis.first; i <= plot->axis.last; i++) {
        char label[AXIS_LABEL_BYTES];

        axis_label(&plot->axis, i, label);
        most = strlen(label) > most ? strlen(label) : most;
    }
    return most;
}

/* Room for the names of lying bars, which are cut after PLOT_NAME_MAX characters. */
static double name_room(const struct plot *plot)
{
    enum { DOTS = 2 };

    size_t most = 0;

    for (size_t i = 0; i < plot->n; i++) {
        const char *x = plot->chart->x[plot->first + i];

        most = x && strlen(x) > most ? strlen(x) : most;
    }
    return 14 +
           digit_width * (double)(most < PLOT_NAME_MAX ? most : PLOT_NAME_MAX + DOTS);
}

static void set_frame(struct plot *plot)
{
    enum { ROOM = 12, END = 22, HEIGHT = 196, FOOT = 24 };

    plot->top = 30;
    plot->right = SVG_WIDTH - END;
    if (plot->is_flat) {
        double row =
            plot->chart->kind == CHART_BAR ? 10 + 11.0 * (double)plot->nseries : 24;

        plot->top = plot->limit.known ? 26 : 4;
        plot->left = name_room(plot);
        plot->right = SVG_WIDTH - 52; // the longest bar's number
        plot->bottom = plot->top + row * plot->columns;
        plot->height = plot->bottom + FOOT;
    } else {
        plot->left = ROOM + digit_width * (double)longest(plot);
        plot->height = HEIGHT;
        plot->bottom = HEIGHT - FOOT;
    }
}

struct plot plot_new(const struct chart *chart, size_t points, struct arena *arena)
{
    struct plot plot = {.chart = chart, .limit = number_of(chart->limit)};
    struct number *value;

    plot.unit = text_safe(arena, chart->unit, strlen(chart->unit), PLOT_NAME_MAX);
    plot.n = chart->npoints < points ? chart->npoints : points;
    plot.nseries =
        chart->nseries < CHART_SERIES_MAX ? chart->nseries : CHART_SERIES_MAX;
    plot.first = chart->npoints - plot.n;
    place_columns(&plot, arena);
    plot.is_flat = chart->kind != CHART_LINE && !plot.has_days;
    if (plot.is_flat && plot.n > SVG_ROWS_MAX)
        plot.n = (size_t)(plot.columns = SVG_ROWS_MAX);
    plot.value = value = arena_new(arena, struct number, plot.nseries * plot.n);
    for (size_t s = 0; s < plot.nseries; s++)
        for (size_t i = 0; i < plot.n; i++)
            value[s * plot.n + i] = number_of(chart->series[s].value[plot.first + i]);
    if (chart->low && chart->high) {
        plot.low = numbers_of(chart->low + plot.first, plot.n, arena);
        plot.high = numbers_of(chart->high + plot.first, plot.n, arena);
    }
    fit_axis(&plot);
    set_frame(&plot);
    return plot;
}
