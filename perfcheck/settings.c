/* Reads the perfcheck section. Its shape, ranges and defaults were the schema's
 * business. */
#include "perfcheck/settings.h"

#include <stdio.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/source.h"

#include "shared/banned.h"

/* What is being read, and into what. */
struct reading {
    const struct config *config;
    const json_t *section;
    struct arena *arena;
    struct settings *settings;
    struct err *err;
};

static const char *const categories[MINIMA] = {"performance", "accessibility",
                                               "best-practices", "seo"};

static const char *const types[BYTE_TYPES] = {"total", "script", "image", "stylesheet",
                                              "font"};

/* Checks that the key `severity` can name; those that end in - go on with a metric,
 * type, category or audit. */
static const char *const checks[] = {
    "accept-unused", "audit-",         "audit-new",     "bytes-",
    "crux-",         "debt",           "duplicate-run", "epoch",
    "improvement-",  "late-report",    "machine",       "minimum-",
    "mixed-epoch",   "no-data",        "not-a-report",  "page-gone",
    "regression-",   "report-corrupt", "rum-",          "report-unsupported",
    "run-errors",
};

static const char **texts(const json_t *array, struct arena *arena, size_t *n)
{
    const char **text = arena_new(arena, const char *, json_array_size(array));

    *n = json_array_size(array);
    for (size_t i = 0; i < *n; i++)
        text[i] = json_string_value(json_array_get(array, i));
    return text;
}

static bool read_metrics(const struct reading *reading)
{
    const json_t *array = json_object_get(reading->section, "metrics");
    const json_t *floors = json_object_get(reading->section, "floor");
    const json_t *drift = json_object_get(reading->section, "drift");
    struct settings *settings = reading->settings;

    for (size_t i = 0; i < json_array_size(array) && i < METRICS_MAX; i++) {
        const char *metric = json_string_value(json_array_get(array, i));
        const json_t *floor = json_object_get(floors, metric);
        char pointer[64];

        if (!floor) {
            (void)snprintf(pointer, sizeof pointer, "/perfcheck/metrics/%zu", i);
            return config_err(reading->config, pointer, reading->err,
                              "'%s' needs a floor; add \"floor\": {\"%s\": {\"abs\": "
                              "...}}",
                              metric, metric);
        }
        settings->metric[i] = metric;
        settings->rules[i] = (struct timing_rules){
            .floor_abs = json_number(floor, "abs", 0),
            .floor_rel = json_number(floor, "rel", 0),
            .drift_k = json_number(drift, "k", 0),
            .drift_h = json_number(drift, "h", 0),
            .baseline_runs = (size_t)json_int(reading->section, "baseline_runs", 0),
            .baseline_days = (size_t)json_int(reading->section, "baseline_days", 0),
            .ratchet = json_bool(reading->section, "ratchet", true),
        };
        settings->nmetrics++;
    }
    return true;
}

static struct estimate number_or_none(const json_t *number)
{
    return (struct estimate){json_is_number(number), json_number_value(number)};
}

static void read_minima(const struct reading *reading)
{
    const json_t *minimum = json_object_get(reading->section, "minimum");

    for (int i = 0; i < MINIMA; i++) {
        const json_t *of = json_object_get(minimum, categories[i]);

        reading->settings->minimum[i] = (struct minimum){
            .category = categories[i],
            .warn =
                number_or_none(json_is_object(of) ? json_object_get(of, "warn") : of),
            .crit = number_or_none(json_object_get(of, "crit")),
        };
    }
}

static void read_bytes(const struct reading *reading)
{
    const json_t *bytes = json_object_get(reading->section, "bytes");

    for (int i = 0; i < BYTE_TYPES; i++) {
        const json_t *of = json_object_get(bytes, types[i]);
        struct byte_rule *rule = &reading->settings->bytes[i];

        *rule = (struct byte_rule){.type = types[i], .is_on = json_is_object(of)};
        if (!rule->is_on)
            continue;
        rule->abs_bytes = 1024 * json_number(of, "abs_kib", 0);
        rule->rel = json_number(of, "rel", 0);
    }
}

static bool read_accepts(const struct reading *reading)
{
    const json_t *array = json_object_get(reading->section, "accept");
    struct settings *settings = reading->settings;
    size_t n = json_array_size(array);

    settings->accept = arena_new(reading->arena, struct accept, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *entry = json_array_get(array, i);
        struct accept *accept = &settings->accept[settings->naccepts++];
        const char *on = json_text(entry, "on", "");
        char pointer[64];

        *accept = (struct accept){.id = json_text(entry, "id", ""),
                                  .why = json_text(entry, "why", ""),
                                  .who = json_text(entry, "who", "")};
        (void)snprintf(pointer, sizeof pointer, "/perfcheck/accept/%zu/id", i);
        if (strncmp(accept->id, "perfcheck/", strlen("perfcheck/")) != 0)
            return config_err(reading->config, pointer, reading->err,
                              "is no id of a finding; it begins with 'perfcheck/'");
        if (!day_parse(on, strlen(on), &accept->on))
            return false; // the schema's format
    }
    return true;
}

/* The check is one of ours, whole, with an ending, or with a last `*`. */
static bool is_check(const char *name)
{
    size_t n = strlen(name);
    bool is_open = n > 0 && name[n - 1] == '*';

    n -= is_open;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        size_t length = strlen(checks[i]);
        bool goes_on = checks[i][length - 1] == '-';

        if (is_open && n <= length && strncmp(checks[i], name, n) == 0)
            return true;
        if (goes_on && n > length && strncmp(checks[i], name, length) == 0)
            return true;
        if (!is_open && !goes_on && strcmp(checks[i], name) == 0)
            return true;
    }
    return false;
}

