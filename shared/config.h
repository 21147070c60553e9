/*
 * rounds.json: loaded strictly, validated against shared/rounds.schema.json (built into
 * the program), its defaults filled in. After config_load every key that has a default
 * in the schema is present wherever its object is, so that no number hides in code.
 * Errors name file, line, JSON pointer and the nearest known name.
 */
#ifndef SHARED_CONFIG_H
#define SHARED_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

struct mute {
    const char *id; /* a finding id; `*` matches any bytes */
    int32_t until;  /* last day it holds */
    const char *why;
    const char *who; /* "" when not said */
};

struct config {
    const char *path;   /* as given */
    const char *folder; /* what relative paths are relative to */
    struct str bytes;   /* for line numbers in messages */
    json_t *root;       /* owned; config_release */
    const char *site;   /* "" when not said */
    const char *timezone;
    bool has_as_of;
    int32_t as_of;
    const struct mute *mutes;
    size_t nmutes;
};

MUST_USE bool config_load(const char *path, struct arena *arena, struct config *config,
                          struct err *err);
void config_release(struct config *config);

/* The same on bytes in memory; `name` is for messages. For tests, fuzzing and
 * config_load. */
MUST_USE bool config_parse(struct str bytes, const char *name, struct arena *arena,
                           struct config *config, struct err *err);

/* Makes `timezone` the process's, before confinement. */
MUST_USE bool config_enter_zone(const struct config *config, struct err *err);

/* A tool's section, borrowed; NULL when the configuration has none. */
const json_t *config_section(const struct config *config, const char *tool);

/* Sets "FILE:LINE: POINTER: text". Always false. */
bool config_err(const struct config *config, const char *pointer, struct err *err,
                const char *format, ...) PRINTF_LIKE(4, 5);

#endif
