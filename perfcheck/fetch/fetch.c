/*
 * The verb `fetch`: asks, waits, asks again, keeps. One request at a time. Decides
 * nothing about a page; what an answer means is in answer.c.
 */
#include "perfcheck/fetch/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "perfcheck/crux.h"
#include "perfcheck/perfcheck.h"
#include "perfcheck/settings.h"
#include "shared/clock.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/sandbox.h"
#include "shared/secret.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    DNS_PORT = 53,
    ANSWER_MS = 120000, // a run of Lighthouse at Google's takes its time
    MIDDLE_BYTES = 65536,
    PSI_BYTES_MAX = 32 << 20, // of an answer, which is held; some MiB are usual
};

/* Where one of the two services is. */
struct service {
    const char *url;
    struct http_home home;
    uint16_t port;
    struct http_policy policy;
    struct http *http;
};

/* The last time that a page was asked for in a form; 0: never. */
struct asked {
    int64_t at_us[FORM_COUNT];
};

struct fetching {
    const struct options *opt;
    struct config config;
    struct settings settings;
    struct secret *secret; /* NULL: asked without */
    struct arena *arena;
    const char *into;
    int folder;
    bool wants_psi, wants_crux;
    struct service psi, crux;
    struct asked *asked; /* one for each URL */
    bool has_begun;      /* libcurl */
    size_t questions, failed;
};

/* ---- where the services are ---- */

static bool is_https(const char *url)
{
    return str_starts(str_of(url), STR("https://"));
}

/* The schema lets only host and port through between the slashes. */
static uint16_t port_of(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    const char *end = host + strcspn(host, "/");
    const char *colon = memchr(host, ':', (size_t)(end - host));
    const char *bracket = memchr(host, ']', (size_t)(end - host));
    int64_t port;

    if (bracket)
        colon = bracket[1] == ':' ? bracket + 1 : NULL;
    if (colon && str_to_int64(colon + 1, (size_t)(end - colon - 1), &port) &&
        port > 0 && port < 65536)
        return (uint16_t)port;
    return is_https(url) ? 443 : 80;
}

/* Resolves; a key never goes over an open line but to this very machine. */
static bool service_find(struct service *service, const char *url, const char *key,
                         struct fetching *fetching, struct err *err)
{
    service->url = url;
    service->port = port_of(url);
    if (!http_home_find(url, fetching->arena, &service->home, err))
        return false;
    if (!is_https(url) && !service->home.is_loopback)
        return config_err(&fetching->config,
                          str_format(fetching->arena, "/perfcheck/fetch/%s", key), err,
                          "plain http is for loopback alone; write https");
    service->policy = (struct http_policy){
        .agent = "rounds-perfcheck/" ROUNDS_VERSION,
        .https_only = is_https(url),
        .connect_ms = HTTP_CONNECT_MS,
        .total_ms = ANSWER_MS,
        .is_patient = true,
        .home = &service->home,
        .ports = &service->port,
        .nports = 1,
    };
    return true;
}

static bool service_open(struct service *service, struct arena *arena, struct err *err)
{
    if (!service->url)
        return true;
    service->http = http_new(&service->policy, arena, err);
    return service->http != NULL;
}

/* ---- before the first request ---- */

static bool has_flag(const struct options *opt, int flag)
{
    return (opt->flags >> flag & 1) != 0;
}

static bool read_wishes(struct fetching *fetching, struct err *err)
{
    const struct options *opt = fetching->opt;
    const struct settings *settings = &fetching->settings;
    bool is_said = has_flag(opt, FLAG_PSI) || has_flag(opt, FLAG_CRUX);

    fetching->wants_psi = !is_said || has_flag(opt, FLAG_PSI);
    fetching->wants_crux = is_said ? has_flag(opt, FLAG_CRUX) : settings->fetch.crux;
    if (settings->fetch.nurls == 0)
        return config_err(&fetching->config, "/perfcheck/fetch", err,
                          "there are no 'urls' to fetch");
    if (strpbrk(settings->fetch.into, "*?["))
        return config_err(&fetching->config, "/perfcheck/fetch", err,
                          "'%s' is a pattern, no folder; name one with 'into'",
                          settings->fetch.into);
    return true;
}

