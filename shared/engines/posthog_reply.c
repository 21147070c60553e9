/* Replies of PostHog's query endpoint and of its file download exports. */
#include <string.h>

#include "shared/engines/posthog.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { ID_MAX = 128, FILES_MAX = 10000, SHOWN = 120 };

/* ---- queries ---- */

static const char *const known_answer[] = {"results",
                                           "columns",
                                           "types",
                                           "hasMore",
                                           "is_cached",
                                           "error",
                                           "timings",
                                           "query_status",
                                           "limit",
                                           "offset",
                                           "query",
                                           "hogql",
                                           "clickhouse",
                                           "explain",
                                           "metadata",
                                           "modifiers",
                                           "cache_key",
                                           "last_refresh",
                                           "query_metadata",
                                           "timezone",
                                           "nextCursor",
                                           "warnings",
                                           "cache_target_age",
                                           "calculation_trigger",
                                           "next_allowed_client_refresh",
                                           "resolved_date_range",
                                           NULL};

/* What becomes part of an address. */
static bool is_id(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!((text.at[i] >= 'a' && text.at[i] <= 'z') ||
              (text.at[i] >= 'A' && text.at[i] <= 'Z') ||
              (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '-' ||
              text.at[i] == '_'))
            return false;
    return text.n > 0 && text.n <= ID_MAX;
}

static bool take_id(const json_t *object, const char *key, const char *pointer,
                    struct arena *arena, const char **id, struct err *err)
{
    struct str text;

    if (!reply_text(object, key, pointer, &text, err))
        return false;
    if (!is_id(text))
        return err_set(err, "%s is no id: '%s'", pointer,
                       text_safe(arena, text.at, text.n, SHOWN));
    *id = str_copy(arena, text.at, text.n);
    return true;
}

static bool said(const json_t *text, const char *what, struct arena *arena,
                 struct err *err)
{
    return err_set(err, "%s%s%s", what, json_is_string(text) ? ": " : "",
                   json_is_string(text) ? text_safe(arena, json_string_value(text),
                                                    json_string_length(text), SHOWN)
                                        : "");
}

static bool check_columns(const json_t *columns, const struct sql_columns *expected,
                          struct err *err)
{
    if (json_array_size(columns) != expected->n)
        return err_set(err, "/columns has %zu names, expected %zu",
                       json_array_size(columns), expected->n);
    for (size_t i = 0; i < expected->n; i++) {
        const json_t *name = json_array_get(columns, i);

        if (!json_is_string(name))
            return reply_drift(name, "a string", err, "/columns/%zu", i);
        if (strcmp(json_string_value(name), expected->name[i]) != 0)
            return err_set(err, "/columns/%zu is not '%s'", i, expected->name[i]);
    }
    return true;
}

static bool is_text(const char *column)
{
    return strcmp(column, "v") == 0 || strcmp(column, "arm") == 0;
}

/* A sum of no rows may be null; whoever counts with it refuses it then. */
static bool take_cell(const json_t *value, const char *column, struct arena *arena,
                      struct str *cell)
{
    int64_t count;

    if (is_text(column) && json_is_string(value))
        *cell = reply_copy(value, arena);
    else if (!is_text(column) && reply_is_count(value, &count))
        *cell = str_of(str_format(arena, "%lld", (long long)count));
    else if (strcmp(column, "multi") == 0 && json_is_boolean(value)) // a comparison
        *cell = json_is_true(value) ? STR("1") : STR("0");
    else
        return json_is_null(value);
    return true;
}

static bool take_rows(const json_t *results, const struct sql_columns *columns,
                      struct arena *arena, struct sql_rows *rows, struct err *err)
{
    size_t nrows = json_array_size(results);

    *rows = (struct sql_rows){arena_new(arena, struct str, nrows * columns->n), nrows,
                              columns->n};
    for (size_t r = 0; r < nrows; r++) {
        const json_t *row = json_array_get(results, r);

        if (!json_is_array(row))
            return reply_drift(row, "a list", err, "/results/%zu", r);
        if (json_array_size(row) != columns->n)
            return err_set(err, "/results/%zu has %zu values, expected %zu", r,
                           json_array_size(row), columns->n);
        for (size_t c = 0; c < columns->n; c++) {
            const json_t *value = json_array_get(row, c);

            if (!take_cell(value, columns->name[c], arena,
                           &rows->cell[r * columns->n + c]))
                return reply_drift(value,
                                   is_text(columns->name[c]) ? "a string" : "a number",
                                   err, "/results/%zu/%zu", r, c);
        }
    }
    return true;
}

/* Of one that is worked on, or was: it holds the answer then. */
static bool take_status(const json_t *status, struct arena *arena,
                        const json_t **results, struct posthog_answer *answer,
                        struct err *err)
{
    bool is_complete = false, is_error = false;

    if (!json_is_object(status))
        return reply_drift(status, "an object", err, "/query_status");
    if (!reply_flag(status, "complete", "/query_status/complete", &is_complete, err) ||
        !reply_flag(status, "error", "/query_status/error", &is_error, err))
        return false;
    if (is_error)
        return said(json_object_get(status, "error_message"), "the query failed", arena,
                    err);
    if (!is_complete)
        return take_id(status, "id", "/query_status/id", arena, &answer->pending, err);
    return json_is_object(*results) ||
           reply_object(status, "results", "/query_status/results", results, err);
}

