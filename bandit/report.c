/* What the bandit adds to the report: a line or two an experiment, metrics, the numbers
 * of its arms. */
#include <math.h>
#include <string.h>

#include "bandit/bandit.h"
#include "bandit/rule_rates.h"
#include "shared/json.h"

#include "shared/banned.h"

static bool counts(const struct finding *finding)
{
    return finding->status != STATUS_RESOLVED && finding->severity != SEVERITY_INFO;
}

static const char *number(struct arena *arena, int64_t value)
{
    return str_format(arena, "%lld", (long long)value);
}

static bool is_log1p(const struct experiment *experiment)
{
    return reward_is_numeric(&experiment->reward) && experiment->reward.is_log1p;
}

static double lift(const struct trial *trial, size_t arm, double p)
{
    const struct posterior *posterior = trial->judged.now.posterior;

    return measure_lift_quantile(&posterior[arm], &posterior[0],
                                 is_log1p(trial->experiment), p);
}

/* "cta  day 19  control 13.86 %  b 86.14 %  leader b P(best) 0.782  streak 6  e 4.1" */
static const char *first_line(const struct trial *trial, struct arena *arena)
{
    const struct experiment *experiment = trial->experiment;
    const struct judged *judged = &trial->judged;
    size_t leader = trial->standing.recommendation;
    struct buf line;

    buf_init(&line, arena, 4096);
    buf_printf(&line, "%s  ", experiment->id);
    if (trial->new_phase != 0)
        buf_printf(&line, "new phase from %s", day_text(trial->new_phase).text);
    else if (judged->as_of < trial->standing.start)
        buf_printf(&line, "starts %s", day_text(trial->standing.start).text);
    else
        buf_printf(&line, "day %d", judged->as_of - trial->standing.start + 1);
    for (size_t a = 0; a < experiment->narms; a++)
        buf_printf(&line, "  %s %.2f %%%s", experiment->arm[a].name,
                   (double)trial->standing.weight_bp[a] / 100,
                   experiment->arm[a].is_killed && trial->standing.weight_bp[a] > 0
                       ? " (killed: 0 from the next run on)"
                       : "");
    if (judged->now.day == 0) {
        buf_add_text(&line, "  no evidence yet");
        return line.at;
    }
    if (!trial->judging.is_active[leader]) { // until a day that is not frozen
        buf_printf(&line, "  leader %s is out", experiment->arm[leader].name);
        return line.at;
    }
    buf_printf(&line, "  leader %s P(best) %.3f  streak %d",
               experiment->arm[leader].name, judged->now.comparison.p_best[leader],
               trial->standing.streak);
    if (leader > 0)
        buf_printf(&line, "  e %s  lift %+.1f %% (%+.1f to %+.1f)",
                   e_value_text(judged->log_e[leader], 2, arena),
                   100 * lift(trial, leader, .5), 100 * lift(trial, leader, .025),
                   100 * lift(trial, leader, .975));
    return line.at;
}

static void add_missing(const struct promotion *promotion, struct buf *line)
{
    if (promotion->winner == 0)
        buf_add_text(line, " winner_is_control");
    for (int i = 0; i < ITEM_COUNT && promotion->winner > 0; i++)
        if ((promotion->missing >> i & 1) != 0)
            buf_printf(line, " %s", promotion_item_word((enum promotion_item)i));
}

static const char *second_line(const struct trial *trial, struct arena *arena)
{
    const struct promotion *promotion = &trial->judged.promotion;
    const struct standing *standing = &trial->standing;
    struct buf line;

    buf_init(&line, arena, 4096);
    buf_add_text(&line, "     ");
    if (standing->freeze != FREEZE_NONE)
        buf_printf(&line, "frozen: %s since %s; ", freeze_words(standing->freeze),
                   day_text(standing->frozen_since).text);
    if (trial->new_phase != 0) {
        buf_add_text(&line, "no day of it was judged yet: weights stay");
        return line.at;
    }
    if (trial->experiment->start > trial->judged.as_of) {
        buf_add_text(&line, "not begun");
        return line.at;
    }
    if (promotion->is_eligible) {
        buf_printf(&line, "ready: '%s' may be promoted",
                   trial->experiment->arm[promotion->winner].name);
        return line.at;
    }
    buf_add_text(&line, "not ready:");
    add_missing(promotion, &line);
    return line.at;
}

static const char *essay_line(struct arena *arena)
{
    return str_format(
        arena,
        "     this rule promotes a challenger equal to control in %d %% of "
        "experiments (3 arms %d %%, 4 arms %d %%)",
        ESSAY_RATE_2_ARMS, ESSAY_RATE_3_ARMS, ESSAY_RATE_4_ARMS);
}

static void add_lines(const struct trial *trials, size_t n, struct arena *arena,
                      struct report *report)
{
    const char **line = arena_new(arena, const char *, 3 * n + 1);
    const char **file = arena_new(arena, const char *, n *WEIGHTS_COUNT);

    report->lines = line;
    report->files = file;
    if (n == 0)
        line[report->nlines++] = "there is no experiment in 'bandit.experiments'";
    for (size_t i = 0; i < n; i++) {
        const struct experiment *experiment = trials[i].experiment;

        line[report->nlines++] = first_line(&trials[i], arena);
        line[report->nlines++] = second_line(&trials[i], arena);
        if (experiment->promotion.rule == RULE_ESSAY)
            line[report->nlines++] = essay_line(arena);
        for (int f = 0; f < WEIGHTS_COUNT; f++)
            if ((experiment->formats >> f & 1) != 0)
                file[report->nfiles++] =
                    str_format(arena, "weights/%s",
                               weights_file_name(experiment, (enum weight_format)f,
                                                 arena));
    }
}

