/*
 * Umami: its engine, which feeds rows, and the readers of its replies, which are bytes
 * from outside.
 */
#ifndef SHARED_ENGINES_UMAMI_H
#define SHARED_ENGINES_UMAMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/engine.h"
#include "shared/engines/reply.h"

extern const struct engine engine_umami;

#define UMAMI_PAGEVIEW                                             \
    "pageview" /* the name a page view gets: Umami has none for it \
                */

/* Texts are in the arena. */
struct umami_event {
    struct str id, session;
    struct str created; /* as it came */
    int64_t time_ms;
    struct str name; /* "" for none */
    struct str path, browser, device;
};

struct umami_page {
    struct umami_event *event;
    size_t n;
    int64_t count; /* rows of all pages */
    int64_t page;  /* its number, from 1 */
};

/* Reads a page of /websites/ID/events. Refused, with what is wrong and where: one that
 * is not whole, lacks what was asked for, or has it in another type. */
MUST_USE bool umami_page_parse(struct str body, struct arena *arena,
                               struct reply_notes *notes, struct umami_page *page,
                               struct err *err);

/* Reads the token of a reply of /auth/login, borrowed from `*root`, which is the
 * caller's. */
MUST_USE bool umami_token_parse(struct str body, json_t **root, struct str *token,
                                struct err *err);

/* Calls that a service takes: at most UMAMI_CALLS in any UMAMI_SPAN_US. */
enum { UMAMI_CALLS = 50, UMAMI_SPAN_US = 15000000 };

struct umami_pace {
    int64_t at_us[UMAMI_CALLS]; /* of the newest calls, round and round */
    size_t n;                   /* all calls */
};

/* Microseconds until the next call may go; then notes it for that time. */
int64_t umami_pace_wait_us(struct umami_pace *pace, int64_t now_us);

#endif
