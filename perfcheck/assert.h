/*
 * The verb `assert`: Lighthouse CI's assertions over reports (perfcheck.md 9).
 *
 *     plan      what is asserted: a lighthouserc's ci.assert, or budgets
 *     run       what the plan wants to know of one report
 *     group     the runs of one URL
 *     outcome   results in Lighthouse CI's order, and notes for people
 *
 * With `compat` all of it is Lighthouse CI's own, its silent holes too.
 */
#ifndef PERFCHECK_ASSERT_H
#define PERFCHECK_ASSERT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "perfcheck/lhr.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/re.h"
#include "shared/str.h"

/* ---- assert_words.c ---- */

struct notes { /* sentences for people: no part of a result */
    struct arena *arena;
    const char **text;
    size_t n, capacity;
};

/* `text` lives as long as the notes. */
void notes_add(struct notes *notes, const char *text);

enum assert_name { ASSERT_RAN, ASSERT_MAX_LENGTH, ASSERT_MAX_VALUE, ASSERT_MIN_SCORE };

const char *assert_name_word(enum assert_name name); /* "auditRan" ... */

/* `-` between a lower and an upper case letter, then lower case; `plain` also makes
 * anything but letters and digits one `-`, none at the ends. */
char *assert_kebab(struct arena *arena, const char *text, bool plain);

/* ---- assert_presets.c ---- */

enum preset { PRESET_ALL, PRESET_RECOMMENDED, PRESET_NO_PWA, PRESET_NONE };

struct preset_rule {
    const char *audit;
    const char *level;
    bool has_max_length; /* it is 0 then */
};

/* PRESET_NONE: not one of the three. `name` as "lighthouse:all". */
enum preset preset_find(const char *name);
/* In Lighthouse CI's order. */
size_t preset_size(void);
struct preset_rule preset_rule(enum preset preset, size_t i);
/* In lighthouse:all, off or not: then it is an audit that Lighthouse CI knows. */
bool preset_knows(const char *audit);

/* ---- assert_plan.c ---- */

enum assert_method {
    METHOD_OPTIMISTIC,
    METHOD_PESSIMISTIC,
    METHOD_MEDIAN,
    METHOD_MEDIAN_RUN,
    METHOD_UNKNOWN, /* with compat alone: means the maximum */
};

/* What of a report an assertion looks at. */
enum assert_kind {
    KIND_AUDIT,
    KIND_CATEGORY, /* categories:<id> */
    KIND_RESOURCE, /* resource-summary:<type>:size|count */
    KIND_TIMING,   /* user-timings:<name> */
    KIND_BUDGET,   /* performance-budget: its rows over budget */
};

struct assertion {
    enum assert_kind kind;
    const char *audit;    /* id */
    const char *property; /* as results say it; NULL: none */
    const char *part;     /* resource type, or name of the timing as kebab-case */
    bool is_count;        /* of a resource type; else its size */
    const char *level;    /* with compat any word */
    enum assert_method method;
    struct estimate max_length, max_value, min_score;
    bool must_run; /* option auditRan; without compat alone */
    size_t wanted; /* index in the plan's */
};

struct assert_set { /* all there is, or an entry of assertMatrix */
    const char *pattern;
    struct re *matching; /* NULL: every URL */
    struct assertion *assertion;
    size_t n;
};

struct assert_wanted {
    bool is_category; /* else an audit */
    bool has_rows;    /* its details.items are looked into */
    const char *id;
};

enum { WANTED_FCP, WANTED_INTERACTIVE }; /* always there: they choose the run */

struct assert_plan {
    bool compat;
    bool includes_passed;
    const char *lhr; /* where the reports are; NULL: not said */
    struct assert_set *set;
    size_t nsets;
    struct assert_wanted *wanted;
    size_t nwanted, wanted_capacity;
};

/* `options`: ci.assert, with budgetsFile left out. False: what it says makes no plan;
 * the plan is released all the same. */
MUST_USE bool assert_plan_parse(const json_t *options, bool compat, struct arena *arena,
                                struct assert_plan *plan, struct notes *notes,
                                struct err *err);
void assert_plan_release(struct assert_plan *plan);

/* ---- assert_pattern.c ---- */

