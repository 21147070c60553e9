/*
 * From evidence to weights, findings and the promotion checklist. Pure. One call judges
 * one day as a run on that day would have; nothing is judged twice, and how often the
 * tool runs changes nothing.
 */
#ifndef BANDIT_JUDGE_H
#define BANDIT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/evidence.h"
#include "bandit/measure.h"
#include "bandit/settings.h"
#include "shared/arena.h"

enum {
    BP = 10000,
    ASSESSED_DAYS = 5,         /* evidence days on which P(best) must hold */
    GUARDRAIL_UNITS_MIN = 100, /* of both arms, before a guardrail may stop one */
    UNLOGGED_DAYS = 14,
    UNLOGGED_BP = 9000,
};

/* Why a day moved nothing. */
enum freeze {
    FREEZE_NONE,
    FREEZE_SOURCE, /* no data of the day: absent, stale or partial */
    FREEZE_NO_EXPOSURES,
    FREEZE_UNKNOWN_ARM,
    FREEZE_MULTI_ARM,
    FREEZE_SRM,
};

const char *freeze_words(enum freeze freeze); /* "no exposures" */

/* What is decided, as of a day: what the state keeps from run to run. */
struct standing {
    int32_t as_of;            /* 0: nothing was ever decided */
    int32_t start;            /* first day of the phase */
    int32_t evidence_through; /* last evidence day that was there to be used; 0 none */
    int64_t weight_bp[ARMS_MAX];
    int64_t before_bp[ARMS_MAX]; /* of the version before */
    int64_t version;             /* 0: nothing was ever decided */
    size_t recommendation;
    int streak;
    enum freeze freeze;
    int32_t frozen_since;
    bool is_stopped[ARMS_MAX]; /* by a guardrail */
};

enum promotion_item {
    ITEM_RUNTIME_WIRING,
    ITEM_SIGNAL,
    ITEM_DOCS_PARITY,
    ITEM_MIN_DAYS,
    ITEM_SRM,
    ITEM_P_BEST,
    ITEM_E_VALUE,
    ITEM_FLOOR,
    ITEM_MULTI_ARM,
    ITEM_GUARDRAILS,
    ITEM_COUNT,
};

const char *promotion_item_word(enum promotion_item item); /* "runtime_wiring" */

/* What evidence through one day says. Arms that are not active have 0. */
struct assessment {
    int32_t day;  /* 0: no evidence yet */
    size_t ndays; /* usable evidence days of the phase through it */
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX]; /* of active arms, by arm */
    struct comparison comparison;         /* by arm */
    size_t best;
    double not_worse[GUARDRAILS_MAX]
                    [ARMS_MAX]; /* P(not worse than control by margin) */
    double guardrail_units[GUARDRAILS_MAX][ARMS_MAX];
};

enum wiring_check {
    WIRING_SEEN,
    WIRING_UNKNOWN,
    WIRING_ZERO,
    WIRING_TAG,
    WIRING_SHARE,
    WIRING_MULTI,
    WIRING_COUNT,
};

struct wiring {
    uint32_t failed; /* bit 1 << enum wiring_check */
    double share_p;  /* of the day's served shares */
    size_t unseen;   /* arm that WIRING_SEEN misses, or that WIRING_ZERO still sees */
    int64_t tag_bp, multi_bp, zero_bp;
};

/* The experiment log, as judged (judge_log.c). */
enum log_field { LOG_HYPOTHESIS, LOG_STARTED, LOG_LIFT, LOG_PROMOTED, LOG_FIELDS };

enum log_status { LOG_GOOD, LOG_MISSING, LOG_STALE };

struct experiment_log {
    enum log_status status[LOG_FIELDS]; /* all missing when there is no file */
    int32_t started, promoted;          /* days, when good */
    double lift;                        /* 0.12 is +12 % */
};

