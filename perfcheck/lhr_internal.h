/*
 * How a report is read: tables say which members of which object are wanted and where
 * they go; one walk over the bytes follows them. Nobody's but perfcheck/lhr*.c.
 */
#ifndef PERFCHECK_LHR_INTERNAL_H
#define PERFCHECK_LHR_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "perfcheck/lhr.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/scan_members.h"
#include "shared/str.h"

enum {
    LHR_PARTS_MAX = 65536,        /* audits, references, categories, steps of a file */
    LHR_LOAD_BYTES_MAX = 4 << 20, /* of a span that becomes a tree */
    LHR_LOAD_KEYS_MAX = 200000,
};

struct reader {
    struct scan_members walk;
    struct arena *arena;
    size_t parts;
    struct err wrong; /* the first fault that the walk itself cannot see; "" none */
};

/* `at` is where, NULL: nowhere; false. Only the first is kept. */
bool reader_wrong(struct reader *reader, const char *at, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* One more audit, reference, ...; false when there are too many. */
bool reader_part(struct reader *reader, const char *at);

/* The string of a member, decoded; false when it is none, or not UTF-8. */
bool reader_text(struct reader *reader, struct span value, const char *name,
                 struct str *text);

enum field_kind {
    FIELD_TEXT,   /* struct str, decoded */
    FIELD_SPAN,   /* struct span: a string as it stands */
    FIELD_NUMBER, /* struct estimate; out of a double's range: not known */
    FIELD_OBJECT, /* struct span */
    FIELD_INSIDE, /* an object whose members go to the struct at `offset`, by `inside`
                   */
    FIELD_EACH,   /* an object or array, entered; `each` reads its members */
};

struct fields;

/* A wanted member. null is as good as absent, another type is wrong. */
struct field {
    const char *key;
    size_t key_bytes;
    enum field_kind kind;
    size_t offset; /* in the struct that is filled */
    const struct fields *inside;
    enum span_type type; /* FIELD_EACH: which of the two */
    /* FIELD_EACH: a member of it; `into` is the struct's place at `offset`. */
    void (*each)(struct reader *reader, const struct scan_member *member, void *into);
};

/* Its first two members; a struct str is no constant. */
#define KEY(literal) "" literal, sizeof(literal) - 1

struct fields {
    const struct field *field;
    size_t n;
    const struct fields *also; /* further ones of the same struct, or NULL */
};

#define FIELDS(table)                                          \
    {                                                          \
        .field = (table), .n = sizeof(table) / sizeof *(table) \
    }

/* The members of the object that the walk has just entered. */
void fields_read(struct reader *reader, const struct fields *fields, void *into);

/* ---- lhr_audits.c ---- */

/* Audits and categories as they are found. */
struct parts {
    struct audit *audit;
    size_t naudits, audits_capacity;
    struct category *category;
    size_t ncategories, categories_capacity;
};

void read_audit(struct reader *reader, const struct scan_member *member, void *into);
void read_category(struct reader *reader, const struct scan_member *member, void *into);

/* The parts become the report's; audits in byte order, references bound to them. False:
 * wrong, an id twice. */
bool parts_bind(struct reader *reader, const struct parts *parts, struct lhr *lhr);

#endif
