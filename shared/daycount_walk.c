/* Sorts records by unit and time, takes them unit by unit and day by day, and adds each
 * unit up in the cells it was seen in. Pure: no file, no clock. */
#include <assert.h>
#include <stdlib.h>

#include "shared/daycount_internal.h"
#include "shared/spill.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

enum {
    USER_GAP_MS = 30 * 60 * 1000,
    BUCKET_BITS = 12, // of the unit, below its partition's: 4 of a million to a bucket
    BUCKETS = 1 << BUCKET_BITS,
    FEW = 64, // records for which buckets do not pay
    DAY_SHIFT = 40,
    DIMENSION_SHIFT = 32,
};

/* One value on one day. The key sorts by day, dimension, value; a value is never 0, so
 * neither is a key. */
struct cell {
    uint64_t key;
    uint32_t *counts; /* of counted c: affected at 2 c, exposed at 2 c + 1 */
};

/* Predicates of the unit-day at hand by value; `touched` names the values whose bits
 * are not 0. */
struct seen {
    uint64_t *bits;
    uint32_t *touched;
    uint32_t ntouched;
};

struct walk {
    const struct daycount_plan *plan;
    const struct value_list *lists;
    struct arena *arena;
    struct arena *memory;
    struct day_cells *days;
    struct seen seen[DIMENSION_COUNT];
    struct cell *cells; /* a hash table, open addressing, at most half full */
    size_t ncells;
    size_t nslots; /* a power of two */
    bool has_patterns;
};

enum order { ORDER_TIME, ORDER_ID };

/* A total order: by unit, then time or id first, then all there is, so that input order
 * cannot matter. */
static bool record_before(const struct record *a, const struct record *b,
                          enum order order)
{
    if (a->unit != b->unit)
        return a->unit < b->unit;
    if (order == ORDER_ID && a->id != b->id)
        return a->id < b->id;
    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms;
    if (a->id != b->id)
        return a->id < b->id;
    if (a->predicates != b->predicates)
        return a->predicates < b->predicates;
    if (a->page != b->page)
        return a->page < b->page;
    if (a->error != b->error)
        return a->error < b->error;
    if (a->browser != b->browser)
        return a->browser < b->browser;
    if (a->release != b->release)
        return a->release < b->release;
    if (a->device != b->device)
        return a->device < b->device;
    return a->kinds < b->kinds;
}

/* Shellsort: in place, quick on the few records a bucket has, and no input makes it
 * worse than n^(4/3) (Sedgewick 1986, J. Algorithms 7, 159-173, increments 4^k + 3
 * 2^(k-1) + 1), so that a hostile unit cannot stall a run. */
static void sort_small(struct record *records, size_t n, enum order order)
{
    static const size_t gaps[] = {1,    8,     23,    77,     281,    1073,
                                  4193, 16577, 65921, 262913, 1050113};
    size_t g = 0;

    while (g < sizeof gaps / sizeof gaps[0] && gaps[g] < n)
        g++;
    while (g-- > 0) {
        size_t gap = gaps[g];

        for (size_t i = gap; i < n; i++) {
            struct record moving;
            size_t to = i;

            if (!record_before(&records[i], &records[i - gap], order))
                continue; // nearly always: rows come in order of time
            moving = records[i];
            while (to >= gap && record_before(&moving, &records[to - gap], order)) {
                records[to] = records[to - gap];
                to -= gap;
            }
            records[to] = moving;
        }
    }
}

static size_t bucket_of(const struct record *record)
{
    return record->unit >> (64 - SPILL_BITS - BUCKET_BITS) & (BUCKETS - 1);
}

/* By unit, time, id. One pass of an in-place radix sort (American flag sort: McIlroy,
 * Bostic and McIlroy 1993, Computing Systems 6, 5-27) spreads the records over buckets;
 * no memory beside them is needed. */
