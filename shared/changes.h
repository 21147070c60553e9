/*
 * What changed between two state folders, by what it means (run-all.md 8): findings
 * that came, escalated, eased, went; facts that moved. What pull requests, REPORT.md,
 * commit messages and notifications say.
 */
#ifndef SHARED_CHANGES_H
#define SHARED_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/finding.h"
#include "shared/str.h"

enum { TOOL_COUNT = 5 };

/* watchdog, bandit, perfcheck, seocheck, i18ncheck: the fixed order of everything. */
extern const char *const tool_names[TOOL_COUNT];

/* The conclusions of a tool. */
struct concluded {
    struct str bytes; /* of its file */
    json_t *document; /* NULL: no file */
    int32_t through;  /* and its findings, those that are there, by id */
    struct findings findings;
};

/* The conclusions of a state folder; released with states_release. */
struct states {
    const char *name; /* "HEAD", "work tree", a path; for the first line */
    struct concluded tool[TOOL_COUNT];
};

/* Reads the JSON files of a folder as state is read: strictly. What has the same bytes
 * in `before` (may be NULL) is that document again. */
MUST_USE bool states_load(const char *folder, const char *name,
                          const struct states *before, struct arena *arena,
                          struct states *states, struct err *err);
void states_release(struct states *states);
/* Whether a file of `now` has other bytes than before. */
bool states_moved(const struct states *before, const struct states *now);

enum change {
    CHANGE_NEW,
    CHANGE_ESCALATED,
    CHANGE_CHANGED, /* value or limit */
    CHANGE_EASED,
    CHANGE_RESOLVED,
    CHANGE_MUTED,
    CHANGE_UNMUTED,
    CHANGE_COUNT,
};

const char *change_word(enum change change);

struct finding_change {
    enum change change;
    const char *id;
    bool had, has; /* the finding before, now */
    enum severity before, now;
    const char *value_before, *value_now; /* "" none */
    const char *limit_now;
    const char *unit, *message;
    const char *reason; /* of a resolved one that is not over for having recovered:
                           "adopted"; else NULL */
    int32_t since;
};

struct fact_change {
    const char *tool;
    const char *pointer;   /* array elements named by `arms` beside them */
    const char *from, *to; /* formatted by the key's unit; "" not there */
    const char *unit;      /* "%", "ms", ... */
};

struct tool_change {
    bool has_before, has_now;
    enum verdict before, now;
    int32_t through_before, through_now;
};

struct changes {
    struct tool_change tool[TOOL_COUNT];
    const struct finding_change *finding; /* by change, then severity, then id */
    size_t nfindings;
    const struct fact_change *fact; /* by tool, then pointer */
    size_t nfacts;
    int64_t count[CHANGE_COUNT];
    bool is_quiet; /* nothing but `through` */
};

/* `config` (may be NULL) has the mutes: what is muted on its document's day is neither
 * new nor resolved. */
void changes_find(const struct states *before, const struct states *now,
                  const struct config *config, struct arena *arena,
                  struct changes *changes);

/* Lines as `rounds-statediff` prints them. */
void changes_format_text(const struct changes *changes, const char *from,
                         const char *to, struct buf *out);
/* "+ crit ID: 5.83 %, limit 1.80 %" for one. */
void changes_add_finding(const struct finding_change *change, struct buf *out);
void changes_add_fact(const struct fact_change *change, struct buf *out);
/* "escalated", "resolved (adopted)" */
const char *changes_finding_words(const struct finding_change *change,
                                  struct arena *arena);
/* A table: change, what, before, now; at most 200 rows and so many that `out` has no
 * more than `most` bytes (SIZE_MAX: any number), then how many more. "Nothing changed."
 * without any. */
void changes_format_markdown(const struct changes *changes, size_t most,
                             struct buf *out);
/* The same rows, escaped: one <table class="changes">, or one <p>. */
void changes_format_html(const struct changes *changes, struct buf *out);
/* A pull request's comment: a marker, which days, verdicts that moved, the table. And
 * as an HTML fragment. */
void changes_comment_markdown(const struct changes *changes, const char *from,
                              const char *to, struct buf *out);
void changes_comment_html(const struct changes *changes, const char *from,
                          const char *to, struct buf *out);
/* The JSON of run-all.md 8; the caller owns the result. */
json_t *changes_to_json(const struct changes *changes, const char *from,
                        const char *to);

#endif
