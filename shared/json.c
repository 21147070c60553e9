/* JSON from outside through jansson, whose messages are not passed on: they quote raw
 * input. Positions by a walk of our own over the bytes. */
#include "shared/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char bom[] = "\xEF\xBB\xBF";

/* `i` is at the opening quote; the offset behind the closing one. */
static size_t skip_string(struct str bytes, size_t i)
{
    for (i++; i < bytes.n && bytes.at[i] != '"'; i++)
        if (bytes.at[i] == '\\')
            i++;
    return i < bytes.n ? i + 1 : bytes.n;
}

/* Offset of the first bracket nested deeper than `depth`, or bytes.n: jansson itself
 * stops at 2048 only. */
static size_t too_deep(struct str bytes, size_t depth)
{
    size_t open = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        char c = bytes.at[i];

        if (c == '"')
            i = skip_string(bytes, i) - 1;
        else if ((c == '{' || c == '[') && ++open > depth)
            return i;
        else if ((c == '}' || c == ']') && open > 0)
            open--;
    }
    return bytes.n;
}

/* Offset of the first member after `most`, or of where a list's value after `most` has
 * been; else bytes.n. Outside of strings a colon is a member, and every other value
 * follows a bracket or a comma: what these count is the lists', less the members. An
 * empty list or object counts one too many. */
static size_t too_many(struct str bytes, size_t most, bool *is_member)
{
    size_t members = 0, values = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        char c = bytes.at[i];

        *is_member = c == ':';
        if (c == '"') {
            i = skip_string(bytes, i) - 1;
        } else if (c == ':') {
            if (members++ == most)
                return i;
            values -= values > 0;
        } else if (c == ',' || c == '{' || c == '[' || c == '}' || c == ']') {
            if (values > most) // only now: the last may have been a member
                return i;
            values += c != '}' && c != ']';
        }
    }
    return bytes.n;
}

bool json_fits(struct str bytes, size_t most)
{
    bool is_member;

    return too_many(bytes, most, &is_member) == bytes.n;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(struct str bytes, size_t i)
{
    while (i < bytes.n && is_space(bytes.at[i]))
        i++;
    return i;
}

bool json_ends_early(struct str bytes)
{
    size_t open = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        char c = bytes.at[i];

        if (c == '"')
            i = skip_string(bytes, i) - 1;
        else if (c == '{' || c == '[')
            open++;
        else if ((c == '}' || c == ']') && open > 0)
            open--;
    }
    return open > 0 || skip_space(bytes, 0) == bytes.n;
}

/* The faults that are found before parsing. */
static bool check_bytes(struct str bytes, const char *name, size_t depth, size_t most,
                        struct err *err)
{
    size_t line, at;
    bool is_member;

    if (skip_space(bytes, 0) == bytes.n)
        return err_set(err, "%s:1: the file is empty", name);
    line = text_conflict_line(bytes.at, bytes.n);
    if (line > 0)
        return err_set(err, "%s:%zu: conflict markers; take one side and run again",
                       name, line);
    if (str_starts(bytes, (struct str){bom, 3}))
        return err_set(err, "%s:1: a byte-order mark; save the file without it", name);
    if (!text_is_utf8(bytes.at, bytes.n, &at))
        return err_set(err, "%s:%zu: not UTF-8", name, text_line(bytes.at, at));
    at = too_deep(bytes, depth);
    if (at < bytes.n)
        return err_set(err, "%s:%zu: nested deeper than %zu", name,
                       text_line(bytes.at, at), depth);
    at = most < bytes.n ? too_many(bytes, most, &is_member) : bytes.n; // a byte each
    if (at < bytes.n)
        return err_set(err, "%s:%zu: more than %zu %s", name, text_line(bytes.at, at),
                       most, is_member ? "keys" : "values in lists");
    return true;
}

static bool parse_failed(const json_error_t *error, const char *name, struct err *err)
{
    const char *what = NULL, *near;

    switch (json_error_code(error)) {
    case json_error_premature_end_of_input: what = "the file ends too early"; break;
    case json_error_duplicate_key: what = "duplicate key"; break;
    case json_error_null_byte_in_key: what = "NUL in a key"; break;
    case json_error_null_character: what = "NUL in a text"; break;
    case json_error_numeric_overflow: what = "a number out of range"; break;
    case json_error_end_of_input_expected: what = "more text after the object"; break;
    case json_error_unknown: // an allocation that failed mostly leaves no code at all
    case json_error_out_of_memory: return err_set(err, "%s: out of memory", name);
    case json_error_stack_overflow:
    case json_error_invalid_argument:
    case json_error_cannot_open_file:
    case json_error_invalid_utf8:
    case json_error_invalid_syntax:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_value:
    case json_error_item_not_found:
    case json_error_index_out_of_range: break;
    }
    if (what)
        return err_set(err, "%s:%d: %s", name, error->line, what);
    // what was expected, without the words that are there: they may be a secret
    near = strstr(error->text, " near ");
    return err_set(err, "%s:%d: not JSON at column %d: %.*s", name, error->line,
                   error->column,
                   near ? (int)(near - error->text) : (int)strlen(error->text),
                   error->text);
}

