/* The verb `render`: reports as one document, those of a run with what it knows beside
 * them. Its exit is the worst of them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/changes.h"
#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/outcome.h"
#include "shared/render.h"
#include "shared/report.h"
#include "shared/report_verbs.h"
#include "shared/state.h"

#include "shared/banned.h"

struct rendering {
    const struct options *opt;
    struct arena run;
    const char *work, *before, *state_path, *prom_path;
    struct state_folder work_folder, state, prom; /* to write to, each if asked for */
    struct report report[REPORTS_MAX];
    size_t n;
    struct compared compared;
    struct err unlike; /* why it could not be compared */
    int worst;
};

/* A folder that is written to. */
static bool open_place(const char *path, struct state_folder *folder, struct err *err)
{
    return state_folder_open(folder, path, false, err) &&
           (folder->fd >= 0 ||
            err_set(err, "cannot write to '%s': it is not there; make it first", path));
}

/* What is written to and read from, and nothing else from then on. */
static bool open_places(struct rendering *self, struct err *err)
{
    const struct options *opt = self->opt;
    struct reach reach = report_reach(opt, &self->run);

    if (opt->has_config &&
        !config_load(opt->config_path, &self->run, &self->compared.config, err))
        return false;
    if (self->prom_path) {
        const char *folder = file_folder(&self->run, self->prom_path);

        reach_write(&reach, folder);
        if (!open_place(folder, &self->prom, err))
            return false;
    }
    if (self->work) {
        reach_write(&reach, self->work);
        if (!open_place(self->work, &self->work_folder, err))
            return false;
    }
    if (self->work && !opt->dry_run) {
        reach_write(&reach, self->state_path);
        if (!open_place(self->state_path, &self->state, err))
            return false;
    }
    reach.write_as = "named"; // on the command line
    return reach_confine(&reach, opt, &self->run, err);
}

/* TOOL, of a run in the folder `work` */
static bool read_run(struct rendering *self, const char *tool, struct err *err)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (strcmp(tool_names[t], tool) == 0) {
            self->report[self->n++] = outcome_read(self->work, tool, &self->run,
                                                   &self->compared.facts.maxrss_kib[t]);
            return true;
        }
    return err_set(err, "'%s' is none of our tools", tool);
}

/* One report, as a tool printed it. */
static bool read_standard_input(struct rendering *self, struct err *err)
{
    struct buf bytes;
    char block[4096];
    size_t got;

    buf_init(&bytes, &self->run, REPORT_BYTES_MAX);
    while ((got = fread(block, 1, sizeof block, stdin)) > 0)
        buf_add(&bytes, block, got);
    if (ferror(stdin) || bytes.overflowed)
        return err_set(err, "cannot read a run report from stdin: it is over 8 MiB, or "
                            "reading failed");
    if (!report_parse(buf_str(&bytes), "stdin", &self->run, &self->report[0], err))
        return false;
    self->n = 1;
    return true;
}

static bool read_all(struct rendering *self, struct err *err)
{
    const struct options *opt = self->opt;

    if (opt->nargs == 0 && !read_standard_input(self, err))
        return false;
    if (opt->nargs > 0 && !self->work) {
        if (!report_files_read(opt->args, opt->nargs, &self->run, self->report, err))
            return false;
        self->n = opt->nargs;
    }
    for (size_t i = 0; i < opt->nargs && self->work; i++)
        if (!read_run(self, opt->args[i], err))
            return false;
    for (size_t i = 0; i < self->n; i++)
        if (self->report[i].exit > self->worst)
            self->worst = self->report[i].exit;
    return true;
}

/* Whether -q has nothing to say: each tool has a verdict, and no finding became another
 * one. Its numbers may have moved. */
static bool is_quiet(const struct rendering *self)
{
    const int64_t *count = self->compared.changes.count;

    if (!self->opt->quiet || !self->compared.is_compared)
        return false;
    for (size_t i = 0; i < self->n; i++)
        if (self->report[i].status == VERDICT_UNKNOWN)
            return false;
    return count[CHANGE_NEW] == 0 && count[CHANGE_ESCALATED] == 0 &&
           count[CHANGE_EASED] == 0 && count[CHANGE_RESOLVED] == 0 &&
           count[CHANGE_UNMUTED] == 0;
}

static bool print_reports(struct rendering *self, struct err *err)
{
    enum report_format format = self->opt->format;
    struct buf out;

    if (is_quiet(self))
        return true;
    buf_init(&out, &self->run, REPORT_BYTES_MAX);
    return (self->opt->nargs > 0 || format == FORMAT_MARKDOWN
                ? reports_render(self->report, self->n, format, &self->compared.facts,
                                 &out, err)
                : report_render(&self->report[0], format, &out, err)) &&
           report_print(&out, err);
}

/* What only metrics say: when the run ended, and how long it took since its plan was
 * written. */
