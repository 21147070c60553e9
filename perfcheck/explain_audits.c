/*
 * Which audits two reports judge differently, which elements are new in those that fail
 * in both, and what was transferred.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/explain.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { ITEMS_SHOWN = 10, KEY_SHOWN = 500 };

/* ---- the items of an audit ---- */

struct item {
    const char *key;
    const json_t *json;
    size_t at; /* its place in the report */
};

struct items {
    struct item *item; /* by key, each key once */
    size_t n;
};

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_place(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* `*array` is the caller's and keeps the items. */
static bool items_load(const struct audit *audit, struct arena *arena, json_t **array,
                       struct items *items, struct err *err)
{
    size_t n;

    *items = (struct items){0};
    if (audit->items.type == SPAN_ABSENT)
        return true;
    if (!lhr_load(audit->items, array, err))
        return err_wrap(err, "cannot read the items of '%.*s'", (int)audit->id.n,
                        audit->id.at);
    n = json_array_size(*array);
    items->item = arena_new(arena, struct item, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *json = json_array_get(*array, i);

        items->item[i] = (struct item){item_key(json, arena), json, i};
    }
    if (n > 0)
        qsort(items->item, n, sizeof *items->item, by_key);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(items->item[i].key, items->item[i - 1].key) != 0)
            items->item[items->n++] = items->item[i];
    return true;
}

/* Those of `items` that are not in `others`, in the report's order. */
static struct items items_beyond(struct items items, struct items others,
                                 struct arena *arena)
{
    struct items beyond = {arena_new(arena, struct item, items.n), 0};

    for (size_t i = 0, j = 0; i < items.n; i++) {
        while (j < others.n && strcmp(others.item[j].key, items.item[i].key) < 0)
            j++;
        if (j == others.n || strcmp(others.item[j].key, items.item[i].key) != 0)
            beyond.item[beyond.n++] = items.item[i];
    }
    if (beyond.n > 0)
        qsort(beyond.item, beyond.n, sizeof *beyond.item, by_place);
    return beyond;
}

/* Sets `name` to the first of them and `more` to how many are left. */
static void put_items(json_t *object, const char *name, struct items items,
                      struct arena *arena)
{
    json_t *array = json_array();
    size_t shown = items.n < ITEMS_SHOWN ? items.n : ITEMS_SHOWN;

    for (size_t i = 0; i < shown; i++) {
        json_t *item = json_object();
        const char *key = items.item[i].key;

        json_put(item, "key",
                 json_string(text_safe(arena, key, strlen(key), KEY_SHOWN)));
        json_put(item, "text", json_string(item_text(items.item[i].json, arena)));
        json_push(array, item);
    }
    json_put(object, name, array);
    json_put(object, "more", json_integer((json_int_t)(items.n - shown)));
}

/* ---- audits ---- */

/* An audit that both reports have, of a category other than performance. */
struct both {
    const struct audit *before, *after;
    struct str category;
    double weight;
};

static int by_weight(const void *a, const void *b)
{
    const struct both *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return str_compare(x->after->id, y->after->id);
}

static const struct audit *find(const struct lhr *lhr, struct str id,
                                struct arena *arena)
{
    return lhr_audit(lhr, str_copy(arena, id.at, id.n));
}

/* With a weight in the later report: without one it has no score. Each audit once, in
 * the first category that has it. */
static struct both *list_both(const struct pair *pair, size_t *n)
{
    const struct lhr *after = pair->after;
    struct both *both = arena_new(pair->arena, struct both, after->naudits);
    bool *is_seen = arena_new(pair->arena, bool, after->naudits);

    *n = 0;
    for (size_t i = 0; i < after->ncategories; i++) {
        const struct category *category = &after->category[i];
        bool is_performance = str_equal(category->id, STR("performance"));

        for (size_t j = 0; j < category->nrefs && !is_performance; j++) {
            const struct audit_ref *ref = &category->ref[j];
            const struct audit *old =
                ref->audit ? find(pair->before, ref->id, pair->arena) : NULL;

            if (!old || ref->weight <= 0 || is_seen[ref->audit - after->audit])
                continue;
            is_seen[ref->audit - after->audit] = true;
            both[(*n)++] = (struct both){old, ref->audit, category->id, ref->weight};
        }
    }
    if (*n > 0)
        qsort(both, *n, sizeof *both, by_weight);
    return both;
}

static json_t *name_audit(const struct both *both, struct arena *arena)
{
    json_t *object = json_object();

    json_put(object, "id", explain_text(arena, both->after->id));
    json_put(object, "category", explain_text(arena, both->category));
    return object;
}

