/* Command lines: every option, every fault by its words, what is printed where, exit
 * statuses, and the process that a tool starts as. Words and statuses are those of the
 * design's section on the command line. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/cli.h"
#include "shared/clock.h"
#include "shared/secret.h"
#include "tests/lib/skip.h"

#include "shared/banned.h"

enum { ARGS_MAX = 16, TEXT_MAX = 8192 };

static int run(const struct options *opt, struct err *err)
{
    (void)err;
    cli_say(opt, "looked at %d files", 3);
    printf("report\n");
    return VERDICT_WARN;
}

static int show(const struct options *opt, struct err *err)
{
    (void)opt;
    (void)err_set(err, "cannot read '%s'", "state/a\x1b[31m\n.json");
    return VERDICT_UNKNOWN;
}

static int explain(const struct options *opt, struct err *err)
{
    (void)opt;
    (void)err_set(err, "of no interest: the status is not unknown");
    return VERDICT_CRIT;
}

static int hang(const struct options *opt, struct err *err)
{
    (void)opt;
    (void)err;
    while (pause() < 0) // always
        continue;
    return VERDICT_OK;
}

static const struct cli_verb verbs[] = {
    {"run", run, "", "judge and write state", 0, 0, true, 0},
    {"show", show, "", "the report again", 0, 0, true, 900},
    {"explain", explain, "FINDING-ID", "a finding's numbers", 1, 1, false, 0},
    {"backtest", hang, "FILE.tsv", "judge a history", 1, 2, false, 0},
};
static const struct cli_flag flags[] = {
    {"--brief", "show", "the first line alone", NULL},
    {"--alerts-only", "backtest", "leave out the days of cells", NULL},
    {"--digits", "show backtest", "significant digits", "N"},
};
static const struct cli cli = {.tool = "watchdog",
                               .purpose = "which pain of users rose",
                               .verbs = verbs,
                               .nverbs = 4,
                               .timeout_s = 300,
                               .flags = flags,
                               .nflags = 3};

/* A command line. */
struct line {
    int argc;
    const char *argv[ARGS_MAX];
};

static struct line words(const char *const *from)
{
    struct line line = {1, {"rounds-watchdog"}};

    while (*from)
        line.argv[line.argc++] = *from++;
    return line;
}

#define LINE(...) words((const char *const[]){__VA_ARGS__, NULL})

static bool parse(struct line line, struct options *opt, struct err *err)
{
    static struct line kept; // options point into it; parsing moves its words
    bool done, ok;

    kept = line;
    ok = cli_parse(&cli, kept.argc, (char **)kept.argv, opt, &done, err); // main's type
    if (ok)
        assert_false(done);
    return ok;
}

static struct options parsed(struct line line)
{
    struct options opt;
    struct err err;

    if (!parse(line, &opt, &err))
        fail_msg("%s", err.text);
    return opt;
}

static const char *refusal(struct line line)
{
    static struct err err;
    struct options opt = {0};

    if (parse(line, &opt, &err))
        fail_msg("accepted");
    return err.text;
}

/* What a tool started with this command line says and how it ends. */
struct ended {
    int status;
    char out[TEXT_MAX], said[TEXT_MAX];
};

static void read_all(int fd, char *to)
{
    size_t n = 0;
    ssize_t got;

    while (n < TEXT_MAX - 1 && (got = read(fd, to + n, TEXT_MAX - 1 - n)) > 0)
        n += (size_t)got;
    to[n] = '\0';
    (void)close(fd);
}

static struct ended start_on(struct line line, const char *out_path)
{
    static struct ended ended;
    int out[2], said[2], status;
    pid_t child;

    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(said), 0);
    (void)fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)dup2(said[1], STDERR_FILENO);
        for (int fd = 3; fd < 64; fd++)
            (void)close(fd);
        if (out_path)
            (void)dup2(open(out_path, O_WRONLY), STDOUT_FILENO);
        process_begin();
        status = cli_main(&cli, line.argc, (char **)line.argv);
        (void)fflush(stdout);
        _exit(status);
    }
    (void)close(out[1]);
    (void)close(said[1]);
    read_all(out[0], ended.out);
    read_all(said[0], ended.said);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    ended.status = WEXITSTATUS(status);
    return ended;
}

static struct ended start(struct line line)
{
    return start_on(line, NULL);
}

