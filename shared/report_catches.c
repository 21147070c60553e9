/* rounds-report catches, audit: the catch log beside the state, added to and judged. */
#include <string.h>

#include "shared/catches.h"
#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/report.h"
#include "shared/report_verbs.h"
#include "shared/state.h"

#include "shared/banned.h"

/* What either verb opens. */
struct log {
    struct config config;
    struct state_folder folder;
    struct states now, before;
};

static bool read_log(const struct state_folder *folder, struct arena *run,
                     struct catches *catches, struct err *err)
{
    struct str lines;

    return state_text_load(folder, CATCHES_NAME, CATCHES_HEADER, run, &lines, err) &&
           catches_parse(lines, CATCHES_NAME, run, catches, err);
}

bool catches_keep(const struct state_folder *folder, const struct changes *changes,
                  struct arena *run, struct err *err)
{
    struct catches catches;
    struct buf out;

    if (!read_log(folder, run, &catches, err))
        return false;
    catches_add(&catches, changes, run);
    buf_init(&out, run, HISTORY_BYTES_MAX);
    catches_format(&catches, &out);
    return catches.n == 0 || state_save(folder, CATCHES_NAME, buf_str(&out), NULL, err);
}

/* Opens the state folder and reads what is there before and now. */
static bool open_log(const struct options *opt, const char *before, struct arena *run,
                     struct log *log, struct err *err)
{
    struct reach reach = report_reach(opt, run);
    const char *path;

    if (!config_load(opt->config_path, run, &log->config, err))
        return false;
    path = report_state_path(opt, &log->config, run);
    reach_write(&reach, before ? path : NULL);
    return state_folder_open(&log->folder, path, before != NULL, err) &&
           reach_confine(&reach, opt, run, err) &&
           (!before || (state_folder_lock(&log->folder, LOCK_SECONDS, err) &&
                        states_load(before, "before", NULL, run, &log->before, err))) &&
           states_load(path, "now", &log->before, run, &log->now, err);
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

    if (!before)
        return err_set(err, "--before is missing; name the folder of the state before");
    if (!open_log(opt, before, run, log, err))
        return false;
    changes_find(&log->before, &log->now, &log->config, run, &changes);
    return catches_keep(&log->folder, &changes, run, err);
}

static bool audit(const struct options *opt, struct arena *run, struct log *log,
                  struct err *err)
{
    bool has_state[TOOL_COUNT];
    int32_t through[TOOL_COUNT] = {0};
    struct catches catches;
    struct buf out;

    if (!open_log(opt, NULL, run, log, err) ||
        !read_log(&log->folder, run, &catches, err))
        return false;
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        has_state[t] = log->now.tool[t].document != NULL;
        through[t] = log->now.tool[t].through;
    }
    buf_init(&out, run, REPORT_BYTES_MAX);
    catches_audit(&catches, has_state, through, run, &out);
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
