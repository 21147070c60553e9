/* Tables and charts of a run report as JSON, and back. */
#include "shared/report_tables.h"

#include <string.h>

#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char *const kinds[] = {"line", "bar", "stack"};

/* ---- to JSON ---- */

static json_t *table_to_json(const struct table *table)
{
    json_t *object = json_object();
    json_t *columns = json_array();
    json_t *rows = json_array();

    for (size_t c = 0; c < table->ncolumns; c++) {
        json_t *column = json_object();

        json_put(column, "name", json_string(table->column[c].name));
        json_put(column, "align",
                 json_string(table->column[c].is_number ? "right" : "left"));
        json_push(columns, column);
    }
    for (size_t r = 0; r < table->nrows; r++) {
        json_t *row = json_array();

        for (size_t c = 0; c < table->ncolumns; c++)
            json_push(row, json_string(table->cell[r * table->ncolumns + c]));
        json_push(rows, row);
    }
    json_put(object, "title", json_string(table->title));
    json_put(object, "columns", columns);
    json_put(object, "rows", rows);
    return object;
}

json_t *tables_to_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->ntables; i++)
        json_push(array, table_to_json(&report->tables[i]));
    return array;
}

static json_t *values_to_json(const char *const *value, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_push(array, value[i] ? json_string(value[i]) : json_null());
    return array;
}

static json_t *series_to_json(const struct chart *chart)
{
    json_t *array = json_array();

    for (size_t i = 0; i < chart->nseries; i++) {
        json_t *series = json_object();

        json_put(series, "name", json_string(chart->series[i].name));
        json_put(series, "values",
                 values_to_json(chart->series[i].value, chart->npoints));
        json_push(array, series);
    }
    return array;
}

static json_t *episodes_to_json(const struct chart *chart)
{
    json_t *array = json_array();

    for (size_t i = 0; i < chart->nepisodes; i++) {
        json_t *episode = json_object();

        json_put(episode, "from", json_string(chart->episode[i].from));
        json_put(episode, "to", json_string(chart->episode[i].to));
        json_put(episode, "severity",
                 json_string(severity_word(chart->episode[i].severity)));
        json_push(array, episode);
    }
    return array;
}

static json_t *marks_to_json(const struct chart *chart)
{
    json_t *array = json_array();

    for (size_t i = 0; i < chart->nmarks; i++) {
        json_t *mark = json_object();

        json_put(mark, "x", json_string(chart->mark[i].x));
        json_put(mark, "text", json_string(chart->mark[i].text));
        json_push(array, mark);
    }
    return array;
}

static json_t *band_to_json(const struct chart *chart)
{
    json_t *band;

    if (!chart->low || !chart->high)
        return json_null();
    band = json_object();
    json_put(band, "low", values_to_json(chart->low, chart->npoints));
    json_put(band, "high", values_to_json(chart->high, chart->npoints));
    return band;
}

static json_t *chart_to_json(const struct chart *chart)
{
    json_t *object = json_object();

    json_put(object, "id", json_string(chart->id));
    json_put(object, "title", json_string(chart->title));
    json_put(object, "unit", json_string(chart->unit));
    json_put(object, "kind", json_string(kinds[chart->kind]));
    json_put(object, "x", values_to_json(chart->x, chart->npoints));
    json_put(object, "series", series_to_json(chart));
    json_put(object, "band", band_to_json(chart));
    json_put(object, "limit",
             chart->limit[0] != '\0' ? json_string(chart->limit) : json_null());
    json_put(object, "episodes", episodes_to_json(chart));
    json_put(object, "marks", marks_to_json(chart));
    return object;
}

json_t *charts_to_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->ncharts; i++)
        json_push(array, chart_to_json(&report->charts[i]));
    return array;
}

/* ---- and back ---- */

const char *report_text(const json_t *value, struct arena *arena)
{
    return json_is_string(value) ? text_safe(arena, json_string_value(value),
                                             json_string_length(value), SIZE_MAX)
                                 : "";
}

static const char *text_of(const json_t *object, const char *key, struct arena *arena)
{
    return report_text(json_object_get(object, key), arena);
}

/* `n` texts of an array, NULL where an element is none. */
static const char *const *texts_of(const json_t *array, size_t n, struct arena *arena)
{
    const char **text = arena_new(arena, const char *, n);

    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, i);

        if (json_is_string(value))
            text[i] = report_text(value, arena);
    }
    return text;
}

