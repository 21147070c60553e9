/*
 * Between collect_events.c, which keeps what events say of experiments, and
 * measure_counts.c, which counts it. Nobody else's.
 */
#ifndef BANDIT_COUNTS_H
#define BANDIT_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/collect.h"

enum trace_what {
    TRACE_EXPOSURE = 1,
    TRACE_REWARD = 2,
    TRACE_ACTIVITY = 4,  /* any event, where the reward asks for it */
    TRACE_GUARDRAIL = 8, /* << index */
};

enum { ARM_UNKNOWN = 31 }; /* beside arms, of which a unit has a mask of 32 bits */

_Static_assert(ARMS_MAX <= (int)ARM_UNKNOWN, "arms are bits of a mask");

/* Largest value of a unit, and of one event. Squares of 1e9 units in 1e-8 fit into 128
 * bits; their sum is watched. */
#define TRACE_VALUE_MAX 1e9

/* What one event says of one experiment: 48 bytes. */
struct trace {
    uint64_t key;  /* what is kept together: the unit; the user where he may return */
    uint64_t unit; /* the key, or one session of that user */
    uint64_t id;
    int64_t time_ms;
    double value; /* of a reward; of an exposure the version of its tag, 0 for none */
    uint16_t experiment; /* which counting */
    uint16_t what;       /* enum trace_what */
    uint8_t arm;         /* of an exposure: index or ARM_UNKNOWN */
};

_Static_assert(sizeof(struct trace) == 48, "what a million events cost");

/* Users' sessions of one day, while one user is counted. */
struct seen_sessions {
    uint64_t one; /* 0: none */
    bool has_more;
};

/* One experiment while it is counted. */
struct counting {
    const struct experiment *experiment;
    struct day_bounds bounds; /* all days that a trace may lie on */
    int32_t from, to;         /* days that are counted, within the bounds */
    const int64_t *deploy_ms; /* of each day of [from, to]; NULL: not known */
    struct arms_day *day;     /* of [from, to]; `is_mature` is set */
    int64_t skipped[SKIP_COUNT];
    int64_t dropped;
    bool is_over;               /* sums of a day left 64 bits */
    struct seen_sessions *seen; /* by day of the bounds; NULL unless `return` */
    struct arena *arena;
};

/* Days before its first that a unit's exposures are looked up in. */
static inline int32_t counting_lookback(const struct experiment *experiment)
{
    return experiment->is_per_user ? experiment->user_lookback_days : 1;
}

/* Counts all traces of a set of keys, each key whole. Sorts them in place; the order
 * they come in is nothing. */
void measure_counts(struct counting *countings, struct trace *traces, size_t n);

#endif
