/*
 * P(B > A) of two Beta posteriors of integer counts, exactly: the sum of T_i, i < b.a,
 * where T_{i+1}/T_i = (a.a+i)(b.b+i) / ((a.a+a.b+b.b+i)(i+1)). All T_i sum to 1, the
 * limit of a large b.a, so that no beta function is needed. From the largest term both
 * ways, since T_0 may underflow. A's rate is not near 1, where the terms fall slowly.
 */
#ifndef TESTS_LIB_EXACT_BETA_H
#define TESTS_LIB_EXACT_BETA_H

#include <math.h>
#include <stdint.h>

#include "bandit/measure.h"

static inline double exact_beta(const struct posterior *a, const struct posterior *b)
{
    long double won = (long double)a->a; // A's successes and failures, B's
    long double lost = (long double)a->b;
    long double wins = (long double)b->a;
    long double losses = (long double)b->b;
    long double size = won + lost + losses;
    long double peak = floorl((won * losses - size) / (lost + 1));
    long double start = peak > 0 ? peak : 0;
    long double below = 0;
    long double above = 0;
    long double t = 1;

    for (int64_t step = 0; t > 1e-25L; step++) {
        long double i = start + (long double)step;

        *(i < wins ? &below : &above) += t;
        t *= (won + i) * (losses + i) / ((size + i) * (i + 1));
    }
    t = 1;
    for (int64_t step = 0; (long double)step < start && t > 1e-25L; step++) {
        long double i = start - (long double)step - 1;

        t /= (won + i) * (losses + i) / ((size + i) * (i + 1));
        *(i < wins ? &below : &above) += t;
    }
    return (double)(below / (below + above));
}

#endif
