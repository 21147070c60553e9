/* Reads a run report again, so that one program can render what another found. */
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/report.h"
#include "shared/report_tables.h"

#include "shared/banned.h"

/* What is passed on is written again, as our writer takes it: in the document of
 * several reports two levels deeper, and without real numbers. */
enum { DEPTH_MAX = STATE_DEPTH_MAX - 2 };

static const char *copied(struct arena *arena, const json_t *object, const char *key)
{
    return report_text(json_object_get(object, key), arena);
}

static bool parse_finding(const json_t *object, struct arena *arena,
                          struct finding *finding, struct err *err)
{
    const json_t *where = json_object_get(object, "where");
    const char *id, *severity, *status, *since;

    if (!json_need_text(object, "id", &id, err) ||
        !json_need_text(object, "severity", &severity, err) ||
        !json_need_text(object, "status", &status, err) ||
        !json_need_text(object, "since", &since, err))
        return false;
    *finding = (struct finding){.id = copied(arena, object, "id")};
    if (!severity_parse(severity, &finding->severity) ||
        !finding_status_parse(status, &finding->status) ||
        !day_parse(since, strlen(since), &finding->since))
        return err_set(err,
                       "finding '%s': severity, status or since is not one of ours",
                       finding->id);
    finding->message = copied(arena, object, "message");
    finding->value = copied(arena, object, "value");
    finding->limit = copied(arena, object, "limit");
    finding->unit = copied(arena, object, "unit");
    finding->n = json_integer_value(json_object_get(object, "n"));
    finding->statistic = copied(arena, object, "statistic");
    finding->because = copied(arena, object, "because");
    finding->url = copied(arena, where, "url");
    finding->file = copied(arena, where, "file");
    finding->line = json_integer_value(json_object_get(where, "line"));
    return true;
}

static bool parse_muted(const json_t *root, struct arena *arena, struct report *report,
                        struct err *err)
{
    const json_t *array = json_object_get(root, "muted");
    struct muted *muted = &report->muted;

    muted->n = json_array_size(array);
    muted->item = arena_new(arena, struct mute, muted->n);
    for (size_t i = 0; i < muted->n; i++) {
        const json_t *object = json_array_get(array, i);
        const char *until;

        if (!json_need_text(object, "until", &until, err))
            return false;
        if (!day_parse(until, strlen(until), &muted->item[i].until))
            return err_set(err, "/muted/%zu/until: '%s' is not a day", i,
                           copied(arena, object, "until"));
        muted->item[i].id = copied(arena, object, "id");
        muted->item[i].why = copied(arena, object, "why");
        muted->item[i].who = copied(arena, object, "who");
    }
    return true;
}

/* What stands unescaped in metrics and in attributes of XML. */
static bool is_name(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
                                                "0123456789_-")] == '\0';
}

static bool parse_metrics(const json_t *root, struct arena *arena,
                          struct report *report, struct err *err)
{
    const json_t *array = json_object_get(root, "metrics");
    size_t n = json_array_size(array);
    struct metric *metrics = arena_new(arena, struct metric, n);

    for (size_t i = 0; i < n; i++) {
        const json_t *object = json_array_get(array, i);

        metrics[i] = (struct metric){
            .name = copied(arena, object, "name"),
            .unit = copied(arena, object, "unit"),
            .value = copied(arena, object, "value"),
            .warn = copied(arena, object, "warn"),
            .min = copied(arena, object, "min"),
        };
        if (!is_name(metrics[i].name))
            return err_set(err, "/metrics/%zu/name: '%s' is not the name of a metric",
                           i, metrics[i].name);
    }
    report->metrics = metrics;
    report->nmetrics = n;
    return true;
}

