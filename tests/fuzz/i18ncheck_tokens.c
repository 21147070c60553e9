/* Placeholders in every syntax: views into the text, in its order, apart from each
 * other; a text differs from itself in nothing, and lacks nothing of half of it. */
#include "i18ncheck/tokens.h"
#include "tests/fuzz/i18ncheck_catalogs.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct str text, enum syntax syntax, struct arena *arena)
{
    const char *end = text.at;
    struct tokens tokens, none = {0};

    tokens_find(text, syntax, arena, &tokens);
    for (size_t i = 0; i < tokens.n; i++) {
        const struct token *token = &tokens.item[i];

        must(token->whole.n > 0 && token->whole.at >= end, "order of tokens");
        end = token->whole.at + token->whole.n;
        must(end <= text.at + text.n, "a token outside the text");
        must(token->name.n > 0, "a token without a name");
    }
    must(tokens_compare(&tokens, &tokens, DROP_NOTHING).fault == TOKENS_SAME, "itself");
    must(tokens_compare(&none, &tokens, DROP_NOTHING).fault ==
             (tokens.n > 0 ? TOKENS_EXTRA : TOKENS_SAME),
         "all are extra");
    must(tokens_compare(&tokens, &none, DROP_NOTHING).fault ==
             (tokens.n > 0 ? TOKENS_MISSING : TOKENS_SAME),
         "all are missing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;

    if (!text_is_utf8((const char *)data, size, NULL))
        return 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    for (int s = 0; s < SYNTAX_COUNT; s++)
        if (s != SYNTAX_ICU)
            look((struct str){(const char *)data, size}, (enum syntax)s, &arena);
    arena_release(&arena);
    return 0;
}
