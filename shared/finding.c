/* Findings: words, order, mutes, exit status, and their one shape in state. No I/O. */
#include "shared/finding.h"

#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/str.h"

#include "shared/banned.h"

static const char *const verdict_words[] = {"ok", "warn", "crit", "unknown"};
static const char *const verdict_headlines[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
static const char *const severity_words[] = {"crit", "warn", "info"};
static const char *const status_words[] = {"new", "open", "resolved"};

const char *verdict_word(enum verdict verdict)
{
    return verdict_words[verdict];
}

const char *verdict_headline(enum verdict verdict)
{
    return verdict_headlines[verdict];
}

const char *severity_word(enum severity severity)
{
    return severity_words[severity];
}

const char *finding_status_word(enum finding_status status)
{
    return status_words[status];
}

static bool word_index(const char *const *words, int n, const char *word, int *index)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(words[i], word) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool verdict_parse(const char *word, enum verdict *verdict)
{
    int i;

    if (!word_index(verdict_words, 4, word, &i))
        return false;
    *verdict = (enum verdict)i;
    return true;
}

bool severity_parse(const char *word, enum severity *severity)
{
    int i;

    if (!word_index(severity_words, 3, word, &i))
        return false;
    *severity = (enum severity)i;
    return true;
}

bool finding_status_parse(const char *word, enum finding_status *status)
{
    int i;

    if (!word_index(status_words, 3, word, &i))
        return false;
    *status = (enum finding_status)i;
    return true;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

void findings_add(struct findings *findings, struct arena *arena,
                  struct finding finding)
{
    finding.message = or_empty(finding.message);
    finding.value = or_empty(finding.value);
    finding.limit = or_empty(finding.limit);
    finding.unit = or_empty(finding.unit);
    finding.statistic = or_empty(finding.statistic);
    finding.because = or_empty(finding.because);
    finding.url = or_empty(finding.url);
    finding.file = or_empty(finding.file);
    findings->item = arena_room(arena, findings->item, findings->n, &findings->capacity,
                                sizeof *findings->item);
    findings->item[findings->n++] = finding;
}

static int finding_compare(const void *left, const void *right)
{
    const struct finding *a = left;
    const struct finding *b = right;
    int closed = (a->status == STATUS_RESOLVED) - (b->status == STATUS_RESOLVED);

    if (closed != 0)
        return closed;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    return strcmp(a->id, b->id);
}

void findings_sort(struct findings *findings)
{
    if (findings->n > 1)
        qsort(findings->item, findings->n, sizeof *findings->item, finding_compare);
}

/* `*` matches any bytes. Iterative: remembers the last star alone, which is enough. */
static bool glob_match(const char *pattern, const char *text)
{
    const char *star = NULL;
    const char *resume = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

const struct mute *finding_mute(const struct config *config, const char *id,
                                int32_t day)
{
    for (size_t m = 0; m < config->nmutes; m++)
        if (day <= config->mutes[m].until && glob_match(config->mutes[m].id, id))
            return &config->mutes[m];
    return NULL;
}

void findings_mute(struct findings *findings, const struct config *config, int32_t day,
                   struct arena *arena, struct muted *muted)
{
    size_t kept = 0;

    for (size_t i = 0; i < findings->n; i++) {
        const struct mute *mute = finding_mute(config, findings->item[i].id, day);

        if (mute) {
            muted->item = arena_room(arena, muted->item, muted->n, &muted->capacity,
                                     sizeof *muted->item);
            muted->item[muted->n] = *mute;
            muted->item[muted->n++].id = findings->item[i].id;
        } else {
            findings->item[kept++] = findings->item[i];
        }
    }
    findings->n = kept;
}

static enum verdict finding_verdict(const struct finding *finding)
{
    if (finding->status == STATUS_RESOLVED || finding->severity == SEVERITY_INFO)
        return VERDICT_OK;
    return finding->severity == SEVERITY_CRIT ? VERDICT_CRIT : VERDICT_WARN;
}

enum verdict findings_worst(const struct findings *findings)
{
    enum verdict worst = VERDICT_OK;

    for (size_t i = 0; i < findings->n; i++)
        if (finding_verdict(&findings->item[i]) > worst)
            worst = finding_verdict(&findings->item[i]);
    return worst;
}

int findings_exit_status(const struct findings *findings, enum fail_on fail_on)
{
    enum verdict worst = VERDICT_OK;

    for (size_t i = 0; i < findings->n; i++) {
        enum verdict one = finding_verdict(&findings->item[i]);

        if (fail_on == FAIL_ON_NEVER ||
            (fail_on == FAIL_ON_CRIT && one < VERDICT_CRIT) ||
            (fail_on == FAIL_ON_NEW && findings->item[i].status != STATUS_NEW))
            continue;
        worst = one > worst ? one : worst;
    }
    return (int)worst;
}

static void put_text(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0')
        json_put(object, key, json_string(text));
}

json_t *finding_to_state(const struct finding *finding)
{
    json_t *object = json_object();
    bool is_resolved = finding->status == STATUS_RESOLVED;

    json_put(object, "severity", json_string(severity_word(finding->severity)));
    json_put(object, "status", json_string(is_resolved ? "resolved" : "open"));
    json_put(object, "since", json_string(day_text(finding->since).text));
    put_text(object, "message", finding->message);
    put_text(object, "value", finding->value);
    put_text(object, "limit", finding->limit);
    put_text(object, "unit", finding->unit);
    put_text(object, "statistic", finding->statistic);
    put_text(object, "because", finding->because);
    if (finding->n != 0)
        json_put(object, "n", json_integer(finding->n));
    if (finding->url[0] != '\0' || finding->file[0] != '\0') {
        json_t *where = json_object();

        put_text(where, "url", finding->url);
        put_text(where, "file", finding->file);
        if (finding->line != 0)
            json_put(where, "line", json_integer(finding->line));
        json_put(object, "where", where);
    }
    return object;
}

static const char *optional_text(const json_t *object, const char *key,
                                 struct arena *arena)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value)
               ? str_copy(arena, json_string_value(value), json_string_length(value))
               : "";
}

bool finding_from_state(const char *id, const json_t *json, int32_t through,
                        struct arena *arena, struct finding *finding, struct err *err)
{
    struct finding read = {.id = str_copy(arena, id, strlen(id))};
    const char *severity, *since, *message, *status;
    const json_t *where = json_object_get(json, "where");

    if (!json_need_text(json, "severity", &severity, err) ||
        !json_need_text(json, "since", &since, err) ||
        !json_need_text(json, "status", &status, err) ||
        !json_need_text(json, "message", &message, err))
        return err_wrap(err, "/findings/%s", id);
    if (!severity_parse(severity, &read.severity) ||
        !day_parse(since, strlen(since), &read.since) ||
        !finding_status_parse(status, &read.status) || read.status == STATUS_NEW)
        return err_set(err,
                       "/findings/%s: severity, since or status is not one of ours",
                       id);
    if (read.since > through)
        return err_set(err, "/findings/%s: since %s is after through %s", id, since,
                       day_text(through).text);
    if (read.status == STATUS_OPEN && read.since == through)
        read.status = STATUS_NEW;
    read.message = str_copy(arena, message, strlen(message));
    read.value = optional_text(json, "value", arena);
    read.limit = optional_text(json, "limit", arena);
    read.unit = optional_text(json, "unit", arena);
    read.statistic = optional_text(json, "statistic", arena);
    read.because = optional_text(json, "because", arena);
    read.n = json_integer_value(json_object_get(json, "n"));
    read.url = optional_text(where, "url", arena);
    read.file = optional_text(where, "file", arena);
    read.line = json_integer_value(json_object_get(where, "line"));
    *finding = read;
    return true;
}

bool findings_from_state(const json_t *document, struct arena *arena, int32_t *through,
                         struct findings *findings, struct err *err)
{
    const json_t *found = json_object_get(document, "findings");
    const char *day;
    size_t n;
    const char **ids;

    if (!json_need_text(document, "through", &day, err))
        return false;
    if (!day_parse(day, strlen(day), through))
        return err_set(err, "/through: '%s' is not a day", day);
    if (!json_is_object(found))
        return err_set(err, "/findings: is not an object");
    ids = json_keys(arena, found, &n);
    for (size_t i = 0; i < n; i++) {
        struct finding finding;

        if (!finding_from_state(ids[i], json_object_get(found, ids[i]), *through, arena,
                                &finding, err))
            return false;
        findings_add(findings, arena, finding);
    }
    findings_sort(findings);
    return true;
}

void findings_add_resolved(struct findings *findings, const struct findings *before,
                           const json_t *document, struct arena *arena)
{
    const json_t *now = json_object_get(document, "findings");

    for (size_t i = 0; i < before->n; i++) {
        struct finding finding = before->item[i];

        if (json_object_get(now, finding.id))
            continue;
        finding.status = STATUS_RESOLVED;
        findings_add(findings, arena, finding);
    }
    findings_sort(findings);
}
