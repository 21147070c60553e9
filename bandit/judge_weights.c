/*
 * The weights of tomorrow: P(best), a floor under it, a share kept for control while a
 * challenger is on trial, a limit on the daily move, small moves left out, integers.
 * Pure. In bp throughout: the floor is then exact, and no arm loses a bp to rounding.
 */
#include <assert.h>
#include <math.h>

#include "bandit/judge.h"

#include "shared/banned.h"

/* Remainders nearer than this are one, so that the last digits of an integral do not
 * choose the arm: 1e-9 of P(best) is 1e-5 bp. */
#define TIE_BP 1e-5

/* What one day's steps hand on: shares by arm, 0 for arms that are not active. */
struct split {
    double share[ARMS_MAX];
    const bool *is_active;
    size_t narms;
};

static size_t count_active(const struct split *split)
{
    size_t n = 0;

    for (size_t i = 0; i < split->narms; i++)
        n += split->is_active[i];
    return n;
}

static void split_equally(struct split *split)
{
    size_t n = count_active(split);

    for (size_t i = 0; i < split->narms; i++)
        split->share[i] = split->is_active[i] ? (double)BP / (double)n : 0;
}

/* Whole bp; what is left goes to the largest remainders, ties to the earlier arm. */
static void split_round(const struct split *split, int64_t weight_bp[ARMS_MAX])
{
    double rest[ARMS_MAX] = {0};
    int64_t left = BP;

    for (size_t i = 0; i < split->narms; i++) {
        weight_bp[i] = (int64_t)floor(split->share[i]);
        rest[i] = split->is_active[i] ? split->share[i] - floor(split->share[i]) : -1;
        left -= weight_bp[i];
    }
    assert(left >= 0 && left <= (int64_t)count_active(split));
    for (; left > 0; left--) {
        size_t most = 0;

        for (size_t i = 1; i < split->narms; i++)
            if (rest[i] > rest[most] + TIE_BP)
                most = i;
        weight_bp[most]++;
        rest[most] = -1;
    }
}

/* What is committed without the arms that have stopped: the others take their share in
 * proportion to what they have, at once. */
static void split_committed(struct split *split, const int64_t committed_bp[])
{
    double sum = 0;

    for (size_t i = 0; i < split->narms; i++)
        sum += split->is_active[i] ? (double)committed_bp[i] : 0;
    if (sum <= 0) {
        split_equally(split);
        return;
    }
    for (size_t i = 0; i < split->narms; i++)
        split->share[i] = split->is_active[i] ? (double)committed_bp[i] * BP / sum : 0;
}

/* Lifts arms to the floor; the others give in proportion to what they have above it.
 * Whether one had to be lifted: a higher floor is configured, or a kill was undone. */
static bool split_lift(struct split *split, int floor_bp)
{
    double above = 0, room = BP - (double)floor_bp * (double)count_active(split);
    bool is_lifted = false;

    for (size_t i = 0; i < split->narms; i++) {
        if (!split->is_active[i])
            continue;
        is_lifted = is_lifted || split->share[i] < floor_bp;
        above += fmax(split->share[i] - floor_bp, 0);
    }
    for (size_t i = 0; is_lifted && i < split->narms; i++)
        if (split->is_active[i])
            split->share[i] =
                floor_bp + fmax(split->share[i] - floor_bp, 0) * room / above;
    return is_lifted;
}

/* Control has at least `least`, as far as the floor of the others allows; they give in
 * proportion to what they have above it. */
static void split_confirm(struct split *split, double least, int floor_bp)
{
    double others_floor = (double)floor_bp * (double)(count_active(split) - 1);
    double control = fmin(least, BP - others_floor);
    double factor;

    if (!split->is_active[0] || split->share[0] >= control)
        return;
    factor = (BP - control - others_floor) / (BP - split->share[0] - others_floor);
    split->share[0] = control;
    for (size_t i = 1; i < split->narms; i++)
        if (split->is_active[i])
            split->share[i] = floor_bp + (split->share[i] - floor_bp) * factor;
}

static double split_distance(const struct split *split, const struct split *from)
{
    double most = 0;

    for (size_t i = 0; i < split->narms; i++)
        most = fmax(most, fabs(split->share[i] - from->share[i]));
    return most;
}

/* What P(best) asks for, before anything holds it back. */
static void split_wanted(struct split *split, const struct allocation *allocation,
                         const struct weighing *weighing)
{
    int floor_bp = allocation->floor_bp;
    double room = BP - (double)floor_bp * (double)count_active(split);
    double best = 0;

    for (size_t i = 0; i < split->narms; i++) {
        split->share[i] =
            split->is_active[i] ? floor_bp + room * weighing->p_best[i] : 0;
        if (split->is_active[i])
            best = fmax(best, weighing->p_best[i]);
    }
    if (weighing->on_trial && best >= allocation->confirm_p)
        split_confirm(split, allocation->confirm_bp, floor_bp);
}

static bool is_burnt_in(const struct split *split, const int64_t units[], int64_t least)
{
    for (size_t i = 0; i < split->narms; i++)
        if (split->is_active[i] && units[i] < least)
            return false;
    return true;
}

void judge_weights(const struct experiment *experiment, const struct weighing *weighing,
                   int64_t weight_bp[ARMS_MAX])
{
    const struct allocation *allocation = &experiment->allocation;
    struct split from = {.is_active = weighing->is_active, .narms = experiment->narms};
    struct split to = from;
    bool is_lifted;
    double move;

    assert(count_active(&from) > 0);
    // one arm alone has everything, whatever its P(best) was said to be
    if (allocation->is_fixed || count_active(&from) == 1) {
        split_equally(&to);
        split_round(&to, weight_bp);
        return;
    }
    split_committed(&from, weighing->committed_bp);
    is_lifted = split_lift(&from, allocation->floor_bp);
    if (weighing->is_held ||
        !is_burnt_in(&from, weighing->units, allocation->burn_in)) {
        split_round(&from, weight_bp);
        return;
    }
    split_wanted(&to, allocation, weighing);
    move = split_distance(&to, &from);
    if (move < allocation->hysteresis_bp && !is_lifted) {
        to = from;
    } else if (move > allocation->ramp_bp) {
        for (size_t i = 0; i < to.narms; i++)
            to.share[i] = from.share[i] +
                          (to.share[i] - from.share[i]) * allocation->ramp_bp / move;
    }
    split_round(&to, weight_bp);
}
