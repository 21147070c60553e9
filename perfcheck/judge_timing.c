/*
 * Engine 2: the step test, the drift test, and the episodes they open and close. Pure;
 * all it knows of earlier days it reads from their rows.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "perfcheck/past.h"

#include "shared/banned.h"

enum { BRIDGE_RUNS = 10, RESOLVE_DAYS = 3, RATCHET_DAYS = 5 };

/* Published in docs/method.md with the rates they give. */
static const double p_open = 3e-4;
static const double p_open_least = 1e-3; // of a p that cannot be less
static const double p_same = 0.05;

/* A day being judged: what it is tested with, then what is said of it. */
struct bench {
    const struct timing_rules *rules;
    struct past past;
    const struct row_of_day *row; /* past.row[past.n] */
    struct fresh fresh;
    struct sample x; /* frozen while something is open */
    struct base base;
    bool is_median; /* aggregates of days are medians */
    enum row_verdict verdict;
    int32_t cusum_up, cusum_down;
    struct timing timing;
};

static double sample_median(const struct sample *sample)
{
    double x[STEP_X_MAX];

    memcpy(x, sample->x, sample->n * sizeof *x);
    return median_of(x, sample->n);
}

/* The day's benchmarkIndex over the median of the days that x is of. */
static struct estimate machine(const struct bench *bench)
{
    const struct past *past = &bench->past;
    double bi[STEP_X_MAX];
    size_t n = 0;
    double usual;

    if (!bench->row->bi.known || bench->x.n == 0)
        return (struct estimate){0};
    for (size_t i = bench->x.oldest; i < past->n && n < STEP_X_MAX; i++)
        if (past->enters[i] && past->row[i].bi.known)
            bi[n++] = past->row[i].bi.value;
    if (n == 0)
        return (struct estimate){0};
    usual = median_of(bi, n);
    if (usual <= 0)
        return (struct estimate){0};
    return (struct estimate){true, bench->row->bi.value / usual};
}

/* Sets x, b and what is said of them. */
static void take_reference(struct bench *bench)
{
    const struct timing_rules *rules = bench->rules;
    struct timing *timing = &bench->timing;

    bench->x = past_reference(&bench->past, &bench->fresh, rules->baseline_runs);
    timing->m = bench->fresh.m;
    timing->n = bench->x.n;
    timing->floor = rules->floor_abs;
    if (bench->x.n == 0) {
        bench->past.open = OPEN_NONE; // an open finding without a past is nobody's
        return;
    }
    bench->base = past_base(&bench->past, rules->baseline_days, bench->is_median);
    timing->median_before = sample_median(&bench->x);
    timing->floor = fmax(rules->floor_abs, rules->floor_rel * timing->median_before);
    timing->machine = machine(bench);
}

/* Runs of one day share that day's luck: its median has to lie outside those of the
 * last days of the reference, too. */
static bool is_outside(const struct bench *bench, bool up)
{
    const struct past *past = &bench->past;
    double median = bench->timing.median_now;
    size_t days = 0;

    for (size_t i = bench->fresh.first; i-- > past->origin && days < MEDIANS;) {
        double older;

        if (!past->enters[i])
            continue;
        older = row_median(&past->row[i]);
        if (up ? median <= older : median >= older)
            return false;
        days++;
    }
    return true;
}

static struct step test(const struct bench *bench, const struct fresh *fresh, bool up)
{
    return step_test(bench->x.x, bench->x.n, fresh->y, fresh->m, up);
}

static bool is_step(const struct bench *bench, bool up)
{
    double shift;
    struct step step;

    if (!is_outside(bench, up))
        return false;
    shift = step_shift(bench->x.x, bench->x.n, bench->fresh.y, bench->fresh.m);
    if ((up ? shift : -shift) < bench->timing.floor)
        return false;
    step = test(bench, &bench->fresh, up);
    // Counts are whole: one and a half is between the least p and the next.
    return step.p <= p_open ||
           (step.p < 1.5 * step.p_least && step.p_least <= p_open_least);
}

static bool has_drift_test(const struct bench *bench)
{
    return bench->base.n == bench->rules->baseline_days;
}

static bool may_aggregate(const struct bench *bench, const struct row_of_day *row)
{
    return row_is_judged(row) && row->verdict != ROW_BRIDGE &&
           row->nvalues >= bench->base.runs;
}

