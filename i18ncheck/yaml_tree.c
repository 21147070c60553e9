/* Makes a tree of libyaml's events; never its own document API, which expands aliases
 * without a limit. */
#include "i18ncheck/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "shared/memory.h"

#include "shared/banned.h"

struct anchor {
    struct str name;
    const struct yaml_node *node;
};

struct tree {
    yaml_parser_t parser;
    struct arena *arena;
    struct yaml_node *open[YAML_DEPTH_MAX];
    const struct yaml_node *key[YAML_DEPTH_MAX]; /* that waits for its value */
    size_t depth;
    const struct yaml_node *root;
    struct anchor anchor[YAML_ANCHORS_MAX];
    size_t nanchors;
    size_t events, documents;
    const char *why;
    size_t line;
};

static bool fault(struct tree *self, size_t line, const char *why)
{
    self->why = why;
    self->line = line;
    return false;
}

static struct str copied(struct tree *self, const yaml_char_t *text, size_t n)
{
    return (struct str){str_copy(self->arena, (const char *)text, n), n};
}

/* ---- repeated keys ---- */

/* An item's key, and where it stands. */
struct place_of_key {
    struct str key;
    size_t item;
};

static int key_compare(const void *a, const void *b)
{
    const struct place_of_key *x = a, *y = b;
    int order = str_compare(x->key, y->key);

    return order != 0 ? order : (x->item > y->item) - (x->item < y->item);
}

/* Items of a mapping by key, then as they stand. */
static struct place_of_key *sorted(const struct yaml_item *item, size_t n,
                                   struct arena *arena)
{
    struct place_of_key *list = arena_new(arena, struct place_of_key, n);

    for (size_t i = 0; i < n; i++)
        list[i] = (struct place_of_key){item[i].key->text, i};
    if (n > 1)
        qsort(list, n, sizeof *list, key_compare);
    return list;
}

static bool is_merge(const struct yaml_node *key)
{
    return key->is_plain && str_equal(key->text, STR("<<"));
}

static void finish_mapping(struct tree *self, struct yaml_node *node)
{
    const struct place_of_key *list = sorted(node->item, node->n, self->arena);

    for (size_t i = 0; i < node->n; i++) {
        struct yaml_item *item = &node->item[list[i].item];

        if (is_merge(item->key))
            node->has_merge = true;
        else if (i > 0 && str_equal(list[i - 1].key, list[i].key)) {
            node->item[list[i - 1].item].is_replaced = true;
            item->is_repeat = true;
        }
    }
}

/* ---- nodes ---- */

/* A node is whole, or begins: it is the value of what is open. */
static bool place(struct tree *self, const struct yaml_node *node)
{
    struct yaml_node *parent;
    const struct yaml_node *key;

    if (self->depth == 0) {
        self->root = node;
        return true;
    }
    parent = self->open[self->depth - 1];
    key = self->key[self->depth - 1];
    if (parent->kind == YAML_KIND_MAPPING && !key) {
        if (node->kind != YAML_KIND_SCALAR)
            return fault(self, node->line, "a key that is no scalar");
        self->key[self->depth - 1] = node;
        return true;
    }
    parent->item = arena_room(self->arena, parent->item, parent->n, &parent->capacity,
                              sizeof *parent->item);
    parent->item[parent->n++] = (struct yaml_item){.key = key, .value = node};
    self->key[self->depth - 1] = NULL;
    return true;
}

static bool remember(struct tree *self, const yaml_char_t *name,
                     const struct yaml_node *node)
{
    if (!name)
        return true;
    if (self->nanchors == YAML_ANCHORS_MAX)
        return fault(self, node->line, "more than 1,000 anchors");
    self->anchor[self->nanchors++] =
        (struct anchor){copied(self, name, strlen((const char *)name)), node};
    return true;
}

/* The newest of that name. */
static bool recall(struct tree *self, const yaml_event_t *event)
{
    struct str name = str_of((const char *)event->data.alias.anchor);
    size_t line = event->start_mark.line + 1;

    for (size_t i = self->nanchors; i > 0; i--) {
        if (!str_equal(self->anchor[i - 1].name, name))
            continue;
        if (self->anchor[i - 1].node->is_open)
            return fault(self, line, "an alias inside its own anchor");
        return place(self, self->anchor[i - 1].node);
    }
    return fault(self, line, "an alias without an anchor");
}

static bool is_core_tag(const yaml_char_t *tag)
{
    static const char core[] = "tag:yaml.org,2002:";

    return !tag || strcmp((const char *)tag, "!") == 0 ||
           strncmp((const char *)tag, core, sizeof core - 1) == 0;
}

static bool add_scalar(struct tree *self, const yaml_event_t *event)
{
    struct yaml_node *node = arena_new(self->arena, struct yaml_node, 1);

    *node = (struct yaml_node){.kind = YAML_KIND_SCALAR,
                               .line = event->start_mark.line + 1,
                               .text = copied(self, event->data.scalar.value,
                                              event->data.scalar.length),
                               .is_plain =
                                   event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE};
    if (!is_core_tag(event->data.scalar.tag))
        return fault(self, node->line, "a tag that is not YAML's own");
    return place(self, node) && remember(self, event->data.scalar.anchor, node);
}

