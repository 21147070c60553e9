/* The verbs `commit`, `message` and `paths`: what run-all.sh --commit asks for. */
#include <string.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/message.h"
#include "shared/outcome.h"
#include "shared/paths.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

struct committing {
    struct arena run;
    struct config config;
    struct states side[2];
    struct report report[REPORTS_MAX];
    struct buf out;
};

/* A line each: "remote origin"; no value where it is not said. */
static bool print_commit(const struct options *opt, struct committing *self,
                         struct err *err)
{
    static const char *const keys[] = {"remote", "branch", "name", "email"};
    const json_t *commit = json_at(self->config.root, "/run_all/commit");

    (void)opt;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        buf_printf(&self->out, "%s %s\n", keys[i], json_text(commit, keys[i], ""));
    return report_print(&self->out, err);
}

/* Of TOOL=EXIT=FILE each, or of TOOL in the folder --work. */
static bool read_reports(const struct options *opt, const char *const *args, size_t n,
                         struct committing *self, struct err *err)
{
    const char *work = cli_value(opt, FLAG_WORK);

    for (size_t i = 0; i < n; i++) {
        int64_t maxrss_kib;

        if (work && !strchr(args[i], '='))
            self->report[i] = outcome_read(work, args[i], &self->run, &maxrss_kib);
        else if (!report_files_read(&args[i], 1, &self->run, &self->report[i], err))
            return false;
    }
    return true;
}

static bool print_message(const struct options *opt, struct committing *self,
                          struct err *err)
{
    const char *before = cli_value(opt, FLAG_BEFORE);
    const char *now = report_state_path(opt, &self->config, &self->run);
    struct changes changes;

    if (!before)
        return err_set(err, "'message' needs --before DIR; see --help");
    if (!read_reports(opt, opt->args, opt->nargs, self, err) ||
        !states_load(before, "before", NULL, &self->run, &self->side[0], err) ||
        !states_load(now, "now", &self->side[0], &self->run, &self->side[1], err))
        return false;
    changes_find(&self->side[0], &self->side[1], &self->config, &self->run, &changes);
    message_format(self->report, opt->nargs, &changes, &self->out);
    return report_print(&self->out, err);
}

/* Each ends with a NUL, as git takes them. */
static bool print_paths(const struct options *opt, struct committing *self,
                        struct err *err)
{
    const char *folder = report_state_path(opt, &self->config, &self->run);
    size_t n = opt->nargs - 1;
    struct paths paths;

    if (!read_reports(opt, opt->args + 1, n, self, err) ||
        !paths_list(folder, self->report, n, &self->run, &paths, err))
        return false;
    for (size_t i = 0; i < paths.n; i++) {
        buf_printf(&self->out, "%s%s", opt->args[0], paths.item[i]);
        buf_add(&self->out, "", 1);
    }
    return report_print(&self->out, err);
}

static int run(bool (*print)(const struct options *, struct committing *, struct err *),
               const struct options *opt, struct err *err)
{
    struct committing self = {0};
    struct reach reach;
    bool good;

    arena_init(&self.run, ARENA_BYTES_MAX);
    reach = report_reach(opt, &self.run);
    buf_init(&self.out, &self.run, REPORT_BYTES_MAX);
    good = config_load(opt->config_path, &self.run, &self.config, err) &&
           reach_confine(&reach, opt, &self.run, err) && print(opt, &self, err);
    for (size_t i = 0; i < REPORTS_MAX; i++)
        report_release(&self.report[i]);
    states_release(&self.side[0]);
    states_release(&self.side[1]);
    config_release(&self.config);
    arena_release(&self.run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}

int report_commit(const struct options *opt, struct err *err)
{
    return run(print_commit, opt, err);
}

int report_message(const struct options *opt, struct err *err)
{
    return run(print_message, opt, err);
}

int report_paths(const struct options *opt, struct err *err)
{
    return run(print_paths, opt, err);
}
