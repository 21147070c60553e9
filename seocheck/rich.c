/* Objects against the rules of rich results: what is required, recommended, retired. */
#include "seocheck/rich.h"

#include <assert.h>
#include <string.h>

#include "seocheck/jsonld_page.h"
#include "seocheck/vocabulary.h"

#include "shared/banned.h"

enum { LIST_BYTES_MAX = 2048 }; /* of what is missing, joined */

/* An object of the page: a joined one by its leader, another as it stands. */
struct entity {
    const json_t *object;
    uint32_t leader; /* LD_NONE: `object` alone */
};

/* One rule and the object at its root. */
struct judged {
    struct ld_page *page;
    const struct rich_rule *rule;
    const struct ld_node *node;
    bool has_gap;
};

static struct entity entity_of(const struct ld_page *page, const json_t *object)
{
    return (struct entity){object, ld_find(page, object)};
}

static const json_t *entity_member(const struct ld_page *page, struct entity entity,
                                   const char *property)
{
    return entity.leader == LD_NONE ? ld_member(entity.object, property)
                                    : ld_property(page, entity.leader, property);
}

/* ---- paths ---- */

/* The first name of a path, and the rest behind its dot ("" at the end). `room` has
 * place for any name of the rules. */
enum { NAME_BYTES = 64 };

static const char *split_path(const char *path, size_t n, char room[NAME_BYTES],
                              size_t *rest)
{
    const char *dot = memchr(path, '.', n);
    size_t name = dot ? (size_t)(dot - path) : n;

    assert(name < NAME_BYTES);
    memcpy(room, path, name);
    room[name] = '\0';
    *rest = dot ? n - name - 1 : 0;
    return path + n - *rest;
}

static bool has_path(const struct ld_page *page, struct entity entity, const char *path,
                     size_t n);

/* A reference to what this page does not describe: nobody here can know what it has. */
static bool is_elsewhere(const struct ld_page *page, struct entity entity)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)entity.object, key, value)
    {
        if (key[0] != '@')
            return false;
    }
    return entity.leader != LD_NONE && page->node[entity.leader].is_reference;
}

static const json_t *unwrap(const json_t *value)
{
    const json_t *inner = json_object_get(value, "@list");

    if (!inner)
        inner = json_object_get(value, "@set");
    if (!inner)
        inner = json_object_get(value, "@value");
    return inner ? inner : value;
}

/* A value of `property` that is there and, with a rest of the path, has that. A role
 * stands for its own value of the same property. Arrays in arrays, and roles in roles,
 * end with the nesting of the block. */
static bool value_has(const struct ld_page *page, const json_t *value,
                      const char *property, struct str rest)
{
    const json_t *item, *played;
    struct ld_types room;
    struct entity entity;
    size_t i;

    value = unwrap(value);
    if (json_is_array(value)) {
        json_array_foreach(value, i, item)
        {
            if (value_has(page, item, property, rest))
                return true;
        }

        return false;
    }
    if (json_is_string(value)) // a text stands for the name of what it means
        return json_string_length(value) > 0 &&
               (rest.n == 0 || str_equal(rest, STR("name")));
    if (!json_is_object(value))
        return rest.n == 0 && !json_is_null(value);
    played = ld_member(value, property);
    if (played && ld_is_a(ld_types_of(page, value, &room), "Role"))
        return value_has(page, played, property, rest);
    if (rest.n == 0)
        return json_object_size(value) > 0;
    entity = entity_of(page, value);
    return is_elsewhere(page, entity) || has_path(page, entity, rest.at, rest.n);
}

static bool has_path(const struct ld_page *page, struct entity entity, const char *path,
                     size_t n)
{
    char name[NAME_BYTES];
    size_t rest_bytes;
    const char *rest = split_path(path, n, name, &rest_bytes);
    const json_t *value;

    if (strcmp(name, "@id") == 0)
        return json_object_get(entity.object, name) != NULL;
    value = entity_member(page, entity, name);
    return value && value_has(page, value, name, (struct str){rest, rest_bytes});
}

static bool has_any(const struct ld_page *page, struct entity entity, const char *paths)
{
    while (*paths != '\0') {
        size_t n = strcspn(paths, "|");

        if (has_path(page, entity, paths, n))
            return true;
        paths += n + (paths[n] == '|');
    }
    return false;
}

/* ---- conditions ---- */

static bool value_equals(const json_t *value, struct str wanted)
{
    const json_t *item;
    bool is_foreign;
    int64_t number;
    size_t i;

    value = unwrap(value);
    json_array_foreach(value, i, item)
    {
        if (value_equals(item, wanted))
            return true;
    }

    if (json_is_boolean(value))
        return str_equal(wanted, str_of(json_is_true(value) ? "true" : "false"));
    if (json_is_number(value))
        return str_to_int64(wanted.at, wanted.n, &number) &&
               json_number_value(value) == (double)number;
    if (json_is_object(value))
        value = json_object_get(value, "@id");
    return json_is_string(value) &&
           str_equal_ignoring_case(ld_term(ld_text(value), &is_foreign), wanted);
}

