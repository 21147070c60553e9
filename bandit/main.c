/* rounds-bandit: how tomorrow's traffic shifts between arms, and whether one may win.
 */
#include <gsl/gsl_errno.h>

#include "bandit/bandit.h"

#include "shared/banned.h"

static const struct cli_verb verbs[] = {
    {.name = "run",
     .run = bandit_run,
     .help = "judge the sources up to --as-of, write state and weights",
     .reports = true},
    {.name = "show",
     .run = bandit_show,
     .help = "the report again, from the state folder alone",
     .reports = true},
    {.name = "checklist",
     .run = bandit_checklist,
     .args = "EXPERIMENT",
     .help = "what a promotion still lacks; exit 1 when anything",
     .min_args = 1,
     .max_args = 1},
    {.name = "eval",
     .run = bandit_eval,
     .args = "ARM=S/N ...",
     .help = "P(best), losses and intervals of counts; no configuration",
     .min_args = 2,
     .max_args = ARMS_MAX},
    {.name = "srm",
     .run = bandit_srm,
     .args = "ARM=OBS:BP ...",
     .help = "whether counts fit the weights served; exit 1 when not",
     .min_args = 2,
     .max_args = ARMS_MAX},
    {.name = "weights",
     .run = bandit_weights,
     .args = "EXPERIMENT",
     .help = "a weight file, from state",
     .min_args = 1,
     .max_args = 1},
    {.name = "remake",
     .run = bandit_remake,
     .help = "write the weight files again, from state; after a merge"},
    {.name = "replay",
     .run = bandit_replay,
     .args = "FILE.tsv",
     .help = "what would have been decided day by day, as JSON Lines",
     .min_args = 1,
     .max_args = 1},
};

static const struct cli_flag flags[] = {
    [FLAG_METHOD] = {"--method", "run", "exact or draws, in place of the keys", "M"},
    [FLAG_PRIOR] = {"--prior", "eval", "the Beta prior (1,1)", "A,B"},
    [FLAG_JSON] = {"--json", "eval srm", "same as --format json", NULL},
    [FLAG_DIGITS] = {"--digits", "eval", "significant digits, 1 to 17 (12)", "N"},
    [FLAG_AS] = {"--as", "weights", "format of the file (json)", "F"},
    [FLAG_ARMS] = {"--arms", "replay", "arms in order, control first", "A,B"},
    [FLAG_SET] = {"--set", "replay", "a key of allocation or promotion", "K=V"},
    [FLAG_EXPERIMENT] = {"--experiment", "replay", "rows of this one, and its keys",
                         "ID"},
    [FLAG_CHARTS] = {"--charts", "show", "add charts of the history to the json form",
                     NULL},
};

static const struct cli cli = {
    .tool = "bandit",
    .purpose = "shift traffic toward the better arm, and say when one may be promoted",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 300,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .examples = "  rounds-bandit -n\n"
                "  rounds-bandit checklist checkout-button\n"
                "  rounds-bandit eval control=5/100 b=7/100\n"
                "  rounds-bandit weights checkout-button --as nginx\n",
};

int main(int argc, char **argv)
{
    process_begin();
    gsl_set_error_handler_off();
    return cli_main(&cli, argc, argv);
}
