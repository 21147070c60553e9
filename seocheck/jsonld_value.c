/* What a text of structured data is: ISO 8601, numbers, booleans, addresses. */
#include "seocheck/jsonld_value.h"

#include <string.h>

#include "shared/clock.h"

#include "shared/banned.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

struct str value_trim(struct str text)
{
    while (text.n > 0 && is_space(text.at[0])) {
        text.at++;
        text.n--;
    }
    while (text.n > 0 && is_space(text.at[text.n - 1]))
        text.n--;
    return text;
}

static void skip(struct str *rest, size_t n)
{
    rest->at += n;
    rest->n -= n;
}

static bool take(struct str *rest, char c)
{
    if (rest->n == 0 || rest->at[0] != c)
        return false;
    skip(rest, 1);
    return true;
}

/* Exactly `n` digits; more may follow. */
static bool take_digits(struct str *rest, size_t n, int *value)
{
    int sum = 0;

    if (rest->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(rest->at[i]))
            return false;
        sum = sum * 10 + (rest->at[i] - '0');
    }
    skip(rest, n);
    *value = sum;
    return true;
}

static size_t count_digits(struct str rest)
{
    size_t n = 0;

    while (n < rest.n && is_digit(rest.at[n]))
        n++;
    return n;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_day(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && is_leap(year));
}

/* A year has 53 weeks when it begins on a Thursday, or on a Wednesday in a leap year.
 */
static int weeks_of(int year)
{
    int first = day_weekday(day_from_civil(year, 1, 1));

    return first == 3 || (first == 2 && is_leap(year)) ? 53 : 52;
}

enum precision { NO_DATE, DATE_YEAR, DATE_MONTH, DATE_DAY };

/* What follows the year and a hyphen: Www-D, Www, DDD, MM or MM-DD. */
static enum precision take_day(struct str *rest, int year, int *month, int *day)
{
    int week, of_week = 1;

    *month = *day = 1;
    if (take(rest, 'W')) {
        if (!take_digits(rest, 2, &week) || week < 1 || week > weeks_of(year) ||
            (take(rest, '-') &&
             (!take_digits(rest, 1, &of_week) || of_week < 1 || of_week > 7)))
            return NO_DATE;
        return DATE_DAY;
    }
    if (count_digits(*rest) == 3)
        return take_digits(rest, 3, day) && *day >= 1 && *day <= 365 + is_leap(year)
                   ? DATE_DAY
                   : NO_DATE;
    if (!take_digits(rest, 2, month) || !is_day(year, *month, 1))
        return NO_DATE;
    if (!take(rest, '-'))
        return DATE_MONTH;
    return take_digits(rest, 2, day) && is_day(year, *month, *day) ? DATE_DAY : NO_DATE;
}

/* Years before 0 and beyond 9999 have a sign and may have more digits; nobody asks for
 * their days. */
static enum precision take_date(struct str *rest, int *year, int *month, int *day)
{
    bool is_signed = take(rest, '-') || take(rest, '+');
    size_t digits = count_digits(*rest);

    *month = *day = 1;
    if (digits == 8 && !is_signed)
        return take_digits(rest, 4, year) && take_digits(rest, 2, month) &&
                       take_digits(rest, 2, day) && is_day(*year, *month, *day)
                   ? DATE_DAY
                   : NO_DATE;
    if (digits < 4 || digits > (is_signed ? 6 : 4) || !take_digits(rest, digits, year))
        return NO_DATE;
    if (!take(rest, '-'))
        return DATE_YEAR;
    return take_day(rest, *year, month, day);
}

static bool take_zone(struct str *rest)
{
    int hour, minute = 0;

    if (take(rest, 'Z') || rest->n == 0)
        return true;
    if (!take(rest, '+') && !take(rest, '-'))
        return false;
    if (!take_digits(rest, 2, &hour))
        return false;
    if (rest->n > 0) {
        (void)take(rest, ':');
        if (!take_digits(rest, 2, &minute))
            return false;
    }
    return hour <= 14 && minute <= 59;
}