/* It fails now: `broken` when it did not before, `worse` when it has new items. */
static bool add_failing(const struct pair *pair, const struct both *both,
                        json_t *broken, json_t *worse, struct err *err)
{
    bool is_new = !audit_is_failing(both->before);
    OWN(json) old_array = NULL;
    OWN(json) new_array = NULL;
    struct items old = {0}, now, beyond;
    json_t *object;

    if (!items_load(both->after, pair->arena, &new_array, &now, err))
        return err_wrap(err, "'%s'", pair->after->file);
    if (!is_new && !items_load(both->before, pair->arena, &old_array, &old, err))
        return err_wrap(err, "'%s'", pair->before->file);
    beyond = items_beyond(now, old, pair->arena);
    if (!is_new && beyond.n == 0)
        return true;
    object = name_audit(both, pair->arena);
    if (is_new)
        json_put(object, "weight",
                 explain_number((struct estimate){true, both->weight}, 2));
    put_items(object, is_new ? "items" : "new", beyond, pair->arena);
    if (!is_new)
        json_put(object, "gone",
                 json_integer((json_int_t)items_beyond(old, now, pair->arena).n));
    json_push(is_new ? broken : worse, object);
    return true;
}

/* Ids of `lhr` that `other` has not. */
static json_t *list_missing(const struct lhr *lhr, const struct lhr *other,
                            struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < lhr->naudits; i++)
        if (!find(other, lhr->by_id[i]->id, arena))
            json_push(array, explain_text(arena, lhr->by_id[i]->id));
    return array;
}

bool explain_audits(const struct pair *pair, json_t **audits, struct err *err)
{
    json_t *broken = json_array(), *fixed = json_array(), *worse = json_array();
    json_t *root = json_object();
    size_t n;
    struct both *both = list_both(pair, &n);
    bool ok = true;

    for (size_t i = 0; i < n && ok; i++)
        if (audit_is_failing(both[i].after))
            ok = add_failing(pair, &both[i], broken, worse, err);
        else if (audit_is_failing(both[i].before) && both[i].after->score.known)
            json_push(fixed, name_audit(&both[i], pair->arena));
    json_put(root, "broken", broken);
    json_put(root, "fixed", fixed);
    json_put(root, "worse", worse);
    json_put(root, "appeared", list_missing(pair->after, pair->before, pair->arena));
    json_put(root, "vanished", list_missing(pair->before, pair->after, pair->arena));
    *audits = root;
    return ok;
}

/* ---- bytes ---- */

struct transfer {
    const char *type;
    double before, after;
};

static int by_delta(const void *a, const void *b)
{
    const struct transfer *x = a, *y = b;
    double dx = fabs(x->after - x->before), dy = fabs(y->after - y->before);

    return dx != dy ? (dx > dy ? -1 : 1) : strcmp(x->type, y->type);
}

static double bytes_of(const json_t *item)
{
    const json_t *bytes = json_object_get(item, "transferSize");
    double n = json_number_value(bytes ? bytes : json_object_get(item, "size"));

    return n >= 0 && n <= 1e15 ? n : 0;
}

/* Adds the items of resource-summary to the table. */
static bool add_transfers(const struct lhr *lhr, bool is_after, struct arena *arena,
                          struct transfer **table, size_t *n, struct err *err)
{
    const struct audit *summary = lhr_audit(lhr, "resource-summary");
    OWN(json) array = NULL;

    if (!summary || summary->items.type == SPAN_ABSENT)
        return true;
    if (!lhr_load(summary->items, &array, err))
        return err_wrap(err, "cannot read 'resource-summary' of '%s'", lhr->file);
    *table = arena_grow(arena, *table, *n, *n + json_array_size(array), sizeof **table);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        const char *type = json_string_value(json_object_get(item, "resourceType"));
        size_t at = 0;

        if (!type)
            continue;
        while (at < *n && strcmp((*table)[at].type, type) != 0)
            at++;
        if (at == *n)
            (*table)[(*n)++].type = text_safe(arena, type, strlen(type), KEY_SHOWN);
        *(is_after ? &(*table)[at].after : &(*table)[at].before) = bytes_of(item);
    }
    return true;
}

bool explain_bytes(const struct pair *pair, json_t **bytes, struct err *err)
{
    struct transfer *table = NULL;
    size_t n = 0;

    if (!add_transfers(pair->before, false, pair->arena, &table, &n, err) ||
        !add_transfers(pair->after, true, pair->arena, &table, &n, err))
        return false;
    if (n > 0)
        qsort(table, n, sizeof *table, by_delta);
    *bytes = json_array();
    for (size_t i = 0; i < n && table[i].before != table[i].after; i++) {
        json_t *object = json_object();
        double delta = table[i].after - table[i].before;

        json_put(object, "type", json_string(table[i].type));
        json_put(object, "before",
                 explain_number((struct estimate){true, table[i].before}, 0));
        json_put(object, "after",
                 explain_number((struct estimate){true, table[i].after}, 0));
        json_put(object, "delta", explain_number((struct estimate){true, delta}, 0));
        json_push(*bytes, object);
    }
    return true;
}
