/* One round: what is known, what came, what follows from it for each experiment, said
 * and kept. */

#include <string.h>

#include "bandit/bandit.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state_diff.h"

#include "shared/banned.h"

enum { REWRITE_CHECK_DAYS = 3 }; // final days that are counted again, to compare

struct round {
    struct known known;
    struct inputs *inputs;
    int32_t as_of;
    struct collected *collected; /* one for each trial */
    struct problems problems;
    struct str json;
    struct buf history;

    struct weights_file {
        const char *name;
        struct str bytes;
    } * file;

    size_t nfiles;
};

/* ---- opening ---- */

static bool confine(const struct options *opt, struct round *round, struct arena *run,
                    struct err *err)
{
    struct known *known = &round->known;
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .write = &known->folder.path,
                                .nwrite = 1};
    size_t nfolders;
    const char *const *folders = inputs_folders(round->inputs, &nfolders);
    const char **read =
        arena_new(run, const char *, nfolders + 2 * known->settings.n + 1);

    read[plan.nread++] = opt->config_path;
    for (size_t i = 0; i < nfolders; i++)
        read[plan.nread++] = folders[i];
    for (size_t i = 0; i < known->settings.n; i++) {
        const struct experiment *experiment = &known->settings.experiment[i];

        read[plan.nread++] = file_join(run, known->config.folder, experiment->log);
        if (experiment->counts)
            read[plan.nread++] =
                file_join(run, known->config.folder, experiment->counts);
    }
    plan.read = read;
    plan.ports = inputs_ports(round->inputs, &plan.network, &plan.nports);
    if (!sandbox_enter(&plan, &known->confined, err))
        return false;
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(run, &known->confined));
    return true;
}

/* --method stands in place of the keys. */
static bool set_method(const struct options *opt, struct known *known, struct err *err)
{
    const char *method = cli_value(opt, FLAG_METHOD);

    if (!method)
        return true;
    if (strcmp(method, "exact") != 0 && strcmp(method, "draws") != 0)
        return err_set(err, "--method does not know '%.40s'; one of: exact, draws",
                       method);
    for (size_t i = 0; i < known->settings.n; i++)
        known->settings.experiment[i].allocation.is_drawn =
            strcmp(method, "draws") == 0;
    return true;
}

static bool open_all(const struct options *opt, struct arena *run, struct round *round,
                     struct err *err)
{
    struct known *known = &round->known;
    const char *path;

    if (!known_configure(opt, run, known, err) || !set_method(opt, known, err) ||
        !inputs_open(&known->config, &known->settings, run, &round->inputs, err))
        return false;
    path = opt->state_path ? opt->state_path
                           : file_join(run, known->config.folder, "state");
    if (!state_folder_open(&known->folder, path, !opt->dry_run, err) ||
        !state_folder_add(&known->folder, "weights", !opt->dry_run, err) ||
        !confine(opt, round, run, err))
        return false;
    round->as_of = cli_last_day(opt, &round->known.config, inputs_lag_h(round->inputs));
    if (!opt->dry_run && !state_folder_lock(&known->folder, LOCK_SECONDS, err))
        return false;
    return true;
}

/* --replay of a day before `through` starts from nothing, as a first run on that day
 * would have. */
static bool load(const struct options *opt, struct round *round, struct arena *run,
                 struct err *err)
{
    struct known *known = &round->known;

    if (!known_load(run, known, err))
        return false;
    if (!known->json || round->as_of >= known->through)
        return true;
    if (!cli_allows_day(opt, round->as_of, known->through, err))
        return false;
    known_forget(run, known);
    return true;
}

/* ---- what came ---- */

/* First day of the phase that this run judges. */
static int32_t phase_start(const struct trial *trial)
{
    return trial->new_phase != 0 ? trial->new_phase : trial->standing.start;
}

/* The days to count: those that are not judged or not final yet, and some that are, to
 * compare; none of an earlier phase, whose arms may have been others. A first run takes
 * all there are. */
