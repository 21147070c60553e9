/*
 * From events to the days of experiments. collect_inputs.c opens the sources,
 * collect_events.c is the only file of the bandit that meets events; measure_counts.c,
 * which is pure, makes counts of what it kept of them.
 */
#ifndef BANDIT_COLLECT_H
#define BANDIT_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/evidence.h"
#include "bandit/settings.h"
#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/source.h"

/* Exposed units by the version tag of their exposure. */
struct tag_count {
    int64_t version;
    int64_t exposed[ARMS_MAX];
};

/* One day of one experiment, as its events are now. */
struct arms_day {
    int32_t day;
    const char *trouble;        /* NULL, or why the day has no data: "source 'events' is
                                   partial        on 2026-11-05: ..." */
    int64_t exposed[ARMS_MAX];  /* by the end of the day */
    int64_t deployed[ARMS_MAX]; /* of them not before deploy_time */
    struct tag_count *tag;      /* by version, ascending; at most TAGS_MAX */
    size_t ntags;
    int64_t multi, unknown;
    bool is_mature; /* its windows had closed by the end of the last day */
    struct arm_mature mature[ARMS_MAX];
};

enum { TAGS_MAX = 64 };

enum skip_reason {
    SKIP_NO_UNIT, /* an exposure without session (or user, where that is the unit) */
    SKIP_NO_EXPOSURE, /* a reward of a unit that was not exposed before it */
    SKIP_BAD_VALUE,   /* rating out of range, not finite, not a number */
    SKIP_BAD_ARM,     /* the arm is no text, number or boolean; or none */
    SKIP_NO_RATING,   /* units without a rating, which are left out */
    SKIP_DUPLICATE,
    SKIP_COUNT,
};

const char *skip_word(enum skip_reason reason); /* "no unit" .. */

/* What is wanted of an experiment, and what came. */
struct collected {
    const struct experiment *experiment;
    int32_t from; /* first day whose counts are wanted; 0: all there are, the first day
                     with an exposure is set here */
    int32_t to;   /* last day: the run's as-of */
    struct arms_day *day; /* one for each of [from, to] */
    size_t ndays;
    int64_t skipped[SKIP_COUNT];
    int64_t dropped;     /* units in two arms, over these days */
    const char *trouble; /* NULL, or why nothing of it could be read: no days then */
};

/* Sentences for the report. */
struct problems {
    const char **said;
    size_t n;
};

struct inputs; /* sources and scratch, opened before confinement */

MUST_USE bool inputs_open(const struct config *config, const struct settings *settings,
                          struct arena *arena, struct inputs **inputs, struct err *err);
void inputs_close(struct inputs *inputs);      /* NULL allowed */
int inputs_lag_h(const struct inputs *inputs); /* of the slowest source, hours */
/* Files and folders to leave readable. */
const char *const *inputs_folders(const struct inputs *inputs, size_t *n);

/* TCP ports to leave open, and whether there is a network at all. */
const uint16_t *inputs_ports(const struct inputs *inputs, bool *needs_network,
                             size_t *n);

/* Reads each source once for all its experiments. A source that cannot be read is the
 * `trouble` of its experiments; false only when scratch fails or a limit is crossed.
 * Sentences about sources (rejected lines) and arms that are not configured go to
 * `problems`. */
MUST_USE bool inputs_collect(struct inputs *inputs, struct collected *wanted, size_t n,
                             struct arena *arena, struct problems *problems,
                             struct err *err);

/* The last day whose windows have all closed by the end of `as_of`: ends are those of
 * the civil days. `window_hours` 0: as_of itself. */
int32_t evidence_through(const struct experiment *experiment, int32_t as_of,
                         struct arena *arena);

#endif
