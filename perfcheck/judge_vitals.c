/* Judges web vitals from the rows of history alone: a day's values against those of the
 * same weekdays before, by Fisher's exact test at the 75th percentile. Pure. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/measure.h"
#include "perfcheck/vitals.h"
#include "shared/clock.h"
#include "shared/stats.h"

#include "shared/banned.h"

static const double p_beyond = .001; // on two judged days in a row: open
static const double p_quiet = .05;   // above it on QUIET_DAYS in a row: resolved
static const double floor_rel = .05; // of the base's p75

enum {
    QUIET_DAYS = 3,
    WEEK = 7,
    BASE_EACH = 2,   // days of the base for each new weekday, at least
    BASE_LEAST = 13, // values, as of the new ones
};

/* ---- values of several days, as one histogram ---- */

struct bin {
    double edge;
    uint32_t count;
};

struct bag {
    struct bin *bin; /* ascending; equal edges may follow each other */
    size_t n;
    uint32_t total;
};

static int compare_bins(const void *a, const void *b)
{
    double x = ((const struct bin *)a)->edge, y = ((const struct bin *)b)->edge;

    return (x > y) - (x < y);
}

static void bag_add(struct bag *bag, const struct row_of_day *row)
{
    for (size_t i = 0; i < row->nvalues; i += 2) {
        uint32_t count = (uint32_t)row->values[i + 1];

        bag->bin[bag->n++] = (struct bin){row->values[i], count};
        bag->total += count;
    }
}

static void bag_join(struct bag *bag, const struct bag *other)
{
    memcpy(&bag->bin[bag->n], other->bin, other->n * sizeof *other->bin);
    bag->n += other->n;
    bag->total += other->total;
}

static void bag_sort(struct bag *bag)
{
    qsort(bag->bin, bag->n, sizeof *bag->bin, compare_bins);
}

/* The value of rank `rank`, 1 to total. */
static double bag_at(const struct bag *bag, uint64_t rank)
{
    uint64_t seen = 0;

    assert(rank >= 1 && rank <= bag->total);
    for (size_t i = 0; i < bag->n; i++) {
        seen += bag->bin[i].count;
        if (seen >= rank)
            return bag->bin[i].edge;
    }
    return bag->bin[bag->n - 1].edge;
}

static double bag_p75(const struct bag *bag)
{
    return bag_at(bag, (3 * (uint64_t)bag->total + 3) / 4); // ceil(.75 n)
}

static uint32_t bag_above(const struct bag *bag, double q)
{
    uint32_t above = 0;

    for (size_t i = 0; i < bag->n; i++)
        if (bag->bin[i].edge > q)
            above += bag->bin[i].count;
    return above;
}

/* ---- one day of one series ---- */

/* A series under judgement, with memory for its bags. */
struct judging {
    const struct settings *settings;
    struct arena *arena;
    enum vital vital;
    struct history_series *rows, *refs; /* refs NULL: none yet */
    struct bag fresh, base, pool;
};

/* What the numbers of a day say. */
struct look {
    bool is_short, is_learning;
    int days; /* the new values are of */
    uint32_t n, n_base, above_base;
    double q, p75, p75_base, low, high, p, shift, floor;
    bool is_beyond; /* p and shift are beyond their limits */
};

/* New values: of the day, extended back until there are min_n. Sets the weekdays they
 * are of and their first day. */
static void take_fresh(struct judging *judging, size_t at, unsigned *weekdays,
                       int32_t *from, int *days)
{
    const struct row_of_day *row = judging->rows->numbers.row;
    int32_t oldest = row[at].day - (VITALS_NEW_DAYS - 1);

    judging->fresh.n = judging->fresh.total = 0;
    *weekdays = 0;
    *days = 0;
    for (size_t i = at + 1; i-- > 0 && row[i].day >= oldest;) {
        if (judging->fresh.total >= judging->settings->rum.min_n)
            break;
        bag_add(&judging->fresh, &row[i]);
        *weekdays |= 1U << day_weekday(row[i].day);
        *from = row[i].day;
        ++*days;
    }
    bag_sort(&judging->fresh);
}

/* The first day that may be in a base: what was accepted last begins it. */
static int32_t base_begins(const struct series *rows, size_t at)
{
    size_t i = at + 1;

    while (i > 0 && rows->row[i - 1].verdict != ROW_REF)
        i--;
    while (i > 1 && rows->row[i - 2].verdict == ROW_REF)
        i--;
    return i > 0 ? rows->row[i - 1].day : INT32_MIN;
}

