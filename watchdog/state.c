/* The conclusions as state/watchdog.json has them, made from judging alone; and
 * findings made from that JSON. */
#include <math.h>
#include <string.h>

#include "shared/json.h"
#include "shared/own.h"
#include "shared/text.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

static void put_day(json_t *object, const char *key, int32_t day)
{
    json_put(object, key, json_string(day_text(day).text));
}

static void put_list(json_t *object, const char *key, const char *const *items,
                     size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_push(array, json_string(items[i]));
    json_put(object, key, array);
}

const char *watchdog_percent(struct arena *run, int64_t ppm)
{
    return str_format(run, "%.2f", (double)ppm / 1e4);
}

static int64_t share_ppm(int64_t n, int64_t of)
{
    return of == 0 ? 0 : llround(1e6 * (double)n / (double)of);
}

static int64_t rate_ppm(const struct episode *episode)
{
    return share_ppm(episode->affected, episode->exposed);
}

/* Where to look: the page itself when the segment names one, else the site. */
static const char *url_of(const struct episode *episode,
                          const struct settings *settings, struct arena *run)
{
    const char *page = episode->segment + strlen("page=");
    size_t n = strlen(settings->site);

    if (strncmp(episode->segment, "page=", 5) != 0 || n == 0 || strstr(page, "/:id"))
        return settings->site;
    if (settings->site[n - 1] == '/')
        n--;
    return str_format(run, "%.*s%s", (int)n, settings->site, page);
}

/* tracking/site: a number of sessions; tracking/event=K: the share of sessions with
 * that kind. The limit of what looks down is the most that would have opened: one more
 * is the least that was expected. */
static void describe_tracking(const struct episode *episode, struct arena *run,
                              struct finding *finding)
{
    const char *kind = strchr(episode->segment, '=');
    int64_t least =
        llround((double)episode->limit_ppm * (double)episode->exposed / 1e6) + 1;

    if (!kind) {
        finding->value = str_format(run, "%lld", (long long)episode->affected);
        finding->limit = str_format(run, "%lld", (long long)least);
        finding->message = str_format(run, "%s sessions, at least %s expected",
                                      finding->value, finding->limit);
        return;
    }
    finding->value = watchdog_percent(run, rate_ppm(episode));
    finding->limit = watchdog_percent(run, share_ppm(least, episode->exposed));
    finding->unit = "%";
    finding->message =
        str_format(run, "%s events in %s %% of sessions, at least %s %% expected",
                   kind + 1, finding->value, finding->limit);
}

static void describe_new(const struct episode *episode, struct arena *run,
                         struct finding *finding)
{
    finding->value = str_format(run, "%lld", (long long)episode->affected);
    finding->limit = str_format(run, "%lld",
                                llround((double)episode->limit_ppm *
                                        (double)episode->exposed / 1e6));
    finding->message =
        str_format(run, "an error not seen before in %s sessions, limit %s",
                   finding->value, finding->limit);
    finding->statistic =
        str_format(run, "%lld of %lld sessions", (long long)episode->affected,
                   (long long)episode->exposed);
}

/* "47 of 2105 sessions"; where sessions themselves are counted, "593 sessions" */
static const char *counted_text(const struct episode *episode, struct arena *run)
{
    if (strcmp(episode->signal, TRACKING) == 0 && !strchr(episode->segment, '='))
        return str_format(run, "%lld sessions", (long long)episode->affected);
    return str_format(run, "%lld of %lld sessions", (long long)episode->affected,
                      (long long)episode->exposed);
}

static void describe(const struct episode *episode, const struct settings *settings,
                     struct arena *run, struct finding *finding)
{
    const struct signal *signal = signal_find(settings, episode->signal);
    const char *title = signal ? signal->title : episode->signal;
    const char *tested;