static void without_options_the_defaults_hold(void **state)
{
    struct options opt = parsed(words((const char *const[]){NULL}));

    (void)state;
    assert_string_equal(opt.tool, "watchdog");
    assert_string_equal(opt.verb->name, "run");
    assert_string_equal(opt.config_path, "rounds.json");
    assert_false(opt.has_config);
    assert_null(opt.state_path);
    assert_false(opt.has_as_of);
    assert_int_equal(opt.format, FORMAT_TEXT);
    assert_int_equal(opt.fail_on, FAIL_ON_WARN);
    assert_int_equal(opt.sandbox, SANDBOX_BEST_EFFORT);
    assert_int_equal(opt.timeout_s, 300);
    assert_false(opt.dry_run || opt.replay || opt.quiet || opt.verbose);
    assert_int_equal(opt.nargs, 0);
}

static void a_verb_may_have_a_time_limit_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(parsed(LINE("show")).timeout_s, 900);
    assert_int_equal(parsed(LINE("show", "--timeout", "300")).timeout_s, 300);
    assert_int_equal(parsed(LINE("explain", "x")).timeout_s, 300);
}

static void every_option_is_understood(void **state)
{
    struct options opt = parsed(
        LINE("-c", "a.json", "-s", "st", "--as-of", "2026-03-02", "--format", "json",
             "-n", "--fail-on=new", "--sandbox=require", "--timeout=20", "-q", "-v"));

    (void)state;
    assert_string_equal(opt.config_path, "a.json");
    assert_true(opt.has_config);
    assert_string_equal(opt.state_path, "st");
    assert_true(opt.has_as_of);
    assert_string_equal(day_text(opt.as_of).text, "2026-03-02");
    assert_int_equal(opt.format, FORMAT_JSON);
    assert_int_equal(opt.fail_on, FAIL_ON_NEW);
    assert_int_equal(opt.sandbox, SANDBOX_REQUIRE);
    assert_int_equal(opt.timeout_s, 20);
    assert_true(opt.dry_run && opt.quiet && opt.verbose);
    assert_false(opt.replay);
    opt = parsed(
        LINE("--config=b.json", "--state=x", "--dry-run", "--quiet", "--verbose"));
    assert_string_equal(opt.config_path, "b.json");
    assert_string_equal(opt.state_path, "x");
    assert_true(opt.dry_run && opt.quiet && opt.verbose);
}

static void each_word_has_its_meaning(void **state)
{
    (void)state;
    assert_int_equal(parsed(LINE("--fail-on", "crit")).fail_on, FAIL_ON_CRIT);
    assert_int_equal(parsed(LINE("--fail-on", "warn")).fail_on, FAIL_ON_WARN);
    assert_int_equal(parsed(LINE("--fail-on", "never")).fail_on, FAIL_ON_NEVER);
    assert_int_equal(parsed(LINE("--sandbox", "off")).sandbox, SANDBOX_OFF);
    assert_int_equal(parsed(LINE("--sandbox", "best-effort")).sandbox,
                     SANDBOX_BEST_EFFORT);
    assert_int_equal(parsed(LINE("--format", "text")).format, FORMAT_TEXT);
}

static void replay_implies_a_dry_run(void **state)
{
    struct options opt = parsed(LINE("--replay"));

    (void)state;
    assert_true(opt.replay);
    assert_true(opt.dry_run);
}

static void options_may_follow_the_verb_and_its_arguments(void **state)
{
    struct options opt =
        parsed(LINE("-q", "explain", "-v", "an/id", "--format", "json"));

    (void)state;
    assert_string_equal(opt.verb->name, "explain");
    assert_int_equal(opt.nargs, 1);
    assert_string_equal(opt.args[0], "an/id");
    assert_true(opt.quiet && opt.verbose);
    assert_int_equal(opt.format, FORMAT_JSON);
}

static void two_dashes_end_the_options(void **state)
{
    struct options opt = parsed(LINE("backtest", "-n", "--", "-q", "--help"));

    (void)state;
    assert_int_equal(opt.nargs, 2);
    assert_string_equal(opt.args[0], "-q");
    assert_string_equal(opt.args[1], "--help");
    assert_true(opt.dry_run);
    assert_false(opt.quiet);
}

static void one_dash_is_an_argument(void **state)
{
    (void)state;
    assert_string_equal(parsed(LINE("backtest", "-")).args[0], "-");
}

