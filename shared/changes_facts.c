/* Facts of a state document beside its findings: scalars and lists by JSON pointer, as
 * people read them, and which of them moved. No recursion: a stack of what is still to
 * be visited. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "shared/changes_internal.h"
#include "shared/json.h"

#include "shared/banned.h"

struct fact {
    const char *pointer;
    const char *unit_key;    /* the nearest key above, which names the unit */
    const json_t *container; /* the object that holds the key: its `arms` */
    const json_t *value;
};

struct facts {
    struct fact *item;
    size_t n, capacity;
};

static void facts_add(struct facts *facts, struct arena *arena, struct fact fact)
{
    facts->item =
        arena_room(arena, facts->item, facts->n, &facts->capacity, sizeof *facts->item);
    facts->item[facts->n++] = fact;
}

static int by_pointer(const void *left, const void *right)
{
    return strcmp(((const struct fact *)left)->pointer,
                  ((const struct fact *)right)->pointer);
}

/* Keys of the head that every document has, and the findings. */
static bool is_head(const char *key)
{
    static const char *const head[] = {"schema", "tool", "through", "findings"};

    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        if (strcmp(head[i], key) == 0)
            return true;
    return false;
}

/* The names of an array's elements: `arms` beside it, of the same length. */
static const json_t *names_of(const struct fact *fact)
{
    const json_t *arms = json_object_get(fact->container, "arms");

    return json_is_array(arms) && arms != fact->value &&
                   json_array_size(arms) == json_array_size(fact->value)
               ? arms
               : NULL;
}

static void open_object(const struct fact *parent, struct facts *open,
                        struct arena *arena)
{
    size_t n;
    const char **keys = json_keys(arena, parent->value, &n);

    for (size_t i = 0; i < n; i++)
        if (parent->pointer[0] != '\0' || !is_head(keys[i]))
            facts_add(open, arena,
                      (struct fact){.pointer = str_format(arena, "%s/%s",
                                                          parent->pointer, keys[i]),
                                    .unit_key = keys[i],
                                    .container = parent->value,
                                    .value = json_object_get(parent->value, keys[i])});
}

static void open_arms(const struct fact *parent, const json_t *names,
                      struct facts *open, struct arena *arena)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));

        facts_add(open, arena,
                  (struct fact){.pointer = str_format(arena, "%s/%s", parent->pointer,
                                                      name ? name : "?"),
                                .unit_key = parent->unit_key,
                                .value = json_array_get(parent->value, i)});
    }
}

static struct facts flatten(const json_t *root, struct arena *arena)
{
    struct facts open = {0}, facts = {0};

    if (root)
        facts_add(&open, arena, (struct fact){.pointer = "", .value = root});
    while (open.n > 0) {
        struct fact fact = open.item[--open.n];
        const json_t *names = json_is_array(fact.value) ? names_of(&fact) : NULL;

        if (json_is_object(fact.value))
            open_object(&fact, &open, arena);
        else if (names)
            open_arms(&fact, names, &open, arena);
        else
            facts_add(&facts, arena, fact);
    }
    if (facts.n > 0)
        qsort(facts.item, facts.n, sizeof *facts.item, by_pointer);
    return facts;
}

/* ---- as people read them ---- */

struct fact_unit {
    const char *suffix, *unit;
    int decimals; /* the stored integer is this many places scaled */
};

static const struct fact_unit *unit_of(const char *key)
{
    static const struct fact_unit units[] = {
        {"_bp", "%", 2},      {"_ppm", "%", 4}, {"_x100", "", 2},
        {"_x1000", "", 3},    {"_ms", "ms", 0}, {"_bytes", "bytes", 0},
        {"_days", "days", 0},
    };
    static const struct fact_unit none = {"", "", 0};
    struct str name = str_of(key);

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_ends(name, str_of(units[i].suffix)))
            return &units[i];
    return &none;
}

static void add_scaled(int64_t value, int decimals, struct buf *out)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t scale = 1;

    for (int d = 0; d < decimals; d++)
        scale *= 10;
    buf_printf(out, "%s%llu", value < 0 ? "-" : "", (unsigned long long)(size / scale));
    if (decimals > 0)
        buf_printf(out, ".%0*llu", decimals, (unsigned long long)(size % scale));
}

static void add_scalar(const json_t *value, const struct fact_unit *unit,
                       struct buf *out)
{
    if (json_is_integer(value))
        add_scaled(json_integer_value(value), unit->decimals, out);
    else if (json_is_string(value))
        buf_add(out, json_string_value(value), json_string_length(value));
    else if (json_is_boolean(value))
        buf_add_text(out, json_is_true(value) ? "true" : "false");
    else if (json_is_null(value))
        buf_add_text(out, "null");
    else
        buf_add_text(out, json_is_array(value) ? "[..]" : "{..}");
}

static const char *shown(const struct fact *fact, const struct fact_unit *unit,
                         struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, 1 << 20);
    if (!json_is_array(fact->value)) {
        add_scalar(fact->value, unit, &out);
    } else {
        buf_add_text(&out, "[");
        for (size_t i = 0; i < json_array_size(fact->value); i++) {
            buf_add_text(&out, i > 0 ? ", " : "");
            add_scalar(json_array_get(fact->value, i), unit, &out);
        }
        buf_add_text(&out, "]");
    }
    return out.n > 0 ? out.at : "";
}

static void add_change(const char *tool, const struct fact *before,
                       const struct fact *now, struct fact_list *list,
                       struct arena *arena)
{
    const struct fact *any = now ? now : before;
    const struct fact_unit *unit;

    assert(any);
    if (before && now && json_equal(before->value, now->value))
        return;
    unit = unit_of(any->unit_key ? any->unit_key : "");
    list->item =
        arena_room(arena, list->item, list->n, &list->capacity, sizeof *list->item);
    list->item[list->n++] =
        (struct fact_change){.tool = tool,
                             .pointer = any->pointer,
                             .from = before ? shown(before, unit, arena) : "",
                             .to = now ? shown(now, unit, arena) : "",
                             .unit = unit->unit};
}

void compare_facts(const char *tool, const json_t *before, const json_t *now,
                   struct fact_list *list, struct arena *arena)
{
    struct facts left, right;
    size_t b = 0, n = 0;

    if (before == now)
        return;
    left = flatten(before, arena);
    right = flatten(now, arena);
    while (b < left.n || n < right.n) {
        int order = b == left.n    ? 1
                    : n == right.n ? -1
                                   : by_pointer(&left.item[b], &right.item[n]);

        add_change(tool, order <= 0 ? &left.item[b] : NULL,
                   order >= 0 ? &right.item[n] : NULL, list, arena);
        b += order <= 0;
        n += order >= 0;
    }
}
