/*
 * Charts of `show --charts`: how much of each locale is translated. History has what
 * each message last said, and not how many were translated on a day: so there is none
 * by day, and all comes from the conclusions.
 */
#include <string.h>

#include "i18ncheck/round.h"
#include "shared/chart.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char *shown(const char *text, size_t n, struct arena *arena)
{
    return text_safe(arena, text, n, OUTSIDE_TEXT_MAX);
}

/* The floor that locales of the set are below; "" when none is, or not all below one.
 */
static const char *floor_of(const json_t *document, const char *const *place, size_t n,
                            struct arena *arena)
{
    const json_t *findings = json_object_get(document, "findings");
    const char *floor = "";

    for (size_t i = 0; i < n; i++) {
        const char *id = str_format(arena, "i18ncheck/coverage/%s", place[i]);
        const char *limit =
            json_string_value(json_object_get(json_object_get(findings, id), "limit"));

        if (!limit)
            continue;
        if (floor[0] != '\0' && strcmp(floor, limit) != 0)
            return "";
        floor = limit;
    }
    return shown(floor, strlen(floor), arena);
}

/* A bar for each of the locales `place` of one set: what is translated, of all
 * messages.
 */
static struct chart coverage_chart(const json_t *document, const char *const *place,
                                   size_t n, struct arena *arena)
{
    const char *set = shown(place[0], place_set_bytes(place[0]), arena);
    struct chart_series *series = arena_new(arena, struct chart_series, 1);
    const char **x, **value;

    if (n > CHART_POINTS_MAX)
        n = CHART_POINTS_MAX;
    x = arena_new(arena, const char *, n);
    value = arena_new(arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        const char *locale = place_locale(place[i]);
        const json_t *row =
            json_object_get(json_object_get(document, "coverage"), place[i]);
        const char *share = share_text(count_of(row, "translated"),
                                       place_keys(document, place[i], arena), arena);

        x[i] = shown(locale, strlen(locale), arena);
        value[i] = share[0] != '\0' ? share : NULL;
    }
    *series = (struct chart_series){"translated", value};
    return (struct chart){
        .id = str_format(arena, "coverage/%s", set),
        .title = str_format(arena, "coverage of %s by locale", set),
        .unit = "%",
        .kind = CHART_BAR,
        .x = x,
        .npoints = n,
        .series = series,
        .nseries = 1,
        .limit = floor_of(document, place, n, arena),
    };
}

void i18ncheck_charts(const json_t *document, struct arena *arena,
                      struct report *report)
{
    struct chart *chart = arena_new(arena, struct chart, CHARTS_MAX);
    size_t n;
    const char **place = json_keys(arena, json_object_get(document, "coverage"), &n);

    report->charts = chart;
    for (size_t i = 0, end; i < n && report->ncharts < CHARTS_MAX; i = end) {
        for (end = i + 1; end < n && place_same_set(place[end], place[i]);)
            end++;
        chart[report->ncharts++] = coverage_chart(document, &place[i], end - i, arena);
    }
}
