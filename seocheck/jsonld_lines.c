/* Where the members of an object stand in its block, which jansson does not keep. The
 * text was accepted by jansson. */
#include <string.h>

#include "seocheck/jsonld_page.h"
#include "shared/own.h"

#include "shared/banned.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void step(struct str text, struct ld_cursor *cursor)
{
    cursor->line += text.at[cursor->at++] == '\n';
}

static void skip_space(struct str text, struct ld_cursor *cursor)
{
    while (cursor->at < text.n && is_space(text.at[cursor->at]))
        step(text, cursor);
}

/* At its opening quote. A string has no line ends. */
static struct str take_string(struct str text, struct ld_cursor *cursor)
{
    size_t from = cursor->at++;

    while (cursor->at < text.n && text.at[cursor->at] != '"')
        cursor->at += text.at[cursor->at] == '\\' ? 2 : 1;
    cursor->at = cursor->at < text.n ? cursor->at + 1 : text.n;
    return (struct str){text.at + from, cursor->at - from};
}

/* To the comma behind a value, or to the bracket that ends what it is in. */
static void skip_value(struct str text, struct ld_cursor *cursor)
{
    size_t open = 0;

    while (cursor->at < text.n) {
        char c = text.at[cursor->at];

        if (c == '"') {
            (void)take_string(text, cursor);
            continue;
        }
        if (c == '{' || c == '[')
            open++;
        else if (open == 0 && (c == ',' || c == '}' || c == ']'))
            return;
        else if (c == '}' || c == ']')
            open--;
        step(text, cursor);
    }
}

/* `literal` has its quotes. Jansson undoes the escapes of a key that has some. */
static bool key_is(struct str literal, const char *key)
{
    size_t n = strlen(key);

    if (!memchr(literal.at, '\\', literal.n))
        return literal.n == n + 2 && memcmp(literal.at + 1, key, n) == 0;
    OWN(json) decoded = json_loadb(literal.at, literal.n, JSON_DECODE_ANY, NULL);
    return decoded && strcmp(json_string_value(decoded), key) == 0;
}

/* From a member's key on, or from the bracket or comma before it: the value of `key`.
 * The cursor stands at the value then, at the end of the object otherwise. */
static bool find(struct str text, const char *key, struct ld_cursor *cursor)
{
    while (cursor->at < text.n) {
        struct str literal;

        step(text, cursor);
        skip_space(text, cursor);
        if (cursor->at >= text.n || text.at[cursor->at] != '"')
            return false;
        literal = take_string(text, cursor);
        skip_space(text, cursor); // then the colon
        if (cursor->at < text.n)
            step(text, cursor);
        skip_space(text, cursor);
        if (key_is(literal, key))
            return true;
        skip_value(text, cursor);
        if (cursor->at >= text.n || text.at[cursor->at] != ',')
            return false;
    }
    return false;
}

int64_t ld_line(struct ld_page *page, const struct ld_node *node, const char *key)
{
    const struct ld_block *block = &page->block[node->block];
    struct ld_cursor start = {.node = node};
    int64_t line;

    if (block->has_duplicates)
        return block->line;
    start.at = block->brace[node->ordinal].at;
    start.line = block->line + block->brace[node->ordinal].line;
    if (!key)
        return start.line;
    if (page->cursor.node != node || !find(block->text, key, &page->cursor)) {
        page->cursor = start;
        if (!find(block->text, key, &page->cursor)) {
            page->cursor.node = NULL;
            return start.line;
        }
    }
    line = page->cursor.line;
    skip_value(block->text, &page->cursor);
    if (page->cursor.at >= block->text.n || block->text.at[page->cursor.at] != ',')
        page->cursor.node = NULL; // behind the last member the search begins anew
    return line;
}
