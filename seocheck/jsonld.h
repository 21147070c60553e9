/*
 * Structured data: ld+json blocks against the schema.org vocabulary and the dated rules
 * of rich results. Pure but for memory.
 */
#ifndef SEOCHECK_JSONLD_H
#define SEOCHECK_JSONLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "seocheck/extract.h"
#include "shared/arena.h"
#include "shared/finding.h"
#include "shared/str.h"

enum jsonld_check {
    JSONLD_SYNTAX,
    JSONLD_DUPLICATE_KEY,
    JSONLD_WRAPPER,
    JSONLD_CONTEXT,
    JSONLD_TYPE,
    JSONLD_PROPERTY,
    JSONLD_DOMAIN,
    JSONLD_RANGE,
    JSONLD_SUPERSEDED,
    JSONLD_VALUE,
    JSONLD_RATING,
    RICH_REQUIRED,
    RICH_RECOMMENDED,
    RICH_RETIRED,
    JOB_EXPIRED,
    EVENT_EXPIRED,
    OFFER_EXPIRED,
    JSONLD_CHECKS,
};

const char *jsonld_check_word(enum jsonld_check check); /* "jsonld-syntax" .. */

struct jsonld_finding {
    enum jsonld_check check;
    enum severity severity;
    int64_t line;
    size_t block;
    const char *message; /* without the subject; outside text escaped and capped */
    /* What the message is made of, raw; NULL: none. */
    const char *property, *value, *limit;
    const char *because; /* date and page of a rich rule */
};

/* A URL-valued member that other checks look at (jsonld-url, jsonld-canonical). */
struct jsonld_url {
    const char *property; /* "url" "image" .. */
    struct str value;     /* absolute, or begins with a slash */
    int64_t line;
    bool is_page; /* the `url` of what the page is about */
};

struct jsonld {
    struct jsonld_finding *finding;
    size_t nfindings, findings_capacity;
    struct jsonld_url *url;
    size_t nurls, urls_capacity;

    struct jsonld_block {
        int64_t line;
        const char **type; /* sorted, unique */
        size_t ntypes;
        const char **eligible; /* active rich rules without a required gap */
        size_t neligible;
    } * block; /* one for each block */

    size_t nblocks;
    struct str canonical_text; /* canonical JSON of all blocks less dateModified, for
                                  the content hash */
    const char *headline, *date_modified; /* first ones; NULL */
    int32_t same_until; /* last day, from `as_of` on, with the same findings */
};

/* The rules of rich-results.json, compiled; once a run. */
struct rich;
const struct rich *rich_load(struct arena *arena);

/* All blocks of one page; equal `@id` join. `as_of`: for what has expired. */
void jsonld_check(const struct block *blocks, size_t n, const struct rich *rich,
                  int32_t as_of, struct arena *arena, struct jsonld *jsonld);

#endif