    finding->n = episode->exposed;
    if (strcmp(episode->opened_by, "cusum") == 0)
        tested = str_format(run, "CUSUM %.2f", (double)episode->cusum_x1000 / 1000);
    else
        tested = str_format(run, "p %s", episode->p);
    finding->statistic =
        str_format(run, "%s, %.1f expected, %s", counted_text(episode, run),
                   (double)episode->expected_x10 / 10, tested);
    if (strcmp(episode->opened_by, "new") == 0) {
        describe_new(episode, run, finding);
    } else if (strcmp(episode->signal, TRACKING) == 0) {
        describe_tracking(episode, run, finding);
    } else {
        finding->value = watchdog_percent(run, rate_ppm(episode));
        finding->limit = watchdog_percent(run, episode->limit_ppm);
        finding->unit = "%";
        finding->message = str_format(run, "%s in %s %% of sessions, limit %s %%",
                                      title, finding->value, finding->limit);
    }
}

/* What "resolved" alone would hide: nobody need have mended it. */
static const char *closing_words(const char *reason)
{
    static const char *const words[][2] = {
        {"adopted", "adopted: it stayed, and is taken for normal from now on"},
        {"gone", "gone: it is not counted any more"},
        {"explained", "explained: its whole signal rose"},
        {"known", "known: an error is new for a week"},
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], reason) == 0)
            return words[i][1];
    return "";
}

static const char *because_of(const struct episode *episode, struct arena *run)
{
    const char *closing = closing_words(episode->reason);

    if (closing[0] == '\0')
        return episode->because;
    return str_format(run, "%s%s%s", closing, episode->because[0] ? "; " : "",
                      episode->because);
}

static json_t *episode_finding(const struct episode *episode,
                               const struct settings *settings, struct arena *run)
{
    struct finding finding = {
        .severity = episode->is_crit ? SEVERITY_CRIT : SEVERITY_WARN,
        .status = episode->closed != 0 ? STATUS_RESOLVED : STATUS_OPEN,
        .since = episode->opened,
        .unit = "",
        .because = because_of(episode, run),
        .url = url_of(episode, settings, run),
        .file = "",
    };
    json_t *object;

    describe(episode, settings, run, &finding);
    object = finding_to_state(&finding);
    json_put(object, "affected", json_integer(episode->affected));
    put_day(object, "change", episode->change);
    json_put(object, "expected_x10", json_integer(episode->expected_x10));
    json_put(object, "exposed", json_integer(episode->exposed));
    json_put(object, "limit_ppm", json_integer(episode->limit_ppm));
    json_put(object, "opened_by", json_string(episode->opened_by));
    json_put(object, "p", json_string(episode->p));
    json_put(object, "rate_ppm", json_integer(rate_ppm(episode)));
    json_put(object, "ratio_x100", json_integer(episode->ratio_x100));
    put_list(object, "explained_by", episode->explained_by, episode->nexplained_by);
    put_list(object, "releases", episode->releases, episode->nreleases);
    if (episode->closed != 0) {
        put_day(object, "closed", episode->closed);
        json_put(object, "reason", json_string(episode->reason));
        json_put(object, "affected_total", json_integer(episode->affected_total));
    }
    return object;
}

struct conclusions {
    const struct judgement *judgement;
    const struct settings *settings;
    struct arena *run;
    json_t *adopted, *episodes, *findings, *missing;
};

static void conclude_cell(const struct conclusions *to, const struct cell *cell)
{
    int32_t through = to->judgement->through;
    char *name = str_format(to->run, "%s/%s", cell->signal_name, cell->segment);
    char *id = str_format(to->run, "watchdog/%s", name);

    if (cell->baseline_from != 0 && through - cell->baseline_from <= BASELINE_DAYS &&
        !(cell->is_child && cell->baseline_from == cell->parent->baseline_from))
        put_day(to->adopted, name, cell->baseline_from);
    for (size_t i = 0; i < cell->npast; i++) {
        const struct episode *episode = cell->past[i];
        json_t *entry;

        if (through - episode->closed < RESOLVED_DAYS)
            json_put(to->findings, id, episode_finding(episode, to->settings, to->run));
        if (through - episode->closed > EPISODE_DAYS)
            continue;
        entry = json_object();
        put_day(entry, "change", episode->change);
        put_day(entry, "closed", episode->closed);
        json_put(entry, "reason", json_string(episode->reason));
        json_put(to->episodes,
                 str_format(to->run, "%s@%s", name, day_text(episode->opened).text),
                 entry);
    }
    if (cell->open)
        json_put(to->findings, id, episode_finding(cell->open, to->settings, to->run));
}

