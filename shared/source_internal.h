/*
 * What the files behind shared/source.h share: the source itself, its compiled fields,
 * and the verdict of a line. Nothing outside shared/source*.c includes this.
 */
#ifndef SHARED_SOURCE_INTERNAL_H
#define SHARED_SOURCE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/agent.h"
#include "shared/engine.h"
#include "shared/limits.h"
#include "shared/source.h"
#include "shared/source_lines.h"
#include "shared/source_values.h"

/* What is looked up in a JSON line. Up to FIELD_TTFB the names of `fields` in the
 * configuration; the rest is set by presets alone. */
enum field {
    FIELD_TIME,
    FIELD_ID,
    FIELD_SESSION,
    FIELD_USER,
    FIELD_EVENT,
    FIELD_KIND,
    FIELD_PAGE,
    FIELD_HOST,
    FIELD_REFERRER_HOST,
    FIELD_BROWSER,
    FIELD_DEVICE,
    FIELD_RELEASE,
    FIELD_ERROR,
    FIELD_STATUS, /* numbers in the order of enum row_number */
    FIELD_VALUE,
    FIELD_RESULTS,
    FIELD_LCP,
    FIELD_INP,
    FIELD_CLS,
    FIELD_FCP,
    FIELD_TTFB,
    FIELD_SESSION_OWNER, /* without it the session is none: its number is unique to a
                            device only */
    FIELD_AGENT,
    FIELD_ERROR_TYPE,
    FIELD_ERROR_MESSAGE,
    FIELD_COUNT,
    FIELD_NAMED = FIELD_SESSION_OWNER,
};

enum { ALTERNATIVES_MAX = 8 };

/* Slots of shared/source_values.h, in order of preference. */
struct alternatives {
    unsigned slot[ALTERNATIVES_MAX];
    size_t n;
};

struct event_kinds {
    struct str event;
    uint32_t kinds;
};

/* A jsonl source's preset and overrides, compiled. */
struct fields {
    struct values *values;
    const struct span *value; /* of `values`, by slot */
    struct alternatives of[FIELD_COUNT];
    struct event_kinds *events; /* by name */
    size_t nevents;
    bool error_is_key;          /* a fingerprint: taken as it is */
    bool id_needs_event;        /* the id is unique among equal events only */
    bool session_minus_is_none; /* session -1 */
    bool names_from_agent;      /* browser and device */
    const char *preset;         /* its name */
    const char *properties; /* where they are: "/properties/"; NULL: rows have none */
};

enum log_format { LOG_AUTO, LOG_COMBINED, LOG_CADDY };

/* What an access_log source needs. */
struct log {
    enum log_format format;
    struct str *asset; /* endings without the point */
    size_t nassets;
    struct values *caddy;
    char *unescaped; /* room for the texts of one line */
};

enum source_type { SOURCE_JSONL, SOURCE_ACCESS_LOG, SOURCE_ENGINE };

enum row_text {
    TEXT_EVENT,
    TEXT_PAGE,
    TEXT_HOST,
    TEXT_REFERRER,
    TEXT_BROWSER,
    TEXT_DEVICE,
    TEXT_RELEASE,
    TEXT_ERROR,
    TEXT_COUNT
};

/* Where a time lies: before, in, or after the span. */
struct place {
    bool known;
    int side; /* -1 late, 0 on days[index], 1 future */
    size_t index;
};

/* A file of a {day} pattern and the day it is named for. */
struct dated {
    const char *path;
    size_t index; /* of the span's days; clipped */
};

struct source {
    const char *name;
    const struct config *config;
    enum source_type type;
    int lag_h;
    bool exclude_bots, wants_units;
    uint32_t kinds, numbers;
    const char **pattern;
    size_t npatterns;
    bool has_stdin, stdin_is_used;
    const char **folder;
    size_t nfolders, folders_capacity;
    struct fields fields;
    struct log log;
    const struct engine *engine; /* of a SOURCE_ENGINE, or what feeds a SOURCE_JSONL */
    struct engine_opened opened;
    struct agents *agents;
    struct lines lines;
    char cut[TEXT_COUNT][EVENT_VALUE_BYTES_MAX + 4];
    char number[FIELD_COUNT][VALUES_NUMBER_BYTES];
    unsigned wanted[SCAN_POINTERS_MAX]; /* slots of source_want's pointers */

    /* of one run over a span */
    struct arena *arena;
    struct day_bounds bounds;
    struct source_day *days;
    struct source_totals totals;
    struct file_list files;
    struct dated *dated;
    size_t ndated, dated_capacity;
    size_t next;       /* file */
    bool reads;        /* a file is open */
    const char *shown; /* its name for messages */

    /* of one file */
    struct place place;            /* of the last line whose time could be read */
    int64_t waiting[REJECT_COUNT]; /* rejected before the first such line */
    const char *waiting_place;     /* of the first of them */
    size_t
        *touched; /* a day of the span -> number of the last file with a line on it */
};

enum line_verdict { LINE_ROW, LINE_BOT, LINE_SKIPPED, LINE_REJECTED };

struct line_result {
    enum line_verdict verdict;
    enum reject_reason reason;
    bool has_time; /* row->time_ms is set */
};

static inline struct line_result line_rejected(enum reject_reason reason, bool has_time)
{
    return (struct line_result){LINE_REJECTED, reason, has_time};
}

/* source_preset.c: the preset `name` and the keys `events` and `fields`. `json` is the
 * source in the configuration. */
MUST_USE bool source_fields_open(struct source *source, const json_t *json,
                                 const char *name, struct arena *arena,
                                 struct err *err);
uint32_t source_fields_kinds(const struct fields *fields, struct str event);

/* source_jsonl.c */
struct line_result jsonl_row(struct source *source, struct str line, struct row *row);

/* source_access_log.c */
MUST_USE bool access_log_open(struct source *source, const json_t *json,
                              struct arena *arena, struct err *err);
struct line_result access_log_row(struct source *source, struct str line,
                                  struct row *row);

/* source_jsonl.c: texts both types need. Path and host of a URL; what is no URL is
 * taken as it is. A host loses user and port. */
struct str source_path_of(struct str text);
struct str source_host_of(struct str text);
/* `text` of at most `most` bytes; a longer one is cut at a character and gets "...", in
 * the source's room. */
struct str source_text_cut(struct source *source, enum row_text which, struct str text,
                           size_t most);

#endif
