/* What is known before anything is decided: configuration, state, history; and for
 * verbs that only look, each experiment as its last run left it. */
#include <string.h>

#include "bandit/bandit.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/look.h"
#include "shared/own.h"

#include "shared/banned.h"

void known_init(struct known *known)
{
    *known = (struct known){.folder = STATE_FOLDER_CLOSED};
}

void trial_keep(struct trial *trial, json_t *facts)
{
    json_decref(trial->facts);
    trial->facts = facts;
}

static void forget_facts(struct known *known)
{
    for (size_t i = 0; known->trial && i < known->settings.n; i++)
        trial_keep(&known->trial[i], NULL);
}

void known_release(struct known *known)
{
    forget_facts(known);
    json_decref(known->json);
    known->json = NULL;
    state_folder_release(&known->folder);
    config_release(&known->config);
}

/* All that the schema asks for: show then takes the experiments from the state. */
static const char nothing_said[] = "{\"bandit\": {\"experiments\": {}}}";

/* Without a configuration what the facts tell of an experiment has to do: its arms, its
 * floor, whether its rewards are numbers. */
static bool assume(struct arena *arena, struct known *known, struct err *err)
{
    const json_t *experiments = json_object_get(known->json, "experiments");
    size_t n;
    const char **ids = json_keys(arena, experiments, &n);

    known->settings.experiment = arena_new(arena, struct experiment, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *facts = json_object_get(experiments, ids[i]);
        const json_t *arms = json_object_get(facts, "arms");
        struct experiment *experiment = &known->settings.experiment[i];
        const char *names[ARMS_MAX];
        size_t narms = json_array_size(arms);

        for (size_t a = 0; a < narms && a < ARMS_MAX; a++)
            names[a] = json_string_value(json_array_get(arms, a));
        if (narms < 2 || narms > ARMS_MAX || !names[narms - 1])
            return err_set(err,
                           "cannot use 'state/" BANDIT_JSON
                           "': the arms of '%s' do not fit; restore it from git",
                           ids[i]);
        experiment_defaults(ids[i], names, narms, experiment);
        experiment->log = str_format(arena, "experiments/%s.md", ids[i]);
        if (json_object_get(facts, "mean_x10000"))
            experiment->reward =
                (struct reward){.type = REWARD_VALUE, .is_log1p = true};
        if (json_is_integer(json_object_get(facts, "floor_bp")))
            experiment->allocation.floor_bp =
                (int)json_integer_value(json_object_get(facts, "floor_bp"));
    }
    known->settings.n = n;
    return true;
}

bool known_configure(const struct options *opt, struct arena *arena,
                     struct known *known, struct err *err)
{
    return config_load(opt->config_path, arena, &known->config, err) &&
           settings_read(&known->config, arena, &known->settings, err) &&
           config_enter_zone(&known->config, err);
}

const struct experiment *known_experiment(const struct known *known, const char *id,
                                          struct arena *arena, struct err *err)
{
    const struct experiment *found = settings_find(&known->settings, id);
    const char **ids = arena_new(arena, const char *, known->settings.n);
    const char *near;

    if (found)
        return found;
    for (size_t i = 0; i < known->settings.n; i++)
        ids[i] = known->settings.experiment[i].id;
    near = str_nearest(id, ids, known->settings.n);
    (void)err_set(err, "no experiment '%.80s'%s%s%s", id,
                  near ? "; did you mean '" : "", near ? near : "", near ? "'" : "");
    return NULL;
}

/* The trial of each experiment, without state. */
static void begin_trials(struct arena *arena, struct known *known)
{
    known->trial = arena_new(arena, struct trial, known->settings.n);
    for (size_t i = 0; i < known->settings.n; i++) {
        const struct experiment *experiment = &known->settings.experiment[i];

        known->trial[i] = (struct trial){.experiment = experiment};
        (void)history_put(&known->history, experiment, arena);
    }
    for (size_t i = 0; i < known->settings.n; i++) { // they stay where they are now
        struct trial *trial = &known->trial[i];

        trial->history = history_put(&known->history, trial->experiment, arena);
        trial->judging = (struct judging){.experiment = trial->experiment,
                                          .evidence = &trial->history->evidence,
                                          .arena = arena};
    }
}

