/* The promotion checklist: the essay's three items, and the gate that was added because
 * they alone promote an identical arm in half of all experiments. */
#include <math.h>
#include <string.h>

#include "bandit/judge.h"
#include "bandit/measure.h"

#include "shared/banned.h"

#define TIE_BEATS   .99  // another challenger is as good: P(beats control) at least,
#define TIE_LOSS    .005 // and expected loss at most this part of the mean
#define GUARD_HOLDS .95

#define E_VALUE_SHOWN 1e6 // at most

enum { SRM_DAYS_MIN = 3, MULTI_BP_MAX = 100 };

const char *promotion_item_word(enum promotion_item item)
{
    switch (item) {
    case ITEM_RUNTIME_WIRING: return "runtime_wiring";
    case ITEM_SIGNAL: return "signal";
    case ITEM_DOCS_PARITY: return "docs_parity";
    case ITEM_MIN_DAYS: return "min_days";
    case ITEM_SRM: return "srm";
    case ITEM_P_BEST: return "p_best";
    case ITEM_E_VALUE: return "e_value";
    case ITEM_FLOOR: return "floor";
    case ITEM_MULTI_ARM: return "multi_arm";
    case ITEM_GUARDRAILS: return "guardrails";
    case ITEM_COUNT: break;
    }
    return "";
}

const char *e_value_text(double log_e, int digits, struct arena *arena)
{
    bool is_over = log_e > log(E_VALUE_SHOWN);

    return str_format(arena, "%s%.*g", is_over ? ">" : "", digits,
                      is_over ? E_VALUE_SHOWN : exp(log_e));
}

/* What one item is judged from. */
struct asked {
    struct judging *judging;
    const struct occasion *occasion;
    const struct standing *standing;
    struct judged *judged;
    size_t winner;
};

static struct item item(bool passes, const char *value, const char *limit,
                        const char *evidence)
{
    return (struct item){.passes = passes,
                         .value = value,
                         .limit = limit,
                         .evidence = evidence};
}

static const char *count_text(const struct asked *asked, int64_t n)
{
    return str_format(asked->judging->arena, "%lld", (long long)n);
}

static struct item judge_runtime_wiring(const struct asked *asked)
{
    static const char *const words[] = {
        [WIRING_SEEN] = "an arm with weight is not seen",
        [WIRING_UNKNOWN] = "exposures of an arm that is not configured",
        [WIRING_ZERO] = "an arm without weight is still served",
        [WIRING_TAG] = "exposures without the tag of a version in force",
        [WIRING_SHARE] = "served shares are not the weights",
        [WIRING_MULTI] = "units in two arms",
    };
    const struct wiring *wiring = &asked->judged->wiring;
    const char *why = "each arm gets its share of the day's traffic";

    if (asked->judged->freeze == FREEZE_SOURCE)
        return item(false, "no data", "all checks", asked->occasion->trouble);
    if (asked->judged->freeze == FREEZE_NO_EXPOSURES ||
        asked->judged->as_of < asked->standing->start)
        return item(false, "no exposures", "all checks",
                    "nobody was exposed on the day");
    for (int check = WIRING_COUNT - 1; check >= 0; check--)
        if ((wiring->failed >> check & 1) != 0)
            why = words[check];
    return item(wiring->failed == 0,
                wiring->failed == 0 ? "all checks" : "a check failed", "all checks",
                why);
}

static struct item judge_signal(const struct asked *asked)
{
    const struct promotion_limits *limits = &asked->judging->experiment->promotion;
    int64_t units = asked->judged->units[asked->winner];
    struct arena *arena = asked->judging->arena;

    return item(asked->standing->streak >= limits->streak_days &&
                    units >= limits->winner_sessions,
                str_format(arena, "%d days, %lld units", asked->standing->streak,
                           (long long)units),
                str_format(arena, "%d days, %lld units", limits->streak_days,
                           (long long)limits->winner_sessions),
                "consecutive evidence days with this recommendation");
}

/* The 95 % interval of the winner's lift, which the log's number must lie in. */
static bool lift_interval(const struct asked *asked, double *low, double *high)
{
    const struct experiment *experiment = asked->judging->experiment;
    const struct posterior *posterior = asked->judged->now.posterior;
    bool is_log1p =
        reward_is_numeric(&experiment->reward) && experiment->reward.is_log1p;

    if (asked->judged->now.day == 0 || asked->winner == 0 ||
        !asked->judging->is_active[asked->winner])
        return false;
    *low =
        measure_lift_quantile(&posterior[asked->winner], &posterior[0], is_log1p, .025);
    *high =
        measure_lift_quantile(&posterior[asked->winner], &posterior[0], is_log1p, .975);
    return true;
}

static struct item judge_docs(const struct asked *asked)
{
    struct arena *arena = asked->judging->arena;
    struct experiment_log log = {0};
    double low = 0, high = 0;
    bool has_interval = asked->occasion->log.at && lift_interval(asked, &low, &high);
    struct buf lacks;

