/* Reads the seocheck section. Its shape, ranges and defaults were the schema's
 * business. */
#include "seocheck/settings.h"

#include <stdio.h>
#include <string.h>

#include "shared/file.h"
#include "shared/hash.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

/* What is being read, and into what. */
struct reading {
    const struct config *config;
    const json_t *section;
    struct arena *arena;
    struct settings *settings;
    struct err *err;
};

static const char **texts(const json_t *array, struct arena *arena, size_t *n)
{
    const char **text = arena_new(arena, const char *, json_array_size(array));

    *n = json_array_size(array);
    for (size_t i = 0; i < *n; i++)
        text[i] = json_string_value(json_array_get(array, i));
    return text;
}

/* ---- URLs ---- */

static bool read_url(const struct reading *reading, const char *text,
                     const struct url *base, const char *pointer, struct url *url)
{
    if (url_resolve(base, str_of(text), &reading->settings->rules, reading->arena,
                    url) == URL_OK)
        return true;
    return config_err(reading->config, pointer, reading->err,
                      "'%.120s' is no http or https URL", text);
}

static bool read_home(const struct reading *reading, const json_t *crawl)
{
    struct settings *settings = reading->settings;
    const char *base = json_text(crawl, "base", NULL);

    if (base)
        return read_url(reading, base, NULL, "/seocheck/crawl/base", &settings->home);
    if (reading->config->site[0] == '\0')
        return config_err(reading->config, "/seocheck", reading->err,
                          "needs to know the site; add \"site\": "
                          "\"https://www.example.com\"");
    return read_url(reading, reading->config->site, NULL, "/site", &settings->home);
}

/* When not said the site, which may be a folder of its host. */
static bool read_starts(const struct reading *reading, const json_t *crawl)
{
    struct settings *settings = reading->settings;
    const json_t *array = json_object_get(crawl, "start");
    size_t n = json_array_size(array);

    settings->start = arena_new(reading->arena, struct url, n + 1);
    if (n == 0)
        settings->start[settings->nstarts++] = settings->home;
    for (size_t i = 0; i < n; i++) {
        char pointer[64];

        (void)snprintf(pointer, sizeof pointer, "/seocheck/crawl/start/%zu", i);
        if (!read_url(reading, json_string_value(json_array_get(array, i)),
                      &settings->home, pointer, &settings->start[i]))
            return false;
        if (!settings_is_own(settings, &settings->start[i]))
            return config_err(reading->config, pointer, reading->err,
                              "is on another host; list it in 'hosts'");
        settings->nstarts++;
    }
    return true;
}

static struct str lower(struct str text, struct arena *arena)
{
    char *copy = str_copy(arena, text.at, text.n);

