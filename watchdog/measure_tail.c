/*
 * How unusual a day is under its baseline: predictive tails, the log-likelihood ratio a
 * CUSUM adds up, limits and rate ratios. All of watchdog's calls into GSL are here. Its
 * error handler is off, so that a failure shows as NaN or as no probability.
 */
#include <assert.h>
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>

#include "shared/clock.h"
#include "watchdog/measure.h"

#include "shared/banned.h"

enum { COUNT_MAX = 1000000000, TRIALS_SUMMED = 1000000 };

static const double size_poisson = 1e12; // k above, or infinite: the Poisson limit
static const double mean_exact = 1e5;    // mu above: normal; GSL gives NaN from 1e6
static const double tail_least = 1e-300; // deep tails come out as 0
static const double term_least = 1e-17;  // a term that no longer changes its sum
static const double size_least = 2;      // M of a beta-binomial
static const double llr_most = 6;        // one day alone is below the default CUSUM h

static double normal_upper(double x, double mean, double variance)
{
    return gsl_cdf_ugaussian_Q((x - 0.5 - mean) / sqrt(variance));
}

static double normal_lower(double x, double mean, double variance)
{
    return gsl_cdf_ugaussian_P((x + 0.5 - mean) / sqrt(variance));
}

static bool is_probability(double p)
{
    return p >= 0 && p <= 1; // NaN is none
}

/*
 * A Poisson count whose mean is gamma distributed, shape k and mean mu: Greenwood and
 * Yule (1920), J. R. Statist. Soc. 83, 255-279. The incomplete beta function that GSL's
 * negative binomial is, but with 1 - p = d / V formed without subtraction: from p, x 1
 * at mu 1e-6 is 11 % off for k 1e9, and for k 1e11 a silent 0.
 */
double tail_negative_binomial_upper(int64_t x, double mu, double d)
{
    double k = mu * mu / d;
    double tail = -1;

    assert(x >= 0 && x <= COUNT_MAX && mu > 0 && d >= 0);
    if (x == 0) // x - 1 would be 4294967295
        return 1;
    if (mu <= mean_exact)
        tail = k > size_poisson ? gsl_cdf_poisson_Q((unsigned)(x - 1), mu)
                                : gsl_cdf_beta_P(d / (mu + d), (double)x, k);
    if (!is_probability(tail))
        tail = normal_upper((double)x, mu, mu + d);
    return fmax(tail, tail_least);
}

double tail_negative_binomial_lower(int64_t x, double mu, double d)
{
    double k = mu * mu / d;
    double tail = -1;

    assert(x >= 0 && x <= COUNT_MAX && mu > 0 && d >= 0);
    if (mu <= mean_exact)
        tail = k > size_poisson ? gsl_cdf_poisson_P((unsigned)x, mu)
                                : gsl_cdf_beta_Q(d / (mu + d), (double)x + 1, k);
    if (!is_probability(tail))
        tail = normal_lower((double)x, mu, mu + d);
    return fmax(tail, tail_least);
}

/* n trials whose common probability is beta distributed: Skellam (1948), J. R. Statist.
 * Soc. B 10, 257-261. */
struct beta_binomial {
    int64_t n;
    double a, b;
};

/* lnbeta loses digits with a + b: the term is good to 4e-8 at 1e7, to 1e-3 at 1e11. */
static double term(const struct beta_binomial *law, int64_t x)
{
    double failures = (double)(law->n - x);

    return exp(gsl_sf_lnchoose((unsigned)law->n, (unsigned)x) +
               gsl_sf_lnbeta((double)x + law->a, failures + law->b) -
               gsl_sf_lnbeta(law->a, law->b));
}

/* Term j + 1 over term j, j < n. */
static double growth(const struct beta_binomial *law, int64_t j)
{
    double x = (double)j;
    double failures = (double)(law->n - j);

    return failures / (x + 1) * (x + law->a) / (failures - 1 + law->b);
}

/* P(Y >= x), P(Y <= x), summed away from x: terms that grow in that direction are the
 * other function's. */
static double sum_up(const struct beta_binomial *law, int64_t x)
{
    double t = term(law, x);
    double sum = t;

    for (int64_t j = x; j < law->n && t > term_least * sum; j++) {
        t *= growth(law, j);
        sum += t;
    }
    return sum;
}

