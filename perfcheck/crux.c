/* Reads what CrUX answers, and the loadingExperience of PageSpeed Insights. Judges
 * nothing. */
#include "perfcheck/crux.h"

#include <math.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { DEPTH_MAX = 32, KEYS_MAX = 20000, PERIODS_MAX = 40, WHERE_MAX = 2000 };

static const struct {
    const char *crux, *psi; /* psi without _MS, _SCORE */
    enum vital vital;
} names[] = {
    {"largest_contentful_paint", "LARGEST_CONTENTFUL_PAINT", VITAL_LCP},
    {"interaction_to_next_paint", "INTERACTION_TO_NEXT_PAINT", VITAL_INP},
    {"cumulative_layout_shift", "CUMULATIVE_LAYOUT_SHIFT", VITAL_CLS},
    {"first_contentful_paint", "FIRST_CONTENTFUL_PAINT", VITAL_FCP},
    {"experimental_time_to_first_byte", "EXPERIMENTAL_TIME_TO_FIRST_BYTE", VITAL_TTFB},
};

enum { NAMES = sizeof names / sizeof *names };

static const char *device_of(const char *form_factor)
{
    static const char *const words[][2] = {{"PHONE", "mobile"},
                                           {"DESKTOP", "desktop"},
                                           {"TABLET", "tablet"}};

    for (size_t i = 0; form_factor && i < sizeof words / sizeof *words; i++)
        if (strcmp(form_factor, words[i][0]) == 0)
            return words[i][1];
    return form_factor ? NULL : "all";
}

static void add_point(struct crux_points *points, const struct crux_point *point,
                      struct arena *arena)
{
    points->item = arena_room(arena, points->item, points->n, &points->capacity,
                              sizeof *points->item);
    points->item[points->n++] = *point;
}

/* ---- values ---- */

enum given { GIVEN, NOT_GIVEN, MALFORMED };

/* A number, or a number as text; null and "NaN" are periods without data. */
static enum given read_p75(const json_t *json, double *value)
{
    if (!json || json_is_null(json))
        return NOT_GIVEN;
    if (json_is_string(json)) {
        const char *text = json_string_value(json);

        if (strcmp(text, "NaN") == 0)
            return NOT_GIVEN;
        if (!str_to_double(text, json_string_length(json), value))
            return MALFORMED;
    } else if (json_is_number(json)) {
        *value = json_number_value(json);
    } else {
        return MALFORMED;
    }
    return isfinite(*value) && *value >= 0 ? GIVEN : MALFORMED;
}

/* lastDate of a collection period. */
static bool read_last_day(const json_t *period, int32_t *day)
{
    const json_t *date = json_object_get(period, "lastDate");
    json_int_t year = json_integer_value(json_object_get(date, "year"));
    json_int_t month = json_integer_value(json_object_get(date, "month"));
    json_int_t of_month = json_integer_value(json_object_get(date, "day"));
    char text[64];
    int n;

    if (year < 1970 || year > 2999 || month < 1 || month > 12 || of_month < 1 ||
        of_month > 31)
        return false;
    n = snprintf(text, sizeof text, "%04d-%02d-%02d", (int)year, (int)month,
                 (int)of_month);
    return day_parse(text, (size_t)n, day);
}

/* ---- records ---- */

struct record {
    struct crux_point point; /* what all points of it share */
    int32_t day[PERIODS_MAX];
    size_t periods;
    struct arena *arena;
    struct crux_points *points;
};

static bool read_key(const json_t *key, struct record *record, struct err *err)
{
    const json_t *form = json_object_get(key, "formFactor");
    const json_t *url = json_object_get(key, "url");
    const json_t *origin = json_object_get(key, "origin");
    const json_t *where = url ? url : origin;

    if (!json_is_string(where) || json_string_length(where) == 0)
        return err_set(err, "record.key has neither url nor origin");
    record->point.is_origin = !url;
    record->point.where = text_safe(record->arena, json_string_value(where),
                                    json_string_length(where), WHERE_MAX);
    record->point.device =
        form && !json_is_string(form) ? NULL : device_of(json_string_value(form));
    return record->point.device ||
           err_set(err, "record.key.formFactor is none of PHONE, DESKTOP, TABLET");
}

static bool read_periods(const json_t *json, struct record *record, struct err *err)
{
    const json_t *all = json_object_get(json, "collectionPeriods");
    const json_t *one = json_object_get(json, "collectionPeriod");

    record->periods = all ? json_array_size(all) : 1;
    if (record->periods == 0 || record->periods > PERIODS_MAX)
        return err_set(err, "record.collectionPeriods has not 1 to %d members",
                       PERIODS_MAX);
    for (size_t i = 0; i < record->periods; i++)
        if (!read_last_day(all ? json_array_get(all, i) : one, &record->day[i]))
            return err_set(err, "a collection period of the record has no lastDate");
    return true;
}

