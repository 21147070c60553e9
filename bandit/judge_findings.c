/* What is wrong with an experiment, or ready, as findings. Numbers are those of the day
 * a finding was opened, so that an open one moves no line of the state. */
#include <math.h>
#include <string.h>

#include "bandit/bandit.h"
#include "shared/stats.h"
#include "shared/str.h"

#include "shared/banned.h"

#define SRM_LIMIT   .001
#define GUARD_LIMIT .99

/* Where findings go, and which were open the day before. */
struct list {
    const struct trial *trial;
    struct arena *arena;
    const struct findings *open;
    struct findings *now;
};

static const char *id_of(const struct list *list, const char *check, const char *arm)
{
    return str_format(list->arena, "bandit/%s/%s%s%s", check,
                      list->trial->experiment->id, arm ? "/" : "", arm ? arm : "");
}

static const struct finding *find(const struct findings *findings, const char *id)
{
    for (size_t i = 0; i < findings->n; i++)
        if (strcmp(findings->item[i].id, id) == 0)
            return &findings->item[i];
    return NULL;
}

static void add(const struct list *list, struct finding finding)
{
    const struct finding *before = find(list->open, finding.id);

    finding.status = STATUS_NEW;
    finding.since = list->trial->judged.as_of;
    if (before && before->severity == finding.severity &&
        strcmp(before->message, finding.message) == 0)
        finding = *before;
    else if (before)
        finding.since = before->since;
    if (before)
        finding.status = STATUS_OPEN;
    findings_add(list->now, list->arena, finding);
}

/* What the day cannot judge stays as it was. */
static void keep(const struct list *list, const char *id)
{
    const struct finding *before = find(list->open, id);
    struct finding kept;

    if (!before)
        return;
    kept = *before;
    kept.status = STATUS_OPEN;
    findings_add(list->now, list->arena, kept);
}

static const char *bp_percent(const struct list *list, int64_t bp)
{
    return str_format(list->arena, "%.2f", (double)bp / 100);
}

/* ---- one check each ---- */

static void find_ready(const struct list *list)
{
    const struct trial *trial = list->trial;
    const struct judged *judged = &trial->judged;
    size_t winner = judged->promotion.winner;

    if (!judged->promotion.is_eligible)
        return;
    add(list,
        (struct finding){
            .id = id_of(list, "ready", NULL),
            .severity = SEVERITY_INFO,
            .message =
                str_format(list->arena,
                           "'%s' may be promoted: every item of the checklist passes",
                           trial->experiment->arm[winner].name),
            .value =
                str_format(list->arena, "%.4f", judged->now.comparison.p_best[winner]),
            .limit = str_format(list->arena, "%g", trial->experiment->promotion.p_best),
            .n = judged->units[winner],
            .statistic = str_format(list->arena, "P(best) %.4f, e %s, %lld units",
                                    judged->now.comparison.p_best[winner],
                                    e_value_text(judged->log_e[winner], 4, list->arena),
                                    (long long)judged->units[winner]),
        });
}

static void find_unlogged(const struct list *list)
{
    const struct trial *trial = list->trial;

    if (!trial->judged.is_unlogged)
        return;
    add(list, (struct finding){
                  .id = id_of(list, "promoted-unlogged", NULL),
                  .severity = SEVERITY_WARN,
                  .message = "a challenger has had nearly all traffic for 14 days, and "
                             "its log is not complete",
                  .because = trial->judged.promotion.item[ITEM_DOCS_PARITY].evidence,
                  .file = trial->experiment->log,
                  .line = 1,
              });
}

static const char *wiring_words(const struct list *list)
{
    const struct experiment *experiment = list->trial->experiment;
    const struct wiring *wiring = &list->trial->judged.wiring;
    const uint32_t failed = wiring->failed & ~(1U << WIRING_TAG);
    struct buf buf;

    buf_init(&buf, list->arena, 1024);
    for (unsigned check = 0; check < WIRING_COUNT; check++) {
        if ((failed >> check & 1) == 0)
            continue;
        if (buf.n > 0)
            buf_add_text(&buf, ", ");
        switch ((enum wiring_check)check) {
        case WIRING_SEEN:
            buf_printf(&buf, "arm '%s' is not served",
                       experiment->arm[wiring->unseen].name);
            break;
        case WIRING_ZERO:
            buf_printf(&buf, "arm '%s' has no weight and is served",
                       experiment->arm[wiring->unwanted].name);
            break;
        case WIRING_UNKNOWN: buf_add_text(&buf, "an arm is not configured"); break;
        case WIRING_SHARE:
            buf_add_text(&buf, "served shares are not the weights");
            break;
        case WIRING_MULTI: buf_add_text(&buf, "units meet two arms"); break;
        case WIRING_TAG:
        case WIRING_COUNT: break;
        }
    }
    return buf.at;
}

static void find_wiring(const struct list *list)
{
    const struct trial *trial = list->trial;
    const struct wiring *wiring = &trial->judged.wiring;
    const uint32_t tag = 1U << WIRING_TAG;

    if ((wiring->failed & ~tag) != 0)
        add(list,
            (struct finding){
                .id = id_of(list, "wiring", NULL),
                .severity = SEVERITY_CRIT,
                .message = str_format(list->arena, "wiring: %s", wiring_words(list)),
                .statistic = str_format(list->arena, "p of the day's shares %s",
                                        stats_p_text(wiring->share_p, list->arena)),
            });
    else if ((wiring->failed & tag) != 0)
        add(list, (struct finding){
                      .id = id_of(list, "wiring-tag", NULL),
                      .severity = SEVERITY_WARN,
                      .message = "exposures do not carry the tag of a version in force",
                      .value = bp_percent(list, wiring->tag_bp),
                      .limit = "95.00",
                      .unit = "%",
                      .statistic = str_format(list->arena, "%s %%, limit 95.00 %%",
                                              bp_percent(list, wiring->tag_bp)),
                  });
}