void bandit_report(const struct trial *trials, size_t n, struct arena *arena,
                   struct report *report)
{
    int64_t open = 0, fresh = 0, frozen = 0, ready = 0;
    struct metric *metrics = arena_new(arena, struct metric, 5);

    for (size_t i = 0; i < report->findings.n; i++) {
        const struct finding *finding = &report->findings.item[i];

        open += counts(finding);
        fresh += counts(finding) && finding->status == STATUS_NEW;
    }
    for (size_t i = 0; i < n; i++) {
        frozen += trials[i].standing.freeze != FREEZE_NONE;
        ready += trials[i].judged.promotion.is_eligible;
    }
    metrics[0] = (struct metric){"open", "", number(arena, open), "", "0"};
    metrics[1] = (struct metric){"new", "", number(arena, fresh), "", ""};
    metrics[2] = (struct metric){"experiments", "", number(arena, (int64_t)n), "", ""};
    metrics[3] = (struct metric){"frozen", "", number(arena, frozen), "", ""};
    metrics[4] = (struct metric){"ready", "", number(arena, ready), "", ""};
    report->metrics = metrics;
    report->nmetrics = 5;
    report->summary =
        str_format(arena, "%lld open, %lld new in %zu experiment%s", (long long)open,
                   (long long)fresh, n, n == 1 ? "" : "s");
    report->status = findings_worst(&report->findings);
    add_lines(trials, n, arena, report);
}

/* ---- the json form: numbers as texts, formatted once ---- */

static void put_text(json_t *object, const char *key, struct arena *arena, double value)
{
    json_put(object, key, json_string(str_format(arena, "%.6g", value)));
}

static json_t *interval(double low, double median, double high, bool has_median,
                        struct arena *arena)
{
    json_t *object = json_object();

    put_text(object, "low", arena, low);
    if (has_median)
        put_text(object, "median", arena, median);
    put_text(object, "high", arena, high);
    return object;
}

static json_t *arm_json(const struct trial *trial, size_t arm, struct arena *arena)
{
    const struct judged *judged = &trial->judged;
    const struct comparison *comparison = &judged->now.comparison;
    const struct posterior *posterior = &judged->now.posterior[arm];
    bool is_flipped = trial->experiment->reward.is_lower_better;
    json_t *object = json_object();

    json_put(object, "arm", json_string(trial->experiment->arm[arm].name));
    json_put(object, "units", json_integer(judged->units[arm]));
    if (judged->now.day == 0 || !trial->judging.is_active[arm])
        return object;
    put_text(object, "p_best", arena, comparison->p_best[arm]);
    put_text(object, "expected_loss", arena, comparison->loss[arm]);
    json_put(object, "ci95",
             is_flipped && posterior->family == POSTERIOR_BETA
                 ? interval(1 - measure_quantile(posterior, .975), 0,
                            1 - measure_quantile(posterior, .025), false, arena)
             : is_flipped ? interval(-measure_quantile(posterior, .975), 0,
                                     -measure_quantile(posterior, .025), false, arena)
                          : interval(measure_quantile(posterior, .025), 0,
                                     measure_quantile(posterior, .975), false, arena));
    if (arm == 0)
        return object;
    put_text(object, "p_beats_control", arena, comparison->beats[arm]);
    put_text(object, "e_value", arena, exp(fmin(judged->log_e[arm], 700)));
    json_put(object, "lift",
             interval(lift(trial, arm, .025), lift(trial, arm, .5),
                      lift(trial, arm, .975), true, arena));
    return object;
}

static json_t *srm_json(const struct srm *srm, struct arena *arena)
{
    json_t *object = json_object();

    put_text(object, "chi2", arena, srm->chi2);
    json_put(object, "df", json_integer(srm->df));
    json_put(object, "days", json_integer((json_int_t)srm->days));
    put_text(object, "p", arena, measure_srm_p(srm));
    return object;
}

static void put_collected(json_t *object, const struct collected *collected)
{
    json_t *skipped = json_object();

    for (int reason = 0; reason < SKIP_COUNT; reason++)
        if (collected->skipped[reason] > 0)
            json_put(skipped, skip_word((enum skip_reason)reason),
                     json_integer(collected->skipped[reason]));
    json_put(object, "skipped", skipped);
    json_put(object, "dropped", json_integer(collected->dropped));
}

static json_t *trial_json(const struct trial *trial, struct arena *arena)
{
    json_t *object = json_deep_copy(trial->facts);
    json_t *arms = json_array();

    if (!object)
        object = json_object();
    for (size_t a = 0; a < trial->experiment->narms; a++)
        json_push(arms, arm_json(trial, a, arena));
    json_put(object, "of_arm", arms);
    json_put(object, "srm", srm_json(&trial->judged.srm, arena));
    json_put(object, "audit",
             json_string(trial->judged.now.day == 0 ? "none" : "agrees"));
    if (trial->collected)
        put_collected(object, trial->collected);
    return object;
}

json_t *bandit_report_extra(const struct trial *trials, size_t n, struct arena *arena)
{
    json_t *extra = json_object();
    json_t *experiments = json_object();

    for (size_t i = 0; i < n; i++)
        json_put(experiments, trials[i].experiment->id, trial_json(&trials[i], arena));
    json_put(extra, "experiments", experiments);
    return extra;
}
