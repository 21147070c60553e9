/* Reads the rows of a series: the reference, what is open, the samples to test. Pure.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "perfcheck/past.h"

#include "shared/banned.h"

/* Up to the soft part: "lh13", and the second word, the throttling. */
bool epoch_same_hard(const char *a, const char *b)
{
    size_t major = strcspn(a, ". ");
    const char *throttling_a = strchr(a, ' ');
    const char *throttling_b = strchr(b, ' ');
    size_t n;

    if (strcspn(b, ". ") != major || strncmp(a, b, major) != 0)
        return false;
    if (!throttling_a || !throttling_b)
        return !throttling_a && !throttling_b;
    n = strcspn(throttling_a + 1, " ");
    return strcspn(throttling_b + 1, " ") == n &&
           strncmp(throttling_a, throttling_b, n + 1) == 0;
}

/* axe times nothing. */
static size_t epoch_bytes(const char *epoch)
{
    const char *axe = strstr(epoch, " axe");

    return axe ? (size_t)(axe - epoch) : strlen(epoch);
}

static bool epoch_same_soft(const char *a, const char *b)
{
    size_t n = epoch_bytes(a);

    return epoch_bytes(b) == n && strncmp(a, b, n) == 0;
}

bool row_is_judged(const struct row_of_day *row)
{
    return row->nvalues >= RUNS_JUDGED;
}

enum follows past_follows(const struct past *past, const char *epoch)
{
    if (!past->epoch || !epoch_same_hard(past->epoch, epoch))
        return FOLLOWS_NOTHING;
    return epoch_same_soft(past->epoch, epoch) ? FOLLOWS_SAME : FOLLOWS_SOFT;
}

/* The reference begins anew. */
static void restart(struct past *past, size_t origin)
{
    past->origin = origin;
    past->open = OPEN_NONE;
    past->is_bridging = false;
    past->has_closing = false;
}

/* The rows of the bridge that ends before row `end` are in the reference, old or new.
 */
static void cross(struct past *past, size_t end)
{
    for (size_t i = past->bridge; i < end; i++)
        past->enters[i] =
            row_is_judged(&past->row[i]) && past->row[i].verdict == ROW_BRIDGE;
    past->is_bridging = false;
}

/* A change during the bridge begins another one. */
static bool is_on_bridge(const struct past *past, const char *epoch)
{
    return past->is_bridging && epoch_same_soft(epoch, past->bridge_epoch);
}

size_t past_bridge(const struct past *past, const char *epoch)
{
    return is_on_bridge(past, epoch) ? past->bridge : past->n;
}

static void add_bridge(struct past *past, size_t i)
{
    const char *epoch = past->row[i].epoch;

    if (!is_on_bridge(past, epoch))
        past->bridge = i;
    past->is_bridging = true;
    past->bridge_epoch = epoch;
}

size_t past_drift_start(const struct past *past, size_t at, bool up)
{
    size_t start = at;

    while (start > past->origin) {
        const struct row_of_day *before = &past->row[start - 1];

        if ((up ? before->cusum_up : before->cusum_down) == 0 ||
            past->row[at].day - before->day > DRIFT_DAYS_MAX)
            break;
        start--;
    }
    return start;
}

/* A row of an open episode, its first or a later one. A row of an improvement by the
 * step test has its S at 0, one by drift has not. */
static void add_open(struct past *past, size_t i)
{
    const struct row_of_day *row = &past->row[i];
    enum open open = row->verdict == ROW_BETTER ? OPEN_BETTER : OPEN_WORSE;

    if (past->open == open)
        return;
    past->open = open;
    past->since = past->start = i;
    past->by_drift =
        open == OPEN_WORSE ? row->verdict == ROW_DRIFT : row->cusum_down > 0;
    if (past->by_drift)
        past->start = past_drift_start(past, i, open == OPEN_WORSE);
    for (size_t before = past->start; before < i; before++)
        past->enters[before] = false;
}

/* A row that closes what is open, its days now being the reference. */
static void add_closing(struct past *past, size_t i)
{
    restart(past, past->open == OPEN_NONE ? i : past->since);
    past->has_closing = true;
    past->closing = i;
    for (size_t row = past->origin; row <= i; row++)
        past->enters[row] = row_is_judged(&past->row[row]);
}

static void add_settled(struct past *past, size_t i)
{
    switch (past->row[i].verdict) {
    case ROW_OK:
        past->open = OPEN_NONE;
        past->enters[i] = true;
        break;
    case ROW_LEARNING: past->enters[i] = true; break;
    case ROW_STEP:
    case ROW_DRIFT:
    case ROW_BETTER: add_open(past, i); break;
    case ROW_REF: add_closing(past, i); break;
    case ROW_BRIDGE:
    case ROW_SHORT: break;
    }
}

