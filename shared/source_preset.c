/* Presets: where each product's export keeps what a row needs, and the kinds of its
 * event names. A preset is data. */
#include <stdlib.h>
#include <string.h>

#include "shared/config.h"
#include "shared/json.h"
#include "shared/source_internal.h"

#include "shared/banned.h"

enum { PRESET_ALTERNATIVES = 2 };

struct preset_event {
    const char *name;
    enum kind kind;
};

struct preset {
    const char *name;
    int lag_h;
    const char *keyed; /* array looked up by key: KEYED/name */
    const char *properties;
    bool error_is_key, id_needs_event, session_minus_is_none, names_from_agent;
    const char *pointer[FIELD_COUNT][PRESET_ALTERNATIVES];
    struct preset_event event[SOURCE_PRESET_EVENTS];
};

static const char *const field_words[FIELD_NAMED] = {
    [FIELD_TIME] = "time",       [FIELD_ID] = "id",
    [FIELD_SESSION] = "session", [FIELD_USER] = "user",
    [FIELD_EVENT] = "event",     [FIELD_KIND] = "kind",
    [FIELD_PAGE] = "page",       [FIELD_HOST] = "host",
    [FIELD_BROWSER] = "browser", [FIELD_REFERRER_HOST] = "referrer_host",
    [FIELD_DEVICE] = "device",   [FIELD_RELEASE] = "release",
    [FIELD_ERROR] = "error",     [FIELD_STATUS] = "status",
    [FIELD_VALUE] = "value",     [FIELD_RESULTS] = "results",
    [FIELD_LCP] = "lcp",         [FIELD_INP] = "inp",
    [FIELD_CLS] = "cls",         [FIELD_FCP] = "fcp",
    [FIELD_TTFB] = "ttfb",
};

#define P "/properties/"
#define V "/event_properties/"
#define E "/event_params"

