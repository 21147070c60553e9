/* What Lighthouse CI's options assert: presets overridden key by key, keys in
 * kebab-case once each, levels and options of each assertion. */
#include <stdio.h>
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { SHOWN_MAX = 80, PARTS_MAX = 8 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const level_words[] = {"off", "warn", "error"};
static const char *const method_words[] = {
    [METHOD_OPTIMISTIC] = "optimistic",
    [METHOD_PESSIMISTIC] = "pessimistic",
    [METHOD_MEDIAN] = "median",
    [METHOD_MEDIAN_RUN] = "median-run",
};
static const char *const option_keys[] = {"minScore", "maxLength", "maxNumericValue",
                                          "aggregationMethod", "auditRan"};
static const char *const set_keys[] = {"matchingUrlPattern", "assertions", "preset",
                                       "aggregationMethod"};
static const char *const top_keys[] = {
    "matchingUrlPattern", "assertions",  "preset", "aggregationMethod",
    "assertMatrix",       "budgetsFile", "lhr",    "includePassedAssertions"};

/* The options being read. */
struct reader {
    struct assert_plan *plan;
    struct arena *arena;
    struct notes *notes;
};

/* A key of assertions, once, and what is said of it: by the user, by the preset. */
struct entry {
    const char *key;     /* in kebab-case */
    const json_t *value; /* NULL: the user says nothing */
    bool has_preset;
    struct preset_rule preset;
};

struct entries {
    struct entry *entry;
    size_t n, capacity;
};

/* ---- words and types ---- */

/* JavaScript's falsy: as good as not there. */
static bool is_said(const json_t *value)
{
    if (json_is_string(value))
        return json_string_length(value) > 0;
    return value && !json_is_null(value) && !json_is_false(value);
}

static bool find_word(const char *word, const char *const *words, size_t n,
                      size_t *index)
{
    for (*index = 0; *index < n; ++*index)
        if (strcmp(words[*index], word) == 0)
            return true;
    return false;
}

static bool unknown_word(const char *what, const char *word, const char *const *words,
                         size_t n, struct err *err)
{
    char all[128] = "";
    size_t used = 0;

    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s",
                                 i > 0 ? ", " : "", words[i]);
    return err_set(err, "%s '%.*s' is not known; one of: %s", what, SHOWN_MAX, word,
                   all);
}

/* Keys that Lighthouse CI does not read either, without a word: mostly typing errors.
 */
static void note_keys(const struct reader *r, const json_t *object, const char *where,
                      const char *const *words, size_t n)
{
    const char *key;
    json_t *value;
    size_t index;

    if (r->plan->compat)
        return;
    json_object_foreach((json_t *)object, key, value)
    {
        const char *near = str_nearest(key, words, n);

        if (find_word(key, words, n, &index) || key[0] == '$' ||
            strncmp(key, "//", 2) == 0)
            continue;
        if (near)
            notes_add(r->notes,
                      str_format(r->notes->arena,
                                 "'%.*s' of %s is not read; did you mean '%s'",
                                 SHOWN_MAX, key, where, near));
        else
            notes_add(r->notes, str_format(r->notes->arena, "'%.*s' of %s is not read",
                                           SHOWN_MAX, key, where));
    }
}

static bool read_method(const struct reader *r, const json_t *value,
                        enum assert_method *method, struct err *err)
{
    size_t index;

    if (!value)
        return true;
    if (!json_is_string(value))
        return err_set(err, "aggregationMethod is no text");
    if (find_word(json_string_value(value), method_words, COUNT(method_words), &index))
        *method = (enum assert_method)index;
    else if (r->plan->compat)
        *method = METHOD_UNKNOWN;
    else
        return unknown_word("aggregationMethod", json_string_value(value), method_words,
                            COUNT(method_words), err);
    return true;
}

/* ---- one assertion ---- */

static bool read_limit(const json_t *options, enum assert_name name,
                       struct estimate *limit, struct err *err)
{
    const json_t *value = json_object_get(options, assert_name_word(name));

    if (!value)
        return true;
    if (!json_is_number(value))
        return err_set(err, "%s is no number", assert_name_word(name));
    *limit = (struct estimate){true, json_number_value(value)};
    return true;
}

static bool read_options(const struct reader *r, const json_t *options, const char *key,
                         struct assertion *assertion, struct err *err)
{
    const json_t *ran = json_object_get(options, assert_name_word(ASSERT_RAN));
    char where[128];

