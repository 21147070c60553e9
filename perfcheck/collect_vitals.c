/* Reads web vitals from the events: rows of history, a histogram a day, group of pages,
 * device and metric. Judges nothing. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/vitals.h"
#include "shared/clock.h"
#include "shared/hash.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/page.h"
#include "shared/spill.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    MEMORY_BYTES = 8 << 20, // of visits, before scratch
    GROUPS_MAX = 20000,     // of pages, counted
    GROUP_SLOTS = 1 << 16,  // of their table
    MEMOS = 1 << 12,        // raw pages whose group is remembered
    NO_BIN = UINT16_MAX,
};

static const double rejected_pct = 1; // of a day's lines: above it the day is partial

/* What one event said. 32 bytes, so that a day of a million costs 32 MB of scratch. */
struct visit {
    uint64_t id;
    int64_t time_ms;
    uint32_t stratum;
    uint16_t day; /* since the first */
    uint16_t bin[VITALS];
};

static const char *const devices[] = {"desktop", "mobile", "other", "tablet"};

enum { DEVICES = sizeof devices / sizeof *devices, DEVICE_OTHER = 2 };

struct vitals {
    struct source *source;
    struct spill *spill;
};

struct group {
    uint64_t hash;
    const char *name;
    uint64_t values[DEVICES]; /* events with a value */
};

/* A raw page's group; a slot that another page took is only a miss. */
struct memo {
    uint64_t hash;
    uint32_t group;
    bool is_known;
};

/* One pass over the source. */
struct pass {
    const struct settings *settings;
    struct vitals *vitals;
    struct arena *arena;
    struct day_bounds bounds; /* and the day after, which is not counted */
    struct vitals_seen *seen;
    struct group *group;
    size_t ngroups;
    uint32_t *slot; /* group + 1; 0: free */
    struct memo *memo;
    bool is_full;
};

/* ---- opening ---- */

static bool carries_vitals(const struct source *source)
{
    uint32_t numbers = 1U << NUMBER_LCP | 1U << NUMBER_INP | 1U << NUMBER_CLS |
                       1U << NUMBER_FCP | 1U << NUMBER_TTFB;

    return (source_kinds(source) >> KIND_VITALS & 1) != 0 &&
           (source_numbers(source) & numbers) != 0;
}

bool vitals_open(const struct config *config, const struct settings *settings,
                 struct arena *arena, struct vitals **vitals, struct err *err)
{
    struct vitals *opened;

    *vitals = NULL;
    if (!settings->rum.is_on)
        return true;
    opened = arena_new(arena, struct vitals, 1);
    if (!source_open(config, settings->rum.source, true, arena, &opened->source, err))
        return false;
    if (!carries_vitals(opened->source)) {
        bool is_named = json_at(config->root, "/perfcheck/rum/source") != NULL;

        source_close(opened->source);
        return !is_named ||
               config_err(config, "/perfcheck/rum/source", err,
                          "source '%s' carries no web vitals; map the kind 'vitals' "
                          "and its fields, or set \"rum\": null",
                          settings->rum.source);
    }
    if (!spill_open(settings->rum.scratch, sizeof(struct visit), MEMORY_BYTES, arena,
                    &opened->spill, err)) {
        source_close(opened->source);
        return false;
    }
    *vitals = opened;
    return true;
}

void vitals_close(struct vitals *vitals)
{
    if (!vitals)
        return;
    source_close(vitals->source);
    spill_close(vitals->spill);
}

const char *const *vitals_folders(const struct vitals *vitals, size_t *n)
{
    return source_folders(vitals->source, n);
}

/* ---- history ---- */

static bool is_rum(const struct history_series *item)
{
    return strncmp(item->metric, "rum.", strlen("rum.")) == 0;
}

static bool is_reference(const struct history_series *item)
{
    return strncmp(item->metric, "rumref.", strlen("rumref.")) == 0;
}

int32_t vitals_first_day(const struct history *history, bool has_through,
                         int32_t through, int32_t as_of)
{
    int32_t oldest = as_of - (VITALS_DAYS - 1);
    int32_t first = through - (RESCORE_DAYS - 1);
    bool is_known = false;

    for (size_t i = 0; i < history->n; i++)
        is_known = is_known || is_rum(&history->item[i]);
    return has_through && is_known && first > oldest ? first : oldest;
}

/* Pairs of ascending edges and counts that make k. */
static bool is_histogram(const struct row_of_day *row)
{
    double sum = 0;

    if (row->nvalues == 0 || row->nvalues % 2 != 0)
        return false;
    for (size_t i = 0; i < row->nvalues; i += 2) {
        double edge = row->values[i], count = row->values[i + 1];

        if (edge < 0 || (i > 0 && edge <= row->values[i - 2]) || count < 1 ||
            count != floor(count) || count > UINT32_MAX)
            return false;
        sum += count;
    }
    return sum == (double)row->k && sum <= UINT32_MAX;
}

