/*
 * rounds-report: what run-all.sh asks about configuration and run reports. It judges
 * nothing. rounds-report tools -c FILE            names the tools that have a section,
 * one a line rounds-report render TOOL=EXIT=FILE...  the reports in those files as one
 * document; exit is the worst. Without arguments the report on stdin
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "shared/cli.h"
#include "shared/config.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/report.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

static const char *const tools[] = {"watchdog", "bandit", "perfcheck", "seocheck",
                                    "i18ncheck"};

enum { TOOLS = sizeof tools / sizeof *tools, REPORTS_MAX = 16 };

static bool list_tools(const struct options *opt, struct arena *run,
                       struct config *config, struct err *err)
{
    struct buf out;
    size_t n = 0;

    if (!config_load(opt->config_path, run, config, err))
        return false;
    buf_init(&out, run, REPORT_BYTES_MAX);
    for (size_t i = 0; i < TOOLS; i++) {
        if (!config_section(config, tools[i]))
            continue;
        buf_printf(&out, "%s\n", tools[i]);
        n++;
    }
    if (n == 0)
        return config_err(config, "", err,
                          "no tool has a section; add one, such as \"watchdog\"");
    return report_print(&out, err);
}

static int report_tools(const struct options *opt, struct err *err)
{
    struct arena run;
    struct config config = {0};
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    good = list_tools(opt, &run, &config, err);
    config_release(&config);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}

/* What a tool left: its report, or one sentence why there is none. */
static struct report read_report(const char *tool, const char *exit_text,
                                 const char *path, struct arena *run)
{
    struct err *why = arena_new(run, struct err, 1);
    struct report report;
    struct str bytes;
    int64_t status = -1;

    if (!str_to_int64(exit_text, strlen(exit_text), &status))
        status = -1;
    if (!file_read(AT_FDCWD, path, REPORT_BYTES_MAX, false, run, &bytes, why)) {
        (void)err_wrap(why, "no report");
    } else if (bytes.n == 0) {
        (void)err_set(why, "ended with status %s and no report", exit_text);
    } else if (report_parse(bytes, tool, run, &report, why)) {
        if (strcmp(report.tool, tool) == 0 && report.exit == status)
            return report;
        report_release(&report);
        (void)err_set(why, "ended with status %s, its report says %d", exit_text,
                      report.exit);
    }
    return report_unknown(tool, why);
}

static bool read_reports(const struct options *opt, struct arena *run,
                         struct report *reports, struct err *err)
{
    for (size_t i = 0; i < opt->nargs; i++) {
        struct str field[3];
        const char *tool, *status;

        if (str_split(str_of(opt->args[i]), '=', field, 3) < 3)
            return err_set(err, "'%s' is not TOOL=EXIT=FILE", opt->args[i]);
        tool = str_copy(run, field[0].at, field[0].n);
        status = str_copy(run, field[1].at, field[1].n);
        reports[i] = read_report(tool, status, field[2].at, run);
    }
    return true;
}

/* One report, as a tool printed it. */
static bool read_standard_input(struct arena *run, struct report *report,
                                struct err *err)
{
    struct buf bytes;
    char block[4096];
    size_t got;

    buf_init(&bytes, run, REPORT_BYTES_MAX);
    while ((got = fread(block, 1, sizeof block, stdin)) > 0)
        buf_add(&bytes, block, got);
    if (ferror(stdin) || bytes.overflowed)
        return err_set(err, "cannot read a run report from stdin: it is over 8 MiB, or "
                            "reading failed");
    return report_parse(buf_str(&bytes), "stdin", run, report, err);
}

static bool print_reports(const struct options *opt, struct arena *run,
                          struct report *reports, int *worst, struct err *err)
{
    size_t n = opt->nargs > 0 ? opt->nargs : 1;
    struct buf out;

    if (opt->nargs > 0 ? !read_reports(opt, run, reports, err)
                       : !read_standard_input(run, &reports[0], err))
        return false;
    *worst = VERDICT_OK;
    for (size_t i = 0; i < n; i++)
        *worst = reports[i].exit > *worst ? reports[i].exit : *worst;
    buf_init(&out, run, REPORT_BYTES_MAX);
    return (opt->nargs > 0 ? reports_render(reports, n, opt->format, &out, err)
                           : report_render(&reports[0], opt->format, &out, err)) &&
           report_print(&out, err);
}

static int report_render_all(const struct options *opt, struct err *err)
{
    struct report reports[REPORTS_MAX] = {0};
    struct arena run;
    int worst = VERDICT_OK;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!print_reports(opt, &run, reports, &worst, err))
        worst = VERDICT_UNKNOWN;
    for (size_t i = 0; i < REPORTS_MAX; i++)
        report_release(&reports[i]);
    arena_release(&run);
    return worst;
}

static const struct cli_verb verbs[] = {
    {.name = "render",
     .run = report_render_all,
     .args = "[TOOL=EXIT=FILE...]",
     .help = "run reports, or one on stdin, in a --format",
     .max_args = REPORTS_MAX,
     .reports = true},
    {.name = "tools",
     .run = report_tools,
     .help = "names of the tools the configuration asks for"},
    {.name = "catches",
     .run = report_catches,
     .help = "add what is new since --before to the catch log"},
    {.name = "audit",
     .run = report_audit,
     .help = "which loops to keep, by what reviewers marked in the catch log"},
    {.name = "fresh",
     .run = report_fresh,
     .help = "exit 3 when a tool has not judged a recent day"},
};

static const struct cli_flag flags[] = {
    [FLAG_BEFORE] = {"--before", "catches", "state folder to compare with", "DIR"},
    [FLAG_HOURS] = {"--hours", "fresh", "how old is too old (run_all.fresh_hours)",
                    "H"},
};

static const struct cli cli = {
    .tool = "report",
    .purpose = "render run reports for run-all.sh",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 60,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
};

int main(int argc, char **argv)
{
    process_begin();
    return cli_main(&cli, argc, argv);
}
