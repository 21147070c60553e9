/* The day on which the trouble of an opening began. */
#include <assert.h>
#include <math.h>

#include "shared/clock.h"
#include "watchdog/measure.h"

#include "shared/banned.h"

enum { CHANGE_DAYS = 28 };

/* The days that may belong to the trouble, and what the opening day's fit expects. */
struct window {
    size_t n;
    int32_t day[CHANGE_DAYS];
    double affected[CHANGE_DAYS];
    double expected[CHANGE_DAYS]; /* mu */
    double size[CHANGE_DAYS];     /* k */
};

static void window_add(struct window *window, const struct fit *fit,
                       const struct observation *day)
{
    int weekday = day_weekday(day->day);
    double e = (double)day->exposed * fit->weekday[weekday];
    double mu = (double)day->exposed * fit_rate(fit, weekday);
    size_t i = window->n++;

    assert(i < CHANGE_DAYS); // one observation a day
    window->day[i] = day->day;
    window->affected[i] = (double)day->affected;
    window->expected[i] = mu;
    window->size[i] = mu / (fit->phi - 1 + fit->phi * e / fit->expected_sum);
}

/* Gain in log-likelihood when the mean of day i is rho times the expected one. */
static double gain(const struct window *window, size_t i, double rho)
{
    double x = window->affected[i];
    double mu = window->expected[i];
    double k = window->size[i];
    double rise = x > 0 ? x * log(rho) : 0; // rho may be 0 when all x are

    return rise - (x + k) * log1p((rho - 1) * mu / (k + mu));
}

/* Gain of a common ratio from day `start` on. */
static double gain_from(const struct window *window, size_t start,
                        enum direction direction)
{
    double affected = 0;
    double expected = 0;
    double sum = 0;
    double rho;

    for (size_t i = start; i < window->n; i++) {
        affected += window->affected[i];
        expected += window->expected[i];
    }
    rho = affected / expected;
    rho = direction == DIRECTION_UP ? fmax(1, rho) : fmin(1, rho);
    for (size_t i = start; i < window->n; i++)
        sum += gain(window, i, rho);
    return sum;
}

/*
 * Maximum likelihood of the change point, Hinkley (1970), Biometrika 57, 1-17, with a
 * ratio common to all days after it. A day without data cannot be the first. Direction
 * down looks for a common fall, rho <= 1; a proportion takes the negative binomial of
 * the same mean and doubt.
 */
int32_t measure_change_day(const struct fit *fit, const struct observation *days,
                           size_t n, int32_t earliest)
{
    struct window window;
    int32_t last;
    int32_t change;
    double most = -HUGE_VAL;

    assert(fit->known && n > 0);
    last = change = days[n - 1].day;
    if (earliest < last - (CHANGE_DAYS - 1))
        earliest = last - (CHANGE_DAYS - 1);
    window.n = 0;
    for (size_t i = 0; i < n; i++)
        if (days[i].day >= earliest && !days[i].excluded)
            window_add(&window, fit, &days[i]);
    for (size_t i = 0; i < window.n; i++) {
        double sum = gain_from(&window, i, fit->direction);

        if (sum > most) {
            most = sum;
            change = window.day[i];
        }
    }
    return change;
}