/* Whether the finding is of this experiment: bandit/CHECK/ID or bandit/CHECK/ID/ARM. */
static bool is_of(const struct finding *finding, const char *id)
{
    const char *check = strchr(finding->id, '/');
    const char *subject = check ? strchr(check + 1, '/') : NULL;
    size_t n = strlen(id);

    return subject && strncmp(subject + 1, id, n) == 0 &&
           (subject[1 + n] == '\0' || subject[1 + n] == '/');
}

/* Rows after the last judged day are what an interrupted run left. */
static void forget_after(struct evidence *evidence, int32_t through)
{
    while (evidence->n > 0 && evidence->day[evidence->n - 1].day > through)
        evidence->n--;
}

/* Open findings, and the arms that guardrails stopped. */
static void take_findings(struct arena *arena, const struct known *known,
                          struct trial *trial)
{
    const struct experiment *experiment = trial->experiment;
    const char *prefix = str_format(arena, "bandit/guardrail/%s/", experiment->id);

    for (size_t i = 0; i < known->findings.n; i++) {
        const struct finding *finding = &known->findings.item[i];

        if (!is_of(finding, experiment->id))
            continue;
        findings_add(&trial->open, arena, *finding);
        for (size_t a = 0; a < experiment->narms; a++)
            if (strncmp(finding->id, prefix, strlen(prefix)) == 0 &&
                strcmp(finding->id + strlen(prefix), experiment->arm[a].name) == 0)
                trial->standing.is_stopped[a] = true;
    }
}

static bool load_trial(struct arena *arena, const struct known *known,
                       struct trial *trial, struct err *err)
{
    const struct experiment *experiment = trial->experiment;
    struct standing *standing = &trial->standing;
    bool is_wider;

    if (!state_standing(trial->facts, experiment, known->through, standing, &is_wider,
                        err))
        return false;
    take_findings(arena, known, trial);
    if (is_wider || experiment->start > standing->start) {
        trial->new_phase = is_wider ? known->through + 1 : experiment->start;
        return true;
    }
    judge_resume(&trial->judging, known->through,
                 evidence_through(experiment, known->through, arena), standing);
    return true;
}

bool known_load(struct arena *arena, struct known *known, struct err *err)
{
    const json_t *experiments;
    struct str rows;

    if (!state_json_load(&known->folder, BANDIT_JSON, "bandit", BANDIT_SCHEMA, arena,
                         &known->json, err))
        return false;
    if (known->json &&
        !state_findings(known->json, arena, &known->through, &known->findings, err))
        return state_json_refuse(&known->folder, BANDIT_JSON, arena, err);
    if (known->json && (!state_text_load(&known->folder, BANDIT_HISTORY, HISTORY_HEADER,
                                         arena, &rows, err)))
        return false;
    if (known->json && known->is_assumed && !assume(arena, known, err))
        return false;
    if (known->json && !rows.at) // it is written before the JSON, so it was there
        return err_set(err, "cannot go on without 'state/" BANDIT_HISTORY
                            "': restore it from git, or remove 'state/" BANDIT_JSON
                            "' to begin anew");
    if (known->json && !history_parse(rows, "state/" BANDIT_HISTORY, &known->settings,
                                      arena, &known->history, err))
        return false;
    begin_trials(arena, known);
    experiments = json_object_get(known->json, "experiments");
    for (size_t i = 0; i < known->settings.n; i++) {
        struct trial *trial = &known->trial[i];

        trial_keep(trial,
                   json_incref(json_object_get(experiments, trial->experiment->id)));
        if (!trial->facts) // a first run, or a second after one that was interrupted
            trial->history->evidence.n = trial->history->nkept = 0;
        forget_after(&trial->history->evidence, known->through);
        if (trial->facts && !load_trial(arena, known, trial, err))
            return false;
    }
    return true;
}

