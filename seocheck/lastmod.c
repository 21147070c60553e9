/* Dates of sitemaps and feeds: the W3C profile of ISO 8601, and RFC 822 as RSS has it.
 * Pure. */
#include <string.h>

#include "seocheck/sitemap.h"

#include "shared/banned.h"

enum { DAY_S = 86400, MS_A_SECOND = 1000 };

struct cursor {
    const char *at, *end;
};

struct civil {
    int year, month, day, hour, minute, second;
    int offset_minutes; // of local time from UTC
};

static bool take_char(struct cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

/* `least` to `most` digits, as many as there are. */
static bool take_digits(struct cursor *cursor, int least, int most, int *value)
{
    int n = 0, sum = 0;

    while (n < most && cursor->at < cursor->end && *cursor->at >= '0' &&
           *cursor->at <= '9') {
        sum = sum * 10 + (*cursor->at++ - '0');
        n++;
    }
    *value = sum;
    return n >= least;
}

static bool take_in_range(struct cursor *cursor, int most, int *value)
{
    return take_digits(cursor, 2, 2, value) && *value <= most;
}

static bool is_done(const struct cursor *cursor)
{
    return cursor->at == cursor->end;
}

static bool is_real_date(const struct civil *civil)
{
    int year, month, day;

    if (civil->year < 1 || civil->month < 1 || civil->month > 12 || civil->day < 1)
        return false;
    // 30 February comes back as a day of March
    day_to_civil(day_from_civil(civil->year, civil->month, civil->day), &year, &month,
                 &day);
    return month == civil->month && day == civil->day;
}

static void set_good(struct lastmod *lastmod, const struct civil *civil, bool has_time)
{
    int32_t day = day_from_civil(civil->year, civil->month, civil->day);
    int64_t minutes = (int64_t)civil->hour * 60 + civil->minute - civil->offset_minutes;
    int64_t second = (int64_t)day * DAY_S + minutes * 60 + civil->second;

    lastmod->status = LASTMOD_GOOD;
    lastmod->has_time = has_time;
    lastmod->time_s = second;
    // rounded down, before 1970 too: at most a day off the local one
    lastmod->day = (int32_t)((second - (second % DAY_S + DAY_S) % DAY_S) / DAY_S);
}

/* ---- W3C ---- */

/* Z, or +hh:mm, to the end: a time without a zone is no time. */
static bool take_zone(struct cursor *cursor, struct civil *civil)
{
    bool west = take_char(cursor, '-');
    int hours, minutes;

    if (!west && take_char(cursor, 'Z'))
        return is_done(cursor);
    if ((!west && !take_char(cursor, '+')) || !take_in_range(cursor, 23, &hours) ||
        !take_char(cursor, ':') || !take_in_range(cursor, 59, &minutes))
        return false;
    civil->offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
    return is_done(cursor);
}

/* After the T: hh:mm[:ss[.s+]] and a zone. */
static bool take_time(struct cursor *cursor, struct civil *civil)
{
    if (!take_in_range(cursor, 23, &civil->hour) || !take_char(cursor, ':') ||
        !take_in_range(cursor, 59, &civil->minute))
        return false;
    if (take_char(cursor, ':')) {
        if (!take_in_range(cursor, 59, &civil->second))
            return false;
        if (take_char(cursor, '.')) {
            const char *fraction = cursor->at;

            while (!is_done(cursor) && *cursor->at >= '0' && *cursor->at <= '9')
                cursor->at++;
            if (cursor->at == fraction)
                return false;
        }
    }
    return take_zone(cursor, civil);
}

void lastmod_parse(struct str text, struct lastmod *lastmod)
{
    struct cursor cursor;
    struct civil civil = {.month = 1, .day = 1};
    bool has_time = false;

    *lastmod = (struct lastmod){.text = text};
    if (text.n == 0)
        return;
    cursor = (struct cursor){text.at, text.at + text.n};
    lastmod->status = LASTMOD_BAD;
    if (!take_digits(&cursor, 4, 4, &civil.year) || civil.year < 1)
        return;
    if (is_done(&cursor)) {
        lastmod->status = LASTMOD_COARSE;
        return;
    }
    if (!take_char(&cursor, '-') || !take_in_range(&cursor, 12, &civil.month) ||
        civil.month < 1)
        return;
    if (is_done(&cursor)) {
        lastmod->status = LASTMOD_COARSE;
        return;
    }
    if (!take_char(&cursor, '-') || !take_in_range(&cursor, 31, &civil.day) ||
        !is_real_date(&civil))
        return;
    if (!is_done(&cursor)) {
        has_time = take_char(&cursor, 'T') && take_time(&cursor, &civil);
        if (!has_time)
            return;
    }
    set_good(lastmod, &civil, has_time);
}

/* ---- RFC 822 ---- */

static void skip_spaces(struct cursor *cursor)
{
    while (take_char(cursor, ' '))
        ;
}

/* Letters, lower case, at most `most`; the rest of a longer word stays. */
static struct str take_word(struct cursor *cursor, char *to, size_t most)
{
    size_t n = 0;

    while (n < most && !is_done(cursor)) {
        char c = (char)(*cursor->at | 0x20);

        if (c < 'a' || c > 'z')
            break;
        to[n++] = c;
        cursor->at++;
    }
    return (struct str){to, n};
}

static bool take_month(struct cursor *cursor, int *month)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char word[3];

    if (take_word(cursor, word, sizeof word).n != sizeof word)
        return false;
    for (*month = 1; *month <= 12; ++*month)
        if (memcmp(names + (size_t)3 * (size_t)(*month - 1), word, sizeof word) == 0)
            return true;
    return false;
}

