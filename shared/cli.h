/*
 * Command lines: one table of options a tool drives parsing, --help and the test that
 * the manual names each.
 *
 *     static const struct cli_verb verbs[] = {{"run", watchdog_run, "judge and write
 * state"}, ...}; static const struct cli cli = {"watchdog", "what it is in a line",
 * verbs, n, timeout_s, flags, n}; return cli_main(&cli, argc, argv);
 */
#ifndef SHARED_CLI_H
#define SHARED_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/err.h"
#include "shared/finding.h"
#include "shared/report.h"
#include "shared/sandbox.h"
#include "shared/version.h"

#define CONFIG_PATH "rounds.json" /* without -c */

enum { CLI_VALUES_MAX = 64 };

/* A value that an option of one verb was given. */
struct cli_value {
    size_t flag; /* index in the tool's flags */
    const char *text;
};

struct options {
    const char *tool; /* "watchdog" */
    const struct cli_verb *verb;
    const char *config_path; /* -c, else CONFIG_PATH */
    bool has_config;         /* -c was given */
    const char *state_path;  /* -s, else NULL: `state` beside the configuration */
    bool has_as_of;
    int32_t as_of;
    enum report_format format; /* or the index in cli.formats */
    enum fail_on fail_on;
    enum sandbox_mode sandbox;
    int timeout_s;
    bool dry_run; /* -n, and implied by --replay */
    bool replay;
    bool quiet;
    bool verbose;
    uint32_t flags;                          /* bit i: flags[i] of the tool was given */
    struct cli_value values[CLI_VALUES_MAX]; /* in the order of the line */
    size_t nvalues;
    const char *const *args; /* what follows the verb */
    size_t nargs;
};

struct cli_verb {
    const char *name;
    /* The exit status; on VERDICT_UNKNOWN with err->text set, main prints it. */
    int (*run)(const struct options *opt, struct err *err);
    const char *args; /* NULL, or "FINDING-ID" for --help */
    const char *help;
    size_t min_args, max_args;
    bool reports;  /* prints a run report: one of status unknown when it fails */
    int timeout_s; /* default of --timeout where it is another; 0: the tool's */
};

/* An option that not every verb takes. */
struct cli_flag {
    const char *name; /* "--alerts-only" */
    const char *verb; /* or several: "eval srm" */
    const char *help;
    const char *value; /* NULL: takes none; else "A,B" for --help */
};

struct cli {
    const char *tool;
    const char *purpose;          /* one line for --help */
    const struct cli_verb *verbs; /* the first is the default; one alone has no word */
    size_t nverbs;
    int timeout_s; /* default of --timeout */
    const struct cli_flag *flags;
    size_t nflags;              /* at most 32 */
    const char *const *formats; /* what --format takes, the first without it; NULL:
                                   those of a run report */
    size_t nformats;
    const char *examples; /* for --help: a command a line, each with its end */
};

/* C locale, umask 022, no core file, SIGPIPE and SIGXFSZ ignored, descriptors 0 to 2
 * open (on /dev/null when they were closed). First line of every main. */
void process_begin(void);

/* Parses, runs the verb, prints err->text as "rounds-TOOL: text" and returns the exit
 * status. --help and
 * --version print to stdout and give 0. Bad usage is 3 with the nearest known option.
 * Where a verb that reports was asked for, whatever leaves it without a verdict, bad
 * usage too, is a report of status unknown on stdout as well.
 * Arms --timeout: after S seconds the process says so on stderr and exits 3, state
 * untouched. */
int cli_main(const struct cli *cli, int argc, char **argv);

/* Parsing alone, for tests. `*done`: --help or --version was printed, exit 0. A line
 * that is refused leaves in `opt` what was read until then, its verb NULL where the
 * word is none. */
MUST_USE bool cli_parse(const struct cli *cli, int argc, char **argv,
                        struct options *opt, bool *done, struct err *err);

/* The last value of flags[flag]; NULL when it was not given. */
const char *cli_value(const struct options *opt, size_t flag);

/* The words that they are asked for by. */
const char *cli_fail_on_word(enum fail_on fail_on);
const char *cli_sandbox_word(enum sandbox_mode mode);

struct config; /* shared/config.h */

/* The last day to judge: asked for, pinned by the configuration, or the last that is
 * complete `lag_h` hours after its end. */
int32_t cli_last_day(const struct options *opt, const struct config *config, int lag_h);

/* Whether `as_of` may be judged with a state through `through`: state never goes back,
 * and a day before it is looked at by --replay alone, from nothing. */
MUST_USE bool cli_allows_day(const struct options *opt, int32_t as_of, int32_t through,
                             struct err *err);

/* "rounds-TOOL: ..." on stderr unless -q. Never on a decision's path. */
void cli_say(const struct options *opt, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
