/*
 * Between collect_inputs.c, which opens the sources of experiments, and
 * collect_events.c, which reads them. Nobody else's.
 */
#ifndef BANDIT_INPUTS_H
#define BANDIT_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/counts.h"
#include "shared/sandbox.h"
#include "shared/scan.h"
#include "shared/spill.h"
#include "shared/str.h"

/* Events of this name say something of this experiment. */
struct interest {
    struct str event;
    uint16_t watched; /* index */
    uint16_t what;    /* enum trace_what, without activity */
};

/* An experiment on a source. Properties are indexes of source_wanted. */
struct watched {
    const struct experiment *experiment;
    size_t input;
    struct exposure exposure; /* with the defaults of the source's preset */
    size_t flag, arm[2];
    size_t where[WHERE_MAX];
    size_t value, version; /* where the experiment has such a property */
    bool wants_activity;
};

struct input {
    const char *name;
    struct source *source;
    const char *pointer[SCAN_POINTERS_MAX];
    size_t npointers;
    struct interest *interest; /* by event, then experiment */
    size_t ninterests, capacity;
};

struct inputs {
    struct input *input;
    size_t ninputs;
    struct watched *watched;
    size_t nwatched;
    const char **folder;
    size_t nfolders;
    uint16_t port[SANDBOX_PORTS_MAX];
    size_t nports;
    bool needs_network;
    struct spill *spill; /* struct trace; NULL where no experiment reads events */
};

/* collect_arms.c: of a source without rows. Whether it can be asked for what an
 * experiment wants; `where` is the experiment in the configuration. */
MUST_USE bool arms_check(const struct config *config, const char *where,
                         const struct watched *watched, struct source *source,
                         struct arena *arena, struct err *err);

/* Where the days of one experiment go. */
struct arms_pass {
    struct counting *counting;
    int64_t exposed_from_ms, to_ms; /* of exposures; end of all */
    int64_t *exposures, *bad;       /* events by day of the bounds */
};

/* After source_start. */
MUST_USE bool arms_read(struct source *source, const struct watched *watched,
                        struct arms_pass *pass, struct arena *arena, struct err *err);

#endif
