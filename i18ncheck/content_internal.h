/*
 * What reading pages shares among its files. Nobody else's.
 */
#ifndef I18NCHECK_CONTENT_INTERNAL_H
#define I18NCHECK_CONTENT_INTERNAL_H

#include "i18ncheck/content.h"
#include "i18ncheck/pattern.h"
#include "shared/file.h"

MUST_USE bool content_pattern_parse(const char *text, struct pattern *pattern,
                                    struct err *err);

/* Id and slug of a path that the pattern found. */
const char *content_path_id(const struct pattern *pattern, const char *path,
                            const char *locale, struct arena *arena, const char **slug);

/* The page of a file's bytes: its id unless translationKey says another, its texts;
 * adds a hit where its front matter is broken. `path`, `locale`, `id` and `slug` of the
 * page are set. */
void content_page_parse(struct str bytes, struct content *content,
                        struct content_page *page, struct arena *arena);

/* By id, locale and path; of pages with the same id and locale the first stays and the
 * others are hits. Sets the locales. */
void content_finish(struct content *content, struct arena *arena);

#endif
