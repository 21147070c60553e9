/*
 * rounds-notify: tells webhooks what changed, and a dead-man switch that a run began
 * and ended (run-all.md 12). For run-all.sh, whose exit status nothing here changes.
 *     rounds-notify send -c FILE --before DIR --state DIR
 *         The state before and after the run, each with its `.run.json` (run_end_of in
 *         shared/notify.h). Nothing of note: no request.
 *     rounds-notify ping -c FILE start|STATUS [FILE]
 *         Without `ping` in the configuration: nothing. FILE's first lines go with it.
 * The addresses are the secrets: https, or http to this machine; what fails is a line
 * on stderr with the host alone, and exit 3. Writes nothing; reads nothing once it
 * asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/api.h"
#include "shared/changes.h"
#include "shared/cli.h"
#include "shared/config.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/notify.h"
#include "shared/own.h"
#include "shared/sandbox.h"
#include "shared/secret.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { FLAG_BEFORE };

enum {
    WEBHOOKS_MAX = 8, // the schema's
    DNS_PORT = 53,
    REQUEST_MS = 10000,
    TRIES = 3,
    BUDGET_S = 60, // what one webhook may hold up the run
    ANSWER_BYTES_MAX = 4096,
    PING_BYTES_MAX = 10000,
    RUN_SCHEMA = 1,
};

struct webhook {
    const char *who; /* "cannot notify slack" */
    struct secret *url;
    struct api_conf conf;
    struct api api;
    const char *type; /* of the body */
    struct str body;
    const char *address; /* with what the ping adds; in secret memory */
};

struct notifying {
    const struct options *opt;
    struct arena run;
    struct config config;
    const json_t *section; /* run_all; NULL: none */
    struct changes changes;
    struct run_end before, now;
    struct webhook hook[WEBHOOKS_MAX];
    size_t nhooks; /* that are asked */
    bool has_failed;
};

/* One line on stderr, also with -q: cron has nothing else to tell of it. */
static void tell(struct notifying *notifying, const struct err *err)
{
    struct options loud = *notifying->opt;

    loud.quiet = false;
    cli_say(&loud, "%s", err->text);
    notifying->has_failed = true;
}

/* ---- addresses ---- */

/* What is secret of an address is what follows its host. */
static bool keep_path(const char *url, const char *who, struct err *err)
{
    const char *slashes = strstr(url, "://");
    const char *path = slashes ? strpbrk(slashes + 3, "/?#") : NULL;
    struct secret *kept;

    return !path || !path[1] || secret_keep(&kept, str_of(path), who, err);
}

static bool load_url(struct notifying *notifying, const json_t *object,
                     struct webhook *hook, struct err *err)
{
    const char *file = json_text(object, "url_file", NULL);
    const char *env = json_text(object, "url_env", NULL);

    if (!file && !env)
        return err_set(err, "%s: name its address with 'url_env' or 'url_file'",
                       hook->who);
    if (file)
        file = file_join(&notifying->run, notifying->config.folder, file);
    return secret_load(&hook->url, file, env, hook->who, err) &&
           keep_path(secret_value(hook->url), hook->who, err);
}

static bool open_hook(struct notifying *notifying, struct webhook *hook,
                      struct err *err)
{
    const char *ca_file = getenv("SSL_CERT_FILE");

    hook->conf = (struct api_conf){
        .who = hook->who,
        .agent = "rounds-notify/" ROUNDS_VERSION,
        .url = hook->address,
        .ca_file = ca_file && *ca_file ? ca_file : NULL,
        .has_secret = true,
        .hides_url = true,
        .tries = TRIES,
        .timeout_ms = REQUEST_MS,
        .budget_s = BUDGET_S,
    };
    return api_open(&hook->api, &hook->conf, &notifying->run, err);
}

/* ---- asking ---- */

static bool confine(struct notifying *notifying, struct err *err)
{
    const char *ca_file = notifying->hook[0].conf.ca_file;
    uint16_t ports[WEBHOOKS_MAX + 1] = {DNS_PORT};
    const struct sandbox_plan plan = {.mode = notifying->opt->sandbox,
                                      .read = &ca_file,
                                      .nread = ca_file != NULL,
                                      .network = true,
                                      .ports = ports,
                                      .nports = notifying->nhooks + 1};
    struct confinement confined;

    for (size_t i = 0; i < notifying->nhooks; i++)
        ports[i + 1] = notifying->hook[i].api.port;
    if (!sandbox_enter(&plan, &confined, err))
        return false;
    confined.write_as = "none";
    if (notifying->opt->verbose)
        cli_say(notifying->opt, "confined: %s",
                confinement_text(&notifying->run, &confined));
    return true;
}

