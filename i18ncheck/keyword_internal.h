/*
 * What keywords share among their files: bytes in, URLs, patterns. Nobody else's.
 */
#ifndef I18NCHECK_KEYWORD_INTERNAL_H
#define I18NCHECK_KEYWORD_INTERNAL_H

#include "i18ncheck/keywords.h"
#include "shared/re.h"

/* Without a byte-order mark, checked: UTF-8 without NUL. */
MUST_USE bool keyword_bytes(struct str *bytes, const char *name, struct err *err);

/* ---- keyword_url.c ---- */

/* Canonical tags that are locales here, sorted. */
struct locale_set {
    const char **item;
    size_t n;
};

struct url_parts {
    const char *locale; /* of the path's first part; NULL: that is none */
    const char *id;     /* the rest, "index" when there is none */
    const char *slug;   /* its last part */
};

/* A first part is a locale if it is in the set, or else a tag with a language of two
 * letters that has a plural rule. False: neither http, https nor a path. */
bool url_split(struct str url, const struct locale_set *known, struct arena *arena,
               struct url_parts *parts);

/* ---- keyword_match.c ---- */

/*
 * Which trigrams of ASCII letters and digits a text has, so that most keywords need no
 * look at most texts. k and s are left out: ignoring case, each has a third form
 * beyond ASCII.
 */
enum { GRAM_BITS = 4096, GRAM_WORDS = GRAM_BITS / 64, NEEDLE_GRAMS_MAX = 24 };

void grams_add(uint64_t bits[GRAM_WORDS], struct str text);

/* A keyword or query to look for. Compiled when a text may have it: of most queries
 * none may. */
struct needle {
    const char *pattern; /* NULL: it is too long */
    bool is_anchored;
    struct re *re; /* needle_release frees it */
    uint16_t gram[NEEDLE_GRAMS_MAX];
    size_t ngrams;
    bool is_costly; /* a match was given up, or never possible */
};

void needle_init(struct needle *needle, struct str text, bool anchored,
                 struct arena *arena);
void needle_release(struct needle *needle);

bool needle_is_strong(struct needle *needle, const struct keyword_page *page);
/* In another heading, or twice in the body. */
bool needle_is_weak(struct needle *needle, const struct keyword_page *page);
/* The whole of a text; of an anchored one. */
bool needle_is(struct needle *needle, struct str text);

/* ---- measure_queries.c ---- */

/* Everything at hand while keywords are measured. */
struct keyword_look {
    const struct keyword_rules *rules;
    const struct keywords *keywords;
    const struct keyword_pages *pages;
    const struct search *search;
    struct keyword_result *result;
    struct hits *hits;
    struct arena *arena;
};

void measure_queries(struct keyword_look *look);
void keyword_not_measured(struct keyword_look *look, const char *what);

/* Pages of a locale, as there are pages of it. */
const struct keyword_page *keyword_page_find(const struct keyword_pages *pages,
                                             size_t set, const char *id,
                                             const char *locale);

#endif
