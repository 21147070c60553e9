/* Walks a JSON value and its schema together. Recursion is as deep as the schema nests,
 * never as the input does. */
#include "shared/schema.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/re.h"
#include "shared/str.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    SHOWN_MAX = 60,
    CHOICES_MAX = 64,
    CHOICES_BYTES_MAX = 400,
    KEYS_NAMED_MAX = 16,
}; // of a value, of an enum

/* One walk. The pointer is a text that each step makes anew. */
struct walk {
    const json_t *root; /* for $ref */
    struct arena *arena;
    struct schema_fault *fault;
};

static bool check(struct walk *walk, const json_t *schema, json_t *value,
                  const char *pointer);

static bool fail(struct walk *walk, const char *pointer)
{
    walk->fault->pointer = pointer;
    return false;
}

/* Pointer of a member; RFC 6901: ~ and / in a key are ~0 and ~1. */
static const char *member_pointer(struct walk *walk, const char *pointer,
                                  const char *key)
{
    char *to = arena_new(walk->arena, char, strlen(pointer) + 2 * strlen(key) + 2);
    size_t n = 0;

    while (*pointer)
        to[n++] = *pointer++;
    to[n++] = '/';
    for (; *key; key++) {
        bool is_special = *key == '~' || *key == '/';

        if (is_special)
            to[n++] = '~';
        to[n++] = (char)(*key == '~' ? '0' : *key == '/' ? '1' : *key);
    }
    return to;
}

static const char *shown(struct walk *walk, const char *text)
{
    return text_safe(walk->arena, text, strlen(text), SHOWN_MAX);
}

static const char *type_words(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a string";
    case JSON_INTEGER: return "an integer";
    case JSON_REAL: return "a number with a decimal point";
    case JSON_TRUE:
    case JSON_FALSE: return "a boolean";
    case JSON_NULL: return "null";
    }
    return "";
}

static const struct {
    const char *name, *words;
} types[] = {
    {"object", "an object"},   {"array", "an array"},  {"string", "a string"},
    {"integer", "an integer"}, {"number", "a number"}, {"boolean", "a boolean"},
    {"null", "null"},
};

static const char *expected_words(const char *name)
{
    size_t i = 0;

    while (i < sizeof types / sizeof *types && strcmp(types[i].name, name) != 0)
        i++;
    assert(i < sizeof types / sizeof *types);
    return types[i].words;
}

/* 1.0 is an integer to JSON Schema; not here, where json_int reads it. */
static bool is_type(const json_t *value, const char *name)
{
    const char *words = expected_words(name);

    return strcmp(type_words(value), words) == 0 ||
           (json_is_number(value) && strcmp(name, "number") == 0);
}

static bool check_type(struct walk *walk, const json_t *type, const json_t *value)
{
    const char *first, *second;

    if (!type)
        return true;
    if (json_is_string(type)) {
        first = json_string_value(type);
        return is_type(value, first) ||
               err_set(&walk->fault->what, "is %s, expected %s", type_words(value),
                       expected_words(first));
    }
    assert(json_array_size(type) == 2);
    first = json_string_value(json_array_get(type, 0));
    second = json_string_value(json_array_get(type, 1));
    return is_type(value, first) || is_type(value, second) ||
           err_set(&walk->fault->what, "is %s, expected %s or %s", type_words(value),
                   expected_words(first), expected_words(second));
}

/* Words only. */
static bool check_enum(struct walk *walk, const json_t *words, const char *value)
{
    const char *word[CHOICES_MAX];
    size_t n = json_array_size(words);
    const char *near;
    struct buf all;

    assert(n <= CHOICES_MAX);
    for (size_t i = 0; i < n; i++) {
        word[i] = json_string_value(json_array_get(words, i));
        if (strcmp(word[i], value) == 0)
            return true;
    }
    near = str_nearest(value, word, n);
    if (near)
        return err_set(&walk->fault->what, "'%s' is not known; did you mean '%s'",
                       shown(walk, value), near);
    buf_init(&all, walk->arena, CHOICES_BYTES_MAX);
    for (size_t i = 0; i < n; i++)
        buf_printf(&all, "%s%s", i > 0 ? ", " : "", word[i]);
    return err_set(&walk->fault->what, "'%s' is not known; %s %s", shown(walk, value),
                   n > 1 ? "one of:" : "it can be", buf_str(&all).at);
}