static const struct preset
    presets[] =
        {
            {
                .name = "generic",
                .lag_h = 3,
                .properties = "/",
                .pointer =
                    {
                        [FIELD_TIME] = {"/time"},
                        [FIELD_ID] = {"/id"},
                        [FIELD_SESSION] = {"/session"},
                        [FIELD_USER] = {"/user"},
                        [FIELD_EVENT] = {"/event"},
                        [FIELD_KIND] = {"/kind"},
                        [FIELD_PAGE] = {"/page"},
                        [FIELD_HOST] = {"/host"},
                        [FIELD_REFERRER_HOST] = {"/referrer_host"},
                        [FIELD_BROWSER] = {"/browser"},
                        [FIELD_DEVICE] = {"/device"},
                        [FIELD_RELEASE] = {"/release"},
                        [FIELD_ERROR] = {"/error"},
                        [FIELD_STATUS] = {"/status"},
                        [FIELD_VALUE] = {"/value"},
                        [FIELD_RESULTS] = {"/results"},
                        [FIELD_LCP] = {"/lcp"},
                        [FIELD_INP] = {"/inp"},
                        [FIELD_CLS] = {"/cls"},
                        [FIELD_FCP] = {"/fcp"},
                        [FIELD_TTFB] = {"/ttfb"},
                    },
            },
            {
                .name = "posthog",
                .lag_h = 3,
                .properties = P,
                .error_is_key = true,
                .pointer =
                    {
                        [FIELD_TIME] = {"/timestamp"},
                        [FIELD_ID] = {"/uuid"},
                        [FIELD_SESSION] = {P "$session_id"},
                        [FIELD_USER] = {"/distinct_id"},
                        [FIELD_EVENT] = {"/event"},
                        [FIELD_PAGE] = {P "$pathname"},
                        [FIELD_REFERRER_HOST] = {P "$referring_domain"},
                        [FIELD_BROWSER] = {P "$browser"},
                        [FIELD_DEVICE] = {P "$device_type"},
                        [FIELD_RELEASE] = {P "release"}, // $lib_version is the SDK's
                        [FIELD_ERROR] = {P "$exception_fingerprint"},
                        [FIELD_ERROR_TYPE] = {P "$exception_list/0/type"},
                        [FIELD_ERROR_MESSAGE] = {P "$exception_list/0/value"},
                        [FIELD_LCP] = {P "$web_vitals_LCP_value"},
                        [FIELD_INP] = {P "$web_vitals_INP_value"},
                        [FIELD_CLS] = {P "$web_vitals_CLS_value"},
                        [FIELD_FCP] = {P "$web_vitals_FCP_value"},
                        [FIELD_AGENT] = {P "$raw_user_agent"},
                    },
                .event = {{"$pageview", KIND_PAGEVIEW},
                          {"$rageclick", KIND_RAGE_CLICK},
                          {"$dead_click", KIND_DEAD_CLICK},
                          {"$exception", KIND_EXCEPTION},
                          {"$web_vitals", KIND_VITALS}},
            },
            {
                .name = "segment",
                .lag_h = 3,
                .properties = P,
                .names_from_agent = true,
                .pointer =
                    {
                        [FIELD_TIME] =
                            {"/timestamp"}, // originalTimestamp has the client's clock
                        [FIELD_ID] = {"/messageId"},
                        [FIELD_SESSION] = {"/context/sessionId"},
                        [FIELD_USER] = {"/userId", "/anonymousId"},
                        [FIELD_EVENT] = {"/event", "/type"},
                        [FIELD_PAGE] = {"/context/page/path"},
                        [FIELD_REFERRER_HOST] = {"/context/page/referrer"},
                        [FIELD_RELEASE] = {"/context/app/version"},
                        [FIELD_ERROR] = {P "error"},
                        [FIELD_AGENT] = {"/context/userAgent"},
                    },
                .event = {{"page", KIND_PAGEVIEW},
                          {"Products Searched", KIND_SEARCH},
                          {"Checkout Started", KIND_CHECKOUT_START},
                          {"Order Completed", KIND_CHECKOUT_DONE}},
            },
            {
                .name = "mixpanel",
                .lag_h = 24,
                .properties = P,
                .id_needs_event = true,
                .pointer =
                    {
                        [FIELD_TIME] = {P "time"},
                        [FIELD_ID] = {P "$insert_id"},
                        [FIELD_USER] = {P "distinct_id"},
                        [FIELD_EVENT] = {"/event"},
                        [FIELD_PAGE] = {P "$current_url"},
                        [FIELD_REFERRER_HOST] = {P "$referring_domain"},
                        [FIELD_BROWSER] = {P "$browser"},
                        [FIELD_DEVICE] = {P "$device"},
                        [FIELD_RELEASE] = {P "$app_version_string"},
                        [FIELD_ERROR] = {P "error"},
                    },
                .event = {{"$mp_web_page_view", KIND_PAGEVIEW},
                          {"$mp_rage_click", KIND_RAGE_CLICK},
                          {"$mp_dead_click", KIND_DEAD_CLICK}},
            },
            {
                .name = "amplitude",
                .lag_h = 3,
                .properties = V,
                .session_minus_is_none = true,
                .pointer =
                    {
                        [FIELD_TIME] = {"/event_time"},
                        [FIELD_ID] = {"/$insert_id", "/uuid"},
                        [FIELD_SESSION] = {"/session_id"},
                        [FIELD_SESSION_OWNER] = {"/device_id"},
                        [FIELD_USER] = {"/user_id", "/device_id"},
                        [FIELD_EVENT] = {"/event_type"},
                        [FIELD_PAGE] = {V "[Amplitude] Page Path"},
                        [FIELD_BROWSER] =
                            {"/os_name"}, // Amplitude keeps the browser there
                        [FIELD_DEVICE] = {"/device_type"},
                        [FIELD_RELEASE] = {"/version_name"},
                        [FIELD_ERROR] = {V "error"},
                    },
                .event = {{"[Amplitude] Page Viewed", KIND_PAGEVIEW},
                          {"[Amplitude] Rage Click", KIND_RAGE_CLICK},
                          {"[Amplitude] Dead Click", KIND_DEAD_CLICK},
                          {"[Amplitude] Form Started", KIND_FORM_START},
                          {"[Amplitude] Form Submitted", KIND_FORM_SUBMIT}},
            },
            {
                .name = "ga4_bigquery",
                .lag_h = 72,
                .keyed = E,
                .properties = E "/",
                .pointer =
                    {
                        [FIELD_TIME] = {"/event_timestamp"},
                        [FIELD_SESSION] = {E "/ga_session_id"},
                        [FIELD_SESSION_OWNER] = {"/user_pseudo_id"},
                        [FIELD_USER] = {"/user_pseudo_id"},
                        [FIELD_EVENT] = {"/event_name"},
                        [FIELD_PAGE] = {E "/page_location"},
                        [FIELD_REFERRER_HOST] = {E "/page_referrer"},
                        [FIELD_BROWSER] = {"/device/web_info/browser"},
                        [FIELD_DEVICE] = {"/device/category"},
                        [FIELD_RELEASE] = {E "/app_version"},
                        [FIELD_ERROR] = {E "/description"},
                    },
                .event = {{"page_view", KIND_PAGEVIEW},
                          {"exception", KIND_EXCEPTION},
                          {"view_search_results", KIND_SEARCH},
                          {"form_start", KIND_FORM_START},
                          {"form_submit", KIND_FORM_SUBMIT},
                          {"begin_checkout", KIND_CHECKOUT_START},
                          {"purchase", KIND_CHECKOUT_DONE}},
            },
            {
                .name = "umami", // of its API, not of files
                .lag_h = 1,
                .pointer =
                    {
                        [FIELD_TIME] = {"/createdAt"},
                        [FIELD_ID] = {"/id"},
                        [FIELD_SESSION] = {"/sessionId"},
                        [FIELD_EVENT] = {"/eventName"},
                        [FIELD_PAGE] = {"/urlPath"},
                        [FIELD_BROWSER] = {"/browser"},
                        [FIELD_DEVICE] = {"/device"},
                    },
                .event = {{"pageview", KIND_PAGEVIEW}},
            },
};