static bool load(struct str bytes, const char *name, size_t depth, size_t most,
                 json_t **json, struct err *err)
{
    json_error_t error;

    if (!check_bytes(bytes, name, depth, most, err))
        return false;
    OWN(json) parsed = json_loadb(bytes.at, bytes.n, JSON_REJECT_DUPLICATES, &error);
    if (!parsed)
        return parse_failed(&error, name, err);
    *json = take(&parsed);
    return true;
}

static bool is_other_type(struct str bytes, const char *name, const char *wanted,
                          struct err *err)
{
    return err_set(err, "%s:%zu: not a JSON %s", name,
                   text_line(bytes.at, skip_space(bytes, 0)), wanted);
}

bool json_load_strict(struct str bytes, const char *name, size_t depth, size_t most,
                      json_t **json, struct err *err)
{
    OWN(json) loaded = NULL;

    if (!load(bytes, name, depth, most, &loaded, err))
        return false;
    if (!json_is_object(loaded))
        return is_other_type(bytes, name, "object", err);
    *json = take(&loaded);
    return true;
}

bool json_load_list(struct str bytes, const char *name, size_t depth, size_t most,
                    json_t **json, struct err *err)
{
    OWN(json) loaded = NULL;

    if (!load(bytes, name, depth, most, &loaded, err))
        return false;
    if (!json_is_array(loaded))
        return is_other_type(bytes, name, "array", err);
    *json = take(&loaded);
    return true;
}

/* Takes "/token" off the front of a pointer. False at its end, or where no slash is. */
static bool next_token(const char **pointer, struct str *token)
{
    if (**pointer != '/')
        return false;
    *token = (struct str){*pointer + 1, strcspn(*pointer + 1, "/")};
    *pointer += 1 + token->n;
    return true;
}

/* RFC 6901: in a token ~1 is '/' and ~0 is '~'. */
static bool token_is(struct str token, struct str key)
{
    size_t j = 0;

    for (size_t i = 0; i < token.n; i++, j++) {
        char c = token.at[i];

        if (c == '~') {
            i++;
            if (i == token.n || (token.at[i] != '0' && token.at[i] != '1'))
                return false;
            c = token.at[i] == '0' ? '~' : '/';
        }
        if (j == key.n || key.at[j] != c)
            return false;
    }
    return j == key.n;
}

static bool token_index(struct str token, size_t *index)
{
    int64_t value;

    if ((token.n > 1 && token.at[0] == '0') ||
        !str_to_int64(token.at, token.n, &value) || token.at[0] == '-')
        return false;
    *index = (size_t)value;
    return true;
}

/* `literal` has its quotes. Jansson undoes the escapes of a key that has some. */
static bool key_is(struct str literal, struct str token)
{
    if (!memchr(literal.at, '\\', literal.n))
        return token_is(token, (struct str){literal.at + 1, literal.n - 2});
    OWN(json) key = json_loadb(literal.at, literal.n, JSON_DECODE_ANY, NULL);
    return key && token_is(token, str_of(json_string_value(key)));
}

/* Ends a value: what may follow one in an object or array. */
static bool is_delimiter(char c)
{
    return c == ',' || c == ']' || c == '}' || is_space(c);
}

static size_t skip_value(struct str bytes, size_t i)
{
    size_t open = 0;

    while (i < bytes.n && (open > 0 || !is_delimiter(bytes.at[i]))) {
        char c = bytes.at[i];

        if (c == '"') {
            i = skip_string(bytes, i);
            continue;
        }
        if (c == '{' || c == '[')
            open++;
        else if (c == '}' || c == ']')
            open--;
        i++;
    }
    return i;
}

