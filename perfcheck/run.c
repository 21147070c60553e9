/* One round: what is known, what the reports say, what follows from it, said and kept.
 */
#include <stdlib.h>
#include <string.h>

#include "perfcheck/field.h"
#include "perfcheck/round.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state_diff.h"

#include "shared/banned.h"

enum { READABLE_DAYS = 3990 }; /* day_bounds_new has 4000 at most */

struct round {
    struct config config;
    struct settings settings;
    struct lhr_paths paths;
    struct state_folder folder;
    struct confinement confined;
    struct known known;
    int32_t as_of;
    struct runs runs;
    struct field field;
    struct judged judged;
    struct findings findings; /* after judging, sorted */
};

static bool confine(const struct options *opt, struct round *round, struct arena *run,
                    struct err *err)
{
    size_t nfield = 0;
    const char *const *field =
        round->field.vitals ? vitals_folders(round->field.vitals, &nfield) : NULL;
    const char **read =
        arena_new(run, const char *,
                  round->settings.ninputs + round->paths.nfolders + nfield + 1);
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .write = &round->folder.path,
                                .nwrite = 1,
                                .read = read};

    read[plan.nread++] = opt->config_path;
    for (size_t i = 0; i < round->settings.ninputs; i++)
        read[plan.nread++] =
            file_join(run, round->config.folder, round->settings.input[i]);
    for (size_t i = 0; i < round->paths.nfolders; i++)
        read[plan.nread++] = round->paths.folder[i];
    for (size_t i = 0; field && i < nfield; i++)
        read[plan.nread++] = field[i];
    if (!sandbox_enter(&plan, &round->confined, err))
        return false;
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(run, &round->confined));
    return true;
}

static bool open_all(const struct options *opt, struct arena *run, struct round *round,
                     struct err *err)
{
    const char *path;

    if (!config_load(opt->config_path, run, &round->config, err) ||
        !settings_read(&round->config, run, &round->settings, err) ||
        !config_enter_zone(&round->config, err) ||
        !field_open(&round->config, &round->settings, run, &round->field, err) ||
        !lhr_paths_list(round->config.folder, round->settings.input,
                        round->settings.ninputs, true, run, &round->paths, err))
        return false;
    path = opt->state_path ? opt->state_path
                           : file_join(run, round->config.folder, "state");
    if (!state_folder_open(&round->folder, path, !opt->dry_run, err) ||
        !confine(opt, round, run, err))
        return false;
    round->as_of = cli_last_day(opt, &round->config, 0);
    return opt->dry_run || state_folder_lock(&round->folder, LOCK_SECONDS, err);
}

static void close_all(struct round *round)
{
    field_close(&round->field);
    known_release(&round->known);
    state_folder_release(&round->folder);
    settings_release(&round->settings);
    config_release(&round->config);
}

/* --replay of a day before `through` starts from nothing, as a first run would. */
static bool load(const struct options *opt, struct round *round, struct arena *run,
                 struct err *err)
{
    struct known *known = &round->known;

    if (!known_load(&round->folder, run, known, err))
        return false;
    if (!known->json || round->as_of >= known->through)
        return true;
    if (!cli_allows_day(opt, round->as_of, known->through, err))
        return false;
    known_release(known);
    *known = (struct known){0};
    return true;
}

/* The newest day with a run, of files or history. */
static bool check_age(const struct round *round, struct err *err)
{
    int32_t newest = INT32_MIN;

    for (size_t i = 0; i < round->runs.n; i++)
        if (round->runs.run[i].day > newest)
            newest = round->runs.run[i].day;
    newest = history_newest_run(&round->known.history, newest);
    if (newest == INT32_MIN)
        return err_set(err,
                       "no Lighthouse report of %s or before in '%s'%s; run "
                       "collect-lighthouse.sh, or name others in perfcheck.inputs",
                       day_text(round->as_of).text, round->settings.input[0],
                       round->settings.ninputs > 1 ? " and the other inputs" : "");
    if (round->as_of - newest > round->settings.stale_days)
        return err_set(err,
                       "reports are stale: the newest is of %s, %d days before %s; "
                       "check what runs Lighthouse, or judge an earlier day with "
                       "--as-of",
                       day_text(newest).text, round->as_of - newest,
                       day_text(round->as_of).text);
    return true;
}

