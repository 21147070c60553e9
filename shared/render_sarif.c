/* SARIF 2.1.0: a run a tool, a rule a check, a result a finding. No times: the same
 * reports, the same bytes. */
#include <string.h>

#include "shared/clock.h"
#include "shared/fnv.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/render.h"
#include "shared/render_internal.h"
#include "shared/state.h"

#include "shared/banned.h"

#define SARIF_SCHEMA                                                      \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" \
    "sarif-schema-2.1.0.json"
#define HOME "https://rounds.invalid"

enum { RESULTS_MAX = 5000 };

static const char *level_of(enum severity severity)
{
    switch (severity) {
    case SEVERITY_CRIT: return "error";
    case SEVERITY_WARN: return "warning";
    case SEVERITY_INFO: return "note";
    }
    return "none";
}

static json_t *text_object(const char *text)
{
    json_t *object = json_object();

    json_put(object, "text", json_string(text));
    return object;
}

/* Relative to the repository: what GitHub can show. */
static json_t *physical_location(const struct finding *finding)
{
    json_t *location = json_object();
    json_t *artifact = json_object();
    json_t *region = json_object();
    bool has_file = finding->file[0] != '\0' && finding->file[0] != '/';

    json_put(artifact, "uri", json_string(has_file ? finding->file : "rounds.json"));
    json_put(region, "startLine",
             json_integer(has_file && finding->line > 0 ? finding->line : 1));
    json_put(location, "artifactLocation", artifact);
    json_put(location, "region", region);
    return location;
}

static json_t *locations(const struct finding *finding)
{
    json_t *array = json_array();
    json_t *location = json_object();

    json_put(location, "physicalLocation", physical_location(finding));
    if (finding->url[0] != '\0') {
        json_t *logical = json_object();
        json_t *logicals = json_array();

        json_put(logical, "fullyQualifiedName", json_string(finding->url));
        json_put(logical, "kind", json_string("resource"));
        json_push(logicals, logical);
        json_put(location, "logicalLocations", logicals);
    }
    json_push(array, location);
    return array;
}

static json_t *result_of(const struct report *report, const struct finding *finding,
                         struct arena *arena)
{
    json_t *object = json_object();
    json_t *prints = json_object();
    json_t *properties = json_object();
    struct str check = render_check(finding);
    uint64_t hash = fnv(str_of(finding->id));

    json_put(object, "ruleId",
             json_string(
                 str_format(arena, "%s/%.*s", report->tool, (int)check.n, check.at)));
    json_put(object, "level", json_string(level_of(finding->severity)));
    json_put(object, "message", text_object(finding->message));
    json_put(object, "locations", locations(finding));
    json_put(prints, "roundsFindingId/v1",
             json_string(str_format(arena, "%016llx", (unsigned long long)hash)));
    json_put(prints, "primaryLocationLineHash",
             json_string(str_format(arena, "%016llx:1", (unsigned long long)hash)));
    json_put(object, "partialFingerprints", prints);
    json_put(properties, "value", json_string(finding->value));
    json_put(properties, "limit", json_string(finding->limit));
    json_put(properties, "unit", json_string(finding->unit));
    json_put(properties, "n", json_integer(finding->n));
    json_put(properties, "statistic", json_string(finding->statistic));
    json_put(properties, "since", json_string(day_text(finding->since).text));
    json_put(object, "properties", properties);
    return object;
}

/* A muted finding is known by its id alone. */
static json_t *suppressed(const struct report *report, const struct mute *mute,
                          struct arena *arena)
{
    const struct finding finding = {.id = mute->id,
                                    .severity = SEVERITY_INFO,
                                    .message = mute->id,
                                    .value = "",
                                    .limit = "",
                                    .unit = "",
                                    .statistic = "",
                                    .url = "",
                                    .file = "",
                                    .since = mute->until};
    json_t *object = result_of(report, &finding, arena);
    json_t *suppressions = json_array();
    json_t *suppression = json_object();