    for (size_t i = 0; i < text.n; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return (struct str){copy, text.n};
}

static void read_hosts(const struct reading *reading, const json_t *crawl)
{
    const json_t *array = json_object_get(crawl, "hosts");
    struct settings *settings = reading->settings;

    settings->nhosts = json_array_size(array);
    settings->host = arena_new(reading->arena, struct str, settings->nhosts);
    for (size_t i = 0; i < settings->nhosts; i++)
        settings->host[i] =
            lower(str_of(json_string_value(json_array_get(array, i))), reading->arena);
}

/* ---- patterns ---- */

static bool read_patterns(const struct reading *reading, const json_t *array,
                          const char *pointer, struct re ***pattern, size_t *n)
{
    *pattern = arena_new(reading->arena, struct re *, json_array_size(array));
    for (size_t i = 0; i < json_array_size(array); i++) {
        struct err why = {0};
        char place[96];

        if (!re_compile(json_string_value(json_array_get(array, i)), true,
                        &(*pattern)[*n], &why)) {
            (void)snprintf(place, sizeof place, "%s/%zu", pointer, i);
            return config_err(reading->config, place, reading->err, "%s", why.text);
        }
        (*n)++;
    }
    return true;
}

/* ---- the rest ---- */

static bool read_input(const struct reading *reading, const json_t *crawl)
{
    struct settings *settings = reading->settings;
    const char *folder = json_text(crawl, "folder", NULL);
    const char *jsonl = json_text(crawl, "jsonl", NULL);

    if (folder && jsonl)
        return config_err(reading->config, "/seocheck/crawl/jsonl", reading->err,
                          "is there beside 'folder'; leave one of them out");
    settings->input = folder ? INPUT_FOLDER : jsonl ? INPUT_JSONL : INPUT_LIVE;
    if (folder || jsonl)
        settings->path =
            file_join(reading->arena, reading->config->folder, folder ? folder : jsonl);
    return true;
}

static void read_ports(const struct reading *reading, const json_t *crawl)
{
    const json_t *array = json_object_get(crawl, "ports");
    struct settings *settings = reading->settings;

    settings->nports = json_array_size(array);
    settings->port = arena_new(reading->arena, uint16_t, settings->nports);
    for (size_t i = 0; i < settings->nports; i++)
        settings->port[i] = (uint16_t)json_integer_value(json_array_get(array, i));
}

static bool read_crawl(const struct reading *reading)
{
    const json_t *crawl = json_object_get(reading->section, "crawl");
    struct settings *settings = reading->settings;
    const char *ca_file = json_text(crawl, "ca_file", NULL);

    settings->rules.strip = texts(json_object_get(crawl, "strip_params"),
                                  reading->arena, &settings->rules.nstrip);
    settings->max_pages = (int)json_int(crawl, "max_pages", 0);
    settings->max_depth = (int)json_int(crawl, "max_depth", 0);
    settings->has_rate = json_object_get(crawl, "rate") != NULL;
    settings->rate = json_number(crawl, "rate", 10);
    settings->has_connections = json_object_get(crawl, "connections") != NULL;
    settings->connections = (int)json_int(crawl, "connections", 4);
    settings->obey_robots = json_bool(crawl, "obey_robots", true);
    settings->refetch_days = (int)json_int(crawl, "refetch_days", 7);
    settings->allow_private = json_bool(crawl, "allow_private", false);
    if (ca_file)
        settings->ca_file = file_join(reading->arena, reading->config->folder, ca_file);
    read_ports(reading, crawl);
    read_hosts(reading, crawl);
    return read_input(reading, crawl) && read_home(reading, crawl) &&
           read_starts(reading, crawl) &&
           read_patterns(reading, json_object_get(crawl, "exclude"),
                         "/seocheck/crawl/exclude", &settings->exclude,
                         &settings->nexclude);
}

static bool read_routes(const struct reading *reading)
{
    const json_t *routes = json_object_get(reading->section, "routes");
    struct settings *settings = reading->settings;

    if (!routes) { // a built folder declares its own pages
        settings->route_source = settings->input == INPUT_FOLDER ? "static" : NULL;
        settings->route_path = settings->path;
        return true;
    }
    settings->route_source = json_text(routes, "source", "");
    settings->route_path = file_join(reading->arena, reading->config->folder,
                                     json_text(routes, "path", ""));
    return read_patterns(reading, json_object_get(routes, "ignore"),
                         "/seocheck/routes/ignore", &settings->route_ignore,
                         &settings->nroute_ignore);
}

static bool unknown_check(const struct reading *reading, const char *word)
{
    const char *names[CHECK_COUNT];
    const char *near;
    char pointer[128];

    for (int i = 0; i < CHECK_COUNT; i++)
        names[i] = check_row((enum check_id)i)->id;
    near = str_nearest(word, names, CHECK_COUNT);
    (void)snprintf(pointer, sizeof pointer, "/seocheck/checks/%.80s", word);
    return config_err(reading->config, pointer, reading->err, "no check '%.80s'%s%s%s",
                      word, near ? "; did you mean '" : "", near ? near : "",
                      near ? "'" : "");
}

static bool read_checks(const struct reading *reading)
{
    json_t *checks = json_object_get(reading->section, "checks");
    const char *key;
    json_t *value;

    json_object_foreach(checks, key, value)
    {
        const char *word = json_string_value(value);
        enum check_id id;

        if (!check_parse(key, &id))
            return unknown_check(reading, key);
        reading->settings->check[id].is_off = strcmp(word, "off") == 0;
        reading->settings->check[id].is_set =
            severity_parse(word, &reading->settings->check[id].severity);
    }
    return true;
}

static bool read_span(const struct reading *reading, const json_t *limits,
                      const char *key, struct limits_of_text *span)
{
    const json_t *array = json_object_get(limits, key);
    char pointer[64];

    span->least = json_integer_value(json_array_get(array, 0));
    span->most = json_integer_value(json_array_get(array, 1));
    if (span->least <= span->most)
        return true;
    (void)snprintf(pointer, sizeof pointer, "/seocheck/limits/%s", key);
    return config_err(reading->config, pointer, reading->err,
                      "the least is above the most; swap them");
}

static bool read_limits(const struct reading *reading)
{
    const json_t *limits = json_object_get(reading->section, "limits");
    struct settings *settings = reading->settings;

    settings->h1_most = json_int(limits, "h1", 0);
    settings->depth_most = json_int(limits, "depth", 0);
    return read_span(reading, limits, "title", &settings->title) &&
           read_span(reading, limits, "description", &settings->description);
}

static int add_bytes(const char *at, size_t n, void *context)
{
    buf_add(context, at, n);
    return 0;
}

/* All of it, so that no key can be forgotten that changes what is read of a page. */
static bool take_fingerprint(const struct reading *reading)
{
    size_t flags = JSON_COMPACT | JSON_SORT_KEYS;
    struct buf text;

    buf_init(&text, reading->arena, 2 * CONFIG_BYTES_MAX);
    buf_add_text(&text, reading->config->site);
    if (json_dump_callback(reading->section, add_bytes, &text, flags) != 0 ||
        text.overflowed)
        return err_set(
            reading->err,
            "cannot take the fingerprint of the configuration: out of memory");
    reading->settings->fingerprint = hash_bytes(text.at, text.n);
    return true;
}

bool settings_read(const struct config *config, struct arena *arena,
                   struct settings *settings, struct err *err)
{
    const json_t *section = config_section(config, "seocheck");
    const struct reading reading = {config, section, arena, settings, err};
    const json_t *external;

