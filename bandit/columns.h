/*
 * The columns of daily counts, one line being one arm on one day: from the cells of a
 * line to numbers and back. The history and counts from elsewhere have the same ones.
 */
#ifndef BANDIT_COLUMNS_H
#define BANDIT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/evidence.h"
#include "bandit/settings.h"
#include "shared/str.h"

/* In the order of HISTORY_HEADER. */
enum column {
    COLUMN_EXPERIMENT,
    COLUMN_DAY,
    COLUMN_ARM,
    COLUMN_EXPOSED,
    COLUMN_SESSIONS,
    COLUMN_CONVERSIONS,
    COLUMN_SUM,
    COLUMN_SUMSQ,
    COLUMN_WEIGHT,
    COLUMN_VERSION,
    COLUMN_TAGGED,
    COLUMN_MULTI,
    COLUMN_UNKNOWN,
    COLUMN_GUARDRAILS,
    COLUMN_COUNT,
};

/* COLUMN_COUNT for a name that is none of ours. */
enum column column_find(struct str name);

struct count_row {
    int32_t day;
    struct str arm; /* an arm's name by its letters; borrowed from the line */
    bool is_mature;
    bool is_numeric; /* when mature: sums in place of conversions */
    struct arm_at_once at_once;
    struct arm_mature mature;
    int64_t version, multi, unknown; /* the day's */
};

/* Reads a line. A cell whose `at` is NULL is of a column that the file does not have:
 * as many are exposed as there are sessions, weights are not known, the others 0.
 * `guardrails` is whose counts are wanted, NULL: nobody's. What is wrong with the line,
 * or NULL; then `row` is filled. */
const char *count_row_read(const struct str cell[COLUMN_COUNT],
                           const struct experiment *guardrails, struct count_row *row);

/* What two arms' lines of one day must not differ in, but do; NULL: nothing. */
const char *count_row_differ(const struct count_row *a, const struct count_row *b);

/* Into its day, which is the same. */
void count_row_put(const struct count_row *row, size_t arm, struct evidence_day *day);

/* The line of one arm on one day, with its newline. */
void count_row_format(const struct experiment *experiment,
                      const struct evidence_day *day, size_t arm, struct buf *out);

/* `[A-Za-z0-9][A-Za-z0-9_.-]{0,63}`; `[a-z0-9][a-z0-9_-]{0,63}`. */
bool is_arm_name(struct str text);
bool is_experiment_id(struct str text);

#endif
