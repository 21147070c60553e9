/* Replies of Umami: a page of events, and the token of a login. */
#include "shared/engines/umami.h"
#include "shared/own.h"
#include "shared/source_time.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { TYPE_PAGEVIEW = 1, SHOWN = 60 };

static const char *const known[] = {"data",    "count",          "page",   "pageSize",
                                    "orderBy", "sortDescending", "search", NULL};
static const char *const known_event[] = {
    "id",           "sessionId",     "createdAt",
    "urlPath",      "browser",       "os",
    "device",       "eventType",     "eventName",
    "websiteId",    "visitId",       "urlQuery",
    "referrerPath", "referrerQuery", "referrerDomain",
    "country",      "region",        "city",
    "pageTitle",    "hostname",      "hasData",
    "screen",       "language",      NULL};

struct reading {
    struct arena *arena;
    struct err *err;
    const json_t *row;
    size_t index;
};

static bool take_text(const struct reading *reading, const char *key, bool may_be_null,
                      struct str *text)
{
    const json_t *value = json_object_get(reading->row, key);

    *text = STR("");
    if (may_be_null && json_is_null(value))
        return true;
    if (!json_is_string(value))
        return reply_drift(value, may_be_null ? "a string or null" : "a string",
                           reading->err, "/data/%zu/%s", reading->index, key);
    *text = reply_copy(value, reading->arena);
    return true;
}

static bool take_event(const struct reading *reading, struct umami_event *event)
{
    const json_t *type = json_object_get(reading->row, "eventType");
    int64_t number;

    if (!json_is_object(reading->row))
        return reply_drift(reading->row, "an object", reading->err, "/data/%zu",
                           reading->index);
    if (!take_text(reading, "id", false, &event->id) ||
        !take_text(reading, "sessionId", false, &event->session) ||
        !take_text(reading, "createdAt", false, &event->created) ||
        !take_text(reading, "urlPath", false, &event->path) ||
        !take_text(reading, "browser", true, &event->browser) ||
        !take_text(reading, "device", true, &event->device) ||
        !take_text(reading, "eventName", true, &event->name))
        return false;
    if (!reply_is_count(type, &number))
        return reply_drift(type, "a number", reading->err, "/data/%zu/eventType",
                           reading->index);
    if (!source_time_parse(event->created, &event->time_ms))
        return err_set(reading->err, "/data/%zu/createdAt is '%s', expected a time",
                       reading->index,
                       text_safe(reading->arena, event->created.at, event->created.n,
                                 SHOWN));
    if (number == TYPE_PAGEVIEW)
        event->name = STR(UMAMI_PAGEVIEW);
    return true;
}

bool umami_page_parse(struct str body, struct arena *arena, struct reply_notes *notes,
                      struct umami_page *page, struct err *err)
{
    OWN(json) root = NULL;
    struct umami_page read = {0};
    const json_t *data;

    if (!reply_load(body, REPLY_KEYS_MAX, &root, err) ||
        !reply_list(root, "data", "/data", &data, err) ||
        !reply_count(root, "count", "/count", &read.count, err) ||
        !reply_count(root, "page", "/page", &read.page, err))
        return false;
    read.n = json_array_size(data);
    read.event = arena_new(arena, struct umami_event, read.n);
    for (size_t i = 0; i < read.n; i++) {
        struct reading reading = {arena, err, json_array_get(data, i), i};

        if (!take_event(&reading, &read.event[i]))
            return false;
    }
    reply_note(notes, root, "", known);
    if (read.n > 0)
        reply_note(notes, json_array_get(data, 0), "/data/0", known_event);
    *page = read;
    return true;
}

bool umami_token_parse(struct str body, json_t **root, struct str *token,
                       struct err *err)
{
    return reply_load(body, REPLY_KEYS_MAX, root, err) &&
           reply_text(*root, "token", "/token", token, err);
}