static double sum_down(const struct beta_binomial *law, int64_t x)
{
    double t = term(law, x);
    double sum = t;

    for (int64_t j = x - 1; j >= 0 && t > term_least * sum; j--) {
        t /= growth(law, j);
        sum += t;
    }
    return sum;
}

static double beta_binomial_mean(const struct beta_binomial *law)
{
    return (double)law->n * law->a / (law->a + law->b);
}

static double beta_binomial_variance(const struct beta_binomial *law)
{
    double size = law->a + law->b;

    return beta_binomial_mean(law) * law->b / size *
           (1 + ((double)law->n - 1) / (size + 1));
}

double tail_beta_binomial_upper(int64_t x, int64_t n, double a, double b)
{
    const struct beta_binomial law = {n, a, b};
    double tail;

    assert(x >= 0 && n >= 1 && n <= COUNT_MAX && a > 0 && b > 0);
    if (x == 0)
        return 1;
    if (x > n)
        return tail_least;
    if (n > TRIALS_SUMMED)
        tail = normal_upper((double)x, beta_binomial_mean(&law),
                            beta_binomial_variance(&law));
    else if (x < n && growth(&law, x) > 1) // below the mode
        tail = 1 - sum_down(&law, x - 1);
    else
        tail = sum_up(&law, x);
    return fmin(fmax(tail, tail_least), 1);
}

double tail_beta_binomial_lower(int64_t x, int64_t n, double a, double b)
{
    const struct beta_binomial law = {n, a, b};
    double tail;

    assert(x >= 0 && n >= 1 && n <= COUNT_MAX && a > 0 && b > 0);
    if (x >= n)
        return 1;
    if (n > TRIALS_SUMMED)
        tail = normal_lower((double)x, beta_binomial_mean(&law),
                            beta_binomial_variance(&law));
    else if (x > 0 && growth(&law, x - 1) < 1) // above the mode
        tail = 1 - sum_up(&law, x + 1);
    else
        tail = sum_down(&law, x);
    return fmin(fmax(tail, tail_least), 1);
}

/* Clipped, and rounded before anyone adds it up, so that a last bit of libm cannot flip
 * a decision. */
static int64_t thousandths(const struct fit *fit, double llr)
{
    assert(!isnan(llr));
    if (fit->direction == DIRECTION_DOWN)
        return 0;
    return llround(fmin(fmax(llr, -llr_most), llr_most) * 1000);
}

/* The ratio is a CUSUM's step for a doubled mean: Page (1954), Biometrika 41, 100-115;
 * with the negative binomial, Hoehle and Paul (2008), Comput. Statist. Data Anal. 52,
 * 4357-4368. */
static struct tail tail_count(const struct fit *fit, int weekday, int64_t x, double n)
{
    double e = n * fit->weekday[weekday];
    double mu = e * fit->rate;
    double extra = fit->phi - 1 + fit->phi * e / fit->expected_sum; // (V - mu) / mu
    double d = mu * extra; // not V - mu: the difference cancels
    double k = mu / extra;
    double count = (double)x;
    // For large k this is x ln 2 - mu by itself.
    double llr = count * M_LN2 - (count + k) * log1p(mu / (k + mu));

    return (struct tail){
        .tested = true,
        .expected = mu,
        .variance = mu + d,
        .size = k,
        .p_up = tail_negative_binomial_upper(x, mu, d),
        .p_low = tail_negative_binomial_lower(x, mu, d),
        .llr_x1000 = thousandths(fit, llr),
    };
}

/* log B(x + a, n - x + b) / B(a, b): of x, less the binomial coefficient. */
static double log_likelihood(double x, double n, double a, double b)
{
    return gsl_sf_lnbeta(x + a, n - x + b) - gsl_sf_lnbeta(a, b);
}

/* M makes the variance of the beta-binomial v times the binomial's, v = phi (1 + n/N):
 * today's own overdispersion and the doubt of the baseline. a = S/phi + 1/2 would carry
 * the doubt alone. */
