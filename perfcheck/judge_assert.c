/* Assertions over the runs of one URL, as Lighthouse CI's engine makes them, order of
 * results and words included. What it lets pass silently is closed unless `compat`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/assert.h"

#include "shared/banned.h"

/* One assertion over the runs of one group. */
struct judged {
    const struct assert_plan *plan;
    const struct assertion *assertion;
    const struct assert_group *group;
    const struct assert_audit **audit; /* of the runs looked at; NULL: it has none */
    size_t n;
    const char *title, *link; /* NULL: none */
    struct assert_outcome *outcome;
    struct arena *arena;
};

/* ---- results ---- */

static const char *missing_message(const struct judged *j, size_t left, bool is_absent,
                                   enum assert_name name)
{
    if (j->assertion->method != METHOD_PESSIMISTIC && left > 0)
        return str_format(j->arena, "Only %zu of %zu runs have a value.", left, j->n);
    if (is_absent)
        return str_format(j->arena,
                          "Audit did not produce a value at all. \"%s\" might not be a "
                          "valid assertion for this audit.",
                          assert_name_word(name));
    return j->assertion->method == METHOD_PESSIMISTIC
               ? "Audit failed to produce a valid value. Try using an "
                 "aggregationMethod other than \"pessimistic\"."
               : "Audit failed to produce a valid value. If this is reproducible, "
                 "please file an issue on GitHub.";
}

static void add_result(const struct judged *j, struct assert_result result)
{
    struct assert_outcome *outcome = j->outcome;

    result.audit = j->assertion->audit;
    result.level = j->assertion->level;
    result.url = j->group->url;
    result.title = j->title;
    result.link = j->link;
    if (!result.property)
        result.property = j->assertion->property;
    outcome->result = arena_room(j->arena, outcome->result, outcome->n,
                                 &outcome->capacity, sizeof *outcome->result);
    outcome->result[outcome->n++] = result;
}

/* Whether the audit ran in every run; `message` when it did not. */
static void add_ran(const struct judged *j, const char *message)
{
    struct estimate *value = arena_new(j->arena, struct estimate, j->n);
    bool passed = true;

    for (size_t i = 0; i < j->n; i++) {
        value[i] = (struct estimate){true, j->audit[i] ? 1 : 0};
        passed = passed && j->audit[i];
    }
    add_result(j, (struct assert_result){.name = ASSERT_RAN,
                                         .expected = {true, 1},
                                         .actual = {true, passed ? 1 : 0},
                                         .value = value,
                                         .nvalues = j->n,
                                         .passed = passed,
                                         .message = passed ? NULL : message});
}

/* ---- values ---- */

static struct reading value_of(const struct assert_audit *audit, enum assert_name name)
{
    switch (name) {
    case ASSERT_MAX_LENGTH:
        return (struct reading){READING_NUMBER, (double)audit->nitems};
    case ASSERT_MAX_VALUE: return audit->value;
    case ASSERT_MIN_SCORE:
        if (audit->score.type == READING_NUMBER)
            return audit->score;
        if (audit->mode == MODE_NOT_APPLICABLE)
            return (struct reading){READING_NUMBER, 1};
        if (audit->mode == MODE_INFORMATIVE)
            return (struct reading){READING_NUMBER, 0};
        break;
    case ASSERT_RAN: break;
    }
    return (struct reading){READING_ABSENT, 0};
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* `values` in any order, n >= 1. */
static double aggregate(const struct judged *j, enum assert_name name, double *values,
                        size_t n)
{
    enum assert_method method = j->assertion->method;
    bool is_max = name != ASSERT_MIN_SCORE;

    qsort(values, n, sizeof *values, by_value);
    if (method == METHOD_MEDIAN)
        return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    if ((method == METHOD_OPTIMISTIC && is_max) ||
        (method == METHOD_PESSIMISTIC && !is_max))
        return values[0];
    return values[n - 1];
}

/* Runs without a value make a pessimistic assertion fail, and any when they are all.
 * Lighthouse CI drops them otherwise, however many. */
static bool has_enough(const struct judged *j, size_t left)
{
    if (left == j->n)
        return true;
    if (j->assertion->method == METHOD_PESSIMISTIC || left == 0)
        return false;
    return j->plan->compat || 2 * left >= j->n;
}

static void note_missing(const struct judged *j, enum assert_name name, size_t left)
{
    if (j->plan->compat || left == j->n || left == 0 ||
        j->assertion->method == METHOD_PESSIMISTIC)
        return;
    notes_add(j->outcome->notes,
              str_format(j->arena, "%.*s: %s of '%s': %zu of %zu runs without a value",
                         (int)j->group->url.n, j->group->url.at, assert_name_word(name),
                         j->assertion->audit, j->n - left, j->n));
}

static void judge_limit(const struct judged *j, enum assert_name name,
                        struct estimate limit)
{
    struct estimate *value = arena_new(j->arena, struct estimate, j->n);
    double *known = arena_new(j->arena, double, j->n);
    struct assert_result result = {.name = name, .expected = limit, .value = value};
    bool is_absent = false;
    size_t left = 0;