static void find_multi(const struct list *list)
{
    const struct wiring *wiring = &list->trial->judged.wiring;

    if ((wiring->failed >> WIRING_MULTI & 1) == 0)
        return;
    add(list, (struct finding){
                  .id = id_of(list, "multi-arm", NULL),
                  .severity = SEVERITY_WARN,
                  .message = "units meet two arms, and count for none",
                  .value = bp_percent(list, wiring->multi_bp),
                  .limit = "1.00",
                  .unit = "%",
                  .statistic = str_format(list->arena, "%s %%, limit 1.00 %%",
                                          bp_percent(list, wiring->multi_bp)),
              });
}

static void find_srm(const struct list *list)
{
    const struct srm *srm = &list->trial->judged.srm;

    if (measure_srm_p(srm) >= SRM_LIMIT)
        return;
    add(list,
        (struct finding){
            .id = id_of(list, "srm", NULL),
            .severity = SEVERITY_CRIT,
            .message = "sample ratio mismatch: over the phase, served shares are not "
                       "those decided",
            .value = stats_p_text(measure_srm_p(srm), list->arena),
            .limit = "1e-3",
            .statistic =
                str_format(list->arena, "p %s, limit 1e-3, chi2 %.1f, df %d, %zu day%s",
                           stats_p_text(measure_srm_p(srm), list->arena), srm->chi2,
                           srm->df, srm->days, srm->days == 1 ? "" : "s"),
            .because = "lost events, a cache, a wrong deploy_time, days without a "
                       "run, or arms that redirect; a later 'start' begins anew",
        });
}

static void find_guarded(const struct list *list)
{
    const struct trial *trial = list->trial;
    const struct experiment *experiment = trial->experiment;

    for (size_t a = 1; a < experiment->narms; a++) {
        const char *id = id_of(list, "guardrail", experiment->arm[a].name);
        size_t worst = 0;

        if (!trial->standing.is_stopped[a] || experiment->arm[a].is_killed)
            continue;
        for (size_t g = 1; g < experiment->nguardrails; g++)
            if (trial->judged.stopping[g][a] > trial->judged.stopping[worst][a])
                worst = g;
        if (find(list->open, id)) { // its evidence ended when it was stopped
            keep(list, id);
            continue;
        }
        add(list,
            (struct finding){
                .id = id,
                .severity = SEVERITY_CRIT,
                .message = str_format(
                    list->arena,
                    "'%s' is worse than control in '%s' by more than %g %%, and gets "
                    "no traffic until 'kill' or a new phase settles it",
                    experiment->arm[a].name, experiment->guardrail[worst].name,
                    100 * experiment->guardrail[worst].margin),
                .value =
                    str_format(list->arena, "%.4f", trial->judged.stopping[worst][a]),
                .limit = str_format(list->arena, "%g", GUARD_LIMIT),
                .n = trial->judged.units[a],
                .statistic = str_format(list->arena, "P(worse) %.4f, limit %g",
                                        trial->judged.stopping[worst][a], GUARD_LIMIT),
            });
    }
}

static void find_rewritten(const struct list *list)
{
    const struct trial *trial = list->trial;

    if (trial->rewritten == 0)
        return;
    add(list,
        (struct finding){
            .id = id_of(list, "rewritten", NULL),
            .severity = SEVERITY_WARN,
            .message = "counts of days that were final have changed; the old "
                       "ones stand",
            .value = str_format(list->arena, "%lld", (long long)trial->rewritten_days),
            .unit = trial->rewritten_days == 1 ? "day" : "days",
            .because =
                str_format(list->arena, "first %s", day_text(trial->rewritten).text),
        });
}

void judge_findings(const struct trial *trial, struct arena *arena,
                    struct findings *now)
{
    static const char *const waiting[] = {"ready", "promoted-unlogged", "wiring",
                                          "wiring-tag", "multi-arm"};
    const struct list list = {trial, arena, &trial->open, now};
    enum freeze freeze = trial->standing.freeze;

    find_srm(&list);
    find_guarded(&list);
    find_rewritten(&list);
    if (trial->experiment->start > trial->judged.as_of)
        return; // it has not begun
    if (freeze == FREEZE_SOURCE || freeze == FREEZE_NO_EXPOSURES) {
        for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
            keep(&list, id_of(&list, waiting[i], NULL));
        add(&list,
            (struct finding){
                .id = id_of(&list, freeze == FREEZE_SOURCE ? "no-data" : "no-exposures",
                            NULL),
                .severity = SEVERITY_WARN,
                .message = freeze == FREEZE_SOURCE
                               ? "no data of the day: weights stay"
                               : "no unit was exposed: weights stay",
                .because = freeze == FREEZE_SOURCE ? trial->trouble
                           : trial->experiment->counts
                               ? NULL
                               : str_format(arena, "no exposure of flag '%s'",
                                            trial->experiment->flag),
            });
        return;
    }
    find_ready(&list);
    find_unlogged(&list);
    find_wiring(&list);
    find_multi(&list);
}
