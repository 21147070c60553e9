/* One round: what is known, what the files say, what follows from it, said and kept. */
#include <string.h>

#include "i18ncheck/round.h"
#include "shared/clock.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/sandbox.h"
#include "shared/state_diff.h"

#include "shared/banned.h"

/* ---- what the steps add ---- */

void round_add_problem(struct round *round, const char *text)
{
    round->problem = arena_room(round->run, round->problem, round->nproblems,
                                &round->problems_capacity, sizeof *round->problem);
    round->problem[round->nproblems++] = text;
}

bool round_add_hit(struct round *round, const struct hit *hit, const char *place,
                   const int32_t *stale_since)
{
    const struct settings *settings = &round->settings;
    struct item item = {.check = hit->check,
                        .severity = settings->checks.severity[hit->check],
                        .place = place,
                        .key = hit->key,
                        .message = hit->message,
                        .file = hit->file ? hit->file : "",
                        .line = hit->line};

    if (settings->checks.is_off[hit->check])
        return false;
    round->count[hit->check]++;
    if (stale_since) {
        item.has_since = true;
        item.since = *stale_since;
        if (!settings->is_set[hit->check] &&
            round->as_of - item.since >= settings->stale_after_days)
            item.severity = SEVERITY_WARN;
    }
    if (item.severity == SEVERITY_INFO)
        return false;
    items_add(&round->items, round->run, item);
    return true;
}

/* ---- opening ---- */

static void add_read(const char **read, size_t *n, const char *path)
{
    if (path)
        read[(*n)++] = path;
}

static bool confine(const struct options *opt, struct round *round, struct err *err)
{
    const struct settings *settings = &round->settings;
    const char *base = round->config.folder;
    size_t n = 0, most = 3 + settings->ncontents + settings->nsearches;
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .write = &round->folder.path,
                                .nwrite = 1};
    const char **read;

    for (size_t i = 0; i < settings->nsets; i++)
        most += round->plan[i].paths.nfolders + settings->set[i].usage.nsrc;
    read = arena_new(round->run, const char *, most);
    add_read(read, &n, opt->config_path);
    add_read(read, &n, round->git_log);
    add_read(read, &n, settings->keyword_file);
    for (size_t i = 0; i < settings->nsets; i++) {
        const struct usage_rules *usage = &settings->set[i].usage;
        const char **source = usage_folders(usage, base, round->run);

        for (size_t f = 0; f < round->plan[i].paths.nfolders; f++)
            add_read(read, &n, round->plan[i].paths.folder[f]);
        for (size_t f = 0; f < usage->nsrc; f++)
            add_read(read, &n, source[f]);
    }
    for (size_t i = 0; i < settings->ncontents; i++)
        add_read(read, &n,
                 content_folder(base, settings->content[i].pattern, round->run));
    for (size_t i = 0; i < settings->nsearches; i++) // globs in the last part alone
        add_read(read, &n,
                 strpbrk(settings->search[i], "*?[")
                     ? file_folder(round->run,
                                   file_join(round->run, base, settings->search[i]))
                     : file_join(round->run, base, settings->search[i]));
    plan.read = read;
    plan.nread = n;
    if (!sandbox_enter(&plan, &round->confined, err))
        return false;
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(round->run, &round->confined));
    return true;
}

static bool open_all(const struct options *opt, struct round *round, struct err *err)
{
    const char *path, *git_log = cli_value(opt, FLAG_GIT_LOG);

    if (!config_load(opt->config_path, round->run, &round->config, err) ||
        !settings_read(&round->config, round->run, &round->settings, err) ||
        !config_enter_zone(&round->config, err))
        return false;
    round->git_log = git_log ? git_log : round->settings.git_log;
    path = opt->state_path ? opt->state_path
                           : file_join(round->run, round->config.folder, "state");
    if (!round_find_catalogs(round, err) ||
        !state_folder_open(&round->folder, path, !opt->dry_run, err) ||
        !confine(opt, round, err))
        return false;
    round->as_of = cli_last_day(opt, &round->config, 0);
    return opt->dry_run || state_folder_lock(&round->folder, LOCK_SECONDS, err);
}

