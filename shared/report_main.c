/*
 * rounds-report: what run-all.sh asks about configuration, run reports and state. It
 * judges nothing. A verb is a file, report_<verb>.c.
 */
#include "shared/cli.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

static const struct cli_verb verbs[] = {
    {.name = "render",
     .run = report_render_all,
     .args = "[TOOL=EXIT=FILE... | TOOL...]",
     .help = "run reports, one on stdin or of --work, in a --format",
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
    {.name = "plan",
     .run = report_plan,
     .args = "TOOL=PROGRAM...",
     .help = "a job a tool, for rounds-supervise",
     .min_args = 1,
     .max_args = REPORTS_MAX},
    {.name = "catches",
     .run = report_catches,
     .help = "add what is new since --before to the catch log"},
    {.name = "audit",
     .run = report_audit,
     .help = "which loops to keep, by the marks in the catch log"},
    {.name = "commit",
     .run = report_commit,
     .help = "remote, branch, name and email of commits, a line each"},
    {.name = "message",
     .run = report_message,
     .args = "[TOOL=EXIT=FILE... | TOOL...]",
     .help = "the commit message, given the state --before",
     .max_args = REPORTS_MAX},
    {.name = "paths",
     .run = report_paths,
     .args = "PREFIX [TOOL=EXIT=FILE... | TOOL...]",
     .help = "state files to commit, each with PREFIX and a NUL",
     .min_args = 1,
     .max_args = REPORTS_MAX + 1},
    {.name = "fresh",
     .run = report_fresh,
     .help = "exit 3 when a tool has not judged a recent day"},
};

static const struct cli_flag flags[] = {
    [FLAG_ONLY] = {"--only", "tools", "these tools alone", "A,B"},
    [FLAG_WORK] = {"--work", "plan render message paths", "folder of a run", "DIR"},
    [FLAG_GIT_LOG] = {"--git-log", "plan", "for i18ncheck", "FILE"},
    [FLAG_BEFORE] = {"--before", "render summary html catches message", "state before",
                     "DIR"},
    [FLAG_PROM_FILE] = {"--prom-file", "render", "also the metrics, with times",
                        "FILE"},
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
    .examples = "  rounds-watchdog show --format json | rounds-report --format sarif\n"
                "  rounds-report audit\n"
                "  rounds-report fresh --hours 48\n",
};

int main(int argc, char **argv)
{
    process_begin();
    return cli_main(&cli, argc, argv);
}
