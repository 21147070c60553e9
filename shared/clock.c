/* Days of the configured zone, and the only reading of the clock. No events here. */
#include "shared/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shared/file.h"

#include "shared/banned.h"

enum { DAYS_MAX = 4000, YEAR_FIRST = 1970, YEAR_LAST = 2999, ZONE_BYTES_MAX = 64 };

enum { MINUTES_PER_DAY = 1440 };

#define MS_PER_S   INT64_C(1000)
#define S_PER_HOUR INT64_C(3600)

/* Rounded down, for dividends below 0 too; `b` > 0. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t day_from_civil(int year, int month, int day)
{
    // the year begins in March, so that the leap day is its last
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return (int32_t)(era * 146097 + day_of_era - 719468);
}

void day_to_civil(int32_t day, int *year, int *month, int *day_of_month)
{
    int64_t shifted = (int64_t)day + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) /
        365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * day_of_year + 2) / 153;

    *day_of_month = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static bool read_digits(const char *at, size_t n, int *value)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        sum = sum * 10 + (at[i] - '0');
    }
    *value = sum;
    return true;
}

bool day_parse(const char *at, size_t n, int32_t *day)
{
    int year, month, date, y, m, d;
    int32_t parsed;

    if (n != 10 || at[4] != '-' || at[7] != '-' || !read_digits(at, 4, &year) ||
        !read_digits(at + 5, 2, &month) || !read_digits(at + 8, 2, &date))
        return false;
    if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12)
        return false;
    parsed = day_from_civil(year, month, date);
    day_to_civil(parsed, &y, &m, &d);
    if (m != month) // 30 February comes back as 1 or 2 March
        return false;
    *day = parsed;
    return true;
}

struct day_text day_text(int32_t day)
{
    struct day_text out = {"0000-00-00"};
    int year, month, date;

    day_to_civil(day, &year, &month, &date);
    assert(year >= 0 && year <= 9999);
    for (int i = 3; i >= 0; i--, year /= 10)
        out.text[i] = (char)('0' + year % 10);
    out.text[5] = (char)('0' + month / 10);
    out.text[6] = (char)('0' + month % 10);
    out.text[8] = (char)('0' + date / 10);
    out.text[9] = (char)('0' + date % 10);
    return out;
}

int day_weekday(int32_t day)
{
    int64_t since_monday = (int64_t)day + 3; // 1970-01-01 was a Thursday

    return (int)(since_monday - floor_div(since_monday, 7) * 7);
}

/* Letters, digits, + - _ and single slashes inside. What is left could lead out of the
 * zones' folder, or be a POSIX rule or a file elsewhere. right/ counts leap seconds,
 * which no source of ours does. */
static bool is_zone_name(const char *zone)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789+-_/";
    size_t n = strlen(zone);

    return n > 0 && n <= ZONE_BYTES_MAX && strspn(zone, good) == n && zone[0] != '/' &&
           zone[n - 1] != '/' && !strstr(zone, "//") && strncmp(zone, "right/", 6) != 0;
}

/* The beginning of a zone's file: the largest has 4 kB. */
struct zone_file {
    char bytes[16384];
    ssize_t n;
};

/* Whether the zone's file is there and is one: the folder has tables and readmes too,
 * which C takes for UTC. */
static bool read_zone_file(int folder, const char *zone, struct zone_file *file)
{
    static const char magic[] = "TZif";
    struct err ignored;
    size_t size;
    int fd;

    if (!file_open(folder, zone, false, &fd, &size, &ignored) || fd < 0)
        return false;
    do
        file->n = read(fd, file->bytes, sizeof file->bytes);
    while (file->n < 0 && errno == EINTR);
    (void)close(fd);
    return file->n > (ssize_t)sizeof magic &&
           memcmp(file->bytes, magic, sizeof magic - 1) == 0;
}

/* C says nothing where it cannot read the file, for want of memory or descriptors: it
 * goes on with UTC, under the first letters of the zone's name. Then no such
 * abbreviation is in the file. */
static bool is_entered(const struct zone_file *file)
{
    size_t n = strlen(tzname[0]) + 1;

    for (size_t i = 0; i + n <= (size_t)file->n; i++)
        if (memcmp(file->bytes + i, tzname[0], n) == 0)
            return true;
    return false;
}