/* Names of files that could not be read before. */
static const char **corrupt_names(const struct findings *findings, struct arena *run,
                                  size_t *n)
{
    static const char id[] = "perfcheck/report-corrupt/";
    const char **name = arena_new(run, const char *, findings->n);

    *n = 0;
    for (size_t i = 0; i < findings->n; i++)
        if (strncmp(findings->item[i].id, id, strlen(id)) == 0)
            name[(*n)++] = findings->item[i].id + strlen(id);
    if (*n > 1)
        qsort(name, *n, sizeof *name, str_pointer_compare);
    return name;
}

static bool collect(struct round *round, struct arena *run, struct err *err)
{
    const struct known *known = &round->known;
    struct collect collect = {.settings = &round->settings,
                              .paths = &round->paths,
                              .bounds =
                                  day_bounds_new(run, round->as_of - READABLE_DAYS + 1,
                                                 READABLE_DAYS)};

    collect.oldest = round->as_of - READABLE_DAYS + 1;
    if (known->json) {
        collect.oldest = round->as_of - RESCORE_DAYS + 1;
        if (known->through < collect.oldest)
            collect.oldest = known->through + 1;
    }
    collect.always = corrupt_names(&known->findings, run, &collect.nalways);
    round->judged = (struct judged){.settings = &round->settings,
                                    .runs = &round->runs,
                                    .bounds = collect.bounds,
                                    .oldest = collect.oldest,
                                    .history = &round->known.history,
                                    .arena = run,
                                    .has_through = known->json != NULL,
                                    .through = known->through,
                                    .as_of = round->as_of,
                                    .open = known->findings,
                                    .accepted = known->accepted,
                                    .naccepted = known->naccepted};
    round->judged.accept_is_used = arena_new(run, bool, round->settings.naccepts);
    if (!collect_runs(&collect, run, &round->runs, err) || !check_age(round, err))
        return false;
    round->field.points = round->runs.points;
    return field_collect(&round->config, &round->judged, &round->field, err);
}

static void judge(struct round *round)
{
    field_judge(&round->judged, &round->field);
    judge_all(&round->judged);
    round->findings = round->judged.open;
    findings_sort(&round->findings);
}

static bool report(const struct options *opt, const struct round *round,
                   const json_t *after, struct arena *run, int *status, struct err *err)
{
    struct report said = {.tool = "perfcheck",
                          .has_through = true,
                          .confined = round->confined};
    struct extra members = {.history = &round->known.history,
                            .settings = &round->settings,
                            .findings = &said.findings,
                            .runs = &round->runs,
                            .through = round->as_of};
    OWN(json) extra = NULL;
    struct buf out;

    if (!findings_from_state(after, run, &said.through, &said.findings, err))
        return false;
    extra = perfcheck_report_extra(&members, run);
    said.extra = extra;
    perfcheck_add_resolved(&said.findings, &round->known.findings, after, run);
    findings_mute(&said.findings, &round->config, said.through, run, &said.muted);
    perfcheck_report(&round->known.history, &round->settings, run, &said);
    perfcheck_tables(after, run, &said);
    field_report(&round->field, run, &said, extra);
    said.exit = *status = findings_exit_status(&said.findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (!report_render(&said, opt->format, &out, err))
        return false;
    if (opt->dry_run && opt->format == FORMAT_TEXT) {
        buf_add_text(&out, "state/" PERFCHECK_JSON ":\n");
        state_diff(round->known.json, after, run, &out);
    }
    return report_print(&out, err);
}

static bool round_in(const struct options *opt, struct round *round, struct arena *run,
                     int *status, struct err *err)
{
    OWN(json) after = NULL;
    struct buf rows;
    struct str json;

    if (!open_all(opt, run, round, err) || !load(opt, round, run, err) ||
        !collect(round, run, err))
        return false;
    judge(round);
    after = state_document(&round->judged, &round->findings, round->known.json);
    history_trim(&round->known.history, &round->settings, round->as_of, run);
    buf_init(&rows, run, HISTORY_BYTES_MAX);
    history_format(&round->known.history, &rows);
    if (rows.overflowed)
        return err_set(err, "the history is over 64 MiB; name fewer pages in 'inputs', "
                            "or drop parameters by 'ignore_params'");
    if (!state_json_format(after, run, &json, err) ||
        !report(opt, round, after, run, status, err))
        return false;
    err->after_report = true;
    return opt->dry_run ||
           (state_save(&round->folder, PERFCHECK_HISTORY, buf_str(&rows), NULL, err) &&
            state_save(&round->folder, PERFCHECK_JSON, json, NULL, err));
}

int perfcheck_run(const struct options *opt, struct err *err)
{
    struct round round = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!round_in(opt, &round, &run, &status, err))
        status = VERDICT_UNKNOWN;
    close_all(&round);
    arena_release(&run);
    return status;
}
