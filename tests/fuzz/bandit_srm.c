/* The arguments of the verb `srm`, one a line: what is accepted is in range, has a p,
 * and its JSON says the same. */
#include <assert.h>
#include <stdint.h>

#include <gsl/gsl_errno.h>

#include "bandit/judge.h"
#include "bandit/srm.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_counts(const struct srm_counts *counts)
{
    int64_t sum = 0;

    assert(counts->n >= 2 && counts->n <= ARMS_MAX);
    for (size_t i = 0; i < counts->n; i++) {
        assert(counts->name[i].n >= 1 && counts->name[i].n <= 64);
        assert(counts->observed[i] >= 0 && counts->observed[i] <= 1000000000);
        assert(counts->weight_bp[i] >= 0);
        for (size_t j = 0; j < i; j++)
            assert(!str_equal(counts->name[i], counts->name[j]));
        sum += counts->weight_bp[i];
    }
    assert(sum == BP);
}

static void check_answer(const struct srm_counts *counts, struct arena *arena)
{
    struct srm_answer answer = srm_judge(counts);
    struct buf json, text;

    assert(answer.p >= 0 && answer.p <= 1 && answer.srm.chi2 >= 0);
    assert(answer.srm.df >= 0 && answer.srm.df < (int)counts->n);
    buf_init(&json, arena, REPORT_BYTES_MAX);
    buf_init(&text, arena, REPORT_BYTES_MAX);
    srm_format_json(counts, &answer, &json);
    srm_format_text(counts, &answer, &text);
    assert(!json.overflowed && !text.overflowed);
    OWN(json) read = json_loadb(json.at, json.n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *arms = json_object_get(read, "arms");

    assert(json_array_size(arms) == counts->n);
    for (size_t i = 0; i < counts->n; i++) {
        const json_t *arm = json_array_get(arms, i);

        assert(str_equal(str_of(json_text(arm, "arm", "")), counts->name[i]));
        assert(json_int(arm, "observed", -1) == counts->observed[i]);
        assert(json_int(arm, "weight_bp", -1) == counts->weight_bp[i]);
    }
    assert(json_bool(read, "flag", false) == answer.is_flagged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    const char *args[ARMS_MAX + 2];
    struct srm_counts counts = {0};
    struct err err = {0};
    struct arena arena;
    struct str line;
    size_t n = 0;

    gsl_set_error_handler_off();
    arena_init(&arena, ARENA_BYTES_MAX);
    while (n < ARMS_MAX + 2 && str_next_line(&rest, &line))
        args[n++] = str_copy(&arena, line.at, line.n);
    if (srm_parse(args, n, &counts, &err)) {
        check_counts(&counts);
        check_answer(&counts, &arena);
    } else {
        assert(err.text[0] != '\0' && counts.n == 0);
    }
    arena_release(&arena);
    return 0;
}