    *settings = (struct settings){0};
    if (!section)
        return err_set(err, "%s: there is no 'seocheck' section; add \"seocheck\": {}",
                       config->path);
    external = json_object_get(section, "external");
    settings->external_check = json_bool(external, "check", true);
    settings->external_days = (int)json_int(external, "every_days", 7);
    settings->sitemap =
        texts(json_object_get(section, "sitemaps"), arena, &settings->nsitemaps);
    settings->agents.agent =
        texts(json_object_get(section, "agents"), arena, &settings->agents.n);
    settings->confirm_days = (int)json_int(section, "confirm_days", 0);
    settings->group_over = (int)json_int(section, "group_over", 0);
    return take_fingerprint(&reading) && read_crawl(&reading) &&
           read_routes(&reading) && read_checks(&reading) && read_limits(&reading) &&
           read_patterns(&reading, json_object_get(section, "ignore_text"),
                         "/seocheck/ignore_text", &settings->ignore_text,
                         &settings->nignore_text);
}

static void release(struct re **pattern, size_t n)
{
    for (size_t i = 0; i < n; i++)
        re_free(pattern[i]);
}

void settings_release(struct settings *settings)
{
    release(settings->exclude, settings->nexclude);
    release(settings->route_ignore, settings->nroute_ignore);
    release(settings->ignore_text, settings->nignore_text);
    settings->nexclude = settings->nroute_ignore = settings->nignore_text = 0;
}
