/*
 * Pages of content in several locales (i18ncheck.md 9 and 11): which a locale lacks,
 * has without a source, has outdated or has in part.
 *
 * What `run` does for each content[], in this order:
 *     content_folder      before confinement: the folder it has to let the tool read;
 *                         the file of --git-log beside it
 *     content_collect     reads the pages below that folder; errors are exit 3
 *     content_date        of all contents at once, if there is a log: one pass over it;
 *                         needs zone_enter
 *     search_count_clicks (keywords.h) if there are Search Console files
 *     content_measure     pure: numbers, and hits to report
 * Hits have CHECK_CONTENT_MISSING, _ORPHAN, _PARTIAL, _STALE (locale, key = id, file)
 * or CHECK_FRONT_MATTER (key "", file, line). They are in the order to show: missing
 * ones by source clicks descending, then id. A stale page is info below
 * stale_after_days and warn from then on: content_stale_since gives the day to compare
 * as_of with.
 */
#ifndef I18NCHECK_CONTENT_H
#define I18NCHECK_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/checks.h"
#include "i18ncheck/git_log.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

#define CONTENT_READY_KEY "i18nReady" /* the default of ready_key */

/* One content[]. */
struct content_rules {
    const char *name;    /* "" ad hoc */
    const char *pattern; /* NULL ad hoc: content_guess */
    const char *source;  /* canonical tag, as all */
    const char *const *locales;
    size_t nlocales; /* 0: those that there are pages of */
    const char *ready_key;
    struct git_minor minor;
    int32_t as_of;
    bool keeps_text; /* for keywords */
};

/* One file. Texts are UTF-8, empty in a file that is not. */
struct content_page {
    const char *path; /* relative to the base */
    const char *locale;
    const char *id;   /* translationKey, else the path less locale, extension, /index */
    const char *slug; /* last part of that path */
    bool exists;      /* for readers: no draft, its day has come */
    bool is_ready, is_unready; /* ready_key says true, or false */
    uint64_t hash;             /* of the file's bytes */
    bool has_source_hash;
    uint64_t source_hash;
    const char *source_commit; /* NULL: none */
    struct str title, description, h1;
    struct str headings, body; /* if keeps_text; headings but the first H1, by lines */
    size_t points, nheadings, words; /* of the body; points are code points */
    uint64_t *paragraph;             /* hashes of those of 8 words and more, sorted */
    size_t nparagraphs;
    struct git_file git; /* content_date */
    int32_t day;         /* of git.time_s; valid with git.is_known */
    int64_t clicks;      /* of a source page; 0 when not known */
};

struct content {
    const struct content_rules *rules;
    struct content_page *page; /* sorted by id, then locale; each pair once */
    size_t n, capacity;
    const char **locale; /* the source not among them; sorted */
    size_t nlocales;
    bool has_dates;   /* content_date was there */
    struct hits hits; /* of reading: CHECK_FRONT_MATTER */
};

/* Longest folder of the pattern without a wildcard, joined to `base`. */
const char *content_folder(const char *base, const char *pattern, struct arena *arena);

MUST_USE bool content_collect(const char *base, const struct content_rules *rules,
                              struct arena *arena, struct content *content,
                              struct err *err);
/* Ad hoc: pages DIR/L/ **, DIR/ **.L.md of each of `n` folders; with more than one of
 * these an id begins with its folder. `rules->pattern` is not looked at. */
MUST_USE bool content_guess(const char *const *folder, size_t n,
                            const struct content_rules *rules, struct arena *arena,
                            struct content *content, struct err *err);

MUST_USE bool content_date(struct content *const *contents, size_t n,
                           const char *git_log, struct arena *arena, struct err *err);

/* The page of that id and locale, NULL: none. */
struct content_page *content_find(const struct content *content, const char *id,
                                  const char *locale);

struct content_stale {
    const char *id;
    bool has_since; /* the source's day is known */
    int32_t since;  /* its newest major commit */
};

struct content_partial {
    const char *id;
    const char *why; /* "length" "headings" "paragraphs" */
};

/* One locale; lists by id. */
struct content_locale {
    const char *locale;
    int64_t pages; /* that exist */
    const char **missing, **orphan;
    struct content_stale *stale;
    struct content_partial *partial;
    size_t nmissing, norphan, nstale, npartial;
    bool has_stale; /* dates or hashes said something: else it is not measured */
};

struct content_result {
    int64_t pages; /* of the source, that exist */
    struct content_locale *locale;
    size_t n;
};

void content_measure(const struct content *content, struct content_result *result,
                     struct hits *hits, struct arena *arena);

/* The day since when a page of the result is stale; false: no day is known, or it is
 * not stale. For the hits' severity and `since`. */
bool content_stale_since(const struct content_result *result, const char *locale,
                         struct str id, int32_t *since);

#endif
