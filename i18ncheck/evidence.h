/*
 * Staleness of messages (i18ncheck.md 9): what is remembered of a set's messages
 * against what they are. Never mtime. Pure. (measure_stale.c)
 *
 *     evidence_begin     the set's rows of now, by the source's texts
 *     evidence_locale    each locale of the set, in their order
 *     evidence_end       the days of the rows that changed
 */
#ifndef I18NCHECK_EVIDENCE_H
#define I18NCHECK_EVIDENCE_H

#include "i18ncheck/checks.h"
#include "i18ncheck/history.h"

/* FNV-1a-64 of the source text less what minor edits change: white space collapsed and
 * trimmed, ASCII in lower case, the final `. ! ? : ; …` and blanks left out. Forms of a
 * group joined by U+0000. */
uint64_t stale_hash(const struct message *message);
/* 24 bits of the translation's forms as they are; 0 if it is blank. */
uint32_t stale_print(const struct message *message);

struct evidence {
    const struct history *before;
    struct history *after; /* its columns are set; rows are added */
    const char *set;       /* sets come in the order of their messages */
    const struct source_view *view;
    int32_t as_of;
    struct arena *arena;   /* the history's */
    const size_t **column; /* by column of `after`: that of `before`; NULL: it is new */
    /* by index in K */
    const struct history_row **old; /* NULL: the key is new */
    struct history_row *row;
};

/* before, after, set, view, as_of and arena are set. */
void evidence_begin(struct evidence *evidence);

/* What one locale's translations are known to be. By index in K, `n` of them. */
struct staleness {
    uint8_t *stale; /* bits */
    int32_t *since; /* of those */
};

/* `catalog` NULL: the locale could not be read, so it is taken to say what it said. */
void evidence_locale(struct evidence *evidence, const char *locale,
                     const struct catalog *catalog, struct staleness *staleness);

void evidence_end(struct evidence *evidence);

#endif
