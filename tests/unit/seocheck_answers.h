/*
 * A fetcher that answers from a table, in any order, and remembers what it was asked.
 * As the live one it gives up on a host that fails too often in a row.
 */
#ifndef TESTS_UNIT_SEOCHECK_ANSWERS_H
#define TESTS_UNIT_SEOCHECK_ANSWERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/fetch_internal.h"

enum { ASKED_MAX = 4096 };

/* Nothing of a URL in the table is a 404. */
struct answer {
    const char *url;
    int status;         /* 0: what is not said is 200; -1: no connection */
    const char *body;   /* HTML unless `type` says else */
    const char *second; /* the body from the second time on */
    int second_status;  /* likewise; 0: the same */
    const char *type;
    const char *location;
    const char *x_robots;
};

struct asked {
    const char *url;
    enum fetch_kind kind;
    int wave;
};

struct answers {
    struct fetcher common;
    const struct answer *table;
    size_t n;
    uint64_t seed; /* 0: in the order they are asked */
    struct asked asked[ASKED_MAX];
    size_t nasked;
    int waves;
    int failures;      /* in a row */
    int64_t slowed_us; /* what fetch_slow asked for */
};

static const struct answer *answers_find(const struct answers *self, const char *url)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->table[i].url, url) == 0)
            return &self->table[i];
    return NULL;
}

static size_t answers_count(const struct answers *self, const char *url)
{
    size_t n = 0;

    for (size_t i = 0; i < self->nasked; i++)
        n += strcmp(self->asked[i].url, url) == 0;
    return n;
}

static bool answers_give(struct answers *self, const struct fetch_request *request,
                         size_t index, fetch_done done, void *context, struct err *err)
{
    static const struct answer none = {.status = 404, .body = "<p>not there"};
    const struct answer *answer = answers_find(self, request->url->text.at);
    bool is_second = answers_count(self, request->url->text.at) > 1;
    int status;
    struct fetch_reply reply = {.detail = ""};
    // the body goes when the callback returns, as those of the others do
    char body[8192];

    assert_non_null(request->spelling);
    if (!answer)
        answer = &none;
    if (answer->status < 0) {
        reply.url_class = CLASS_NETWORK;
        reply.detail = "connect";
        return done(context, index, &reply, err);
    }
    status = is_second && answer->second_status != 0 ? answer->second_status
             : answer->status != 0                   ? answer->status
                                                     : 200;
    fetch_judge(&self->common, request, status, false, &reply);
    self->failures = status >= 500 ? self->failures + 1 : 0;
    reply.content_type = str_of(answer->type ? answer->type : "text/html");
    reply.location = str_of(answer->location);
    reply.x_robots = str_of(answer->x_robots);
    if (request->kind == FETCH_GET) {
        int n = snprintf(body, sizeof body, "%s",
                         is_second && answer->second ? answer->second
                         : answer->body              ? answer->body
                                                     : "");

        assert_in_range(n, 0, sizeof body - 1);
        reply.body = (struct str){body, (size_t)n};
    }
    if (!done(context, index, &reply, err))
        return false;
    memset(body, '#', sizeof body);
    return true;
}

/* Taken back from what was asked. */
static bool answers_refuse(struct answers *self, const struct fetch_request *request,
                           size_t index, fetch_done done, void *context,
                           struct err *err)
{
    struct fetch_reply reply = {.detail = "", .is_given_up = true};

    for (size_t i = self->nasked; i > 0; i--)
        if (strcmp(self->asked[i - 1].url, request->url->text.at) == 0) {
            self->asked[i - 1].url = "";
            break;
        }
    fetch_judge(&self->common, request, 500, false, &reply);
    return done(context, index, &reply, err);
}

static int64_t answers_gap_us(struct fetcher *fetcher, const struct url *url,
                              int64_t least_us)
{
    struct answers *self = (struct answers *)fetcher;

    (void)url;
    if (least_us > self->slowed_us)
        self->slowed_us = least_us;
    return self->slowed_us;
}

static bool answers_all(struct fetcher *fetcher, const struct fetch_request *requests,
                        size_t n, fetch_done done, void *context, struct err *err)
{
    struct answers *self = (struct answers *)fetcher;
    size_t *order = arena_new(self->common.arena, size_t, n);

    for (size_t i = 0; i < n; i++) {
        const struct url *url = requests[i].url;

        assert_true(self->nasked < ASKED_MAX);
        self->asked[self->nasked++] =
            (struct asked){str_copy(self->common.arena, url->text.at, url->text.n),
                           requests[i].kind, self->waves};
        order[i] = i;
    }
    for (size_t i = n; self->seed != 0 && i > 1; i--) { // Knuth's MMIX generator
        size_t j, other;

        self->seed = self->seed * 6364136223846793005U + 1442695040888963407U;
        j = (size_t)(self->seed >> 33) % i;
        other = order[j];
        order[j] = order[i - 1];
        order[i - 1] = other;
    }
    self->waves++;
    self->failures = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fetch_request *request = &requests[order[i]];
        bool is_refused = self->failures >= FETCH_FAILURES_MAX && !request->is_urged;

        if (!(is_refused ? answers_refuse : answers_give)(self, request, order[i], done,
                                                          context, err))
            return false;
    }
    return true;
}

static struct answers *answers_new(const struct answer *table, size_t n,
                                   struct arena *arena)
{
    struct answers *self = arena_new(arena, struct answers, 1);

    self->common = (struct fetcher){.all = answers_all,
                                    .gap_us = answers_gap_us,
                                    .has_headers = true,
                                    .arena = arena};
    self->table = table;
    self->n = n;
    return self;
}

#endif
