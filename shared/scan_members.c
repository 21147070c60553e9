/*
 * The walk over members. It steps from one bit of the cursor's masks to the next, and
 * over an object or array that nobody enters from bracket to bracket.
 */
#include "shared/scan_members.h"

#include "shared/banned.h"

/* Always false, so that a failing step can `return stop(...)`. */
static bool stop(struct scan_members *walk, const char *fault)
{
    if (walk->fault)
        return false;
    walk->fault = fault;
    walk->fault_at = walk->cursor.at;
    return false;
}

static bool stop_at_end(struct scan_members *walk, const char *fault)
{
    walk->cursor.at = walk->cursor.n;
    return stop(walk, fault);
}

/* Something else is where `wanted` should be, or nothing. */
static bool stop_without(struct scan_members *walk, const char *wanted)
{
    return stop(walk, walk->cursor.at == walk->cursor.n
                          ? "it ends before its last bracket"
                          : wanted);
}

static bool is_opening(char c)
{
    return c == '{' || c == '[';
}

static bool push(struct scan_members *walk, char opening)
{
    if (walk->depth == SCAN_MEMBERS_DEPTH_MAX)
        return stop(walk, "it is nested deeper than 512");
    walk->close[walk->depth++] = opening == '{' ? '}' : ']';
    return true;
}

// From behind the opening bracket of the innermost level past its closing one. The bits
// of a block are taken in one go: this is where a long document's bytes go by.
static bool pass_nested(struct scan_members *walk)
{
    struct scan_cursor *cursor = &walk->cursor;
    size_t outer = walk->depth - 1;

    for (;;) {
        uint64_t ahead = bits_ahead(cursor, walk->masks.brackets);
        size_t from = cursor->at;

        for (; ahead; ahead &= ahead - 1) {
            char c;

            cursor->at = from + (size_t)__builtin_ctzll(ahead);
            c = cursor->line[cursor->at];
            if (is_opening(c) ? !push(walk, c) : walk->close[--walk->depth] != c)
                return stop(walk, "a bracket closes another kind");
            if (walk->depth == outer) {
                cursor->at++;
                return true;
            }
        }
        if (!cursor_advance(cursor, &walk->masks))
            return stop_at_end(walk, "it ends before its last bracket");
    }
}

// From the opening quote past the closing one.
static bool pass_string(struct scan_members *walk, struct str *text)
{
    struct scan_cursor *cursor = &walk->cursor;
    size_t from = ++cursor->at;

    if (!cursor_seek_quote(cursor, &walk->masks))
        return stop_at_end(walk, "it ends within a string");
    *text = (struct str){cursor->line + from, cursor->at - from};
    cursor->at++;
    return true;
}

static bool pass_scalar(struct scan_members *walk, struct span *value)
{
    struct scan_cursor *cursor = &walk->cursor;
    size_t from = cursor->at, exponent_digits;
    bool is_whole;

    while (cursor->at < cursor->n && is_scalar_byte(cursor->line[cursor->at]))
        cursor->at++;
    value->n = cursor->at - from;
    if (value->n > 0 && scalar_is_word(value->at, value->n, &value->type))
        return true;
    value->type = SPAN_NUMBER;
    if (value->n > 0 &&
        scalar_is_number(value->at, value->n, &is_whole, &exponent_digits))
        return true;
    cursor->at = from;
    return stop_without(walk, "no value of JSON is here");
}

static bool read_value(struct scan_members *walk, struct span *value)
{
    struct scan_cursor *cursor = &walk->cursor;
    char c = cursor_peek(cursor);
    struct str text;

    if (c == '"') {
        if (!pass_string(walk, &text))
            return false;
        *value = (struct span){text.at, text.n, SPAN_STRING};
        return true;
    }
    *value = (struct span){.at = cursor->line + cursor->at};
    if (!is_opening(c))
        return pass_scalar(walk, value);
    value->type = c == '{' ? SPAN_OBJECT : SPAN_ARRAY;
    walk->is_open = true;
    return true;
}

