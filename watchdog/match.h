/*
 * What a row must be for a custom signal: the value MATCH of the configuration, read
 * and decided. {event, page, property: {"/json/pointer": TEST}}, all given parts must
 * hold; one that is empty holds of every row.
 */
#ifndef WATCHDOG_MATCH_H
#define WATCHDOG_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/config.h"
#include "shared/daycount.h"
#include "shared/err.h"
#include "shared/re.h"
#include "shared/scan.h"
#include "shared/str.h"

/* One of some names, or a pattern for the whole text; neither: any text, or none. */
struct text_test {
    struct re *pattern;
    struct str *name;
    size_t nnames;
};

/* A value of type string (equal `text`), number (least..most, a string of digits will
 * do) or boolean. */
struct property_test {
    size_t pointer; /* of matches.pointer */
    enum span_type type;
    struct str text;
    double least, most;
};

struct match {
    const json_t *json; /* as configured; equal ones are one */
    const char *pointer;
    struct text_test event, page;
    struct property_test *property;
    size_t nproperties;
};

/* Match i is decided as predicate `first` + i; the sets below are bits of predicates.
 */
struct matches {
    struct match item[PREDICATES_MAX];
    size_t n, first;
    const char *pointer[SCAN_POINTERS_MAX]; /* what sources are asked for */
    size_t npointers;
    bool asks_page;
};

/* The MATCH at `pointer` of the configuration: `*bit` is its predicate. The patterns
 * are given back by matches_release. */
MUST_USE bool matches_add(struct matches *matches, const struct config *config,
                          const char *pointer, struct arena *arena, uint64_t *bit,
                          struct err *err);
void matches_release(struct matches *matches);

/* The matches whose part lets the text pass. `too_costly` counts patterns that gave up,
 * which is no match. `page` is normalised; a text of no bytes is none. */
uint64_t matches_of_event(const struct matches *matches, struct str event,
                          int64_t *too_costly);
uint64_t matches_of_page(const struct matches *matches, struct str page,
                         int64_t *too_costly);
/* Those of `among` whose properties hold; `value` has one for each of the pointers. */
uint64_t matches_of_properties(const struct matches *matches, uint64_t among,
                               const struct span *value);

/* The same for a source without rows. */
struct predicate_words *match_asked(const struct match *match, struct arena *arena);

/* In words, for the verb `signals`. */
const char *match_words(const struct matches *matches, uint64_t bit,
                        struct arena *arena);

#endif