    for (size_t i = 0; i < j->n; i++) {
        struct reading reading = value_of(j->audit[i], name);

        value[i] = (struct estimate){reading.type == READING_NUMBER, reading.value};
        is_absent = is_absent || reading.type == READING_ABSENT;
        if (value[i].known)
            known[left++] = reading.value;
    }
    note_missing(j, name, left);
    if (!has_enough(j, left)) {
        result.nvalues = j->n;
        result.message = missing_message(j, left, is_absent, name);
        add_result(j, result);
        return;
    }
    for (size_t i = 0; i < left; i++)
        value[i] = (struct estimate){true, known[i]};
    result.nvalues = left;
    result.actual = (struct estimate){true, aggregate(j, name, known, left)};
    result.passed =
        limit.known && (name == ASSERT_MIN_SCORE ? result.actual.value >= limit.value
                                                 : result.actual.value <= limit.value);
    add_result(j, result);
}

static void judge_standard(const struct judged *j)
{
    const struct assertion *a = j->assertion;
    const char *message = NULL;

    for (size_t i = 0; i < j->n; i++)
        if (!j->audit[i]) {
            if (a->kind == KIND_AUDIT && !preset_knows(a->audit))
                message =
                    str_format(j->arena, "\"%s\" is not a known audit.", a->audit);
            add_ran(j, message);
            return;
        }
    if (a->must_run)
        add_ran(j, NULL);
    if (a->max_length.known)
        judge_limit(j, ASSERT_MAX_LENGTH, a->max_length);
    if (a->max_value.known)
        judge_limit(j, ASSERT_MAX_VALUE, a->max_value);
    if (a->min_score.known)
        judge_limit(j, ASSERT_MIN_SCORE, a->min_score);
    else if (!a->must_run && !a->max_length.known && !a->max_value.known)
        judge_limit(j, ASSERT_MIN_SCORE, (struct estimate){true, 0.9});
}

/* ---- rows in place of the audit ---- */

static const struct assert_row *find_resource(const struct assert_audit *audit,
                                              const char *type)
{
    for (size_t i = 0; i < audit->nrows; i++)
        if (str_equal(audit->row[i].resource_type, str_of(type)))
            return &audit->row[i];
    return NULL;
}

static const struct assert_row *find_timing(const struct judged *j,
                                            const struct assert_audit *audit)
{
    for (size_t i = 0; i < audit->nrows; i++) {
        const struct assert_row *row = &audit->row[i];
        const char *name = str_copy(j->arena, row->name.at, row->name.n);

        if (row->has_name &&
            strcmp(assert_kebab(j->arena, name, true), j->assertion->part) == 0)
            return row;
    }
    return NULL;
}

/* False: the row that the assertion names is not there, or has no such value. */
static bool find_value(const struct judged *j, const struct assert_audit *audit,
                       struct reading *value)
{
    const struct assert_row *row;

