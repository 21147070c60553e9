/* Reads `sets` of the i18ncheck section, and answers for a set: its floors, what it
 * ignores. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/pattern.h"
#include "i18ncheck/settings_internal.h"
#include "shared/json.h"

#include "shared/banned.h"

enum { THOUSANDTHS = 1000 };

/* One set on its way in. */
struct set_reading {
    const struct settings_reading *of;
    const json_t *from;
    struct set_settings *set;
    const char *place; /* "/i18ncheck/sets/0" */
};

static const char *pointer(const struct set_reading *self, const char *key)
{
    return str_format(self->of->arena, "%s/%s", self->place, key);
}

static bool fault(const struct set_reading *self, const char *key, const char *text)
{
    return settings_fault(self->of, pointer(self, key), text);
}

static bool read_syntax(const struct set_reading *self)
{
    struct set_rules *rules = &self->set->rules;
    const char *word = json_text(self->from, "syntax", NULL);

    rules->syntax = catalog_format_syntax(rules->format);
    if (!word && rules->format == CATALOG_JSON)
        return settings_fault(self->of, self->place,
                              "json does not say how placeholders are written; add "
                              "\"syntax\": \"icu\", \"i18next\", \"vue\" ...");
    if (word && !syntax_parse(str_of(word), &rules->syntax))
        return fault(self, "syntax", "is not known");
    rules->tags = json_bool(self->from, "tags", rules->syntax == SYNTAX_ICU);
    return true;
}

/* A separator, or false. */
static bool read_separator(const struct set_reading *self, const char *key,
                           struct str *separator)
{
    const json_t *value = json_object_get(self->from, key);

    if (json_is_true(value))
        return fault(self, key, "is true; a text, or false for none");
    *separator = json_is_string(value) ? str_of(json_string_value(value))
                                       : (struct str){NULL, 0};
    return true;
}

static bool read_locales(const struct set_reading *self)
{
    const json_t *locales = json_object_get(self->from, "locales");
    struct set_settings *set = self->set;

    set->is_auto = json_is_string(locales);
    if (set->is_auto && strcmp(json_string_value(locales), "auto") != 0)
        return fault(self, "locales", "is not \"auto\" or an array of locale tags");
    if (!settings_tags(self->of, json_object_get(self->from, "exclude_locales"),
                       pointer(self, "exclude_locales"), &set->excluded))
        return false;
    if (tag_list_has(&set->excluded, set->rules.source))
        return fault(self, "exclude_locales", "the source locale cannot be left out");
    return set->is_auto ||
           settings_tags(self->of, locales, pointer(self, "locales"), &set->locale);
}

static int64_t thousandths(const json_t *floor, const char *key)
{
    return (int64_t)(json_number(floor, key, 0) * THOUSANDTHS + 0.5);
}

static bool read_floors(const struct set_reading *self)
{
    struct set_settings *set = self->set;
    struct arena *arena = self->of->arena;
    const json_t *floors = json_object_get(self->from, "floors");
    size_t n;
    const char **keys = json_keys(arena, floors, &n);

    set->floor = arena_new(arena, struct coverage_floor, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *from = json_object_get(floors, keys[i]);
        struct coverage_floor *floor = &set->floor[set->nfloors];

        if (strncmp(keys[i], "//", 2) == 0)
            continue;
        *floor = (struct coverage_floor){.warn_m = thousandths(from, "warn"),
                                         .crit_m = thousandths(from, "crit")};
        if (strcmp(keys[i], "*") != 0 &&
            !settings_tag(self->of, keys[i],
                          str_format(arena, "%s/floors/%.60s", self->place, keys[i]),
                          &floor->locale))
            return false;
        set->nfloors++;
    }
    return true;
}

static bool read_pattern(const struct set_reading *self)
{
    struct set_settings *set = self->set;
    struct err why = {0};
    struct pattern parsed;

    set->pattern = json_text(self->from, "pattern", "");
    set->rules.template = json_text(self->from, "template", NULL);
    if (set->rules.template && set->rules.format != CATALOG_PO)
        return fault(self, "template", "is for the format po alone");
    return pattern_parse(set->pattern, set->rules.format, true, &parsed, &why) ||
           fault(self, "pattern", why.text);
}

static bool read_set(const struct set_reading *self)
{
    struct set_settings *set = self->set;
    struct set_rules *rules = &set->rules;
    const struct settings *settings = self->of->settings;

    set->name = json_text(self->from, "name", "");
    for (const struct set_settings *other = settings->set; other < set; other++)
        if (strcmp(other->name, set->name) == 0)
            return fault(self, "name", "another set has this name");
    set->strict = json_bool(self->from, "strict", false);
    if (!catalog_format_parse(str_of(json_text(self->from, "format", "")),
                              &rules->format) ||
        !plural_style_parse(str_of(json_text(self->from, "plural", "auto")),
                            &rules->plural))
        return settings_fault(self->of, self->place, "format or plural is not known");
    return settings_tag(self->of, json_text(self->from, "source", ""),
                        pointer(self, "source"), &rules->source) &&
           read_syntax(self) && read_separator(self, "key_sep", &rules->key_sep) &&
           read_separator(self, "ns_sep", &rules->ns_sep) && read_pattern(self) &&
           read_locales(self) && read_floors(self);
}

