/* Merges lists of values that are in byte order. */
#include "shared/daycells.h"

#include <stdlib.h>
#include <string.h>

#include "shared/banned.h"

static void add_value(struct day_dimension *out, const struct day_dimension *from,
                      size_t v, size_t ncounted)
{
    out->value[out->nvalues] = from->value[v];
    for (size_t c = 0; c < ncounted; c++) {
        out->affected[out->nvalues * ncounted + c] += from->affected[v * ncounted + c];
        out->exposed[out->nvalues * ncounted + c] += from->exposed[v * ncounted + c];
    }
}

static void add_dimension(struct day_dimension *to, const struct day_dimension *from,
                          size_t ncounted, struct arena *arena)
{
    size_t most = to->nvalues + from->nvalues, a = 0, b = 0;
    struct day_dimension out = {
        .value = arena_new(arena, struct str, most),
        .affected = arena_new(arena, int64_t, most * ncounted),
        .exposed = arena_new(arena, int64_t, most * ncounted),
    };

    while (a < to->nvalues || b < from->nvalues) {
        int order = a == to->nvalues     ? 1
                    : b == from->nvalues ? -1
                                         : str_compare(to->value[a], from->value[b]);

        if (order <= 0)
            add_value(&out, to, a++, ncounted);
        if (order >= 0)
            add_value(&out, from, b++, ncounted);
        out.nvalues++;
    }
    *to = out;
}

void day_cells_add(struct day_cells *to, const struct day_cells *from, size_t ncounted,
                   struct arena *arena)
{
    const struct day_dimension *site = &to->dimension[DIMENSION_SITE];
    struct day_dimension *error = &to->dimension[DIMENSION_ERROR];

    to->units += from->units;
    to->duplicates += from->duplicates;
    for (size_t k = 0; k < KIND_COUNT; k++)
        to->kind_units[k] += from->kind_units[k];
    for (size_t d = 0; d < DIMENSION_COUNT; d++)
        if (from->dimension[d].nvalues > 0)
            add_dimension(&to->dimension[d], &from->dimension[d], ncounted, arena);
    for (size_t v = 0; v < error->nvalues && site->nvalues > 0; v++)
        memcpy(&error->exposed[v * ncounted], site->exposed,
               ncounted * sizeof *site->exposed);
}

static int value_compare(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* Different values of a dimension over all days. */
static size_t count_values(const struct day_cells *days, size_t n, size_t dimension,
                           struct arena *arena)
{
    size_t all = 0, different = 0;
    struct str *value;

    for (size_t i = 0; i < n; i++)
        all += days[i].dimension[dimension].nvalues;
    value = arena_new(arena, struct str, all);
    all = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < days[i].dimension[dimension].nvalues; v++)
            value[all++] = days[i].dimension[dimension].value[v];
    if (all > 1)
        qsort(value, all, sizeof *value, value_compare);
    for (size_t v = 0; v < all; v++)
        different += v == 0 || !str_equal(value[v - 1], value[v]);
    return different;
}

uint32_t day_cells_cap(struct day_cells *days, size_t n,
                       const uint32_t most[DIMENSION_COUNT], uint32_t over,
                       struct arena *arena)
{
    for (size_t d = DIMENSION_PAGE; d < DIMENSION_COUNT; d++) {
        if (count_values(days, n, d, arena) > most[d])
            over |= UINT32_C(1) << d;
        for (size_t i = 0; i < n && (over >> d & 1) != 0; i++)
            days[i].dimension[d].nvalues = 0;
    }
    return over;
}