/* Days of the same weekdays before `from`; those of a finding never enter. */
static int take_base(struct judging *judging, size_t at, unsigned weekdays,
                     int32_t from)
{
    const struct series *rows = &judging->rows->numbers;
    int32_t oldest = from - VITALS_BASE_DAYS;
    int32_t begins = base_begins(rows, at);
    int days = 0;

    judging->base.n = judging->base.total = 0;
    for (size_t i = at + 1; i-- > 0 && rows->row[i].day >= oldest;) {
        const struct row_of_day *row = &rows->row[i];

        if (row->day >= from || row->day < begins || row->verdict == ROW_STEP ||
            (weekdays >> day_weekday(row->day) & 1) == 0)
            continue;
        bag_add(&judging->base, row);
        days++;
    }
    bag_sort(&judging->base);
    return days;
}

static int bits(unsigned set)
{
    int n = 0;

    for (; set; set &= set - 1)
        n++;
    return n;
}

static void interval(const struct bag *bag, struct look *look)
{
    size_t low, high;

    if (bag->total > 0)
        look->p75 = bag_p75(bag);
    look->is_short = !vitals_ranks(bag->total, &low, &high);
    if (look->is_short)
        return;
    look->low = bag_at(bag, low);
    look->high = bag_at(bag, high);
}

static double smallest_shift(enum vital vital, double p75)
{
    return fmax(vital_floor(vital), floor_rel * p75);
}

/* The test against the base before the day. */
static struct look look_at(struct judging *judging, size_t at)
{
    struct look look = {.p = 1};
    unsigned weekdays;
    int32_t from = 0;
    int base_days;
    uint32_t k;

    take_fresh(judging, at, &weekdays, &from, &look.days);
    look.n = judging->fresh.total;
    interval(&judging->fresh, &look);
    base_days = take_base(judging, at, weekdays, from);
    look.n_base = judging->base.total;
    look.is_learning =
        base_days < BASE_EACH * bits(weekdays) || look.n_base < BASE_LEAST;
    if (look.n_base > 0)
        look.p75_base = bag_p75(&judging->base);
    look.floor = smallest_shift(judging->vital, look.p75_base);
    if (look.is_short || look.is_learning)
        return look;
    judging->pool.n = judging->pool.total = 0;
    bag_join(&judging->pool, &judging->fresh);
    bag_join(&judging->pool, &judging->base);
    bag_sort(&judging->pool);
    look.q = bag_p75(&judging->pool);
    look.above_base = bag_above(&judging->base, look.q);
    k = bag_above(&judging->fresh, look.q);
    look.p = vitals_p(k, k + look.above_base, look.n + look.n_base, look.n);
    look.shift = look.p75 - look.p75_base;
    look.is_beyond = look.p <= p_beyond && look.shift >= look.floor;
    return look;
}

/* The test against what was frozen when the finding opened. */
static struct look look_at_ref(struct judging *judging, size_t at,
                               const struct row_of_day *ref)
{
    struct look look = {.p = 1};
    unsigned weekdays;
    int32_t from = 0;
    uint32_t k;

    take_fresh(judging, at, &weekdays, &from, &look.days);
    look.n = judging->fresh.total;
    interval(&judging->fresh, &look);
    look.q = ref->values[REF_Q];
    look.n_base = (uint32_t)ref->values[REF_N];
    look.above_base = (uint32_t)ref->values[REF_ABOVE];
    look.p75_base = ref->values[REF_P75];
    look.floor = smallest_shift(judging->vital, look.p75_base);
    if (look.is_short)
        return look;
    k = bag_above(&judging->fresh, look.q);
    look.p = vitals_p(k, k + look.above_base, look.n + look.n_base, look.n);
    look.shift = look.p75 - look.p75_base;
    return look;
}

/* The reference of the finding that is open on row `at`. */
static const struct row_of_day *ref_of(const struct judging *judging, size_t at)
{
    const struct series *rows = &judging->rows->numbers;
    const struct row_of_day *ref = NULL;

    for (size_t i = 0; judging->refs && i < judging->refs->numbers.n; i++)
        if (judging->refs->numbers.row[i].day <= rows->row[at].day)
            ref = &judging->refs->numbers.row[i];
    return ref;
}

static bool is_quiet(struct judging *judging, size_t at, const struct row_of_day *ref,
                     bool *is_judged)
{
    struct look look = look_at_ref(judging, at, ref);

    *is_judged = !look.is_short;
    return look.p > p_quiet || look.shift < look.floor / 2;
}

