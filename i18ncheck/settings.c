/* Reads the i18ncheck section but for its sets. Its shape, ranges and defaults were the
 * schema's business. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/settings_internal.h"
#include "shared/file.h"
#include "shared/json.h"

#include "shared/banned.h"

bool settings_fault(const struct settings_reading *reading, const char *pointer,
                    const char *text)
{
    return config_err(reading->config, pointer, reading->err, "%s", text);
}

bool settings_tag(const struct settings_reading *reading, const char *text,
                  const char *pointer, const char **tag)
{
    return locale_tag(str_of(text), reading->arena, tag) ||
           config_err(reading->config, pointer, reading->err,
                      "'%.60s' is no locale tag, such as en or pt-BR", text);
}

bool settings_tags(const struct settings_reading *reading, const json_t *array,
                   const char *pointer, struct tag_list *list)
{
    size_t n = json_array_size(array), kept = 0;

    *list = (struct tag_list){arena_new(reading->arena, const char *, n), 0};
    for (size_t i = 0; i < n; i++) {
        const char *place = str_format(reading->arena, "%s/%zu", pointer, i);

        if (!settings_tag(reading, json_string_value(json_array_get(array, i)), place,
                          &list->item[i]))
            return false;
    }
    if (n > 1)
        qsort(list->item, n, sizeof *list->item, str_pointer_compare);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(list->item[i], list->item[kept - 1]) != 0)
            list->item[kept++] = list->item[i];
    list->n = kept;
    return true;
}

bool tag_list_has(const struct tag_list *list, const char *tag)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->item[i], tag) == 0)
            return true;
    return false;
}

const char **settings_texts(const struct settings_reading *reading, const json_t *array,
                            size_t *n)
{
    const char **text;

    *n = json_array_size(array);
    text = arena_new(reading->arena, const char *, *n);
    for (size_t i = 0; i < *n; i++)
        text[i] = json_string_value(json_array_get(array, i));
    return text;
}

static const char *joined_path(const struct settings_reading *reading, const char *path)
{
    return path ? file_join(reading->arena, reading->config->folder, path) : NULL;
}

/* ---- severities ---- */

static bool unknown_check(const struct settings_reading *reading, const char *word)
{
    const char *names[CHECK_COUNT];
    const char *near;

    for (int c = 0; c < CHECK_COUNT; c++)
        names[c] = check_word((enum check_id)c);
    near = str_nearest(word, names, CHECK_COUNT);
    return config_err(reading->config,
                      str_format(reading->arena, "/i18ncheck/severity/%.80s", word),
                      reading->err, "no check '%.80s'%s%s%s", word,
                      near ? "; did you mean '" : "", near ? near : "",
                      near ? "'" : "");
}

static bool read_severities(const struct settings_reading *reading)
{
    struct settings *settings = reading->settings;
    json_t *object = json_object_get(reading->section, "severity");
    const char *key;
    json_t *value;

    settings->checks = check_rules_default();
    settings->checks.is_off[CHECK_STYLE] = !json_bool(reading->section, "style", false);
    json_object_foreach(object, key, value)
    {
        const char *word = json_string_value(value);
        enum check_id check;

        if (strncmp(key, "//", 2) == 0)
            continue;
        if (!check_parse(str_of(key), &check))
            return unknown_check(reading, key);
        if (strcmp(word, "off") == 0)
            settings->checks.is_off[check] = true;
        else
            settings->is_set[check] =
                severity_parse(word, &settings->checks.severity[check]);
    }
    return true;
}

static void read_ignores(const struct settings_reading *reading)
{
    struct settings *settings = reading->settings;
    const json_t *array = json_object_get(reading->section, "ignore");
    size_t n = json_array_size(array);

    settings->nignores = n;
    settings->ignore = arena_new(reading->arena, struct ignore_rule, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *rule = json_array_get(array, i);

        settings->ignore[i] = (struct ignore_rule){json_text(rule, "set", ""),
                                                   json_text(rule, "locale", ""),
                                                   json_text(rule, "key", "")};
    }
}

/* ---- pages and keywords ---- */