static bool read_key(struct fetching *fetching, struct err *err)
{
    const struct settings *settings = &fetching->settings;
    const char *file = settings->fetch.key_file
                           ? file_join(fetching->arena, fetching->config.folder,
                                       settings->fetch.key_file)
                           : NULL;

    if (!secret_load(&fetching->secret, file, settings->fetch.key_env,
                     "perfcheck.fetch", err))
        return false;
    if (fetching->secret && strlen(secret_value(fetching->secret)) < SECRET_SOUGHT_MIN)
        return err_set(err,
                       "perfcheck.fetch: the key is under %d bytes, so that it could "
                       "not be told from other text",
                       SECRET_SOUGHT_MIN);
    if (fetching->wants_crux && !fetching->secret)
        return config_err(&fetching->config, "/perfcheck/fetch", err,
                          "CrUX answers nobody without a key; name one with 'key_env' "
                          "or 'key_file'");
    return true;
}

static bool confine(struct fetching *fetching, struct err *err)
{
    const uint16_t ports[] = {DNS_PORT, fetching->psi.port, fetching->crux.port};
    const struct sandbox_plan plan = {.mode = fetching->opt->sandbox,
                                      .write = &fetching->into,
                                      .nwrite = 1,
                                      .network = true,
                                      .ports = ports,
                                      .nports = fetching->crux.url ? 3 : 2};
    struct confinement confined;

    if (!sandbox_enter(&plan, &confined, err))
        return false;
    confined.write_as = fetching->settings.fetch.into;
    if (fetching->opt->verbose)
        cli_say(fetching->opt, "confined: %s",
                confinement_text(fetching->arena, &confined));
    return true;
}

static bool prepare(struct fetching *fetching, struct err *err)
{
    const struct settings *settings = &fetching->settings;

    fetching->into =
        file_join(fetching->arena, fetching->config.folder, settings->fetch.into);
    fetching->asked = arena_new(fetching->arena, struct asked, settings->fetch.nurls);
    if (!read_key(fetching, err))
        return false;
    if (fetching->opt->dry_run)
        return true;
    if ((fetching->wants_psi && !service_find(&fetching->psi, settings->fetch.psi_url,
                                              "psi_url", fetching, err)) ||
        (fetching->wants_crux &&
         !service_find(&fetching->crux, settings->fetch.crux_url, "crux_url", fetching,
                       err)))
        return false;
    fetching->folder = keep_open(fetching->into, err);
    if (fetching->folder < 0 || !confine(fetching, err) || !http_begin(err))
        return false;
    fetching->has_begun = true;
    return service_open(&fetching->psi, fetching->arena, err) &&
           service_open(&fetching->crux, fetching->arena, err);
}

static void give_back(struct fetching *fetching)
{
    http_free(fetching->psi.http);
    http_free(fetching->crux.http);
    if (fetching->has_begun)
        http_end();
    if (fetching->folder >= 0)
        (void)close(fetching->folder);
    settings_release(&fetching->settings);
    config_release(&fetching->config);
}

/* ---- asking ---- */

