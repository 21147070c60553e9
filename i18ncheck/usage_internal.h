/*
 * What collecting and measuring key usage share: the keys as code writes them, and one
 * source file being scanned. Nobody else's.
 */
#ifndef I18NCHECK_USAGE_INTERNAL_H
#define I18NCHECK_USAGE_INTERNAL_H

#include "i18ncheck/usage.h"
#include "shared/re.h"

#define SOURCE_BYTES_MAX ((size_t)4 << 20)

enum { LITERAL_BYTES_MAX = 2000 };

/* ---- keys as code writes them ---- */

/* What a call with such a text is. */
enum name_kind {
    NAME_WHOLE, /* a use */
    NAME_LOCAL, /* the key without what code may leave to a default; a hint */
    NAME_TAIL,  /* its last segments: the key if it lies in a scope not known */
};

/* A text that stands for a message of the source catalog. */
struct key_name {
    struct str text;
    uint32_t message; /* index in the catalog */
    enum name_kind kind;
};

/* A piece of a key that may stand in code as it is: a static segment of a key in
 * natural language, or a whole key of one word. */
struct segment {
    struct str text;
    struct str word; /* its longest word, which is what is looked for first */
    uint32_t message;
    bool is_word; /* the whole key: it must begin and end where words do */
};

/* Bits by sketch, to look up only what has a chance. */
struct filter {
    uint64_t *bits;
    uint64_t mask;
};

struct key_index {
    const struct catalog *catalog;
    const struct set_rules *rules;
    struct key_name *name; /* sorted by text */
    size_t nnames;
    size_t longest; /* bytes of the longest name */
    struct filter names;
    uint32_t
        *slot;     /* a hash table: 1 and the first of the names of one text; 0: none */
    size_t nslots; /* a power of two, at least twice as many as names */
    struct segment *segment; /* sorted by word */
    size_t nsegments;
    struct filter words;
    bool is_natural; /* keys are sentences */
};

/* Of the length and both ends, up to eight bytes each: cheap, for what passes is looked
 * up anyway. */
uint64_t usage_sketch(struct str text);

static inline bool filter_has(const struct filter *filter, struct str text)
{
    uint64_t bit = usage_sketch(text) & filter->mask;

    return (filter->bits[bit / 64] >> bit % 64 & 1) != 0;
}

const struct key_index *key_index_new(const struct catalog *catalog,
                                      const struct set_rules *rules,
                                      struct arena *arena);

/* Names equal to `text`: the first of them, `*n` how many. */
const struct key_name *key_index_find(const struct key_index *index, struct str text,
                                      size_t *n);
/* Names that begin with `prefix`, likewise. */
const struct key_name *key_index_below(const struct key_index *index, struct str prefix,
                                       size_t *n);

/* `*` is any bytes, also none. */
bool usage_glob(struct str pattern, struct str text);

/* What bytes are in code: letters, digits, `_` and bytes above ASCII make words. */
enum { BYTE_WORD = 1, BYTE_QUOTE = 2 };

extern const uint8_t usage_bytes[256];

static inline bool is_word_byte(char c)
{
    return usage_bytes[(unsigned char)c] == BYTE_WORD;
}

/* ---- one source file ---- */

enum family { FAMILY_JS, FAMILY_RUBY, FAMILY_GETTEXT, FAMILY_ANDROID, FAMILIES };

/* By its ending; FAMILIES: no source file. */
enum family source_family(struct str path);

enum { LEAD_BYTES = 8 };

/* The first bytes that a match may have, up to eight: what is in the mask. */
struct lead {
    uint64_t bytes, mask;
    uint16_t pair; /* the first two */
};

struct leads {
    struct lead *item; /* by pair */
    size_t n, capacity;
    uint16_t *first; /* by pair: 1 and the first of its leads; 0: none; or a quote */
};

void leads_init(struct leads *self, enum family family, const struct usage_rules *rules,
                struct arena *arena);

/* The going through one file: {leads, code} to begin with. */
struct lead_search {
    const struct leads *leads;
    struct str code;
    size_t end;      /* of what was looked at, or more */
    uint64_t places; /* of the last 64 bytes before it: bits, those still to come */
};

/* The next place that is a quote or begins as a match does; code.n: none. */
size_t leads_next(struct lead_search *self);

/* What is kept over all files. */
struct scanner {
    struct re *pattern[FAMILIES]; /* NULL until a file of the family is met */
    struct leads leads[FAMILIES]; /* likewise */
    const struct usage_rules *rules;
    const struct key_index *index;
    bool *segment_found; /* by index in index->segment */
    struct mentions *mentions;
    struct arena *arena;
};

void scanner_init(struct scanner *self, const struct usage_rules *rules,
                  const struct key_index *index, struct mentions *mentions,
                  struct arena *arena);
void scanner_release(struct scanner *self);

/* Scans one file. `path` lives in the arena, `bytes` need not. False: a pattern does
 * not compile, which a wrapper's name may be the reason of. */
MUST_USE bool scanner_file(struct scanner *self, const char *path, struct str bytes,
                           struct err *err);
/* Once, after the last file: what was seen of each message. */
void scanner_finish(struct scanner *self);

/* The literal behind a quote, whether it equals a name. */
void scan_literal(struct scanner *self, struct str code, size_t from);
/* Segments, of the whole file. */
void scan_words(struct scanner *self, struct str code);

/* ---- texts in code ---- */

/* A literal: what stands between its quotes, decoded. */
struct literal {
    struct str text, suffix;
    bool is_dynamic; /* there is something unknown between `text` and `suffix` */
};

/* The literal whose quote is at `*at`, which is moved behind it; false: none there. */
bool literal_parse(struct str code, size_t *at, enum family family, struct arena *arena,
                   struct literal *literal);
/* Escapes of \n \t \\ \' \" \uXXXX \u{X} \xXX; a view where there are none. */
struct str literal_decode(struct str raw, struct arena *arena);

/* An expression from `*at` on, up to what ends an argument: literals joined by + or
 * the like. False: nothing of it is static. */
bool expression_parse(struct str code, size_t *at, enum family family,
                      struct arena *arena, struct literal *literal);

size_t skip_space(struct str code, size_t at);

#endif
