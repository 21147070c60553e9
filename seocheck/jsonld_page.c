/* From blocks of text to objects: wrappers, parsing, contexts, flattening, joins. */
#include "seocheck/jsonld_page.h"

#include <stdlib.h>
#include <string.h>

#include "seocheck/jsonld_value.h"
#include "seocheck/vocabulary.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { FLAGS = JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL };

struct str ld_text(const json_t *string)
{
    return (struct str){json_string_value(string), json_string_length(string)};
}

const char *ld_copy(struct str text, struct arena *arena)
{
    if (text.n > 0 && memchr(text.at, '\0', text.n))
        return text_safe(arena, text.at, text.n, text.n);
    return str_copy(arena, text.at, text.n);
}

/* ---- one block ---- */

static void add_block(struct ld_page *page, uint32_t block, enum jsonld_check check,
                      enum severity severity, int64_t line, const char *value)
{
    (void)ld_add(page, (struct ld_found){.check = check,
                                         .severity = severity,
                                         .block = block,
                                         .line = line,
                                         .value = value});
}

static void cut_front(struct str *text, size_t n)
{
    text->at += n;
    text->n -= n;
}

/* Takes `open` and `close` off both ends; white space before and behind them too. */
static bool unwrap(struct str *text, struct str open, struct str close)
{
    if (!str_starts(*text, open))
        return false;
    cut_front(text, open.n);
    *text = value_trim(*text);
    if (str_ends(*text, close))
        text->n -= close.n;
    *text = value_trim(*text);
    return true;
}

/* The text inside of what people put around JSON; NULL or what it was. */
static const char *strip_wrapper(struct str *text)
{
    const char *what = NULL;

    *text = value_trim(*text);
    if (str_starts(*text, STR("\xEF\xBB\xBF"))) {
        cut_front(text, 3);
        *text = value_trim(*text);
        what = "a byte-order mark";
    }
    if (unwrap(text, STR("<!--"), STR("-->")))
        what = "an HTML comment";
    if (unwrap(text, STR("<![CDATA["), STR("]]>")) ||
        unwrap(text, STR("//<![CDATA["), STR("//]]>")) ||
        unwrap(text, STR("// <![CDATA["), STR("// ]]>")) ||
        unwrap(text, STR("/*<![CDATA[*/"), STR("/*]]>*/")) ||
        unwrap(text, STR("/* <![CDATA[ */"), STR("/* ]]> */")))
        what = "a CDATA section";
    return what;
}

/* Notes where the objects begin. NULL, or what is too much: jansson itself stops at
 * depth 2048 only, and a tree of its may take a hundred times the text. */
static const char *scan_braces(struct ld_page *page, struct ld_block *block)
{
    const char *at = block->text.at;
    size_t open = 0, nvalues = 1;
    uint32_t line = 0;

    for (size_t i = 0; i < block->text.n; i++) {
        if (at[i] == '"') {
            for (i++; i < block->text.n && at[i] != '"'; i++)
                i += at[i] == '\\';
        } else if (at[i] == '\n') {
            line++;
        } else if (at[i] == '{' || at[i] == '[' || at[i] == ',') {
            if (page->nvalues + nvalues++ >= LD_VALUES_MAX)
                return str_format(page->arena,
                                  "more than %d values in the blocks of the page",
                                  (int)LD_VALUES_MAX);
            if (at[i] != ',' && ++open > LD_DEPTH_MAX)
                return str_format(page->arena, "nested deeper than %d",
                                  (int)LD_DEPTH_MAX);
            if (at[i] == '{') {
                block->brace =
                    arena_room(page->scratch, block->brace, block->nbraces,
                               &block->braces_capacity, sizeof *block->brace);
                block->brace[block->nbraces++] = (struct ld_brace){(uint32_t)i, line};
            }
        } else if ((at[i] == '}' || at[i] == ']') && open > 0) {
            open--;
        }
    }
    page->nvalues += nvalues;
    return NULL;
}

