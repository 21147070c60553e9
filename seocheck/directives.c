/* Splits and reads robots directives. Judges none of them. */
#include "seocheck/directives.h"

#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"

#include "shared/banned.h"

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_PREVIEW, VALUE_DATE };

/* developers.google.com/search/docs/crawling-indexing/robots-meta-tag, with the rules
 * it lists as used no longer; index and follow are the defaults said aloud. */
static const struct rule {
    const char *name;
    enum value_kind value;
    enum directive_kind kind;
} rules[] = {
    {"all", VALUE_NONE, DIRECTIVE_OTHER},
    {"index", VALUE_NONE, DIRECTIVE_OTHER},
    {"follow", VALUE_NONE, DIRECTIVE_OTHER},
    {"noindex", VALUE_NONE, DIRECTIVE_NOINDEX},
    {"nofollow", VALUE_NONE, DIRECTIVE_OTHER},
    {"none", VALUE_NONE, DIRECTIVE_NOINDEX},
    {"nosnippet", VALUE_NONE, DIRECTIVE_OTHER},
    {"indexifembedded", VALUE_NONE, DIRECTIVE_OTHER},
    {"max-snippet", VALUE_NUMBER, DIRECTIVE_OTHER},
    {"max-image-preview", VALUE_PREVIEW, DIRECTIVE_OTHER},
    {"max-video-preview", VALUE_NUMBER, DIRECTIVE_OTHER},
    {"notranslate", VALUE_NONE, DIRECTIVE_OTHER},
    {"noimageindex", VALUE_NONE, DIRECTIVE_OTHER},
    {"unavailable_after", VALUE_DATE, DIRECTIVE_UNAVAILABLE_AFTER},
    {"noarchive", VALUE_NONE, DIRECTIVE_OTHER},
    {"nocache", VALUE_NONE, DIRECTIVE_OTHER},
    {"nositelinkssearchbox", VALUE_NONE, DIRECTIVE_OTHER},
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct str from(struct str text, size_t i)
{
    return (struct str){text.at + i, text.n - i};
}

static struct str trimmed(struct str text)
{
    while (text.n > 0 && is_space(text.at[0]))
        text = from(text, 1);
    while (text.n > 0 && is_space(text.at[text.n - 1]))
        text.n--;
    return text;
}

/* Bytes before the first `c`; all of them when there is none. */
static size_t until(struct str text, char c)
{
    const char *at = text.n > 0 ? memchr(text.at, c, text.n) : NULL;

    return at ? (size_t)(at - text.at) : text.n;
}

static const struct rule *rule_of(struct str name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (str_equal_ignoring_case(trimmed(name), str_of(rules[i].name)))
            return &rules[i];
    return NULL;
}

/* ---- the day of unavailable_after ---- */

/* Takes at most `most` digits; 0 when there are none. */
static int take_number(struct str *text, size_t most)
{
    int number = 0;

    for (; most > 0 && text->n > 0 && is_digit(text->at[0]); most--) {
        number = 10 * number + (text->at[0] - '0');
        *text = from(*text, 1);
    }
    return number;
}

static int take_month(struct str *text)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int month = 0; month < 12 && text->n >= 3; month++)
        if (str_equal_ignoring_case((struct str){text->at, 3},
                                    (struct str){names + 3 * (ptrdiff_t)month, 3})) {
            *text = from(*text, 3);
            return month + 1;
        }
    return 0;
}

static void skip_separators(struct str *text)
{
    while (text->n > 0 &&
           (is_space(text->at[0]) || text->at[0] == '-' || text->at[0] == ','))
        *text = from(*text, 1);
}

/* ISO 8601, or RFC 822 and 850: [weekday,] day month year, with spaces or dashes. */
static bool read_day(struct str text, int32_t *day)
{
    int number, month, year, back[3];

    if (text.n >= 10 && text.at[4] == '-')
        return day_parse(text.at, 10, day);
    while (text.n > 0 && is_letter(text.at[0])) // the weekday
        text = from(text, 1);
    skip_separators(&text);
    number = take_number(&text, 2);
    skip_separators(&text);
    month = take_month(&text);
    skip_separators(&text);
    year = take_number(&text, 4);
    if (year < 100)
        year += year < 50 ? 2000 : 1900; // RFC 2822, 4.3
    if (number < 1 || number > 31 || month == 0 || year < 1970 || year > 2999)
        return false;
    *day = day_from_civil(year, month, number);
    day_to_civil(*day, &back[0], &back[1], &back[2]);
    return back[2] == number; // no 30 February
}

/* ---- one directive ---- */

