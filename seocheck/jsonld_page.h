/*
 * One page's structured data while it is checked: the blocks as trees, their objects
 * flattened and joined by `@id`. For jsonld*.c and rich*.c alone.
 */
#ifndef SEOCHECK_JSONLD_PAGE_H
#define SEOCHECK_JSONLD_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "seocheck/jsonld.h"
#include "shared/arena.h"
#include "shared/str.h"

enum {
    LD_DEPTH_MAX = 64,
    LD_VALUES_MAX = 100000, /* of all blocks of a page */
    LD_OBJECTS_MAX = 10000,
    LD_TYPES_MAX = 16,      /* of one object or of what joins */
    LD_JOIN_MAX = 32,       /* objects of one `@id` */
    LD_FINDINGS_MAX = 1000, /* of a page; the last one says that there are more */
    LD_RULES_MAX = 20000,   /* objects held against a rule, nested ones counted again */
};

#define LD_NONE UINT32_MAX

/* Some object of the block is what the rule asks for, some has a gap. */
enum { LD_RULE_MET = 1, LD_RULE_GAP = 2 };

struct ld_brace {
    uint32_t at, line; /* of a `{`: offset, lines before it */
};

struct ld_block {
    struct str text; /* without wrapper */
    int64_t line;    /* of its first byte */
    json_t *root;    /* NULL: no JSON */
    struct ld_brace *brace;
    size_t nbraces, braces_capacity;
    bool has_duplicates; /* objects and braces do not pair up */
    bool is_cut;         /* over PAGE_BLOCK_BYTES_MAX */
    uint8_t *met;        /* LD_RULE_ bits of each rich rule */
    bool is_foreign;     /* some object is under no context of schema.org */
};

/* What an object, or all objects of one `@id`, say that they are. */
struct ld_types {
    uint16_t class_index[LD_TYPES_MAX];
    size_t n;
    bool has_strange; /* a type that is not of schema.org, or misspelled */
};

struct ld_node {
    json_t *object;
    uint32_t block, ordinal;      /* of its brace */
    uint32_t leader, next;        /* of its `@id`; itself and LD_NONE without one */
    const json_t *context;        /* that rules it */
    const struct ld_types *types; /* of the leader */
    bool is_checked;              /* under a context of schema.org */
    bool is_root;                 /* no value of another object */
    bool is_reference;            /* `@id` and perhaps `@type` only */
    bool is_named;                /* another object refers to it */
};

/* Behind which member of which object the last line was found: its findings mostly come
 * in the order of the text, and objects are long. */
struct ld_cursor {
    const struct ld_node *node;
    size_t at;    /* offset in the block */
    int64_t line; /* there */
};

struct ld_page {
    const struct rich *rich;
    int32_t as_of;
    struct ld_block *block;
    size_t nblocks;
    size_t nvalues; /* in them, at most: empty lists and objects count twice */
    struct ld_node *node;
    size_t nnodes, nodes_capacity;
    uint32_t *by_id; /* leaders, sorted by `@id` */
    size_t nids;
    struct ld_cursor cursor;
    size_t nrules; /* objects held against a rule so far */
    struct arena *scratch;
    struct arena *arena; /* of what is handed over */
    struct jsonld *out;
};

/* ---- jsonld_page.c ---- */

/* Parses the blocks and flattens them. `page->block` has their texts. */
void ld_page_load(struct ld_page *page);
void ld_page_release(struct ld_page *page);

/* `word` without schema:, http(s)://schema.org/. `*is_foreign`: it has another prefix.
 */
struct str ld_term(struct str word, bool *is_foreign);
/* The page's own context defines it as something else. */
bool ld_is_local(const json_t *context, const char *key);
const struct ld_types *ld_types_of(const struct ld_page *page, const json_t *value,
                                   struct ld_types *room);
/* Leader of what an object is a part of, or refers to; LD_NONE. */
uint32_t ld_find(const struct ld_page *page, const json_t *object);
/* Value of a property under any spelling of its name; NULL. */
json_t *ld_member(const json_t *object, const char *property);
/* The same in any object of a node's `@id`, the first that is there. */
json_t *ld_property(const struct ld_page *page, uint32_t node, const char *property);
bool ld_is_a(const struct ld_types *types, const char *name);

struct str ld_text(const json_t *string);
/* A copy for findings: a NUL, which JSON may have, becomes visible. */
const char *ld_copy(struct str text, struct arena *arena);

/* ---- jsonld_lines.c ---- */

/* Line of the value of a node's member, under its key as written; of the node itself
 * with NULL or where no such member is. */
int64_t ld_line(struct ld_page *page, const struct ld_node *node, const char *key);

/* ---- findings (jsonld.c) ---- */

/* Texts as they come from outside; NULL: none. `because` ends the message. */
struct ld_found {
    enum jsonld_check check;
    enum severity severity;
    uint32_t block;
    int64_t line;
    const char *property, *value, *limit, *because;
};

/* False when there is no room for more: time to stop. */
bool ld_add(struct ld_page *page, struct ld_found found);
bool ld_is_full(const struct ld_page *page);

/* ---- jsonld_check.c, rich.c ---- */

void ld_check_node(struct ld_page *page, const struct ld_node *node);
void rich_check_node(struct ld_page *page, uint32_t index);

#endif
