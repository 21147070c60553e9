/* Messages by key and forms in CLDR's order. Catalogs are often sorted, or nearly so:
 * runs that ascend are merged, a sorted one costs one look. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"

#include "shared/banned.h"

/* Small, so that merging moves little. */
struct entry {
    struct str key;
    size_t index;
};

static size_t first_descent(const struct message *message, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (str_compare(message[i - 1].key, message[i].key) > 0)
            return i;
    return n;
}

/* Ends of the runs that do not descend. */
static size_t find_runs(const struct entry *entry, size_t n, size_t *end)
{
    size_t runs = 0;

    for (size_t i = 1; i <= n; i++)
        if (i == n || str_compare(entry[i - 1].key, entry[i].key) > 0)
            end[runs++] = i;
    return runs;
}

/* entry[i].index: which message belongs in place i. In place, round by round, for a
 * second copy of all messages is more than all else that sorting needs. */
static void arrange(struct message *message, struct entry *entry, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct message first = message[i];
        size_t to = i;

        while (entry[to].index != i) {
            size_t from = entry[to].index;

            message[to] = message[from];
            entry[to].index = to;
            to = from;
        }
        message[to] = first;
        entry[to].index = to;
    }
}

/* Equal keys keep their order. */
static void merge(const struct entry *from, size_t start, size_t middle, size_t end,
                  struct entry *to)
{
    size_t a = start, b = middle;

    for (size_t i = start; i < end; i++) {
        bool takes_a =
            b == end || (a < middle && str_compare(from[a].key, from[b].key) <= 0);

        to[i] = takes_a ? from[a++] : from[b++];
    }
}

/* Merges neighbours; the number of runs that are left. */
static size_t merge_all(const struct entry *from, size_t *end, size_t runs,
                        struct entry *to)
{
    size_t start = 0, left = 0;

    for (size_t r = 0; r < runs; r += 2) {
        size_t middle = end[r], last = r + 1 < runs ? end[r + 1] : end[r];

        merge(from, start, middle, last, to);
        end[left++] = last;
        start = last;
    }
    return left;
}

void messages_sort(struct message *message, size_t n, struct arena *arena)
{
    struct entry *entry, *other;
    size_t *end, runs;

    if (first_descent(message, n) == n)
        return;
    entry = arena_new(arena, struct entry, n);
    other = arena_new(arena, struct entry, n);
    end = arena_new(arena, size_t, n);
    for (size_t i = 0; i < n; i++)
        entry[i] = (struct entry){message[i].key, i};
    for (runs = find_runs(entry, n, end); runs > 1;) {
        struct entry *merged = other;

        runs = merge_all(entry, end, runs, merged);
        other = entry;
        entry = merged;
    }
    arrange(message, entry, n);
}

static enum category category_of(struct str name)
{
    enum category category;

    return category_parse(name, &category) ? category : CATEGORY_COUNT;
}

static bool is_before(const struct form *a, const struct form *b)
{
    enum category x = category_of(a->name), y = category_of(b->name);

    return x != y ? x < y : str_compare(a->name, b->name) < 0;
}

void forms_sort(struct form *form, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct form moved = form[i];
        size_t j = i;

        for (; j > 0 && is_before(&moved, &form[j - 1]); j--)
            form[j] = form[j - 1];
        form[j] = moved;
    }
}