    if (j->assertion->kind == KIND_TIMING) {
        row = find_timing(j, audit);
        if (row)
            *value =
                row->duration.type == READING_NUMBER ? row->duration : row->start_time;
        return row;
    }
    row = find_resource(audit, j->assertion->part);
    if (!row)
        return false;
    if (j->assertion->is_count)
        *value = row->request_count;
    else
        *value = row->size.type != READING_ABSENT ? row->size : row->transfer_size;
    return value->type != READING_ABSENT;
}

/* The audits as they would be with the value of one row. */
static void judge_rows(struct judged *j)
{
    for (size_t i = 0; i < j->n; i++) {
        struct assert_audit *made;

        if (!j->audit[i])
            continue;
        made = arena_new(j->arena, struct assert_audit, 1);
        *made = *j->audit[i];
        j->audit[i] = find_value(j, made, &made->value) ? made : NULL;
    }
    judge_standard(j);
}

/* ---- performance-budget ---- */

static bool is_judged(const struct judged *j, size_t from, const char *property)
{
    for (size_t i = from; i < j->outcome->n; i++)
        if (strcmp(j->outcome->result[i].property, property) == 0)
            return true;
    return false;
}

static void add_over(const struct judged *j, const char *property,
                     struct reading actual, double over)
{
    struct estimate *value = arena_new(j->arena, struct estimate, 1);
    struct assert_result result = {.name = ASSERT_MAX_VALUE,
                                   .property = property,
                                   .value = value,
                                   .nvalues = 1};

    if (actual.type == READING_NUMBER) {
        *value = result.actual = (struct estimate){true, actual.value};
        result.expected = (struct estimate){true, actual.value - over};
        result.passed = result.actual.value <= result.expected.value;
    } else {
        result.message = "Audit did not produce a value at all. \"maxNumericValue\" "
                         "might not be a valid assertion for this audit.";
    }
    add_result(j, result);
}

/* The first run of digits; false: there is none. */
static bool first_number(struct str text, double *number)
{
    size_t from = 0, to;

    while (from < text.n && (text.at[from] < '0' || text.at[from] > '9'))
        from++;
    for (to = from; to < text.n && text.at[to] >= '0' && text.at[to] <= '9';)
        to++;
    while (from + 1 < to && text.at[from] == '0') // no number begins with 0s
        from++;
    return str_to_double(text.at + from, to - from, number);
}

static void judge_budget_row(const struct judged *j, size_t from,
                             const struct assert_row *row)
{
    struct str type = row->resource_type.at ? row->resource_type : STR("undefined");
    const char *size = str_format(j->arena, "%.*s.size", (int)type.n, type.at);
    const char *count = str_format(j->arena, "%.*s.count", (int)type.n, type.at);
    double over;

    if (row->size_over.type == READING_NUMBER && row->size_over.value != 0 &&
        !is_judged(j, from, size))
        add_over(j, size,
                 row->size.type == READING_NUMBER && row->size.value != 0
                     ? row->size
                     : row->transfer_size,
                 row->size_over.value);
    if (row->count_over.n > 0 && !is_judged(j, from, count) &&
        first_number(row->count_over, &over))
        add_over(j, count, row->request_count, over);
}

/* Lighthouse 12 and later have no such audit: nothing would be asserted. */
static void judge_budget(const struct judged *j)
{
    size_t from = j->outcome->n;

    for (size_t i = 0; !j->plan->compat && i < j->n; i++)
        if (!j->audit[i]) {
            add_ran(j, "Lighthouse 12 and later have no performance-budget; assert "
                       "resource-summary and timings, or give a budgets file.");
            return;
        }
    for (size_t i = 0; i < j->n; i++)
        for (size_t row = 0; j->audit[i] && row < j->audit[i]->nrows; row++)
            judge_budget_row(j, from, &j->audit[i]->row[row]);
}

/* ---- title and link ---- */

/* The target of the Markdown link at `at`, a '['; false: it is none. `*end`: behind it.
 */
static bool read_link(const char *at, struct str *target, const char **end)
{
    const char *close = strchr(at, ']'), *from;
    size_t n;

    if (!close || close == at + 1 || strncmp(close + 1, "(http", 5) != 0)
        return false;
    from = close + 2;
    n = from[4] == 's' ? 5 : 4;
    if (strncmp(from + n, "://", 3) != 0)
        return false;
    n += 3;
    n += strcspn(from + n, ")\n\r");
    if (from[n] != ')')
        return false;
    *target = (struct str){from, n};
    *end = from + n + 1;
    return true;
}

static bool contains(struct str text, const char *part)
{
    size_t n = strlen(part);

    for (size_t i = 0; i + n <= text.n; i++)
        if (memcmp(text.at + i, part, n) == 0)
            return true;
    return false;
}

static const char *find_link(struct arena *arena, const char *description)
{
    struct str last = {0}, known = {0}, link;
    const char *at = description;

    while ((at = strchr(at, '['))) {
        if (!read_link(at, &link, &at)) {
            at++;
            continue;
        }
        last = link;
        if (contains(link, "web.dev"))
            return str_copy(arena, link.at, link.n);
        if (!known.at && contains(link, "developers.google.com/web"))
            known = link;
    }
    if (known.at)
        last = known;
    return last.at ? str_copy(arena, last.at, last.n) : NULL;
}

/* Of the first run whose score is not 1, else of the first that has the audit. */
static void find_title(struct judged *j)
{
    const struct assert_audit *found = NULL;

    if (j->assertion->kind == KIND_CATEGORY)
        return;
    for (size_t i = 0; i < j->group->n; i++) {
        const struct assert_audit *audit =
            &j->group->run[i].audit[j->assertion->wanted];
        bool is_good = audit->score.type == READING_NUMBER && audit->score.value == 1;

        if (!audit->is_there)
            continue;
        if (!found)
            found = audit;
        if (!is_good) {
            found = audit;
            break;
        }
    }
    if (!found)
        return;
    j->title = found->title[0] != '\0' ? found->title : NULL;
    j->link = find_link(j->arena, found->description);
}

/* ---- runs ---- */

/* 0 where there is none, as where JavaScript's || gives 0. */
static double audit_value(const struct assert_run *run, size_t wanted)
{
    const struct reading *value = &run->audit[wanted].value;

    return value->type == READING_NUMBER ? value->value : 0;
}

size_t assert_representative(const struct assert_run *run, size_t n,
                             struct arena *arena)
{
    double *fcp = arena_new(arena, double, n),
           *interactive = arena_new(arena, double, n);
    double least = HUGE_VAL;
    size_t nearest = 0;

