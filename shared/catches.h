/*
 * The catch log (run-all.md 13), pure: what each loop raised, and what reviewers said
 * of it. A line a finding raised, in state/catches.tsv; people change its `?` to
 * `caught` or `false_alarm` in the pull request that shows it. The audit says from it
 * which loop to keep.
 */
#ifndef SHARED_CATCHES_H
#define SHARED_CATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/changes.h"
#include "shared/err.h"
#include "shared/str.h"

#define CATCHES_NAME   "catches.tsv"
#define CATCHES_HEADER "day\ttool\tfinding\tverdict\twho\tnote"

enum catch_verdict {
    CATCH_UNMARKED, /* "?" */
    CATCH_CAUGHT,
    CATCH_FALSE_ALARM,
    CATCH_STARTED, /* the tool's first state; its finding is "-" */
};

/* A line; its texts as they stand in the file. */
struct catch_row {
    int32_t day;
    size_t tool; /* of tool_names */
    enum catch_verdict verdict;
    struct str finding, who, note;
};

struct catches {
    struct catch_row *row; /* by day, finding, tool */
    size_t n, capacity;
};

/* The lines after the header. A word that is no verdict, an unknown tool, a line out
 * of order or doubled is refused with `name`, its line and the remedy. */
MUST_USE bool catches_parse(struct str lines, const char *name, struct arena *arena,
                            struct catches *catches, struct err *err);
void catches_format(const struct catches *catches, struct buf *out);

/* Adds what the changes raise: each finding that is warn or crit now and was not, on
 * its tool's day, and the start of a tool that had no state. What is there already, as
 * after a second run of the day, stays as people marked it. */
void catches_add(struct catches *catches, const struct changes *changes,
                 struct arena *arena);

/* Bounds of a proportion of `x` in `n` > 0 at 95 %, in [0, 1].
 * Wilson (1927), J. Am. Stat. Assoc. 22, 209-212. */
void wilson_interval(int64_t x, int64_t n, double *low, double *high);

/* The table of loops and what to do about each. `through` of a tool without state, or
 * without a row, is not looked at. */
void catches_audit(const struct catches *catches, const bool has_state[TOOL_COUNT],
                   const int32_t through[TOOL_COUNT], struct arena *arena,
                   struct buf *out);

#endif
