/* The run report as text and as JSON. Reads nothing but the report; writes to a buffer,
 * then to stdout. */
#include "shared/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/render.h"
#include "shared/report_tables.h"
#include "shared/secret.h"
#include "shared/state.h"

#include "shared/banned.h"

const char *const report_formats[REPORT_FORMATS] = {
    [FORMAT_TEXT] = "text",         [FORMAT_JSON] = "json",
    [FORMAT_MARKDOWN] = "markdown", [FORMAT_GITHUB] = "github",
    [FORMAT_SARIF] = "sarif",       [FORMAT_JUNIT] = "junit",
    [FORMAT_PROM] = "prom",
};

static void add_upper(struct buf *out, const char *word)
{
    for (; *word; word++) {
        char c = *word >= 'a' && *word <= 'z' ? (char)(*word - 'a' + 'A') : *word;

        buf_add(out, &c, 1);
    }
}

/* Outside text on a monitoring-plugins line: `|` would start the performance data. */
static void add_plain(struct buf *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at == '|')
            buf_add_text(out, "\xc2\xa6");
        else
            buf_add(out, at, 1);
    }
}

/* label=value[UOM];warn;crit;min;max, trailing empty fields left out */
static void add_metric(struct buf *out, const struct metric *metric)
{
    buf_printf(out, " %s=%s%s", metric->name, metric->value,
               strcmp(metric->unit, "bytes") == 0 ? "B" : metric->unit);
    if (metric->warn[0] != '\0' || metric->min[0] != '\0')
        buf_printf(out, ";%s", metric->warn);
    if (metric->min[0] != '\0')
        buf_printf(out, ";;%s", metric->min);
}

static void add_finding(struct buf *out, const struct finding *finding)
{
    buf_printf(out, "%s ", severity_word(finding->severity));
    add_plain(out, finding->id);
    buf_add_text(out, ": ");
    add_plain(out, finding->message);
    switch (finding->status) {
    case STATUS_NEW: buf_add_text(out, ", new"); break;
    case STATUS_OPEN:
        buf_printf(out, ", since %s", day_text(finding->since).text);
        break;
    case STATUS_RESOLVED: buf_add_text(out, ", resolved"); break;
    }
    if (finding->url[0] != '\0') {
        buf_add_text(out, ", ");
        add_plain(out, finding->url);
    } else if (finding->file[0] != '\0') {
        buf_add_text(out, ", ");
        add_plain(out, finding->file);
        if (finding->line > 0)
            buf_printf(out, ":%lld", (long long)finding->line);
    }
    if (finding->because[0] != '\0') {
        buf_add_text(out, "; ");
        add_plain(out, finding->because);
    }
    if (finding->statistic[0] != '\0') {
        buf_add_text(out, " (");
        add_plain(out, finding->statistic);
        buf_add_text(out, ")");
    }
    buf_add_text(out, "\n");
}

static void format_head(const struct report *report, bool perfdata, struct buf *out)
{
    add_upper(out, report->tool);
    buf_printf(out, " %s - ", verdict_headline(report->status));
    add_plain(out, report->summary);
    if (perfdata && report->nmetrics > 0)
        buf_add_text(out, " |");
    for (size_t i = 0; i < report->nmetrics && perfdata; i++)
        add_metric(out, &report->metrics[i]);
    buf_add_text(out, "\n");
}

void report_format_text(const struct report *report, bool perfdata, struct buf *out)
{
    format_head(report, perfdata, out);
    for (size_t i = 0; i < report->nlines; i++) {
        add_plain(out, report->lines[i]);
        buf_add_text(out, "\n");
    }
    for (size_t i = 0; i < report->findings.n; i++)
        add_finding(out, &report->findings.item[i]);
    for (size_t i = 0; i < report->muted.n; i++) {
        buf_add_text(out, "muted ");
        add_plain(out, report->muted.item[i].id);
        buf_printf(out, " until %s (", day_text(report->muted.item[i].until).text);
        add_plain(out, report->muted.item[i].why);
        if (report->muted.item[i].who[0] != '\0')
            buf_add_text(out, ", ");
        add_plain(out, report->muted.item[i].who);
        buf_add_text(out, ")\n");
    }
    for (size_t i = 0; i < report->nproblems; i++) {
        buf_add_text(out, "note: ");
        add_plain(out, report->problems[i]);
        buf_add_text(out, "\n");
    }
}

