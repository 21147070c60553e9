/* Flattens two states into facts and merges the lists. No recursion: a stack of what is
 * still to be visited. */
#include "shared/state_diff.h"

#include <stdlib.h>
#include <string.h>

#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

struct fact {
    const char *pointer;
    const json_t *value;
};

struct facts {
    struct fact *item;
    size_t n, capacity;
};

static void facts_add(struct facts *facts, struct arena *arena, const char *pointer,
                      const json_t *value)
{
    facts->item =
        arena_room(arena, facts->item, facts->n, &facts->capacity, sizeof *facts->item);
    facts->item[facts->n++] = (struct fact){pointer, value};
}

static bool is_fact(const json_t *value)
{
    if (json_is_object(value))
        return json_object_size(value) == 0;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (json_is_object(json_array_get(value, i)) ||
            json_is_array(json_array_get(value, i)))
            return false;
    return true;
}

static int fact_compare(const void *left, const void *right)
{
    return strcmp(((const struct fact *)left)->pointer,
                  ((const struct fact *)right)->pointer);
}

static struct facts flatten(const json_t *root, struct arena *arena)
{
    struct facts open = {0}, facts = {0};

    facts_add(&open, arena, "", root);
    while (open.n > 0) {
        struct fact parent = open.item[--open.n];
        size_t n;
        const char **keys;

        if (parent.pointer[0] != '\0' && is_fact(parent.value)) {
            facts_add(&facts, arena, parent.pointer, parent.value);
            continue;
        }
        for (size_t i = 0; i < json_array_size(parent.value); i++)
            facts_add(&open, arena, str_format(arena, "%s/%zu", parent.pointer, i),
                      json_array_get(parent.value, i));
        keys = json_keys(arena, parent.value, &n);
        for (size_t i = 0; i < n; i++)
            facts_add(&open, arena, str_format(arena, "%s/%s", parent.pointer, keys[i]),
                      json_object_get(parent.value, keys[i]));
    }
    if (facts.n > 1)
        qsort(facts.item, facts.n, sizeof *facts.item, fact_compare);
    return facts;
}

static void add_scalar(struct buf *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        text_add_json(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buf_printf(out, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL: buf_printf(out, "%.17g", json_real_value(value)); break;
    case JSON_TRUE: buf_add_text(out, "true"); break;
    case JSON_FALSE: buf_add_text(out, "false"); break;
    case JSON_NULL: buf_add_text(out, "null"); break;
    case JSON_OBJECT: buf_add_text(out, "{}"); break;
    case JSON_ARRAY: buf_add_text(out, "[]"); break;
    }
}

static void add_fact(struct buf *out, const char *sign, const struct fact *fact)
{
    buf_printf(out, "%s %s: ", sign,
               text_safe(out->arena, fact->pointer, strlen(fact->pointer), SIZE_MAX));
    if (!json_is_array(fact->value) || json_array_size(fact->value) == 0)
        add_scalar(out, fact->value);
    for (size_t i = 0; i < json_array_size(fact->value); i++) {
        buf_add_text(out, i == 0 ? "[" : ", ");
        add_scalar(out, json_array_get(fact->value, i));
    }
    buf_add_text(out, json_array_size(fact->value) > 0 ? "]\n" : "\n");
}

void state_diff(const json_t *before, const json_t *after, struct arena *arena,
                struct buf *out)
{
    struct facts old = flatten(before, arena);
    struct facts new = flatten(after, arena);
    size_t i = 0, j = 0;

    while (i < old.n || j < new.n) {
        int order = i == old.n   ? 1
                    : j == new.n ? -1
                                 : fact_compare(&old.item[i], &new.item[j]);

        if (order == 0 && json_equal(old.item[i].value, new.item[j].value)) {
            i++;
            j++;
            continue;
        }
        if (order <= 0)
            add_fact(out, "-", &old.item[i++]);
        if (order >= 0)
            add_fact(out, "+", &new.item[j++]);
    }
}