static bool check_pattern(struct walk *walk, const json_t *schema, const char *value)
{
    const char *pattern = json_text(schema, "pattern", NULL);
    struct re *re = NULL;
    bool matches;

    if (!pattern)
        return true;
    if (!re_compile(pattern, true, &re, &walk->fault->what))
        return false;
    matches = re_match(re, str_of(value)) == RE_MATCH;
    re_free(re);
    // the value is not shown: an address may have a password in it
    return matches || err_set(&walk->fault->what, "is not %s",
                              json_text(schema, "patternErrorMessage", pattern));
}

/* Characters of UTF-8. */
static int64_t characters(const char *text)
{
    int64_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static bool check_text(struct walk *walk, const json_t *schema, const json_t *value)
{
    const char *text = json_string_value(value);
    const json_t *words = json_object_get(schema, "enum");
    int64_t least = json_int(schema, "minLength", 0);
    int64_t most = json_int(schema, "maxLength", INT64_MAX);
    int32_t day;

    if (least > 0 && characters(text) < least)
        return err_set(&walk->fault->what, "is empty");
    if (characters(text) > most)
        return err_set(&walk->fault->what, "is longer than %lld characters",
                       (long long)most);
    if (words && !check_enum(walk, words, text))
        return false;
    if (strcmp(json_text(schema, "format", ""), "date") == 0 &&
        !day_parse(text, strlen(text), &day))
        return err_set(&walk->fault->what, "'%s' is no date; write YYYY-MM-DD",
                       shown(walk, text));
    return check_pattern(walk, schema, text);
}

static bool check_number(struct walk *walk, const json_t *schema, const json_t *value)
{
    const json_t *least = json_object_get(schema, "minimum");
    const json_t *most = json_object_get(schema, "maximum");
    double x = json_number_value(value);

    assert(!least == !most);
    if (!least || (x >= json_number_value(least) && x <= json_number_value(most)))
        return true;
    return err_set(&walk->fault->what, "is %.15g, allowed %.15g to %.15g", x,
                   json_number_value(least), json_number_value(most));
}

static bool check_count(struct walk *walk, const json_t *schema, const json_t *array)
{
    int64_t n = (int64_t)json_array_size(array);
    int64_t least = json_int(schema, "minItems", 0);
    int64_t most = json_int(schema, "maxItems", INT64_MAX);

    if (n < least)
        return err_set(&walk->fault->what, "has %lld items, allowed at least %lld",
                       (long long)n, (long long)least);
    if (n > most)
        return err_set(&walk->fault->what, "has %lld items, allowed at most %lld",
                       (long long)n, (long long)most);
    return true;
}

static bool is_repeated(const json_t *array, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (json_equal(json_array_get(array, i), json_array_get(array, index)))
            return true;
    return false;
}

static bool check_items(struct walk *walk, const json_t *schema, json_t *array,
                        const char *pointer)
{
    const json_t *items = json_object_get(schema, "items");
    bool unique = json_bool(schema, "uniqueItems", false);

    if (!check_count(walk, schema, array))
        return fail(walk, pointer);
    for (size_t i = 0; items && i < json_array_size(array); i++) {
        const char *at = str_format(walk->arena, "%s/%zu", pointer, i);

        if (!check(walk, items, json_array_get(array, i), at))
            return false;
        if (unique && is_repeated(array, i)) {
            (void)err_set(&walk->fault->what, "is there twice; leave it out once");
            return fail(walk, at);
        }
    }
    return true;
}

static void fill_defaults(const json_t *properties, json_t *object)
{
    const char *key;
    json_t *property;

    json_object_foreach((json_t *)properties, key, property) // the macro only reads
    {
        const json_t *value = json_object_get(property, "default");

        if (value && !json_object_get(object, key))
            json_put(object, key, json_deep_copy(value));
    }
}

/* Where no known key is near, and they are few, all of them are named. */
static bool unknown_key(struct walk *walk, const json_t *properties, const char *key)
{
    size_t n;
    const char **known = json_keys(walk->arena, properties, &n);
    const char *near = str_nearest(key, known, n);
    struct buf all;

    if (near)
        return err_set(&walk->fault->what, "unknown key; did you mean '%s'", near);
    if (n == 0 || n > KEYS_NAMED_MAX)
        return err_set(&walk->fault->what, "unknown key");
    buf_init(&all, walk->arena, KIB);
    for (size_t i = 0; i < n; i++)
        if (known[i][0] != '$') // "$schema" is for editors
            buf_printf(&all, " %s", known[i]);
    return err_set(&walk->fault->what, "unknown key; known:%.*s", (int)all.n, all.at);
}

/* One member, by `properties`, else by `additionalProperties`: false, or a schema for
 * all others. */
static bool check_member(struct walk *walk, const json_t *schema, const char *key,
                         json_t *value, const char *pointer)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *names = json_object_get(schema, "propertyNames");
    const json_t *others = json_object_get(schema, "additionalProperties");
    const json_t *own = json_object_get(properties, key);

    if (own)
        return check(walk, own, value, pointer);
    if (json_is_false(others)) {
        (void)unknown_key(walk, properties, key);
        return fail(walk, pointer);
    }
    if (names && !check_pattern(walk, names, key))
        return fail(walk, pointer);
    return !others || check(walk, others, value, pointer);
}

