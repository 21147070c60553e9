/*
 * Which languages and regions hreflang may name: ISO 639-1 [-ISO 15924] [-ISO 3166-1
 * alpha-2], or x-default. Pure.
 */
#ifndef SEOCHECK_HREFLANG_H
#define SEOCHECK_HREFLANG_H

#include <stdbool.h>

#include "shared/str.h"

/* Whatever its case. */
bool hreflang_is_known(struct str code);

#endif