static bool read_key(struct scan_members *walk, struct str *key)
{
    struct scan_cursor *cursor = &walk->cursor;

    if (cursor_peek(cursor) != '"')
        return stop_without(walk, "a key is wanted");
    if (!pass_string(walk, key))
        return false;
    if (cursor_peek(cursor) != ':')
        return stop_without(walk, "':' is wanted");
    cursor->at++;
    return true;
}

// The first byte below 0x20 in a string; the masks know only that there is one.
static size_t control_at(const char *line, size_t n)
{
    bool inside = false;
    size_t i = 0;

    for (; i < n && !(inside && (unsigned char)line[i] < 0x20); i++)
        if (line[i] == '"')
            inside = !inside;
        else if (inside && line[i] == '\\' && i + 1 < n &&
                 (unsigned char)line[i + 1] >= 0x20)
            i++;
    return i;
}

// Behind the last bracket.
static void finish(struct scan_members *walk)
{
    struct scan_cursor *cursor = &walk->cursor;

    (void)cursor_peek(cursor);
    if (cursor->at < cursor->n) {
        (void)stop(walk, "something follows the JSON");
    } else if (walk->masks.has_control) {
        cursor->at = control_at(cursor->line, cursor->n);
        (void)stop(walk, "a control byte is in a string");
    }
}

static bool leave(struct scan_members *walk)
{
    walk->cursor.at++;
    walk->depth--;
    walk->is_first = false;
    if (walk->depth == 0)
        finish(walk);
    return false;
}

static bool pass_open(struct scan_members *walk)
{
    walk->is_open = false;
    if (!push(walk, walk->cursor.line[walk->cursor.at]))
        return false;
    walk->cursor.at++;
    return pass_nested(walk);
}

bool scan_members_next(struct scan_members *walk, struct scan_member *member)
{
    struct scan_cursor *cursor = &walk->cursor;
    char close;

    if (walk->fault || walk->depth == 0 || (walk->is_open && !pass_open(walk)))
        return false;
    close = walk->close[walk->depth - 1];
    if (cursor_peek(cursor) == close)
        return leave(walk);
    if (!walk->is_first) {
        if (cursor_peek(cursor) != ',')
            return stop_without(walk, "',' or a closing bracket is wanted");
        cursor->at++;
    }
    walk->is_first = false;
    member->key = (struct str){0};
    return (close == ']' || read_key(walk, &member->key)) &&
           read_value(walk, &member->value);
}

bool scan_members_enter(struct scan_members *walk)
{
    if (!walk->is_open || !push(walk, walk->cursor.line[walk->cursor.at]))
        return false;
    walk->cursor.at++;
    walk->is_open = false;
    walk->is_first = true;
    return true;
}

struct span scan_members_whole(struct scan_members *walk, struct span value)
{
    if (walk->is_open)
        (void)pass_open(walk);
    if (value.type == SPAN_OBJECT || value.type == SPAN_ARRAY)
        value.n = (size_t)(walk->cursor.line + walk->cursor.at - value.at);
    return value;
}

bool scan_members_end(const struct scan_members *walk, struct err *err)
{
    if (walk->fault)
        return err_set(err, "byte %zu: %s", walk->fault_at, walk->fault);
    if (walk->depth > 0)
        return err_set(err, "byte %zu: the walk ends early", walk->cursor.at);
    return true;
}

static void begin(struct scan_members *walk, const char *at, size_t n, bool is_scalar)
{
    struct span top;

    walk->masks = (struct scan_masks){.is_scalar = is_scalar};
    walk->cursor =
        n > 0 ? cursor_new(at, n, &walk->masks) : (struct scan_cursor){.line = at};
    walk->type = SPAN_ABSENT;
    walk->fault = NULL;
    walk->fault_at = walk->depth = 0;
    walk->is_first = walk->is_open = false;
    (void)cursor_peek(&walk->cursor);
    if (walk->cursor.at == n)
        (void)stop(walk, "it is empty");
    else if (!is_opening(at[walk->cursor.at]))
        (void)stop(walk, "no object or array is here");
    else if (read_value(walk, &top) && scan_members_enter(walk))
        walk->type = top.type;
}

void scan_members(struct scan_members *walk, const char *at, size_t n)
{
    begin(walk, at, n, false);
}

void scan_members_scalar(struct scan_members *walk, const char *at, size_t n)
{
    begin(walk, at, n, true);
}
