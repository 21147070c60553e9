/*
 * The i18ncheck section of the configuration, ready to use.
 */
#ifndef I18NCHECK_SETTINGS_H
#define I18NCHECK_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/catalog.h"
#include "i18ncheck/checks.h"
#include "i18ncheck/content.h"
#include "i18ncheck/keywords.h"
#include "i18ncheck/usage.h"
#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"

/* Thousandths of a percent; 0: none. */
struct coverage_floor {
    const char *locale; /* canonical tag; NULL: `*` */
    int64_t warn_m, crit_m;
};

struct tag_list {
    const char **item; /* canonical tags, sorted, each once */
    size_t n;
};

/* One of sets[]. */
struct set_settings {
    const char *name, *pattern;
    struct set_rules rules;
    bool strict;
    bool is_auto;           /* the pattern says which locales there are */
    struct tag_list locale; /* unless is_auto */
    struct tag_list excluded;
    struct coverage_floor *floor;
    size_t nfloors;
    bool has_usage;
    struct usage_rules usage;
};

/* Globs. */
struct ignore_rule {
    const char *set, *locale, *key;
};

struct settings {
    struct set_settings *set; /* in the order of their messages in the history */
    size_t nsets;
    struct content_rules *content; /* by name; as_of is the run's to set */
    size_t ncontents;
    bool has_keywords;
    const char *keyword_file; /* joined to the folder of the configuration */
    const char **search;      /* as configured: file_list_add joins */
    size_t nsearches;
    struct keyword_rules keyword;
    const char *git_log; /* joined; NULL: none */
    int32_t stale_after_days;
    int64_t max_findings;
    struct check_rules checks;
    bool is_set[CHECK_COUNT]; /* `severity` says it: nothing else decides */
    struct ignore_rule *ignore;
    size_t nignores;
};

/* Wrong combinations are exit 3 with file, line and pointer. */
MUST_USE bool settings_read(const struct config *config, struct arena *arena,
                            struct settings *settings, struct err *err);

/* The floor of a locale; NULL: none. */
const struct coverage_floor *settings_floor(const struct set_settings *set,
                                            const char *locale);

/* Bits of K that `ignore` takes out of a locale; NULL: none. */
const uint8_t *settings_ignored(const struct settings *settings,
                                const struct set_settings *set, const char *locale,
                                const struct source_view *view, struct arena *arena);

bool tag_list_has(const struct tag_list *list, const char *tag);

/* `*` matches any text, `?` one character. */
bool glob_matches(const char *glob, struct str text);

#endif