static void parse_checks(const json_t *root, struct arena *arena, struct report *report)
{
    const json_t *array = json_object_get(root, "checks");
    size_t n = json_array_size(array);
    struct check *checks = arena_new(arena, struct check, n);

    for (size_t i = 0; i < n; i++) {
        const json_t *object = json_array_get(array, i);

        checks[i] = (struct check){
            .id = copied(arena, object, "id"),
            .title = copied(arena, object, "title"),
            .judged = json_integer_value(json_object_get(object, "judged")),
            .found = json_integer_value(json_object_get(object, "found")),
        };
    }
    report->checks = checks;
    report->nchecks = n;
}

static bool parse_head(const json_t *root, struct arena *arena, struct report *report,
                       struct err *err)
{
    const json_t *through = json_object_get(root, "through");
    const char *status, *text;
    int64_t schema, status_code;

    if (!json_need_int(root, "schema", &schema, err) ||
        !json_need_text(root, "tool", &text, err) ||
        !json_need_text(root, "status", &status, err) ||
        !json_need_text(root, "summary", &text, err) ||
        !json_need_int(root, "exit", &status_code, err))
        return false;
    if (schema != 1)
        return err_set(err, "/schema: %lld is not a run report of this program",
                       (long long)schema);
    if (!verdict_parse(status, &report->status) || status_code < 0 || status_code > 3)
        return err_set(err, "/status or /exit is not one of ours");
    report->exit = (int)status_code;
    report->tool = copied(arena, root, "tool");
    if (!is_name(report->tool))
        return err_set(err, "/tool: '%s' is not the name of a tool", report->tool);
    report->summary = copied(arena, root, "summary");
    report->has_through = json_is_string(through) &&
                          day_parse(json_string_value(through),
                                    json_string_length(through), &report->through);
    return true;
}

static const char **parse_texts(const json_t *root, const char *key,
                                struct arena *arena, size_t *n)
{
    const json_t *array = json_object_get(root, key);
    const char **text = arena_new(arena, const char *, json_array_size(array));

    *n = json_array_size(array);
    for (size_t i = 0; i < *n; i++)
        text[i] = report_text(json_array_get(array, i), arena);
    return text;
}

/* What the document has beside the members that are read above. */
static json_t *other_members(json_t *root)
{
    static const char *const known[] = {"schema", "tool",    "through",  "status",
                                        "exit",   "summary", "metrics",  "checks",
                                        "muted",  "lines",   "problems", "files",
                                        "tables", "charts",  "findings"};
    json_t *others = json_copy(root);

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        (void)json_object_del(others, known[i]);
    return others;
}

bool report_parse(struct str bytes, const char *name, struct arena *arena,
                  struct report *report, struct err *err)
{
    OWN(json) root = NULL;
    struct report read = {0};
    const json_t *findings;
    size_t real;

    if (!json_load_strict(bytes, name, DEPTH_MAX, STATE_KEYS_MAX, &root, err))
        return false;
    real = json_line_of_real(bytes);
    if (real > 0)
        return err_set(err, "%s:%zu: a number that is no integer", name, real);
    if (!parse_head(root, arena, &read, err) || !parse_muted(root, arena, &read, err) ||
        !parse_metrics(root, arena, &read, err))
        return err_wrap(err, "%s", name);
    findings = json_object_get(root, "findings");
    for (size_t i = 0; i < json_array_size(findings); i++) {
        struct finding finding;

        if (!parse_finding(json_array_get(findings, i), arena, &finding, err))
            return err_wrap(err, "%s", name);
        findings_add(&read.findings, arena, finding);
    }
    parse_checks(root, arena, &read);
    read.lines = parse_texts(root, "lines", arena, &read.nlines);
    read.problems = parse_texts(root, "problems", arena, &read.nproblems);
    read.files = parse_texts(root, "files", arena, &read.nfiles);
    tables_parse(root, arena, &read);
    charts_parse(root, arena, &read);
    read.extra = other_members(root);
    *report = read;
    return true;
}

void report_release(struct report *report)
{
    json_decref(report->extra);
    report->extra = NULL;
}
