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

enum syntax judge_syntax_of(const struct pair *pair)
{
    return pair->target->syntax == SYNTAX_NONE && pair->source ? pair->source->syntax
                                                               : pair->target->syntax;
}

/* In i18next 3 the bare key is the singular, which compares with the plural. */
struct str judge_counterpart(const struct pair *pair, const struct form *form)
{
    bool is_bare = form->name.n == 0 && pair->plurals->style != PLURAL_I18NEXT3;
    const struct form *bare = is_bare ? message_form(pair->source, "") : NULL;

    return bare ? bare->text : message_text(pair->source);
}

/* ---- text ---- */

static bool judge_encoding(const struct pair *pair, struct fault *fault)
{
    for (size_t f = 0; f < pair->target->nforms; f++) {
        const struct form *form = &pair->target->form[f];
        struct str source =
            pair->source ? judge_counterpart(pair, form) : (struct str){0};
        const char *what = encoding_fault(form->text, source);

        if (!what)
            continue;
        *fault = (struct fault){CHECK_ENCODING, what, form};
        return true;
    }
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
    *fault = (struct fault){CHECK_MESSAGE_SYNTAX, NULL, NULL};
    return !pair->source_is_broken &&
           judge_is_unparsable(pair->view, pair->target, arena, &fault->message);
}

static bool judge_injection(const struct pair *pair, struct arena *arena,
                            struct fault *fault)
{
    for (size_t f = 0; f < pair->target->nforms; f++) {
        const struct form *form = &pair->target->form[f];
        const char *what;

        if (!markup_injects(form->text, judge_counterpart(pair, form), &what))
            continue;
        *fault =
            (struct fault){CHECK_INJECTION,
                           str_format(arena, "%s is not in the source", what), form};
        return true;
    }
    return false;
}

/* Whether a text holds several of which one is shown: tags repeat as they do. */
static bool has_branches(const struct pair *pair, struct str text, struct arena *arena)
{
    struct str choice[CHOICES_MAX];
    struct icu icu;
    const char *why;

    if (pair->view->rules.plural == PLURAL_VUE)
        return vue_choices(text, choice) > 1;
    return judge_syntax_of(pair) == SYNTAX_ICU &&
           icu_parse(text, pair->view->rules.tags, arena, &icu, &why) &&
           icu_has_options(&icu);
}

static bool judge_markup(const struct pair *pair, struct arena *arena,
                         struct fault *fault)
{
    for (size_t f = 0; f < pair->target->nforms; f++) {
        const struct form *form = &pair->target->form[f];
        struct str source = judge_counterpart(pair, form), which;
        bool by_name;

        if (text_is_blank(form->text) || markup_equal(form->text, source, &which))
            continue;
        by_name =
            has_branches(pair, form->text, arena) || has_branches(pair, source, arena);
        if (by_name && markup_same_names(form->text, source, &which))
            continue;
        *fault = (struct fault){CHECK_MARKUP,
                                str_format(arena, "%s is not as often as in the source",
                                           shown(arena, which)),
                                form};
        return true;
    }
    return false;
}

/* ---- placeholders ---- */

/* What differs, and in which form. */
struct parity {
    struct token_difference found;
    const struct form *form;
};

static bool say_placeholders(const struct parity *parity, struct arena *arena,
                             struct fault *fault)
{
    const char *which = shown(arena, parity->found.which);

    fault->form = parity->form;
    switch (parity->found.fault) {
    case TOKENS_SAME: return false;
    case TOKENS_EXTRA:
        fault->check = CHECK_PLACEHOLDER_EXTRA;
        fault->message = str_format(arena, "%s is not in the source", which);
        return true;
    case TOKENS_TYPE:
        fault->check = CHECK_PLACEHOLDER_TYPE;
        fault->message = str_format(arena, "%s is %s in the source", which,
                                    shown(arena, parity->found.other));
        return true;
    case TOKENS_MISSING:
        fault->check = CHECK_PLACEHOLDER_MISSING;
        fault->message = str_format(arena, "lacks %s of the source", which);
        return true;
    case TOKENS_COUNT:
        fault->check = CHECK_PLACEHOLDER_COUNT;
        fault->message =
            str_format(arena, "%s is not as often as in the source", which);
        return true;
    }
    return false;
}

/* ---- plurals ---- */

/* A form parsed, where it is ICU; NULL otherwise. */
static const struct icu *parsed(const struct pair *pair, const struct form *form,
                                struct arena *arena, struct icu *icu)
{
    const char *why;

    return judge_syntax_of(pair) == SYNTAX_ICU && !pair->source_is_broken &&
                   icu_parse(form->text, pair->view->rules.tags, arena, icu, &why)
               ? icu
               : NULL;
}

static bool judge_plural_missing(const struct pair *pair, struct arena *arena,
                                 struct fault *fault)
{
    const char *lacking =
        plurals_missing(pair->plurals, pair->target, pair->source, arena);

    for (size_t f = 0; f < pair->target->nforms && !lacking; f++) {
        const struct form *form = &pair->target->form[f];
        struct icu parse;
        const struct icu *icu = parsed(pair, form, arena, &parse);

        if (icu)
            lacking = plurals_missing_inside(pair->plurals, icu, form->text, arena);
    }
    *fault = (struct fault){CHECK_PLURAL_MISSING, lacking, NULL};
    return lacking != NULL;
}