    for (size_t i = 0; i < n; i++) {
        fcp[i] = audit_value(&run[i], WANTED_FCP);
        interactive[i] = audit_value(&run[i], WANTED_INTERACTIVE);
    }
    qsort(fcp, n, sizeof *fcp, by_value);
    qsort(interactive, n, sizeof *interactive, by_value);
    for (size_t i = 0; i < n; i++) {
        double x = fcp[n / 2] - audit_value(&run[i], WANTED_FCP);
        double y = interactive[n / 2] - audit_value(&run[i], WANTED_INTERACTIVE);

        if (x * x + y * y < least) {
            least = x * x + y * y;
            nearest = i;
        }
    }
    return nearest;
}

/* Lighthouse CI gives categories all runs also for median-run, and so the best. */
static void take_audits(struct judged *j, size_t representative)
{
    const struct assertion *a = j->assertion;
    bool is_one = a->method == METHOD_MEDIAN_RUN &&
                  (a->kind != KIND_CATEGORY || !j->plan->compat);

    if (is_one && a->kind == KIND_CATEGORY)
        notes_add(
            j->outcome->notes,
            str_format(
                j->arena,
                "%.*s: categories:%s by the representative run; Lighthouse CI takes "
                "the best one",
                (int)j->group->url.n, j->group->url.at, a->property));
    j->n = is_one ? 1 : j->group->n;
    j->audit = arena_new(j->arena, const struct assert_audit *, j->n);
    for (size_t i = 0; i < j->n; i++) {
        const struct assert_run *run = &j->group->run[is_one ? representative : i];

        if (run->audit[a->wanted].is_there)
            j->audit[i] = &run->audit[a->wanted];
    }
}

void judge_assert(const struct assert_plan *plan, const struct assert_set *set,
                  const struct assert_group *group, struct assert_outcome *outcome)
{
    size_t representative = assert_representative(group->run, group->n, outcome->arena);

    for (size_t i = 0; i < set->n; i++) {
        struct judged j = {.plan = plan,
                           .assertion = &set->assertion[i],
                           .group = group,
                           .outcome = outcome,
                           .arena = outcome->arena};

        find_title(&j);
        take_audits(&j, representative);
        switch (j.assertion->kind) {
        case KIND_AUDIT:
        case KIND_CATEGORY: judge_standard(&j); break;
        case KIND_RESOURCE:
        case KIND_TIMING: judge_rows(&j); break;
        case KIND_BUDGET: judge_budget(&j); break;
        }
    }
}
