/* The days of an experiment in memory, in their order. */
#include "bandit/evidence.h"

#include <string.h>

#include "shared/banned.h"

/* First index whose day is not before `day`. */
static size_t day_index(const struct evidence *evidence, int32_t day)
{
    size_t low = 0;
    size_t high = evidence->n;

    if (high > 0 && evidence->day[high - 1].day < day)
        return high; // appending is the usual case
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (evidence->day[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct evidence_day *evidence_find(const struct evidence *evidence, int32_t day)
{
    size_t at = day_index(evidence, day);

    return at < evidence->n && evidence->day[at].day == day ? &evidence->day[at] : NULL;
}

struct evidence_day *evidence_put(struct evidence *evidence, int32_t day,
                                  struct arena *arena)
{
    size_t at = day_index(evidence, day);
    struct evidence_day *put;

    if (at < evidence->n && evidence->day[at].day == day)
        return &evidence->day[at];
    evidence->day = arena_room(arena, evidence->day, evidence->n, &evidence->capacity,
                               sizeof *evidence->day);
    put = &evidence->day[at];
    memmove(put + 1, put, (evidence->n - at) * sizeof *put);
    evidence->n++;
    *put = (struct evidence_day){.day = day};
    for (size_t i = 0; i < ARMS_MAX; i++)
        put->at_once[i].weight_x10000 = -1;
    return put;
}

int64_t evidence_exposed(const struct evidence *evidence,
                         const struct evidence_day *day)
{
    int64_t sum = 0;

    for (size_t i = 0; i < evidence->narms; i++)
        sum += day->at_once[i].exposed;
    return sum;
}
