/* Makes records of rows and numbers the texts they were seen with. Keeping the records
 * is shared/spill.c's, counting them shared/daycount_walk.c's. */
#include "shared/daycount.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "shared/daycount_internal.h"
#include "shared/hash.h"
#include "shared/limits.h"
#include "shared/page.h"
#include "shared/spill.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

enum {
    MEMORY_BYTES = 32 << 20,
    SHORT_VALUES_MAX = UINT16_MAX, // browser, release, device: 16 bits in a record
    MEMO_PAGES = 1 << 15,
    RECENT = 64,
};

/* The distinct texts of a dimension, numbered from 1 as they come. */
struct values {
    struct str *text; /* of number v at v - 1 */
    uint32_t n;
    uint32_t most;
    size_t capacity;
    uint32_t *slots; /* a hash table of numbers, open addressing, at most half full */
    size_t nslots;   /* a power of two, or 0 */
    uint32_t recent[RECENT]; /* numbers last looked up, by recent_of(); 0: none */
    bool is_over;
};

/* Where a raw path was last numbered; a slot that another path took is only a miss. */
struct memo {
    uint64_t hash; /* collisions of 64 bits are accepted, as for units */
    uint32_t page;
    bool is_known;
};

struct daycount {
    struct spill *spill; /* struct record */
    const struct daycount_plan *plan;
    uint64_t of_any_kind;         /* predicates that do not ask for a kind */
    uint64_t of_kind[KIND_COUNT]; /* predicates that a kind satisfies */
    uint64_t asks_more;           /* predicates that ask for a number or a referrer */
    uint64_t given;               /* predicates that row.custom decides */
    struct arena memory;          /* from one start to the next */
    struct values values[DIMENSION_COUNT];
    struct memo *memo;
};

const char *dimension_word(enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_SITE: return "site";
    case DIMENSION_PAGE: return "page";
    case DIMENSION_BROWSER: return "browser";
    case DIMENSION_DEVICE: return "device";
    case DIMENSION_RELEASE: return "release";
    case DIMENSION_ERROR: return "error";
    case DIMENSION_COUNT: break;
    }
    return "";
}

static size_t slot_of(const struct values *values, struct str text)
{
    size_t slot = hash_bytes(text.at, text.n) & (values->nslots - 1);

    while (values->slots[slot] != 0 &&
           !str_equal(values->text[values->slots[slot] - 1], text))
        slot = (slot + 1) & (values->nslots - 1);
    return slot;
}

/* Where a text's number is kept for the next row: most rows bring texts that were there
 * just before, and a comparison is cheaper than a hash. */
static uint32_t *recent_of(struct values *values, struct str text)
{
    size_t last = (unsigned char)text.at[text.n - 1];
    size_t middle = (unsigned char)text.at[text.n / 2];

    // 11: more than there are digits, so that 4.1.3 is not kept where 4.2.0 is
    return &values->recent[(text.n * 5 + last + 11 * middle) % RECENT];
}

static void values_widen(struct values *values, struct arena *memory)
{
    values->nslots = values->nslots == 0 ? 64 : values->nslots * 2;
    values->slots = arena_new(memory, uint32_t, values->nslots);
    for (uint32_t v = 1; v <= values->n; v++)
        values->slots[slot_of(values, values->text[v - 1])] = v;
}

/* The number of `text`; 0 for no text and in a dimension that is off. One text over the
 * cap turns the whole dimension off: leaving out just those that come late would depend
 * on the order of input. */
static uint32_t values_number(struct values *values, struct arena *memory,
                              struct str text)
{
    uint32_t *recent;
    size_t slot;

    if (text.n == 0 || values->most == 0 || values->is_over)
        return 0;
    recent = recent_of(values, text);
    if (*recent != 0 && str_equal(values->text[*recent - 1], text))
        return *recent;
    if (2 * ((size_t)values->n + 1) > values->nslots)
        values_widen(values, memory);
    slot = slot_of(values, text);
    if (values->slots[slot] != 0)
        return *recent = values->slots[slot];
    if (values->n == values->most) {
        values->is_over = true;
        return 0;
    }
    values->text = arena_room(memory, values->text, values->n, &values->capacity,
                              sizeof *values->text);
    values->text[values->n] = (struct str){str_copy(memory, text.at, text.n), text.n};
    return *recent = values->slots[slot] = ++values->n;
}

struct ranked {
    struct str text;
    uint32_t number;
};

