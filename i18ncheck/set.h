/*
 * A set of catalogs on its way through the checks: the source stays, one locale at a
 * time is in memory beside it (i18ncheck.md 1). What stays of a locale are counts and
 * bits.
 *
 *     set_open        reads the source, judges it, lets every locale vote
 *     set_locale      reads a locale; judge it with check_locale
 */
#ifndef I18NCHECK_SET_H
#define I18NCHECK_SET_H

#include "i18ncheck/catalog.h"
#include "i18ncheck/checks.h"

/* A locale of the set, but for the source. */
struct set_locale {
    const char *tag;
    const struct catalog_path *path; /* its files, `n` of them */
    size_t n;
    bool is_broken; /* a file did not parse: its numbers are those of before */
    bool source_filled;
};

struct set {
    const char *base;       /* paths are relative to it */
    struct set_rules rules; /* plural and syntax decided by set_open */
    struct check_rules checks;
    bool strict;
    bool guesses_syntax; /* JSON without a syntax: by the source's texts */
    struct catalog_paths paths;
    struct catalog source;
    struct source_view view;
    struct vote vote;
    struct set_locale *locale; /* sorted by tag */
    size_t nlocales;
};

/* base, rules, checks, strict and paths are set. `ignored(context, locale)`: bits of K
 * that leave the locale, may be NULL. Hits of the source are added. A source that is
 * not there, broken or empty is an error. */
struct set_ignored {
    const uint8_t *(*bits)(void *context, const struct set *set, const char *locale);
    void *context;
};

MUST_USE bool set_open(struct set *set, const struct set_ignored *ignored,
                       struct hits *hits, struct arena *arena, struct err *err);

/* The `index`th locale's catalog, grouped; lives in `arena`, of which the caller gives
 * each locale its own. */
MUST_USE bool set_locale_read(const struct set *set, size_t index, struct arena *arena,
                              struct catalog *catalog, struct err *err);

#endif
