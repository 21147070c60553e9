/*
 * What the tests of seocheck/fetch_live.c share: a server of our own and a fetcher
 * whose home it is. The including file defines answer().
 */
#ifndef TESTS_UNIT_SEOCHECK_FETCH_LIVE_H
#define TESTS_UNIT_SEOCHECK_FETCH_LIVE_H

#include "shared/clock.h"
#include "tests/lib/server.h"
#include "tests/unit/seocheck_fetch.h"

enum { SECOND_MS = 60 };

struct round {
    struct arena arena;
    struct server *server;
    struct fetcher *fetcher;
    char base[64];
};

static bool answer(const struct server_request *request);

static inline struct fetch_live_plan usual_plan(void)
{
    return (struct fetch_live_plan){.agent_version = "7.7",
                                    .rate = -1,
                                    .external_rate = 0,
                                    .external_connections = 4,
                                    .second_ms = SECOND_MS};
}

/* `plan` NULL: the usual one, whose home is the server. `most`: connections it keeps.
 */
static inline void set_up(struct round *round, const struct fetch_live_plan *plan,
                          int most)
{
    struct fetch_live_plan used = plan ? *plan : usual_plan();
    struct err err = {0};

    arena_init(&round->arena, ARENA_BYTES_MAX);
    round->server = server_start(answer, most);
    (void)snprintf(round->base, sizeof round->base, "http://127.0.0.1:%d",
                   (int)server_port(round->server));
    if (!plan || plan->home)
        used.home = absolute(&round->arena, round->base);
    if (!fetch_live_open(&used, &round->arena, &round->fetcher, &err))
        fail_msg("%s", err.text);
}

static inline void tear_down(struct round *round)
{
    fetcher_close(round->fetcher);
    server_stop(round->server);
    arena_release(&round->arena);
}

static inline const char *at(struct round *round, const char *path)
{
    return str_format(&round->arena, "%s%s", round->base, path);
}

static inline struct fetch_reply get(struct round *round, const char *path)
{
    return ask_kind(round->fetcher, at(round, path), FETCH_GET, &round->arena);
}

static inline int ms_since(int64_t start_us)
{
    return (int)((clock_ticks_us() - start_us) / 1000);
}

#endif
