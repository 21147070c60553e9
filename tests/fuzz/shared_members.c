/*
 * The walk over members against jansson. What jansson accepts has jansson's members, in
 * its order, whether a value is entered or skipped; what is accepted with everything
 * entered, jansson accepts too but for escapes, UTF-8 and the range of numbers; a text
 * cut short is refused; the vector and the scalar form agree.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/own.h"
#include "shared/scan_members.h"
#include "shared/str.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "broken: %s\n", what);
    abort();
}

/* ---- one member against jansson's ---- */

static json_t *load(const char *at, size_t n)
{
    return json_loadb(at, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL,
                      NULL);
}

static bool is_same_string(struct str raw, const char *text, size_t n)
{
    OWN(json) value = load(raw.at - 1, raw.n + 2); // with its quotes

    return json_is_string(value) && json_string_length(value) == n &&
           memcmp(json_string_value(value), text, n) == 0;
}

static bool is_same_value(struct span span, const json_t *value)
{
    OWN(json) parsed = NULL;

    if (span.type == SPAN_STRING)
        return json_is_string(value) &&
               is_same_string((struct str){span.at, span.n}, json_string_value(value),
                              json_string_length(value));
    parsed = load(span.at, span.n);
    switch (span.type) {
    case SPAN_TRUE: return json_is_true(value);
    case SPAN_FALSE: return json_is_false(value);
    case SPAN_NULL: return json_is_null(value);
    case SPAN_NUMBER: return json_is_number(value) && json_equal(parsed, value);
    case SPAN_OBJECT: return json_is_object(value) && json_equal(parsed, value);
    case SPAN_ARRAY: return json_is_array(value) && json_equal(parsed, value);
    case SPAN_ABSENT:
    case SPAN_STRING: break;
    }
    return false;
}

/* Members of `tree` at the walk's level; every third container is skipped. */
// NOLINTNEXTLINE(misc-no-recursion): at most 512
static void compare(struct scan_members *walk, json_t *tree, unsigned *turn)
{
    void *iter = json_is_object(tree) ? json_object_iter(tree) : NULL;
    struct scan_member member;
    size_t i = 0;

    for (; scan_members_next(walk, &member); i++) {
        json_t *value = iter ? json_object_iter_value(iter) : json_array_get(tree, i);

        must(value != NULL, "a member that jansson has not");
        if (iter) {
            const char *key = json_object_iter_key(iter);

            must(is_same_string(member.key, key, strlen(key)), "key");
            iter = json_object_iter_next(tree, iter);
        }
        if ((*turn)++ % 3 != 0 && scan_members_enter(walk))
            compare(walk, value, turn);
        member.value = scan_members_whole(walk, member.value);
        must(is_same_value(member.value, value), "value");
    }
    must(walk->fault || i == (json_is_object(tree) ? json_object_size(tree)
                                                   : json_array_size(tree)),
         "fewer members than jansson's");
}

/* ---- whole texts ---- */

/* Enters everything, or nothing below the top; a hash of what it saw. */
static uint64_t walk_all(struct scan_members *walk, bool enters)
{
    uint64_t hash = 0;
    size_t depth = 1;
    struct scan_member member;

    while (!walk->fault && depth > 0) {
        if (!scan_members_next(walk, &member)) {
            depth--;
            continue;
        }
        hash = hash * 31 + (uint64_t)member.value.type + member.key.n * 7 +
               (uint64_t)(member.value.at - walk->cursor.line) * 13;
        depth += enters && scan_members_enter(walk);
    }
    return hash;
}

static bool accepts(const char *at, size_t n, bool enters)
{
    struct scan_members vector, scalar;
    struct err err;
    bool is_good;

    scan_members(&vector, at, n);
    scan_members_scalar(&scalar, at, n);
    must(walk_all(&vector, enters) == walk_all(&scalar, enters), "vector and scalar");
    is_good = scan_members_end(&vector, &err);
    must(is_good == scan_members_end(&scalar, &err) &&
             vector.fault_at == scalar.fault_at,
         "vector's end and scalar's");
    return is_good;
}

static bool is_too_deep(const char *at, size_t n)
{
    struct scan_members walk;

    scan_members(&walk, at, n);
    (void)walk_all(&walk, false);
    return walk.fault && strstr(walk.fault, "deeper");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data;
    OWN(json)
    tree = json_loadb(at, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    // jansson 2.14 overlooks one NUL right after a number or a word
    bool has_nul = size > 0 && memchr(at, '\0', size);
    bool enters_all = accepts(at, size, true), skips_all = accepts(at, size, false);
    json_error_t why;
    unsigned turn = 0;

    must(!enters_all || skips_all, "entered and good, skipped and bad");
    if (tree && !has_nul && !is_too_deep(at, size)) {
        struct scan_members walk;
        struct err err;

        must(enters_all, "jansson accepts it");
        scan_members(&walk, at, size);
        compare(&walk, tree, &turn);
        must(scan_members_end(&walk, &err), "compared to the end");
    }
    if (enters_all && !tree && !memchr(at, '\\', size) &&
        text_is_utf8(at, size, NULL)) {
        OWN(json) again = json_loadb(at, size, JSON_DECODE_INT_AS_REAL, &why);

        must(again || json_error_code(&why) == json_error_numeric_overflow,
             "jansson refuses it");
    }
    while (skips_all && size > 0 && strchr(" \t\r\n", at[size - 1]))
        size--;
    if (skips_all && size > 0) // somewhere: the walk does not care where
        must(!accepts(at, 104729 % size, false), "a cut text is good");
    return 0;
}
