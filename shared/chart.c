/* Charts by days: their axis. */
#include "shared/chart.h"

#include <string.h>

#include "shared/clock.h"
#include "shared/str.h"

#include "shared/banned.h"

struct chart_days chart_days(int32_t first, int32_t last, struct arena *arena)
{
    struct chart_days days = {.first = first};
    const char **x;

    if (first > last)
        return days;
    if (last - first >= CHART_POINTS_MAX)
        days.first = last - CHART_POINTS_MAX + 1;
    days.n = (size_t)(last - days.first) + 1;
    days.x = x = arena_new(arena, const char *, days.n);
    for (size_t i = 0; i < days.n; i++) {
        struct day_text text = day_text(days.first + (int32_t)i);

        x[i] = str_copy(arena, text.text, strlen(text.text));
    }
    return days;
}

bool chart_day_at(const struct chart_days *days, int32_t day, size_t *at)
{
    if (day < days->first || (size_t)(day - days->first) >= days->n)
        return false;
    *at = (size_t)(day - days->first);
    return true;
}

const char **chart_values(const struct chart_days *days, struct arena *arena)
{
    return arena_new(arena, const char *, days->n);
}
