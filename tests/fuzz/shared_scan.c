/*
 * The lazy scanner against jansson on one line. What jansson accepts has jansson's
 * values or is suspicious; what the scanner accepts, jansson accepts too once the
 * values that were skipped are replaced by 0. The vector and the scalar form agree.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/scan.h"
#include "shared/str.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WANTED = 12, TOKENS = 3, PATH_BYTES = 1024 };

static const struct {
    const char *pointer;
    const char *token[TOKENS];
} wanted[WANTED] = {
    {"/a", {"a"}},          {"/b/c", {"b", "c"}}, {"/b/d/e", {"b", "d", "e"}},
    {"/b/0", {"b", "0"}},   {"/l/0", {"l", "0"}}, {"/l/2/x", {"l", "2", "x"}},
    {"/l/10", {"l", "10"}}, {"/$p q", {"$p q"}},  {"/[", {"["}},
    {"/~0~1", {"~/"}},      {"/", {""}},          {"/\xC3\xA9", {"\xC3\xA9"}},
};

/* ---- the line with what the scanner skips taken out, made by a second, slower walk
 * ---- */

struct clean {
    const char *at, *end;
    char *out;
    size_t n;
    unsigned renamed; /* keys nobody wants get a number: they may repeat */
};

static void put(struct clean *clean, const char *at, size_t n)
{
    memcpy(clean->out + clean->n, at, n);
    clean->n += n;
}

static char next(const struct clean *clean)
{
    return clean->at < clean->end ? *clean->at : '\0';
}

static void copy(struct clean *clean)
{
    put(clean, clean->at++, 1);
}

static void copy_space(struct clean *clean)
{
    while (next(clean) != '\0' && strchr(" \t\r\n", next(clean)))
        copy(clean);
}

static bool skip_string(struct clean *clean)
{
    for (clean->at++; clean->at < clean->end; clean->at++) {
        if (*clean->at == '"') {
            clean->at++;
            return true;
        }
        if (*clean->at == '\\')
            clean->at++;
    }
    return false;
}

static bool skip_nested(struct clean *clean)
{
    size_t depth = 0;

    while (clean->at < clean->end) {
        char c = *clean->at;

        if (c == '"') {
            if (!skip_string(clean))
                return false;
            continue;
        }
        clean->at++;
        // outside strings too a backslash takes the next byte's meaning, if that was a
        // quote
        if (c == '\\' && (next(clean) == '"' || next(clean) == '\\'))
            clean->at++;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (depth == 0)
            return true;
    }
    return false;
}

static bool skip_value(struct clean *clean)
{
    const char *from = clean->at;

    if (next(clean) == '"')
        return skip_string(clean);
    if (next(clean) == '{' || next(clean) == '[')
        return skip_nested(clean);
    while (clean->at<clean->end && * clean->at> ' ' && !strchr(",:{}[]\"", *clean->at))
        clean->at++;
    return clean->at > from;
}

static bool is_wanted(const char *path, bool is_whole)
{
    size_t n = strlen(path);

    for (size_t i = 0; i < WANTED; i++)
        if (strncmp(path, wanted[i].pointer, n) == 0 &&
            wanted[i].pointer[n] == (is_whole ? '\0' : '/'))
            return true;
    return false;
}

static void path_add(char *path, const char *at, size_t n)
{
    size_t used = strlen(path);

    path[used++] = '/';
    for (size_t i = 0; i < n && used < PATH_BYTES - 3; i++) {
        if (at[i] == '~' || at[i] == '/') {
            path[used++] = '~';
            path[used++] = at[i] == '~' ? '0' : '1';
        } else {
            // a NUL is in no pointer; another byte that is in none keeps the path one
            path[used++] = (char)(at[i] == '\0' ? 1 : at[i]);
        }
    }
    path[used] = '\0';
}

static bool clean_key(struct clean *clean, char *path)
{
    const char *from = clean->at;
    char number[16];

    if (next(clean) != '"' || !skip_string(clean))
        return false;
    path_add(path, from + 1, (size_t)(clean->at - from) - 2);
    put(clean, "\"", 1);
    if (!is_wanted(path, true) && !is_wanted(path, false)) {
        int n = snprintf(number, sizeof number, "%u:", clean->renamed++);

        put(clean, number, (size_t)n);
    }
    put(clean, from + 1, (size_t)(clean->at - from) - 1);
    copy_space(clean);
    if (next(clean) != ':')
        return false;
    copy(clean);
    copy_space(clean);
    return true;
}

static bool clean_value(struct clean *clean, const char *path);

