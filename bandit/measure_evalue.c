/*
 * Evidence that a challenger is better than control, which may be looked at every day:
 * P(e ever >= x) <= 1/x while it is not. Safe 2x2 tables: Turner, Ly and Gruenwald
 * (2024), J. Statist. Plan. Inference 230, 106116; the day's table is bet on with a
 * base rate that earlier days alone have set. Numeric rewards: approximate, a mixture
 * of normal likelihood ratios.
 */
#include <assert.h>
#include <math.h>

#include "bandit/measure.h"

#include "shared/banned.h"

enum { BETS_MAX = 6, BET_UNITS = 10 };

static const double lift[] = {.05, .10, .20, .35, .60, 1.00};
static const double distance[] = {.02, .05, .1, .2, .4}; // in standard deviations

enum {
    LIFTS = sizeof lift / sizeof *lift,
    DISTANCES = sizeof distance / sizeof *distance,
};

static const double past_fades = 0.9;

/* What days before today say. */
struct past {
    double n, s;                 /* all arms', faded */
    double within, within_units; /* sums of squares within days, not faded */
};

static void past_add(struct past *past, const struct cell *day, size_t narms)
{
    past->n *= past_fades;
    past->s *= past_fades;
    for (size_t k = 0; k < narms; k++) {
        past->n += day[k].n;
        past->s += day[k].s;
        if (day[k].n <= 1)
            continue;
        past->within += measure_within(&day[k]);
        past->within_units += day[k].n - 1;
    }
}

/* c = (S+1)/(N+20) lies strictly between 0 and 1, and so do tA, tB and t0. Their
 * complements are formed from that of c, never as 1 - t: near t = 1 that has few digits
 * left. */
static void bet_on_lifts(const struct past *past, const struct cell *a,
                         const struct cell *b, double log_e[BETS_MAX])
{
    double c = (past->s + 1) / (past->n + 20);
    double not_c = (past->n - past->s + 19) / (past->n + 20);

    for (size_t i = 0; i < LIFTS; i++) {
        double t_b = c * (1 + lift[i]) / (1 + c * lift[i]);
        double not_b = not_c / (1 + c * lift[i]);
        double t_0 = (a->n * c + b->n * t_b) / (a->n + b->n);
        double not_0 = (a->n * not_c + b->n * not_b) / (a->n + b->n);

        log_e[i] += a->s * log(c / t_0) + (a->n - a->s) * log(not_c / not_0) +
                    b->s * log(t_b / t_0) + (b->n - b->s) * log(not_b / not_0);
    }
}

/* The variance must be known before the day: without one, nothing is bet. */
static void bet_on_distances(const struct past *past, const struct cell *a,
                             const struct cell *b, double log_e[BETS_MAX])
{
    double v = past->within_units > 0 ? past->within / past->within_units : 0;
    double r = sqrt(a->n / (a->n + b->n) * b->n);
    double z;

    if (v <= 0 || a->n < BET_UNITS || b->n < BET_UNITS)
        return;
    z = (b->s / b->n - a->s / a->n) * r / sqrt(v);
    for (size_t i = 0; i < DISTANCES; i++) {
        double d = distance[i] * r;

        log_e[i] += d * z - d * d / 2;
    }
}

/* ln of the mean of exp. */
static double log_mean_exp(const double x[], size_t n)
{
    double most = x[0];
    double sum = 0;

    for (size_t i = 1; i < n; i++)
        most = fmax(most, x[i]);
    for (size_t i = 0; i < n; i++)
        sum += exp(x[i] - most);
    return most + log(sum / (double)n);
}

void measure_e_values(const struct series *series, size_t ndays, double log_e[ARMS_MAX])
{
    size_t narms = series->narms;
    double bet[ARMS_MAX][BETS_MAX] = {{0}};
    struct past past = {0};

    assert(ndays <= series->n);
    for (size_t i = 0; i < ndays; i++) {
        const struct cell *day = &series->cell[i * narms];

        for (size_t k = 1; k < narms; k++) {
            if (day[0].n <= 0 || day[k].n <= 0)
                continue;
            if (series->is_numeric)
                bet_on_distances(&past, &day[0], &day[k], bet[k]);
            else
                bet_on_lifts(&past, &day[0], &day[k], bet[k]);
        }
        past_add(&past, day, narms);
    }
    log_e[0] = 0;
    for (size_t k = 1; k < narms; k++)
        log_e[k] = log_mean_exp(bet[k], series->is_numeric ? DISTANCES : LIFTS);
}
