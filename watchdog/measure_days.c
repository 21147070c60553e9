/* From the sources' daily counts to evidence: which children a day tracks, which days
 * are missing. Pure. */
#include <stdlib.h>
#include <string.h>

#include "shared/limits.h"
#include "shared/text.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

#define REWRITTEN_SHARE 0.01 /* a final day that differs by more was rewritten */

enum { REWRITTEN_UNITS = 5, SEGMENT_CHARACTERS = OUTSIDE_TEXT_MAX };

/* Kinds that are somebody's exposure: their silence is not calm. */
static const enum kind exposure_kinds[] = {KIND_PAGEVIEW, KIND_REQUEST,
                                           KIND_VITALS,   KIND_FORM_START,
                                           KIND_SEARCH,   KIND_CHECKOUT_START};

enum { EXPOSURE_KINDS = sizeof exposure_kinds / sizeof *exposure_kinds };

enum day_status watchdog_day_status(const struct collected *collected,
                                    const struct settings *settings, size_t source,
                                    size_t index)
{
    const struct source_day *days = collected->source_days[source];
    size_t all = (size_t)(collected->as_of - collected->first) + 2;
    bool later = false;

    for (size_t i = index + 1; i < all && !later; i++)
        later = days[i].rows > 0;
    return source_day_status(&days[index], settings->max_rejected_pct, later);
}

/* A value that may be tracked on a day. */
struct candidate {
    const char *segment;
    int64_t affected, exposed;
    int64_t at_checkout; /* units that met an error on a page of the checkout */
    int64_t today;       /* what ranks it today: exposed, of errors affected */
    int64_t recent;      /* the same over 28 days to today */
    bool is_kept;
};

static int by_today(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;

    if (a->today != b->today)
        return a->today > b->today ? -1 : 1;
    return strcmp(a->segment, b->segment);
}

static int by_recent(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;

    if (a->is_kept != b->is_kept)
        return a->is_kept ? -1 : 1;
    if (a->recent != b->recent)
        return a->recent > b->recent ? -1 : 1;
    return strcmp(a->segment, b->segment);
}

struct tracker {
    const struct settings *settings;
    struct evidence *evidence;
    struct arena *arena;
    const struct day_cells *today;
    const char **segment[DIMENSION_COUNT]; /* "page=/cart", a name for each of the day's
                                              values */
    struct candidate *list; /* room for the candidates of one signal and dimension */
    size_t room;
    uint32_t over; /* dimensions that are off, bit each: missing, not zero */
    size_t cells;  /* put on this day */
};

static void name_segments(struct tracker *tracker, enum dimension dimension)
{
    const struct day_dimension *values = &tracker->today->dimension[dimension];

    tracker->segment[dimension] =
        arena_new(tracker->arena, const char *, values->nvalues);
    for (size_t v = 0; v < values->nvalues; v++)
        tracker->segment[dimension][v] =
            str_format(tracker->arena, "%s=%s", dimension_word(dimension),
                       text_safe(tracker->arena, values->value[v].at,
                                 values->value[v].n, SEGMENT_CHARACTERS));
}

static void put(struct tracker *tracker, const char *signal, const char *segment,
                int64_t affected, int64_t exposed)
{
    struct cell *cell =
        evidence_make(tracker->evidence, signal, segment, tracker->arena);

    cell_put(cell, tracker->arena, tracker->today->day, affected, exposed);
    tracker->cells++;
}

/* Room for all values of the day and, of errors, all cells. Kept from day to day. */
static struct candidate *make_room(struct tracker *tracker, size_t wanted)
{
    if (wanted > tracker->room) {
        tracker->room = 2 * wanted;
        tracker->list = arena_new(tracker->arena, struct candidate, tracker->room);
    }
    return tracker->list;
}

static bool is_listed(const struct candidate *list, size_t n, const char *segment)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].segment, segment) == 0)
            return true;
    return false;
}

/* Errors known from the last 28 days that nobody met today: zero of the site's units.
 */
