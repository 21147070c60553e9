/*
 * Pure numbers of perfcheck: scores recomputed, score changes explained, the two tests
 * of timing metrics, intervals of web vitals. No input, output, clock or environment.
 */
#ifndef PERFCHECK_MEASURE_H
#define PERFCHECK_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/lhr.h"
#include "shared/arena.h"

/* ---- measure_score.c: Lighthouse's scoring (perfcheck.md 7) ---- */

/* Abramowitz and Stegun 7.1.26. */
double score_erf(double x);
/* Unfloored log-normal score of `value`, 0..1. */
double score_raw(double p10, double median, double value);
/* As a metric's score of that Lighthouse shows it, two decimals: rounded up to 9.2,
 * from 9.3 on lifted above .9 and cut. */
double score_metric(int major, int minor, double p10, double median, double value);

/* Whether the table of perfcheck.md 7 has the audit. */
bool score_is_metric(struct str id);
/* A metric's curve: from the file, else by version and form from the table. False: not
 * a metric of the table and no curve in the file. */
bool score_curve(const struct lhr *lhr, const struct audit *audit, double *p10,
                 double *median);

/* The score of an audit recomputed where it is a metric with a value, else the file's.
 */
struct estimate score_audit(const struct lhr *lhr, const struct audit *audit);
/* Recomputed; not known when a score of weight > 0 is null. */
struct estimate score_category(const struct lhr *lhr, const struct category *category);

/* ---- measure_explain.c: why a category score moved (perfcheck.md 8) ---- */

/* One audit of a category, from a report or from medians of a day. */
struct weighed {
    const char *id;
    double weight; /* > 0 */
    double score;  /* floored, 0..1 */
    double raw;    /* unfloored; of others the score */
    struct estimate value;
};

struct term {
    const char *id;
    bool is_set; /* the weight changed: applicable or not */
    double weight;
    struct estimate before_value, after_value;
    struct estimate before_score, after_score;
    double points, raw_points; /* of 100 */
};

struct explanation {
    struct term *term; /* |points| descending, then id; none of 0 points */
    size_t n;
    double residue; /* 100 (score' - score) - sum */
};

/* Both lists in any order; scores 0..1. Lives in the arena. */
struct explanation explain_scores(const struct weighed *before, size_t nbefore,
                                  double score_before, const struct weighed *after,
                                  size_t nafter, double score_after,
                                  struct arena *arena);

/* ---- measure_step.c: the U test (perfcheck.md 6) ---- */

struct step {
    double p;       /* one-sided, exact with ties */
    double p_two;   /* two-sided: 2 min(p, p of the other side), at most 1 */
    double p_least; /* 1 / C(m + n, n), the least there is */
    double shift;   /* Hodges-Lehmann: median of all y_j - x_i */
};

enum { STEP_X_MAX = 60, STEP_Y_MAX = 20 };

/* x: n, y: m values, at least 1 and at most as above, any order. `up`: whether y is
 * larger; else the test of y being smaller (shift keeps its sign). */
struct step step_test(const double *x, size_t n, const double *y, size_t m, bool up);
/* The shift alone, which costs far less. */
double step_shift(const double *x, size_t n, const double *y, size_t m);

/* ---- measure_drift.c: the rank CUSUM ---- */

/* z of `a` against the n reference aggregates b. */
double drift_z(const double *b, size_t n, double a);
/* The next S, x1000 as stored: clamp(S + z - K, 0, H + 1). */
int32_t drift_next(int32_t s_x1000, double z, double k, double h);

/* ---- measure_vitals.c: field data (perfcheck.md 11) ---- */

/* Ranks (1-based) of the 95 % interval of the p75 of n values; false: n < 13. */
bool vitals_ranks(size_t n, size_t *low, size_t *high);
/* Upper tail: P(at least k of n_new above) when `above` of n pooled values are; k = 0:
 * 1. */
double vitals_p(uint32_t k, uint32_t above, uint32_t n, uint32_t n_new);

/* ---- measure_values.c ---- */

#define METRIC_CLS "cumulative-layout-shift"

/* Median of n >= 1 values, mean of the two middle ones; sorts `values`. */
double median_of(double *values, size_t n);
/* Rounds as stored: 3 decimals, CLS 6. `metric` is an audit id. */
double metric_round(const char *metric, double value);

#endif
