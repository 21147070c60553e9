/*
 * Whether a crawl will be done before --timeout ends it, said once on stderr. Decides
 * nothing.
 */
#ifndef SEOCHECK_PACE_H
#define SEOCHECK_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/cli.h"

struct pace {
    const struct options *opt;
    int64_t begun_us; /* 0: not yet */
    bool is_said;
};

/* The seconds that `left` requests will take after `asked` took `elapsed_s`: no fewer
 * than what lies between two of them, and as many as they took so far. */
double pace_expect_s(int64_t asked, int64_t left, double elapsed_s, double gap_s);

/* Before each wave: of own pages `asked` were, `left` are known. As struct crawl's
 * `progress`, whose context is a struct pace. */
void pace_watch(void *context, int64_t asked, int64_t left, double gap_s);

#endif
