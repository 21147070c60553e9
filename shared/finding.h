/*
 * A finding: one thing that is wrong, with its number, its limit and what explains it.
 * The same list feeds every report format. Verdict and severity words live here.
 */
#ifndef SHARED_FINDING_H
#define SHARED_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"

/* Also the exit status, by the monitoring-plugins convention. */
enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_CRIT, VERDICT_UNKNOWN };

enum severity { SEVERITY_CRIT, SEVERITY_WARN, SEVERITY_INFO };

enum finding_status { STATUS_NEW, STATUS_OPEN, STATUS_RESOLVED };

/* "ok" "warn" "crit" "unknown"; "OK" "WARNING" "CRITICAL" "UNKNOWN"; "crit" "warn"
 * "info"; "new" "open" "resolved" */
const char *verdict_word(enum verdict verdict);
const char *verdict_headline(enum verdict verdict);
const char *severity_word(enum severity severity);
const char *finding_status_word(enum finding_status status);
MUST_USE bool verdict_parse(const char *word, enum verdict *verdict);
MUST_USE bool severity_parse(const char *word, enum severity *severity);
MUST_USE bool finding_status_parse(const char *word, enum finding_status *status);

struct finding {
    const char *id; /* <tool>/<check>/<subject>, stable */
    enum severity severity;
    enum finding_status status;
    int32_t since;         /* day */
    const char *message;   /* one sentence, no full stop */
    const char *value;     /* formatted once, "" when none */
    const char *limit;     /* likewise */
    const char *unit;      /* "", %, s, ms, bytes, score */
    int64_t n;             /* sample size, 0 when none */
    const char *statistic; /* "" when none */
    const char *because;   /* "" when none */
    const char *url;       /* "" when none */
    const char *file;      /* "" when none */
    int64_t line;          /* 0 when none */
};

struct findings {
    struct finding *item;
    size_t n, capacity;
};

/* Empty texts may be NULL in `finding`. Strings are borrowed, the list lives in the
 * arena. */
void findings_add(struct findings *findings, struct arena *arena,
                  struct finding finding);

/* By severity, then id (bytes); resolved ones after the others. */
void findings_sort(struct findings *findings);

/* What is muted: the finding's id, and until when, why and who of the mute that covers
 * it. */
struct muted {
    struct mute *item;
    size_t n, capacity;
};

/* The mute that covers `id` on `day`; NULL: none. */
const struct mute *finding_mute(const struct config *config, const char *id,
                                int32_t day);

/* Takes findings that a mute covers (its pattern's `*` matches any bytes; it holds to
 * its `until`, compared with `day`) out of `findings` into `muted`. */
void findings_mute(struct findings *findings, const struct config *config, int32_t day,
                   struct arena *arena, struct muted *muted);

/* Worst of the findings that are not resolved: crit, warn, else ok (info is ok). */
enum verdict findings_worst(const struct findings *findings);

enum fail_on { FAIL_ON_CRIT, FAIL_ON_WARN, FAIL_ON_NEW, FAIL_ON_NEVER };

/* The exit status for --fail-on: `crit` lets warnings pass as 0; `new` counts findings
 * of status new alone; `never` is 0. VERDICT_UNKNOWN is decided elsewhere and is never
 * lowered. */
int findings_exit_status(const struct findings *findings, enum fail_on fail_on);

/* The one shape of DESIGN 7 in state: severity, since, message, value, limit, unit, n,
 * statistic, where, because, each absent when empty; `where` is {"url"} or {"file",
 * "line"}. status is `open` or `resolved`. The caller owns the object and may add its
 * tool's keys. */
json_t *finding_to_state(const struct finding *finding);
/* And back; `new` when since == through and not resolved. Strings are copied to the
 * arena. */
MUST_USE bool finding_from_state(const char *id, const json_t *json, int32_t through,
                                 struct arena *arena, struct finding *finding,
                                 struct err *err);

/* `through` and the findings of a state document, sorted. The message names the place
 * in it, not the file. */
MUST_USE bool findings_from_state(const json_t *document, struct arena *arena,
                                  int32_t *through, struct findings *findings,
                                  struct err *err);

/* Findings of `before` that the document has no more: resolved, to be said once. */
void findings_add_resolved(struct findings *findings, const struct findings *before,
                           const json_t *document, struct arena *arena);

#endif
