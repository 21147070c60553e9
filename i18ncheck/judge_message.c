/* One message, check by check in the order of section 5; the first that fails is said.
 */
#include "i18ncheck/judge_message.h"

#include <string.h>

#include "i18ncheck/encoding.h"
#include "i18ncheck/markup.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { SHOWN_CHARACTERS = 80 };

static const char *shown(struct arena *arena, struct str text)
{
    return text_safe(arena, text.at, text.n, SHOWN_CHARACTERS);
}

/* A check that is switched off does not hide the next. */
static bool is_on(const struct pair *pair, enum check_id check)
{
    return !pair->view->checks.is_off[check];
}

static enum syntax syntax_of(const struct pair *pair)
{
    return pair->target->syntax;
}

/* The source's form that a form compares with: the same bare key, else `other`. */
static struct str counterpart(const struct pair *pair, const struct form *form)
{
    const struct form *bare = form->name.n == 0 ? message_form(pair->source, "") : NULL;

    return bare ? bare->text : message_text(pair->source);
}

/* ---- text ---- */

static bool judge_encoding(const struct pair *pair, struct arena *arena,
                           struct fault *fault)
{
    for (size_t f = 0; f < pair->target->nforms; f++) {
        const struct form *form = &pair->target->form[f];
        struct str source = pair->source ? counterpart(pair, form) : (struct str){0};
        const char *what = encoding_fault(form->text, source);

        if (!what)
            continue;
        *fault = (struct fault){CHECK_ENCODING, what};
        return true;
    }
    (void)arena;
    return false;
}

bool judge_is_unparsable(const struct source_view *view, const struct message *message,
                         struct arena *arena, const char **why)
{
    struct icu icu;
    struct str tag;

    for (size_t f = 0; f < message->nforms; f++) {
        struct str text = message->form[f].text;

        if (message->syntax == SYNTAX_ICU &&
            !icu_parse(text, view->rules.tags, arena, &icu, why))
            return true;
        if (message->syntax != SYNTAX_ICU && view->rules.tags &&
            !markup_is_closed(text, &tag)) {
            *why = str_format(arena, "the tag %s is not closed", shown(arena, tag));
            return true;
        }
    }
    return false;
}

static bool judge_syntax(const struct pair *pair, struct arena *arena,
                         struct fault *fault)
{
    fault->check = CHECK_MESSAGE_SYNTAX;
    return !pair->source_is_broken &&
           judge_is_unparsable(pair->view, pair->target, arena, &fault->message);
}

static bool judge_injection(const struct pair *pair, struct arena *arena,
                            struct fault *fault)
{
    for (size_t f = 0; f < pair->target->nforms; f++) {
        const struct form *form = &pair->target->form[f];
        const char *what;

        if (!markup_injects(form->text, counterpart(pair, form), &what))
            continue;
        *fault = (struct fault){CHECK_INJECTION,
                                str_format(arena, "%s is not in the source", what)};
        return true;
    }
    return false;
}

static bool judge_markup(const struct pair *pair, struct arena *arena,
                         struct fault *fault)
{
    for (size_t f = 0; f < pair->target->nforms; f++) {
        const struct form *form = &pair->target->form[f];
        struct str which;

        if (text_is_blank(form->text) ||
            markup_equal(form->text, counterpart(pair, form), &which))
            continue;
        *fault = (struct fault){CHECK_MARKUP,
                                str_format(arena, "%s is not as often as in the source",
                                           shown(arena, which))};
        return true;
    }
    return false;
}

/* ---- placeholders ---- */

static const char *icu_type(enum icu_kind kind)
{
    switch (kind) {
    case ICU_DATE: return "date";
    case ICU_TIME: return "time";
    case ICU_SELECT: return "select";
    case ICU_PLAIN:
    case ICU_NUMBER:
    case ICU_SPELLOUT:
    case ICU_ORDINAL:
    case ICU_DURATION:
    case ICU_PLURAL:
    case ICU_SELECTORDINAL: break;
    }
    return "";
}

/* Arguments as tokens, each name and type once: branches repeat them. */
static struct tokens icu_tokens(const struct icu *icu, struct arena *arena)
{
    struct tokens tokens = {0};