static bool read_content(const struct settings_reading *reading, size_t index)
{
    const json_t *from =
        json_array_get(json_object_get(reading->section, "content"), index);
    struct content_rules *rules = &reading->settings->content[index];
    const char *place = str_format(reading->arena, "/i18ncheck/content/%zu", index);
    struct tag_list locales;

    *rules = (struct content_rules){.name = json_text(from, "name", ""),
                                    .pattern = json_text(from, "pattern", ""),
                                    .ready_key =
                                        json_text(from, "ready_key", CONTENT_READY_KEY),
                                    .keeps_text = reading->settings->has_keywords};
    rules->minor.subject =
        settings_texts(reading, json_object_get(from, "ignore_subjects"),
                       &rules->minor.n);
    for (size_t i = 0; i < index; i++)
        if (strcmp(reading->settings->content[i].name, rules->name) == 0)
            return settings_fault(reading, str_format(reading->arena, "%s/name", place),
                                  "another content has this name");
    if (!settings_tag(reading, json_text(from, "source", ""),
                      str_format(reading->arena, "%s/source", place), &rules->source) ||
        !settings_tags(reading, json_object_get(from, "locales"),
                       str_format(reading->arena, "%s/locales", place), &locales))
        return false;
    rules->locales = locales.item;
    rules->nlocales = locales.n;
    return true;
}

static int content_compare(const void *a, const void *b)
{
    return strcmp(((const struct content_rules *)a)->name,
                  ((const struct content_rules *)b)->name);
}

static bool read_contents(const struct settings_reading *reading)
{
    struct settings *settings = reading->settings;

    settings->ncontents = json_array_size(json_object_get(reading->section, "content"));
    settings->content =
        arena_new(reading->arena, struct content_rules, settings->ncontents);
    for (size_t i = 0; i < settings->ncontents; i++)
        if (!read_content(reading, i))
            return false;
    return true;
}

static bool read_countries(const struct settings_reading *reading, const json_t *object)
{
    struct keyword_rules *rules = &reading->settings->keyword;
    struct country_locale *country;
    size_t n;
    const char **keys = json_keys(reading->arena, object, &n);

    country = arena_new(reading->arena, struct country_locale, n);
    for (size_t i = 0; i < n; i++) {
        const char *place =
            str_format(reading->arena, "/i18ncheck/keywords/countries/%.80s", keys[i]);
        struct country_locale *one = &country[rules->ncountries];

        if (strncmp(keys[i], "//", 2) == 0)
            continue;
        one->country = keys[i];
        if (!settings_tag(reading, json_text(object, keys[i], ""), place, &one->locale))
            return false;
        rules->ncountries++;
    }
    rules->country = country;
    return true;
}

/* The pages a keyword is looked for in are those of content; so is its locale. */
static bool read_keywords(const struct settings_reading *reading)
{
    struct settings *settings = reading->settings;
    const json_t *keywords = json_object_get(reading->section, "keywords");

    if (!keywords)
        return true;
    if (settings->ncontents == 0)
        return settings_fault(reading, "/i18ncheck/keywords",
                              "there are no pages to look in; add 'content'");
    settings->keyword_file = joined_path(reading, json_text(keywords, "file", ""));
    settings->search =
        settings_texts(reading, json_object_get(keywords, "search_console"),
                       &settings->nsearches);
    settings->keyword.source = settings->content[0].source;
    settings->keyword.min_impressions = json_int(keywords, "min_impressions", 0);
    settings->keyword.min_words = json_int(keywords, "min_words", 0);
    return read_countries(reading, json_object_get(keywords, "countries"));
}

bool settings_read(const struct config *config, struct arena *arena,
                   struct settings *settings, struct err *err)
{
    const json_t *section = config_section(config, "i18ncheck");
    const struct settings_reading reading = {config, section, arena, settings, err};

    *settings = (struct settings){0};
    if (!section)
        return err_set(err,
                       "%s: there is no 'i18ncheck' section; add \"i18ncheck\": {}",
                       config->path);
    settings->has_keywords = json_object_get(section, "keywords") != NULL;
    settings->stale_after_days = (int32_t)json_int(section, "stale_after_days", 0);
    settings->max_findings = json_int(section, "max_findings", 0);
    settings->git_log = joined_path(&reading, json_text(section, "git_log", NULL));
    read_ignores(&reading);
    if (!read_severities(&reading) || !settings_read_sets(&reading) ||
        !read_contents(&reading) || !read_keywords(&reading))
        return false;
    if (settings->ncontents > 1)
        qsort(settings->content, settings->ncontents, sizeof *settings->content,
              content_compare);
    return settings->nsets + settings->ncontents > 0 ||
           settings_fault(&reading, "/i18ncheck",
                          "there is nothing to check; add 'sets' or 'content'");
}