/* Whether the last QUIET_DAYS judged days since it opened, `at` among them, were. */
static bool has_calmed(struct judging *judging, size_t at, const struct row_of_day *ref)
{
    const struct series *rows = &judging->rows->numbers;
    int quiet = 0;

    for (size_t i = at + 1; i-- > 0 && rows->row[i].day > ref->day;) {
        bool is_judged;

        if (!is_quiet(judging, i, ref, &is_judged))
            return false;
        if (is_judged && ++quiet == QUIET_DAYS)
            return true;
    }
    return false;
}

/* Whether the judged day before `at` was beyond the limits too. */
static bool was_beyond(struct judging *judging, size_t at)
{
    const struct series *rows = &judging->rows->numbers;
    int32_t oldest = rows->row[at].day - WEEK;

    for (size_t i = at; i-- > 0 && rows->row[i].day >= oldest;) {
        struct look look;

        if (rows->row[i].verdict == ROW_STEP || rows->row[i].verdict == ROW_REF)
            return false;
        look = look_at(judging, i);
        if (!look.is_short && !look.is_learning)
            return look.is_beyond;
    }
    return false;
}

/* ---- accepting ---- */

static const char *finding_id(const struct judging *judging)
{
    return str_format(judging->arena, "perfcheck/rum-%s/%s/%s",
                      vital_word(judging->vital), judging->rows->form,
                      judging->rows->page);
}

/* An accept that covers a finding open since `since`; SIZE_MAX: none. */
static size_t find_accept(const struct judging *judging, int32_t since)
{
    const struct settings *settings = judging->settings;
    const char *id = finding_id(judging);

    for (size_t i = 0; i < settings->naccepts; i++)
        if (strcmp(settings->accept[i].id, id) == 0 && since <= settings->accept[i].on)
            return i;
    return SIZE_MAX;
}

/* Its days become the reference. */
static void accept_from(struct judging *judging, int32_t since, size_t at)
{
    struct series *rows = &judging->rows->numbers;

    for (size_t i = 0; i <= at; i++)
        if (rows->row[i].day >= since)
            rows->row[i].verdict = ROW_REF;
    while (judging->refs && judging->refs->numbers.n > 0 &&
           judging->refs->numbers.row[judging->refs->numbers.n - 1].day >= since)
        judging->refs->numbers.n--;
}

/* ---- day after day ---- */

static void keep_ref(struct judging *judging, struct history *history, int32_t day,
                     const struct look *look)
{
    const char *form = judging->rows->form, *page = judging->rows->page;
    double values[REF_VALUES] = {
        [REF_Q] = look->q,           [REF_N] = look->n_base,
        [REF_P75] = look->p75_base,  [REF_ABOVE] = look->above_base,
        [REF_NEW_P75] = look->p75,   [REF_NEW_N] = look->n,
        [REF_NEW_DAYS] = look->days, [REF_LOW] = look->low,
        [REF_HIGH] = look->high,     [REF_P] = look->p,
    };
    struct row_of_day *row;

    judging->refs =
        history_put(history, form, page, vital_ref(judging->vital), judging->arena);
    // which may have moved the others
    judging->rows = history_find(history, form, page, vital_row(judging->vital));
    row = series_put(&judging->refs->numbers, day, judging->arena);
    row->k = look->n_base;
    row->nvalues = REF_VALUES;
    row->values = arena_new(judging->arena, double, REF_VALUES);
    memcpy(row->values, values, sizeof values);
}

/* Only what later days go by is kept: a day that could not be judged is `ok` too, so
 * that history does not tell where it began. */
static enum row_verdict judge_closed(struct judging *judging, struct history *history,
                                     size_t at)
{
    struct look look = look_at(judging, at);

    if (!look.is_beyond || !was_beyond(judging, at))
        return ROW_OK;
    keep_ref(judging, history, judging->rows->numbers.row[at].day, &look);
    return ROW_STEP;
}

static void judge_row(struct judging *judging, struct history *history, size_t at,
                      struct vitals_verdict *verdict)
{
    struct row_of_day *row = judging->rows->numbers.row;
    bool was_open = at > 0 && row[at - 1].verdict == ROW_STEP;
    const struct row_of_day *ref = was_open ? ref_of(judging, at) : NULL;
    enum row_verdict now;
    size_t accept;

    if (ref)
        now = has_calmed(judging, at, ref) ? ROW_OK : ROW_STEP;
    else
        now = judge_closed(judging, history, at);
    judging->rows->numbers.row[at].verdict = now;
    if (now != ROW_STEP)
        return;
    ref = ref_of(judging, at);
    assert(ref);
    accept = find_accept(judging, ref->day);
    if (accept == SIZE_MAX)
        return;
    accept_from(judging, ref->day, at);
    verdict->accept_is_used[accept] = true;
}

