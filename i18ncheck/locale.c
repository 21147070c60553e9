/* Locale tags in one spelling, plural categories by name, and the rule of a tag. */
#include "i18ncheck/locale.h"

#include <string.h>

#include "shared/banned.h"

enum { TAG_BYTES_MAX = 64, SUBTAGS_MAX = 9 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letters(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_letter(text.at[i]))
            return false;
    return true;
}

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_digit(text.at[i]))
            return false;
    return true;
}

/* ISO 639 withdrew these. */
static struct str renamed(struct str language)
{
    static const char *const pairs[][2] = {{"iw", "he"}, {"in", "id"}, {"ji", "yi"}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (str_equal_ignoring_case(language, str_of(pairs[i][0])))
            return str_of(pairs[i][1]);
    return language;
}

static bool is_region(struct str subtag)
{
    return (subtag.n == 2 && is_letters(subtag)) ||
           (subtag.n == 3 && is_digits(subtag));
}

/* Android's region: "rBR". */
static struct str without_r(struct str subtag)
{
    struct str rest = {subtag.at + 1, subtag.n - 1};

    return (subtag.n == 3 || subtag.n == 4) && subtag.at[0] == 'r' && is_region(rest)
               ? rest
               : subtag;
}

/* Subtags are 1 to 8 letters and digits. */
static bool is_subtag(struct str subtag)
{
    if (subtag.n < 1 || subtag.n > 8)
        return false;
    for (size_t i = 0; i < subtag.n; i++)
        if (!is_letter(subtag.at[i]) && !is_digit(subtag.at[i]))
            return false;
    return true;
}

static size_t cut(struct str text, struct str subtag[SUBTAGS_MAX])
{
    size_t n = 0, start = 0;

    for (size_t i = 0; i <= text.n; i++) {
        if (i < text.n && text.at[i] != '-' && text.at[i] != '_' && text.at[i] != '+')
            continue;
        if (n == SUBTAGS_MAX)
            return 0;
        subtag[n++] = (struct str){text.at + start, i - start};
        start = i + 1;
    }
    return n;
}

bool locale_tag(struct str text, struct arena *arena, const char **tag)
{
    struct str subtag[SUBTAGS_MAX];
    char out[TAG_BYTES_MAX];
    size_t n, used = 0;

    if (text.n >= TAG_BYTES_MAX - SUBTAGS_MAX)
        return false;
    if (str_starts(text, str_of("b+")))
        text = (struct str){text.at + 2, text.n - 2};
    n = cut(text, subtag);
    if (n == 0 || subtag[0].n < 2 || subtag[0].n > 3 || !is_letters(subtag[0]))
        return false;
    subtag[0] = renamed(subtag[0]);
    for (size_t s = 0; s < n; s++) {
        struct str part = s > 0 ? without_r(subtag[s]) : subtag[s];
        bool is_script = s > 0 && part.n == 4 && is_letters(part);

        if (!is_subtag(part))
            return false;
        if (s > 0)
            out[used++] = '-';
        for (size_t i = 0; i < part.n; i++)
            out[used++] = (s > 0 && is_region(part)) || (is_script && i == 0)
                              ? upper(part.at[i])
                              : lower(part.at[i]);
    }
    *tag = str_copy(arena, out, used);
    return true;
}

bool locale_same_language(const char *a, const char *b)
{
    size_t n = strcspn(a, "-");

    return n == strcspn(b, "-") && memcmp(a, b, n) == 0;
}

static const char *const category_words[] = {"zero", "one",  "two",
                                             "few",  "many", "other"};

const char *category_word(enum category category)
{
    return category_words[category];
}

bool category_parse(struct str word, enum category *category)
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (!str_equal(word, str_of(category_words[c])))
            continue;
        *category = (enum category)c;
        return true;
    }
    return false;
}

static const struct plural_rule *exact_rule(struct str tag)
{
    size_t low = 0, high = plural_table_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(str_of(plural_table[middle].locale), tag);

        if (order == 0)
            return &plural_table[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct plural_rule *plural_rule_of(const char *tag)
{
    struct str rest = str_of(tag);

    while (rest.n > 0) {
        const struct plural_rule *rule = exact_rule(rest);

        if (rule)
            return rule;
        while (rest.n > 0 && rest.at[rest.n - 1] != '-')
            rest.n--;
        rest.n -= rest.n > 0;
    }
    return NULL;
}
