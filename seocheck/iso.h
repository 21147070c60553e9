/*
 * Codes that ISO has given out. Tables only: no names, no history.
 */
#ifndef SEOCHECK_ISO_H
#define SEOCHECK_ISO_H

#include <stdbool.h>

#include "shared/str.h"

/* ISO 3166-1 alpha-2, in capitals or small letters. */
bool iso_country(struct str code);
/* ISO 4217, in capitals. */
bool iso_currency(struct str code);

#endif