bool zone_enter(const char *zone, struct err *err)
{
    const char *from = getenv("TZDIR"); // where the C library looks as well
    const char *value = zone;
    struct zone_file file = {.n = 0};

    if (!from || !*from)
        from = "/usr/share/zoneinfo";
    if (strcmp(zone, "UTC") == 0) {
        value = "UTC0"; // needs no file
    } else {
        int folder = file_openat(AT_FDCWD, from, O_RDONLY | O_DIRECTORY, 0);
        bool is_known =
            folder >= 0 && is_zone_name(zone) && read_zone_file(folder, zone, &file);

        if (folder >= 0)
            (void)close(folder);
        if (folder < 0)
            return err_system(err, "cannot look up time zone '%.64s' in '%s'", zone,
                              from);
        if (!is_known)
            return err_set(
                err,
                "unknown time zone '%.64s'; take a name from '%s', as Europe/Berlin",
                zone, from);
    }
    if (setenv("TZ", value, 1) != 0)
        return err_system(err, "cannot set time zone '%s'", zone);
    tzset();
    (void)day_of_s(0); // which names it
    return value != zone || is_entered(&file) ||
           err_set(err, "cannot load time zone '%.64s'", zone);
}

int32_t day_of_s(int64_t s)
{
    time_t at = (time_t)s;
    struct tm tm = {0};

    (void)localtime_r(&at, &tm); // fails beyond year 2^31 alone
    return day_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static int64_t noon_s(int32_t day)
{
    struct tm tm = {.tm_hour = 12, .tm_isdst = -1};
    int year, month;

    day_to_civil(day, &year, &month, &tm.tm_mday);
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    return (int64_t)mktime(&tm);
}

enum { DAY_S = 24 * 60 * 60 };

/*
 * First instant at which the civil date is `day` or later, in seconds. mktime of 00:00
 * will not do: where that does not exist or comes twice, its answer depends on the C
 * library and on what it was asked before. Noon is safe, so the start is searched
 * between two noons. The noon of a day that does not exist comes out a day off: hence
 * two days before.
 * Where noons are a day apart nothing was moved between them, and it is half a day
 * before the later one.
 * Where the clock goes back over midnight (St John's until 2011: 00:01 to 23:01) the
 * date begins twice; it is one of the two, always the same.
 * `noon_before`: that of the day before.
 */
static int64_t day_start_s(int32_t day, int64_t noon_before, int64_t noon)
{
    int64_t before, within;

    if (noon - noon_before == DAY_S)
        return noon - DAY_S / 2;
    before = noon_s(day - 2);
    within = noon_s(day + 1);
    while (within - before > 1) {
        int64_t middle = before + (within - before) / 2;

        if (day_of_s(middle) < day)
            before = middle;
        else
            within = middle;
    }
    return within;
}

struct day_bounds day_bounds_new(struct arena *arena, int32_t first, size_t n)
{
    int64_t noon = noon_s(first - 1);
    int64_t *at_ms;

    assert(n <= DAYS_MAX);
    at_ms = arena_new(arena, int64_t, n + 1);
    for (size_t i = 0; i <= n; i++) {
        int32_t day = first + (int32_t)i;
        int64_t noon_before = noon;

        noon = noon_s(day);
        at_ms[i] = day_start_s(day, noon_before, noon) * MS_PER_S;
    }
    return (struct day_bounds){.first = first, .n = n, .at_ms = at_ms};
}

static int minute_at(int64_t s)
{
    time_t at = (time_t)s;
    struct tm tm = {0};

    (void)localtime_r(&at, &tm);
    return tm.tm_hour * 60 + tm.tm_min;
}

/* Not by mktime: of a minute that comes twice it gives what it was asked last. */
int64_t day_minute_ms(int64_t start_ms, int minute)
{
    int64_t usual = start_ms / MS_PER_S + (int64_t)minute * 60;
    int off = minute - minute_at(usual);
    int64_t moved;

    off -= off > MINUTES_PER_DAY / 2 ? MINUTES_PER_DAY : 0; // past the next midnight
    off += off < -MINUTES_PER_DAY / 2 ? MINUTES_PER_DAY : 0;
    moved = usual + (int64_t)off * 60;
    return (minute_at(moved) == minute ? moved : usual) * MS_PER_S;
}

bool day_bounds_find(const struct day_bounds *bounds, int64_t ms, int32_t *day)
{
    size_t low = 0, high = bounds->n; // the last start up to ms is in [low, high)

    if (ms < bounds->at_ms[0] || ms >= bounds->at_ms[bounds->n])
        return false;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (bounds->at_ms[middle] <= ms)
            low = middle;
        else
            high = middle;
    }
    *day = bounds->first + (int32_t)low;
    return true;
}

int64_t clock_now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now); // cannot fail for this clock
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / 1000000;
}

int64_t clock_ticks_us(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now); // cannot fail for this clock
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int32_t clock_last_complete_day(int64_t now_ms, int lag_h)
{
    return day_of_s(floor_div(now_ms, MS_PER_S) - lag_h * S_PER_HOUR) - 1;
}
