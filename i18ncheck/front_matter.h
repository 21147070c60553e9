/*
 * What stands in front of a page: `---` with YAML, or `+++` with lines key = "value"
 * (i18ncheck.md 11). Only the scalars at its top; the first 64 KiB of a file. Pure.
 */
#ifndef I18NCHECK_FRONT_MATTER_H
#define I18NCHECK_FRONT_MATTER_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/limits.h"
#include "shared/str.h"

#define FRONT_MATTER_BYTES_MAX (64 * KIB)

struct front_item {
    struct str key, value;
    size_t line;
};

struct front_matter {
    struct front_item *item;
    size_t n, capacity;
    struct str body;   /* the file behind it; all of the file where there is none */
    const char *fault; /* why it cannot be read; NULL: it can, or there is none */
    size_t fault_line;
};

/* `file` without a byte-order mark. Strings are views into it, or in the arena. */
struct front_matter front_matter_parse(struct str file, struct arena *arena);

/* The item of that key, the last of several; NULL: none. */
const struct front_item *front_matter_find(const struct front_matter *front,
                                           const char *key);

#endif
