/* Changes as a table in Markdown. */
#include "shared/changes.h"
#include "shared/changes_internal.h"
#include "shared/markdown.h"

#include "shared/banned.h"

enum { MORE_BYTES = 48 }; // "... and N more" and its line ends

static void add_cell(struct buf *out, const char *text)
{
    buf_add_text(out, text[0] != '\0' ? " " : "");
    markdown_text(out, text);
    buf_add_text(out, " |");
}

static void add_row(struct buf *out, const struct change_row *row)
{
    buf_add_text(out, "|");
    add_cell(out, row->kind);
    buf_add_text(out, " ");
    markdown_code(out, row->name);
    add_cell(out, row->about);
    add_cell(out, row->before);
    add_cell(out, row->now);
    buf_add_text(out, "\n");
}

void changes_format_markdown(const struct changes *changes, size_t most,
                             struct buf *out)
{
    struct change_rows rows = changes_rows(changes, out->arena);
    size_t said = 0;

    if (rows.n == 0) {
        buf_add_text(out, "Nothing changed.\n");
        return;
    }
    buf_add_text(out, "| change | what | before | now |\n|---|---|---:|---:|\n");
    for (; said < rows.n && said < CHANGES_SHOWN_MAX; said++) {
        size_t before = out->n;

        add_row(out, &rows.row[said]);
        if (out->n > most || most - out->n < MORE_BYTES) {
            buf_cut(out, before);
            break;
        }
    }
    if (said < rows.n)
        buf_printf(out, "\n... and %zu more changes\n", rows.n - said);
}

void changes_comment_markdown(const struct changes *changes, const char *from,
                              const char *to, struct buf *out)
{
    bool is_first = true;

    buf_add_text(out, "<!-- rounds:diff -->\nState of ");
    markdown_text(out, from);
    buf_add_text(out, " to ");
    markdown_text(out, to);
    buf_printf(out, ", through %s to %s", changes_through(changes, false).text,
               changes_through(changes, true).text);
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        const struct tool_change *tool = &changes->tool[t];

        if (!changes_has_moved(tool))
            continue;
        buf_printf(out, "%s**%s**: %s to %s", is_first ? "\n\n" : ", ", tool_names[t],
                   changes_verdict(tool, false), changes_verdict(tool, true));
        is_first = false;
    }
    buf_add_text(out, "\n\n");
    changes_format_markdown(changes, MARKDOWN_COMMENT_MAX, out);
}