/* The names of RFC 822 section 5.1 but for the military ones, which RFC 2822 found to
 * be used with either sign; or +hhmm. */
static bool take_named_zone(struct cursor *cursor, struct civil *civil)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"gmt", 0},  {"ut", 0},   {"utc", 0},  {"z", 0},
                 {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5},
                 {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}};

    char word[3];
    struct str name = take_word(cursor, word, sizeof word);
    bool west = take_char(cursor, '-');
    int hours, minutes;

    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (!west && str_equal(name, str_of(zones[i].name))) {
            civil->offset_minutes = zones[i].hours * 60;
            return is_done(cursor);
        }
    if (name.n > 0 || (!west && !take_char(cursor, '+')) ||
        !take_in_range(cursor, 23, &hours) || !take_in_range(cursor, 59, &minutes))
        return false;
    civil->offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
    return is_done(cursor);
}

/* Two digits are years of 1950 to 2049 (RFC 2822 section 4.3). */
static bool take_short_year(struct cursor *cursor, int *year)
{
    const char *from = cursor->at;

    if (!take_digits(cursor, 2, 4, year))
        return false;
    if (cursor->at - from == 2)
        *year += *year < 50 ? 2000 : 1900;
    return cursor->at - from != 3;
}

void lastmod_parse_rfc822(struct str text, struct lastmod *lastmod)
{
    struct cursor cursor;
    struct civil civil = {0};
    char weekday[3];

    *lastmod = (struct lastmod){.text = text};
    if (text.n == 0)
        return;
    cursor = (struct cursor){text.at, text.at + text.n};
    lastmod->status = LASTMOD_BAD;
    if (take_word(&cursor, weekday, sizeof weekday).n > 0 && !take_char(&cursor, ','))
        return;
    skip_spaces(&cursor);
    if (!take_digits(&cursor, 1, 2, &civil.day))
        return;
    skip_spaces(&cursor);
    if (!take_month(&cursor, &civil.month))
        return;
    skip_spaces(&cursor);
    if (!take_short_year(&cursor, &civil.year) || !is_real_date(&civil))
        return;
    skip_spaces(&cursor);
    if (!take_in_range(&cursor, 23, &civil.hour) || !take_char(&cursor, ':') ||
        !take_in_range(&cursor, 59, &civil.minute) ||
        (take_char(&cursor, ':') && !take_in_range(&cursor, 59, &civil.second)))
        return;
    skip_spaces(&cursor);
    if (take_named_zone(&cursor, &civil))
        set_good(lastmod, &civil, true);
}

/* ---- the configured zone ---- */

void lastmod_in_zone(struct lastmod *lastmod, const struct day_bounds *bounds)
{
    if (lastmod->status == LASTMOD_GOOD && lastmod->has_time)
        (void)day_bounds_find(bounds, lastmod->time_s * MS_A_SECOND, &lastmod->day);
}
