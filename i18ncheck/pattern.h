/*
 * Patterns of catalog paths, "locales/{locale}/{ns}.json": cut into parts, and matched
 * part by part against names. Pure; walking folders is collect_catalogs.c.
 */
#ifndef I18NCHECK_PATTERN_H
#define I18NCHECK_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "i18ncheck/catalog.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum { PATTERN_PARTS_MAX = 32 };

struct pattern {
    struct str part[PATTERN_PARTS_MAX]; /* between slashes; "**": folders, also none */
    size_t n;
    bool has_locale, has_ns;
    enum catalog_format format; /* android, properties and xliff have base files */
};

/* What a path, or its beginning, says. */
struct path_words {
    const char *locale; /* canonical; NULL: not said */
    struct str ns;      /* "": not said */
    /* The part as its base file has it, "values" for "values-de", "a.properties" for
     * "a_de.properties"; at NULL: the part holds no locale, or the format has none. */
    struct str base;
    bool is_base; /* the part is a base file's */
};

/* False with the reason: two {locale}, two {ns}, an empty part, another word in braces.
 * `must_have_locale`: as configured ones must, but for xcstrings, one file of all. */
MUST_USE bool pattern_parse(const char *text, enum catalog_format format,
                            bool must_have_locale, struct pattern *pattern,
                            struct err *err);

/* More than one name can match. */
bool pattern_part_is_wild(struct str part);
bool pattern_part_is_deep(struct str part); /* "**" */

/* Whether `name` matches that part; adds what it says to `words`. Hidden names match
 * only where the part begins with the dot. */
bool pattern_match(const struct pattern *pattern, size_t part, struct str name,
                   struct arena *arena, struct path_words *words);

#endif
