/*
 * Where events come from: one interface, a file a type. A source streams rows
 * (source_jsonl.c, source_access_log.c), of which shared/daycount.c makes daily counts,
 * or it is an engine (shared/engine.h) and answers with such counts itself, or with
 * rows of its own.
 *
 * Calling sequence:
 *     source_open      reads its configuration; knows the folders that confinement must
 * leave readable (confinement) source_start     for a span of days; may be called again
 * for another span (not for stdin) source_next      until *end source_days      numbers
 * per day, once all rows were read source_close A bad record is not a bad run: it is
 * skipped, counted with its reason on its day, the first three places are kept. A file
 * that cannot be read is.
 */
#ifndef SHARED_SOURCE_H
#define SHARED_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/clock.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/file.h"
#include "shared/row.h"

enum reject_reason {
    REJECT_MALFORMED, /* not one JSON object, not a log line */
    REJECT_TOO_LONG,
    REJECT_TOO_DEEP,
    REJECT_NO_TIME,
    REJECT_NO_UNIT,
    REJECT_UTF8,
    REJECT_COUNT,
};

const char *reject_word(enum reject_reason reason); /* "malformed" "too long" "too deep"
                                                       "no time" "no unit" "utf-8" */

/* What a source saw of one day. */
struct source_day {
    int32_t day;
    int64_t rows; /* accepted */
    int64_t rejected[REJECT_COUNT];
    const char
        *place;   /* of its first rejected line, "events/a.jsonl:88: no time"; NULL */
    int64_t bots; /* left out, not rejected */
    bool is_cut;  /* a compressed file that may hold this day ends early */
    const char *why;   /* of is_cut, where the source says it; NULL */
    const char *cut;   /* the first such file, "events/a.jsonl.gz"; NULL */
    int64_t newest_ms; /* of accepted rows; 0 when none */
};

struct source_totals {
    int64_t late;   /* rows before the span */
    int64_t future; /* rows after it */
    int64_t files;
    int64_t bytes; /* decompressed */
    const char
        *place[3]; /* of the first rejected lines: "events/a.jsonl:88: no time" */
    size_t nplaces;
};

enum day_status { DAY_OK, DAY_PARTIAL, DAY_ABSENT, DAY_STALE };

const char *day_status_word(
    enum day_status status); /* "ok" "partial" "absent" "stale" */

/* Lines of `n` days that were rejected, whatever the reason. */
int64_t source_rejected(const struct source_day *days, size_t n);

/* Status of `day` by the numbers alone (a volume collapse is the judge's): partial when
 * cut, or when at least 10 lines and more than `max_rejected_pct` percent of all were
 * rejected; without a row absent when `later` (a row was seen on a later day), else
 * stale. */
enum day_status source_day_status(const struct source_day *day, double max_rejected_pct,
                                  bool later);

struct source;

/* `name` is a key of `sources` in the configuration. Everything is checked here, with
 * file, line and pointer. */
MUST_USE bool source_open(const struct config *config, const char *name,
                          bool exclude_bots, struct arena *arena,
                          struct source **source, struct err *err);
void source_close(struct source *source); /* NULL allowed */

/* Whether a source of this type is a database or a product's API (shared/engine.h). */
bool source_is_asked(const char *type);

int source_lag_h(const struct source *source);
/* Fields this source can carry at all, by its preset and configuration: bit 1 << kind;
 * numbers likewise. */
uint32_t source_kinds(const struct source *source);
uint32_t source_numbers(const struct source *source);
/* Folders and files to leave readable. */
const char *const *source_folders(const struct source *source, size_t *n);

/* `bounds`: the days to deliver rows of; rows outside are counted late or future, not
 * delivered. Paths with {day}, {yyyymmdd}, {yyyymm} expand to these days and one more
 * on either side. */
MUST_USE bool source_start(struct source *source, const struct day_bounds *bounds,
                           struct arena *arena, struct err *err);
MUST_USE bool source_next(struct source *source, struct row *row, bool *end,
                          struct err *err);

/* Whether rows come of it, by source_next. If not, each day is asked for: source_cells
 * and source_arms in place of source_next, between the same start and close. */
bool source_streams(const struct source *source);
/* TCP ports that confinement must leave open; a source that does not stream needs the
 * network even without one. */
const uint16_t *source_ports(const struct source *source, size_t *n);
/* What it met that is no trouble, for -v: fields of replies that are new. */
const char *const *source_notes(const struct source *source, size_t *n);

/* Of sources that do not stream, and declared in shared/engine.h: whether the source
 * can tell what plan->counted[index] counts, whether it can answer `wanted`, and the
 * answer for the `index`th day of the start. All or nothing of a day: what fails leaves
 * no count behind. */
struct daycount_plan;
struct cells_wanted;
struct day_cells;
struct arms_wanted;
struct day_arms;
MUST_USE bool source_can_count(struct source *source, const struct daycount_plan *plan,
                               size_t index, bool *can, struct err *err);
MUST_USE bool source_check_arms(struct source *source, const struct arms_wanted *wanted,
                                struct err *err);
MUST_USE bool source_cells(struct source *source, size_t index,
                           const struct cells_wanted *wanted, struct arena *arena,
                           struct day_cells *cells, struct err *err);
MUST_USE bool source_arms(struct source *source, size_t index,
                          const struct arms_wanted *wanted, struct arena *arena,
                          struct day_arms *arms, struct err *err);

/* Further JSON pointers to look up in each line, once, before source_start; borrowed.
 * Of the row that source_next gave last, source_wanted has what was at the `index`th:
 * absent where the source has no properties, as a log. */
struct span; /* shared/scan.h */
MUST_USE bool source_want(struct source *source, const char *const *pointers, size_t n,
                          struct err *err);
const struct span *source_wanted(const struct source *source, size_t index);
bool source_has_properties(const struct source *source);
/* Whether its events have names of their own: not the requests of a log. */
bool source_has_names(const struct source *source);

/* Where the source's preset keeps the property `name`, in the arena; one that begins
 * with a slash is a pointer already. Only of a source that has properties. */
const char *source_property_pointer(const struct source *source, const char *name,
                                    struct arena *arena);

/* The `index`th name of an event that a preset knows, and its kind; NULL: it has no
 * more, and none has more than SOURCE_PRESET_EVENTS. */
enum { SOURCE_PRESET_EVENTS = 8 };

const char *source_preset_event(const char *preset, size_t index, enum kind *kind);

/* "posthog", "generic": whose exposures it has; "" of a source without any. */
const char *source_preset(const struct source *source);

/* From now on a row has its session and its user, each where the line has it. One of
 * more than UNIT_BYTES_MAX bytes is none. Before source_start. */
void source_want_units(struct source *source);

/* One entry a day of the span, in order. */
const struct source_day *source_days(const struct source *source, size_t *n);
const struct source_totals *source_totals(const struct source *source);

#endif
