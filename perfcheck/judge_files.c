/* What files and the configuration say by themselves: reports that cannot be read or
 * come too late, accepts that close nothing. Pure. */
#include <string.h>

#include "perfcheck/judge.h"

#include "shared/banned.h"

/* Findings of the state and those of now, which keep the day they opened. */
struct telling {
    struct judged *judged;
    struct findings before;
};

static void tell(struct telling *telling, const char *check, const char *subject,
                 struct finding finding)
{
    struct judged *judged = telling->judged;

    finding.id = str_format(judged->arena, "perfcheck/%s/%s", check, subject);
    finding.status = STATUS_OPEN;
    if (finding.since == 0 || finding.since > judged->as_of)
        finding.since = judged->as_of;
    for (size_t i = 0; i < telling->before.n; i++)
        if (strcmp(telling->before.item[i].id, finding.id) == 0)
            finding.since = telling->before.item[i].since;
    if (settings_severity(judged->settings, check, &finding.severity))
        findings_add(&judged->open, judged->arena, finding);
}

static bool is_check(const char *id, const char *check)
{
    size_t n = strlen(check);

    return strncmp(id, "perfcheck/", strlen("perfcheck/")) == 0 &&
           strncmp(id + strlen("perfcheck/"), check, n) == 0 &&
           id[strlen("perfcheck/") + n] == '/';
}

static bool is_ours(const char *id)
{
    static const char *const checks[] = {"report-corrupt", "not-a-report",
                                         "report-unsupported", "accept-unused"};

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (is_check(id, checks[i]))
            return true;
    return is_check(id, "late-report") && !finding_is_event(id);
}

static void tell_files(struct telling *telling)
{
    const struct runs *runs = telling->judged->runs;
    struct arena *arena = telling->judged->arena;

    for (size_t i = 0; i < runs->corrupt.n; i++) {
        const struct run_file *file = &runs->corrupt.item[i];

        tell(telling, "report-corrupt", file->name,
             (struct finding){.severity = SEVERITY_WARN,
                              .message = str_format(arena, "%s cannot be read: %s",
                                                    file->name, file->why),
                              .since = file->day,
                              .file = file->name});
    }
    for (size_t i = 0; i < runs->foreign.n; i++) {
        const struct run_file *file = &runs->foreign.item[i];

        tell(telling, "not-a-report", file->name,
             (struct finding){.severity = SEVERITY_INFO,
                              .message =
                                  str_format(arena, "%s is %s", file->name, file->why),
                              .file = file->name});
    }
    for (size_t i = 0; i < runs->unsupported.n; i++) {
        const struct run_file *file = &runs->unsupported.item[i];

        tell(telling, "report-unsupported", file->name,
             (struct finding){.severity = SEVERITY_INFO,
                              .message =
                                  str_format(arena,
                                             "%s is of Lighthouse %s, at least %d is "
                                             "supported",
                                             file->name, file->why, LHR_MAJOR_LEAST),
                              .file = file->name});
    }
}

/* Runs of all pages that history has of a day; 0: none. `first`: of any page. */
static size_t runs_of_day(const struct history *history, int32_t day, int32_t *first)
{
    size_t n = 0;

    *first = INT32_MAX;
    for (size_t i = 0; i < history->n; i++) {
        const struct history_series *item = &history->item[i];
        const struct row_of_day *row = series_find(&item->numbers, day);

        if (strcmp(item->metric, "runs") != 0)
            continue;
        if (item->numbers.n > 0 && item->numbers.row[0].day < *first)
            *first = item->numbers.row[0].day;
        if (row)
            n += row->k + (row->nvalues > 0 ? (size_t)row->values[0] : 0);
    }
    return n;
}

/* More reports of a final day than were counted. */
static void tell_late(struct telling *telling)
{
    const struct judged *judged = telling->judged;
    const struct runs *runs = judged->runs;

    if (!judged->has_through)
        return;
    for (size_t i = 0, end; i < runs->nold; i = end) {
        int32_t day, first;
        size_t known;

        end = i + 1;
        if (!day_bounds_find(&judged->bounds, runs->old[i], &day) ||
            day >= judged->oldest || judged->as_of - day >= GONE_DAYS)
            continue;
        while (end < runs->nold &&
               runs->old[end] < judged->bounds.at_ms[day - judged->bounds.first + 1])
            end++;
        known = runs_of_day(judged->history, day, &first);
        if (end - i > known && day >= first)
            tell(telling, "late-report", day_text(day).text,
                 (struct finding){
                     .severity = SEVERITY_INFO,
                     .message = str_format(
                         judged->arena,
                         "%zu report%s of %s came when the day was final, and %s "
                         "ignored",
                         end - i - known, end - i - known == 1 ? "" : "s",
                         day_text(day).text, end - i - known == 1 ? "is" : "are")});
    }
}

static bool was_accepted(const struct judged *judged, const struct accept *accept)
{
    for (size_t i = 0; i < judged->naccepted; i++)
        if (judged->accepted[i].on == accept->on &&
            strcmp(judged->accepted[i].id, accept->id) == 0)
            return true;
    return false;
}

/* Entries that close nothing, now or before; the others are remembered. */
static void tell_accepts(struct telling *telling)
{
    struct judged *judged = telling->judged;
    const struct settings *settings = judged->settings;
    struct accepted *now =
        arena_new(judged->arena, struct accepted, settings->naccepts);
    size_t n = 0;

    for (size_t i = 0; i < settings->naccepts; i++) {
        const struct accept *accept = &settings->accept[i];

        if (judged->accept_is_used[i] || was_accepted(judged, accept))
            now[n++] = (struct accepted){accept->id, accept->on};
        else if (accept->on <= judged->as_of)
            tell(telling, "accept-unused", accept->id + strlen("perfcheck/"),
                 (struct finding){.severity = SEVERITY_INFO,
                                  .since = accept->on,
                                  .message = str_format(
                                      judged->arena,
                                      "accept of %s on %s closes nothing; remove it",
                                      accept->id, day_text(accept->on).text)});
    }
    judged->accepted = now;
    judged->naccepted = n;
}

void judge_files(struct judged *judged)
{
    struct telling telling = {.judged = judged};

    for (size_t i = judged->open.n; i-- > 0;)
        if (is_ours(judged->open.item[i].id)) {
            findings_add(&telling.before, judged->arena, judged->open.item[i]);
            findings_drop(&judged->open, &judged->open.item[i]);
        }
    tell_files(&telling);
    tell_late(&telling);
    tell_accepts(&telling);
}
