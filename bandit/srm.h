/*
 * The verb `srm`: what its arguments say, and what it answers.
 */
#ifndef BANDIT_SRM_H
#define BANDIT_SRM_H

#include <stddef.h>
#include <stdint.h>

#include "bandit/measure.h"
#include "shared/err.h"
#include "shared/str.h"

/* Observed units of each arm, and the weights they were served by: 2 to ARMS_MAX arms
 * of distinct names, 0..1e9 units each, weights of 10000 bp in all. */
struct srm_counts {
    size_t n;
    struct str name[ARMS_MAX]; /* borrowed from the argument */
    int64_t observed[ARMS_MAX];
    int64_t weight_bp[ARMS_MAX];
};

/* ARM=OBS:BP each, any bytes. */
MUST_USE bool srm_parse(const char *const *args, size_t n, struct srm_counts *counts,
                        struct err *err);

struct srm_answer {
    double expected[ARMS_MAX];
    struct srm srm;
    double p;
    bool is_flagged;
};

struct srm_answer srm_judge(const struct srm_counts *counts);

void srm_format_json(const struct srm_counts *counts, const struct srm_answer *answer,
                     struct buf *out);
void srm_format_text(const struct srm_counts *counts, const struct srm_answer *answer,
                     struct buf *out);

#endif
