/*
 * Weight files: what a delivery system reads. Pure; the bytes are written with the
 * state.
 */
#ifndef BANDIT_WEIGHTS_H
#define BANDIT_WEIGHTS_H

#include "bandit/settings.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

/* "cta.json", "cta.flagd.json", "cta.nginx.conf"; in the arena. */
const char *weights_file_name(const struct experiment *experiment,
                              enum weight_format format, struct arena *arena);

struct weights {
    const struct experiment *experiment;
    int64_t version;          /* from 1 */
    const int64_t *weight_bp; /* by arm, sum 10000 */
};

/* The bytes of one file. What is made is validated by weights_check; false is our own
 * mistake, or a value or target that no file of this kind can carry. */
MUST_USE bool weights_format(const struct weights *weights, enum weight_format format,
                             struct arena *arena, struct str *bytes, struct err *err);

/* flagd: state ENABLED, variants not empty, defaultVariant and the names of fractional
 * among them, integer weights >= 0, total <= 2147483647. growthbook: weights sum to
 * [0.99, 1.01], else its SDK splits equally without a word. Other formats: the weights
 * that can be read back have the sum the format needs. */
MUST_USE bool weights_check(struct str bytes, enum weight_format format,
                            struct err *err);

#endif
