/*
 * The lazy field scanner. A cursor turns the line into bit masks, 64 bytes at a time:
 * the quotes that count and the brackets outside strings. The walk follows a trie of
 * the wanted pointers from one such bit to the next. It decodes nothing and builds
 * nothing; what it is not sure of it leaves to jansson.
 */
#include "shared/scan.h"

#include <assert.h>
#include <string.h>

#include "shared/arena.h"
#include "shared/scan_cursor.h"
#include "shared/str.h"
#include "shared/text.h"

// Sorted by name it would come before the intrinsics, which include stdlib.h.
#include "shared/banned.h"

/* ---- the wanted pointers as a trie ---- */

enum { KEY_HASHES = 128 };

struct node {
    struct str key; /* the reference token that leads here, decoded */
    bool has_index; /* the token is an array index too */
    size_t index;
    unsigned pointer; /* of a leaf: place in out[] */
    unsigned ordinal; /* among its siblings; at most SCAN_POINTERS_MAX of them */
    struct node *first, *next;        /* children, siblings */
    struct node *of_hash[KEY_HASHES]; /* children by key_hash(), chained by `alike` */
    struct node *alike;
};

struct scan {
    struct node root;
    unsigned n;
};

// Of length and two bytes: enough to tell most keys apart without looking at the rest.
static inline unsigned key_hash(const char *at, size_t n)
{
    if (n == 0)
        return 0;
    return ((unsigned)n * 5 + (unsigned char)at[n - 1] +
            3 * (unsigned)(unsigned char)at[n / 2]) %
           KEY_HASHES;
}

static inline uint64_t word_at(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

// memcmp(a, b, n) == 0 without the call for the usual length of a key: two words that
// overlap.
static inline bool key_equal(const char *a, const char *b, size_t n)
{
    size_t word = sizeof(uint64_t);

    if (n < word || n > 2 * word)
        return memcmp(a, b, n) == 0;
    return word_at(a) == word_at(b) && word_at(a + n - word) == word_at(b + n - word);
}

static inline struct node *child_by_key(const struct node *node, const char *at,
                                        size_t n)
{
    struct node *child = node->of_hash[key_hash(at, n)];

    while (child && !(child->key.n == n && key_equal(child->key.at, at, n)))
        child = child->alike;
    return child;
}

static const struct node *child_by_index(const struct node *node, size_t index)
{
    const struct node *child = node->first;

    while (child && !(child->has_index && child->index == index))
        child = child->next;
    return child;
}

// RFC 6901, 4: digits without leading zeros. Nine digits are more than a line can hold
// elements.
static bool token_index(struct str token, size_t *index)
{
    size_t sum = 0;

    if (token.n == 0 || token.n > 9 || (token.n > 1 && token.at[0] == '0'))
        return false;
    for (size_t i = 0; i < token.n; i++) {
        if (token.at[i] < '0' || token.at[i] > '9')
            return false;
        sum = sum * 10 + (size_t)(token.at[i] - '0');
    }
    *index = sum;
    return true;
}

static struct node *node_add(struct arena *arena, struct node *parent, struct str key)
{
    struct node *child = arena_new(arena, struct node, 1);

    child->key = key;
    child->has_index = token_index(key, &child->index);
    child->ordinal = parent->first ? parent->first->ordinal + 1 : 0;
    child->next = parent->first;
    parent->first = child;
    child->alike = parent->of_hash[key_hash(key.at, key.n)];
    parent->of_hash[key_hash(key.at, key.n)] = child;
    return child;
}

// The token at `text`, up to the next '/' or the end, without its escapes. `*text`
// moves past it.
static bool token_parse(struct arena *arena, const char **text, struct str *token)
{
    const char *at = *text;
    size_t n = strcspn(at, "/");
    char *key = str_copy(arena, at, n);
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        key[used] = at[i];
        if (at[i] == '~') {
            i++;
            if (i == n || (at[i] != '0' && at[i] != '1'))
                return false;
            key[used] = at[i] == '0' ? '~' : '/';
        }
        used++;
    }
    *token = (struct str){key, used};
    *text = at + n;
    return true;
}

static bool pointer_add(struct arena *arena, struct scan *scan, const char *pointer,
                        struct err *err)
{
    struct node *node = &scan->root;
    const char *rest = pointer;
    bool is_new = false;
    size_t depth = 0;
    struct str token;

    if (*rest != '/')
        return err_set(err, "JSON pointer '%s' does not start with '/'", pointer);
    while (*rest == '/') {
        struct node *child;

        rest++;
        if (!token_parse(arena, &rest, &token))
            return err_set(err,
                           "JSON pointer '%s': '~' is written ~0, '/' in a name ~1",
                           pointer);
        if (++depth > SCAN_DEPTH_MAX)
            return err_set(err, "JSON pointer '%s' is deeper than %d", pointer,
                           SCAN_DEPTH_MAX);
        if (node != &scan->root && !node->first && !is_new)
            return err_set(err, "JSON pointer '%s' leads into another one", pointer);
        child = child_by_key(node, token.at, token.n);
        is_new = !child;
        node = child ? child : node_add(arena, node, token);
    }
    if (!is_new)
        return err_set(err,
                       "JSON pointer '%s' is given twice or is the start of another",
                       pointer);
    node->pointer = scan->n++;
    return true;
}

