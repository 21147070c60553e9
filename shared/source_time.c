/* Times from text. Each parser walks one cursor over the bytes; nothing is copied. */
#include "shared/source_time.h"

#include <string.h>

#include "shared/clock.h"

#include "shared/banned.h"

enum { YEAR_FIRST = 2000, YEAR_LAST = 2100, MS_A_DAY = 86400000 };

struct cursor {
    const char *at, *end;
};

struct civil {
    int year, month, day, hour, minute, second, ms;
    int offset_minutes; /* of local time from UTC */
};

/* Exactly `n` digits. */
static bool take_digits(struct cursor *cursor, int n, int *value)
{
    int sum = 0;

    if (cursor->end - cursor->at < n)
        return false;
    for (int i = 0; i < n; i++) {
        unsigned digit = (unsigned)(cursor->at[i] - '0');

        if (digit > 9)
            return false;
        sum = sum * 10 + (int)digit;
    }
    cursor->at += n;
    *value = sum;
    return true;
}

static bool take_char(struct cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

/* Digits after the point, at least one, cut to ms. */
static bool take_fraction(struct cursor *cursor, int *ms)
{
    const char *from = cursor->at;
    int scale = 100;

    *ms = 0;
    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
        *ms += (*cursor->at++ - '0') * scale;
        scale /= 10;
    }
    return cursor->at > from;
}

static bool take_clock(struct cursor *cursor, struct civil *civil)
{
    return take_digits(cursor, 2, &civil->hour) && take_char(cursor, ':') &&
           take_digits(cursor, 2, &civil->minute) && take_char(cursor, ':') &&
           take_digits(cursor, 2, &civil->second);
}

/* +HH, +HHMM, +HH:MM, to the end. */
static bool take_offset(struct cursor *cursor, struct civil *civil)
{
    bool west = take_char(cursor, '-');
    int hours, minutes = 0;

    if ((!west && !take_char(cursor, '+')) || !take_digits(cursor, 2, &hours))
        return false;
    if (cursor->at < cursor->end) {
        (void)take_char(cursor, ':');
        if (!take_digits(cursor, 2, &minutes))
            return false;
    }
    if (cursor->at != cursor->end || hours > 23 || minutes > 59)
        return false;
    civil->offset_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool civil_to_ms(const struct civil *civil, int64_t *ms)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int second = civil->second == 60 ? 59 : civil->second;
    int64_t minutes;

    if (civil->year < YEAR_FIRST || civil->year > YEAR_LAST || civil->month < 1 ||
        civil->month > 12 || civil->day < 1 ||
        civil->day >
            days[civil->month - 1] + (civil->month == 2 && is_leap(civil->year)) ||
        civil->hour > 23 || civil->minute > 59 || second > 59)
        return false;
    minutes = (int64_t)civil->hour * 60 + civil->minute - civil->offset_minutes;
    *ms = (int64_t)day_from_civil(civil->year, civil->month, civil->day) * MS_A_DAY +
          minutes * 60000 + (int64_t)second * 1000 + civil->ms;
    return true;
}

static bool parse_iso(struct cursor cursor, int64_t *ms)
{
    struct civil civil = {0};
    bool utc;

    if (!take_digits(&cursor, 4, &civil.year) || !take_char(&cursor, '-') ||
        !take_digits(&cursor, 2, &civil.month) || !take_char(&cursor, '-') ||
        !take_digits(&cursor, 2, &civil.day) ||
        !(take_char(&cursor, 'T') || take_char(&cursor, ' ') ||
          take_char(&cursor, 't')) ||
        !take_clock(&cursor, &civil))
        return false;
    if ((take_char(&cursor, '.') || take_char(&cursor, ',')) &&
        !take_fraction(&cursor, &civil.ms))
        return false;
    utc = cursor.at == cursor.end || take_char(&cursor, 'Z') || take_char(&cursor, 'z');
    if (!utc && cursor.end - cursor.at == 4 && memcmp(cursor.at, " UTC", 4) == 0) {
        cursor.at += 4;
        utc = true;
    }
    if (utc ? cursor.at != cursor.end : !take_offset(&cursor, &civil))
        return false;
    return civil_to_ms(&civil, ms);
}

static bool in_years(int64_t ms)
{
    return ms >= (int64_t)day_from_civil(YEAR_FIRST, 1, 1) * MS_A_DAY &&
           ms < (int64_t)day_from_civil(YEAR_LAST + 1, 1, 1) * MS_A_DAY;
}

/* A number with an exponent: no export writes one, but JSON allows it. */
static bool parse_exponent(struct str text, int64_t *ms)
{
    double value;

    if (!str_to_double(text.at, text.n, &value))
        return false;
    if (value >= 1e9 && value < 1e10)
        *ms = (int64_t)(value * 1000);
    else if (value >= 1e12 && value < 1e13)
        *ms = (int64_t)value;
    else if (value >= 1e15 && value < 1e16)
        *ms = (int64_t)(value / 1000);
    else
        return false;
    return in_years(*ms);
}

static bool parse_epoch(struct str text, int64_t *ms)
{
    struct cursor cursor = {text.at, text.at + text.n};
    int64_t whole = 0;
    int fraction = 0;
    size_t n = 0;

    while (n < text.n && text.at[n] >= '0' && text.at[n] <= '9')
        n++;
    cursor.at += n;
    if (n > 16 || !str_to_int64(text.at, n, &whole))
        return false;
    if (take_char(&cursor, '.') && !take_fraction(&cursor, &fraction))
        return false;
    if (cursor.at < cursor.end)
        return (*cursor.at == 'e' || *cursor.at == 'E') && parse_exponent(text, ms);
    if (n == 10)
        *ms = whole * 1000 + fraction;
    else if (n == 13)
        *ms = whole;
    else if (n == 16)
        *ms = whole / 1000;
    else
        return false;
    return in_years(*ms);
}

bool source_time_parse(struct str text, int64_t *ms)
{
    int64_t parsed;

    if (text.n > 4 && text.at[4] == '-'
            ? !parse_iso((struct cursor){text.at, text.at + text.n}, &parsed)
            : !parse_epoch(text, &parsed))
        return false;
    *ms = parsed;
    return true;
}

bool source_time_parse_log(struct str text, int64_t *ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct cursor cursor = {text.at, text.at + text.n};
    struct civil civil = {0};
    int64_t parsed;

    if (!take_digits(&cursor, 2, &civil.day) || !take_char(&cursor, '/') ||
        cursor.end - cursor.at < 3)
        return false;
    for (int i = 0; i < 12; i++)
        if (memcmp(cursor.at, months + (ptrdiff_t)i * 3, 3) == 0)
            civil.month = i + 1;
    cursor.at += 3;
    if (!take_char(&cursor, '/') || !take_digits(&cursor, 4, &civil.year) ||
        !take_char(&cursor, ':') || !take_clock(&cursor, &civil) ||
        !take_char(&cursor, ' ') || !take_offset(&cursor, &civil) ||
        !civil_to_ms(&civil, &parsed))
        return false;
    *ms = parsed;
    return true;
}
