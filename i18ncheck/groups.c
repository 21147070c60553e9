/* Plural groups out of flat keys, and what the source's keys and texts say of the style
 * a set is kept in. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"

#include "shared/banned.h"

/* A key cut before its plural suffix. */
struct cut {
    size_t message;
    struct str stem;
    struct str form; /* "one", "plural", "0" */
};

/* One catalog being grouped. */
struct grouping {
    const struct catalog *catalog;
    const struct catalog *source; /* NULL: `catalog` is the source */
    const struct set_rules *rules;
    struct arena *arena;
};

static bool has(const struct grouping *self, struct str stem, struct str rest)
{
    return catalog_find(self->catalog, joined(self->arena, stem, rest)) != NULL;
}

/* ---- where a key is cut ---- */

/* At the last underscore; a suffix is no longer than `most`. */
static bool cut_underscore(struct str key, size_t most, struct cut *cut)
{
    for (size_t n = 1; n <= most && n + 1 < key.n; n++) {
        size_t at = key.n - n - 1;

        if (key.at[at] != '_')
            continue;
        cut->stem = (struct str){key.at, at};
        cut->form = (struct str){key.at + at + 1, n};
        return true;
    }
    return false;
}

static bool cut_i18next4(struct str key, struct cut *cut)
{
    enum category category;

    return cut_underscore(key, sizeof "other" - 1, cut) &&
           category_parse(cut->form, &category);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool cut_i18next3(struct str key, struct cut *cut)
{
    return cut_underscore(key, sizeof "plural" - 1, cut) &&
           (str_equal(cut->form, STR("plural")) ||
            (cut->form.n == 1 && is_digit(cut->form.at[0])));
}

/* At the last separator. */
static bool cut_branch(struct str key, struct str sep, struct cut *cut)
{
    enum category category;

    for (size_t n = 3; n <= sizeof "other" - 1 && n + sep.n < key.n; n++) {
        struct str name = {key.at + key.n - n, n};
        struct str stem = {key.at, key.n - n - sep.n};

        if (!category_parse(name, &category) ||
            !str_equal((struct str){key.at + stem.n, sep.n}, sep))
            continue;
        cut->stem = stem;
        cut->form = name;
        return true;
    }
    return false;
}

/* ---- whether it is a plural ---- */

/* A group of that key in the source: then target forms belong to it. */
static bool is_group_of_source(const struct grouping *self, struct str stem)
{
    const struct message *message = catalog_find(self->source, stem);

    return message && message->is_group;
}

static bool is_i18next4(const struct grouping *self, const struct cut *cut)
{
    return self->source ? is_group_of_source(self, cut->stem)
                        : has(self, cut->stem, STR("_other"));
}

/* Numbered forms begin at 0: `step`, `step_1`, `step_2` are three texts. */
static bool is_i18next3(const struct grouping *self, const struct cut *cut)
{
    if (self->source)
        return is_group_of_source(self, cut->stem);
    return catalog_find(self->catalog, cut->stem) &&
           (is_digit(cut->form.at[0]) ? has(self, cut->stem, STR("_0"))
                                      : str_equal(cut->form, STR("plural")));
}

static bool contains(struct str text, struct str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (memcmp(text.at + i, part.at, part.n) == 0)
            return true;
    return false;
}

static bool has_count(const struct message *message)
{
    struct str text = message_text(message);

    return contains(text, STR("%{count}")) || contains(text, STR("%<count>"));
}

/* A hash with nothing but categories in it, `other` and a second one or a count token.
 */
static bool looks_like_plural(const struct grouping *self, const struct cut *cut)
{
    const struct catalog *catalog = self->catalog;
    struct str below = joined(self->arena, cut->stem, path_separator(self->rules));
    const struct message *other =
        catalog_find(catalog, joined(self->arena, below, STR("other")));
    const struct message *end = catalog->message + catalog->n;
    const struct message *at = other;
    enum category category;
    size_t n = 0;

    if (!other || !other->is_text)
        return false;
    while (at > catalog->message && str_starts(at[-1].key, below))
        at--;
    for (; at < end && str_starts(at->key, below); at++, n++)
        if (!at->is_text ||
            !category_parse((struct str){at->key.at + below.n, at->key.n - below.n},
                            &category))
            return false;
    return n > 1 || has_count(other);
}

static bool is_rails(const struct grouping *self, const struct cut *cut)
{
    struct str other;

    if (!self->source)
        return looks_like_plural(self, cut);
    if (is_group_of_source(self, cut->stem))
        return true;
    other =
        joined(self->arena, joined(self->arena, cut->stem, path_separator(self->rules)),
               STR("other"));
    return !catalog_find(self->source, other) && looks_like_plural(self, cut);
}

static bool is_plural(const struct grouping *self, const struct message *message,
                      struct cut *cut)
{
    if (!message->is_text || message->is_group)
        return false;
    switch (self->rules->plural) {
    case PLURAL_I18NEXT4:
        return cut_i18next4(message->key, cut) && is_i18next4(self, cut);
    case PLURAL_I18NEXT3:
        return cut_i18next3(message->key, cut) && is_i18next3(self, cut);
    case PLURAL_RAILS:
        return cut_branch(message->key, path_separator(self->rules), cut) &&
               is_rails(self, cut);
    case PLURAL_AUTO:
    case PLURAL_NONE:
    case PLURAL_ICU:
    case PLURAL_ANDROID:
    case PLURAL_PO:
    case PLURAL_VUE: return false;
    }
    return false;
}

/* ---- making groups ---- */

/* Those of one key, `n` of them, into the first. */
static void merge(struct message *message, size_t n, struct arena *arena)
{
    size_t nforms = 0;
    struct form *form;

    for (size_t i = 0; i < n; i++)
        nforms += message[i].nforms;
    form = arena_new(arena, struct form, nforms);
    nforms = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < message[i].nforms; j++)
            form[nforms++] = message[i].form[j];
        message->is_review |= message[i].is_review;
        if (message[i].line < message->line)
            message->line = message[i].line;
    }
    forms_sort(form, nforms);
    message->form = form;
    message->nforms = nforms;
    message->is_group = message->is_text = message->is_counted = true;
    message->type = 's';
}

