/*
 * ICU messages, parsed as far as parity and plural checks need it (i18ncheck.md 7).
 * Pure; views into the text.
 */
#ifndef I18NCHECK_ICU_H
#define I18NCHECK_ICU_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/str.h"

enum { ICU_DEPTH_MAX = 32 };

enum icu_kind {
    ICU_PLAIN,
    ICU_NUMBER,
    ICU_DATE,
    ICU_TIME,
    ICU_SPELLOUT,
    ICU_ORDINAL,
    ICU_DURATION,
    ICU_PLURAL,
    ICU_SELECTORDINAL,
    ICU_SELECT,
};

struct icu_option {
    struct str selector; /* "one", "=1", "female" */
    struct str text;     /* its message as written, without the braces */
    bool has_count;      /* `#`, or the plural's own argument */
};

struct icu_argument {
    enum icu_kind kind;
    struct str name;
    struct str whole;          /* as written, with its braces */
    struct icu_option *option; /* of plural, selectordinal, select */
    size_t noptions, capacity;
};

struct icu {
    struct icu_argument *argument; /* all, also nested ones, by where they begin */
    size_t n, capacity;
    struct str bad_selector; /* a plural's selector that is no CLDR name; n 0: none */
};

/* `tags`: `<b>` is markup that has to be closed. False: `why`, a sentence, of the first
 * fault. */
bool icu_parse(struct str text, bool tags, struct arena *arena, struct icu *icu,
               const char **why);

bool icu_is_exact(struct str selector); /* "=1" */

/* Whether it has a plural or select: texts that exclude each other. */
bool icu_has_options(const struct icu *icu);

#endif