bool scan_compile(struct arena *arena, const char *const pointers[], size_t n,
                  struct scan **scan, struct err *err)
{
    struct scan *compiled = arena_new(arena, struct scan, 1);

    if (n > SCAN_POINTERS_MAX)
        return err_set(err, "%zu JSON pointers, at most %d", n, SCAN_POINTERS_MAX);
    for (size_t i = 0; i < n; i++)
        if (!pointer_add(arena, compiled, pointers[i], err))
            return false;
    *scan = compiled;
    return true;
}

/* ---- the walk ---- */

/* The cursor is a local variable that is handed to nothing but inline functions: in
 * registers it makes the walk a sixth faster. */

/* An object or array on a wanted path that the walk is in. */
struct frame {
    const struct node *node;
    char close;      /* its closing bracket */
    uint32_t seen;   /* bit ordinal: that child had its key */
    bool is_begun;   /* a member or element was there */
    size_t elements; /* begun */
};

struct walk {
    struct scan_masks masks;
    enum scan_result result; /* why it stopped */
    struct span *out;
    size_t depth;
    struct frame frames[SCAN_DEPTH_MAX];
};

/* Always false, so that a failing step can `return stop(...)`. */
static bool stop(struct walk *walk, enum scan_result result)
{
    walk->result = result;
    return false;
}

// From the opening quote past the closing one. `text` may be NULL for a string nobody
// wants.
static inline bool pass_string(struct walk *walk, struct scan_cursor *cursor,
                               struct str *text)
{
    size_t from = ++cursor->at;

    if (!cursor_seek_quote(cursor, &walk->masks))
        return stop(walk, SCAN_MALFORMED);
    if (text) {
        *text = (struct str){cursor->line + from, cursor->at - from};
        if (walk->masks.odd_end > from && // or behind it
            (memchr(text->at, '\\', text->n) || !text_is_utf8(text->at, text->n, NULL)))
            return stop(walk, SCAN_SUSPICIOUS);
    }
    cursor->at++;
    return true;
}

// From the opening bracket of a value nobody looks into past the closing one. Brackets
// must match: `open` holds a bit for each open one, 1 for a brace; depth is at most 64.
static bool pass_nested(struct walk *walk, struct scan_cursor *cursor)
{
    size_t depth = walk->depth;
    uint64_t open = 0;

    do {
        char c;

        if (!cursor_seek_bracket(cursor, &walk->masks))
            return stop(walk, SCAN_MALFORMED);
        c = cursor->line[cursor->at++];
        if (c == '{' || c == '[') {
            if (depth++ == SCAN_DEPTH_MAX)
                return stop(walk, SCAN_MALFORMED);
            open = open << 1 | (c == '{');
        } else {
            if ((open & 1) != (c == '}'))
                return stop(walk, SCAN_MALFORMED);
            open >>= 1;
            depth--;
        }
    } while (depth > walk->depth);
    return true;
}

// A number or a literal word: up to the next byte that cannot be in one.
static inline bool pass_scalar(struct walk *walk, struct scan_cursor *cursor)
{
    size_t from = cursor->at;

    while (cursor->at < cursor->n && is_scalar_byte(cursor->line[cursor->at]))
        cursor->at++;
    if (cursor->at == from)
        return stop(walk, SCAN_MALFORMED);
    // jansson 2.14 overlooks one NUL right after a number or a word
    if (cursor->at < cursor->n && cursor->line[cursor->at] == '\0')
        return stop(walk, SCAN_SUSPICIOUS);
    return true;
}

// Surely within range: an int64, or at most 63 bytes with an exponent of two digits.
static bool scalar_type(const char *at, size_t n, enum span_type *type)
{
    size_t exponent_digits;
    int64_t ignored;
    bool is_whole;

    if (scalar_is_word(at, n, type))
        return true;
    if (n > 63 || !scalar_is_number(at, n, &is_whole, &exponent_digits) ||
        exponent_digits > 2 || (is_whole && !str_to_int64(at, n, &ignored)))
        return false;
    *type = SPAN_NUMBER;
    return true;
}

// A value that is no string, wanted or with brackets. `c`: its first byte, NUL at the
// end of the line.
static bool read_rest(struct walk *walk, struct scan_cursor *cursor, char c,
                      struct span *span)
{
    size_t from = cursor->at;

