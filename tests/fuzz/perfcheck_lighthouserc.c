/* Any bytes as a lighthouserc: no crash, and what makes a plan asserts only what it
 * wants of a report, under names fit to look up. The bytes as a regular expression too:
 * what is taken of it compiles or is refused with a reason. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/limits.h"

#include "shared/banned.h"

static void look_at(const struct assert_plan *plan, const struct assertion *assertion)
{
    const struct assert_wanted *wanted = &plan->wanted[assertion->wanted];
    bool is_category = assertion->kind == KIND_CATEGORY;

    assert(assertion->wanted < plan->nwanted);
    assert(wanted->is_category == is_category);
    assert(strcmp(wanted->id, is_category ? assertion->property : assertion->audit) ==
           0);
    assert(strcmp(assertion->level, "off") != 0);
    assert(!strpbrk(assertion->audit, ".:"));
    assert(plan->compat || assertion->method != METHOD_UNKNOWN);
}

static void look(const struct assert_plan *plan)
{
    for (size_t s = 0; s < plan->nsets; s++)
        for (size_t i = 0; i < plan->set[s].n; i++)
            look_at(plan, &plan->set[s].assertion[i]);
}

static void try_plan(const json_t *options, bool compat, struct arena *arena)
{
    struct notes notes = {.arena = arena};
    struct assert_outcome outcome = {.arena = arena, .notes = &notes};
    struct assert_plan plan = {0};
    struct assert_run run = {.has_url = true, .url = STR("https://shop.example/p/1")};
    struct err err = {0};

    if (!assert_plan_parse(options, compat, arena, &plan, &notes, &err)) {
        assert(err.text[0] != '\0');
        return;
    }
    look(&plan);
    assert(!compat || notes.n == 0);
    run.audit = arena_new(arena, struct assert_audit, plan.nwanted);
    if (assert_all(&plan, &run, 1, &outcome, &err))
        for (size_t i = 0; i < outcome.n; i++)
            assert(outcome.result[i].name == ASSERT_RAN && !outcome.result[i].passed);
    assert_plan_release(&plan);
}

static void try_pattern(const char *pattern, struct arena *arena)
{
    struct err err = {0};
    struct re *re = NULL;
    const char *rewritten;

    if (!assert_pattern_js(pattern, arena, &rewritten, &err) ||
        !re_compile_js(rewritten, &re, &err))
        assert(err.text[0] != '\0');
    else
        (void)re_match(re, STR("https://shop.example/p/1?a=b"));
    re_free(re);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct str bytes = {(const char *)data, size};
    struct err err = {0};
    json_t *options = NULL;
    const char *budgets;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (assert_rc_parse(bytes, "rc", &arena, &options, &budgets, &err)) {
        try_plan(options, false, &arena);
        try_plan(options, true, &arena);
        json_decref(options);
    } else {
        assert(err.text[0] != '\0');
    }
    if (size < 200) // longer ones only take longer
        try_pattern(str_copy(&arena, bytes.at, bytes.n), &arena);
    arena_release(&arena);
    return 0;
}