    if (!json_is_object(options))
        return err_set(err, "the options are no object");
    (void)snprintf(where, sizeof where, "'%.*s'", SHOWN_MAX, key);
    note_keys(r, options, where, option_keys, COUNT(option_keys));
    if (ran && !r->plan->compat) {
        if (!json_is_true(ran) && !(json_is_number(ran) && json_number_value(ran) == 1))
            return err_set(err, "auditRan is neither true nor 1; leave it out");
        assertion->must_run = true;
    }
    return read_limit(options, ASSERT_MAX_LENGTH, &assertion->max_length, err) &&
           read_limit(options, ASSERT_MAX_VALUE, &assertion->max_value, err) &&
           read_limit(options, ASSERT_MIN_SCORE, &assertion->min_score, err) &&
           read_method(r, json_object_get(options, "aggregationMethod"),
                       &assertion->method, err);
}

/* "error", ["error"] or ["error", {...}]; what an array leaves out is the preset's. */
static bool read_value(const struct reader *r, const struct entry *entry,
                       struct assertion *assertion, struct err *err)
{
    const json_t *value = entry->value, *level = value;

    assertion->level = "off";
    if (entry->has_preset && (!value || json_is_array(value))) {
        assertion->level = entry->preset.level;
        if (entry->preset.has_max_length)
            assertion->max_length = (struct estimate){true, 0};
    }
    if (!value || !is_said(value))
        return true;
    if (json_is_array(value)) {
        const json_t *options = json_array_get(value, 1);

        level = json_array_get(value, 0);
        if (options && !read_options(r, options, entry->key, assertion, err))
            return false;
        if (!level && entry->has_preset)
            return true;
    }
    if (!json_is_string(level))
        return err_set(err, "the level is no text");
    assertion->level = json_string_value(level);
    return true;
}

static bool check_level(const struct reader *r, const char *level, struct err *err)
{
    size_t index;

    return r->plan->compat ||
           find_word(level, level_words, COUNT(level_words), &index) ||
           unknown_word("level", level, level_words, COUNT(level_words), err);
}

/* ---- what a key looks at ---- */

static size_t want(const struct reader *r, const char *id, bool is_category,
                   bool has_rows)
{
    struct assert_plan *plan = r->plan;

    for (size_t i = 0; i < plan->nwanted; i++)
        if (plan->wanted[i].is_category == is_category &&
            strcmp(plan->wanted[i].id, id) == 0) {
            plan->wanted[i].has_rows |= has_rows;
            return i;
        }
    plan->wanted = arena_room(r->arena, plan->wanted, plan->nwanted,
                              &plan->wanted_capacity, sizeof *plan->wanted);
    plan->wanted[plan->nwanted] =
        (struct assert_wanted){is_category, has_rows,
                               str_copy(r->arena, id, strlen(id))};
    return plan->nwanted++;
}

/* Cuts the key at dots and colons, empty parts left out; how many there are. The first
 * PARTS_MAX - 1 are parts, the rest is counted. */
static size_t split_key(struct arena *arena, const char *key, char *parts[PARTS_MAX])
{
    size_t n = 0;

    while (*(key += strspn(key, ".:")) != '\0') {
        size_t bytes = strcspn(key, ".:");

        if (n < PARTS_MAX)
            parts[n] = str_copy(arena, key, bytes);
        n++;
        key += bytes;
    }
    return n;
}

/* What is behind the first part, joined by `glue`. */
static const char *join_rest(struct arena *arena, const char *key, char glue)
{
    struct buf out;
    bool is_first = true;

    buf_init(&out, arena, strlen(key) + 1);
    buf_add_text(&out, "");
    while (*(key += strspn(key, ".:")) != '\0') {
        size_t bytes = strcspn(key, ".:");

        if (!is_first && out.n > 0)
            buf_add(&out, &glue, 1);
        if (!is_first)
            buf_add(&out, key, bytes);
        is_first = false;
        key += bytes;
    }
    return str_copy(arena, out.at, out.n);
}

static bool read_resource(const struct reader *r, const char *key, char **parts,
                          size_t n, struct assertion *assertion, struct err *err)
{
    if (n != 3 || (strcmp(parts[2], "size") != 0 && strcmp(parts[2], "count") != 0))
        return err_set(err, "no resource-summary:<type>:size or :count");
    assertion->kind = KIND_RESOURCE;
    assertion->part = parts[1];
    assertion->is_count = parts[2][0] == 'c';
    assertion->property = join_rest(r->arena, key, '.');
    return true;
}

static bool read_key(const struct reader *r, const char *key,
                     struct assertion *assertion, struct err *err)
{
    char *parts[PARTS_MAX] = {0};
    size_t n = split_key(r->arena, key, parts);
    bool has_rows = true;