/* As their messages are in the history: "web-x:" comes before "web:". */
static int set_compare(const void *a, const void *b)
{
    const char *x = ((const struct set_settings *)a)->name;
    const char *y = ((const struct set_settings *)b)->name;

    while (*x != '\0' && *x == *y) {
        x++;
        y++;
    }
    return (*x == '\0' ? ':' : (unsigned char)*x) -
           (*y == '\0' ? ':' : (unsigned char)*y);
}

/* ---- usage ---- */

static struct set_settings *find_set(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->nsets; i++)
        if (strcmp(settings->set[i].name, name) == 0)
            return &settings->set[i];
    return NULL;
}

static bool is_function(const char *name)
{
    for (; *name != '\0'; name++)
        if (!((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
              (*name >= '0' && *name <= '9') || *name == '_' || *name == '$' ||
              *name == '.'))
            return false;
    return true;
}

static bool read_usage(const struct settings_reading *reading, size_t index)
{
    const json_t *from =
        json_array_get(json_object_get(reading->section, "usage"), index);
    const char *place = str_format(reading->arena, "/i18ncheck/usage/%zu", index);
    struct set_settings *set = find_set(reading->settings, json_text(from, "set", ""));
    struct usage_rules *rules;

    if (!set || set->has_usage)
        return settings_fault(reading, str_format(reading->arena, "%s/set", place),
                              set ? "the usage of this set is there twice"
                                  : "no set has this name");
    set->has_usage = true;
    rules = &set->usage;
    rules->src = settings_texts(reading, json_object_get(from, "src"), &rules->nsrc);
    rules->wrapper =
        settings_texts(reading, json_object_get(from, "wrappers"), &rules->nwrappers);
    rules->exclude =
        settings_texts(reading, json_object_get(from, "exclude"), &rules->nexcludes);
    rules->keep = settings_texts(reading, json_object_get(from, "keep"), &rules->nkeep);
    for (size_t i = 0; i < rules->nwrappers; i++)
        if (!is_function(rules->wrapper[i]))
            return settings_fault(reading,
                                  str_format(reading->arena, "%s/wrappers/%zu", place,
                                             i),
                                  "is no name of a function");
    return true;
}

bool settings_read_sets(const struct settings_reading *reading)
{
    struct settings *settings = reading->settings;
    const json_t *sets = json_object_get(reading->section, "sets");

    settings->nsets = json_array_size(sets);
    settings->set = arena_new(reading->arena, struct set_settings, settings->nsets);
    for (size_t i = 0; i < settings->nsets; i++) {
        const struct set_reading self = {reading, json_array_get(sets, i),
                                         &settings->set[i],
                                         str_format(reading->arena,
                                                    "/i18ncheck/sets/%zu", i)};

        if (!read_set(&self))
            return false;
    }
    for (size_t i = 0; i < json_array_size(json_object_get(reading->section, "usage"));
         i++)
        if (!read_usage(reading, i))
            return false;
    if (settings->nsets > 1)
        qsort(settings->set, settings->nsets, sizeof *settings->set, set_compare);
    return true;
}

/* ---- what a set is asked ---- */

const struct coverage_floor *settings_floor(const struct set_settings *set,
                                            const char *locale)
{
    const struct coverage_floor *all = NULL;

    if (locale_same_language(locale, set->rules.source))
        return NULL;
    for (size_t i = 0; i < set->nfloors; i++) {
        if (!set->floor[i].locale)
            all = &set->floor[i];
        else if (strcmp(set->floor[i].locale, locale) == 0)
            return &set->floor[i];
    }
    return all;
}

static size_t character(struct str text)
{
    size_t n = 1;

    while (n < text.n && ((unsigned char)text.at[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Iterative: remembers the last star alone, which is enough. */
bool glob_matches(const char *glob, struct str text)
{
    const char *star = NULL;
    struct str resume = text;

    while (text.n > 0) {
        size_t n = *glob == '?' ? character(text) : 1;

        if (*glob == '*') {
            star = glob++;
            resume = text;
        } else if (*glob == '?' || (*glob != '\0' && *glob == text.at[0])) {
            glob++;
            text = (struct str){text.at + n, text.n - n};
        } else if (star) {
            glob = star + 1;
            text = resume = (struct str){resume.at + 1, resume.n - 1};
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return *glob == '\0';
}

const uint8_t *settings_ignored(const struct settings *settings,
                                const struct set_settings *set, const char *locale,
                                const struct source_view *view, struct arena *arena)
{
    uint8_t *bits = NULL;

    for (size_t i = 0; i < settings->nignores; i++) {
        const struct ignore_rule *rule = &settings->ignore[i];

        if (!glob_matches(rule->set, str_of(set->name)) ||
            !glob_matches(rule->locale, str_of(locale)))
            continue;
        if (!bits)
            bits = arena_new(arena, uint8_t, view->n / 8 + 1);
        for (size_t k = 0; k < view->n; k++)
            if (glob_matches(rule->key, view->counted[k]->key))
                bits[k / 8] = (uint8_t)(bits[k / 8] | 1U << k % 8);
    }
    return bits;
}
