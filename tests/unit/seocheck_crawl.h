/*
 * One crawl over answers from a table, for the tests of what is asked, in which order,
 * and what is kept.
 */
#ifndef TESTS_UNIT_SEOCHECK_CRAWL_H
#define TESTS_UNIT_SEOCHECK_CRAWL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/crawl.h"
#include "seocheck/routes.h"
#include "shared/limits.h"
#include "tests/unit/seocheck_answers.h"

#define HOME      "https://ex.com"
#define TABLE(of) (of), sizeof(of) / sizeof *(of)

struct bench {
    struct arena arena;
    struct settings settings;
    struct crawl crawl;
    struct answers *answers;
    struct site site;
};

__attribute__((unused)) static struct url url_of(struct bench *bench, const char *text)
{
    struct url url;

    assert_int_equal(url_resolve(&bench->settings.home, str_of(text), NULL,
                                 &bench->arena, &url),
                     URL_OK);
    return url;
}

__attribute__((unused)) static void begin(struct bench *bench)
{
    static const char *const agents[] = {"Googlebot"};
    struct settings *settings = &bench->settings;

    *bench = (struct bench){0};
    arena_init(&bench->arena, 512 * MIB);
    assert_int_equal(url_resolve(NULL, STR(HOME "/"), NULL, &bench->arena,
                                 &settings->home),
                     URL_OK);
    settings->start = arena_new(&bench->arena, struct url, 2);
    settings->start[0] = settings->home;
    settings->nstarts = 1;
    settings->max_pages = 2000;
    settings->max_depth = 25;
    settings->obey_robots = true;
    settings->external_check = true;
    settings->external_days = 7;
    settings->agents = (struct site_agents){agents, 1};
    bench->crawl.settings = settings;
    bench->crawl.as_of = 20000;
}

__attribute__((unused)) static void collect(struct bench *bench,
                                            const struct answer *table, size_t n,
                                            uint64_t seed)
{
    struct err err = {0};

    bench->answers = answers_new(table, n, &bench->arena);
    bench->answers->seed = seed;
    bench->crawl.fetcher = &bench->answers->common;
    if (!site_collect(&bench->crawl, &bench->arena, &bench->site, &err))
        fail_msg("%s", err.text);
}

__attribute__((unused)) static void end(struct bench *bench)
{
    settings_release(&bench->settings);
    arena_release(&bench->arena);
}

__attribute__((unused)) static const struct resource *get(struct bench *bench,
                                                          const char *text)
{
    struct url url = url_of(bench, text);
    uint32_t index = site_find(&bench->site, &url);

    if (index == NO_RESOURCE)
        fail_msg("no %s", text);
    return &bench->site.resource[index];
}

__attribute__((unused)) static size_t times(struct bench *bench, const char *text)
{
    struct url url = url_of(bench, text);

    return answers_count(bench->answers, url.text.at);
}

__attribute__((unused)) static const struct asked *first_asked(struct bench *bench,
                                                               const char *text)
{
    struct url url = url_of(bench, text);

    for (size_t i = 0; i < bench->answers->nasked; i++)
        if (strcmp(bench->answers->asked[i].url, url.text.at) == 0)
            return &bench->answers->asked[i];
    fail_msg("%s was not asked", text);
    return NULL;
}

#endif
