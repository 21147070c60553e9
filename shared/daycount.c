/* Keeps rows as records in partitions by unit, in memory and then in scratch files, and
 * numbers the texts they were seen with. Counting them is shared/daycount_walk.c's. */
#define _GNU_SOURCE // O_TMPFILE, MADV_DONTNEED

#include "shared/daycount.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/daycount_internal.h"
#include "shared/hash.h"
#include "shared/limits.h"
#include "shared/page.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

enum {
    CHUNK_BYTES = 16 * 1024, // whole memory pages: one can be given back
    CHUNK_RECORDS = (CHUNK_BYTES - 16) / sizeof(struct record),
    CHUNKS_MAX = (32 << 20) / CHUNK_BYTES,
    // One partition is in memory at a time; beside it a run has room within 64 MiB.
    PARTITION_RECORDS_MAX = (48 << 20) / sizeof(struct record),
    SHORT_VALUES_MAX = UINT16_MAX, // browser, release, device: 16 bits in a record
    MEMO_PAGES = 1 << 15,
    RECENT = 64,
};

struct chunk {
    struct chunk *next;
    uint32_t n;
    struct record record[CHUNK_RECORDS];
};

_Static_assert(sizeof(struct chunk) == CHUNK_BYTES,
               "chunks tile the memory of records");

struct partition {
    int file;       /* -1 before daycount_open */
    size_t on_file; /* records, from the file's start */
    size_t in_memory;
    struct chunk *first, *last;
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
    const char *folder;
    struct partition partition[SCRATCH_FILES];
    struct chunk *chunks; /* CHUNKS_MAX of them once a row came, else NULL */
    size_t nchunks;       /* in use */
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

