/*
 * Statistics that at least two tools need. Pure.
 */
#ifndef SHARED_STATS_H
#define SHARED_STATS_H

#include "shared/arena.h"

/* A p-value in [0, 1] as state keeps it, one significant digit: "1e-13", "3e-4", "0".
 * In the arena. */
char *stats_p_text(double p, struct arena *arena);

#endif