static bool check_required(struct walk *walk, const json_t *schema,
                           const json_t *object)
{
    const json_t *required = json_object_get(schema, "required");

    for (size_t i = 0; i < json_array_size(required); i++) {
        const char *key = json_string_value(json_array_get(required, i));

        if (!json_object_get(object, key))
            return err_set(&walk->fault->what, "the key '%s' is missing", key);
    }
    return true;
}

static bool check_members(struct walk *walk, const json_t *schema, json_t *object,
                          const char *pointer)
{
    int64_t n = (int64_t)json_object_size(object);
    int64_t most = json_int(schema, "maxProperties", INT64_MAX);
    const char *key;
    json_t *value;

    if (n > most) {
        (void)err_set(&walk->fault->what, "has %lld keys, allowed at most %lld",
                      (long long)n, (long long)most);
        return fail(walk, pointer);
    }
    fill_defaults(json_object_get(schema, "properties"), object);
    json_object_foreach(object, key, value)
    {
        if (!check_member(walk, schema, key, value, member_pointer(walk, pointer, key)))
            return false;
    }
    return check_required(walk, schema, object) || fail(walk, pointer);
}

/* Which branch of `if` holds for the value; NULL when there is none. */
static const json_t *branch(struct walk *walk, const json_t *schema, json_t *value,
                            const char *pointer)
{
    const json_t *condition = json_object_get(schema, "if");
    struct schema_fault ignored;
    struct walk aside = {.root = walk->root, .arena = walk->arena, .fault = &ignored};

    if (!condition)
        return NULL;
    return json_object_get(schema,
                           check(&aside, condition, value, pointer) ? "then" : "else");
}

static const json_t *resolve(const struct walk *walk, const json_t *schema)
{
    const char *name = json_text(schema, "$ref", NULL);
    const json_t *target;

    if (!name)
        return NULL;
    assert(name[0] == '#');
    target = json_at(walk->root, name + 1);
    assert(target);
    return target;
}

/* False, with the fault set, where `value` is not what `schema` says. */
static bool check(struct walk *walk, const json_t *schema, json_t *value,
                  const char *pointer)
{
    const json_t *target, *then;
    bool ok = true;

    if (json_is_true(schema)) // anything
        return true;
    target = resolve(walk, schema);
    if (target && !check(walk, target, value, pointer))
        return false;
    if (!check_type(walk, json_object_get(schema, "type"), value))
        return fail(walk, pointer);
    if (json_is_object(value) && !check_members(walk, schema, value, pointer))
        return false;
    if (json_is_array(value) && !check_items(walk, schema, value, pointer))
        return false;
    if (json_is_string(value))
        ok = check_text(walk, schema, value);
    else if (json_is_number(value))
        ok = check_number(walk, schema, value);
    if (!ok)
        return fail(walk, pointer);
    then = branch(walk, schema, value, pointer);
    return !then || check(walk, then, value, pointer);
}

bool schema_apply(const json_t *schema, json_t *value, struct arena *arena,
                  struct schema_fault *fault)
{
    struct walk walk = {.root = schema, .arena = arena, .fault = fault};

    return check(&walk, schema, value, "");
}
