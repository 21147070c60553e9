/*
 * Plural forms of a message against the rule of its locale (i18ncheck.md 7). Pure.
 */
#ifndef I18NCHECK_PLURALS_H
#define I18NCHECK_PLURALS_H

#include <stdbool.h>
#include <stdint.h>

#include "i18ncheck/catalog.h"
#include "i18ncheck/icu.h"
#include "i18ncheck/locale.h"
#include "i18ncheck/po.h"
#include "i18ncheck/tokens.h"

/* How a catalog's locale chooses forms. */
struct plurals {
    const struct plural_rule *rule; /* NULL: unknown locale, nothing is checked */
    enum plural_style style;
    enum catalog_format format;
    int nplurals;        /* of a PO header, 0: none */
    bool has_selection;  /* the header's expression could be read */
    bool is_single[256]; /* PO: the form is for exactly one integer */
};

void plurals_of(const struct catalog *catalog, const struct set_rules *rules,
                struct plurals *plurals);

/* Says which forms a nonempty message lacks; NULL: none. `source`: its message of the
 * source, NULL for the source's own. */
const char *plurals_missing(const struct plurals *plurals,
                            const struct message *message, const struct message *source,
                            struct arena *arena);
/* The same of the plurals inside an ICU text, whatever the style but `none`. */
const char *plurals_missing_inside(const struct plurals *plurals, const struct icu *icu,
                                   struct str text, struct arena *arena);

/* The first form that is never selected; n 0: none. `icu`: of the text, or NULL. */
struct str plurals_dead(const struct plurals *plurals, const struct message *message,
                        const struct icu *icu);

/* What a form may leave out. */
enum droppable plurals_droppable(const struct plurals *plurals,
                                 const struct message *message,
                                 const struct form *form);

/* The choices of vue's "one | many", at `|` outside {'...'}; returns how many. */
enum { CHOICES_MAX = 8 };

size_t vue_choices(struct str text, struct str choice[CHOICES_MAX]);

#endif
