/* Round numbers and calendar days for the axes of charts. */
#include "shared/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "shared/clock.h"

#include "shared/banned.h"

enum { STEPS = 4, MONTHS = 12 };

/* Lets a bound that is a multiple of the step be one, in spite of rounding. */
static const double slack = 1e-9;

static double power_of_ten(int power)
{
    double value = 1;

    for (int i = 0; i < (power < 0 ? -power : power); i++)
        value *= 10;
    return power < 0 ? 1 / value : value;
}

/* Labels of large numbers are in thousands, millions or milliards. */
static void set_unit(struct axis *axis, int power)
{
    static const char *const suffixes[] = {"", "k", "M", "G"};
    double most = fmax(fabs(axis_low(axis)), fabs(axis_high(axis)));
    int thousands = most < 1e4 ? 0 : most < 1e6 ? 1 : most < 1e9 ? 2 : 3;

    axis->suffix = suffixes[thousands];
    axis->divisor = power_of_ten(3 * thousands);
    power -= 3 * thousands;
    axis->decimals = power < 0 ? -power : 0;
}

struct axis axis_fit(double low, double high, bool is_whole)
{
    static const double nice[] = {1, 2, 2.5, 5, 10};
    struct axis axis = {0};
    double raw, base;
    int power;
    size_t i = 0;

    if (high - low < slack)
        high = low + 1;
    raw = (high - low) / STEPS;
    if (is_whole)
        raw = fmax(raw, 1);
    power = (int)floor(log10(raw));
    base = power_of_ten(power);
    while (nice[i] < 10 && (nice[i] < raw / base * (1 - slack) ||
                            (is_whole && power == 0 && nice[i] == 2.5)))
        i++;
    axis.step = nice[i] * base;
    axis.first = (int64_t)floor(low / axis.step + slack);
    axis.last = (int64_t)ceil(high / axis.step - slack);
    if (nice[i] == 2.5)
        power--;
    else if (nice[i] == 10)
        power++;
    set_unit(&axis, power);
    return axis;
}

double axis_low(const struct axis *axis)
{
    return (double)axis->first * axis->step;
}

double axis_high(const struct axis *axis)
{
    return (double)axis->last * axis->step;
}

void axis_label(const struct axis *axis, int64_t i, char label[AXIS_LABEL_BYTES])
{
    (void)snprintf(label, AXIS_LABEL_BYTES, "%.*f%s", axis->decimals,
                   (double)i * axis->step / axis->divisor, i != 0 ? axis->suffix : "");
}

/* ---- days ---- */

static const char *month_name(int month)
{
    static const char *const names[MONTHS] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    return names[month - 1];
}

/* Every `step` days, back from the last. */
static size_t count_back(int32_t first, int32_t last, int32_t step,
                         struct axis_day day[AXIS_DAYS_MAX])
{
    size_t n = (size_t)((last - first) / step) + 1;

    for (size_t i = 0; i < n; i++) {
        int year, month, of_month;

        day[i].day = last - (int32_t)(n - 1 - i) * step;
        day_to_civil(day[i].day, &year, &month, &of_month);
        (void)snprintf(day[i].label, sizeof day[i].label, "%d %s", of_month,
                       month_name(month));
    }
    return n;
}

/* First days of every `step`-th month from January on. */
static size_t months(int32_t first, int32_t last, int step,
                     struct axis_day day[AXIS_DAYS_MAX])
{
    int year, month, of_month;
    size_t n = 0;

    day_to_civil(first, &year, &month, &of_month);
    for (month = 1; n < AXIS_DAYS_MAX; month += step) {
        int32_t at;

        if (month > MONTHS) {
            year += (month - 1) / MONTHS;
            month = (month - 1) % MONTHS + 1;
        }
        at = day_from_civil(year, month, 1);
        if (at > last)
            break;
        if (at < first)
            continue;
        day[n].day = at;
        (void)snprintf(day[n].label, sizeof day[n].label, "%s", month_name(month));
        if (month == 1)
            (void)snprintf(day[n].label, sizeof day[n].label, "%d", year);
        n++;
    }
    return n;
}

size_t axis_days(int32_t first, int32_t last, struct axis_day day[AXIS_DAYS_MAX])
{
    static const struct {
        int32_t days; // most that this step serves
        int32_t step;
    } back[] = {{6, 1}, {12, 2}, {42, 7}, {84, 14}};

    static const struct {
        int32_t days;
        int step;
    } by_month[] = {{190, 1}, {380, 2}, {570, 3}, {1140, 6}};

    int32_t span = last - first + 1;

    for (size_t i = 0; i < sizeof back / sizeof *back; i++)
        if (span <= back[i].days)
            return count_back(first, last, back[i].step, day);
    for (size_t i = 0; i < sizeof by_month / sizeof *by_month; i++)
        if (span <= by_month[i].days)
            return months(first, last, by_month[i].step, day);
    return months(first, last, MONTHS * (span / (366 * 6) + 1), day);
}
