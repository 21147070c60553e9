/*
 * What the verbs coverage and lint share: catalogs named on the command line, no
 * configuration, no state.
 */
#ifndef I18NCHECK_ADHOC_H
#define I18NCHECK_ADHOC_H

#include "i18ncheck/set.h"
#include "shared/cli.h"

/* Finds the catalogs of opt->args, enters confinement, opens the set. */
MUST_USE bool adhoc_open(const struct options *opt, struct hits *hits,
                         struct arena *arena, struct set *set, struct err *err);

/* --json, or --format json. */
bool adhoc_is_json(const struct options *opt);

#endif
