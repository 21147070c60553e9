/* The keys of a source catalog in all the ways that code may write them. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/usage_internal.h"
#include "i18ncheck/utf8.h"
#include "shared/hash.h"

#include "shared/banned.h"

enum { SEGMENT_BYTES_MIN = 3, TAILS_MAX = 4 };

/* Growing lists. */
struct indexing {
    struct key_index *index;
    struct arena *arena;
    size_t names_capacity, segments_capacity;
};

/* Sixteen bytes a row, from NUL on. */
#define NONE  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define ABOVE 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1

const uint8_t usage_bytes[256] =
    {
        NONE,  NONE,  0,     0,     2,     0,     0,     0,     0,
        2,     0,     0,     0,     0,     0,     0,     0,     0, // " '
        1,     1,     1,     1,     1,     1,     1,     1,     1,
        1,     0,     0,     0,     0,     0,     0, // digits
        0,     1,     1,     1,     1,     1,     1,     1,     1,
        1,     1,     1,     1,     1,     1,     1, // A to O
        1,     1,     1,     1,     1,     1,     1,     1,     1,
        1,     1,     0,     0,     0,     0,     1, // to Z, _
        2,     1,     1,     1,     1,     1,     1,     1,     1,
        1,     1,     1,     1,     1,     1,     1, // `, a to o
        1,     1,     1,     1,     1,     1,     1,     1,     1,
        1,     1,     0,     0,     0,     0,     0, // to z
        ABOVE, ABOVE, ABOVE, ABOVE, ABOVE, ABOVE, ABOVE, ABOVE,
};

uint64_t usage_sketch(struct str text)
{
    uint64_t begin = 0, end = 0;

    if (text.n >= sizeof begin) {
        memcpy(&begin, text.at, sizeof begin);
        memcpy(&end, text.at + text.n - sizeof end, sizeof end);
    } else {
        for (size_t i = 0; i < text.n; i++)
            begin = begin << 8 | (unsigned char)text.at[i];
    }
    // odd multipliers with their bits well spread: those of splitmix64
    begin = (begin ^ text.n) * 0xbf58476d1ce4e5b9U;
    begin = ((begin ^ begin >> 32) + end) * 0x94d049bb133111ebU;
    return begin ^ begin >> 32;
}

