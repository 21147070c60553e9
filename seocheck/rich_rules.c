/* Compiles rich-results.json, which is ours: a fault in it is an assertion, and a test
 * loads it. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <jansson.h>

#include "seocheck/jsonld.h"
#include "seocheck/rich.h"
#include "seocheck/vocabulary.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/str.h"

#include "shared/banned.h"

/* The ends of the embedded file. */
extern const char rules_start[] __asm__("_binary_seocheck_rich_results_json_start");
extern const char rules_end[] __asm__("_binary_seocheck_rich_results_json_end");

static const char *copy(const char *text, struct arena *arena)
{
    return str_copy(arena, text, strlen(text));
}

/* The list `key` of `object`, behind what `paths` has. */
static void add_paths(struct rich_paths *paths, const json_t *object, const char *key,
                      struct arena *arena)
{
    const json_t *list = json_object_get(object, key), *item;
    size_t i;

    paths->item = arena_grow(arena, paths->item, paths->n,
                             paths->n + json_array_size(list), sizeof *paths->item);
    json_array_foreach(list, i, item)
    {
        assert(json_is_string(item));
        paths->item[paths->n++] = copy(json_string_value(item), arena);
    }
}

/* Each list of one_of as one path of alternatives. */
static void add_one_of(struct rich_paths *paths, const json_t *object,
                       struct arena *arena)
{
    const json_t *lists = json_object_get(object, "one_of"), *list, *item;
    size_t i, j;

    paths->item = arena_grow(arena, paths->item, paths->n,
                             paths->n + json_array_size(lists), sizeof *paths->item);
    json_array_foreach(lists, i, list)
    {
        struct buf out;

        buf_init(&out, arena, 1024);
        json_array_foreach(list, j, item)
        {
            assert(json_is_string(item));
            buf_add_text(&out, j > 0 ? "|" : "");
            buf_add_text(&out, json_string_value(item));
        }
        paths->item[paths->n++] = out.at;
    }
}

static struct rich_if parse_if(const char *text, struct arena *arena)
{
    static const struct {
        const char *word;
        enum rich_if_kind kind;
    } words[] = {
        {"last", RICH_LAST}, {"not-last", RICH_NOT_LAST}, {"root", RICH_ROOT},
        {"has:", RICH_HAS},  {"lacks:", RICH_LACKS},      {"eq:", RICH_EQ},
    };
    struct rich_if parsed = {.kind = RICH_ALWAYS};

    if (!text)
        return parsed;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].word);

        if (strncmp(text, words[i].word, n) != 0)
            continue;
        parsed.kind = words[i].kind;
        parsed.path = copy(text + n, arena);
        if (parsed.kind == RICH_EQ) {
            size_t path = strcspn(parsed.path, "=");

            parsed.value = parsed.path + path + 1;
            parsed.path = str_copy(arena, parsed.path, path);
        }
        return parsed;
    }
    assert(parsed.kind != RICH_ALWAYS); // an unknown condition
    return parsed;
}

static struct rich_classes parse_classes(const struct str *name, size_t n,
                                         struct arena *arena)
{
    int *item = arena_new(arena, int, n);

    for (size_t i = 0; i < n; i++) {
        item[i] = class_find(name[i]);
        assert(item[i] != VOCABULARY_NONE);
    }
    return (struct rich_classes){item, n};
}

static struct rich_needs parse_needs(const json_t *object, struct arena *arena);

static void parse_nested(struct rich_needs *needs, const json_t *object,
                         struct arena *arena)
{
    json_t *nested = json_object_get(object, "nested"), *value;
    const char *key;

    needs->nested = arena_new(arena, struct rich_nested, json_object_size(nested));
    json_object_foreach(nested, key, value)
    {
        struct rich_nested *one = &needs->nested[needs->nnested++];
        size_t path = strcspn(key, ":");
        struct str name[8] = {{NULL, 0}};
        size_t n = str_split(str_of(key + path + 1), '|', name, 8);

        assert(n <= 8);
        one->path = str_copy(arena, key, path);
        one->classes = parse_classes(name, n, arena);
        one->needs = parse_needs(value, arena);
    }
}

/* The file's own depth bounds the recursion. */
static struct rich_needs parse_needs(const json_t *object, struct arena *arena)
{
    const json_t *whens = json_object_get(object, "when"), *value;
    struct rich_needs needs = {.nwhens = 0};
    size_t i;

    add_paths(&needs.required, object, "required", arena);
    add_one_of(&needs.required, object, arena);
    add_paths(&needs.recommended, object, "recommended", arena);
    needs.when = arena_new(arena, struct rich_when, json_array_size(whens));
    json_array_foreach(whens, i, value)
    {
        struct rich_when *when = &needs.when[needs.nwhens++];

        when->condition = parse_if(json_text(value, "if", NULL), arena);
        add_paths(&when->required, value, "required", arena);
        add_paths(&when->optional, value, "optional", arena);
    }
    parse_nested(&needs, object, arena);
    return needs;
}

static enum rich_status parse_status(const char *word)
{
    if (strcmp(word, "retired") == 0)
        return RULE_RETIRED;
    if (strcmp(word, "partner") == 0)
        return RULE_PARTNER;
    assert(strcmp(word, "active") == 0);
    return RULE_ACTIVE;
}

static void parse_rule(const json_t *object, const char *date, struct rich_rule *rule,
                       struct arena *arena)
{
    const json_t *types = json_object_get(object, "types"), *type;
    struct str name[8] = {{NULL, 0}};
    size_t i;

    assert(json_array_size(types) <= 8);
    json_array_foreach(types, i, type)
    {
        name[i] = str_of(json_string_value(type));
    }

    rule->id = copy(json_text(object, "id", ""), arena);
    rule->because = str_format(arena, "%s, %s", date, json_text(object, "doc", ""));
    rule->classes = parse_classes(name, json_array_size(types), arena);
    rule->subtypes = json_bool(object, "subtypes", false);
    rule->root = json_bool(object, "root", false);
    rule->is_info = strcmp(json_text(object, "confidence", ""), "mem") == 0 ||
                    strcmp(json_text(object, "severity", ""), "info") == 0;
    rule->status = parse_status(json_text(object, "status", ""));
    rule->condition = parse_if(json_text(object, "if", NULL), arena);
    rule->needs = parse_needs(object, arena);
}

const struct rich *rich_load(struct arena *arena)
{
    struct rich *rich = arena_new(arena, struct rich, 1);
    // cppcheck-suppress comparePointers; they are the two ends of one text
    size_t n = (size_t)(rules_end - rules_start), i;
    OWN(json) root = json_loadb(rules_start, n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *rules = json_object_get(root, "rules"), *rule;

    if (!root) // it is ours and valid: memory is out, which the arena says
        (void)arena_alloc(arena, SIZE_MAX, 2);
    rich->rule = arena_new(arena, struct rich_rule, json_array_size(rules));
    json_array_foreach(rules, i, rule)
    {
        parse_rule(rule, json_text(root, "date", ""), &rich->rule[rich->n++], arena);
    }

    return rich;
}
