/* One tag of HTML, byte by byte, as the standard's tokeniser reads it. */
#include <string.h>

#include "seocheck/extract_internal.h"

#include "shared/banned.h"

struct str html_trim(struct str text)
{
    while (text.n > 0 && html_is_space(text.at[0]))
        text = (struct str){text.at + 1, text.n - 1};
    while (text.n > 0 && html_is_space(text.at[text.n - 1]))
        text.n--;
    return text;
}

static void skip(struct str *rest, size_t n)
{
    rest->at += n;
    rest->n -= n;
}

static void skip_space(struct str *rest)
{
    while (rest->n > 0 && html_is_space(rest->at[0]))
        skip(rest, 1);
}

/* Up to white space, `>` or a byte of `ends`. */
static struct str take_word(struct str *rest, char end, char other)
{
    struct str word = {rest->at, 0};

    while (word.n < rest->n) {
        char c = rest->at[word.n];

        // an equals sign in front is part of an attribute's name
        if (html_is_space(c) || c == '>' || c == end || (c == other && word.n > 0))
            break;
        word.n++;
    }
    skip(rest, word.n);
    return word;
}

struct str tag_name(struct str *rest)
{
    return take_word(rest, '/', '/');
}

static enum tag_result take_value(struct str *rest, struct attribute *attribute)
{
    const char *end;
    char quote;

    skip_space(rest);
    if (rest->n == 0)
        return TAG_CUT;
    attribute->has_value = true;
    quote = rest->at[0];
    if (quote != '"' && quote != '\'') {
        attribute->value = take_word(rest, '>', '>');
        return rest->n > 0 ? TAG_ATTRIBUTE : TAG_CUT;
    }
    skip(rest, 1);
    end = rest->n > 0 ? memchr(rest->at, quote, rest->n) : NULL;
    if (!end)
        return TAG_CUT;
    attribute->value = (struct str){rest->at, (size_t)(end - rest->at)};
    skip(rest, attribute->value.n + 1);
    return TAG_ATTRIBUTE;
}

enum tag_result tag_next(struct str *rest, struct attribute *attribute)
{
    bool is_closed = false;

    *attribute = (struct attribute){0};
    while (rest->n > 0 && (html_is_space(rest->at[0]) || rest->at[0] == '/')) {
        is_closed = rest->at[0] == '/';
        skip(rest, 1);
    }
    if (rest->n == 0)
        return TAG_CUT;
    if (rest->at[0] == '>') {
        skip(rest, 1);
        return is_closed ? TAG_SELF_CLOSED : TAG_END;
    }
    attribute->name = take_word(rest, '/', '=');
    skip_space(rest);
    if (rest->n == 0)
        return TAG_CUT;
    if (rest->at[0] != '=')
        return TAG_ATTRIBUTE;
    skip(rest, 1);
    return take_value(rest, attribute);
}
