/*
 * Asking for URLs: of a live server (fetch_live.c, libcurl multi), of a built folder
 * (fetch_folder.c), of a saved crawl (fetch_jsonl.c). All answer alike. Open them after
 * confinement, which has to allow:
 *   live: struct sandbox_plan's `network` (names and certificates come with it), the
 * TCP ports 53 (answers that do not fit UDP), 80, 443, that of `home` and `ports`, and
 *     to read `ca_file`;
 *   folder: to read that folder;
 *   JSONL: to read that file's folder.
 */
#ifndef SEOCHECK_FETCH_H
#define SEOCHECK_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/site.h"
#include "seocheck/url.h"
#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/http.h"
#include "shared/str.h"

enum fetch_kind {
    FETCH_GET,  /* a page, robots.txt, a sitemap */
    FETCH_HEAD, /* own images, scripts ..: HEAD, then GET unless 2xx or 3xx; no body */
    FETCH_EXTERNAL, /* of other hosts: HEAD, then GET of one byte; the last hop's class
                       counts, after 5 hops at most; no body */
};

struct fetch_request {
    const struct url *url;
    const char
        *spelling; /* what is sent: the bytewise first spelling; NULL: url.text */
    enum fetch_kind kind;
    size_t most_bytes; /* decoded; the body is cut there and `is_cut` set */
    bool is_urged;     /* asked however often its host has failed */
    const char *etag, *last_modified; /* NULL: unconditional */
    const struct http_sink *sink; /* of a live server: takes the body of a 200, which
                                     the reply then has not; NULL: none */
};

/* Texts but `detail` are good until the callback returns. */
struct fetch_reply {
    enum url_class url_class;
    int status; /* 0: no answer; 304 only to a conditional request, and its class is ok
                 */
    const char *detail; /* "404", "dns", "connect", "tls", "read", "timeout", "refused";
                           "no record", "elsewhere": a saved crawl, a folder lacks it;
                           lives as long as the fetcher's arena */
    struct str body;    /* decoded */
    bool is_cut;        /* at `most_bytes`, or it swelled past the ratio of a bomb */
    bool is_given_up;   /* not asked: the answer is that of the own host, which failed
                           FETCH_FAILURES_MAX times in a row */
    struct str location;            /* of a redirect */
    struct str etag, last_modified; /* of a 200 */
    struct str content_type;
    struct str link; /* all headers of the name, joined by ", " */
    struct str
        x_robots; /* likewise, one a line: an agent's name holds for one header */
};

/* Called once for each request, in any order. False stops everything. */
typedef bool (*fetch_done)(void *context, size_t index, const struct fetch_reply *reply,
                           struct err *err);

/* Answers of class server or network in a row, tries counted, after which an own host
 * is asked no more within one fetch_all. */
enum { FETCH_FAILURES_MAX = 20 };

struct fetcher; /* one of the three */

/* All of `requests`; returns when each was answered. Redirects are not followed, but
 * for FETCH_EXTERNAL. Not from within `done`. */
MUST_USE bool fetch_all(struct fetcher *fetcher, const struct fetch_request *requests,
                        size_t n, fetch_done done, void *context, struct err *err);

/* From now on at least `seconds` between requests to the own host of `url`, where the
 * rate does not ask for more. Nothing to a folder or a saved crawl. */
void fetch_slow(struct fetcher *fetcher, const struct url *url, double seconds);
/* What there is between two of them now; 0: nothing. */
double fetch_gap_s(struct fetcher *fetcher, const struct url *url);

bool fetcher_has_headers(const struct fetcher *fetcher);
void fetcher_close(struct fetcher *fetcher); /* NULL allowed */

struct fetch_live_plan {
    const char *agent_version; /* of User-Agent rounds-seocheck/VERSION */
    double rate;               /* requests a second and host; 0: off; below: not said */
    int connections;           /* a host, 1..64; 0: not said */
    double external_rate;      /* the same of other hosts; not said: 2, 1 */
    int external_connections;
    bool allow_private;
    const struct url *home; /* its host may use what it first resolved to; NULL: none */
    const char *ca_file;    /* NULL: the system's */
    const uint16_t *ports;  /* allowed beside 80, 443 and that of `home` */
    size_t nports;
    int tries;     /* on server, network, 429; 0: 3 */
    int second_ms; /* how long a second of waiting is; 0: 1000. Tests wait less */
};

/* Where nothing is said: 10 requests a second, 4 connections; 0 and 16 when `home` is
 * on this machine. False when `home` has no address. */
MUST_USE bool fetch_live_open(const struct fetch_live_plan *plan, struct arena *arena,
                              struct fetcher **fetcher, struct err *err);

/* `folder` is a path; `base` the URL its root stands for. What is not below `base` is
 * unasked. 404.html, 500.html and offline.html have no content type: they are no pages.
 */
MUST_USE bool fetch_folder_open(const char *folder, const struct url *base,
                                struct arena *arena, struct fetcher **fetcher,
                                struct err *err);

/* A URL without a record is refused ("no record"): unverifiable. Answers to FETCH_HEAD
 * and FETCH_EXTERNAL have no body here either. */
MUST_USE bool fetch_jsonl_open(const char *path, struct arena *arena,
                               struct fetcher **fetcher, struct err *err);

#endif