static bool is_count(double value)
{
    return value >= 0 && value <= UINT32_MAX && value == floor(value);
}

static bool is_ref_row(const struct row_of_day *row)
{
    return row->nvalues == REF_VALUES && is_count(row->values[REF_N]) &&
           is_count(row->values[REF_ABOVE]) && is_count(row->values[REF_NEW_N]) &&
           row->values[REF_ABOVE] <= row->values[REF_N];
}

static bool check_history(const struct history *history, struct err *err)
{
    for (size_t i = 0; i < history->n; i++) {
        const struct history_series *item = &history->item[i];

        for (size_t r = 0; r < item->numbers.n; r++) {
            const struct row_of_day *row = &item->numbers.row[r];

            if ((is_rum(item) && !is_histogram(row)) ||
                (is_reference(item) && !is_ref_row(row)))
                return err_set(err,
                               "cannot use 'state/history/perfcheck.tsv': values of "
                               "%s on %s are no histogram or reference; restore the "
                               "file from git",
                               item->metric, day_text(row->day).text);
        }
    }
    return true;
}

static void forget_from(struct history *history, int32_t day)
{
    for (size_t i = 0; i < history->n; i++) {
        struct series *rows = &history->item[i].numbers;

        if (is_rum(&history->item[i]) || is_reference(&history->item[i]))
            while (rows->n > 0 && rows->row[rows->n - 1].day >= day)
                rows->n--;
    }
}

/* ---- events ---- */

static size_t device_of(struct str device)
{
    for (size_t i = 0; i < DEVICES; i++)
        if (str_equal_ignoring_case(device, str_of(devices[i])))
            return i;
    return DEVICE_OTHER;
}

static size_t name_group(struct pass *pass, struct str path,
                         char out[PAGE_BYTES_MAX + 1])
{
    const struct settings *settings = pass->settings;
    struct arena work;
    size_t n = 0;

    if (settings->rum.npages == 0)
        return page_normalise(path, out);
    arena_init(&work, ARENA_BYTES_MAX);
    for (size_t i = 0; i < settings->rum.npages && n == 0; i++) {
        const struct rum_page *page = &settings->rum.page[i];
        struct str group;
        enum re_result result = re_replace(page->match, path, page->as, &work, &group);

        pass->seen->too_costly += result == RE_TOO_COSTLY;
        if (result != RE_MATCH)
            continue;
        n = text_cut(group.at, group.n, PAGE_BYTES_MAX);
        memcpy(out, group.at, n);
    }
    arena_release(&work);
    return n > 0 ? n : page_normalise(path, out);
}

/* False: too many groups. */
static bool find_group(struct pass *pass, struct str name, uint32_t *group)
{
    uint64_t hash = hash_bytes(name.at, name.n);
    size_t at = hash % GROUP_SLOTS;

    while (pass->slot[at] != 0) {
        *group = pass->slot[at] - 1;
        if (pass->group[*group].hash == hash) // collisions of 64 bits are accepted
            return true;
        at = (at + 1) % GROUP_SLOTS;
    }
    if (pass->ngroups == GROUPS_MAX)
        return false;
    *group = (uint32_t)pass->ngroups++;
    pass->group[*group] = (struct group){
        .hash = hash,
        .name = text_safe(pass->arena, name.at, name.n, PAGE_BYTES_MAX),
    };
    pass->slot[at] = *group + 1;
    return true;
}

static bool group_of_page(struct pass *pass, struct str page, uint32_t *group)
{
    uint64_t hash = hash_bytes(page.at, page.n);
    struct memo *memo = &pass->memo[hash % MEMOS];
    char name[PAGE_BYTES_MAX + 1];
    size_t n;

    if (!memo->is_known || memo->hash != hash) {
        n = name_group(pass, page, name);
        if (!find_group(pass, (struct str){name, n}, group))
            return false;
        *memo = (struct memo){hash, *group, true};
    }
    *group = memo->group;
    return true;
}

/* False: the row has no value. */
static bool read_bins(const struct row *row, uint16_t bin[VITALS])
{
    static const enum row_number numbers[VITALS] = {
        [VITAL_LCP] = NUMBER_LCP, [VITAL_INP] = NUMBER_INP,   [VITAL_CLS] = NUMBER_CLS,
        [VITAL_FCP] = NUMBER_FCP, [VITAL_TTFB] = NUMBER_TTFB,
    };

    bool has_any = false;

    for (int v = 0; v < VITALS; v++) {
        double value = row->number[numbers[v]];

        bin[v] = NO_BIN;
        if (!row_has_number(row, numbers[v]) || !isfinite(value) || value < 0)
            continue;
        bin[v] = (uint16_t)vital_bin((enum vital)v, value);
        has_any = true;
    }
    return has_any;
}

