/*
 * What the watchdog keeps in the state folder: load all of it, save all of it, in an
 * order that heals.
 */
#ifndef WATCHDOG_FOLDER_H
#define WATCHDOG_FOLDER_H

#include "watchdog/watchdog.h"

/* What is known before a run. Nothing at all: through, kept and checkpoint are 0, json
 * NULL. */
struct known {
    json_t *json;    /* the old conclusions; released with known_release */
    int32_t through; /* their last day */
    int32_t kept; /* evidence is final up to this day; later days are counted again */
    int32_t checkpoint; /* judging goes on after this day; 0: from the first day of the
                           evidence */
    struct evidence evidence;
    struct data_days data;
};

MUST_USE bool known_load(const struct state_folder *folder, struct arena *run,
                         struct known *known, struct err *err);
void known_release(struct known *known);

/* What is to be kept; `checkpoint.n` 0: the old one stays. */
struct outcome {
    struct buf evidence;
    struct str json;
    struct buf checkpoint;
};

/* Evidence, conclusions, checkpoint, in this order: a stop between two of them heals on
 * the next run. */
MUST_USE bool outcome_save(const struct state_folder *folder,
                           const struct outcome *outcome, struct err *err);

#endif