static bool read_severities(const struct reading *reading)
{
    json_t *object = json_object_get(reading->section, "severity");
    struct settings *settings = reading->settings;
    const char *key;
    json_t *value;

    settings->severity =
        arena_new(reading->arena, struct severity_rule, json_object_size(object));
    json_object_foreach(object, key, value)
    {
        struct severity_rule *rule = &settings->severity[settings->nseverities++];
        const char *word = json_string_value(value);
        const char *near = str_nearest(key, checks, sizeof checks / sizeof *checks);
        char pointer[128];

        *rule =
            (struct severity_rule){.check = key, .is_off = strcmp(word, "off") == 0};
        (void)snprintf(pointer, sizeof pointer, "/perfcheck/severity/%.80s", key);
        if (!is_check(key))
            return config_err(reading->config, pointer, reading->err,
                              "no check '%.80s'%s%s%s", key,
                              near ? "; did you mean '" : "", near ? near : "",
                              near ? "'" : "");
        if (!rule->is_off && !severity_parse(word, &rule->severity))
            return false; // the schema's words
    }
    return true;
}

static bool read_rum_pages(const struct reading *reading, const json_t *rum)
{
    const json_t *array = json_object_get(rum, "pages");
    struct settings *settings = reading->settings;

    settings->rum.page =
        arena_new(reading->arena, struct rum_page, json_array_size(array));
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *rule = json_array_get(array, i);
        struct rum_page *page = &settings->rum.page[i];
        struct err why = {0};
        char pointer[64];

        page->as = json_text(rule, "as", "");
        if (!re_compile(json_text(rule, "match", ""), true, &page->match, &why)) {
            (void)snprintf(pointer, sizeof pointer, "/perfcheck/rum/pages/%zu/match",
                           i);
            return config_err(reading->config, pointer, reading->err, "%s", why.text);
        }
        settings->rum.npages++;
    }
    return true;
}

/* On where the source is there; a source that is named must be. */
static bool read_rum(const struct reading *reading)
{
    const json_t *rum = json_object_get(reading->section, "rum");
    const json_t *sources = json_object_get(reading->config->root, "sources");
    struct settings *settings = reading->settings;
    const json_t *source;
    const char *named;

    if (!json_is_object(rum))
        return true;
    named = json_text(rum, "source", NULL);
    settings->rum.source = named ? named : "events";
    settings->rum.min_n = json_int(rum, "min_n", 0);
    settings->rum.scratch = json_text(rum, "scratch", "");
    source = json_object_get(sources, settings->rum.source);
    settings->rum.is_on = source && !source_is_asked(json_text(source, "type", ""));
    if (named && !source)
        return config_err(reading->config, "/perfcheck/rum/source", reading->err,
                          "'%s' is not among 'sources'; add it there", named);
    if (named && !settings->rum.is_on)
        return config_err(reading->config, "/perfcheck/rum/source", reading->err,
                          "source '%s' is of type '%s', which is not read here; name "
                          "files, or set \"rum\": null",
                          named, json_text(source, "type", ""));
    return read_rum_pages(reading, rum);
}

static void read_fetch(const struct reading *reading)
{
    const json_t *fetch = json_object_get(reading->section, "fetch");
    const json_t *forms = json_object_get(fetch, "strategies");
    struct settings *settings = reading->settings;

    settings->fetch.url =
        texts(json_object_get(fetch, "urls"), reading->arena, &settings->fetch.nurls);
    for (size_t i = 0; i < json_array_size(forms); i++) {
        const char *word = json_string_value(json_array_get(forms, i));

        settings->fetch.form[strcmp(word, "mobile") == 0 ? FORM_MOBILE : FORM_DESKTOP] =
            true;
    }
    settings->fetch.runs = (int)json_int(fetch, "runs", 0);
    settings->fetch.crux = json_bool(fetch, "crux", false);
    settings->fetch.into = json_text(fetch, "into", settings->input[0]);
    settings->fetch.key_env = json_text(fetch, "key_env", NULL);
    settings->fetch.key_file = json_text(fetch, "key_file", NULL);
    settings->fetch.psi_url = json_text(fetch, "psi_url", "");
    settings->fetch.crux_url = json_text(fetch, "crux_url", "");
    settings->fetch.psi_wait_s = (int)json_int(fetch, "psi_wait_s", 0);
}

bool settings_read(const struct config *config, struct arena *arena,
                   struct settings *settings, struct err *err)
{
    const json_t *section = config_section(config, "perfcheck");
    const struct reading reading = {config, section, arena, settings, err};

    *settings = (struct settings){0};
    if (!section)
        return err_set(err,
                       "%s: there is no 'perfcheck' section; add \"perfcheck\": {}",
                       config->path);
    settings->input =
        texts(json_object_get(section, "inputs"), arena, &settings->ninputs);
    settings->stale_days = (int)json_int(section, "stale_days", 0);
    settings->ignore_param = texts(json_object_get(section, "ignore_params"), arena,
                                   &settings->nignore_params);
    settings->ignore_audit = texts(json_object_get(section, "ignore_audits"), arena,
                                   &settings->nignore_audits);
    read_minima(&reading);
    read_bytes(&reading);
    read_fetch(&reading);
    return read_metrics(&reading) && read_accepts(&reading) &&
           read_severities(&reading) && read_rum(&reading);
}

void settings_release(struct settings *settings)
{
    for (size_t i = 0; i < settings->rum.npages; i++)
        re_free(settings->rum.page[i].match);
    settings->rum.npages = 0;
}