static void close_all(struct round *round)
{
    json_decref(round->coverage);
    json_decref(round->sets);
    json_decref(round->content);
    json_decref(round->keywords);
    known_release(&round->known);
    state_folder_release(&round->folder);
    config_release(&round->config);
}

/* --replay of a day before `through` starts from nothing, as a first run would. */
static bool load(const struct options *opt, struct round *round, struct err *err)
{
    struct known *known = &round->known;

    if (!known_load(&round->folder, round->run, known, err))
        return false;
    if (!known->json || round->as_of >= known->through)
        return true;
    if (!cli_allows_day(opt, round->as_of, known->through, err))
        return false;
    known_release(known);
    *known = (struct known){0};
    return true;
}

/* ---- judging ---- */

static bool judge(struct round *round, struct err *err)
{
    const struct judging_rules rules = {round->settings.max_findings, round->as_of};

    round->coverage = json_object();
    round->sets = json_object();
    round_plan_locales(round);
    for (size_t i = 0; i < round->settings.nsets; i++)
        if (!round_judge_set(round, i, err))
            return false;
    if (!round_judge_pages(round, err))
        return false;
    return judge_findings(&round->items, &round->kept, &round->known.findings, &rules,
                          round->run, &round->findings) ||
           err_set(err, "more than %d findings even with one a check and locale",
                   FINDINGS_MAX);
}

/* ---- saying it ---- */

/* The state has no lines, the report has; both lists are in one order. */
static void add_lines(const struct findings *from, struct findings *to)
{
    for (size_t i = 0; i < from->n && i < to->n; i++)
        to->item[i].line = from->item[i].line;
}

static bool report(const struct options *opt, const struct round *round,
                   const json_t *after, int *status, struct err *err)
{
    OWN(json) extra = i18ncheck_report_extra(round);
    struct arena *run = round->run;
    struct report said = {.tool = "i18ncheck",
                          .has_through = true,
                          .confined = round->confined,
                          .problems = round->problem,
                          .nproblems = round->nproblems,
                          .extra = extra};
    struct buf out;

    if (!state_findings(after, run, &said.through, &said.findings, err))
        return false;
    add_lines(&round->findings, &said.findings);
    findings_add_resolved(&said.findings, &round->known.findings, after, run);
    findings_mute(&said.findings, &round->config, said.through, run, &said.muted);
    i18ncheck_report(after, run, &said);
    i18ncheck_tables(after, run, &said);
    said.exit = *status = findings_exit_status(&said.findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (!report_render(&said, opt->format, &out, err))
        return false;
    if (opt->dry_run && opt->format == FORMAT_TEXT) {
        buf_add_text(&out, "state/" I18NCHECK_JSON ":\n");
        state_diff(round->known.json, after, run, &out);
    }
    return report_print(&out, err);
}

static bool round_in(const struct options *opt, struct round *round, int *status,
                     struct err *err)
{
    OWN(json) after = NULL;
    struct buf rows;
    struct str json;

    if (!open_all(opt, round, err) || !load(opt, round, err) || !judge(round, err))
        return false;
    after = state_document(round);
    if (!state_json_format(after, round->run, &json, err))
        return false;
    // only now: the line above needs the most, for what it read back to compare
    buf_init(&rows, round->run, HISTORY_BYTES_MAX);
    rows.gives_back = true;
    history_format(&round->after, &rows);
    if (rows.overflowed)
        return err_set(err, "the history is over 64 MiB; split the sets over two "
                            "configurations");
    if (!report(opt, round, after, status, err))
        return false;
    err->after_report = true;
    return opt->dry_run ||
           (state_save(&round->folder, I18NCHECK_HISTORY, buf_str(&rows), NULL, err) &&
            state_save(&round->folder, I18NCHECK_JSON, json, NULL, err));
}

int i18ncheck_run(const struct options *opt, struct err *err)
{
    struct arena run;
    struct round round = {.folder = STATE_FOLDER_CLOSED, .run = &run};
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!round_in(opt, &round, &status, err))
        status = VERDICT_UNKNOWN;
    close_all(&round);
    arena_release(&run);
    return status;
}