struct report report_unknown(const char *tool, const struct err *err)
{
    return (struct report){.tool = tool,
                           .status = VERDICT_UNKNOWN,
                           .exit = VERDICT_UNKNOWN,
                           .summary = err->text};
}

static void count_finding(struct report_tally *tally, const struct finding *finding)
{
    if (finding->status == STATUS_RESOLVED) {
        tally->resolved++;
    } else if (finding->severity != SEVERITY_INFO) {
        tally->open++;
        tally->crit += finding->severity == SEVERITY_CRIT;
        tally->warn += finding->severity == SEVERITY_WARN;
        tally->fresh += finding->status == STATUS_NEW;
    }
}

struct report_tally reports_tally(const struct report *reports, size_t n)
{
    struct report_tally tally = {0};

    for (size_t i = 0; i < n; i++) {
        tally.worst = reports[i].status > tally.worst ? reports[i].status : tally.worst;
        for (size_t f = 0; f < reports[i].findings.n; f++)
            count_finding(&tally, &reports[i].findings.item[f]);
    }
    return tally;
}

const char *report_tally_text(const struct report_tally *tally, struct arena *arena)
{
    return str_format(arena,
                      "%lld open (%lld crit, %lld warn), %lld new, %lld resolved",
                      (long long)tally->open, (long long)tally->crit,
                      (long long)tally->warn, (long long)tally->fresh,
                      (long long)tally->resolved);
}

/* "no verdict of watchdog bandit; ", or nothing: before the counts, which are not
 * whole. */
static const char *without_verdict(const struct report *reports, size_t n,
                                   struct arena *arena)
{
    const char *names = "";

    for (size_t i = 0; i < n; i++)
        if (reports[i].status == VERDICT_UNKNOWN)
            names = str_format(arena, "%s %s", names, reports[i].tool);
    return names[0] == '\0' ? "" : str_format(arena, "no verdict of%s; ", names);
}

/* The line about all of them, with performance data when `perfdata`. */
static void format_all(const struct report *reports, size_t n, bool perfdata,
                       struct buf *out)
{
    struct report_tally tally = reports_tally(reports, n);
    struct report all = {.tool = "rounds"};
    struct metric metrics[] = {{"open", "", "", "", "0"},
                               {"new", "", "", "", ""},
                               {"resolved", "", "", "", ""},
                               {"tools", "", "", "", ""}};

    all.status = tally.worst;
    all.summary =
        str_format(out->arena, "%s%s in %zu tool%s",
                   without_verdict(reports, n, out->arena),
                   report_tally_text(&tally, out->arena), n, n == 1 ? "" : "s");
    metrics[0].value = str_format(out->arena, "%lld", (long long)tally.open);
    metrics[1].value = str_format(out->arena, "%lld", (long long)tally.fresh);
    metrics[2].value = str_format(out->arena, "%lld", (long long)tally.resolved);
    metrics[3].value = str_format(out->arena, "%zu", n);
    all.metrics = metrics;
    all.nmetrics = sizeof metrics / sizeof *metrics;
    format_head(&all, perfdata, out);
}

void reports_format_text(const struct report *reports, size_t n, struct buf *out)
{
    format_all(reports, n, true, out);
    for (size_t i = 0; i < n; i++)
        report_format_text(&reports[i], false, out);
}

void reports_format_verdicts(const struct report *reports, size_t n, struct buf *out)
{
    if (n != 1)
        format_all(reports, n, false, out);
    for (size_t i = 0; i < n; i++)
        format_head(&reports[i], false, out);
}

