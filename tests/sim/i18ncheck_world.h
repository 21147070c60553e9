/*
 * Sets of catalogs that are right, with what is odd and legal in them: loan words, a
 * brand that nobody translates, dropped counts, absent optional forms, keys ending in
 * _one that are no plurals, placeholders in another order, quoted braces.
 */
#ifndef TESTS_SIM_I18NCHECK_WORLD_H
#define TESTS_SIM_I18NCHECK_WORLD_H

#include <stdint.h>
#include <string.h>

#include "i18ncheck/checks.h"
#include "i18ncheck/locale.h"
#include "shared/limits.h"

enum kind {
    KIND_I18NEXT4,
    KIND_ICU,
    KIND_RAILS,
    KIND_PO,
    KIND_ANDROID,
    KIND_ARB,
    KINDS,
};

enum { LOCALES = 20, MESSAGES_MAX = 300, FORMS_MAX = 6, SHAPES = 9 };

/* What a message is, by its number. */
enum shape {
    SHAPE_PLAIN,
    SHAPE_TOKEN,
    SHAPE_TWO_TOKENS,
    SHAPE_PLURAL,
    SHAPE_TAG,
    SHAPE_WORD,
    SHAPE_BRAND,
    SHAPE_SUFFIX,
    SHAPE_QUOTED,
};

/* A message as it is written: a plural has names, the others one form named "". */
struct entry {
    const char *key;
    const char *name[FORMS_MAX], *text[FORMS_MAX];
    size_t nforms;
};

struct book {
    const char *locale;
    struct entry entry[MESSAGES_MAX + 2];
    size_t n;
};

struct dice {
    uint64_t state;
};

/* Steele, Lea and Flood (2014), splitmix64. */
static inline uint64_t roll(struct dice *dice, uint64_t sides)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return (z ^ z >> 31) % sides;
}

/* Locales and their header in PO, as gettext's manual gives it. `single`: forms for one
 * number alone, as bits. */
struct tongue {
    const char *locale, *plural;
    int nplurals;
    unsigned single;
};

#define GERMANIC "n != 1"
#define SLAVIC \
    "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"

static const struct tongue tongues[LOCALES] = {
    {"de", GERMANIC, 2, 1},
    {"nl", GERMANIC, 2, 1},
    {"sv", GERMANIC, 2, 1},
    {"da", GERMANIC, 2, 1},
    {"fi", GERMANIC, 2, 1},
    {"es", GERMANIC, 2, 1},
    {"it", GERMANIC, 2, 1},
    {"el", GERMANIC, 2, 1},
    {"tr", GERMANIC, 2, 1},
    {"hu", GERMANIC, 2, 1},
    {"fr", "n > 1", 2, 0},
    {"pt-BR", "n > 1", 2, 0},
    {"ja", "0", 1, 0},
    {"zh-Hans", "0", 1, 0},
    {"ru", SLAVIC, 3, 0},
    {"uk", SLAVIC, 3, 0},
    {"cs", "n==1 ? 0 : n>=2 && n<=4 ? 1 : 2", 3, 1},
    {"pl", "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2", 3, 1},
    {"sl", "n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3", 4, 0},
    {"ar",
     "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5",
     6, 7},
};

static inline struct set_rules rules_of_kind(enum kind kind)
{
    static const struct {
        enum catalog_format format;
        enum syntax syntax;
        enum plural_style plural;
    } rules[KINDS] = {{CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4},
                      {CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU},
                      {CATALOG_RAILS, SYNTAX_RAILS, PLURAL_RAILS},
                      {CATALOG_PO, SYNTAX_NONE, PLURAL_PO},
                      {CATALOG_ANDROID, SYNTAX_PRINTF, PLURAL_ANDROID},
                      {CATALOG_ARB, SYNTAX_ICU, PLURAL_ICU}};

    return (struct set_rules){.format = rules[kind].format,
                              .syntax = rules[kind].syntax,
                              .plural = rules[kind].plural,
                              .key_sep = STR("."),
                              .ns_sep = STR(":"),
                              .source = "en",
                              .tags = rules[kind].syntax == SYNTAX_ICU};
}

static inline bool is_icu(enum kind kind)
{
    return kind == KIND_ICU || kind == KIND_ARB;
}

/* ---- words ---- */

/* `n` words that no two locales share. */
static inline const char *words(struct dice *dice, const char *locale, size_t n,
                                struct arena *arena)
{
    static const char vowels[] = "aeiou", others[] = "bdfgklmnprst";
    struct buf out;

    buf_init(&out, arena, KIB);
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s%c%c%c%c%.2s", i > 0 ? " " : "", others[roll(dice, 12)],
                   vowels[roll(dice, 5)], others[roll(dice, 12)], vowels[roll(dice, 5)],
                   locale);
    return out.at;
}

