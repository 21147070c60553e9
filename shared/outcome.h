/*
 * What the process of a tool left: its report, or one sentence why there is none
 * (run-all.md 3); how it ended, as rounds-supervise recorded it; and, for the next run,
 * what each tool's last one ended with.
 */
#ifndef SHARED_OUTCOME_H
#define SHARED_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/report.h"
#include "shared/state.h"
#include "shared/str.h"

/* A line of rounds-supervise. */
struct record {
    int64_t exit;   /* -1: by a signal */
    int64_t signal; /* 0: none */
    bool is_timed_out;
    int64_t wall_ms, cpu_ms, maxrss_kib;
};

/* name exit signal timed_out leftover wall_ms cpu_ms maxrss_kib; false: it is no line
 * about `tool`. */
MUST_USE bool record_parse(struct str line, const char *tool, struct record *record);

/* The report in the file `path` of a process that ended by itself with `status`; of
 * status unknown, with the reason, when there is none or the two disagree. */
struct report outcome_report(const char *tool, int64_t status, const char *path,
                             struct arena *run);

/* The same from TOOL.record and TOOL.json of `folder`; `*maxrss_kib` 0: not known. */
struct report outcome_read(const char *folder, const char *tool, struct arena *run,
                           int64_t *maxrss_kib);

/* Keeps status and last day of each report in `.run.json`, which is not committed:
 * {"schema": 1, "tool": "run-all", "tools": {"watchdog": {"status": "crit", "through":
 * "2026-03-08"}}}. Tools that did not run keep what they had. */
MUST_USE bool last_run_save(const struct state_folder *folder,
                            const struct report *reports, size_t n, struct arena *run,
                            struct err *err);

#endif
