/*
 * YAML of catalogs as a tree, by libyaml's events. An alias is the node of its anchor
 * once more, so who walks the tree has to count. Scalars stay text.
 */
#ifndef I18NCHECK_YAML_TREE_H
#define I18NCHECK_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/str.h"

enum {
    YAML_DEPTH_MAX = 64,
    YAML_ANCHORS_MAX = 1000,
    YAML_EVENTS_MAX = 2000000,
    YAML_NODES_MAX = 1000000, /* of a walk, replayed ones counted each time */
};

enum yaml_kind { YAML_KIND_SCALAR, YAML_KIND_SEQUENCE, YAML_KIND_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    size_t line;
    struct str text; /* of a scalar, decoded */
    bool is_plain;   /* no quotes, no block */
    bool is_open;    /* while it is read */
    bool has_merge;  /* a mapping with the key << */
    struct yaml_item *item;
    size_t n, capacity;
};

struct yaml_item {
    const struct yaml_node *key; /* a scalar; NULL in a sequence */
    const struct yaml_node *value;
    bool is_repeat;   /* an earlier item has the same key */
    bool is_replaced; /* a later one has */
};

/* The one document. False: `why` in `line`. */
bool yaml_parse(struct str bytes, struct arena *arena, const struct yaml_node **root,
                const char **why, size_t *line);

/* Items of a mapping with those that << brings, which its own and earlier ones hide.
 * Adds to `*nodes` what it looks at; false: that passes YAML_NODES_MAX. */
bool yaml_items(const struct yaml_node *mapping, struct arena *arena, size_t *nodes,
                struct yaml_item **item, size_t *n);

#endif
