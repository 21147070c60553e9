/*
 * What finding catalogs by the configuration and ad hoc share. Nobody else's.
 */
#ifndef I18NCHECK_COLLECT_INTERNAL_H
#define I18NCHECK_COLLECT_INTERNAL_H

#include "i18ncheck/catalog.h"
#include "i18ncheck/pattern.h"

/* A file whose path matches. */
struct find {
    const char *path;   /* below the base */
    const char *locale; /* canonical; NULL: the path does not say */
    struct str ns;
    const char *base_file; /* path of the base file it would belong to; NULL: none */
    bool is_base;          /* it is a base file: the source's */
};

struct finds {
    struct find *item;
    size_t n, capacity;
};

/* Adds what lies below `base` and matches, in no order. */
MUST_USE bool collect_matches(const char *base, const struct pattern *pattern,
                              struct arena *arena, struct finds *finds,
                              struct err *err);

/* Base files without a family and members that a base file stands for go. */
void collect_tidy(struct finds *finds, const struct pattern *pattern,
                  const struct set_rules *rules, struct arena *arena);

/* Adds the finds as catalogs, those of an .xcstrings one for each locale in it, and
 * sorts; files that no locale is known of are left out. */
MUST_USE bool collect_add(const struct finds *finds, const char *base,
                          const struct set_rules *rules, struct arena *arena,
                          struct catalog_paths *paths, struct err *err);

/* By locale, namespace and path, each once. */
void collect_sort(struct catalog_paths *paths);

/* Locales of an .xcstrings file, the source's among them, in the arena. */
const char **xcstrings_locales(struct str bytes, struct arena *arena, size_t *n);
/* The one root key of a YAML catalog, where it is a locale; else false. */
bool rails_root_locale(struct str bytes, struct arena *arena, const char **locale);
/* target-language (1.2), trgLang (2.0), else the source's; else false. */
bool xliff_file_locale(struct str bytes, struct arena *arena, const char **locale);

#endif