/* A regular expression as JavaScript reads it in PCRE2's words. False: it is none. */
MUST_USE bool assert_pattern_js(const char *pattern, struct arena *arena,
                                const char **rewritten, struct err *err);

/* ---- assert_budgets.c ---- */

/* Options that a budgets file stands for; the caller's. */
MUST_USE bool assert_budgets_parse(const json_t *budgets, struct arena *arena,
                                   json_t **options, struct err *err);
/* A budget's path as a regular expression; NULL is every page. */
const char *assert_budget_pattern(const char *path, struct arena *arena);

/* ---- assert_rc.c ---- */

/* Options of the files that a command line names; the caller's. `rc` NULL: the usual
 * ones, unless there are budgets. `*read`: the file to name in messages. */
MUST_USE bool assert_rc_load(const char *rc, const char *budgets, struct arena *arena,
                             json_t **options, const char **read, struct err *err);
/* The same from bytes; `*budgets_file` NULL: it names none. */
MUST_USE bool assert_rc_parse(struct str bytes, const char *name, struct arena *arena,
                              json_t **options, const char **budgets_file,
                              struct err *err);

/* ---- assert_run.c ---- */

/* A value as JavaScript sees it. */
enum reading_type { READING_ABSENT, READING_OTHER, READING_NUMBER };

struct reading {
    enum reading_type type;
    double value;
};

/* A row of resource-summary, performance-budget or user-timings. */
struct assert_row {
    struct str resource_type, name; /* empty when absent or no text */
    bool has_name;
    struct reading size, transfer_size, request_count, duration, start_time;
    struct reading size_over;
    struct str count_over; /* "2 requests" */
};

struct assert_audit {
    bool is_there;
    struct reading score, value;
    enum audit_mode mode;
    size_t nitems;
    bool has_items;
    struct assert_row *row;
    size_t nrows;
    struct str title_literal, description_literal; /* as in the file */
    const char *title, *description;               /* decoded; "" absent */
};

struct assert_run {
    bool has_url;
    struct str url;             /* finalUrl */
    struct assert_audit *audit; /* one for each that the plan wants */
};

/* What the plan wants of a report, in the arena: nothing of it is a view. `before`: the
 * run read before it, which texts are shared with, or NULL. */
MUST_USE bool assert_run_read(const struct lhr *lhr, const struct assert_plan *plan,
                              const struct assert_run *before, struct arena *arena,
                              struct assert_run *run, struct err *err);
/* One audit from its object. */
MUST_USE bool assert_audit_read(struct span whole, bool has_rows,
                                const struct assert_audit *before, struct arena *arena,
                                struct assert_audit *audit, struct err *err);

/* ---- judge_assert.c ---- */

struct assert_result {
    enum assert_name name;
    struct estimate expected, actual; /* not known: JavaScript's NaN */
    struct estimate *value;           /* of the runs that were looked at */
    size_t nvalues;
    bool passed;
    const char *message;  /* NULL: none */
    const char *property; /* NULL: none */
    const char *audit;
    const char *level;
    struct str url;
    const char *title; /* NULL: none */
    const char *link;  /* NULL: none */
};

struct assert_outcome { /* begin with its arena and notes */
    struct arena *arena;
    struct notes *notes;
    struct assert_result *result; /* the passed ones too */
    size_t n, capacity;
    size_t nruns, nurls;
};

struct assert_group {
    struct str url;
    struct assert_run *run;
    size_t n, capacity; /* n at least 1 */
};

/* The assertions of one set over the runs of one URL, which it matches. */
void judge_assert(const struct assert_plan *plan, const struct assert_set *set,
                  const struct assert_group *group, struct assert_outcome *outcome);

/* The run nearest to the medians of first-contentful-paint and interactive; n >= 1. */
size_t assert_representative(const struct assert_run *run, size_t n,
                             struct arena *arena);

/* ---- assert_print.c ---- */

void assert_print_json(const struct assert_plan *plan,
                       const struct assert_outcome *outcome, struct buf *out);
void assert_print_text(const struct assert_plan *plan,
                       const struct assert_outcome *outcome, struct buf *out);

/* ---- assert.c ---- */

/* Every group against every set that matches it. False: a pattern too costly. */
MUST_USE bool assert_all(const struct assert_plan *plan, const struct assert_run *runs,
                         size_t n, struct assert_outcome *outcome, struct err *err);

#endif
