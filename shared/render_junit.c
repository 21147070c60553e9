/* JUnit XML: a suite a tool, a case a check. No times: the same reports, the same
 * bytes. */
#include "shared/clock.h"
#include "shared/render.h"
#include "shared/render_internal.h"

#include "shared/banned.h"

enum { LINES_MAX = 50 };

/* A check of the tool: from its list, or known by a finding alone. */
struct junit_case {
    struct str name;
    const char *title;
    int64_t failures; /* crit and warn */
    bool is_crit;
};

struct cases {
    struct junit_case *item;
    size_t n, capacity;
};

static struct junit_case *case_of(struct cases *cases, struct str name,
                                  struct arena *arena)
{
    for (size_t i = 0; i < cases->n; i++)
        if (str_equal(cases->item[i].name, name))
            return &cases->item[i];
    cases->item =
        arena_room(arena, cases->item, cases->n, &cases->capacity, sizeof *cases->item);
    cases->item[cases->n] = (struct junit_case){.name = name, .title = ""};
    return &cases->item[cases->n++];
}

static struct cases find_cases(const struct report *report, struct arena *arena)
{
    struct cases cases = {0};

    for (size_t i = 0; i < report->nchecks; i++)
        case_of(&cases, str_of(report->checks[i].id), arena)->title =
            report->checks[i].title;
    for (size_t f = 0; f < report->findings.n; f++) {
        const struct finding *finding = &report->findings.item[f];
        struct junit_case *of;

        if (!render_is_open(finding))
            continue;
        of = case_of(&cases, render_check(finding), arena);
        of->failures += finding->severity != SEVERITY_INFO;
        of->is_crit |= finding->severity == SEVERITY_CRIT;
    }
    return cases;
}

static void add_line(const struct finding *finding, struct buf *out)
{
    render_xml(out, finding->id);
    buf_add_text(out, ": ");
    render_xml(out, finding->message);
    if (finding->status == STATUS_NEW)
        buf_add_text(out, ", new");
    else
        buf_printf(out, ", since %s", day_text(finding->since).text);
    if (finding->url[0] != '\0' || finding->file[0] != '\0') {
        buf_add_text(out, ", ");
        render_xml(out, finding->url[0] != '\0' ? finding->url : finding->file);
        if (finding->url[0] == '\0' && finding->line > 0)
            buf_printf(out, ":%lld", (long long)finding->line);
    }
    buf_add_text(out, "\n");
}

/* Findings of a check, either the failures or the infos. */
static void add_lines(const struct report *report, struct str check, bool is_info,
                      struct buf *out)
{
    int64_t seen = 0;

    for (size_t f = 0; f < report->findings.n; f++) {
        const struct finding *finding = &report->findings.item[f];

        if (render_is_open(finding) && str_equal(render_check(finding), check) &&
            (finding->severity == SEVERITY_INFO) == is_info && seen++ < LINES_MAX)
            add_line(finding, out);
    }
    if (seen > LINES_MAX)
        buf_printf(out, "and %lld more\n", (long long)(seen - LINES_MAX));
}

static bool has_infos(const struct report *report, struct str check)
{
    for (size_t f = 0; f < report->findings.n; f++) {
        const struct finding *finding = &report->findings.item[f];

        if (render_is_open(finding) && finding->severity == SEVERITY_INFO &&
            str_equal(render_check(finding), check))
            return true;
    }
    return false;
}

static void add_case(const struct report *report, const struct junit_case *one,
                     struct buf *out)
{
    bool has_info = has_infos(report, one->name);

    buf_printf(out, "    <testcase classname=\"rounds.%s\" name=\"", report->tool);
    render_xml(out, str_copy(out->arena, one->name.at, one->name.n));
    if (one->title[0] != '\0') {
        buf_add_text(out, ": ");
        render_xml(out, one->title);
    }
    if (one->failures == 0 && !has_info) {
        buf_add_text(out, "\"/>\n");
        return;
    }
    buf_add_text(out, "\">\n");
    if (one->failures > 0) {
        buf_printf(out, "      <failure type=\"%s\" message=\"%lld found\">",
                   one->is_crit ? "crit" : "warn", (long long)one->failures);
        add_lines(report, one->name, false, out);
        buf_add_text(out, "</failure>\n");
    }
    if (has_info) {
        buf_add_text(out, "      <system-out>");
        add_lines(report, one->name, true, out);
        buf_add_text(out, "</system-out>\n");
    }
    buf_add_text(out, "    </testcase>\n");
}

static void add_muted(const struct report *report, struct buf *out)
{
    if (report->muted.n == 0)
        return;
    buf_add_text(out, "    <system-out>");
    for (size_t i = 0; i < report->muted.n; i++) {
        buf_add_text(out, "muted ");
        render_xml(out, report->muted.item[i].id);
        buf_printf(out, " until %s: ", day_text(report->muted.item[i].until).text);
        render_xml(out, report->muted.item[i].why);
        buf_add_text(out, "\n");
    }
    buf_add_text(out, "</system-out>\n");
}

static void add_suite(const struct report *report, struct buf *out)
{
    struct cases cases = find_cases(report, out->arena);
    bool is_unknown = report->status == VERDICT_UNKNOWN;
    size_t failures = 0;

    for (size_t i = 0; i < cases.n; i++)
        failures += cases.item[i].failures > 0;
    buf_printf(out,
               "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" "
               "errors=\"%d\">\n",
               report->tool, cases.n + 1, failures, is_unknown);
    buf_printf(out, "    <testcase classname=\"rounds.%s\" name=\"run\"%s>\n",
               report->tool, is_unknown ? "" : "/");
    if (is_unknown) {
        buf_add_text(out, "      <error type=\"unknown\" message=\"");
        render_xml(out, report->summary);
        buf_add_text(out, "\"/>\n    </testcase>\n");
    }
    for (size_t i = 0; i < cases.n; i++)
        add_case(report, &cases.item[i], out);
    add_muted(report, out);
    buf_add_text(out, "  </testsuite>\n");
}

void render_junit(const struct report *reports, size_t n, struct buf *out)
{
    buf_add_text(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rounds\">\n");
    for (size_t i = 0; i < n; i++)
        add_suite(&reports[i], out);
    buf_add_text(out, "</testsuites>\n");
}