static bool read_metric(const json_t *metric, struct record *record, struct err *err)
{
    const json_t *series =
        json_object_get(json_object_get(metric, "percentilesTimeseries"), "p75s");
    const json_t *one = json_object_get(json_object_get(metric, "percentiles"), "p75");

    if (series && json_array_size(series) != record->periods)
        return err_set(err, "%zu values of %s for %zu collection periods",
                       json_array_size(series), vital_word(record->point.vital),
                       record->periods);
    for (size_t i = 0; i < (series ? record->periods : 1); i++) {
        struct crux_point point = record->point;

        point.day = record->day[i];
        switch (read_p75(series ? json_array_get(series, i) : one, &point.p75)) {
        case GIVEN: add_point(record->points, &point, record->arena); break;
        case NOT_GIVEN: break;
        case MALFORMED:
            return err_set(err, "a p75 of %s is no number", vital_word(point.vital));
        }
    }
    return true;
}

static bool read_record(const json_t *json, struct record *record, struct err *err)
{
    const json_t *metrics = json_object_get(json, "metrics");

    if (!read_key(json_object_get(json, "key"), record, err) ||
        !read_periods(json, record, err))
        return false;
    if (!json_is_object(metrics))
        return err_set(err, "record.metrics is no object");
    for (size_t i = 0; i < NAMES; i++) {
        const json_t *metric = json_object_get(metrics, names[i].crux);

        record->point.vital = names[i].vital;
        if (metric && !read_metric(metric, record, err))
            return false;
    }
    return true;
}

bool crux_parse(struct str bytes, const char *name, struct arena *arena,
                struct crux_points *points, struct err *err)
{
    struct crux_points read = *points;
    struct record record = {.arena = arena, .points = &read};
    OWN(json) json = NULL;
    const json_t *reply, *inner;

    if (!json_load_strict(bytes, name, DEPTH_MAX, KEYS_MAX, &json, err))
        return false;
    reply = json_object_get(json, "reply"); // as stored with its query
    if (!reply)
        reply = json;
    if (json_is_object(json_object_get(reply, "error")))
        return true;
    inner = json_object_get(reply, "record");
    if (!json_is_object(inner))
        return err_set(err, "cannot use '%s': it has neither record nor error", name);
    if (!read_record(inner, &record, err))
        return err_wrap(err, "cannot use '%s'", name);
    *points = read;
    return true;
}

/* ---- PageSpeed Insights ---- */

/* CUMULATIVE_LAYOUT_SHIFT_SCORE, LARGEST_CONTENTFUL_PAINT_MS; INP with _MS or not. */
static const json_t *psi_metric(const json_t *metrics, const char *name)
{
    static const char *const endings[] = {"", "_MS", "_SCORE"};
    char whole[64];

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const json_t *metric;

        (void)snprintf(whole, sizeof whole, "%s%s", name, endings[i]);
        metric = json_object_get(metrics, whole);
        if (metric)
            return metric;
    }
    return NULL;
}

void crux_of_psi(const struct lhr *lhr, struct arena *arena, struct crux_points *points)
{
    OWN(json) loading = NULL;
    struct err ignored;
    const json_t *metrics, *id;
    struct crux_point point = {.device = form_word(lhr->form),
                               .day = (int32_t)(lhr->time_ms / 86400000)};

    if (!lhr->has_psi || lhr->loading.type != SPAN_OBJECT ||
        !lhr_load(lhr->loading, &loading, &ignored))
        return;
    metrics = json_object_get(loading, "metrics");
    id = json_object_get(loading, "id");
    point.is_origin = json_is_true(json_object_get(loading, "origin_fallback"));
    point.where =
        json_is_string(id)
            ? text_safe(arena, json_string_value(id), json_string_length(id), WHERE_MAX)
            : text_safe(arena, lhr->page.at, lhr->page.n, WHERE_MAX);
    for (size_t i = 0; i < NAMES; i++) {
        const json_t *metric = psi_metric(metrics, names[i].psi);

        point.vital = names[i].vital;
        if (read_p75(json_object_get(metric, "percentile"), &point.p75) != GIVEN)
            continue;
        if (point.vital == VITAL_CLS)
            point.p75 /= 100; // the one that is an integer
        add_point(points, &point, arena);
    }
}