    judge_log(asked->occasion->log, asked->occasion->as_of, has_interval, low, high,
              &log);
    buf_init(&lacks, arena, 1024);
    for (int field = 0; field < LOG_FIELDS; field++) {
        if (log.status[field] == LOG_GOOD)
            continue;
        buf_printf(&lacks, "%s%s", lacks.n > 0 ? ", " : "",
                   log_label((enum log_field)field));
        if (log.status[field] == LOG_STALE)
            buf_printf(&lacks, " within %+.1f %% to %+.1f %%", 100 * low, 100 * high);
        asked->judged->promotion.log_lines |= 1U << field;
    }
    return item(lacks.n == 0, lacks.n == 0 ? "complete" : "incomplete",
                "hypothesis, lift and dates",
                lacks.n == 0 ? asked->judging->experiment->log
                             : str_format(arena, "%s lacks %s",
                                          asked->judging->experiment->log, lacks.at));
}

static struct item judge_min_days(const struct asked *asked)
{
    int least = asked->judging->experiment->promotion.min_days;

    return item(asked->judged->now.ndays >= (size_t)least,
                count_text(asked, (int64_t)asked->judged->now.ndays),
                count_text(asked, least), "evidence days in the phase");
}

static struct item judge_srm_item(const struct asked *asked)
{
    const struct srm *srm = &asked->judged->srm;
    double least = asked->judging->experiment->promotion.srm_p;
    struct arena *arena = asked->judging->arena;
    double p = measure_srm_p(srm);

    return item(srm->days >= SRM_DAYS_MIN && p >= least, str_format(arena, "p %.2g", p),
                str_format(arena, "p %g", least),
                srm->days >= SRM_DAYS_MIN
                    ? str_format(arena, "chi2 %.1f, df %d, over %zu days", srm->chi2,
                                 srm->df, srm->days)
                    : str_format(arena, "%zu days could be judged, %d are needed",
                                 srm->days, SRM_DAYS_MIN));
}

/* Another challenger is as good: who leads does not matter, that control does not
 * lead is sure. Completes the recent assessments where it may be so. */
static bool is_tie(const struct asked *asked, const struct series *series)
{
    struct judging *judging = asked->judging;

    if (judging->experiment->narms < 3 || asked->winner == 0)
        return false;
    for (size_t i = 0; i < judging->nrecent; i++) // P(control best) bounds what follows
        if (judging->recent[i].comparison.p_best[0] > 1 - TIE_BEATS)
            return false;
    for (size_t i = 0; i < judging->nrecent; i++) {
        struct assessment *day = &judging->recent[i];
        double mean;

        if (!day->is_whole)
            judge_assess(judging, asked->occasion, series, day->ndays,
                         WANT_BEATS | WANT_LOSS, day);
        mean = measure_mean(&day->posterior[asked->winner]);
        if (day->comparison.beats[asked->winner] < TIE_BEATS ||
            day->comparison.loss[asked->winner] > TIE_LOSS * fabs(mean))
            return false;
    }
    return true;
}

/* The newest assessments are of the last days of the series: those that are missing
 * are made. */
static bool complete_recent(const struct asked *asked, const struct series *series)
{
    struct judging *judging = asked->judging;

    if (series->n < ASSESSED_DAYS || asked->judged->now.day == 0)
        return false;
    for (size_t i = 0; i < ASSESSED_DAYS; i++) {
        size_t ndays = series->n - ASSESSED_DAYS + 1 + i;

        if (judging->nrecent == ASSESSED_DAYS && judging->recent[i].ndays == ndays &&
            judging->recent[i].day == series->day[ndays - 1])
            continue;
        for (size_t k = 0; k < ASSESSED_DAYS; k++)
            judge_assess(judging, asked->occasion, series,
                         series->n - ASSESSED_DAYS + 1 + k, 0, &judging->recent[k]);
        judging->nrecent = ASSESSED_DAYS;
        break;
    }
    return true;
}

static struct item judge_p_best(const struct asked *asked)
{
    struct judging *judging = asked->judging;
    struct arena *arena = judging->arena;
    struct series series = judge_series(judging, asked->judged->now.day, -1);
    double limit = judging->experiment->promotion.p_best, least = 1;
    const char *words = "the least of the last 5 evidence days";

    if (!complete_recent(asked, &series))
        return item(false, "-", str_format(arena, "%g on 5 days", limit),
                    "fewer than 5 evidence days");
    for (size_t i = 0; i < ASSESSED_DAYS; i++)
        least = fmin(least, judging->recent[i].comparison.p_best[asked->winner]);
    if (least < limit && is_tie(asked, &series))
        return item(true, str_format(arena, "%.4f", least),
                    str_format(arena, "%g on 5 days", limit),
                    "another challenger is as good, and both beat control");
    return item(least >= limit, str_format(arena, "%.4f", least),
                str_format(arena, "%g on 5 days", limit), words);
}