/* An accept whose days are the reference now. */
static void mark_accepts(const struct judging *judging, struct vitals_verdict *verdict)
{
    const struct series *rows = &judging->rows->numbers;

    for (size_t i = 0; i < rows->n; i++) {
        size_t accept;

        if (rows->row[i].verdict != ROW_REF ||
            (i > 0 && rows->row[i - 1].verdict == ROW_REF))
            continue;
        accept = find_accept(judging, rows->row[i].day);
        if (accept != SIZE_MAX)
            verdict->accept_is_used[accept] = true;
    }
}

/* ---- what is said ---- */

static const char *number(enum vital vital, double value, struct arena *arena)
{
    char text[STR_NUMBER_BYTES];

    if (vital != VITAL_CLS)
        return str_format(arena, "%.0f", value);
    (void)str_from_double(round(value * 1e4) / 1e4, text);
    return str_format(arena, "%s", text);
}

static enum vital_level level_of(enum vital vital, const struct look *look)
{
    if (look->is_short)
        return LEVEL_INSUFFICIENT;
    if (look->low > vital_poor(vital))
        return LEVEL_POOR;
    return look->high <= vital_good(vital) ? LEVEL_GOOD : LEVEL_UNCERTAIN;
}

static const char *because(const struct judging *judging, const struct look *look)
{
    enum vital vital = judging->vital;
    struct arena *arena = judging->arena;
    enum vital_level level = level_of(vital, look);

    return str_format(
        arena,
        "the interval of p75 is %s to %s (95 %%)%s%s; of the %u values before, "
        "of the same weekdays, %u were above %s",
        number(vital, look->low, arena), number(vital, look->high, arena),
        level == LEVEL_UNCERTAIN ? "" : ", ",
        level == LEVEL_UNCERTAIN ? "" : vital_level_word(level), look->n_base,
        look->above_base, number(vital, look->q, arena));
}

/* As it was found: the numbers of later days do not change it. */
static void say(const struct judging *judging, const struct row_of_day *ref,
                struct findings *findings)
{
    const double *value = ref->values;
    enum vital vital = judging->vital;
    struct arena *arena = judging->arena;
    struct look look = {.n_base = (uint32_t)value[REF_N],
                        .above_base = (uint32_t)value[REF_ABOVE],
                        .q = value[REF_Q],
                        .low = value[REF_LOW],
                        .high = value[REF_HIGH]};
    double floor = smallest_shift(vital, value[REF_P75]);
    const char *now = number(vital, value[REF_NEW_P75], arena);
    const char *unit = vital_unit(vital);
    int days = (int)value[REF_NEW_DAYS];
    enum severity severity = SEVERITY_WARN;
    const char *check = str_format(arena, "rum-%s", vital_word(vital));

    if (!settings_severity(judging->settings, check, &severity))
        return;
    findings_add(
        findings, arena,
        (struct finding){
            .id = finding_id(judging),
            .severity = severity,
            .status = STATUS_OPEN,
            .since = ref->day,
            .message = str_format(
                arena,
                "visitors' %s of %s on %s is %s%s%s at the 75th percentile, was %s "
                "(floor %s), %.0f values of %d day%s",
                vital_word(vital), judging->rows->page, judging->rows->form, now,
                *unit ? " " : "", unit, number(vital, value[REF_P75], arena),
                number(vital, floor, arena), value[REF_NEW_N], days,
                days == 1 ? "" : "s"),
            .value = now,
            .limit = number(vital, value[REF_P75] + floor, arena),
            .unit = unit,
            .n = (int64_t)value[REF_NEW_N],
            .statistic =
                str_format(arena, "p=%s shift=%s", stats_p_text(value[REF_P], arena),
                           number(vital, value[REF_NEW_P75] - value[REF_P75], arena)),
            .because = because(judging, &look),
        });
}

