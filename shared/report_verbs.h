/*
 * Verbs of rounds-report, a file each (report_<verb>.c); nobody else's.
 */
#ifndef SHARED_REPORT_VERBS_H
#define SHARED_REPORT_VERBS_H

#include "shared/arena.h"
#include "shared/changes.h"
#include "shared/cli.h"
#include "shared/config.h"
#include "shared/confine.h"
#include "shared/err.h"
#include "shared/file.h"
#include "shared/render.h"
#include "shared/report.h"
#include "shared/state.h"

/* Options of struct options.flags, by index. */
enum {
    FLAG_ONLY,
    FLAG_WORK,
    FLAG_GIT_LOG,
    FLAG_BEFORE,
    FLAG_PROM_FILE,
    FLAG_HOURS,
    FLAG_HTML,
};

/* What a verb reads: the configuration, the state and that of --before, the folder of
 * --work, and the files of `TOOL=EXIT=FILE` words. What it writes, it adds. */
struct reach report_reach(const struct options *opt, struct arena *run);

enum { REPORTS_MAX = 16 }; /* arguments that name one each */

/* -s, else the folder beside the configuration. */
static inline const char *report_state_path(const struct options *opt,
                                            const struct config *config,
                                            struct arena *arena)
{
    return opt->state_path ? opt->state_path
                           : file_join(arena, config->folder, "state");
}

/* The report of each TOOL=EXIT=FILE; a file that holds none gives one of status
 * unknown. */
MUST_USE bool report_files_read(const char *const *args, size_t n, struct arena *run,
                                struct report *reports, struct err *err);

/* What --before compares; the configuration has the mutes and the site. */
struct compared {
    struct config config; /* root NULL: not said */
    struct states side[2];
    struct changes changes;
    bool is_compared;       /* false: no such folder */
    struct run_facts facts; /* its changes are NULL without an earlier state */
};

/* No folder `before` (it may be NULL), or one without conclusions, is no earlier state;
 * anything else that cannot be read is an error. */
MUST_USE bool compared_find(struct compared *compared, const char *before,
                            const char *now, struct arena *run, struct err *err);
void compared_release(struct compared *compared);

/* Adds what the changes raise to the catch log of the state folder, which is locked. */
MUST_USE bool catches_keep(const struct state_folder *folder,
                           const struct changes *changes, struct arena *run,
                           struct err *err);

int report_summary(const struct options *opt, struct err *err);
int report_html(const struct options *opt, struct err *err);
int report_render_all(const struct options *opt, struct err *err);
int report_tools(const struct options *opt, struct err *err);
int report_plan(const struct options *opt, struct err *err);
int report_catches(const struct options *opt, struct err *err);
int report_audit(const struct options *opt, struct err *err);
int report_commit(const struct options *opt, struct err *err);
int report_message(const struct options *opt, struct err *err);
int report_paths(const struct options *opt, struct err *err);
int report_fresh(const struct options *opt, struct err *err);

#endif
