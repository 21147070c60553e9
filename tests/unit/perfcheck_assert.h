/*
 * Assertions over reports written as JSON, which may hold no more than what is
 * asserted, and the results as the verb prints them, read again.
 */
#ifndef TESTS_UNIT_PERFCHECK_ASSERT_H
#define TESTS_UNIT_PERFCHECK_ASSERT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "perfcheck/assert.h"
#include "shared/limits.h"

struct asserted {
    json_t *results; /* the test's; NULL: refused */
    struct notes notes;
    struct err err; /* why it was refused */
    size_t nurls;
};

static inline void audit_of(const json_t *audit, bool has_rows,
                            const struct assert_audit *before, struct arena *arena,
                            struct assert_audit *made)
{
    struct err err = {0};
    char *text = json_dumps(audit, JSON_ENCODE_ANY);
    struct span span = {text, strlen(text), SPAN_OBJECT};

    if (!assert_audit_read(span, has_rows, before, arena, made, &err))
        fail_msg("%s: %s", text, err.text);
    free(text);
}

static inline struct assert_run run_of(const json_t *report,
                                       const struct assert_plan *plan,
                                       struct arena *arena)
{
    const json_t *url = json_object_get(report, "finalUrl");
    struct assert_run run = {.audit =
                                 arena_new(arena, struct assert_audit, plan->nwanted)};

    if (url) {
        run.has_url = true;
        run.url = str_of(json_string_value(url));
    }
    for (size_t i = 0; i < plan->nwanted; i++) {
        const struct assert_wanted *wanted = &plan->wanted[i];
        const json_t *audit =
            json_object_get(json_object_get(report, wanted->is_category ? "categories"
                                                                        : "audits"),
                            wanted->id);

        run.audit[i].title = run.audit[i].description = "";
        if (audit)
            audit_of(audit, wanted->has_rows, NULL, arena, &run.audit[i]);
    }
    return run;
}

static inline json_t *results_of(const struct assert_plan *plan,
                                 const struct assert_outcome *outcome)
{
    struct buf out;
    json_error_t why;
    json_t *results;

    buf_init(&out, outcome->arena, MIB);
    assert_print_json(plan, outcome, &out);
    results = json_loadb(out.at, out.n, 0, &why);
    if (!results)
        fail_msg("%s: %.*s", why.text, (int)out.n, out.at);
    return results;
}

static inline struct asserted assert_over(const json_t *options, const json_t *reports,
                                          bool compat, struct arena *arena)
{
    struct asserted asserted = {.notes = {.arena = arena}};
    struct assert_outcome outcome = {.arena = arena, .notes = &asserted.notes};
    size_t n = json_array_size(reports);
    struct assert_run *run = arena_new(arena, struct assert_run, n);
    struct assert_plan plan = {0};

    if (!assert_plan_parse(options, compat, arena, &plan, &asserted.notes,
                           &asserted.err))
        return asserted;
    for (size_t i = 0; i < n; i++)
        run[i] = run_of(json_array_get(reports, i), &plan, arena);
    if (assert_all(&plan, run, n, &outcome, &asserted.err))
        asserted.results = results_of(&plan, &outcome);
    asserted.nurls = outcome.nurls;
    assert_plan_release(&plan);
    return asserted;
}

static inline size_t representative_of(const json_t *reports, struct arena *arena)
{
    const struct assert_wanted wanted[] = {
        [WANTED_FCP] = {.id = "first-contentful-paint"},
        [WANTED_INTERACTIVE] = {.id = "interactive"},
    };
    const struct assert_plan plan = {.wanted = (struct assert_wanted *)wanted,
                                     .nwanted = 2};
    size_t n = json_array_size(reports);
    struct assert_run *run = arena_new(arena, struct assert_run, n);

    for (size_t i = 0; i < n; i++)
        run[i] = run_of(json_array_get(reports, i), &plan, arena);
    return assert_representative(run, n, arena);
}

/* As `new RegExp(pattern).test(subject)`. */
static inline bool is_match(const char *pattern, const char *subject,
                            struct arena *arena)
{
    struct err err = {0};
    struct re *re = NULL;
    const char *rewritten;
    enum re_result result;

    if (!assert_pattern_js(pattern, arena, &rewritten, &err) ||
        !re_compile_js(rewritten, &re, &err))
        fail_msg("%s: %s", pattern, err.text);
    result = re_match(re, str_of(subject));
    re_free(re);
    return result == RE_MATCH;
}

#endif
