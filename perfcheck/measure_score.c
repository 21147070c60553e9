/*
 * Lighthouse's scoring, versions 6 to 13, recomputed from a report's values
 * (perfcheck.md 7; its source: shared/statistics.js, core/scoring.js and
 * core/audits/audit.js of lighthouse). Digit by digit the same: what is not written as
 * it is there moves floors.
 */
#include <float.h>
#include <math.h>

#include "perfcheck/measure.h"

#include "shared/banned.h"

/* erfc^-1(1/5), as Lighthouse has it */
#define INVERSE_ERFC_ONE_FIFTH 0.9061938024368232

/* The doubles next to the borders of good, average and poor. */
#define GOOD_LEAST    0.9
#define AVERAGE_MOST  0.8999999999999999
#define AVERAGE_LEAST 0.5
#define POOR_MOST     0.49999999999999994

double score_erf(double x)
{
    double sign = (x > 0) - (x < 0);
    double t = 1 / (1 + 0.3275911 * fabs(x));
    double y =
        t *
        (0.254829592 +
         t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));

    return sign * (1 - y * exp(-x * x));
}

static double clamp(double value, double least, double most)
{
    return fmax(least, fmin(most, value));
}

/* log of a ratio that may have become 0 */
static double log_ratio(double ratio)
{
    return log(fmax(DBL_TRUE_MIN, ratio));
}

double score_raw(double p10, double median, double value)
{
    double z, above;

    if (value <= 0)
        return 1;
    z = log_ratio(value / median) * INVERSE_ERFC_ONE_FIFTH / -log_ratio(p10 / median);
    above = (1 - score_erf(z)) / 2;
    if (value <= p10)
        return clamp(above, GOOD_LEAST, 1);
    if (value <= median)
        return clamp(above, AVERAGE_LEAST, AVERAGE_MOST);
    return clamp(above, 0, POOR_MOST);
}

double score_metric(int major, int minor, double p10, double median, double value)
{
    double raw = score_raw(p10, median, value);

    if (major < 9 || (major == 9 && minor < 3))
        return floor(100 * raw + 0.5) / 100;
    if (raw > 0.9) // so that 0.99 and 1 can be had
        raw += 0.05 * (raw - 0.9);
    return floor(100 * raw) / 100;
}

/* ---- curves of reports that do not say theirs ---- */

struct curve {
    const char *audit;
    int first, last; /* major versions */
    double p10[FORM_COUNT], median[FORM_COUNT];
};

static const struct curve curves[] = {
    {"first-contentful-paint", 6, 7, {2336, 934}, {4000, 1600}},
    {"first-contentful-paint", 8, 99, {1800, 934}, {3000, 1600}},
    {"speed-index", 6, 99, {3387, 1311}, {5800, 2300}},
    {"largest-contentful-paint", 6, 99, {2500, 1200}, {4000, 2400}},
    {"total-blocking-time", 6, 7, {287, 150}, {600, 350}},
    {"total-blocking-time", 8, 99, {200, 150}, {600, 350}},
    {"cumulative-layout-shift", 6, 99, {0.1, 0.1}, {0.25, 0.25}},
    {"interactive", 6, 99, {3785, 2468}, {7300, 4500}},
};

bool score_is_metric(struct str id)
{
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (str_equal(id, str_of(curves[i].audit)))
            return true;
    return false;
}

static bool is_curve(double p10, double median)
{
    return p10 > 0 && p10 < median;
}

bool score_curve(const struct lhr *lhr, const struct audit *audit, double *p10,
                 double *median)
{
    if (is_curve(audit->p10.value, audit->median.value)) {
        *p10 = audit->p10.value;
        *median = audit->median.value;
        return true;
    }
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        const struct curve *curve = &curves[i];

        if (curve->first <= lhr->major && lhr->major <= curve->last &&
            str_equal(audit->id, str_of(curve->audit))) {
            *p10 = curve->p10[lhr->form];
            *median = curve->median[lhr->form];
            return true;
        }
    }
    return false;
}

/* ---- of a report ---- */

struct estimate score_audit(const struct lhr *lhr, const struct audit *audit)
{
    double p10, median;

    // without a score of its own it did not count, whatever its value
    if (!audit->score.known || !audit->value.known ||
        !score_curve(lhr, audit, &p10, &median))
        return audit->score;
    return (struct estimate){true, score_metric(lhr->major, lhr->minor, p10, median,
                                                audit->value.value)};
}

struct estimate score_category(const struct lhr *lhr, const struct category *category)
{
    double sum = 0, weights = 0;

    for (size_t i = 0; i < category->nrefs; i++) {
        const struct audit_ref *ref = &category->ref[i];
        struct estimate score;

        if (ref->weight <= 0)
            continue;
        if (!ref->audit)
            return (struct estimate){0};
        score = score_audit(lhr, ref->audit);
        if (!score.known)
            return (struct estimate){0};
        sum += score.value * ref->weight;
        weights += ref->weight;
    }
    return (struct estimate){true, weights > 0
                                       ? floor(100 * (sum / weights) + 0.5) / 100
                                       : 0};
}
