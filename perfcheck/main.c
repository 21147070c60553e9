/* rounds-perfcheck: what really became slower, larger or less accessible, by
 * Lighthouse. */
#include <gsl/gsl_errno.h>

#include "perfcheck/perfcheck.h"

#include "shared/banned.h"

enum { LINE_MAX_WORDS = 64 }; // fetch takes no more

static const struct cli_verb verbs[] = {
    {.name = "run",
     .run = perfcheck_run,
     .help = "judge the reports of days up to --as-of, write state",
     .reports = true},
    {.name = "show",
     .run = perfcheck_show,
     .help = "the report again, from the state folder alone",
     .reports = true},
    {.name = "assert",
     .run = perfcheck_assert,
     .args = "[PATH...]",
     .help = "Lighthouse CI assertions, -c FILE; exit 1 when one fails",
     .max_args = 1000},
    {.name = "explain",
     .run = perfcheck_explain,
     .args = "BEFORE.json AFTER.json",
     .help = "why the scores of two reports differ, as JSON",
     .min_args = 2,
     .max_args = 2},
    {.name = "score",
     .run = perfcheck_score,
     .args = "FILE...",
     .help = "scores recomputed, as JSON Lines; exit 1 when one differs",
     .min_args = 1,
     .max_args = 20000},
    {.name = "accept",
     .run = perfcheck_accept,
     .args = "FINDING-ID",
     .help = "the line for perfcheck.accept that makes it the reference",
     .min_args = 1,
     .max_args = 1},
    {.name = "fetch",
     .run = perfcheck_fetch,
     .help = "ask PageSpeed Insights and CrUX, keep the answers",
     .timeout_s = FETCH_TIMEOUT_S},
};

static const struct cli_flag flags[] = {
    [FLAG_CHARTS] = {"--charts", "show", "with charts of the history, in --format json",
                     NULL},
    [FLAG_LHCI_COMPAT] = {"--lhci-compat", "assert",
                          "exactly as Lighthouse CI, its silent holes too", NULL},
    [FLAG_BUDGETS] = {"--budgets", "assert", "a budgets file", "FILE"},
    [FLAG_PSI] = {"--psi", "fetch", "PageSpeed Insights alone", NULL},
    [FLAG_CRUX] = {"--crux", "fetch", "CrUX alone", NULL},
};

static const struct cli cli = {
    .tool = "perfcheck",
    .purpose = "say which Lighthouse score or metric really regressed, and why",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 300,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .examples = "  rounds-perfcheck -n\n"
                "  rounds-perfcheck explain before.json after.json\n"
                "  rounds-perfcheck assert -c lighthouserc.json .lighthouseci\n",
};

int main(int argc, char **argv)
{
    static char *line[LINE_MAX_WORDS + 1]; // parsing moves the words of argv

    process_begin();
    for (int i = 0; i < argc && i < LINE_MAX_WORDS; i++)
        line[i] = argv[i];
    become_fetch_keep(line);
    gsl_set_error_handler_off();
    return cli_main(&cli, argc, argv);
}
