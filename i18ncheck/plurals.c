/* Which plural forms a message needs, and which nobody will ever see. */
#include "i18ncheck/plurals.h"

#include <stdio.h>
#include <string.h>

#include "i18ncheck/utf8.h"

#include "shared/banned.h"

/* i18next 3 counts these languages' forms in another way than CLDR. */
static bool is_counted_otherwise(const char *locale)
{
    static const char *const languages[] = {"br", "cgg", "cy", "dz", "fa", "he", "jv",
                                            "ka", "kw",  "ky", "mt", "se", "ug", "yo"};

    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (locale_same_language(locale, languages[i]))
            return true;
    return false;
}

void plurals_of(const struct catalog *catalog, const struct set_rules *rules,
                struct plurals *plurals)
{
    uint8_t index[PO_PLURAL_N];
    size_t times[256] = {0};
    const char *why;

    *plurals = (struct plurals){.rule = plural_rule_of(catalog->locale),
                                .style = rules->plural,
                                .format = rules->format,
                                .nplurals = catalog->po_nplurals};
    if (rules->plural == PLURAL_I18NEXT3 && is_counted_otherwise(catalog->locale))
        plurals->rule = NULL;
    if (rules->plural != PLURAL_PO || catalog->po_nplurals <= 0 ||
        !po_plural_select(catalog->po_plural, catalog->po_nplurals, index, &why))
        return;
    plurals->has_selection = true;
    for (size_t n = 0; n < PO_PLURAL_N; n++)
        times[index[n]]++;
    for (size_t f = 0; f < 256; f++)
        plurals->is_single[f] = times[f] == 1;
}

/* ---- what is needed ---- */

static size_t count_bits(uint8_t bits)
{
    size_t n = 0;

    for (; bits != 0; bits &= (uint8_t)(bits - 1))
        n++;
    return n;
}

static uint8_t needed(const struct plurals *plurals)
{
    uint8_t bits = plurals->rule->required;

    if (plurals->style != PLURAL_RAILS)
        bits |= 1U << CATEGORY_OTHER;
    return bits;
}

static bool has_form(const struct message *message, const char *name)
{
    const struct form *form = message_form(message, name);

    return form && !text_is_blank(form->text);
}

static void add_name(struct buf *out, const char *name)
{
    buf_printf(out, "%s%s", out->n > 0 ? ", " : "", name);
}

static const char *said(const struct buf *names, struct arena *arena)
{
    if (names->n == 0)
        return NULL;
    return str_format(arena, "lacks the plural form%s %s",
                      strchr(names->at, ',') ? "s" : "", names->at);
}

static void missing_categories(const struct plurals *plurals,
                               const struct message *message, struct buf *out)
{
    uint8_t bits = needed(plurals);

    for (int c = 0; c < CATEGORY_COUNT; c++)
        if ((bits >> c & 1) != 0 && !has_form(message, category_word((enum category)c)))
            add_name(out, category_word((enum category)c));
}

static void missing_numbers(const struct message *message, size_t n, struct buf *out)
{
    char name[24];

    for (size_t f = 0; f < n; f++) {
        (void)snprintf(name, sizeof name, "%zu", f);
        if (!has_form(message, name))
            add_name(out, name);
    }
}

/* One category `key_0`, two `key` and `key_plural`, more `key_0` and so on. */
static void missing_i18next3(const struct plurals *plurals,
                             const struct message *message, struct buf *out)
{
    size_t n = count_bits(plurals->rule->required);

    if (n != 2) {
        missing_numbers(message, n, out);
        return;
    }
    if (!has_form(message, ""))
        add_name(out, "(bare key)");
    if (!has_form(message, "plural"))
        add_name(out, "plural");
}

/* `=1` stands for `one` where 1 alone selects it. */
static bool stands_for(struct str selector, enum category category,
                       const struct plural_rule *rule)
{
    int64_t value;

    return str_equal(selector, str_of(category_word(category))) ||
           (icu_is_exact(selector) && (rule->single_value >> category & 1) != 0 &&
            str_to_int64(selector.at + 1, selector.n - 1, &value) &&
            value == rule->value[category]);
}

static bool has_option(const struct icu_argument *argument, const char *selector)
{
    for (size_t i = 0; i < argument->noptions; i++)
        if (str_equal(argument->option[i].selector, str_of(selector)))
            return true;
    return false;
}

/* `may_be_blank`: the text goes on around the plural, as in "item{n, plural, one {}
 * other {s}}". */
static bool icu_covers(const struct icu_argument *argument, enum category category,
                       const struct plural_rule *rule, bool may_be_blank)
{
    for (size_t i = 0; i < argument->noptions; i++)
        if (stands_for(argument->option[i].selector, category, rule) &&
            (may_be_blank || !text_is_blank(argument->option[i].text)))
            return true;
    // `=0` and `=1` stand for `one` of fr and pt
    return (rule->zero_and_one >> category & 1) != 0 && has_option(argument, "=0") &&
           has_option(argument, "=1");
}

const char *plurals_missing_inside(const struct plurals *plurals, const struct icu *icu,
                                   struct str text, struct arena *arena)
{
    unsigned missing = 0;
    struct buf out;

    if (!plurals->rule || plurals->style == PLURAL_NONE)
        return NULL;
    buf_init(&out, arena, 1024);
    for (size_t a = 0; a < icu->n; a++) {
        const struct icu_argument *argument = &icu->argument[a];
        bool is_all = argument->whole.n == utf8_trim(text).n;

        for (int c = 0; c < CATEGORY_COUNT && argument->kind == ICU_PLURAL; c++)
            if ((plurals->rule->required >> c & 1) != 0 &&
                !icu_covers(argument, (enum category)c, plurals->rule, !is_all))
                missing |= 1U << c;
    }
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if ((missing >> c & 1) != 0)
            add_name(&out, category_word((enum category)c));
    return said(&out, arena);
}

