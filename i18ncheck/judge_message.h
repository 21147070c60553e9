/*
 * The checks of one message (i18ncheck.md 5 to 8): the first that fails. Pure.
 */
#ifndef I18NCHECK_JUDGE_MESSAGE_H
#define I18NCHECK_JUDGE_MESSAGE_H

#include "i18ncheck/checks.h"
#include "i18ncheck/measure.h"
#include "i18ncheck/plurals.h"
#include "i18ncheck/tokens.h"

/* A message and what it is judged against. */
struct pair {
    const struct source_view *view;
    const struct plurals *plurals;
    const struct message *source; /* NULL: the message is the source's own */
    const struct message *target;
    enum sameness sameness;
    bool is_copy; /* counts as untranslated */
    bool is_stale;
    bool source_is_broken;
};

struct fault {
    enum check_id check;
    const char *message;     /* one sentence */
    const struct form *form; /* where it was found; NULL: all of it */
};

/* False: nothing. Sentences live in the arena. */
bool judge_message(const struct pair *pair, struct arena *arena, struct fault *fault);

/* Whether a message of the source, or of a locale, cannot be parsed; `why` a sentence.
 */
bool judge_is_unparsable(const struct source_view *view, const struct message *message,
                         struct arena *arena, const char **why);

/* The worst that its placeholders have against the source's, over all forms; `form`:
 * that one. */
struct token_difference judge_placeholders(const struct pair *pair,
                                           const struct form **form,
                                           struct arena *arena);

/* The source's text that a form compares with: the same bare key, else `other`. */
struct str judge_counterpart(const struct pair *pair, const struct form *form);

/* How the pair's placeholders are written: what the entry says, or the source's. */
enum syntax judge_syntax_of(const struct pair *pair);

#endif
