/* Outside text in Markdown: as it is when it is plain prose, else a code span. */
#include "shared/markdown.h"

#include <string.h>

#include "shared/text.h"

#include "shared/banned.h"

enum { NAME_BYTES_MAX = 64 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_letter(c) || is_digit(c);
}

/* "-13.8", "3e-9", "2026-03-08", "e-value"; not "GH-26", which is a reference, not a
 * list's "- ", not "--". `at` is not the text's end; `text` begins it. */
static bool is_plain_sign(const char *text, const char *at)
{
    char before = at > text ? at[-1] : ' ';

    if (is_digit(at[1]))
        return !is_letter(before) ||
               (before == 'e' && at - text >= 2 && is_digit(at[-2]));
    return *at == '-' && is_alnum(before) && is_letter(at[1]);
}

/* Whether `*at`, no letter, digit or parenthesis, means nothing where it stands. */
static bool is_plain_mark(const char *text, const char *at)
{
    char before = at > text ? at[-1] : ' ', after = at[1];

    switch (*at) {
    case ' ': return before != ' ' && after != ' ' && after != '\0' && at > text;
    case ',':
    case ';': return before != ' ' && (after == ' ' || after == '\0');
    case '%': return !is_alnum(after) && after != '%'; // GitLab's milestones
    case ':': return is_alnum(before) && after == ' '; // else :emoji:
    case '.':
    case '/': return is_digit(before) && is_digit(after); // else www.host
    case '_': return is_alnum(before) && is_alnum(after);
    case '+':
    case '-': return is_plain_sign(text, at);
    default: return false;
    }
}

bool markdown_is_plain(const char *text)
{
    int open = 0;

    for (const char *at = text; *at; at++) {
        if (*at == '(')
            open++;
        else if (*at == ')' && open > 0)
            open--;
        else if (!is_alnum(*at) && !is_plain_mark(text, at))
            return false;
    }
    return open == 0;
}

static const char *safe(struct buf *out, const char *text)
{
    return text_safe(out->arena, text, strlen(text), MARKDOWN_CHARS_MAX);
}

void markdown_code_line(struct buf *out, const char *text)
{
    for (const char *at = safe(out, text); *at; at++)
        buf_add(out, *at == '`' ? "'" : at, 1);
}

void markdown_code(struct buf *out, const char *text)
{
    char before = '\0';

    if (text[0] == '\0')
        return;
    buf_add_text(out, "`");
    for (const char *at = safe(out, text); *at; before = *at++) {
        // Some readers of tables take \\ for an escape, and the | behind it for the
        // cell's end.
        if (*at == '|')
            buf_add_text(out, before == '\\' ? "\xc2\xa6" : "\\|");
        else
            buf_add(out, *at == '`' ? "'" : at, 1);
    }
    buf_add_text(out, "`");
}

void markdown_text(struct buf *out, const char *text)
{
    if (strlen(text) <= MARKDOWN_CHARS_MAX && markdown_is_plain(text))
        buf_add_text(out, text);
    else
        markdown_code(out, text);
}

void markdown_value(struct buf *out, const char *value, const char *unit)
{
    if (value[0] == '\0' || unit[0] == '\0')
        markdown_text(out, value);
    else
        markdown_text(out, str_format(out->arena, "%s %s", value, unit));
}

void markdown_name(struct buf *out, const char *name)
{
    for (const char *at = name; *at && at - name < NAME_BYTES_MAX; at++) {
        bool is_ours = (*at >= 'a' && *at <= 'z') || is_digit(*at);

        buf_add(out, is_ours ? at : "?", 1);
    }
}
