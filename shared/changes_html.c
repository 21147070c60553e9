/* Changes as a table in HTML. */
#include <string.h>

#include "shared/changes.h"
#include "shared/changes_internal.h"
#include "shared/render.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { CHARS_MAX = 1000 }; // of one text

static void add_text(struct buf *out, const char *text)
{
    render_xml(out, text_safe(out->arena, text, strlen(text), CHARS_MAX));
}

static void add_row(struct buf *out, const struct change_row *row)
{
    buf_add_text(out, "<tr><td>");
    add_text(out, row->kind);
    buf_add_text(out, "</td><td><code>");
    add_text(out, row->name);
    buf_add_text(out, "</code> ");
    add_text(out, row->about);
    buf_add_text(out, "</td><td class=\"number\">");
    add_text(out, row->before);
    buf_add_text(out, "</td><td class=\"number\">");
    add_text(out, row->now);
    buf_add_text(out, "</td></tr>\n");
}

void changes_format_html(const struct changes *changes, struct buf *out)
{
    struct change_rows rows = changes_rows(changes, out->arena);
    size_t said = rows.n < CHANGES_SHOWN_MAX ? rows.n : CHANGES_SHOWN_MAX;

    if (rows.n == 0) {
        buf_add_text(out, "<p>Nothing changed.</p>\n");
        return;
    }
    buf_add_text(out, "<table class=\"changes\">\n"
                      "<thead><tr><th>change</th><th>what</th>"
                      "<th class=\"number\">before</th>"
                      "<th class=\"number\">now</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < said; i++)
        add_row(out, &rows.row[i]);
    buf_add_text(out, "</tbody>\n</table>\n");
    if (said < rows.n)
        buf_printf(out, "<p>... and %zu more changes</p>\n", rows.n - said);
}

void changes_comment_html(const struct changes *changes, const char *from,
                          const char *to, struct buf *out)
{
    buf_add_text(out, "<p>State of ");
    add_text(out, from);
    buf_add_text(out, " to ");
    add_text(out, to);
    buf_printf(out, ", through %s to %s", changes_through(changes, false).text,
               changes_through(changes, true).text);
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (changes_has_moved(&changes->tool[t]))
            buf_printf(out, "; %s %s to %s", tool_names[t],
                       changes_verdict(&changes->tool[t], false),
                       changes_verdict(&changes->tool[t], true));
    buf_add_text(out, "</p>\n");
    changes_format_html(changes, out);
}
