/*
 * Google Analytics 4 by its Data API: its engine, and the reader of its replies, which
 * are bytes from outside.
 */
#ifndef SHARED_ENGINES_GA4_H
#define SHARED_ENGINES_GA4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/engine.h"
#include "shared/engines/reply.h"

extern const struct engine engine_ga4;

/* One page of a report of sessions by date, or by date and the name of an event. */
struct ga4_page {
    int32_t day;     /* as asked for, */
    bool is_by_name; /* with names of events or without */
    size_t n;
    struct str *name; /* of events; NULL: the report is not by name */
    int64_t *sessions;
    int64_t total; /* rows of all pages */
    struct str zone;
    const char *why; /* it tells less than there was: "GA4 withholds .."; NULL: all */
};

/* Reads a reply of runReport that asked for the page's day alone. Numbers are texts in
 * it, and no `rows` is no rows. Refused, with what is wrong and where: one that is not
 * whole, lacks what was asked for, has it in another type, or is of another day. */
MUST_USE bool ga4_page_parse(struct str body, struct arena *arena,
                             struct reply_notes *notes, struct ga4_page *page,
                             struct err *err);

#endif