size_t vue_choices(struct str text, struct str choice[CHOICES_MAX])
{
    size_t n = 0, from = 0;

    for (size_t i = 0; i <= text.n && n < CHOICES_MAX; i++) {
        struct str rest = {text.at + i, text.n - i};

        if (i < text.n && str_starts(rest, str_of("{'"))) {
            while (i + 1 < text.n && text.at[i] != '}')
                i++;
            continue;
        }
        if (i < text.n && text.at[i] != '|')
            continue;
        choice[n++] = (struct str){text.at + from, i - from};
        from = i + 1;
    }
    return n;
}

/* How many choices a locale of so many categories may have. */
static const char *choices_that_fit(size_t categories, struct arena *arena)
{
    if (categories == 1)
        return "1, 2 or 3";
    if (categories == 2)
        return "2 or 3";
    if (categories == 3)
        return "2, 3 or 4";
    return str_format(arena, "2, 3, %zu or %zu", categories, categories + 1);
}

/* Two or three choices, or one a category, with one for 0 before them as the example of
 * Vue I18n's own manual has it; one text is a plural only beside a source that has
 * choices. */
static const char *missing_choices(const struct plurals *plurals,
                                   const struct message *message,
                                   const struct message *source, struct arena *arena)
{
    struct str choice[CHOICES_MAX];
    size_t n = vue_choices(message_text(message), choice);
    size_t categories = count_bits(plurals->rule->required);
    bool is_plural = n > 1 || (source && vue_choices(message_text(source), choice) > 1);

    if (!is_plural || n == 2 || n == 3 || n == categories || n == categories + 1)
        return NULL;
    return str_format(arena, "has %zu plural choice%s; %s would fit", n,
                      n == 1 ? "" : "s", choices_that_fit(categories, arena));
}

const char *plurals_missing(const struct plurals *plurals,
                            const struct message *message, const struct message *source,
                            struct arena *arena)
{
    struct buf out;

    if (!plurals->rule || message->is_ordinal)
        return NULL;
    if (plurals->style == PLURAL_VUE)
        return missing_choices(plurals, message, source, arena);
    if (!message->is_group)
        return NULL;
    buf_init(&out, arena, 1024);
    switch (plurals->style) {
    case PLURAL_PO:
        if (plurals->nplurals > 0)
            missing_numbers(message, (size_t)plurals->nplurals, &out);
        break;
    case PLURAL_I18NEXT3: missing_i18next3(plurals, message, &out); break;
    case PLURAL_I18NEXT4:
    case PLURAL_RAILS:
    case PLURAL_ANDROID: missing_categories(plurals, message, &out); break;
    case PLURAL_ICU:
    case PLURAL_VUE:
    case PLURAL_AUTO:
    case PLURAL_NONE: break;
    }
    return said(&out, arena);
}

/* ---- what is never selected ---- */

static bool is_dead(const struct plurals *plurals, struct str name)
{
    uint8_t known = plurals->rule->required | plurals->rule->optional;
    enum category category;

    if (!category_parse(name, &category))
        return false;
    known |= 1U << CATEGORY_OTHER;
    if (plurals->style == PLURAL_I18NEXT4 || plurals->style == PLURAL_RAILS)
        known |= 1U << CATEGORY_ZERO; // 0 selects it in every locale
    return (known >> category & 1) == 0;
}

struct str plurals_dead(const struct plurals *plurals, const struct message *message,
                        const struct icu *icu)
{
    struct str none = {0};

    if (!plurals->rule || message->is_ordinal)
        return none;
    for (size_t f = 0; f < message->nforms && message->is_group; f++)
        if (is_dead(plurals, message->form[f].name))
            return message->form[f].name;
    for (size_t a = 0; icu && a < icu->n; a++)
        for (size_t o = 0; o < icu->argument[a].noptions; o++)
            if (icu->argument[a].kind == ICU_PLURAL &&
                is_dead(plurals, icu->argument[a].option[o].selector))
                return icu->argument[a].option[o].selector;
    return none;
}

/* ---- what may be left out ---- */

/* The category that form number `index` of i18next 3 stands for. */
static bool numbered_is_single(const struct plural_rule *rule, size_t index)
{
    for (int c = 0; c < CATEGORY_COUNT; c++)
        if ((rule->required >> c & 1) != 0 && index-- == 0)
            return (rule->single_value >> c & 1) != 0;
    return false;
}

/* Whether a form is for one number alone, or for zero. No table says which numbers an
 * ordinal form is for: it may leave the count out, but for `other`. */
static bool is_for_one(const struct plurals *plurals, const struct message *message,
                       const struct form *form)
{
    enum category category;
    int64_t index = 0;
    bool is_number = form->name.n > 0 &&
                     str_to_int64(form->name.at, form->name.n, &index) && index >= 0;

    if (category_parse(form->name, &category)) {
        if (message->is_ordinal)
            return category != CATEGORY_OTHER;
        return category == CATEGORY_ZERO ||
               (plurals->rule && (plurals->rule->single_value >> category & 1) != 0);
    }
    if (plurals->style == PLURAL_PO)
        return is_number && index < 256 && plurals->has_selection &&
               plurals->is_single[index];
    return plurals->style == PLURAL_I18NEXT3 && plurals->rule &&
           (is_number || form->name.n == 0) &&
           numbered_is_single(plurals->rule, (size_t)index);
}

enum droppable plurals_droppable(const struct plurals *plurals,
                                 const struct message *message, const struct form *form)
{
    return message->is_group && is_for_one(plurals, message, form) ? DROP_COUNT
                                                                   : DROP_NOTHING;
}