bool usage_glob(struct str pattern, struct str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, resume = 0;

    while (t < text.n) {
        if (p < pattern.n && pattern.at[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.n && pattern.at[p] == text.at[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.at[p] == '*')
        p++;
    return p == pattern.n;
}

/* ---- names ---- */

static void add_name(struct indexing *self, struct str text, size_t message,
                     enum name_kind kind)
{
    struct key_index *index = self->index;

    if (text.n == 0 || text.n > LITERAL_BYTES_MAX)
        return;
    index->name = arena_room(self->arena, index->name, index->nnames,
                             &self->names_capacity, sizeof *index->name);
    index->name[index->nnames++] = (struct key_name){text, (uint32_t)message, kind};
    if (kind != NAME_TAIL && text.n > index->longest)
        index->longest = text.n;
}

/* Forms as flat keys: items_one, items.one. */
static void add_forms(struct indexing *self, const struct message *message, size_t at)
{
    enum plural_style style = self->index->rules->plural;
    bool is_flat = style == PLURAL_I18NEXT4 || style == PLURAL_I18NEXT3;

    if (!message->is_group || (!is_flat && style != PLURAL_RAILS))
        return;
    for (size_t i = 0; i < message->nforms; i++) {
        struct str sep = is_flat ? STR("_") : path_separator(self->index->rules);

        if (message->form[i].name.n > 0)
            add_name(self,
                     joined(self->arena, joined(self->arena, message->key, sep),
                            message->form[i].name),
                     at, NAME_WHOLE);
    }
}

/* The key without its namespace. */
static struct str local_key(const struct key_index *index,
                            const struct message *message)
{
    const struct catalog *catalog = index->catalog;
    struct str ns = catalog->file ? catalog->file[message->file].ns : (struct str){0};
    struct str sep = index->rules->ns_sep.at ? index->rules->ns_sep : STR(":");
    struct str key = message->key;

    if (ns.n == 0 || key.n <= ns.n + sep.n || !str_starts(key, ns))
        return key;
    return (struct str){key.at + ns.n + sep.n, key.n - ns.n - sep.n};
}

/* Android's resources are fields in code, where a dot cannot be. */
static void add_field(struct indexing *self, const struct message *message, size_t at)
{
    char *field;

    if (self->index->rules->format != CATALOG_ANDROID ||
        !memchr(message->key.at, '.', message->key.n))
        return;
    field = str_copy(self->arena, message->key.at, message->key.n);
    for (char *c = field; *c != '\0'; c++)
        if (*c == '.')
            *c = '_';
    add_name(self, str_of(field), at, NAME_WHOLE);
}

/* What is behind each of the last separators. */
static void add_tails(struct indexing *self, struct str key, size_t at)
{
    struct str sep = self->index->rules->key_sep;
    size_t tails = 0;

    if (sep.n == 0 || key.n < sep.n)
        return;
    for (size_t i = key.n - sep.n; i > 0 && tails < TAILS_MAX; i--) {
        if (memcmp(key.at + i, sep.at, sep.n) != 0)
            continue;
        add_name(self, (struct str){key.at + i + sep.n, key.n - i - sep.n}, at,
                 NAME_TAIL);
        tails++;
    }
}

static void add_names(struct indexing *self, size_t at)
{
    const struct message *message = &self->index->catalog->message[at];
    struct str key = message->key, local = local_key(self->index, message);
    const char *context = key.n > 0 ? memchr(key.at, '\004', key.n) : NULL;

    add_name(self, key, at, NAME_WHOLE);
    add_forms(self, message, at);
    add_field(self, message, at);
    if (local.n < key.n)
        add_name(self, local, at, NAME_LOCAL);
    if (context)
        add_name(self,
                 (struct str){context + 1, (size_t)(key.at + key.n - context - 1)}, at,
                 NAME_LOCAL);
    add_tails(self, local, at);
}

static int by_text(const void *left, const void *right)
{
    const struct key_name *a = left, *b = right;
    int order = str_compare(a->text, b->text);

    if (order == 0)
        order = (int)a->kind - (int)b->kind;
    return order != 0 ? order : (a->message > b->message) - (a->message < b->message);
}

/* ---- segments ---- */

static struct str longest_word(struct str text)
{
    struct str best = {text.at, 0};

    for (size_t i = 0, end; i < text.n; i = end + 1) {
        for (end = i; end < text.n && is_word_byte(text.at[end]);)
            end++;
        if (end - i > best.n)
            best = (struct str){text.at + i, end - i};
    }
    return best;
}

static void add_segment(struct indexing *self, struct str text, size_t message,
                        bool is_word)
{
    struct key_index *index = self->index;
    struct str word = longest_word(text);

    if (word.n == 0)
        return;
    index->segment = arena_room(self->arena, index->segment, index->nsegments,
                                &self->segments_capacity, sizeof *index->segment);
    index->segment[index->nsegments++] =
        (struct segment){text, word, (uint32_t)message, is_word};
}

static bool has_space(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (utf8_space((struct str){text.at + i, text.n - i}) > 0)
            return true;
    return false;
}

static bool has_separator(const struct key_index *index, struct str key)
{
    struct str sep = index->rules->key_sep;

    for (size_t i = 0; sep.at && sep.n > 0 && i + sep.n <= key.n; i++)
        if (memcmp(key.at + i, sep.at, sep.n) == 0)
            return true;
    return false;
}

/* End of a placeholder or tag at `at`, or of a character that code may write
 * otherwise; `at`: it is none. */
static size_t hole_end(struct str key, size_t at)
{
    static const char letters[] = "diouxXeEfFgGaAcCsSpn@";
    size_t depth = 0, end = at;

    switch (key.at[at]) {
    case '{':
        for (; end < key.n; end++) {
            depth += key.at[end] == '{';
            if (key.at[end] == '}' && --depth == 0)
                return end + 1;
        }
        return at + 1;
    case '<':
        while (end < key.n && key.at[end] != '>')
            end++;
        return end < key.n ? end + 1 : at + 1;
    case '%':
        if (++end < key.n && (key.at[end] == '(' || key.at[end] == '{'))
            while (end < key.n && key.at[end] != ')' && key.at[end] != '}')
                end++;
        while (end < key.n && !strchr(letters, key.at[end]) && key.at[end] != ' ')
            end++;
        return end < key.n && key.at[end] != ' ' ? end + 1 : end;
    case '\'':
    case '"':
    case '`':
    case '&':
    case '\\':
    case '}':
    case '>':
    case '$':
    case '\0': return at + 1;
    }
    return at;
}

static bool is_loud(struct str text)
{
    return longest_word(text).n >= SEGMENT_BYTES_MIN;
}

/* What is between the placeholders; short rests say nothing, unless there is nothing
 * else. */
static void add_sentence(struct indexing *self, struct str key, size_t message)
{
    size_t begin = 0;

    for (size_t i = 0; i <= key.n;) {
        size_t end = i < key.n ? hole_end(key, i) : i + 1;
        struct str text;

        if (end == i) {
            i++;
            continue;
        }
        text = utf8_trim((struct str){key.at + begin, i - begin});
        if (is_loud(text))
            add_segment(self, text, message, false);
        begin = i = end;
    }
}

static void add_segments(struct indexing *self, size_t at, size_t *sentences)
{
    const struct message *message = &self->index->catalog->message[at];
    struct str key = local_key(self->index, message);
    const char *context = key.n > 0 ? memchr(key.at, '\004', key.n) : NULL;

    if (context)
        key = (struct str){context + 1, (size_t)(key.at + key.n - context - 1)};
    if (has_space(key)) {
        add_sentence(self, key, at);
        ++*sentences;
    } else if (!has_separator(self->index, key)) {
        add_segment(self, key, at, true);
    }
}

static int by_word(const void *left, const void *right)
{
    const struct segment *a = left, *b = right;
    int order = str_compare(a->word, b->word);

    if (order == 0)
        order = (a->message > b->message) - (a->message < b->message);
    return order != 0 ? order : (a->text.at > b->text.at) - (a->text.at < b->text.at);
}

/* ---- filters ---- */

/* 64 bits an item, so that about one in 64 others passes. */
static void filter_init(struct filter *filter, size_t n, struct arena *arena)
{
    size_t bits = 4096;

    while (bits / 64 < n)
        bits *= 2;
    filter->bits = arena_new(arena, uint64_t, bits / 64);
    filter->mask = bits - 1;
}

static void filter_add(struct filter *filter, struct str text)
{
    uint64_t bit = usage_sketch(text) & filter->mask;

    filter->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Where the name of that text is, or the free slot where it would be. */
static size_t slot_of(const struct key_index *index, struct str text)
{
    size_t slot = hash_bytes(text.at, text.n) & (index->nslots - 1);

    while (index->slot[slot] != 0 &&
           !str_equal(index->name[index->slot[slot] - 1].text, text))
        slot = (slot + 1) & (index->nslots - 1);
    return slot;
}

static void fill_slots(struct key_index *index, struct arena *arena)
{
    index->nslots = 64;
    while (index->nslots < 2 * index->nnames)
        index->nslots *= 2;
    index->slot = arena_new(arena, uint32_t, index->nslots);
    for (size_t i = 0; i < index->nnames; i++) {
        size_t slot = slot_of(index, index->name[i].text);

        if (index->slot[slot] == 0)
            index->slot[slot] = (uint32_t)i + 1;
    }
}

const struct key_index *key_index_new(const struct catalog *catalog,
                                      const struct set_rules *rules,
                                      struct arena *arena)
{
    struct key_index *index = arena_new(arena, struct key_index, 1);
    struct indexing self = {.index = index, .arena = arena};
    size_t sentences = 0;

    *index = (struct key_index){.catalog = catalog, .rules = rules};
    for (size_t i = 0; i < catalog->n; i++) {
        add_names(&self, i);
        add_segments(&self, i, &sentences);
    }
    if (index->nnames > 0)
        qsort(index->name, index->nnames, sizeof *index->name, by_text);
    if (index->nsegments > 0)
        qsort(index->segment, index->nsegments, sizeof *index->segment, by_word);
    filter_init(&index->names, index->nnames, arena);
    for (size_t i = 0; i < index->nnames; i++)
        filter_add(&index->names, index->name[i].text);
    fill_slots(index, arena);
    filter_init(&index->words, index->nsegments, arena);
    for (size_t i = 0; i < index->nsegments; i++)
        filter_add(&index->words, index->segment[i].word);
    // the formats whose key is the text, a configured one, and JSON written like them
    index->is_natural = !rules->key_sep.at || rules->format == CATALOG_PO ||
                        rules->format == CATALOG_XCSTRINGS ||
                        2 * sentences > catalog->n;
    return index;
}

/* ---- look-up ---- */

/* The first name that, cut to the prefix's length, is not before it, or (`behind`) is
 * behind it. */
static size_t bound(const struct key_index *index, struct str prefix, bool behind)
{
    size_t low = 0, high = index->nnames;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct str name = index->name[middle].text;
        int order;

        if (name.n > prefix.n)
            name.n = prefix.n;
        order = str_compare(name, prefix);
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct key_name *key_index_find(const struct key_index *index, struct str text,
                                      size_t *n)
{
    const struct key_name *name;
    uint32_t first = 0;

    *n = 0;
    if (filter_has(&index->names, text))
        first = index->slot[slot_of(index, text)];
    if (first == 0)
        return NULL;
    name = index->name + first - 1;
    while (name + *n < index->name + index->nnames && str_equal(name[*n].text, text))
        ++*n;
    return name;
}

const struct key_name *key_index_below(const struct key_index *index, struct str prefix,
                                       size_t *n)
{
    size_t first = bound(index, prefix, false);

    *n = bound(index, prefix, true) - first;
    return *n > 0 ? index->name + first : NULL;
}
