/* One table of options for all tools: it drives parsing, --help and the test of the
 * manual. Decides nothing. */
#include "shared/cli.h"

#include <assert.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/config.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/memory.h"
#include "shared/secret.h"
#include "shared/str.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { TIMEOUT_MAX_S = 86400, SHOWN_MAX = 80, NAMES_MAX = 32 };

enum option_id {
    OPTION_CONFIG,
    OPTION_STATE,
    OPTION_AS_OF,
    OPTION_FORMAT,
    OPTION_DRY_RUN,
    OPTION_REPLAY,
    OPTION_FAIL_ON,
    OPTION_SANDBOX,
    OPTION_TIMEOUT,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_VERSION,
    OPTION_HELP,
};

struct option_row {
    enum option_id id;
    char letter;       // 0: none
    const char *name;  // with its dashes, as messages and --help show it
    const char *value; // NULL: takes none
    const char *help;
};

static const struct option_row rows[] = {
    {OPTION_CONFIG, 'c', "--config", "FILE", "configuration (rounds.json)"},
    {OPTION_STATE, 's', "--state", "DIR",
     "state folder (state beside the configuration)"},
    {OPTION_AS_OF, 0, "--as-of", "DAY", "last day to judge (the last complete day)"},
    {OPTION_FORMAT, 0, "--format", "F", ""}, // print_formats
    {OPTION_DRY_RUN, 'n', "--dry-run", NULL, "judge and report, write nothing"},
    {OPTION_REPLAY, 0, "--replay", NULL, "accept a day before the state's; implies -n"},
    {OPTION_FAIL_ON, 0, "--fail-on", "L",
     "crit, warn, new, never: least for exit 1 or 2 (warn)"},
    {OPTION_SANDBOX, 0, "--sandbox", "M", "require, best-effort or off (best-effort)"},
    {OPTION_TIMEOUT, 0, "--timeout", "S", "give up after S s, state untouched"},
    {OPTION_QUIET, 'q', "--quiet", NULL, "nothing on stderr but errors"},
    {OPTION_VERBOSE, 'v', "--verbose", NULL, "say what is done and what was enforced"},
    {OPTION_VERSION, 0, "--version", NULL, "print the version"},
    {OPTION_HELP, 'h', "--help", NULL, "print this"},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* In the order of the enums that they stand for. */
static const char *const fail_ons[] = {
    [FAIL_ON_CRIT] = "crit",
    [FAIL_ON_WARN] = "warn",
    [FAIL_ON_NEW] = "new",
    [FAIL_ON_NEVER] = "never",
};
static const char *const sandboxes[] = {
    [SANDBOX_REQUIRE] = "require",
    [SANDBOX_BEST_EFFORT] = "best-effort",
    [SANDBOX_OFF] = "off",
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool set_word(const char *const *words, size_t n, const char *option,
                     const char *value, unsigned *index, struct err *err)
{
    const char *near = str_nearest(value, words, n);
    char all[128] = "";
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(words[i], value) == 0) {
            *index = (unsigned)i;
            return true;
        }
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s",
                                 i > 0 ? ", " : "", words[i]);
    }
    if (near)
        return err_set(err, "%s does not know '%.*s'; did you mean '%s'", option,
                       SHOWN_MAX, value, near);
    return err_set(err, "%s does not know '%.*s'; one of: %s", option, SHOWN_MAX, value,
                   all);
}

static bool set_timeout(const char *value, int *timeout_s, struct err *err)
{
    int64_t seconds;

    if (!str_to_int64(value, strlen(value), &seconds) || seconds < 1 ||
        seconds > TIMEOUT_MAX_S)
        return err_set(err, "--timeout is '%.*s', allowed 1 to %d seconds", SHOWN_MAX,
                       value, TIMEOUT_MAX_S);
    *timeout_s = (int)seconds;
    return true;
}

static bool set_path(const char *option, const char *value, const char **path,
                     struct err *err)
{
    if (!*value)
        return err_set(err, "%s is empty; name a path", option);
    *path = value;
    return true;
}