static const struct preset *preset_find(const char *name)
{
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    return NULL;
}

const char *source_preset_event(const char *preset, size_t index, enum kind *kind)
{
    const struct preset *known = preset_find(preset);

    if (!known || index >= SOURCE_PRESET_EVENTS || !known->event[index].name)
        return NULL;
    *kind = known->event[index].kind;
    return known->event[index].name;
}

/* Grows while names are added; sorted and merged at the end. */
struct event_table {
    struct event_kinds *item;
    size_t n, capacity;
    struct arena *arena;
};

static void table_add(struct event_table *table, const char *event, enum kind kind)
{
    table->item = arena_room(table->arena, table->item, table->n, &table->capacity,
                             sizeof *table->item);
    table->item[table->n++] = (struct event_kinds){str_of(event), 1U << kind};
}

static int event_compare(const void *a, const void *b)
{
    const struct event_kinds *x = a, *y = b;

    return str_compare(x->event, y->event);
}

/* One entry a name: a name may be of several kinds. */
static void table_finish(struct event_table *table, struct fields *fields)
{
    size_t kept = 0;

    if (table->n > 0)
        qsort(table->item, table->n, sizeof *table->item, event_compare);
    for (size_t i = 0; i < table->n; i++) {
        if (kept > 0 && str_equal(table->item[kept - 1].event, table->item[i].event))
            table->item[kept - 1].kinds |= table->item[i].kinds;
        else
            table->item[kept++] = table->item[i];
    }
    fields->events = table->item;
    fields->nevents = kept;
}