/* Median of the aggregates of rows `start` to `at` less that of b. */
static double drift_shift(const struct bench *bench, size_t start, size_t at)
{
    double since[DRIFT_DAYS_MAX + 1], b[BASE_MAX];
    size_t n = 0;

    for (size_t i = start; i <= at; i++) {
        const struct row_of_day *row = &bench->past.row[i];

        if (i == bench->past.n || may_aggregate(bench, row))
            since[n++] = row_aggregate(row, bench->base.runs, bench->is_median);
    }
    if (n == 0) // other keys than on the day of the alarm
        return 0;
    memcpy(b, bench->base.b, bench->base.n * sizeof *b);
    return median_of(since, n) - median_of(b, bench->base.n);
}

/* The day's S and S-. A day with too few runs leaves them. While a finding by drift is
 * open only its own sum counts; while one by a step is, none does: that the days differ
 * is known, and is not to be said again when it is over. So both are 0 then, rows of an
 * improvement tell by S- which test opened it, and a drift never begins before the
 * close of what was open. */
static void count_drift(struct bench *bench)
{
    const struct timing_rules *rules = bench->rules;
    const struct past *past = &bench->past;
    const struct base *base = &bench->base;
    double z;

    if (!has_drift_test(bench) || bench->row->nvalues < base->runs ||
        (past->open != OPEN_NONE && !past->by_drift))
        return;
    z = drift_z(base->b, base->n,
                row_aggregate(bench->row, base->runs, bench->is_median));
    if (past->open != OPEN_BETTER)
        bench->cusum_up = drift_next(past->cusum_up, z, rules->drift_k, rules->drift_h);
    if (past->open != OPEN_WORSE)
        bench->cusum_down =
            drift_next(past->cusum_down, -z, rules->drift_k, rules->drift_h);
}

static bool is_drift(const struct bench *bench, bool up)
{
    int32_t s = up ? bench->cusum_up : bench->cusum_down;
    size_t at = bench->past.n;
    double shift;

    if (!has_drift_test(bench) || s <= 1000 * bench->rules->drift_h ||
        bench->row->nvalues < bench->base.runs)
        return false;
    shift = drift_shift(bench, past_drift_start(&bench->past, at, up), at);
    return (up ? shift : -shift) >= bench->timing.floor / 2;
}

/* A row after which nothing is open and both sums begin anew. */
static void settle(struct bench *bench, enum row_verdict verdict)
{
    bench->verdict = verdict;
    bench->past.open = OPEN_NONE;
    bench->cusum_up = bench->cusum_down = 0;
}

/* Days from the drift's start on never enter: "was" is what was before it. */
static void leave_drift_out(struct bench *bench)
{
    struct past *past = &bench->past;

    past->start = past_drift_start(past, past->n, past->open == OPEN_WORSE);
    for (size_t i = past->start; i < past->n; i++)
        past->enters[i] = false;
    take_reference(bench);
}

static void begin(struct bench *bench, enum row_verdict verdict, bool by_drift)
{
    struct past *past = &bench->past;

    bench->verdict = verdict;
    past->open = verdict == ROW_BETTER ? OPEN_BETTER : OPEN_WORSE;
    past->by_drift = by_drift;
    past->since = past->start = past->n;
    if (by_drift)
        leave_drift_out(bench);
    if (!by_drift || past->open == OPEN_BETTER)
        bench->cusum_up = 0;
    if (!by_drift || past->open == OPEN_WORSE)
        bench->cusum_down = 0;
}

static bool opens(struct bench *bench)
{
    if (is_step(bench, true))
        begin(bench, ROW_STEP, false);
    else if (is_drift(bench, true))
        begin(bench, ROW_DRIFT, true);
    else if (bench->past.open == OPEN_BETTER)
        return false;
    else if (is_step(bench, false))
        begin(bench, ROW_BETTER, false);
    else if (is_drift(bench, false))
        begin(bench, ROW_BETTER, true);
    else
        return false;
    return true;
}

/* A day that is, for all that its runs say, like the reference again. */
static bool is_same(const struct bench *bench, const struct fresh *fresh)
{
    bool up = bench->past.open == OPEN_WORSE;
    double shift = step_shift(bench->x.x, bench->x.n, fresh->y, fresh->m);

    return (up ? shift : -shift) < bench->timing.floor / 2 ||
           test(bench, fresh, up).p > p_same;
}