/* Where an object stands in the list it is in; alone it is the last. */
struct standing {
    bool is_root, is_last;
};

static bool holds(const struct ld_page *page, struct entity entity,
                  const struct rich_if *condition, struct standing standing)
{
    switch (condition->kind) {
    case RICH_ALWAYS: return true;
    case RICH_LAST: return standing.is_last;
    case RICH_NOT_LAST: return !standing.is_last;
    case RICH_ROOT: return standing.is_root;
    case RICH_HAS: return has_any(page, entity, condition->path);
    case RICH_LACKS: return !has_any(page, entity, condition->path);
    case RICH_EQ:
        return value_equals(entity_member(page, entity, condition->path),
                            str_of(condition->value));
    }
    return false;
}

/* ---- gaps ---- */

/* `wanted` is one of the alternatives `paths`. */
static bool names_path(const char *paths, const char *wanted)
{
    size_t n = strlen(wanted);

    for (const char *at = paths;; at++) {
        if (strncmp(at, wanted, n) == 0 && (at[n] == '|' || at[n] == '\0'))
            return true;
        at = strchr(at, '|');
        if (!at)
            return false;
    }
}

static bool is_optional(const struct rich_needs *needs, const bool *when_holds,
                        const char *path)
{
    for (size_t i = 0; i < needs->nwhens; i++)
        for (size_t j = 0; when_holds[i] && j < needs->when[i].optional.n; j++)
            if (names_path(path, needs->when[i].optional.item[j]))
                return true;
    return false;
}

/* "author.name" says nothing new where "author" itself is asked for and missing. */
static bool is_implied(const struct ld_page *page, struct entity entity,
                       const struct rich_paths *paths, const char *path)
{
    for (size_t i = 0; i < paths->n; i++) {
        size_t n = strlen(paths->item[i]);

        if (strncmp(path, paths->item[i], n) == 0 && path[n] == '.' &&
            !has_any(page, entity, paths->item[i]))
            return true;
    }
    return false;
}

/* "offers: lacks price or priceSpecification.price" */
static const char *say_lacks(struct arena *arena, const char *where,
                             const struct rich_paths *missing)
{
    struct buf out;

    buf_init(&out, arena, LIST_BYTES_MAX);
    buf_add_text(&out, where);
    buf_add_text(&out, *where ? ": lacks " : "lacks ");
    for (size_t i = 0; i < missing->n; i++) {
        const char *path = missing->item[i];

        buf_add_text(&out, i > 0 ? ", " : "");
        for (size_t n; *path != '\0'; path += n + (path[n] == '|')) {
            n = strcspn(path, "|");
            buf_add(&out, path, n);
            buf_add_text(&out, path[n] == '|' ? " or " : "");
        }
    }
    return out.at;
}

static void say(struct judged *judged, enum jsonld_check check, const char *where,
                const char *value)
{
    struct ld_page *page = judged->page;
    bool is_warning = check == RICH_REQUIRED && !judged->rule->is_info;
    char key[NAME_BYTES];
    size_t rest;

    (void)split_path(where, strlen(where), key, &rest);
    (void)ld_add(page, (struct ld_found){
                           .check = check,
                           .severity = is_warning ? SEVERITY_WARN : SEVERITY_INFO,
                           .block = judged->node->block,
                           .line = ld_line(page, judged->node, *where ? key : NULL),
                           .property = judged->rule->id,
                           .value = value,
                           .because = judged->rule->because,
                       });
}

static void require(struct judged *judged, struct entity entity, const char *where,
                    const struct rich_needs *needs, const struct rich_paths *paths,
                    const bool *when_holds)
{
    for (size_t i = 0; i < paths->n; i++) {
        struct rich_paths one = {&paths->item[i], 1};

        if (has_any(judged->page, entity, paths->item[i]) ||
            is_optional(needs, when_holds, paths->item[i]) ||
            is_implied(judged->page, entity, paths, paths->item[i]))
            continue;
        judged->has_gap = true;
        say(judged, RICH_REQUIRED, where, say_lacks(judged->page->arena, where, &one));
    }
}

static void recommend(struct judged *judged, struct entity entity, const char *where,
                      const struct rich_needs *needs, const bool *when_holds)
{
    const struct rich_paths *paths = &needs->recommended;
    struct rich_paths missing = {arena_new(judged->page->scratch, const char *,
                                           paths->n),
                                 0};

    for (size_t i = 0; i < paths->n; i++)
        if (!has_any(judged->page, entity, paths->item[i]) &&
            !is_optional(needs, when_holds, paths->item[i]) &&
            !is_implied(judged->page, entity, paths, paths->item[i]))
            missing.item[missing.n++] = paths->item[i];
    if (missing.n > 0)
        say(judged, RICH_RECOMMENDED, where,
            say_lacks(judged->page->arena, where, &missing));
}

