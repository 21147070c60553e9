/*
 * Values of structured data as text: dates, durations, numbers and the like, as the
 * data types of schema.org have them. White space around is no part of a value. Pure.
 */
#ifndef SEOCHECK_JSONLD_VALUE_H
#define SEOCHECK_JSONLD_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/str.h"

struct str value_trim(struct str text);

/* ISO 8601 with the real calendar: a year, a month, a day, a day of the year or of a
 * week, with hyphens or (a day) without. */
bool value_is_date(struct str text);
/* A day, `T`, and a time; hh[:mm[:ss[.s+]]] or without colons, then Z, +hh:mm, +hhmm,
 * +hh or nothing; 24:00 ends a day. */
bool value_is_date_time(struct str text);
bool value_is_time(struct str text);
/* P, then years, months, weeks, days, then T and hours, minutes, seconds: at least one,
 * a fraction in the last. */
bool value_is_duration(struct str text);
bool value_is_number(struct str text, double *value);
bool value_is_boolean(struct str text); /* schema.org's True and False too */
/* An http(s) address has a host; a text with spaces and no scheme is prose. */
bool value_is_url(struct str text);

/* The day that a date, or a date with a time, names as it is written: its zone is not
 * looked at. False for years and months. */
bool value_day(struct str text, int32_t *day);

#endif