static bool add_row(struct pass *pass, const struct row *row, struct err *err)
{
    struct visit visit = {.id = row->id, .time_ms = row->time_ms};
    struct visit *kept;
    uint32_t group;
    int32_t day;

    if ((row->kinds >> KIND_VITALS & 1) == 0 || row->page.n == 0 ||
        pass->seen->is_over || !day_bounds_find(&pass->bounds, row->time_ms, &day) ||
        day > pass->seen->as_of || !read_bins(row, visit.bin))
        return true;
    if (!group_of_page(pass, row->page, &group)) {
        pass->seen->is_over = true;
        return true;
    }
    visit.day = (uint16_t)(day - pass->bounds.first);
    visit.stratum = (uint32_t)((size_t)group * DEVICES + device_of(row->device));
    pass->group[group].values[visit.stratum % DEVICES]++;
    kept = spill_add(pass->vitals->spill, hash_mix(row->id, 0), &pass->is_full, err);
    if (!kept)
        return false;
    *kept = visit;
    return true;
}

static bool read_events(struct pass *pass, struct err *err)
{
    struct row row;
    bool end = false;

    spill_start(pass->vitals->spill);
    if (!source_start(pass->vitals->source, &pass->bounds, pass->arena, err))
        return false;
    while (source_next(pass->vitals->source, &row, &end, err)) {
        if (end)
            return true;
        if (!add_row(pass, &row, err))
            return false;
    }
    return false;
}

/* ---- which strata are kept ---- */

struct choice {
    uint32_t stratum;
    const char *group, *device;
    uint64_t values;
    bool is_known; /* history has it */
};

/* Those that are known first, then by values, then by name. */
static int compare_choices(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    int order;

    if (x->is_known != y->is_known)
        return x->is_known ? -1 : 1;
    if (x->values != y->values)
        return x->values > y->values ? -1 : 1;
    order = strcmp(x->group, y->group);
    return order != 0 ? order : strcmp(x->device, y->device);
}

static bool is_known(const struct history *history, const char *device,
                     const char *group)
{
    for (int v = 0; v < VITALS; v++) {
        const struct history_series *item =
            history_find(history, device, group, vital_row((enum vital)v));

        if (item && item->numbers.n > 0)
            return true;
    }
    return false;
}

static struct choice *choose(struct pass *pass, const struct history *history,
                             size_t *n)
{
    struct choice *choices =
        arena_new(pass->arena, struct choice, pass->ngroups * DEVICES);

    *n = 0;
    for (size_t i = 0; i < pass->ngroups * DEVICES; i++) {
        const struct group *group = &pass->group[i / DEVICES];

        if (group->values[i % DEVICES] == 0)
            continue;
        choices[(*n)++] = (struct choice){
            .stratum = (uint32_t)i,
            .group = group->name,
            .device = devices[i % DEVICES],
            .values = group->values[i % DEVICES],
            .is_known = is_known(history, devices[i % DEVICES], group->name),
        };
    }
    qsort(choices, *n, sizeof *choices, compare_choices);
    pass->seen->strata = *n;
    if (*n > VITALS_STRATA)
        *n = VITALS_STRATA;
    pass->seen->dropped = pass->seen->strata - *n;
    return choices;
}

/* ---- counting ---- */

struct tally {
    size_t days, nchosen;
    const int32_t *chosen; /* of a stratum; -1: left out */
    uint32_t *count;       /* [day][chosen][vital][bin] */
};

static uint32_t *histogram(const struct tally *tally, size_t day, size_t chosen,
                           size_t vital)
{
    return &tally->count[((day * tally->nchosen + chosen) * VITALS + vital) *
                         VITAL_BINS];
}

static int compare_visits(const void *a, const void *b)
{
    const struct visit *x = a, *y = b;

    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    if (x->stratum != y->stratum)
        return x->stratum < y->stratum ? -1 : 1;
    return memcmp(x->bin, y->bin, sizeof x->bin);
}

/* Visits of one id and day, in order of time: the last value of each vital counts. */
static void count_id(const struct tally *tally, const struct visit *visit, size_t n)
{
    for (size_t v = 0; v < VITALS; v++) {
        for (size_t i = n; i-- > 0;) {
            int32_t chosen = tally->chosen[visit[i].stratum];

            if (visit[i].bin[v] == NO_BIN)
                continue;
            if (chosen >= 0)
                histogram(tally, visit[i].day, (size_t)chosen, v)[visit[i].bin[v]]++;
            break;
        }
    }
}

