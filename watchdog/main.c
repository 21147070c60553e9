/* rounds-watchdog: pain in production analytics, before the support tickets. */
#include <gsl/gsl_errno.h>

#include "watchdog/watchdog.h"

#include "shared/banned.h"

static const struct cli_verb verbs[] = {
    {.name = "run",
     .run = watchdog_run,
     .help = "read the sources, judge up to --as-of, write state",
     .reports = true},
    {.name = "show",
     .run = watchdog_show,
     .help = "the report again, from the state folder alone",
     .reports = true},
    {.name = "signals",
     .run = watchdog_signals,
     .help = "what is counted, and which source carries it, as JSON"},
    {.name = "backtest",
     .run = watchdog_backtest,
     .args = "FILE.tsv",
     .help = "judge a history file from its first day on, as JSON",
     .min_args = 1,
     .max_args = 1},
    {.name = "explain",
     .run = watchdog_explain,
     .args = "FINDING-ID",
     .help = "the numbers behind a finding, from the state folder alone",
     .min_args = 1,
     .max_args = 1},
    {.name = "normalise-page",
     .run = watchdog_normalise,
     .help = "names of pages from paths, a line each on stdin"},
};

static const struct cli_flag flags[] = {
    [FLAG_ALERTS_ONLY] = {"--alerts-only", "backtest", "leave out the days of cells",
                          NULL},
    [FLAG_CHARTS] = {"--charts", "show", "add charts of the history to the json form",
                     NULL},
};

static const struct cli cli = {
    .tool = "watchdog",
    .purpose = "find new user-visible pain in analytics events and access logs",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 300,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .examples = "  rounds-watchdog -n\n"
                "  rounds-watchdog --as-of 2026-11-15 --format json\n"
                "  rounds-watchdog explain watchdog/js_exception/site\n",
};

int main(int argc, char **argv)
{
    process_begin();
    gsl_set_error_handler_off();
    return cli_main(&cli, argc, argv);
}