    for (size_t a = 0; a < icu->n; a++) {
        const struct icu_argument *argument = &icu->argument[a];
        struct token token = {.name = argument->name,
                              .type = str_of(icu_type(argument->kind)),
                              .whole = argument->noptions > 0 ? argument->name
                                                              : argument->whole};
        bool is_known = false;

        for (size_t i = 0; i < tokens.n; i++)
            is_known |= str_equal(tokens.item[i].name, token.name) &&
                        str_equal(tokens.item[i].type, token.type);
        if (is_known)
            continue;
        tokens.item = arena_room(arena, tokens.item, tokens.n, &tokens.capacity,
                                 sizeof *tokens.item);
        tokens.item[tokens.n++] = token;
    }
    return tokens;
}

static const struct icu_argument *icu_named(const struct icu *icu, struct str name,
                                            bool is_select)
{
    for (size_t a = 0; a < icu->n; a++)
        if (str_equal(icu->argument[a].name, name) &&
            (is_select ? icu->argument[a].kind == ICU_SELECT
                       : icu->argument[a].kind == ICU_PLURAL))
            return &icu->argument[a];
    return NULL;
}

static const struct icu_option *option_of(const struct icu_argument *argument,
                                          struct str selector)
{
    for (size_t o = 0; o < argument->noptions; o++)
        if (str_equal(argument->option[o].selector, selector))
            return &argument->option[o];
    return NULL;
}

/* A word of a select that the source does not know: nobody passes it. */
static struct str new_select_word(const struct icu *source, const struct icu *target)
{
    for (size_t a = 0; a < target->n; a++) {
        const struct icu_argument *argument = &target->argument[a];
        const struct icu_argument *same = argument->kind == ICU_SELECT
                                              ? icu_named(source, argument->name, true)
                                              : NULL;

        for (size_t o = 0; same && o < argument->noptions; o++)
            if (!option_of(same, argument->option[o].selector))
                return argument->option[o].selector;
    }
    return (struct str){0};
}

/* A branch that stands for several numbers, and does not say which. */
static struct str branch_without_count(const struct pair *pair,
                                       const struct icu *source,
                                       const struct icu *target)
{
    for (size_t a = 0; a < target->n; a++) {
        const struct icu_argument *argument = &target->argument[a];
        const struct icu_argument *same = argument->kind == ICU_PLURAL
                                              ? icu_named(source, argument->name, false)
                                              : NULL;
        const struct icu_option *other = same ? option_of(same, str_of("other")) : NULL;

        for (size_t o = 0; other && other->has_count && o < argument->noptions; o++) {
            struct str selector = argument->option[o].selector;
            enum category category;

            if (argument->option[o].has_count || !category_parse(selector, &category) ||
                category == CATEGORY_ZERO ||
                (pair->plurals->rule &&
                 (pair->plurals->rule->single_value >> category & 1) != 0))
                continue;
            return selector;
        }
    }
    return (struct str){0};
}

static struct token_difference compare_icu(const struct pair *pair, struct str source,
                                           struct str target, struct arena *arena)
{
    struct token_difference found = {0};
    struct tokens mine, theirs;
    struct icu a, b;
    const char *why;

    if (!icu_parse(source, pair->view->rules.tags, arena, &a, &why) ||
        !icu_parse(target, pair->view->rules.tags, arena, &b, &why))
        return found;
    theirs = icu_tokens(&a, arena);
    mine = icu_tokens(&b, arena);
    found = tokens_compare(&theirs, &mine, DROP_NOTHING);
    if (found.fault == TOKENS_EXTRA || found.fault == TOKENS_TYPE)
        return found;
    if (found.fault != TOKENS_MISSING)
        found = (struct token_difference){0};
    if (new_select_word(&a, &b).n > 0)
        return (struct token_difference){.fault = TOKENS_EXTRA,
                                         .which = new_select_word(&a, &b)};
    if (found.fault == TOKENS_SAME && branch_without_count(pair, &a, &b).n > 0)
        return (struct token_difference){.fault = TOKENS_MISSING, .which = str_of("#")};
    return found;
}

static struct token_difference compare_texts(const struct pair *pair, struct str source,
                                             struct str target,
                                             enum droppable droppable,
                                             struct arena *arena)
{
    struct tokens mine, theirs;

    tokens_find(source, syntax_of(pair), arena, &theirs);
    tokens_find(target, syntax_of(pair), arena, &mine);
    return tokens_compare(&theirs, &mine, droppable);
}