static void load_block(struct ld_page *page, uint32_t index)
{
    struct ld_block *block = &page->block[index];
    const char *before = block->text.at;
    const char *wrapper = strip_wrapper(&block->text);
    const char *excess;
    json_error_t error;

    if (block->text.n > 0)
        block->line +=
            (int64_t)text_line(before, (size_t)(block->text.at - before)) - 1;
    if (wrapper)
        add_block(page, index, JSONLD_WRAPPER, SEVERITY_INFO, block->line, wrapper);
    if (block->is_cut) {
        add_block(page, index, JSONLD_SYNTAX, SEVERITY_WARN, block->line,
                  str_format(page->arena, "larger than %d bytes",
                             (int)PAGE_BLOCK_BYTES_MAX));
        return;
    }
    if (block->text.n == 0) {
        add_block(page, index, JSONLD_SYNTAX, SEVERITY_WARN, block->line,
                  "no JSON in it");
        return;
    }
    excess = scan_braces(page, block);
    if (excess) {
        add_block(page, index, JSONLD_SYNTAX, SEVERITY_WARN, block->line, excess);
        return;
    }
    block->root = json_loadb(block->text.at, block->text.n, FLAGS, &error);
    if (!block->root) {
        add_block(page, index, JSONLD_SYNTAX, SEVERITY_WARN,
                  block->line + error.line - 1,
                  str_copy(page->arena, error.text, strlen(error.text)));
        return;
    }
    OWN(json)
    again = json_loadb(block->text.at, block->text.n, FLAGS | JSON_REJECT_DUPLICATES,
                       &error);
    if (!again) {
        block->has_duplicates = true;
        add_block(page, index, JSONLD_DUPLICATE_KEY, SEVERITY_WARN,
                  block->line + error.line - 1,
                  str_copy(page->arena, error.text, strlen(error.text)));
    }
}

/* ---- names ---- */

static const char *const prefixes[] = {"schema:", "https://schema.org/",
                                       "http://schema.org/"};

enum { PREFIXES = sizeof prefixes / sizeof *prefixes };

struct str ld_term(struct str word, bool *is_foreign)
{
    for (size_t i = 0; i < PREFIXES; i++)
        if (str_starts(word, str_of(prefixes[i]))) {
            cut_front(&word, strlen(prefixes[i]));
            break;
        }
    *is_foreign = word.n > 0 && memchr(word.at, ':', word.n);
    return word;
}

static bool is_schema_org(struct str url)
{
    return str_equal(url, STR("https://schema.org")) ||
           str_equal(url, STR("https://schema.org/")) ||
           str_equal(url, STR("http://schema.org")) ||
           str_equal(url, STR("http://schema.org/"));
}

static bool context_is_known(const json_t *context)
{
    const json_t *part = NULL;
    size_t i;

    if (json_is_string(context))
        return is_schema_org(ld_text(context));
    if (json_is_object(context)) {
        part = json_object_get(context, "@vocab");
        return json_is_string(part) && is_schema_org(ld_text(part));
    }
    json_array_foreach(context, i, part)
    {
        const json_t *vocab =
            json_is_object(part) ? json_object_get(part, "@vocab") : part;

        if (json_is_string(vocab) && is_schema_org(ld_text(vocab)))
            return true;
    }
    return false;
}

static bool defines(const json_t *context, const char *key)
{
    const json_t *term = json_object_get(context, key);

    return json_is_string(term) || json_object_get(term, "@id");
}

bool ld_is_local(const json_t *context, const char *key)
{
    const json_t *part;
    size_t i;

    if (defines(context, key))
        return true;
    json_array_foreach(context, i, part)
    {
        if (defines(part, key))
            return true;
    }

    return false;
}

json_t *ld_member(const json_t *object, const char *property)
{
    json_t *value = json_object_get(object, property);
    char name[128];

    for (size_t i = 0; i < PREFIXES && !value; i++) {
        size_t n = strlen(prefixes[i]), all = n + strlen(property);

        if (all >= sizeof name)
            continue;
        memcpy(name, prefixes[i], n);
        memcpy(name + n, property, all - n + 1);
        value = json_object_get(object, name);
    }
    return value;
}

/* ---- types ---- */

static void add_type(struct ld_types *types, const json_t *type, const json_t *context)
{
    bool is_foreign;
    struct str term;
    int class_index;

    if (!json_is_string(type))
        return;
    term = ld_term(ld_text(type), &is_foreign);
    class_index = is_foreign ? VOCABULARY_NONE : class_find(term);
    if (class_index == VOCABULARY_NONE ||
        ld_is_local(context, json_string_value(type))) {
        types->has_strange = true;
        return;
    }
    for (size_t i = 0; i < types->n; i++)
        if (types->class_index[i] == class_index)
            return;
    if (types->n < LD_TYPES_MAX)
        types->class_index[types->n++] = (uint16_t)class_index;
}