static int ranked_compare(const void *a, const void *b)
{
    return str_compare(((const struct ranked *)a)->text,
                       ((const struct ranked *)b)->text);
}

/* From numbers as they came to numbers in byte order: `rank[number]`. Ties between
 * records are broken by these, so they must not know the order of input. The texts go
 * to `arena`, into `list`. */
static uint32_t *values_rank(struct daycount *counts, enum dimension dimension,
                             struct arena *arena, struct value_list *list)
{
    const struct values *values = &counts->values[dimension];
    uint32_t n = values->is_over ? 0 : values->n;
    uint32_t *rank = arena_new(&counts->memory, uint32_t, (size_t)values->n + 1);
    struct ranked *ranked = arena_new(&counts->memory, struct ranked, n);

    for (uint32_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){values->text[i], i + 1};
    if (n > 0)
        qsort(ranked, n, sizeof *ranked, ranked_compare);
    *list = (struct value_list){arena_new(arena, struct str, n), n};
    for (uint32_t i = 0; i < n; i++) {
        struct str text = ranked[i].text;

        list->text[i] = (struct str){str_copy(arena, text.at, text.n), text.n};
        rank[ranked[i].number] = i + 1;
    }
    return rank; // all 0 in a dimension that went over
}

static bool is_own_host(const struct daycount_plan *plan, struct str host)
{
    for (size_t i = 0; host.n > 0 && i < plan->nown_hosts; i++) {
        if (str_equal_ignoring_case(str_of(plan->own_hosts[i]), host))
            return true;
    }
    return false;
}

/* Whether the row has the number and the referrer that `what` asks for. */
static bool row_has_rest(const struct daycount_plan *plan, const struct predicate *what,
                         const struct row *row)
{
    if (what->has_number) {
        double number = row->number[what->which];

        if (!row_has_number(row, what->which) || !(number > what->above) ||
            !(number <= what->at_most))
            return false;
    }
    return !what->own_referrer || is_own_host(plan, row->referrer_host);
}

static uint64_t predicates_of(const struct daycount *counts, const struct row *row)
{
    const struct daycount_plan *plan = counts->plan;
    uint64_t bits = counts->of_any_kind;

    for (uint32_t kinds = row->kinds; kinds != 0; kinds &= kinds - 1)
        bits |= counts->of_kind[__builtin_ctz(kinds)];
    for (uint64_t open = bits & counts->asks_more; open != 0; open &= open - 1) {
        int lowest = __builtin_ctzll(open);

        if (!row_has_rest(plan, &plan->predicates[lowest], row))
            bits &= ~((uint64_t)1 << lowest);
    }
    return bits | (row->custom & counts->given);
}

static uint32_t page_number(struct daycount *counts, struct str path)
{
    const struct daycount_plan *plan = counts->plan;
    struct values *pages = &counts->values[DIMENSION_PAGE];
    char name[PAGE_BYTES_MAX + 1];
    struct memo *memo;
    uint64_t hash;
    size_t n = 0;

    if (path.n == 0 || pages->most == 0 || pages->is_over)
        return 0;
    hash = hash_bytes(path.at, path.n);
    memo = &counts->memo[hash % MEMO_PAGES];
    if (memo->is_known && memo->hash == hash)
        return memo->page;
    if (!plan->page_name)
        n = page_normalise(path, name);
    else if (!plan->page_name(plan->page_context, path, name, &n))
        n = 0;
    *memo = (struct memo){hash,
                          values_number(pages, &counts->memory, (struct str){name, n}),
                          true};
    return memo->page;
}

static void record_fill(struct daycount *counts, const struct row *row,
                        struct record *record)
{
    struct values *values = counts->values;
    struct arena *memory = &counts->memory;

    *record = (struct record){
        .unit = row->unit,
        .id = row->id,
        .time_ms = row->time_ms,
        .predicates = predicates_of(counts, row),
        .page = page_number(counts, row->page),
        .error = values_number(&values[DIMENSION_ERROR], memory, row->error),
        .browser =
            (uint16_t)values_number(&values[DIMENSION_BROWSER], memory, row->browser),
        .release =
            (uint16_t)values_number(&values[DIMENSION_RELEASE], memory, row->release),
        .device =
            (uint16_t)values_number(&values[DIMENSION_DEVICE], memory, row->device),
        .kinds = (uint16_t)((row->kinds & ((1U << KIND_COUNT) - 1)) |
                            (row->unit_is_user ? RECORD_OF_USER : 0U)),
    };
}