static int32_t first_day(const struct trial *trial, int32_t as_of, struct arena *run)
{
    int32_t newest = evidence_through(trial->experiment, as_of, run);
    int32_t known = evidence_through(trial->experiment, trial->standing.as_of, run) + 1;
    int32_t from = newest - FINAL_AFTER_DAYS + 1;

    if (!trial->facts) // 0 where the first exposure begins it
        return trial->experiment->start > as_of ? as_of : trial->experiment->start;
    if (known < from)
        from = known;
    from -= REWRITE_CHECK_DAYS;
    if (from < phase_start(trial))
        from = phase_start(trial);
    if (from > trial->standing.as_of + 1) // it begins later, and those days are empty
        from = trial->standing.as_of + 1;
    return from > as_of ? as_of : from;
}

static bool collect(struct round *round, struct arena *run, struct err *err)
{
    struct known *known = &round->known;
    size_t n = known->settings.n, lost = 0;

    round->collected = arena_new(run, struct collected, n);
    for (size_t i = 0; i < n; i++) {
        struct trial *trial = &known->trial[i];

        round->collected[i] =
            (struct collected){.experiment = trial->experiment,
                               .from = first_day(trial, round->as_of, run),
                               .to = round->as_of};
        trial->collected = &round->collected[i];
        if (!collect_log(&known->config, trial->experiment, run, &trial->log, err) ||
            (trial->experiment->counts &&
             !collect_daily(&known->config, &round->collected[i], run, err)))
            return false;
    }
    if (!inputs_collect(round->inputs, round->collected, n, run, &round->problems, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct collected *collected = &round->collected[i];
        const char *trouble = collected->trouble;

        if (!trouble && collected->ndays > 0)
            trouble = collected->day[collected->ndays - 1].trouble;
        known->trial[i].trouble = trouble;
        lost += trouble != NULL;
    }
    if (n > 0 && lost == n)
        return err_set(err, "no experiment has data of %s: %s",
                       day_text(round->as_of).text, known->trial[0].trouble);
    return true;
}

/* ---- what follows ---- */

/* Sets what the events say now; what was in force that day stays. */
static void count_day(const struct experiment *experiment, const struct arms_day *from,
                      struct evidence_day *row)
{
    row->multi = from->multi;
    row->unknown = from->unknown;
    row->is_mature = from->is_mature;
    for (size_t a = 0; a < experiment->narms; a++) {
        row->at_once[a].exposed = from->exposed[a];
        row->mature[a] = from->mature[a];
    }
}

static bool is_same(const struct experiment *experiment, const struct arms_day *from,
                    const struct evidence_day *row)
{
    for (size_t a = 0; a < experiment->narms; a++) {
        const struct arm_mature *now = &from->mature[a], *then = &row->mature[a];

        if (row->at_once[a].exposed != from->exposed[a] || now->units != then->units ||
            now->conversions != then->conversions ||
            now->sum_x10000 != then->sum_x10000 || now->sumsq_x1e8 != then->sumsq_x1e8)
            return false;
        for (size_t g = 0; g < experiment->nguardrails; g++) // -1: not counted then
            if (then->guardrail[g] >= 0 && now->guardrail[g] != then->guardrail[g])
                return false;
    }
    return row->multi == from->multi && row->unknown == from->unknown;
}

/* Days up to `through` are counted again while they are not final, for late data, and
 * once when their windows have closed, however late that is seen; a final day that
 * changed is told, and stands. */
static void count_again(struct trial *trial, int32_t through, int32_t as_of,
                        struct arena *run)
{
    struct evidence *evidence = &trial->history->evidence;
    int32_t final = evidence_through(trial->experiment, as_of, run) - FINAL_AFTER_DAYS;
    int32_t kept = history_kept_through(trial->history);

    for (size_t i = 0; i < trial->collected->ndays; i++) {
        const struct arms_day *from = &trial->collected->day[i];
        struct evidence_day *row = evidence_find(evidence, from->day);

        if (from->day > through || from->trouble || from->day < phase_start(trial) ||
            from->day <= kept)
            continue;
        if (from->day > final || (row && !row->is_mature)) {
            if (!row)
                row = evidence_put(evidence, from->day, run);
            count_day(trial->experiment, from, row);
            judge_tagged(trial->experiment, evidence, from, row);
        } else if (row && !is_same(trial->experiment, from, row)) {
            if (trial->rewritten == 0)
                trial->rewritten = from->day;
            trial->rewritten_days++;
        }
    }
}

/* One day as a run on it would have. */
static void judge_one(struct trial *trial, const struct arms_day *day, bool decides,
                      struct arena *run)
{
    const struct experiment *experiment = trial->experiment;
    struct evidence *evidence = &trial->history->evidence;
    struct occasion occasion = {
        .as_of = day->day,
        .evidence_through = evidence_through(experiment, day->day, run),
        .trouble = day->trouble,
        .decides = decides,
        .log = trial->log,
        .seed = measure_seed(experiment->id, day->day),
    };
    struct findings now = {0};

    if (!day->trouble) {
        struct evidence_day *row = evidence_put(evidence, day->day, run);

        count_day(experiment, day, row);
        judge_in_force(experiment, evidence, &trial->standing, day, row);
    }
    trial->trouble = day->trouble;
    if (trial->new_phase != 0) {
        standing_begin(experiment, trial->new_phase, &trial->standing);
        trial->new_phase = 0;
    }
    judge_day(&trial->judging, &occasion, &trial->standing, &trial->judged);
    judge_findings(trial, run, &now);
    trial->open = now;
    trial_keep(trial, state_facts(trial));
}

/* What came of `day`; a day that nothing came of has no data. */
static struct arms_day day_of(const struct collected *collected, int32_t day)
{
    struct arms_day none = {.day = day,
                            .trouble = collected->trouble ? collected->trouble
                                                          : "nothing was read of it"};

    if (collected->ndays == 0 && !collected->trouble) { // no exposure on any day
        none.trouble = NULL;
        return none;
    }
    return collected->ndays > 0 && day >= collected->from && day <= collected->to
               ? collected->day[day - collected->from]
               : none;
}

/* A first run decides once, for tomorrow: no weights of ours were in force before. One
 * without any exposure yet publishes the equal split, to begin with. */
static void judge_trial(struct trial *trial, int32_t through, int32_t as_of,
                        struct arena *run)
{
    const struct collected *collected = trial->collected;
    bool is_first = !trial->facts;
    int32_t first = through + 1;

    if (is_first && collected->ndays > 0 && trial->experiment->start <= as_of) {
        first = collected->from;
        standing_begin(trial->experiment, first, &trial->standing);
    } else if (is_first) {
        first = as_of;
        standing_begin(trial->experiment,
                       trial->experiment->start > as_of ? trial->experiment->start
                                                        : as_of + 1,
                       &trial->standing);
    } else {
        count_again(trial, through, as_of, run);
    }
    for (int32_t d = first; d <= as_of; d++) {
        struct arms_day day = day_of(collected, d);

        judge_one(trial, &day, !is_first || d == as_of, run);
    }
}

static bool judge(struct round *round, struct arena *run, struct err *err)
{
    for (size_t i = 0; i < round->known.settings.n; i++) {
        struct trial *trial = &round->known.trial[i];

        bool is_killed;

        judge_trial(trial, round->known.through, round->as_of, run);
        is_killed = judge_kills(&trial->judging, &trial->standing);
        if (!trial_look(trial, round->as_of, err))
            return false;
        if (is_killed)
            trial_keep(trial, state_facts(trial));
    }
    return true;
}

/* ---- what is said and kept ---- */

static json_t *document(struct round *round, struct arena *run)
{
    struct known *known = &round->known;
    json_t *experiments = json_object();
    struct findings all = {0};

    for (size_t i = 0; i < known->settings.n; i++) {
        struct trial *trial = &known->trial[i];

        json_put(experiments, trial->experiment->id,
                 json_incref((json_t *)trial->facts));
        for (size_t f = 0; f < trial->open.n; f++)
            findings_add(&all, run, trial->open.item[f]);
    }
    return state_document(experiments, &all, round->as_of);
}

static bool report(const struct options *opt, const struct round *round,
                   const json_t *after, struct arena *run, int *status, struct err *err)
{
    const struct known *known = &round->known;
    OWN(json) extra = bandit_report_extra(known->trial, known->settings.n, run);
    struct report said = {.tool = "bandit",
                          .has_through = true,
                          .confined = known->confined,
                          .problems = round->problems.said,
                          .nproblems = round->problems.n,
                          .extra = extra};
    struct buf out;

    if (!state_findings(after, run, &said.through, &said.findings, err))
        return false;
    findings_add_resolved(&said.findings, &known->findings, after, run);
    findings_mute(&said.findings, &known->config, said.through, run, &said.muted);
    bandit_report(known->trial, known->settings.n, run, &said);
    bandit_tables(known->trial, known->settings.n, run, &said);
    said.exit = *status = findings_exit_status(&said.findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (!report_render(&said, opt->format, &out, err))
        return false;
    if (opt->dry_run && opt->format == FORMAT_TEXT) {
        buf_add_text(&out, "state/" BANDIT_JSON ":\n");
        state_diff(known->json, after, run, &out);
    }
    return report_print(&out, err);
}

/* The bytes of all weight files, before anything is said: a value that a format cannot
 * carry is no verdict. */
static bool format_weights(struct round *round, struct arena *run, struct err *err)
{
    const struct known *known = &round->known;

    round->file =
        arena_new(run, struct weights_file, known->settings.n * WEIGHTS_COUNT);
    for (size_t i = 0; i < known->settings.n; i++) {
        const struct trial *trial = &known->trial[i];
        const struct weights weights = {trial->experiment, trial->standing.version,
                                        trial->standing.weight_bp};

        for (int f = 0; f < WEIGHTS_COUNT && trial->new_phase == 0; f++) {
            enum weight_format format = (enum weight_format)f;
            struct weights_file *file = &round->file[round->nfiles];

            if ((trial->experiment->formats >> f & 1) == 0)
                continue;
            if (!weights_format(&weights, format, run, &file->bytes, err))
                return err_wrap(err, "experiment '%s'", trial->experiment->id);
            file->name = str_format(run, "weights/%s",
                                    weights_file_name(trial->experiment, format, run));
            round->nfiles++;
        }
    }
    return true;
}

/* History, weights, conclusions, in this order: a stop between two of them heals on the
 * next run, which decides the same again. */
static bool save(const struct round *round, struct err *err)
{
    const struct state_folder *folder = &round->known.folder;

    if (!state_save(folder, BANDIT_HISTORY, buf_str(&round->history), NULL, err))
        return false;
    for (size_t i = 0; i < round->nfiles; i++)
        if (!state_save(folder, round->file[i].name, round->file[i].bytes, NULL, err))
            return false;
    return state_save(folder, BANDIT_JSON, round->json, NULL, err);
}

static bool round_in(const struct options *opt, struct round *round, struct arena *run,
                     int *status, struct err *err)
{
    OWN(json) after = NULL;

    if (!open_all(opt, run, round, err) || !load(opt, round, run, err) ||
        !collect(round, run, err) || !judge(round, run, err) ||
        !format_weights(round, run, err))
        return false;
    after = document(round, run);
    buf_init(&round->history, run, HISTORY_BYTES_MAX);
    history_format(&round->known.history, &round->history);
    if (round->history.overflowed)
        return err_set(err, "the history is over 64 MiB: take experiments that have "
                            "ended out of the configuration");
    if (!state_json_format(after, run, &round->json, err) ||
        !report(opt, round, after, run, status, err))
        return false;
    err->after_report = true;
    return opt->dry_run || save(round, err);
}

int bandit_run(const struct options *opt, struct err *err)
{
    struct round round = {0};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    known_init(&round.known);
    if (!round_in(opt, &round, &run, &status, err))
        status = VERDICT_UNKNOWN;
    inputs_close(round.inputs);
    known_release(&round.known);
    arena_release(&run);
    return status;
}
