/*
 * P(best), P(better than control) and expected losses: integrals over the panels of all
 * posteriors together. Nothing is sampled and no term is negative.
 */
#include <assert.h>
#include <math.h>

#include "bandit/measure_panel.h"

#include "shared/banned.h"

static const double sum_error = 1e-12;

struct sweep {
    struct frame frame;
    size_t n;
    struct law law[ARMS_MAX];
    double mass[ARMS_MAX]; /* of each density left of the walk; in the end, all of it */
};

struct step {
    double from, to;
    double left[ARMS_MAX]; /* mass of each density left of it */
    bool is_within[ARMS_MAX];
    bool is_open;     /* no density begins right of it */
    bool has_density; /* of at least one */
};

/* The steps of a walk, for the way back. */
struct trail {
    size_t n;
    struct step step[WALK_MAX];
};

/* What the nodes of a step see: densities, and their integrals from the far left. */
struct slice {
    double x[NODES];
    double density[ARMS_MAX][NODES];
    double below[ARMS_MAX][NODES];
};

/* Of Student t's, that of the narrowest: it must not drown in the distance to others.
 */
static struct frame frame_of_all(const struct posterior *posterior, size_t n)
{
    size_t narrowest = 0;

    for (size_t i = 1; i < n && posterior->family == POSTERIOR_T; i++)
        if (posterior[i].s < posterior[narrowest].s)
            narrowest = i;
    return frame_of(&posterior[narrowest]);
}

static void sweep_init(struct sweep *sweep, const struct posterior *posterior, size_t n)
{
    sweep->frame = frame_of_all(posterior, n);
    sweep->n = n;
    for (size_t i = 0; i < n; i++) {
        law_init(&sweep->law[i], &posterior[i], &sweep->frame);
        sweep->mass[i] = 0;
    }
}

static void step_init(struct step *step, const struct sweep *sweep,
                      const struct walk *walk)
{
    step->from = walk->from;
    step->to = walk->to;
    step->is_open = true;
    step->has_density = false;
    for (size_t i = 0; i < sweep->n; i++) {
        step->left[i] = sweep->mass[i];
        step->is_within[i] = walk_is_within(walk, i);
        step->is_open = step->is_open && !walk_is_before(walk, i);
        step->has_density = step->has_density || step->is_within[i];
    }
}

static void slice_fill(struct slice *slice, const struct sweep *sweep,
                       const struct step *step)
{
    panel_nodes(step->from, step->to, slice->x);
    for (size_t i = 0; i < sweep->n; i++) {
        double *density = slice->density[i];
        double *below = slice->below[i];

        if (step->is_within[i]) {
            law_density(&sweep->law[i], slice->x, density);
            panel_sums(step->to - step->from, density, below);
            for (size_t k = 0; k < NODES; k++)
                below[k] += step->left[i];
        } else {
            for (size_t k = 0; k < NODES; k++) {
                density[k] = 0;
                below[k] = step->left[i];
            }
        }
    }
}

/* P(best): the density times the others' distribution functions. */
static void add_best(const struct slice *slice, size_t n, double width, double best[])
{
    double before[NODES];
    double after[ARMS_MAX][NODES]; // products of the functions of the arms after i

    for (size_t k = 0; k < NODES; k++)
        before[k] = after[n - 1][k] = 1;
    for (size_t i = n - 1; i > 0; i--)
        for (size_t k = 0; k < NODES; k++)
            after[i - 1][k] = after[i][k] * slice->below[i][k];
    for (size_t i = 0; i < n; i++) {
        double term[NODES];

        for (size_t k = 0; k < NODES; k++) {
            term[k] = slice->density[i][k] * before[k] * after[i][k];
            before[k] *= slice->below[i][k];
        }
        best[i] += panel_sum(width, term);
    }
}

static void add_beats(const struct slice *slice, size_t n, double width, double beats[])
{
    for (size_t i = 1; i < n; i++) {
        double term[NODES];

        for (size_t k = 0; k < NODES; k++)
            term[k] = slice->density[i][k] * slice->below[0][k];
        beats[i] += panel_sum(width, term);
    }
}

/* From the left. Sums are not normalised: they are of densities relative to modes. */
static void sweep_right(struct sweep *sweep, unsigned wants, struct trail *trail,
                        struct comparison *sums)
{
    struct walk walk;
    struct step only = {0};
    struct slice slice;

    walk_init(&walk, sweep->law, sweep->n);
    while (walk_next(&walk)) {
        struct step *step = &only;
        double width = walk.to - walk.from;

        if (trail) {
            assert(trail->n < WALK_MAX);
            step = &trail->step[trail->n++];
        }
        step_init(step, sweep, &walk);
        if (!step->has_density)
            continue;
        slice_fill(&slice, sweep, step);
        if (step->is_open)
            add_best(&slice, sweep->n, width, sums->p_best);
        if ((wants & WANT_BEATS) != 0)
            add_beats(&slice, sweep->n, width, sums->beats);
        for (size_t i = 0; i < sweep->n; i++)
            if (step->is_within[i])
                sweep->mass[i] += panel_sum(width, slice.density[i]);
    }
}

