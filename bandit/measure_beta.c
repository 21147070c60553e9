/*
 * Beta posteriors in the logit, where their density is log-concave for every a, b > 0
 * and needs no gamma function.
 */
#include <assert.h>
#include <math.h>

#include "bandit/measure_panel.h"

#include "shared/banned.h"

static const double bend = 36;      // exp(-36): beyond, the tails are exponential
static const double most_even = 56; // a panel of 1.75; the logistic's poles are at pi

enum { PANELS = 32, PANELS_OUTSIDE = 10 };

/* l(t), t = logit(theta) - logit(p). By the smaller of p and q, never by the sign of t:
 * 1e-9 is lost at p = 1e-6 otherwise. */
static double log_density(const struct law *law, double t)
{
    double u = law->sign * t;
    double grown =
        u > 600 ? log(law->rate) + u : log1p(law->rate * expm1(u)); // exp(710) is inf

    return -law->n * (grown - law->rate * u);
}

static void add_panels(struct law *law, double from, double to, size_t n)
{
    for (size_t i = 1; i <= n; i++)
        law->edge[law->npanels + i] =
            law->at + from + (to - from) * ((double)i / (double)n);
    law->npanels += n;
}

/* Narrow near the bend, where most of the mass is. */
static void add_tail(struct law *law, double from, double to)
{
    for (size_t i = 1; i <= PANELS_OUTSIDE; i++) {
        double left = (double)(PANELS_OUTSIDE - i) / PANELS_OUTSIDE;
        double right = (double)i / PANELS_OUTSIDE;
        double share = to < 0 ? 1 - left * left : right * right;

        law->edge[law->npanels + i] = law->at + from + (to - from) * share;
    }
    law->npanels += PANELS_OUTSIDE;
}

/* Equal panels; but where a tail is so long that they would be too wide to resolve the
 * bend near the mode, both get panels of their own. */
static void set_panels(struct law *law, double low, double high)
{
    size_t within = PANELS_MAX;

    law->edge[0] = law->at + low;
    law->npanels = 0;
    if (high - low <= most_even) {
        add_panels(law, low, high, PANELS);
        return;
    }
    if (low < -bend) {
        add_tail(law, low, -bend);
        within -= PANELS_OUTSIDE;
    }
    within -= high > bend ? PANELS_OUTSIDE : 0;
    add_panels(law, fmax(low, -bend), fmin(high, bend), within);
    if (high > bend)
        add_tail(law, bend, high);
}

void beta_init(struct law *law, const struct posterior *posterior,
               const struct frame *frame)
{
    double a = posterior->a;
    double b = posterior->b;
    double step;

    assert(a > 0 && b > 0);
    law->family = POSTERIOR_BETA;
    law->at = log(a / b) - frame->origin;
    law->n = a + b;
    law->rate = fmin(a, b) / law->n;
    law->sign = a <= b ? 1 : -1;
    step = 10 * sqrt(1 / a + 1 / b); // exp(-50) of a normal density
    set_panels(law, window_end(log_density, law, -step),
               window_end(log_density, law, step));
}

void beta_density(const struct law *law, const double x[NODES], double density[NODES])
{
    for (size_t k = 0; k < NODES; k++)
        density[k] = exp(log_density(law, x[k] - law->at));
}
