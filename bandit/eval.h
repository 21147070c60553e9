/*
 * The verb `eval`: what its arguments say, and what it answers.
 */
#ifndef BANDIT_EVAL_H
#define BANDIT_EVAL_H

#include <stddef.h>

#include "bandit/measure.h"
#include "shared/err.h"
#include "shared/str.h"

enum { DIGITS_MAX = 17 };

/* Counts of 2 to ARMS_MAX arms of distinct names, control first: 0 <= s <= n <= 1e9,
 * not always whole. */
struct eval_counts {
    size_t n;
    struct str name[ARMS_MAX]; /* borrowed from the argument */
    double successes[ARMS_MAX];
    double trials[ARMS_MAX];
    double prior_a, prior_b; /* 1e-3..1e6 */
};

/* ARM=S/N each, any bytes. `prior`: "A,B", or NULL for 1,1. */
MUST_USE bool eval_parse(const char *const *args, size_t n, const char *prior,
                         struct eval_counts *counts, struct err *err);
/* Of --digits: 1 to DIGITS_MAX. */
MUST_USE bool eval_parse_digits(const char *text, int *digits, struct err *err);

struct eval_answer {
    double mean[ARMS_MAX], low[ARMS_MAX], high[ARMS_MAX]; /* 95 % */
    struct comparison comparison;
};

void eval_measure(const struct eval_counts *counts, struct eval_answer *answer);

/* With so many significant digits; counts as they were given, up to 15. */
void eval_format_json(const struct eval_counts *counts,
                      const struct eval_answer *answer, int digits, struct buf *out);
void eval_format_text(const struct eval_counts *counts,
                      const struct eval_answer *answer, int digits, struct buf *out);

#endif
