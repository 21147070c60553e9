/*
 * rounds-notify: tells webhooks what changed, and a dead-man switch that a run began
 * and ended (run-all.md 12). For run-all.sh, whose exit status nothing here changes.
 *     rounds-notify send -c FILE --before DIR --state DIR
 *         The state before and after the run, each with its `.run.json` (run_end_of in
 *         shared/notify.h). Nothing of note: no request.
 *     rounds-notify ping -c FILE start|STATUS [FILE]
 *         Without `ping` in the configuration: nothing. FILE's first lines go with it.
 * The addresses are the secrets: https, or http to this machine; what fails is a line
 * on stderr with the host alone, and exit 3. Writes nothing; once the addresses are
 * known it reads the two states, or FILE, alone.
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
    enum webhook_type service;
    enum severity min;
    const char *link;
    struct secret *url;
    struct api_conf conf;
    struct api api;
    const char *type; /* of the body */
    bool has_body;    /* there is something to tell */
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
    size_t nhooks; /* whose addresses are known */
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

/* Once the addresses are known and before anything but the configuration is read: what
 * is read from then on, NULL for nothing. */
static bool confine(struct notifying *notifying, const char *const path[2],
                    struct err *err)
{
    const struct options *opt = notifying->opt;
    uint16_t ports[WEBHOOKS_MAX + 1] = {DNS_PORT};
    const char *read[3];
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .read = read,
                                .network = !opt->dry_run && notifying->nhooks > 0,
                                .ports = ports,
                                .nports = notifying->nhooks + 1};
    struct confinement confined;

    for (size_t i = 0; i < 2; i++)
        if (path[i])
            read[plan.nread++] = path[i];
    if (notifying->hook[0].conf.ca_file)
        read[plan.nread++] = notifying->hook[0].conf.ca_file;
    for (size_t i = 0; i < notifying->nhooks; i++)
        ports[i + 1] = notifying->hook[i].api.port;
    if (!sandbox_enter(&plan, &confined, err))
        return false;
    confined.write_as = "none";
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(&notifying->run, &confined));
    return true;
}

/* ---- asking ---- */

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
        if (notifying->hook[i].has_body)
            buf_printf(&out, "%.*s\n", (int)notifying->hook[i].body.n,
                       notifying->hook[i].body.at);
    return out.n == 0 || report_print(&out, err);
}

static bool ask_all(struct notifying *notifying, struct err *err)
{
    if (notifying->opt->dry_run)
        return print_bodies(notifying, err);
    for (size_t i = 0; i < notifying->nhooks; i++)
        if (notifying->hook[i].has_body && !ask(&notifying->hook[i], err))
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

static bool prepare_hook(struct notifying *notifying, const json_t *object,
                         struct webhook *hook, struct err *err)
{
    const char *word = json_text(object, "type", "");

    hook->who = str_format(&notifying->run, "cannot notify %s", word);
    if (!webhook_parse(word, &hook->service) ||
        !severity_parse(json_text(object, "min", "warn"), &hook->min))
        return err_set(err, "%s: it is no type", hook->who); // the schema's to say
    hook->link = json_text(object, "link", NULL);
    hook->type = "Content-Type: application/json";
    if (!load_url(notifying, object, hook, err))
        return false;
    hook->address = secret_value(hook->url);
    return open_hook(notifying, hook, err);
}

static void prepare_hooks(struct notifying *notifying)
{
    const json_t *hooks = json_object_get(notifying->section, "notify");

    for (size_t i = 0; i < json_array_size(hooks) && i < WEBHOOKS_MAX; i++) {
        struct webhook *hook = &notifying->hook[notifying->nhooks];
        struct err err = {0};

        *hook = (struct webhook){0};
        if (prepare_hook(notifying, json_array_get(hooks, i), hook, &err))
            notifying->nhooks++;
        else
            tell(notifying, &err);
    }
}

/* None where there is nothing to tell it. */
static bool write_body(struct notifying *notifying, struct webhook *hook,
                       struct err *err)
{
    struct arena *run = &notifying->run;
    struct notice notice;

    if (!notice_find(&notifying->changes, &notifying->before, &notifying->now,
                     hook->min, run, &notice))
        return true;
    notice.site = notifying->config.site;
    notice.link = hook->link;
    if (!notice_format(&notice, hook->service, run, &hook->body, err))
        return err_wrap(err, "%s", hook->who);
    if (secret_leaks(hook->body))
        return err_set(err, "%s: a secret would be in the message", hook->who);
    hook->has_body = true;
    return true;
}

static void write_bodies(struct notifying *notifying)
{
    for (size_t i = 0; i < notifying->nhooks; i++) {
        struct err err = {0};

        if (!write_body(notifying, &notifying->hook[i], &err))
            tell(notifying, &err);
    }
}

static bool tell_changes(struct notifying *notifying, struct err *err)
{
    const struct options *opt = notifying->opt;
    struct arena *run = &notifying->run;
    const char *const folder[2] = {cli_value(opt, FLAG_BEFORE),
                                   opt->state_path
                                       ? opt->state_path
                                       : file_join(run, notifying->config.folder,
                                                   "state")};
    struct states side[2] = {0};
    bool good;

    if (!folder[0])
        return err_set(err, "'send' needs --before; see --help");
    prepare_hooks(notifying);
    good = confine(notifying, folder, err) &&
           states_load(folder[0], folder[0], NULL, run, &side[0], err) &&
           states_load(folder[1], folder[1], &side[0], run, &side[1], err);
    if (good) {
        notifying->before = load_end(folder[0], run);
        notifying->now = load_end(folder[1], run);
        changes_find(&side[0], &side[1], &notifying->config, run, &notifying->changes);
        write_bodies(notifying);
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

static bool prepare_ping(struct notifying *notifying, const json_t *object,
                         struct webhook *hook, struct err *err)
{
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
    hook->address = secret_text(hook->url, "", SECRET_AS_IS,
                                str_format(&notifying->run, "%s%s", slash,
                                           notifying->opt->args[0]));
    hook->type = "Content-Type: text/plain; charset=utf-8";
    return open_hook(notifying, hook, err);
}

/* The ping goes without a body rather than not at all. */
static void write_ping(struct notifying *notifying, const char *path,
                       struct webhook *hook)
{
    struct err err = {0};

    hook->body = STR("");
    hook->has_body = true;
    if (path && !read_body(path, &notifying->run, &hook->body, &err))
        tell(notifying, &err);
    if (secret_leaks(hook->body)) {
        hook->body = STR("");
        (void)err_set(&err, "%s with the report: a secret is in it", hook->who);
        tell(notifying, &err);
    }
}

static bool tell_ping(struct notifying *notifying, struct err *err)
{
    const struct options *opt = notifying->opt;
    const json_t *object = json_object_get(notifying->section, "ping");
    const char *const path[2] = {opt->nargs > 1 ? opt->args[1] : NULL};

    if (!is_end(opt->args[0]))
        return err_set(
            err, "'%.40s' is neither start nor an exit status; give start or 0 to 3",
            opt->args[0]);
    if (!object)
        return true;
    if (!prepare_ping(notifying, object, &notifying->hook[0], err))
        return false;
    notifying->nhooks = 1;
    if (!confine(notifying, path, err))
        return false;
    write_ping(notifying, path[0], &notifying->hook[0]);
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
