/*
 * One posterior's mean and quantiles, and the lift of one over another: relative
 * difference of rates, or of means.
 */
#include <assert.h>
#include <math.h>

#include "bandit/measure_panel.h"

#include "shared/banned.h"

enum { TRIES = 100 };

static const double lift_most = 1e9; // where a search ends; for means at -1e9 as well
static const double log_least = -700;
static const double p_error = 1e-12;

double measure_mean(const struct posterior *posterior)
{
    return posterior->family == POSTERIOR_BETA
               ? posterior->a / (posterior->a + posterior->b)
               : posterior->mu;
}

static double mass_between(const struct law *law, double from, double to)
{
    double x[NODES];
    double density[NODES];

    panel_nodes(from, to, x);
    law_density(law, x, density);
    return panel_sum(to - from, density);
}

/* From the nearer end: F below the median, the survival function above it. */
double measure_quantile(const struct posterior *posterior, double p)
{
    struct frame frame = frame_of(posterior);
    struct law law;
    bool is_low = p <= 0.5;
    double passed = 0;
    double wanted;
    double near;
    double far;

    assert(p > 0 && p < 1);
    law_init(&law, posterior, &frame);
    wanted = law_mass(&law) * (is_low ? p : 1 - p);
    near = far = law.edge[is_low ? 0 : law.npanels];
    for (size_t i = 0; i < law.npanels; i++) {
        double mass;

        near = far;
        far = law.edge[is_low ? i + 1 : law.npanels - 1 - i];
        mass = mass_between(&law, fmin(near, far), fmax(near, far));
        if (passed + mass >= wanted)
            break;
        passed += mass;
    }
    for (double edge = near; near != far;) {
        double middle = near + (far - near) / 2;

        if (middle == near || middle == far)
            break;
        if (passed + mass_between(&law, fmin(edge, middle), fmax(edge, middle)) <
            wanted)
            near = middle;
        else
            far = middle;
    }
    return frame_theta(&frame, near);
}

/* theta -> ratio * theta with ratio <= 1, in logits less an origin. */
struct contraction {
    double origin;
    double log_ratio;
    double log_rest; /* ln(1 - ratio), -infinity when that is 0 */
};

static double contract(const struct contraction *by, double x)
{
    return x + by->log_ratio - log1p(exp(x + by->origin + by->log_rest));
}

static double contract_slope(const struct contraction *by, double x)
{
    return 1 / (1 + exp(x + by->origin + by->log_rest));
}

/* Its inverse; infinite where ratio * theta never gets. */
static double expand(const struct contraction *by, double x)
{
    double y = x - by->log_ratio;
    double gone = exp(y + by->origin + by->log_rest);

    return gone < 1 ? y - log1p(-gone) : HUGE_VAL;
}

/* The panels of `inner` as they lie before the contraction. Where the last would not
 * end, the rest falls as exp(-x). */
static void expand_panels(const struct contraction *by, const struct law *inner,
                          struct law *expanded)
{
    size_t n = 0;

    while (n <= inner->npanels && !isinf(expand(by, inner->edge[n]))) {
        expanded->edge[n] = expand(by, inner->edge[n]);
        n++;
    }
    expanded->npanels = n - 1; // the caller has made sure of the first edge
    if (n > inner->npanels)
        return;
    for (size_t i = 0; i < PANELS_MORE; i++)
        expanded->edge[n + i] = expanded->edge[n - 1] + 2.5 * (double)(i + 1);
    expanded->npanels += PANELS_MORE;
}

/* P(inner <= ratio * outer) of Beta posteriors: both in outer's frame, the inner one's
 * density drawn back through the contraction. */
static double p_contracted(const struct posterior *inner_posterior,
                           const struct posterior *outer_posterior, double log_ratio)
{
    struct frame frame = frame_of(outer_posterior);
    struct contraction by = {frame.origin, log_ratio, log(-expm1(log_ratio))};
    struct law inner;
    struct law law[2]; // outer, inner expanded
    struct walk walk;
    double mass[2] = {0};
    double p = 0;

    law_init(&inner, inner_posterior, &frame);
    law_init(&law[0], outer_posterior, &frame);
    if (isinf(expand(&by, inner.edge[0])))
        return 0;
    expand_panels(&by, &inner, &law[1]);
    walk_init(&walk, law, 2);
    while (walk_next(&walk)) {
        double width = walk.to - walk.from;
        double x[NODES];
        double y[NODES];
        double density[NODES];
        double below[NODES] = {0};
        double left = mass[1];

        panel_nodes(walk.from, walk.to, x);
        if (walk_is_within(&walk, 1)) {
            for (size_t k = 0; k < NODES; k++)
                y[k] = contract(&by, x[k]);
            law_density(&inner, y, density);
            for (size_t k = 0; k < NODES; k++)
                density[k] *= contract_slope(&by, x[k]);
            panel_sums(width, density, below);
            mass[1] += panel_sum(width, density);
        }
        if (!walk_is_within(&walk, 0))
            continue;
        law_density(&law[0], x, density);
        mass[0] += panel_sum(width, density);
        for (size_t k = 0; k < NODES; k++)
            density[k] *= left + below[k];
        p += panel_sum(width, density);
    }
    return p / (mass[0] * law_mass(&inner));
}

