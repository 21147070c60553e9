/* Asking, judging the answer, waiting, asking again. What an answer means is judged
 * apart from all that (judge), so that the rules stand in one place. */
#include "shared/api.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/secret.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    SECOND_US = 1000000,
    LAST_MS = 1000,            // of a question that is begun within the budget
    MESSAGE_BYTES_MAX = 65536, // of an answer that may be no more than an error
    MESSAGE_DEPTH = 32,
    MESSAGE_KEYS = 1000,
};

/* ---- time, and chance ---- */

static int64_t now_us(const struct api *api)
{
    const struct api_clock *clock = api->conf->clock;

    return clock ? clock->now(clock->context) : clock_ticks_us();
}

static void sleep_us(const struct api *api, int64_t us)
{
    const struct api_clock *clock = api->conf->clock;
    struct timespec left = {us / SECOND_US, us % SECOND_US * 1000};

    if (clock)
        clock->sleep(clock->context, us);
    else
        while (nanosleep(&left, &left) != 0 && errno == EINTR)
            ;
}

int64_t api_left_us(const struct api *api)
{
    int64_t spent = api->has_begun ? now_us(api) - api->begun_us : 0;
    int64_t left = api->conf->budget_s * SECOND_US - spent;

    return left > 0 ? left : 0;
}

/* Uniform in [0, most]; splitmix64, Steele, Lea and Flood (2014), OOPSLA, figure 16. A
 * remainder of 2^64 by at most 6e7 favours no wait by more than 4e-12. */
static int64_t any_of(struct api *api, int64_t most)
{
    uint64_t mixed = api->chance += 0x9E3779B97F4A7C15U;

    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31;
    return (int64_t)(mixed % ((uint64_t)most + 1));
}

bool api_pause(struct api *api, int64_t us, struct err *err)
{
    if (us >= api_left_us(api))
        return err_set(err, "%s: the %lld s for it are used up", api->conf->who,
                       (long long)api->conf->budget_s);
    sleep_us(api, us);
    return true;
}

/* ---- where it goes ---- */

static char *part_of(struct arena *arena, CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    char *copy;

    if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
        return NULL;
    copy = str_copy(arena, text, strlen(text));
    curl_free(text);
    return copy;
}

/* By curl's own parser: what it reads is where it will connect. */
static bool parse_url(struct api *api, struct err *err)
{
    const char *text = api->conf->url;
    CURLU *url = curl_url();
    const char *port = NULL, *slashes = strstr(text, "://");
    bool is_plain = false;
    int64_t number;

    if (url && slashes && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
        api->host = part_of(api->arena, url, CURLUPART_HOST, 0);
        port = part_of(api->arena, url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
        is_plain = !part_of(api->arena, url, CURLUPART_USER, 0) &&
                   !part_of(api->arena, url, CURLUPART_PASSWORD, 0);
    }
    curl_url_cleanup(url);
    if (!slashes || !api->host || !port || !str_to_int64(port, strlen(port), &number) ||
        !(str_starts(str_of(text), STR("https://")) ||
          str_starts(str_of(text), STR("http://"))))
        return err_set(err, "the address is no http or https one");
    if (!is_plain)
        return err_set(err, "the address holds a user or password; name them with a "
                            "key of their own");
    api->port = (uint16_t)number;
    slashes += 3;
    api->origin =
        (struct str){text, (size_t)(slashes - text) + strcspn(slashes, "/?#")};
    return true;
}

static bool is_https(const struct api *api)
{
    return str_starts(api->origin, STR("https://"));
}

/* Services of this machine may be asked, whatever the guard says of its addresses. */
static bool find_home(struct api *api, struct err *err)
{
    if (!http_home_find(api->conf->url, api->arena, &api->home, err))
        return false;
    if (api->home.is_loopback)
        api->policy.home = &api->home;
    return true;
}

static bool is_fit_for_secret(const struct api *api, struct err *err)
{
    return is_https(api) || !api->conf->has_secret || api->home.is_loopback ||
           err_set(err,
                   "plain http to '%s' would show the secret to others; write https",
                   api->host);
}

bool api_open(struct api *api, const struct api_conf *conf, struct arena *arena,
              struct err *err)
{
    *api = (struct api){.conf = conf, .arena = arena};
    if (!parse_url(api, err))
        return err_wrap(err, "%s", conf->who);
    api->policy = (struct http_policy){
        .agent = conf->agent,
        .ca_file = conf->ca_file,
        .https_only = is_https(api),
        .is_patient = true, // the time of a request is limited as a whole
        .allow_private = conf->allow_private,
        .ports = &api->port,
        .nports = 1,
    };
    if (!is_https(api) && (!find_home(api, err) || !is_fit_for_secret(api, err)))
        return err_wrap(err, "%s", conf->who);
    return true;
}

void api_close(struct api *api)
{
    if (api->http) {
        http_free(api->http);
        http_end();
    }
    *api = (struct api){0};
}

struct str api_header(const struct api *api, const char *name)
{
    return http_header(api->http, name);
}

/* ---- what an answer means ---- */

enum next { NEXT_DONE, NEXT_AGAIN, NEXT_FAIL };

struct answer {
    const struct api_request *request;
    CURLcode code;
    struct http_reply reply;
};

/* Something may have taken a write whose answer broke off. */
static bool may_pass_without_answer(const struct answer *answer)
{
    bool is_perhaps_taken = answer->code == CURLE_PARTIAL_FILE ||
                            answer->code == CURLE_OPERATION_TIMEDOUT ||
                            answer->code == CURLE_HTTP2 ||
                            answer->code == CURLE_HTTP2_STREAM;

    return answer->reply.may_pass && !(answer->request->is_write && is_perhaps_taken);
}

static bool may_pass(int status)
{
    static const int statuses[] = {408, 425, 429, 500, 502, 503, 504};

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i] == status)
            return true;
    return false;
}

