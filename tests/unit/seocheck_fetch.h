/*
 * What the tests of the three fetchers share: asking by text, and the answers kept.
 */
#ifndef TESTS_UNIT_SEOCHECK_FETCH_H
#define TESTS_UNIT_SEOCHECK_FETCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "seocheck/fetch.h"
#include "shared/limits.h"

struct kept {
    bool is_answered;
    struct fetch_reply reply;
};

struct answers {
    struct arena *arena;
    struct kept *kept;
    size_t n, most; /* stops after `most`; 0: never */
};

/* An empty folder of the test's own. */
static inline void make_scratch(char *path, size_t size)
{
    const char *base = getenv("TMPDIR");

    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(path, size, "%s/rounds-fetch-XXXXXX", base);
    assert_non_null(mkdtemp(path));
}

static inline struct str keep(struct arena *arena, struct str text)
{
    return (struct str){str_copy(arena, text.at, text.n), text.n};
}

static inline bool keep_answer(void *context, size_t index,
                               const struct fetch_reply *reply, struct err *err)
{
    struct answers *answers = context;
    struct fetch_reply *to = &answers->kept[index].reply;

    assert_false(answers->kept[index].is_answered);
    answers->kept[index].is_answered = true;
    answers->n++;
    *to = *reply;
    to->body = keep(answers->arena, reply->body);
    to->location = keep(answers->arena, reply->location);
    to->content_type = keep(answers->arena, reply->content_type);
    to->etag = keep(answers->arena, reply->etag);
    to->last_modified = keep(answers->arena, reply->last_modified);
    to->link = keep(answers->arena, reply->link);
    to->x_robots = keep(answers->arena, reply->x_robots);
    return answers->most == 0 || answers->n < answers->most ||
           err_set(err, "that is enough");
}

static inline struct url *absolute(struct arena *arena, const char *text)
{
    struct url *url = arena_new(arena, struct url, 1);

    if (url_resolve(NULL, str_of(text), NULL, arena, url) != URL_OK)
        fail_msg("'%s' is no URL", text);
    return url;
}

/* One request; fails the test when the fetcher does. */
static inline struct fetch_reply ask_request(struct fetcher *fetcher,
                                             struct fetch_request request,
                                             struct arena *arena)
{
    struct kept kept = {0};
    struct answers answers = {.arena = arena, .kept = &kept};
    struct err err = {0};

    if (!fetch_all(fetcher, &request, 1, keep_answer, &answers, &err))
        fail_msg("%s", err.text);
    assert_true(kept.is_answered);
    return kept.reply;
}

static inline struct fetch_reply ask_kind(struct fetcher *fetcher, const char *text,
                                          enum fetch_kind kind, struct arena *arena)
{
    return ask_request(fetcher,
                       (struct fetch_request){.url = absolute(arena, text),
                                              .spelling = text,
                                              .kind = kind,
                                              .most_bytes = 5 * MIB},
                       arena);
}

static inline void expect_text(struct str got, const char *expected)
{
    if (!str_equal(got, str_of(expected)))
        fail_msg("'%.*s' is not '%s'", (int)got.n, got.at ? got.at : "", expected);
}

static inline void expect_answer(struct fetch_reply reply, enum url_class url_class,
                                 const char *detail)
{
    if (reply.url_class != url_class || strcmp(reply.detail, detail) != 0)
        fail_msg("class %d, '%s' instead of class %d, '%s'", (int)reply.url_class,
                 reply.detail, (int)url_class, detail);
}

#endif
