/* A chart's frame: axes, episodes, marks, limit; and what it says to those who cannot
 * see it. Lines and bars are in files of their own. */
#include "shared/render_svg.h"

#include <math.h>
#include <string.h>

#include "shared/text.h"

#include "shared/banned.h"

/* ---- numbers and texts ---- */

void svg_length(struct buf *out, double length)
{
    char text[24];
    size_t at = sizeof text;
    long tenths = lround(length * 10);
    unsigned long left = (unsigned long)(tenths < 0 ? -tenths : tenths);
    bool has_digit = left % 10 != 0;

    if (has_digit) {
        text[--at] = (char)('0' + left % 10);
        text[--at] = '.';
    }
    left /= 10;
    do
        text[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (tenths < 0)
        text[--at] = '-';
    buf_add(out, text + at, sizeof text - at);
}

void svg_point(struct buf *out, char command, double x, double y)
{
    buf_add(out, &command, 1);
    svg_length(out, x);
    buf_add_text(out, " ");
    svg_length(out, y);
}

static void add_attribute(struct buf *out, const char *name, double length)
{
    buf_printf(out, " %s=\"", name);
    svg_length(out, length);
    buf_add_text(out, "\"");
}

static void add_line(struct buf *out, const char *class, const double from[2],
                     const double to[2])
{
    buf_printf(out, "<path class=\"%s\" d=\"", class);
    svg_point(out, 'M', from[0], from[1]);
    svg_point(out, 'L', to[0], to[1]);
    buf_add_text(out, "\"/>");
}

static void add_text(struct buf *out, const char *class, double x, double y,
                     const char *text)
{
    buf_printf(out, "<text class=\"%s\"", class);
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    buf_add_text(out, ">");
    html_text(out, text);
    buf_add_text(out, "</text>");
}

void svg_sign(struct buf *out, size_t i, double x, double y)
{
    static const char *const shapes[] = {"m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
                                         "m-2.8-2.8h5.6v5.6h-5.6z",
                                         "m0-4l4 4l-4 4l-4-4z",
                                         "m0-3.8l3.8 6.6h-7.6z",
                                         "m-3.8-2.8h7.6l-3.8 6.6z",
                                         "m-4-1.4h8v2.8h-8z",
                                         "m-1.4-4h2.8v8h-2.8z"};

    buf_printf(out, "<path class=\"sign f%zu\" d=\"", i);
    svg_point(out, 'M', x, y);
    buf_printf(out, "%s\"/>", shapes[i % (sizeof shapes / sizeof *shapes)]);
}

/* ---- axes ---- */

/* Along the values: a line across the plot and a number at each tick. */
static void add_value_axis(const struct plot *plot, struct buf *out)
{
    for (int64_t i = plot->axis.first; i <= plot->axis.last; i++) {
        double at = plot_value(plot, (double)i * plot->axis.step);
        const double from[] = {plot->is_flat ? at : plot->left,
                               plot->is_flat ? plot->top : at};
        const double to[] = {plot->is_flat ? at : plot->right,
                             plot->is_flat ? plot->bottom : at};
        bool is_base = i == 0 || (i == plot->axis.first && i > 0);
        char label[AXIS_LABEL_BYTES];

        axis_label(&plot->axis, i, label);
        add_line(out, is_base ? "base" : "grid", from, to);
        if (plot->is_flat)
            add_text(out, "mid", at, plot->bottom + 16, label);
        else
            add_text(out, "end", plot->left - 7, at + 4, label);
    }
    if (!plot->is_flat && plot->unit[0] != '\0') // lying, it stands at the title
        add_text(out, "start", 4, 14, plot->unit);
}

static void add_days(const struct plot *plot, struct buf *out)
{
    struct axis_day day[AXIS_DAYS_MAX];
    size_t n = axis_days(plot->day, plot->day + plot->columns - 1, day);

    for (size_t i = 0; i < n; i++) {
        double x = plot_middle(plot, day[i].day - plot->day);
        const double from[] = {x, plot->bottom}, to[] = {x, plot->bottom + 4};

        add_line(out, "tick", from, to);
        add_text(out, "mid", x, plot->bottom + 17, day[i].label);
    }
}

/* A name as short as the room; `most` characters. */
static const char *shortened(const char *name, size_t most, struct arena *arena)
{
    return text_safe(arena, name, strlen(name), most);
}

static void add_names(const struct plot *plot, struct buf *out)
{
    enum { TICKS = 6, NARROW = 9 };

    size_t step = plot->is_flat || plot->n <= TICKS ? 1 : (plot->n + TICKS - 1) / TICKS;

    for (size_t i = 0; i < plot->n; i += step) {
        const char *name = plot->chart->x[plot->first + i];
        double at = plot_middle(plot, plot->column[i]);

        name = shortened(name ? name : "", plot->is_flat ? PLOT_NAME_MAX : NARROW,
                         out->arena);
        if (plot->is_flat)
            add_text(out, "end", plot->left - 7, at + 4, name);
        else
            add_text(out, "mid", at, plot->bottom + 17, name);
    }
}

/* ---- what stands behind and on the lines ---- */

/* From the first to the last column of it that is drawn; false: none is. */
static bool find_episode(const struct plot *plot, const struct chart_episode *episode,
                         int32_t *from, int32_t *to)
{
    const char *first = plot->n > 0 ? plot->chart->x[plot->first] : NULL;

    if (plot->n == 0)
        return false;
    if (episode->to[0] == '\0' || !plot_find(plot, episode->to, to)) {
        if (episode->to[0] != '\0' && first && strcmp(episode->to, first) < 0)
            return false;
        *to = plot->columns - 1;
    }
    if (!plot_find(plot, episode->from, from)) {
        if (!first || strcmp(episode->from, first) > 0)
            return false;
        *from = 0;
    }
    return *from <= *to;
}

static void add_episode(const struct plot *plot, const struct chart_episode *episode,
                        struct buf *out)
{
    enum { WORD = 36 }; // its room

    const char *word = severity_word(episode->severity);
    int32_t from, to;
    double x;

    if (plot->is_flat || !find_episode(plot, episode, &from, &to))
        return;
    x = plot_edge(plot, from);
    for (int part = 0; part < 2; part++) { // the shade, and a bar on top of it
        buf_printf(out, "<rect class=\"%s %s\"", part == 0 ? "shade" : "cap", word);
        add_attribute(out, "x", x);
        add_attribute(out, "y", plot->top);
        add_attribute(out, "width", fmax(plot_edge(plot, to + 1) - x, 1));
        add_attribute(out, "height", part == 0 ? plot->bottom - plot->top : 3);
        buf_add_text(out, "/>");
    }
    if (x + WORD <= SVG_WIDTH)
        add_text(out, word, x, plot->top - 4, word);
    else
        add_text(out, str_format(out->arena, "%s end", word), plot->right,
                 plot->top - 4, word);
}

static void add_marks(const struct plot *plot, struct buf *out)
{
    for (size_t i = 0; i < plot->chart->nmarks && !plot->is_flat; i++) {
        int32_t column;
        double x;

        if (!plot_find(plot, plot->chart->mark[i].x, &column))
            continue;
        x = plot_middle(plot, column);
        add_line(out, "mark", (const double[]){x, plot->top},
                 (const double[]){x, plot->bottom});
        buf_add_text(out, "<path class=\"pin\" d=\"");
        svg_point(out, 'M', x, plot->bottom);
        buf_add_text(out, "l-4 6h8z\"/>");
    }
}

/* Where words may stand: y downwards. */
struct place {
    bool is_left;
    double left, right, top, bottom;
};

/* How many lines pass there. */
static size_t count_crowd(const struct plot *plot, const struct place *place)
{
    size_t crowd = 0;

    for (size_t s = 0; s < plot->nseries; s++) {
        double before = 0;
        bool has_before = false;

        for (size_t i = 0; i < plot->n; i++) {
            struct number number = plot->value[s * plot->n + i];
            double x = plot_middle(plot, plot->column[i]);
            double at = plot_value(plot, number.value);

            has_before = has_before && number.known;
            crowd += number.known && x >= place->left && x <= place->right &&
                     fmin(at, has_before ? before : at) < place->bottom &&
                     fmax(at, has_before ? before : at) > place->top;
            before = at;
            has_before = number.known;
        }
    }
    return crowd;
}

/* At the end of the limit's line, and on the side of it, where the fewest lines pass;
 * above at the right where all are alike. */
static void add_limit_words(const struct plot *plot, double y, const char *text,
                            struct buf *out)
{
    enum { WORDS = 18, PLACES = 4 };

    double third = (plot->right - plot->left) / 3;
    size_t least = SIZE_MAX;
    struct place best = {0};

    for (int i = 0; i < PLACES; i++) {
        bool is_left = i % 2 == 1, is_below = i >= PLACES / 2;
        struct place place = {
            .is_left = is_left,
            .left = is_left ? plot->left : plot->right - third,
            .right = is_left ? plot->left + third : plot->right,
            .top = is_below ? y - 2 : y - WORDS,
            .bottom = is_below ? y + WORDS : y + 2,
        };
        size_t crowd = count_crowd(plot, &place);

        if (crowd < least && place.bottom <= plot->bottom + 2) {
            least = crowd;
            best = place;
        }
    }
    if (best.is_left)
        add_text(out, "limit", plot->left + 4, best.bottom < y + WORDS ? y - 5 : y + 13,
                 text);
    else
        add_text(out, "limit end", plot->right,
                 best.bottom < y + WORDS ? y - 5 : y + 13, text);
}

static void add_limit(const struct plot *plot, struct buf *out)
{
    const char *unit = plot->unit;
    double at;
    char *text;

    if (!plot->limit.known)
        return;
    text =
        str_format(out->arena, "limit %s%s%s%s", plot->chart->limit, unit[0] ? " " : "",
                   unit, plot->limit_is_far ? ", above this chart" : "");
    if (plot->limit_is_far) {
        add_text(out, "limit end", plot->right, plot->top - 8, text);
        return;
    }
    at = plot_value(plot, plot->limit.value);
    if (plot->is_flat) {
        add_line(out, "limit", (const double[]){at, plot->top - 4},
                 (const double[]){at, plot->bottom});
        add_text(out, "limit end", at + 20, plot->top - 8, text);
    } else {
        add_line(out, "limit", (const double[]){plot->left, at},
                 (const double[]){plot->right, at});
        add_limit_words(plot, at, text, out);
    }
}

/* ---- in words ---- */

static void describe_series(const struct plot *plot, size_t s, struct buf *out)
{
    const struct chart_series *series = &plot->chart->series[s];
    const char *lowest = NULL, *highest = NULL, *last = NULL;
    double low = 0, high = 0;

    for (size_t i = 0; i < plot->n; i++) {
        struct number number = plot->value[s * plot->n + i];

        if (!number.known)
            continue;
        last = series->value[plot->first + i];
        if (!lowest || number.value < low) {
            low = number.value;
            lowest = last;
        }
        if (!highest || number.value > high) {
            high = number.value;
            highest = last;
        }
    }
    buf_add_text(out, " ");
    html_text(out, series->name);
    if (!last) {
        buf_add_text(out, ": no data.");
        return;
    }
    buf_printf(out, ": %s to %s", lowest, highest);
    if (plot->has_days)
        buf_printf(out, ", last %s", last);
    buf_add_text(out, ".");
}

static void describe(const struct plot *plot, struct buf *out)
{
    static const char *const kinds[] = {"Lines", "Bars", "Stacked"};
    const struct chart *chart = plot->chart;

    if (plot->is_empty) {
        buf_add_text(out, "No data.");
        return;
    }
    buf_add_text(out, kinds[chart->kind]);
    if (chart->unit[0] != '\0') {
        buf_add_text(out, ", ");
        html_text(out, chart->unit);
    }
    buf_add_text(out, ", from ");
    html_text(out, chart->x[plot->first] ? chart->x[plot->first] : "");
    buf_add_text(out, " to ");
    html_text(out, chart->x[plot->first + plot->n - 1]
                       ? chart->x[plot->first + plot->n - 1]
                       : "");
    buf_add_text(out, ".");
    for (size_t s = 0; s < plot->nseries; s++)
        describe_series(plot, s, out);
    if (plot->limit.known)
        buf_printf(out, " Limit %s.", chart->limit);
    for (size_t i = 0; i < chart->nepisodes; i++) {
        buf_printf(out, " Episode, %s, from ",
                   severity_word(chart->episode[i].severity));
        html_text(out, chart->episode[i].from);
        buf_add_text(out, ".");
    }
}

void render_svg(const struct plot *plot, const char *id, struct buf *out)
{
    double height = plot->is_empty ? 90 : plot->height;

    buf_printf(out, "<svg class=\"chart\" viewBox=\"0 0 %d ", SVG_WIDTH);
    svg_length(out, height);
    buf_printf(out, "\" role=\"img\" aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">",
               id, id, id);
    html_text(out, plot->chart->title);
    buf_printf(out, "</title><desc id=\"%s-d\">", id);
    describe(plot, out);
    buf_add_text(out, "</desc>");
    if (plot->is_empty) {
        buf_printf(out,
                   "<rect class=\"none\" x=\"0.5\" y=\"0.5\" width=\"%d\" "
                   "height=\"89\" rx=\"6\"/>",
                   SVG_WIDTH - 1);
        add_text(out, "mid", SVG_WIDTH / 2.0, height / 2 + 4, "no data");
        buf_add_text(out, "</svg>\n");
        return;
    }
    for (size_t i = 0; i < plot->chart->nepisodes; i++)
        add_episode(plot, &plot->chart->episode[i], out);
    add_value_axis(plot, out);
    if (plot->has_days)
        add_days(plot, out);
    else
        add_names(plot, out);
    add_marks(plot, out);
    switch (plot->chart->kind) {
    case CHART_LINE:
        svg_band(plot, out);
        svg_lines(plot, out);
        break;
    case CHART_BAR: svg_bars(plot, out); break;
    case CHART_STACK: svg_stacks(plot, out); break;
    }
    add_limit(plot, out);
    buf_add_text(out, "</svg>\n");
}