/* What is searched: ln(1 + lift) of rates and of geometric means, the lift of means. */
struct search {
    const struct posterior *arm, *control;
    bool is_log1p;
};

static bool is_in_logs(const struct search *search)
{
    return search->is_log1p || search->arm->family == POSTERIOR_BETA;
}

/* P(arm <= what `at` makes of control) */
static double p_below(const struct search *search, double at)
{
    struct posterior pair[2] = {*search->control, *search->arm};
    struct comparison comparison;

    if (pair[0].family == POSTERIOR_BETA)
        return at <= 0 ? p_contracted(search->arm, search->control, at)
                       : 1 - p_contracted(search->control, search->arm, -at);
    if (search->is_log1p) {
        pair[0].mu += at;
    } else { // a multiple of a Student t is one; without spread at the lift -1
        pair[0].mu *= 1 + at;
        pair[0].s *= fmax(fabs(1 + at), 1e-12);
    }
    measure_best(pair, 2, 0, &comparison);
    return comparison.p_best[0];
}

double measure_p_lift_below(const struct posterior *arm,
                            const struct posterior *control, bool is_log1p, double lift)
{
    const struct search search = {arm, control, is_log1p};

    assert(arm->family == control->family && (lift >= -1 || !is_in_logs(&search)));
    return p_below(&search, is_in_logs(&search) ? fmax(log1p(lift), log_least) : lift);
}

/* Near the median, and three standard deviations, by the delta method. */
static void guess(const struct search *search, double *middle, double *step)
{
    const struct posterior *arm = search->arm;
    const struct posterior *control = search->control;
    double ratio;

    if (arm->family == POSTERIOR_BETA) {
        *middle = log(measure_mean(arm) / measure_mean(control));
        *step = 3 * sqrt(arm->b / (arm->a * (arm->a + arm->b)) +
                         control->b / (control->a * (control->a + control->b)));
    } else if (search->is_log1p) {
        *middle = arm->mu - control->mu;
        *step = 3 * hypot(arm->s, control->s);
    } else {
        ratio = arm->mu / control->mu;
        *middle = ratio - 1;
        *step = 3 * hypot(arm->s, ratio * control->s) / fabs(control->mu);
    }
    if (!isfinite(*middle) || !isfinite(*step) || !(*step > 0)) {
        *middle = 0;
        *step = 1;
    }
}

struct end {
    double at, f; /* f: P below less p */
};

/* The end of a bracket: from `middle` outwards in growing steps, to `limit` at most. */
static struct end find_end(const struct search *search, double middle, double step,
                           double limit, double p)
{
    struct end end;

    for (;;) {
        end.at = step < 0 ? fmax(middle + step, limit) : fmin(middle + step, limit);
        end.f = p_below(search, end.at) - p;
        if ((step < 0 ? end.f < 0 : end.f > 0) || end.at == limit)
            return end;
        step *= 2;
    }
}

/* False position, the value at the end that stayed halved each time (Illinois), so that
 * both ends come near. */
static double find(const struct search *search, struct end low, struct end high,
                   double p)
{
    bool low_moved = false;
    bool high_moved = false;

    for (int i = 0; i < TRIES; i++) {
        double x = high.at - high.f * (high.at - low.at) / (high.f - low.f);
        double f = p_below(search, x) - p;

        if (fabs(f) <= p_error || x <= low.at || x >= high.at)
            return x;
        if (f < 0) {
            low = (struct end){x, f};
            high.f = low_moved ? high.f / 2 : high.f;
        } else {
            high = (struct end){x, f};
            low.f = high_moved ? low.f / 2 : low.f;
        }
        low_moved = f < 0;
        high_moved = !low_moved;
    }
    return low.at + (high.at - low.at) / 2;
}

double measure_lift_quantile(const struct posterior *arm,
                             const struct posterior *control, bool is_log1p, double p)
{
    const struct search search = {arm, control, is_log1p};
    double most = is_in_logs(&search) ? log1p(lift_most) : lift_most;
    double least = is_in_logs(&search) ? log_least : -lift_most;
    double middle;
    double step;
    struct end low;
    struct end high;
    double at;

    assert(arm->family == control->family && p > 0 && p < 1);
    guess(&search, &middle, &step);
    middle = fmin(fmax(middle, least), most);
    low = find_end(&search, middle, -step, least, p);
    high = find_end(&search, middle, step, most, p);
    if (low.f >= 0)
        at = low.at;
    else if (high.f <= 0)
        at = high.at;
    else
        at = find(&search, low, high, p);
    return is_in_logs(&search) ? expm1(at) : at;
}