static void renumber(struct record *records, size_t n, uint32_t *const rank[])
{
    for (size_t i = 0; i < n; i++) {
        struct record *record = &records[i];

        record->page = rank[DIMENSION_PAGE][record->page];
        record->error = rank[DIMENSION_ERROR][record->error];
        record->browser = (uint16_t)rank[DIMENSION_BROWSER][record->browser];
        record->release = (uint16_t)rank[DIMENSION_RELEASE][record->release];
        record->device = (uint16_t)rank[DIMENSION_DEVICE][record->device];
    }
}

bool daycount_open(const char *folder, struct arena *arena, struct daycount **counts,
                   struct err *err)
{
    struct daycount *opened = arena_new(arena, struct daycount, 1);

    if (!spill_open(folder, sizeof(struct record), MEMORY_BYTES, arena, &opened->spill,
                    err))
        return false;
    arena_init(&opened->memory, ARENA_BYTES_MAX);
    *counts = opened;
    return true;
}

void daycount_close(struct daycount *counts)
{
    if (!counts)
        return;
    spill_close(counts->spill);
    arena_release(&counts->memory);
}

static void predicates_index(struct daycount *counts, const struct daycount_plan *plan)
{
    counts->of_any_kind = 0;
    counts->asks_more = 0;
    counts->given = 0;
    memset(counts->of_kind, 0, sizeof counts->of_kind);
    for (size_t i = 0; i < plan->npredicates; i++) {
        const struct predicate *what = &plan->predicates[i];
        uint64_t bit = (uint64_t)1 << i;

        if (what->given) {
            counts->given |= bit;
            continue;
        }
        if (what->kinds == 0)
            counts->of_any_kind |= bit;
        for (size_t kind = 0; kind < KIND_COUNT; kind++)
            counts->of_kind[kind] |= (what->kinds >> kind & 1) != 0 ? bit : 0;
        if (what->has_number || what->own_referrer)
            counts->asks_more |= bit;
    }
}

void daycount_start(struct daycount *counts, const struct daycount_plan *plan)
{
    assert(plan->npredicates <= PREDICATES_MAX && plan->ncounted <= COUNTED_MAX);
    spill_start(counts->spill);
    arena_release(&counts->memory);
    arena_init(&counts->memory, ARENA_BYTES_MAX);
    counts->plan = plan;
    predicates_index(counts, plan);
    for (size_t d = 0; d < DIMENSION_COUNT; d++) {
        uint32_t most = plan->most_values[d];
        bool is_short =
            d == DIMENSION_BROWSER || d == DIMENSION_RELEASE || d == DIMENSION_DEVICE;

        if (d == DIMENSION_SITE)
            most = 1;
        else if (is_short && most > SHORT_VALUES_MAX)
            most = SHORT_VALUES_MAX;
        counts->values[d] = (struct values){.most = most};
    }
    (void)values_number(&counts->values[DIMENSION_SITE], &counts->memory, STR("site"));
    counts->memo = arena_new(&counts->memory, struct memo, MEMO_PAGES);
}

bool daycount_add(struct daycount *counts, const struct row *row, bool *full,
                  struct err *err)
{
    const struct day_bounds *bounds = &counts->plan->bounds;
    struct record *record;

    assert(row->time_ms >= bounds->at_ms[0] && row->time_ms < bounds->at_ms[bounds->n]);
    record = spill_add(counts->spill, row->unit, full, err);
    if (!record)
        return false;
    record_fill(counts, row, record);
    return true;
}

/* What a partition needs on its way from records to counts. */
struct taking {
    struct walk *walk;
    uint32_t *rank[DIMENSION_COUNT];
};

static void take_partition(void *context, void *records, size_t n)
{
    const struct taking *taking = context;

    renumber(records, n, taking->rank);
    walk_records(taking->walk, records, n);
}

bool daycount_finish(struct daycount *counts, struct arena *arena,
                     struct day_cells **days, uint32_t *over, struct err *err)
{
    struct value_list lists[DIMENSION_COUNT];
    struct taking taking;
    uint32_t gone = 0;

    spill_settle(counts->spill);
    for (size_t d = 0; d < DIMENSION_COUNT; d++) {
        taking.rank[d] = values_rank(counts, (enum dimension)d, arena, &lists[d]);
        gone |= (uint32_t)counts->values[d].is_over << d;
    }
    taking.walk = walk_new(counts->plan, lists, arena, &counts->memory);
    if (!spill_each(counts->spill, take_partition, &taking, err))
        return false;
    *days = walk_days(taking.walk);
    *over = gone;
    return true;
}
