/*
 * The checks of messages (i18ncheck.md 4 to 8): coverage numbers and hits, found by
 * comparing one locale's catalog with the source. Pure.
 */
#ifndef I18NCHECK_CHECKS_H
#define I18NCHECK_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/catalog.h"
#include "shared/arena.h"
#include "shared/finding.h"

/* In the order of section 5: of a message the first that fails is reported. */
enum check_id {
    CHECK_CATALOG_SYNTAX,
    CHECK_CATALOG_MISSING,
    CHECK_DUPLICATE_KEY,
    CHECK_KEY_CLASH,
    CHECK_LOCALE_MISMATCH,
    CHECK_BOOL_KEY,
    CHECK_ENCODING,
    CHECK_MESSAGE_SYNTAX,
    CHECK_INJECTION,
    CHECK_PLACEHOLDER_EXTRA,
    CHECK_PLACEHOLDER_TYPE,
    CHECK_PLURAL_MISSING,
    CHECK_PLACEHOLDER_MISSING,
    CHECK_MARKUP,
    CHECK_STALE,
    CHECK_SAME_AS_SOURCE,
    CHECK_SOURCE_FILLED,
    CHECK_PLURAL_DEAD,
    CHECK_PLURAL_SELECTOR,
    CHECK_PLACEHOLDER_COUNT,
    CHECK_OBSOLETE,
    CHECK_REVIEW,
    CHECK_BOM,
    CHECK_LOCALE_UNKNOWN,
    CHECK_STYLE, /* off unless the configuration says so */
    /* of a set */
    CHECK_COVERAGE,
    CHECK_UNDEFINED_KEY,
    CHECK_UNDEFINED_PREFIX,
    CHECK_UNUSED,
    CHECK_UNDETERMINABLE,
    CHECK_CONTENT_MISSING,
    CHECK_CONTENT_ORPHAN,
    CHECK_CONTENT_PARTIAL,
    CHECK_CONTENT_STALE,
    CHECK_FRONT_MATTER,
    CHECK_KEYWORD_NONE,
    CHECK_KEYWORD_WEAK,
    CHECK_KEYWORD_GAP,
    CHECK_THIN,
    CHECK_QUERY_ORPHAN,
    CHECK_CANNIBALISED,
    CHECK_WRONG_LOCALE,
    CHECK_COUNT,
};

const char *check_word(enum check_id check); /* "placeholder-extra" */
bool check_parse(struct str word, enum check_id *check);
enum severity check_severity(enum check_id check); /* the table's */

/* One thing wrong with one message (or file, or locale: key "") of one locale. */
struct hit {
    enum check_id check;
    const char *locale; /* the source's for hits of the source */
    struct str key;
    const char *file;
    size_t line;               /* 0: not known */
    const char *message;       /* one sentence, no full stop */
    struct str source, target; /* texts shown, may be empty */
};

struct hits {
    struct hit *item;
    size_t n, capacity;
};

void hits_add(struct hits *hits, struct arena *arena, struct hit hit);

/* ---- coverage and the checks of one locale ---- */

/* Severities after `severity` of the configuration. */
struct check_rules {
    bool is_off[CHECK_COUNT];
    enum severity severity[CHECK_COUNT];
};

/* The table's severities, style off. */
struct check_rules check_rules_default(void);

/* What is known of the source's messages. */
struct source_view {
    const struct catalog *catalog;  /* grouped */
    const struct message **counted; /* K, sorted by key */
    size_t n;
    bool *is_broken; /* message-syntax fails: translations skip what needs a parse */
    struct set_rules rules;
    struct check_rules checks;
    bool strict;
};

/* Fills in `counted`, `n` and room for `is_broken`; the rest is set. */
void source_view_count(struct source_view *source, struct arena *arena);

/* How many locales copied each message of K (section 8). */
struct vote {
    uint16_t *same;     /* by index in K */
    uint16_t *eligible; /* likewise */
};

/* One locale to be judged. Bits by index in K; NULL: none. */
struct locale_view {
    const struct catalog *catalog;
    const uint8_t *ignored; /* leave this locale's K */
    const uint8_t *stale;
    const struct vote *vote; /* NULL: nobody voted */
    bool source_filled;
};

struct coverage {
    int64_t keys; /* |K| less the ignored ones */
    int64_t present, nonempty, review, translated, missing, empty, obsolete;
    int64_t broken; /* messages with a crit or warn */
};

static inline bool bit_at(const uint8_t *bits, size_t i)
{
    return bits && (bits[i / 8] >> i % 8 & 1) != 0;
}

/* Judges the source by itself: adds its hits, marks is_broken. */
void check_source(struct source_view *source, struct hits *hits, struct arena *arena);

/* First pass over every locale: whether it is source-filled, and unless it is, its
 * votes. */
bool check_vote(const struct source_view *source, const struct locale_view *locale,
                struct vote *vote, struct arena *arena);

/* Keys of a locale's gaps, sorted. */
struct key_list {
    struct str *item;
    size_t n, capacity;
};

struct key_lists {
    struct key_list missing, empty, obsolete;
};

/* Second pass, a locale at a time: numbers and hits. `lists` may be NULL. */
struct coverage check_locale(const struct source_view *source,
                             const struct locale_view *locale, struct key_lists *lists,
                             struct hits *hits, struct arena *arena);

#endif
