/*
 * Which keywords no page covers (i18ncheck.md 12): the keyword list, pages of content
 * or of a crawl, and what Search Console counted.
 *
 * What `run` does:
 *     before confinement: let the tool read `file` and the folders of search_console[]
 *     (file_list_add lists them, the globs are its own)
 *     keywords_load        the list; errors are exit 3 with the line
 *     search_load          each file of search_console[], then search_finish
 *     keyword_pages_add    each content that was collected with keeps_text
 *     keywords_measure     pure: lists, counts, hits to report
 * and, for the order of missing pages, search_count_clicks before content_measure. The
 * files are at most KEYWORD_FILE_BYTES_MAX. Hits: CHECK_KEYWORD_NONE, _WEAK,
 * CHECK_THIN, CHECK_QUERY_ORPHAN, CHECK_CANNIBALISED, CHECK_WRONG_LOCALE (locale of the
 * keyword or query; key = its text; file = the page), CHECK_KEYWORD_GAP (locale = the
 * one without the page; key = the keyword, file = the page that is strong).
 */
#ifndef I18NCHECK_KEYWORDS_H
#define I18NCHECK_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/checks.h"
#include "i18ncheck/content.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/limits.h"
#include "shared/str.h"

enum {
    KEYWORDS_MAX = 10000,
    KEYWORD_BYTES_MAX = 512,
    KEYWORD_MIN_IMPRESSIONS = 50, /* the default of min_impressions */
};

#define KEYWORD_FILE_BYTES_MAX (64 * MIB)

/* ---- the list ---- */

struct keyword {
    struct str text;
    const char *locale; /* canonical tag */
    bool has_min;
    int64_t min_impressions;
    size_t line;
};

struct keywords {
    struct keyword *item; /* sorted by text, then locale; each pair once */
    size_t n, capacity;
};

MUST_USE bool keywords_load(const char *path, const char *source, struct arena *arena,
                            struct keywords *keywords, struct err *err);
MUST_USE bool keywords_parse(struct str bytes, const char *name, const char *source,
                             struct arena *arena, struct keywords *keywords,
                             struct err *err);

/* ---- Search Console ---- */

struct search_row {
    struct str query, page, country; /* "" where the file has no such dimension */
    int64_t clicks, impressions;
};

struct search {
    struct search_row *row; /* after search_finish: sorted, each key once, summed */
    size_t n, capacity;
    bool has_queries; /* a file was read */
    bool has_pairs;   /* one with queries and pages */
};

/* Adds a file, JSON of the API or an export as CSV. */
MUST_USE bool search_load(const char *path, struct arena *arena, struct search *search,
                          struct err *err);
MUST_USE bool search_parse(struct str bytes, const char *name, struct arena *arena,
                           struct search *search, struct err *err);
void search_finish(struct search *search);

/* Sets `clicks` of the source's pages by URLs of their id. */
void search_count_clicks(const struct search *search, struct content *content);

/* ---- pages ---- */

struct keyword_page {
    size_t set;       /* ids are compared within a content */
    const char *name; /* path, or URL */
    const char *locale, *id;
    struct str strong;   /* title, first H1, slug, description, NUL between */
    struct str headings; /* the others, NUL between */
    struct str body;
    int64_t words;
    const uint64_t *strong_bits, *body_bits; /* keyword_match.c; NULL: no body */
};

/* A locale that a set of pages has, or should have. */
struct keyword_locale {
    size_t set;
    const char *locale;
};

struct keyword_pages {
    struct keyword_page *item; /* those that exist; by set, id and locale */
    size_t n, capacity, nsets;
    struct keyword_locale *locale; /* by set and locale */
    size_t nlocales, locales_capacity;
    bool lacks_bodies, lacks_words; /* of a crawl */
};

void keyword_pages_add(struct keyword_pages *pages, const struct content *content,
                       struct arena *arena);

/* --site-state: a header that names url, title and perhaps lang, h1, description and
 * words. `keywords` and `source` say which first parts of paths are locales. */
MUST_USE bool keyword_pages_load(const char *path, const struct keywords *keywords,
                                 const char *source, struct arena *arena,
                                 struct keyword_pages *pages, struct err *err);
MUST_USE bool keyword_pages_parse(struct str bytes, const char *name,
                                  const struct keywords *keywords, const char *source,
                                  struct arena *arena, struct keyword_pages *pages,
                                  struct err *err);

/* ---- what is covered ---- */

struct country_locale {
    const char *country; /* "deu", as Search Console says it */
    const char *locale;
};

struct keyword_rules {
    const char *source;
    int64_t min_impressions, min_words;
    const struct country_locale *country;
    size_t ncountries;
};

enum keyword_coverage { KEYWORD_NONE, KEYWORD_WEAK, KEYWORD_STRONG };

const char *keyword_coverage_word(enum keyword_coverage coverage);

struct keyword_cover {
    const struct keyword *keyword;
    enum keyword_coverage coverage;
    const struct keyword_page **page; /* that cover it so, by id */
    size_t n;
    bool is_costly; /* PCRE2 gave up: not measured */
};

struct keyword_gap {
    const struct keyword *keyword;
    const char *from, *to, *id;
    const struct keyword_page *page; /* of `from` */
};

struct query_page {
    struct str url;
    const char *locale;
    int64_t impressions, clicks;
};

struct query {
    struct str text;
    const char *locale;
    int64_t impressions;
    struct query_page *page; /* cannibalised: those that count, by URL; wrong locale:
                                the one on top */
    size_t n;
};

struct queries {
    struct query *item; /* by text, then locale */
    size_t n, capacity;
};

struct keyword_result {
    struct keyword_cover *cover; /* of keywords.item[i] */
    size_t n;
    struct keyword_gap *gap; /* by keyword, from, to, id */
    size_t ngaps, gaps_capacity;
    struct queries orphans, cannibalised, wrong_locale;
    int64_t thin;
    const char **not_measured; /* words of checks, sorted; "query 'x'" of what was too
                                  long or too costly */
    size_t nnot_measured, not_measured_capacity;
};

void keywords_measure(const struct keyword_rules *rules,
                      const struct keywords *keywords,
                      const struct keyword_pages *pages, const struct search *search,
                      struct keyword_result *result, struct hits *hits,
                      struct arena *arena);

#endif