static bool set_as_of(const char *value, struct options *opt, struct err *err)
{
    if (!day_parse(value, strlen(value), &opt->as_of))
        return err_set(err, "--as-of is '%.*s', no date; write YYYY-MM-DD", SHOWN_MAX,
                       value);
    opt->has_as_of = true;
    return true;
}

/* What --format takes, in the order of the numbers in options.format. */
static const char *const *formats_of(const struct cli *cli, size_t *n)
{
    *n = cli->formats ? cli->nformats : REPORT_FORMATS;
    return cli->formats ? cli->formats : report_formats;
}

static bool set_format(const struct cli *cli, const char *value, struct options *opt,
                       struct err *err)
{
    unsigned index = 0;
    size_t n;
    const char *const *formats = formats_of(cli, &n);

    if (!set_word(formats, n, "--format", value, &index, err))
        return false;
    opt->format = (enum report_format)index;
    return true;
}

static bool set_option(const struct cli *cli, const struct option_row *row,
                       const char *value, struct options *opt, struct err *err)
{
    unsigned index = 0;
    bool ok = true;

    switch (row->id) {
    case OPTION_CONFIG:
        opt->has_config = true;
        return set_path(row->name, value, &opt->config_path, err);
    case OPTION_STATE: return set_path(row->name, value, &opt->state_path, err);
    case OPTION_AS_OF: return set_as_of(value, opt, err);
    case OPTION_TIMEOUT: return set_timeout(value, &opt->timeout_s, err);
    case OPTION_FORMAT: return set_format(cli, value, opt, err);
    case OPTION_FAIL_ON:
        index = (unsigned)opt->fail_on;
        ok = set_word(fail_ons, COUNT(fail_ons), row->name, value, &index, err);
        opt->fail_on = (enum fail_on)index;
        break;
    case OPTION_SANDBOX:
        index = (unsigned)opt->sandbox;
        ok = set_word(sandboxes, COUNT(sandboxes), row->name, value, &index, err);
        opt->sandbox = (enum sandbox_mode)index;
        break;
    case OPTION_DRY_RUN: opt->dry_run = true; break;
    case OPTION_REPLAY: opt->replay = opt->dry_run = true; break;
    case OPTION_QUIET: opt->quiet = true; break;
    case OPTION_VERBOSE: opt->verbose = true; break;
    case OPTION_VERSION:
    case OPTION_HELP: break;
    }
    return ok;
}

/* ---- --help and --version ---- */

static void print_usage(const struct cli *cli)
{
    for (size_t i = 0; i < cli->nverbs; i++) {
        const struct cli_verb *verb = &cli->verbs[i];
        const char *args = verb->args ? verb->args : "";

        if (cli->nverbs == 1)
            printf("usage: rounds-%s %s [options]\n", cli->tool, args);
        else
            printf("%s rounds-%s %s%s%s%s%s [options]\n", i == 0 ? "usage:" : "      ",
                   cli->tool, i == 0 ? "[" : "", verb->name, i == 0 ? "]" : "",
                   args[0] ? " " : "", args);
    }
    printf("%s\n\n", cli->purpose);
    for (size_t i = 0; i < cli->nverbs && cli->nverbs > 1; i++)
        printf("  %-20s %s\n", cli->verbs[i].name, cli->verbs[i].help);
    if (cli->nverbs > 1)
        printf("\n");
}

static void print_timeouts(const struct cli *cli)
{
    printf(" (%d", cli->timeout_s);
    for (size_t i = 0; i < cli->nverbs; i++)
        if (cli->verbs[i].timeout_s > 0)
            printf("; %s %d", cli->verbs[i].name, cli->verbs[i].timeout_s);
    printf(")");
}

static void print_formats(const struct cli *cli)
{
    size_t n;
    const char *const *formats = formats_of(cli, &n);

    for (size_t i = 0; i < n; i++)
        printf("%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", formats[i]);
    printf(" (%s)", formats[0]);
}

