/* Cuts patterns and matches names: `*` is anything, {ns} something, {locale} a tag. */
#include "i18ncheck/pattern.h"

#include <stdio.h>
#include <string.h>

#include "shared/banned.h"

enum { LOCALE_BYTES_MAX = 35 }; // of a tag, RFC 5646 4.4.1

/* ---- cutting ---- */

/* Offset of `word` in `text`; text.n: none. */
static size_t find(struct str text, struct str word)
{
    for (size_t i = 0; i + word.n <= text.n; i++)
        if (memcmp(text.at + i, word.at, word.n) == 0)
            return i;
    return text.n;
}

static struct str from(struct str text, size_t at)
{
    return (struct str){text.at + at, text.n - at};
}

static struct str until(struct str text, size_t at)
{
    return (struct str){text.at, at};
}

static const struct str locale_word = {"{locale}", 8}, ns_word = {"{ns}", 4};

static bool check_words(struct str text, struct pattern *pattern, struct err *err)
{
    for (size_t i = 0; i < text.n; i++) {
        bool is_locale = str_starts(from(text, i), locale_word);
        bool is_ns = str_starts(from(text, i), ns_word);

        if (text.at[i] != '{')
            continue;
        if (!is_locale && !is_ns)
            return err_set(err,
                           "pattern '%s': {locale} and {ns} are the words it may "
                           "hold in braces",
                           text.at);
        if ((is_locale && pattern->has_locale) || (is_ns && pattern->has_ns))
            return err_set(err, "pattern '%s': %s is there twice", text.at,
                           is_locale ? "{locale}" : "{ns}");
        pattern->has_locale |= is_locale;
        pattern->has_ns |= is_ns;
    }
    return true;
}

bool pattern_parse(const char *text, enum catalog_format format, bool must_have_locale,
                   struct pattern *pattern, struct err *err)
{
    struct str whole = str_of(text);
    size_t n;

    *pattern = (struct pattern){.format = format};
    while (str_starts(whole, STR("./")))
        whole = from(whole, 2);
    n = str_split(whole, '/', pattern->part, PATTERN_PARTS_MAX);
    if (n > PATTERN_PARTS_MAX)
        return err_set(err, "pattern '%s': more than %d parts", text,
                       PATTERN_PARTS_MAX);
    pattern->n = n;
    for (size_t i = 0; i < n; i++)
        if (pattern->part[i].n == 0 && !(i == 0 && n > 1)) // a path may begin with '/'
            return err_set(err, "pattern '%s': an empty part", text);
    if (pattern_part_is_deep(pattern->part[n - 1]))
        return err_set(err, "pattern '%s': a file name is wanted behind **", text);
    if (!check_words(whole, pattern, err))
        return false;
    if (must_have_locale && !pattern->has_locale && format != CATALOG_XCSTRINGS)
        return err_set(err, "pattern '%s': {locale} is wanted", text);
    return true;
}

bool pattern_part_is_deep(struct str part)
{
    return str_equal(part, STR("**"));
}

bool pattern_part_is_wild(struct str part)
{
    return part.n > 0 &&
           (memchr(part.at, '*', part.n) || find(part, locale_word) < part.n ||
            find(part, ns_word) < part.n);
}

/* ---- matching ---- */

/* `*` is any text, also none. Goes back to the last star alone, so it takes at most
 * pattern times name steps. */
static bool is_glob(struct str pattern, struct str name)
{
    size_t p = 0, i = 0, star = pattern.n, resume = 0;

    while (i < name.n) {
        if (p < pattern.n && pattern.at[p] == '*') {
            star = p++;
            resume = i;
        } else if (p < pattern.n && pattern.at[p] == name.at[i]) {
            p++;
            i++;
        } else if (star < pattern.n) {
            p = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.at[p] == '*')
        p++;
    return p == pattern.n;
}

/* The same where {ns} may stand once; it takes at least a byte. */
static bool is_glob_with_ns(struct str pattern, struct str name, struct str *ns)
{
    size_t at = find(pattern, ns_word);

    if (at == pattern.n)
        return is_glob(pattern, name);
    for (size_t i = 0; i < name.n; i++) {
        if (!is_glob(until(pattern, at), until(name, i)))
            continue;
        for (size_t j = name.n; j > i; j--)
            if (is_glob(from(pattern, at + ns_word.n), from(name, j))) {
                *ns = (struct str){name.at + i, j - i};
                return true;
            }
    }
    return false;
}

/* Android's qualifiers are locales among other things: "values-night", "values-v21",
 * and "car" is a dock, not Carib. */
static bool is_android_locale(struct str text)
{
    size_t n = 0;

    if (str_starts(text, STR("b+")))
        return true;
    while (n < text.n && text.at[n] >= 'a' && text.at[n] <= 'z')
        n++;
    if (n < 2 || n > 3 || str_equal(text, STR("car")))
        return false;
    return n == text.n || (text.n - n >= 4 && str_starts(from(text, n), STR("-r")));
}

static bool is_locale(const struct pattern *pattern, struct str text,
                      struct arena *arena, const char **tag)
{
    return (pattern->format != CATALOG_ANDROID || is_android_locale(text)) &&
           locale_tag(text, arena, tag);
}

static bool is_tag_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '+';
}

