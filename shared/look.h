/*
 * How verbs begin that only look at the state (show, explain): the configuration, the
 * state folder to be read, confinement to it. They ask no source and write nothing.
 *
 *     if (!look_configure(opt, !opt->state_path, nothing_said, run, &config, err) ||
 *         !(state = look_at(opt, &config, run, &folder, &confined, err)) ||
 *         !known_load(&folder, run, &known, err) ||
 *         !look_found(known.json, state, "tool.json", err))
 *             return false;
 */
#ifndef SHARED_LOOK_H
#define SHARED_LOOK_H

#include <stdbool.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/cli.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/sandbox.h"
#include "shared/state.h"

/* -c was not said, and rounds.json is not there. */
bool look_lacks_config(const struct options *opt);

/* Where it is not needed the configuration may be absent: then `nothing_said` holds,
 * JSON in which every key has its default, and no finding is muted. */
MUST_USE bool look_configure(const struct options *opt, bool is_needed,
                             const char *nothing_said, struct arena *run,
                             struct config *config, struct err *err);

/* The folder's path; NULL with err set. */
MUST_USE const char *look_at(const struct options *opt, const struct config *config,
                             struct arena *run, struct state_folder *folder,
                             struct confinement *confined, struct err *err);

/* False with err set where `json`, the tool's file `name` in the folder, is NULL. */
MUST_USE bool look_found(const json_t *json, const char *state, const char *name,
                         struct err *err);

#endif
