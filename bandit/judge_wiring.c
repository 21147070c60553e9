/* Whether traffic went where it was sent: what was in force on a day, the day's checks,
 * and the phase's sample ratio mismatch. */
#include "bandit/collect.h"
#include "bandit/judge.h"
#include "bandit/measure.h"

#include "shared/banned.h"

#define SHARE_P_MIN 1e-5 // of one day alone; .001 belongs to the phase

enum {
    SEEN_FROM = 20,    // exposures that an arm must be due before it is missed
    ZERO_BP_MAX = 100, // an arm of no weight keeps some in caches
    TAG_BP_MIN = 9500,
    MULTI_BP_MAX = 100,
};

/* ---- what was in force ---- */

/* Exposures under one version. */
struct under {
    const int64_t *weight_bp;
    int64_t exposed;
};

/* The newest row before `day`; NULL. */
static const struct evidence_day *row_before(const struct evidence *evidence,
                                             int32_t day)
{
    const struct evidence_day *before = NULL;

    for (size_t i = 0; i < evidence->n && evidence->day[i].day < day; i++)
        before = &evidence->day[i];
    return before;
}

static int64_t sum_of(const int64_t *of, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += of[i];
    return sum;
}

/* Adds the exposures with this tag to the row's tagged; returns how many. */
static int64_t tagged_with(const struct arms_day *arms, int64_t version, size_t narms,
                           struct evidence_day *row)
{
    for (size_t t = 0; t < arms->ntags; t++) {
        if (arms->tag[t].version != version)
            continue;
        for (size_t a = 0; a < narms; a++)
            row->at_once[a].tagged += arms->tag[t].exposed[a];
        return sum_of(arms->tag[t].exposed, narms);
    }
    return 0;
}

/* Whether the row's version was in force on no earlier day. */
static bool has_changed(const struct evidence *evidence, const struct evidence_day *row)
{
    const struct evidence_day *before = row_before(evidence, row->day);

    return !before || before->version != row->version;
}

void judge_tagged(const struct experiment *experiment, const struct evidence *evidence,
                  const struct arms_day *arms, struct evidence_day *row)
{
    if (!experiment->version_property || row->version == 0)
        return;
    for (size_t a = 0; a < experiment->narms; a++)
        row->at_once[a].tagged = 0;
    (void)tagged_with(arms, row->version, experiment->narms, row);
    if (has_changed(evidence, row))
        (void)tagged_with(arms, row->version - 1, experiment->narms, row);
}

/* The mean of the weights over the exposures, in 1e-4 bp. */
static void mix(const struct under under[2], size_t narms, struct evidence_day *row)
{
    double all = (double)(under[0].exposed + under[1].exposed);
    int64_t left = (int64_t)BP * BP;

    for (size_t a = 0; a < narms; a++) {
        double sum = (double)under[0].exposed * (double)under[0].weight_bp[a] +
                     (double)under[1].exposed * (double)under[1].weight_bp[a];
        // the last arm takes what rounding left, so that the sum is whole
        int64_t share = a + 1 == narms ? left : (int64_t)(sum / all * BP + .5);

        row->at_once[a].weight_x10000 = share;
        left -= share;
    }
}

void judge_in_force(const struct experiment *experiment,
                    const struct evidence *evidence, const struct standing *standing,
                    const struct arms_day *arms, struct evidence_day *row)
{
    size_t narms = experiment->narms;
    bool has_before = sum_of(standing->before_bp, narms) == BP;
    struct under under[2] = {{standing->weight_bp, sum_of(arms->exposed, narms)},
                             {standing->before_bp, 0}};
    bool is_known = true, is_new;

    row->version = standing->version;
    is_new = has_changed(evidence, row);
    for (size_t a = 0; a < narms; a++) {
        row->at_once[a].weight_x10000 = -1;
        row->at_once[a].tagged = 0;
    }
    if (standing->version == 0 || sum_of(standing->weight_bp, narms) != BP)
        return; // nothing was decided yet, or for other arms
    if (experiment->version_property) {
        under[0].exposed = tagged_with(arms, standing->version, narms, row);
        if (is_new && has_before)
            under[1].exposed = tagged_with(arms, standing->version - 1, narms, row);
        is_known = under[0].exposed + under[1].exposed > 0;
    } else if (is_new && experiment->deploy_minute >= 0 && !experiment->counts) {
        under[0].exposed = sum_of(arms->deployed, narms);
        under[1].exposed = sum_of(arms->exposed, narms) - under[0].exposed;
        is_known = has_before || under[1].exposed == 0;
    } else {
        is_known = !is_new; // which exposures came before the change nobody knows
    }
    if (under[0].exposed + under[1].exposed == 0)
        under[0].exposed = 1; // nobody came: what was in force is known all the same
    if (is_known)
        mix(under, narms, row);
}

