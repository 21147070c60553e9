/* Keeps records by partition, in memory and then in scratch files. What they mean is
 * the caller's. */
#define _GNU_SOURCE // MADV_DONTNEED

#include "shared/spill.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/limits.h"
#include "shared/scratch.h"
#include "shared/str.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

enum {
    CHUNK_BYTES = 16 * 1024, // whole memory pages: one can be given back
    CHUNK_ROOM = CHUNK_BYTES - 16,
    RECORD_BYTES_MAX = 1024,
};

struct chunk {
    struct chunk *next;
    uint64_t n; /* records */
    unsigned char record[CHUNK_ROOM];
};

_Static_assert(sizeof(struct chunk) == CHUNK_BYTES,
               "chunks tile the memory of records");

struct partition {
    int file;       /* -1 before spill_open */
    size_t on_file; /* records, from the file's start */
    size_t in_memory;
    struct chunk *first, *last;
};

struct spill {
    const char *folder;
    size_t record_bytes;
    size_t chunk_records;  /* that fit into a chunk */
    size_t partition_most; /* records of one partition */
    struct partition partition[SPILL_FILES];
    struct chunk *chunks; /* chunks_max of them once a record came, else NULL */
    size_t nchunks;       /* in use */
    size_t chunks_max;
};

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
static bool partition_spill(const struct spill *spill, struct partition *partition)
{
    size_t size = spill->record_bytes;
    size_t at = partition->on_file;

    for (const struct chunk *chunk = partition->first; chunk; chunk = chunk->next) {
        if (!write_all(partition->file, chunk->record, chunk->n * size, at * size))
            return false;
        at += chunk->n;
    }
    partition->on_file = at;
    partition->in_memory = 0;
    partition->first = partition->last = NULL;
    return true;
}

static bool spill_all(struct spill *spill)
{
    for (size_t i = 0; i < SPILL_FILES; i++) {
        if (!partition_spill(spill, &spill->partition[i]))
            return false;
    }
    spill->nchunks = 0;
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

static size_t memory_bytes(const struct spill *spill)
{
    return spill->chunks_max * sizeof(struct chunk);
}

/* Gives a partition a chunk with room, spilling all partitions when there is no chunk
 * left. */
static bool chunk_next(struct spill *spill, struct partition *partition, bool *full,
                       struct err *err)
{
    struct chunk *chunk;

    if (!spill->chunks)
        spill->chunks = pages_new(memory_bytes(spill));
    if (!spill->chunks) {
        (void)err_system(err, "no memory for %zu MiB of events",
                         memory_bytes(spill) >> 20);
        return false;
    }
    if (spill->nchunks == spill->chunks_max && !spill_all(spill)) {
        *full = is_full(errno);
        (void)err_system(
            err, "cannot write scratch in '%s' (name a roomier folder with 'scratch')",
            spill->folder);
        return false;
    }
    chunk = &spill->chunks[spill->nchunks++];
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
static bool partition_load(const struct spill *spill, struct partition *partition,
                           unsigned char *to, struct err *err)
{
    size_t size = spill->record_bytes;

    if (!read_all(partition->file, to, partition->on_file * size))
        return err_system(err, "cannot read scratch in '%s'", spill->folder);
    to += partition->on_file * size;
    for (struct chunk *chunk = partition->first; chunk;) {
        struct chunk *next = chunk->next;

        memcpy(to, chunk->record, chunk->n * size);
        to += chunk->n * size;
        (void)madvise(chunk, sizeof *chunk, MADV_DONTNEED);
        chunk = next;
    }
    partition->first = partition->last = NULL;
    return true;
}

bool spill_open(const char *folder, size_t record_bytes, size_t memory_bytes,
                struct arena *arena, struct spill **spill, struct err *err)
{
    struct spill *opened = arena_new(arena, struct spill, 1);

    assert(record_bytes % 8 == 0 && record_bytes <= RECORD_BYTES_MAX);
    opened->folder = str_copy(arena, folder, strlen(folder));
    opened->record_bytes = record_bytes;
    opened->chunk_records = CHUNK_ROOM / record_bytes;
    opened->partition_most = SPILL_PARTITION_BYTES / record_bytes;
    opened->chunks_max = memory_bytes / sizeof(struct chunk);
    assert(opened->chunks_max > 0);
    for (size_t i = 0; i < SPILL_FILES; i++)
        opened->partition[i].file = -1;
    for (size_t i = 0; i < SPILL_FILES; i++) {
        opened->partition[i].file = scratch_open(folder, i);
        if (opened->partition[i].file < 0) {
            (void)err_system(
                err, "cannot open scratch in '%s' (name another folder with 'scratch')",
                folder);
            spill_close(opened);
            return false;
        }
    }
    *spill = opened;
    return true;
}

void spill_close(struct spill *spill)
{
    if (!spill)
        return;
    for (size_t i = 0; i < SPILL_FILES; i++) {
        if (spill->partition[i].file >= 0)
            (void)close(spill->partition[i].file);
        spill->partition[i].file = -1;
    }
    if (spill->chunks)
        (void)munmap(spill->chunks, memory_bytes(spill));
    spill->chunks = NULL;
}

void spill_start(struct spill *spill)
{
    for (size_t i = 0; i < SPILL_FILES; i++) {
        int file = spill->partition[i].file;

        spill->partition[i] = (struct partition){.file = file};
        (void)!ftruncate(file,
                         0); // only to give the room back: on_file says what counts
    }
    spill->nchunks = 0;
}

void *spill_add(struct spill *spill, uint64_t hash, bool *full, struct err *err)
{
    struct partition *partition = &spill->partition[hash >> (64 - SPILL_BITS)];

    *full = partition->on_file + partition->in_memory == spill->partition_most;
    if (*full) {
        (void)err_set(err,
                      "scratch in '%s' is full: one of its %d files has %d MiB, the "
                      "most whatever folder 'scratch' names; read fewer days at once",
                      spill->folder, SPILL_FILES, SPILL_PARTITION_BYTES >> 20);
        return NULL;
    }
    if ((!partition->last || partition->last->n == spill->chunk_records) &&
        !chunk_next(spill, partition, full, err))
        return NULL;
    partition->in_memory++;
    return partition->last->record + partition->last->n++ * spill->record_bytes;
}

/* Full scratch is no error any more: what could not be written is still in memory. */
void spill_settle(struct spill *spill)
{
    bool spilled = false;

    for (size_t i = 0; i < SPILL_FILES; i++)
        spilled = spilled || spill->partition[i].on_file > 0;
    if (spilled && spill_all(spill))
        (void)madvise(spill->chunks, memory_bytes(spill), MADV_DONTNEED);
}

bool spill_each(struct spill *spill,
                void (*take)(void *context, void *records, size_t n), void *context,
                struct err *err)
{
    size_t most = 1;
    unsigned char *records;
    bool ok = true;

    for (size_t i = 0; i < SPILL_FILES; i++) {
        size_t n = spill->partition[i].on_file + spill->partition[i].in_memory;

        most = n > most ? n : most;
    }
    records = pages_new(most * spill->record_bytes);
    if (!records)
        return err_system(err, "no memory for %zu events", most);
    for (size_t i = 0; ok && i < SPILL_FILES; i++) {
        struct partition *partition = &spill->partition[i];
        size_t n = partition->on_file + partition->in_memory;

        ok = partition_load(spill, partition, records, err);
        if (ok)
            take(context, records, n);
    }
    (void)munmap(records, most * spill->record_bytes);
    return ok;
}
