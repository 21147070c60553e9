/*
 * The plan of a run of all tools (run-all.md 3, 5): a job a line for rounds-supervise,
 * in the fixed order of the tools, with limits and secrets as the configuration says.
 * Pure: it starts, opens and looks for nothing.
 */
#ifndef SHARED_PLAN_H
#define SHARED_PLAN_H

#include "shared/arena.h"
#include "shared/changes.h"
#include "shared/cli.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/str.h"

struct plan_request {
    const struct options *opt; /* what is handed on: -c --as-of --fail-on --sandbox
                                  -v */
    const char *state;         /* the state folder */
    const char *work;          /* folder for TOOL.json, TOOL.err and TOOL.record */
    const char *git_log;       /* for i18ncheck; NULL: none */
    const char *program[TOOL_COUNT]; /* paths, in the order of tool_names; NULL: not to
                                        run */
};

/* Which tools are to run, in the order of tool_names: all that are configured, or those
 * that `only` names ("watchdog,bandit"; NULL: all). A name that is unknown or not
 * configured, and none at all, are errors. */
MUST_USE bool plan_tools(const struct config *config, const char *only,
                         bool is_wanted[TOOL_COUNT], struct err *err);

/* Adds a job for each program. Nothing is quoted in a plan: a tab or newline is an
 * error. */
MUST_USE bool plan_format(const struct config *config,
                          const struct plan_request *request, struct buf *out,
                          struct err *err);

/* The variables of the environment that `tool` may see, comma-separated, "-" for none:
 * the `*_env` names of its section and of the sources it reads. */
MUST_USE bool plan_env(const struct config *config, const char *tool,
                       struct arena *arena, const char **names, struct err *err);

#endif
