/* The verbs that only look at the state folder: show, checklist. */
#include <string.h>

#include "bandit/bandit.h"
#include "bandit/rule_rates.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

static bool show(const struct options *opt, struct known *known, struct arena *run,
                 int *status, struct err *err)
{
    OWN(json) extra = NULL;
    struct report said = {.tool = "bandit", .has_through = true};
    struct buf out;

    if (!known_look(opt, run, known, err))
        return false;
    extra = bandit_report_extra(known->trial, known->settings.n, run);
    said.extra = extra;
    said.confined = known->confined;
    said.through = known->through;
    said.findings = known->findings;
    findings_mute(&said.findings, &known->config, said.through, run, &said.muted);
    bandit_report(known->trial, known->settings.n, run, &said);
    bandit_tables(known->trial, known->settings.n, run, &said);
    if ((opt->flags & UINT32_C(1) << FLAG_CHARTS) != 0)
        bandit_charts(known->trial, known->settings.n, run, &said);
    said.exit = *status = findings_exit_status(&said.findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    return report_render(&said, opt->format, &out, err) && report_print(&out, err);
}

int bandit_show(const struct options *opt, struct err *err)
{
    struct known known;
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    known_init(&known);
    if (!show(opt, &known, &run, &status, err))
        status = VERDICT_UNKNOWN;
    known_release(&known);
    arena_release(&run);
    return status;
}

/* ---- checklist ---- */

static const char *item_words(enum promotion_item item)
{
    switch (item) {
    case ITEM_RUNTIME_WIRING:
        return "the arm gets its share of traffic, and its events carry its own tag";
    case ITEM_SIGNAL:
        return "the same recommendation on 5 or more consecutive runs, 20 or more "
               "sessions on the winner";
    case ITEM_DOCS_PARITY:
        return "hypothesis, observed lift and promotion date are in the experiment log";
    case ITEM_MIN_DAYS: return "two weeks of evidence, each weekday twice";
    case ITEM_SRM: return "over the phase, arms were served in the shares decided";
    case ITEM_P_BEST: return "the winner is best on each of the last 5 evidence days";
    case ITEM_E_VALUE:
        return "evidence against 'no better than control' that survives daily looking";
    case ITEM_FLOOR: return "each arm is served enough to go on giving evidence";
    case ITEM_MULTI_ARM: return "units meet one arm only";
    case ITEM_GUARDRAILS: return "no guardrail is worse by more than its margin";
    case ITEM_COUNT: break;
    }
    return "";
}

static const char *winner_of(const struct trial *trial)
{
    return trial->experiment->arm[trial->judged.promotion.winner].name;
}

static void add_text(const struct trial *trial, struct buf *out)
{
    const struct promotion *promotion = &trial->judged.promotion;

    buf_printf(out, "%s: '%s' %s\n", trial->experiment->id, winner_of(trial),
               promotion->is_eligible   ? "may be promoted"
               : promotion->winner == 0 ? "leads, and is control: nothing to promote"
                                        : "may not be promoted yet");
    for (int i = 0; i < ITEM_COUNT; i++) {
        const struct item *item = &promotion->item[i];

        if (!item->is_asked)
            continue;
        buf_printf(out, "  %-4s %-15s %s (limit %s): %s\n",
                   item->passes ? "pass" : "FAIL",
                   promotion_item_word((enum promotion_item)i), item->value,
                   item->limit, item->evidence);
    }
    for (int field = 0; field < LOG_FIELDS && promotion->winner > 0; field++)
        if ((promotion->log_lines >> field & 1) != 0)
            buf_printf(out, "  %s wants a line: %s\n", trial->experiment->log,
                       log_label((enum log_field)field));
    if (trial->experiment->promotion.rule == RULE_ESSAY)
        buf_printf(out,
                   "  this rule promotes a challenger equal to control in %d %% of "
                   "experiments (3 arms %d %%, 4 arms %d %%)\n",
                   ESSAY_RATE_2_ARMS, ESSAY_RATE_3_ARMS, ESSAY_RATE_4_ARMS);
}

static json_t *item_json(enum promotion_item which, const struct item *item)
{
    json_t *object = json_object();

    json_put(object, "item", json_string(promotion_item_word(which)));
    json_put(object, "words", json_string(item_words(which)));
    json_put(object, "pass", json_boolean(item->passes));
    json_put(object, "value", json_string(item->value));
    json_put(object, "limit", json_string(item->limit));
    json_put(object, "evidence", json_string(item->evidence));
    return object;
}

static json_t *checklist_json(const struct trial *trial)
{
    const struct promotion *promotion = &trial->judged.promotion;
    json_t *object = json_object(), *missing = json_array();
    json_t *items = json_array(), *lines = json_array();

    if (promotion->winner == 0)
        json_push(missing, json_string("winner_is_control"));
    for (int i = 0; i < ITEM_COUNT; i++) {
        enum promotion_item which = (enum promotion_item)i;

        if (!promotion->item[i].is_asked)
            continue;
        json_push(items, item_json(which, &promotion->item[i]));
        if (promotion->winner > 0 && (promotion->missing >> i & 1) != 0)
            json_push(missing, json_string(promotion_item_word(which)));
    }
    for (int field = 0; field < LOG_FIELDS; field++)
        if ((promotion->log_lines >> field & 1) != 0)
            json_push(lines, json_string(log_label((enum log_field)field)));
    json_put(object, "experiment", json_string(trial->experiment->id));
    json_put(object, "rule",
             json_string(trial->experiment->promotion.rule == RULE_ESSAY ? "essay"
                                                                         : "full"));
    json_put(object, "winner", json_string(winner_of(trial)));
    json_put(object, "eligible", json_boolean(promotion->is_eligible));
    json_put(object, "missing", missing);
    json_put(object, "log_lines", lines);
    json_put(object, "items", items);
    return object;
}

static struct trial *find_trial(const struct known *known, const char *id,
                                struct arena *run, struct err *err)
{
    const struct experiment *experiment = known_experiment(known, id, run, err);
    struct trial *trial;

    if (!experiment)
        return NULL;
    trial = &known->trial[experiment - known->settings.experiment];
    if (trial->facts && trial->new_phase == 0)
        return trial;
    (void)err_set(err,
                  trial->facts
                      ? "experiment '%s' has new arms or a new start since its "
                        "weights were decided; run first"
                      : "experiment '%s' is not in the state yet; run first",
                  id);
    return NULL;
}

static bool checklist(const struct options *opt, struct known *known, struct arena *run,
                      int *status, struct err *err)
{
    OWN(json) root = NULL;
    const struct trial *trial;
    struct str bytes;
    struct buf out;

    buf_init(&out, run, REPORT_BYTES_MAX);
    if (!known_look(opt, run, known, err))
        return false;
    trial = find_trial(known, opt->args[0], run, err);
    if (!trial)
        return false;
    *status = trial->judged.promotion.is_eligible ? VERDICT_OK : VERDICT_WARN;
    if (opt->format == FORMAT_TEXT) {
        add_text(trial, &out);
        return report_print(&out, err);
    }
    root = checklist_json(trial);
    if (!state_json_format(root, run, &bytes, err))
        return false;
    buf_add(&out, bytes.at, bytes.n);
    return report_print(&out, err);
}

int bandit_checklist(const struct options *opt, struct err *err)
{
    struct known known;
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    known_init(&known);
    if (!checklist(opt, &known, &run, &status, err))
        status = VERDICT_UNKNOWN;
    known_release(&known);
    arena_release(&run);
    return status;
}
