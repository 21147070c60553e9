/*
 * Times as event exports and access logs write them, by hand: no strptime, no locale,
 * no time zone data. Results are ms since the epoch in UTC, cut (not rounded), of the
 * years 2000 to 2100.
 */
#ifndef SHARED_SOURCE_TIME_H
#define SHARED_SOURCE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/err.h"
#include "shared/str.h"

/* ISO 8601 `YYYY-MM-DD` then T or a space, `HH:MM:SS`, a fraction of any length, then
 * Z, ` UTC`, +HH, +HHMM, +HH:MM or nothing, which is UTC too. Or an epoch: 10 digits
 * are seconds, 13 ms, 16 microseconds, decimals allowed, also as JSON writes large
 * numbers (1.7e9). Second 60 counts as 59. */
MUST_USE bool source_time_parse(struct str text, int64_t *ms);

/* `10/Oct/2000:13:55:36 -0700`, English month names. */
MUST_USE bool source_time_parse_log(struct str text, int64_t *ms);

#endif
