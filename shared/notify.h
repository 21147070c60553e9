/*
 * What a webhook is told after a run (run-all.md 12), and in which words: findings that
 * are new, escalated or resolved, tools that lost or found their verdict. Nothing of
 * that kind, nothing to tell. Pure; rounds-notify (shared/notify_main.c) sends it.
 *
 *     ROUNDS CRITICAL - https://shop.example through 2026-03-08: 1 new, 1 resolved
 *     ? perfcheck: unknown, was ok
 *     + crit watchdog/js_exception/page=/checkout: JavaScript errors in 5.83 % of ...
 *     - warn seocheck/link-broken/pricing: resolved
 *     https://git.example/shop/pull/7
 */
#ifndef SHARED_NOTIFY_H
#define SHARED_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/changes.h"
#include "shared/err.h"
#include "shared/finding.h"
#include "shared/str.h"

enum {
    NOTICE_LINES_MAX = 10,
    NOTICE_LINE_MAX = 300, /* characters of a line before it is escaped */
    /* characters of a whole text, escaped, as UTF-16 counts them */
    NOTICE_SLACK_MAX = 3000,
    NOTICE_DISCORD_MAX = 2000,
};

enum webhook_type { WEBHOOK_SLACK, WEBHOOK_DISCORD, WEBHOOK_JSON };

/* "slack", "discord", "json" */
const char *webhook_word(enum webhook_type type);
MUST_USE bool webhook_parse(const char *word, enum webhook_type *type);

/* How each tool's last run ended. */
struct run_end {
    struct {
        bool is_known;
        enum verdict status;
    } tool[TOOL_COUNT];
};

/* From the git-ignored `.run.json` of a state folder, which run-all.sh keeps:
 * {"schema": 1, "tool": "run-all", "tools": {"watchdog": {"status": "ok", "through":
 * "2026-03-08"}}}. NULL, and what it does not say, is not known. */
struct run_end run_end_of(const json_t *root);

struct notice {
    const char *site; /* "" none */
    const char *link; /* NULL: none */
    enum verdict status;
    struct changes changes; /* with the verdict that a tool lost or found */
    struct run_end before, now;
    const struct finding_change **finding; /* that are told */
    size_t nfindings;
    int64_t count[CHANGE_COUNT]; /* of them */
    size_t tool[TOOL_COUNT];     /* that are told: indices of tool_names */
    size_t ntools;
};

/* What there is to tell of findings at or above `min`, and of tools. False: nothing.
 * A tool that is unknown now is told unless it is known to have been so before. */
MUST_USE bool notice_find(const struct changes *changes, const struct run_end *before,
                          const struct run_end *now, enum severity min,
                          struct arena *arena, struct notice *notice);

/* The body of the request, as the service wants it. */
MUST_USE bool notice_format(const struct notice *notice, enum webhook_type type,
                            struct arena *arena, struct str *body, struct err *err);

#endif