    if (n == 0)
        return err_set(err, "the key names no audit");
    assertion->audit = parts[0];
    if (strcmp(parts[0], "performance-budget") == 0) {
        assertion->kind = KIND_BUDGET;
    } else if (strcmp(parts[0], "categories") == 0 && n > 1) {
        if (n != 2)
            return err_set(err, "no categories:<id>");
        assertion->kind = KIND_CATEGORY;
        assertion->property = parts[1];
        assertion->wanted = want(r, parts[1], true, false);
        return true;
    } else if (strcmp(parts[0], "resource-summary") == 0 && n > 1) {
        if (!read_resource(r, key, parts, n, assertion, err))
            return false;
    } else if (strcmp(parts[0], "user-timings") == 0 && n > 1) {
        assertion->kind = KIND_TIMING;
        assertion->part = assertion->property =
            assert_kebab(r->arena, join_rest(r->arena, key, '-'), true);
    } else {
        has_rows = false;
    }
    assertion->wanted = want(r, parts[0], false, has_rows);
    return true;
}

/* ---- keys ---- */

static struct entry *entry_at(struct entries *entries, const char *key,
                              struct arena *arena)
{
    for (size_t i = 0; i < entries->n; i++)
        if (strcmp(entries->entry[i].key, key) == 0)
            return &entries->entry[i];
    entries->entry = arena_room(arena, entries->entry, entries->n, &entries->capacity,
                                sizeof *entries->entry);
    entries->entry[entries->n] = (struct entry){.key = key};
    return &entries->entry[entries->n++];
}

/* Lighthouse CI lists each key in kebab-case, and then looks that up among the keys as
 * they were written: what is written otherwise is off, or as in the preset. */
static void add_key(const struct reader *r, const json_t *assertions, const char *key,
                    const json_t *value, struct entries *entries)
{
    const char *kebab = assert_kebab(r->arena, key, false);
    struct entry *entry = entry_at(entries, kebab, r->arena);

    if (strcmp(key, kebab) == 0) {
        entry->value = value;
        return;
    }
    if (r->plan->compat)
        return;
    if (entry->value || json_object_get(assertions, kebab)) {
        notes_add(r->notes,
                  str_format(r->notes->arena, "'%.*s' is not read: '%.*s' is there too",
                             SHOWN_MAX, key, SHOWN_MAX, kebab));
        return;
    }
    notes_add(r->notes,
              str_format(r->notes->arena,
                         "'%.*s' is read as '%.*s'; Lighthouse CI does not read it",
                         SHOWN_MAX, key, SHOWN_MAX, kebab));
    entry->value = value;
}

static bool list_entries(const struct reader *r, const json_t *options,
                         struct entries *entries, struct err *err)
{
    const json_t *preset = json_object_get(options, "preset");
    const json_t *assertions = json_object_get(options, "assertions");
    const char *key;
    json_t *value;

    if (is_said(preset)) {
        enum preset found = json_is_string(preset)
                                ? preset_find(json_string_value(preset))
                                : PRESET_NONE;

        if (found == PRESET_NONE)
            return err_set(err, "preset is none of lighthouse:all, "
                                "lighthouse:recommended, lighthouse:no-pwa");
        for (size_t i = 0; i < preset_size(); i++) {
            struct preset_rule rule = preset_rule(found, i);
            struct entry *entry = entry_at(entries, rule.audit, r->arena);

            entry->has_preset = true;
            entry->preset = rule;
        }
    }
    if (is_said(assertions) && !json_is_object(assertions))
        return err_set(err, "assertions is not an object");
    json_object_foreach((json_t *)assertions, key, value)
    {
        add_key(r, assertions, key, value, entries);
    }
    return true;
}

/* ---- sets ---- */

static bool read_entries(const struct reader *r, const struct entries *entries,
                         enum assert_method method, struct assert_set *set,
                         struct err *err)
{
    set->assertion = arena_new(r->arena, struct assertion, entries->n);
    for (size_t i = 0; i < entries->n; i++) {
        const struct entry *entry = &entries->entry[i];
        struct assertion assertion = {.method = method};

        if (!read_value(r, entry, &assertion, err))
            return err_wrap(err, "assertions/%.*s", SHOWN_MAX, entry->key);
        if (strcmp(assertion.level, "off") == 0)
            continue;
        if (!check_level(r, assertion.level, err) ||
            !read_key(r, entry->key, &assertion, err))
            return err_wrap(err, "assertions/%.*s", SHOWN_MAX, entry->key);
        assertion.level = str_copy(r->arena, assertion.level, strlen(assertion.level));
        set->assertion[set->n++] = assertion;
    }
    return true;
}

static bool read_set(const struct reader *r, const json_t *options,
                     struct assert_set *set, struct err *err)
{
    const json_t *pattern = json_object_get(options, "matchingUrlPattern");
    enum assert_method method = METHOD_OPTIMISTIC;
    struct entries entries = {0};
    const char *rewritten;