/* ---- shares ---- */

static bool has_weights(const struct evidence *evidence, const struct evidence_day *row)
{
    for (size_t a = 0; a < evidence->narms; a++)
        if (row->at_once[a].weight_x10000 < 0)
            return false;
    return true;
}

void judge_srm_day(const struct experiment *experiment, const struct evidence *evidence,
                   const struct evidence_day *row, struct srm *srm)
{
    double observed[ARMS_MAX], expected[ARMS_MAX], all = 0;

    if (!has_weights(evidence, row))
        return;
    for (size_t a = 0; a < evidence->narms; a++) {
        const struct arm_at_once *arm = &row->at_once[a];

        observed[a] =
            (double)(experiment->version_property ? arm->tagged : arm->exposed);
        all += observed[a];
    }
    if (all == 0)
        return;
    for (size_t a = 0; a < evidence->narms; a++) {
        // caches send a few to an arm of no weight; more is no accident
        if (row->at_once[a].weight_x10000 == 0 &&
            observed[a] * BP <= all * ZERO_BP_MAX) {
            all -= observed[a];
            observed[a] = 0;
        }
    }
    for (size_t a = 0; a < evidence->narms; a++)
        expected[a] = all * (double)row->at_once[a].weight_x10000 / BP / BP;
    measure_srm_add(srm, observed, expected, evidence->narms);
}

/* ---- the day's checks ---- */

static int64_t bp_of(int64_t part, int64_t whole)
{
    return whole == 0 ? 0 : part * BP / whole;
}

static void fail(struct wiring *wiring, enum wiring_check check)
{
    wiring->failed |= 1U << check;
}

static void check_arms(const struct evidence *evidence, const struct evidence_day *row,
                       int64_t exposed, struct wiring *wiring)
{
    const struct evidence_day *yesterday = evidence_find(evidence, row->day - 1);

    for (size_t a = 0; a < evidence->narms; a++) {
        const struct arm_at_once *arm = &row->at_once[a];
        double due = (double)exposed * (double)arm->weight_x10000 / BP / BP;

        if (arm->exposed == 0 && due >= SEEN_FROM) {
            fail(wiring, WIRING_SEEN);
            wiring->unseen = a;
        }
        if (arm->weight_x10000 == 0 && yesterday &&
            yesterday->at_once[a].weight_x10000 == 0 &&
            arm->exposed * BP > exposed * ZERO_BP_MAX) {
            fail(wiring, WIRING_ZERO);
            wiring->unwanted = a;
            wiring->zero_bp = bp_of(arm->exposed, exposed);
        }
    }
}

void judge_wiring(const struct experiment *experiment, const struct evidence *evidence,
                  const struct evidence_day *row, struct wiring *wiring)
{
    int64_t exposed = evidence_exposed(evidence, row), tagged = 0;
    struct srm srm = {0};

    *wiring = (struct wiring){0};
    for (size_t a = 0; a < evidence->narms; a++)
        tagged += row->at_once[a].tagged;
    judge_srm_day(experiment, evidence, row, &srm);
    wiring->share_p = measure_srm_p(&srm);
    wiring->tag_bp = bp_of(tagged, exposed);
    wiring->multi_bp = bp_of(row->multi, exposed + row->multi);
    if (has_weights(evidence, row))
        check_arms(evidence, row, exposed, wiring);
    if (row->unknown > 0)
        fail(wiring, WIRING_UNKNOWN);
    if (experiment->version_property && row->version > 0 &&
        tagged * BP < exposed * TAG_BP_MIN)
        fail(wiring, WIRING_TAG);
    if (wiring->share_p < SHARE_P_MIN)
        fail(wiring, WIRING_SHARE);
    if (row->multi * BP > (exposed + row->multi) * MULTI_BP_MAX)
        fail(wiring, WIRING_MULTI);
}