/* From below[] and above[], both as probabilities, to the integrand of each arm's loss:
 * F_i times the probability that another is above. That is built from the others'
 * S_j + F_j (S_k + ...), which loses no small S. */
static void loss_terms(const double below[ARMS_MAX], const double above[ARMS_MAX],
                       size_t n, double term[ARMS_MAX])
{
    double after[ARMS_MAX]; // that one of the arms after i is above
    double some = 0;        // that one of those before is
    double none = 1;

    assert(n >= 2 && n <= ARMS_MAX);
    after[n - 1] = 0;
    for (size_t i = n - 1; i > 0; i--)
        after[i - 1] = above[i] + below[i] * after[i];
    for (size_t i = 0; i < n; i++) {
        term[i] = below[i] * (some + none * after[i]);
        some += none * above[i];
        none *= below[i];
    }
}

/* The losses of a step, whose masses then join `right`: those right of it. */
static void add_losses(const struct sweep *sweep, const struct step *step,
                       double right[], double loss[])
{
    struct slice slice;
    double above[ARMS_MAX][NODES];
    double half = (step->to - step->from) / 2;

    slice_fill(&slice, sweep, step);
    for (size_t i = 0; i < sweep->n; i++) {
        double mirrored[NODES];
        double sums[NODES];

        for (size_t k = 0; k < NODES; k++)
            mirrored[k] = slice.density[i][NODES - 1 - k];
        panel_sums(step->to - step->from, mirrored, sums);
        for (size_t k = 0; k < NODES; k++)
            above[i][k] = right[i] + sums[NODES - 1 - k];
        right[i] += panel_sum(step->to - step->from, mirrored);
    }
    for (size_t k = 0; k < NODES; k++) {
        double f[ARMS_MAX] = {0};
        double s[ARMS_MAX] = {0};
        double term[ARMS_MAX];

        for (size_t i = 0; i < sweep->n; i++) {
            f[i] = slice.below[i][k] / sweep->mass[i];
            s[i] = above[i][k] / sweep->mass[i];
        }
        loss_terms(f, s, sweep->n, term);
        for (size_t i = 0; i < sweep->n; i++)
            loss[i] += gauss_weight[k] * half * frame_slope(&sweep->frame, slice.x[k]) *
                       term[i];
    }
}

/* Between windows nothing moves. */
static void add_gap(const struct sweep *sweep, const struct step *step,
                    const double right[], double loss[])
{
    double f[ARMS_MAX] = {0};
    double s[ARMS_MAX] = {0};
    double term[ARMS_MAX];

    for (size_t i = 0; i < sweep->n; i++) {
        f[i] = step->left[i] / sweep->mass[i];
        s[i] = right[i] / sweep->mass[i];
    }
    loss_terms(f, s, sweep->n, term);
    for (size_t i = 0; i < sweep->n; i++)
        loss[i] += term[i] * frame_width(&sweep->frame, step->from, step->to);
}

/* Back from the right, where the survival functions are summed. */
static void sweep_left(const struct sweep *sweep, const struct trail *trail,
                       double loss[])
{
    double right[ARMS_MAX] = {0};

    for (size_t t = trail->n; t-- > 0;) {
        const struct step *step = &trail->step[t];

        if (step->has_density)
            add_losses(sweep, step, right, loss);
        else
            add_gap(sweep, step, right, loss);
    }
}

static void sweep_there_and_back(struct sweep *sweep, unsigned wants,
                                 struct comparison *sums)
{
    struct trail trail; // 400 kB of stack

    trail.n = 0;
    sweep_right(sweep, wants, &trail, sums);
    sweep_left(sweep, &trail, sums->loss);
}

void measure_best(const struct posterior *posterior, size_t n, unsigned wants,
                  struct comparison *comparison)
{
    struct sweep sweep;
    double masses = 1;
    double sum = 0;

    assert(n >= 2 && n <= ARMS_MAX);
    *comparison = (struct comparison){.p_best = {0}};
    sweep_init(&sweep, posterior, n);
    if ((wants & WANT_LOSS) != 0)
        sweep_there_and_back(&sweep, wants, comparison);
    else
        sweep_right(&sweep, wants, NULL, comparison);
    for (size_t i = 0; i < n; i++)
        masses *= sweep.mass[i];
    for (size_t i = 0; i < n; i++) {
        comparison->p_best[i] /= masses;
        comparison->beats[i] /= sweep.mass[0] * sweep.mass[i];
        sum += comparison->p_best[i];
    }
    assert(fabs(sum - 1) <= sum_error);
}
