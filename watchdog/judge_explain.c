/* What a rise is made of: shares of the excess by page, browser, device, release,
 * error; new releases. Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "watchdog/judge.h"

#include "shared/banned.h"

enum { VALUES_SAID = 2, RELEASES_SAID = 2, RELEASE_CANDIDATES = 64 };

struct dimension_shares {
    enum dimension dimension;
    struct share share[SHARES_MAX];
    size_t n;
};

/* What a cell gathered since the change day; one day alone would name whatever was
 * noisy on it. */
struct sums {
    int64_t affected, exposed;
    double expected;
};

/* Expected affected on one day: by the cell's own baseline, else at its parent's rate;
 * an unknown error has none. */
static double expected_on(const struct judged *judged, const struct judged *parent,
                          const struct observation *row)
{
    const struct judged *by = judged->tail.tested ? judged : parent;

    if (!judged->tail.tested && judged->cell->dimension == DIMENSION_ERROR)
        return 0;
    return fit_rate(&by->fit, day_weekday(row->day)) * (double)row->exposed;
}

static struct sums sum_since(const struct round *round, const struct judged *judged,
                             const struct judged *parent, int32_t change)
{
    const struct cell *cell = judged->cell;
    struct sums sums = {0};

    for (size_t i = 0; i < cell->ndays && cell->days[i].day <= round->day.day; i++) {
        const struct observation *row = &cell->days[i];

        if (row->day < change)
            continue;
        sums.affected += row->affected;
        sums.exposed += row->exposed;
        sums.expected += expected_on(judged, parent, row);
    }
    return sums;
}

size_t judge_shares(const struct round *round, const struct judged *parent,
                    int32_t change, enum dimension dimension,
                    struct share share[SHARES_MAX])
{
    struct part *parts = arena_new(round->arena, struct part, round->day.n);
    struct sums all = sum_since(round, parent, parent, change);
    size_t n = 0;

    for (size_t i = 0; i < round->day.n; i++) {
        const struct judged *child = &round->day.item[i];
        struct sums sums;

        if (child->cell->parent != parent->cell || child->cell->dimension != dimension)
            continue;
        sums = sum_since(round, child, parent, change);
        parts[n++] = (struct part){
            .value = child->cell->segment,
            .affected = sums.affected,
            // everyone is exposed to every error, which says nothing against one
            .exposed = dimension == DIMENSION_ERROR ? 0 : sums.exposed,
            .expected = sums.expected,
        };
    }
    return measure_attribution(parts, n, all.affected, all.exposed, all.expected,
                               share);
}

/* Whole percent of the excess that a value of this dimension explains on average. */
static long percent_per_value(const struct dimension_shares *shares)
{
    double sum = 0;

    for (size_t i = 0; i < shares->n; i++)
        sum += shares->share[i].share;
    return shares->n > 0 ? lround(100 * sum / (double)shares->n) : 0;
}

static int by_share_per_value(const void *left, const void *right)
{
    const struct dimension_shares *a = left;
    const struct dimension_shares *b = right;
    long shares_a = percent_per_value(a);
    long shares_b = percent_per_value(b);

    if (shares_a != shares_b)
        return shares_a > shares_b ? -1 : 1;
    return a->dimension < b->dimension ? -1 : a->dimension > b->dimension;
}

static void say_dimension(const struct dimension_shares *shares, struct buf *text)
{
    for (size_t i = 0; i < shares->n && i < VALUES_SAID; i++) {
        long percent = lround(100 * fmin(shares->share[i].share, 1));

        buf_printf(text, "%s%s %ld %%", text->n > 0 ? ", " : "", shares->share[i].value,
                   percent);
        if (!strstr(text->at, " of the excess"))
            buf_add_text(text, " of the excess");
    }
}

struct release {
    const char *version;
    int64_t exposed;
};

static int by_exposure(const void *left, const void *right)
{
    const struct release *a = left;
    const struct release *b = right;

    if (a->exposed != b->exposed)
        return a->exposed > b->exposed ? -1 : 1;
    return strcmp(a->version, b->version);
}

/* Releases first exposed on the change day or the day before; not those that the
 * evidence begins with. */
static size_t find_releases(const struct round *round, const struct cell *parent,
                            int32_t change, struct release *found)
{
    size_t n = 0;

    for (size_t i = 0; i < round->evidence->n && n < RELEASE_CANDIDATES; i++) {
        const struct cell *cell = round->evidence->cell[i];
        int32_t first = cell->ndays > 0 ? cell->days[0].day : 0;

        if (cell->parent != parent || cell->dimension != DIMENSION_RELEASE ||
            cell->ndays == 0 || first < change - 1 || first > change ||
            first == round->first)
            continue;
        found[n++] = (struct release){cell->segment + strlen("release="),
                                      cell_weight(cell, first, round->day.day)};
    }
    if (n > 1)
        qsort(found, n, sizeof *found, by_exposure);
    return n < RELEASES_SAID ? n : RELEASES_SAID;
}

static void say_releases(const struct round *round, const struct cell *parent,
                         int32_t change, struct explanation *why, struct buf *text)
{
    struct release found[RELEASE_CANDIDATES];

    why->nreleases = find_releases(round, parent, change, found);
    why->releases = arena_new(round->arena, const char *, why->nreleases);
    for (size_t i = 0; i < why->nreleases; i++) {
        const struct cell *cell;
        char *segment = str_format(round->arena, "release=%s", found[i].version);

        cell = evidence_find(round->evidence, parent->signal_name, segment);
        why->releases[i] = found[i].version;
        buf_printf(text, "%srelease %s first seen %s", text->n > 0 ? ", " : "",
                   found[i].version, day_text(cell->days[0].day).text);
    }
}

struct explanation judge_explain(const struct round *round, const struct judged *judged,
                                 int32_t change)
{
    struct dimension_shares shares[DIMENSION_COUNT] = {0};
    struct explanation why = {0};
    struct buf text;
    size_t n = 0;

    buf_init(&text, round->arena, 4096);
    for (int d = DIMENSION_PAGE; d < DIMENSION_COUNT && !judged->cell->is_child; d++) {
        shares[n].dimension = (enum dimension)d;
        shares[n].n =
            judge_shares(round, judged, change, shares[n].dimension, shares[n].share);
        n += shares[n].n > 0;
    }
    qsort(shares, n, sizeof *shares, by_share_per_value);
    why.by = arena_new(round->arena, const char *, (size_t)DIMENSION_COUNT *SHARES_MAX);
    for (size_t d = 0; d < n; d++) {
        say_dimension(&shares[d], &text);
        for (size_t i = 0; i < shares[d].n; i++)
            why.by[why.nby++] = shares[d].share[i].value;
    }
    if (why.nby > 1) // a set: its order says nothing and must not look like news
        qsort(why.by, why.nby, sizeof *why.by, str_pointer_compare);
    say_releases(round, judged->cell->is_child ? judged->cell->parent : judged->cell,
                 change, &why, &text);
    why.because = text.n > 0 ? text.at : "";
    return why;
}
