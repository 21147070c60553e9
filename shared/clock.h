/*
 * Days and the one clock. A day is a civil day of the configured time zone, counted
 * from 1970-01-01; its bounds come from mktime of the date, never from adding 86,400 s,
 * so that days of 23 and 25 hours are whole.
 */
#ifndef SHARED_CLOCK_H
#define SHARED_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

/* ISO 8601 calendar date, exactly YYYY-MM-DD, years 1970 to 2999, real dates only. */
MUST_USE bool day_parse(const char *at, size_t n, int32_t *day);

struct day_text {
    char text[sizeof "2026-03-02"];
};
struct day_text day_text(
    int32_t day); /* day_text(day).text, good in the full expression */

int day_weekday(int32_t day); /* 0 Monday .. 6 Sunday */

/* Proleptic Gregorian, Hinnant's days_from_civil; month 1..12. */
int32_t day_from_civil(int year, int month, int day);
void day_to_civil(int32_t day, int *year, int *month, int *day_of_month);

/* Makes `zone` ("Europe/Berlin", "UTC") the process's time zone. An unknown name is an
 * error: C would quietly take UTC for it. Reads the zone's file, so call it before
 * confinement. Sets TZ in the environment. */
MUST_USE bool zone_enter(const char *zone, struct err *err);

/* The civil day of an instant, in seconds since the epoch. Needs zone_enter. For dates
 * that are only shown: what is counted by days goes through day_bounds. */
int32_t day_of_s(int64_t s);

/* Bounds of the days [first, first + n): start of day i in ms since the epoch is
 * at_ms[i]; at_ms[n] ends the last. Strictly ascending, but for a day that a zone left
 * out (Pacific/Apia 2011-12-30): it has no instant, its bounds are equal, and
 * day_bounds_find never names it. */
struct day_bounds {
    int32_t first;
    size_t n;
    const int64_t *at_ms;
};

/* Needs zone_enter. n <= 4000. */
struct day_bounds day_bounds_new(struct arena *arena, int32_t first, size_t n);

/* The instant, in ms since the epoch, at which the clock shows `minute` of the day that
 * starts at `start_ms`; where it leaves that minute out, about as long after midnight.
 * Needs zone_enter. */
int64_t day_minute_ms(int64_t start_ms, int minute);

/* The day that holds `ms`, by binary search; false when it is outside. */
bool day_bounds_find(const struct day_bounds *bounds, int64_t ms, int32_t *day);

/* The only reading of the clock: ms since the epoch. Called by main alone.
 */
int64_t clock_now_ms(void);

/* For waiting only: microseconds since some moment, never set back. */
int64_t clock_ticks_us(void);

/* The last day whose end and `lag_h` hours more have passed at `now_ms`. Needs
 * zone_enter. */
int32_t clock_last_complete_day(int64_t now_ms, int lag_h);

#endif