static void wait_us(int64_t us)
{
    struct timespec left = {us / 1000000, us % 1000000 * 1000};

    while (us > 0 && nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* One page, form and service. */
struct question {
    struct service *service;
    const char *name;  /* "psi" "crux" */
    const char *about; /* the URL or origin */
    enum form form;
    const char *url;  /* without the key, which is added */
    const char *post; /* NULL: a GET */
    struct answer (*read)(const struct http_reply *reply, struct arena *arena);
};

/* What may be said of a question and its answer: never with the key. */
static void say(const struct fetching *fetching, const struct question *question,
                const char *what, struct arena *arena)
{
    const char *line =
        str_format(arena, "%s %s %s: %s", question->name, form_word(question->form),
                   text_url(arena, question->about, strlen(question->about)), what);

    if (secret_leaks(str_of(line)))
        line = str_format(arena, "%s %s: what there is to say holds the key",
                          question->name, form_word(question->form));
    cli_say(fetching->opt, "%s", line);
}

static bool ask(struct fetching *fetching, const struct question *question,
                struct http_reply *reply, struct err *err)
{
    static const char *const json[] = {"Content-Type: application/json", NULL};
    struct http *http = question->service->http;
    const struct http_request request = {
        .url = fetching->secret
                   ? secret_text(fetching->secret, question->url, SECRET_PERCENT, "")
                   : question->url,
        .headers = question->post ? json : NULL,
        .post = question->post,
        .most_bytes =
            question->post ? CRUX_BYTES_MAX - MIDDLE_BYTES : (size_t)PSI_BYTES_MAX,
    };

    return http_prepare(http, &request, err) &&
           http_finish(http, curl_easy_perform(http_easy(http)), reply, err);
}

/* With the tries that may follow. `reply` is good until the next question. */
static bool ask_until(struct fetching *fetching, const struct question *question,
                      struct arena *arena, struct http_reply *reply,
                      struct answer *answer, struct err *err)
{
    fetching->questions++;
    for (int tried = 1;; tried++) {
        int pause_s;

        if (!ask(fetching, question, reply, err))
            return false;
        *answer = question->read(reply, arena);
        pause_s = answer_pause_s(answer, reply->retry_after_s, tried);
        if (pause_s < 0)
            break;
        if (fetching->opt->verbose)
            say(fetching, question,
                str_format(arena, "%s; again in %d s", answer->text, pause_s), arena);
        wait_us((int64_t)pause_s * 1000000);
    }
    if (answer->may_pass && reply->retry_after_s > FETCH_PAUSE_MAX_S)
        answer->text = str_format(arena, "%s; to be asked again in %lld s",
                                  answer->text, (long long)reply->retry_after_s);
    return true;
}

static bool may_keep(const struct fetching *fetching, const struct question *question,
                     struct str bytes, struct arena *arena)
{
    if (!secret_leaks(bytes))
        return true;
    say(fetching, question, "the answer holds the key, so it is not kept", arena);
    return false;
}

static bool keep(const struct fetching *fetching, const struct question *question,
                 const char *prefix, struct str bytes, struct arena *arena,
                 struct err *err)
{
    char name[64];

    if (!keep_file(fetching->folder, prefix, clock_now_ms(), bytes, name, err))
        return false;
    printf("%s %s %s: %s\n", question->name, form_word(question->form),
           text_url(arena, question->about, strlen(question->about)), name);
    return true;
}

static void pause_between(struct fetching *fetching, size_t url, enum form form)
{
    int64_t *at_us = &fetching->asked[url].at_us[form];
    int64_t due_us = *at_us + (int64_t)fetching->settings.fetch.psi_wait_s * 1000000;

    if (*at_us > 0)
        wait_us(due_us - clock_ticks_us());
}

static bool fetch_psi(struct fetching *fetching, size_t url, enum form form,
                      struct arena *arena, struct err *err)
{
    const char *about = fetching->settings.fetch.url[url];
    const struct question question = {
        .service = &fetching->psi,
        .name = "psi",
        .about = about,
        .form = form,
        .url =
            psi_query(fetching->psi.url, about, form, fetching->secret != NULL, arena),
        .read = answer_of_psi,
    };
    struct http_reply reply;
    struct answer answer;
    struct str text;

    pause_between(fetching, url, form);
    if (!ask_until(fetching, &question, arena, &reply, &answer, err))
        return false;
    fetching->asked[url].at_us[form] = clock_ticks_us();
    if (answer.kind == ANSWER_GOOD && may_keep(fetching, &question, reply.body, arena))
        return keep(fetching, &question, "psi", reply.body, arena, err);
    fetching->failed++;
    if (answer.kind == ANSWER_GOOD)
        return true;
    say(fetching, &question,
        str_format(arena, "%s%s",
                   answer.kind == ANSWER_FAILURE
                       ? str_format(arena, "error %d: ", answer.code)
                       : "",
                   answer.text),
        arena);
    text = failure_text(about, form, clock_now_ms(), &answer, arena);
    return answer.kind != ANSWER_FAILURE ||
           !may_keep(fetching, &question, text, arena) ||
           keep(fetching, &question, "err", text, arena, err);
}

/* No data, of too few visits to publish any, is no failure. */
static bool fetch_crux_of(struct fetching *fetching, const char *about, bool is_origin,
                          enum form form, struct arena *arena, struct err *err)
{
    const struct question question = {
        .service = &fetching->crux,
        .name = "crux",
        .about = about,
        .form = form,
        .url = str_format(arena, "%s:queryHistoryRecord?key=", fetching->crux.url),
        .post = crux_body(about, is_origin, form, arena),
        .read = answer_of_crux,
    };
    struct http_reply reply;
    struct answer answer;

    if (!ask_until(fetching, &question, arena, &reply, &answer, err))
        return false;
    if (answer.kind == ANSWER_GOOD && may_keep(fetching, &question, reply.body, arena))
        return keep(fetching, &question, "crux",
                    crux_text(question.post, reply.body, arena), arena, err);
    if (answer.kind == ANSWER_NONE) {
        printf("crux %s %s: no data, too few visits\n", form_word(form),
               text_url(arena, about, strlen(about)));
        return true;
    }
    fetching->failed++;
    if (answer.kind != ANSWER_GOOD)
        say(fetching, &question, answer.text, arena);
    return true;
}

/* ---- all of them ---- */

static bool fetch_runs(struct fetching *fetching, struct err *err)
{
    const struct settings *settings = &fetching->settings;
    size_t all = (size_t)settings->fetch.runs * settings->fetch.nurls * FORM_COUNT;
    bool good = true;

    for (size_t i = 0; i < all && good; i++) {
        size_t url = i / FORM_COUNT % settings->fetch.nurls;
        enum form form = (enum form)(i % FORM_COUNT);
        struct arena arena;

        if (!settings->fetch.form[form])
            continue;
        arena_init(&arena, ARENA_BYTES_MAX);
        good = fetch_psi(fetching, url, form, &arena, err);
        arena_release(&arena);
    }
    return good;
}

/* Whether a URL before has this one's origin: it was asked then. */
static bool is_known_origin(const struct settings *settings, size_t url,
                            struct arena *arena)
{
    const char *origin = origin_of(settings->fetch.url[url], arena);

    for (size_t i = 0; i < url; i++)
        if (strcmp(origin_of(settings->fetch.url[i], arena), origin) == 0)
            return true;
    return false;
}

static bool fetch_fields(struct fetching *fetching, struct err *err)
{
    const struct settings *settings = &fetching->settings;
    bool good = true;

    for (size_t i = 0; i < settings->fetch.nurls * FORM_COUNT && good; i++) {
        const char *url = settings->fetch.url[i / FORM_COUNT];
        enum form form = (enum form)(i % FORM_COUNT);
        struct arena arena;

        if (!settings->fetch.form[form])
            continue;
        arena_init(&arena, ARENA_BYTES_MAX);
        good =
            fetch_crux_of(fetching, url, false, form, &arena, err) &&
            (is_known_origin(settings, i / FORM_COUNT, &arena) ||
             fetch_crux_of(fetching, origin_of(url, &arena), true, form, &arena, err));
        arena_release(&arena);
    }
    return good;
}

static void print_plan(const struct fetching *fetching)
{
    const struct settings *settings = &fetching->settings;

    for (size_t i = 0; i < settings->fetch.nurls; i++)
        printf("would ask %s%s%s of %s\n", fetching->wants_psi ? "psi" : "",
               fetching->wants_psi && fetching->wants_crux ? " and " : "",
               fetching->wants_crux ? "crux" : "",
               text_url(fetching->arena, settings->fetch.url[i],
                        strlen(settings->fetch.url[i])));
}

static bool fetch_all(struct fetching *fetching, struct err *err)
{
    if (fetching->opt->dry_run) {
        print_plan(fetching);
    } else if ((fetching->wants_psi && !fetch_runs(fetching, err)) ||
               (fetching->wants_crux && !fetch_fields(fetching, err))) {
        return false;
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_system(err, "cannot write to stdout");
    if (fetching->failed == 0)
        return true;
    return err_set(err, "%zu of %zu questions failed", fetching->failed,
                   fetching->questions);
}

static bool fetch(struct fetching *fetching, struct err *err)
{
    return config_load(fetching->opt->config_path, fetching->arena, &fetching->config,
                       err) &&
           settings_read(&fetching->config, fetching->arena, &fetching->settings,
                         err) &&
           read_wishes(fetching, err) && prepare(fetching, err) &&
           fetch_all(fetching, err);
}

int fetch_verb(const struct options *opt, struct err *err)
{
    struct arena arena;
    struct fetching fetching = {.opt = opt, .arena = &arena, .folder = -1};
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    good = fetch(&fetching, err);
    give_back(&fetching);
    arena_release(&arena);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
