/* What the placeholders of a message say against those of the source, form by form. */
#include "i18ncheck/judge_message.h"
#include "i18ncheck/tokens.h"

#include "shared/banned.h"

/* ---- ICU ---- */

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

static bool is_in(const struct tokens *tokens, const struct token *token)
{
    for (size_t i = 0; i < tokens->n; i++)
        if (str_equal(tokens->item[i].name, token->name) &&
            str_equal(tokens->item[i].type, token->type))
            return true;
    return false;
}

static bool has_name(const struct tokens *tokens, struct str name)
{
    for (size_t i = 0; i < tokens->n; i++)
        if (str_equal(tokens->item[i].name, name))
            return true;
    return false;
}

/* Arguments as tokens; `once`: each name and type once, as branches repeat them. */
static struct tokens icu_tokens(const struct icu *icu, bool once, struct arena *arena)
{
    struct tokens tokens = {0};

    for (size_t a = 0; a < icu->n; a++) {
        const struct icu_argument *argument = &icu->argument[a];
        struct token token = {.name = argument->name,
                              .type = str_of(icu_type(argument->kind)),
                              .whole = argument->noptions > 0 ? argument->name
                                                              : argument->whole};

        if (once && is_in(&tokens, &token))
            continue;
        tokens.item = arena_room(arena, tokens.item, tokens.n, &tokens.capacity,
                                 sizeof *tokens.item);
        tokens.item[tokens.n++] = token;
    }
    return tokens;
}

static const struct icu_argument *icu_named(const struct icu *icu, struct str name,
                                            enum icu_kind kind)
{
    for (size_t a = 0; a < icu->n; a++)
        if (icu->argument[a].kind == kind && str_equal(icu->argument[a].name, name))
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
        const struct icu_argument *same =
            argument->kind == ICU_SELECT ? icu_named(source, argument->name, ICU_SELECT)
                                         : NULL;

        for (size_t o = 0; same && o < argument->noptions; o++)
            if (!option_of(same, argument->option[o].selector))
                return argument->option[o].selector;
    }
    return (struct str){0};
}

/* Whether a branch of that name stands for one number, or for zero. */
static bool may_drop_count(const struct plurals *plurals, struct str selector)
{
    enum category category;

    return !category_parse(selector, &category) || category == CATEGORY_ZERO ||
           (plurals->rule && (plurals->rule->single_value >> category & 1) != 0);
}

/* Whether a branch stands for several numbers, and does not say which. */
static bool lacks_count(const struct plurals *plurals, const struct icu *source,
                        const struct icu *target)
{
    for (size_t a = 0; a < target->n; a++) {
        const struct icu_argument *argument = &target->argument[a];
        const struct icu_argument *same =
            argument->kind == ICU_PLURAL ? icu_named(source, argument->name, ICU_PLURAL)
                                         : NULL;
        const struct icu_option *other = same ? option_of(same, STR("other")) : NULL;

        for (size_t o = 0; other && other->has_count && o < argument->noptions; o++)
            if (!argument->option[o].has_count &&
                !may_drop_count(plurals, argument->option[o].selector))
                return true;
    }
    return false;
}

/* ARB declares what the code passes: a translation may use it where the source does
 * not. */
static void admit_declared(const struct message *source, struct tokens *theirs,
                           const struct tokens *mine, struct arena *arena)
{
    for (size_t i = 0; i < mine->n; i++)
        for (size_t d = 0; d < source->ndeclared; d++) {
            if (!str_equal(source->declared[d], mine->item[i].name) ||
                has_name(theirs, mine->item[i].name))
                continue;
            theirs->item = arena_room(arena, theirs->item, theirs->n, &theirs->capacity,
                                      sizeof *theirs->item);
            theirs->item[theirs->n++] = mine->item[i];
        }
}

static struct token_difference compare_icu(const struct pair *pair, struct str source,
                                           const struct form *form, struct arena *arena)
{
    struct token_difference found = {0};
    struct tokens mine, theirs;
    struct icu a, b;
    const char *why;
    bool once;

    if (!icu_parse(source, pair->view->rules.tags, arena, &a, &why) ||
        !icu_parse(form->text, pair->view->rules.tags, arena, &b, &why))
        return found;
    once = icu_has_options(&a) || icu_has_options(&b);
    theirs = icu_tokens(&a, once, arena);
    mine = icu_tokens(&b, once, arena);
    if (pair->source->ndeclared > 0)
        admit_declared(pair->source, &theirs, &mine, arena);
    found = tokens_compare(&theirs, &mine,
                           plurals_droppable(pair->plurals, pair->target, form));
    if (found.fault == TOKENS_EXTRA || found.fault == TOKENS_TYPE)
        return found;
    if (new_select_word(&a, &b).n > 0)
        return (struct token_difference){.fault = TOKENS_EXTRA,
                                         .which = new_select_word(&a, &b)};
    if (found.fault != TOKENS_MISSING && lacks_count(pair->plurals, &a, &b))
        return (struct token_difference){.fault = TOKENS_MISSING, .which = STR("#")};
    return found;
}

/* ---- the others ---- */

static struct token_difference compare_texts(enum syntax syntax, struct str source,
                                             struct str target,
                                             enum droppable droppable,
                                             struct arena *arena)
{
    struct tokens mine, theirs;

    tokens_find(source, syntax, arena, &theirs);
    tokens_find(target, syntax, arena, &mine);
    return tokens_compare(&theirs, &mine, droppable);
}

/* vue: of `car | cars` the choice for one number may drop the count. */
static struct token_difference compare_choices(enum syntax syntax, struct str source,
                                               struct str target, struct arena *arena)
{
    struct str theirs[CHOICES_MAX], mine[CHOICES_MAX];
    size_t nsource = vue_choices(source, theirs), n = vue_choices(target, mine);
    struct token_difference worst = {0};

    for (size_t i = 0; i < n; i++) {
        struct token_difference found =
            compare_texts(syntax, theirs[nsource - 1], mine[i],
                          i + 1 < n ? DROP_COUNT : DROP_NOTHING, arena);

        if (found.fault != TOKENS_SAME &&
            (worst.fault == TOKENS_SAME || found.fault < worst.fault))
            worst = found;
    }
    return worst;
}

static struct token_difference compare_form(const struct pair *pair,
                                            const struct form *form,
                                            struct arena *arena)
{
    struct str source = judge_counterpart(pair, form);
    enum syntax syntax = judge_syntax_of(pair);

    if (syntax == SYNTAX_ICU)
        return compare_icu(pair, source, form, arena);
    if (pair->view->rules.plural == PLURAL_VUE)
        return compare_choices(syntax, source, form->text, arena);
    return compare_texts(syntax, source, form->text,
                         plurals_droppable(pair->plurals, pair->target, form), arena);
}

struct token_difference judge_placeholders(const struct pair *pair,
                                           const struct form **form,
                                           struct arena *arena)
{
    struct token_difference worst = {0};

    *form = NULL;
    for (size_t f = 0; f < pair->target->nforms; f++) {
        struct token_difference found;

        if (text_is_blank(pair->target->form[f].text))
            continue;
        found = compare_form(pair, &pair->target->form[f], arena);
        if (found.fault == TOKENS_SAME ||
            (worst.fault != TOKENS_SAME && found.fault >= worst.fault))
            continue;
        worst = found;
        *form = &pair->target->form[f];
    }
    return worst;
}
