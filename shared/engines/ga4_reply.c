/* A reply of the GA4 Data API's runReport: sessions of a day. */
#include <stdio.h>
#include <string.h>

#include "shared/engines/ga4.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    SHOWN = 60,
    DATE_BYTES = 8,
    KEYS_MAX = 500000, // of a page of 8 MiB, a row of two dimensions having 5
};

static const char *const known[] = {
    "rows",          "rowCount",      "metadata", "dimensionHeaders",
    "metricHeaders", "kind",          "totals",   "maximums",
    "minimums",      "propertyQuota", NULL};
static const char *const known_row[] = {"dimensionValues", "metricValues", NULL};
static const char *const known_metadata[] = {"timeZone",
                                             "subjectToThresholding",
                                             "dataLossFromOtherRow",
                                             "samplingMetadatas",
                                             "currencyCode",
                                             "emptyReason",
                                             "schemaRestrictionResponse",
                                             NULL};

struct reading {
    const char *date; /* "20260302" */
    const json_t *row;
    size_t index; /* of the row */
    struct arena *arena;
    struct err *err;
};

/* {"value":".."}, the `at`th of a list of `n` in the row; NULL with err set. */
static const json_t *take_value(const struct reading *reading, const char *list,
                                size_t n, size_t at)
{
    const json_t *values = json_object_get(reading->row, list);
    const json_t *one = json_array_get(values, at), *value;
    size_t index = reading->index;
    bool is_good = false;

    value = json_object_get(one, "value");
    if (!json_is_array(values))
        (void)reply_drift(values, "a list", reading->err, "/rows/%zu/%s", index, list);
    else if (json_array_size(values) != n)
        (void)err_set(reading->err, "/rows/%zu/%s has %zu values, expected %zu", index,
                      list, json_array_size(values), n);
    else if (!json_is_object(one))
        (void)reply_drift(one, "an object", reading->err, "/rows/%zu/%s/%zu", index,
                          list, at);
    else
        is_good = json_is_string(value) ||
                  reply_drift(value, "a string", reading->err, "/rows/%zu/%s/%zu/value",
                              index, list, at);
    return is_good ? value : NULL;
}

static const char *shown(const struct reading *reading, const json_t *text)
{
    return text_safe(reading->arena, json_string_value(text), json_string_length(text),
                     SHOWN);
}

static bool take_row(const struct reading *reading, struct ga4_page *page)
{
    size_t n = page->is_by_name ? 2 : 1, index = reading->index;
    int64_t *sessions = &page->sessions[index];
    const json_t *date, *name, *count;

    if (!json_is_object(reading->row))
        return reply_drift(reading->row, "an object", reading->err, "/rows/%zu", index);
    if (!(date = take_value(reading, "dimensionValues", n, 0)) ||
        !(name = take_value(reading, "dimensionValues", n, n - 1)) ||
        !(count = take_value(reading, "metricValues", 1, 0)))
        return false;
    if (strcmp(json_string_value(date), reading->date) != 0)
        return err_set(reading->err,
                       "/rows/%zu/dimensionValues/0/value is '%s', expected '%s'",
                       index, shown(reading, date), reading->date);
    if (!str_to_int64(json_string_value(count), json_string_length(count), sessions) ||
        *sessions < 0)
        return err_set(reading->err,
                       "/rows/%zu/metricValues/0/value is '%s', expected digits", index,
                       shown(reading, count));
    if (page->is_by_name)
        page->name[index] = reply_copy(name, reading->arena);
    return true;
}

static bool take_rows(struct reading *reading, const json_t *root,
                      struct ga4_page *page)
{
    const json_t *rows = json_object_get(root, "rows");

    if (rows && !json_is_array(rows))
        return reply_drift(rows, "a list", reading->err, "/rows");
    page->n = json_array_size(rows);
    page->sessions = arena_new(reading->arena, int64_t, page->n);
    if (page->is_by_name)
        page->name = arena_new(reading->arena, struct str, page->n);
    for (reading->index = 0; reading->index < page->n; reading->index++) {
        reading->row = json_array_get(rows, reading->index);
        if (!take_row(reading, page))
            return false;
    }
    // the API leaves out a number that is 0
    return (page->n == 0 && !json_object_get(root, "rowCount")) ||
           reply_count(root, "rowCount", "/rowCount", &page->total, reading->err);
}

static bool take_metadata(const struct reading *reading, const json_t *metadata,
                          struct ga4_page *page)
{
    const json_t *sampled = json_object_get(metadata, "samplingMetadatas");
    bool is_withheld = false, is_folded = false;
    struct str zone;

    if (!reply_text(metadata, "timeZone", "/metadata/timeZone", &zone, reading->err) ||
        !reply_flag(metadata, "subjectToThresholding",
                    "/metadata/subjectToThresholding", &is_withheld, reading->err) ||
        !reply_flag(metadata, "dataLossFromOtherRow", "/metadata/dataLossFromOtherRow",
                    &is_folded, reading->err))
        return false;
    if (sampled && !json_is_array(sampled))
        return reply_drift(sampled, "a list", reading->err,
                           "/metadata/samplingMetadatas");
    page->zone = (struct str){str_copy(reading->arena, zone.at, zone.n), zone.n};
    if (is_withheld)
        page->why = "GA4 withholds rows of few users (subjectToThresholding)";
    else if (is_folded)
        page->why = "GA4 folds rows into '(other)' (dataLossFromOtherRow)";
    else if (json_array_size(sampled) > 0)
        page->why = "GA4 counts a sample (samplingMetadatas)";
    return true;
}

bool ga4_page_parse(struct str body, struct arena *arena, struct reply_notes *notes,
                    struct ga4_page *page, struct err *err)
{
    OWN(json) root = NULL;
    struct day_text iso = day_text(page->day);
    struct reading reading = {.date = str_format(arena, "%.4s%.2s%.2s", iso.text,
                                                 iso.text + 5, iso.text + 8),
                              .arena = arena,
                              .err = err};
    struct ga4_page read = {.day = page->day, .is_by_name = page->is_by_name};
    const json_t *metadata;

    if (!reply_load(body, KEYS_MAX, &root, err) || !take_rows(&reading, root, &read) ||
        !reply_object(root, "metadata", "/metadata", &metadata, err) ||
        !take_metadata(&reading, metadata, &read))
        return false;
    reply_note(notes, root, "", known);
    reply_note(notes, metadata, "/metadata", known_metadata);
    if (read.n > 0)
        reply_note(notes, json_array_get(json_object_get(root, "rows"), 0), "/rows/0",
                   known_row);
    *page = read;
    return true;
}