static void put_finding(const struct conclusions *to, const char *id,
                        struct finding finding)
{
    finding.unit = finding.unit ? finding.unit : "";
    finding.url = to->settings->site;
    finding.file = "";
    finding.statistic = "";
    finding.because = "";
    json_put(to->findings, id, finding_to_state(&finding));
}

static void conclude_rewritten(const struct conclusions *to, const struct data_day *day)
{
    char *value = str_format(to->run, "%lld", (long long)day->found);
    char *limit = str_format(to->run, "%lld", (long long)day->kept);

    put_finding(to,
                str_format(to->run, "watchdog/rewritten/%s", day_text(day->day).text),
                (struct finding){
                    .severity = SEVERITY_INFO,
                    .status = STATUS_OPEN,
                    .since = day->day,
                    .value = value,
                    .limit = limit,
                    .n = day->kept,
                    .message =
                        str_format(to->run,
                                   "source '%s' now has %s sessions on %s, %s were "
                                   "counted and stay",
                                   day->source, value, day_text(day->day).text, limit),
                });
}

/* Days without any event, of all sources: those that lie less than a week apart, up to
 * the newest. */
struct absence {
    const char *source; /* of the first day */
    bool has_others;
    int32_t first, last;
    int ndays;
};

static void add_absent(struct absence *absence, const struct data_day *day)
{
    if (absence->ndays == 0 || day->day - absence->last >= DATA_FINDING_DAYS)
        *absence = (struct absence){.source = day->source, .first = day->day};
    absence->ndays += absence->ndays == 0 || day->day != absence->last;
    absence->last = day->day;
    absence->has_others =
        absence->has_others || strcmp(day->source, absence->source) != 0;
}

static const char *absence_words(const struct absence *absence, struct arena *run)
{
    const char *who =
        absence->has_others
            ? str_format(run, "source '%s' and others have", absence->source)
            : str_format(run, "source '%s' has", absence->source);

    if (absence->ndays == 1)
        return str_format(run, "%s no event at all on %s; the day is missing", who,
                          day_text(absence->last).text);
    return str_format(run, "%s no event at all on %d days, %s to %s; they are missing",
                      who, absence->ndays, day_text(absence->first).text,
                      day_text(absence->last).text);
}

/* A day that was absent or partial stays a finding for a week: nobody may take it for a
 * calm one. An episode of too few sessions has the same name; one that is over says
 * nothing about such a day. */
static void conclude_absence(const struct conclusions *to,
                             const struct absence *absence)
{
    const char *id = "watchdog/tracking/site";
    const json_t *episode = json_object_get(to->findings, id);

    if (absence->ndays == 0 ||
        to->judgement->through - absence->last >= DATA_FINDING_DAYS ||
        (episode && !json_object_get(episode, "closed")))
        return;
    put_finding(to, id,
                (struct finding){.severity = SEVERITY_WARN,
                                 .status = STATUS_OPEN,
                                 .since = absence->first,
                                 .value = "",
                                 .limit = "",
                                 .message = absence_words(absence, to->run)});
}

static void conclude_partial(const struct conclusions *to, const struct data_day *day)
{
    int32_t age = to->judgement->through - day->day - FINAL_AFTER_DAYS;
    const char *id =
        str_format(to->run, "watchdog/partial/%s", day_text(day->day).text);
    const char *what =
        day->is_collapse ? "has far too few sessions on" : "was only read in part on";

    // before it is final late data may still complete it
    if (age < 0 || age >= DATA_FINDING_DAYS || json_object_get(to->findings, id))
        return;
    put_finding(to, id,
                (struct finding){
                    .severity = SEVERITY_WARN,
                    .status = STATUS_OPEN,
                    .since = day->day,
                    .value = "",
                    .limit = "",
                    .message =
                        str_format(to->run, "source '%s' %s %s; the day is missing",
                                   day->source, what, day_text(day->day).text),
                });
}