/* Options of judging say nothing about a program that prints no run report. */
static bool is_listed(const struct cli *cli, enum option_id id)
{
    if (id != OPTION_AS_OF && id != OPTION_REPLAY && id != OPTION_FAIL_ON)
        return true;
    for (size_t i = 0; i < cli->nverbs; i++)
        if (cli->verbs[i].reports)
            return true;
    return false;
}

static void print_options(const struct cli *cli)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct option_row *row = &rows[i];
        char name[32];

        if (!is_listed(cli, row->id))
            continue;
        (void)snprintf(name, sizeof name, "%s%s%s", row->name, row->value ? " " : "",
                       row->value ? row->value : "");
        printf("  %c%c%c %-16s %s", row->letter ? '-' : ' ',
               row->letter ? row->letter : ' ', row->letter ? ',' : ' ', name,
               row->help);
        if (row->id == OPTION_TIMEOUT)
            print_timeouts(cli);
        else if (row->id == OPTION_FORMAT)
            print_formats(cli);
        printf("\n");
    }
    for (size_t i = 0; i < cli->nflags; i++) {
        const struct cli_flag *flag = &cli->flags[i];
        char name[48];

        (void)snprintf(name, sizeof name, "%s%s%s", flag->name, flag->value ? " " : "",
                       flag->value ? flag->value : "");
        printf("      %-16s %s: %s\n", name, flag->verb, flag->help);
    }
    printf(
        "\nexit status: 0 ok, 1 warning, 2 critical, 3 unknown: could not measure\n");
    if (cli->examples)
        printf("\nexamples:\n%s", cli->examples);
}