static void add_types(struct ld_types *types, const json_t *object,
                      const json_t *context)
{
    const json_t *type = json_object_get(object, "@type"), *item;
    size_t i;

    add_type(types, type, context);
    json_array_foreach(type, i, item)
    {
        add_type(types, item, context);
    }
}

const struct ld_types *ld_types_of(const struct ld_page *page, const json_t *value,
                                   struct ld_types *room)
{
    uint32_t leader = ld_find(page, value);

    if (leader != LD_NONE)
        return page->node[leader].types;
    *room = (struct ld_types){.n = 0};
    add_types(room, value, NULL);
    return room;
}

bool ld_is_a(const struct ld_types *types, const char *name)
{
    int wanted = class_find(str_of(name));

    for (size_t i = 0; i < types->n; i++)
        if (class_is(types->class_index[i], wanted))
            return true;
    return false;
}

/* ---- flattening ---- */

/* Where a value stands. */
struct place {
    uint32_t block;
    const json_t *context;
    bool is_checked;
    bool is_ignored; /* a context, or inside of a value: counted only */
    bool is_root;
    bool is_nameless; /* no node itself, as the value of `@list` */
};

static bool is_reference(const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        if (key[0] != '@')
            return false;
    }
    return json_object_get(object, "@id") != NULL;
}

static void add_node(struct ld_page *page, json_t *object, const struct place *place,
                     uint32_t ordinal)
{
    uint32_t self = (uint32_t)page->nnodes;

    page->node = arena_room(page->scratch, page->node, page->nnodes,
                            &page->nodes_capacity, sizeof *page->node);
    page->node[page->nnodes++] = (struct ld_node){
        .object = object,
        .block = place->block,
        .ordinal = ordinal,
        .leader = self,
        .next = LD_NONE,
        .context = place->context,
        .is_checked = place->is_checked,
        .is_root = place->is_root,
        .is_reference = is_reference(object),
    };
}

/* What the value of a key stands for: the object's own place is `place`. */
static struct place place_of(const char *key, const struct place *place)
{
    struct place inner = *place;

    inner.is_nameless = false;
    if (strcmp(key, "@graph") == 0 || strcmp(key, "@included") == 0)
        return inner;
    // the page's main thing stands for itself
    inner.is_root = place->is_root && strcmp(key, "mainEntity") == 0;
    if (strcmp(key, "@list") == 0 || strcmp(key, "@set") == 0)
        return inner;
    if (strcmp(key, "@reverse") == 0)
        inner.is_nameless = true;
    else
        inner.is_ignored = place->is_ignored || key[0] == '@';
    return inner;
}

static void take_context(struct ld_page *page, json_t *object, struct place *place,
                         bool is_top)
{
    const json_t *context = json_object_get(object, "@context");
    struct ld_block *block = &page->block[place->block];
    const char *what = "no @context";

    if (context) {
        place->context = context;
        place->is_checked = context_is_known(context);
    }
    if (!is_top || place->is_checked || block->is_foreign)
        return;
    block->is_foreign = true; // said once
    if (json_is_string(context))
        what = str_format(page->arena, "@context %s is not schema.org",
                          json_string_value(context));
    else if (context)
        what = "@context is not schema.org";
    add_block(page, place->block, JSONLD_CONTEXT, SEVERITY_INFO, block->line, what);
}

/* In document order, so that the ordinals of objects are those of their braces.
 * Recursion ends at LD_DEPTH_MAX: scan_braces has looked. */
static void flatten(struct ld_page *page, json_t *value, struct place place,
                    bool is_top, uint32_t *ordinal)
{
    const char *key;
    json_t *inner;
    size_t i;

    json_array_foreach(value, i, inner)
    {
        flatten(page, inner, place, is_top, ordinal);
    }

    if (!json_is_object(value))
        return;
    if (!place.is_ignored) {
        take_context(page, value, &place, is_top);
        place.is_ignored = json_object_get(value, "@value") != NULL;
        if (!place.is_ignored && !place.is_nameless &&
            !json_object_get(value, "@list") && !json_object_get(value, "@set") &&
            page->nnodes < LD_OBJECTS_MAX)
            add_node(page, value, &place, *ordinal);
    }
    ++*ordinal;
    json_object_foreach(value, key, inner)
    {
        flatten(page, inner, place_of(key, &place), false, ordinal);
    }
}