static size_t active_arms(const struct judging *judging)
{
    size_t n = 0;

    for (size_t a = 0; a < judging->experiment->narms; a++)
        n += judging->is_active[a];
    return n;
}

static struct item judge_e_value(const struct asked *asked)
{
    struct arena *arena = asked->judging->arena;
    size_t k = active_arms(asked->judging);
    double least = asked->judging->experiment->promotion.e_value * (double)(k - 1);
    double log_e = asked->judged->log_e[asked->winner];

    return item(k > 1 && log_e >= log(least), e_value_text(log_e, 4, arena),
                str_format(arena, "%g", least),
                reward_is_numeric(&asked->judging->experiment->reward)
                    ? "against control, approximate"
                    : "against control");
}

static struct item judge_floor(const struct asked *asked)
{
    const struct experiment *experiment = asked->judging->experiment;
    size_t narms = 0;
    int least;

    for (size_t a = 0; a < experiment->narms; a++)
        narms += !experiment->arm[a].is_killed;
    least = floor_default_bp(narms);
    return item(experiment->allocation.is_fixed ||
                    experiment->allocation.floor_bp >= least,
                str_format(asked->judging->arena, "%d bp",
                           experiment->allocation.floor_bp),
                str_format(asked->judging->arena, "%d bp", least),
                "so that each arm goes on giving evidence");
}

static struct item judge_multi_arm(const struct asked *asked)
{
    const struct judged *judged = asked->judged;
    int64_t dropped = judged->multi + judged->turned;
    int64_t all = judged->exposed + judged->multi;
    int64_t bp = all == 0 ? 0 : (dropped * BP + all - 1) / all;

    return item(bp <= MULTI_BP_MAX,
                str_format(asked->judging->arena, "%lld bp", (long long)bp),
                str_format(asked->judging->arena, "%d bp", MULTI_BP_MAX),
                "of units, over the phase, in two arms");
}

static struct item judge_guardrails(const struct asked *asked)
{
    const struct experiment *experiment = asked->judging->experiment;
    struct arena *arena = asked->judging->arena;
    const char *name = NULL;
    double least = 1;

    for (size_t g = 0; g < experiment->nguardrails; g++) {
        const struct guarded *of = &asked->judged->guarded[g][asked->winner];
        double holds = of->is_known ? 1 - of->worse : 0; // too few units to know

        if (g == 0 || holds < least) {
            least = holds;
            name = experiment->guardrail[g].name;
        }
    }
    if (experiment->nguardrails == 0)
        return item(true, "none", "none", "none is configured");
    return item(least >= GUARD_HOLDS, str_format(arena, "P %.3f", least),
                str_format(arena, "P %g", GUARD_HOLDS), name);
}

void judge_promotion(struct judging *judging, const struct occasion *occasion,
                     const struct standing *standing, struct judged *judged)
{
    static struct item (*const rules[ITEM_COUNT])(const struct asked *) = {
        [ITEM_RUNTIME_WIRING] = judge_runtime_wiring,
        [ITEM_SIGNAL] = judge_signal,
        [ITEM_DOCS_PARITY] = judge_docs,
        [ITEM_MIN_DAYS] = judge_min_days,
        [ITEM_SRM] = judge_srm_item,
        [ITEM_P_BEST] = judge_p_best,
        [ITEM_E_VALUE] = judge_e_value,
        [ITEM_FLOOR] = judge_floor,
        [ITEM_MULTI_ARM] = judge_multi_arm,
        [ITEM_GUARDRAILS] = judge_guardrails,
    };
    const struct experiment *experiment = judging->experiment;
    struct promotion *promotion = &judged->promotion;
    struct asked asked = {judging, occasion, standing, judged,
                          standing->recommendation};
    bool is_essay = experiment->promotion.rule == RULE_ESSAY;

    *promotion = (struct promotion){.winner = asked.winner};
    for (int i = 0; i < ITEM_COUNT; i++) {
        struct item *judged_item = &promotion->item[i];

        if ((occasion->skipped >> i & 1) != 0) {
            *judged_item = item(false, "-", "-", "cannot be judged here");
            judged_item->is_skipped = true;
        } else {
            *judged_item = rules[i](&asked);
        }
        judged_item->is_asked = !is_essay || i <= ITEM_DOCS_PARITY;
        if (judged_item->is_asked && !judged_item->is_skipped && !judged_item->passes)
            promotion->missing |= 1U << i;
    }
    promotion->is_eligible = asked.winner > 0 && judged->now.day != 0 &&
                             !experiment->arm[asked.winner].is_killed &&
                             judging->is_active[asked.winner] &&
                             promotion->missing == 0;
}
