/*
 * The numbers behind a verdict, pure: baselines, tails, changes. Formulas and sources:
 * docs/method.md.
 */
#ifndef WATCHDOG_MEASURE_H
#define WATCHDOG_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum model { MODEL_COUNT, MODEL_PROPORTION };

enum direction { DIRECTION_UP, DIRECTION_DOWN };

/* One cell on one day. x, n <= 1e9; n >= 1 (a day with n = 0 is missing, not zero). */
struct observation {
    int32_t day;
    int64_t affected; /* x */
    int64_t exposed;  /* n */
    bool excluded;    /* an episode or an expected day: weight 0 */
};

enum {
    BASELINE_DAYS = 119, /* the oldest day of a baseline is t - 119 */
    BASELINE_GUARD =
        7, /* the youngest is t - 8, so that a slow start does not hide itself */
    BASELINE_LEAST = 14, /* fewer usable days: learning */
    WEEKDAY_LEAST = 28,  /* fewer days with weight: no weekday factors */
};

/* A fitted baseline. Weekday 0 is Monday. */
struct fit {
    bool known; /* false: learning, nothing else is set */
    enum model model;
    enum direction direction;
    double rate;            /* r: affected per exposed on an average weekday */
    double weekday[7];      /* f */
    double expected_sum;    /* E = sum w n f */
    double exposed_sum;     /* N = sum w n */
    double weight_sum;      /* sum w */
    double phi;             /* dispersion, >= 1 */
    double mean_exposed[7]; /* mean exposed of that weekday over usable days; 0 where
                               there is none */
    bool exposed_is_one;    /* every exposed of the baseline is 1 */
};

/* Affected per exposed on that weekday: r f; of a proportion within [1e-9, 1 - 1e-9].
 */
double fit_rate(const struct fit *fit, int weekday);

/* Fits the baseline for day `today` to `days` (ascending by day, any span; those
 * outside t-119 .. t-8, the guard shrinking day by day to 0 while fewer than 14 usable
 * days are inside, and those before `from`, are passed over). `weights` (may be NULL)
 * receives the final weight of each of `days`, 0 where unused. n <= 200. */
struct fit measure_baseline(enum model model, enum direction direction,
                            const struct observation *days, size_t n, int32_t today,
                            int32_t from, double *weights);

/* The same over all of `days` as they are, without weekday factors: the level of an
 * open episode. */
struct fit measure_level(enum model model, enum direction direction,
                         const struct observation *days, size_t n, double *residuals);

/* A day judged against its fit. */
struct tail {
    bool tested;       /* false: learning, or proportion with n < 2 */
    double expected;   /* mu */
    double variance;   /* V */
    double size;       /* count: k; proportion: M */
    double p_up;       /* P(X >= x), floored at 1e-300 */
    double p_low;      /* P(X <= x) */
    int64_t llr_x1000; /* log-likelihood ratio of a doubled rate, clipped to +-6,
                          rounded; 0 for down */
};

struct tail measure_tail(const struct fit *fit, int32_t today, int64_t affected,
                         int64_t exposed);

/* p_up alone: for the limit, the smallest x with p_up < 1e-4. Returns exposed + 1 when
 * there is none. Direction down: the largest x with p_low < p, -1 when there is none.
 */
int64_t measure_limit(const struct fit *fit, int32_t today, int64_t exposed, double p);

/* The predictive tails themselves. Negative binomial: P(X >= x) for mean mu, variance
 * mu + d (d >= 0). */
double tail_negative_binomial_upper(int64_t x, double mu, double d);
double tail_negative_binomial_lower(int64_t x, double mu, double d);
/* Beta-binomial of n trials, parameters a, b > 0: P(Y >= x), P(Y <= x). */
double tail_beta_binomial_upper(int64_t x, int64_t n, double a, double b);
double tail_beta_binomial_lower(int64_t x, int64_t n, double a, double b);

/* Rate ratio (x + 1/2) / (mu + 1/2), and its 90 % interval by the gamma distribution
 * over mu. */
double measure_ratio(int64_t affected, double expected);
void measure_ratio_ci90(int64_t affected, double expected, double *low, double *high);

/* Most likely first day of a rise that was opened on days[n - 1]: argmax over starts
 * not before `earliest` of the log-likelihood of a common ratio from there on; `fit` is
 * that of the opening day. Earliest on ties. */
int32_t measure_change_day(const struct fit *fit, const struct observation *days,
                           size_t n, int32_t earliest);

/* One dimension of an attribution: what each value adds to the excess. */
struct part {
    const char *value;
    int64_t affected, exposed;
    double expected; /* mu of this value today */
};

struct share {
    const char *value;
    double share;     /* of the parent's excess */
    double ratio_in;  /* rate ratio inside */
    double ratio_out; /* of the rest of the parent */
};

enum { SHARES_MAX = 5 };

/* Positive shares in falling order (ties by value) until they sum to 67 %, at most 5;
 * none when their share of the excess is not 1.5 times their share of the exposure.
 * `out` has room for SHARES_MAX; returns how many. */
size_t measure_attribution(const struct part *parts, size_t n, int64_t affected,
                           int64_t exposed, double expected, struct share *out);

#endif