static void an_unknown_option_is_named_with_the_nearest(void **state)
{
    (void)state;
    assert_string_equal(
        refusal(LINE("--formt", "json")),
        "unknown option '--formt'; did you mean '--format'; see --help");
    assert_string_equal(
        refusal(LINE("--formt=json")),
        "unknown option '--formt'; did you mean '--format'; see --help");
    assert_string_equal(refusal(LINE("--xyzzy")),
                        "unknown option '--xyzzy'; see --help");
    assert_string_equal(refusal(LINE("-x")), "unknown option '-x'; see --help");
    assert_string_equal(refusal(LINE("-nq")), "unknown option '-nq'; see --help");
    assert_string_equal(refusal(LINE("--form", "json")),
                        "unknown option '--form'; did you mean '--format'; see --help");
}

static void a_missing_or_superfluous_value_is_said(void **state)
{
    (void)state;
    assert_string_equal(refusal(LINE("--config")),
                        "--config needs a value, FILE; see --help");
    assert_string_equal(refusal(LINE("run", "--as-of")),
                        "--as-of needs a value, DAY; see --help");
    assert_string_equal(refusal(LINE("--quiet=yes")),
                        "--quiet takes no value; see --help");
    assert_string_equal(refusal(LINE("--config=")), "--config is empty; name a path");
}

static void a_message_shows_the_letter_where_it_was_one(void **state)
{
    (void)state;
    assert_string_equal(refusal(LINE("-c")), "-c needs a value, FILE; see --help");
    assert_string_equal(refusal(LINE("-s", "")), "-s is empty; name a path");
}

static void a_wrong_value_is_named_with_what_is_right(void **state)
{
    (void)state;
    assert_string_equal(refusal(LINE("--as-of", "2026-02-30")),
                        "--as-of is '2026-02-30', no date; write YYYY-MM-DD");
    assert_string_equal(refusal(LINE("--timeout", "0")),
                        "--timeout is '0', allowed 1 to 86400 seconds");
    assert_string_equal(refusal(LINE("--timeout", "86401")),
                        "--timeout is '86401', allowed 1 to 86400 seconds");
    assert_string_equal(refusal(LINE("--timeout", "5m")),
                        "--timeout is '5m', allowed 1 to 86400 seconds");
    assert_string_equal(refusal(LINE("--fail-on", "war")),
                        "--fail-on does not know 'war'; did you mean 'warn'");
    assert_string_equal(
        refusal(LINE("--sandbox", "on")),
        "--sandbox does not know 'on'; one of: require, best-effort, off");
}

static void a_format_that_is_none_is_refused_with_the_known_ones(void **state)
{
    (void)state;
    assert_string_equal(
        refusal(LINE("--format", "yaml")),
        "--format does not know 'yaml'; one of: text, json, markdown, github, sarif, junit, prom");
}

static void a_program_may_have_formats_of_its_own(void **state)
{
    static const char *const words_of_it[] = {"text", "html"};
    struct cli own = cli;
    struct options opt;
    struct err err;
    bool done;
    const char *html[] = {"rounds-watchdog", "explain", "x", "--format", "html", NULL};
    const char *json[] = {"rounds-watchdog", "--format", "json", NULL};

    (void)state;
    own.formats = words_of_it;
    own.nformats = 2;
    assert_true(cli_parse(&own, 5, (char **)html, &opt, &done, &err)); // main's type
    assert_int_equal(opt.format, 1);
    assert_false(cli_parse(&own, 3, (char **)json, &opt, &done, &err));
    assert_string_equal(err.text, "--format does not know 'json'; one of: text, html");
}

static void a_program_of_one_verb_has_no_word_for_it(void **state)
{
    static const struct cli_verb one[] = {
        {"diff", run, "DIR_A DIR_B", "", 2, 2, false, 0}};
    struct cli own = cli;
    struct options opt;
    struct err err;
    bool done;
    const char *few[] = {"rounds-watchdog", "a", NULL};
    const char *many[] = {"rounds-watchdog", "a", "b", "c", NULL};

    (void)state;
    own.verbs = one;
    own.nverbs = 1;
    own.nflags = 0;
    assert_false(cli_parse(&own, 2, (char **)few, &opt, &done, &err)); // main's type
    assert_string_equal(err.text, "it needs DIR_A DIR_B; see --help");
    assert_false(cli_parse(&own, 4, (char **)many, &opt, &done, &err));
    assert_string_equal(err.text, "it does not take 'c'; see --help");
    assert_true(cli_parse(&own, 3, (char **)many, &opt, &done, &err));
    assert_string_equal(opt.args[1], "b");
}

