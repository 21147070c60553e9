/* Prometheus text format: gauges with HELP and TYPE once, base units, no timestamps of
 * samples. For the textfile collector of node_exporter. */
#include <string.h>

#include "shared/render.h"
#include "shared/render_internal.h"

#include "shared/banned.h"

enum { DAY_SECONDS = 86400 };

static void add_head(struct buf *out, const char *name, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void add_findings(const struct report *reports, size_t n, struct buf *out)
{
    static const enum severity severities[] = {SEVERITY_CRIT, SEVERITY_WARN,
                                               SEVERITY_INFO};

    static const enum finding_status statuses[] = {STATUS_NEW, STATUS_OPEN,
                                                   STATUS_RESOLVED};

    add_head(out, "rounds_findings", "Findings by tool, severity and status.");
    for (size_t i = 0; i < n; i++) {
        for (size_t s = 0; s < 3; s++) {
            for (size_t t = 0; t < 3; t++) {
                int64_t count = 0;

                for (size_t f = 0; f < reports[i].findings.n; f++)
                    count += reports[i].findings.item[f].severity == severities[s] &&
                             reports[i].findings.item[f].status == statuses[t];
                buf_printf(
                    out,
                    "rounds_findings{tool=\"%s\",severity=\"%s\",status=\"%s\"} %lld\n",
                    reports[i].tool, severity_word(severities[s]),
                    finding_status_word(statuses[t]), (long long)count);
            }
        }
    }
}

static void add_tools(const struct report *reports, size_t n, struct buf *out)
{
    add_head(out, "rounds_run_status",
             "Verdict: 0 ok, 1 warning, 2 critical, 3 unknown.");
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "rounds_run_status{tool=\"%s\"} %d\n", reports[i].tool,
                   (int)reports[i].status);
    add_head(out, "rounds_data_through_timestamp_seconds",
             "End, in UTC, of the last day that was judged.");
    for (size_t i = 0; i < n; i++)
        if (reports[i].has_through)
            buf_printf(out, "rounds_data_through_timestamp_seconds{tool=\"%s\"} %lld\n",
                       reports[i].tool,
                       ((long long)reports[i].through + 1) * DAY_SECONDS);
}

static void add_run(const struct run_facts *facts, struct buf *out)
{
    if (facts->now_s > 0) {
        add_head(out, "rounds_run_completed_timestamp_seconds",
                 "When the run of all tools ended.");
        buf_printf(out, "rounds_run_completed_timestamp_seconds %lld\n",
                   (long long)facts->now_s);
        add_head(out, "rounds_run_duration_seconds", "How long it took.");
        buf_printf(out, "rounds_run_duration_seconds %lld.%03d\n",
                   (long long)(facts->wall_ms / 1000), (int)(facts->wall_ms % 1000));
        add_head(out, "rounds_run_max_rss_bytes", "Peak memory of a tool.");
        for (size_t t = 0; t < TOOL_COUNT; t++)
            if (facts->maxrss_kib[t] > 0)
                buf_printf(out, "rounds_run_max_rss_bytes{tool=\"%s\"} %lld\n",
                           tool_names[t], (long long)facts->maxrss_kib[t] * 1024);
    }
    if (facts->changes) {
        add_head(out, "rounds_state_changed",
                 "Whether more than the day moved in state.");
        buf_printf(out, "rounds_state_changed %d\n", !facts->changes->is_quiet);
    }
}

/* A unit's suffix in base units, and what one of it is in them. */
struct base_unit {
    const char *unit, *suffix;
    double factor;
};

static const struct base_unit *base_unit_of(const char *unit)
{
    static const struct base_unit units[] = {{"", "", 1},
                                             {"%", "_ratio", .01},
                                             {"s", "_seconds", 1},
                                             {"ms", "_seconds", .001},
                                             {"bytes", "_bytes", 1},
                                             {"score", "", 1}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].unit, unit) == 0)
            return &units[i];
    return &units[0];
}

static void add_metric(const char *tool, const struct metric *metric, struct buf *out)
{
    const struct base_unit *base = base_unit_of(metric->unit);
    const char *name =
        str_format(out->arena, "rounds_%s_%s%s", tool, metric->name, base->suffix);
    char number[STR_NUMBER_BYTES];
    double value;

    if (!str_to_double(metric->value, strlen(metric->value), &value))
        return;
    add_head(out, name, "A number of the tool's first line.");
    (void)str_from_double(value * base->factor, number);
    buf_printf(out, "%s %s\n", name, number);
}

void render_prom(const struct report *reports, size_t n, const struct run_facts *facts,
                 struct buf *out)
{
    add_findings(reports, n, out);
    add_tools(reports, n, out);
    if (facts)
        add_run(facts, out);
    for (size_t i = 0; i < n; i++)
        for (size_t m = 0; m < reports[i].nmetrics; m++)
            add_metric(reports[i].tool, &reports[i].metrics[m], out);
}
