/*
 * Made-up worlds for the simulations of the watchdog: cells whose true law is known,
 * judged by the shipped code with the shipped defaults.
 */
#ifndef TESTS_SIM_WATCHDOG_WORLD_H
#define TESTS_SIM_WATCHDOG_WORLD_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "shared/clock.h"
#include "shared/config.h"
#include "shared/limits.h"
#include "tests/sim/sheet.h"
#include "watchdog/judge.h"

enum {
    DAY0 = 20003, /* 2024-10-07, a Monday */
    JUDGED = 126, /* the first judged day: a whole baseline lies before it */
    STEP = 156,   /* the first day of a step: thirty judged days lie before it */
    WITHIN = 30,  /* days in which it is to be found */
};

/* Of a cell's true rate from day to day: gamma distributed, this coefficient of
 * variation. */
#define DAY_CV 0.15

struct world {
    gsl_rng *rng;
    struct arena kept, arena; /* for good; for one replicate */
    struct config config;
    struct settings settings;
    struct evidence evidence;
    struct data_days data;
};

static inline void world_init(struct world *world)
{
    static const char text[] =
        "{\"sources\": {\"events\": {\"type\": \"jsonl\", \"path\": \"e.jsonl\", "
        "\"preset\": \"posthog\"}}, \"watchdog\": {\"source\": \"events\"}}";
    struct err err;

    *world = (struct world){.rng = gsl_rng_alloc(gsl_rng_mt19937)};
    arena_init(&world->kept, ARENA_BYTES_MAX);
    arena_init(&world->arena, ARENA_BYTES_MAX);
    if (!config_parse(str_of(text), "rounds.json", &world->kept, &world->config,
                      &err) ||
        !settings_read(&world->config, &world->kept, &world->settings, &err)) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
}

static inline void world_release(struct world *world)
{
    settings_release(&world->settings);
    config_release(&world->config);
    arena_release(&world->arena);
    arena_release(&world->kept);
    gsl_rng_free(world->rng);
}

/* An empty world, and a random stream of its own for each part and replicate, so that
 * the short run is the beginning of the full one. */
static inline void world_begin(struct world *world, unsigned part, unsigned replicate)
{
    arena_release(&world->arena);
    arena_init(&world->arena, ARENA_BYTES_MAX);
    world->evidence = (struct evidence){0};
    world->data = (struct data_days){0};
    gsl_rng_set(world->rng, part * 100000UL + replicate + 1);
}

/* Cells come in the order of their numbers, as the judge sees them. */
static inline struct cell *world_cell(struct world *world, const char *signal,
                                      unsigned number)
{
    char segment[32];

    // without a cell `site` of the signal it is top-level
    (void)snprintf(segment, sizeof segment, "page=/%04u", number);
    return evidence_make(&world->evidence, signal, segment, &world->arena);
}

/* Judges days [from, through], as if nothing had been judged before. */
static inline void world_judge(struct world *world, int from, int through,
                               const struct judge_hooks *hooks)
{
    struct round round = {.evidence = &world->evidence,
                          .data = &world->data,
                          .settings = &world->settings,
                          .arena = &world->arena};

    evidence_link(&world->evidence, &world->settings);
    (void)watchdog_judge(&round, DAY0 + from - 1, 0, DAY0 + through, hooks);
}

static inline double weekday_weight(int32_t day)
{
    static const double weight[] = {1.1, 1.15, 1.15, 1.1, 1.0, 0.75, 0.75};

    return weight[day_weekday(day)];
}

static inline double draw_gamma(const gsl_rng *rng)
{
    double shape = 1 / (DAY_CV * DAY_CV);

    return gsl_ran_gamma(rng, shape, 1 / shape);
}

/* Adds day `day` (from DAY0 on): exposed Poisson about `exposed` by weekday, plus 1;
 * affected Poisson, its mean gamma distributed about `per_exposed`. */
static inline void world_draw(struct world *world, struct cell *cell, int day,
                              double exposed, double per_exposed)
{
    double n = gsl_ran_poisson(world->rng, exposed * weekday_weight(DAY0 + day)) + 1.0;
    double mean = per_exposed * n * draw_gamma(world->rng);

    cell_put(cell, &world->arena, DAY0 + day,
             (int64_t)gsl_ran_poisson(world->rng, mean), (int64_t)n);
}

#endif
