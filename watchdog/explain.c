/* The verb `explain`: the opening day of one finding, judged again from what is kept.
 * Reads the state folder alone, writes nothing. */
#include "watchdog/explain.h"

#include <string.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "watchdog/shown.h"

#include "shared/banned.h"

enum { NEAREST = 3, ID_SHOWN_MAX = 100 };

/* The opening as it was published. */
struct opening {
    const char *id;
    int32_t day, change;
    const char *statistic; /* its numbers in words */
};

static bool unknown_id(const struct shown *shown, const char *id, struct arena *run,
                       struct err *err)
{
    size_t n;
    const char **ids =
        json_keys(run, json_object_get(shown->known.json, "findings"), &n);
    const char *first = str_nearest(id, ids, n);
    struct buf near;

    if (n == 0)
        return err_set(err, "there is no finding '%.*s', nor any other", ID_SHOWN_MAX,
                       id);
    buf_init(&near, run, MIB);
    for (size_t i = 0; i < NEAREST && i < n; i++) {
        // where nothing is near, the first ones show what an id looks like
        const char *word = first ? str_nearest(id, ids + i, n - i) : ids[i];
        size_t at = i;

        if (!word)
            break;
        while (ids[at] != word)
            at++;
        buf_printf(&near, "%s'%.*s'", i > 0 ? ", " : "", ID_SHOWN_MAX, word);
        ids[at] = ids[i];
    }
    return err_set(err, "there is no finding '%.*s'; the nearest: %s", ID_SHOWN_MAX, id,
                   near.at);
}

static bool find_opening(const struct shown *shown, struct opening *opening,
                         struct arena *run, struct err *err)
{
    const json_t *finding =
        json_object_get(json_object_get(shown->known.json, "findings"), opening->id);
    const char *since, *change;

    if (!finding)
        return unknown_id(shown, opening->id, run, err);
    if (!json_object_get(finding, "change"))
        return err_set(err,
                       "'%.*s' is about the data, not about a count: its message "
                       "says all",
                       ID_SHOWN_MAX, opening->id);
    if (!json_need_text(finding, "since", &since, err) ||
        !json_need_text(finding, "change", &change, err))
        return err_wrap(err, "state/" WATCHDOG_JSON);
    if (!day_parse(since, strlen(since), &opening->day) ||
        !day_parse(change, strlen(change), &opening->change))
        return err_set(err, "state/" WATCHDOG_JSON ": '%s' or '%s' is not a day", since,
                       change);
    opening->statistic = json_string_value(json_object_get(finding, "statistic"));
    if (!opening->statistic)
        opening->statistic = "-";
    return true;
}

/* A signal may have a slash in its name, so the id is not taken apart. */
static struct cell *find_cell(const struct shown *shown, const char *id,
                              struct arena *run)
{
    for (size_t i = 0; i < shown->known.evidence.n; i++) {
        struct cell *cell = shown->known.evidence.cell[i];

        if (strcmp(id, str_format(run, "watchdog/%s/%s", cell->signal_name,
                                  cell->segment)) == 0)
            return cell;
    }
    return NULL;
}

/* Back to the evening before `day`, from the episodes that are recorded: history alone
 * may begin too late to find them again. Returns the last day that counts as judged. */
static int32_t rewind_all(struct known *known, int32_t day)
{
    evidence_forget_after(&known->evidence, day);
    if (day > known->checkpoint) // judging goes on from there, as a run does
        return known->checkpoint;
    judge_rewind(&known->evidence, day);
    return day - 1;
}

static bool print(const struct options *opt, const struct explained *explained,
                  const char *published, struct err *err)
{
    OWN(json) json = explain_to_json(explained);
    struct buf out;

    buf_init(&out, explained->round->arena, REPORT_BYTES_MAX);
    if (opt->format == FORMAT_JSON) {
        state_json_add(json, 0, &out);
        buf_add_text(&out, "\n");
    } else {
        explain_add_text(json, published, &out);
    }
    return report_print(&out, err);
}

static bool explain(const struct options *opt, struct shown *shown, struct arena *run,
                    struct err *err)
{
    struct known *known = &shown->known;
    struct round round = {.evidence = &known->evidence,
                          .data = &known->data,
                          .settings = &shown->settings,
                          .arena = run};
    struct opening opening = {.id = opt->args[0]};
    struct explained explained = {.id = opening.id, .round = &round};
    struct judge_hooks hooks = {0};
    struct confinement confined;
    const struct episode *episode;
    struct cell *cell;

    if (!shown_load(opt, run, shown, &confined, err) ||
        !find_opening(shown, &opening, run, err))
        return false;
    evidence_link(&known->evidence, &shown->settings);
    cell = find_cell(shown, opening.id, run);
    if (!cell || !cell_day(cell, opening.day))
        return err_set(err, "the history has no count of '%.*s' on %s any more",
                       ID_SHOWN_MAX, opening.id, day_text(opening.day).text);
    if (!cell->signal)
        return err_set(err, "signal '%s' or its segment is not configured; see -c",
                       cell->signal_name);
    episode = cell_episode(cell, opening.day);
    (void)watchdog_judge(&round, rewind_all(known, opening.day), 0, opening.day,
                         &hooks);
    if (!cell->today)
        return err_set(err,
                       "%s is not judged: it is among 'expected_days', or its data "
                       "are lost",
                       day_text(opening.day).text);
    explained.judged = cell->today;
    explained.change = opening.change;
    explained.cusum_x1000 =
        episode ? episode->cusum_x1000 : cell->today->cusum_reached_x1000;
    return print(opt, &explained, opening.statistic, err);
}

int watchdog_explain(const struct options *opt, struct err *err)
{
    struct shown shown;
    struct arena run;
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    shown_init(&shown);
    good = explain(opt, &shown, &run, err);
    shown_release(&shown);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
