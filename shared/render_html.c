/* The page: head, verdict, changes, then its parts; made to fit its size. */
#include "shared/render_html.h"

#include <string.h>

#include "shared/clock.h"
#include "shared/render_svg.h"
#include "shared/text.h"

#include "shared/banned.h"

/* TEXT_MAX: characters of one outside text */
enum { TEXT_MAX = 2000, FINDINGS_SHOWN = 200, ROWS_SHOWN = 400 };

extern const char css_start[] __asm__("_binary_shared_report_css_start");
extern const char css_end[] __asm__("_binary_shared_report_css_end");

void html_text(struct buf *out, const char *text)
{
    const char *at = text;

    while (*at >= ' ' && *at <= '~')
        at++;
    if (*at != '\0')
        text = text_safe(out->arena, text, strlen(text), TEXT_MAX);
    render_xml(out, text);
}

const char *html_verdict(enum verdict verdict)
{
    static const char *const words[] = {"ok", "warning", "critical", "unknown"};

    return words[verdict];
}

/* "https://shop.example/" as people say it. */
static const char *site_name(const char *site)
{
    const char *host = strstr(site, "://");

    return host ? host + 3 : site;
}

/* The newest day of the reports; "" without any. */
static struct day_text newest_day(const struct report *reports, size_t n)
{
    struct day_text newest = {""};
    int32_t day = 0;

    for (size_t i = 0; i < n; i++)
        if (reports[i].has_through && (!newest.text[0] || reports[i].through > day)) {
            day = reports[i].through;
            newest = day_text(day);
        }
    return newest;
}

static const char *headline(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_OK: return "All is well";
    case VERDICT_WARN: return "Warning";
    case VERDICT_CRIT: return "Critical";
    case VERDICT_UNKNOWN: return "Unknown: not everything could be measured";
    }
    return "";
}

static void add_head(const struct report *reports, size_t n, const char *site,
                     struct buf *out)
{
    buf_add_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                      "<meta charset=\"utf-8\"/>\n"
                      "<meta http-equiv=\"Content-Security-Policy\" "
                      "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
                      "<meta name=\"viewport\" content=\"width=device-width, "
                      "initial-scale=1\"/>\n"
                      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                      "<title>");
    buf_printf(out, "%s", verdict_headline(reports_tally(reports, n).worst));
    buf_add_text(out, " - rounds of ");
    html_text(out, site[0] ? site_name(site) : "this site");
    buf_printf(out, ", %s</title>\n<style>\n", newest_day(reports, n).text);
    // cppcheck-suppress comparePointers ; both ends are of one object file
    buf_add(out, css_start, (size_t)(css_end - css_start));
    buf_add_text(out, "</style>\n</head>\n");
}

/* "2 critical and 1 warning open, 1 new." */
static void add_counts(const struct report *reports, size_t n, struct buf *out)
{
    struct report_tally tally = reports_tally(reports, n);
    size_t muted = 0;

    for (size_t i = 0; i < n; i++)
        muted += reports[i].muted.n;
    if (tally.open == 0)
        buf_add_text(out, "Nothing is open.");
    if (tally.crit > 0)
        buf_printf(out, "<b>%lld critical</b>", (long long)tally.crit);
    if (tally.warn > 0)
        buf_printf(out, "%s<b>%lld warning%s</b>", tally.crit > 0 ? " and " : "",
                   (long long)tally.warn, tally.warn == 1 ? "" : "s");
    if (tally.open > 0 && tally.fresh == 0)
        buf_add_text(out, " open, nothing new.");
    else if (tally.open > 0)
        buf_printf(out, " open, %lld new.", (long long)tally.fresh);
    if (tally.resolved > 0)
        buf_printf(out, " %lld resolved lately.", (long long)tally.resolved);
    if (muted > 0)
        buf_printf(out, " %zu muted.", muted);
}

static void add_verdict(const struct report *reports, size_t n, const char *site,
                        struct buf *out)
{
    enum verdict worst = reports_tally(reports, n).worst;
    const char *word = verdict_word(worst);

