/* Reads the sources and counts their days. The only file of the watchdog that meets the
 * outside world. */
#include <string.h>

#include "shared/limits.h"
#include "shared/page.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

enum { VALUES_MANY = 20000, VALUES_FEW = 4096 }; // distinct values a run, by dimension

bool watchdog_open(const struct config *config, struct settings *settings,
                   struct arena *run, struct inputs *inputs, struct err *err)
{
    *inputs = (struct inputs){0};
    for (size_t i = 0; i < settings->nsources; i++) {
        if (!source_open(config, settings->source[i], settings->exclude_bots, run,
                         &inputs->source[i], err))
            return false;
        inputs->nsources++;
        signals_carried(settings, i, source_kinds(inputs->source[i]),
                        source_numbers(inputs->source[i]));
    }
    return true;
}

void watchdog_close(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->nsources; i++)
        source_close(inputs->source[i]);
    daycount_close(inputs->counts);
    *inputs = (struct inputs){0};
}

/* One pass over the sources. */
struct pass {
    const struct settings *settings;
    struct collected *collected;
    struct arena *run;
    struct daycount *counts;
    struct day_bounds bounds;
    bool is_full; /* scratch was: fewer days may fit */
};

static bool matches_any(struct re *const *patterns, size_t n, struct str subject,
                        struct collected *collected)
{
    for (size_t i = 0; i < n; i++) {
        enum re_result result = re_match(patterns[i], subject);

        if (result == RE_MATCH)
            return true;
        collected->too_costly += result == RE_TOO_COSTLY;
    }
    return false;
}

/* The user's rules first, then the built-in ones. */
static bool name_page(void *context, struct str path, char out[PAGE_BYTES_MAX + 1],
                      size_t *n)
{
    struct pass *pass = context;
    const struct settings *settings = pass->settings;
    enum re_result result = RE_NO_MATCH;

    for (size_t i = 0; i < settings->npage_rules && result != RE_MATCH; i++) {
        const struct page_rule *rule = &settings->page_rules[i];

        result = re_replace(rule->match, path, rule->as, pass->run, &path);
        pass->collected->too_costly += result == RE_TOO_COSTLY;
    }
    *n = page_normalise(path, out);
    return true;
}

static bool is_ignored(const struct row *row, struct pass *pass)
{
    const struct settings *settings = pass->settings;
    char page[PAGE_BYTES_MAX + 1];
    size_t n;

    if (matches_any(settings->event_ignore, settings->nevent_ignore, row->event,
                    pass->collected))
        return true;
    return settings->npage_ignore > 0 && row->page.n > 0 &&
           name_page(pass, row->page, page, &n) &&
           matches_any(settings->page_ignore, settings->npage_ignore,
                       (struct str){page, n}, pass->collected);
}

static bool read_source(struct source *source, struct pass *pass, struct err *err)
{
    struct row row;
    bool end = false;

    if (!source_start(source, &pass->bounds, pass->run, err))
        return false;
    while (source_next(source, &row, &end, err)) {
        if (end)
            return true;
        if (!is_ignored(&row, pass) &&
            !daycount_add(pass->counts, &row, &pass->is_full, err))
            return false;
    }
    return false;
}

static bool read_sources(const struct inputs *inputs, struct pass *pass,
                         struct day_cells **days, struct err *err)
{
    const struct settings *settings = pass->settings;
    struct daycount_plan plan = {
        .predicates = settings->predicates,
        .npredicates = settings->npredicates,
        .counted = settings->counted,
        .ncounted = settings->ncounted,
        .own_hosts = settings->own_hosts,
        .nown_hosts = settings->nown_hosts,
        .bounds = pass->bounds,
        .page_name = name_page,
        .page_context = pass,
    };
    uint32_t over = 0;

    for (int d = 0; d < DIMENSION_COUNT; d++)
        plan.most_values[d] =
            d == DIMENSION_PAGE || d == DIMENSION_ERROR ? VALUES_MANY : VALUES_FEW;
    daycount_start(pass->counts, &plan);
    for (size_t i = 0; i < inputs->nsources; i++)
        if (!read_source(inputs->source[i], pass, err))
            return false;
    if (!daycount_finish(pass->counts, pass->run, days, &over, err))
        return false;
    pass->collected->over |= over;
    return true;
}

static void keep_source_days(const struct inputs *inputs, size_t at,
                             struct collected *collected)
{
    for (size_t i = 0; i < inputs->nsources; i++) {
        size_t n;
        const struct source_day *days = source_days(inputs->source[i], &n);
        const struct source_totals *totals = source_totals(inputs->source[i]);

        memcpy(&collected->source_days[i][at], days, n * sizeof *days);
        if (at == 0)
            collected->totals[i] = *totals;           // what is late is before all days
        collected->totals[i].future = totals->future; // after all, in the last pass
    }
}

bool watchdog_collect(const struct inputs *inputs, const struct settings *settings,
                      struct arena *run, struct collected *collected, struct err *err)
{
    int32_t first = collected->first;
    // and the day after: was there anything later?
    size_t all = (size_t)(collected->as_of - first) + 2;
    struct day_bounds whole = day_bounds_new(run, first, all);
    size_t span = all;

    collected->days = arena_new(run, struct day_cells, all);
    for (size_t i = 0; i < inputs->nsources; i++)
        collected->source_days[i] = arena_new(run, struct source_day, all);
    for (size_t at = 0; at < all;) {
        size_t n = all - at < span ? all - at : span;
        struct pass pass = {.settings = settings,
                            .collected = collected,
                            .run = run,
                            .counts = inputs->counts,
                            .bounds = {first + (int32_t)at, n, whole.at_ms + at}};
        struct day_cells *days;

        if (!read_sources(inputs, &pass, &days, err)) {
            if (!pass.is_full || n == 1)
                return false;
            span = (n + 1) / 2; // fewer days at a time, in more passes
            continue;
        }
        memcpy(&collected->days[at], days, n * sizeof *days);
        keep_source_days(inputs, at, collected);
        at += n;
    }
    return true;
}
