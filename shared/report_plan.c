/* The verbs `tools` and `plan`: which tools are to run, and a job each. */
#include <string.h>

#include "shared/limits.h"
#include "shared/plan.h"
#include "shared/report.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

static const struct reach no_file_more = {0};

static bool list_tools(const struct options *opt, struct arena *run,
                       struct config *config, struct err *err)
{
    bool is_wanted[TOOL_COUNT];
    struct buf out;

    if (!config_load(opt->config_path, run, config, err) ||
        !reach_confine(&no_file_more, opt, run, err) ||
        !plan_tools(config, cli_value(opt, FLAG_ONLY), is_wanted, err))
        return false;
    buf_init(&out, run, REPORT_BYTES_MAX);
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (is_wanted[t])
            buf_printf(&out, "%s\n", tool_names[t]);
        else if (opt->verbose && !config_section(config, tool_names[t]))
            cli_say(opt, "%s is skipped: '%s' has no section for it", tool_names[t],
                    opt->config_path);
    return report_print(&out, err);
}

/* TOOL=PROGRAM */
static bool read_programs(const struct options *opt, struct plan_request *request,
                          struct err *err)
{
    for (size_t i = 0; i < opt->nargs; i++) {
        const char *equals = strchr(opt->args[i], '=');
        size_t t = 0;

        while (t < TOOL_COUNT && equals &&
               !str_equal((struct str){opt->args[i], (size_t)(equals - opt->args[i])},
                          str_of(tool_names[t])))
            t++;
        if (!equals || t == TOOL_COUNT)
            return err_set(err, "'%s' is not TOOL=PROGRAM", opt->args[i]);
        request->program[t] = equals + 1;
    }
    return true;
}

static bool print_plan(const struct options *opt, struct arena *run,
                       struct config *config, struct err *err)
{
    struct plan_request request = {.opt = opt,
                                   .work = cli_value(opt, FLAG_WORK),
                                   .git_log = cli_value(opt, FLAG_GIT_LOG)};
    struct buf out;

    if (!request.work)
        return err_set(err, "'plan' needs --work; see --help");
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (!read_programs(opt, &request, err) ||
        !config_load(opt->config_path, run, config, err) ||
        !reach_confine(&no_file_more, opt, run, err))
        return false;
    request.state = report_state_path(opt, config, run);
    if (!plan_format(config, &request, &out, err))
        return false;
    return report_print(&out, err);
}

static int with_config(const struct options *opt,
                       bool (*print)(const struct options *, struct arena *,
                                     struct config *, struct err *),
                       struct err *err)
{
    struct config config = {0};
    struct arena run;
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    good = print(opt, &run, &config, err);
    config_release(&config);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}

int report_tools(const struct options *opt, struct err *err)
{
    return with_config(opt, list_tools, err);
}

int report_plan(const struct options *opt, struct err *err)
{
    return with_config(opt, print_plan, err);
}