static void conclude_data(const struct conclusions *to)
{
    const struct data_days *data = to->judgement->data;
    struct absence absence = {0};

    for (size_t i = 0; i < data->n; i++) {
        const struct data_day *day = &data->item[i];
        json_t *list;

        if (day->day > to->judgement->through)
            continue;
        if (day->status == DAY_OK) {
            conclude_rewritten(to, day);
            continue;
        }
        if (to->judgement->through - day->day <= MISSING_DAYS) {
            list = json_object_get(to->missing, day->source);
            if (!list) {
                json_put(to->missing, day->source, json_array());
                list = json_object_get(to->missing, day->source);
            }
            json_push(list, json_string(day_text(day->day).text));
        }
        if (day->status == DAY_PARTIAL)
            conclude_partial(to, day);
        else
            add_absent(&absence, day);
    }
    conclude_absence(to, &absence);
}

static void conclude_caps(const struct conclusions *to, uint32_t over,
                          const json_t *before)
{
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        const char *word = dimension_word((enum dimension)d);
        char *id = str_format(to->run, "watchdog/cap/%s", word);
        const char *known = json_string_value(
            json_object_get(json_object_get(json_object_get(before, "findings"), id),
                            "since"));
        int32_t since = to->judgement->through;

        if ((over >> d & 1) == 0)
            continue;
        if (known && (!day_parse(known, strlen(known), &since) ||
                      since > to->judgement->through))
            since = to->judgement->through;
        put_finding(to, id,
                    (struct finding){
                        .severity = SEVERITY_INFO,
                        .status = STATUS_OPEN,
                        .since = since,
                        .value = "",
                        .limit = "",
                        .message = str_format(
                            to->run,
                            "too many different values of '%s': the dimension "
                            "is off; merge them with page_rules or leave it "
                            "out of segments",
                            word),
                    });
    }
}

json_t *watchdog_state_json(const struct judgement *judgement,
                            const struct settings *settings, uint32_t over,
                            const json_t *before, struct arena *run)
{
    json_t *root = json_object();
    struct conclusions to = {judgement,     settings,      run,          json_object(),
                             json_object(), json_object(), json_object()};

    for (size_t i = 0; i < judgement->evidence->n; i++)
        conclude_cell(&to, judgement->evidence->cell[i]);
    conclude_data(&to);
    conclude_caps(&to, over, before);
    json_put(root, "adopted", to.adopted);
    json_put(root, "episodes", to.episodes);
    json_put(root, "findings", to.findings);
    json_put(root, "missing", to.missing);
    json_put(root, "schema", json_integer(WATCHDOG_SCHEMA));
    put_day(root, "through", judgement->through);
    json_put(root, "tool", json_string("watchdog"));
    return root;
}

bool watchdog_findings(const json_t *state, struct arena *run, int32_t *through,
                       struct findings *findings, struct err *err)
{
    return findings_from_state(state, run, through, findings, err);
}

static bool has_finding(const json_t *state, const char *id)
{
    return json_object_get(json_object_get(state, "findings"), id) != NULL;
}

/* Findings about the data come and go by their own rules. */
static bool is_episode(const json_t *state, const char *id)
{
    const json_t *finding = json_object_get(json_object_get(state, "findings"), id);

    return json_object_get(finding, "opened_by") != NULL;
}

bool watchdog_withdrawn(const json_t *before, const json_t *after, int32_t final,
                        struct arena *run, struct findings *findings, struct err *err)
{
    struct findings known = {0};
    int32_t through;

    if (!watchdog_findings(before, run, &through, &known, err))
        return false;
    for (size_t i = 0; i < known.n; i++) {
        struct finding *finding = &known.item[i];

        if (finding->status == STATUS_RESOLVED || finding->since <= final ||
            !is_episode(before, finding->id) || has_finding(after, finding->id))
            continue;
        finding->status = STATUS_RESOLVED;
        finding->because = "withdrawn: late data or another configuration undid it";
        findings_add(findings, run, *finding);
    }
    findings_sort(findings);
    return true;
}
