/*
 * From what was found today and what was open yesterday to findings (i18ncheck.md 14).
 * Pure. (judge_findings.c)
 */
#ifndef I18NCHECK_JUDGE_H
#define I18NCHECK_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/checks.h"
#include "shared/arena.h"
#include "shared/finding.h"

/* One thing to be reported. */
struct item {
    enum check_id check;
    enum severity severity; /* crit or warn */
    const char *place;      /* "web/tr", "docs/de"; "web" of a set */
    struct str key;         /* "": of the place itself */
    bool has_since;
    int32_t since; /* else the day it was first reported */
    const char *message, *file;
    size_t line; /* 0: not known */
    const char *value, *limit, *unit;
    int64_t n;
};

struct items {
    struct item *item;
    size_t n, capacity;
};

/* Copies what lies elsewhere than in the arena. */
void items_add(struct items *items, struct arena *arena, struct item item);

/* What could not be measured today: its findings stay as they are. */
struct kept {
    const char *place; /* "web/tr" */
    bool is_one_check; /* else all but catalog-syntax and catalog-missing */
    enum check_id check;
};

struct kept_list {
    struct kept *item;
    size_t n, capacity;
};

void kept_add(struct kept_list *list, struct arena *arena, struct kept kept);

struct judging_rules {
    int64_t max_findings; /* of a check and place, before they become one */
    int32_t as_of;
};

/* "i18ncheck/placeholder-extra/web/bn/share.url" */
const char *judge_id(enum check_id check, const char *place, struct str key,
                     struct arena *arena);

/* `before`: sorted as findings_sort does. `now` gets at most FINDINGS_MAX: where they
 * would be more, fewer of a check and place make one. False: more than that even so. */
bool judge_findings(const struct items *items, const struct kept_list *kept,
                    const struct findings *before, const struct judging_rules *rules,
                    struct arena *arena, struct findings *now);

#endif