static bool ask(struct webhook *hook, struct err *err)
{
    const char *const headers[] = {hook->type, NULL};
    const struct api_request request = {.url = hook->address,
                                        .headers = headers,
                                        .post = hook->body.at,
                                        .is_write = true,
                                        .most_bytes = ANSWER_BYTES_MAX,
                                        .may_cut = true};
    struct api_reply reply;

    return api_ask(&hook->api, &request, &reply, err);
}

/* -n: to stdout instead. */
static bool print_bodies(struct notifying *notifying, struct err *err)
{
    struct buf out;

    buf_init(&out, &notifying->run, WEBHOOKS_MAX * REPORT_BYTES_MAX);
    for (size_t i = 0; i < notifying->nhooks; i++)
        buf_printf(&out, "%.*s\n", (int)notifying->hook[i].body.n,
                   notifying->hook[i].body.at);
    return report_print(&out, err);
}

static bool ask_all(struct notifying *notifying, struct err *err)
{
    if (notifying->nhooks == 0)
        return true;
    if (notifying->opt->dry_run)
        return print_bodies(notifying, err);
    if (!confine(notifying, err))
        return false;
    for (size_t i = 0; i < notifying->nhooks; i++)
        if (!ask(&notifying->hook[i], err))
            tell(notifying, err);
    return true;
}

/* ---- send ---- */

/* A file that cannot be read is no memory: what is unknown now is told then. */
static struct run_end load_end(const char *folder, struct arena *run)
{
    struct state_folder opened = STATE_FOLDER_CLOSED;
    OWN(json) root = NULL;
    struct err ignored;

    if (state_folder_open(&opened, folder, false, &ignored))
        (void)!state_json_load(&opened, ".run.json", "run-all", RUN_SCHEMA, run, &root,
                               &ignored);
    state_folder_release(&opened);
    return run_end_of(root);
}

/* Its body stays empty where there is nothing to tell it. */
static bool prepare_hook(struct notifying *notifying, const json_t *object,
                         struct webhook *hook, struct err *err)
{
    const char *word = json_text(object, "type", "");
    struct arena *run = &notifying->run;
    enum webhook_type type;
    enum severity min;
    struct notice notice;

    hook->who = str_format(run, "cannot notify %s", word);
    if (!webhook_parse(word, &type) ||
        !severity_parse(json_text(object, "min", "warn"), &min))
        return err_set(err, "%s: it is no type", hook->who); // the schema's to say
    if (!load_url(notifying, object, hook, err))
        return false;
    if (!notice_find(&notifying->changes, &notifying->before, &notifying->now, min, run,
                     &notice))
        return true;
    notice.site = notifying->config.site;
    notice.link = json_text(object, "link", NULL);
    hook->address = secret_value(hook->url);
    hook->type = "Content-Type: application/json";
    if (!notice_format(&notice, type, run, &hook->body, err))
        return err_wrap(err, "%s", hook->who);
    if (secret_leaks(hook->body))
        return err_set(err, "%s: a secret would be in the message", hook->who);
    return open_hook(notifying, hook, err);
}

static void prepare_hooks(struct notifying *notifying)
{
    const json_t *hooks = json_object_get(notifying->section, "notify");

    for (size_t i = 0; i < json_array_size(hooks) && i < WEBHOOKS_MAX; i++) {
        struct webhook *hook = &notifying->hook[notifying->nhooks];
        struct err err = {0};

        *hook = (struct webhook){0};
        if (!prepare_hook(notifying, json_array_get(hooks, i), hook, &err))
            tell(notifying, &err);
        else if (hook->body.n > 0)
            notifying->nhooks++;
    }
}

static bool tell_changes(struct notifying *notifying, struct err *err)
{
    const struct options *opt = notifying->opt;
    struct arena *run = &notifying->run;
    const char *before = cli_value(opt, FLAG_BEFORE);
    const char *now = opt->state_path
                          ? opt->state_path
                          : file_join(run, notifying->config.folder, "state");
    struct states side[2] = {0};
    bool good;

    if (!before)
        return err_set(err, "'send' needs --before; see --help");
    good = states_load(before, before, run, &side[0], err) &&
           states_load(now, now, run, &side[1], err);
    if (good) {
        notifying->before = load_end(before, run);
        notifying->now = load_end(now, run);
        changes_find(&side[0], &side[1], &notifying->config, run, &notifying->changes);
        prepare_hooks(notifying);
        good = ask_all(notifying, err);
    }
    states_release(&side[0]);
    states_release(&side[1]);
    return good;
}

/* ---- ping ---- */

