/*
 * HTTP through libcurl, its traps solved once: the one factory of easy handles, caps on
 * what comes in as it comes in, the guard on where sockets lead, and one word for what
 * went wrong. Follows no redirect, tries nothing twice: both are the caller's.
 *
 *     if (!http_begin(err) || !(http = http_new(&policy, run, err)))
 *         return false;
 *     if (!http_prepare(http, &request, err))
 *         ...
 *     code = curl_easy_perform(http_easy(http));   or by a multi handle of the caller
 *     if (!http_finish(http, code, &reply, err))
 *         ...
 *     http_free(http);
 *     http_end();
 *
 * Call http_begin after confinement. What that has to allow: struct sandbox_plan's
 * `network` (which lists what names and certificates need), the TCP ports asked, 53 for
 * answers of the resolver that do not fit UDP, and `ca_file` as readable.
 */
#ifndef SHARED_HTTP_H
#define SHARED_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum { HTTP_CONNECT_MS = 10000, HTTP_TOTAL_MS = 30000 };

/* A host that may use addresses that are not public: those it had when it was asked
 * first. Of a host whose addresses are all public, none: it never turns private. */
struct http_home {
    struct str host; /* as curl writes it: 2130706433 is 127.0.0.1 */
    struct sockaddr_storage *address;
    size_t n;
    bool is_loopback; /* all its addresses are */
};

/* Resolves the host of `url`. False when it has no address. In the arena. */
MUST_USE bool http_home_find(const char *url, struct arena *arena,
                             struct http_home *home, struct err *err);

/* What holds for all requests of a handle. Borrowed as long as it lives. */
struct http_policy {
    const char *agent;   /* the whole User-Agent */
    const char *ca_file; /* NULL: the system's certificates */
    bool https_only;     /* set where a secret is sent */
    long connect_ms, total_ms;
    bool is_patient;    /* an answer may begin, or stand still, as long as total_ms */
    bool allow_private; /* any address */
    const struct http_home *home; /* NULL: none */
    const uint16_t *ports;        /* allowed beside 80 and 443 */
    size_t nports;
};

/* Takes the body of a 200 as it comes, so that nobody has to hold all of it. */
struct http_sink {
    void (*begin)(void *context); /* by http_prepare: what came before is void */
    void (*take)(void *context, const char *at, size_t n);
    void *context;
};

struct http_request {
    const char *url; /* http or https */
    bool is_head;
    bool is_first_byte;         /* Range: bytes=0-0 */
    bool is_headers_only;       /* stopped where the headers end */
    const char *const *headers; /* "Name: value", NULL-ended; NULL: none */
    const char *post;           /* a body, sent by POST; NULL: none. Borrowed until
                                   http_finish */
    size_t most_bytes;          /* of the body, decoded */
    bool may_cut; /* a longer body is cut there; otherwise the request fails */
    const struct http_sink *sink; /* NULL: the body comes with the reply */
    const bool *enough; /* what the sink may set: the rest is cut off; NULL: never */
};

enum http_outcome {
    HTTP_ANSWERED,
    HTTP_DNS,
    HTTP_CONNECT,
    HTTP_TLS,
    HTTP_READ, /* broken off, or over a cap on headers or body, or not HTTP */
    HTTP_TIMEOUT,
    HTTP_REFUSED, /* by the guard, or no URL to curl */
};

/* "answered", "dns", "connect", "tls", "read", "timeout", "refused" */
const char *http_outcome_word(enum http_outcome outcome);

struct http_reply {
    enum http_outcome outcome;
    int status;      /* 0 unless answered */
    struct str body; /* decoded; good until the next http_prepare. A body that ends with
                        its connection may be cut short: its content must tell */
    bool is_cut;     /* at `most_bytes`, or it swelled more than GZIP_RATIO_MAX times */
    bool is_begun;   /* some of an answer came, however it ended */
    bool may_pass;   /* no answer, and another try may bring one: no connection, or one
                        that broke or stood still (curl's 6, 7, 16, 18, 28, 52, 55, 56,
                        92) */
    int64_t retry_after_s; /* 0: not said, or in the past */
    const char *reason;    /* for messages: what curl says of a failure */
};

struct http;

MUST_USE bool http_begin(struct err *err); /* curl_global_init; counts */
void http_end(void);

/* NULL on failure. The struct is in the arena; http_free gives its contents back. */
struct http *http_new(const struct http_policy *policy, struct arena *arena,
                      struct err *err);
void http_free(struct http *http); /* NULL allowed */

MUST_USE bool http_prepare(struct http *http, const struct http_request *request,
                           struct err *err);
CURL *http_easy(struct http *http); /* its CURLOPT_PRIVATE is the caller's */
/* False for what no other try will mend: out of memory, certificates that cannot be
 * read. */
MUST_USE bool http_finish(struct http *http, CURLcode code, struct http_reply *reply,
                          struct err *err);

/* A header of the last answer, without case, trimmed; the first of that name, or all of
 * them with `between` in between. n 0: none. Good until the next http_prepare. */
struct str http_header(const struct http *http, const char *name);
struct str http_header_all(struct http *http, const char *name, const char *between);

#endif
