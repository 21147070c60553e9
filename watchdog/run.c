/* One round: what is known, what came, what follows from it, said and kept. */

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state_diff.h"
#include "watchdog/folder.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

/* Everything that is opened or loaded before a decision. */
struct opened {
    struct config config;
    struct settings settings;
    struct inputs inputs;
    struct state_folder folder;
    struct known known;
    struct confinement confined;
    int32_t as_of;
    struct collected collected;
};

static const char *state_path(const struct options *opt, const struct config *config,
                              struct arena *run)
{
    return opt->state_path ? opt->state_path : file_join(run, config->folder, "state");
}

static bool confine(const struct options *opt, struct opened *opened, struct arena *run,
                    struct err *err)
{
    size_t most = 1;
    const char **read;
    uint16_t port[SANDBOX_PORTS_MAX];
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .write = &opened->folder.path,
                                .nwrite = 1};

    for (size_t i = 0; i < opened->inputs.nsources; i++) {
        size_t n;

        (void)source_folders(opened->inputs.source[i], &n);
        most += n;
    }
    read = arena_new(run, const char *, most);
    read[plan.nread++] = opt->config_path;
    for (size_t i = 0; i < opened->inputs.nsources; i++) {
        const struct source *source = opened->inputs.source[i];
        size_t n;
        const char *const *folders = source_folders(source, &n);
        const uint16_t *open;

        for (size_t f = 0; f < n; f++)
            read[plan.nread++] = folders[f];
        open = source_ports(source, &n);
        plan.network = plan.network || n > 0 || !source_streams(source);
        for (size_t p = 0; p < n && plan.nports < SANDBOX_PORTS_MAX; p++)
            port[plan.nports++] = open[p];
    }
    plan.read = read;
    plan.ports = port;
    if (!sandbox_enter(&plan, &opened->confined, err))
        return false;
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(run, &opened->confined));
    return true;
}

/* That of the slowest source. */
static int lag_h(const struct inputs *inputs)
{
    int most = 0;

    for (size_t i = 0; i < inputs->nsources; i++)
        if (source_lag_h(inputs->source[i]) > most)
            most = source_lag_h(inputs->source[i]);
    return most;
}

static bool open_all(const struct options *opt, struct arena *run,
                     struct opened *opened, struct err *err)
{
    if (!config_load(opt->config_path, run, &opened->config, err) ||
        !settings_read(&opened->config, run, &opened->settings, err) ||
        !config_enter_zone(&opened->config, err) ||
        !watchdog_open(&opened->config, &opened->settings, run, &opened->inputs, err) ||
        !daycount_open(opened->settings.scratch, run, &opened->inputs.counts, err) ||
        !state_folder_open(&opened->folder, state_path(opt, &opened->config, run),
                           !opt->dry_run, err) ||
        !confine(opt, opened, run, err))
        return false;
    opened->as_of = cli_last_day(opt, &opened->config, lag_h(&opened->inputs));
    return opt->dry_run || state_folder_lock(&opened->folder, LOCK_SECONDS, err);
}

static void close_all(struct opened *opened)
{
    known_release(&opened->known);
    state_folder_release(&opened->folder);
    watchdog_close(&opened->inputs);
    settings_release(&opened->settings);
    config_release(&opened->config);
}

/* --replay of a day before `through` starts from nothing, as a first run on that day
 * would have. */
static bool load_known(const struct options *opt, struct opened *opened,
                       struct arena *run, struct err *err)
{
    struct known *known = &opened->known;

    if (!known_load(&opened->folder, run, known, err))
        return false;
    evidence_forget_after(&known->evidence, known->kept);
    if (!known->json || opened->as_of >= known->through)
        return true;
    if (!cli_allows_day(opt, opened->as_of, known->through, err))
        return false;
    known_release(known);
    *known = (struct known){0};
    return true;
}

static int32_t first_day(const struct opened *opened)
{
    int32_t oldest = opened->as_of - (HISTORY_DAYS - 1);
    int32_t first = opened->known.kept + 1 - REWRITE_CHECK_DAYS;

    return first > oldest ? first : oldest;
}

static bool partial(const char *source, const struct source_day *day, struct err *err)
{
    const char *file = day->cut ? day->cut : "";
    const char *quote = day->cut ? "'" : "";
    const char *what = day->cut      ? " ends early"
                       : day->is_cut ? "it changed while it was read"
                                     : "too many lines are broken";
    int64_t rejected = source_rejected(day, 1);

    if (day->why)
        return err_set(err, "source '%s' is partial on %s: %s; nothing of it is used",
                       source, day_text(day->day).text, day->why);
    return err_set(
        err,
        "source '%s' is partial on %s: %s%s%s%s (%lld read, %lld rejected%s%s); mend "
        "the export and run again",
        source, day_text(day->day).text, quote, file, quote, what, (long long)day->rows,
        (long long)rejected, day->place ? ", first at " : "",
        day->place ? day->place : "");
}

/* Lines rejected where events were awaited are the likelier cause than an export that
 * did not come: the wrong preset, or no JSON Lines at all. */
static bool stale(const char *source, const struct source_day day[2], struct err *err)
{
    int64_t rejected = source_rejected(day, 2);

    if (rejected == 0)
        return err_set(err,
                       "source '%s' is stale: no event on %s or the day after; check "
                       "the export, or judge an earlier day with --as-of",
                       source, day_text(day->day).text);
    return err_set(err,
                   "source '%s' is stale: no event on %s or the day after, and %lld "
                   "line%s rejected, first at %s; check the export, its type and "
                   "preset, or judge an earlier day with --as-of",
                   source, day_text(day->day).text, (long long)rejected,
                   rejected == 1 ? "" : "s",
                   day[0].place ? day[0].place : day[1].place);
}

