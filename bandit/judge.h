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

/* An e-value for people: at most a million, as in state; ">1e+06" says so. */
const char *e_value_text(double log_e, int digits, struct arena *arena);

const char *promotion_item_word(enum promotion_item item); /* "runtime_wiring" */

/* What evidence through one day says. Arms that are not active have 0. */
struct assessment {
    int32_t day;   /* 0: no evidence yet */
    size_t ndays;  /* usable evidence days of the phase through it */
    bool is_whole; /* losses and P(beats control) were asked for too */
    struct stratified of[ARMS_MAX];
    struct posterior posterior[ARMS_MAX]; /* by arm */
    struct comparison comparison;         /* by arm */
    size_t best;
};

/* A guardrail's event on an arm, against control's. */
struct guarded {
    double worse;  /* P(worse than control by more than the margin) */
    bool is_known; /* both have GUARDRAIL_UNITS_MIN units */
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
    size_t unseen;   /* arm that WIRING_SEEN misses */
    size_t unwanted; /* arm that WIRING_ZERO still sees */
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
    size_t winner;
    bool is_eligible; /* never when the winner is control */
    struct item item[ITEM_COUNT];
    uint32_t missing;   /* bit 1 << item, asked and not passed */
    uint32_t log_lines; /* bit 1 << enum log_field: missing or stale in the log */
};

/* All that one judged day says. */
struct judged {
    int32_t as_of, evidence_through;
    bool has_moved; /* weights differ from those before */
    enum freeze freeze;
    struct srm srm; /* over the phase */
    struct wiring wiring;
    struct assessment now; /* through the newest usable evidence day */
    double log_e[ARMS_MAX];
    int64_t units[ARMS_MAX], conversions[ARMS_MAX]; /* usable, as counted */
    int64_t exposed, multi, turned; /* of the phase: units exposed, in two arms at once,
                                       and in a second one later */
    struct guarded guarded[GUARDRAILS_MAX][ARMS_MAX];
    double stopping[GUARDRAILS_MAX][ARMS_MAX]; /* P(worse) when the day stopped arms */
    struct promotion promotion;
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

/* What judging one experiment's days keeps from day to day. Zeroed but for the first
 * three. Rows of days up to the judged one must not change between two calls. */
struct judging {
    const struct experiment *experiment;
    const struct evidence *evidence;
    struct arena *arena;
    int32_t start;   /* of the phase that the rest is about */
    size_t nscanned; /* rows of the evidence that were looked at */
    bool *is_usable; /* by row */
    size_t capacity;
    struct srm srm; /* over the phase's rows so far */
    int64_t exposed, multi;
    struct assessment recent[ASSESSED_DAYS]; /* newest last */
    size_t nrecent;
    bool is_active[ARMS_MAX]; /* of `recent` */

    struct series_room {
        int32_t *day;
        struct cell *cell;
        size_t rows;
    } room[2]; /* of the reward's series, of a guardrail's */
};

/* Judges `occasion->as_of` with evidence through `occasion->evidence_through`, changes
 * `standing` as decided. The day's row is in the evidence, unless the day has trouble.
 */
void judge_day(struct judging *judging, const struct occasion *occasion,
               struct standing *standing, struct judged *judged);

/* Takes up a standing of an earlier run, which the state keeps as of its last change:
 * evidence days up to `evidence_through` that came since went the same way. `through`
 * is the last judged day. */
void judge_resume(struct judging *judging, int32_t through, int32_t evidence_through,
                  struct standing *standing);

/* A kill between two days: the arm has nothing from now on, though its day was judged.
 * When that was nobody knows, so the shares of the day it happened are not compared.
 * False: no killed arm had weight. */
bool judge_kills(struct judging *judging, struct standing *standing);

/* What judge_day says of a day that was judged, without deciding anything again. */
void judge_look(struct judging *judging, const struct occasion *occasion,
                const struct standing *standing, struct judged *judged);

/* Notes on the row of a day what was in force on it, as far as it can be known: before
 * the day is judged, while `standing` is what the day before decided. */
struct arms_day;
void judge_in_force(const struct experiment *experiment,
                    const struct evidence *evidence, const struct standing *standing,
                    const struct arms_day *arms, struct evidence_day *row);

/* The row's tagged exposures counted again, when late events came. */
void judge_tagged(const struct experiment *experiment, const struct evidence *evidence,
                  const struct arms_day *arms, struct evidence_day *row);

/* ---- parts of judge_day, each with its tests ---- */

/* The weights of tomorrow (judge_weights.c), bp. P(best) by arm; `is_active` neither
 * killed nor stopped; `units` evidence units by arm; `on_trial`: a challenger leads
 * that may not be promoted yet. Sum 10000; all active arms at least the floor. */
struct weighing {
    const double *p_best;
    const bool *is_active;
    const int64_t *units;
    bool on_trial;
    bool is_held; /* frozen: the committed weights stay, but for arms not active */
    const int64_t *committed_bp;
};

void judge_weights(const struct experiment *experiment, const struct weighing *weighing,
                   int64_t weight_bp[ARMS_MAX]);

void judge_wiring(const struct experiment *experiment, const struct evidence *evidence,
                  const struct evidence_day *row, struct wiring *wiring);

/* Adds the day to the phase's SRM unless its weights are not known. */
void judge_srm_day(const struct experiment *experiment, const struct evidence *evidence,
                   const struct evidence_day *row, struct srm *srm);

/* The checklist of the standing's recommendation. Reads and may complete the recent
 * assessments. */
void judge_promotion(struct judging *judging, const struct occasion *occasion,
                     const struct standing *standing, struct judged *judged);

/* The days of the phase that may be used, through `through`, in the direction where
 * more is better: of the reward, or of guardrail `guardrail` as it is counted (-1: the
 * reward). Good until the next call for the same kind. */
struct series judge_series(struct judging *judging, int32_t through, int guardrail);

/* What the first `ndays` days of the series say. `wants` as of measure_best. */
void judge_assess(const struct judging *judging, const struct occasion *occasion,
                  const struct series *series, size_t ndays, unsigned wants,
                  struct assessment *assessment);

#endif
