/*
 * The questions asked of databases, as text: pure, for ClickHouse (18.16 and later),
 * PostgreSQL (12 and later) and PostHog's HogQL, which is ClickHouse with properties,
 * other joins and 100 rows where nothing else is said. Nothing is bound as a parameter,
 * for old ClickHouse has none: so nothing gets into a text that was not checked.
 * Identifiers are [A-Za-z_][A-Za-z0-9_]{0,63}, quoted; literals [A-Za-z0-9_$
 * .:/-]{1,128}, quoted; other texts are written as digits of their bytes. Each is
 * checked by the functions that read configurations, and asserted again here.
 *
 * What the numbers mean is docs/sources.md's, and the same as shared/daycount.h counts.
 */
#ifndef SHARED_SQL_H
#define SHARED_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/daycount.h"
#include "shared/engine.h"
#include "shared/str.h"

enum sql_dialect { SQL_CLICKHOUSE, SQL_POSTGRES, SQL_HOGQL };

/* What the time column holds; a timestamp is DateTime or timestamptz. */
enum sql_time { SQL_TIMESTAMP, SQL_DATETIME64, SQL_EPOCH_MS, SQL_EPOCH_S };

/* The row's fields that a table may have; numbers in the order of enum row_number. */
enum sql_column {
    COLUMN_TIME,
    COLUMN_SESSION,
    COLUMN_USER,
    COLUMN_EVENT,
    COLUMN_PAGE,
    COLUMN_REFERRER_HOST,
    COLUMN_BROWSER,
    COLUMN_DEVICE,
    COLUMN_RELEASE,
    COLUMN_ERROR,
    COLUMN_STATUS,
    COLUMN_VALUE,
    COLUMN_RESULTS,
    COLUMN_LCP,
    COLUMN_INP,
    COLUMN_CLS,
    COLUMN_FCP,
    COLUMN_TTFB,
    COLUMN_COUNT,
};

const char *sql_column_word(enum sql_column column); /* "time" .., the row's words */

struct sql_names {
    struct str *at;
    size_t n;
};

struct sql_table {
    enum sql_dialect dialect;
    enum sql_time time;
    const char *schema; /* NULL: none said */
    const char *name;
    /* NULL: the table has none. Of HogQL expressions, the caller's own. */
    const char *column[COLUMN_COUNT];
    struct sql_names kind[KIND_COUNT]; /* events of each kind */
};

/* Whether a text may be an identifier, or a literal. A column may not have a name that
 * the questions use for something else. */
bool sql_is_identifier(struct str text);
bool sql_is_column(struct str text);
bool sql_is_literal(struct str text);

enum {
    SQL_BYTES_MAX = 256 << 10,  /* ClickHouse's max_query_size */
    SQL_HOGQL_ROWS_MAX = 50000, /* the most that PostHog gives */
};

/* Which rows: seconds since the epoch. */
struct sql_span {
    int64_t from_s, to_s; /* to exclusive */
};

/* A row for each of `ndays` days that has rows: its number from 0 on, its rows, those
 * with a unit, the newest's time in ms. Columns v, n, k, t. Days are at_ms[i] to
 * at_ms[i + 1], whole seconds. */
void sql_days(const struct sql_table *table, const int64_t *at_ms, size_t ndays,
              struct buf *out);

/* What a dimension's question returns: column v, then one for each sum. */
enum {
    SQL_SUMS_MAX = 2 * COUNTED_MAX + KIND_COUNT + 1,
    SQL_COLUMNS_MAX = 3 * COUNTED_MAX + KIND_COUNT + 1,
    SQL_NONE = -1,
};

struct sql_sum {
    int affected, ended, failed; /* columns p, e, p; SQL_NONE */
    int within;                  /* column p, or SQL_NONE */
};

/* Pages that a predicate's `is_page` took, by predicate. */
struct sql_pages {
    const struct str *at;
    size_t n;
};

/* A row of one of these kinds, or that matches one of these predicates; neither is
 * given: any row. */
struct sql_test {
    uint32_t kinds;
    uint64_t predicates;
};

struct sql_cells {
    enum dimension dimension;
    const struct sql_table *table;
    const struct daycount_plan *plan;
    struct sql_test column[SQL_COLUMNS_MAX]; /* p */
    int ncolumns;
    struct sql_test end[COUNTED_MAX]; /* e */
    int nends;
    struct sql_sum sum[SQL_SUMS_MAX];
    int nsums;
    int affected[COUNTED_MAX], exposed[COUNTED_MAX]; /* sum of each counted; SQL_NONE:
                                                        always 0 */
    int units, kind[KIND_COUNT];                     /* of the site alone */
};

/* What has to be asked for a dimension. `wanted` holds only what sql_can_count. */
void sql_cells_plan(const struct sql_table *table, const struct cells_wanted *wanted,
                    enum dimension dimension, struct sql_cells *cells);
void sql_cells(const struct sql_cells *cells,
               const struct sql_pages pages[PREDICATES_MAX], struct sql_span span,
               struct buf *out);

/* Distinct pages on which rows match `predicate`. Column v. */
void sql_pages(const struct sql_table *table, const struct daycount_plan *plan,
               const struct predicate *predicate, struct sql_span span,
               struct buf *out);
bool sql_has_dimension(const struct sql_table *table, enum dimension dimension);

/* Whether the table can tell what plan->counted[index] counts: not the order of rows,
 * not what it has no column for. */
bool sql_can_count(const struct sql_table *table, const struct daycount_plan *plan,
                   size_t index);
/* What of it may not be said: the words, and of them a text that is no literal (empty:
 * they are a pattern). NULL: nothing. */
const struct predicate_words *sql_refused(const struct daycount_plan *plan,
                                          size_t index, struct str *text);

/* What of `wanted` may not be said: a name of a column, or a literal. NULL: nothing. */
const char *sql_refused_arms(enum sql_dialect dialect,
                             const struct arms_wanted *wanted);

/* Rows of arm, multi, n, late, then s and s0.. of reward and guardrails: units whose
 * first exposure is on the day. `arm` is '' of those in two arms by the end of the day,
 * '?' of an arm that is not wanted; `multi` is 1 in two arms by the end of the window.
 */
void sql_arms(const struct sql_table *table, const struct arms_wanted *wanted,
              struct buf *out);
/* One row: exposures of the day, those without unit or arm, units with an unknown arm.
 * Columns n, k, x. */
void sql_exposures(const struct sql_table *table, const struct arms_wanted *wanted,
                   struct buf *out);

#endif