static void say_notes(const struct options *opt, const struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->nsources && opt->verbose; i++) {
        size_t n;
        const char *const *notes = source_notes(inputs->source[i], &n);

        for (size_t k = 0; k < n; k++)
            cli_say(opt, "%s", notes[k]);
    }
}

/* A last day that is stale or partial is no verdict. */
static bool check_last_day(const struct opened *opened, struct err *err)
{
    const struct collected *collected = &opened->collected;
    const struct settings *settings = &opened->settings;
    size_t last = (size_t)(collected->as_of - collected->first);

    for (size_t s = 0; s < settings->nsources; s++) {
        switch (watchdog_day_status(collected, settings, s, last)) {
        case DAY_OK:
        case DAY_ABSENT: break;
        case DAY_STALE:
            return stale(settings->source[s], &collected->source_days[s][last], err);
        case DAY_PARTIAL:
            return partial(settings->source[s], &collected->source_days[s][last], err);
        }
    }
    return true;
}

/* The checkpoint is the state of judging once the newest final day was judged. */
struct snapshot {
    const struct round *round;
    int32_t final;
    struct buf *out;
};

static void take_snapshot(void *context)
{
    const struct snapshot *snapshot = context;

    checkpoint_format(snapshot->round->evidence, snapshot->round->data, snapshot->final,
                      snapshot->out);
}

static struct judgement judge(struct opened *opened, struct outcome *outcome,
                              struct arena *run)
{
    struct known *known = &opened->known;
    struct round round = {.evidence = &known->evidence,
                          .data = &known->data,
                          .settings = &opened->settings,
                          .arena = run};
    struct snapshot snapshot = {&round, opened->as_of - FINAL_AFTER_DAYS,
                                &outcome->checkpoint};
    struct judge_hooks hooks = {.on_final = take_snapshot, .context = &snapshot};

    buf_init(&outcome->evidence, run, HISTORY_BYTES_MAX);
    buf_init(&outcome->checkpoint, run, HISTORY_BYTES_MAX);
    evidence_link(&known->evidence, &opened->settings);
    return watchdog_judge(&round, known->checkpoint, snapshot.final, opened->as_of,
                          &hooks);
}

static bool report(const struct options *opt, const struct opened *opened,
                   const json_t *after, struct arena *run, int *status, struct err *err)
{
    OWN(json) extra = watchdog_report_extra(&opened->collected, &opened->settings);
    struct report said = {.tool = "watchdog",
                          .has_through = true,
                          .confined = opened->confined,
                          .extra = extra};
    struct buf out;

    if (!watchdog_findings(after, run, &said.through, &said.findings, err) ||
        (opened->known.json &&
         !watchdog_withdrawn(opened->known.json, after, opened->known.kept, run,
                             &said.findings, err)))
        return false;
    findings_mute(&said.findings, &opened->config, said.through, run, &said.muted);
    watchdog_report(&opened->known.evidence, &opened->settings, run, &said);
    watchdog_tables(after, run, &said);
    watchdog_problems(&opened->collected, &opened->settings, run, &said);
    said.exit = findings_exit_status(&said.findings, opt->fail_on);
    *status = said.exit;
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (!report_render(&said, opt->format, &out, err))
        return false;
    if (opt->dry_run && opt->format == FORMAT_TEXT) {
        buf_add_text(&out, "state/" WATCHDOG_JSON ":\n");
        state_diff(opened->known.json, after, run, &out);
    }
    return report_print(&out, err);
}

static bool conclude(const struct options *opt, struct opened *opened,
                     struct arena *run, int *status, struct err *err)
{
    struct outcome outcome;
    struct judgement judgement = judge(opened, &outcome, run);
    OWN(json) after = NULL;

    if (judgement.collapse.is_there)
        return err_set(
            err,
            "only %lld sessions on %s, %.0f expected: the day is partial and is "
            "not judged; check the export, or list the day in expected_days",
            (long long)judgement.collapse.found, day_text(opened->as_of).text,
            judgement.collapse.expected);
    after = watchdog_state_json(&judgement, &opened->settings, opened->collected.over,
                                opened->known.json, run);
    evidence_format(&opened->known.evidence, opened->as_of - (HISTORY_DAYS - 1),
                    &outcome.evidence);
    if (!state_json_format(after, run, &outcome.json, err) ||
        !report(opt, opened, after, run, status, err))
        return false;
    err->after_report = true;
    return opt->dry_run || outcome_save(&opened->folder, &outcome, err);
}

static bool round_in(const struct options *opt, struct opened *opened,
                     struct arena *run, int *status, struct err *err)
{
    struct collected *collected = &opened->collected;
    size_t cells;

    if (!open_all(opt, run, opened, err) || !load_known(opt, opened, run, err))
        return false;
    collected->first = first_day(opened);
    collected->as_of = opened->as_of;
    collected->kept = opened->known.kept;
    if (!watchdog_collect(&opened->inputs, &opened->settings, run, collected, err))
        return false;
    say_notes(opt, &opened->inputs);
    if (!check_last_day(opened, err))
        return false;
    cells = watchdog_measure(collected, &opened->settings, opened->known.kept,
                             &opened->known.evidence, &opened->known.data, run);
    if (cells > CELLS_MAX)
        return err_set(
            err, "%zu cells to track, at most %d; lower 'top' or leave out segments",
            cells, CELLS_MAX);
    return conclude(opt, opened, run, status, err);
}

int watchdog_run(const struct options *opt, struct err *err)
{
    struct opened opened = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!round_in(opt, &opened, &run, &status, err))
        status = VERDICT_UNKNOWN;
    close_all(&opened);
    arena_release(&run);
    return status;
}