/* What stands between a name and its tag. */
static bool is_joiner(char c)
{
    return c == '-' || c == '_' || c == '.';
}

/* A part of a pattern, cut at {locale}. */
struct halves {
    struct str before, after;
    struct str base; /* `before` without what joins it to the tag */
    bool has_base;
};

static struct halves cut(const struct pattern *pattern, struct str part, size_t at)
{
    struct halves halves = {.before = until(part, at),
                            .after = from(part, at + locale_word.n)};
    size_t n;

    // the tag may be meant with its "values-", which is in every name
    if (pattern->format == CATALOG_ANDROID &&
        (at == 0 || str_equal(halves.before, STR("values"))))
        halves.before = STR("values-");
    halves.base = halves.before;
    n = halves.before.n;
    if (n > 0 && is_joiner(halves.before.at[n - 1]))
        halves.base.n--;
    halves.has_base =
        (pattern->format == CATALOG_ANDROID || pattern->format == CATALOG_PROPERTIES ||
         pattern->format == CATALOG_XLIFF) &&
        halves.base.n < halves.before.n && halves.base.n > 0;
    return halves;
}

/* The tag of a name, and the rest as the pattern has it. */
static bool is_split(const struct pattern *pattern, const struct halves *halves,
                     struct str name, struct str tag, struct arena *arena,
                     struct path_words *words)
{
    size_t start = (size_t)(tag.at - name.at);

    return is_locale(pattern, tag, arena, &words->locale) &&
           is_glob_with_ns(halves->before, until(name, start), &words->ns) &&
           is_glob_with_ns(halves->after, from(name, start + tag.n), &words->ns);
}

/* The name without its tag and what joins them. */
static struct str without(struct str name, struct str tag, struct arena *arena)
{
    size_t start = (size_t)(tag.at - name.at);
    struct str after = from(name, start + tag.n);

    return str_of(str_format(arena, "%.*s%.*s", (int)(start - 1), name.at, (int)after.n,
                             after.at));
}

/* Where more than one tag could be meant ("my_app_de"), one that has a plural rule,
 * then the longest, then the first. */
static bool match_locale(const struct pattern *pattern, const struct halves *halves,
                         struct str name, struct arena *arena, struct path_words *words)
{
    struct path_words best = *words;
    struct str longest = {0};
    bool is_known = false;

    for (size_t i = 0; i + 1 < name.n; i++) {
        for (size_t n = 1; i + n <= name.n && n <= LOCALE_BYTES_MAX &&
                           is_tag_byte(name.at[i + n - 1]);
             n++) {
            struct path_words tried = *words;
            struct str tag = {name.at + i, n};
            bool known;

            if (n < 2 || !is_split(pattern, halves, name, tag, arena, &tried))
                continue;
            known = plural_rule_of(tried.locale) != NULL;
            if (known < is_known || (known == is_known && n <= longest.n))
                continue;
            best = tried;
            is_known = known;
            longest = tag;
        }
    }
    if (longest.n == 0)
        return false;
    *words = best;
    if (halves->has_base)
        words->base = without(name, longest, arena);
    return true;
}

static bool match_base(const struct halves *halves, struct str name,
                       struct arena *arena, struct path_words *words)
{
    const char *text =
        str_format(arena, "%.*s%.*s", (int)halves->base.n, halves->base.at,
                   (int)halves->after.n, halves->after.at);

    if (!halves->has_base || !is_glob_with_ns(str_of(text), name, &words->ns))
        return false;
    words->is_base = true;
    return true;
}

bool pattern_match(const struct pattern *pattern, size_t part, struct str name,
                   struct arena *arena, struct path_words *words)
{
    struct str wanted = pattern->part[part];
    size_t at = find(wanted, locale_word);
    struct halves halves;

    if (name.n > 0 && name.at[0] == '.' && !(wanted.n > 0 && wanted.at[0] == '.'))
        return false;
    if (at == wanted.n)
        return is_glob_with_ns(wanted, name, &words->ns);
    halves = cut(pattern, wanted, at);
    return match_locale(pattern, &halves, name, arena, words) ||
           match_base(&halves, name, arena, words);
}
