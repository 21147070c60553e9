/*
 * Hits as lines of text: what the ad-hoc verbs print.
 */
#ifndef I18NCHECK_HITS_TEXT_H
#define I18NCHECK_HITS_TEXT_H

#include "i18ncheck/checks.h"
#include "shared/str.h"

/* By severity, check, key, message, locale, file and line. */
void hits_sort(struct hits *hits);

/* A line each, sorted ones of one check, key and message in several locales together:
 * "warn placeholder-extra share.url bn, de: {x} is not in the source, bn.json:4". */
void hits_add_text(const struct hits *hits, struct arena *arena, struct buf *out);

enum { KEY_CHARACTERS = 200 }; /* of a key, shown */

#endif
