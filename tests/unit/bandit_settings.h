/* A configuration with one experiment, good or refused, for the tests of
 * bandit/settings.c. */
#ifndef TESTS_UNIT_BANDIT_SETTINGS_H
#define TESTS_UNIT_BANDIT_SETTINGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "bandit/settings.h"
#include "shared/limits.h"

#define SOURCES                                                     \
    "{\"sources\":{\"events\":{\"type\":\"jsonl\",\"path\":\"x\"}," \
    "\"web\":{\"type\":\"jsonl\",\"path\":\"x\","                   \
    "\"preset\":\"mixpanel\"},"                                     \
    "\"nginx\":{\"type\":\"access_log\",\"path\":\"x\"}},\n"
#define ARMS   "\"arms\":[\"control\",\"b\",\"c\"]"
#define REWARD "\"reward\":{\"type\":\"conversion\",\"event\":\"order\"}"

static struct arena arena;
static struct config config;

static inline int make_arena(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    return 0;
}

static inline int drop_arena(void **state)
{
    (void)state;
    config_release(&config);
    arena_release(&arena);
    return 0;
}

/* The section on line 2, its `defaults` on line 3, the experiment `cta` on line 4. */
static inline const char *section_of(const char *defaults, const char *own)
{
    return str_format(&arena,
                      SOURCES "\"bandit\":{\n\"defaults\":{%s},\n"
                              "\"experiments\":{\"cta\":{%s}}}}",
                      defaults, own);
}

static inline bool read_text(const char *text, struct settings *settings,
                             struct err *err)
{
    config_release(&config);
    return config_parse(str_of(text), "rounds.json", &arena, &config, err) &&
           settings_read(&config, &arena, settings, err);
}

static inline struct settings good_settings(const char *text)
{
    struct settings settings = {0};
    struct err err = {0};

    if (!read_text(text, &settings, &err))
        fail_msg("%s", err.text);
    return settings;
}

/* The one experiment of it, which must be good. */
static inline const struct experiment *experiment_of(const char *defaults,
                                                     const char *own)
{
    struct settings settings = good_settings(section_of(defaults, own));

    assert_int_equal(settings.n, 1);
    return settings.experiment;
}

/* Arms and reward are said, this beside. */
static inline const struct experiment *with(const char *keys)
{
    return experiment_of("", str_format(&arena, ARMS "," REWARD "%s%s",
                                        *keys ? "," : "", keys));
}

static inline const char *refusal(const char *defaults, const char *own)
{
    static struct err err;
    struct settings settings = {0};

    err.text[0] = '\0';
    if (read_text(section_of(defaults, own), &settings, &err))
        fail_msg("accepted: %s, %s", defaults, own);
    assert_int_equal(settings.n, 0);
    return err.text;
}

static inline const char *refusal_with(const char *keys)
{
    return refusal("", str_format(&arena, ARMS "," REWARD ",%s", keys));
}

static inline const char *refusal_of_reward(const char *members)
{
    return refusal("", str_format(&arena, ARMS ",\"reward\":{%s}", members));
}

/* What it says of /bandit/experiments/cta, on line 4. */
#define AT_CTA      "rounds.json:4: /bandit/experiments/cta"
#define AT_DEFAULTS "rounds.json:3: /bandit/defaults"

#endif
