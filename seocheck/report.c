/* What seocheck adds to the report: metrics, and what could not be verified. */
#include <string.h>

#include "seocheck/round.h"
#include "shared/json.h"

#include "shared/banned.h"

static bool counts(const struct finding *finding)
{
    return finding->status != STATUS_RESOLVED && finding->severity != SEVERITY_INFO;
}

static const char *number(struct arena *arena, int64_t value)
{
    return str_format(arena, "%lld", (long long)value);
}

static bool is_unverifiable(enum url_class url_class)
{
    return url_class == CLASS_SERVER || url_class == CLASS_NETWORK ||
           url_class == CLASS_BLOCKED || url_class == CLASS_REFUSED;
}

/* What each check found, of those that found something. */
static void add_checks(struct arena *arena, struct report *report)
{
    struct check *checks = arena_new(arena, struct check, CHECK_COUNT);

    for (int i = 0; i < CHECK_COUNT; i++) {
        const struct check_row *row = check_row((enum check_id)i);
        const char *prefix = str_format(arena, "seocheck/%s/", row->id);
        struct check *check = &checks[report->nchecks];

        *check = (struct check){.id = row->id, .title = row->title};
        for (size_t f = 0; f < report->findings.n; f++) {
            const struct finding *finding = &report->findings.item[f];

            check->found += finding->status != STATUS_RESOLVED &&
                            strncmp(finding->id, prefix, strlen(prefix)) == 0;
        }
        if (check->found > 0)
            report->nchecks++;
    }
    report->checks = checks;
}

void seocheck_report(const json_t *document, const struct history *history,
                     struct arena *arena, struct report *report)
{
    int64_t pages = json_int(json_object_get(document, "crawl"), "pages", 0);
    int64_t open = 0, fresh = 0, urls = 0, broken = 0, unverifiable = 0;
    struct metric *metrics = arena_new(arena, struct metric, 6);

    for (size_t i = 0; i < report->findings.n; i++) {
        const struct finding *finding = &report->findings.item[i];

        open += counts(finding);
        fresh += counts(finding) && finding->status == STATUS_NEW;
    }
    for (size_t i = 0; i < history->n; i++) {
        const struct history_row *row = &history->row[i];

        if (row->lost != 0)
            continue;
        urls++;
        broken += row->url_class == CLASS_GONE || row->url_class == CLASS_CLIENT;
        unverifiable += is_unverifiable(row->url_class);
    }
    metrics[0] = (struct metric){"open", "", number(arena, open), "", "0"};
    metrics[1] = (struct metric){"new", "", number(arena, fresh), "", ""};
    metrics[2] = (struct metric){"pages", "", number(arena, pages), "", ""};
    metrics[3] = (struct metric){"urls", "", number(arena, urls), "", ""};
    metrics[4] = (struct metric){"broken", "", number(arena, broken), "", ""};
    metrics[5] =
        (struct metric){"unverifiable", "", number(arena, unverifiable), "", ""};
    report->metrics = metrics;
    report->nmetrics = 6;
    report->summary =
        str_format(arena, "%lld open, %lld new on %lld page%s", (long long)open,
                   (long long)fresh, (long long)pages, pages == 1 ? "" : "s");
    report->status = findings_worst(&report->findings);
    add_checks(arena, report);
}

void seocheck_problems(const struct site *site, const struct findings *findings,
                       struct arena *arena, struct report *report)
{
    const char **problem = arena_new(arena, const char *, 2);

    report->problems = problem;
    if (site->routes_unread)
        problem[report->nproblems++] =
            str_format(arena,
                       "checks over sets say nothing without the routes: %s; see "
                       "seocheck.routes",
                       site->routes_why);
    if (findings->n > KEPT_FINDINGS_MAX)
        problem[report->nproblems++] =
            str_format(arena, "and %zu more findings; mend or mute some",
                       findings->n - KEPT_FINDINGS_MAX);
}

json_t *seocheck_report_extra(const struct site *site)
{
    json_t *extra = json_object();
    json_t *unverifiable = json_array();
    json_t *skipped = json_array();

    for (size_t i = 0; i < site->n; i++) {
        const struct resource *resource = &site->resource[i];
        json_t *object;

        if (!is_unverifiable(resource->url_class))
            continue;
        object = json_object();
        json_put(object, "url",
                 json_stringn(resource->url.text.at, resource->url.text.n));
        json_put(object, "class", json_string(url_class_word(resource->url_class)));
        json_put(object, "detail", json_string(resource->detail));
        json_push(unverifiable, object);
    }
    for (int i = 0; i < CHECK_COUNT; i++) {
        const struct check_row *row = check_row((enum check_id)i);
        bool is_skipped =
            ((row->flags & CHECK_OF_SETS) != 0 && site_is_partial(site)) ||
            ((row->flags & CHECK_OF_HEADERS) != 0 && !site->has_headers);

        if (is_skipped)
            json_push(skipped, json_string(row->id));
    }
    json_put(extra, "unverifiable", unverifiable);
    json_put(extra, "skipped_checks", skipped);
    return extra;
}
