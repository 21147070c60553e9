/* PostHog's events as a table that HogQL is asked of. Its rows are those of the preset
 * posthog, but for pages: their names are made by rules that HogQL has not. */
#include <string.h>

#include "shared/engines/posthog.h"
#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { PAUSE_US = 1000000, SHOWN = 60 };

#define QUESTION_BYTES_MAX (2 * (size_t)SQL_BYTES_MAX) /* the SQL, escaped */

#define TEXT(name)   "ifNull(properties." name ", '')"
#define NUMBER(name) "toFloat(properties." name ")"

/* As shared/source_preset.c has it. */
static const char *const fields[COLUMN_COUNT] = {
    [COLUMN_TIME] = "timestamp",
    [COLUMN_SESSION] = TEXT("$session_id"),
    [COLUMN_USER] = "distinct_id",
    [COLUMN_EVENT] = "event",
    [COLUMN_REFERRER_HOST] = TEXT("$referring_domain"),
    [COLUMN_BROWSER] = TEXT("$browser"),
    [COLUMN_DEVICE] = TEXT("$device_type"),
    [COLUMN_RELEASE] = TEXT("release"),
    [COLUMN_ERROR] = TEXT("$exception_fingerprint"),
    [COLUMN_LCP] = NUMBER("$web_vitals_LCP_value"),
    [COLUMN_INP] = NUMBER("$web_vitals_INP_value"),
    [COLUMN_CLS] = NUMBER("$web_vitals_CLS_value"),
    [COLUMN_FCP] = NUMBER("$web_vitals_FCP_value"),
};

static bool read_kind(struct tables *tables, enum kind kind, struct arena *arena,
                      struct err *err)
{
    const json_t *names =
        json_object_get(json_object_get(tables->json, "events"), kind_word(kind));
    struct sql_names *to = &tables->table.kind[kind];
    const char *name;
    enum kind of;

    to->at =
        arena_new(arena, struct str, json_array_size(names) + SOURCE_PRESET_EVENTS);
    for (size_t i = 0; (name = source_preset_event("posthog", i, &of)) != NULL; i++)
        if (of == kind)
            to->at[to->n++] = str_of(name);
    for (size_t i = 0; i < json_array_size(names); i++) {
        struct str own = str_of(json_string_value(json_array_get(names, i)));

        if (!sql_is_literal(own))
            return config_err(tables->config,
                              str_format(arena, "/sources/%s/events/%s/%zu",
                                         tables->name, kind_word(kind), i),
                              err,
                              "'%.*s' cannot be asked for; names in mode query are up "
                              "to 128 letters, digits, spaces and _ $ . : / -",
                              (int)(own.n < SHOWN ? own.n : SHOWN), own.at);
        to->at[to->n++] = own;
    }
    return true;
}

bool posthog_table(struct tables *tables, struct arena *arena,
                   struct engine_opened *opened, struct err *err)
{
    tables_prepare(tables, arena);
    tables->table.dialect = SQL_HOGQL;
    tables->table.time = SQL_DATETIME64;
    tables->table.name = "events";
    memcpy(tables->table.column, fields, sizeof fields);
    for (int k = 0; k < KIND_COUNT; k++) {
        if (!read_kind(tables, (enum kind)k, arena, err))
            return false;
        if (tables->table.kind[k].n > 0)
            opened->kinds |= UINT32_C(1) << k;
    }
    for (int i = 0; i < NUMBER_COUNT; i++)
        if (fields[COLUMN_STATUS + i])
            opened->numbers |= UINT32_C(1) << i;
    opened->exposures = "posthog";
    return true;
}

static const char *question(struct str sql, struct arena *arena)
{
    struct buf text;

    buf_init(&text, arena, QUESTION_BYTES_MAX);
    buf_add_text(&text, "{\"query\":{\"kind\":\"HogQLQuery\",\"query\":");
    text_add_json(&text, sql.at, sql.n);
    buf_add_text(&text, "},\"refresh\":\"force_blocking\",\"name\":\"rounds\"}");
    return text.at;
}

/* Asks, and waits for what is not there yet. */
static bool ask(struct posthog_query *query, const char *post,
                const struct sql_columns *columns, struct arena *arena,
                struct posthog_answer *answer, struct err *err)
{
    struct hosted *hosted = query->hosted;
    struct api_request request = {.url = hosted_url(hosted, query->path), .post = post};
    struct api_reply reply;

    for (;;) {
        if (!hosted_ask(hosted, request, &reply, err))
            return false;
        if (!posthog_answer_parse(reply.body, columns, arena, &hosted->notes, answer,
                                  err))
            return err_wrap(err, "%s", query->tables->who);
        if (!answer->pending)
            return true;
        if (!api_pause(&hosted->api, PAUSE_US, err))
            return false;
        request = (struct api_request){.url = str_format(arena, "%s%s%s/", hosted->base,
                                                         query->path, answer->pending)};
    }
}

bool posthog_ask(void *of, struct str sql, const struct sql_columns *columns,
                 struct arena *arena, struct sql_rows *rows, struct err *err)
{
    struct posthog_query *query = of;
    const char *post = question(sql, arena);
    struct posthog_answer answer;

    query->hosted->conf.who = query->tables->who;
    for (int i = 0; i < 2; i++) {
        if (!ask(query, post, columns, arena, &answer, err))
            return false;
        if (!answer.is_cached) {
            *rows = answer.rows;
            return true;
        }
    }
    return err_set(err, "%s: the reply is a cached one, twice; nothing of it is used",
                   query->tables->who);
}
