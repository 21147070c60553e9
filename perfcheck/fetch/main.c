/* rounds-perfcheck-fetch: what `rounds-perfcheck fetch` becomes. The only part with a
 * network, and so with libcurl: a program of its own, that the others stay small. */
#include "perfcheck/fetch/fetch.h"
#include "perfcheck/perfcheck.h"

#include "shared/banned.h"

static const struct cli_verb verbs[] = {
    {.name = "fetch",
     .run = fetch_verb,
     .args = "[fetch]", // the word by which rounds-perfcheck became this program
     .help = "ask PageSpeed Insights and CrUX, keep the answers in fetch.into",
     .max_args = 1},
};

static const struct cli_flag flags[] = {
    [FLAG_PSI] = {"--psi", "fetch", "PageSpeed Insights alone", NULL},
    [FLAG_CRUX] = {"--crux", "fetch", "CrUX alone", NULL},
};

static const struct cli cli = {
    .tool = "perfcheck",
    .purpose = "ask PageSpeed Insights and CrUX for rounds-perfcheck",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = FETCH_TIMEOUT_S,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .examples = "  rounds-perfcheck fetch --psi\n",
};

int main(int argc, char **argv)
{
    process_begin();
    return cli_main(&cli, argc, argv);
}
