/*
 * rounds-report: what run-all.sh asks about configuration and run reports. It judges
 * nothing.
 *
 *     rounds-report tools -c FILE               tools that have a section, one a line
 *     rounds-report render TOOL=EXIT=FILE...    the reports as one document; exit is
 * the worst; without arguments stdin's rounds-report summary TOOL=EXIT=FILE...
 * state/REPORT.md; rounds-report html --html FILE TOOL=EXIT=FILE...  the page
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/changes.h"
#include "shared/cli.h"
#include "shared/config.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/render.h"
#include "shared/render_html.h"
#include "shared/report.h"
#include "shared/report_html.h"
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

/* ---- what changed ---- */

/* What --before compares: the configuration has the mutes, and where state is. */
struct compared {
    struct config config;
    struct states side[2];
    struct changes changes;
    struct run_facts facts;
};

static void compared_release(struct compared *compared)
{
    states_release(&compared->side[0]);
    states_release(&compared->side[1]);
    config_release(&compared->config);
}

static bool has_state(const struct states *states)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (states->document[t])
            return true;
    return false;
}

/* No folder, or one without conclusions, is no earlier state; anything else that cannot
 * be read is an error. */
static bool compare(const struct options *opt, struct arena *run,
                    struct compared *compared, struct err *err)
{
    const char *before = cli_value(opt, FLAG_BEFORE);
    const char *now = opt->state_path;
    struct stat about;

    if (!config_load(opt->config_path, run, &compared->config, err))
        return false;
    compared->facts.site = compared->config.site;
    if (!before || stat(before, &about) != 0)
        return true;
    if (!now)
        now = file_join(run, compared->config.folder, "state");
    if (!states_load(before, "before", run, &compared->side[0], err) ||
        !states_load(now, "now", run, &compared->side[1], err))
        return false;
    if (!has_state(&compared->side[0]))
        return true;
    changes_find(&compared->side[0], &compared->side[1], &compared->config, run,
                 &compared->changes);
    compared->facts.changes = &compared->changes;
    return true;
}

static bool print_summary(const struct options *opt, struct arena *run,
                          struct report *reports, struct compared *compared,
                          struct err *err)
{
    struct buf out;

    if (!read_reports(opt, run, reports, err) || !compare(opt, run, compared, err))
        return false;
    buf_init(&out, run, REPORT_BYTES_MAX);
    render_summary(reports, opt->nargs, &compared->facts, &out);
    return report_print(&out, err);
}

static int report_summary(const struct options *opt, struct err *err)
{
    struct report reports[REPORTS_MAX] = {0};
    struct compared compared = {0};
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

/* ---- the page ---- */

static bool write_html(const struct options *opt, struct arena *run,
                       struct html_file *file, struct report *reports,
                       struct compared *compared, struct err *err)
{
    const char *path = cli_value(opt, FLAG_HTML);
    struct buf out = {.arena = run};

    if (!path)
        return err_set(err, "--html is missing; name the file to write");
    return html_file_enter(file, opt, path, cli_value(opt, FLAG_BEFORE), run, err) &&
           read_reports(opt, run, reports, err) && compare(opt, run, compared, err) &&
           render_html(reports, opt->nargs, &compared->facts, HTML_BYTES_MAX, &out,
                       err) &&
           html_file_save(file, buf_str(&out), err);
}

static int report_html(const struct options *opt, struct err *err)
{
    struct report reports[REPORTS_MAX] = {0};
    struct compared compared = {0};
    struct html_file file = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    good = write_html(opt, &run, &file, reports, &compared, err);
    for (size_t i = 0; i < REPORTS_MAX; i++)
        report_release(&reports[i]);
    compared_release(&compared);
    html_file_release(&file);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}

/* ---- render ---- */

/* The comment says what changed where --before gives what to compare with. */
static bool render_reports(const struct options *opt, struct report *reports, size_t n,
                           struct buf *out, struct err *err)
{
    struct compared compared = {0};
    bool good;

    if (opt->format != FORMAT_MARKDOWN || !cli_value(opt, FLAG_BEFORE))
        return opt->nargs > 0 ? reports_render(reports, n, opt->format, out, err)
                              : report_render(&reports[0], opt->format, out, err);
    good = compare(opt, out->arena, &compared, err);
    if (good)
        render_markdown(reports, n, &compared.facts, out);
    compared_release(&compared);
    return good;
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
    return render_reports(opt, reports, n, &out, err) && report_print(&out, err);
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
    {.name = "summary",
     .run = report_summary,
     .args = "TOOL=EXIT=FILE...",
     .help = "REPORT.md, from what `show --format json` printed",
     .min_args = 1,
     .max_args = REPORTS_MAX},
    {.name = "html",
     .run = report_html,
     .args = "TOOL=EXIT=FILE...",
     .help = "the page, from what `show --charts --format json` printed",
     .min_args = 1,
     .max_args = REPORTS_MAX},
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
    [FLAG_BEFORE] = {"--before", "render summary catches html",
                     "the state before, to say what changed", "DIR"},
    [FLAG_HOURS] = {"--hours", "fresh", "how old is too old (run_all.fresh_hours)",
                    "H"},
    [FLAG_HTML] = {"--html", "html", "where the page goes", "FILE"},
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
