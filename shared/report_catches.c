/* rounds-report catches, audit: the catch log beside the state, added to and judged. */
#include <string.h>

#include "shared/catches.h"
#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/report.h"
#include "shared/report_verbs.h"
#include "shared/state.h"

#include "shared/banned.h"

/* The state folder and what is read of it. */
struct log {
    struct config config;
    struct state_folder folder;
    struct catches catches;
    struct states now, before;
};

static bool open_log(const struct options *opt, bool writes, struct arena *run,
                     struct log *log, struct err *err)
{
    struct reach reach = report_reach(opt, run);
    const char *path;
    struct str lines;

    if (!config_load(opt->config_path, run, &log->config, err))
        return false;
    path = report_state_path(opt, &log->config, run);
    reach_write(&reach, writes ? path : NULL);
    return state_folder_open(&log->folder, path, writes, err) &&
           reach_confine(&reach, opt, run, err) &&
           (!writes || state_folder_lock(&log->folder, LOCK_SECONDS, err)) &&
           state_text_load(&log->folder, CATCHES_NAME, CATCHES_HEADER, run, &lines,
                           err) &&
           catches_parse(lines, CATCHES_NAME, run, &log->catches, err) &&
           states_load(path, "now", run, &log->now, err);
}

static void close_log(struct log *log)
{
    states_release(&log->now);
    states_release(&log->before);
    config_release(&log->config);
    state_folder_release(&log->folder);
}

static bool add_catches(const struct options *opt, struct arena *run, struct log *log,
                        struct err *err)
{
    const char *before = cli_value(opt, FLAG_BEFORE);
    struct changes changes;
    struct buf out;

    if (!before)
        return err_set(err, "--before is missing; name the folder of the state before");
    if (!open_log(opt, true, run, log, err) ||
        !states_load(before, "before", run, &log->before, err))
        return false;
    changes_find(&log->before, &log->now, &log->config, run, &changes);
    catches_add(&log->catches, &changes, run);
    buf_init(&out, run, HISTORY_BYTES_MAX);
    catches_format(&log->catches, &out);
    return log->catches.n == 0 ||
           state_save(&log->folder, CATCHES_NAME, buf_str(&out), NULL, err);
}

static bool audit(const struct options *opt, struct arena *run, struct log *log,
                  struct err *err)
{
    bool has_state[TOOL_COUNT];
    int32_t through[TOOL_COUNT] = {0};
    struct changes changes;
    struct buf out;

    if (!open_log(opt, false, run, log, err))
        return false;
    changes_find(&log->now, &log->now, NULL, run, &changes);
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        has_state[t] = changes.tool[t].has_now;
        through[t] = changes.tool[t].through_now;
    }
    buf_init(&out, run, REPORT_BYTES_MAX);
    catches_audit(&log->catches, has_state, through, run, &out);
    return report_print(&out, err);
}

static int with_log(const struct options *opt,
                    bool (*body)(const struct options *, struct arena *, struct log *,
                                 struct err *),
                    struct err *err)
{
    struct log log = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    good = body(opt, &run, &log, err);
    close_log(&log);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}

int report_catches(const struct options *opt, struct err *err)
{
    return with_log(opt, add_catches, err);
}

int report_audit(const struct options *opt, struct err *err)
{
    return with_log(opt, audit, err);
}