/* vue: of `car | cars` the choice for one number may drop the count. */
static struct token_difference compare_choices(const struct pair *pair,
                                               struct str source, struct str target,
                                               struct arena *arena)
{
    struct str theirs[CHOICES_MAX], mine[CHOICES_MAX];
    size_t nsource = vue_choices(source, theirs), n = vue_choices(target, mine);

    for (size_t i = 0; i < n; i++) {
        struct token_difference found =
            compare_texts(pair, theirs[nsource - 1], mine[i],
                          i + 1 < n ? DROP_COUNT : DROP_NOTHING, arena);

        if (found.fault != TOKENS_SAME)
            return found;
    }
    return (struct token_difference){0};
}

static struct token_difference compare_form(const struct pair *pair,
                                            const struct form *form,
                                            struct arena *arena)
{
    struct str source = counterpart(pair, form);

    if (syntax_of(pair) == SYNTAX_ICU)
        return compare_icu(pair, source, form->text, arena);
    if (pair->view->rules.plural == PLURAL_VUE)
        return compare_choices(pair, source, form->text, arena);
    return compare_texts(pair, source, form->text,
                         plurals_droppable(pair->plurals, pair->target, form), arena);
}

/* The worst over all forms. */
static struct token_difference compare_placeholders(const struct pair *pair,
                                                    struct arena *arena)
{
    struct token_difference worst = {0};

    for (size_t f = 0; f < pair->target->nforms; f++) {
        struct token_difference found;

        if (text_is_blank(pair->target->form[f].text))
            continue;
        found = compare_form(pair, &pair->target->form[f], arena);
        if (found.fault != TOKENS_SAME &&
            (worst.fault == TOKENS_SAME || found.fault < worst.fault))
            worst = found;
    }
    return worst;
}

static bool say_placeholders(const struct token_difference *found, struct arena *arena,
                             struct fault *fault)
{
    const char *which = shown(arena, found->which);

    switch (found->fault) {
    case TOKENS_SAME: return false;
    case TOKENS_EXTRA:
        *fault = (struct fault){CHECK_PLACEHOLDER_EXTRA,
                                str_format(arena, "%s is not in the source", which)};
        return true;
    case TOKENS_TYPE:
        *fault = (struct fault){CHECK_PLACEHOLDER_TYPE,
                                str_format(arena, "%s is %s in the source", which,
                                           shown(arena, found->other))};
        return true;
    case TOKENS_MISSING:
        *fault = (struct fault){CHECK_PLACEHOLDER_MISSING,
                                str_format(arena, "lacks %s of the source", which)};
        return true;
    case TOKENS_COUNT:
        *fault = (struct fault){CHECK_PLACEHOLDER_COUNT,
                                str_format(arena, "%s is not as often as in the source",
                                           which)};
        return true;
    }
    return false;
}

/* ---- plurals ---- */

/* The message parsed, where its plurals are in its text; NULL otherwise. */
static const struct icu *parsed(const struct pair *pair, struct arena *arena,
                                struct icu *icu)
{
    const char *why;

    return syntax_of(pair) == SYNTAX_ICU && pair->target->nforms > 0 &&
                   icu_parse(message_text(pair->target), pair->view->rules.tags, arena,
                             icu, &why)
               ? icu
               : NULL;
}

static bool judge_plural_missing(const struct pair *pair, const struct icu *icu,
                                 struct arena *arena, struct fault *fault)
{
    const char *lacking = plurals_missing(pair->plurals, pair->target, icu, arena);

    if (!lacking)
        return false;
    *fault = (struct fault){CHECK_PLURAL_MISSING,
                            str_format(arena, "lacks the plural form%s %s",
                                       strchr(lacking, ',') ? "s" : "", lacking)};
    return true;
}

static bool judge_plural_dead(const struct pair *pair, const struct icu *icu,
                              struct arena *arena, struct fault *fault)
{
    struct str dead = plurals_dead(pair->plurals, pair->target, icu);

    if (dead.n == 0)
        return false;
    *fault = (struct fault){CHECK_PLURAL_DEAD,
                            str_format(arena, "the plural form %s is never selected",
                                       shown(arena, dead))};
    return true;
}

