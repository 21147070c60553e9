/*
 * Requests to one service's API, on top of shared/http.h, with what all of them need:
 * when to try again and how long to wait, a budget of time over all, no redirect
 * followed, https where a secret is sent, and one sentence for what went wrong. Reads
 * no answer: its completeness and shape are the caller's to prove.
 *
 *     if (!api_open(&api, &conf, run, err))          before confinement: plain http
 *                                                    looks its host up here, https
 *                                                    when it is asked first
 *         return false;
 *     ports[n++] = api.port;                         what confinement has to allow,
 *     ...                                            with shared/http.h's list
 *     if (!api_ask(&api, &request, &reply, err))     as often as wanted
 *         ...
 *     api_close(&api);
 *
 * Tried again: connect errors (names that do not resolve among them), curl's 18, 28, 52
 * and 56, statuses 408, 425, 429, 500, 502, 503 and 504. Waits: what Retry-After says,
 * seconds or a date, where the budget has that much left, and fails at once where it
 * has not; else full jitter, uniform in [0, min(60 s, 1 s * 2^k)] after try k + 1, from
 * a generator that no result depends on. 401, 403, any 3xx and HTML where JSON is
 * wanted are an authentication that failed. Every other status over 299 fails at once,
 * with what the service says of it (API_MESSAGE_MAX characters, made fit to print).
 */
#ifndef SHARED_API_H
#define SHARED_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/http.h"
#include "shared/str.h"

enum {
    API_TRIES = 5,
    API_TIMEOUT_MS = 120000, /* of one request */
    API_MESSAGE_MAX = 120,
    API_PAUSE_MAX_S = 60, /* of full jitter */
};

/* Time as a test wants it. Both are in microseconds. */
struct api_clock {
    int64_t (*now)(void *context);
    void (*sleep)(void *context, int64_t us);
    void *context;
};

/* Borrowed as long as the api is open. */
struct api_conf {
    const char *who;   /* before every message: "source 'events'" */
    const char *agent; /* the whole User-Agent */
    const char *url;   /* any of the service's: all requests go to its host and port */
    const char *ca_file; /* NULL: the system's certificates */
    bool allow_private;  /* addresses of private networks; this machine always may be */
    bool has_secret;     /* one is sent: https, or http to this machine */
    bool hides_url;      /* the address is a secret: messages name its host alone */
    const char *lacks;  /* what a refused token may lack: "query:read"; NULL: nothing */
    int tries;          /* 0: API_TRIES */
    int64_t timeout_ms; /* 0: API_TIMEOUT_MS */
    int64_t budget_s;   /* over all requests, from the first on */
    const struct api_clock *clock; /* NULL: the clock */
};

/* The caller's memory; not to be moved or copied while open. */
struct api {
    const struct api_conf *conf;
    struct arena *arena;
    const char *host;
    struct str origin; /* "https://host:port" as `url` has it */
    uint16_t port;
    struct http_home home;
    struct http_policy policy;
    struct http *http; /* NULL until the first request */
    bool has_begun;
    int64_t begun_us;
    uint64_t chance;
};

struct api_request {
    const char *url;
    const char *const *headers; /* "Name: value", NULL-ended; NULL: none */
    const char *post;           /* a body, sent by POST; NULL: a GET */
    bool is_write;   /* not tried again where it may have been taken: rc 18 and 28 */
    bool wants_json; /* HTML is no answer */
    size_t most_bytes;
    bool may_cut;
    const struct http_sink *sink;
    const bool *enough; /* as of struct http_request */
    /* Answers over 299 that the caller judges itself (api_header helps); NULL: none. */
    bool (*accepts)(const struct api *api, int status);
};

/* Good until the next request. */
struct api_reply {
    int status;
    struct str body; /* empty where a sink took it */
};

/* False: no http or https address, userinfo in it, plain http with a secret. */
MUST_USE bool api_open(struct api *api, const struct api_conf *conf,
                       struct arena *arena, struct err *err);
void api_close(struct api *api); /* also of one all zero */

MUST_USE bool api_ask(struct api *api, const struct api_request *request,
                      struct api_reply *reply, struct err *err);

/* Of the last answer: as http_header. */
struct str api_header(const struct api *api, const char *name);

/* Microseconds of the budget that are left; never negative. */
int64_t api_left_us(const struct api *api);

/* Waits, where the budget has that much left: for answers that say "not yet". */
MUST_USE bool api_pause(struct api *api, int64_t us, struct err *err);

#endif