static void a_verb_and_its_arguments_are_checked(void **state)
{
    (void)state;
    assert_string_equal(refusal(LINE("shw")),
                        "unknown verb 'shw'; did you mean 'show'; see --help");
    assert_string_equal(refusal(LINE("launder")), "unknown verb 'launder'; see --help");
    assert_string_equal(refusal(LINE("explain")),
                        "'explain' needs FINDING-ID; see --help");
    assert_string_equal(refusal(LINE("explain", "a", "b")),
                        "'explain' does not take 'b'; see --help");
    assert_string_equal(refusal(LINE("run", "fast")),
                        "'run' does not take 'fast'; see --help");
}

static void an_option_of_one_verb_is_a_bit_wherever_it_stands(void **state)
{
    (void)state;
    assert_int_equal(parsed(LINE("show")).flags, 0);
    assert_int_equal(parsed(LINE("show", "--brief")).flags, 1);
    assert_int_equal(parsed(LINE("--alerts-only", "backtest", "x")).flags, 2);
}

static void an_option_of_another_verb_is_refused(void **state)
{
    (void)state;
    assert_string_equal(refusal(LINE("--alerts-only")),
                        "'run' does not take '--alerts-only'; see --help");
    assert_string_equal(refusal(LINE("backtest", "x", "--brief")),
                        "'backtest' does not take '--brief'; see --help");
    assert_string_equal(refusal(LINE("show", "--brief=yes")),
                        "--brief takes no value; see --help");
    assert_string_equal(
        refusal(LINE("backtest", "x", "--alert-only")),
        "unknown option '--alert-only'; did you mean '--alerts-only'; see --help");
}

static void an_option_of_some_verbs_may_take_a_value(void **state)
{
    struct options opt = parsed(LINE("show", "--digits", "3", "--digits=5"));

    (void)state;
    assert_int_equal(opt.flags, 4);
    assert_int_equal(opt.nvalues, 2);
    assert_string_equal(opt.values[0].text, "3");
    assert_string_equal(cli_value(&opt, 2), "5");
    assert_null(cli_value(&opt, 0));
    assert_string_equal(cli_value(&(struct options){0}, 2) ? "some" : "none", "none");
    assert_string_equal(refusal(LINE("show", "--digits")),
                        "--digits needs a value, N; see --help");
    assert_string_equal(refusal(LINE("--digits", "3")),
                        "'run' does not take '--digits'; see --help");
}

static void a_huge_argument_is_a_usage_error(void **state)
{
    static char huge[100 * 1024];

    (void)state;
    memset(huge, 'x', sizeof huge - 1);
    assert_non_null(strstr(refusal(LINE(huge)), "'; see --help"));
    huge[0] = huge[1] = '-';
    assert_non_null(strstr(refusal(LINE(huge)), "'; see --help"));
    assert_non_null(strstr(refusal(LINE("--format", huge)), "'; one of: text, json"));
}