/* The first lines of a report, up to PING_BYTES_MAX bytes of whole lines. */
static bool read_body(const char *path, struct arena *run, struct str *body,
                      struct err *err)
{
    char *bytes = arena_new(run, char, PING_BYTES_MAX + 1);
    size_t size, n = 0;
    ssize_t got = 1;
    int fd;

    if (!file_open(AT_FDCWD, path, false, &fd, &size, err))
        return false;
    if (fd < 0)
        return err_set(err, "cannot read '%s': there is no such file", path);
    while (n < PING_BYTES_MAX && got != 0) {
        got = read(fd, bytes + n, PING_BYTES_MAX - n);
        if (got < 0 && errno != EINTR)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd);
    if (got < 0)
        return err_set(err, "cannot read '%s'", path);
    if (n == PING_BYTES_MAX)
        while (n > 0 && bytes[n - 1] != '\n')
            n--;
    bytes[n] = '\0';
    *body = (struct str){bytes, n};
    return true;
}

static bool is_end(const char *word)
{
    int64_t status;

    return strcmp(word, "start") == 0 ||
           (str_to_int64(word, strlen(word), &status) && status >= 0 && status <= 255);
}

/* The ping goes without a body rather than not at all. */
static bool prepare_ping(struct notifying *notifying, const json_t *object,
                         struct webhook *hook, struct err *err)
{
    const struct options *opt = notifying->opt;
    const char *slash, *url;

    hook->who = "cannot ping";
    if (!load_url(notifying, object, hook, err))
        return false;
    url = secret_value(hook->url);
    if (strpbrk(url, "?#"))
        return err_set(err,
                       "%s: its address ends with a query, so that nothing can be "
                       "added to it",
                       hook->who);
    slash = str_ends(str_of(url), STR("/")) ? "" : "/";
    hook->address =
        secret_text(hook->url, "", SECRET_AS_IS,
                    str_format(&notifying->run, "%s%s", slash, opt->args[0]));
    hook->type = "Content-Type: text/plain; charset=utf-8";
    hook->body = STR("");
    if (opt->nargs > 1 && !read_body(opt->args[1], &notifying->run, &hook->body, err))
        tell(notifying, err);
    if (secret_leaks(hook->body)) {
        hook->body = STR("");
        (void)err_set(err, "%s with the report: a secret is in it", hook->who);
        tell(notifying, err);
    }
    return open_hook(notifying, hook, err);
}

static bool tell_ping(struct notifying *notifying, struct err *err)
{
    const json_t *object = json_object_get(notifying->section, "ping");

    if (!is_end(notifying->opt->args[0]))
        return err_set(err, "'%.40s' is neither start nor an exit status",
                       notifying->opt->args[0]);
    if (!object)
        return true;
    if (!prepare_ping(notifying, object, &notifying->hook[0], err))
        return false;
    notifying->nhooks = 1;
    return ask_all(notifying, err);
}

/* ---- the program ---- */

static int with_config(const struct options *opt,
                       bool (*act)(struct notifying *, struct err *), struct err *err)
{
    struct notifying notifying = {.opt = opt};
    bool good;

    arena_init(&notifying.run, ARENA_BYTES_MAX);
    good = config_load(opt->config_path, &notifying.run, &notifying.config, err);
    if (good) {
        notifying.section = config_section(&notifying.config, "run_all");
        good = act(&notifying, err);
    }
    for (size_t i = 0; i < notifying.nhooks; i++)
        api_close(&notifying.hook[i].api);
    config_release(&notifying.config);
    arena_release(&notifying.run);
    if (good)
        err->text[0] = '\0'; // each was told when it failed
    return good && !notifying.has_failed ? VERDICT_OK : VERDICT_UNKNOWN;
}

static int send_verb(const struct options *opt, struct err *err)
{
    return with_config(opt, tell_changes, err);
}

static int ping_verb(const struct options *opt, struct err *err)
{
    return with_config(opt, tell_ping, err);
}

static const struct cli_verb verbs[] = {
    {.name = "send",
     .run = send_verb,
     .help = "tell the webhooks of run_all.notify what changed"},
    {.name = "ping",
     .run = ping_verb,
     .args = "start|STATUS [FILE]",
     .help = "tell run_all.ping that a run began, or how it ended",
     .min_args = 1,
     .max_args = 2},
};

static const struct cli_flag flags[] = {
    [FLAG_BEFORE] = {"--before", "send", "the state folder as it was", "DIR"},
};

static const struct cli cli = {
    .tool = "notify",
    .purpose = "tell people and a dead-man switch about a run",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 600,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .examples = "  rounds-notify send --before state.old --state state\n"
                "  rounds-notify ping start\n",
};

int main(int argc, char **argv)
{
    process_begin();
    return cli_main(&cli, argc, argv);
}
