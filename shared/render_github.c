/* Annotations of a GitHub workflow: commands that the runner reads from stdout. GitHub
 * shows ten of a kind a step, so the list ends there and says how many more. */
#include "shared/clock.h"
#include "shared/render.h"
#include "shared/render_internal.h"

#include "shared/banned.h"

enum { ERRORS_MAX = 10, WARNINGS_MAX = 10, NOTICES_MAX = 9 }; // and one "N more"

static void add_escaped(struct buf *out, const char *text, bool is_property)
{
    for (const char *at = text; *at; at++) {
        bool is_special = *at == '%' || *at == '\r' || *at == '\n' ||
                          (is_property && (*at == ':' || *at == ','));

        if (is_special)
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
        else
            buf_add(out, at, 1);
    }
}

static void add_annotation(struct buf *out, const char *command,
                           const struct finding *finding)
{
    buf_printf(out, "::%s ", command);
    if (finding->file[0] != '\0') {
        buf_add_text(out, "file=");
        add_escaped(out, finding->file, true);
        if (finding->line > 0)
            buf_printf(out, ",line=%lld", (long long)finding->line);
        buf_add_text(out, ",");
    }
    buf_add_text(out, "title=");
    add_escaped(out, finding->id, true);
    buf_add_text(out, "::");
    add_escaped(out, finding->message, false);
    if (finding->status == STATUS_NEW)
        buf_add_text(out, ", new");
    else
        buf_printf(out, ", since %s", day_text(finding->since).text);
    if (finding->url[0] != '\0') {
        buf_add_text(out, ", ");
        add_escaped(out, finding->url, false);
    }
    if (finding->because[0] != '\0') {
        buf_add_text(out, "; ");
        add_escaped(out, finding->because, false);
    }
    buf_add_text(out, "\n");
}

/* Annotations of one severity; returns how many found no room. */
static int64_t add_kind(const struct report *reports, size_t n, enum severity severity,
                        const char *command, int64_t most, struct buf *out)
{
    int64_t seen = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t f = 0; f < reports[i].findings.n; f++) {
            const struct finding *finding = &reports[i].findings.item[f];

            if (finding->severity == severity && render_is_open(finding) &&
                seen++ < most)
                add_annotation(out, command, finding);
        }
    }
    return seen > most ? seen - most : 0;
}

/* A tool without a verdict is an error too; what there was no room for of each kind. */
static int64_t add_unknown(const struct report *reports, size_t n, int64_t most,
                           struct buf *out)
{
    int64_t said = 0;

    for (size_t i = 0; i < n; i++) {
        if (reports[i].status != VERDICT_UNKNOWN || said++ >= most)
            continue;
        buf_add_text(out, "::error title=rounds-");
        add_escaped(out, reports[i].tool, true);
        buf_add_text(out, "::could not judge: ");
        add_escaped(out, reports[i].summary, false);
        buf_add_text(out, "\n");
    }
    return said;
}

void render_github(const struct report *reports, size_t n, struct buf *out)
{
    int64_t unknown, more = 0;

    reports_format_verdicts(reports, n, out);
    unknown = add_unknown(reports, n, ERRORS_MAX, out);
    more += add_kind(reports, n, SEVERITY_CRIT, "error", ERRORS_MAX - unknown, out);
    more += add_kind(reports, n, SEVERITY_WARN, "warning", WARNINGS_MAX, out);
    more += add_kind(reports, n, SEVERITY_INFO, "notice", NOTICES_MAX, out);
    if (more > 0)
        buf_printf(out, "::notice::and %lld more, see state/REPORT.md\n",
                   (long long)more);
}
