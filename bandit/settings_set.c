/* --set KEY=VALUE: one key of an experiment from the command line. The assignment
 * becomes a small configuration, so that types, ranges and their messages are the
 * schema's. */
#include <string.h>

#include "bandit/settings.h"
#include "shared/limits.h"
#include "shared/str.h"
#include "shared/text.h"

#include "shared/banned.h"

#define PROMOTION "promotion."

static const char *const settable[] = {
    "allocation",
    "method",
    "draws",
    "floor_bp",
    "ramp_bp",
    "confirm_bp",
    "confirm_p",
    "hysteresis_bp",
    "burn_in",
    "discount_halflife_days",
    "prior",
    PROMOTION "rule",
    PROMOTION "streak_days",
    PROMOTION "winner_sessions",
    PROMOTION "min_days",
    PROMOTION "srm_p",
    PROMOTION "p_best",
    PROMOTION "e_value",
};

enum { SETTABLE = sizeof settable / sizeof *settable, PRIOR_NUMBERS = 2 };

/* Less the "promotion." before it, which may be left out. */
static const char *bare(const char *key)
{
    return str_starts(str_of(key), STR(PROMOTION)) ? key + strlen(PROMOTION) : key;
}

static bool find_settable(const char *name, size_t *found, struct err *err)
{
    const char *words[2 * SETTABLE];
    const char *near;

    for (size_t i = 0; i < SETTABLE; i++) {
        words[i] = settable[i];
        words[SETTABLE + i] = bare(settable[i]);
        if (strcmp(name, words[i]) == 0 || strcmp(name, words[SETTABLE + i]) == 0) {
            *found = i;
            return true;
        }
    }
    near = str_nearest(name, words, sizeof words / sizeof *words);
    return err_set(err, "--set does not know '%s'%s%s%s", name,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'" : "");
}

/* Adds the value as JSON: numbers as they are (.9 as 0.9), null, else a text. */
static void add_value(struct buf *out, struct str value)
{
    const char *zero = value.n > 0 && value.at[0] == '.' ? "0" : "";
    char *number = str_format(out->arena, "%s%.*s", zero, (int)value.n, value.at);
    double x;

    if (str_to_double(number, strlen(number), &x) || strcmp(number, "null") == 0)
        buf_add_text(out, number);
    else
        text_add_json(out, value.at, value.n);
}

/* The assignment as a configuration, so that types and ranges are the schema's. */
static struct str configuration_of(const char *key, const char *value,
                                   struct arena *arena)
{
    struct str part[PRIOR_NUMBERS];
    bool is_prior = strcmp(key, "prior") == 0;
    bool is_promotion = bare(key) != key;
    size_t n = is_prior ? str_split(str_of(value), ',', part, PRIOR_NUMBERS) : 1;
    struct buf out;

    buf_init(&out, arena, CONFIG_BYTES_MAX);
    buf_printf(&out, "{\"bandit\":{\"experiments\":{},\"defaults\":{%s\"%s\":",
               is_promotion ? "\"promotion\":{" : "", bare(key));
    if (n == PRIOR_NUMBERS) {
        buf_add_text(&out, "[");
        add_value(&out, part[0]);
        buf_add_text(&out, ",");
        add_value(&out, part[1]);
        buf_add_text(&out, "]");
    } else {
        add_value(&out, str_of(value));
    }
    buf_printf(&out, "}}}%s", is_promotion ? "}" : "");
    return buf_str(&out);
}

static bool set_key(struct experiment *experiment, const char *key, const char *value,
                    struct arena *arena, struct err *err)
{
    struct experiment changed = *experiment;
    struct config config = {0};
    struct err why = {0};
    const json_t *section;

    if (!config_parse(configuration_of(key, value, arena), "", arena, &config, &why)) {
        const char *what = why.text; // ":1: /bandit/defaults/KEY: WHAT"

        for (int i = 0; i < 2 && strstr(what, ": "); i++)
            what = strstr(what, ": ") + 2;
        return err_set(err, "--set %s: %s", key, what);
    }
    section = config_section(&config, "bandit");
    settings_read_judging(json_object_get(section, "defaults"), &changed);
    config_release(&config);
    if (!settings_check_floor(&changed, &why))
        return err_set(err, "--set %s: %s", key, why.text);
    *experiment = changed;
    return true;
}

bool experiment_set(struct experiment *experiment, const char *assignment,
                    struct err *err)
{
    const char *equals = strchr(assignment, '=');
    struct arena arena;
    size_t found = 0;
    bool good;

    if (!equals)
        return err_set(err, "--set '%s' is not KEY=VALUE", assignment);
    arena_init(&arena, CONFIG_BYTES_MAX * 8);
    good = find_settable(str_copy(&arena, assignment, (size_t)(equals - assignment)),
                         &found, err) &&
           set_key(experiment, settable[found], equals + 1, &arena, err);
    arena_release(&arena);
    return good;
}