/* The placeholder number `i`, counted from 1. */
static inline const char *token(enum kind kind, int i, struct arena *arena)
{
    switch (kind) {
    case KIND_I18NEXT4: return str_format(arena, "{{x%d}}", i);
    case KIND_ICU:
    case KIND_ARB: return str_format(arena, "{x%d}", i);
    case KIND_RAILS: return str_format(arena, "%%{x%d}", i);
    case KIND_PO:
    case KIND_ANDROID: return str_format(arena, "%%%d$s", i);
    case KINDS: break;
    }
    return "";
}

static inline const char *count_token(enum kind kind)
{
    static const char *const tokens[KINDS] = {"{{count}}", "#",  "%{count}",
                                              "%d",        "%d", "#"};

    return tokens[kind];
}

/* ---- plurals ---- */

static inline const struct tongue *tongue_of(const char *locale)
{
    for (size_t i = 0; i < LOCALES; i++)
        if (strcmp(tongues[i].locale, locale) == 0)
            return &tongues[i];
    return &tongues[0]; // the source's is that of German
}

static inline void add_form(struct entry *entry, const char *name, const char *text)
{
    entry->name[entry->nforms] = name;
    entry->text[entry->nforms++] = text;
}

/* A form's text; one that is for a single number drops its count now and then. */
static inline const char *form_text(struct dice *dice, enum kind kind,
                                    const char *locale, bool is_single,
                                    struct arena *arena)
{
    const char *said = words(dice, locale, 3, arena);

    return is_single && roll(dice, 2) == 0
               ? said
               : str_format(arena, "%s %s", count_token(kind), said);
}

static inline void write_plural(struct dice *dice, enum kind kind, const char *locale,
                                struct entry *entry, struct arena *arena)
{
    const struct plural_rule *rule = plural_rule_of(locale);
    const struct tongue *tongue = tongue_of(locale);
    unsigned has_other = kind == KIND_RAILS ? 0 : 1U << CATEGORY_OTHER;
    unsigned wanted =
        rule->required | has_other | (roll(dice, 2) == 0 ? rule->optional : 0U);

    if (kind == KIND_PO) {
        for (int f = 0; f < tongue->nplurals; f++)
            add_form(entry, str_format(arena, "%d", f),
                     form_text(dice, kind, locale, (tongue->single >> f & 1) != 0,
                               arena));
        return;
    }
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if ((wanted >> c & 1) != 0)
            add_form(entry, category_word((enum category)c),
                     form_text(dice, kind, locale, (rule->single_value >> c & 1) != 0,
                               arena));
}

/* ---- messages ---- */

static inline const char *one_text(struct dice *dice, enum kind kind,
                                   const char *locale, size_t i, struct arena *arena)
{
    const char *said = words(dice, locale, 4, arena);
    const char *a = token(kind, 1, arena), *b = token(kind, 2, arena);

    switch ((enum shape)(i % SHAPES)) {
    case SHAPE_TOKEN: return str_format(arena, "%s %s", said, a);
    case SHAPE_TWO_TOKENS:
        return roll(dice, 2) == 0 ? str_format(arena, "%s %s %s", a, said, b)
                                  : str_format(arena, "%s %s %s", b, said, a);
    case SHAPE_TAG: return str_format(arena, "%s <b>%s</b>", said, a);
    case SHAPE_WORD: return "Dashboard";
    case SHAPE_BRAND: return "Second Crack Coffee";
    case SHAPE_QUOTED:
        return is_icu(kind) ? str_format(arena, "%s '{x}' it''s %s", said, a)
                            : str_format(arena, "%s 100 %% %s", said, a);
    case SHAPE_PLAIN:
    case SHAPE_SUFFIX:
    case SHAPE_PLURAL: break;
    }
    return said;
}

static inline void write_book(struct dice *dice, enum kind kind, const char *locale,
                              size_t n, struct book *book, struct arena *arena)
{
    *book = (struct book){.locale = locale, .n = n};
    for (size_t i = 0; i < n; i++) {
        struct entry *entry = &book->entry[i];

        entry->key =
            str_format(arena, i % SHAPES == SHAPE_SUFFIX ? "k%03d_one" : "k%03d",
                       (int)i);
        if (i % SHAPES == SHAPE_PLURAL)
            write_plural(dice, kind, locale, entry, arena);
        else
            add_form(entry, "", one_text(dice, kind, locale, i, arena));
    }
}

/* ---- files ---- */

static inline void add_quoted(struct buf *out, const char *text)
{
    buf_add_text(out, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buf_add_text(out, "\\");
        buf_add(out, text, 1);
    }
    buf_add_text(out, "\"");
}

static inline void add_xml(struct buf *out, const char *text)
{
    for (; *text; text++)
        if (*text == '<')
            buf_add_text(out, "&lt;");
        else
            buf_add(out, text, 1);
}

