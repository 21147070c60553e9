/* A hash table of texts that only grows. Pure. */
#include "perfcheck/texts.h"

#include <stdlib.h>
#include <string.h>

#include "shared/banned.h"

struct text_slot {
    const char *text; /* NULL: free */
    uint64_t hash;
};

static int hash_compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

void hash_sort(uint64_t *hash, size_t n)
{
    if (n > 1)
        qsort(hash, n, sizeof *hash, hash_compare);
}

size_t hash_set(uint64_t *hash, size_t n)
{
    size_t kept = 0;

    hash_sort(hash, n);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || hash[kept - 1] != hash[i])
            hash[kept++] = hash[i];
    return kept;
}

bool hash_set_has(const uint64_t *hash, size_t n, uint64_t wanted)
{
    return n > 0 && bsearch(&wanted, hash, n, sizeof *hash, hash_compare) != NULL;
}

static size_t next(const struct texts *texts, size_t at)
{
    return (at + 1) & (texts->capacity - 1);
}

static size_t first(const struct texts *texts, uint64_t hash)
{
    return (size_t)(hash ^ hash >> 32) & (texts->capacity - 1);
}

/* The slot of a hash, or the free one where it belongs. */
static struct text_slot *slot_of(const struct texts *texts, uint64_t hash)
{
    size_t at = first(texts, hash);

    while (texts->slot[at].text && texts->slot[at].hash != hash)
        at = next(texts, at);
    return &texts->slot[at];
}

static void grow(struct texts *texts, struct arena *arena)
{
    struct texts larger = {.n = texts->n};

    larger.capacity = texts->capacity == 0 ? 256 : 2 * texts->capacity;
    larger.slot = arena_new(arena, struct text_slot, larger.capacity);
    for (size_t i = 0; i < texts->capacity; i++) {
        const struct text_slot *from = &texts->slot[i];
        size_t at = first(&larger, from->hash);

        if (!from->text)
            continue;
        while (larger.slot[at].text)
            at = next(&larger, at);
        larger.slot[at] = *from;
    }
    *texts = larger;
}

uint64_t texts_keep(struct texts *texts, struct str key, struct str text,
                    struct arena *arena)
{
    uint64_t hash = fnv(key);
    struct text_slot *slot;

    if (4 * (texts->n + 1) > 3 * texts->capacity)
        grow(texts, arena);
    slot = slot_of(texts, hash);
    if (slot->text && str_compare(str_of(slot->text), text) <= 0)
        return hash;
    texts->n += !slot->text;
    *slot = (struct text_slot){str_copy(arena, text.at, text.n), hash};
    return hash;
}

const char *texts_find(const struct texts *texts, uint64_t hash)
{
    const struct text_slot *slot = texts->capacity > 0 ? slot_of(texts, hash) : NULL;

    return slot && slot->text ? slot->text : "";
}

/* Pages and the like come from outside: another text of the same hash stays another. */
const char *texts_intern(struct texts *texts, struct str text, struct arena *arena)
{
    uint64_t hash = fnv(text);
    size_t at;

    if (4 * (texts->n + 1) > 3 * texts->capacity)
        grow(texts, arena);
    for (at = first(texts, hash); texts->slot[at].text; at = next(texts, at))
        if (texts->slot[at].hash == hash &&
            str_equal(str_of(texts->slot[at].text), text))
            return texts->slot[at].text;
    texts->slot[at] = (struct text_slot){str_copy(arena, text.at, text.n), hash};
    texts->n++;
    return texts->slot[at].text;
}
