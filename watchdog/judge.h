/*
 * Judging: from evidence and a checkpoint to episodes, day by day, in order. Pure.
 */
#ifndef WATCHDOG_JUDGE_H
#define WATCHDOG_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/err.h"
#include "watchdog/evidence.h"
#include "watchdog/measure.h"
#include "watchdog/settings.h"

#define OPEN_P  1e-4 /* a single day opens below this, after Benjamini-Hochberg */
#define QUIET_P 0.1  /* above: a quiet day */

#define COLLAPSE_P \
    1e-6 /* units, or a kind of event, this improbably few: lost, not calm */
#define LOST_SHARE 0.1 /* of the expected units, or less */

enum {
    LOST_EXPECTED = 20,      /* units: fewer are too few to miss */
    CRIT_RATIO = 2,          /* of a signal in `crit`: this much is critical */
    CRIT_ANY_RATIO = 5,      /* of any signal, */
    CRIT_EXCESS = 50,        /* with this excess */
    QUIET_DAYS = 2,          /* quiet days in a row that close */
    ADOPT_DAYS = 14,         /* judged days after which a level is adopted */
    GONE_DAYS = 28,          /* days without exposure after which a cell is gone */
    NEW_DAYS = 7,            /* days a new error stays new */
    UNKNOWN_AFTER_DAYS = 63, /* days unseen after which an error is unknown again */
    RESOLVED_DAYS = 7,       /* days a closed finding stays in state */
    EPISODE_DAYS =
        127, /* days a closed episode stays in state: until it leaves every baseline */
    MISSING_DAYS = 126,
    DATA_FINDING_DAYS = 7 /* days a partial or absent day stays a finding */
};

/* One cell on the day being judged. */
struct judged {
    struct cell *cell;
    struct observation today;
    struct fit fit;
    struct tail tail;
    double ratio;  /* rate ratio; its inverse for a signal that looks down */
    double excess; /* x - mu, or mu - x for one that looks down */
    size_t rank,
        family;   /* among the family's p-values, from 1; its size; 0 when in none */
    bool is_hit;  /* by Benjamini-Hochberg */
    bool is_lost; /* instrumentation lost */
    bool opens_by_day, opens_by_cusum;
    int64_t cusum_reached_x1000; /* before an opening set it back */
};

struct day_judged {
    int32_t day;
    struct judged *item; /* in the order of the evidence */
    size_t n;
};

/* What the steps of one day share. */
struct round {
    struct evidence *evidence;
    struct data_days *data;
    const struct settings *settings;
    struct arena *arena;
    int32_t first; /* day of the evidence: nothing is new in its first fortnight */
    struct day_judged day;
};

/* `on_final` is called once the day `final` has been judged: the state to continue
 * from. `on_day` sees every judged day. Either may be NULL. */
struct judge_hooks {
    void (*on_final)(void *context);
    void (*on_day)(void *context, const struct round *round);
    void *context;
};

/* Far too few units on the last day: it cannot be judged. */
struct collapse {
    bool is_there;
    int64_t found;
    double expected;
};

/* The result of judging through `through`; the cells of the evidence carry the rest. */
struct judgement {
    int32_t through;
    const struct evidence *evidence;
    const struct data_days *data;
    struct collapse collapse;
};

/* Judges the days after `checkpoint` (0: from the first day of the evidence) through
 * `through`, in order. */
struct judgement watchdog_judge(struct round *round, int32_t checkpoint, int32_t final,
                                int32_t through, const struct judge_hooks *hooks);

/* Fills in fit, tail, ratio and excess of a day, whose cell and counts are set, against
 * the baseline that the cell's episodes leave it on the morning of round->day.day.
 * Decides nothing. */
void judge_fit(const struct round *round, struct judged *judged);

/* All cells as they stood on the evening before `day`, from the episodes they carry:
 * what a cell alone remembers, such as how far its sum was, is not kept. Days may be
 * gone back to one after another, the newest first. */
void judge_rewind(struct evidence *evidence, int32_t day);

/* The episode of the cell that opened on that day; NULL: none. */
const struct episode *cell_episode(const struct cell *cell, int32_t opened);

struct cusum_limit {
    int64_t h_x1000;
    double min_excess;
};

/* S_t = max(0, S_{t-1} + llr), Page (1954), Biometrika 41, 100-115, with the excess
 * since S was 0. True when S is over h and the excess is worth a finding; the caller
 * then starts it again from 0. */
bool cusum_add(struct cusum *cusum, int64_t llr_x1000, double excess,
               const struct cusum_limit *limit);

/* The p-value that counts: p_up, or p_low of a signal that looks down. */
double judge_p(const struct judged *judged);

/* Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300, section 3.1, at level
 * q over a family of `n` cells that lie in one array: the largest j with p_(j) <= q j /
 * n. Sets is_hit, rank and family, and leaves `items` in order of p (ties in the
 * evidence's order). */
void judge_bh(struct judged **items, size_t n, double q);

/* Carries the episode of one judged cell over the day: CUSUM, opening, quiet days,
 * closing. Parents first. */
void judge_episode(const struct round *round, struct judged *judged);

/* Closes the open episode of `cell`. Days without the cell are closed by judge_absent:
 * gone for 28 days. */
void judge_close(const struct round *round, struct cell *cell, const char *reason);
void judge_absent(const struct round *round, struct cell *cell);

/* Opens errors not seen for 63 days that met enough units, unless their parent is in
 * trouble. */
void judge_new_errors(const struct round *round);

/* Lost instrumentation: marks the tracking cells, drops the day of the signals whose
 * exposure is gone. */
void judge_lost_tracking(struct round *round);

/* What stands out of a rise, in words and as lists, in the arena. */
struct explanation {
    const char *because; /* "" when nothing stands out */
    const char **by;
    size_t nby;
    const char **releases;
    size_t nreleases;
};

struct explanation judge_explain(const struct round *round, const struct judged *judged,
                                 int32_t change);

/* What the children of one dimension add to the excess that a top-level cell of the
 * judged day gathered since `change`; as measure_attribution, values as segments. */
size_t judge_shares(const struct round *round, const struct judged *parent,
                    int32_t change, enum dimension dimension,
                    struct share share[SHARES_MAX]);

/* The checkpoint file: cells not at rest, episodes, days without data, as of `day`. */
#define CHECKPOINT_HEADER                                                                         \
    "day\tsignal\tsegment\tstatus\tcusum_x1000\texcess_x1000\tquiet\tbaseline_from\tlast_seen\t"  \
    "opened\tchange\tclosed\treason\topened_by\tseverity\taffected\texposed\texpected_x10\t"      \
    "limit_ppm\tratio_x100\tp\tcusum_at_opening_x1000\taffected_total\tjudged_days\tworse_days\t" \
    "differing_days\tbecause\texplained_by\treleases"
void checkpoint_format(const struct evidence *evidence, const struct data_days *data,
                       int32_t day, struct buf *out);

/* Where judging goes on: `day` is 0 when the bytes are empty. */
struct checkpoint {
    struct evidence *evidence;
    struct data_days *data;
    int32_t day;
};

MUST_USE bool checkpoint_parse(struct str bytes, const char *name, struct arena *arena,
                               struct checkpoint *into, struct err *err);

#endif