static bool is_ordinal(const struct set_rules *rules, struct str key)
{
    return rules->plural == PLURAL_I18NEXT4 && str_ends(key, STR("_ordinal"));
}

static void merge_equal(struct catalog *catalog, const struct set_rules *rules,
                        struct arena *arena)
{
    size_t kept = 0;

    for (size_t i = 0, n; i < catalog->n; i += n) {
        struct message *first = &catalog->message[i];

        for (n = 1; i + n < catalog->n && str_equal(first[n].key, first->key);)
            n++;
        if (n > 1 || first->is_group) {
            merge(first, n, arena);
            first->is_ordinal = is_ordinal(rules, first->key);
        }
        catalog->message[kept++] = *first;
    }
    catalog->n = kept;
}

/* What i18next falls back to: a bare key stands for every form of the source's group.
 */
static void adopt_bare(struct catalog *catalog, const struct catalog *source)
{
    size_t s = 0;

    for (size_t i = 0; i < catalog->n && s < source->n;) {
        int order = str_compare(catalog->message[i].key, source->message[s].key);

        if (order == 0 && source->message[s].is_group && catalog->message[i].is_text) {
            catalog->message[i].is_group = true;
            catalog->message[i].is_ordinal = source->message[s].is_ordinal;
        }
        i += order <= 0;
        s += order >= 0;
    }
}

/* Keys stay as they are until all are judged, for judging looks them up. */
static struct cut *find_plurals(const struct grouping *self, size_t *found)
{
    struct cut *cuts = NULL, cut;
    size_t capacity = 0;