static size_t list_silent_errors(const struct tracker *tracker, const char *signal,
                                 int64_t site_exposed, struct candidate *list, size_t n)
{
    const struct evidence *evidence = tracker->evidence;
    int32_t day = tracker->today->day;
    size_t met = n;

    for (size_t i = 0; i < evidence->n; i++) {
        const struct cell *cell = evidence->cell[i];
        int64_t before;

        if (cell->dimension != DIMENSION_ERROR ||
            strcmp(cell->signal_name, signal) != 0)
            continue;
        before = cell_weight(cell, day - TRACKED_DAYS, day - 1);
        if (before > 0 && !is_listed(list, met, cell->segment))
            list[n++] = (struct candidate){.segment = cell->segment,
                                           .exposed = site_exposed,
                                           .recent = before,
                                           .is_kept = true};
    }
    return n;
}

/* The values of the day, each with what it weighs today and in the last 28 days. */
static size_t list_candidates(struct tracker *tracker, size_t index,
                              enum dimension dimension, int64_t site_exposed)
{
    const struct day_dimension *values = &tracker->today->dimension[dimension];
    const char *signal = tracker->settings->signals[index].name;
    int32_t day = tracker->today->day;
    struct candidate *list = make_room(tracker, values->nvalues + tracker->evidence->n);
    bool is_error = dimension == DIMENSION_ERROR;
    size_t ncounted = tracker->settings->ncounted;
    size_t n = 0;

    for (size_t v = 0; v < values->nvalues; v++) {
        size_t row = v * ncounted;
        size_t at = row + index;
        const char *segment = tracker->segment[dimension][v];
        const struct cell *cell = evidence_find(tracker->evidence, signal, segment);
        int64_t before = cell ? cell_weight(cell, day - TRACKED_DAYS, day - 1) : 0;
        int64_t today = is_error ? values->affected[at] : values->exposed[at];

        if (today > 0)
            list[n++] = (struct candidate){
                .segment = segment,
                .affected = values->affected[at],
                .exposed = is_error ? site_exposed : values->exposed[at],
                .at_checkout = is_error ? values->affected[row + ncounted - 1] : 0,
                .today = today,
                .recent = before + today,
                .is_kept = before > 0,
            };
    }
    return is_error ? list_silent_errors(tracker, signal, site_exposed, list, n) : n;
}

/* Known values and the day's largest; if they are over twice the cap, those with the
 * least of 28 days go. */
static void track_children(struct tracker *tracker, size_t index,
                           enum dimension dimension, int64_t site_exposed)
{
    const char *signal = tracker->settings->signals[index].name;
    size_t top = tracker->settings->top[dimension];
    size_t n = list_candidates(tracker, index, dimension, site_exposed);
    struct candidate *list = tracker->list;

    if (n > 1)
        qsort(list, n, sizeof *list, by_today);
    for (size_t i = 0; i < n && i < top; i++)
        list[i].is_kept = list[i].is_kept || list[i].today > 0;
    if (n > 1)
        qsort(list, n, sizeof *list, by_recent);
    for (size_t i = 0; i < n && i < 2 * top && list[i].is_kept; i++) {
        if (list[i].exposed > 0)
            put(tracker, signal, list[i].segment, list[i].affected, list[i].exposed);
        if (list[i].exposed > 0 && list[i].at_checkout > 0)
            put(tracker, signal, error_note(tracker->arena, list[i].segment),
                list[i].at_checkout, list[i].exposed);
    }
}

static void track_signal(struct tracker *tracker, size_t index)
{
    const struct settings *settings = tracker->settings;
    const struct day_dimension *site = &tracker->today->dimension[DIMENSION_SITE];
    const char *signal = settings->signals[index].name;
    bool has_errors = strcmp(signal, "js_exception") == 0;

    if (settings->counted[index].form != FORM_ROWS &&
        (tracker->over >> DIMENSION_PAGE & 1) != 0)
        return; // patterns are made of pages: missing, not zero
    if (site->nvalues == 0 || site->exposed[index] == 0)
        return; // nothing was exposed: missing, not zero
    put(tracker, signal, "site", site->affected[index], site->exposed[index]);
    for (int d = DIMENSION_PAGE; d < DIMENSION_COUNT; d++)
        if (settings->segment[d] && (tracker->over >> d & 1) == 0 &&
            (d != DIMENSION_ERROR || has_errors))
            track_children(tracker, index, (enum dimension)d, site->exposed[index]);
}