    if (!(c == '{' || c == '[' ? pass_nested(walk, cursor) : pass_scalar(walk, cursor)))
        return false;
    if (!span)
        return true;
    *span = (struct span){cursor->line + from, cursor->at - from,
                          c == '{' ? SPAN_OBJECT : SPAN_ARRAY};
    if (c != '{' && c != '[' && !scalar_type(span->at, span->n, &span->type))
        return stop(walk, SCAN_SUSPICIOUS);
    return true;
}

// Frames are never more than the tokens of the longest pointer, so at most 64.
static inline void enter(struct walk *walk, const struct node *node, char open)
{
    assert(walk->depth < SCAN_DEPTH_MAX);
    walk->frames[walk->depth++] =
        (struct frame){.node = node, .close = open == '{' ? '}' : ']'};
}

// The value at the cursor. `node`: where it is in the trie, NULL when nobody wants it.
static inline bool read_value(struct walk *walk, struct scan_cursor *cursor,
                              const struct node *node)
{
    struct span *span = node && !node->first ? &walk->out[node->pointer] : NULL;
    char c = cursor_peek(cursor);
    struct scan_cursor outside;
    struct str text;
    bool is_opening;

    if (c == '"') {
        if (!pass_string(walk, cursor, span ? &text : NULL))
            return false;
        if (span)
            *span = (struct span){text.at, text.n, SPAN_STRING};
        return true;
    }
    is_opening = c == '{' || c == '[';
    if (is_opening && node && !span) {
        enter(walk, node, c);
        cursor->at++;
        return true;
    }
    if (!is_opening && !span)
        return pass_scalar(walk, cursor);
    outside = *cursor; // whose address may be known elsewhere
    if (!read_rest(walk, &outside, c, span))
        return false;
    *cursor = outside;
    return true;
}

// At an opening quote.
static inline bool read_key(struct walk *walk, struct scan_cursor *cursor,
                            struct frame *frame, const struct node **child)
{
    struct str key;

    if (!pass_string(walk, cursor, &key))
        return false;
    if (cursor_peek(cursor) != ':')
        return stop(walk, SCAN_MALFORMED);
    cursor->at++;
    *child = child_by_key(frame->node, key.at, key.n);
    if (*child) {
        uint32_t bit = (uint32_t)1 << (*child)->ordinal;

        if (frame->seen & bit)
            return stop(walk, SCAN_SUSPICIOUS);
        frame->seen |= bit;
    }
    return true;
}

// One step in the innermost frame: its end, or its next members or elements up to where
// there is more to look at than a comma and a quote.
static inline bool step(struct walk *walk, struct scan_cursor *cursor)
{
    struct frame *frame = &walk->frames[walk->depth - 1];
    bool is_array = frame->close == ']';
    size_t depth = walk->depth;
    char c = cursor_peek(cursor);

    if (c == frame->close) {
        cursor->at++;
        walk->depth--;
        return true;
    }
    if (frame->is_begun) {
        if (c != ',')
            return stop(walk, SCAN_MALFORMED);
        cursor->at++;
        c = cursor_peek(cursor);
    }
    if (!is_array && c != '"')
        return stop(walk, SCAN_MALFORMED);
    frame->is_begun = true;
    for (;;) {
        const struct node *child;

        if (is_array)
            child = child_by_index(frame->node, frame->elements++);
        else if (!read_key(walk, cursor, frame, &child))
            return false;
        if (!read_value(walk, cursor, child))
            return false;
        if (walk->depth > depth || !cursor_meets(cursor, ",\""))
            return true;
        cursor->at++;
    }
}

static enum scan_result walk_line(const struct scan *scan, struct walk *walk,
                                  const char *line, size_t n)
{
    struct scan_cursor cursor;

    if (n == 0) // `line` may be NULL then
        return SCAN_MALFORMED;
    cursor = cursor_new(line, n, &walk->masks);
    if (cursor_peek(&cursor) != '{')
        return SCAN_MALFORMED;
    enter(walk, &scan->root, '{');
    cursor.at++;
    while (walk->depth > 0)
        if (!step(walk, &cursor))
            return walk->result;
    (void)cursor_peek(&cursor);
    if (cursor.at < n)
        return SCAN_MALFORMED;
    return walk->masks.has_control ? SCAN_SUSPICIOUS : SCAN_OK;
}

static enum scan_result scan_with(bool is_scalar, const struct scan *scan,
                                  const char *line, size_t n, struct span out[])
{
    struct walk
        walk; // not zeroed as a whole: the frames would cost more than a short line

    walk.masks = (struct scan_masks){.is_scalar = is_scalar};
    walk.out = out;
    walk.depth = 0;
    for (unsigned i = 0; i < scan->n; i++)
        out[i] = (struct span){.type = SPAN_ABSENT};
    return walk_line(scan, &walk, line, n);
}

enum scan_result scan_line(const struct scan *scan, const char *line, size_t n,
                           struct span out[])
{
    return scan_with(false, scan, line, n, out);
}

enum scan_result scan_line_scalar(const struct scan *scan, const char *line, size_t n,
                                  struct span out[])
{
    return scan_with(true, scan, line, n, out);
}