bool posthog_answer_parse(struct str body, const struct sql_columns *expected,
                          struct arena *arena, struct reply_notes *notes,
                          struct posthog_answer *answer, struct err *err)
{
    OWN(json) root = NULL;
    struct posthog_answer read = {0};
    const json_t *status, *whole, *results, *columns;
    size_t most = REPLY_KEYS_MAX + SQL_HOGQL_ROWS_MAX * (1 + expected->n);
    bool has_more = false;

    if (!reply_load(body, most, &root, err))
        return false;
    whole = root;
    status = json_object_get(root, "query_status");
    if (status && !json_is_null(status)) {
        whole = json_object_get(root, "results") ? root : NULL;
        if (!take_status(status, arena, &whole, &read, err))
            return false;
    }
    if (read.pending) {
        *answer = read;
        return true;
    }
    if (json_is_string(json_object_get(whole, "error")))
        return said(json_object_get(whole, "error"), "the query failed", arena, err);
    if (!reply_list(whole, "results", "/results", &results, err) ||
        !reply_list(whole, "columns", "/columns", &columns, err) ||
        !check_columns(columns, expected, err) ||
        !take_rows(results, expected, arena, &read.rows, err) ||
        !reply_flag(whole, "hasMore", "/hasMore", &has_more, err) ||
        !reply_flag(whole, "is_cached", "/is_cached", &read.is_cached, err))
        return false;
    if (has_more || read.rows.nrows >= SQL_HOGQL_ROWS_MAX)
        return err_set(err,
                       "/hasMore is true: more than %d rows; leave the dimension out",
                       SQL_HOGQL_ROWS_MAX);
    reply_note(notes, whole, "", known_answer);
    *answer = read;
    return true;
}

/* ---- exports ---- */

bool posthog_started_parse(struct str body, struct arena *arena,
                           struct reply_notes *notes, const char **id, struct err *err)
{
    static const char *const known[] = {"id", "status", NULL};
    OWN(json) root = NULL;

    if (!reply_load(body, REPLY_KEYS_MAX, &root, err) ||
        !take_id(root, "id", "/id", arena, id, err))
        return false;
    reply_note(notes, root, "", known);
    return true;
}

static bool take_state(const json_t *root, struct arena *arena,
                       struct posthog_export *export, struct err *err)
{
    static const struct {
        const char *word;
        enum posthog_state state;
    } states[] = {
        {"Starting", EXPORT_GOES_ON},    {"Running", EXPORT_GOES_ON},
        {"Completed", EXPORT_COMPLETED}, {"FailedRetryable", EXPORT_RETRYABLE},
        {"Failed", EXPORT_FAILED},       {"FailedBilling", EXPORT_FAILED},
        {"Terminated", EXPORT_FAILED},   {"TimedOut", EXPORT_FAILED},
        {"Cancelled", EXPORT_FAILED},
    };

    const json_t *error = json_object_get(root, "error");
    struct str word;
    const char *shown;

    if (!reply_text(root, "status", "/status", &word, err))
        return false;
    shown = text_safe(arena, word.at, word.n, SHOWN);
    export->why = !json_is_string(error)
                      ? shown
                      : str_format(arena, "%s: %s", shown,
                                   text_safe(arena, json_string_value(error),
                                             json_string_length(error), SHOWN));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (str_equal(word, str_of(states[i].word))) {
            export->state = states[i].state;
            return true;
        }
    }
    return err_set(err, "/status is '%s', which is not known here", shown);
}

/* A number, or an id. */
static bool take_file(const json_t *value, size_t index, struct arena *arena,
                      const char **file, struct err *err)
{
    int64_t number;

    if (reply_is_count(value, &number)) {
        *file = str_format(arena, "%lld", (long long)number);
        return true;
    }
    if (!json_is_string(value))
        return reply_drift(value, "an id", err, "/files/%zu", index);
    *file = reply_copy(value, arena).at;
    return is_id(str_of(*file)) || err_set(err, "/files/%zu is no id", index);
}

static bool take_files(const json_t *files, struct arena *arena,
                       struct posthog_export *export, struct err *err)
{
    export->nfiles = json_array_size(files);
    if (export->nfiles > FILES_MAX)
        return err_set(err, "/files has %zu files, at most %d", export->nfiles,
                       FILES_MAX);
    export->file = arena_new(arena, const char *, export->nfiles);
    for (size_t i = 0; i < export->nfiles; i++) {
        if (!take_file(json_array_get(files, i), i, arena, &export->file[i], err))
            return false;
        for (size_t k = 0; k < i; k++)
            if (strcmp(export->file[k], export->file[i]) == 0)
                return err_set(err, "/files/%zu comes twice", i);
    }
    return true;
}

bool posthog_export_parse(struct str body, struct arena *arena,
                          struct reply_notes *notes, struct posthog_export *export,
                          struct err *err)
{
    static const char *const known[] = {"id", "status", "files", "error", NULL};
    OWN(json) root = NULL;
    struct posthog_export read = {0};
    const json_t *files;

    if (!reply_load(body, REPLY_KEYS_MAX, &root, err) ||
        !take_state(root, arena, &read, err))
        return false;
    if (read.state == EXPORT_COMPLETED &&
        (!reply_list(root, "files", "/files", &files, err) ||
         !take_files(files, arena, &read, err)))
        return false;
    reply_note(notes, root, "", known);
    *export = read;
    return true;
}
