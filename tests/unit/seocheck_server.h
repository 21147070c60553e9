/*
 * A server with validators, and crawls of it one after the other, each with the cache
 * that the one before left. For the tests of what is asked on conditions.
 */
#ifndef TESTS_UNIT_SEOCHECK_SERVER_H
#define TESTS_UNIT_SEOCHECK_SERVER_H

#include "seocheck/cache.h"
#include "tests/unit/seocheck_crawl.h"

enum { CACHE_KEY = 7, LOG_MAX = 4096 };

struct served {
    const char *url, *body, *etag, *modified, *x_robots, *link, *type;
    int conditional; /* what conditions get; 0: 304 where the etag is the same */
    bool is_cut;
    bool is_silent;     /* a 304 repeats no header */
    const char *second; /* the body that is given next in the same crawl */
};

struct server {
    struct fetcher common;
    struct served *table;
    size_t n;

    struct {
        const char *url, *spelling;
        bool is_conditional;
        int status;
    } log[LOG_MAX];

    size_t nlog;
};

static bool serve_one(struct server *server, const struct fetch_request *request,
                      size_t index, fetch_done done, void *context, struct err *err)
{
    bool is_conditional = request->etag || request->last_modified;
    struct fetch_reply reply = {.detail = ""};
    const struct served *served = NULL;
    int status = 404;
    bool is_second = false;

    for (size_t i = 0; i < server->nlog; i++)
        is_second = is_second || strcmp(server->log[i].url, request->url->text.at) == 0;
    for (size_t i = 0; i < server->n && !served; i++)
        if (strcmp(server->table[i].url, request->url->text.at) == 0)
            served = &server->table[i];
    if (served)
        status = 200;
    if (served && is_conditional && served->conditional != 0)
        status = served->conditional;
    else if (served && request->etag && served->etag &&
             strcmp(request->etag, served->etag) == 0)
        status = 304;
    assert_true(server->nlog < LOG_MAX);
    server->log[server->nlog].url =
        str_copy(server->common.arena, request->url->text.at, request->url->text.n);
    server->log[server->nlog].spelling =
        str_copy(server->common.arena, request->spelling, strlen(request->spelling));
    server->log[server->nlog].is_conditional = is_conditional;
    server->log[server->nlog++].status = status;
    fetch_judge(&server->common, request, status, false, &reply);
    if (served && !(status == 304 && served->is_silent)) {
        reply.x_robots = str_of(served->x_robots);
        reply.link = str_of(served->link);
    }
    if (status == 200) {
        reply.content_type = str_of(served->type ? served->type : "text/html");
        reply.etag = str_of(served->etag);
        reply.last_modified = str_of(served->modified);
        reply.is_cut = served->is_cut;
        if (request->kind == FETCH_GET)
            reply.body =
                str_of(is_second && served->second ? served->second : served->body);
    }
    return done(context, index, &reply, err);
}

static bool serve(struct fetcher *fetcher, const struct fetch_request *requests,
                  size_t n, fetch_done done, void *context, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!serve_one((struct server *)fetcher, &requests[i], i, done, context, err))
            return false;
    return true;
}

/* What goes on from crawl to crawl. */
struct visits {
    struct bench bench; /* of the last one */
    struct server server;
    struct arena kept;
    struct str file; /* the cache's; at NULL: none */
    bool is_same;    /* the cache has what the one before had */
    const struct history *history;
};

__attribute__((unused)) static void visits_begin(struct visits *visits,
                                                 struct served *table, size_t n)
{
    *visits = (struct visits){0};
    arena_init(&visits->kept, 64 * MIB);
    visits->server.table = table;
    visits->server.n = n;
    begin(&visits->bench);
    visits->bench.settings.refetch_days = 7;
}

__attribute__((unused)) static void visits_end(struct visits *visits)
{
    end(&visits->bench);
    arena_release(&visits->kept);
}

/* One crawl; the site stays in `bench`, the cache in `file`. */
__attribute__((unused)) static void visit(struct visits *visits, int32_t day)
{
    struct bench *bench = &visits->bench;
    int refetch_days = bench->settings.refetch_days;
    struct cache cache;
    struct err err = {0};
    struct buf out;

    end(bench);
    begin(bench);
    bench->settings.refetch_days = refetch_days;
    visits->server.nlog = 0;
    visits->server.common =
        (struct fetcher){.all = serve, .has_headers = true, .arena = &bench->arena};
    bench->crawl.fetcher = &visits->server.common;
    bench->crawl.as_of = day;
    cache_parse(visits->file, CACHE_KEY, &bench->arena, &cache);
    bench->crawl.cache = &cache;
    bench->crawl.history = visits->history;
    if (!site_collect(&bench->crawl, &bench->arena, &bench->site, &err))
        fail_msg("%s", err.text);
    visits->is_same = cache_is_same(&cache, &bench->site);
    buf_init(&out, &visits->kept, CACHE_BYTES_MAX);
    cache_format(&bench->site, CACHE_KEY, &out);
    visits->file = buf_str(&out);
}

/* How often it was asked, and how often on conditions. */
__attribute__((unused)) static int asked(const struct visits *visits, const char *url,
                                         bool conditional_only)
{
    int n = 0;

    for (size_t i = 0; i < visits->server.nlog; i++)
        n += strcmp(visits->server.log[i].url, url) == 0 &&
             (!conditional_only || visits->server.log[i].is_conditional);
    return n;
}

#endif