static void help_names_every_verb_and_option_on_stdout(void **state)
{
    static const char *const names[] = {
        "-c, --config FILE",
        "-s, --state DIR",
        "--as-of DAY",
        "--format F",
        "-n, --dry-run",
        "--replay",
        "--fail-on L",
        "--sandbox M",
        "--timeout S",
        "-q, --quiet",
        "-v, --verbose",
        "--version",
        "-h, --help",
        "(300; show 900)",
        "--alerts-only    backtest: leave out the days of cells",
        "usage: rounds-watchdog [run] [options]",
        "rounds-watchdog explain FINDING-ID [options]",
        "which pain of users rose",
        "judge a history",
        "3 unknown",
    };
    struct ended ended = start(LINE("--help"));

    (void)state;
    assert_int_equal(ended.status, 0);
    assert_string_equal(ended.said, "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strstr(ended.out, names[i]))
            fail_msg("--help does not say %s", names[i]);
    assert_int_equal(start(LINE("-h")).status, 0);
}

static void help_fits_a_terminal_of_80_columns(void **state)
{
    struct ended ended = start(LINE("-h"));
    size_t n = 0;

    (void)state;
    for (const char *at = ended.out; *at; at++) {
        n = *at == '\n' ? 0 : n + 1;
        assert_true(n <= 80);
    }
}

static void version_goes_to_stdout(void **state)
{
    struct ended ended = start(LINE("show", "--version"));

    (void)state;
    assert_int_equal(ended.status, 0);
    assert_string_equal(ended.out, "rounds-watchdog " ROUNDS_VERSION "\n");
}

static void a_full_stdout_is_exit_3(void **state)
{
    struct ended ended;

    (void)state;
    SKIP_UNLESS(access("/dev/full", W_OK) == 0);
    ended = start_on(LINE("--help"), "/dev/full");
    assert_int_equal(ended.status, 3);
    assert_string_equal(
        ended.said,
        "rounds-watchdog: cannot write to stdout: No space left on device\n");
}

static void bad_usage_is_exit_3_and_said_on_stderr(void **state)
{
    struct ended ended = start(LINE("explain", "--formt"));

    (void)state;
    assert_int_equal(ended.status, 3);
    assert_string_equal(ended.out, "");
    assert_string_equal(ended.said,
                        "rounds-watchdog: unknown option '--formt'; did you mean "
                        "'--format'; see --help\n");
    ended = start(LINE("rnu", "--formt"));
    assert_int_equal(ended.status, 3);
    assert_string_equal(ended.out, "");
}

static void a_run_refused_for_its_options_says_so_on_stdout_too(void **state)
{
    struct ended ended = start(LINE("--timeout", "0|1"));

    (void)state;
    assert_int_equal(ended.status, 3);
    assert_string_equal(ended.out, "WATCHDOG UNKNOWN - --timeout is '0\xC2\xA6"
                                   "1', allowed 1 to 86400 seconds\n");
    assert_string_equal(ended.said, "rounds-watchdog: --timeout is '0|1', allowed 1 to "
                                    "86400 seconds\n");
    ended = start(LINE("show", "--format", "json", "--formt"));
    assert_non_null(strstr(ended.out, "\"status\": \"unknown\""));
    assert_non_null(strstr(ended.out, "unknown option '--formt'"));
}

static void the_verb_decides_the_exit_status(void **state)
{
    struct ended ended = start(LINE("run"));

    (void)state;
    assert_int_equal(ended.status, 1);
    assert_string_equal(ended.out, "report\n");
    assert_string_equal(ended.said, "rounds-watchdog: looked at 3 files\n");
    ended = start(LINE("explain", "x"));
    assert_int_equal(ended.status, 2);
    assert_string_equal(ended.said, "");
}

static void quiet_silences_all_but_errors(void **state)
{
    (void)state;
    assert_string_equal(start(LINE("-q")).said, "");
    assert_non_null(strstr(start(LINE("show", "-q")).said, "cannot read"));
}

static void an_error_is_one_line_without_control_characters(void **state)
{
    struct ended ended = start(LINE("show"));

    (void)state;
    assert_int_equal(ended.status, 3);
    assert_string_equal(
        ended.said, "rounds-watchdog: cannot read 'state/a\\u{1B}[31m\\u{0A}.json'\n");
}

static void an_error_that_holds_a_secret_is_not_printed(void **state)
{
    struct secret *secret;
    struct err err;
    struct ended ended;

    (void)state;
    assert_true(secret_keep(&secret, STR("cannot read 'state"), NULL, &err));
    ended = start(LINE("show"));
    secrets_wipe();
    assert_int_equal(ended.status, 3);
    assert_string_equal(ended.said, "rounds-watchdog: something is wrong, and what "
                                    "there is to say holds a secret\n");
    assert_string_equal(ended.out, "WATCHDOG UNKNOWN - something is wrong, and what "
                                   "there is to say holds a secret\n");
}

static void a_run_without_a_verdict_says_so_on_stdout_too(void **state)
{
    struct ended ended = start(LINE("show"));

    (void)state;
    assert_string_equal(ended.out, "WATCHDOG UNKNOWN - cannot read "
                                   "'state/a\\u{1B}[31m\\u{0A}.json'\n");
    ended = start(LINE("show", "--format", "json"));
    assert_int_equal(ended.status, 3);
    assert_non_null(strstr(ended.out, "\"status\": \"unknown\""));
    assert_non_null(strstr(ended.out, "\"exit\": 3"));
}

static void a_run_that_takes_too_long_gives_up(void **state)
{
    struct ended ended;
    sigset_t alarms;

    (void)state;
    (void)sigemptyset(&alarms);
    (void)sigaddset(&alarms, SIGALRM);
    (void)sigprocmask(SIG_BLOCK, &alarms, NULL); // a supervisor may have left it so
    ended = start(LINE("backtest", "x", "--timeout", "1"));
    (void)sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    assert_int_equal(ended.status, 3);
    assert_string_equal(ended.said,
                        "rounds-watchdog: gave up after 1 s; raise --timeout\n");
}

/* 0 when the process is as process_begin promises, else the number of the broken
 * promise. */
static int begun(void)
{
    struct sigaction pipes, sizes;
    struct rlimit core;
    struct stat st;
    mode_t mask;

    for (int fd = 0; fd <= 2; fd++)
        (void)close(fd);
    (void)umask(077);
    process_begin();
    mask = umask(022);
    if (mask != 022)
        return 1;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
        return 2;
    if (sigaction(SIGPIPE, NULL, &pipes) != 0 || pipes.sa_handler != SIG_IGN)
        return 3;
    if (sigaction(SIGXFSZ, NULL, &sizes) != 0 || sizes.sa_handler != SIG_IGN)
        return 4;
    for (int fd = 0; fd <= 2; fd++)
        if (fstat(fd, &st) != 0 || !S_ISCHR(st.st_mode))
            return 5;
    if (write(STDOUT_FILENO, "x", 1) >=
        0) // a report that goes nowhere must not succeed
        return 6;
    if (open("/dev/null", O_RDONLY) != 3)
        return 7;
    return 0;
}

static void a_process_begins_in_a_known_state(void **state)
{
    pid_t child;
    int status;

    (void)state;
    (void)fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        for (int fd = 3; fd < 64; fd++)
            (void)close(fd);
        _exit(begun());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_the_defaults_hold),
        cmocka_unit_test(a_verb_may_have_a_time_limit_of_its_own),
        cmocka_unit_test(every_option_is_understood),
        cmocka_unit_test(each_word_has_its_meaning),
        cmocka_unit_test(replay_implies_a_dry_run),
        cmocka_unit_test(options_may_follow_the_verb_and_its_arguments),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(one_dash_is_an_argument),
        cmocka_unit_test(an_unknown_option_is_named_with_the_nearest),
        cmocka_unit_test(a_missing_or_superfluous_value_is_said),
        cmocka_unit_test(a_message_shows_the_letter_where_it_was_one),
        cmocka_unit_test(a_wrong_value_is_named_with_what_is_right),
        cmocka_unit_test(a_format_that_is_none_is_refused_with_the_known_ones),
        cmocka_unit_test(a_program_may_have_formats_of_its_own),
        cmocka_unit_test(a_program_of_one_verb_has_no_word_for_it),
        cmocka_unit_test(a_verb_and_its_arguments_are_checked),
        cmocka_unit_test(an_option_of_one_verb_is_a_bit_wherever_it_stands),
        cmocka_unit_test(an_option_of_another_verb_is_refused),
        cmocka_unit_test(an_option_of_some_verbs_may_take_a_value),
        cmocka_unit_test(a_huge_argument_is_a_usage_error),
        cmocka_unit_test(help_names_every_verb_and_option_on_stdout),
        cmocka_unit_test(help_fits_a_terminal_of_80_columns),
        cmocka_unit_test(version_goes_to_stdout),
        cmocka_unit_test(a_full_stdout_is_exit_3),
        cmocka_unit_test(bad_usage_is_exit_3_and_said_on_stderr),
        cmocka_unit_test(a_run_refused_for_its_options_says_so_on_stdout_too),
        cmocka_unit_test(the_verb_decides_the_exit_status),
        cmocka_unit_test(quiet_silences_all_but_errors),
        cmocka_unit_test(an_error_is_one_line_without_control_characters),
        cmocka_unit_test(an_error_that_holds_a_secret_is_not_printed),
        cmocka_unit_test(a_run_without_a_verdict_says_so_on_stdout_too),
        cmocka_unit_test(a_run_that_takes_too_long_gives_up),
        cmocka_unit_test(a_process_begins_in_a_known_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
