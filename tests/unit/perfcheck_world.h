/*
 * The days of one page, on runs made up in memory: what is judged, day by day.
 */
#ifndef TESTS_UNIT_PERFCHECK_WORLD_H
#define TESTS_UNIT_PERFCHECK_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/judge.h"
#include "shared/limits.h"

#define PAGE  "https://a/cart"
#define EPOCH "lh13.4 simulate/150/1638.4/4 chrome156 axe4.11"

enum { IMAGE_ALT, LABEL, KINDS };

enum { FIRST = 20000 };

static struct arena arena;
static struct config config;
static struct settings settings;
static struct audit_kind kinds[KINDS] = {{"image-alt", 10}, {"label", 7}};
static struct runs runs;
static struct history history;
static struct judged judged;
static const char *epoch;
static int32_t today;

static inline void configure(const char *members)
{
    const char *text = str_format(&arena, "{\"perfcheck\":{%s}}", members);
    struct err err;

    settings_release(&settings);
    config_release(&config);
    if (!config_parse(str_of(text), "c", &arena, &config, &err) ||
        !settings_read(&config, &arena, &settings, &err))
        fail_msg("%s", err.text);
}

static inline int make_world(void **state)
{
    (void)state;
    arena_init(&arena, 256 * MIB);
    runs = (struct runs){.kind = kinds, .nkinds = KINDS};
    history = (struct history){0};
    judged = (struct judged){0};
    epoch = EPOCH;
    today = FIRST;
    configure("");
    return 0;
}

static inline int drop_world(void **state)
{
    (void)state;
    settings_release(&settings);
    config_release(&config);
    arena_release(&arena);
    return 0;
}

/* One more run of today: passing all, 1000 bytes, a score of 90. */
static inline struct run *run(void)
{
    struct run *one;

    runs.run = arena_room(&arena, runs.run, runs.n, &runs.capacity, sizeof *runs.run);
    one = &runs.run[runs.n];
    *one = (struct run){.page = PAGE,
                        .time_ms = (int64_t)runs.n,
                        .day = today,
                        .file = "f",
                        .is_valid = true,
                        .failure = "",
                        .epoch = epoch,
                        .major = 13,
                        .naudits = KINDS};
    runs.n++;
    one->metric = arena_new(&arena, struct run_metric, settings.nmetrics);
    one->audit = arena_new(&arena, struct run_audit, KINDS);
    for (int i = 0; i < KINDS; i++)
        one->audit[i] = (struct run_audit){.kind = (uint16_t)i, .status = AUDIT_PASSES};
    one->score[0] = (struct estimate){true, 90};
    one->bytes[0] = (struct estimate){true, 100 * 1024};
    return one;
}

static inline void fail_with(struct run *one, int kind, const char *items)
{
    uint64_t *hash = arena_new(&arena, uint64_t, strlen(items));
    struct run_audit *audit = &one->audit[kind];

    audit->status = AUDIT_FAILS;
    for (; *items; items++) // letters in order; small numbers are as good as hashes
        hash[audit->nitems++] = (uint64_t)*items;
    audit->item = hash;
}

/* `n` runs of today that fail label with these items. */
static inline void label(size_t n, const char *items)
{
    for (size_t i = 0; i < n; i++)
        fail_with(run(), LABEL, items);
}

/* The end of today. */
static inline void judge(void)
{
    judged.settings = &settings;
    judged.runs = &runs;
    judged.history = &history;
    judged.arena = &arena;
    judged.as_of = today;
    judged.accept_is_used = arena_new(&arena, bool, settings.naccepts);
    judge_all(&judged);
    history_trim(&history, &settings, today, &arena);
    judged.has_through = true;
    judged.through = today;
    today++;
}

/* NULL: not open. */
static inline const struct finding *found(const char *check)
{
    const char *id = str_format(&arena, "perfcheck/%s/mobile/" PAGE, check);

    for (size_t i = 0; i < judged.open.n; i++)
        if (strcmp(judged.open.item[i].id, id) == 0)
            return &judged.open.item[i];
    return NULL;
}

static inline bool is_known(const char *audit)
{
    size_t n;
    const char **id = known_failing(&history, "mobile", PAGE, &arena, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(id[i], audit) == 0)
            return true;
    return false;
}

#endif
