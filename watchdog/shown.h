/*
 * What the verbs that only look start from: the configuration, or the schema's defaults
 * where none is needed, and what is known.
 */
#ifndef WATCHDOG_SHOWN_H
#define WATCHDOG_SHOWN_H

#include "watchdog/folder.h"
#include "watchdog/watchdog.h"

struct shown {
    struct config config; /* the settings borrow from it */
    struct settings settings;
    struct state_folder folder;
    struct known known;
};

void shown_init(struct shown *shown);
void shown_release(struct shown *shown);

/* The configuration and its section. `is_needed` false: where no -c was given and no
 * rounds.json is here, the defaults of every key. */
MUST_USE bool shown_settings(const struct options *opt, bool is_needed,
                             struct arena *run, struct shown *shown, struct err *err);

/* Settings and state, confined to reading the state folder. With -s no configuration is
 * needed. No state is an error. */
MUST_USE bool shown_load(const struct options *opt, struct arena *run,
                         struct shown *shown, struct confinement *confined,
                         struct err *err);

#endif
