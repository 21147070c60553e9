/*
 * From rows to daily counts of distinct units. Each accepted row becomes a 48-byte
 * record in one of 64 partitions by unit; partitions beyond 32 MiB in memory spill to
 * unnamed scratch files; each is sorted by (unit, time, id) and walked unit by unit.
 * Input order cannot change a byte of the result. A million records cost 48 MB of
 * scratch and at most 32 MiB of memory.
 */
#ifndef SHARED_DAYCOUNT_H
#define SHARED_DAYCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/err.h"
#include "shared/row.h"

enum dimension {
    DIMENSION_SITE,
    DIMENSION_PAGE,
    DIMENSION_BROWSER,
    DIMENSION_DEVICE,
    DIMENSION_RELEASE,
    DIMENSION_ERROR,
    DIMENSION_COUNT,
};

const char *dimension_word(enum dimension dimension); /* "site" "page" .. "error" */

enum { PREDICATES_MAX = 64, COUNTED_MAX = 64 };

/* A given predicate in words, for sources that have no rows to show: an event of one of
 * the names (none: of any), of the predicate's kinds, on one of the pages (none: any),
 * and one that `is_page` takes. */
struct predicate_words {
    const struct str *event;
    size_t nevents;
    const struct str *page;
    size_t npages;
    bool (*is_page)(void *context, struct str page); /* NULL: all are */
    void *context;
    const char *pointer;  /* where the configuration says it */
    bool is_pattern;      /* no words: a regular expression */
    bool asks_properties; /* no words: values of a row */
};

/* True on a row of one of `kinds` (0: any) that has number `which` (when `has_number`)
 * with above < value <= at_most, and a referrer among the own hosts when
 * `own_referrer`. One that is `given` is decided elsewhere: it holds where row.custom
 * has its bit, or where a pattern (below) ends. */
struct predicate {
    bool given;
    uint32_t kinds;
    bool has_number;
    enum row_number which;
    double above, at_most;
    bool own_referrer;
    const struct predicate_words *words; /* of a given one; NULL: only rows can tell */
};

/* Patterns in the time order of a unit-day's rows; rows of one instant are in the order
 * of their ids. Only rows of the exposure take part; one without a page fits nowhere.
 */
enum form {
    FORM_ROWS,  /* none: any row will do */
    FORM_BACK,  /* three in a row on pages A B A, B not A */
    FORM_RETRY, /* three in a row on one page */
};

/* What to count of a unit-day, by masks of predicates (bit 1 << index). A unit counts
 * as exposed in a value when some row with that value matches any of `exposed`; as
 * affected when in that value any of `affected` matched and, where `ended` is not 0, no
 * row of the whole unit-day matched `ended`; or when any of `failed` matched. `within`:
 * affected only where exposed too, so that the one is a part of the other.
 *
 * Of another form than rows, `affected` is one given predicate of its own. It holds in
 * the values of the row that ends the pattern, for the page dimension in B, when first
 * and last row are at most `window_ms` apart. */
struct counted {
    uint64_t exposed, affected, ended, failed;
    bool within;
    uint64_t
        from; /* 0, or counted only in values with a row that matches any of these */
    enum form form;
    int64_t window_ms;
};

struct daycount_plan {
    const struct predicate *predicates;
    size_t npredicates;
    const struct counted *counted;
    size_t ncounted;
    const char *const *own_hosts;
    size_t nown_hosts;
    struct day_bounds bounds;
    uint32_t most_values[DIMENSION_COUNT]; /* caps of distinct values a run */
    /* Names a page; NULL is page_normalise. False: leave this row out of the page
     * dimension. */
    bool (*page_name)(void *context, struct str path, char out[201], size_t *n);
    void *page_context;
};

/* Counts of one day and dimension. Values in byte order; cell of value v and counted c
 * is [v * ncounted + c]. */
struct day_dimension {
    size_t nvalues;
    struct str *value;
    int64_t *affected;
    int64_t *exposed;
};

struct day_cells {
    int32_t day;
    int64_t units;                  /* distinct units with any row */
    int64_t kind_units[KIND_COUNT]; /* with a row of that kind */
    int64_t duplicates;             /* rows with an id their unit had already */
    struct day_dimension dimension[DIMENSION_COUNT];
};

struct daycount;

/* Opens the scratch files in `folder`: before confinement. They are unnamed and go with
 * the process. */
MUST_USE bool daycount_open(const char *folder, struct arena *arena,
                            struct daycount **counts, struct err *err);
void daycount_close(struct daycount *counts); /* NULL allowed */

/* Forgets what was added; the plan is borrowed until the next start or close. */
void daycount_start(struct daycount *counts, const struct daycount_plan *plan);

/* The row's day lies in the plan's bounds. Fails when scratch is full; `*full` then
 * tells it from other errors, so that the caller can try a shorter span. */
MUST_USE bool daycount_add(struct daycount *counts, const struct row *row, bool *full,
                           struct err *err);

/* Days in order, one for each of the bounds, in the arena. `*over` has a bit for each
 * dimension that went over its cap of values: it is empty on every day. */
MUST_USE bool daycount_finish(struct daycount *counts, struct arena *arena,
                              struct day_cells **days, uint32_t *over, struct err *err);

#endif