static void view(struct judging *judging, int32_t as_of, struct vitals_verdict *verdict)
{
    const struct series *rows = &judging->rows->numbers;
    size_t at = rows->n - 1;
    bool is_open = rows->row[at].verdict == ROW_STEP;
    const struct row_of_day *ref = is_open ? ref_of(judging, at) : NULL;
    struct look look = ref ? look_at_ref(judging, at, ref) : look_at(judging, at);
    enum vitals_status status = ref                ? VITALS_OPEN
                                : look.is_short    ? VITALS_SHORT
                                : look.is_learning ? VITALS_LEARNING
                                : look.is_beyond   ? VITALS_FIRST
                                                   : VITALS_QUIET;

    verdict->view = arena_room(judging->arena, verdict->view, verdict->n,
                               &verdict->capacity, sizeof *verdict->view);
    verdict->view[verdict->n++] = (struct vitals_view){
        .device = judging->rows->form,
        .group = judging->rows->page,
        .vital = judging->vital,
        .status = status,
        .level = level_of(judging->vital, &look),
        .day = rows->row[at].day,
        .since = ref ? ref->day : 0,
        .days = look.days,
        .n = look.n,
        .n_base = look.n_base,
        .p75 = look.p75,
        .p75_base = look.p75_base,
        .low = look.low,
        .high = look.high,
        .floor = look.floor,
        .p = look.p,
        .is_fresh = rows->row[at].day == as_of,
    };
}

/* ---- all series ---- */

static void drop_first(struct series *series, size_t n)
{
    if (n > 0)
        memmove(series->row, series->row + n, (series->n - n) * sizeof *series->row);
    series->n -= n;
}

/* Drops what no later day needs; all of it when nothing came for long. References stay
 * as long as rows that were judged by them. */
static void trim(struct judging *judging, int32_t as_of)
{
    struct series *rows = &judging->rows->numbers;
    struct series *refs = judging->refs ? &judging->refs->numbers : NULL;
    size_t old = 0;
    const struct row_of_day *oldest;

    while (old < rows->n && rows->row[old].day <= as_of - VITALS_DAYS)
        old++;
    if (rows->n > 0 && rows->row[rows->n - 1].day <= as_of - VITALS_GONE_DAYS)
        old = rows->n;
    drop_first(rows, old);
    if (!refs || refs->n == 0)
        return;
    oldest =
        rows->n > 0 && rows->row[0].verdict == ROW_STEP ? ref_of(judging, 0) : NULL;
    for (old = 0; old < refs->n && &refs->row[old] != oldest &&
                  (rows->n == 0 || refs->row[old].day < rows->row[0].day);)
        old++;
    drop_first(refs, old);
}

static bool is_vital(const struct history_series *item, enum vital *vital)
{
    for (int v = 0; v < VITALS; v++)
        if (strcmp(item->metric, vital_row((enum vital)v)) == 0) {
            *vital = (enum vital)v;
            return true;
        }
    return false;
}

static void judge_series(struct judging *judging, struct history *history,
                         int32_t first, int32_t as_of, struct vitals_verdict *verdict,
                         struct findings *findings)
{
    for (size_t at = 0; at < judging->rows->numbers.n; at++)
        if (judging->rows->numbers.row[at].day >= first)
            judge_row(judging, history, at, verdict);
    trim(judging, as_of);
    if (judging->rows->numbers.n == 0)
        return;
    mark_accepts(judging, verdict);
    view(judging, as_of, verdict);
    if (judging->rows->numbers.row[judging->rows->numbers.n - 1].verdict == ROW_STEP)
        say(judging, ref_of(judging, judging->rows->numbers.n - 1), findings);
}

static struct bag bag_new(size_t days, struct arena *arena)
{
    return (struct bag){.bin = arena_new(arena, struct bin, days * VITAL_BINS)};
}

// NOLINTNEXTLINE(readability-function-size): days, what is known, two kinds of results
void vitals_judge(const struct settings *settings, int32_t first, int32_t as_of,
                  struct history *history, struct arena *arena,
                  struct vitals_verdict *verdict, struct findings *findings)
{
    struct judging judging = {
        .settings = settings,
        .arena = arena,
        .fresh = bag_new(VITALS_NEW_DAYS, arena),
        .base = bag_new(VITALS_BASE_DAYS, arena),
        .pool = bag_new(VITALS_NEW_DAYS + VITALS_BASE_DAYS, arena),
    };

    *verdict = (struct vitals_verdict){.accept_is_used =
                                           arena_new(arena, bool, settings->naccepts)};
    for (size_t i = 0; i < history->n; i++) {
        struct history_series *item = &history->item[i];

        if (!is_vital(item, &judging.vital))
            continue;
        judging.rows = item;
        judging.refs =
            history_find(history, item->form, item->page, vital_ref(judging.vital));
        judge_series(&judging, history, first, as_of, verdict, findings);
        // a reference of its own may have come in: rum. sorts before rumref.
        i = (size_t)(judging.rows - history->item);
    }
}
