/*
 * Characters that no translation should have (i18ncheck.md 5, `encoding`). Pure.
 */
#ifndef I18NCHECK_ENCODING_H
#define I18NCHECK_ENCODING_H

#include <stdbool.h>

#include "shared/str.h"

/* What is wrong with a UTF-8 text; NULL: nothing. `source`: what the source has is not
 * the translation's fault (mojibake alone). */
const char *encoding_fault(struct str text, struct str source);

#endif
