/*
 * Placeholders of a text by syntax, and what differs between two texts' placeholders
 * (i18ncheck.md 6). Pure.
 */
#ifndef I18NCHECK_TOKENS_H
#define I18NCHECK_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "i18ncheck/catalog.h"
#include "shared/arena.h"
#include "shared/str.h"

/* One placeholder. Views into the text. */
struct token {
    struct str name;  /* numbers of printf tokens are filled in: "%s %d" is 1 and 2 */
    struct str type;  /* normalised: "ld", "number"; "" when untyped */
    struct str whole; /* as written */
    bool is_number;   /* of a type that can hold a count */
};

struct tokens {
    struct token *item;
    size_t n, capacity;
};

/* Of any syntax but ICU. */
void tokens_find(struct str text, enum syntax syntax, struct arena *arena,
                 struct tokens *tokens);

/* What a text may leave out. */
enum droppable { DROP_NOTHING, DROP_COUNT };

enum token_fault {
    TOKENS_SAME,
    TOKENS_EXTRA,   /* `which` is in the target alone */
    TOKENS_TYPE,    /* of another type in the source: `other` */
    TOKENS_MISSING, /* `which` is in the source alone */
    TOKENS_COUNT,   /* the same, but repeated otherwise */
};

struct token_difference {
    enum token_fault fault;
    struct str which, other;
};

/* The worst that differs, extra before type before missing before count. */
struct token_difference tokens_compare(const struct tokens *source,
                                       const struct tokens *target,
                                       enum droppable droppable);

/* Whether the token can be the count: `count`, `n`, `%d`. */
bool token_is_count(const struct token *token);

#endif
