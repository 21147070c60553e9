/* What the watchdog adds to the report: metrics, checks, data status, sentences. */
#include <stdio.h>
#include <string.h>

#include "shared/json.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

static const char *number(struct arena *run, int64_t value)
{
    return str_format(run, "%lld", (long long)value);
}

/* Findings that count: not resolved, not informal. */
static bool counts(const struct finding *finding)
{
    return finding->status != STATUS_RESOLVED && finding->severity != SEVERITY_INFO;
}

static void add_checks(const struct evidence *evidence, const struct settings *settings,
                       struct arena *run, struct report *report)
{
    struct check *checks = arena_new(run, struct check, settings->nsignals);

    for (size_t s = 0; s < settings->nsignals; s++) {
        const struct signal *signal = &settings->signals[s];
        char *prefix = str_format(run, "watchdog/%s/", signal->name);
        struct check *check = &checks[report->nchecks];

        *check = (struct check){.id = signal->name, .title = signal->title};
        for (size_t i = 0; i < evidence->n; i++)
            if (strcmp(evidence->cell[i]->signal_name, signal->name) == 0 &&
                !evidence->cell[i]->is_note &&
                cell_day(evidence->cell[i], report->through))
                check->judged++;
        for (size_t i = 0; i < report->findings.n; i++)
            if (strncmp(report->findings.item[i].id, prefix, strlen(prefix)) == 0 &&
                counts(&report->findings.item[i]))
                check->found++;
        if (check->judged > 0 || check->found > 0)
            report->nchecks++;
    }
    report->checks = checks;
}

void watchdog_report(const struct evidence *evidence, const struct settings *settings,
                     struct arena *run, struct report *report)
{
    struct census census = evidence_census(evidence, report->through);
    int64_t all = census.judged + census.learning + census.missing;
    int64_t open = 0, fresh = 0;
    struct metric *metrics = arena_new(run, struct metric, 5);

    for (size_t i = 0; i < report->findings.n; i++) {
        open += counts(&report->findings.item[i]);
        fresh += counts(&report->findings.item[i]) &&
                 report->findings.item[i].status == STATUS_NEW;
    }
    metrics[0] = (struct metric){"open", "", number(run, open), "", "0"};
    metrics[1] = (struct metric){"new", "", number(run, fresh), "", ""};
    metrics[2] = (struct metric){"judged", "", number(run, census.judged), "", ""};
    metrics[3] = (struct metric){"learning", "", number(run, census.learning), "", ""};
    metrics[4] = (struct metric){"missing", "", number(run, census.missing), "", ""};
    report->metrics = metrics;
    report->nmetrics = 5;
    // OK of nothing judged must not pass for calm
    report->summary =
        str_format(run, "%lld open, %lld new of %lld signals%s", (long long)open,
                   (long long)fresh, (long long)all,
                   all > 0 && census.learning == all ? ", all learning" : "");
    report->status = findings_worst(&report->findings);
    add_checks(evidence, settings, run, report);
}

static json_t *instant(int64_t ms)
{
    int32_t day = (int32_t)(ms / 86400000); // of UTC, where every day is as long
    int64_t s = ms % 86400000 / 1000;
    char text[32];

    (void)snprintf(text, sizeof text, "%sT%02d:%02d:%02dZ", day_text(day).text,
                   (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    return json_string(text);
}

static json_t *day_to_json(const struct collected *collected,
                           const struct settings *settings, size_t source, size_t index)
{
    const struct source_day *day = &collected->source_days[source][index];
    const struct source_totals *totals = &collected->totals[source];
    enum day_status status = watchdog_day_status(collected, settings, source, index);
    json_t *object = json_object();
    json_t *rejected = json_object();

    for (int r = 0; r < REJECT_COUNT; r++)
        if (day->rejected[r] > 0)
            json_put(rejected, reject_word((enum reject_reason)r),
                     json_integer(day->rejected[r]));
    json_put(object, "source", json_string(settings->source[source]));
    json_put(object, "day",
             json_string(day_text(collected->first + (int32_t)index).text));
    json_put(object, "status", json_string(day_status_word(status)));
    json_put(object, "read", json_integer(day->rows));
    json_put(object, "rejected", rejected);
    json_put(object, "bots", json_integer(day->bots));
    json_put(object, "duplicates_in_unit",
             json_integer(collected->days[index].duplicates));
    json_put(object, "late", json_integer(totals->late));
    json_put(object, "future", json_integer(totals->future));
    json_put(object, "newest",
             day->newest_ms > 0 ? instant(day->newest_ms) : json_null());
    return object;
}

json_t *watchdog_report_extra(const struct collected *collected,
                              const struct settings *settings)
{
    size_t ndays = (size_t)(collected->as_of - collected->first) + 1;
    size_t from = ndays > FINAL_AFTER_DAYS ? ndays - FINAL_AFTER_DAYS : 0;
    json_t *extra = json_object();
    json_t *data = json_array();
    json_t *unavailable = json_array();

    for (size_t s = 0; s < settings->nsources; s++)
        for (size_t i = from; i < ndays; i++)
            json_push(data, day_to_json(collected, settings, s, i));
    for (size_t i = 0; i < settings->nsignals; i++)
        if (settings->signals[i].sources == 0)
            json_push(unavailable, json_string(settings->signals[i].name));
    json_put(extra, "data", data);
    json_put(extra, "unavailable", unavailable);
    return extra;
}

/* Events came and no signal could count them: their names are nobody's kind. */
static bool is_nobody_exposed(const struct collected *collected,
                              const struct settings *settings)
{
    size_t all = (size_t)(collected->as_of - collected->first) + 2;
    int64_t units = 0;

    for (size_t i = 0; i < all; i++) {
        const struct day_dimension *site =
            &collected->days[i].dimension[DIMENSION_SITE];

        units += collected->days[i].units;
        for (size_t s = 0; s < settings->ncounted && site->nvalues > 0; s++)
            if (settings->signals[s].is_configured && site->exposed[s] > 0)
                return false;
    }
    return units > 0;
}

void watchdog_problems(const struct collected *collected,
                       const struct settings *settings, struct arena *run,
                       struct report *report)
{
    const char **said = arena_new(run, const char *, settings->nsources + 2);
    size_t n = 0;

    for (size_t s = 0; s < settings->nsources; s++) {
        const struct source_totals *totals = &collected->totals[s];
        size_t all = (size_t)(collected->as_of - collected->first) + 2;
        int64_t rejected = source_rejected(collected->source_days[s], all);
        struct buf text;

        if (rejected == 0)
            continue;
        buf_init(&text, run, 4096);
        buf_printf(&text, "source '%s': %lld line%s rejected", settings->source[s],
                   (long long)rejected, rejected == 1 ? "" : "s");
        for (size_t i = 0; i < totals->nplaces; i++)
            buf_printf(&text, "%s%s", i == 0 ? ", first at " : ", ", totals->place[i]);
        said[n++] = text.at;
    }
    if (collected->too_costly > 0)
        said[n++] =
            str_format(run,
                       "a pattern of the configuration was too costly for %lld values, "
                       "which it did not match; simplify it",
                       (long long)collected->too_costly);
    if (is_nobody_exposed(collected, settings))
        said[n++] = "no event is of a kind that a signal needs; name yours in 'events' "
                    "of the source";
    report->problems = said;
    report->nproblems = n;
}
