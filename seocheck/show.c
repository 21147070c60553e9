/* The verb show: the report again, from the state folder alone. */
#include "seocheck/round.h"
#include "seocheck/seocheck.h"
#include "shared/limits.h"
#include "shared/look.h"

#include "shared/banned.h"

struct shown {
    struct config config;
    struct state_folder folder;
    struct known known;
    struct report said;
};

static bool load(const struct options *opt, struct shown *shown, struct arena *run,
                 struct err *err)
{
    const char *state;

    return look_configure(opt, !opt->state_path, "{}", run, &shown->config, err) &&
           (state = look_at(opt, &shown->config, run, &shown->folder,
                            &shown->said.confined, err)) &&
           known_load(&shown->folder, run, &shown->known, err) &&
           look_found(shown->known.json, state, SEOCHECK_JSON, err);
}

static bool show(const struct options *opt, struct shown *shown, struct arena *run,
                 int *status, struct err *err)
{
    struct report *said = &shown->said;
    struct buf out;

    if (!load(opt, shown, run, err))
        return false;
    said->tool = "seocheck";
    said->has_through = true;
    said->through = shown->known.through;
    said->findings = shown->known.findings;
    findings_mute(&said->findings, &shown->config, said->through, run, &said->muted);
    seocheck_report(shown->known.json, &shown->known.history, run, said);
    seocheck_tables(shown->known.json, run, said);
    if ((opt->flags >> FLAG_CHARTS & 1) != 0)
        seocheck_charts(&shown->known, run, said);
    said->exit = *status = findings_exit_status(&said->findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    return report_render(said, opt->format, &out, err) && report_print(&out, err);
}

int seocheck_show(const struct options *opt, struct err *err)
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
