/* The signals a configuration adds: `custom`, and the steps of `funnel`. */
#include <stdio.h>
#include <string.h>

#include "shared/json.h"
#include "watchdog/settings.h"

#include "shared/banned.h"

enum { POINTER_BYTES = 64 };

/* Findings that are no signal's have these names. */
static const char *const taken[] = {"cap", "funnel", "partial", "rewritten"};

/* What all signals of a configuration share while they are read. */
struct reading {
    const struct config *config;
    struct arena *arena;
    struct settings *settings;
    int64_t min_affected;
};

static bool is_taken(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(taken[i], name) == 0)
            return true;
    return signal_find(settings, name) != NULL;
}

/* The MATCH at pointer/key. */
static bool read_match(const struct reading *reading, const char *pointer,
                       const char *key, uint64_t *bit, struct err *err)
{
    return matches_add(&reading->settings->matches, reading->config,
                       str_format(reading->arena, "%s/%s", pointer, key),
                       reading->arena, bit, err);
}

static const char *words(const struct reading *reading, uint64_t start, uint64_t end)
{
    const struct matches *matches = &reading->settings->matches;
    const char *first = match_words(matches, start, reading->arena);

    return end == 0 ? first
                    : str_format(reading->arena, "%s; no %s", first,
                                 match_words(matches, end, reading->arena));
}

static bool read_custom(const struct reading *reading, const json_t *json,
                        const char *pointer, struct err *err)
{
    bool without = strcmp(json_text(json, "form", ""), "without") == 0;
    const char *model = json_text(json, "model", without ? "proportion" : "count");
    bool is_proportion = strcmp(model, "proportion") == 0;
    bool is_down = strcmp(json_text(json, "direction", ""), "down") == 0;
    struct counted counted = {.within = is_proportion};
    const char *name = json_text(json, "name", "");

    if (is_taken(reading->settings, name))
        return config_err(reading->config, pointer, err,
                          "the name '%s' is taken; choose another", name);
    if (without != (json_object_get(json, "end") != NULL))
        return config_err(reading->config, pointer, err,
                          without ? "the form 'without' needs an 'end'"
                                  : "'end' is for the form 'without'");
    if (!read_match(reading, pointer, "affected", &counted.affected, err) ||
        !read_match(reading, pointer, "exposed", &counted.exposed, err) ||
        (without && !read_match(reading, pointer, "end", &counted.ended, err)))
        return false;
    signals_add(reading->settings,
                (struct signal){
                    .name = name,
                    .title = name,
                    .affected = words(reading, counted.affected, counted.ended),
                    .exposed = words(reading, counted.exposed, 0),
                    .model = is_proportion ? MODEL_PROPORTION : MODEL_COUNT,
                    .direction = is_down ? DIRECTION_DOWN : DIRECTION_UP,
                    .counted = counted,
                    .is_configured = true,
                    .is_crit = strcmp(json_text(json, "severity", ""), "crit") == 0,
                    .min_affected = reading->min_affected,
                });
    return true;
}

/* Step `index` of the funnel and the one after it. */
static bool read_step(const struct reading *reading, const json_t *steps, size_t index,
                      struct err *err)
{
    const char *step = json_text(json_array_get(steps, index), "name", "");
    const char *next = json_text(json_array_get(steps, index + 1), "name", "");
    char *name = str_format(reading->arena, "funnel/%s", step);
    struct counted counted = {.within = true};
    char at[POINTER_BYTES], after[POINTER_BYTES];

    (void)snprintf(at, sizeof at, "/watchdog/funnel/%zu", index);
    (void)snprintf(after, sizeof after, "/watchdog/funnel/%zu", index + 1);
    if (signal_find(reading->settings, name) || strcmp(step, next) == 0)
        return config_err(reading->config, at, err,
                          "a second step '%s'; choose another name", step);
    if (!read_match(reading, at, "match", &counted.exposed, err) ||
        !read_match(reading, after, "match", &counted.ended, err))
        return false;
    if (counted.ended == counted.exposed)
        return config_err(reading->config, after, err,
                          "'%s' matches what '%s' before it does; leave one out", next,
                          step);
    counted.affected = counted.exposed;
    signals_add(reading->settings,
                (struct signal){
                    .name = name,
                    .title =
                        str_format(reading->arena, "no '%s' after '%s'", next, step),
                    .affected = words(reading, counted.affected, counted.ended),
                    .exposed = words(reading, counted.exposed, 0),
                    .model = MODEL_PROPORTION,
                    .counted = counted,
                    .is_configured = true,
                    .min_affected = reading->min_affected,
                });
    return true;
}

bool custom_read(const struct config *config, struct arena *arena,
                 struct settings *settings, struct err *err)
{
    const json_t *section = config_section(config, "watchdog");
    const json_t *custom = json_object_get(section, "custom");
    const json_t *funnel = json_object_get(section, "funnel");
    const struct reading reading = {config, arena, settings,
                                    json_int(section, "min_affected", USUAL_AFFECTED)};

    settings->matches.first = settings->npredicates;
    for (size_t i = 0; i < json_array_size(custom); i++) {
        char pointer[POINTER_BYTES];

        (void)snprintf(pointer, sizeof pointer, "/watchdog/custom/%zu", i);
        if (!read_custom(&reading, json_array_get(custom, i), pointer, err))
            return false;
    }
    for (size_t i = 0; i + 1 < json_array_size(funnel); i++)
        if (!read_step(&reading, funnel, i, err))
            return false;
    for (size_t i = 0; i < settings->matches.n; i++)
        settings->predicates[settings->npredicates++] =
            (struct predicate){.given = true,
                               .words = match_asked(&settings->matches.item[i], arena)};
    return true;
}

void custom_carried(struct settings *settings, size_t index, bool has_names,
                    bool has_properties)
{
    const struct matches *matches = &settings->matches;
    int64_t too_costly = 0;
    uint64_t all = UINT64_MAX << matches->first;
    uint64_t carried = all;

    if (!has_names)
        carried = matches_of_event(matches, STR("request"), &too_costly);
    for (size_t i = 0; i < matches->n && !has_properties; i++)
        if (matches->item[i].nproperties > 0)
            carried &= ~(UINT64_C(1) << (matches->first + i));
    for (size_t i = 0; i + 1 < settings->nsignals; i++) {
        struct signal *signal = &settings->signals[i];

        // of one's own, and both of its rows
        if ((signal->counted.exposed & all) != 0 &&
            (signal->counted.exposed & carried) != 0 &&
            (signal->counted.affected & carried) != 0)
            signal->sources |= UINT32_C(1) << index;
    }
}
