/* Asks the sources that count for themselves, and adds what they say to what came of
 * rows. */
#include <string.h>

#include "shared/daycells.h"
#include "shared/engine.h"
#include "shared/json.h"
#include "watchdog/collect.h"

#include "shared/banned.h"

/* No rows come, so no pattern can leave some out. */
static bool refuse_patterns(const struct config *config,
                            const struct settings *settings, size_t index,
                            struct err *err)
{
    const char *key = settings->nevent_ignore > 0  ? "/watchdog/event_ignore"
                      : settings->npage_ignore > 0 ? "/watchdog/page_ignore"
                                                   : NULL;

    return !key || config_err(config, key, err,
                              "source '%s' counts for itself and takes no pattern; "
                              "leave the rows out of its table by a view",
                              settings->source[index]);
}

static bool is_named(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++)
        if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
            return true;
    return false;
}

bool cells_carried(const struct config *config, struct source *source, size_t index,
                   struct settings *settings, struct err *err)
{
    const json_t *names =
        json_object_get(config_section(config, "watchdog"), "signals");
    const struct daycount_plan plan = {.predicates = settings->predicates,
                                       .npredicates = settings->npredicates,
                                       .counted = settings->counted,
                                       .ncounted = settings->ncounted,
                                       .own_hosts = settings->own_hosts,
                                       .nown_hosts = settings->nown_hosts};
    uint32_t bit = UINT32_C(1) << index;

    if (!refuse_patterns(config, settings, index, err))
        return false;
    for (size_t c = 0; c < settings->ncounted; c++) {
        struct signal *signal =
            c + 1 < settings->nsignals ? &settings->signals[c] : NULL;
        bool can;

        if (signal && (signal->sources & bit) == 0)
            continue;
        if (!source_can_count(source, &plan, c, &can, err))
            return false;
        if (can)
            settings->counts[index] |= UINT64_C(1) << c;
        else if (signal)
            signal->sources &= ~bit;
        if (!can && signal && is_named(names, signal->name))
            return config_err(config, "/watchdog/signals", err,
                              "'%s' cannot be counted in source '%s', which shows no "
                              "rows; leave it out, or read rows",
                              signal->name, settings->source[index]);
    }
    return true;
}

/* The dimensions a day is wanted in: those of a day that is only compared are the
 * site's. */
static uint32_t dimensions_of(const struct settings *settings, bool is_compared)
{
    uint32_t dimensions = UINT32_C(1) << DIMENSION_SITE;

    for (int d = DIMENSION_PAGE; d < DIMENSION_COUNT && !is_compared; d++)
        if (settings->segment[d])
            dimensions |= UINT32_C(1) << d;
    return dimensions;
}

static bool read_engine(struct source *source, size_t index,
                        const struct cells_pass *pass, struct day_cells *days,
                        struct err *err)
{
    const struct day_bounds *bounds = &pass->plan->bounds;
    struct cells_wanted wanted = {.plan = pass->plan,
                                  .counted = pass->settings->counts[index]};
    const struct source_day *seen;
    size_t n;

    if (!source_start(source, bounds, pass->run, err))
        return false;
    seen = source_days(source, &n);
    for (size_t i = 0; i < n; i++) {
        int32_t day = bounds->first + (int32_t)i;
        struct day_cells cells;

        if (seen[i].rows == 0 || day > pass->collected->as_of)
            continue; // of the day after only whether there is a row
        wanted.dimensions = dimensions_of(pass->settings, day <= pass->collected->kept);
        if (!source_cells(source, i, &wanted, pass->run, &cells, err))
            return false;
        day_cells_add(&days[i], &cells, pass->plan->ncounted, pass->run);
    }
    return true;
}

bool cells_read(const struct inputs *inputs, const struct cells_pass *pass,
                struct day_cells *days, uint32_t *over, struct err *err)
{
    bool any = false;

    for (size_t i = 0; i < inputs->nsources; i++) {
        if (source_streams(inputs->source[i]))
            continue;
        if (!read_engine(inputs->source[i], i, pass, days, err))
            return false;
        any = true;
    }
    if (any)
        *over = day_cells_cap(days, pass->plan->bounds.n, pass->plan->most_values,
                              *over, pass->run);
    return true;
}
