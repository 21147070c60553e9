/*
 * Evidence: what is known of every cell, day by day, and how good the data of a day
 * are. Pure; the history file is its only outside form.
 */
#ifndef WATCHDOG_EVIDENCE_H
#define WATCHDOG_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/daycount.h"
#include "shared/err.h"
#include "shared/source.h"
#include "shared/str.h"
#include "watchdog/measure.h"
#include "watchdog/settings.h"

/* How many of an error's units met it on a checkout page, the error's key behind it. A
 * cell that is looked up, never judged. */
#define CHECKOUT_ERROR "checkout_error="

#define EVIDENCE_HEADER "day\tsignal\tsegment\taffected\texposed"

enum { CELLS_MAX = 2000, TRACKED_DAYS = 28 };

enum cell_status {
    CELL_LEARNING,
    CELL_MISSING,
    CELL_OK,
    CELL_WATCH,
    CELL_OPEN,
    CELL_RECOVERING,
};

const char *cell_status_word(enum cell_status status);
MUST_USE bool cell_status_parse(struct str word, enum cell_status *status);

/* One stretch of trouble of one cell. Days; closed is 0 while it lasts. */
struct episode {
    const char *signal, *segment;
    int32_t opened, change, closed;
    const char *reason;    /* recovered adopted gone explained known; "" while open */
    const char *opened_by; /* day cusum lost new */
    bool is_crit;
    int64_t affected, exposed, expected_x10, limit_ppm, ratio_x100; /* published */
    const char *p;       /* one significant digit */
    int64_t cusum_x1000; /* at the opening */
    const char *because; /* "" when nothing stands out */
    const char **explained_by;
    size_t nexplained_by;
    const char **releases;
    size_t nreleases;
    int64_t affected_total; /* from the change day on */
    int64_t judged_days;    /* while open */
    int64_t worse_days;     /* in a row at 1.5 times the published ratio */
    int64_t differing_days; /* in a row explained by another set */
};

struct judged; /* watchdog/judge.h */

/* Page's sum and the excess it gathered since it was 0, in thousandths, so that no
 * rounding can flip a decision. */
struct cusum {
    int64_t sum_x1000, excess_x1000;
};

struct cell {
    const char *signal_name, *segment; /* "js_exception", "page=/cart" */
    const struct signal *signal;       /* NULL: no longer configured */
    enum dimension
        dimension; /* what the segment is of; `site` for other segments too */
    bool is_child;
    bool is_note;             /* a CHECKOUT_ERROR */
    struct cell *parent;      /* the signal's site cell; NULL when not a child */
    struct observation *days; /* ascending */
    size_t ndays, capacity;

    /* What judging carries from day to day. */
    enum cell_status status;
    struct cusum cusum;
    int64_t quiet;         /* quiet days in a row while open */
    int32_t baseline_from; /* 0: from the beginning */
    struct episode *open;  /* NULL when not in trouble */
    struct episode **past; /* closed ones, by day */
    size_t npast, past_capacity;
    struct judged *today; /* while a day is judged; NULL when the cell is missing */
};

struct evidence {
    struct cell **cell; /* by signal, then segment */
    size_t n, capacity;
};

/* The cell of a signal and segment; `find` gives NULL where there is none. */
struct cell *evidence_find(const struct evidence *evidence, const char *signal,
                           const char *segment);
struct cell *evidence_make(struct evidence *evidence, const char *signal,
                           const char *segment, struct arena *arena);

/* The segment of the note on `segment`, which is "error=" and a key. */
const char *error_note(struct arena *arena, const char *segment);

/* Makes each `dim=value` cell whose signal has a `site` cell its child, and binds
 * signals. */
void evidence_link(struct evidence *evidence, const struct settings *settings);

/* Adds or replaces one day. */
void cell_put(struct cell *cell, struct arena *arena, int32_t day, int64_t affected,
              int64_t exposed);
void cell_drop(struct cell *cell, int32_t day);
const struct observation *cell_day(const struct cell *cell,
                                   int32_t day); /* NULL: missing */

/* Sum of exposed (of affected, for errors) over days [from, to]. */
int64_t cell_weight(const struct cell *cell, int32_t from, int32_t to);

/* Tracked cells on `day`, from the evidence alone: those with weight in the 28 days to
 * it. Judged: with the day and at least 14 before it; learning: with fewer; missing:
 * without the day. */
struct census {
    int64_t judged, learning, missing;
};

struct census evidence_census(const struct evidence *evidence, int32_t day);

/* Forgets all days after `day`. */
void evidence_forget_after(struct evidence *evidence, int32_t day);

/* How strictly a file of evidence is read. */
struct evidence_file {
    const char *name; /* for messages */
    bool is_ours;     /* written by a run: in order, and to be restored from git */
    const struct settings
        *settings; /* refuse affected > exposed where a proportion is judged; NULL:
                      clamped there, as of custom signals that count more */
};

/* The file's rows (without its header), checked: file and line in the message. */
MUST_USE bool evidence_parse(struct str bytes, const struct evidence_file *file,
                             struct arena *arena, struct evidence *evidence,
                             struct err *err);
/* With its header; only days >= `from`. */
void evidence_format(const struct evidence *evidence, int32_t from, struct buf *out);

/* First and last day of all cells; false when there is none. */
bool evidence_span(const struct evidence *evidence, int32_t *first, int32_t *last);

/* A day on which a source cannot be trusted, by source name, and days that a source
 * rewrote. */
struct data_day {
    const char *source;
    int32_t day;
    enum day_status status; /* partial or absent; ok: rewritten, found and kept below */
    bool is_collapse;       /* partial because far too few units came */
    int64_t found, kept;    /* units of a rewritten final day */
};

struct data_days {
    struct data_day *item; /* by day, then source */
    size_t n, capacity;
};

void data_days_put(struct data_days *data, struct arena *arena, struct data_day day);
const struct data_day *data_days_find(const struct data_days *data, const char *source,
                                      int32_t day);

#endif