static void flatten_block(struct ld_page *page, uint32_t index)
{
    struct ld_block *block = &page->block[index];
    struct place place = {.block = index, .is_root = true};
    size_t room = page->nnodes < LD_OBJECTS_MAX;
    uint32_t ordinal = 0;

    if (!json_is_object(block->root) && !json_is_array(block->root)) {
        add_block(page, index, JSONLD_SYNTAX, SEVERITY_WARN, block->line,
                  "neither an object nor an array");
        return;
    }
    flatten(page, block->root, place, true, &ordinal);
    if (room && page->nnodes == LD_OBJECTS_MAX)
        add_block(page, index, JSONLD_SYNTAX, SEVERITY_INFO, block->line,
                  str_format(page->arena, "%d objects on the page, more are not read",
                             (int)LD_OBJECTS_MAX));
}

/* ---- joining ---- */

static struct str id_of(const json_t *object)
{
    return ld_text(json_object_get(object, "@id"));
}

struct named {
    struct str id;
    uint32_t node;
    bool is_reference;
};

/* By id; what says something before what only refers; then in the order of the page. */
static int compare_named(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    int order = str_compare(a->id, b->id);

    if (order == 0)
        order = a->is_reference - b->is_reference;
    if (order == 0)
        order = (a->node > b->node) - (a->node < b->node);
    return order;
}

/* Sorted nodes of one id: the first leads. References say nothing and stay out. */
static void join_group(struct ld_page *page, const struct named *named, size_t n)
{
    uint32_t leader = named[0].node, last = leader;

    page->by_id[page->nids++] = leader;
    page->node[leader].is_named = named[n - 1].is_reference && n > 1;
    for (size_t i = 1; i < n; i++) {
        struct ld_node *node = &page->node[named[i].node];

        node->leader = leader;
        if (i < LD_JOIN_MAX &&
            (!node->is_reference || json_object_get(node->object, "@type"))) {
            page->node[last].next = named[i].node;
            last = named[i].node;
        }
    }
}

static void join(struct ld_page *page)
{
    struct named *named = arena_new(page->scratch, struct named, page->nnodes);
    size_t n = 0, first = 0;

    for (uint32_t i = 0; i < page->nnodes; i++) {
        struct str id = id_of(page->node[i].object);

        if (id.n > 0)
            named[n++] = (struct named){id, i, page->node[i].is_reference};
    }
    qsort(named, n, sizeof *named, compare_named);
    page->by_id = arena_new(page->scratch, uint32_t, n);
    for (size_t i = 1; i <= n; i++)
        if (i == n || !str_equal(named[i].id, named[first].id)) {
            join_group(page, named + first, i - first);
            first = i;
        }
}

static void type_nodes(struct ld_page *page)
{
    for (size_t i = 0; i < page->nnodes; i++) {
        struct ld_types *types;

        if (page->node[i].leader != i)
            continue;
        types = arena_new(page->scratch, struct ld_types, 1);
        for (uint32_t j = (uint32_t)i; j != LD_NONE; j = page->node[j].next)
            add_types(types, page->node[j].object, page->node[j].context);
        page->node[i].types = types;
    }
    for (size_t i = 0; i < page->nnodes; i++)
        page->node[i].types = page->node[page->node[i].leader].types;
}

uint32_t ld_find(const struct ld_page *page, const json_t *object)
{
    struct str id = id_of(object);
    size_t low = 0, high = page->nids;

    while (id.n > 0 && low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(id, id_of(page->node[page->by_id[middle]].object));

        if (order == 0)
            return page->by_id[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return LD_NONE;
}

json_t *ld_property(const struct ld_page *page, uint32_t node, const char *property)
{
    json_t *value = NULL;

    for (uint32_t i = node; i != LD_NONE && !value; i = page->node[i].next)
        value = ld_member(page->node[i].object, property);
    return value;
}

void ld_page_load(struct ld_page *page)
{
    for (uint32_t i = 0; i < page->nblocks; i++)
        load_block(page, i);
    for (uint32_t i = 0; i < page->nblocks; i++)
        if (page->block[i].root)
            flatten_block(page, i);
    join(page);
    type_nodes(page);
}

void ld_page_release(struct ld_page *page)
{
    for (size_t i = 0; i < page->nblocks; i++)
        json_decref(page->block[i].root);
}
