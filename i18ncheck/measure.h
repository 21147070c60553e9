/*
 * Numbers of one message or locale (i18ncheck.md 4 and 8). Pure.
 */
#ifndef I18NCHECK_MEASURE_H
#define I18NCHECK_MEASURE_H

#include "i18ncheck/checks.h"

enum sameness {
    SAME_NOT,  /* another text */
    SAME_FREE, /* equal, and nothing in it that could be translated */
    SAME_WORD, /* equal, one word: a copy in a locale filled with source text alone */
    SAME_TEXT, /* equal, text: a copy unless many locales have it so */
};

/* Compares the target's forms with the source's, trimmed. */
enum sameness measure_sameness(const struct message *source,
                               const struct message *target, enum syntax syntax,
                               struct arena *arena);

/* Whether a copy counts as translated by the vote (section 8). */
bool measure_vote_passes(const struct vote *vote, size_t index);

#endif
