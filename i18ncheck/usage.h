/*
 * Which keys source code uses (i18ncheck.md 10). Files are read one at a time and
 * scanned; what stays are the calls, and bits of what else was seen of each key.
 *
 *     usage_folders     before confinement: what it has to let the tool read
 *     usage_collect     walks the folders, scans each file
 *     usage_measure     pure: sorts the keys into buckets
 *     usage_hits        pure: the same as hits of the set
 *
 * The set is open (set_open) from usage_collect on. Everything lives in the arena.
 */
#ifndef I18NCHECK_USAGE_H
#define I18NCHECK_USAGE_H

#include "i18ncheck/checks.h"
#include "i18ncheck/set.h"

/* An item of usage[], or the options of the verb. Lists may be empty. */
struct usage_rules {
    const char *const *src; /* folders, relative to the base of the set */
    size_t nsrc;
    const char *const *wrapper; /* further functions that take keys */
    size_t nwrappers;
    const char *const *exclude; /* paths below the base; `*`: any bytes */
    size_t nexcludes;
    const char *const *keep; /* keys; `*`: any bytes */
    size_t nkeep;
};

enum mention_kind {
    MENTION_STATIC,  /* `text` is a key, as written */
    MENTION_DYNAMIC, /* `text` and `suffix` are what is around the unknown part */
    MENTION_GLOB,    /* i18n-use */
};

/* A call, an attribute, a resource name: where code names a key. */
struct mention {
    enum mention_kind kind;
    struct str text, suffix; /* decoded; those of a scope relative to it */
    const struct scope *scope;
    bool is_use_only;   /* in a comment: never undefined */
    bool is_bare;       /* t( or _(: a name that others use too */
    bool is_relative;   /* below the scope alone: Rails' t('.x') */
    bool takes_context; /* its options may name a context */
    bool has_own_scope; /* its options name one that is not known: scope: */
    const char *file;   /* relative to the base */
    uint32_t line;
};

/* What a file says of the keys in it: useTranslation and the like, or a Rails path. */
struct scope {
    struct str *prefix; /* whole, with its separators: "ns:", "cart." */
    size_t n, capacity;
    bool is_open;  /* one that is not known */
    bool is_guess; /* Rails: the method around a relative key need not be the action */
};

/* What was seen in all files. */
struct mentions {
    struct mention *item;
    size_t n, capacity;
    uint8_t *literal; /* bits by index in the set's source catalog */
    uint8_t *text;    /* likewise: all its static segments occur */
    uint8_t *word;
    int64_t opaque; /* calls without static text */
    int64_t files, bytes;
    const struct key_index *index; /* usage_internal.h */
};

enum usage_bucket {
    USAGE_USED,
    USAGE_DYNAMIC, /* the next four are undeterminable, and say why */
    USAGE_LITERAL,
    USAGE_TEXT,
    USAGE_WORD,
    USAGE_UNUSED,
    USAGE_BUCKETS,
};

/* "dynamic" ...; "" of the first and the last. */
const char *usage_why(enum usage_bucket bucket);

/* What no key is there for. */
struct usage_fault {
    struct str key, suffix; /* the suffix of a dynamic one, whose `key` is its prefix */
    const char *file;
    uint32_t line;
};

struct usage {
    enum usage_bucket *bucket; /* by index in K: set->view.counted */
    size_t count[USAGE_BUCKETS];
    struct usage_fault *undefined; /* by key, file, line; each once */
    size_t nundefined;
    struct usage_fault *undefined_prefix; /* likewise */
    size_t nundefined_prefixes;
    int64_t opaque, files, bytes;
};

/* The paths to be readable, one a folder, `nsrc` of them. */
const char **usage_folders(const struct usage_rules *rules, const char *base,
                           struct arena *arena);

/* A folder that is not there, or cannot be read, is an error. */
MUST_USE bool usage_collect(const struct usage_rules *rules, const struct set *set,
                            struct arena *arena, struct mentions *mentions,
                            struct err *err);

struct usage usage_measure(const struct mentions *mentions,
                           const struct usage_rules *rules, const struct set *set,
                           struct arena *arena);

/* undefined-key, undefined-prefix, undeterminable, unused; the locale is the source's.
 */
void usage_hits(const struct usage *usage, const struct set *set, struct hits *hits,
                struct arena *arena);

/* Undeterminable keys of all four reasons. */
static inline size_t usage_undeterminable(const struct usage *usage)
{
    return usage->count[USAGE_DYNAMIC] + usage->count[USAGE_LITERAL] +
           usage->count[USAGE_TEXT] + usage->count[USAGE_WORD];
}

#endif