static bool judge_selector(const struct icu *icu, struct arena *arena,
                           struct fault *fault)
{
    if (!icu || icu->bad_selector.n == 0)
        return false;
    *fault = (struct fault){CHECK_PLURAL_SELECTOR,
                            str_format(arena, "the selector %s is no plural category",
                                       shown(arena, icu->bad_selector))};
    return true;
}

/* ---- in order ---- */

static bool judge_state(const struct pair *pair, struct fault *fault)
{
    if (pair->is_stale && is_on(pair, CHECK_STALE)) {
        *fault = (struct fault){CHECK_STALE,
                                "the source has changed since it was translated"};
        return true;
    }
    if (pair->is_copy && is_on(pair, CHECK_SAME_AS_SOURCE)) {
        *fault = (struct fault){CHECK_SAME_AS_SOURCE, "is the source text"};
        return true;
    }
    return false;
}

/* What needs both texts parsed: `found` is what their placeholders say. */
static bool judge_parity(const struct pair *pair, const struct icu *icu,
                         const struct token_difference *found, struct arena *arena,
                         struct fault *fault)
{
    bool has_fault = say_placeholders(found, arena, fault);
    bool is_late = has_fault &&
                   (fault->check == CHECK_PLACEHOLDER_COUNT ||
                    (fault->check == CHECK_PLACEHOLDER_MISSING && !pair->view->strict));
    struct fault later = *fault;

    if (has_fault && !is_late && is_on(pair, fault->check))
        return true;
    if (is_on(pair, CHECK_PLURAL_MISSING) &&
        judge_plural_missing(pair, icu, arena, fault))
        return true;
    *fault = later;
    return has_fault && later.check == CHECK_PLACEHOLDER_MISSING &&
           is_on(pair, CHECK_PLACEHOLDER_MISSING);
}

static bool judge_late(const struct pair *pair, const struct icu *icu,
                       const struct token_difference *found, struct arena *arena,
                       struct fault *fault)
{
    return (is_on(pair, CHECK_PLURAL_DEAD) &&
            judge_plural_dead(pair, icu, arena, fault)) ||
           (is_on(pair, CHECK_PLURAL_SELECTOR) && judge_selector(icu, arena, fault)) ||
           (found->fault == TOKENS_COUNT && is_on(pair, CHECK_PLACEHOLDER_COUNT) &&
            say_placeholders(found, arena, fault));
}

static bool judge_source_message(const struct pair *pair, struct arena *arena,
                                 struct fault *fault)
{
    const struct token_difference none = {0};
    struct icu parse;
    const struct icu *icu = parsed(pair, arena, &parse);

    return (is_on(pair, CHECK_PLURAL_MISSING) &&
            judge_plural_missing(pair, icu, arena, fault)) ||
           judge_late(pair, icu, &none, arena, fault);
}

static bool judge_translation(const struct pair *pair, struct arena *arena,
                              struct fault *fault)
{
    struct token_difference found = {0};
    const struct icu *icu = NULL;
    struct icu parse;

    if (is_on(pair, CHECK_INJECTION) && judge_injection(pair, arena, fault))
        return true;
    if (!pair->source_is_broken) {
        icu = parsed(pair, arena, &parse);
        found = compare_placeholders(pair, arena);
        if (judge_parity(pair, icu, &found, arena, fault))
            return true;
    }
    return (is_on(pair, CHECK_MARKUP) && judge_markup(pair, arena, fault)) ||
           judge_state(pair, fault) || judge_late(pair, icu, &found, arena, fault);
}

bool judge_message(const struct pair *pair, struct arena *arena, struct fault *fault)
{
    bool is_fuzzy = pair->target->is_review && pair->source;

    if (is_fuzzy && pair->view->rules.format == CATALOG_PO) { // gettext leaves it out
        *fault = (struct fault){CHECK_REVIEW, "waits for review"};
        return is_on(pair, CHECK_REVIEW);
    }
    if ((is_on(pair, CHECK_ENCODING) && judge_encoding(pair, arena, fault)) ||
        (is_on(pair, CHECK_MESSAGE_SYNTAX) && judge_syntax(pair, arena, fault)))
        return true;
    if (!pair->source)
        return judge_source_message(pair, arena, fault);
    if (judge_translation(pair, arena, fault))
        return true;
    *fault = (struct fault){CHECK_REVIEW, "waits for review"};
    return is_fuzzy && is_on(pair, CHECK_REVIEW);
}