static void count_partition(void *context, void *records, size_t n)
{
    const struct tally *tally = context;
    struct visit *visit = records;

    qsort(visit, n, sizeof *visit, compare_visits);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && visit[to].id == visit[from].id &&
                            visit[to].day == visit[from].day;)
            to++;
        count_id(tally, &visit[from], to - from);
    }
}

static void put_row(struct history *history, const struct choice *choice, size_t vital,
                    int32_t day, const uint32_t *count, struct arena *arena)
{
    struct history_series *item;
    struct row_of_day *row;
    double *value;
    size_t bins = 0;

    for (size_t b = 0; b < VITAL_BINS; b++)
        bins += count[b] > 0;
    if (bins == 0)
        return;
    item = history_put(history, choice->device, choice->group,
                       vital_row((enum vital)vital), arena);
    row = series_put(&item->numbers, day, arena);
    row->values = value = arena_new(arena, double, 2 * bins);
    row->nvalues = 2 * bins;
    for (size_t b = 0; b < VITAL_BINS; b++) {
        if (count[b] == 0)
            continue;
        *value++ = vital_edge((enum vital)vital, b);
        *value++ = count[b];
        row->k += count[b];
    }
}

static bool count_visits(struct pass *pass, struct history *history, struct err *err)
{
    size_t n, days = pass->bounds.n - 1;
    const struct choice *choices = choose(pass, history, &n);
    int32_t *chosen = arena_new(pass->arena, int32_t, pass->ngroups * DEVICES);
    struct tally tally = {.days = days, .nchosen = n, .chosen = chosen};

    tally.count = arena_new(pass->arena, uint32_t, days * n * VITALS * VITAL_BINS);
    for (size_t i = 0; i < pass->ngroups * DEVICES; i++)
        chosen[i] = -1;
    for (size_t i = 0; i < n; i++)
        chosen[choices[i].stratum] = (int32_t)i;
    spill_settle(pass->vitals->spill);
    if (!spill_each(pass->vitals->spill, count_partition, &tally, err))
        return false;
    for (size_t day = 0; day < days; day++) {
        if (pass->seen->status[day] != DAY_OK || pass->seen->is_over)
            continue;
        for (size_t i = 0; i < n; i++)
            for (size_t v = 0; v < VITALS; v++)
                put_row(history, &choices[i], v, pass->bounds.first + (int32_t)day,
                        histogram(&tally, day, i, v), pass->arena);
    }
    return true;
}

/* ---- the days ---- */

static void see_days(const struct vitals *vitals, struct arena *arena,
                     struct vitals_seen *seen)
{
    size_t n;
    const struct source_day *days = source_days(vitals->source, &n);
    struct source_day *kept = arena_new(arena, struct source_day, n);
    enum day_status *status = arena_new(arena, enum day_status, n);
    bool later = false;

    memcpy(kept, days, n * sizeof *days);
    for (size_t i = n; i-- > 0;) {
        status[i] = source_day_status(&days[i], rejected_pct, later);
        later = later || days[i].rows > 0;
    }
    seen->day = kept;
    seen->status = status;
    seen->totals = source_totals(vitals->source);
}

static bool collect_from(struct pass *pass, struct history *history, struct err *err)
{
    struct arena *arena = pass->arena;
    int32_t first = pass->seen->first;

    pass->bounds =
        day_bounds_new(arena, first, (size_t)(pass->seen->as_of - first) + 2);
    pass->group = arena_new(arena, struct group, GROUPS_MAX);
    pass->slot = arena_new(arena, uint32_t, GROUP_SLOTS);
    pass->memo = arena_new(arena, struct memo, MEMOS);
    if (!read_events(pass, err))
        return false;
    see_days(pass->vitals, arena, pass->seen);
    return count_visits(pass, history, err);
}

// NOLINTNEXTLINE(readability-function-size): what to read, which days of it, where to
bool vitals_collect(struct vitals *vitals, const struct settings *settings,
                    int32_t first, int32_t as_of, struct history *history,
                    struct arena *arena, struct vitals_seen *seen, struct err *err)
{
    struct pass pass = {.settings = settings,
                        .vitals = vitals,
                        .arena = arena,
                        .seen = seen};

    *seen = (struct vitals_seen){.first = first, .asked = first, .as_of = as_of};
    if (!check_history(history, err))
        return false;
    forget_from(history, first);
    while (!collect_from(&pass, history, err)) {
        if (!pass.is_full || seen->first == as_of)
            return false;
        pass.is_full = false; // the newer half of the days may fit
        pass.ngroups = 0;
        seen->first += (as_of - seen->first + 1) / 2;
        seen->too_costly = 0;
    }
    return true;
}
