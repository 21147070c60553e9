/*
 * The bandit's own steps, in their order, and its verbs.
 */
#ifndef BANDIT_BANDIT_H
#define BANDIT_BANDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/collect.h"
#include "bandit/evidence.h"
#include "bandit/judge.h"
#include "bandit/settings.h"
#include "bandit/weights.h"
#include "shared/cli.h"

#define BANDIT_JSON "bandit.json"

enum { BANDIT_SCHEMA = 1 };

/* The experiment log of an experiment, `at` NULL when there is none (collect_log.c).
 * Its path is relative to the configuration. A file that cannot be read is an error,
 * one that is not there is none. */
MUST_USE bool collect_log(const struct config *config,
                          const struct experiment *experiment, struct arena *arena,
                          struct str *text, struct err *err);

/* Verbs. */
int bandit_run(const struct options *opt, struct err *err);
int bandit_show(const struct options *opt, struct err *err);
int bandit_checklist(const struct options *opt, struct err *err);
int bandit_eval(const struct options *opt, struct err *err);
int bandit_srm(const struct options *opt, struct err *err);
int bandit_weights(const struct options *opt, struct err *err);
int bandit_replay(const struct options *opt, struct err *err);

/* Options that not every verb takes: bits of struct options.flags. */
enum {
    FLAG_METHOD,
    FLAG_PRIOR,
    FLAG_JSON,
    FLAG_DIGITS,
    FLAG_AS,
    FLAG_ARMS,
    FLAG_SET,
    FLAG_EXPERIMENT,
};

#endif