static bool is_over(const struct bench *bench)
{
    const struct past *past = &bench->past;
    int days = 1;

    if (past->by_drift)
        return (past->open == OPEN_WORSE ? bench->cusum_up : bench->cusum_down) == 0;
    if (!is_same(bench, &bench->fresh))
        return false;
    for (size_t i = past->n - 1; i > past->since && days < RESOLVE_DAYS; i--) {
        struct fresh fresh;

        if (!row_is_judged(&past->row[i]))
            continue;
        fresh = past_fresh(past, i);
        if (!is_same(bench, &fresh))
            return false;
        days++;
    }
    return days == RESOLVE_DAYS;
}

/* Whether it is the fifth judged day after that of the alarm, or a later one, and still
 * better: what is going away is no new normal. */
static bool is_ratchet_day(const struct bench *bench)
{
    const struct past *past = &bench->past;
    const struct fresh *fresh = &bench->fresh;
    size_t days = 1;

    if (!bench->rules->ratchet || past->open != OPEN_BETTER ||
        -step_shift(bench->x.x, bench->x.n, fresh->y, fresh->m) <
            bench->timing.floor / 2)
        return false;
    for (size_t i = past->since + 1; i < past->n; i++)
        days += row_is_judged(&past->row[i]);
    return days >= RATCHET_DAYS;
}

static void judge_open(struct bench *bench)
{
    const struct past *past = &bench->past;

    if (is_over(bench)) {
        settle(bench, ROW_OK);
    } else if (is_ratchet_day(bench)) {
        settle(bench, ROW_REF);
        bench->timing.closed_by_ratchet = true;
    } else {
        bench->verdict = past->row[past->since].verdict;
    }
}

static void judge_day(struct bench *bench)
{
    const struct past *past = &bench->past;

    if (past->open == OPEN_NONE && bench->x.n < RUNS_LEAST) {
        settle(bench, ROW_LEARNING);
        return;
    }
    count_drift(bench);
    if (past->open != OPEN_WORSE && opens(bench))
        return;
    if (past->open != OPEN_NONE)
        judge_open(bench);
    else
        bench->verdict = ROW_OK;
}

/* The runs since a soft change, with those of the day, against those before. */
static void judge_bridge(struct bench *bench)
{
    const struct past *past = &bench->past;
    size_t first = past_bridge(past, bench->row->epoch);
    struct fresh fresh = {.m = 0};
    size_t runs = 0;
    struct step step;

    for (size_t i = first; i <= past->n; i++) {
        const struct row_of_day *row = &past->row[i];

        if (i < past->n && row->verdict != ROW_BRIDGE)
            continue;
        runs += row->nvalues;
        for (size_t j = 0; j < row->nvalues && fresh.m < VALUES_MAX; j++)
            fresh.y[fresh.m++] = row->values[j];
    }
    if (bench->x.n >= RUNS_LEAST && runs < BRIDGE_RUNS) {
        bench->verdict = ROW_BRIDGE;
        return;
    }
    if (bench->x.n >= RUNS_LEAST) {
        step = test(bench, &fresh, true);
        if (step.p_two > p_same && fabs(step.shift) < bench->timing.floor) {
            bench->verdict = ROW_OK;
            return;
        }
        bench->timing.bridge_shift = step.shift;
    }
    bench->timing.epoch_is_new = true;
    settle(bench, ROW_LEARNING);
}

/* What the opening day of the open episode said. */
static void say_open(struct bench *bench)
{
    const struct past *past = &bench->past;
    struct timing *timing = &bench->timing;
    const struct row_of_day *row = &past->row[past->since];
    bool up = past->open == OPEN_WORSE;
    struct fresh fresh = past_fresh(past, past->since);
    struct step step = test(bench, &fresh, up);

    timing->by_drift = past->by_drift;
    timing->since = row->day;
    timing->start = past->row[past->start].day;
    timing->p = step.p;
    timing->shift = step.shift;
    timing->m = fresh.m;
    if (!past->by_drift)
        return;
    timing->shift = drift_shift(bench, past->start, past->since);
    if (past->since == past->n)
        timing->s_x1000 = up ? bench->cusum_up : bench->cusum_down;
    else
        timing->s_x1000 = up ? row->cusum_up : row->cusum_down;
}

/* Whether the day's runs, with those of the same reference before it, are the first to
 * fill it. */