static bool print_about(const struct cli *cli, enum option_id id, struct err *err)
{
    if (id == OPTION_VERSION) {
        printf("rounds-%s " ROUNDS_VERSION "\n", cli->tool);
    } else {
        print_usage(cli);
        print_options(cli);
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_system(err, "cannot write to stdout");
    return true;
}

/* ---- parsing ---- */

static bool unknown_option(const struct cli *cli, const char *argument, size_t n,
                           struct err *err)
{
    const char *names[ROWS + NAMES_MAX];
    char name[SHOWN_MAX + 1];
    const char *near;

    for (size_t i = 0; i < ROWS; i++)
        names[i] = rows[i].name;
    for (size_t i = 0; i < cli->nflags; i++)
        names[ROWS + i] = cli->flags[i].name;
    (void)snprintf(name, sizeof name, "%.*s", (int)(n < SHOWN_MAX ? n : SHOWN_MAX),
                   argument);
    near = str_nearest(name, names, ROWS + cli->nflags);
    if (near)
        return err_set(err, "unknown option '%s'; did you mean '%s'; see --help", name,
                       near);
    return err_set(err, "unknown option '%s'; see --help", name);
}

/* The row of "--name", "--name=value" or "-c"; `*value` is what follows the equals
 * sign, else NULL. */
static const struct option_row *find_row(const char *argument, size_t n,
                                         const char **value)
{
    *value = argument[n] ? argument + n + 1 : NULL;
    for (size_t i = 0; i < ROWS; i++) {
        bool is_letter =
            rows[i].letter && argument[1] == rows[i].letter && !argument[2];

        if (is_letter ||
            (strlen(rows[i].name) == n && strncmp(argument, rows[i].name, n) == 0))
            return &rows[i];
    }
    return NULL;
}

/* Keeps the value of flags[index]: behind the equals sign, else the next word. */
static bool take_value(const struct cli_flag *flag, size_t index, char **argv, int *i,
                       struct options *opt, struct err *err)
{
    const char *equals = strchr(argv[*i], '=');
    const char *value = equals ? equals + 1 : argv[++*i]; // NULL behind the last one

    if (!value)
        return err_set(err, "%s needs a value, %s; see --help", flag->name,
                       flag->value);
    if (opt->nvalues == CLI_VALUES_MAX)
        return err_set(err, "more than %d options with values", CLI_VALUES_MAX);
    opt->values[opt->nvalues++] = (struct cli_value){index, value};
    return true;
}

/* An option of some verbs: which verb it is, only the end of the line shows. */
static bool take_flag(const struct cli *cli, char **argv, int *i, size_t n,
                      struct options *opt, struct err *err)
{
    const char *argument = argv[*i];

    for (size_t f = 0; f < cli->nflags; f++) {
        const struct cli_flag *flag = &cli->flags[f];

        if (strlen(flag->name) != n || strncmp(argument, flag->name, n) != 0)
            continue;
        if (!flag->value && argument[n])
            return err_set(err, "%s takes no value; see --help", flag->name);
        opt->flags |= UINT32_C(1) << f;
        return !flag->value || take_value(flag, f, argv, i, opt, err);
    }
    return unknown_option(cli, argument, n, err);
}

/* Takes the option at argv[*i] and its value. `*done`: it was --help or --version. */
static bool take_option(const struct cli *cli, char **argv, int *i, struct options *opt,
                        bool *done, struct err *err)
{
    size_t n = argv[*i][1] == '-' ? strcspn(argv[*i], "=") : strlen(argv[*i]);
    const char *value;
    const struct option_row *row = find_row(argv[*i], n, &value);
    struct option_row typed;

    if (!row)
        return take_flag(cli, argv, i, n, opt, err);
    typed = *row;
    if (argv[*i][1] != '-')
        typed.name = argv[*i]; // messages show the letter where it was one
    if (!row->value && value)
        return err_set(err, "%s takes no value; see --help", row->name);
    if (row->value && !value)
        value = argv[++*i]; // NULL behind the last one
    if (row->value && !value)
        return err_set(err, "%s needs a value, %s; see --help", typed.name, row->value);
    if (row->id == OPTION_HELP || row->id == OPTION_VERSION) {
        *done = true;
        return print_about(cli, row->id, err);
    }
    return set_option(cli, &typed, value, opt, err);
}

static const struct cli_verb *find_verb(const struct cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->nverbs; i++)
        if (strcmp(name, cli->verbs[i].name) == 0)
            return &cli->verbs[i];
    return NULL;
}

static bool unknown_verb(const struct cli *cli, const char *name, struct err *err)
{
    const char *names[NAMES_MAX];
    const char *near;
    size_t n = cli->nverbs < NAMES_MAX ? cli->nverbs : NAMES_MAX;

    for (size_t i = 0; i < n; i++)
        names[i] = cli->verbs[i].name;
    near = str_nearest(name, names, n);
    if (near)
        return err_set(err, "unknown verb '%.*s'; did you mean '%s'; see --help",
                       SHOWN_MAX, name, near);
    return err_set(err, "unknown verb '%.*s'; see --help", SHOWN_MAX, name);
}

/* Whether `word` is one of the words of `list`, which spaces part. */
static bool has_word(const char *list, const char *word)
{
    struct str rest = str_of(list), words[NAMES_MAX];
    size_t n = str_split(rest, ' ', words, NAMES_MAX);

    for (size_t i = 0; i < n; i++)
        if (str_equal(words[i], str_of(word)))
            return true;
    return false;
}

static bool check_args(const struct cli *cli, const struct options *opt,
                       struct err *err)
{
    const struct cli_verb *verb = opt->verb;
    // a program that does one thing has no word for it
    const char *quote = cli->nverbs > 1 ? "'" : "";
    const char *name = cli->nverbs > 1 ? verb->name : "it";