static bool open_node(struct tree *self, const yaml_event_t *event, enum yaml_kind kind,
                      const yaml_char_t *tag, const yaml_char_t *anchor)
{
    struct yaml_node *node = arena_new(self->arena, struct yaml_node, 1);

    *node = (struct yaml_node){.kind = kind,
                               .line = event->start_mark.line + 1,
                               .is_open = true};
    if (!is_core_tag(tag))
        return fault(self, node->line, "a tag that is not YAML's own");
    if (self->depth == YAML_DEPTH_MAX)
        return fault(self, node->line, "nested more than 64 deep");
    if (!place(self, node) || !remember(self, anchor, node))
        return false;
    self->key[self->depth] = NULL;
    self->open[self->depth++] = node;
    return true;
}

static void close_node(struct tree *self)
{
    struct yaml_node *node = self->open[--self->depth];

    node->is_open = false;
    if (node->kind == YAML_KIND_MAPPING)
        finish_mapping(self, node);
}

static bool take(struct tree *self, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT: return add_scalar(self, event);
    case YAML_ALIAS_EVENT: return recall(self, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(self, event, YAML_KIND_SEQUENCE,
                         event->data.sequence_start.tag,
                         event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return open_node(self, event, YAML_KIND_MAPPING, event->data.mapping_start.tag,
                         event->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: close_node(self); return true;
    case YAML_DOCUMENT_START_EVENT:
        return self->documents++ == 0 ||
               fault(self, event->start_mark.line + 1, "a second document");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT: return true;
    }
    return true;
}

/* ---- the document ---- */

static bool read_events(struct tree *self)
{
    yaml_event_t event;
    bool is_end = false;

    while (!is_end && !self->why) {
        if (!yaml_parser_parse(&self->parser, &event)) {
            if (self->parser.error == YAML_MEMORY_ERROR) // it takes no allocator
                memory_is_out();
            return fault(self, self->parser.problem_mark.line + 1,
                         self->parser.problem ? self->parser.problem : "not YAML");
        }
        is_end = event.type == YAML_STREAM_END_EVENT;
        if (self->events++ == YAML_EVENTS_MAX)
            (void)fault(self, event.start_mark.line + 1, "more than 2,000,000 events");
        else
            (void)take(self, &event);
        yaml_event_delete(&event);
    }
    return !self->why && (self->root || fault(self, 1, "empty"));
}

bool yaml_parse(struct str bytes, struct arena *arena, const struct yaml_node **root,
                const char **why, size_t *line)
{
    struct tree *tree = arena_new(arena, struct tree, 1);
    bool ok;

    tree->arena = arena;
    if (!yaml_parser_initialize(&tree->parser))
        memory_is_out();
    yaml_parser_set_encoding(&tree->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&tree->parser, (const unsigned char *)bytes.at,
                                 bytes.n);
    ok = read_events(tree);
    yaml_parser_delete(&tree->parser);
    *root = tree->root;
    *why = tree->why;
    *line = tree->line;
    return ok;
}

/* ---- merging ---- */

/* A mapping whose items are wanted. */
struct source {
    const struct yaml_node *node;
};

/* A mapping's items while << is resolved. */
struct merging {
    struct arena *arena;
    struct yaml_item *item; /* of all sources, in order */
    size_t n, capacity;
    size_t own; /* so many are the mapping's */
    struct source *source;
    size_t nsources, sources_capacity;
};

static void add_source(struct merging *self, const struct yaml_node *node)
{
    if (node->kind != YAML_KIND_MAPPING)
        return;
    self->source = arena_room(self->arena, self->source, self->nsources,
                              &self->sources_capacity, sizeof *self->source);
    self->source[self->nsources++].node = node;
}

/* Items of one source; what it merges itself becomes a source behind the others. Keys
 * that it repeats are its own matter. */
static void gather(struct merging *self, const struct yaml_node *from, bool is_own)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct yaml_node *value = from->item[i].value;

        if (!is_merge(from->item[i].key)) {
            self->item = arena_room(self->arena, self->item, self->n, &self->capacity,
                                    sizeof *self->item);
            self->item[self->n] = from->item[i];
            self->item[self->n].is_repeat &= is_own;
            self->n += is_own || !from->item[i].is_replaced;
            continue;
        }
        add_source(self, value);
        for (size_t j = 0; value->kind == YAML_KIND_SEQUENCE && j < value->n; j++)
            add_source(self, value->item[j].value);
    }
}

/* Of one key the mapping's own items stay, else the first. */
static void hide(struct merging *self)
{
    const struct place_of_key *list = sorted(self->item, self->n, self->arena);
    size_t kept = 0;

    for (size_t i = 1; i < self->n; i++)
        if (str_equal(list[i - 1].key, list[i].key) && list[i].item >= self->own)
            self->item[list[i].item].key = NULL;
    for (size_t i = 0; i < self->n; i++)
        if (self->item[i].key)
            self->item[kept++] = self->item[i];
    self->n = kept;
}

bool yaml_items(const struct yaml_node *mapping, struct arena *arena, size_t *nodes,
                struct yaml_item **item, size_t *n)
{
    struct merging merging = {.arena = arena};

    *nodes += mapping->n;
    *item = mapping->item;
    *n = mapping->n;
    if (!mapping->has_merge)
        return *nodes <= YAML_NODES_MAX;
    add_source(&merging, mapping);
    for (size_t i = 0; i < merging.nsources; i++) {
        *nodes += merging.source[i].node->n + 1;
        if (*nodes > YAML_NODES_MAX)
            return false;
        gather(&merging, merging.source[i].node, i == 0);
        if (i == 0)
            merging.own = merging.n;
    }
    hide(&merging);
    *item = merging.item;
    *n = merging.n;
    return true;
}
