/* Whether a value that equals the source's is a translation, or was never translated.
 */
#include <string.h>

#include "i18ncheck/icu.h"
#include "i18ncheck/markup.h"
#include "i18ncheck/measure.h"
#include "i18ncheck/tokens.h"
#include "i18ncheck/utf8.h"

#include "shared/banned.h"

enum { VOTERS_MIN = 8, VOTE_PERCENT = 25, SHORT_LETTERS = 2 };

/* ---- equal ---- */

static bool is_copy(const struct message *source, const struct message *target)
{
    bool has_any = false;

    for (size_t f = 0; f < target->nforms; f++) {
        struct str text = utf8_trim(target->form[f].text);
        bool is_same = false;

        if (text.n == 0)
            continue;
        has_any = true;
        for (size_t s = 0; s < source->nforms && !is_same; s++)
            is_same = str_equal(text, utf8_trim(source->form[s].text));
        if (!is_same)
            return false;
    }
    return has_any;
}

/* ---- what is left of a text once nothing of it is for translators ---- */

static void blank(char *copy, size_t from, size_t n)
{
    memset(copy + from, ' ', n);
}

static void blank_span(char *copy, struct str text, struct str part)
{
    blank(copy, (size_t)(part.at - text.at), part.n);
}

/* Arguments go, the messages in their options stay. */
static void blank_icu(struct str text, char *copy, struct arena *arena)
{
    struct icu icu;
    const char *why;

    if (!icu_parse(text, false, arena, &icu, &why))
        return;
    for (size_t a = 0; a < icu.n; a++) {
        const struct icu_argument *argument = &icu.argument[a];

        blank_span(copy, text, argument->whole);
        for (size_t o = 0; o < argument->noptions; o++) {
            struct str part = argument->option[o].text;

            if (part.n > 0)
                memcpy(copy + (part.at - text.at), part.at, part.n);
        }
    }
}

static void blank_tokens(struct str text, enum syntax syntax, char *copy,
                         struct arena *arena)
{
    struct tokens tokens;

    if (syntax == SYNTAX_ICU) {
        blank_icu(text, copy, arena);
        return;
    }
    tokens_find(text, syntax, arena, &tokens);
    for (size_t i = 0; i < tokens.n; i++)
        blank_span(copy, text, tokens.item[i].whole);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_address(struct str word)
{
    bool has_at = false, has_dot_after = false;

    for (size_t i = 0; i < word.n; i++) {
        has_dot_after |= has_at && word.at[i] == '.';
        has_at |= word.at[i] == '@' && i > 0;
    }
    return has_dot_after || str_starts(word, str_of("http://")) ||
           str_starts(word, str_of("https://")) || str_starts(word, str_of("www."));
}

static void blank_markup(char *copy, size_t n)
{
    struct tag tag;

    for (size_t at = 0; at < n; at++)
        if (copy[at] == '<' && tag_at((struct str){copy + at, n - at}, &tag))
            blank(copy, at, tag.bytes);
    for (size_t at = 0; at < n;) {
        size_t end = at;

        while (end < n && !is_space(copy[end]))
            end++;
        if (is_address((struct str){copy + at, end - at}))
            blank(copy, at, end - at);
        at = end + 1;
    }
}

/* Letters of a word: ASCII ones and characters past ASCII that are no punctuation of
 * the blocks U+2000 to U+206F, U+3000 to U+303F and Latin-1's. */
struct letters {
    size_t n;
    bool is_upper; /* all ASCII, and none small */
};

static bool is_far_punctuation(struct str rest)
{
    unsigned char a = (unsigned char)rest.at[0];
    unsigned char b = rest.n > 1 ? (unsigned char)rest.at[1] : 0;

    return (a == 0xc2) || (a == 0xe2 && (b == 0x80 || b == 0x81)) ||
           (a == 0xe3 && b == 0x80) || (a == 0xef && (b == 0xbc || b == 0xbd));
}

/* Capitals of Latin-1, Greek and Cyrillic, by their two bytes. */
static bool is_far_capital(struct str rest)
{
    unsigned char a = (unsigned char)rest.at[0];
    unsigned char b = rest.n > 1 ? (unsigned char)rest.at[1] : 0;

    return (a == 0xc3 && b <= 0x9e && b != 0x97) ||
           (a == 0xce && b >= 0x86 && b <= 0xab) || (a == 0xd0 && b <= 0xaf);
}

static void add_character(struct str rest, struct letters *letters)
{
    unsigned char c = (unsigned char)rest.at[0];

    if (c >= 0x80 && c < 0xc0)
        return; // behind a first byte
    if ((c >= 'a' && c <= 'z') || (c >= 0x80 && !is_far_punctuation(rest))) {
        letters->n++;
        letters->is_upper &= c >= 0x80 && is_far_capital(rest);
    } else if (c >= 'A' && c <= 'Z') {
        letters->n++;
    }
}

/* Apostrophes and hyphens stand in words; what else is punctuation goes. */
static enum sameness weigh(const char *copy, size_t n)
{
    size_t words = 0, all = 0, longest = 0;
    bool is_upper = true;

    for (size_t at = 0, space = 0; at < n; at += space) {
        struct letters letters = {.is_upper = true};

        for (space = 0; at < n && space == 0; at += space == 0) {
            struct str rest = {copy + at, n - at};

            space = utf8_space(rest);
            if (space == 0)
                add_character(rest, &letters);
        }
        if (letters.n == 0)
            continue;
        words++;
        all += letters.n;
        is_upper &= letters.is_upper;
        longest = letters.n > longest ? letters.n : longest;
    }
    if (all <= 1 || is_upper || longest <= SHORT_LETTERS)
        return SAME_FREE;
    return words == 1 ? SAME_WORD : SAME_TEXT;
}

enum sameness measure_sameness(const struct message *source,
                               const struct message *target, enum syntax syntax,
                               struct arena *arena)
{
    struct str text = utf8_trim(message_text(target));
    char *copy;

    if (!is_copy(source, target))
        return SAME_NOT;
    copy = str_copy(arena, text.at, text.n);
    blank_tokens(text, syntax, copy, arena);
    blank_markup(copy, text.n);
    return weigh(copy, text.n);
}

bool measure_vote_passes(const struct vote *vote, size_t index)
{
    return vote && vote->eligible[index] >= VOTERS_MIN &&
           100U * vote->same[index] >= (unsigned)VOTE_PERCENT * vote->eligible[index];
}
