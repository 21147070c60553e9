/* Words that the parts of `assert` share. */
#include <string.h>

#include "perfcheck/assert.h"

#include "shared/banned.h"

static const char *const name_words[] = {
    [ASSERT_RAN] = "auditRan",
    [ASSERT_MAX_LENGTH] = "maxLength",
    [ASSERT_MAX_VALUE] = "maxNumericValue",
    [ASSERT_MIN_SCORE] = "minScore",
};

const char *assert_name_word(enum assert_name name)
{
    return name_words[name];
}

void notes_add(struct notes *notes, const char *text)
{
    notes->text = arena_room(notes->arena, notes->text, notes->n, &notes->capacity,
                             sizeof *notes->text);
    notes->text[notes->n++] = text;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

char *assert_kebab(struct arena *arena, const char *text, bool plain)
{
    char *made = arena_new(arena, char, 2 * strlen(text) + 1);
    size_t n = 0;

    for (const char *at = text; *at != '\0'; at++) {
        char c = is_upper(*at) ? (char)(*at - 'A' + 'a') : *at;

        if (plain && !is_lower(c) && !is_digit(c))
            c = '-';
        if (at > text && is_upper(at[0]) && is_lower(at[-1]))
            made[n++] = '-';
        if (!plain || c != '-' || (n > 0 && made[n - 1] != '-'))
            made[n++] = c;
    }
    if (plain && n > 0 && made[n - 1] == '-')
        n--;
    made[n] = '\0';
    return made;
}
