/*
 * For the tests of counts from events: experiments made by hand, events as lines of the
 * generic preset, and a day's counts as one line of text. On top of shared_source.h,
 * whose folder they live in.
 */
#ifndef TESTS_UNIT_BANDIT_COUNTS_H
#define TESTS_UNIT_BANDIT_COUNTS_H

#include <math.h>

#include "bandit/collect.h"
#include "tests/unit/shared_source.h"

enum { HOUR = 3600 };

static struct buf test_lines;

/* Arms "A", "B" and "C" of flag "cta"; conversion by "buy" within an hour. */
static inline struct experiment experiment_of(size_t narms)
{
    static const char *const names[] = {"A", "B", "C"};
    struct experiment experiment = {
        .id = "cta",
        .flag = "cta",
        .narms = narms,
        .source = "events",
        .user_lookback_days = 30,
        .reward = {.type = REWARD_CONVERSION, .event = "buy"},
        .window_hours = 1,
        .deploy_minute = -1,
    };

    for (size_t k = 0; k < narms; k++)
        experiment.arm[k].name = names[k];
    return experiment;
}

static inline void lines_begin(void)
{
    buf_init(&test_lines, &test_run, 64 * MIB);
}

/* An event `s` seconds after MIDNIGHT; `more` is ",'key':value". Ids are those of
 * position unless `more` has one. */
static inline void event(double s, const char *name, const char *session,
                         const char *user, const char *more)
{
    buf_printf(&test_lines, "{'time':%lld,'event':'%s'",
               (long long)MIDNIGHT + llround(s * 1000), name);
    if (session)
        buf_printf(&test_lines, ",'session':'%s'", session);
    if (user)
        buf_printf(&test_lines, ",'user':'%s'", user);
    buf_printf(&test_lines, "%s}\n", more);
}

static inline void exposed(double s, const char *session, const char *arm)
{
    event(s, "exposure", session, NULL,
          str_format(&test_run, ",'experiment':'cta','arm':'%s'", arm));
}

static inline void user_exposed(double s, const char *session, const char *user,
                                const char *arm)
{
    event(s, "exposure", session, user,
          str_format(&test_run, ",'experiment':'cta','arm':'%s'", arm));
}

static inline struct inputs *inputs_of(const char *source,
                                       const struct experiment *experiments, size_t n)
{
    struct settings settings = {(struct experiment *)experiments, n};
    struct inputs *inputs = NULL;
    char *text = quoted_text(str_format(
        &test_run,
        "{\n'sources': { 'events':\n{%s}},\n'bandit': {'scratch': '.', 'experiments':\n"
        "{'cta': {}}}}\n",
        source));

    json_decref(test_config.root);
    test_config = (struct config){.path = "rounds.json",
                                  .folder = ".",
                                  .bytes = str_of(text),
                                  .site = "",
                                  .timezone = "UTC"};
    assert_true(json_load_strict(test_config.bytes, "rounds.json", 32, 1000,
                                 &test_config.root, &test_err));
    test_err.text[0] = '\0';
    return inputs_open(&test_config, &settings, &test_run, &inputs, &test_err) ? inputs
                                                                               : NULL;
}

static struct problems test_problems;

/* Counts of days [from, to] of `n` experiments on one source. */
static inline struct collected *collect_from(const char *source,
                                             const struct experiment *experiments,
                                             size_t n, int32_t from, int32_t to)
{
    struct inputs *inputs = inputs_of(source, experiments, n);
    struct collected *wanted = arena_new(&test_run, struct collected, n);

    if (!inputs)
        print_error("%s\n", test_err.text);
    assert_non_null(inputs);
    for (size_t i = 0; i < n; i++)
        wanted[i] =
            (struct collected){.experiment = &experiments[i], .from = from, .to = to};
    assert_true(
        inputs_collect(inputs, wanted, n, &test_run, &test_problems, &test_err));
    inputs_close(inputs);
    return wanted;
}

/* The lines so far, of one experiment. */
static inline struct collected *collect(const struct experiment *experiment,
                                        int32_t from, int32_t to)
{
    put_bytes("a.jsonl", quoted_text(test_lines.at), test_lines.n);
    return collect_from("'type':'jsonl','path':'a.jsonl'", experiment, 1, from, to);
}

/* "exposed 2 1 multi 1 unknown 0 | units 2 1 conversions 1 0", by arm. */
static inline const char *day_said(const struct collected *collected, int32_t day)
{
    const struct arms_day *arms = &collected->day[day - collected->from];
    size_t narms = collected->experiment->narms;
    struct buf out;

    assert_true(day >= collected->from && day <= collected->to);
    assert_int_equal(arms->day, day);
    buf_init(&out, &test_run, 4096);
    buf_add_text(&out, "exposed");
    for (size_t k = 0; k < narms; k++)
        buf_printf(&out, " %lld", (long long)arms->exposed[k]);
    buf_printf(&out, " multi %lld unknown %lld |", (long long)arms->multi,
               (long long)arms->unknown);
    if (!arms->is_mature) {
        buf_add_text(&out, " open");
        return out.at;
    }
    buf_add_text(&out, " units");
    for (size_t k = 0; k < narms; k++)
        buf_printf(&out, " %lld", (long long)arms->mature[k].units);
    buf_add_text(&out, " conversions");
    for (size_t k = 0; k < narms; k++)
        buf_printf(&out, " %lld", (long long)arms->mature[k].conversions);
    return out.at;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_begin, test_end)

#endif