static json_t *text_or_null(const char *text)
{
    return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *finding_to_json(const struct finding *finding)
{
    json_t *object = json_object();
    json_t *where = json_object();

    json_put(where, "url", text_or_null(finding->url));
    json_put(where, "file", text_or_null(finding->file));
    json_put(where, "line",
             finding->line > 0 ? json_integer(finding->line) : json_null());
    json_put(object, "id", json_string(finding->id));
    json_put(object, "severity", json_string(severity_word(finding->severity)));
    json_put(object, "status", json_string(finding_status_word(finding->status)));
    json_put(object, "since", json_string(day_text(finding->since).text));
    json_put(object, "message", json_string(finding->message));
    json_put(object, "value", json_string(finding->value));
    json_put(object, "limit", json_string(finding->limit));
    json_put(object, "unit", json_string(finding->unit));
    json_put(object, "n", json_integer(finding->n));
    json_put(object, "statistic", json_string(finding->statistic));
    json_put(object, "because", json_string(finding->because));
    json_put(object, "where", where);
    return object;
}

static json_t *confined_to_json(const struct confinement *confined)
{
    json_t *object = json_object();
    json_t *net = json_array();

    for (size_t i = 0; i < confined->nports; i++)
        json_push(net, json_integer(confined->ports[i]));
    json_put(object, "landlock", json_integer(confined->landlock));
    json_put(object, "write", json_string(confinement_write(confined)));
    json_put(object, "truncate", json_boolean(confined->truncate));
    json_put(object, "net", net);
    json_put(object, "seccomp", json_boolean(confined->seccomp));
    return object;
}

static json_t *metrics_to_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->nmetrics; i++) {
        const struct metric *metric = &report->metrics[i];
        json_t *object = json_object();

        json_put(object, "name", json_string(metric->name));
        json_put(object, "labels", json_object());
        json_put(object, "unit", json_string(metric->unit));
        json_put(object, "value", json_string(metric->value));
        json_put(object, "warn", json_string(metric->warn));
        json_put(object, "min", json_string(metric->min));
        json_push(array, object);
    }
    return array;
}

static json_t *checks_to_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->nchecks; i++) {
        json_t *object = json_object();

        json_put(object, "id", json_string(report->checks[i].id));
        json_put(object, "title", json_string(report->checks[i].title));
        json_put(object, "judged", json_integer(report->checks[i].judged));
        json_put(object, "found", json_integer(report->checks[i].found));
        json_push(array, object);
    }
    return array;
}

static json_t *muted_to_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->muted.n; i++) {
        json_t *object = json_object();

        json_put(object, "id", json_string(report->muted.item[i].id));
        json_put(object, "until",
                 json_string(day_text(report->muted.item[i].until).text));
        json_put(object, "why", json_string(report->muted.item[i].why));
        json_put(object, "who", json_string(report->muted.item[i].who));
        json_push(array, object);
    }
    return array;
}

static json_t *texts_to_json(const char *const *text, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_push(array, json_string(text[i]));
    return array;
}

static json_t *report_to_json(const struct report *report)
{
    json_t *root = json_object();
    json_t *findings = json_array();

    for (size_t i = 0; i < report->findings.n; i++)
        json_push(findings, finding_to_json(&report->findings.item[i]));
    json_put(root, "schema", json_integer(1));
    json_put(root, "tool", json_string(report->tool));
    json_put(root, "through",
             report->has_through ? json_string(day_text(report->through).text)
                                 : json_null());
    json_put(root, "status", json_string(verdict_word(report->status)));
    json_put(root, "exit", json_integer(report->exit));
    json_put(root, "summary", json_string(report->summary));
    json_put(root, "metrics", metrics_to_json(report));
    json_put(root, "checks", checks_to_json(report));
    json_put(root, "findings", findings);
    json_put(root, "muted", muted_to_json(report));
    json_put(root, "lines", texts_to_json(report->lines, report->nlines));
    json_put(root, "problems", texts_to_json(report->problems, report->nproblems));
    json_put(root, "files", texts_to_json(report->files, report->nfiles));
    json_put(root, "tables", tables_to_json(report));
    if (report->ncharts > 0)
        json_put(root, "charts", charts_to_json(report));
    json_put(root, "confined", confined_to_json(&report->confined));
    for (void *at = json_object_iter(report->extra); at;
         at = json_object_iter_next(report->extra, at))
        json_put(root, json_object_iter_key(at),
                 json_incref(json_object_iter_value(at)));
    return root;
}

