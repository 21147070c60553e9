/* A reply of Plausible's Stats API v2 (POST /api/v2/query) to visitors of a day. */
#include "shared/engines/plausible.h"
#include "shared/own.h"

#include "shared/banned.h"

static const char *const known[] = {"results", "meta", "query", NULL};
static const char *const known_row[] = {"metrics", "dimensions", "comparison", NULL};
static const char *const known_meta[] = {"total_rows",          "imports_included",
                                         "imports_skip_reason", "imports_warning",
                                         "metric_warnings",     "metric_warning",
                                         "time_labels",         NULL};

static bool take_row(const json_t *row, size_t index, bool has_dimension,
                     struct arena *arena, struct plausible_page *page, struct err *err)
{
    const json_t *metrics = json_object_get(row, "metrics");
    const json_t *dimensions = json_object_get(row, "dimensions");
    const json_t *value;

    if (!json_is_object(row))
        return reply_drift(row, "an object", err, "/results/%zu", index);
    if (!json_is_array(metrics))
        return reply_drift(metrics, "a list", err, "/results/%zu/metrics", index);
    if (!json_is_array(dimensions))
        return reply_drift(dimensions, "a list", err, "/results/%zu/dimensions", index);
    value = json_array_get(metrics, 0);
    if (!reply_is_count(value, &page->visitors[index]))
        return reply_drift(value, "a number", err, "/results/%zu/metrics/0", index);
    if (json_array_size(dimensions) != (has_dimension ? 1 : 0))
        return err_set(err, "/results/%zu/dimensions has %zu values, expected %d",
                       index, json_array_size(dimensions), has_dimension ? 1 : 0);
    if (!has_dimension)
        return true;
    value = json_array_get(dimensions, 0);
    if (!json_is_string(value))
        return reply_drift(value, "a string", err, "/results/%zu/dimensions/0", index);
    page->value[index] = reply_copy(value, arena);
    return true;
}

/* What it took the dates for: there since the API has a version 2. */
static bool take_from(const json_t *root, struct arena *arena,
                      struct plausible_page *page, struct err *err)
{
    const json_t *query = json_object_get(root, "query");
    const json_t *range, *from;

    if (query && !json_is_object(query))
        return reply_drift(query, "an object", err, "/query");
    range = json_object_get(query, "date_range");
    if (!range)
        return true;
    from = json_array_get(range, 0); // NULL of what is no list
    if (!json_is_string(from))
        return reply_drift(from, "a string", err, "/query/date_range/0");
    page->from = reply_copy(from, arena);
    return true;
}

bool plausible_page_parse(struct str body, bool has_dimension, struct arena *arena,
                          struct reply_notes *notes, struct plausible_page *page,
                          struct err *err)
{
    OWN(json) root = NULL;
    struct plausible_page read = {0};
    const json_t *results, *meta;

    if (!reply_load(body, REPLY_KEYS_MAX, &root, err) ||
        !reply_list(root, "results", "/results", &results, err))
        return false;
    read.n = json_array_size(results);
    read.visitors = arena_new(arena, int64_t, read.n);
    if (has_dimension)
        read.value = arena_new(arena, struct str, read.n);
    for (size_t i = 0; i < read.n; i++)
        if (!take_row(json_array_get(results, i), i, has_dimension, arena, &read, err))
            return false;
    if (!reply_object(root, "meta", "/meta", &meta, err) ||
        !reply_count(meta, "total_rows", "/meta/total_rows", &read.total, err) ||
        !take_from(root, arena, &read, err))
        return false;
    if (!has_dimension && read.n > 1)
        return err_set(err, "/results has %zu rows, expected 1", read.n);
    reply_note(notes, root, "", known);
    reply_note(notes, meta, "/meta", known_meta);
    if (read.n > 0)
        reply_note(notes, json_array_get(results, 0), "/results/0", known_row);
    *page = read;
    return true;
}