    *found = 0;
    for (size_t i = 0; i < self->catalog->n; i++) {
        if (!is_plural(self, &self->catalog->message[i], &cut))
            continue;
        cuts = arena_room(self->arena, cuts, *found, &capacity, sizeof *cuts);
        cut.message = i;
        cuts[(*found)++] = cut;
    }
    return cuts;
}

void catalog_group(struct catalog *catalog, const struct catalog *source,
                   const struct set_rules *rules, struct arena *arena)
{
    const struct grouping self = {catalog, source, rules, arena};
    size_t found;
    const struct cut *cut = find_plurals(&self, &found);

    for (size_t i = 0; i < found; i++) {
        struct message *message = &catalog->message[cut[i].message];

        message->key = cut[i].stem;
        message->form[0].name = cut[i].form;
        message->is_group = true;
    }
    if (found > 0) {
        messages_sort(catalog->message, catalog->n, arena);
        merge_equal(catalog, rules, arena);
    }
    if (source &&
        (rules->plural == PLURAL_I18NEXT4 || rules->plural == PLURAL_I18NEXT3))
        adopt_bare(catalog, source);
}

/* ---- what the source says ---- */

static bool has_second_form(const struct grouping *self, struct str stem)
{
    for (int c = 0; c < CATEGORY_OTHER; c++) {
        const char *suffix =
            str_format(self->arena, "_%s", category_word((enum category)c));

        if (has(self, stem, str_of(suffix)))
            return true;
    }
    return false;
}

static enum plural_style style_of_keys(const struct catalog *source,
                                       const struct set_rules *rules)
{
    enum plural_style style = rules->syntax == SYNTAX_ICU   ? PLURAL_ICU
                              : rules->syntax == SYNTAX_VUE ? PLURAL_VUE
                                                            : PLURAL_NONE;
    struct arena scratch;
    const struct grouping self = {source, NULL, rules, &scratch};

    arena_init(&scratch, ARENA_BYTES_MAX);
    for (size_t i = 0; i < source->n; i++) {
        struct str key = source->message[i].key;
        struct cut cut;

        if (cut_i18next4(key, &cut) && str_equal(cut.form, STR("other")) &&
            has_second_form(&self, cut.stem)) {
            style = PLURAL_I18NEXT4;
            break;
        }
        if (cut_i18next3(key, &cut) && str_equal(cut.form, STR("plural")) &&
            catalog_find(source, cut.stem))
            style = PLURAL_I18NEXT3;
    }
    arena_release(&scratch);
    return style;
}

enum plural_style catalog_plural_style(const struct catalog *source,
                                       const struct set_rules *rules)
{
    switch (rules->format) {
    case CATALOG_JSON: return style_of_keys(source, rules);
    case CATALOG_RAILS: return PLURAL_RAILS;
    case CATALOG_PO: return PLURAL_PO;
    case CATALOG_ANDROID:
    case CATALOG_XCSTRINGS: return PLURAL_ANDROID; // the same names, `other` always
    case CATALOG_ARB: return PLURAL_ICU;
    case CATALOG_PROPERTIES:
    case CATALOG_XLIFF: break;
    case CATALOG_FORMATS: break;
    }
    return rules->syntax == SYNTAX_ICU ? PLURAL_ICU : PLURAL_NONE;
}

/* An opening brace that is not one of two. */
static bool has_single_brace(struct str text)
{
    for (size_t i = 0; i + 1 < text.n; i++) {
        if (text.at[i] != '{')
            continue;
        if (text.at[i + 1] != '{')
            return true;
        while (i + 1 < text.n && text.at[i + 1] == '{')
            i++;
    }
    return false;
}

enum syntax catalog_guess_syntax(const struct catalog *source)
{
    size_t twice = 0, once = 0;

    for (size_t i = 0; i < source->n; i++) {
        struct str text = message_text(&source->message[i]);

        twice += contains(text, STR("{{"));
        once += has_single_brace(text);
    }
    return twice > once ? SYNTAX_I18NEXT : SYNTAX_ICU;
}