static void table_parse(const json_t *object, struct arena *arena, struct table *table)
{
    const json_t *columns = json_object_get(object, "columns");
    const json_t *rows = json_object_get(object, "rows");
    size_t ncolumns = json_array_size(columns), nrows = json_array_size(rows);
    struct table_column *column = arena_new(arena, struct table_column, ncolumns);
    const char **cell = arena_new(arena, const char *, ncolumns *nrows);

    for (size_t c = 0; c < ncolumns; c++) {
        const json_t *of = json_array_get(columns, c);

        column[c].name = text_of(of, "name", arena);
        column[c].is_number = strcmp(text_of(of, "align", arena), "right") == 0;
    }
    for (size_t r = 0; r < nrows; r++) {
        const char *const *row = texts_of(json_array_get(rows, r), ncolumns, arena);

        for (size_t c = 0; c < ncolumns; c++)
            cell[r * ncolumns + c] = row[c] ? row[c] : "";
    }
    *table = (struct table){.title = text_of(object, "title", arena),
                            .column = column,
                            .ncolumns = ncolumns,
                            .cell = cell,
                            .nrows = nrows};
}

void tables_parse(const json_t *root, struct arena *arena, struct report *report)
{
    const json_t *array = json_object_get(root, "tables");
    struct table *table;

    report->ntables = json_array_size(array);
    report->tables = table = arena_new(arena, struct table, report->ntables);
    for (size_t i = 0; i < report->ntables; i++)
        table_parse(json_array_get(array, i), arena, &table[i]);
}

static void parts_parse(const json_t *object, struct arena *arena, struct chart *chart)
{
    const json_t *array = json_object_get(object, "series");
    struct chart_series *series =
        arena_new(arena, struct chart_series, json_array_size(array));
    struct chart_episode *episode;
    struct chart_mark *mark;

    chart->series = series;
    chart->nseries = json_array_size(array);
    for (size_t i = 0; i < chart->nseries; i++) {
        const json_t *of = json_array_get(array, i);

        series[i].name = text_of(of, "name", arena);
        series[i].value =
            texts_of(json_object_get(of, "values"), chart->npoints, arena);
    }
    array = json_object_get(object, "episodes");
    chart->nepisodes = json_array_size(array);
    chart->episode = episode = arena_new(arena, struct chart_episode, chart->nepisodes);
    for (size_t i = 0; i < chart->nepisodes; i++) {
        const json_t *of = json_array_get(array, i);

        episode[i] = (struct chart_episode){text_of(of, "from", arena),
                                            text_of(of, "to", arena), SEVERITY_INFO};
        (void)!severity_parse(text_of(of, "severity", arena), &episode[i].severity);
    }
    array = json_object_get(object, "marks");
    chart->nmarks = json_array_size(array);
    chart->mark = mark = arena_new(arena, struct chart_mark, chart->nmarks);
    for (size_t i = 0; i < chart->nmarks; i++) {
        const json_t *of = json_array_get(array, i);

        mark[i] =
            (struct chart_mark){text_of(of, "x", arena), text_of(of, "text", arena)};
    }
}

static void chart_parse(const json_t *object, struct arena *arena, struct chart *chart)
{
    const json_t *x = json_object_get(object, "x");
    const json_t *band = json_object_get(object, "band");
    const char *kind = text_of(object, "kind", arena);

    *chart = (struct chart){.id = text_of(object, "id", arena),
                            .title = text_of(object, "title", arena),
                            .unit = text_of(object, "unit", arena),
                            .limit = text_of(object, "limit", arena),
                            .npoints = json_array_size(x)};
    chart->x = texts_of(x, chart->npoints, arena);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k], kind) == 0)
            chart->kind = (enum chart_kind)k;
    if (json_is_object(band)) {
        chart->low = texts_of(json_object_get(band, "low"), chart->npoints, arena);
        chart->high = texts_of(json_object_get(band, "high"), chart->npoints, arena);
    }
    parts_parse(object, arena, chart);
}

void charts_parse(const json_t *root, struct arena *arena, struct report *report)
{
    const json_t *array = json_object_get(root, "charts");
    struct chart *chart;

    report->ncharts = json_array_size(array);
    report->charts = chart = arena_new(arena, struct chart, report->ncharts);
    for (size_t i = 0; i < report->ncharts; i++)
        chart_parse(json_array_get(array, i), arena, &chart[i]);
}