/* The text's first 64 KiB, read by LABEL: lines. `as_of` bounds the days. The lift is
 * judged against [low, high] where `has_interval`, else never stale. */
void judge_log(struct str text, int32_t as_of, bool has_interval, double low,
               double high, struct experiment_log *log);
/* "Hypothesis:" "Started:" "Observed lift:" "Promoted:" */
const char *log_label(enum log_field field);

struct item {
    bool is_asked;   /* by the rule */
    bool is_skipped; /* what it needs is not there: a replay without weights */
    bool passes;
    const char *value, *limit, *evidence; /* words for people */
};

struct promotion {
    bool winner_is_control;
    bool is_eligible;
    struct item item[ITEM_COUNT];
    uint32_t missing; /* bit 1 << item, asked and not passed */
};

/* All that one judged day says. */
struct judged {
    int32_t as_of, evidence_through;
    bool is_first;  /* nothing was decided before */
    bool has_moved; /* weights differ from those before */
    bool has_srm_finding, has_multi_finding, has_no_exposures;
    struct srm srm; /* over the phase */
    struct wiring wiring;
    struct assessment now; /* through the newest usable evidence day */
    double log_e[ARMS_MAX];
    struct promotion promotion;
    int64_t phase_exposed, phase_multi, phase_dropped;
    const char *stopped_by[ARMS_MAX]; /* name of the guardrail */
    bool is_unlogged; /* a challenger has had nearly all traffic, and no log says why */
};

/* What the caller knows of the day beside the counts. */
struct occasion {
    int32_t as_of, evidence_through;
    const char *trouble; /* NULL, or why the day has no data */
    bool decides;        /* false: a day before the first decision; weights stay */
    struct str log;      /* text of the experiment log; `at` NULL: none */
    uint32_t skipped;    /* promotion items that cannot be judged, bit each */
    uint32_t seed;       /* of `method: draws` */
};

/* The phase and weights before a first decision. */
void standing_begin(const struct experiment *experiment, int32_t start,
                    struct standing *standing);

/* Room for what judging one experiment's days keeps from day to day: assessments are
 * costly and each serves five days. */
struct judging {
    const struct experiment *experiment;
    const struct evidence *evidence;
    struct arena *arena;
    struct assessment recent[ASSESSED_DAYS];
    size_t nrecent;
};

/* Judges `occasion->as_of` with evidence through `occasion->evidence_through`, changes
 * `standing` as decided. */
void judge_day(struct judging *judging, const struct occasion *occasion,
               struct standing *standing, struct judged *judged);

/* Sets the standing's weights as those in force on the row of `occasion`'s day: what
 * the delivery had to serve. `deployed`, `tags` as of struct arms_day. */
struct arms_day;
void judge_in_force(const struct experiment *experiment,
                    const struct standing *standing, const struct arms_day *arms,
                    struct evidence_day *row);

/* ---- parts of judge_day, each with its tests ---- */

/* The weights of tomorrow (judge_weights.c), bp. P(best) by arm; `is_active` neither
 * killed nor stopped; `units` evidence units by arm; `on_trial`: a challenger leads
 * that may not be promoted yet. Sum 10000; all active arms at least the floor. */
struct weighing {
    const double *p_best;
    const bool *is_active;
    const int64_t *units;
    bool on_trial;
    const int64_t *committed_bp;
};

void judge_weights(const struct experiment *experiment, const struct weighing *weighing,
                   int64_t weight_bp[ARMS_MAX]);

void judge_wiring(const struct experiment *experiment, const struct evidence *evidence,
                  const struct evidence_day *row, struct wiring *wiring);

/* Adds the day to the phase's SRM unless its weights are not known. */
void judge_srm_day(const struct experiment *experiment, const struct evidence *evidence,
                   const struct evidence_day *row, struct srm *srm);

void judge_promotion(const struct judging *judging, const struct occasion *occasion,
                     const struct standing *standing, struct judged *judged);

#endif
