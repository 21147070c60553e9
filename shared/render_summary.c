/* state/REPORT.md: what a reviewer reads. Rendered from the reports that `show` gives
 * and from what changed: no clock, no age, no version. */
#include <string.h>

#include "shared/markdown.h"
#include "shared/render.h"
#include "shared/render_markdown_internal.h"

#include "shared/banned.h"

enum { FINDINGS_MAX = 200 };

/* "shop.example" of "https://shop.example/"; what is no host's name is a code span. */
static void add_site(struct buf *out, const char *site)
{
    static const char host[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    const char *start = strstr(site, "://");
    size_t n;

    start = start ? start + 3 : site;
    n = strspn(start, host);
    if (n > 0 && (start[n] == '\0' || strcmp(start + n, "/") == 0))
        buf_add(out, start, n);
    else
        markdown_code(out, site);
}

/* `show` cannot know what is gone, and calls new what began on its last day: both are
 * the difference's, where there is one. */
static void count_changes(const struct changes *changes, struct report_tally *tally)
{
    tally->fresh = tally->resolved = 0;
    for (size_t i = 0; i < changes->nfindings; i++) {
        const struct finding_change *change = &changes->finding[i];

        if (change->now == SEVERITY_INFO)
            continue;
        tally->fresh += change->change == CHANGE_NEW;
        tally->resolved += change->change == CHANGE_RESOLVED;
    }
}

void render_summary(const struct report *reports, size_t n,
                    const struct run_facts *facts, struct buf *out)
{
    struct report_tally tally = reports_tally(reports, n);

    if (facts->changes)
        count_changes(facts->changes, &tally);
    buf_add_text(out,
                 "<!-- written by run-all.sh from state/*.json: change the inputs, "
                 "not this file -->\n# Rounds");
    if (facts->site[0] != '\0') {
        buf_add_text(out, " of ");
        add_site(out, facts->site);
    }
    buf_add_text(out, "\n");
    markdown_add_verdict(out, tally.worst);
    buf_printf(out, "%s\n\n", report_tally_text(&tally, out->arena));
    markdown_add_tools(out, reports, n);
    markdown_add_reasons(out, reports, n);
    buf_add_text(out, "## Changed since the previous commit\n");
    if (facts->changes)
        changes_format_markdown(facts->changes, SIZE_MAX, out);
    else
        buf_add_text(out, "No earlier state.\n");
    markdown_add_findings(out, reports, n, FINDINGS_MAX, SIZE_MAX);
    markdown_add_muted(out, reports, n);
    for (size_t i = 0; i < n; i++)
        markdown_add_sections(out, &reports[i]);
    buf_add_text(out, "\nMark findings in [catches.tsv](catches.tsv). [How limits are "
                      "set](../docs/method.md), [keys](../docs/state.md)\n");
}
