/* The verb `replay`: what judging would have decided day by day, from a file of daily
 * counts alone. Judges with the code of a run; reads no state, writes nothing. */
#include <fcntl.h>
#include <math.h>
#include <string.h>

#include "bandit/bandit.h"
#include "bandit/columns.h"
#include "shared/clock.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/look.h"

#include "shared/banned.h"

#define LOG_E_MAX 690.0 /* exp of it is a number still */

struct replay {
    struct config config;
    struct experiment experiment; /* as it is judged */
    struct counts_file file;
    struct evidence evidence;
    struct arena run;
};

/* The keys of --experiment, from -c or from rounds.json where there is one; `found`
 * NULL: the defaults. */
static bool find_configured(const struct options *opt, struct replay *replay,
                            const struct experiment **found, struct err *err)
{
    const char *id = cli_value(opt, FLAG_EXPERIMENT);
    bool is_said = strcmp(opt->config_path, CONFIG_PATH) != 0;
    struct settings settings;

    *found = NULL;
    if (!id && is_said)
        return err_set(err, "-c without --experiment; say whose keys are meant");
    if (id && !is_experiment_id(str_of(id)))
        return err_set(err, "--experiment is no id; it matches "
                            "[a-z0-9][a-z0-9_-]{0,63}");
    if (!id || look_lacks_config(opt))
        return true;
    if (!config_load(opt->config_path, &replay->run, &replay->config, err) ||
        !settings_read(&replay->config, &replay->run, &settings, err))
        return false;
    *found = settings_find(&settings, id);
    if (!*found && is_said)
        return err_set(err, "'%s' has no experiment '%s'", opt->config_path, id);
    return true;
}

/* --arms, as names in the arena. */
static bool read_arms(const char *text, struct arena *run, const char *name[ARMS_MAX],
                      size_t *n, struct err *err)
{
    struct str part[ARMS_MAX];

    *n = str_split(str_of(text), ',', part, ARMS_MAX);
    if (*n < 2 || *n > ARMS_MAX)
        return err_set(err, "--arms has %zu names; give 2 to %d", *n, (int)ARMS_MAX);
    for (size_t i = 0; i < *n; i++) {
        if (!is_arm_name(part[i]))
            return err_set(err,
                           "--arms: name %zu is no arm's; it matches "
                           "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
                           i + 1);
        name[i] = str_copy(run, part[i].at, part[i].n);
        for (size_t before = 0; before < i; before++)
            if (strcmp(name[before], name[i]) == 0)
                return err_set(err, "--arms names '%s' twice", name[i]);
    }
    return true;
}

/* What is known of the experiment before the file is read: `file.configured`. */
static bool prepare(const struct options *opt, struct replay *replay, struct err *err)
{
    const char *arms = cli_value(opt, FLAG_ARMS);
    const char *id = cli_value(opt, FLAG_EXPERIMENT);
    const struct experiment *configured;
    const char *name[ARMS_MAX];
    size_t n;

    replay->file = (struct counts_file){.name = opt->args[0], .experiment = id};
    if (!find_configured(opt, replay, &configured, err))
        return false;
    if (configured && arms)
        return err_set(err, "--arms beside the arms of '%s' in '%s'; leave it out", id,
                       opt->config_path);
    if (configured) {
        replay->experiment = *configured;
    } else if (arms) {
        if (!read_arms(arms, &replay->run, name, &n, err))
            return false;
        experiment_defaults(id, name, n, &replay->experiment);
        replay->file.any_reward = true;
    }
    if (configured || arms)
        replay->file.configured = &replay->experiment;
    return true;
}

/* What only the file says: its arms, the kind of its rewards. */
static void complete(struct replay *replay)
{
    const struct counts_file *file = &replay->file;
    struct experiment *experiment = &replay->experiment;

    if (!file->configured)
        experiment_defaults(NULL, file->arm, file->narms, experiment);
    if (!file->configured || file->any_reward) {
        experiment->reward.type = file->is_numeric ? REWARD_VALUE : REWARD_CONVERSION;
        experiment->id = file->experiment ? file->experiment : "replay";
    }
    if (!file->has_tagged)
        experiment->version_property = NULL;
}

static bool set_keys(const struct options *opt, struct experiment *experiment,
                     struct err *err)
{
    for (size_t i = 0; i < opt->nvalues; i++)
        if (opt->values[i].flag == FLAG_SET &&
            !experiment_set(experiment, opt->values[i].text, err))
            return false;
    return true;
}

/* Items that the file says too little about. */
static uint32_t skipped_items(const struct counts_file *file)
{
    uint32_t skipped = 1U << ITEM_DOCS_PARITY;

    if (!file->has_weights)
        skipped |= 1U << ITEM_SRM;
    if (!file->has_multi)
        skipped |= 1U << ITEM_MULTI_ARM;
    if (!file->has_weights || !file->has_multi)
        skipped |= 1U << ITEM_RUNTIME_WIRING;
    if (!file->has_guardrails)
        skipped |= 1U << ITEM_GUARDRAILS;
    return skipped;
}

static void add_words(struct buf *out, uint32_t items)
{
    const char *before = "";

    for (int i = 0; i < ITEM_COUNT; i++) {
        if ((items >> i & 1) == 0)
            continue;
        buf_printf(out, "%s\"%s\"", before,
                   promotion_item_word((enum promotion_item)i));
        before = ",";
    }
}

