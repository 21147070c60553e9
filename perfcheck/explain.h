/*
 * The verb `explain`: two reports, what differs between them, as JSON.
 */
#ifndef PERFCHECK_EXPLAIN_H
#define PERFCHECK_EXPLAIN_H

#include <jansson.h>

#include "perfcheck/lhr.h"
#include "shared/arena.h"
#include "shared/err.h"

/* Two reports side by side. */
struct pair {
    const struct lhr *before, *after;
    struct arena *arena;
};

/* Rounded to `decimals` places; a whole number without a point, null when not known. */
json_t *explain_number(struct estimate number, int decimals);
json_t *explain_text(struct arena *arena, struct str text);

/* What both give is the caller's. False: an audit's items cannot be read. */
MUST_USE bool explain_audits(const struct pair *pair, json_t **audits, struct err *err);
MUST_USE bool explain_bytes(const struct pair *pair, json_t **bytes, struct err *err);

#endif
