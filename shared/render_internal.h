/*
 * What the files render_<format>.c share; nobody else's.
 */
#ifndef SHARED_RENDER_INTERNAL_H
#define SHARED_RENDER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/finding.h"
#include "shared/report.h"
#include "shared/str.h"

/* The second part of a finding's id: "title-missing". */
struct str render_check(const struct finding *finding);

/* Whether the report's lines are laid out with spaces, for the terminal: one of them
 * has two running. Where there are tables these say the same. */
bool render_in_columns(const struct report *report);

bool render_is_open(const struct finding *finding); /* not resolved */

#endif
