/*
 * Student t posteriors. Panels are equal in u, theta = mu + s sqrt(nu) sinh(u), where
 * the density cosh(u)^-nu falls exponentially.
 */
#include <assert.h>
#include <math.h>

#include <gsl/gsl_math.h>

#include "bandit/measure_panel.h"

#include "shared/banned.h"

static const double finest =
    1e-10;                        // s at least, of the distance: what a double resolves
static const double u_most = 300; // sinh(u)^2 stays finite; reached by nu < 0.15

static double log_density(const struct law *law, double u)
{
    double nu = 2 * law->power - 1;
    double far = fabs(u);

    if (far < 1)
        return -nu / 2 * log1p(sinh(u) * sinh(u));
    return -nu * (far + log1p(exp(-2 * far)) - M_LN2);
}

void t_init(struct law *law, const struct posterior *posterior,
            const struct frame *frame)
{
    double nu = posterior->nu;
    double end;

    assert(posterior->s > 0 && nu > 0);
    law->family = POSTERIOR_T;
    law->at = (posterior->mu - frame->origin) / frame->unit;
    law->width = fmax(posterior->s / frame->unit, finest * fabs(law->at)) * sqrt(nu);
    law->power = (nu + 1) / 2;
    law->npanels = PANELS_MAX;
    end = fmin(u_most, window_end(log_density, law, 10 / sqrt(nu)));
    for (size_t i = 0; i <= PANELS_MAX; i++)
        law->edge[i] =
            law->at + law->width * sinh(end * (2 * (double)i / PANELS_MAX - 1));
}

void t_density(const struct law *law, const double x[NODES], double density[NODES])
{
    for (size_t k = 0; k < NODES; k++) {
        double z = (x[k] - law->at) / law->width;

        density[k] = exp(-law->power * log1p(z * z));
    }
}