/* ---- objects ---- */

static void judge(struct judged *judged, struct entity entity, const char *where,
                  const struct rich_needs *needs, struct standing standing);

static bool is_of(const struct ld_page *page, const json_t *value,
                  struct rich_classes classes)
{
    struct ld_types room;
    const struct ld_types *types = ld_types_of(page, value, &room);

    for (size_t i = 0; i < types->n; i++)
        for (size_t j = 0; j < classes.n; j++)
            if (types->class_index[i] == classes.item[j])
                return true;
    return false;
}

/* The values at the rest of a nested rule's path. */
static void judge_values(struct judged *judged, const json_t *value, const char *rest,
                         const struct rich_nested *nested, struct standing standing)
{
    const struct ld_page *page = judged->page;
    const json_t *item;
    struct entity entity;
    char name[NAME_BYTES];
    size_t i, n;

    value = unwrap(value);
    json_array_foreach(value, i, item)
    {
        standing.is_last = i + 1 == json_array_size(value);
        judge_values(judged, item, rest, nested, standing);
    }
    if (!json_is_object(value))
        return;
    entity = entity_of(page, value);
    if (*rest != '\0') {
        rest = split_path(rest, strlen(rest), name, &n);
        judge_values(judged, entity_member(page, entity, name), rest, nested, standing);
    } else if (is_of(page, value, nested->classes) && !is_elsewhere(page, entity)) {
        judge(judged, entity, nested->path, &nested->needs, standing);
    }
}

/* The rules' own nesting bounds the recursion. */
static void judge(struct judged *judged, struct entity entity, const char *where,
                  const struct rich_needs *needs, struct standing standing)
{
    struct ld_page *page = judged->page;
    bool *when_holds;

    if (++page->nrules > LD_RULES_MAX || ld_is_full(page))
        return;
    when_holds = arena_new(page->scratch, bool, needs->nwhens);
    for (size_t i = 0; i < needs->nwhens; i++)
        when_holds[i] = holds(page, entity, &needs->when[i].condition, standing);
    require(judged, entity, where, needs, &needs->required, when_holds);
    for (size_t i = 0; i < needs->nwhens; i++)
        if (when_holds[i])
            require(judged, entity, where, needs, &needs->when[i].required, when_holds);
    recommend(judged, entity, where, needs, when_holds);
    for (size_t i = 0; i < needs->nnested; i++) {
        const struct rich_nested *nested = &needs->nested[i];
        char name[NAME_BYTES];
        size_t n;
        const char *rest = split_path(nested->path, strlen(nested->path), name, &n);

        judge_values(judged, entity_member(page, entity, name), rest, nested,
                     (struct standing){.is_last = true});
    }
}

static bool applies(const struct ld_page *page, const struct rich_rule *rule,
                    const struct ld_node *node, struct entity entity,
                    struct standing standing)
{
    bool is_one = false;

    if (rule->root && !standing.is_root)
        return false;
    for (size_t i = 0; i < node->types->n && !is_one; i++)
        for (size_t j = 0; j < rule->classes.n && !is_one; j++)
            is_one = node->types->class_index[i] == rule->classes.item[j] ||
                     (rule->subtypes &&
                      class_is(node->types->class_index[i], rule->classes.item[j]));
    return is_one && holds(page, entity, &rule->condition, standing);
}

/* Ratings, pictures and people that another object names are parts of that one. */
static bool stands_alone(const struct ld_node *node)
{
    static const char *const parts[] = {"Rating", "Review", "ImageObject", "Person"};

    for (size_t i = 0; node->is_named && i < sizeof parts / sizeof *parts; i++)
        if (ld_is_a(node->types, parts[i]))
            return false;
    return node->is_root;
}

void rich_check_node(struct ld_page *page, uint32_t index)
{
    const struct ld_node *node = &page->node[index];
    struct entity entity = {node->object, index};
    struct standing standing = {.is_root = stands_alone(node), .is_last = true};

    if (node->leader != index || !node->is_checked || node->is_reference)
        return;
    for (size_t i = 0; i < page->rich->n; i++) {
        const struct rich_rule *rule = &page->rich->rule[i];
        struct judged judged = {.page = page, .rule = rule, .node = node};

        if (!applies(page, rule, node, entity, standing))
            continue;
        if (rule->status == RULE_ACTIVE) {
            judge(&judged, entity, "", &rule->needs, standing);
            page->block[node->block].met[i] |=
                judged.has_gap ? LD_RULE_GAP : LD_RULE_MET;
        } else {
            say(&judged, RICH_RETIRED, "",
                rule->status == RULE_RETIRED ? "retired" : "for partners only");
        }
    }
}
