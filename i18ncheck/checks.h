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
enum check {
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

const char *check_word(enum check check); /* "placeholder-extra" */
bool check_parse(struct str word, enum check *check);
enum severity check_severity(enum check check); /* the table's */

/* One thing wrong with one message (or file, or locale: key "") of one locale. */
struct hit {
    enum check check;
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

/* ---- tokens.c, tokens_compare.c, icu.c ---- */

/* One placeholder of a text. Views into the text. */
struct token {
    struct str name;  /* "" of unnumbered printf tokens */
    struct str type;  /* normalised: "ld", "number", "" when untyped */
    struct str whole; /* as written */
};

struct tokens {
    struct token *item;
    size_t n, capacity;
};

/* Tokens of a text under a syntax other than ICU. */
void tokens_find(struct str text, enum syntax syntax, struct arena *arena,
                 struct tokens *tokens);

/* ICU message, parsed (section 7): what parity and plural checks need of it. */
enum icu_kind {
    ICU_PLAIN,
    ICU_NUMBER,
    ICU_DATE,
    ICU_TIME,
    ICU_SPELLOUT,
    ICU_ORDINAL,
    ICU_DURATION,
    ICU_PLURAL,
    ICU_SELECTORDINAL,
    ICU_SELECT
};

struct icu_option {
    struct str selector; /* "one", "=1", "female" */
    struct str text;     /* its message as written, without braces */
};

struct icu_argument {
    enum icu_kind kind;
    struct str name;
    struct icu_option *option;
    size_t noptions;
    size_t depth; /* of nesting, 0 at the top */
};

struct icu {
    struct icu_argument *argument; /* all, also nested ones, in order */
    size_t n, capacity;
    struct str *tag; /* under `tags`: "<b", "</b", "<br/" */
    size_t ntags, tags_capacity;
    bool has_bad_selector; /* valid, but a plural selector is no CLDR name */
    struct str bad_selector;
};

/* False: `why` (a sentence) and `at` (byte) of the first fault. */
bool icu_parse(struct str text, bool tags, struct arena *arena, struct icu *icu,
               const char **why, size_t *at);

/* ---- coverage and the checks of one locale ---- */

/* What is known of the source's messages, by index in K. */
struct source_view {
    const struct catalog *catalog;  /* grouped */
    const struct message **counted; /* K, sorted by key */
    size_t n;
    bool *is_broken; /* message-syntax fails: translations skip what needs a parse */
    struct set_rules rules;
    bool strict, style;
};

/* Which keys of K each locale copied, kept for the vote (section 8). */
struct vote {
    uint16_t *same;     /* locales whose value is byte-equal, by index in K */
    uint16_t *eligible; /* locales that count, by index in K */
};

struct coverage {
    int64_t present, nonempty, review, translated, missing, empty, obsolete;
    int64_t broken; /* messages with a crit or warn */
    bool source_filled;
    bool is_carried; /* the catalog is broken or gone: counts are those of before */
};

/* Judges the source by itself: adds its hits, marks is_broken. */
void check_source(struct source_view *source, struct hits *hits, struct arena *arena);

/* First pass over every locale: the vote, and whether it is source-filled. `eligible`
 * of the locale itself follows from its tag. Ignored keys (bit a key of K) leave K. */
void check_vote(const struct source_view *source, const struct catalog *target,
                const uint8_t *ignored, struct vote *vote, bool *source_filled);

/* Second pass, a locale at a time: numbers and hits. `lists` (may be NULL) takes the
 * missing, empty and obsolete keys. */
struct key_lists {
    struct str *missing, *empty, *obsolete;
    size_t nmissing, nempty, nobsolete;
};

struct coverage check_locale(const struct source_view *source,
                             const struct catalog *target, const uint8_t *ignored,
                             const struct vote *vote, bool source_filled,
                             struct key_lists *lists, struct hits *hits,
                             struct arena *arena);

#endif