    return &values->recent[(text.n * 5 + last + 3 * middle) % RECENT];
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

/* An unnamed file. Where the file system has none, a named one that loses its name at
 * once. */
static int scratch_open(const char *folder, size_t number)
{
    char path[PATH_BYTES_MAX];
    int file = open(folder, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (file >= 0)
        return file;
    if ((size_t)snprintf(path, sizeof path, "%s/.rounds-scratch.%ld.%zu", folder,
                         (long)getpid(), number) >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    file = open(path, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC,
                S_IRUSR | S_IWUSR);
    if (file >= 0 && unlink(path) != 0) {
        int cause = errno;

        (void)close(file);
        errno = cause;
        return -1;
    }
    return file;
}

static bool write_all(int file, const void *from, size_t n, size_t at)
{
    const char *bytes = from;

    while (n > 0) {
        ssize_t done = pwrite(file, bytes, n, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        at += (size_t)done;
        n -= (size_t)done;
    }
    return true;
}

static bool read_all(int file, void *to, size_t n)
{
    char *bytes = to;
    size_t at = 0;

    while (at < n) {
        ssize_t done = pread(file, bytes + at, n - at, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done < 0 ? errno : EIO; // shorter than what was written
            return false;
        }
        at += (size_t)done;
    }
    return true;
}

/* Moves what a partition has in memory behind what it has on file. On failure nothing
 * has moved. */
static bool partition_spill(struct partition *partition)
{
    size_t at = partition->on_file;

    for (const struct chunk *chunk = partition->first; chunk; chunk = chunk->next) {
        if (!write_all(partition->file, chunk->record, chunk->n * sizeof(struct record),
                       at * sizeof(struct record)))
            return false;
        at += chunk->n;
    }
    partition->on_file = at;
    partition->in_memory = 0;
    partition->first = partition->last = NULL;
    return true;
}

static bool spill(struct daycount *counts)
{
    for (size_t i = 0; i < SCRATCH_FILES; i++) {
        if (!partition_spill(&counts->partition[i]))
            return false;
    }
    counts->nchunks = 0;
    return true;
}

static bool is_full(int cause)
{
    return cause == ENOSPC || cause == EFBIG || cause == EDQUOT;
}

static void *pages_new(size_t n)
{
    void *at =
        mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

/* Gives a partition a chunk with room, spilling all partitions when there is no chunk
 * left. */
static bool chunk_next(struct daycount *counts, struct partition *partition, bool *full,
                       struct err *err)
{
    struct chunk *chunk;

    if (!counts->chunks)
        counts->chunks = pages_new(CHUNKS_MAX * sizeof(struct chunk));
    if (!counts->chunks) {
        (void)err_system(err, "no memory for 32 MiB of events");
        return false;
    }
    if (counts->nchunks == CHUNKS_MAX && !spill(counts)) {
        *full = is_full(errno);
        (void)err_system(
            err, "cannot write scratch in '%s' (name a roomier folder with 'scratch')",
            counts->folder);
        return false;
    }
    chunk = &counts->chunks[counts->nchunks++];
    chunk->next = NULL;
    chunk->n = 0;
    if (partition->last)
        partition->last->next = chunk;
    else
        partition->first = chunk;
    partition->last = chunk;
    return true;
}

/* All of a partition's records, to `to`. Chunks are given back as they are copied, so
 * that the two are never both in memory whole. */
static bool partition_load(const struct daycount *counts, struct partition *partition,
                           struct record *to, struct err *err)
{
    if (!read_all(partition->file, to, partition->on_file * sizeof *to))
        return err_system(err, "cannot read scratch in '%s'", counts->folder);
    to += partition->on_file;
    for (struct chunk *chunk = partition->first; chunk;) {
        struct chunk *next = chunk->next;

        memcpy(to, chunk->record, chunk->n * sizeof *to);
        to += chunk->n;
        (void)madvise(chunk, sizeof *chunk, MADV_DONTNEED);
        chunk = next;
    }
    partition->first = partition->last = NULL;
    return true;
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

    opened->folder = str_copy(arena, folder, strlen(folder));
    arena_init(&opened->memory, ARENA_BYTES_MAX);
    for (size_t i = 0; i < SCRATCH_FILES; i++)
        opened->partition[i].file = -1;
    for (size_t i = 0; i < SCRATCH_FILES; i++) {
        opened->partition[i].file = scratch_open(folder, i);
        if (opened->partition[i].file < 0) {
            (void)err_system(
                err, "cannot open scratch in '%s' (name another folder with 'scratch')",
                folder);
            daycount_close(opened);
            return false;
        }
    }
    *counts = opened;
    return true;
}

void daycount_close(struct daycount *counts)
{
    if (!counts)
        return;
    for (size_t i = 0; i < SCRATCH_FILES; i++) {
        if (counts->partition[i].file >= 0)
            (void)close(counts->partition[i].file);
        counts->partition[i].file = -1;
    }
    if (counts->chunks)
        (void)munmap(counts->chunks, CHUNKS_MAX * sizeof(struct chunk));
    counts->chunks = NULL;
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
    for (size_t i = 0; i < SCRATCH_FILES; i++) {
        int file = counts->partition[i].file;

        counts->partition[i] = (struct partition){.file = file};
        (void)!ftruncate(file,
                         0); // only to give the room back: on_file says what counts
    }
    counts->nchunks = 0;
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
    struct partition *partition =
        &counts->partition[row->unit >> (64 - PARTITION_BITS)];

    assert(row->time_ms >= bounds->at_ms[0] && row->time_ms < bounds->at_ms[bounds->n]);
    *full = partition->on_file + partition->in_memory == PARTITION_RECORDS_MAX;
    if (*full)
        return err_set(err,
                       "scratch in '%s' is full: one of its %d files has 48 MiB, the "
                       "most whatever folder 'scratch' names; read fewer days at once",
                       counts->folder, SCRATCH_FILES);
    if ((!partition->last || partition->last->n == CHUNK_RECORDS) &&
        !chunk_next(counts, partition, full, err))
        return false;
    record_fill(counts, row, &partition->last->record[partition->last->n++]);
    partition->in_memory++;
    return true;
}

/* Empties the memory of records when there are any on file: a partition may need that
 * room. Full scratch is no error any more, as what could not be written is still in
 * memory. */
static void make_room(struct daycount *counts)
{
    bool spilled = false;

    for (size_t i = 0; i < SCRATCH_FILES; i++)
        spilled = spilled || counts->partition[i].on_file > 0;
    if (spilled && spill(counts))
        (void)madvise(counts->chunks, CHUNKS_MAX * sizeof(struct chunk), MADV_DONTNEED);
}

bool daycount_finish(struct daycount *counts, struct arena *arena,
                     struct day_cells **days, uint32_t *over, struct err *err)
{
    struct value_list lists[DIMENSION_COUNT];
    uint32_t *rank[DIMENSION_COUNT];
    uint32_t gone = 0;
    size_t most = 1;
    struct record *records;
    struct walk *walk;
    bool ok = true;

    make_room(counts);
    for (size_t d = 0; d < DIMENSION_COUNT; d++) {
        rank[d] = values_rank(counts, (enum dimension)d, arena, &lists[d]);
        gone |= (uint32_t)counts->values[d].is_over << d;
    }
    for (size_t i = 0; i < SCRATCH_FILES; i++) {
        size_t n = counts->partition[i].on_file + counts->partition[i].in_memory;

        most = n > most ? n : most;
    }
    records = pages_new(most * sizeof *records);
    if (!records)
        return err_system(err, "no memory for %zu events", most);
    walk = walk_new(counts->plan, lists, arena, &counts->memory);
    for (size_t i = 0; ok && i < SCRATCH_FILES; i++) {
        struct partition *partition = &counts->partition[i];
        size_t n = partition->on_file + partition->in_memory;

        ok = partition_load(counts, partition, records, err);
        if (ok) {
            renumber(records, n, rank);
            walk_records(walk, records, n);
        }
    }
    (void)munmap(records, most * sizeof *records);
    if (!ok)
        return false;
    *days = walk_days(walk);
    *over = gone;
    return true;
}
