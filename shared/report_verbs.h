/*
 * Verbs of rounds-report, a file each (report_<verb>.c); nobody else's.
 */
#ifndef SHARED_REPORT_VERBS_H
#define SHARED_REPORT_VERBS_H

#include "shared/arena.h"
#include "shared/cli.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/file.h"

/* Options of struct options.flags, by index. */
enum { FLAG_BEFORE, FLAG_HOURS, FLAG_HTML };

/* -s, else the folder beside the configuration. */
static inline const char *report_state_path(const struct options *opt,
                                            const struct config *config,
                                            struct arena *arena)
{
    return opt->state_path ? opt->state_path
                           : file_join(arena, config->folder, "state");
}

int report_catches(const struct options *opt, struct err *err);
int report_audit(const struct options *opt, struct err *err);
int report_fresh(const struct options *opt, struct err *err);

#endif
