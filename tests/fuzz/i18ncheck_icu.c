/* ICU messages: whatever the bytes, views stay within the text, a fault has a reason,
 * and what parses with tags as markup parses with them as text. */
#include "i18ncheck/icu.h"
#include "tests/fuzz/i18ncheck_catalogs.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_within(struct str part, struct str text)
{
    must(part.n == 0 || (part.at >= text.at && part.at + part.n <= text.at + text.n),
         "a view outside the text");
}

static void look(struct str text, const struct icu *icu)
{
    for (size_t a = 0; a < icu->n; a++) {
        const struct icu_argument *argument = &icu->argument[a];
        bool has_other = argument->noptions == 0;

        must(argument->name.n > 0, "an argument without a name");
        must(argument->whole.n > 2 && argument->whole.at[0] == '{', "an argument");
        must_be_within(argument->whole, text);
        for (size_t o = 0; o < argument->noptions; o++) {
            must_be_within(argument->option[o].text, argument->whole);
            must_be_within(argument->option[o].selector, argument->whole);
            has_other |= str_equal(argument->option[o].selector, STR("other"));
        }
        must(has_other, "a plural without other");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str text = {(const char *)data, size};
    const char *why = NULL;
    struct icu plain, tagged;
    struct arena arena;
    bool parses;

    if (!text_is_utf8(text.at, text.n, NULL))
        return 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    parses = icu_parse(text, false, &arena, &plain, &why);
    must(parses || (why && why[0] != '\0'), "a fault without a reason");
    if (parses)
        look(text, &plain);
    if (icu_parse(text, true, &arena, &tagged, &why))
        look(text, &tagged);
    arena_release(&arena);
    return 0;
}
