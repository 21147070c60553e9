/* Reads the sources and counts their days. The only file of the watchdog that meets the
 * outside world. */
#include <string.h>

#include "shared/hash.h"
#include "shared/page.h"
#include "watchdog/collect.h"

#include "shared/banned.h"

enum { VALUES_MANY = 20000, VALUES_FEW = 4096 }; // distinct values a run, by dimension

enum { MEMOS = 1 << 12 };

bool watchdog_open(const struct config *config, struct settings *settings,
                   struct arena *run, struct inputs *inputs, struct err *err)
{
    struct err why;

    *inputs = (struct inputs){0};
    for (size_t i = 0; i < settings->nsources; i++) {
        if (!source_open(config, settings->source[i], settings->exclude_bots, run,
                         &inputs->source[i], err))
            return false;
        inputs->nsources++;
        if (!source_want(inputs->source[i], settings->matches.pointer,
                         settings->matches.npointers, &why))
            return config_err(config, "/watchdog", err, "properties of source '%s': %s",
                              settings->source[i], why.text);
        custom_carried(settings, i, source_has_names(inputs->source[i]),
                       source_has_properties(inputs->source[i]) ||
                           !source_streams(inputs->source[i]));
        signals_carried(settings, i, source_kinds(inputs->source[i]),
                        source_numbers(inputs->source[i]));
        if (!source_streams(inputs->source[i]) &&
            !cells_carried(config, inputs->source[i], i, settings, err))
            return false;
    }
    signals_fed(settings);
    return true;
}

void watchdog_close(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->nsources; i++)
        source_close(inputs->source[i]);
    daycount_close(inputs->counts);
    *inputs = (struct inputs){0};
}

/* What was decided of an event's name or of a raw page; a slot that another text took
 * is only a miss, and collisions of 64 bits are accepted. */
struct memo {
    uint64_t hash, bits;
    bool is_known;
};

/* One pass over the sources. */
struct pass {
    const struct settings *settings;
    struct memo *events, *pages; /* MEMOS each */
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

static bool name_page(void *context, struct str path, char out[PAGE_BYTES_MAX + 1],
                      size_t *n)
{
    struct pass *pass = context;

    *n = settings_name_page(pass->settings, path, pass->run,
                            &pass->collected->too_costly, out);
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

/* The matches that the name of an event lets pass. */
static uint64_t event_bits(struct pass *pass, struct str event)
{
    uint64_t hash = hash_bytes(event.at, event.n);
    struct memo *memo = &pass->events[hash % MEMOS];

    if (!memo->is_known || memo->hash != hash)
        *memo = (struct memo){hash,
                              matches_of_event(&pass->settings->matches, event,
                                               &pass->collected->too_costly),
                              true};
    return memo->bits;
}

/* The matches that a page lets pass, and whether it is one of the checkout. */
static uint64_t page_bits(struct pass *pass, struct str path)
{
    const struct settings *settings = pass->settings;
    uint64_t hash = hash_bytes(path.at, path.n);
    struct memo *memo = &pass->pages[hash % MEMOS];
    int64_t *too_costly = &pass->collected->too_costly;
    char name[PAGE_BYTES_MAX + 1];
    struct str page = {name, 0};

    if (memo->is_known && memo->hash == hash)
        return memo->bits;
    if (path.n > 0 && !name_page(pass, path, name, &page.n))
        page.n = 0;
    *memo = (struct memo){hash, matches_of_page(&settings->matches, page, too_costly),
                          true};
    if (matches_any(&settings->checkout_pages, 1, page, pass->collected))
        memo->bits |= settings->threw_at_checkout;
    return memo->bits;
}

/* What the configuration's own patterns say of a row: predicates, by bit. */
static uint64_t custom_bits(struct pass *pass, const struct source *source,
                            const struct row *row)
{
    const struct settings *settings = pass->settings;
    const struct matches *matches = &settings->matches;
    bool threw = (row->kinds >> KIND_EXCEPTION & 1) != 0;
    struct span value[SCAN_POINTERS_MAX];
    uint64_t bits = matches->n > 0 ? event_bits(pass, row->event) : 0;
    uint64_t at = threw || (bits != 0 && matches->asks_page)
                      ? page_bits(pass, row->page)
                      : ~settings->threw_at_checkout;

    bits &= at;
    if (bits != 0 && matches->npointers > 0) {
        for (size_t i = 0; i < matches->npointers; i++)
            value[i] = *source_wanted(source, i);
        bits = matches_of_properties(matches, bits, value);
    }
    return threw ? bits | (at & settings->threw_at_checkout) : bits;
}

static bool read_source(struct source *source, uint64_t source_bit, struct pass *pass,
                        struct err *err)
{
    struct row row;
    bool end = false;

    if (!source_start(source, &pass->bounds, pass->run, err))
        return false;
    while (source_next(source, &row, &end, err)) {
        if (end)
            return true;
        if (is_ignored(&row, pass))
            continue;
        row.custom = custom_bits(pass, source, &row) | source_bit;
        if (!daycount_add(pass->counts, &row, &pass->is_full, err))
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
    const struct cells_pass cells = {settings, &plan, pass->collected, pass->run};
    uint32_t over = 0;

    for (int d = 0; d < DIMENSION_COUNT; d++)
        plan.most_values[d] =
            d == DIMENSION_PAGE || d == DIMENSION_ERROR ? VALUES_MANY : VALUES_FEW;
    daycount_start(pass->counts, &plan);
    for (size_t i = 0; i < inputs->nsources; i++)
        if (source_streams(inputs->source[i]) &&
            !read_source(inputs->source[i], settings->source_bit[i], pass, err))
            return false;
    if (!daycount_finish(pass->counts, pass->run, days, &over, err) ||
        !cells_read(inputs, &cells, *days, &over, err))
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
    struct memo *events = arena_new(run, struct memo, MEMOS);
    struct memo *pages = arena_new(run, struct memo, MEMOS);

    collected->days = arena_new(run, struct day_cells, all);
    for (size_t i = 0; i < inputs->nsources; i++)
        collected->source_days[i] = arena_new(run, struct source_day, all);
    for (size_t at = 0; at < all;) {
        size_t n = all - at < span ? all - at : span;
        struct pass pass = {.settings = settings,
                            .events = events,
                            .pages = pages,
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
