/* The verb `summary`: state/REPORT.md, from what `show` printed and what changed. */
#include "shared/limits.h"
#include "shared/render.h"
#include "shared/report.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

static bool print_summary(const struct options *opt, struct arena *run,
                          struct report *reports, struct compared *compared,
                          struct err *err)
{
    const struct reach reach = report_reach(opt, run);
    struct buf out;

    if (!reach_confine(&reach, opt, run, err) ||
        !report_files_read(opt->args, opt->nargs, run, reports, err) ||
        !config_load(opt->config_path, run, &compared->config, err) ||
        !compared_find(compared, cli_value(opt, FLAG_BEFORE),
                       report_state_path(opt, &compared->config, run), run, err))
        return false;
    buf_init(&out, run, REPORT_BYTES_MAX);
    render_summary(reports, opt->nargs, &compared->facts, &out);
    return report_print(&out, err);
}

int report_summary(const struct options *opt, struct err *err)
{
    struct report reports[REPORTS_MAX] = {0};
    struct compared compared = {.facts.site = ""};
    struct arena run;
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    good = print_summary(opt, &run, reports, &compared, err);
    for (size_t i = 0; i < REPORTS_MAX; i++)
        report_release(&reports[i]);
    compared_release(&compared);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