/* `i` is at '{' or '['. Offset of the value that `token` names, 0 for none. */
static size_t find_value(struct str bytes, size_t i, struct str token)
{
    bool is_object = bytes.at[i] == '{';
    size_t wanted = 0;

    if (!is_object && !token_index(token, &wanted))
        return 0;
    for (size_t index = 0;; index++) {
        bool found = !is_object && index == wanted;

        i = skip_space(bytes, i + 1); // behind the bracket or the comma
        if (i >= bytes.n || bytes.at[i] == '}' || bytes.at[i] == ']')
            return 0;
        if (is_object) {
            size_t end = skip_string(bytes, i);

            found = key_is((struct str){bytes.at + i, end - i}, token);
            i = skip_space(bytes, skip_space(bytes, end) + 1);
        }
        if (found)
            return i;
        i = skip_space(bytes, skip_value(bytes, i));
        if (i >= bytes.n || bytes.at[i] != ',')
            return 0;
    }
}

size_t json_line(struct str bytes, const char *pointer)
{
    size_t at = skip_space(bytes, 0);
    struct str token;

    while (next_token(&pointer, &token)) {
        size_t next = 0;

        if (bytes.at[at] == '{' || bytes.at[at] == '[')
            next = find_value(bytes, at, token);
        if (next == 0)
            break;
        at = next;
    }
    return text_line(bytes.at, at);
}

/* In JSON these bytes stand outside of texts only in such a number, 'e' in true and
 * false aside. */
size_t json_line_of_real(struct str bytes)
{
    for (size_t i = 0; i < bytes.n; i++) {
        char c = bytes.at[i];

        if (c == '"')
            i = skip_string(bytes, i) - 1;
        else if (c == '.' || ((c == 'e' || c == 'E') && bytes.at[i - 1] >= '0' &&
                              bytes.at[i - 1] <= '9'))
            return text_line(bytes.at, i);
    }
    return 0;
}

static json_t *member(const json_t *object, struct str token)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key,
                        value) // jansson's iterator takes no const
        if (token_is(token, str_of(key))) return value;
    return NULL;
}

json_t *json_at(const json_t *root, const char *pointer)
{
    const json_t *at = root;
    struct str token;
    size_t index;

    while (at && next_token(&pointer, &token)) {
        if (json_is_object(at))
            at = member(at, token);
        else if (json_is_array(at) && token_index(token, &index))
            at = json_array_get(at, index);
        else
            at = NULL;
    }
    return *pointer == '\0' ? (json_t *)at : NULL;
}

/* The member, NULL when it is missing or null. */
static const json_t *given(const json_t *object, const char *key)
{
    const json_t *value;

    assert(json_is_object(object));
    value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

const char *json_text(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *value = given(object, key);

    assert(!value || json_is_string(value));
    return value ? json_string_value(value) : otherwise;
}

int64_t json_int(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = given(object, key);

    assert(!value || json_is_integer(value));
    return value ? json_integer_value(value) : otherwise;
}

double json_number(const json_t *object, const char *key, double otherwise)
{
    const json_t *value = given(object, key);

    assert(!value || json_is_number(value));
    return value ? json_number_value(value) : otherwise;
}

bool json_bool(const json_t *object, const char *key, bool otherwise)
{
    const json_t *value = given(object, key);

    assert(!value || json_is_boolean(value));
    return value ? json_is_true(value) : otherwise;
}

static bool need_failed(const json_t *value, const char *key, const char *type,
                        struct err *err)
{
    return err_set(err, value ? "'/%s' is not %s" : "'/%s' is missing, %s is wanted",
                   key, type);
}

bool json_need_text(const json_t *object, const char *key, const char **value,
                    struct err *err)
{
    const json_t *found = json_object_get(object, key);

    if (!json_is_string(found))
        return need_failed(found, key, "a text", err);
    *value = json_string_value(found);
    return true;
}

bool json_need_int(const json_t *object, const char *key, int64_t *value,
                   struct err *err)
{
    const json_t *found = json_object_get(object, key);

    if (!json_is_integer(found))
        return need_failed(found, key, "an integer", err);
    *value = json_integer_value(found);
    return true;
}

const char **json_keys(struct arena *arena, const json_t *object, size_t *n)
{
    const char **keys = arena_new(arena, const char *, json_object_size(object));
    const char *key;
    json_t *value;
    size_t count = 0;

    json_object_foreach((json_t *)object, key, value) keys[count++] = key;
    qsort(keys, count, sizeof *keys, str_pointer_compare);
    *n = count;
    return keys;
}

void json_put(json_t *object, const char *key, json_t *value)
{
    assert(json_is_object(object));
    if (json_object_set_new(object, key, value) != 0)
        memory_is_out();
}

void json_push(json_t *array, json_t *value)
{
    assert(json_is_array(array));
    if (json_array_append_new(array, value) != 0)
        memory_is_out();
}