static void add(struct past *past, size_t i)
{
    const struct row_of_day *row = &past->row[i];
    enum follows follows = past_follows(past, row->epoch);
    bool is_across;

    if (!row_is_judged(row))
        return;
    if (row->verdict == ROW_BRIDGE) {
        add_bridge(past, i);
        return;
    }
    is_across = is_on_bridge(past, row->epoch);
    if (is_across)
        cross(past, i);        // which may be all that is left of the rows so far
    past->is_bridging = false; // or it turned back halfway: its rows stay outside
    if (follows != FOLLOWS_SAME &&
        (row->verdict == ROW_LEARNING || (follows == FOLLOWS_NOTHING && !is_across)))
        restart(past, is_across ? past->bridge : i);
    past->epoch = row->epoch;
    past->cusum_up = row->cusum_up;
    past->cusum_down = row->cusum_down;
    add_settled(past, i);
}

void past_read(struct past *past, const struct series *series, size_t n,
               struct arena *arena)
{
    assert(n <= series->n);
    *past =
        (struct past){.row = series->row, .n = n, .enters = arena_new(arena, bool, n)};
    for (size_t i = 0; i < n; i++)
        add(past, i);
}

/* A day whose runs y may borrow: judged, of this epoch, on no bridge left halfway. */
static bool may_lend(const struct past *past, size_t i)
{
    return row_is_judged(&past->row[i]) &&
           (past->row[i].verdict != ROW_BRIDGE || past->enters[i]);
}

struct fresh past_fresh(const struct past *past, size_t at)
{
    const struct row_of_day *row = &past->row[at];
    struct fresh fresh = {.m = row->nvalues, .first = at};

    memcpy(fresh.y, row->values, row->nvalues * sizeof *row->values);
    for (size_t i = at; i-- > past->origin && fresh.m < Y_LEAST;) {
        const struct row_of_day *older = &past->row[i];

        if (row->day - older->day > Y_DAYS)
            break;
        if (!may_lend(past, i))
            continue;
        fresh.first = i;
        fresh.left = older->nvalues;
        while (fresh.left > 0 && fresh.m < VALUES_MAX)
            fresh.y[fresh.m++] = older->values[--fresh.left];
    }
    return fresh;
}

struct sample past_sample(const struct past *past, const struct fresh *fresh,
                          size_t most)
{
    struct sample sample = {.oldest = fresh->first};
    size_t i = fresh->first;
    size_t left = fresh->left > 0 && past->enters[i] ? fresh->left : 0;

    for (;;) {
        while (left > 0 && sample.n < most) {
            sample.x[sample.n++] = past->row[i].values[--left];
            sample.oldest = i;
        }
        if (sample.n == most || i == past->origin)
            return sample;
        i--;
        left = past->enters[i] ? past->row[i].nvalues : 0;
    }
}

struct sample past_reference(const struct past *past, const struct fresh *fresh,
                             size_t most)
{
    struct fresh opening;

    if (past->open == OPEN_NONE)
        return past_sample(past, fresh, most);
    opening = past_fresh(past, past->since);
    return past_sample(past, &opening, most);
}

double row_median(const struct row_of_day *row)
{
    double values[VALUES_MAX];

    memcpy(values, row->values, row->nvalues * sizeof *values);
    return median_of(values, row->nvalues);
}

/* Noise only adds time: the least of a day is its steadiest number. */
double row_aggregate(const struct row_of_day *row, size_t runs, bool is_median)
{
    double values[VALUES_MAX];
    double least = row->values[0];

    if (is_median) {
        memcpy(values, row->values, runs * sizeof *values);
        return median_of(values, runs);
    }
    for (size_t i = 1; i < runs; i++)
        least = fmin(least, row->values[i]);
    return least;
}

struct base past_base(const struct past *past, size_t days, bool is_median)
{
    struct base base = {.runs = VALUES_MAX};
    size_t rows[BASE_MAX];

    for (size_t i = past->origin; i < past->n && base.n < days; i++)
        if (past->enters[i]) {
            rows[base.n++] = i;
            if (past->row[i].nvalues < base.runs)
                base.runs = past->row[i].nvalues;
        }
    for (size_t i = 0; i < base.n; i++)
        base.b[i] = row_aggregate(&past->row[rows[i]], base.runs, is_median);
    if (base.n > 0)
        base.newest = rows[base.n - 1];
    return base;
}
