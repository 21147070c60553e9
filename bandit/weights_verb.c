/* The verbs `weights` and `remake`: weight files from what the state says was decided,
 * one printed, or all of them written again. They decide nothing. */
#include "bandit/bandit.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/state.h"

#include "shared/banned.h"

enum { SHOWN_MAX = 80 };

static bool read_format(const char *word, enum weight_format *format, struct err *err)
{
    const char *words[WEIGHTS_COUNT];
    const char *near;

    *format = WEIGHTS_JSON;
    if (!word || weight_format_parse(word, format))
        return true;
    for (size_t i = 0; i < WEIGHTS_COUNT; i++)
        words[i] = weight_format_word((enum weight_format)i);
    near = str_nearest(word, words, WEIGHTS_COUNT);
    if (near)
        return err_set(err, "--as does not know '%.*s'; did you mean '%s'", SHOWN_MAX,
                       word, near);
    return err_set(err,
                   "--as does not know '%.*s'; one of: json, flagd, growthbook, "
                   "unleash, launchdarkly, nginx, haproxy, traefik, envoy",
                   SHOWN_MAX, word);
}

/* Confined to reading the state folder, as `show` is. */
static bool load(const struct options *opt, struct arena *run, struct known *known,
                 struct err *err)
{
    const char *path = opt->state_path ? opt->state_path
                                       : file_join(run, known->config.folder, "state");
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = &path, .nread = 1};

    if (!state_folder_open(&known->folder, path, false, err) ||
        !sandbox_enter(&plan, &known->confined, err) ||
        !state_json_load(&known->folder, BANDIT_JSON, "bandit", BANDIT_SCHEMA, run,
                         &known->json, err))
        return false;
    return known->json ||
           err_set(err, "nothing to print: there is no '%s/" BANDIT_JSON "'; run first",
                   path);
}

/* What is in force only a run can say when the arms or the phase are new. */
static bool read_standing(const struct known *known,
                          const struct experiment *experiment,
                          struct standing *standing, struct err *err)
{
    const json_t *facts =
        json_object_get(json_object_get(known->json, "experiments"), experiment->id);
    bool is_wider;

    if (!facts)
        return err_set(err, "experiment '%s' is not in the state yet; run first",
                       experiment->id);
    if (!state_standing(facts, experiment, 0, standing, &is_wider, err))
        return false;
    if (is_wider || experiment->start > standing->start)
        return err_set(err,
                       "experiment '%s' has new arms or a new start since its weights "
                       "were decided; run first",
                       experiment->id);
    return true;
}

static bool print(const struct options *opt, struct arena *run, struct known *known,
                  struct err *err)
{
    struct weights weights = {0};
    struct standing standing = {0};
    enum weight_format format;
    struct str bytes;
    struct buf out;

    if (!read_format(cli_value(opt, FLAG_AS), &format, err) ||
        !known_configure(opt, run, known, err))
        return false;
    weights.experiment = known_experiment(known, opt->args[0], run, err);
    if (!weights.experiment || !load(opt, run, known, err) ||
        !read_standing(known, weights.experiment, &standing, err))
        return false;
    weights.version = standing.version;
    weights.weight_bp = standing.weight_bp;
    if (!weights_format(&weights, format, run, &bytes, err))
        return false;
    buf_init(&out, run, STATE_BYTES_MAX + 1);
    buf_add(&out, bytes.at, bytes.n);
    return report_print(&out, err);
}

int bandit_weights(const struct options *opt, struct err *err)
{
    struct known known;
    struct arena run;
    int status;

    arena_init(&run, ARENA_BYTES_MAX);
    known_init(&known);
    status = print(opt, &run, &known, err) ? VERDICT_OK : VERDICT_UNKNOWN;
    known_release(&known);
    arena_release(&run);
    return status;
}

/* ---- remake ---- */

static bool open_to_write(const struct options *opt, struct arena *run,
                          struct known *known, struct err *err)
{
    const char *path = opt->state_path ? opt->state_path
                                       : file_join(run, known->config.folder, "state");
    struct sandbox_plan plan = {.mode = opt->sandbox, .write = &path, .nwrite = 1};

    return state_folder_open(&known->folder, path, false, err) &&
           state_folder_add(&known->folder, "weights",
                            known->folder.fd >= 0 && !opt->dry_run, err) &&
           sandbox_enter(&plan, &known->confined, err) &&
           (known->folder.fd < 0 ||
            (state_folder_lock(&known->folder, LOCK_SECONDS, err) &&
             state_json_load(&known->folder, BANDIT_JSON, "bandit", BANDIT_SCHEMA, run,
                             &known->json, err)));
}

/* The files of one experiment. What only a run can decide keeps the files it has. */
static bool remake_one(const struct known *known, const struct experiment *experiment,
                       bool is_dry, struct arena *run, struct err *err)
{
    const json_t *facts =
        json_object_get(json_object_get(known->json, "experiments"), experiment->id);
    struct weights weights = {.experiment = experiment};
    struct standing standing = {0};
    bool is_wider;

    if (!facts)
        return true;
    if (!state_standing(facts, experiment, 0, &standing, &is_wider, err))
        return false;
    if (is_wider || experiment->start > standing.start)
        return true;
    weights.version = standing.version;
    weights.weight_bp = standing.weight_bp;
    for (int f = 0; f < WEIGHTS_COUNT; f++) {
        enum weight_format format = (enum weight_format)f;
        struct str bytes;

        if ((experiment->formats >> f & 1) == 0)
            continue;
        if (!weights_format(&weights, format, run, &bytes, err) ||
            (!is_dry &&
             !state_save(&known->folder,
                         str_format(run, "weights/%s",
                                    weights_file_name(experiment, format, run)),
                         bytes, NULL, err)))
            return err_wrap(err, "experiment '%s'", experiment->id);
    }
    return true;
}

static bool remake(const struct options *opt, struct arena *run, struct known *known,
                   struct err *err)
{
    if (!known_configure(opt, run, known, err) || !open_to_write(opt, run, known, err))
        return false;
    for (size_t i = 0; i < known->settings.n; i++)
        if (!remake_one(known, &known->settings.experiment[i], opt->dry_run, run, err))
            return false;
    return true;
}

int bandit_remake(const struct options *opt, struct err *err)
{
    struct known known;
    struct arena run;
    int status;

    arena_init(&run, ARENA_BYTES_MAX);
    known_init(&known);
    status = remake(opt, &run, &known, err) ? VERDICT_OK : VERDICT_UNKNOWN;
    known_release(&known);
    arena_release(&run);
    return status;
}
