/* The arguments of the verb `eval`, one a line, after a line that is the prior: what is
 * accepted is in range, its P(best) are probabilities that sum to 1, and its JSON says
 * the same. */
#include <assert.h>
#include <math.h>
#include <stdint.h>

#include <gsl/gsl_errno.h>

#include "bandit/eval.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_counts(const struct eval_counts *counts)
{
    assert(counts->n >= 2 && counts->n <= ARMS_MAX);
    assert(counts->prior_a >= 1e-3 && counts->prior_a <= 1e6);
    assert(counts->prior_b >= 1e-3 && counts->prior_b <= 1e6);
    for (size_t i = 0; i < counts->n; i++) {
        assert(counts->name[i].n >= 1 && counts->name[i].n <= 64);
        assert(counts->trials[i] <= 1e9 && counts->successes[i] <= counts->trials[i]);
        assert(counts->successes[i] >= 0);
        for (size_t j = 0; j < i; j++)
            assert(!str_equal(counts->name[j], counts->name[i]));
    }
}

static void check_answer(const struct eval_counts *counts, struct arena *arena)
{
    struct eval_answer answer = {0};
    struct buf json, text;
    double sum = 0;

    eval_measure(counts, &answer);
    buf_init(&json, arena, REPORT_BYTES_MAX);
    buf_init(&text, arena, REPORT_BYTES_MAX);
    eval_format_json(counts, &answer, DIGITS_MAX, &json);
    eval_format_text(counts, &answer, 6, &text);
    assert(!json.overflowed && !text.overflowed);
    OWN(json) read = json_loadb(json.at, json.n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *arms = json_object_get(read, "arms");

    assert(json_array_size(arms) == counts->n);
    for (size_t i = 0; i < counts->n; i++) {
        const json_t *arm = json_array_get(arms, i);
        double p = json_number(arm, "p_best", -1);

        assert(str_equal(str_of(json_text(arm, "arm", "")), counts->name[i]));
        assert(p >= 0 && p <= 1 + 1e-12);
        assert(json_number(arm, "expected_loss", -1) >= 0);
        assert(answer.low[i] >= 0 && answer.low[i] <= answer.high[i]);
        assert(answer.high[i] <= 1);
        sum += p;
    }
    assert(fabs(sum - 1) <= 1e-12);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    const char *args[ARMS_MAX + 2];
    const char *prior = NULL;
    struct eval_counts counts = {0};
    struct err err = {0};
    struct arena arena;
    struct str line;
    size_t n = 0;

    gsl_set_error_handler_off();
    arena_init(&arena, ARENA_BYTES_MAX);
    if (str_next_line(&rest, &line) && line.n > 0)
        prior = str_copy(&arena, line.at, line.n);
    while (n < ARMS_MAX + 2 && str_next_line(&rest, &line))
        args[n++] = str_copy(&arena, line.at, line.n);
    if (eval_parse(args, n, prior, &counts, &err)) {
        check_counts(&counts);
        check_answer(&counts, &arena);
    } else {
        assert(err.text[0] != '\0' && counts.n == 0);
    }
    arena_release(&arena);
    return 0;
}