static bool takes(const struct rule *rule, struct str value, int32_t *day)
{
    int64_t number;

    switch (rule->value) {
    case VALUE_NONE: return false; // there is a colon
    case VALUE_NUMBER: return str_to_int64(value.at, value.n, &number) && number >= -1;
    case VALUE_PREVIEW:
        return str_equal_ignoring_case(value, STR("none")) ||
               str_equal_ignoring_case(value, STR("standard")) ||
               str_equal_ignoring_case(value, STR("large"));
    case VALUE_DATE: return read_day(value, day);
    }
    return false;
}

static struct directive directive_of(struct str text)
{
    size_t colon = until(text, ':');
    const struct rule *rule = rule_of((struct str){text.at, colon});
    struct directive one = {.text = text};

    if (!rule)
        return one;
    if (colon == text.n ? rule->value == VALUE_NONE
                        : takes(rule, trimmed(from(text, colon + 1)), &one.day))
        one.kind = rule->kind;
    return one;
}

/* ---- all of a page ---- */

/* Up to the next comma; that of `unavailable_after: Fri, 25 Jun 2010` ends nothing. */
static struct str take_piece(struct str *rest)
{
    size_t end = until(*rest, ',');
    struct str piece = {rest->at, end};
    size_t last = end;

    while (last > 0 && is_letter(piece.at[last - 1]))
        last--;
    while (last > 0 && is_space(piece.at[last - 1]))
        last--;
    if (last > 0 && last < end && end < rest->n && piece.at[last - 1] == ':') {
        size_t before = last - 1; // an agent's name may stand before the rule's

        while (before > 0 && !is_space(piece.at[before - 1]) &&
               piece.at[before - 1] != ':')
            before--;
        if (str_equal_ignoring_case((struct str){piece.at + before, last - 1 - before},
                                    STR("unavailable_after")))
            end += 1 + until(from(*rest, end + 1), ',');
    }
    piece = (struct str){rest->at, end};
    *rest = from(*rest, end < rest->n ? end + 1 : end);
    return trimmed(piece);
}

static bool is_judged(struct str agent, const struct site_agents *agents)
{
    for (size_t i = 0; i < agents->n; i++)
        if (str_equal_ignoring_case(agent, str_of(agents->agent[i])))
            return true;
    return false;
}

/* `googlebot: noindex, nofollow`: an agent's name holds up to the next one, or to the
 * end of its header. */
static struct str without_agent(struct directives *all, struct str piece)
{
    size_t colon = until(piece, ':');
    struct str name = trimmed((struct str){piece.at, colon});

    if (colon == piece.n || rule_of(name))
        return piece;
    all->is_for_others = !is_judged(name, all->agents);
    return trimmed(from(piece, colon + 1));
}

/* The next meta that holds, then each header. */
static bool open_next(struct directives *all)
{
    const struct page *page = all->resource->page;
    size_t n = page ? page->nmetas : 0;

    while (all->next_meta < n) {
        const struct meta *meta = &page->meta[all->next_meta++];

        if (meta->is_http_equiv ||
            (!str_equal_ignoring_case(meta->name, STR("robots")) &&
             !is_judged(meta->name, all->agents)))
            continue;
        all->rest = meta->content;
        all->line = meta->line;
        return true;
    }
    if (!all->is_in_header)
        all->headers = all->resource->x_robots;
    all->is_in_header = true;
    all->is_for_others = false;
    all->line = 0;
    return str_next_line(&all->headers, &all->rest);
}

bool directives_next(struct directives *all, struct directive *one)
{
    for (;;) {
        struct str piece;

        while (all->rest.n == 0)
            if (!open_next(all))
                return false;
        piece = take_piece(&all->rest);
        if (all->is_in_header)
            piece = without_agent(all, piece);
        if (piece.n == 0 || all->is_for_others)
            continue;
        *one = directive_of(piece);
        one->line = all->line;
        return true;
    }
}

static int compare_texts(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static struct str lower_case(struct str text, struct arena *arena)
{
    char *copy = str_copy(arena, text.at, text.n);

    for (size_t i = 0; i < text.n; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return (struct str){copy, text.n};
}

struct str directives_joined(const struct resource *resource,
                             const struct site_agents *agents, struct arena *arena)
{
    struct directives all = {.resource = resource, .agents = agents};
    struct str *text = NULL;
    size_t n = 0, capacity = 0;
    struct buf joined;

    for (struct directive one; directives_next(&all, &one);) {
        text = arena_room(arena, text, n, &capacity, sizeof *text);
        text[n++] = lower_case(one.text, arena);
    }
    buf_init(&joined, arena, SIZE_MAX / 2);
    if (n > 1)
        qsort(text, n, sizeof *text, compare_texts);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && str_equal(text[i - 1], text[i]))
            continue;
        if (i > 0)
            buf_add(&joined, ",", 1);
        buf_add(&joined, text[i].at, text[i].n);
    }
    return buf_str(&joined);
}