static bool fills_reference(const struct bench *bench)
{
    const struct past *past = &bench->past;
    enum follows follows = past_follows(past, bench->row->epoch);
    size_t bridge = past->n;
    size_t first = past->origin;
    size_t runs = 0;

    if (bench->verdict != ROW_OK && bench->verdict != ROW_LEARNING)
        return false;
    if (follows == FOLLOWS_SOFT)
        bridge = past_bridge(past, bench->row->epoch);
    if (follows == FOLLOWS_NOTHING)
        first = past->n;
    else if (bench->timing.epoch_is_new)
        first = bridge;
    for (size_t i = first; i < past->n; i++)
        if (past->enters[i] || (i >= bridge && past->row[i].verdict == ROW_BRIDGE))
            runs += past->row[i].nvalues;
    return runs < bench->rules->baseline_runs &&
           runs + bench->row->nvalues >= bench->rules->baseline_runs;
}

static enum timing_status status(const struct bench *bench)
{
    if (bench->past.open == OPEN_WORSE)
        return TIMING_REGRESSION;
    if (bench->past.open == OPEN_BETTER)
        return TIMING_IMPROVEMENT;
    switch (bench->verdict) {
    case ROW_LEARNING: return TIMING_LEARNING;
    case ROW_BRIDGE: return TIMING_BRIDGE;
    case ROW_SHORT: return TIMING_SHORT;
    case ROW_OK:
    case ROW_REF:
    case ROW_STEP:
    case ROW_DRIFT:
    case ROW_BETTER: break;
    }
    return TIMING_QUIET;
}

static struct bench assess(const struct series *series, size_t at,
                           const struct timing_rules *rules, struct arena *arena)
{
    struct bench bench = {
        .rules = rules,
        .row = &series->row[at],
        .is_median = strcmp(series->metric, METRIC_CLS) == 0,
    };
    bool is_judged = row_is_judged(bench.row);
    enum follows follows;

    assert(at < series->n && bench.row->nvalues <= VALUES_MAX);
    past_read(&bench.past, series, at, arena);
    follows = past_follows(&bench.past, bench.row->epoch);
    bench.cusum_up = bench.past.cusum_up;
    bench.cusum_down = bench.past.cusum_down;
    if (bench.row->nvalues > 0)
        bench.timing.median_now = row_median(bench.row);
    if (follows == FOLLOWS_SAME || bench.past.open != OPEN_NONE)
        bench.fresh = past_fresh(&bench.past, at);
    else
        bench.fresh = (struct fresh){.m = bench.row->nvalues, .first = at};
    if (follows != FOLLOWS_NOTHING || !is_judged)
        take_reference(&bench);
    if (!is_judged) {
        bench.verdict = ROW_SHORT;
    } else if (follows == FOLLOWS_NOTHING) {
        bench.timing.epoch_is_new = bench.past.epoch != NULL;
        settle(&bench, ROW_LEARNING);
    } else if (follows == FOLLOWS_SOFT && bench.past.open == OPEN_NONE) {
        judge_bridge(&bench);
    } else {
        judge_day(&bench);
    }
    bench.timing.status = status(&bench);
    bench.timing.reference_is_full = fills_reference(&bench);
    if (bench.past.open != OPEN_NONE)
        say_open(&bench);
    return bench;
}

struct timing timing_judge(struct series *series, size_t at,
                           const struct timing_rules *rules, struct arena *arena)
{
    struct bench bench = assess(series, at, rules, arena);
    struct row_of_day *row = &series->row[at];

    row->verdict = bench.verdict;
    row->cusum_up = bench.cusum_up;
    row->cusum_down = bench.cusum_down;
    return bench.timing;
}

struct timing timing_of(const struct series *series, size_t at,
                        const struct timing_rules *rules, struct arena *arena)
{
    struct timing timing = assess(series, at, rules, arena).timing;

    if (series->row[at].verdict == ROW_REF)
        timing.status = TIMING_QUIET; // accepted since it was judged
    return timing;
}

struct estimate timing_reference(const struct series *series, size_t at,
                                 const struct timing_rules *rules, struct arena *arena)
{
    struct past past;
    struct fresh none = {.first = at + 1};
    struct sample sample;

    past_read(&past, series, at + 1, arena);
    sample = past_reference(&past, &none, rules->baseline_runs);
    if (sample.n == 0)
        return (struct estimate){0};
    return (struct estimate){true, sample_median(&sample)};
}