uint32_t source_fields_kinds(const struct fields *fields, struct str event)
{
    size_t low = 0, high = fields->nevents;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(event, fields->events[middle].event);

        if (order == 0)
            return fields->events[middle].kinds;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

static bool open_events(struct source *source, const struct preset *preset,
                        const json_t *events, struct arena *arena, struct err *err)
{
    struct event_table table = {.arena = arena};
    const char *word;
    json_t *names;

    for (size_t i = 0; i < SOURCE_PRESET_EVENTS && preset->event[i].name; i++)
        table_add(&table, preset->event[i].name, preset->event[i].kind);
    if (preset->pointer[FIELD_KIND][0]) // our own names
        for (int k = 0; k < KIND_COUNT; k++)
            table_add(&table, kind_word((enum kind)k), (enum kind)k);
    json_object_foreach((json_t *)events, word, names) // the macro only reads
    {
        enum kind kind;

        if (str_starts(str_of(word), STR("//")))
            continue; // a comment
        if (!kind_parse(str_of(word), &kind))
            return config_err(source->config,
                              str_format(arena, "/sources/%s/events/%s", source->name,
                                         word),
                              err, "'%s' is no kind of event", word);
        for (size_t i = 0; i < json_array_size(names); i++)
            table_add(&table, json_string_value(json_array_get(names, i)), kind);
    }
    table_finish(&table, &source->fields);
    return true;
}

static bool add_alternative(struct source *source, enum field field,
                            const char *pointer, struct err *err)
{
    struct alternatives *of = &source->fields.of[field];

    if (of->n == ALTERNATIVES_MAX)
        return err_set(err, "more than %d pointers for one field", ALTERNATIVES_MAX);
    return values_add(source->fields.values, pointer, &of->slot[of->n++], err);
}

/* A key of `fields`: a pointer or an array of pointers. */
static bool open_override(struct source *source, enum field field,
                          const json_t *pointers, struct err *err)
{
    if (json_is_string(pointers))
        return add_alternative(source, field, json_string_value(pointers), err);
    for (size_t i = 0; i < json_array_size(pointers); i++)
        if (!add_alternative(source, field,
                             json_string_value(json_array_get(pointers, i)), err))
            return false;
    return true;
}

/* Presets' fields that belong to a named one, and go when it is replaced. */
static enum field owner_of(enum field field)
{
    if (field == FIELD_SESSION_OWNER)
        return FIELD_SESSION;
    if (field == FIELD_ERROR_TYPE || field == FIELD_ERROR_MESSAGE)
        return FIELD_ERROR;
    return field;
}

static bool open_fields(struct source *source, const struct preset *preset,
                        const json_t *overrides, struct arena *arena, struct err *err)
{
    const char *where = str_format(arena, "/sources/%s/fields", source->name);
    struct err cause;

    for (int f = 0; f < FIELD_COUNT; f++) {
        enum field owner = owner_of((enum field)f);
        const json_t *override =
            owner < FIELD_NAMED ? json_object_get(overrides, field_words[owner]) : NULL;

        if (override && owner != (enum field)f)
            continue;
        if (override && !open_override(source, (enum field)f, override, &cause))
            return config_err(source->config,
                              str_format(arena, "%s/%s", where, field_words[f]), err,
                              "%s", cause.text);
        for (int i = 0; !override && i < PRESET_ALTERNATIVES && preset->pointer[f][i];
             i++)
            if (!add_alternative(source, (enum field)f, preset->pointer[f][i], &cause))
                return config_err(source->config, where, err, "%s", cause.text);
    }
    if (!values_compile(source->fields.values, &cause))
        return config_err(source->config, where, err, "%s", cause.text);
    return true;
}

bool source_fields_open(struct source *source, const json_t *json, const char *name,
                        struct arena *arena, struct err *err)
{
    struct fields *fields = &source->fields;
    const struct preset *preset = preset_find(name);
    const json_t *overrides = json_object_get(json, "fields");

    if (!preset)
        return config_err(source->config,
                          str_format(arena, "/sources/%s/preset", source->name), err,
                          "there is no preset '%s'", name);
    fields->values = values_new(arena, preset->keyed);
    fields->value = values_all(fields->values);
    fields->preset = preset->name;
    fields->properties = preset->properties;
    if (!open_fields(source, preset, overrides, arena, err) ||
        !open_events(source, preset, json_object_get(json, "events"), arena, err))
        return false;
    fields->error_is_key = preset->error_is_key && !json_object_get(overrides, "error");
    fields->id_needs_event =
        preset->id_needs_event && !json_object_get(overrides, "id");
    fields->session_minus_is_none = preset->session_minus_is_none;
    fields->names_from_agent = preset->names_from_agent;
    source->lag_h = (int)json_int(json, "lag_h", preset->lag_h);
    for (size_t i = 0; i < fields->nevents; i++)
        source->kinds |= fields->events[i].kinds;
    for (int i = 0; i < NUMBER_COUNT; i++)
        if (fields->of[FIELD_STATUS + i].n > 0)
            source->numbers |= 1U << i;
    return true;
}
