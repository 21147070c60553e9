/* Calendars, sessions in paths, filters of filters: URLs without end. Section 12 of the
 * page has the caps. Pure. */
#include "seocheck/collect_internal.h"
#include "shared/hash.h"

#include "shared/banned.h"

enum {
    QUERIES_MAX = 50,  // of a path
    NUMBERS_MAX = 500, // variants of a pattern that differ in numbers only
    SEGMENTS_MAX = 16,
    REPEATS_MAX = 3, // of one segment
    SLOTS_FIRST = 256,
};

/* The count of a key, 0 where it is new. */
static int *count_of(struct traps *traps, uint64_t key, struct arena *arena)
{
    size_t at;

    if (2 * (traps->n + 1) > traps->nslots) {
        struct traps old = *traps;

        *traps =
            (struct traps){.nslots = old.nslots > 0 ? 2 * old.nslots : SLOTS_FIRST};
        traps->slot = arena_new(arena, struct trap_count, traps->nslots);
        for (size_t i = 0; i < old.nslots; i++)
            if (old.slot[i].key != 0)
                *count_of(traps, old.slot[i].key, arena) = old.slot[i].n;
    }
    key += key == 0;
    at = (size_t)key & (traps->nslots - 1);
    while (traps->slot[at].key != 0 && traps->slot[at].key != key)
        at = (at + 1) & (traps->nslots - 1);
    traps->n += traps->slot[at].key == 0;
    traps->slot[at].key = key;
    return &traps->slot[at].n;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of the text with each run of digits as one; `*has_number` tells whether it has any.
 */
static uint64_t pattern_of(const struct url *url, bool *has_number)
{
    struct str text = url->text;
    char pattern[URL_BYTES_MAX];
    size_t n = 0;
    size_t host = (size_t)(url->path.at - text.at); // whose digits are no variants

    *has_number = false;
    for (size_t i = 0; i < text.n && n < sizeof pattern; i++) {
        bool is_number = i >= host && is_digit(text.at[i]);

        *has_number = *has_number || is_number;
        if (!is_number || !is_digit(text.at[i - 1]))
            pattern[n++] = is_number ? '0' : text.at[i];
    }
    return hash_bytes(pattern, n);
}

static bool is_deep(struct str path)
{
    struct str segment[SEGMENTS_MAX + 3];
    size_t n = str_split(path, '/', segment, SEGMENTS_MAX + 3);

    if (n > 1 && n <= SEGMENTS_MAX + 3 && segment[n - 1].n == 0)
        n--;                  // behind the last slash
    if (n > SEGMENTS_MAX + 1) // the first one is before the first slash
        return true;
    for (size_t i = 1; i < n; i++) {
        int same = 0;

        for (size_t j = i; j < n; j++)
            same += str_equal(segment[i], segment[j]);
        if (same > REPEATS_MAX)
            return true;
    }
    return false;
}

bool trap_holds(struct traps *traps, const struct url *url, struct arena *arena)
{
    size_t path_end = (size_t)(url->path.at - url->text.at) + url->path.n;
    bool has_number;
    uint64_t pattern = hash_mix(1, pattern_of(url, &has_number));
    int *n;

    if (is_deep(url->path))
        return true;
    if (has_number) {
        n = count_of(traps, pattern, arena);
        if (*n == NUMBERS_MAX)
            return true;
        ++*n;
    }
    if (url->has_query) {
        n = count_of(traps, hash_mix(2, hash_bytes(url->text.at, path_end)), arena);
        if (*n == QUERIES_MAX)
            return true;
        ++*n;
    }
    return false;
}