static bool save_prom(struct rendering *self, struct err *err)
{
    const char *slash = self->prom_path ? strrchr(self->prom_path, '/') : NULL;
    int64_t now_ms = clock_now_ms(), wall_ms;
    struct stat plan;
    struct buf out;

    if (!self->prom_path)
        return true;
    self->compared.facts.now_s = now_ms / 1000;
    if (self->work && stat(file_join(&self->run, self->work, "plan"), &plan) == 0) {
        wall_ms = now_ms - (int64_t)plan.st_mtim.tv_sec * 1000 -
                  plan.st_mtim.tv_nsec / 1000000;
        self->compared.facts.wall_ms = wall_ms > 0 ? wall_ms : 0;
    }
    buf_init(&out, &self->run, REPORT_BYTES_MAX);
    render_prom(self->report, self->n, &self->compared.facts, &out);
    if (out.overflowed)
        return err_set(err, "cannot write '%s': it is too large", self->prom_path);
    return state_save(&self->prom, slash ? slash + 1 : self->prom_path, buf_str(&out),
                      NULL, err);
}

/* A file in the folder of the run, whole or not there. It need not outlive the machine:
 * nothing waits for the disk. */
static bool leave(const struct rendering *self, const char *name, const struct buf *out,
                  struct err *err)
{
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
    int fd =
        out->overflowed ? -1 : file_openat(self->work_folder.fd, name, flags, 0644);
    bool good = fd >= 0 && file_write_all(fd, buf_str(out));

    if (out->overflowed)
        return err_set(err, "cannot write '%s' of the run: it is too large", name);
    if (!good)
        (void)err_system(err, "cannot write '%s' of the run", name);
    if (fd >= 0 && close(fd) != 0 && good)
        good = err_system(err, "cannot write '%s' of the run", name);
    if (!good)
        (void)unlinkat(self->work_folder.fd, name, 0);
    return good;
}

/* For whoever comes next in the run: the first lines alone, and what has changed. The
 * second is not there where the state cannot be compared. */
static bool save_for_the_run(struct rendering *self, struct err *err)
{
    struct buf out;

    if (!self->work)
        return true;
    buf_init(&out, &self->run, REPORT_BYTES_MAX);
    reports_format_verdicts(self->report, self->n, &out);
    if (!leave(self, "verdicts", &out, err))
        return false;
    if (!self->compared.is_compared)
        return true;
    buf_init(&out, &self->run, REPORT_BYTES_MAX);
    changes_format_text(&self->compared.changes, "before", "now", &out);
    return leave(self, "changes", &out, err);
}

/* Of a state that has moved the catch log, and that it has moved: its REPORT.md is an
 * old one. */
static bool keep_catches(struct rendering *self, struct err *err)
{
    const struct compared *compared = &self->compared;
    struct buf nothing;

    buf_init(&nothing, &self->run, 1);
    if (self->state.fd < 0 || !compared->is_compared ||
        !states_moved(&compared->side[0], &compared->side[1]))
        return true;
    return state_folder_lock(&self->state, LOCK_SECONDS, err) &&
           catches_keep(&self->state, &compared->changes, &self->run, err) &&
           leave(self, "moved", &nothing, err);
}

static bool render(struct rendering *self, struct err *err)
{
    if (!open_places(self, err) || !read_all(self, err))
        return false;
    // a state that cannot be read again takes nothing from the report, and is told last
    (void)!compared_find(&self->compared, self->before, self->state_path, &self->run,
                         &self->unlike);
    if (!print_reports(self, err))
        return false;
    err->after_report = true;
    return save_for_the_run(self, err) && save_prom(self, err) &&
           (self->state.fd < 0 ||
            last_run_save(&self->state, self->report, self->n, &self->run, err)) &&
           (!self->unlike.text[0] ||
            err_set(err, "cannot compare the state: %s", self->unlike.text)) &&
           keep_catches(self, err);
}

int report_render_all(const struct options *opt, struct err *err)
{
    struct rendering self = {.opt = opt,
                             .compared.facts.site = "",
                             .work = cli_value(opt, FLAG_WORK),
                             .before = cli_value(opt, FLAG_BEFORE),
                             .prom_path = cli_value(opt, FLAG_PROM_FILE),
                             .work_folder = STATE_FOLDER_CLOSED,
                             .state = STATE_FOLDER_CLOSED,
                             .prom = STATE_FOLDER_CLOSED};

    arena_init(&self.run, ARENA_BYTES_MAX);
    self.compared.config.folder = file_folder(&self.run, opt->config_path);
    self.state_path = report_state_path(opt, &self.compared.config, &self.run);
    if (!render(&self, err))
        self.worst = VERDICT_UNKNOWN;
    for (size_t i = 0; i < self.n; i++)
        report_release(&self.report[i]);
    state_folder_release(&self.work_folder);
    state_folder_release(&self.state);
    state_folder_release(&self.prom);
    compared_release(&self.compared);
    arena_release(&self.run);
    return self.worst;
}