static void add_promotion(struct buf *out, const struct promotion *promotion)
{
    uint32_t skipped = 0;

    for (int i = 0; i < ITEM_COUNT; i++)
        if (promotion->item[i].is_asked && promotion->item[i].is_skipped)
            skipped |= 1U << i;
    buf_printf(out, ",\"promotion\":{\"eligible\":%s,\"missing\":[",
               promotion->is_eligible ? "true" : "false");
    if (promotion->winner == 0)
        buf_add_text(out, "\"winner_is_control\"");
    else
        add_words(out, promotion->missing);
    buf_add_text(out, "],\"skipped\":[");
    add_words(out, skipped);
    buf_add_text(out, "]}");
}

/* One line. Names need no escaping. Before there is evidence, what it says is null. */
static void add_day(struct buf *out, const struct experiment *experiment, int32_t day,
                    const struct standing *standing, const struct judged *judged)
{
    bool is_known = judged->now.day != 0;

    buf_printf(out, "{\"day\":\"%s\",\"weights_bp\":{", day_text(day).text);
    for (size_t a = 0; a < experiment->narms; a++)
        buf_printf(out, "%s\"%s\":%lld", a > 0 ? "," : "", experiment->arm[a].name,
                   (long long)standing->weight_bp[a]);
    buf_add_text(out, is_known ? "},\"p_best\":{" : "},\"p_best\":null");
    for (size_t a = 0; a < experiment->narms && is_known; a++)
        buf_printf(out, "%s\"%s\":%.6g", a > 0 ? "," : "", experiment->arm[a].name,
                   judged->now.comparison.p_best[a]);
    if (is_known)
        buf_printf(out, "},\"recommendation\":\"%s\"",
                   experiment->arm[standing->recommendation].name);
    else
        buf_add_text(out, ",\"recommendation\":null");
    buf_printf(out, ",\"streak\":%d,\"e_value\":%s", standing->streak,
               is_known ? "{" : "null");
    for (size_t a = 1; a < experiment->narms && is_known; a++)
        buf_printf(out, "%s\"%s\":%.5g", a > 1 ? "," : "", experiment->arm[a].name,
                   exp(fmin(judged->log_e[a], LOG_E_MAX)));
    buf_add_text(out, is_known ? "}" : "");
    add_promotion(out, &judged->promotion);
    buf_add_text(out, "}\n");
}

/* Whether a decision of `as_of` was in force the day after: in a history, not before
 * the first one. */
static bool has_decided(const struct replay *replay, int32_t as_of)
{
    const struct evidence_day *next = evidence_find(&replay->evidence, as_of + 1);

    return !replay->file.has_versions || !next || next->version > 0;
}

/* The last mature day, NULL when there is none. */
static const struct evidence_day *last_mature(const struct evidence *evidence)
{
    for (size_t i = evidence->n; i > 0; i--)
        if (evidence->day[i - 1].is_mature)
            return &evidence->day[i - 1];
    return NULL;
}

/* Each run looked back as far as the file's last one does. */
static void judge_file(struct replay *replay, int32_t last, struct buf *out)
{
    const struct experiment *experiment = &replay->experiment;
    const struct evidence *evidence = &replay->evidence;
    int32_t first = evidence->day[0].day;
    int32_t lag = evidence->day[evidence->n - 1].day - last;
    struct judging judging = {.experiment = experiment,
                              .evidence = evidence,
                              .arena = &replay->run};
    struct standing standing = {0};

    standing_begin(experiment, first, &standing);
    for (int32_t day = first; day <= last; day++) {
        int32_t as_of = day + lag;
        const struct evidence_day *row = evidence_find(evidence, day);
        struct occasion occasion = {
            .as_of = as_of,
            .evidence_through = day,
            .trouble = evidence_find(evidence, as_of) ? NULL : "no rows of this day",
            .decides = has_decided(replay, as_of),
            .skipped = skipped_items(&replay->file),
            .seed = measure_seed(experiment->id, as_of),
        };
        struct judged judged;

        judge_day(&judging, &occasion, &standing, &judged);
        if (row && row->is_mature)
            add_day(out, experiment, day, &standing, &judged);
    }
}

static bool replay_file(const struct options *opt, struct replay *replay,
                        struct err *err)
{
    const char *path = opt->args[0];
    const char *id = cli_value(opt, FLAG_EXPERIMENT);
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = &path, .nread = 1};
    const struct evidence_day *last;
    struct confinement confined;
    struct str bytes = {0};
    struct buf out;

    if (!prepare(opt, replay, err) || !sandbox_enter(&plan, &confined, err) ||
        !file_read(AT_FDCWD, path, COUNTS_BYTES_MAX, false, &replay->run, &bytes,
                   err) ||
        !counts_parse(bytes, &replay->file, &replay->run, &replay->evidence, err))
        return false;
    last = last_mature(&replay->evidence);
    if (!last)
        return err_set(err, "nothing to replay: '%s' has no day with sessions%s%s",
                       path, id ? " of " : "", id ? id : "");
    complete(replay);
    if (!set_keys(opt, &replay->experiment, err))
        return false;
    buf_init(&out, &replay->run, REPORT_BYTES_MAX);
    judge_file(replay, last->day, &out);
    return report_print(&out, err);
}

int bandit_replay(const struct options *opt, struct err *err)
{
    struct replay replay = {0};
    bool good;

    arena_init(&replay.run, ARENA_BYTES_MAX);
    good = replay_file(opt, &replay, err);
    config_release(&replay.config);
    arena_release(&replay.run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
