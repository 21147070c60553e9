/* Conclusions merged: findings by id, objects of objects by member, the rest by key. */
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/merge.h"
#include "shared/own.h"

#include "shared/banned.h"

/* Which side judged more days. */
enum later { LATER_NEITHER, LATER_A, LATER_B };

static bool same(const json_t *x, const json_t *y)
{
    return x == y || (x && y && json_equal(x, y));
}

static void put_copy(json_t *object, const char *key, const json_t *value)
{
    json_put(object, key, json_deep_copy(value));
}

/* The value of one member of the three; `*kept` NULL: removed. False: both changed it
 * on the same day. */
static bool choose(const json_t *base, const json_t *a, const json_t *b,
                   enum later later, const json_t **kept)
{
    *kept = a;
    if (same(a, b) || same(b, base))
        return true;
    *kept = b;
    if (same(a, base))
        return true;
    *kept = later == LATER_A ? a : b;
    return later != LATER_NEITHER;
}

static bool tie(const char *key, struct err *err)
{
    return err_set(err, "'%s' differs on both sides of the same day", key);
}

/* Changed on both sides the later record, with the older `since`; on one side kept if
 * it is new, and if it was known, unless the later side has no more of it. */
static bool merge_finding(const char *id, const json_t *const three[3],
                          enum later later, json_t *findings, struct err *err)
{
    const json_t *base = three[0], *a = three[1], *b = three[2], *kept;
    const char *since[2];

    if (a && b && base && (same(a, base) || same(b, base))) {
        put_copy(findings, id, same(a, base) ? b : a);
        return true;
    }
    if (a && b) {
        if (later == LATER_NEITHER && !same(a, b))
            return tie(id, err);
        put_copy(findings, id, later == LATER_B ? b : a);
        if (json_need_text(a, "since", &since[0], err) &&
            json_need_text(b, "since", &since[1], err))
            json_put(json_object_get(findings, id), "since",
                     json_string(strcmp(since[0], since[1]) <= 0 ? since[0]
                                                                 : since[1]));
        else
            return false;
        return true;
    }
    kept = a ? a : b;
    if (!base || later == (a ? LATER_A : LATER_B))
        put_copy(findings, id, kept);
    else if (later == LATER_NEITHER && !same(kept, base))
        return tie(id, err);
    return true;
}

/* Keys of the three, each once, in order of bytes. */
static json_t *keys_of(const json_t *const three[3])
{
    json_t *keys = json_object();

    for (size_t i = 1; i < 3; i++)
        for (void *at = json_object_iter((json_t *)three[i]); at;
             at = json_object_iter_next((json_t *)three[i], at))
            json_put(keys, json_object_iter_key(at), json_true());
    return keys;
}

static bool merge_findings(const json_t *const three[3], enum later later,
                           json_t *findings, struct err *err)
{
    OWN(json) keys = keys_of(three);
    const char *id;
    json_t *value;

    json_object_foreach(keys, id, value)
    {
        const json_t *const each[3] = {json_object_get(three[0], id),
                                       json_object_get(three[1], id),
                                       json_object_get(three[2], id)};

        if (!merge_finding(id, each, later, findings, err))
            return false;
    }
    return true;
}

static bool is_table(const json_t *object)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return false;
    json_object_foreach((json_t *)object, key, value)
    {
        if (!json_is_object(value))
            return false;
    }
    return true;
}

/* An object whose members are objects, on both sides: by whole member. */
static bool merge_table(const json_t *const three[3], enum later later, json_t *table,
                        struct err *err)
{
    OWN(json) keys = keys_of(three);
    const char *key;
    json_t *value;

    json_object_foreach(keys, key, value)
    {
        const json_t *kept;

        if (!choose(json_object_get(three[0], key), json_object_get(three[1], key),
                    json_object_get(three[2], key), later, &kept))
            return tie(key, err);
        if (kept)
            put_copy(table, key, kept);
    }
    return true;
}

static bool merge_member(const char *key, const json_t *const three[3],
                         enum later later, json_t *merged, struct err *err)
{
    const json_t *kept;

    if (strcmp(key, "findings") == 0 || (is_table(three[1]) && is_table(three[2]))) {
        json_t *members = json_object();

        json_put(merged, key, members);
        return strcmp(key, "findings") == 0 ? merge_findings(three, later, members, err)
                                            : merge_table(three, later, members, err);
    }
    if (!choose(three[0], three[1], three[2], later, &kept))
        return tie(key, err);
    if (kept)
        put_copy(merged, key, kept);
    return true;
}

/* The day as number and text; schema and tool alike. */
static bool check_heads(const json_t *a, const json_t *b, enum later *later,
                        struct err *err)
{
    const char *through[2];

    if (!json_need_text(a, "through", &through[0], err) ||
        !json_need_text(b, "through", &through[1], err))
        return false;
    if (!same(json_object_get(a, "schema"), json_object_get(b, "schema")) ||
        !same(json_object_get(a, "tool"), json_object_get(b, "tool")))
        return err_set(err, "the sides are of another tool or schema");
    for (size_t i = 0; i < 2; i++) {
        int32_t day;

        if (!day_parse(through[i], strlen(through[i]), &day))
            return err_set(err, "/through: '%s' is not a day", through[i]);
    }
    *later = strcmp(through[0], through[1]) > 0   ? LATER_A
             : strcmp(through[0], through[1]) < 0 ? LATER_B
                                                  : LATER_NEITHER;
    return true;
}

bool merge_documents(const json_t *base, const json_t *a, const json_t *b,
                     json_t **merged, struct err *err)
{
    const json_t *const whole[3] = {base, a, b};
    OWN(json) keys = NULL;
    OWN(json) made = json_object();
    enum later later = LATER_NEITHER;
    const char *key;
    json_t *value;

    if (!check_heads(a, b, &later, err))
        return false;
    keys = keys_of(whole);
    json_object_foreach(keys, key, value)
    {
        const json_t *const three[3] = {json_object_get(base, key),
                                        json_object_get(a, key),
                                        json_object_get(b, key)};

        if (strcmp(key, "through") == 0)
            put_copy(made, key, later == LATER_B ? three[2] : three[1]);
        else if (!merge_member(key, three, later, made, err))
            return false;
    }
    *merged = take(&made);
    return true;
}
