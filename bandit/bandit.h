/*
 * The bandit's own steps, in their order, and its verbs.
 */
#ifndef BANDIT_BANDIT_H
#define BANDIT_BANDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/collect.h"
#include "bandit/evidence.h"
#include "bandit/judge.h"
#include "bandit/settings.h"
#include "bandit/weights.h"
#include "shared/cli.h"
#include "shared/finding.h"
#include "shared/state.h"

#define BANDIT_JSON "bandit.json"

enum { BANDIT_SCHEMA = 1, LOG_BYTES_MAX = 1 << 20, COUNTS_BYTES_MAX = 16 << 20 };

/* The experiment log of an experiment, `at` NULL when there is none (collect_log.c).
 * Its path is relative to the configuration. A file that cannot be read is an error,
 * one that is not there is none. */
MUST_USE bool collect_log(const struct config *config,
                          const struct experiment *experiment, struct arena *arena,
                          struct str *text, struct err *err);

/* The days of an experiment with `counts` (collect_daily.c). A day without a row has
 * trouble; a file that cannot be read, or has bad input, is an error. */
MUST_USE bool collect_daily(const struct config *config, struct collected *collected,
                            struct arena *arena, struct err *err);

/* An experiment through one run. */
struct trial {
    const struct experiment *experiment;
    struct history_experiment *history;
    json_t *facts; /* of the state, as of their last change; NULL: none yet. Owned;
                      trial_keep */
    struct standing standing;
    struct findings open; /* of the state; then of the newest judged day */
    struct judging judging;
    struct judged judged;
    const struct collected *collected;
    struct str log;
    uint32_t skipped;    /* promotion items that cannot be judged here, bit each */
    const char *trouble; /* NULL, or why the newest day has no data */
    int32_t new_phase;   /* first day of a phase that begins now; 0: none */
    int32_t rewritten;   /* a final day whose counts changed; 0: none */
    int64_t rewritten_days;
};

/* ---- state/bandit.json (state.c) ---- */

/* The standing as of the facts' last change, and whether their arms are the configured
 * ones or those with new ones at the end; else an error, as is whatever does not fit.
 */
MUST_USE bool state_standing(const json_t *facts, const struct experiment *experiment,
                             int32_t through, struct standing *standing, bool *is_wider,
                             struct err *err);

/* The facts of today: those of the state while nothing moved, else new ones, for the
 * caller to release. */
json_t *state_facts(const struct trial *trial);

/* The document. Steals `experiments`. */
json_t *state_document(json_t *experiments, const struct findings *findings,
                       int32_t through);

/* Findings of the document, in order. */
MUST_USE bool state_findings(const json_t *document, struct arena *arena,
                             int32_t *through, struct findings *findings,
                             struct err *err);

/* ---- findings (judge_findings.c) ---- */

/* Findings of a judged day. One that was open before stays as it was opened while it
 * says the same; what a day without data cannot judge stays open. */
void judge_findings(const struct trial *trial, struct arena *arena,
                    struct findings *now);

/* ---- the report (report.c) ---- */

/* Metrics, lines and summary of a report whose findings, muted and through are set. */
void bandit_report(const struct trial *trials, size_t n, struct arena *arena,
                   struct report *report);
/* The report's tables, of each experiment that the state has: its facts in words. */
void bandit_tables(const struct trial *trials, size_t n, struct arena *arena,
                   struct report *report);
/* The report's charts, of the history: weights in force, and what the evidence through
 * each day says of P(best), judged again. Of looked-at trials; through is set. */
void bandit_charts(struct trial *trials, size_t n, struct arena *arena,
                   struct report *report);
/* The member `experiments` and counts of what was skipped; the caller owns it. */
json_t *bandit_report_extra(const struct trial *trials, size_t n, struct arena *arena);

/* ---- what run, show and checklist share (known.c) ---- */

/* Everything that is opened or loaded before a decision. */
struct known {
    struct config config;
    struct settings settings;
    bool is_assumed; /* there is no configuration: settings are what the state tells */
    struct state_folder folder;
    struct confinement confined;
    json_t *json; /* the old document; NULL: none */
    int32_t through;
    struct findings findings;
    struct history history;
    struct trial *trial; /* one for each experiment, in the order of the settings */
};

void known_init(struct known *known);
void known_release(struct known *known);

/* Configuration and zone. */
MUST_USE bool known_configure(const struct options *opt, struct arena *arena,
                              struct known *known, struct err *err);
/* The configured experiment of that id; NULL: there is none, the error names the
 * nearest. */
const struct experiment *known_experiment(const struct known *known, const char *id,
                                          struct arena *arena, struct err *err);
/* State and history of the open folder; trials with what is known of each. */
MUST_USE bool known_load(struct arena *arena, struct known *known, struct err *err);
/* As if there were no state. */
void known_forget(struct arena *arena, struct known *known);

/* Replaces the facts; steals. */
void trial_keep(struct trial *trial, json_t *facts);

/* Everything the reports say of the standing as it is, with losses and P(beats
 * control); audited against the sampler. */
MUST_USE bool trial_look(struct trial *trial, int32_t as_of, struct err *err);

/* For verbs that only look: folder, confinement, logs, state, and each trial judged as
 * its last run did. */
MUST_USE bool known_look(const struct options *opt, struct arena *arena,
                         struct known *known, struct err *err);

/* Verbs. */
int bandit_run(const struct options *opt, struct err *err);
int bandit_show(const struct options *opt, struct err *err);
int bandit_checklist(const struct options *opt, struct err *err);
int bandit_eval(const struct options *opt, struct err *err);
int bandit_srm(const struct options *opt, struct err *err);
int bandit_weights(const struct options *opt, struct err *err);
int bandit_remake(const struct options *opt, struct err *err);
int bandit_replay(const struct options *opt, struct err *err);

/* Options that not every verb takes: bits of struct options.flags. */
enum {
    FLAG_METHOD,
    FLAG_PRIOR,
    FLAG_JSON,
    FLAG_DIGITS,
    FLAG_AS,
    FLAG_ARMS,
    FLAG_SET,
    FLAG_EXPERIMENT,
    FLAG_CHARTS,
};

#endif