bool report_format_json(const struct report *report, struct buf *out, struct err *err)
{
    OWN(json) root = report_to_json(report);
    struct str bytes;

    if (!state_json_format(root, out->arena, &bytes, err))
        return err_wrap(err, "cannot render the report");
    buf_add(out, bytes.at, bytes.n);
    return true;
}

bool report_render(const struct report *report, enum report_format format,
                   struct buf *out, struct err *err)
{
    switch (format) {
    case FORMAT_TEXT: report_format_text(report, true, out); return true;
    case FORMAT_JSON: return report_format_json(report, out, err);
    case FORMAT_MARKDOWN: render_markdown(report, 1, NULL, out); return true;
    case FORMAT_GITHUB: render_github(report, 1, out); return true;
    case FORMAT_SARIF: return render_sarif(report, 1, out, err);
    case FORMAT_JUNIT: render_junit(report, 1, out); return true;
    case FORMAT_PROM: render_prom(report, 1, NULL, out); return true;
    case REPORT_FORMATS: break;
    }
    return err_set(err, "no such format");
}

/* What all of them say, for programs: each report as its tool printed it. */
static bool reports_format_json(const struct report *reports, size_t n, struct buf *out,
                                struct err *err)
{
    OWN(json) root = json_object();
    json_t *array = json_array();
    enum verdict worst = VERDICT_OK;
    struct str bytes;

    for (size_t i = 0; i < n; i++) {
        worst = reports[i].status > worst ? reports[i].status : worst;
        json_push(array, report_to_json(&reports[i]));
    }
    json_put(root, "schema", json_integer(1));
    json_put(root, "status", json_string(verdict_word(worst)));
    json_put(root, "reports", array);
    if (!state_json_format(root, out->arena, &bytes, err))
        return err_wrap(err, "cannot render the reports");
    buf_add(out, bytes.at, bytes.n);
    return true;
}

bool reports_render(const struct report *reports, size_t n, enum report_format format,
                    const struct run_facts *facts, struct buf *out, struct err *err)
{
    switch (format) {
    case FORMAT_TEXT: reports_format_text(reports, n, out); return true;
    case FORMAT_JSON: return reports_format_json(reports, n, out, err);
    case FORMAT_MARKDOWN: render_markdown(reports, n, facts, out); return true;
    case FORMAT_GITHUB: render_github(reports, n, out); return true;
    case FORMAT_SARIF: return render_sarif(reports, n, out, err);
    case FORMAT_JUNIT: render_junit(reports, n, out); return true;
    case FORMAT_PROM: render_prom(reports, n, facts, out); return true;
    case REPORT_FORMATS: break;
    }
    return err_set(err, "no such format");
}

bool report_print(const struct buf *out, struct err *err)
{
    if (out->overflowed)
        return err_set(err, "the report is over %zu bytes; mute or fix findings",
                       out->most);
    if (secret_leaks(buf_str(out)))
        return err_set(err, "cannot print the report: a secret of the configuration "
                            "would be in it; find which input holds it");
    errno = 0; // stdio gives up when interrupted
    if (fflush(stdout) != 0 || !file_write_all(STDOUT_FILENO, buf_str(out)))
        return err_system(err, "cannot write the report to stdout");
    return true;
}
