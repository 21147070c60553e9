/*
 * What an experiment's days were: daily counts of its arms, as the history keeps them
 * and as judging reads them.
 */
#ifndef BANDIT_EVIDENCE_H
#define BANDIT_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/measure.h"
#include "bandit/settings.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

__extension__ typedef unsigned __int128 uint128;

enum {
    EVIDENCE_DAYS_MAX = 400, /* of an experiment in the history */
    FINAL_AFTER_DAYS = 3,    /* newest evidence days that late data may re-score */
};

/* What is the day's alone, whatever comes later: units first exposed on it, by the end
 * of the day. */
struct arm_at_once {
    int64_t exposed;
    int64_t tagged;        /* of them with the tag of a version in force */
    int64_t weight_x10000; /* bp in force, the mean over the day's exposures, in 1e-4
                              bp; -1: not known */
};

/* What is known of the same units once their windows have closed. */
struct arm_mature {
    int64_t units;
    int64_t conversions; /* binary */
    int64_t sum_x10000;  /* numeric: of values rounded to 1e-4 */
    uint128 sumsq_x1e8;
    int64_t guardrail[GUARDRAILS_MAX]; /* units with that event; -1: not counted then,
                                          of no arm of the day */
};

struct evidence_day {
    int32_t day;
    bool is_mature;
    int64_t version; /* newest in force that day; 0: none was */
    int64_t multi;   /* units in two arms or more */
    int64_t unknown; /* exposures of an arm nobody configured */
    struct arm_at_once at_once[ARMS_MAX];
    struct arm_mature mature[ARMS_MAX];
};

struct evidence {
    size_t narms, nguardrails;
    struct evidence_day *day; /* ascending; a day may be missing: no data of it */
    size_t n, capacity;
};

/* NULL when there is none. */
struct evidence_day *evidence_find(const struct evidence *evidence, int32_t day);
/* Found, or put in its place, all zero, weights not known. */
struct evidence_day *evidence_put(struct evidence *evidence, int32_t day,
                                  struct arena *arena);
/* Units exposed at once, of all arms. */
int64_t evidence_exposed(const struct evidence *evidence,
                         const struct evidence_day *day);

/* ---- state/history/bandit.tsv (history.c) ---- */

#define BANDIT_HISTORY "history/bandit.tsv"
#define HISTORY_HEADER                                                               \
    "experiment\tday\tarm\texposed\tsessions\tconversions\tsum_x10000\tsumsq_x1e8\t" \
    "weight_bp\tversion\ttagged\tmulti\tunknown\tguardrails"

/* Rows of one experiment as they came: days of the present arms in `evidence`, those of
 * earlier phases with other arms or another kind of reward, and of experiments no
 * longer configured, kept as text. What is before a kept day is kept too. */
struct history {
    struct history_experiment {
        const char *id;
        const struct experiment *experiment; /* NULL: not configured (any more) */
        struct evidence evidence;
        struct str *kept; /* lines with their newline, in order */
        size_t nkept, kept_capacity;
    } * item; /* by id, bytes */

    size_t n, capacity;
};

/* `rows` is what follows the header. A line that cannot be read is "NAME:LINE: ...".
 * Each configured experiment has its item afterwards, rows or not. */
MUST_USE bool history_parse(struct str rows, const char *name,
                            const struct settings *settings, struct arena *arena,
                            struct history *history, struct err *err);
/* With header; the newest EVIDENCE_DAYS_MAX days of each. */
void history_format(const struct history *history, struct buf *out);
/* Found, or put in its place for `experiment`. */
struct history_experiment *history_put(struct history *history,
                                       const struct experiment *experiment,
                                       struct arena *arena);

/* The last day that is kept as text, which has lines already; 0: none. */
int32_t history_kept_through(const struct history_experiment *item);

/* ---- daily counts from elsewhere (collect_counts.c) ---- */

/* A TSV whose columns are named, or exactly `day arm sessions conversions`. */
struct counts_file {
    const char *name;       /* for messages */
    const char *experiment; /* rows of this one, where the file has a column for it;
                               NULL: it must be one alone, which is set here */
    const struct experiment *configured; /* its arms in their order, its guardrails;
                                            NULL: arms are found in the file, `control`
                                            first, then by first appearance */
    bool any_reward; /* the file says whether rewards are numeric, not `configured` */

    /* what was found */
    const char *arm[ARMS_MAX];
    size_t narms;
    bool has_weights, has_versions, has_tagged, has_multi, has_guardrails;
    bool is_numeric;
};

/* Refused with the line: conversions > sessions, negative, not an integer, > 1e9 (a
 * day, or all days of an arm), a (day, arm) twice, bad days, unknown arms, more than
 * EVIDENCE_DAYS_MAX days. Days before a configured start are passed over: their arms
 * may be others. A day missing an arm: zero units; its weights are not known. Rows
 * without `exposed` have as many as sessions; `-` sessions are days not yet mature. */
MUST_USE bool counts_parse(struct str bytes, struct counts_file *file,
                           struct arena *arena, struct evidence *evidence,
                           struct err *err);

#endif
