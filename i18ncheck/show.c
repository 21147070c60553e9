/* The verb show: the report again, from the state folder alone. */
#include <string.h>
#include <unistd.h>

#include "i18ncheck/round.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

struct shown {
    struct config config;
    struct state_folder folder;
    struct known known;
    struct report said;
};

/* Without a configuration no mutes apply; with -s it may be absent. */
static bool load(const struct options *opt, struct shown *shown, struct arena *run,
                 struct err *err)
{
    const char *path = opt->state_path;
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = &path, .nread = 1};
    bool is_absent = path && strcmp(opt->config_path, CONFIG_PATH) == 0 &&
                     access(opt->config_path, F_OK) != 0;

    if (!(is_absent ? config_parse(STR("{}"), "the defaults", run, &shown->config, err)
                    : config_load(opt->config_path, run, &shown->config, err)))
        return false;
    if (!path)
        path = file_join(run, shown->config.folder, "state");
    if (!state_folder_open(&shown->folder, path, false, err) ||
        !sandbox_enter(&plan, &shown->said.confined, err) ||
        !known_load(&shown->folder, run, &shown->known, err))
        return false;
    return shown->known.json ||
           err_set(err,
                   "nothing to show: there is no '%s/" I18NCHECK_JSON "'; run first",
                   path);
}

static bool show(const struct options *opt, struct shown *shown, struct arena *run,
                 int *status, struct err *err)
{
    struct report *said = &shown->said;
    struct buf out;

    if (!load(opt, shown, run, err))
        return false;
    said->tool = "i18ncheck";
    said->has_through = true;
    said->through = shown->known.through;
    said->findings = shown->known.findings;
    findings_mute(&said->findings, &shown->config, said->through, run, &said->muted);
    i18ncheck_report(shown->known.json, run, said);
    i18ncheck_tables(shown->known.json, run, said);
    if ((opt->flags >> FLAG_CHARTS & 1) != 0)
        i18ncheck_charts(shown->known.json, run, said);
    said->exit = *status = findings_exit_status(&said->findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    return report_render(said, opt->format, &out, err) && report_print(&out, err);
}

int i18ncheck_show(const struct options *opt, struct err *err)
{
    struct shown shown = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!show(opt, &shown, &run, &status, err))
        status = VERDICT_UNKNOWN;
    known_release(&shown.known);
    state_folder_release(&shown.folder);
    config_release(&shown.config);
    arena_release(&run);
    return status;
}
