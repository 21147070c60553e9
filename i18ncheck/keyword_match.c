/* Whether a text has a keyword: words joined by white space or punctuation, ignoring
 * case, by PCRE2. */
#include <string.h>

#include "i18ncheck/keyword_internal.h"
#include "i18ncheck/utf8.h"
#include "shared/limits.h"

#include "shared/banned.h"

/* ---- trigrams ---- */

static char gram_byte(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'k' && c != 's')
               ? c
               : '\0';
}

/* The bit of the trigram at `at`; false: it is none. */
static bool gram_at(struct str text, size_t at, uint16_t *bit)
{
    uint32_t mixed = 0;

    for (size_t i = at; i < at + 3; i++) {
        char c = gram_byte(text.at[i]);

        if (c == '\0')
            return false;
        mixed = (mixed ^ (unsigned char)c) * 0x01000193;
    }
    *bit = (uint16_t)((mixed ^ mixed >> 15) % GRAM_BITS);
    return true;
}

void grams_add(uint64_t bits[GRAM_WORDS], struct str text)
{
    uint16_t bit;

    for (size_t i = 0; i + 3 <= text.n; i++)
        if (gram_at(text, i, &bit))
            bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool may_have(const struct needle *needle, const uint64_t *bits)
{
    for (size_t i = 0; i < needle->ngrams; i++)
        if ((bits[needle->gram[i] / 64] >> needle->gram[i] % 64 & 1) == 0)
            return false;
    return true;
}

/* ---- the pattern ---- */

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* Words quoted; what stands between them is any white space and punctuation. */
static void add_words(struct buf *out, struct str text)
{
    while (text.n > 0) {
        size_t space = utf8_space(text);

        if (space > 0) {
            buf_add_text(out, "[\\s\\p{P}]+");
            while ((space = utf8_space(text)) > 0) {
                text.at += space;
                text.n -= space;
            }
            continue;
        }
        if (!is_word_byte(text.at[0]))
            buf_add_text(out, "\\");
        buf_add(out, text.at, 1);
        text.at++;
        text.n--;
    }
}

/* Scripts that put no space between words. */
static bool has_no_spaces(struct str text)
{
    struct err ignored;
    struct re *re;
    bool found;

    if (!re_compile("[\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Thai}\\p{Lao}\\p{Khmer}]",
                    false, &re, &ignored))
        return false;
    found = re_match(re, text) == RE_MATCH;
    re_free(re);
    return found;
}

void needle_init(struct needle *needle, struct str text, bool anchored,
                 struct arena *arena)
{
    bool is_guarded = true;
    struct buf pattern;

    *needle = (struct needle){.is_anchored = anchored};
    text = utf8_trim(text);
    for (size_t i = 0; i < text.n && is_guarded; i++)
        if ((unsigned char)text.at[i] >= 0x80) {
            is_guarded = !has_no_spaces(text);
            break;
        }
    buf_init(&pattern, arena, PATTERN_BYTES_MAX);
    buf_add_text(&pattern, "(?i)");
    buf_add_text(&pattern, is_guarded ? "(?<![\\p{L}\\p{N}])" : "");
    add_words(&pattern, text);
    buf_add_text(&pattern, is_guarded ? "(?![\\p{L}\\p{N}])" : "");
    if (text.n > 0 && !pattern.overflowed)
        needle->pattern = pattern.at;
    for (size_t i = 0; i + 3 <= text.n && needle->ngrams < NEEDLE_GRAMS_MAX; i++)
        if (gram_at(text, i, &needle->gram[needle->ngrams]))
            needle->ngrams++;
}

void needle_release(struct needle *needle)
{
    re_free(needle->re);
    needle->re = NULL;
}

/* ---- looking ---- */

static bool is_ready(struct needle *needle)
{
    struct err ignored;

    if (!needle->re && !needle->is_costly)
        needle->is_costly =
            !needle->pattern ||
            !re_compile(needle->pattern, needle->is_anchored, &needle->re, &ignored);
    return needle->re != NULL;
}

static bool has(struct needle *needle, struct str text)
{
    enum re_result result =
        is_ready(needle) ? re_match(needle->re, text) : RE_TOO_COSTLY;

    needle->is_costly |= result == RE_TOO_COSTLY;
    return result == RE_MATCH;
}

bool needle_is(struct needle *needle, struct str text)
{
    return has(needle, text);
}

bool needle_is_strong(struct needle *needle, const struct keyword_page *page)
{
    return may_have(needle, page->strong_bits) && has(needle, page->strong);
}

static bool has_twice(struct needle *needle, struct str text)
{
    struct re_place place = {0};

    for (int n = 0; n < 2; n++) {
        enum re_result result = is_ready(needle)
                                    ? re_find(needle->re, text, place.end, &place)
                                    : RE_TOO_COSTLY;

        needle->is_costly |= result == RE_TOO_COSTLY;
        if (result != RE_MATCH)
            return false;
    }
    return true;
}

/* The body has the headings. */
bool needle_is_weak(struct needle *needle, const struct keyword_page *page)
{
    return page->body_bits && may_have(needle, page->body_bits) &&
           (has(needle, page->headings) || has_twice(needle, page->body));
}
