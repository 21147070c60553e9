/* What differs between the placeholders of two texts, as multisets of name and type. */
#include <assert.h>

#include "i18ncheck/tokens.h"

#include "shared/banned.h"

static const struct token *named(const struct tokens *tokens, struct str name)
{
    for (size_t i = 0; i < tokens->n; i++)
        if (str_equal(tokens->item[i].name, name))
            return &tokens->item[i];
    return NULL;
}

static size_t count(const struct tokens *tokens, const struct token *like)
{
    size_t n = 0;

    for (size_t i = 0; i < tokens->n; i++)
        n += str_equal(tokens->item[i].name, like->name) &&
             str_equal(tokens->item[i].type, like->type);
    return n;
}

static struct token_difference extra(const struct tokens *source,
                                     const struct tokens *target)
{
    for (size_t i = 0; i < target->n; i++)
        if (!named(source, target->item[i].name))
            return (struct token_difference){.fault = TOKENS_EXTRA,
                                             .which = target->item[i].whole};
    return (struct token_difference){0};
}

static struct token_difference other_type(const struct tokens *source,
                                          const struct tokens *target)
{
    for (size_t i = 0; i < target->n; i++) {
        const struct token *same = named(source, target->item[i].name);

        assert(same); // or it were extra
        if (count(source, &target->item[i]) == 0)
            return (struct token_difference){.fault = TOKENS_TYPE,
                                             .which = target->item[i].whole,
                                             .other = same->whole};
    }
    return (struct token_difference){0};
}

static struct token_difference missing(const struct tokens *source,
                                       const struct tokens *target,
                                       enum droppable droppable)
{
    const struct token *dropped = NULL; // there is one count

    for (size_t i = 0; i < source->n; i++) {
        const struct token *token = &source->item[i];

        if (named(target, token->name))
            continue;
        if (droppable == DROP_COUNT && token_is_count(token) &&
            (!dropped || str_equal(dropped->name, token->name)))
            dropped = token;
        else
            return (struct token_difference){.fault = TOKENS_MISSING,
                                             .which = token->whole};
    }
    return (struct token_difference){0};
}

static struct token_difference repeated(const struct tokens *source,
                                        const struct tokens *target)
{
    for (size_t i = 0; i < source->n; i++) {
        size_t n = count(target, &source->item[i]);

        if (n > 0 && n != count(source, &source->item[i]))
            return (struct token_difference){.fault = TOKENS_COUNT,
                                             .which = source->item[i].whole};
    }
    return (struct token_difference){0};
}

struct token_difference tokens_compare(const struct tokens *source,
                                       const struct tokens *target,
                                       enum droppable droppable)
{
    struct token_difference found = extra(source, target);

    if (found.fault == TOKENS_SAME)
        found = other_type(source, target);
    if (found.fault == TOKENS_SAME)
        found = missing(source, target, droppable);
    if (found.fault == TOKENS_SAME)
        found = repeated(source, target);
    return found;
}