    for (size_t i = 0; i < cli->nflags; i++)
        if ((opt->flags >> i & 1) != 0 && !has_word(cli->flags[i].verb, verb->name))
            return err_set(err, "'%s' does not take '%s'; see --help", verb->name,
                           cli->flags[i].name);
    if (!verb->reports && !cli->formats && opt->format != FORMAT_TEXT &&
        opt->format != FORMAT_JSON)
        return err_set(err, "'%s' prints text or json, not %s; see --help", verb->name,
                       report_formats[opt->format]);
    if (opt->nargs < verb->min_args)
        return err_set(err, "%s%s%s needs %s; see --help", quote, name, quote,
                       verb->args);
    if (opt->nargs > verb->max_args)
        return err_set(err, "%s%s%s does not take '%.*s'; see --help", quote, name,
                       quote, SHOWN_MAX, opt->args[verb->max_args]);
    return true;
}

const char *cli_value(const struct options *opt, size_t flag)
{
    for (size_t i = opt->nvalues; i > 0; i--)
        if (opt->values[i - 1].flag == flag)
            return opt->values[i - 1].text;
    return NULL;
}

const char *cli_fail_on_word(enum fail_on fail_on)
{
    return fail_ons[fail_on];
}

const char *cli_sandbox_word(enum sandbox_mode mode)
{
    return sandboxes[mode];
}

/* Fills `opt` as it goes: what a refused line asked for is known as far as it was
 * read. */
static bool parse(const struct cli *cli, int argc, char **argv, struct options *opt,
                  bool *done, struct err *err)
{
    bool options_end = false;
    int n = 1; // words that are not options move to argv[1 .. n), in their order

    for (int i = 1; i < argc; i++) {
        if (options_end || argv[i][0] != '-' || !argv[i][1]) {
            if (n == 1 && cli->nverbs > 1)
                opt->verb = find_verb(cli, argv[i]);
            argv[n++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            options_end = true;
        } else if (!take_option(cli, argv, &i, opt, done, err)) {
            return false;
        } else if (*done) {
            return true;
        }
    }
    if (!opt->verb)
        return unknown_verb(cli, argv[1], err);
    if (n > 1) { // C allows no conversion to const in depth
        int words = cli->nverbs > 1 ? 2 : 1;

        opt->args = (const char *const *)(argv + words);
        opt->nargs = (size_t)(n - words);
    }
    if (!check_args(cli, opt, err))
        return false;
    if (opt->timeout_s == 0)
        opt->timeout_s =
            opt->verb->timeout_s > 0 ? opt->verb->timeout_s : cli->timeout_s;
    return true;
}

bool cli_parse(const struct cli *cli, int argc, char **argv, struct options *opt,
               bool *done, struct err *err)
{
    assert(cli->verbs);
    *opt = (struct options){
        .tool = cli->tool,
        .verb = &cli->verbs[0],
        .config_path = CONFIG_PATH,
        .format = FORMAT_TEXT,
        .fail_on = FAIL_ON_WARN,
        .sandbox = SANDBOX_BEST_EFFORT,
    };
    *done = false;
    return parse(cli, argc, argv, opt, done, err);
}

/* ---- the process ---- */

/* A descriptor that was closed is opened the wrong way round: nothing we open later
 * gets its number, and a report to a closed stdout still fails. */
static void open_standard(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            file_openat(AT_FDCWD, "/dev/null", fd == 0 ? O_WRONLY : O_RDONLY, 0) < 0)
            return; // no /dev/null: as good as it gets
}

static void ignore(int number)
{
    struct sigaction action = {0};

    action.sa_handler = SIG_IGN;
    (void)sigaction(number, &action, NULL);
}

void process_begin(void)
{
    struct rlimit none = {0, 0};

    (void)setlocale(LC_ALL, "C");
    (void)umask(022);
    (void)setrlimit(RLIMIT_CORE, &none);
    ignore(SIGPIPE);
    ignore(SIGXFSZ);
    open_standard();
    json_set_alloc_funcs(memory_new, free);
}

/* What the handler writes: a handler can be given no argument, and may format nothing.
 * Set before the alarm. */
static char gave_up[128];
static size_t gave_up_bytes;