static bool judge_plural_dead(const struct pair *pair, struct arena *arena,
                              struct fault *fault)
{
    struct str dead = {0};

    for (size_t f = 0; f < pair->target->nforms && dead.n == 0; f++) {
        struct icu icu;

        dead = plurals_dead(pair->plurals, pair->target,
                            parsed(pair, &pair->target->form[f], arena, &icu));
    }
    if (dead.n == 0)
        return false;
    *fault = (struct fault){CHECK_PLURAL_DEAD,
                            str_format(arena, "the plural form %s is never selected",
                                       shown(arena, dead)),
                            NULL};
    return true;
}

static bool judge_selector(const struct pair *pair, struct arena *arena,
                           struct fault *fault)
{
    for (size_t f = 0; f < pair->target->nforms; f++) {
        struct icu parse;
        const struct icu *icu = parsed(pair, &pair->target->form[f], arena, &parse);

        if (!icu || icu->bad_selector.n == 0)
            continue;
        *fault =
            (struct fault){CHECK_PLURAL_SELECTOR,
                           str_format(arena, "the selector %s is no plural category",
                                      shown(arena, icu->bad_selector)),
                           NULL};
        return true;
    }
    return false;
}

/* ---- in order ---- */

static bool judge_state(const struct pair *pair, struct fault *fault)
{
    if (pair->is_stale && is_on(pair, CHECK_STALE)) {
        *fault = (struct fault){CHECK_STALE,
                                "the source has changed since it was translated", NULL};
        return true;
    }
    if (pair->is_copy && is_on(pair, CHECK_SAME_AS_SOURCE)) {
        *fault = (struct fault){CHECK_SAME_AS_SOURCE, "is the source text", NULL};
        return true;
    }
    return false;
}

/* What needs both texts parsed: `parity` is what their placeholders say. */
static bool judge_parity(const struct pair *pair, const struct parity *parity,
                         struct arena *arena, struct fault *fault)
{
    bool has_fault = say_placeholders(parity, arena, fault);
    bool is_late = has_fault &&
                   (fault->check == CHECK_PLACEHOLDER_COUNT ||
                    (fault->check == CHECK_PLACEHOLDER_MISSING && !pair->view->strict));
    struct fault later = *fault;

    if (has_fault && !is_late && is_on(pair, fault->check))
        return true;
    if (is_on(pair, CHECK_PLURAL_MISSING) && judge_plural_missing(pair, arena, fault))
        return true;
    *fault = later;
    return has_fault && later.check == CHECK_PLACEHOLDER_MISSING &&
           is_on(pair, CHECK_PLACEHOLDER_MISSING);
}

static bool judge_late(const struct pair *pair, const struct parity *parity,
                       struct arena *arena, struct fault *fault)
{
    return (is_on(pair, CHECK_PLURAL_DEAD) && judge_plural_dead(pair, arena, fault)) ||
           (is_on(pair, CHECK_PLURAL_SELECTOR) && judge_selector(pair, arena, fault)) ||
           (parity->found.fault == TOKENS_COUNT &&
            is_on(pair, CHECK_PLACEHOLDER_COUNT) &&
            say_placeholders(parity, arena, fault));
}

static bool judge_source_message(const struct pair *pair, struct arena *arena,
                                 struct fault *fault)
{
    const struct parity none = {0};

    return (is_on(pair, CHECK_PLURAL_MISSING) &&
            judge_plural_missing(pair, arena, fault)) ||
           judge_late(pair, &none, arena, fault);
}

static bool judge_translation(const struct pair *pair, struct arena *arena,
                              struct fault *fault)
{
    struct parity parity = {0};

    if (is_on(pair, CHECK_INJECTION) && judge_injection(pair, arena, fault))
        return true;
    if (!pair->source_is_broken)
        parity.found = judge_placeholders(pair, &parity.form, arena);
    return judge_parity(pair, &parity, arena, fault) ||
           (is_on(pair, CHECK_MARKUP) && judge_markup(pair, arena, fault)) ||
           judge_state(pair, fault) || judge_late(pair, &parity, arena, fault);
}

static bool judge(const struct pair *pair, struct arena *arena, struct fault *fault)
{
    bool is_fuzzy = pair->target->is_review && pair->source;

    if (is_fuzzy && pair->view->rules.format == CATALOG_PO) { // gettext leaves it out
        *fault = (struct fault){CHECK_REVIEW, "waits for review", NULL};
        return is_on(pair, CHECK_REVIEW);
    }
    if ((is_on(pair, CHECK_ENCODING) && judge_encoding(pair, fault)) ||
        (is_on(pair, CHECK_MESSAGE_SYNTAX) && judge_syntax(pair, arena, fault)))
        return true;
    if (!pair->source)
        return judge_source_message(pair, arena, fault);
    if (judge_translation(pair, arena, fault))
        return true;
    *fault = (struct fault){CHECK_REVIEW, "waits for review", NULL};
    return is_fuzzy && is_on(pair, CHECK_REVIEW);
}

/* Which of several forms it is. */
bool judge_message(const struct pair *pair, struct arena *arena, struct fault *fault)
{
    if (!judge(pair, arena, fault))
        return false;
    if (fault->form && fault->form->name.n > 0)
        fault->message = str_format(arena, "%s, in the form %s", fault->message,
                                    shown(arena, fault->form->name));
    return true;
}
