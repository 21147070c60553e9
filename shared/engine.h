/*
 * Sources that are asked: a database, or the API of a hosted product. Most answer with
 * days already added up. What shared/source.h and shared/daycount.h make of rows, an
 * engine is asked for: cells for the watchdog, arms for the bandit. Opened and asked
 * through shared/source.h alone; this is what a type has to provide.
 *
 * A type is a row of the table in shared/engines/table.c. Only the programs
 * rounds-TOOL-engine link that table, with libcurl and libpq; the tools themselves link
 * shared/engine.c, which knows no type: opening one makes the process its sibling.
 */
#ifndef SHARED_ENGINE_H
#define SHARED_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/config.h"
#include "shared/daycount.h"
#include "shared/err.h"
#include "shared/source.h"

/* What is asked of one day for the watchdog. */
struct cells_wanted {
    const struct daycount_plan *plan; /* its bounds are those of the start */
    uint64_t counted;    /* which of plan->counted, bit each; the others stay 0 */
    uint32_t dimensions; /* bit each; without the site only the rest */
};

/* What is asked of one experiment and day for the bandit. Instants are ms since the
 * epoch, whole seconds. A unit counts on the day of its first exposure: the earliest
 * in [look_ms, to_ms), when that is not before from_ms. */
struct arms_wanted {
    const char *event;                        /* the exposure's name */
    const char *flag_property, *arm_property; /* where it has the two */
    const char *flag;                         /* of this experiment */
    const char *const *arm;                   /* any other is unknown */
    size_t narms;
    bool is_per_user;
    const char *reward;           /* event; NULL: units alone */
    const char *const *guardrail; /* events */
    size_t nguardrails;
    int64_t look_ms, from_ms, to_ms;
    int64_t until_ms;  /* nothing from here on is looked at */
    int64_t window_ms; /* of the rewards, from a unit's first exposure on */
    int64_t deploy_ms; /* 0: not known */
};

enum { DAY_GUARDRAILS_MAX = 8 };

struct arm_counts {
    int64_t exposed;  /* units of no other arm by the end of the day */
    int64_t deployed; /* of them first exposed at deploy_ms or later */
    int64_t units;    /* of no other arm by the end of the window */
    int64_t successes;
    int64_t guardrail[DAY_GUARDRAILS_MAX];
};

struct day_arms {
    struct arm_counts *arm; /* one for each wanted, in the arena */
    int64_t multi, dropped; /* in two arms: by the end of the day, of the window */
    int64_t unknown;        /* units with an exposure to an arm that is not wanted */
    int64_t exposures, bad; /* events of the day; of them without unit or arm */
};

/* What an engine tells of itself when it was opened. */
struct engine_opened {
    void *self;
    int lag_h;
    uint32_t kinds, numbers; /* as source_kinds, source_numbers */
    const char *exposures;   /* preset of its exposures; "" for none */
    const uint16_t *ports;   /* TCP ports that confinement must leave open */
    size_t nports;
    const char *const *file; /* files it must leave readable */
    size_t nfiles;
    const char *preset; /* it feeds: whose fields its rows have. NULL: it counts */
};

/* Rows of an engine that feeds: a file of JSON Lines, plain or gzip, from its begin. */
struct engine_file {
    int fd;            /* the caller's to close; -1: there are no more */
    const char *shown; /* its name for messages */
};

/* A type of engine. `open` reads the configuration and the secrets, before confinement;
 * `start`, the first that connects, may be called again for other days. What
 * fails says whose it is ("source 'events': ..") or where in the configuration. */
struct engine {
    const char *type;
    bool (*open)(const struct config *config, const char *name, struct arena *arena,
                 struct engine_opened *opened, struct err *err);
    void (*close)(void *self);
    /* Whether it can tell what plan->counted[index] counts. False: rows alone can. An
     * error: it is asked for in words that the type refuses. */
    bool (*can_count)(void *self, const struct daycount_plan *plan, size_t index,
                      bool *can, struct err *err);
    bool (*check_arms)(void *self, const struct arms_wanted *wanted, struct err *err);
    /* Of each day how many rows there are, how many lack a unit, and the newest. */
    bool (*start)(void *self, const struct day_bounds *bounds, struct arena *arena,
                  struct source_day *days, struct source_totals *totals,
                  struct err *err);
    /* The day is the `index`th of the start. It may set days[index].is_cut. */
    bool (*cells)(void *self, size_t index, const struct cells_wanted *wanted,
                  struct arena *arena, struct day_cells *cells, struct err *err);
    bool (*arms)(void *self, size_t index, const struct arms_wanted *wanted,
                 struct arena *arena, struct day_arms *arms, struct err *err);
    /* In place of the last four where `preset` is said: the next file of what the start
     * asked for. Rows of other days may be in it. */
    bool (*feed)(void *self, struct arena *arena, struct engine_file *file,
                 struct err *err);
    /* What to tell who wants to know more (-v), once; NULL: nothing. */
    const char *const *(*notes)(const void *self, size_t *n);
};

/* "clickhouse", "plausible": whether a source of this type is an engine. */
bool engine_is_type(const char *type);

/* The engine of this type of source, or what becomes the program that has it. */
MUST_USE bool engine_find(const char *type, const struct engine **engine,
                          struct err *err);

#endif