static void sort_records(struct record *records, size_t n)
{
    uint32_t next[BUCKETS] = {0};
    uint32_t end[BUCKETS];
    uint32_t at = 0;

    if (n < FEW) {
        sort_small(records, n, ORDER_TIME);
        return;
    }
    assert(n <= UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        next[bucket_of(&records[i])]++;
    for (size_t b = 0; b < BUCKETS; b++) {
        uint32_t count = next[b];

        next[b] = at;
        at += count;
        end[b] = at;
    }
    for (size_t b = 0; b < BUCKETS; b++) {
        uint32_t start = b == 0 ? 0 : end[b - 1];

        while (next[b] < end[b]) {
            struct record *here = &records[next[b]];
            size_t home = bucket_of(here);
            struct record moved = *here;

            *here = records[next[home]]; // itself where home == b
            records[next[home]++] = moved;
        }
        if (end[b] - start > 1)
            sort_small(records + start, end[b] - start, ORDER_TIME);
    }
}

static size_t slot_of(const struct walk *walk, uint64_t key)
{
    // the product's upper bits: no lower one knows of the day and the dimension
    size_t slot = (size_t)(key * 0x9e3779b97f4a7c15U >> DAY_SHIFT) & (walk->nslots - 1);

    while (walk->cells[slot].key != 0 && walk->cells[slot].key != key)
        slot = (slot + 1) & (walk->nslots - 1);
    return slot;
}

static void cells_widen(struct walk *walk)
{
    struct cell *old = walk->cells;
    size_t nold = walk->nslots;

    walk->nslots *= 2;
    walk->cells = arena_new(walk->memory, struct cell, walk->nslots);
    for (size_t i = 0; i < nold; i++) {
        if (old[i].key != 0)
            walk->cells[slot_of(walk, old[i].key)] = old[i];
    }
}

static uint32_t *cell_counts(struct walk *walk, size_t day, enum dimension dimension,
                             uint32_t value)
{
    uint64_t key =
        (uint64_t)day << DAY_SHIFT | (uint64_t)dimension << DIMENSION_SHIFT | value;
    size_t slot = slot_of(walk, key);

    if (walk->cells[slot].key == 0) {
        if (2 * (walk->ncells + 1) > walk->nslots) {
            cells_widen(walk);
            slot = slot_of(walk, key);
        }
        walk->ncells++;
        walk->cells[slot].key = key;
        walk->cells[slot].counts =
            arena_new(walk->memory, uint32_t, 2 * walk->plan->ncounted);
    }
    return walk->cells[slot].counts;
}

struct walk *walk_new(const struct daycount_plan *plan, const struct value_list *lists,
                      struct arena *arena, struct arena *memory)
{
    struct walk *walk = arena_new(memory, struct walk, 1);

    *walk = (struct walk){
        .plan = plan,
        .lists = lists,
        .arena = arena,
        .memory = memory,
        .days = arena_new(arena, struct day_cells, plan->bounds.n),
        .cells = arena_new(memory, struct cell, 1024),
        .nslots = 1024,
    };
    for (size_t c = 0; c < plan->ncounted; c++)
        walk->has_patterns = walk->has_patterns || plan->counted[c].form != FORM_ROWS;
    for (size_t d = 0; d < DIMENSION_COUNT; d++) {
        walk->seen[d].bits = arena_new(memory, uint64_t, (size_t)lists[d].n + 1);
        walk->seen[d].touched = arena_new(memory, uint32_t, (size_t)lists[d].n + 1);
    }
    for (size_t day = 0; day < plan->bounds.n; day++) {
        walk->days[day].day = plan->bounds.first + (int32_t)day;
        (void)cell_counts(walk, day, DIMENSION_SITE, 1); // there is always a site
    }
    return walk;
}

static void see(struct seen *seen, uint32_t value, uint64_t predicates)
{
    if (value == 0 || predicates == 0)
        return;
    if (seen->bits[value] == 0)
        seen->touched[seen->ntouched++] = value;
    seen->bits[value] |= predicates;
}

static void count_value(struct walk *walk, size_t day, enum dimension dimension,
                        uint32_t value, uint64_t whole)
{
    const struct daycount_plan *plan = walk->plan;
    uint64_t bits = walk->seen[dimension].bits[value];
    uint32_t *counts = NULL;

    for (size_t c = 0; c < plan->ncounted; c++) {
        const struct counted *what = &plan->counted[c];
        uint64_t asked = what->affected | what->failed | what->exposed;
        bool began, is_affected, is_exposed;

        if ((bits & asked) == 0 || (what->from != 0 && (bits & what->from) == 0))
            continue;
        began = (bits & what->affected) != 0 && (whole & what->ended) == 0;
        // a row with an error carries no exposure: an error's is the site's
        is_exposed = dimension != DIMENSION_ERROR && (bits & what->exposed) != 0;
        is_affected =
            (began || (bits & what->failed) != 0) && (is_exposed || !what->within);
        if (!is_affected && !is_exposed)
            continue;
        if (!counts)
            counts = cell_counts(walk, day, dimension, value);
        counts[2 * c] += is_affected;
        counts[2 * c + 1] += is_exposed;
    }
}

/* Whether the last three rows that take part are the pattern; `page` is what they say
 * of. */
static bool pattern_ends(const struct counted *what, const struct record *const last[3],
                         uint32_t *page)
{
    if (last[2]->time_ms - last[0]->time_ms > what->window_ms || last[0]->page == 0 ||
        last[1]->page == 0 || last[2]->page != last[0]->page)
        return false;
    *page = last[1]->page;
    return (last[1]->page == last[0]->page) == (what->form == FORM_RETRY);
}

/* Finds one pattern in the rows of a unit-day, which are in order of time. */
static void see_pattern(struct walk *walk, const struct counted *what,
                        const struct record *records, size_t n)
{
    const struct record *last[3] = {NULL};

    for (size_t i = 0; i < n; i++) {
        const struct record *r = &records[i];
        uint32_t page;

        if ((r->predicates & what->exposed) == 0 ||
            (what->from != 0 && (r->predicates & what->from) == 0))
            continue;
        last[0] = last[1];
        last[1] = last[2];
        last[2] = r;
        if (!last[0] || !pattern_ends(what, last, &page))
            continue;
        see(&walk->seen[DIMENSION_SITE], 1, what->affected);
        see(&walk->seen[DIMENSION_PAGE], page, what->affected);
        see(&walk->seen[DIMENSION_BROWSER], r->browser, what->affected);
        see(&walk->seen[DIMENSION_DEVICE], r->device, what->affected);
        see(&walk->seen[DIMENSION_RELEASE], r->release, what->affected);
    }
}

/* One unit on one day, counted once wherever it was seen. */
static void count_unit(struct walk *walk, size_t day, const struct record *records,
                       size_t n)
{
    uint32_t kinds = 0;
    uint64_t whole = 0;

    for (size_t i = 0; i < n; i++) {
        const struct record *r = &records[i];

        kinds |= r->kinds;
        whole |= r->predicates;
        see(&walk->seen[DIMENSION_SITE], 1, r->predicates);
        see(&walk->seen[DIMENSION_PAGE], r->page, r->predicates);
        see(&walk->seen[DIMENSION_BROWSER], r->browser, r->predicates);
        see(&walk->seen[DIMENSION_DEVICE], r->device, r->predicates);
        see(&walk->seen[DIMENSION_RELEASE], r->release, r->predicates);
        see(&walk->seen[DIMENSION_ERROR], r->error, r->predicates);
    }
    for (size_t c = 0; c < walk->plan->ncounted && walk->has_patterns; c++)
        if (walk->plan->counted[c].form != FORM_ROWS)
            see_pattern(walk, &walk->plan->counted[c], records, n);
    walk->days[day].units++;
    for (size_t kind = 0; kind < KIND_COUNT; kind++)
        walk->days[day].kind_units[kind] += kinds >> kind & 1;
    for (size_t d = 0; d < DIMENSION_COUNT; d++) {
        struct seen *seen = &walk->seen[d];

        for (uint32_t i = 0; i < seen->ntouched; i++) {
            count_value(walk, day, (enum dimension)d, seen->touched[i], whole);
            seen->bits[seen->touched[i]] = 0;
        }
        seen->ntouched = 0;
    }
}

static bool has_id(const struct record *records, size_t n, uint64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (records[i].id == id)
            return true;
    return false;
}

/* Keeps the first record of each id and returns how many are left. They come in order
 * of time; many of them are left in order of id. */
static size_t drop_duplicates(struct record *records, size_t n)
{
    bool is_many = n > FEW;
    size_t kept = 1;

    if (is_many)
        sort_small(records, n, ORDER_ID);
    for (size_t i = 1; i < n; i++) {
        const struct record *known = is_many ? &records[kept - 1] : records;

        if (!has_id(known, is_many ? 1 : kept, records[i].id))
            records[kept++] = records[i];
    }
    return kept;
}

/* All records of one unit hash on one day. Ids and gaps are looked at within the day
 * only: the counts of a day must not depend on which other days the run asked for. A
 * unit across midnight counts on both anyway. */
static void walk_unit_day(struct walk *walk, size_t day, struct record *records,
                          size_t n)
{
    size_t kept = drop_duplicates(records, n);
    size_t start = 0;

    walk->days[day].duplicates += (int64_t)(n - kept);
    if (n > FEW && (walk->has_patterns || (records[0].kinds & RECORD_OF_USER) != 0))
        sort_small(records, kept, ORDER_TIME);
    if ((records[0].kinds & RECORD_OF_USER) == 0) {
        count_unit(walk, day, records, kept);
        return;
    }
    for (size_t i = 1; i <= kept; i++) {
        if (i == kept || records[i].time_ms - records[i - 1].time_ms > USER_GAP_MS) {
            count_unit(walk, day, records + start, i - start);
            start = i;
        }
    }
}

void walk_records(struct walk *walk, struct record *records, size_t n)
{
    const struct day_bounds *bounds = &walk->plan->bounds;
    size_t start = 0;

    sort_records(records, n);
    while (start < n) {
        int32_t day = 0;
        bool inside = day_bounds_find(bounds, records[start].time_ms, &day);
        size_t index = (size_t)(day - bounds->first);
        size_t stop = start + 1;

        assert(inside); // daycount_add has looked
        while (stop < n && records[stop].unit == records[start].unit &&
               records[stop].time_ms < bounds->at_ms[index + 1])
            stop++;
        walk_unit_day(walk, index, records + start, stop - start);
        start = stop;
    }
}

static int cell_compare(const void *a, const void *b)
{
    uint64_t one = ((const struct cell *)a)->key;
    uint64_t other = ((const struct cell *)b)->key;

    return (one > other) - (one < other);
}

/* The cells [0, n), all of one day and dimension, in order of value. */
static void dimension_fill(struct walk *walk, size_t day, enum dimension dimension,
                           const struct cell *cells, size_t n)
{
    struct day_dimension *out = &walk->days[day].dimension[dimension];
    const struct day_dimension *site = &walk->days[day].dimension[DIMENSION_SITE];
    size_t ncounted = walk->plan->ncounted;

    out->nvalues = n;
    out->value = arena_new(walk->arena, struct str, n);
    out->affected = arena_new(walk->arena, int64_t, n * ncounted);
    out->exposed = arena_new(walk->arena, int64_t, n * ncounted);
    for (size_t v = 0; v < n; v++) {
        out->value[v] = walk->lists[dimension].text[(uint32_t)cells[v].key - 1];
        for (size_t c = 0; c < ncounted; c++) {
            size_t at = v * ncounted + c;

            out->affected[at] = cells[v].counts[2 * c];
            out->exposed[at] = dimension == DIMENSION_ERROR
                                   ? site->exposed[c]
                                   : cells[v].counts[2 * c + 1];
        }
    }
}

struct day_cells *walk_days(struct walk *walk)
{
    struct cell *cells = arena_new(walk->memory, struct cell, walk->ncells);
    size_t n = 0;
    size_t stop;

    for (size_t i = 0; i < walk->nslots; i++) {
        if (walk->cells[i].key != 0)
            cells[n++] = walk->cells[i];
    }
    qsort(cells, n, sizeof *cells, cell_compare);
    for (size_t start = 0; start < n; start = stop) {
        uint64_t group = cells[start].key >> DIMENSION_SHIFT;
        size_t day = (size_t)(cells[start].key >> DAY_SHIFT);

        for (stop = start + 1; stop < n && cells[stop].key >> DIMENSION_SHIFT == group;)
            stop++;
        dimension_fill(walk, day, (enum dimension)(group & 0xff), cells + start,
                       stop - start);
    }
    return walk->days;
}
