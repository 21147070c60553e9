/* Rails' YAML: one root key, the locale; below it paths are keys. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/collect_internal.h"
#include "i18ncheck/yaml_tree.h"

#include "shared/banned.h"

/* A mapping or sequence that is being walked. */
struct frame {
    const struct yaml_item *item;
    size_t n, next;
    struct str prefix;
};

struct rails {
    struct reading *reading;
    struct frame frame[YAML_DEPTH_MAX];
    size_t depth;
    size_t nodes;
};

/* YAML 1.1 makes booleans of these, so the text never gets there. */
static bool is_boolean(struct str text)
{
    static const char *const words[] = {"yes", "Yes", "YES", "no",  "No",  "NO",
                                        "on",  "On",  "ON",  "off", "Off", "OFF"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(text, str_of(words[i])))
            return true;
    return false;
}

static bool is_null(const struct yaml_node *node)
{
    return node->is_plain &&
           (str_equal(node->text, STR("~")) || str_equal(node->text, STR("null")) ||
            str_equal(node->text, STR("Null")) || str_equal(node->text, STR("NULL")));
}

static bool enter(struct rails *self, const struct yaml_node *node, struct str prefix)
{
    struct frame frame = {.item = node->item, .n = node->n, .prefix = prefix};
    struct yaml_item *item;

    if (self->depth == YAML_DEPTH_MAX)
        return reading_fault(self->reading, node->line, "nested more than 64 deep");
    if (node->kind == YAML_KIND_MAPPING) {
        if (!yaml_items(node, self->reading->arena, &self->nodes, &item, &frame.n))
            return reading_fault(self->reading, node->line,
                                 "aliases make more than 1,000,000 nodes of it");
        frame.item = item;
    } else {
        self->nodes += node->n;
    }
    if (self->nodes > YAML_NODES_MAX)
        return reading_fault(self->reading, node->line,
                             "aliases make more than 1,000,000 nodes of it");
    self->frame[self->depth++] = frame;
    return true;
}

static struct message *add(struct rails *self, struct str key, size_t line, char type)
{
    struct message *message = reading_add(self->reading, key, line);

    message->type = type;
    message->is_text = message->is_counted = type != 'o';
    return message;
}

static void note_key(struct rails *self, const struct yaml_item *item, struct str key)
{
    if (item->key->is_plain && is_boolean(item->key->text))
        reading_note(self->reading, PROBLEM_BOOL_KEY, key, item->key->line,
                     "YAML reads this key as a boolean; put it in quotes");
    if (item->is_repeat)
        reading_note(self->reading, PROBLEM_DUPLICATE_KEY, key, item->key->line,
                     "the key is there twice");
}

/* One item of the innermost frame. */
static bool visit(struct rails *self, struct frame *frame)
{
    struct reading *reading = self->reading;
    const struct yaml_item *item = &frame->item[frame->next];
    const struct yaml_node *value = item->value;
    struct str name = item->key
                          ? item->key->text
                          : str_of(str_format(reading->arena, "%zu", frame->next));
    struct str key = reading_key(reading, frame->prefix, name);
    size_t line = item->key ? item->key->line : value->line;

    frame->next++;
    if (item->is_replaced)
        return true;
    if (item->key)
        note_key(self, item, key);
    if (value->kind != YAML_KIND_SCALAR && value->n > 0)
        return enter(self, value, reading_below(reading, frame->prefix, name));
    if (value->kind != YAML_KIND_SCALAR)
        (void)add(self, key, line, 'o');
    else if (is_null(value))
        reading_text(reading, add(self, key, line, 'z'), (struct str){0});
    else
        reading_text(reading, add(self, key, line, 's'), value->text);
    return true;
}

static bool walk(struct rails *self, const struct yaml_node *node)
{
    if (node->kind == YAML_KIND_SCALAR) // "de:" and nothing below it
        return true;
    if (!enter(self, node, self->reading->prefix))
        return false;
    while (self->depth > 0 && !self->reading->fault) {
        struct frame *frame = &self->frame[self->depth - 1];

        if (frame->next == frame->n)
            self->depth--;
        else if (!visit(self, frame))
            return false;
    }
    return !self->reading->fault;
}

static bool is_locale(const struct reading *self, struct str name)
{
    const char *tag;

    return locale_tag(name, self->arena, &tag) &&
           strcmp(tag, self->catalog->locale) == 0;
}

/* The root's item that is this locale's, else its only one. */
static const struct yaml_item *find_root(const struct reading *self,
                                         const struct yaml_item *item, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_locale(self, item[i].key->text) && !item[i].is_replaced)
            return &item[i];
    return n == 1 ? item : NULL;
}

bool format_rails_read(struct reading *self)
{
    struct rails rails = {.reading = self};
    const struct yaml_node *root;
    const struct yaml_item *ours;
    struct yaml_item *item;
    const char *why;
    size_t line, n;

    if (!yaml_parse(self->bytes, self->arena, &root, &why, &line))
        return reading_fault(self, line, why);
    if (root->kind != YAML_KIND_MAPPING ||
        !yaml_items(root, self->arena, &rails.nodes, &item, &n))
        return reading_fault(self, root->line, "its root is not a mapping");
    ours = find_root(self, item, n);
    if (!ours)
        return reading_fault(self, root->line, "no root key is the locale");
    for (size_t i = 0; i < n; i++) {
        note_key(&rails, &item[i], item[i].key->text);
        if (!is_locale(self, item[i].key->text))
            reading_check_locale(self, item[i].key->text, item[i].key->line);
    }
    return walk(&rails, ours->value);
}

bool rails_root_locale(struct str bytes, struct arena *arena, const char **locale)
{
    const struct yaml_node *root;
    const char *why;
    size_t line;

    return yaml_parse(bytes, arena, &root, &why, &line) &&
           root->kind == YAML_KIND_MAPPING && root->n == 1 &&
           root->item[0].value->kind == YAML_KIND_MAPPING &&
           locale_tag(root->item[0].key->text, arena, locale);
}