    (void)json_object_del(object, "properties");
    json_put(suppression, "kind", json_string("external"));
    json_put(suppression, "justification", json_string(mute->why));
    json_push(suppressions, suppression);
    json_put(object, "suppressions", suppressions);
    return object;
}

static json_t *results_of(const struct report *report, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t f = 0; f < report->findings.n; f++)
        if (render_is_open(&report->findings.item[f]) &&
            json_array_size(array) < RESULTS_MAX)
            json_push(array, result_of(report, &report->findings.item[f], arena));
    for (size_t m = 0; m < report->muted.n; m++)
        if (json_array_size(array) < RESULTS_MAX)
            json_push(array, suppressed(report, &report->muted.item[m], arena));
    return array;
}

static const char *title_of(const struct report *report, const char *check)
{
    for (size_t i = 0; i < report->nchecks; i++)
        if (strcmp(report->checks[i].id, check) == 0 &&
            report->checks[i].title[0] != '\0')
            return report->checks[i].title;
    return check;
}

/* The rules that the results name, in order of their ids. */
static json_t *rules_of(const struct report *report, const json_t *results,
                        struct arena *arena)
{
    OWN(json) seen = json_object();
    json_t *rules = json_array();
    const char **ids;
    size_t n;

    for (size_t i = 0; i < json_array_size(results); i++)
        json_put(seen,
                 json_string_value(
                     json_object_get(json_array_get(results, i), "ruleId")),
                 json_true());
    ids = json_keys(arena, seen, &n);
    for (size_t i = 0; i < n; i++) {
        json_t *rule = json_object();

        json_put(rule, "id", json_string(ids[i]));
        json_put(rule, "shortDescription",
                 text_object(title_of(report, strchr(ids[i], '/') + 1)));
        json_put(rule, "helpUri",
                 json_string(str_format(arena, HOME "/%s/README.md", report->tool)));
        json_push(rules, rule);
    }
    return rules;
}

static json_t *invocations(const struct report *report)
{
    json_t *array = json_array();
    json_t *invocation = json_object();
    json_t *notifications = json_array();
    bool is_unknown = report->status == VERDICT_UNKNOWN;

    for (size_t i = 0; i < report->nproblems + is_unknown; i++) {
        bool is_why = i == report->nproblems;
        json_t *notification = json_object();

        json_put(notification, "level", json_string(is_why ? "error" : "warning"));
        json_put(notification, "message",
                 text_object(is_why ? report->summary : report->problems[i]));
        json_push(notifications, notification);
    }
    json_put(invocation, "executionSuccessful", json_boolean(!is_unknown));
    json_put(invocation, "exitCode", json_integer(report->exit));
    json_put(invocation, "toolExecutionNotifications", notifications);
    json_push(array, invocation);
    return array;
}

static json_t *run_of(const struct report *report, struct arena *arena)
{
    json_t *run = json_object();
    json_t *tool = json_object();
    json_t *driver = json_object();
    json_t *details = json_object();
    json_t *results = results_of(report, arena);

    json_put(driver, "name", json_string(str_format(arena, "rounds-%s", report->tool)));
    json_put(driver, "informationUri", json_string(HOME));
    json_put(driver, "rules", rules_of(report, results, arena));
    json_put(tool, "driver", driver);
    json_put(details, "id", json_string(str_format(arena, "rounds/%s/", report->tool)));
    json_put(run, "tool", tool);
    json_put(run, "automationDetails", details);
    json_put(run, "invocations", invocations(report));
    json_put(run, "results", results);
    return run;
}

bool render_sarif(const struct report *reports, size_t n, struct buf *out,
                  struct err *err)
{
    OWN(json) root = json_object();
    json_t *runs = json_array();
    struct str bytes;

    for (size_t i = 0; i < n; i++)
        json_push(runs, run_of(&reports[i], out->arena));
    json_put(root, "$schema", json_string(SARIF_SCHEMA));
    json_put(root, "version", json_string("2.1.0"));
    json_put(root, "runs", runs);
    if (!state_json_format(root, out->arena, &bytes, err))
        return err_wrap(err, "cannot render the report");
    buf_add(out, bytes.at, bytes.n);
    return true;
}