// NOLINTNEXTLINE(misc-no-recursion): as deep as the pointers above, three
static bool clean_inside(struct clean *clean, const char *path)
{
    char close = next(clean) == '{' ? '}' : ']';
    char below[PATH_BYTES];
    char index[24];

    copy(clean);
    copy_space(clean);
    for (unsigned i = 0; next(clean) != close || i > 0; i++) {
        (void)snprintf(below, sizeof below, "%s", path);
        (void)snprintf(index, sizeof index, "%u", i);
        if (close == ']')
            path_add(below, index, strlen(index));
        else if (!clean_key(clean, below))
            return false;
        if (!clean_value(clean, below))
            return false;
        copy_space(clean);
        if (next(clean) == close)
            break;
        if (next(clean) != ',')
            return false;
        copy(clean);
        copy_space(clean);
    }
    copy(clean);
    return true;
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool clean_value(struct clean *clean, const char *path)
{
    bool is_nested = next(clean) == '{' || next(clean) == '[';
    const char *from = clean->at;

    if (is_nested && is_wanted(path, false))
        return clean_inside(clean, path);
    if (!skip_value(clean))
        return false;
    if (is_wanted(path, true) && !is_nested)
        put(clean, from, (size_t)(clean->at - from));
    else
        put(clean, "0", 1);
    return true;
}

static bool is_clean_json(const char *line, size_t n)
{
    struct clean clean = {.at = line, .end = line + n, .out = malloc(12 * n + 16)};
    json_error_t why;
    bool is_good;

    if (!clean.out)
        abort();
    copy_space(&clean);
    is_good = next(&clean) == '{' && clean_value(&clean, "");
    put(&clean, clean.at, (size_t)(clean.end - clean.at));
    if (is_good) {
        OWN(json) root = json_loadb(clean.out, clean.n, JSON_REJECT_DUPLICATES, &why);

        is_good = root != NULL;
    }
    if (!is_good)
        (void)fprintf(stderr, "%.*s\n%s\n", (int)clean.n, clean.out, why.text);
    free(clean.out);
    return is_good;
}

/* ---- the values ---- */

static const json_t *value_at(const json_t *value, const char *const token[TOKENS])
{
    for (size_t i = 0; i < TOKENS && token[i] && value; i++)
        value = json_is_array(value)
                    ? (token[i][0] >= '0' && token[i][0] <= '9'
                           ? json_array_get(value, strtoul(token[i], NULL, 10))
                           : NULL)
                    : json_object_get(value, token[i]);
    return value;
}

static bool is_same_number(const struct span *span, const json_t *value)
{
    int64_t whole;
    double real;

    if (json_is_integer(value))
        return str_to_int64(span->at, span->n, &whole) &&
               whole == json_integer_value(value);
    return json_is_real(value) && str_to_double(span->at, span->n, &real) &&
           real == json_real_value(value);
}

static bool is_same(const struct span *span, const json_t *value)
{
    OWN(json) parsed = NULL;

    switch (span->type) {
    case SPAN_ABSENT: return !value;
    case SPAN_STRING:
        return json_is_string(value) && json_string_length(value) == span->n &&
               memcmp(json_string_value(value), span->at, span->n) == 0;
    case SPAN_NUMBER: return is_same_number(span, value);
    case SPAN_TRUE: return json_is_true(value);
    case SPAN_FALSE: return json_is_false(value);
    case SPAN_NULL: return json_is_null(value);
    case SPAN_OBJECT:
    case SPAN_ARRAY:
        parsed = json_loadb(span->at, span->n, JSON_REJECT_DUPLICATES, NULL);
        return json_is_object(value) == (span->type == SPAN_OBJECT) &&
               json_equal(parsed, value);
    }
    return false;
}

static bool is_too_deep(const char *line, size_t n)
{
    struct clean walk = {.at = line, .end = line + n};
    int depth = 0;
    int deepest = 0;

    while (walk.at < walk.end) {
        char c = *walk.at;

        if (c == '"') {
            (void)skip_string(&walk);
            continue;
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        deepest = depth > deepest ? depth : deepest;
        walk.at++;
    }
    return deepest > SCAN_DEPTH_MAX;
}

static const struct scan *compiled(void)
{
    static struct scan *scan; // the same for every line, so compiled once and kept
    static struct arena arena;
    const char *pointers[WANTED];
    struct err err;

    for (size_t i = 0; i < WANTED; i++)
        pointers[i] = wanted[i].pointer;
    if (!scan) {
        arena_init(&arena, MIB);
        if (!scan_compile(&arena, pointers, WANTED, &scan, &err))
            abort();
    }
    return scan;
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void must_be_same(const struct span *a, const struct span *b)
{
    must(a->type == b->type && a->at == b->at && a->n == b->n,
         "vector and scalar span");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *line = (const char *)data;
    struct span vector[WANTED], scalar[WANTED];
    enum scan_result result = scan_line(compiled(), line, size, vector);
    OWN(json) root = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);

    must(result == scan_line_scalar(compiled(), line, size, scalar),
         "vector and scalar");
    if (result == SCAN_MALFORMED)
        must(!json_is_object(root) || is_too_deep(line, size), "jansson accepts it");
    if (result != SCAN_OK)
        return 0;
    must(json_is_object(root) || is_clean_json(line, size), "jansson refuses it");
    for (size_t i = 0; i < WANTED; i++) {
        must_be_same(&vector[i], &scalar[i]);
        must(vector[i].type == SPAN_ABSENT ||
                 (vector[i].at >= line && vector[i].at + vector[i].n <= line + size),
             "span outside the line");
        must(!root || is_same(&vector[i], value_at(root, wanted[i].token)),
             wanted[i].pointer);
    }
    return 0;
}