/* What of an address may be said: no query, no fragment (userinfo there is none). */
static const char *shown(const struct api *api, const char *url)
{
    size_t n = api->conf->hides_url ? 0 : strcspn(url, "?#");

    return n == 0 ? str_format(api->arena, "'%s'", api->host)
                  : text_safe(api->arena, url, n, n);
}

static bool is_markup(struct str body)
{
    size_t at = 0;

    while (at < body.n && strchr(" \t\r\n", body.at[at]))
        at++;
    return at < body.n && body.at[at] == '<';
}

static bool is_html(const struct api *api, const struct answer *answer)
{
    const struct str html = STR("text/html");
    struct str type = api_header(api, "Content-Type");

    if (type.n > html.n)
        type.n = html.n;
    return answer->request->wants_json &&
           (str_equal_ignoring_case(type, html) || is_markup(answer->reply.body));
}

/* The text that a service has for people, wherever it puts it. NULL: none. */
static const json_t *message_in(const json_t *json)
{
    static const char *const places[] = {"/error/message", "/error",
                                         "/detail",        "/message",
                                         "/errors/0",      "/errors/0/message"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const json_t *text = json_at(json, places[i]);

        if (json_is_string(text))
            return text;
    }
    return NULL;
}

/* ": what it says", or nothing. */
static const char *said(const struct api *api, struct str body)
{
    OWN(json) json = NULL;
    struct err ignored;
    const json_t *message;
    const char *text;
    struct str line = {0};

    if (secret_leaks(body))
        return ": (its words hold a secret)";
    if (body.n > MESSAGE_BYTES_MAX || is_markup(body))
        return "";
    if (json_load_strict(body, "answer", MESSAGE_DEPTH, MESSAGE_KEYS, &json,
                         &ignored)) {
        message = message_in(json);
        if (!message)
            return "";
        line = (struct str){json_string_value(message), json_string_length(message)};
    } else {
        struct str rest = body;

        (void)str_next_line(&rest, &line);
    }
    text = text_safe(api->arena, line.at, line.n, API_MESSAGE_MAX);
    return *text ? str_format(api->arena, ": %s", text) : "";
}

/* `what` is why, "" where the status says it. */
static enum next auth(const struct api *api, const struct answer *answer,
                      const char *what, struct err *err)
{
    const struct api_conf *conf = api->conf;
    const char *from =
        str_format(api->arena, "%.*s", (int)api->origin.n, api->origin.at);
    const char *token = "the token is refused";

    if (conf->hides_url)
        from = str_format(api->arena, "'%s'", api->host);
    if (conf->hides_url || !conf->has_secret)
        token = *what ? "" : "it lets nobody in";
    else if (conf->lacks)
        token = str_format(api->arena, "%s or lacks '%s'", token, conf->lacks);
    (void)err_set(err, "%d from %s: %s%s%s", answer->reply.status, from, what,
                  *what && *token ? ": " : "", token);
    return NEXT_FAIL;
}

/* Sets `err` but when done. */
static enum next judge(const struct api *api, const struct answer *answer,
                       struct err *err)
{
    const char *from = shown(api, answer->request->url);
    int status = answer->reply.status;

