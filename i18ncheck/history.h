/*
 * What is remembered of each message from run to run: state/history/i18ncheck.tsv
 * (i18ncheck.md 9 and 14). Of formats whose key is not the text alone.
 */
#ifndef I18NCHECK_HISTORY_H
#define I18NCHECK_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum { HISTORY_LOCALES_MAX = 1000 };

/* What is kept of a translation, 24 bits and PRINT_KNOWN; 0: it is not there, or blank.
 */
enum { PRINT_BITS = 0xffffff, PRINT_KNOWN = 0x1000000 };

/* A translation that was last seen to be made of another source text. */
struct mark {
    size_t column;
    uint64_t hash; /* of that text */
    int32_t day;   /* stale since */
};

struct history_row {
    struct str message; /* "web:cart.title" */
    int32_t day;        /* of its last change */
    uint64_t source;
    uint32_t *print;   /* by column */
    struct mark *mark; /* by column, each at most one */
    size_t nmarks, capacity;
};

struct history {
    const char **locale; /* of the columns, sorted */
    size_t nlocales;
    struct history_row *row; /* by message, bytes */
    size_t n, capacity;
};

/* `bytes` with the header line, which names the columns. */
MUST_USE bool history_parse(struct str bytes, const char *name, struct arena *arena,
                            struct history *history, struct err *err);
/* A row that would be longer than a line may be is left out: such a message has no
 * evidence. */
void history_format(const struct history *history, struct buf *out);

/* The row of the set's message; NULL: none. */
const struct history_row *history_find(const struct history *history, const char *set,
                                       struct str key);
bool history_column(const struct history *history, const char *locale, size_t *column);

const struct mark *history_mark(const struct history_row *row, size_t column);

#endif