static inline bool is_group(const struct entry *entry)
{
    return entry->nforms > 0 && entry->name[0][0] != '\0';
}

/* "{n, plural, one {..} other {..}}" */
static inline const char *icu_text(const struct entry *entry, struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, 64 * KIB);
    buf_add_text(&out, "{n, plural,");
    for (size_t f = 0; f < entry->nforms; f++)
        buf_printf(&out, " %s {%s}", entry->name[f], entry->text[f]);
    buf_add_text(&out, "}");
    return out.at;
}

static inline void add_json(struct buf *out, enum kind kind, const struct entry *entry,
                            struct arena *arena)
{
    bool is_one = is_icu(kind) || !is_group(entry);

    for (size_t f = 0; f < (is_one ? 1 : entry->nforms); f++) {
        buf_add_text(out, ",\n");
        add_quoted(out, is_one
                            ? entry->key
                            : str_format(arena, "%s_%s", entry->key, entry->name[f]));
        buf_add_text(out, ": ");
        add_quoted(out,
                   is_group(entry) && is_one ? icu_text(entry, arena) : entry->text[f]);
    }
}

static inline void add_rails(struct buf *out, const struct entry *entry)
{
    buf_printf(out, "  %s:", entry->key);
    for (size_t f = 0; f < entry->nforms; f++) {
        if (is_group(entry))
            buf_printf(out, "\n    %s:", entry->name[f]);
        buf_add_text(out, " ");
        add_quoted(out, entry->text[f]);
    }
    buf_add_text(out, "\n");
}

static inline void add_android(struct buf *out, const struct entry *entry)
{
    buf_printf(out, "<%s name=\"%s\">", is_group(entry) ? "plurals" : "string",
               entry->key);
    for (size_t f = 0; f < entry->nforms; f++) {
        if (is_group(entry))
            buf_printf(out, "<item quantity=\"%s\">", entry->name[f]);
        add_xml(out, entry->text[f]);
        if (is_group(entry))
            buf_add_text(out, "</item>");
    }
    buf_printf(out, "</%s>\n", is_group(entry) ? "plurals" : "string");
}

/* The key of a PO entry is its text: the context says which it is. */
static inline void add_po(struct buf *out, const struct entry *entry,
                          const struct entry *source)
{
    buf_add_text(out, "\n#, c-format\nmsgctxt ");
    add_quoted(out, entry->key);
    buf_add_text(out, "\nmsgid ");
    add_quoted(out, source->text[0]);
    if (is_group(source)) {
        buf_add_text(out, "\nmsgid_plural ");
        add_quoted(out, source->text[1]);
    }
    for (size_t f = 0; f < entry->nforms; f++) {
        if (is_group(source))
            buf_printf(out, "\nmsgstr[%zu] ", f);
        else
            buf_add_text(out, "\nmsgstr ");
        add_quoted(out, entry == source ? "" : entry->text[f]);
    }
    buf_add_text(out, "\n");
}

static inline const struct entry *entry_of(const struct book *book, const char *key)
{
    for (size_t i = 0; i < book->n; i++)
        if (strcmp(book->entry[i].key, key) == 0)
            return &book->entry[i];
    return NULL;
}

static inline struct str file_of(enum kind kind, const struct book *book,
                                 const struct book *source, struct arena *arena)
{
    const struct tongue *tongue = tongue_of(book->locale);
    struct buf out;

    buf_init(&out, arena, 4 * MIB);
    if (kind == KIND_PO)
        buf_printf(&out,
                   "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=%d; plural=%s;\\n\"\n",
                   tongue->nplurals, tongue->plural);
    else if (kind == KIND_RAILS)
        buf_printf(&out, "%s:\n", book->locale);
    else if (kind == KIND_ANDROID)
        buf_add_text(&out, "<resources>\n");
    else
        buf_printf(&out, "{\n\"@@locale\": \"%s\"", book->locale);
    for (size_t i = 0; i < book->n; i++) {
        const struct entry *entry = &book->entry[i];
        const struct entry *from = entry_of(source, entry->key);

        switch (kind) {
        case KIND_I18NEXT4:
        case KIND_ICU:
        case KIND_ARB: add_json(&out, kind, entry, arena); break;
        case KIND_RAILS: add_rails(&out, entry); break;
        case KIND_ANDROID: add_android(&out, entry); break;
        case KIND_PO: add_po(&out, entry, from ? from : entry); break;
        case KINDS: break;
        }
    }
    buf_add_text(&out, kind == KIND_ANDROID                    ? "</resources>\n"
                       : kind == KIND_RAILS || kind == KIND_PO ? ""
                                                               : "\n}\n");
    return (struct str){out.at, out.n};
}

#endif