    buf_printf(out, "<header class=\"verdict %s\"><main>", word);
    html_icon(word, out);
    buf_add_text(out, "<div><p class=\"when\">Rounds of ");
    html_text(out, site[0] ? site_name(site) : "this site");
    if (newest_day(reports, n).text[0] != '\0')
        buf_printf(out, ", data to %s", newest_day(reports, n).text);
    buf_printf(out, "</p><h1>%s</h1><p>", headline(worst));
    add_counts(reports, n, out);
    buf_add_text(out, "</p></div></main></header>\n");
}

static void add_tools(const struct report *reports, size_t n, struct buf *out)
{
    buf_add_text(out, "<ul class=\"tools\">\n");
    for (size_t i = 0; i < n; i++) {
        const char *word = verdict_word(reports[i].status);

        buf_printf(out, "<li><a class=\"%s\" href=\"#", word);
        html_text(out, reports[i].tool);
        buf_add_text(out, "\"><span class=\"word\">");
        html_icon(word, out);
        buf_printf(out, " %s</span><b>", html_verdict(reports[i].status));
        html_text(out, reports[i].tool);
        buf_add_text(out, "</b><p>");
        html_text(out, reports[i].summary);
        buf_add_text(out, "</p></a></li>\n");
    }
    buf_add_text(out, "</ul>\n");
}

static void add_changes(const struct changes *changes, struct buf *out)
{
    buf_add_text(out, "<section id=\"changes\"><h2>What changed</h2>\n"
                      "<div class=\"card\"><div class=\"scroll\" tabindex=\"0\">");
    if (changes)
        changes_format_html(changes, out);
    else
        buf_add_text(out, "<p>No earlier state to compare with.</p>");
    buf_add_text(out, "</div></div></section>\n");
}

static bool has_older_points(const struct report *reports, size_t n, size_t points)
{
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < reports[i].ncharts; c++)
            if (reports[i].charts[c].npoints > points)
                return true;
    return false;
}

static void add_page(const struct report *reports, size_t n,
                     const struct run_facts *facts, const struct html_limits *limits,
                     struct buf *out)
{
    add_head(reports, n, facts->site, out);
    buf_add_text(out, "<body>\n");
    html_icons(out);
    html_patterns(out);
    add_verdict(reports, n, facts->site, out);
    buf_add_text(out, "<main>\n");
    add_tools(reports, n, out);
    add_changes(facts->changes, out);
    html_findings(reports, n, limits->findings, out);
    for (size_t i = 0; i < n; i++)
        html_tool(&reports[i], i + 1, limits, out);
    buf_add_text(out,
                 "</main>\n<footer>Made from the state folder alone. Ages are days "
                 "of data; what is missing is a gap, not a zero.");
    if (has_older_points(reports, n, limits->points))
        buf_printf(out,
                   " Charts show their newest %zu points, to keep this page small.",
                   limits->points);
    buf_add_text(out, "</footer>\n</body>\n</html>\n");
}

static bool fits(const struct report *reports, size_t n, const struct run_facts *facts,
                 const struct html_limits *limits, struct buf *out)
{
    buf_init(out, out->arena, out->most);
    add_page(reports, n, facts, limits, out);
    return !out->overflowed;
}

bool render_html(const struct report *reports, size_t n, const struct run_facts *facts,
                 size_t most, struct buf *out, struct err *err)
{
    struct html_limits limits = {CHART_POINTS_MAX, FINDINGS_SHOWN, ROWS_SHOWN};
    size_t too_many = limits.points, fitting = 0;

    buf_init(out, out->arena, most);
    if (fits(reports, n, facts, &limits, out))
        return true;
    for (limits.points = 0; !fits(reports, n, facts, &limits, out);) {
        if (limits.findings <= 10)
            return err_set(err, "the page is over %zu bytes even without charts", most);
        limits.findings /= 2;
        limits.rows /= 2;
    }
    // As many points as fit: between what fits and what does not.
    while (too_many - fitting > 1) {
        limits.points = (fitting + too_many) / 2;
        if (fits(reports, n, facts, &limits, out))
            fitting = limits.points;
        else
            too_many = limits.points;
    }
    limits.points = fitting;
    return fits(reports, n, facts, &limits, out);
}
