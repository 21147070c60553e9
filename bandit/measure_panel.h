/*
 * Posteriors as densities on panels of 16 Gauss-Legendre nodes: what measure_best.c and
 * measure_lift.c integrate. Nobody else's.
 */
#ifndef BANDIT_MEASURE_PANEL_H
#define BANDIT_MEASURE_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#include "bandit/measure.h"

/* PANELS_MORE: room for what a lift adds. */
enum { NODES = 16, PANELS_MAX = 64, PANELS_MORE = 16 };

/* Of [-1, 1]. gauss_below[m][k]: integral from -1 to node k of the polynomial that is 1
 * at node m and 0 at the others. */
extern const double gauss_node[NODES];
extern const double gauss_weight[NODES];
extern const double gauss_below[NODES][NODES];

/* The coordinate x of a comparison. Beta: logit(theta) = origin + x, unit 1. Student t:
 * theta = origin + unit * x. */
struct frame {
    enum posterior_family family;
    double origin, unit;
};

/* That of one posterior: 0 is its mode. */
struct frame frame_of(const struct posterior *posterior);
double frame_theta(const struct frame *frame, double x);
/* theta at `to` less theta at `from`; d theta / dx at x. */
double frame_width(const struct frame *frame, double from, double to);
double frame_slope(const struct frame *frame, double x);

/* A posterior in a frame: its density relative to its mode, and the panels outside
 * which that is below exp(-45). */
struct law {
    enum posterior_family family;
    double at;            /* x of the mode */
    double n, rate, sign; /* Beta: rate = min(p, q), sign -1 where that is q */
    double width, power;  /* Student t: (1 + ((x - at) / width)^2)^-power */
    size_t npanels;
    double edge[PANELS_MAX + PANELS_MORE + 1]; /* ascending x */
};

void law_init(struct law *law, const struct posterior *posterior,
              const struct frame *frame);
void law_density(const struct law *law, const double x[NODES], double density[NODES]);
double law_mass(const struct law *law); /* its whole integral */

/* By family; `law` has its parameters: sets panels (init) and densities. */
void beta_init(struct law *law, const struct posterior *posterior,
               const struct frame *frame);
void beta_density(const struct law *law, const double x[NODES], double density[NODES]);
void t_init(struct law *law, const struct posterior *posterior,
            const struct frame *frame);
void t_density(const struct law *law, const double x[NODES], double density[NODES]);

/* Where `log_density`, 0 at 0 and falling, is -45: t > 0, or t < 0 when `step` is. */
double window_end(double (*log_density)(const struct law *law, double t),
                  const struct law *law, double step);

void panel_nodes(double from, double to, double x[NODES]);
/* Integral over a panel of that width, and from its left edge to each node. */
double panel_sum(double width, const double density[NODES]);
void panel_sums(double width, const double density[NODES], double below[NODES]);

/* From left to right over all panels of some laws. A step is no wider than the panels
 * it is in, and ends where a law's window begins or ends. */
struct walk {
    const struct law *law;
    size_t n;
    double from, to;
    size_t panel[ARMS_MAX]; /* of each law, that `from` is in */
};

/* Steps at most: each ends where a window does, or at the end of a panel, or spans two
 * thirds of one. */
enum { WALK_MAX = ARMS_MAX * (PANELS_MAX * 3 / 2 + 4) };

void walk_init(struct walk *walk, const struct law *law, size_t n);
bool walk_next(struct walk *walk);
bool walk_is_before(const struct walk *walk, size_t i);
bool walk_is_within(const struct walk *walk, size_t i);

#endif
