/*
 * Robots directives of one page: `<meta name=robots>`, the metas of single agents and
 * X-Robots-Tag, read here and nowhere else. Pure.
 */
#ifndef SEOCHECK_DIRECTIVES_H
#define SEOCHECK_DIRECTIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/str.h"

enum directive_kind {
    DIRECTIVE_UNKNOWN, /* not in Google's list, or a value that its rule does not take
                        */
    DIRECTIVE_NOINDEX, /* noindex, none */
    DIRECTIVE_UNAVAILABLE_AFTER,
    DIRECTIVE_OTHER,
};

struct directive {
    enum directive_kind kind;
    struct str text; /* trimmed, as written */
    int32_t day;     /* of UNAVAILABLE_AFTER, as written: its zone is not asked */
    int64_t line;    /* 0: of the header */
};

/* Those that hold for one of the agents, generic ones first or not: in the order of the
 * metas, then of the header.
 *
 *     struct directives all = {.resource = resource, .agents = agents};
 *     for (struct directive one; directives_next(&all, &one);)
 */
struct directives {
    const struct resource *resource;
    const struct site_agents *agents;
    size_t next_meta;
    struct str headers; /* that come after the one being read */
    struct str rest;    /* of the meta or header being read */
    bool is_in_header, is_for_others;
    int64_t line;
};

bool directives_next(struct directives *all, struct directive *one);

/* The same in lower case, sorted, each once, joined by commas: for the content hash. */
struct str directives_joined(const struct resource *resource,
                             const struct site_agents *agents, struct arena *arena);

#endif
