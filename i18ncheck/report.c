/* What i18ncheck adds to the report: how far each locale is, from the state alone. */
#include <string.h>

#include "i18ncheck/round.h"
#include "shared/json.h"

#include "shared/banned.h"

enum { METRICS = 4 };

/* What all sets come to. */
struct tally {
    int64_t keys, nsets, least_bp;
    bool has_least;
    struct tag_list locale;
};

static const char *number(struct arena *arena, int64_t value)
{
    return str_format(arena, "%lld", (long long)value);
}

static void add_locale(struct tally *tally, const char *locale)
{
    if (!tag_list_has(&tally->locale, locale))
        tally->locale.item[tally->locale.n++] = locale;
}

/* A locale of the source's language is no translation, and says nothing of the least.
 */
static void add_coverage(struct tally *tally, const json_t *sets, const char *place,
                         const json_t *row, struct arena *arena)
{
    const char *slash = strchr(place, '/');
    const char *locale;
    const json_t *set;
    int64_t keys, bp;

    if (!slash)
        return;
    locale = slash + 1;
    add_locale(tally, locale);
    set = json_object_get(sets, str_copy(arena, place, (size_t)(slash - place)));
    if (!set) // of a merge that went wrong
        return;
    keys = json_int(set, "keys", 0) - json_int(row, "ignored", 0);
    if (keys <= 0 || locale_same_language(locale, json_text(set, "source", "")))
        return;
    bp = 10000 * json_int(row, "translated", 0) / keys;
    if (!tally->has_least || bp < tally->least_bp)
        tally->least_bp = bp;
    tally->has_least = true;
}

static struct tally tally_of(const json_t *document, struct arena *arena)
{
    json_t *coverage = json_object_get(document, "coverage"), *row;
    json_t *content = json_object_get(document, "content");
    json_t *sets = json_object_get(document, "sets");
    struct tally tally = {.nsets = (int64_t)json_object_size(sets)};
    const char *key;

    tally.locale.item =
        arena_new(arena, const char *,
                  json_object_size(coverage) + json_object_size(content));
    json_object_foreach(sets, key, row)
    {
        tally.keys += json_int(row, "keys", 0);
    }
    json_object_foreach(coverage, key, row)
    {
        add_coverage(&tally, sets, key, row, arena);
    }
    json_object_foreach(content, key, row)
    {
        const char *slash = strchr(key, '/');

        if (slash)
            add_locale(&tally, slash + 1);
    }
    return tally;
}

/* What each check found, of those that found something. */
static void add_checks(struct arena *arena, struct report *report)
{
    struct check *checks = arena_new(arena, struct check, CHECK_COUNT);

    for (int c = 0; c < CHECK_COUNT; c++) {
        const char *word = check_word((enum check_id)c);
        const char *prefix = str_format(arena, "i18ncheck/%s/", word);
        struct check *check = &checks[report->nchecks];

        *check = (struct check){.id = word, .title = word};
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

void i18ncheck_report(const json_t *document, struct arena *arena,
                      struct report *report)
{
    struct metric *metrics = arena_new(arena, struct metric, METRICS);
    struct tally tally = tally_of(document, arena);
    int64_t open = 0, fresh = 0;

    for (size_t i = 0; i < report->findings.n; i++) {
        const struct finding *finding = &report->findings.item[i];
        bool counts =
            finding->status != STATUS_RESOLVED && finding->severity != SEVERITY_INFO;

        open += counts;
        fresh += counts && finding->status == STATUS_NEW;
    }
    metrics[0] = (struct metric){"open", "", number(arena, open), "", "0"};
    metrics[1] = (struct metric){"new", "", number(arena, fresh), "", ""};
    metrics[2] = (struct metric){"keys", "", number(arena, tally.keys), "", ""};
    metrics[3] =
        (struct metric){"min_translated_bp", "", number(arena, tally.least_bp), "", ""};
    report->metrics = metrics;
    report->nmetrics = tally.has_least ? METRICS : METRICS - 1;
    report->summary =
        str_format(arena, "%lld open, %lld new in %zu locale%s of %lld set%s",
                   (long long)open, (long long)fresh, tally.locale.n,
                   tally.locale.n == 1 ? "" : "s", (long long)tally.nsets,
                   tally.nsets == 1 ? "" : "s");
    report->status = findings_worst(&report->findings);
    add_checks(arena, report);
}

json_t *i18ncheck_report_extra(const struct round *round)
{
    json_t *extra = json_object(), *counts = json_object();

    for (int c = 0; c < CHECK_COUNT; c++)
        if (round->count[c] > 0)
            json_put(counts, check_word((enum check_id)c),
                     json_integer(round->count[c]));
    json_put(extra, "counts", counts);
    json_put(extra, "coverage", json_incref(round->coverage));
    if (round->content)
        json_put(extra, "content", json_incref(round->content));
    if (round->keywords)
        json_put(extra, "keywords", json_incref(round->keywords));
    return extra;
}