    if (answer->reply.outcome != HTTP_ANSWERED) {
        (void)err_set(err, "no answer from %s (%s): %s", from,
                      http_outcome_word(answer->reply.outcome), answer->reply.reason);
        return may_pass_without_answer(answer) ? NEXT_AGAIN : NEXT_FAIL;
    }
    if (answer->request->accepts && answer->request->accepts(api, status))
        return NEXT_DONE;
    if (status == 401 || status == 403)
        return auth(api, answer, "", err);
    if (status >= 300 && status < 400)
        return auth(api, answer, "it leads elsewhere, which is not followed", err);
    if (may_pass(status)) {
        (void)err_set(err, "%d from %s%s", status, from, said(api, answer->reply.body));
        return NEXT_AGAIN;
    }
    if (status < 200 || status == 206 || status >= 400) { // a part was not asked for
        (void)err_set(err, "%d from %s%s", status, from, said(api, answer->reply.body));
        return NEXT_FAIL;
    }
    if (is_html(api, answer))
        return auth(api, answer, "HTML where JSON is wanted", err);
    return NEXT_DONE;
}

/* ---- asking ---- */

static bool begin(struct api *api, struct err *err)
{
    struct err ignored; // a name that does not resolve now may do so when it is asked

    if (!api->http && is_https(api))
        (void)!find_home(api, &ignored);
    if (!api->http && http_begin(err)) {
        api->http = http_new(&api->policy, api->arena, err);
        if (!api->http)
            http_end();
    }
    if (!api->http)
        return false;
    if (!api->has_begun) {
        api->begun_us = now_us(api);
        api->chance = (uint64_t)api->begun_us;
        api->has_begun = true;
    }
    return true;
}

/* A secret goes nowhere but where the configuration sends it. */
static bool is_of_service(const struct api *api, const char *url)
{
    return str_starts(str_of(url), api->origin) &&
           (url[api->origin.n] == '\0' || strchr("/?#", url[api->origin.n]));
}

static bool perform(struct api *api, struct answer *answer, struct err *err)
{
    const struct api_request *request = answer->request;
    const struct http_request one = {.url = request->url,
                                     .headers = request->headers,
                                     .post = request->post,
                                     .most_bytes = request->most_bytes,
                                     .may_cut = request->may_cut,
                                     .sink = request->sink,
                                     .enough = request->enough};
    int64_t most_ms =
        api->conf->timeout_ms > 0 ? api->conf->timeout_ms : API_TIMEOUT_MS;
    int64_t left_ms = api_left_us(api) / 1000 + LAST_MS;

    api->policy.total_ms = (long)(most_ms < left_ms ? most_ms : left_ms);
    api->policy.connect_ms =
        api->policy.total_ms < HTTP_CONNECT_MS ? api->policy.total_ms : HTTP_CONNECT_MS;
    if (!http_prepare(api->http, &one, err))
        return false;
    answer->code = curl_easy_perform(http_easy(api->http));
    return http_finish(api->http, answer->code, &answer->reply, err);
}

/* Waits before the next try, where the budget has that much left. */
static bool wait_for_next(struct api *api, const struct answer *answer, int tried,
                          struct err *err)
{
    int64_t left_us = api_left_us(api);
    int64_t wanted_s = answer->reply.retry_after_s;
    int64_t most_s = tried < 7 ? INT64_C(1) << (tried - 1) : API_PAUSE_MAX_S;
    int64_t us;

    if (wanted_s > left_us / SECOND_US)
        return err_set(err, "%d, Retry-After %lld s is longer than the %lld s left",
                       answer->reply.status, (long long)wanted_s,
                       (long long)(left_us / SECOND_US));
    us = wanted_s > 0 ? wanted_s * SECOND_US : any_of(api, most_s * SECOND_US);
    if (us >= left_us)
        return err_wrap(err, "the %lld s for it are used up",
                        (long long)api->conf->budget_s);
    sleep_us(api, us);
    return true;
}

static bool ask(struct api *api, struct answer *answer, struct err *err)
{
    int most = api->conf->tries > 0 ? api->conf->tries : API_TRIES;

    if (!is_of_service(api, answer->request->url))
        return err_set(err, "an address of another host is not asked");
    if (!begin(api, err))
        return false;
    if (api_left_us(api) == 0)
        return err_set(err, "the %lld s for '%s' are used up",
                       (long long)api->conf->budget_s, api->host);
    for (int tried = 1;; tried++) {
        if (!perform(api, answer, err))
            return false;
        switch (judge(api, answer, err)) {
        case NEXT_DONE: return true;
        case NEXT_FAIL: return false;
        case NEXT_AGAIN: break;
        }
        if (tried >= most)
            return err_wrap(err, "tried %d times", most);
        if (!wait_for_next(api, answer, tried, err))
            return false;
    }
}

bool api_ask(struct api *api, const struct api_request *request,
             struct api_reply *reply, struct err *err)
{
    struct answer answer = {.request = request};

    if (!ask(api, &answer, err))
        return err_wrap(err, "%s", api->conf->who);
    *reply = (struct api_reply){answer.reply.status, answer.reply.body};
    return true;
}