static void track_tracking(struct tracker *tracker)
{
    const struct day_cells *today = tracker->today;

    if (today->units == 0)
        return;
    put(tracker, TRACKING, "site", today->units, 1);
    for (size_t i = 0; i < EXPOSURE_KINDS; i++) {
        enum kind kind = exposure_kinds[i];
        char *segment = str_format(tracker->arena, "event=%s", kind_word(kind));
        const struct cell *cell = evidence_find(tracker->evidence, TRACKING, segment);

        if (today->kind_units[kind] > 0 ||
            (cell && cell_weight(cell, today->day - TRACKED_DAYS, today->day - 1) > 0))
            put(tracker, TRACKING, segment, today->kind_units[kind], today->units);
    }
}

/* Whether a final day still counts what was kept of it. */
static void compare_final(const struct collected *collected,
                          const struct settings *settings, size_t index,
                          struct evidence *evidence, struct data_days *data,
                          struct arena *run)
{
    const struct cell *site = evidence_find(evidence, TRACKING, "site");
    int32_t day = collected->first + (int32_t)index;
    const struct observation *kept = site ? cell_day(site, day) : NULL;
    int64_t found = collected->days[index].units;
    int64_t apart = kept ? llabs(found - kept->affected) : 0;

    for (size_t s = 0; s < settings->nsources; s++)
        if (watchdog_day_status(collected, settings, s, index) != DAY_OK)
            return;
    if (apart > REWRITTEN_UNITS &&
        (double)apart > REWRITTEN_SHARE * (double)kept->affected)
        data_days_put(data, run,
                      (struct data_day){.source = settings->source[0],
                                        .day = day,
                                        .status = DAY_OK,
                                        .found = found,
                                        .kept = kept->affected});
}

/* Sources that cannot be trusted on the day, bit each; notes them. Days before a
 * source's first row are no news. */
static uint32_t find_missing(const struct collected *collected,
                             const struct settings *settings, size_t index,
                             bool has_past, struct data_days *data, struct arena *run)
{
    uint32_t missing = 0;

    for (size_t s = 0; s < settings->nsources; s++) {
        enum day_status status = watchdog_day_status(collected, settings, s, index);
        bool has_begun = has_past;

        for (size_t i = 0; i <= index && !has_begun; i++)
            has_begun = collected->source_days[s][i].rows > 0;
        if (status == DAY_OK)
            continue;
        missing |= UINT32_C(1) << s;
        if (has_begun)
            data_days_put(data, run,
                          (struct data_day){.source = settings->source[s],
                                            .day = collected->first + (int32_t)index,
                                            .status = status});
    }
    return missing;
}

/* Some source carries the exposure, and each that does can be trusted today. */
static bool is_counted(const struct signal *signal, uint32_t missing)
{
    return signal->is_configured && signal->sources != 0 &&
           (signal->sources & missing) == 0;
}

size_t watchdog_measure(const struct collected *collected,
                        const struct settings *settings, int32_t final,
                        struct evidence *evidence, struct data_days *data,
                        struct arena *run)
{
    size_t ndays = (size_t)(collected->as_of - collected->first) + 1;
    int32_t oldest, newest;
    bool has_past = evidence_span(evidence, &oldest, &newest);
    struct tracker tracker = {.settings = settings,
                              .evidence = evidence,
                              .arena = run,
                              .over = collected->over};
    size_t most = 0;

    for (size_t i = 0; i < ndays; i++) {
        uint32_t missing;

        if (collected->first + (int32_t)i <= final) {
            compare_final(collected, settings, i, evidence, data, run);
            continue;
        }
        tracker.today = &collected->days[i];
        tracker.cells = 0;
        for (int d = DIMENSION_PAGE; d < DIMENSION_COUNT; d++)
            name_segments(&tracker, (enum dimension)d);
        missing = find_missing(collected, settings, i, has_past, data, run);
        for (size_t s = 0; s + 1 < settings->nsignals; s++)
            if (is_counted(&settings->signals[s], missing))
                track_signal(&tracker, s);
        if (missing == 0)
            track_tracking(&tracker);
        most = tracker.cells > most ? tracker.cells : most;
    }
    return most;
}
