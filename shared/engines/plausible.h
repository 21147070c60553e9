/*
 * Plausible Analytics: its engine, and the reader of its replies, which are bytes from
 * outside.
 */
#ifndef SHARED_ENGINES_PLAUSIBLE_H
#define SHARED_ENGINES_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/engine.h"
#include "shared/engines/reply.h"

extern const struct engine engine_plausible;

/* One page of an answer of the Stats API v2 to a question for visitors. */
struct plausible_page {
    size_t n;
    struct str *value; /* of the dimension; NULL: none was asked for */
    int64_t *visitors;
    int64_t total;   /* rows of all pages */
    struct str from; /* when the days asked for begin, as it says; n 0: it does not */
};

/* Reads a reply to a question with or without a dimension. Refused, with what is wrong
 * and where: one that is not whole, lacks what was asked for, or has it in another
 * type. */
MUST_USE bool plausible_page_parse(struct str body, bool has_dimension,
                                   struct arena *arena, struct reply_notes *notes,
                                   struct plausible_page *page, struct err *err);

#endif