void known_forget(struct arena *arena, struct known *known)
{
    forget_facts(known);
    json_decref(known->json);
    known->json = NULL;
    known->through = 0;
    known->findings.n = 0;
    known->history.n = 0;
    begin_trials(arena, known);
}

/* ---- an experiment as its last run left it ---- */

static bool audit(const struct trial *trial, uint32_t seed, struct err *err)
{
    const struct assessment *now = &trial->judged.now;
    struct posterior posterior[ARMS_MAX];
    double p_best[ARMS_MAX];
    size_t n = 0;

    for (size_t a = 0; a < trial->experiment->narms; a++) {
        if (!trial->judging.is_active[a])
            continue;
        posterior[n] = now->posterior[a];
        p_best[n++] = now->comparison.p_best[a];
    }
    return n < 2 || measure_audit(posterior, n, p_best, seed) ||
           err_set(err,
                   "experiment '%s': P(best) and the sampler disagree; nothing is "
                   "decided; please report this with 'state/" BANDIT_HISTORY "'",
                   trial->experiment->id);
}

bool trial_look(struct trial *trial, int32_t as_of, struct err *err)
{
    struct occasion occasion = {
        .as_of = as_of,
        .trouble = trial->standing.freeze == FREEZE_SOURCE ? "no data" : NULL,
        .log = trial->log,
        .skipped = trial->skipped,
        .seed = measure_seed(trial->experiment->id, as_of),
    };
    struct series series;

    judge_look(&trial->judging, &occasion, &trial->standing, &trial->judged);
    if (trial->judged.now.day == 0)
        return true;
    series = judge_series(&trial->judging, trial->judged.now.day, -1);
    judge_assess(&trial->judging, &occasion, &series, series.n, WANT_BEATS | WANT_LOSS,
                 &trial->judged.now);
    return audit(trial, occasion.seed, err);
}

/* ---- verbs that only look ---- */

static bool confine(const struct options *opt, const char *state, struct arena *arena,
                    struct known *known, struct err *err)
{
    size_t n = known->settings.n;
    const char **read = arena_new(arena, const char *, n + 1);
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = read, .nread = n + 1};

    read[n] = state;
    for (size_t i = 0; i < n; i++)
        read[i] =
            file_join(arena, known->config.folder, known->settings.experiment[i].log);
    return sandbox_enter(&plan, &known->confined, err);
}

/* Whether the facts say that the log is not complete: it may be out of reach now. */
static bool lacks_log(const json_t *facts)
{
    const json_t *missing =
        json_object_get(json_object_get(facts, "promotion"), "missing");
    const char *docs = promotion_item_word(ITEM_DOCS_PARITY);

    for (size_t i = 0; i < json_array_size(missing); i++) {
        const char *item = json_string_value(json_array_get(missing, i));

        if (item && strcmp(item, docs) == 0)
            return true;
    }
    return false;
}

bool known_look(const struct options *opt, struct arena *arena, struct known *known,
                struct err *err)
{
    const char *state;

    known->is_assumed = opt->state_path && look_lacks_config(opt);
    if (!look_configure(opt, !opt->state_path, nothing_said, arena, &known->config,
                        err) ||
        (!known->is_assumed &&
         !settings_read(&known->config, arena, &known->settings, err)) ||
        !config_enter_zone(&known->config, err))
        return false;
    state = opt->state_path ? opt->state_path
                            : file_join(arena, known->config.folder, "state");
    if (!state_folder_open(&known->folder, state, false, err) ||
        !confine(opt, state, arena, known, err) || !known_load(arena, known, err))
        return false;
    if (!look_found(known->json, state, BANDIT_JSON, err))
        return false;
    for (size_t i = 0; i < known->settings.n; i++) {
        struct trial *trial = &known->trial[i];

        if (known->is_assumed && !lacks_log(trial->facts))
            trial->skipped = 1U << ITEM_DOCS_PARITY;
        if (trial->facts && trial->new_phase == 0 &&
            (!collect_log(&known->config, trial->experiment, arena, &trial->log, err) ||
             !trial_look(trial, known->through, err)))
            return false;
    }
    return true;
}
