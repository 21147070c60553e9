/*
 * The bounded evidence in state/history/perfcheck.tsv (perfcheck.md 10): rows of a day,
 * grouped into series of one form, page and metric. What is open, since when and
 * against what follows from these rows, so that a day can be judged again from the row
 * before.
 *
 * Metrics of rows beside the timing metrics ("tbt" or an audit id):
 *     perf               performance scores of the runs, of 100
 *     score.<category>   the same of the other categories
 *     bytes.<type>       transfer sizes of the runs
 *     runs               valid runs in k; values: how many failed
 *     published.<name>   what was published that day, one value
 *     nodes.<audit>      hashes: item keys; written when what is known of it changes
 *     audits             hashes: audit ids that were met
 *     rum.<metric>, rumref.<metric>   form is the device, page the group of pages
 */
#ifndef PERFCHECK_HISTORY_H
#define PERFCHECK_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perfcheck/series.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

#define PERF_HISTORY_HEADER \
    "form\tpage\tmetric\tday\tepoch\tk\tvalues\tbi\tcusum_up\tcusum_down\tverdict"

enum {
    HISTORY_CELL_MAX = 2000,   /* bytes of a page or epoch */
    HISTORY_HASHES_MAX = 2000, /* of a row: a line stays below its cap */
    HISTORY_VALUES_MAX = 1000, /* of a rum row; of others VALUES_MAX */
    RESCORE_DAYS = 3,          /* the last days that late reports judge again */
};

/* Of any value but field data's: milliseconds of 30 years, a terabyte. */
#define HISTORY_VALUE_MOST 1e12

struct hash_row {
    int32_t day;
    const char *epoch;
    size_t k;             /* runs it was met in; 0: passes */
    const uint64_t *hash; /* ascending, each once */
    size_t n;
    enum row_verdict verdict;
};

struct history_series {
    const char *form; /* "mobile" "desktop"; of rum the device */
    const char *page;
    const char *metric;      /* as in the file: "tbt" "perf" "nodes.color-contrast" */
    struct series numbers;   /* its metric is the audit id; of nodes and audits empty */
    struct hash_row *hashes; /* of nodes and audits, ascending by day */
    size_t nhashes, hashes_capacity;
};

struct history {
    struct history_series *item; /* by form, page, metric, bytes */
    size_t n, capacity;
};

/* What the rows of a metric hold. */
bool history_is_timing(const char *metric);
bool history_is_hashes(const char *metric);
bool history_is_rum(const char *metric);

/* `rows` is what follows the header. Refused with the line: other than 11 fields, not
 * in order, a row twice, an unknown form or verdict, numbers that are none or out of
 * range, a broken escape. */
MUST_USE bool history_parse(struct str rows, const char *name, struct arena *arena,
                            struct history *history, struct err *err);
/* Header and rows; series without a row are left out. */
void history_format(const struct history *history, struct buf *out);

/* NULL: none. Good until the next history_put. */
struct history_series *history_find(const struct history *history, const char *form,
                                    const char *page, const char *metric);
/* The same, made when there is none. Texts are borrowed. */
struct history_series *history_put(struct history *history, const char *form,
                                   const char *page, const char *metric,
                                   struct arena *arena);

/* All series of a page, in the order of metric. */
struct history_series *history_page(const struct history *history, const char *form,
                                    const char *page, size_t *n);
/* Drops them. */
void history_drop_page(struct history *history, const char *form, const char *page);

/* The row of `day`, made empty when there is none; others stay in order. Good until the
 * next one is made. */
struct row_of_day *series_put(struct series *series, int32_t day, struct arena *arena);
struct row_of_day *series_find(const struct series *series, int32_t day);
/* Sets the row of `day`. */
void hashes_put(struct history_series *series, const struct hash_row *row,
                struct arena *arena);

/* Drops the rows of `day` and later: they are judged again. */
void series_forget_from(struct history_series *series, int32_t day);
/* The newest day on which any page has a run, or `newest`. */
int32_t history_newest_run(const struct history *history, int32_t newest);

#endif
