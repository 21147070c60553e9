/*
 * Asking for URLs: of a live server (fetch_live.c, libcurl multi), of a built folder
 * (fetch_folder.c), of a saved crawl (fetch_jsonl.c). All answer alike.
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
#include "shared/str.h"

enum fetch_kind {
    FETCH_GET,      /* a page, robots.txt, a sitemap */
    FETCH_HEAD,     /* own images, scripts ..: HEAD, then GET unless 2xx or 3xx */
    FETCH_EXTERNAL, /* HEAD, then GET of one byte; the last hop's class counts */
};

struct fetch_request {
    const struct url *url;
    const char
        *spelling; /* what is sent: the bytewise first spelling; NULL: url.text */
    enum fetch_kind kind;
    size_t most_bytes; /* decoded; the body is cut there and `is_cut` set */
    const char *etag, *last_modified; /* NULL: unconditional */
};

struct fetch_reply {
    enum url_class url_class;
    int status; /* 0: no answer; 304 only to a conditional request */
    const char
        *detail;     /* "404", "dns", "connect", "tls", "read", "timeout", "refused" */
    struct str body; /* decoded; good until the callback returns */
    bool is_cut;
    struct str location, content_type, etag, last_modified, link, x_robots;
};

/* Called once for each request, in any order. False stops everything. */
typedef bool (*fetch_done)(void *context, size_t index, const struct fetch_reply *reply,
                           struct err *err);

struct fetcher; /* one of the three */

/* All of `requests`; returns when each was answered. Redirects are not followed, but
 * for FETCH_EXTERNAL. */
MUST_USE bool fetch_all(struct fetcher *fetcher, const struct fetch_request *requests,
                        size_t n, fetch_done done, void *context, struct err *err);

bool fetcher_has_headers(const struct fetcher *fetcher);
void fetcher_close(struct fetcher *fetcher); /* NULL allowed */

struct fetch_live_plan {
    const char *agent_version; /* of User-Agent rounds-seocheck/VERSION */
    double rate;               /* requests a second and host; 0: off */
    int connections;           /* a host */
    double external_rate;
    int external_connections;
    bool allow_private;
    const struct url *home; /* its host may use what it first resolved to */
    const char *ca_file;    /* NULL: the system's */
    const uint16_t *ports;  /* allowed beside 80 and 443 */
    size_t nports;
    int tries; /* on server, network, 429: 3 */
};

MUST_USE bool fetch_live_open(const struct fetch_live_plan *plan, struct arena *arena,
                              struct fetcher **fetcher, struct err *err);
/* `folder` is a path; `base` the URL its root stands for. Other hosts are unasked. */
MUST_USE bool fetch_folder_open(const char *folder, const struct url *base,
                                struct arena *arena, struct fetcher **fetcher,
                                struct err *err);
MUST_USE bool fetch_jsonl_open(const char *path, struct arena *arena,
                               struct fetcher **fetcher, struct err *err);

#endif