/* State is whole: its file takes its name by rename, when it is complete. */
static void give_up(int number)
{
    ssize_t written = write(STDERR_FILENO, gave_up, gave_up_bytes);

    (void)number;
    (void)written; // there is nobody left to tell
    _exit(VERDICT_UNKNOWN);
}

static void arm_timeout(const struct options *opt)
{
    struct sigaction action = {0};
    sigset_t alarms;
    int n = snprintf(gave_up, sizeof gave_up,
                     "rounds-%s: gave up after %d s; raise --timeout\n", opt->tool,
                     opt->timeout_s);

    gave_up_bytes = n < (int)sizeof gave_up ? (size_t)n : sizeof gave_up - 1;
    action.sa_handler = give_up;
    (void)sigaction(SIGALRM, &action, NULL);
    (void)sigemptyset(&alarms);
    (void)sigaddset(&alarms, SIGALRM);
    (void)sigprocmask(SIG_UNBLOCK, &alarms, NULL); // a parent may have blocked it
    (void)alarm((unsigned)opt->timeout_s);
}

/* What may be said of `text`, which may quote what came from outside. */
static const char *without_secrets(const char *text)
{
    return secret_leaks(str_of(text))
               ? "something is wrong, and what there is to say holds a secret"
               : text;
}

/* One line on stderr. */
static void say(const char *tool, const char *words)
{
    const char *text = without_secrets(words);
    struct arena arena;
    size_t n = strlen(text);

    arena_init(&arena, 64 * KIB);
    (void)fprintf(stderr, "rounds-%s: %s\n", tool, text_safe(&arena, text, n, n));
    arena_release(&arena);
}

/* The one place that prints an error. */
static int fail(const struct cli *cli, const struct err *err)
{
    say(cli->tool, err->text);
    return VERDICT_UNKNOWN;
}

/* Whoever reads stdout alone, as Nagios does, must see that there is no verdict. That
 * stdout fails too is not said: stderr has the first cause. */
static void print_unknown(const struct cli *cli, const struct options *opt,
                          const struct err *err)
{
    struct report report = report_unknown(cli->tool, err);
    struct arena arena;
    struct buf out;
    struct err second;

    arena_init(&arena, 4 * MIB);
    buf_init(&out, &arena, MIB);
    report.summary = without_secrets(
        text_safe(&arena, err->text, strlen(err->text), sizeof err->text));
    if (report_render(&report, opt->format, &out, &second))
        (void)!report_print(&out, &second);
    arena_release(&arena);
}

int cli_main(const struct cli *cli, int argc, char **argv)
{
    struct options opt;
    struct err err = {0};
    bool done;
    int status;

    if (!cli_parse(cli, argc, argv, &opt, &done, &err)) {
        if (opt.verb && opt.verb->reports)
            print_unknown(cli, &opt, &err);
        return fail(cli, &err);
    }
    if (done)
        return VERDICT_OK;
    arm_timeout(&opt);
    status = opt.verb->run(&opt, &err);
    if (status == VERDICT_UNKNOWN && err.text[0]) {
        if (opt.verb->reports && !err.after_report)
            print_unknown(cli, &opt, &err);
        status = fail(cli, &err);
    }
    secrets_wipe(); // until here every text was held against them
    return status;
}

int32_t cli_last_day(const struct options *opt, const struct config *config, int lag_h)
{
    if (opt->has_as_of)
        return opt->as_of;
    if (config->has_as_of)
        return config->as_of;
    return clock_last_complete_day(clock_now_ms(), lag_h);
}

bool cli_allows_day(const struct options *opt, int32_t as_of, int32_t through,
                    struct err *err)
{
    return as_of >= through || opt->replay ||
           err_set(err,
                   "cannot judge %s: state is through %s and never goes back; restore "
                   "it from git, or look without writing by --replay",
                   day_text(as_of).text, day_text(through).text);
}

void cli_say(const struct options *opt, const char *format, ...)
{
    char text[1024];
    va_list args;

    if (opt->quiet)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say(opt->tool, text);
}