static struct tail tail_proportion(const struct fit *fit, int weekday, int64_t x,
                                   int64_t n)
{
    double pi = fit_rate(fit, weekday);
    double trials = (double)n;
    double extra = fit->phi - 1 + fit->phi * trials / fit->exposed_sum; // v - 1
    double size = fmax(size_least, (trials - 1) / extra - 1);
    struct beta_binomial law = {n, pi * size, (1 - pi) * size};
    struct beta_binomial doubled = {n, 2 * pi / (1 + pi) * size,
                                    (1 - pi) / (1 + pi) * size}; // odds
    double count = (double)x;

    return (struct tail){
        .tested = true,
        .expected = trials * pi,
        .variance = beta_binomial_variance(&law),
        .size = size,
        .p_up = tail_beta_binomial_upper(x, n, law.a, law.b),
        .p_low = tail_beta_binomial_lower(x, n, law.a, law.b),
        .llr_x1000 =
            thousandths(fit, log_likelihood(count, trials, doubled.a, doubled.b) -
                                 log_likelihood(count, trials, law.a, law.b)),
    };
}

/* An untested day has p 1 on both sides. A proportion of one trial is not tested but
 * has an expectation. */
struct tail measure_tail(const struct fit *fit, int32_t today, int64_t affected,
                         int64_t exposed)
{
    struct tail untested = {.p_up = 1, .p_low = 1};
    int weekday = day_weekday(today);

    assert(affected >= 0 && affected <= COUNT_MAX);
    assert(exposed >= 1 && exposed <= COUNT_MAX);
    if (!fit->known)
        return untested;
    if (fit->model == MODEL_COUNT)
        return tail_count(fit, weekday, affected, (double)exposed);
    if (exposed < 2) {
        untested.expected = (double)exposed * fit_rate(fit, weekday);
        return untested;
    }
    // A custom signal may count units it never saw exposed; more than all is all.
    return tail_proportion(fit, weekday, affected < exposed ? affected : exposed,
                           exposed);
}

/* Up: p_up < p, from the limit on. Down: p_low >= p, from the limit + 1 on. */
static bool is_past_limit(const struct fit *fit, int32_t today, int64_t x,
                          int64_t exposed, double p)
{
    struct tail tail = measure_tail(fit, today, x, exposed);

    return fit->direction == DIRECTION_UP ? tail.p_up < p : tail.p_low >= p;
}

/* By doubling, then halving. Of a count, sought up to 1e9. */
int64_t measure_limit(const struct fit *fit, int32_t today, int64_t exposed, double p)
{
    int64_t most = fit->model == MODEL_COUNT ? COUNT_MAX : exposed;
    int64_t below = -1; // never past
    int64_t past = 0;

    assert(p > 0 && p < 1);
    while (past < most && !is_past_limit(fit, today, past, exposed, p)) {
        below = past;
        past = past == 0 ? 1 : past * 2;
    }
    if (past >= most) {
        past = most;
        if (!is_past_limit(fit, today, past, exposed, p))
            return fit->direction == DIRECTION_UP ? exposed + 1 : most;
    }
    while (past - below > 1) {
        int64_t middle = below + (past - below) / 2;

        if (is_past_limit(fit, today, middle, exposed, p))
            past = middle;
        else
            below = middle;
    }
    return fit->direction == DIRECTION_UP ? past : past - 1;
}

/* Half an event is added on both sides so that nothing is divided by zero. */
double measure_ratio(int64_t affected, double expected)
{
    assert(affected >= 0 && expected >= 0);
    return ((double)affected + 0.5) / (expected + 0.5);
}

/*
 * GSL's inverse is sound to shape 1e6; the quantile's distance from the shape is 0.4 %
 * off at 1e7, 13 % at 1e8, and nothing says so. Above 1e5 the cube root of a gamma
 * variable is normal to nine digits: Wilson and Hilferty (1931), Proc. Natl. Acad. Sci.
 * 17, 684-688.
 */
static double gamma_quantile(double p, double shape)
{
    double quantile = shape <= mean_exact ? gsl_cdf_gamma_Pinv(p, shape, 1) : -1;
    double root;

    if (isfinite(quantile) && quantile >= 0)
        return quantile;
    root = 1 - 1 / (9 * shape) + gsl_cdf_ugaussian_Pinv(p) / (3 * sqrt(shape));
    return shape * root * root * root;
}

/* The Jeffreys interval of a Poisson mean: Brown, Cai and DasGupta (2003), Statistica
 * Sinica 13, 19-49. */
void measure_ratio_ci90(int64_t affected, double expected, double *low, double *high)
{
    double shape = (double)affected + 0.5;

    assert(affected >= 0 && expected > 0);
    *low = gamma_quantile(0.05, shape) / expected;
    *high = gamma_quantile(0.95, shape) / expected;
}
