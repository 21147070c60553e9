/*
 * What the readers of catalogs share: one file being read into a catalog. Nobody
 * else's.
 */
#ifndef I18NCHECK_CATALOG_INTERNAL_H
#define I18NCHECK_CATALOG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/catalog.h"
#include "shared/limits.h"

enum { CATALOG_DEPTH_MAX = 64, CATALOG_MESSAGES_MAX = 1000000 };

#define CATALOG_BYTES_MAX (64 * MIB)
#define MESSAGE_BYTES_MAX (64 * KIB)

/* One file on its way into a catalog. */
struct reading {
    struct catalog *catalog;
    const struct set_rules *rules;
    struct arena *arena;
    struct str bytes;  /* UTF-8 without a byte-order mark; properties: as found */
    struct str prefix; /* of every key: namespace and its separator */
    uint32_t file;     /* index in catalog.file */
    bool is_source;    /* the locale is the set's source */
    bool is_union;     /* the source's texts are wanted from a file of any locale */
    const char *fault; /* why the file does not parse; NULL: it does so far */
    size_t fault_line; /* 0: not known */
};

/* One reader a format: false and `fault` where the file does not parse; what it added
 * is taken back then. */
bool format_json_read(struct reading *self);
bool format_rails_read(struct reading *self);
bool format_po_read(struct reading *self);
bool format_android_read(struct reading *self);
bool format_arb_read(struct reading *self);
bool format_xcstrings_read(struct reading *self);
bool format_properties_read(struct reading *self);
bool format_xliff_read(struct reading *self);

/* Sets the fault. Always false. */
bool reading_fault(struct reading *self, size_t line, const char *text);

/* A message more, without forms: a counted text. `key` is whole, see reading_key. Past
 * the cap on messages the fault is set, and the message goes nowhere. */
struct message *reading_add(struct reading *self, struct str key, size_t line);
/* Its forms, copied. A text over the cap gets its note. */
void reading_forms(struct reading *self, struct message *message,
                   const struct form *form, size_t n);
/* Its one text. */
void reading_text(struct reading *self, struct message *message, struct str text);
/* Not among the messages after all. */
void reading_drop(struct message *message);
void reading_note(struct reading *self, enum catalog_problem problem, struct str key,
                  size_t line, const char *text);

/* Both texts as one; a view where one is empty. What joins the parts of a path: keys
 * that are sentences are not cut, but nested ones have to be joined by something. */
struct str joined(struct arena *arena, struct str a, struct str b);
struct str path_separator(const struct set_rules *rules);

/* `prefix` + `key`; `prefix` + `name` + separator, for what lies below. */
struct str reading_key(const struct reading *self, struct str prefix, struct str key);
struct str reading_below(const struct reading *self, struct str prefix,
                         struct str name);

/* Whether the file's own word on its locale is that of its path: else the note. A
 * header, which nothing is loaded by, may say more or less than the path: de_DE. */
void reading_check_locale(struct reading *self, struct str said, size_t line);
void reading_check_header(struct reading *self, struct str said, size_t line);

/* Steps of reading a catalog: room for files; one of them, whose path, namespace and
 * bytes are set (`fault`: what is known to be wrong already, else NULL); sorting. */
void catalog_begin(struct catalog *catalog, size_t files, const struct set_rules *rules,
                   struct arena *arena);
void catalog_read_file(struct catalog *catalog, size_t file,
                       const struct set_rules *rules, struct arena *arena,
                       bool is_union, const char *fault);
void catalog_finish(struct catalog *catalog, const struct set_rules *rules,
                    struct arena *arena);

/* A file's bytes; too large a one is `fault`, a broken catalog and not a broken run. */
MUST_USE bool catalog_load(const char *path, struct arena *arena, struct str *bytes,
                           const char **fault, struct err *err);

/* By key, stable. */
void messages_sort(struct message *message, size_t n, struct arena *arena);
/* In CLDR order, others behind by name. */
void forms_sort(struct form *form, size_t n);

#endif