static bool take_time(struct str *rest)
{
    int hour, minute = 0, second = 0;
    size_t digits = count_digits(*rest);
    bool has_colons = digits == 2, has_fraction = false;

    if ((digits != 2 && digits != 4 && digits != 6) || !take_digits(rest, 2, &hour))
        return false;
    if (digits > 2 || take(rest, ':')) {
        if (!take_digits(rest, 2, &minute))
            return false;
        if (has_colons ? take(rest, ':') : digits == 6) {
            if (!take_digits(rest, 2, &second))
                return false;
            if (take(rest, '.') || take(rest, ',')) {
                digits = count_digits(*rest);
                has_fraction = digits > 0;
                if (!has_fraction)
                    return false;
                skip(rest, digits);
            }
        }
    }
    if (hour == 24)
        return minute == 0 && second == 0 && !has_fraction && take_zone(rest);
    return hour <= 23 && minute <= 59 && second <= 60 && take_zone(rest);
}

bool value_is_date(struct str text)
{
    struct str rest = value_trim(text);
    int year, month, day;

    return take_date(&rest, &year, &month, &day) != NO_DATE && rest.n == 0;
}

bool value_is_time(struct str text)
{
    struct str rest = value_trim(text);

    (void)take(&rest, 'T');
    return take_time(&rest) && rest.n == 0;
}

bool value_is_date_time(struct str text)
{
    struct str rest = value_trim(text);
    int year, month, day;

    return take_date(&rest, &year, &month, &day) == DATE_DAY && take(&rest, 'T') &&
           take_time(&rest) && rest.n == 0;
}

bool value_day(struct str text, int32_t *day)
{
    struct str rest = value_trim(text);

    return rest.n >= 10 && (rest.n == 10 || rest.at[10] == 'T') &&
           day_parse(rest.at, 10, day);
}

/* Digits, a fraction, and one of `units`, each at most once and in this order. */
static bool take_parts(struct str *rest, const char *units, bool *any, bool *fraction)
{
    while (rest->n > 0 && is_digit(rest->at[0])) {
        skip(rest, count_digits(*rest));
        if (*fraction)
            return false; // only the last part has one
        if (take(rest, '.') || take(rest, ',')) {
            *fraction = true;
            if (count_digits(*rest) == 0)
                return false;
            skip(rest, count_digits(*rest));
        }
        if (rest->n == 0 || !is_one_of(rest->at[0], units))
            return false;
        units = strchr(units, rest->at[0]) + 1;
        skip(rest, 1);
        *any = true;
    }
    return true;
}

bool value_is_duration(struct str text)
{
    struct str rest = value_trim(text);
    bool any = false, any_time = false, fraction = false;

    if (!take(&rest, '-'))
        (void)take(&rest, '+');
    if (!take(&rest, 'P') || !take_parts(&rest, "YMWD", &any, &fraction))
        return false;
    if (take(&rest, 'T'))
        return !(fraction && any) && take_parts(&rest, "HMS", &any_time, &fraction) &&
               any_time && rest.n == 0;
    return any && rest.n == 0;
}

bool value_is_number(struct str text, double *value)
{
    struct str rest = value_trim(text);

    if (rest.n > 1 && rest.at[0] == '+' && rest.at[1] != '-')
        skip(&rest, 1);
    return str_to_double(rest.at, rest.n, value);
}

bool value_is_boolean(struct str text)
{
    text = value_trim(text);
    return str_equal_ignoring_case(text, STR("true")) ||
           str_equal_ignoring_case(text, STR("false"));
}

/* The length of a scheme and its colon; 0 for none. */
static size_t scheme_bytes(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (c == ':')
            return i > 0 ? i + 1 : 0;
        if (!is_letter &&
            (i == 0 || (!is_digit(c) && c != '+' && c != '-' && c != '.')))
            return 0;
    }
    return 0;
}

bool value_is_url(struct str text)
{
    struct str rest = value_trim(text);
    size_t scheme = scheme_bytes(rest);
    struct str word = {rest.at, scheme};

    if (rest.n == 0)
        return false;
    if (scheme == 0)
        return !memchr(rest.at, ' ', rest.n) || is_one_of(rest.at[0], "/?#.");
    if (!str_equal_ignoring_case(word, STR("http:")) &&
        !str_equal_ignoring_case(word, STR("https:")))
        return true;
    skip(&rest, scheme);
    if (!str_starts(rest, STR("//")))
        return false;
    skip(&rest, 2);
    return rest.n > 0 && !is_one_of(rest.at[0], "/?#: .");
}
