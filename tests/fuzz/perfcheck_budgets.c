/* Any bytes as a budgets file: no crash, and what is taken makes a plan whose patterns
 * compile, unless there are too many or one is too long. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

static void try_plan(const json_t *budgets, const json_t *options, struct arena *arena)
{
    struct notes notes = {.arena = arena};
    struct assert_plan plan = {0};
    struct err err = {0};

    if (!assert_plan_parse(options, false, arena, &plan, &notes, &err)) {
        assert(strstr(err.text, "longer than") || strstr(err.text, "more than") ||
               strstr(err.text, "nothing is asserted"));
        return;
    }
    assert(notes.n == 0);
    assert(plan.nsets == json_array_size(budgets));
    for (size_t s = 0; s < plan.nsets; s++)
        for (size_t i = 0; i < plan.set[s].n; i++) {
            const struct assertion *assertion = &plan.set[s].assertion[i];

            assert(assertion->kind == KIND_AUDIT || assertion->kind == KIND_RESOURCE);
            assert(assertion->max_value.known && !assertion->min_score.known);
        }
    assert_plan_release(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct str bytes = {(const char *)data, size};
    struct err err = {0};
    OWN(json) budgets = NULL;
    OWN(json) options = NULL;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (json_load_list(bytes, "b", CONFIG_DEPTH_MAX, CONFIG_KEYS_MAX, &budgets, &err) &&
        assert_budgets_parse(budgets, &arena, &options, &err))
        try_plan(budgets, options, &arena);
    else
        assert(err.text[0] != '\0');
    arena_release(&arena);
    return 0;
}
