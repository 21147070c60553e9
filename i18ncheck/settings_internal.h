/*
 * What the files that read the i18ncheck section share.
 */
#ifndef I18NCHECK_SETTINGS_INTERNAL_H
#define I18NCHECK_SETTINGS_INTERNAL_H

#include <jansson.h>

#include "i18ncheck/settings.h"

/* What is being read, and into what. */
struct settings_reading {
    const struct config *config;
    const json_t *section;
    struct arena *arena;
    struct settings *settings;
    struct err *err;
};

/* Always false. */
bool settings_fault(const struct settings_reading *reading, const char *pointer,
                    const char *text);
MUST_USE bool settings_tag(const struct settings_reading *reading, const char *text,
                           const char *pointer, const char **tag);
MUST_USE bool settings_tags(const struct settings_reading *reading, const json_t *array,
                            const char *pointer, struct tag_list *list);
const char **settings_texts(const struct settings_reading *reading, const json_t *array,
                            size_t *n);
MUST_USE bool settings_read_sets(const struct settings_reading *reading);

#endif