    if (is_said(pattern)) {
        if (!json_is_string(pattern))
            return err_set(err, "matchingUrlPattern is no text");
        set->pattern =
            str_copy(r->arena, json_string_value(pattern), json_string_length(pattern));
        if (!assert_pattern_js(set->pattern, r->arena, &rewritten, err) ||
            !re_compile_js(rewritten, &set->matching, err))
            return err_wrap(err, "matchingUrlPattern '%.*s'", SHOWN_MAX, set->pattern);
    }
    return read_method(r, json_object_get(options, "aggregationMethod"), &method,
                       err) &&
           list_entries(r, options, &entries, err) &&
           read_entries(r, &entries, method, set, err);
}

static bool read_matrix(const struct reader *r, const json_t *options,
                        const json_t *matrix, struct err *err)
{
    static const char *const excluded[] = {"assertions", "preset", "budgetsFile",
                                           "aggregationMethod"};
    struct assert_plan *plan = r->plan;
    const json_t *entry;
    size_t i;

    for (i = 0; i < COUNT(excluded); i++)
        if (is_said(json_object_get(options, excluded[i])))
            return err_set(err, "'%s' beside assertMatrix; put it into its entries",
                           excluded[i]);
    if (!json_is_array(matrix))
        return err_set(err, "assertMatrix is not an array");
    if (json_array_size(matrix) > CONFIG_PATTERNS_MAX)
        return err_set(err, "assertMatrix has more than %d entries",
                       CONFIG_PATTERNS_MAX);
    plan->set = arena_new(r->arena, struct assert_set, json_array_size(matrix));
    json_array_foreach(matrix, i, entry)
    {
        if (!json_is_object(entry))
            return err_set(err, "assertMatrix/%zu is not an object", i);
        note_keys(r, entry, "assertMatrix", set_keys, COUNT(set_keys));
        if (!read_set(r, entry, &plan->set[plan->nsets++], err))
            return err_wrap(err, "assertMatrix/%zu", i);
    }
    return true;
}

static bool is_empty_set(const json_t *entry)
{
    return json_object_size(json_object_get(entry, "assertions")) == 0 &&
           !is_said(json_object_get(entry, "preset"));
}

static bool nothing_asserted(struct err *err)
{
    return err_set(err, "nothing is asserted; give it assertions, a preset, "
                        "an assertMatrix or a budgetsFile");
}

/* It says `assertions` and then none, which Lighthouse CI passes. */
static bool is_empty(const json_t *options)
{
    const json_t *matrix = json_object_get(options, "assertMatrix");

    for (size_t i = 0; i < json_array_size(matrix); i++)
        if (!is_empty_set(json_array_get(matrix, i)))
            return false;
    return json_is_array(matrix) || is_empty_set(options);
}

static bool read_plan(const struct reader *r, const json_t *options, struct err *err)
{
    const json_t *passed = json_object_get(options, "includePassedAssertions");
    const json_t *matrix = json_object_get(options, "assertMatrix");
    const json_t *lhr = json_object_get(options, "lhr");
    struct assert_plan *plan = r->plan;

    note_keys(r, options, "ci/assert", top_keys, COUNT(top_keys));
    if (passed && !json_is_boolean(passed))
        return err_set(err, "includePassedAssertions is neither true nor false");
    if (is_said(lhr) && !json_is_string(lhr))
        return err_set(err, "lhr is no text");
    plan->includes_passed = json_is_true(passed);
    if (is_said(lhr))
        plan->lhr = str_copy(r->arena, json_string_value(lhr), json_string_length(lhr));
    if (is_said(matrix))
        return read_matrix(r, options, matrix, err);
    if (!is_said(json_object_get(options, "assertions")) &&
        !is_said(json_object_get(options, "preset")))
        return nothing_asserted(err);
    plan->set = arena_new(r->arena, struct assert_set, 1);
    plan->nsets = 1;
    return read_set(r, options, plan->set, err);
}

bool assert_plan_parse(const json_t *options, bool compat, struct arena *arena,
                       struct assert_plan *plan, struct notes *notes, struct err *err)
{
    struct reader r = {plan, arena, notes};

    *plan = (struct assert_plan){.compat = compat};
    (void)want(&r, "first-contentful-paint", false, false);
    (void)want(&r, "interactive", false, false);
    if (read_plan(&r, options, err) &&
        (compat || !is_empty(options) || nothing_asserted(err)))
        return true;
    assert_plan_release(plan);
    return false;
}

void assert_plan_release(struct assert_plan *plan)
{
    for (size_t i = 0; i < plan->nsets; i++)
        re_free(plan->set[i].matching);
    plan->nsets = 0;
}
