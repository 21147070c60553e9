/*
 * Matomo: its engine, and the reader of its replies, which are bytes from outside.
 */
#ifndef SHARED_ENGINES_MATOMO_H
#define SHARED_ENGINES_MATOMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/engine.h"
#include "shared/engines/reply.h"

extern const struct engine engine_matomo;

/* Visits of `n` days from `first` on. */
struct matomo_visits {
    int32_t first;
    size_t n;
    int64_t *count;
};

/* Fills `visits->count` from a reply of VisitsSummary.get: 0 where the day is an empty
 * list. Refused, with what is wrong and where: an error inside of a 200, a reply that
 * is not whole, a day that is missing, another type. */
MUST_USE bool matomo_visits_parse(struct str body, struct arena *arena,
                                  struct reply_notes *notes,
                                  struct matomo_visits *visits, struct err *err);

#endif
